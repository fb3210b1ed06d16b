//! Dedupe rules: which deliveries are the same, which never are, and which have no key.
#![cfg(feature = "test-util")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may panic")]

mod common;

use std::collections::BTreeSet;
use std::time::Duration;

use common::*;
use hookstage::json::{Document, DuplicateKeys, LoneSurrogates, Path, ReadOptions};
use hookstage::payload::{Schema, SchemaOptions};
use hookstage::scheme::{BodyCoverage, Coverage};
use hookstage::store::{EventFilter, HistoryFilter, MemoryLimits, MemoryStore, PurgeRequest};
use hookstage::{
    BlockingEngine, DedupeConfig, DedupeKey, DedupePart, DedupeRule, Deduped, ManualClock, NoKey,
    OnMissingKey, Outcome, Refusal, Source, SourceConfig, Transition, Window, admit, authenticate,
    dangerous,
};
use proptest::prelude::*;
use serde_json::json;
use sha2::{Digest, Sha256};

fn rule_with(parts: impl IntoIterator<Item = DedupePart>, on_missing: OnMissingKey) -> DedupeRule {
    DedupeRule::new(parts, on_missing).unwrap()
}

fn rule(parts: impl IntoIterator<Item = DedupePart>) -> DedupeRule {
    rule_with(parts, OnMissingKey::AcceptWithoutKey)
}

fn body_part(path: &str) -> DedupePart {
    DedupePart::body(path).unwrap()
}

fn header_part(name: &str) -> DedupePart {
    DedupePart::header(name).unwrap()
}

fn by_id() -> DedupeRule {
    rule([body_part("id")])
}

fn try_key(rule: &DedupeRule, request: &Request, coverage: &Coverage) -> Result<Deduped, Refusal> {
    request.deliver(|delivery| {
        let proof = dangerous::assume_verified(delivery, coverage).unwrap();
        rule.key(&proof, &ReadOptions::default())
    })
}

fn deduped(rule: &DedupeRule, request: &Request) -> Deduped {
    try_key(rule, request, &Coverage::nothing()).unwrap()
}

fn key(rule: &DedupeRule, body: &str) -> DedupeKey {
    deduped(rule, &Request::new(body)).key().unwrap_or_else(|| panic!("{body} has no key"))
}

fn why(rule: &DedupeRule, body: &str) -> NoKey {
    match deduped(rule, &Request::new(body)) {
        Deduped::WithoutKey { why, .. } => why,
        other => panic!("{body}: {other:?}"),
    }
}

fn all_differ(keys: &[DedupeKey]) {
    let distinct: BTreeSet<_> = keys.iter().collect();
    assert_eq!(distinct.len(), keys.len());
}

/// The settings of a source of coeffection with this rule.
fn config_with(rule: DedupeRule, window: Window) -> SourceConfig {
    let mut config = config("coeffection");
    config.dedupe = DedupeConfig::Rule { rule, window };
    config
}

fn source_with(rule: DedupeRule, window: Window) -> Source {
    Source::new(config_with(rule, window)).unwrap()
}

fn send(engine: &BlockingEngine, source: &Source, body: &str) -> Outcome {
    receive(engine, source, &signed_with("coeffection", SECRET, body)).outcome
}

fn is_staged(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Staged(_))
}

fn is_duplicate(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Duplicate { .. })
}

// ---- the encoding

/// The encoding as its documentation says, written out once more.
fn encoded(parts: &[&str], values: &[(u8, &[u8])]) -> DedupeKey {
    let mut bytes = b"hookstage dedupe key v1\0".to_vec();
    let mut frame = |tag: u8, content: &[u8]| {
        bytes.push(tag);
        bytes.extend_from_slice(&(content.len() as u64).to_be_bytes());
        bytes.extend_from_slice(content);
    };
    parts.iter().for_each(|part| frame(b'p', part.as_bytes()));
    values.iter().for_each(|(tag, value)| frame(*tag, value));
    DedupeKey::from_bytes(Sha256::digest(bytes).into())
}

