//! The contract for code without a runtime: the same methods, blocking, and an adapter that gives
//! every store this face.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;

use super::{
    ClaimRequest, Counts, Cursor, Durability, EventFilter, HistoryFilter, PurgeRequest, Purged,
    Put, PutState, Settled, Staged, State, Store, StoreError,
};
use crate::clock::Timestamp;
use crate::event::{Draft, Event, EventId, Settlement, Transition};
use crate::history::HistoryRow;
use crate::source::SourceId;

/// [`Store`], blocking: the same methods, the same contract, no futures.
///
/// `SqliteStore` and [`MemoryStore`](super::MemoryStore) have this face of
/// their own; [`Blocking`] makes one of any other store. Import this trait or [`Store`], not both:
/// their methods have the same names.
pub trait BlockingStore: Send + Sync + 'static {
    /// See [`Store::durability`].
    fn durability(&self) -> Durability;

    /// See [`Store::stage`].
    ///
    /// # Errors
    ///
    /// A [`StoreError`] if the store could not do it; then it did nothing of it.
    fn stage(&self, draft: Draft, now: Timestamp) -> Result<Staged, StoreError>;

    /// See [`Store::stage_all`].
    ///
    /// # Errors
    ///
    /// A [`StoreError`] if the store could not do it; then it did nothing of it.
    fn stage_all(&self, drafts: Vec<Draft>, now: Timestamp) -> Result<Vec<Staged>, StoreError>;

    /// See [`Store::supersede`].
    ///
    /// # Errors
    ///
    /// A [`StoreError`] if the store could not do it; then it did nothing of it.
    fn supersede(&self, source: &SourceId, generation: u64) -> Result<(), StoreError>;

    /// See [`Store::get`].
    ///
    /// # Errors
    ///
    /// A [`StoreError`] if the store could not do it; then it did nothing of it.
    fn get(&self, tenant: &str, id: EventId) -> Result<Option<Event>, StoreError>;

    /// See [`Store::list`].
    ///
    /// # Errors
    ///
    /// A [`StoreError`] if the store could not do it; then it did nothing of it.
    fn list(
        &self,
        filter: &EventFilter,
        after: Option<Cursor>,
        limit: usize,
    ) -> Result<Vec<Event>, StoreError>;

    /// See [`Store::settle`].
    ///
    /// # Errors
    ///
    /// A [`StoreError`] if the store could not do it; then it did nothing of it.
    fn settle(
        &self,
        tenant: &str,
        id: EventId,
        transition: Transition,
        settlement: Settlement,
        owner: Option<&str>,
    ) -> Result<Settled, StoreError>;

    /// See [`Store::claim`].
    ///
    /// # Errors
    ///
    /// A [`StoreError`] if the store could not do it; then it did nothing of it.
    fn claim(&self, request: &ClaimRequest, now: Timestamp) -> Result<Vec<Event>, StoreError>;

    /// See [`Store::extend`].
    ///
    /// # Errors
    ///
    /// A [`StoreError`] if the store could not do it; then it did nothing of it.
    fn extend(
        &self,
        tenant: &str,
        id: EventId,
        owner: &str,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError>;

    /// See [`Store::release`].
    ///
    /// # Errors
    ///
    /// A [`StoreError`] if the store could not do it; then it did nothing of it.
    fn release(
        &self,
        tenant: &str,
        id: EventId,
        owner: &str,
        not_before: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<bool, StoreError>;

    /// See [`Store::record`].
    ///
    /// # Errors
    ///
    /// A [`StoreError`] if the store could not do it; then it did nothing of it.
    fn record(&self, rows: Vec<HistoryRow>) -> Result<(), StoreError>;

    /// See [`Store::history`].
    ///
    /// # Errors
    ///
    /// A [`StoreError`] if the store could not do it; then it did nothing of it.
    fn history(
        &self,
        filter: &HistoryFilter,
        after: Option<Cursor>,
        limit: usize,
    ) -> Result<Vec<(Cursor, HistoryRow)>, StoreError>;

    /// See [`Store::purge`].
    ///
    /// # Errors
    ///
    /// A [`StoreError`] if the store could not do it; then it did nothing of it.
    fn purge(&self, request: &PurgeRequest, now: Timestamp) -> Result<Purged, StoreError>;

    /// See [`Store::counts`].
    ///
    /// # Errors
    ///
    /// A [`StoreError`] if the store could not do it; then it did nothing of it.
    fn counts(&self, tenant: &str, source: Option<&SourceId>) -> Result<Counts, StoreError>;

    /// See [`Store::state`].
    ///
    /// # Errors
    ///
    /// A [`StoreError`] if the store could not do it; then it did nothing of it.
    fn state(
        &self,
        namespace: &str,
        key: &str,
        now: Timestamp,
    ) -> Result<Option<State>, StoreError>;

    /// See [`Store::put_if`].
    ///
    /// # Errors
    ///
    /// A [`StoreError`] if the store could not do it; then it did nothing of it.
    fn put_if(&self, put: PutState, now: Timestamp) -> Result<Put, StoreError>;

    /// See [`Store::close`].
    ///
    /// # Errors
    ///
    /// A [`StoreError`] if the store could not do it; then it did nothing of it.
    fn close(&self) -> Result<(), StoreError>;
}

/// The blocking face of any [`Store`]: each call parks its thread until the store's future is done.
///
/// A store that needs a runtime for its input and output (a network driver, for example) needs it
/// running elsewhere meanwhile: calling this from a thread of a single-threaded runtime that the
/// store itself depends on waits for ever.
///
/// ```
/// use hookstage::store::{Blocking, BlockingStore, MemoryStore};
///
/// let store = Blocking(MemoryStore::new());
/// assert_eq!(store.counts("acme", None)?.pending, 0);
/// # Ok::<(), hookstage::store::StoreError>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Blocking<S>(
    /// The store.
    pub S,
);

