//! Diagnosis at receipt: while an operator has it open, refused deliveries of a source are kept for
//! a moment, and what would have matched is looked for when the operator reads the history.
//!
//! The search takes milliseconds and knows the secret. It runs when the history is read or flushed,
//! never while a sender waits: under a uniform policy even the time of an answer would tell that the
//! source exists. A stranger makes it run a few times a minute at most, and only while it is open.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::path::Backend;
use super::{BlockingEngine, Engine};
use crate::clock::Timestamp;
use crate::delivery::{Body, Delivery, Head};
use crate::diagnosis::{Diagnoses, KEY, LONGEST, NAMESPACE};
use crate::error::Error;
use crate::history::{HistoryRow, printable};
use crate::providers;
use crate::refusal::Refusal;
use crate::scheme::{Parameters, Scheme, Subject, explain};
use crate::scrub::Scrubber;
use crate::secret::Secret;
use crate::source::{Endpoint, Source, SourceId};
use crate::store::{Put, StoreError, StoreErrorKind, block_on};

/// The deliveries of one source that are explained in a minute.
const PER_MINUTE: u8 = 6;

/// The deliveries that wait to be explained at most: 2 MiB of bodies.
const MAX_WAITING: usize = 32;

/// A longer body is not kept: each of up to 512 trials would hash it.
const MAX_BODY: usize = 64 * 1024;

/// The longest head that is kept, in bytes.
const MAX_HEAD: usize = 32 * 1024;

/// How old the knowledge of which windows are open gets while deliveries are refused.
const REFRESH: Duration = Duration::from_secs(5);

/// The hints that are kept of one delivery, and the length of each in characters.
const MAX_HINTS: usize = 8;
const MAX_HINT: usize = 400;

/// The providers that a delivery is tried as.
const MAX_PROVIDERS: usize = 8;

/// The secrets of other sources that a delivery is tried with.
const MAX_OTHERS: usize = 32;

/// What a row says where the search found nothing, so that it can be told from one that was not
/// looked into.
const NOTHING: &str = "Nothing that was tried would have matched: most likely the sender uses \
    another secret, or what came is not what it signed.";

/// Secrets that are not the source's own, each under the name that a hint gives it.
type Others = Arc<[(String, Secret)]>;

impl Engine {
    /// Opens the diagnosis of a source until a moment, at most a day away: the rows of its refused
    /// deliveries then say what would have matched, in [`HistoryRow::hints`]. If it is open, it
    /// ends at the new moment. Returns the moment at which it ends.
    ///
    /// Of each source at most 6 deliveries a minute are explained, with bodies of at most 64 KiB.
    /// They are explained, and their rows written, when the history is read or
    /// [flushed](Self::flush): a sender never waits for it. Other processes learn of it within five
    /// seconds.
    ///
    /// # Errors
    ///
    /// A fault of the store, and 64 diagnoses that are open already.
    pub async fn open_diagnosis(
        &self,
        source: &SourceId,
        until: Timestamp,
    ) -> Result<Timestamp, Error> {
        self.open_diagnosis_with(source, until, Vec::new()).await
    }

    /// Opens the diagnosis of a source, and lets it try these secrets too, each under the name that
    /// a hint gives it: those of the tenant's other sources, usually, because an endpoint with the
    /// secret of another is the commonest mistake. At most 32 are tried. They stay in the memory of
    /// this process until the diagnosis ends; other processes do without them.
    ///
    /// # Errors
    ///
    /// As for [`open_diagnosis`](Self::open_diagnosis).
    pub async fn open_diagnosis_with(
        &self,
        source: &SourceId,
        until: Timestamp,
        others: Vec<(String, Secret)>,
    ) -> Result<Timestamp, Error> {
        let now = self.now();
        Ok(open(&self.shell.samples, &self.at(now), source, until, others, now).await?)
    }

    /// Closes the diagnosis of a source.
    ///
    /// # Errors
    ///
    /// A fault of the store.
    pub async fn close_diagnosis(&self, source: &SourceId) -> Result<(), Error> {
        let now = self.now();
        Ok(close(&self.shell.samples, &self.at(now), source, now).await?)
    }

    /// When the diagnosis of a source ends; nothing if it is not open.
    ///
    /// # Errors
    ///
    /// A fault of the store.
    pub async fn diagnosis(&self, source: &SourceId) -> Result<Option<Timestamp>, Error> {
        let now = self.now();
        Ok(read(&self.at(now)).await?.0.until(source, now))
    }
}

impl BlockingEngine {
    /// See [`Engine::open_diagnosis`].
    ///
    /// # Errors
    ///
    /// A fault of the store, and 64 diagnoses that are open already.
    pub fn open_diagnosis(&self, source: &SourceId, until: Timestamp) -> Result<Timestamp, Error> {
        self.open_diagnosis_with(source, until, Vec::new())
    }

    /// See [`Engine::open_diagnosis_with`].
    ///
    /// # Errors
    ///
    /// As for [`open_diagnosis`](Self::open_diagnosis).
    pub fn open_diagnosis_with(
        &self,
        source: &SourceId,
        until: Timestamp,
        others: Vec<(String, Secret)>,
    ) -> Result<Timestamp, Error> {
        let now = self.now();
        Ok(block_on(open(&self.shell.samples, &self.at(now), source, until, others, now))?)
    }

