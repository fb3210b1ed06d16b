//! Queues, channels and relays of events.

use super::blocks::*;

pub(super) static ROWS: &[&Preset] = &[
    &ABLY,
    &AMAZON_SNS,
    &AMAZON_SNS_V1,
    &AZURE_EVENT_GRID,
    &COINBASE_CDP,
    &HOOK0,
    &HOOK0_V0,
    &HOOKDECK,
    &PUSHER,
    &QSTASH,
    &SUPABASE_AUTH,
    &SUPABASE_DATABASE,
];

/// Ably, batched: HMAC-SHA256 over the body as base64 in `x-ably-signature`.
///
/// Single deliveries are not signed: switch batching on.
pub static ABLY: Preset = Preset {
    name: "ably",
    aliases: &[],
    title: "Ably, batched",
    documentation: "https://ably.com/docs/platform/integrations/webhooks",
    checked: "2026-11-22",
    evidence: Evidence::Documentation,
    secret: SecretShape { hint: "the part of the API key behind the colon", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: body_hmac(
        list![Slot::header("x-ably-signature")],
        "",
        Encoding::Base64,
        Hash::Sha256,
    ),
};

/// Amazon SNS: RSA-SHA256 over the message's own members, base64 in its `Signature`; the
/// certificate is named in `SigningCertURL`.
///
/// The topic must be the one configured, because anyone may own a topic. Raw message delivery
/// is not signed. Needs the feature `asymmetric`.
pub static AMAZON_SNS: Preset = Preset {
    name: "amazon-sns",
    aliases: &["amazon-simple-notification-service", "aws-sns", "sns"],
    title: "Amazon SNS",
    documentation: "https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the certificate in PEM; the topic is a parameter", prefixes: &[] },
    dedupe: &[Place::body("/MessageId")],
    event_type: Some(Place::body("/Type")),
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![slot(Place::body("/Signature"))],
            grammar: plain(""),
            encoding: Encoding::Base64,
            algorithm: Algorithm::RsaPkcs1(Hash::Sha256),
            content: SNS_CONTENT,
            key: SNS_KEY,
        }),
        timestamp: Some(time(Place::body("/Timestamp"), TimeUnit::Rfc3339, Tolerance::Unbounded)),
        id: None,
        require: list![
            equals_text(Place::body("/SignatureVersion"), "2"),
            equals_parameter(Place::body("/TopicArn"), Parameter::TopicArn)
        ],
    },
};

/// Amazon SNS, signature version 1: RSA-SHA1 over the message's own members, base64 in its
/// `Signature`; the certificate is named in `SigningCertURL`.
///
/// Legacy SHA-1: ask for signature version 2. The topic must be the one configured, because
/// anyone may own a topic. Raw message delivery is not signed. Needs the feature `asymmetric`.
pub static AMAZON_SNS_V1: Preset = Preset {
    name: "amazon-sns-v1",
    aliases: &[],
    title: "Amazon SNS, signature version 1",
    documentation: "https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the certificate in PEM; the topic is a parameter", prefixes: &[] },
    dedupe: &[Place::body("/MessageId")],
    event_type: Some(Place::body("/Type")),
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![slot(Place::body("/Signature"))],
            grammar: plain(""),
            encoding: Encoding::Base64,
            algorithm: Algorithm::RsaPkcs1(Hash::Sha1Legacy),
            content: SNS_CONTENT,
            key: SNS_KEY,
        }),
        timestamp: Some(time(Place::body("/Timestamp"), TimeUnit::Rfc3339, Tolerance::Unbounded)),
        id: None,
        require: list![
            equals_text(Place::body("/SignatureVersion"), "1"),
            equals_parameter(Place::body("/TopicArn"), Parameter::TopicArn)
        ],
    },
};

/// Azure Event Grid: a shared secret in `x-webhook-secret`, which the subscription sends as a custom
/// delivery header. It covers nothing of the message.
///
/// Event Grid signs nothing. Its two handshakes are answered: of its own schema and of CloudEvents.
pub static AZURE_EVENT_GRID: Preset = Preset {
    name: "azure-event-grid",
    aliases: &["event-grid"],
    title: "Azure Event Grid",
    documentation: "https://learn.microsoft.com/en-us/azure/event-grid/end-point-validation-event-grid-events-schema",
    checked: "2026-11-29",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the text of the custom delivery header", prefixes: &[] },
    dedupe: &[],
    event_type: Some(Place::header("aeg-event-type")),
    retries: "",
    description: shown(Place::header("x-webhook-secret"), TokenGrammar::Plain { prefix: text("") }),
};

