//! Singular paths: each leads to one place of a document at most.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::text;

/// The largest index, from either end, that a path can ask for.
const MAX_INDEX: i64 = u32::MAX as i64;

/// Longer texts are no path that anyone wrote.
const MAX_TEXT: usize = 8 * 1024;

/// More steps than a document can have levels lead nowhere.
const MAX_SEGMENTS: usize = 256;

/// A path that leads to one place of a document at most: the singular queries of [RFC 9535],
/// and the same without `$` in front.
///
/// | text | leads to |
/// |---|---|
/// | `customer.email`, `$.customer.email`, `$['customer']['email']` | a member of a member |
/// | `contacts[0].wa_id`, `contacts[-1]` | the first item, the last item |
/// | `items.0.sku` | item 0 if `items` is an array, member `"0"` if it is an object |
/// | `["a.b"].c`, `a["0"]`, `[""]` | keys that would mean something else without quotes |
/// | `$` | the whole document |
///
/// A key can stand without quotes when it is not empty, holds none of `. [ ] { } " ' \`, no
/// whitespace and no control character, does not begin with `$` or `@`, and is not `*`.
///
/// A path is compiled once, when a source is configured. It displays as the shortest text that
/// parses back to the same path, and it is stored as that text.
///
/// ```
/// use hookstage::json::{Path, PathErrorKind};
///
/// let path = Path::parse("$['customer'].emails[-1]")?;
/// assert_eq!(path.to_string(), "customer.emails[-1]");
///
/// let error = Path::parse("$.items[*].sku").unwrap_err();
/// assert_eq!((error.kind, error.column), (PathErrorKind::CouldMatchSeveral, 9));
/// # Ok::<(), hookstage::json::PathError>(())
/// ```
///
/// [RFC 9535]: https://www.rfc-editor.org/rfc/rfc9535#section-2.3.5.1
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Path {
    segments: Vec<Segment>,
}

/// One step of a [`Path`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Segment {
    /// The member of an object with this key.
    Key(Box<str>),
    /// The item of an array at this index; −1 is the last one.
    Index(i64),
    /// A number between dots (`items.0`): the item of an array at this index, or the member of
    /// an object whose key is this number.
    KeyOrIndex(u32),
}

/// Why a text is no singular path, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind} (column {column})")]
pub struct PathError {
    /// What is wrong.
    pub kind: PathErrorKind,
    /// The column in characters, counted from 1.
    pub column: usize,
}

/// What is wrong with the text of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PathErrorKind {
    /// There is no text.
    Empty,
    /// `..`, `*`, a slice, a union or a filter: it could lead to several places.
    CouldMatchSeveral,
    /// A key or index is missing after a dot or an opening bracket.
    MissingSegment,
    /// This character needs a quoted key in brackets.
    NeedsQuotes,
    /// A bracket holds neither a quoted key nor an index.
    NeitherKeyNorIndex,
    /// An index is written with a leading zero, a plus sign, or as −0.
    MalformedIndex,
    /// An index beyond ±(2³² − 1).
    IndexTooLarge,
    /// A quoted key or a bracket does not end.
    Unclosed,
    /// A quoted key holds an escape that JSON and RFC 9535 do not have, or half a surrogate pair.
    InvalidEscape,
    /// A dot or an opening bracket should follow here.
    ExpectedDotOrBracket,
    /// More than 8 KiB of text or 256 segments.
    TooLong,
}

impl Path {
    /// Compiles the text of a path.
    ///
    /// # Errors
    ///
    /// With the column, when the text is malformed or could lead to several places.
    pub fn parse(text: &str) -> Result<Self, PathError> {
        let mut parser = Parser { text, at: 0 };
        parser.path().map_err(|kind| {
            let before = text.get(..parser.at).unwrap_or(text);
            PathError { kind, column: before.chars().count() + 1 }
        })
    }

    /// The path of these segments.
    #[must_use]
    pub fn from_segments(segments: Vec<Segment>) -> Self {
        Self { segments }
    }

    /// The steps from the document down.
    #[must_use]
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }
}

impl Segment {
    /// Whether this step names the member with this key, given as written between its quotes.
    #[inline]
    pub(super) fn is_key(&self, raw: &str, escaped: bool) -> bool {
        match self {
            Self::Key(key) => text::says(raw, escaped, key),
            Self::KeyOrIndex(number) => {
                // A canonical decimal: ten digits at most, no leading zero.
                let raw = text::decode(raw, escaped);
                raw.len() <= 10
                    && (raw.len() == 1 || !raw.starts_with('0'))
                    && raw.bytes().all(|byte| byte.is_ascii_digit())
                    && raw.parse() == Ok(*number)
            }
            Self::Index(_) => false,
        }
    }

