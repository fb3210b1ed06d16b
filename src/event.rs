//! What is staged: the draft that only a judged delivery becomes, the event a store makes of it,
//! and the states an event may move through.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::dedupe::{DedupeKey, Window};
use crate::history::HistoryRow;
use crate::scheme::Coverage;
use crate::source::SourceId;
use crate::store::Staged;

/// The number that a store gives a staged event. It grows, may have gaps, and means nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EventId(u64);

impl EventId {
    /// The id with this number; for stores.
    #[must_use]
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for EventId {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

/// A judged delivery, ready to be staged. Only [`admit`](crate::admit()) makes one, so an event
/// that was never verified cannot reach a store.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Draft {
    /// Whose endpoint took the delivery.
    pub source: SourceId,
    /// When the delivery was judged.
    pub received_at: Timestamp,
    /// The claim on a dedupe key, if the source's rule found one.
    pub claim: Option<Claim>,
    /// The event type, if the source says where it stands and the delivery has one.
    pub event_type: Option<String>,
    /// The headers that the source's allowlist keeps, in the order received.
    pub headers: Vec<(String, Vec<u8>)>,
    /// Exactly the bytes that were judged.
    pub body: Arc<[u8]>,
    /// SHA-256 of the body.
    pub body_sha256: [u8; 32],
    /// What the signature covered.
    pub coverage: Coverage,
    /// The generation of the source's credentials that the delivery was judged under. A store
    /// refuses it if a newer generation was put in force in the meantime.
    pub generation: u64,
    /// The row that the history gets in the same transaction if the event is new; see
    /// [`row`](Self::row).
    pub history: HistoryRow,
    /// The status that the sender is answered with if the event is a duplicate.
    pub duplicate_status: u16,
    /// The status that the sender is answered with if its credentials were revoked meanwhile.
    pub superseded_status: u16,
}

impl Draft {
    /// The history row that a store appends in the transaction that had this result.
    #[must_use]
    pub fn row(&self, staged: Staged) -> HistoryRow {
        let mut row = self.history.clone();
        row.outcome = staged.outcome().into();
        row.event = staged.event();
        match staged {
            Staged::Inserted(_) => {}
            Staged::Duplicate { .. } => row.status = self.duplicate_status,
            Staged::Superseded => {
                row.status = self.superseded_status;
                row.reason = Some("superseded".into());
            }
        }
        row
    }
}

/// A dedupe key and how long it keeps others out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Claim {
    /// The key.
    pub key: DedupeKey,
    /// How long the key is held.
    pub window: Window,
}

impl Claim {
    /// A claim on this key for this window.
    #[must_use]
    pub const fn new(key: DedupeKey, window: Window) -> Self {
        Self { key, window }
    }
}

#[cfg(feature = "test-util")]
impl Draft {
    /// A draft that nothing was judged for, so that a store can be tested without a sender. It has
    /// no headers, no event type, covers nothing, and belongs to generation 0; set the fields to
    /// get others.
    #[must_use]
    pub fn for_tests(
        source: SourceId,
        received_at: Timestamp,
        body: impl Into<Arc<[u8]>>,
        claim: Option<Claim>,
    ) -> Self {
        use sha2::Digest as _;
        let body = body.into();
        let body_sha256: [u8; 32] = sha2::Sha256::digest(&body).into();
        let mut history = HistoryRow::new(source.clone(), received_at, "staged".into(), 200);
        history.body_length = Some(body.len() as u64);
        history.body_sha256 = Some(body_sha256);
        Self {
            source,
            received_at,
            claim,
            event_type: None,
            headers: Vec::new(),
            body,
            body_sha256,
            coverage: Coverage::nothing(),
            generation: 0,
            history,
            duplicate_status: 200,
            superseded_status: 401,
        }
    }
}

/// A staged event as a store returns it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Event {
    /// Its number in the store.
    pub id: EventId,
    /// Whose endpoint took it.
    pub source: SourceId,
    /// When it was received.
    pub received_at: Timestamp,
    /// Its event type, if known.
    pub event_type: Option<String>,
    /// The kept headers.
    pub headers: Vec<(String, Vec<u8>)>,
    /// Exactly the bytes received.
    pub body: Arc<[u8]>,
    /// SHA-256 of the body.
    pub body_sha256: [u8; 32],
    /// What the signature covered.
    pub coverage: Coverage,
    /// The dedupe key it holds or held.
    pub key: Option<DedupeKey>,
    /// Where it stands.
    pub status: Status,
    /// How often a worker claimed it.
    pub attempts: u32,
    /// Who decided last, when and why; empty while nobody has.
    pub settlement: Option<Settlement>,
    /// The claim of a worker, if one holds it.
    pub lease: Option<Lease>,
    /// Not handed to a worker before this moment.
    pub not_before: Option<Timestamp>,
}

