//! Content, files, video and design.

use super::blocks::*;

pub(super) static ROWS: &[&Preset] = &[
    &ADOBE_IO,
    &AUTODESK_APS,
    &BOX,
    &CLOUDFLARE_STREAM,
    &CLOUDINARY,
    &CLOUDINARY_SHA256,
    &CONTENTFUL,
    &DROPBOX,
    &FATHOM,
    &FIGMA,
    &FIREFLIES,
    &FRAME_IO,
    &GHOST,
    &GHOST_LEGACY,
    &HYGRAPH,
    &LIVEBLOCKS,
    &LIVEKIT,
    &MUX,
    &SANITY,
    &WEBFLOW,
];

/// Adobe I/O Events: RSA-SHA256 over the body, base64 in `x-adobe-digital-signature-1` and
/// `-2`; either may match.
///
/// The client id is a parameter. Needs the feature `asymmetric`.
pub static ADOBE_IO: Preset = Preset {
    name: "adobe-io",
    aliases: &["adobe", "adobe-io-events"],
    title: "Adobe I/O Events",
    documentation: "https://developer.adobe.com/events/docs/guides/",
    checked: "2026-11-22",
    evidence: Evidence::Documentation,
    secret: SecretShape {
        hint: "the keys at static.adobeioevents.com under the paths that the headers name",
        prefixes: &[],
    },
    dedupe: &[Place::body("/event_id")],
    event_type: Some(Place::body("/event/@type")),
    retries: "",
    description: Description {
        authentication: Authentication::AnyOf(list![FIRST_ADOBE, SECOND_ADOBE]),
        timestamp: None,
        id: None,
        require: list![equals_parameter(Place::body("/recipient_client_id"), Parameter::ClientId)],
    },
};

/// Autodesk Platform Services: HMAC-SHA1 over the body as hex behind `sha1hash=` in
/// `x-adsk-signature`.
///
/// Legacy SHA-1, inside HMAC.
pub static AUTODESK_APS: Preset = Preset {
    name: "autodesk-aps",
    aliases: &["autodesk", "autodesk-platform-services"],
    title: "Autodesk Platform Services",
    documentation: "https://aps.autodesk.com/en/docs/webhooks/v1/developers_guide/overview/",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the webhook's secret token", prefixes: &[] },
    dedupe: &[],
    event_type: Some(Place::body("/hook/event")),
    retries: "",
    description: body_hmac(
        list![Slot::header("x-adsk-signature")],
        "sha1hash=",
        Encoding::Hex,
        Hash::Sha1Legacy,
    ),
};

/// Box: HMAC-SHA256 over body and time as base64 in `box-signature-primary`. The time is RFC
/// 3339.
///
/// Each header is made with its own key: the primary one first, the secondary second.
pub static BOX: Preset = Preset {
    name: "box",
    aliases: &[],
    title: "Box",
    documentation: "https://developer.box.com/guides/webhooks/v2/signatures-v2/",
    checked: "2026-11-29",
    evidence: Evidence::Sdk,
    secret: SecretShape {
        hint: "the primary signature key, and the secondary as the second key",
        prefixes: &[],
    },
    dedupe: &[Place::body("/id")],
    event_type: Some(Place::body("/trigger")),
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: BOX_HEADERS,
            grammar: plain(""),
            encoding: Encoding::Base64,
            algorithm: Algorithm::Hmac(Hash::Sha256),
            content: BODY_TIME,
            key: KeyForm::Text,
        }),
        timestamp: Some(time(
            Place::header("box-delivery-timestamp"),
            TimeUnit::Rfc3339,
            within(600),
        )),
        id: None,
        require: list![
            equals_text(Place::header("box-signature-version"), "1"),
            equals_text(Place::header("box-signature-algorithm"), "HmacSHA256")
        ],
    },
};

