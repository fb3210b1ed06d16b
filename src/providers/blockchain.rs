//! Chains and coins.

use super::blocks::*;

pub(super) static ROWS: &[&Preset] = &[&ALCHEMY, &BTCPAY, &COINBASE_COMMERCE, &QUICKNODE, &TATUM];

/// Alchemy: HMAC-SHA256 over the body as hex in `x-alchemy-signature`.
pub static ALCHEMY: Preset = Preset {
    name: "alchemy",
    aliases: &[],
    title: "Alchemy",
    documentation: "https://www.alchemy.com/docs/reference/notify-api-quickstart",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the webhook's signing key", prefixes: &[] },
    dedupe: &[Place::body("/id")],
    event_type: Some(Place::body("/type")),
    retries: "",
    description: body_hmac(
        list![Slot::header("x-alchemy-signature")],
        "",
        Encoding::Hex,
        Hash::Sha256,
    ),
};

/// BTCPay Server: HMAC-SHA256 over the body as hex behind `sha256=` in `btcpay-sig`.
pub static BTCPAY: Preset = Preset {
    name: "btcpay",
    aliases: &["btcpay-server"],
    title: "BTCPay Server",
    documentation: "https://docs.btcpayserver.org/API/Greenfield/v1/",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the webhook's secret", prefixes: &[] },
    dedupe: &[Place::body("/originalDeliveryId")],
    event_type: Some(Place::body("/type")),
    retries: "",
    description: body_hmac(
        list![Slot::header("btcpay-sig")],
        "sha256=",
        Encoding::Hex,
        Hash::Sha256,
    ),
};

/// Coinbase Commerce: HMAC-SHA256 over the body as hex in `x-cc-webhook-signature`.
pub static COINBASE_COMMERCE: Preset = Preset {
    name: "coinbase-commerce",
    aliases: &[],
    title: "Coinbase Commerce",
    documentation: "https://github.com/coinbase/coinbase-commerce-node",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the webhook's shared secret", prefixes: &[] },
    dedupe: &[Place::body("/event/id")],
    event_type: Some(Place::body("/event/type")),
    retries: "",
    description: body_hmac(
        list![Slot::header("x-cc-webhook-signature")],
        "",
        Encoding::Hex,
        Hash::Sha256,
    ),
};

/// QuickNode Streams and Webhooks: HMAC-SHA256 over nonce, time and body as hex in
/// `x-qn-signature`.
///
/// Older QuickAlerts sign other parts.
pub static QUICKNODE: Preset = Preset {
    name: "quicknode",
    aliases: &[],
    title: "QuickNode Streams and Webhooks",
    documentation: "https://www.quicknode.com/docs/streams",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the stream's security token", prefixes: &[] },
    dedupe: &[Place::header("x-qn-nonce")],
    event_type: None,
    retries: "",
    description: dated(
        list![Slot::header("x-qn-signature")],
        "",
        Encoding::Hex,
        list![list![Part::header("x-qn-nonce"), Part::Timestamp, Part::Body]],
        time(Place::header("x-qn-timestamp"), TimeUnit::Seconds, Tolerance::Unbounded),
    ),
};

/// Tatum: HMAC-SHA512 over the body as base64 in `x-payload-hash`.
pub static TATUM: Preset = Preset {
    name: "tatum",
    aliases: &[],
    title: "Tatum",
    documentation: "https://docs.tatum.io",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the HMAC secret of the account", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: body_hmac(
        list![Slot::header("x-payload-hash")],
        "",
        Encoding::Base64,
        Hash::Sha512,
    ),
};
