//! Each operation once, as the work of a lane; the two faces of the store only say how they wait
//! for it.

use rusqlite::Connection;

use super::fault::Fallible;
use super::{looking, staging, working};
use crate::clock::Timestamp;
use crate::event::{Draft, Event, EventId, Settlement, Transition};
use crate::history::HistoryRow;
use crate::source::SourceId;
use crate::store::{
    ClaimRequest, Counts, Cursor, EventFilter, HistoryFilter, PurgeRequest, Purged, Put, PutState,
    Settled, Staged, State,
};

/// What it weighs where commits are shared, as rows and bytes, and how it is done: again, if the
/// transaction it was part of was rolled back.
pub(super) struct Work<W>(pub(super) (usize, usize), pub(super) W);

/// What makes a `T` inside a transaction.
pub(super) trait Run<T>: FnMut(&Connection) -> Fallible<T> + Send + 'static {}

impl<T, W: FnMut(&Connection) -> Fallible<T> + Send + 'static> Run<T> for W {}

pub(super) fn stage(draft: Draft, now: Timestamp) -> Work<impl Run<Staged> + use<>> {
    let weight = (1, weight(std::slice::from_ref(&draft)));
    Work(weight, move |db: &Connection| staging::stage(db, &draft, now))
}

pub(super) fn stage_all(drafts: Vec<Draft>, now: Timestamp) -> Work<impl Run<Vec<Staged>> + use<>> {
    let weight = (drafts.len(), weight(&drafts));
    Work(weight, move |db: &Connection| {
        drafts.iter().map(|draft| staging::stage(db, draft, now)).collect::<Fallible<Vec<_>>>()
    })
}

pub(super) fn supersede(source: &SourceId, generation: u64) -> Work<impl Run<()> + use<>> {
    let source = source.clone();
    let weight = (1, 0);
    Work(weight, move |db: &Connection| staging::supersede(db, &source, generation))
}

pub(super) fn get(tenant: &str, id: EventId) -> Work<impl Run<Option<Event>> + use<>> {
    let tenant = tenant.to_owned();
    let weight = (1, 0);
    Work(weight, move |db: &Connection| looking::get(db, &tenant, id))
}

pub(super) fn list(
    filter: &EventFilter,
    after: Option<Cursor>,
    limit: usize,
) -> Work<impl Run<Vec<Event>> + use<>> {
    let filter = filter.clone();
    let weight = (1, 0);
    Work(weight, move |db: &Connection| looking::list(db, &filter, after, limit))
}

pub(super) fn settle(
    tenant: &str,
    id: EventId,
    transition: Transition,
    settlement: Settlement,
    owner: Option<&str>,
) -> Work<impl Run<Settled> + use<>> {
    let tenant = tenant.to_owned();
    let owner = owner.map(str::to_owned);
    let weight = (1, 0);
    Work(weight, move |db: &Connection| {
        working::settle(db, &tenant, id, transition, &settlement, owner.as_deref())
    })
}

pub(super) fn claim(request: &ClaimRequest, now: Timestamp) -> Work<impl Run<Vec<Event>> + use<>> {
    let request = request.clone();
    let weight = (1, 0);
    Work(weight, move |db: &Connection| working::claim(db, &request, now))
}

pub(super) fn extend(
    tenant: &str,
    id: EventId,
    owner: &str,
    until: Timestamp,
    now: Timestamp,
) -> Work<impl Run<bool> + use<>> {
    let (tenant, owner) = (tenant.to_owned(), owner.to_owned());
    let weight = (1, 0);
    Work(weight, move |db: &Connection| working::extend(db, &tenant, id, &owner, until, now))
}

pub(super) fn release(
    tenant: &str,
    id: EventId,
    owner: &str,
    not_before: Option<Timestamp>,
    now: Timestamp,
) -> Work<impl Run<bool> + use<>> {
    let (tenant, owner) = (tenant.to_owned(), owner.to_owned());
    let weight = (1, 0);
    Work(weight, move |db: &Connection| working::release(db, &tenant, id, &owner, not_before, now))
}

pub(super) fn record(history: Vec<HistoryRow>) -> Work<impl Run<()> + use<>> {
    let weight = (history.len(), history.len().saturating_mul(ROW_BYTES));
    Work(weight, move |db: &Connection| {
        history.iter().try_for_each(|row| staging::insert_history(db, row))
    })
}

pub(super) fn history(
    filter: &HistoryFilter,
    after: Option<Cursor>,
    limit: usize,
) -> Work<impl Run<Vec<(Cursor, HistoryRow)>> + use<>> {
    let filter = filter.clone();
    let weight = (1, 0);
    Work(weight, move |db: &Connection| looking::history(db, &filter, after, limit))
}

pub(super) fn purge(request: &PurgeRequest, now: Timestamp) -> Work<impl Run<Purged> + use<>> {
    let request = *request;
    let weight = (request.limit, 0);
    Work(weight, move |db: &Connection| working::purge(db, &request, now))
}

pub(super) fn counts(tenant: &str, source: Option<&SourceId>) -> Work<impl Run<Counts> + use<>> {
    let (tenant, source) = (tenant.to_owned(), source.cloned());
    let weight = (1, 0);
    Work(weight, move |db: &Connection| looking::counts(db, &tenant, source.as_ref()))
}

pub(super) fn state(
    namespace: &str,
    key: &str,
    now: Timestamp,
) -> Work<impl Run<Option<State>> + use<>> {
    let (namespace, key) = (namespace.to_owned(), key.to_owned());
    let weight = (1, 0);
    Work(weight, move |db: &Connection| looking::state(db, &namespace, &key, now))
}

pub(super) fn put_if(put: PutState, now: Timestamp) -> Work<impl Run<Put> + use<>> {
    let weight = (1, put.bytes.as_ref().map_or(0, Vec::len));
    Work(weight, move |db: &Connection| looking::put_if(db, &put, now))
}

/// What a row weighs beside its body when commits are shared.
const ROW_BYTES: usize = 512;

fn weight(drafts: &[Draft]) -> usize {
    drafts
        .iter()
        .fold(0, |sum, draft| sum.saturating_add(draft.body.len()).saturating_add(ROW_BYTES))
}
