//! Cases 1 to 23: what is a document at all.

use hookstage::json::{ByteOrderMark, ReadOptions};
use hookstage::payload::{BodyDecoder, FlatView, FlattenOptions, Forms, PathStyle};

use super::common::{SECRET, signed_with, source};
use super::tools::*;
use super::{Row, row};

const BOM: &[u8] = b"\xEF\xBB\xBF{}";

fn form(forms: Forms, body: &str) -> String {
    let decoder = BodyDecoder { forms, ..BodyDecoder::default() };
    decoded(&decoder, &[("content-type", "application/x-www-form-urlencoded")], body)
}

fn typed(decoder: &BodyDecoder, content_type: &str) -> String {
    decoded(decoder, &[("Content-Type", content_type)], "{}")
}

fn lenient() -> BodyDecoder {
    BodyDecoder { json_suffix: true, ..BodyDecoder::default() }
}

fn nested(levels: usize) -> String {
    format!("{}{}", "[".repeat(levels), "]".repeat(levels))
}

/// Few bytes, long keys, many leaves: joined paths would take 150 MB.
fn amplification() -> String {
    let key = "k".repeat(1_500);
    let leaves: Vec<String> = (0..5_000).map(|leaf| format!("\"{leaf}\":0")).collect();
    let open = format!("{{\"{key}\":").repeat(20);
    format!("{open}{{{}}}{}", leaves.join(","), "}".repeat(20))
}

