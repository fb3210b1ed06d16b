//! The order of checks: the whole path of a delivery up to the store.
//!
//! [`authenticate`] runs the gates of the source's policy in their order, [`Authentic::read`] looks
//! at what the body is, and [`Admitted::finish`] makes a draft of it. [`admit`] is the three in a
//! row.

mod draft;
mod gate;
mod handshake;
mod read;

use std::borrow::Cow;
use std::time::Duration;

pub(crate) use self::draft::correlation_id;
use self::gate::{
    address, announced_size, bounds, charge_peer, charge_source, content_type, exists, method,
    size, tls, verify,
};
use self::handshake::UNSIGNED_BODY_LIMIT;
pub use self::handshake::handshake;
pub(crate) use self::handshake::handshake_under;
pub(crate) use self::read::takes_body;
use crate::clock::Timestamp;
use crate::contact::{Identifier, NoContact, Resolution};
use crate::dedupe::Deduped;
use crate::delivery::{Delivery, Head};
use crate::event::{Claim, Draft};
use crate::idempotency::Slot;
use crate::json::Notes;
use crate::limit::Limiter;
use crate::outcome::Refused;
use crate::policy::{Gate, Unbound, Visibility};
use crate::refusal::Refusal;
use crate::scheme::{FetchedKey, Proof};
use crate::source::{Endpoint, Lifecycle, Source};

/// Judges a delivery by its head alone, before a byte of the body is read: the gates of the
/// source's policy up to authentication, and whether what carries the signature is there.
///
/// Returns the largest body in bytes that the host should read. If more arrives, stop reading and
/// give [`admit`] a [`Delivery::too_large`].
///
/// # Errors
///
/// The refusal and the answer; the body need not be read.
///
/// ```
/// use hookstage::{Head, Secret, Source, SourceConfig, admit_head, providers};
///
/// let secret = Secret::new("whsec_example-of-a-signing-secret").unwrap();
/// let config = SourceConfig::preset("acme", "stripe", &providers::STRIPE).with_secret(secret);
/// let source = Source::new(config).unwrap();
///
/// let refused = admit_head(&source, &Head::post("/in/stripe", &[])).unwrap_err();
/// assert_eq!(refused.refusal.code(), "absent");
/// assert_eq!(refused.response.status(), 401);
/// ```
pub fn admit_head<'a>(endpoint: impl Into<Endpoint<'a>>, head: &Head<'_>) -> Result<u64, Refused> {
    let endpoint = endpoint.into();
    head_gates(endpoint, head).map_err(|refusal| Refused::by(endpoint.source(), refusal))
}

/// Judges a delivery at `now` and makes it ready to be staged.
///
/// It is pure: the same source, delivery and moment always give the same result. It does all that
/// [`admit_head`] does, so a host that has the body already calls only this.
///
/// The order is that of the source's [`Policy::order`](crate::Policy::order), then what the body
/// is, its dedupe key last. A sender that was not established reaches the least code and learns the
/// least.
///
/// What needs a state or an answer from outside is not done here: rates, samples, idempotency keys.
/// A source with a contact to be asked for is refused as [`Refusal::Unanswered`]: use an
/// [`Engine`](crate::Engine), or [`authenticate`] and the steps after it.
///
/// # Errors
///
/// The refusal and the answer. Nothing was staged, and nothing that a genuine sender needs was
/// consumed.
pub fn admit<'a>(
    endpoint: impl Into<Endpoint<'a>>,
    delivery: &Delivery<'a>,
    now: Timestamp,
) -> Result<Draft, Refused> {
    let ready = authenticate(endpoint, delivery, now)?.read()?.finish(None)?;
    Ok(ready.draft)
}

/// Establishes who sent a delivery: the first of the three steps of [`admit`], for hosts that do
/// something between them.
///
/// # Errors
///
/// As for [`admit`].
pub fn authenticate<'a>(
    endpoint: impl Into<Endpoint<'a>>,
    delivery: &Delivery<'a>,
    now: Timestamp,
) -> Result<Authentic<'a>, Refused> {
    authenticate_under(endpoint.into(), delivery, Circumstances::none(), now)
}

/// As [`authenticate`], with the key that
/// [`Verifier::key_request`](crate::Verifier::key_request) asked for.
///
/// # Errors
///
/// As for [`admit`].
pub fn authenticate_with<'a>(
    endpoint: impl Into<Endpoint<'a>>,
    delivery: &Delivery<'a>,
    fetched: &FetchedKey,
    now: Timestamp,
) -> Result<Authentic<'a>, Refused> {
    let circumstances = Circumstances { fetched: Some(fetched), ..Circumstances::none() };
    authenticate_under(endpoint.into(), delivery, circumstances, now)
}

