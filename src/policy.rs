//! What to answer: one value of independent fields, with named constructors that reproduce whole
//! systems.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::outcome::Response;
use crate::refusal::Refusal;

/// What a source answers and shows. The fields are independent: take a named policy and change what
/// differs.
///
/// ```
/// use hookstage::{Answer, Policy};
///
/// let mut policy = Policy::comma();
/// policy.answers.duplicate = Answer::empty(204);
/// assert_eq!(policy.answers.accepted.status, 200);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Policy {
    /// The answer to each outcome.
    pub answers: Answers,
    /// Whether a sender can tell an unknown source from a paused one and from a wrong signature.
    pub visibility: Visibility,
    /// What the body must be, once its sender is established.
    pub body: BodyRule,
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

/// The answer to each outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Answers {
    /// Staged.
    pub accepted: Answer,
    /// Its dedupe key is held.
    pub duplicate: Answer,
    /// The sender was not established.
    pub unauthenticated: Answer,
    /// There is no such source.
    pub unknown: Answer,
    /// The source is a draft or paused.
    pub inactive: Answer,
    /// Another method than the source takes.
    pub method: Answer,
    /// The body is larger than the source takes.
    pub too_large: Answer,
    /// The body is not the JSON that the source takes.
    pub not_json: Answer,
    /// Something the source requires is missing.
    pub incomplete: Answer,
    /// A fault of ours; always a 5xx, so that the sender tries again.
    pub fault: Answer,
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
        Self { status, body: Cow::Borrowed(body) }
    }

    /// The response that it is.
    #[must_use]
    pub fn response(&self) -> Response {
        Response::new(self.status, self.body.clone())
    }
}

impl Policy {
    /// The policy for sources that follow no other system: 200 for what is staged and for
    /// duplicates, distinct answers to what is refused after authentication, one answer to all that
    /// is refused before.
    #[must_use]
    pub const fn standard() -> Self {
        Self {
            answers: Answers {
                accepted: Answer::text(200, "{\"status\":\"accepted\"}"),
                duplicate: Answer::text(200, "{\"status\":\"accepted\"}"),
                unauthenticated: Answer::text(401, "{\"error\":\"unauthorized\"}"),
                unknown: Answer::text(401, "{\"error\":\"unauthorized\"}"),
                inactive: Answer::text(401, "{\"error\":\"unauthorized\"}"),
                method: Answer::text(401, "{\"error\":\"unauthorized\"}"),
                too_large: Answer::text(413, "{\"error\":\"too_large\"}"),
                not_json: Answer::text(400, "{\"error\":\"invalid_json\"}"),
                incomplete: Answer::text(422, "{\"error\":\"incomplete\"}"),
                fault: Answer::text(503, "{\"error\":\"try_again\"}"),
            },
            visibility: Visibility::Uniform,
            body: BodyRule::Any,
        }
    }

    /// Coeffection inbound sources: nobody can find out which tenants or sources exist; whatever is
    /// refused up to authentication is a 401 like any other.
    #[must_use]
    pub const fn coeffection() -> Self {
        Self {
            answers: Answers {
                accepted: Answer::text(202, "{\"status\":\"accepted\"}"),
                duplicate: Answer::text(202, "{\"status\":\"accepted\"}"),
                unauthenticated: Answer::text(401, "{\"error\":\"unauthorized\"}"),
                unknown: Answer::text(401, "{\"error\":\"unauthorized\"}"),
                inactive: Answer::text(401, "{\"error\":\"unauthorized\"}"),
                method: Answer::text(401, "{\"error\":\"unauthorized\"}"),
                too_large: Answer::text(401, "{\"error\":\"unauthorized\"}"),
                not_json: Answer::text(400, "{\"error\":\"invalid_json\"}"),
                incomplete: Answer::text(400, "{\"error\":\"incomplete\"}"),
                fault: Answer::text(500, "{\"error\":\"try_again\"}"),
            },
            visibility: Visibility::Uniform,
            body: BodyRule::Json,
        }
    }

