//! A host's own store: the contract over nothing but a map behind a mutex, checked by the suite.
//!
//! `cargo run --features conformance --example custom_store` prints every check by name and whether
//! the store keeps its promise. Start your own from here: take the bodies out, put your database
//! in, and run it until the list is green.
#![allow(clippy::print_stdout, reason = "the list is what it is for")]

use std::collections::{BTreeMap, HashMap};
use std::process::ExitCode;
use std::sync::{Mutex, MutexGuard, PoisonError};

use hookstage::conformance::{self, Fixture};
use hookstage::store::{
    ClaimRequest, Counts, Cursor, Durability, EventFilter, HistoryFilter, MAX_PAGE, PurgeRequest,
    Purged, Put, PutState, Settled, Staged, State, Store, StoreError, StoreErrorKind,
};
use hookstage::{
    Draft, Event, EventId, HistoryRow, Lease, Settlement, SourceId, Status, Timestamp, Transition,
    Window,
};

fn main() -> ExitCode {
    let mut failures = 0;
    for check in conformance::checks::<Fresh>() {
        match check.run(&Fresh) {
            Ok(()) => println!("ok      {}", check.name()),
            Err(failure) => {
                failures += 1;
                println!("FAILED  {}: {}\n        {failure}", check.name(), check.promise());
            }
        }
    }
    // Every answer of random operations against the specification's.
    for seed in 0..20 {
        if let Err(failure) = conformance::agrees_with_memory(&Fresh, seed, 60) {
            failures += 1;
            println!("FAILED  random operations: {failure}");
        }
    }
    println!("{failures} failures");
    if failures == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// How the suite gets a store: a new and empty one each time.
struct Fresh;

impl Fixture for Fresh {
    type Store = MyStore;

    fn fresh(&self) -> MyStore {
        MyStore { tables: Mutex::new(Some(Tables::default())) }
    }

    fn reopen(&self, _: &MyStore) -> Option<MyStore> {
        None // A database would be opened a second time here.
    }

    fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        conformance::block_on(future) // A driver with a runtime would use that one.
    }
}

/// The mutex is what a database's transaction would be.
struct MyStore {
    tables: Mutex<Option<Tables>>,
}

#[derive(Default)]
struct Tables {
    events: BTreeMap<EventId, Event>,
    keys: HashMap<(SourceId, [u8; 32]), Held>,
    generations: HashMap<SourceId, u64>,
    history: Vec<(Cursor, HistoryRow)>,
    state: HashMap<(String, String), (State, Option<Timestamp>)>,
    last: u64,
}

struct Held {
    event: EventId,
    until: Option<Timestamp>,
    body_sha256: [u8; 32],
}

impl MyStore {
    fn with<T>(&self, work: impl FnOnce(&mut Tables) -> T) -> Result<T, StoreError> {
        let mut tables: MutexGuard<'_, _> =
            self.tables.lock().unwrap_or_else(PoisonError::into_inner);
        match tables.as_mut() {
            Some(tables) => Ok(work(tables)),
            None => Err(StoreError::new(StoreErrorKind::Closed, "open it again")),
        }
    }
}

impl Tables {
    fn next(&mut self) -> u64 {
        self.last += 1;
        self.last
    }

    fn record(&mut self, row: HistoryRow) {
        let number = self.next();
        self.history.push((Cursor { at: row.at, number }, row));
    }

    fn stage(&mut self, draft: Draft, now: Timestamp) -> Staged {
        let staged = self.judge(&draft, now);
        self.record(draft.row(staged));
        if let Staged::Inserted(id) = staged {
            self.events.insert(id, Event::staged(id, draft));
        }
        staged
    }

    fn judge(&mut self, draft: &Draft, now: Timestamp) -> Staged {
        if self.generations.get(&draft.source).is_some_and(|current| draft.generation < *current) {
            return Staged::Superseded;
        }
        let id = EventId::new(self.next());
        let Some(claim) = draft.claim else { return Staged::Inserted(id) };
        let end = claim.window.end(now);
        let place = (draft.source.clone(), *claim.key.as_bytes());
        if let Some(held) = self.keys.get_mut(&place)
            && held.until.is_none_or(|until| now < until)
        {
            if matches!(claim.window, Window::FromLast(_)) && held.until.is_some() {
                held.until = held.until.max(end);
            }
            let payload_differs = held.body_sha256 != draft.body_sha256;
            return Staged::Duplicate { id: held.event, payload_differs };
        }
        self.keys.insert(place, Held { event: id, until: end, body_sha256: draft.body_sha256 });
        Staged::Inserted(id)
    }

