//! The path of a delivery through everything that is not pure: once, for both engines.

use std::future::Future;
use std::time::Duration;

use sha2::{Digest as _, Sha256};

use super::Fault;
use super::diagnoses::{self, Samples};
use super::keys::{KeyAnswer, KeyFetchError};
use super::refusals::Refusals;
use super::trace;
use crate::admit::{Authentic, Circumstances, authenticate_under, correlation_id, handshake_under};
use crate::capture::{self, Capture};
use crate::clock::Timestamp;
use crate::contact::{Identifier, Resolution, ResolveError};
use crate::delivery::{Body, Delivery, Head};
use crate::event::Draft;
use crate::history::HistoryRow;
use crate::idempotency::{OnKeyReuse, Said, Slot};
use crate::limit::Limiter;
use crate::outcome::{Outcome, Receipt, Refused, Response};
use crate::refusal::{Malformation, Refusal, Site};
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
    let is_tunnel_open = match endpoint {
        Endpoint::Source(source) if source.lifecycle() == Lifecycle::Draft => {
            tunnel(backend, source, now).await?.is_some()
        }
        _ => false,
    };
    let known = Circumstances { limiter: Some(&shell.limiter), is_tunnel_open, fetched: None };
    let answered = with_key(backend, source, delivery, now, |fetched| {
        handshake_under(endpoint, delivery, Circumstances { fetched, ..known }, now)
    });
    match answered.await? {
        Ok(None) => {}
        Ok(Some(answer)) => {
            return Ok(greet(shell, backend, source, delivery, answer, now).await);
        }
        Err(refused) => {
            return Ok(turn_away(shell, backend, endpoint, delivery, refused, now).await);
        }
    }
    let established = with_key(backend, source, delivery, now, |fetched| {
        authenticate_under(endpoint, delivery, Circumstances { fetched, ..known }, now)
    });
    let authentic = match established.await? {
        Ok(authentic) => authentic,
        Err(refused) => {
            return Ok(turn_away(shell, backend, endpoint, delivery, refused, now).await);
        }
    };
    let delay = authentic.delay();
    let slot = match authentic.slot() {
        Ok(slot) => slot,
        Err(refused) => {
            return Ok(turn_away(shell, backend, source.into(), delivery, refused, now).await);
        }
    };
    let taken = match slot {
        None => None,
        Some(slot) => match take(backend, &slot, now).await.map_err(|e| Fault::of(source, e))? {
            Taken::Now { version } => Some((slot, version)),
            Taken::Before(said) => {
                return answer_again(shell, backend, source, delivery, said, now).await;
            }
        },
    };
    let result = receive_authentic(shell, backend, source, delivery, authentic, now).await;
    if let Some((slot, version)) = taken {
        give(backend, source, &slot, version, result.as_ref().ok(), now).await;
    }
    result.map(|receipt| Receipt { delay, ..receipt })
}

