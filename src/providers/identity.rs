//! Who people are: sign-in, checks of identity, compliance.

use super::blocks::*;

pub(super) static ROWS: &[&Preset] = &[
    &AUTH0,
    &CASTLE,
    &CLERK,
    &OKTA,
    &ONFIDO,
    &PERSONA,
    &STYTCH,
    &SUMSUB,
    &SUMSUB_SHA1,
    &SUMSUB_SHA512,
    &VANTA,
    &WORKOS,
];

/// Auth0 log streams: the secret itself in `authorization`. It covers nothing of what was sent.
///
/// One delivery holds many logs.
pub static AUTH0: Preset = Preset {
    name: "auth0",
    aliases: &[],
    title: "Auth0 log streams",
    documentation: "https://auth0.com/docs/customize/log-streams/custom-log-streams",
    checked: "2026-11-22",
    evidence: Evidence::Documentation,
    secret: SecretShape {
        hint: "the value that you gave for the Authorization header",
        prefixes: &[],
    },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: shown(Place::header("authorization"), TokenGrammar::Plain { prefix: text("") }),
};

/// Castle: HMAC-SHA256 over the body as base64 in `x-castle-signature`.
pub static CASTLE: Preset = Preset {
    name: "castle",
    aliases: &[],
    title: "Castle",
    documentation: "https://github.com/castle/castle-python",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the API secret", prefixes: &[] },
    dedupe: &[Place::body("/id")],
    event_type: Some(Place::body("/type")),
    retries: "",
    description: body_hmac(
        list![Slot::header("x-castle-signature")],
        "",
        Encoding::Base64,
        Hash::Sha256,
    ),
};

/// Clerk: Standard Webhooks (`v1`, base64 HMAC-SHA256 over id, time and body) under Svix's
/// header names.
pub static CLERK: Preset = Preset {
    name: "clerk",
    aliases: &[],
    title: "Clerk",
    documentation: "https://clerk.com/docs/webhooks/overview",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "whsec_ and base64", prefixes: &["whsec_"] },
    dedupe: &[Place::header("svix-id")],
    event_type: Some(Place::body("/type")),
    retries: "",
    description: svix(),
};

/// Okta event hooks: the secret itself in `authorization`. It covers nothing of what was sent.
pub static OKTA: Preset = Preset {
    name: "okta",
    aliases: &[],
    title: "Okta event hooks",
    documentation: "https://developer.okta.com/docs/concepts/event-hooks/",
    checked: "2026-11-22",
    evidence: Evidence::Documentation,
    secret: SecretShape {
        hint: "the value that you gave for the Authorization header",
        prefixes: &[],
    },
    dedupe: &[Place::body("/eventId")],
    event_type: Some(Place::body("/eventType")),
    retries: "",
    description: shown(Place::header("authorization"), TokenGrammar::Plain { prefix: text("") }),
};

/// Onfido (Entrust): HMAC-SHA256 over the body as hex in `x-sha2-signature`.
pub static ONFIDO: Preset = Preset {
    name: "onfido",
    aliases: &[],
    title: "Onfido (Entrust)",
    documentation: "https://github.com/onfido/onfido-node",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the webhook's token", prefixes: &[] },
    dedupe: &[
        Place::body("/payload/object/id"),
        Place::body("/payload/action"),
        Place::body("/payload/object/completed_at_iso8601"),
    ],
    event_type: Some(Place::body("/payload/action")),
    retries: "",
    description: body_hmac(
        list![Slot::header("x-sha2-signature")],
        "",
        Encoding::Hex,
        Hash::Sha256,
    ),
};

/// Persona: HMAC-SHA256 over time, dot and body as `v1=<hex>` items in `persona-signature`.
pub static PERSONA: Preset = Preset {
    name: "persona",
    aliases: &[],
    title: "Persona",
    documentation: "https://docs.withpersona.com/webhooks",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the webhook's secret", prefixes: &[] },
    dedupe: &[Place::body("/data/id")],
    event_type: Some(Place::body("/data/attributes/name")),
    retries: "",
    description: dated_list(
        list![Slot::header("persona-signature")],
        list![text("v1")],
        time(Place::item("t"), TimeUnit::Seconds, Tolerance::Unbounded),
    ),
};

