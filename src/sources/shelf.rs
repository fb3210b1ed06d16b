//! What is needed of a store: small state, and putting a generation in force.

use std::future::Future;

use crate::clock::Timestamp;
use crate::source::SourceId;
use crate::store::{BlockingStore, ErasedStore, Put, PutState, State, StoreError};

/// A store at one moment. The blocking one answers at once.
pub(super) trait Shelf: Sync {
    fn state(
        &self,
        namespace: &str,
        key: &str,
    ) -> impl Future<Output = Result<Option<State>, StoreError>> + Send;

    fn put_if(&self, put: PutState) -> impl Future<Output = Result<Put, StoreError>> + Send;

    fn supersede(
        &self,
        source: &SourceId,
        generation: u64,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    fn now(&self) -> Timestamp;
}

pub(super) struct Awaited<'s> {
    pub(super) store: &'s dyn ErasedStore,
    pub(super) now: Timestamp,
}

impl Shelf for Awaited<'_> {
    async fn state(&self, namespace: &str, key: &str) -> Result<Option<State>, StoreError> {
        self.store.state(namespace, key, self.now).await
    }

    async fn put_if(&self, put: PutState) -> Result<Put, StoreError> {
        self.store.put_if(put, self.now).await
    }

    async fn supersede(&self, source: &SourceId, generation: u64) -> Result<(), StoreError> {
        self.store.supersede(source, generation).await
    }

    fn now(&self) -> Timestamp {
        self.now
    }
}

pub(super) struct AtOnce<'s> {
    pub(super) store: &'s dyn BlockingStore,
    pub(super) now: Timestamp,
}

impl Shelf for AtOnce<'_> {
    async fn state(&self, namespace: &str, key: &str) -> Result<Option<State>, StoreError> {
        self.store.state(namespace, key, self.now)
    }

    async fn put_if(&self, put: PutState) -> Result<Put, StoreError> {
        self.store.put_if(put, self.now)
    }

    async fn supersede(&self, source: &SourceId, generation: u64) -> Result<(), StoreError> {
        self.store.supersede(source, generation)
    }

    fn now(&self) -> Timestamp {
        self.now
    }
}
