//! Mail delivery, campaigns, forms and analytics.

use super::blocks::*;

pub(super) static ROWS: &[&Preset] = &[
    &AIRSHIP,
    &BREVO,
    &CUSTOMER_IO,
    &FORMSTACK,
    &KLAVIYO,
    &KNOCK,
    &LOOPS,
    &MAILCHIMP,
    &MAILERLITE,
    &MAILERSEND,
    &MAILGUN,
    &MAILGUN_LEGACY,
    &MAILGUN_OPTIMIZE,
    &MANDRILL,
    &MAUTIC,
    &MIXPANEL,
    &POSTMARK,
    &POSTSYNCER,
    &RESEND,
    &SEGMENT,
    &SENDGRID,
    &SPARKPOST,
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

/// Brevo: the secret itself in `authorization` behind `Bearer`. It covers nothing of what was
/// sent.
pub static BREVO: Preset = Preset {
    name: "brevo",
    aliases: &[],
    title: "Brevo",
    documentation: "https://help.brevo.com/hc/en-us/articles/27824932835474",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the bearer token of the webhook's settings", prefixes: &[] },
    dedupe: &[],
    event_type: Some(Place::body("/event")),
    retries: "",
    description: shown(Place::header("authorization"), TokenGrammar::Word { word: text("Bearer") }),
};

/// Customer.io: HMAC-SHA256 over `v0:`, time, colon and body as hex in `x-cio-signature`.
pub static CUSTOMER_IO: Preset = Preset {
    name: "customer-io",
    aliases: &[],
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

/// Loops: Standard Webhooks (`v1`, base64 HMAC-SHA256 over id, time and body) in the
/// `webhook-*` headers.
///
/// Both secrets sign for 24 hours after a roll.
pub static LOOPS: Preset = Preset {
    name: "loops",
    aliases: &[],
    title: "Loops",
    documentation: "https://loops.so/docs/webhooks",
    checked: "2026-11-22",
    evidence: Evidence::Documentation,
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

/// Mailchimp, signed: HMAC-SHA256 over time, dot and body as `v1=<hex>` items in
/// `x-mailchimp-signature`.
///
/// Signing is an option; older webhooks are not signed at all.
pub static MAILCHIMP: Preset = Preset {
    name: "mailchimp",
    aliases: &[],
    title: "Mailchimp, signed",
    documentation: "https://mailchimp.com/developer/marketing/guides/sync-audience-data-webhooks/",
    checked: "2026-11-22",
    evidence: Evidence::Documentation,
    secret: SecretShape { hint: "the webhook's signing secret", prefixes: &[] },
    dedupe: &[form("type"), form("fired_at")],
    event_type: Some(form("type")),
    retries: "",
    description: dated_list(
        list![Slot::header("x-mailchimp-signature")],
        list![text("v1")],
        time(Place::item("t"), TimeUnit::Seconds, Tolerance::Unbounded),
    ),
};

/// MailerLite: HMAC-SHA256 over the body as hex in `signature`.
pub static MAILERLITE: Preset = Preset {
    name: "mailerlite",
    aliases: &[],
    title: "MailerLite",
    documentation: "https://developers.mailerlite.com/docs/webhooks.html",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the webhook's signing secret", prefixes: &[] },
    dedupe: &[],
    event_type: Some(Place::body("/type")),
    retries: "",
    description: body_hmac(list![Slot::header("signature")], "", Encoding::Hex, Hash::Sha256),
};

/// MailerSend: HMAC-SHA256 over the body as hex in `signature`.
pub static MAILERSEND: Preset = Preset {
    name: "mailersend",
    aliases: &[],
    title: "MailerSend",
    documentation: "https://github.com/mailersend/mailersend-nodejs",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the webhook's signing secret", prefixes: &[] },
    dedupe: &[Place::body("/data/id")],
    event_type: Some(Place::body("/type")),
    retries: "",
    description: body_hmac(list![Slot::header("signature")], "", Encoding::Hex, Hash::Sha256),
};

/// Mailgun: HMAC-SHA256 over the time and token in the body as hex in `/signature/signature`.
///
/// The event is not covered: whoever saw one delivery can send any event with its time and
/// token. Keep the window short and remember the tokens.
pub static MAILGUN: Preset = Preset {
    name: "mailgun",
    aliases: &[],
    title: "Mailgun",
    documentation: "https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the HTTP webhook signing key", prefixes: &[] },
    dedupe: &[Place::body("/event-data/id")],
    event_type: Some(Place::body("/event-data/event")),
    retries: "",
    description: dated(
        list![slot(Place::body("/signature/signature"))],
        "",
        Encoding::Hex,
        list![list![Part::Timestamp, Part::Value(Place::body("/signature/token"))]],
        time(Place::body("/signature/timestamp"), TimeUnit::Seconds, Tolerance::Unbounded),
    ),
};

/// Mailgun, form fields: HMAC-SHA256 over the time and token in the form as hex in `signature`.
///
/// The event is not covered: whoever saw one delivery can send any event with its time and
/// token.
pub static MAILGUN_LEGACY: Preset = Preset {
    name: "mailgun-legacy",
    aliases: &[],
    title: "Mailgun, form fields",
    documentation: "https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks",
    checked: "2026-11-22",
    evidence: Evidence::Documentation,
    secret: SecretShape { hint: "the HTTP webhook signing key", prefixes: &[] },
    dedupe: &[form("token")],
    event_type: Some(form("event")),
    retries: "",
    description: dated(
        list![slot(form("signature"))],
        "",
        Encoding::Hex,
        list![list![Part::Timestamp, Part::Value(form("token"))]],
        time(form("timestamp"), TimeUnit::Seconds, Tolerance::Unbounded),
    ),
};

/// Mailgun Optimize alerts: HMAC-SHA256 over the body as hex in `x-sign`.
pub static MAILGUN_OPTIMIZE: Preset = Preset {
    name: "mailgun-optimize",
    aliases: &[],
    title: "Mailgun Optimize alerts",
    documentation: "https://documentation.mailgun.com",
    checked: "2026-11-22",
    evidence: Evidence::Documentation,
    secret: SecretShape { hint: "the alert webhook's signing key", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: body_hmac(list![Slot::header("x-sign")], "", Encoding::Hex, Hash::Sha256),
};

/// Mandrill (Mailchimp Transactional): HMAC-SHA1 over the URL and the sorted fields of the
/// form, base64 in `x-mandrill-signature`.
///
/// Legacy SHA-1, inside HMAC. The URL must be the one configured. One delivery holds many
/// events.
pub static MANDRILL: Preset = Preset {
    name: "mandrill",
    aliases: &["mailchimp-transactional"],
    title: "Mandrill (Mailchimp Transactional)",
    documentation: "https://mailchimp.com/developer/transactional/guides/track-respond-activity-webhooks/",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the webhook's authentication key", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![Slot::header("x-mandrill-signature")],
            grammar: plain(""),
            encoding: Encoding::Base64,
            algorithm: Algorithm::Hmac(Hash::Sha1Legacy),
            content: list![list![
                Part::Url(UrlPart::Full),
                Part::Fields(Fields {
                    of: FieldSource::Form,
                    except: list![],
                    style: FieldStyle::Joined
                })
            ]],
            key: KeyForm::Text,
        }),
        timestamp: None,
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

/// Postmark: user name and password in `authorization` (HTTP Basic). It covers nothing of what
/// was sent.
pub static POSTMARK: Preset = Preset {
    name: "postmark",
    aliases: &[],
    title: "Postmark",
    documentation: "https://postmarkapp.com/developer/webhooks/webhooks-overview",
    checked: "2026-11-22",
    evidence: Evidence::Documentation,
    secret: SecretShape { hint: "user name, colon and password", prefixes: &[] },
    dedupe: &[Place::body("/MessageID"), Place::body("/RecordType")],
    event_type: Some(Place::body("/RecordType")),
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

/// Resend: Standard Webhooks (`v1`, base64 HMAC-SHA256 over id, time and body) under Svix's
/// header names, or the neutral ones.
pub static RESEND: Preset = Preset {
    name: "resend",
    aliases: &[],
    title: "Resend",
    documentation: "https://resend.com/docs/dashboard/webhooks/verify-webhooks-requests",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "whsec_ and base64", prefixes: &["whsec_"] },
    dedupe: &[Place::header("svix-id")],
    event_type: Some(Place::body("/type")),
    retries: "",
    description: svix(),
};

/// Segment webhooks destination: HMAC-SHA1 over the body as hex in `x-signature`.
///
/// Legacy SHA-1, inside HMAC. With batching only the first event is signed, so batches do not
/// verify.
pub static SEGMENT: Preset = Preset {
    name: "segment",
    aliases: &[],
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

/// SendGrid event webhook: ECDSA on P-256 with SHA-256 over time and body, base64 DER in
/// `x-twilio-email-event-webhook-signature`.
///
/// The body ends with a line end that is signed. One delivery holds many events. Needs the
/// feature `asymmetric`.
pub static SENDGRID: Preset = Preset {
    name: "sendgrid",
    aliases: &[],
    title: "SendGrid event webhook",
    documentation: "https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the public key of the event webhook, base64", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![Slot::header("x-twilio-email-event-webhook-signature")],
            grammar: plain(""),
            encoding: Encoding::Base64,
            algorithm: Algorithm::Ecdsa {
                curve: Curve::P256,
                hash: Hash::Sha256,
                form: EcdsaForm::Der,
            },
            content: TIME_BODY,
            key: KeyForm::Public,
        }),
        timestamp: Some(time(
            Place::header("x-twilio-email-event-webhook-timestamp"),
            TimeUnit::Seconds,
            Tolerance::Unbounded,
        )),
        id: None,
        require: list![],
    },
};

/// SparkPost: user name and password in `authorization` (HTTP Basic). It covers nothing of what
/// was sent.
///
/// One delivery holds many events.
pub static SPARKPOST: Preset = Preset {
    name: "sparkpost",
    aliases: &[],
    title: "SparkPost",
    documentation: "https://developers.sparkpost.com/api/webhooks/",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "user name, colon and password", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: shown(Place::header("authorization"), TokenGrammar::Basic),
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
    aliases: &[],
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
    dedupe: &[Place::header("svix-id")],
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
