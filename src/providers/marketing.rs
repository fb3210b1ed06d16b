//! Campaigns, forms and analytics.

use super::blocks::*;

pub(super) static ROWS: &[&Preset] = &[
    &AIRSHIP,
    &CUSTOMER_IO,
    &FORMSTACK,
    &KLAVIYO,
    &KNOCK,
    &MAUTIC,
    &MIXPANEL,
    &POSTSYNCER,
    &SEGMENT,
    &SURVEYMONKEY,
    &SURVICATE_TOKEN,
    &TALLY,
    &TOLT,
    &TYPEFORM,
    &XOBNI,
];

/// Airship: HMAC-SHA256 over time, colon and body as hex in `x-ua-signature`.
pub static AIRSHIP: Preset = Preset {
    name: "airship",
    aliases: &[],
    title: "Airship",
    documentation: "https://support.airship.com/hc/en-us/articles/360032501831",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the webhook's signing secret", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: dated(
        list![Slot::header("x-ua-signature")],
        "",
        Encoding::Hex,
        TIME_COLON_BODY,
        time(Place::header("x-ua-timestamp"), TimeUnit::Seconds, Tolerance::Unbounded),
    ),
};

/// Customer.io: HMAC-SHA256 over `v0:`, time, colon and body as hex in `x-cio-signature`.
pub static CUSTOMER_IO: Preset = Preset {
    name: "customer-io",
    aliases: &["customerio"],
    title: "Customer.io",
    documentation: "https://customer.io/docs/journeys/webhooks/",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the webhook's signing key", prefixes: &[] },
    dedupe: &[Place::body("/event_id")],
    event_type: Some(Place::body("/metric")),
    retries: "",
    description: dated(
        list![Slot::header("x-cio-signature")],
        "",
        Encoding::Hex,
        V0_TIME_BODY,
        time(Place::header("x-cio-timestamp"), TimeUnit::Seconds, Tolerance::Unbounded),
    ),
};

/// Formstack: HMAC-SHA256 over the body as hex behind `sha256=` in `x-fs-signature`.
pub static FORMSTACK: Preset = Preset {
    name: "formstack",
    aliases: &[],
    title: "Formstack",
    documentation: "https://help.formstack.com",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the webhook's HMAC key", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: body_hmac(
        list![Slot::header("x-fs-signature")],
        "sha256=",
        Encoding::Hex,
        Hash::Sha256,
    ),
};

/// Klaviyo: HMAC-SHA256 over body and time as hex in `klaviyo-signature`. The time is an HTTP
/// date.
///
/// One delivery holds many events.
pub static KLAVIYO: Preset = Preset {
    name: "klaviyo",
    aliases: &[],
    title: "Klaviyo",
    documentation: "https://developers.klaviyo.com/en/docs/working_with_system_webhooks",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the webhook's signing secret", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: dated(
        list![Slot::header("klaviyo-signature")],
        "",
        Encoding::Hex,
        BODY_TIME,
        time(Place::header("klaviyo-timestamp"), TimeUnit::HttpDate, Tolerance::Unbounded),
    ),
};

/// Knock: HMAC-SHA256 over time, dot and body as `s=<base64>` items in `x-knock-signature`. The
/// time is in milliseconds.
///
/// The time is in milliseconds; this is not Svix's scheme.
pub static KNOCK: Preset = Preset {
    name: "knock",
    aliases: &[],
    title: "Knock",
    documentation: "https://docs.knock.app/developer-tools/outbound-webhooks",
    checked: "2026-11-22",
    evidence: Evidence::Documentation,
    secret: SecretShape { hint: "the webhook's signing secret", prefixes: &[] },
    dedupe: &[],
    event_type: Some(Place::body("/type")),
    retries: "up to 8 attempts",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![Slot::header("x-knock-signature")],
            grammar: items(',', '=', list![text("s")]),
            encoding: Encoding::Base64,
            algorithm: Algorithm::Hmac(Hash::Sha256),
            content: TIME_DOT_BODY,
            key: KeyForm::Text,
        }),
        timestamp: Some(time(Place::item("t"), TimeUnit::Milliseconds, FIVE_MINUTES)),
        id: None,
        require: list![],
    },
};

/// Mautic: HMAC-SHA256 over the body as base64 in `webhook-signature`.
///
/// The header has the name of Standard Webhooks and holds bare base64.
pub static MAUTIC: Preset = Preset {
    name: "mautic",
    aliases: &[],
    title: "Mautic",
    documentation: "https://docs.mautic.org",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the webhook's secret", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: body_hmac(
        list![Slot::header("webhook-signature")],
        "",
        Encoding::Base64,
        Hash::Sha256,
    ),
};

/// Mixpanel: user name and password in `authorization` (HTTP Basic). It covers nothing of what
/// was sent.
pub static MIXPANEL: Preset = Preset {
    name: "mixpanel",
    aliases: &[],
    title: "Mixpanel",
    documentation: "https://docs.mixpanel.com",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "user name, colon and password", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: shown(Place::header("authorization"), TokenGrammar::Basic),
};

