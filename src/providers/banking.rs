//! Banks, cards, accounting and payroll.

use super::blocks::*;

pub(super) static ROWS: &[&Preset] = &[
    &BILL,
    &BREX,
    &FINCH,
    &INCREASE,
    &LITHIC,
    &MODERN_TREASURY,
    &QUICKBOOKS,
    &REVOLUT,
    &RIPPLE_COLLECTIONS,
    &SUBTOTAL,
    &TINK,
    &UNIT,
    &XERO,
];

/// BILL: HMAC-SHA256 over the body as base64 in `x-bill-sha-signature`.
///
/// BILL signs the minified JSON: a body that arrives with white space does not verify.
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
    description: body_hmac(
        list![Slot::header("x-bill-sha-signature")],
        "",
        Encoding::Base64,
        Hash::Sha256,
    ),
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
    checked: "2026-11-22",
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
    checked: "2026-11-22",
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

/// Lithic: Standard Webhooks (`v1`, base64 HMAC-SHA256 over id, time and body) in the
/// `webhook-*` headers.
pub static LITHIC: Preset = Preset {
    name: "lithic",
    aliases: &[],
    title: "Lithic",
    documentation: "https://github.com/lithic-com/lithic-node",
    checked: "2026-11-22",
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
    aliases: &[],
    title: "Modern Treasury",
    documentation: "https://docs.moderntreasury.com/docs/verifying-webhooks",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the webhook's signing secret", prefixes: &[] },
    dedupe: &[],
    event_type: Some(Place::body("/event")),
    retries: "",
    description: body_hmac(list![Slot::header("x-signature")], "", Encoding::Hex, Hash::Sha256),
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
    aliases: &[],
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

/// Ripple Collections: HMAC-SHA256 over time, dot and the hex SHA-256 of the body as `v1=<hex>`
/// items in `x-webhook-signature`. The time is in milliseconds. The secret is base64.
///
/// Each event type has a key of its own.
pub static RIPPLE_COLLECTIONS: Preset = Preset {
    name: "ripple-collections",
    aliases: &[],
    title: "Ripple Collections",
    documentation: "https://docs.ripple.com",
    checked: "2026-11-22",
    evidence: Evidence::Documentation,
    secret: SecretShape { hint: "the key of this event type, base64", prefixes: &[] },
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
        timestamp: Some(time(Place::item("t"), TimeUnit::Milliseconds, Tolerance::Unbounded)),
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
