//! Flat views, the four ways to write a path, and the way back.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test or bench may panic"
)]

use hookstage::json::{self, Document, Found, Path, ReadOptions, Scalar, Segment};
use hookstage::payload::{
    ArrayMode, Conflict, CutReason, FlatView, FlattenOptions, LeafKind, PathStyle, UnflattenError,
    canonical_hash, cell, unflatten,
};
use proptest::prelude::*;
use serde_json::Value;

const STYLES: [PathStyle; 4] =
    [PathStyle::Bracket, PathStyle::Dot, PathStyle::Pointer, PathStyle::JsonPath];

fn read(body: &str) -> Document<'_> {
    Document::read(body.as_bytes(), &ReadOptions::default()).unwrap()
}

fn flat_with(body: &str, options: &FlattenOptions, style: PathStyle) -> Vec<String> {
    let document = read(body);
    let view = FlatView::new(&document, options);
    assert_eq!(view.len(), view.leaves().count());
    view.leaves().map(|leaf| format!("{} = {}", leaf.path(style), leaf.raw())).collect()
}

/// The leaves in brackets style.
fn flat(body: &str) -> Vec<String> {
    flat_with(body, &FlattenOptions::default(), PathStyle::Bracket)
}

fn back(body: &str) -> String {
    let document = read(body);
    let view = FlatView::new(&document, &FlattenOptions::default());
    assert!(!view.is_cut());
    let leaves: Vec<_> = view.leaves().map(|leaf| (leaf.segments(), leaf.raw())).collect();
    unflatten(leaves.iter().map(|(path, raw)| (path, *raw))).unwrap()
}

fn path(text: &str) -> Path {
    Path::parse(text).unwrap()
}

// ---- documents

#[test]
fn corner_010_a_scalar_is_one_leaf_at_the_root() {
    for body in ["5", r#""x""#, "true", "null"] {
        assert_eq!(flat(body), [format!("$ = {body}")]);
        assert_eq!(back(body), body);
    }
    assert_eq!(flat_with("5", &FlattenOptions::default(), PathStyle::Pointer), [" = 5"]);
}

#[test]
fn corner_011_an_array_at_the_root() {
    assert_eq!(flat(r#"[{"a":1},{"a":2}]"#), ["[0].a = 1", "[1].a = 2"]);
}

#[test]
fn corner_013_many_keys_are_cut_and_counted() {
    let members: Vec<String> = (0..100_000).map(|key| format!("\"key{key}\":{key}")).collect();
    let body = format!("{{{}}}", members.join(","));
    let document = read(&body);
    let view = FlatView::new(&document, &FlattenOptions::default());
    assert_eq!((view.len(), view.total_leaves(), view.is_cut()), (10_000, 100_000, true));
}

#[test]
fn corner_014_a_million_items() {
    let body = format!("[{}0]", "0,".repeat(999_999));
    let document = read(&body);
    let view = FlatView::new(&document, &FlattenOptions::default());
    assert_eq!((view.len(), view.total_leaves(), view.is_cut()), (1_001, 1_000_000, true));
    let last = view.leaves().last().unwrap();
    assert_eq!((last.kind(), last.node().len()), (LeafKind::MoreItems, 1_000_000));
}

#[test]
fn corner_015_long_keys_around_many_leaves() {
    let key = "k".repeat(1_500);
    let leaves: Vec<String> = (0..5_000).map(|leaf| format!("\"{leaf}\":0")).collect();
    let open = format!("{{\"{key}\":").repeat(20);
    let body = format!("{open}{{{}}}{}", leaves.join(","), "}".repeat(20));
    let document = read(&body);
    let wide = usize::MAX;
    for options in [
        FlattenOptions::default(),
        FlattenOptions { max_key_length: wide, ..FlattenOptions::default() },
        FlattenOptions { max_key_length: wide, max_path_length: wide, ..FlattenOptions::default() },
    ] {
        let view = FlatView::new(&document, &options);
        assert!(view.is_cut());
        assert_eq!(view.total_leaves(), 5_000);
        let rendered: usize = view.leaves().map(|leaf| leaf.path(PathStyle::Bracket).len()).sum();
        assert!(rendered <= 1 << 20, "{rendered}");
    }
}

#[test]
fn r_sy_13_15_the_sample_of_a_complaint() {
    // The example body of an incoming integration that names the flat view.
    let body = r#"{"complaint":{"id":"cmp-1","customer":{"firstName":"Jane"},"attachments":
        [{"fileName":"photo_of_defect.jpg"}]},"source":"customer_support_portal"}"#;
    let options = FlattenOptions::default();
    let wanted = "complaint.attachments[0].fileName = \"photo_of_defect.jpg\"";
    assert_eq!(flat_with(body, &options, PathStyle::Bracket)[2], wanted);
    let wanted = "complaint.attachments.0.fileName = \"photo_of_defect.jpg\"";
    assert_eq!(flat_with(body, &options, PathStyle::Dot)[2], wanted);
}

