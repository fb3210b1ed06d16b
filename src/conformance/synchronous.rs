//! A blocking store under the suite, which speaks the async contract.

use crate::clock::Timestamp;
use crate::event::{Draft, Event, EventId, Settlement, Transition};
use crate::history::HistoryRow;
use crate::source::SourceId;
use crate::store::{
    BlockingStore, ClaimRequest, Counts, Cursor, Durability, EventFilter, HistoryFilter,
    PurgeRequest, Purged, Put, PutState, Settled, Staged, State, Store, StoreError,
};

/// The async face of a [`BlockingStore`] for this suite: each call is done before its future
/// returns. It blocks the thread that polls it, so it is of no use in a server.
#[derive(Clone, Copy, Debug, Default)]
pub struct Synchronous<B>(
    /// The store.
    pub B,
);

impl<B: BlockingStore> Store for Synchronous<B> {
    fn durability(&self) -> Durability {
        self.0.durability()
    }

    async fn stage(&self, draft: Draft, now: Timestamp) -> Result<Staged, StoreError> {
        self.0.stage(draft, now)
    }

    async fn stage_all(
        &self,
        drafts: Vec<Draft>,
        now: Timestamp,
    ) -> Result<Vec<Staged>, StoreError> {
        self.0.stage_all(drafts, now)
    }

    async fn supersede(&self, source: &SourceId, generation: u64) -> Result<(), StoreError> {
        self.0.supersede(source, generation)
    }

    async fn get(&self, tenant: &str, id: EventId) -> Result<Option<Event>, StoreError> {
        self.0.get(tenant, id)
    }

    async fn list(
        &self,
        filter: &EventFilter,
        after: Option<Cursor>,
        limit: usize,
    ) -> Result<Vec<Event>, StoreError> {
        self.0.list(filter, after, limit)
    }

    async fn settle(
        &self,
        tenant: &str,
        id: EventId,
        transition: Transition,
        settlement: Settlement,
        owner: Option<&str>,
    ) -> Result<Settled, StoreError> {
        self.0.settle(tenant, id, transition, settlement, owner)
    }

    async fn claim(
        &self,
        request: &ClaimRequest,
        now: Timestamp,
    ) -> Result<Vec<Event>, StoreError> {
        self.0.claim(request, now)
    }

    async fn extend(
        &self,
        tenant: &str,
        id: EventId,
        owner: &str,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.0.extend(tenant, id, owner, until, now)
    }

    async fn release(
        &self,
        tenant: &str,
        id: EventId,
        owner: &str,
        not_before: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.0.release(tenant, id, owner, not_before, now)
    }

    async fn record(&self, rows: Vec<HistoryRow>) -> Result<(), StoreError> {
        self.0.record(rows)
    }

    async fn history(
        &self,
        filter: &HistoryFilter,
        after: Option<Cursor>,
        limit: usize,
    ) -> Result<Vec<(Cursor, HistoryRow)>, StoreError> {
        self.0.history(filter, after, limit)
    }

    async fn purge(&self, request: &PurgeRequest, now: Timestamp) -> Result<Purged, StoreError> {
        self.0.purge(request, now)
    }

    async fn counts(&self, tenant: &str, source: Option<&SourceId>) -> Result<Counts, StoreError> {
        self.0.counts(tenant, source)
    }

    async fn state(
        &self,
        namespace: &str,
        key: &str,
        now: Timestamp,
    ) -> Result<Option<State>, StoreError> {
        self.0.state(namespace, key, now)
    }

    async fn put_if(&self, put: PutState, now: Timestamp) -> Result<Put, StoreError> {
        self.0.put_if(put, now)
    }

    async fn close(&self) -> Result<(), StoreError> {
        self.0.close()
    }
}
