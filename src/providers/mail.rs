//! Mail delivery and newsletters.

use super::blocks::*;

pub(super) static ROWS: &[&Preset] = &[
    &BREVO,
    &EMAILIT,
    &LOOPS,
    &MAILCHANNELS,
    &MAILCHIMP,
    &MAILERLITE,
    &MAILERSEND,
    &MAILGUN,
    &MAILGUN_LEGACY,
    &MAILGUN_OPTIMIZE,
    &MANDRILL,
    &POSTMARK,
    &RESEND,
    &SENDGRID,
    &SPARKPOST,
];

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

/// Emailit: HMAC-SHA256 over time, dot and body as hex in `x-emailit-signature`.
pub static EMAILIT: Preset = Preset {
    name: "emailit",
    aliases: &[],
    title: "Emailit",
    documentation: "https://emailit.com/docs/webhooks/request-signature/",
    checked: "2026-11-29",
    evidence: Evidence::Documentation,
    secret: SecretShape { hint: "the webhook's signing secret", prefixes: &[] },
    dedupe: &[],
    event_type: Some(Place::body("/type")),
    retries: "",
    description: dated(
        list![Slot::header("x-emailit-signature")],
        "",
        Encoding::Hex,
        TIME_DOT_BODY,
        time(Place::header("x-emailit-timestamp"), TimeUnit::Seconds, FIVE_MINUTES),
    ),
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

/// MailChannels: a message signature (RFC 9421) with Ed25519 over the digest of the body, made within
/// five minutes; the public key is asked for by `keyid` at `/tx/v1/webhook/public-key`.
///
/// The body is an array of up to 1,000 events. Method and address are not covered: a delivery to one
/// endpoint passes at every other one of the same account. Needs the feature `asymmetric`.
pub static MAILCHANNELS: Preset = Preset {
    name: "mailchannels",
    aliases: &[],
    title: "MailChannels",
    documentation: "https://docs.mailchannels.net/email-api/advanced/delivery-events/",
    checked: "2026-11-29",
    evidence: Evidence::ThirdParty,
    secret: SecretShape {
        hint: "none: its public keys are fetched by id; or one of them, in base64",
        prefixes: &[],
    },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: Description {
        authentication: Authentication::MessageSignature(MessageSignature {
            label: MessageLabel::Only,
            covered: list![Component::CONTENT_DIGEST],
            algorithms: list![MessageAlgorithm::Ed25519],
            key: KeyForm::Fetched(key_id(Place::item("keyid"))),
            expires: Presence::IfPresent,
            leeway: 0,
        }),
        timestamp: Some(time(Place::item("created"), TimeUnit::Seconds, FIVE_MINUTES)),
        id: None,
        require: list![],
    },
};

/// Mailchimp, signed: HMAC-SHA256 over time, dot and body as `v1=<hex>` items in
/// `x-mailchimp-signature`.
///
/// Signing is an option; older webhooks are not signed at all.
pub static MAILCHIMP: Preset = Preset {
    name: "mailchimp",
    aliases: &["mailchimp-audience"],
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
    checked: "2026-11-29",
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
    aliases: &["mailgun-webhooks"],
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

/// Resend: Standard Webhooks (`v1`, base64 HMAC-SHA256 over id, time and body) under Svix's
/// header names, or the neutral ones.
pub static RESEND: Preset = Preset {
    name: "resend",
    aliases: &[],
    title: "Resend",
    documentation: "https://resend.com/docs/dashboard/webhooks/verify-webhooks-requests",
    checked: "2026-11-29",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "whsec_ and base64", prefixes: &["whsec_"] },
    dedupe: SVIX_ID,
    event_type: Some(Place::body("/type")),
    retries: "",
    description: svix(),
};

/// SendGrid event webhook: ECDSA on P-256 with SHA-256 over time and body, base64 DER in
/// `x-twilio-email-event-webhook-signature`.
///
/// The body ends with a line end that is signed. One delivery holds many events. Needs the
/// feature `asymmetric`.
pub static SENDGRID: Preset = Preset {
    name: "sendgrid",
    aliases: &["sendgrid-event-webhook", "sendgrid-signed-events", "twilio-sendgrid"],
    title: "SendGrid event webhook",
    documentation: "https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features",
    checked: "2026-11-29",
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
