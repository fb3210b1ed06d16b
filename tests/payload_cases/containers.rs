//! Cases 78 to 90: objects, arrays, and the way back.

use hookstage::json::Path;
use hookstage::payload::{ArrayMode, FlatView, FlattenOptions, PathStyle, unflatten};
use sha2::{Digest, Sha256};

use super::tools::*;
use super::{Row, row};

/// Flat and back again.
fn back(body: &str) -> String {
    let document = read(body);
    let view = FlatView::new(&document, &FlattenOptions::default());
    let leaves: Vec<_> = view.leaves().map(|leaf| (leaf.segments(), leaf.raw())).collect();
    unflatten(leaves.iter().map(|(path, raw)| (path, *raw))).unwrap()
}

fn put_together(leaves: &[(&str, &str)]) -> String {
    let leaves: Vec<(Path, &str)> =
        leaves.iter().map(|(path, raw)| (Path::parse(path).unwrap(), *raw)).collect();
    match unflatten(leaves.iter().map(|(path, raw)| (path, *raw))) {
        Ok(text) => text,
        Err(error) => error.to_string(),
    }
}

fn keeping_scalars(body: &str) -> String {
    let options = FlattenOptions { arrays: ArrayMode::KeepScalars, ..FlattenOptions::default() };
    flat_with(body, &options, PathStyle::Bracket)
}

pub(crate) const ROWS: &[Row] = &[
    row(78, "empty containers in an object", "a = {} / a = []", || {
        [r#"{"a":{}}"#, r#"{"a":[]}"#].map(flat).join(" / ")
    }),
    row(78, "their way back", r#"{"a":{}} / {"a":[]}"#, || {
        [r#"{"a":{}}"#, r#"{"a":[]}"#].map(back).join(" / ")
    }),
    row(79, "empty containers at the top", "$ = {} / $ = []", || {
        ["{}", "[]"].map(flat).join(" / ")
    }),
    row(80, "null", "a = null / null / missing", || {
        let null = r#"{"a":null}"#;
        format!("{} / {} / {}", flat(null), at("a", null), at("b", null))
    }),
    row(81, "arrays in arrays", "[0][0] = 1 | [0][1] = 2 | [1][0] = 3", || flat("[[1,2],[3]]")),
    row(
        82,
        "an array of everything",
        "[0].a = 1 | [1].b = 2 | [2] = 3 | [3] = null | [4] = []",
        || flat(r#"[{"a":1},{"b":2},3,null,[]]"#),
    ),
    row(83, "items of different shapes", "[*]: object, [*].a: integer, [*].b: integer", || {
        fields(&[r#"[{"a":1},{"b":2}]"#])
    }),
    row(
        84,
        "an array beyond the limit",
        "a[0] = 1 | a[1] = 2 | a = [1,2,3,4,5] / 3 of 5, cut",
        || {
            let options = FlattenOptions { max_items: 2, ..FlattenOptions::default() };
            let body = r#"{"a":[1,2,3,4,5]}"#;
            let leaves = flat_with(body, &options, PathStyle::Bracket);
            format!("{leaves} / {}", shown(body, &options))
        },
    ),
    row(85, "arrays of scalars in one piece", "$ = [1,\"x\",null] / [0] = 1 | [1] = {}", || {
        [r#"[1,"x",null]"#, "[1,{}]"].map(keeping_scalars).join(" / ")
    }),
    row(
        86,
        "leaves that contradict each other",
        "leaf 1 at a.b contradicts one before it: a value stands at a",
        || put_together(&[("a", "1"), ("a.b", "2")]),
    ),
    row(87, "a giant index", "leaf 0: an index must lie between 0 and 1000000", || {
        put_together(&[("a[4294967294]", "1")])
    }),
    row(88, "an array with a hole", "an array lacks the item at index 0", || {
        put_together(&[("a[1]", "1")])
    }),
    row(89, "an awkward document, flat and back", "the same", || {
        let body =
            r#"{"z":[{"":null,"a.b":[]},[-0.0,1e400]],"a":{"0":{},"\"":"\u00e9"},"$":[true]}"#;
        if back(body) == body { "the same".to_owned() } else { back(body) }
    }),
    row(90, "two orders of one object", "one hash, two bodies", || {
        let bodies = [r#"{"a":1,"b":[2,3]}"#, r#"{"b":[2,3],"a":1}"#];
        assert_ne!(Sha256::digest(bodies[0]), Sha256::digest(bodies[1]));
        format!("{}, two bodies", canonical(&bodies))
    }),
    row(90, "two orders of one array", "2 hashes", || canonical(&["[1,2]", "[2,1]"])),
];
