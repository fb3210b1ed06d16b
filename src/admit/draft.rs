//! What is staged of a delivery, and what its history row keeps.

use std::borrow::Cow;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::clock::Timestamp;
use crate::dedupe::Deduped;
use crate::delivery::Head;
use crate::event::{Claim, Draft};
use crate::history::HistoryRow;
use crate::json::Notes;
use crate::scheme::Proof;
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
    proof: &Proof<'_>,
    event_type: Option<&str>,
    notes: Notes,
    deduped: Option<&Deduped>,
) -> Option<String> {
    let mut said: Vec<String> = mismatch(proof, event_type).into_iter().collect();
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
fn mismatch(proof: &Proof<'_>, event_type: Option<&str>) -> Option<String> {
    let named = proof.head().header("x-webhook-event").next()?;
    (named != event_type?.as_bytes())
        .then(|| "the header x-webhook-event names another event type than the body".to_owned())
}

fn kept_headers(source: &Source, proof: &Proof<'_>) -> Vec<(String, Vec<u8>)> {
    let kept = |name: &str| {
        source.stored_headers().iter().find(|stored| stored.eq_ignore_ascii_case(name))
    };
    proof
        .head()
        .headers()
        .iter()
        .filter_map(|(name, value)| kept(name).map(|name| (name.clone(), *value)))
        .map(|(name, value)| match source.scrubber().finds(value) {
            true => (name, REMOVED.as_bytes().to_vec()),
            false => (name, value.to_vec()),
        })
        .collect()
}

/// Text with everything escaped that a terminal, a log or a page could act on.
pub(crate) fn printable(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            if character.is_control() || is_invisible(character) {
                text.extend(character.escape_unicode());
            } else {
                text.push(character);
            }
        }
        for byte in chunk.invalid() {
            text.push_str(&format!("\\x{byte:02x}"));
        }
    }
    text
}

/// Characters that reorder or hide text: bidirectional controls, zero-width marks, separators.
const fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}'
            | '\u{feff}'
            | '\u{61c}'
    )
}

/// The sender's correlation id: visible ASCII of at most 128 characters, or none.
pub(crate) fn correlation_id(source: &Source, head: &Head<'_>) -> Option<String> {
    let value = head.header("x-request-id").next()?;
    let fits = !value.is_empty() && value.len() <= 128 && value.iter().all(u8::is_ascii_graphic);
    (fits && !source.scrubber().finds(value)).then(|| String::from_utf8_lossy(value).into_owned())
}
