//! What is there when something ends early: a future that is dropped, an engine that is closed, a host
//! whose code panics.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

#[path = "support/directory.rs"]
mod directory;

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use directory::Directory;
use hookstage::json::Path;
use hookstage::store::{EventFilter, MemoryStore, SqliteStore, Store};
use hookstage::{
    BlockingEngine, ContactRule, DedupeConfig, DedupePart, DedupeRule, Delivery, Engine, Head,
    IdentifierType, ManualClock, OnMissingKey, Outcome, Receipt, Resolution, Source, SourceConfig,
    Timestamp, Window, providers,
};

const NOW: Timestamp = Timestamp::from_unix_seconds(1_700_000_000);

#[test]
fn a_dropped_receive_stages_once_or_not_at_all() {
    let directory = Directory::new("endings-dropped");
    let store = SqliteStore::open(directory.file("a.db")).unwrap();
    let engine = Engine::with_clock(store, ManualClock::at(NOW));
    let source = source();
    let (mut dropped, mut duplicates) = (0, 0);
    for number in 0..200 {
        let body = body(number);
        let delivery = Delivery::new(Head::post("/in", &[]), &body);
        {
            let mut future = pin!(engine.receive(&source, &delivery));
            let mut context = Context::from_waker(Waker::noop());
            dropped += u64::from(future.as_mut().poll(&mut context).is_pending());
        }
        match block_on(engine.receive(&source, &delivery)).unwrap().outcome {
            Outcome::Duplicate { payload_differs, .. } => {
                assert!(!payload_differs);
                duplicates += 1;
            }
            Outcome::Staged(_) => {}
            other => panic!("{other:?}"),
        }
    }
    println!("{dropped} futures dropped half way, {duplicates} had committed");
    assert!(dropped > 0, "nothing was dropped, so nothing was proved");
    assert_eq!(block_on(engine.counts("acme", None)).unwrap().pending, 200);
}

#[test]
fn close_finishes_what_was_begun_and_then_takes_nothing() {
    let directory = Directory::new("endings-closed");
    let path = directory.file("a.db");
    let engine = Engine::with_clock(SqliteStore::open(&path).unwrap(), ManualClock::at(NOW));
    let source = source();
    let (next, answered) = (AtomicU64::new(0), AtomicU64::new(0));
    let began = AtomicU64::new(0);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            let (engine, source) = (&engine, &source);
            let (next, answered, began) = (&next, &answered, &began);
            scope.spawn(move || {
                loop {
                    let number = next.fetch_add(1, Ordering::SeqCst);
                    assert!(number < 1_000_000, "it is never closed");
                    let body = body(number);
                    let delivery = Delivery::new(Head::post("/in", &[]), &body);
                    match block_on(engine.receive(source, &delivery)) {
                        Ok(receipt) => {
                            assert!(matches!(receipt.outcome, Outcome::Staged(_)));
                            answered.fetch_add(1, Ordering::SeqCst);
                            began.fetch_add(1, Ordering::SeqCst);
                        }
                        Err(fault) => {
                            // The sender is told to try again, and finds another process.
                            assert!(fault.response.status() >= 500);
                            return;
                        }
                    }
                }
            });
        }
        while began.load(Ordering::SeqCst) < 100 {
            std::thread::yield_now();
        }
        block_on(engine.close()).unwrap();
    });
    block_on(engine.close()).unwrap();
    let body = body(u64::MAX);
    let late = Delivery::new(Head::post("/in", &[]), &body);
    assert!(block_on(engine.receive(&source, &late)).unwrap_err().response.status() >= 500);
    assert!(block_on(engine.list(&EventFilter::tenant("acme"), None, 1)).is_err());
    let again = SqliteStore::open(&path).unwrap();
    let pending = block_on(Store::counts(&again, "acme", None)).unwrap().pending;
    assert_eq!(pending, answered.load(Ordering::SeqCst), "acknowledged and staged are the same");
}

