//! The thin shell: now, judge, stage, answer.

mod again;
mod blocking;
mod captures;
mod diagnoses;
mod health;
mod inbox;
mod keys;
mod path;
mod refusals;
mod rows;
mod trace;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

pub use self::blocking::BlockingEngine;
use self::keys::ErasedFetcher;
pub use self::keys::{KeyAnswer, KeyFetchError, KeyFetcher};
use self::path::{Backend, Shell};
use crate::admit::admit_head;
use crate::clock::{Clock, SystemClock, Timestamp};
use crate::contact::{ContactResolver, Identifier, Resolution, ResolveError};
use crate::delivery::{Delivery, Head};
use crate::error::Error;
use crate::event::{Draft, Event, EventId, Settlement, Transition};
use crate::history::HistoryRow;
use crate::outcome::{Receipt, Response};
use crate::scheme::KeyRequest;
use crate::source::{Endpoint, Source, SourceId};
use crate::store::{
    ClaimRequest, Counts, Cursor, Durability, ErasedStore, EventFilter, HistoryFilter,
    PurgeRequest, Purged, Put, PutState, Settled, Staged, State, Store, StoreError, StoreErrorKind,
    erase,
};

/// Receives deliveries and stages them: the shell around [`admit`](crate::admit()) and a
/// [`Store`].
///
/// It is cheap to clone and runs under any async runtime or none: it spawns nothing, sleeps never
/// and opens no socket.
///
/// ```
/// use hookstage::store::MemoryStore;
/// use hookstage::{Delivery, Engine, Head, Outcome, Secret, Source, SourceConfig, providers};
///
/// # fn block_on<F: std::future::Future>(future: F) -> F::Output {
/// #     let mut future = std::pin::pin!(future);
/// #     let mut context = std::task::Context::from_waker(std::task::Waker::noop());
/// #     loop {
/// #         if let std::task::Poll::Ready(value) = future.as_mut().poll(&mut context) {
/// #             return value;
/// #         }
/// #     }
/// # }
/// # block_on(async {
/// let secret = Secret::new("hookstage-test-secret").unwrap();
/// let config = SourceConfig::preset("acme", "crm", &providers::CONNECTGAIN).with_secret(secret);
/// let source = Source::new(config).unwrap();
/// let engine = Engine::new(MemoryStore::new());
///
/// let body =
///     br#"{"event":"contact.created","timestamp":"2024-01-15T10:30:00Z","data":{"id":"c-1"}}"#;
/// let headers = [(
///     "x-webhook-signature",
///     b"cbab26ae288b46b794c80420757b169e1538354f2f8686479f4cd3f95490f351".as_slice(),
/// )];
/// let delivery = Delivery::new(Head::post("/in/crm", &headers), body);
///
/// let first = engine.receive(&source, &delivery).await.unwrap();
/// assert!(matches!(first.outcome, Outcome::Staged(_)));
/// let again = engine.receive(&source, &delivery).await.unwrap();
/// assert!(matches!(again.outcome, Outcome::Duplicate { .. }));
/// # });
/// ```
#[derive(Clone)]
pub struct Engine {
    store: Arc<dyn ErasedStore>,
    clock: Arc<dyn Clock>,
    shell: Arc<Shell>,
    contacts: Option<Arc<dyn ErasedResolver>>,
    keys: Option<Arc<dyn ErasedFetcher>>,
}

impl Engine {
    /// An engine over a store, on the clock of the operating system.
    pub fn new(store: impl Store) -> Self {
        Self::with_clock(store, SystemClock)
    }

    /// An engine over a store, on a clock of the host.
    pub fn with_clock(store: impl Store, clock: impl Clock) -> Self {
        Self {
            store: erase(store),
            clock: Arc::new(clock),
            shell: Arc::default(),
            contacts: None,
            keys: None,
        }
    }

    /// With the host's directory of people, for sources that ask for a contact.
    #[must_use]
    pub fn with_contacts(self, contacts: impl ContactResolver) -> Self {
        Self { contacts: Some(Arc::new(contacts)), ..self }
    }

    /// With the host's way to fetch public keys, for sources whose deliveries name one.
    #[must_use]
    pub fn with_keys(self, keys: impl KeyFetcher) -> Self {
        Self { keys: Some(Arc::new(keys)), ..self }
    }

    /// Judges a delivery by its head, before its body is read: see
    /// `admit_head`. A refusal gets its history row.
    ///
    /// Returns the largest body in bytes that the host should read.
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