    fn event(&mut self, tenant: &str, id: EventId) -> Option<&mut Event> {
        self.events.get_mut(&id).filter(|event| event.source.tenant() == tenant)
    }

    fn held(
        &mut self,
        tenant: &str,
        id: EventId,
        owner: &str,
        now: Timestamp,
    ) -> Option<&mut Event> {
        self.event(tenant, id).filter(|event| {
            event.lease.as_ref().is_some_and(|lease| lease.owner == owner && now < lease.until)
        })
    }

    fn state(&self, namespace: &str, key: &str, now: Timestamp) -> Option<State> {
        let (state, end) = self.state.get(&(namespace.to_owned(), key.to_owned()))?;
        end.is_none_or(|end| now < end).then(|| state.clone())
    }
}

impl Store for MyStore {
    fn durability(&self) -> Durability {
        Durability::Process
    }

    async fn stage(&self, draft: Draft, now: Timestamp) -> Result<Staged, StoreError> {
        self.with(|tables| tables.stage(draft, now))
    }

    async fn stage_all(
        &self,
        drafts: Vec<Draft>,
        now: Timestamp,
    ) -> Result<Vec<Staged>, StoreError> {
        self.with(|tables| drafts.into_iter().map(|draft| tables.stage(draft, now)).collect())
    }

    async fn supersede(&self, source: &SourceId, generation: u64) -> Result<(), StoreError> {
        self.with(|tables| {
            let current = tables.generations.entry(source.clone()).or_default();
            *current = generation.max(*current);
        })
    }

    async fn get(&self, tenant: &str, id: EventId) -> Result<Option<Event>, StoreError> {
        self.with(|tables| tables.event(tenant, id).cloned())
    }

    async fn list(
        &self,
        filter: &EventFilter,
        after: Option<Cursor>,
        limit: usize,
    ) -> Result<Vec<Event>, StoreError> {
        self.with(|tables| {
            let place = |event: &Event| Cursor { at: event.received_at, number: event.id.get() };
            let mut events: Vec<&Event> = tables
                .events
                .values()
                .filter(|event| {
                    event.source.tenant() == filter.tenant
                        && filter.source.as_ref().is_none_or(|source| event.source == *source)
                        && filter.status.is_none_or(|status| event.status == status)
                        && (filter.event_type.is_none() || event.event_type == filter.event_type)
                        && after.is_none_or(|after| place(event) < after)
                })
                .collect();
            events.sort_by_key(|event| std::cmp::Reverse(place(event)));
            events.into_iter().take(limit.min(MAX_PAGE)).cloned().collect()
        })
    }

    async fn settle(
        &self,
        tenant: &str,
        id: EventId,
        transition: Transition,
        settlement: Settlement,
        owner: Option<&str>,
    ) -> Result<Settled, StoreError> {
        self.with(|tables| {
            let Some(event) = tables.event(tenant, id) else { return Settled::Missing };
            if event.status != transition.from() {
                return Settled::Stale(event.status);
            }
            let lease = event.lease.clone().filter(|lease| lease.until > settlement.at);
            match (owner, lease) {
                (Some(owner), _) if tables.held(tenant, id, owner, settlement.at).is_none() => {
                    return Settled::LeaseLost;
                }
                (None, Some(lease)) => return Settled::Leased { until: lease.until },
                _ => {}
            }
            let Some(event) = tables.event(tenant, id) else { return Settled::Missing };
            event.status = transition.to();
            event.settlement = Some(settlement);
            event.lease = None;
            event.not_before = None;
            if event.status == Status::Pending {
                event.attempts = 0;
            }
            Settled::Done
        })
    }

    async fn claim(
        &self,
        request: &ClaimRequest,
        now: Timestamp,
    ) -> Result<Vec<Event>, StoreError> {
        self.with(|tables| {
            let mut free: Vec<&mut Event> = tables
                .events
                .values_mut()
                .filter(|event| {
                    event.status == Status::Pending
                        && event.lease.as_ref().is_none_or(|lease| lease.until <= now)
                        && (request.event.is_some()
                            || event.not_before.is_none_or(|moment| moment <= now))
                        && request.event.is_none_or(|wanted| event.id == wanted)
                        && request.tenant.as_ref().is_none_or(|name| event.source.tenant() == name)
                        && request.source.as_ref().is_none_or(|source| event.source == *source)
                })
                .collect();
            free.sort_by_key(|event| (event.received_at, event.id));
            free.into_iter()
                .take(request.limit.min(MAX_PAGE))
                .map(|event| {
                    event.attempts = event.attempts.saturating_add(1);
                    event.lease = Some(Lease::new(request.owner.clone(), request.until));
                    event.clone()
                })
                .collect()
        })
    }

