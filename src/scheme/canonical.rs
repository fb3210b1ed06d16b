//! The few canonical forms in which senders sign a body or a URL that is not what is on the wire.

use super::primitive::Sink;

/// Feeds text as a JSON string in its quotes (ECMA-262, QuoteJSONString). Bytes that are no UTF-8
/// pass as they are, so that two bodies never become one.
pub(super) fn feed_json_string(text: &[u8], sink: &mut dyn Sink) {
    sink.feed(b"\"");
    let mut rest = text;
    while let Some(at) = rest.iter().position(|byte| *byte < 0x20 || matches!(byte, b'"' | b'\\')) {
        sink.feed(&rest[..at]);
        match rest[at] {
            b'"' => sink.feed(b"\\\""),
            b'\\' => sink.feed(b"\\\\"),
            0x08 => sink.feed(b"\\b"),
            b'\t' => sink.feed(b"\\t"),
            b'\n' => sink.feed(b"\\n"),
            0x0c => sink.feed(b"\\f"),
            b'\r' => sink.feed(b"\\r"),
            control => sink.feed(format!("\\u{control:04x}").as_bytes()),
        }
        rest = &rest[at + 1..];
    }
    sink.feed(rest);
    sink.feed(b"\"");
}

/// Feeds JSON without the white space between its tokens (RFC 8259, section 2).
pub(super) fn feed_minified(json: &[u8], sink: &mut dyn Sink) {
    let mut from = 0;
    let mut at = 0;
    let mut in_string = false;
    while let Some(byte) = json.get(at) {
        match byte {
            b'\\' if in_string => at += 1,
            b'"' => in_string = !in_string,
            b' ' | b'\t' | b'\n' | b'\r' if !in_string => {
                sink.feed(&json[from..at]);
                from = at + 1;
            }
            _ => {}
        }
        at += 1;
    }
    sink.feed(json.get(from..).unwrap_or_default());
}

/// The CRC-32 of ISO 3309 and zip files.
pub(super) fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc = TABLE[usize::from(crc.to_le_bytes()[0] ^ byte)] ^ (crc >> 8);
    }
    !crc
}

const TABLE: [u32; 256] = {
    let mut table = [0_u32; 256];
    let mut index = 0;
    while index < 256 {
        let mut entry = index as u32;
        let mut bit = 0;
        while bit < 8 {
            entry = if entry & 1 == 1 { 0xEDB8_8320 ^ (entry >> 1) } else { entry >> 1 };
            bit += 1;
        }
        table[index] = entry;
        index += 1;
    }
    table
};

/// Feeds an address with the port of its scheme written, or with none. Text that is no https or
/// http address passes as it is.
pub(super) fn feed_with_port(url: &str, written: bool, sink: &mut dyn Sink) {
    let standard = match url.split_once("://") {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("https") => {
            Some((scheme, ":443", rest))
        }
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("http") => Some((scheme, ":80", rest)),
        _ => None,
    };
    let Some((scheme, standard, rest)) = standard else {
        sink.feed(url.as_bytes());
        return;
    };
    let (authority, tail) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let colon = authority
        .rfind(':')
        .filter(|at| authority[at + 1..].bytes().all(|byte| byte.is_ascii_digit()));
    sink.feed(scheme.as_bytes());
    sink.feed(b"://");
    match (colon, written) {
        (Some(at), false) => sink.feed(&authority.as_bytes()[..at]),
        (None, true) => {
            sink.feed(authority.as_bytes());
            sink.feed(standard.as_bytes());
        }
        _ => sink.feed(authority.as_bytes()),
    }
    sink.feed(tail.as_bytes());
}

/// Feeds an address with the escapes of characters decoded that stand for themselves in a query.
pub(super) fn feed_readable(url: &str, sink: &mut dyn Sink) {
    const READABLE: &[u8] = b"!$'()*,/:;?@";
    let mut rest = url.as_bytes();
    while let Some(at) = rest.iter().position(|byte| *byte == b'%') {
        sink.feed(&rest[..at]);
        let decoded = rest.get(at + 1..at + 3).and_then(hex_byte);
        match decoded {
            Some(byte) if READABLE.contains(&byte) => {
                sink.feed(&[byte]);
                rest = &rest[at + 3..];
            }
            _ => {
                sink.feed(b"%");
                rest = &rest[at + 1..];
            }
        }
    }
    sink.feed(rest);
}

fn hex_byte(digits: &[u8]) -> Option<u8> {
    let high = char::from(*digits.first()?).to_digit(16)?;
    let low = char::from(*digits.get(1)?).to_digit(16)?;
    u8::try_from(high << 4 | low).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fed(feed: impl Fn(&mut Vec<u8>)) -> String {
        let mut sink = Vec::new();
        feed(&mut sink);
        String::from_utf8(sink).unwrap()
    }

    #[test]
    fn crc32_is_that_of_the_check_value_every_catalogue_lists() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        assert_eq!(crc32(b""), 0);
    }

    #[test]
    fn a_json_string_is_what_javascript_writes() {
        let text = "a\"b\\c\n\u{8}\u{c}\r\t\u{1}é\u{7f}/";
        assert_eq!(
            fed(|sink| feed_json_string(text.as_bytes(), sink)),
            "\"a\\\"b\\\\c\\n\\b\\f\\r\\t\\u0001é\u{7f}/\""
        );
    }

    #[test]
    fn minifying_leaves_strings_alone() {
        let json = "{ \"a b\" : [1, \"x \\\" y\",\r\n\ttrue ] }";
        assert_eq!(
            fed(|sink| feed_minified(json.as_bytes(), sink)),
            "{\"a b\":[1,\"x \\\" y\",true]}"
        );
        assert_eq!(fed(|sink| feed_minified(b"\"open \\", sink)), "\"open \\");
    }

    #[test]
    fn ports_are_written_and_taken_off() {
        let with = |url| fed(|sink| feed_with_port(url, true, sink));
        let without = |url| fed(|sink| feed_with_port(url, false, sink));
        assert_eq!(with("https://a.b/c?d=1:2"), "https://a.b:443/c?d=1:2");
        assert_eq!(with("http://a.b"), "http://a.b:80");
        assert_eq!(with("https://a.b:8443/"), "https://a.b:8443/");
        assert_eq!(without("https://a.b:8443/c"), "https://a.b/c");
        assert_eq!(without("https://[::1]:80/c"), "https://[::1]/c");
        assert_eq!(with("https://[fe80::a]/c"), "https://[fe80::a]:443/c");
        assert_eq!(with("/c"), "/c");
    }

    #[test]
    fn only_characters_that_a_query_may_hold_are_decoded() {
        assert_eq!(
            fed(|sink| feed_readable("https://a/b%3Fc%2f%25%26%3D%zz%4", sink)),
            "https://a/b?c/%25%26%3D%zz%4"
        );
    }
}
