//! Social networks and publishing.

use super::blocks::*;

pub(super) static ROWS: &[&Preset] = &[
    &KICK,
    &LINKEDIN,
    &META,
    &META_SHA1,
    &TIKTOK,
    &TWITCH,
    &WEBSUB,
    &WEBSUB_SHA1,
    &WEBSUB_SHA384,
    &WEBSUB_SHA512,
    &X,
];

/// Kick: RSA-SHA256 over id, time and body, base64 in `kick-event-signature`.
///
/// The time is signed and not judged: its form is not documented. Needs the feature
/// `asymmetric`.
pub static KICK: Preset = Preset {
    name: "kick",
    aliases: &[],
    title: "Kick",
    documentation: "https://docs.kick.com/events/webhook-security",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "Kick's public key, PEM", prefixes: &[] },
    dedupe: &[Place::header("kick-event-message-id")],
    event_type: Some(Place::header("kick-event-type")),
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![Slot::header("kick-event-signature")],
            grammar: plain(""),
            encoding: Encoding::Base64,
            algorithm: Algorithm::RsaPkcs1(Hash::Sha256),
            content: list![list![
                Part::Id,
                Part::literal("."),
                Part::header("kick-event-message-timestamp"),
                Part::literal("."),
                Part::Body
            ]],
            key: KeyForm::Public,
        }),
        timestamp: None,
        id: Some(Place::header("kick-event-message-id")),
        require: list![],
    },
};

/// LinkedIn: HMAC-SHA256 over `hmacsha256=` and the body as hex in `x-li-signature`.
pub static LINKEDIN: Preset = Preset {
    name: "linkedin",
    aliases: &[],
    title: "LinkedIn",
    documentation: "https://learn.microsoft.com/en-us/linkedin/shared/api-guide/webhook-validation",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the app's client secret", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![Slot::header("x-li-signature")],
            grammar: plain(""),
            encoding: Encoding::Hex,
            algorithm: Algorithm::Hmac(Hash::Sha256),
            content: list![list![Part::literal("hmacsha256="), Part::Body]],
            key: KeyForm::Text,
        }),
        timestamp: None,
        id: None,
        require: list![],
    },
};

/// Meta (Facebook, Instagram, WhatsApp): HMAC-SHA256 over the body as hex behind `sha256=` in
/// `x-hub-signature-256`.
///
/// It is also what Synerise calls "webhook from Meta". One delivery holds many events.
pub static META: Preset = Preset {
    name: "meta",
    aliases: &[
        "facebook",
        "facebook-graph-api",
        "facebook-messenger",
        "instagram",
        "messenger",
        "synerise-meta",
        "whatsapp",
        "whatsapp-cloud",
        "whatsapp-cloud-api",
    ],
    title: "Meta (Facebook, Instagram, WhatsApp)",
    documentation: "https://developers.facebook.com/docs/graph-api/webhooks/getting-started",
    checked: "2026-11-29",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the app secret, 32 hexadecimal digits", prefixes: &[] },
    dedupe: &[],
    event_type: Some(Place::body("/object")),
    retries: "immediately, then less often for 36 hours",
    description: body_hmac(
        list![Slot::header("x-hub-signature-256")],
        "sha256=",
        Encoding::Hex,
        Hash::Sha256,
    ),
};

/// Meta, legacy SHA-1: HMAC-SHA1 over the body as hex behind `sha1=` in `x-hub-signature`.
///
/// Legacy SHA-1, inside HMAC; `meta`'s header is sent beside it.
pub static META_SHA1: Preset = Preset {
    name: "meta-sha1",
    aliases: &["facebook-sha1"],
    title: "Meta, legacy SHA-1",
    documentation: "https://developers.facebook.com/docs/graph-api/webhooks/getting-started",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the app secret, 32 hexadecimal digits", prefixes: &[] },
    dedupe: &[],
    event_type: Some(Place::body("/object")),
    retries: "",
    description: body_hmac(
        list![Slot::header("x-hub-signature")],
        "sha1=",
        Encoding::Hex,
        Hash::Sha1Legacy,
    ),
};

/// TikTok for Developers: HMAC-SHA256 over time, dot and body as `s=<hex>` items in
/// `tiktok-signature`.
pub static TIKTOK: Preset = Preset {
    name: "tiktok",
    aliases: &["tiktok-for-developers"],
    title: "TikTok for Developers",
    documentation: "https://developers.tiktok.com/doc/webhooks-verification",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the app's client secret", prefixes: &[] },
    dedupe: &[],
    event_type: Some(Place::body("/event")),
    retries: "",
    description: dated_list(
        list![Slot::header("tiktok-signature")],
        list![text("s")],
        time(Place::item("t"), TimeUnit::Seconds, Tolerance::Unbounded),
    ),
};

