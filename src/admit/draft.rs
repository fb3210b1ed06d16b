//! What is staged of a delivery, and what its history row keeps.

use std::borrow::Cow;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::clock::Timestamp;
use crate::dedupe::Deduped;
use crate::delivery::Head;
use crate::event::{Claim, Draft};
use crate::history::{HistoryRow, printable};
use crate::json::Notes;
use crate::scheme::{Proof, Tolerance};
use crate::scrub::REMOVED;
use crate::source::Source;

pub(super) fn draft(
    source: &Source,
    proof: &Proof<'_>,
    claim: Option<Claim>,
    event_type: Option<String>,
    detail: Option<String>,
    now: Timestamp,
) -> Draft {
    let headers = kept_headers(source, proof);
    let body_sha256: [u8; 32] = Sha256::digest(proof.body()).into();
    let answers = &source.policy().answers;

    let mut history =
        HistoryRow::new(source.id().clone(), now, Cow::Borrowed("staged"), answers.accepted.status);
    history.headers =
        headers.iter().map(|(name, value)| (name.clone(), printable(value))).collect();
    history.body_length = Some(proof.body().len() as u64);
    history.body_sha256 = Some(body_sha256);
    history.remote = proof.head().remote();
    history.correlation_id = correlation_id(source, proof.head());
    history.key_index = proof.key_index();
    history.skew_millis = skew_millis(source, proof, now);
    history.detail = detail;

    Draft {
        source: source.id().clone(),
        received_at: now,
        claim,
        event_type,
        headers,
        body: Arc::from(proof.body()),
        body_sha256,
        coverage: proof.coverage().clone(),
        generation: source.generation(),
        history,
        duplicate_status: answers.duplicate.status,
        superseded_status: answers.unauthenticated.status,
    }
}

/// What the operator should know of a delivery that was taken all the same.
pub(super) fn detail(
    source: &Source,
    proof: &Proof<'_>,
    event_type: Option<&str>,
    notes: Notes,
    deduped: Option<&Deduped>,
) -> Option<String> {
    let mut said: Vec<String> = mismatch(source, proof, event_type).into_iter().collect();
    if let Some(Deduped::WithoutKey { at, why }) = deduped {
        said.push(format!("no dedupe key: {at} {why}"));
    }
    if notes.duplicate_keys > 0 {
        said.push(format!("keys that stand twice in one object: {}", notes.duplicate_keys));
    }
    if notes.replaced_surrogates > 0 {
        said.push(format!("halves of surrogate pairs: {}", notes.replaced_surrogates));
    }
    (!said.is_empty()).then(|| said.join("; "))
}

/// A header that no signature covers names another event type than the body does: either the
/// sender is confused, or someone stands between.
fn mismatch(source: &Source, proof: &Proof<'_>, event_type: Option<&str>) -> Option<String> {
    let name = source.policy().event_header.as_deref()?;
    let named = proof.head().header(name).next()?;
    (named != event_type?.as_bytes()).then(|| {
        format!("the header {} names another event type than the body", name.to_ascii_lowercase())
    })
}

fn kept_headers(source: &Source, proof: &Proof<'_>) -> Vec<(String, Vec<u8>)> {
    let id = correlation_id(source, proof.head()).map(String::into_bytes);
    let kept = |name: &str| {
        source.stored_headers().iter().find(|stored| stored.eq_ignore_ascii_case(name))
    };
    proof
        .head()
        .headers()
        .iter()
        .filter_map(|(name, value)| kept(name).map(|name| (name.clone(), *value)))
        // What cannot be a correlation id is dropped here, too.
        .filter(|(name, value)| name != CORRELATION_HEADER || id.as_deref() == Some(*value))
        .map(|(name, value)| match source.scrubber().finds(value) {
            true => (name, REMOVED.as_bytes().to_vec()),
            false => (name, value.to_vec()),
        })
        .collect()
}

/// The sender's correlation id, or the host's: visible ASCII of at most 128 characters, and no
/// secret in it. A header that stands twice names nothing.
pub(crate) fn correlation_id(source: &Source, head: &Head<'_>) -> Option<String> {
    let fits = |value: &[u8]| {
        !value.is_empty()
            && value.len() <= MAX_CORRELATION_ID
            && value.iter().all(u8::is_ascii_graphic)
            && !source.scrubber().finds(value)
    };
    let mut values = head.header(CORRELATION_HEADER);
    let sender = values.next().filter(|_| values.next().is_none()).filter(|value| fits(value));
    let host = head.correlation_id().map(str::as_bytes).filter(|value| fits(value));
    sender.or(host).map(|value| String::from_utf8_lossy(value).into_owned())
}

const CORRELATION_HEADER: &str = "x-request-id";

/// The longest correlation id, in characters.
const MAX_CORRELATION_ID: usize = 128;

/// How far the signed time lies ahead of the clock here. Only of schemes that judge it: there a
/// sender signs each attempt anew, so that it is the time of sending. Elsewhere it may be the time
/// of an event, or of a token that was made long ago.
fn skew_millis(source: &Source, proof: &Proof<'_>, now: Timestamp) -> Option<i64> {
    let judged = source.verifier().tolerance()?;
    let signed_at = proof.signed_at().filter(|_| matches!(judged, Tolerance::Within { .. }))?;
    Some(signed_at.as_unix_millis().saturating_sub(now.as_unix_millis()))
}
