//! The signed bytes, as an ordered list of parts.

use serde::{Deserialize, Serialize};

use super::place::Place;
use super::signature::{Encoding, Hash};
use super::{List, Text, text};

/// An ordered list of parts whose bytes, joined with nothing between, are what is signed.
pub type Template = List<Part>;

/// One part of the signed bytes.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Part {
    /// The raw body.
    Body,
    /// The CRC-32 of the raw body (ISO 3309), as a decimal number. It binds nothing: another body
    /// with the same checksum is made in milliseconds.
    BodyCrc32,
    /// A hash of the raw body, written as text.
    BodyDigest {
        /// The hash.
        hash: Hash,
        /// How it is written; hexadecimal digits in lower case.
        encoding: Encoding,
    },
    /// The raw body as a JSON string in its quotes, escaped as `JSON.stringify` does (ECMA-262,
    /// QuoteJSONString).
    BodyJsonString,
    /// The raw body without the white space between its JSON tokens.
    BodyMinified,
    /// A hash of other parts, written as text.
    Digest {
        /// The parts.
        of: List<Part>,
        /// The hash.
        hash: Hash,
        /// How it is written; hexadecimal digits in lower case.
        encoding: Encoding,
    },
    /// The fields of a form or query, sorted by name.
    Fields(Fields),
    /// Headers that the delivery itself names.
    Headers(NamedHeaders),
    /// The message id, as it stands.
    Id,
    /// Fixed text.
    Literal(Text),
    /// A value that stands somewhere in the delivery, its ASCII letters in lower case; refused if
    /// it is absent.
    Lowercase(Place),
    /// The method, as it stands.
    Method,
    /// The method in lower case.
    MethodLowercase,
    /// Parts that are left out together when a value in them is absent.
    Optional(List<Part>),
    /// The secret's key bytes, for [`Algorithm::Digest`](super::Algorithm::Digest).
    Secret,
    /// The timestamp's text, as it stands: never the number printed again.
    Timestamp,
    /// Parts that are left out together when the body is empty.
    UnlessBodyEmpty(List<Part>),
    /// The URL, or a part of it.
    Url(UrlPart),
    /// The URL, or a part of it, whose query must hold a hash of the raw body in lower-case hexadecimal
    /// digits: what signs the URL then covers the body.
    UrlWithBodyDigest {
        /// The URL, or a part of it that holds the query.
        url: UrlPart,
        /// The parameter of the query that holds the hash.
        parameter: Text,
        /// The hash.
        hash: Hash,
    },
    /// A value that stands somewhere in the delivery; refused if it is absent.
    Value(Place),
    /// A value that stands somewhere in the delivery; nothing if it is absent or empty.
    ValueOrEmpty(Place),
}

/// The fields of a form or query as signed bytes, names and values decoded.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fields {
    /// Where they stand.
    pub of: FieldSource,
    /// Fields that are left out, as the signature itself.
    pub except: List<Text>,
    /// How they are written.
    pub style: FieldStyle,
}

/// Where the fields stand that are signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FieldSource {
    /// In the form-encoded body.
    Form,
    /// In the query string.
    Query,
    /// In both.
    QueryAndForm,
}

/// How sorted fields are written as signed bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FieldStyle {
    /// `&name=value`, each behind the other; `&` and `=` inside a value become `_`.
    Escaped,
    /// `namevalue` with nothing between. Values of a repeated name are sorted, each once.
    Joined,
    /// `name=value` with `&` between.
    Pairs,
    /// The array of strings that PHP's `serialize` writes.
    PhpSerialized,
}

/// Headers that the delivery itself names as signed, in the order named.
///
/// Every named header must be there, and once.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedHeaders {
    /// Where their names stand.
    pub named_at: Place,
    /// Stands between the names.
    pub separator: char,
    /// Headers that must be among them, in lower case: without this, whoever sends the list could
    /// leave one out.
    pub always: List<Text>,
    /// What is signed of each.
    pub style: HeaderStyle,
    /// What stands between two of them in the signed bytes.
    pub between: Text,
    /// What stands behind the last one; nothing if none is named.
    pub last: Text,
}

/// What is signed of a named header.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum HeaderStyle {
    /// The name as the list has it, this text, and the value.
    NameAndValue(Text),
    /// The value alone.
    Value,
}

/// A part of the URL as the sender saw it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum UrlPart {
    /// All of it, as the host gave it.
    Full,
    /// All of it, with the port 443 or 80 written where none is.
    FullWithPort,
    /// All of it, without a port.
    FullWithoutPort,
    /// All of it, with the escapes `%21 %24 %27 %28 %29 %2A %2C %2F %3A %3B %3F %40` decoded: the
    /// characters that a query may hold unescaped (RFC 3986, section 3.4).
    FullReadable,
    /// The path.
    Path,
    /// The path with a slash at its end taken off if one is there, and put on if none is.
    PathOtherSlash,
    /// The path and, behind a question mark, the query if there is one.
    PathAndQuery,
    /// The path and, behind a question mark, the whole query percent-encoded as one component; all of
    /// it encoded once more, as ECMA-262's `encodeURI` does.
    PathAndQueryEncoded,
    /// The query without its question mark; nothing if there is none.
    Query,
    /// All before the question mark.
    WithoutQuery,
}

impl Part {
    /// Fixed text.
    #[must_use]
    pub const fn literal(literal: &'static str) -> Self {
        Self::Literal(text(literal))
    }

    /// The value of a header.
    #[must_use]
    pub const fn header(name: &'static str) -> Self {
        Self::Value(Place::header(name))
    }
}
