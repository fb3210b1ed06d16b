//! What happens to a staged event afterwards: claimed, settled, let go, purged.

use rusqlite::{Connection, OptionalExtension as _, params};

use super::fault::Fallible;
use super::rows::{self, EVENT_COLUMNS, id_number, status_number, status_of};
use crate::clock::Timestamp;
use crate::event::{Event, EventId, Settlement, Status, Transition};
use crate::store::{ClaimRequest, MAX_PAGE, PurgeRequest, Purged, Settled};

/// Compare-and-set; only what did not move is looked at again, to say why.
pub(super) fn settle(
    db: &Connection,
    tenant: &str,
    id: EventId,
    transition: Transition,
    settlement: &Settlement,
    owner: Option<&str>,
) -> Fallible<Settled> {
    let Some(id) = id_number(id) else { return Ok(Settled::Missing) };
    let moved = db
        .prepare_cached(
            "UPDATE event SET status = ?3, settled_by = ?5, settled_at = ?6, settled_why = ?7,
               lease_owner = NULL, lease_until = NULL, not_before = NULL,
               attempts = CASE ?3 WHEN 0 THEN 0 ELSE attempts END
             WHERE id = ?1 AND tenant = ?2 AND status = ?4
               AND CASE WHEN ?8 IS NULL THEN lease_until IS NULL OR lease_until <= ?6
                   ELSE lease_owner = ?8 AND lease_until > ?6 END",
        )?
        .execute(params![
            id,
            tenant,
            status_number(transition.to()),
            status_number(transition.from()),
            settlement.actor,
            settlement.at.as_unix_millis(),
            settlement.reason,
            owner,
        ])?;
    if moved > 0 {
        return Ok(Settled::Done);
    }
    let found: Option<(i64, Option<i64>)> = db
        .prepare_cached("SELECT status, lease_until FROM event WHERE id = ?1 AND tenant = ?2")?
        .query_row(params![id, tenant], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((status, lease_until)) = found else { return Ok(Settled::Missing) };
    let status = status_of(status)?;
    Ok(match (owner, lease_until) {
        _ if status != transition.from() => Settled::Stale(status),
        (None, Some(until)) => Settled::Leased { until: Timestamp::from_unix_millis(until) },
        _ => Settled::LeaseLost,
    })
}

/// Leases the oldest free events. The optional conditions are part of the text, so that SQLite
/// picks the index of the tenant where one is given.
pub(super) fn claim(
    db: &Connection,
    request: &ClaimRequest,
    now: Timestamp,
) -> Fallible<Vec<Event>> {
    let tenant = match (&request.tenant, &request.source) {
        (None, None) => "",
        (Some(_), None) => "AND tenant = ?5",
        (None, Some(_)) => "AND tenant = ?6 AND source = ?7",
        (Some(_), Some(_)) => "AND tenant = ?5 AND tenant = ?6 AND source = ?7",
    };
    let event = match request.event.map(id_number) {
        None => "AND (not_before IS NULL OR not_before <= ?3)",
        Some(Some(_)) => "AND id = ?8",
        Some(None) => return Ok(Vec::new()),
    };
    let sql = format!(
        "UPDATE event SET lease_owner = ?1, lease_until = ?2,
           attempts = min(attempts + 1, 4294967295)
         WHERE id IN (
           SELECT id FROM event
           WHERE status = 0 AND (lease_until IS NULL OR lease_until <= ?3) {event}
             AND ?5 IS ?5 AND ?6 IS ?6 AND ?7 IS ?7 AND ?8 IS ?8 {tenant}
           ORDER BY received_at, id LIMIT ?4)
         RETURNING {EVENT_COLUMNS}"
    );
    let mut statement = db.prepare_cached(&sql)?;
    let mut found = statement.query(params![
        request.owner,
        request.until.as_unix_millis(),
        now.as_unix_millis(),
        page(request.limit),
        request.tenant,
        request.source.as_ref().map(|source| source.tenant()),
        request.source.as_ref().map(|source| source.source()),
        request.event.and_then(id_number),
    ])?;
    let mut events = Vec::new();
    while let Some(row) = found.next()? {
        events.push(rows::event(row)?);
    }
    // RETURNING promises no order.
    events.sort_unstable_by_key(|event| (event.received_at, event.id));
    Ok(events)
}

pub(super) fn extend(
    db: &Connection,
    tenant: &str,
    id: EventId,
    owner: &str,
    until: Timestamp,
    now: Timestamp,
) -> Fallible<bool> {
    let Some(id) = id_number(id) else { return Ok(false) };
    let changed = db
        .prepare_cached(
            "UPDATE event SET lease_until = max(lease_until, ?4)
             WHERE id = ?1 AND tenant = ?2 AND status = 0 AND lease_owner = ?3
               AND lease_until > ?5",
        )?
        .execute(params![id, tenant, owner, until.as_unix_millis(), now.as_unix_millis()])?;
    Ok(changed > 0)
}

pub(super) fn release(
    db: &Connection,
    tenant: &str,
    id: EventId,
    owner: &str,
    not_before: Option<Timestamp>,
    now: Timestamp,
) -> Fallible<bool> {
    let Some(id) = id_number(id) else { return Ok(false) };
    let changed = db
        .prepare_cached(
            "UPDATE event SET lease_owner = NULL, lease_until = NULL, not_before = ?4
             WHERE id = ?1 AND tenant = ?2 AND status = 0 AND lease_owner = ?3
               AND lease_until > ?5",
        )?
        .execute(params![
            id,
            tenant,
            owner,
            not_before.map(Timestamp::as_unix_millis),
            now.as_unix_millis()
        ])?;
    Ok(changed > 0)
}

/// Old rows are found tenant by tenant through the indexes that lists use anyway: another index by
/// time alone would cost every delivery, and this costs one look per tenant.
pub(super) fn purge(db: &Connection, request: &PurgeRequest, now: Timestamp) -> Fallible<Purged> {
    let limit = i64::try_from(request.limit).unwrap_or(i64::MAX);
    let now = now.as_unix_millis();
    let settled = Status::ALL
        .into_iter()
        .filter(|status| *status != Status::Pending)
        .map(|status| status_number(status).to_string())
        .collect::<Vec<_>>()
        .join(", ");
    let events = db
        .prepare_cached(&format!(
            "{} DELETE FROM event WHERE id IN (
               SELECT event.id FROM tenants CROSS JOIN event
               WHERE event.tenant = tenants.name AND event.status IN ({settled})
                 AND event.received_at < ?1 LIMIT ?2)",
            each_tenant("event")
        ))?
        .execute(params![request.events_before.as_unix_millis(), limit])?;
    let history = db
        .prepare_cached(&format!(
            "{} DELETE FROM history WHERE id IN (
               SELECT history.id FROM tenants CROSS JOIN history
               WHERE history.tenant = tenants.name AND history.at < ?1 LIMIT ?2)",
            each_tenant("history")
        ))?
        .execute(params![request.history_before.as_unix_millis(), limit])?;
    let keys = db
        .prepare_cached(
            "DELETE FROM ledger WHERE rowid IN (
               SELECT rowid FROM ledger WHERE until <= ?1 ORDER BY until LIMIT ?2)",
        )?
        .execute(params![now, limit])?;
    let state = db
        .prepare_cached(
            "DELETE FROM state WHERE rowid IN (
               SELECT rowid FROM state WHERE expires <= ?1 ORDER BY expires LIMIT ?2)",
        )?
        .execute(params![now, limit])?;
    Ok(Purged {
        events: events as u64,
        keys: keys as u64,
        history: history as u64,
        state: state as u64,
    })
}

fn each_tenant(table: &str) -> String {
    format!(
        "WITH RECURSIVE tenants (name) AS (
           SELECT min(tenant) FROM {table}
           UNION ALL
           SELECT (SELECT min(tenant) FROM {table} WHERE tenant > name) FROM tenants
           WHERE name IS NOT NULL)"
    )
}

/// A page's limit as SQL has it.
pub(super) fn page(limit: usize) -> i64 {
    limit.min(MAX_PAGE) as i64
}
