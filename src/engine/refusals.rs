//! Rows of refused deliveries, on their way to the history.
//!
//! A stranger decides how many there are, so they are written in batches, only so many for each
//! source in a minute, and beyond that counted: the first are kept, the rest is one row for each
//! reason.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::clock::Timestamp;
use crate::history::HistoryRow;
use crate::source::SourceId;

/// The rows a source gets in a minute. The rest are counted.
const ROWS_PER_MINUTE: u64 = 30;

/// The rows of strangers that wait at most; the rest are counted. A row is about half a kilobyte.
const MAX_WAITING: usize = 1024;

/// Genuine senders have as much room again, which strangers cannot take.
const MAX_WAITING_GENUINE: usize = 2 * MAX_WAITING;

/// What waits at most, counts included. Beyond it nothing is kept, and only how much is known.
const MAX_WAITING_IN_ALL: usize = 4 * MAX_WAITING;

/// The sources whose refusals are counted apart at most.
const MAX_SOURCES: usize = 1024;

/// How long rows wait for others to be written with them.
const PATIENCE: Duration = Duration::from_secs(1);

const MINUTE: Duration = Duration::from_secs(60);

#[derive(Default)]
pub(super) struct Refusals(Mutex<Waiting>);

#[derive(Default)]
struct Waiting {
    rows: Vec<HistoryRow>,
    /// Apart for genuine senders and strangers: a flood of forgeries must not hide why a genuine
    /// delivery was refused.
    sources: BTreeMap<(SourceId, bool), Minute>,
    written: Option<Timestamp>,
    unrecorded: u64,
}

struct Minute {
    began: Timestamp,
    rows: u64,
    /// By reason, of which there are few: the last refusal that got no row, and how many there were.
    counted: BTreeMap<Cow<'static, str>, HistoryRow>,
}

impl Refusals {
    pub(super) fn add(&self, row: HistoryRow, is_genuine: bool) {
        self.lock().add(row, is_genuine);
    }

    /// What is to be written now, if it is time: at most once in a while, however many wait, so
    /// that a store that is down is not asked for each of them.
    pub(super) fn due(&self, now: Timestamp) -> Option<Vec<HistoryRow>> {
        let mut waiting = self.lock();
        if waiting.written.is_some_and(|written| !is_over(written, PATIENCE, now)) {
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
        for row in rows {
            waiting.keep(row);
        }
    }

    /// How many refusals got neither a row nor a count.
    pub(super) fn unrecorded(&self) -> u64 {
        self.lock().unrecorded
    }

    // A panic elsewhere cannot leave the rows half changed: each change is one push or one count.
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    fn add(&mut self, row: HistoryRow, is_genuine: bool) {
        let place = (row.source.clone(), is_genuine);
        let room = if is_genuine { MAX_WAITING_GENUINE } else { MAX_WAITING };
        let has_room = self.rows.len() < room;
        if !self.sources.contains_key(&place) && self.sources.len() >= MAX_SOURCES {
            self.forget_one();
        }
        let minute = self.sources.entry(place).or_insert_with(|| Minute::new(row.at));
        let mut over = BTreeMap::new();
        if is_over(minute.began, MINUTE, row.at) {
            over = std::mem::replace(minute, Minute::new(row.at)).counted;
        }
        let row = if minute.rows < ROWS_PER_MINUTE && has_room {
            minute.rows += 1;
            Some(row)
        } else {
            minute.count(row);
            None
        };
        for row in over.into_values().chain(row) {
            self.keep(row);
        }
    }

    /// Gives up the minute that began first, those of strangers before those of genuine senders.
    fn forget_one(&mut self) {
        let first =
            self.sources.iter().min_by_key(|((_, is_genuine), minute)| (*is_genuine, minute.began));
        if let Some(place) = first.map(|(place, _)| place.clone())
            && let Some(minute) = self.sources.remove(&place)
        {
            for row in minute.counted.into_values() {
                self.keep(row);
            }
        }
    }

    fn keep(&mut self, row: HistoryRow) {
        if self.rows.len() < MAX_WAITING_IN_ALL {
            self.rows.push(row);
        } else {
            self.unrecorded = self.unrecorded.saturating_add(row.count);
        }
    }

    /// The rows, and the counts of minutes that are over at `now`, or of all.
    fn take(&mut self, now: Option<Timestamp>) -> Vec<HistoryRow> {
        let mut rows = std::mem::take(&mut self.rows);
        for minute in self.sources.values_mut() {
            if now.is_none_or(|now| is_over(minute.began, MINUTE, now)) {
                rows.extend(std::mem::take(&mut minute.counted).into_values());
            }
        }
        if let Some(now) = now {
            self.sources.retain(|_, minute| !is_over(minute.began, 2 * MINUTE, now));
        }
        rows
    }
}

impl Minute {
    const fn new(began: Timestamp) -> Self {
        Self { began, rows: 0, counted: BTreeMap::new() }
    }

