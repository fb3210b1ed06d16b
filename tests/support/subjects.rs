//! What is tested: every preset, and schemes made of the vocabulary that no preset uses yet.

use std::borrow::Cow;

use hookstage::providers::{self, Preset};
use hookstage::scheme::{
    Algorithm, Authentication, Description, Encoding, Equality, Expected, Grammar, Hash, KeyChoice,
    KeyForm, List, Parameter, Part, Place, Repeat, Signature, SignedTime, Slot, Text, TimeUnit,
    Tolerance, UrlPart,
};
use hookstage::{Scheme, Verifier};

use super::request::Request;
use super::sender::{Plan, first_rule, parameters, send};

/// One scheme under test.
pub(crate) struct Subject {
    pub(crate) name: String,
    pub(crate) scheme: Scheme,
    pub(crate) preset: Option<&'static Preset>,
}

impl Subject {
    pub(crate) fn verifier(&self) -> Verifier {
        self.verifier_of(&[0])
    }

    /// A verifier that holds these keys of [`key_text`](super::key_text), newest first.
    pub(crate) fn verifier_of(&self, keys: &[usize]) -> Verifier {
        let unsigned = matches!(self.scheme.description().authentication, Authentication::Unsigned);
        let secrets = keys.iter().filter(|_| !unsigned).map(|number| self.secret(*number));
        Verifier::with_parameters(self.scheme.clone(), secrets, parameters(self)).unwrap()
    }

    /// What a provider of this scheme sends.
    pub(crate) fn genuine(&self) -> Option<Request> {
        send(self, &Plan::default())
    }

    pub(crate) fn signature(&self) -> Option<&Signature> {
        first_rule(self.scheme.description())
    }

    /// The header that holds the signature or token.
    pub(crate) fn header(&self) -> Option<&str> {
        let place = match &self.scheme.description().authentication {
            Authentication::Token(token) => &token.at,
            _ => &self.signature()?.at.first()?.place,
        };
        match place {
            Place::Header(name) => Some(name),
            Place::FirstHeader(names) => names.first().map(AsRef::as_ref),
            _ => None,
        }
    }

    /// Whether the sender is free to choose the body, byte for byte.
    pub(crate) fn has_free_body(&self) -> bool {
        let marker = b"a body of its own";
        let plan = Plan { body: Cow::Borrowed(marker), ..Plan::default() };
        send(self, &plan).is_some_and(|request| request.body == marker)
    }
}

/// Everything that [`send`] can speak, and that says something of its sender.
pub(crate) fn subjects() -> Vec<Subject> {
    let presets = providers::all().iter().map(|preset| Subject {
        name: preset.name.to_owned(),
        scheme: preset.scheme(),
        preset: Some(preset),
    });
    let subjects: Vec<Subject> = presets.chain(made()).collect();
    let authenticated = |subject: &Subject| {
        !matches!(subject.scheme.description().authentication, Authentication::Unsigned)
    };
    subjects
        .into_iter()
        .filter(authenticated)
        .filter(|subject| subject.scheme.missing_feature().is_none())
        .filter(|subject| subject.genuine().is_some())
        .collect()
}

pub(crate) fn text(text: &str) -> Text {
    Cow::Owned(text.to_owned())
}

fn list<T: Clone>(items: impl IntoIterator<Item = T>) -> List<T> {
    Cow::Owned(items.into_iter().collect())
}

pub(crate) fn slot(place: Place) -> Slot {
    Slot { place, repeat: Repeat::Refuse, key: KeyChoice::Any }
}

/// HMAC-SHA256 in hex over the body in `x-signature`: what the schemes below depart from.
pub(crate) fn signature(parts: Vec<Part>) -> Signature {
    Signature {
        at: list([slot(Place::header("x-signature"))]),
        grammar: Grammar::Plain { prefix: text("") },
        encoding: Encoding::Hex,
        algorithm: Algorithm::Hmac(Hash::Sha256),
        content: list([list(parts)]),
        key: KeyForm::Text,
    }
}

pub(crate) fn described(signature: Signature) -> Description {
    Description {
        authentication: Authentication::Signature(signature),
        timestamp: None,
        id: None,
        require: list([]),
    }
}

fn timed(at: Place, unit: TimeUnit) -> Option<SignedTime> {
    Some(SignedTime { at, unit, tolerance: Tolerance::Within { past: 300, future: 60 } })
}