#[test]
fn ded_03_keys_are_made_as_documented_and_never_change() {
    for (body, tag, value) in [
        (r#"{"id":"evt_1"}"#, b's', "evt_1"),
        (r#"{"id":"\u0065vt_1"}"#, b's', "evt_1"),
        (r#"{"id":""}"#, b's', ""),
        (r#"{"id":1}"#, b'n', "1e0"),
        (r#"{"id":1.0}"#, b'n', "1e0"),
        (r#"{"id":1e0}"#, b'n', "1e0"),
        (r#"{"id":10e-1}"#, b'n', "1e0"),
        (r#"{"id":0}"#, b'n', "0"),
        (r#"{"id":-0}"#, b'n', "0"),
        (r#"{"id":-0.0e9}"#, b'n', "0"),
        (r#"{"id":-12.50}"#, b'n', "-125e1"),
        (r#"{"id":true}"#, b'b', "\u{1}"),
        (r#"{"id":false}"#, b'b', "\0"),
    ] {
        let wanted = encoded(&["body id"], &[(tag, value.as_bytes())]);
        assert_eq!(key(&by_id(), body), wanted, "{body}");
    }
    let request = Request { url: "https://x.example/in?q=1%2F2".into(), ..Request::new("a=%41&x") }
        .with("X-Id", "7");
    let raw = Sha256::digest("a=%41&x");
    for (part, name, tag, value) in [
        (header_part("X-ID"), "header x-id", b'h', b"7".as_slice()),
        (DedupePart::Query("q".into()), "query q", b'q', b"1%2F2"),
        (DedupePart::Form("a".into()), "form a", b'f', b"A"),
        (DedupePart::RawBody, "raw body", b'r', &raw),
        (
            DedupePart::FirstHeader(vec!["x-none".into(), "X-Id".into()]),
            r#"first header ["x-none", "x-id"]"#,
            b'h',
            b"7",
        ),
    ] {
        let wanted = encoded(&[name], &[(tag, value)]);
        assert_eq!(deduped(&rule([part]), &request).key(), Some(wanted), "{name}");
    }
    // A key that a store holds for ever.
    let held = key(&by_id(), r#"{"id":"evt_1"}"#);
    let digits = "f8b8b4c7e790c0a177929da3d21a12ad04e4666c1e6499389d2f9fcb873b1393";
    assert_eq!(
        (held.to_string(), format!("{held:?}")),
        (digits.into(), format!("DedupeKey({digits})"))
    );
}

#[test]
fn ded_01_parts_do_not_run_into_each_other() {
    let two = rule([body_part("a"), body_part("b")]);
    let texts = [
        "",
        "a",
        "b",
        "c",
        "ab",
        "bc",
        "abc",
        "a|b",
        "|",
        "a\\u0000",
        "\\u0000b",
        "s",
        "1",
        "\\u0000\\u0000\\u0000\\u0000\\u0000\\u0000\\u0000\\u0001",
    ];
    let mut keys = Vec::new();
    for a in texts {
        for b in texts {
            keys.push(key(&two, &format!(r#"{{"a":"{a}","b":"{b}"}}"#)));
        }
    }
    all_differ(&keys);
    // The same value under another rule is another key.
    let body = r#"{"a":"x","b":"x"}"#;
    let rules = [&["a"][..], &["b"], &["a", "b"]];
    let rules = rules.map(|paths| rule(paths.iter().map(|path| body_part(path))));
    all_differ(&rules.map(|rule| key(&rule, body)));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    /// Equal keys exactly for equal values of equal types.
    #[test]
    fn ded_01_a_key_is_injective_over_its_parts(
        left in prop::collection::vec(scalar(), 3), right in prop::collection::vec(scalar(), 3),
        shared in 0_usize..4,
    ) {
        let right: Vec<_> = left.iter().take(shared).chain(right.iter().skip(shared)).cloned().collect();
        let rule = rule(["a", "b", "c"].map(body_part));
        let body = |values: &[Scalar]| {
            format!(r#"{{"a":{},"b":{},"c":{}}}"#, values[0].json(), values[1].json(), values[2].json())
        };
        let same = left.iter().zip(&right).all(|(a, b)| a == b);
        prop_assert_eq!(key(&rule, &body(&left)) == key(&rule, &body(&right)), same);
    }
}

/// A scalar and how it is written: a number by its value times ten thousand.
#[derive(Clone, Debug)]
enum Scalar {
    Text(String),
    Number(i64, u8),
    Bool(bool),
}

impl PartialEq for Scalar {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Text(a), Self::Text(b)) => a == b,
            (Self::Number(a, _), Self::Number(b, _)) => a == b,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            _ => false,
        }
    }
}

impl Scalar {
    fn json(&self) -> String {
        match self {
            Self::Text(text) => serde_json::to_string(text).unwrap(),
            Self::Bool(value) => value.to_string(),
            Self::Number(value, 0) => format!("{value}e-4"),
            Self::Number(0, _) => "-0.0".to_owned(),
            Self::Number(value, 1) => format!("{value}0E-5"),
            Self::Number(value, _) => format!("{value}.00e-04"),
        }
    }
}

fn scalar() -> impl Strategy<Value = Scalar> {
    prop_oneof![
        "[ab01.\\x00-]{0,3}".prop_map(Scalar::Text),
        (-3_i64..3, 0_u8..3).prop_map(|(value, spelling)| Scalar::Number(value, spelling)),
        any::<i64>().prop_map(|value| Scalar::Number(value / 10, 0)),
        any::<bool>().prop_map(Scalar::Bool),
    ]
}

// ---- values

#[test]
fn r_x_4_ded_02_null_missing_and_empty_values_are_all_different() {
    // What is a value has a key, and what is not has none, each for its own reason.
    let values = [
        r#"{"id":"null"}"#,
        r#"{"id":""}"#,
        r#"{"id":0}"#,
        r#"{"id":false}"#,
        r#"{"id":"0"}"#,
        r#"{"id":"false"}"#,
    ];
    all_differ(&values.map(|body| key(&by_id(), body)));
    for (body, reason) in [
        ("{}", NoKey::Missing),
        (r#"{"id":null}"#, NoKey::Null),
        (r#"{"id":[]}"#, NoKey::Array),
        (r#"{"id":[1]}"#, NoKey::Array),
        (r#"{"id":{}}"#, NoKey::Object),
    ] {
        assert_eq!(why(&by_id(), body), reason, "{body}");
    }
    let nested = rule([body_part("a.id")]);
    assert_eq!(why(&nested, r#"{"a":"x"}"#), NoKey::WrongParent);
    assert_eq!(why(&nested, r#"{"a":null}"#), NoKey::Missing);
}

#[test]
fn ded_04_numbers_that_doubles_would_join_stay_apart() {
    for (left, right) in [
        ("18446744073709551616", "18446744073709551617"),
        ("9007199254740992", "9007199254740993"),
        ("1e400", "1e401"),
        ("1e400", "-1e400"),
        ("1e-400", "0"),
        ("0.1", "0.10000000000000001"),
        ("1e999999999999999999999999999999999999999", "1e999999999999999999999999999999999999998"),
    ] {
        let keys = [left, right].map(|number| key(&by_id(), &format!(r#"{{"id":{number}}}"#)));
        all_differ(&keys);
    }
}

#[test]
fn ded_05_texts_are_compared_byte_by_byte() {
    let texts = ["é", "e\u{301}", "E\u{301}", "É", "a", "а", "A", " a", "a ", "a\u{200b}", "ａ"];
    all_differ(&texts.map(|text| key(&by_id(), &format!(r#"{{"id":"{text}"}}"#))));
}

#[test]
fn ded_06_a_key_field_that_stands_twice_is_refused() {
    let twice = Request::new(r#"{"id":1,"id":2}"#);
    let refused = try_key(&by_id(), &twice, &Coverage::nothing());
    assert!(matches!(refused, Err(Refusal::NotJson { .. })), "{refused:?}");
    let source = source_with(by_id(), Window::Unlimited);
    let outcome = send(&engine(), &source, r#"{"id":1,"id":2}"#);
    assert!(matches!(outcome, Outcome::Refused(Refusal::NotJson { .. })), "{outcome:?}");
    let refused = try_key(&by_id(), &Request::new("{"), &Coverage::nothing());
    assert!(matches!(refused, Err(Refusal::NotJson { .. })), "{refused:?}");
}

#[test]
fn a_source_that_takes_duplicate_keys_says_which_counts_and_that_there_were_some() {
    for (duplicate_keys, same_as) in
        [(DuplicateKeys::KeepFirst, r#"{"id":1}"#), (DuplicateKeys::KeepLast, r#"{"id":2}"#)]
    {
        let json = ReadOptions {
            duplicate_keys,
            lone_surrogates: LoneSurrogates::Replace,
            ..ReadOptions::default()
        };
        let mut config = config_with(by_id(), Window::Unlimited);
        config.json = json;
        let source = Source::new(config).unwrap();
        let stored = serde_json::to_value(source.config()).unwrap();
        assert_eq!(stored["json"]["duplicate_keys"], json!(duplicate_keys));
        let engine = engine();
        assert!(is_staged(&send(&engine, &source, same_as)));
        assert!(is_duplicate(&send(&engine, &source, r#"{"id":1,"\u0069d":2,"x":"\ud800"}"#)));
        let rows = engine.history(&HistoryFilter::tenant("acme"), None, 10).unwrap();
        let detail = rows[0].1.detail.as_deref().unwrap();
        assert!(detail.contains("keys that stand twice in one object: 1"), "{detail}");
        assert!(detail.contains("halves of surrogate pairs: 1"), "{detail}");
    }
}

#[test]
fn ded_08_a_value_is_hashed_in_full() {
    let long = "x".repeat(10 << 20);
    let bodies = [
        format!(r#"{{"id":"{long}"}}"#),
        format!(r#"{{"id":"{long}x"}}"#),
        format!(r#"{{"id":"{}a"}}"#, "x".repeat(72)),
        format!(r#"{{"id":"{}b"}}"#, "x".repeat(72)),
    ];
    all_differ(&bodies.map(|body| key(&by_id(), &body)));
    // Containers are no keys of their own; their meaning is one when it is asked for.
    let whole = rule([DedupePart::CanonicalBody { exclude: vec![] }]);
    all_differ(&["[1]", "[2]", "{}", "[]", "[[]]", "null", "0"].map(|body| key(&whole, body)));
}

// ---- the body as a whole

#[test]
fn a_canonical_body_is_the_same_in_any_order_and_without_what_is_left_out() {
    let exclude = |paths: &[&str]| DedupePart::CanonicalBody {
        exclude: paths.iter().map(|path| Path::parse(path).unwrap()).collect(),
    };
    let whole = rule([exclude(&[])]);
    let first = r#"{"id":1,"sent":"10:00","items":[{"n":1.0}]}"#;
    let again = r#"{ "items" : [{"n":1}], "sent":"10:05", "id":1e0 }"#;
    assert_ne!(key(&whole, first), key(&whole, again));
    let without = rule([exclude(&["sent"])]);
    assert_eq!(key(&without, first), key(&without, again));
    assert_ne!(key(&without, first), key(&without, r#"{"id":2,"items":[{"n":1}]}"#));
    assert_ne!(key(&without, first), key(&whole, first));
    // What is left out is a set.
    let [ab, ba] = [&["a", "b"][..], &["b", "a", "a"]].map(|paths| rule([exclude(paths)]));
    assert_eq!((key(&ab, first), &ab), (key(&ba, first), &ba));
    assert!(DedupeRule::new([exclude(&["$"])], OnMissingKey::Refuse).is_err());
}

#[test]
fn a_form_is_deduped_by_what_it_says() {
    let mut config = config("wexio");
    config.dedupe = DedupeConfig::Rule {
        rule: rule([DedupePart::CanonicalBody { exclude: vec![] }]),
        window: Window::Unlimited,
    };
    let source = Source::new(config).unwrap();
    let engine = engine();
    let send = |payload: &str, key: &str| {
        let request = signed_with("wexio", SECRET, format!("payload={payload}"))
            .without("content-type")
            .with("content-type", "application/x-www-form-urlencoded")
            .with("X-Idempotency-Key", key);
        receive(&engine, &source, &request).outcome
    };
    let one = "%7B%22customer%22%3A%7B%22email%22%3A%22ada%40acme.com%22%7D%7D";
    let spelt = "%7B+%22customer%22%3A%7B%22email%22%3A%22ada%40acme.com%22%7D%7D";
    let other = "%7B%22customer%22%3A%7B%22email%22%3A%22eve%40acme.com%22%7D%7D";
    assert!(is_staged(&send(one, "a")));
    assert!(is_duplicate(&send(spelt, "b")));
    assert!(is_staged(&send(other, "c")));
}

// ---- parts that are missing

#[test]
fn r_x_4_ded_17_a_missing_part_is_accepted_refused_or_hashed_by_choice() {
    let parts = || [body_part("id"), header_part("x-shop")];
    let lacking = Request::new(r#"{"id":1}"#);
    let whole = lacking.clone().with("X-Shop", "");
    assert!(deduped(&rule(parts()), &whole).key().is_some(), "an empty header is a value");
    let accepted = deduped(&rule(parts()), &lacking);
    assert!(
        matches!(&accepted, Deduped::WithoutKey { at, why: NoKey::Missing }
            if at.to_string() == "the header x-shop"),
        "{accepted:?}"
    );
    assert!(!accepted.is_covered());
    let refusing = rule_with(parts(), OnMissingKey::Refuse);
    let refused = try_key(&refusing, &lacking, &Coverage::nothing()).unwrap_err();
    assert_eq!(refused.code(), "dedupe_key_missing");
    let hashing = rule_with(parts(), OnMissingKey::HashBody);
    let [one, same, other] =
        [r#"{"id":1}"#, r#"{"id":1}"#, r#"{"id":2}"#].map(|body| key(&hashing, body));
    assert_eq!(one, same);
    assert_ne!(one, other);
    // The hash of a body is no key that a whole delivery could have.
    assert_ne!(Some(one), deduped(&rule([DedupePart::RawBody]), &lacking).key());
    assert_ne!(Some(one), deduped(&hashing, &whole).key());
    // Nor one that another rule makes of the same body.
    let other_rule = rule_with([body_part("number")], OnMissingKey::HashBody);
    assert_ne!(one, key(&other_rule, r#"{"id":1}"#));
}

#[test]
fn r_x_4_deliveries_without_a_key_are_all_staged_and_the_history_says_why() {
    let source = source_with(by_id(), Window::Unlimited);
    let engine = engine();
    for body in [r#"{"id":null}"#, r#"{"id":null}"#, "{}", r#"{"id":{}}"#, "[]"] {
        assert!(is_staged(&send(&engine, &source, body)), "{body}");
    }
    let rows = engine.history(&HistoryFilter::tenant("acme"), None, 10).unwrap();
    let mut details: Vec<&str> =
        rows.iter().map(|(_, row)| row.detail.as_deref().unwrap_or("")).collect();
    details.reverse();
    assert_eq!(details[0], "no dedupe key: the member id of the body is null");
    assert_eq!(details[2], "no dedupe key: the member id of the body is missing");
    assert_eq!(details[3], "no dedupe key: the member id of the body is an object");
    assert!(details[4].contains("out of reach"), "{}", details[4]);
    assert_eq!(engine.history(&HistoryFilter::tenant("acme"), None, 10).unwrap().len(), 5);
}

#[test]
fn a_body_that_is_not_json_has_no_key_where_any_body_is_taken() {
    for (part, code) in [
        (body_part("id"), "the member id of the body"),
        (DedupePart::CanonicalBody { exclude: vec![] }, "the member $ of the body"),
    ] {
        let mut config = config_with(rule([part]), Window::Unlimited);
        config.policy = hookstage::PolicyConfig::Standard;
        let source = Source::new(config).unwrap();
        let request = signed_with("coeffection", SECRET, "<xml/>");
        let ready = request
            .deliver(|delivery| authenticate(&source, delivery, now())?.read()?.finish(None))
            .unwrap();
        match ready.deduped {
            Some(Deduped::WithoutKey { at, why: NoKey::NotJson }) => {
                assert_eq!(at.to_string(), code);
            }
            other => panic!("{other:?}"),
        }
        assert!(ready.draft.claim.is_none());
        assert!(is_staged(&send(&engine(), &source, "<xml/>")));
    }
}

#[test]
fn r_sy_31_a_part_that_stands_twice_is_refused() {
    let twice = Request {
        url: "https://x.example/in?q=1&q=1".into(),
        ..Request::new("f=1&f=1").with("X-Id", "1").with("x-id", "1")
    };
    for part in [
        header_part("x-id"),
        DedupePart::FirstHeader(vec!["x-id".into()]),
        DedupePart::Query("q".into()),
        DedupePart::Form("f".into()),
    ] {
        let refused = try_key(&rule([part]), &twice, &Coverage::nothing()).unwrap_err();
        assert!(matches!(refused, Refusal::Malformed { .. }), "{refused}");
    }
}

// ---- what the signature covers

#[test]
fn ded_07_parts_that_no_signature_covers_are_named_warned_of_and_refused_on_demand() {
    let mut coverage = Coverage::nothing();
    coverage.body = BodyCoverage::Whole;
    let parts = || [body_part("id"), header_part("x-shop"), DedupePart::Query("q".into())];
    let request = Request { url: "https://x.example/in?q=1".into(), ..Request::new(r#"{"id":1}"#) }
        .with("X-Shop", "1");
    let Ok(Deduped::Key { key, uncovered }) = try_key(&rule(parts()), &request, &coverage) else {
        panic!("no key");
    };
    let names: Vec<String> = uncovered.iter().map(ToString::to_string).collect();
    assert_eq!(names, ["the header x-shop", "the query parameter q"]);
    coverage.headers = vec!["x-shop".into()];
    coverage.url = true;
    let covered = try_key(&rule(parts()), &request, &coverage).unwrap();
    assert_eq!((covered.key(), covered.is_covered()), (Some(key), true));
    // Of headers that may stand in for each other, an open one is enough to change the key.
    let either = rule([DedupePart::FirstHeader(vec!["x-id".into(), "x-shop".into()])]);
    assert!(!try_key(&either, &request, &coverage).unwrap().is_covered());
    let mut elsewhere = coverage.clone();
    elsewhere.headers = vec!["x-other".into()];
    assert!(!try_key(&either, &request, &elsewhere).unwrap().is_covered());
    coverage.headers.push("x-id".into());
    assert!(try_key(&either, &request, &coverage).unwrap().is_covered());

    let built = |rule: DedupeRule| Source::new(config_with(rule, Window::Unlimited));
    let warned = built(rule(parts())).unwrap();
    assert!(warned.warnings().iter().any(|it| it.code() == "uncovered_dedupe_key"));
    let strict = rule(parts()).covered_only();
    let error = built(strict.clone()).unwrap_err();
    let faults: Vec<String> = error.faults().iter().map(ToString::to_string).collect();
    assert_eq!(faults.len(), 2, "{faults:?}");
    assert!(faults[0].contains("the header x-shop"), "{faults:?}");
    assert!(built(rule([body_part("id")]).covered_only()).is_ok());
    // What it asks for is kept with it and changes no key.
    let stored = serde_json::to_string(&strict).unwrap();
    assert_eq!(serde_json::from_str::<DedupeRule>(&stored).unwrap(), strict);
    assert_ne!(strict, rule(parts()));
    assert_eq!(deduped(&strict, &request).key(), Some(key));
}

// ---- rules

#[test]
fn r_sy_14_ded_19_a_rule_has_one_to_five_parts_in_any_order() {
    let parts = |count: usize| (0..count).map(|n| body_part(&format!("p{n}")));
    let built = |count| DedupeRule::new(parts(count), OnMissingKey::Refuse).is_ok();
    assert!(!built(0));
    assert!((1..=5).all(built));
    assert!(!built(6));
    let mixed = || {
        vec![body_part("a"), header_part("x"), DedupePart::Query("q".into()), DedupePart::RawBody]
    };
    let mut reversed = mixed();
    reversed.reverse();
    assert_eq!(rule(mixed()), rule(reversed.clone()));
    let order =
        [body_part("a"), header_part("x"), DedupePart::Query("q".into()), DedupePart::RawBody];
    assert_eq!(rule(reversed.clone()).parts(), order);
    let request = Request { url: "/?q=1".into(), ..Request::new(r#"{"a":1}"#) }.with("X", "2");
    assert_eq!(deduped(&rule(mixed()), &request), deduped(&rule(reversed), &request));
}

#[test]
fn r_sy_31_parts_have_one_form_whoever_built_them() {
    // A stored rule, or one put together by hand, names headers as it likes.
    let stored = json!({"version": 1, "parts": [{"header": "X-Shop"}]});
    let loaded: DedupeRule = serde_json::from_value(stored).unwrap();
    assert_eq!(loaded, rule([header_part("x-shop")]));
    assert_eq!(loaded, rule([DedupePart::Header("X-SHOP".into())]));
    for parts in [
        vec![header_part("x-shop"), DedupePart::Header("X-Shop".into())],
        vec![body_part("a"), body_part("$.a")],
        vec![DedupePart::Header("".into())],
        vec![DedupePart::Header("x shop".into())],
        vec![DedupePart::FirstHeader(vec![])],
        vec![DedupePart::FirstHeader(vec!["x".into(), ":".into()])],
        vec![DedupePart::Query("".into())],
        vec![DedupePart::Form("".into())],
    ] {
        assert!(DedupeRule::new(parts.clone(), OnMissingKey::Refuse).is_err(), "{parts:?}");
        let stored = json!({"version": 1, "parts": parts});
        assert!(serde_json::from_value::<DedupeRule>(stored).is_err(), "{parts:?}");
    }
    for wrong in [
        json!({"version": 2, "parts": ["raw_body"]}),
        json!({"version": 1, "parts": []}),
        json!({"version": 1, "parts": [{"body": "a[*]"}]}),
        json!({"version": 1, "parts": ["raw_body"], "else": 1}),
    ] {
        assert!(serde_json::from_value::<DedupeRule>(wrong.clone()).is_err(), "{wrong}");
    }
}

#[test]
fn r_co_17_a_marked_field_is_the_dedupe_key() {
    let marked = Path::parse("customer.email").unwrap();
    let source = source_with(rule([DedupePart::Body(marked)]), Window::Unlimited);
    let engine = engine();
    let event = |email: &str, n: u8| format!(r#"{{"customer":{{"email":"{email}"}},"n":{n}}}"#);
    assert!(is_staged(&send(&engine, &source, &event("ada@acme.com", 1))));
    assert!(is_duplicate(&send(&engine, &source, &event("ada@acme.com", 2))));
    assert!(is_staged(&send(&engine, &source, &event("eve@acme.com", 1))));
}

#[test]
fn r_sy_30_paths_that_no_sample_has_are_named() {
    let mut schema = Schema::new(SchemaOptions::default());
    let sample = br#"{"id":1,"items":[{"sku":"x"}],"7":{"a":null}}"#;
    schema.learn(&Document::read(sample, &ReadOptions::default()).unwrap());
    let knows = |path: &str| schema.knows(&Path::parse(path).unwrap());
    for path in ["$", "id", "items", "items[0]", "items[-1].sku", "items.0.sku", r#"["7"].a"#] {
        assert!(knows(path), "{path}");
    }
    for path in ["other", "id.x", "items.sku", "items[0].other", "id[0]"] {
        assert!(!knows(path), "{path}");
    }
    assert!(!Schema::new(SchemaOptions::default()).knows(&Path::default()));
    // A number between dots is an item here and a member there, and samples had both.
    let both = br#"[{"a":[{"b":1}]},{"a":{"0":{"c":1}}}]"#;
    schema.learn(&Document::read(both, &ReadOptions::default()).unwrap());
    let knows = |path: &str| schema.knows(&Path::parse(path).unwrap());
    assert!(["[0].a.0.b", "[0].a.0.c", "[0].a[0].b"].into_iter().all(knows));
    assert!(!knows("[0].a[0].c") && !knows("[0].a.0.d") && !knows(r#"[0].a["0"].b"#));
    let chosen = rule(["id", "other", "items[0].sku"].map(body_part));
    let unknown: Vec<String> = chosen.unknown_to(&schema).iter().map(ToString::to_string).collect();
    assert_eq!(unknown, ["other"]);
    assert!(rule([header_part("x")]).unknown_to(&schema).is_empty());
}

#[test]
fn r_sy_10_29_an_own_hash_in_a_header_is_the_key_where_it_is_the_only_parameter() {
    let source = source_with(rule([header_part("X-Deduplication-Hash")]), Window::Unlimited);
    let engine = engine();
    let send = |body: &str, hash: Option<&str>| {
        let request = signed_with("coeffection", SECRET, body);
        let request = match hash {
            Some(hash) => request.with("x-deduplication-hash", hash),
            None => request,
        };
        receive(&engine, &source, &request).outcome
    };
    assert!(is_staged(&send(r#"{"n":1}"#, Some("h1"))));
    assert!(is_duplicate(&send(r#"{"n":2}"#, Some("h1"))));
    assert!(is_staged(&send(r#"{"n":1}"#, Some("h2"))));
    assert!(is_staged(&send(r#"{"n":1}"#, None)));
    assert!(is_staged(&send(r#"{"n":1}"#, None)));
    // Where another rule is chosen, the header means nothing.
    let by_body = source_with(rule([body_part("n")]), Window::Unlimited);
    let request = |hash: &str| {
        signed_with("coeffection", SECRET, r#"{"n":9}"#).with("x-deduplication-hash", hash)
    };
    let other = BlockingEngine::with_clock(MemoryStore::new(), ManualClock::at(now()));
    assert!(is_staged(&receive(&other, &by_body, &request("h3")).outcome));
    assert!(is_duplicate(&receive(&other, &by_body, &request("h4")).outcome));
}

// ---- windows

#[test]
fn r_sy_32_keys_are_kept_seven_days_from_the_last_request() {
    const WEEK: Duration = Duration::from_secs(7 * 24 * 3600);
    for (window, third) in [
        (Window::FromLast(WEEK), "duplicate"),
        (Window::FromFirst(WEEK), "staged"),
        (Window::Unlimited, "duplicate"),
    ] {
        let clock = ManualClock::at(now());
        let engine = engine_at(&clock);
        let source = source_with(by_id(), window);
        let send = |days: u32| {
            clock.advance(Duration::from_secs(u64::from(days) * 24 * 3600));
            use hookstage::Clock as _;
            let seconds = clock.now().as_unix_millis() / 1000;
            let request = signed_at("coeffection", SECRET, seconds, r#"{"id":1}"#);
            receive(&engine, &source, &request).outcome.as_str()
        };
        assert_eq!([send(0), send(6), send(6)], ["staged", "duplicate", third], "{window:?}");
        let last = if window == Window::Unlimited { "duplicate" } else { "staged" };
        assert_eq!(send(7), last, "{window:?}");
    }
}

// ---- what a key keeps out

#[test]
fn ded_14_other_sources_and_tenants_have_keys_of_their_own() {
    let engine = engine();
    for (tenant, source) in [("acme", "a"), ("acme", "b"), ("other", "a")] {
        let mut config = config("coeffection");
        (config.tenant, config.source) = (tenant.into(), source.into());
        config.dedupe = DedupeConfig::Rule { rule: by_id(), window: Window::Unlimited };
        let source = Source::new(config).unwrap();
        assert!(is_staged(&send(&engine, &source, r#"{"id":1}"#)));
        assert!(is_duplicate(&send(&engine, &source, r#"{"id":1}"#)));
    }
}

#[test]
fn r_cm_16_17_25_ded_15_another_body_under_the_same_key_is_a_duplicate_and_says_so() {
    let engine = engine();
    let source = source("comma");
    let first = genuine("comma", "msg-1");
    let Outcome::Staged(id) = receive(&engine, &source, &first).outcome else { panic!() };
    let again = receive(&engine, &source, &first);
    assert_eq!(again.outcome, Outcome::Duplicate { id, payload_differs: false });
    let changed = body("comma", "msg-1").replace("héllo", "changed");
    let other = receive(&engine, &source, &signed_with("comma", SECRET, changed));
    assert_eq!(other.outcome, Outcome::Duplicate { id, payload_differs: true });
    assert_eq!((again.response.status(), other.response.status()), (200, 200));
    let kept = engine.get("acme", id).unwrap().unwrap();
    assert_eq!(&*kept.body, body("comma", "msg-1").as_bytes());
}

#[test]
fn ded_12_of_64_threads_one_stages_and_all_are_answered_alike() {
    for _ in 0..20 {
        let engine = engine();
        let source = source_with(by_id(), Window::Unlimited);
        let request = signed_with("coeffection", SECRET, r#"{"id":1}"#);
        let receipts: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> =
                (0..64).map(|_| scope.spawn(|| receive(&engine, &source, &request))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let staged = receipts.iter().filter(|receipt| is_staged(&receipt.outcome)).count();
        let duplicates = receipts.iter().filter(|receipt| is_duplicate(&receipt.outcome)).count();
        assert_eq!((staged, duplicates), (1, 63));
        assert!(receipts.iter().all(|receipt| seen(receipt) == seen(&receipts[0])));
    }
}

#[test]
fn ded_16_a_flood_evicts_no_key() {
    let mut limits = MemoryLimits::default();
    limits.keys = 50;
    let clock = ManualClock::at(now());
    let engine = BlockingEngine::with_clock(MemoryStore::with_limits(limits), clock);
    let source = source_with(by_id(), Window::Unlimited);
    let send = |id: u32| {
        let request = signed_with("coeffection", SECRET, format!("{{\"id\":{id}}}"));
        request.deliver(|delivery| engine.receive(&source, delivery))
    };
    let results: Vec<_> = (0..500).map(send).collect();
    let faults = results.iter().filter_map(|result| result.as_ref().err());
    assert_eq!(faults.clone().count(), 450, "a full store pushes back");
    assert!(faults.clone().all(|fault| fault.response.status() >= 500));
    // A replay of what was staged is a duplicate or pushed back as well, and never new.
    let replays = (0..50).map(send);
    assert!(!replays.flatten().any(|receipt| is_staged(&receipt.outcome)));
}

#[test]
fn ded_18_what_was_rejected_or_deleted_stays_known() {
    let clock = ManualClock::at(now());
    let engine = engine_at(&clock);
    let source = source_with(by_id(), Window::Unlimited);
    let Outcome::Staged(id) = send(&engine, &source, r#"{"id":1}"#) else { panic!() };
    let _ = engine.settle("acme", id, Transition::Reject, "ada@acme.com", None).unwrap();
    assert!(is_duplicate(&send(&engine, &source, r#"{"id":1}"#)));
    clock.advance(Duration::from_millis(1));
    use hookstage::Clock as _;
    let purge = PurgeRequest::older_than(Duration::ZERO, clock.now());
    assert_eq!(engine.purge(&purge).unwrap().events, 1);
    assert!(engine.list(&EventFilter::tenant("acme"), None, 10).unwrap().is_empty());
    assert!(is_duplicate(&send(&engine, &source, r#"{"id":1}"#)));
}

#[test]
fn ded_20_every_delivery_is_verified_whatever_was_verified_before() {
    let engine = engine();
    let source = source_with(by_id(), Window::Unlimited);
    assert!(is_staged(&send(&engine, &source, r#"{"id":1}"#)));
    let forged = signed_with("coeffection", "another", r#"{"id":1}"#);
    for _ in 0..2 {
        let receipt = receive(&engine, &source, &forged);
        assert!(matches!(receipt.outcome, Outcome::Refused(Refusal::Mismatch { .. })));
        assert_eq!(receipt.response.status(), 401);
    }
    // Nor does a pure admission know of any other.
    let refused = forged.deliver(|delivery| admit(&source, delivery, now())).unwrap_err();
    assert_eq!(refused.refusal.code(), "mismatch");
}
