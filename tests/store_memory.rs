//! The memory store under the suite, in both faces, and its bounds.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::time::Duration;

use hookstage::conformance::{self, Fixture, Synchronous};
use hookstage::store::{
    Blocking, BlockingStore, EventFilter, MemoryLimits, MemoryStore, PurgeRequest, Staged,
    StoreErrorKind,
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
fn the_suite_passes() {
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
fn at_its_bound_it_refuses_and_evicts_nothing() {
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
fn bounds_of_keys_and_bytes_hold_too() {
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

fn stage(store: &MemoryStore, number: u64, now: Timestamp) -> Result<Staged, StoreErrorKind> {
    let mut key = [0; 32];
    key[..8].copy_from_slice(&number.to_be_bytes());
    let claim = Claim::new(DedupeKey::from_bytes(key), Window::Unlimited);
    let source = SourceId::new("acme", "in").unwrap();
    BlockingStore::stage(store, Draft::for_tests(source, now, *b"body", Some(claim)), now)
        .map_err(|error| error.kind())
}
