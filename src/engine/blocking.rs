//! The same shell for hosts without an async runtime.

use std::sync::Arc;

use super::Fault;
use super::diagnoses::Sample;
use super::keys::{KeyAnswer, KeyFetchError};
use super::path::{self, Backend, Shell};
use super::trace;
use crate::admit::admit_head;
use crate::clock::{Clock, SystemClock, Timestamp};
use crate::contact::{Identifier, Resolution, ResolveError};
use crate::delivery::{Delivery, Head};
use crate::error::Error;
use crate::event::{Draft, Event, EventId, Settlement, Transition};
use crate::history::HistoryRow;
use crate::outcome::Receipt;
use crate::scheme::KeyRequest;
use crate::source::{Endpoint, Source, SourceId};
use crate::store::{
    BlockingStore, ClaimRequest, Counts, Cursor, Durability, EventFilter, HistoryFilter,
    PurgeRequest, Purged, Put, PutState, Settled, Staged, State, StoreError, block_on,
};

/// [`Engine`](super::Engine) for hosts without an async runtime: each method returns when its work
/// is done. Threads that receive at the same time share commits.
///
/// ```
/// use hookstage::store::MemoryStore;
/// use hookstage::{BlockingEngine, Delivery, Head, Outcome, Source, SourceConfig, providers};
///
/// let source = Source::new(SourceConfig::preset("acme", "forms", &providers::UNSIGNED)).unwrap();
/// let engine = BlockingEngine::new(MemoryStore::new());
/// let delivery = Delivery::new(Head::post("/in/forms", &[]), b"{}");
/// let receipt = engine.receive(&source, &delivery).unwrap();
/// assert!(matches!(receipt.outcome, Outcome::Staged(_)));
/// ```
#[derive(Clone)]
pub struct BlockingEngine {
    store: Arc<dyn BlockingStore>,
    clock: Arc<dyn Clock>,
    pub(super) shell: Arc<Shell>,
    contacts: Option<Arc<Directory>>,
    keys: Option<Arc<Fetch>>,
}

type Directory =
    dyn Fn(&SourceId, &Identifier) -> Result<Resolution, ResolveError> + Send + Sync + 'static;

type Fetch =
    dyn Fn(&SourceId, &KeyRequest) -> Result<KeyAnswer, KeyFetchError> + Send + Sync + 'static;

impl BlockingEngine {
    /// An engine over a store, on the clock of the operating system.
    pub fn new(store: impl BlockingStore) -> Self {
        Self::with_clock(store, SystemClock)
    }

    /// An engine over a store, on a clock of the host.
    pub fn with_clock(store: impl BlockingStore, clock: impl Clock) -> Self {
        Self {
            store: Arc::new(store),
            clock: Arc::new(clock),
            shell: Arc::default(),
            contacts: None,
            keys: None,
        }
    }

    /// With the host's directory of people, for sources that ask for a contact.
    #[must_use]
    pub fn with_contacts(
        self,
        contacts: impl Fn(&SourceId, &Identifier) -> Result<Resolution, ResolveError>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        Self { contacts: Some(Arc::new(contacts)), ..self }
    }

    /// With the host's way to fetch public keys; see [`KeyFetcher`](super::KeyFetcher).
    #[must_use]
    pub fn with_keys(
        self,
        keys: impl Fn(&SourceId, &KeyRequest) -> Result<KeyAnswer, KeyFetchError>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        Self { keys: Some(Arc::new(keys)), ..self }
    }

