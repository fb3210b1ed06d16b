//! Coeffection's inbound sources: what its pages promise, by deliveries as its snippets make them.
#![cfg(feature = "test-util")]

mod common;

use std::time::Duration;

use common::*;
use hookstage::store::{EventFilter, MemoryStore};
use hookstage::workflow::SystemFields;
use hookstage::{
    BlockingEngine, DedupeConfig, DedupePart, DedupeRule, Lifecycle, ManualClock, Mode,
    OnMissingKey, Outcome, Source, SourceConfig, Status, Transition, Window, providers,
};

/// The body of its Node snippet, and that of its Python snippet.
const COMPACT: &str = r#"{"id":"evt_123","email":"ada@acme.com"}"#;
const SPACED: &str = r#"{"id": "evt_123", "email": "ada@acme.com"}"#;

/// HMAC-SHA256 of `1700000000.` and the body under `hookstage-test-secret`, made with Python's hmac.
const OF_COMPACT: &str = "0f12218de9ee66f1944a4203a06c172a103ed8f2ec42efd858415848eefbaefb";
const OF_SPACED: &str = "df3b17499a94d6668cd0c0041967181e62dff01cbc8dc392e6acc562b4ce40b9";

fn with(change: impl FnOnce(&mut SourceConfig)) -> Source {
    let mut config = config("coeffection");
    change(&mut config);
    Source::new(config).unwrap()
}

fn shown(body: &str, signature: &str) -> Request {
    Request::new(body).with("x-webhook-signature", signature)
}

fn code(request: &Request) -> &'static str {
    outcome_of(&engine(), &source("coeffection"), request)
}

fn outcome_of(engine: &BlockingEngine, source: &Source, request: &Request) -> &'static str {
    match receive(engine, source, request).outcome {
        Outcome::Refused(refusal) | Outcome::Ignored(refusal) => refusal.code(),
        outcome => outcome.as_str(),
    }
}

#[test]
fn r_co_1_the_secret_of_one_source_opens_no_other() {
    let secret = "the secret of the other source";
    let one = with(|config| config.source = "one".into());
    let other = with(|config| {
        config.source = "other".into();
        config.keys = vec![key(secret)];
    });
    let engine = engine();
    let request = genuine("coeffection", "evt_1");
    assert_eq!(outcome_of(&engine, &one, &request), "staged");
    assert_eq!(outcome_of(&engine, &other, &request), "mismatch");
    let of_other = signed_with("coeffection", secret, body("coeffection", "evt_1"));
    assert_eq!(outcome_of(&engine, &other, &of_other), "staged");
    assert_eq!(outcome_of(&engine, &one, &of_other), "mismatch");
}

#[test]
fn r_co_2_an_unsigned_source_cannot_be_had() {
    for profile in ["coeffection", "comma", "wexio"] {
        let mut unsigned = SourceConfig::preset("acme", "open", &providers::UNSIGNED);
        unsigned.policy = policy(profile);
        let fault = Source::new(unsigned).unwrap_err().to_string();
        assert!(fault.contains("unsigned"), "{profile}: {fault}");
    }
    // Nor is a source signed that has no secret to sign with, or none that belongs to a tenant.
    let mut keyless = config("coeffection");
    keyless.keys.clear();
    assert!(Source::new(keyless).is_err());
    let mut nobodys = config("coeffection");
    nobodys.tenant = String::new();
    assert!(Source::new(nobodys).is_err());
    // The two systems that take unsigned deliveries say so.
    for profile in ["connectgain", "synerise"] {
        let mut unsigned = SourceConfig::preset("acme", "open", &providers::UNSIGNED);
        unsigned.policy = policy(profile);
        assert!(Source::new(unsigned).is_ok(), "{profile}");
    }
}

#[test]
fn r_co_3_6_9_8_receiving_stages_and_does_nothing_else_in_either_mode() {
    for mode in [Mode::Auto, Mode::Review] {
        let engine = engine();
        let source = with(|config| {
            config.name = "Demo requests".into();
            config.mode = mode;
        });
        assert_eq!((source.name(), source.mode()), ("Demo requests", mode));
        let receipt = receive(&engine, &source, &genuine("coeffection", "evt_1"));
        let Outcome::Staged(id) = receipt.outcome else { panic!("{receipt:?}") };
        let event = engine.get("acme", id).unwrap().unwrap();
        assert_eq!((event.status, event.attempts), (Status::Pending, 0));
        assert!(event.settlement.is_none() && event.lease.is_none());
        let counts = engine.counts("acme", None).unwrap();
        assert_eq!((counts.pending, counts.promoted), (1, 0));
    }
}