    async fn extend(
        &self,
        tenant: &str,
        id: EventId,
        owner: &str,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.with(|tables| {
            let held = tables.held(tenant, id, owner, now).and_then(|event| event.lease.as_mut());
            held.map(|lease| lease.until = lease.until.max(until)).is_some()
        })
    }

    async fn release(
        &self,
        tenant: &str,
        id: EventId,
        owner: &str,
        not_before: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.with(|tables| {
            let held = tables.held(tenant, id, owner, now);
            held.map(|event| {
                event.lease = None;
                event.not_before = not_before;
            })
            .is_some()
        })
    }

    async fn record(&self, rows: Vec<HistoryRow>) -> Result<(), StoreError> {
        self.with(|tables| rows.into_iter().for_each(|row| tables.record(row)))
    }

    async fn history(
        &self,
        filter: &HistoryFilter,
        after: Option<Cursor>,
        limit: usize,
    ) -> Result<Vec<(Cursor, HistoryRow)>, StoreError> {
        self.with(|tables| {
            let mut rows: Vec<&(Cursor, HistoryRow)> = tables
                .history
                .iter()
                .filter(|(place, row)| {
                    row.source.tenant() == filter.tenant
                        && filter.source.as_ref().is_none_or(|source| row.source == *source)
                        && filter.outcome.as_ref().is_none_or(|outcome| row.outcome == *outcome)
                        && filter.since.is_none_or(|since| row.at >= since)
                        && filter.until.is_none_or(|until| row.at < until)
                        && after.is_none_or(|after| *place < after)
                })
                .collect();
            rows.sort_by_key(|(place, _)| std::cmp::Reverse(*place));
            rows.into_iter().take(limit.min(MAX_PAGE)).cloned().collect()
        })
    }

    async fn purge(&self, request: &PurgeRequest, now: Timestamp) -> Result<Purged, StoreError> {
        self.with(|tables| {
            let limit = request.limit as u64;
            let mut purged = Purged::default();
            tables.events.retain(|_, event| {
                let old = event.status != Status::Pending
                    && event.received_at < request.events_before
                    && purged.events < limit;
                purged.events += u64::from(old);
                !old
            });
            tables.keys.retain(|_, held| {
                let ended = held.until.is_some_and(|end| end <= now) && purged.keys < limit;
                purged.keys += u64::from(ended);
                !ended
            });
            tables.history.retain(|(_, row)| {
                let old = row.at < request.history_before && purged.history < limit;
                purged.history += u64::from(old);
                !old
            });
            tables.state.retain(|_, (_, end)| {
                let ended = end.is_some_and(|end| end <= now) && purged.state < limit;
                purged.state += u64::from(ended);
                !ended
            });
            purged
        })
    }

    async fn counts(&self, tenant: &str, source: Option<&SourceId>) -> Result<Counts, StoreError> {
        self.with(|tables| {
            let mut counts = Counts::default();
            for event in tables.events.values() {
                if event.source.tenant() == tenant
                    && source.is_none_or(|source| event.source == *source)
                {
                    *counts.of_mut(event.status) += 1;
                }
            }
            counts
        })
    }

    async fn state(
        &self,
        namespace: &str,
        key: &str,
        now: Timestamp,
    ) -> Result<Option<State>, StoreError> {
        self.with(|tables| tables.state(namespace, key, now))
    }

    async fn put_if(&self, put: PutState, now: Timestamp) -> Result<Put, StoreError> {
        put.check()?;
        self.with(|tables| {
            let current = tables.state(&put.namespace, &put.key, now);
            if current.as_ref().map(|state| state.version) != put.expected {
                return Put::Conflict(current);
            }
            let version = tables.next();
            let place = (put.namespace, put.key);
            match put.bytes {
                Some(bytes) => {
                    tables.state.insert(place, (State { version, bytes }, put.expires));
                }
                None => {
                    tables.state.remove(&place);
                }
            }
            Put::Done { version }
        })
    }

    async fn close(&self) -> Result<(), StoreError> {
        *self.tables.lock().unwrap_or_else(PoisonError::into_inner) = None;
        Ok(())
    }
}
