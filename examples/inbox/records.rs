//! The host's own records: what promotion creates. A table of its own in a file of its own, as a
//! host's database would be.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hookstage::EventId;
use hookstage::promotion::{Order, Sink, SinkError};
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::failure::Failure;

/// One record, as the page shows it.
#[derive(Debug)]
pub(crate) struct Record {
    pub(crate) id: String,
    pub(crate) event: u64,
    pub(crate) entity: String,
    /// Field and value, the value as JSON text.
    pub(crate) fields: Vec<(String, String)>,
}

/// The table of records. Clones are handles on one connection.
#[derive(Clone, Debug)]
pub(crate) struct Records(Arc<Mutex<Connection>>);

impl Records {
    /// Opens the file of records beside that of events.
    pub(crate) fn open(database: &Path) -> Result<Self, Failure> {
        let file = database.with_extension("records.db");
        let open = || -> rusqlite::Result<Connection> {
            let connection = Connection::open(&file)?;
            connection.busy_timeout(Duration::from_secs(5))?;
            connection.pragma_update(None, "journal_mode", "wal")?;
            connection.pragma_update(None, "synchronous", "full")?;
            // The token is unique: an order is carried out once, whatever happens between here and
            // the promoter.
            connection.execute_batch(
                "CREATE TABLE IF NOT EXISTS records (
                     number INTEGER PRIMARY KEY AUTOINCREMENT,
                     token TEXT NOT NULL UNIQUE,
                     tenant TEXT NOT NULL,
                     event INTEGER NOT NULL,
                     entity TEXT NOT NULL,
                     fields TEXT NOT NULL
                 );
                 CREATE INDEX IF NOT EXISTS records_of_event ON records (tenant, event);",
            )?;
            Ok(connection)
        };
        let connection = open().map_err(|error| {
            Failure::of(format!("the records in {} cannot be opened: {error}", file.display()))
        })?;
        Ok(Self(Arc::new(Mutex::new(connection))))
    }

    /// The newest records of a tenant; of one event, or of all.
    pub(crate) async fn list(
        &self,
        tenant: &str,
        event: Option<EventId>,
    ) -> Result<Vec<Record>, SinkError> {
        let tenant = tenant.to_owned();
        self.with(move |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT number, event, entity, fields FROM records
                 WHERE tenant = ?1 AND (?2 IS NULL OR event = ?2) ORDER BY number DESC LIMIT 200",
            )?;
            let event = event.map(|event| event.get().cast_signed());
            let rows = statement.query_map(params![tenant, event], |row| {
                let (number, entity): (i64, String) = (row.get(0)?, row.get(2)?);
                Ok(Record {
                    id: format!("{entity}-{number}"),
                    event: row.get::<_, i64>(1)?.cast_unsigned(),
                    entity,
                    fields: serde_json::from_str(&row.get::<_, String>(3)?).unwrap_or_default(),
                })
            })?;
            rows.collect()
        })
        .await
    }

    /// Takes back what an event became; how many records that were.
    pub(crate) async fn withdraw(&self, tenant: &str, event: EventId) -> Result<usize, SinkError> {
        let tenant = tenant.to_owned();
        self.with(move |connection| {
            connection.execute(
                "DELETE FROM records WHERE tenant = ?1 AND event = ?2",
                params![tenant, event.get().cast_signed()],
            )
        })
        .await
    }

    /// Works on a thread that may wait for the disk.
    async fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, SinkError> {
        let records = Arc::clone(&self.0);
        tokio::task::spawn_blocking(move || {
            // A statement that panicked left the connection as it was before it.
            let connection = records.lock().unwrap_or_else(PoisonError::into_inner);
            work(&connection)
        })
        .await
        .map_err(|_| SinkError::retryable("the table of records was interrupted"))?
        .map_err(|error| SinkError::retryable(format!("the table of records: {error}")))
    }
}

impl Sink for Records {
    async fn find(&self, token: &str) -> Result<Option<String>, SinkError> {
        let token = token.to_owned();
        self.with(move |connection| {
            connection
                .query_row(
                    "SELECT entity || '-' || number FROM records WHERE token = ?1",
                    [token],
                    |row| row.get(0),
                )
                .optional()
        })
        .await
    }

    async fn create(&self, order: &Order<'_>) -> Result<String, SinkError> {
        let (token, tenant) = (order.token.to_owned(), order.tenant.to_owned());
        let (event, entity) = (order.event.get().cast_signed(), order.entity.to_owned());
        let fields = serde_json::to_string(order.fields)
            .map_err(|error| SinkError::permanent(error.to_string()))?;
        self.with(move |connection| {
            connection.execute(
                "INSERT INTO records (token, tenant, event, entity, fields)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
                params![token, tenant, event, entity, fields],
            )?;
            Ok(format!("{entity}-{}", connection.last_insert_rowid()))
        })
        .await
    }
}
