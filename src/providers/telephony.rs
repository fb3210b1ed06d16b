//! Calls, text messages and other numbers.

use super::blocks::*;

pub(super) static ROWS: &[&Preset] = &[
    &MESSAGEBIRD,
    &OPENSMS,
    &PLIVO_V2,
    &PLIVO_V3,
    &SINCH_APPLICATION,
    &SINCH_CONVERSATION,
    &SINCH_NUMBERS,
    &TELNYX,
    &TWILIO,
    &TWILIO_JSON,
    &VONAGE_JWT,
    &VONAGE_SMS,
    &VONAGE_SMS_MD5HMAC,
    &VONAGE_SMS_SHA1,
    &VONAGE_SMS_SHA256,
    &VONAGE_SMS_SHA512,
];

/// Bird (MessageBird): a JSON web token in `messagebird-signature-jwt` whose claims hold the
/// SHA-256 of the URL and of the body.
///
/// The URL must be the public one. The id of the delivery is the token's claim `jti`.
pub static MESSAGEBIRD: Preset = Preset {
    name: "messagebird",
    aliases: &["bird"],
    title: "Bird (MessageBird)",
    documentation: "https://github.com/messagebird/messagebird-nodejs",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the signing key of the account", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: Description {
        authentication: Authentication::Jose(Jose {
            at: Place::header("messagebird-signature-jwt"),
            grammar: TokenGrammar::Plain { prefix: text("") },
            payload: JosePayload::Claims,
            algorithms: list![JoseAlgorithm::Hs256, JoseAlgorithm::Hs384, JoseAlgorithm::Hs512],
            key: JoseKey::Ring(KeyForm::Text),
            times: JoseTimes {
                expires: Presence::Required,
                not_before: Presence::Required,
                issued: Presence::IfPresent,
                leeway: 5,
                max_age: None,
            },
        }),
        timestamp: None,
        id: None,
        require: list![
            equals_text(Place::claim("iss"), "MessageBird"),
            Equality {
                at: Place::claim("url_hash"),
                equals: Expected::UrlDigest(UrlPart::Full, Hash::Sha256)
            },
            Equality {
                at: Place::claim("payload_hash"),
                equals: Expected::BodyDigest(ExpectedDigest {
                    hash: Hash::Sha256,
                    encoding: Encoding::Hex,
                    before: text(""),
                    after: text(""),
                    absent_when_empty: true
                })
            }
        ],
    },
};

/// OpenSMS: HMAC-SHA256 over time, dot and body as `v1=<hex>` items in `x-opensms-signature`.
///
/// The secret looks like one of Standard Webhooks and is not: it is text.
pub static OPENSMS: Preset = Preset {
    name: "opensms",
    aliases: &[],
    title: "OpenSMS",
    documentation: "https://docs.rs/opensms",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape {
        hint: "the webhook's secret, whsec_…, used whole",
        prefixes: &["whsec_"],
    },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: dated_list(
        list![Slot::header("x-opensms-signature")],
        list![text("v1")],
        time(Place::item("t"), TimeUnit::Seconds, FIVE_MINUTES),
    ),
};

/// Plivo V2: HMAC-SHA256 over the URL without its query, and the nonce as base64 in
/// `x-plivo-signature-v2`.
///
/// Neither the body nor the query is covered.
pub static PLIVO_V2: Preset = Preset {
    name: "plivo-v2",
    aliases: &[],
    title: "Plivo V2",
    documentation: "https://github.com/plivo/plivo-python",
    checked: "2026-11-29",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the account's auth token", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![Slot::header("x-plivo-signature-v2")],
            grammar: plain(""),
            encoding: Encoding::Base64,
            algorithm: Algorithm::Hmac(Hash::Sha256),
            content: list![list![
                Part::Url(UrlPart::WithoutQuery),
                Part::header("x-plivo-signature-v2-nonce")
            ]],
            key: KeyForm::Text,
        }),
        timestamp: None,
        id: None,
        require: list![],
    },
};