impl Event {
    /// The event a store makes of a draft when it inserts it.
    #[must_use]
    pub fn staged(id: EventId, draft: Draft) -> Self {
        Self {
            id,
            source: draft.source,
            received_at: draft.received_at,
            event_type: draft.event_type,
            headers: draft.headers,
            body: draft.body,
            body_sha256: draft.body_sha256,
            coverage: draft.coverage,
            key: draft.claim.map(|claim| claim.key),
            status: Status::Pending,
            attempts: 0,
            settlement: None,
            lease: None,
            not_before: None,
        }
    }
}

/// Where a staged event stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Gave up on after too many failed attempts; waits for a person.
    Dead,
    /// Waits for a reviewer or a worker.
    Pending,
    /// The host's workflow ran.
    Promoted,
    /// A person decided against it. Its dedupe key stays held, so the sender's retry does not
    /// bring it back.
    Rejected,
}

impl Status {
    /// All states.
    pub const ALL: [Self; 4] = [Self::Dead, Self::Pending, Self::Promoted, Self::Rejected];

    /// The word that stores and pages use.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Dead => "dead",
            Self::Pending => "pending",
            Self::Promoted => "promoted",
            Self::Rejected => "rejected",
        }
    }
}

impl FromStr for Status {
    type Err = UnknownStatus;

    fn from_str(text: &str) -> Result<Self, UnknownStatus> {
        Self::ALL.into_iter().find(|status| status.as_str() == text).ok_or(UnknownStatus)
    }
}

/// A word that is no [`Status`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a status is one of dead, pending, promoted, rejected")]
pub struct UnknownStatus;

/// A permitted move between states. There is no other, so an illegal move cannot be written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Transition {
    /// Pending to dead: attempts ran out.
    GiveUp,
    /// Pending to promoted: the workflow ran.
    Promote,
    /// Pending to rejected: a person decided.
    Reject,
    /// Rejected to pending: a person changed their mind.
    Reopen,
    /// Dead to pending: a person wants another try.
    Retry,
    /// Promoted to pending: the workflow shall run again, usually in a newer version.
    Replay,
}

impl Transition {
    /// All permitted moves.
    pub const ALL: [Self; 6] =
        [Self::GiveUp, Self::Promote, Self::Reject, Self::Reopen, Self::Retry, Self::Replay];

    /// The state it leaves.
    #[must_use]
    pub const fn from(self) -> Status {
        match self {
            Self::GiveUp | Self::Promote | Self::Reject => Status::Pending,
            Self::Reopen => Status::Rejected,
            Self::Retry => Status::Dead,
            Self::Replay => Status::Promoted,
        }
    }

    /// The state it leads to.
    #[must_use]
    pub const fn to(self) -> Status {
        match self {
            Self::GiveUp => Status::Dead,
            Self::Promote => Status::Promoted,
            Self::Reject => Status::Rejected,
            Self::Reopen | Self::Retry | Self::Replay => Status::Pending,
        }
    }
}

/// Who moved an event, when and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Settlement {
    /// The person or worker that decided, in the host's words.
    pub actor: String,
    /// When.
    pub at: Timestamp,
    /// Why, in the actor's words.
    pub reason: Option<String>,
}

impl Settlement {
    /// A settlement of this actor at this moment.
    #[must_use]
    pub const fn new(actor: String, at: Timestamp, reason: Option<String>) -> Self {
        Self { actor, at, reason }
    }
}

/// A worker's hold on a pending event.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Lease {
    /// The token of the worker; unique to one claim, so that a worker that lost its lease cannot
    /// act on it.
    pub owner: String,
    /// When others may claim the event.
    pub until: Timestamp,
}

impl Lease {
    /// A lease of this owner until this moment.
    #[must_use]
    pub const fn new(owner: String, until: Timestamp) -> Self {
        Self { owner, until }
    }
}
