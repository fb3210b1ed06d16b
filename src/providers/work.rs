//! Work, tables, calendars and schedules.

use super::blocks::*;

pub(super) static ROWS: &[&Preset] = &[
    &ACUITY,
    &AIRTABLE,
    &ASANA,
    &BENCHLING,
    &CAL_COM,
    &CALENDLY,
    &CLICKUP,
    &CRONOFY,
    &FIZZY,
    &GOOGLE_CHANNELS,
    &LINEAR,
    &MAKE_EVENTS,
    &MICROSOFT_GRAPH,
    &MONDAY,
    &NOTION,
    &SMARTSHEET,
    &TAIGA,
    &TASKFAST,
    &TODOIST,
    &TRELLO,
    &ZOHO_MAIL,
];

/// Acuity Scheduling: HMAC-SHA256 over the body as base64 in `x-acuity-signature`.
///
/// The body is form-encoded.
pub static ACUITY: Preset = Preset {
    name: "acuity",
    aliases: &["acuity-scheduling"],
    title: "Acuity Scheduling",
    documentation: "https://developers.acuityscheduling.com/docs/webhooks",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the API key", prefixes: &[] },
    dedupe: &[form("id"), form("action")],
    event_type: Some(form("action")),
    retries: "",
    description: body_hmac(
        list![Slot::header("x-acuity-signature")],
        "",
        Encoding::Base64,
        Hash::Sha256,
    ),
};

/// Airtable: HMAC-SHA256 over the body as hex behind `hmac-sha256=` in
/// `x-airtable-content-mac`. The secret is base64.
pub static AIRTABLE: Preset = Preset {
    name: "airtable",
    aliases: &[],
    title: "Airtable",
    documentation: "https://airtable.com/developers/web/api/webhooks-overview",
    checked: "2026-11-29",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "macSecretBase64 of the webhook, base64", prefixes: &[] },
    dedupe: &[Place::body("/base/id"), Place::body("/webhook/id"), Place::body("/timestamp")],
    event_type: None,
    retries: "",
    description: body_hmac_keyed(
        list![Slot::header("x-airtable-content-mac")],
        "hmac-sha256=",
        Encoding::Hex,
        Hash::Sha256,
        KeyForm::Base64 { prefixes: list![] },
    ),
};

/// Asana: HMAC-SHA256 over the body as hex in `x-hook-signature`.
///
/// Each webhook has a secret of its own. One delivery holds many events, or none.
pub static ASANA: Preset = Preset {
    name: "asana",
    aliases: &[],
    title: "Asana",
    documentation: "https://developers.asana.com/docs/webhooks-guide",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the X-Hook-Secret of the handshake", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: body_hmac(
        list![Slot::header("x-hook-signature")],
        "",
        Encoding::Hex,
        Hash::Sha256,
    ),
};

/// Benchling: ECDSA on P-256 with SHA-256 over id, time and body as `v1bder,<base64>` items in the
/// `webhook-*` headers.
///
/// The keys are the key set of the app definition, which the host fetches.
pub static BENCHLING: Preset = Preset {
    name: "benchling",
    aliases: &[],
    title: "Benchling apps",
    documentation: "https://docs.benchling.com/docs/webhook-verification",
    checked: "2026-11-29",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the key set of the app definition, as JSON", prefixes: &[] },
    dedupe: &[Place::header("webhook-id")],
    event_type: Some(Place::body("/message/type")),
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![Slot::header("webhook-signature")],
            grammar: items(' ', ',', list![text("v1bder"), text("v1der")]),
            encoding: Encoding::Base64,
            algorithm: Algorithm::Ecdsa {
                curve: Curve::P256,
                hash: Hash::Sha256,
                form: EcdsaForm::Der,
            },
            content: ID_TIME_BODY,
            key: KeyForm::Public,
        }),
        timestamp: Some(time(Place::header("webhook-timestamp"), TimeUnit::Seconds, FIVE_MINUTES)),
        id: Some(Place::header("webhook-id")),
        require: list![],
    },
};

