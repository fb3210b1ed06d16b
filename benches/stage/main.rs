//! Staging against the bare insert of the same three rows with the same commit discipline, on the
//! same disk in the same run: `cargo bench --features sqlite,conformance --bench stage`.
//!
//! Rounds of every contender are interleaved and the median of their ratios is printed, because a
//! disk's sync changes from minute to minute. With `postgres` and `DATABASE_URL`, PostgreSQL too.
//! `--only memory`, `sqlite` or `postgres` leaves the others out.
//!
//! What takes long is asked for: `--growth` measures the cost of staging against the size of the ledger
//! (`HOOKSTAGE_KEYS=10000000` for more than a million keys) and while a day's rows are purged;
//! `--claims` lets workers claim from a million pending events (`HOOKSTAGE_PENDING`).
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, missing_docs)]

mod claims;
mod growth;
#[cfg(feature = "postgres")]
mod postgres;
mod receive;

use std::io::Write as _;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use hookstage::conformance::block_on;
use hookstage::store::{BlockingStore, MemoryLimits, MemoryStore, SqliteStore, Staged, Store};
use hookstage::{Claim, DedupeKey, Draft, SourceId, Timestamp, Window};
use rusqlite::{Connection, params};

const NOW: Timestamp = Timestamp::from_unix_seconds(1_700_000_000);

