//! Payments.

use super::blocks::*;

pub(super) static ROWS: &[&Preset] = &[
    &ADYEN_PAYMENTS,
    &ADYEN_PLATFORMS,
    &AFFIRM,
    &AIRWALLEX,
    &ALIPAY,
    &ALIPAY_RSA,
    &APPLE_ASSN_V2,
    &AUTHORIZE_NET,
    &BOLT,
    &BRAINTREE,
    &CASHFREE,
    &CHECKOUT_COM,
    &DWOLLA,
    &FINTOC,
    &FLUTTERWAVE_V3,
    &FLUTTERWAVE_V4,
    &GOCARDLESS,
    &GOOGLE_PUBSUB_PUSH,
    &IRON,
    &MERCADO_PAGO,
    &MIDTRANS,
    &MIDTRANS_PAYOUTS,
    &MIDTRANS_SNAP,
    &MOLLIE,
    &MONEI,
    &PAYMONGO,
    &PAYPAL_V2,
    &PAYSTACK,
    &PHONEPE_V1,
    &PRIMER,
    &RAZORPAY,
    &SIGNIFYD,
    &SQUARE,
    &STRIPE,
    &TABAPAY,
    &WECHATPAY_V3,
    &XENDIT,
    &ZOHO_PAYMENTS,
];

/// Adyen payments: HMAC-SHA256 over eight fields of the first item, joined by colons, as base64
/// in `/notificationItems/0/NotificationRequestItem/additionalData/hmacSignature`. The secret
/// is hexadecimal digits.
///
/// Only those eight fields are covered; everything else in the body is unproven.
pub static ADYEN_PAYMENTS: Preset = Preset {
    name: "adyen-payments",
    aliases: &["adyen"],
    title: "Adyen payments",
    documentation: "https://docs.adyen.com/development-resources/webhooks/secure-webhooks/verify-hmac-signatures",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the HMAC key of the webhook, hexadecimal digits", prefixes: &[] },
    dedupe: &[
        Place::body("/notificationItems/0/NotificationRequestItem/pspReference"),
        Place::body("/notificationItems/0/NotificationRequestItem/eventCode"),
    ],
    event_type: Some(Place::body("/notificationItems/0/NotificationRequestItem/eventCode")),
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![slot(Place::body(
                "/notificationItems/0/NotificationRequestItem/additionalData/hmacSignature"
            ))],
            grammar: plain(""),
            encoding: Encoding::Base64,
            algorithm: Algorithm::Hmac(Hash::Sha256),
            content: ADYEN_FIELDS,
            key: KeyForm::Hex,
        }),
        timestamp: None,
        id: None,
        require: list![],
    },
};

/// Adyen for Platforms and Management: HMAC-SHA256 over the body as base64 in `hmacsignature`.
/// The secret is hexadecimal digits.
pub static ADYEN_PLATFORMS: Preset = Preset {
    name: "adyen-platforms",
    aliases: &[],
    title: "Adyen for Platforms and Management",
    documentation: "https://docs.adyen.com/development-resources/webhooks/secure-webhooks/verify-hmac-signatures",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the HMAC key of the webhook, hexadecimal digits", prefixes: &[] },
    dedupe: &[],
    event_type: Some(Place::body("/type")),
    retries: "",
    description: body_hmac_keyed(
        list![Slot::header("hmacsignature")],
        "",
        Encoding::Base64,
        Hash::Sha256,
        KeyForm::Hex,
    ),
};

/// Affirm: HMAC-SHA512 over time, dot and body as `v0=<hex>` items in `x-affirm-signature`.
pub static AFFIRM: Preset = Preset {
    name: "affirm",
    aliases: &[],
    title: "Affirm",
    documentation: "https://docs.affirm.com",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the webhook's signing secret", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![Slot::header("x-affirm-signature")],
            grammar: items(',', '=', list![text("v0")]),
            encoding: Encoding::Hex,
            algorithm: Algorithm::Hmac(Hash::Sha512),
            content: TIME_DOT_BODY,
            key: KeyForm::Text,
        }),
        timestamp: Some(time(Place::item("t"), TimeUnit::Seconds, Tolerance::Unbounded)),
        id: None,
        require: list![],
    },
};

/// Airwallex: HMAC-SHA256 over time and body as hex in `x-signature`. The time is in
/// milliseconds.
pub static AIRWALLEX: Preset = Preset {
    name: "airwallex",
    aliases: &[],
    title: "Airwallex",
    documentation: "https://www.airwallex.com/docs/developer-tools__listen-for-webhook-events",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the notification URL's secret key", prefixes: &[] },
    dedupe: &[Place::body("/id")],
    event_type: Some(Place::body("/name")),
    retries: "",
    description: dated(
        list![Slot::header("x-signature")],
        "",
        Encoding::Hex,
        TIME_BODY,
        time(Place::header("x-timestamp"), TimeUnit::Milliseconds, Tolerance::Unbounded),
    ),
};

