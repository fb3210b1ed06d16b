//! What becomes of drafts whose keys are held: who holds them, and whose windows move.

use std::collections::HashMap;

use deadpool_postgres::{Client, GenericClient};

use super::columns::column;
use super::fault::{Fallible, unreadable};
use super::rows::hash;
use crate::clock::Timestamp;
use crate::dedupe::Window;
use crate::event::{Claim, Draft, EventId};
use crate::source::SourceId;
use crate::store::Staged;

/// A draft whose key is held, and locked by the attempt to take it.
pub(super) struct Held<'a> {
    pub(super) draft: &'a Draft,
    pub(super) claim: &'a Claim,
    pub(super) now: Timestamp,
}

impl Held<'_> {
    fn key(&self) -> &[u8] {
        &self.claim.key.as_bytes()[..]
    }
}

/// Whose duplicates they are, in their order. Those under a window from the last delivery move the
/// end of the window.
pub(super) async fn answer(client: &Client, held: &[Held<'_>]) -> Fallible<Vec<Staged>> {
    let holders = holders(client, held).await?;
    renew(client, held).await?;
    held.iter()
        .map(|one| {
            let (event, body_sha256) = holders
                .get(&(one.draft.source.clone(), *one.claim.key.as_bytes()))
                .ok_or_else(|| unreadable("key"))?;
            Ok(Staged::Duplicate {
                id: EventId::new(event.unsigned_abs()),
                payload_differs: *body_sha256 != one.draft.body_sha256,
            })
        })
        .collect()
}

type Holders = HashMap<(SourceId, [u8; 32]), (i64, [u8; 32])>;

/// The events that hold the keys, and the hashes of their bodies.
async fn holders(client: &Client, held: &[Held<'_>]) -> Fallible<Holders> {
    let tenants = column(held, |one| one.draft.source.tenant());
    let sources = column(held, |one| one.draft.source.source());
    let keys = column(held, Held::key);
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

async fn renew(client: &Client, held: &[Held<'_>]) -> Fallible<()> {
    let renewed: Vec<&Held<'_>> =
        held.iter().filter(|one| matches!(one.claim.window, Window::FromLast(_))).collect();
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
             FROM unnest($1::text[], $2::text[], $3::bytea[], $4::bigint[])
               AS renewed (tenant, source, key, until)
             WHERE held.tenant = renewed.tenant AND held.source = renewed.source
               AND held.key = renewed.key AND held.until < renewed.until",
        )
        .await?;
    client.execute(&update, &[&tenants, &sources, &keys, &ends]).await?;
    Ok(())
}
