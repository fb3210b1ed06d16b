//! Descriptions that are not sound: each is refused when a scheme is built, with its reason, and
//! there is a case for every reason there is.

mod support;

use std::borrow::Cow;
use std::collections::BTreeSet;

use hookstage::scheme::{
    Algorithm, Authentication, Component, Curve, Description, EcdsaForm, Encoding, Equality,
    Expected, FieldSource, FieldStyle, Fields, Grammar, Hash, HeaderStyle, HostChecked, Jose,
    JoseAlgorithm, JoseKey, JosePayload, JoseTimes, KeyChoice, KeyFetch, KeyForm, KeyName, List,
    MessageAlgorithm, MessageLabel, MessageSignature, NamedHeaders, Parameter, Part, Place,
    Presence, Signature, SignedTime, Slot, TimeUnit, Token, TokenGrammar, Tolerance, UrlPart,
};
use hookstage::{ConfigError, Scheme};
use support::*;

fn list<T: Clone>(items: impl IntoIterator<Item = T>) -> List<T> {
    Cow::Owned(items.into_iter().collect())
}

fn with(signature: Signature) -> Description {
    described(signature)
}

fn body() -> Signature {
    signature(vec![Part::Body])
}

fn parts(parts: Vec<Part>) -> Description {
    with(signature(parts))
}

fn bound_url(url: UrlPart, parameter: &str) -> Part {
    Part::UrlWithBodyDigest { url, parameter: parameter.to_owned().into(), hash: Hash::Sha256 }
}

fn at(place: Place) -> Description {
    with(Signature { at: list([slot(place)]), ..body() })
}

fn grammar(grammar: Grammar) -> Description {
    with(Signature { grammar, ..body() })
}

fn items(item: char, pair: char, keys: &[&str]) -> Grammar {
    Grammar::Items { item, pair, signatures: list(keys.iter().map(|key| text(key))) }
}

fn time(at: Place, tolerance: Tolerance) -> Option<SignedTime> {
    Some(SignedTime { at, unit: TimeUnit::Seconds, tolerance })
}

const MINUTE: Tolerance = Tolerance::Within { past: 60, future: 60 };

fn token(at: Place, grammar: TokenGrammar) -> Description {
    Description {
        authentication: Authentication::Token(Token { at, grammar }),
        timestamp: None,
        id: None,
        require: list([]),
    }
}

fn plain_token(at: Place) -> Description {
    token(at, TokenGrammar::Plain { prefix: text("") })
}

fn require(at: Place, equals: Expected) -> Description {
    Description { require: list([Equality { at, equals }]), ..with(body()) }
}

