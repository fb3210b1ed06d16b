//! Documents to sign, and people at work.

use super::blocks::*;

pub(super) static ROWS: &[&Preset] = &[
    &BAMBOOHR,
    &CANVAS_CREDENTIALS,
    &CHECKR,
    &CLICKSIGN,
    &DOCUSIGN,
    &DROPBOX_SIGN,
    &GREENHOUSE,
    &JOBDIVA,
    &LEVER,
    &PANDADOC,
    &SIGNABLE,
    &SIGNATUREAPI,
    &YOUSIGN,
];

/// BambooHR: HMAC-SHA256 over body and time as hex in `x-bamboohr-signature`.
pub static BAMBOOHR: Preset = Preset {
    name: "bamboohr",
    aliases: &["bamboo-hr"],
    title: "BambooHR",
    documentation: "https://documentation.bamboohr.com/docs/webhooks",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the webhook's private key", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: dated(
        list![Slot::header("x-bamboohr-signature")],
        "",
        Encoding::Hex,
        BODY_TIME,
        time(Place::header("x-bamboohr-timestamp"), TimeUnit::Seconds, Tolerance::Unbounded),
    ),
};

/// Instructure Canvas Credentials: HMAC-SHA256 over the body as base64 in `x-canvas-signature`.
///
/// Canvas Live Events are signed otherwise.
pub static CANVAS_CREDENTIALS: Preset = Preset {
    name: "canvas-credentials",
    aliases: &["canvas", "instructure-canvas-credentials"],
    title: "Instructure Canvas Credentials",
    documentation: "https://community.instructure.com",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the webhook's signing secret", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: body_hmac(
        list![Slot::header("x-canvas-signature")],
        "",
        Encoding::Base64,
        Hash::Sha256,
    ),
};

/// Checkr: HMAC-SHA256 over the body as hex in `x-checkr-signature`.
pub static CHECKR: Preset = Preset {
    name: "checkr",
    aliases: &[],
    title: "Checkr",
    documentation: "https://docs.checkr.com",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the webhook's secret", prefixes: &[] },
    dedupe: &[Place::body("/id")],
    event_type: Some(Place::body("/type")),
    retries: "",
    description: body_hmac(
        list![Slot::header("x-checkr-signature")],
        "",
        Encoding::Hex,
        Hash::Sha256,
    ),
};

/// Clicksign: HMAC-SHA256 over the body as hex behind `sha256=` in `content-hmac`.
pub static CLICKSIGN: Preset = Preset {
    name: "clicksign",
    aliases: &[],
    title: "Clicksign",
    documentation: "https://developers.clicksign.com",
    checked: "2026-11-22",
    evidence: Evidence::Documentation,
    secret: SecretShape { hint: "the webhook's HMAC secret", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: body_hmac(
        list![Slot::header("content-hmac")],
        "sha256=",
        Encoding::Hex,
        Hash::Sha256,
    ),
};

/// DocuSign Connect: HMAC-SHA256 over the body as base64 in `x-docusign-signature-1` and the
/// numbers after it.
///
/// One header for each configured key; any may match.
pub static DOCUSIGN: Preset = Preset {
    name: "docusign",
    aliases: &["docusign-connect"],
    title: "DocuSign Connect",
    documentation: "https://developers.docusign.com/platform/webhooks/connect/hmac/",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "a Connect key", prefixes: &[] },
    dedupe: &[
        Place::body("/event"),
        Place::body("/data/envelopeId"),
        Place::body("/generatedDateTime"),
    ],
    event_type: Some(Place::body("/event")),
    retries: "",
    description: body_hmac(DOCUSIGN_HEADERS, "", Encoding::Base64, Hash::Sha256),
};

/// Dropbox Sign: HMAC-SHA256 over the time and type of the event as hex in `/event/event_hash`.
///
/// Nothing else of the body is covered. It arrives as the field `json` of a multipart form;
/// hand that field over as the body.
pub static DROPBOX_SIGN: Preset = Preset {
    name: "dropbox-sign",
    aliases: &["hello-sign", "hellosign"],
    title: "Dropbox Sign",
    documentation: "https://github.com/hellosign/dropbox-sign-python",
    checked: "2026-11-29",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the API key", prefixes: &[] },
    // Not the hash: its digits may be written in either case, and it covers the time in seconds and
    // the type alone, so two requests signed in one second have the same.
    dedupe: &[
        Place::body("/event/event_time"),
        Place::body("/event/event_type"),
        Place::body("/signature_request/signature_request_id"),
    ],
    event_type: Some(Place::body("/event/event_type")),
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![slot(Place::body("/event/event_hash"))],
            grammar: plain(""),
            encoding: Encoding::Hex,
            algorithm: Algorithm::Hmac(Hash::Sha256),
            content: list![list![
                Part::Value(Place::body("/event/event_time")),
                Part::Value(Place::body("/event/event_type"))
            ]],
            key: KeyForm::Text,
        }),
        timestamp: None,
        id: None,
        require: list![],
    },
};

