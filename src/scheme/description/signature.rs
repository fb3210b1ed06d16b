//! Signatures: where they stand, how they are written, and what computes them.

use serde::{Deserialize, Serialize};

use super::content::Template;
use super::key::KeyForm;
use super::place::Place;
use super::{List, Text};

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
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum KeyChoice {
    /// Any live key.
    Any,
    /// The keys of the id that stands here. A key that was registered without an id is tried for
    /// every id.
    Named(Place),
    /// Only the key at this place in the ring, counted from 0.
    Nth(u8),
    /// The keys of the id that [`Grammar::Records`] has beside each signature.
    Record,
}

/// How a signature's value is written.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
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
    /// Standard base64 of a JSON object: `eyJraWQiOiI…`. Its members are what [`Place::Item`] names.
    JsonObject {
        /// The member that is the signature.
        signature: Text,
    },
    /// Items by place: those from `first` on are signatures.
    Positions {
        /// Stands between items.
        item: char,
        /// The place of the first signature, counted from 0.
        first: u8,
    },
    /// Parameters with quoted values: `keyid="a",signature="b"`; the value without its quotes.
    Quoted {
        /// The parameter that is the signature.
        signature: Text,
    },
    /// Records of several fields, of which the last is a signature: `id/SHA256/ab,id/SHA256/cd`.
    Records {
        /// Stands between records.
        item: char,
        /// Stands between the fields of a record.
        field: char,
        /// How many fields a record has; another record is ignored.
        fields: u8,
        /// The field that names the key, counted from 0.
        key: u8,
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
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Algorithm {
    /// A bare hash over content that holds the secret. Weaker than HMAC; some senders use it.
    Digest(Hash),
    /// ECDSA (FIPS 186-5).
    Ecdsa {
        /// The curve.
        curve: Curve,
        /// What the content is hashed with.
        hash: Hash,
        /// How the two numbers of a signature are written.
        form: EcdsaForm,
    },
    /// Ed25519 (RFC 8032).
    Ed25519,
    /// HMAC (RFC 2104).
    Hmac(Hash),
    /// RSA, PKCS #1 version 1.5 padding (RFC 8017, section 8.2).
    RsaPkcs1(Hash),
    /// RSA, PSS padding with a salt as long as the hash (RFC 8017, section 8.1).
    RsaPss(Hash),
}

/// An elliptic curve.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Curve {
    /// NIST P-256, also called secp256r1 and prime256v1.
    P256,
    /// NIST P-384.
    P384,
    /// NIST P-521.
    P521,
    /// The curve of Bitcoin.
    Secp256k1,
}

/// How the two numbers of an ECDSA signature are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EcdsaForm {
    /// As an ASN.1 sequence in DER (RFC 3279, section 2.2.3).
    Der,
    /// One behind the other, each as long as the curve's order (RFC 7518, section 3.4).
    Fixed,
}

impl Algorithm {
    /// Whether it rests on a hash that is kept only because senders still use it.
    #[must_use]
    pub const fn is_legacy(self) -> bool {
        match self {
            Self::Digest(hash)
            | Self::Ecdsa { hash, .. }
            | Self::Hmac(hash)
            | Self::RsaPkcs1(hash)
            | Self::RsaPss(hash) => hash.is_legacy(),
            Self::Ed25519 => false,
        }
    }
}

/// A hash function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Hash {
    /// Keccak-256 as it was before SHA-3 was standardised. Needs the feature `rare-hashes`.
    Keccak256,
    /// MD5. Broken for signatures; some senders have nothing better. Needs the feature
    /// `rare-hashes`.
    Md5Legacy,
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
            Self::Md5Legacy => 16,
            Self::Sha1Legacy => 20,
            Self::Keccak256 | Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }
}

impl Slot {
    /// A signature that stands once in this header, made with any live key.
    #[must_use]
    pub const fn header(name: &'static str) -> Self {
        Self { place: Place::header(name), repeat: Repeat::Refuse, key: KeyChoice::Any }
    }
}