/// What is known from outside before a delivery is looked at.
#[derive(Clone, Copy)]
pub(crate) struct Circumstances<'c> {
    pub(crate) limiter: Option<&'c Limiter>,
    /// A draft takes deliveries while its capture is open.
    pub(crate) is_tunnel_open: bool,
    /// The key that the delivery names. It was charged for when the key was asked for.
    pub(crate) fetched: Option<&'c FetchedKey>,
}

impl Circumstances<'_> {
    pub(crate) const fn none() -> Self {
        Self { limiter: None, is_tunnel_open: false, fetched: None }
    }
}

pub(crate) fn authenticate_under<'a>(
    endpoint: Endpoint<'a>,
    delivery: &Delivery<'a>,
    circumstances: Circumstances<'_>,
    now: Timestamp,
) -> Result<Authentic<'a>, Refused> {
    let source = endpoint.source();
    let establish = || verify(source, delivery, circumstances, now);
    gates(endpoint, delivery, Sent::Delivery, circumstances, now, establish)
        .map(|(proof, delay)| Authentic { source, proof, delay, now })
        .map_err(|refusal| Refused::by(source, refusal))
}

/// What a request is. A provider's question is asked in another way than a delivery is sent, and
/// before its source is published.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sent {
    Delivery,
    Handshake,
}

/// The gates of the source's policy in their order. What `establish` gives is given back when all
/// are passed, with the time that a sender over its rate should be kept waiting.
fn gates<T>(
    endpoint: Endpoint<'_>,
    delivery: &Delivery<'_>,
    sent: Sent,
    circumstances: Circumstances<'_>,
    now: Timestamp,
    establish: impl Fn() -> Result<T, Refusal>,
) -> Result<(T, Option<Duration>), Refusal> {
    let source = endpoint.source();
    let policy = source.policy();
    let head = delivery.head();
    let mut established = None;
    bounds(source, head)?;
    for gate in policy.order.gates() {
        match gate {
            Gate::Address => address(source, head)?,
            Gate::Authentication => {
                let judged = establish();
                // Only now, so that an unknown or paused source has cost as much as a forgery; and
                // first, so that the host is not asked for the key of one.
                if policy.visibility == Visibility::Uniform {
                    exists(endpoint, sent, circumstances)?;
                }
                let judged = judged?;
                let delay = match sent {
                    Sent::Delivery => charge_source(source, head, circumstances, now)?,
                    Sent::Handshake => None,
                };
                established = Some((judged, delay));
            }
            Gate::ContentType | Gate::Method if sent == Sent::Handshake => {}
            Gate::ContentType => content_type(policy, head)?,
            Gate::Lookup if policy.visibility == Visibility::Uniform => {}
            Gate::Lookup => exists(endpoint, sent, circumstances)?,
            Gate::Method => method(head)?,
            Gate::Rate => charge_peer(source, head, circumstances, now)?,
            Gate::Size => size(source, delivery)?,
            Gate::Tls => tls(policy, head)?,
        }
    }
    established.ok_or(Refusal::UnknownSource)
}

/// The same gates up to authentication, as far as they need no body; and how much of it to read.
fn head_gates(endpoint: Endpoint<'_>, head: &Head<'_>) -> Result<u64, Refusal> {
    let source = endpoint.source();
    let policy = source.policy();
    let sent = match handshake::may_ask(endpoint, head) {
        true => Sent::Handshake,
        false => Sent::Delivery,
    };
    // Whether a capture is open is known only when the body is judged.
    let circumstances =
        Circumstances { is_tunnel_open: policy.capture.is_some(), ..Circumstances::none() };
    bounds(source, head)?;
    for gate in policy.order.gates() {
        match gate {
            Gate::Address => address(source, head)?,
            Gate::Authentication => {
                return match (source.verifier().check_head(head), sent) {
                    (Ok(()), _) => Ok(source.body_limit()),
                    (Err(_), Sent::Handshake) => Ok(source.body_limit().min(UNSIGNED_BODY_LIMIT)),
                    (Err(refusal), Sent::Delivery) => Err(refusal),
                };
            }
            Gate::Lookup if policy.visibility == Visibility::Reveal => {
                exists(endpoint, sent, circumstances)?;
            }
            Gate::Method if sent == Sent::Delivery => method(head)?,
            Gate::Size => announced_size(source, head)?,
            Gate::Tls => tls(policy, head)?,
            Gate::ContentType | Gate::Lookup | Gate::Method | Gate::Rate => {}
        }
    }
    Ok(source.body_limit())
}