/// PostSyncer: Standard Webhooks (`v1`, base64 HMAC-SHA256 over id, time and body) in the
/// `webhook-*` headers.
pub static POSTSYNCER: Preset = Preset {
    name: "postsyncer",
    aliases: &[],
    title: "PostSyncer",
    documentation: "https://docs.postsyncer.com/guides/verify-webhooks",
    checked: "2026-11-22",
    evidence: Evidence::Documentation,
    secret: SecretShape { hint: "whsec_ and base64", prefixes: &["whsec_"] },
    dedupe: &[Place::header("webhook-id")],
    event_type: None,
    retries: "up to 7 times over about 41 hours",
    description: standard(
        list![Slot::header("webhook-signature")],
        Place::header("webhook-id"),
        Place::header("webhook-timestamp"),
    ),
};

/// Segment webhooks destination: HMAC-SHA1 over the body as hex in `x-signature`.
///
/// Legacy SHA-1, inside HMAC. With batching only the first event is signed, so batches do not
/// verify.
pub static SEGMENT: Preset = Preset {
    name: "segment",
    aliases: &["twilio-segment"],
    title: "Segment webhooks destination",
    documentation: "https://segment.com/docs/connections/destinations/catalog/actions-webhook/",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the shared secret of the destination", prefixes: &[] },
    dedupe: &[Place::body("/messageId")],
    event_type: Some(Place::body("/type")),
    retries: "",
    description: body_hmac(list![Slot::header("x-signature")], "", Encoding::Hex, Hash::Sha1Legacy),
};

/// SurveyMonkey: HMAC-SHA1 over the body as base64 in `sm-signature`.
///
/// Legacy SHA-1, inside HMAC.
pub static SURVEYMONKEY: Preset = Preset {
    name: "surveymonkey",
    aliases: &[],
    title: "SurveyMonkey",
    documentation: "https://developer.surveymonkey.com/api/v3/",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape {
        hint: "the client id, an ampersand and the client secret",
        prefixes: &[],
    },
    dedupe: &[Place::body("/event_id")],
    event_type: Some(Place::body("/event_type")),
    retries: "",
    description: body_hmac(
        list![Slot::header("sm-signature")],
        "",
        Encoding::Base64,
        Hash::Sha1Legacy,
    ),
};

/// Survicate, token: the secret itself in `token`. It covers nothing of what was sent.
pub static SURVICATE_TOKEN: Preset = Preset {
    name: "survicate-token",
    aliases: &["survicate"],
    title: "Survicate, token",
    documentation: "https://developers.survicate.com/webhooks/security/",
    checked: "2026-11-22",
    evidence: Evidence::Documentation,
    secret: SecretShape { hint: "the verification token of the webhook settings", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: shown(Place::header("token"), TokenGrammar::Plain { prefix: text("") }),
};

/// Tally: HMAC-SHA256 over the body as base64 in `tally-signature`.
pub static TALLY: Preset = Preset {
    name: "tally",
    aliases: &[],
    title: "Tally",
    documentation: "https://tally.so/help/webhooks",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the webhook's signing secret", prefixes: &[] },
    dedupe: &[Place::body("/eventId")],
    event_type: Some(Place::body("/eventType")),
    retries: "",
    description: body_hmac(
        list![Slot::header("tally-signature")],
        "",
        Encoding::Base64,
        Hash::Sha256,
    ),
};

/// Tolt: Standard Webhooks (`v1`, base64 HMAC-SHA256 over id, time and body) under Svix's
/// header names, or the neutral ones.
pub static TOLT: Preset = Preset {
    name: "tolt",
    aliases: &[],
    title: "Tolt",
    documentation: "https://docs.tolt.com/sdks/webhooks",
    checked: "2026-11-22",
    evidence: Evidence::Documentation,
    secret: SecretShape { hint: "whsec_ and base64", prefixes: &["whsec_"] },
    dedupe: SVIX_ID,
    event_type: Some(Place::body("/type")),
    retries: "",
    description: svix(),
};

/// Typeform: HMAC-SHA256 over the body as base64 behind `sha256=` in `typeform-signature`.
///
/// The prefix is GitHub's, the encoding is not.
pub static TYPEFORM: Preset = Preset {
    name: "typeform",
    aliases: &[],
    title: "Typeform",
    documentation: "https://www.typeform.com/developers/webhooks/secure-your-webhooks/",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the webhook's secret", prefixes: &[] },
    dedupe: &[Place::body("/event_id")],
    event_type: Some(Place::body("/event_type")),
    retries: "",
    description: body_hmac(
        list![Slot::header("typeform-signature")],
        "sha256=",
        Encoding::Base64,
        Hash::Sha256,
    ),
};

/// Xobni: HMAC-SHA256 over time, dot and body as hex behind `sha256=` in `x-xobni-signature`.
///
/// The delivery id and event headers are not signed.
pub static XOBNI: Preset = Preset {
    name: "xobni",
    aliases: &[],
    title: "Xobni",
    documentation: "https://www.xobni.ai/docs/webhooks/security",
    checked: "2026-11-22",
    evidence: Evidence::Documentation,
    secret: SecretShape { hint: "the webhook's signing secret", prefixes: &[] },
    dedupe: &[Place::header("x-xobni-delivery")],
    event_type: Some(Place::header("x-xobni-event")),
    retries: "",
    description: dated(
        list![Slot::header("x-xobni-signature")],
        "sha256=",
        Encoding::Hex,
        TIME_DOT_BODY,
        time(Place::header("x-xobni-timestamp"), TimeUnit::Seconds, Tolerance::Unbounded),
    ),
};
