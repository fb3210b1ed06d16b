//! The strict reader: documents, keys, numbers, strings and paths, as a host sees them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test or bench may panic"
)]

use std::borrow::Cow;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::Command;

use hookstage::json::{
    self, Absence, ByteOrderMark, Container, Decimal, Document, DuplicateKeys, Error, ErrorKind,
    Found, Kind, LoneSurrogates, Path, PathErrorKind, ReadOptions, Scalar, Segment, decimal_key,
};
use proptest::prelude::*;
use serde_json::Value;

fn read(body: &[u8]) -> Result<Document<'_>, Error> {
    Document::read(body, &ReadOptions::default())
}

/// The reason why a body is refused; both ways to read must give the same one.
fn refused(body: &[u8]) -> ErrorKind {
    refused_with(body, &ReadOptions::default())
}

fn refused_with(body: &[u8], options: &ReadOptions) -> ErrorKind {
    let error = Document::read(body, options).unwrap_err();
    assert_eq!(json::pick(body, options, &[]).unwrap_err(), error);
    error.kind
}

fn accepted(body: &[u8]) -> bool {
    let document = read(body).is_ok();
    assert_eq!(json::pick(body, &ReadOptions::default(), &[]).is_ok(), document);
    document
}

fn path(text: &str) -> Path {
    Path::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// What stands at a path; picking and reading the whole document must agree.
fn found<'a>(body: &'a str, at: &str) -> Found<'a> {
    let path = path(at);
    let options = ReadOptions::default();
    let picked = json::pick(body.as_bytes(), &options, &[&path]).unwrap().found.remove(0);
    assert_eq!(read(body.as_bytes()).unwrap().get(&path), picked, "{at} in {body}");
    picked
}

fn string(text: &str) -> Found<'_> {
    Found::Value(Scalar::String(Cow::Borrowed(text)))
}

fn number(lexeme: &str) -> Found<'_> {
    Found::Value(Scalar::Number(lexeme))
}

const NOT_THERE: Found<'static> = Found::Missing(Absence::NotThere);
const WRONG_PARENT: Found<'static> = Found::Missing(Absence::WrongParent);

// ---- documents

#[test]
fn corner_001_empty_body() {
    assert_eq!(refused(b""), ErrorKind::EmptyBody);
    assert_eq!(ErrorKind::EmptyBody.as_str(), "empty_body");
}

#[test]
fn corner_002_only_whitespace() {
    assert_eq!(refused(b" \r\n\t "), ErrorKind::OnlyWhitespace);
}

