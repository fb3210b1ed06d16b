//! What happens inside the transaction that stages: the ledger decides, then the rows follow.

use rusqlite::{Connection, OptionalExtension as _, params};

use super::fault::{Fallible, too_large, unreadable};
use crate::clock::Timestamp;
use crate::dedupe::Window;
use crate::event::{Claim, Draft, EventId};
use crate::history::HistoryRow;
use crate::source::SourceId;
use crate::store::Staged;
use crate::store::packed::{pack_coverage, pack_headers, pack_hints};

/// Stages one draft.
pub(super) fn stage(db: &Connection, draft: &Draft, now: Timestamp) -> Fallible<Staged> {
    let staged = judge(db, draft, now)?;
    insert_history(db, &draft.row(staged))?;
    Ok(staged)
}

/// Appends a history row.
pub(super) fn insert_history(db: &Connection, row: &HistoryRow) -> Fallible<()> {
    let headers =
        pack_headers(row.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())))
            .ok_or_else(|| too_large("header list of the history row"))?;
    db.prepare_cached(
        "INSERT INTO history (tenant, source, at, outcome, reason, detail, status, event, headers,
           body_length, body_sha256, remote, correlation_id, key_index, count, took_millis,
           skew_millis, hints)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)",
    )?
    .execute(params![
        row.source.tenant(),
        row.source.source(),
        row.at.as_unix_millis(),
        &*row.outcome,
        row.reason.as_deref(),
        row.detail,
        row.status,
        row.event.map(|id| id.get().cast_signed()),
        headers,
        row.body_length.map(u64::cast_signed),
        row.body_sha256,
        row.remote.map(|address| address.to_string()),
        row.correlation_id,
        row.key_index,
        row.count.cast_signed(),
        row.took_millis.map(u64::cast_signed),
        row.skew_millis,
        pack_hints(&row.hints),
    ])?;
    Ok(())
}

/// Puts a generation in force, unless a higher one is.
pub(super) fn supersede(db: &Connection, source: &SourceId, generation: u64) -> Fallible<()> {
    db.prepare_cached(
        "INSERT INTO generation (tenant, source, generation) VALUES (?1, ?2, ?3)
         ON CONFLICT (tenant, source) DO UPDATE SET generation = excluded.generation
         WHERE generation.generation < excluded.generation",
    )?
    .execute(params![source.tenant(), source.source(), generation_number(generation)])?;
    Ok(())
}

fn judge(db: &Connection, draft: &Draft, now: Timestamp) -> Fallible<Staged> {
    if is_superseded(db, draft)? {
        return Ok(Staged::Superseded);
    }
    let id = match &draft.claim {
        None => next_event(db)?,
        Some(claim) => match take_key(db, draft, claim, now)? {
            Some(id) => {
                next_event(db)?;
                id
            }
            None => return duplicate(db, draft, claim, now),
        },
    };
    insert_event(db, id, draft)?;
    Ok(Staged::Inserted(EventId::new(id.unsigned_abs())))
}

fn is_superseded(db: &Connection, draft: &Draft) -> Fallible<bool> {
    let current: Option<i64> = db
        .prepare_cached("SELECT generation FROM generation WHERE tenant = ?1 AND source = ?2")?
        .query_row(params![draft.source.tenant(), draft.source.source()], |row| row.get(0))
        .optional()?;
    Ok(current.is_some_and(|current| generation_number(draft.generation) < current))
}

/// Tries to take the key, and looks only if that fails: one statement can't be raced, and a
/// delivery is far more often new than not. The id it takes the key for is the next one.
fn take_key(
    db: &Connection,
    draft: &Draft,
    claim: &Claim,
    now: Timestamp,
) -> Fallible<Option<i64>> {
    let id = db
        .prepare_cached(
            "INSERT INTO ledger (tenant, source, key, until, event, body_sha256)
             VALUES (?1, ?2, ?3, ?4, (SELECT last + 1 FROM counter WHERE name = 'event'), ?5)
             ON CONFLICT (tenant, source, key) DO UPDATE
               SET until = excluded.until, event = excluded.event,
                   body_sha256 = excluded.body_sha256
               WHERE ledger.until <= ?6
             RETURNING event",
        )?
        .query_row(
            params![
                draft.source.tenant(),
                draft.source.source(),
                claim.key.as_bytes(),
                claim.window.end(now).map(Timestamp::as_unix_millis),
                draft.body_sha256,
                now.as_unix_millis(),
            ],
            |row| row.get(0),
        )
        .optional()?;
    Ok(id)
}

fn duplicate(db: &Connection, draft: &Draft, claim: &Claim, now: Timestamp) -> Fallible<Staged> {
    let (tenant, source) = (draft.source.tenant(), draft.source.source());
    let (event, body_sha256): (i64, [u8; 32]) = db
        .prepare_cached(
            "SELECT event, body_sha256 FROM ledger
             WHERE tenant = ?1 AND source = ?2 AND key = ?3",
        )?
        .query_row(params![tenant, source, claim.key.as_bytes()], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?
        .ok_or_else(|| unreadable("key"))?;
    if let (Window::FromLast(_), Some(end)) = (claim.window, claim.window.end(now)) {
        db.prepare_cached(
            "UPDATE ledger SET until = ?4
             WHERE tenant = ?1 AND source = ?2 AND key = ?3 AND until < ?4",
        )?
        .execute(params![tenant, source, claim.key.as_bytes(), end.as_unix_millis()])?;
    }
    Ok(Staged::Duplicate {
        id: EventId::new(event.unsigned_abs()),
        payload_differs: body_sha256 != draft.body_sha256,
    })
}

fn insert_event(db: &Connection, id: i64, draft: &Draft) -> Fallible<()> {
    let headers =
        pack_headers(draft.headers.iter().map(|(name, value)| (name.as_str(), value.as_slice())))
            .ok_or_else(|| too_large("header list"))?;
    let coverage = pack_coverage(&draft.coverage).ok_or_else(|| too_large("coverage"))?;
    db.prepare_cached(
        "INSERT INTO event (id, tenant, source, received_at, status, attempts, event_type, key,
           body_sha256, coverage, headers, body)
         VALUES (?1, ?2, ?3, ?4, 0, 0, ?5, ?6, ?7, ?8, ?9, ?10)",
    )?
    .execute(params![
        id,
        draft.source.tenant(),
        draft.source.source(),
        draft.received_at.as_unix_millis(),
        draft.event_type,
        draft.claim.as_ref().map(|claim| claim.key.as_bytes()),
        draft.body_sha256,
        coverage,
        headers,
        &*draft.body,
    ])?;
    Ok(())
}

fn next_event(db: &Connection) -> Fallible<i64> {
    let id: i64 = db
        .prepare_cached("UPDATE counter SET last = last + 1 WHERE name = 'event' RETURNING last")?
        .query_row([], |row| row.get(0))?;
    Ok(id)
}

/// The whole unsigned range, in order, in a signed column.
const fn generation_number(generation: u64) -> i64 {
    (generation ^ (1 << 63)).cast_signed()
}
