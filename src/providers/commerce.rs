//! Shops, shipping and delivery.

use super::blocks::*;

pub(super) static ROWS: &[&Preset] = &[
    &AFTERSHIP,
    &AFTERSHIP_RETURNS,
    &AFTERSHIP_WARRANTY,
    &BIGCOMMERCE,
    &COMMERCE_LAYER,
    &DUFFEL,
    &EASYPOST,
    &EBAY,
    &ETSY,
    &FOURTHWALL,
    &LOB,
    &ONFLEET,
    &SCALEV,
    &SENDCLOUD,
    &SHIPPO,
    &SHIPSTATION,
    &SHOPIFY,
    &SHOPIFY_EVENTS,
    &SQUARESPACE,
    &WIX,
    &WOOCOMMERCE,
];

/// AfterShip: HMAC-SHA256 over the body as base64 in `aftership-hmac-sha256`.
pub static AFTERSHIP: Preset = Preset {
    name: "aftership",
    aliases: &[],
    title: "AfterShip",
    documentation: "https://www.aftership.com/docs/tracking/webhook/webhook-signature",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the webhook's signing secret", prefixes: &[] },
    dedupe: &[],
    event_type: Some(Place::body("/event")),
    retries: "",
    description: body_hmac(
        list![Slot::header("aftership-hmac-sha256")],
        "",
        Encoding::Base64,
        Hash::Sha256,
    ),
};

/// AfterShip Returns: HMAC-SHA256 over the body as base64 in `as-signature-hmac-sha256`.
pub static AFTERSHIP_RETURNS: Preset = Preset {
    name: "aftership-returns",
    aliases: &[],
    title: "AfterShip Returns",
    documentation: "https://www.aftership.com/docs/returns/2024-07/webhook/signature",
    checked: "2026-11-22",
    evidence: Evidence::Documentation,
    secret: SecretShape { hint: "the webhook's signing secret", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: body_hmac(
        list![Slot::header("as-signature-hmac-sha256")],
        "",
        Encoding::Base64,
        Hash::Sha256,
    ),
};

/// AfterShip Warranty: HMAC-SHA256 over the body as base64 in `as-signature-hmac-sha256`.
pub static AFTERSHIP_WARRANTY: Preset = Preset {
    name: "aftership-warranty",
    aliases: &[],
    title: "AfterShip Warranty",
    documentation: "https://www.aftership.com/docs/warranty/webhook/webhook-signature",
    checked: "2026-11-22",
    evidence: Evidence::Documentation,
    secret: SecretShape { hint: "the webhook's signing secret", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: body_hmac(
        list![Slot::header("as-signature-hmac-sha256")],
        "",
        Encoding::Base64,
        Hash::Sha256,
    ),
};

/// BigCommerce: Standard Webhooks (`v1`, base64 HMAC-SHA256 over id, time and body) in the
/// `webhook-*` headers.
///
/// Older BigCommerce webhooks are not signed.
pub static BIGCOMMERCE: Preset = Preset {
    name: "bigcommerce",
    aliases: &[],
    title: "BigCommerce",
    documentation: "https://developer.bigcommerce.com/docs/integrations/webhooks",
    checked: "2026-11-22",
    evidence: Evidence::Documentation,
    secret: SecretShape { hint: "the app's client secret", prefixes: &[] },
    dedupe: &[Place::header("webhook-id")],
    event_type: Some(Place::body("/scope")),
    retries: "",
    description: standard(
        list![Slot::header("webhook-signature")],
        Place::header("webhook-id"),
        Place::header("webhook-timestamp"),
    ),
};

/// Commerce Layer: HMAC-SHA256 over the body as base64 in `x-commercelayer-signature`.
pub static COMMERCE_LAYER: Preset = Preset {
    name: "commerce-layer",
    aliases: &["commercelayer"],
    title: "Commerce Layer",
    documentation: "https://docs.commercelayer.io/core/callbacks-security",
    checked: "2026-11-29",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the webhook's shared_secret", prefixes: &[] },
    dedupe: &[],
    event_type: Some(Place::header("x-commercelayer-topic")),
    retries: "",
    description: body_hmac(
        list![Slot::header("x-commercelayer-signature")],
        "",
        Encoding::Base64,
        Hash::Sha256,
    ),
};

/// Duffel: HMAC-SHA256 over time, dot and body as `v1=<hex>` items in `x-duffel-signature`.
pub static DUFFEL: Preset = Preset {
    name: "duffel",
    aliases: &[],
    title: "Duffel",
    documentation: "https://github.com/duffelhq/duffel-api-ruby",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the webhook's signing secret", prefixes: &[] },
    dedupe: &[Place::body("/id")],
    event_type: Some(Place::body("/type")),
    retries: "",
    description: dated_list(
        list![Slot::header("x-duffel-signature")],
        list![text("v1")],
        time(Place::item("t"), TimeUnit::Seconds, Tolerance::Unbounded),
    ),
};

/// EasyPost: HMAC-SHA256 over the body as hex behind `hmac-sha256-hex=` in `x-hmac-signature`.
///
/// EasyPost normalises the secret (NFKD), so only one in ASCII is taken.
pub static EASYPOST: Preset = Preset {
    name: "easypost",
    aliases: &["easy-post"],
    title: "EasyPost",
    documentation: "https://github.com/EasyPost/easypost-python",
    checked: "2026-11-29",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the webhook secret", prefixes: &[] },
    dedupe: &[Place::body("/id")],
    event_type: Some(Place::body("/description")),
    retries: "",
    description: body_hmac_keyed(
        list![Slot::header("x-hmac-signature")],
        "hmac-sha256-hex=",
        Encoding::Hex,
        Hash::Sha256,
        KeyForm::Ascii,
    ),
};

/// eBay: ECDSA on P-256 with SHA-1 over the body, base64 DER in the JSON that
/// `x-ebay-signature` holds in base64.
///
/// SHA-1 in a public-key signature. eBay wants 412 for a wrong one. Needs the feature
/// `asymmetric`.
pub static EBAY: Preset = Preset {
    name: "ebay",
    aliases: &[],
    title: "eBay",
    documentation: "https://github.com/eBay/event-notification-nodejs-sdk",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape {
        hint: "the public key of the key id, which the host fetches from eBay",
        prefixes: &[],
    },
    dedupe: &[Place::body("/notification/notificationId")],
    event_type: Some(Place::body("/metadata/topic")),
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![Slot::header("x-ebay-signature")],
            grammar: Grammar::JsonObject { signature: text("signature") },
            encoding: Encoding::Base64,
            algorithm: Algorithm::Ecdsa {
                curve: Curve::P256,
                hash: Hash::Sha1Legacy,
                form: EcdsaForm::Der,
            },
            content: BODY,
            key: KeyForm::Fetched(key_id(Place::item("kid"))),
        }),
        timestamp: None,
        id: None,
        require: list![],
    },
};

