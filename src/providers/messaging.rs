//! Chat, meetings and live support.

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
    &MS_TEAMS,
    &RINGCENTRAL,
    &SENDBIRD,
    &SLACK,
    &STREAM,
    &TAWK_TO,
    &TELEGRAM,
    &VIBER,
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
    dedupe: SVIX_ID,
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
    checked: "2026-11-29",
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
    checked: "2026-11-29",
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
    aliases: &["intercom-legacy"],
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
    checked: "2026-11-29",
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

/// Microsoft Teams outgoing webhook: HMAC-SHA256 over the body as base64 behind `HMAC` in
/// `authorization`. The secret is base64.
pub static MS_TEAMS: Preset = Preset {
    name: "ms-teams",
    aliases: &["microsoft-teams", "microsoft-teams-outgoing-webhook", "teams"],
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

/// RingCentral: the secret itself in `verification-token`. It covers nothing of what was sent.
pub static RINGCENTRAL: Preset = Preset {
    name: "ringcentral",
    aliases: &["ring-central"],
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

/// Slack: HMAC-SHA256 over `v0:`, time, colon and body as hex behind `v0=` in
/// `x-slack-signature`.
///
/// Events, commands and interactions alike; the probe `ssl_check=1` of a command is not signed.
pub static SLACK: Preset = Preset {
    name: "slack",
    aliases: &["slack-events-api"],
    title: "Slack",
    documentation: "https://docs.slack.dev/authentication/verifying-requests-from-slack",
    checked: "2026-11-29",
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
    aliases: &["getstream", "getstream-io", "stream-chat"],
    title: "Stream (getstream.io)",
    documentation: "https://github.com/GetStream/stream-chat-python",
    checked: "2026-11-29",
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
    aliases: &["tawk"],
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
    aliases: &["telegram-bot", "telegram-bot-api"],
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

/// Viber: HMAC-SHA256 over the body as hex in `x-viber-content-signature`.
pub static VIBER: Preset = Preset {
    name: "viber",
    aliases: &[],
    title: "Viber",
    documentation: "https://github.com/Viber/viber-bot-python",
    checked: "2026-11-29",
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

/// Webex: HMAC-SHA1 over the body as hex in `x-spark-signature`.
///
/// Legacy SHA-1, inside HMAC.
pub static WEBEX: Preset = Preset {
    name: "webex",
    aliases: &["cisco-webex"],
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
