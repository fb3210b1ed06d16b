//! The one statement that stages what is new.
//!
//! Between the ledger's answer and the rows that depend on it the server would wait for this
//! program, with the keys locked and a commit held up. So the three tables are written by one
//! statement, and what it did not write is looked at afterwards, which a first delivery never needs.

use deadpool_postgres::{Client, GenericClient};
use tokio_postgres::Statement;

use super::columns::{HistoryColumns, Parameters, column, generation_number, sparse};
use super::fault::{Fallible, too_large, unreadable};
use crate::clock::Timestamp;
use crate::event::Draft;
use crate::history::HistoryRow;
use crate::store::packed::{pack_coverage, pack_headers};

/// `current` locks the generations in force against a newer one until the commit: from the moment
/// `supersede` returns, nothing older is inserted any more. `taken` takes the keys in their order, so
/// that no two batches wait for each other's; a key that is held is locked by the attempt, so what
/// is seen of it later stays true until the commit.
const INSERT: &str = "
    WITH draft AS MATERIALIZED (
      SELECT coalesce(id, nextval('hookstage_event_id')) AS id,
        coalesce(row_id, nextval('hookstage_history_id')) AS row_id, decides, place, tenant, source,
        generation, key, claimed_at, until, body_sha256, received_at, event_type, coverage, headers,
        body, at, reason, detail, status, history_headers, body_length, history_sha256, remote,
        correlation_id, key_index, count, took_millis, skew_millis, hints
      FROM unnest($1::bigint[], $2::bigint[], $3::boolean[], $4::text[], $5::text[],
        $6::bigint[], $7::bytea[], $8::bigint[], $9::bigint[], $10::bigint[], $11::bytea[],
        $12::bytea[], $13::text[], $14::bytea[], $15::bytea[], $16::bigint[], $17::bytea[],
        $18::bytea[], $19::integer[], $20::bytea[], $21::bigint[], $22::bytea[], $23::text[],
        $24::bytea[], $25::smallint[], $26::bigint[], $27::bigint[], $28::bigint[],
        $29::bytea[]) WITH ORDINALITY
        AS new (id, row_id, decides, tenant, source, generation, key, claimed_at, until,
          received_at, event_type, body_sha256, coverage, headers, body, at, reason, detail,
          status, history_headers, body_length, history_sha256, remote, correlation_id,
          key_index, count, took_millis, skew_millis, hints, place)
    ), current AS MATERIALIZED (
      SELECT tenant, source, generation FROM hookstage_generation
      WHERE (tenant, source) IN (SELECT tenant, source FROM draft)
      ORDER BY tenant, source FOR SHARE
    ), taken AS (
      INSERT INTO hookstage_ledger AS held
        (tenant, source, key, claimed_at, until, event, body_sha256)
      SELECT tenant, source, draft.key, claimed_at, until, id, body_sha256
      FROM draft JOIN current USING (tenant, source)
      WHERE decides AND draft.key IS NOT NULL AND draft.generation >= current.generation
      ORDER BY tenant, source, draft.key
      ON CONFLICT (tenant, source, key) DO UPDATE
        SET claimed_at = excluded.claimed_at, until = excluded.until,
            event = excluded.event, body_sha256 = excluded.body_sha256
        WHERE held.until <= excluded.claimed_at
      RETURNING event
    ), fresh AS MATERIALIZED (
      SELECT id FROM draft JOIN current USING (tenant, source)
      WHERE decides AND draft.generation >= current.generation
        AND (draft.key IS NULL OR draft.id IN (SELECT event FROM taken))
    ), event AS (
      INSERT INTO hookstage_event (id, tenant, source, received_at, status, attempts, event_type,
        key, body_sha256, coverage, headers, body)
      SELECT id, tenant, source, received_at, 0, 0, event_type, key, body_sha256, coverage, headers,
        body FROM draft WHERE id IN (SELECT id FROM fresh)
    ), history AS (
      INSERT INTO hookstage_history (id, tenant, source, at, outcome, reason, detail, status, event,
        headers, body_length, body_sha256, remote, correlation_id, key_index, count, took_millis,
        skew_millis, hints)
      SELECT row_id, tenant, source, at, 'staged', reason, detail, status, id, history_headers,
        body_length, history_sha256, remote, correlation_id, key_index, count, took_millis,
        skew_millis, hints FROM draft WHERE id IN (SELECT id FROM fresh)
    )
    SELECT draft.place, draft.id, draft.row_id, draft.id IN (SELECT id FROM fresh),
      current.generation
    FROM draft LEFT JOIN current USING (tenant, source)";

/// The ids of a draft and of its history row. It gets them when it is first looked at and keeps them
/// to its last round, so that both lists have the order of the drafts.
#[derive(Clone, Copy)]
pub(super) struct Ids {
    pub(super) event: i64,
    pub(super) row: i64,
}

/// A draft that has no answer yet.
pub(super) struct Open<'a> {
    pub(super) draft: &'a Draft,
    pub(super) now: Timestamp,
    /// What it got in the round before.
    pub(super) ids: Option<Ids>,
    /// Whether it is tried now: one statement cannot decide between two drafts with one key.
    pub(super) decides: bool,
}

