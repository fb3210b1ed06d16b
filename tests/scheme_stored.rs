//! The stored form of schemes: what is written is read back, golden files load for ever, and a
//! description that is not sound is refused with every reason, however it arrives.

mod support;

use std::borrow::Cow;
use std::collections::BTreeSet;

use hookstage::Scheme;
use hookstage::providers;
use hookstage::scheme::{
    Description, List, Part, Place, Signature, SignedTime, TimeUnit, Tolerance,
};
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

/// The words of a stored form: the names of members, and the texts that stand for one of several.
fn words(value: &serde_json::Value, parent: &str, found: &mut BTreeSet<String>) {
    // What stands there is the sender's own text, and no word of the vocabulary.
    const TEXTS: [&str; 31] = [
        "literal",
        "prefix",
        "prefixes",
        "header",
        "item",
        "pair",
        "field",
        "query",
        "form",
        "claim",
        "jose_header",
        "first_header",
        "body",
        "text",
        "any_text",
        "before",
        "after",
        "signature",
        "signatures",
        "separator",
        "between",
        "last",
        "always",
        "except",
        "word",
        "name_and_value",
        "hosts",
        "pointer",
        "check",
        "first_of",
        "query_param",
    ];
    match value {
        serde_json::Value::Object(members) => {
            for (name, value) in members {
                found.insert(name.clone());
                words(value, name, found);
            }
        }
        serde_json::Value::Array(items) => {
            items.iter().for_each(|item| words(item, parent, found));
        }
        serde_json::Value::String(word) if !TEXTS.contains(&parent) => {
            let is_word =
                word.bytes().all(|b| b.is_ascii_lowercase() || b == b'_' || b.is_ascii_digit());
            if is_word || matches!(parent, "algorithms") {
                found.insert(word.clone());
            }
        }
        _ => {}
    }
}

fn golden() -> Vec<(String, serde_json::Value)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with("scheme-1-"))
        .collect();
    files.sort();
    files
        .into_iter()
        .map(|path| {
            let text = std::fs::read_to_string(&path).unwrap();
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            (name, serde_json::from_str(&text).unwrap())
        })
        .collect()
}

/// Every word that a preset or a test says has been stored by a release, and is read back as it was.
#[test]
fn every_word_of_the_vocabulary_has_a_golden_file() {
    let mut kept = BTreeSet::new();
    for (name, stored) in golden() {
        let scheme: Scheme = serde_json::from_value(stored.clone())
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(serde_json::to_value(&scheme).unwrap(), stored, "{name}");
        words(&stored, "", &mut kept);
    }
    let mut said = BTreeSet::new();
    let presets = providers::all().iter().map(|preset| preset.scheme());
    let made = subjects().into_iter().map(|subject| subject.scheme);
    for scheme in presets.chain(made) {
        words(&serde_json::to_value(&scheme).unwrap(), "", &mut said);
    }
    let missing: Vec<&String> = said.difference(&kept).collect();
    println!("{} words in {} files", kept.len(), golden().len());
    assert!(missing.is_empty(), "no golden file has {missing:?}");
    for form in
        ["any_of", "host_checked", "jose", "message_signature", "signature", "token", "unsigned"]
    {
        let has = |stored: &serde_json::Value| {
            stored["authentication"].get(form).is_some() || stored["authentication"] == form
        };
        assert!(golden().iter().any(|(_, stored)| has(stored)), "{form}");
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

fn time(at: Place, tolerance: Tolerance) -> Option<SignedTime> {
    Some(SignedTime { at, unit: TimeUnit::Seconds, tolerance })
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
        "the secret is the key here",
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
