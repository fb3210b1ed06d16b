//! Handshakes: what a provider asks an endpoint before, or between, deliveries.
//!
//! They are data like a scheme, stored beside it. Answering one is a pure step that stages nothing:
//! a challenge is no event.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::content::feed_url;
use super::description::{Encoding, Hash, List, Parameter, Place, Text, UrlPart};
use super::equality::same;
use super::fetch::FetchedKey;
use super::key::Material;
use super::locate::{Context, optional, value};
use super::parameters::Parameters;
use super::primitive::{Hasher, Sink};
use super::verify::Verifier;
use crate::clock::Timestamp;
use crate::delivery::{Body, Delivery, Head};
use crate::outcome::Response;
use crate::refusal::{Malformation, Refusal, Site};
use crate::secret::Secret;

/// The longest value that is echoed, in bytes; the longest known challenge has 512 characters.
const MAX_ECHO: usize = 4096;

/// One question that a provider asks, and its answer.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Handshake {
    /// The method it is asked with, in upper case.
    pub method: Text,
    /// What tells it from a delivery; all of these.
    pub when: List<Sign>,
    /// What must be equal before it is answered, as a token that the operator chose.
    pub require: List<Sign>,
    /// Whether it is signed as deliveries are. It is then verified first.
    pub signed: bool,
    /// The answer.
    pub answer: Answer,
}

/// Something that stands in a request.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sign {
    /// Where.
    pub at: Place,
    /// What.
    pub is: Is,
}

/// What stands at a place.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Is {
    /// Nothing.
    Absent,
    /// What the operator configured.
    Parameter(Parameter),
    /// Anything.
    Present,
    /// This text.
    Text(Text),
}

/// How a handshake is answered.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Answer {
    /// The request brings the secret that later deliveries are signed with. It is handed to the
    /// host, and echoed in this header if one is named.
    Capture {
        /// Where it stands.
        at: Place,
        /// The header of the answer that repeats it.
        echo: Option<Text>,
    },
    /// Headers, and no body.
    Headers(List<Member>),
    /// A JSON object of texts.
    Json(List<Member>),
    /// A status, and no body.
    Status(u16),
    /// Plain text.
    Text(List<Piece>),
    /// A status that says whether the request was what it must be: providers send wrong ones on
    /// purpose.
    Verdict {
        /// The status for a request that holds.
        right: u16,
        /// The status for one that does not.
        wrong: u16,
    },
    /// An address is to be visited, which only the host may do, once it is sure: the subscription
    /// is for the topic it wants, and the address is on these hosts.
    Visit {
        /// Where the address stands.
        at: Place,
        /// How it may look.
        name: super::KeyName,
    },
}

/// A name and what stands there.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// The name of a header, in lower case, or of a JSON member.
    pub name: Text,
    /// Its text.
    pub is: List<Piece>,
}

/// A piece of text in an answer.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Piece {
    /// A hash of texts.
    Digest {
        /// The texts.
        of: List<Piece>,
        /// The hash.
        hash: Hash,
        /// How it is written; hexadecimal digits in lower case.
        encoding: Encoding,
    },
    /// A value of the request.
    Echo(Place),
    /// Fixed text.
    Literal(Text),
    /// A number, which alone makes a JSON number.
    Number(u32),
    /// What the operator configured.
    Parameter(Parameter),
    /// A MAC of texts under the source's newest live secret, with its scheme's algorithm.
    Signed {
        /// The texts.
        of: List<Piece>,
        /// How it is written; hexadecimal digits in lower case.
        encoding: Encoding,
    },
    /// The URL, or a part of it.
    Url(UrlPart),
}

/// What to send back, and what else to do.
#[derive(Debug)]
#[must_use]
#[non_exhaustive]
pub struct HandshakeAnswer {
    /// What the provider is answered: plain text or JSON, never HTML, for the sender chose what is
    /// echoed in it.
    pub response: Response,
    /// The secret that the provider gave, to be kept for this source. Take the first one alone, or
    /// whoever asks next replaces it.
    pub captured: Option<Secret>,
    /// The address that the host may visit to confirm.
    pub visit: Option<String>,
}

/// Answers a request, if it is one of these handshakes.
///
/// `verifier` is absent only while the source has no secret yet.
///
/// ```
/// use hookstage::scheme::{Parameters, answer_handshake};
/// use hookstage::{Delivery, Head, Timestamp, providers};
///
/// let handshakes = providers::DROPBOX_HANDSHAKES;
/// let head = Head::new("GET", "https://hooks.example.com/in?challenge=abc", &[]);
/// let now = Timestamp::from_unix_seconds(1_700_000_000);
/// let answer =
///     answer_handshake(handshakes, None, &Parameters::new(), &Delivery::new(head, b""), now)
///         .unwrap()
///         .unwrap();
/// assert_eq!(answer.response.body(), "abc");
/// ```
///
/// # Errors
///
/// It is a handshake, and its signature or token is wrong, or what it asks for is absent.
pub fn answer_handshake(
    handshakes: &[Handshake],
    verifier: Option<&Verifier>,
    parameters: &Parameters,
    delivery: &Delivery<'_>,
    now: Timestamp,
) -> Result<Option<HandshakeAnswer>, Refusal> {
    match handshakes.iter().find(|handshake| handshake.asks(parameters, delivery)) {
        Some(handshake) => handshake.answer(verifier, None, parameters, delivery, now).map(Some),
        None => Ok(None),
    }
}