/// Greenhouse Onboarding: HMAC-SHA256 over the body as hex behind `sha256 ` in `signature`.
///
/// A space stands between the hash's name and the digits.
pub static GREENHOUSE: Preset = Preset {
    name: "greenhouse",
    aliases: &[],
    title: "Greenhouse Onboarding",
    documentation: "https://developers.greenhouse.io/onboarding_webhooks.html",
    checked: "2026-11-22",
    evidence: Evidence::Documentation,
    secret: SecretShape { hint: "the webhook's secret key", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: body_hmac(
        list![Slot::header("signature")],
        "sha256 ",
        Encoding::Hex,
        Hash::Sha256,
    ),
};

/// JobDiva: HMAC-SHA1 over the body as hex behind `sha1=` in `x-hub-signature`.
///
/// Legacy SHA-1, inside HMAC.
pub static JOBDIVA: Preset = Preset {
    name: "jobdiva",
    aliases: &[],
    title: "JobDiva",
    documentation: "https://www.jobdiva.com",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the webhook's signing secret", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: body_hmac(
        list![Slot::header("x-hub-signature")],
        "sha1=",
        Encoding::Hex,
        Hash::Sha1Legacy,
    ),
};

/// Lever: HMAC-SHA256 over the token and time in the body as hex in `/signature`.
///
/// Nothing else of the body is covered.
pub static LEVER: Preset = Preset {
    name: "lever",
    aliases: &[],
    title: "Lever",
    documentation: "https://hire.lever.co/developer/documentation#webhooks",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the webhook's signature token", prefixes: &[] },
    dedupe: &[Place::body("/id")],
    event_type: Some(Place::body("/event")),
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![slot(Place::body("/signature"))],
            grammar: plain(""),
            encoding: Encoding::Hex,
            algorithm: Algorithm::Hmac(Hash::Sha256),
            content: list![list![
                Part::Value(Place::body("/token")),
                Part::Value(Place::body("/triggeredAt"))
            ]],
            key: KeyForm::Text,
        }),
        timestamp: None,
        id: None,
        require: list![],
    },
};

/// PandaDoc: HMAC-SHA256 over the body as hex in `signature`.
///
/// The signature stands in the query. One delivery holds many events.
pub static PANDADOC: Preset = Preset {
    name: "pandadoc",
    aliases: &["panda-doc"],
    title: "PandaDoc",
    documentation: "https://developers.pandadoc.com/reference/webhooks-verification",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the webhook's shared key", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: body_hmac(list![slot(query("signature"))], "", Encoding::Hex, Hash::Sha256),
};

/// Signable: HMAC-SHA256 over the body as base64 in `signature`.
///
/// The time header is not signed.
pub static SIGNABLE: Preset = Preset {
    name: "signable",
    aliases: &[],
    title: "Signable",
    documentation: "https://developers.signable.app",
    checked: "2026-11-22",
    evidence: Evidence::Documentation,
    secret: SecretShape { hint: "the webhook's signing secret", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: body_hmac(list![Slot::header("signature")], "", Encoding::Base64, Hash::Sha256),
};

/// SignatureAPI: Standard Webhooks (`v1`, base64 HMAC-SHA256 over id, time and body) in the
/// `webhook-*` headers.
pub static SIGNATUREAPI: Preset = Preset {
    name: "signatureapi",
    aliases: &[],
    title: "SignatureAPI",
    documentation: "https://signatureapi.com/docs/api/guides/how-to/verify-webhooks",
    checked: "2026-11-22",
    evidence: Evidence::Documentation,
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

/// Yousign: HMAC-SHA256 over the body as hex behind `sha256=` in `x-yousign-signature-256`.
pub static YOUSIGN: Preset = Preset {
    name: "yousign",
    aliases: &[],
    title: "Yousign",
    documentation: "https://developers.yousign.com/docs/verify-signatures-of-webhooks",
    checked: "2026-11-22",
    evidence: Evidence::Documentation,
    secret: SecretShape { hint: "the webhook's secret key", prefixes: &[] },
    dedupe: &[Place::body("/event_id")],
    event_type: Some(Place::body("/event_name")),
    retries: "",
    description: body_hmac(
        list![Slot::header("x-yousign-signature-256")],
        "sha256=",
        Encoding::Hex,
        Hash::Sha256,
    ),
};

/// One header for each of up to sixteen keys.
const DOCUSIGN_HEADERS: List<Slot> = list![Slot {
    place: Place::NumberedHeader { prefix: text("x-docusign-signature-"), up_to: 16 },
    repeat: Repeat::Refuse,
    key: KeyChoice::Any,
}];
