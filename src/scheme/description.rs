//! The vocabulary: everything a signature scheme can be made of, as closed, serialisable data.
//!
//! Nothing here is a closure, a trait object or a provider's name. What one provider needs and no
//! word expresses is not supported until the vocabulary has a word for it, so every rule about
//! security is decided once, in the interpreter.
//!
//! All types can be written in `const` rows as well as read from a database: texts and lists are
//! [`Cow`]s that borrow in the first case and own in the second.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

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
    /// A signature over parts of the delivery.
    Signature(Signature),
    /// The secret itself, shown by the sender. It proves who sent the delivery to whoever trusts
    /// the transport, and covers nothing of what was sent.
    Token(Token),
    /// Nothing. Only a source that says so in words gets this, and everything it stages stays
    /// marked as unauthenticated.
    Unsigned,
}

/// A signature over parts of the delivery.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// Where signatures stand; all places that are present count.
    pub at: List<Slot>,
    /// How the value found there divides into signatures and other items.
    pub grammar: Grammar,
    /// How the bytes of a signature are written.
    pub encoding: Encoding,
    /// What computes it.
    pub algorithm: Algorithm,
    /// The signed bytes, as an ordered list of parts; where a sender is known to build them in more
    /// than one way, each way. Any of them may match.
    pub content: List<Template>,
    /// How the secret becomes key bytes.
    pub key: KeyForm,
}

/// One place where a signature may stand, and the key it is made with.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Slot {
    /// The place.
    pub place: Place,
    /// Whether the place may be given several times, each with a signature of its own.
    pub repeat: Repeat,
    /// Which keys of the ring may have made it.
    pub key: KeyChoice,
}

/// What a repeated place means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Repeat {
    /// Each instance holds a signature; any may match.
    Each,
    /// The delivery is refused: whoever stands between may have added one.
    Refuse,
}

/// Which keys of a ring may have made a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyChoice {
    /// Any live key.
    Any,
    /// Only the key at this place in the ring, counted from 0.
    Nth(u8),
}

/// Where a value stands in a delivery.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Place {
    /// A JSON member of the body, as a JSON Pointer (RFC 6901). A number is its own text.
    Body(Text),
    /// A field of a form-encoded body, decoded.
    Form(Text),
    /// A header, by its name in lower case.
    Header(Text),
    /// The item of this key in the list that [`Grammar::Items`] describes.
    Item(Text),
    /// Headers named by a prefix and a number, counted from 1 up to this many.
    NumberedHeader {
        /// The part of the name before the number, in lower case.
        prefix: Text,
        /// The highest number looked for.
        up_to: u8,
    },
    /// A value that the operator configured for the source.
    Parameter(Parameter),
    /// The item at this place, counted from 0, in the list that [`Grammar::Positions`] describes.
    Position(u8),
    /// A parameter of the query string, decoded.
    Query(Text),
}

/// A value that the operator takes from the provider's dashboard beside the secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Parameter {
    /// Whom a token must be meant for.
    Audience,
    /// The application an event must be about.
    BundleId,
    /// The client or application id.
    ClientId,
    /// Sandbox or production.
    Environment,
    /// Who must have made a token.
    Issuer,
    /// The id of the key that must have signed.
    KeyId,
    /// The account that must have sent a token.
    ServiceAccount,
    /// The topic that a message must come from.
    TopicArn,
    /// The id of the webhook at the provider.
    WebhookId,
}

impl Parameter {
    /// All parameters.
    pub const ALL: [Self; 9] = [
        Self::Audience,
        Self::BundleId,
        Self::ClientId,
        Self::Environment,
        Self::Issuer,
        Self::KeyId,
        Self::ServiceAccount,
        Self::TopicArn,
        Self::WebhookId,
    ];

    /// The name in configuration files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Audience => "audience",
            Self::BundleId => "bundle_id",
            Self::ClientId => "client_id",
            Self::Environment => "environment",
            Self::Issuer => "issuer",
            Self::KeyId => "key_id",
            Self::ServiceAccount => "service_account",
            Self::TopicArn => "topic_arn",
            Self::WebhookId => "webhook_id",
        }
    }
}

/// How a signature's value is written.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Grammar {
    /// Items of a key and a value: `t=1,v1=ab` with `,` and `=`; `v1,ab v1,cd` with a space and a
    /// comma. Only the first `pair` of an item divides it, so that base64 padding stays whole.
    /// White space around an item is not part of it. Items of other keys are ignored.
    Items {
        /// Stands between items.
        item: char,
        /// Stands between a key and its value.
        pair: char,
        /// The keys whose values are signatures. An older version that the provider keeps sending
        /// is not among them, or it would be a downgrade.
        signatures: List<Text>,
    },
    /// One signature behind a prefix that must be there; `""` for none.
    Plain {
        /// The prefix, compared exactly.
        prefix: Text,
    },
    /// Items by place: those from `first` on are signatures.
    Positions {
        /// Stands between items.
        item: char,
        /// The place of the first signature, counted from 0.
        first: u8,
    },
    /// One signature behind a word and spaces, as in `Authorization`; the word is compared
    /// without regard to ASCII case (RFC 9110).
    Word {
        /// The word, such as `Bearer`.
        word: Text,
    },
}

