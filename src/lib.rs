//! Receive webhooks: verify who sent a delivery, tell whether it is new, and stage the raw event
//! durably before anyone answers 200.
//!
//! The host brings its own HTTP router and, if it likes, its own persistence. Nothing that a sender
//! posts becomes a record except through the host's own workflow.
//!
//! ```text
//! host HTTP ─▶ Head ───────admit_head──▶ the largest body to read, or a refusal
//!              Delivery<'a> ──admit────▶ Proof ─▶ dedupe key ─▶ Draft
//!              borrowed bytes             pure: source + keys + now   │
//!                                                                     │ Store::stage
//!                                                                     ▼ key + event + history row
//!                 Event{Pending} ◀── Staged::Inserted(id) | Staged::Duplicate{id}
//!                     │ claim, settle      a worker or a review inbox: host code
//!                     ▼
//!              Promoted | Rejected ─purge─▶ gone
//! ```
//!
//! # A delivery, from bytes to event
//!
//! ```
//! use hookstage::store::MemoryStore;
//! use hookstage::{BlockingEngine, Delivery, Head, Outcome, Secret, Source, SourceConfig, providers};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // Once: an endpoint of the tenant "acme" for GitHub, and a place to keep events.
//! let secret = Secret::new("It's a Secret to Everybody")?;
//! let source = Source::new(
//!     SourceConfig::preset("acme", "github", &providers::GITHUB).with_secret(secret),
//! )?;
//! let engine = BlockingEngine::new(MemoryStore::new());
//!
//! // For each request: every header line, and the body exactly as it came.
//! let headers = [
//!     (
//!         "X-Hub-Signature-256",
//!         b"sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17".as_slice(),
//!     ),
//!     ("X-GitHub-Delivery", b"72d3162e-cc78-11e3-81ab-4c9367dc0958"),
//! ];
//! let head = Head::post("https://hooks.example.com/in/acme/github", &headers);
//!
//! // Before the body is read: is it worth reading, and how much of it?
//! let limit = engine.receive_head(&source, &head).expect("the signature header is there");
//! assert_eq!(limit, 1024 * 1024);
//!
//! let receipt = engine.receive(&source, &Delivery::new(head, b"Hello, World!"))?;
//! assert!(matches!(receipt.outcome, Outcome::Staged(_)));
//! assert_eq!(receipt.response.status(), 200);
//! # Ok(())
//! # }
//! ```
//!
//! Hosts that want no engine call [`admit`](admit()) and persist the [`Draft`] by themselves; hosts
//! that want no source call [`Verifier::verify`].
//!
//! # Where things are
//!
//! - [`scheme`]: what a signature scheme can be made of, as data, and the [`Verifier`].
//! - [`providers`]: one row for each provider's scheme.
//! - [`connectgain`]: catalogue, settings, envelope, test event and log of ConnectGain's webhooks.
//! - [`json`]: the strict reader, singular paths, exact numbers.
//! - [`store`]: the contract and the back ends.
//! - [`sources`]: where hosts may keep their sources, sealed.
//! - [`workflow`], [`promotion`], [`inbox`]: what an event becomes, once, and what a reviewer sees.
//! - [`manual`]: architecture, a guide, payloads, sources, storage, operations, security, in prose.
//! - [`dangerous`]: the one door past verification.
//!
//! # Features
//!
//! Features add and never change what is there. Without any, the crate builds for
//! `wasm32-unknown-unknown`.
//!
//! | feature | adds | default |
//! |---|---|---|
//! | `jsonpath` | JSONPath with several matches (RFC 9535), which brings a C-compiled stack guard | yes |
//! | `sqlite` | `store::SqliteStore`: SQLite, compiled in | no |
//! | `postgres` | `store::PgStore`: PostgreSQL 13 or newer | no |
//! | `asymmetric` | Ed25519, ECDSA, RSA, JWS and JWT with public keys | no |
//! | `x509` | certificate paths | no |
//! | `more-curves` | ECDSA on P-521 and secp256k1, and over SHA-1 | no |
//! | `rare-hashes` | MD5 and Keccak-256, for the few senders that have nothing else | no |
//! | `http` | `HttpHead`, `PublicAddress`: deliveries and answers in the types of the crate `http` | no |
//! | `tracing` | a span and an event for each delivery: names, sizes, outcomes | no |
//! | `test-util` | a clock that stands still and drafts for tests; not covered by semantic versioning | no |
//! | `conformance` | the suite that any store can run; not covered by semantic versioning | no |
//!
//! # What it does not do
//!
//! It opens no socket, spawns no task, reads no clock but the one it is given, fetches no key and
//! runs no workflow.
#![forbid(unsafe_code)]
#![warn(
    clippy::dbg_macro,
    clippy::expect_used,
    clippy::panic,
    clippy::todo,
    clippy::unimplemented,
    clippy::unwrap_used
)]

