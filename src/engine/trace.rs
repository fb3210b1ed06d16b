//! What an engine tells whoever traces, with the feature `tracing`; nothing without it.
//!
//! Fields are names of tenants and sources, sizes, outcomes, codes of reasons and durations. Nothing
//! that was sent is among them: no header, URL, body or correlation id, and no text of an error, which
//! a host's own store may have made of anything. What a stranger can cause is told at the level
//! `DEBUG`, so that he does not fill a log.

use std::future::Future;
use std::time::Duration;

use super::Fault;
use crate::delivery::Delivery;
use crate::outcome::Receipt;
use crate::source::Source;

#[cfg(not(feature = "tracing"))]
pub(super) use self::silent::*;
#[cfg(feature = "tracing")]
pub(super) use self::telling::*;

#[cfg(feature = "tracing")]
mod telling {
    use tracing::{Instrument as _, Span, debug, debug_span, error, field, info};

    use super::{Delivery, Duration, Fault, Future, Receipt, Source};
    use crate::delivery::Body;
    use crate::outcome::Outcome;

    /// Around everything that is done for one delivery.
    pub(in crate::engine) fn receiving(source: &Source, delivery: &Delivery<'_>) -> Span {
        let body_length = match delivery.body() {
            Body::Whole(body) => Some(body.len() as u64),
            Body::TooLarge => None,
        };
        debug_span!(
            target: "hookstage",
            "receive",
            tenant = source.id().tenant(),
            source = source.id().source(),
            header_lines = delivery.head().headers().len() as u64,
            body_length,
        )
    }

    pub(in crate::engine) fn within<F: Future>(
        span: Span,
        work: F,
    ) -> impl Future<Output = F::Output> {
        work.instrument(span)
    }

    /// What came of a delivery.
    pub(in crate::engine) fn received(
        source: &Source,
        receipt: &Receipt,
        took: impl FnOnce() -> Duration,
    ) {
        let tenant = source.id().tenant();
        let source = source.id().source();
        let outcome = receipt.outcome.as_str();
        let status = receipt.response.status();
        let took_millis = u64::try_from(took().as_millis()).unwrap_or(u64::MAX);
        match &receipt.outcome {
            Outcome::Refused(refusal) | Outcome::Ignored(refusal) => debug!(
                target: "hookstage",
                tenant, source, outcome, reason = refusal.code(), status, took_millis,
                "received"
            ),
            Outcome::Staged(id) | Outcome::Duplicate { id, .. } => info!(
                target: "hookstage",
                tenant, source, outcome, event = id.get(), status, took_millis,
                "received"
            ),
            Outcome::Handshake => debug!(
                target: "hookstage",
                tenant, source, outcome, status, took_millis, "received"
            ),
            _ => info!(
                target: "hookstage",
                tenant, source, outcome, event = field::Empty, status, took_millis,
                "received"
            ),
        }
    }

    /// A fault of ours.
    pub(in crate::engine) fn failed(source: &Source, fault: &Fault) {
        error!(
            target: "hookstage",
            tenant = source.id().tenant(),
            source = source.id().source(),
            kind = %fault.error.kind(),
            status = fault.response.status(),
            "failed"
        );
    }

    /// Rows of refusals, on their way to the store.
    pub(in crate::engine) fn recorded(rows: usize) {
        debug!(target: "hookstage", rows = rows as u64, "recorded");
    }
}

#[cfg(not(feature = "tracing"))]
mod silent {
    use super::{Delivery, Duration, Fault, Future, Receipt, Source};

    /// Where a span would be.
    pub(in crate::engine) struct Nothing;

    pub(in crate::engine) const fn receiving(_: &Source, _: &Delivery<'_>) -> Nothing {
        Nothing
    }

    pub(in crate::engine) fn within<F: Future>(_: Nothing, work: F) -> F {
        work
    }

    pub(in crate::engine) fn received(_: &Source, _: &Receipt, _: impl FnOnce() -> Duration) {}

    pub(in crate::engine) const fn failed(_: &Source, _: &Fault) {}

    pub(in crate::engine) const fn recorded(_: usize) {}
}
