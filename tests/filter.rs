//! Filters over a payload and its head.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test or bench may panic"
)]

use hookstage::Head;
use hookstage::filter::{Filter, FilterErrorKind, Reason, Subject};
use hookstage::json::{Document, ReadOptions};
use proptest::prelude::*;
use serde_json::{Value, json};

fn filter(value: Value) -> Filter {
    Filter::from_value(&value).unwrap_or_else(|error| panic!("{value}: {error}"))
}

fn matches(value: Value, payload: &str) -> bool {
    let document = Document::read(payload.as_bytes(), &ReadOptions::default()).unwrap();
    let filter = filter(value.clone());
    let subject = Subject::payload(&document);
    let matched = filter.matches(&subject);
    assert_eq!(filter.explain(&subject).matched, matched, "{value}");
    // What is stored means the same.
    let stored = serde_json::to_string(&filter).unwrap();
    assert_eq!(serde_json::from_str::<Filter>(&stored).unwrap(), filter, "{stored}");
    matched
}

fn a(test: &str, operand: Value) -> Value {
    json!({"payload": "a", test: operand})
}

fn refused(value: Value) -> (String, FilterErrorKind) {
    let error = Filter::from_value(&value).unwrap_err();
    assert!(error.to_string().starts_with("filter"));
    (error.at, error.kind)
}

// ---- values

#[test]
fn corner_048_049_and_055_equal_numbers_in_filters() {
    for (written, lexeme) in [("1", "1.0"), ("1.0", "10e-1"), ("0", "-0.0"), ("1e5", "100000")] {
        let body = format!("{{\"a\":{lexeme}}}");
        assert!(matches(a("eq", json!({"number": written})), &body));
        assert!(!matches(a("ne", json!({"number": written})), &body));
        assert!(matches(a("in", json!([{"number": written}])), &body));
    }
}

