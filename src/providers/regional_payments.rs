//! Payments of one country or continent.

use super::blocks::*;

pub(super) static ROWS: &[&Preset] = &[
    &ALIPAY,
    &ALIPAY_RSA,
    &CASHFREE,
    &FINTOC,
    &FLUTTERWAVE_V3,
    &FLUTTERWAVE_V4,
    &MERCADO_PAGO,
    &MIDTRANS,
    &MIDTRANS_PAYOUTS,
    &MIDTRANS_SNAP,
    &PAYMONGO,
    &PAYSTACK,
    &PHONEPE_V1,
    &RAZORPAY,
    &STARK_BANK,
    &WECHATPAY_V3,
    &XENDIT,
    &ZOHO_PAYMENTS,
];

/// Alipay: RSA-SHA256 (`RSA2`) over the other fields of the form, sorted, base64 in `sign`.
///
/// With or without `sign_type` among the fields: products differ. The answer must be the text
/// success. Needs the feature `asymmetric`.
pub static ALIPAY: Preset = Preset {
    name: "alipay",
    aliases: &[],
    title: "Alipay",
    documentation: "https://github.com/alipay/alipay-sdk-nodejs-all",
    checked: "2026-11-29",
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

/// Cashfree Payments: HMAC-SHA256 over time and body as base64 in `x-webhook-signature`. The
/// time is in milliseconds.
///
/// The unit of the time rests on third parties.
pub static CASHFREE: Preset = Preset {
    name: "cashfree",
    aliases: &[],
    title: "Cashfree Payments",
    documentation: "https://github.com/cashfree/cashfree-pg-sdk-nodejs",
    checked: "2026-11-29",
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

/// Mercado Pago: HMAC-SHA256 over the query's `data.id`, `x-request-id` and the time as
/// `v1=<hex>` items in `x-signature`.
///
/// The body is not covered.
pub static MERCADO_PAGO: Preset = Preset {
    name: "mercado-pago",
    aliases: &["mercadopago"],
    title: "Mercado Pago",
    documentation: "https://github.com/mercadopago/sdk-nodejs",
    checked: "2026-11-29",
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
    aliases: &["midtrans-snap-bi"],
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
    aliases: &["phonepe"],
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

/// Razorpay: HMAC-SHA256 over the body as hex in `x-razorpay-signature`.
///
/// The event id header is not signed.
pub static RAZORPAY: Preset = Preset {
    name: "razorpay",
    aliases: &[],
    title: "Razorpay",
    documentation: "https://razorpay.com/docs/webhooks/validate-test/",
    checked: "2026-11-29",
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

/// Stark Bank: ECDSA on secp256k1 with SHA-256 over the body, base64 of DER in `digital-signature`.
///
/// Needs the feature `more-curves`.
pub static STARK_BANK: Preset = Preset {
    name: "stark-bank",
    aliases: &["starkbank"],
    title: "Stark Bank",
    documentation: "https://github.com/starkbank/sdk-python",
    checked: "2026-11-29",
    evidence: Evidence::Sdk,
    secret: SecretShape {
        hint: "Stark Bank's public key, PEM, from GET /v2/public-key",
        prefixes: &[],
    },
    dedupe: &[Place::body("/event/id")],
    event_type: Some(Place::body("/event/subscription")),
    retries: "",
    description: signed(Signature {
        at: list![Slot::header("digital-signature")],
        grammar: plain(""),
        encoding: Encoding::Base64,
        algorithm: Algorithm::Ecdsa {
            curve: Curve::Secp256k1,
            hash: Hash::Sha256,
            form: EcdsaForm::Der,
        },
        content: BODY,
        key: KeyForm::Public,
    }),
};

/// WeChat Pay v3: RSA-SHA256 over time, nonce and body, a line each, base64 in
/// `wechatpay-signature`; the key is named in `wechatpay-serial`.
///
/// The resource in the body is encrypted; the host decrypts it. Needs the feature `asymmetric`.
pub static WECHATPAY_V3: Preset = Preset {
    name: "wechatpay-v3",
    aliases: &["wechat-pay", "wechat-pay-v3", "wechatpay"],
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
