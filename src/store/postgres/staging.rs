//! What happens inside the transaction that stages a batch.

use std::collections::{BTreeSet, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};

use deadpool_postgres::{Client, GenericClient, Object};
use tokio_postgres::Statement;

use super::columns::{HistoryColumns, Parameters, column, generation_number};
use super::fault::{Fallible, closed, unreadable};
use super::fresh::{self, Ids, Judged, Open};
use super::held::{self, Held};
use crate::clock::Timestamp;
use crate::event::{Draft, EventId};
use crate::history::HistoryRow;
use crate::source::SourceId;
use crate::store::Staged;

// Under a stricter level a racing draft would be an error where it is a duplicate.
const BEGIN: &str = "START TRANSACTION ISOLATION LEVEL READ COMMITTED";

const INSERT_HISTORY: &str =
    "INSERT INTO hookstage_history (id, tenant, source, outcome, event, at, reason, detail, status,
       headers, body_length, body_sha256, remote, correlation_id, key_index, count, took_millis,
       skew_millis, hints)
     SELECT coalesce(id, nextval('hookstage_history_id')), tenant, source, outcome, event, at,
       reason, detail, status, headers, body_length, body_sha256, remote, correlation_id, key_index,
       count, took_millis, skew_millis, hints
     FROM unnest($1::bigint[], $2::text[], $3::text[], $4::bytea[], $5::bigint[], $6::bigint[],
       $7::bytea[], $8::bytea[], $9::integer[], $10::bytea[], $11::bigint[], $12::bytea[],
       $13::text[], $14::bytea[], $15::smallint[], $16::bigint[], $17::bigint[], $18::bigint[],
       $19::bytea[])
       AS new (id, tenant, source, outcome, event, at, reason, detail, status, headers, body_length,
         body_sha256, remote, correlation_id, key_index, count, took_millis, skew_millis, hints)";

/// A draft and the moment it is staged at.
pub(super) type Item<'a> = (&'a Draft, Timestamp);