#[test]
fn jsn_09_corner_003_byte_order_mark_is_stripped_and_noted_or_refused() {
    let body = b"\xEF\xBB\xBF{\"a\": 1}";
    let document = read(body).unwrap();
    assert!(document.notes().byte_order_mark);
    assert_eq!(document.text(), r#"{"a": 1}"#);
    assert_eq!(document.get(&path("a")), number("1"));
    assert!(!read(b"{}").unwrap().notes().byte_order_mark);
    let strict = ReadOptions { byte_order_mark: ByteOrderMark::Refuse, ..ReadOptions::default() };
    assert_eq!(refused_with(body, &strict), ErrorKind::ByteOrderMark);
    // Offsets count the mark, because it is in the body.
    assert_eq!(read(b"\xEF\xBB\xBF{x").unwrap_err().offset, 4);
    assert_eq!(refused(b"\xEF\xBB\xBF"), ErrorKind::OnlyWhitespace);
}

#[test]
fn jsn_09_corner_004_utf16_is_named() {
    for body in [
        &b"{\0\"\0a\0\"\0:\x001\0}\0"[..],
        b"\0{\0\"\0a\0\"\0:\x001\0}",
        b"\xFF\xFE{\0}\0",
        b"\xFE\xFF\0{\0}",
    ] {
        assert_eq!(refused(body), ErrorKind::LooksLikeUtf16);
    }
    assert!(Error::to_string(&read(b"\xFF\xFE{\0}\0").unwrap_err()).contains("UTF-16"));
}

#[test]
fn corner_005_invalid_utf8_is_refused_where_it_stands() {
    let error = read(b"{\"a\": \"x\xFFy\"}").unwrap_err();
    assert_eq!((error.kind, error.offset), (ErrorKind::InvalidUtf8, 8));
    assert_eq!(refused(b"\"\xC3\""), ErrorKind::InvalidUtf8);
    assert_eq!(refused(b"[\"\xE2\x82\"]"), ErrorKind::InvalidUtf8);
}

#[test]
fn corner_006_overlong_and_surrogate_utf8() {
    assert_eq!(refused(b"\"\xC0\xAF\""), ErrorKind::InvalidUtf8);
    assert_eq!(refused(b"\"\xED\xA0\x80\""), ErrorKind::InvalidUtf8);
    assert_eq!(refused(b"\"\xF4\xBF\xBF\xBF\""), ErrorKind::InvalidUtf8);
}

#[test]
fn jsn_09_corner_007_trailing_data() {
    for body in ["{} {}", "{}x", "1 2", "\"a\",", "[]]", "nullnull", "{}\0"] {
        assert_eq!(refused(body.as_bytes()), ErrorKind::TrailingData, "{body}");
    }
}

#[test]
fn corner_008_trailing_line_end_is_whitespace() {
    assert!(accepted(b"{}\r\n"));
    assert!(accepted(b" \t\r\n[ ] \n"));
    assert!(!accepted("\u{a0}{}".as_bytes()), "no-break space is no JSON whitespace");
    assert!(!accepted(b"\x0C{}"), "form feed is no JSON whitespace");
}

#[test]
fn corner_009_what_other_parsers_let_through() {
    let cases: &[(&str, ErrorKind)] = &[
        ("[1,]", ErrorKind::TrailingComma),
        (r#"{"a":1,}"#, ErrorKind::TrailingComma),
        ("[,1]", ErrorKind::ExpectedValue),
        ("[1,,2]", ErrorKind::ExpectedValue),
        ("{'a':1}", ErrorKind::ExpectedKey),
        ("{a:1}", ErrorKind::ExpectedKey),
        ("['a']", ErrorKind::ExpectedValue),
        ("[1] // x", ErrorKind::TrailingData),
        ("/* x */ [1]", ErrorKind::ExpectedValue),
        ("[NaN]", ErrorKind::ExpectedValue),
        ("[Infinity]", ErrorKind::ExpectedValue),
        ("[-Infinity]", ErrorKind::MissingDigit),
        ("[+1]", ErrorKind::ExpectedValue),
        ("[01]", ErrorKind::LeadingZero),
        ("[-01]", ErrorKind::LeadingZero),
        ("[.5]", ErrorKind::ExpectedValue),
        ("[1.]", ErrorKind::MissingDigit),
        ("[1.e1]", ErrorKind::MissingDigit),
        ("[1e]", ErrorKind::MissingDigit),
        ("[1e+]", ErrorKind::MissingDigit),
        ("[-]", ErrorKind::MissingDigit),
        ("[0x10]", ErrorKind::ExpectedCommaOrBracket),
        ("[True]", ErrorKind::ExpectedValue),
        ("[nul]", ErrorKind::ExpectedValue),
        (r#"{"a" 1}"#, ErrorKind::ExpectedColon),
        (r#"{"a":1 "b":2}"#, ErrorKind::ExpectedCommaOrBrace),
        ("[1 2]", ErrorKind::ExpectedCommaOrBracket),
        (r#"{"a":1]"#, ErrorKind::ExpectedCommaOrBrace),
        ("[1}", ErrorKind::ExpectedCommaOrBracket),
        ("}", ErrorKind::ExpectedValue),
    ];
    for (body, kind) in cases {
        assert_eq!(refused(body.as_bytes()), *kind, "{body}");
    }
}

#[test]
fn every_proper_prefix_of_a_document_is_incomplete() {
    let body = br#"{"a": [1.5e+3, "x\u00e9\n", {"b": true}, false, null], "c": {}}"#;
    assert!(accepted(body));
    for end in 1..body.len() {
        assert_eq!(refused(&body[..end]), ErrorKind::UnexpectedEnd, "{end}");
    }
}

#[test]
fn corner_010_scalars_at_the_top() {
    for (body, expected) in
        [("5", number("5")), (r#""x""#, string("x")), ("true", Found::Value(Scalar::Bool(true)))]
    {
        assert_eq!(found(body, "$"), expected);
        assert_eq!(found(body, "a"), WRONG_PARENT);
        assert_eq!(read(body.as_bytes()).unwrap().nodes().count(), 1);
    }
    assert_eq!(found("null", "$"), Found::Null);
    assert_eq!(found("null", "a"), NOT_THERE);
}

#[test]
fn corner_011_array_at_the_top() {
    assert_eq!(found(r#"[{"a":1}]"#, "[0].a"), number("1"));
    assert_eq!(found(r#"[{"a":1}]"#, "$[0].a"), number("1"));
    assert_eq!(found(r#"[{"a":1}]"#, "0.a"), number("1"));
}

#[test]
fn jsn_03_corner_012_nesting() {
    // A deep document must not need a deep stack.
    std::thread::Builder::new()
        .stack_size(256 * 1024)
        .spawn(|| {
            for (open, close) in [("[", "]"), (r#"{"a":"#, "}")] {
                let nested = |levels: usize| {
                    let inner = if open == "[" { "" } else { "1" };
                    format!("{}{inner}{}", open.repeat(levels), close.repeat(levels))
                };
                assert!(accepted(nested(127).as_bytes()));
                for levels in [128, 129, 100_000] {
                    let kind = refused(nested(levels).as_bytes());
                    assert_eq!(kind, ErrorKind::TooDeep { limit: 127 });
                }
            }
            let mixed = r#"[{"":"#.repeat(125_000);
            assert_eq!(refused(mixed.as_bytes()), ErrorKind::TooDeep { limit: 127 });
        })
        .unwrap()
        .join()
        .unwrap();
    // Whatever is accepted can be read again by those who use serde_json, which does recurse.
    let deepest = format!("{}{}", "[".repeat(127), "]".repeat(127));
    assert!(serde_json::from_str::<Value>(&deepest).is_ok());
    let shallow = ReadOptions { max_depth: 1, ..ReadOptions::default() };
    assert!(Document::read(b"[1]", &shallow).is_ok());
    assert_eq!(refused_with(b"[[]]", &shallow), ErrorKind::TooDeep { limit: 1 });
    // A wider limit than the reader has is the reader's.
    let wide = ReadOptions { max_depth: usize::MAX, ..ReadOptions::default() };
    assert_eq!(refused_with("[".repeat(128).as_bytes(), &wide), ErrorKind::TooDeep { limit: 127 });
}

#[test]
fn jsn_04_corner_013_many_keys_in_one_object() {
    let mut body = String::from("{");
    for key in 0..100_000 {
        body.push_str(&format!("\"key-{key:06}-suffix\":{key},"));
    }
    body.push_str("\"last\":0}");
    let document = read(body.as_bytes()).unwrap();
    assert_eq!(document.root().len(), 100_001);
    assert_eq!(document.get(&path("key-099999-suffix")), number("99999"));
    // One more that is already there is noticed.
    body.truncate(body.len() - 1);
    body.push_str(",\"key-000007-suffix\":0}");
    assert!(matches!(refused(body.as_bytes()), ErrorKind::DuplicateKey { .. }));
}

#[test]
fn jsn_04_corner_014_a_million_items() {
    let body = format!("[{}0]", "0,".repeat(999_999));
    let document = read(body.as_bytes()).unwrap();
    assert_eq!(document.root().len(), 1_000_000);
    assert_eq!(document.get(&path("[-1000000]")), number("0"));
    assert_eq!(document.get(&path("[1000000]")), NOT_THERE);
    let few = ReadOptions { max_nodes: 1_000_000, ..ReadOptions::default() };
    assert_eq!(refused_with(body.as_bytes(), &few), ErrorKind::TooManyNodes { limit: 1_000_000 });
    let enough = ReadOptions { max_nodes: 1_000_001, ..ReadOptions::default() };
    assert!(Document::read(body.as_bytes(), &enough).is_ok());
}

#[test]
fn corner_016_and_017_private_keys_of_serde_json_are_plain_keys() {
    let raw = r#"{"$serde_json::private::RawValue":"[1,2]"}"#;
    assert_eq!(found(raw, r#"["$serde_json::private::RawValue"]"#), string("[1,2]"));
    let number = r#"{"$serde_json::private::Number":"abc"}"#;
    assert_eq!(found(number, r#"["$serde_json::private::Number"]"#), string("abc"));
    for body in [raw, number] {
        let document = read(body.as_bytes()).unwrap();
        let value = json::to_value(&document);
        assert!(value.is_object(), "{value}");
        assert_eq!(value.as_object().unwrap().len(), 1);
    }
}

#[test]
fn errors_point_at_line_and_column_and_hold_nothing_of_the_body() {
    let body = "{\n  \"sécret\": \"ü\", x\n}";
    let error = read(body.as_bytes()).unwrap_err();
    assert_eq!((error.line, error.column), (2, 18));
    assert_eq!(error.offset, body.find('x').unwrap());
    assert_eq!(
        error.to_string(),
        "a key in double quotes should stand here (line 2, column 18, byte 21)"
    );
    for body in ["{\"canary\":1,\"canary\":2}", "[canary]", "\"canary\\q\"", "{\"canary\" 1}"] {
        let error = read(body.as_bytes()).unwrap_err();
        assert!(!error.to_string().contains("canary") && !format!("{error:?}").contains("canary"));
    }
}

// ---- keys

#[test]
fn corner_024_duplicate_keys() {
    let body = br#"{"a":1,"b":{"c":2},"a":3}"#;
    let error = read(body).unwrap_err();
    assert_eq!((error.kind, error.offset), (ErrorKind::DuplicateKey { first: 1 }, 19));
    let keep = |duplicate_keys| ReadOptions { duplicate_keys, ..ReadOptions::default() };
    for (choice, expected) in [(DuplicateKeys::KeepFirst, "1"), (DuplicateKeys::KeepLast, "3")] {
        let document = Document::read(body, &keep(choice)).unwrap();
        assert_eq!(document.get(&path("a")), number(expected));
        assert_eq!(document.notes().duplicate_keys, 1);
        assert_eq!((document.root().len(), document.root().children().count()), (2, 2));
        let picked = json::pick(body, &keep(choice), &[&path("a")]).unwrap();
        assert_eq!(picked.found, [number(expected)]);
        assert_eq!(picked.notes.duplicate_keys, 1);
    }
}

#[test]
fn duplicates_on_the_way_of_a_path_hide_what_is_below_them() {
    let body = br#"{"a":{"b":1},"x":[{"b":5,"b":6,"b":7}],"a":{"c":2},"a":{"c":[3]}}"#;
    let ab = path("a.b");
    let ac = path("a.c[-1]");
    let xb = path("x[-1].b");
    for (choice, expected) in [
        (DuplicateKeys::KeepFirst, [number("1"), NOT_THERE, number("5")]),
        (DuplicateKeys::KeepLast, [NOT_THERE, number("3"), number("7")]),
    ] {
        let options = ReadOptions { duplicate_keys: choice, ..ReadOptions::default() };
        let picked = json::pick(body, &options, &[&ab, &ac, &xb]).unwrap();
        assert_eq!(picked.found, expected);
        let document = Document::read(body, &options).unwrap();
        assert_eq!([document.get(&ab), document.get(&ac), document.get(&xb)], expected);
        assert_eq!(document.notes().duplicate_keys, 4);
    }
}

#[test]
fn corner_025_duplicate_keys_are_compared_decoded() {
    assert!(matches!(refused(br#"{"a":1,"\u0061":2}"#), ErrorKind::DuplicateKey { first: 1 }));
    assert!(matches!(
        refused(br#"{"\ud83d\ude00":1,"x":2,"\uD83D\uDE00":2}"#),
        ErrorKind::DuplicateKey { .. }
    ));
    assert!(matches!(
        refused("{\"é\":1,\"\\u00e9\":2}".as_bytes()),
        ErrorKind::DuplicateKey { .. }
    ));
    assert!(matches!(refused(br#"{"\/":1,"/":2}"#), ErrorKind::DuplicateKey { .. }));
    assert!(accepted(br#"{"\\u0061":1,"a":2}"#));
}

/// Of several keys that stand twice, the error names the one that does so first.
#[test]
fn of_several_duplicate_keys_the_first_is_named() {
    for others in [0, 100] {
        let others: String = (0..others).map(|key| format!("\"k{key}\":0,")).collect();
        let body = format!(r#"{{{others}"b":1,"a":2,"c":3,"a":4,"c":5,"b":6}}"#);
        let error = read(body.as_bytes()).unwrap_err();
        let first = body.find(r#""a":2"#).unwrap();
        let second = body.find(r#""a":4"#).unwrap();
        assert_eq!((error.kind, error.offset), (ErrorKind::DuplicateKey { first }, second));
    }
}

#[test]
fn jsn_05_duplicate_keys_are_seen_at_any_number_of_keys() {
    for count in [2, 3, 7, 8, 9, 63, 64, 65, 66, 127, 300, 5_000] {
        let keys: Vec<String> = (0..count).map(|key| format!("\"{key}\":0")).collect();
        assert!(accepted(format!("{{{}}}", keys.join(",")).as_bytes()), "{count}");
        for again in [0, count / 2, count - 1] {
            let body = format!("{{{},\"{again}\":1}}", keys.join(","));
            let second = body.rfind('"').unwrap() - again.to_string().len() - 1;
            let error = read(body.as_bytes()).unwrap_err();
            let first = body.find(&format!("\"{again}\":0")).unwrap();
            assert_eq!((error.kind, error.offset), (ErrorKind::DuplicateKey { first }, second));
        }
    }
}

#[test]
fn jsn_05_keys_chosen_to_collide_are_told_apart_and_their_twin_is_found() {
    // The reader's fingerprint takes the first and the last eight bytes and the length of a key.
    let keys: Vec<String> =
        (0..65_536).map(|key| format!("\"begin---{key:05}---end-end\":0")).collect();
    let body = format!("{{{}}}", keys.join(","));
    assert!(accepted(body.as_bytes()));
    let twice = format!("{{{},\"begin---00007---end-end\":1}}", keys.join(","));
    assert!(matches!(refused(twice.as_bytes()), ErrorKind::DuplicateKey { .. }));
}

#[test]
fn corner_026_equal_keys_in_different_objects() {
    assert!(accepted(br#"{"a":{"a":{"a":1}},"b":[{"a":1},{"a":1}]}"#));
}

#[test]
fn corner_027_and_028_empty_keys() {
    assert_eq!(found(r#"{"":1}"#, r#"[""]"#), number("1"));
    assert_eq!(found(r#"{"":{"":{"a":1}}}"#, r#"[""][""].a"#), number("1"));
    assert_eq!(found(r#"{"":{"":{"a":1}}}"#, "a"), NOT_THERE);
}

#[test]
fn corner_029_dotted_keys() {
    let body = r#"{"a.b":1,"a":{"b":2}}"#;
    assert_eq!(found(body, r#"["a.b"]"#), number("1"));
    assert_eq!(found(body, "a.b"), number("2"));
}

#[test]
fn corner_030_numeric_keys_are_not_indices() {
    assert_eq!(found(r#"{"a":{"0":1}}"#, r#"a["0"]"#), number("1"));
    assert_eq!(found(r#"{"a":{"0":1}}"#, "a[0]"), WRONG_PARENT);
    assert_eq!(found(r#"{"a":[1]}"#, r#"a["0"]"#), WRONG_PARENT);
    assert_eq!(found(r#"{"a":[1]}"#, "a[0]"), number("1"));
    // Between dots, the payload decides.
    assert_eq!(found(r#"{"a":{"0":1}}"#, "a.0"), number("1"));
    assert_eq!(found(r#"{"a":{"\u0030":1}}"#, "a.0"), number("1"));
    assert_eq!(found(r#"{"a":[1]}"#, "a.0"), number("1"));
    assert_eq!(found(r#"{"a":{"00":1}}"#, "a.0"), NOT_THERE);
}

#[test]
fn corner_036_and_042_keys_are_compared_byte_by_byte() {
    let body = "{\"\u{fc}\":1,\"u\u{308}\":2,\"Key\":3,\"key\":4}";
    assert_eq!(found(body, "\u{fc}"), number("1"));
    assert_eq!(found(body, "u\u{308}"), number("2"));
    assert_eq!(found(body, "Key"), number("3"));
    assert_eq!(found(body, "key"), number("4"));
}

#[test]
fn flt_02_corner_038_prototype_keys_are_plain_keys() {
    let body = r#"{"__proto__":1,"constructor":{"prototype":2},"toString":3}"#;
    assert_eq!(found(body, "__proto__"), number("1"));
    assert_eq!(found(body, "constructor.prototype"), number("2"));
    assert_eq!(found(body, "toString"), number("3"));
}

#[test]
fn corner_040_keys_that_look_like_indices_but_are_none() {
    for key in ["-1", "+1", "01", "1e3", "4294967296"] {
        let object = format!("{{\"{key}\":true}}");
        assert_eq!(path(key).segments(), [Segment::Key(key.into())]);
        assert_eq!(found(&object, key), Found::Value(Scalar::Bool(true)));
        assert_eq!(found("[1,2]", key), WRONG_PARENT);
    }
}

#[test]
fn corner_041_a_key_of_a_megabyte() {
    let key = "k".repeat(1 << 20);
    let body = format!("{{\"{key}\":1}}");
    let document = read(body.as_bytes()).unwrap();
    assert_eq!(document.root().children().next().unwrap().key().unwrap(), key);
    let narrow = ReadOptions { max_string_length: (1 << 20) - 1, ..ReadOptions::default() };
    let limit = (1 << 20) - 1;
    assert_eq!(refused_with(body.as_bytes(), &narrow), ErrorKind::StringTooLong { limit });
    let exact = ReadOptions { max_string_length: 1 << 20, ..ReadOptions::default() };
    assert!(Document::read(body.as_bytes(), &exact).is_ok());
}

// ---- numbers

#[test]
fn corner_044_to_047_and_050_to_054_numbers_keep_their_text() {
    for lexeme in [
        "9007199254740993",
        "18446744073709551615",
        "18446744073709551616",
        "-9223372036854775809",
        "123456789012345678901234567890",
        "1e400",
        "-1e400",
        "1e-400",
        "1e999999999",
        "0.30000000000000004",
        "-0",
        "-0.0",
        "1E2",
        "1.50",
        "7000000000",
    ] {
        assert_eq!(found(&format!("{{\"n\": {lexeme} }}"), "n"), number(lexeme));
    }
}

#[test]
fn corner_048_049_and_055_equal_values_have_equal_keys() {
    for group in [
        &["1", "1.0", "1e0", "10e-1", "0.1e1", "1.000e+00", "100E-2", "0.001e3"][..],
        &["0", "-0", "0.0", "-0.0", "0e5", "0e-999999999999999999999", "0.000E+7"],
        &["1E5", "1e+5", "100000", "1e0005", "0.1e6"],
        &["-2.5", "-25e-1", "-0.25e1"],
    ] {
        for a in group {
            for b in group {
                assert_eq!(decimal_key(a), decimal_key(b), "{a} and {b}");
                assert_eq!(Decimal::parse(a), Decimal::parse(b), "{a} and {b}");
            }
        }
    }
}

#[test]
fn corner_051_to_056_and_114_numbers_in_order() {
    // Every number is below the next one.
    let ladder = [
        "-1e99999999999999999999999999999999999999999999999999",
        "-1e999999999",
        "-1e400",
        "-9223372036854775809",
        "-1.5",
        "-1e-400",
        "0",
        "1e-99999999999999999999999999999999999999999999999999",
        "1e-400",
        "1e-20",
        "0.3",
        "0.30000000000000004",
        "9007199254740992",
        "9007199254740992.5",
        "9007199254740993",
        "18446744073709551615",
        "18446744073709551616",
        "1e400",
        "1e999999999",
        "2e999999999",
        "1e999999999999999999999999999999999999",
        "1e1000000000000000000000000000000000000",
        "1e99999999999999999999999999999999999999999999999999",
        "10e99999999999999999999999999999999999999999999999999",
    ];
    for (low, a) in ladder.iter().enumerate() {
        for (high, b) in ladder.iter().enumerate() {
            let (a, b) = (Decimal::parse(a).unwrap(), Decimal::parse(b).unwrap());
            assert_eq!(a.cmp(&b), low.cmp(&high), "{a} and {b}");
            assert_eq!(a.to_string() == b.to_string(), low == high);
        }
    }
}

#[test]
fn huge_exponents_carry_and_borrow_over_their_digits() {
    let nines = "9".repeat(40);
    let ten = format!("1{}", "0".repeat(40));
    assert_eq!(decimal_key(&format!("10e{nines}")), decimal_key(&format!("1e{ten}")));
    assert_eq!(decimal_key(&format!("0.1e{ten}")), decimal_key(&format!("1e{nines}")));
    assert_eq!(decimal_key(&format!("0.1e-{nines}")), decimal_key(&format!("1e-{ten}")));
    assert_eq!(decimal_key(&format!("10e-{ten}")), decimal_key(&format!("1e-{nines}")));
    // The change of form at 10^30 is no change of value.
    let limit = format!("1{}", "0".repeat(30));
    let below = "9".repeat(30);
    assert_eq!(decimal_key(&format!("10e{below}")), decimal_key(&format!("1e{limit}")));
    assert_eq!(decimal_key(&format!("0.1e{limit}")), decimal_key(&format!("1e{below}")));
    assert!(Decimal::parse(&format!("1e{below}")) < Decimal::parse(&format!("1e{limit}")));
    // The larger the exponent below zero, the smaller the number.
    assert!(Decimal::parse(&format!("1e-{ten}")) < Decimal::parse(&format!("1e-{nines}")));
    assert!(Decimal::parse(&format!("-1e-{ten}")) > Decimal::parse(&format!("-1e-{nines}")));
}

#[test]
fn corner_053_long_numbers() {
    let body = |digits: usize| format!("[{}]", "7".repeat(digits));
    assert_eq!(found(&body(1_000), "[0]"), number(&"7".repeat(1_000)));
    assert!(accepted(body(1_024).as_bytes()));
    assert_eq!(refused(body(1_025).as_bytes()), ErrorKind::NumberTooLong { limit: 1_024 });
    assert_eq!(refused(body(5_000).as_bytes()), ErrorKind::NumberTooLong { limit: 1_024 });
}

#[test]
fn corner_057_types_are_never_equal() {
    assert_eq!(found("[true]", "[0]"), Found::Value(Scalar::Bool(true)));
    assert_eq!(found("[1]", "[0]"), number("1"));
    assert_eq!(found(r#"["1"]"#, "[0]"), string("1"));
    assert_eq!(found("[null]", "[0]"), Found::Null);
    assert_ne!(found("[1]", "[0]"), found(r#"["1"]"#, "[0]"));
}

#[test]
fn corner_058_and_059_numbers_as_plain_text() {
    let plain = |lexeme| Decimal::parse(lexeme).unwrap().plain(40);
    assert_eq!(plain("7000000000").as_deref(), Some("7000000000"));
    assert_eq!(plain("7e9").as_deref(), Some("7000000000"));
    assert_eq!(plain("12.50").as_deref(), Some("12.5"));
    assert_eq!(plain("-1e3").as_deref(), Some("-1000"));
    assert_eq!(plain("1.25e-3").as_deref(), Some("0.00125"));
    assert_eq!(plain("-0.00").as_deref(), Some("0"));
    assert_eq!(plain("1e39").unwrap().len(), 40);
    assert_eq!(plain("1e40"), None);
    assert_eq!(plain("1e999999999"), None);
    assert!(Decimal::parse("1.0").unwrap().is_integer());
    assert!(Decimal::parse("12e-1").is_some_and(|n| !n.is_integer()));
    assert!(Decimal::parse("1e999999999999999999999999999999999999999").unwrap().is_integer());
    assert!(!Decimal::parse("1e-999999999999999999999999999999999999999").unwrap().is_integer());
    let to_i128 = |lexeme| Decimal::parse(lexeme).unwrap().to_i128();
    assert_eq!(to_i128("-9223372036854775809"), Some(-9_223_372_036_854_775_809));
    assert_eq!(to_i128("1e38"), Some(10_i128.pow(38)));
    assert_eq!(to_i128("1.5"), None);
    assert_eq!(to_i128("1e400"), None);
}

#[test]
fn numbers_that_a_double_would_change() {
    let survives = |lexeme| Decimal::parse(lexeme).unwrap().survives_f64();
    for lexeme in ["0", "-1", "9007199254740992", "0.1", "1e300", "-0", "1e22", "123.456"] {
        assert!(survives(lexeme), "{lexeme}");
    }
    for lexeme in ["9007199254740993", "18446744073709551615", "1e400", "1e-400", "1e999999999"] {
        assert!(!survives(lexeme), "{lexeme}");
    }
}

#[test]
fn texts_that_are_no_numbers_have_no_decimal() {
    for text in
        ["", "-", "+1", "01", "-01", ".5", "1.", "1e", "1e+", "0x1", " 1", "1 ", "NaN", "1_0", "١"]
    {
        assert_eq!(decimal_key(text), None, "{text}");
    }
}

// ---- strings

#[test]
fn corner_060_surrogate_pairs() {
    assert_eq!(found(r#"["\ud83d\ude00"]"#, "[0]"), string("😀"));
    assert_eq!(
        found(r#"["\uD83D\uDE00x\u00e9\"\\\/\b\f\n\r\t"]"#, "[0]"),
        string("😀xé\"\\/\u{8}\u{c}\n\r\t")
    );
}

#[test]
fn jsn_09_corner_061_lone_surrogates() {
    let replace =
        ReadOptions { lone_surrogates: LoneSurrogates::Replace, ..ReadOptions::default() };
    for (body, expected) in [
        (r#"["\ud83d"]"#, "\u{fffd}"),
        (r#"["\ude00"]"#, "\u{fffd}"),
        (r#"["\ud83dx"]"#, "\u{fffd}x"),
        (r#"["\ud83d\n"]"#, "\u{fffd}\n"),
        (r#"["\ude00\ud83d"]"#, "\u{fffd}\u{fffd}"),
        (r#"["\ud83d\u0041"]"#, "\u{fffd}A"),
        (r#"["\ud83d\ud83d\ude00"]"#, "\u{fffd}😀"),
    ] {
        assert_eq!(refused(body.as_bytes()), ErrorKind::LoneSurrogate, "{body}");
        let document = Document::read(body.as_bytes(), &replace).unwrap();
        assert_eq!(document.get(&path("[0]")), string(expected), "{body}");
        assert!(document.notes().replaced_surrogates > 0);
        // What a replacement makes equal is a duplicate too.
        let twice = format!("{{{0}:1,{0}:2}}", &body[1..body.len() - 1]);
        assert!(Document::read(twice.as_bytes(), &replace).is_err());
    }
    assert_eq!(refused(br#"{"\udead":1}"#), ErrorKind::LoneSurrogate);
}

#[test]
fn corner_062_nul_in_strings_is_kept() {
    assert_eq!(found(r#"{"a\u0000b":"\u0000"}"#, r#"["a\u0000b"]"#), string("\0"));
}

#[test]
fn corner_063_raw_control_characters() {
    for control in 0..0x20_u8 {
        for before in 0..20 {
            let mut body = format!("[\"{}", "x".repeat(before)).into_bytes();
            body.push(control);
            body.extend(b"yyyyyyyyyyy\"]");
            let error = read(&body).unwrap_err();
            assert_eq!((error.kind, error.offset), (ErrorKind::ControlCharacter, before + 2));
        }
    }
    assert!(accepted(b"\"\x7F\""), "DEL is not among the characters RFC 8259 forbids");
}

#[test]
fn every_byte_ends_or_continues_a_string_wherever_it_stands() {
    for before in 0..24 {
        for character in ['\u{20}', '!', '#', '[', ']', '\u{7f}', '\u{80}', 'ÿ', '\u{a222}', '😀']
        {
            let text = format!("{}{character}{}", "x".repeat(before), "y".repeat(before % 9));
            let body = format!("[\"{text}\"]");
            assert_eq!(found(&body, "[0]"), string(&text));
        }
        let body = format!("[\"{}\\\"{}\"]", "x".repeat(before), "y".repeat(9));
        assert_eq!(
            found(&body, "[0]"),
            string(&format!("{}\"{}", "x".repeat(before), "y".repeat(9)))
        );
    }
}

#[test]
fn malformed_escapes() {
    for body in [r#""\x41""#, r#""\u12g4""#, r#""\U0041""#, r#""\'""#, "\"\\\n\"", r#""\u00 1""#] {
        assert_eq!(refused(body.as_bytes()), ErrorKind::InvalidEscape, "{body}");
    }
    assert_eq!(refused(br#""\u+041""#), ErrorKind::InvalidEscape);
}

#[test]
fn corner_064_line_separators() {
    assert_eq!(found("[\"\u{2028}\u{2029}\"]", "[0]"), string("\u{2028}\u{2029}"));
}

#[test]
fn jsn_04_corner_065_a_string_of_ten_megabytes() {
    let text = "é".repeat(5 << 20);
    let body = format!("[\"{text}\"]");
    assert_eq!(found(&body, "[0]"), string(&text));
}

#[test]
fn corner_066_to_068_strings_are_kept_as_they_are() {
    for text in ["", " a ", "null", "true", "123"] {
        assert_eq!(found(&format!("[\"{text}\"]"), "[0]"), string(text));
    }
}

// ---- paths

#[test]
fn corner_091_to_096_four_results() {
    assert_eq!(found(r#"{"customer":null}"#, "$.customer.email"), NOT_THERE);
    assert_eq!(found("{}", "$.customer.email"), NOT_THERE);
    assert_eq!(found(r#"{"customer":"x"}"#, "$.customer.email"), WRONG_PARENT);
    assert_eq!(found(r#"{"customer":["x"]}"#, "$.customer.email"), WRONG_PARENT);
    assert_eq!(found(r#"{"customer":{"email":null}}"#, "$.customer.email"), Found::Null);
    let container = |kind, len, raw| Found::Container(Container { kind, len, raw });
    assert_eq!(
        found(r#"{"customer":{"email":[ "a" ]}}"#, "$.customer.email"),
        container(Kind::Array, 1, r#"[ "a" ]"#),
    );
    assert_eq!(
        found(r#"{"customer":{"email":{}}}"#, "$.customer.email"),
        container(Kind::Object, 0, "{}"),
    );
    assert_eq!(found(r#"{"contacts":[]}"#, "$.contacts[0].wa_id"), NOT_THERE);
    assert_eq!(found(r#"{"contacts":[]}"#, "$.contacts[-1].wa_id"), NOT_THERE);
    let contacts = r#"{"contacts":[{"wa_id":"1"},{"wa_id":"2"}]}"#;
    assert_eq!(found(contacts, "$.contacts[0].wa_id"), string("1"));
    assert_eq!(found(contacts, "$.contacts[-1].wa_id"), string("2"));
    assert_eq!(found(contacts, "$.contacts[-2].wa_id"), string("1"));
    assert_eq!(found(contacts, "$.contacts[-3].wa_id"), NOT_THERE);
    assert_eq!(found(contacts, "$.contacts[-1][0]"), WRONG_PARENT);
    assert_eq!(found("[[1,[2,3]],[4]]", "[-2][-1][-1]"), number("3"));
    assert_eq!(found("[[1,[2,3]],[4]]", "[-2][-1]"), container(Kind::Array, 2, "[2,3]"));
}

#[test]
fn several_paths_in_one_pass() {
    let body = br#"{"a":{"b":[1,{"c":2}],"d":3},"e":{"b":[9]},"f":null}"#;
    let texts = [
        "$",
        "a",
        "a.b",
        "a.b[0]",
        "a.b[1].c",
        "a.b[-1].c",
        "a.d",
        "e.b[0]",
        "f",
        "g",
        "a.b.1.c",
        "a.d",
    ];
    let paths: Vec<Path> = texts.iter().map(|text| path(text)).collect();
    let picked =
        json::pick(body, &ReadOptions::default(), &paths.iter().collect::<Vec<_>>()).unwrap();
    let document = read(body).unwrap();
    for (path, found) in paths.iter().zip(&picked.found) {
        assert_eq!(document.get(path), *found, "{path}");
    }
    assert_eq!(picked.found[4], number("2"));
    assert_eq!(picked.found[7], number("9"));
}

#[test]
fn flt_05_corner_097_paths_that_could_match_several() {
    for (text, column) in [
        ("$..email", 2),
        ("a..b", 2),
        ("$.*", 3),
        ("*", 1),
        ("$[*]", 3),
        ("$['a','b']", 6),
        ("$[0,1]", 4),
        ("$[1:2]", 4),
        ("$[:2]", 3),
        ("$.a[?@.b]", 5),
        ("$.a[?(@.b==1)]", 5),
    ] {
        let error = Path::parse(text).unwrap_err();
        assert_eq!(
            (error.kind, error.column),
            (PathErrorKind::CouldMatchSeveral, column),
            "{text}"
        );
    }
}

#[test]
fn flt_05_corner_098_malformed_paths() {
    use PathErrorKind as K;
    for (text, kind, column) in [
        ("", K::Empty, 1),
        ("$.a ", K::NeedsQuotes, 4),
        (" $.a", K::NeedsQuotes, 1),
        ("$.a.a b", K::NeedsQuotes, 6),
        ("$.", K::MissingSegment, 3),
        ("a.", K::MissingSegment, 3),
        (".a", K::MissingSegment, 1),
        ("$a", K::NeedsQuotes, 1),
        ("@.a", K::NeedsQuotes, 1),
        ("a.$b", K::NeedsQuotes, 3),
        ("a[", K::Unclosed, 3),
        ("a[0", K::Unclosed, 4),
        ("a[]", K::MissingSegment, 3),
        ("a[b]", K::NeitherKeyNorIndex, 3),
        ("a['b", K::Unclosed, 5),
        ("a['b'x]", K::NeitherKeyNorIndex, 6),
        ("a[0]b", K::ExpectedDotOrBracket, 5),
        ("a['b']c", K::ExpectedDotOrBracket, 7),
        ("a[01]", K::MalformedIndex, 3),
        ("a[-0]", K::MalformedIndex, 3),
        ("a[+1]", K::MalformedIndex, 3),
        ("a[-]", K::MalformedIndex, 3),
        ("a[1e3]", K::NeitherKeyNorIndex, 4),
        ("a[4294967296]", K::IndexTooLarge, 3),
        ("a[999999999999]", K::IndexTooLarge, 3),
        ("a[-99999999999999999999999]", K::IndexTooLarge, 3),
        ("é['\\q']", K::InvalidEscape, 4),
        ("a['\\ud800']", K::InvalidEscape, 4),
        ("a}", K::NeedsQuotes, 2),
        ("a\"b", K::NeedsQuotes, 2),
        ("a\nb", K::NeedsQuotes, 2),
    ] {
        let error = Path::parse(text).unwrap_err();
        assert_eq!((error.kind, error.column), (kind, column), "{text:?}");
    }
    assert_eq!(Path::parse(&"a.".repeat(5_000)).unwrap_err().kind, K::TooLong);
    assert_eq!(Path::parse(&"[0]".repeat(257)).unwrap_err().kind, K::TooLong);
}

#[test]
fn spellings_of_the_same_path() {
    for spellings in [
        &[
            "customer.email",
            "$.customer.email",
            "$['customer']['email']",
            "$[\"customer\"].email",
            "$[ 'customer' ].email",
        ][..],
        &["contacts[0].wa_id", "$.contacts[0].wa_id", "$['contacts'][0]['wa_id']"],
        &["[\"a.b\"].c", "$['a.b'].c", "$['a\\u002eb']['c']"],
        &["[\"it's\"]", "$['it\\'s']"],
        &["[\"\"]", "$['']"],
        &["$"],
        &["[-1]", "$[-1]"],
        &["a[\"0\"]", "a['0']"],
        &["a.0", "$.a.0"],
        &["naïve.日本", "$['naïve'].日本"],
    ] {
        for spelling in spellings {
            assert_eq!(path(spelling).to_string(), spellings[0], "{spelling}");
            assert_eq!(path(spelling), path(spellings[0]));
        }
    }
}

#[test]
fn flt_03_corner_031_to_039_keys_that_paths_must_quote() {
    for key in [
        "x[0]",
        "\"",
        "'",
        "\\",
        "a\"b'c\\d",
        "\n",
        "\t",
        "\0",
        " ",
        " a",
        "a ",
        ".",
        "..",
        "a.",
        "$event",
        "{{webhook.x}}",
        "*",
        "@",
        "$",
        "$.a",
        "",
        "0",
        "]",
        "\u{2028}",
        "\u{85}",
    ] {
        let built = Path::from_segments(vec![Segment::Key("a".into()), Segment::Key(key.into())]);
        assert!(built.to_string().starts_with("a["), "{built}");
        assert_eq!(path(&built.to_string()), built);
        let body = serde_json::json!({"a": {key: 1, "other": 2}}).to_string();
        assert_eq!(read(body.as_bytes()).unwrap().get(&built), number("1"));
    }
    for key in
        ["😀", "ünïcode", "\u{202e}rtl", "a\u{200b}b", "\u{ffff}", "__proto__", "a-b", "a:b", "**"]
    {
        let built = Path::from_segments(vec![Segment::Key(key.into())]);
        assert_eq!(built.to_string(), key);
        assert_eq!(path(key), built);
    }
}

#[test]
fn paths_are_stored_as_their_text() {
    let stored = serde_json::to_string(&path("$['a.b'][-1].c")).unwrap();
    assert_eq!(stored, r#""[\"a.b\"][-1].c""#);
    assert_eq!(serde_json::from_str::<Path>(&stored).unwrap(), path("['a.b'][-1].c"));
    let error = serde_json::from_str::<Path>(r#""a[*]""#).unwrap_err();
    assert!(error.to_string().contains("column 3"), "{error}");
}

#[test]
fn options_have_a_stored_form() {
    let options: ReadOptions = serde_json::from_str(r#"{"duplicate_keys":"keep_last"}"#).unwrap();
    assert_eq!(options.duplicate_keys, DuplicateKeys::KeepLast);
    assert_eq!(options.max_depth, 127);
    let stored = serde_json::to_string(&options).unwrap();
    assert_eq!(serde_json::from_str::<ReadOptions>(&stored).unwrap(), options);
    assert!(serde_json::from_str::<ReadOptions>(r#"{"max_dept":1}"#).is_err());
}

#[test]
fn nodes_know_their_place() {
    let body = br#"{"a":[1,{"b.c":"\u0041"}],"":{}}"#;
    let document = read(body).unwrap();
    let places: Vec<String> = document.nodes().map(|node| node.path().to_string()).collect();
    assert_eq!(places, ["$", "a", "a[0]", "a[1]", "a[1][\"b.c\"]", "[\"\"]"]);
    for node in document.nodes() {
        assert_eq!(document.get(&node.path()), node.found());
        assert!(document.text()[node.offset()..].starts_with(node.raw()));
    }
    assert_eq!(document.root().parent().map(|node| node.kind()), None);
}

// ---- the public suite

/// Where the reference data lies: beside the crate, or where `HOOKSTAGE_SHARED` says.
fn shared(file: &str) -> Option<PathBuf> {
    let root = std::env::var_os("HOOKSTAGE_SHARED")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared"), PathBuf::from);
    Some(root.join(file)).filter(|path| path.exists())
}

/// What the reader says of each case that RFC 8259 leaves open.
const OPEN_CASES: [(&str, &str); 35] = [
    // Numbers keep their text, so no size is too large or too small.
    ("i_number_double_huge_neg_exp.json", "accepted"),
    ("i_number_huge_exp.json", "accepted"),
    ("i_number_neg_int_huge_exp.json", "accepted"),
    ("i_number_pos_double_huge_exp.json", "accepted"),
    ("i_number_real_neg_overflow.json", "accepted"),
    ("i_number_real_pos_overflow.json", "accepted"),
    ("i_number_real_underflow.json", "accepted"),
    ("i_number_too_big_neg_int.json", "accepted"),
    ("i_number_too_big_pos_int.json", "accepted"),
    ("i_number_very_big_negative_int.json", "accepted"),
    // Half a surrogate pair has no form in UTF-8.
    ("i_object_key_lone_2nd_surrogate.json", "lone_surrogate"),
    ("i_string_1st_surrogate_but_2nd_missing.json", "lone_surrogate"),
    ("i_string_1st_valid_surrogate_2nd_invalid.json", "lone_surrogate"),
    ("i_string_UTF-16LE_with_BOM.json", "looks_like_utf16"),
    ("i_string_UTF-8_invalid_sequence.json", "invalid_utf8"),
    ("i_string_UTF8_surrogate_U+D800.json", "invalid_utf8"),
    ("i_string_incomplete_surrogate_and_escape_valid.json", "lone_surrogate"),
    ("i_string_incomplete_surrogate_pair.json", "lone_surrogate"),
    ("i_string_incomplete_surrogates_escape_valid.json", "lone_surrogate"),
    ("i_string_invalid_lonely_surrogate.json", "lone_surrogate"),
    ("i_string_invalid_surrogate.json", "lone_surrogate"),
    ("i_string_invalid_utf-8.json", "invalid_utf8"),
    ("i_string_inverted_surrogates_U+1D11E.json", "lone_surrogate"),
    ("i_string_iso_latin_1.json", "invalid_utf8"),
    ("i_string_lone_second_surrogate.json", "lone_surrogate"),
    ("i_string_lone_utf8_continuation_byte.json", "invalid_utf8"),
    ("i_string_not_in_unicode_range.json", "invalid_utf8"),
    ("i_string_overlong_sequence_2_bytes.json", "invalid_utf8"),
    ("i_string_overlong_sequence_6_bytes.json", "invalid_utf8"),
    ("i_string_overlong_sequence_6_bytes_null.json", "invalid_utf8"),
    ("i_string_truncated-utf-8.json", "invalid_utf8"),
    ("i_string_utf16BE_no_BOM.json", "looks_like_utf16"),
    ("i_string_utf16LE_no_BOM.json", "looks_like_utf16"),
    ("i_structure_500_nested_arrays.json", "too_deep"),
    ("i_structure_UTF-8_BOM_empty_object.json", "accepted"),
];

/// What each document that other parsers change becomes here: what it was, or a refusal.
const TRANSFORM_CASES: [(&str, &str); 22] = [
    ("number_-9223372036854775808.json", "[-9223372036854775808]"),
    ("number_-9223372036854775809.json", "[-9223372036854775809]"),
    ("number_1.0.json", "[1.0]"),
    ("number_1.000000000000000005.json", "[1.000000000000000005]"),
    ("number_1000000000000000.json", "[1000000000000000]"),
    ("number_10000000000000000999.json", "[10000000000000000999]"),
    ("number_1e-999.json", "[1E-999]"),
    ("number_1e6.json", "[1E6]"),
    ("number_9223372036854775807.json", "[9223372036854775807]"),
    ("number_9223372036854775808.json", "[9223372036854775808]"),
    ("object_key_nfc_nfd.json", "{\"\u{e9}\":\"NFC\",\"e\u{301}\":\"NFD\"}"),
    ("object_key_nfd_nfc.json", "{\"e\u{301}\":\"NFD\",\"\u{e9}\":\"NFC\"}"),
    ("object_same_key_different_values.json", "duplicate_key"),
    ("object_same_key_same_value.json", "duplicate_key"),
    ("object_same_key_unclear_values.json", "duplicate_key"),
    ("string_1_escaped_invalid_codepoint.json", "lone_surrogate"),
    ("string_1_invalid_codepoint.json", "invalid_utf8"),
    ("string_2_escaped_invalid_codepoints.json", "lone_surrogate"),
    ("string_2_invalid_codepoints.json", "invalid_utf8"),
    ("string_3_escaped_invalid_codepoints.json", "lone_surrogate"),
    ("string_3_invalid_codepoints.json", "invalid_utf8"),
    ("string_with_escaped_NULL.json", "[\"A\\u0000B\"]"),
];

/// Past the capture of the test harness: what did not run must be seen.
fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// The cases of one folder of <https://github.com/nst/JSONTestSuite>, unpacked for one test, or
/// nothing if the data is not there.
fn test_suite(folder: &str) -> Option<Vec<(String, Vec<u8>)>> {
    let Some(archive) = shared("vectors/JSONTestSuite.tar.gz") else {
        say(&format!(
            "JSONTestSuite, {folder}: NOT RUN, JSONTestSuite.tar.gz is absent; set HOOKSTAGE_SHARED to \
             the folder whose vectors/ holds it"
        ));
        return None;
    };
    let into = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("json-{folder}"));
    std::fs::create_dir_all(&into).unwrap();
    let unpacked = Command::new("tar").arg("-xzf").arg(&archive).arg("-C").arg(&into).status();
    assert!(unpacked.unwrap().success(), "tar could not unpack {}", archive.display());
    let entries = std::fs::read_dir(into.join(folder)).unwrap();
    let files = entries.map(|entry| entry.unwrap().path());
    let mut cases: Vec<_> = files
        .map(|file| {
            let name = file.file_name().unwrap().to_str().unwrap().to_owned();
            (name, std::fs::read(file).unwrap())
        })
        .collect();
    cases.sort_unstable();
    Some(cases)
}

#[test]
fn jsn_01_jsn_02_the_test_suite_95_to_accept_188_to_refuse_35_open() {
    let Some(cases) = test_suite("test_parsing") else { return };
    let [mut accepted, mut refused, mut open] = [0; 3];
    for (name, body) in cases {
        // The suite holds no opinion on duplicate keys; the default refuses them.
        let options = ReadOptions { duplicate_keys: DuplicateKeys::KeepLast, ..Default::default() };
        let judged = Document::read(&body, &options).map(drop);
        assert_eq!(json::pick(&body, &options, &[]).map(drop), judged, "{name}");
        let kind = judged.as_ref().map_or_else(|error| error.kind.as_str(), |()| "accepted");
        match &name[..2] {
            "y_" => {
                assert_eq!(kind, "accepted", "{name}");
                let by_default = judged_by_default(&body);
                let twice = name.starts_with("y_object_duplicated_key");
                assert_eq!(by_default, if twice { "duplicate_key" } else { "accepted" }, "{name}");
                accepted += 1;
            }
            "n_" => {
                assert_ne!(kind, "accepted", "{name}");
                assert_ne!(judged_by_default(&body), "accepted", "{name}");
                refused += 1;
            }
            _ => {
                let pinned = OPEN_CASES.iter().find(|(case, _)| *case == name);
                assert_eq!(pinned.map(|(_, wanted)| *wanted), Some(kind), "{name}");
                assert_eq!(judged_by_default(&body), kind, "{name}");
                open += 1;
            }
        }
    }
    assert_eq!((accepted, refused, open), (95, 188, OPEN_CASES.len()));
    say("JSONTestSuite: 95 of 95 accepted, 188 of 188 refused, 35 of 35 open ones as pinned");
}

fn judged_by_default(body: &[u8]) -> &'static str {
    match read(body) {
        Ok(_) => "accepted",
        Err(error) => error.kind.as_str(),
    }
}

#[test]
fn jsn_06_the_test_suite_22_documents_that_others_change() {
    let Some(cases) = test_suite("test_transform") else { return };
    let names: Vec<&str> = cases.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, TRANSFORM_CASES.map(|(name, _)| name));
    for ((name, body), (_, wanted)) in cases.iter().zip(TRANSFORM_CASES) {
        let kept = match read(body) {
            Ok(document) => document.root().compact(),
            Err(error) => error.kind.as_str().to_owned(),
        };
        assert_eq!(kept, wanted, "{name}");
    }
    say("JSONTestSuite: 22 of 22 transform cases as pinned");
}

// ---- against serde_json

fn json_value() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        "[a-c\\\\\"\\n\u{0}é😀]{0,20}".prop_map(Value::from),
    ];
    scalar.prop_recursive(6, 64, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
            prop::collection::vec(("[a-e.\\[\\]\"\\\\]{0,3}|[a-z]{7,18}", inner), 0..8)
                .prop_map(|members| members.into_iter().collect()),
        ]
    })
}

/// Text that is almost JSON: pieces that a grammar knows, in any order.
fn almost_json() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => prop::sample::select(vec![
            "{", "}", "[", "]", ",", ":", "\"a\"", "\"b\"", "1", "-0", "1.5e3", "0.", "01", "true",
            "null", " ", "\n", "\"\\u00e9\"", "\"\\ud83d\\ude00\"", "\"\\q\"", "\"", "\\", "e", "-",
        ]).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

/// Whether `serde_json` would keep only one of equal keys, or lose digits: there it is no oracle.
fn agrees_with_serde_json(body: &[u8]) {
    let ours = Document::read(
        body,
        &ReadOptions {
            duplicate_keys: DuplicateKeys::KeepLast,
            byte_order_mark: ByteOrderMark::Refuse,
            ..ReadOptions::default()
        },
    );
    match (ours, serde_json::from_slice::<Value>(body)) {
        (Ok(document), Ok(theirs)) => assert_eq!(json::to_value(&document), theirs),
        (Err(_), Err(_)) => {}
        // A number that no double holds is refused there and kept here.
        (Ok(document), Err(error)) => {
            let beyond = |node: json::Node<'_, '_>| {
                node.kind() == Kind::Number && node.raw().parse().is_ok_and(f64::is_infinite)
            };
            assert!(document.nodes().any(beyond), "only serde_json refuses: {error}");
        }
        (Err(error), Ok(_)) => panic!("only serde_json accepts: {error}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn jsn_06_reads_what_serde_json_writes(value in json_value(), pretty: bool) {
        let body =
            if pretty { serde_json::to_vec_pretty(&value) } else { serde_json::to_vec(&value) };
        let body = body.unwrap();
        let document = read(&body).unwrap();
        prop_assert_eq!(json::to_value(&document), serde_json::from_slice::<Value>(&body).unwrap());
    }

    #[test]
    fn picking_and_reading_agree_at_every_node(value in json_value(), strange in "[a.0\\[\\]-]{1,6}") {
        let body = serde_json::to_vec(&value).unwrap();
        let document = read(&body).unwrap();
        let mut paths: Vec<Path> = document.nodes().map(|node| node.path()).collect();
        for node in document.nodes().filter(|node| node.kind() == Kind::Array) {
            for back in [-1, -2, -(node.len() as i64)] {
                let mut segments = node.path().segments().to_vec();
                segments.push(Segment::Index(back));
                paths.push(Path::from_segments(segments));
            }
        }
        paths.extend(Path::parse(&strange));
        let picked =
            json::pick(&body, &ReadOptions::default(), &paths.iter().collect::<Vec<_>>()).unwrap();
        for (path, found) in paths.iter().zip(picked.found) {
            prop_assert_eq!(document.get(path), found, "{}", path);
            prop_assert_eq!(&Path::parse(&path.to_string()).unwrap(), path);
        }
    }

    #[test]
    fn accepts_and_refuses_as_serde_json_does(body in almost_json()) {
        agrees_with_serde_json(body.as_bytes());
    }

    #[test]
    fn accepts_and_refuses_as_serde_json_does_after_a_byte_changed(
        value in json_value(), at: prop::sample::Index, byte: u8,
    ) {
        let mut body = serde_json::to_vec(&value).unwrap();
        let at = at.index(body.len());
        body[at] = byte;
        agrees_with_serde_json(&body);
    }

    #[test]
    fn any_path_text_is_parsed_or_refused_within_it(text in "\\PC{0,30}|[$.a0'\"\\[\\]*?:,\\\\ -]{0,12}") {
        match Path::parse(&text) {
            Ok(path) => prop_assert_eq!(Path::parse(&path.to_string()).unwrap(), path),
            Err(error) => prop_assert!(error.column >= 1 && error.column <= text.chars().count() + 1),
        }
    }

    #[test]
    fn decimals_order_as_integers_do(a: i128, b: i128, shift in 0_usize..20) {
        // The same value written with its point moved.
        let moved = format!("{a}{}e-{shift}", "0".repeat(shift));
        prop_assert_eq!(decimal_key(&moved), decimal_key(&a.to_string()));
        let (a_text, b_text) = (a.to_string(), b.to_string());
        let (left, right) = (Decimal::parse(&a_text).unwrap(), Decimal::parse(&b_text).unwrap());
        prop_assert_eq!(left.cmp(&right), a.cmp(&b));
        prop_assert_eq!(left.to_i128(), Some(a));
    }
}
