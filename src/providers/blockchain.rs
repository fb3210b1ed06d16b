//! Chains and coins.

use super::blocks::*;

pub(super) static ROWS: &[&Preset] = &[
    &ALCHEMY,
    &BTCPAY,
    &CIRCLE,
    &COINBASE_COMMERCE,
    &COINIFY,
    &FIREBLOCKS,
    &MORALIS,
    &QUICKNODE,
    &STRIKE,
    &TATUM,
];

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

/// Circle: ECDSA on P-256 with SHA-256 over the body, base64 DER in `x-circle-signature`.
///
/// Needs the feature `asymmetric`.
pub static CIRCLE: Preset = Preset {
    name: "circle",
    aliases: &[],
    title: "Circle",
    documentation: "https://developers.circle.com/api-reference/verify-webhook-signatures",
    checked: "2026-11-22",
    evidence: Evidence::Documentation,
    secret: SecretShape {
        hint: "the public key of the key id, which the host fetches from Circle",
        prefixes: &[],
    },
    dedupe: &[Place::body("/notificationId")],
    event_type: Some(Place::body("/notificationType")),
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![Slot::header("x-circle-signature")],
            grammar: plain(""),
            encoding: Encoding::Base64,
            algorithm: Algorithm::Ecdsa {
                curve: Curve::P256,
                hash: Hash::Sha256,
                form: EcdsaForm::Der,
            },
            content: BODY,
            key: KeyForm::Fetched(key_id(Place::header("x-circle-key-id"))),
        }),
        timestamp: None,
        id: None,
        require: list![],
    },
};

/// Coinbase Commerce: HMAC-SHA256 over the body as hex in `x-cc-webhook-signature`.
pub static COINBASE_COMMERCE: Preset = Preset {
    name: "coinbase-commerce",
    aliases: &["coinbase"],
    title: "Coinbase Commerce",
    documentation: "https://github.com/coinbase/coinbase-commerce-node",
    checked: "2026-11-29",
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

/// Coinify: HMAC-SHA256 over the body as hex in `x-coinify-webhook-signature`.
pub static COINIFY: Preset = Preset {
    name: "coinify",
    aliases: &[],
    title: "Coinify",
    documentation: "https://coinify.readme.io/docs/webhook-signature",
    checked: "2026-11-29",
    evidence: Evidence::Documentation,
    secret: SecretShape { hint: "the shared secret", prefixes: &[] },
    dedupe: &[],
    event_type: Some(Place::body("/event")),
    retries: "",
    description: body_hmac(
        list![Slot::header("x-coinify-webhook-signature")],
        "",
        Encoding::Hex,
        Hash::Sha256,
    ),
};

/// Fireblocks: RSA-SHA512 over the body, base64 in `fireblocks-signature`.
///
/// Needs the feature `asymmetric`.
pub static FIREBLOCKS: Preset = Preset {
    name: "fireblocks",
    aliases: &[],
    title: "Fireblocks",
    documentation: "https://developers.fireblocks.com/docs/webhooks-notifications",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "Fireblocks' public key of the environment, PEM", prefixes: &[] },
    dedupe: &[],
    event_type: Some(Place::body("/type")),
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![Slot::header("fireblocks-signature")],
            grammar: plain(""),
            encoding: Encoding::Base64,
            algorithm: Algorithm::RsaPkcs1(Hash::Sha512),
            content: BODY,
            key: KeyForm::Public,
        }),
        timestamp: None,
        id: None,
        require: list![],
    },
};

/// Moralis Streams: a bare Keccak-256 over body and secret, hex behind `0x` in `x-signature`.
///
/// Needs the feature `rare-hashes`.
pub static MORALIS: Preset = Preset {
    name: "moralis",
    aliases: &["moralis-streams"],
    title: "Moralis Streams",
    documentation: "https://github.com/MoralisWeb3/Moralis-JS-SDK",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the streams secret, or the API key", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![Slot::header("x-signature")],
            grammar: plain("0x"),
            encoding: Encoding::Hex,
            algorithm: Algorithm::Digest(Hash::Keccak256),
            content: list![list![Part::Body, Part::Secret]],
            key: KeyForm::Text,
        }),
        timestamp: None,
        id: None,
        require: list![],
    },
};

/// QuickNode Streams and Webhooks: HMAC-SHA256 over nonce, time and body as hex in
/// `x-qn-signature`.
///
/// Older QuickAlerts sign other parts.
pub static QUICKNODE: Preset = Preset {
    name: "quicknode",
    aliases: &["quicknode-streams"],
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

/// Strike: HMAC-SHA256 over the body as hex in `x-webhook-signature`.
pub static STRIKE: Preset = Preset {
    name: "strike",
    aliases: &[],
    title: "Strike",
    documentation: "https://docs.strike.me/webhooks/signature-verification",
    checked: "2026-11-29",
    evidence: Evidence::Documentation,
    secret: SecretShape {
        hint: "the secret given when the subscription was created",
        prefixes: &[],
    },
    dedupe: &[Place::body("/id")],
    event_type: Some(Place::body("/eventType")),
    retries: "",
    description: body_hmac(
        list![Slot::header("x-webhook-signature")],
        "",
        Encoding::Hex,
        Hash::Sha256,
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
