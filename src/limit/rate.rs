//! Rates: how many deliveries a second, how many at once, and what becomes of the rest.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::error::ConfigFault;
use crate::source::SourceId;

/// How many deliveries are taken.
///
/// ```
/// use hookstage::Rate;
///
/// let rate = Rate::new(100, 200);
/// assert_eq!(rate.per_second, 100);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// Deliveries a second that can go on for ever: 1 to 1,000,000.
    pub per_second: u32,
    /// Deliveries beyond that which are taken at once, 1 to 1,000,000.
    pub burst: u32,
    /// How long a delivery beyond the burst may be held back before it is refused, in
    /// milliseconds; at most 60,000. The host does the waiting, see
    /// [`Receipt::delay`](crate::Receipt::delay).
    #[serde(default)]
    pub patience_ms: u32,
}

impl Rate {
    /// A rate that holds nothing back: beyond the burst it refuses.
    #[must_use]
    pub const fn new(per_second: u32, burst: u32) -> Self {
        Self { per_second, burst, patience_ms: 0 }
    }

    /// With a delay up to which deliveries beyond the burst are still taken.
    #[must_use]
    pub const fn with_patience(self, patience_ms: u32) -> Self {
        Self { patience_ms, ..self }
    }

    fn faults(&self, at: &'static str, faults: &mut Vec<ConfigFault>) {
        if !(1..=1_000_000).contains(&self.per_second) || !(1..=1_000_000).contains(&self.burst) {
            faults.push(ConfigFault::new(
                at,
                "give 1 to 1,000,000 a second and a burst of 1 to 1,000,000; leave the rate out \
                 for no limit, pause the source to take nothing",
            ));
        }
        if self.patience_ms > 60_000 {
            faults.push(ConfigFault::new(at, "hold deliveries back for a minute at most"));
        }
    }
}

/// The two budgets of a source. A stranger who spends one never touches the other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RateRule {
    /// What one source takes of its genuine senders.
    pub authenticated: Option<Rate>,
    /// What one peer may fail at: each IPv4 address, each IPv6 network of 64 bits (the least that
    /// one customer gets). It is charged before anything is hashed and given back when the sender
    /// turns out to be genuine. Peers whose address the host does not give share none.
    pub unauthenticated: Option<Rate>,
}

impl RateRule {
    pub(crate) fn faults(&self, faults: &mut Vec<ConfigFault>) {
        if let Some(rate) = &self.authenticated {
            rate.faults("policy.rate.authenticated", faults);
        }
        if let Some(rate) = &self.unauthenticated {
            rate.faults("policy.rate.unauthenticated", faults);
        }
    }
}

/// What a rate says to one more delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Within the burst.
    Allow,
    /// Beyond the burst, and taken if it is held back for this long.
    Delay(Duration),
    /// Too many; worth another attempt after this long.
    Reject {
        /// When to come again.
        retry_after: Duration,
    },
}

/// The state of all budgets of one process.
#[derive(Debug, Default)]
pub(crate) struct Limiter {
    sources: Mutex<Budgets<SourceId>>,
    peers: Mutex<Budgets<IpAddr>>,
}

impl Limiter {
    /// One more delivery of a genuine sender.
    pub(crate) fn source(&self, id: &SourceId, rate: Rate, now: Timestamp) -> Verdict {
        lock(&self.sources).take(id, rate, now)
    }

    /// One more delivery of someone who is not established yet.
    pub(crate) fn peer(&self, peer: IpAddr, rate: Rate, now: Timestamp) -> Verdict {
        lock(&self.peers).take(&network_of(peer), rate, now)
    }

    /// The same turned out to be genuine.
    pub(crate) fn give_back(&self, peer: IpAddr, rate: Rate) {
        lock(&self.peers).give_back(&network_of(peer), rate);
    }
}

/// Buckets, in two generations: when the young one is full the old one is forgotten, so that memory
/// is bounded whatever arrives, and a bucket in use is never the one forgotten.
#[derive(Debug)]
struct Budgets<K> {
    young: HashMap<K, Bucket>,
    old: HashMap<K, Bucket>,
}

/// The buckets of one generation: about 6 MiB for two generations of peers.
const GENERATION: usize = 32_768;

/// A budget as one number (the generic cell rate algorithm, ITU-T I.371): the moment at which the
/// bucket is empty again, in microseconds since 1970.
#[derive(Clone, Copy, Debug)]
struct Bucket {
    empty_at: i64,
}

impl<K> Default for Budgets<K> {
    fn default() -> Self {
        Self { young: HashMap::new(), old: HashMap::new() }
    }
}

impl<K: Clone + Eq + Hash> Budgets<K> {
    fn take(&mut self, key: &K, rate: Rate, now: Timestamp) -> Verdict {
        let now = micros(now);
        self.bucket(key, now).take(rate, now)
    }

    fn give_back(&mut self, key: &K, rate: Rate) {
        if let Some(bucket) = self.young.get_mut(key).or_else(|| self.old.get_mut(key)) {
            bucket.empty_at = bucket.empty_at.saturating_sub(interval(rate));
        }
    }