impl<S: Store> BlockingStore for Blocking<S> {
    fn durability(&self) -> Durability {
        self.0.durability()
    }

    fn stage(&self, draft: Draft, now: Timestamp) -> Result<Staged, StoreError> {
        block_on(self.0.stage(draft, now))
    }

    fn stage_all(&self, drafts: Vec<Draft>, now: Timestamp) -> Result<Vec<Staged>, StoreError> {
        block_on(self.0.stage_all(drafts, now))
    }

    fn supersede(&self, source: &SourceId, generation: u64) -> Result<(), StoreError> {
        block_on(self.0.supersede(source, generation))
    }

    fn get(&self, tenant: &str, id: EventId) -> Result<Option<Event>, StoreError> {
        block_on(self.0.get(tenant, id))
    }

    fn list(
        &self,
        filter: &EventFilter,
        after: Option<Cursor>,
        limit: usize,
    ) -> Result<Vec<Event>, StoreError> {
        block_on(self.0.list(filter, after, limit))
    }

    fn settle(
        &self,
        tenant: &str,
        id: EventId,
        transition: Transition,
        settlement: Settlement,
        owner: Option<&str>,
    ) -> Result<Settled, StoreError> {
        block_on(self.0.settle(tenant, id, transition, settlement, owner))
    }

    fn claim(&self, request: &ClaimRequest, now: Timestamp) -> Result<Vec<Event>, StoreError> {
        block_on(self.0.claim(request, now))
    }

    fn extend(
        &self,
        tenant: &str,
        id: EventId,
        owner: &str,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        block_on(self.0.extend(tenant, id, owner, until, now))
    }

    fn release(
        &self,
        tenant: &str,
        id: EventId,
        owner: &str,
        not_before: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        block_on(self.0.release(tenant, id, owner, not_before, now))
    }

    fn record(&self, rows: Vec<HistoryRow>) -> Result<(), StoreError> {
        block_on(self.0.record(rows))
    }

    fn history(
        &self,
        filter: &HistoryFilter,
        after: Option<Cursor>,
        limit: usize,
    ) -> Result<Vec<(Cursor, HistoryRow)>, StoreError> {
        block_on(self.0.history(filter, after, limit))
    }

    fn purge(&self, request: &PurgeRequest, now: Timestamp) -> Result<Purged, StoreError> {
        block_on(self.0.purge(request, now))
    }

    fn counts(&self, tenant: &str, source: Option<&SourceId>) -> Result<Counts, StoreError> {
        block_on(self.0.counts(tenant, source))
    }

    fn state(
        &self,
        namespace: &str,
        key: &str,
        now: Timestamp,
    ) -> Result<Option<State>, StoreError> {
        block_on(self.0.state(namespace, key, now))
    }

    fn put_if(&self, put: PutState, now: Timestamp) -> Result<Put, StoreError> {
        block_on(self.0.put_if(put, now))
    }

    fn close(&self) -> Result<(), StoreError> {
        block_on(self.0.close())
    }
}

/// Runs a future on this thread, parked while there is nothing to do.
pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let waker = unparker();
    let mut context = Context::from_waker(&waker);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(output) => return output,
            Poll::Pending => std::thread::park(),
        }
    }
}

/// A waker that unparks this thread.
pub(super) fn unparker() -> Waker {
    Waker::from(Arc::new(Unpark(std::thread::current())))
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.0.unpark();
    }
}