/// Descriptions that are not sound, with the field and the fault: one case for each fault at least.
fn unsound() -> Vec<(Description, &'static str, &'static str)> {
    let nothing = || Authentication::Unsigned;
    let timestamped = |parts: Vec<Part>| Description {
        timestamp: time(Place::header("x-time"), MINUTE),
        ..with(signature(parts))
    };
    let word = |word: &str| Grammar::Word { word: text(word) };
    vec![
        (
            with(Signature { at: list([]), ..body() }),
            "signature.at",
            "name one to four places where a signature may stand",
        ),
        (
            with(Signature {
                at: list(["a", "b", "c", "d", "e"].map(|name| slot(Place::Header(text(name))))),
                ..body()
            }),
            "signature.at",
            "name one to four places where a signature may stand",
        ),
        (
            with(Signature { content: list([]), ..body() }),
            "signature.content",
            "give one to four templates of the signed bytes",
        ),
        (
            with(Signature { content: list(vec![list([Part::Body]); 5]), ..body() }),
            "signature.content",
            "give one to four templates of the signed bytes",
        ),
        (
            Description {
                timestamp: time(Place::header("x-time"), MINUTE),
                authentication: nothing(),
                ..with(body())
            },
            "timestamp",
            "nothing is signed here, so a time proves nothing; remove it",
        ),
        (
            Description {
                timestamp: time(Place::header("x-time"), MINUTE),
                ..plain_token(Place::header("x-token"))
            },
            "timestamp",
            "nothing is signed here, so a time proves nothing; remove it",
        ),
        (
            Description {
                id: Some(Place::header("x-id")),
                ..plain_token(Place::header("x-token"))
            },
            "id",
            "nothing is signed here, so an id proves nothing; remove it",
        ),
        (
            at(Place::item("v1")),
            "signature.at",
            "an item stands in a signature value, not the other way round",
        ),
        (
            at(Place::Position(0)),
            "signature.at",
            "an item stands in a signature value, not the other way round",
        ),
        (
            at(Place::Parameter(Parameter::KeyId)),
            "signature.at",
            "a signature must come from the delivery",
        ),
        (
            grammar(items(',', ',', &["v1"])),
            "signature.grammar",
            "the separators of items and of pairs must differ",
        ),
        (
            grammar(items('a', '=', &["v1"])),
            "signature.grammar",
            "a separator must be ASCII and not a letter or digit",
        ),
        (
            grammar(items(',', '1', &["v1"])),
            "signature.grammar",
            "a separator must be ASCII and not a letter or digit",
        ),
        (
            grammar(items('\u{2c}', '\u{ff1d}', &["v1"])),
            "signature.grammar",
            "a separator must be ASCII and not a letter or digit",
        ),
        (
            grammar(items('\0', '=', &["v1"])),
            "signature.grammar",
            "a separator must be ASCII and not a letter or digit",
        ),
        (
            with(Signature {
                encoding: Encoding::Base64,
                grammar: items('/', ':', &["v1"]),
                ..body()
            }),
            "signature.grammar",
            "the separator of items occurs inside the encoding",
        ),
        (
            with(Signature {
                encoding: Encoding::Base64Url,
                grammar: items('-', ':', &["v1"]),
                ..body()
            }),
            "signature.grammar",
            "the separator of items occurs inside the encoding",
        ),
        (
            grammar(items(',', '=', &[])),
            "signature.grammar",
            "name one to four keys whose values are signatures",
        ),
        (
            grammar(items(',', '=', &["a", "b", "c", "d", "e"])),
            "signature.grammar",
            "name one to four keys whose values are signatures",
        ),
        (grammar(items(',', '=', &[""])), "signature.grammar", "a key must not be empty"),
        (
            with(Signature {
                encoding: Encoding::Base64,
                grammar: Grammar::Positions { item: '=', first: 0 },
                ..body()
            }),
            "signature.grammar",
            "the separator must not occur inside the encoding",
        ),
        (
            grammar(Grammar::Positions { item: '\u{a7}', first: 0 }),
            "signature.grammar",
            "the separator must not occur inside the encoding",
        ),
        (
            grammar(Grammar::Positions { item: 'x', first: 0 }),
            "signature.grammar",
            "the separator must not occur inside the encoding",
        ),
        (grammar(word("")), "signature.grammar", "the word must not be empty"),
        (
            grammar(word("two words")),
            "signature.grammar",
            "the word must be visible ASCII without spaces",
        ),
        (
            grammar(word("w\u{f6}rd")),
            "signature.grammar",
            "the word must be visible ASCII without spaces",
        ),
        (
            parts([vec![Part::Body], vec![Part::literal("x"); 32]].concat()),
            "signature.content",
            "a template has at most 32 parts",
        ),
        (
            parts(vec![Part::literal("fixed")]),
            "signature.content",
            "the signed bytes hold nothing of the delivery",
        ),
        (parts(vec![]), "signature.content", "the signed bytes hold nothing of the delivery"),
        (
            with(Signature {
                content: list([list([Part::Body]), list([Part::literal("fixed")])]),
                ..body()
            }),
            "signature.content",
            "the signed bytes hold nothing of the delivery",
        ),
        (
            with(Signature { algorithm: Algorithm::Digest(Hash::Sha256), ..body() }),
            "signature.content",
            "a bare digest needs the secret once among its parts",
        ),
        (
            with(Signature {
                algorithm: Algorithm::Digest(Hash::Sha256),
                ..signature(vec![Part::Secret, Part::Body, Part::Secret])
            }),
            "signature.content",
            "a bare digest needs the secret once among its parts",
        ),
        (
            parts(vec![Part::Secret, Part::Body]),
            "signature.content",
            "the secret is the key here, not a part",
        ),
        (
            timestamped(vec![Part::Body]),
            "timestamp",
            "it is judged but not signed, so a replay only needs a new one",
        ),
        (
            Description {
                timestamp: time(Place::Form(text("time")), MINUTE),
                ..parts(vec![Part::Fields(Fields {
                    of: FieldSource::Query,
                    except: list([]),
                    style: FieldStyle::Pairs,
                })])
            },
            "timestamp",
            "it is judged but not signed, so a replay only needs a new one",
        ),
        (
            Description {
                timestamp: time(Place::Form(text("time")), MINUTE),
                ..form_without(vec!["sig", "time"])
            },
            "timestamp",
            "it is judged but not signed, so a replay only needs a new one",
        ),
        (
            Description {
                timestamp: time(
                    Place::FormMember { field: text("event"), pointer: text("/time") },
                    MINUTE,
                ),
                ..form_without(vec!["event"])
            },
            "timestamp",
            "it is judged but not signed, so a replay only needs a new one",
        ),
        (
            Description { id: Some(Place::header("x-id")), ..with(body()) },
            "id",
            "it is not among the signed parts, so it proves nothing; remove it",
        ),
        (
            parts(vec![Part::Id, Part::literal("."), Part::Body]),
            "id",
            "it is signed, but its place is not given",
        ),
        (
            parts(vec![Part::literal(""), Part::Body]),
            "signature.content",
            "a literal must not be empty",
        ),
        (
            parts(vec![bound_url(UrlPart::Full, "")]),
            "signature.content",
            "name the parameter that holds the hash",
        ),
        (
            parts(vec![bound_url(UrlPart::WithoutQuery, "bodySHA256")]),
            "signature.content",
            "the hash stands in the query, so sign that too",
        ),
        (
            parts(vec![Part::Optional(list([Part::Optional(list([Part::Body]))]))]),
            "signature.content",
            "optional parts do not nest",
        ),
        (
            parts(vec![Part::Optional(list([])), Part::Body]),
            "signature.content",
            "inner parts must not be empty",
        ),
        (
            timestamped(vec![Part::Optional(list([Part::Timestamp])), Part::Body]),
            "signature.content",
            "a timestamp must not be optional",
        ),
        (
            parts(vec![Part::Timestamp, Part::literal("."), Part::Body]),
            "timestamp",
            "it is signed, but its place and unit are not given",
        ),
        (
            Description {
                timestamp: time(Place::Parameter(Parameter::KeyId), MINUTE),
                ..parts(vec![Part::Timestamp, Part::Body])
            },
            "timestamp.at",
            "a time must come from the delivery",
        ),
        (
            Description {
                timestamp: time(Place::header("x-time"), Tolerance::Within { past: 0, future: 1 }),
                ..parts(vec![Part::Timestamp, Part::Body])
            },
            "timestamp.tolerance",
            "the past must be 1 to 86400 seconds",
        ),
        (
            Description {
                timestamp: time(
                    Place::header("x-time"),
                    Tolerance::Within { past: 1, future: 86_401 },
                ),
                ..parts(vec![Part::Timestamp, Part::Body])
            },
            "timestamp.tolerance",
            "the future must be 0 to 86400 seconds",
        ),
        (
            plain_token(Place::item("v1")),
            "token.at",
            "a token stands in one header, query parameter or body field",
        ),
        (
            plain_token(Place::NumberedHeader { prefix: text("x-t-"), up_to: 2 }),
            "token.at",
            "a token stands in one header, query parameter or body field",
        ),
        (
            token(Place::header("authorization"), TokenGrammar::Word { word: text("") }),
            "token.grammar",
            "the word must not be empty",
        ),
        (
            Description {
                require: list([Equality {
                    at: Place::item("v"),
                    equals: Expected::Text(text("1")),
                }]),
                ..plain_token(Place::header("x-token"))
            },
            "require.at",
            "there is no list of items here",
        ),
        (
            require(Place::header("x-kind"), Expected::Text(text(""))),
            "require.equals",
            "an empty text is what an absent value looks like",
        ),
        (
            require(Place::Parameter(Parameter::KeyId), Expected::Text(text("1"))),
            "require.at",
            "the value must come from the delivery",
        ),
        (
            with(Signature { key: KeyForm::Base64 { prefixes: list([text("")]) }, ..body() }),
            "signature.key",
            "a prefix must not be empty",
        ),
        (
            at(Place::NumberedHeader { prefix: text("x-"), up_to: 0 }),
            "signature.at",
            "numbered headers go up to 1 to 16",
        ),
        (
            at(Place::NumberedHeader { prefix: text("x-"), up_to: 17 }),
            "signature.at",
            "numbered headers go up to 1 to 16",
        ),
        (at(Place::body("")), "signature.at", "a JSON Pointer to a member begins with /"),
        (at(Place::body("id")), "signature.at", "a JSON Pointer to a member begins with /"),
        (at(Place::Query(text(""))), "signature.at", "a name must not be empty"),
        (at(Place::Form(text(""))), "signature.at", "a name must not be empty"),
        (
            parts(vec![Part::Value(Place::item("t")), Part::Body]),
            "signature.content",
            "there is no list of keys and values in this grammar",
        ),
        (
            require(Place::item("v"), Expected::Text(text("1"))),
            "require.at",
            "there is no list of keys and values in this grammar",
        ),
        (
            parts(vec![Part::Value(Place::Position(0)), Part::Body]),
            "signature.content",
            "no such position stands before the first signature",
        ),
        (
            with(Signature {
                grammar: Grammar::Positions { item: ',', first: 1 },
                ..signature(vec![Part::Value(Place::Position(1)), Part::Body])
            }),
            "signature.content",
            "no such position stands before the first signature",
        ),
        (at(Place::header("")), "signature.at", "a header name must not be empty"),
        (
            at(Place::header("X-Signature")),
            "signature.at",
            "write header names in lower case, as RFC 9110 tokens",
        ),
        (
            at(Place::header("x signature")),
            "signature.at",
            "write header names in lower case, as RFC 9110 tokens",
        ),
        (
            at(Place::header("x-signatur\u{e9}")),
            "signature.at",
            "write header names in lower case, as RFC 9110 tokens",
        ),
    ]
}

