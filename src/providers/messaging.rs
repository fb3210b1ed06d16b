//! Chat, calls, text messages and live support.

use super::blocks::*;

pub(super) static ROWS: &[&Preset] = &[
    &AGENTMAIL,
    &CHATWOOT,
    &CRISP,
    &DISCORD,
    &DYTE,
    &FEISHU,
    &FEISHU_CARD,
    &INTERCOM,
    &LINE,
    &MESSAGEBIRD,
    &MS_TEAMS,
    &OPENSMS,
    &PLIVO_V2,
    &RINGCENTRAL,
    &SENDBIRD,
    &SINCH_APPLICATION,
    &SINCH_CONVERSATION,
    &SINCH_NUMBERS,
    &SLACK,
    &STREAM,
    &TAWK_TO,
    &TELEGRAM,
    &TELNYX,
    &TWILIO,
    &TWILIO_JSON,
    &VIBER,
    &VONAGE_JWT,
    &VONAGE_SMS_MD5HMAC,
    &VONAGE_SMS_SHA1,
    &VONAGE_SMS_SHA256,
    &VONAGE_SMS_SHA512,
    &WEBEX,
    &ZOOM,
];

/// AgentMail: Standard Webhooks (`v1`, base64 HMAC-SHA256 over id, time and body) under Svix's
/// header names, or the neutral ones.
pub static AGENTMAIL: Preset = Preset {
    name: "agentmail",
    aliases: &[],
    title: "AgentMail",
    documentation: "https://docs.agentmail.to/webhooks",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "whsec_ and base64", prefixes: &["whsec_"] },
    dedupe: &[Place::header("svix-id")],
    event_type: None,
    retries: "",
    description: svix(),
};

/// Chatwoot: HMAC-SHA256 over time, dot and body as hex behind `sha256=` in
/// `x-chatwoot-signature`.
///
/// Older self-hosted versions send no signature.
pub static CHATWOOT: Preset = Preset {
    name: "chatwoot",
    aliases: &[],
    title: "Chatwoot",
    documentation: "https://www.chatwoot.com/docs/product/others/webhook-events",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the webhook's signing secret", prefixes: &[] },
    dedupe: &[],
    event_type: Some(Place::body("/event")),
    retries: "",
    description: dated(
        list![Slot::header("x-chatwoot-signature")],
        "sha256=",
        Encoding::Hex,
        TIME_DOT_BODY,
        time(Place::header("x-chatwoot-timestamp"), TimeUnit::Seconds, Tolerance::Unbounded),
    ),
};

/// Crisp: HMAC-SHA256 over `[`, time, `;`, body and `]` as hex in `x-crisp-signature`. The time
/// is in milliseconds.
///
/// The unit of the time rests on third parties.
pub static CRISP: Preset = Preset {
    name: "crisp",
    aliases: &[],
    title: "Crisp",
    documentation: "https://github.com/crisp-im/node-crisp-api",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the webhook's signing secret", prefixes: &[] },
    dedupe: &[],
    event_type: Some(Place::body("/event")),
    retries: "",
    description: dated(
        list![Slot::header("x-crisp-signature")],
        "",
        Encoding::Hex,
        list![list![
            Part::literal("["),
            Part::Timestamp,
            Part::literal(";"),
            Part::Body,
            Part::literal("]")
        ]],
        time(
            Place::header("x-crisp-request-timestamp"),
            TimeUnit::Milliseconds,
            Tolerance::Unbounded,
        ),
    ),
};

/// Discord interactions and webhook events: Ed25519 over time and body, hex in
/// `x-signature-ed25519`.
///
/// A wrong signature must be answered with 401: Discord tries. Needs the feature `asymmetric`.
pub static DISCORD: Preset = Preset {
    name: "discord",
    aliases: &[],
    title: "Discord interactions and webhook events",
    documentation: "https://docs.discord.com/developers/interactions/overview",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape {
        hint: "the application's public key, 64 hexadecimal digits",
        prefixes: &[],
    },
    dedupe: &[Place::body("/id")],
    event_type: Some(Place::body("/type")),
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![Slot::header("x-signature-ed25519")],
            grammar: plain(""),
            encoding: Encoding::Hex,
            algorithm: Algorithm::Ed25519,
            content: TIME_BODY,
            key: KeyForm::Public,
        }),
        timestamp: Some(time(
            Place::header("x-signature-timestamp"),
            TimeUnit::Seconds,
            Tolerance::Unbounded,
        )),
        id: None,
        require: list![],
    },
};

