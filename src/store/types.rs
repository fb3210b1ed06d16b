//! The plain values that a store takes and gives.

use std::time::Duration;

use super::{StoreError, StoreErrorKind};
use crate::clock::Timestamp;
use crate::event::{EventId, Status};
use crate::source::SourceId;

/// The longest page that [`Store::list`](super::Store::list) and [`Store::history`](super::Store::history) return.
pub const MAX_PAGE: usize = 1000;

/// What survives when a store has returned `Ok`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Durability {
    /// Nothing survives the process.
    Process,
    /// Survives the end of the process, but the last commits may be lost when the machine stops.
    Machine,
    /// Survives the machine: the commit was synced to disk first.
    Synced,
}

/// What became of a draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Staged {
    /// New: the event is staged under this id.
    Inserted(EventId),
    /// Its key is held by an earlier event, which is kept as it was.
    Duplicate {
        /// The earlier event.
        id: EventId,
        /// Whether the earlier body was another one, byte for byte.
        payload_differs: bool,
    },
    /// Its credentials were revoked between judgement and commit; nothing was staged.
    Superseded,
}

impl Staged {
    /// The word the history row gets.
    #[must_use]
    pub const fn outcome(&self) -> &'static str {
        match self {
            Self::Inserted(_) => "staged",
            Self::Duplicate { .. } => "duplicate",
            Self::Superseded => "refused",
        }
    }

    /// The event staged, or the one this is a duplicate of.
    #[must_use]
    pub const fn event(&self) -> Option<EventId> {
        match self {
            Self::Inserted(id) | Self::Duplicate { id, .. } => Some(*id),
            Self::Superseded => None,
        }
    }
}

/// What became of a move between states.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Settled {
    /// The event is in the new state.
    Done,
    /// Another was faster: the event is in this state, and nothing was changed.
    Stale(Status),
    /// The owner does not hold the lease any more; nothing was changed.
    LeaseLost,
    /// A worker holds it until then; nothing was changed.
    Leased {
        /// When its lease ends, unless it is prolonged.
        until: Timestamp,
    },
    /// This tenant has no such event.
    Missing,
}

/// Which events to list.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct EventFilter {
    /// Whose.
    pub tenant: String,
    /// Of one source only.
    pub source: Option<SourceId>,
    /// In one state only.
    pub status: Option<Status>,
    /// Of one event type only.
    pub event_type: Option<String>,
}

impl EventFilter {
    /// All events of a tenant.
    #[must_use]
    pub fn tenant(tenant: impl Into<String>) -> Self {
        Self { tenant: tenant.into(), source: None, status: None, event_type: None }
    }
}

/// Which history rows to list.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct HistoryFilter {
    /// Whose.
    pub tenant: String,
    /// Of one source only.
    pub source: Option<SourceId>,
    /// With this outcome only.
    pub outcome: Option<String>,
    /// Not before this moment.
    pub since: Option<Timestamp>,
    /// Before this moment.
    pub until: Option<Timestamp>,
}

impl HistoryFilter {
    /// All history of a tenant.
    #[must_use]
    pub fn tenant(tenant: impl Into<String>) -> Self {
        Self { tenant: tenant.into(), source: None, outcome: None, since: None, until: None }
    }
}

/// A place in a list: after the entry with this moment and number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cursor {
    /// When the entry was received.
    pub at: Timestamp,
    /// Its number in the store.
    pub number: u64,
}

/// Which events a worker wants.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ClaimRequest {
    /// Whose; every tenant's if none.
    pub tenant: Option<String>,
    /// Of one source only.
    pub source: Option<SourceId>,
    /// This event only.
    pub event: Option<EventId>,
    /// The worker's token for this claim.
    pub owner: String,
    /// When the leases end.
    pub until: Timestamp,
    /// At most this many; capped at [`MAX_PAGE`].
    pub limit: usize,
}

