//! What the memory store holds and the rules it follows, without a lock in sight.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::MemoryLimits;
use crate::clock::Timestamp;
use crate::dedupe::Window;
use crate::event::{Draft, Event, EventId, Lease, Settlement, Status, Transition};
use crate::history::HistoryRow;
use crate::source::SourceId;
use crate::store::{
    ClaimRequest, Counts, Cursor, EventFilter, HistoryFilter, MAX_PAGE, PurgeRequest, Purged, Put,
    PutState, Settled, Staged, State, StoreError, StoreErrorKind,
};

#[derive(Debug)]
pub(super) struct Shelf {
    limits: MemoryLimits,
    events: HashMap<EventId, Box<Event>>,
    /// Every event by age, which is the order of lists and claims.
    order: BTreeSet<(Timestamp, EventId)>,
    /// Trees, because a hash table that has just grown is mostly empty: a held key would cost twice
    /// as much.
    ledger: HashMap<SourceId, BTreeMap<[u8; 32], Held>>,
    keys: usize,
    bytes: usize,
    generations: HashMap<SourceId, u64>,
    history: BTreeMap<u64, HistoryRow>,
    state: HashMap<(String, String), Value>,
    last_event: u64,
    last_history: u64,
    last_version: u64,
}

#[derive(Debug)]
struct Held {
    until: Option<Timestamp>,
    event: EventId,
    body_sha256: [u8; 32],
}

#[derive(Debug)]
struct Value {
    version: u64,
    bytes: Vec<u8>,
    expires: Option<Timestamp>,
}

impl Shelf {
    pub(super) fn new(limits: MemoryLimits) -> Self {
        Self {
            limits,
            events: HashMap::new(),
            order: BTreeSet::new(),
            ledger: HashMap::new(),
            keys: 0,
            bytes: 0,
            generations: HashMap::new(),
            history: BTreeMap::new(),
            state: HashMap::new(),
            last_event: 0,
            last_history: 0,
            last_version: 0,
        }
    }

    /// Whether all of these could be new. Duplicates are counted as if they were: at its bound a
    /// store is out of room for everyone.
    pub(super) fn room_for(&self, drafts: &[Draft]) -> Result<(), StoreError> {
        let bytes = drafts.iter().fold(0_usize, |sum, draft| sum.saturating_add(weight(draft)));
        let keys = drafts.iter().filter(|draft| draft.claim.is_some()).count();
        let full = if self.events.len().saturating_add(drafts.len()) > self.limits.events {
            Some(("events", self.limits.events))
        } else if self.keys.saturating_add(keys) > self.limits.keys {
            Some(("keys", self.limits.keys))
        } else if self.bytes.saturating_add(bytes) > self.limits.bytes {
            Some(("bytes", self.limits.bytes))
        } else {
            None
        };
        match full {
            None => Ok(()),
            Some((what, limit)) => Err(StoreError::new(
                StoreErrorKind::Full,
                format!(
                    "the memory store is at its limit of {limit} {what}; settle and purge events, or raise MemoryLimits::{what}"
                ),
            )),
        }
    }

    pub(super) fn stage(&mut self, draft: Draft, now: Timestamp) -> Staged {
        let row = draft.clone();
        let staged = self.judge(draft, now);
        self.record(vec![row.row(staged)]);
        staged
    }

    fn judge(&mut self, draft: Draft, now: Timestamp) -> Staged {
        if self.generations.get(&draft.source).is_some_and(|current| draft.generation < *current) {
            return Staged::Superseded;
        }
        let id = EventId::new(self.last_event.saturating_add(1));
        if let Some(claim) = draft.claim {
            let keys = self.ledger.entry(draft.source.clone()).or_default();
            let end = claim.window.end(now);
            match keys.get_mut(claim.key.as_bytes()) {
                Some(held) if held.until.is_none_or(|until| now < until) => {
                    if let (Window::FromLast(_), Some(until), Some(end)) =
                        (claim.window, held.until, end)
                    {
                        held.until = Some(until.max(end));
                    }
                    return Staged::Duplicate {
                        id: held.event,
                        payload_differs: held.body_sha256 != draft.body_sha256,
                    };
                }
                _ => {
                    let held = Held { until: end, event: id, body_sha256: draft.body_sha256 };
                    if keys.insert(*claim.key.as_bytes(), held).is_none() {
                        self.keys = self.keys.saturating_add(1);
                    }
                }
            }
        }
        self.last_event = id.get();
        self.bytes = self.bytes.saturating_add(weight(&draft));
        self.order.insert((draft.received_at, id));
        self.events.insert(id, Box::new(Event::staged(id, draft)));
        Staged::Inserted(id)
    }

