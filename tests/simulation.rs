//! A world of senders, an attacker, workers, a reviewer, a rotation and a clock, all moved by one
//! seed over a store that fails: before it wrote, or after it wrote and before it answered. What
//! must always hold is checked at every step and in the end.
//!
//! `HOOKSTAGE_SIMULATION_SEEDS=100000 cargo test --release --features conformance --test simulation`
//! is the long run; `HOOKSTAGE_SIMULATION_FIRST=N` starts at a seed that failed.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

#[path = "support/around.rs"]
mod around;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use around::{Around, Surrounded};
use hookstage::scheme::{Unsigned, Verifier};
use hookstage::store::{
    BlockingStore, ClaimRequest, Cursor, EventFilter, HistoryFilter, MemoryStore, PurgeRequest,
    Settled, StoreError, StoreErrorKind,
};
use hookstage::{
    BlockingEngine, Delivery, Event, EventId, Head, ManualClock, Outcome, Secret, Settlement,
    Source, SourceConfig, SourceId, Status, Timestamp, Transition, providers,
};

#[test]
fn i1_i2_i3_i4_i5_i6_i7_i8_hold_under_every_seed() {
    let number = |name, default| {
        std::env::var(name).ok().and_then(|text: String| text.parse().ok()).unwrap_or(default)
    };
    let first: u64 = number("HOOKSTAGE_SIMULATION_FIRST", 0);
    let seeds: u64 = number("HOOKSTAGE_SIMULATION_SEEDS", 150);
    let mut sum = Tally::default();
    for seed in first..first + seeds {
        let tally = std::panic::catch_unwind(|| World::new(seed, Plan::Random).run(120));
        match tally {
            Ok(tally) => sum.add(&tally),
            Err(panic) => {
                println!(
                    "seed {seed} breaks an invariant; run it alone with HOOKSTAGE_SIMULATION_FIRST={seed} HOOKSTAGE_SIMULATION_SEEDS=1"
                );
                std::panic::resume_unwind(panic);
            }
        }
    }
    println!("simulation: {seeds} seeds, 0 violations; {sum:?}");
    // A world in which nothing happens proves nothing.
    if seeds >= 50 {
        for (what, count) in [
            ("staged", sum.staged),
            ("duplicates", sum.duplicates),
            ("refused", sum.refused),
            ("faults", sum.faults),
            ("lost answers that were duplicates", sum.recovered),
            ("superseded", sum.superseded),
            ("promoted", sum.promoted),
            ("leases lost", sum.leases_lost),
            ("purged", sum.purged),
        ] {
            assert!(count > 0, "nothing was ever {what}");
        }
    }
}

/// The same worlds with a store that fails exactly once: at its first call, its second, and so on,
/// before it did anything and after it did everything.
#[test]
fn sto_07_i1_i2_i3_i4_i5_i6_i7_i8_hold_whichever_call_fails() {
    let mut points = 0;
    for seed in 0..3 {
        for after in [false, true] {
            for nth in 1.. {
                let world = World::new(seed, Plan::Nth { nth, after });
                let store = world.store.clone();
                world.run(40);
                if *store.0.0.calls.lock().unwrap() < nth {
                    break;
                }
                points += 1;
            }
        }
    }
    println!("simulation: one call of the store fails, at {points} points: 0 violations");
    assert!(points > 100);
}

/// Over a store that never fails the history is a full account: each refusal has its row or its
/// count, and so has each event and each duplicate, and no other.
#[test]
fn i3_i4_every_outcome_has_exactly_one_row() {
    let mut sum = Tally::default();
    for seed in 0..50 {
        let world = World::new(seed, Plan::Never);
        let store = world.store.clone();
        let tally = world.run(120);
        let mut rows = BTreeMap::<String, u64>::new();
        for tenant in ["acme", "other"] {
            let mut after = None;
            loop {
                let filter = HistoryFilter::tenant(tenant);
                let page = BlockingStore::history(&store, &filter, after, 100).unwrap();
                let Some((last, _)) = page.last() else { break };
                after = Some(*last);
                for (_, row) in page {
                    if row.outcome == "refused" {
                        assert_eq!(row.event, None, "I3: a refusal names an event");
                        assert!(
                            row.headers.is_empty(),
                            "I3: a refusal keeps headers of a stranger"
                        );
                    }
                    *rows.entry(row.outcome.to_string()).or_default() += row.count;
                }
            }
        }
        let of = |outcome: &str| rows.get(outcome).copied().unwrap_or(0);
        assert_eq!(of("staged"), tally.staged, "I3: rows of events, seed {seed}");
        assert_eq!(of("duplicate"), tally.duplicates, "I4: rows of duplicates, seed {seed}");
        let refused = tally.refused + tally.superseded;
        assert_eq!(of("refused"), refused, "I3: rows of refusals, seed {seed}");
        assert_eq!(rows.len(), 3, "{rows:?}");
        sum.add(&tally);
    }
    println!("simulation: 50 seeds without faults, every outcome has one row; {sum:?}");
}