/// Plivo V3: HMAC-SHA256 over the URL with its sorted query, the sorted fields of the form and the
/// nonce, base64 in `x-plivo-signature-v3`, where several may stand.
///
/// The URL must be the public one. A query that is put on a URL which was signed without one is not
/// noticed.
pub static PLIVO_V3: Preset = Preset {
    name: "plivo-v3",
    aliases: &["plivo"],
    title: "Plivo V3",
    documentation: "https://github.com/plivo/plivo-python",
    checked: "2026-11-29",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the account's auth token", prefixes: &[] },
    dedupe: &[Place::header("x-plivo-signature-v3-nonce")],
    event_type: None,
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![Slot::header("x-plivo-signature-v3")],
            grammar: Grammar::Positions { item: ',', first: 0 },
            encoding: Encoding::Base64,
            algorithm: Algorithm::Hmac(Hash::Sha256),
            content: list![
                list![
                    Part::Url(UrlPart::WithoutQuery),
                    Part::literal("?"),
                    QUERY_PAIRS,
                    Part::UnlessBodyEmpty(list![Part::literal("."), FORM_JOINED]),
                    Part::literal("."),
                    Part::header("x-plivo-signature-v3-nonce")
                ],
                list![
                    Part::Url(UrlPart::WithoutQuery),
                    Part::UnlessBodyEmpty(list![Part::literal("?"), FORM_JOINED]),
                    Part::literal("."),
                    Part::header("x-plivo-signature-v3-nonce")
                ]
            ],
            key: KeyForm::Text,
        }),
        timestamp: None,
        id: None,
        require: list![],
    },
};

/// Sinch Voice and Verification: HMAC-SHA256 over method, the MD5 of the body, content type,
/// time and path, base64 in `authorization` behind `Application key:`.
///
/// The body is bound by MD5 alone. The path must be the one that Sinch calls. Needs the feature
/// `rare-hashes`.
pub static SINCH_APPLICATION: Preset = Preset {
    name: "sinch-application",
    aliases: &["sinch-verification", "sinch-voice"],
    title: "Sinch Voice and Verification",
    documentation: "https://github.com/sinch/sinch-sdk-node",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the application's secret, base64", prefixes: &[] },
    dedupe: &[],
    event_type: Some(Place::body("/event")),
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![Slot {
                place: Place::header("authorization"),
                repeat: Repeat::Refuse,
                key: KeyChoice::Record
            }],
            grammar: Grammar::Records { item: ' ', field: ':', fields: 2, key: 0 },
            encoding: Encoding::Base64,
            algorithm: Algorithm::Hmac(Hash::Sha256),
            content: list![list![
                Part::Method,
                LINE_END,
                Part::UnlessBodyEmpty(list![Part::BodyDigest {
                    hash: Hash::Md5Legacy,
                    encoding: Encoding::Base64
                }]),
                LINE_END,
                Part::Value(Place::header("content-type")),
                Part::literal("\nx-timestamp:"),
                Part::Timestamp,
                LINE_END,
                Part::Url(UrlPart::Path)
            ]],
            key: KeyForm::Base64 { prefixes: list![] },
        }),
        timestamp: Some(time(
            Place::header("x-timestamp"),
            TimeUnit::Rfc3339,
            Tolerance::Unbounded,
        )),
        id: None,
        require: list![],
    },
};

/// Sinch Conversation: HMAC-SHA256 over body, nonce and time as base64 in
/// `x-sinch-webhook-signature`.
pub static SINCH_CONVERSATION: Preset = Preset {
    name: "sinch-conversation",
    aliases: &["sinch"],
    title: "Sinch Conversation",
    documentation: "https://github.com/sinch/sinch-sdk-node",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the webhook's secret", prefixes: &[] },
    dedupe: &[Place::header("x-sinch-webhook-signature-nonce")],
    event_type: None,
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![Slot::header("x-sinch-webhook-signature")],
            grammar: plain(""),
            encoding: Encoding::Base64,
            algorithm: Algorithm::Hmac(Hash::Sha256),
            content: list![list![
                Part::Body,
                Part::literal("."),
                Part::header("x-sinch-webhook-signature-nonce"),
                Part::literal("."),
                Part::Timestamp
            ]],
            key: KeyForm::Text,
        }),
        timestamp: Some(time(
            Place::header("x-sinch-webhook-signature-timestamp"),
            TimeUnit::Seconds,
            Tolerance::Unbounded,
        )),
        id: None,
        require: list![equals_text(
            Place::header("x-sinch-webhook-signature-algorithm"),
            "HmacSHA256"
        )],
    },
};