/// Cal.com: HMAC-SHA256 over the body as hex in `x-cal-signature-256`.
pub static CAL_COM: Preset = Preset {
    name: "cal-com",
    aliases: &["calcom"],
    title: "Cal.com",
    documentation: "https://cal.com/docs/developing/guides/automation/webhooks",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the webhook's secret", prefixes: &[] },
    dedupe: &[],
    event_type: Some(Place::body("/triggerEvent")),
    retries: "",
    description: body_hmac(
        list![Slot::header("x-cal-signature-256")],
        "",
        Encoding::Hex,
        Hash::Sha256,
    ),
};

/// Calendly: HMAC-SHA256 over time, dot and body as `v1=<hex>` items in
/// `calendly-webhook-signature`.
pub static CALENDLY: Preset = Preset {
    name: "calendly",
    aliases: &[],
    title: "Calendly",
    documentation: "https://developer.calendly.com/api-docs/ZG9jOjM2MzE2MDM4-webhook-signatures",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the webhook subscription's signing key", prefixes: &[] },
    dedupe: &[Place::body("/event"), Place::body("/payload/uri")],
    event_type: Some(Place::body("/event")),
    retries: "",
    description: dated_list(
        list![Slot::header("calendly-webhook-signature")],
        list![text("v1")],
        time(Place::item("t"), TimeUnit::Seconds, within(180)),
    ),
};

/// ClickUp: HMAC-SHA256 over the body as hex in `x-signature`.
pub static CLICKUP: Preset = Preset {
    name: "clickup",
    aliases: &["click-up"],
    title: "ClickUp",
    documentation: "https://developer.clickup.com/docs/webhooksignature",
    checked: "2026-11-22",
    evidence: Evidence::Documentation,
    secret: SecretShape { hint: "the secret that creating the webhook returned", prefixes: &[] },
    dedupe: &[],
    event_type: Some(Place::body("/event")),
    retries: "",
    description: body_hmac(list![Slot::header("x-signature")], "", Encoding::Hex, Hash::Sha256),
};

/// Cronofy: HMAC-SHA256 over the body as a list of base64 values in `cronofy-hmac-sha256`.
pub static CRONOFY: Preset = Preset {
    name: "cronofy",
    aliases: &[],
    title: "Cronofy",
    documentation: "https://github.com/cronofy/cronofy-ruby",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the OAuth client secret", prefixes: &[] },
    dedupe: &[],
    event_type: Some(Place::body("/notification/type")),
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![Slot::header("cronofy-hmac-sha256")],
            grammar: Grammar::Positions { item: ',', first: 0 },
            encoding: Encoding::Base64,
            algorithm: Algorithm::Hmac(Hash::Sha256),
            content: BODY,
            key: KeyForm::Text,
        }),
        timestamp: None,
        id: None,
        require: list![],
    },
};

/// Fizzy: HMAC-SHA256 over the body as hex in `x-webhook-signature`.
pub static FIZZY: Preset = Preset {
    name: "fizzy",
    aliases: &[],
    title: "Fizzy",
    documentation: "https://docs.rs/fizzy-sdk",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the webhook's secret", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: body_hmac(
        list![Slot::header("x-webhook-signature")],
        "",
        Encoding::Hex,
        Hash::Sha256,
    ),
};

/// Google Calendar and Drive channels: the secret itself in `x-goog-channel-token`. It covers
/// nothing of what was sent.
///
/// There is no body; the first message has the state sync.
pub static GOOGLE_CHANNELS: Preset = Preset {
    name: "google-channels",
    aliases: &[
        "google-calendar",
        "google-calendar-channels",
        "google-drive",
        "google-drive-channels",
    ],
    title: "Google Calendar and Drive channels",
    documentation: "https://developers.google.com/workspace/calendar/api/guides/push",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the token given when the channel was opened", prefixes: &[] },
    dedupe: &[Place::header("x-goog-channel-id"), Place::header("x-goog-message-number")],
    event_type: Some(Place::header("x-goog-resource-state")),
    retries: "",
    description: shown(
        Place::header("x-goog-channel-token"),
        TokenGrammar::Plain { prefix: text("") },
    ),
};