/// Dyte: RSA-SHA256 over the body, base64 in `dyte-signature`.
///
/// Dyte signs compact JSON. Needs the feature `asymmetric`.
pub static DYTE: Preset = Preset {
    name: "dyte",
    aliases: &[],
    title: "Dyte",
    documentation: "https://docs.dyte.io/guides/capabilities/webhooks/signatures",
    checked: "2026-11-22",
    evidence: Evidence::Documentation,
    secret: SecretShape { hint: "Dyte's public key, PEM", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![Slot::header("dyte-signature")],
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

/// Feishu and Lark events: a bare SHA256 over time, nonce, key and body as hex in
/// `x-lark-signature`.
///
/// With an encrypt key the body is encrypted too; the host decrypts it.
pub static FEISHU: Preset = Preset {
    name: "feishu",
    aliases: &["lark"],
    title: "Feishu and Lark events",
    documentation: "https://github.com/larksuite/node-sdk",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the app's encrypt key", prefixes: &[] },
    dedupe: &[Place::body("/header/event_id")],
    event_type: Some(Place::body("/header/event_type")),
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![Slot::header("x-lark-signature")],
            grammar: plain(""),
            encoding: Encoding::Hex,
            algorithm: Algorithm::Digest(Hash::Sha256),
            content: list![list![
                Part::Timestamp,
                Part::header("x-lark-request-nonce"),
                Part::Secret,
                Part::Body
            ]],
            key: KeyForm::Text,
        }),
        timestamp: Some(time(
            Place::header("x-lark-request-timestamp"),
            TimeUnit::Seconds,
            Tolerance::Unbounded,
        )),
        id: None,
        require: list![],
    },
};

/// Feishu and Lark cards (older): a bare SHA1 over time, nonce, token and body as hex in
/// `x-lark-signature`.
///
/// A bare SHA-1: anyone who can find a second message with the same digest can forge one.
pub static FEISHU_CARD: Preset = Preset {
    name: "feishu-card",
    aliases: &["lark-card"],
    title: "Feishu and Lark cards (older)",
    documentation: "https://github.com/larksuite/node-sdk",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the app's verification token", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![Slot::header("x-lark-signature")],
            grammar: plain(""),
            encoding: Encoding::Hex,
            algorithm: Algorithm::Digest(Hash::Sha1Legacy),
            content: list![list![
                Part::Timestamp,
                Part::header("x-lark-request-nonce"),
                Part::Secret,
                Part::Body
            ]],
            key: KeyForm::Text,
        }),
        timestamp: Some(time(
            Place::header("x-lark-request-timestamp"),
            TimeUnit::Seconds,
            Tolerance::Unbounded,
        )),
        id: None,
        require: list![],
    },
};

/// Intercom: HMAC-SHA1 over the body as hex behind `sha1=` in `x-hub-signature`.
///
/// Legacy SHA-1, inside HMAC; no newer header is known.
pub static INTERCOM: Preset = Preset {
    name: "intercom",
    aliases: &[],
    title: "Intercom",
    documentation: "https://developers.intercom.com/docs/webhooks",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the app's client secret", prefixes: &[] },
    dedupe: &[Place::body("/id")],
    event_type: Some(Place::body("/topic")),
    retries: "",
    description: body_hmac(
        list![Slot::header("x-hub-signature")],
        "sha1=",
        Encoding::Hex,
        Hash::Sha1Legacy,
    ),
};

/// LINE: HMAC-SHA256 over the body as base64 in `x-line-signature`.
///
/// One delivery holds many events; the test sends none.
pub static LINE: Preset = Preset {
    name: "line",
    aliases: &[],
    title: "LINE",
    documentation: "https://github.com/line/line-bot-sdk-python",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the channel secret", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: body_hmac(
        list![Slot::header("x-line-signature")],
        "",
        Encoding::Base64,
        Hash::Sha256,
    ),
};