/// Alipay: RSA-SHA256 (`RSA2`) over the other fields of the form, sorted, base64 in `sign`.
///
/// With or without `sign_type` among the fields: products differ. The answer must be the text
/// success. Needs the feature `asymmetric`.
pub static ALIPAY: Preset = Preset {
    name: "alipay",
    aliases: &[],
    title: "Alipay",
    documentation: "https://github.com/alipay/alipay-sdk-nodejs-all",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "Alipay's public key, base64", prefixes: &[] },
    dedupe: &[form("notify_id")],
    event_type: Some(form("notify_type")),
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![slot(form("sign"))],
            grammar: plain(""),
            encoding: Encoding::Base64,
            algorithm: Algorithm::RsaPkcs1(Hash::Sha256),
            content: ALIPAY_FIELDS,
            key: KeyForm::Public,
        }),
        timestamp: None,
        id: None,
        require: list![],
    },
};

/// Alipay, legacy SHA-1: RSA-SHA1 (`RSA`) over the other fields of the form, sorted, base64 in
/// `sign`.
///
/// Legacy SHA-1. Needs the feature `asymmetric`.
pub static ALIPAY_RSA: Preset = Preset {
    name: "alipay-rsa",
    aliases: &[],
    title: "Alipay, legacy SHA-1",
    documentation: "https://github.com/alipay/alipay-sdk-nodejs-all",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "Alipay's public key, base64", prefixes: &[] },
    dedupe: &[form("notify_id")],
    event_type: Some(form("notify_type")),
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![slot(form("sign"))],
            grammar: plain(""),
            encoding: Encoding::Base64,
            algorithm: Algorithm::RsaPkcs1(Hash::Sha1Legacy),
            content: ALIPAY_FIELDS,
            key: KeyForm::Public,
        }),
        timestamp: None,
        id: None,
        require: list![],
    },
};

/// Apple App Store Server Notifications v2: a JSON web signature (ES256) in the member
/// `signedPayload`, with a chain of certificates that leads to Apple's root.
///
/// The inner transactions are signed for themselves. Needs the features `asymmetric` and
/// `x509`.
pub static APPLE_ASSN_V2: Preset = Preset {
    name: "apple-assn-v2",
    aliases: &["apple-app-store", "apple-iap"],
    title: "Apple App Store Server Notifications v2",
    documentation: "https://developer.apple.com/documentation/appstoreservernotifications/signedpayload",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape {
        hint: "Apple Root CA - G3, PEM; bundle id and environment are parameters",
        prefixes: &[],
    },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: Description {
        authentication: Authentication::Jose(Jose {
            at: Place::body("/signedPayload"),
            grammar: TokenGrammar::Plain { prefix: text("") },
            payload: JosePayload::Claims,
            algorithms: list![JoseAlgorithm::Es256],
            key: JoseKey::Chain {
                length: 3,
                leaf_marker: text("1.2.840.113635.100.6.11.1"),
                intermediate_marker: text("1.2.840.113635.100.6.2.1"),
            },
            times: JoseTimes {
                expires: Presence::Ignored,
                not_before: Presence::Ignored,
                issued: Presence::Ignored,
                leeway: 0,
                max_age: None,
            },
        }),
        timestamp: None,
        id: None,
        require: list![
            equals_parameter(Place::claim("/data/bundleId"), Parameter::BundleId),
            equals_parameter(Place::claim("/data/environment"), Parameter::Environment)
        ],
    },
};

/// Authorize.Net: HMAC-SHA512 over the body as hex behind `sha512=` in `x-anet-signature`. The
/// secret is hexadecimal digits.
pub static AUTHORIZE_NET: Preset = Preset {
    name: "authorize-net",
    aliases: &[],
    title: "Authorize.Net",
    documentation: "https://developer.authorize.net/api/reference/features/webhooks.html",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the signature key, hexadecimal digits", prefixes: &[] },
    dedupe: &[Place::body("/notificationId")],
    event_type: Some(Place::body("/eventType")),
    retries: "",
    description: body_hmac_keyed(
        list![Slot::header("x-anet-signature")],
        "sha512=",
        Encoding::Hex,
        Hash::Sha512,
        KeyForm::Hex,
    ),
};

