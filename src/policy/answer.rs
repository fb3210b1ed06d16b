//! The answer to each outcome.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::error::ConfigFault;
use crate::outcome::Response;

/// The answer to each outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct Answers {
    /// Staged.
    pub accepted: Answer,
    /// Its dedupe key is held.
    pub duplicate: Answer,
    /// Taken as the sample of an open capture, and not staged.
    pub captured: Answer,
    /// The sender was not established.
    pub unauthenticated: Answer,
    /// The peer's address is in none of the source's networks.
    pub address: Answer,
    /// It came without TLS, and the source takes none without.
    pub tls: Answer,
    /// There is no such source.
    pub unknown: Answer,
    /// The source is a draft or paused.
    pub inactive: Answer,
    /// Another method than the source takes; gets an `Allow` header if it is a 405.
    pub method: Answer,
    /// The body is said to be something that the source does not take.
    pub content_type: Answer,
    /// The body is larger than the source takes.
    pub too_large: Answer,
    /// The body is not the JSON that the source takes.
    pub not_json: Answer,
    /// Something the source requires is missing.
    pub incomplete: Answer,
    /// Nobody is known by its identifier.
    pub no_contact: Answer,
    /// No binding wants it.
    pub unbound: Answer,
    /// Its event type is not subscribed to: a success for the sender.
    pub not_subscribed: Answer,
    /// Too many; gets a `Retry-After` header.
    pub rate_limited: Answer,
    /// Its idempotency key is under way; gets a `Retry-After` header.
    pub in_flight: Answer,
    /// Its idempotency key was used with another body, where that is refused.
    pub key_reused: Answer,
    /// A fault of ours; always a 5xx, so that the sender tries again.
    pub fault: Answer,
}

impl Default for Answers {
    fn default() -> Self {
        super::Policy::standard().answers
    }
}

impl Answers {
    /// With this body in every success that the sender's retries hang on.
    pub(crate) fn acknowledging(mut self, body: &'static str) -> Self {
        let successes =
            [&mut self.accepted, &mut self.duplicate, &mut self.captured, &mut self.not_subscribed];
        for answer in successes {
            answer.body = Cow::Borrowed(body);
        }
        self
    }

    /// Each answer with its field and the statuses that make sense for it.
    pub(crate) fn all(&self) -> [(&'static str, &Answer, std::ops::Range<u16>); 20] {
        const SUCCESS: std::ops::Range<u16> = 200..300;
        // A sender that would give up on an answer may need a success for what is its own fault.
        const REFUSAL: std::ops::Range<u16> = 200..500;
        const RETRY: std::ops::Range<u16> = 400..600;
        [
            ("policy.answers.accepted", &self.accepted, SUCCESS),
            ("policy.answers.duplicate", &self.duplicate, SUCCESS),
            ("policy.answers.captured", &self.captured, SUCCESS),
            ("policy.answers.unauthenticated", &self.unauthenticated, REFUSAL),
            ("policy.answers.address", &self.address, REFUSAL),
            ("policy.answers.tls", &self.tls, REFUSAL),
            ("policy.answers.unknown", &self.unknown, REFUSAL),
            ("policy.answers.inactive", &self.inactive, REFUSAL),
            ("policy.answers.method", &self.method, REFUSAL),
            ("policy.answers.content_type", &self.content_type, REFUSAL),
            ("policy.answers.too_large", &self.too_large, REFUSAL),
            ("policy.answers.not_json", &self.not_json, REFUSAL),
            ("policy.answers.incomplete", &self.incomplete, REFUSAL),
            ("policy.answers.no_contact", &self.no_contact, REFUSAL),
            ("policy.answers.unbound", &self.unbound, REFUSAL),
            ("policy.answers.not_subscribed", &self.not_subscribed, SUCCESS),
            ("policy.answers.rate_limited", &self.rate_limited, RETRY),
            ("policy.answers.in_flight", &self.in_flight, RETRY),
            ("policy.answers.key_reused", &self.key_reused, REFUSAL),
            ("policy.answers.fault", &self.fault, 500..600),
        ]
    }

    pub(crate) fn faults(&self, faults: &mut Vec<ConfigFault>) {
        for (at, answer, allowed) in self.all() {
            if !allowed.contains(&answer.status) {
                faults.push(ConfigFault::new(
                    at,
                    format!("the status must be {} to {}", allowed.start, allowed.end - 1),
                ));
            }
            if matches!(answer.status, 204 | 205 | 304) && !answer.body.is_empty() {
                faults.push(ConfigFault::new(at, "a 204, 205 or 304 has no body"));
            }
        }
    }
}

/// One answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body; it says nothing that the status does not.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub body: Cow<'static, str>,
    /// The word under which the operator's history shows it, where a system has words of its own.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub tag: Cow<'static, str>,
}

impl Answer {
    /// A status without a body.
    #[must_use]
    pub const fn empty(status: u16) -> Self {
        Self::text(status, "")
    }

    /// A status with a body: JSON if it begins with a brace, plain text otherwise.
    #[must_use]
    pub const fn text(status: u16, body: &'static str) -> Self {
        Self::tagged(status, body, "")
    }

    /// A status with a body and the word that the history shows.
    #[must_use]
    pub const fn tagged(status: u16, body: &'static str, tag: &'static str) -> Self {
        Self { status, body: Cow::Borrowed(body), tag: Cow::Borrowed(tag) }
    }

    /// The response that it is.
    pub fn response(&self) -> Response {
        Response::new(self.status, self.body.clone())
    }
}
