//! A store under check, driven without `await`, and the drafts it is fed.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::Fixture;
use crate::clock::Timestamp;
use crate::dedupe::{DedupeKey, Window};
use crate::event::{Claim, Draft, Event, EventId, Settlement, Transition};
use crate::history::HistoryRow;
use crate::source::SourceId;
use crate::store::{
    ClaimRequest, Counts, Cursor, Durability, EventFilter, HistoryFilter, PurgeRequest, Purged,
    Put, PutState, Settled, Staged, State, Store, StoreError,
};

/// What a store did instead of what it promised.
#[derive(Debug)]
pub struct Failure(String);

impl Failure {
    /// A failure in words.
    pub(super) fn new(what: impl Into<String>) -> Self {
        Self(what.into())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Failure {}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self(match std::error::Error::source(&error) {
            Some(cause) => format!("the store failed: {error} ({cause})"),
            None => format!("the store failed: {error}"),
        })
    }
}

/// `Ok` if both are equal, else what was expected of what.
pub(super) fn same<T: PartialEq + fmt::Debug>(
    what: &str,
    got: &T,
    expected: &T,
) -> Result<(), Failure> {
    if got == expected {
        Ok(())
    } else {
        Err(Failure(format!("{what}: expected {expected:?}, got {got:?}")))
    }
}

/// `Ok` if it holds, else what does not.
pub(super) fn holds(what: &str, condition: bool) -> Result<(), Failure> {
    if condition { Ok(()) } else { Err(Failure(format!("it does not hold that {what}"))) }
}

/// 2023-11-14T22:13:20Z, when most checks begin.
pub(super) const T0: Timestamp = Timestamp::from_unix_seconds(1_700_000_000);

/// This many milliseconds.
pub(super) const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// This many milliseconds after [`T0`].
pub(super) fn at(millis: u64) -> Timestamp {
    T0 + ms(millis)
}

/// A source whose names are known to be valid.
pub(super) fn source(tenant: &str, name: &str) -> Result<SourceId, Failure> {
    SourceId::new(tenant, name).map_err(|error| Failure(error.to_string()))
}

/// A key that differs from every other number's in its last bytes only.
pub(super) fn key(number: u64) -> DedupeKey {
    let mut bytes = [0; 32];
    bytes[24..].copy_from_slice(&number.to_be_bytes());
    DedupeKey::from_bytes(bytes)
}

/// A draft with a claim for ever.
pub(super) fn draft(source: &SourceId, number: u64, now: Timestamp) -> Draft {
    draft_within(source, number, Window::Unlimited, now)
}

/// A draft with a claim for a window.
pub(super) fn draft_within(
    source: &SourceId,
    number: u64,
    window: Window,
    now: Timestamp,
) -> Draft {
    let body = format!("{{\"number\":{number}}}").into_bytes();
    Draft::for_tests(source.clone(), now, body, Some(Claim::new(key(number), window)))
}

/// A store and how its futures are run.
pub(super) struct Subject<'f, F: Fixture> {
    pub(super) fixture: &'f F,
    pub(super) store: Arc<F::Store>,
}

impl<F: Fixture> Clone for Subject<'_, F> {
    fn clone(&self) -> Self {
        Self { fixture: self.fixture, store: Arc::clone(&self.store) }
    }
}

type Outcome<T> = Result<T, Failure>;

impl<'f, F: Fixture> Subject<'f, F> {
    pub(super) fn fresh(fixture: &'f F) -> Self {
        Self { fixture, store: Arc::new(fixture.fresh()) }
    }

    pub(super) fn reopen(&self) -> Option<Self> {
        let store = self.fixture.reopen(&self.store)?;
        Some(Self { fixture: self.fixture, store: Arc::new(store) })
    }

    pub(super) fn durability(&self) -> Durability {
        self.store.durability()
    }

    /// Stages a draft that must be new.
    pub(super) fn insert(&self, draft: Draft, now: Timestamp) -> Outcome<EventId> {
        match self.stage(draft, now)? {
            Staged::Inserted(id) => Ok(id),
            other => Err(Failure(format!("expected a new event, got {other:?}"))),
        }
    }

    /// The event that must be there.
    pub(super) fn event(&self, tenant: &str, id: EventId) -> Outcome<Event> {
        self.get(tenant, id)?.ok_or_else(|| Failure(format!("event {id} is not there")))
    }

    pub(super) fn stage(&self, draft: Draft, now: Timestamp) -> Outcome<Staged> {
        Ok(self.fixture.block_on(self.store.stage(draft, now))?)
    }

    pub(super) fn stage_all(&self, drafts: Vec<Draft>, now: Timestamp) -> Outcome<Vec<Staged>> {
        Ok(self.fixture.block_on(self.store.stage_all(drafts, now))?)
    }