/// Etsy: Standard Webhooks (`v1`, base64 HMAC-SHA256 over id, time and body) in the `webhook-*`
/// headers.
pub static ETSY: Preset = Preset {
    name: "etsy",
    aliases: &[],
    title: "Etsy",
    documentation: "https://developers.etsy.com/documentation/essentials/webhooks",
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

/// Fourthwall: HMAC-SHA256 over the body as base64 in `x-fourthwall-hmac-sha256`.
pub static FOURTHWALL: Preset = Preset {
    name: "fourthwall",
    aliases: &[],
    title: "Fourthwall",
    documentation: "https://docs.fourthwall.com/webhooks/signature-verification/",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the webhook's signing secret", prefixes: &[] },
    dedupe: &[Place::body("/id")],
    event_type: Some(Place::body("/type")),
    retries: "",
    description: body_hmac(
        list![Slot::header("x-fourthwall-hmac-sha256")],
        "",
        Encoding::Base64,
        Hash::Sha256,
    ),
};

/// Lob: HMAC-SHA256 over time, dot and body as hex in `lob-signature`. The time is in
/// milliseconds.
///
/// The unit of the time rests on observation, not on documentation.
pub static LOB: Preset = Preset {
    name: "lob",
    aliases: &[],
    title: "Lob",
    documentation: "https://help.lob.com/print-and-mail/getting-data-and-results/using-webhooks",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the webhook's signing secret", prefixes: &[] },
    dedupe: &[Place::body("/id")],
    event_type: Some(Place::body("/event_type/id")),
    retries: "",
    description: dated(
        list![Slot::header("lob-signature")],
        "",
        Encoding::Hex,
        TIME_DOT_BODY,
        time(
            Place::header("lob-signature-timestamp"),
            TimeUnit::Milliseconds,
            Tolerance::Unbounded,
        ),
    ),
};

/// Onfleet: HMAC-SHA512 over the body as hex in `x-onfleet-signature`. The secret is
/// hexadecimal digits.
pub static ONFLEET: Preset = Preset {
    name: "onfleet",
    aliases: &[],
    title: "Onfleet",
    documentation: "https://docs.onfleet.com/reference/webhooks",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the webhook secret, hexadecimal digits", prefixes: &[] },
    dedupe: &[],
    event_type: Some(Place::body("/triggerName")),
    retries: "",
    description: body_hmac_keyed(
        list![Slot::header("x-onfleet-signature")],
        "",
        Encoding::Hex,
        Hash::Sha512,
        KeyForm::Hex,
    ),
};

/// Scalev: HMAC-SHA256 over the body as base64 in `x-scalev-hmac-sha256`.
pub static SCALEV: Preset = Preset {
    name: "scalev",
    aliases: &[],
    title: "Scalev",
    documentation: "https://developers.scalev.id/docs/verifying-a-webhook-request",
    checked: "2026-11-22",
    evidence: Evidence::Documentation,
    secret: SecretShape { hint: "the signing secret", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: body_hmac(
        list![Slot::header("x-scalev-hmac-sha256")],
        "",
        Encoding::Base64,
        Hash::Sha256,
    ),
};

/// Sendcloud: HMAC-SHA256 over the body as hex in `sendcloud-signature`.
pub static SENDCLOUD: Preset = Preset {
    name: "sendcloud",
    aliases: &[],
    title: "Sendcloud",
    documentation: "https://api.sendcloud.dev/docs/sendcloud-public-api/webhooks",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape {
        hint: "the integration's secret key or its webhook signature key",
        prefixes: &[],
    },
    dedupe: &[],
    event_type: Some(Place::body("/action")),
    retries: "",
    description: body_hmac(
        list![Slot::header("sendcloud-signature")],
        "",
        Encoding::Hex,
        Hash::Sha256,
    ),
};

/// Shippo: HMAC-SHA256 over time, dot and body as `v1=<hex>` items in `shippo-auth-signature`.
///
/// Shippo enables HMAC on request.
pub static SHIPPO: Preset = Preset {
    name: "shippo",
    aliases: &[],
    title: "Shippo",
    documentation: "https://docs.goshippo.com/docs/tracking/webhooksecurity/",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the webhook's signing secret", prefixes: &[] },
    dedupe: &[],
    event_type: Some(Place::body("/event")),
    retries: "",
    description: dated_list(
        list![Slot::header("shippo-auth-signature")],
        list![text("v1")],
        time(Place::item("t"), TimeUnit::Seconds, Tolerance::Unbounded),
    ),
};

/// ShipStation and ShipEngine: RSA-SHA256 over time, dot and body, base64 in
/// `x-shipengine-rsa-sha256-signature`.
///
/// Needs the feature `asymmetric`.
pub static SHIPSTATION: Preset = Preset {
    name: "shipstation",
    aliases: &["shipengine"],
    title: "ShipStation and ShipEngine",
    documentation: "https://www.shipengine.com/docs/webhooks/",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the key of the key id, from ShipEngine's key set", prefixes: &[] },
    dedupe: &[],
    event_type: Some(Place::body("/resource_type")),
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![Slot::header("x-shipengine-rsa-sha256-signature")],
            grammar: plain(""),
            encoding: Encoding::Base64,
            algorithm: Algorithm::RsaPkcs1(Hash::Sha256),
            content: TIME_DOT_BODY,
            key: KeyForm::Fetched(key_id(Place::header("x-shipengine-rsa-sha256-key-id"))),
        }),
        timestamp: Some(time(
            Place::header("x-shipengine-timestamp"),
            TimeUnit::IsoUtc,
            FIVE_MINUTES,
        )),
        id: None,
        require: list![],
    },
};

