//! What happens to a staged event afterwards: claimed, settled, let go, purged.

use deadpool_postgres::{Client, GenericClient, Transaction};
use tokio_postgres::types::ToSql;

use super::fault::Fallible;
use super::rows::{self, EVENT_COLUMNS, id_number, status_number, status_of};
use crate::clock::Timestamp;
use crate::event::{Event, EventId, Settlement, Transition};
use crate::source::SourceId;
use crate::store::{
    ClaimRequest, MAX_PAGE, PurgeRequest, Purged, Settled, StoreError, StoreErrorKind,
};

/// A settlement as the statements take it.
pub(super) struct Move<'a> {
    pub(super) tenant: &'a str,
    pub(super) id: EventId,
    pub(super) transition: Transition,
    pub(super) settlement: &'a Settlement,
    pub(super) owner: Option<&'a str>,
}

/// Compare-and-set; only what did not move is looked at again, to say why. Between the two another
/// may move it back, and then it is tried again.
pub(super) async fn settle(client: &impl GenericClient, wanted: &Move<'_>) -> Fallible<Settled> {
    let (Some(id), true) = (id_number(wanted.id), storable(wanted.tenant)) else {
        return Ok(Settled::Missing);
    };
    let Move { tenant, transition, settlement, owner, .. } = wanted;
    for _ in 0..8 {
        let update = client
            .prepare_cached(
                "UPDATE hookstage_event SET status = $3::smallint, settled_by = $5, settled_at = $6,
                   settled_why = $7, lease_owner = NULL, lease_until = NULL, not_before = NULL,
                   attempts = CASE WHEN $3::smallint = 0 THEN 0 ELSE attempts END
                 WHERE id = $1 AND tenant = $2 AND status = $4
                   AND CASE WHEN $8::bytea IS NULL THEN lease_until IS NULL OR lease_until <= $6
                       ELSE lease_owner = $8 AND lease_until > $6 END",
            )
            .await?;
        let moved = client
            .execute(
                &update,
                &[
                    &id,
                    tenant,
                    &status_number(transition.to()),
                    &status_number(transition.from()),
                    &settlement.actor.as_bytes(),
                    &settlement.at.as_unix_millis(),
                    &settlement.reason.as_deref().map(str::as_bytes),
                    &owner.map(str::as_bytes),
                ],
            )
            .await?;
        if moved > 0 {
            return Ok(Settled::Done);
        }
        let look = client
            .prepare_cached(
                "SELECT status, lease_until FROM hookstage_event WHERE id = $1 AND tenant = $2",
            )
            .await?;
        match client.query_opt(&look, &[&id, tenant]).await? {
            None => return Ok(Settled::Missing),
            Some(row) => {
                let status = status_of(row.try_get(0)?)?;
                if status != transition.from() {
                    return Ok(Settled::Stale(status));
                }
                if owner.is_some() {
                    return Ok(Settled::LeaseLost);
                }
                let until = row.try_get::<_, Option<i64>>(1)?;
                let open = until.filter(|until| *until > settlement.at.as_unix_millis());
                if let Some(until) = open {
                    return Ok(Settled::Leased { until: Timestamp::from_unix_millis(until) });
                }
            }
        }
    }
    Err(StoreError::new(StoreErrorKind::Busy, "the event is moved back and forth; try again"))
}

/// Leases the oldest free events. What another worker is just claiming is skipped, not waited for.
pub(super) async fn claim(
    client: &Client,
    request: &ClaimRequest,
    now: Timestamp,
) -> Fallible<Vec<Event>> {
    if request.tenant.as_deref().is_some_and(|tenant| !storable(tenant)) {
        return Ok(Vec::new());
    }
    let limit = page(request.limit);
    let (until, now) = (request.until.as_unix_millis(), now.as_unix_millis());
    let owner = request.owner.as_bytes();
    let mut values: Vec<&(dyn ToSql + Sync)> = vec![&owner, &until, &now, &limit];
    let mut conditions = String::new();
    let tenant = request.tenant.as_deref();
    if let Some(tenant) = &tenant {
        values.push(tenant);
        conditions.push_str(&format!(" AND tenant = ${}", values.len()));
    }
    let source = request.source.as_ref().map(|id| (id.tenant(), id.source()));
    if let Some((tenant, source)) = &source {
        values.push(tenant);
        values.push(source);
        let last = values.len();
        conditions.push_str(&format!(" AND tenant = ${} AND source = ${last}", last - 1));
    }
    let event = match request.event.map(id_number) {
        Some(None) => return Ok(Vec::new()),
        event => event.flatten(),
    };
    match &event {
        Some(event) => {
            values.push(event);
            conditions.push_str(&format!(" AND id = ${}", values.len()));
        }
        None => conditions.push_str(" AND (not_before IS NULL OR not_before <= $3)"),
    }
    let statement = client
        .prepare_cached(&format!(
            "WITH free AS (
               SELECT tenant, id, received_at FROM hookstage_event
               WHERE status = 0 AND (lease_until IS NULL OR lease_until <= $3) {conditions}
               ORDER BY received_at, id LIMIT $4 FOR UPDATE SKIP LOCKED)
             UPDATE hookstage_event AS event SET lease_owner = $1, lease_until = $2,
               attempts = least(attempts + 1, 4294967295)
             FROM free
             WHERE event.tenant = free.tenant AND event.id = free.id
               AND event.received_at = free.received_at
             RETURNING {EVENT_COLUMNS}"
        ))
        .await?;
    let found = client.query(&statement, &values).await?;
    let mut events = found.iter().map(rows::event).collect::<Fallible<Vec<_>>>()?;
    // RETURNING promises no order.
    events.sort_unstable_by_key(|event| (event.received_at, event.id));
    Ok(events)
}

