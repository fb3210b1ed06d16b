//! The gates, one function each. Their order is the policy's, and stands in [`super::gates`].

use std::time::Duration;

use super::{Circumstances, Sent};
use crate::clock::Timestamp;
use crate::delivery::{Body, Delivery, Head};
use crate::limit::Verdict;
use crate::payload::{Forms, is_charset_utf8};
use crate::policy::{ContentType, Gate, Policy};
use crate::refusal::Refusal;
use crate::scheme::{Authentication, Proof};
use crate::source::{Endpoint, Lifecycle, Source};

/// What bounds the work before anything is known.
pub(super) fn bounds(source: &Source, head: &Head<'_>) -> Result<(), Refusal> {
    let limits = source.limits();
    if head.headers().len() > usize::from(limits.headers) {
        return Err(Refusal::TooManyHeaders { limit: limits.headers });
    }
    if u64::try_from(head.url().len()).is_ok_and(|length| length > u64::from(limits.url)) {
        return Err(Refusal::UrlTooLong { limit: limits.url });
    }
    Ok(())
}

pub(super) fn address(source: &Source, head: &Head<'_>) -> Result<(), Refusal> {
    match (source.addresses(), head.remote()) {
        (None, _) => Ok(()),
        (Some(list), Some(peer)) if list.contains(peer) => Ok(()),
        (Some(_), Some(_)) => Err(Refusal::AddressNotAllowed),
        (Some(_), None) => Err(Refusal::AddressUnknown),
    }
}

pub(super) fn content_type(policy: &Policy, head: &Head<'_>) -> Result<(), Refusal> {
    if policy.content_type == ContentType::Any {
        return Ok(());
    }
    let mut values = head.header("content-type");
    let taken = |value: &[u8]| {
        let is_taken = is_media_type(value, "application/json")
            || policy.forms != Forms::Refuse && is_media_type(value, FORM);
        is_taken && is_charset_utf8(value)
    };
    match (values.next(), values.next()) {
        (Some(value), None) if taken(value) => Ok(()),
        _ => Err(Refusal::ContentType),
    }
}

pub(super) const FORM: &str = "application/x-www-form-urlencoded";

/// Type and subtype without regard to case and parameters (RFC 9110, section 8.3.1).
pub(super) fn is_media_type(value: &[u8], wanted: &str) -> bool {
    let end = value.iter().position(|byte| *byte == b';').unwrap_or(value.len());
    value[..end].trim_ascii().eq_ignore_ascii_case(wanted.as_bytes())
}

/// Whether there is a source that takes this now. Providers ask a draft before they deliver, and
/// a source that awaits its secret for the secret; only one that is paused does not answer.
pub(super) fn exists(
    endpoint: Endpoint<'_>,
    sent: Sent,
    circumstances: Circumstances<'_>,
) -> Result<(), Refusal> {
    let has_secret = match endpoint {
        Endpoint::Awaiting(_) => false,
        Endpoint::Source(_) => true,
        Endpoint::Unknown(_) => return Err(Refusal::UnknownSource),
    };
    let takes_it = match (endpoint.source().lifecycle(), sent) {
        (Lifecycle::Paused, _) => false,
        (_, Sent::Handshake) => true,
        (Lifecycle::Draft, Sent::Delivery) => has_secret && circumstances.is_tunnel_open,
        (Lifecycle::Active, Sent::Delivery) => has_secret,
    };
    if takes_it { Ok(()) } else { Err(Refusal::Inactive) }
}

pub(super) fn method(head: &Head<'_>) -> Result<(), Refusal> {
    if head.method() == "POST" { Ok(()) } else { Err(Refusal::MethodNotAllowed) }
}

/// Judged by what was announced as well as by what came, so that a delivery is never admitted whose
/// head alone is refused.
pub(super) fn size(source: &Source, delivery: &Delivery<'_>) -> Result<(), Refusal> {
    announced_size(source, delivery.head())?;
    let limit = source.body_limit();
    match delivery.body() {
        Body::Whole(body) if body.len() as u64 <= limit => Ok(()),
        _ => Err(Refusal::BodyTooLarge { limit }),
    }
}

