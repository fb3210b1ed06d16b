//! What was attempted and what came of it, as its sender logs it.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::catalogue::EventName;
use crate::clock::Timestamp;
use crate::history::printable;

/// Within what a receiver should have answered. Receiving waits for one commit and for no workflow,
/// so this library stays far below it.
pub const RESPOND_WITHIN: Duration = Duration::from_secs(5);

/// One attempt to deliver an event, and what came of it: a row of the log that people look at when
/// their webhook does not fire.
///
/// ```
/// use std::time::Duration;
///
/// use hookstage::Timestamp;
/// use hookstage::connectgain::{DeliveryAttempt, EventName};
///
/// let at = Timestamp::from_unix_seconds(1_705_314_600);
/// let attempt = DeliveryAttempt::of(EventName::DealCreated, b"{}", at)
///     .answered(401, b"Invalid signature", Duration::from_millis(12));
/// assert!(!attempt.is_success());
/// assert_eq!(attempt.response_body.as_deref(), Some("Invalid signature"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct DeliveryAttempt {
    /// The version of this form: 1.
    pub version: u16,
    /// Which event.
    pub event: EventName,
    /// SHA-256 of the body that was sent, in hexadecimal: it finds the payload where it is kept, and
    /// the staged event at the receiver.
    pub payload_sha256: String,
    /// How many bytes it had.
    pub payload_length: u64,
    /// The payload itself, where the host keeps it in the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payload: Option<String>,
    /// The status, if there was an answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_status: Option<u16>,
    /// What the answer said, at most [`MAX_TEXT`](Self::MAX_TEXT) bytes of it, with everything
    /// escaped that a terminal or a page could act on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_body: Option<String>,
    /// Why there was no answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// When it was sent.
    pub at: Timestamp,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
}

impl DeliveryAttempt {
    /// The most that is kept of an answer or of an error, in bytes before escaping.
    pub const MAX_TEXT: usize = 1024;

    /// An attempt that nothing has come of yet.
    #[must_use]
    pub fn of(event: EventName, payload: &[u8], at: Timestamp) -> Self {
        Self {
            version: 1,
            event,
            payload_sha256: hex::encode(Sha256::digest(payload)),
            payload_length: payload.len() as u64,
            payload: None,
            response_status: None,
            response_body: None,
            error: None,
            at,
            duration_ms: 0,
        }
    }

    /// With the payload itself, for hosts that show it. It is escaped as an answer is, and whole.
    #[must_use]
    pub fn with_payload(mut self, payload: &[u8]) -> Self {
        self.payload = Some(printable(payload));
        self
    }

    /// It was answered.
    #[must_use]
    pub fn answered(mut self, status: u16, body: &[u8], took: Duration) -> Self {
        self.response_status = Some(status);
        self.response_body = Some(printable(&body[..body.len().min(Self::MAX_TEXT)]));
        self.error = None;
        self.took(took)
    }

    /// It was not answered: no name, no connection, no answer in time.
    #[must_use]
    pub fn failed(mut self, error: &str, took: Duration) -> Self {
        let error = error.as_bytes();
        self.error = Some(printable(&error[..error.len().min(Self::MAX_TEXT)]));
        self.response_status = None;
        self.response_body = None;
        self.took(took)
    }

    /// Whether the receiver took it: any status from 200 to 299.
    #[must_use]
    pub fn is_success(&self) -> bool {
        self.response_status.is_some_and(|status| (200..300).contains(&status))
    }

    /// Whether it took longer than [`RESPOND_WITHIN`].
    #[must_use]
    pub fn is_late(&self) -> bool {
        Duration::from_millis(self.duration_ms) > RESPOND_WITHIN
    }

    fn took(mut self, took: Duration) -> Self {
        self.duration_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        self
    }
}