/// Cloudflare Stream: HMAC-SHA256 over time, dot and body as `sig1=<hex>` items in
/// `webhook-signature`.
pub static CLOUDFLARE_STREAM: Preset = Preset {
    name: "cloudflare-stream",
    aliases: &[],
    title: "Cloudflare Stream",
    documentation: "https://developers.cloudflare.com/stream/manage-video-library/using-webhooks/",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the secret that subscribing returned", prefixes: &[] },
    dedupe: &[Place::body("/uid"), Place::body("/status/state")],
    event_type: Some(Place::body("/status/state")),
    retries: "",
    description: dated_list(
        list![Slot::header("webhook-signature")],
        list![text("sig1")],
        time(Place::item("time"), TimeUnit::Seconds, Tolerance::Unbounded),
    ),
};

/// Cloudinary: a bare hash over body, time and secret as hex in `x-cld-signature`. The account's
/// settings choose SHA-1, the default, or SHA-256; their lengths tell them apart.
///
/// Ask Cloudinary for SHA-256 and take `cloudinary-sha256`.
pub static CLOUDINARY: Preset = Preset {
    name: "cloudinary",
    aliases: &[],
    title: "Cloudinary",
    documentation: "https://github.com/cloudinary/cloudinary_npm",
    checked: "2026-11-29",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the API secret", prefixes: &[] },
    dedupe: &[],
    event_type: Some(Place::body("/notification_type")),
    retries: "",
    description: Description {
        authentication: Authentication::AnyOf(list![
            cloudinary(Hash::Sha1Legacy),
            cloudinary(Hash::Sha256)
        ]),
        timestamp: Some(time(Place::header("x-cld-timestamp"), TimeUnit::Seconds, within(7200))),
        id: None,
        require: list![],
    },
};

/// Cloudinary, SHA-256: a bare SHA256 over body, time and secret as hex in `x-cld-signature`.
pub static CLOUDINARY_SHA256: Preset = Preset {
    name: "cloudinary-sha256",
    aliases: &[],
    title: "Cloudinary, SHA-256",
    documentation: "https://github.com/cloudinary/cloudinary_npm",
    checked: "2026-11-29",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the API secret", prefixes: &[] },
    dedupe: &[],
    event_type: Some(Place::body("/notification_type")),
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![Slot::header("x-cld-signature")],
            grammar: plain(""),
            encoding: Encoding::Hex,
            algorithm: Algorithm::Digest(Hash::Sha256),
            content: list![list![Part::Body, Part::Timestamp, Part::Secret]],
            key: KeyForm::Text,
        }),
        timestamp: Some(time(Place::header("x-cld-timestamp"), TimeUnit::Seconds, within(7200))),
        id: None,
        require: list![],
    },
};

/// Contentful: HMAC-SHA256 over method, path and query, the headers that it names, and body,
/// hex in `x-contentful-signature`.
///
/// The path must be the one that Contentful calls. A query with escapes is signed in a form of
/// its own and does not verify. The time header is signed and not judged.
pub static CONTENTFUL: Preset = Preset {
    name: "contentful",
    aliases: &[],
    title: "Contentful",
    documentation: "https://github.com/contentful/node-apps-toolkit",
    checked: "2026-11-29",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the signing secret, 64 characters", prefixes: &[] },
    dedupe: &[],
    event_type: Some(Place::header("x-contentful-topic")),
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![Slot::header("x-contentful-signature")],
            grammar: plain(""),
            encoding: Encoding::Hex,
            algorithm: Algorithm::Hmac(Hash::Sha256),
            content: CONTENTFUL_CONTENT,
            key: KeyForm::Text,
        }),
        timestamp: None,
        id: None,
        require: list![],
    },
};

/// Dropbox: HMAC-SHA256 over the body as hex in `x-dropbox-signature`.
pub static DROPBOX: Preset = Preset {
    name: "dropbox",
    aliases: &[],
    title: "Dropbox",
    documentation: "https://www.dropbox.com/developers/reference/webhooks",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the app secret", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: body_hmac(
        list![Slot::header("x-dropbox-signature")],
        "",
        Encoding::Hex,
        Hash::Sha256,
    ),
};

