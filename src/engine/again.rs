//! Answers under a key that the sender chose: the key is taken before the delivery is looked at, and
//! the answer left under it, or the key given back, afterwards.

use super::Fault;
use super::path::{Backend, Stop, unstaged};
use crate::clock::Timestamp;
use crate::delivery::Delivery;
use crate::idempotency::{OnKeyReuse, Said, Slot};
use crate::outcome::{Outcome, Receipt, Refused, Response};
use crate::refusal::Refusal;
use crate::source::Source;
use crate::store::Put;

/// What stands under a key.
pub(super) enum Taken {
    /// Another delivery's answer, or one that is under way.
    Before(Said),
    /// Nothing did; it is this delivery's now.
    Now {
        /// The version of the state that holds the place.
        version: u64,
    },
}

pub(super) async fn take(
    backend: &impl Backend,
    source: &Source,
    slot: &Slot,
    now: Timestamp,
) -> Result<Taken, Fault> {
    let put = backend.put_if(slot.begin(now)).await;
    Ok(match put.map_err(|error| Fault::of(source, error))? {
        Put::Done { version } => Taken::Now { version },
        Put::Conflict(Some(state)) => Taken::Before(slot.said(&state)),
        // It was there and is gone: whoever held it is just done.
        Put::Conflict(None) => Taken::Before(Said::InFlight),
    })
}

/// Answers a delivery under a key that was taken before.
pub(super) async fn answer(
    backend: &impl Backend,
    source: &Source,
    delivery: &Delivery<'_>,
    said: Said,
    now: Timestamp,
) -> Result<Receipt, Stop> {
    let rule = source.policy().idempotency.as_ref();
    let refuses_reuse = rule.is_some_and(|rule| rule.on_reuse == OnKeyReuse::Refuse);
    let refusal = match said {
        Said::Answered { payload_differs: true, .. } if refuses_reuse => Refusal::KeyReused,
        Said::Answered { response, payload_differs } => {
            let outcome = Outcome::Replayed { payload_differs };
            return Ok(unstaged(backend, source, delivery, outcome, response, now).await?);
        }
        Said::InFlight | Said::Unreadable => Refusal::InFlight,
    };
    Err(Refused::by(source, refusal).into())
}

/// Leaves the answer under the sender's key, or gives the key back. If that fails the key is free
/// when its patience ends; what was staged is protected by its dedupe key meanwhile.
pub(super) async fn give(
    backend: &impl Backend,
    source: &Source,
    slot: &Slot,
    version: u64,
    result: &Result<Receipt, Stop>,
    now: Timestamp,
) {
    let put = match (lasting(result), &source.policy().idempotency) {
        (Some(response), Some(rule)) => slot.finish(version, rule, response, now),
        _ => slot.abort(version),
    };
    let _ = backend.put_if(put).await;
}

/// The answer, if the same delivery would get it again: not where another attempt may fare better.
fn lasting(result: &Result<Receipt, Stop>) -> Option<&Response> {
    match result {
        Ok(receipt) => match &receipt.outcome {
            Outcome::Staged(_) | Outcome::Duplicate { .. } | Outcome::Captured { .. } => {
                Some(&receipt.response)
            }
            _ => None,
        },
        Err(Stop::Refused(Refused { refusal, response })) => match refusal {
            Refusal::ContactNotFound { .. }
            | Refusal::ContentEncoding
            | Refusal::NotAnObject
            | Refusal::NotJson { .. } => Some(response),
            _ => None,
        },
        Err(Stop::Fault(_)) => None,
    }
}
