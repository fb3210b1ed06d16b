//! Who people are: sign-in, checks of identity, compliance.

use super::blocks::*;

pub(super) static ROWS: &[&Preset] = &[
    &AUTH0,
    &CASTLE,
    &CLERK,
    &FUSIONAUTH,
    &KINDE,
    &OKTA,
    &ONFIDO,
    &PERSONA,
    &STYTCH,
    &SUMSUB,
    &SUMSUB_SHA1,
    &SUMSUB_SHA512,
    &SYNERISE_JWT,
    &VANTA,
    &WORKOS,
];

/// Auth0 log streams: the secret itself in `authorization`. It covers nothing of what was sent.
///
/// One delivery holds many logs.
pub static AUTH0: Preset = Preset {
    name: "auth0",
    aliases: &["auth0-log-streams"],
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
    checked: "2026-11-29",
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
/// header names, or the neutral ones.
pub static CLERK: Preset = Preset {
    name: "clerk",
    aliases: &[],
    title: "Clerk",
    documentation: "https://clerk.com/docs/webhooks/overview",
    checked: "2026-11-29",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "whsec_ and base64", prefixes: &["whsec_"] },
    dedupe: SVIX_ID,
    event_type: Some(Place::body("/type")),
    retries: "",
    description: svix(),
};

/// FusionAuth: a JSON web token in `x-fusionauth-signature-jwt` whose claim
/// `request_body_sha256` is the base64 SHA-256 of the body.
///
/// Public keys need the feature `asymmetric`.
pub static FUSIONAUTH: Preset = Preset {
    name: "fusionauth",
    aliases: &[],
    title: "FusionAuth",
    documentation: "https://fusionauth.io/docs/extend/events-and-webhooks/signing",
    checked: "2026-11-22",
    evidence: Evidence::Documentation,
    secret: SecretShape {
        hint: "the HMAC secret, or the public key of the signing key",
        prefixes: &[],
    },
    dedupe: &[Place::body("/event/id")],
    event_type: Some(Place::body("/event/type")),
    retries: "",
    description: Description {
        authentication: Authentication::Jose(Jose {
            at: Place::header("x-fusionauth-signature-jwt"),
            grammar: TokenGrammar::Plain { prefix: text("") },
            payload: JosePayload::Claims,
            algorithms: list![
                JoseAlgorithm::Hs256,
                JoseAlgorithm::Hs384,
                JoseAlgorithm::Hs512,
                JoseAlgorithm::Rs256,
                JoseAlgorithm::Rs384,
                JoseAlgorithm::Rs512,
                JoseAlgorithm::Es256,
                JoseAlgorithm::Es384,
                JoseAlgorithm::Es512,
                JoseAlgorithm::EdDsa
            ],
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
        require: list![body_digest(
            Place::claim("request_body_sha256"),
            Hash::Sha256,
            Encoding::Base64
        )],
    },
};

/// Kinde: the body is a JSON web token (RS256).
///
/// The host takes the event from the token's claims. Needs the feature `asymmetric`.
pub static KINDE: Preset = Preset {
    name: "kinde",
    aliases: &[],
    title: "Kinde",
    documentation: "https://docs.kinde.com/integrate/webhooks/about-webhooks/",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape {
        hint: "the key of the token's key id, from the key set of your Kinde domain",
        prefixes: &[],
    },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: Description {
        authentication: Authentication::Jose(Jose {
            at: Place::WholeBody,
            grammar: TokenGrammar::Plain { prefix: text("") },
            payload: JosePayload::Claims,
            algorithms: list![JoseAlgorithm::Rs256],
            key: JoseKey::Fetched(key_id(Place::JoseHeader(text("kid")))),
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
        require: list![],
    },
};

/// Okta event hooks: the secret itself in `authorization`. It covers nothing of what was sent.
pub static OKTA: Preset = Preset {
    name: "okta",
    aliases: &["okta-event-hooks"],
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
    aliases: &["entrust", "entrust-idv", "onfido-entrust"],
    title: "Onfido (Entrust)",
    documentation: "https://github.com/onfido/onfido-node",
    checked: "2026-11-29",
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
/// header names, or the neutral ones.
pub static STYTCH: Preset = Preset {
    name: "stytch",
    aliases: &[],
    title: "Stytch",
    documentation: "https://stytch.com/docs/guides/webhooks",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "whsec_ and base64", prefixes: &["whsec_"] },
    dedupe: SVIX_ID,
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

/// Synerise incoming integration, JWT: a JSON web token in `authorization` behind `Bearer`.
///
/// The token does not cover the body. The permission is INCOMING_WEBHOOK_EXECUTE. Public keys
/// need the feature `asymmetric`.
pub static SYNERISE_JWT: Preset = Preset {
    name: "synerise-jwt",
    aliases: &["jwt-bearer"],
    title: "Synerise incoming integration, JWT",
    documentation: "https://hub.synerise.com",
    checked: "2026-11-22",
    evidence: Evidence::Documentation,
    secret: SecretShape {
        hint: "the secret or public key that the workspace's tokens are verified with",
        prefixes: &[],
    },
    dedupe: &[Place::header("x-deduplication-hash")],
    event_type: None,
    retries: "",
    description: Description {
        authentication: Authentication::Jose(Jose {
            at: Place::header("authorization"),
            grammar: TokenGrammar::Word { word: text("Bearer") },
            payload: JosePayload::Claims,
            algorithms: list![
                JoseAlgorithm::Hs256,
                JoseAlgorithm::Rs256,
                JoseAlgorithm::Es256,
                JoseAlgorithm::EdDsa
            ],
            key: JoseKey::Ring(KeyForm::Text),
            times: JoseTimes {
                expires: Presence::Required,
                not_before: Presence::IfPresent,
                issued: Presence::IfPresent,
                leeway: 60,
                max_age: None,
            },
        }),
        timestamp: None,
        id: None,
        require: list![
            Equality {
                at: Place::claim("iss"),
                equals: Expected::ParameterIfGiven(Parameter::Issuer)
            },
            Equality {
                at: Place::claim("aud"),
                equals: Expected::ParameterIfGiven(Parameter::Audience)
            },
            Equality {
                at: Place::claim("permissions"),
                equals: Expected::ParameterIfGiven(Parameter::Permission)
            }
        ],
    },
};

/// Vanta: Standard Webhooks (`v1`, base64 HMAC-SHA256 over id, time and body) under Svix's
/// header names, or the neutral ones.
pub static VANTA: Preset = Preset {
    name: "vanta",
    aliases: &[],
    title: "Vanta",
    documentation: "https://developer.vanta.com",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "whsec_ and base64", prefixes: &["whsec_"] },
    dedupe: SVIX_ID,
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
    checked: "2026-11-29",
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