impl Handshake {
    /// Whether a request is this handshake, by its signs alone.
    pub(crate) fn asks(&self, parameters: &Parameters, delivery: &Delivery<'_>) -> bool {
        let Body::Whole(body) = delivery.body() else { return false };
        let context = Context::new(delivery.head(), body, parameters);
        self.method == delivery.head().method()
            && self.when.iter().all(|sign| sign.holds(context).unwrap_or(false))
    }

    /// Whether a request can still turn out to be this handshake when its body is read.
    pub(crate) fn may_ask(&self, parameters: &Parameters, head: &Head<'_>) -> bool {
        let context = Context::new(head, &[], parameters);
        let in_head = self.when.iter().filter(|sign| sign.at.is_in_head());
        self.method == head.method()
            && in_head.into_iter().all(|sign| sign.holds(context).unwrap_or(false))
    }

    /// Whether it brings the secret of a source that has none.
    pub(crate) const fn brings_secret(&self) -> bool {
        matches!(self.answer, Answer::Capture { .. })
    }

    /// Answers it, with the key that [`Verifier::key_request`] asked for, if it asked.
    ///
    /// # Errors
    ///
    /// Its signature or token is wrong, or what it asks for is absent.
    pub(crate) fn answer(
        &self,
        verifier: Option<&Verifier>,
        fetched: Option<&FetchedKey>,
        parameters: &Parameters,
        delivery: &Delivery<'_>,
        now: Timestamp,
    ) -> Result<HandshakeAnswer, Refusal> {
        let Body::Whole(body) = delivery.body() else { return Err(Refusal::Inactive) };
        let context = Context::new(delivery.head(), body, parameters);
        let judged = judge(self, verifier, fetched, context, delivery, now);
        if let Answer::Verdict { right, wrong } = self.answer {
            return match judged {
                // A verdict needs the key that the signature was made with.
                Err(Refusal::Unanswered) => Err(Refusal::Unanswered),
                judged => Ok(Response::empty(if judged.is_ok() { right } else { wrong }).into()),
            };
        }
        judged?;
        self.answer.make(context, verifier, now)
    }
}

fn judge(
    handshake: &Handshake,
    verifier: Option<&Verifier>,
    fetched: Option<&FetchedKey>,
    context: Context<'_>,
    delivery: &Delivery<'_>,
    now: Timestamp,
) -> Result<(), Refusal> {
    if handshake.signed {
        verifier.ok_or(Refusal::Inactive)?.verify_or_ask(delivery, fetched, now)?;
    }
    for sign in handshake.require.iter() {
        if !sign.holds(context)? {
            return Err(Refusal::Different(Site::from(&sign.at)));
        }
    }
    Ok(())
}

impl Sign {
    fn holds(&self, context: Context<'_>) -> Result<bool, Refusal> {
        let found = match optional(context, &self.at) {
            Err(Refusal::Malformed { fault: Malformation::Unreadable, .. }) => None,
            found => found?,
        };
        Ok(match &self.is {
            Is::Absent => found.is_none(),
            Is::Present => found.is_some(),
            Is::Text(text) => found.is_some_and(|found| same(text.as_bytes(), &found)),
            Is::Parameter(parameter) => match (context.parameters.get(*parameter), found) {
                (Some(wanted), Some(found)) => same(wanted.as_bytes(), &found),
                _ => false,
            },
        })
    }
}