/// Coinbase Developer Platform: HMAC-SHA256 over time, dot and body as `v0=<hex>` items in
/// `x-hook0-signature`.
///
/// This is version 0 of Hook0's scheme.
pub static COINBASE_CDP: Preset = Preset {
    name: "coinbase-cdp",
    aliases: &["coinbase-developer-platform"],
    title: "Coinbase Developer Platform",
    documentation: "https://docs.cdp.coinbase.com",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the subscription's secret", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: dated_list(
        list![Slot::header("x-hook0-signature")],
        list![text("v0")],
        time(Place::item("t"), TimeUnit::Seconds, FIVE_MINUTES),
    ),
};

/// Hook0: HMAC-SHA256 over time, the headers that it names, and body, hex as `v1=` in
/// `x-hook0-signature`.
///
/// The id and type headers are the sender's word only if they are among the named ones.
pub static HOOK0: Preset = Preset {
    name: "hook0",
    aliases: &["hook0-v1"],
    title: "Hook0",
    documentation: "https://github.com/hook0/hook0",
    checked: "2026-11-29",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the subscription's secret", prefixes: &[] },
    dedupe: &[Place::header("x-event-id")],
    event_type: Some(Place::header("x-event-type")),
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![Slot::header("x-hook0-signature")],
            grammar: items(',', '=', list![text("v1")]),
            encoding: Encoding::Hex,
            algorithm: Algorithm::Hmac(Hash::Sha256),
            content: list![list![
                Part::Timestamp,
                DOT,
                Part::Value(Place::item("h")),
                DOT,
                Part::Headers(NamedHeaders {
                    named_at: Place::item("h"),
                    separator: ' ',
                    always: list![],
                    style: HeaderStyle::Value,
                    between: text("."),
                    last: text(".")
                }),
                Part::Body
            ]],
            key: KeyForm::Text,
        }),
        timestamp: Some(time(Place::item("t"), TimeUnit::Seconds, FIVE_MINUTES)),
        id: None,
        require: list![],
    },
};

/// Hook0, version 0: HMAC-SHA256 over time, dot and body as `v0=<hex>` items in
/// `x-hook0-signature`.
///
/// Time and body alone. A delivery that also has version 1 is refused: that would be a
/// downgrade.
pub static HOOK0_V0: Preset = Preset {
    name: "hook0-v0",
    aliases: &[],
    title: "Hook0, version 0",
    documentation: "https://github.com/hook0/hook0",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the subscription's secret", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![Slot::header("x-hook0-signature")],
            grammar: items(',', '=', list![text("v0")]),
            encoding: Encoding::Hex,
            algorithm: Algorithm::Hmac(Hash::Sha256),
            content: TIME_DOT_BODY,
            key: KeyForm::Text,
        }),
        timestamp: Some(time(Place::item("t"), TimeUnit::Seconds, FIVE_MINUTES)),
        id: None,
        require: list![Equality { at: Place::item("v1"), equals: Expected::Absent }],
    },
};

/// Hookdeck: HMAC-SHA256 over the body as base64 in `x-hookdeck-signature`.
///
/// The second header is made with the other secret after a roll. The event id header is not
/// signed.
pub static HOOKDECK: Preset = Preset {
    name: "hookdeck",
    aliases: &[],
    title: "Hookdeck",
    documentation: "https://hookdeck.com/docs/verification",
    checked: "2026-11-22",
    evidence: Evidence::Documentation,
    secret: SecretShape { hint: "the project's signing secret", prefixes: &[] },
    dedupe: &[Place::header("x-hookdeck-eventid")],
    event_type: None,
    retries: "",
    description: body_hmac(
        list![Slot::header("x-hookdeck-signature"), Slot::header("x-hookdeck-signature-2")],
        "",
        Encoding::Base64,
        Hash::Sha256,
    ),
};

/// Pusher Channels: HMAC-SHA256 over the body as hex in `x-pusher-signature`. The time is in
/// milliseconds.
///
/// `X-Pusher-Key` must be the key that the operator configured. One delivery holds many events.
pub static PUSHER: Preset = Preset {
    name: "pusher",
    aliases: &["pusher-channels"],
    title: "Pusher Channels",
    documentation: "https://github.com/pusher/pusher-http-python",
    checked: "2026-11-29",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the secret of the app key", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![Slot::header("x-pusher-signature")],
            grammar: plain(""),
            encoding: Encoding::Hex,
            algorithm: Algorithm::Hmac(Hash::Sha256),
            content: BODY,
            key: KeyForm::Text,
        }),
        timestamp: Some(time(Place::body("/time_ms"), TimeUnit::Milliseconds, FIVE_MINUTES)),
        id: None,
        require: list![equals_parameter(Place::header("x-pusher-key"), Parameter::KeyId)],
    },
};