/// Linear: HMAC-SHA256 over the body as hex in `linear-signature`. The time is in milliseconds.
///
/// The time stands in the signed body; the delivery id header is not signed.
pub static LINEAR: Preset = Preset {
    name: "linear",
    aliases: &[],
    title: "Linear",
    documentation: "https://linear.app/developers/webhooks",
    checked: "2026-11-29",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the webhook's signing secret", prefixes: &[] },
    dedupe: &[Place::header("linear-delivery")],
    event_type: Some(Place::body("/type")),
    retries: "",
    description: dated(
        list![Slot::header("linear-signature")],
        "",
        Encoding::Hex,
        BODY,
        time(Place::body("/webhookTimestamp"), TimeUnit::Milliseconds, within(60)),
    ),
};

/// Make's event subscriptions: Standard Webhooks (`v1`, base64 HMAC-SHA256 over id, time and body) in
/// the `webhook-*` headers.
///
/// The HTTP module of a Make scenario signs nothing: that is `shared-secret`.
pub static MAKE_EVENTS: Preset = Preset {
    name: "make-events",
    aliases: &[],
    title: "Make event subscriptions",
    documentation: "https://developers.make.com/event-subscription/implementation/verify-signatures",
    checked: "2026-11-29",
    evidence: Evidence::Documentation,
    secret: SecretShape { hint: "whsec_ and base64", prefixes: &["whsec_"] },
    dedupe: &[Place::header("webhook-id")],
    event_type: Some(Place::header("webhook-topic")),
    retries: "",
    description: standard(
        list![Slot::header("webhook-signature")],
        Place::header("webhook-id"),
        Place::header("webhook-timestamp"),
    ),
};

/// Microsoft Graph: the secret itself in `/value/0/clientState`. It covers nothing of what was
/// sent.
///
/// Only the first notification of a batch is looked at.
pub static MICROSOFT_GRAPH: Preset = Preset {
    name: "microsoft-graph",
    aliases: &["ms-graph"],
    title: "Microsoft Graph",
    documentation: "https://learn.microsoft.com/en-us/graph/change-notifications-delivery-webhooks",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape {
        hint: "the clientState given when the subscription was made",
        prefixes: &[],
    },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: shown(
        Place::body("/value/0/clientState"),
        TokenGrammar::Plain { prefix: text("") },
    ),
};

/// monday.com: a JSON web token (HS256) in `authorization`.
///
/// The token does not cover the body.
pub static MONDAY: Preset = Preset {
    name: "monday",
    aliases: &["monday-com", "monday-dot-com"],
    title: "monday.com",
    documentation: "https://developer.monday.com/apps/docs/mondayapps-webhooks",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape {
        hint: "the app's signing secret; the audience is the endpoint's URL",
        prefixes: &[],
    },
    dedupe: &[Place::body("/event/triggerUuid")],
    event_type: Some(Place::body("/event/type")),
    retries: "",
    description: Description {
        authentication: Authentication::Jose(Jose {
            at: Place::header("authorization"),
            grammar: TokenGrammar::Plain { prefix: text("") },
            payload: JosePayload::Claims,
            algorithms: list![JoseAlgorithm::Hs256],
            key: JoseKey::Ring(KeyForm::Text),
            times: JoseTimes {
                expires: Presence::IfPresent,
                not_before: Presence::IfPresent,
                issued: Presence::IfPresent,
                leeway: 0,
                max_age: None,
            },
        }),
        timestamp: None,
        id: None,
        require: list![equals_parameter(Place::claim("aud"), Parameter::Audience)],
    },
};

/// Notion: HMAC-SHA256 over the body as hex behind `sha256=` in `x-notion-signature`.
pub static NOTION: Preset = Preset {
    name: "notion",
    aliases: &[],
    title: "Notion",
    documentation: "https://developers.notion.com/reference/webhooks",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the verification_token of the first delivery", prefixes: &[] },
    dedupe: &[Place::body("/id")],
    event_type: Some(Place::body("/type")),
    retries: "",
    description: body_hmac(
        list![Slot::header("x-notion-signature")],
        "sha256=",
        Encoding::Hex,
        Hash::Sha256,
    ),
};