/// A sender that says beforehand that it will send too much need not be listened to.
pub(super) fn announced_size(source: &Source, head: &Head<'_>) -> Result<(), Refusal> {
    let limit = source.body_limit();
    let announced = head
        .header("content-length")
        .next()
        .and_then(|value| std::str::from_utf8(value).ok()?.parse::<u64>().ok());
    match announced {
        Some(length) if length > limit => Err(Refusal::BodyTooLarge { limit }),
        _ => Ok(()),
    }
}

pub(super) fn tls(policy: &Policy, head: &Head<'_>) -> Result<(), Refusal> {
    if policy.require_tls && head.tls() != Some(true) { Err(Refusal::TlsRequired) } else { Ok(()) }
}

/// A body beyond the limit is hashed up to this many times the limit where a stranger is not told
/// the limit; beyond that it is refused unverified.
const HASHED_BEYOND: u64 = 8;

/// Who sent it. A body that was not read whole cannot be verified where it is signed; where it is
/// not, the sender is established without it, and the size is judged by its own gate.
pub(super) fn verify<'a>(
    source: &'a Source,
    delivery: &Delivery<'a>,
    circumstances: Circumstances<'_>,
    now: Timestamp,
) -> Result<Proof<'a>, Refusal> {
    let limit = source.body_limit();
    match delivery.body() {
        Body::Whole(body) if body.len() as u64 <= limit.saturating_mul(HASHED_BEYOND) => {
            source.verifier().verify_or_ask(delivery, circumstances.fetched, now)
        }
        _ if needs_body(source) => Err(Refusal::BodyTooLarge { limit }),
        _ => source.verifier().verify(&Delivery::new(*delivery.head(), &[]), now),
    }
}

fn needs_body(source: &Source) -> bool {
    let description = source.verifier().scheme().description();
    let is_shown = match &description.authentication {
        Authentication::Token(token) => token.at.is_in_head(),
        Authentication::HostChecked(checked) => checked.token.at.is_in_head(),
        Authentication::Unsigned => true,
        Authentication::AnyOf(_)
        | Authentication::Jose(_)
        | Authentication::MessageSignature(_)
        | Authentication::Signature(_) => false,
    };
    !is_shown || !description.require.iter().all(|equality| equality.at.is_in_head())
}

/// Charged before anything is hashed, to whoever it turns out to be.
pub(super) fn charge_peer(
    source: &Source,
    head: &Head<'_>,
    circumstances: Circumstances<'_>,
    now: Timestamp,
) -> Result<(), Refusal> {
    let (Some(limiter), Some(rate), Some(peer)) =
        (circumstances.limiter, source.policy().rate.unauthenticated, head.remote())
    else {
        return Ok(());
    };
    if circumstances.fetched.is_some() {
        return Ok(());
    }
    match limiter.peer(peer, rate, now) {
        Verdict::Allow | Verdict::Delay(_) => Ok(()),
        Verdict::Reject { retry_after } => Err(Refusal::RateLimited { retry_after }),
    }
}

/// A genuine sender gets back what its address was charged, and pays from its source's budget.
pub(super) fn charge_source(
    source: &Source,
    head: &Head<'_>,
    circumstances: Circumstances<'_>,
    now: Timestamp,
) -> Result<Option<Duration>, Refusal> {
    let Some(limiter) = circumstances.limiter else { return Ok(None) };
    let rate = source.policy().rate;
    if let (Some(peer), Some(rate), true) =
        (head.remote(), rate.unauthenticated, source.policy().order.gates().contains(&Gate::Rate))
    {
        limiter.give_back(peer, rate);
    }
    let Some(rate) = rate.authenticated else { return Ok(None) };
    match limiter.source(source.id(), rate, now) {
        Verdict::Allow => Ok(None),
        Verdict::Delay(delay) => Ok(Some(delay)),
        Verdict::Reject { retry_after } => Err(Refusal::RateLimited { retry_after }),
    }
}