/// Bird (MessageBird): a JSON web token in `messagebird-signature-jwt` whose claims hold the
/// SHA-256 of the URL and of the body.
///
/// The URL must be the public one. The id of the delivery is the token's claim `jti`.
pub static MESSAGEBIRD: Preset = Preset {
    name: "messagebird",
    aliases: &["bird"],
    title: "Bird (MessageBird)",
    documentation: "https://github.com/messagebird/messagebird-nodejs",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the signing key of the account", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: Description {
        authentication: Authentication::Jose(Jose {
            at: Place::header("messagebird-signature-jwt"),
            grammar: TokenGrammar::Plain { prefix: text("") },
            payload: JosePayload::Claims,
            algorithms: list![JoseAlgorithm::Hs256, JoseAlgorithm::Hs384, JoseAlgorithm::Hs512],
            key: JoseKey::Ring(KeyForm::Text),
            times: JoseTimes {
                expires: Presence::Required,
                not_before: Presence::Required,
                issued: Presence::IfPresent,
                leeway: 5,
                max_age: None,
            },
        }),
        timestamp: None,
        id: None,
        require: list![
            equals_text(Place::claim("iss"), "MessageBird"),
            Equality {
                at: Place::claim("url_hash"),
                equals: Expected::UrlDigest(UrlPart::Full, Hash::Sha256)
            },
            Equality {
                at: Place::claim("payload_hash"),
                equals: Expected::BodyDigest(ExpectedDigest {
                    hash: Hash::Sha256,
                    encoding: Encoding::Hex,
                    before: text(""),
                    after: text(""),
                    absent_when_empty: true
                })
            }
        ],
    },
};

/// Microsoft Teams outgoing webhook: HMAC-SHA256 over the body as base64 behind `HMAC` in
/// `authorization`. The secret is base64.
pub static MS_TEAMS: Preset = Preset {
    name: "ms-teams",
    aliases: &["microsoft-teams"],
    title: "Microsoft Teams outgoing webhook",
    documentation: "https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors/how-to/add-outgoing-webhook",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the security token, base64", prefixes: &[] },
    dedupe: &[Place::body("/id")],
    event_type: Some(Place::body("/type")),
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![Slot::header("authorization")],
            grammar: Grammar::Word { word: text("HMAC") },
            encoding: Encoding::Base64,
            algorithm: Algorithm::Hmac(Hash::Sha256),
            content: BODY,
            key: KeyForm::Base64 { prefixes: list![] },
        }),
        timestamp: None,
        id: None,
        require: list![],
    },
};

/// OpenSMS: HMAC-SHA256 over time, dot and body as `v1=<hex>` items in `x-opensms-signature`.
///
/// The secret looks like one of Standard Webhooks and is not: it is text.
pub static OPENSMS: Preset = Preset {
    name: "opensms",
    aliases: &[],
    title: "OpenSMS",
    documentation: "https://docs.rs/opensms",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape {
        hint: "the webhook's secret, whsec_…, used whole",
        prefixes: &["whsec_"],
    },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: dated_list(
        list![Slot::header("x-opensms-signature")],
        list![text("v1")],
        time(Place::item("t"), TimeUnit::Seconds, FIVE_MINUTES),
    ),
};

/// Plivo V2: HMAC-SHA256 over the URL without its query, and the nonce as base64 in
/// `x-plivo-signature-v2`.
///
/// Neither the body nor the query is covered.
pub static PLIVO_V2: Preset = Preset {
    name: "plivo-v2",
    aliases: &[],
    title: "Plivo V2",
    documentation: "https://github.com/plivo/plivo-python",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the account's auth token", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![Slot::header("x-plivo-signature-v2")],
            grammar: plain(""),
            encoding: Encoding::Base64,
            algorithm: Algorithm::Hmac(Hash::Sha256),
            content: list![list![
                Part::Url(UrlPart::WithoutQuery),
                Part::header("x-plivo-signature-v2-nonce")
            ]],
            key: KeyForm::Text,
        }),
        timestamp: None,
        id: None,
        require: list![],
    },
};

/// RingCentral: the secret itself in `verification-token`. It covers nothing of what was sent.
pub static RINGCENTRAL: Preset = Preset {
    name: "ringcentral",
    aliases: &[],
    title: "RingCentral",
    documentation: "https://developers.ringcentral.com/guide/notifications/webhooks",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the verification token of the subscription", prefixes: &[] },
    dedupe: &[],
    event_type: Some(Place::body("/event")),
    retries: "",
    description: shown(
        Place::header("verification-token"),
        TokenGrammar::Plain { prefix: text("") },
    ),
};