/// A waker is the host's code and runs on the thread that commits for everyone.
#[test]
fn a_waker_that_panics_harms_nobody_else() {
    let directory = Directory::new("endings-waker");
    let store = SqliteStore::open(directory.file("a.db")).unwrap();
    let engine = Engine::with_clock(store, ManualClock::at(NOW));
    let source = source();
    let bombs: Vec<Arc<Bomb>> = (0..5).map(|_| Arc::default()).collect();
    for (number, bomb) in (0..).zip(&bombs) {
        let body = body(number);
        let delivery = Delivery::new(Head::post("/in", &[]), &body);
        let waker = Waker::from(Arc::clone(bomb));
        let mut future = pin!(engine.receive(&source, &delivery));
        let mut context = Context::from_waker(&waker);
        if future.as_mut().poll(&mut context).is_ready() {
            bomb.0.store(true, Ordering::SeqCst);
        }
        // Others share the commit whose answer goes off.
        let body = self::body(1000 + number);
        let delivery = Delivery::new(Head::post("/in", &[]), &body);
        let outcome = block_on(engine.receive(&source, &delivery)).unwrap().outcome;
        assert!(matches!(outcome, Outcome::Staged(_)));
    }
    assert!(bombs.iter().any(|bomb| bomb.0.load(Ordering::SeqCst)), "no waker was woken");
    assert_eq!(block_on(engine.counts("acme", None)).unwrap().pending, 10);
    block_on(engine.close()).unwrap();
}

/// A host's own function panics inside `receive`: that delivery is lost to its thread, the engine
/// and its store are not.
#[test]
fn a_directory_that_panics_poisons_nothing() {
    let store = MemoryStore::new();
    let calls = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&calls);
    let engine =
        BlockingEngine::with_clock(store, ManualClock::at(NOW)).with_contacts(move |_, _| {
            if count.fetch_add(1, Ordering::SeqCst).is_multiple_of(2) {
                panic!("the host's directory has a fault");
            }
            Ok(Resolution::Found { contact: "ada".to_owned() })
        });
    let mut config = config();
    let at = Path::parse("email").unwrap();
    config.contact = Some(ContactRule::new(IdentifierType::Email, at));
    let source = Source::new(config).unwrap();
    let (mut panics, mut answers) = (0, Vec::<Receipt>::new());
    for number in 0..10 {
        let body = body(number);
        let delivery = Delivery::new(Head::post("/in", &[]), &body);
        match catch_unwind(AssertUnwindSafe(|| engine.receive(&source, &delivery))) {
            Ok(answer) => answers.push(answer.unwrap()),
            Err(_) => panics += 1,
        }
    }
    assert_eq!((panics, answers.len()), (5, 5));
    assert_eq!(calls.load(Ordering::SeqCst), 10);
    assert!(answers.iter().all(|receipt| matches!(receipt.outcome, Outcome::Staged(_))));
    // What panicked left no key: the sender's retry is staged.
    assert_eq!(engine.counts("acme", None).unwrap().pending, 5);
    engine.close().unwrap();
    assert!(!engine.counts("acme", None).unwrap_err().is_retryable());
}

#[derive(Default)]
struct Bomb(AtomicBool);

impl Wake for Bomb {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
        panic!("a waker of the host has a fault");
    }
}

fn config() -> SourceConfig {
    let mut config = SourceConfig::preset("acme", "in", &providers::UNSIGNED);
    let rule = DedupeRule::new([DedupePart::body("id").unwrap()], OnMissingKey::Refuse).unwrap();
    config.dedupe = DedupeConfig::Rule { rule, window: Window::Unlimited };
    config
}

fn source() -> Source {
    Source::new(config()).unwrap()
}

fn body(number: u64) -> Vec<u8> {
    format!("{{\"id\":\"m-{number}\",\"email\":\"ada@acme.com\"}}").into_bytes()
}

/// Runs a future on this thread, parked while there is nothing to do.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    struct Unpark(std::thread::Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut context = Context::from_waker(&waker);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(value) => return value,
            Poll::Pending => std::thread::park(),
        }
    }
}
