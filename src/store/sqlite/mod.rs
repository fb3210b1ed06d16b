//! The store over one SQLite file.
//!
//! `schema` opens and checks the file, `lane` decides who works when, `work` names the operations,
//! `staging`, `working` and `looking` are their statements, `rows` reads what they return, `fault` says what went wrong.

mod fault;
mod lane;
mod looking;
mod reply;
mod rows;
mod schema;
mod staging;
mod work;
mod working;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use self::lane::{Kind, Lane};
use super::blocking::block_on;
use super::{
    BlockingStore, ClaimRequest, Counts, Cursor, Durability, EventFilter, HistoryFilter,
    PurgeRequest, Purged, Put, PutState, Settled, Staged, State, Store, StoreError,
};
use crate::clock::Timestamp;
use crate::event::{Draft, Event, EventId, Settlement, Transition};
use crate::history::HistoryRow;
use crate::source::SourceId;

/// A store in one SQLite file, for one machine. Clones are handles on the same connections; other
/// processes may open the same file.
///
/// Deliveries that arrive together share a commit and its sync, up to 256 rows or 1 MB of bodies.
/// Async calls never block the host's runtime: a thread of the store works for them. The
/// [`BlockingStore`] face works on the calling thread while it is alone. Both may be used at once.
///
/// The file is in WAL mode with `synchronous=FULL`, which is read back when it is opened, as is the
/// version of the SQLite library; so it must stand on a local disk. Beside it SQLite keeps files
/// that end in `-wal` and `-shm`: they belong to it, and a copy without them is not a backup.
///
/// Dropping the last handle lets a thread close the file when it gets to it, and SQLite then takes
/// those two away by their names. Before the file is moved, removed or made anew under the same
/// path, [`close`](BlockingStore::close) it, which waits.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use hookstage::store::{BlockingStore, SqliteStore};
///
/// # let directory = std::env::temp_dir().join(format!("hookstage-doc-{}", std::process::id()));
/// # std::fs::create_dir_all(&directory)?;
/// # let path = directory.join("inbox.db");
/// let store = SqliteStore::open(&path)?;
/// assert_eq!(store.counts("acme", None)?.pending, 0);
/// store.close()?;
/// # std::fs::remove_dir_all(&directory)?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct SqliteStore {
    handle: Arc<Handle>,
}

/// How an SQLite file is opened.
///
/// ```no_run
/// use std::time::Duration;
/// use hookstage::store::SqliteOptions;
///
/// let store = SqliteOptions::new().busy_timeout(Duration::from_secs(30)).open("inbox.db")?;
/// # Ok::<(), hookstage::store::StoreError>(())
/// ```
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct SqliteOptions {
    busy_timeout: Duration,
    sync_commits: bool,
    page_size: u32,
    checkpoint_pages: u32,
    max_pages: Option<u32>,
    cache_bytes: u32,
}

struct Handle {
    writer: Arc<Lane>,
    reader: Arc<Lane>,
    durability: Durability,
    path: PathBuf,
}

impl SqliteOptions {
    /// What [`SqliteStore::open`] uses.
    pub const fn new() -> Self {
        Self {
            busy_timeout: Duration::from_secs(5),
            sync_commits: true,
            page_size: 4096,
            checkpoint_pages: 1000,
            max_pages: None,
            cache_bytes: 64 << 20,
        }
    }

    /// How long to wait for a lock that another process holds before answering
    /// [`Busy`](super::StoreErrorKind::Busy); 5 s unless told. Shorter than the patience of the
    /// senders.
    pub const fn busy_timeout(mut self, timeout: Duration) -> Self {
        self.busy_timeout = timeout;
        self
    }

    /// Whether a commit is synced to disk before it is answered; yes unless told. Without it
    /// (`synchronous=NORMAL`) the last acknowledged deliveries are lost when the machine stops, and
    /// [`Store::durability`] says [`Durability::Machine`].
    pub const fn sync_commits(mut self, sync: bool) -> Self {
        self.sync_commits = sync;
        self
    }

    /// The page size of a file that does not exist yet: a power of two from 512 to 65,536; 4,096
    /// unless told. Where most bodies are 10 KB and more, 16,384 or 32,768 write faster.
    pub const fn page_size(mut self, bytes: u32) -> Self {
        self.page_size = bytes;
        self
    }

    /// After how many pages the WAL is copied into the file; 1,000 unless told. More makes a longer
    /// WAL and rarer pauses.
    pub const fn checkpoint_pages(mut self, pages: u32) -> Self {
        self.checkpoint_pages = pages;
        self
    }

