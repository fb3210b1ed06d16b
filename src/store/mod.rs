//! The store contract: where staged events are kept, and what every back end promises.
//!
//! A store keeps four things: **events** (the raw delivery), the **ledger** of dedupe keys, the
//! **history** of deliveries, and **small state** under compare-and-set. Small state is all that
//! idempotent answers, capture windows, schema versions and sources need, so a back end never
//! learns about them.
//!
//! # The contract
//!
//! 1. **Atomic.** Each method either does all that it says or nothing, also when the process or
//!    the machine stops half way. [`stage`](Store::stage) writes the key, the event and the history
//!    row together.
//! 2. **One winner.** For one tenant, source and key whose window is open at `now`, at most one
//!    `Inserted` is ever returned, under any number of threads, handles and processes.
//! 3. **Durable before returned.** When a method returns `Ok`, what it wrote survives as
//!    [`Durability`] says.
//! 4. **An error leaves no key.** After an error the same draft can be staged again. If the commit
//!    went through but its answer was lost, that second attempt is a `Duplicate`.
//! 5. **Time is an argument.** No method asks a clock; no statement calls the database's.
//! 6. **Bytes are bytes.** Bodies and header values come back exactly as they went in.
//! 7. **Tenants are apart.** A method given another tenant's id finds nothing and changes nothing.
//! 8. **Dropping a future** may still let its work commit; it never leaves half of it.
//! 9. **No secret is ever seen.** Nothing of a scheme or a key ring reaches a store.
//!
//! There are no default bodies: a wrapper that forgets a method does not compile.
//!
//! [How the back ends keep these promises](crate::manual::storage), and what that costs, is told in
//! prose.

mod blocking;
#[allow(dead_code, reason = "the engine is the only one who erases")]
mod erased;
mod memory;
#[cfg(any(feature = "postgres", feature = "sqlite"))]
mod packed;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "sqlite")]
mod sqlite;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

pub(crate) use self::blocking::block_on;
pub use self::blocking::{Blocking, BlockingStore};
#[allow(unused_imports, reason = "the engine is the only one who erases")]
pub(crate) use self::erased::{ErasedStore, erase};
pub use self::memory::{MemoryLimits, MemoryStore};
#[cfg(feature = "postgres")]
pub use self::postgres::PgStore;
#[cfg(feature = "sqlite")]
pub use self::sqlite::{SqliteOptions, SqliteStore};
use crate::clock::Timestamp;
use crate::event::{Draft, Event, EventId, Settlement, Status, Transition};
use crate::history::HistoryRow;
use crate::source::SourceId;