/// Stages a batch in one transaction; the answers stand in the order of the drafts. The connection
/// comes back if nothing is open on it.
pub(super) async fn stage(
    client: Client,
    items: &[Item<'_>],
) -> (Option<Client>, Fallible<Vec<Staged>>) {
    let mut lent = Lent(Some(client));
    let Some(client) = &lent.0 else { return (None, Err(closed())) };
    let staged = transact(client, items).await;
    let ended = staged.is_ok() || client.batch_execute("ROLLBACK").await.is_ok();
    (if ended { lent.0.take() } else { None }, staged)
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

/// What is sent together waits for the server once: the beginning goes with the first round, the
/// history rows of what was not staged with the commit. The driver sends in the order of the first
/// polls, so they are polled in order, and all answers are awaited, so that what is told is the
/// first failure and not that of a statement behind it.
async fn transact(client: &Client, items: &[Item<'_>]) -> Fallible<Vec<Staged>> {
    if items.is_empty() {
        return Ok(Vec::new());
    }
    let statement = fresh::prepare(client).await?;
    let mut batch = Batch::new(items);
    let mut round = batch.round();
    let (begun, judged) = tokio::join!(
        biased;
        execute(client, BEGIN),
        fresh::insert(client, &statement, &round),
    );
    begun?;
    let mut judged = judged?;
    loop {
        batch.take(&judged)?;
        batch.answer_held(client).await?;
        batch.begin_generations(client).await?;
        round = batch.round();
        if round.is_empty() {
            break;
        }
        judged = fresh::insert(client, &statement, &round).await?;
    }
    write_and_commit(client, &batch.other_rows()).await?;
    Ok(batch.members.into_iter().filter_map(|member| member.answer).collect())
}

/// The drafts of a batch and what is known of them so far.
struct Batch<'a> {
    members: Vec<Member<'a>>,
}

struct Member<'a> {
    draft: &'a Draft,
    now: Timestamp,
    ids: Option<Ids>,
    /// What came of it in the last round, unless it has an answer.
    judged: Option<Judged>,
    answer: Option<Staged>,
}

impl<'a> Batch<'a> {
    fn new(items: &[Item<'a>]) -> Self {
        let members = column(items, |(draft, now)| Member {
            draft,
            now: *now,
            ids: None,
            judged: None,
            answer: None,
        });
        Self { members }
    }

    /// Those without an answer; the first of each key decides.
    fn round(&self) -> Vec<Open<'a>> {
        let mut seen = HashSet::new();
        let open = self.members.iter().filter(|member| member.answer.is_none());
        open.map(|&Member { draft, now, ids, .. }| {
            let decides = name(draft).is_none_or(|name| seen.insert(name));
            Open { draft, now, ids, decides }
        })
        .collect()
    }

    /// Takes what came of the round.
    fn take(&mut self, judged: &[(Ids, Judged)]) -> Fallible<()> {
        let open = self.members.iter_mut().filter(|member| member.answer.is_none());
        for (member, (ids, judged)) in open.zip(judged) {
            let before = member.judged.replace(*judged);
            member.ids = Some(*ids);
            member.answer = match (judged, before) {
                (Judged::Inserted, _) => {
                    Some(Staged::Inserted(EventId::new(ids.event.unsigned_abs())))
                }
                (Judged::Superseded, _) => Some(Staged::Superseded),
                // It was given one, and this user cannot see it.
                (Judged::NoGeneration, Some(Judged::NoGeneration)) => {
                    return Err(unreadable("generation"));
                }
                (Judged::Waits | Judged::Held | Judged::NoGeneration, _) => None,
            };
        }
        Ok(())
    }

    /// Answers those whose keys are locked by now: the one that was tried in vain, and those that
    /// waited behind it or behind one that was staged.
    async fn answer_held(&mut self, client: &Client) -> Fallible<()> {
        let decided = self
            .members
            .iter()
            .filter(|member| matches!(member.judged, Some(Judged::Inserted | Judged::Held)));
        let locked: HashSet<_> = decided.filter_map(|member| name(member.draft)).collect();
        let mut members = Vec::new();
        let mut held = Vec::new();
        for member in self.members.iter_mut().filter(|member| member.answer.is_none()) {
            let (draft, now) = (member.draft, member.now);
            let tried = matches!(member.judged, Some(Judged::Held));
            if let Some(claim) = &draft.claim
                && name(draft).is_some_and(|name| locked.contains(&name))
            {
                held.push(Held { draft, claim, now, tried });
                members.push(member);
            } else if tried {
                return Err(unreadable("key"));
            }
        }
        if held.is_empty() {
            return Ok(());
        }
        for (member, answer) in members.into_iter().zip(held::answer(client, &held).await?) {
            member.answer = answer;
        }
        Ok(())
    }

    /// A row that is not there cannot be locked, so a source that has no generation gets the first.
    async fn begin_generations(&self, client: &Client) -> Fallible<()> {
        let without =
            self.members.iter().filter(|one| matches!(one.judged, Some(Judged::NoGeneration)));
        let sources: BTreeSet<&SourceId> = without
            .filter(|member| member.answer.is_none())
            .map(|member| &member.draft.source)
            .collect();
        if sources.is_empty() {
            return Ok(());
        }
        let tenants: Vec<&str> = sources.iter().map(|id| id.tenant()).collect();
        let names: Vec<&str> = sources.iter().map(|id| id.source()).collect();
        let insert = client
            .prepare_cached(
                "INSERT INTO hookstage_generation (tenant, source, generation)
                 SELECT t, s, $3 FROM unnest($1::text[], $2::text[]) AS missing (t, s)
                 ON CONFLICT (tenant, source) DO NOTHING",
            )
            .await?;
        client.execute(&insert, &[&tenants, &names, &generation_number(0)]).await?;
        Ok(())
    }

    /// The history rows of all that was not staged, with their ids.
    fn other_rows(&self) -> Vec<(Option<i64>, HistoryRow)> {
        let rows = self.members.iter().filter_map(|member| match member.answer? {
            Staged::Inserted(_) => None,
            answer => Some((member.ids.map(|ids| ids.row), member.draft.row(answer))),
        });
        rows.collect()
    }
}

/// The key that a draft claims, as the ledger has it.
fn name(draft: &Draft) -> Option<(&SourceId, &[u8; 32])> {
    Some((&draft.source, draft.claim.as_ref()?.key.as_bytes()))
}

/// The last turn. If the insert fails at the server, the COMMIT behind it is a rollback. If it fails
/// before it is sent, the COMMIT is not sent: it would commit without it.
async fn write_and_commit(client: &Client, rows: &[(Option<i64>, HistoryRow)]) -> Fallible<()> {
    if rows.is_empty() {
        return execute(client, "COMMIT").await;
    }
    // Prepared by now, or it would be sent behind the COMMIT.
    let statement = client.prepare_cached(INSERT_HISTORY).await?;
    let failed = AtomicBool::new(false);
    let (written, committed) = tokio::join!(
        biased;
        async {
            let written = insert_history(client, &statement, rows).await;
            written.inspect_err(|_| failed.store(true, Ordering::Relaxed))
        },
        async {
            if failed.load(Ordering::Relaxed) {
                return Ok(());
            }
            execute(client, "COMMIT").await
        },
    );
    written.and(committed)
}

async fn execute(client: &Client, statement: &str) -> Fallible<()> {
    Ok(client.batch_execute(statement).await?)
}

/// Appends history rows with one statement, and so all or none.
pub(super) async fn record(client: &Client, rows: Vec<HistoryRow>) -> Fallible<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let statement = client.prepare_cached(INSERT_HISTORY).await?;
    let rows: Vec<_> = rows.into_iter().map(|row| (None, row)).collect();
    insert_history(client, &statement, &rows).await
}

/// Rows whose ids are drawn already keep them.
async fn insert_history(
    client: &Client,
    statement: &Statement,
    rows: &[(Option<i64>, HistoryRow)],
) -> Fallible<()> {
    let ids = column(rows, |(id, _)| *id);
    let rows = column(rows, |(_, row)| row);
    let tenants = column(&rows, |row| row.source.tenant());
    let sources = column(&rows, |row| row.source.source());
    let outcomes = column(&rows, |row| row.outcome.as_bytes());
    let events = column(&rows, |row| row.event.map(|id| id.get().cast_signed()));
    let others = HistoryColumns::of(&rows)?;
    let mut parameters: Parameters<'_> = vec![&ids, &tenants, &sources, &outcomes, &events];
    parameters.extend(others.parameters());
    client.execute(statement, &parameters).await?;
    Ok(())
}