/// Stytch: Standard Webhooks (`v1`, base64 HMAC-SHA256 over id, time and body) under Svix's
/// header names.
pub static STYTCH: Preset = Preset {
    name: "stytch",
    aliases: &[],
    title: "Stytch",
    documentation: "https://stytch.com/docs/guides/webhooks",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "whsec_ and base64", prefixes: &["whsec_"] },
    dedupe: &[Place::header("svix-id")],
    event_type: None,
    retries: "",
    description: svix(),
};

/// Sumsub: HMAC-SHA256 over the body as hex in `x-payload-digest`.
///
/// The algorithm is pinned; the header that names it is only compared.
pub static SUMSUB: Preset = Preset {
    name: "sumsub",
    aliases: &[],
    title: "Sumsub",
    documentation: "https://docs.sumsub.com/docs/webhooks",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the webhook's secret key", prefixes: &[] },
    dedupe: &[],
    event_type: Some(Place::body("/type")),
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![Slot::header("x-payload-digest")],
            grammar: plain(""),
            encoding: Encoding::Hex,
            algorithm: Algorithm::Hmac(Hash::Sha256),
            content: BODY,
            key: KeyForm::Text,
        }),
        timestamp: None,
        id: None,
        require: list![equals_text(Place::header("x-payload-digest-alg"), "HMAC_SHA256_HEX")],
    },
};

/// Sumsub, legacy SHA-1: HMAC-SHA1 over the body as hex in `x-payload-digest`.
///
/// The algorithm is pinned; the header that names it is only compared.
pub static SUMSUB_SHA1: Preset = Preset {
    name: "sumsub-sha1",
    aliases: &[],
    title: "Sumsub, legacy SHA-1",
    documentation: "https://docs.sumsub.com/docs/webhooks",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the webhook's secret key", prefixes: &[] },
    dedupe: &[],
    event_type: Some(Place::body("/type")),
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![Slot::header("x-payload-digest")],
            grammar: plain(""),
            encoding: Encoding::Hex,
            algorithm: Algorithm::Hmac(Hash::Sha1Legacy),
            content: BODY,
            key: KeyForm::Text,
        }),
        timestamp: None,
        id: None,
        require: list![equals_text(Place::header("x-payload-digest-alg"), "HMAC_SHA1_HEX")],
    },
};

/// Sumsub, SHA-512: HMAC-SHA512 over the body as hex in `x-payload-digest`.
///
/// The algorithm is pinned; the header that names it is only compared.
pub static SUMSUB_SHA512: Preset = Preset {
    name: "sumsub-sha512",
    aliases: &[],
    title: "Sumsub, SHA-512",
    documentation: "https://docs.sumsub.com/docs/webhooks",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the webhook's secret key", prefixes: &[] },
    dedupe: &[],
    event_type: Some(Place::body("/type")),
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![Slot::header("x-payload-digest")],
            grammar: plain(""),
            encoding: Encoding::Hex,
            algorithm: Algorithm::Hmac(Hash::Sha512),
            content: BODY,
            key: KeyForm::Text,
        }),
        timestamp: None,
        id: None,
        require: list![equals_text(Place::header("x-payload-digest-alg"), "HMAC_SHA512_HEX")],
    },
};

/// Vanta: Standard Webhooks (`v1`, base64 HMAC-SHA256 over id, time and body) under Svix's
/// header names.
pub static VANTA: Preset = Preset {
    name: "vanta",
    aliases: &[],
    title: "Vanta",
    documentation: "https://developer.vanta.com",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "whsec_ and base64", prefixes: &["whsec_"] },
    dedupe: &[Place::header("svix-id")],
    event_type: None,
    retries: "",
    description: svix(),
};

/// WorkOS: HMAC-SHA256 over time, dot and body as `v1=<hex>` items in `workos-signature`. The
/// time is in milliseconds.
pub static WORKOS: Preset = Preset {
    name: "workos",
    aliases: &[],
    title: "WorkOS",
    documentation: "https://github.com/workos/workos-node",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the webhook's signing secret", prefixes: &[] },
    dedupe: &[Place::body("/id")],
    event_type: Some(Place::body("/event")),
    retries: "",
    description: dated_list(
        list![Slot::header("workos-signature")],
        list![text("v1")],
        time(Place::item("t"), TimeUnit::Milliseconds, within(180)),
    ),
};
