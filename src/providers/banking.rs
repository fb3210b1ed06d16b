//! Banks, cards, accounting and payroll.

use super::blocks::*;

pub(super) static ROWS: &[&Preset] = &[
    &BILL,
    &BREX,
    &FINCH,
    &INCREASE,
    &INTEGRATED_FINANCE,
    &LITHIC,
    &MODERN_TREASURY,
    &PLAID,
    &QUICKBOOKS,
    &REVOLUT,
    &RIPPLE_COLLECTIONS,
    &SUBTOTAL,
    &TINK,
    &TRUELAYER,
    &UNIT,
    &WISE,
    &WISE_SHA1,
    &XERO,
];

/// BILL: HMAC-SHA256 over the body without its white space, as base64 in
/// `x-bill-sha-signature`.
pub static BILL: Preset = Preset {
    name: "bill",
    aliases: &[],
    title: "BILL",
    documentation: "https://developer.bill.com/docs/webhooks",
    checked: "2026-11-22",
    evidence: Evidence::Documentation,
    secret: SecretShape { hint: "the subscription's security key", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: signed(Signature {
        at: list![Slot::header("x-bill-sha-signature")],
        grammar: plain(""),
        encoding: Encoding::Base64,
        algorithm: Algorithm::Hmac(Hash::Sha256),
        content: list![list![Part::BodyMinified]],
        key: KeyForm::Text,
    }),
};

/// Brex: Standard Webhooks (`v1`, base64 HMAC-SHA256 over id, time and body) in the `webhook-*`
/// headers.
pub static BREX: Preset = Preset {
    name: "brex",
    aliases: &[],
    title: "Brex",
    documentation: "https://developer.brex.com/docs/webhooks/",
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

/// Finch: Standard Webhooks (`v1`, base64 HMAC-SHA256 over id, time and body) in the `finch-*`
/// headers.
///
/// Standard Webhooks under header names of its own.
pub static FINCH: Preset = Preset {
    name: "finch",
    aliases: &[],
    title: "Finch",
    documentation: "https://github.com/Finch-API/finch-api-python",
    checked: "2026-11-29",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "base64", prefixes: &[] },
    dedupe: &[Place::header("finch-event-id")],
    event_type: None,
    retries: "",
    description: standard(
        list![Slot::header("finch-signature")],
        Place::header("finch-event-id"),
        Place::header("finch-timestamp"),
    ),
};

/// Increase: Standard Webhooks (`v1`, base64 HMAC-SHA256 over id, time and body) in the
/// `webhook-*` headers.
pub static INCREASE: Preset = Preset {
    name: "increase",
    aliases: &[],
    title: "Increase",
    documentation: "https://github.com/Increase/increase-python",
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

/// integrated.finance: Ed25519 over the digest of the body, the ids, times and key version,
/// base64 in `x-webhook-signature`.
///
/// Needs the feature `asymmetric`.
pub static INTEGRATED_FINANCE: Preset = Preset {
    name: "integrated-finance",
    aliases: &[],
    title: "integrated.finance",
    documentation: "https://developer.integrated.finance/docs/webhook-authentication",
    checked: "2026-11-22",
    evidence: Evidence::Documentation,
    secret: SecretShape { hint: "the public key of the key version", prefixes: &[] },
    dedupe: &[Place::header("x-webhook-event-id")],
    event_type: None,
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![Slot {
                place: Place::header("x-webhook-signature"),
                repeat: Repeat::Refuse,
                key: KeyChoice::Named(Place::header("x-webhook-key-version"))
            }],
            grammar: plain(""),
            encoding: Encoding::Base64,
            algorithm: Algorithm::Ed25519,
            content: list![list![
                Part::BodyDigest { hash: Hash::Sha512, encoding: Encoding::Base64 },
                Part::literal("|"),
                Part::header("x-webhook-event-id"),
                Part::literal("|"),
                Part::header("x-webhook-event-timestamp"),
                Part::literal("|"),
                Part::header("x-webhook-request-id"),
                Part::literal("|"),
                Part::Timestamp,
                Part::literal("|"),
                Part::header("x-webhook-key-version")
            ]],
            key: KeyForm::Public,
        }),
        timestamp: Some(time(
            Place::header("x-webhook-request-timestamp"),
            TimeUnit::Rfc3339,
            Tolerance::Unbounded,
        )),
        id: None,
        require: list![],
    },
};

