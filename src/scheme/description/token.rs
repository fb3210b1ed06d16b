//! Shown secrets, and JSON web tokens and signatures.

use serde::{Deserialize, Serialize};

use super::content::Template;
use super::key::{KeyFetch, KeyForm};
use super::place::Place;
use super::{List, Text};

/// A shown secret that a check of the host judges, by its name in the
/// [`Registry`](crate::scheme::Registry).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HostChecked {
    /// Where it is shown, and how.
    pub token: Token,
    /// The name of the check.
    pub check: Text,
}

/// A JSON web token or signature: where it stands and what must hold.
///
/// What it claims is judged by [`Description::require`](super::Description::require), at [`Place::Claim`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Jose {
    /// Where it stands.
    pub at: Place,
    /// How it is written there.
    pub grammar: TokenGrammar,
    /// What it signs.
    pub payload: JosePayload,
    /// The algorithms it may be made with. The key decides which of them, never the token.
    pub algorithms: List<JoseAlgorithm>,
    /// How keys come to be known.
    pub key: JoseKey,
    /// The times it claims.
    pub times: JoseTimes,
}

/// What a JSON web signature signs.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum JosePayload {
    /// The claims that it carries.
    Claims,
    /// Parts of the delivery; the token's own payload must be empty (RFC 7515, appendix F).
    Detached(Template),
    /// Parts of the delivery, not encoded; the token must say `"b64":false` and `"crit":["b64"]`
    /// (RFC 7797).
    DetachedUnencoded(Template),
    /// What it carries, whatever that is; it is not looked at.
    Opaque,
}

/// An algorithm of JSON web signatures (RFC 7518, RFC 8037).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum JoseAlgorithm {
    /// Ed25519.
    #[serde(rename = "EdDSA")]
    EdDsa,
    /// ECDSA on P-256 with SHA-256.
    #[serde(rename = "ES256")]
    Es256,
    /// ECDSA on P-384 with SHA-384.
    #[serde(rename = "ES384")]
    Es384,
    /// ECDSA on P-521 with SHA-512.
    #[serde(rename = "ES512")]
    Es512,
    /// HMAC with SHA-256.
    #[serde(rename = "HS256")]
    Hs256,
    /// HMAC with SHA-384.
    #[serde(rename = "HS384")]
    Hs384,
    /// HMAC with SHA-512.
    #[serde(rename = "HS512")]
    Hs512,
    /// RSA PSS with SHA-256.
    #[serde(rename = "PS256")]
    Ps256,
    /// RSA PSS with SHA-384.
    #[serde(rename = "PS384")]
    Ps384,
    /// RSA PSS with SHA-512.
    #[serde(rename = "PS512")]
    Ps512,
    /// RSA PKCS #1 version 1.5 with SHA-256.
    #[serde(rename = "RS256")]
    Rs256,
    /// RSA PKCS #1 version 1.5 with SHA-384.
    #[serde(rename = "RS384")]
    Rs384,
    /// RSA PKCS #1 version 1.5 with SHA-512.
    #[serde(rename = "RS512")]
    Rs512,
}

/// How the keys of a JSON web signature come to be known.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum JoseKey {
    /// The token carries its certificates (`x5c`), and the ring holds the certificate of the root
    /// they must lead to.
    Chain {
        /// How many certificates it carries, the root included.
        length: u8,
        /// What the first certificate must be marked with, as an object identifier; `""` for
        /// nothing.
        leaf_marker: Text,
        /// What the second certificate must be marked with; `""` for nothing.
        intermediate_marker: Text,
    },
    /// A key in the ring, or one that the token's `kid` (or another name) leads the host to.
    Fetched(KeyFetch),
    /// A key in the ring: a secret in this form for an HMAC, a public key otherwise. Text that is a
    /// public key is never taken as a secret. A `kid` picks among the keys that have an id.
    Ring(KeyForm),
}

/// What is asked of the times that a token claims, all in whole seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JoseTimes {
    /// `exp`, the moment at which it ends.
    pub expires: Presence,
    /// `nbf`, the moment at which it begins.
    pub not_before: Presence,
    /// `iat`, the moment at which it was made; never in the future.
    pub issued: Presence,
    /// By how many seconds the clocks may differ; 0 to 300.
    pub leeway: u16,
    /// How many seconds after `iat` it counts at most.
    pub max_age: Option<u32>,
}

/// Whether a claim must be there. One that is there is always judged, unless it is ignored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// It is not looked at.
    Ignored,
    /// It is judged if it is there.
    IfPresent,
    /// It must be there.
    Required,
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
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum TokenGrammar {
    /// HTTP Basic authentication (RFC 7617): the secret is `user:password`.
    Basic,
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