    /// See [`Engine::close_diagnosis`].
    ///
    /// # Errors
    ///
    /// A fault of the store.
    pub fn close_diagnosis(&self, source: &SourceId) -> Result<(), Error> {
        let now = self.now();
        Ok(block_on(close(&self.shell.samples, &self.at(now), source, now))?)
    }

    /// See [`Engine::diagnosis`].
    ///
    /// # Errors
    ///
    /// A fault of the store.
    pub fn diagnosis(&self, source: &SourceId) -> Result<Option<Timestamp>, Error> {
        let now = self.now();
        Ok(block_on(read(&self.at(now)))?.0.until(source, now))
    }
}

async fn open(
    samples: &Samples,
    backend: &impl Backend,
    source: &SourceId,
    until: Timestamp,
    mut others: Vec<(String, Secret)>,
    now: Timestamp,
) -> Result<Timestamp, StoreError> {
    let until = until.min(now + LONGEST);
    let open = |open: Diagnoses| {
        open.open(source, until, now).ok_or_else(|| {
            let message = "64 diagnoses are open already; close one, or wait until one ends";
            StoreError::new(StoreErrorKind::Full, message)
        })
    };
    change(samples, backend, now, open).await?;
    others.truncate(MAX_OTHERS);
    samples.lock().others.insert(source.clone(), others.into());
    Ok(until)
}

async fn close(
    samples: &Samples,
    backend: &impl Backend,
    source: &SourceId,
    now: Timestamp,
) -> Result<(), StoreError> {
    change(samples, backend, now, |open| Ok(open.close(source))).await
}

/// Changes what is open as a whole, again if another was faster.
async fn change(
    samples: &Samples,
    backend: &impl Backend,
    now: Timestamp,
    change: impl Fn(Diagnoses) -> Result<Diagnoses, StoreError> + Send,
) -> Result<(), StoreError> {
    loop {
        let (open, version) = read(backend).await?;
        let changed = change(open)?;
        if let Put::Done { .. } = backend.put_if(changed.put(version)).await? {
            samples.learn(changed, now);
            return Ok(());
        }
    }
}

async fn read(backend: &impl Backend) -> Result<(Diagnoses, Option<u64>), StoreError> {
    let state = backend.state(NAMESPACE, KEY).await?;
    let open = Diagnoses::read(state.as_ref()).ok_or_else(|| {
        StoreError::new(StoreErrorKind::Corrupt, "what is diagnosed cannot be understood")
    })?;
    Ok((open, state.map(|state| state.version)))
}

/// Learns which windows are open, if what is known of them is old. A store that does not answer is
/// no reason to fail: nothing is explained then.
pub(super) async fn refresh(samples: &Samples, backend: &impl Backend, now: Timestamp) {
    if samples.is_old(now)
        && let Ok((open, _)) = read(backend).await
    {
        samples.learn(open, now);
    }
}

/// Refused deliveries that wait to be explained, and what is known of the windows.
#[derive(Default)]
pub(super) struct Samples(Mutex<Known>);

#[derive(Default)]
struct Known {
    open: Diagnoses,
    others: BTreeMap<SourceId, Others>,
    looked: Option<Timestamp>,
    minute: Option<Timestamp>,
    taken: BTreeMap<SourceId, u8>,
    waiting: Vec<Sample>,
}

impl Samples {
    /// Keeps a refused delivery with its row, if its source is diagnosed and there is room for it;
    /// gives the row back if not.
    pub(super) fn keep(
        &self,
        endpoint: Endpoint<'_>,
        head: &Head<'_>,
        delivery: Option<&Delivery<'_>>,
        refusal: &Refusal,
        row: HistoryRow,
    ) -> Option<HistoryRow> {
        let Endpoint::Source(source) = endpoint else { return Some(row) };
        if !refusal.is_explicable() {
            return Some(row);
        }
        let Some(others) = self.lock().room(source.id(), row.at) else { return Some(row) };
        // Copied without the lock: two at once may both find the last room, and one more is kept.
        match Sample::of(source, others, head, delivery, row) {
            Ok(sample) => {
                self.lock().waiting.push(*sample);
                None
            }
            Err(row) => Some(*row),
        }
    }

    /// The deliveries that wait, each to be explained.
    pub(super) fn take(&self) -> Vec<Sample> {
        std::mem::take(&mut self.lock().waiting)
    }

    fn learn(&self, open: Diagnoses, now: Timestamp) {
        let mut known = self.lock();
        known.others.retain(|source, _| open.until(source, now).is_some());
        known.open = open;
        known.looked = Some(now);
    }

    /// Whether it is time to look again; whoever is told so looks.
    fn is_old(&self, now: Timestamp) -> bool {
        let mut known = self.lock();
        let fresh = known
            .looked
            .is_some_and(|looked| now.since(looked) < REFRESH && looked.since(now) < REFRESH);
        if !fresh {
            known.looked = Some(now);
        }
        !fresh
    }