    pub(super) fn supersede(&mut self, source: &SourceId, generation: u64) {
        let current = self.generations.entry(source.clone()).or_default();
        *current = generation.max(*current);
    }

    pub(super) fn get(&self, tenant: &str, id: EventId) -> Option<Event> {
        let event = self.events.get(&id)?;
        (event.source.tenant() == tenant).then(|| Event::clone(event))
    }

    pub(super) fn list(
        &self,
        filter: &EventFilter,
        after: Option<Cursor>,
        limit: usize,
    ) -> Vec<Event> {
        let start = after.map(|cursor| (cursor.at, EventId::new(cursor.number)));
        self.order
            .iter()
            .rev()
            .skip_while(|place| start.is_some_and(|start| **place >= start))
            .filter_map(|(_, id)| self.events.get(id))
            .filter(|event| {
                event.source.tenant() == filter.tenant
                    && filter.source.as_ref().is_none_or(|source| event.source == *source)
                    && filter.status.is_none_or(|status| event.status == status)
                    && (filter.event_type.is_none() || event.event_type == filter.event_type)
            })
            .take(limit.min(MAX_PAGE))
            .map(|event| Event::clone(event))
            .collect()
    }

    pub(super) fn settle(
        &mut self,
        tenant: &str,
        id: EventId,
        transition: Transition,
        settlement: Settlement,
        owner: Option<&str>,
    ) -> Settled {
        let Some(event) = self.event(tenant, id) else { return Settled::Missing };
        if event.status != transition.from() {
            return Settled::Stale(event.status);
        }
        match (owner, &event.lease) {
            (Some(owner), _) if !holds(event, owner, settlement.at) => return Settled::LeaseLost,
            (None, Some(lease)) if lease.until > settlement.at => {
                return Settled::Leased { until: lease.until };
            }
            _ => {}
        }
        event.status = transition.to();
        event.settlement = Some(settlement);
        event.lease = None;
        event.not_before = None;
        if event.status == Status::Pending {
            event.attempts = 0;
        }
        Settled::Done
    }

    pub(super) fn claim(&mut self, request: &ClaimRequest, now: Timestamp) -> Vec<Event> {
        let mut claimed = Vec::new();
        let limit = request.limit.min(MAX_PAGE);
        for (_, id) in &self.order {
            if claimed.len() >= limit {
                break;
            }
            let Some(event) = self.events.get_mut(id) else { continue };
            let wanted = request.tenant.as_ref().is_none_or(|name| event.source.tenant() == name)
                && request.source.as_ref().is_none_or(|source| event.source == *source)
                && request.event.is_none_or(|wanted| event.id == wanted);
            let free = event.status == Status::Pending
                && event.lease.as_ref().is_none_or(|lease| lease.until <= now)
                && (request.event.is_some() || event.not_before.is_none_or(|moment| moment <= now));
            if wanted && free {
                event.attempts = event.attempts.saturating_add(1);
                event.lease = Some(Lease::new(request.owner.clone(), request.until));
                claimed.push(Event::clone(event));
            }
        }
        claimed
    }

    pub(super) fn extend(
        &mut self,
        tenant: &str,
        id: EventId,
        owner: &str,
        until: Timestamp,
        now: Timestamp,
    ) -> bool {
        let Some(event) = self.event(tenant, id).filter(|event| holds(event, owner, now)) else {
            return false;
        };
        if let Some(lease) = &mut event.lease {
            lease.until = lease.until.max(until);
        }
        true
    }

    pub(super) fn release(
        &mut self,
        tenant: &str,
        id: EventId,
        owner: &str,
        not_before: Option<Timestamp>,
        now: Timestamp,
    ) -> bool {
        let Some(event) = self.event(tenant, id).filter(|event| holds(event, owner, now)) else {
            return false;
        };
        event.lease = None;
        event.not_before = not_before;
        true
    }

    pub(super) fn record(&mut self, rows: Vec<HistoryRow>) {
        for row in rows {
            self.last_history = self.last_history.saturating_add(1);
            self.history.insert(self.last_history, row);
        }
        while self.history.len() > self.limits.history {
            self.history.pop_first();
        }
    }