    pub(super) fn supersede(&self, source: &SourceId, generation: u64) -> Outcome<()> {
        Ok(self.fixture.block_on(self.store.supersede(source, generation))?)
    }

    pub(super) fn get(&self, tenant: &str, id: EventId) -> Outcome<Option<Event>> {
        Ok(self.fixture.block_on(self.store.get(tenant, id))?)
    }

    pub(super) fn list(
        &self,
        filter: &EventFilter,
        after: Option<Cursor>,
        limit: usize,
    ) -> Outcome<Vec<Event>> {
        Ok(self.fixture.block_on(self.store.list(filter, after, limit))?)
    }

    pub(super) fn settle(
        &self,
        tenant: &str,
        id: EventId,
        transition: Transition,
        now: Timestamp,
        owner: Option<&str>,
    ) -> Outcome<Settled> {
        let settlement = Settlement::new("reviewer".to_owned(), now, Some("because".to_owned()));
        Ok(self.fixture.block_on(self.store.settle(tenant, id, transition, settlement, owner))?)
    }

    pub(super) fn claim(&self, request: &ClaimRequest, now: Timestamp) -> Outcome<Vec<Event>> {
        Ok(self.fixture.block_on(self.store.claim(request, now))?)
    }

    pub(super) fn extend(
        &self,
        tenant: &str,
        id: EventId,
        owner: &str,
        until: Timestamp,
        now: Timestamp,
    ) -> Outcome<bool> {
        Ok(self.fixture.block_on(self.store.extend(tenant, id, owner, until, now))?)
    }

    pub(super) fn release(
        &self,
        tenant: &str,
        id: EventId,
        owner: &str,
        not_before: Option<Timestamp>,
        now: Timestamp,
    ) -> Outcome<bool> {
        Ok(self.fixture.block_on(self.store.release(tenant, id, owner, not_before, now))?)
    }

    pub(super) fn record(&self, rows: Vec<HistoryRow>) -> Outcome<()> {
        Ok(self.fixture.block_on(self.store.record(rows))?)
    }

    pub(super) fn history(
        &self,
        filter: &HistoryFilter,
        after: Option<Cursor>,
        limit: usize,
    ) -> Outcome<Vec<(Cursor, HistoryRow)>> {
        Ok(self.fixture.block_on(self.store.history(filter, after, limit))?)
    }

    pub(super) fn purge(&self, request: &PurgeRequest, now: Timestamp) -> Outcome<Purged> {
        Ok(self.fixture.block_on(self.store.purge(request, now))?)
    }

    /// Purges until nothing is removed any more and adds up.
    pub(super) fn purge_all(&self, before: Timestamp, now: Timestamp) -> Outcome<Purged> {
        let request = purge_before(before, 1000);
        let mut sum = Purged::default();
        loop {
            let purged = self.purge(&request, now)?;
            if purged.is_empty() {
                return Ok(sum);
            }
            sum.events += purged.events;
            sum.keys += purged.keys;
            sum.history += purged.history;
            sum.state += purged.state;
        }
    }

    pub(super) fn counts(&self, tenant: &str, source: Option<&SourceId>) -> Outcome<Counts> {
        Ok(self.fixture.block_on(self.store.counts(tenant, source))?)
    }

    pub(super) fn state(
        &self,
        namespace: &str,
        key: &str,
        now: Timestamp,
    ) -> Outcome<Option<State>> {
        Ok(self.fixture.block_on(self.store.state(namespace, key, now))?)
    }

    pub(super) fn put_if(&self, put: PutState, now: Timestamp) -> Outcome<Put> {
        Ok(self.fixture.block_on(self.store.put_if(put, now))?)
    }

    /// Writes a value that must be accepted and returns its version.
    pub(super) fn put(&self, put: PutState, now: Timestamp) -> Outcome<u64> {
        match self.put_if(put, now)? {
            Put::Done { version } => Ok(version),
            Put::Conflict(state) => Err(Failure(format!("expected a write, got {state:?}"))),
        }
    }

    pub(super) fn close(&self) -> Outcome<()> {
        Ok(self.fixture.block_on(self.store.close())?)
    }
}

/// A purge of everything from before a moment.
pub(super) fn purge_before(before: Timestamp, limit: usize) -> PurgeRequest {
    PurgeRequest { events_before: before, history_before: before, limit }
}

/// A conditional write of some bytes without an end.
pub(super) fn put(key: &str, expected: Option<u64>, bytes: Option<&[u8]>) -> PutState {
    PutState {
        namespace: "check".to_owned(),
        key: key.to_owned(),
        expected,
        bytes: bytes.map(<[u8]>::to_vec),
        expires: None,
    }
}