/// Sinch Numbers: HMAC-SHA1 over the body as hex in `x-sinch-signature`.
///
/// Legacy SHA-1, inside HMAC.
pub static SINCH_NUMBERS: Preset = Preset {
    name: "sinch-numbers",
    aliases: &[],
    title: "Sinch Numbers",
    documentation: "https://github.com/sinch/sinch-sdk-node",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the callback's HMAC secret", prefixes: &[] },
    dedupe: &[Place::body("/eventId")],
    event_type: Some(Place::body("/eventType")),
    retries: "",
    description: body_hmac(
        list![Slot::header("x-sinch-signature")],
        "",
        Encoding::Hex,
        Hash::Sha1Legacy,
    ),
};

/// Telnyx: Ed25519 over time, a bar and the body, base64 in `telnyx-signature-ed25519`.
///
/// Needs the feature `asymmetric`.
pub static TELNYX: Preset = Preset {
    name: "telnyx",
    aliases: &[],
    title: "Telnyx",
    documentation: "https://github.com/team-telnyx/telnyx-python",
    checked: "2026-11-29",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the public key of the portal, base64", prefixes: &[] },
    dedupe: &[Place::body("/data/id")],
    event_type: Some(Place::body("/data/event_type")),
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![Slot::header("telnyx-signature-ed25519")],
            grammar: plain(""),
            encoding: Encoding::Base64,
            algorithm: Algorithm::Ed25519,
            content: list![list![Part::Timestamp, Part::literal("|"), Part::Body]],
            key: KeyForm::Public,
        }),
        timestamp: Some(time(Place::header("telnyx-timestamp"), TimeUnit::Seconds, FIVE_MINUTES)),
        id: None,
        require: list![],
    },
};

/// Twilio: HMAC-SHA1 over the URL and the sorted fields of the form, base64 in
/// `x-twilio-signature`; for other bodies over the URL alone, whose parameter `bodySHA256` is then
/// the SHA-256 of the body.
///
/// Legacy SHA-1, inside HMAC. The URL must be the public one. `twilio-json` takes the second form
/// alone.
pub static TWILIO: Preset = Preset {
    name: "twilio",
    aliases: &[],
    title: "Twilio",
    documentation: "https://github.com/twilio/twilio-python",
    checked: "2026-11-29",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the account's auth token", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: Description {
        authentication: Authentication::AnyOf(list![twilio(TWILIO_CONTENT), twilio(TWILIO_BOUND)]),
        timestamp: None,
        id: None,
        require: list![],
    },
};

/// Twilio, JSON bodies: HMAC-SHA1 over the URL, base64 in `x-twilio-signature`; its parameter
/// `bodySHA256` is the SHA-256 of the body.
///
/// Legacy SHA-1, inside HMAC. The URL must be the public one.
pub static TWILIO_JSON: Preset = Preset {
    name: "twilio-json",
    aliases: &["twilio-body-sha256"],
    title: "Twilio, JSON bodies",
    documentation: "https://github.com/twilio/twilio-python",
    checked: "2026-11-29",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the account's auth token", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![Slot::header("x-twilio-signature")],
            grammar: plain(""),
            encoding: Encoding::Base64,
            algorithm: Algorithm::Hmac(Hash::Sha1Legacy),
            content: list![
                list![Part::Url(UrlPart::Full)],
                list![Part::Url(UrlPart::FullWithPort)],
                list![Part::Url(UrlPart::FullWithoutPort)]
            ],
            key: KeyForm::Text,
        }),
        timestamp: None,
        id: None,
        require: list![body_digest(query("bodySHA256"), Hash::Sha256, Encoding::Hex)],
    },
};