/// How bytes are written as text. All are strict: one value, one spelling, but for the case of
/// hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Encoding {
    /// Standard base64 with its padding (RFC 4648, section 4).
    Base64,
    /// The URL-safe alphabet without padding (RFC 4648, section 5).
    Base64Url,
    /// Hexadecimal digits of either case.
    Hex,
}

/// What computes a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Algorithm {
    /// A bare hash over content that holds the secret. Weaker than HMAC; some senders use it.
    Digest(Hash),
    /// HMAC (RFC 2104).
    Hmac(Hash),
}

impl Algorithm {
    /// Whether it rests on a hash that is kept only because senders still use it.
    #[must_use]
    pub const fn is_legacy(self) -> bool {
        match self {
            Self::Digest(hash) | Self::Hmac(hash) => hash.is_legacy(),
        }
    }
}

/// A hash function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Hash {
    /// SHA-1. Broken for signatures, still sound inside HMAC, and what some senders have.
    Sha1Legacy,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

impl Hash {
    /// How many bytes it yields.
    #[must_use]
    pub const fn length(self) -> usize {
        match self {
            Self::Sha1Legacy => 20,
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }
}

/// An ordered list of parts whose bytes, joined with nothing between, are what is signed.
pub type Template = List<Part>;

/// One part of the signed bytes.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Part {
    /// The raw body.
    Body,
    /// A hash of the raw body, written as text.
    BodyDigest {
        /// The hash.
        hash: Hash,
        /// How it is written; hexadecimal digits in lower case.
        encoding: Encoding,
    },
    /// The message id, as it stands.
    Id,
    /// Fixed text.
    Literal(Text),
    /// The method, as it stands.
    Method,
    /// Parts that are left out together when a value in them is absent.
    Optional(List<Part>),
    /// The secret's key bytes, for [`Algorithm::Digest`].
    Secret,
    /// The timestamp's text, as it stands: never the number printed again.
    Timestamp,
    /// The URL, or a part of it.
    Url(UrlPart),
    /// A value that stands somewhere in the delivery; refused if it is absent.
    Value(Place),
}

/// A part of the URL as the sender saw it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum UrlPart {
    /// All of it, as the host gave it.
    Full,
    /// The path.
    Path,
    /// The path and, behind a question mark, the query if there is one.
    PathAndQuery,
    /// All before the question mark.
    WithoutQuery,
}

/// How the text of a secret becomes key bytes.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum KeyForm {
    /// Standard base64, with or without padding, behind the first of these prefixes that is there,
    /// or none.
    Base64 {
        /// Prefixes to take off, longest first.
        prefixes: List<Text>,
    },
    /// Hexadecimal digits.
    Hex,
    /// The hash of the text.
    Hashed(Hash),
    /// The text itself, in UTF-8, prefixes and all.
    Text,
    /// The text between two fixed texts.
    Wrapped {
        /// Before it.
        before: Text,
        /// After it.
        after: Text,
    },
}

/// A secret that the sender shows.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Token {
    /// Where.
    pub at: Place,
    /// How it is written there.
    pub grammar: TokenGrammar,
}

/// How a shown secret is written.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum TokenGrammar {
    /// The text itself behind a prefix that must be there; `""` for none.
    Plain {
        /// The prefix, compared exactly.
        prefix: Text,
    },
    /// Behind a word and spaces, such as `Bearer` (RFC 6750); the word is compared without regard
    /// to ASCII case.
    Word {
        /// The word.
        word: Text,
    },
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
#[serde(rename_all = "snake_case")]
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
    /// What the operator configured; the source is refused if it did not.
    Parameter(Parameter),
    /// This text.
    Text(Text),
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

impl Place {
    /// A header of this lower-case name.
    #[must_use]
    pub const fn header(name: &'static str) -> Self {
        Self::Header(text(name))
    }

    /// An item of this key.
    #[must_use]
    pub const fn item(key: &'static str) -> Self {
        Self::Item(text(key))
    }

    /// A JSON member of the body.
    #[must_use]
    pub const fn body(pointer: &'static str) -> Self {
        Self::Body(text(pointer))
    }
}

impl Slot {
    /// A signature that stands once in this header, made with any live key.
    #[must_use]
    pub const fn header(name: &'static str) -> Self {
        Self { place: Place::header(name), repeat: Repeat::Refuse, key: KeyChoice::Any }
    }
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
