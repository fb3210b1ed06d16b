//! What becomes of drafts whose keys are held: who holds them, and whose windows move.

use std::collections::{BTreeMap, HashMap, HashSet};

use deadpool_postgres::{Client, GenericClient};

use super::columns::column;
use super::fault::{Fallible, unreadable};
use super::rows::hash;
use crate::clock::Timestamp;
use crate::dedupe::Window;
use crate::event::{Claim, Draft, EventId};
use crate::source::SourceId;
use crate::store::Staged;

/// A draft whose key this transaction has locked, by taking it for another or by the attempt.
pub(super) struct Held<'a> {
    pub(super) draft: &'a Draft,
    pub(super) claim: &'a Claim,
    pub(super) now: Timestamp,
    /// Whether it was tried itself: then the key is held at its moment.
    pub(super) tried: bool,
}

impl<'a> Held<'a> {
    fn key(&self) -> &'a [u8] {
        &self.claim.key.as_bytes()[..]
    }

    fn name(&self) -> (&'a SourceId, &'a [u8; 32]) {
        (&self.draft.source, self.claim.key.as_bytes())
    }
}

/// Whose duplicates they are, in their order. Those under a window from the last delivery move the
/// end of the window. One for which the window has ended has no answer and must be tried, and
/// neither have those behind it, which are duplicates of what it becomes.
///
/// So a key that was sent a hundred times at once takes no hundred attempts.
pub(super) async fn answer(client: &Client, held: &[Held<'_>]) -> Fallible<Vec<Option<Staged>>> {
    let holders = holders(client, held).await?;
    let mut ended = HashSet::new();
    let mut answers = Vec::with_capacity(held.len());
    let mut duplicates = Vec::new();
    for one in held {
        let holder = holders.get(&one.name()).ok_or_else(|| unreadable("key"))?;
        let has_ended = !one.tried && holder.until.is_some_and(|until| until <= one.now);
        if has_ended || ended.contains(&one.name()) {
            ended.insert(one.name());
            answers.push(None);
        } else {
            duplicates.push(one);
            answers.push(Some(Staged::Duplicate {
                id: holder.event,
                payload_differs: holder.body_sha256 != one.draft.body_sha256,
            }));
        }
    }
    renew(client, &duplicates).await?;
    Ok(answers)
}

struct Holder {
    event: EventId,
    body_sha256: [u8; 32],
    until: Option<Timestamp>,
}

type Holders<'a> = HashMap<(&'a SourceId, &'a [u8; 32]), Holder>;

/// Who holds the keys.
async fn holders<'a>(client: &Client, held: &[Held<'a>]) -> Fallible<Holders<'a>> {
    let names: BTreeMap<_, _> = held.iter().map(|one| (one.name(), ())).collect();
    let names: Vec<_> = names.into_keys().collect();
    let tenants = column(&names, |(source, _)| source.tenant());
    let sources = column(&names, |(source, _)| source.source());
    let keys = column(&names, |(_, key)| &key[..]);
    let select = client
        .prepare_cached(
            "SELECT wanted.place, held.event, held.body_sha256, held.until
             FROM unnest($1::text[], $2::text[], $3::bytea[]) WITH ORDINALITY
               AS wanted (tenant, source, key, place)
             JOIN hookstage_ledger AS held USING (tenant, source, key)",
        )
        .await?;
    let rows = client.query(&select, &[&tenants, &sources, &keys]).await?;
    let mut holders = Holders::new();
    for row in &rows {
        let place = usize::try_from(row.try_get::<_, i64>(0)?).unwrap_or(0).wrapping_sub(1);
        let name = names.get(place).ok_or_else(|| unreadable("place"))?;
        let holder = Holder {
            event: EventId::new(row.try_get::<_, i64>(1)?.unsigned_abs()),
            body_sha256: hash(row.try_get(2)?)?,
            until: row.try_get::<_, Option<i64>>(3)?.map(Timestamp::from_unix_millis),
        };
        holders.insert(*name, holder);
    }
    Ok(holders)
}

async fn renew(client: &Client, duplicates: &[&Held<'_>]) -> Fallible<()> {
    let renewed: Vec<&&Held<'_>> =
        duplicates.iter().filter(|one| matches!(one.claim.window, Window::FromLast(_))).collect();
    if renewed.is_empty() {
        return Ok(());
    }
    let tenants = column(&renewed, |one| one.draft.source.tenant());
    let sources = column(&renewed, |one| one.draft.source.source());
    let keys = column(&renewed, |one| one.key());
    let ends = column(&renewed, |one| one.claim.window.end(one.now).map(Timestamp::as_unix_millis));
    let update = client
        .prepare_cached(
            "UPDATE hookstage_ledger AS held SET until = renewed.until
             FROM (SELECT tenant, source, key, max(until) AS until
                   FROM unnest($1::text[], $2::text[], $3::bytea[], $4::bigint[])
                     AS one (tenant, source, key, until)
                   GROUP BY tenant, source, key) AS renewed
             WHERE held.tenant = renewed.tenant AND held.source = renewed.source
               AND held.key = renewed.key AND held.until < renewed.until",
        )
        .await?;
    client.execute(&update, &[&tenants, &sources, &keys, &ends]).await?;
    Ok(())
}
