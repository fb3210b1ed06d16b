//! Formats that a text can have, judged strictly: ASCII, the whole text, no guesses.

use std::net::{Ipv4Addr, Ipv6Addr};

use serde::{Deserialize, Serialize};
use time::{Date, Month};

/// A format that every text seen at a place had.
///
/// A text has a format only if all of it has: nothing is trimmed and no numeric text is ever a
/// date. The names are those of JSON Schema 2020-12 except [`Phone`](Self::Phone).
///
/// ```
/// use hookstage::payload::Format;
///
/// assert_eq!(Format::of("2026-05-28T14:30:00Z"), Some(Format::DateTime));
/// assert_eq!(Format::of("2024-02-30"), None);
/// assert_eq!(Format::of("+15555550134"), Some(Format::Phone));
/// assert_eq!(Format::of("1705314600"), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Format {
    /// RFC 3339 `date-time` with `T` and `Z` or an offset, in upper case. Second 60 only where a
    /// leap second can be: 23:59:60 UTC at the end of a month.
    DateTime,
    /// RFC 3339 `full-date`.
    Date,
    /// RFC 3339 `full-time`, offset included.
    Time,
    /// Five groups of hexadecimal digits, in either case, without braces (RFC 9562).
    Uuid,
    /// One `@` between a part of at most 64 characters and a domain with a dot. Simpler than
    /// RFC 5321, which allows more than any form does.
    Email,
    /// A scheme, `://`, and an authority (RFC 3986).
    Uri,
    /// Four decimal numbers without leading zeros.
    Ipv4,
    /// RFC 4291, without a zone.
    Ipv6,
    /// E.164 with its plus sign: 7 to 15 digits.
    Phone,
}

impl Format {
    /// The format of a text, if it has one. No text has two.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        if !(2..=2_048).contains(&bytes.len()) {
            return None;
        }
        let digit_first = bytes[0].is_ascii_digit();
        if bytes[0] == b'+' && is_phone(bytes) {
            return Some(Self::Phone);
        }
        if bytes.len() == 36 && bytes[8] == b'-' && is_uuid(bytes) {
            return Some(Self::Uuid);
        }
        if digit_first && bytes.len() >= 9 {
            if bytes[4] == b'-' && bytes.len() == 10 && date(bytes).is_some() {
                return Some(Self::Date);
            }
            if bytes[4] == b'-' && bytes.len() >= 20 && is_date_time(bytes) {
                return Some(Self::DateTime);
            }
            if bytes[2] == b':' && is_time(bytes, None) {
                return Some(Self::Time);
            }
        }
        // One look at every byte settles which of the rest it can be.
        let seen = bytes.iter().fold(0, |seen, byte| seen | CLASSES[usize::from(*byte)]);
        if seen & BLANK != 0 {
            None
        } else if seen & NOT_IN_ADDRESS == 0 {
            if seen & COLON != 0 || digit_first { ip(text) } else { None }
        } else if seen & (COLON | SLASH) == COLON | SLASH {
            is_uri(text, seen).then_some(Self::Uri)
        } else {
            (seen & AT_SIGN != 0 && is_email(text)).then_some(Self::Email)
        }
    }

    /// The name in JSON Schema; `phone` is ours.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DateTime => "date-time",
            Self::Date => "date",
            Self::Time => "time",
            Self::Uuid => "uuid",
            Self::Email => "email",
            Self::Uri => "uri",
            Self::Ipv4 => "ipv4",
            Self::Ipv6 => "ipv6",
            Self::Phone => "phone",
        }
    }
}

/// Whether a key looks like data rather than like a name: digits, a UUID, a long hexadecimal
/// number, a date, an email address. Such keys make an object a map.
pub(super) fn key_is_data(key: &str) -> bool {
    let bytes = key.as_bytes();
    let digit_first = bytes.first().is_some_and(u8::is_ascii_digit);
    let seen = bytes.iter().fold(0, |seen, byte| seen | CLASSES[usize::from(*byte)]);
    (digit_first && bytes.iter().all(u8::is_ascii_digit))
        || (bytes.len() >= 16 && bytes.iter().all(u8::is_ascii_hexdigit))
        || (bytes.len() == 36 && is_uuid(bytes))
        || (digit_first && bytes.len() == 10 && date(bytes).is_some())
        || (seen & AT_SIGN != 0 && is_email(key))
}

const AT_SIGN: u8 = 1;
const SLASH: u8 = 2;
const COLON: u8 = 4;
/// No part of an IP address.
const NOT_IN_ADDRESS: u8 = 8;
/// White space, a control character, or not ASCII.
const BLANK: u8 = 16;
/// No part of a URI.
const NOT_IN_URI: u8 = 32;
/// Allowed in some parts of a URI only.
const RULED_IN_URI: u8 = 64;

const CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let character = byte as u8;
        let mut class = match character {
            b'@' => AT_SIGN,
            b'/' => SLASH,
            b':' => COLON,
            b'%' | b'[' | b']' | b'#' => RULED_IN_URI,
            b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}' => NOT_IN_URI,
            0x21..=0x7E => 0,
            _ => BLANK,
        };
        if !matches!(character, b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F' | b'.' | b':') {
            class |= NOT_IN_ADDRESS;
        }
        classes[byte] = class;
        byte += 1;
    }
    classes
};

