//! The store in memory: the contract as an executable specification. The other back ends are
//! compared with this one, operation by operation.

mod shelf;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use self::shelf::Shelf;
use super::{
    BlockingStore, ClaimRequest, Counts, Cursor, Durability, EventFilter, HistoryFilter,
    PurgeRequest, Purged, Put, PutState, Settled, Staged, State, Store, StoreError, StoreErrorKind,
};
use crate::clock::Timestamp;
use crate::event::{Draft, Event, EventId, Settlement, Transition};
use crate::history::HistoryRow;
use crate::source::SourceId;

/// A store that keeps everything in this process, behind one mutex: for tests, for trying things
/// out, and as the specification of every other store. Nothing survives the process. Clones share
/// what is stored.
///
/// It is bounded. At a bound it refuses with [`StoreErrorKind::Full`] rather than evict a held key
/// or a pending event: eviction would let whoever can produce many valid deliveries have an earlier
/// one accepted twice. Only the history drops its oldest rows, so that refused deliveries cannot
/// use up the room of genuine ones.
///
/// A held key takes under 200 bytes beside its event.
#[derive(Clone, Debug)]
pub struct MemoryStore {
    /// Empty once closed.
    shelf: Arc<Mutex<Option<Shelf>>>,
}

/// How much a [`MemoryStore`] keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MemoryLimits {
    /// Events, in whatever state.
    pub events: usize,
    /// Held keys, ended ones included until they are purged.
    pub keys: usize,
    /// Bytes of bodies and kept headers together.
    pub bytes: usize,
    /// History rows; the oldest are dropped beyond.
    pub history: usize,
    /// Values of small state.
    pub state: usize,
}

impl Default for MemoryLimits {
    /// 100,000 events, 1,000,000 keys, 256 MB of bodies, 100,000 history rows, 100,000 values.
    fn default() -> Self {
        Self {
            events: 100_000,
            keys: 1_000_000,
            bytes: 256 << 20,
            history: 100_000,
            state: 100_000,
        }
    }
}

impl MemoryStore {
    /// An empty store with the default limits.
    #[must_use]
    pub fn new() -> Self {
        Self::with_limits(MemoryLimits::default())
    }

    /// An empty store with these limits.
    #[must_use]
    pub fn with_limits(limits: MemoryLimits) -> Self {
        Self { shelf: Arc::new(Mutex::new(Some(Shelf::new(limits)))) }
    }

