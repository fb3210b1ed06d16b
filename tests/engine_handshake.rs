//! What is asked of an engine beside deliveries: handshakes, and the keys that deliveries name.
#![cfg(feature = "test-util")]

mod common;

use common::{Request, hmac_hex, now};
use hookstage::scheme::{Parameter, Parameters};
use hookstage::store::{EventFilter, HistoryFilter, MemoryStore};
use hookstage::{
    AwaitingSource, BlockingEngine, Endpoint, HandshakeConfig, Lifecycle, ManualClock, Outcome,
    Policy, PolicyConfig, Receipt, Refusal, Source, SourceConfig, UnknownSource, admit_head,
    handshake, providers,
};

const SECRET: &str = common::SECRET;
const URL: &str = "https://hooks.example.com/in/acme/x";

fn engine() -> BlockingEngine {
    BlockingEngine::with_clock(MemoryStore::new(), ManualClock::at(now()))
}

fn config(preset: &str) -> SourceConfig {
    let preset = providers::find(preset).unwrap();
    let mut config = SourceConfig::preset("acme", preset.name, preset);
    config.parameters = Parameters::new()
        .with(Parameter::Audience, "https://hooks.example.com")
        .with(Parameter::TopicArn, "arn:aws:sns:us-east-1:123456789012:orders")
        .with(Parameter::VerifyToken, "chosen-token");
    config
}

fn source(preset: &str) -> Source {
    Source::new(config(preset).with_secret(SECRET.parse().unwrap())).unwrap()
}

fn get(query: &str) -> Request {
    let mut request = Request::new([]).by("GET");
    request.url = format!("{URL}?{query}");
    request
}

/// As a host does it: the head first, then the whole.
fn receive<'a>(
    engine: &BlockingEngine,
    endpoint: impl Into<Endpoint<'a>>,
    request: &Request,
) -> Receipt {
    let endpoint = endpoint.into();
    request.deliver(|delivery| match engine.receive_head(endpoint, delivery.head()) {
        Ok(_) => engine.receive(endpoint, delivery).unwrap(),
        Err(receipt) => *receipt,
    })
}

fn reason(receipt: &Receipt) -> &'static str {
    match &receipt.outcome {
        Outcome::Refused(refusal) => refusal.code(),
        outcome => outcome.as_str(),
    }
}

fn staged(engine: &BlockingEngine) -> usize {
    engine.list(&EventFilter::tenant("acme"), None, 10).unwrap().len()
}

