//! The dyn-safe shim behind which a host's choice of store disappears, so that no host type has to
//! be generic over it. A box per call is noise beside a database.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use super::{
    ClaimRequest, Counts, Cursor, Durability, EventFilter, HistoryFilter, PurgeRequest, Purged,
    Put, PutState, Settled, Staged, State, Store, StoreError,
};
use crate::clock::Timestamp;
use crate::event::{Draft, Event, EventId, Settlement, Transition};
use crate::history::HistoryRow;
use crate::source::SourceId;

pub(crate) type Boxed<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// Forgets which store this is.
pub(crate) fn erase(store: impl Store) -> Arc<dyn ErasedStore> {
    Arc::new(store)
}

/// [`Store`] with boxed futures.
pub(crate) trait ErasedStore: Send + Sync + 'static {
    fn durability(&self) -> Durability;

    fn stage(&self, draft: Draft, now: Timestamp) -> Boxed<'_, Staged>;

    fn supersede<'a>(&'a self, source: &'a SourceId, generation: u64) -> Boxed<'a, ()>;

    fn get<'a>(&'a self, tenant: &'a str, id: EventId) -> Boxed<'a, Option<Event>>;

    fn list<'a>(
        &'a self,
        filter: &'a EventFilter,
        after: Option<Cursor>,
        limit: usize,
    ) -> Boxed<'a, Vec<Event>>;

    fn settle<'a>(
        &'a self,
        tenant: &'a str,
        id: EventId,
        transition: Transition,
        settlement: Settlement,
        owner: Option<&'a str>,
    ) -> Boxed<'a, Settled>;

    fn claim<'a>(&'a self, request: &'a ClaimRequest, now: Timestamp) -> Boxed<'a, Vec<Event>>;

    fn extend<'a>(
        &'a self,
        tenant: &'a str,
        id: EventId,
        owner: &'a str,
        until: Timestamp,
        now: Timestamp,
    ) -> Boxed<'a, bool>;

    fn release<'a>(
        &'a self,
        tenant: &'a str,
        id: EventId,
        owner: &'a str,
        not_before: Option<Timestamp>,
        now: Timestamp,
    ) -> Boxed<'a, bool>;

    fn record(&self, rows: Vec<HistoryRow>) -> Boxed<'_, ()>;

    fn history<'a>(
        &'a self,
        filter: &'a HistoryFilter,
        after: Option<Cursor>,
        limit: usize,
    ) -> Boxed<'a, Vec<(Cursor, HistoryRow)>>;

    fn purge<'a>(&'a self, request: &'a PurgeRequest, now: Timestamp) -> Boxed<'a, Purged>;

    fn counts<'a>(&'a self, tenant: &'a str, source: Option<&'a SourceId>) -> Boxed<'a, Counts>;

    fn state<'a>(
        &'a self,
        namespace: &'a str,
        key: &'a str,
        now: Timestamp,
    ) -> Boxed<'a, Option<State>>;

    fn put_if(&self, put: PutState, now: Timestamp) -> Boxed<'_, Put>;

    fn close(&self) -> Boxed<'_, ()>;
}

impl<S: Store> ErasedStore for S {
    fn durability(&self) -> Durability {
        Store::durability(self)
    }

    fn stage(&self, draft: Draft, now: Timestamp) -> Boxed<'_, Staged> {
        Box::pin(Store::stage(self, draft, now))
    }

    fn supersede<'a>(&'a self, source: &'a SourceId, generation: u64) -> Boxed<'a, ()> {
        Box::pin(Store::supersede(self, source, generation))
    }

    fn get<'a>(&'a self, tenant: &'a str, id: EventId) -> Boxed<'a, Option<Event>> {
        Box::pin(Store::get(self, tenant, id))
    }

    fn list<'a>(
        &'a self,
        filter: &'a EventFilter,
        after: Option<Cursor>,
        limit: usize,
    ) -> Boxed<'a, Vec<Event>> {
        Box::pin(Store::list(self, filter, after, limit))
    }

    fn settle<'a>(
        &'a self,
        tenant: &'a str,
        id: EventId,
        transition: Transition,
        settlement: Settlement,
        owner: Option<&'a str>,
    ) -> Boxed<'a, Settled> {
        Box::pin(Store::settle(self, tenant, id, transition, settlement, owner))
    }

    fn claim<'a>(&'a self, request: &'a ClaimRequest, now: Timestamp) -> Boxed<'a, Vec<Event>> {
        Box::pin(Store::claim(self, request, now))
    }

    fn extend<'a>(
        &'a self,
        tenant: &'a str,
        id: EventId,
        owner: &'a str,
        until: Timestamp,
        now: Timestamp,
    ) -> Boxed<'a, bool> {
        Box::pin(Store::extend(self, tenant, id, owner, until, now))
    }

    fn release<'a>(
        &'a self,
        tenant: &'a str,
        id: EventId,
        owner: &'a str,
        not_before: Option<Timestamp>,
        now: Timestamp,
    ) -> Boxed<'a, bool> {
        Box::pin(Store::release(self, tenant, id, owner, not_before, now))
    }

    fn record(&self, rows: Vec<HistoryRow>) -> Boxed<'_, ()> {
        Box::pin(Store::record(self, rows))
    }

    fn history<'a>(
        &'a self,
        filter: &'a HistoryFilter,
        after: Option<Cursor>,
        limit: usize,
    ) -> Boxed<'a, Vec<(Cursor, HistoryRow)>> {
        Box::pin(Store::history(self, filter, after, limit))
    }

    fn purge<'a>(&'a self, request: &'a PurgeRequest, now: Timestamp) -> Boxed<'a, Purged> {
        Box::pin(Store::purge(self, request, now))
    }

    fn counts<'a>(&'a self, tenant: &'a str, source: Option<&'a SourceId>) -> Boxed<'a, Counts> {
        Box::pin(Store::counts(self, tenant, source))
    }

    fn state<'a>(
        &'a self,
        namespace: &'a str,
        key: &'a str,
        now: Timestamp,
    ) -> Boxed<'a, Option<State>> {
        Box::pin(Store::state(self, namespace, key, now))
    }

    fn put_if(&self, put: PutState, now: Timestamp) -> Boxed<'_, Put> {
        Box::pin(Store::put_if(self, put, now))
    }

    fn close(&self) -> Boxed<'_, ()> {
        Box::pin(Store::close(self))
    }
}
