//! Receive webhooks: verify who sent a delivery, tell whether it is new, and stage the raw
//! event durably before anyone answers 200.
#![forbid(unsafe_code)]

mod admit;
mod clock;
pub mod dangerous;
mod dedupe;
mod delivery;
mod engine;
mod error;
mod event;
mod form;
mod history;
pub mod json;
mod lint;
mod outcome;
mod policy;
pub mod providers;
mod refusal;
pub mod scheme;
mod secret;
mod source;
pub mod store;

pub use crate::admit::{admit, admit_head};
#[cfg(feature = "test-util")]
pub use crate::clock::ManualClock;
pub use crate::clock::{Clock, SystemClock, Timestamp};
pub use crate::dedupe::{
    DedupeKey, DedupePart, DedupeRule, Deduped, NoKey, OnMissingKey, Window,
};
pub use crate::delivery::{Body, Delivery, Head};
pub use crate::engine::{BlockingEngine, Engine, Fault};
pub use crate::error::{ConfigError, ConfigFault, Error};
pub use crate::event::{
    Claim, Draft, Event, EventId, Lease, Settlement, Status, Transition, UnknownStatus,
};
pub use crate::history::HistoryRow;
pub use crate::lint::Warning;
pub use crate::outcome::{Outcome, Receipt, Refused, Response};
pub use crate::policy::{Answer, Answers, BodyRule, Policy, Visibility};
pub use crate::refusal::{Malformation, Refusal, Site};
pub use crate::scheme::{Proof, Scheme, Verifier};
pub use crate::secret::{Secret, SecretError};
pub use crate::source::{
    DedupeConfig, Endpoint, EventTypeAt, KeyConfig, Lifecycle, Limits, Mode, PolicyConfig, Source,
    SourceConfig, SourceId, SourceIdError, UnknownSource,
};
