//! Standard Webhooks and Svix by name; their other users stand with their trade.

use super::blocks::*;

pub(super) static ROWS: &[&Preset] =
    &[&DODO_PAYMENTS, &ORB, &POLAR, &STANDARD_WEBHOOKS, &STANDARD_WEBHOOKS_V1A, &SVIX, &WHOP];

/// Dodo Payments: Standard Webhooks (`v1`, base64 HMAC-SHA256 over id, time and body) in the
/// `webhook-*` headers.
pub static DODO_PAYMENTS: Preset = Preset {
    name: "dodo-payments",
    aliases: &[],
    title: "Dodo Payments",
    documentation: "https://docs.dodopayments.com/developer-resources/webhooks",
    checked: "2026-11-29",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "whsec_ and base64", prefixes: &["whsec_"] },
    dedupe: &[Place::header("webhook-id")],
    event_type: Some(Place::body("/type")),
    retries: "",
    description: standard(
        list![Slot::header("webhook-signature")],
        Place::header("webhook-id"),
        Place::header("webhook-timestamp"),
    ),
};

/// Orb: HMAC-SHA256 over `v1:`, time, colon and body as `v1=<hex>` items in `x-orb-signature`.
/// The time is ISO 8601.
///
/// This is not Svix's scheme.
pub static ORB: Preset = Preset {
    name: "orb",
    aliases: &[],
    title: "Orb",
    documentation: "https://docs.withorb.com",
    checked: "2026-11-29",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the webhook's signing secret", prefixes: &[] },
    dedupe: &[Place::body("/id")],
    event_type: Some(Place::body("/type")),
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![Slot::header("x-orb-signature")],
            grammar: items(' ', '=', list![text("v1")]),
            encoding: Encoding::Hex,
            algorithm: Algorithm::Hmac(Hash::Sha256),
            content: list![list![
                Part::literal("v1:"),
                Part::Timestamp,
                Part::literal(":"),
                Part::Body
            ]],
            key: KeyForm::Text,
        }),
        timestamp: Some(time(Place::header("x-orb-timestamp"), TimeUnit::IsoUtc, FIVE_MINUTES)),
        id: None,
        require: list![],
    },
};

/// Polar: Standard Webhooks (`v1`, base64 HMAC-SHA256 over id, time and body) in the
/// `webhook-*` headers.
///
/// The secret is not base64: its text is the key.
pub static POLAR: Preset = Preset {
    name: "polar",
    aliases: &[],
    title: "Polar",
    documentation: "https://github.com/polarsource/polar-js",
    checked: "2026-11-29",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the whole secret, as text", prefixes: &[] },
    dedupe: &[Place::header("webhook-id")],
    event_type: Some(Place::body("/type")),
    retries: "",
    description: standard_with_key(
        list![Slot::header("webhook-signature")],
        Place::header("webhook-id"),
        Place::header("webhook-timestamp"),
        KeyForm::Text,
    ),
};

/// Standard Webhooks v1: Standard Webhooks (`v1`, base64 HMAC-SHA256 over id, time and body) in
/// the `webhook-*` headers.
pub static STANDARD_WEBHOOKS: Preset = Preset {
    name: "standard-webhooks",
    aliases: &["standard-webhooks-v1", "standardwebhooks"],
    title: "Standard Webhooks v1",
    documentation: "https://www.standardwebhooks.com",
    checked: "2026-11-29",
    evidence: Evidence::Sdk,
    secret: SecretShape {
        hint: "whsec_ and base64; bare base64 and v1,whsec_ are taken too",
        prefixes: &["whsec_", "v1,whsec_"],
    },
    dedupe: &[Place::header("webhook-id")],
    event_type: Some(Place::body("/type")),
    retries: "about ten times over three days, with the same id and a new time each time",
    description: standard(
        list![Slot::header("webhook-signature")],
        Place::header("webhook-id"),
        Place::header("webhook-timestamp"),
    ),
};

/// Standard Webhooks v1a: Ed25519 (`v1a`) over id, time and body, base64 in the `webhook-*`
/// headers.
///
/// Needs the feature `asymmetric`.
pub static STANDARD_WEBHOOKS_V1A: Preset = Preset {
    name: "standard-webhooks-v1a",
    aliases: &[],
    title: "Standard Webhooks v1a",
    documentation: "https://github.com/standard-webhooks/standard-webhooks",
    checked: "2026-11-22",
    evidence: Evidence::Documentation,
    secret: SecretShape { hint: "whpk_ and base64", prefixes: &["whpk_"] },
    dedupe: &[Place::header("webhook-id")],
    event_type: Some(Place::body("/type")),
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![Slot::header("webhook-signature")],
            grammar: items(' ', ',', list![text("v1a")]),
            encoding: Encoding::Base64,
            algorithm: Algorithm::Ed25519,
            content: ID_TIME_BODY,
            key: KeyForm::Public,
        }),
        timestamp: Some(time(Place::header("webhook-timestamp"), TimeUnit::Seconds, FIVE_MINUTES)),
        id: Some(Place::header("webhook-id")),
        require: list![],
    },
};

/// Svix: Standard Webhooks (`v1`, base64 HMAC-SHA256 over id, time and body) under Svix's
/// header names, or the neutral ones.
///
/// The rest is Standard Webhooks.
pub static SVIX: Preset = Preset {
    name: "svix",
    aliases: &[],
    title: "Svix",
    documentation: "https://docs.svix.com/receiving/verifying-payloads/how-manual",
    checked: "2026-11-29",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "whsec_ and base64", prefixes: &["whsec_"] },
    dedupe: SVIX_ID,
    event_type: Some(Place::body("/type")),
    retries: "eight times over about 28 hours, with the same id",
    description: svix(),
};

/// Whop: Standard Webhooks (`v1`, base64 HMAC-SHA256 over id, time and body) in the `webhook-*`
/// headers.
pub static WHOP: Preset = Preset {
    name: "whop",
    aliases: &[],
    title: "Whop",
    documentation: "https://docs.whop.com/developer/guides/webhooks",
    checked: "2026-11-29",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "whsec_ and base64", prefixes: &["whsec_"] },
    dedupe: &[Place::header("webhook-id")],
    event_type: None,
    retries: "",
    description: standard(
        list![Slot::header("webhook-signature")],
        Place::header("webhook-id"),
        Place::header("webhook-timestamp"),
    ),
};