/// What the statement did with a draft.
#[derive(Clone, Copy)]
pub(super) enum Judged {
    Inserted,
    /// Not tried, and could be.
    Waits,
    /// Not staged: its key is held, and was locked.
    Held,
    /// Not staged: a newer generation is in force.
    Superseded,
    /// Not staged: its source has no generation yet.
    NoGeneration,
}

pub(super) async fn prepare(client: &Client) -> Fallible<Statement> {
    Ok(client.prepare_cached(INSERT).await?)
}

/// Stages those of the drafts that are new. The answers, each with the draft's ids, stand in the
/// order of the drafts.
pub(super) async fn insert(
    client: &Client,
    statement: &Statement,
    drafts: &[Open<'_>],
) -> Fallible<Vec<(Ids, Judged)>> {
    let columns = Columns::of(drafts)?;
    let rows: Vec<&HistoryRow> = column(drafts, |open| &open.draft.history);
    let history = HistoryColumns::of(&rows)?;
    let mut parameters = columns.parameters();
    parameters.extend(history.parameters());
    let rows = client.query(statement, &parameters).await?;
    let mut judged: Vec<Option<(Ids, Judged)>> = vec![None; drafts.len()];
    for row in &rows {
        let place = usize::try_from(row.try_get::<_, i64>(0)?).unwrap_or(0).wrapping_sub(1);
        let (Some(open), Some(judged)) = (drafts.get(place), judged.get_mut(place)) else {
            return Err(unreadable("place"));
        };
        let outcome = match (row.try_get(3)?, row.try_get::<_, Option<i64>>(4)?) {
            (true, _) => Judged::Inserted,
            (false, None) => Judged::NoGeneration,
            (false, Some(current)) if generation_number(open.draft.generation) < current => {
                Judged::Superseded
            }
            (false, Some(_)) if !open.decides => Judged::Waits,
            (false, Some(_)) => Judged::Held,
        };
        *judged = Some((Ids { event: row.try_get(1)?, row: row.try_get(2)? }, outcome));
    }
    judged.into_iter().map(|judged| judged.ok_or_else(|| unreadable("place"))).collect()
}

struct Columns<'a> {
    ids: Option<Vec<Option<i64>>>,
    row_ids: Option<Vec<Option<i64>>>,
    decide: Vec<bool>,
    tenants: Vec<&'a str>,
    sources: Vec<&'a str>,
    generations: Vec<i64>,
    keys: Vec<Option<&'a [u8]>>,
    claimed: Vec<i64>,
    ends: Option<Vec<Option<i64>>>,
    received: Vec<i64>,
    types: Option<Vec<Option<&'a [u8]>>>,
    hashes: Vec<&'a [u8]>,
    coverages: Vec<String>,
    headers: Vec<Vec<u8>>,
    bodies: Vec<&'a [u8]>,
}

impl<'a> Columns<'a> {
    fn of(drafts: &[Open<'a>]) -> Fallible<Self> {
        let headers = |draft: &Draft| {
            let lines = draft.headers.iter().map(|(name, value)| (name.as_str(), value.as_slice()));
            pack_headers(lines).ok_or_else(|| too_large("header list"))
        };
        let coverage =
            |draft: &Draft| pack_coverage(&draft.coverage).ok_or_else(|| too_large("coverage"));
        let key = |draft: &'a Draft| draft.claim.as_ref().map(|claim| &claim.key.as_bytes()[..]);
        let end = |draft: &Draft, now| draft.claim.and_then(|claim| claim.window.end(now));
        Ok(Self {
            ids: sparse(drafts, |open| open.ids.map(|ids| ids.event)),
            row_ids: sparse(drafts, |open| open.ids.map(|ids| ids.row)),
            decide: column(drafts, |open| open.decides),
            tenants: column(drafts, |open| open.draft.source.tenant()),
            sources: column(drafts, |open| open.draft.source.source()),
            generations: column(drafts, |open| generation_number(open.draft.generation)),
            keys: column(drafts, |open| key(open.draft)),
            claimed: column(drafts, |open| open.now.as_unix_millis()),
            ends: sparse(drafts, |open| end(open.draft, open.now).map(Timestamp::as_unix_millis)),
            received: column(drafts, |open| open.draft.received_at.as_unix_millis()),
            types: sparse(drafts, |open| open.draft.event_type.as_deref().map(str::as_bytes)),
            hashes: column(drafts, |open| &open.draft.body_sha256[..]),
            coverages: drafts.iter().map(|open| coverage(open.draft)).collect::<Fallible<_>>()?,
            headers: drafts.iter().map(|open| headers(open.draft)).collect::<Fallible<_>>()?,
            bodies: column(drafts, |open| &open.draft.body[..]),
        })
    }

    fn parameters(&self) -> Parameters<'_> {
        vec![
            &self.ids,
            &self.row_ids,
            &self.decide,
            &self.tenants,
            &self.sources,
            &self.generations,
            &self.keys,
            &self.claimed,
            &self.ends,
            &self.received,
            &self.types,
            &self.hashes,
            &self.coverages,
            &self.headers,
            &self.bodies,
        ]
    }
}