/// Vonage signed webhooks: a JSON web token (HS256) in `authorization` whose claim
/// `payload_hash` is the hex SHA-256 of the body.
///
/// The official libraries do not compare the claim with the body; this one does.
pub static VONAGE_JWT: Preset = Preset {
    name: "vonage-jwt",
    aliases: &["nexmo", "vonage", "vonage-signed-webhooks"],
    title: "Vonage signed webhooks",
    documentation: "https://developer.vonage.com/en/getting-started/concepts/webhooks",
    checked: "2026-11-29",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the signature secret of the account", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: Description {
        authentication: Authentication::Jose(Jose {
            at: Place::header("authorization"),
            grammar: TokenGrammar::Word { word: text("Bearer") },
            payload: JosePayload::Claims,
            algorithms: list![JoseAlgorithm::Hs256],
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
        require: list![body_digest(Place::claim("payload_hash"), Hash::Sha256, Encoding::Hex)],
    },
};

/// Vonage signed SMS, whichever HMAC the account's settings choose: told apart by the length of the
/// hex in `sig`. Take the preset of the one hash if it is known.
///
/// Sent as GET. The `timestamp` is signed and not judged. Needs the feature `rare-hashes`.
pub static VONAGE_SMS: Preset = Preset {
    name: "vonage-sms",
    aliases: &["vonage-signed-sms", "vonage-sms-signed"],
    title: "Vonage signed SMS, any HMAC",
    documentation: "https://github.com/Vonage/vonage-python-sdk",
    checked: "2026-11-29",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the account's signature secret", prefixes: &[] },
    dedupe: &[query("messageId")],
    event_type: None,
    retries: "",
    description: Description {
        authentication: Authentication::AnyOf(list![
            vonage_sms(Hash::Sha512),
            vonage_sms(Hash::Sha256),
            vonage_sms(Hash::Sha1Legacy),
            vonage_sms(Hash::Md5Legacy)
        ]),
        timestamp: None,
        id: None,
        require: list![],
    },
};

/// Vonage signed SMS, HMAC-MD5: HMAC-MD5 over the other parameters of the query, sorted, hex in
/// its `sig`.
///
/// Sent as GET. The account's settings choose the hash. The `timestamp` is signed and not
/// judged. Needs the feature `rare-hashes`.
pub static VONAGE_SMS_MD5HMAC: Preset = Preset {
    name: "vonage-sms-md5hmac",
    aliases: &["vonage-sms-md5"],
    title: "Vonage signed SMS, HMAC-MD5",
    documentation: "https://github.com/Vonage/vonage-python-sdk",
    checked: "2026-11-29",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the account's signature secret", prefixes: &[] },
    dedupe: &[query("messageId")],
    event_type: None,
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![slot(query("sig"))],
            grammar: plain(""),
            encoding: Encoding::Hex,
            algorithm: Algorithm::Hmac(Hash::Md5Legacy),
            content: VONAGE_CONTENT,
            key: KeyForm::Text,
        }),
        timestamp: None,
        id: None,
        require: list![],
    },
};

/// Vonage signed SMS, HMAC-SHA1: HMAC-SHA1 over the other parameters of the query, sorted, hex
/// in its `sig`.
///
/// Sent as GET. The account's settings choose the hash. The `timestamp` is signed and not
/// judged.
pub static VONAGE_SMS_SHA1: Preset = Preset {
    name: "vonage-sms-sha1",
    aliases: &[],
    title: "Vonage signed SMS, HMAC-SHA1",
    documentation: "https://github.com/Vonage/vonage-python-sdk",
    checked: "2026-11-29",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the account's signature secret", prefixes: &[] },
    dedupe: &[query("messageId")],
    event_type: None,
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![slot(query("sig"))],
            grammar: plain(""),
            encoding: Encoding::Hex,
            algorithm: Algorithm::Hmac(Hash::Sha1Legacy),
            content: VONAGE_CONTENT,
            key: KeyForm::Text,
        }),
        timestamp: None,
        id: None,
        require: list![],
    },
};

