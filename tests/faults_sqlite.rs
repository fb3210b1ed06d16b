//! SQLite under faults: writers that are killed, commits whose answer is lost, calls that fail, disks
//! that are full, read-only or broken, two processes on one file, and syncs counted against
//! acknowledgements.
//!
//! This test is its own helper: started with `HOOKSTAGE_FAULTS_ROLE` it is a writer that others
//! kill. `HOOKSTAGE_KILL_CYCLES=1000 cargo test --features sqlite,conformance --test faults_sqlite`
//! is the long run.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

#[path = "support/directory.rs"]
mod directory;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use directory::Directory;
use hookstage::conformance;
use hookstage::store::{
    BlockingStore, EventFilter, HistoryFilter, SqliteOptions, SqliteStore, Staged, Store,
    StoreError, StoreErrorKind,
};
use hookstage::{Claim, DedupeKey, Draft, EventId, SourceId, Timestamp, Window};

const NOW: Timestamp = Timestamp::from_unix_seconds(1_700_000_000);
const ROLE: &str = "HOOKSTAGE_FAULTS_ROLE";
const FILE: &str = "HOOKSTAGE_FAULTS_FILE";
const FIRST: &str = "HOOKSTAGE_FAULTS_FIRST";

#[test]
fn sto_01_killed_writers_lose_nothing_acknowledged() {
    let cycles = number_from("HOOKSTAGE_KILL_CYCLES", 20);
    let directory = Directory::new("kill");
    let path = directory.file("a.db");
    let mut acknowledged = BTreeMap::new();
    let (mut first, mut unanswered, mut random) = (0, 0, 0x2545_f491_4f6c_dd1d_u64);
    for _ in 0..cycles {
        let mut writer = Helper::start("writer", &path, first);
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        // Most kills fall between the first commit and the twentieth.
        let lines = writer.lines.by_ref();
        for _ in 0..random % 200 {
            if let Some(line) = lines.next() {
                note(&line.unwrap(), &mut acknowledged);
            }
        }
        std::thread::sleep(Duration::from_micros(random % 3000));
        writer.child.kill().unwrap();
        writer.child.wait().unwrap();
        for line in writer.lines.map_while(Result::ok) {
            note(&line, &mut acknowledged);
        }
        // Everything this writer may have begun; the next one goes on behind it.
        let highest = acknowledged.keys().next_back().map_or(first, |number| number + 1);
        first = highest.max(first) + 64;
        unanswered += 64;
    }
    let store = SqliteStore::open(&path).unwrap();
    assert_eq!(check(&path), "ok");
    let mut seen = BTreeMap::new();
    let mut after = None;
    loop {
        let filter = EventFilter::tenant("acme");
        let page = BlockingStore::list(&store, &filter, after, 1000).unwrap();
        let Some(last) = page.last() else { break };
        after = Some(hookstage::store::Cursor { at: last.received_at, number: last.id.get() });
        for event in page {
            let number: u64 =
                String::from_utf8_lossy(&event.body).trim_matches('x').parse().unwrap();
            assert!(seen.insert(number, event.id).is_none(), "event {number} was staged twice");
        }
    }
    for (number, id) in &acknowledged {
        assert_eq!(seen.get(number), Some(id), "an acknowledged event is lost");
    }
    // The retry of every sender, answered or not, finds its event.
    for lot in seen.iter().collect::<Vec<_>>().chunks(256) {
        let drafts = lot.iter().map(|(number, _)| draft(**number)).collect();
        let retries = BlockingStore::stage_all(&store, drafts, NOW).unwrap();
        for (retry, (_, id)) in retries.iter().zip(lot) {
            assert_eq!(*retry, Staged::Duplicate { id: **id, payload_differs: false });
        }
    }
    assert!(!acknowledged.is_empty());
    println!(
        "sqlite: {cycles} kills, {} acknowledged, 0 lost, 0 twice, {} commits whose answer was lost (of at most {unanswered}) were duplicates on retry, quick_check ok",
        acknowledged.len(),
        seen.len() - acknowledged.len()
    );
}

