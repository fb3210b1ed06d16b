//! ConnectGain's webhooks: what its pages promise, by deliveries as its examples make them.
#![cfg(feature = "test-util")]

mod common;

use std::collections::BTreeMap;
use std::time::Duration;

use common::*;
use hookstage::connectgain::{
    DeliveryAttempt, Envelope, EnvelopeFaultKind, EventName, Group, RESPOND_WITHIN, Transport,
    WebhookConfig, test_event,
};
use hookstage::json::{Document, ReadOptions};
use hookstage::scheme::{Parameters, Subject, explain};
use hookstage::store::{EventFilter, HistoryFilter};
use hookstage::{
    BlockingEngine, ConfigError, Delivery, Head, Lifecycle, ManualClock, Outcome, Policy,
    PolicyConfig, Refusal, Scheme, Secret, Source, SourceConfig, Subscription, Timestamp, admit,
    providers,
};

/// HMAC-SHA256 of the body under `hookstage-test-secret`, made with Python's hmac.
const BODY: &str =
    r#"{"event":"contact.created","timestamp":"2024-01-15T10:30:00Z","data":{"id":"c-1"}}"#;
const MAC: &str = "cbab26ae288b46b794c80420757b169e1538354f2f8686479f4cd3f95490f351";

fn with(change: impl FnOnce(&mut SourceConfig)) -> Source {
    let mut config = config("connectgain");
    change(&mut config);
    Source::new(config).unwrap()
}

fn outcome_of(engine: &BlockingEngine, source: &Source, request: &Request) -> &'static str {
    match receive(engine, source, request).outcome {
        Outcome::Refused(refusal) | Outcome::Ignored(refusal) => refusal.code(),
        outcome => outcome.as_str(),
    }
}

fn code(request: &Request) -> &'static str {
    outcome_of(&engine(), &source("connectgain"), request)
}

fn signed(body: &str) -> Request {
    signed_with("connectgain", SECRET, body)
}

fn subject<'a>(scheme: &'a Scheme, keys: &'a [Secret], parameters: &'a Parameters) -> Subject<'a> {
    Subject { scheme, keys, parameters, other_keys: &[], other_schemes: &[] }
}