/// Twitch EventSub: HMAC-SHA256 over id, time and body as hex behind `sha256=` in
/// `twitch-eventsub-message-signature`. The time is RFC 3339.
///
/// The message and subscription type headers are not signed.
pub static TWITCH: Preset = Preset {
    name: "twitch",
    aliases: &["twitch-eventsub"],
    title: "Twitch EventSub",
    documentation: "https://dev.twitch.tv/docs/eventsub/handling-webhook-events/",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the secret given when the subscription was made", prefixes: &[] },
    dedupe: &[Place::header("twitch-eventsub-message-id")],
    event_type: Some(Place::header("twitch-eventsub-subscription-type")),
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![Slot::header("twitch-eventsub-message-signature")],
            grammar: plain("sha256="),
            encoding: Encoding::Hex,
            algorithm: Algorithm::Hmac(Hash::Sha256),
            content: list![list![Part::Id, Part::Timestamp, Part::Body]],
            key: KeyForm::Text,
        }),
        timestamp: Some(time(
            Place::header("twitch-eventsub-message-timestamp"),
            TimeUnit::Rfc3339,
            within(600),
        )),
        id: Some(Place::header("twitch-eventsub-message-id")),
        require: list![],
    },
};

/// WebSub, sha256: HMAC-SHA256 over the body as hex behind `sha256=` in `x-hub-signature`.
///
///  On a wrong signature WebSub wants a 2xx answer and no processing.
pub static WEBSUB: Preset = Preset {
    name: "websub",
    aliases: &[],
    title: "WebSub, sha256",
    documentation: "https://www.w3.org/TR/websub/",
    checked: "2026-11-22",
    evidence: Evidence::Documentation,
    secret: SecretShape { hint: "the hub.secret of the subscription", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: body_hmac(
        list![Slot::header("x-hub-signature")],
        "sha256=",
        Encoding::Hex,
        Hash::Sha256,
    ),
};

/// WebSub, sha1: HMAC-SHA1 over the body as hex behind `sha1=` in `x-hub-signature`.
///
/// Legacy SHA-1, inside HMAC; YouTube's hub signs so. On a wrong signature WebSub wants a 2xx
/// answer and no processing.
pub static WEBSUB_SHA1: Preset = Preset {
    name: "websub-sha1",
    aliases: &["youtube"],
    title: "WebSub, sha1",
    documentation: "https://www.w3.org/TR/websub/",
    checked: "2026-11-22",
    evidence: Evidence::Documentation,
    secret: SecretShape { hint: "the hub.secret of the subscription", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: body_hmac(
        list![Slot::header("x-hub-signature")],
        "sha1=",
        Encoding::Hex,
        Hash::Sha1Legacy,
    ),
};

/// WebSub, sha384: HMAC-SHA384 over the body as hex behind `sha384=` in `x-hub-signature`.
///
///  On a wrong signature WebSub wants a 2xx answer and no processing.
pub static WEBSUB_SHA384: Preset = Preset {
    name: "websub-sha384",
    aliases: &[],
    title: "WebSub, sha384",
    documentation: "https://www.w3.org/TR/websub/",
    checked: "2026-11-22",
    evidence: Evidence::Documentation,
    secret: SecretShape { hint: "the hub.secret of the subscription", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: body_hmac(
        list![Slot::header("x-hub-signature")],
        "sha384=",
        Encoding::Hex,
        Hash::Sha384,
    ),
};

/// WebSub, sha512: HMAC-SHA512 over the body as hex behind `sha512=` in `x-hub-signature`.
///
///  On a wrong signature WebSub wants a 2xx answer and no processing.
pub static WEBSUB_SHA512: Preset = Preset {
    name: "websub-sha512",
    aliases: &[],
    title: "WebSub, sha512",
    documentation: "https://www.w3.org/TR/websub/",
    checked: "2026-11-22",
    evidence: Evidence::Documentation,
    secret: SecretShape { hint: "the hub.secret of the subscription", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: body_hmac(
        list![Slot::header("x-hub-signature")],
        "sha512=",
        Encoding::Hex,
        Hash::Sha512,
    ),
};

/// X (Twitter): HMAC-SHA256 over the body as base64 behind `sha256=` in
/// `x-twitter-webhooks-signature`.
pub static X: Preset = Preset {
    name: "x",
    aliases: &["twitter", "x-twitter"],
    title: "X (Twitter)",
    documentation: "https://docs.x.com/x-api/webhooks/introduction",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the app's consumer secret", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: body_hmac(
        list![Slot::header("x-twitter-webhooks-signature")],
        "sha256=",
        Encoding::Base64,
        Hash::Sha256,
    ),
};
