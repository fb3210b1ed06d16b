//! The memory store under the suite, in both faces, and its bounds.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::time::Duration;

use hookstage::conformance::{self, Fixture, Synchronous};
use hookstage::store::{
    Blocking, BlockingStore, ClaimRequest, EventFilter, MemoryLimits, MemoryStore, PurgeRequest,
    Settled, Staged, StoreErrorKind,
};
use hookstage::{
    Claim, DedupeKey, Draft, EventId, Settlement, SourceId, Timestamp, Transition, Window,
};

struct Async;

impl Fixture for Async {
    type Store = MemoryStore;

    fn fresh(&self) -> MemoryStore {
        MemoryStore::new()
    }

    fn reopen(&self, _: &MemoryStore) -> Option<MemoryStore> {
        None
    }

    fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        conformance::block_on(future)
    }
}

struct Sync;

impl Fixture for Sync {
    type Store = Synchronous<Blocking<MemoryStore>>;

    fn fresh(&self) -> Self::Store {
        Synchronous(Blocking(MemoryStore::new()))
    }

    fn reopen(&self, _: &Self::Store) -> Option<Self::Store> {
        None
    }

    fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        conformance::block_on(future)
    }
}

#[test]
fn ded_12_14_sto_09_11_12_13_the_suite_passes() {
    let report = conformance::run(&Async);
    println!("memory: {} checks", report.ran().len());
    assert!(report.passed(), "{report}");
}

#[test]
fn the_suite_passes_through_the_blocking_adapter() {
    let report = conformance::run(&Sync);
    assert!(report.passed(), "{report}");
}

#[test]
fn ded_16_at_its_bound_it_refuses_and_evicts_nothing() {
    let mut limits = MemoryLimits::default();
    limits.events = 3;
    limits.history = 2;
    let store = MemoryStore::with_limits(limits);
    let now = Timestamp::from_unix_seconds(1_700_000_000);
    for number in 0..3 {
        assert!(matches!(stage(&store, number, now), Ok(Staged::Inserted(_))));
    }
    for number in 3..1000 {
        assert_eq!(stage(&store, number, now).unwrap_err(), StoreErrorKind::Full);
    }
    assert_eq!(
        BlockingStore::list(&store, &EventFilter::tenant("acme"), None, 10).unwrap().len(),
        3
    );
    let history = hookstage::store::HistoryFilter::tenant("acme");
    assert_eq!(BlockingStore::history(&store, &history, None, 10).unwrap().len(), 2);
    let settlement = Settlement::new("someone".into(), now, None);
    let settled = BlockingStore::settle(
        &store,
        "acme",
        EventId::new(1),
        Transition::Reject,
        settlement,
        None,
    );
    assert!(settled.is_ok());
    let later = now + Duration::from_millis(1);
    let purge = PurgeRequest::older_than(Duration::ZERO, later);
    assert_eq!(BlockingStore::purge(&store, &purge, later).unwrap().events, 1);
    // The purged event's key is still held, and there is room again.
    assert!(matches!(stage(&store, 0, later), Ok(Staged::Duplicate { .. })));
    assert!(matches!(stage(&store, 3, later), Ok(Staged::Inserted(_))));
}

#[test]
fn ded_16_bounds_of_keys_and_bytes_hold_too() {
    let now = Timestamp::from_unix_seconds(1_700_000_000);
    let mut limits = MemoryLimits::default();
    limits.keys = 1;
    let store = MemoryStore::with_limits(limits);
    assert!(matches!(stage(&store, 0, now), Ok(Staged::Inserted(_))));
    assert_eq!(stage(&store, 1, now).unwrap_err(), StoreErrorKind::Full);
    let mut limits = MemoryLimits::default();
    limits.bytes = 7;
    let store = MemoryStore::with_limits(limits);
    assert!(matches!(stage(&store, 0, now), Ok(Staged::Inserted(_))));
    assert_eq!(stage(&store, 1, now).unwrap_err(), StoreErrorKind::Full);
}

