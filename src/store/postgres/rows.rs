//! Columns to values and back. Every reader says what it could not understand instead of guessing.

use std::net::IpAddr;
use std::sync::Arc;

use tokio_postgres::Row;

use super::fault::{Fallible, unreadable};
use crate::clock::Timestamp;
use crate::dedupe::DedupeKey;
use crate::event::{Event, EventId, Lease, Settlement, Status};
use crate::history::HistoryRow;
use crate::source::SourceId;
use crate::store::packed::{unpack_coverage, unpack_headers, unpack_hints};
use crate::store::{Cursor, StoreError};

pub(super) const EVENT_COLUMNS: &str = "event.id, event.tenant, event.source, event.received_at, \
     event.status, event.attempts, event.lease_owner, event.lease_until, event.not_before, \
     event.settled_by, event.settled_at, event.settled_why, event.event_type, event.key, \
     event.body_sha256, event.coverage, event.headers, event.body";

pub(super) const HISTORY_COLUMNS: &str = "id, tenant, source, at, outcome, reason, detail, status, \
     event, headers, body_length, body_sha256, remote, correlation_id, key_index, count, \
     took_millis, skew_millis, hints";

/// An event from [`EVENT_COLUMNS`].
pub(super) fn event(row: &Row) -> Fallible<Event> {
    let settlement = match (text(row, 9)?, row.try_get::<_, Option<i64>>(10)?) {
        (Some(actor), Some(at)) => {
            Some(Settlement::new(actor, Timestamp::from_unix_millis(at), text(row, 11)?))
        }
        _ => None,
    };
    let lease = match (text(row, 6)?, row.try_get::<_, Option<i64>>(7)?) {
        (Some(owner), Some(until)) => Some(Lease::new(owner, Timestamp::from_unix_millis(until))),
        _ => None,
    };
    let key = match row.try_get::<_, Option<&[u8]>>(13)? {
        Some(bytes) => {
            Some(DedupeKey::from_bytes(bytes.try_into().map_err(|_| unreadable("key"))?))
        }
        None => None,
    };
    Ok(Event {
        id: EventId::new(row.try_get::<_, i64>(0)?.unsigned_abs()),
        source: source_id(row, 1)?,
        received_at: Timestamp::from_unix_millis(row.try_get(3)?),
        event_type: text(row, 12)?,
        headers: unpack_headers(row.try_get(16)?).ok_or_else(|| unreadable("header list"))?,
        body: Arc::from(row.try_get::<_, &[u8]>(17)?),
        body_sha256: hash(row.try_get(14)?)?,
        coverage: unpack_coverage(row.try_get(15)?).ok_or_else(|| unreadable("coverage"))?,
        key,
        status: status_of(row.try_get(4)?)?,
        attempts: u32::try_from(row.try_get::<_, i64>(5)?).map_err(|_| unreadable("count"))?,
        settlement,
        lease,
        not_before: row.try_get::<_, Option<i64>>(8)?.map(Timestamp::from_unix_millis),
    })
}

/// A history row and its place from [`HISTORY_COLUMNS`].
pub(super) fn history(row: &Row) -> Fallible<(Cursor, HistoryRow)> {
    let at = Timestamp::from_unix_millis(row.try_get(3)?);
    let status = u16::try_from(row.try_get::<_, i32>(7)?).map_err(|_| unreadable("status"))?;
    let outcome = text(row, 4)?.unwrap_or_default();
    let mut entry = HistoryRow::new(source_id(row, 1)?, at, outcome.into(), status);
    entry.reason = text(row, 5)?.map(Into::into);
    entry.detail = text(row, 6)?;
    entry.event = row.try_get::<_, Option<i64>>(8)?.map(|id| EventId::new(id.cast_unsigned()));
    entry.headers = unpack_headers(row.try_get(9)?)
        .ok_or_else(|| unreadable("header list"))?
        .into_iter()
        .map(|(name, value)| {
            let value = String::from_utf8(value).map_err(|_| unreadable("header of a row"))?;
            Ok((name, value))
        })
        .collect::<Result<_, StoreError>>()?;
    entry.body_length = row.try_get::<_, Option<i64>>(10)?.map(i64::cast_unsigned);
    entry.body_sha256 = row.try_get::<_, Option<&[u8]>>(11)?.map(hash).transpose()?;
    entry.remote = match row.try_get::<_, Option<&str>>(12)? {
        Some(text) => Some(text.parse::<IpAddr>().map_err(|_| unreadable("address"))?),
        None => None,
    };
    entry.correlation_id = text(row, 13)?;
    entry.key_index = match row.try_get::<_, Option<i16>>(14)? {
        Some(index) => Some(u8::try_from(index).map_err(|_| unreadable("key index"))?),
        None => None,
    };
    entry.count = row.try_get::<_, i64>(15)?.cast_unsigned();
    entry.took_millis = row.try_get::<_, Option<i64>>(16)?.map(i64::cast_unsigned);
    entry.skew_millis = row.try_get(17)?;
    if let Some(hints) = text(row, 18)? {
        entry.hints = unpack_hints(&hints).ok_or_else(|| unreadable("hints"))?;
    }
    let number = row.try_get::<_, i64>(0)?.unsigned_abs();
    Ok((Cursor { at, number }, entry))
}

/// The number of a state in the `status` column. It never changes: indexes name it.
pub(super) const fn status_number(status: Status) -> i16 {
    match status {
        Status::Pending => 0,
        Status::Promoted => 1,
        Status::Rejected => 2,
        Status::Dead => 3,
    }
}

/// The state with this number.
pub(super) fn status_of(number: i16) -> Fallible<Status> {
    Status::ALL
        .into_iter()
        .find(|status| status_number(*status) == number)
        .ok_or_else(|| unreadable("status"))
}

/// The id as a column holds it, if a column can.
pub(super) fn id_number(id: EventId) -> Option<i64> {
    i64::try_from(id.get()).ok()
}

pub(super) fn hash(bytes: &[u8]) -> Fallible<[u8; 32]> {
    bytes.try_into().map_err(|_| unreadable("hash"))
}

fn text(row: &Row, column: usize) -> Fallible<Option<String>> {
    match row.try_get::<_, Option<Vec<u8>>>(column)? {
        Some(bytes) => Ok(Some(String::from_utf8(bytes).map_err(|_| unreadable("text"))?)),
        None => Ok(None),
    }
}

fn source_id(row: &Row, first: usize) -> Fallible<SourceId> {
    SourceId::new(row.try_get(first)?, row.try_get(first + 1)?).map_err(|_| unreadable("source"))
}