fn main() {
    let asked = |name: &str| std::env::args().any(|argument| argument == name);
    let only = std::env::args().skip_while(|argument| argument != "--only").nth(1);
    let wanted = |name: &str| only.as_deref().is_none_or(|only| only == name);
    let directory = std::env::temp_dir().join(format!("hookstage-bench-{}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    disk(&directory);
    if asked("--growth") {
        if wanted("sqlite") {
            growth::run(&directory);
        }
        #[cfg(feature = "postgres")]
        if wanted("postgres") {
            postgres::growth();
            postgres::purge();
        }
    } else if asked("--claims") {
        if wanted("sqlite") {
            claims::sqlite(&directory);
        }
        #[cfg(feature = "postgres")]
        if wanted("postgres") {
            postgres::claims();
        }
    } else {
        if wanted("memory") {
            memory(); // First, while the heap is as small as it will be.
        }
        if wanted("sqlite") {
            for size in [1024, 10 * 1024] {
                sqlite(&directory, size);
            }
        }
        #[cfg(feature = "postgres")]
        if wanted("postgres") {
            postgres::run();
        }
    }
    std::fs::remove_dir_all(&directory).unwrap();
}

/// What one sync of this disk costs, so that another can compare.
fn disk(directory: &Path) {
    let mut file = std::fs::File::create(directory.join("sync")).unwrap();
    let mut times: Vec<Duration> = (0..200)
        .map(|_| {
            let start = Instant::now();
            file.write_all(&[0; 4096]).unwrap();
            file.sync_data().unwrap();
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    println!(
        "append of 4 KB and fdatasync on this disk: median {} us, 99th {} us",
        times[100].as_micros(),
        times[198].as_micros()
    );
}

/// Stages events on a fresh file and says how many and how long it took.
type Run<'a> = Box<dyn Fn(&Path) -> (u64, Duration) + 'a>;

/// Its name, its senders, and what it does.
type Contender<'a> = (&'static str, &'static str, Run<'a>);

fn sqlite(directory: &Path, size: usize) {
    let numbers = AtomicU64::new(0);
    let mut contenders: Vec<Contender<'_>> = vec![
        ("bare, own transactions", "one", Box::new(|path| bare(path, &numbers, size, 1, 150))),
        ("blocking face", "one", Box::new(|path| blocking(path, &numbers, size, 1, 150))),
        ("async face", "one", Box::new(|path| asynchronous(path, &numbers, size, 1, 150))),
        ("bare, batches of 32", "64", Box::new(|path| bare(path, &numbers, size, 32, 6400))),
        ("blocking face", "64", Box::new(|path| blocking(path, &numbers, size, 64, 6400))),
        ("async face", "64", Box::new(|path| asynchronous(path, &numbers, size, 64, 6400))),
    ];
    if size == 1024 {
        contenders.extend([
            ("receive, end to end", "one", receive::contender(&numbers, size, 1, 150)),
            ("receive, end to end", "64", receive::contender(&numbers, size, 64, 6400)),
        ]);
    }
    let rates = rounds(directory, &contenders, 7);
    println!("\nSQLite {}, {} KB bodies, WAL, synchronous=FULL", rusqlite::version(), size / 1024);
    for (place, (name, senders, _)) in contenders.iter().enumerate() {
        let unit = if *senders == "one" { 0 } else { 3 };
        let ratio = median(rates[place].iter().zip(&rates[unit]).map(|(rate, unit)| rate / unit));
        let rate = median(rates[place].iter().copied());
        let time = 1.0 / ratio;
        println!(
            "  {senders:>3} senders  {name:<24} {rate:>8.0}/s  {ratio:.2} of bare, {time:.2} of its time"
        );
    }
}

/// Rows a second of each contender in each round.
fn rounds(directory: &Path, contenders: &[Contender<'_>], count: usize) -> Vec<Vec<f64>> {
    let mut rates = vec![Vec::new(); contenders.len()];
    for round in 0..count {
        for (place, (_, _, run)) in contenders.iter().enumerate() {
            let folder = directory.join(format!("{round}-{place}"));
            std::fs::create_dir_all(&folder).unwrap();
            let (rows, time) = run(&folder.join("a.db"));
            rates[place].push(rows as f64 / time.as_secs_f64());
            std::fs::remove_dir_all(&folder).unwrap();
        }
    }
    rates
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// The same rows into the same tables by one writer with prepared statements and nothing else.
fn bare(path: &Path, numbers: &AtomicU64, size: usize, batch: u64, count: u64) -> (u64, Duration) {
    drop(SqliteStore::open(path).unwrap());
    let db = Connection::open(path).unwrap();
    db.pragma_update(None, "synchronous", 2).unwrap();
    let first = numbers.fetch_add(count, Ordering::SeqCst);
    let drafts: Vec<Draft> = (first..first + count).map(|number| draft(number, size)).collect();
    let start = Instant::now();
    for (place, chunk) in drafts.chunks(batch as usize).enumerate() {
        db.prepare_cached("BEGIN IMMEDIATE").unwrap().execute([]).unwrap();
        for (offset, draft) in chunk.iter().enumerate() {
            let id = (place * batch as usize + offset + 1) as i64;
            insert(&db, id, draft);
        }
        db.prepare_cached("COMMIT").unwrap().execute([]).unwrap();
    }
    (count, start.elapsed())
}

fn insert(db: &Connection, id: i64, draft: &Draft) {
    let (tenant, source) = (draft.source.tenant(), draft.source.source());
    let key = draft.claim.as_ref().unwrap().key;
    db.prepare_cached(
        "INSERT INTO ledger (tenant, source, key, until, event, body_sha256)
         VALUES (?1, ?2, ?3, NULL, ?4, ?5) ON CONFLICT DO NOTHING",
    )
    .unwrap()
    .execute(params![tenant, source, key.as_bytes(), id, draft.body_sha256])
    .unwrap();
    db.prepare_cached(
        "INSERT INTO event (id, tenant, source, received_at, status, attempts, key, body_sha256,
           coverage, headers, body)
         VALUES (?1, ?2, ?3, ?4, 0, 0, ?5, ?6, ?7, ?8, ?9)",
    )
    .unwrap()
    .execute(params![
        id,
        tenant,
        source,
        draft.received_at.as_unix_millis(),
        key.as_bytes(),
        draft.body_sha256,
        "{\"v\":1,\"coverage\":{\"body\":\"nothing\",\"method\":false,\"url\":false,\"timestamp\":false,\"id\":false,\"headers\":[]}}",
        [1_u8],
        &draft.body[..],
    ])
    .unwrap();
    db.prepare_cached(
        "INSERT INTO history (tenant, source, at, outcome, status, event, headers, body_length,
           body_sha256, count)
         VALUES (?1, ?2, ?3, 'staged', 200, ?4, ?5, ?6, ?7, 1)",
    )
    .unwrap()
    .execute(params![
        tenant,
        source,
        draft.received_at.as_unix_millis(),
        id,
        [1_u8],
        draft.body.len() as i64,
        draft.body_sha256,
    ])
    .unwrap();
}

fn blocking(
    path: &Path,
    numbers: &AtomicU64,
    size: usize,
    senders: u64,
    count: u64,
) -> (u64, Duration) {
    let store = SqliteStore::open(path).unwrap();
    run_senders(numbers, size, senders, count, |draft| {
        BlockingStore::stage(&store, draft, NOW).unwrap()
    })
}

fn asynchronous(
    path: &Path,
    numbers: &AtomicU64,
    size: usize,
    senders: u64,
    count: u64,
) -> (u64, Duration) {
    let store = SqliteStore::open(path).unwrap();
    if senders == 1 {
        return run_senders(numbers, size, 1, count, |draft| {
            block_on(Store::stage(&store, draft, NOW)).unwrap()
        });
    }
    // As a server has them: tasks of one runtime.
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().unwrap();
    let first = numbers.fetch_add(count, Ordering::SeqCst);
    let each = count / senders;
    let lots: Vec<Vec<Draft>> = (0..senders)
        .map(|sender| (0..each).map(|n| draft(first + sender * each + n, size)).collect())
        .collect();
    let start = Instant::now();
    runtime.block_on(async {
        let mut tasks = tokio::task::JoinSet::new();
        for lot in lots {
            let store = store.clone();
            tasks.spawn(async move {
                for draft in lot {
                    let staged = Store::stage(&store, draft, NOW).await.unwrap();
                    assert!(matches!(staged, Staged::Inserted(_)));
                }
            });
        }
        tasks.join_all().await;
    });
    (count, start.elapsed())
}

fn run_senders(
    numbers: &AtomicU64,
    size: usize,
    senders: u64,
    count: u64,
    stage: impl Fn(Draft) -> Staged + Sync,
) -> (u64, Duration) {
    let first = numbers.fetch_add(count, Ordering::SeqCst);
    let each = count / senders;
    let mut lots: Vec<Vec<Draft>> = (0..senders)
        .map(|sender| (0..each).map(|n| draft(first + sender * each + n, size)).collect())
        .collect();
    let start = Instant::now();
    if let [lot] = &mut lots[..] {
        for draft in lot.drain(..) {
            assert!(matches!(stage(draft), Staged::Inserted(_)));
        }
        return (count, start.elapsed());
    }
    std::thread::scope(|scope| {
        for lot in lots {
            let stage = &stage;
            scope.spawn(move || {
                for draft in lot {
                    assert!(matches!(stage(draft), Staged::Inserted(_)));
                }
            });
        }
    });
    (count, start.elapsed())
}

fn memory() {
    let mut limits = MemoryLimits::default();
    limits.events = 1_000_000;
    limits.history = 1000;
    held_keys(limits);
    let store = MemoryStore::with_limits(limits);
    let drafts: Vec<Draft> = (0..200_000).map(|number| draft(number, 0)).collect();
    let start = Instant::now();
    for draft in drafts.iter().cloned() {
        assert!(matches!(BlockingStore::stage(&store, draft, NOW), Ok(Staged::Inserted(_))));
    }
    let fresh = start.elapsed();
    let start = Instant::now();
    for draft in drafts.iter().cloned() {
        assert!(matches!(BlockingStore::stage(&store, draft, NOW), Ok(Staged::Duplicate { .. })));
    }
    let again = start.elapsed();
    println!(
        "\nmemory: {:.2} M fresh/s, {:.2} M duplicates/s",
        0.2 / fresh.as_secs_f64(),
        0.2 / again.as_secs_f64()
    );
}

/// What a held key costs: events are settled and purged as they come, so that only the keys stay.
fn held_keys(limits: MemoryLimits) {
    let store = MemoryStore::with_limits(limits);
    let later = NOW + Duration::from_millis(1);
    let mut purge = hookstage::store::PurgeRequest::older_than(Duration::ZERO, later);
    purge.limit = usize::MAX;
    let mut before = None;
    for number in 0..410_000 {
        let staged = BlockingStore::stage(&store, draft(number, 0), NOW).unwrap();
        let Staged::Inserted(id) = staged else { panic!("{staged:?}") };
        let settlement = hookstage::Settlement::new(String::new(), NOW, None);
        let reject = hookstage::Transition::Reject;
        let _ = BlockingStore::settle(&store, "acme", id, reject, settlement, None).unwrap();
        if number % 5000 == 4999 {
            assert_eq!(BlockingStore::purge(&store, &purge, later).unwrap().events, 5000);
            if number == 9999 {
                before = resident();
            }
        }
    }
    if let (Some(before), Some(after)) = (before, resident()) {
        println!("memory: {} bytes for each held key", after.saturating_sub(before) / 400_000);
    }
}

fn resident() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/self/statm").ok()?;
    text.split(' ').nth(1)?.parse::<u64>().ok().map(|pages| pages * 4096)
}

fn draft(number: u64, size: usize) -> Draft {
    // Keys as a hash gives them: SplitMix64's finisher spreads the number.
    let mut bytes = [0; 32];
    let mut mixed = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    for chunk in bytes.chunks_mut(8) {
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        chunk.copy_from_slice(&mixed.to_be_bytes());
    }
    let claim = Claim::new(DedupeKey::from_bytes(bytes), Window::Unlimited);
    let source = SourceId::new("acme", "in").unwrap();
    Draft::for_tests(source, NOW, vec![b'x'; size], Some(claim))
}
