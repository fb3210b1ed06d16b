//! Cases 60 to 77: texts and their formats.

use hookstage::json::{Document, LoneSurrogates, ReadOptions};
use hookstage::payload::cell;
use hookstage::{Binding, ContactRule, IdentifierType, Source, json::Path};

use super::common::{SECRET, config, engine, receive, signed_with};
use super::tools::*;
use super::{Row, row};

/// Who is asked for when `body` holds the identifier at `id`.
fn contact(body: &str) -> String {
    let mut config = config("wexio");
    config.bindings = vec![Binding::new("flow")];
    let path = Path::parse("id").unwrap();
    config.contact = Some(ContactRule::new(IdentifierType::Chat, path));
    let source = Source::new(config).unwrap();
    let receipt = receive(&engine(), &source, &signed_with("wexio", SECRET, body));
    receipt.contact.unwrap_or_else(|| received(&source, &signed_with("wexio", SECRET, body)))
}

pub(crate) const ROWS: &[Row] = &[
    row(60, "a surrogate pair", "text 😀", || at("$", r#""\ud83d\ude00""#)),
    row(61, "half a pair", "lone_surrogate, lone_surrogate", || {
        [r#""\ud83d""#, r#""\ude00x""#].map(judged).join(", ")
    }),
    row(61, "half a pair, replaced", "\u{fffd}, 1 noted", || {
        let lone_surrogates = LoneSurrogates::Replace;
        let options = ReadOptions { lone_surrogates, ..ReadOptions::default() };
        let document = Document::read(br#""\ud83d""#, &options).unwrap();
        let text = document.root().text().unwrap();
        format!("{text}, {} noted", document.notes().replaced_surrogates)
    }),
    row(62, "U+0000 in a text", "\"a\\u0000b\", nul at a", || {
        let body = r#"{"a":"a\u0000b"}"#;
        format!("{}, {}", flat(body).replace("a = ", ""), flagged(body))
    }),
    row(63, "a control character as it is", "control_character", || judged("\"a\u{1}b\"")),
    row(64, "line separators", "text a\u{2028}b\u{2029}c", || at("$", "\"a\u{2028}b\u{2029}c\"")),
    row(65, "ten megabytes of text", "10485762 bytes kept, 512 characters shown", || {
        let body = format!("\"é{}\"", "é".repeat(5 * (1 << 20)));
        let document = read(&body);
        assert_eq!(document.root().raw(), body);
        let shown = cell(document.root(), 512);
        assert!(shown.ends_with('…'));
        format!("{} bytes kept, {} characters shown", body.len() - 2, shown.chars().count())
    }),
    row(66, "an empty identifier", "contact_not_found 422", || contact(r#"{"id":""}"#)),
    row(66, "an empty value in a key", "a key / is missing", || {
        [r#"{"id":""}"#, "{}"].map(|body| why_no_key(&rule(&["id"]), body)).join(" / ")
    }),
    row(67, "blanks around an identifier", "contact of  a ", || contact(r#"{"id":" a "}"#)),
    row(68, "words and numbers in quotes", "none, none, none", || {
        formats(&["null", "true", "123"])
    }),
    row(69, "days and times that are none", "none, none, none", || {
        formats(&["2024-02-30", "24:00", "2024-01-15T10:30"])
    }),
    row(70, "leap seconds", "date-time, none", || {
        formats(&["2016-12-31T23:59:60Z", "2024-01-15T10:30:60Z"])
    }),
    row(71, "a blank for the T", "none", || formats(&["2024-01-15 10:30:00Z"])),
    row(72, "seconds as text and as number", "none, a: integer!", || {
        format!("{}, {}", formats(&["1705314600"]), fields(&[r#"{"a":1705314600}"#]))
    }),
    row(73, "addresses that are none", "none, none, none", || {
        formats(&["192.168.001.1", "256.1.1.1", "1.2.3"])
    }),
    row(74, "IPv4 in IPv6", "ipv6", || formats(&["::ffff:1.2.3.4"])),
    row(75, "email addresses", "none, none, email, none", || {
        formats(&["a@b", "a b@c.d", "a@b.c", "@b.c"])
    }),
    row(76, "URIs", "none, none, none, none", || {
        formats(&["http://", "mailto:a@b.c", "//x", "C:\\x"])
    })
    .otherwise("mailto: cannot be switched on; formats are unanimous votes, not settings"),
    row(77, "UUIDs", "uuid, none, uuid", || {
        formats(&[
            "F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6",
            "{f81d4fae-7dec-11d0-a765-00a0c91e6bf6}",
            "00000000-0000-0000-0000-000000000000",
        ])
    }),
];