fn ip(text: &str) -> Option<Format> {
    // The standard parsers refuse leading zeros and zones.
    if text.parse::<Ipv4Addr>().is_ok() {
        return Some(Format::Ipv4);
    }
    text.parse::<Ipv6Addr>().is_ok().then_some(Format::Ipv6)
}

fn is_phone(bytes: &[u8]) -> bool {
    let digits = &bytes[1..];
    (7..=15).contains(&digits.len()) && digits[0] != b'0' && digits.iter().all(u8::is_ascii_digit)
}

fn is_uuid(bytes: &[u8]) -> bool {
    bytes.iter().enumerate().all(|(position, byte)| match position {
        8 | 13 | 18 | 23 => *byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    })
}

/// Two digits at `at`, at most `max`.
fn two(bytes: &[u8], at: usize, max: u8) -> Option<u8> {
    let [tens, ones] = *bytes.get(at..at + 2)?.first_chunk::<2>()?;
    if !tens.is_ascii_digit() || !ones.is_ascii_digit() {
        return None;
    }
    let number = (tens - b'0') * 10 + (ones - b'0');
    (number <= max).then_some(number)
}

fn date(bytes: &[u8]) -> Option<Date> {
    let century = two(bytes, 0, 99)?;
    let year = i32::from(century) * 100 + i32::from(two(bytes, 2, 99)?);
    let month = Month::try_from(two(bytes, 5, 12)?).ok()?;
    let dashes = bytes.get(4) == Some(&b'-') && bytes.get(7) == Some(&b'-');
    let day = two(bytes, 8, 31)?;
    if !dashes || day == 0 || day > month.length(year) {
        return None;
    }
    Date::from_calendar_date(year, month, day).ok()
}

fn is_date_time(bytes: &[u8]) -> bool {
    let Some(date) = bytes.get(..10).and_then(date) else { return false };
    bytes[10] == b'T' && is_time(&bytes[11..], Some(date))
}

/// Hours, minutes, seconds, any fraction, and `Z` or an offset.
fn is_time(bytes: &[u8], date: Option<Date>) -> bool {
    let (Some(hour), Some(minute), Some(second)) =
        (two(bytes, 0, 23), two(bytes, 3, 59), two(bytes, 6, 60))
    else {
        return false;
    };
    let mut rest = &bytes[8..];
    if bytes[2] != b':' || bytes[5] != b':' {
        return false;
    }
    if let [b'.', fraction @ ..] = rest {
        let digits = fraction.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if digits == 0 {
            return false;
        }
        rest = &fraction[digits..];
    }
    let offset = match rest {
        b"Z" => 0,
        [sign @ (b'+' | b'-'), _, _, b':', _, _] => {
            let (Some(hours), Some(minutes)) = (two(rest, 1, 23), two(rest, 4, 59)) else {
                return false;
            };
            let minutes = i32::from(hours) * 60 + i32::from(minutes);
            if *sign == b'+' { minutes } else { -minutes }
        }
        _ => return false,
    };
    second < 60 || is_leap_second(i32::from(hour) * 60 + i32::from(minute) - offset, date)
}

/// Whether second 60 can be in this minute of the day, counted in UTC.
fn is_leap_second(minute_of_day: i32, date: Option<Date>) -> bool {
    const LAST_MINUTE: i32 = 24 * 60 - 1;
    if minute_of_day.rem_euclid(24 * 60) != LAST_MINUTE {
        return false;
    }
    let Some(date) = date else { return true };
    let utc = match minute_of_day {
        ..0 => date.previous_day(),
        LAST_MINUTE => Some(date),
        _ => date.next_day(),
    };
    utc.is_some_and(|utc| utc.day() == utc.month().length(utc.year()))
}

fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    let plain = |byte: &u8| {
        matches!(byte, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'!' | b'#'..=b'\'' | b'*' | b'+')
            || matches!(byte, b'-' | b'/' | b'=' | b'?' | b'^'..=b'`' | b'{'..=b'~')
    };
    let label = |label: &[u8]| {
        let inner = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'-';
        (1..=63).contains(&label.len())
            && label.first() != Some(&b'-')
            && label.last() != Some(&b'-')
            && label.iter().all(inner)
    };
    let mut pieces = local.as_bytes().split(|byte| *byte == b'.');
    let mut labels = domain.as_bytes().split(|byte| *byte == b'.');
    local.len() <= 64
        && domain.len() <= 253
        && pieces.all(|piece| !piece.is_empty() && piece.iter().all(plain))
        && domain.contains('.')
        && labels.all(label)
}

/// `seen` are the classes of all its characters.
fn is_uri(text: &str, seen: u8) -> bool {
    let Some((scheme, rest)) = text.split_once("://") else { return false };
    let scheme_ok = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    let authority_ok = !matches!(rest.as_bytes().first(), None | Some(b'/' | b'?' | b'#'));
    scheme_ok
        && authority_ok
        && seen & NOT_IN_URI == 0
        && (seen & RULED_IN_URI == 0 || keeps_uri_rules(rest))
}

/// Percent signs begin escapes, square brackets stand in the authority, and there is one `#`.
fn keeps_uri_rules(rest: &str) -> bool {
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let is_hex = |escape: &str| {
        let digits = escape.as_bytes().first_chunk::<2>();
        digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    };
    let tail = rest.get(authority.len()..).unwrap_or_default();
    rest.split('%').skip(1).all(is_hex)
        && !tail.contains(['[', ']'])
        && rest.matches('#').count() <= 1
}