/// Sendbird: HMAC-SHA256 over the body as hex in `x-sendbird-signature`.
pub static SENDBIRD: Preset = Preset {
    name: "sendbird",
    aliases: &[],
    title: "Sendbird",
    documentation: "https://sendbird.com/docs/chat/platform-api/v3/webhook/webhook-overview",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the master API token", prefixes: &[] },
    dedupe: &[],
    event_type: Some(Place::body("/category")),
    retries: "",
    description: body_hmac(
        list![Slot::header("x-sendbird-signature")],
        "",
        Encoding::Hex,
        Hash::Sha256,
    ),
};

/// Sinch Voice and Verification: HMAC-SHA256 over method, the MD5 of the body, content type,
/// time and path, base64 in `authorization` behind `Application key:`.
///
/// The body is bound by MD5 alone. The path must be the one that Sinch calls. Needs the feature
/// `rare-hashes`.
pub static SINCH_APPLICATION: Preset = Preset {
    name: "sinch-application",
    aliases: &[],
    title: "Sinch Voice and Verification",
    documentation: "https://github.com/sinch/sinch-sdk-node",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the application's secret, base64", prefixes: &[] },
    dedupe: &[],
    event_type: Some(Place::body("/event")),
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![Slot {
                place: Place::header("authorization"),
                repeat: Repeat::Refuse,
                key: KeyChoice::Record
            }],
            grammar: Grammar::Records { item: ' ', field: ':', fields: 2, key: 0 },
            encoding: Encoding::Base64,
            algorithm: Algorithm::Hmac(Hash::Sha256),
            content: list![list![
                Part::Method,
                LINE_END,
                Part::UnlessBodyEmpty(list![Part::BodyDigest {
                    hash: Hash::Md5Legacy,
                    encoding: Encoding::Base64
                }]),
                LINE_END,
                Part::Value(Place::header("content-type")),
                Part::literal("\nx-timestamp:"),
                Part::Timestamp,
                LINE_END,
                Part::Url(UrlPart::Path)
            ]],
            key: KeyForm::Base64 { prefixes: list![] },
        }),
        timestamp: Some(time(
            Place::header("x-timestamp"),
            TimeUnit::Rfc3339,
            Tolerance::Unbounded,
        )),
        id: None,
        require: list![],
    },
};

/// Sinch Conversation: HMAC-SHA256 over body, nonce and time as base64 in
/// `x-sinch-webhook-signature`.
pub static SINCH_CONVERSATION: Preset = Preset {
    name: "sinch-conversation",
    aliases: &[],
    title: "Sinch Conversation",
    documentation: "https://github.com/sinch/sinch-sdk-node",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the webhook's secret", prefixes: &[] },
    dedupe: &[Place::header("x-sinch-webhook-signature-nonce")],
    event_type: None,
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![Slot::header("x-sinch-webhook-signature")],
            grammar: plain(""),
            encoding: Encoding::Base64,
            algorithm: Algorithm::Hmac(Hash::Sha256),
            content: list![list![
                Part::Body,
                Part::literal("."),
                Part::header("x-sinch-webhook-signature-nonce"),
                Part::literal("."),
                Part::Timestamp
            ]],
            key: KeyForm::Text,
        }),
        timestamp: Some(time(
            Place::header("x-sinch-webhook-signature-timestamp"),
            TimeUnit::Seconds,
            Tolerance::Unbounded,
        )),
        id: None,
        require: list![equals_text(
            Place::header("x-sinch-webhook-signature-algorithm"),
            "HmacSHA256"
        )],
    },
};

/// Sinch Numbers: HMAC-SHA1 over the body as hex in `x-sinch-signature`.
///
/// Legacy SHA-1, inside HMAC.
pub static SINCH_NUMBERS: Preset = Preset {
    name: "sinch-numbers",
    aliases: &[],
    title: "Sinch Numbers",
    documentation: "https://github.com/sinch/sinch-sdk-node",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the callback's HMAC secret", prefixes: &[] },
    dedupe: &[Place::body("/eventId")],
    event_type: Some(Place::body("/eventType")),
    retries: "",
    description: body_hmac(
        list![Slot::header("x-sinch-signature")],
        "",
        Encoding::Hex,
        Hash::Sha1Legacy,
    ),
};