/// A place where staged events are kept. See the [module page](self) for what it promises.
///
/// Implementers write `async fn`; hosts pick a back end at run time, because
/// [`Engine`](crate::Engine) erases the type. A back end that blocks implements [`BlockingStore`]
/// and reaches async code through a thread of its own.
pub trait Store: Send + Sync + 'static {
    /// What survives when a method has returned.
    fn durability(&self) -> Durability;

    /// Stages one draft: claims its key, inserts the event and appends its history row, together.
    ///
    /// A key is free when it was never claimed for this tenant and source, or when the window it
    /// was claimed under has ended at `now` (`now >= end`). The history row of the draft is
    /// appended with the outcome that the returned [`Staged`] means (see [`Staged::outcome`]) and
    /// with the event it names.
    ///
    /// A duplicate whose own window is [`FromLast`](crate::Window::FromLast) moves the end of a
    /// window that ends to its own end, if that is later; it never ends one earlier.
    fn stage(
        &self,
        draft: Draft,
        now: Timestamp,
    ) -> impl Future<Output = Result<Staged, StoreError>> + Send;

    /// Stages several drafts in one commit. Each is judged by itself, in order; the answers stand
    /// in the order of the drafts. Two drafts of one batch may claim the same key: the first wins.
    fn stage_all(
        &self,
        drafts: Vec<Draft>,
        now: Timestamp,
    ) -> impl Future<Output = Result<Vec<Staged>, StoreError>> + Send;

    /// Puts a generation of a source's credentials in force. From the moment this returns, a draft
    /// of an older generation is [`Staged::Superseded`]. A lower generation than the one in force
    /// changes nothing.
    fn supersede(
        &self,
        source: &SourceId,
        generation: u64,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// The event, if this tenant has it.
    fn get(
        &self,
        tenant: &str,
        id: EventId,
    ) -> impl Future<Output = Result<Option<Event>, StoreError>> + Send;

    /// Events of one tenant, newest first by (received, id), starting after a cursor. The order is
    /// stable while others insert. `limit` is capped at [`MAX_PAGE`].
    fn list(
        &self,
        filter: &EventFilter,
        after: Option<Cursor>,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<Event>, StoreError>> + Send;

    /// Moves an event from one state to another if it is still in the first: compare-and-set.
    /// With an `owner`, only while that owner's lease is open at the moment of the settlement. A
    /// settled event has no lease and no `not_before`; one that becomes pending again starts with
    /// no attempts. Of several reasons not to move, the answer is the first of [`Settled::Missing`],
    /// [`Settled::Stale`], [`Settled::LeaseLost`].
    fn settle(
        &self,
        tenant: &str,
        id: EventId,
        transition: Transition,
        settlement: Settlement,
        owner: Option<&str>,
    ) -> impl Future<Output = Result<Settled, StoreError>> + Send;

    /// Hands pending events to a worker, oldest first, each to one worker: those without a lease
    /// or whose lease has ended at `now`, and whose `not_before` has come. One that is asked for by
    /// its id is handed out before that moment as well. Counts an attempt on each. No worker waits
    /// for another.
    fn claim(
        &self,
        request: &ClaimRequest,
        now: Timestamp,
    ) -> impl Future<Output = Result<Vec<Event>, StoreError>> + Send;

    /// Prolongs a lease that this owner still holds at `now`; false if it does not. A lease never
    /// gets shorter.
    fn extend(
        &self,
        tenant: &str,
        id: EventId,
        owner: &str,
        until: Timestamp,
        now: Timestamp,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Gives a lease back that this owner still holds at `now`, so that others may claim the event
    /// from `not_before` on; false if it does not hold it.
    fn release(
        &self,
        tenant: &str,
        id: EventId,
        owner: &str,
        not_before: Option<Timestamp>,
        now: Timestamp,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Appends history rows, in one commit.
    fn record(&self, rows: Vec<HistoryRow>) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// History of one tenant, newest first, starting after a cursor. `limit` is capped at
    /// [`MAX_PAGE`].
    fn history(
        &self,
        filter: &HistoryFilter,
        after: Option<Cursor>,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<(Cursor, HistoryRow)>, StoreError>> + Send;

    /// Removes settled events and history rows that are older than the cuts, and keys and small
    /// state that have ended at `now`. It never removes a pending event or a key whose window is
    /// open at `now`: the key of a purged event stays held. At most `limit` of each per call, so
    /// that it never holds others up for long; call it again while it removes something.
    fn purge(
        &self,
        request: &PurgeRequest,
        now: Timestamp,
    ) -> impl Future<Output = Result<Purged, StoreError>> + Send;

    /// How many events of a tenant stand in each state; of one source, or of all.
    fn counts(
        &self,
        tenant: &str,
        source: Option<&SourceId>,
    ) -> impl Future<Output = Result<Counts, StoreError>> + Send;

    /// Small state: the value under a key with its version, unless it has ended at `now`.
    fn state(
        &self,
        namespace: &str,
        key: &str,
        now: Timestamp,
    ) -> impl Future<Output = Result<Option<State>, StoreError>> + Send;

    /// Small state: writes a value if the key still has the expected version (`None`: if there is
    /// no value, or it has ended at `now`). The versions of one key only grow, also over a removal,
    /// so that a version seen before never fits a later value.
    fn put_if(
        &self,
        put: PutState,
        now: Timestamp,
    ) -> impl Future<Output = Result<Put, StoreError>> + Send;

    /// Finishes what was begun and takes nothing new: later calls answer
    /// [`StoreErrorKind::Closed`].
    fn close(&self) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// The longest page that [`Store::list`] and [`Store::history`] return.
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