/// Fathom: Standard Webhooks (`v1`, base64 HMAC-SHA256 over id, time and body) in the
/// `webhook-*` headers.
pub static FATHOM: Preset = Preset {
    name: "fathom",
    aliases: &[],
    title: "Fathom",
    documentation: "https://developers.fathom.ai/webhooks",
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

/// Figma: the secret itself in `/passcode`. It covers nothing of what was sent.
pub static FIGMA: Preset = Preset {
    name: "figma",
    aliases: &[],
    title: "Figma",
    documentation: "https://developers.figma.com/docs/rest-api/webhooks/",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the passcode given when the webhook was made", prefixes: &[] },
    dedupe: &[Place::body("/webhook_id"), Place::body("/timestamp")],
    event_type: Some(Place::body("/event_type")),
    retries: "",
    description: shown(Place::body("/passcode"), TokenGrammar::Plain { prefix: text("") }),
};

/// Fireflies.ai: HMAC-SHA256 over the body as hex behind `sha256=` in `x-hub-signature`.
pub static FIREFLIES: Preset = Preset {
    name: "fireflies",
    aliases: &["fireflies-ai"],
    title: "Fireflies.ai",
    documentation: "https://docs.fireflies.ai/graphql-api/webhooks",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the webhook's signing secret", prefixes: &[] },
    dedupe: &[Place::body("/meetingId"), Place::body("/eventType")],
    event_type: Some(Place::body("/eventType")),
    retries: "",
    description: body_hmac(
        list![Slot::header("x-hub-signature")],
        "sha256=",
        Encoding::Hex,
        Hash::Sha256,
    ),
};

/// Frame.io: HMAC-SHA256 over `v0:`, time, colon and body as hex behind `v0=` in
/// `x-frameio-signature`.
pub static FRAME_IO: Preset = Preset {
    name: "frame-io",
    aliases: &["frameio"],
    title: "Frame.io",
    documentation: "https://developer.frame.io/docs/automations-webhooks/webhooks-overview",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the webhook's signing secret", prefixes: &[] },
    dedupe: &[],
    event_type: Some(Place::body("/type")),
    retries: "",
    description: dated(
        list![Slot::header("x-frameio-signature")],
        "v0=",
        Encoding::Hex,
        V0_TIME_BODY,
        time(Place::header("x-frameio-request-timestamp"), TimeUnit::Seconds, Tolerance::Unbounded),
    ),
};

/// Ghost: HMAC-SHA256 over body and time as `sha256=<hex>` items in `x-ghost-signature`. The
/// time is in milliseconds.
///
/// Answering 410 deletes the webhook.
pub static GHOST: Preset = Preset {
    name: "ghost",
    aliases: &[],
    title: "Ghost",
    documentation: "https://docs.ghost.org/webhooks",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the webhook's signing secret", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![Slot::header("x-ghost-signature")],
            grammar: items(',', '=', list![text("sha256")]),
            encoding: Encoding::Hex,
            algorithm: Algorithm::Hmac(Hash::Sha256),
            content: BODY_TIME,
            key: KeyForm::Text,
        }),
        timestamp: Some(time(Place::item("t"), TimeUnit::Milliseconds, Tolerance::Unbounded)),
        id: None,
        require: list![],
    },
};

