//! Why a source was not kept, changed or found.

use super::seal::SealError;
use crate::error::{ConfigError, Error};
use crate::source::Lifecycle;
use crate::store::{StoreError, StoreErrorKind};

/// Why a source was not kept, changed or read. It never repeats a secret.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SourcesError {
    /// Another source has this token or id.
    #[error("another source has this token or id; generate a new one")]
    AddressTaken,
    /// It was changed since it was read; read it again.
    #[error("the source was changed meanwhile; read it again and repeat the change")]
    Changed,
    /// Everything that is wrong with its settings.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// This tenant has a source of this name.
    #[error("this tenant has a source of this name")]
    Exists,
    /// The tenant has as many sources as can be listed.
    #[error("the tenant has too many sources")]
    Full,
    /// An update held keys, which only a rotation changes.
    #[error("an update leaves keys as they are; rotate instead")]
    KeysInUpdate,
    /// It would be left without a key that counts.
    #[error("no other key counts now; rotate, pause or delete instead")]
    LastKey,
    /// A move between states that there is none of.
    #[error("a source that is {from:?} cannot become {to:?} this way")]
    Lifecycle {
        /// The state it is in.
        from: Lifecycle,
        /// The state it should be in.
        to: Lifecycle,
    },
    /// There is no such source.
    #[error("there is no such source")]
    Missing,
    /// A secret is to be kept or read, and the host gave no seal.
    #[error("secrets are kept sealed only; give a seal, or keep hashes")]
    NoSeal,
    /// It has no key of this number.
    #[error("the source has no key of this number")]
    NoSuchKey,
    /// The host's seal returned bytes in which the secret can be read.
    #[error("the seal left the secret readable; nothing was kept")]
    NotSealed,
    /// An update named another tenant or source.
    #[error("a source keeps its tenant and name; create another and delete this one")]
    Renamed,
    /// A rotation to a secret that counts already.
    #[error("this secret counts already; a rotation takes a new one")]
    SameSecret,
    /// The seal failed.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// A fault of the store. Nothing was changed.
    #[error(transparent)]
    Store(#[from] Error),
    /// At most four keys count at once.
    #[error("four keys count at once already; end an overlap or revoke a key first")]
    TooManyKeys,
    /// The change is kept, but what is under way may still be staged: call
    /// [`Sources::enforce`](super::Sources::enforce) until it succeeds.
    #[error("the change is kept, but not in force for what is under way: {0}")]
    Unenforced(#[source] Error),
}

impl SourcesError {
    /// Whether the same call may succeed later without anyone changing anything.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        match self {
            Self::Store(error) | Self::Unenforced(error) => error.is_retryable(),
            _ => false,
        }
    }

    pub(super) fn corrupt(what: &'static str) -> Self {
        StoreError::new(StoreErrorKind::Corrupt, what).into()
    }
}

impl From<StoreError> for SourcesError {
    fn from(error: StoreError) -> Self {
        Self::Store(error.into())
    }
}