    /// How much of the file the writer keeps in memory; 64 MB at most unless told, which holds the
    /// index of about half a million keys. Keys are random, so a ledger whose index has outgrown it
    /// reads a page for almost every delivery.
    pub const fn cache_bytes(mut self, bytes: u32) -> Self {
        self.cache_bytes = bytes;
        self
    }

    /// How many pages the file may grow to, through this handle; without a bound unless told. At
    /// the bound, deliveries are refused with [`Full`](super::StoreErrorKind::Full) while there is
    /// still room on the disk for everything else.
    pub const fn max_pages(mut self, pages: u32) -> Self {
        self.max_pages = Some(pages);
        self
    }

    /// Opens the file, making it and its tables if need be.
    ///
    /// # Errors
    ///
    /// The file cannot be opened or made; belongs to another application or to a newer version;
    /// WAL mode or the sync setting did not hold; the SQLite library is one that can lose commits;
    /// no thread could be started. The directory of the file must exist.
    pub fn open(self, path: impl AsRef<Path>) -> Result<SqliteStore, StoreError> {
        let writer = schema::open_writer(path.as_ref(), &self)?;
        let reader = schema::open_reader(path.as_ref(), &self)?;
        let writer = Lane::start("hookstage-writer", Kind::Write, writer)?;
        let reader = match Lane::start("hookstage-reader", Kind::Read, reader) {
            Ok(reader) => reader,
            Err(error) => {
                writer.abandon();
                return Err(error);
            }
        };
        let durability = if self.sync_commits { Durability::Synced } else { Durability::Machine };
        Ok(SqliteStore {
            handle: Arc::new(Handle { writer, reader, durability, path: path.as_ref().to_owned() }),
        })
    }
}

impl Default for SqliteOptions {
    fn default() -> Self {
        Self::new()
    }
}

impl SqliteStore {
    /// Opens the file with the default [`SqliteOptions`].
    ///
    /// # Errors
    ///
    /// See [`SqliteOptions::open`].
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        SqliteOptions::new().open(path)
    }

    /// The path it was opened with.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.handle.path
    }
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStore")
            .field("path", &self.handle.path)
            .field("durability", &self.handle.durability)
            .finish_non_exhaustive()
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.writer.abandon();
        self.reader.abandon();
    }
}

impl BlockingStore for SqliteStore {
    fn durability(&self) -> Durability {
        self.handle.durability
    }

    fn stage(&self, draft: Draft, now: Timestamp) -> Result<Staged, StoreError> {
        let work = work::stage(draft, now);
        self.handle.writer.call(work)
    }

    fn stage_all(&self, drafts: Vec<Draft>, now: Timestamp) -> Result<Vec<Staged>, StoreError> {
        let work = work::stage_all(drafts, now);
        self.handle.writer.call(work)
    }

    fn supersede(&self, source: &SourceId, generation: u64) -> Result<(), StoreError> {
        let work = work::supersede(source, generation);
        self.handle.writer.call(work)
    }

    fn get(&self, tenant: &str, id: EventId) -> Result<Option<Event>, StoreError> {
        let work = work::get(tenant, id);
        self.handle.reader.call(work)
    }

    fn list(
        &self,
        filter: &EventFilter,
        after: Option<Cursor>,
        limit: usize,
    ) -> Result<Vec<Event>, StoreError> {
        let work = work::list(filter, after, limit);
        self.handle.reader.call(work)
    }

    fn settle(
        &self,
        tenant: &str,
        id: EventId,
        transition: Transition,
        settlement: Settlement,
        owner: Option<&str>,
    ) -> Result<Settled, StoreError> {
        let work = work::settle(tenant, id, transition, settlement, owner);
        self.handle.writer.call(work)
    }

    fn claim(&self, request: &ClaimRequest, now: Timestamp) -> Result<Vec<Event>, StoreError> {
        let work = work::claim(request, now);
        self.handle.writer.call(work)
    }

    fn extend(
        &self,
        tenant: &str,
        id: EventId,
        owner: &str,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let work = work::extend(tenant, id, owner, until, now);
        self.handle.writer.call(work)
    }

    fn release(
        &self,
        tenant: &str,
        id: EventId,
        owner: &str,
        not_before: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let work = work::release(tenant, id, owner, not_before, now);
        self.handle.writer.call(work)
    }

    fn record(&self, rows: Vec<HistoryRow>) -> Result<(), StoreError> {
        let work = work::record(rows);
        self.handle.writer.call(work)
    }

    fn history(
        &self,
        filter: &HistoryFilter,
        after: Option<Cursor>,
        limit: usize,
    ) -> Result<Vec<(Cursor, HistoryRow)>, StoreError> {
        let work = work::history(filter, after, limit);
        self.handle.reader.call(work)
    }