    // A panic elsewhere cannot leave it half changed: each part is true by itself.
    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    /// Counts one more delivery of a source, if it is to be explained; the secrets to try it with.
    fn room(&mut self, source: &SourceId, now: Timestamp) -> Option<Others> {
        if self.open.until(source, now).is_none() || self.waiting.len() >= MAX_WAITING {
            return None;
        }
        let minute = Duration::from_secs(60);
        let is_over = |began: Timestamp| now.since(began) >= minute || began.since(now) >= minute;
        if self.minute.is_none_or(is_over) {
            self.minute = Some(now);
            self.taken.clear();
        }
        let taken = self.taken.entry(source.clone()).or_default();
        if *taken >= PER_MINUTE {
            return None;
        }
        *taken += 1;
        Some(self.others.get(source).cloned().unwrap_or_default())
    }
}

/// A refused delivery with all that is needed to explain it later. It lives until the history is
/// read or flushed, and of it only sentences are kept.
pub(super) struct Sample {
    row: HistoryRow,
    scheme: Scheme,
    parameters: Parameters,
    keys: Vec<Secret>,
    ended: Vec<(String, Secret)>,
    others: Others,
    method: String,
    url: String,
    headers: Vec<(String, Vec<u8>)>,
    /// Nothing, if it was too large for its source.
    body: Option<Vec<u8>>,
}

impl Sample {
    /// A copy of the delivery. The row as it is, if the delivery is too long for that.
    fn of(
        source: &Source,
        others: Others,
        head: &Head<'_>,
        delivery: Option<&Delivery<'_>>,
        mut row: HistoryRow,
    ) -> Result<Box<Self>, Box<HistoryRow>> {
        let body = match delivery.map(Delivery::body) {
            Some(Body::Whole(body)) if body.len() > MAX_BODY => {
                row.hints.push(format!(
                    "The body is longer than the {MAX_BODY} bytes that are explained at receipt; \
                     explain a captured request instead."
                ));
                return Err(Box::new(row));
            }
            Some(Body::Whole(body)) => Some(body),
            Some(Body::TooLarge) => None,
            // Refused by its head alone, which says what is wrong with it.
            None => Some(b"".as_slice()),
        };
        let lines = head.headers().iter();
        let length = lines.fold(head.url().len(), |sum, (name, value)| {
            sum.saturating_add(name.len()).saturating_add(value.len())
        });
        if length > MAX_HEAD {
            return Err(Box::new(row));
        }
        let (mut keys, mut ended) = (Vec::new(), Vec::new());
        for (index, (secret, ends)) in source.secrets().enumerate() {
            let Ok(secret) = Secret::from_bytes(secret.expose().to_vec()) else { continue };
            if ends.is_none_or(|ends| row.at < ends) {
                keys.push(secret);
            } else {
                ended.push((format!("keys[{index}], which has ended"), secret));
            }
        }
        Ok(Box::new(Self {
            row,
            scheme: source.verifier().scheme().clone(),
            parameters: source.verifier().parameters().clone(),
            keys,
            ended,
            others,
            method: head.method().to_owned(),
            url: head.url().to_owned(),
            headers: head
                .headers()
                .iter()
                .map(|(name, value)| ((*name).to_owned(), value.to_vec()))
                .collect(),
            body: body.map(<[u8]>::to_vec),
        }))
    }

    /// Its row, with the hints.
    pub(super) fn explained(self) -> HistoryRow {
        let lines: Vec<(&str, &[u8])> =
            self.headers.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
        let head = Head::new(&self.method, &self.url, &lines);
        let delivery = match &self.body {
            Some(body) => Delivery::new(head, body),
            None => Delivery::too_large(head),
        };
        let others: Vec<(&str, Scheme)> = providers::identify(&delivery)
            .iter()
            .filter_map(|alike| Some((alike.name(), providers::find(alike.name())?.scheme())))
            .take(MAX_PROVIDERS)
            .collect();
        let other_schemes: Vec<(&str, &Scheme)> =
            others.iter().map(|(name, scheme)| (*name, scheme)).collect();
        let other_keys: Vec<(&str, &Secret)> = self
            .ended
            .iter()
            .chain(&*self.others)
            .map(|(name, secret)| (name.as_str(), secret))
            .collect();
        let subject = Subject {
            scheme: &self.scheme,
            keys: &self.keys,
            parameters: &self.parameters,
            other_keys: &other_keys,
            other_schemes: &other_schemes,
        };
        let scrubber =
            Scrubber::new(self.keys.iter().chain(other_keys.iter().map(|(_, secret)| *secret)));
        let mut row = self.row;
        // A hint may name a header that the sender chose.
        row.hints = explain(&subject, &delivery, row.at)
            .iter()
            .take(MAX_HINTS)
            .map(|hint| printable(hint.to_string().as_bytes()))
            .map(|hint| scrubber.text(hint.chars().take(MAX_HINT).collect()))
            .collect();
        if row.hints.is_empty() {
            row.hints.push(NOTHING.to_owned());
        }
        row
    }
}
