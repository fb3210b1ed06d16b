//! Rows of refused deliveries, on their way to the history.
//!
//! A stranger decides how many there are, so they are written in batches, only so many for each
//! source in a minute, and beyond that counted in one row.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::clock::Timestamp;
use crate::history::HistoryRow;
use crate::source::SourceId;

/// The rows a source gets in a minute. The rest are counted.
const ROWS_PER_MINUTE: u64 = 30;

/// The rows that wait at most; the rest are counted. A row is about half a kilobyte.
const MAX_WAITING: usize = 1024;

/// The sources whose rows are counted apart at most; the rest share one count.
const MAX_SOURCES: usize = 1024;

/// How long rows wait for others to be written with them.
const PATIENCE: Duration = Duration::from_secs(1);

#[derive(Default)]
pub(super) struct Refusals(Mutex<Waiting>);

#[derive(Default)]
struct Waiting {
    rows: Vec<HistoryRow>,
    /// Apart for genuine senders and strangers: a flood of forgeries must not hide why a genuine
    /// delivery was refused.
    sources: BTreeMap<(SourceId, bool), Minute>,
    written: Option<Timestamp>,
}

struct Minute {
    began: Timestamp,
    rows: u64,
    /// The last refusal that got no row, and how many there were.
    counted: Option<HistoryRow>,
}

impl Refusals {
    pub(super) fn add(&self, row: HistoryRow, is_genuine: bool) {
        self.lock().add(row, is_genuine);
    }

    /// What is to be written now, if it is time.
    pub(super) fn due(&self, now: Timestamp) -> Option<Vec<HistoryRow>> {
        let mut waiting = self.lock();
        let waited = waiting
            .written
            .is_none_or(|written| now.since(written) >= PATIENCE || written.since(now) >= PATIENCE);
        if !waited && waiting.rows.len() < MAX_WAITING {
            return None;
        }
        waiting.written = Some(now);
        let rows = waiting.take(Some(now));
        (!rows.is_empty()).then_some(rows)
    }

    /// All that waits, counts included.
    pub(super) fn take(&self) -> Vec<HistoryRow> {
        self.lock().take(None)
    }

    /// Takes rows back that could not be written, as far as there is room.
    pub(super) fn put_back(&self, rows: Vec<HistoryRow>) {
        let mut waiting = self.lock();
        let room = MAX_WAITING.saturating_sub(waiting.rows.len());
        waiting.rows.extend(rows.into_iter().take(room));
    }

    // A panic elsewhere cannot leave the rows half changed: each change is one push or one count.
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    fn add(&mut self, row: HistoryRow, is_genuine: bool) {
        let place = (row.source.clone(), is_genuine);
        let full = self.rows.len() >= MAX_WAITING;
        if !self.sources.contains_key(&place) && self.sources.len() >= MAX_SOURCES {
            // Give up the count of the source that has been quiet for longest.
            let quiet = self.sources.iter().min_by_key(|(_, minute)| minute.began);
            if let Some(source) = quiet.map(|(source, _)| source.clone()) {
                let minute = self.sources.remove(&source);
                self.rows.extend(minute.and_then(|minute| minute.counted));
            }
        }
        let minute = self.sources.entry(place).or_insert_with(|| Minute {
            began: row.at,
            rows: 0,
            counted: None,
        });
        if row.at.since(minute.began) >= Duration::from_secs(60) {
            self.rows.extend(minute.counted.take());
            minute.began = row.at;
            minute.rows = 0;
        }
        if minute.rows < ROWS_PER_MINUTE && !full {
            minute.rows += 1;
            self.rows.push(row);
            return;
        }
        let count = minute.counted.as_ref().map_or(0, |counted| counted.count).saturating_add(1);
        minute.counted = Some(HistoryRow { count, remote: None, detail: None, ..row });
    }

    /// The rows, and the counts of minutes that are over at `now`, or of all.
    fn take(&mut self, now: Option<Timestamp>) -> Vec<HistoryRow> {
        let mut rows = std::mem::take(&mut self.rows);
        let over = |minute: &Minute| {
            now.is_none_or(|now| now.since(minute.began) >= Duration::from_secs(60))
        };
        for minute in self.sources.values_mut().filter(|minute| over(minute)) {
            rows.extend(minute.counted.take());
        }
        if let Some(now) = now {
            self.sources.retain(|_, minute| now.since(minute.began) < Duration::from_secs(120));
        }
        rows
    }
}
