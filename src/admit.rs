//! The fixed order of checks: the whole path of a delivery up to the store, in two functions.

use std::borrow::Cow;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::clock::Timestamp;
use crate::dedupe::{DedupeRule, Deduped};
use crate::delivery::{Body, Delivery, Head};
use crate::event::{Claim, Draft};
use crate::history::HistoryRow;
use crate::json::{self, Found, Path, Scalar};
use crate::outcome::Refused;
use crate::policy::{BodyRule, Visibility};
use crate::refusal::Refusal;
use crate::scheme::Proof;
use crate::source::{Endpoint, EventTypeAt, Lifecycle, Source};

/// Judges a delivery by its head alone, before a byte of the body is read: method, source, limits,
/// and whether what carries the signature is there.
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
    judge_head(endpoint, head).map_err(|refusal| refuse(source, refusal))?;
    Ok(source.limits().body)
}

/// Judges a delivery at `now` and makes it ready to be staged.
///
/// It is pure: the same source, delivery and moment always give the same result. It does all that
/// [`admit_head`] does, so a host that has the body already calls only this.
///
/// The order is fixed: head, size, authentication, freshness, what the body is, dedupe key. A sender
/// that was not established reaches the least code and learns the least.
///
/// # Errors
///
/// The refusal and the answer. Nothing was staged, and nothing that a genuine sender needs was
/// consumed.
pub fn admit<'a>(
    endpoint: impl Into<Endpoint<'a>>,
    delivery: &Delivery<'_>,
    now: Timestamp,
) -> Result<Draft, Refused> {
    let endpoint = endpoint.into();
    let source = endpoint.source();
    judge_head(endpoint, delivery.head())
        .and_then(|()| judge(endpoint, delivery, now))
        .map_err(|refusal| refuse(source, refusal))
}

fn judge_head(endpoint: Endpoint<'_>, head: &Head<'_>) -> Result<(), Refusal> {
    let source = endpoint.source();
    let limits = source.limits();
    if head.headers().len() > usize::from(limits.headers) {
        return Err(Refusal::TooManyHeaders { limit: limits.headers });
    }
    if u64::try_from(head.url().len()).is_ok_and(|length| length > u64::from(limits.url)) {
        return Err(Refusal::UrlTooLong { limit: limits.url });
    }
    if head.method() != "POST" {
        return Err(Refusal::MethodNotAllowed);
    }
    if source.policy().visibility == Visibility::Reveal {
        exists(endpoint)?;
    }
    source.verifier().check_head(head)
}

fn judge(
    endpoint: Endpoint<'_>,
    delivery: &Delivery<'_>,
    now: Timestamp,
) -> Result<Draft, Refusal> {
    let source = endpoint.source();
    let limit = source.limits().body;
    match delivery.body() {
        Body::Whole(body) if body.len() as u64 <= limit => {}
        _ => return Err(Refusal::BodyTooLarge { limit }),
    }
    let proof = source.verifier().verify(delivery, now);
    // Only now, so that an unknown or paused source has cost as much as a wrong signature.
    exists(endpoint)?;
    draft(source, &proof?, now)
}

fn exists(endpoint: Endpoint<'_>) -> Result<(), Refusal> {
    match endpoint {
        Endpoint::Unknown(_) => Err(Refusal::UnknownSource),
        Endpoint::Source(source) => match source.lifecycle() {
            Lifecycle::Active => Ok(()),
            Lifecycle::Draft | Lifecycle::Paused => Err(Refusal::Inactive),
        },
    }
}

fn draft(source: &Source, proof: &Proof<'_>, now: Timestamp) -> Result<Draft, Refusal> {
    let reading = Reading::of(source, proof)?;
    let claim = match source.dedupe() {
        Some((rule, window)) => {
            reading.key(rule, proof, source)?.map(|key| Claim { key, window: *window })
        }
        None => None,
    };
    let event_type = reading.event_type(source, proof);
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
    history.correlation_id = correlation_id(proof.head());
    history.key_index = proof.key_index();

    Ok(Draft {
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
    })
}

/// What one pass over the body found, if it had to be read at all.
struct Reading<'a> {
    found: Vec<Found<'a>>,
    event_type_found: bool,
}

impl<'a> Reading<'a> {
    fn of(source: &Source, proof: &Proof<'a>) -> Result<Self, Refusal> {
        let root = Path::default();
        let mut paths: Vec<&Path> =
            source.dedupe().into_iter().flat_map(|(rule, _)| rule.paths()).collect();
        let event_type_found = match source.event_type() {
            Some(EventTypeAt::Body(path)) => {
                paths.push(path);
                true
            }
            _ => false,
        };
        let rule = source.policy().body;
        if rule == BodyRule::JsonObject {
            paths.push(&root);
        }
        if rule == BodyRule::Any && paths.is_empty() {
            return Ok(Self { found: Vec::new(), event_type_found: false });
        }
        match json::pick(proof.body(), source.read_options(), &paths) {
            Ok(picked) => {
                let mut found = picked.found;
                if rule == BodyRule::JsonObject {
                    match found.pop() {
                        Some(Found::Container(root)) if root.kind == json::Kind::Object => {}
                        _ => return Err(Refusal::NotAnObject),
                    }
                }
                Ok(Self { found, event_type_found })
            }
            // Bytes that are no JSON have no member that a rule could name.
            Err(_) if rule == BodyRule::Any => {
                Ok(Self { found: Vec::new(), event_type_found: false })
            }
            Err(fault) => Err(Refusal::NotJson { fault }),
        }
    }

    fn key(
        &self,
        rule: &DedupeRule,
        proof: &Proof<'_>,
        source: &Source,
    ) -> Result<Option<crate::dedupe::DedupeKey>, Refusal> {
        match rule.key_of(proof, source.read_options(), &self.found)? {
            Deduped::Key { key, .. } => Ok(Some(key)),
            Deduped::WithoutKey { .. } => Ok(None),
        }
    }

    fn event_type(&self, source: &Source, proof: &Proof<'_>) -> Option<String> {
        match source.event_type()? {
            EventTypeAt::Header(name) => {
                let value = proof.head().header(name).next()?;
                std::str::from_utf8(value).ok().map(bounded_type)
            }
            EventTypeAt::Body(_) if self.event_type_found => match self.found.last()? {
                Found::Value(Scalar::String(text)) => Some(bounded_type(text)),
                _ => None,
            },
            EventTypeAt::Body(_) => None,
        }
    }
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
        .filter_map(|(name, value)| kept(name).map(|name| (name.clone(), value.to_vec())))
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
fn correlation_id(head: &Head<'_>) -> Option<String> {
    let value = head.header("x-request-id").next()?;
    let fits = !value.is_empty() && value.len() <= 128 && value.iter().all(u8::is_ascii_graphic);
    fits.then(|| String::from_utf8_lossy(value).into_owned())
}

fn refuse(source: &Source, refusal: Refusal) -> Refused {
    let response = source.policy().answer_to(&refusal).response();
    Refused { refusal, response }
}
