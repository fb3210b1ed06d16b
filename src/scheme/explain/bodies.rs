//! What lies between the body that the sender signed and the one that the host gave.

use base64::Engine as _;

use super::{MAX_BODY, Search};
use crate::scheme::canonical::feed_minified;
use crate::scheme::description::Description;

/// A way to write the body again.
type Rewrite = fn(&[u8]) -> Vec<u8>;

/// What proxies and frameworks do to any body.
const EDGES: [(Rewrite, &str); 10] = [
    (
        |body| body.trim_ascii_end().to_vec(),
        "without the white space at its end: something added a newline",
    ),
    (|body| [body, b"\n"].concat(), "with a newline at its end: something trimmed it"),
    (|body| [body, b"\r\n"].concat(), "with a line break at its end: something trimmed it"),
    (
        |body| body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body).to_vec(),
        "without the byte order mark before it: something added one",
    ),
    (
        |body| [BYTE_ORDER_MARK, body].concat(),
        "with a byte order mark before it: something removed it",
    ),
    (
        |body| replaced(body, b"\r\n", b"\n"),
        "with single newlines: something turned them into CR LF",
    ),
    (
        |body| replaced(&replaced(body, b"\r\n", b"\n"), b"\n", b"\r\n"),
        "with CR LF line breaks: something turned them into single newlines",
    ),
    (
        |body| base64_decoded(body),
        "if its base64 were decoded: a gateway hands it over so, and says that it does",
    ),
    (
        |body| base64::engine::general_purpose::STANDARD.encode(body).into_bytes(),
        "in base64: something decoded it",
    ),
    (
        |_| Vec::new(),
        "if it were empty: the body was read before it was verified, or the sender signs none",
    ),
];

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// How JSON libraries lay out what they write, from the text without any white space.
const LAYOUTS: [(Rewrite, &str); 5] = [
    (|compact| compact.to_vec(), "without the white space between its JSON tokens"),
    (spaced, "with a space behind each comma and colon"),
    (|compact| indented(compact, b"  "), "indented by two spaces"),
    (|compact| indented(compact, b"    "), "indented by four spaces"),
    (|compact| indented(compact, b"\t"), "indented by tabs"),
];

/// How JSON libraries spell what may be spelled in several ways.
const SPELLINGS: [(Rewrite, &str); 6] = [
    (|json| json.to_vec(), ""),
    (escaped, "with its letters beyond ASCII escaped, as Python writes them"),
    (unescaped, "with its letters beyond ASCII not escaped"),
    (|json| replaced(json, b"/", b"\\/"), "with its slashes escaped, as PHP writes them"),
    (|json| replaced(json, b"\\/", b"/"), "with its slashes not escaped"),
    (
        |json| replaced(&escaped(json), b"/", b"\\/"),
        "with its slashes and letters beyond ASCII escaped, as PHP writes them",
    ),
];

impl Search<'_> {
    pub(super) fn bodies(&mut self, scheme: &Description) {
        if self.body.len() > MAX_BODY {
            return;
        }
        for (rewrite, what) in EDGES {
            if self.is_body(scheme, &rewrite(self.body)) {
                self.hint("body", format!("The body would match {what}; pass the raw bytes on."));
                return;
            }
        }
        if !matches!(self.body.trim_ascii_start().first(), Some(b'{' | b'[')) {
            return;
        }
        for (spell, spelling) in SPELLINGS {
            let spelled = spell(self.body);
            if spelled != self.body && self.is_body(scheme, &spelled) {
                self.rewritten(spelling);
                return;
            }
        }
        let mut compact = Vec::new();
        feed_minified(self.body, &mut compact);
        for (spell, spelling) in SPELLINGS {
            let spelled = spell(&compact);
            if !spelling.is_empty() && spelled == compact {
                continue;
            }
            for (lay_out, layout) in LAYOUTS {
                if self.is_body(scheme, &lay_out(&spelled)) {
                    let and = if spelling.is_empty() { "" } else { " and " };
                    self.rewritten(&format!("{layout}{and}{spelling}"));
                    return;
                }
            }
        }
    }

    fn rewritten(&mut self, how: &str) {
        self.hint("body", format!("The body would match {how}: it was parsed and written again on the way; pass the raw bytes on."));
    }

    fn is_body(&mut self, scheme: &Description, body: &[u8]) -> bool {
        body != self.body && self.tried(scheme, None, self.head, body)
    }
}

/// The body itself if it is no base64.
fn base64_decoded(body: &[u8]) -> Vec<u8> {
    let decoded = base64::engine::general_purpose::STANDARD.decode(body);
    decoded.unwrap_or_else(|_| body.to_vec())
}

fn replaced(body: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut written = Vec::with_capacity(body.len() + body.len() / 8);
    let mut rest = body;
    while let Some(first) = rest.first() {
        match rest.strip_prefix(from) {
            Some(behind) => {
                written.extend_from_slice(to);
                rest = behind;
            }
            None => {
                written.push(*first);
                rest = &rest[1..];
            }
        }
    }
    written
}