/// A token that is sound: what the cases below depart from.
fn jose() -> Jose {
    Jose {
        at: Place::header("authorization"),
        grammar: TokenGrammar::Word { word: text("Bearer") },
        payload: JosePayload::Claims,
        algorithms: list([JoseAlgorithm::Rs256]),
        key: JoseKey::Ring(KeyForm::Public),
        times: JoseTimes {
            expires: Presence::Required,
            not_before: Presence::IfPresent,
            issued: Presence::Required,
            leeway: 60,
            max_age: Some(300),
        },
    }
}

fn by_token(jose: Jose) -> Description {
    Description {
        authentication: Authentication::Jose(jose),
        timestamp: None,
        id: None,
        require: list([]),
    }
}

fn detached(parts: Vec<Part>) -> Jose {
    Jose {
        payload: JosePayload::Detached(list(parts)),
        times: JoseTimes {
            expires: Presence::Ignored,
            not_before: Presence::Ignored,
            issued: Presence::Ignored,
            leeway: 0,
            max_age: None,
        },
        ..jose()
    }
}

fn fetched(named_at: Place, name: KeyName) -> Jose {
    Jose { key: JoseKey::Fetched(KeyFetch { named_at, name }), ..jose() }
}

fn at_host(host: &str) -> KeyName {
    KeyName::Url { hosts: list([text(host)]), path_prefix: text("/"), path_suffix: text("") }
}

fn keyed(algorithm: Algorithm, key: KeyForm) -> Description {
    with(Signature { algorithm, key, ..body() })
}

fn records(item: char, field: char, fields: u8, key: u8) -> Grammar {
    Grammar::Records { item, field, fields, key }
}

