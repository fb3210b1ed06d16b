//! The named policies: each reproduces one system whole.

use std::borrow::Cow;
use std::time::Duration;

use super::{
    Answer, Answers, Apply, BodyRule, CaptureRule, ContentType, Gate, IdempotencyRule, OnKeyReuse,
    Order, Policy, Required, Rotation, Unbound, Update, Visibility,
};
use crate::connectgain::{EVENT_HEADER, TEST_MEMBER};
use crate::dedupe::Window;
use crate::limit::{Rate, RateRule};
use crate::payload::Forms;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

const KIB: u64 = 1024;

const MIB: u64 = 1024 * KIB;

const NO_RATE: RateRule = RateRule { authenticated: None, unauthenticated: None };

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
                captured: Answer::text(200, "{\"status\":\"accepted\"}"),
                unauthenticated: Answer::text(401, "{\"error\":\"unauthorized\"}"),
                address: Answer::text(401, "{\"error\":\"unauthorized\"}"),
                tls: Answer::text(401, "{\"error\":\"unauthorized\"}"),
                unknown: Answer::text(401, "{\"error\":\"unauthorized\"}"),
                inactive: Answer::text(401, "{\"error\":\"unauthorized\"}"),
                method: Answer::text(401, "{\"error\":\"unauthorized\"}"),
                content_type: Answer::text(415, "{\"error\":\"content_type\"}"),
                too_large: Answer::text(413, "{\"error\":\"too_large\"}"),
                not_json: Answer::text(400, "{\"error\":\"invalid_json\"}"),
                incomplete: Answer::text(422, "{\"error\":\"incomplete\"}"),
                no_contact: Answer::text(422, "{\"error\":\"unknown_contact\"}"),
                unbound: Answer::text(200, "{\"status\":\"accepted\"}"),
                not_subscribed: Answer::text(200, "{\"status\":\"accepted\"}"),
                rate_limited: Answer::text(429, "{\"error\":\"too_many\"}"),
                in_flight: Answer::text(409, "{\"error\":\"in_flight\"}"),
                key_reused: Answer::text(422, "{\"error\":\"key_reused\"}"),
                fault: Answer::text(503, "{\"error\":\"try_again\"}"),
            },
            order: Order::of(&[
                Gate::Lookup,
                Gate::Method,
                Gate::Tls,
                Gate::Address,
                Gate::Rate,
                Gate::Size,
                Gate::Authentication,
                Gate::ContentType,
            ]),
            visibility: Visibility::Uniform,
            body: BodyRule::Any,
            body_limit: MIB,
            content_type: ContentType::Any,
            forms: Forms::Refuse,
            require_tls: false,
            allow_unsigned: true,
            required: Required::Nothing,
            test_marker: None,
            event_header: None,
            unbound: Unbound::Stage,
            rate: NO_RATE,
            window: Window::Unlimited,
            idempotency: None,
            capture: None,
            rotation: Rotation::AtOnce,
            retention_days: 30,
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
                captured: Answer::text(202, "{\"status\":\"accepted\"}"),
                unauthenticated: Answer::text(401, "{\"error\":\"unauthorized\"}"),
                address: Answer::text(401, "{\"error\":\"unauthorized\"}"),
                tls: Answer::text(401, "{\"error\":\"unauthorized\"}"),
                unknown: Answer::text(401, "{\"error\":\"unauthorized\"}"),
                inactive: Answer::text(401, "{\"error\":\"unauthorized\"}"),
                method: Answer::text(401, "{\"error\":\"unauthorized\"}"),
                content_type: Answer::text(400, "{\"error\":\"content_type\"}"),
                too_large: Answer::text(401, "{\"error\":\"unauthorized\"}"),
                not_json: Answer::text(400, "{\"error\":\"invalid_json\"}"),
                incomplete: Answer::text(400, "{\"error\":\"incomplete\"}"),
                no_contact: Answer::text(422, "{\"error\":\"unknown_contact\"}"),
                unbound: Answer::text(202, "{\"status\":\"accepted\"}"),
                not_subscribed: Answer::text(202, "{\"status\":\"accepted\"}"),
                rate_limited: Answer::text(429, "{\"error\":\"too_many\"}"),
                in_flight: Answer::text(409, "{\"error\":\"in_flight\"}"),
                key_reused: Answer::text(422, "{\"error\":\"key_reused\"}"),
                fault: Answer::text(500, "{\"error\":\"try_again\"}"),
            },
            order: Order::of(&[
                Gate::Lookup,
                Gate::Method,
                Gate::Tls,
                Gate::Address,
                Gate::Rate,
                Gate::Authentication,
                Gate::Size,
                Gate::ContentType,
            ]),
            visibility: Visibility::Uniform,
            body: BodyRule::Json,
            body_limit: MIB,
            content_type: ContentType::Any,
            forms: Forms::Refuse,
            require_tls: false,
            allow_unsigned: false,
            required: Required::Nothing,
            test_marker: None,
            event_header: None,
            unbound: Unbound::Stage,
            rate: NO_RATE,
            window: Window::Unlimited,
            idempotency: None,
            capture: None,
            rotation: Rotation::AtOnce,
            retention_days: 30,
        }
    }

    /// ConnectGain webhooks: 200 `OK`, 401 `Invalid signature`. An event type that is not
    /// subscribed to, and a [test event](crate::connectgain::test_event()), is acknowledged and not
    /// staged.
    #[must_use]
    pub const fn connectgain() -> Self {
        Self {
            answers: Answers {
                accepted: Answer::text(200, "OK"),
                duplicate: Answer::text(200, "OK"),
                captured: Answer::text(200, "OK"),
                unauthenticated: Answer::text(401, "Invalid signature"),
                address: Answer::text(403, "Address not allowed"),
                tls: Answer::text(403, "TLS required"),
                unknown: Answer::text(404, "Not found"),
                inactive: Answer::text(404, "Not found"),
                method: Answer::text(405, "Method not allowed"),
                content_type: Answer::text(415, "JSON required"),
                too_large: Answer::text(413, "Payload too large"),
                not_json: Answer::text(400, "Invalid JSON"),
                incomplete: Answer::text(400, "Incomplete event"),
                no_contact: Answer::text(422, "Unknown contact"),
                unbound: Answer::text(200, "OK"),
                not_subscribed: Answer::text(200, "OK"),
                rate_limited: Answer::text(429, "Too many requests"),
                in_flight: Answer::text(409, "In flight"),
                key_reused: Answer::text(422, "Key reused"),
                fault: Answer::text(500, "Try again"),
            },
            order: Order::of(&[
                Gate::Method,
                Gate::Tls,
                Gate::Lookup,
                Gate::Address,
                Gate::Rate,
                Gate::Authentication,
                Gate::Size,
                Gate::ContentType,
            ]),
            visibility: Visibility::Reveal,
            body: BodyRule::JsonObject,
            body_limit: MIB,
            content_type: ContentType::Any,
            forms: Forms::Refuse,
            require_tls: false,
            allow_unsigned: true,
            required: Required::Envelope,
            test_marker: Some(Cow::Borrowed(TEST_MEMBER)),
            event_header: Some(Cow::Borrowed(EVENT_HEADER)),
            unbound: Unbound::Stage,
            rate: NO_RATE,
            window: Window::Unlimited,
            idempotency: None,
            capture: None,
            rotation: Rotation::AtOnce,
            retention_days: 30,
        }
    }

    /// Comma inbound webhooks: 200 for new and repeated messages alike, 422 for incomplete ones, 403
    /// for other addresses, 429 beyond 100 a second.
    ///
    /// The seven days of the dedupe window and the burst of 200 are choices: the system names
    /// neither.
    #[must_use]
    pub const fn comma() -> Self {
        Self {
            answers: Answers {
                accepted: Answer::empty(200),
                duplicate: Answer::empty(200),
                captured: Answer::empty(200),
                unauthenticated: Answer::empty(401),
                address: Answer::empty(403),
                tls: Answer::empty(403),
                unknown: Answer::empty(401),
                inactive: Answer::empty(401),
                method: Answer::empty(405),
                content_type: Answer::empty(415),
                too_large: Answer::empty(413),
                not_json: Answer::empty(400),
                incomplete: Answer::empty(422),
                no_contact: Answer::empty(422),
                unbound: Answer::empty(200),
                not_subscribed: Answer::empty(200),
                rate_limited: Answer::empty(429),
                in_flight: Answer::empty(409),
                key_reused: Answer::empty(422),
                fault: Answer::empty(503),
            },
            order: Order::of(&[
                Gate::Method,
                Gate::Tls,
                Gate::Lookup,
                Gate::Address,
                Gate::Rate,
                Gate::Size,
                Gate::Authentication,
                Gate::ContentType,
            ]),
            visibility: Visibility::Reveal,
            body: BodyRule::JsonObject,
            body_limit: 10 * MIB,
            content_type: ContentType::Any,
            forms: Forms::Refuse,
            require_tls: false,
            allow_unsigned: false,
            required: Required::Message,
            test_marker: None,
            event_header: None,
            unbound: Unbound::Stage,
            rate: RateRule {
                authenticated: Some(Rate { per_second: 100, burst: 200, patience_ms: 2_000 }),
                unauthenticated: Some(Rate { per_second: 10, burst: 100, patience_ms: 0 }),
            },
            window: Window::FromFirst(DAY.saturating_mul(7)),
            idempotency: None,
            capture: None,
            rotation: Rotation::AtOnce,
            retention_days: 30,
        }
    }

    /// Synerise incoming integrations: 200 `OK`, 204 for duplicates, JSON objects only, keys held for
    /// seven days from the last request, and 90 seconds for a sample, which is then confirmed.
    #[must_use]
    pub const fn synerise() -> Self {
        Self {
            answers: Answers {
                accepted: Answer::text(200, "OK"),
                duplicate: Answer::empty(204),
                captured: Answer::text(200, "OK"),
                unauthenticated: Answer::empty(401),
                address: Answer::empty(403),
                tls: Answer::empty(403),
                unknown: Answer::empty(404),
                inactive: Answer::empty(404),
                method: Answer::empty(405),
                content_type: Answer::empty(415),
                too_large: Answer::empty(413),
                not_json: Answer::empty(400),
                incomplete: Answer::empty(400),
                no_contact: Answer::empty(422),
                unbound: Answer::text(200, "OK"),
                not_subscribed: Answer::text(200, "OK"),
                rate_limited: Answer::empty(429),
                in_flight: Answer::empty(409),
                key_reused: Answer::empty(422),
                fault: Answer::empty(500),
            },
            order: Order::of(&[
                Gate::Method,
                Gate::Tls,
                Gate::Lookup,
                Gate::Address,
                Gate::Rate,
                Gate::Authentication,
                Gate::ContentType,
                Gate::Size,
            ]),
            visibility: Visibility::Reveal,
            body: BodyRule::JsonObject,
            body_limit: MIB,
            content_type: ContentType::Json,
            forms: Forms::Refuse,
            require_tls: false,
            allow_unsigned: true,
            required: Required::Nothing,
            test_marker: None,
            event_header: None,
            unbound: Unbound::Stage,
            rate: NO_RATE,
            window: Window::FromLast(DAY.saturating_mul(7)),
            idempotency: None,
            capture: Some(CaptureRule {
                seconds: 90,
                apply: Apply::OnConfirmation,
                update: Update::Replace,
            }),
            rotation: Rotation::AtOnce,
            retention_days: 30,
        }
    }

    /// Wexio inbound webhooks: 202 and a named outcome for each refusal, a binding and a contact
    /// for everything accepted, answers kept under `X-Idempotency-Key`, and five minutes for a
    /// sample, which is applied at once.
    ///
    /// The 24 hours for which answers are kept are a choice: the system does not name them.
    #[must_use]
    pub const fn wexio() -> Self {
        Self {
            answers: Answers {
                accepted: Answer::tagged(202, "{\"outcome\":\"ACCEPTED\"}", "ACCEPTED"),
                duplicate: Answer::tagged(202, "{\"outcome\":\"ACCEPTED\"}", "ACCEPTED"),
                captured: Answer::tagged(
                    202,
                    "{\"outcome\":\"SAMPLE_CAPTURED\"}",
                    "SAMPLE_CAPTURED",
                ),
                unauthenticated: Answer::tagged(
                    401,
                    "{\"outcome\":\"UNAUTHORIZED\"}",
                    "UNAUTHORIZED",
                ),
                address: Answer::tagged(401, "{\"outcome\":\"UNAUTHORIZED\"}", "UNAUTHORIZED"),
                tls: Answer::tagged(401, "{\"outcome\":\"UNAUTHORIZED\"}", "UNAUTHORIZED"),
                unknown: Answer::tagged(
                    404,
                    "{\"outcome\":\"TRIGGER_NOT_FOUND\"}",
                    "TRIGGER_NOT_FOUND",
                ),
                inactive: Answer::tagged(
                    404,
                    "{\"outcome\":\"TRIGGER_NOT_FOUND\"}",
                    "TRIGGER_NOT_FOUND",
                ),
                method: Answer::tagged(405, "{\"outcome\":\"ERROR\"}", "ERROR"),
                content_type: Answer::tagged(400, "{\"outcome\":\"INVALID_JSON\"}", "INVALID_JSON"),
                too_large: Answer::tagged(
                    413,
                    "{\"outcome\":\"PAYLOAD_TOO_LARGE\"}",
                    "PAYLOAD_TOO_LARGE",
                ),
                not_json: Answer::tagged(400, "{\"outcome\":\"INVALID_JSON\"}", "INVALID_JSON"),
                incomplete: Answer::tagged(400, "{\"outcome\":\"INVALID_JSON\"}", "INVALID_JSON"),
                no_contact: Answer::tagged(
                    422,
                    "{\"outcome\":\"IDENTIFIER_NOT_FOUND\"}",
                    "IDENTIFIER_NOT_FOUND",
                ),
                unbound: Answer::tagged(
                    404,
                    "{\"outcome\":\"TRIGGER_NOT_FOUND\"}",
                    "TRIGGER_NOT_FOUND",
                ),
                not_subscribed: Answer::tagged(202, "{\"outcome\":\"ACCEPTED\"}", "ACCEPTED"),
                rate_limited: Answer::tagged(429, "{\"outcome\":\"ERROR\"}", "ERROR"),
                in_flight: Answer::tagged(409, "{\"outcome\":\"ERROR\"}", "ERROR"),
                key_reused: Answer::tagged(422, "{\"outcome\":\"ERROR\"}", "ERROR"),
                fault: Answer::tagged(500, "{\"outcome\":\"ERROR\"}", "ERROR"),
            },
            order: Order::of(&[
                Gate::Lookup,
                Gate::Method,
                Gate::Tls,
                Gate::Address,
                Gate::Rate,
                Gate::Authentication,
                Gate::Size,
                Gate::ContentType,
            ]),
            visibility: Visibility::Reveal,
            body: BodyRule::Json,
            body_limit: 100 * KIB,
            content_type: ContentType::Json,
            forms: Forms::Auto,
            require_tls: false,
            allow_unsigned: false,
            required: Required::Nothing,
            test_marker: None,
            event_header: None,
            unbound: Unbound::Refuse,
            rate: NO_RATE,
            window: Window::Unlimited,
            idempotency: Some(IdempotencyRule {
                header: Cow::Borrowed("x-idempotency-key"),
                hours: 24,
                on_reuse: OnKeyReuse::SameAnswer,
            }),
            capture: Some(CaptureRule {
                seconds: 300,
                apply: Apply::AtOnce,
                update: Update::Replace,
            }),
            rotation: Rotation::AtOnce,
            retention_days: 30,
        }
    }
}