#[test]
fn ded_13_two_processes_stage_each_key_once() {
    let directory = Directory::new("processes");
    let path = directory.file("a.db");
    drop(SqliteStore::open(&path).unwrap());
    let helpers: Vec<_> = (0..2).map(|_| Helper::start("racer", &path, 0)).collect();
    let mut inserted = 0_u64;
    for mut helper in helpers {
        let last = helper.lines.by_ref().map_while(Result::ok).last().unwrap();
        assert!(helper.child.wait().unwrap().success());
        inserted += last.parse::<u64>().unwrap();
    }
    println!("sqlite: 8,000 attempts over 200 keys by two processes: {inserted} staged");
    assert_eq!(inserted, 200);
    let store = SqliteStore::open(&path).unwrap();
    let counts = BlockingStore::counts(&store, "acme", None).unwrap();
    assert_eq!((counts.pending, counts.promoted), (200, 0));
    assert_eq!(check(&path), "ok");
}

/// The statement that fails is the Nth that changes a row, for every N until a run succeeds: after
/// each failure nothing of the draft is there and the retry is staged.
#[test]
fn sto_07_ded_11_whichever_statement_fails_leaves_nothing_half() {
    let tables = ["ledger", "event", "history", "counter"];
    let directory = Directory::new("nth");
    let mut points = 0;
    for table in tables {
        for change in ["INSERT", "UPDATE"] {
            for batch in [1, 3] {
                for nth in 1.. {
                    let path = directory.file(format!("{table}-{change}-{batch}-{nth}.db"));
                    let store = SqliteStore::open(&path).unwrap();
                    let file = rusqlite::Connection::open(&path).unwrap();
                    file.execute_batch(&format!(
                        "CREATE TABLE calls (n);
                         CREATE TRIGGER fails BEFORE {change} ON {table}
                         WHEN (SELECT count(*) FROM calls) >= {nth} - 1
                         BEGIN SELECT RAISE(ROLLBACK, 'the disk failed'); END;
                         CREATE TRIGGER counts AFTER {change} ON {table}
                         BEGIN INSERT INTO calls VALUES (1); END;"
                    ))
                    .unwrap();
                    let drafts: Vec<Draft> = (0..batch).map(draft).collect();
                    let outcome = BlockingStore::stage_all(&store, drafts.clone(), NOW);
                    file.execute_batch("DROP TRIGGER fails; DROP TRIGGER counts").unwrap();
                    if outcome.is_ok() {
                        break;
                    }
                    points += 1;
                    let filter = EventFilter::tenant("acme");
                    assert!(BlockingStore::list(&store, &filter, None, 9).unwrap().is_empty());
                    let rows = HistoryFilter::tenant("acme");
                    assert!(BlockingStore::history(&store, &rows, None, 9).unwrap().is_empty());
                    let retry = BlockingStore::stage_all(&store, drafts, NOW).unwrap();
                    assert!(retry.iter().all(|staged| matches!(staged, Staged::Inserted(_))));
                }
            }
        }
    }
    println!("sqlite: {points} points of failure, nothing half at any of them");
    assert!(points >= 8);
}

/// The answer of a commit that went through is lost with the future; the retry is a duplicate.
#[test]
fn sto_06_a_commit_whose_answer_is_lost_makes_the_retry_a_duplicate() {
    let directory = Directory::new("lost-answer");
    let store = SqliteStore::open(directory.file("a.db")).unwrap();
    let mut duplicates = 0;
    for number in 0..100 {
        {
            let mut future = std::pin::pin!(Store::stage(&store, draft(number), NOW));
            let mut context = std::task::Context::from_waker(std::task::Waker::noop());
            let _ = future.as_mut().poll(&mut context);
        }
        match conformance::block_on(Store::stage(&store, draft(number), NOW)).unwrap() {
            Staged::Duplicate { payload_differs: false, .. } => duplicates += 1,
            other => panic!("the first attempt was begun and is not there: {other:?}"),
        }
    }
    assert_eq!(duplicates, 100);
    assert_eq!(BlockingStore::counts(&store, "acme", None).unwrap().pending, 100);
}

