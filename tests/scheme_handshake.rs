//! Handshakes: answered as each provider asks, and by nobody's word but the right one's.
//!
//! Digests were computed with Python's `hmac` and `hashlib`; Braintree's is from its own SDK's tests.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use hookstage::scheme::{HandshakeAnswer, Parameter, Parameters, Unsigned, answer_handshake};
use hookstage::{Delivery, Head, Malformation, Refusal, Secret, Timestamp, Verifier, providers};

const NOW: Timestamp = Timestamp::from_unix_seconds(1_700_000_000);
const URL: &str = "https://hooks.example.com/in";

fn parameters() -> Parameters {
    Parameters::new()
        .with(Parameter::VerifyToken, "token")
        .with(Parameter::KeyId, "integration_public_key")
}

fn verifier(name: &str, secret: &str) -> Verifier {
    let scheme = providers::find(name).unwrap().scheme();
    Verifier::with_parameters(scheme, [Secret::new(secret).unwrap()], parameters()).unwrap()
}

fn ask(
    name: &str,
    secret: Option<&str>,
    method: &str,
    url: &str,
    headers: &[(&str, &[u8])],
    body: &[u8],
) -> Result<Option<HandshakeAnswer>, Refusal> {
    let verifier = secret.map(|secret| verifier(name, secret));
    let handshakes = providers::find(name).unwrap().handshakes();
    let delivery = Delivery::new(Head::new(method, url, headers), body);
    answer_handshake(handshakes, verifier.as_ref(), &parameters(), &delivery, NOW)
}

/// The same, with the request signed as the provider signs its deliveries.
fn ask_signed(name: &str, secret: &str, body: &[u8]) -> Result<Option<HandshakeAnswer>, Refusal> {
    let request = Unsigned { method: "POST", url: URL, headers: &[], body, id: "1" };
    let signed = verifier(name, secret).sign(&request, NOW).unwrap();
    ask(name, Some(secret), "POST", &signed.url, &signed.header_lines(), &signed.body)
}

fn text(answer: Result<Option<HandshakeAnswer>, Refusal>) -> String {
    let answer = answer.unwrap().unwrap();
    let response = &answer.response;
    assert_eq!(response.header("x-content-type-options"), Some("nosniff"));
    let content_type = response.header("content-type").unwrap();
    assert!(["text/plain; charset=utf-8", "application/json"].contains(&content_type));
    response.body().to_owned()
}

fn status(answer: Result<Option<HandshakeAnswer>, Refusal>) -> u16 {
    answer.unwrap().unwrap().response.status()
}

#[test]
fn a_challenge_comes_back_as_plain_text() {
    let url = format!("{URL}?challenge=%3Cscript%3E1");
    assert_eq!(text(ask("dropbox", None, "GET", &url, &[], b"")), "<script>1");
    assert!(ask("dropbox", None, "POST", &url, &[], b"").unwrap().is_none());
    assert!(ask("dropbox", None, "GET", URL, &[], b"").unwrap().is_none());
    let long = format!("{URL}?challenge={}", "a".repeat(5000));
    assert_eq!(ask("dropbox", None, "GET", &long, &[], b"").unwrap_err().code(), "malformed");
    let twice = format!("{URL}?challenge=a&challenge=b");
    assert!(ask("dropbox", None, "GET", &twice, &[], b"").unwrap().is_none());
}

#[test]
fn what_is_no_text_is_not_repeated() {
    let site = |answer: Result<Option<HandshakeAnswer>, Refusal>| match answer.unwrap_err() {
        Refusal::Malformed { at, fault: Malformation::Encoding } => at.to_string(),
        other => panic!("{other:?}"),
    };
    let url = format!("{URL}?challenge=%FF");
    assert_eq!(site(ask("dropbox", None, "GET", &url, &[], b"")), "the query parameter challenge");
    let headers = [("X-Okta-Verification-Challenge", b"\xff".as_slice())];
    assert_eq!(
        site(ask("okta", None, "GET", URL, &headers, b"")),
        "the header x-okta-verification-challenge"
    );
    let headers = [("Validation-Token", "é".as_bytes())];
    assert_eq!(
        site(ask("ringcentral", None, "POST", URL, &headers, b"")),
        "the header validation-token"
    );
}

#[test]
fn a_challenge_is_answered_only_to_who_shows_the_token() {
    let url =
        |token: &str| format!("{URL}?hub.mode=subscribe&hub.challenge=7&hub.verify_token={token}");
    assert_eq!(text(ask("meta", None, "GET", &url("token"), &[], b"")), "7");
    assert_eq!(ask("meta", None, "GET", &url("other"), &[], b"").unwrap_err().code(), "different");
}

#[test]
fn computed_answers_are_those_of_the_providers() {
    let secret = Some("hookstage-test-secret");
    let url = format!("{URL}?crc_token=abc123");
    assert_eq!(
        text(ask("x", secret, "GET", &url, &[], b"")),
        r#"{"response_token":"sha256=ESnLgmANZFFkK46ODOrETzQd8CzCLO77b+2fq1qgaRk="}"#
    );
    let url = format!("{URL}?challenge_code=code");
    assert_eq!(
        text(ask("ebay", None, "GET", &url, &[], b"")),
        r#"{"challengeResponse":"a642e1ff59a316480837f92956ee3a0d61ed5e45d24bd11fbcbd69c6cab86dcd"}"#
    );
    // braintree_python, tests/unit/test_webhooks.py.
    let url = format!("{URL}?bt_challenge=20f9f8ed05f77439fe955c977e4c8a53");
    assert_eq!(
        text(ask("braintree", Some("integration_private_key"), "GET", &url, &[], b"")),
        "integration_public_key|d9b899556c966b3f06945ec21311865d35df3ce4"
    );
}

