//! The text of a secret, kept out of everything that is printed.

use std::fmt;

use serde::{Deserialize, Deserializer};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// The text of one signing secret, exactly as the provider's dashboard or the host's generator
/// shows it.
///
/// It is wiped when dropped. It has no `Clone`, `PartialEq`, `Display` or `Serialize`, and its
/// `Debug` shows nothing of it. How the text becomes key bytes is decided by the scheme, once, when
/// a [`Verifier`](crate::Verifier) is built: the same `whsec_` text is the key itself for Stripe
/// and base64 for Standard Webhooks.
///
/// ```
/// use hookstage::Secret;
///
/// let secret = Secret::new("whsec_example").unwrap();
/// assert_eq!(format!("{secret:?}"), "Secret(..)");
/// assert!(Secret::new("copied with its newline\n").is_err());
/// ```
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// Takes the text of a secret.
    ///
    /// # Errors
    ///
    /// A secret that is empty, blank, ends in white space or a NUL byte, or is longer than
    /// 16 KiB (an RSA-8192 key in PEM is 1.4 KiB). HMAC pads keys with zeros, so `key` and `key\0`
    /// would be the same key, and an empty key is one that anyone has. PEM text may end in its
    /// newline.
    pub fn new(text: impl Into<String>) -> Result<Self, SecretError> {
        Self::from_bytes(text.into().into_bytes())
    }

    /// Takes the bytes of a secret that is not text. The same rules hold.
    ///
    /// # Errors
    ///
    /// As for [`new`](Self::new).
    pub fn from_bytes(bytes: impl Into<Vec<u8>>) -> Result<Self, SecretError> {
        let bytes = Zeroizing::new(bytes.into());
        if bytes.len() > Self::MAX_LENGTH {
            return Err(SecretError::TooLong);
        }
        if bytes.is_empty() {
            return Err(SecretError::Empty);
        }
        if bytes.iter().all(|byte| byte.is_ascii_whitespace() || *byte == 0) {
            return Err(SecretError::Blank);
        }
        if bytes.trim_ascii_start().starts_with(b"-----BEGIN ") {
            // PEM text ends in a newline by its own standard (RFC 7468), some tools begin it with one,
            // and it is decoded, not hashed.
            return Ok(Self(bytes));
        }
        match bytes.last() {
            Some(b'\n' | b'\r') => Err(SecretError::EndsInNewline),
            Some(0) => Err(SecretError::EndsInNul),
            Some(last) if last.is_ascii_whitespace() => Err(SecretError::EndsInSpace),
            _ => Ok(Self(bytes)),
        }
    }

    /// The longest secret accepted, in bytes.
    pub const MAX_LENGTH: usize = 16 * 1024;

    pub(crate) fn expose(&self) -> &[u8] {
        &self.0
    }

    /// A text that was generated, which follows the rules by how it was made.
    pub(super) fn generated(text: &str) -> Self {
        Self(Zeroizing::new(text.as_bytes().to_vec()))
    }

    /// SHA-256 of the secret, which is enough to recognise it where the sender shows it: see
    /// [`KeyConfig::hashed`](crate::KeyConfig::hashed).
    #[must_use]
    pub fn sha256(&self) -> [u8; 32] {
        Sha256::digest(&*self.0).into()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

impl TryFrom<String> for Secret {
    type Error = SecretError;

    fn try_from(text: String) -> Result<Self, SecretError> {
        Self::new(text)
    }
}

impl std::str::FromStr for Secret {
    type Err = SecretError;

    fn from_str(text: &str) -> Result<Self, SecretError> {
        Self::new(text)
    }
}

/// Secrets are read from configuration and never written to it.
impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::new(text).map_err(serde::de::Error::custom)
    }
}

/// Why a text cannot be a signing secret. It never repeats the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SecretError {
    /// Nothing but white space or NUL bytes.
    #[error("the secret is blank; copy it from the provider's dashboard")]
    Blank,
    /// No bytes at all: anyone can sign with that key.
    #[error("the secret is empty; is the environment variable set?")]
    Empty,
    /// A newline at the end, which the provider does not sign with.
    #[error("the secret ends in a newline; remove it where the secret is stored")]
    EndsInNewline,
    /// A NUL byte at the end, which HMAC cannot tell from no byte.
    #[error("the secret ends in a NUL byte; remove it where the secret is stored")]
    EndsInNul,
    /// A space or tab at the end, which the provider does not sign with.
    #[error("the secret ends in white space; remove it where the secret is stored")]
    EndsInSpace,
    /// More than [`Secret::MAX_LENGTH`] bytes.
    #[error("the secret is longer than 16 KiB; is it a file of another kind?")]
    TooLong,
}
