//! The tables: made and brought up to date in transactions of their own, and what is checked before
//! the server is trusted.

use deadpool_postgres::{Client, Pool};

use super::fault::Fallible;
use crate::store::{Durability, StoreError, StoreErrorKind};

/// Each step leads from the version that is its index to the next, and is never changed once
/// released.
const MIGRATIONS: [&str; 2] = [include_str!("0001.sql"), include_str!("0002.sql")];

/// PostgreSQL 13.
const FLOOR: i32 = 130_000;

/// The number under which migrating processes wait for each other.
const MIGRATION_LOCK: i64 = 0x686b_7374;

/// Checks the server, brings the tables up to date and says what survives a commit.
pub(super) async fn prepare(pool: &Pool) -> Fallible<Durability> {
    let mut client = pool.get().await?;
    check_version(&client).await?;
    migrate(&mut client).await?;
    durability(&client).await
}

async fn setting(client: &Client, name: &str) -> Fallible<String> {
    let row = client.query_one("SELECT current_setting($1)", &[&name]).await?;
    Ok(row.try_get(0)?)
}

async fn check_version(client: &Client) -> Fallible<()> {
    let version: i32 = setting(client, "server_version_num").await?.parse().unwrap_or(0);
    if version >= FLOOR {
        return Ok(());
    }
    Err(StoreError::new(
        StoreErrorKind::Other,
        format!("the server's version number is {version}; PostgreSQL 13 or newer is needed"),
    ))
}

/// A commit that is not flushed, or a disk that is not asked to flush, is told to the host and not
/// refused: it may have meant it.
async fn durability(client: &Client) -> Fallible<Durability> {
    let commit = setting(client, "synchronous_commit").await?;
    let fsync = setting(client, "fsync").await?;
    let synced = commit != "off" && fsync == "on";
    Ok(if synced { Durability::Synced } else { Durability::Machine })
}

async fn migrate(client: &mut Client) -> Fallible<()> {
    let known = MIGRATIONS.len() as i32;
    loop {
        let transaction = client.build_transaction().read_only(false).start().await?;
        transaction.execute("SELECT pg_advisory_xact_lock($1)", &[&MIGRATION_LOCK]).await?;
        transaction
            .batch_execute(
                "CREATE TABLE IF NOT EXISTS hookstage_schema
                   (one boolean PRIMARY KEY CHECK (one), version integer NOT NULL)",
            )
            .await?;
        let row = transaction
            .query_opt("SELECT version FROM hookstage_schema WHERE one FOR UPDATE", &[])
            .await?;
        let version: i32 = match row {
            Some(row) => row.try_get(0)?,
            None => 0,
        };
        if version > known {
            return Err(StoreError::new(
                StoreErrorKind::Other,
                format!(
                    "the database has the tables of version {version}, this program knows {known}; a newer version of the program made them, run that one"
                ),
            ));
        }
        let Some(step) = usize::try_from(version).ok().and_then(|index| MIGRATIONS.get(index))
        else {
            transaction.commit().await?;
            return Ok(());
        };
        transaction.batch_execute(step).await?;
        transaction
            .execute(
                "INSERT INTO hookstage_schema (one, version) VALUES (true, $1)
                 ON CONFLICT (one) DO UPDATE SET version = excluded.version",
                &[&(version + 1)],
            )
            .await?;
        transaction.commit().await?;
    }
}
