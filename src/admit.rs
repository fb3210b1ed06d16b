//! The order of checks: the whole path of a delivery up to the store.
//!
//! [`authenticate`] runs the gates of the source's policy in their order, [`Authentic::read`] looks
//! at what the body is, and [`Admitted::finish`] makes a draft of it. [`admit`] is the three in a
//! row.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::clock::Timestamp;
use crate::contact::{Identifier, NoContact, Resolution};
use crate::dedupe::Deduped;
use crate::delivery::{Body, Delivery, Head};
use crate::event::{Claim, Draft};
use crate::filter::Subject;
use crate::history::HistoryRow;
use crate::idempotency::Slot;
use crate::json::{self, Document, Found, Kind, Path, Scalar};
use crate::limit::{Limiter, Verdict};
use crate::outcome::Refused;
use crate::payload::{BodyDecoder, Forms};
use crate::policy::{BodyRule, ContentType, Gate, Policy, Required, Unbound, Visibility};
use crate::refusal::Refusal;
use crate::scheme::{Authentication, Proof};
use crate::scrub::REMOVED;
use crate::source::{Endpoint, EventTypeAt, Lifecycle, Source};

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
    let source = endpoint.source();
    head_gates(endpoint, head).map_err(|refusal| refuse(source, refusal))?;
    Ok(source.body_limit())
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
    let circumstances = Circumstances { limiter: None, is_tunnel_open: false };
    authenticate_under(endpoint.into(), delivery, circumstances, now)
}

/// What is known from outside before a delivery is looked at.
#[derive(Clone, Copy)]
pub(crate) struct Circumstances<'c> {
    pub(crate) limiter: Option<&'c Limiter>,
    /// A draft takes deliveries while its capture is open.
    pub(crate) is_tunnel_open: bool,
}

pub(crate) fn authenticate_under<'a>(
    endpoint: Endpoint<'a>,
    delivery: &Delivery<'a>,
    circumstances: Circumstances<'_>,
    now: Timestamp,
) -> Result<Authentic<'a>, Refused> {
    let source = endpoint.source();
    gates(endpoint, delivery, circumstances, now).map_err(|refusal| refuse(source, refusal))
}

fn gates<'a>(
    endpoint: Endpoint<'a>,
    delivery: &Delivery<'a>,
    circumstances: Circumstances<'_>,
    now: Timestamp,
) -> Result<Authentic<'a>, Refusal> {
    let source = endpoint.source();
    let policy = source.policy();
    let head = delivery.head();
    let mut established = None;
    bounds(source, head)?;
    for gate in policy.order.gates() {
        match gate {
            Gate::Address => address(source, head)?,
            Gate::Authentication => {
                let proof = verify(source, delivery, now);
                // Only now, so that an unknown or paused source has cost as much as a forgery.
                if policy.visibility == Visibility::Uniform {
                    exists(endpoint, circumstances)?;
                }
                let proof = proof?;
                let delay = charge_source(source, head, circumstances, now)?;
                established = Some((proof, delay));
            }
            Gate::ContentType => content_type(policy, head)?,
            Gate::Lookup if policy.visibility == Visibility::Uniform => {}
            Gate::Lookup => exists(endpoint, circumstances)?,
            Gate::Method => method(head)?,
            Gate::Rate => charge_peer(source, head, circumstances, now)?,
            Gate::Size => size(source, delivery)?,
            Gate::Tls => tls(policy, head)?,
        }
    }
    let Some((proof, delay)) = established else { return Err(Refusal::UnknownSource) };
    Ok(Authentic { source, proof, delay, now })
}

/// The same gates up to authentication, as far as they need no body.
fn head_gates(endpoint: Endpoint<'_>, head: &Head<'_>) -> Result<(), Refusal> {
    let source = endpoint.source();
    let policy = source.policy();
    bounds(source, head)?;
    for gate in policy.order.gates() {
        match gate {
            Gate::Address => address(source, head)?,
            Gate::Authentication => return source.verifier().check_head(head),
            Gate::Lookup if policy.visibility == Visibility::Reveal => match endpoint {
                // Whether a capture is open is known only when the body is judged.
                Endpoint::Source(source)
                    if source.lifecycle() == Lifecycle::Draft && policy.capture.is_some() => {}
                _ => {
                    exists(endpoint, Circumstances { limiter: None, is_tunnel_open: false })?;
                }
            },
            Gate::Method => method(head)?,
            Gate::Size => announced_size(source, head)?,
            Gate::Tls => tls(policy, head)?,
            Gate::ContentType | Gate::Lookup | Gate::Rate => {}
        }
    }
    Ok(())
}

/// What bounds the work before anything is known.
fn bounds(source: &Source, head: &Head<'_>) -> Result<(), Refusal> {
    let limits = source.limits();
    if head.headers().len() > usize::from(limits.headers) {
        return Err(Refusal::TooManyHeaders { limit: limits.headers });
    }
    if u64::try_from(head.url().len()).is_ok_and(|length| length > u64::from(limits.url)) {
        return Err(Refusal::UrlTooLong { limit: limits.url });
    }
    Ok(())
}