/// When the store fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Plan {
    Never,
    Random,
    Nth { nth: u64, after: bool },
}

#[derive(Debug, Default)]
struct Tally {
    staged: u64,
    duplicates: u64,
    refused: u64,
    faults: u64,
    recovered: u64,
    superseded: u64,
    promoted: u64,
    leases_lost: u64,
    purged: u64,
}

impl Tally {
    fn add(&mut self, other: &Self) {
        self.staged += other.staged;
        self.duplicates += other.duplicates;
        self.refused += other.refused;
        self.faults += other.faults;
        self.recovered += other.recovered;
        self.superseded += other.superseded;
        self.promoted += other.promoted;
        self.leases_lost += other.leases_lost;
        self.purged += other.purged;
    }
}

/// SplitMix64 (Steele, Lea and Flood, 2014).
#[derive(Debug)]
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }
}

/// One endpoint, in the settings that are in force and in those that a slow process still has.
struct Place {
    secrets: Vec<String>,
    current: Source,
    old: Option<Source>,
}

/// A message of a genuine sender and what is known of it.
#[derive(Default)]
struct Message {
    place: usize,
    /// Answered as staged under this id.
    acknowledged: Option<EventId>,
    /// An attempt failed after which nobody knows.
    uncertain: bool,
}

struct Captured {
    place: usize,
    message: usize,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
}

struct Held {
    event: Event,
    owner: String,
    until: Timestamp,
}

struct World {
    random: Random,
    clock: ManualClock,
    now: Timestamp,
    store: Surrounded<Flaky>,
    engine: BlockingEngine,
    places: Vec<Place>,
    messages: Vec<Message>,
    captured: Vec<Captured>,
    held: Vec<Held>,
    /// How often each event was settled as promoted, for certain.
    promotions: BTreeMap<EventId, u32>,
    seen: String,
    purged_before: Timestamp,
    tally: Tally,
}

const PLACES: [(&str, &str); 3] = [("acme", "in"), ("acme", "out"), ("other", "in")];

impl World {
    fn new(seed: u64, plan: Plan) -> Self {
        let now = Timestamp::from_unix_seconds(1_700_000_000);
        let clock = ManualClock::at(now);
        let store = Surrounded(Flaky(Arc::new(Inner {
            inner: MemoryStore::new(),
            random: Mutex::new(Random(!seed)),
            well: Mutex::new(false),
            plan,
            calls: Mutex::new(0),
        })));
        let engine = BlockingEngine::with_clock(store.clone(), clock.clone());
        let places = (0..PLACES.len())
            .map(|place| {
                let secrets = vec![secret(seed, place, 0)];
                let current = source(place, &secrets[0], 0);
                Place { secrets, current, old: None }
            })
            .collect();
        Self {
            random: Random(seed),
            clock,
            now,
            store,
            engine,
            places,
            messages: Vec::new(),
            captured: Vec::new(),
            held: Vec::new(),
            promotions: BTreeMap::new(),
            seen: String::new(),
            purged_before: Timestamp::UNIX_EPOCH,
            tally: Tally::default(),
        }
    }

    fn run(mut self, steps: u64) -> Tally {
        for _ in 0..steps {
            match self.random.below(20) {
                0..=4 => self.send_new(),
                5..=8 => self.send_again(),
                9 => self.forge(),
                10 => self.replay_captured(),
                11 | 12 => self.claim(),
                13..=15 => self.finish_work(),
                16 => self.review(),
                17 => self.rotate(),
                18 => self.purge(),
                _ => self.restart(),
            }
            let pause = match self.random.below(10) {
                0 => 3_600_000,
                1 => 299_999,
                _ => self.random.below(20_000),
            };
            self.now = self.now + Duration::from_millis(pause);
            self.clock.set(self.now);
        }
        self.check()
    }

    fn send_new(&mut self) {
        let place = self.random.below(PLACES.len() as u64) as usize;
        self.messages.push(Message { place, ..Message::default() });
        self.send(self.messages.len() - 1);
    }

    fn send_again(&mut self) {
        if !self.messages.is_empty() {
            let message = self.random.below(self.messages.len() as u64) as usize;
            self.send(message);
        }
    }