#[test]
fn a_signed_challenge_is_verified_first() {
    let secret = "hookstage-test-secret";
    let zoom = br#"{"event":"endpoint.url_validation","payload":{"plainToken":"plain"}}"#;
    assert_eq!(
        text(ask_signed("zoom", secret, zoom)),
        r#"{"encryptedToken":"0722b20f553e39f61214f7042ac2e6f8331bb6ac320b4f69781daff58656d4a6","plainToken":"plain"}"#
    );
    let unsigned = ask("zoom", Some(secret), "POST", URL, &[], zoom).unwrap_err();
    assert_eq!(unsigned.code(), "absent");
    let slack = br#"{"type":"url_verification","challenge":"c"}"#;
    assert_eq!(text(ask_signed("slack", secret, slack)), r#"{"challenge":"c"}"#);
    assert!(ask("slack", Some(secret), "POST", URL, &[], slack).is_err());
    assert_eq!(status(ask("slack", Some(secret), "POST", URL, &[], b"ssl_check=1")), 200);
    let event = br#"{"type":"event_callback"}"#;
    assert!(ask_signed("slack", secret, event).unwrap().is_none());
}

#[test]
fn a_secret_that_a_provider_brings_is_handed_over_and_repeated() {
    let headers = [("X-Hook-Secret", b"their-secret".as_slice())];
    let answer = ask("asana", None, "POST", URL, &headers, b"").unwrap().unwrap();
    let lines: Vec<_> = answer.response.headers().collect();
    assert_eq!(lines, [("cache-control", "no-store"), ("x-hook-secret", "their-secret")]);
    assert!(answer.captured.is_some() && answer.response.body().is_empty());
    assert!(!format!("{:?}", answer.captured).contains("their-secret"));
    let headers = [("X-Hook-Secret", b"a\r\nset-cookie: b".as_slice())];
    assert_eq!(ask("asana", None, "POST", URL, &headers, b"").unwrap_err().code(), "malformed");
}

#[test]
fn a_verdict_tells_right_from_wrong() {
    let secret = "hookstage-test-secret";
    let body = br#"{"events":[],"entropy":"e"}"#;
    assert_eq!(status(ask_signed("xero", secret, body)), 200);
    let wrong = [("x-xero-signature", b"AAAA".as_slice())];
    assert_eq!(status(ask("xero", Some(secret), "POST", URL, &wrong, body)), 401);
    for (code, status) in [("token", 204), ("other", 404)] {
        let url = format!("{URL}?verify={code}");
        assert_eq!(self::status(ask("fitbit", None, "GET", &url, &[], b"")), status);
    }
}

/// The address is handed to the host and never visited: only where the message is signed, is of the
/// configured topic, and the address is the provider's own.
#[cfg(feature = "asymmetric")]
#[test]
fn crt_02_a_subscription_is_shown_to_the_host_and_never_visited() {
    const TOPIC: &str = "arn:aws:sns:us-east-1:123456789012:hooks";
    let preset = providers::find("amazon-sns").unwrap();
    let key = || Secret::new(include_str!("mutations/keys/rsa-one.pem")).unwrap();
    let parameters = Parameters::new().with(Parameter::TopicArn, TOPIC);
    let of_topic = |topic: &str| {
        let parameters = Parameters::new().with(Parameter::TopicArn, topic);
        Verifier::with_parameters(preset.scheme(), [key()], parameters).unwrap()
    };
    let verifier = of_topic(TOPIC);
    let message = |topic: &str, address: &str| {
        let request = serde_json::json!({
            "Type": "SubscriptionConfirmation",
            "MessageId": "165545c9-2a5c-472c-8df2-7ff2be2b3b1b",
            "Token": "2336412f37",
            "TopicArn": topic,
            "Message": "You have chosen to subscribe to the topic.",
            "SubscribeURL": address,
            "Timestamp": "2023-11-14T22:13:20.000Z",
            "SignatureVersion": "2",
            "SigningCertURL": "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-1.pem",
        })
        .to_string();
        let request =
            Unsigned { method: "POST", url: URL, headers: &[], body: request.as_bytes(), id: "1" };
        of_topic(topic).sign(&request, NOW).unwrap().body
    };
    let answer = |body: &[u8]| {
        let delivery = Delivery::new(Head::post(URL, &[]), body);
        answer_handshake(preset.handshakes(), Some(&verifier), &parameters, &delivery, NOW)
    };
    let genuine =
        "https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&Token=2336412f37";
    let shown = answer(&message(TOPIC, genuine)).unwrap().unwrap();
    assert_eq!(shown.visit.as_deref(), Some(genuine));
    assert!(answer(&message(TOPIC, "https://evil.example/?x=1")).is_err());
    assert!(answer(&message(TOPIC, "http://169.254.169.254/latest/meta-data")).is_err());
    let mut forged = String::from_utf8(message(TOPIC, genuine)).unwrap();
    forged = forged.replace("ConfirmSubscription&", "DeleteTopic&");
    assert_eq!(answer(forged.as_bytes()).unwrap_err().code(), "mismatch");
    let other = message("arn:aws:sns:us-east-1:999999999999:theirs", genuine);
    assert!(answer(&other).is_err(), "another topic, rightly signed");
}
