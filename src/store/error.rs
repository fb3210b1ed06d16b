//! A store's own faults, by what a host can do about them.

use std::sync::Arc;

/// A fault of the store: ours, never the sender's, so it is answered with a status from which the
/// sender tries again.
///
/// It can be cloned, because one failed commit is the failure of everyone who shared it.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{kind}: {message}")]
pub struct StoreError {
    kind: StoreErrorKind,
    message: String,
    #[source]
    source: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

impl StoreError {
    /// A fault with a message that says what could not be done, and holds no payload.
    pub fn new(kind: StoreErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), source: None }
    }

    /// With the driver's error as its cause.
    #[must_use]
    pub fn with_source(
        mut self,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        self.source = Some(Arc::from(source.into()));
        self
    }

    /// What kind of fault.
    #[must_use]
    pub const fn kind(&self) -> StoreErrorKind {
        self.kind
    }

    /// Whether the same call may succeed later: a lock is let go, a disk gets room, a volume is
    /// mounted for writing again. The sender is told to try again after any fault of ours; this
    /// says whether the host's own retry makes sense.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        match self.kind {
            StoreErrorKind::Busy
            | StoreErrorKind::Full
            | StoreErrorKind::ReadOnly
            | StoreErrorKind::Unavailable => true,
            StoreErrorKind::Closed | StoreErrorKind::Corrupt | StoreErrorKind::Other => false,
        }
    }
}

/// The kinds of faults a host can act on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoreErrorKind {
    /// Another process holds a lock.
    #[error("the store is busy")]
    Busy,
    /// The store was closed by this process.
    #[error("the store is closed")]
    Closed,
    /// What is stored cannot be understood.
    #[error("the store is corrupt")]
    Corrupt,
    /// No room: disk full, or a bounded store at its bound.
    #[error("the store is full")]
    Full,
    /// Anything else.
    #[error("the store failed")]
    Other,
    /// The store cannot be written.
    #[error("the store is read-only")]
    ReadOnly,
    /// The store cannot be reached.
    #[error("the store is unavailable")]
    Unavailable,
}