impl ClaimRequest {
    /// Up to `limit` events of any tenant for this owner until this moment.
    #[must_use]
    pub fn new(owner: impl Into<String>, until: Timestamp, limit: usize) -> Self {
        Self { tenant: None, source: None, event: None, owner: owner.into(), until, limit }
    }

    /// One event of a tenant for this owner until this moment.
    #[must_use]
    pub fn event(
        tenant: impl Into<String>,
        id: EventId,
        owner: impl Into<String>,
        until: Timestamp,
    ) -> Self {
        let request = Self::new(owner, until, 1);
        Self { tenant: Some(tenant.into()), event: Some(id), ..request }
    }
}

/// What to remove.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct PurgeRequest {
    /// Settled events received before this moment.
    pub events_before: Timestamp,
    /// History rows from before this moment.
    pub history_before: Timestamp,
    /// At most this many of each kind.
    pub limit: usize,
}

impl PurgeRequest {
    /// Everything older than `retention` at `now`, at most 1,000 of each kind per call.
    #[must_use]
    pub const fn older_than(retention: Duration, now: Timestamp) -> Self {
        let cut = now.saturating_sub(retention);
        Self { events_before: cut, history_before: cut, limit: 1000 }
    }
}

/// What was removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Purged {
    /// Events.
    pub events: u64,
    /// Ended keys of the ledger.
    pub keys: u64,
    /// History rows.
    pub history: u64,
    /// Ended values of small state.
    pub state: u64,
}

impl Purged {
    /// Whether nothing was removed.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.events == 0 && self.keys == 0 && self.history == 0 && self.state == 0
    }
}

/// How many events stand in each state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// Given up on.
    pub dead: u64,
    /// Waiting.
    pub pending: u64,
    /// Promoted.
    pub promoted: u64,
    /// Rejected.
    pub rejected: u64,
}

impl Counts {
    /// How many stand in this state.
    #[must_use]
    pub const fn of(&self, status: Status) -> u64 {
        match status {
            Status::Dead => self.dead,
            Status::Pending => self.pending,
            Status::Promoted => self.promoted,
            Status::Rejected => self.rejected,
        }
    }

    /// The same, to be counted up; for stores.
    #[must_use]
    pub const fn of_mut(&mut self, status: Status) -> &mut u64 {
        match status {
            Status::Dead => &mut self.dead,
            Status::Pending => &mut self.pending,
            Status::Promoted => &mut self.promoted,
            Status::Rejected => &mut self.rejected,
        }
    }
}

/// A value of small state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// Its version; grows with every write.
    pub version: u64,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// A conditional write of small state.
///
/// Namespace and key together take at most [`MAX_PLACE`](Self::MAX_PLACE) bytes. Keys that a
/// stranger chooses are hashed first.
#[derive(Clone, Debug)]
pub struct PutState {
    /// The kind of state: a short constant word of the library or the host.
    pub namespace: String,
    /// The key within it.
    pub key: String,
    /// The version that must still be there; `None`: no value may be there.
    pub expected: Option<u64>,
    /// The new bytes; `None` removes the value.
    pub bytes: Option<Vec<u8>>,
    /// When the value ends by itself.
    pub expires: Option<Timestamp>,
}

impl PutState {
    /// The most bytes of a namespace and a key together: what fits into an index of every database.
    pub const MAX_PLACE: usize = 1024;

    /// Whether its place is short enough; for stores, which ask before they write.
    ///
    /// # Errors
    ///
    /// [`StoreErrorKind::Other`] if it is not.
    pub fn check(&self) -> Result<(), StoreError> {
        if self.namespace.len().saturating_add(self.key.len()) <= Self::MAX_PLACE {
            return Ok(());
        }
        Err(StoreError::new(
            StoreErrorKind::Other,
            format!(
                "the namespace and key of small state are longer than {} bytes; hash what others choose",
                Self::MAX_PLACE
            ),
        ))
    }
}

/// What became of a conditional write.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum Put {
    /// Written under this version.
    Done {
        /// The new version.
        version: u64,
    },
    /// Another was faster: this is what stands there, if anything does.
    Conflict(Option<State>),
}