/// Ghost, older: HMAC-SHA256 over the body as `sha256=<hex>` items in `x-ghost-signature`.
///
/// The time beside the signature is not signed.
pub static GHOST_LEGACY: Preset = Preset {
    name: "ghost-legacy",
    aliases: &[],
    title: "Ghost, older",
    documentation: "https://docs.ghost.org/webhooks",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the webhook's signing secret", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![Slot::header("x-ghost-signature")],
            grammar: items(',', '=', list![text("sha256")]),
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

/// Hygraph: HMAC-SHA256 over a JSON object of body, environment and time, base64 as `sign=` in
/// `gcms-signature`. The time is in milliseconds.
pub static HYGRAPH: Preset = Preset {
    name: "hygraph",
    aliases: &["graphcms"],
    title: "Hygraph",
    documentation: "https://hygraph.com/docs/api-reference/basics/webhooks",
    checked: "2026-11-29",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the webhook's secret key", prefixes: &[] },
    dedupe: &[],
    event_type: Some(Place::body("/operation")),
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![Slot::header("gcms-signature")],
            grammar: items(',', '=', list![text("sign")]),
            encoding: Encoding::Base64,
            algorithm: Algorithm::Hmac(Hash::Sha256),
            content: list![list![
                Part::literal("{\"Body\":"),
                Part::BodyJsonString,
                Part::literal(",\"EnvironmentName\":\""),
                Part::Value(Place::item("env")),
                Part::literal("\",\"TimeStamp\":"),
                Part::Timestamp,
                Part::literal("}")
            ]],
            key: KeyForm::Text,
        }),
        timestamp: Some(time(Place::item("t"), TimeUnit::Milliseconds, Tolerance::Unbounded)),
        id: None,
        require: list![],
    },
};

/// Liveblocks: Standard Webhooks (`v1`, base64 HMAC-SHA256 over id, time and body) in the
/// `webhook-*` headers.
pub static LIVEBLOCKS: Preset = Preset {
    name: "liveblocks",
    aliases: &[],
    title: "Liveblocks",
    documentation: "https://liveblocks.io/docs/platform/webhooks",
    checked: "2026-11-29",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "whsec_ and base64", prefixes: &["whsec_"] },
    dedupe: &[Place::header("webhook-id")],
    event_type: Some(Place::body("/type")),
    retries: "",
    description: standard(
        list![Slot::header("webhook-signature")],
        Place::header("webhook-id"),
        Place::header("webhook-timestamp"),
    ),
};

/// LiveKit: a JSON web token (HS256) in `authorization` whose claim `sha256` is the base64
/// SHA-256 of the body.
pub static LIVEKIT: Preset = Preset {
    name: "livekit",
    aliases: &[],
    title: "LiveKit",
    documentation: "https://github.com/livekit/node-sdks",
    checked: "2026-11-29",
    evidence: Evidence::Sdk,
    secret: SecretShape {
        hint: "the API secret; its API key is the parameter key_id",
        prefixes: &[],
    },
    dedupe: &[Place::body("/id")],
    event_type: Some(Place::body("/event")),
    retries: "",
    description: Description {
        authentication: Authentication::Jose(Jose {
            at: Place::header("authorization"),
            grammar: TokenGrammar::Plain { prefix: text("") },
            payload: JosePayload::Claims,
            algorithms: list![JoseAlgorithm::Hs256],
            key: JoseKey::Ring(KeyForm::Text),
            times: JoseTimes {
                expires: Presence::Required,
                not_before: Presence::IfPresent,
                issued: Presence::IfPresent,
                leeway: 10,
                max_age: None,
            },
        }),
        timestamp: None,
        id: None,
        require: list![
            equals_if_given(Place::claim("iss"), Parameter::KeyId),
            body_digest(Place::claim("sha256"), Hash::Sha256, Encoding::Base64)
        ],
    },
};

/// Mux: HMAC-SHA256 over time, dot and body as `v1=<hex>` items in `mux-signature`.
pub static MUX: Preset = Preset {
    name: "mux",
    aliases: &[],
    title: "Mux",
    documentation: "https://www.mux.com/docs/core/verify-webhook-signatures",
    checked: "2026-11-29",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the webhook's signing secret", prefixes: &[] },
    dedupe: &[Place::body("/id")],
    event_type: Some(Place::body("/type")),
    retries: "",
    description: dated_list(
        list![Slot::header("mux-signature")],
        list![text("v1")],
        time(Place::item("t"), TimeUnit::Seconds, FIVE_MINUTES),
    ),
};

