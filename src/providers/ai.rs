//! Models and agents.

use super::blocks::*;

pub(super) static ROWS: &[&Preset] = &[
    &CURSOR,
    &DEEPGRAM,
    &ELEVENLABS,
    &FIRECRAWL,
    &GEMINI,
    &GRANOLA,
    &HUGGING_FACE,
    &LANGFUSE,
    &OPENAI,
    &REPLICATE,
    &RETELL,
    &VAPI,
];

/// Cursor: HMAC-SHA256 over the body as hex behind `sha256=` in `x-webhook-signature`.
pub static CURSOR: Preset = Preset {
    name: "cursor",
    aliases: &[],
    title: "Cursor",
    documentation: "https://docs.cursor.com/account/cloud-agent-webhooks",
    checked: "2026-11-22",
    evidence: Evidence::Documentation,
    secret: SecretShape { hint: "the webhook's signing secret", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: body_hmac(
        list![Slot::header("x-webhook-signature")],
        "sha256=",
        Encoding::Hex,
        Hash::Sha256,
    ),
};

/// Deepgram: the secret itself in `dg-token`. It covers nothing of what was sent.
pub static DEEPGRAM: Preset = Preset {
    name: "deepgram",
    aliases: &[],
    title: "Deepgram",
    documentation: "https://developers.deepgram.com/docs/callback",
    checked: "2026-11-22",
    evidence: Evidence::Documentation,
    secret: SecretShape {
        hint: "the identifier of the API key that made the request",
        prefixes: &[],
    },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: shown(Place::header("dg-token"), TokenGrammar::Plain { prefix: text("") }),
};

/// ElevenLabs: HMAC-SHA256 over time, dot and body as `v0=<hex>` items in
/// `elevenlabs-signature`.
pub static ELEVENLABS: Preset = Preset {
    name: "elevenlabs",
    aliases: &["eleven-labs"],
    title: "ElevenLabs",
    documentation: "https://elevenlabs.io/docs/overview/administration/webhooks",
    checked: "2026-11-29",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the webhook's signing secret", prefixes: &[] },
    dedupe: &[Place::body("/type"), Place::body("/data/conversation_id")],
    event_type: Some(Place::body("/type")),
    retries: "",
    description: dated_list(
        list![Slot::header("elevenlabs-signature")],
        list![text("v0")],
        time(Place::item("t"), TimeUnit::Seconds, within(1800)),
    ),
};

/// Firecrawl: HMAC-SHA256 over the body as hex behind `sha256=` in `x-firecrawl-signature`.
pub static FIRECRAWL: Preset = Preset {
    name: "firecrawl",
    aliases: &[],
    title: "Firecrawl",
    documentation: "https://docs.firecrawl.dev/webhooks/overview",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the account's webhook secret", prefixes: &[] },
    dedupe: &[Place::body("/webhookId")],
    event_type: Some(Place::body("/type")),
    retries: "",
    description: body_hmac(
        list![Slot::header("x-firecrawl-signature")],
        "sha256=",
        Encoding::Hex,
        Hash::Sha256,
    ),
};

/// Gemini API, static: Standard Webhooks (`v1`, base64 HMAC-SHA256 over id, time and body) in
/// the `webhook-*` headers.
///
/// The dynamic mode signs otherwise.
pub static GEMINI: Preset = Preset {
    name: "gemini",
    aliases: &["gemini-api", "google-gemini"],
    title: "Gemini API, static",
    documentation: "https://ai.google.dev/gemini-api/docs",
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

/// Granola: Standard Webhooks (`v1`, base64 HMAC-SHA256 over id, time and body) in the
/// `webhook-*` headers.
pub static GRANOLA: Preset = Preset {
    name: "granola",
    aliases: &[],
    title: "Granola",
    documentation: "https://docs.granola.ai",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "whsec_ and base64", prefixes: &["whsec_"] },
    dedupe: &[Place::header("webhook-id")],
    event_type: Some(Place::body("/event_type")),
    retries: "",
    description: standard(
        list![Slot::header("webhook-signature")],
        Place::header("webhook-id"),
        Place::header("webhook-timestamp"),
    ),
};

/// Hugging Face: the secret itself in `x-webhook-secret`. It covers nothing of what was sent.
pub static HUGGING_FACE: Preset = Preset {
    name: "hugging-face",
    aliases: &["huggingface"],
    title: "Hugging Face",
    documentation: "https://github.com/huggingface/huggingface_hub",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the webhook's secret", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: shown(Place::header("x-webhook-secret"), TokenGrammar::Plain { prefix: text("") }),
};

/// Langfuse: HMAC-SHA256 over time, dot and body as `v1=<hex>` items in `x-langfuse-signature`.
pub static LANGFUSE: Preset = Preset {
    name: "langfuse",
    aliases: &[],
    title: "Langfuse",
    documentation: "https://langfuse.com/docs/prompt-management/features/webhooks-slack-integrations",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the signing secret, lf-whsec_…", prefixes: &["lf-whsec_"] },
    dedupe: &[Place::body("/id")],
    event_type: Some(Place::body("/type")),
    retries: "",
    description: dated_list(
        list![Slot::header("x-langfuse-signature")],
        list![text("v1")],
        time(Place::item("t"), TimeUnit::Seconds, Tolerance::Unbounded),
    ),
};

/// OpenAI: Standard Webhooks (`v1`, base64 HMAC-SHA256 over id, time and body) in the
/// `webhook-*` headers.
pub static OPENAI: Preset = Preset {
    name: "openai",
    aliases: &["open-ai"],
    title: "OpenAI",
    documentation: "https://platform.openai.com/docs/guides/webhooks",
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

/// Replicate: Standard Webhooks (`v1`, base64 HMAC-SHA256 over id, time and body) in the
/// `webhook-*` headers.
pub static REPLICATE: Preset = Preset {
    name: "replicate",
    aliases: &[],
    title: "Replicate",
    documentation: "https://replicate.com/docs/webhooks",
    checked: "2026-11-29",
    evidence: Evidence::Sdk,
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

/// Retell AI: HMAC-SHA256 over body and time as `d=<hex>` items in `x-retell-signature`. The
/// time is in milliseconds.
pub static RETELL: Preset = Preset {
    name: "retell",
    aliases: &["retell-ai"],
    title: "Retell AI",
    documentation: "https://docs.retellai.com/features/secure-webhook",
    checked: "2026-11-29",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the API key", prefixes: &[] },
    dedupe: &[Place::body("/event"), Place::body("/call/call_id")],
    event_type: Some(Place::body("/event")),
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![Slot::header("x-retell-signature")],
            grammar: items(',', '=', list![text("d")]),
            encoding: Encoding::Hex,
            algorithm: Algorithm::Hmac(Hash::Sha256),
            content: BODY_TIME,
            key: KeyForm::Text,
        }),
        timestamp: Some(time(Place::item("v"), TimeUnit::Milliseconds, FIVE_MINUTES)),
        id: None,
        require: list![],
    },
};

/// Vapi: HMAC-SHA256 over the body as hex in `x-vapi-signature`.
///
/// The credential must be set to SHA-256 over the body without a time.
pub static VAPI: Preset = Preset {
    name: "vapi",
    aliases: &[],
    title: "Vapi",
    documentation: "https://docs.vapi.ai/server-url/server-authentication",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the secret of the HMAC credential", prefixes: &[] },
    dedupe: &[],
    event_type: Some(Place::body("/message/type")),
    retries: "",
    description: body_hmac(
        list![Slot::header("x-vapi-signature")],
        "",
        Encoding::Hex,
        Hash::Sha256,
    ),
};