/// What the kernel is asked to sync, seen from outside with strace.
#[test]
fn sto_03_syncs_are_shared_and_come_before_the_answer() {
    let traced = Command::new("strace").arg("-V").stdout(Stdio::null()).status();
    if !traced.is_ok_and(|status| status.success()) {
        println!("DID NOT RUN: strace is not installed");
        return;
    }
    // The last is the control: without syncs the trace must show it.
    for (role, senders) in [("sixty-four", 64_u64), ("one", 1), ("relaxed", 1)] {
        let directory = Directory::new(role);
        let path = directory.file("a.db");
        let trace = directory.file("trace");
        let output = Command::new("strace")
            .args(["-f", "-qq", "-e", "trace=fdatasync,fsync,write", "-o"])
            .arg(&trace)
            .arg(std::env::current_exe().unwrap())
            .args(["helper", "--exact", "--nocapture"])
            .env(ROLE, role)
            .env(FILE, &path)
            .output()
            .unwrap();
        if !output.status.success() {
            println!("DID NOT RUN: this process may not be traced");
            return;
        }
        // Every acknowledgement is written to standard error in one call, so that the trace shows
        // it between the syncs. An acknowledgement may only follow a sync that ended after its
        // delivery was sent.
        let (mut syncs, mut acknowledged, mut unsynced) = (0_u64, 0_u64, 0_u64);
        let mut sent: BTreeMap<String, u64> = BTreeMap::new();
        for line in std::fs::read_to_string(&trace).unwrap().lines() {
            let ended = !line.contains("<unfinished");
            if line.contains("sync") && ended && line.contains("= 0") {
                syncs += 1;
            } else if let Some(number) = between(line, "\"sent ", "\\n") {
                sent.insert(number.to_owned(), syncs);
            } else if let Some(number) = between(line, "\"acknowledged ", "\\n") {
                acknowledged += 1;
                unsynced += u64::from(sent.get(number).is_none_or(|before| *before == syncs));
            }
        }
        let each = syncs as f64 / acknowledged as f64;
        println!(
            "sqlite, {senders} senders: {acknowledged} acknowledged, {syncs} syncs, {each:.3} each, {unsynced} before a sync"
        );
        assert!(acknowledged >= 500);
        if role == "relaxed" {
            assert!(unsynced > 400, "the trace does not show what is not synced");
            continue;
        }
        assert_eq!(unsynced, 0, "acknowledged before a sync");
        if senders == 64 {
            assert!(each < 0.1, "{each} syncs for each acknowledged event");
        }
    }
}

/// A file system of two megabytes that fills up under the store: what does not fit is refused as
/// retryable, nothing of it is there, and with room again the same handle stages it.
#[test]
fn sto_06_a_full_file_system_is_full_and_leaves_no_key() {
    in_a_small_file_system("full", "2m", "exec \"$EXE\" helper --exact --nocapture");
}

/// The volume is mounted read-only before the store is opened.
#[test]
fn sto_06_a_read_only_file_system_says_so() {
    in_a_small_file_system(
        "read-only",
        "8m",
        &format!(
            "{ROLE}=made \"$EXE\" helper --exact && mount -o remount,ro none \"$PLACE\"
             exec \"$EXE\" helper --exact --nocapture"
        ),
    );
}

/// Runs a helper with a file system of its own, in a mount namespace of its own, so that nothing of
/// it is left whatever happens.
fn in_a_small_file_system(role: &str, size: &str, then: &str) {
    let directory = Directory::new(role);
    let script = format!("mount -t tmpfs -o size={size} none \"$PLACE\" || exit 77\n{then}");
    for flags in [&["-m"][..], &["-r", "-m"]] {
        let output = Command::new("unshare")
            .args(flags)
            .args(["sh", "-c", &script])
            .env("EXE", std::env::current_exe().unwrap())
            .env("PLACE", directory.path())
            .env(ROLE, role)
            .env(FILE, directory.file("a.db"))
            .output();
        let Ok(output) = output else { break };
        let said = String::from_utf8_lossy(&output.stderr);
        if let Some(line) = said.lines().find(|line| line.starts_with("helper: ")) {
            assert!(output.status.success(), "{said}");
            println!("sqlite, {}", &line["helper: ".len()..]);
            return;
        }
        // Exit code 77, or none of unshare's own: no such namespace can be had.
        assert!(
            output.status.code() == Some(77) || said.contains("unshare"),
            "{said}{}",
            String::from_utf8_lossy(&output.stdout)
        );
    }
    println!("DID NOT RUN: this user may not mount a file system");
}

