//! What to answer, what to look at and in which order: one value of independent fields, with named
//! constructors that reproduce whole systems.

mod answer;
mod order;
mod profiles;
mod required;

use std::borrow::Cow;
use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use self::answer::{Answer, Answers};
pub use self::order::{Gate, Order};
pub use self::required::Required;
use crate::capture::{Apply, CaptureRule, Update};
use crate::dedupe::Window;
use crate::delivery::is_header_name;
use crate::error::ConfigFault;
use crate::history::HistoryRow;
use crate::idempotency::{IdempotencyRule, OnKeyReuse};
use crate::limit::RateRule;
use crate::outcome::Response;
use crate::payload::Forms;
use crate::reason::Reason;
use crate::refusal::Refusal;

/// What a source answers, looks at and shows. The fields are independent: take a named policy and
/// change what differs.
///
/// ```
/// use hookstage::{Answer, Policy};
///
/// let mut policy = Policy::comma();
/// policy.answers.duplicate = Answer::empty(204);
/// assert_eq!(policy.answers.accepted.status, 200);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct Policy {
    /// The answer to each outcome.
    pub answers: Answers,
    /// The order in which a delivery is looked at.
    pub order: Order,
    /// Whether a sender can tell an unknown source from a paused one and from a wrong signature.
    pub visibility: Visibility,
    /// What the body must be, once its sender is established.
    pub body: BodyRule,
    /// The largest body, in bytes, inclusive, where the source does not set its own.
    pub body_limit: u64,
    /// What the body must be said to be.
    pub content_type: ContentType,
    /// What is read of bodies that are said to be `application/x-www-form-urlencoded`. They are
    /// verified, hashed and staged as the bytes they are, either way.
    pub forms: Forms,
    /// Whether a delivery that the host does not know to have come over TLS is refused.
    pub require_tls: bool,
    /// Whether a source may be without authentication. If not, one that is is a fault of its
    /// settings, so no delivery is ever taken unsigned.
    pub allow_unsigned: bool,
    /// The members that the body must have.
    pub required: Required,
    /// The member, as a JSON Pointer (RFC 6901), that marks a test by being `true`: such a delivery is
    /// verified, counted and answered like one that is accepted, and not staged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub test_marker: Option<Cow<'static, str>>,
    /// The header in which senders repeat the event type of the body. No signature
    /// covers it, so the body's counts; the history tells where the header names another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_header: Option<Cow<'static, str>>,
    /// What becomes of a delivery that no binding wants.
    pub unbound: Unbound,
    /// How often the source and its peers may call.
    pub rate: RateRule,
    /// How long a dedupe key is held where the source takes its provider's rule.
    pub window: Window,
    /// Whether answers are kept under a key that the sender chooses.
    pub idempotency: Option<IdempotencyRule>,
    /// Whether and how samples are captured.
    pub capture: Option<CaptureRule>,
    /// What becomes of the old secret in a rotation.
    pub rotation: Rotation,
    /// How long history is kept, in days: 1 to 3650.
    pub retention_days: u16,
}

/// Whether a sender can tell an unknown source from a paused one and from a wrong signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// Each refusal has its own answer. An unknown or inactive source is refused before anything
    /// is read.
    Reveal,
    /// Everything up to and including authentication is answered alike and costs alike, so nobody
    /// finds out which tenants and sources exist.
    Uniform,
}

/// What the body must be, once its sender is established.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BodyRule {
    /// Any bytes. What is not JSON has no dedupe key and no event type in its body.
    Any,
    /// One JSON document (RFC 8259).
    Json,
    /// One JSON document that is an object.
    JsonObject,
}

/// What the body must be said to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContentType {
    /// Anything: what a sender says of its body proves nothing.
    Any,
    /// `application/json`, in any case and with any parameters (RFC 9110, section 8.3.1) but a
    /// charset other than UTF-8 (RFC 8259, section 8.1); and `application/x-www-form-urlencoded`
    /// where [`Policy::forms`] takes those.
    Json,
}

/// What becomes of a delivery that no binding wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unbound {
    /// It is staged; [`Receipt::bindings`](crate::Receipt::bindings) is empty.
    Stage,
    /// It is not staged and gets [`Answers::unbound`].
    Refuse,
}

/// What becomes of the old secret in a rotation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Rotation {
    /// It counts no longer, not even for what is under way.
    AtOnce,
    /// It counts for this long.
    Overlap {
        /// In seconds: 1 to 2,592,000 (30 days).
        seconds: u32,
    },
}

impl Policy {
    /// The answer to a refusal: what the sender may know of it.
    #[must_use]
    pub fn answer_to(&self, refusal: &Refusal) -> &Answer {
        self.answer_for(refusal.reason())
    }