/// Schemes that exist in no table: each a shape of the vocabulary.
fn made() -> Vec<Subject> {
    let header_time = || Place::header("x-time");
    let time_body = || vec![Part::Timestamp, Part::literal("\n"), Part::Body];
    let rows: Vec<(&str, Description)> = vec![
        (
            "made: signature in the query",
            described(Signature {
                at: list([slot(Place::Query(text("sig")))]),
                encoding: Encoding::Base64,
                ..signature(vec![Part::Body])
            }),
        ),
        (
            "made: everything in the JSON body",
            Description {
                timestamp: timed(Place::body("/signature/timestamp"), TimeUnit::Seconds),
                ..described(Signature {
                    at: list([slot(Place::body("/signature/signature"))]),
                    ..signature(vec![Part::Timestamp, Part::Value(Place::body("/signature/token"))])
                })
            },
        ),
        (
            "made: everything in the form body",
            Description {
                timestamp: timed(Place::Form(text("ts")), TimeUnit::Seconds),
                ..described(Signature {
                    at: list([slot(Place::Form(text("sig")))]),
                    ..signature(vec![Part::Timestamp, Part::Value(Place::Form(text("token")))])
                })
            },
        ),
        (
            "made: numbered headers",
            described(Signature {
                at: list([slot(Place::NumberedHeader { prefix: text("x-sig-"), up_to: 5 })]),
                ..signature(vec![Part::Body])
            }),
        ),
        (
            "made: repeated header",
            described(Signature {
                at: list([Slot { repeat: Repeat::Each, ..slot(Place::header("x-signature")) }]),
                ..signature(vec![Part::Body])
            }),
        ),
        (
            "made: items by place",
            Description {
                timestamp: timed(Place::Position(0), TimeUnit::Seconds),
                ..described(Signature {
                    grammar: Grammar::Positions { item: ',', first: 1 },
                    ..signature(vec![Part::Timestamp, Part::literal("."), Part::Body])
                })
            },
        ),
        (
            "made: a bare digest",
            described(Signature {
                algorithm: Algorithm::Digest(Hash::Sha256),
                ..signature(vec![Part::Secret, Part::Method, Part::Url(UrlPart::Full), Part::Body])
            }),
        ),
        (
            "made: method, address and milliseconds",
            Description {
                timestamp: timed(header_time(), TimeUnit::Milliseconds),
                ..described(Signature {
                    encoding: Encoding::Base64,
                    algorithm: Algorithm::Hmac(Hash::Sha512),
                    ..signature(vec![
                        Part::Method,
                        Part::Url(UrlPart::PathAndQuery),
                        Part::Body,
                        Part::Timestamp,
                    ])
                })
            },
        ),
        (
            "made: a checksum of the body",
            Description {
                timestamp: timed(header_time(), TimeUnit::Rfc3339),
                id: Some(Place::header("x-id")),
                ..described(signature(vec![
                    Part::Id,
                    Part::literal("|"),
                    Part::Timestamp,
                    Part::literal("|"),
                    Part::BodyCrc32,
                ]))
            },
        ),
        (
            "made: path only",
            described(signature(vec![Part::Url(UrlPart::Path), Part::literal("|"), Part::Body])),
        ),
        (
            "made: address without its query",
            described(signature(vec![
                Part::Url(UrlPart::WithoutQuery),
                Part::literal("|"),
                Part::Body,
            ])),
        ),
        (
            "made: digest of the body, SHA-384",
            described(Signature {
                encoding: Encoding::Base64Url,
                algorithm: Algorithm::Hmac(Hash::Sha384),
                ..signature(vec![Part::BodyDigest {
                    hash: Hash::Sha512,
                    encoding: Encoding::Base64,
                }])
            }),
        ),
        (
            "made: SHA-1 behind a word",
            described(Signature {
                grammar: Grammar::Word { word: text("HMAC") },
                algorithm: Algorithm::Hmac(Hash::Sha1Legacy),
                ..signature(vec![Part::Body])
            }),
        ),
        (
            "made: HTTP date",
            Description {
                timestamp: timed(Place::header("date"), TimeUnit::HttpDate),
                ..described(signature(time_body()))
            },
        ),
        (
            "made: RFC 3339",
            Description {
                timestamp: timed(header_time(), TimeUnit::Rfc3339),
                ..described(signature(time_body()))
            },
        ),
        (
            "made: ISO 8601 without a zone",
            Description {
                timestamp: timed(header_time(), TimeUnit::IsoUtc),
                ..described(signature(time_body()))
            },
        ),
        (
            "made: an optional header and a required one",
            Description {
                require: list([
                    Equality { at: Place::header("x-kind"), equals: Expected::Text(text("event")) },
                    Equality {
                        at: Place::header("x-client"),
                        equals: Expected::Parameter(Parameter::ClientId),
                    },
                ]),
                ..described(signature(vec![
                    Part::Optional(list([Part::header("x-extra"), Part::literal(":")])),
                    Part::Value(Place::Parameter(Parameter::KeyId)),
                    Part::literal(":"),
                    Part::Body,
                ]))
            },
        ),
        (
            "made: hex key",
            described(Signature { key: KeyForm::Hex, ..signature(vec![Part::Body]) }),
        ),
        (
            "made: hashed key",
            described(Signature {
                key: KeyForm::Hashed(Hash::Sha256),
                ..signature(vec![Part::Body])
            }),
        ),
        (
            "made: wrapped key",
            described(Signature {
                key: KeyForm::Wrapped { before: text("AWS4"), after: text("end") },
                ..signature(vec![Part::Body])
            }),
        ),
        (
            "made: id with a colon behind it",
            Description {
                id: Some(Place::header("x-id")),
                timestamp: timed(header_time(), TimeUnit::Seconds),
                ..described(signature(vec![
                    Part::Id,
                    Part::literal(":"),
                    Part::Timestamp,
                    Part::literal(":"),
                    Part::Body,
                ]))
            },
        ),
    ];
    rows.into_iter()
        .map(|(name, description)| Subject {
            name: name.to_owned(),
            scheme: Scheme::new(description).unwrap_or_else(|error| panic!("{name}: {error}")),
            preset: None,
        })
        .collect()
}