#[test]
fn corner_050_to_052_numbers_beyond_doubles() {
    assert!(matches(a("gt", json!({"number": "1e399"})), r#"{"a":1e400}"#));
    assert!(matches(a("lt", json!({"number": "1e1000000000"})), r#"{"a":1e999999999}"#));
    assert!(matches(a("lt", json!(0)), r#"{"a":-1e400}"#));
}

#[test]
fn corner_056_a_tiny_number_is_not_zero() {
    assert!(!matches(a("eq", json!(0)), r#"{"a":1e-20}"#));
    assert!(matches(a("gt", json!(0)), r#"{"a":1e-400}"#));
}

#[test]
fn corner_057_types_are_never_equal() {
    for (operand, body) in [
        (json!(1), r#"{"a":true}"#),
        (json!(1), r#"{"a":"1"}"#),
        (json!("1"), r#"{"a":1}"#),
        (json!(0), r#"{"a":null}"#),
        (json!(0), r#"{"a":false}"#),
        (json!(""), r#"{"a":null}"#),
        (json!(""), r#"{"a":0}"#),
        (json!(null), r#"{"a":0}"#),
        (json!(false), r#"{"a":null}"#),
        (json!("a"), r#"{"a":["a"]}"#),
        (json!("A"), r#"{"a":"a"}"#),
    ] {
        assert!(!matches(a("eq", operand.clone()), body), "{operand} {body}");
        assert!(!matches(a("in", json!([operand])), body), "{operand} {body}");
    }
    assert!(matches(a("eq", json!(null)), r#"{"a":null}"#));
    assert!(matches(a("eq", json!(true)), r#"{"a":true}"#));
    assert!(matches(a("ne", json!("1")), r#"{"a":1}"#));
}

#[test]
fn corner_109_order_is_for_numbers() {
    for (body, wanted) in [
        (r#"{"a":5}"#, true),
        (r#"{"a":10}"#, false),
        (r#"{"a":9.999999999999999999999}"#, true),
        (r#"{"a":"5"}"#, false),
        (r#"{"a":null}"#, false),
        (r#"{"a":true}"#, false),
        ("{}", false),
        (r#"{"a":[1,20]}"#, false),
        (r#"{"a":{}}"#, false),
    ] {
        assert_eq!(matches(a("lt", json!(10)), body), wanted, "{body}");
    }
    let mixed = r#"{"a":[1,20]}"#;
    assert!(matches(json!({"payload": "a", "lt": 10, "items": "any"}), mixed));
    assert!(!matches(json!({"payload": "a", "lt": 10, "items": "all"}), mixed));
    assert!(matches(json!({"payload": "a", "lt": 30, "items": "all"}), mixed));
    for items in ["any", "all"] {
        for body in [r#"{"a":[]}"#, r#"{"a":5}"#, "{}", r#"{"a":[null,"5"]}"#] {
            assert!(!matches(json!({"payload": "a", "lt": 10, "items": items}), body), "{body}");
        }
    }
    for (test, at_limit, below) in
        [("lt", false, true), ("lte", true, true), ("gt", false, false), ("gte", true, false)]
    {
        assert_eq!(matches(a(test, json!(2)), r#"{"a":2.0}"#), at_limit);
        assert_eq!(matches(a(test, json!(2)), r#"{"a":1}"#), below);
    }
}

#[test]
fn corner_110_an_absent_value_fails() {
    let both = json!({"all": [{"payload": "a", "eq": 1}, {"payload": "b", "eq": 2}]});
    assert!(!matches(both.clone(), r#"{"a":1}"#));
    assert!(matches(both, r#"{"a":1,"b":2}"#));
    for (test, operand) in [
        ("eq", json!(null)),
        ("ne", json!(1)),
        ("in", json!([null])),
        ("not_in", json!([1])),
        ("lt", json!(1)),
        ("prefix", json!("")),
        ("suffix", json!("")),
        ("contains", json!("")),
        ("glob", json!("*")),
        ("cidr", json!("0.0.0.0/0")),
        ("type", json!("null")),
        ("null", json!(false)),
        ("null", json!(true)),
        ("exists", json!(true)),
    ] {
        assert!(!matches(a(test, operand.clone()), "{}"), "{test}");
        assert!(!matches(a(test, operand), r#"{"a.b":1}"#), "{test}");
    }
}

#[test]
fn corner_111_absence_can_be_asked_for() {
    assert!(!matches(a("ne", json!(1)), "{}"));
    assert!(matches(json!({"payload": "a", "ne": 1, "or_absent": true}), "{}"));
    assert!(!matches(json!({"payload": "a", "ne": 1, "or_absent": true}), r#"{"a":1}"#));
    assert!(matches(json!({"payload": "a", "not_in": [1], "or_absent": true}), "{}"));
    assert!(matches(a("exists", json!(false)), "{}"));
    assert!(!matches(a("exists", json!(false)), r#"{"a":null}"#));
    assert!(matches(json!({"not": a("eq", json!(1))}), "{}"), "not is plain negation");
}

#[test]
fn corner_112_whatever_stands_there_exists() {
    for body in [r#"{"a":{}}"#, r#"{"a":[]}"#, r#"{"a":null}"#, r#"{"a":""}"#, r#"{"a":{"b":1}}"#] {
        assert!(matches(a("exists", json!(true)), body), "{body}");
    }
}

#[test]
fn corner_113_conditions_for_the_same_item() {
    let people = r#"{"people":[{"first":"Anna","last":"Smith"},{"first":"Bob","last":"Jones"}]}"#;
    let name = json!([{"payload": "first", "eq": "Anna"}, {"payload": "last", "eq": "Jones"}]);
    assert!(!matches(json!({"element_of": "people", "where": {"all": name}}), people));
    let any = |member: &str, value: &str| json!({"element_of": "people", "where": {"payload": member, "eq": value}});
    assert!(matches(json!({"all": [any("first", "Anna"), any("last", "Jones")]}), people));
    let same = r#"{"people":[{"first":"Bob","last":"Jones"},{"first":"Anna","last":"Jones"}]}"#;
    assert!(matches(json!({"element_of": "people", "where": {"all": name}}), same));
    let bare = json!({"element_of": "a", "where": {"payload": "$", "eq": 2}});
    assert!(matches(bare.clone(), r#"{"a":[1,2]}"#));
    for body in [r#"{"a":2}"#, "{}", r#"{"a":[]}"#, r#"{"a":{"0":2}}"#] {
        assert!(!matches(bare.clone(), body));
    }
}

#[test]
fn corner_114_neighbours_beyond_53_bits() {
    let body = r#"{"a":9007199254740993}"#;
    assert!(!matches(a("eq", json!(9_007_199_254_740_992_u64)), body));
    assert!(matches(a("eq", json!(9_007_199_254_740_993_u64)), body));
    assert!(matches(a("gt", json!(9_007_199_254_740_992_u64)), body));
    let big = r#"{"a":18446744073709551616}"#;
    assert!(!matches(a("eq", json!({"number": "18446744073709551617"})), big));
}

#[test]
fn corner_115_globs() {
    for (pattern, text, wanted) in [
        ("", "", true),
        ("", "a", false),
        ("*", "", true),
        ("*", "anything", true),
        ("order.*", "order.paid", true),
        ("order.*", "order", false),
        ("*.paid", "order.paid", true),
        ("*.paid", "order.paid.x", false),
        ("o*r.*d", "order.paid", true),
        ("a*a", "a", false),
        ("a*a", "aa", true),
        ("?", "é", true),
        ("?", "", false),
        ("a?c", "abc", true),
        ("a?c", "ac", false),
        ("*b?d*", "aabcde", true),
        ("*?", "", false),
        ("*?", "x", true),
        ("?*?", "x", false),
        ("*a?", "aab", true),
        ("*ab*b", "ab", false),
        (r"\*", "*", true),
        (r"\*", "x", false),
        (r"\?\\", r"?\", true),
        ("*x*", "aaa", false),
        ("[a]", "[a]", true),
        ("Order.*", "order.paid", false),
    ] {
        let body = json!({"a": text}).to_string();
        assert_eq!(matches(a("glob", json!(pattern)), &body), wanted, "{pattern} {text}");
    }
    // Would take for ever with backtracking.
    let body = json!({"a": "a".repeat(1 << 20)}).to_string();
    assert!(!matches(a("glob", json!(format!("{}b", "*a".repeat(100)))), &body));
    assert!(matches(a("glob", json!(format!("{}*", "*a".repeat(100)))), &body));
}

#[test]
fn texts() {
    for (test, operand, wanted) in [
        ("prefix", "or", true),
        ("prefix", "rd", false),
        ("suffix", "er", true),
        ("suffix", "or", false),
        ("contains", "rde", true),
        ("contains", "x", false),
        ("prefix", "", true),
        ("prefix", "order", true),
        ("prefix", "orders", false),
    ] {
        assert_eq!(
            matches(a(test, json!(operand)), r#"{"a":"order"}"#),
            wanted,
            "{test} {operand}"
        );
        assert!(!matches(a(test, json!("")), r#"{"a":1}"#));
        assert!(!matches(a(test, json!("")), r#"{"a":[""]}"#));
    }
    assert!(matches(a("contains", json!("é")), r#"{"a":"caf\u00e9"}"#));
}

#[test]
fn networks() {
    for (operand, address, wanted) in [
        (json!("10.0.0.0/8"), "10.1.2.3", true),
        (json!("10.0.0.0/8"), "11.1.2.3", false),
        (json!("10.0.0.0/8"), "::ffff:10.1.2.3", true),
        (json!("2001:db8::/32"), "2001:db8::1", true),
        (json!(["10.0.0.0/8", "192.0.2.7/32"]), "192.0.2.7", true),
        (json!("10.0.0.0/8"), "10.1.2", false),
        (json!("10.0.0.0/8"), "010.1.2.3", false),
    ] {
        let body = json!({"a": address}).to_string();
        assert_eq!(matches(a("cidr", operand), &body), wanted, "{address}");
    }
}

#[test]
fn times_are_compared_when_asked() {
    let before =
        |time: &str, body: &str| matches(json!({"payload": "a", "lt": {"time": time}}), body);
    let body = r#"{"a":"2026-05-28T14:30:00+02:00"}"#;
    assert!(before("2026-05-28T12:30:01Z", body));
    assert!(!before("2026-05-28T12:30:00Z", body));
    assert!(!before("2026-05-28T12:30:01Z", r#"{"a":"2026-05-28"}"#));
    assert!(!before("2026-05-28T12:30:01Z", r#"{"a":1}"#));
    assert!(!matches(a("lt", json!(9_999_999_999_u64)), body));
}

#[test]
fn types() {
    for (name, body) in [
        ("null", "null"),
        ("boolean", "false"),
        ("integer", "1"),
        ("integer", "1.0"),
        ("integer", "1e3"),
        ("number", "1.5"),
        ("number", "1"),
        ("string", "\"\""),
        ("array", "[]"),
        ("object", "{}"),
    ] {
        assert!(matches(a("type", json!(name)), &format!("{{\"a\":{body}}}")), "{name} {body}");
    }
    for (name, body) in
        [("integer", "1.5"), ("integer", "\"1\""), ("number", "\"1\""), ("null", "0")]
    {
        assert!(!matches(a("type", json!(name)), &format!("{{\"a\":{body}}}")), "{name} {body}");
    }
    assert!(matches(a("null", json!(true)), r#"{"a":null}"#));
    assert!(matches(a("null", json!(false)), r#"{"a":[]}"#));
}

// ---- heads

#[test]
fn headers_and_query_parameters() {
    let headers = [
        ("X-Event", b"order.paid".as_slice()),
        ("X-Twice", b"a"),
        ("x-twice", b"a"),
        ("X-Bin", b"\xff"),
    ];
    let head = Head::post("https://h.example/in?v=2&v2=caf%C3%A9+x&twice=1&twice=1", &headers);
    let holds = |value: Value| filter(value).matches(&Subject::head(&head));
    assert!(holds(json!({"header": "x-event", "prefix": "order."})));
    assert!(holds(json!({"query": "v", "eq": "2"})));
    assert!(!holds(json!({"query": "v", "eq": 2})), "a query parameter is text");
    assert!(holds(json!({"query": "v2", "eq": "café x"})));
    for place in
        [json!({"header": "x-twice"}), json!({"query": "twice"}), json!({"header": "x-bin"})]
    {
        let with = |test: &str, operand: Value| {
            let mut value = place.clone();
            value[test] = operand;
            value
        };
        assert!(holds(with("exists", json!(true))), "{place}");
        for (test, operand) in [
            ("eq", json!("a")),
            ("ne", json!("b")),
            ("glob", json!("*")),
            ("type", json!("string")),
        ] {
            assert!(!holds(with(test, operand)), "{place} {test}");
        }
    }
    assert!(!holds(json!({"payload": "a", "exists": true})), "there is no payload");
    assert!(holds(json!({"header": "x-none", "exists": false})));
}

// ---- building

#[test]
fn what_is_misspelt_is_refused() {
    use FilterErrorKind as K;
    for (value, at, kind) in [
        (json!({"payload": "a", "equals": 1}), "/equals", K::Unknown),
        (json!({"payload": "a", "regex": "x"}), "/regex", K::Unknown),
        (json!({"payload": "a"}), "", K::NotOneTest),
        (json!({"payload": "a", "eq": 1, "ne": 2}), "/ne", K::NotOneTest),
        (json!({"eq": 1}), "", K::NotOnePlace),
        (json!({"payload": "a", "header": "b", "eq": 1}), "/payload", K::NotOnePlace),
        (json!({"all": []}), "/all", K::EmptyList),
        (json!({"any": []}), "/any", K::EmptyList),
        (json!({"payload": "a", "in": []}), "/in", K::EmptyList),
        (json!({"all": [{"payload": "a", "eq": 1}], "any": []}), "", K::NotOnePart),
        (json!({"not": 1}), "/not", K::NotAnObject),
        (json!([]), "", K::NotAnObject),
        (json!({"payload": "a", "lt": "5"}), "/lt", K::Operand),
        (json!({"payload": "a", "lt": {"number": "NaN"}}), "/lt", K::Number),
        (json!({"payload": "a", "lt": {"time": "soon"}}), "/lt", K::Time),
        (json!({"payload": "a", "eq": [1]}), "/eq", K::Operand),
        (json!({"payload": "a", "eq": {"x": 1}}), "/eq", K::Operand),
        (json!({"payload": "a", "prefix": 1}), "/prefix", K::Operand),
        (json!({"payload": "a", "cidr": "10.0.0.0/99"}), "/cidr", K::Network),
        (json!({"payload": "a", "glob": "x\\"}), "/glob", K::Glob),
        (json!({"payload": "a", "glob": "x".repeat(257)}), "/glob", K::Glob),
        (json!({"payload": "a", "type": "float"}), "/type", K::Operand),
        (json!({"payload": "a", "exists": "yes"}), "/exists", K::Operand),
        (json!({"payload": "a", "items": "some", "eq": 1}), "/items", K::Operand),
        (json!({"header": "a", "items": "any", "eq": "1"}), "", K::DoesNotApply),
        (json!({"payload": "a", "or_absent": true, "eq": "1"}), "", K::DoesNotApply),
        (json!({"header": "a b", "eq": "1"}), "/header", K::Name),
        (json!({"header": "", "eq": "1"}), "/header", K::Name),
        (json!({"element_of": "a"}), "", K::NotOnePart),
        (json!({"element_of": "a", "filter": {}}), "", K::NotOnePart),
        (json!({"version": 2, "payload": "a", "eq": 1}), "/version", K::Version),
        (
            json!({"all": [{"payload": "a", "eq": 1}, {"not": {"payload": "b", "x": 1}}]}),
            "/all/1/not/x",
            K::Unknown,
        ),
        (json!({"all": [{"version": 1, "payload": "a", "eq": 1}]}), "/all/0/version", K::Unknown),
    ] {
        assert_eq!(refused(value.clone()), (at.to_owned(), kind), "{value}");
    }
    let (at, kind) = refused(json!({"payload": "a[*]", "eq": 1}));
    assert!(at == "/payload" && matches!(kind, K::Path(error) if error.column == 3));
    let mut deep = json!({"payload": "a", "eq": 1});
    for _ in 0..40 {
        deep = json!({"not": deep});
    }
    assert_eq!(refused(deep).1, K::TooLarge);
    let wide: Vec<Value> = (0..1_001).map(|_| json!({"payload": "a", "eq": 1})).collect();
    assert_eq!(refused(json!({"any": wide})).1, K::TooLarge);
    // Of two conditions, either could have been meant.
    for twice in [
        r#"{"payload":"a","eq":1,"eq":2}"#,
        r#"{"all":[{"payload":"a","eq":1,"payload":"b"}]}"#,
        r#"{"not":{"payload":"a","eq":1},"not":{"payload":"b","eq":1}}"#,
        r#"{"payload":"a","eq":{"number":"1","number":"2"}}"#,
    ] {
        assert!(serde_json::from_str::<Filter>(twice).is_err(), "{twice}");
    }
}

#[test]
fn the_stored_form_carries_a_version() {
    let stored = filter(json!({"payload": "$['a']", "eq": {"number": "1.50"}})).to_value();
    assert_eq!(stored, json!({"version": 1, "payload": "a", "eq": {"number": "1.50"}}));
}

// ---- explanations

#[test]
fn an_explanation_names_the_part_that_failed() {
    let filter = filter(json!({"all": [
        {"payload": "a", "eq": 1},
        {"not": {"payload": "b", "eq": "canary"}},
        {"any": [{"payload": "c", "lt": 1}, {"header": "d", "exists": true}]},
    ]}));
    let document =
        Document::read(br#"{"a":1,"b":"canary","c":"x"}"#, &ReadOptions::default()).unwrap();
    let explanation = filter.explain(&Subject::payload(&document));
    assert!(!explanation.matched);
    let steps: Vec<(&str, Reason)> =
        explanation.steps.iter().map(|step| (step.at.as_str(), step.reason)).collect();
    assert_eq!(
        steps,
        [
            ("/all/0", Reason::Holds),
            ("/all/1/not", Reason::Holds),
            ("/all/1", Reason::Parts),
            ("/all/2/any/0", Reason::WrongType),
            ("/all/2/any/1", Reason::Absent),
            ("/all/2", Reason::Parts),
            ("", Reason::Parts),
        ],
    );
    assert!(!format!("{explanation:?}").contains("canary"));
}

#[test]
fn too_much_work_matches_nothing_not_even_negated() {
    let body = format!("{{\"a\":[{}0]}}", "0,".repeat(1_200_000));
    let document = Document::read(body.as_bytes(), &ReadOptions::default()).unwrap();
    for value in [
        json!({"payload": "a", "eq": 1, "items": "any"}),
        json!({"not": {"payload": "a", "eq": 1, "items": "any"}}),
        json!({"any": [{"element_of": "a", "where": {"payload": "$", "eq": 1}}, {"payload": "a", "exists": true}]}),
    ] {
        let filter = filter(value);
        assert!(!filter.matches(&Subject::payload(&document)));
        let explanation = filter.explain(&Subject::payload(&document));
        assert_eq!(explanation.steps.last().unwrap().reason, Reason::TooMuchWork);
    }
}

// ---- properties

fn any_filter() -> impl Strategy<Value = Value> {
    let place = prop_oneof![
        prop::sample::select(vec!["a", "b.c", "items[0]", "items[-1].n", "$"])
            .prop_map(|path| json!({"payload": path})),
        Just(json!({"header": "x-a"})),
        Just(json!({"query": "q"})),
    ];
    let operand = prop_oneof![
        Just(json!(null)),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-10..10).prop_map(Value::from),
        "[a-c]{0,2}".prop_map(Value::from),
        Just(json!({"number": "1e400"})),
    ];
    let test = prop_oneof![
        (prop::sample::select(vec!["eq", "ne"]), operand.clone()).boxed(),
        (
            prop::sample::select(vec!["in", "not_in"]),
            prop::collection::vec(operand, 1..4).prop_map(Value::from)
        )
            .boxed(),
        (prop::sample::select(vec!["lt", "lte", "gt", "gte"]), (-5..5).prop_map(Value::from))
            .boxed(),
        (
            prop::sample::select(vec!["prefix", "suffix", "contains", "glob"]),
            "[a*]{0,2}".prop_map(Value::from)
        )
            .boxed(),
        (prop::sample::select(vec!["exists", "null"]), any::<bool>().prop_map(Value::from)).boxed(),
        (
            Just("type"),
            prop::sample::select(vec!["null", "integer", "string", "array"]).prop_map(Value::from)
        )
            .boxed(),
    ];
    let condition = (place, test).prop_map(|(mut place, (test, operand))| {
        place[test] = operand;
        place
    });
    condition.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..4).prop_map(|parts| json!({"all": parts})),
            prop::collection::vec(inner.clone(), 1..4).prop_map(|parts| json!({"any": parts})),
            inner.clone().prop_map(|part| json!({"not": part})),
            inner.prop_map(|part| json!({"element_of": "items", "where": part})),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn filters_survive_their_stored_form_and_negation(value in any_filter(), body in prop::sample::select(vec![
        "{}", r#"{"a":1,"b":{"c":"a"},"items":[{"n":1},2,"a",null]}"#, "[]", "5", r#"{"a":null,"items":[[]]}"#,
    ])) {
        let built = filter(value.clone());
        let stored = serde_json::to_string(&built).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Filter>(&stored).unwrap(), &built);
        let matched = matches(value.clone(), body);
        prop_assert_eq!(matches(json!({"not": value.clone()}), body), !matched);
        prop_assert_eq!(matches(json!({"all": [value.clone()]}), body), matched);
        prop_assert_eq!(matches(json!({"any": [value.clone(), value]}), body), matched);
    }

    #[test]
    fn any_json_is_built_or_refused(text in "[{}\\[\\]\",:a-z_0-9 ]{0,40}") {
        if let Ok(value) = serde_json::from_str::<Value>(&text) {
            let _ = Filter::from_value(&value);
        }
    }
}