/// Lithic: Standard Webhooks (`v1`, base64 HMAC-SHA256 over id, time and body) in the
/// `webhook-*` headers.
pub static LITHIC: Preset = Preset {
    name: "lithic",
    aliases: &[],
    title: "Lithic",
    documentation: "https://github.com/lithic-com/lithic-node",
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

/// Modern Treasury: HMAC-SHA256 over the body as hex in `x-signature`.
pub static MODERN_TREASURY: Preset = Preset {
    name: "modern-treasury",
    aliases: &["moderntreasury"],
    title: "Modern Treasury",
    documentation: "https://docs.moderntreasury.com/docs/verifying-webhooks",
    checked: "2026-11-29",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the webhook's signing secret", prefixes: &[] },
    dedupe: &[],
    event_type: Some(Place::body("/event")),
    retries: "",
    description: body_hmac(list![Slot::header("x-signature")], "", Encoding::Hex, Hash::Sha256),
};

/// Plaid: a JSON web token (ES256) in `plaid-verification` whose claim `request_body_sha256` is
/// the hex SHA-256 of the body.
///
/// A key that Plaid says has expired must not be used. Needs the feature `asymmetric`.
pub static PLAID: Preset = Preset {
    name: "plaid",
    aliases: &[],
    title: "Plaid",
    documentation: "https://plaid.com/docs/api/webhooks/webhook-verification/",
    checked: "2026-11-22",
    evidence: Evidence::Documentation,
    secret: SecretShape {
        hint: "the key of the token's key id, which the host fetches from Plaid",
        prefixes: &[],
    },
    dedupe: &[],
    event_type: Some(Place::body("/webhook_type")),
    retries: "",
    description: Description {
        authentication: Authentication::Jose(Jose {
            at: Place::header("plaid-verification"),
            grammar: TokenGrammar::Plain { prefix: text("") },
            payload: JosePayload::Claims,
            algorithms: list![JoseAlgorithm::Es256],
            key: JoseKey::Fetched(key_id(Place::JoseHeader(text("kid")))),
            times: JoseTimes {
                expires: Presence::IfPresent,
                not_before: Presence::IfPresent,
                issued: Presence::Required,
                leeway: 0,
                max_age: Some(300),
            },
        }),
        timestamp: None,
        id: None,
        require: list![body_digest(
            Place::claim("request_body_sha256"),
            Hash::Sha256,
            Encoding::Hex
        )],
    },
};

/// QuickBooks Online (Intuit): HMAC-SHA256 over the body as base64 in `intuit-signature`.
///
/// One delivery holds many events.
pub static QUICKBOOKS: Preset = Preset {
    name: "quickbooks",
    aliases: &["intuit"],
    title: "QuickBooks Online (Intuit)",
    documentation: "https://developer.intuit.com/app/developer/qbo/docs/develop/webhooks",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the app's verifier token", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: body_hmac(
        list![Slot::header("intuit-signature")],
        "",
        Encoding::Base64,
        Hash::Sha256,
    ),
};

/// Revolut Business and Merchant: HMAC-SHA256 over `v1.`, time, dot and body as `v1=<hex>`
/// items in `revolut-signature`. The time is in milliseconds.
///
/// Both secrets sign while one is rotated.
pub static REVOLUT: Preset = Preset {
    name: "revolut",
    aliases: &["revolut-business", "revolut-merchant"],
    title: "Revolut Business and Merchant",
    documentation: "https://developer.revolut.com/docs/guides/manage-accounts/webhooks/verify-the-payload-signature",
    checked: "2026-11-22",
    evidence: Evidence::Documentation,
    secret: SecretShape {
        hint: "the webhook's signing secret, wsk_…, used whole",
        prefixes: &["wsk_"],
    },
    dedupe: &[Place::body("/event"), Place::body("/data/id"), Place::body("/timestamp")],
    event_type: Some(Place::body("/event")),
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![Slot::header("revolut-signature")],
            grammar: items(',', '=', list![text("v1")]),
            encoding: Encoding::Hex,
            algorithm: Algorithm::Hmac(Hash::Sha256),
            content: list![list![
                Part::literal("v1."),
                Part::Timestamp,
                Part::literal("."),
                Part::Body
            ]],
            key: KeyForm::Text,
        }),
        timestamp: Some(time(
            Place::header("revolut-request-timestamp"),
            TimeUnit::Milliseconds,
            FIVE_MINUTES,
        )),
        id: None,
        require: list![],
    },
};

