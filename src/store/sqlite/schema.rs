//! The file: how it is opened, what is checked before it is trusted, and its tables.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::SqliteOptions;
use super::fault::{Fallible, READ_ONLY};
use crate::store::{StoreError, StoreErrorKind};

/// "hkst": says whose file it is, so that another application's is never migrated.
const APPLICATION_ID: i64 = 0x686b_7374;

/// Each step leads from the version that is its index to the next, and is never changed once
/// released.
const MIGRATIONS: [&str; 2] = [include_str!("0001.sql"), include_str!("0002.sql")];

/// SQLite before this can lose committed transactions of a WAL when a checkpoint and a reset race
/// (fixed in 3.51.3; see <https://www.sqlite.org/wal.html>, "the WAL-reset bug").
const FLOOR: i32 = 3_051_003;
/// The releases of older branches that got the same fix.
const FIXED_BRANCHES: [i32; 2] = [3_044_006, 3_050_007];

/// Opens the connection that writes, brings the tables up to date, and reads back what protects
/// the data.
pub(super) fn open_writer(path: &Path, options: &SqliteOptions) -> Fallible<Connection> {
    check_library(rusqlite::version_number())?;
    let connection = Connection::open_with_flags(path, flags())?;
    // SQLite opens what it may not write as far as it can, and later complains of something else.
    if connection.is_readonly(rusqlite::MAIN_DB)? {
        return Err(StoreError::new(StoreErrorKind::ReadOnly, READ_ONLY));
    }
    prepare(&connection, options)?;
    check_owner(&connection)?;
    // Takes effect on a new file only.
    connection.pragma_update(None, "page_size", options.page_size)?;
    set_wal(&connection, options.busy_timeout)?;
    let wanted = if options.sync_commits { 2 } else { 1 };
    connection.pragma_update(None, "synchronous", wanted)?;
    // macOS keeps synced data in the drive's cache unless asked twice.
    connection.pragma_update(None, "fullfsync", true)?;
    connection.pragma_update(None, "checkpoint_fullfsync", true)?;
    connection.pragma_update(None, "wal_autocheckpoint", options.checkpoint_pages)?;
    // Negative: kibibytes, not pages.
    connection.pragma_update(None, "cache_size", -i64::from(options.cache_bytes / 1024))?;
    if let Some(pages) = options.max_pages {
        connection.pragma_update(None, "max_page_count", pages)?;
    }
    let synchronous: i64 = connection.pragma_query_value(None, "synchronous", |row| row.get(0))?;
    if synchronous != wanted {
        return Err(StoreError::new(
            StoreErrorKind::Other,
            format!(
                "SQLite did not take synchronous={wanted} but kept {synchronous}, so commits would not survive a power loss as promised"
            ),
        ));
    }
    migrate(&connection, &MIGRATIONS)?;
    Ok(connection)
}

/// Opens a connection that only reads.
pub(super) fn open_reader(path: &Path, options: &SqliteOptions) -> Fallible<Connection> {
    let connection = Connection::open_with_flags(path, flags())?;
    prepare(&connection, options)?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(connection)
}

fn flags() -> OpenFlags {
    // One thread at a time uses a connection: SQLite's own mutexes would only cost. No URI: a path
    // with a question mark in it is a path.
    OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
}

fn prepare(connection: &Connection, options: &SqliteOptions) -> Fallible<()> {
    connection.busy_timeout(options.busy_timeout)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(())
}

fn check_library(version: i32) -> Fallible<()> {
    let fixed_branch =
        FIXED_BRANCHES.iter().any(|fixed| version >= *fixed && version / 1000 == *fixed / 1000);
    if version >= FLOOR || fixed_branch {
        return Ok(());
    }
    Err(StoreError::new(
        StoreErrorKind::Other,
        format!(
            "the SQLite library is {}.{}.{}, which can lose committed transactions in WAL mode; link 3.51.3 or newer, which is what the bundled build does",
            version / 1_000_000,
            version / 1000 % 1000,
            version % 1000
        ),
    ))
}

/// Refuses a file of another application before anything in it is changed.
fn check_owner(connection: &Connection) -> Fallible<()> {
    // In one transaction: another process may be making the tables just now.
    let connection = connection.unchecked_transaction()?;
    let id: i64 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let version: i64 = user_version(&connection)?;
    let tables: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if id != APPLICATION_ID && (id != 0 || version != 0 || tables != 0) {
        return Err(StoreError::new(
            StoreErrorKind::Other,
            "the database belongs to another application; give the store a file of its own",
        ));
    }
    check_version(version, MIGRATIONS.len())
}