/// Bolt: HMAC-SHA256 over the body as base64 in `x-bolt-hmac-sha256`.
///
/// A GET request signs its query string instead, which this scheme does not take.
pub static BOLT: Preset = Preset {
    name: "bolt",
    aliases: &[],
    title: "Bolt",
    documentation: "https://help.bolt.com/developers/guides/webhooks/hook-verification/",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the webhook's signing secret", prefixes: &[] },
    dedupe: &[Place::body("/id")],
    event_type: Some(Place::body("/type")),
    retries: "",
    description: body_hmac(
        list![Slot::header("x-bolt-hmac-sha256")],
        "",
        Encoding::Base64,
        Hash::Sha256,
    ),
};

/// Braintree: HMAC-SHA1 over the form field `bt_payload`, hex beside the public key in
/// `bt_signature`. The key is the SHA-1 of the private key.
///
/// Legacy SHA-1, inside HMAC. The payload is base64 of XML, which the host reads.
pub static BRAINTREE: Preset = Preset {
    name: "braintree",
    aliases: &[],
    title: "Braintree",
    documentation: "https://github.com/braintree/braintree_python",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the private key of the gateway", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![Slot {
                place: form("bt_signature"),
                repeat: Repeat::Refuse,
                key: KeyChoice::Record
            }],
            grammar: Grammar::Records { item: '&', field: '|', fields: 2, key: 0 },
            encoding: Encoding::Hex,
            algorithm: Algorithm::Hmac(Hash::Sha1Legacy),
            content: list![
                list![Part::Value(form("bt_payload"))],
                list![Part::Value(form("bt_payload")), Part::literal("\n")]
            ],
            key: KeyForm::Hashed(Hash::Sha1Legacy),
        }),
        timestamp: None,
        id: None,
        require: list![],
    },
};

/// Cashfree Payments: HMAC-SHA256 over time and body as base64 in `x-webhook-signature`. The
/// time is in milliseconds.
///
/// The unit of the time rests on third parties.
pub static CASHFREE: Preset = Preset {
    name: "cashfree",
    aliases: &[],
    title: "Cashfree Payments",
    documentation: "https://github.com/cashfree/cashfree-pg-sdk-nodejs",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the client secret", prefixes: &[] },
    dedupe: &[],
    event_type: Some(Place::body("/type")),
    retries: "",
    description: dated(
        list![Slot::header("x-webhook-signature")],
        "",
        Encoding::Base64,
        TIME_BODY,
        time(Place::header("x-webhook-timestamp"), TimeUnit::Milliseconds, Tolerance::Unbounded),
    ),
};

/// Checkout.com: HMAC-SHA256 over the body as hex in `cko-signature`.
pub static CHECKOUT_COM: Preset = Preset {
    name: "checkout-com",
    aliases: &[],
    title: "Checkout.com",
    documentation: "https://www.checkout.com/docs/developer-resources/webhooks",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the workflow's signature key", prefixes: &[] },
    dedupe: &[Place::body("/id")],
    event_type: Some(Place::body("/type")),
    retries: "",
    description: body_hmac(list![Slot::header("cko-signature")], "", Encoding::Hex, Hash::Sha256),
};

/// Dwolla: HMAC-SHA256 over the body as hex in `x-request-signature-sha-256`.
pub static DWOLLA: Preset = Preset {
    name: "dwolla",
    aliases: &[],
    title: "Dwolla",
    documentation: "https://developers.dwolla.com/docs/webhooks",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape {
        hint: "the secret given when the webhook subscription was created",
        prefixes: &[],
    },
    dedupe: &[Place::body("/id")],
    event_type: Some(Place::body("/topic")),
    retries: "",
    description: body_hmac(
        list![Slot::header("x-request-signature-sha-256")],
        "",
        Encoding::Hex,
        Hash::Sha256,
    ),
};

/// Fintoc: HMAC-SHA256 over time, dot and body as `v1=<hex>` items in `fintoc-signature`.
pub static FINTOC: Preset = Preset {
    name: "fintoc",
    aliases: &[],
    title: "Fintoc",
    documentation: "https://docs.fintoc.com/docs/webhooks-walkthrough",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the webhook's signing secret", prefixes: &[] },
    dedupe: &[Place::body("/id")],
    event_type: Some(Place::body("/type")),
    retries: "",
    description: dated_list(
        list![Slot::header("fintoc-signature")],
        list![text("v1")],
        time(Place::item("t"), TimeUnit::Seconds, FIVE_MINUTES),
    ),
};