impl Answer {
    fn make(
        &self,
        context: Context<'_>,
        verifier: Option<&Verifier>,
        now: Timestamp,
    ) -> Result<HandshakeAnswer, Refusal> {
        let text = |pieces: &[Piece]| -> Result<String, Refusal> {
            let mut text = Vec::new();
            feed(pieces, context, verifier, now, &mut text)?;
            String::from_utf8(text).map_err(|_| unfit(pieces))
        };
        let response = match self {
            Self::Text(pieces) => Response::text(text(pieces)?),
            Self::Json(members) => {
                let mut object = serde_json::Map::new();
                for member in members.iter() {
                    let value = match member.is.as_ref() {
                        [Piece::Number(number)] => (*number).into(),
                        pieces => text(pieces)?.into(),
                    };
                    object.insert(member.name.to_string(), value);
                }
                Response::json(serde_json::Value::Object(object).to_string())
            }
            Self::Headers(members) => {
                let mut response = Response::empty(200);
                for member in members.iter() {
                    let value = text(&member.is)?;
                    let value = visible(value.as_bytes()).ok_or_else(|| unfit(&member.is))?;
                    response = response.with_header(member.name.clone(), value.to_owned());
                }
                response
            }
            Self::Status(status) => Response::empty(*status),
            Self::Verdict { right, .. } => Response::empty(*right),
            Self::Capture { at, echo } => {
                let found = value(context, at)?;
                let shown = visible(&found).filter(|text| text.len() <= MAX_ECHO);
                let shown = shown.ok_or_else(|| bad(at, Malformation::Encoding))?;
                let secret = Secret::new(shown).map_err(|_| bad(at, Malformation::Encoding))?;
                let mut response = Response::empty(200);
                if let Some(name) = echo {
                    response = response.with_header(name.clone(), shown.to_owned());
                }
                return Ok(HandshakeAnswer { captured: Some(secret), ..response.into() });
            }
            Self::Visit { at, name } => {
                let found = value(context, at)?;
                let address =
                    std::str::from_utf8(&found).ok().filter(|text| name.allows_visit(text));
                let address = address.ok_or_else(|| bad(at, Malformation::KeyName))?;
                let visit = Some(address.to_owned());
                return Ok(HandshakeAnswer { visit, ..Response::empty(200).into() });
            }
        };
        Ok(response.into())
    }
}

impl From<Response> for HandshakeAnswer {
    /// An answer that leaves the host nothing else to do.
    fn from(response: Response) -> Self {
        Self { response, captured: None, visit: None }
    }
}

fn feed(
    pieces: &[Piece],
    context: Context<'_>,
    verifier: Option<&Verifier>,
    now: Timestamp,
    text: &mut Vec<u8>,
) -> Result<(), Refusal> {
    for piece in pieces {
        match piece {
            Piece::Literal(literal) => text.extend_from_slice(literal.as_bytes()),
            Piece::Echo(place) => {
                let found = value(context, place)?;
                if found.len() > MAX_ECHO {
                    return Err(bad(place, Malformation::TooLong));
                }
                text.extend_from_slice(&found);
            }
            Piece::Parameter(parameter) => {
                let found = context.parameters.get(*parameter);
                let found = found.ok_or(Refusal::Absent(Site::Parameter(*parameter)))?;
                text.extend_from_slice(found.as_bytes());
            }
            Piece::Number(number) => text.extend_from_slice(number.to_string().as_bytes()),
            Piece::Url(part) => feed_url(context.head, *part, text),
            Piece::Digest { of, hash, encoding } => {
                let mut inner = Vec::new();
                feed(of, context, verifier, now, &mut inner)?;
                let mut hasher = Hasher::new(*hash).ok_or(Refusal::Inactive)?;
                hasher.feed(&inner);
                text.extend_from_slice(encoding.encode(&hasher.finish().to_bytes()).as_bytes());
            }
            Piece::Signed { of, encoding } => {
                let mut inner = Vec::new();
                feed(of, context, verifier, now, &mut inner)?;
                let key = verifier.and_then(|verifier| verifier.keys().live(now).next());
                let Some((_, key)) = key else { return Err(Refusal::Inactive) };
                let Some(Material::Keyed(keyed)) = key.material(0) else {
                    return Err(Refusal::Inactive);
                };
                text.extend_from_slice(encoding.encode(&keyed.mac_of(&inner)).as_bytes());
            }
        }
    }
    Ok(())
}

/// Refuses text that cannot be sent back, by the first place that some of it came from.
fn unfit(pieces: &[Piece]) -> Refusal {
    let place = pieces.iter().find_map(|piece| match piece {
        Piece::Echo(place) => Some(Site::from(place)),
        _ => None,
    });
    let at = place.unwrap_or(Site::WholeBody);
    Refusal::Malformed { at, fault: Malformation::Encoding }
}

/// Text that can stand in a header: a line break in it would be a header of the sender's choice.
fn visible(text: &[u8]) -> Option<&str> {
    let plain = !text.is_empty() && text.iter().all(|byte| (b' '..=b'~').contains(byte));
    if plain { std::str::from_utf8(text).ok() } else { None }
}

fn bad(place: &Place, fault: Malformation) -> Refusal {
    Refusal::Malformed { at: Site::from(place), fault }
}

impl Handshake {
    /// A GET (or other) request that holds something, answered with it as plain text.
    #[must_use]
    pub const fn new(
        method: &'static str,
        when: List<Sign>,
        require: List<Sign>,
        answer: Answer,
    ) -> Self {
        Self { method: Cow::Borrowed(method), when, require, signed: false, answer }
    }

    /// The same, verified as deliveries are before it is answered.
    #[must_use]
    pub fn and_signed(mut self) -> Self {
        self.signed = true;
        self
    }
}

impl fmt::Display for HandshakeAnswer {
    /// The status alone: what is echoed is the sender's.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "answer {}", self.response.status())
    }
}
