//! What happens inside the transaction that stages a batch: the ledger decides, then the rows
//! follow, each table with one statement however many drafts there are.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};

use deadpool_postgres::{Client, GenericClient, Object};
use tokio_postgres::Statement;

use super::fault::{Fallible, closed, too_large, unreadable};
use super::rows::hash;
use crate::clock::Timestamp;
use crate::dedupe::Window;
use crate::event::{Claim, Draft, EventId};
use crate::history::HistoryRow;
use crate::source::SourceId;
use crate::store::Staged;
use crate::store::packed::{pack_coverage, pack_headers, pack_hints};

const INSERT_HISTORY: &str =
    "INSERT INTO hookstage_history (tenant, source, at, outcome, reason, detail, status, event,
       headers, body_length, body_sha256, remote, correlation_id, key_index, count, took_millis,
       skew_millis, hints)
     SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bytea[], $5::bytea[],
       $6::bytea[], $7::integer[], $8::bigint[], $9::bytea[], $10::bigint[], $11::bytea[],
       $12::text[], $13::bytea[], $14::smallint[], $15::bigint[], $16::bigint[], $17::bigint[],
       $18::bytea[])";

const INSERT_EVENTS: &str =
    "INSERT INTO hookstage_event (id, tenant, source, received_at, status, attempts, event_type,
       key, body_sha256, coverage, headers, body)
     SELECT id, tenant, source, received_at, 0, 0, event_type, key, body_sha256, coverage, headers,
       body
     FROM unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::bytea[], $6::bytea[],
       $7::bytea[], $8::text[], $9::bytea[], $10::bytea[])
       AS new (id, tenant, source, received_at, event_type, key, body_sha256, coverage, headers,
         body)";

/// A draft and the moment it is staged at.
pub(super) type Item<'a> = (&'a Draft, Timestamp);