#[test]
fn r_co_5_18_what_is_kept_is_what_came_byte_for_byte_and_only_once_verified() {
    let odd =
        "{\n  \"id\" : \"evt_1\",\t\"n\": 1.50e2, \"n2\":9007199254740993,\"x\":\"\\u0041\" }\r\n";
    for body in [odd, r#"[1,2,{"id":3}]"#, "\"text\"", "7"] {
        let engine = engine();
        let source = source("coeffection");
        let forged = signed_with("coeffection", "another", body);
        assert_eq!(outcome_of(&engine, &source, &forged), "mismatch");
        assert!(engine.list(&EventFilter::tenant("acme"), None, 1).unwrap().is_empty());
        let receipt = receive(&engine, &source, &signed_with("coeffection", SECRET, body));
        let Outcome::Staged(id) = receipt.outcome else { panic!("{body}: {receipt:?}") };
        assert_eq!(&*engine.get("acme", id).unwrap().unwrap().body, body.as_bytes());
    }
}

#[test]
fn r_co_11_12_api_04_a_known_id_is_a_success_for_ever_and_creates_nothing() {
    let clock = ManualClock::at(now());
    let engine = engine_at(&clock);
    let source = source("coeffection");
    let first = receive(&engine, &source, &genuine("coeffection", "evt_1"));
    let Outcome::Staged(id) = first.outcome else { panic!() };
    for days in [0, 1, 365, 36_500] {
        clock.set(now() + Duration::from_secs(days * 24 * 3600));
        let time = clock_seconds(&clock);
        let again = signed_at("coeffection", SECRET, time, body("coeffection", "evt_1"));
        let receipt = receive(&engine, &source, &again);
        assert_eq!(receipt.outcome, Outcome::Duplicate { id, payload_differs: false }, "{days}");
        assert_eq!(seen(&receipt), seen(&first), "the sender sees no difference");
    }
    let other = signed_at("coeffection", SECRET, clock_seconds(&clock), r#"{"id":"evt_1","x":1}"#);
    let receipt = receive(&engine, &source, &other);
    assert_eq!(receipt.outcome, Outcome::Duplicate { id, payload_differs: true });
    assert_eq!(seen(&receipt), seen(&first));
    assert_eq!(engine.list(&EventFilter::tenant("acme"), None, 10).unwrap().len(), 1);
}

fn clock_seconds(clock: &ManualClock) -> i64 {
    use hookstage::Clock as _;
    clock.now().as_unix_seconds()
}

#[test]
fn r_co_11_r_co_17_another_path_can_be_the_dedupe_key() {
    let engine = engine();
    let source = with(|config| {
        config.dedupe = DedupeConfig::Rule {
            rule: DedupeRule::new(
                [DedupePart::body("order.number").unwrap()],
                OnMissingKey::AcceptWithoutKey,
            )
            .unwrap(),
            window: Window::Unlimited,
        };
    });
    let of = |body: &str| outcome_of(&engine, &source, &signed_with("coeffection", SECRET, body));
    assert_eq!(of(r#"{"id":"a","order":{"number":7}}"#), "staged");
    assert_eq!(of(r#"{"id":"b","order":{"number":7}}"#), "duplicate");
    assert_eq!(of(r#"{"id":"a","order":{"number":8}}"#), "staged");
    // Deliveries without a key are each new: they share none.
    assert_eq!(of(r#"{"id":"a"}"#), "staged");
    assert_eq!(of(r#"{"id":"a"}"#), "staged");
}

#[test]
fn r_co_19_26_the_signatures_of_both_snippets_are_those_of_another_implementation() {
    for (body, mac) in [(COMPACT, OF_COMPACT), (SPACED, OF_SPACED)] {
        assert_eq!(code(&shown(body, &format!("t=1700000000,v1={mac}"))), "staged");
        // The time is signed: another one that is fresh as well does not do.
        assert_eq!(code(&shown(body, &format!("t=1700000001,v1={mac}"))), "mismatch");
        // As is every byte of the body.
        assert_eq!(
            code(&shown(&body.replace("ada", "eva"), &format!("t=1700000000,v1={mac}"))),
            "mismatch"
        );
    }
    // What is signed is the time as it stood, so a number has one spelling.
    for spelling in ["01700000000", "+1700000000", "1700000000.0", "1.7e9", "-1700000000"] {
        let content = format!("{spelling}.{COMPACT}");
        let value = format!("t={spelling},v1={}", hmac_hex(SECRET, content.as_bytes()));
        assert_eq!(code(&shown(COMPACT, &value)), "malformed", "{spelling}");
    }
}

#[test]
fn r_co_20_the_header_is_a_list_that_is_read_strictly_where_it_counts() {
    let good = OF_COMPACT;
    let bad = "0".repeat(64);
    for (value, wanted) in [
        (format!("t=1700000000,v1={good}"), "staged"),
        (format!("v1={good},t=1700000000"), "staged"),
        (format!("t=1700000000, v1={good}"), "staged"),
        (format!("t=1700000000,v1={bad},v1={good}"), "staged"),
        (format!("t=1700000000,v0={bad},v1={good},x=y"), "staged"),
        (format!("t=1700000000,v1={bad}"), "mismatch"),
        (format!("t=1700000000,v0={good}"), "malformed"),
        (format!("t=1700000000,t=1700000000,v1={good}"), "malformed"),
        (format!("v1={good}"), "malformed"),
        ("t=1700000000".into(), "malformed"),
        (format!("t=1700000000{}", format!(",v1={bad}").repeat(17)), "malformed"),
        (String::new(), "malformed"),
    ] {
        assert_eq!(refined(code(&shown(COMPACT, &value))), wanted, "{value}");
    }
    let value = format!("t=1700000000,v1={good}");
    let upper = Request::new(COMPACT).with("X-WEBHOOK-SIGNATURE", value.clone());
    assert_eq!(code(&upper), "staged", "names of headers have no case");
    let twice = upper.with("x-webhook-signature", value);
    assert_eq!(code(&twice), "malformed", "two header lines are one too many");
    assert_eq!(code(&Request::new(COMPACT)), "absent");
}

/// An item that is not there is told as absent or malformed; to the sender it is the same.
fn refined(code: &'static str) -> &'static str {
    if code == "absent" { "malformed" } else { code }
}

#[test]
fn r_co_23_a_secret_is_its_own_text_whatever_it_looks_like() {
    for secret in
        ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "c2VjcmV0LXRoYXQtaXMtYmFzZTY0", "6465636f7921"]
    {
        let source = with(|config| {
            config.keys.clear();
            config.keys.push(key(secret));
        });
        let request = signed_with("coeffection", secret, COMPACT);
        assert_eq!(outcome_of(&engine(), &source, &request), "staged", "{secret}");
    }
}

fn key(secret: &str) -> hookstage::KeyConfig {
    serde_json::from_value(serde_json::json!({ "secret": secret })).unwrap()
}

#[test]
fn r_co_25_what_is_said_of_the_body_is_not_looked_at() {
    let base = genuine("coeffection", "1").without("content-type");
    for value in ["application/json", "text/plain", "application/x-www-form-urlencoded", ""] {
        assert_eq!(code(&base.clone().with("content-type", value)), "staged", "{value}");
    }
    assert_eq!(code(&base), "staged");
}

#[test]
fn r_co_27_the_same_json_written_otherwise_is_not_what_was_signed() {
    let signature = format!("t=1700000000,v1={OF_COMPACT}");
    for body in [
        SPACED,
        r#"{"email":"ada@acme.com","id":"evt_123"}"#,
        "{\"id\":\"evt_123\",\"email\":\"ada@acme.com\"}\n",
        r#"{"id":"evt_\u0031\u0032\u0033","email":"ada@acme.com"}"#,
    ] {
        assert_eq!(code(&shown(body, &signature)), "mismatch", "{body}");
    }
}

#[test]
fn r_co_15_a_pasted_sample_shows_its_fields_under_dotted_paths() {
    use hookstage::json::{Document, ReadOptions};
    use hookstage::payload::{FlatView, FlattenOptions, PathStyle};
    let sample =
        br#"{"id":"evt_1","customer":{"email":"ada@acme.com","address":{"city":"Paris"}}}"#;
    let document = Document::read(sample, &ReadOptions::default()).unwrap();
    let view = FlatView::new(&document, &FlattenOptions::default());
    let fields: Vec<(String, &str)> =
        view.leaves().map(|leaf| (leaf.path(PathStyle::Dot), leaf.raw())).collect();
    let wanted = [
        ("id", "\"evt_1\""),
        ("customer.email", "\"ada@acme.com\""),
        ("customer.address.city", "\"Paris\""),
    ];
    assert_eq!(fields, wanted.map(|(path, raw)| (path.to_owned(), raw)));
    // Each of them leads back to its value, so it can be a column or the dedupe key.
    for (path, _) in wanted {
        assert!(DedupePart::body(path).is_ok(), "{path}");
    }
}

#[test]
fn r_co_10_28_events_may_have_no_workflow_one_or_several() {
    use hookstage::Binding;
    for names in [&[][..], &["leads"], &["leads", "crm", "billing"]] {
        let source = with(|config| {
            config.bindings = names.iter().map(|name| Binding::new(*name)).collect();
        });
        let receipt = receive(&engine(), &source, &genuine("coeffection", "1"));
        assert!(matches!(receipt.outcome, Outcome::Staged(_)));
        assert_eq!(receipt.response.status(), 202, "staged with or without a target");
        assert_eq!(receipt.bindings, names);
    }
}

#[test]
fn r_co_24_41_tenant_and_source_come_from_the_address_and_from_nothing_in_the_body() {
    let store = MemoryStore::new();
    let engine = BlockingEngine::with_clock(store, ManualClock::at(now()));
    let mine = source("coeffection");
    let theirs = with(|config| config.tenant = "globex".into());
    let claim = r#"{"id":"1","tenant":"globex","tenantId":"globex","source":"other","owner":"x"}"#;
    let receipt = receive(&engine, &mine, &signed_with("coeffection", SECRET, claim));
    let Outcome::Staged(id) = receipt.outcome else { panic!() };
    assert_eq!(engine.get("acme", id).unwrap().unwrap().source.tenant(), "acme");
    assert!(engine.get("globex", id).unwrap().is_none());
    // The same source name and the same id under another tenant are another event.
    assert_eq!(outcome_of(&engine, &theirs, &genuine("coeffection", "1")), "staged");
    for tenant in ["acme", "globex"] {
        assert_eq!(engine.list(&EventFilter::tenant(tenant), None, 10).unwrap().len(), 1);
    }
}

#[test]
fn r_co_33_ded_12_a_high_volume_in_auto_mode_is_staged_once_each() {
    let engine = engine();
    let source = with(|config| config.mode = Mode::Auto);
    let (threads, each) = (8, 250);
    // Every delivery is sent by two threads at once.
    let words: Vec<&str> = std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads)
            .map(|thread| {
                let (engine, source) = (&engine, &source);
                scope.spawn(move || {
                    (0..each)
                        .map(|number| {
                            let id = format!("evt_{}_{number}", thread / 2);
                            outcome_of(engine, source, &genuine("coeffection", &id))
                        })
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        running.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    let count = |wanted: &str| words.iter().filter(|word| **word == wanted).count();
    assert_eq!((count("staged"), count("duplicate")), (threads / 2 * each, threads / 2 * each));
    assert_eq!(engine.counts("acme", None).unwrap().pending, (threads / 2 * each) as u64);
}

#[test]
fn r_co_36_ded_18_a_rejected_event_does_not_come_back() {
    let engine = engine();
    let source = source("coeffection");
    let request = genuine("coeffection", "evt_1");
    let Outcome::Staged(id) = receive(&engine, &source, &request).outcome else { panic!() };
    let _ = engine.settle("acme", id, Transition::Reject, "ada", None).unwrap();
    let again = receive(&engine, &source, &request);
    assert_eq!(again.outcome, Outcome::Duplicate { id, payload_differs: false });
    assert_eq!(engine.get("acme", id).unwrap().unwrap().status, Status::Rejected);
}

#[test]
fn r_co_38_39_nothing_on_the_way_in_knows_a_workflow() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let judged: Vec<(String, String)> = sources(&root)
        .into_iter()
        .filter(|(file, text)| {
            let place = file.trim_start_matches(&*root.display().to_string());
            let rooms = ["/admit", "/dedupe", "/scheme", "/store"];
            rooms.iter().any(|room| place.starts_with(room))
                // An engine does other things too; what counts is where it receives.
                || place.starts_with("/engine") && text.contains("authenticate_under")
        })
        .collect();
    assert!(judged.len() > 20 && judged.iter().any(|(file, _)| file.contains("engine")));
    for (file, text) in judged {
        for word in ["crate::workflow", "crate::promotion", "crate::template"] {
            assert!(!text.contains(word), "{file} uses {word}");
        }
    }
}

fn sources(path: &std::path::Path) -> Vec<(String, String)> {
    if path.is_file() {
        return vec![(path.display().to_string(), std::fs::read_to_string(path).unwrap())];
    }
    let entries = std::fs::read_dir(path).unwrap();
    entries.flat_map(|entry| sources(&entry.unwrap().path())).collect()
}

#[test]
fn r_co_40_the_columns_of_ownership_and_identity_are_off_limits_in_every_spelling() {
    let fields = SystemFields::standard();
    for name in [
        "tenant",
        "tenantId",
        "tenant_id",
        "Tenant-ID",
        "owner",
        "OWNER",
        "account",
        "status",
        "id",
        "recordId",
        "record id",
    ] {
        assert!(fields.contains(name), "{name}");
    }
    for name in ["email", "first_name", "stage", "identity_card"] {
        assert!(!fields.contains(name), "{name}");
    }
}

#[test]
fn r_co_43_rot_05_a_rotation_stops_what_is_under_way_and_what_comes_later() {
    let engine = engine();
    let old = source("coeffection");
    let before = genuine("coeffection", "evt_1");
    assert_eq!(outcome_of(&engine, &old, &before), "staged");
    let new = with(|config| {
        config.keys.clear();
        config.keys.push(key("the secret after the rotation"));
        config.generation = 1;
    });
    engine.supersede(&new).unwrap();
    // Judged under the old one, and committed after it was revoked.
    let under_way = receive(&engine, &old, &genuine("coeffection", "evt_2"));
    assert!(
        matches!(&under_way.outcome, Outcome::Refused(refusal) if refusal.code() == "superseded")
    );
    assert_eq!(seen(&under_way).0, 401);
    // What the old secret signed is refused, and never staged a second time.
    assert_eq!(outcome_of(&engine, &new, &before), "mismatch");
    let resigned =
        signed_with("coeffection", "the secret after the rotation", body("coeffection", "evt_1"));
    assert_eq!(outcome_of(&engine, &new, &resigned), "duplicate");
    // A deactivation is a generation of its own, so it stops what is under way as well.
    let paused = with(|config| {
        config.lifecycle = Lifecycle::Paused;
        config.generation = 2;
    });
    engine.supersede(&paused).unwrap();
    let late =
        signed_with("coeffection", "the secret after the rotation", body("coeffection", "evt_3"));
    assert_eq!(outcome_of(&engine, &new, &late), "superseded");
    assert_eq!(engine.list(&EventFilter::tenant("acme"), None, 10).unwrap().len(), 1);
}

#[test]
fn r_co_44_a_forgery_is_answered_alike_whatever_it_was_addressed_to() {
    let unknown = unknown("coeffection");
    let paused = with(|config| config.lifecycle = Lifecycle::Paused);
    for request in [
        signed_with("coeffection", "another", COMPACT),
        signed_at("coeffection", SECRET, NOW - 301, COMPACT),
        Request::new(COMPACT),
        Request::new("").by("GET"),
    ] {
        let answers = [
            request.deliver(|delivery| engine().receive(&unknown, delivery).unwrap()),
            receive(&engine(), &paused, &request),
            receive(&engine(), &source("coeffection"), &request),
        ];
        for answer in &answers {
            assert_eq!(seen(answer), seen(&answers[0]));
            assert_eq!(answer.response.status(), 401);
        }
    }
}