    fn bucket(&mut self, key: &K, now: i64) -> &mut Bucket {
        let kept = self.old.remove(key);
        if !self.young.contains_key(key) && self.young.len() >= GENERATION {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.entry(key.clone()).or_insert_with(|| kept.unwrap_or(Bucket { empty_at: now }))
    }
}

impl Bucket {
    fn take(&mut self, rate: Rate, now: i64) -> Verdict {
        let interval = interval(rate);
        let room = interval.saturating_mul(i64::from(rate.burst.max(1)));
        let patience = i64::from(rate.patience_ms).saturating_mul(1000);
        // A clock that was set back must not lock anyone out for as long as it was wrong.
        let latest = now.saturating_add(room).saturating_add(patience);
        let begin = self.empty_at.clamp(now, latest);
        let after = begin.saturating_add(interval);
        let over = after.saturating_sub(now).saturating_sub(room);
        if over > patience {
            self.empty_at = begin;
            return Verdict::Reject { retry_after: duration(over.saturating_sub(patience)) };
        }
        self.empty_at = after;
        if over > 0 { Verdict::Delay(duration(over)) } else { Verdict::Allow }
    }
}

fn interval(rate: Rate) -> i64 {
    1_000_000 / i64::from(rate.per_second.clamp(1, 1_000_000))
}

fn micros(now: Timestamp) -> i64 {
    now.as_unix_millis().saturating_mul(1000)
}

const fn duration(micros: i64) -> Duration {
    Duration::from_micros(micros.unsigned_abs())
}

/// What one customer of a network has at least: an IPv4 address, or 64 bits of IPv6 (RFC 6177).
fn network_of(peer: IpAddr) -> IpAddr {
    match peer.to_canonical() {
        IpAddr::V6(six) => {
            let [a, b, c, d, ..] = six.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        four => four,
    }
}

// A panic elsewhere cannot leave a bucket half changed: each change is one assignment.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_unix_millis(1_700_000_000_000 + millis)
    }

    fn takes(bucket: &mut Bucket, rate: Rate, now: Timestamp, count: usize) -> usize {
        (0..count).filter(|_| bucket.take(rate, micros(now)) == Verdict::Allow).count()
    }

    #[test]
    fn r_cm_26_28_rat_03_the_burst_is_exact_and_the_rate_goes_on() {
        let rate = Rate::new(100, 200);
        let mut bucket = Bucket { empty_at: micros(at(0)) };
        assert_eq!(takes(&mut bucket, rate, at(0), 1000), 200);
        assert_eq!(
            bucket.take(rate, micros(at(0))),
            Verdict::Reject { retry_after: Duration::from_millis(10) }
        );
        assert_eq!(takes(&mut bucket, rate, at(1000), 1000), 100);
        assert_eq!(takes(&mut bucket, rate, at(1_000_000), 1000), 200);
    }

    #[test]
    fn r_cm_28_short_excess_is_held_back_and_sustained_excess_is_refused() {
        let rate = Rate::new(100, 1).with_patience(20);
        let mut bucket = Bucket { empty_at: micros(at(0)) };
        let verdicts: Vec<Verdict> = (0..4).map(|_| bucket.take(rate, micros(at(0)))).collect();
        assert_eq!(
            verdicts,
            [
                Verdict::Allow,
                Verdict::Delay(Duration::from_millis(10)),
                Verdict::Delay(Duration::from_millis(20)),
                Verdict::Reject { retry_after: Duration::from_millis(10) },
            ]
        );
    }

    #[test]
    fn rat_03_no_clock_makes_a_budget_negative_or_locks_it_for_ever() {
        let rate = Rate::new(1, 2);
        for (first, second) in
            [(0, -(1 << 52)), (0, -3_600_000), (0, 1 << 52), (1 << 52, 0), (0, 1 << 33)]
        {
            let mut bucket = Bucket { empty_at: micros(at(first)) };
            assert_eq!(takes(&mut bucket, rate, at(first), 5), 2);
            let then = takes(&mut bucket, rate, at(second), 5);
            let later = takes(&mut bucket, rate, at(second + 10_000), 5);
            assert!(then <= 2, "{first} {second}");
            assert_eq!(later, 2, "{first} {second}");
        }
        let rate = Rate { per_second: 0, burst: 0, patience_ms: u32::MAX };
        let mut bucket = Bucket { empty_at: i64::MAX };
        let _ = bucket.take(rate, i64::MAX);
        let _ = bucket.take(rate, i64::MIN);
    }

    #[test]
    fn rat_04_a_million_addresses_fit_in_bounded_memory_and_a_network_shares_one_budget() {
        let limiter = Limiter::default();
        let rate = Rate::new(1, 1);
        for number in 0..1_000_000_u32 {
            let peer =
                Ipv6Addr::new(0x2001, 0xdb8, (number >> 16) as u16, number as u16, 1, 2, 3, 4);
            assert_eq!(limiter.peer(peer.into(), rate, at(0)), Verdict::Allow);
        }
        let peers = lock(&limiter.peers);
        assert!(peers.young.len() + peers.old.len() <= 2 * GENERATION);
        drop(peers);

        let one: IpAddr = "2001:db8:5:5::1".parse().unwrap();
        let other: IpAddr = "2001:db8:5:5:ffff::2".parse().unwrap();
        assert_eq!(limiter.peer(one, rate, at(5)), Verdict::Allow);
        assert!(matches!(limiter.peer(other, rate, at(5)), Verdict::Reject { .. }));
    }
}