/// Judges, and if that takes a key that the delivery names, asks the host for it and judges again.
async fn with_key<T>(
    backend: &impl Backend,
    source: &Source,
    delivery: &Delivery<'_>,
    now: Timestamp,
    judge: impl Fn(Option<&FetchedKey>) -> Result<T, Refused> + Send,
) -> Result<Result<T, Refused>, Fault> {
    let verifier = source.verifier();
    let refused = match judge(None) {
        Err(refused) if refused.refusal == Refusal::Unanswered => refused,
        judged => return Ok(judged),
    };
    let Ok(Some(request)) = verifier.key_request(delivery, now) else { return Ok(Err(refused)) };
    let answer = backend.fetch(source.id(), &request).await;
    match answer.map_err(|error| Fault::of_keys(source, error))? {
        None => Ok(Err(refused)),
        Some(KeyAnswer::Unknown) => {
            let refusal = Refusal::KeyUnknown(verifier.key_site());
            let response = source.policy().response_to(&refusal);
            Ok(Err(Refused { refusal, response }))
        }
        Some(KeyAnswer::Key(text)) => match verifier.fetched_key(&request, text) {
            Ok(fetched) => Ok(judge(Some(&fetched))),
            Err(error) => Err(Fault::of_keys(source, KeyFetchError::new(error.to_string()))),
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
    let Some(response) = Response::of_handshake(&answer) else {
        let refusal = Refusal::Malformed { at: Site::WholeBody, fault: Malformation::Encoding };
        let response = source.policy().response_to(&refusal);
        let refused = Refused { refusal, response };
        return turn_away(shell, backend, source.into(), delivery, refused, now).await;
    };
    let word = Outcome::Handshake.as_str();
    let row = row(source, delivery.head(), Some(delivery), word, response.status(), now);
    keep(shell, backend, Some(row), false, now).await;
    let receipt = Receipt::new(Outcome::Handshake, response);
    Receipt { captured: answer.captured, visit: answer.visit, ..receipt }
}

async fn receive_authentic(
    shell: &Shell,
    backend: &impl Backend,
    source: &Source,
    delivery: &Delivery<'_>,
    authentic: Authentic<'_>,
    now: Timestamp,
) -> Result<Receipt, Fault> {
    let admitted = match authentic.read() {
        Ok(admitted) => admitted,
        Err(refused) => {
            return Ok(turn_away(shell, backend, source.into(), delivery, refused, now).await);
        }
    };
    if let Some((capture, version)) = tunnel(backend, source, now).await?
        && let Some(learnt) = capture.absorb(admitted.content(), source.read_options(), now)
    {
        let put = backend.put_if(learnt.put(source.id(), version)).await;
        if let Put::Done { .. } = put.map_err(|error| Fault::of(source, error))? {
            let counts = learnt.waiting().is_none().then(|| learnt.version());
            return captured(backend, source, delivery, counts, now).await;
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
    let ready = match admitted.finish(contact) {
        Ok(ready) => ready,
        Err(refused) => {
            return Ok(turn_away(shell, backend, source.into(), delivery, refused, now).await);
        }
    };
    let answers = &source.policy().answers;
    let mut draft = ready.draft;
    draft.history.took_millis = Some(took_millis(backend, now));
    match backend.stage(draft).await.map_err(|error| Fault::of(source, error))? {
        Staged::Inserted(id) => {
            let receipt = Receipt::new(Outcome::Staged(id), answers.accepted.response());
            Ok(Receipt { bindings: ready.bindings, contact: ready.contact, ..receipt })
        }
        Staged::Duplicate { id, payload_differs } => Ok(Receipt::new(
            Outcome::Duplicate { id, payload_differs },
            answers.duplicate.response(),
        )),
        Staged::Superseded => Ok(Receipt::new(
            Outcome::Refused(Refusal::Superseded),
            answers.unauthenticated.response(),
        )),
    }
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

async fn captured(
    backend: &impl Backend,
    source: &Source,
    delivery: &Delivery<'_>,
    version: Option<u64>,
    now: Timestamp,
) -> Result<Receipt, Fault> {
    let outcome = Outcome::Captured { version };
    let response = source.policy().answers.captured.response();
    let row = genuine_row(backend, source, delivery, outcome.as_str(), response.status(), now);
    backend.record(vec![row]).await.map_err(|error| Fault::of(source, error))?;
    Ok(Receipt::new(outcome, response))
}

enum Taken {
    Now { version: u64 },
    Before(Said),
}

async fn take(backend: &impl Backend, slot: &Slot, now: Timestamp) -> Result<Taken, StoreError> {
    match backend.put_if(slot.begin(now)).await? {
        Put::Done { version } => Ok(Taken::Now { version }),
        Put::Conflict(Some(state)) => Ok(Taken::Before(slot.said(&state))),
        // It was there and is gone: whoever held it is just done.
        Put::Conflict(None) => Ok(Taken::Before(Said::InFlight)),
    }
}

async fn answer_again(
    shell: &Shell,
    backend: &impl Backend,
    source: &Source,
    delivery: &Delivery<'_>,
    said: Said,
    now: Timestamp,
) -> Result<Receipt, Fault> {
    let policy = source.policy();
    let refuses_reuse =
        policy.idempotency.as_ref().is_some_and(|rule| rule.on_reuse == OnKeyReuse::Refuse);
    let refusal = match said {
        Said::Answered { payload_differs: true, .. } if refuses_reuse => Refusal::KeyReused,
        Said::Answered { response, payload_differs } => {
            let outcome = Outcome::Replayed { payload_differs };
            let status = response.status();
            let row = genuine_row(backend, source, delivery, outcome.as_str(), status, now);
            backend.record(vec![row]).await.map_err(|error| Fault::of(source, error))?;
            return Ok(Receipt::new(outcome, response));
        }
        Said::InFlight | Said::Unreadable => Refusal::InFlight,
    };
    let response = policy.response_to(&refusal);
    let refused = Refused { refusal, response };
    Ok(turn_away(shell, backend, source.into(), delivery, refused, now).await)
}

/// Leaves the answer under the sender's key, or gives the key back. If that fails the key is free
/// when its patience ends; what was staged is protected by its dedupe key meanwhile.
async fn give(
    backend: &impl Backend,
    source: &Source,
    slot: &Slot,
    version: u64,
    receipt: Option<&Receipt>,
    now: Timestamp,
) {
    let kept = receipt.filter(|receipt| match &receipt.outcome {
        Outcome::Staged(_) | Outcome::Duplicate { .. } | Outcome::Captured { .. } => true,
        Outcome::Refused(refusal) => matches!(
            refusal,
            Refusal::ContactNotFound { .. }
                | Refusal::ContentEncoding
                | Refusal::NotAnObject
                | Refusal::NotJson { .. }
        ),
        _ => false,
    });
    let put = match (kept, &source.policy().idempotency) {
        (Some(receipt), Some(rule)) => slot.finish(version, rule, &receipt.response, now),
        _ => slot.abort(version),
    };
    let _ = backend.put_if(put).await;
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
    receipt_of(refused)
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
    let receipt = receipt_of(refused);
    trace::received(endpoint.source(), &receipt, || Duration::ZERO);
    receipt
}

fn receipt_of(refused: Refused) -> Receipt {
    let outcome = match refused.refusal {
        refusal @ (Refusal::NotSubscribed | Refusal::TestEvent) => Outcome::Ignored(refusal),
        refusal => Outcome::Refused(refusal),
    };
    Receipt::new(outcome, refused.response)
}

/// The row of a refusal. It holds no header: whoever sent it may not be known.
fn refused_row(
    endpoint: Endpoint<'_>,
    head: &Head<'_>,
    delivery: Option<&Delivery<'_>>,
    refused: &Refused,
    now: Timestamp,
) -> HistoryRow {
    let source = endpoint.source();
    let outcome = match refused.refusal {
        Refusal::NotSubscribed | Refusal::TestEvent => "ignored",
        _ => "refused",
    };
    let mut row = row(source, head, delivery, outcome, refused.response.status(), now);
    if let Endpoint::Unknown(_) = endpoint {
        // Nothing is known of the secrets that a sender may have put there by mistake.
        let bare = Head::new("", "", &[]);
        let bare = head.correlation_id().map_or(bare, |id| bare.with_correlation_id(id));
        row.correlation_id = correlation_id(source, &bare);
    }
    row.reason = Some(refused.refusal.code().into());
    row.skew_millis = refused.refusal.skew_millis();
    if refused.refusal.is_of_genuine_sender() {
        row.body_sha256 = delivery.and_then(body_sha256);
    }
    row.detail = Some(source.scrubber().text(refused.refusal.to_string()));
    row
}

/// The row of a delivery whose sender is known, and that was not staged.
fn genuine_row(
    backend: &impl Backend,
    source: &Source,
    delivery: &Delivery<'_>,
    outcome: &'static str,
    status: u16,
    now: Timestamp,
) -> HistoryRow {
    let mut row = row(source, delivery.head(), Some(delivery), outcome, status, now);
    row.body_sha256 = body_sha256(delivery);
    row.took_millis = Some(took_millis(backend, now));
    row
}

fn body_sha256(delivery: &Delivery<'_>) -> Option<[u8; 32]> {
    match delivery.body() {
        Body::Whole(body) => Some(Sha256::digest(body).into()),
        Body::TooLarge => None,
    }
}

fn took_millis(backend: &impl Backend, came: Timestamp) -> u64 {
    u64::try_from(backend.now().since(came).as_millis()).unwrap_or(u64::MAX)
}

fn row(
    source: &Source,
    head: &Head<'_>,
    delivery: Option<&Delivery<'_>>,
    outcome: &'static str,
    status: u16,
    now: Timestamp,
) -> HistoryRow {
    let mut row = HistoryRow::new(source.id().clone(), now, outcome.into(), status);
    row.remote = head.remote();
    row.correlation_id = correlation_id(source, head);
    if let Some(Body::Whole(body)) = delivery.map(Delivery::body) {
        row.body_length = Some(body.len() as u64);
    }
    row
}
