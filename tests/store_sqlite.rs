//! The SQLite store under the suite, in both faces, against the specification, and what it checks
//! before it trusts a file.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

#[path = "support/directory.rs"]
mod directory;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use directory::Directory;
use hookstage::conformance::{self, Fixture, Synchronous, agrees_with_memory};
use hookstage::store::{
    BlockingStore, Durability, EventFilter, SqliteOptions, SqliteStore, Staged, Store,
    StoreErrorKind,
};
use hookstage::{Claim, DedupeKey, Draft, SourceId, Timestamp, Window};

/// One new file after the other.
struct Files {
    directory: Directory,
    next: AtomicUsize,
}

impl Files {
    fn new(name: &str) -> Self {
        Self { directory: Directory::new(name), next: AtomicUsize::new(0) }
    }

    fn next(&self) -> PathBuf {
        self.directory.file(format!("{}.db", self.next.fetch_add(1, Ordering::SeqCst)))
    }
}

/// A store that remembers where it is, so that another handle can be opened.
macro_rules! fixture {
    ($name:ident, $store:ty, $open:expr, $path:expr) => {
        struct $name(Files, std::sync::Mutex<Vec<(String, PathBuf)>>);

        impl $name {
            fn new(name: &str) -> Self {
                Self(Files::new(name), std::sync::Mutex::new(Vec::new()))
            }
        }

        impl Fixture for $name {
            type Store = $store;

            fn fresh(&self) -> $store {
                let path = self.0.next();
                let store = $open(&path);
                self.1.lock().unwrap().push(($path(&store), path));
                store
            }

            fn reopen(&self, store: &$store) -> Option<$store> {
                let opened = self.1.lock().unwrap();
                let handle = $path(store);
                let path = opened.iter().rev().find(|(known, _)| *known == handle)?.1.clone();
                drop(opened);
                let again = $open(&path);
                self.1.lock().unwrap().push(($path(&again), path));
                Some(again)
            }

            fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
                conformance::block_on(future)
            }
        }
    };
}

fixture!(Async, SqliteStore, open, |store: &SqliteStore| store.path().display().to_string());
fixture!(
    Sync,
    Synchronous<SqliteStore>,
    |path: &Path| Synchronous(open(path)),
    |store: &Synchronous<SqliteStore>| store.0.path().display().to_string()
);

fn open(path: &Path) -> SqliteStore {
    // The suite is about meaning; a test below and the fault tests are about syncs.
    SqliteOptions::new().sync_commits(false).busy_timeout(PATIENCE).open(path).unwrap()
}

/// How long one handle waits while another has the file; SQLite does not queue those who wait, and
/// on a slow machine one can be unlucky for long.
const PATIENCE: Duration = Duration::from_secs(120);

#[test]
fn ded_12_14_sto_09_11_12_13_the_suite_passes_async() {
    let report = conformance::run(&Async::new("suite-async"));
    println!("sqlite, async face: {} checks", report.ran().len());
    assert!(report.passed(), "{report}");
}

#[test]
fn ded_12_14_sto_09_11_12_13_the_suite_passes_blocking() {
    let report = conformance::run(&Sync::new("suite-blocking"));
    println!("sqlite, blocking face: {} checks", report.ran().len());
    assert!(report.passed(), "{report}");
}

#[test]
fn random_operations_agree_with_memory() {
    let seeds: u64 = std::env::var("HOOKSTAGE_MODEL_SEEDS")
        .ok()
        .and_then(|seeds| seeds.parse().ok())
        .unwrap_or(60);
    let (first, second) = (Async::new("model-async"), Sync::new("model-blocking"));
    for seed in 0..seeds {
        let outcome = if seed % 2 == 0 {
            agrees_with_memory(&first, seed, 80)
        } else {
            agrees_with_memory(&second, seed, 80)
        };
        assert!(outcome.is_ok(), "{}", outcome.unwrap_err());
    }
    println!("sqlite against memory: {seeds} seeds of 80 operations agree");
}

#[test]
fn sto_04_it_says_how_durable_it_is() {
    let files = Files::new("durability");
    let synced = SqliteStore::open(files.next()).unwrap();
    assert_eq!(Store::durability(&synced), Durability::Synced);
    let relaxed = SqliteOptions::new().sync_commits(false).open(files.next()).unwrap();
    assert_eq!(BlockingStore::durability(&relaxed), Durability::Machine);
}

#[test]
fn another_applications_file_is_refused_and_not_touched() {
    let files = Files::new("foreign");
    let path = files.next();
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("CREATE TABLE theirs (x)").unwrap();
    drop(other);
    let before = std::fs::read(&path).unwrap();
    let error = SqliteStore::open(&path).unwrap_err();
    assert!(error.to_string().contains("another application"), "{error}");
    assert_eq!(std::fs::read(&path).unwrap(), before);
    let text = files.next();
    std::fs::write(
        &text,
        "not a database, and long enough to be looked at by its header".repeat(20),
    )
    .unwrap();
    assert_eq!(SqliteStore::open(&text).unwrap_err().kind(), StoreErrorKind::Corrupt);
}

#[test]
fn sto_10_a_newer_versions_file_is_refused() {
    let files = Files::new("newer");
    let path = files.next();
    drop(SqliteStore::open(&path).unwrap());
    let file = rusqlite::Connection::open(&path).unwrap();
    let known: i64 = file.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    file.pragma_update(None, "user_version", known + 1).unwrap();
    drop(file);
    let error = SqliteStore::open(&path).unwrap_err();
    assert!(error.to_string().contains("newer version"), "{error}");
}

