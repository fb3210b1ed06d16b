//! The house schemes of the systems that hookstage reproduces.

use super::blocks::*;

pub(super) static ROWS: &[&Preset] = &[
    &COEFFECTION,
    &COMMA_HMAC,
    &COMMA_BEARER,
    &CONNECTGAIN,
    &CONNECTGAIN_UNSIGNED,
    &WEXIO_SHARED_SECRET,
    &UNSIGNED,
];

/// Coeffection inbound sources: `t=<seconds>,v1=<hex>` over time, dot and body, within five
/// minutes.
pub static COEFFECTION: Preset = Preset {
    name: "coeffection",
    aliases: &[],
    title: "Coeffection inbound source",
    documentation: "https://app.coeffection.com",
    checked: "2026-11-22",
    evidence: Evidence::Documentation,
    secret: SecretShape {
        hint: "the signing secret, shown once when the source is created",
        prefixes: &[],
    },
    dedupe: &[Place::body("/id")],
    event_type: None,
    retries: "a replay of an id that was seen is ignored",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![Slot::header("x-webhook-signature")],
            grammar: items(',', '=', list![text("v1")]),
            encoding: Encoding::Hex,
            algorithm: Algorithm::Hmac(Hash::Sha256),
            content: TIME_DOT_BODY,
            key: KeyForm::Text,
        }),
        timestamp: Some(time(Place::item("t"), TimeUnit::Seconds, FIVE_MINUTES)),
        id: None,
        require: list![],
    },
};

/// Comma inbound webhooks with a bearer secret, which covers nothing of the message.
pub static COMMA_BEARER: Preset = Preset {
    name: "comma-bearer",
    aliases: &[],
    title: "Comma Compliance inbound webhook, bearer",
    documentation: "https://app.commacompliance.com",
    checked: "2026-11-22",
    evidence: Evidence::Documentation,
    secret: SecretShape { hint: "the endpoint's secret, such as sk_live_…", prefixes: &[] },
    dedupe: &[Place::body("/external_id")],
    event_type: None,
    retries: "safe to repeat: the same external_id is stored once",
    description: shown(Place::header("authorization"), TokenGrammar::Word { word: text("Bearer") }),
};

/// Comma inbound webhooks with HMAC: bare hex over the body, no time.
pub static COMMA_HMAC: Preset = Preset {
    name: "comma",
    aliases: &["comma-hmac"],
    title: "Comma Compliance inbound webhook, HMAC",
    documentation: "https://app.commacompliance.com",
    checked: "2026-11-22",
    evidence: Evidence::Documentation,
    secret: SecretShape { hint: "the endpoint's secret", prefixes: &[] },
    dedupe: &[Place::body("/external_id")],
    event_type: None,
    retries: "safe to repeat: the same external_id is stored once",
    description: body_hmac(
        list![Slot::header("x-comma-signature")],
        "",
        Encoding::Hex,
        Hash::Sha256,
    ),
};

/// ConnectGain webhooks with a secret: bare hex over the body. Its `X-Webhook-Timestamp` is not
/// signed and proves nothing.
pub static CONNECTGAIN: Preset = Preset {
    name: "connectgain",
    aliases: &[],
    title: "ConnectGain webhook",
    documentation: "https://connectgain.com",
    checked: "2026-11-22",
    evidence: Evidence::Documentation,
    secret: SecretShape { hint: "the secret given when the webhook was configured", prefixes: &[] },
    // The payload has no id of its own.
    dedupe: &[Place::body("/event"), Place::body("/data/id"), Place::body("/timestamp")],
    event_type: Some(Place::body("/event")),
    retries: "may be retried; no schedule is given",
    description: body_hmac(
        list![Slot::header("x-webhook-signature")],
        "",
        Encoding::Hex,
        Hash::Sha256,
    ),
};

/// ConnectGain webhooks configured without a secret: nothing is signed.
pub static CONNECTGAIN_UNSIGNED: Preset = Preset {
    name: "connectgain-unsigned",
    aliases: &[],
    title: "ConnectGain webhook without a secret",
    documentation: "https://connectgain.com",
    checked: "2026-11-22",
    evidence: Evidence::Documentation,
    secret: SecretShape { hint: "none", prefixes: &[] },
    dedupe: &[Place::body("/event"), Place::body("/data/id"), Place::body("/timestamp")],
    event_type: Some(Place::body("/event")),
    retries: "may be retried; no schedule is given",
    description: NOTHING,
};

/// No authentication: Synerise's "without authorization", and senders that cannot sign. Anyone who
/// knows the address can send; every event stays marked as unauthenticated.
pub static UNSIGNED: Preset = Preset {
    name: "unsigned",
    aliases: &["no-authentication", "none", "synerise-none"],
    title: "No authentication",
    documentation: "https://hub.synerise.com",
    checked: "2026-11-22",
    evidence: Evidence::Documentation,
    secret: SecretShape { hint: "none", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: NOTHING,
};

/// A shared secret in `x-webhook-secret`, as Wexio has it: it covers nothing of the message.
///
/// It is also what senders can do that sign nothing and let you add a header.
pub static WEXIO_SHARED_SECRET: Preset = Preset {
    name: "shared-secret",
    aliases: &[
        "datadog",
        "ifttt",
        "make",
        "microsoft-forms",
        "microsoft-power-automate",
        "n8n",
        "new-relic",
        "power-automate",
        "salesforce",
        "salesforce-outbound",
        "wexio",
        "wexio-shared-secret",
        "zapier",
    ],
    title: "Shared secret in x-webhook-secret",
    documentation: "https://wexio.io",
    checked: "2026-11-22",
    evidence: Evidence::Documentation,
    secret: SecretShape { hint: "the generated secret, shown once", prefixes: &[] },
    dedupe: &[Place::header("x-idempotency-key")],
    event_type: None,
    retries: "",
    description: shown(Place::header("x-webhook-secret"), TokenGrammar::Plain { prefix: text("") }),
};

const NOTHING: Description = Description {
    authentication: Authentication::Unsigned,
    timestamp: None,
    id: None,
    require: list![],
};
