//! The vocabulary: everything a signature scheme can be made of, as closed, serialisable data.
//!
//! Nothing here is a closure, a trait object or a provider's name. What one provider needs and no
//! word expresses is not supported until the vocabulary has a word for it, so every rule about
//! security is decided once, in the interpreter.
//!
//! All types can be written in `const` rows as well as read from a database: texts and lists are
//! [`Cow`]s that borrow in the first case and own in the second.

mod content;
mod key;
mod message;
mod place;
mod signature;
mod token;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

pub use self::content::*;
pub use self::key::*;
pub use self::message::*;
pub use self::place::*;
pub use self::signature::*;
pub use self::token::*;

/// Text of a description.
pub type Text = Cow<'static, str>;

/// An ordered list in a description.
pub type List<T> = Cow<'static, [T]>;

/// How a sender authenticates its deliveries: plain data, sound only once
/// [`Scheme::new`](super::Scheme::new) took it.
///
/// Every field is mandatory, so nothing falls through to a default that verifies less.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Description {
    /// What must match.
    pub authentication: Authentication,
    /// The signed time, if there is one.
    pub timestamp: Option<SignedTime>,
    /// Where the sender's message id stands, if the signed content has one.
    pub id: Option<Place>,
    /// What else must hold before a delivery is believed.
    pub require: List<Equality>,
}

/// What must match before a delivery is believed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Authentication {
    /// One of several whole signature rules, for a sender that lets its customers or its headers
    /// choose: two hashes told apart by their prefix or length, an old form beside a new one. Any
    /// of them may match, so each is as strong as the weakest.
    AnyOf(List<Signature>),
    /// A secret that the sender shows and the host judges by a check of its own, such as bcrypt.
    HostChecked(HostChecked),
    /// A JSON web token or signature (RFC 7515, RFC 7519).
    Jose(Jose),
    /// A signature of the HTTP message (RFC 9421).
    MessageSignature(MessageSignature),
    /// A signature over parts of the delivery.
    Signature(Signature),
    /// The secret itself, shown by the sender. It proves who sent the delivery to whoever trusts
    /// the transport, and covers nothing of what was sent.
    Token(Token),
    /// Nothing. Only a source that says so in words gets this, and everything it stages stays
    /// marked as unauthenticated.
    Unsigned,
}

impl Authentication {
    /// The places where it looks for signatures, tokens and secrets.
    pub(crate) fn places(&self) -> Vec<&Place> {
        match self {
            Self::AnyOf(rules) => {
                rules.iter().flat_map(|rule| rule.at.iter()).map(|slot| &slot.place).collect()
            }
            Self::HostChecked(checked) => vec![&checked.token.at],
            Self::Jose(jose) => vec![&jose.at],
            Self::MessageSignature(_) => {
                vec![&super::message::SIGNATURE, &super::message::SIGNATURE_INPUT]
            }
            Self::Signature(signature) => signature.at.iter().map(|slot| &slot.place).collect(),
            Self::Token(token) => vec![&token.at],
            Self::Unsigned => Vec::new(),
        }
    }

    /// Whether it rests, in one of its ways, on a hash that is kept only because senders still use
    /// it.
    #[must_use]
    pub fn is_legacy(&self) -> bool {
        match self {
            Self::AnyOf(rules) => rules.iter().any(|rule| rule.algorithm.is_legacy()),
            Self::Signature(signature) => signature.algorithm.is_legacy(),
            Self::HostChecked(_)
            | Self::Jose(_)
            | Self::MessageSignature(_)
            | Self::Token(_)
            | Self::Unsigned => false,
        }
    }
}

/// A time that the signature covers.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedTime {
    /// Where it stands.
    pub at: Place,
    /// How it is written. Never guessed from its size.
    pub unit: TimeUnit,
    /// How far from the receiver's clock it may lie.
    pub tolerance: Tolerance,
}

/// How a time is written. All are canonical: one moment, one spelling per precision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum TimeUnit {
    /// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110).
    HttpDate,
    /// ISO 8601 in UTC, with or without its zone.
    IsoUtc,
    /// Whole milliseconds since 1970: digits, no sign, no leading zero.
    Milliseconds,
    /// RFC 3339.
    Rfc3339,
    /// Whole seconds since 1970: digits, no sign, no leading zero.
    Seconds,
}

/// How far a signed time may lie from the receiver's clock. Both ends are inclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Tolerance {
    /// The provider gives no window. A captured delivery stays valid for ever, so only the dedupe
    /// key keeps its replay out.
    Unbounded,
    /// At most this many seconds in the past, and this many in the future.
    Within {
        /// Seconds in the past; 1 to 86,400.
        past: u32,
        /// Seconds in the future, for clocks that differ; 0 to 86,400.
        future: u32,
    },
}

/// Something that must hold beside the signature.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Equality {
    /// The value in the delivery.
    pub at: Place,
    /// What it must be.
    pub equals: Expected,
}

/// What a value must be.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Expected {
    /// Nothing: the value must not be there.
    Absent,
    /// One of these texts.
    AnyText(List<Text>),
    /// A hash of the raw body.
    BodyDigest(ExpectedDigest),
    /// What the operator configured; the source is refused if it did not.
    Parameter(Parameter),
    /// What the operator configured, if anything.
    ParameterIfGiven(Parameter),
    /// This text.
    Text(Text),
    /// The URL, or a part of it.
    Url(UrlPart),
    /// A hash of the URL or a part of it, in hexadecimal digits.
    UrlDigest(UrlPart, Hash),
}

/// A hash of the raw body as a value of the delivery has it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedDigest {
    /// The hash.
    pub hash: Hash,
    /// How it is written.
    pub encoding: Encoding,
    /// What stands before it.
    pub before: Text,
    /// What stands behind it.
    pub after: Text,
    /// Whether it must be absent, rather than the hash of nothing, when the body is empty.
    pub absent_when_empty: bool,
}

impl ExpectedDigest {
    /// The hash and nothing around it.
    #[must_use]
    pub const fn new(hash: Hash, encoding: Encoding) -> Self {
        Self { hash, encoding, before: text(""), after: text(""), absent_when_empty: false }
    }
}

/// A borrowed text of a `const` description.
#[must_use]
pub const fn text(text: &'static str) -> Text {
    Cow::Borrowed(text)
}

/// A borrowed list in a row. The block gives it a place of its own in the program, which a type
/// that can also own its items would not get inside a call.
macro_rules! list {
    ($($item:expr),* $(,)?) => {
        std::borrow::Cow::Borrowed(const { &[$($item),*] })
    };
}
pub(crate) use list;