// ---- keys

#[test]
fn flt_03_corner_027_to_035_keys_that_need_quotes() {
    for (body, wanted) in [
        (r#"{"":1}"#, r#"[""] = 1"#),
        (r#"{"":{"":{"a":1}}}"#, r#"[""][""].a = 1"#),
        (r#"{"a":{"0":1}}"#, r#"a["0"] = 1"#),
        (r#"{"a":[1]}"#, "a[0] = 1"),
        (r#"{"x[0]":1}"#, r#"["x[0]"] = 1"#),
        (r#"{"\"'\\":1}"#, r#"["\"'\\"] = 1"#),
        (r#"{"\n\t\u0000":1}"#, r#"["\n\t\u0000"] = 1"#),
        (r#"{" a ":1}"#, r#"[" a "] = 1"#),
        (r#"{".":1}"#, r#"["."] = 1"#),
        (r#"{"..":1}"#, r#"[".."] = 1"#),
        (r#"{"a.":1}"#, r#"["a."] = 1"#),
    ] {
        assert_eq!(flat(body), [wanted]);
    }
    assert_eq!(flat(r#"{"a.b":1,"a":{"b":2}}"#), [r#"["a.b"] = 1"#, "a.b = 2"]);
}

#[test]
fn flt_02_corner_037_to_040_keys_that_are_kept_as_they_are() {
    for key in ["😀", "\u{202e}x", "a\u{200b}", "\u{ffff}", "__proto__", "constructor", "toString"]
    {
        assert_eq!(flat(&format!("{{\"{key}\":1}}")), [format!("{key} = 1")]);
    }
    for key in ["$event", "{{webhook.x}}", "*", "@", "$"] {
        assert_eq!(flat(&format!("{{\"{key}\":1}}")), [format!("[\"{key}\"] = 1")]);
    }
    for key in ["-1", "+1", "01", "1e3"] {
        assert_eq!(flat(&format!("{{\"{key}\":1}}")), [format!("{key} = 1")]);
    }
}

#[test]
fn corner_041_a_key_of_a_megabyte_is_shown_by_its_hash() {
    let key = "k".repeat(1 << 20);
    let body = format!("{{\"{key}\":1,\"b\":2}}");
    let document = read(&body);
    let view = FlatView::new(&document, &FlattenOptions::default());
    let leaves: Vec<_> = view.leaves().collect();
    assert_eq!(leaves[0].kind(), LeafKind::Cut(CutReason::KeyLength));
    // printf 'k%.0s' $(seq 1048576) | sha256sum
    let hash = {
        use sha2::Digest;
        hex::encode(&sha2::Sha256::digest(key.as_bytes())[..8])
    };
    assert_eq!(leaves[0].path(PathStyle::Bracket), format!("{}…#{hash}", "k".repeat(64)));
    assert_eq!(leaves[1].path(PathStyle::Bracket), "b");
    assert_eq!((view.len(), view.total_leaves(), view.is_cut()), (2, 2, true));
}

#[test]
fn a_key_at_the_limit_is_whole_and_one_that_is_cut_takes_room_too() {
    let document = read(r#"{"four":1,"fives":2}"#);
    let options = FlattenOptions { max_key_length: 4, ..FlattenOptions::default() };
    let view = FlatView::new(&document, &options);
    let kinds: Vec<LeafKind> = view.leaves().map(|leaf| leaf.kind()).collect();
    assert_eq!(kinds, [LeafKind::Value, LeafKind::Cut(CutReason::KeyLength)]);
    // A path with a hash in it is a path: many of them use the budget up.
    let members: Vec<String> = (0..1_000).map(|n| format!("\"long-{n}\":0")).collect();
    let body = format!("{{{}}}", members.join(","));
    let document = read(&body);
    let options = FlattenOptions { max_path_bytes: 10_000, ..options };
    let view = FlatView::new(&document, &options);
    let bytes: usize = view.leaves().map(|leaf| leaf.path(PathStyle::Bracket).len()).sum();
    assert!((1..=10_000).contains(&bytes), "{bytes}");
    assert_eq!((view.total_leaves(), view.is_cut()), (1_000, true));
}

#[test]
fn keys_in_every_style() {
    for (segment, wanted) in [
        (Segment::Key("a".into()), ["a", "a", "/a", "$['a']"]),
        (Segment::Key("a.b".into()), ["[\"a.b\"]", r"a\.b", "/a.b", "$['a.b']"]),
        (Segment::Key("".into()), ["[\"\"]", "", "/", "$['']"]),
        (Segment::Key("0".into()), ["[\"0\"]", r"\0", "/0", "$['0']"]),
        (Segment::Key("-1".into()), ["-1", r"\-1", "/-1", "$['-1']"]),
        (Segment::Key("$".into()), ["[\"$\"]", r"\$", "/$", "$['$']"]),
        (Segment::Key("a/~b".into()), ["a/~b", "a/~b", "/a~1~0b", "$['a/~b']"]),
        (Segment::Key("'\\".into()), [r#"["'\\"]"#, r"'\\", r"/'\", r"$['\'\\']"]),
        (
            Segment::Key("\u{8}\u{b}\n".into()),
            [r#"["\b\u000b\n"]"#, "\u{8}\u{b}\n", "/\u{8}\u{b}\n", r"$['\b\u000b\n']"],
        ),
        (Segment::Index(7), ["[7]", "7", "/7", "$[7]"]),
    ] {
        let path = Path::from_segments(vec![segment]);
        for (style, wanted) in STYLES.into_iter().zip(wanted) {
            assert_eq!(style.print(&path).as_deref(), Some(wanted), "{style:?}");
        }
    }
    let from_end = Path::from_segments(vec![Segment::Key("a".into()), Segment::Index(-2)]);
    assert_eq!(PathStyle::Dot.print(&from_end).as_deref(), Some("a.-2"));
    assert_eq!(PathStyle::Pointer.print(&from_end), None);
    for (style, text) in [
        (PathStyle::Dot, "a\\"),
        (PathStyle::Pointer, "a"),
        (PathStyle::Pointer, "/a~2"),
        (PathStyle::Pointer, "/~"),
        (PathStyle::JsonPath, "$.a[*]"),
    ] {
        assert!(style.parse(text).is_err(), "{text}");
    }
}

#[test]
fn json_pointers_of_the_standard() {
    // RFC 6901, section 5.
    let body = r#"{"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\j":5,"k\"l":6," ":7,"m~n":8}"#;
    let document = read(body);
    for (pointer, wanted) in [
        ("/foo/0", "\"bar\""),
        ("/", "0"),
        ("/a~1b", "1"),
        ("/c%d", "2"),
        ("/e^f", "3"),
        ("/g|h", "4"),
        ("/i\\j", "5"),
        ("/k\"l", "6"),
        ("/ ", "7"),
        ("/m~0n", "8"),
    ] {
        let path = PathStyle::Pointer.parse(pointer).unwrap();
        assert_eq!(document.root().walk(path.segments()).unwrap().raw(), wanted, "{pointer}");
    }
    assert_eq!(PathStyle::Pointer.parse("").unwrap(), Path::default());
}

// ---- containers

#[test]
fn corner_078_to_081_empty_containers_null_and_nested_arrays() {
    assert_eq!(flat(r#"{"a":{},"b":[],"c":null}"#), ["a = {}", "b = []", "c = null"]);
    assert_eq!(flat("{}"), ["$ = {}"]);
    assert_eq!(flat("[ ]"), ["$ = [ ]"]);
    assert_eq!(flat("[[1,2],[3]]"), ["[0][0] = 1", "[0][1] = 2", "[1][0] = 3"]);
    for body in [r#"{"a":{},"b":[],"c":null}"#, "{}", "[]", "[[1,2],[3]]"] {
        assert_eq!(back(body), body);
    }
}

#[test]
fn corner_082_mixed_arrays_lose_nothing() {
    let body = r#"[{"a":1},{"b":2},3,null,[]]"#;
    assert_eq!(flat(body), ["[0].a = 1", "[1].b = 2", "[2] = 3", "[3] = null", "[4] = []"]);
    assert_eq!(back(body), body);
}

#[test]
fn corner_084_long_arrays_end_in_a_leaf_for_the_rest() {
    let options = FlattenOptions { max_items: 2, ..FlattenOptions::default() };
    let body = r#"{"a":[1,2,3,[4,5]],"b":[1,2]}"#;
    let document = read(body);
    let view = FlatView::new(&document, &options);
    let leaves: Vec<_> =
        view.leaves().map(|leaf| (leaf.path(PathStyle::Bracket), leaf.kind())).collect();
    assert_eq!(leaves[2], ("a".to_owned(), LeafKind::MoreItems));
    assert_eq!(leaves[3], ("b[0]".to_owned(), LeafKind::Value));
    assert_eq!((view.len(), view.total_leaves(), view.is_cut()), (5, 7, true));
}

#[test]
fn corner_085_arrays_that_stay_whole() {
    let body = r#"{"a":[1,"x",null],"b":[1,{}],"c":[],"d":[[1]]}"#;
    let keep = |arrays| {
        let options = FlattenOptions { arrays, ..FlattenOptions::default() };
        flat_with(body, &options, PathStyle::Bracket)
    };
    assert_eq!(
        keep(ArrayMode::KeepScalars),
        ["a = [1,\"x\",null]", "b[0] = 1", "b[1] = {}", "c = []", "d[0] = [1]"],
    );
    assert_eq!(keep(ArrayMode::Keep), ["a = [1,\"x\",null]", "b = [1,{}]", "c = []", "d = [[1]]"]);
}

#[test]
fn deep_documents_are_cut_where_the_limit_says() {
    let options = FlattenOptions { max_depth: 2, ..FlattenOptions::default() };
    let document = read(r#"{"a":{"b":{"c":[1,2]},"d":1}}"#);
    let view = FlatView::new(&document, &options);
    let leaves: Vec<_> = view
        .leaves()
        .map(|leaf| (leaf.path(PathStyle::Bracket), leaf.kind(), leaf.raw()))
        .collect();
    assert_eq!(
        leaves,
        [
            ("a.b".to_owned(), LeafKind::Cut(CutReason::Depth), r#"{"c":[1,2]}"#),
            ("a.d".to_owned(), LeafKind::Value, "1"),
        ],
    );
    assert_eq!((view.total_leaves(), view.is_cut()), (3, true));
    let exact = FlattenOptions { max_leaves: 3, ..FlattenOptions::default() };
    assert!(!FlatView::new(&document, &exact).is_cut());
    let one_less = FlattenOptions { max_leaves: 2, ..FlattenOptions::default() };
    let view = FlatView::new(&document, &one_less);
    assert_eq!((view.len(), view.total_leaves(), view.is_cut()), (2, 3, true));
}

#[test]
fn cells_are_one_line_and_cut_between_characters() {
    let document = read(r#"{"a":"é\ny","b":[1, {"c": "d"}],"c":"ééééé","d":null}"#);
    let node = |at: &str| document.root().walk(path(at).segments()).unwrap();
    assert_eq!(cell(node("a"), 512), "é y");
    assert_eq!(cell(node("b"), 512), r#"[1,{"c":"d"}]"#);
    assert_eq!(cell(node("c"), 5), "ééééé");
    assert_eq!(cell(node("c"), 4), "ééé…");
    assert_eq!(cell(node("d"), 512), "null");
}

#[test]
fn corner_065_a_cell_of_ten_megabytes() {
    let body = format!("[\"{0}\",[\"{0}\"]]", "é".repeat(5 << 20));
    let document = read(&body);
    for item in document.root().children() {
        let text = cell(item, 512);
        assert_eq!(text.chars().count(), 512);
        assert!(text.ends_with("é…"));
    }
}

#[test]
fn a_view_as_json() {
    let document = read(r#"{"a.b":1.0,"a":{"b":[ ],"c":"\u0041"}}"#);
    let view = FlatView::new(&document, &FlattenOptions::default());
    assert_eq!(view.to_json(PathStyle::Bracket), r#"{"[\"a.b\"]":1.0,"a.b":[],"a.c":"\u0041"}"#);
    assert_eq!(view.to_json(PathStyle::Dot), r#"{"a\\.b":1.0,"a.b":[],"a.c":"\u0041"}"#);
}

// ---- the way back

#[test]
fn corner_086_contradictions_name_both_paths() {
    let (a, ab, a0) = (path("a"), path("a.b"), path("a[0]"));
    let error = unflatten([(&a, "1"), (&ab, "2")]).unwrap_err();
    assert_eq!(
        error,
        UnflattenError::Conflict {
            number: 1,
            path: ab.clone(),
            problem: Conflict::ValueAt(a.clone())
        },
    );
    assert!(error.to_string().contains("a.b") && error.to_string().contains("at a"), "{error}");
    for (leaves, problem) in [
        ([(&ab, "1"), (&a, "2")], Conflict::ContainerAt(a.clone())),
        ([(&ab, "1"), (&a0, "2")], Conflict::OtherContainerAt(a.clone())),
        ([(&a0, "1"), (&ab, "2")], Conflict::OtherContainerAt(a.clone())),
        ([(&a, "1"), (&a, "1")], Conflict::ValueAt(a.clone())),
    ] {
        let Err(UnflattenError::Conflict { problem: found, .. }) = unflatten(leaves) else {
            panic!()
        };
        assert_eq!(found, problem);
    }
}

#[test]
fn corner_087_giant_indices_are_refused() {
    let giant = path("a[4294967294]");
    assert_eq!(unflatten([(&giant, "1")]), Err(UnflattenError::Index { number: 0 }));
    let from_end = path("a[-1]");
    assert_eq!(unflatten([(&from_end, "1")]), Err(UnflattenError::Index { number: 0 }));
    let either = path("a.0");
    assert_eq!(unflatten([(&either, "1")]), Err(UnflattenError::Ambiguous { number: 0 }));
    let deep = Path::from_segments(vec![Segment::Index(0); 200_000]);
    assert_eq!(unflatten([(&deep, "1")]), Err(UnflattenError::TooDeep { number: 0 }));
}

#[test]
fn corner_088_arrays_with_holes_are_refused() {
    let one = path("a[1]");
    assert_eq!(unflatten([(&one, "1")]), Err(UnflattenError::Hole { index: 0 }));
    assert_eq!(unflatten([]), Err(UnflattenError::Empty));
    let zero = path("a[0]");
    assert_eq!(unflatten([(&one, "1"), (&zero, "0")]).unwrap(), r#"{"a":[0,1]}"#);
    assert!(matches!(unflatten([(&one, "x")]), Err(UnflattenError::Value { number: 0, .. })));
}

// ---- canonical hash

#[test]
fn corner_090_order_and_spelling_do_not_matter() {
    let hash = |body: &str| canonical_hash(&read(body), &[]);
    assert_eq!(
        hash(r#"{"a":1,"b":[true,null]}"#),
        hash(r#" { "b" : [ true , null ] , "\u0061" : 10e-1 } "#)
    );
    for different in [
        [r#"{"a":1}"#, r#"{"a":"1"}"#],
        [r#"{"a":1}"#, r#"{"a":true}"#],
        [r#"{"a":null}"#, r#"{}"#],
        [r#"{"a":[]}"#, r#"{"a":{}}"#],
        [r#"[1,2]"#, r#"[2,1]"#],
        [r#"["ab","c"]"#, r#"["a","bc"]"#],
        [r#"[["a"],"b"]"#, r#"[["a","b"]]"#],
        ["9007199254740992", "9007199254740993"],
        ["1e400", "1e401"],
        [r#""e\u0301""#, r#""é""#],
        [r#"{"a":{"b":1}}"#, r#"{"a.b":1}"#],
    ] {
        assert_ne!(hash(different[0]), hash(different[1]), "{different:?}");
    }
}

#[test]
fn a_canonical_hash_is_the_documented_one() {
    // Computed apart from this crate: SHA-256 of the domain, then tag, 8-byte length and bytes.
    use sha2::{Digest, Sha256};
    let mut expected = Sha256::new();
    expected.update(b"hookstage.canonical.v1\0");
    let mut token = |tag: &[u8], length: u64, bytes: &[u8]| {
        expected.update(tag);
        expected.update(length.to_be_bytes());
        expected.update(bytes);
    };
    token(b"o", 2, b"");
    token(b"k", 1, b"a");
    token(b"a", 3, b"");
    token(b"d", 4, b"15e0");
    token(b"n", 0, b"");
    token(b"b", 4, b"true");
    token(b"k", 1, b"b");
    token(b"s", 2, "é".as_bytes());
    let document = read(r#"{"b":"é","a":[1.50,null,true]}"#);
    assert_eq!(canonical_hash(&document, &[])[..], expected.finalize()[..]);
}

#[test]
fn excluded_paths_do_not_count() {
    let hash = |body: &str, exclude: &[&str]| {
        let paths: Vec<Path> = exclude.iter().map(|text| path(text)).collect();
        canonical_hash(&read(body), &paths.iter().collect::<Vec<_>>())
    };
    let plain = hash(r#"{"a":[1],"c":{}}"#, &[]);
    // In whatever order they are named.
    let mut exclude = ["a[-1]", "c.at", "sent", "nowhere"];
    for _ in 0..exclude.len() {
        exclude.rotate_left(1);
        assert_eq!(hash(r#"{"a":[1,{"t":9}],"c":{"at":1},"sent":5}"#, &exclude), plain);
    }
    assert_eq!(hash(r#"{"a":[1],"c":{}}"#, &["$"]), hash("5", &["$"]));
    assert_ne!(hash("5", &["$"]), hash("null", &[]));
}

// ---- properties

fn key() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-c0-2]{0,2}",
        any::<String>(),
        prop::sample::select(vec![
            "$", "*", ".", "a.b", "0", "-1", "01", "[0]", "~1", "/", "\\", "'", "\""
        ])
        .prop_map(str::to_owned),
    ]
}

fn json_value() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        Just(Value::Array(vec![])),
        Just(Value::Object(Default::default())),
    ];
    scalar.prop_recursive(5, 48, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((key(), inner), 0..6)
                .prop_map(|members| members.into_iter().collect()),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn flt_01_corner_089_unflatten_is_the_inverse_of_flatten(value in json_value(), pretty: bool) {
        let compact = value.to_string();
        let body = if pretty { serde_json::to_string_pretty(&value).unwrap() } else { compact.clone() };
        prop_assert_eq!(back(&body), compact.clone());
        prop_assert_eq!(read(&body).root().compact(), compact);
    }

    #[test]
    fn flt_01_flt_03_a_path_read_back_leads_to_its_leaf(value in json_value()) {
        let body = value.to_string();
        let document = read(&body);
        let view = FlatView::new(&document, &FlattenOptions::default());
        for style in STYLES {
            let mut seen = std::collections::BTreeSet::new();
            for leaf in view.leaves() {
                let text = leaf.path(style);
                let path = style.parse(&text).unwrap();
                prop_assert_eq!(document.get(&path), leaf.node().found(), "{}", text);
                prop_assert_eq!(style.print(&leaf.segments()), Some(text.clone()));
                if style != PathStyle::Pointer {
                    prop_assert_eq!(&path, &leaf.segments());
                }
                prop_assert!(seen.insert(text), "two leaves with one path");
            }
        }
    }

    #[test]
    fn small_limits_cut_the_view_and_lose_no_count(value in json_value(), small in 1_usize..6) {
        let body = value.to_string();
        let document = read(&body);
        let whole = FlatView::new(&document, &FlattenOptions::default());
        prop_assert_eq!(whole.len(), whole.total_leaves());
        for options in [
            FlattenOptions { max_depth: small, ..FlattenOptions::default() },
            FlattenOptions { max_items: small, ..FlattenOptions::default() },
            FlattenOptions { max_leaves: small, ..FlattenOptions::default() },
            FlattenOptions { max_key_length: small, ..FlattenOptions::default() },
            FlattenOptions { max_path_length: small * 4, ..FlattenOptions::default() },
            FlattenOptions { max_path_bytes: small * 9, ..FlattenOptions::default() },
        ] {
            let view = FlatView::new(&document, &options);
            prop_assert_eq!(view.total_leaves(), whole.total_leaves(), "{:?}", options);
            let only_values = view.leaves().all(|leaf| leaf.kind() == LeafKind::Value);
            prop_assert_eq!(view.is_cut(), !only_values || view.len() < whole.len());
            for leaf in view.leaves().filter(|leaf| leaf.kind() == LeafKind::Value) {
                prop_assert_eq!(document.get(&leaf.segments()), leaf.node().found());
            }
        }
    }

    #[test]
    fn the_canonical_hash_tells_documents_apart_and_only_documents(a in json_value(), b in json_value()) {
        let hash = |text: &str| canonical_hash(&read(text), &[]);
        let pretty = serde_json::to_string_pretty(&a).unwrap();
        prop_assert_eq!(hash(&a.to_string()), hash(&pretty));
        if json::to_value(&read(&a.to_string())) != json::to_value(&read(&b.to_string())) {
            prop_assert_ne!(hash(&a.to_string()), hash(&b.to_string()));
        }
    }
}

#[test]
fn flt_01_paths_that_joined_texts_would_confuse_stay_apart() {
    for (body, leaves) in [
        (r#"{"a.b":1,"a":{"b":2}}"#, 2),
        (r#"{"a":[1],"a.0":2,"a[0]":3}"#, 3),
        (r#"{"a":{"0":1},"b":[1]}"#, 2),
        (r#"{"a/b":1,"a":{"b":2},"a~1b":3}"#, 3),
        (r#"{"$":1,"\\":2,"\\.":{"":3},"":{"\\":4}}"#, 4),
        (r#"{"-1":1,"a":{"-1":2}}"#, 2),
    ] {
        let document = read(body);
        let view = FlatView::new(&document, &FlattenOptions::default());
        for style in STYLES {
            let mut paths: Vec<String> = view.leaves().map(|leaf| leaf.path(style)).collect();
            paths.sort_unstable();
            paths.dedup();
            assert_eq!(paths.len(), leaves, "{body} in {style:?}");
        }
        assert_eq!(back(body), body);
    }
}

#[test]
fn flt_02_an_export_has_prototype_keys_as_its_own() {
    let document = read(r#"{"__proto__":{"a":1},"constructor":{"prototype":2},"toString":3}"#);
    let view = FlatView::new(&document, &FlattenOptions::default());
    assert_eq!(
        view.to_json(PathStyle::Bracket),
        r#"{"__proto__.a":1,"constructor.prototype":2,"toString":3}"#
    );
    let value = json::to_value(&document);
    assert_eq!(value["__proto__"]["a"], 1);
}

/// What breaks forms, shells, databases and pages: each is a key like any other.
#[test]
fn flt_03_naughty_keys_lead_back_to_their_values() {
    let naughty = [
        "",
        " ",
        "\t",
        "\n",
        "\r\n",
        "\0",
        "\u{7f}",
        "\u{85}",
        "\u{200b}",
        "\u{feff}",
        "\u{2028}",
        "'",
        "\"",
        "`",
        "\\",
        "/",
        "~",
        "~0",
        "~1",
        ".",
        "..",
        "...",
        "[",
        "]",
        "[]",
        "[0]",
        "{}",
        "$",
        "$.a",
        "@",
        "*",
        "?",
        ":",
        ",",
        "#",
        "%00",
        "%s",
        "&lt;",
        "<script>",
        "'; DROP TABLE x; --",
        "$(touch x)",
        "${x}",
        "{{x}}",
        "null",
        "true",
        "NaN",
        "0",
        "-0",
        "-1",
        "1e3",
        "0x10",
        "9999999999999999999",
        "undefined",
        "__proto__",
        "constructor",
        "田中さん",
        "👩‍👩‍👧",
        "Z̡̖̜͖̰̣͉̜a",
        "\u{202e}test",
        "ﷺ",
        "\u{10ffff}",
        "é",
        "e\u{301}",
    ];
    let members: Vec<String> = naughty
        .iter()
        .map(|key| format!("{}:{{{}:[1]}}", Value::from(*key), Value::from(*key)))
        .collect();
    let body = format!("{{{}}}", members.join(","));
    let document = read(&body);
    let view = FlatView::new(&document, &FlattenOptions::default());
    assert_eq!(view.len(), naughty.len());
    for style in STYLES {
        for (leaf, key) in view.leaves().zip(naughty) {
            let text = leaf.path(style);
            let path = style.parse(&text).unwrap_or_else(|error| panic!("{text:?}: {error}"));
            let node = document.root().walk(path.segments()).unwrap();
            assert_eq!(node.path(), leaf.segments(), "{text:?} in {style:?}");
            assert_eq!(node.parent().unwrap().key().unwrap(), key);
        }
    }
}

#[test]
fn found_values_are_those_of_the_document() {
    let document = read(r#"{"a":[1]}"#);
    let path = PathStyle::JsonPath.parse("$['a'][0]").unwrap();
    assert_eq!(document.get(&path), Found::Value(Scalar::Number("1")));
}
