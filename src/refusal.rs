//! Why a delivery was turned away: the exact reason, for the operator alone.

use std::fmt;
use std::time::Duration;

use crate::contact::NoContact;
use crate::scheme::{Parameter, Place, Text};

/// Why a delivery was turned away. It is the sender's fault, expected, and never an error of ours.
///
/// The sender sees only what the source's policy shows; under a uniform policy that is the same
/// answer for all. The operator sees this. It holds names, sizes and durations, never a value that
/// was sent.
///
/// ```
/// use hookstage::Refusal;
///
/// let refusal = Refusal::Stale { by: std::time::Duration::from_secs(7), age: None };
/// assert_eq!(refusal.code(), "stale");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// Something that the scheme needs is not there at all.
    Absent(Site),
    /// The body is larger than the source takes.
    BodyTooLarge {
        /// The limit in bytes.
        limit: u64,
    },
    /// The delivery has no dedupe key, and the source wants one.
    DedupeKeyMissing(Site),
    /// A value is not what it must be.
    Different(Site),
    /// The signed time lies further in the future than the tolerance.
    Future {
        /// How far beyond the tolerance.
        by: Duration,
        /// How far ahead of the clock here, if it is the moment of signing and not a claim of a
        /// token.
        ahead: Option<Duration>,
    },
    /// The source is a draft or paused.
    Inactive,
    /// The delivery names a key that is neither in the ring nor fetched.
    KeyUnknown(Site),
    /// Something is there but cannot be what it should be.
    Malformed {
        /// What.
        at: Site,
        /// In which way.
        fault: Malformation,
    },
    /// The source takes another method.
    MethodNotAllowed,
    /// The signature or secret is well-formed and wrong.
    Mismatch {
        /// Where it stands.
        at: Site,
        /// How many signatures were tried.
        signatures: u8,
        /// Against how many live keys.
        keys: u8,
    },
    /// The body is JSON, but no object.
    NotAnObject,
    /// The body is not the JSON that the source takes.
    NotJson {
        /// What is wrong, and where.
        fault: crate::json::Error,
    },
    /// The signed time lies further in the past than the tolerance.
    Stale {
        /// How far beyond the tolerance.
        by: Duration,
        /// How old it is, if it is the moment of signing and not the end of a token's life.
        age: Option<Duration>,
    },
    /// The credentials were revoked while the delivery was under way.
    Superseded,
    /// More header lines than any honest sender has, or a longer URL.
    TooManyHeaders {
        /// The limit.
        limit: u16,
    },
    /// The peer's address is in none of the source's networks.
    AddressNotAllowed,
    /// The source is restricted to networks, and the host did not say where the delivery came from.
    AddressUnknown,
    /// Nobody is known by its identifier.
    ContactNotFound {
        /// In which way.
        why: NoContact,
    },
    /// The body is compressed or coded otherwise, so it is not the JSON that the source takes.
    ContentEncoding,
    /// The body is not said to be what the source takes.
    ContentType,
    /// The idempotency key cannot be one.
    IdempotencyKey {
        /// In which way.
        fault: Malformation,
    },
    /// Members that the source requires are missing or not what they must be.
    Incomplete {
        /// All of them, as JSON Pointers.
        missing: Vec<String>,
    },
    /// Its idempotency key is under way.
    InFlight,
    /// Its idempotency key was used with another body.
    KeyReused,
    /// Its event type is not subscribed to.
    NotSubscribed,
    /// Too many.
    RateLimited {
        /// When to come again.
        retry_after: Duration,
    },
    /// It is a test that its sender marked as one.
    TestEvent,
    /// It is not known to have come over TLS.
    TlsRequired,
    /// The source needs an answer from outside that nobody gave: a contact, or the state of its
    /// capture. A fault of ours, answered as one.
    Unanswered,
    /// No binding wants it.
    Unbound,
    /// There is no such source.
    UnknownSource,
    /// The URL is longer than the limit.
    UrlTooLong {
        /// The limit in bytes.
        limit: u32,
    },
}