#[test]
fn a_handshake_is_answered_and_nothing_is_staged() {
    let (engine, source) = (engine(), source("dropbox"));
    let receipt = receive(&engine, &source, &get("challenge=%7B%22a%22%3A1%7D"));
    assert_eq!(receipt.outcome, Outcome::Handshake);
    assert_eq!((receipt.response.status(), receipt.response.body()), (200, r#"{"a":1}"#));
    // What is echoed is text whatever it looks like.
    assert_eq!(receipt.response.header("content-type"), Some("text/plain; charset=utf-8"));
    assert_eq!(receipt.response.header("x-content-type-options"), Some("nosniff"));
    assert!(receipt.captured.is_none() && receipt.visit.is_none());
    assert_eq!(staged(&engine), 0);
    let rows = engine.history(&HistoryFilter::tenant("acme"), None, 10).unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!((&*rows[0].1.outcome, rows[0].1.status), ("handshake", 200));
}

#[test]
fn another_get_is_refused_by_its_method() {
    let (engine, source) = (engine(), source("dropbox"));
    assert_eq!(reason(&receive(&engine, &source, &get("other=1"))), "method_not_allowed");
    let off = Source::new({
        let mut config = config("dropbox").with_secret(SECRET.parse().unwrap());
        config.handshakes = HandshakeConfig::Off;
        config
    });
    let refused = receive(&engine, &off.unwrap(), &get("challenge=abc"));
    assert_eq!(reason(&refused), "method_not_allowed");
}

#[test]
fn a_wrong_token_is_refused_as_the_policy_says() {
    let (engine, source) = (engine(), source("meta"));
    let ask =
        |token: &str| get(&format!("hub.mode=subscribe&hub.challenge=7&hub.verify_token={token}"));
    assert_eq!(receive(&engine, &source, &ask("chosen-token")).response.body(), "7");
    let refused = receive(&engine, &source, &ask("another"));
    assert_eq!(reason(&refused), "different");
    assert_eq!(refused.response.status(), 401);
}

#[test]
fn a_signed_handshake_is_verified_first() {
    let (engine, source) = (engine(), source("zoom"));
    let body = br#"{"event":"endpoint.url_validation","payload":{"plainToken":"plain"}}"#;
    let at = now().as_unix_millis() / 1000;
    let content = [format!("v0:{at}:").as_bytes(), body].concat();
    let signed = |secret: &str| {
        Request::new(body)
            .with("x-zm-request-timestamp", at.to_string())
            .with("x-zm-signature", format!("v0={}", hmac_hex(secret, &content)))
    };
    let answered = receive(&engine, &source, &signed(SECRET));
    assert_eq!(answered.outcome, Outcome::Handshake);
    // HMAC-SHA256 of `plain` under the secret, by Python's hmac.
    assert_eq!(
        answered.response.body(),
        r#"{"encryptedToken":"0722b20f553e39f61214f7042ac2e6f8331bb6ac320b4f69781daff58656d4a6","plainToken":"plain"}"#
    );
    assert_eq!(reason(&receive(&engine, &source, &signed("another-secret"))), "mismatch");
    assert_eq!(reason(&receive(&engine, &source, &Request::new(body))), "absent");
}

#[test]
fn a_secret_is_taken_only_while_there_is_none() {
    let engine = engine();
    let brought = Request::new(b"").with("X-Hook-Secret", "the-secret-of-this-webhook");
    let awaiting = AwaitingSource::new(config("asana")).unwrap();
    assert_eq!(awaiting.id().source(), "asana");
    let receipt = receive(&engine, &awaiting, &brought);
    assert_eq!(receipt.outcome, Outcome::Handshake);
    assert_eq!(receipt.response.header("x-hook-secret"), Some("the-secret-of-this-webhook"));
    assert!(!format!("{receipt:?}").contains("Secret(\"the-secret"));

    let secret = receipt.captured.unwrap();
    let source = Source::new(config("asana").with_secret(secret)).unwrap();
    let body = br#"{"events":[{"action":"changed"}]}"#;
    let delivery =
        Request::new(body).with("X-Hook-Signature", hmac_hex("the-secret-of-this-webhook", body));
    assert_eq!(receive(&engine, &source, &delivery).outcome.as_str(), "staged");

    // A stranger who brings another one is nobody.
    let again = receive(&engine, &source, &brought);
    assert_eq!(reason(&again), "absent");
    assert!(again.captured.is_none() && again.response.header("x-hook-secret").is_none());
    // Before the secret is there, no delivery is genuine.
    assert_eq!(reason(&receive(&engine, &awaiting, &delivery)), "inactive");
    // Nor is one a sample, so its body is not even read.
    let mut drafted = config("asana");
    drafted.lifecycle = Lifecycle::Draft;
    let mut policy = Policy::connectgain();
    policy.capture = Policy::synerise().capture;
    assert!(policy.capture.is_some());
    drafted.policy = PolicyConfig::Custom(Box::new(policy));
    let awaiting = AwaitingSource::new(drafted).unwrap();
    delivery.deliver(|delivery| {
        assert_eq!(admit_head(&awaiting, delivery.head()).unwrap_err().refusal, Refusal::Inactive);
    });
}

#[test]
fn a_source_awaits_a_secret_only_where_one_is_brought() {
    let faults = |config: SourceConfig| AwaitingSource::new(config).unwrap_err().to_string();
    assert!(faults(config("stripe")).contains("no handshake of this source brings a secret"));
    let given = config("asana").with_secret(SECRET.parse().unwrap());
    assert!(faults(given).contains("the source has its secret"));
}

#[test]
fn drafts_answer_and_paused_sources_do_not() {
    let engine = engine();
    let with = |lifecycle| {
        let mut config = config("dropbox").with_secret(SECRET.parse().unwrap());
        config.lifecycle = lifecycle;
        Source::new(config).unwrap()
    };
    let ask = get("challenge=abc");
    assert_eq!(receive(&engine, &with(Lifecycle::Draft), &ask).outcome, Outcome::Handshake);
    assert_eq!(reason(&receive(&engine, &with(Lifecycle::Paused), &ask)), "inactive");
}

#[test]
fn what_does_not_exist_answers_no_handshake() {
    let engine = engine();
    let PolicyConfig::Coeffection = common::policy("coeffection") else { panic!() };
    let scheme = providers::find("dropbox").unwrap().scheme();
    let policy = PolicyConfig::Coeffection.policy();
    let unknown = UnknownSource::like(scheme, policy).unwrap();
    let receipt = receive(&engine, &unknown, &get("challenge=abc"));
    assert_eq!(receipt.response.status(), 401);
    assert!(!receipt.response.body().contains("abc"));
}

#[test]
fn a_body_without_a_signature_is_read_as_far_as_a_handshake_may_be_long() {
    let source = source("monday");
    Request::new(b"").deliver(|delivery| {
        assert_eq!(admit_head(&source, delivery.head()).unwrap(), 16 * 1024);
    });
    let body = br#"{"challenge":"c"}"#;
    let receipt = receive(&engine(), &source, &Request::new(body));
    assert_eq!(receipt.outcome, Outcome::Handshake);
    assert_eq!(receipt.response.header("content-type"), Some("application/json"));
    assert_eq!(receipt.response.body(), r#"{"challenge":"c"}"#);
    let event = receive(&engine(), &source, &Request::new(br#"{"event":{}}"#));
    assert!(matches!(&event.outcome, Outcome::Refused(refusal) if refusal.is_authentication()));
}

#[test]
fn handshakes_are_pinned_in_the_stored_form() {
    let stored = serde_json::to_value(source("dropbox").config()).unwrap();
    let listed = stored["handshakes"]["list"].as_array().unwrap();
    assert_eq!((listed.len(), &listed[0]["method"]), (1, &"GET".into()));
    let mut stored = stored;
    stored["keys"] = serde_json::json!([{ "secret": SECRET }]);
    let read: SourceConfig = serde_json::from_value(stored.clone()).unwrap();
    assert_eq!(Source::new(read).unwrap().handshakes(), source("dropbox").handshakes());

    // Without a sign every delivery would be taken for it.
    stored["handshakes"]["list"][0]["when"] = serde_json::json!([]);
    stored["handshakes"]["list"][0]["method"] = "get".into();
    let read: SourceConfig = serde_json::from_value(stored).unwrap();
    let faults = Source::new(read).unwrap_err();
    assert_eq!(faults.faults().len(), 2, "{faults}");
}

#[test]
fn the_pure_step_answers_without_an_engine() {
    let source = source("dropbox");
    get("challenge=abc").deliver(|delivery| {
        let answer = handshake(&source, delivery, now()).unwrap().unwrap();
        assert_eq!(answer.response.body(), "abc");
        // What is echoed is the sender's, and is not printed.
        assert_eq!(answer.to_string(), "answer 200");
    });
    Request::new(b"{}").deliver(|delivery| {
        assert!(handshake(&source, delivery, now()).unwrap().is_none());
    });
}

#[cfg(feature = "asymmetric")]
mod keys {
    use std::sync::Mutex;

    use common::block_on;
    use hookstage::scheme::{KeyRequest, Registry, SigningKey, Unsigned};
    use hookstage::{
        AddressList, Engine, KeyAnswer, KeyFetchError, Secret, Timestamp, Verifier, authenticate,
        authenticate_with,
    };

    use super::*;

    const PEM: &str = include_str!("keys/rsa2048.pem");
    const CERTIFICATE: &str =
        "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0123.pem";

    fn topic() -> Source {
        Source::new(config("amazon-sns")).unwrap()
    }

    /// A message of a topic, signed with the key whose public half the host will fetch.
    fn message(kind: &str, certificate: &str) -> Request {
        let body = serde_json::json!({
            "Type": kind,
            "MessageId": "165545c9-2a5c-472c-8df2-7ff2be2b3b1b",
            "Token": "2336412f37",
            "TopicArn": "arn:aws:sns:us-east-1:123456789012:orders",
            "Message": "hello",
            "SubscribeURL": "https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription",
            "Timestamp": "2023-11-14T22:13:20.000Z",
            "SignatureVersion": "2",
            "SigningCertURL": certificate,
        })
        .to_string();
        let scheme = providers::find("amazon-sns").unwrap().scheme();
        let key = SigningKey::new(Secret::new(PEM).unwrap());
        let signer =
            Verifier::with_parameters(scheme, [key], config("amazon-sns").parameters).unwrap();
        let unsigned = Unsigned {
            method: "POST",
            url: URL,
            headers: &[],
            body: body.as_bytes(),
            id: "165545c9-2a5c-472c-8df2-7ff2be2b3b1b",
        };
        let signed = signer.sign(&unsigned, Timestamp::from_unix_seconds(1_700_000_000)).unwrap();
        let mut request = Request::new(signed.body.to_vec());
        for (name, value) in signed.header_lines() {
            request = request.with(name, std::str::from_utf8(value).unwrap());
        }
        request
    }

    fn fetching(
        answer: impl Fn() -> Result<KeyAnswer, KeyFetchError> + Send + Sync + 'static,
    ) -> (BlockingEngine, std::sync::Arc<Mutex<Vec<KeyRequest>>>) {
        let asked = std::sync::Arc::new(Mutex::new(Vec::new()));
        let log = asked.clone();
        let engine = engine().with_keys(move |source, request| {
            assert_eq!(source.source(), "amazon-sns");
            log.lock().unwrap().push(request.clone());
            answer()
        });
        (engine, asked)
    }

    #[test]
    fn a_delivery_is_judged_with_the_key_that_the_host_fetched() {
        let (engine, asked) = fetching(|| Ok(KeyAnswer::Key(PEM.to_owned())));
        let receipt = receive(&engine, &topic(), &message("Notification", CERTIFICATE));
        assert_eq!(receipt.outcome.as_str(), "staged", "{receipt:?}");
        assert_eq!(*asked.lock().unwrap(), [KeyRequest::Url(CERTIFICATE.to_owned())]);
    }

    /// As a host without an engine does it: what is asked for is fetched, and the delivery judged
    /// with it.
    #[test]
    fn a_host_that_fetches_by_itself_brings_the_key_along() {
        let source = topic();
        let request = message("Notification", CERTIFICATE);
        request.deliver(|delivery| {
            let refused = authenticate(&source, delivery, now()).unwrap_err();
            assert_eq!(refused.refusal.code(), "unanswered");
            let asked = source.verifier().key_request(delivery, now()).unwrap().unwrap();
            let key = source.verifier().fetched_key(&asked, PEM).unwrap();
            let authentic = authenticate_with(&source, delivery, &key, now()).unwrap();
            // It is none of those that the source has.
            assert_eq!(authentic.proof().key_index(), None);
        });
    }

    struct Provider(KeyAnswer);

    impl hookstage::KeyFetcher for Provider {
        async fn fetch(
            &self,
            source: &hookstage::SourceId,
            request: &KeyRequest,
        ) -> Result<KeyAnswer, KeyFetchError> {
            assert_eq!(source.source(), "amazon-sns");
            assert_eq!(*request, KeyRequest::Url(CERTIFICATE.to_owned()));
            Ok(self.0.clone())
        }
    }

    #[test]
    fn a_key_is_fetched_on_the_awaited_face_too() {
        let source = topic();
        let request = message("Notification", CERTIFICATE);
        for (answer, wanted) in [
            (Some(KeyAnswer::Key(PEM.to_owned())), "staged"),
            (Some(KeyAnswer::Unknown), "key_unknown"),
            (None, "unanswered"),
        ] {
            let engine = Engine::with_clock(MemoryStore::new(), ManualClock::at(now()));
            let engine = match answer {
                Some(answer) => engine.with_keys(Provider(answer)),
                None => engine,
            };
            let receipt =
                request.deliver(|delivery| block_on(engine.receive(&source, delivery)).unwrap());
            assert_eq!(reason(&receipt), wanted);
        }
    }

    #[test]
    fn a_confirmation_is_verified_and_handed_over_to_be_visited() {
        let (engine, _) = fetching(|| Ok(KeyAnswer::Key(PEM.to_owned())));
        let genuine = message("SubscriptionConfirmation", CERTIFICATE);
        let receipt = receive(&engine, &topic(), &genuine);
        assert_eq!(receipt.outcome, Outcome::Handshake, "{receipt:?}");
        assert_eq!(
            receipt.visit.as_deref(),
            Some("https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription")
        );
        assert_eq!(staged(&engine), 0);

        let mut forged = genuine;
        let text = String::from_utf8(forged.body.take().unwrap()).unwrap();
        forged.body = Some(text.replace("2336412f37", "2336412f38").into_bytes());
        let receipt = receive(&engine, &topic(), &forged);
        assert_eq!(reason(&receipt), "mismatch");
        assert!(receipt.visit.is_none());
    }

    #[test]
    fn nobody_is_asked_for_what_does_not_exist() {
        let (engine, asked) = fetching(|| Ok(KeyAnswer::Key(PEM.to_owned())));
        for policy in [PolicyConfig::Coeffection, PolicyConfig::Connectgain] {
            let mut settings = config("amazon-sns");
            settings.policy = policy;
            let unknown = UnknownSource::with_registry(settings, &Registry::new()).unwrap();
            let receipt = receive(&engine, &unknown, &message("Notification", CERTIFICATE));
            assert_eq!(reason(&receipt), "unknown_source");
        }
        assert!(asked.lock().unwrap().is_empty());
    }

    #[test]
    fn nobody_is_asked_for_what_the_scheme_or_the_gates_refuse() {
        let (engine, asked) = fetching(|| Ok(KeyAnswer::Key(PEM.to_owned())));
        let elsewhere = message("Notification", "https://evil.example.com/x.pem");
        assert_eq!(reason(&receive(&engine, &topic(), &elsewhere)), "malformed");

        let mut restricted = config("amazon-sns");
        restricted.addresses = Some(AddressList::new(["192.0.2.0/24"]).unwrap());
        restricted.policy = PolicyConfig::Comma;
        let restricted = Source::new(restricted).unwrap();
        let mut request = message("Notification", CERTIFICATE);
        request.remote = Some("198.51.100.7".parse().unwrap());
        assert_eq!(reason(&receive(&engine, &restricted, &request)), "address_not_allowed");
        assert!(asked.lock().unwrap().is_empty());
    }

    #[test]
    fn an_unknown_key_is_the_senders_fault_and_a_silent_provider_is_ours() {
        let request = message("Notification", CERTIFICATE);
        let (engine, _) = fetching(|| Ok(KeyAnswer::Unknown));
        assert_eq!(reason(&receive(&engine, &topic(), &request)), "key_unknown");

        let (silent, _) = fetching(|| Err(KeyFetchError::new("it timed out")));
        let (nonsense, _) = fetching(|| Ok(KeyAnswer::Key("<html>later</html>".to_owned())));
        for engine in [silent, nonsense] {
            let source = topic();
            let fault = request.deliver(|delivery| engine.receive(&source, delivery).unwrap_err());
            assert!(fault.response.status() >= 500);
            assert!(fault.error.is_retryable());
        }
        // Without a way to fetch keys the operator must act: the sender tries again meanwhile.
        let receipt = receive(&super::engine(), &topic(), &request);
        assert_eq!(reason(&receipt), "unanswered");
        assert!(receipt.response.status() >= 500);
    }
}