    /// A genuine attempt, signed with the newest secret and a new time.
    fn send(&mut self, message: usize) {
        let place = self.messages[message].place;
        let secret = self.places[place].secrets.last().unwrap().clone();
        let (headers, body) = sign(&secret, message, self.now);
        self.captured.push(Captured { place, message, headers, body });
        let captured = self.captured.last().unwrap();
        let outcome = receive(
            &self.engine,
            &self.places[place].current,
            &captured.headers,
            &captured.body,
            &mut self.seen,
        );
        self.note(message, outcome);
    }

    fn note(&mut self, message: usize, outcome: Option<Outcome>) {
        let known = &mut self.messages[message];
        match outcome {
            None => {
                known.uncertain |= known.acknowledged.is_none();
                self.tally.faults += 1;
            }
            Some(Outcome::Staged(id)) => {
                // I2. A key is never staged twice. Windows here never end.
                assert_eq!(known.acknowledged, None, "I2: message {message} was staged twice");
                known.acknowledged = Some(id);
                self.tally.staged += 1;
            }
            Some(Outcome::Duplicate { id, payload_differs }) => {
                assert!(!payload_differs, "the same body is told to be another");
                match known.acknowledged {
                    // I4. A duplicate is the first event.
                    Some(first) => assert_eq!(first, id, "I4: a duplicate of another event"),
                    None => {
                        // I3. Nothing but an own attempt whose answer was lost can have the key.
                        assert!(known.uncertain, "I3: the key was taken by something refused");
                        known.acknowledged = Some(id);
                        self.tally.recovered += 1;
                    }
                }
                self.tally.duplicates += 1;
            }
            Some(other) => panic!("a genuine delivery came to {other:?}"),
        }
    }

    /// The id of a genuine message, the wrong signature: before or after the genuine one.
    fn forge(&mut self) {
        let count = self.messages.len() as u64;
        let message = self.random.below(count + 1) as usize;
        let place = match self.messages.get(message) {
            Some(known) => known.place,
            None => self.random.below(PLACES.len() as u64) as usize,
        };
        let (headers, body) = sign(&secret(u64::MAX, 9, 9), message, self.now);
        let outcome =
            receive(&self.engine, &self.places[place].current, &headers, &body, &mut self.seen);
        assert!(
            matches!(outcome, Some(Outcome::Refused(_))),
            "I3: a forged delivery came to {outcome:?}"
        );
        self.tally.refused += 1;
    }

    /// What was sent before, byte for byte: to its own endpoint, or to another's.
    fn replay_captured(&mut self) {
        if self.captured.is_empty() {
            return;
        }
        let chosen = self.random.below(self.captured.len() as u64) as usize;
        let place = self.random.below(PLACES.len() as u64) as usize;
        let captured = &self.captured[chosen];
        let (own, message) = (captured.place == place, captured.message);
        let outcome = receive(
            &self.engine,
            &self.places[place].current,
            &captured.headers,
            &captured.body,
            &mut self.seen,
        );
        match outcome {
            Some(Outcome::Refused(_)) => self.tally.refused += 1,
            outcome => {
                assert!(own, "I7: a delivery of one endpoint was taken by another: {outcome:?}");
                self.note(message, outcome);
            }
        }
    }

    fn claim(&mut self) {
        let owner = format!("worker {}", self.random.below(u64::MAX));
        let until = self.now + Duration::from_secs(self.random.below(60));
        let request = ClaimRequest::new(owner.clone(), until, 3);
        let Ok(events) = BlockingStore::claim(&self.store, &request, self.now) else { return };
        for event in events {
            for other in &self.held {
                assert!(
                    other.event.id != event.id || other.until <= self.now,
                    "an event was handed out under an open lease"
                );
            }
            self.held.push(Held { event, owner: owner.clone(), until });
        }
    }

    /// A worker finishes, now or long after its lease, or dies.
    fn finish_work(&mut self) {
        if self.held.is_empty() {
            return;
        }
        let held = self.held.swap_remove(self.random.below(self.held.len() as u64) as usize);
        if self.random.below(4) == 0 {
            return;
        }
        let settlement = Settlement::new(held.owner.clone(), self.now, None);
        let tenant = held.event.source.tenant();
        let settled = BlockingStore::settle(
            &self.store,
            tenant,
            held.event.id,
            Transition::Promote,
            settlement,
            Some(&held.owner),
        );
        match settled {
            Ok(Settled::Done) => {
                assert!(self.now < held.until, "I5: promoted after the lease had ended");
                let times = self.promotions.entry(held.event.id).or_default();
                *times += 1;
                assert_eq!(*times, 1, "I5: promoted twice");
                self.tally.promoted += 1;
            }
            Ok(Settled::LeaseLost) => self.tally.leases_lost += 1,
            _ => {}
        }
    }

