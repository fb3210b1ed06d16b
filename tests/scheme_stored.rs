//! The stored form of schemes: what is written is read back, golden files load for ever, and a
//! description that is not sound is refused with every reason, however it arrives.

mod support;

use std::borrow::Cow;
use std::collections::BTreeSet;

use hookstage::providers;
use hookstage::scheme::{
    Algorithm, Authentication, Description, Encoding, Equality, Expected, Grammar, Hash, KeyForm,
    List, Parameter, Part, Place, Signature, SignedTime, TimeUnit, Token, TokenGrammar, Tolerance,
};
use hookstage::{ConfigError, Scheme};
use support::*;

#[test]
fn every_scheme_is_read_back_as_it_was_written() {
    let presets = providers::all().iter().map(|preset| (preset.name.to_owned(), preset.scheme()));
    let made = subjects().into_iter().map(|subject| (subject.name, subject.scheme));
    let mut seen = 0;
    for (name, scheme) in presets.chain(made) {
        let stored = serde_json::to_string(&scheme).unwrap();
        let read: Scheme =
            serde_json::from_str(&stored).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(read, scheme, "{name}");
        assert_eq!(read.coverage(), scheme.coverage(), "{name}");
        assert_eq!(serde_json::to_string(&read).unwrap(), stored, "{name}");
        // Through a tree as well: a database may hand one over.
        let tree: serde_json::Value = serde_json::from_str(&stored).unwrap();
        assert_eq!(tree["version"], 1, "{name}");
        assert_eq!(serde_json::from_value::<Scheme>(tree).unwrap(), scheme, "{name}");
        seen += 1;
    }
    println!("{seen} schemes");
}

/// What a release wrote, every later one reads, as the same scheme.
#[test]
fn golden_files_load() {
    let golden = [
        (
            "coeffection",
            include_str!("golden/scheme-1-coeffection.json"),
            providers::COEFFECTION.scheme(),
        ),
        (
            "standard-webhooks",
            include_str!("golden/scheme-1-standard-webhooks.json"),
            providers::STANDARD_WEBHOOKS.scheme(),
        ),
        (
            "comma-bearer",
            include_str!("golden/scheme-1-comma-bearer.json"),
            providers::COMMA_BEARER.scheme(),
        ),
        ("unsigned", include_str!("golden/scheme-1-unsigned.json"), providers::UNSIGNED.scheme()),
    ];
    for (name, text, scheme) in golden {
        assert_eq!(serde_json::from_str::<Scheme>(text).unwrap(), scheme, "{name}");
        let written: serde_json::Value = serde_json::to_value(&scheme).unwrap();
        assert_eq!(written, serde_json::from_str::<serde_json::Value>(text).unwrap(), "{name}");
    }
}

