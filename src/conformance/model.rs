//! Random operations on a store and on the specification, and every answer compared.

use std::collections::HashMap;
use std::future::Future;

use super::subject::{Failure, Subject, at, draft_within, ms, put, source};
use super::{Fixture, block_on};
use crate::dedupe::Window;
use crate::event::{Event, EventId, Status, Transition};
use crate::history::HistoryRow;
use crate::source::SourceId;
use crate::store::{
    ClaimRequest, EventFilter, HistoryFilter, MemoryStore, Put, PutState, Staged, State,
};

/// Runs `steps` random operations, chosen by `seed`, on a fresh store and on a
/// [`MemoryStore`], and compares every answer and, at the end, everything that is stored. Ids and
/// versions may differ; what they stand for may not.
///
/// # Errors
///
/// The first answer that differs, with the shortest run of operations that was found to lead there.
pub fn agrees_with_memory<F: Fixture>(fixture: &F, seed: u64, steps: usize) -> Result<(), Failure> {
    let mut random = Random(seed);
    let operations: Vec<Operation> = (0..steps).map(|_| Operation::any(&mut random)).collect();
    let Err(mut failure) = compare(fixture, &operations) else { return Ok(()) };
    let mut shortest = operations;
    let mut piece = shortest.len() / 2;
    while piece > 0 {
        let mut start = 0;
        while start < shortest.len() {
            let mut fewer = shortest.clone();
            fewer.drain(start..(start + piece).min(fewer.len()));
            match compare(fixture, &fewer) {
                Err(other) => {
                    failure = other;
                    shortest = fewer;
                }
                Ok(()) => start += piece,
            }
        }
        piece /= 2;
    }
    Err(Failure::new(format!("seed {seed}: {failure} after {shortest:#?}")))
}

/// SplitMix64 (Steele, Lea and Flood, 2014).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    fn one_in(&mut self, chances: u64) -> bool {
        self.below(chances) == 0
    }
}

/// One operation. Events are named by the order they were inserted in; times are few, so that they
/// meet.
#[derive(Clone, Debug)]
enum Operation {
    Stage(Vec<Delivery>, u64),
    Supersede(usize, u64),
    Get(usize, u64),
    List {
        tenant: usize,
        source: Option<usize>,
        status: Option<Status>,
        limit: usize,
    },
    Settle {
        tenant: usize,
        event: u64,
        transition: Transition,
        now: u64,
        owner: Option<u64>,
    },
    Claim {
        tenant: Option<usize>,
        source: Option<usize>,
        owner: u64,
        until: u64,
        limit: usize,
        now: u64,
    },
    Extend {
        tenant: usize,
        event: u64,
        owner: u64,
        until: u64,
        now: u64,
    },
    Release {
        tenant: usize,
        event: u64,
        owner: u64,
        not_before: Option<u64>,
        now: u64,
    },
    Record(usize, u64),
    History {
        tenant: usize,
        source: Option<usize>,
        since: Option<u64>,
        limit: usize,
    },
    Purge {
        before: u64,
        now: u64,
    },
    Counts(usize, Option<usize>),
    State(u64, u64),
    Put {
        key: u64,
        fresh: bool,
        remove: bool,
        expires: Option<u64>,
        now: u64,
    },
}

#[derive(Clone, Debug)]
struct Delivery {
    source: usize,
    key: Option<u64>,
    window: Window,
    other_body: bool,
    generation: u64,
    received: u64,
}

const TENANTS: [&str; 2] = ["acme", "other"];
const SOURCES: [(&str, &str); 3] = [("acme", "a"), ("acme", "b"), ("other", "a")];

impl Operation {
    fn any(random: &mut Random) -> Self {
        let now = random.below(60);
        let tenant = random.below(2) as usize;
        let event = random.below(12);
        let owner = random.below(3);
        let some_source = |random: &mut Random| random.one_in(2).then(|| random.below(3) as usize);
        match random.below(24) {
            0..=6 => {
                let count = if random.one_in(3) { random.below(4) } else { 1 };
                Self::Stage((0..count).map(|_| Delivery::any(random, now)).collect(), now)
            }
            7 => Self::Supersede(random.below(3) as usize, random.below(3)),
            8 => Self::Get(tenant, event),
            9 | 10 => Self::List {
                tenant,
                source: some_source(random),
                status: random.one_in(2).then(|| Status::ALL[random.below(4) as usize]),
                limit: random.below(8) as usize,
            },
            11..=13 => Self::Settle {
                tenant,
                event,
                transition: Transition::ALL[random.below(6) as usize],
                now,
                owner: random.one_in(2).then_some(owner),
            },
            14 | 15 => Self::Claim {
                tenant: random.one_in(2).then_some(tenant),
                source: some_source(random),
                owner,
                until: now + random.below(20),
                limit: random.below(4) as usize,
                now,
            },
            16 => Self::Extend { tenant, event, owner, until: now + random.below(60), now },
            17 => {
                let not_before = random.one_in(2).then(|| now + random.below(30));
                Self::Release { tenant, event, owner, not_before, now }
            }
            18 => Self::Record(random.below(3) as usize, now),
            19 => Self::History {
                tenant,
                source: some_source(random),
                since: random.one_in(2).then_some(now),
                limit: random.below(10) as usize,
            },
            20 => Self::Purge { before: random.below(60), now },
            21 => Self::Counts(tenant, some_source(random)),
            22 if random.one_in(2) => Self::State(random.below(3), now),
            _ => Self::Put {
                key: random.below(3),
                fresh: random.one_in(3),
                remove: random.one_in(4),
                expires: random.one_in(2).then(|| now + random.below(30)),
                now,
            },
        }
    }
}