/// Every few calls the kernel answers a sync or a write with an error, as strace makes it.
#[test]
fn sto_06_a_disk_that_fails_to_sync_or_to_write() {
    let traced = Command::new("strace").arg("-V").stdout(Stdio::null()).status();
    if !traced.is_ok_and(|status| status.success()) {
        println!("DID NOT RUN: strace is not installed");
        return;
    }
    // The first calls belong to the opening of the file; then every so manieth fails.
    for (call, when, error, kind) in [
        ("fsync,fdatasync", "20+7", "EIO", "Unavailable"),
        ("pwrite64", "90+61", "EIO", "Unavailable"),
        ("pwrite64", "90+61", "ENOSPC", "Full"),
    ] {
        let directory = Directory::new(&format!("{}-{error}", call.replace(',', "-")));
        let output = Command::new("strace")
            .args(["-f", "-qq", "-o", "/dev/null"])
            .arg(format!("--inject={call}:error={error}:when={when}"))
            .arg(std::env::current_exe().unwrap())
            .args(["helper", "--exact", "--nocapture"])
            .env(ROLE, "failing")
            .env(FILE, directory.file("a.db"))
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        if !output.status.success() && !said.contains("helper: ") && !said.contains("panicked") {
            println!("DID NOT RUN: this process may not be traced");
            return;
        }
        assert!(output.status.success(), "{call} {error}: {said}");
        let line = said.lines().find(|line| line.starts_with("helper: ")).unwrap();
        assert!(line.contains(kind), "{call} {error}: {line}");
        println!("sqlite, {call} answers {error}: {}", &line["helper: ".len()..]);
    }
}

/// Processes that open a new file are killed while they do: the next one finds no tables or all.
#[test]
fn sto_10_a_process_killed_while_it_makes_the_tables() {
    let directory = Directory::new("making");
    let mut made = 0;
    for cycle in 0..12_u64 {
        let path = directory.file(format!("{cycle}.db"));
        let mut helper = Helper::start("maker", &path, 0);
        let _ = helper.lines.next().unwrap().unwrap(); // It is about to.
        std::thread::sleep(Duration::from_micros(cycle * cycle * 100));
        helper.child.kill().unwrap();
        helper.child.wait().unwrap();
        if path.exists() {
            let file = rusqlite::Connection::open(&path).unwrap();
            let version: i64 =
                file.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
            let tables: i64 =
                file.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).unwrap();
            assert_eq!(version == 0, tables == 0, "version {version}, {tables} tables");
            made += u64::from(version > 0);
        }
        let store = SqliteStore::open(&path).unwrap();
        assert!(matches!(BlockingStore::stage(&store, draft(1), NOW), Ok(Staged::Inserted(_))));
    }
    println!(
        "sqlite: 12 processes killed while they opened a new file, {made} had made the tables"
    );
}

/// Not a test: what the others start as a process of its own.
#[test]
fn helper() {
    let Ok(role) = std::env::var(ROLE) else { return };
    let path = PathBuf::from(std::env::var(FILE).unwrap());
    match role.as_str() {
        "maker" => {
            say("begins");
            drop(SqliteStore::open(&path).unwrap());
            return std::thread::sleep(Duration::from_secs(60));
        }
        "read-only" => return read_only(&path),
        _ => {}
    }
    // Processes that race for one file do not queue; on a slow machine one can be unlucky for long.
    let patience = Duration::from_secs(120);
    let options = SqliteOptions::new().sync_commits(role != "relaxed").busy_timeout(patience);
    let store = options.open(&path).unwrap();
    let first = number_from(FIRST, 0);
    match role.as_str() {
        "made" => drop(BlockingStore::stage(&store, draft(1), NOW).unwrap()),
        "full" => fill(&store, &path),
        "failing" => insist(&store),
        "writer" => write_until_killed(&store, first),
        "racer" => race(&store),
        "sixty-four" => send(&store, 64, 40),
        "one" | "relaxed" => send(&store, 1, 500),
        other => panic!("no such role: {other}"),
    }
}