    /// The index that this step asks an array for.
    #[inline]
    pub(super) fn as_index(&self) -> Option<i64> {
        match self {
            Self::Key(_) => None,
            Self::Index(index) => Some(*index),
            Self::KeyOrIndex(number) => Some(i64::from(*number)),
        }
    }
}

impl FromStr for Path {
    type Err = PathError;

    fn from_str(text: &str) -> Result<Self, PathError> {
        Self::parse(text)
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.segments.is_empty() {
            return f.write_str("$");
        }
        for (position, segment) in self.segments.iter().enumerate() {
            match segment {
                Segment::Key(key) if is_bare(key) && canonical_number(key).is_none() => {
                    if position > 0 {
                        f.write_str(".")?;
                    }
                    f.write_str(key)?;
                }
                Segment::Key(key) => {
                    f.write_str("[")?;
                    text::write_quoted(f, key)?;
                    f.write_str("]")?;
                }
                Segment::Index(index) => write!(f, "[{index}]")?,
                Segment::KeyOrIndex(number) if position == 0 => write!(f, "{number}")?,
                Segment::KeyOrIndex(number) => write!(f, ".{number}")?,
            }
        }
        Ok(())
    }
}

impl Serialize for Path {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Path {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&text).map_err(de::Error::custom)
    }
}

impl fmt::Display for PathErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "a path needs at least one key, one index, or `$`",
            Self::CouldMatchSeveral => {
                "a path to one value cannot have `..`, `*`, a slice, a union or a filter"
            }
            Self::MissingSegment => "a key or an index should stand here",
            Self::NeedsQuotes => "a key with this character must be quoted: [\"...\"]",
            Self::NeitherKeyNorIndex => "brackets hold a quoted key or an index",
            Self::MalformedIndex => "an index has no leading zero and no plus sign",
            Self::IndexTooLarge => "an index lies between -4294967295 and 4294967295",
            Self::Unclosed => "a quote or bracket is not closed",
            Self::InvalidEscape => "a backslash must begin an escape of JSON",
            Self::ExpectedDotOrBracket => "a dot or an opening bracket should follow",
            Self::TooLong => "a path has at most 8192 bytes and 256 segments",
        })
    }
}

/// Whether a key can stand in a path without quotes.
pub(crate) fn is_bare(key: &str) -> bool {
    !key.is_empty() && key != "*" && !key.starts_with(['$', '@']) && !key.chars().any(needs_quotes)
}

/// The number that a text is, if it is one that could be an index: digits, no leading zero, at
/// most 2³² − 1.
pub(crate) fn canonical_number(text: &str) -> Option<u32> {
    let digits = (1..=10).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits || (text.len() > 1 && text.starts_with('0')) {
        return None;
    }
    text.parse().ok()
}

fn needs_quotes(character: char) -> bool {
    matches!(character, '.' | '[' | ']' | '{' | '}' | '"' | '\'' | '\\')
        || character.is_whitespace()
        || character.is_control()
}

struct Parser<'t> {
    text: &'t str,
    /// Where to go on; after an error, the byte that it is about.
    at: usize,
}

