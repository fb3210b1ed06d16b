//! What came of a delivery, and what the sender is answered.

use std::borrow::Cow;

use crate::event::EventId;
use crate::refusal::Refusal;

/// What came of a delivery: exactly one for each.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
#[non_exhaustive]
pub enum Outcome {
    /// Its dedupe key is held by an earlier event. A success for the sender, who must stop trying.
    Duplicate {
        /// The earlier event.
        id: EventId,
        /// Whether the earlier body was another one.
        payload_differs: bool,
    },
    /// It was turned away, for this reason, which only the operator learns.
    Refused(Refusal),
    /// It is staged, durably.
    Staged(EventId),
}

impl Outcome {
    /// The stable word for history rows and metrics: `duplicate`, `refused` or `staged`.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Duplicate { .. } => "duplicate",
            Self::Refused(_) => "refused",
            Self::Staged(_) => "staged",
        }
    }
}

/// What the host answers, as a value.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Response {
    status: u16,
    body: Cow<'static, str>,
}

impl Response {
    pub(crate) const fn new(status: u16, body: Cow<'static, str>) -> Self {
        Self { status, body }
    }

    /// The HTTP status.
    #[must_use]
    pub const fn status(&self) -> u16 {
        self.status
    }

    /// The headers to send with it. What a browser would make of the body is never left to it.
    #[must_use]
    pub fn headers(&self) -> &'static [(&'static str, &'static str)] {
        const NONE: &[(&str, &str)] = &[("cache-control", "no-store")];
        const JSON: &[(&str, &str)] = &[
            ("cache-control", "no-store"),
            ("content-type", "application/json"),
            ("x-content-type-options", "nosniff"),
        ];
        const TEXT: &[(&str, &str)] = &[
            ("cache-control", "no-store"),
            ("content-type", "text/plain; charset=utf-8"),
            ("x-content-type-options", "nosniff"),
        ];
        match self.body.as_bytes().first() {
            None => NONE,
            Some(b'{' | b'[') => JSON,
            Some(_) => TEXT,
        }
    }

    /// The body.
    #[must_use]
    pub fn body(&self) -> &str {
        &self.body
    }
}

/// What came of a delivery, and what the sender is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
#[non_exhaustive]
pub struct Receipt {
    /// What came of it.
    pub outcome: Outcome,
    /// What the sender is answered.
    pub response: Response,
}

/// A delivery that was turned away before anything was staged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{refusal}")]
#[must_use]
#[non_exhaustive]
pub struct Refused {
    /// Why; for the operator.
    pub refusal: Refusal,
    /// What the sender is answered.
    pub response: Response,
}