/// Slack: HMAC-SHA256 over `v0:`, time, colon and body as hex behind `v0=` in
/// `x-slack-signature`.
///
/// Events, commands and interactions alike; the probe `ssl_check=1` of a command is not signed.
pub static SLACK: Preset = Preset {
    name: "slack",
    aliases: &[],
    title: "Slack",
    documentation: "https://docs.slack.dev/authentication/verifying-requests-from-slack",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape {
        hint: "the signing secret on the app's Basic Information page, 32 hexadecimal digits",
        prefixes: &[],
    },
    dedupe: &[Place::body("/event_id")],
    event_type: Some(Place::body("/event/type")),
    retries: "3 times: at once, after 1 minute, after 5 minutes",
    description: dated(
        list![Slot::header("x-slack-signature")],
        "v0=",
        Encoding::Hex,
        V0_TIME_BODY,
        time(Place::header("x-slack-request-timestamp"), TimeUnit::Seconds, FIVE_MINUTES),
    ),
};

/// Stream (getstream.io): HMAC-SHA256 over the body as hex in `x-signature`.
///
/// Stream signs the JSON before it is compressed: switch compression of webhooks off.
pub static STREAM: Preset = Preset {
    name: "stream",
    aliases: &["getstream"],
    title: "Stream (getstream.io)",
    documentation: "https://github.com/GetStream/stream-chat-python",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the app's API secret", prefixes: &[] },
    dedupe: &[],
    event_type: Some(Place::body("/type")),
    retries: "",
    description: body_hmac(list![Slot::header("x-signature")], "", Encoding::Hex, Hash::Sha256),
};

/// tawk.to: HMAC-SHA1 over the body as hex in `x-tawk-signature`.
///
/// Legacy SHA-1, inside HMAC. The event id header is not signed.
pub static TAWK_TO: Preset = Preset {
    name: "tawk-to",
    aliases: &[],
    title: "tawk.to",
    documentation: "https://developer.tawk.to/webhooks/",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the webhook's secret key", prefixes: &[] },
    dedupe: &[Place::header("x-hook-event-id")],
    event_type: Some(Place::body("/event")),
    retries: "",
    description: body_hmac(
        list![Slot::header("x-tawk-signature")],
        "",
        Encoding::Hex,
        Hash::Sha1Legacy,
    ),
};

/// Telegram Bot API: the secret itself in `x-telegram-bot-api-secret-token`. It covers nothing
/// of what was sent.
pub static TELEGRAM: Preset = Preset {
    name: "telegram",
    aliases: &[],
    title: "Telegram Bot API",
    documentation: "https://core.telegram.org/bots/api#setwebhook",
    checked: "2026-11-22",
    evidence: Evidence::Documentation,
    secret: SecretShape { hint: "the secret_token given to setWebhook", prefixes: &[] },
    dedupe: &[Place::body("/update_id")],
    event_type: None,
    retries: "",
    description: shown(
        Place::header("x-telegram-bot-api-secret-token"),
        TokenGrammar::Plain { prefix: text("") },
    ),
};

/// Telnyx: Ed25519 over time, a bar and the body, base64 in `telnyx-signature-ed25519`.
///
/// Needs the feature `asymmetric`.
pub static TELNYX: Preset = Preset {
    name: "telnyx",
    aliases: &[],
    title: "Telnyx",
    documentation: "https://github.com/team-telnyx/telnyx-python",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the public key of the portal, base64", prefixes: &[] },
    dedupe: &[Place::body("/data/id")],
    event_type: Some(Place::body("/data/event_type")),
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![Slot::header("telnyx-signature-ed25519")],
            grammar: plain(""),
            encoding: Encoding::Base64,
            algorithm: Algorithm::Ed25519,
            content: list![list![Part::Timestamp, Part::literal("|"), Part::Body]],
            key: KeyForm::Public,
        }),
        timestamp: Some(time(Place::header("telnyx-timestamp"), TimeUnit::Seconds, FIVE_MINUTES)),
        id: None,
        require: list![],
    },
};

/// Twilio: HMAC-SHA1 over the URL and the sorted fields of the form, base64 in
/// `x-twilio-signature`.
///
/// Legacy SHA-1, inside HMAC. The URL must be the public one. For JSON take `twilio-json`.
pub static TWILIO: Preset = Preset {
    name: "twilio",
    aliases: &[],
    title: "Twilio",
    documentation: "https://github.com/twilio/twilio-python",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the account's auth token", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![Slot::header("x-twilio-signature")],
            grammar: plain(""),
            encoding: Encoding::Base64,
            algorithm: Algorithm::Hmac(Hash::Sha1Legacy),
            content: TWILIO_CONTENT,
            key: KeyForm::Text,
        }),
        timestamp: None,
        id: None,
        require: list![],
    },
};

