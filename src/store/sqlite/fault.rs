//! SQLite's errors, said in the store's words: what went wrong and what would help.

use rusqlite::ErrorCode;

use crate::store::{StoreError, StoreErrorKind};

pub(super) type Fallible<T> = Result<T, StoreError>;

pub(super) const READ_ONLY: &str = "the database cannot be written; check the permissions of its file and directory and whether the volume is mounted read-only";

/// A stored value that this version cannot read.
pub(super) fn unreadable(what: &str) -> StoreError {
    StoreError::new(
        StoreErrorKind::Corrupt,
        format!(
            "a stored {what} cannot be understood; check the file with PRAGMA quick_check, and whether a newer version wrote it"
        ),
    )
}

/// A value that is too large for a column.
pub(super) fn too_large(what: &str) -> StoreError {
    StoreError::new(StoreErrorKind::Other, format!("the {what} is too large to be stored"))
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        let (kind, message) = explain(error.sqlite_error_code());
        Self::new(kind, message).with_source(error)
    }
}

const fn explain(code: Option<ErrorCode>) -> (StoreErrorKind, &'static str) {
    match code {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => (
            StoreErrorKind::Busy,
            "another process kept the database locked for longer than the busy timeout; end it or raise SqliteOptions::busy_timeout",
        ),
        Some(ErrorCode::DiskFull) => (
            StoreErrorKind::Full,
            "the disk of the database, or its page limit, is full; make room, nothing was written",
        ),
        Some(ErrorCode::ReadOnly) => (StoreErrorKind::ReadOnly, READ_ONLY),
        Some(ErrorCode::SystemIoFailure) => (
            StoreErrorKind::Unavailable,
            "the disk of the database failed to read or write; see the cause",
        ),
        Some(ErrorCode::CannotOpen) => (
            StoreErrorKind::Unavailable,
            "the database cannot be opened; check that its directory exists and is writable, and the limit on open files",
        ),
        Some(ErrorCode::PermissionDenied | ErrorCode::AuthorizationForStatementDenied) => (
            StoreErrorKind::Unavailable,
            "the database may not be accessed; check the permissions of its file",
        ),
        Some(ErrorCode::OutOfMemory) => (StoreErrorKind::Unavailable, "SQLite ran out of memory"),
        Some(ErrorCode::DatabaseCorrupt) => (
            StoreErrorKind::Corrupt,
            "the database is damaged; run PRAGMA quick_check and restore a backup",
        ),
        Some(ErrorCode::NotADatabase) => {
            (StoreErrorKind::Corrupt, "the file is not an SQLite database; give another path")
        }
        Some(ErrorCode::TooBig) => (StoreErrorKind::Other, "a value is larger than SQLite stores"),
        _ => (StoreErrorKind::Other, "SQLite refused a statement; see the cause"),
    }
}
