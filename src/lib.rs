//! Receive webhooks: verify who sent a delivery, tell whether it is new, and stage the raw
//! event durably before anyone answers 200.
#![forbid(unsafe_code)]

mod clock;
mod dedupe;
mod delivery;
mod event;
mod history;
pub mod json;
pub mod payload;
pub mod scheme;
mod secret;
mod source;

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
