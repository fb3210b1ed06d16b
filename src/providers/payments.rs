//! Payments.

use super::blocks::*;

pub(super) static ROWS: &[&Preset] = &[
    &ADYEN_PAYMENTS,
    &ADYEN_PLATFORMS,
    &AFFIRM,
    &AIRWALLEX,
    &AUTHORIZE_NET,
    &BILLIT,
    &BOLT,
    &BRAINTREE,
    &CHECKOUT_COM,
    &COINFLOW,
    &DWOLLA,
    &GOCARDLESS,
    &IRON,
    &MOLLIE,
    &MONEI,
    &PAYPAL_V2,
    &PRIMER,
    &SIGNIFYD,
    &SQUARE,
    &STRIPE,
    &TABAPAY,
    &WORLDPAY,
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
    checked: "2026-11-29",
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
    aliases: &["adyen-for-platforms", "adyen-management"],
    title: "Adyen for Platforms and Management",
    documentation: "https://docs.adyen.com/development-resources/webhooks/secure-webhooks/verify-hmac-signatures",
    checked: "2026-11-29",
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

/// Authorize.Net: HMAC-SHA512 over the body as hex behind `sha512=` in `x-anet-signature`. The
/// secret is hexadecimal digits.
pub static AUTHORIZE_NET: Preset = Preset {
    name: "authorize-net",
    aliases: &["authorizenet"],
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

/// Billit: HMAC-SHA256 over time, dot and body as `s=<hex>` items in `billit-signature`.
///
/// The provider gives no window.
pub static BILLIT: Preset = Preset {
    name: "billit",
    aliases: &[],
    title: "Billit",
    documentation: "https://docs.billit.be/reference/webhook",
    checked: "2026-11-29",
    evidence: Evidence::Documentation,
    secret: SecretShape { hint: "the secret given when the webhook was created", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: dated_list(
        list![Slot::header("billit-signature")],
        list![text("s")],
        time(Place::item("t"), TimeUnit::Seconds, Tolerance::Unbounded),
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
    checked: "2026-11-29",
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

/// Checkout.com: HMAC-SHA256 over the body as hex in `cko-signature`.
pub static CHECKOUT_COM: Preset = Preset {
    name: "checkout-com",
    aliases: &["checkout"],
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

/// Coinflow: HMAC-SHA256 over time, dot and body as `v1=<hex>` items in `coinflow-signature`.
pub static COINFLOW: Preset = Preset {
    name: "coinflow",
    aliases: &[],
    title: "Coinflow",
    documentation: "https://docs.coinflow.cash/guides/developer-resources/webhooks/verifying-webhook-signatures",
    checked: "2026-11-29",
    evidence: Evidence::Documentation,
    secret: SecretShape { hint: "the webhook validation key", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: dated_list(
        list![Slot::header("coinflow-signature")],
        list![text("v1")],
        time(Place::item("t"), TimeUnit::Seconds, FIVE_MINUTES),
    ),
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

/// GoCardless: HMAC-SHA256 over the body as hex in `webhook-signature`.
///
/// One delivery holds many events.
pub static GOCARDLESS: Preset = Preset {
    name: "gocardless",
    aliases: &[],
    title: "GoCardless",
    documentation: "https://github.com/gocardless/gocardless-pro-python",
    checked: "2026-11-29",
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

/// Mollie webhooks (next generation): HMAC-SHA256 over the body as hex behind `sha256=` in
/// `x-mollie-signature`.
///
/// The header may be given several times; any instance may match. Classic webhooks are not
/// signed: fetch the resource.
pub static MOLLIE: Preset = Preset {
    name: "mollie",
    aliases: &["mollie-next-gen"],
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
    checked: "2026-11-29",
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
    checked: "2026-11-29",
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
    checked: "2026-11-29",
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

/// Worldpay Access events: HMAC-SHA256 over the body in records of key id, `SHA256` and signature in
/// `event-signature`, in whatever order.
///
/// The signature is hex: base64 has the slash in its alphabet that divides a record. Worldpay turns
/// signing on when it is asked to.
pub static WORLDPAY: Preset = Preset {
    name: "worldpay",
    aliases: &["worldpay-access"],
    title: "Worldpay Access events",
    documentation: "https://developer.worldpay.com/products/access/events/signature",
    checked: "2026-11-29",
    evidence: Evidence::Documentation,
    secret: SecretShape {
        hint: "the secret that Worldpay agreed on, with its key id",
        prefixes: &[],
    },
    dedupe: &[Place::body("/eventId")],
    event_type: Some(Place::body("/eventDetails/type")),
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![Slot {
                place: Place::header("event-signature"),
                repeat: Repeat::Refuse,
                key: KeyChoice::Record
            }],
            grammar: Grammar::Records { item: ',', field: '/', fields: 3, key: 0 },
            encoding: Encoding::Hex,
            algorithm: Algorithm::Hmac(Hash::Sha256),
            content: BODY,
            key: KeyForm::Text,
        }),
        timestamp: None,
        id: None,
        require: list![],
    },
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