mod admit;
mod capture;
mod clock;
#[cfg(feature = "conformance")]
pub mod conformance;
pub mod connectgain;
mod contact;
pub mod dangerous;
mod dedupe;
mod delivery;
mod diagnosis;
mod engine;
mod error;
mod event;
pub mod filter;
mod form;
mod history;
#[cfg(feature = "http")]
mod http;
mod idempotency;
pub mod inbox;
pub mod json;
mod limit;
mod lint;
pub mod manual;
mod outcome;
pub mod payload;
mod policy;
pub mod promotion;
pub mod providers;
mod reason;
mod refusal;
pub mod scheme;
mod scrub;
mod secret;
mod source;
pub mod sources;
pub mod store;
mod stored;
pub mod template;
pub mod workflow;

pub use crate::admit::{
    Admitted, Authentic, Ready, admit, admit_head, authenticate, authenticate_with, handshake,
};
pub use crate::capture::{Apply, Capture, CaptureRule, Update};
#[cfg(feature = "test-util")]
pub use crate::clock::ManualClock;
pub use crate::clock::{Clock, SystemClock, Timestamp};
pub use crate::contact::{
    ContactResolver, ContactRule, Identifier, IdentifierType, NoContact, Resolution, ResolveError,
};
pub use crate::dedupe::{DedupeKey, DedupePart, DedupeRule, Deduped, NoKey, OnMissingKey, Window};
pub use crate::delivery::{Body, Delivery, Head};
pub use crate::engine::{BlockingEngine, Engine, Fault, KeyAnswer, KeyFetchError, KeyFetcher};
pub use crate::error::{ConfigError, ConfigFault, Error};
pub use crate::event::{
    Claim, Draft, Event, EventId, Lease, Settlement, Status, Transition, UnknownStatus,
};
pub use crate::history::{ClockSkew, Health, HealthRequest, HistoryRow};
#[cfg(feature = "http")]
pub use crate::http::{HttpHead, PublicAddress};
pub use crate::idempotency::{IdempotencyRule, OnKeyReuse};
pub use crate::limit::{AddressList, Rate, RateRule, Verdict, client_address};
pub use crate::lint::Warning;
pub use crate::outcome::{Outcome, Receipt, Refused, Response};
pub use crate::policy::{
    Answer, Answers, BodyRule, ContentType, Gate, Order, Policy, Required, Rotation, Unbound,
    Visibility,
};
pub use crate::refusal::{Malformation, Refusal, Site};
pub use crate::scheme::{Proof, Scheme, Verifier};
pub use crate::secret::{
    Entropy, EntropyError, Reveal, Secret, SecretEncoding, SecretError, SecretFormat,
    SecretFormatError,
};
pub use crate::source::{
    Address, AddressError, AddressKind, AwaitingSource, Binding, Column, DedupeConfig, Endpoint,
    EndpointId, EndpointToken, EventTypeAt, HandshakeConfig, KeyConfig, Lifecycle, Limits, Mode,
    PolicyConfig, Source, SourceConfig, SourceId, SourceIdError, Subscription, TokenHash,
    UnknownSource,
};

/// The README's examples are compiled like all others.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