fn named(separator: char, always: Vec<&str>) -> Description {
    parts(vec![
        Part::Headers(NamedHeaders {
            named_at: Place::header("x-signed"),
            separator,
            always: list(always.into_iter().map(text)),
            style: HeaderStyle::Value,
            between: text(""),
            last: text(""),
        }),
        Part::Body,
    ])
}

fn form_without(except: Vec<&str>) -> Description {
    parts(vec![Part::Fields(Fields {
        of: FieldSource::Form,
        except: list(except.into_iter().map(text)),
        style: FieldStyle::Pairs,
    })])
}

/// What the words for several rules, public keys, records, named headers and tokens can get wrong.
fn unsound_words() -> Vec<(Description, &'static str, &'static str)> {
    let any_of = |rules: Vec<Signature>| Description {
        authentication: Authentication::AnyOf(list(rules)),
        ..with(body())
    };
    let digest =
        |of: Vec<Part>| Part::Digest { of: list(of), hash: Hash::Sha256, encoding: Encoding::Hex };
    let kid = || Place::JoseHeader(text("kid"));
    let claim = || Place::Claim(text("sub"));
    let ecdsa = |hash| Algorithm::Ecdsa { curve: Curve::P256, hash, form: EcdsaForm::Der };
    let algorithms =
        |names: Vec<JoseAlgorithm>, key| by_token(Jose { algorithms: list(names), key, ..jose() });
    let times = |change: &dyn Fn(&mut JoseTimes)| {
        let mut jose = jose();
        change(&mut jose.times);
        by_token(jose)
    };
    let chain =
        |length| JoseKey::Chain { length, leaf_marker: text(""), intermediate_marker: text("") };
    vec![
        (any_of(vec![]), "any_of", "give two to four signature rules"),
        (any_of(vec![body()]), "any_of", "give two to four signature rules"),
        (any_of(vec![body(); 5]), "any_of", "give two to four signature rules"),
        // The second rule is judged as the first one is.
        (
            any_of(vec![body(), signature(vec![Part::literal("fixed")])]),
            "signature.content",
            "the signed bytes hold nothing of the delivery",
        ),
        (
            keyed(Algorithm::Hmac(Hash::Keccak256), KeyForm::Text),
            "signature.algorithm",
            "Keccak is used as a bare digest, not in an HMAC",
        ),
        (
            keyed(ecdsa(Hash::Md5Legacy), KeyForm::Public),
            "signature.algorithm",
            "a public-key signature takes a hash of the SHA family",
        ),
        (
            keyed(Algorithm::RsaPkcs1(Hash::Keccak256), KeyForm::Public),
            "signature.algorithm",
            "a public-key signature takes a hash of the SHA family",
        ),
        (
            keyed(Algorithm::Ed25519, KeyForm::Text),
            "signature.key",
            "this algorithm verifies with a public key",
        ),
        (
            keyed(Algorithm::RsaPss(Hash::Sha256), KeyForm::Hex),
            "signature.key",
            "this algorithm verifies with a public key",
        ),
        (
            keyed(Algorithm::Hmac(Hash::Sha256), KeyForm::Public),
            "signature.key",
            "this algorithm takes a secret; a public key is known to anyone",
        ),
        (
            with(Signature {
                at: list([Slot { key: KeyChoice::Record, ..slot(Place::header("x-signature")) }]),
                ..body()
            }),
            "signature.at.key",
            "only a grammar of records names a key for each signature",
        ),
        (
            with(Signature {
                at: list([Slot {
                    key: KeyChoice::Named(Place::header("X-Key")),
                    ..slot(Place::header("x-signature"))
                }]),
                ..body()
            }),
            "signature.at.key",
            "write header names in lower case, as RFC 9110 tokens",
        ),
        (at(Place::WholeBody), "signature.at", "a signature cannot stand there"),
        (at(claim()), "signature.at", "a signature cannot stand there"),
        (
            grammar(records(',', ',', 3, 0)),
            "signature.grammar",
            "the separators must differ, and be neither letters nor digits",
        ),
        (
            with(Signature {
                encoding: Encoding::Base64,
                grammar: records(',', '/', 3, 0),
                ..body()
            }),
            "signature.grammar",
            "a separator occurs inside the encoding",
        ),
        (
            grammar(records(',', '/', 1, 0)),
            "signature.grammar",
            "a record has two to eight fields; the key stands before the last",
        ),
        (
            grammar(records(',', '/', 9, 0)),
            "signature.grammar",
            "a record has two to eight fields; the key stands before the last",
        ),
        (
            grammar(records(',', '/', 3, 2)),
            "signature.grammar",
            "a record has two to eight fields; the key stands before the last",
        ),
        (
            grammar(Grammar::Quoted { signature: text("") }),
            "signature.grammar",
            "a key must not be empty",
        ),
        (
            parts(vec![digest(vec![digest(vec![digest(vec![digest(vec![Part::Body])])])])]),
            "signature.content",
            "parts nest at most three deep",
        ),
        (
            parts(vec![digest(vec![]), Part::Body]),
            "signature.content",
            "inner parts must not be empty",
        ),
        (form_without(vec!["f"; 33]), "signature.content", "at most 32 fields may be left out"),
        (form_without(vec![""]), "signature.content", "a name must not be empty"),
        (named(',', vec!["x-a"; 33]), "signature.content", "at most 32 headers may be asked for"),
        (
            named('a', vec![]),
            "signature.content",
            "a separator must be ASCII and not a letter or digit",
        ),
        (
            named(',', vec!["X-A"]),
            "signature.content",
            "write header names in lower case, as RFC 9110 tokens",
        ),
        (
            at(Place::FirstHeader(list([text("x-one")]))),
            "signature.at",
            "name two to four headers, of which the first that is there counts",
        ),
        (
            parts(vec![Part::Value(claim()), Part::Body]),
            "signature.content",
            "there is no token here that could hold it",
        ),
        (
            require(kid(), Expected::Text(text("1"))),
            "require.at",
            "there is no token here that could hold it",
        ),
        (
            require(Place::WholeBody, Expected::Text(text("1"))),
            "require.at",
            "name the value in the body",
        ),
        (
            require(Place::header("x-kind"), Expected::AnyText(list([]))),
            "require.equals",
            "name one to 32 texts",
        ),
        (
            require(Place::header("x-kind"), Expected::AnyText(list([text("")]))),
            "require.equals",
            "an empty text is what an absent value looks like",
        ),
        (
            Description {
                authentication: Authentication::HostChecked(HostChecked {
                    token: Token {
                        at: Place::header("x-token"),
                        grammar: TokenGrammar::Plain { prefix: text("") },
                    },
                    check: text(""),
                }),
                ..with(body())
            },
            "host_checked.check",
            "the word must not be empty",
        ),
        (
            by_token(Jose { at: Place::item("t"), ..jose() }),
            "jose.at",
            "a token stands in a header, query parameter, body field or the body",
        ),
        (
            by_token(Jose { at: claim(), ..jose() }),
            "jose.at",
            "there is no token here that could hold it",
        ),
        (
            by_token(Jose { grammar: TokenGrammar::Basic, ..jose() }),
            "jose.grammar",
            "a token is not a user and a password",
        ),
        (
            Description { timestamp: time(Place::header("x-time"), MINUTE), ..by_token(jose()) },
            "timestamp",
            "a token has its own times; name them there",
        ),
        (
            Description { id: Some(Place::header("x-id")), ..by_token(jose()) },
            "id",
            "a token has its own id, a claim; remove it",
        ),
        (
            times(&|times| times.leeway = 301),
            "jose.times.leeway",
            "clocks may differ by 0 to 300 seconds",
        ),
        (
            times(&|times| times.max_age = Some(0)),
            "jose.times.max_age",
            "the greatest age must be 1 to 86400 seconds",
        ),
        (
            times(&|times| times.max_age = Some(86_401)),
            "jose.times.max_age",
            "the greatest age must be 1 to 86400 seconds",
        ),
        (
            times(&|times| times.issued = Presence::IfPresent),
            "jose.times.issued",
            "without iat there is no age; require it",
        ),
        (
            by_token(Jose { times: jose().times, ..detached(vec![Part::Body]) }),
            "jose.times",
            "this signature carries no claims that are looked at",
        ),
        (
            algorithms(vec![], JoseKey::Ring(KeyForm::Public)),
            "jose.algorithms",
            "name at least one algorithm, each once",
        ),
        (
            algorithms(
                vec![JoseAlgorithm::Es256, JoseAlgorithm::Rs256, JoseAlgorithm::Es256],
                JoseKey::Ring(KeyForm::Public),
            ),
            "jose.algorithms",
            "name at least one algorithm, each once",
        ),
        (
            algorithms(vec![JoseAlgorithm::Es256], chain(1)),
            "jose.key",
            "a chain has two to five certificates",
        ),
        (
            algorithms(vec![JoseAlgorithm::Es256], chain(6)),
            "jose.key",
            "a chain has two to five certificates",
        ),
        (
            algorithms(vec![JoseAlgorithm::Hs256], chain(3)),
            "jose.algorithms",
            "a certificate cannot verify an HMAC",
        ),
        (
            algorithms(
                vec![JoseAlgorithm::Hs256],
                JoseKey::Fetched(KeyFetch { named_at: kid(), name: KeyName::Id }),
            ),
            "jose.algorithms",
            "a secret cannot be fetched by what a token says",
        ),
        (
            algorithms(
                vec![JoseAlgorithm::Rs256],
                JoseKey::Ring(KeyForm::Fetched(KeyFetch { named_at: kid(), name: KeyName::Id })),
            ),
            "jose.key",
            "say that the token's key is fetched",
        ),
        (
            algorithms(vec![JoseAlgorithm::Hs256], JoseKey::Ring(KeyForm::Public)),
            "jose.key",
            "an HMAC takes a secret; a public key is known to anyone",
        ),
        (by_token(detached(vec![])), "jose.payload", "a template has 1 to 32 parts"),
        (
            by_token(detached(vec![Part::Value(Place::header("X-A")), Part::Body])),
            "jose.payload",
            "write header names in lower case, as RFC 9110 tokens",
        ),
        (
            by_token(detached(vec![
                Part::Headers(NamedHeaders {
                    named_at: Place::header("X-Signed"),
                    separator: ',',
                    always: list([]),
                    style: HeaderStyle::Value,
                    between: text(""),
                    last: text(""),
                }),
                Part::Body,
            ])),
            "jose.payload",
            "write header names in lower case, as RFC 9110 tokens",
        ),
        (
            by_token(detached(vec![Part::Value(Place::item("t")), Part::Body])),
            "jose.payload",
            "there is no list here that could hold it",
        ),
        (
            by_token(detached(vec![Part::Lowercase(Place::Position(0)), Part::Body])),
            "jose.payload",
            "there is no list here that could hold it",
        ),
        (
            by_token(detached(vec![Part::Url(UrlPart::Path); 33])),
            "jose.payload",
            "a template has 1 to 32 parts",
        ),
        (
            by_token(detached(vec![Part::Timestamp, Part::Body])),
            "jose.payload",
            "name the header that is signed; a token has no such part",
        ),
        (
            by_token(detached(vec![digest(vec![Part::Body])])),
            "jose.payload",
            "parts of a detached payload do not nest",
        ),
        (
            by_token(fetched(Place::WholeBody, KeyName::Id)),
            "key.named_at",
            "the name of a key stands in the delivery",
        ),
        (
            by_token(fetched(
                kid(),
                KeyName::Url { hosts: list([]), path_prefix: text("/"), path_suffix: text("") },
            )),
            "key.name",
            "pin the hosts that a key may come from",
        ),
        (
            by_token(fetched(
                kid(),
                KeyName::Url {
                    hosts: list([text("keys.example.com")]),
                    path_prefix: text("keys"),
                    path_suffix: text(""),
                },
            )),
            "key.name",
            "a path begins with /",
        ),
        (by_token(fetched(kid(), at_host(""))), "key.name", "a host must not be empty"),
        (
            by_token(fetched(kid(), at_host("keys.*.com"))),
            "key.name",
            "the last two labels of a pinned host are fixed",
        ),
        (
            by_token(fetched(kid(), at_host("*"))),
            "key.name",
            "the last two labels of a pinned host are fixed",
        ),
        (
            by_token(fetched(kid(), at_host("Keys.example.com"))),
            "key.name",
            "a host is written in lower case",
        ),
        (
            by_token(fetched(kid(), at_host("user@example.com"))),
            "key.name",
            "a host is written in lower case",
        ),
    ]
}

