//! Cars, wearables and mailboxes.

use super::blocks::*;

pub(super) static ROWS: &[&Preset] = &[&FITBIT, &NYLAS, &SMARTCAR, &STRAVA];

/// Fitbit: HMAC-SHA1 over the body as base64 in `x-fitbit-signature`. The key is the secret and
/// an ampersand.
///
/// Legacy SHA-1, inside HMAC. One delivery holds many events.
pub static FITBIT: Preset = Preset {
    name: "fitbit",
    aliases: &[],
    title: "Fitbit",
    documentation: "https://dev.fitbit.com/build/reference/web-api/developer-guide/using-subscriptions/",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the client secret", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: body_hmac_keyed(
        list![Slot::header("x-fitbit-signature")],
        "",
        Encoding::Base64,
        Hash::Sha1Legacy,
        KeyForm::Wrapped { before: text(""), after: text("&") },
    ),
};

/// Nylas v3: HMAC-SHA256 over the body as hex in `x-nylas-signature`.
pub static NYLAS: Preset = Preset {
    name: "nylas",
    aliases: &["nylas-v3"],
    title: "Nylas v3",
    documentation: "https://developer.nylas.com/docs/v3/notifications/",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape {
        hint: "the webhook_secret that creating the webhook returned",
        prefixes: &[],
    },
    dedupe: &[Place::body("/id")],
    event_type: Some(Place::body("/type")),
    retries: "",
    description: body_hmac(
        list![Slot::header("x-nylas-signature")],
        "",
        Encoding::Hex,
        Hash::Sha256,
    ),
};

/// Smartcar: HMAC-SHA256 over the body as hex in `sc-signature`.
pub static SMARTCAR: Preset = Preset {
    name: "smartcar",
    aliases: &[],
    title: "Smartcar",
    documentation: "https://github.com/smartcar/node-sdk",
    checked: "2026-11-29",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the application management token", prefixes: &[] },
    dedupe: &[Place::body("/eventId")],
    event_type: None,
    retries: "",
    description: body_hmac(list![Slot::header("sc-signature")], "", Encoding::Hex, Hash::Sha256),
};

/// Strava: nothing is signed. The subscription is confirmed once, by a handshake that shows the token
/// which the host chose.
pub static STRAVA: Preset = Preset {
    name: "strava",
    aliases: &[],
    title: "Strava",
    documentation: "https://developers.strava.com/docs/webhooks/",
    checked: "2026-11-29",
    evidence: Evidence::ThirdParty,
    secret: SecretShape {
        hint: "none; the verify token is a parameter of the handshake",
        prefixes: &[],
    },
    dedupe: &[
        Place::body("/object_type"),
        Place::body("/object_id"),
        Place::body("/aspect_type"),
        Place::body("/event_time"),
    ],
    event_type: Some(Place::body("/aspect_type")),
    retries: "",
    description: Description {
        authentication: Authentication::Unsigned,
        timestamp: None,
        id: None,
        require: list![],
    },
};