/// A delivery whose sender was established, and that passed every gate of its source.
#[derive(Debug)]
#[must_use]
pub struct Authentic<'a> {
    source: &'a Source,
    proof: Proof<'a>,
    delay: Option<Duration>,
    now: Timestamp,
}

impl<'a> Authentic<'a> {
    /// The proof.
    #[must_use]
    pub const fn proof(&self) -> &Proof<'a> {
        &self.proof
    }

    /// How long the host should wait before it answers.
    pub(crate) const fn delay(&self) -> Option<Duration> {
        self.delay
    }

    /// The slot of the sender's idempotency key.
    pub(crate) fn slot(&self) -> Result<Option<Slot>, Refused> {
        match &self.source.policy().idempotency {
            Some(rule) => rule
                .slot(self.source.id(), &self.proof)
                .map_err(|refusal| Refused::by(self.source, refusal)),
            None => Ok(None),
        }
    }

    /// Looks at what the body is: JSON, required members, event type.
    ///
    /// # Errors
    ///
    /// The refusal and the answer.
    pub fn read(self) -> Result<Admitted<'a>, Refused> {
        let source = self.source;
        read::read(self).map_err(|refusal| Refused::by(source, refusal))
    }
}

/// A delivery whose sender was established and whose body is what its source takes.
#[derive(Debug)]
#[must_use]
pub struct Admitted<'a> {
    source: &'a Source,
    proof: Proof<'a>,
    now: Timestamp,
    content: Cow<'a, [u8]>,
    event_type: Option<String>,
    identifier: Option<Result<Identifier, NoContact>>,
    bindings: Vec<String>,
    deduped: Result<Option<Deduped>, Refusal>,
    notes: Notes,
}

impl<'a> Admitted<'a> {
    /// The proof.
    #[must_use]
    pub const fn proof(&self) -> &Proof<'a> {
        &self.proof
    }

    /// The event type, if it has one.
    #[must_use]
    pub fn event_type(&self) -> Option<&str> {
        self.event_type.as_deref()
    }

    /// Whom the host must be asked for before [`finish`](Self::finish), if anyone.
    #[must_use]
    pub fn identifier(&self) -> Option<&Identifier> {
        self.identifier.as_ref()?.as_ref().ok()
    }

    /// The body as it is read: of a form, the JSON made of it.
    pub(crate) fn content(&self) -> &[u8] {
        &self.content
    }

    /// Makes it ready to be staged, with the host's answer to [`identifier`](Self::identifier).
    ///
    /// # Errors
    ///
    /// Nobody is known by its identifier, no binding wants it, its dedupe key is missing where it
    /// must not be, or the source is a draft.
    pub fn finish(self, contact: Option<Resolution>) -> Result<Ready, Refused> {
        let source = self.source;
        finish(self, contact).map_err(|refusal| Refused::by(source, refusal))
    }
}

/// What is staged, and for whom.
#[derive(Clone, Debug)]
#[must_use]
#[non_exhaustive]
pub struct Ready {
    /// What a store is given.
    pub draft: Draft,
    /// The workflows that want the event, in the order in which they run.
    pub bindings: Vec<String>,
    /// The contact that it is about, if the host was asked.
    pub contact: Option<String>,
    /// What the dedupe rule made of it; nothing if the source has none.
    pub deduped: Option<Deduped>,
}

fn finish(admitted: Admitted<'_>, contact: Option<Resolution>) -> Result<Ready, Refusal> {
    let source = admitted.source;
    if source.lifecycle() == Lifecycle::Draft {
        return Err(Refusal::Inactive);
    }
    let contact = match (&admitted.identifier, contact) {
        (None, _) => None,
        (Some(Err(why)), _) => return Err(Refusal::ContactNotFound { why: *why }),
        (Some(Ok(_)), Some(Resolution::Found { contact })) => Some(contact),
        (Some(Ok(_)), Some(Resolution::NotFound)) => {
            return Err(Refusal::ContactNotFound { why: NoContact::Unknown });
        }
        (Some(Ok(_)), None) => return Err(Refusal::Unanswered),
    };
    if admitted.bindings.is_empty() && source.policy().unbound == Unbound::Refuse {
        return Err(Refusal::Unbound);
    }
    let deduped = admitted.deduped?;
    let claim = match (&deduped, source.dedupe()) {
        (Some(Deduped::Key { key, .. }), Some((_, window))) => {
            Some(Claim { key: *key, window: *window })
        }
        _ => None,
    };
    let (proof, event_type) = (&admitted.proof, admitted.event_type);
    let detail =
        draft::detail(source, proof, event_type.as_deref(), admitted.notes, deduped.as_ref());
    let draft = draft::draft(source, proof, claim, event_type, detail, admitted.now);
    Ok(Ready { draft, bindings: admitted.bindings, contact, deduped })
}
