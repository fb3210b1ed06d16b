//! Customers and support.

use super::blocks::*;

pub(super) static ROWS: &[&Preset] = &[
    &ATTIO,
    &FOLK,
    &FRONT,
    &HELP_SCOUT,
    &HIGHLEVEL,
    &HUBSPOT_V1,
    &HUBSPOT_V2,
    &HUBSPOT_V3,
    &JOBBER,
    &PIPEDRIVE,
    &PLAIN,
    &SELLSY,
    &STREAK,
    &ZENDESK,
];

/// Attio: HMAC-SHA256 over the body as hex in `attio-signature` or `x-attio-signature`.
///
/// One delivery holds many events.
pub static ATTIO: Preset = Preset {
    name: "attio",
    aliases: &[],
    title: "Attio",
    documentation: "https://docs.attio.com/rest-api/guides/webhooks",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the webhook's signing secret", prefixes: &[] },
    dedupe: &[Place::header("idempotency-key")],
    event_type: None,
    retries: "",
    description: body_hmac(
        list![slot(Place::FirstHeader(list![text("attio-signature"), text("x-attio-signature")]))],
        "",
        Encoding::Hex,
        Hash::Sha256,
    ),
};

/// folk: Standard Webhooks (`v1`, base64 HMAC-SHA256 over id, time and body) in the `webhook-*`
/// headers.
pub static FOLK: Preset = Preset {
    name: "folk",
    aliases: &[],
    title: "folk",
    documentation: "https://developer.folk.app",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
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

/// Front: HMAC-SHA256 over time, colon and body as base64 in `x-front-signature`. The time is
/// in milliseconds.
pub static FRONT: Preset = Preset {
    name: "front",
    aliases: &["frontapp"],
    title: "Front",
    documentation: "https://dev.frontapp.com/docs/webhooks-1",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the app's signing key", prefixes: &[] },
    dedupe: &[],
    event_type: Some(Place::body("/type")),
    retries: "",
    description: dated(
        list![Slot::header("x-front-signature")],
        "",
        Encoding::Base64,
        TIME_COLON_BODY,
        time(
            Place::header("x-front-request-timestamp"),
            TimeUnit::Milliseconds,
            Tolerance::Unbounded,
        ),
    ),
};

/// Help Scout: HMAC-SHA1 over the body as base64 in `x-helpscout-signature`.
///
/// Legacy SHA-1, inside HMAC.
pub static HELP_SCOUT: Preset = Preset {
    name: "help-scout",
    aliases: &["helpscout"],
    title: "Help Scout",
    documentation: "https://developer.helpscout.com/webhooks/",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the webhook's secret key", prefixes: &[] },
    dedupe: &[],
    event_type: Some(Place::header("x-helpscout-event")),
    retries: "",
    description: body_hmac(
        list![Slot::header("x-helpscout-signature")],
        "",
        Encoding::Base64,
        Hash::Sha1Legacy,
    ),
};

/// HighLevel: RSA-SHA256 over the body, base64 in `x-wh-signature`.
///
/// Needs the feature `asymmetric`.
pub static HIGHLEVEL: Preset = Preset {
    name: "highlevel",
    aliases: &["gohighlevel"],
    title: "HighLevel",
    documentation: "https://marketplace.gohighlevel.com/docs/webhook/WebhookIntegrationGuide",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "HighLevel's public key, PEM", prefixes: &[] },
    dedupe: &[],
    event_type: Some(Place::body("/type")),
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![Slot::header("x-wh-signature")],
            grammar: plain(""),
            encoding: Encoding::Base64,
            algorithm: Algorithm::RsaPkcs1(Hash::Sha256),
            content: BODY,
            key: KeyForm::Public,
        }),
        timestamp: None,
        id: None,
        require: list![],
    },
};

/// HubSpot v1: a bare SHA256 over secret and body as hex in `x-hubspot-signature`.
///
/// A bare hash. One delivery holds many events, and their ids are not unique.
pub static HUBSPOT_V1: Preset = Preset {
    name: "hubspot-v1",
    aliases: &[],
    title: "HubSpot v1",
    documentation: "https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/request-validation",
    checked: "2026-11-29",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the app's client secret", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![Slot::header("x-hubspot-signature")],
            grammar: plain(""),
            encoding: Encoding::Hex,
            algorithm: Algorithm::Digest(Hash::Sha256),
            content: list![list![Part::Secret, Part::Body]],
            key: KeyForm::Text,
        }),
        timestamp: None,
        id: None,
        require: list![equals_text(Place::header("x-hubspot-signature-version"), "v1")],
    },
};

/// HubSpot v2: a bare SHA256 over secret, method, URL and body as hex in `x-hubspot-signature`.
///
/// A bare hash. The URL must be the public one.
pub static HUBSPOT_V2: Preset = Preset {
    name: "hubspot-v2",
    aliases: &[],
    title: "HubSpot v2",
    documentation: "https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/request-validation",
    checked: "2026-11-29",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the app's client secret", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![Slot::header("x-hubspot-signature")],
            grammar: plain(""),
            encoding: Encoding::Hex,
            algorithm: Algorithm::Digest(Hash::Sha256),
            content: list![list![Part::Secret, Part::Method, Part::Url(UrlPart::Full), Part::Body]],
            key: KeyForm::Text,
        }),
        timestamp: None,
        id: None,
        require: list![equals_text(Place::header("x-hubspot-signature-version"), "v2")],
    },
};