/// Flutterwave v3: the secret itself in `verif-hash`. It covers nothing of what was sent.
pub static FLUTTERWAVE_V3: Preset = Preset {
    name: "flutterwave-v3",
    aliases: &[],
    title: "Flutterwave v3",
    documentation: "https://developer.flutterwave.com/v3.0.0/docs/webhooks",
    checked: "2026-11-22",
    evidence: Evidence::Documentation,
    secret: SecretShape { hint: "the secret hash of the dashboard", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: shown(Place::header("verif-hash"), TokenGrammar::Plain { prefix: text("") }),
};

/// Flutterwave v4: HMAC-SHA256 over the body as base64 in `flutterwave-signature`.
pub static FLUTTERWAVE_V4: Preset = Preset {
    name: "flutterwave-v4",
    aliases: &["flutterwave"],
    title: "Flutterwave v4",
    documentation: "https://developer.flutterwave.com/docs/webhooks",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the secret hash of the dashboard", prefixes: &[] },
    dedupe: &[Place::body("/id")],
    event_type: Some(Place::body("/type")),
    retries: "",
    description: body_hmac(
        list![Slot::header("flutterwave-signature")],
        "",
        Encoding::Base64,
        Hash::Sha256,
    ),
};

/// GoCardless: HMAC-SHA256 over the body as hex in `webhook-signature`.
///
/// One delivery holds many events.
pub static GOCARDLESS: Preset = Preset {
    name: "gocardless",
    aliases: &[],
    title: "GoCardless",
    documentation: "https://github.com/gocardless/gocardless-pro-python",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the webhook endpoint's secret", prefixes: &[] },
    dedupe: &[Place::body("/meta/webhook_id")],
    event_type: None,
    retries: "",
    description: body_hmac(
        list![Slot::header("webhook-signature")],
        "",
        Encoding::Hex,
        Hash::Sha256,
    ),
};

/// Google Pub/Sub push (Google Play): an OpenID Connect token (RS256) in `authorization` behind
/// `Bearer`.
///
/// The token does not cover the body, and one token serves for many messages. Needs the feature
/// `asymmetric`.
pub static GOOGLE_PUBSUB_PUSH: Preset = Preset {
    name: "google-pubsub-push",
    aliases: &["google-play", "google-play-rtdn"],
    title: "Google Pub/Sub push (Google Play)",
    documentation: "https://docs.cloud.google.com/pubsub/docs/authenticate-push-subscriptions",
    checked: "2026-11-22",
    evidence: Evidence::Documentation,
    secret: SecretShape {
        hint: "Google's certificates; audience and service account are parameters",
        prefixes: &[],
    },
    dedupe: &[Place::body("/message/messageId")],
    event_type: None,
    retries: "",
    description: Description {
        authentication: Authentication::Jose(Jose {
            at: Place::header("authorization"),
            grammar: TokenGrammar::Word { word: text("Bearer") },
            payload: JosePayload::Claims,
            algorithms: list![JoseAlgorithm::Rs256],
            key: JoseKey::Fetched(key_id(Place::JoseHeader(text("kid")))),
            times: JoseTimes {
                expires: Presence::Required,
                not_before: Presence::IfPresent,
                issued: Presence::Required,
                leeway: 0,
                max_age: None,
            },
        }),
        timestamp: None,
        id: None,
        require: list![
            Equality {
                at: Place::claim("iss"),
                equals: Expected::AnyText(list![
                    text("https://accounts.google.com"),
                    text("accounts.google.com")
                ])
            },
            equals_parameter(Place::claim("aud"), Parameter::Audience),
            equals_parameter(Place::claim("email"), Parameter::ServiceAccount),
            equals_text(Place::claim("email_verified"), "true")
        ],
    },
};

/// Iron: HMAC-SHA256 over time and body as hex behind `v1=` in `webhook-signature`.
///
/// The headers have the names of Standard Webhooks; the signature has not its form, and the id
/// is not signed.
pub static IRON: Preset = Preset {
    name: "iron",
    aliases: &[],
    title: "Iron",
    documentation: "https://docs.iron.xyz",
    checked: "2026-11-22",
    evidence: Evidence::Documentation,
    secret: SecretShape { hint: "the webhook's secret key", prefixes: &[] },
    dedupe: &[Place::header("webhook-id")],
    event_type: None,
    retries: "",
    description: dated(
        list![Slot::header("webhook-signature")],
        "v1=",
        Encoding::Hex,
        TIME_BODY,
        time(Place::header("webhook-timestamp"), TimeUnit::Seconds, Tolerance::Unbounded),
    ),
};

/// Mercado Pago: HMAC-SHA256 over the query's `data.id`, `x-request-id` and the time as
/// `v1=<hex>` items in `x-signature`.
///
/// The body is not covered.
pub static MERCADO_PAGO: Preset = Preset {
    name: "mercado-pago",
    aliases: &[],
    title: "Mercado Pago",
    documentation: "https://github.com/mercadopago/sdk-nodejs",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the webhook's signing secret", prefixes: &[] },
    dedupe: &[Place::body("/id")],
    event_type: Some(Place::body("/type")),
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![Slot::header("x-signature")],
            grammar: items(',', '=', list![text("v1")]),
            encoding: Encoding::Hex,
            algorithm: Algorithm::Hmac(Hash::Sha256),
            content: list![list![
                Part::Optional(list![
                    Part::literal("id:"),
                    Part::Lowercase(query("data.id")),
                    Part::literal(";")
                ]),
                Part::Optional(list![
                    Part::literal("request-id:"),
                    Part::header("x-request-id"),
                    Part::literal(";")
                ]),
                Part::literal("ts:"),
                Part::Timestamp,
                Part::literal(";")
            ]],
            key: KeyForm::Text,
        }),
        timestamp: Some(time(Place::item("ts"), TimeUnit::Seconds, Tolerance::Unbounded)),
        id: None,
        require: list![],
    },
};

