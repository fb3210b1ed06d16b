//! HTTP Message Signatures (RFC 9421).

use serde::{Deserialize, Serialize};

use super::key::KeyForm;
use super::token::Presence;
use super::{List, Text, text};

/// A signature of the HTTP message itself, in the headers `Signature-Input` and `Signature`
/// (RFC 9421): what must be covered, by what algorithms and whose keys.
///
/// The parameters of the signature are [`Place::Item`](super::Place::Item): its `created` is the
/// [`timestamp`](super::Description::timestamp) of the description, in seconds, and a `tag` or
/// `nonce` that must be there stands in [`require`](super::Description::require).
///
/// Where a signature covers `content-digest`, that header (RFC 9530) must hold a SHA-256 or SHA-512
/// of the raw body, whether or not the description asks for it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MessageSignature {
    /// Which of the message's signatures is judged.
    pub label: MessageLabel,
    /// What a signature must cover. It may cover more; one that covers less is refused.
    pub covered: List<Component>,
    /// The algorithms it may be made with, one at most for each kind of key: the key decides which,
    /// never the message. A parameter `alg` may only agree.
    pub algorithms: List<MessageAlgorithm>,
    /// How keys come to be known: a secret in some form for an HMAC, public keys otherwise. Text
    /// that is a public key is never taken as a secret. `keyid` picks among the keys that have an
    /// id, and names the one to be [fetched](KeyForm::Fetched).
    pub key: KeyForm,
    /// Whether the signature must say when it ends (`expires`).
    pub expires: Presence,
    /// By how many seconds the clocks may differ where `expires` is judged; 0 to 300.
    pub leeway: u16,
}

/// Which signature of a message is judged, by its label.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum MessageLabel {
    /// The first of these labels that the message has. Signatures under other labels, such as a
    /// proxy's, are not looked at.
    FirstOf(List<Text>),
    /// The only one, whatever its label. A message with several is refused.
    Only,
}

/// What a message signature can cover (RFC 9421, section 2). Of the parameters of components only
/// the `name` of a query parameter is supported: a signature that uses `sf`, `key`, `bs`, `req` or
/// `tr` is refused.
///
/// The address is the one that the host gave with the delivery, never one that `Host` or
/// `Forwarded` names.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Component {
    /// `@authority`: the host in lower case, with its port unless that is its protocol's own.
    Authority,
    /// A header, by its name in lower case. One that stands several times is refused, unless HTTP
    /// defines it as a list.
    Field(Text),
    /// `@method`.
    Method,
    /// `@path`.
    Path,
    /// `@query`, with its question mark; the mark alone if there is none.
    Query,
    /// `@query-param`: a parameter that the query holds once, by its percent-encoded name.
    QueryParam(Text),
    /// `@request-target`: path and query, as HTTP/1.1 has them.
    RequestTarget,
    /// `@scheme`, in lower case.
    Scheme,
    /// `@target-uri`: the whole address without its fragment.
    TargetUri,
}

/// An algorithm of message signatures, as IANA registers them (RFC 9421, section 6.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum MessageAlgorithm {
    /// ECDSA on P-256 with SHA-256.
    #[serde(rename = "ecdsa-p256-sha256")]
    EcdsaP256Sha256,
    /// ECDSA on P-384 with SHA-384.
    #[serde(rename = "ecdsa-p384-sha384")]
    EcdsaP384Sha384,
    /// Ed25519.
    #[serde(rename = "ed25519")]
    Ed25519,
    /// HMAC with SHA-256.
    #[serde(rename = "hmac-sha256")]
    HmacSha256,
    /// RSA PSS with SHA-512 and a salt of 64 bytes.
    #[serde(rename = "rsa-pss-sha512")]
    RsaPssSha512,
    /// RSA PKCS #1 version 1.5 with SHA-256.
    #[serde(rename = "rsa-v1_5-sha256")]
    RsaV15Sha256,
}

impl Component {
    /// The digest of the body (RFC 9530). Without it no signature covers the body.
    pub const CONTENT_DIGEST: Self = Self::field("content-digest");

    /// A header of this lower-case name.
    #[must_use]
    pub const fn field(name: &'static str) -> Self {
        Self::Field(text(name))
    }
}

impl MessageAlgorithm {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::EcdsaP256Sha256,
        Self::EcdsaP384Sha384,
        Self::Ed25519,
        Self::HmacSha256,
        Self::RsaPssSha512,
        Self::RsaV15Sha256,
    ];

    /// The registered name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::EcdsaP256Sha256 => "ecdsa-p256-sha256",
            Self::EcdsaP384Sha384 => "ecdsa-p384-sha384",
            Self::Ed25519 => "ed25519",
            Self::HmacSha256 => "hmac-sha256",
            Self::RsaPssSha512 => "rsa-pss-sha512",
            Self::RsaV15Sha256 => "rsa-v1_5-sha256",
        }
    }
}