/// Shopify: HMAC-SHA256 over the body as base64 in `x-shopify-hmac-sha256`.
///
/// The id and topic headers are not signed.
pub static SHOPIFY: Preset = Preset {
    name: "shopify",
    aliases: &["shopify-admin"],
    title: "Shopify",
    documentation: "https://shopify.dev/docs/apps/build/webhooks/subscribe/https",
    checked: "2026-11-29",
    evidence: Evidence::Sdk,
    secret: SecretShape {
        hint: "the app's client secret, or the store's webhook signing secret",
        prefixes: &[],
    },
    dedupe: &[Place::header("x-shopify-event-id")],
    event_type: Some(Place::header("x-shopify-topic")),
    retries: "8 times over 4 hours",
    description: body_hmac(
        list![Slot::header("x-shopify-hmac-sha256")],
        "",
        Encoding::Base64,
        Hash::Sha256,
    ),
};

/// Shopify Events: HMAC-SHA256 over the body as base64 in `shopify-hmac-sha256`.
///
/// The id and topic headers are not signed.
pub static SHOPIFY_EVENTS: Preset = Preset {
    name: "shopify-events",
    aliases: &[],
    title: "Shopify Events",
    documentation: "https://github.com/Shopify/shopify-app-js",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the app's client secret", prefixes: &[] },
    dedupe: &[Place::header("shopify-event-id")],
    event_type: Some(Place::header("shopify-topic")),
    retries: "",
    description: body_hmac(
        list![Slot::header("shopify-hmac-sha256")],
        "",
        Encoding::Base64,
        Hash::Sha256,
    ),
};

