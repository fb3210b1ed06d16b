//! The path of a delivery through everything that is not pure: once, for both engines.

use std::future::Future;
use std::time::Duration;

use super::Fault;
use super::again::{self, Taken};
use super::diagnoses::{self, Samples};
use super::keys::{KeyAnswer, KeyFetchError};
use super::refusals::Refusals;
use super::rows::{genuine_row, refused_row, row};
use super::trace;
use crate::admit::{Authentic, Circumstances, authenticate_under, handshake_under};
use crate::capture::{self, Capture};
use crate::clock::Timestamp;
use crate::contact::{Identifier, Resolution, ResolveError};
use crate::delivery::{Delivery, Head};
use crate::event::Draft;
use crate::history::HistoryRow;
use crate::limit::Limiter;
use crate::outcome::{Outcome, Receipt, Refused, Response};
use crate::refusal::Refusal;
use crate::scheme::{FetchedKey, HandshakeAnswer, KeyRequest};
use crate::source::{Endpoint, Lifecycle, Source, SourceId};
use crate::store::{Put, PutState, Staged, State, StoreError};

/// What an engine is beside its store.
#[derive(Default)]
pub(super) struct Shell {
    pub(super) refusals: Refusals,
    pub(super) limiter: Limiter,
    pub(super) samples: Samples,
}

/// What the path needs from outside. The blocking engine answers at once.
pub(super) trait Backend: Sync {
    /// The time on the engine's clock, which has moved on since the delivery came.
    fn now(&self) -> Timestamp;

    fn stage(&self, draft: Draft) -> impl Future<Output = Result<Staged, StoreError>> + Send;

    fn state(
        &self,
        namespace: &str,
        key: &str,
    ) -> impl Future<Output = Result<Option<State>, StoreError>> + Send;

    fn put_if(&self, put: PutState) -> impl Future<Output = Result<Put, StoreError>> + Send;

    fn record(&self, rows: Vec<HistoryRow>) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Nothing, if the host gave no directory.
    fn resolve(
        &self,
        source: &SourceId,
        identifier: &Identifier,
    ) -> impl Future<Output = Result<Option<Resolution>, ResolveError>> + Send;

    /// Nothing, if the host gave no way to fetch keys.
    fn fetch(
        &self,
        source: &SourceId,
        request: &KeyRequest,
    ) -> impl Future<Output = Result<Option<KeyAnswer>, KeyFetchError>> + Send;
}

/// Judges, asks what has to be asked, stages, answers; and says so to whoever traces.
pub(super) async fn receive(
    shell: &Shell,
    backend: &impl Backend,
    endpoint: Endpoint<'_>,
    delivery: &Delivery<'_>,
    now: Timestamp,
) -> Result<Receipt, Fault> {
    let source = endpoint.source();
    let receiving = receive_untraced(shell, backend, endpoint, delivery, now);
    let result = trace::within(trace::receiving(source, delivery), receiving).await;
    match &result {
        Ok(receipt) => trace::received(source, receipt, || backend.now().since(now)),
        Err(fault) => trace::failed(source, fault),
    }
    result
}

async fn receive_untraced(
    shell: &Shell,
    backend: &impl Backend,
    endpoint: Endpoint<'_>,
    delivery: &Delivery<'_>,
    now: Timestamp,
) -> Result<Receipt, Fault> {
    let source = endpoint.source();
    let (result, delay) = match establish(shell, backend, endpoint, delivery, now).await {
        Ok(Established::Asked(answer)) => {
            (Ok(greet(shell, backend, source, delivery, answer, now).await), None)
        }
        Ok(Established::Sender(authentic)) => {
            let delay = authentic.delay();
            (take_in(backend, source, delivery, authentic, now).await, delay)
        }
        Err(stop) => (Err(stop), None),
    };
    let receipt = match result {
        Ok(receipt) => receipt,
        Err(Stop::Refused(refused)) => {
            turn_away(shell, backend, endpoint, delivery, refused, now).await
        }
        Err(Stop::Fault(fault)) => return Err(fault),
    };
    Ok(Receipt { delay, ..receipt })
}