pub(super) async fn extend(
    client: &Client,
    tenant: &str,
    id: EventId,
    owner: &str,
    until: Timestamp,
    now: Timestamp,
) -> Fallible<bool> {
    let (Some(id), true) = (id_number(id), storable(tenant)) else { return Ok(false) };
    let statement = client
        .prepare_cached(
            "UPDATE hookstage_event SET lease_until = greatest(lease_until, $4)
             WHERE id = $1 AND tenant = $2 AND status = 0 AND lease_owner = $3
               AND lease_until > $5",
        )
        .await?;
    let changed = client
        .execute(
            &statement,
            &[&id, &tenant, &owner.as_bytes(), &until.as_unix_millis(), &now.as_unix_millis()],
        )
        .await?;
    Ok(changed > 0)
}

pub(super) async fn release(
    client: &Client,
    tenant: &str,
    id: EventId,
    owner: &str,
    not_before: Option<Timestamp>,
    now: Timestamp,
) -> Fallible<bool> {
    let (Some(id), true) = (id_number(id), storable(tenant)) else { return Ok(false) };
    let statement = client
        .prepare_cached(
            "UPDATE hookstage_event
             SET lease_owner = NULL, lease_until = NULL, not_before = $4
             WHERE id = $1 AND tenant = $2 AND status = 0 AND lease_owner = $3
               AND lease_until > $5",
        )
        .await?;
    let changed = client
        .execute(
            &statement,
            &[
                &id,
                &tenant,
                &owner.as_bytes(),
                &not_before.map(Timestamp::as_unix_millis),
                &now.as_unix_millis(),
            ],
        )
        .await?;
    Ok(changed > 0)
}

/// Rows that another transaction holds are left for the next call, so that nobody waits and no two
/// wait for each other.
pub(super) async fn purge(
    transaction: &Transaction<'_>,
    request: &PurgeRequest,
    now: Timestamp,
) -> Fallible<Purged> {
    let limit = i64::try_from(request.limit).unwrap_or(i64::MAX);
    let remove = async |sql: &str, before: Timestamp| {
        let statement = transaction.prepare_cached(sql).await?;
        let removed = transaction.execute(&statement, &[&before.as_unix_millis(), &limit]).await?;
        Ok::<u64, StoreError>(removed)
    };
    let events = remove(
        "WITH old AS (
           SELECT tenant, id, received_at FROM hookstage_event
           WHERE status <> 0 AND received_at < $1
           ORDER BY received_at LIMIT $2 FOR UPDATE SKIP LOCKED)
         DELETE FROM hookstage_event AS event USING old
         WHERE event.tenant = old.tenant AND event.id = old.id
           AND event.received_at = old.received_at",
        request.events_before,
    )
    .await?;
    let history = remove(
        "WITH old AS (
           SELECT tenant, at, id FROM hookstage_history
           WHERE at < $1 ORDER BY at LIMIT $2 FOR UPDATE SKIP LOCKED)
         DELETE FROM hookstage_history AS history USING old
         WHERE history.tenant = old.tenant AND history.at = old.at AND history.id = old.id",
        request.history_before,
    )
    .await?;
    let keys = remove(
        "WITH old AS (
           SELECT tenant, source, key FROM hookstage_ledger
           WHERE until <= $1 ORDER BY until LIMIT $2 FOR UPDATE SKIP LOCKED)
         DELETE FROM hookstage_ledger AS ledger USING old
         WHERE ledger.tenant = old.tenant AND ledger.source = old.source
           AND ledger.key = old.key",
        now,
    )
    .await?;
    let state = remove(
        "WITH old AS (
           SELECT namespace, key FROM hookstage_state
           WHERE expires <= $1 ORDER BY expires LIMIT $2 FOR UPDATE SKIP LOCKED)
         DELETE FROM hookstage_state AS state USING old
         WHERE state.namespace = old.namespace AND state.key = old.key",
        now,
    )
    .await?;
    Ok(Purged { events, keys, history, state })
}

/// Puts a generation in force, unless a higher one is. It waits for the batches that hold the one
/// before.
pub(super) async fn supersede(client: &Client, source: &SourceId, generation: i64) -> Fallible<()> {
    let statement = client
        .prepare_cached(
            "INSERT INTO hookstage_generation AS current (tenant, source, generation)
             VALUES ($1, $2, $3)
             ON CONFLICT (tenant, source) DO UPDATE SET generation = excluded.generation
             WHERE current.generation < excluded.generation",
        )
        .await?;
    client.execute(&statement, &[&source.tenant(), &source.source(), &generation]).await?;
    Ok(())
}

/// A page's limit as SQL has it.
pub(super) fn page(limit: usize) -> i64 {
    limit.min(MAX_PAGE) as i64
}

/// Whether a tenant of this name can have anything: a text column holds no NUL, and neither does a
/// tenant's name.
pub(super) fn storable(tenant: &str) -> bool {
    !tenant.contains('\0')
}