    /// See [`Engine::receive_head`](super::Engine::receive_head).
    ///
    /// # Errors
    ///
    /// What to answer; the body need not be read.
    pub fn receive_head<'a>(
        &self,
        endpoint: impl Into<Endpoint<'a>>,
        head: &Head<'_>,
    ) -> Result<u64, Box<Receipt>> {
        let endpoint = endpoint.into();
        admit_head(endpoint, head).map_err(|refused| {
            let now = self.clock.now();
            Box::new(path::turn_away_head(&self.shell, endpoint, head, refused, now))
        })
    }

    /// See [`Engine::receive`](super::Engine::receive).
    ///
    /// # Errors
    ///
    /// A fault of ours.
    pub fn receive<'a>(
        &self,
        endpoint: impl Into<Endpoint<'a>>,
        delivery: &Delivery<'_>,
    ) -> Result<Receipt, Fault> {
        let now = self.clock.now();
        // Nothing in it waits for anything: each answer is there when it is asked for.
        block_on(path::receive(&self.shell, &self.at(now), endpoint.into(), delivery, now))
    }

    pub(super) fn at(&self, now: Timestamp) -> Outside<'_> {
        Outside {
            store: &*self.store,
            contacts: self.contacts.as_deref(),
            keys: self.keys.as_deref(),
            clock: &*self.clock,
            now,
        }
    }

    /// See [`Engine::flush`](super::Engine::flush).
    ///
    /// # Errors
    ///
    /// A fault of the store.
    pub fn flush(&self) -> Result<(), Error> {
        let mut rows = self.shell.refusals.take();
        rows.extend(self.shell.samples.take().into_iter().map(Sample::explained));
        if rows.is_empty() {
            return Ok(());
        }
        trace::recorded(rows.len());
        if let Err(error) = self.store.record(rows.clone()) {
            self.shell.refusals.put_back(rows);
            return Err(error.into());
        }
        Ok(())
    }

    /// See [`Engine::unrecorded_refusals`](super::Engine::unrecorded_refusals).
    #[must_use]
    pub fn unrecorded_refusals(&self) -> u64 {
        self.shell.refusals.unrecorded()
    }

    /// See [`Engine::supersede`](super::Engine::supersede).
    ///
    /// # Errors
    ///
    /// A fault of the store.
    pub fn supersede(&self, source: &Source) -> Result<(), Error> {
        Ok(self.store.supersede(source.id(), source.generation())?)
    }

    /// The event, if this tenant has it.
    ///
    /// # Errors
    ///
    /// A fault of the store.
    pub fn get(&self, tenant: &str, id: EventId) -> Result<Option<Event>, Error> {
        Ok(self.store.get(tenant, id)?)
    }

    /// Events of a tenant, newest first.
    ///
    /// # Errors
    ///
    /// A fault of the store.
    pub fn list(
        &self,
        filter: &EventFilter,
        after: Option<Cursor>,
        limit: usize,
    ) -> Result<Vec<Event>, Error> {
        Ok(self.store.list(filter, after, limit)?)
    }

    /// Moves an event to another state, if it still is in the one that the move leaves.
    ///
    /// # Errors
    ///
    /// A fault of the store.
    pub fn settle(
        &self,
        tenant: &str,
        id: EventId,
        transition: Transition,
        actor: impl Into<String>,
        reason: Option<String>,
    ) -> Result<Settled, Error> {
        let settlement = Settlement::new(actor.into(), self.clock.now(), reason);
        Ok(self.store.settle(tenant, id, transition, settlement, None)?)
    }

    /// Hands pending events to a worker.
    ///
    /// # Errors
    ///
    /// A fault of the store.
    pub fn claim(&self, request: &ClaimRequest) -> Result<Vec<Event>, Error> {
        Ok(self.store.claim(request, self.clock.now())?)
    }

    /// History of a tenant, newest first, refusals included.
    ///
    /// # Errors
    ///
    /// A fault of the store.
    pub fn history(
        &self,
        filter: &HistoryFilter,
        after: Option<Cursor>,
        limit: usize,
    ) -> Result<Vec<(Cursor, HistoryRow)>, Error> {
        self.flush()?;
        Ok(self.store.history(filter, after, limit)?)
    }

    /// How many events of a tenant stand in each state.
    ///
    /// # Errors
    ///
    /// A fault of the store.
    pub fn counts(&self, tenant: &str, source: Option<&SourceId>) -> Result<Counts, Error> {
        Ok(self.store.counts(tenant, source)?)
    }

    /// Removes what is older than the cuts; call it again while it removes something.
    ///
    /// # Errors
    ///
    /// A fault of the store.
    pub fn purge(&self, request: &PurgeRequest) -> Result<Purged, Error> {
        Ok(self.store.purge(request, self.clock.now())?)
    }

    /// What survives when a delivery has been answered, as the store says.
    #[must_use]
    pub fn durability(&self) -> Durability {
        self.store.durability()
    }

    pub(crate) fn parts(&self) -> (Arc<dyn BlockingStore>, Arc<dyn Clock>) {
        (Arc::clone(&self.store), Arc::clone(&self.clock))
    }

    /// The time on the engine's clock.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Writes what waits, finishes what was begun, and takes nothing new: later deliveries are a
    /// [`Fault`] of ours, so their senders try again.
    ///
    /// # Errors
    ///
    /// A fault of the store. It is closed even if what waited could not be written.
    pub fn close(&self) -> Result<(), Error> {
        let flushed = self.flush();
        self.store.close()?;
        flushed
    }
}

impl std::fmt::Debug for BlockingEngine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BlockingEngine").finish_non_exhaustive()
    }
}

/// What the path needs, from a store and a directory that answer at once.
pub(super) struct Outside<'e> {
    store: &'e dyn BlockingStore,
    contacts: Option<&'e Directory>,
    keys: Option<&'e Fetch>,
    clock: &'e dyn Clock,
    now: Timestamp,
}

impl Backend for Outside<'_> {
    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    async fn stage(&self, draft: Draft) -> Result<Staged, StoreError> {
        self.store.stage(draft, self.now)
    }

    async fn state(&self, namespace: &str, key: &str) -> Result<Option<State>, StoreError> {
        self.store.state(namespace, key, self.now)
    }

    async fn put_if(&self, put: PutState) -> Result<Put, StoreError> {
        self.store.put_if(put, self.now)
    }

    async fn record(&self, rows: Vec<HistoryRow>) -> Result<(), StoreError> {
        self.store.record(rows)
    }

    async fn resolve(
        &self,
        source: &SourceId,
        identifier: &Identifier,
    ) -> Result<Option<Resolution>, ResolveError> {
        self.contacts.map(|contacts| contacts(source, identifier)).transpose()
    }

    async fn fetch(
        &self,
        source: &SourceId,
        request: &KeyRequest,
    ) -> Result<Option<KeyAnswer>, KeyFetchError> {
        self.keys.map(|keys| keys(source, request)).transpose()
    }
}