impl Delivery {
    fn any(random: &mut Random, now: u64) -> Self {
        let length = ms(random.below(30));
        Self {
            source: random.below(3) as usize,
            key: (!random.one_in(6)).then(|| random.below(2)),
            window: match random.below(3) {
                0 => Window::Unlimited,
                1 => Window::FromFirst(length),
                _ => Window::FromLast(length),
            },
            other_body: random.one_in(4),
            generation: random.below(3),
            received: if random.one_in(4) { random.below(60) } else { now },
        }
    }
}

/// One side: a store and how it names what it holds.
struct Side<'f, F: Fixture> {
    store: Subject<'f, F>,
    /// Its ids in the order of insertion.
    events: Vec<EventId>,
    /// Its version of each key as it last saw it.
    versions: HashMap<u64, u64>,
}

fn compare<F: Fixture>(fixture: &F, operations: &[Operation]) -> Result<(), Failure> {
    let mut subject = Side::new(fixture);
    let mut model = Side::new(&Memory);
    for (step, operation) in operations.iter().enumerate() {
        let got = subject.apply(operation)?;
        let expected = model.apply(operation)?;
        if got != expected {
            return Err(Failure::new(format!(
                "step {step}, {operation:?}: expected {expected}, got {got}"
            )));
        }
    }
    for tenant in 0..TENANTS.len() {
        for operation in [
            Operation::List { tenant, source: None, status: None, limit: 1000 },
            Operation::History { tenant, source: None, since: None, limit: 1000 },
        ] {
            let (got, expected) = (subject.apply(&operation)?, model.apply(&operation)?);
            if got != expected {
                return Err(Failure::new(format!(
                    "what is stored in the end: expected {expected}, got {got}"
                )));
            }
        }
    }
    Ok(())
}

struct Memory;

impl Fixture for Memory {
    type Store = MemoryStore;

    fn fresh(&self) -> MemoryStore {
        MemoryStore::new()
    }

    fn reopen(&self, _: &MemoryStore) -> Option<MemoryStore> {
        None
    }

    fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        block_on(future)
    }
}

impl<'f, F: Fixture> Side<'f, F> {
    fn new(fixture: &'f F) -> Self {
        Self { store: Subject::fresh(fixture), events: Vec::new(), versions: HashMap::new() }
    }