/// Stages a batch in one transaction; the answers stand in the order of the drafts.
pub(super) async fn stage(client: Client, items: &[Item<'_>]) -> Fallible<Vec<Staged>> {
    let mut lent = Lent(Some(client));
    let Some(client) = &lent.0 else { return Err(closed()) };
    let staged = transact(client, items).await;
    if staged.is_ok() || client.batch_execute("ROLLBACK").await.is_ok() {
        drop(lent.0.take());
    }
    staged
}

/// A connection on which a transaction may be open. Unless that is seen to end, the pool does not
/// get it back, so that nobody works inside what a dropped future or a broken batch left behind.
struct Lent(Option<Client>);

impl Drop for Lent {
    fn drop(&mut self) {
        if let Some(client) = self.0.take() {
            drop(Object::take(client));
        }
    }
}

/// The statements go to the server in three turns, not one by one: what is sent together waits for
/// it once. The driver sends in the order of the first polls, so each turn is polled in order, and
/// all of its answers are awaited, so that what is told is the first failure and not that of a
/// statement behind it.
async fn transact(client: &Client, items: &[Item<'_>]) -> Fallible<Vec<Staged>> {
    if items.is_empty() {
        return Ok(Vec::new());
    }
    // Under a stricter level a racing draft would be an error where it is a duplicate.
    let (begun, generations, ids) = tokio::join!(
        biased;
        execute(client, "START TRANSACTION ISOLATION LEVEL READ COMMITTED"),
        generations(client, items),
        next_ids(client, items.len()),
    );
    begun?;
    let (generations, ids) = (generations?, ids?);
    let mut answers: Vec<Option<Staged>> = items
        .iter()
        .map(|(draft, _)| {
            let current = generations.get(&draft.source);
            current.is_some_and(|current| draft.generation < *current).then_some(Staged::Superseded)
        })
        .collect();
    for round in rounds(items, &answers) {
        take_keys(client, items, &ids, &round, &mut answers).await?;
    }
    let answers: Vec<Staged> = answers
        .into_iter()
        .zip(&ids)
        .map(|(answer, id)| answer.unwrap_or(Staged::Inserted(EventId::new(id.unsigned_abs()))))
        .collect();
    let inserted: Vec<(i64, &Draft)> = answers
        .iter()
        .zip(items)
        .filter_map(|(answer, (draft, _))| match answer {
            Staged::Inserted(id) => Some((id.get().cast_signed(), *draft)),
            _ => None,
        })
        .collect();
    let rows: Vec<HistoryRow> =
        items.iter().zip(&answers).map(|((draft, _), answer)| draft.row(*answer)).collect();
    write_and_commit(client, &inserted, &rows).await?;
    Ok(answers)
}

/// The last turn. If an insert fails at the server, so does all behind it, and the COMMIT is a
/// rollback. If one fails before it is sent, the COMMIT is not sent: it would commit without it.
async fn write_and_commit(
    client: &Client,
    inserted: &[(i64, &Draft)],
    rows: &[HistoryRow],
) -> Fallible<()> {
    // Prepared by now, or they would be sent behind the COMMIT.
    let events = client.prepare_cached(INSERT_EVENTS).await?;
    let history = client.prepare_cached(INSERT_HISTORY).await?;
    let failed = AtomicBool::new(false);
    let noted =
        |outcome: Fallible<()>| outcome.inspect_err(|_| failed.store(true, Ordering::Relaxed));
    let (events, history, committed) = tokio::join!(
        biased;
        async { noted(insert_events(client, &events, inserted).await) },
        async { noted(insert_history(client, &history, rows).await) },
        async {
            if failed.load(Ordering::Relaxed) {
                return Ok(());
            }
            execute(client, "COMMIT").await
        },
    );
    events.and(history).and(committed)
}

async fn execute(client: &Client, statement: &str) -> Fallible<()> {
    Ok(client.batch_execute(statement).await?)
}

/// Appends history rows with one statement, and so all or none.
pub(super) async fn record(client: &Client, rows: &[HistoryRow]) -> Fallible<()> {
    let statement = client.prepare_cached(INSERT_HISTORY).await?;
    insert_history(client, &statement, rows).await
}

async fn insert_history(
    client: &Client,
    statement: &Statement,
    rows: &[HistoryRow],
) -> Fallible<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let mut headers = Vec::with_capacity(rows.len());
    for row in rows {
        let lines = row.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
        headers
            .push(pack_headers(lines).ok_or_else(|| too_large("header list of the history row"))?);
    }
    let tenants = column(rows, |row| row.source.tenant());
    let sources = column(rows, |row| row.source.source());
    let times = column(rows, |row| row.at.as_unix_millis());
    let outcomes = column(rows, |row| row.outcome.as_bytes());
    let reasons = column(rows, |row| row.reason.as_deref().map(str::as_bytes));
    let details = column(rows, |row| row.detail.as_deref().map(str::as_bytes));
    let statuses = column(rows, |row| i32::from(row.status));
    let events = column(rows, |row| row.event.map(|id| id.get().cast_signed()));
    let lengths = column(rows, |row| row.body_length.map(u64::cast_signed));
    let hashes = column(rows, |row| row.body_sha256.as_ref().map(|hash| &hash[..]));
    let remotes = column(rows, |row| row.remote.map(|address| address.to_string()));
    let correlations = column(rows, |row| row.correlation_id.as_deref().map(str::as_bytes));
    let key_indexes = column(rows, |row| row.key_index.map(i16::from));
    let counts = column(rows, |row| row.count.cast_signed());
    let durations = column(rows, |row| row.took_millis.map(u64::cast_signed));
    let skews = column(rows, |row| row.skew_millis);
    let hints = column(rows, |row| pack_hints(&row.hints).map(String::into_bytes));
    client
        .execute(
            statement,
            &[
                &tenants,
                &sources,
                &times,
                &outcomes,
                &reasons,
                &details,
                &statuses,
                &events,
                &headers,
                &lengths,
                &hashes,
                &remotes,
                &correlations,
                &key_indexes,
                &counts,
                &durations,
                &skews,
                &hints,
            ],
        )
        .await?;
    Ok(())
}

/// The whole unsigned range, in order, in a signed column.
pub(super) const fn generation_number(generation: u64) -> i64 {
    (generation ^ (1 << 63)).cast_signed()
}

/// The generations in force, each locked against a newer one until the batch is committed: from the
/// moment `supersede` returns, nothing older is inserted any more. A source that has none gets one,
/// because a row that is not there cannot be locked.
async fn generations(client: &Client, items: &[Item<'_>]) -> Fallible<HashMap<SourceId, u64>> {
    let sources: BTreeMap<&SourceId, ()> =
        items.iter().map(|(draft, _)| (&draft.source, ())).collect();
    let sources: Vec<&SourceId> = sources.into_keys().collect();
    let select = client
        .prepare_cached(
            "SELECT tenant, source, generation FROM hookstage_generation
             WHERE (tenant, source) IN (SELECT * FROM unnest($1::text[], $2::text[]))
             ORDER BY tenant, source FOR SHARE",
        )
        .await?;
    let names = |sources: &[&SourceId]| {
        let tenants: Vec<String> = sources.iter().map(|id| id.tenant().to_owned()).collect();
        let names: Vec<String> = sources.iter().map(|id| id.source().to_owned()).collect();
        (tenants, names)
    };
    let (tenants, wanted) = names(&sources);
    let mut found = client.query(&select, &[&tenants, &wanted]).await?;
    if found.len() < sources.len() {
        let insert = client
            .prepare_cached(
                "INSERT INTO hookstage_generation (tenant, source, generation)
                 SELECT t, s, $3 FROM unnest($1::text[], $2::text[]) AS missing (t, s)
                 ON CONFLICT (tenant, source) DO NOTHING",
            )
            .await?;
        client.execute(&insert, &[&tenants, &wanted, &generation_number(0)]).await?;
        found = client.query(&select, &[&tenants, &wanted]).await?;
    }
    found
        .iter()
        .map(|row| {
            let id = SourceId::new(row.try_get(0)?, row.try_get(1)?)
                .map_err(|_| unreadable("source"))?;
            Ok((id, row.try_get::<_, i64>(2)?.cast_unsigned() ^ (1 << 63)))
        })
        .collect()
}

/// An id for each draft, in order; those of duplicates become gaps.
async fn next_ids(client: &Client, count: usize) -> Fallible<Vec<i64>> {
    let statement = client
        .prepare_cached("SELECT nextval('hookstage_event_id') FROM generate_series(1, $1::bigint)")
        .await?;
    let rows = client.query(&statement, &[&(count as i64)]).await?;
    let mut ids = rows.iter().map(|row| row.try_get(0)).collect::<Result<Vec<i64>, _>>()?;
    ids.sort_unstable();
    Ok(ids)
}

/// The places of the drafts that claim a key, so that no key stands twice in a round: a statement
/// cannot decide between two rows of its own. Each round is in the order of the keys, so that no
/// two transactions wait for each other's.
fn rounds(items: &[Item<'_>], answers: &[Option<Staged>]) -> Vec<Vec<usize>> {
    let mut seen: BTreeMap<(&SourceId, &[u8; 32]), Vec<usize>> = BTreeMap::new();
    for (place, (draft, _)) in items.iter().enumerate() {
        if let (Some(claim), None) = (&draft.claim, answers[place]) {
            seen.entry((&draft.source, claim.key.as_bytes())).or_default().push(place);
        }
    }
    let mut rounds: Vec<Vec<usize>> = Vec::new();
    for places in seen.into_values() {
        for (round, place) in places.into_iter().enumerate() {
            if rounds.len() <= round {
                rounds.push(Vec::new());
            }
            rounds[round].push(place);
        }
    }
    rounds
}

/// Tries to take the keys of a round, and looks only at those that are held. A held key is locked
/// by the attempt, so what is seen of it stays true until the commit.
async fn take_keys(
    client: &Client,
    items: &[Item<'_>],
    ids: &[i64],
    round: &[usize],
    answers: &mut [Option<Staged>],
) -> Fallible<()> {
    let claims: Vec<(usize, &Draft, &Claim, Timestamp)> = round
        .iter()
        .filter_map(|place| {
            let (draft, now) = items[*place];
            Some((*place, draft, draft.claim.as_ref()?, now))
        })
        .collect();
    let tenants = column(&claims, |(_, draft, ..)| draft.source.tenant());
    let sources = column(&claims, |(_, draft, ..)| draft.source.source());
    let keys = column(&claims, |(_, _, claim, _)| &claim.key.as_bytes()[..]);
    let times = column(&claims, |(.., now)| now.as_unix_millis());
    let ends =
        column(&claims, |(_, _, claim, now)| claim.window.end(*now).map(Timestamp::as_unix_millis));
    let proposed = column(&claims, |(place, ..)| ids[*place]);
    let hashes = column(&claims, |(_, draft, ..)| &draft.body_sha256[..]);
    let insert = client
        .prepare_cached(
            "INSERT INTO hookstage_ledger AS held
               (tenant, source, key, claimed_at, until, event, body_sha256)
             SELECT * FROM unnest($1::text[], $2::text[], $3::bytea[], $4::bigint[], $5::bigint[],
               $6::bigint[], $7::bytea[])
             ON CONFLICT (tenant, source, key) DO UPDATE
               SET claimed_at = excluded.claimed_at, until = excluded.until,
                   event = excluded.event, body_sha256 = excluded.body_sha256
               WHERE held.until <= excluded.claimed_at
             RETURNING event",
        )
        .await?;
    let taken = client
        .query(&insert, &[&tenants, &sources, &keys, &times, &ends, &proposed, &hashes])
        .await?;
    if taken.len() == claims.len() {
        return Ok(());
    }
    let taken = taken.iter().map(|row| row.try_get(0)).collect::<Result<Vec<i64>, _>>()?;
    let held: Vec<_> =
        claims.into_iter().filter(|(place, ..)| !taken.contains(&ids[*place])).collect();
    let found = look_at(client, &held).await?;
    for (place, draft, claim, _) in &held {
        let (event, body_sha256) = found
            .get(&(draft.source.clone(), *claim.key.as_bytes()))
            .ok_or_else(|| unreadable("key"))?;
        answers[*place] = Some(Staged::Duplicate {
            id: EventId::new(event.unsigned_abs()),
            payload_differs: *body_sha256 != draft.body_sha256,
        });
    }
    renew(client, &held).await
}

type Claimed<'a> = (usize, &'a Draft, &'a Claim, Timestamp);

async fn look_at(
    client: &Client,
    held: &[Claimed<'_>],
) -> Fallible<HashMap<(SourceId, [u8; 32]), (i64, [u8; 32])>> {
    let tenants = column(held, |(_, draft, ..)| draft.source.tenant());
    let sources = column(held, |(_, draft, ..)| draft.source.source());
    let keys = column(held, |(_, _, claim, _)| &claim.key.as_bytes()[..]);
    let select = client
        .prepare_cached(
            "SELECT tenant, source, key, event, body_sha256 FROM hookstage_ledger
             WHERE (tenant, source, key) IN
               (SELECT * FROM unnest($1::text[], $2::text[], $3::bytea[]))",
        )
        .await?;
    let rows = client.query(&select, &[&tenants, &sources, &keys]).await?;
    rows.iter()
        .map(|row| {
            let id = SourceId::new(row.try_get(0)?, row.try_get(1)?)
                .map_err(|_| unreadable("source"))?;
            Ok(((id, hash(row.try_get(2)?)?), (row.try_get(3)?, hash(row.try_get(4)?)?)))
        })
        .collect()
}

/// Duplicates under a window from the last delivery move its end.
async fn renew(client: &Client, held: &[Claimed<'_>]) -> Fallible<()> {
    let renewed: Vec<&Claimed<'_>> = held
        .iter()
        .filter(|(_, _, claim, _)| matches!(claim.window, Window::FromLast(_)))
        .collect();
    if renewed.is_empty() {
        return Ok(());
    }
    let tenants = column(&renewed, |(_, draft, ..)| draft.source.tenant());
    let sources = column(&renewed, |(_, draft, ..)| draft.source.source());
    let keys = column(&renewed, |(_, _, claim, _)| &claim.key.as_bytes()[..]);
    let ends = column(&renewed, |(_, _, claim, now)| {
        claim.window.end(*now).map(Timestamp::as_unix_millis)
    });
    let update = client
        .prepare_cached(
            "UPDATE hookstage_ledger AS held SET until = renewed.until
             FROM unnest($1::text[], $2::text[], $3::bytea[], $4::bigint[])
               AS renewed (tenant, source, key, until)
             WHERE held.tenant = renewed.tenant AND held.source = renewed.source
               AND held.key = renewed.key AND held.until < renewed.until",
        )
        .await?;
    client.execute(&update, &[&tenants, &sources, &keys, &ends]).await?;
    Ok(())
}

async fn insert_events(
    client: &Client,
    statement: &Statement,
    new: &[(i64, &Draft)],
) -> Fallible<()> {
    if new.is_empty() {
        return Ok(());
    }
    let (mut headers, mut coverages) = (Vec::new(), Vec::new());
    for (_, draft) in new {
        let lines = draft.headers.iter().map(|(name, value)| (name.as_str(), value.as_slice()));
        headers.push(pack_headers(lines).ok_or_else(|| too_large("header list"))?);
        coverages.push(pack_coverage(&draft.coverage).ok_or_else(|| too_large("coverage"))?);
    }
    let ids = column(new, |(id, _)| *id);
    let tenants = column(new, |(_, draft)| draft.source.tenant());
    let sources = column(new, |(_, draft)| draft.source.source());
    let times = column(new, |(_, draft)| draft.received_at.as_unix_millis());
    let types = column(new, |(_, draft)| draft.event_type.as_deref().map(str::as_bytes));
    let keys =
        column(new, |(_, draft)| draft.claim.as_ref().map(|claim| &claim.key.as_bytes()[..]));
    let hashes = column(new, |(_, draft)| &draft.body_sha256[..]);
    let bodies = column(new, |(_, draft)| &draft.body[..]);
    client
        .execute(
            statement,
            &[
                &ids, &tenants, &sources, &times, &types, &keys, &hashes, &coverages, &headers,
                &bodies,
            ],
        )
        .await?;
    Ok(())
}

fn column<'a, T, C>(items: &'a [T], of: impl Fn(&'a T) -> C) -> Vec<C> {
    items.iter().map(of).collect()
}
