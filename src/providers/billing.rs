//! Subscriptions and billing.

use super::blocks::*;

pub(super) static ROWS: &[&Preset] = &[
    &AUTUMN,
    &CHARGEBEE,
    &CHARGIFY,
    &FASTSPRING,
    &LEMON_SQUEEZY,
    &METRONOME,
    &PADDLE_BILLING,
    &PADDLE_CLASSIC,
    &RECHARGE,
    &RECURLY,
];

/// Autumn: Standard Webhooks (`v1`, base64 HMAC-SHA256 over id, time and body) under Svix's
/// header names, or the neutral ones.
pub static AUTUMN: Preset = Preset {
    name: "autumn",
    aliases: &[],
    title: "Autumn",
    documentation: "https://docs.useautumn.com",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "whsec_ and base64", prefixes: &["whsec_"] },
    dedupe: SVIX_ID,
    event_type: Some(Place::body("/type")),
    retries: "",
    description: svix(),
};

/// Chargebee: user name and password in `authorization` (HTTP Basic). It covers nothing of what
/// was sent.
pub static CHARGEBEE: Preset = Preset {
    name: "chargebee",
    aliases: &[],
    title: "Chargebee",
    documentation: "https://www.chargebee.com/docs/2.0/events_and_webhooks.html",
    checked: "2026-11-22",
    evidence: Evidence::Documentation,
    secret: SecretShape { hint: "user name, colon and password", prefixes: &[] },
    dedupe: &[Place::body("/id")],
    event_type: Some(Place::body("/event_type")),
    retries: "",
    description: shown(Place::header("authorization"), TokenGrammar::Basic),
};

/// Maxio Advanced Billing (Chargify): HMAC-SHA256 over the body as hex in
/// `x-chargify-webhook-signature-hmac-sha-256`.
///
/// The body is form-encoded; the id header is not signed.
pub static CHARGIFY: Preset = Preset {
    name: "chargify",
    aliases: &["maxio", "maxio-advanced-billing"],
    title: "Maxio Advanced Billing (Chargify)",
    documentation: "https://maxio-chargify.zendesk.com/hc/en-us/articles/5405357509645-Webhooks-Reference",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the site's shared key", prefixes: &[] },
    dedupe: &[Place::header("x-chargify-webhook-id")],
    event_type: Some(form("event")),
    retries: "",
    description: body_hmac(
        list![Slot::header("x-chargify-webhook-signature-hmac-sha-256")],
        "",
        Encoding::Hex,
        Hash::Sha256,
    ),
};

/// FastSpring: HMAC-SHA256 over the body as base64 in `x-fs-signature`.
///
/// One delivery holds many events.
pub static FASTSPRING: Preset = Preset {
    name: "fastspring",
    aliases: &[],
    title: "FastSpring",
    documentation: "https://developer.fastspring.com/docs/webhooks-overview",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the webhook's signing secret", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: body_hmac(
        list![Slot::header("x-fs-signature")],
        "",
        Encoding::Base64,
        Hash::Sha256,
    ),
};

/// Lemon Squeezy: HMAC-SHA256 over the body as hex in `x-signature`.
pub static LEMON_SQUEEZY: Preset = Preset {
    name: "lemon-squeezy",
    aliases: &["lemonsqueezy"],
    title: "Lemon Squeezy",
    documentation: "https://docs.lemonsqueezy.com/help/webhooks/signing-requests",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the webhook's signing secret", prefixes: &[] },
    dedupe: &[],
    event_type: Some(Place::header("x-event-name")),
    retries: "",
    description: body_hmac(list![Slot::header("x-signature")], "", Encoding::Hex, Hash::Sha256),
};

/// Metronome: HMAC-SHA256 over date, a line end and the body as hex in
/// `metronome-webhook-signature`. The time is an HTTP date.
pub static METRONOME: Preset = Preset {
    name: "metronome",
    aliases: &[],
    title: "Metronome",
    documentation: "https://docs.metronome.com/guides/platform-configuration/setup-webhooks",
    checked: "2026-11-29",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the webhook's secret key", prefixes: &[] },
    dedupe: &[Place::body("/id")],
    event_type: Some(Place::body("/type")),
    retries: "",
    description: dated(
        list![Slot::header("metronome-webhook-signature")],
        "",
        Encoding::Hex,
        list![list![Part::Timestamp, Part::literal("\n"), Part::Body]],
        time(Place::header("x-metronome-date"), TimeUnit::HttpDate, FIVE_MINUTES),
    ),
};