/// Twilio, JSON bodies: HMAC-SHA1 over the URL, base64 in `x-twilio-signature`; its parameter
/// `bodySHA256` is the SHA-256 of the body.
///
/// Legacy SHA-1, inside HMAC. The URL must be the public one.
pub static TWILIO_JSON: Preset = Preset {
    name: "twilio-json",
    aliases: &[],
    title: "Twilio, JSON bodies",
    documentation: "https://github.com/twilio/twilio-python",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the account's auth token", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![Slot::header("x-twilio-signature")],
            grammar: plain(""),
            encoding: Encoding::Base64,
            algorithm: Algorithm::Hmac(Hash::Sha1Legacy),
            content: list![
                list![Part::Url(UrlPart::Full)],
                list![Part::Url(UrlPart::FullWithPort)],
                list![Part::Url(UrlPart::FullWithoutPort)]
            ],
            key: KeyForm::Text,
        }),
        timestamp: None,
        id: None,
        require: list![body_digest(query("bodySHA256"), Hash::Sha256, Encoding::Hex)],
    },
};

/// Viber: HMAC-SHA256 over the body as hex in `x-viber-content-signature`.
pub static VIBER: Preset = Preset {
    name: "viber",
    aliases: &[],
    title: "Viber",
    documentation: "https://github.com/Viber/viber-bot-python",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the bot's authentication token", prefixes: &[] },
    dedupe: &[Place::body("/message_token")],
    event_type: Some(Place::body("/event")),
    retries: "",
    description: body_hmac(
        list![Slot::header("x-viber-content-signature")],
        "",
        Encoding::Hex,
        Hash::Sha256,
    ),
};

/// Vonage signed webhooks: a JSON web token (HS256) in `authorization` whose claim
/// `payload_hash` is the hex SHA-256 of the body.
///
/// The official libraries do not compare the claim with the body; this one does.
pub static VONAGE_JWT: Preset = Preset {
    name: "vonage-jwt",
    aliases: &["vonage"],
    title: "Vonage signed webhooks",
    documentation: "https://developer.vonage.com/en/getting-started/concepts/webhooks",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the signature secret of the account", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: Description {
        authentication: Authentication::Jose(Jose {
            at: Place::header("authorization"),
            grammar: TokenGrammar::Word { word: text("Bearer") },
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
        require: list![body_digest(Place::claim("payload_hash"), Hash::Sha256, Encoding::Hex)],
    },
};

/// Vonage signed SMS, HMAC-MD5: HMAC-MD5 over the other parameters of the query, sorted, hex in
/// its `sig`.
///
/// Sent as GET. The account's settings choose the hash. The `timestamp` is signed and not
/// judged. Needs the feature `rare-hashes`.
pub static VONAGE_SMS_MD5HMAC: Preset = Preset {
    name: "vonage-sms-md5hmac",
    aliases: &[],
    title: "Vonage signed SMS, HMAC-MD5",
    documentation: "https://github.com/Vonage/vonage-python-sdk",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the account's signature secret", prefixes: &[] },
    dedupe: &[query("messageId")],
    event_type: None,
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![slot(query("sig"))],
            grammar: plain(""),
            encoding: Encoding::Hex,
            algorithm: Algorithm::Hmac(Hash::Md5Legacy),
            content: VONAGE_CONTENT,
            key: KeyForm::Text,
        }),
        timestamp: None,
        id: None,
        require: list![],
    },
};

/// Vonage signed SMS, HMAC-SHA1: HMAC-SHA1 over the other parameters of the query, sorted, hex
/// in its `sig`.
///
/// Sent as GET. The account's settings choose the hash. The `timestamp` is signed and not
/// judged.
pub static VONAGE_SMS_SHA1: Preset = Preset {
    name: "vonage-sms-sha1",
    aliases: &[],
    title: "Vonage signed SMS, HMAC-SHA1",
    documentation: "https://github.com/Vonage/vonage-python-sdk",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the account's signature secret", prefixes: &[] },
    dedupe: &[query("messageId")],
    event_type: None,
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![slot(query("sig"))],
            grammar: plain(""),
            encoding: Encoding::Hex,
            algorithm: Algorithm::Hmac(Hash::Sha1Legacy),
            content: VONAGE_CONTENT,
            key: KeyForm::Text,
        }),
        timestamp: None,
        id: None,
        require: list![],
    },
};