/// What ends the path early.
pub(super) enum Stop {
    /// A fault of ours.
    Fault(Fault),
    /// The delivery is turned away.
    Refused(Refused),
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<Refused> for Stop {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

enum Established<'a> {
    /// Its provider asks something.
    Asked(HandshakeAnswer),
    /// A sender of the source.
    Sender(Authentic<'a>),
}

/// Who sent it, or what is asked.
async fn establish<'a>(
    shell: &Shell,
    backend: &impl Backend,
    endpoint: Endpoint<'a>,
    delivery: &Delivery<'a>,
    now: Timestamp,
) -> Result<Established<'a>, Stop> {
    let source = endpoint.source();
    let is_tunnel_open = match endpoint {
        Endpoint::Source(source) if source.lifecycle() == Lifecycle::Draft => {
            tunnel(backend, source, now).await?.is_some()
        }
        _ => false,
    };
    let known = Circumstances { limiter: Some(&shell.limiter), is_tunnel_open, fetched: None };
    let asked = with_key(backend, source, delivery, now, |fetched| {
        handshake_under(endpoint, delivery, Circumstances { fetched, ..known }, now)
    });
    if let Some(answer) = asked.await? {
        return Ok(Established::Asked(answer));
    }
    let established = with_key(backend, source, delivery, now, |fetched| {
        authenticate_under(endpoint, delivery, Circumstances { fetched, ..known }, now)
    });
    Ok(Established::Sender(established.await?))
}

/// Judges, and if that takes a key that the delivery names, asks the host for it and judges again.
async fn with_key<T>(
    backend: &impl Backend,
    source: &Source,
    delivery: &Delivery<'_>,
    now: Timestamp,
    judge: impl Fn(Option<&FetchedKey>) -> Result<T, Refused> + Send,
) -> Result<T, Stop> {
    let verifier = source.verifier();
    let refused = match judge(None) {
        Err(refused) if refused.refusal == Refusal::Unanswered => refused,
        judged => return Ok(judged?),
    };
    let Ok(Some(request)) = verifier.key_request(delivery, now) else { return Err(refused.into()) };
    let answer = backend.fetch(source.id(), &request).await;
    match answer.map_err(|error| Fault::of_keys(source, error))? {
        None => Err(refused.into()),
        Some(KeyAnswer::Unknown) => {
            Err(Refused::by(source, Refusal::KeyUnknown(verifier.key_site())).into())
        }
        Some(KeyAnswer::Key(text)) => match verifier.fetched_key(&request, text) {
            Ok(fetched) => Ok(judge(Some(&fetched))?),
            Err(error) => Err(Fault::of_keys(source, KeyFetchError::new(error.to_string())).into()),
        },
    }
}

/// Gives a handshake its answer, and hands over what else it asks for. Its row is written with
/// those of refusals: a stranger decides how many there are.
async fn greet(
    shell: &Shell,
    backend: &impl Backend,
    source: &Source,
    delivery: &Delivery<'_>,
    answer: HandshakeAnswer,
    now: Timestamp,
) -> Receipt {
    let HandshakeAnswer { response, captured, visit } = answer;
    let outcome = Outcome::Handshake;
    let row = row(source, delivery.head(), Some(delivery), &outcome, response.status(), now);
    keep(shell, backend, Some(row), false, now).await;
    let receipt = Receipt::new(outcome, response);
    Receipt { captured, visit, ..receipt }
}

/// Takes a delivery of a sender of the source in, once for each key that the sender chose.
async fn take_in(
    backend: &impl Backend,
    source: &Source,
    delivery: &Delivery<'_>,
    authentic: Authentic<'_>,
    now: Timestamp,
) -> Result<Receipt, Stop> {
    let Some(slot) = authentic.slot()? else {
        return stage(backend, source, delivery, authentic, now).await;
    };
    match again::take(backend, source, &slot, now).await? {
        Taken::Before(said) => again::answer(backend, source, delivery, said, now).await,
        Taken::Now { version } => {
            let result = stage(backend, source, delivery, authentic, now).await;
            again::give(backend, source, &slot, version, &result, now).await;
            result
        }
    }
}