    fn purge(&self, request: &PurgeRequest, now: Timestamp) -> Result<Purged, StoreError> {
        let work = work::purge(request, now);
        self.handle.writer.call(work)
    }

    fn counts(&self, tenant: &str, source: Option<&SourceId>) -> Result<Counts, StoreError> {
        let work = work::counts(tenant, source);
        self.handle.reader.call(work)
    }

    fn state(
        &self,
        namespace: &str,
        key: &str,
        now: Timestamp,
    ) -> Result<Option<State>, StoreError> {
        let work = work::state(namespace, key, now);
        self.handle.reader.call(work)
    }

    fn put_if(&self, put: PutState, now: Timestamp) -> Result<Put, StoreError> {
        let work = work::put_if(put, now);
        self.handle.writer.call(work)
    }

    fn close(&self) -> Result<(), StoreError> {
        block_on(Store::close(self))
    }
}

impl Store for SqliteStore {
    fn durability(&self) -> Durability {
        self.handle.durability
    }

    async fn stage(&self, draft: Draft, now: Timestamp) -> Result<Staged, StoreError> {
        let work = work::stage(draft, now);
        self.handle.writer.submit(work).await
    }

    async fn stage_all(
        &self,
        drafts: Vec<Draft>,
        now: Timestamp,
    ) -> Result<Vec<Staged>, StoreError> {
        let work = work::stage_all(drafts, now);
        self.handle.writer.submit(work).await
    }

    async fn supersede(&self, source: &SourceId, generation: u64) -> Result<(), StoreError> {
        let work = work::supersede(source, generation);
        self.handle.writer.submit(work).await
    }

    async fn get(&self, tenant: &str, id: EventId) -> Result<Option<Event>, StoreError> {
        let work = work::get(tenant, id);
        self.handle.reader.submit(work).await
    }

    async fn list(
        &self,
        filter: &EventFilter,
        after: Option<Cursor>,
        limit: usize,
    ) -> Result<Vec<Event>, StoreError> {
        let work = work::list(filter, after, limit);
        self.handle.reader.submit(work).await
    }

    async fn settle(
        &self,
        tenant: &str,
        id: EventId,
        transition: Transition,
        settlement: Settlement,
        owner: Option<&str>,
    ) -> Result<Settled, StoreError> {
        let work = work::settle(tenant, id, transition, settlement, owner);
        self.handle.writer.submit(work).await
    }

    async fn claim(
        &self,
        request: &ClaimRequest,
        now: Timestamp,
    ) -> Result<Vec<Event>, StoreError> {
        let work = work::claim(request, now);
        self.handle.writer.submit(work).await
    }

    async fn extend(
        &self,
        tenant: &str,
        id: EventId,
        owner: &str,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let work = work::extend(tenant, id, owner, until, now);
        self.handle.writer.submit(work).await
    }

    async fn release(
        &self,
        tenant: &str,
        id: EventId,
        owner: &str,
        not_before: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let work = work::release(tenant, id, owner, not_before, now);
        self.handle.writer.submit(work).await
    }

    async fn record(&self, rows: Vec<HistoryRow>) -> Result<(), StoreError> {
        let work = work::record(rows);
        self.handle.writer.submit(work).await
    }

    async fn history(
        &self,
        filter: &HistoryFilter,
        after: Option<Cursor>,
        limit: usize,
    ) -> Result<Vec<(Cursor, HistoryRow)>, StoreError> {
        let work = work::history(filter, after, limit);
        self.handle.reader.submit(work).await
    }

    async fn purge(&self, request: &PurgeRequest, now: Timestamp) -> Result<Purged, StoreError> {
        let work = work::purge(request, now);
        self.handle.writer.submit(work).await
    }

    async fn counts(&self, tenant: &str, source: Option<&SourceId>) -> Result<Counts, StoreError> {
        let work = work::counts(tenant, source);
        self.handle.reader.submit(work).await
    }

    async fn state(
        &self,
        namespace: &str,
        key: &str,
        now: Timestamp,
    ) -> Result<Option<State>, StoreError> {
        let work = work::state(namespace, key, now);
        self.handle.reader.submit(work).await
    }

    async fn put_if(&self, put: PutState, now: Timestamp) -> Result<Put, StoreError> {
        let work = work::put_if(put, now);
        self.handle.writer.submit(work).await
    }

    async fn close(&self) -> Result<(), StoreError> {
        let (writer, reader) = (self.handle.writer.close(), self.handle.reader.close());
        writer.await?;
        reader.await
    }
}
