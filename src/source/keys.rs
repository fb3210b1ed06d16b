//! The keys in the settings of a source.

use serde::Deserialize;

use crate::clock::Timestamp;
use crate::scheme::{Fingerprint, SigningKey};
use crate::secret::Secret;

/// A key in the settings of a source: a secret, or of one that the sender shows only its hash; how
/// long it counts, and by which id deliveries name it.
///
/// It is read as `{"secret": "...", "ends": 1700000000000, "id": "key-2"}`, or with `sha256` and 64
/// hexadecimal digits in the place of `secret`. It is never written.
///
/// ```
/// use hookstage::{KeyConfig, Secret, Timestamp};
///
/// let old = KeyConfig::new(Secret::new("the secret before this one").unwrap())
///     .until(Timestamp::from_unix_seconds(1_700_086_400));
/// assert_eq!(old.ends().unwrap().as_unix_seconds(), 1_700_086_400);
/// ```
#[derive(Debug, Deserialize)]
#[serde(try_from = "KeyForm")]
pub struct KeyConfig {
    known: KnownKey,
    ends: Option<Timestamp>,
    id: Option<String>,
}

/// What is known of a key.
#[derive(Debug)]
pub(crate) enum KnownKey {
    Secret(Secret),
    Sha256([u8; 32]),
}

impl KeyConfig {
    /// A key of which the text is known.
    #[must_use]
    pub const fn new(secret: Secret) -> Self {
        Self { known: KnownKey::Secret(secret), ends: None, id: None }
    }

    /// A key of which only [SHA-256](Secret::sha256) is known, for a scheme in which the sender
    /// shows it. For secrets that were generated: one that a person chose is guessed from its hash.
    #[must_use]
    pub const fn hashed(sha256: [u8; 32]) -> Self {
        Self { known: KnownKey::Sha256(sha256), ends: None, id: None }
    }

    /// With the moment from which it no longer counts; for the old one of a rotation.
    #[must_use]
    pub const fn until(mut self, ends: Timestamp) -> Self {
        self.ends = Some(ends);
        self
    }

    /// With the id by which deliveries name it. Deliveries that name another are not its.
    #[must_use]
    pub fn with_id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// The moment from which it no longer counts.
    #[must_use]
    pub const fn ends(&self) -> Option<Timestamp> {
        self.ends
    }

    /// The id by which deliveries name it.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// What is shown of it.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        match &self.known {
            KnownKey::Secret(secret) => Fingerprint::of(secret),
            KnownKey::Sha256(hash) => Fingerprint::of_sha256(hash),
        }
    }

    /// The secret, for a diagnosis such as [`explain`](crate::scheme::explain); nothing if only its
    /// hash is known.
    #[must_use]
    pub fn into_secret(self) -> Option<Secret> {
        match self.known {
            KnownKey::Secret(secret) => Some(secret),
            KnownKey::Sha256(_) => None,
        }
    }

    pub(crate) const fn known(&self) -> &KnownKey {
        &self.known
    }

    pub(crate) const fn secret(&self) -> Option<&Secret> {
        match &self.known {
            KnownKey::Secret(secret) => Some(secret),
            KnownKey::Sha256(_) => None,
        }
    }

    /// Another copy of its secret, and when it ends; nothing if only its hash is known.
    pub(crate) fn copy(&self) -> Option<(Secret, Option<Timestamp>)> {
        let secret = Secret::from_bytes(self.secret()?.expose().to_vec()).ok()?;
        Some((secret, self.ends))
    }

    /// Whether it is the same secret, however it is known.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        let hash = |key: &Self| match &key.known {
            KnownKey::Secret(secret) => secret.sha256(),
            KnownKey::Sha256(hash) => *hash,
        };
        hash(self) == hash(other)
    }

    pub(crate) fn into_signing_key(self) -> SigningKey {
        let key = match self.known {
            KnownKey::Secret(secret) => SigningKey::new(secret),
            KnownKey::Sha256(hash) => SigningKey::from_sha256(hash),
        };
        let key = match self.ends {
            Some(ends) => key.ending_at(ends),
            None => key,
        };
        match self.id {
            Some(id) => key.with_id(id),
            None => key,
        }
    }
}

impl From<Secret> for KeyConfig {
    fn from(secret: Secret) -> Self {
        Self::new(secret)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyForm {
    #[serde(default)]
    secret: Option<Secret>,
    #[serde(default)]
    sha256: Option<String>,
    #[serde(default)]
    ends: Option<Timestamp>,
    #[serde(default)]
    id: Option<String>,
}

impl TryFrom<KeyForm> for KeyConfig {
    type Error = &'static str;

    fn try_from(form: KeyForm) -> Result<Self, Self::Error> {
        let known = match (form.secret, form.sha256) {
            (Some(secret), None) => KnownKey::Secret(secret),
            (None, Some(text)) => {
                let mut hash = [0; 32];
                hex::decode_to_slice(&text, &mut hash)
                    .map_err(|_| "the hash of a secret is 64 hexadecimal digits")?;
                KnownKey::Sha256(hash)
            }
            _ => return Err("a key has a secret or its sha256, and not both"),
        };
        Ok(Self { known, ends: form.ends, id: form.id })
    }
}