pub(crate) const ROWS: &[Row] = &[
    row(1, "an empty body", "empty_body", || judged("")),
    row(1, "an empty body, signed", "not_json 400", || {
        received(&source("coeffection"), &signed_with("coeffection", SECRET, ""))
    }),
    row(1, "an empty body, wrongly signed", "mismatch 401", || {
        received(&source("coeffection"), &signed_with("coeffection", "another", ""))
    }),
    row(2, "only white space", "only_whitespace", || judged(" \r\n\t ")),
    row(3, "a byte order mark", "accepted", || judged(BOM)),
    row(3, "a byte order mark, refused", "byte_order_mark", || {
        let byte_order_mark = ByteOrderMark::Refuse;
        judged_with(BOM, &ReadOptions { byte_order_mark, ..ReadOptions::default() })
    }),
    row(3, "a byte order mark under the signature", "staged 202", || {
        received(&source("coeffection"), &signed_with("coeffection", SECRET, BOM))
    }),
    row(3, "a byte order mark that the signature lacks", "mismatch 401", || {
        let mut request = signed_with("coeffection", SECRET, "{}");
        request.body = Some(BOM.to_vec());
        received(&source("coeffection"), &request)
    }),
    row(4, "UTF-16, both ways, with and without a mark", "looks_like_utf16 x4", || {
        let kinds = [&b"\xFF\xFE{\0}\0"[..], b"\xFE\xFF\0{\0}", b"{\0}\0", b"\0{\0}"].map(judged);
        assert!(kinds.iter().all(|kind| kind == "looks_like_utf16"), "{kinds:?}");
        format!("{} x{}", kinds[0], kinds.len())
    }),
    row(5, "a wrong byte in a string", "invalid_utf8 at byte 6, line 1, column 7", || {
        judged_at(b"{\"a\":\"\xFF\"}")
    })
    .otherwise("a refused body is not kept: history holds its length and SHA-256, never its bytes"),
    row(6, "overlong and surrogate UTF-8", "invalid_utf8, invalid_utf8", || {
        [&b"\"\xC0\x80\""[..], b"\"\xED\xA0\x80\""].map(judged).join(", ")
    }),
    row(7, "two documents; a letter behind", "trailing_data, trailing_data", || {
        ["{} {}", "{}x"].map(judged).join(", ")
    }),
    row(8, "a line end behind", "accepted", || judged("{}\r\n")),
    row(9, "what other readers let through", "0 of 16", || {
        accepted_of(&[
            "[1,]",
            "{\"a\":1,}",
            "[1] // x",
            "/* x */ [1]",
            "['a']",
            "{a:1}",
            "NaN",
            "Infinity",
            "-Infinity",
            "+1",
            "01",
            ".5",
            "1.",
            "0x10",
            "1e",
            "[1,,2]",
        ])
    }),
    row(10, "scalars at the top", "$ = 5 / $ = \"x\" / $ = true / $ = null", || {
        ["5", "\"x\"", "true", "null"].map(flat).join(" / ")
    }),
    row(10, "a scalar where a system takes objects", "not_an_object 400", || {
        received(&source("synerise"), &signed_with("synerise", SECRET, "5"))
    }),
    row(11, "an array at the top", "[0].a = 1 | [1] = 2", || flat(r#"[{"a":1},2]"#)).otherwise(
        "a batch is staged as the one event that it was; a workflow iterates over its items",
    ),
    row(12, "nesting of 127, 128 and 100,000", "accepted, too_deep, too_deep", || {
        [127, 128, 100_000].map(|levels| judged(nested(levels))).join(", ")
    }),
    row(13, "100,000 keys in one object", "10000 of 100000, cut", || {
        let keys: Vec<String> = (0..100_000).map(|key| format!("\"key_{key}\":{key}")).collect();
        shown(&format!("{{{}}}", keys.join(",")), &FlattenOptions::default())
    }),
    row(14, "a million items", "1001 of 1000000, cut", || {
        shown(&format!("[{}0]", "0,".repeat(999_999)), &FlattenOptions::default())
    }),
    row(15, "5,000 leaves under long keys", "5000 counted, at most 1 MiB of paths", || {
        let body = amplification();
        let document = read(&body);
        let key = FlattenOptions { max_key_length: usize::MAX, ..FlattenOptions::default() };
        let wide = FlattenOptions { max_path_length: usize::MAX, ..key };
        for options in [FlattenOptions::default(), key, wide] {
            let view = FlatView::new(&document, &options);
            let bytes: usize = view.leaves().map(|leaf| leaf.path(PathStyle::Bracket).len()).sum();
            assert!(view.is_cut() && view.total_leaves() == 5_000 && bytes <= 1 << 20, "{bytes}");
        }
        "5000 counted, at most 1 MiB of paths".to_owned()
    }),
    row(
        16,
        "a private key of serde_json",
        r#"["$serde_json::private::RawValue"] = "[1,2]""#,
        || flat(r#"{"$serde_json::private::RawValue":"[1,2]"}"#),
    ),
    row(
        17,
        "another private key of serde_json",
        r#"["$serde_json::private::Number"] = "abc""#,
        || flat(r#"{"$serde_json::private::Number":"abc"}"#),
    ),
    row(18, "a compressed body, decoded on its own", "Encoded", || {
        let headers = [("content-type", "application/json"), ("content-encoding", "gzip")];
        decoded(&BodyDecoder::default(), &headers, "{}")
    }),
    row(18, "a compressed body, received", "content_encoding 415", || {
        let gzip = b"\x1F\x8B\x08\x00\x00\x00\x00\x00".as_slice();
        let request = signed_with("synerise", SECRET, gzip).with("Content-Encoding", "gzip");
        received(&source("synerise"), &request)
    })
    .otherwise("a body that is plain JSON is taken, whatever a proxy has left in the header"),
    row(19, "a document in a form field", r#"{"type":"block_actions"}"#, || {
        form(Forms::Auto, "payload=%7B%22type%22%3A%22block_actions%22%7D")
    }),
    row(20, "a form", r#"{"a":["1","2"],"b":""}"#, || form(Forms::Auto, "a=1&a=2&b=")),
    row(21, "a content type in other letters", "{}", || {
        typed(&BodyDecoder::default(), "Application/JSON; Charset=UTF-8")
    }),
    row(22, "types that are JSON by suffix", "ContentType, ContentType, {}, {}", || {
        let types = ["application/vnd.api+json", "text/json"];
        let strict = types.map(|name| typed(&BodyDecoder::default(), name));
        let taken = types.map(|name| typed(&lenient(), name));
        [strict, taken].concat().join(", ")
    }),
    row(22, "a suffix where a system names one type", "content_type 415", || {
        let request = signed_with("synerise", SECRET, "{}").without("content-type");
        received(&source("synerise"), &request.with("Content-Type", "application/vnd.api+json"))
    }),
    row(23, "another charset", "Charset", || {
        typed(&BodyDecoder::default(), "application/json; charset=iso-8859-1")
    }),
    row(23, "another charset, received", "content_type 415", || {
        let request = signed_with("synerise", SECRET, "{}").without("content-type");
        received(
            &source("synerise"),
            &request.with("Content-Type", "application/json;charset=latin1"),
        )
    }),
];
