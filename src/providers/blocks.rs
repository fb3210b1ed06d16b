//! What many rows share: their vocabulary, and shapes that several providers have in common, so
//! that a row says only what is its own.

pub(super) use super::{Evidence, Preset, SecretShape};
pub(super) use crate::scheme::{
    Algorithm, Authentication, Component, Curve, Description, EcdsaForm, Encoding, Equality,
    Expected, ExpectedDigest, FieldSource, FieldStyle, Fields, Grammar, Hash, HeaderStyle, Jose,
    JoseAlgorithm, JoseKey, JosePayload, JoseTimes, KeyChoice, KeyFetch, KeyForm, KeyName, List,
    MessageAlgorithm, MessageLabel, MessageSignature, NamedHeaders, Parameter, Part, Place,
    Presence, Repeat, Signature, SignedTime, Slot, Template, Text, TimeUnit, Token, TokenGrammar,
    Tolerance, UrlPart, list, text,
};

/// HMAC over the raw body alone, in one header behind a prefix.
pub(super) const fn body_hmac(
    at: List<Slot>,
    prefix: &'static str,
    encoding: Encoding,
    hash: Hash,
) -> Description {
    body_hmac_keyed(at, prefix, encoding, hash, KeyForm::Text)
}

/// HMAC over the raw body alone, with a key that is not the secret's text.
pub(super) const fn body_hmac_keyed(
    at: List<Slot>,
    prefix: &'static str,
    encoding: Encoding,
    hash: Hash,
    key: KeyForm,
) -> Description {
    signed(Signature {
        at,
        grammar: plain(prefix),
        encoding,
        algorithm: Algorithm::Hmac(hash),
        content: BODY,
        key,
    })
}

/// A bare hash in hexadecimal digits over content that holds the secret.
pub(super) const fn digest(at: List<Slot>, hash: Hash, content: List<Template>) -> Description {
    signed(Signature {
        at,
        grammar: plain(""),
        encoding: Encoding::Hex,
        algorithm: Algorithm::Digest(hash),
        content,
        key: KeyForm::Text,
    })
}

/// A signature and nothing else.
pub(super) const fn signed(signature: Signature) -> Description {
    Description {
        authentication: Authentication::Signature(signature),
        timestamp: None,
        id: None,
        require: list![],
    }
}

/// HMAC-SHA256 over content that holds a time, in one header behind a prefix.
pub(super) const fn dated(
    at: List<Slot>,
    prefix: &'static str,
    encoding: Encoding,
    content: List<Template>,
    time: SignedTime,
) -> Description {
    Description {
        authentication: Authentication::Signature(Signature {
            at,
            grammar: plain(prefix),
            encoding,
            algorithm: Algorithm::Hmac(Hash::Sha256),
            content,
            key: KeyForm::Text,
        }),
        timestamp: Some(time),
        id: None,
        require: list![],
    }
}

/// `t=<time>,v1=<hex>` over time, dot and body: Stripe's form, which many took over.
pub(super) const fn dated_list(
    at: List<Slot>,
    signatures: List<Text>,
    time: SignedTime,
) -> Description {
    Description {
        authentication: Authentication::Signature(Signature {
            at,
            grammar: items(',', '=', signatures),
            encoding: Encoding::Hex,
            algorithm: Algorithm::Hmac(Hash::Sha256),
            content: TIME_DOT_BODY,
            key: KeyForm::Text,
        }),
        timestamp: Some(time),
        id: None,
        require: list![],
    }
}

/// Standard Webhooks, symmetric (`v1`), under these header names.
pub(super) const fn standard(at: List<Slot>, id: Place, timestamp: Place) -> Description {
    standard_with_key(at, id, timestamp, STANDARD_KEY)
}

/// Standard Webhooks with another form of key.
pub(super) const fn standard_with_key(
    at: List<Slot>,
    id: Place,
    timestamp: Place,
    key: KeyForm,
) -> Description {
    Description {
        authentication: Authentication::Signature(Signature {
            at,
            grammar: items(' ', ',', list![text("v1")]),
            encoding: Encoding::Base64,
            algorithm: Algorithm::Hmac(Hash::Sha256),
            content: ID_TIME_BODY,
            key,
        }),
        timestamp: Some(time(timestamp, TimeUnit::Seconds, FIVE_MINUTES)),
        id: Some(id),
        require: list![],
    }
}

/// Svix under its own header names or, as white-label senders have them, the neutral ones.
pub(super) const fn svix() -> Description {
    standard(
        list![slot(Place::FirstHeader(list![text("svix-signature"), text("webhook-signature")]))],
        Place::FirstHeader(list![text("svix-id"), text("webhook-id")]),
        Place::FirstHeader(list![text("svix-timestamp"), text("webhook-timestamp")]),
    )
}