/// Each method holds one lock for all that it does, so a run of several threads is one order of their
/// calls. Here is every order there is of four actors over one event and one key.
#[test]
fn sto_14_no_order_of_calls_breaks_an_invariant() {
    let actors: [&[Call]; 4] = [
        &[Call::Stage, Call::Stage],
        &[Call::Stage, Call::Purge],
        &[Call::Claim("w1"), Call::Promote("w1"), Call::Promote("w1")],
        &[Call::Claim("w2"), Call::Promote("w2"), Call::Reject],
    ];
    let mut orders = 0;
    let mut ends = [0_u64; 3];
    each_order(&actors, &mut [0; 4], &mut Vec::new(), &mut |order| {
        orders += 1;
        let end = run(order);
        ends[end] += 1;
    });
    println!("memory: {orders} orders of 10 calls; nobody, a worker, a person settled: {ends:?}");
    assert_eq!(orders, 25_200); // 10! / (2! 2! 3! 3!)
    assert!(ends.iter().all(|count| *count > 0), "an end was never reached: {ends:?}");
}

#[derive(Clone, Copy, Debug)]
enum Call {
    Stage,
    Purge,
    Claim(&'static str),
    Promote(&'static str),
    Reject,
}

fn each_order(
    actors: &[&[Call]; 4],
    done: &mut [usize; 4],
    order: &mut Vec<Call>,
    visit: &mut impl FnMut(&[Call]),
) {
    let mut ended = true;
    for actor in 0..actors.len() {
        if let Some(call) = actors[actor].get(done[actor]) {
            ended = false;
            done[actor] += 1;
            order.push(*call);
            each_order(actors, done, order, visit);
            order.pop();
            done[actor] -= 1;
        }
    }
    if ended {
        visit(order);
    }
}

/// Who settled it: nobody, a worker or a person.
fn run(order: &[Call]) -> usize {
    let store = MemoryStore::new();
    let now = Timestamp::from_unix_seconds(1_700_000_000);
    let (mut inserted, mut promoted, mut rejected) = (0, 0, 0);
    let mut holder = None;
    let event = EventId::new(1);
    for (step, call) in order.iter().enumerate() {
        let now = now + Duration::from_millis(step as u64);
        let settle = |transition, owner: Option<&str>| {
            let settlement = Settlement::new("a".into(), now, None);
            BlockingStore::settle(&store, "acme", event, transition, settlement, owner).unwrap()
        };
        match call {
            Call::Stage => match stage(&store, 7, now).unwrap() {
                Staged::Inserted(_) => inserted += 1,
                Staged::Duplicate { id, .. } => assert_eq!((inserted, id), (1, event)),
                Staged::Superseded => panic!("nothing was superseded"),
            },
            Call::Purge => {
                let purge = PurgeRequest::older_than(Duration::ZERO, now);
                let purged = BlockingStore::purge(&store, &purge, now).unwrap();
                assert_eq!(purged.keys, 0, "I2: a key was purged that never ends");
                assert!(purged.events == 0 || promoted + rejected == 1, "a pending one was purged");
            }
            Call::Claim(owner) => {
                let request = ClaimRequest::new(*owner, now + Duration::from_secs(1), 1);
                for _ in BlockingStore::claim(&store, &request, now).unwrap() {
                    assert_eq!(holder.replace(*owner), None, "handed out twice");
                }
            }
            Call::Promote(owner) => {
                if settle(Transition::Promote, Some(owner)) == Settled::Done {
                    assert_eq!(holder, Some(*owner), "I5: promoted without the lease");
                    promoted += 1;
                }
            }
            Call::Reject => {
                if settle(Transition::Reject, None) == Settled::Done {
                    rejected += 1;
                }
            }
        }
        assert!(inserted <= 1, "I2: one key was staged twice in {order:?}");
        assert!(promoted + rejected <= 1, "I5: settled twice in {order:?}");
    }
    assert_eq!(inserted, 1);
    promoted + 2 * rejected
}

fn stage(store: &MemoryStore, number: u64, now: Timestamp) -> Result<Staged, StoreErrorKind> {
    let mut key = [0; 32];
    key[..8].copy_from_slice(&number.to_be_bytes());
    let claim = Claim::new(DedupeKey::from_bytes(key), Window::Unlimited);
    let source = SourceId::new("acme", "in").unwrap();
    BlockingStore::stage(store, Draft::for_tests(source, now, *b"body", Some(claim)), now)
        .map_err(|error| error.kind())
}