#[test]
fn r_cg_1_9_events_of_every_kind_are_received_whatever_their_data_is() {
    let engine = engine();
    let source = source("connectgain");
    let datas =
        ["{}", "[]", "\"text\"", "7", r#"{"id":"uuid","first_name":"John","nested":{"a":[1]}}"#];
    for (event, data) in EventName::ALL.iter().zip(datas.iter().cycle()) {
        let body = format!(
            r#"{{"event":"{event}","timestamp":"2024-01-15T10:30:00Z","data":{data},"more":1}}"#
        );
        let receipt = receive(&engine, &source, &signed(&body));
        let Outcome::Staged(id) = receipt.outcome else { panic!("{body}: {receipt:?}") };
        let staged = engine.get("acme", id).unwrap().unwrap();
        assert_eq!(staged.event_type.as_deref(), Some(event.as_str()));
        assert_eq!(&*staged.body, body.as_bytes());
    }
}

#[test]
fn r_cg_2_the_catalogue_has_17_names_and_keeps_the_others() {
    let names = [
        "contact.created",
        "contact.updated",
        "contact.assigned",
        "deal.created",
        "deal.updated",
        "deal.stage.changed",
        "deal.assigned",
        "conversation.created",
        "conversation.assigned",
        "conversation.status.changed",
        "message.received",
        "message.sent",
        "message.delivered",
        "message.read",
        "message.failed",
        "broadcast.response",
        "zoom.recording.completed",
    ];
    assert_eq!(EventName::ALL.map(|event| event.to_string()), names);
    for (name, event) in names.iter().zip(EventName::ALL) {
        assert_eq!(name.parse::<EventName>().unwrap(), event);
        assert!(event.is_known() && event.meaning().is_some());
        let text = serde_json::to_string(&event).unwrap();
        assert_eq!(text, format!("\"{name}\""));
        assert_eq!(serde_json::from_str::<EventName>(&text).unwrap(), event);
    }
    for name in ["deal.won", "contact.Created", " contact.created", ""] {
        let event = EventName::from(name);
        assert_eq!(event, EventName::Other(name.to_owned()));
        assert_eq!((event.as_str(), event.group(), event.meaning()), (name, None, None));
        assert_eq!(String::from(event), name);
    }
    // An event that the catalogue does not have is staged like any other.
    assert_eq!(code(&signed(&BODY.replace("contact.created", "deal.won"))), "staged");
}

#[test]
fn r_cg_3_a_group_is_no_prefix() {
    let counts = Group::ALL.map(|group| group.events().count());
    assert_eq!(counts, [3, 4, 3, 5, 1, 1]);
    let meetings: Vec<EventName> = Group::Meeting.events().collect();
    assert_eq!(meetings, [EventName::ZoomRecordingCompleted]);
    assert!(!meetings[0].as_str().starts_with("meeting"));
    // A pattern goes by the name; a group by its list.
    assert!(!Subscription::only(["meeting.*"]).takes(Some("zoom.recording.completed")));
    let group = Subscription::only(meetings.iter().map(EventName::as_str));
    assert!(group.takes(Some("zoom.recording.completed")));
}

#[test]
fn r_cg_4_a_conversation_says_whether_it_is_open_or_closed() {
    assert!(EventName::ConversationStatusChanged.meaning().unwrap().contains("opened or closed"));
    for status in ["OPEN", "CLOSED"] {
        let body = format!(
            r#"{{"event":"conversation.status.changed","timestamp":"2024-01-15T10:30:00Z","data":{{"id":"1","status":"{status}"}}}}"#
        );
        let document = Document::read(body.as_bytes(), &ReadOptions::default()).unwrap();
        let envelope = Envelope::read(&document).unwrap();
        assert_eq!(envelope.event, EventName::ConversationStatusChanged);
        assert!(envelope.data.raw().contains(status));
    }
}

#[test]
fn r_cg_5_6_only_posts_of_json_are_taken() {
    let request = genuine("connectgain", "1");
    for method in ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "post"] {
        let receipt = receive(&engine(), &source("connectgain"), &request.clone().by(method));
        assert_eq!(receipt.response.status(), 405, "{method}");
        assert_eq!(receipt.response.header("allow"), Some("POST"));
    }
    for body in ["", "text", "{", "a=b", "<x/>"] {
        assert_eq!(code(&signed(body)), "not_json", "{body}");
    }
    for body in ["[]", "1", "null", "\"{}\""] {
        assert_eq!(code(&signed(body)), "not_an_object", "{body}");
    }
}