fn write_until_killed(store: &SqliteStore, first: u64) {
    let next = std::sync::atomic::AtomicU64::new(first);
    std::thread::scope(|scope| {
        for sender in 0..8 {
            let next = &next;
            scope.spawn(move || {
                loop {
                    let number = next.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                    let staged = if sender % 2 == 0 {
                        BlockingStore::stage(store, draft(number), NOW)
                    } else {
                        conformance::block_on(Store::stage(store, draft(number), NOW))
                    };
                    let Staged::Inserted(id) = staged.unwrap() else { panic!() };
                    // One write call a line: a kill cannot cut two lines into one.
                    let line = format!("acknowledged {number} {id}\n");
                    std::io::stderr().write_all(line.as_bytes()).unwrap();
                }
            });
        }
    });
}

fn race(store: &SqliteStore) {
    let inserted: u64 = std::thread::scope(|scope| {
        let senders: Vec<_> = (0..8_u64)
            .map(|sender| {
                scope.spawn(move || {
                    (0..500_u64)
                        .map(|attempt| draft((sender * 31 + attempt * 7) % 200))
                        .filter(|draft| {
                            let staged = BlockingStore::stage(store, draft.clone(), NOW).unwrap();
                            matches!(staged, Staged::Inserted(_))
                        })
                        .count() as u64
                })
            })
            .collect();
        senders.into_iter().map(|sender| sender.join().unwrap()).sum()
    });
    std::io::stderr().write_all(format!("{inserted}\n").as_bytes()).unwrap();
}

/// One call, so that lines of several processes do not mix.
fn say(what: &str) {
    std::io::stderr().write_all(format!("{what}\n").as_bytes()).unwrap();
}

fn fill(store: &SqliteStore, path: &Path) {
    let ballast = path.with_file_name("ballast");
    std::fs::write(&ballast, vec![1; 512 << 10]).unwrap();
    let mut staged = 0;
    let error = loop {
        match BlockingStore::stage(store, draft(staged), NOW) {
            Ok(Staged::Inserted(_)) => staged += 1,
            Ok(other) => panic!("{other:?}"),
            Err(error) => break error,
        }
        assert!(staged < 100_000, "it is never full");
    };
    assert_eq!(error.kind(), StoreErrorKind::Full, "{error:?}");
    assert!(error.is_retryable());
    // Still full: nothing is forgotten and nothing half is there.
    assert!(BlockingStore::stage(store, draft(staged), NOW).is_err());
    assert_eq!(BlockingStore::counts(store, "acme", None).unwrap().pending, staged);
    std::fs::remove_file(&ballast).unwrap();
    let retry = BlockingStore::stage(store, draft(staged), NOW).unwrap();
    assert!(matches!(retry, Staged::Inserted(_)), "{retry:?}");
    let first = BlockingStore::stage(store, draft(0), NOW).unwrap();
    assert!(matches!(first, Staged::Duplicate { .. }), "{first:?}");
    assert_eq!(check(path), "ok");
    say(&format!(
        "helper: a full file system after {staged} events: Full, 0 lost, the retry is staged"
    ));
}

fn read_only(path: &Path) {
    assert!(std::fs::write(path.with_file_name("probe"), "x").is_err(), "it may be written");
    let opened = SqliteStore::open(path);
    let error: StoreError = match opened {
        Err(error) => error,
        Ok(store) => BlockingStore::stage(&store, draft(2), NOW).unwrap_err(),
    };
    assert_eq!(error.kind(), StoreErrorKind::ReadOnly, "{error:?}");
    assert!(error.is_retryable());
    say("helper: a read-only file system: ReadOnly");
}