/// Paddle Billing: HMAC-SHA256 over time, colon and body as `h1=<hex>` items in
/// `paddle-signature`.
///
/// The official libraries allow 5 seconds, which clocks and queues do not keep; narrow the
/// window where you can.
pub static PADDLE_BILLING: Preset = Preset {
    name: "paddle-billing",
    aliases: &["paddle"],
    title: "Paddle Billing",
    documentation: "https://developer.paddle.com/webhooks/signature-verification",
    checked: "2026-11-29",
    evidence: Evidence::Sdk,
    secret: SecretShape {
        hint: "the notification destination's secret key, pdl_ntfset_…, used whole",
        prefixes: &["pdl_ntfset_"],
    },
    dedupe: &[Place::body("/event_id")],
    event_type: Some(Place::body("/event_type")),
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![Slot::header("paddle-signature")],
            grammar: items(';', '=', list![text("h1")]),
            encoding: Encoding::Hex,
            algorithm: Algorithm::Hmac(Hash::Sha256),
            content: TIME_COLON_BODY,
            key: KeyForm::Text,
        }),
        timestamp: Some(time(Place::item("ts"), TimeUnit::Seconds, FIVE_MINUTES)),
        id: None,
        require: list![],
    },
};

/// Paddle Classic: RSA-SHA1 over the other fields of the form as PHP serialises them, base64 in
/// `p_signature`.
///
/// Legacy SHA-1. Needs the feature `asymmetric`.
pub static PADDLE_CLASSIC: Preset = Preset {
    name: "paddle-classic",
    aliases: &["paddle-legacy"],
    title: "Paddle Classic",
    documentation: "https://github.com/laravel/cashier-paddle",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the public key of the dashboard, PEM", prefixes: &[] },
    dedupe: &[form("alert_id")],
    event_type: Some(form("alert_name")),
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![slot(form("p_signature"))],
            grammar: plain(""),
            encoding: Encoding::Base64,
            algorithm: Algorithm::RsaPkcs1(Hash::Sha1Legacy),
            content: list![list![Part::Fields(Fields {
                of: FieldSource::Form,
                except: list![text("p_signature")],
                style: FieldStyle::PhpSerialized,
            })]],
            key: KeyForm::Public,
        }),
        timestamp: None,
        id: None,
        require: list![],
    },
};

/// Recharge: a bare SHA256 over secret and body as hex in `x-recharge-hmac-sha256`.
///
/// It is no HMAC in spite of the header's name.
pub static RECHARGE: Preset = Preset {
    name: "recharge",
    aliases: &[],
    title: "Recharge",
    documentation: "https://developer.rechargepayments.com",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the API client secret", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: digest(
        list![Slot::header("x-recharge-hmac-sha256")],
        Hash::Sha256,
        list![list![Part::Secret, Part::Body]],
    ),
};

/// Recurly: HMAC-SHA256 over time, dot and body as a list of hex values in `recurly-signature`.
/// The time is in milliseconds.
///
/// Webhooks in XML are never signed.
pub static RECURLY: Preset = Preset {
    name: "recurly",
    aliases: &[],
    title: "Recurly",
    documentation: "https://docs.recurly.com/recurly-subscriptions/docs/signature-verification",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the webhook's signing secret", prefixes: &[] },
    dedupe: &[Place::body("/id"), Place::body("/event_type")],
    event_type: Some(Place::body("/event_type")),
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![Slot::header("recurly-signature")],
            grammar: Grammar::Positions { item: ',', first: 1 },
            encoding: Encoding::Hex,
            algorithm: Algorithm::Hmac(Hash::Sha256),
            content: TIME_DOT_BODY,
            key: KeyForm::Text,
        }),
        timestamp: Some(time(Place::Position(0), TimeUnit::Milliseconds, Tolerance::Unbounded)),
        id: None,
        require: list![],
    },
};