#[test]
fn r_cg_7_8_an_envelope_tells_everything_that_is_wrong_at_once() {
    use EnvelopeFaultKind::{Missing, NotAnObject, NotName, NotTime};
    let faults = |body: &str| {
        let document = Document::read(body.as_bytes(), &ReadOptions::default()).unwrap();
        match Envelope::read(&document) {
            Ok(_) => Vec::new(),
            Err(faults) => {
                faults.faults().iter().map(|fault| (fault.at, fault.kind)).collect::<Vec<_>>()
            }
        }
    };
    assert_eq!(faults("{}"), [("/event", Missing), ("/timestamp", Missing), ("/data", Missing)]);
    assert_eq!(
        faults(r#"{"event":null,"timestamp":null,"data":null}"#),
        [("/event", Missing), ("/timestamp", Missing), ("/data", Missing)]
    );
    assert_eq!(
        faults(r#"{"event":"","timestamp":1705314600,"data":{}}"#),
        [("/event", NotName), ("/timestamp", NotTime)]
    );
    assert_eq!(faults("[]"), [("", NotAnObject)]);
    for (timestamp, is_time) in [
        ("2024-01-15T10:30:00Z", true),
        ("2024-01-15T10:30:00.123Z", true),
        ("2024-01-15T11:30:00+01:00", true),
        ("2024-01-15 10:30:00Z", false),
        ("2024-01-15T10:30:00", false),
        ("2024-01-15t10:30:00z", false),
        ("2024-13-15T10:30:00Z", false),
        ("yesterday", false),
        ("", false),
    ] {
        let body = BODY.replace("2024-01-15T10:30:00Z", timestamp);
        assert_eq!(faults(&body).is_empty(), is_time, "{timestamp}");
        let wanted = if is_time { "staged" } else { "incomplete" };
        assert_eq!(code(&signed(&body)), wanted, "{timestamp}");
    }
    let document = Document::read(BODY.as_bytes(), &ReadOptions::default()).unwrap();
    let envelope = Envelope::read(&document).unwrap();
    assert_eq!(envelope.occurred_at, Timestamp::from_unix_seconds(1_705_314_600));
    assert_eq!(envelope.extras().count(), 0);

    // A host that wants less of the body says so.
    let mut lenient = Policy::connectgain();
    lenient.required = hookstage::Required::Nothing;
    let lenient = with(|config| config.policy = PolicyConfig::Custom(Box::new(lenient)));
    assert_eq!(outcome_of(&engine(), &lenient, &signed("{}")), "staged");
}

#[test]
fn r_cg_10_event_id_and_time_together_tell_two_events_apart() {
    let engine = engine();
    let source = source("connectgain");
    let of = |event: &str, time: &str, id: &str| {
        let body = format!(r#"{{"event":"{event}","timestamp":"{time}","data":{{"id":"{id}"}}}}"#);
        outcome_of(&engine, &source, &signed(&body))
    };
    let time = "2024-01-15T10:30:00Z";
    assert_eq!(of("deal.created", time, "d-1"), "staged");
    assert_eq!(of("deal.created", time, "d-1"), "duplicate");
    assert_eq!(of("deal.updated", time, "d-1"), "staged");
    assert_eq!(of("deal.created", time, "d-2"), "staged");
    assert_eq!(of("deal.created", "2024-01-15T10:30:01Z", "d-1"), "staged");
}

#[test]
fn r_cg_12_a_header_that_contradicts_the_body_is_noted_and_believed_in_nothing() {
    let engine = engine();
    let source = with(|config| config.events = Subscription::only(["contact.*"]));
    for (id, header, is_noted) in [
        ("1", None, false),
        ("2", Some("contact.created"), false),
        ("3", Some("deal.created"), true),
    ] {
        let mut request =
            genuine("connectgain", id).with("X-Webhook-Timestamp", "1999-01-01T00:00:00Z");
        if let Some(header) = header {
            request = request.with("X-Webhook-Event", header);
        }
        // The body says what it is, so it is taken although the header names what is not wanted.
        let Outcome::Staged(event) = receive(&engine, &source, &request).outcome else { panic!() };
        let staged = engine.get("acme", event).unwrap().unwrap();
        assert_eq!(staged.event_type.as_deref(), Some("contact.created"));
        let rows = engine.history(&HistoryFilter::tenant("acme"), None, 1).unwrap();
        let detail = rows[0].1.detail.clone().unwrap_or_default();
        assert_eq!(detail.contains("x-webhook-event"), is_noted, "{header:?}: {detail}");
        assert!(!detail.contains("deal.created"), "a header's value is not repeated");

        let document = Document::read(&staged.body, &ReadOptions::default()).unwrap();
        let envelope = Envelope::read(&document).unwrap();
        let agrees = request.deliver(|delivery| envelope.agrees_with(delivery.head()));
        assert_eq!(agrees, !is_noted);
    }
    // Nor does a header make an event wanted that is not.
    let other = body("connectgain", "4").replace("contact.created", "deal.created");
    let request = signed(&other).with("X-Webhook-Event", "contact.created");
    assert_eq!(outcome_of(&engine, &source, &request), "not_subscribed");
    // A sender that writes another header is compared by that one.
    let mut policy = Policy::connectgain();
    policy.event_header = Some("X-Kind".into());
    let source = with(|config| config.policy = PolicyConfig::Custom(Box::new(policy)));
    for (id, header, is_noted) in [("5", "X-Webhook-Event", false), ("6", "X-Kind", true)] {
        let request = genuine("connectgain", id).with(header, "deal.created");
        assert_eq!(outcome_of(&engine, &source, &request), "staged");
        let rows = engine.history(&HistoryFilter::tenant("acme"), None, 1).unwrap();
        let detail = rows[0].1.detail.clone().unwrap_or_default();
        assert_eq!(detail.contains("x-kind"), is_noted, "{header}: {detail}");
    }
}

#[test]
fn r_cg_8_12_a_host_can_ask_for_fresh_bodies_and_never_for_a_fresh_header() {
    use hookstage::scheme::{Place, SignedTime, TimeUnit, Tolerance};
    let mut description = providers::CONNECTGAIN.scheme().description().clone();
    description.timestamp = Some(SignedTime {
        at: Place::body("/timestamp"),
        unit: TimeUnit::Rfc3339,
        tolerance: Tolerance::Within { past: 300, future: 300 },
    });
    let scheme = Scheme::new(description.clone()).unwrap();
    let fresh = with(|config| config.scheme = Some(scheme));
    for (time, wanted) in [
        ("2023-11-14T22:13:20Z", "staged"),
        ("2023-11-14T22:08:20Z", "staged"),
        ("2023-11-14T22:08:19Z", "stale"),
        ("2023-11-14T22:18:21Z", "future"),
        ("2024-01-15T10:30:00Z", "future"),
    ] {
        let body = BODY.replace("2024-01-15T10:30:00Z", time);
        assert_eq!(outcome_of(&engine(), &fresh, &signed(&body)), wanted, "{time}");
    }
    // A time that no signature covers proves nothing, so a scheme that rests on it is not sound.
    if let Some(time) = &mut description.timestamp {
        time.at = Place::header("x-webhook-timestamp");
    }
    assert!(Scheme::new(description).is_err());
}

#[test]
fn r_cg_13_14_the_mac_is_of_the_raw_bytes_in_bare_hex() {
    let shown = |mac: &str| Request::new(BODY).with("X-Webhook-Signature", mac);
    assert_eq!(code(&shown(MAC)), "staged");
    assert_eq!(code(&shown(&format!("sha256={MAC}"))), "malformed");
    assert_eq!(code(&shown(&MAC[..62])), "malformed");
    let rewritten = BODY.replace("\":", "\": ");
    let request = Request::new(rewritten.clone()).with("X-Webhook-Signature", MAC);
    assert_eq!(code(&request), "mismatch");
    // The operator is told that the body was rewritten; nothing is believed for it.
    let secret = Secret::new(SECRET).unwrap();
    let scheme = providers::CONNECTGAIN.scheme();
    let parameters = Parameters::new();
    let subject = subject(&scheme, std::slice::from_ref(&secret), &parameters);
    let hints = request.deliver(|delivery| explain(&subject, delivery, now()));
    let codes: Vec<&str> = hints.iter().map(|hint| hint.code()).collect();
    assert!(codes.iter().any(|code| code.contains("body")), "{codes:?}");
}

#[test]
fn r_cg_16_what_is_answered_is_what_its_examples_answer() {
    let wrong = signed_with("connectgain", "another", BODY);
    let receipt = receive(&engine(), &source("connectgain"), &wrong);
    assert_eq!((receipt.response.status(), receipt.response.body()), (401, "Invalid signature"));
    let receipt = receive(&engine(), &source("connectgain"), &signed(BODY));
    assert_eq!((receipt.response.status(), receipt.response.body()), (200, "OK"));
}

#[test]
fn r_cg_17_31_34_what_nobody_wants_is_acknowledged_told_apart_and_not_kept() {
    let engine = engine();
    let source = with(|config| config.events = Subscription::only(["deal.*", "message.read"]));
    for (event, wanted) in [
        ("deal.created", "staged"),
        ("deal.stage.changed", "staged"),
        ("message.read", "staged"),
        ("message.sent", "not_subscribed"),
        ("dealership.created", "not_subscribed"),
        ("deal", "not_subscribed"),
    ] {
        let body = body("connectgain", event).replace("contact.created", event);
        let receipt = receive(&engine, &source, &signed(&body));
        assert_eq!((receipt.response.status(), receipt.response.body()), (200, "OK"));
        match receipt.outcome {
            Outcome::Ignored(refusal) => assert_eq!(refusal.code(), wanted),
            outcome => assert_eq!(outcome.as_str(), wanted, "{event}"),
        }
    }
    assert_eq!(engine.list(&EventFilter::tenant("acme"), None, 10).unwrap().len(), 3);
    let mut filter = HistoryFilter::tenant("acme");
    filter.outcome = Some("ignored".into());
    let rows = engine.history(&filter, None, 10).unwrap();
    assert_eq!(rows.len(), 3);
    assert!(rows.iter().all(|(_, row)| row.reason.as_deref() == Some("not_subscribed")));
}

const SETTINGS: &str = r#"{
    "name": "My Integration",
    "url": "https://example.com/webhooks",
    "events": ["contact.created", "deal.stage.changed"],
    "secret": "your-hmac-secret",
    "is_active": true
}"#;

fn settings(change: impl FnOnce(&mut serde_json::Value)) -> WebhookConfig {
    let mut value = serde_json::from_str(SETTINGS).unwrap();
    change(&mut value);
    serde_json::from_value(value).unwrap()
}

fn faults(error: &ConfigError) -> Vec<&str> {
    error.faults().iter().map(hookstage::ConfigFault::at).collect()
}

#[test]
fn r_cg_18_settings_have_the_names_of_the_api_and_give_no_secret_back() {
    let config = settings(|_| {});
    assert!(config.check(Transport::Https).unwrap().is_empty());
    let text = serde_json::to_value(&config).unwrap();
    let names: Vec<&String> = text.as_object().unwrap().keys().collect();
    assert_eq!(names, ["events", "is_active", "name", "url"]);
    assert!(!format!("{config:?}").contains("your-hmac-secret"));
    for (name, wanted) in [("url_", false), ("active", false), ("secret", true)] {
        let mut value: serde_json::Value = serde_json::from_str(SETTINGS).unwrap();
        value[name] = "x".into();
        assert_eq!(serde_json::from_value::<WebhookConfig>(value).is_ok(), wanted, "{name}");
    }
    for missing in ["name", "url", "events", "is_active"] {
        let mut value: serde_json::Value = serde_json::from_str(SETTINGS).unwrap();
        value.as_object_mut().unwrap().remove(missing);
        assert!(serde_json::from_value::<WebhookConfig>(value).is_err(), "{missing}");
    }
    // All that is wrong is told at once, and nothing of it is repeated.
    let wrong = settings(|value| {
        value["name"] = " ".into();
        value["url"] = "ftp://canary@example.com".into();
        value["events"] = serde_json::json!([]);
    });
    let error = wrong.check(Transport::Https).unwrap_err();
    assert_eq!(faults(&error), ["name", "url", "events"]);
    assert!(!error.to_string().contains("canary"));

    // It becomes a source that takes what it says.
    let source = Source::new(config.into_source("acme", "crm", Transport::Https).unwrap()).unwrap();
    assert_eq!((source.name(), source.lifecycle()), ("My Integration", Lifecycle::Active));
    let request = signed_with("connectgain", "your-hmac-secret", BODY);
    assert_eq!(outcome_of(&engine(), &source, &request), "staged");
    assert_eq!(outcome_of(&engine(), &source, &Request::new(BODY)), "absent");
}

#[test]
fn r_cg_19_all_must_be_said_none_is_refused_and_strange_names_are_told() {
    let check = |events: serde_json::Value| {
        settings(|value| value["events"] = events).check(Transport::Https)
    };
    assert_eq!(faults(&check(serde_json::json!([])).unwrap_err()), ["events"]);
    for bad in
        [r#"["*","deal.created"]"#, r#"["deal*"]"#, r#"[""]"#, r#"["*.created"]"#, r#"[".*"]"#]
    {
        assert!(check(serde_json::from_str(bad).unwrap()).is_err(), "{bad}");
    }
    assert!(check(serde_json::json!(["*"])).unwrap().is_empty());
    let told = check(serde_json::json!(["deal.*", "deal.won", "contact.created", "meeting.*"]));
    let told: Vec<(usize, String)> =
        told.unwrap().into_iter().map(|unknown| (unknown.index, unknown.name)).collect();
    assert_eq!(told, [(1, "deal.won".to_owned()), (3, "meeting.*".to_owned())]);

    let all = settings(|value| value["events"] = serde_json::json!(["*"]));
    let all = Source::new(all.into_source("acme", "crm", Transport::Https).unwrap()).unwrap();
    assert_eq!(all.events(), &Subscription::All);
    // A source that is configured by hand is held to the same.
    let mut none = config("connectgain");
    none.events = Subscription::Only(Vec::new());
    assert_eq!(faults(&Source::new(none).unwrap_err()), ["events"]);
}

#[test]
fn r_cg_20_a_webhook_that_is_not_active_takes_nothing() {
    let inactive = settings(|value| value["is_active"] = false.into());
    let inactive = inactive.into_source("acme", "crm", Transport::Https).unwrap();
    let inactive = Source::new(inactive).unwrap();
    let receipt =
        receive(&engine(), &inactive, &signed_with("connectgain", "your-hmac-secret", BODY));
    assert_eq!(receipt.outcome, Outcome::Refused(Refusal::Inactive));
    assert_eq!(receipt.response.status(), 404);
}

#[test]
fn r_cg_11_a_webhook_without_a_secret_stays_marked() {
    let open = settings(|value| {
        value.as_object_mut().unwrap().remove("secret");
    });
    let open = Source::new(open.into_source("acme", "crm", Transport::Https).unwrap()).unwrap();
    let draft = Request::new(BODY).deliver(|delivery| admit(&open, delivery, now()).unwrap());
    assert!(!draft.coverage.binds_body());
    // A signature that nobody asked for proves nothing.
    let shown = signed_with("connectgain", "another", BODY);
    let draft = shown.deliver(|delivery| admit(&open, delivery, now()).unwrap());
    assert!(!draft.coverage.binds_body());
}

#[test]
fn r_cg_26_the_url_is_https_unless_plain_http_is_allowed_in_words() {
    for (url, https, http_too) in [
        ("https://example.com/webhooks", true, true),
        ("HTTPS://example.com", true, true),
        ("https://example.com:8443/a?b=c", true, true),
        ("https://[2001:db8::1]/x", true, true),
        ("https://[2001:db8::1]:8443/x", true, true),
        ("http://example.com/webhooks", false, true),
        ("http://localhost:3000/hook", false, true),
        ("ftp://example.com/", false, false),
        ("example.com/webhooks", false, false),
        ("/webhooks", false, false),
        ("https://", false, false),
        ("https:///path", false, false),
        ("https://user:pass@example.com/", false, false),
        ("https://example.com:0/", false, false),
        ("https://example.com:99999/", false, false),
        ("https://example.com:x/", false, false),
        ("https://exa mple.com/", false, false),
        ("https://example.com\\@evil.example/", false, false),
        ("https://ex\u{e4}mple.com/", false, false),
        ("https://example.com/#part", false, false),
        ("javascript://example.com/%0aalert(1)", false, false),
        ("", false, false),
    ] {
        let config = settings(|value| value["url"] = url.into());
        assert_eq!(config.check(Transport::Https).is_ok(), https, "{url}");
        assert_eq!(config.check(Transport::HttpToo).is_ok(), http_too, "{url}");
    }
}

#[test]
fn r_cg_23_a_test_event_is_signed_verified_logged_and_not_staged() {
    let engine = engine();
    let source = source("connectgain");
    let url = "https://example.com/webhooks";
    for event in EventName::ALL.into_iter().chain([EventName::from("deal.won")]) {
        let request = test_event(source.verifier(), url, &event, "test-1", now()).unwrap();
        let document = Document::read(&request.body, &ReadOptions::default()).unwrap();
        let envelope = Envelope::read(&document).unwrap();
        assert!(envelope.is_test());
        assert_eq!((&envelope.event, envelope.occurred_at), (&event, now()));
        let lines = request.header_lines();
        let head = Head::new(&request.method, &request.url, &lines);
        assert!(envelope.agrees_with(&head));
        let receipt = engine.receive(&source, &Delivery::new(head, &request.body)).unwrap();
        assert_eq!(receipt.outcome, Outcome::Ignored(Refusal::TestEvent), "{event}");
        assert_eq!((receipt.response.status(), receipt.response.body()), (200, "OK"));
        // Only whoever has the secret can send one.
        let forged = Delivery::new(Head::new("POST", url, &[]), &request.body);
        assert_eq!(engine.receive(&source, &forged).unwrap().response.status(), 401);
    }
    assert!(engine.list(&EventFilter::tenant("acme"), None, 1).unwrap().is_empty());
    let mut filter = HistoryFilter::tenant("acme");
    filter.outcome = Some("ignored".into());
    let rows = engine.history(&filter, None, 100).unwrap();
    assert_eq!(rows.len(), 18);
    assert!(rows.iter().all(|(_, row)| row.reason.as_deref() == Some("test_event")));

    // Only `true` marks one, and a host may want them staged.
    for marker in ["false", "\"true\"", "1", "null", "{}"] {
        let body = BODY.replace(
            "{\"id\":\"c-1\"}",
            &format!(r#"{{"id":"{}","test":{marker}}}"#, marker.len()),
        );
        assert_eq!(code(&signed(&body)), "staged", "{marker}");
    }
    let mut policy = Policy::connectgain();
    policy.test_marker = None;
    let staging = with(|config| config.policy = PolicyConfig::Custom(Box::new(policy.clone())));
    let body = BODY.replace("{\"id\":\"c-1\"}", r#"{"id":"c-1","test":true}"#);
    assert_eq!(outcome_of(&engine, &staging, &signed(&body)), "staged");
    policy.test_marker = Some("data.test".into());
    let mut wrong = config("connectgain");
    wrong.policy = PolicyConfig::Custom(Box::new(policy));
    assert_eq!(faults(&Source::new(wrong).unwrap_err()), ["policy.test_marker"]);
}

#[test]
fn r_cg_21_an_attempt_holds_event_payload_status_response_and_error() {
    let at = now();
    let attempt = DeliveryAttempt::of(EventName::DealCreated, BODY.as_bytes(), at);
    // SHA-256 of the body, by another implementation.
    let digest = hex::encode(<sha2::Sha256 as sha2::Digest>::digest(BODY));
    assert_eq!((&attempt.payload_sha256, attempt.payload_length), (&digest, 82));
    assert!(attempt.payload.is_none(), "the payload itself only where it is asked for");
    let answered = attempt.clone().answered(401, b"Invalid signature", Duration::from_millis(12));
    assert_eq!(answered.response_status, Some(401));
    assert_eq!(answered.response_body.as_deref(), Some("Invalid signature"));
    assert_eq!((answered.duration_ms, answered.is_success()), (12, false));
    assert!(attempt.clone().answered(204, b"", Duration::ZERO).is_success());
    let failed = attempt.clone().failed("connection refused", Duration::from_secs(6));
    assert_eq!(failed.error.as_deref(), Some("connection refused"));
    assert!(!failed.is_success() && failed.is_late());
    assert!(!attempt.clone().answered(200, b"", RESPOND_WITHIN).is_late());

    // What a receiver answers is a stranger's text: bounded, and nothing in it acts on a page.
    let hostile = [b"\x1b[31m<script>\r\n\0".as_slice(), &[b'x'; 5000]].concat();
    let kept = attempt.clone().answered(500, &hostile, Duration::ZERO).response_body.unwrap();
    assert!(kept.len() < 1200 && !kept.contains(['\u{1b}', '\r', '\n', '\0']), "{}", kept.len());

    let with_payload = attempt.with_payload(BODY.as_bytes());
    assert_eq!(with_payload.payload.as_deref(), Some(BODY));
    let text = serde_json::to_value(&with_payload).unwrap();
    assert_eq!(text["version"], 1);
    assert_eq!(serde_json::from_value::<DeliveryAttempt>(text).unwrap(), with_payload);
}

#[test]
fn r_cg_24_a_source_with_a_secret_believes_no_unsigned_delivery() {
    for request in [
        Request::new(BODY),
        Request::new(BODY).with("X-Webhook-Signature", ""),
        Request::new(BODY).with("X-Webhook-Secret", SECRET),
        Request::new(BODY).with("Authorization", format!("Bearer {SECRET}")),
    ] {
        let receipt = receive(&engine(), &source("connectgain"), &request);
        assert_eq!(receipt.response.status(), 401);
    }
}

#[test]
fn r_cg_27_the_answer_waits_for_no_workflow() {
    // The bindings are named in the receipt for whoever runs them; the event waits for that.
    let engine = engine();
    let source = with(|config| config.bindings = vec![hookstage::Binding::new("slow workflow")]);
    let receipt = receive(&engine, &source, &signed(BODY));
    assert_eq!(receipt.bindings, ["slow workflow"]);
    assert_eq!(receipt.response.status(), 200);
    assert_eq!(receipt.delay, None);
    assert_eq!(engine.counts("acme", None).unwrap().pending, 1);
    assert_eq!(RESPOND_WITHIN, Duration::from_secs(5));
}

#[test]
fn r_cg_28_29_an_event_is_handled_once_whether_it_is_retried_or_never() {
    let clock = ManualClock::at(now());
    let engine = engine_at(&clock);
    let source = source("connectgain");
    // One that is sent once is staged by that one delivery.
    assert_eq!(outcome_of(&engine, &source, &genuine("connectgain", "once")), "staged");
    // One that is sent again, days later as well, is staged once.
    for day in 0..5 {
        clock.set(now() + Duration::from_secs(day * 24 * 3600));
        let wanted = if day == 0 { "staged" } else { "duplicate" };
        assert_eq!(outcome_of(&engine, &source, &genuine("connectgain", "retried")), wanted);
    }
    assert_eq!(engine.list(&EventFilter::tenant("acme"), None, 10).unwrap().len(), 2);
}

#[test]
fn r_cg_30_the_receiver_keeps_a_row_of_each_delivery() {
    let engine = engine();
    let source = source("connectgain");
    let request = signed(BODY);
    let _ = receive(&engine, &source, &request);
    let _ = receive(&engine, &source, &request);
    let _ = receive(&engine, &source, &signed_with("connectgain", "another", BODY));
    let rows = engine.history(&HistoryFilter::tenant("acme"), None, 10).unwrap();
    let mut counts = BTreeMap::<String, u64>::new();
    for (_, row) in &rows {
        *counts.entry(format!("{} {}", row.outcome, row.status)).or_default() += row.count;
    }
    assert_eq!(
        counts,
        [
            ("duplicate 200".to_owned(), 1),
            ("refused 401".to_owned(), 1),
            ("staged 200".to_owned(), 1)
        ]
        .into()
    );
}

#[test]
fn r_cg_32_every_refusal_has_a_stable_code_and_a_sentence() {
    let limited = with(|config| config.limits.body = Some(10));
    let paused = with(|config| config.lifecycle = Lifecycle::Paused);
    let plain = source("connectgain");
    let mut codes = Vec::new();
    for (source, request) in [
        (&paused, signed(BODY)),
        (&plain, signed_with("connectgain", "another", BODY)),
        (&plain, Request::new(BODY)),
        (&plain, signed(BODY).by("GET")),
        (&limited, signed(BODY)),
        (&plain, signed("{")),
        (&plain, signed("{}")),
    ] {
        let Outcome::Refused(refusal) = receive(&engine(), source, &request).outcome else {
            panic!()
        };
        let sentence = refusal.to_string();
        assert!(sentence.len() > 15 && !sentence.contains(SECRET), "{sentence}");
        codes.push(refusal.code());
    }
    assert_eq!(
        codes,
        [
            "inactive",
            "mismatch",
            "absent",
            "method_not_allowed",
            "body_too_large",
            "not_json",
            "incomplete"
        ]
    );
}

#[test]
fn r_cg_33_a_wrong_signature_is_diagnosed() {
    let scheme = providers::CONNECTGAIN.scheme();
    let diagnose = |secret: &str, request: &Request| {
        let secret = Secret::new(secret).unwrap();
        let parameters = Parameters::new();
        let subject = subject(&scheme, std::slice::from_ref(&secret), &parameters);
        let hints = request.deliver(|delivery| explain(&subject, delivery, now()));
        hints.iter().map(|hint| hint.code().to_owned()).collect::<Vec<_>>()
    };
    let good = signed(BODY);
    assert!(diagnose(SECRET, &good).is_empty(), "what is right needs no hint");
    for (wanted, request) in [
        // The sender's copy of the secret ends in a newline.
        ("key", {
            let padded = hmac_hex("hookstage-test-secret\n", BODY.as_bytes());
            Request::new(BODY).with("X-Webhook-Signature", padded)
        }),
        ("prefix", { Request::new(BODY).with("X-Webhook-Signature", format!("sha256={MAC}")) }),
        ("body", {
            let spaced = BODY.replace("\":", "\": ");
            Request::new(spaced).with("X-Webhook-Signature", MAC)
        }),
    ] {
        let hints = diagnose(SECRET, &request);
        assert!(hints.iter().any(|code| code == wanted), "{wanted}: {hints:?}");
    }
}