    fn review(&mut self) {
        let place = self.random.below(PLACES.len() as u64) as usize;
        let tenant = PLACES[place].0;
        let filter = EventFilter::tenant(tenant);
        let Ok(events) = BlockingStore::list(&self.store, &filter, None, 5) else { return };
        for event in events {
            assert_eq!(event.source.tenant(), tenant, "I7: an event of another tenant");
            if event.status == Status::Pending && self.random.below(3) == 0 {
                let _ = self.engine.settle(tenant, event.id, Transition::Reject, "reviewer", None);
            }
        }
    }

    /// A secret is revoked: the new settings are in force once the store says so; a process that
    /// has not heard of it still judges by the old ones.
    fn rotate(&mut self) {
        let place = self.random.below(PLACES.len() as u64) as usize;
        let generation = self.places[place].secrets.len() as u64;
        let revoked = self.places[place].secrets.last().unwrap().clone();
        let fresh = secret(self.random.below(u64::MAX), place, generation);
        let next = source(place, &fresh, generation);
        self.store.0.well(true);
        self.engine.supersede(&next).unwrap();
        self.store.0.well(false);
        let slow = std::mem::replace(&mut self.places[place].current, next);
        self.places[place].old = Some(slow);
        self.places[place].secrets.push(fresh);
        self.messages.push(Message { place, ..Message::default() });
        let message = self.messages.len() - 1;
        let (headers, body) = sign(&revoked, message, self.now);
        let place = &self.places[place];
        for settings in [&place.current, place.old.as_ref().unwrap()] {
            let outcome = receive(&self.engine, settings, &headers, &body, &mut self.seen);
            // I8. A retired secret accepts nothing, wherever it is judged.
            assert!(
                matches!(outcome, None | Some(Outcome::Refused(_))),
                "I8: a revoked secret came to {outcome:?}"
            );
            self.tally.superseded += u64::from(outcome.is_some());
        }
    }

    fn purge(&mut self) {
        let mut request = PurgeRequest::older_than(Duration::from_secs(3600), self.now);
        if self.store.0.0.plan == Plan::Never {
            request.history_before = Timestamp::UNIX_EPOCH;
        }
        if let Ok(purged) = BlockingStore::purge(&self.store, &request, self.now) {
            self.tally.purged += purged.events;
            assert_eq!(purged.keys, 0, "I2: a key was purged that never ends");
        }
        self.purged_before = request.events_before;
    }

    /// The process ends and another begins; only the store stays. What workers held is lost.
    fn restart(&mut self) {
        let _ = self.engine.flush();
        self.engine = BlockingEngine::with_clock(self.store.clone(), self.clock.clone());
        self.held.clear();
    }

    /// What must hold in the end, asked of a store that has recovered.
    fn check(mut self) -> Tally {
        self.store.0.well(true);
        self.engine.flush().unwrap();
        let mut stored: BTreeMap<(SourceId, Vec<u8>), EventId> = BTreeMap::new();
        for tenant in ["acme", "other"] {
            let mut after = None;
            loop {
                let filter = EventFilter::tenant(tenant);
                let page = BlockingStore::list(&self.store, &filter, after, 7).unwrap();
                let Some(last) = page.last() else { break };
                after = Some(Cursor { at: last.received_at, number: last.id.get() });
                for event in page {
                    assert_eq!(event.source.tenant(), tenant, "I7: an event of another tenant");
                    self.seen.push_str(&format!("{event:?}"));
                    let place = (event.source.clone(), event.body.to_vec());
                    let twice = stored.insert(place, event.id);
                    assert_eq!(twice, None, "I2: one message is there twice");
                    if self.promotions.contains_key(&event.id) {
                        assert_eq!(event.status, Status::Promoted, "I5: a promotion is gone");
                    }
                }
            }
            let rows =
                BlockingStore::history(&self.store, &HistoryFilter::tenant(tenant), None, 1000)
                    .unwrap();
            for (_, row) in rows {
                assert_eq!(row.source.tenant(), tenant, "I7: a row of another tenant");
                self.seen.push_str(&format!("{row:?}"));
                if row.outcome == "refused" {
                    assert_eq!(row.event, None, "I3: a refusal names an event");
                }
            }
        }
        let ids: BTreeSet<EventId> = stored.values().copied().collect();
        for (message, known) in self.messages.iter().enumerate() {
            let (tenant, name) = PLACES[known.place];
            let place = (SourceId::new(tenant, name).unwrap(), body_of(message));
            if let Some(id) = known.acknowledged {
                // I1. What was acknowledged is there, unless it was settled and purged.
                match BlockingStore::get(&self.store, tenant, id).unwrap() {
                    Some(event) => {
                        assert_eq!(*event.body, *place.1, "I1: another event under this id");
                        assert!(ids.contains(&id));
                    }
                    None => assert!(
                        self.purged_before > Timestamp::UNIX_EPOCH,
                        "I1: an acknowledged event is lost"
                    ),
                }
            } else if !known.uncertain {
                assert!(!stored.contains_key(&place), "I3: something refused is in the inbox");
            }
        }
        for place in &self.places {
            for secret in &place.secrets {
                let bare = secret.trim_start_matches("whsec_");
                assert!(!self.seen.contains(bare), "I6: a secret was shown");
            }
        }
        self.tally
    }
}