fn address(source: &Source, head: &Head<'_>) -> Result<(), Refusal> {
    match (source.addresses(), head.remote()) {
        (None, _) => Ok(()),
        (Some(list), Some(peer)) if list.contains(peer) => Ok(()),
        (Some(_), Some(_)) => Err(Refusal::AddressNotAllowed),
        (Some(_), None) => Err(Refusal::AddressUnknown),
    }
}

fn content_type(policy: &Policy, head: &Head<'_>) -> Result<(), Refusal> {
    if policy.content_type == ContentType::Any {
        return Ok(());
    }
    let mut values = head.header("content-type");
    let taken = |value: &[u8]| {
        is_media_type(value, "application/json")
            || policy.forms != Forms::Refuse && is_media_type(value, FORM)
    };
    match (values.next(), values.next()) {
        (Some(value), None) if taken(value) => Ok(()),
        _ => Err(Refusal::ContentType),
    }
}

const FORM: &str = "application/x-www-form-urlencoded";

/// Type and subtype without regard to case and parameters (RFC 9110, section 8.3.1).
fn is_media_type(value: &[u8], wanted: &str) -> bool {
    let end = value.iter().position(|byte| *byte == b';').unwrap_or(value.len());
    value[..end].trim_ascii().eq_ignore_ascii_case(wanted.as_bytes())
}

fn exists(endpoint: Endpoint<'_>, circumstances: Circumstances<'_>) -> Result<(), Refusal> {
    match endpoint {
        Endpoint::Unknown(_) => Err(Refusal::UnknownSource),
        Endpoint::Source(source) => match source.lifecycle() {
            Lifecycle::Active => Ok(()),
            Lifecycle::Draft if circumstances.is_tunnel_open => Ok(()),
            Lifecycle::Draft | Lifecycle::Paused => Err(Refusal::Inactive),
        },
    }
}

fn method(head: &Head<'_>) -> Result<(), Refusal> {
    if head.method() == "POST" { Ok(()) } else { Err(Refusal::MethodNotAllowed) }
}

/// Judged by what was announced as well as by what came, so that a delivery is never admitted whose
/// head alone is refused.
fn size(source: &Source, delivery: &Delivery<'_>) -> Result<(), Refusal> {
    announced_size(source, delivery.head())?;
    let limit = source.body_limit();
    match delivery.body() {
        Body::Whole(body) if body.len() as u64 <= limit => Ok(()),
        _ => Err(Refusal::BodyTooLarge { limit }),
    }
}

/// A sender that says beforehand that it will send too much need not be listened to.
fn announced_size(source: &Source, head: &Head<'_>) -> Result<(), Refusal> {
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

fn tls(policy: &Policy, head: &Head<'_>) -> Result<(), Refusal> {
    if policy.require_tls && head.tls() != Some(true) { Err(Refusal::TlsRequired) } else { Ok(()) }
}

/// A body beyond the limit is hashed up to this many times the limit where a stranger is not told
/// the limit; beyond that it is refused unverified.
const HASHED_BEYOND: u64 = 8;

/// Who sent it. A body that was not read whole cannot be verified where it is signed; where it is
/// not, the sender is established without it, and the size is judged by its own gate.
fn verify<'a>(
    source: &'a Source,
    delivery: &Delivery<'a>,
    now: Timestamp,
) -> Result<Proof<'a>, Refusal> {
    let limit = source.body_limit();
    match delivery.body() {
        Body::Whole(body) if body.len() as u64 <= limit.saturating_mul(HASHED_BEYOND) => {
            source.verifier().verify(delivery, now)
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
        Authentication::AnyOf(_) | Authentication::Jose(_) | Authentication::Signature(_) => false,
    };
    !is_shown || !description.require.iter().all(|equality| equality.at.is_in_head())
}

/// Charged before anything is hashed, to whoever it turns out to be.
fn charge_peer(
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
    match limiter.peer(peer, rate, now) {
        Verdict::Allow | Verdict::Delay(_) => Ok(()),
        Verdict::Reject { retry_after } => Err(Refusal::RateLimited { retry_after }),
    }
}

/// A genuine sender gets back what its address was charged, and pays from its source's budget.
fn charge_source(
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
                .map_err(|refusal| refuse(self.source, refusal)),
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
        read(self).map_err(|refusal| refuse(source, refusal))
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
    claim: Result<Option<Claim>, Refusal>,
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
        finish(self, contact).map_err(|refusal| refuse(source, refusal))
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
}

