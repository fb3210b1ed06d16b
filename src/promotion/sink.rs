//! Where records come into being: the host's side of a promotion.

use std::future::Future;
use std::sync::Arc;

use crate::event::EventId;

/// Creates records. The host writes one over its own database.
///
/// Each order has a token. A host that keeps the token with the record (a unique column will do)
/// makes promotion exactly once: after a crash, the promoter asks for the one record that may exist
/// without its knowing before it orders it again.
pub trait Sink: Send + Sync + 'static {
    /// The id of the record that was created for this token, if there is one.
    fn find(&self, token: &str) -> impl Future<Output = Result<Option<String>, SinkError>> + Send;

    /// Creates a record and returns its id. Tenant, owner and status are the host's to set; the
    /// fields hold none of them.
    fn create(&self, order: &Order<'_>) -> impl Future<Output = Result<String, SinkError>> + Send;
}

impl<S: Sink> Sink for Arc<S> {
    fn find(&self, token: &str) -> impl Future<Output = Result<Option<String>, SinkError>> + Send {
        S::find(self, token)
    }

    fn create(&self, order: &Order<'_>) -> impl Future<Output = Result<String, SinkError>> + Send {
        S::create(self, order)
    }
}

/// One record to create.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Order<'a> {
    /// The same for every attempt at this record, and for no other record.
    pub token: &'a str,
    /// Whose record it is: the tenant of the endpoint that took the event, never one from a payload.
    pub tenant: &'a str,
    /// The event that it comes from, so that a record leads back to what was received.
    pub event: EventId,
    /// The kind of record.
    pub entity: &'a str,
    /// The fields and their values as JSON text, sorted by name.
    pub fields: &'a [(&'a str, String)],
}

/// A sink's refusal or failure.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct SinkError {
    message: String,
    retryable: bool,
}

impl SinkError {
    /// A failure that may pass by itself: the promotion is tried again.
    pub fn retryable(message: impl Into<String>) -> Self {
        Self { message: message.into(), retryable: true }
    }

    /// A refusal that stays: a person has to look at the event.
    pub fn permanent(message: impl Into<String>) -> Self {
        Self { message: message.into(), retryable: false }
    }

    /// Whether it may pass by itself.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        self.retryable
    }
}