fn message() -> MessageSignature {
    MessageSignature {
        label: MessageLabel::Only,
        covered: list([Component::Method, Component::CONTENT_DIGEST]),
        algorithms: list([MessageAlgorithm::Ed25519]),
        key: KeyForm::Public,
        expires: Presence::IfPresent,
        leeway: 0,
    }
}

fn by_message(rule: MessageSignature) -> Description {
    Description {
        authentication: Authentication::MessageSignature(rule),
        timestamp: time(Place::item("created"), MINUTE),
        id: None,
        require: list([]),
    }
}

/// What the words for message signatures can get wrong.
fn unsound_messages() -> Vec<(Description, &'static str, &'static str)> {
    use MessageAlgorithm::{EcdsaP256Sha256, Ed25519, HmacSha256, RsaPssSha512, RsaV15Sha256};
    const LABEL: &str = "message_signature.label";
    const COVERED: &str = "message_signature.covered";
    const ALGORITHMS: &str = "message_signature.algorithms";
    const KEY: &str = "message_signature.key";
    let labels = |labels: &[&str]| {
        let label = MessageLabel::FirstOf(list(labels.iter().map(|label| text(label))));
        by_message(MessageSignature { label, ..message() })
    };
    let covered = |covered: Vec<Component>| {
        by_message(MessageSignature { covered: list(covered), ..message() })
    };
    let keys = |algorithms: Vec<MessageAlgorithm>, key: KeyForm| {
        by_message(MessageSignature { algorithms: list(algorithms), key, ..message() })
    };
    let field = |name: &str| Component::Field(text(name));
    let param = |name: &str| Component::QueryParam(text(name));
    let fetched = |at: Place| KeyForm::Fetched(KeyFetch { named_at: at, name: KeyName::Id });
    let dated = |at: Place, unit: TimeUnit, tolerance: Tolerance| Description {
        timestamp: Some(SignedTime { at, unit, tolerance }),
        ..by_message(message())
    };
    let required = |at: Place| Description {
        require: list([Equality { at, equals: Expected::Text(text("x")) }]),
        ..by_message(message())
    };
    let seconds = TimeUnit::Seconds;
    let label_fault = "a label is lower-case letters, digits and _ - . *, and begins with a letter";
    let nothing = "name one to 32 components; a signature that may cover nothing proves nothing";
    let own = "a signature does not cover the header that it stands in";
    let encoded = "write the name of a query parameter percent-encoded, as it is signed";
    let one_each = "one algorithm at most for each kind of key, so that the key decides";
    let when = "a message says in `created` when it was signed, in seconds";
    vec![
        (labels(&[]), LABEL, "name one to four labels"),
        (labels(&["a", "b", "c", "d", "e"]), LABEL, "name one to four labels"),
        (labels(&[""]), LABEL, label_fault),
        (labels(&["Sig"]), LABEL, label_fault),
        (labels(&["1"]), LABEL, label_fault),
        (labels(&["a b"]), LABEL, label_fault),
        (covered(vec![]), COVERED, nothing),
        (covered((0..33).map(|n| field(&format!("x-{n}"))).collect()), COVERED, nothing),
        (covered(vec![field("signature")]), COVERED, own),
        (covered(vec![field("signature-input")]), COVERED, own),
        (
            covered(vec![field("Host")]),
            COVERED,
            "write header names in lower case, as RFC 9110 tokens",
        ),
        (
            covered(vec![field("@method")]),
            COVERED,
            "write header names in lower case, as RFC 9110 tokens",
        ),
        (covered(vec![field("")]), COVERED, "a header name must not be empty"),
        (covered(vec![param("")]), COVERED, encoded),
        (covered(vec![param("a b")]), COVERED, encoded),
        (covered(vec![param("a%2")]), COVERED, encoded),
        (covered(vec![param("a%2f")]), COVERED, encoded),
        (covered(vec![param("a%g0")]), COVERED, encoded),
        (covered(vec![param("a%0g")]), COVERED, encoded),
        (covered(vec![param("%")]), COVERED, encoded),
        (covered(vec![param("%2")]), COVERED, encoded),
        (covered(vec![param("%20%C3?")]), COVERED, encoded),
        (covered(vec![param("a\"")]), COVERED, encoded),
        (covered(vec![Component::Path, Component::Path]), COVERED, "name each component once"),
        (covered(vec![field("a"), field("b"), field("a")]), COVERED, "name each component once"),
        (covered(vec![param("a"), param("a")]), COVERED, "name each component once"),
        (keys(vec![], KeyForm::Public), ALGORITHMS, "name one to five algorithms"),
        (keys(vec![Ed25519; 7], KeyForm::Public), ALGORITHMS, "name one to five algorithms"),
        (keys(vec![Ed25519, Ed25519], KeyForm::Public), ALGORITHMS, one_each),
        (
            keys(vec![RsaPssSha512, EcdsaP256Sha256, RsaV15Sha256], KeyForm::Public),
            ALGORITHMS,
            one_each,
        ),
        (
            keys(vec![HmacSha256], fetched(Place::item("keyid"))),
            ALGORITHMS,
            "a secret cannot be fetched by what a message says",
        ),
        (
            keys(vec![Ed25519], fetched(Place::header("x-key"))),
            KEY,
            "a message names its key in `keyid`",
        ),
        (
            keys(vec![Ed25519], fetched(Place::item("kid"))),
            KEY,
            "a message names its key in `keyid`",
        ),
        (
            keys(vec![HmacSha256], KeyForm::Public),
            KEY,
            "an HMAC takes a secret; a public key is known to anyone",
        ),
        (keys(vec![Ed25519], KeyForm::Text), KEY, "these algorithms verify with a public key"),
        (
            by_message(MessageSignature { leeway: 301, ..message() }),
            "message_signature.leeway",
            "clocks may differ by 0 to 300 seconds",
        ),
        (dated(Place::header("date"), seconds, MINUTE), "timestamp", when),
        (dated(Place::item("expires"), seconds, MINUTE), "timestamp", when),
        (dated(Place::item("created"), TimeUnit::Milliseconds, MINUTE), "timestamp", when),
        (
            dated(Place::item("created"), seconds, Tolerance::Within { past: 0, future: 0 }),
            "timestamp.tolerance",
            "the past must be 1 to 86400 seconds",
        ),
        (
            Description { id: Some(Place::header("x-id")), ..by_message(message()) },
            "id",
            "cover the header that holds the id, and dedupe by it",
        ),
        (
            required(Place::item("Tag")),
            "require.at",
            "the parameters of a signature have lower-case names",
        ),
        (required(Place::Position(0)), "require.at", "there is no list of items here"),
    ]
}