    fn count(&mut self, row: HistoryRow) {
        let reason = row.reason.clone().unwrap_or_else(|| row.outcome.clone());
        let before = self.counted.get(&reason).map_or(0, |counted| counted.count);
        // What one delivery alone said is not the truth of all.
        let counted = HistoryRow {
            count: before.saturating_add(row.count),
            detail: None,
            remote: None,
            correlation_id: None,
            body_length: None,
            took_millis: None,
            skew_millis: None,
            ..row
        };
        self.counted.insert(reason, counted);
    }
}

/// Whether a stretch of time is over. A clock that was set back ends it, too: otherwise it would
/// last for as long as the clock was wrong.
fn is_over(began: Timestamp, lasts: Duration, now: Timestamp) -> bool {
    now.since(began) >= lasts || began.since(now) >= lasts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(source: usize, second: i64) -> HistoryRow {
        let id = SourceId::new("acme", &format!("s-{source}")).unwrap();
        let at = Timestamp::from_unix_seconds(second);
        let mut row = HistoryRow::new(id, at, "refused".into(), 401);
        row.reason = Some("mismatch".into());
        row
    }

    fn sum(rows: &[HistoryRow]) -> u64 {
        rows.iter().map(|row| row.count).sum()
    }

    #[test]
    fn log_07_what_waits_is_bounded_over_more_sources_than_are_counted_apart() {
        let refusals = Refusals::default();
        let mut all = 0;
        for second in 0..3 {
            for source in 0..4000 {
                for _ in 0..3 {
                    refusals.add(row(source, second), false);
                    all += 1;
                }
            }
        }
        // The minutes end, and their counts with them.
        for source in 0..4000 {
            refusals.add(row(source, 100), false);
            all += 1;
        }
        let rows = refusals.take();
        assert!(rows.len() <= MAX_WAITING_IN_ALL + MAX_SOURCES, "{}", rows.len());
        assert_eq!(sum(&rows) + refusals.unrecorded(), all, "nothing is lost without being known");
    }

    #[test]
    fn log_07_strangers_leave_room_for_genuine_senders() {
        let refusals = Refusals::default();
        for source in 0..200 {
            for _ in 0..100 {
                refusals.add(row(source, 0), false);
            }
        }
        refusals.add(row(0, 1), true);
        let rows = refusals.take();
        let genuine = rows.iter().filter(|row| row.at == Timestamp::from_unix_seconds(1));
        assert_eq!(genuine.count(), 1);
        assert_eq!(sum(&rows), 20_001);
    }

    #[test]
    fn log_07_a_store_that_is_down_is_asked_once_a_second() {
        let refusals = Refusals::default();
        let mut asked = 0;
        for millis in 0..10_000 {
            let now = Timestamp::from_unix_millis(millis);
            refusals.add(HistoryRow { at: now, ..row(0, 0) }, false);
            if let Some(rows) = refusals.due(now) {
                asked += 1;
                refusals.put_back(rows);
            }
        }
        assert_eq!(asked, 10);
        assert_eq!(sum(&refusals.take()), 10_000);
    }

    #[test]
    fn log_07_a_clock_that_is_set_back_does_not_end_the_rows() {
        let refusals = Refusals::default();
        for _ in 0..100 {
            refusals.add(row(0, 1_000_000), false);
        }
        let now = Timestamp::from_unix_seconds(0);
        assert!(refusals.due(now).is_some());
        refusals.add(row(0, 0), false);
        assert_eq!(refusals.take().iter().filter(|row| row.at == now).count(), 1);
    }
}