    /// ConnectGain webhooks: 200 `OK`, 401 `Invalid signature`.
    #[must_use]
    pub const fn connectgain() -> Self {
        Self {
            answers: Answers {
                accepted: Answer::text(200, "OK"),
                duplicate: Answer::text(200, "OK"),
                unauthenticated: Answer::text(401, "Invalid signature"),
                unknown: Answer::text(404, "Not found"),
                inactive: Answer::text(404, "Not found"),
                method: Answer::text(405, "Method not allowed"),
                too_large: Answer::text(413, "Payload too large"),
                not_json: Answer::text(400, "Invalid JSON"),
                incomplete: Answer::text(400, "Incomplete event"),
                fault: Answer::text(500, "Try again"),
            },
            visibility: Visibility::Reveal,
            body: BodyRule::JsonObject,
        }
    }

    /// Comma inbound webhooks: 200 for new and repeated messages alike, 422 for incomplete ones.
    #[must_use]
    pub const fn comma() -> Self {
        Self {
            answers: Answers {
                accepted: Answer::empty(200),
                duplicate: Answer::empty(200),
                unauthenticated: Answer::empty(401),
                unknown: Answer::empty(401),
                inactive: Answer::empty(401),
                method: Answer::empty(405),
                too_large: Answer::empty(413),
                not_json: Answer::empty(400),
                incomplete: Answer::empty(422),
                fault: Answer::empty(503),
            },
            visibility: Visibility::Reveal,
            body: BodyRule::JsonObject,
        }
    }

    /// Synerise incoming integrations: 200 `OK`, and 204 for duplicates.
    #[must_use]
    pub const fn synerise() -> Self {
        Self {
            answers: Answers {
                accepted: Answer::text(200, "OK"),
                duplicate: Answer::empty(204),
                unauthenticated: Answer::empty(401),
                unknown: Answer::empty(404),
                inactive: Answer::empty(404),
                method: Answer::empty(405),
                too_large: Answer::empty(413),
                not_json: Answer::empty(400),
                incomplete: Answer::empty(400),
                fault: Answer::empty(500),
            },
            visibility: Visibility::Reveal,
            body: BodyRule::JsonObject,
        }
    }

    /// Wexio inbound webhooks: 202, and a named outcome for each refusal.
    #[must_use]
    pub const fn wexio() -> Self {
        Self {
            answers: Answers {
                accepted: Answer::text(202, "{\"outcome\":\"ACCEPTED\"}"),
                duplicate: Answer::text(202, "{\"outcome\":\"ACCEPTED\"}"),
                unauthenticated: Answer::text(401, "{\"outcome\":\"UNAUTHORIZED\"}"),
                unknown: Answer::text(404, "{\"outcome\":\"TRIGGER_NOT_FOUND\"}"),
                inactive: Answer::text(404, "{\"outcome\":\"TRIGGER_NOT_FOUND\"}"),
                method: Answer::text(405, "{\"outcome\":\"ERROR\"}"),
                too_large: Answer::text(413, "{\"outcome\":\"PAYLOAD_TOO_LARGE\"}"),
                not_json: Answer::text(400, "{\"outcome\":\"INVALID_JSON\"}"),
                incomplete: Answer::text(400, "{\"outcome\":\"INVALID_JSON\"}"),
                fault: Answer::text(500, "{\"outcome\":\"ERROR\"}"),
            },
            visibility: Visibility::Reveal,
            body: BodyRule::Json,
        }
    }

    /// The answer to a refusal: what the sender may know of it.
    #[must_use]
    pub const fn answer_to(&self, refusal: &Refusal) -> &Answer {
        let answers = &self.answers;
        let uniform = matches!(self.visibility, Visibility::Uniform);
        match refusal {
            Refusal::UnknownSource | Refusal::Inactive | Refusal::MethodNotAllowed if uniform => {
                &answers.unauthenticated
            }
            Refusal::UnknownSource => &answers.unknown,
            Refusal::Inactive => &answers.inactive,
            Refusal::MethodNotAllowed => &answers.method,
            Refusal::BodyTooLarge { .. } => &answers.too_large,
            Refusal::DedupeKeyMissing(_) => &answers.incomplete,
            Refusal::NotJson { .. } | Refusal::NotAnObject => &answers.not_json,
            _ => &answers.unauthenticated,
        }
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self::standard()
    }
}
