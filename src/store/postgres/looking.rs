//! What is only read, and small state.

use deadpool_postgres::Client;
use tokio_postgres::types::ToSql;

use super::fault::Fallible;
use super::rows::{self, EVENT_COLUMNS, HISTORY_COLUMNS, id_number, status_number, status_of};
use super::working::{page, storable};
use crate::clock::Timestamp;
use crate::event::{Event, EventId, Status};
use crate::history::HistoryRow;
use crate::source::SourceId;
use crate::store::{
    Counts, Cursor, EventFilter, HistoryFilter, Put, PutState, State, StoreError, StoreErrorKind,
};

pub(super) async fn get(client: &Client, tenant: &str, id: EventId) -> Fallible<Option<Event>> {
    let (Some(id), true) = (id_number(id), storable(tenant)) else { return Ok(None) };
    let statement = client
        .prepare_cached(&format!(
            "SELECT {EVENT_COLUMNS} FROM hookstage_event AS event WHERE id = $1 AND tenant = $2"
        ))
        .await?;
    client.query_opt(&statement, &[&id, &tenant]).await?.as_ref().map(rows::event).transpose()
}

/// One walk along the index per state, merged: so that one index serves the inbox of pending
/// events, the list of all and the counts.
pub(super) async fn list(
    client: &Client,
    filter: &EventFilter,
    after: Option<Cursor>,
    limit: usize,
) -> Fallible<Vec<Event>> {
    if foreign(&filter.tenant, filter.source.as_ref()) {
        return Ok(Vec::new());
    }
    let tenant = &filter.tenant;
    let (at, number) = start(after);
    let limit = page(limit);
    let source = filter.source.as_ref().map(SourceId::source);
    let event_type = filter.event_type.as_deref().map(str::as_bytes);
    let mut values: Vec<&(dyn ToSql + Sync)> = vec![tenant, &at, &number, &limit];
    let mut conditions = String::new();
    if let Some(source) = &source {
        values.push(source);
        conditions.push_str(&format!(" AND source = ${}", values.len()));
    }
    if let Some(event_type) = &event_type {
        values.push(event_type);
        conditions.push_str(&format!(" AND event_type = ${}", values.len()));
    }
    let states = match &filter.status {
        Some(status) => std::slice::from_ref(status),
        None => &Status::ALL,
    };
    let walks = states
        .iter()
        .map(|status| {
            format!(
                "(SELECT {EVENT_COLUMNS} FROM hookstage_event AS event
                  WHERE tenant = $1 AND status = {} AND (received_at, id) < ($2, $3) {conditions}
                  ORDER BY received_at DESC, id DESC LIMIT $4)",
                status_number(*status)
            )
        })
        .collect::<Vec<_>>()
        .join(" UNION ALL ");
    let statement = client
        .prepare_cached(&format!(
            "SELECT * FROM ({walks}) AS event ORDER BY received_at DESC, id DESC LIMIT $4"
        ))
        .await?;
    client.query(&statement, &values).await?.iter().map(rows::event).collect()
}

pub(super) async fn history(
    client: &Client,
    filter: &HistoryFilter,
    after: Option<Cursor>,
    limit: usize,
) -> Fallible<Vec<(Cursor, HistoryRow)>> {
    if foreign(&filter.tenant, filter.source.as_ref()) {
        return Ok(Vec::new());
    }
    let (at, number) = start(after);
    let statement = client
        .prepare_cached(&format!(
            "SELECT {HISTORY_COLUMNS} FROM hookstage_history
             WHERE tenant = $1 AND (at, id) < ($2, $3)
               AND ($4::text IS NULL OR source = $4) AND ($5::bytea IS NULL OR outcome = $5)
               AND at >= $6 AND ($7::bigint IS NULL OR at < $7)
             ORDER BY at DESC, id DESC LIMIT $8"
        ))
        .await?;
    let rows = client
        .query(
            &statement,
            &[
                &filter.tenant,
                &at,
                &number,
                &filter.source.as_ref().map(SourceId::source),
                &filter.outcome.as_deref().map(str::as_bytes),
                &filter.since.map_or(i64::MIN, Timestamp::as_unix_millis),
                &filter.until.map(Timestamp::as_unix_millis),
                &page(limit),
            ],
        )
        .await?;
    rows.iter().map(rows::history).collect()
}

pub(super) async fn counts(
    client: &Client,
    tenant: &str,
    source: Option<&SourceId>,
) -> Fallible<Counts> {
    let mut counts = Counts::default();
    if foreign(tenant, source) {
        return Ok(counts);
    }
    let statement = client
        .prepare_cached(
            "SELECT status, count(*) FROM hookstage_event
             WHERE tenant = $1 AND ($2::text IS NULL OR source = $2) GROUP BY status",
        )
        .await?;
    for row in client.query(&statement, &[&tenant, &source.map(SourceId::source)]).await? {
        *counts.of_mut(status_of(row.try_get(0)?)?) = row.try_get::<_, i64>(1)?.unsigned_abs();
    }
    Ok(counts)
}