/// Midtrans: a bare SHA512 over order id, status code, amount and key as hex in
/// `/signature_key`.
///
/// A bare hash that covers three fields and nothing else of the body, not even the
/// transaction's status.
pub static MIDTRANS: Preset = Preset {
    name: "midtrans",
    aliases: &[],
    title: "Midtrans",
    documentation: "https://docs.midtrans.com/docs/https-notification-webhooks",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the server key", prefixes: &[] },
    dedupe: &[Place::body("/transaction_id"), Place::body("/transaction_status")],
    event_type: Some(Place::body("/transaction_status")),
    retries: "",
    description: digest(
        list![slot(Place::body("/signature_key"))],
        Hash::Sha512,
        list![list![
            Part::Value(Place::body("/order_id")),
            Part::Value(Place::body("/status_code")),
            Part::Value(Place::body("/gross_amount")),
            Part::Secret
        ]],
    ),
};

/// Midtrans payouts (Iris): a bare SHA512 over body and key as hex in `iris-signature`.
///
/// A bare hash.
pub static MIDTRANS_PAYOUTS: Preset = Preset {
    name: "midtrans-payouts",
    aliases: &[],
    title: "Midtrans payouts (Iris)",
    documentation: "https://docs.midtrans.com/reference/notification-payload-1",
    checked: "2026-11-22",
    evidence: Evidence::Documentation,
    secret: SecretShape { hint: "the Iris merchant key", prefixes: &[] },
    dedupe: &[Place::body("/reference_no"), Place::body("/status")],
    event_type: Some(Place::body("/status")),
    retries: "",
    description: digest(
        list![Slot::header("iris-signature")],
        Hash::Sha512,
        list![list![Part::Body, Part::Secret]],
    ),
};

/// Midtrans SNAP: RSA-SHA256 over method, path, the SHA-256 of the minified body and time,
/// base64 in `x-signature`.
///
/// The path must be the one that Midtrans calls. Needs the feature `asymmetric`.
pub static MIDTRANS_SNAP: Preset = Preset {
    name: "midtrans-snap",
    aliases: &[],
    title: "Midtrans SNAP",
    documentation: "https://docs.midtrans.com/reference/core-api-snap-open-api-overview",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "Midtrans' public key, PEM", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![Slot::header("x-signature")],
            grammar: plain(""),
            encoding: Encoding::Base64,
            algorithm: Algorithm::RsaPkcs1(Hash::Sha256),
            content: list![list![
                Part::Method,
                COLON,
                Part::Url(UrlPart::Path),
                COLON,
                Part::Digest {
                    of: list![Part::BodyMinified],
                    hash: Hash::Sha256,
                    encoding: Encoding::Hex
                },
                COLON,
                Part::Timestamp
            ]],
            key: KeyForm::Public,
        }),
        timestamp: Some(time(
            Place::header("x-timestamp"),
            TimeUnit::Rfc3339,
            Tolerance::Unbounded,
        )),
        id: None,
        require: list![],
    },
};

/// Mollie webhooks (next generation): HMAC-SHA256 over the body as hex behind `sha256=` in
/// `x-mollie-signature`.
///
/// The header may be given several times; any instance may match. Classic webhooks are not
/// signed: fetch the resource.
pub static MOLLIE: Preset = Preset {
    name: "mollie",
    aliases: &[],
    title: "Mollie webhooks (next generation)",
    documentation: "https://github.com/mollie/mollie-api-php",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the webhook's signing secret", prefixes: &[] },
    dedupe: &[Place::body("/id")],
    event_type: Some(Place::body("/type")),
    retries: "",
    description: body_hmac(EACH_MOLLIE_HEADER, "sha256=", Encoding::Hex, Hash::Sha256),
};