/// Squarespace: HMAC-SHA256 over the body as hex in `squarespace-signature`. The secret is
/// hexadecimal digits.
pub static SQUARESPACE: Preset = Preset {
    name: "squarespace",
    aliases: &[],
    title: "Squarespace",
    documentation: "https://developers.squarespace.com/webhooks/overview",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the subscription's secret, hexadecimal digits", prefixes: &[] },
    dedupe: &[Place::body("/id")],
    event_type: Some(Place::body("/topic")),
    retries: "",
    description: body_hmac_keyed(
        list![Slot::header("squarespace-signature")],
        "",
        Encoding::Hex,
        Hash::Sha256,
        KeyForm::Hex,
    ),
};

/// Wix apps: the body is a JSON web token (RS256).
///
/// The host takes the event from the token's claim `data`. Needs the feature `asymmetric`.
pub static WIX: Preset = Preset {
    name: "wix",
    aliases: &["wix-apps"],
    title: "Wix apps",
    documentation: "https://dev.wix.com/docs/build-apps/develop-your-app/api-integrations/events-and-webhooks/about-webhooks",
    checked: "2026-11-22",
    evidence: Evidence::Documentation,
    secret: SecretShape { hint: "the app's public key from the dashboard, PEM", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: Description {
        authentication: Authentication::Jose(Jose {
            at: Place::WholeBody,
            grammar: TokenGrammar::Plain { prefix: text("") },
            payload: JosePayload::Claims,
            algorithms: list![JoseAlgorithm::Rs256],
            key: JoseKey::Ring(KeyForm::Public),
            times: JoseTimes {
                expires: Presence::Required,
                not_before: Presence::IfPresent,
                issued: Presence::Required,
                leeway: 0,
                max_age: None,
            },
        }),
        timestamp: None,
        id: None,
        require: list![],
    },
};

/// WooCommerce: HMAC-SHA256 over the body as base64 in `x-wc-webhook-signature`.
///
/// The ping after creation is not signed.
pub static WOOCOMMERCE: Preset = Preset {
    name: "woocommerce",
    aliases: &["woo-commerce"],
    title: "WooCommerce",
    documentation: "https://developer.woocommerce.com/docs/webhooks/",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the secret of the webhook's settings", prefixes: &[] },
    dedupe: &[Place::header("x-wc-webhook-delivery-id")],
    event_type: Some(Place::header("x-wc-webhook-topic")),
    retries: "",
    description: body_hmac_keyed(
        list![Slot::header("x-wc-webhook-signature")],
        "",
        Encoding::Base64,
        Hash::Sha256,
        KeyForm::HtmlUnescaped,
    ),
};
