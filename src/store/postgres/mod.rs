//! The store over PostgreSQL, for many processes.
//!
//! `schema` makes and checks the tables and `flush` decides what shares a commit. `staging` is the
//! transaction of a batch: `fresh` stages what is new, `held` answers duplicates. `working` and
//! `looking` are the other statements, `columns` turns rows into what they take, `rows` reads what
//! they return, and `fault` says what went wrong.

mod columns;
mod fault;
mod flush;
mod fresh;
mod held;
mod looking;
mod rows;
mod schema;
mod staging;
mod working;

use std::fmt;
use std::sync::Arc;

use deadpool_postgres::Pool;
use tokio::sync::{RwLock, RwLockReadGuard};

use self::fault::closed;
use self::flush::Queue;
use self::working::Move;
use super::{
    ClaimRequest, Counts, Cursor, Durability, EventFilter, HistoryFilter, PurgeRequest, Purged,
    Put, PutState, Settled, Staged, State, Store, StoreError,
};
use crate::clock::Timestamp;
use crate::event::{Draft, Event, EventId, Settlement, Transition};
use crate::history::HistoryRow;
use crate::source::SourceId;

/// A store in a PostgreSQL database, version 13 or newer, for any number of processes on any number
/// of machines. Clones share their queue and their pool.
///
/// Deliveries that arrive together share a commit: 64 senders at once are about ten times as fast
/// as each on its own. The pool is the host's own; the store takes up to two connections of it for
/// staging and one for each other call, and never closes it. While others wait for the pool, staging
/// gives its own back after each commit.
///
/// The tables are found and made through `search_path`, and all their names begin with
/// `hookstage_`. Staging works in READ COMMITTED, whatever the default of the session is.
///
/// ```no_run
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use deadpool_postgres::{Config, Runtime};
/// use hookstage::store::{PgStore, Store};
///
/// let mut config = Config::new();
/// config.url = Some("postgresql://localhost/hooks".to_owned());
/// let pool = config.create_pool(Some(Runtime::Tokio1), tokio_postgres::NoTls)?;
/// let store = PgStore::open(pool).await?;
/// assert_eq!(store.counts("acme", None).await?.pending, 0);
/// # Ok(())
/// # }
/// ```
///
/// A host without async code reaches it through [`Blocking`](super::Blocking), from threads that are
/// not the runtime's own:
///
/// ```no_run
/// # fn example(pool: deadpool_postgres::Pool) -> Result<(), Box<dyn std::error::Error>> {
/// use hookstage::BlockingEngine;
/// use hookstage::store::{Blocking, PgStore};
///
/// // Keep it as long as the engine: the commits are made by its threads.
/// let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
/// let engine = BlockingEngine::new(Blocking(runtime.block_on(PgStore::open(pool))?));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct PgStore {
    handle: Arc<Handle>,
}

struct Handle {
    pool: Pool,
    queue: Arc<Queue>,
    durability: Durability,
    /// Held for reading by every call and for writing by `close`, which thereby waits for them.
    open: RwLock<bool>,
}

impl PgStore {
    /// A store over this pool: checks the server, makes the tables or brings them up to date, and
    /// starts the tasks that commit in the runtime this is called in.
    ///
    /// # Errors
    ///
    /// The server cannot be reached, is older than 13, has tables of a newer version, or does not
    /// let this user make tables.
    pub async fn open(pool: Pool) -> Result<Self, StoreError> {
        let durability = schema::prepare(&pool).await?;
        let queue = Queue::start(&pool);
        Ok(Self { handle: Arc::new(Handle { pool, queue, durability, open: RwLock::new(true) }) })
    }

    /// [`Store::settle`] inside the host's own transaction: the event is promoted together with
    /// what the host's workflow writes, or not at all.
    ///
    /// The transaction should be READ COMMITTED; under a stricter level a race that this would
    /// answer with [`Settled::Stale`] is a serialization failure, which the host then repeats. The
    /// event stays locked against others until the host commits.
    ///
    /// # Errors
    ///
    /// The statement failed; then so did the transaction.
    pub async fn settle_in(
        transaction: &deadpool_postgres::Transaction<'_>,
        tenant: &str,
        id: EventId,
        transition: Transition,
        settlement: &Settlement,
        owner: Option<&str>,
    ) -> Result<Settled, StoreError> {
        working::settle(transaction, &Move { tenant, id, transition, settlement, owner }).await
    }

    /// The pool it was opened over.
    #[must_use]
    pub fn pool(&self) -> &Pool {
        &self.handle.pool
    }