/// MONEI: HMAC-SHA256 over time, dot and body as `v1=<hex>` items in `monei-signature`.
pub static MONEI: Preset = Preset {
    name: "monei",
    aliases: &[],
    title: "MONEI",
    documentation: "https://github.com/MONEI/monei-node-sdk",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the API key", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: dated_list(
        list![Slot::header("monei-signature")],
        list![text("v1")],
        time(Place::item("t"), TimeUnit::Seconds, Tolerance::Unbounded),
    ),
};

/// PayMongo: HMAC-SHA256 over time, dot and body as `li=<hex>` items in `paymongo-signature`.
///
/// `li` is signed in live mode and `te` in test mode; the other is empty.
pub static PAYMONGO: Preset = Preset {
    name: "paymongo",
    aliases: &[],
    title: "PayMongo",
    documentation: "https://github.com/paymongo/paymongo-node",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the webhook's signing secret", prefixes: &[] },
    dedupe: &[Place::body("/data/id")],
    event_type: Some(Place::body("/data/attributes/type")),
    retries: "",
    description: dated_list(
        list![Slot::header("paymongo-signature")],
        list![text("li"), text("te")],
        time(Place::item("t"), TimeUnit::Seconds, Tolerance::Unbounded),
    ),
};

/// PayPal: RSA-SHA256 over id, time, webhook id and the CRC-32 of the body, base64 in
/// `paypal-transmission-sig`; the certificate is named in `paypal-cert-url`.
///
/// A CRC-32 binds nothing: whoever holds one delivery can make another body with the same
/// checksum. Ask PayPal's verification interface before you act on one. Needs the feature
/// `asymmetric`.
pub static PAYPAL_V2: Preset = Preset {
    name: "paypal-v2",
    aliases: &["paypal"],
    title: "PayPal",
    documentation: "https://developer.paypal.com/api/rest/webhooks/rest/",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape {
        hint: "the certificate in PEM; the webhook id is a parameter",
        prefixes: &[],
    },
    dedupe: &[Place::body("/id")],
    event_type: Some(Place::body("/event_type")),
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![Slot::header("paypal-transmission-sig")],
            grammar: plain(""),
            encoding: Encoding::Base64,
            algorithm: Algorithm::RsaPkcs1(Hash::Sha256),
            content: list![list![
                Part::Id,
                PIPE,
                Part::Timestamp,
                PIPE,
                Part::Value(Place::Parameter(Parameter::WebhookId)),
                PIPE,
                Part::BodyCrc32
            ]],
            key: KeyForm::Fetched(KeyFetch {
                named_at: Place::header("paypal-cert-url"),
                name: KeyName::Url {
                    hosts: list![text("api.paypal.com"), text("api.sandbox.paypal.com")],
                    path_prefix: text("/v1/notifications/certs/"),
                    path_suffix: text(""),
                },
            }),
        }),
        timestamp: Some(time(
            Place::header("paypal-transmission-time"),
            TimeUnit::Rfc3339,
            Tolerance::Unbounded,
        )),
        id: Some(Place::header("paypal-transmission-id")),
        require: list![equals_text(Place::header("paypal-auth-algo"), "SHA256withRSA")],
    },
};

/// Paystack: HMAC-SHA512 over the body as hex in `x-paystack-signature`.
///
/// The hash is SHA-512 and the key is the API key itself.
pub static PAYSTACK: Preset = Preset {
    name: "paystack",
    aliases: &[],
    title: "Paystack",
    documentation: "https://paystack.com/docs/payments/webhooks/",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape {
        hint: "the account's secret key, sk_live_… or sk_test_…",
        prefixes: &["sk_live_", "sk_test_"],
    },
    dedupe: &[Place::body("/event"), Place::body("/data/id")],
    event_type: Some(Place::body("/event")),
    retries: "",
    description: body_hmac(
        list![Slot::header("x-paystack-signature")],
        "",
        Encoding::Hex,
        Hash::Sha512,
    ),
};