impl<'t> Parser<'t> {
    fn path(&mut self) -> Result<Path, PathErrorKind> {
        if self.text.is_empty() {
            return Err(PathErrorKind::Empty);
        }
        if self.text.len() > MAX_TEXT {
            return Err(PathErrorKind::TooLong);
        }
        let mut segments = Vec::new();
        match self.rest().as_bytes() {
            [b'$'] => return Ok(Path::default()),
            [b'$', b'.' | b'[', ..] => self.at = 1,
            [b'[', ..] => {}
            _ => segments.push(self.bare()?),
        }
        while self.at < self.text.len() {
            if segments.len() >= MAX_SEGMENTS {
                return Err(PathErrorKind::TooLong);
            }
            segments.push(match self.rest().as_bytes() {
                [b'.', b'.', ..] => return Err(PathErrorKind::CouldMatchSeveral),
                [b'.', ..] => {
                    self.at += 1;
                    self.bare()?
                }
                [b'[', ..] => {
                    self.at += 1;
                    self.bracket()?
                }
                _ => return Err(PathErrorKind::ExpectedDotOrBracket),
            });
        }
        Ok(Path { segments })
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// A key or number without quotes.
    fn bare(&mut self) -> Result<Segment, PathErrorKind> {
        let rest = self.rest();
        let end = rest.find(needs_quotes).unwrap_or(rest.len());
        let key = rest.get(..end).unwrap_or_default();
        match key.chars().next() {
            Some('*') if key.len() == 1 => return Err(PathErrorKind::CouldMatchSeveral),
            Some('$' | '@') => return Err(PathErrorKind::NeedsQuotes),
            Some(_) => {}
            None if matches!(rest.chars().next(), None | Some('.' | '[')) => {
                return Err(PathErrorKind::MissingSegment);
            }
            None => return Err(PathErrorKind::NeedsQuotes),
        }
        self.at += end;
        match self.rest().chars().next() {
            None | Some('.' | '[') => {}
            Some(_) => return Err(PathErrorKind::NeedsQuotes),
        }
        Ok(match canonical_number(key) {
            Some(number) => Segment::KeyOrIndex(number),
            None => Segment::Key(key.into()),
        })
    }

    /// What stands between brackets, and the closing one.
    fn bracket(&mut self) -> Result<Segment, PathErrorKind> {
        self.skip_blanks();
        let segment = match self.rest().bytes().next() {
            Some(quote @ (b'"' | b'\'')) => Segment::Key(self.quoted(quote)?.into()),
            Some(b'-' | b'+' | b'0'..=b'9') => Segment::Index(self.index()?),
            Some(b'*' | b'?' | b':') => return Err(PathErrorKind::CouldMatchSeveral),
            Some(b']') => return Err(PathErrorKind::MissingSegment),
            Some(_) => return Err(PathErrorKind::NeitherKeyNorIndex),
            None => return Err(PathErrorKind::Unclosed),
        };
        self.skip_blanks();
        match self.rest().bytes().next() {
            Some(b']') => {
                self.at += 1;
                Ok(segment)
            }
            Some(b',' | b':') => Err(PathErrorKind::CouldMatchSeveral),
            Some(_) => Err(PathErrorKind::NeitherKeyNorIndex),
            None => Err(PathErrorKind::Unclosed),
        }
    }

    /// RFC 9535 allows blanks inside brackets.
    fn skip_blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\n', '\r']).len();
    }

    fn index(&mut self) -> Result<i64, PathErrorKind> {
        let rest = self.rest();
        let end = rest
            .char_indices()
            .find(|(at, c)| !(c.is_ascii_digit() || (*at == 0 && matches!(c, '-' | '+'))))
            .map_or(rest.len(), |(at, _)| at);
        let written = rest.get(..end).unwrap_or_default();
        let digits = written.strip_prefix('-').unwrap_or(written);
        let malformed = digits.is_empty()
            || digits.starts_with('+')
            || (digits.starts_with('0') && written != "0");
        if malformed {
            return Err(PathErrorKind::MalformedIndex);
        }
        match written.parse::<i64>() {
            Ok(index) if index.abs() <= MAX_INDEX => {
                self.at += end;
                Ok(index)
            }
            _ => Err(PathErrorKind::IndexTooLarge),
        }
    }

    fn quoted(&mut self, quote: u8) -> Result<String, PathErrorKind> {
        self.at += 1;
        let mut key = String::new();
        loop {
            let rest = self.rest();
            let end = rest
                .find(|c: char| c == '\\' || c == char::from(quote) || c < ' ')
                .unwrap_or(rest.len());
            key.push_str(rest.get(..end).unwrap_or_default());
            self.at += end;
            match self.rest().bytes().next() {
                None => return Err(PathErrorKind::Unclosed),
                Some(b'\\') => key.push(self.escape()?),
                Some(byte) if byte == quote => {
                    self.at += 1;
                    return Ok(key);
                }
                Some(_) => return Err(PathErrorKind::InvalidEscape),
            }
        }
    }

    fn escape(&mut self) -> Result<char, PathErrorKind> {
        let bytes = self.rest().as_bytes();
        let simple = match bytes.get(1) {
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(byte @ (b'"' | b'\'' | b'\\' | b'/')) => char::from(*byte),
            Some(b'u') => {
                let first = text::hex4(bytes, 2).ok_or(PathErrorKind::InvalidEscape)?;
                let second = match bytes.get(6..8) {
                    Some(b"\\u") => text::hex4(bytes, 8),
                    _ => None,
                };
                let decoded = char::decode_utf16([first, second.unwrap_or(0)]).next();
                let Some(Ok(character)) = decoded else {
                    return Err(PathErrorKind::InvalidEscape);
                };
                self.at += 6 * character.len_utf16();
                return Ok(character);
            }
            _ => return Err(PathErrorKind::InvalidEscape),
        };
        self.at += 2;
        Ok(simple)
    }
}