/// Ripple Collections: HMAC-SHA256 over time, dot and the hex SHA-256 of the body as `v1=<hex>` items
/// in `x-webhook-signature`.
///
/// Each event type has a key of its own; a source that takes several has one key for each.
pub static RIPPLE_COLLECTIONS: Preset = Preset {
    name: "ripple-collections",
    aliases: &["ripple"],
    title: "Ripple Collections",
    documentation: "https://docs.ripple.com/products/collections/guides/verifying-webhooks",
    checked: "2026-11-29",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the signature_verification_key, base64", prefixes: &[] },
    dedupe: &[],
    event_type: Some(Place::header("x-webhook-event-type")),
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![Slot::header("x-webhook-signature")],
            grammar: items(',', '=', list![text("v1")]),
            encoding: Encoding::Hex,
            algorithm: Algorithm::Hmac(Hash::Sha256),
            content: list![list![
                Part::Timestamp,
                Part::literal("."),
                Part::BodyDigest { hash: Hash::Sha256, encoding: Encoding::Hex }
            ]],
            key: KeyForm::Base64 { prefixes: list![] },
        }),
        timestamp: Some(time(Place::item("t"), TimeUnit::Milliseconds, FIVE_MINUTES)),
        id: None,
        require: list![],
    },
};

/// Subtotal: HMAC-SHA256 over time, dot and body as hex in `x-subtotal-signature`.
pub static SUBTOTAL: Preset = Preset {
    name: "subtotal",
    aliases: &[],
    title: "Subtotal",
    documentation: "https://subtotal.com/docs/webhooks/verifying-signatures",
    checked: "2026-11-22",
    evidence: Evidence::Documentation,
    secret: SecretShape { hint: "the webhook's signing secret", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: dated(
        list![Slot::header("x-subtotal-signature")],
        "",
        Encoding::Hex,
        TIME_DOT_BODY,
        time(Place::header("x-subtotal-timestamp"), TimeUnit::Seconds, Tolerance::Unbounded),
    ),
};

/// Tink: HMAC-SHA256 over time, dot and body as `v1=<hex>` items in `x-tink-signature`.
pub static TINK: Preset = Preset {
    name: "tink",
    aliases: &[],
    title: "Tink",
    documentation: "https://docs.tink.com",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the webhook's signing secret", prefixes: &[] },
    dedupe: &[],
    event_type: Some(Place::body("/event")),
    retries: "",
    description: dated_list(
        list![Slot::header("x-tink-signature")],
        list![text("v1")],
        time(Place::item("t"), TimeUnit::Seconds, Tolerance::Unbounded),
    ),
};

/// TrueLayer: a detached JSON web signature (ES512) in `tl-signature` over method, path, the
/// headers that it names, and body.
///
/// The path must be the one that TrueLayer calls, with its slash or without. Needs the feature
/// `asymmetric`.
pub static TRUELAYER: Preset = Preset {
    name: "truelayer",
    aliases: &["true-layer"],
    title: "TrueLayer",
    documentation: "https://github.com/TrueLayer/truelayer-signing",
    checked: "2026-11-29",
    evidence: Evidence::Sdk,
    secret: SecretShape {
        hint: "TrueLayer's key set, which the host fetches from webhooks.truelayer.com",
        prefixes: &[],
    },
    dedupe: &[Place::body("/event_id")],
    event_type: Some(Place::body("/type")),
    retries: "",
    description: Description {
        authentication: Authentication::Jose(Jose {
            at: Place::header("tl-signature"),
            grammar: TokenGrammar::Plain { prefix: text("") },
            payload: JosePayload::Detached(list![
                Part::Method,
                Part::literal(" "),
                Part::Url(UrlPart::Path),
                Part::literal("\n"),
                Part::Headers(NamedHeaders {
                    named_at: Place::JoseHeader(text("tl_headers")),
                    separator: ',',
                    // The list is signed, so nobody can leave one out.
                    always: list![],
                    style: HeaderStyle::NameAndValue(text(": ")),
                    between: text("\n"),
                    last: text("\n"),
                }),
                Part::Body
            ]),
            algorithms: list![JoseAlgorithm::Es512],
            key: JoseKey::Fetched(KeyFetch {
                named_at: Place::JoseHeader(text("jku")),
                name: KeyName::Url {
                    hosts: list![
                        text("webhooks.truelayer.com"),
                        text("webhooks.truelayer-sandbox.com")
                    ],
                    path_prefix: text("/.well-known/"),
                    path_suffix: text("jwks"),
                },
            }),
            times: JoseTimes {
                expires: Presence::Ignored,
                not_before: Presence::Ignored,
                issued: Presence::Ignored,
                leeway: 0,
                max_age: None,
            },
        }),
        timestamp: None,
        id: None,
        require: list![equals_text(Place::JoseHeader(text("tl_version")), "2")],
    },
};

/// Unit: HMAC-SHA1 over the body as base64 in `x-unit-signature`.
///
/// Legacy SHA-1. One delivery holds many events.
pub static UNIT: Preset = Preset {
    name: "unit",
    aliases: &[],
    title: "Unit",
    documentation: "https://www.unit.co/docs/api/webhooks/",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the webhook's token", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: body_hmac(
        list![Slot::header("x-unit-signature")],
        "",
        Encoding::Base64,
        Hash::Sha1Legacy,
    ),
};