/// HubSpot v3: HMAC-SHA256 over method, URL, body and time, base64 in `x-hubspot-signature-v3`.
/// The time is in milliseconds.
///
/// The URL must be the public one. One delivery holds many events, and their ids are not
/// unique.
pub static HUBSPOT_V3: Preset = Preset {
    name: "hubspot-v3",
    aliases: &["hubspot"],
    title: "HubSpot v3",
    documentation: "https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/request-validation",
    checked: "2026-11-29",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the app's client secret", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![Slot::header("x-hubspot-signature-v3")],
            grammar: plain(""),
            encoding: Encoding::Base64,
            algorithm: Algorithm::Hmac(Hash::Sha256),
            content: list![
                list![Part::Method, Part::Url(UrlPart::FullReadable), Part::Body, Part::Timestamp],
                list![Part::Method, Part::Url(UrlPart::Full), Part::Body, Part::Timestamp]
            ],
            key: KeyForm::Text,
        }),
        timestamp: Some(time(
            Place::header("x-hubspot-request-timestamp"),
            TimeUnit::Milliseconds,
            FIVE_MINUTES,
        )),
        id: None,
        require: list![],
    },
};

/// Jobber: HMAC-SHA256 over the body as base64 in `x-jobber-hmac-sha256`.
pub static JOBBER: Preset = Preset {
    name: "jobber",
    aliases: &[],
    title: "Jobber",
    documentation: "https://developer.getjobber.com/docs/using_jobbers_api/setting_up_webhooks/",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the app's client secret", prefixes: &[] },
    dedupe: &[Place::body("/data/webHookEvent/topic"), Place::body("/data/webHookEvent/itemId")],
    event_type: Some(Place::body("/data/webHookEvent/topic")),
    retries: "",
    description: body_hmac(
        list![Slot::header("x-jobber-hmac-sha256")],
        "",
        Encoding::Base64,
        Hash::Sha256,
    ),
};

/// Pipedrive: user name and password in `authorization` (HTTP Basic). It covers nothing of what
/// was sent.
pub static PIPEDRIVE: Preset = Preset {
    name: "pipedrive",
    aliases: &[],
    title: "Pipedrive",
    documentation: "https://pipedrive.readme.io/docs/guide-for-webhooks",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "user name, colon and password", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: shown(Place::header("authorization"), TokenGrammar::Basic),
};

/// Plain: HMAC-SHA256 over the body as hex in `plain-request-signature`. The time is RFC 3339.
pub static PLAIN: Preset = Preset {
    name: "plain",
    aliases: &[],
    title: "Plain",
    documentation: "https://www.plain.com/docs/api-reference/webhooks",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the workspace's HMAC secret", prefixes: &[] },
    dedupe: &[Place::body("/id")],
    event_type: Some(Place::body("/type")),
    retries: "",
    description: dated(
        list![Slot::header("plain-request-signature")],
        "",
        Encoding::Hex,
        BODY,
        time(
            Place::body("/webhookMetadata/webhookDeliveryAttemptTimestamp"),
            TimeUnit::Rfc3339,
            FIVE_MINUTES,
        ),
    ),
};

/// Sellsy: a bare SHA1 over secret and body as hex in `x-webhook-signature`.
///
/// A bare SHA-1.
pub static SELLSY: Preset = Preset {
    name: "sellsy",
    aliases: &[],
    title: "Sellsy",
    documentation: "https://api.sellsy.com/doc/v2/",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the webhook's signing secret", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: digest(
        list![Slot::header("x-webhook-signature")],
        Hash::Sha1Legacy,
        list![list![Part::Secret, Part::Body]],
    ),
};

/// Streak: the secret itself in `x-streak-webhook-token`. It covers nothing of what was sent.
pub static STREAK: Preset = Preset {
    name: "streak",
    aliases: &[],
    title: "Streak",
    documentation: "https://streak.readme.io",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the webhook's token", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: shown(
        Place::header("x-streak-webhook-token"),
        TokenGrammar::Plain { prefix: text("") },
    ),
};

/// Zendesk: HMAC-SHA256 over time and body as base64 in `x-zendesk-webhook-signature`. The time
/// is RFC 3339.
///
/// The secret looks like base64 and is text. Before a webhook is saved, Zendesk signs tests
/// with a secret that is public; never configure it.
pub static ZENDESK: Preset = Preset {
    name: "zendesk",
    aliases: &[],
    title: "Zendesk",
    documentation: "https://developer.zendesk.com/documentation/webhooks/verifying",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the webhook's signing secret", prefixes: &[] },
    dedupe: &[Place::header("x-zendesk-webhook-invocation-id")],
    event_type: Some(Place::body("/type")),
    retries: "",
    description: dated(
        list![Slot::header("x-zendesk-webhook-signature")],
        "",
        Encoding::Base64,
        TIME_BODY,
        time(
            Place::header("x-zendesk-webhook-signature-timestamp"),
            TimeUnit::Rfc3339,
            Tolerance::Unbounded,
        ),
    ),
};