    /// Receives a delivery: judges it, stages it durably, and says what to answer.
    ///
    /// When this returns [`Outcome::Staged`](crate::Outcome::Staged), the event has been committed as the store's
    /// [`Durability`] says. Dropping the future half way may still commit;
    /// the sender's retry is then a duplicate.
    ///
    /// # Errors
    ///
    /// A fault of ours. Answer with [`Fault::response`]: the sender tries again, and no dedupe key
    /// was left behind.
    pub async fn receive<'a>(
        &self,
        endpoint: impl Into<Endpoint<'a>>,
        delivery: &Delivery<'_>,
    ) -> Result<Receipt, Fault> {
        let now = self.clock.now();
        path::receive(&self.shell, &self.at(now), endpoint.into(), delivery, now).await
    }

    fn at(&self, now: Timestamp) -> Outside<'_> {
        Outside {
            store: &*self.store,
            contacts: self.contacts.as_deref(),
            keys: self.keys.as_deref(),
            clock: &*self.clock,
            now,
        }
    }

    /// Writes the history rows of refusals that still wait in memory, and explains those of sources
    /// that are [diagnosed](Self::open_diagnosis). Call it from a timer, every few seconds: otherwise
    /// the last refusals are written when the history is read.
    ///
    /// # Errors
    ///
    /// A fault of the store. The rows wait for the next time.
    pub async fn flush(&self) -> Result<(), Error> {
        let mut rows = self.shell.refusals.take();
        for sample in self.shell.samples.take() {
            rows.push(sample.explained());
            // Each takes milliseconds; others may go first.
            Turn::default().await;
        }
        if rows.is_empty() {
            return Ok(());
        }
        trace::recorded(rows.len());
        if let Err(error) = self.store.record(rows.clone()).await {
            self.shell.refusals.put_back(rows);
            return Err(error.into());
        }
        Ok(())
    }

    /// How many refusals got neither a history row nor a place in a count since the engine was
    /// made: because the store was down for long, or because more than a thousand sources were
    /// flooded at once. An alarm should ring if it grows.
    #[must_use]
    pub fn unrecorded_refusals(&self) -> u64 {
        self.shell.refusals.unrecorded()
    }

    /// Puts a generation of a source's keys in force: when this has returned, nothing that was
    /// judged under an older one is staged any more, not even what is under way.
    ///
    /// # Errors
    ///
    /// A fault of the store.
    pub async fn supersede(&self, source: &Source) -> Result<(), Error> {
        Ok(self.store.supersede(source.id(), source.generation()).await?)
    }

    /// The event, if this tenant has it.
    ///
    /// # Errors
    ///
    /// A fault of the store.
    pub async fn get(&self, tenant: &str, id: EventId) -> Result<Option<Event>, Error> {
        Ok(self.store.get(tenant, id).await?)
    }

    /// Events of a tenant, newest first.
    ///
    /// # Errors
    ///
    /// A fault of the store.
    pub async fn list(
        &self,
        filter: &EventFilter,
        after: Option<Cursor>,
        limit: usize,
    ) -> Result<Vec<Event>, Error> {
        Ok(self.store.list(filter, after, limit).await?)
    }

    /// Moves an event to another state, if it still is in the one that the move leaves: of two
    /// reviewers, one wins and the other learns what became of it.
    ///
    /// # Errors
    ///
    /// A fault of the store.
    pub async fn settle(
        &self,
        tenant: &str,
        id: EventId,
        transition: Transition,
        actor: impl Into<String>,
        reason: Option<String>,
    ) -> Result<Settled, Error> {
        let settlement = Settlement::new(actor.into(), self.clock.now(), reason);
        Ok(self.store.settle(tenant, id, transition, settlement, None).await?)
    }

    /// Hands pending events to a worker; see [`Store::claim`].
    ///
    /// # Errors
    ///
    /// A fault of the store.
    pub async fn claim(&self, request: &ClaimRequest) -> Result<Vec<Event>, Error> {
        Ok(self.store.claim(request, self.clock.now()).await?)
    }

    /// History of a tenant, newest first, refusals included.
    ///
    /// # Errors
    ///
    /// A fault of the store.
    pub async fn history(
        &self,
        filter: &HistoryFilter,
        after: Option<Cursor>,
        limit: usize,
    ) -> Result<Vec<(Cursor, HistoryRow)>, Error> {
        self.flush().await?;
        Ok(self.store.history(filter, after, limit).await?)
    }

    /// How many events of a tenant stand in each state.
    ///
    /// # Errors
    ///
    /// A fault of the store.
    pub async fn counts(&self, tenant: &str, source: Option<&SourceId>) -> Result<Counts, Error> {
        Ok(self.store.counts(tenant, source).await?)
    }

    /// Removes what is older than the cuts; call it again while it removes something.
    ///
    /// # Errors
    ///
    /// A fault of the store.
    pub async fn purge(&self, request: &PurgeRequest) -> Result<Purged, Error> {
        Ok(self.store.purge(request, self.clock.now()).await?)
    }

    pub(crate) fn parts(&self) -> (Arc<dyn ErasedStore>, Arc<dyn Clock>) {
        (Arc::clone(&self.store), Arc::clone(&self.clock))
    }

    pub(crate) fn store(&self) -> &dyn ErasedStore {
        &*self.store
    }

    /// What survives when a delivery has been answered, as the store says.
    #[must_use]
    pub fn durability(&self) -> Durability {
        self.store.durability()
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
    pub async fn close(&self) -> Result<(), Error> {
        let flushed = self.flush().await;
        self.store.close().await?;
        flushed
    }
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").finish_non_exhaustive()
    }
}

