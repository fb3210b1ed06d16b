//! The providers that most hosts meet first.

use super::blocks::{STANDARD_KEY, TIME_DOT_BODY, body_hmac, five_minutes, items, plain};
use super::{Evidence, Preset, SecretShape};
use crate::scheme::{
    Algorithm, Authentication, Description, Encoding, Hash, KeyForm, List, Part, Place, Signature,
    Slot, Template, TimeUnit, list, text,
};

/// GitHub: `sha256=<hex>` over the body. The delivery id and event type headers are not signed.
pub static GITHUB: Preset = Preset {
    name: "github",
    aliases: &[],
    title: "GitHub webhook",
    documentation: "https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the secret entered in the webhook's settings", prefixes: &[] },
    dedupe: &[Place::header("x-github-delivery")],
    event_type: Some(Place::header("x-github-event")),
    retries: "none by itself; a redelivery by hand keeps the delivery id",
    description: body_hmac(
        list![Slot::header("x-hub-signature-256")],
        "sha256=",
        Encoding::Hex,
        Hash::Sha256,
    ),
};

/// Meta (Facebook, Instagram, WhatsApp): `sha256=<hex>` over the body with the app secret. It is
/// also what Synerise calls "webhook from Meta".
pub static META: Preset = Preset {
    name: "meta",
    aliases: &["facebook", "instagram", "whatsapp", "synerise-meta"],
    title: "Meta webhook",
    documentation: "https://developers.facebook.com/docs/graph-api/webhooks/getting-started",
    checked: "2026-11-22",
    evidence: Evidence::Documentation,
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

/// Shopify: base64 over the body with the app's client secret.
pub static SHOPIFY: Preset = Preset {
    name: "shopify",
    aliases: &[],
    title: "Shopify webhook",
    documentation: "https://shopify.dev/docs/apps/build/webhooks/subscribe/https",
    checked: "2026-11-22",
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

/// Slack: `v0=<hex>` over `v0:<seconds>:<body>`, for events, commands and interactions alike.
pub static SLACK: Preset = Preset {
    name: "slack",
    aliases: &[],
    title: "Slack request signing",
    documentation: "https://docs.slack.dev/authentication/verifying-requests-from-slack",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape {
        hint: "the signing secret on the app's Basic Information page, 32 hexadecimal digits",
        prefixes: &[],
    },
    dedupe: &[Place::body("/event_id")],
    event_type: Some(Place::body("/event/type")),
    retries: "3 times: at once, after 1 minute, after 5 minutes",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![Slot::header("x-slack-signature")],
            grammar: plain("v0="),
            encoding: Encoding::Hex,
            algorithm: Algorithm::Hmac(Hash::Sha256),
            content: SLACK_CONTENT,
            key: KeyForm::Text,
        }),
        timestamp: five_minutes(Place::header("x-slack-request-timestamp"), TimeUnit::Seconds),
        id: None,
        require: list![],
    },
};

const SLACK_CONTENT: List<Template> =
    list![list![Part::literal("v0:"), Part::Timestamp, Part::literal(":"), Part::Body]];

/// Standard Webhooks, symmetric (`v1`): base64 over id, time and body, within five minutes.
pub static STANDARD_WEBHOOKS: Preset = Preset {
    name: "standard-webhooks",
    aliases: &["standardwebhooks"],
    title: "Standard Webhooks v1",
    documentation: "https://www.standardwebhooks.com",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape {
        hint: "whsec_ and base64; bare base64 and v1,whsec_ are taken too",
        prefixes: &["whsec_", "v1,whsec_"],
    },
    dedupe: &[Place::header("webhook-id")],
    event_type: Some(Place::body("/type")),
    retries: "about ten times over three days, with the same id and a new time each time",
    description: standard(
        list![Slot::header("webhook-signature")],
        Place::header("webhook-id"),
        Place::header("webhook-timestamp"),
    ),
};

/// Stripe: `t=<seconds>,v1=<hex>` over time, dot and body. `v0` is never counted.
pub static STRIPE: Preset = Preset {
    name: "stripe",
    aliases: &[],
    title: "Stripe webhook",
    documentation: "https://docs.stripe.com/webhooks/signature",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    // The whole text is the key: it is not base64 here.
    secret: SecretShape { hint: "the endpoint's signing secret, whsec_…", prefixes: &["whsec_"] },
    dedupe: &[Place::body("/id")],
    event_type: Some(Place::body("/type")),
    retries: "for up to three days, with a new time and signature each time",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![Slot::header("stripe-signature")],
            grammar: items(',', '=', list![text("v1")]),
            encoding: Encoding::Hex,
            algorithm: Algorithm::Hmac(Hash::Sha256),
            content: TIME_DOT_BODY,
            key: KeyForm::Text,
        }),
        timestamp: five_minutes(Place::item("t"), TimeUnit::Seconds),
        id: None,
        require: list![],
    },
};

/// Svix under its own header names; the rest is Standard Webhooks.
pub static SVIX: Preset = Preset {
    name: "svix",
    aliases: &["clerk", "resend"],
    title: "Svix, and senders that use it under its own header names",
    documentation: "https://docs.svix.com/receiving/verifying-payloads/how-manual",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "whsec_ and base64", prefixes: &["whsec_"] },
    dedupe: &[Place::header("svix-id")],
    event_type: Some(Place::body("/type")),
    retries: "eight times over about 28 hours, with the same id",
    description: standard(
        list![Slot::header("svix-signature")],
        Place::header("svix-id"),
        Place::header("svix-timestamp"),
    ),
};

const fn standard(at: List<Slot>, id: Place, timestamp: Place) -> Description {
    Description {
        authentication: Authentication::Signature(Signature {
            at,
            grammar: items(' ', ',', list![text("v1")]),
            encoding: Encoding::Base64,
            algorithm: Algorithm::Hmac(Hash::Sha256),
            content: ID_TIME_BODY,
            key: STANDARD_KEY,
        }),
        timestamp: five_minutes(timestamp, TimeUnit::Seconds),
        id: Some(id),
        require: list![],
    }
}

const ID_TIME_BODY: List<Template> =
    list![list![Part::Id, Part::literal("."), Part::Timestamp, Part::literal("."), Part::Body,]];
