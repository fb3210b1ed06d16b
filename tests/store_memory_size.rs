//! What a held key takes from the heap beside its event. The program has a `main` of its own: the
//! counter sees every thread, and the test harness has one that prints.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

use std::alloc::System;
use std::time::Duration;

use hookstage::store::{BlockingStore, MemoryLimits, MemoryStore, PurgeRequest, Staged};
use hookstage::{Claim, DedupeKey, Draft, Settlement, SourceId, Timestamp, Transition, Window};
use sha2::{Digest as _, Sha256};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const NOW: Timestamp = Timestamp::from_unix_seconds(1_700_000_000);

fn main() {
    let region = Region::new(ALLOCATOR);
    let kept = std::hint::black_box(vec![0_u8; 100]);
    assert_eq!(held(&region), 100, "the counter counts");
    drop(kept);
    assert_eq!(held(&region), 0, "and sees what is given back");
    // A tree is least full when keys come in order and fullest when they come at random.
    for (order, key) in [("random", random as fn(u64) -> [u8; 32]), ("growing", growing)] {
        for keys in [10_000, 100_000] {
            let each = bytes_of_a_key(keys, key);
            println!("memory: {keys} held keys in {order} order, {each} bytes each");
            assert!(each < 200, "a held key takes {each} bytes");
            assert!(each >= 32, "a key of 32 bytes cannot take {each}");
        }
    }
}

/// Events are settled and purged as they come, so that only the keys stay.
fn bytes_of_a_key(keys: u64, key: fn(u64) -> [u8; 32]) -> usize {
    let mut limits = MemoryLimits::default();
    limits.history = 0;
    let store = MemoryStore::with_limits(limits);
    let source = SourceId::new("acme", "in").unwrap();
    let later = NOW + Duration::from_millis(1);
    let mut purge = PurgeRequest::older_than(Duration::ZERO, later);
    purge.limit = usize::MAX;
    let region = Region::new(ALLOCATOR);
    for number in 0..keys {
        let claim = Claim::new(DedupeKey::from_bytes(key(number)), Window::Unlimited);
        let draft = Draft::for_tests(source.clone(), NOW, *b"", Some(claim));
        let Staged::Inserted(id) = store.stage(draft, NOW).unwrap() else { panic!("it is new") };
        let settlement = Settlement::new(String::new(), NOW, None);
        let _ = store.settle("acme", id, Transition::Reject, settlement, None).unwrap();
        if number % 100 == 99 {
            assert_eq!(store.purge(&purge, later).unwrap().events, 100);
        }
    }
    let each = held(&region) / usize::try_from(keys).unwrap();
    let claim = Claim::new(DedupeKey::from_bytes(key(0)), Window::Unlimited);
    let again = store.stage(Draft::for_tests(source, NOW, *b"", Some(claim)), NOW).unwrap();
    assert!(matches!(again, Staged::Duplicate { .. }), "the first key is still held");
    each
}

fn held(region: &Region<'_, System>) -> usize {
    let change = region.change();
    change.bytes_allocated.saturating_sub(change.bytes_deallocated)
}

fn random(number: u64) -> [u8; 32] {
    Sha256::digest(number.to_be_bytes()).into()
}

fn growing(number: u64) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&number.to_be_bytes());
    bytes
}
