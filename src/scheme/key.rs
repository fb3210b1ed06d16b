//! Key rings: what a secret becomes for one scheme, once, when it is registered.

use std::fmt;

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::check;
use super::description::{Algorithm, Authentication, Description, Hash, KeyForm};
use super::encoding::decode_base64_secret;
use super::primitive::{Hasher, Keyed, Sink};
use crate::clock::Timestamp;
use crate::error::{ConfigError, ConfigFault};
use crate::secret::Secret;

/// A secret and how long it counts.
#[derive(Debug)]
pub struct SigningKey {
    secret: Secret,
    ends: Option<Timestamp>,
}

impl SigningKey {
    /// A secret that counts until it is taken away.
    #[must_use]
    pub const fn new(secret: Secret) -> Self {
        Self { secret, ends: None }
    }

    /// A secret that counts until, and no longer at, a moment: the old one of a rotation.
    #[must_use]
    pub const fn until(secret: Secret, ends: Timestamp) -> Self {
        Self { secret, ends: Some(ends) }
    }
}

impl From<Secret> for SigningKey {
    fn from(secret: Secret) -> Self {
        Self::new(secret)
    }
}

/// The keys of one source, newest first, prepared for its scheme.
pub(super) struct KeyRing(Vec<Key>);

/// One prepared key.
pub(super) struct Key {
    material: Material,
    ends: Option<Timestamp>,
    fingerprint: [u8; 4],
}

/// What the algorithm needs of a secret.
pub(super) enum Material {
    /// An HMAC with its key schedule done.
    Keyed(Box<Keyed>),
    /// The key bytes, for a digest over content that holds them.
    Bytes(Zeroizing<Vec<u8>>),
    /// The hash of a secret that the sender shows.
    Shown([u8; 32]),
}

impl KeyRing {
    /// The most keys that are live at once: a newest, an old one, and room for a rotation begun
    /// before the last one ended. Each multiplies what a forged delivery makes us compute.
    pub(super) const MAX: usize = 4;

    pub(super) fn prepare(
        description: &Description,
        keys: Vec<SigningKey>,
    ) -> Result<Self, ConfigError> {
        let unsigned = matches!(description.authentication, Authentication::Unsigned);
        if unsigned && !keys.is_empty() {
            return Err(ConfigError::one(
                "keys",
                "this scheme uses no secret; remove it, or choose a scheme that does",
            ));
        }
        if !unsigned && keys.is_empty() {
            return Err(ConfigError::one(
                "keys",
                "give at least one secret; without one nothing could be verified",
            ));
        }
        if keys.len() > Self::MAX {
            return Err(ConfigError::one(
                "keys",
                "at most 4 keys may be live at once; retire the oldest",
            ));
        }
        let mut ring = Vec::with_capacity(keys.len());
        let mut faults = Vec::new();
        for (index, key) in keys.into_iter().enumerate() {
            match Material::prepare(&description.authentication, &key.secret) {
                Ok(material) => ring.push(Key {
                    material,
                    ends: key.ends,
                    fingerprint: fingerprint(key.secret.expose()),
                }),
                Err(what) => faults.push(ConfigFault::new(format!("keys[{index}]"), what)),
            }
        }
        ConfigError::unless_empty(faults)?;
        Ok(Self(ring))
    }

    /// The keys that are live at `now`, with their places in the ring.
    pub(super) fn live(&self, now: Timestamp) -> impl Iterator<Item = (u8, &Key)> {
        (0_u8..).zip(&self.0).filter(move |(_, key)| key.ends.is_none_or(|ends| now < ends))
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn fingerprints(&self) -> impl Iterator<Item = [u8; 4]> + '_ {
        self.0.iter().map(|key| key.fingerprint)
    }

    pub(super) fn newest(&self) -> Option<&Key> {
        self.0.first()
    }
}

impl Key {
    pub(super) const fn material(&self) -> &Material {
        &self.material
    }
}

impl Material {
    fn prepare(authentication: &Authentication, secret: &Secret) -> Result<Self, &'static str> {
        match authentication {
            Authentication::Signature(signature) => {
                let bytes = key_bytes(&signature.key, secret.expose())?;
                match signature.algorithm {
                    Algorithm::Hmac(hash) => Keyed::new(hash, &bytes)
                        .map(|keyed| Self::Keyed(Box::new(keyed)))
                        .ok_or("the key cannot be used with this algorithm"),
                    Algorithm::Digest(_) => Ok(Self::Bytes(bytes)),
                }
            }
            Authentication::Token(_) => Ok(Self::Shown(shown(secret.expose()))),
            Authentication::Unsigned => Err("this scheme uses no secret"),
        }
    }
}

/// The hash under which a shown secret is compared, so that neither its length nor a common prefix
/// can be measured.
pub(super) fn shown(secret: &[u8]) -> [u8; 32] {
    Sha256::digest(secret).into()
}

fn key_bytes(form: &KeyForm, secret: &[u8]) -> Result<Zeroizing<Vec<u8>>, &'static str> {
    let bytes = match form {
        KeyForm::Text => Zeroizing::new(secret.to_vec()),
        KeyForm::Base64 { prefixes } => {
            let bare = prefixes
                .iter()
                .find_map(|prefix| secret.strip_prefix(check::as_str(prefix).as_bytes()))
                .unwrap_or(secret);
            Zeroizing::new(decode_base64_secret(bare).ok_or(
                "the secret is not base64 behind its prefix; copy it whole from the dashboard",
            )?)
        }
        KeyForm::Hex => Zeroizing::new(
            hex::decode(secret).map_err(|_| "the secret is not an even number of hex digits")?,
        ),
        KeyForm::Hashed(hash) => {
            let mut hasher = Hasher::new(*hash);
            hasher.feed(secret);
            Zeroizing::new(hasher.finish().into_bytes())
        }
        KeyForm::Wrapped { before, after } => {
            Zeroizing::new([before.as_bytes(), secret, after.as_bytes()].concat())
        }
    };
    if bytes.is_empty() {
        return Err("the secret decodes to no bytes at all");
    }
    if bytes.iter().all(|byte| *byte == 0) {
        return Err(
            "the secret decodes to nothing but zero bytes, which HMAC cannot tell from none",
        );
    }
    Ok(bytes)
}

/// Four bytes by which people tell keys apart: too few to guess a secret's text from.
fn fingerprint(secret: &[u8]) -> [u8; 4] {
    let digest =
        Sha256::new_with_prefix(b"hookstage key fingerprint v1\0").chain_update(secret).finalize();
    [digest[0], digest[1], digest[2], digest[3]]
}

/// What is shown of a key: eight hexadecimal digits that tell it from others and reveal nothing.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint(pub(super) [u8; 4]);

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|key| Fingerprint(key.fingerprint))).finish()
    }
}

impl Hash {
    /// Whether the hash is kept only because senders still use it.
    #[must_use]
    pub const fn is_legacy(self) -> bool {
        matches!(self, Self::Sha1Legacy)
    }
}
