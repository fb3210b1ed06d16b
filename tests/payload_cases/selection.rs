//! Cases 91 to 115: paths, templates, filters.

use hookstage::template::MissingText;
use hookstage::workflow::{SystemFields, Workflow, WorkflowConfig};

use super::tools::*;
use super::{Row, row};

const EMAIL: &str = "$.customer.email";
const WA_ID: &str = "$.contacts[0].wa_id";

fn paths(texts: &[&str]) -> String {
    texts.iter().map(|text| path(text)).collect::<Vec<_>>().join(", ")
}

fn workflow(steps: serde_json::Value) -> String {
    let config = serde_json::json!({"version": 1, "name": "w", "steps": steps});
    let config: WorkflowConfig = serde_json::from_value(config).unwrap();
    match Workflow::new(config, &SystemFields::standard()) {
        Ok(_) => "taken".to_owned(),
        Err(_) => "refused".to_owned(),
    }
}

const PEOPLE: &str =
    r#"{"people":[{"first":"Anna","last":"Smith"},{"first":"Tom","last":"Jones"}]}"#;

pub(crate) const ROWS: &[Row] = &[
    row(91, "a member of null", "missing", || at(EMAIL, r#"{"customer":null}"#)),
    row(92, "a member of a text", "missing, another type on the way", || {
        at(EMAIL, r#"{"customer":"x"}"#)
    }),
    row(93, "null at the path", "null", || at(EMAIL, r#"{"customer":{"email":null}}"#)),
    row(94, "containers at the path", "an array / an object", || {
        let bodies = [r#"{"customer":{"email":["a"]}}"#, r#"{"customer":{"email":{}}}"#];
        bodies.map(|body| at(EMAIL, body)).join(" / ")
    }),
    row(95, "the first of nothing", "missing", || at(WA_ID, r#"{"contacts":[]}"#)),
    row(96, "the last", "text b", || {
        at("$.contacts[-1].wa_id", r#"{"contacts":[{"wa_id":"a"},{"wa_id":"b"}]}"#)
    }),
    row(
        97,
        "paths that could match several",
        "refused at column 2, refused at column 3, refused at column 6, refused at column 3",
        || paths(&["$..email", "$.*", "$['a','b']", "$[?@.a]"]),
    ),
    row(
        98,
        "paths that are none",
        "refused at column 4, refused at column 6, refused at column 3",
        || paths(&["$.a ", "$.a.a b", "$."]),
    ),
    row(99, "a reference alone", "5", || render("{{webhook.a}}", r#"{"a":5}"#)),
    row(100, "a reference in text", r#""id-9007199254740993""#, || {
        render("id-{{webhook.a}}", r#"{"a":9007199254740993}"#)
    }),
    row(101, "a blank before it", r#"" 5""#, || render(" {{webhook.a}}", r#"{"a":5}"#)),
    row(102, "a missing value", r#"null, "x", "xnull""#, || {
        let in_text = render_as("x{{webhook.m}}", "{}", MissingText::Null);
        format!("{}, {}, {in_text}", render("{{webhook.m}}", "{}"), render("x{{webhook.m}}", "{}"))
    }),
    row(103, "a value that looks like a reference", r#""x{{webhook.secret}}""#, || {
        render("x{{webhook.a}}", r#"{"a":"{{webhook.secret}}","secret":"s"}"#)
    }),
    row(104, "a container in text", r#""x[{\"n\":1.0},2]""#, || {
        render("x{{webhook.items}}", r#"{"items":[ {"n":1.0} , 2 ]}"#)
    }),
    row(
        105,
        "braces that are wrong",
        "refused at column 1, refused at column 3, refused at column 11",
        || ["{{ webhook.a ", "{{}}", "{{webhook.}}"].map(|text| render(text, "{}")).join(", "),
    ),
    row(106, "a dotted key and a path", "1, 2", || {
        let body = r#"{"a.b":1,"a":{"b":2}}"#;
        format!("{}, {}", render(r#"{{webhook["a.b"]}}"#, body), render("{{webhook.a.b}}", body))
    }),
    row(107, "names before they are there", "refused, refused, refused, taken", || {
        [
            serde_json::json!([{"entity": "a", "fields": {"x": "$company.id"}},
                {"entity": "company", "store_as": "company", "fields": {"x": "y"}}]),
            serde_json::json!([{"entity": "a", "store_as": "me", "fields": {"x": "$me.id"}}]),
            serde_json::json!([{"entity": "a", "store_as": "event", "fields": {"x": "y"}}]),
            serde_json::json!([{"entity": "company", "store_as": "company", "fields": {"x": "y"}},
                {"entity": "a", "fields": {"x": "$company.id"}}]),
        ]
        .map(workflow)
        .join(", ")
    }),
    row(108, "text that looks like JSON", r#""[\"1.0\"]""#, || render(r#"["1.0"]"#, "{}")),
    row(109, "below ten", "false, false, false, false, true, true", || {
        filters(&[
            (r#"{"payload":"a","lt":10}"#, r#"{"a":"5"}"#),
            (r#"{"payload":"a","lt":10}"#, r#"{"a":null}"#),
            (r#"{"payload":"a","lt":10}"#, "{}"),
            (r#"{"payload":"a","lt":10}"#, r#"{"a":[1,20]}"#),
            (r#"{"payload":"a","lt":10,"items":"any"}"#, r#"{"a":[1,20]}"#),
            (r#"{"payload":"a","lt":10}"#, r#"{"a":5}"#),
        ])
    }),
    row(110, "two conditions, one member", "false", || {
        let both = r#"{"all":[{"payload":"a","eq":1},{"payload":"b","eq":2}]}"#;
        filter(both, r#"{"a":1}"#)
    }),
    row(111, "unequal to what is missing", "false, true, true", || {
        filters(&[
            (r#"{"payload":"a","ne":1}"#, "{}"),
            (r#"{"payload":"a","ne":1,"or_absent":true}"#, "{}"),
            (r#"{"payload":"a","exists":false}"#, "{}"),
        ])
    }),
    row(112, "what exists", "true, true, true", || {
        let exists = r#"{"payload":"a","exists":true}"#;
        filters(&[(exists, r#"{"a":{}}"#), (exists, r#"{"a":[]}"#), (exists, r#"{"a":null}"#)])
    }),
    row(113, "two people", "true, false", || {
        let any = r#"{"all":[{"element_of":"people","where":{"payload":"first","eq":"Anna"}},
            {"element_of":"people","where":{"payload":"last","eq":"Jones"}}]}"#;
        let same = r#"{"element_of":"people","where":{"all":[
            {"payload":"first","eq":"Anna"},{"payload":"last","eq":"Jones"}]}}"#;
        filters(&[(any, PEOPLE), (same, PEOPLE)])
    }),
    row(114, "neighbours beyond 53 bits", "false, true", || {
        filters(&[
            (r#"{"payload":"a","eq":9007199254740992}"#, r#"{"a":9007199254740993}"#),
            (r#"{"payload":"a","eq":9007199254740993}"#, r#"{"a":9007199254740993}"#),
        ])
    }),
    row(115, "many stars against a long text", "false, true", || {
        let stars = format!("{{\"payload\":\"a\",\"glob\":\"{}b\"}}", "*a".repeat(120));
        let long = "a".repeat(1 << 20);
        let ends = format!("{{\"a\":\"{long}b\"}}");
        format!("{}, {}", filter(&stars, &format!("{{\"a\":\"{long}\"}}")), filter(&stars, &ends))
    }),
];