    /// Does it and says in words what came of it.
    fn apply(&mut self, operation: &Operation) -> Result<String, Failure> {
        let store = &self.store;
        Ok(match operation {
            Operation::Stage(deliveries, now) => {
                let drafts = deliveries
                    .iter()
                    .map(|delivery| {
                        let here = source_of(delivery.source)?;
                        let number = delivery.key.unwrap_or_default();
                        let mut draft =
                            draft_within(&here, number, delivery.window, at(delivery.received));
                        if delivery.other_body {
                            let claim = draft.claim;
                            draft = crate::event::Draft::for_tests(
                                here,
                                draft.received_at,
                                *b"other",
                                claim,
                            );
                        }
                        if delivery.key.is_none() {
                            draft.claim = None;
                        }
                        draft.generation = delivery.generation;
                        Ok(draft)
                    })
                    .collect::<Result<Vec<_>, Failure>>()?;
                let answers = match &drafts[..] {
                    [one] => vec![store.stage(one.clone(), at(*now))?],
                    _ => store.stage_all(drafts, at(*now))?,
                };
                let mut told = Vec::new();
                for staged in answers {
                    if let Staged::Inserted(id) = staged {
                        self.events.push(id);
                    }
                    told.push(match staged {
                        Staged::Inserted(id) => format!("inserted {}", self.name(id)),
                        Staged::Duplicate { id, payload_differs } => {
                            format!("duplicate of {} {payload_differs}", self.name(id))
                        }
                        Staged::Superseded => "superseded".to_owned(),
                    });
                }
                format!("{told:?}")
            }
            Operation::Supersede(here, generation) => {
                format!("{:?}", store.supersede(&source_of(*here)?, *generation)?)
            }
            Operation::Get(tenant, event) => {
                let event = store.get(TENANTS[*tenant], self.id(*event))?;
                format!("{:?}", event.map(|event| self.tell(&event)))
            }
            Operation::List { tenant, source: of, status, limit } => {
                let filter = EventFilter {
                    source: of.map(source_of).transpose()?,
                    status: *status,
                    ..EventFilter::tenant(TENANTS[*tenant])
                };
                self.tell_all(&store.list(&filter, None, *limit)?)
            }
            Operation::Settle { tenant, event, transition, now, owner } => {
                let owner = owner.map(worker);
                let id = self.id(*event);
                let settled =
                    store.settle(TENANTS[*tenant], id, *transition, at(*now), owner.as_deref())?;
                format!("{settled:?}")
            }
            Operation::Claim { tenant, source: of, owner, until, limit, now } => {
                let request = ClaimRequest {
                    tenant: tenant.map(|tenant| TENANTS[tenant].to_owned()),
                    source: of.map(source_of).transpose()?,
                    ..ClaimRequest::new(worker(*owner), at(*until), *limit)
                };
                self.tell_all(&store.claim(&request, at(*now))?)
            }
            Operation::Extend { tenant, event, owner, until, now } => {
                let id = self.id(*event);
                let done =
                    store.extend(TENANTS[*tenant], id, &worker(*owner), at(*until), at(*now))?;
                format!("{done}")
            }
            Operation::Release { tenant, event, owner, not_before, now } => {
                let (id, from) = (self.id(*event), not_before.map(at));
                let done = store.release(TENANTS[*tenant], id, &worker(*owner), from, at(*now))?;
                format!("{done}")
            }
            Operation::Record(here, now) => {
                let row = HistoryRow::new(source_of(*here)?, at(*now), "refused".into(), 401);
                format!("{:?}", store.record(vec![row.clone(), row])?)
            }
            Operation::History { tenant, source: of, since, limit } => {
                let filter = HistoryFilter {
                    source: of.map(source_of).transpose()?,
                    since: since.map(at),
                    ..HistoryFilter::tenant(TENANTS[*tenant])
                };
                let rows = store.history(&filter, None, *limit)?;
                let told: Vec<_> = rows
                    .into_iter()
                    .map(|(_, mut row)| {
                        let event = row.event.take().map(|id| self.name(id));
                        format!("{row:?} {event:?}")
                    })
                    .collect();
                format!("{told:?}")
            }
            Operation::Purge { before, now } => {
                format!("{:?}", store.purge_all(at(*before), at(*now))?)
            }
            Operation::Counts(tenant, of) => {
                let of = of.map(source_of).transpose()?;
                format!("{:?}", store.counts(TENANTS[*tenant], of.as_ref())?)
            }
            Operation::State(key, now) => {
                let state = store.state("check", &key.to_string(), at(*now))?;
                self.see(*key, state)
            }
            Operation::Put { key, fresh, remove, expires, now } => {
                let expected = if *fresh { None } else { self.versions.get(key).copied() };
                let bytes = now.to_be_bytes();
                let write = PutState {
                    expires: expires.map(at),
                    ..put(&key.to_string(), expected, (!remove).then_some(&bytes[..]))
                };
                match store.put_if(write, at(*now))? {
                    Put::Done { version } => {
                        self.versions.insert(*key, version);
                        "written".to_owned()
                    }
                    Put::Conflict(state) => self.see(*key, state),
                }
            }
        })
    }

    fn see(&mut self, key: u64, state: Option<State>) -> String {
        let known = self.versions.get(&key).copied();
        match state {
            None => "nothing".to_owned(),
            Some(state) => {
                self.versions.insert(key, state.version);
                format!("{:?} known {}", state.bytes, known == Some(state.version))
            }
        }
    }

    fn id(&self, event: u64) -> EventId {
        self.events.get(event as usize).copied().unwrap_or(EventId::new(u64::MAX))
    }

    fn name(&self, id: EventId) -> String {
        match self.events.iter().position(|known| *known == id) {
            Some(place) => format!("#{place}"),
            None => format!("unknown id {id}"),
        }
    }

    fn tell(&self, event: &Event) -> String {
        let mut event = event.clone();
        let name = self.name(event.id);
        event.id = EventId::new(0);
        format!("{name} {event:?}")
    }

    fn tell_all(&self, events: &[Event]) -> String {
        format!("{:?}", events.iter().map(|event| self.tell(event)).collect::<Vec<_>>())
    }
}

fn source_of(number: usize) -> Result<SourceId, Failure> {
    let (tenant, name) = SOURCES[number];
    source(tenant, name)
}

fn worker(number: u64) -> String {
    format!("worker {number}")
}
