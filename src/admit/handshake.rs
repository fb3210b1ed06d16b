//! What a provider asks beside its deliveries: answered behind the same gates, and staged never.

use super::{Circumstances, Sent, gates};
use crate::clock::Timestamp;
use crate::delivery::{Delivery, Head};
use crate::outcome::Refused;
use crate::scheme::{Handshake, HandshakeAnswer};
use crate::source::{Endpoint, Source};

/// The largest body of a request that is read without the signature header that deliveries have,
/// because it may be a handshake. The largest known one has a few hundred bytes.
pub(super) const UNSIGNED_BODY_LIMIT: u64 = 16 * 1024;

/// Answers a delivery that is a handshake of its source; nothing if it is none.
///
/// It passes the gates of the source's policy like a delivery, but for its method and content type,
/// and its signature or token is verified before it is answered where it has one. A draft answers
/// too: providers ask before they deliver.
///
/// An [`Engine`](crate::Engine) does this by itself. Hosts that call [`admit`](crate::admit()) call
/// this before it.
///
/// # Errors
///
/// It is a handshake, and is refused. [`Refusal::Unanswered`](crate::Refusal::Unanswered) asks for the key of
/// [`Verifier::key_request`](crate::Verifier::key_request).
///
/// ```
/// use hookstage::{Delivery, Head, Secret, Source, SourceConfig, Timestamp, handshake, providers};
///
/// let secret = Secret::new("hookstage-test-secret").unwrap();
/// let config = SourceConfig::preset("acme", "files", &providers::DROPBOX).with_secret(secret);
/// let source = Source::new(config).unwrap();
///
/// let head = Head::new("GET", "https://hooks.example.com/in/files?challenge=abc", &[]);
/// let now = Timestamp::from_unix_seconds(1_700_000_000);
/// let answer = handshake(&source, &Delivery::new(head, b""), now).unwrap().unwrap();
/// assert_eq!(answer.response.body(), "abc");
/// ```
pub fn handshake<'a>(
    endpoint: impl Into<Endpoint<'a>>,
    delivery: &Delivery<'_>,
    now: Timestamp,
) -> Result<Option<HandshakeAnswer>, Refused> {
    handshake_under(endpoint.into(), delivery, Circumstances::none(), now)
}

pub(crate) fn handshake_under(
    endpoint: Endpoint<'_>,
    delivery: &Delivery<'_>,
    circumstances: Circumstances<'_>,
    now: Timestamp,
) -> Result<Option<HandshakeAnswer>, Refused> {
    let source = endpoint.source();
    let parameters = source.verifier().parameters();
    let Some(asked) = askable(endpoint).find(|handshake| handshake.asks(parameters, delivery))
    else {
        return Ok(None);
    };
    let verifier = match endpoint {
        Endpoint::Source(source) => Some(source.verifier()),
        Endpoint::Awaiting(_) | Endpoint::Unknown(_) => None,
    };
    let establish = || asked.answer(verifier, circumstances.fetched, parameters, delivery, now);
    gates(endpoint, delivery, Sent::Handshake, circumstances, now, establish)
        .map(|(answer, _)| Some(answer))
        .map_err(|refusal| Refused::by(source, refusal))
}

/// Whether a request may turn out to be a handshake when its body is read.
pub(super) fn may_ask(endpoint: Endpoint<'_>, head: &Head<'_>) -> bool {
    let parameters = endpoint.source().verifier().parameters();
    askable(endpoint).any(|handshake| handshake.may_ask(parameters, head))
}

/// The handshakes that an endpoint answers: of a source that has its secret none that brings one,
/// or any stranger could replace it.
fn askable(endpoint: Endpoint<'_>) -> impl Iterator<Item = &Handshake> {
    let (source, awaits) = match endpoint {
        Endpoint::Source(source) => (Some(source), false),
        Endpoint::Awaiting(_) => (Some(endpoint.source()), true),
        Endpoint::Unknown(_) => (None, false),
    };
    let all = source.map_or(&[][..], Source::handshakes);
    all.iter().filter(move |handshake| handshake.brings_secret() == awaits)
}
