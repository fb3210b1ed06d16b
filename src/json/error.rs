//! Why a document was refused, and where.

use std::fmt;

/// Why a document is not accepted, with the place where the reader stopped.
///
/// It never holds any of the document: keys and values of a payload are somebody's data, and an
/// error ends up in logs.
///
/// ```
/// use hookstage::json::{Document, ErrorKind, ReadOptions};
///
/// let error = Document::read(b"{\n  \"a\": 01\n}", &ReadOptions::default()).unwrap_err();
/// assert_eq!(error.kind, ErrorKind::LeadingZero);
/// assert_eq!((error.offset, error.line, error.column), (9, 2, 8));
/// assert_eq!(
///     error.to_string(),
///     "a number must not begin with a zero that digits follow (line 2, column 8, byte 9)",
/// );
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind} (line {line}, column {column}, byte {offset})")]
pub struct Error {
    /// What is wrong.
    pub kind: ErrorKind,
    /// Bytes before the place, a byte order mark included.
    pub offset: usize,
    /// The line of the place, counted from 1; lines end at a line feed.
    pub line: usize,
    /// The column of the place in characters, counted from 1.
    pub column: usize,
}

/// What is wrong with a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// There is not one byte.
    EmptyBody,
    /// There is nothing but whitespace.
    OnlyWhitespace,
    /// The bytes are UTF-16; JSON between systems is UTF-8 (RFC 8259, section 8.1).
    LooksLikeUtf16,
    /// A byte order mark stands in front and the options refuse it.
    ByteOrderMark,
    /// A byte that is not part of valid UTF-8.
    InvalidUtf8,
    /// More bytes than the reader addresses (2³¹ − 1).
    TooLarge,
    /// The document ends in the middle of a value.
    UnexpectedEnd,
    /// No value begins with this character.
    ExpectedValue,
    /// An object goes on with a key in double quotes.
    ExpectedKey,
    /// A key is followed by a colon.
    ExpectedColon,
    /// A member is followed by a comma or the closing brace.
    ExpectedCommaOrBrace,
    /// An item is followed by a comma or the closing bracket.
    ExpectedCommaOrBracket,
    /// A comma is followed by one more value, never by the end of its container.
    TrailingComma,
    /// Something other than whitespace follows the document.
    TrailingData,
    /// A control character stands in a string without an escape.
    ControlCharacter,
    /// A backslash is followed by something that is no escape.
    InvalidEscape,
    /// An escape is half of a surrogate pair.
    LoneSurrogate,
    /// A number begins with a zero that digits follow.
    LeadingZero,
    /// A number lacks a digit after its sign, its point or its exponent.
    MissingDigit,
    /// A number is longer than the limit.
    NumberTooLong {
        /// The limit in bytes.
        limit: usize,
    },
    /// A string or key is longer than the limit.
    StringTooLong {
        /// The limit in bytes.
        limit: usize,
    },
    /// Containers are nested deeper than the limit.
    TooDeep {
        /// The limit in levels.
        limit: usize,
    },
    /// There are more values than the limit.
    TooManyNodes {
        /// The limit in values.
        limit: usize,
    },
    /// An object holds the same key twice; the error stands at the second.
    DuplicateKey {
        /// Where the first one begins, in bytes from the start of the body.
        first: usize,
    },
}

impl Error {
    /// Builds an error at `offset` of the body, counting its line and column.
    #[cold]
    pub(super) fn at(kind: ErrorKind, body: &[u8], offset: usize) -> Self {
        let before = body.get(..offset).unwrap_or(body);
        let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
        let line_start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let in_line = before.get(line_start..).unwrap_or_default();
        // Continuation bytes belong to the character before them.
        let column = 1 + in_line.iter().filter(|byte| **byte & 0xC0 != 0x80).count();
        Self { kind, offset, line, column }
    }
}

impl ErrorKind {
    /// A stable name for logs, metrics and answers.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::EmptyBody => "empty_body",
            Self::OnlyWhitespace => "only_whitespace",
            Self::LooksLikeUtf16 => "looks_like_utf16",
            Self::ByteOrderMark => "byte_order_mark",
            Self::InvalidUtf8 => "invalid_utf8",
            Self::TooLarge => "too_large",
            Self::UnexpectedEnd => "unexpected_end",
            Self::ExpectedValue => "expected_value",
            Self::ExpectedKey => "expected_key",
            Self::ExpectedColon => "expected_colon",
            Self::ExpectedCommaOrBrace => "expected_comma_or_brace",
            Self::ExpectedCommaOrBracket => "expected_comma_or_bracket",
            Self::TrailingComma => "trailing_comma",
            Self::TrailingData => "trailing_data",
            Self::ControlCharacter => "control_character",
            Self::InvalidEscape => "invalid_escape",
            Self::LoneSurrogate => "lone_surrogate",
            Self::LeadingZero => "leading_zero",
            Self::MissingDigit => "missing_digit",
            Self::NumberTooLong { .. } => "number_too_long",
            Self::StringTooLong { .. } => "string_too_long",
            Self::TooDeep { .. } => "too_deep",
            Self::TooManyNodes { .. } => "too_many_nodes",
            Self::DuplicateKey { .. } => "duplicate_key",
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fixed = match self {
            Self::EmptyBody => "the body is empty where a JSON document should be",
            Self::OnlyWhitespace => "the body holds only whitespace where a JSON value should be",
            Self::LooksLikeUtf16 => "the body looks like UTF-16; JSON must be sent as UTF-8",
            Self::ByteOrderMark => "a byte order mark is not allowed in front of the document",
            Self::InvalidUtf8 => "the body is not valid UTF-8 from here on",
            Self::TooLarge => "the body is larger than a reader can address",
            Self::UnexpectedEnd => "the document ends in the middle of a value",
            Self::ExpectedValue => {
                "a value should begin here: an object, array, string, number, true, false or null"
            }
            Self::ExpectedKey => "a key in double quotes should stand here",
            Self::ExpectedColon => "a colon should follow the key",
            Self::ExpectedCommaOrBrace => "a comma or a closing brace should follow the member",
            Self::ExpectedCommaOrBracket => "a comma or a closing bracket should follow the item",
            Self::TrailingComma => "a comma must be followed by another member or item",
            Self::TrailingData => "nothing but whitespace may follow the document",
            Self::ControlCharacter => "a control character in a string must be escaped",
            Self::InvalidEscape => "a backslash must begin one of the escapes of RFC 8259",
            Self::LoneSurrogate => "an escape is half of a surrogate pair",
            Self::LeadingZero => "a number must not begin with a zero that digits follow",
            Self::MissingDigit => "a number needs a digit here",
            Self::NumberTooLong { limit } => {
                return write!(f, "a number is longer than the limit of {limit} bytes");
            }
            Self::StringTooLong { limit } => {
                return write!(f, "a string or key is longer than the limit of {limit} bytes");
            }
            Self::TooDeep { limit } => {
                return write!(f, "containers are nested deeper than the limit of {limit} levels");
            }
            Self::TooManyNodes { limit } => {
                return write!(f, "the document holds more values than the limit of {limit}");
            }
            Self::DuplicateKey { first } => {
                return write!(f, "the object already holds this key, first at byte {first}");
            }
        };
        f.write_str(fixed)
    }
}
