//! Receive webhooks: verify who sent a delivery, tell whether it is new, and stage the raw
//! event durably before anyone answers 200.
#![forbid(unsafe_code)]

mod clock;
#[cfg(feature = "conformance")]
pub mod conformance;
mod dedupe;
mod delivery;
mod event;
mod history;
pub mod scheme;
mod secret;
mod source;
pub mod store;

#[cfg(feature = "test-util")]
pub use crate::clock::ManualClock;
pub use crate::clock::{Clock, SystemClock, Timestamp};
pub use crate::dedupe::{DedupeKey, Window};
pub use crate::delivery::{Body, Delivery, Head};
pub use crate::event::{
    Claim, Draft, Event, EventId, Lease, Settlement, Status, Transition, UnknownStatus,
};
pub use crate::history::HistoryRow;
pub use crate::secret::{Secret, SecretError};
pub use crate::source::{SourceId, SourceIdError};