    fn with<T>(
        &self,
        work: impl FnOnce(&mut Shelf) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        match self.lock().as_mut() {
            Some(shelf) => work(shelf),
            None => Err(StoreError::new(
                StoreErrorKind::Closed,
                "this memory store was closed; open another one",
            )),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Shelf>> {
        // Every change below is checked first and then made without a step that can fail, so a
        // poisoned lock guards nothing half done.
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

impl BlockingStore for MemoryStore {
    fn durability(&self) -> Durability {
        Durability::Process
    }

    fn stage(&self, draft: Draft, now: Timestamp) -> Result<Staged, StoreError> {
        self.with(|shelf| {
            shelf.room_for(std::slice::from_ref(&draft))?;
            Ok(shelf.stage(draft, now))
        })
    }

    fn stage_all(&self, drafts: Vec<Draft>, now: Timestamp) -> Result<Vec<Staged>, StoreError> {
        self.with(|shelf| {
            shelf.room_for(&drafts)?;
            Ok(drafts.into_iter().map(|draft| shelf.stage(draft, now)).collect())
        })
    }

    fn supersede(&self, source: &SourceId, generation: u64) -> Result<(), StoreError> {
        self.with(|shelf| {
            shelf.supersede(source, generation);
            Ok(())
        })
    }

    fn get(&self, tenant: &str, id: EventId) -> Result<Option<Event>, StoreError> {
        self.with(|shelf| Ok(shelf.get(tenant, id)))
    }

    fn list(
        &self,
        filter: &EventFilter,
        after: Option<Cursor>,
        limit: usize,
    ) -> Result<Vec<Event>, StoreError> {
        self.with(|shelf| Ok(shelf.list(filter, after, limit)))
    }

    fn settle(
        &self,
        tenant: &str,
        id: EventId,
        transition: Transition,
        settlement: Settlement,
        owner: Option<&str>,
    ) -> Result<Settled, StoreError> {
        self.with(|shelf| Ok(shelf.settle(tenant, id, transition, settlement, owner)))
    }

    fn claim(&self, request: &ClaimRequest, now: Timestamp) -> Result<Vec<Event>, StoreError> {
        self.with(|shelf| Ok(shelf.claim(request, now)))
    }

    fn extend(
        &self,
        tenant: &str,
        id: EventId,
        owner: &str,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.with(|shelf| Ok(shelf.extend(tenant, id, owner, until, now)))
    }

    fn release(
        &self,
        tenant: &str,
        id: EventId,
        owner: &str,
        not_before: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.with(|shelf| Ok(shelf.release(tenant, id, owner, not_before, now)))
    }

    fn record(&self, rows: Vec<HistoryRow>) -> Result<(), StoreError> {
        self.with(|shelf| {
            shelf.record(rows);
            Ok(())
        })
    }

    fn history(
        &self,
        filter: &HistoryFilter,
        after: Option<Cursor>,
        limit: usize,
    ) -> Result<Vec<(Cursor, HistoryRow)>, StoreError> {
        self.with(|shelf| Ok(shelf.history(filter, after, limit)))
    }

    fn purge(&self, request: &PurgeRequest, now: Timestamp) -> Result<Purged, StoreError> {
        self.with(|shelf| Ok(shelf.purge(request, now)))
    }

    fn counts(&self, tenant: &str, source: Option<&SourceId>) -> Result<Counts, StoreError> {
        self.with(|shelf| Ok(shelf.counts(tenant, source)))
    }

    fn state(
        &self,
        namespace: &str,
        key: &str,
        now: Timestamp,
    ) -> Result<Option<State>, StoreError> {
        self.with(|shelf| Ok(shelf.state(namespace, key, now)))
    }

    fn put_if(&self, put: PutState, now: Timestamp) -> Result<Put, StoreError> {
        self.with(|shelf| shelf.put_if(put, now))
    }

    fn close(&self) -> Result<(), StoreError> {
        *self.lock() = None;
        Ok(())
    }
}

/// Nothing here waits for anything but the mutex, so the futures are ready at once.
impl Store for MemoryStore {
    fn durability(&self) -> Durability {
        BlockingStore::durability(self)
    }

    async fn stage(&self, draft: Draft, now: Timestamp) -> Result<Staged, StoreError> {
        BlockingStore::stage(self, draft, now)
    }

    async fn stage_all(
        &self,
        drafts: Vec<Draft>,
        now: Timestamp,
    ) -> Result<Vec<Staged>, StoreError> {
        BlockingStore::stage_all(self, drafts, now)
    }

    async fn supersede(&self, source: &SourceId, generation: u64) -> Result<(), StoreError> {
        BlockingStore::supersede(self, source, generation)
    }

    async fn get(&self, tenant: &str, id: EventId) -> Result<Option<Event>, StoreError> {
        BlockingStore::get(self, tenant, id)
    }

    async fn list(
        &self,
        filter: &EventFilter,
        after: Option<Cursor>,
        limit: usize,
    ) -> Result<Vec<Event>, StoreError> {
        BlockingStore::list(self, filter, after, limit)
    }

    async fn settle(
        &self,
        tenant: &str,
        id: EventId,
        transition: Transition,
        settlement: Settlement,
        owner: Option<&str>,
    ) -> Result<Settled, StoreError> {
        BlockingStore::settle(self, tenant, id, transition, settlement, owner)
    }

    async fn claim(
        &self,
        request: &ClaimRequest,
        now: Timestamp,
    ) -> Result<Vec<Event>, StoreError> {
        BlockingStore::claim(self, request, now)
    }

    async fn extend(
        &self,
        tenant: &str,
        id: EventId,
        owner: &str,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        BlockingStore::extend(self, tenant, id, owner, until, now)
    }

    async fn release(
        &self,
        tenant: &str,
        id: EventId,
        owner: &str,
        not_before: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        BlockingStore::release(self, tenant, id, owner, not_before, now)
    }

    async fn record(&self, rows: Vec<HistoryRow>) -> Result<(), StoreError> {
        BlockingStore::record(self, rows)
    }

    async fn history(
        &self,
        filter: &HistoryFilter,
        after: Option<Cursor>,
        limit: usize,
    ) -> Result<Vec<(Cursor, HistoryRow)>, StoreError> {
        BlockingStore::history(self, filter, after, limit)
    }

    async fn purge(&self, request: &PurgeRequest, now: Timestamp) -> Result<Purged, StoreError> {
        BlockingStore::purge(self, request, now)
    }

    async fn counts(&self, tenant: &str, source: Option<&SourceId>) -> Result<Counts, StoreError> {
        BlockingStore::counts(self, tenant, source)
    }

    async fn state(
        &self,
        namespace: &str,
        key: &str,
        now: Timestamp,
    ) -> Result<Option<State>, StoreError> {
        BlockingStore::state(self, namespace, key, now)
    }

    async fn put_if(&self, put: PutState, now: Timestamp) -> Result<Put, StoreError> {
        BlockingStore::put_if(self, put, now)
    }

    async fn close(&self) -> Result<(), StoreError> {
        BlockingStore::close(self)
    }
}
