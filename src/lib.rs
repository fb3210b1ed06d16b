//! Receive webhooks: verify who sent a delivery, tell whether it is new, and stage the raw
//! event durably before anyone answers 200.
#![forbid(unsafe_code)]

mod admit;
mod capture;
mod clock;
mod contact;
pub mod dangerous;
mod dedupe;
mod delivery;
mod engine;
mod error;
mod event;
mod form;
mod history;
mod idempotency;
pub mod json;
mod limit;
mod lint;
mod outcome;
mod policy;
pub mod providers;
mod refusal;
pub mod scheme;
mod scrub;
mod secret;
mod source;
pub mod store;

pub use crate::admit::{Admitted, Authentic, Ready, admit, admit_head, authenticate};
pub use crate::capture::{Apply, Capture, CaptureRule, Update};
#[cfg(feature = "test-util")]
pub use crate::clock::ManualClock;
pub use crate::clock::{Clock, SystemClock, Timestamp};
pub use crate::contact::{
    ContactResolver, ContactRule, Identifier, IdentifierType, NoContact, Resolution, ResolveError,
};
pub use crate::dedupe::{DedupeKey, DedupePart, DedupeRule, Deduped, NoKey, OnMissingKey, Window};
pub use crate::delivery::{Body, Delivery, Head};
pub use crate::engine::{BlockingEngine, Engine, Fault};
pub use crate::error::{ConfigError, ConfigFault, Error};
pub use crate::event::{
    Claim, Draft, Event, EventId, Lease, Settlement, Status, Transition, UnknownStatus,
};
pub use crate::history::HistoryRow;
pub use crate::idempotency::{IdempotencyRule, OnKeyReuse};
pub use crate::limit::{AddressList, Rate, RateRule, Verdict, client_address};
pub use crate::lint::Warning;
pub use crate::outcome::{Outcome, Receipt, Refused, Response};
pub use crate::policy::{
    Answer, Answers, BodyRule, ContentType, Forms, Gate, Order, Policy, Required, Rotation,
    Unbound, Visibility,
};
pub use crate::refusal::{Malformation, Refusal, Site};
pub use crate::scheme::{Proof, Scheme, Verifier};
pub use crate::secret::{Secret, SecretError};
pub use crate::source::{
    Binding, Column, DedupeConfig, Endpoint, EventTypeAt, KeyConfig, Lifecycle, Limits, Mode,
    PolicyConfig, Source, SourceConfig, SourceId, SourceIdError, Subscription, UnknownSource,
};