impl Refusal {
    /// The stable code of the reason, for history rows and metrics.
    ///
    /// `absent`, `address_not_allowed`, `address_unknown`, `body_too_large`, `contact_not_found`,
    /// `content_encoding`, `content_type`, `dedupe_key_missing`, `different`, `future`, `idempotency_key`,
    /// `in_flight`, `inactive`, `incomplete`, `key_reused`, `key_unknown`, `malformed`,
    /// `method_not_allowed`, `mismatch`, `not_an_object`, `not_json`, `not_subscribed`, `rate_limited`, `stale`,
    /// `superseded`, `test_event`, `tls_required`, `too_many_headers`, `unanswered`, `unbound`, `unknown_source`
    /// and `url_too_long`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.reason().code()
    }

    /// Whether the sender was established when it was turned away.
    pub(crate) const fn is_of_genuine_sender(&self) -> bool {
        matches!(
            self,
            Self::ContactNotFound { .. }
                | Self::ContentEncoding
                | Self::ContentType
                | Self::DedupeKeyMissing(_)
                | Self::IdempotencyKey { .. }
                | Self::Incomplete { .. }
                | Self::InFlight
                | Self::KeyReused
                | Self::NotAnObject
                | Self::NotJson { .. }
                | Self::NotSubscribed
                | Self::TestEvent
                | Self::Unanswered
                | Self::Unbound
        )
    }

    /// How far the signed time lay ahead of the clock here, in milliseconds; negative if behind.
    /// Only a delivery whose signature was right is refused for its time.
    pub(crate) fn skew_millis(&self) -> Option<i64> {
        let (duration, sign) = match self {
            Self::Future { ahead, .. } => (*ahead, 1),
            Self::Stale { age, .. } => (*age, -1),
            _ => return None,
        };
        Some(i64::try_from(duration?.as_millis()).unwrap_or(i64::MAX).saturating_mul(sign))
    }

    /// Whether a search for what would have matched can tell the operator something.
    pub(crate) const fn is_explicable(&self) -> bool {
        matches!(
            self,
            Self::Absent(_)
                | Self::BodyTooLarge { .. }
                | Self::Different(_)
                | Self::Future { .. }
                | Self::KeyUnknown(_)
                | Self::Malformed { .. }
                | Self::Mismatch { .. }
                | Self::Stale { .. }
        )
    }

    /// Whether it is the sender's identity that was in doubt. Such a refusal consumes nothing that
    /// a genuine sender needs.
    #[must_use]
    pub const fn is_authentication(&self) -> bool {
        matches!(
            self,
            Self::Absent(_)
                | Self::Different(_)
                | Self::Future { .. }
                | Self::Inactive
                | Self::KeyUnknown(_)
                | Self::Malformed { .. }
                | Self::Mismatch { .. }
                | Self::Stale { .. }
                | Self::Superseded
                | Self::UnknownSource
        )
    }
}

/// A sentence for the operator.
impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent(at) => write!(f, "{at} is missing"),
            Self::BodyTooLarge { limit } => write!(f, "the body is larger than {limit} bytes"),
            Self::DedupeKeyMissing(at) => write!(f, "{at} holds no value to dedupe by"),
            Self::Different(at) => write!(f, "{at} is not what this source expects"),
            Self::Future { by, .. } => write!(
                f,
                "the signed time lies {} s beyond the tolerance in the future; do the clocks agree?",
                by.as_secs()
            ),
            Self::Inactive => f.write_str("the source is not active"),
            Self::KeyUnknown(at) => write!(f, "{at} names a key that is not known"),
            Self::Malformed { at, fault } => write!(f, "{at} {fault}"),
            Self::MethodNotAllowed => f.write_str("the source takes another method"),
            Self::Mismatch { at, signatures, keys } => write!(
                f,
                "{at} does not match ({signatures} tried against {keys} live keys); is it the \
                 secret of this endpoint, and the body byte for byte?"
            ),
            Self::NotAnObject => f.write_str("the body is JSON, but this source takes an object"),
            Self::NotJson { fault } => write!(f, "the body is not acceptable JSON: {fault}"),
            Self::Stale { by, .. } => write!(
                f,
                "the signed time lies {} s beyond the tolerance in the past: a replay, a late \
                 retry, or clocks that differ",
                by.as_secs()
            ),
            Self::Superseded => {
                f.write_str("the credentials were revoked while the delivery was under way")
            }
            Self::TooManyHeaders { limit } => write!(f, "there are more than {limit} header lines"),
            Self::AddressNotAllowed => {
                f.write_str("the peer's address is in none of the networks of this source")
            }
            Self::AddressUnknown => f.write_str(
                "the source is restricted to networks, and the host gave no peer address",
            ),
            Self::ContactNotFound { why } => {
                write!(f, "no contact: {why}")
            }
            Self::ContentEncoding => f.write_str(
                "the body has a content-encoding, and is no JSON as it came; is it compressed?",
            ),
            Self::ContentType => f.write_str(
                "the content type is not application/json in UTF-8, missing, or stands twice",
            ),
            Self::IdempotencyKey { fault } => {
                write!(f, "the idempotency key {fault}")
            }
            Self::Incomplete { missing } => {
                write!(f, "the body lacks {}", missing.join(", "))
            }
            Self::InFlight => f.write_str("a request with this idempotency key is under way"),
            Self::KeyReused => f.write_str("the idempotency key was used with another body"),
            Self::NotSubscribed => f.write_str("the source does not subscribe to this event type"),
            Self::RateLimited { retry_after } => {
                write!(f, "too many; the budget has room in {} ms", retry_after.as_millis())
            }
            Self::TestEvent => f.write_str("it is a test event; it arrived, and is not staged"),
            Self::TlsRequired => f.write_str(
                "the source takes deliveries over TLS only, and the host did not vouch for it",
            ),
            Self::Unanswered => f.write_str(
                "the source needs an answer from outside; receive through an engine, or give it",
            ),
            Self::Unbound => f.write_str("no binding of the source wants this event"),
            Self::UnknownSource => f.write_str("there is no such source"),
            Self::UrlTooLong { limit } => write!(f, "the URL is longer than {limit} bytes"),
        }
    }
}

