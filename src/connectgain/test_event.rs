//! The event that people send to see whether their webhook works.

use serde::Serialize;

use super::catalogue::EventName;
use crate::clock::Timestamp;
use crate::scheme::{SignError, SignedRequest, Unsigned, Verifier};

/// The header that names the event. No signature covers it.
pub const EVENT_HEADER: &str = "X-Webhook-Event";

/// The header that names the time. No signature covers it.
pub const TIMESTAMP_HEADER: &str = "X-Webhook-Timestamp";

/// The member that marks a test event by being `true`, as a JSON Pointer. The documentation does not
/// show what a test event looks like; the marker is a choice of this library.
pub const TEST_MEMBER: &str = "/data/test";

/// A test event, signed as the real ones are, ready to be sent to `url`.
///
/// A receiver under [`Policy::connectgain`](crate::Policy::connectgain) verifies it, counts it,
/// answers as it would answer a real one, and stages nothing
/// ([`Policy::test_marker`](crate::Policy::test_marker)).
///
/// ```
/// use hookstage::connectgain::{EventName, test_event};
/// use hookstage::{Delivery, Head, Secret, Timestamp, Verifier, providers};
///
/// let secret = Secret::new("your-hmac-secret").unwrap();
/// let verifier = Verifier::new(providers::CONNECTGAIN.scheme(), [secret]).unwrap();
/// let now = Timestamp::from_unix_seconds(1_705_314_600);
/// let request =
///     test_event(&verifier, "https://example.com/webhooks", &EventName::DealCreated, "t-1", now)
///         .unwrap();
/// let headers = request.header_lines();
/// let head = Head::new(&request.method, &request.url, &headers);
/// assert!(verifier.verify(&Delivery::new(head, &request.body), now).is_ok());
/// ```
///
/// # Errors
///
/// As for [`Verifier::sign`].
pub fn test_event(
    verifier: &Verifier,
    url: &str,
    event: &EventName,
    id: &str,
    now: Timestamp,
) -> Result<SignedRequest, SignError> {
    let timestamp = now.to_string();
    let body = TestBody {
        event: event.as_str(),
        timestamp: &timestamp,
        data: TestData { id, test: true },
    };
    // A body of texts and a truth value can always be written.
    let body = serde_json::to_vec(&body).unwrap_or_default();
    let headers = [
        ("Content-Type", b"application/json".as_slice()),
        (EVENT_HEADER, event.as_str().as_bytes()),
        (TIMESTAMP_HEADER, timestamp.as_bytes()),
    ];
    let request = Unsigned { method: "POST", url, headers: &headers, body: &body, id };
    verifier.sign(&request, now)
}

#[derive(Serialize)]
struct TestBody<'a> {
    event: &'a str,
    timestamp: &'a str,
    data: TestData<'a>,
}

#[derive(Serialize)]
struct TestData<'a> {
    id: &'a str,
    test: bool,
}