#[test]
fn what_the_cases_depart_from_is_sound() {
    for description in [
        with(body()),
        by_token(jose()),
        by_token(detached(vec![Part::Body])),
        by_token(fetched(Place::JoseHeader(text("kid")), at_host("*.keys.example.com"))),
        named(',', vec!["x-a"]),
        form_without(vec!["sig"]),
        Description {
            timestamp: time(Place::Form(text("time")), MINUTE),
            ..form_without(vec!["sig"])
        },
        grammar(records(',', '/', 3, 0)),
        keyed(Algorithm::Ed25519, KeyForm::Public),
        by_message(message()),
    ] {
        let judged = Scheme::new(description.clone());
        assert!(judged.is_ok(), "{judged:?}: {description:?}");
    }
}

/// As many as are taken of everything, and one more of none.
#[test]
fn what_fills_a_limit_is_sound() {
    use JoseAlgorithm::*;
    let names = |count: usize| (0..count).map(|n| format!("x-{n}")).collect::<Vec<_>>();
    let texts = |count: usize| list(names(count).iter().map(|name| text(name)));
    let digest =
        |of: Vec<Part>| Part::Digest { of: list(of), hash: Hash::Sha256, encoding: Encoding::Hex };
    let hosts = |count: usize| KeyName::Url {
        hosts: list((0..count).map(|n| text(&format!("k{n}.example.com")))),
        path_prefix: text("/"),
        path_suffix: text(""),
    };
    let slots =
        |count: usize| list(names(count).iter().map(|name| slot(Place::Header(text(name)))));
    let tokens = |times: JoseTimes| by_token(Jose { times, ..jose() });
    let covering = |covered: Vec<Component>| {
        by_message(MessageSignature { covered: list(covered), ..message() })
    };
    let param = |name: &str| covering(vec![Component::QueryParam(text(name))]);
    let literal = |count: usize| vec![Part::literal("x"); count];
    let body_and = |parts: Vec<Part>| [vec![Part::Body], parts].concat();
    let day = Tolerance::Within { past: 86_400, future: 86_400 };
    let chain = |length| {
        let (leaf_marker, intermediate_marker) = (text(""), text(""));
        let key = JoseKey::Chain { length, leaf_marker, intermediate_marker };
        by_token(Jose { algorithms: list([Es256]), key, ..jose() })
    };
    let all =
        [EdDsa, Es256, Es384, Es512, Hs256, Hs384, Hs512, Ps256, Ps384, Ps512, Rs256, Rs384, Rs512];
    for description in [
        // 32 parts, also within another; three deep, and any number beside each other.
        parts(body_and(literal(31))),
        parts(vec![digest(body_and(literal(31)))]),
        parts(vec![digest(vec![digest(vec![digest(vec![Part::Body])])])]),
        parts(vec![digest(vec![Part::Body]); 5]),
        parts(vec![digest(vec![digest(vec![Part::Body]); 5]); 5]),
        form_without(names(32).iter().map(String::as_str).collect()),
        named(',', names(32).iter().map(String::as_str).collect()),
        // Four of what may be chosen among.
        with(Signature { at: slots(4), ..body() }),
        with(Signature { content: list(vec![list([Part::Body]); 4]), ..body() }),
        Description {
            authentication: Authentication::AnyOf(list(vec![body(); 4])),
            ..with(body())
        },
        grammar(items(',', '=', &["a", "b", "c", "d"])),
        at(Place::FirstHeader(texts(2))),
        at(Place::FirstHeader(texts(4))),
        at(Place::NumberedHeader { prefix: text("x-"), up_to: 1 }),
        at(Place::NumberedHeader { prefix: text("x-"), up_to: 16 }),
        by_message(MessageSignature { label: MessageLabel::FirstOf(texts(4)), ..message() }),
        grammar(records(',', '/', 8, 6)),
        grammar(records(',', '/', 2, 0)),
        require(Place::header("x-a"), Expected::AnyText(texts(32))),
        // A day, and five minutes.
        Description {
            timestamp: time(Place::header("x-time"), day),
            ..with(signature(vec![Part::Timestamp, Part::literal("."), Part::Body]))
        },
        Description {
            timestamp: time(Place::header("x-time"), Tolerance::Within { past: 1, future: 0 }),
            ..with(signature(vec![Part::Timestamp, Part::literal("."), Part::Body]))
        },
        tokens(JoseTimes { leeway: 300, max_age: Some(86_400), ..jose().times }),
        tokens(JoseTimes { max_age: Some(1), ..jose().times }),
        by_message(MessageSignature { leeway: 300, ..message() }),
        // Keys, and the hosts that they come from.
        by_token(fetched(Place::JoseHeader(text("kid")), hosts(1))),
        by_token(fetched(Place::JoseHeader(text("kid")), hosts(32))),
        by_token(detached(body_and(literal(31)))),
        chain(2),
        chain(5),
        by_token(Jose { algorithms: list(all), ..jose() }),
        // Components, and parameters of a query in every byte that may stand in their names.
        covering((0..32).map(|n| Component::Field(text(&format!("x-{n}")))).collect()),
        param("a*-._Z09"),
        param("%20%C3%A9%2F%AF"),
        param("%20"),
        param("a%20b"),
        by_message(MessageSignature {
            algorithms: list([
                MessageAlgorithm::HmacSha256,
                MessageAlgorithm::Ed25519,
                MessageAlgorithm::EcdsaP256Sha256,
                MessageAlgorithm::RsaPssSha512,
            ]),
            ..message()
        }),
    ] {
        let judged = Scheme::new(description.clone());
        assert!(judged.is_ok(), "{judged:?}: {description:?}");
    }
}

