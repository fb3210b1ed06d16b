//! Incidents, alerts and the running of systems.

use super::blocks::*;

pub(super) static ROWS: &[&Preset] = &[
    &AUTOTASK_PSA,
    &CLOUDFLARE_NOTIFICATIONS,
    &CONNECTWISE_PSA,
    &GRAFANA,
    &INCIDENT_IO,
    &MONGODB_ATLAS,
    &PAGERDUTY_V3,
];

/// Autotask PSA: HMAC-SHA1 over the body as base64 behind `sha1=` in `x-hook-signature`.
///
/// Legacy SHA-1, inside HMAC.
pub static AUTOTASK_PSA: Preset = Preset {
    name: "autotask-psa",
    aliases: &["autotask"],
    title: "Autotask PSA",
    documentation: "https://autotask.net/help/developerhelp/Content/APIs/Webhooks/WEBHOOKS.htm",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the webhook's secret key", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: body_hmac(
        list![Slot::header("x-hook-signature")],
        "sha1=",
        Encoding::Base64,
        Hash::Sha1Legacy,
    ),
};

/// Cloudflare notifications: the secret itself in `cf-webhook-auth`. It covers nothing of what
/// was sent.
pub static CLOUDFLARE_NOTIFICATIONS: Preset = Preset {
    name: "cloudflare-notifications",
    aliases: &[],
    title: "Cloudflare notifications",
    documentation: "https://developers.cloudflare.com/notifications/get-started/configure-webhooks/",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the secret of the webhook destination", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: shown(Place::header("cf-webhook-auth"), TokenGrammar::Plain { prefix: text("") }),
};

/// ConnectWise PSA: HMAC-SHA256 over the body as base64 in `x-content-signature`. The key is
/// the SHA-256 of the secret.
pub static CONNECTWISE_PSA: Preset = Preset {
    name: "connectwise-psa",
    aliases: &["connectwise", "connectwise-manage"],
    title: "ConnectWise PSA",
    documentation: "https://developer.connectwise.com",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape {
        hint: "the signing key that the body's key_url names; fetch it from *.myconnectwise.net only",
        prefixes: &[],
    },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: body_hmac_keyed(
        list![Slot::header("x-content-signature")],
        "",
        Encoding::Base64,
        Hash::Sha256,
        KeyForm::Hashed(Hash::Sha256),
    ),
};

/// Grafana alerting: HMAC-SHA256 over the body as hex in `x-grafana-alerting-signature`.
///
/// Without a time header; the header's name can be changed in Grafana.
pub static GRAFANA: Preset = Preset {
    name: "grafana",
    aliases: &["grafana-alerting"],
    title: "Grafana alerting",
    documentation: "https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/integrations/webhook-notifier/",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the HMAC secret of the contact point", prefixes: &[] },
    dedupe: &[],
    event_type: Some(Place::body("/status")),
    retries: "",
    description: body_hmac(
        list![Slot::header("x-grafana-alerting-signature")],
        "",
        Encoding::Hex,
        Hash::Sha256,
    ),
};

/// incident.io: Standard Webhooks (`v1`, base64 HMAC-SHA256 over id, time and body) in the
/// `webhook-*` headers.
pub static INCIDENT_IO: Preset = Preset {
    name: "incident-io",
    aliases: &["incidentio"],
    title: "incident.io",
    documentation: "https://docs.incident.io",
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

/// MongoDB Atlas alerts: HMAC-SHA1 over the body as base64 in `x-mms-signature`.
///
/// Legacy SHA-1, inside HMAC.
pub static MONGODB_ATLAS: Preset = Preset {
    name: "mongodb-atlas",
    aliases: &["mongodb", "mongodb-atlas-alerts"],
    title: "MongoDB Atlas alerts",
    documentation: "https://www.mongodb.com/docs/atlas/tutorial/third-party-service-integrations/",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the webhook's secret", prefixes: &[] },
    dedupe: &[Place::body("/id")],
    event_type: Some(Place::header("x-mms-event")),
    retries: "",
    description: body_hmac(
        list![Slot::header("x-mms-signature")],
        "",
        Encoding::Base64,
        Hash::Sha1Legacy,
    ),
};

/// PagerDuty v3: HMAC-SHA256 over the body as `v1=<hex>` items in `x-pagerduty-signature`.
///
/// The secret looks like base64 and is text. PagerDuty drops an event for ever on a 4xx answer.
pub static PAGERDUTY_V3: Preset = Preset {
    name: "pagerduty-v3",
    aliases: &["pagerduty"],
    title: "PagerDuty v3",
    documentation: "https://developer.pagerduty.com/docs/verifying-signatures",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the subscription's signing secret", prefixes: &[] },
    dedupe: &[Place::body("/event/id")],
    event_type: Some(Place::body("/event/event_type")),
    retries: "for up to 48 hours on a timeout, 5xx or 429",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![Slot::header("x-pagerduty-signature")],
            grammar: items(',', '=', list![text("v1")]),
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
