//! How a source is doing, read off its history.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::HistoryRow;
use crate::clock::Timestamp;
use crate::source::SourceId;

/// Whose health, over which time, and how much is read for it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct HealthRequest {
    /// The source.
    pub source: SourceId,
    /// Not before this moment. Ask from the moment of a rotation on to see who still uses the old
    /// secret.
    pub since: Timestamp,
    /// Before this moment; without it, until now.
    pub until: Option<Timestamp>,
    /// The rows that are read at most, newest first.
    pub max_rows: usize,
}

impl HealthRequest {
    /// The health of a source from a moment until now, by at most 10,000 rows.
    #[must_use]
    pub const fn new(source: SourceId, since: Timestamp) -> Self {
        Self { source, since, until: None, max_rows: 10_000 }
    }
}

/// How a source is doing: what came of its deliveries in a stretch of time.
///
/// It is a plain sum over history rows, so a host that keeps its own history makes one with
/// [`of`](Self::of). Rows that stand for several deliveries count as many.
///
/// ```
/// use hookstage::{Health, HistoryRow, SourceId, Timestamp};
///
/// let source = SourceId::new("acme", "stripe")?;
/// let now = Timestamp::from_unix_seconds(1_700_000_000);
/// let mut refused = HistoryRow::new(source.clone(), now, "refused".into(), 401);
/// refused.reason = Some("mismatch".into());
/// refused.count = 40;
/// let staged = HistoryRow::new(source, now, "staged".into(), 200);
///
/// let health = Health::of([&staged, &refused]);
/// assert_eq!((health.accepted, health.refused["mismatch"]), (1, 40));
/// assert_eq!(health.last_accepted, Some(now));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Health {
    /// Deliveries that were staged.
    pub accepted: u64,
    /// Deliveries that were staged before, and those that got an earlier answer again.
    pub duplicates: u64,
    /// Deliveries that were taken as samples.
    pub captured: u64,
    /// Deliveries that are genuine and that nobody wants.
    pub ignored: u64,
    /// Questions of a provider that were answered and staged nothing.
    pub handshakes: u64,
    /// Deliveries that were refused, by the stable code of the reason.
    pub refused: BTreeMap<Cow<'static, str>, u64>,
    /// When a delivery was staged last.
    pub last_accepted: Option<Timestamp>,
    /// When a delivery was refused last.
    pub last_refused: Option<Timestamp>,
    /// How far the sender's clock is off, if it signs its time.
    pub clock_skew: Option<ClockSkew>,
    /// Genuine deliveries by the place of the key that matched, 0 being the newest that the source
    /// had [at the time](HistoryRow::key_index). Ask from the moment of the last rotation on, or
    /// keys from before it are counted with those that took their places.
    pub by_key: Vec<u64>,
    /// The rows that were read.
    pub rows: u64,
    /// If not every row of the time asked for was read: the moment of the oldest that was. What lies
    /// before it is not in the sums.
    pub cut_at: Option<Timestamp>,
}

/// How far a sender's clock seems to be ahead of ours.
///
/// It is the median over the deliveries of which it is known, so that a late retry, a replay or one
/// machine among many with a wrong clock does not move it. The time on the way counts as if the
/// sender's clock were behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ClockSkew {
    /// In milliseconds; negative if it is behind.
    pub millis: i64,
    /// By how many deliveries.
    pub samples: u64,
    /// Whether all of them were refused for their time. Where one was accepted, only those that
    /// were count: whoever has once seen a delivery can send it again late, as often as he likes.
    pub is_of_refused: bool,
}

impl Health {
    /// The health that these rows of one source show, in any order.
    #[must_use]
    pub fn of<'r>(rows: impl IntoIterator<Item = &'r HistoryRow>) -> Self {
        let mut sum = Sum::default();
        rows.into_iter().for_each(|row| sum.add(row));
        sum.health()
    }

    /// How many deliveries were refused, for whatever reason.
    #[must_use]
    pub fn refusals(&self) -> u64 {
        self.refused.values().fold(0, |sum, count| sum.saturating_add(*count))
    }

    /// The share of genuine deliveries that were signed with another key than the newest, from 0 to
    /// 1; nothing if no key is known to have matched. When it has been 0 for long enough since the
    /// rotation, the old key can go. It says nothing of a source with a key set, whose keys count
    /// one by one: see [`KeyUse`](crate::sources::KeyUse).
    #[must_use]
    pub fn share_on_old_keys(&self) -> Option<f64> {
        let all = self.by_key.iter().fold(0_u64, |sum, count| sum.saturating_add(*count));
        let newest = self.by_key.first().copied().unwrap_or_default();
        (all > 0).then(|| all.saturating_sub(newest) as f64 / all as f64)
    }
}

/// A health under way, page by page.
#[derive(Debug, Default)]
pub(crate) struct Sum {
    health: Health,
    accepted_skews: Vec<i64>,
    refused_skews: Vec<i64>,
}

impl Sum {
    pub(crate) fn add(&mut self, row: &HistoryRow) {
        let health = &mut self.health;
        health.rows = health.rows.saturating_add(1);
        let (count, last) = match &*row.outcome {
            "staged" => (&mut health.accepted, Some(&mut health.last_accepted)),
            "duplicate" | "replayed" => (&mut health.duplicates, None),
            "captured" => (&mut health.captured, None),
            "ignored" => (&mut health.ignored, None),
            "handshake" => (&mut health.handshakes, None),
            _ => {
                let reason = row.reason.clone().unwrap_or(Cow::Borrowed("unknown"));
                (health.refused.entry(reason).or_default(), Some(&mut health.last_refused))
            }
        };
        *count = count.saturating_add(row.count);
        if let Some(last) = last {
            *last = (*last).max(Some(row.at));
        }
        let is_genuine = matches!(&*row.outcome, "staged" | "duplicate");
        if let (true, Some(index)) = (is_genuine, row.key_index) {
            let index = usize::from(index);
            if health.by_key.len() <= index {
                health.by_key.resize(index + 1, 0);
            }
            if let Some(count) = health.by_key.get_mut(index) {
                *count = count.saturating_add(row.count);
            }
        }
        if let Some(skew) = row.skew_millis {
            let skews = if is_genuine { &mut self.accepted_skews } else { &mut self.refused_skews };
            skews.push(skew);
        }
    }

    /// What was summed up, cut off at this moment if not everything was read.
    pub(crate) fn cut(self, at: Option<Timestamp>) -> Health {
        Health { cut_at: at, ..self.health() }
    }

    fn health(mut self) -> Health {
        let is_of_refused = self.accepted_skews.is_empty();
        let skews = if is_of_refused { &mut self.refused_skews } else { &mut self.accepted_skews };
        let middle = skews.len() / 2;
        let clock_skew = (!skews.is_empty()).then(|| {
            let (_, median, _) = skews.select_nth_unstable(middle);
            ClockSkew { millis: *median, samples: skews.len() as u64, is_of_refused }
        });
        Health { clock_skew, ..self.health }
    }
}