    async fn enter(&self) -> Result<RwLockReadGuard<'_, bool>, StoreError> {
        let open = self.handle.open.read().await;
        if *open { Ok(open) } else { Err(closed()) }
    }
}

impl fmt::Debug for PgStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PgStore")
            .field("durability", &self.handle.durability)
            .finish_non_exhaustive()
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.queue.end();
    }
}

impl Store for PgStore {
    fn durability(&self) -> Durability {
        self.handle.durability
    }

    async fn stage(&self, draft: Draft, now: Timestamp) -> Result<Staged, StoreError> {
        let staged = self.stage_all(vec![draft], now).await?;
        staged.into_iter().next().ok_or_else(flush::lost)
    }

    async fn stage_all(
        &self,
        drafts: Vec<Draft>,
        now: Timestamp,
    ) -> Result<Vec<Staged>, StoreError> {
        let _open = self.enter().await?;
        self.handle.queue.submit(drafts, now).await.map_err(|_| flush::lost())?
    }

    async fn supersede(&self, source: &SourceId, generation: u64) -> Result<(), StoreError> {
        let _open = self.enter().await?;
        let client = self.handle.pool.get().await?;
        working::supersede(&client, source, columns::generation_number(generation)).await
    }

    async fn get(&self, tenant: &str, id: EventId) -> Result<Option<Event>, StoreError> {
        let _open = self.enter().await?;
        looking::get(&self.handle.pool.get().await?, tenant, id).await
    }

    async fn list(
        &self,
        filter: &EventFilter,
        after: Option<Cursor>,
        limit: usize,
    ) -> Result<Vec<Event>, StoreError> {
        let _open = self.enter().await?;
        looking::list(&self.handle.pool.get().await?, filter, after, limit).await
    }

    async fn settle(
        &self,
        tenant: &str,
        id: EventId,
        transition: Transition,
        settlement: Settlement,
        owner: Option<&str>,
    ) -> Result<Settled, StoreError> {
        let _open = self.enter().await?;
        let client = self.handle.pool.get().await?;
        let wanted = Move { tenant, id, transition, settlement: &settlement, owner };
        working::settle(&client, &wanted).await
    }

    async fn claim(
        &self,
        request: &ClaimRequest,
        now: Timestamp,
    ) -> Result<Vec<Event>, StoreError> {
        let _open = self.enter().await?;
        working::claim(&self.handle.pool.get().await?, request, now).await
    }

    async fn extend(
        &self,
        tenant: &str,
        id: EventId,
        owner: &str,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let _open = self.enter().await?;
        working::extend(&self.handle.pool.get().await?, tenant, id, owner, until, now).await
    }

    async fn release(
        &self,
        tenant: &str,
        id: EventId,
        owner: &str,
        not_before: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let _open = self.enter().await?;
        working::release(&self.handle.pool.get().await?, tenant, id, owner, not_before, now).await
    }

    async fn record(&self, rows: Vec<HistoryRow>) -> Result<(), StoreError> {
        let _open = self.enter().await?;
        staging::record(&self.handle.pool.get().await?, rows).await
    }

    async fn history(
        &self,
        filter: &HistoryFilter,
        after: Option<Cursor>,
        limit: usize,
    ) -> Result<Vec<(Cursor, HistoryRow)>, StoreError> {
        let _open = self.enter().await?;
        looking::history(&self.handle.pool.get().await?, filter, after, limit).await
    }

    async fn purge(&self, request: &PurgeRequest, now: Timestamp) -> Result<Purged, StoreError> {
        let _open = self.enter().await?;
        let mut client = self.handle.pool.get().await?;
        let transaction = client.transaction().await?;
        let purged = working::purge(&transaction, request, now).await?;
        transaction.commit().await?;
        Ok(purged)
    }

    async fn counts(&self, tenant: &str, source: Option<&SourceId>) -> Result<Counts, StoreError> {
        let _open = self.enter().await?;
        looking::counts(&self.handle.pool.get().await?, tenant, source).await
    }

    async fn state(
        &self,
        namespace: &str,
        key: &str,
        now: Timestamp,
    ) -> Result<Option<State>, StoreError> {
        let _open = self.enter().await?;
        looking::state(&self.handle.pool.get().await?, namespace, key, now).await
    }

    async fn put_if(&self, put: PutState, now: Timestamp) -> Result<Put, StoreError> {
        let _open = self.enter().await?;
        looking::put_if(&self.handle.pool.get().await?, &put, now).await
    }

    /// Waits for what was begun. The pool stays open: it is the host's.
    async fn close(&self) -> Result<(), StoreError> {
        *self.handle.open.write().await = false;
        self.handle.queue.drain().await;
        Ok(())
    }
}