/// Where those have the id that stays the same when a message is sent again.
pub(super) const SVIX_ID: &[Place] =
    &[Place::FirstHeader(list![text("svix-id"), text("webhook-id")])];

/// A secret that the sender shows.
pub(super) const fn shown(at: Place, grammar: TokenGrammar) -> Description {
    Description {
        authentication: Authentication::Token(Token { at, grammar }),
        timestamp: None,
        id: None,
        require: list![],
    }
}

/// One signature behind a prefix.
pub(super) const fn plain(prefix: &'static str) -> Grammar {
    Grammar::Plain { prefix: text(prefix) }
}

/// `t=…,v1=…` and its cousins.
pub(super) const fn items(item: char, pair: char, signatures: List<Text>) -> Grammar {
    Grammar::Items { item, pair, signatures }
}

/// A signature that stands once in a place, made with any live key.
pub(super) const fn slot(place: Place) -> Slot {
    Slot { place, repeat: Repeat::Refuse, key: KeyChoice::Any }
}

/// A signed time.
pub(super) const fn time(at: Place, unit: TimeUnit, tolerance: Tolerance) -> SignedTime {
    SignedTime { at, unit, tolerance }
}

/// The window that most providers give, on both sides: a clock that runs ahead is no attack, and a
/// time far ahead would stay fresh for long.
pub(super) const FIVE_MINUTES: Tolerance = within(300);

/// As far from now as this many seconds on both sides.
pub(super) const fn within(seconds: u32) -> Tolerance {
    Tolerance::Within { past: seconds, future: seconds }
}

/// A field of a form-encoded body.
pub(super) const fn form(name: &'static str) -> Place {
    Place::Form(text(name))
}

/// A parameter of the query string.
pub(super) const fn query(name: &'static str) -> Place {
    Place::Query(text(name))
}

/// A value that must be this text.
pub(super) const fn equals_text(at: Place, expected: &'static str) -> Equality {
    Equality { at, equals: Expected::Text(text(expected)) }
}

/// A value that must be what the operator configured, if anything.
pub(super) const fn equals_if_given(at: Place, parameter: Parameter) -> Equality {
    Equality { at, equals: Expected::ParameterIfGiven(parameter) }
}

/// A value that must be what the operator configured.
pub(super) const fn equals_parameter(at: Place, parameter: Parameter) -> Equality {
    Equality { at, equals: Expected::Parameter(parameter) }
}

/// A value that must be a hash of the raw body.
pub(super) const fn body_digest(at: Place, hash: Hash, encoding: Encoding) -> Equality {
    Equality { at, equals: Expected::BodyDigest(ExpectedDigest::new(hash, encoding)) }
}

/// A public key whose id stands here.
pub(super) const fn key_id(named_at: Place) -> KeyFetch {
    KeyFetch { named_at, name: KeyName::Id }
}

pub(super) const COLON: Part = Part::literal(":");
pub(super) const DOT: Part = Part::literal(".");
pub(super) const LINE_END: Part = Part::literal("\n");
pub(super) const PIPE: Part = Part::literal("|");

/// The raw body alone.
pub(super) const BODY: List<Template> = list![list![Part::Body]];

/// Body and time with nothing between.
pub(super) const BODY_TIME: List<Template> = list![list![Part::Body, Part::Timestamp]];

/// Id, dot, time, dot and body.
pub(super) const ID_TIME_BODY: List<Template> =
    list![list![Part::Id, Part::literal("."), Part::Timestamp, Part::literal("."), Part::Body,]];

/// Time and body with nothing between.
pub(super) const TIME_BODY: List<Template> = list![list![Part::Timestamp, Part::Body]];

/// Time, a colon and the body.
pub(super) const TIME_COLON_BODY: List<Template> =
    list![list![Part::Timestamp, Part::literal(":"), Part::Body]];

/// Time, a dot and the body.
pub(super) const TIME_DOT_BODY: List<Template> =
    list![list![Part::Timestamp, Part::literal("."), Part::Body]];

/// `v0:`, time, a colon and the body: what Slack made popular.
pub(super) const V0_TIME_BODY: List<Template> =
    list![list![Part::literal("v0:"), Part::Timestamp, Part::literal(":"), Part::Body]];

/// Base64 key material behind the prefixes of Standard Webhooks.
pub(super) const STANDARD_KEY: KeyForm = KeyForm::Base64 { prefixes: STANDARD_PREFIXES };

const STANDARD_PREFIXES: List<Text> = list![text("v1,whsec_"), text("whsec_")];
