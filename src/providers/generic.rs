//! HMAC over the raw body, for senders that let you choose and providers without a row.

use std::borrow::Cow;

use crate::error::ConfigError;
use crate::scheme::{
    Algorithm, Authentication, Description, Encoding, Grammar, Hash, KeyChoice, KeyForm, Part,
    Place, Repeat, Scheme, Signature, Slot, list,
};
use crate::secret::Secret;

/// HMAC over the raw body in one header: four settings, and a floor under the secret, because here
/// the host chooses it.
///
/// ```
/// use hookstage::providers::Generic;
/// use hookstage::scheme::{Encoding, Hash};
///
/// let scheme = Generic::new("X-Signature")
///     .prefix("sha512=")
///     .encoding(Encoding::Base64Url)
///     .hash(Hash::Sha512)
///     .scheme()
///     .unwrap();
/// assert!(scheme.coverage().binds_body());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Generic {
    header: String,
    prefix: String,
    encoding: Encoding,
    hash: Hash,
}

impl Generic {
    /// The shortest secret it takes, in bytes: the 128 bits below which RFC 2104 calls a key weak.
    pub const MIN_SECRET: usize = 16;

    /// SHA-256 in hexadecimal digits without a prefix, in this header.
    #[must_use]
    pub fn new(header: impl Into<String>) -> Self {
        Self {
            header: header.into().to_ascii_lowercase(),
            prefix: String::new(),
            encoding: Encoding::Hex,
            hash: Hash::Sha256,
        }
    }

    /// With a prefix that must stand before the signature.
    #[must_use]
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// In another encoding.
    #[must_use]
    pub const fn encoding(mut self, encoding: Encoding) -> Self {
        self.encoding = encoding;
        self
    }

    /// With another hash.
    #[must_use]
    pub const fn hash(mut self, hash: Hash) -> Self {
        self.hash = hash;
        self
    }

    /// The scheme.
    ///
    /// # Errors
    ///
    /// A header name that HTTP does not allow.
    pub fn scheme(&self) -> Result<Scheme, ConfigError> {
        Scheme::new(Description {
            authentication: Authentication::Signature(Signature {
                at: Cow::Owned(vec![Slot {
                    place: Place::Header(Cow::Owned(self.header.clone())),
                    repeat: Repeat::Refuse,
                    key: KeyChoice::Any,
                }]),
                grammar: Grammar::Plain { prefix: Cow::Owned(self.prefix.clone()) },
                encoding: self.encoding,
                algorithm: Algorithm::Hmac(self.hash),
                content: list![list![Part::Body]],
                key: KeyForm::Text,
            }),
            timestamp: None,
            id: None,
            require: list![],
        })
    }

    /// Takes a secret that the host chose.
    ///
    /// # Errors
    ///
    /// What [`Secret::new`] refuses, and a secret shorter than [`MIN_SECRET`](Self::MIN_SECRET).
    pub fn secret(&self, text: impl Into<String>) -> Result<Secret, GenericError> {
        let text = text.into();
        if !text.trim().is_empty() && text.len() < Self::MIN_SECRET {
            return Err(GenericError::TooShort);
        }
        Ok(Secret::new(text)?)
    }
}

/// Why a text cannot be the secret of a generic scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GenericError {
    /// It is no secret at all.
    #[error(transparent)]
    Secret(#[from] crate::secret::SecretError),
    /// It can be guessed.
    #[error("the secret is shorter than 16 bytes and can be guessed; generate one of 32")]
    TooShort,
}