/// In which way something cannot be what it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Malformation {
    /// The host gave no whole address, and a part of it is signed.
    #[error("cannot be told, because the address was given without protocol and host")]
    Address,
    /// It names no algorithm that is expected here.
    #[error("names no algorithm that the scheme and the key have")]
    Algorithm,
    /// It contains the separator that ends it in the signed bytes, so one signature could be
    /// presented with two meanings.
    #[error("contains the character that separates it in the signed bytes")]
    Ambiguous,
    /// A signature covers what a request does not have, or what cannot be signed.
    #[error("covers a component that requests do not have, or that cannot be covered")]
    Component,
    /// A signature covers a component in a form that is not supported.
    #[error("covers a component with a parameter that is not supported: {0}")]
    ComponentParameter(&'static str),
    /// It is there and empty.
    #[error("is empty")]
    Empty,
    /// No signature in it is written as the scheme writes them.
    #[error("is not written in the scheme's encoding at its exact length")]
    Encoding,
    /// It names a key that the scheme does not allow to be asked for.
    #[error("names a key in a way that this scheme does not allow")]
    KeyName,
    /// It holds none or several signatures where one is expected.
    #[error("does not hold exactly one signature, under one label")]
    Label,
    /// The prefix or word is not there.
    #[error("does not begin as the scheme's values do")]
    Prefix,
    /// It stands more than once.
    #[error("stands more than once")]
    Repeated,
    /// It is no structured field of the kind that it must be.
    #[error("is not written as a canonical structured field (RFC 8941)")]
    Structure,
    /// It is not a time in the scheme's unit, in its one canonical spelling.
    #[error("is not a time in the scheme's unit and canonical spelling")]
    Time,
    /// It is not a token of three parts, or not with the payload that the scheme has.
    #[error("is not a token of the scheme's shape")]
    Token,
    /// The claims of a token are not one strict JSON object.
    #[error("is a token whose claims are not one strict JSON object")]
    TokenClaims,
    /// The header of a token is not one that the scheme takes: another algorithm, an extension.
    #[error("is a token whose header this scheme does not take")]
    TokenHeader,
    /// It is longer than any sender's.
    #[error("is too long")]
    TooLong,
    /// It holds more signatures than are tried.
    #[error("holds more than 16 signatures")]
    TooManySignatures,
    /// The body it should stand in cannot be read.
    #[error("cannot be read, because the body is not in the expected form")]
    Unreadable,
}

/// A place in a delivery, by its name and never by what stands there.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Site {
    /// A JSON member of the body.
    Body(Text),
    /// A claim of a token.
    Claim(Text),
    /// A component that a message signature must cover.
    Component(Text),
    /// A field of a form body.
    Form(Text),
    /// A header.
    Header(Text),
    /// An item of a signature's list, or a parameter of a message signature.
    Item(Text),
    /// A parameter of a token's protected header.
    JoseHeader(Text),
    /// A message signature, by its label.
    Label(Text),
    /// A configured value.
    Parameter(Parameter),
    /// An item by place.
    Position(u8),
    /// A query parameter.
    Query(Text),
    /// The whole body.
    WholeBody,
}

impl From<&Place> for Site {
    fn from(place: &Place) -> Self {
        match place {
            Place::Body(pointer) => Self::Body(pointer.clone()),
            Place::Claim(name) => Self::Claim(name.clone()),
            Place::FirstHeader(names) => Self::Header(names.first().cloned().unwrap_or_default()),
            Place::Form(name) | Place::FormMember { field: name, .. } => Self::Form(name.clone()),
            Place::JoseHeader(name) => Self::JoseHeader(name.clone()),
            Place::WholeBody => Self::WholeBody,
            Place::Header(name) | Place::NumberedHeader { prefix: name, .. } => {
                Self::Header(name.clone())
            }
            Place::Item(key) => Self::Item(key.clone()),
            Place::Parameter(parameter) => Self::Parameter(*parameter),
            Place::Position(position) => Self::Position(*position),
            Place::Query(name) => Self::Query(name.clone()),
        }
    }
}

impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Body(pointer) => write!(f, "the member {pointer} of the body"),
            Self::Claim(name) => write!(f, "the claim {name} of the token"),
            Self::Component(name) => write!(f, "the covered component {name}"),
            Self::Form(name) => write!(f, "the form field {name}"),
            Self::JoseHeader(name) => write!(f, "the parameter {name} of the token's header"),
            Self::Label(label) => write!(f, "the signature labelled {label}"),
            Self::WholeBody => f.write_str("the body"),
            Self::Header(name) => write!(f, "the header {name}"),
            Self::Item(key) => write!(f, "the item {key} of the signature"),
            Self::Parameter(parameter) => {
                write!(f, "the configured parameter {}", parameter.as_str())
            }
            Self::Position(position) => write!(f, "the item at place {position} of the signature"),
            Self::Query(name) => write!(f, "the query parameter {name}"),
        }
    }
}
