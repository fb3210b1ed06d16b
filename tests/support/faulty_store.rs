//! A store whose n-th call goes wrong, in each of the ways in which a call can.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;

use hookstage::store::{
    ClaimRequest, Counts, Cursor, Durability, EventFilter, HistoryFilter, MemoryStore,
    PurgeRequest, Purged, Put, PutState, Settled, Staged, State, Store, StoreError, StoreErrorKind,
};
use hookstage::{Draft, Event, EventId, HistoryRow, Settlement, SourceId, Timestamp, Transition};

/// What becomes of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It fails, and nothing was changed.
    Refused,
    /// It fails, and what it was to change is changed: the answer was lost.
    Unanswered,
    /// The process ends before it.
    EndsBefore,
    /// The process ends behind it.
    EndsBehind,
    /// It is late: it waits until its future is polled again, and is done then.
    Late,
}

impl Fault {
    /// Those after which somebody else has to go on.
    pub(crate) const ALL: [Self; 4] =
        [Self::Refused, Self::Unanswered, Self::EndsBefore, Self::EndsBehind];

    /// Whether whoever called never goes on.
    pub(crate) const fn ends(self) -> bool {
        matches!(self, Self::EndsBefore | Self::EndsBehind)
    }
}

/// A store in memory with a fault at one call. Clones are handles on the same events, each with the
/// fault of its own.
#[derive(Clone, Debug)]
pub(crate) struct FaultyStore {
    inner: MemoryStore,
    calls: Arc<AtomicUsize>,
    fault: Option<(usize, Fault)>,
}

impl FaultyStore {
    /// Over these events, with a fault at this call, counted from 1.
    pub(crate) fn new(inner: MemoryStore, call: usize, fault: Fault) -> Self {
        Self { inner, calls: Arc::default(), fault: Some((call, fault)) }
    }

    /// How many calls were made.
    pub(crate) fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }

    async fn call<T: Send>(
        &self,
        work: impl Future<Output = Result<T, StoreError>> + Send,
    ) -> Result<T, StoreError> {
        let call = self.calls.fetch_add(1, Ordering::SeqCst) + 1;
        let away = StoreError::new(StoreErrorKind::Unavailable, "the store is away");
        match self.fault.filter(|(at, _)| *at == call).map(|(_, fault)| fault) {
            None => work.await,
            Some(Fault::Refused) => Err(away),
            Some(Fault::Unanswered) => {
                let _ = work.await?;
                Err(away)
            }
            Some(Fault::EndsBefore) => std::future::pending().await,
            Some(Fault::Late) => {
                let mut is_due = false;
                std::future::poll_fn(|_| {
                    let due = std::mem::replace(&mut is_due, true);
                    if due { Poll::Ready(()) } else { Poll::Pending }
                })
                .await;
                work.await
            }
            Some(Fault::EndsBehind) => {
                let _ = work.await?;
                std::future::pending().await
            }
        }
    }
}

impl Store for FaultyStore {
    fn durability(&self) -> Durability {
        Store::durability(&self.inner)
    }
    async fn stage(&self, draft: Draft, now: Timestamp) -> Result<Staged, StoreError> {
        self.call(Store::stage(&self.inner, draft, now)).await
    }
    async fn stage_all(
        &self,
        drafts: Vec<Draft>,
        now: Timestamp,
    ) -> Result<Vec<Staged>, StoreError> {
        self.call(Store::stage_all(&self.inner, drafts, now)).await
    }
    async fn supersede(&self, source: &SourceId, generation: u64) -> Result<(), StoreError> {
        self.call(Store::supersede(&self.inner, source, generation)).await
    }
    async fn get(&self, tenant: &str, id: EventId) -> Result<Option<Event>, StoreError> {
        self.call(Store::get(&self.inner, tenant, id)).await
    }
    async fn list(
        &self,
        filter: &EventFilter,
        after: Option<Cursor>,
        limit: usize,
    ) -> Result<Vec<Event>, StoreError> {
        self.call(Store::list(&self.inner, filter, after, limit)).await
    }
    async fn settle(
        &self,
        tenant: &str,
        id: EventId,
        transition: Transition,
        settlement: Settlement,
        owner: Option<&str>,
    ) -> Result<Settled, StoreError> {
        self.call(Store::settle(&self.inner, tenant, id, transition, settlement, owner)).await
    }
    async fn claim(
        &self,
        request: &ClaimRequest,
        now: Timestamp,
    ) -> Result<Vec<Event>, StoreError> {
        self.call(Store::claim(&self.inner, request, now)).await
    }
    async fn extend(
        &self,
        tenant: &str,
        id: EventId,
        owner: &str,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.call(Store::extend(&self.inner, tenant, id, owner, until, now)).await
    }
    async fn release(
        &self,
        tenant: &str,
        id: EventId,
        owner: &str,
        not_before: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.call(Store::release(&self.inner, tenant, id, owner, not_before, now)).await
    }
    async fn record(&self, rows: Vec<HistoryRow>) -> Result<(), StoreError> {
        self.call(Store::record(&self.inner, rows)).await
    }
    async fn history(
        &self,
        filter: &HistoryFilter,
        after: Option<Cursor>,
        limit: usize,
    ) -> Result<Vec<(Cursor, HistoryRow)>, StoreError> {
        self.call(Store::history(&self.inner, filter, after, limit)).await
    }
    async fn purge(&self, request: &PurgeRequest, now: Timestamp) -> Result<Purged, StoreError> {
        self.call(Store::purge(&self.inner, request, now)).await
    }
    async fn counts(&self, tenant: &str, source: Option<&SourceId>) -> Result<Counts, StoreError> {
        self.call(Store::counts(&self.inner, tenant, source)).await
    }
    async fn state(
        &self,
        namespace: &str,
        key: &str,
        now: Timestamp,
    ) -> Result<Option<State>, StoreError> {
        self.call(Store::state(&self.inner, namespace, key, now)).await
    }
    async fn put_if(&self, put: PutState, now: Timestamp) -> Result<Put, StoreError> {
        self.call(Store::put_if(&self.inner, put, now)).await
    }
    async fn close(&self) -> Result<(), StoreError> {
        self.call(Store::close(&self.inner)).await
    }
}