/// Sanity: HMAC-SHA256 over time, dot and body as `v1=<base64url>` items in
/// `sanity-webhook-signature`. The time is in milliseconds.
///
/// The idempotency key header is not signed.
pub static SANITY: Preset = Preset {
    name: "sanity",
    aliases: &[],
    title: "Sanity",
    documentation: "https://github.com/sanity-io/webhook-toolkit",
    checked: "2026-11-29",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the webhook's signing secret", prefixes: &[] },
    dedupe: &[Place::header("idempotency-key")],
    event_type: None,
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![Slot::header("sanity-webhook-signature")],
            grammar: items(',', '=', list![text("v1")]),
            encoding: Encoding::Base64Url,
            algorithm: Algorithm::Hmac(Hash::Sha256),
            content: TIME_DOT_BODY,
            key: KeyForm::Text,
        }),
        timestamp: Some(time(Place::item("t"), TimeUnit::Milliseconds, Tolerance::Unbounded)),
        id: None,
        require: list![],
    },
};

/// Webflow: HMAC-SHA256 over time, colon and body as hex in `x-webflow-signature`. The time is
/// in milliseconds.
///
/// Webhooks made in the dashboard are not signed.
pub static WEBFLOW: Preset = Preset {
    name: "webflow",
    aliases: &[],
    title: "Webflow",
    documentation: "https://developers.webflow.com/data/docs/working-with-webhooks",
    checked: "2026-11-29",
    evidence: Evidence::Sdk,
    secret: SecretShape {
        hint: "the OAuth client secret, or the webhook's own key",
        prefixes: &[],
    },
    dedupe: &[],
    event_type: Some(Place::body("/triggerType")),
    retries: "",
    description: dated(
        list![Slot::header("x-webflow-signature")],
        "",
        Encoding::Hex,
        TIME_COLON_BODY,
        time(Place::header("x-webflow-timestamp"), TimeUnit::Milliseconds, FIVE_MINUTES),
    ),
};

/// The primary key signs one header, the secondary key the other.
const BOX_HEADERS: List<Slot> = list![
    Slot {
        place: Place::header("box-signature-primary"),
        repeat: Repeat::Refuse,
        key: KeyChoice::Nth(0),
    },
    Slot {
        place: Place::header("box-signature-secondary"),
        repeat: Repeat::Refuse,
        key: KeyChoice::Nth(1),
    },
];

const FIRST_ADOBE: Signature = Signature {
    at: list![Slot::header("x-adobe-digital-signature-1")],
    grammar: plain(""),
    encoding: Encoding::Base64,
    algorithm: Algorithm::RsaPkcs1(Hash::Sha256),
    content: BODY,
    key: KeyForm::Fetched(key_id(Place::header("x-adobe-public-key1-path"))),
};

const SECOND_ADOBE: Signature = Signature {
    at: list![Slot::header("x-adobe-digital-signature-2")],
    grammar: plain(""),
    encoding: Encoding::Base64,
    algorithm: Algorithm::RsaPkcs1(Hash::Sha256),
    content: BODY,
    key: KeyForm::Fetched(key_id(Place::header("x-adobe-public-key2-path"))),
};

const CONTENTFUL_CONTENT: List<Template> = list![list![
    Part::Method,
    LINE_END,
    Part::Url(UrlPart::PathAndQueryEncoded),
    LINE_END,
    Part::Headers(NamedHeaders {
        named_at: Place::header("x-contentful-signed-headers"),
        separator: ',',
        always: list![text("x-contentful-signed-headers"), text("x-contentful-timestamp")],
        style: HeaderStyle::NameAndValue(text(":")),
        between: text(";"),
        last: text(""),
    }),
    LINE_END,
    Part::Body,
]];

const fn cloudinary(hash: Hash) -> Signature {
    Signature {
        at: list![Slot::header("x-cld-signature")],
        grammar: plain(""),
        encoding: Encoding::Hex,
        algorithm: Algorithm::Digest(hash),
        content: list![list![Part::Body, Part::Timestamp, Part::Secret]],
        key: KeyForm::Text,
    }
}