fn receive(
    engine: &BlockingEngine,
    source: &Source,
    headers: &[(String, Vec<u8>)],
    body: &[u8],
    seen: &mut String,
) -> Option<Outcome> {
    let lines: Vec<(&str, &[u8])> =
        headers.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
    let head = Head::post("https://hooks.example.com/in", &lines);
    match engine.receive(source, &Delivery::new(head, body)) {
        Ok(receipt) => {
            seen.push_str(&format!("{receipt:?}"));
            Some(receipt.outcome)
        }
        Err(fault) => {
            seen.push_str(&format!("{fault:?}"));
            None
        }
    }
}

fn sign(secret: &str, message: usize, now: Timestamp) -> (Vec<(String, Vec<u8>)>, Vec<u8>) {
    let scheme = providers::STANDARD_WEBHOOKS.scheme();
    let verifier = Verifier::new(scheme, [Secret::new(secret).unwrap()]).unwrap();
    let (body, id) = (body_of(message), format!("msg_{message}"));
    let request = Unsigned {
        method: "POST",
        url: "https://hooks.example.com/in",
        headers: &[],
        body: &body,
        id: &id,
    };
    let signed = verifier.sign(&request, now).unwrap();
    (signed.headers, signed.body)
}

fn body_of(message: usize) -> Vec<u8> {
    format!("{{\"type\":\"made.up\",\"number\":{message}}}").into_bytes()
}

fn secret(seed: u64, place: usize, generation: u64) -> String {
    use base64::Engine as _;
    let mut random = Random(seed ^ (place as u64) << 32 ^ generation << 48);
    let bytes: Vec<u8> = (0..32).map(|_| random.below(256) as u8).collect();
    format!("whsec_{}", base64::engine::general_purpose::STANDARD.encode(bytes))
}

fn source(place: usize, secret: &str, generation: u64) -> Source {
    let (tenant, name) = PLACES[place];
    let mut config = SourceConfig::preset(tenant, name, &providers::STANDARD_WEBHOOKS)
        .with_secret(Secret::new(secret).unwrap());
    config.generation = generation;
    Source::new(config).unwrap()
}

/// A store that fails now and then: before it did anything, or after it did everything.
#[derive(Clone)]
struct Flaky(Arc<Inner>);

struct Inner {
    inner: MemoryStore,
    random: Mutex<Random>,
    /// While it is well it never fails.
    well: Mutex<bool>,
    plan: Plan,
    calls: Mutex<u64>,
}

impl Flaky {
    fn well(&self, well: bool) {
        *self.0.well.lock().unwrap() = well;
    }
}

impl Around for Flaky {
    fn store(&self) -> &MemoryStore {
        &self.0.inner
    }

    fn call<T>(
        &self,
        operation: &'static str,
        work: impl FnOnce() -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        if operation == "close" || *self.0.well.lock().unwrap() {
            return work();
        }
        let call = {
            let mut calls = self.0.calls.lock().unwrap();
            *calls += 1;
            *calls
        };
        let fate = match self.0.plan {
            Plan::Never => 9,
            Plan::Random => self.0.random.lock().unwrap().below(10),
            Plan::Nth { nth, after } if nth == call => u64::from(after),
            Plan::Nth { .. } => 9,
        };
        let fault = StoreError::new(StoreErrorKind::Unavailable, "the simulated disk is away");
        match fate {
            0 => Err(fault),
            1 => work().and(Err(fault)),
            _ => work(),
        }
    }
}