/// Upstash QStash: a JSON web token (HS256) in `upstash-signature` whose claims hold the URL
/// and the base64url SHA-256 of the body.
///
/// The URL must be the public one.
pub static QSTASH: Preset = Preset {
    name: "qstash",
    aliases: &["upstash-qstash"],
    title: "Upstash QStash",
    documentation: "https://github.com/upstash/qstash-js",
    checked: "2026-11-29",
    evidence: Evidence::Sdk,
    secret: SecretShape {
        hint: "the current signing key, and the next as the second",
        prefixes: &["sig_"],
    },
    dedupe: &[Place::header("upstash-message-id")],
    event_type: None,
    retries: "",
    description: Description {
        authentication: Authentication::Jose(Jose {
            at: Place::header("upstash-signature"),
            grammar: TokenGrammar::Plain { prefix: text("") },
            payload: JosePayload::Claims,
            algorithms: list![JoseAlgorithm::Hs256],
            key: JoseKey::Ring(KeyForm::Text),
            times: JoseTimes {
                expires: Presence::Required,
                not_before: Presence::Required,
                issued: Presence::IfPresent,
                leeway: 0,
                max_age: None,
            },
        }),
        timestamp: None,
        id: None,
        require: list![
            equals_text(Place::claim("iss"), "Upstash"),
            Equality { at: Place::claim("sub"), equals: Expected::Url(UrlPart::Full) },
            body_digest(Place::claim("body"), Hash::Sha256, Encoding::Base64Url)
        ],
    },
};

/// Supabase Auth hooks: Standard Webhooks (`v1`, base64 HMAC-SHA256 over id, time and body) in
/// the `webhook-*` headers.
pub static SUPABASE_AUTH: Preset = Preset {
    name: "supabase-auth",
    aliases: &["supabase", "supabase-auth-hooks"],
    title: "Supabase Auth hooks",
    documentation: "https://supabase.com/docs/guides/auth/auth-hooks",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "v1,whsec_ and base64", prefixes: &["v1,whsec_", "whsec_"] },
    dedupe: &[Place::header("webhook-id")],
    event_type: None,
    retries: "",
    description: standard(
        list![Slot::header("webhook-signature")],
        Place::header("webhook-id"),
        Place::header("webhook-timestamp"),
    ),
};

/// Supabase database webhooks: the secret itself in `authorization` behind `Bearer`. It covers
/// nothing of what was sent.
///
/// Supabase signs nothing.
pub static SUPABASE_DATABASE: Preset = Preset {
    name: "supabase-database",
    aliases: &["supabase-database-webhooks"],
    title: "Supabase database webhooks",
    documentation: "https://supabase.com/docs/guides/database/webhooks",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape {
        hint: "a secret that you put behind Bearer into the webhook's Authorization header",
        prefixes: &[],
    },
    dedupe: &[],
    event_type: Some(Place::body("/type")),
    retries: "",
    description: shown(Place::header("authorization"), TokenGrammar::Word { word: text("Bearer") }),
};

/// The members that SNS signs, name and value on a line each; which of them there are depends on
/// the kind of message.
const SNS_CONTENT: List<Template> = list![list![
    Part::literal("Message\n"),
    Part::Value(Place::body("/Message")),
    Part::literal("\nMessageId\n"),
    Part::Value(Place::body("/MessageId")),
    LINE_END,
    Part::Optional(list![
        Part::literal("Subject\n"),
        Part::Value(Place::body("/Subject")),
        LINE_END
    ]),
    Part::Optional(list![
        Part::literal("SubscribeURL\n"),
        Part::Value(Place::body("/SubscribeURL")),
        LINE_END,
    ]),
    Part::literal("Timestamp\n"),
    Part::Timestamp,
    LINE_END,
    Part::Optional(list![Part::literal("Token\n"), Part::Value(Place::body("/Token")), LINE_END]),
    Part::literal("TopicArn\n"),
    Part::Value(Place::body("/TopicArn")),
    Part::literal("\nType\n"),
    Part::Value(Place::body("/Type")),
    LINE_END,
]];

/// The certificate may only come from SNS itself.
const SNS_KEY: KeyForm = KeyForm::Fetched(KeyFetch {
    named_at: Place::body("/SigningCertURL"),
    name: KeyName::Url {
        hosts: list![text("sns.*.amazonaws.com"), text("sns.*.amazonaws.com.cn")],
        path_prefix: text("/"),
        path_suffix: text(".pem"),
    },
});