/// PhonePe v1 callbacks: the secret itself in `authorization`. It covers nothing of what was
/// sent.
pub static PHONEPE_V1: Preset = Preset {
    name: "phonepe-v1",
    aliases: &[],
    title: "PhonePe v1 callbacks",
    documentation: "https://developer.phonepe.com/v1/docs/handling-webhooks",
    checked: "2026-11-22",
    evidence: Evidence::Documentation,
    secret: SecretShape {
        hint: "the SHA-256 of user name, colon and password, in hexadecimal digits as the header shows it",
        prefixes: &[],
    },
    dedupe: &[],
    event_type: Some(Place::body("/type")),
    retries: "",
    description: shown(Place::header("authorization"), TokenGrammar::Plain { prefix: text("") }),
};

/// Primer: HMAC-SHA256 over the body as base64 in `x-signature-primary`.
pub static PRIMER: Preset = Preset {
    name: "primer",
    aliases: &[],
    title: "Primer",
    documentation: "https://primer.io/docs",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the webhook's signing secret", prefixes: &[] },
    dedupe: &[],
    event_type: Some(Place::body("/eventType")),
    retries: "",
    description: body_hmac(
        list![Slot::header("x-signature-primary")],
        "",
        Encoding::Base64,
        Hash::Sha256,
    ),
};

/// Razorpay: HMAC-SHA256 over the body as hex in `x-razorpay-signature`.
///
/// The event id header is not signed.
pub static RAZORPAY: Preset = Preset {
    name: "razorpay",
    aliases: &[],
    title: "Razorpay",
    documentation: "https://razorpay.com/docs/webhooks/validate-test/",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape {
        hint: "the secret entered when the webhook was created, not the API key secret",
        prefixes: &[],
    },
    dedupe: &[Place::header("x-razorpay-event-id")],
    event_type: Some(Place::body("/event")),
    retries: "",
    description: body_hmac(
        list![Slot::header("x-razorpay-signature")],
        "",
        Encoding::Hex,
        Hash::Sha256,
    ),
};

/// Signifyd: HMAC-SHA256 over the body as base64 in `signifyd-sec-hmac-sha256`.
///
/// The topic header is not signed.
pub static SIGNIFYD: Preset = Preset {
    name: "signifyd",
    aliases: &[],
    title: "Signifyd",
    documentation: "https://github.com/signifyd/php",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the team's API key", prefixes: &[] },
    dedupe: &[],
    event_type: Some(Place::header("signifyd-topic")),
    retries: "",
    description: body_hmac(
        list![Slot::header("signifyd-sec-hmac-sha256")],
        "",
        Encoding::Base64,
        Hash::Sha256,
    ),
};

/// Square: HMAC-SHA256 over the notification URL and the body as base64 in
/// `x-square-hmacsha256-signature`.
///
/// The URL must be the one configured at Square, byte for byte.
pub static SQUARE: Preset = Preset {
    name: "square",
    aliases: &[],
    title: "Square",
    documentation: "https://github.com/square/square-nodejs-sdk",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the subscription's signature key", prefixes: &[] },
    dedupe: &[Place::body("/event_id")],
    event_type: Some(Place::body("/type")),
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![Slot::header("x-square-hmacsha256-signature")],
            grammar: plain(""),
            encoding: Encoding::Base64,
            algorithm: Algorithm::Hmac(Hash::Sha256),
            content: list![list![Part::Url(UrlPart::Full), Part::Body]],
            key: KeyForm::Text,
        }),
        timestamp: None,
        id: None,
        require: list![],
    },
};

/// Stripe: HMAC-SHA256 over time, dot and body as `v1=<hex>` items in `stripe-signature`.
///
/// `v0` never counts. The official libraries for Node, Python and Go accept a time in the
/// future; this one does not.
pub static STRIPE: Preset = Preset {
    name: "stripe",
    aliases: &[],
    title: "Stripe",
    documentation: "https://docs.stripe.com/webhooks/signature",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape {
        hint: "the endpoint's signing secret, whsec_…, used whole",
        prefixes: &["whsec_"],
    },
    dedupe: &[Place::body("/id")],
    event_type: Some(Place::body("/type")),
    retries: "for up to three days, with a new time and signature each time",
    description: dated_list(
        list![Slot::header("stripe-signature")],
        list![text("v1")],
        time(Place::item("t"), TimeUnit::Seconds, FIVE_MINUTES),
    ),
};

/// TabaPay: HMAC-SHA256 over time, dot and body as `v1=<hex>` items in `x-hmac-signature`.
///
/// `v2` is made with the previous secret for 48 hours.
pub static TABAPAY: Preset = Preset {
    name: "tabapay",
    aliases: &[],
    title: "TabaPay",
    documentation: "https://developers.tabapay.com/reference/webhook-signature-headers",
    checked: "2026-11-22",
    evidence: Evidence::Documentation,
    secret: SecretShape { hint: "the webhook's signing secret", prefixes: &[] },
    dedupe: &[Place::header("idempotency-key")],
    event_type: None,
    retries: "",
    description: dated_list(
        list![Slot::header("x-hmac-signature")],
        list![text("v1"), text("v2")],
        time(Place::item("t"), TimeUnit::Seconds, Tolerance::Unbounded),
    ),
};