/// Vonage signed SMS, HMAC-SHA256: HMAC-SHA256 over the other parameters of the query, sorted,
/// hex in its `sig`.
///
/// Sent as GET. The account's settings choose the hash. The `timestamp` is signed and not
/// judged.
pub static VONAGE_SMS_SHA256: Preset = Preset {
    name: "vonage-sms-sha256",
    aliases: &[],
    title: "Vonage signed SMS, HMAC-SHA256",
    documentation: "https://github.com/Vonage/vonage-python-sdk",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the account's signature secret", prefixes: &[] },
    dedupe: &[query("messageId")],
    event_type: None,
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![slot(query("sig"))],
            grammar: plain(""),
            encoding: Encoding::Hex,
            algorithm: Algorithm::Hmac(Hash::Sha256),
            content: VONAGE_CONTENT,
            key: KeyForm::Text,
        }),
        timestamp: None,
        id: None,
        require: list![],
    },
};

/// Vonage signed SMS, HMAC-SHA512: HMAC-SHA512 over the other parameters of the query, sorted,
/// hex in its `sig`.
///
/// Sent as GET. The account's settings choose the hash. The `timestamp` is signed and not
/// judged.
pub static VONAGE_SMS_SHA512: Preset = Preset {
    name: "vonage-sms-sha512",
    aliases: &[],
    title: "Vonage signed SMS, HMAC-SHA512",
    documentation: "https://github.com/Vonage/vonage-python-sdk",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the account's signature secret", prefixes: &[] },
    dedupe: &[query("messageId")],
    event_type: None,
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![slot(query("sig"))],
            grammar: plain(""),
            encoding: Encoding::Hex,
            algorithm: Algorithm::Hmac(Hash::Sha512),
            content: VONAGE_CONTENT,
            key: KeyForm::Text,
        }),
        timestamp: None,
        id: None,
        require: list![],
    },
};

/// Webex: HMAC-SHA1 over the body as hex in `x-spark-signature`.
///
/// Legacy SHA-1, inside HMAC.
pub static WEBEX: Preset = Preset {
    name: "webex",
    aliases: &[],
    title: "Webex",
    documentation: "https://developer.webex.com/docs/api/guides/webhooks",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the webhook's secret", prefixes: &[] },
    dedupe: &[Place::body("/id")],
    event_type: Some(Place::body("/event")),
    retries: "",
    description: body_hmac(
        list![Slot::header("x-spark-signature")],
        "",
        Encoding::Hex,
        Hash::Sha1Legacy,
    ),
};

/// Zoom: HMAC-SHA256 over `v0:`, time, colon and body as hex behind `v0=` in `x-zm-signature`.
///
/// Zoom gives no window.
pub static ZOOM: Preset = Preset {
    name: "zoom",
    aliases: &[],
    title: "Zoom",
    documentation: "https://developers.zoom.us/docs/api/webhooks/",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the app's webhook secret token", prefixes: &[] },
    dedupe: &[Place::body("/event"), Place::body("/event_ts"), Place::body("/payload/object/uuid")],
    event_type: Some(Place::body("/event")),
    retries: "",
    description: dated(
        list![Slot::header("x-zm-signature")],
        "v0=",
        Encoding::Hex,
        V0_TIME_BODY,
        time(Place::header("x-zm-request-timestamp"), TimeUnit::Seconds, Tolerance::Unbounded),
    ),
};

/// Twilio adds the port or leaves it out, from product to product.
const TWILIO_CONTENT: List<Template> = list![
    list![Part::Url(UrlPart::Full), FORM_JOINED],
    list![Part::Url(UrlPart::FullWithPort), FORM_JOINED],
    list![Part::Url(UrlPart::FullWithoutPort), FORM_JOINED],
];

const FORM_JOINED: Part =
    Part::Fields(Fields { of: FieldSource::Form, except: list![], style: FieldStyle::Joined });

const VONAGE_CONTENT: List<Template> = list![list![Part::Fields(Fields {
    of: FieldSource::Query,
    except: list![text("sig")],
    style: FieldStyle::Escaped,
})]];