#[test]
fn what_is_not_of_this_version_is_refused() {
    let golden = include_str!("golden/scheme-1-coeffection.json");
    let good: serde_json::Value = serde_json::from_str(golden).unwrap();
    let refused = |change: &dyn Fn(&mut serde_json::Value)| {
        let mut changed = good.clone();
        change(&mut changed);
        assert_ne!(changed, good);
        serde_json::from_value::<Scheme>(changed).unwrap_err().to_string()
    };
    for version in [0, 2, 65_535] {
        let error = refused(&|stored| stored["version"] = version.into());
        assert!(error.contains("version"), "{error}");
    }
    refused(&|stored| {
        stored.as_object_mut().unwrap().remove("version");
    });
    refused(&|stored| stored["version"] = (-1).into());
    refused(&|stored| stored["version"] = "1".into());
    // A field that this release does not know may be a check that it would leave out.
    refused(&|stored| stored["require_tls"] = true.into());
    refused(&|stored| stored["authentication"]["signature"]["strict"] = true.into());
    refused(&|stored| stored["authentication"]["signature"]["at"][0]["optional"] = true.into());
    refused(&|stored| stored["timestamp"]["skip"] = true.into());
    refused(&|stored| stored["authentication"]["signature"]["encoding"] = "hexadecimal".into());
    refused(&|stored| stored["authentication"]["signature"]["algorithm"]["hmac"] = "md5".into());
    refused(&|stored| {
        stored["authentication"]["signature"]["grammar"]["items"]["pair"] = "==".into()
    });
    refused(&|stored| {
        stored["authentication"]["signature"].as_object_mut().unwrap().remove("content");
    });
    for text in
        ["", "null", "[]", "{}", "1", "{\"version\":1}", "{\"version\":1,\"authentication\":{}}"]
    {
        assert!(serde_json::from_str::<Scheme>(text).is_err(), "{text}");
    }
}

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
            "an HMAC takes the secret as its key, not as a part",
        ),
        (
            timestamped(vec![Part::Body]),
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
            parts(vec![Part::Optional(list([Part::Optional(list([Part::Body]))]))]),
            "signature.content",
            "optional parts do not nest",
        ),
        (
            parts(vec![Part::Optional(list([])), Part::Body]),
            "signature.content",
            "optional parts must not be empty",
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

/// The stored text of a description, sound or not: made from a sound one's.
fn faults(error: &ConfigError) -> Vec<(String, String)> {
    error.faults().iter().map(|fault| (fault.at().to_owned(), fault.what().to_owned())).collect()
}

#[test]
fn what_is_not_sound_is_refused_with_its_reason() {
    for (description, at, what) in unsound() {
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
    let shown: BTreeSet<&str> = unsound().iter().map(|(_, _, what)| *what).collect();
    let source = include_str!("../src/scheme/check.rs");
    let mut known = BTreeSet::new();
    for call in source.split("faults.add(").skip(1) {
        // The field, perhaps in quotes, then the sentence.
        let end = call.find(");").unwrap();
        let what = call[..end].split('"').rev().nth(1).unwrap();
        known.insert(what);
    }
    let missing: Vec<&&str> = known.difference(&shown).collect();
    assert!(missing.is_empty(), "no case for {missing:#?}");
    assert!(known.len() > 30, "{}", known.len());
}

#[test]
fn all_faults_are_told_at_once() {
    let error = Scheme::new(Description {
        timestamp: time(Place::header("X-Time"), Tolerance::Within { past: 0, future: 90_000 }),
        ..with(Signature { at: list([slot(Place::header("X-Sig"))]), ..body() })
    })
    .unwrap_err();
    let at: Vec<&str> = error.faults().iter().map(|fault| fault.at()).collect();
    for expected in ["signature.at", "timestamp", "timestamp.at", "timestamp.tolerance"] {
        assert!(at.contains(&expected), "{at:?}");
    }
    assert_eq!(at.iter().filter(|at| **at == "timestamp.tolerance").count(), 2, "{at:?}");
}

/// A stored description is judged when it is read, as one that is built.
#[test]
fn an_unsound_description_is_refused_when_it_is_read() {
    let sound = Scheme::new(with(body())).unwrap();
    let stored = serde_json::to_value(&sound).unwrap();
    let refused = |pointer: &str, value: serde_json::Value, what: &str| {
        let mut stored = stored.clone();
        *stored.pointer_mut(pointer).unwrap() = value;
        let error = serde_json::from_value::<Scheme>(stored).unwrap_err().to_string();
        assert!(error.contains(what), "{error}");
    };
    refused("/authentication/signature/at", serde_json::json!([]), "name one to four places");
    refused(
        "/authentication/signature/content",
        serde_json::json!([]),
        "give one to four templates",
    );
    refused(
        "/authentication/signature/content/0",
        serde_json::json!([{"literal": "fixed"}]),
        "the signed bytes hold nothing of the delivery",
    );
    refused(
        "/authentication/signature/at/0/place",
        serde_json::json!({"header": "X-Signature"}),
        "write header names in lower case",
    );
    refused(
        "/authentication/signature/content/0",
        serde_json::json!(["body", "secret"]),
        "an HMAC takes the secret as its key",
    );
}

/// Nesting in a stored form is bounded by the reader, and a flood of faults by the report.
#[test]
fn a_hostile_stored_form_is_refused_in_bounded_space() {
    let deep = format!(
        r#"{{"version":1,"authentication":{{"signature":{{"at":[{{"place":{{"header":"x"}},"repeat":"refuse","key":"any"}}],"grammar":{{"plain":{{"prefix":""}}}},"encoding":"hex","algorithm":{{"hmac":"sha256"}},"content":[[{}"body"{}]],"key":"text"}}}}}}"#,
        r#"{"optional":["#.repeat(10_000),
        "]}".repeat(10_000),
    );
    assert!(serde_json::from_str::<Scheme>(&deep).is_err());
    let many =
        with(Signature { content: list(vec![list(vec![Part::literal(""); 32]); 4]), ..body() });
    let error = Scheme::new(many).unwrap_err();
    assert!(error.faults().len() <= 64, "{}", error.faults().len());
}