/// Stages 60 events, each until it is acknowledged, on a disk that fails now and then.
fn insist(store: &SqliteStore) {
    let mut faults = BTreeMap::<String, u64>::new();
    for number in 0..60 {
        let mut attempts = 0;
        while let Err(error) = BlockingStore::stage(store, draft(number), NOW) {
            assert!(error.is_retryable(), "{error:?}");
            *faults.entry(format!("{:?}", error.kind())).or_default() += 1;
            attempts += 1;
            assert!(attempts < 50, "{error:?}");
        }
    }
    assert!(!faults.is_empty(), "the disk never failed");
    let filter = EventFilter::tenant("acme");
    let events = BlockingStore::list(store, &filter, None, 1000).unwrap();
    let bodies: BTreeSet<Vec<u8>> = events.iter().map(|event| event.body.to_vec()).collect();
    assert_eq!((events.len(), bodies.len()), (60, 60));
    assert_eq!(check(store.path()), "ok");
    say(&format!("helper: {faults:?} under 60 deliveries, 0 lost, 0 twice, quick_check ok"));
}

fn send(store: &SqliteStore, senders: u64, each: u64) {
    std::thread::scope(|scope| {
        for sender in 0..senders {
            scope.spawn(move || {
                for number in sender * each..(sender + 1) * each {
                    let draft = draft(number);
                    std::io::stderr().write_all(format!("sent {number}\n").as_bytes()).unwrap();
                    let staged = BlockingStore::stage(store, draft, NOW).unwrap();
                    assert!(matches!(staged, Staged::Inserted(_)));
                    let line = format!("acknowledged {number}\n");
                    std::io::stderr().write_all(line.as_bytes()).unwrap();
                }
            });
        }
    });
}

struct Helper {
    child: Child,
    lines: std::io::Lines<BufReader<std::process::ChildStderr>>,
}

impl Helper {
    fn start(role: &str, path: &Path, first: u64) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["helper", "--exact", "--nocapture"])
            .env(ROLE, role)
            .env(FILE, path)
            .env(FIRST, first.to_string())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        Self { child, lines }
    }
}

fn note(line: &str, acknowledged: &mut BTreeMap<u64, EventId>) {
    let mut words = line.split(' ');
    if let (Some("acknowledged"), Some(number), Some(id)) =
        (words.next(), words.next(), words.next())
    {
        let known = acknowledged.insert(number.parse().unwrap(), id.parse().unwrap());
        assert!(known.is_none(), "one event was acknowledged twice");
    } else {
        panic!("a writer said: {line}");
    }
}

fn check(path: &Path) -> String {
    let file = rusqlite::Connection::open(path).unwrap();
    let ids: BTreeSet<i64> = file
        .prepare("SELECT event FROM ledger")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    let orphans: i64 = file
        .query_row(
            "SELECT count(*) FROM event WHERE id NOT IN (SELECT event FROM ledger)",
            [],
            |row| row.get(0),
        )
        .unwrap();
    let events: i64 = file.query_row("SELECT count(*) FROM event", [], |row| row.get(0)).unwrap();
    assert_eq!((orphans, events as usize), (0, ids.len()), "keys and events go together");
    file.pragma_query_value(None, "quick_check", |row| row.get(0)).unwrap()
}

fn between<'a>(line: &'a str, start: &str, end: &str) -> Option<&'a str> {
    line.split_once(start)?.1.split_once(end).map(|(middle, _)| middle)
}

fn draft(number: u64) -> Draft {
    let mut key = [0; 32];
    key[..8].copy_from_slice(&number.to_be_bytes());
    let claim = Claim::new(DedupeKey::from_bytes(key), Window::Unlimited);
    let body = format!("{number:x>1000}").into_bytes();
    Draft::for_tests(SourceId::new("acme", "in").unwrap(), NOW, body, Some(claim))
}

fn number_from(variable: &str, default: u64) -> u64 {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}
