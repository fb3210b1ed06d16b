//! JSONPath with several matches, under a budget.
#![cfg(feature = "jsonpath")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test or bench may panic"
)]

use std::path::PathBuf;

use hookstage::json::{self, Document, ReadOptions};
use hookstage::payload::{
    BudgetExceeded, FlatView, FlattenOptions, PathStyle, Query, QueryBudget, QueryError,
};
use serde_json::Value;

fn read(body: &str) -> Document<'_> {
    Document::read(body.as_bytes(), &ReadOptions::default()).unwrap()
}

fn select(query: &str, body: &str) -> Vec<String> {
    let query = Query::parse(query).unwrap_or_else(|error| panic!("{query}: {error}"));
    let document = read(body);
    let found = query.select(&document, &QueryBudget::default()).unwrap();
    found.iter().map(|node| node.compact()).collect()
}

#[test]
fn several_matches() {
    let body =
        r#"{"items":[{"sku":"a","n":1},{"sku":"b","n":2.50},{"sku":"c"}],"other":{"sku":"d"}}"#;
    assert_eq!(select("$.items[*].sku", body), [r#""a""#, r#""b""#, r#""c""#]);
    assert_eq!(select("$.items[0,-1].sku", body), [r#""a""#, r#""c""#]);
    assert_eq!(select("$.items[::2].sku", body), [r#""a""#, r#""c""#]);
    assert_eq!(select("$.items[::-1].sku", body), [r#""c""#, r#""b""#, r#""a""#]);
    assert_eq!(select("$..sku", body).len(), 4);
    assert_eq!(select("$.items[?@.n].sku", body), [r#""a""#, r#""b""#]);
    assert_eq!(select("$.items[?!@.n].sku", body), [r#""c""#]);
    assert_eq!(select("$.items[?@.n == 2.5].n", body), ["2.50"]);
    assert_eq!(select("$.items[?@.sku == 'a' || @.n > 2].sku", body), [r#""a""#, r#""b""#]);
    assert_eq!(select("$[?count(@.*) == 1].sku", body), [r#""d""#]);
    assert_eq!(select("$.items[?length(@) == 1].sku", body), [r#""c""#]);
    assert_eq!(select("$.missing[*]", body), [""; 0]);
    // A key is what it says, however long it is written.
    let escaped = r#"{"\u0061\u0062\u0063":1,"\ud83d\ude00":2}"#;
    assert_eq!(select("$.abc", escaped), ["1"]);
    assert_eq!(select("$['\u{1f600}']", escaped), ["2"]);
}

/// RFC 9535, section 2.3.4.2: bounds beyond either end are brought to it.
#[test]
fn slices_that_reach_beyond_the_array() {
    for (slice, wanted) in [
        ("-9:9", &["0", "1", "2"][..]),
        ("9:", &[]),
        (":-9", &[]),
        ("9::-1", &["2", "1", "0"]),
        ("-9::-1", &[]),
        ("2:-9:-1", &["2", "1", "0"]),
        ("0:9:-1", &[]),
        ("::-2", &["2", "0"]),
        ("::0", &[]),
    ] {
        assert_eq!(select(&format!("$[{slice}]"), "[0,1,2]"), wanted, "{slice}");
    }
}

#[test]
fn corner_044_and_056_filters_compare_exact_numbers() {
    let body = r#"[{"n":1e-20},{"n":0},{"n":9007199254740993},{"n":9007199254740992}]"#;
    assert_eq!(select("$[?@.n == 0].n", body), ["0"]);
    assert_eq!(select("$[?@.n == 9007199254740991].n", body), [""; 0]);
    assert_eq!(select("$[?@.n > 9007199254740991].n", body).len(), 2);
    assert_eq!(select("$[?@.n == $[2].n].n", body), ["9007199254740993"]);
    assert_eq!(select("$[?count(@.*) == 0]", r#"[{},{"a":1}]"#), ["{}"]);
}

#[test]
fn a_run_that_would_take_seconds_ends_with_its_budget() {
    let items = vec![r#"{"a":{"b":1}}"#; 3_000].join(",");
    let body = format!("[{items}]");
    let document = read(&body);
    for query in ["$[?count($..*)>1]", "$[?$..b]", "$..[?@.b == 1 || count($..b) > 9]"] {
        let query = Query::parse(query).unwrap();
        assert_eq!(query.select(&document, &QueryBudget::default()).map(drop), Err(BudgetExceeded));
    }
    let union = format!("$[{}]", vec!["*"; 200].join(","));
    let union = Query::parse(&union).unwrap();
    assert_eq!(union.select(&document, &QueryBudget::default()).map(drop), Err(BudgetExceeded));
    let few = QueryBudget { max_results: 3_000, ..QueryBudget::default() };
    assert_eq!(Query::parse("$[*]").unwrap().select(&document, &few).unwrap().len(), 3_000);
    let fewer = QueryBudget { max_results: 2_999, ..QueryBudget::default() };
    assert_eq!(
        Query::parse("$[*]").unwrap().select(&document, &fewer).map(drop),
        Err(BudgetExceeded)
    );
}

#[test]
fn a_long_text_that_is_compared_with_every_item_uses_the_budget_up() {
    let items = vec!["1"; 2_000].join(",");
    let budget = QueryBudget { max_visits: 50_000, ..QueryBudget::default() };
    let long = "\\u0061".repeat(50_000);
    let run = |name: &str, (rest, query): (&str, &str)| {
        let body = format!(r#"{{{},"items":[{items}]}}"#, rest.replace("NAME", name));
        let document = read(&body);
        let found = Query::parse(query).unwrap().select(&document, &budget);
        found.map(|found| found.len())
    };
    // The text itself, its length, a member behind a long name, the long name itself.
    for case in [
        (r#""x":"NAME""#, "$.items[?$.x == 'b']"),
        (r#""x":"NAME""#, "$.items[?length($.x) == 0]"),
        (r#""NAME":0,"x":2"#, "$.items[?$.x == @]"),
        (r#""x":{"NAME":0},"y":{"NAME":1}"#, "$.items[?$.x == $.y]"),
    ] {
        assert_eq!(run("a", case), Ok(0), "{case:?}");
        assert_eq!(run(&long, case), Err(BudgetExceeded), "{case:?}");
    }
    // Once is no harm.
    let body = format!(r#"{{"x":"{long}","items":[{{"x":"a"}}]}}"#);
    let document = read(&body);
    let query = Query::parse("$.items[?length($.x) == 50000]").unwrap();
    assert_eq!(query.select(&document, &QueryBudget::default()).unwrap().len(), 1);
}

#[test]
fn queries_that_are_refused() {
    for text in [
        "",
        "a",
        "$.",
        "$[",
        "$.a b",
        "$.a.a b",
        "$[?@.a b]",
        "$.a ",
        "$.a\n",
        "$[?@.a = 1]",
        " $.a",
        "$[?length(@.*) == 1]",
    ] {
        assert!(matches!(Query::parse(text), Err(QueryError::Malformed { .. })), "{text}");
    }
    for text in ["$[?match(@.a, 'x*')]", "$[?search(@.a, 'x')]"] {
        assert_eq!(Query::parse(text).unwrap_err(), QueryError::Function, "{text}");
    }
    assert_eq!(
        Query::parse(&format!("$[{}]", vec!["0"; 201].join(","))),
        Err(QueryError::TooLarge)
    );
    assert_eq!(Query::parse(&format!("${}", ".a".repeat(3_000))), Err(QueryError::TooLarge));
    assert!(Query::parse(&format!("$[?{}1{}]", "(".repeat(1_500), ")".repeat(1_500))).is_err());
    let error = Query::parse("$.items[?@.a = 1]").unwrap_err();
    assert!(error.to_string().contains("column"), "{error}");
}

#[test]
fn a_query_is_stored_as_its_text() {
    let query = Query::parse("$.a[*]").unwrap();
    let stored = serde_json::to_string(&query).unwrap();
    assert_eq!(stored, r#""$.a[*]""#);
    assert_eq!(serde_json::from_str::<Query>(&stored).unwrap(), query);
    assert!(serde_json::from_str::<Query>(r#""$.a[""#).is_err());
}

#[test]
fn the_path_of_a_leaf_is_a_query_for_it() {
    let document = read(r#"{"a'b":[{"\\":1},{"\n\u000b":[[]]}],"":{"😀":null}}"#);
    for leaf in FlatView::new(&document, &FlattenOptions::default()).leaves() {
        let query = Query::parse(&leaf.path(PathStyle::JsonPath)).unwrap();
        let found = query.select(&document, &QueryBudget::default()).unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].raw(), leaf.raw());
    }
}

/// Cases of the compliance suite that the parser underneath or this crate decides otherwise.
const EXCEPTIONS: &[&str] = &[];

/// <https://github.com/jsonpath-standard/jsonpath-compliance-test-suite>, where its `cts.json` is
/// present.
#[test]
fn json_path_compliance_suite() {
    let root = std::env::var_os("HOOKSTAGE_SHARED")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared"), PathBuf::from);
    let Ok(suite) = std::fs::read_to_string(root.join("vectors/cts.json")) else {
        eprintln!("NOT RUN: vectors/cts.json is absent; set HOOKSTAGE_SHARED to its parent");
        return;
    };
    let suite: Value = serde_json::from_str(&suite).unwrap();
    let (mut passed, mut functions, mut failed) = (0, 0, Vec::new());
    for case in suite["tests"].as_array().unwrap() {
        let name = case["name"].as_str().unwrap();
        let selector = case["selector"].as_str().unwrap();
        let ok = match Query::parse(selector) {
            Err(QueryError::Function) => {
                functions += 1;
                continue;
            }
            Err(_) => case["invalid_selector"] == true,
            Ok(_) if case["invalid_selector"] == true => false,
            Ok(query) => {
                let body = case["document"].to_string();
                let document = read(&body);
                let found = query.select(&document, &QueryBudget::default()).unwrap();
                let found: Vec<Value> =
                    found.iter().map(|node| json::to_value(&read(node.raw()))).collect();
                let found = Value::from(found);
                match case["results"].as_array() {
                    Some(results) => results.contains(&found),
                    None => case["result"] == found,
                }
            }
        };
        if ok { passed += 1 } else { failed.push(name.to_owned()) }
    }
    eprintln!(
        "{passed} passed, {functions} with functions that are not offered, {failed:?} failed"
    );
    assert_eq!(failed, EXCEPTIONS);
}
