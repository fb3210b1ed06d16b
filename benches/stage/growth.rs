//! What staging costs when there is much already, and while much of it is purged.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use hookstage::store::{BlockingStore, PurgeRequest, SqliteOptions, SqliteStore, Staged};
use hookstage::{Draft, Settlement, Timestamp, Transition};

use super::{NOW, draft};

pub(crate) fn run(directory: &Path) {
    // The whole index in the store's own cache, and almost nothing of it: then pages come from the
    // system's cache, or from the disk if the file is larger than memory.
    for (name, cache) in [("2 GB", 2_000 << 20), ("4 MB", 4 << 20)] {
        of_the_ledger(&directory.join(format!("{cache}.db")), name, cache);
    }
    while_a_day_is_purged(&directory.join("day.db"), day());
}

/// How many events of yesterday are purged.
pub(crate) fn day() -> u64 {
    number("HOOKSTAGE_DAY", 200_000)
}

/// How many keys are held each time.
pub(crate) fn sizes() -> impl Iterator<Item = u64> {
    let most = number("HOOKSTAGE_KEYS", 1_000_000);
    let sizes = [10_000, 100_000, 1_000_000, 3_000_000, 10_000_000];
    sizes.into_iter().filter(move |size| *size <= most)
}

pub(crate) fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

/// The cost of staging 10,000 more at each size of the ledger, in commits of 250 without syncs, so
/// that the disk's sync does not hide it.
fn of_the_ledger(path: &Path, name: &str, cache: u32) {
    let options = SqliteOptions::new().sync_commits(false).cache_bytes(cache);
    let store = options.open(path).unwrap();
    let mut staged = 0_u64;
    let mut unit = None;
    println!("\ngrowth: SQLite, cache of {name}, events of 200 bytes, random keys, batches of 250");
    for size in sizes() {
        stage(&store, &mut staged, size);
        let start = Instant::now();
        let lots: Vec<_> = (0..40)
            .map(|lot| (0..250).map(|n| draft(staged + lot * 250 + n, 200)).collect::<Vec<_>>())
            .collect();
        let made = start.elapsed();
        let start = Instant::now();
        for lot in lots {
            let _ = store.stage_all(lot, NOW).unwrap();
        }
        staged += 10_000;
        let each = start.elapsed().as_secs_f64() / 10_000.0;
        let unit = *unit.get_or_insert(each);
        let bytes = std::fs::metadata(path).unwrap().len();
        println!(
            "  {size:>9} keys  {:>6.1} us each  {:.2}  file {} MB  (the drafts took {:.1} us each)",
            each * 1e6,
            each / unit,
            bytes >> 20,
            made.as_secs_f64() * 1e6 / 10_000.0,
        );
    }
    drop(store);
    std::fs::remove_file(path).unwrap();
}

fn stage(store: &SqliteStore, staged: &mut u64, size: u64) {
    while *staged < size {
        let drafts = (*staged..*staged + 250).map(|number| draft(number, 200)).collect();
        let _ = store.stage_all(drafts, NOW).unwrap();
        *staged += 250;
    }
}

/// A day of settled events is purged, a thousand a call, while eight senders stage: what it costs
/// them, in all and at worst.
fn while_a_day_is_purged(path: &Path, day: u64) {
    let store = SqliteOptions::new().sync_commits(false).open(path).unwrap();
    let mut staged = 0;
    stage(&store, &mut staged, day);
    let mut left = day;
    while left > 0 {
        let events =
            store.claim(&hookstage::store::ClaimRequest::new("w", NOW, 1000), NOW).unwrap();
        left -= events.len() as u64;
        for event in events {
            let settlement = Settlement::new(String::new(), NOW, None);
            let _ = store.settle("acme", event.id, Transition::Promote, settlement, None).unwrap();
        }
    }
    drop(store);
    let store = SqliteStore::open(path).unwrap();
    println!(
        "\npurge: SQLite, {day} settled events of yesterday, 8 senders meanwhile, 1 KB, synced"
    );
    let mut first = 10_000_000;
    let alone = senders(&store, &mut first, || false);
    let done = AtomicBool::new(false);
    let mut purged = 0;
    let (with, took) = std::thread::scope(|scope| {
        let purger = scope.spawn(|| {
            let start = Instant::now();
            loop {
                let events = store.purge(&yesterday(), NOW).unwrap().events;
                if events == 0 {
                    break;
                }
                purged += events;
            }
            done.store(true, Ordering::SeqCst);
            start.elapsed()
        });
        let with = senders(&store, &mut first, || !done.load(Ordering::SeqCst));
        (with, purger.join().unwrap())
    });
    report(&alone, &with, purged, took);
}

/// A thousand events and rows a call, of the day before the senders'.
pub(crate) fn yesterday() -> PurgeRequest {
    let mut request = PurgeRequest::older_than(Duration::from_secs(86_000), today());
    request.limit = 1000;
    request
}

pub(crate) fn today() -> Timestamp {
    NOW + Duration::from_secs(86_400)
}

pub(crate) fn report(alone: &Rate, with: &Rate, purged: u64, took: Duration) {
    for (name, rate) in [("alone", alone), ("while it purges", with)] {
        println!(
            "  {name:<16} {:>8.0} events/s, {:.2}; median {:.1} ms, 99th {:.1} ms, worst {:.1} ms",
            rate.each_second,
            rate.each_second / alone.each_second,
            rate.at(0.5),
            rate.at(0.99),
            rate.at(1.0),
        );
    }
    println!("  {purged} purged in {:.1} s", took.as_secs_f64());
}

pub(crate) struct Rate {
    each_second: f64,
    waits: Vec<f64>,
}

impl Rate {
    /// Of deliveries that waited so many milliseconds each, all within this time.
    pub(crate) fn of(mut waits: Vec<f64>, time: Duration) -> Self {
        waits.sort_by(f64::total_cmp);
        Self { each_second: waits.len() as f64 / time.as_secs_f64(), waits }
    }

    /// Milliseconds that this share of the deliveries waited at most.
    fn at(&self, share: f64) -> f64 {
        self.waits[((self.waits.len() - 1) as f64 * share) as usize]
    }
}

/// Eight senders, 250 events each and then as long as they shall go on.
fn senders(store: &SqliteStore, first: &mut u64, more: impl Fn() -> bool + Sync) -> Rate {
    let base = *first;
    *first += 8_000_000;
    let start = Instant::now();
    let waits: Vec<f64> = std::thread::scope(|scope| {
        let senders: Vec<_> = (0..8_u64)
            .map(|sender| {
                let more = &more;
                scope.spawn(move || {
                    let mut waits = Vec::new();
                    while waits.len() < 250 || more() {
                        let number = base + sender * 1_000_000 + waits.len() as u64;
                        let draft = of_today(number);
                        let start = Instant::now();
                        let staged = store.stage(draft, NOW).unwrap();
                        waits.push(start.elapsed().as_secs_f64() * 1e3);
                        assert!(matches!(staged, Staged::Inserted(_)));
                    }
                    waits
                })
            })
            .collect();
        senders.into_iter().flat_map(|sender| sender.join().unwrap()).collect()
    });
    Rate::of(waits, start.elapsed())
}

/// Purge leaves it alone.
pub(crate) fn of_today(number: u64) -> Draft {
    let mut draft = draft(number, 1024);
    draft.received_at = today();
    draft.history.at = draft.received_at;
    draft
}