/// A fault of ours while a delivery was received, and what the sender is answered meanwhile.
#[derive(Debug, thiserror::Error)]
#[error("{error}")]
#[non_exhaustive]
pub struct Fault {
    /// What went wrong; for the operator.
    #[source]
    pub error: Error,
    /// What the sender is answered: a 5xx status, from which it tries again.
    pub response: Response,
}

impl Fault {
    fn of(source: &Source, error: StoreError) -> Self {
        Self { error: Error::from(error), response: source.policy().answers.fault.response() }
    }

    fn of_keys(source: &Source, error: KeyFetchError) -> Self {
        let message = "the key that the delivery names could not be fetched";
        Self::of(source, StoreError::new(StoreErrorKind::Unavailable, message).with_source(error))
    }

    fn of_resolver(source: &Source, error: ResolveError) -> Self {
        let message = "the host's directory of contacts did not answer";
        Self::of(source, StoreError::new(StoreErrorKind::Unavailable, message).with_source(error))
    }
}

/// Lets others go first, once.
#[derive(Default)]
struct Turn(bool);

impl Future for Turn {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.0, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

/// What the path needs, from a store and a directory that are awaited.
struct Outside<'e> {
    store: &'e dyn ErasedStore,
    contacts: Option<&'e dyn ErasedResolver>,
    keys: Option<&'e dyn ErasedFetcher>,
    clock: &'e dyn Clock,
    now: Timestamp,
}

impl Backend for Outside<'_> {
    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    async fn stage(&self, draft: Draft) -> Result<Staged, StoreError> {
        self.store.stage(draft, self.now).await
    }

    async fn state(&self, namespace: &str, key: &str) -> Result<Option<State>, StoreError> {
        self.store.state(namespace, key, self.now).await
    }

    async fn put_if(&self, put: PutState) -> Result<Put, StoreError> {
        self.store.put_if(put, self.now).await
    }

    async fn record(&self, rows: Vec<HistoryRow>) -> Result<(), StoreError> {
        self.store.record(rows).await
    }

    async fn resolve(
        &self,
        source: &SourceId,
        identifier: &Identifier,
    ) -> Result<Option<Resolution>, ResolveError> {
        match self.contacts {
            Some(contacts) => contacts.resolve(source, identifier).await.map(Some),
            None => Ok(None),
        }
    }

    async fn fetch(
        &self,
        source: &SourceId,
        request: &KeyRequest,
    ) -> Result<Option<KeyAnswer>, KeyFetchError> {
        match self.keys {
            Some(keys) => keys.fetch(source, request).await.map(Some),
            None => Ok(None),
        }
    }
}

type Resolving<'r> = Pin<Box<dyn Future<Output = Result<Resolution, ResolveError>> + Send + 'r>>;

/// [`ContactResolver`] with a boxed future.
trait ErasedResolver: Send + Sync + 'static {
    fn resolve<'r>(&'r self, source: &'r SourceId, identifier: &'r Identifier) -> Resolving<'r>;
}

impl<R: ContactResolver> ErasedResolver for R {
    fn resolve<'r>(&'r self, source: &'r SourceId, identifier: &'r Identifier) -> Resolving<'r> {
        Box::pin(ContactResolver::resolve(self, source, identifier))
    }
}
