//! Columns to values and back. Every reader says what it could not understand instead of guessing.

use std::net::IpAddr;
use std::sync::Arc;

use rusqlite::Row;

use super::fault::{Fallible, unreadable};
use crate::clock::Timestamp;
use crate::dedupe::DedupeKey;
use crate::event::{Event, EventId, Lease, Settlement, Status};
use crate::history::HistoryRow;
use crate::source::SourceId;
use crate::store::packed::{unpack_coverage, unpack_headers, unpack_hints};
use crate::store::{Cursor, StoreError};

pub(super) const EVENT_COLUMNS: &str = "id, tenant, source, received_at, status, attempts, \
     lease_owner, lease_until, not_before, settled_by, settled_at, settled_why, event_type, key, \
     body_sha256, coverage, headers, body";

pub(super) const HISTORY_COLUMNS: &str = "id, tenant, source, at, outcome, reason, detail, status, \
     event, headers, body_length, body_sha256, remote, correlation_id, key_index, count, \
     took_millis, skew_millis, hints";

/// An event from [`EVENT_COLUMNS`].
pub(super) fn event(row: &Row<'_>) -> Fallible<Event> {
    let settlement = match (row.get::<_, Option<String>>(9)?, row.get::<_, Option<i64>>(10)?) {
        (Some(actor), Some(at)) => {
            Some(Settlement::new(actor, Timestamp::from_unix_millis(at), row.get(11)?))
        }
        _ => None,
    };
    let lease = match (row.get::<_, Option<String>>(6)?, row.get::<_, Option<i64>>(7)?) {
        (Some(owner), Some(until)) => Some(Lease::new(owner, Timestamp::from_unix_millis(until))),
        _ => None,
    };
    let key = match row.get_ref(13)?.as_blob_or_null().map_err(|_| unreadable("key"))? {
        Some(bytes) => {
            Some(DedupeKey::from_bytes(bytes.try_into().map_err(|_| unreadable("key"))?))
        }
        None => None,
    };
    let coverage = row.get_ref(15)?.as_str().ok().and_then(unpack_coverage);
    let headers = row.get_ref(16)?.as_blob().ok().and_then(unpack_headers);
    let body: &[u8] = row.get_ref(17)?.as_blob().map_err(|_| unreadable("body"))?;
    Ok(Event {
        id: EventId::new(row.get::<_, i64>(0)?.unsigned_abs()),
        source: source_id(row, 1)?,
        received_at: Timestamp::from_unix_millis(row.get(3)?),
        event_type: row.get(12)?,
        headers: headers.ok_or_else(|| unreadable("header list"))?,
        body: Arc::from(body),
        body_sha256: row.get(14)?,
        coverage: coverage.ok_or_else(|| unreadable("coverage"))?,
        key,
        status: status_of(row.get(4)?)?,
        attempts: row.get(5)?,
        settlement,
        lease,
        not_before: row.get::<_, Option<i64>>(8)?.map(Timestamp::from_unix_millis),
    })
}

/// A history row and its place from [`HISTORY_COLUMNS`].
pub(super) fn history(row: &Row<'_>) -> Fallible<(Cursor, HistoryRow)> {
    let at = Timestamp::from_unix_millis(row.get(3)?);
    let status: u16 = row.get(7)?;
    let outcome: String = row.get(4)?;
    let mut entry = HistoryRow::new(source_id(row, 1)?, at, outcome.into(), status);
    entry.reason = row.get::<_, Option<String>>(5)?.map(Into::into);
    entry.detail = row.get(6)?;
    entry.event = row.get::<_, Option<i64>>(8)?.map(|id| EventId::new(id.cast_unsigned()));
    entry.headers = row
        .get_ref(9)?
        .as_blob()
        .ok()
        .and_then(unpack_headers)
        .ok_or_else(|| unreadable("header list"))?
        .into_iter()
        .map(|(name, value)| {
            let value = String::from_utf8(value).map_err(|_| unreadable("header of a row"))?;
            Ok((name, value))
        })
        .collect::<Result<_, StoreError>>()?;
    entry.body_length = row.get::<_, Option<i64>>(10)?.map(i64::cast_unsigned);
    entry.body_sha256 = row.get(11)?;
    entry.remote = match row.get::<_, Option<String>>(12)? {
        Some(text) => Some(text.parse::<IpAddr>().map_err(|_| unreadable("address"))?),
        None => None,
    };
    entry.correlation_id = row.get(13)?;
    entry.key_index = row.get(14)?;
    entry.count = row.get::<_, i64>(15)?.cast_unsigned();
    entry.took_millis = row.get::<_, Option<i64>>(16)?.map(i64::cast_unsigned);
    entry.skew_millis = row.get(17)?;
    if let Some(text) = row.get_ref(18)?.as_str_or_null().map_err(|_| unreadable("hints"))? {
        entry.hints = unpack_hints(text).ok_or_else(|| unreadable("hints"))?;
    }
    let number = row.get::<_, i64>(0)?.unsigned_abs();
    Ok((Cursor { at, number }, entry))
}

/// The number of a state in the `status` column. It never changes: the index of pending events
/// names it.
pub(super) const fn status_number(status: Status) -> i64 {
    match status {
        Status::Pending => 0,
        Status::Promoted => 1,
        Status::Rejected => 2,
        Status::Dead => 3,
    }
}

/// The state with this number.
pub(super) fn status_of(number: i64) -> Fallible<Status> {
    Status::ALL
        .into_iter()
        .find(|status| status_number(*status) == number)
        .ok_or_else(|| unreadable("status"))
}

/// The id as a column holds it, if a column can.
pub(super) fn id_number(id: EventId) -> Option<i64> {
    i64::try_from(id.get()).ok()
}

fn source_id(row: &Row<'_>, first: usize) -> Fallible<SourceId> {
    let tenant = row.get_ref(first)?.as_str().map_err(|_| unreadable("tenant"))?;
    let source = row.get_ref(first + 1)?.as_str().map_err(|_| unreadable("source"))?;
    SourceId::new(tenant, source).map_err(|_| unreadable("source"))
}
