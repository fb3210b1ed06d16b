//! What the operator reads afterwards: one scrubbed row, or one count, for every delivery.

mod health;
mod printable;

use std::borrow::Cow;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::event::EventId;
use crate::source::SourceId;

pub(crate) use self::health::Sum;
pub use self::health::{ClockSkew, Health, HealthRequest};
pub(crate) use self::printable::printable;

/// One delivery, as the history keeps it. It never holds a signature, a secret, a body or a header
/// that the source's allowlist does not name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct HistoryRow {
    /// The endpoint that was addressed.
    pub source: SourceId,
    /// When it was judged.
    pub at: Timestamp,
    /// The stable word for what came of it, such as `staged`, `duplicate` or `refused`.
    pub outcome: Cow<'static, str>,
    /// The stable code of the exact reason of a refusal; never shown to the sender.
    pub reason: Option<Cow<'static, str>>,
    /// A sentence for the operator that says what was wrong and what would be right.
    pub detail: Option<String>,
    /// The status the sender was answered with.
    pub status: u16,
    /// The event staged, or the one this was a duplicate of.
    pub event: Option<EventId>,
    /// The kept headers, as text with everything unprintable escaped.
    pub headers: Vec<(String, String)>,
    /// How many bytes the body had, if it was read.
    pub body_length: Option<u64>,
    /// SHA-256 of the body, if it was read.
    pub body_sha256: Option<[u8; 32]>,
    /// The peer's address, if the host gave it.
    pub remote: Option<IpAddr>,
    /// The sender's correlation id, or the host's.
    pub correlation_id: Option<String>,
    /// Which key matched: its place, 0 being the newest, among the keys that the source had when the
    /// delivery was judged, those that had ended included. Rows are not written again: what was 0
    /// before a rotation is 1 after it, so compare rows of the same keys only, as
    /// [`KeyUse`](crate::sources::KeyUse) does. Each key of a key set has a place of its own, which
    /// [`Verifier::given_key`](crate::Verifier::given_key) leads back to the set.
    pub key_index: Option<u8>,
    /// How many deliveries this row stands for: 1, or more where refusals were only counted.
    pub count: u64,
    /// How long the judgement took, answers from outside included and the commit not, in whole
    /// milliseconds of the engine's clock. A host that judges by itself fills it in or leaves it.
    #[serde(default)]
    pub took_millis: Option<u64>,
    /// How far the signed time lay ahead of the clock here when the delivery came, in milliseconds;
    /// negative if behind. Only where the signature was right: of another time nothing follows.
    #[serde(default)]
    pub skew_millis: Option<i64>,
    /// What would have matched, each a sentence that says what to change; only of deliveries that
    /// were refused while a diagnosis of their source was open.
    #[serde(default)]
    pub hints: Vec<String>,
}

impl HistoryRow {
    /// A row with nothing but a source, a moment, an outcome and a status.
    #[must_use]
    pub const fn new(
        source: SourceId,
        at: Timestamp,
        outcome: Cow<'static, str>,
        status: u16,
    ) -> Self {
        Self {
            source,
            at,
            outcome,
            reason: None,
            detail: None,
            status,
            event: None,
            headers: Vec::new(),
            body_length: None,
            body_sha256: None,
            remote: None,
            correlation_id: None,
            key_index: None,
            count: 1,
            took_millis: None,
            skew_millis: None,
            hints: Vec::new(),
        }
    }
}