/// Compact JSON with a space behind each comma and colon, as Python's `json.dumps` writes it.
fn spaced(compact: &[u8]) -> Vec<u8> {
    let mut written = Vec::with_capacity(compact.len() + compact.len() / 8);
    for (byte, in_string) in tokens(compact) {
        written.push(byte);
        if !in_string && matches!(byte, b',' | b':') {
            written.push(b' ');
        }
    }
    written
}

/// Compact JSON with a line for each member, as `JSON.stringify(value, null, 2)` writes it: an
/// empty array or object stays on its line.
fn indented(compact: &[u8], step: &[u8]) -> Vec<u8> {
    let mut written = Vec::with_capacity(compact.len() * 2);
    let mut depth = 0_usize;
    let line = |written: &mut Vec<u8>, depth: usize| {
        written.push(b'\n');
        // Deeper than any reader goes, the layout would outgrow the body by its square.
        (0..depth.min(128)).for_each(|_| written.extend_from_slice(step));
    };
    let mut bytes = tokens(compact).peekable();
    while let Some((byte, in_string)) = bytes.next() {
        match byte {
            _ if in_string => written.push(byte),
            b'{' | b'[' => {
                written.push(byte);
                if matches!(bytes.peek(), Some((b'}' | b']', false))) {
                    written.extend(bytes.next().map(|(byte, _)| byte));
                } else {
                    depth += 1;
                    line(&mut written, depth);
                }
            }
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                line(&mut written, depth);
                written.push(byte);
            }
            b',' => {
                written.push(byte);
                line(&mut written, depth);
            }
            b':' => written.extend_from_slice(b": "),
            _ => written.push(byte),
        }
    }
    written
}

/// The bytes of a JSON text, and whether each stands inside a string; its quotes do not count.
fn tokens(json: &[u8]) -> impl Iterator<Item = (u8, bool)> + '_ {
    let (mut in_string, mut escaped) = (false, false);
    json.iter().map(move |byte| {
        let was_inside = in_string;
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            _ => {}
        }
        (*byte, was_inside && in_string)
    })
}

/// With a `\u` escape of four hexadecimal digits for every UTF-16 unit of a character beyond ASCII;
/// text that is no UTF-8 stays as it is.
fn escaped(json: &[u8]) -> Vec<u8> {
    let Ok(text) = std::str::from_utf8(json) else { return json.to_vec() };
    let mut written = Vec::with_capacity(json.len());
    let mut units = [0_u16; 2];
    for character in text.chars() {
        if character.is_ascii() {
            written.push(character as u8);
            continue;
        }
        for unit in character.encode_utf16(&mut units) {
            written.extend_from_slice(format!("\\u{unit:04x}").as_bytes());
        }
    }
    written
}

/// With the character itself for every `\u` escape that means one beyond ASCII.
fn unescaped(json: &[u8]) -> Vec<u8> {
    let mut written = Vec::with_capacity(json.len());
    let mut rest = json;
    while let Some(first) = rest.first() {
        // An escaped backslash is not the beginning of an escape.
        if rest.starts_with(b"\\\\") {
            written.extend_from_slice(b"\\\\");
            rest = &rest[2..];
            continue;
        }
        let character = match (unit(rest), rest.get(6..).and_then(unit)) {
            (Some(high @ 0xd800..=0xdbff), Some(low)) => {
                char::decode_utf16([high, low]).next().and_then(Result::ok).map(|it| (it, 12))
            }
            (Some(single), _) => char::from_u32(single.into()).map(|it| (it, 6)),
            _ => None,
        };
        match character.filter(|(character, _)| !character.is_ascii()) {
            Some((character, length)) => {
                written.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                rest = &rest[length..];
            }
            None => {
                written.push(*first);
                rest = &rest[1..];
            }
        }
    }
    written
}

/// The UTF-16 unit that a text begins with, written as a `\u` escape of four hexadecimal digits.
fn unit(text: &[u8]) -> Option<u16> {
    let digits = text.strip_prefix(b"\\u")?.get(..4)?;
    digits.iter().all(u8::is_ascii_hexdigit).then_some(())?;
    u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: Vec<u8>) -> String {
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn layouts_are_those_of_common_libraries() {
        let compact = br#"{"a":[1,{"b":", :"}],"c":{},"d":[]}"#;
        // As `json.dumps(value)` of Python writes it.
        assert_eq!(text(spaced(compact)), r#"{"a": [1, {"b": ", :"}], "c": {}, "d": []}"#);
        // As `JSON.stringify(value, null, 2)` of JavaScript writes it.
        assert_eq!(
            text(indented(compact, b"  ")),
            "{\n  \"a\": [\n    1,\n    {\n      \"b\": \", :\"\n    }\n  ],\n  \"c\": {},\n  \"d\": []\n}"
        );
    }

    #[test]
    fn escapes_are_written_and_taken_back() {
        let plain = "{\"a\":\"\u{e9}\u{1f600}/\"}";
        let ascii = r#"{"a":"\u00e9\ud83d\ude00/"}"#;
        assert_eq!(text(escaped(plain.as_bytes())), ascii);
        assert_eq!(text(unescaped(ascii.as_bytes())), plain);
        for unchanged in [r#""\\u00e9""#, r#""\u0041""#, r#""\ud83d""#, r#""\u00g9""#, r#""\u00"#] {
            assert_eq!(text(unescaped(unchanged.as_bytes())), unchanged);
        }
    }
}
