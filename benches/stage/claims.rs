//! Eight workers over a million pending events, against one.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};

use hookstage::EventId;
use hookstage::store::{BlockingStore, ClaimRequest, SqliteOptions, SqliteStore};

use super::growth::number;
use super::{NOW, draft, median};

/// How many claims each worker makes, and of how many events.
pub(crate) const CLAIMS: usize = 40;
pub(crate) const EVENTS: usize = 25;

pub(crate) fn pending() -> u64 {
    number("HOOKSTAGE_PENDING", 1_000_000)
}

pub(crate) fn sqlite(directory: &Path) {
    let path = directory.join("claims.db");
    let store = SqliteOptions::new().sync_commits(false).open(&path).unwrap();
    for first in (0..pending()).step_by(500) {
        let drafts = (first..first + 500).map(|number| draft(number, 200)).collect();
        let _ = store.stage_all(drafts, NOW).unwrap();
    }
    drop(store);
    let store = SqliteStore::open(&path).unwrap();
    let mut claimed = Vec::new();
    let mut measure = |workers: usize| {
        let start = Instant::now();
        let each: Vec<(Vec<EventId>, Vec<f64>)> = std::thread::scope(|scope| {
            let workers: Vec<_> = (0..workers)
                .map(|worker| {
                    let store = &store;
                    scope.spawn(move || {
                        let (mut mine, mut times) = (Vec::new(), Vec::new());
                        for _ in 0..CLAIMS {
                            let request = request(workers, worker);
                            let start = Instant::now();
                            let events = store.claim(&request, NOW).unwrap();
                            times.push(start.elapsed().as_secs_f64() * 1e3);
                            mine.extend(events.into_iter().map(|event| event.id));
                        }
                        (mine, times)
                    })
                })
                .collect();
            workers.into_iter().map(|worker| worker.join().unwrap()).collect()
        });
        report(workers, each, start.elapsed(), &mut claimed)
    };
    println!("\nclaims: SQLite, {} pending, {EVENTS} events a claim", pending());
    measure(1);
    measure(8);
    twice(&claimed);
}

pub(crate) fn request(workers: usize, worker: usize) -> ClaimRequest {
    let owner = format!("worker {worker} of {workers}");
    ClaimRequest::new(owner, NOW + Duration::from_secs(3600), EVENTS)
}

pub(crate) fn report(
    workers: usize,
    each: Vec<(Vec<EventId>, Vec<f64>)>,
    took: Duration,
    claimed: &mut Vec<EventId>,
) {
    let count: usize = each.iter().map(|(mine, _)| mine.len()).sum();
    let time = median(each.iter().flat_map(|(_, times)| times.iter().copied()));
    println!(
        "  {workers} workers  {:>8.0} events/s, a claim takes {time:.2} ms in the median",
        count as f64 / took.as_secs_f64()
    );
    claimed.extend(each.into_iter().flat_map(|(mine, _)| mine));
}

pub(crate) fn twice(claimed: &[EventId]) {
    let different: BTreeSet<&EventId> = claimed.iter().collect();
    println!("  {} handed out, {} twice", claimed.len(), claimed.len() - different.len());
    assert_eq!(claimed.len(), different.len());
}
