//! How secrets are made unreadable before they are kept: the host's part.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::SourcesError;
use super::record::{Kept, KeptKey, KeyView};
use crate::clock::Timestamp;
use crate::scrub::Scrubber;
use crate::secret::Secret;
use crate::source::{KeyConfig, KnownKey, SourceId};

/// The host's encryption of secrets: a key in a key management system, an envelope, a file of the
/// operating system. This crate brings none, because where the key lives decides what it is worth.
///
/// Use authenticated encryption with a nonce that is never used twice (AES-GCM, XChaCha20-Poly1305),
/// and give `place` as the associated data: then a sealed secret that is copied to another source
/// does not open. `examples/tenants.rs` shows one.
///
/// A seal whose output holds the secret in a readable form is refused.
pub trait Seal: Send + Sync + 'static {
    /// Seals a secret for a place.
    ///
    /// # Errors
    ///
    /// The seal failed; nothing is kept.
    fn seal(&self, place: &[u8], plain: &[u8]) -> Result<Vec<u8>, SealError>;

    /// Opens what was sealed for this place.
    ///
    /// # Errors
    ///
    /// The seal failed, or this was not sealed for this place.
    fn open(&self, place: &[u8], sealed: &[u8]) -> Result<Vec<u8>, SealError>;
}

impl<S: Seal + ?Sized> Seal for std::sync::Arc<S> {
    fn seal(&self, place: &[u8], plain: &[u8]) -> Result<Vec<u8>, SealError> {
        (**self).seal(place, plain)
    }

    fn open(&self, place: &[u8], sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        (**self).open(place, sealed)
    }
}

/// The seal failed. The cause must not hold what was sealed.
#[derive(Debug)]
pub struct SealError(Box<dyn std::error::Error + Send + Sync>);

impl SealError {
    /// With its cause.
    pub fn new(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self(cause.into())
    }
}

impl fmt::Display for SealError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the secret could not be sealed or opened")
    }
}

impl std::error::Error for SealError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&*self.0)
    }
}

/// A key as it is kept.
pub(super) fn keep(
    seal: Option<&dyn Seal>,
    id: &SourceId,
    key: &KeyConfig,
    number: u32,
    now: Timestamp,
) -> Result<KeptKey, SourcesError> {
    let kept = match key.known() {
        KnownKey::Sha256(hash) => Kept::Sha256(hex::encode(hash)),
        KnownKey::Secret(secret) => {
            let sealed =
                seal.ok_or(SourcesError::NoSeal)?.seal(&place(id, number), secret.expose())?;
            if Scrubber::new([secret]).finds(&sealed) {
                return Err(SourcesError::NotSealed);
            }
            Kept::Sealed(STANDARD.encode(sealed))
        }
    };
    let shown = KeyView {
        number,
        fingerprint: key.fingerprint(),
        created: now,
        ends: key.ends(),
        id: key.id().map(str::to_owned),
    };
    Ok(KeptKey { shown, kept })
}

/// The key again.
pub(super) fn open(
    seal: Option<&dyn Seal>,
    id: &SourceId,
    key: &KeptKey,
) -> Result<KeyConfig, SourcesError> {
    let corrupt = || SourcesError::corrupt("a key of a source cannot be understood");
    let opened = match &key.kept {
        Kept::Sha256(text) => {
            let mut hash = [0; 32];
            hex::decode_to_slice(text, &mut hash).map_err(|_| corrupt())?;
            KeyConfig::hashed(hash)
        }
        Kept::Sealed(text) => {
            let sealed = STANDARD.decode(text).map_err(|_| corrupt())?;
            let plain = seal
                .ok_or(SourcesError::NoSeal)?
                .open(&place(id, key.shown.number), &sealed)
                .map(Zeroizing::new)?;
            KeyConfig::new(Secret::from_bytes(plain.as_slice()).map_err(|_| corrupt())?)
        }
    };
    let opened = match key.shown.ends {
        Some(ends) => opened.until(ends),
        None => opened,
    };
    Ok(match &key.shown.id {
        Some(id) => opened.with_id(id.clone()),
        None => opened,
    })
}

/// Which secret of which source it is: each part behind its length, so that no two places are
/// written alike.
fn place(id: &SourceId, number: u32) -> Vec<u8> {
    let mut place = b"hookstage source secret v1\0".to_vec();
    for name in [id.tenant(), id.source()] {
        place.extend((name.len() as u64).to_be_bytes());
        place.extend(name.as_bytes());
    }
    place.extend(number.to_be_bytes());
    place
}
