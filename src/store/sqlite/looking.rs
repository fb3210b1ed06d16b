//! What is only read, and small state.

use rusqlite::{Connection, OptionalExtension as _, params};

use super::fault::Fallible;
use super::rows::{self, EVENT_COLUMNS, HISTORY_COLUMNS, id_number, status_number, status_of};
use super::working::page;
use crate::clock::Timestamp;
use crate::event::{Event, EventId, Status};
use crate::history::HistoryRow;
use crate::source::SourceId;
use crate::store::{Counts, Cursor, EventFilter, HistoryFilter, Put, PutState, State};

pub(super) fn get(db: &Connection, tenant: &str, id: EventId) -> Fallible<Option<Event>> {
    let Some(id) = id_number(id) else { return Ok(None) };
    let sql = format!("SELECT {EVENT_COLUMNS} FROM event WHERE id = ?1 AND tenant = ?2");
    let mut statement = db.prepare_cached(&sql)?;
    let mut found = statement.query(params![id, tenant])?;
    found.next()?.map(rows::event).transpose()
}

/// One walk along the index per state, merged: so that one index serves the inbox of pending
/// events, the list of all, the counts and the purge.
pub(super) fn list(
    db: &Connection,
    filter: &EventFilter,
    after: Option<Cursor>,
    limit: usize,
) -> Fallible<Vec<Event>> {
    if filter.source.as_ref().is_some_and(|source| source.tenant() != filter.tenant) {
        return Ok(Vec::new());
    }
    let source = if filter.source.is_some() { "AND source = ?2" } else { "" };
    let event_type = if filter.event_type.is_some() { "AND event_type = ?3" } else { "" };
    let states = match &filter.status {
        Some(status) => std::slice::from_ref(status),
        None => &Status::ALL,
    };
    let walks = states
        .iter()
        .map(|status| {
            format!(
                "SELECT {EVENT_COLUMNS} FROM event
                 WHERE tenant = ?1 AND status = {} AND (received_at, id) < (?4, ?5)
                   AND ?2 IS ?2 AND ?3 IS ?3 {source} {event_type}",
                status_number(*status)
            )
        })
        .collect::<Vec<_>>()
        .join(" UNION ALL ");
    let (at, number) = start(after);
    let mut statement =
        db.prepare_cached(&format!("{walks} ORDER BY received_at DESC, id DESC LIMIT ?6"))?;
    let mut found = statement.query(params![
        filter.tenant,
        filter.source.as_ref().map(SourceId::source),
        filter.event_type,
        at,
        number,
        page(limit),
    ])?;
    let mut events = Vec::new();
    while let Some(row) = found.next()? {
        events.push(rows::event(row)?);
    }
    Ok(events)
}

pub(super) fn history(
    db: &Connection,
    filter: &HistoryFilter,
    after: Option<Cursor>,
    limit: usize,
) -> Fallible<Vec<(Cursor, HistoryRow)>> {
    if filter.source.as_ref().is_some_and(|source| source.tenant() != filter.tenant) {
        return Ok(Vec::new());
    }
    let (at, number) = start(after);
    let mut statement = db.prepare_cached(&format!(
        "SELECT {HISTORY_COLUMNS} FROM history
         WHERE tenant = ?1 AND (at, id) < (?2, ?3)
           AND (?4 IS NULL OR source = ?4) AND (?5 IS NULL OR outcome = ?5)
           AND at >= ?6 AND (?7 IS NULL OR at < ?7)
         ORDER BY at DESC, id DESC LIMIT ?8"
    ))?;
    let mut found = statement.query(params![
        filter.tenant,
        at,
        number,
        filter.source.as_ref().map(SourceId::source),
        filter.outcome,
        filter.since.map_or(i64::MIN, Timestamp::as_unix_millis),
        filter.until.map(Timestamp::as_unix_millis),
        page(limit),
    ])?;
    let mut history = Vec::new();
    while let Some(row) = found.next()? {
        history.push(rows::history(row)?);
    }
    Ok(history)
}

pub(super) fn counts(db: &Connection, tenant: &str, source: Option<&SourceId>) -> Fallible<Counts> {
    let mut counts = Counts::default();
    if source.is_some_and(|source| source.tenant() != tenant) {
        return Ok(counts);
    }
    let of_source = if source.is_some() { "AND source = ?2" } else { "AND ?2 IS NULL" };
    let mut statement = db.prepare_cached(&format!(
        "SELECT status, count(*) FROM event WHERE tenant = ?1 {of_source} GROUP BY status"
    ))?;
    let mut found = statement.query(params![tenant, source.map(SourceId::source)])?;
    while let Some(row) = found.next()? {
        *counts.of_mut(status_of(row.get(0)?)?) = row.get::<_, i64>(1)?.unsigned_abs();
    }
    Ok(counts)
}

pub(super) fn state(
    db: &Connection,
    namespace: &str,
    key: &str,
    now: Timestamp,
) -> Fallible<Option<State>> {
    Ok(db
        .prepare_cached(
            "SELECT version, bytes FROM state
             WHERE namespace = ?1 AND key = ?2 AND (expires IS NULL OR expires > ?3)",
        )?
        .query_row(params![namespace, key, now.as_unix_millis()], |row| {
            Ok(State { version: row.get::<_, i64>(0)?.unsigned_abs(), bytes: row.get(1)? })
        })
        .optional()?)
}

/// The write transaction around this makes looking first safe.
pub(super) fn put_if(db: &Connection, put: &PutState, now: Timestamp) -> Fallible<Put> {
    put.check()?;
    let current = state(db, &put.namespace, &put.key, now)?;
    if current.as_ref().map(|state| state.version) != put.expected {
        return Ok(Put::Conflict(current));
    }
    let version: i64 = db
        .prepare_cached("UPDATE counter SET last = last + 1 WHERE name = 'version' RETURNING last")?
        .query_row([], |row| row.get(0))?;
    match &put.bytes {
        None => {
            db.prepare_cached("DELETE FROM state WHERE namespace = ?1 AND key = ?2")?
                .execute(params![put.namespace, put.key])?;
        }
        Some(bytes) => {
            db.prepare_cached(
                "INSERT INTO state (namespace, key, version, expires, bytes)
                 VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (namespace, key) DO UPDATE
                   SET version = excluded.version, expires = excluded.expires,
                       bytes = excluded.bytes",
            )?
            .execute(params![
                put.namespace,
                put.key,
                version,
                put.expires.map(Timestamp::as_unix_millis),
                bytes,
            ])?;
        }
    }
    Ok(Put::Done { version: version.unsigned_abs() })
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