/// WeChat Pay v3: RSA-SHA256 over time, nonce and body, a line each, base64 in
/// `wechatpay-signature`; the key is named in `wechatpay-serial`.
///
/// The resource in the body is encrypted; the host decrypts it. Needs the feature `asymmetric`.
pub static WECHATPAY_V3: Preset = Preset {
    name: "wechatpay-v3",
    aliases: &["wechat-pay"],
    title: "WeChat Pay v3",
    documentation: "https://github.com/wechatpay-apiv3/wechatpay-go",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "a platform certificate or public key, PEM", prefixes: &[] },
    dedupe: &[Place::body("/id")],
    event_type: Some(Place::body("/event_type")),
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![Slot {
                place: Place::header("wechatpay-signature"),
                repeat: Repeat::Refuse,
                key: KeyChoice::Named(Place::header("wechatpay-serial"))
            }],
            grammar: plain(""),
            encoding: Encoding::Base64,
            algorithm: Algorithm::RsaPkcs1(Hash::Sha256),
            content: list![list![
                Part::Timestamp,
                Part::literal("\n"),
                Part::header("wechatpay-nonce"),
                Part::literal("\n"),
                Part::Body,
                Part::literal("\n")
            ]],
            key: KeyForm::Public,
        }),
        timestamp: Some(time(
            Place::header("wechatpay-timestamp"),
            TimeUnit::Seconds,
            FIVE_MINUTES,
        )),
        id: None,
        require: list![],
    },
};

/// Xendit: the secret itself in `x-callback-token`. It covers nothing of what was sent.
pub static XENDIT: Preset = Preset {
    name: "xendit",
    aliases: &[],
    title: "Xendit",
    documentation: "https://docs.xendit.co",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the webhook verification token", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: shown(Place::header("x-callback-token"), TokenGrammar::Plain { prefix: text("") }),
};

/// Zoho Payments: HMAC-SHA256 over time, dot and body as `v=<hex>` items in
/// `x-zoho-webhook-signature`. The time is in milliseconds.
pub static ZOHO_PAYMENTS: Preset = Preset {
    name: "zoho-payments",
    aliases: &[],
    title: "Zoho Payments",
    documentation: "https://www.zoho.com/in/payments/developerdocs/webhooks/verification/",
    checked: "2026-11-22",
    evidence: Evidence::Documentation,
    secret: SecretShape { hint: "the webhook's signing key", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: dated_list(
        list![Slot::header("x-zoho-webhook-signature")],
        list![text("v")],
        time(Place::item("t"), TimeUnit::Milliseconds, Tolerance::Unbounded),
    ),
};

/// Every instance of the header counts.
const EACH_MOLLIE_HEADER: List<Slot> = list![Slot {
    place: Place::header("x-mollie-signature"),
    repeat: Repeat::Each,
    key: KeyChoice::Any,
}];

/// The fields that an Adyen payment notification signs; an absent one is signed as empty.
const ADYEN_FIELDS: List<Template> = list![list![
    field("/notificationItems/0/NotificationRequestItem/pspReference"),
    COLON,
    field("/notificationItems/0/NotificationRequestItem/originalReference"),
    COLON,
    field("/notificationItems/0/NotificationRequestItem/merchantAccountCode"),
    COLON,
    field("/notificationItems/0/NotificationRequestItem/merchantReference"),
    COLON,
    field("/notificationItems/0/NotificationRequestItem/amount/value"),
    COLON,
    field("/notificationItems/0/NotificationRequestItem/amount/currency"),
    COLON,
    field("/notificationItems/0/NotificationRequestItem/eventCode"),
    COLON,
    field("/notificationItems/0/NotificationRequestItem/success"),
]];

const fn field(pointer: &'static str) -> Part {
    Part::ValueOrEmpty(Place::body(pointer))
}

/// All fields but the signature, and in some products its type.
const ALIPAY_FIELDS: List<Template> = list![
    list![Part::Fields(Fields {
        of: FieldSource::Form,
        except: list![text("sign"), text("sign_type")],
        style: FieldStyle::Pairs,
    })],
    list![Part::Fields(Fields {
        of: FieldSource::Form,
        except: list![text("sign")],
        style: FieldStyle::Pairs,
    })],
];