/// Vonage signed SMS, HMAC-SHA256: HMAC-SHA256 over the other parameters of the query, sorted,
/// hex in its `sig`.
///
/// Sent as GET. The account's settings choose the hash. The `timestamp` is signed and not
/// judged.
pub static VONAGE_SMS_SHA256: Preset = Preset {
    name: "vonage-sms-sha256",
    aliases: &[],
    title: "Vonage signed SMS, HMAC-SHA256",
    documentation: "https://github.com/Vonage/vonage-python-sdk",
    checked: "2026-11-29",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the account's signature secret", prefixes: &[] },
    dedupe: &[query("messageId")],
    event_type: None,
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![slot(query("sig"))],
            grammar: plain(""),
            encoding: Encoding::Hex,
            algorithm: Algorithm::Hmac(Hash::Sha256),
            content: VONAGE_CONTENT,
            key: KeyForm::Text,
        }),
        timestamp: None,
        id: None,
        require: list![],
    },
};

/// Vonage signed SMS, HMAC-SHA512: HMAC-SHA512 over the other parameters of the query, sorted,
/// hex in its `sig`.
///
/// Sent as GET. The account's settings choose the hash. The `timestamp` is signed and not
/// judged.
pub static VONAGE_SMS_SHA512: Preset = Preset {
    name: "vonage-sms-sha512",
    aliases: &[],
    title: "Vonage signed SMS, HMAC-SHA512",
    documentation: "https://github.com/Vonage/vonage-python-sdk",
    checked: "2026-11-29",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the account's signature secret", prefixes: &[] },
    dedupe: &[query("messageId")],
    event_type: None,
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![slot(query("sig"))],
            grammar: plain(""),
            encoding: Encoding::Hex,
            algorithm: Algorithm::Hmac(Hash::Sha512),
            content: VONAGE_CONTENT,
            key: KeyForm::Text,
        }),
        timestamp: None,
        id: None,
        require: list![],
    },
};

/// Twilio adds the port or leaves it out, from product to product.
const TWILIO_CONTENT: List<Template> = list![
    list![Part::Url(UrlPart::Full), FORM_JOINED],
    list![Part::Url(UrlPart::FullWithPort), FORM_JOINED],
    list![Part::Url(UrlPart::FullWithoutPort), FORM_JOINED],
];

const TWILIO_BOUND: List<Template> = list![
    list![url_with_digest(UrlPart::Full)],
    list![url_with_digest(UrlPart::FullWithPort)],
    list![url_with_digest(UrlPart::FullWithoutPort)],
];

const fn url_with_digest(url: UrlPart) -> Part {
    Part::UrlWithBodyDigest { url, parameter: text("bodySHA256"), hash: Hash::Sha256 }
}

const fn twilio(content: List<Template>) -> Signature {
    Signature {
        at: list![Slot::header("x-twilio-signature")],
        grammar: plain(""),
        encoding: Encoding::Base64,
        algorithm: Algorithm::Hmac(Hash::Sha1Legacy),
        content,
        key: KeyForm::Text,
    }
}

const FORM_JOINED: Part =
    Part::Fields(Fields { of: FieldSource::Form, except: list![], style: FieldStyle::Joined });

const QUERY_PAIRS: Part =
    Part::Fields(Fields { of: FieldSource::Query, except: list![], style: FieldStyle::Pairs });

const fn vonage_sms(hash: Hash) -> Signature {
    Signature {
        at: list![slot(query("sig"))],
        grammar: plain(""),
        encoding: Encoding::Hex,
        algorithm: Algorithm::Hmac(hash),
        content: VONAGE_CONTENT,
        key: KeyForm::Text,
    }
}

const VONAGE_CONTENT: List<Template> = list![list![Part::Fields(Fields {
    of: FieldSource::Query,
    except: list![text("sig")],
    style: FieldStyle::Escaped,
})]];
