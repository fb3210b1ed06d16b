//! Stores of applications.

use super::blocks::*;

pub(super) static ROWS: &[&Preset] = &[&APPLE_ASSN_V2, &GOOGLE_PUBSUB_PUSH];

/// Apple App Store Server Notifications v2: a JSON web signature (ES256) in the member
/// `signedPayload`, with a chain of certificates that leads to Apple's root.
///
/// The inner transactions are signed for themselves. Needs the features `asymmetric` and
/// `x509`.
pub static APPLE_ASSN_V2: Preset = Preset {
    name: "apple-assn-v2",
    aliases: &[
        "app-store",
        "app-store-server-notifications",
        "apple",
        "apple-app-store",
        "apple-app-store-server-notifications",
        "apple-iap",
    ],
    title: "Apple App Store Server Notifications v2",
    documentation: "https://developer.apple.com/documentation/appstoreservernotifications/signedpayload",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape {
        hint: "Apple Root CA - G3, PEM; bundle id and environment are parameters",
        prefixes: &[],
    },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: Description {
        authentication: Authentication::Jose(Jose {
            at: Place::body("/signedPayload"),
            grammar: TokenGrammar::Plain { prefix: text("") },
            payload: JosePayload::Claims,
            algorithms: list![JoseAlgorithm::Es256],
            key: JoseKey::Chain {
                length: 3,
                leaf_marker: text("1.2.840.113635.100.6.11.1"),
                intermediate_marker: text("1.2.840.113635.100.6.2.1"),
            },
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
        require: list![
            equals_parameter(Place::claim("/data/bundleId"), Parameter::BundleId),
            equals_parameter(Place::claim("/data/environment"), Parameter::Environment)
        ],
    },
};

/// Google Pub/Sub push (Google Play): an OpenID Connect token (RS256) in `authorization` behind
/// `Bearer`.
///
/// The token does not cover the body, and one token serves for many messages. Needs the feature
/// `asymmetric`.
pub static GOOGLE_PUBSUB_PUSH: Preset = Preset {
    name: "google-pubsub-push",
    aliases: &[
        "google-play",
        "google-play-rtdn",
        "google-pub-sub",
        "google-pub-sub-push",
        "google-pubsub",
        "pubsub",
    ],
    title: "Google Pub/Sub push (Google Play)",
    documentation: "https://docs.cloud.google.com/pubsub/docs/authenticate-push-subscriptions",
    checked: "2026-11-22",
    evidence: Evidence::Documentation,
    secret: SecretShape {
        hint: "Google's certificates; audience and service account are parameters",
        prefixes: &[],
    },
    dedupe: &[Place::body("/message/messageId")],
    event_type: None,
    retries: "",
    description: Description {
        authentication: Authentication::Jose(Jose {
            at: Place::header("authorization"),
            grammar: TokenGrammar::Word { word: text("Bearer") },
            payload: JosePayload::Claims,
            algorithms: list![JoseAlgorithm::Rs256],
            key: JoseKey::Fetched(key_id(Place::JoseHeader(text("kid")))),
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
        require: list![
            Equality {
                at: Place::claim("iss"),
                equals: Expected::AnyText(list![
                    text("https://accounts.google.com"),
                    text("accounts.google.com")
                ])
            },
            equals_parameter(Place::claim("aud"), Parameter::Audience),
            equals_parameter(Place::claim("email"), Parameter::ServiceAccount),
            equals_text(Place::claim("email_verified"), "true")
        ],
    },
};