fn read(Authentic { source, proof, now, .. }: Authentic<'_>) -> Result<Admitted<'_>, Refusal> {
    let policy = source.policy();
    let content = content(policy, &proof)?;
    let options = source.read_options();

    let root = Path::default();
    let key_paths: Vec<&Path> =
        source.dedupe().into_iter().flat_map(|(rule, _)| rule.paths()).collect();
    let type_path = match source.event_type() {
        Some(EventTypeAt::Body(path)) => Some(path),
        _ => None,
    };
    let contact_path = source.contact().map(|contact| &contact.path);
    let mut paths = key_paths.clone();
    paths.extend(type_path);
    paths.extend(contact_path);
    paths.push(&root);

    let is_read = policy.body != BodyRule::Any || paths.len() > 1;
    let mut found = match is_read.then(|| json::pick(&content, options, &paths)) {
        Some(Ok(picked)) => picked.found,
        // Bytes that are no JSON have no member that a rule could name.
        Some(Err(_)) if policy.body == BodyRule::Any => Vec::new(),
        Some(Err(fault)) => return Err(Refusal::NotJson { fault }),
        None => Vec::new(),
    }
    .into_iter();
    let of_key: Vec<Found<'_>> = found.by_ref().take(key_paths.len()).collect();
    let of_type = type_path.and_then(|_| found.next());
    let of_contact = contact_path.and_then(|_| found.next());
    let is_object =
        matches!(found.next(), Some(Found::Container(root)) if root.kind == Kind::Object);
    if policy.body == BodyRule::JsonObject && !is_object {
        return Err(Refusal::NotAnObject);
    }
    if policy.required != Required::Nothing {
        let document =
            Document::read(&content, options).map_err(|fault| Refusal::NotJson { fault })?;
        let missing = policy.required.missing(&document);
        if !missing.is_empty() {
            return Err(Refusal::Incomplete { missing });
        }
    }

    let event_type = match source.event_type() {
        Some(EventTypeAt::Header(name)) => {
            let value = proof.head().header(name).next();
            value.and_then(|value| std::str::from_utf8(value).ok()).map(bounded_type)
        }
        Some(EventTypeAt::Body(_)) => match &of_type {
            Some(Found::Value(Scalar::String(text))) => Some(bounded_type(text)),
            _ => None,
        },
        None => None,
    }
    .map(|event_type| source.scrubber().text(event_type));
    if !source.events().takes(event_type.as_deref()) {
        return Err(Refusal::NotSubscribed);
    }
    let identifier = source.contact().map(|rule| rule.identifier(of_contact.as_ref()));
    let is_filtered = source.bindings().iter().any(|binding| binding.filter.is_some());
    let document = is_filtered.then(|| Document::read(&content, options).ok()).flatten();
    let bindings = bindings(source, &proof, document.as_ref());
    let claim = match source.dedupe() {
        Some((rule, window)) => {
            rule.key_of(&proof, options, &of_key).map(|deduped| match deduped {
                Deduped::Key { key, .. } => Some(Claim { key, window: *window }),
                Deduped::WithoutKey { .. } => None,
            })
        }
        None => Ok(None),
    };
    drop((of_key, of_type, of_contact, found, document));
    Ok(Admitted { source, proof, now, content, event_type, identifier, bindings, claim })
}

/// The body as it is read.
fn content<'a>(policy: &Policy, proof: &Proof<'a>) -> Result<Cow<'a, [u8]>, Refusal> {
    let is_form = || {
        proof.head().header("content-type").next().is_some_and(|value| is_media_type(value, FORM))
    };
    if policy.forms == Forms::Refuse || !is_form() {
        return Ok(Cow::Borrowed(proof.body()));
    }
    let decoder = BodyDecoder { forms: policy.forms.clone(), ..BodyDecoder::default() };
    decoder.decode(proof.head(), proof.body()).map_err(|_| Refusal::ContentType)
}

/// The bindings whose filters match, in their order.
fn bindings(source: &Source, proof: &Proof<'_>, document: Option<&Document<'_>>) -> Vec<String> {
    let subject = match document {
        Some(document) => Subject::payload(document).with_head(proof.head()),
        None => Subject::head(proof.head()),
    };
    source
        .bindings()
        .iter()
        .filter(|binding| binding.filter.as_ref().is_none_or(|filter| filter.matches(&subject)))
        .map(|binding| binding.name.clone())
        .collect()
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
    let claim = admitted.claim?;
    let draft = draft(source, &admitted.proof, claim, admitted.event_type, admitted.now);
    Ok(Ready { draft, bindings: admitted.bindings, contact })
}

fn draft(
    source: &Source,
    proof: &Proof<'_>,
    claim: Option<Claim>,
    event_type: Option<String>,
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
    history.detail = mismatch(proof, event_type.as_deref());

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

/// A header that no signature covers names another event type than the body does: either the
/// sender is confused, or someone stands between.
fn mismatch(proof: &Proof<'_>, event_type: Option<&str>) -> Option<String> {
    let named = proof.head().header("x-webhook-event").next()?;
    (named != event_type?.as_bytes())
        .then(|| "the header x-webhook-event names another event type than the body".to_owned())
}

/// The longest event type kept, in bytes: it stands in indexes and lists.
const MAX_EVENT_TYPE: usize = 200;

fn bounded_type(text: &str) -> String {
    text.chars()
        .filter(|character| !character.is_control())
        .scan(0, |length, character| {
            *length += character.len_utf8();
            (*length <= MAX_EVENT_TYPE).then_some(character)
        })
        .collect()
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

fn refuse(source: &Source, refusal: Refusal) -> Refused {
    let response = source.policy().response_to(&refusal);
    Refused { refusal, response }
}