/// Looks at what was sent, and stages it unless it is the sample of an open capture.
async fn stage(
    backend: &impl Backend,
    source: &Source,
    delivery: &Delivery<'_>,
    authentic: Authentic<'_>,
    now: Timestamp,
) -> Result<Receipt, Stop> {
    let admitted = authentic.read()?;
    if let Some((capture, version)) = tunnel(backend, source, now).await?
        && let Some(learnt) = capture.absorb(admitted.content(), source.read_options(), now)
    {
        let put = backend.put_if(learnt.put(source.id(), version)).await;
        if let Put::Done { .. } = put.map_err(|error| Fault::of(source, error))? {
            let version = learnt.waiting().is_none().then(|| learnt.version());
            let response = source.policy().answers.captured.response();
            let outcome = Outcome::Captured { version };
            return Ok(unstaged(backend, source, delivery, outcome, response, now).await?);
        }
        // Another sample was faster; this is a delivery like any other.
    }
    let contact = match admitted.identifier() {
        Some(identifier) => backend
            .resolve(source.id(), identifier)
            .await
            .map_err(|error| Fault::of_resolver(source, error))?,
        None => None,
    };
    let ready = admitted.finish(contact)?;
    let answers = &source.policy().answers;
    let mut draft = ready.draft;
    draft.history.took_millis = Some(took_millis(backend, now));
    Ok(match backend.stage(draft).await.map_err(|error| Fault::of(source, error))? {
        Staged::Inserted(id) => {
            let receipt = Receipt::new(Outcome::Staged(id), answers.accepted.response());
            Receipt { bindings: ready.bindings, contact: ready.contact, ..receipt }
        }
        Staged::Duplicate { id, payload_differs } => {
            let outcome = Outcome::Duplicate { id, payload_differs };
            Receipt::new(outcome, answers.duplicate.response())
        }
        // The store has written its row already.
        Staged::Superseded => Refused::by(source, Refusal::Superseded).into(),
    })
}

/// Answers a genuine delivery that is not staged, with its row.
pub(super) async fn unstaged(
    backend: &impl Backend,
    source: &Source,
    delivery: &Delivery<'_>,
    outcome: Outcome,
    response: Response,
    now: Timestamp,
) -> Result<Receipt, Fault> {
    let row = genuine_row(backend, source, delivery, &outcome, response.status(), now);
    backend.record(vec![row]).await.map_err(|error| Fault::of(source, error))?;
    Ok(Receipt::new(outcome, response))
}

/// The capture of a source and its version in small state, if it is open at `now`.
async fn tunnel(
    backend: &impl Backend,
    source: &Source,
    now: Timestamp,
) -> Result<Option<(Capture, Option<u64>)>, Fault> {
    if source.policy().capture.is_none() {
        return Ok(None);
    }
    let state = backend
        .state(capture::NAMESPACE, &capture::key(source.id()))
        .await
        .map_err(|error| Fault::of(source, error))?;
    let open = Capture::read(state.as_ref()).filter(|capture| capture.is_open(now));
    Ok(open.map(|capture| (capture, state.map(|state| state.version))))
}

/// Counts a refusal, and writes those that wait if it is time: at most once a second, and on the
/// request of someone who was refused. So the rows of refusals never make a genuine delivery wait,
/// and a store that is down does not turn a forged request into a fault of ours.
async fn turn_away(
    shell: &Shell,
    backend: &impl Backend,
    endpoint: Endpoint<'_>,
    delivery: &Delivery<'_>,
    refused: Refused,
    now: Timestamp,
) -> Receipt {
    let mut row = refused_row(endpoint, delivery.head(), Some(delivery), &refused, now);
    row.took_millis = Some(took_millis(backend, now));
    diagnoses::refresh(&shell.samples, backend, now).await;
    let refusal = &refused.refusal;
    let row = shell.samples.keep(endpoint, delivery.head(), Some(delivery), refusal, row);
    keep(shell, backend, row, refusal.is_of_genuine_sender(), now).await;
    refused.into()
}

async fn keep(
    shell: &Shell,
    backend: &impl Backend,
    row: Option<HistoryRow>,
    is_genuine: bool,
    now: Timestamp,
) {
    if let Some(row) = row {
        shell.refusals.add(row, is_genuine);
    }
    if let Some(rows) = shell.refusals.due(now)
        && backend.record(rows.clone()).await.is_err()
    {
        shell.refusals.put_back(rows);
    }
}

/// Counts a refusal by the head alone. It is written with later ones: nothing is awaited here.
pub(super) fn turn_away_head(
    shell: &Shell,
    endpoint: Endpoint<'_>,
    head: &Head<'_>,
    refused: Refused,
    now: Timestamp,
) -> Receipt {
    let row = refused_row(endpoint, head, None, &refused, now);
    if let Some(row) = shell.samples.keep(endpoint, head, None, &refused.refusal, row) {
        shell.refusals.add(row, false);
    }
    let receipt = Receipt::from(refused);
    trace::received(endpoint.source(), &receipt, || Duration::ZERO);
    receipt
}

/// How long it took since the delivery came, in milliseconds.
pub(super) fn took_millis(backend: &impl Backend, came: Timestamp) -> u64 {
    u64::try_from(backend.now().since(came).as_millis()).unwrap_or(u64::MAX)
}