    pub(super) fn history(
        &self,
        filter: &HistoryFilter,
        after: Option<Cursor>,
        limit: usize,
    ) -> Vec<(Cursor, HistoryRow)> {
        let mut rows: Vec<(Cursor, &HistoryRow)> = self
            .history
            .iter()
            .map(|(number, row)| (Cursor { at: row.at, number: *number }, row))
            .filter(|(cursor, row)| {
                row.source.tenant() == filter.tenant
                    && filter.source.as_ref().is_none_or(|source| row.source == *source)
                    && filter.outcome.as_ref().is_none_or(|outcome| row.outcome == *outcome)
                    && filter.since.is_none_or(|since| row.at >= since)
                    && filter.until.is_none_or(|until| row.at < until)
                    && after.is_none_or(|after| *cursor < after)
            })
            .collect();
        rows.sort_unstable_by_key(|(cursor, _)| std::cmp::Reverse(*cursor));
        rows.truncate(limit.min(MAX_PAGE));
        rows.into_iter().map(|(cursor, row)| (cursor, row.clone())).collect()
    }

    pub(super) fn purge(&mut self, request: &PurgeRequest, now: Timestamp) -> Purged {
        let limit = request.limit;
        let old: Vec<(Timestamp, EventId)> = self
            .order
            .iter()
            .take_while(|(at, _)| *at < request.events_before)
            .filter(|(_, id)| {
                self.events.get(id).is_some_and(|event| event.status != Status::Pending)
            })
            .take(limit)
            .copied()
            .collect();
        for place in &old {
            self.order.remove(place);
            if let Some(event) = self.events.remove(&place.1) {
                self.bytes = self.bytes.saturating_sub(kept(&event.headers, event.body.len()));
            }
        }
        let mut keys = 0;
        self.ledger.retain(|_, held| {
            held.retain(|_, held| {
                let ended = keys < limit && held.until.is_some_and(|until| until <= now);
                keys += usize::from(ended);
                !ended
            });
            !held.is_empty()
        });
        self.keys = self.keys.saturating_sub(keys);
        let rows: Vec<u64> = self
            .history
            .iter()
            .filter(|(_, row)| row.at < request.history_before)
            .map(|(number, _)| *number)
            .take(limit)
            .collect();
        for number in &rows {
            self.history.remove(number);
        }
        let mut state = 0;
        self.state.retain(|_, value| {
            let ended = state < limit && value.expires.is_some_and(|end| end <= now);
            state += usize::from(ended);
            !ended
        });
        Purged {
            events: old.len() as u64,
            keys: keys as u64,
            history: rows.len() as u64,
            state: state as u64,
        }
    }

    pub(super) fn counts(&self, tenant: &str, source: Option<&SourceId>) -> Counts {
        let mut counts = Counts::default();
        for event in self.events.values() {
            if event.source.tenant() == tenant
                && source.is_none_or(|source| event.source == *source)
            {
                *counts.of_mut(event.status) += 1;
            }
        }
        counts
    }

    pub(super) fn state(&self, namespace: &str, key: &str, now: Timestamp) -> Option<State> {
        let value = self.state.get(&(namespace.to_owned(), key.to_owned()))?;
        value.open(now).then(|| State { version: value.version, bytes: value.bytes.clone() })
    }

    pub(super) fn put_if(&mut self, put: PutState, now: Timestamp) -> Result<Put, StoreError> {
        put.check()?;
        let current = self.state(&put.namespace, &put.key, now);
        if current.as_ref().map(|state| state.version) != put.expected {
            return Ok(Put::Conflict(current));
        }
        let place = (put.namespace, put.key);
        let version = self.last_version.saturating_add(1);
        match put.bytes {
            None => {
                self.state.remove(&place);
            }
            Some(bytes) => {
                if self.state.len() >= self.limits.state && !self.state.contains_key(&place) {
                    let limit = self.limits.state;
                    return Err(StoreError::new(
                        StoreErrorKind::Full,
                        format!(
                            "the memory store is at its limit of {limit} values of small state; purge, or raise MemoryLimits::state"
                        ),
                    ));
                }
                self.state.insert(place, Value { version, bytes, expires: put.expires });
            }
        }
        self.last_version = version;
        Ok(Put::Done { version })
    }

    fn event(&mut self, tenant: &str, id: EventId) -> Option<&mut Event> {
        let event = self.events.get_mut(&id)?;
        (event.source.tenant() == tenant).then_some(&mut **event)
    }
}

impl Value {
    fn open(&self, now: Timestamp) -> bool {
        self.expires.is_none_or(|end| now < end)
    }
}

fn holds(event: &Event, owner: &str, now: Timestamp) -> bool {
    event.status == Status::Pending
        && event.lease.as_ref().is_some_and(|lease| lease.owner == owner && now < lease.until)
}

fn weight(draft: &Draft) -> usize {
    kept(&draft.headers, draft.body.len())
}

fn kept(headers: &[(String, Vec<u8>)], body: usize) -> usize {
    headers
        .iter()
        .fold(body, |sum, (name, value)| sum.saturating_add(name.len()).saturating_add(value.len()))
}
