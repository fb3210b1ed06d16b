//! The driver's errors, said in the store's words: what went wrong and what would help.

use std::fmt;

use deadpool_postgres::PoolError;
use tokio_postgres::error::SqlState;

use crate::store::{StoreError, StoreErrorKind};

pub(super) type Fallible<T> = Result<T, StoreError>;

/// A stored value that this version cannot read.
pub(super) fn unreadable(what: &str) -> StoreError {
    StoreError::new(
        StoreErrorKind::Corrupt,
        format!("a stored {what} cannot be understood; check whether a newer version wrote it"),
    )
}

/// A value that is too large for a column.
pub(super) fn too_large(what: &str) -> StoreError {
    StoreError::new(StoreErrorKind::Other, format!("the {what} is too large to be stored"))
}

pub(super) fn closed() -> StoreError {
    StoreError::new(StoreErrorKind::Closed, "this handle was closed; open the store again")
}

impl From<tokio_postgres::Error> for StoreError {
    fn from(error: tokio_postgres::Error) -> Self {
        let (kind, message) = explain(&error);
        Self::new(kind, message).with_source(Code(error))
    }
}

impl From<PoolError> for StoreError {
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Backend(error) => error.into(),
            PoolError::Timeout(_) => Self::new(
                StoreErrorKind::Busy,
                "no connection of the pool became free in time; raise the size of the pool",
            ),
            PoolError::Closed => Self::new(
                StoreErrorKind::Unavailable,
                "the pool was closed; open the store over another one",
            ),
            _ => Self::new(StoreErrorKind::Unavailable, "the pool could not give a connection"),
        }
    }
}

/// What is kept of the driver's error: its code. The server's message and detail may quote a row.
struct Code(tokio_postgres::Error);

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.code() {
            Some(code) => write!(f, "SQLSTATE {}", code.code()),
            None if self.0.is_closed() => f.write_str("the connection is closed"),
            None => f.write_str("an error of the connection"),
        }
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Code({self})")
    }
}

impl std::error::Error for Code {}

fn explain(error: &tokio_postgres::Error) -> (StoreErrorKind, &'static str) {
    let Some(code) = error.code() else {
        return (
            StoreErrorKind::Unavailable,
            "the connection to PostgreSQL failed; check that the server runs and can be reached",
        );
    };
    if [SqlState::T_R_SERIALIZATION_FAILURE, SqlState::T_R_DEADLOCK_DETECTED].contains(code)
        || [SqlState::LOCK_NOT_AVAILABLE, SqlState::QUERY_CANCELED].contains(code)
    {
        return (
            StoreErrorKind::Busy,
            "another transaction stood in the way, or a timeout of the server ended the statement; nothing was written",
        );
    }
    if *code == SqlState::READ_ONLY_SQL_TRANSACTION {
        return (
            StoreErrorKind::ReadOnly,
            "the server takes no writes; it is a standby or default_transaction_read_only is on",
        );
    }
    if *code == SqlState::UNDEFINED_TABLE {
        return (
            StoreErrorKind::Corrupt,
            "the tables are not there; open the store with PgStore::open, which makes them, and check search_path",
        );
    }
    match code.code().get(..2) {
        Some("53") => (
            StoreErrorKind::Full,
            "the server is out of disk, memory or connections; nothing was written",
        ),
        Some("08" | "57" | "58") => (
            StoreErrorKind::Unavailable,
            "the server is going down, starting, or failed to read or write its disk",
        ),
        Some("28" | "3D") => (
            StoreErrorKind::Unavailable,
            "the server refused the login or the database; check the pool's configuration",
        ),
        Some("XX") => (StoreErrorKind::Corrupt, "the server found its data damaged"),
        _ => (StoreErrorKind::Other, "PostgreSQL refused a statement; see the cause"),
    }
}