fn check_version(version: i64, known: usize) -> Fallible<()> {
    if version > known as i64 {
        return Err(StoreError::new(
            StoreErrorKind::Other,
            format!(
                "the database has the tables of version {version}, this program knows {known}; a newer version of the program wrote it, run that one"
            ),
        ));
    }
    Ok(())
}

/// Changing the journal mode needs the file for a moment and does not honour the busy timeout.
fn set_wal(connection: &Connection, patience: Duration) -> Fallible<()> {
    let started = Instant::now();
    loop {
        let outcome = connection
            .pragma_update_and_check(None, "journal_mode", "wal", |row| row.get::<_, String>(0));
        match outcome {
            Ok(mode) if mode.eq_ignore_ascii_case("wal") => return Ok(()),
            Ok(mode) => {
                return Err(StoreError::new(
                    StoreErrorKind::Other,
                    format!(
                        "SQLite kept journal_mode={mode}; WAL needs a local file system with shared memory, not a network one"
                    ),
                ));
            }
            Err(error)
                if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy)
                    && started.elapsed() < patience =>
            {
                std::thread::sleep(Duration::from_millis(5));
            }
            Err(error) => return Err(error.into()),
        }
    }
}

/// Each step in one transaction with its version number, so that a step is done whole or not at
/// all; another process that opens the file at the same time waits and finds it done.
fn migrate(connection: &Connection, steps: &[&str]) -> Fallible<()> {
    loop {
        if user_version(connection)? == steps.len() as i64 {
            return Ok(());
        }
        connection.execute_batch("BEGIN IMMEDIATE")?;
        let outcome = step(connection, steps);
        if outcome.is_err() {
            let _ = connection.execute_batch("ROLLBACK");
        }
        outcome?;
    }
}

fn step(connection: &Connection, steps: &[&str]) -> Fallible<()> {
    let version = user_version(connection)?;
    check_version(version, steps.len())?;
    if let Some(sql) = usize::try_from(version).ok().and_then(|index| steps.get(index)) {
        connection.execute_batch(sql)?;
        connection.pragma_update(None, "application_id", APPLICATION_ID)?;
        connection.pragma_update(None, "user_version", version + 1)?;
    }
    connection.execute_batch("COMMIT")?;
    Ok(())
}

fn user_version(connection: &Connection) -> Fallible<i64> {
    Ok(connection.pragma_query_value(None, "user_version", |row| row.get(0))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sto_05_a_library_that_can_lose_commits_is_refused() {
        for (version, accepted) in [
            (3_040_001, false),
            (3_044_005, false),
            (3_044_006, true),
            (3_045_000, false),
            (3_050_006, false),
            (3_050_007, true),
            (3_051_002, false),
            (3_051_003, true),
            (3_052_000, true),
        ] {
            assert_eq!(check_library(version).is_ok(), accepted, "{version}");
        }
    }
    /// A step that fails half way, as one that is interrupted: the tables of the step before stay as
    /// they were, this program goes on with them, and the next one takes the step.
    #[test]
    fn sto_10_a_schema_step_is_done_whole_or_not_at_all() {
        let connection = Connection::open_in_memory().unwrap();
        migrate(&connection, &MIGRATIONS).unwrap();
        let tables = |connection: &Connection| -> i64 {
            connection
                .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
                .unwrap()
        };
        let before = tables(&connection);
        let broken = "CREATE TABLE second (x); INSERT INTO second VALUES (1); SELECT no_such();";
        let known = MIGRATIONS.len() as i64;
        let with = |step| MIGRATIONS.into_iter().chain([step]).collect::<Vec<&str>>();
        let steps = with(broken);
        assert!(migrate(&connection, &steps).is_err());
        assert_eq!(user_version(&connection).unwrap(), known);
        assert_eq!(tables(&connection), before);
        assert!(connection.is_autocommit());
        migrate(&connection, &MIGRATIONS).unwrap();
        let steps = with("CREATE TABLE second (x)");
        migrate(&connection, &steps).unwrap();
        assert_eq!(
            (user_version(&connection).unwrap(), tables(&connection)),
            (known + 1, before + 1)
        );
        // The program of before refuses what it does not know.
        assert!(migrate(&connection, &MIGRATIONS).is_err());
        assert_eq!(user_version(&connection).unwrap(), known + 1);
    }
}
