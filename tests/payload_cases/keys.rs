//! Cases 24 to 43: the keys of objects.

use hookstage::json::{Document, DuplicateKeys, Path, ReadOptions};
use hookstage::payload::{FlatView, FlattenOptions};
use hookstage::workflow::{SystemFields, Workflow, WorkflowConfig};

use super::tools::*;
use super::{Row, row};

fn kept(duplicate_keys: DuplicateKeys) -> String {
    let options = ReadOptions { duplicate_keys, ..ReadOptions::default() };
    let document = Document::read(br#"{"a":1,"a":2}"#, &options).unwrap();
    let left_out = document.notes().duplicate_keys;
    format!("{}, {left_out} left out", document.root().compact())
}

/// The path that a document's only leaf has, and whether it leads back to it.
fn there_and_back(body: &str) -> String {
    let document = read(body);
    let view = FlatView::new(&document, &FlattenOptions::default());
    let paths: Vec<String> = view
        .leaves()
        .map(|leaf| {
            let path = leaf.segments().to_string();
            let back = document.get(&Path::parse(&path).unwrap());
            assert_eq!(back, leaf.node().found(), "{path}");
            path
        })
        .collect();
    paths.join(" | ")
}

fn mapping_to(field: &str) -> String {
    let config: WorkflowConfig = serde_json::from_value(serde_json::json!({
        "version": 1, "name": "w", "steps": [{"entity": "lead", "fields": {field: "$event.x"}}],
    }))
    .unwrap();
    match Workflow::new(config, &SystemFields::standard()) {
        Ok(_) => "taken".to_owned(),
        Err(_) => "refused".to_owned(),
    }
}

pub(crate) const ROWS: &[Row] = &[
    row(24, "a key twice", "duplicate_key at byte 7, line 1, column 8, first at 1", || {
        judged_at(r#"{"a":1,"a":2}"#)
    })
    .otherwise(
        "the error holds both offsets and no path: keys are somebody's data, errors end in logs",
    ),
    row(
        24,
        "the first or the last, by choice",
        r#"{"a":1}, 1 left out / {"a":2}, 1 left out"#,
        || [DuplicateKeys::KeepFirst, DuplicateKeys::KeepLast].map(kept).join(" / "),
    ),
    row(25, "a key twice, once escaped", "duplicate_key", || judged(r#"{"a":1,"\u0061":2}"#)),
    row(26, "a key in two objects", "accepted", || judged(r#"{"a":{"x":1},"b":{"x":2},"x":3}"#)),
    row(27, "an empty key", r#"[""] = 1"#, || flat(r#"{"":1}"#)),
    row(28, "empty keys on the way", r#"[""][""].a = 1"#, || flat(r#"{"":{"":{"a":1}}}"#)),
    row(29, "a dotted key beside a nested one", r#"["a.b"] = 1 | a.b = 2"#, || {
        flat(r#"{"a.b":1,"a":{"b":2}}"#)
    }),
    row(30, "a numeric key and an index", r#"a["0"] = 1 / a[0] = 1"#, || {
        [r#"{"a":{"0":1}}"#, r#"{"a":[1]}"#].map(flat).join(" / ")
    }),
    row(31, "a key like a path", r#"["x[0]"]"#, || there_and_back(r#"{"x[0]":1}"#)),
    row(32, "quotes and a backslash", r#"["\"'\\"]"#, || there_and_back(r#"{"\"'\\":1}"#)),
    row(33, "control characters", r#"["\n\t\u0000"]"#, || there_and_back(r#"{"\n\t\u0000":1}"#)),
    row(33, "U+0000 in a key", r#"nul at ["\u0000"]"#, || flagged(r#"{"\u0000":1}"#)),
    row(34, "blanks", r#"["  "] | [" a"] | ["a "]"#, || {
        there_and_back(r#"{"  ":1," a":2,"a ":3}"#)
    }),
    row(35, "dots", r#"["."] | [".."] | ["a."]"#, || there_and_back(r#"{".":1,"..":2,"a.":3}"#)),
    row(36, "a letter composed and decomposed", "2 of 2, whole", || {
        shown("{\"\u{fc}\":1,\"u\u{308}\":2}", &FlattenOptions::default())
    }),
    row(37, "emoji, right-to-left, zero width, a noncharacter", "accepted, 4 of 4, whole", || {
        let body = "{\"😀\":1,\"שלום\":2,\"a\u{200b}b\":3,\"\u{ffff}\":4}";
        format!("{}, {}", judged(body), shown(body, &FlattenOptions::default()))
    }),
    row(37, "a key that turns the text around", "reordering at \u{202e}cod", || {
        flagged("{\"\u{202e}cod\":1}")
    }),
    row(
        38,
        "keys of JavaScript's objects",
        "__proto__.a = 1 | constructor = 2 | toString = 3",
        || flat(r#"{"__proto__":{"a":1},"constructor":2,"toString":3}"#),
    ),
    row(38, "keys of JavaScript's objects, flagged", "prototype_key at a.prototype", || {
        flagged(r#"{"a":{"prototype":1}}"#)
    }),
    row(
        39,
        "keys that mean something elsewhere",
        r#"["$event"] | ["{{webhook.x}}"] | ["*"] | ["@"] | ["$"]"#,
        || there_and_back(r#"{"$event":1,"{{webhook.x}}":2,"*":3,"@":4,"$":5}"#),
    ),
    row(40, "numbers that are no index", r#"a.-1 | a.+1 | a.01 | a.1e3"#, || {
        there_and_back(r#"{"a":{"-1":1,"+1":2,"01":3,"1e3":4}}"#)
    }),
    row(41, "a key of a megabyte", "a path of 82 characters, 1 of 1, cut", || {
        let body = format!("{{\"{}\":1}}", "k".repeat(1 << 20));
        let document = read(&body);
        let view = FlatView::new(&document, &FlattenOptions::default());
        let leaf = view.leaves().next().unwrap();
        assert_eq!(leaf.node().key().unwrap().len(), 1 << 20);
        let path = leaf.path(hookstage::payload::PathStyle::Bracket);
        assert!(path.contains("…#"), "{path}");
        format!(
            "a path of {} characters, {}",
            path.chars().count(),
            shown(&body, &FlattenOptions::default())
        )
    }),
    row(42, "keys that differ by case", "id = 1 | ID = 2 | Id = 3", || {
        flat(r#"{"id":1,"ID":2,"Id":3}"#)
    }),
    row(43, "names of system fields in a payload", "tenant_id = 1 | Status = 2", || {
        flat(r#"{"tenant_id":1,"Status":2}"#)
    }),
    row(43, "names of system fields as targets", "refused, refused, taken", || {
        ["tenant_id", "Status", "title"].map(mapping_to).join(", ")
    }),
];