#[test]
fn sto_10_many_may_open_a_new_file_at_once() {
    let files = Files::new("together");
    for _ in 0..10 {
        let path = files.next();
        let barrier = std::sync::Barrier::new(6);
        std::thread::scope(|scope| {
            for number in 0..6 {
                let (path, barrier) = (&path, &barrier);
                scope.spawn(move || {
                    barrier.wait();
                    let store = SqliteOptions::new().busy_timeout(PATIENCE).open(path).unwrap();
                    let _ = BlockingStore::stage(&store, draft(number), NOW).unwrap();
                });
            }
        });
        let store = SqliteStore::open(&path).unwrap();
        assert_eq!(BlockingStore::counts(&store, "acme", None).unwrap().pending, 6);
    }
}

#[test]
fn sto_06_a_lock_held_by_another_is_busy_and_passes() {
    let files = Files::new("busy");
    let path = files.next();
    let store = SqliteOptions::new().busy_timeout(Duration::from_millis(50)).open(&path).unwrap();
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let error = BlockingStore::stage(&store, draft(1), NOW).unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Busy);
    assert!(error.is_retryable());
    assert!(error.to_string().contains("busy_timeout"), "{error}");
    // Readers are not held up by a writer.
    assert_eq!(BlockingStore::counts(&store, "acme", None).unwrap().pending, 0);
    other.execute_batch("ROLLBACK").unwrap();
    assert!(matches!(BlockingStore::stage(&store, draft(1), NOW), Ok(Staged::Inserted(_))));
}

#[test]
fn sto_06_a_page_limit_is_full_and_leaves_no_key() {
    // The bound that a host sets itself; a file system without room stands in the fault tests.
    let files = Files::new("full");
    let path = files.next();
    let store = SqliteOptions::new().max_pages(60).open(&path).unwrap();
    let mut staged = 0;
    let error = loop {
        match BlockingStore::stage(&store, draft(staged), NOW) {
            Ok(Staged::Inserted(_)) => staged += 1,
            Ok(other) => panic!("{other:?}"),
            Err(error) => break error,
        }
        assert!(staged < 10_000, "the disk is never full");
    };
    assert_eq!(error.kind(), StoreErrorKind::Full);
    assert!(error.is_retryable());
    assert_eq!(BlockingStore::counts(&store, "acme", None).unwrap().pending, staged);
    drop(store);
    // With room again the sender's retry is staged: the failed attempt left no key behind.
    let store = SqliteStore::open(&path).unwrap();
    assert!(matches!(BlockingStore::stage(&store, draft(staged), NOW), Ok(Staged::Inserted(_))));
    assert!(matches!(BlockingStore::stage(&store, draft(0), NOW), Ok(Staged::Duplicate { .. })));
}

#[test]
fn a_fault_of_one_draft_is_not_a_fault_of_those_who_share_its_commit() {
    let files = Files::new("shared-fault");
    let path = files.next();
    let store = SqliteStore::open(&path).unwrap();
    let file = rusqlite::Connection::open(&path).unwrap();
    file.execute_batch(
        "CREATE TRIGGER poison BEFORE INSERT ON event WHEN NEW.body = x'706f69736f6e'
         BEGIN SELECT RAISE(ABORT, 'poison'); END",
    )
    .unwrap();
    let barrier = std::sync::Barrier::new(16);
    std::thread::scope(|scope| {
        for number in 0..16 {
            let (store, barrier) = (store.clone(), &barrier);
            scope.spawn(move || {
                barrier.wait();
                for round in 0..10 {
                    let number = number * 100 + round;
                    let draft =
                        if number % 3 == 0 { body(number, b"poison") } else { draft(number) };
                    let answer = if round % 2 == 0 {
                        BlockingStore::stage(&store, draft, NOW)
                    } else {
                        conformance::block_on(Store::stage(&store, draft, NOW))
                    };
                    assert_eq!(answer.is_ok(), number % 3 != 0);
                }
            });
        }
    });
    let filter = EventFilter::tenant("acme");
    let events = BlockingStore::list(&store, &filter, None, 1000).unwrap();
    let expected = (0..16).flat_map(|n| (0..10).map(move |r| n * 100 + r)).filter(|n| n % 3 != 0);
    assert_eq!(events.len(), expected.count());
    file.execute_batch("DROP TRIGGER poison").unwrap();
    // Those that failed left no key.
    assert!(matches!(BlockingStore::stage(&store, draft(0), NOW), Ok(Staged::Inserted(_))));
}

#[test]
fn sto_06_a_file_that_cannot_be_written_says_so() {
    let files = Files::new("read-only");
    let missing = files.directory.file("no").join("such.db");
    assert_eq!(SqliteStore::open(&missing).unwrap_err().kind(), StoreErrorKind::Unavailable);
    let path = files.next();
    drop(SqliteStore::open(&path).unwrap());
    let mut permissions = std::fs::metadata(&path).unwrap().permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(&path, permissions).unwrap();
    match SqliteStore::open(&path) {
        Err(error) => {
            assert_eq!(error.kind(), StoreErrorKind::ReadOnly, "{error}");
            assert!(error.is_retryable());
        }
        Ok(_) => println!("DID NOT RUN: this user may write read-only files"),
    }
}

const NOW: Timestamp = Timestamp::from_unix_seconds(1_700_000_000);

fn draft(number: u64) -> Draft {
    body(number, format!("{number:0>1000}").as_bytes())
}

fn body(number: u64, body: &[u8]) -> Draft {
    let mut key = [0; 32];
    key[..8].copy_from_slice(&number.to_be_bytes());
    let claim = Claim::new(DedupeKey::from_bytes(key), Window::Unlimited);
    Draft::for_tests(SourceId::new("acme", "in").unwrap(), NOW, body, Some(claim))
}