/// Wise: RSA-SHA256 over the body, base64 in `x-signature-sha256`.
///
/// The delivery id header is not signed. Needs the feature `asymmetric`.
pub static WISE: Preset = Preset {
    name: "wise",
    aliases: &[],
    title: "Wise",
    documentation: "https://docs.wise.com/guides/developer/webhooks/event-handling",
    checked: "2026-11-22",
    evidence: Evidence::Documentation,
    secret: SecretShape { hint: "Wise's public key of the environment, PEM", prefixes: &[] },
    dedupe: &[Place::header("x-delivery-id")],
    event_type: Some(Place::body("/event_type")),
    retries: "up to 25 times over two weeks",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![Slot::header("x-signature-sha256")],
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

/// Wise, legacy SHA-1: RSA-SHA1 over the body, base64 in `x-signature`.
///
/// Legacy SHA-1; `wise`'s header is sent beside it. Needs the feature `asymmetric`.
pub static WISE_SHA1: Preset = Preset {
    name: "wise-sha1",
    aliases: &[],
    title: "Wise, legacy SHA-1",
    documentation: "https://docs.wise.com/guides/developer/webhooks/event-handling",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "Wise's public key of the environment, PEM", prefixes: &[] },
    dedupe: &[Place::header("x-delivery-id")],
    event_type: Some(Place::body("/event_type")),
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![Slot::header("x-signature")],
            grammar: plain(""),
            encoding: Encoding::Base64,
            algorithm: Algorithm::RsaPkcs1(Hash::Sha1Legacy),
            content: BODY,
            key: KeyForm::Public,
        }),
        timestamp: None,
        id: None,
        require: list![],
    },
};

/// Xero: HMAC-SHA256 over the body as base64 in `x-xero-signature`.
///
/// The intent to receive sends wrong signatures on purpose and wants 401 for them. One delivery
/// holds many events.
pub static XERO: Preset = Preset {
    name: "xero",
    aliases: &[],
    title: "Xero",
    documentation: "https://developer.xero.com/documentation/guides/webhooks/configuring-your-server",
    checked: "2026-11-22",
    evidence: Evidence::Documentation,
    secret: SecretShape { hint: "the webhook signing key", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: body_hmac(
        list![Slot::header("x-xero-signature")],
        "",
        Encoding::Base64,
        Hash::Sha256,
    ),
};