/// Smartsheet: HMAC-SHA256 over the body as hex in `smartsheet-hmac-sha256`.
pub static SMARTSHEET: Preset = Preset {
    name: "smartsheet",
    aliases: &[],
    title: "Smartsheet",
    documentation: "https://smartsheet.redoc.ly/tag/webhooksDescription",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the webhook's sharedSecret", prefixes: &[] },
    dedupe: &[Place::body("/nonce")],
    event_type: None,
    retries: "",
    description: body_hmac(
        list![Slot::header("smartsheet-hmac-sha256")],
        "",
        Encoding::Hex,
        Hash::Sha256,
    ),
};

/// Taiga: HMAC-SHA1 over the body as hex in `x-taiga-webhook-signature`.
///
/// Legacy SHA-1, inside HMAC.
pub static TAIGA: Preset = Preset {
    name: "taiga",
    aliases: &[],
    title: "Taiga",
    documentation: "https://docs.taiga.io/webhooks.html",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the webhook's secret key", prefixes: &[] },
    dedupe: &[],
    event_type: Some(Place::body("/type")),
    retries: "",
    description: body_hmac(
        list![Slot::header("x-taiga-webhook-signature")],
        "",
        Encoding::Hex,
        Hash::Sha1Legacy,
    ),
};

/// TaskFast: HMAC-SHA256 over time, dot and body as hex in `x-webhook-signature`. The time is
/// ISO 8601.
///
/// The event header is not signed.
pub static TASKFAST: Preset = Preset {
    name: "taskfast",
    aliases: &[],
    title: "TaskFast",
    documentation: "https://docs.rs/taskfast-agent",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the webhook's secret", prefixes: &[] },
    dedupe: &[],
    event_type: Some(Place::header("x-webhook-event")),
    retries: "",
    description: dated(
        list![Slot::header("x-webhook-signature")],
        "",
        Encoding::Hex,
        TIME_DOT_BODY,
        time(Place::header("x-webhook-timestamp"), TimeUnit::IsoUtc, FIVE_MINUTES),
    ),
};

/// Todoist: HMAC-SHA256 over the body as base64 in `x-todoist-hmac-sha256`.
///
/// The delivery id header is not signed.
pub static TODOIST: Preset = Preset {
    name: "todoist",
    aliases: &[],
    title: "Todoist",
    documentation: "https://developer.todoist.com/sync/v9/#webhooks",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the app's client secret", prefixes: &[] },
    dedupe: &[Place::header("x-todoist-delivery-id")],
    event_type: Some(Place::body("/event_name")),
    retries: "",
    description: body_hmac(
        list![Slot::header("x-todoist-hmac-sha256")],
        "",
        Encoding::Base64,
        Hash::Sha256,
    ),
};

/// Trello: HMAC-SHA1 over the body and the callback URL as base64 in `x-trello-webhook`.
///
/// Legacy SHA-1, inside HMAC. The URL must be the one registered, byte for byte.
pub static TRELLO: Preset = Preset {
    name: "trello",
    aliases: &[],
    title: "Trello",
    documentation: "https://developer.atlassian.com/cloud/trello/guides/rest-api/webhooks/",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the app's API secret", prefixes: &[] },
    dedupe: &[Place::body("/action/id")],
    event_type: Some(Place::body("/action/type")),
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![Slot::header("x-trello-webhook")],
            grammar: plain(""),
            encoding: Encoding::Base64,
            algorithm: Algorithm::Hmac(Hash::Sha1Legacy),
            content: list![list![Part::Body, Part::Url(UrlPart::Full)]],
            key: KeyForm::Text,
        }),
        timestamp: None,
        id: None,
        require: list![],
    },
};

/// Zoho Mail: HMAC-SHA256 over the body as base64 in `x-hook-signature`.
pub static ZOHO_MAIL: Preset = Preset {
    name: "zoho-mail",
    aliases: &["zohomail"],
    title: "Zoho Mail",
    documentation: "https://www.zoho.com/mail/help/dev-platform/webhook.html",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the X-Hook-Secret of the handshake", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: body_hmac(
        list![Slot::header("x-hook-signature")],
        "",
        Encoding::Base64,
        Hash::Sha256,
    ),
};