pub(super) async fn state(
    client: &Client,
    namespace: &str,
    key: &str,
    now: Timestamp,
) -> Fallible<Option<State>> {
    let statement = client
        .prepare_cached(
            "SELECT version, bytes FROM hookstage_state
             WHERE namespace = $1 AND key = $2 AND (expires IS NULL OR expires > $3)",
        )
        .await?;
    let row = client
        .query_opt(&statement, &[&namespace.as_bytes(), &key.as_bytes(), &now.as_unix_millis()])
        .await?;
    row.map(|row| {
        let version = row.try_get::<_, i64>(0)?.unsigned_abs();
        Ok(State { version, bytes: row.try_get(1)? })
    })
    .transpose()
}

/// One statement decides. What it did not write is looked at to say why; if that changed in
/// between so that it would fit now, it is tried again.
pub(super) async fn put_if(client: &Client, put: &PutState, now: Timestamp) -> Fallible<Put> {
    put.check()?;
    for _ in 0..8 {
        if let Some(version) = try_put(client, put, now).await? {
            return Ok(Put::Done { version: version.unsigned_abs() });
        }
        let current = state(client, &put.namespace, &put.key, now).await?;
        if current.as_ref().map(|state| state.version) != put.expected {
            return Ok(Put::Conflict(current));
        }
        if put.bytes.is_none() && put.expected.is_none() {
            let next = client.prepare_cached("SELECT nextval('hookstage_state_version')").await?;
            let version: i64 = client.query_one(&next, &[]).await?.try_get(0)?;
            return Ok(Put::Done { version: version.unsigned_abs() });
        }
    }
    Err(StoreError::new(StoreErrorKind::Busy, "the value is written back and forth; try again"))
}

async fn try_put(client: &Client, put: &PutState, now: Timestamp) -> Fallible<Option<i64>> {
    let (namespace, key) = (put.namespace.as_bytes(), put.key.as_bytes());
    let now = now.as_unix_millis();
    let expires = put.expires.map(Timestamp::as_unix_millis);
    let expected = match put.expected.map(i64::try_from) {
        None => None,
        Some(Ok(version)) => Some(version),
        Some(Err(_)) => return Ok(None),
    };
    let row = match (&put.bytes, expected) {
        (Some(bytes), None) => {
            let statement = client
                .prepare_cached(
                    "INSERT INTO hookstage_state AS held (namespace, key, version, expires, bytes)
                     VALUES ($1, $2, nextval('hookstage_state_version'), $3, $4)
                     ON CONFLICT (namespace, key) DO UPDATE
                       SET version = nextval('hookstage_state_version'),
                           expires = excluded.expires, bytes = excluded.bytes
                       WHERE held.expires <= $5
                     RETURNING version",
                )
                .await?;
            client.query_opt(&statement, &[&namespace, &key, &expires, bytes, &now]).await?
        }
        (Some(bytes), Some(version)) => {
            let statement = client
                .prepare_cached(
                    "UPDATE hookstage_state SET version = nextval('hookstage_state_version'),
                       expires = $3, bytes = $4
                     WHERE namespace = $1 AND key = $2 AND version = $6
                       AND (expires IS NULL OR expires > $5)
                     RETURNING version",
                )
                .await?;
            let values: [&(dyn ToSql + Sync); 6] =
                [&namespace, &key, &expires, bytes, &now, &version];
            client.query_opt(&statement, &values).await?
        }
        (None, Some(version)) => {
            let statement = client
                .prepare_cached(
                    "DELETE FROM hookstage_state
                     WHERE namespace = $1 AND key = $2 AND version = $4
                       AND (expires IS NULL OR expires > $3)
                     RETURNING nextval('hookstage_state_version')",
                )
                .await?;
            client.query_opt(&statement, &[&namespace, &key, &now, &version]).await?
        }
        (None, None) => {
            let statement = client
                .prepare_cached(
                    "DELETE FROM hookstage_state
                     WHERE namespace = $1 AND key = $2 AND expires <= $3
                     RETURNING nextval('hookstage_state_version')",
                )
                .await?;
            client.query_opt(&statement, &[&namespace, &key, &now]).await?
        }
    };
    Ok(row.map(|row| row.try_get(0)).transpose()?)
}

/// Nothing of a tenant is of another's source.
fn foreign(tenant: &str, source: Option<&SourceId>) -> bool {
    !storable(tenant) || source.is_some_and(|source| source.tenant() != tenant)
}

/// Before which place a list starts. No row has the highest number, so without a cursor it is all.
fn start(after: Option<Cursor>) -> (i64, i64) {
    match after {
        None => (i64::MAX, i64::MAX),
        Some(cursor) => {
            (cursor.at.as_unix_millis(), i64::try_from(cursor.number).unwrap_or(i64::MAX))
        }
    }
}
