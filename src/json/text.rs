//! Strings between their written and their decoded form.

use std::borrow::Cow;
use std::fmt::{self, Write};

/// Decodes the inside of a string that the scanner has accepted. A lone surrogate, which only an
/// option lets through, becomes U+FFFD.
pub(crate) fn decode(raw: &str, escaped: bool) -> Cow<'_, str> {
    if escaped { Cow::Owned(decode_escapes(raw)) } else { Cow::Borrowed(raw) }
}

/// Whether the written string (`raw`) says `wanted`.
pub(crate) fn says(raw: &str, escaped: bool, wanted: &str) -> bool {
    if !escaped {
        return raw == wanted;
    }
    // An escape takes six bytes for one at most: what is longer than that is not decoded.
    raw.len() <= wanted.len().saturating_mul(6) && decode_escapes(raw) == wanted
}

/// Writes `text` as a JSON string with its quotes, escaping only what RFC 8259 asks for.
pub(crate) fn write_quoted(out: &mut impl Write, text: &str) -> fmt::Result {
    out.write_char('"')?;
    let mut clean_from = 0;
    for (at, byte) in text.bytes().enumerate() {
        let short = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            0x08 => "\\b",
            0x0C => "\\f",
            b'\n' => "\\n",
            b'\r' => "\\r",
            b'\t' => "\\t",
            0x00..=0x1F => "",
            _ => continue,
        };
        out.write_str(text.get(clean_from..at).unwrap_or_default())?;
        if short.is_empty() {
            write!(out, "\\u{byte:04x}")?;
        } else {
            out.write_str(short)?;
        }
        clean_from = at + 1;
    }
    out.write_str(text.get(clean_from..).unwrap_or_default())?;
    out.write_char('"')
}

/// `text` as a JSON string.
pub(crate) fn quoted(text: &str) -> String {
    let mut json = String::with_capacity(text.len() + 2);
    // Writing to a string does not fail.
    let _ = write_quoted(&mut json, text);
    json
}

/// The four hexadecimal digits at `at`, as a code unit.
pub(super) fn hex4(bytes: &[u8], at: usize) -> Option<u16> {
    let digits = bytes.get(at..)?.first_chunk::<4>()?;
    let mut unit = 0_u16;
    for digit in digits {
        let value = char::from(*digit).to_digit(16)?;
        unit = (unit << 4) | u16::try_from(value).ok()?;
    }
    Some(unit)
}

fn decode_escapes(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find('\\') {
        out.push_str(rest.get(..at).unwrap_or_default());
        let (character, length) = decode_one(rest.as_bytes(), at);
        out.push(character);
        rest = rest.get(at + length..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

/// The character of the escape at `at` and how many bytes the escape takes.
fn decode_one(bytes: &[u8], at: usize) -> (char, usize) {
    let simple = match bytes.get(at + 1) {
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'u') => return decode_unicode(bytes, at),
        Some(other) => char::from(*other),
        None => char::REPLACEMENT_CHARACTER,
    };
    (simple, 2)
}

fn decode_unicode(bytes: &[u8], at: usize) -> (char, usize) {
    let first = hex4(bytes, at + 2).unwrap_or(0xFFFD);
    let second = match bytes.get(at + 6..at + 8) {
        Some(b"\\u") => hex4(bytes, at + 8),
        _ => None,
    };
    let mut units = [first, second.unwrap_or(0)].into_iter();
    match char::decode_utf16(units.by_ref()).next() {
        Some(Ok(character)) => (character, 6 * character.len_utf16()),
        _ => (char::REPLACEMENT_CHARACTER, 6),
    }
}