    // By the reason and never by its code: to look a text up takes the longer the later it stands,
    // and that would tell an unknown source from a forged delivery.
    fn answer_for(&self, reason: Reason) -> &Answer {
        let answers = &self.answers;
        if self.visibility == Visibility::Uniform && reason.tells_of_the_source() {
            return &answers.unauthenticated;
        }
        match reason {
            Reason::AddressNotAllowed | Reason::AddressUnknown => &answers.address,
            Reason::BodyTooLarge => &answers.too_large,
            Reason::ContactNotFound => &answers.no_contact,
            Reason::ContentEncoding | Reason::ContentType => &answers.content_type,
            Reason::DedupeKeyMissing | Reason::IdempotencyKey | Reason::Incomplete => {
                &answers.incomplete
            }
            Reason::InFlight => &answers.in_flight,
            Reason::Inactive => &answers.inactive,
            Reason::KeyReused => &answers.key_reused,
            Reason::MethodNotAllowed => &answers.method,
            Reason::NotAnObject | Reason::NotJson => &answers.not_json,
            Reason::NotSubscribed => &answers.not_subscribed,
            Reason::RateLimited => &answers.rate_limited,
            Reason::TestEvent => &answers.accepted,
            Reason::TlsRequired => &answers.tls,
            Reason::Unanswered => &answers.fault,
            Reason::Unbound => &answers.unbound,
            Reason::UnknownSource => &answers.unknown,
            Reason::Absent
            | Reason::Different
            | Reason::Future
            | Reason::KeyUnknown
            | Reason::Malformed
            | Reason::Mismatch
            | Reason::Stale
            | Reason::Superseded
            | Reason::TooManyHeaders
            | Reason::UrlTooLong => &answers.unauthenticated,
        }
    }

    /// The word under which the operator's history shows a row, if this policy has one:
    /// `UNAUTHORIZED`, for instance, under [`wexio`](Self::wexio). Empty otherwise.
    #[must_use]
    pub fn tag(&self, row: &HistoryRow) -> &str {
        let answers = &self.answers;
        let answer = match (&*row.outcome, row.reason.as_deref()) {
            ("staged", _) => &answers.accepted,
            ("duplicate", _) => &answers.duplicate,
            ("captured", _) => &answers.captured,
            ("handshake", _) => return "",
            // The row keeps the status of the answer that was given again.
            ("replayed", _) => [&answers.accepted, &answers.no_contact, &answers.not_json]
                .into_iter()
                .find(|answer| answer.status == row.status)
                .unwrap_or(&answers.accepted),
            (_, Some(code)) => match Reason::of_code(code) {
                Some(reason) => self.answer_for(reason),
                None => &answers.unauthenticated,
            },
            _ => &answers.fault,
        };
        &answer.tag
    }

    /// How long history is kept.
    #[must_use]
    pub const fn retention(&self) -> Duration {
        Duration::from_secs(self.retention_days as u64 * 24 * 60 * 60)
    }

    /// What the sender is told of a refusal: headers, too.
    pub(crate) fn response_to(&self, refusal: &Refusal) -> Response {
        let response = self.answer_to(refusal).response();
        match refusal {
            Refusal::MethodNotAllowed if response.status() == 405 => response.allowing("POST"),
            Refusal::RateLimited { retry_after } => response.retrying_after(*retry_after),
            Refusal::InFlight => response.retrying_after(Duration::from_secs(1)),
            _ => response,
        }
    }

    pub(crate) fn faults(&self, faults: &mut Vec<ConfigFault>) {
        self.answers.faults(faults);
        self.order.faults(faults);
        self.rate.faults(faults);
        if let Some(rule) = &self.idempotency {
            rule.faults(faults);
        }
        if let Some(rule) = &self.capture {
            rule.faults(faults);
        }
        if let Rotation::Overlap { seconds } = self.rotation
            && !(1..=2_592_000).contains(&seconds)
        {
            faults.push(ConfigFault::new("policy.rotation", "an overlap is 1 second to 30 days"));
        }
        if !(1..=3650).contains(&self.retention_days) {
            faults.push(ConfigFault::new("policy.retention_days", "give 1 to 3650 days"));
        }
        if self.test_marker.as_deref().is_some_and(|pointer| !pointer.starts_with('/')) {
            faults.push(ConfigFault::new(
                "policy.test_marker",
                "give a JSON Pointer to a member, such as /data/test",
            ));
        }
        if self.event_header.as_deref().is_some_and(|name| !is_header_name(name)) {
            faults.push(ConfigFault::new(
                "policy.event_header",
                "give the name of a header (RFC 9110, section 5.6.2)",
            ));
        }
        if !matches!(self.required, Required::Nothing) && self.body == BodyRule::Any {
            faults.push(ConfigFault::new(
                "policy.required",
                "members can be required of JSON only; set policy.body",
            ));
        }
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self::standard()
    }
}