fn faults(error: &ConfigError) -> Vec<(String, String)> {
    error.faults().iter().map(|fault| (fault.at().to_owned(), fault.what().to_owned())).collect()
}

#[test]
fn what_is_not_sound_is_refused_with_its_reason() {
    for (description, at, what) in
        unsound().into_iter().chain(unsound_words()).chain(unsound_messages())
    {
        let error = match Scheme::new(description.clone()) {
            Err(error) => error,
            Ok(_) => panic!("taken, though {what}: {description:?}"),
        };
        let expected = (at.to_owned(), what.to_owned());
        assert!(faults(&error).contains(&expected), "{expected:?} is not in {error:?}");
        assert!(error.to_string().contains(&format!("{at}: {what}")), "{error}");
    }
}

/// A fault that no case shows may be one that is never found.
#[test]
fn there_is_a_case_for_each_fault() {
    let cases = unsound().into_iter().chain(unsound_words()).chain(unsound_messages());
    let shown: BTreeSet<&str> = cases.map(|(_, _, what)| what).collect();
    let source = concat!(
        include_str!("../src/scheme/check/mod.rs"),
        include_str!("../src/scheme/check/content.rs"),
        include_str!("../src/scheme/check/key.rs"),
        include_str!("../src/scheme/check/message.rs"),
        include_str!("../src/scheme/check/place.rs"),
        include_str!("../src/scheme/check/token.rs"),
    );
    let mut known = BTreeSet::new();
    for call in source.split(".add(").skip(1) {
        // The field, perhaps in quotes, then the sentence.
        let end = call.find(')').unwrap();
        known.extend(call[..end].split('"').rev().nth(1));
    }
    let missing: Vec<&&str> = known.difference(&shown).collect();
    assert!(missing.is_empty(), "no case for {missing:#?}");
    assert!(known.len() > 30, "{}", known.len());
}
