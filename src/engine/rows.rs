//! The history rows of deliveries that were not staged. Those of staged ones are made with the draft.

use sha2::{Digest as _, Sha256};

use super::path::{Backend, took_millis};
use crate::admit::correlation_id;
use crate::clock::Timestamp;
use crate::delivery::{Body, Delivery, Head};
use crate::history::HistoryRow;
use crate::outcome::{Outcome, Refused};
use crate::source::{Endpoint, Source};

/// The row of a refusal. It holds no header: whoever sent it may not be known.
pub(super) fn refused_row(
    endpoint: Endpoint<'_>,
    head: &Head<'_>,
    delivery: Option<&Delivery<'_>>,
    refused: &Refused,
    now: Timestamp,
) -> HistoryRow {
    let source = endpoint.source();
    let refusal = &refused.refusal;
    let outcome = Outcome::of(refusal.clone());
    let mut row = row(source, head, delivery, &outcome, refused.response.status(), now);
    if let Endpoint::Unknown(_) = endpoint {
        // Nothing is known of the secrets that a sender may have put there by mistake.
        let bare = Head::new("", "", &[]);
        let bare = head.correlation_id().map_or(bare, |id| bare.with_correlation_id(id));
        row.correlation_id = correlation_id(source, &bare);
    }
    row.reason = Some(refusal.code().into());
    row.skew_millis = refusal.skew_millis();
    if refusal.is_of_genuine_sender() {
        row.body_sha256 = delivery.and_then(body_sha256);
    }
    row.detail = Some(source.scrubber().text(refusal.to_string()));
    row
}

/// The row of a delivery whose sender is known, and that was not staged.
pub(super) fn genuine_row(
    backend: &impl Backend,
    source: &Source,
    delivery: &Delivery<'_>,
    outcome: &Outcome,
    status: u16,
    now: Timestamp,
) -> HistoryRow {
    let mut row = row(source, delivery.head(), Some(delivery), outcome, status, now);
    row.body_sha256 = body_sha256(delivery);
    row.took_millis = Some(took_millis(backend, now));
    row
}

pub(super) fn row(
    source: &Source,
    head: &Head<'_>,
    delivery: Option<&Delivery<'_>>,
    outcome: &Outcome,
    status: u16,
    now: Timestamp,
) -> HistoryRow {
    let mut row = HistoryRow::new(source.id().clone(), now, outcome.as_str().into(), status);
    row.remote = head.remote();
    row.correlation_id = correlation_id(source, head);
    if let Some(Body::Whole(body)) = delivery.map(Delivery::body) {
        row.body_length = Some(body.len() as u64);
    }
    row
}

fn body_sha256(delivery: &Delivery<'_>) -> Option<[u8; 32]> {
    match delivery.body() {
        Body::Whole(body) => Some(Sha256::digest(body).into()),
        Body::TooLarge => None,
    }
}
