//! Payments.

use super::blocks::*;

pub(super) static ROWS: &[&Preset] = &[
    &ADYEN_PLATFORMS,
    &AFFIRM,
    &AIRWALLEX,
    &AUTHORIZE_NET,
    &BOLT,
    &CASHFREE,
    &CHECKOUT_COM,
    &DWOLLA,
    &FINTOC,
    &FLUTTERWAVE_V3,
    &FLUTTERWAVE_V4,
    &GOCARDLESS,
    &MERCADO_PAGO,
    &MOLLIE,
    &MONEI,
    &PAYMONGO,
    &PAYSTACK,
    &PRIMER,
    &RAZORPAY,
    &SIGNIFYD,
    &SQUARE,
    &STRIPE,
    &TABAPAY,
];

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

/// Mercado Pago: HMAC-SHA256 over the query's `data.id`, `x-request-id` and the time as
/// `v1=<hex>` items in `x-signature`.
///
/// The body is not covered. A `data.id` with capital letters is signed in lower case and does
/// not verify here.
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
                    Part::Value(query("data.id")),
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

/// Every instance of the header counts.
const EACH_MOLLIE_HEADER: List<Slot> = list![Slot {
    place: Place::header("x-mollie-signature"),
    repeat: Repeat::Each,
    key: KeyChoice::Any,
}];
