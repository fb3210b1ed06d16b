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
mod erased;
mod error;
mod memory;
#[cfg(any(feature = "postgres", feature = "sqlite"))]
mod packed;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "sqlite")]
mod sqlite;
mod types;

use std::future::Future;

pub(crate) use self::blocking::block_on;
pub use self::blocking::{Blocking, BlockingStore};
pub(crate) use self::erased::{ErasedStore, erase};
pub use self::error::{StoreError, StoreErrorKind};
pub use self::memory::{MemoryLimits, MemoryStore};
#[cfg(feature = "postgres")]
pub use self::postgres::PgStore;
#[cfg(feature = "sqlite")]
pub use self::sqlite::{SqliteOptions, SqliteStore};
pub use self::types::{
    ClaimRequest, Counts, Cursor, Durability, EventFilter, HistoryFilter, MAX_PAGE, PurgeRequest,
    Purged, Put, PutState, Settled, Staged, State,
};
use crate::clock::Timestamp;
use crate::event::{Draft, Event, EventId, Settlement, Transition};
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

    /// Small state: writes a value, whose place [`PutState::check`] accepts, if the key still has the expected version (`None`: if there is
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
