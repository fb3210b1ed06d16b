//! Stores that stand before another and do something of a test's own at every call.

use hookstage::store::{
    BlockingStore, ClaimRequest, Counts, Cursor, Durability, EventFilter, HistoryFilter,
    MemoryStore, PurgeRequest, Purged, Put, PutState, Settled, Staged, State, StoreError,
};
use hookstage::{Draft, Event, EventId, HistoryRow, Settlement, SourceId, Timestamp, Transition};

/// What a test does at every call of a store.
pub(crate) trait Around: Send + Sync + 'static {
    /// The store behind it.
    fn store(&self) -> &MemoryStore;

    /// Does the work of the operation of this name, or not, or more.
    fn call<T>(
        &self,
        operation: &'static str,
        work: impl FnOnce() -> Result<T, StoreError>,
    ) -> Result<T, StoreError>;
}

/// The store that hosts are given.
#[derive(Clone)]
pub(crate) struct Surrounded<A>(pub(crate) A);

macro_rules! surround {
    ($(fn $name:ident(&self $(, $argument:ident: $type:ty)*) -> $result:ty;)*) => {
        impl<A: Around> BlockingStore for Surrounded<A> {
            fn durability(&self) -> Durability {
                BlockingStore::durability(self.0.store())
            }

            $(fn $name(&self $(, $argument: $type)*) -> Result<$result, StoreError> {
                let work = || BlockingStore::$name(self.0.store() $(, $argument)*);
                self.0.call(stringify!($name), work)
            })*
        }
    };
}

surround! {
    fn stage(&self, draft: Draft, now: Timestamp) -> Staged;
    fn stage_all(&self, drafts: Vec<Draft>, now: Timestamp) -> Vec<Staged>;
    fn supersede(&self, source: &SourceId, generation: u64) -> ();
    fn get(&self, tenant: &str, id: EventId) -> Option<Event>;
    fn list(&self, filter: &EventFilter, after: Option<Cursor>, limit: usize) -> Vec<Event>;
    fn settle(
        &self, tenant: &str, id: EventId, transition: Transition, settlement: Settlement,
        owner: Option<&str>
    ) -> Settled;
    fn claim(&self, request: &ClaimRequest, now: Timestamp) -> Vec<Event>;
    fn extend(
        &self, tenant: &str, id: EventId, owner: &str, until: Timestamp, now: Timestamp
    ) -> bool;
    fn release(
        &self, tenant: &str, id: EventId, owner: &str, not_before: Option<Timestamp>, now: Timestamp
    ) -> bool;
    fn record(&self, rows: Vec<HistoryRow>) -> ();
    fn history(
        &self, filter: &HistoryFilter, after: Option<Cursor>, limit: usize
    ) -> Vec<(Cursor, HistoryRow)>;
    fn purge(&self, request: &PurgeRequest, now: Timestamp) -> Purged;
    fn counts(&self, tenant: &str, source: Option<&SourceId>) -> Counts;
    fn state(&self, namespace: &str, key: &str, now: Timestamp) -> Option<State>;
    fn put_if(&self, put: PutState, now: Timestamp) -> Put;
    fn close(&self) -> ();
}
