//! The sample tunnel.
#![cfg(feature = "test-util")]

mod common;

use std::time::Duration;

use common::*;
use hookstage::json::{Document, DuplicateKeys, LoneSurrogates, Path, ReadOptions};
use hookstage::payload::SchemaOptions;
use hookstage::store::{EventFilter, MemoryStore};
use hookstage::{
    Apply, BlockingEngine, Capture, CaptureRule, Engine, Lifecycle, ManualClock, Outcome, Policy,
    PolicyConfig, Refusal, Required, Source, Update,
};

fn with_rule(rule: CaptureRule) -> Source {
    let mut config = config("synerise");
    let mut policy = Policy::synerise();
    policy.capture = Some(rule);
    config.policy = PolicyConfig::Custom(Box::new(policy));
    Source::new(config).unwrap()
}

fn is_captured(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Captured { .. })
}

#[test]
fn r_sy_19_26_r_wx_30_the_tunnel_is_open_to_the_millisecond() {
    for (profile, seconds) in [("synerise", 90), ("wexio", 300)] {
        for (waited, captured) in [
            (Duration::ZERO, true),
            (Duration::from_millis(seconds * 1000 - 1), true),
            (Duration::from_secs(seconds), false),
        ] {
            let clock = ManualClock::at(now());
            let engine = engine_at(&clock);
            let source = source(profile);
            let opened = engine.open_capture(&source).unwrap();
            assert_eq!(opened.ends(), Some(now() + Duration::from_secs(seconds)));
            assert_eq!(opened.is_open(now() + waited), captured, "{profile} {waited:?}");
            let learnt = opened.clone().absorb(b"{}", &ReadOptions::default(), now() + waited);
            assert_eq!(learnt.is_some(), captured, "{profile} {waited:?}");
            clock.advance(waited);
            let receipt = receive(&engine, &source, &genuine(profile, "1"));
            assert_eq!(is_captured(&receipt.outcome), captured, "{profile} {waited:?}");
        }
    }
}

#[test]
fn r_wx_30_opening_again_starts_the_time_again() {
    let clock = ManualClock::at(now());
    let engine = engine_at(&clock);
    let source = source("wexio");
    let first = engine.open_capture(&source).unwrap();
    clock.advance(Duration::from_secs(299));
    let second = engine.open_capture(&source).unwrap();
    assert_eq!(second.session(), first.session() + 1);
    clock.advance(Duration::from_secs(299));
    assert!(is_captured(&receive(&engine, &source, &genuine("wexio", "1")).outcome));
}

#[test]
fn flt_06_r_wx_33_34_a_sample_counts_at_once_closes_the_tunnel_and_is_not_dispatched() {
    let engine = engine();
    let source = source("wexio");
    let _ = engine.open_capture(&source).unwrap();
    let request = genuine("wexio", "1").with("X-Idempotency-Key", "a");
    let receipt = receive(&engine, &source, &request);
    assert_eq!(receipt.outcome, Outcome::Captured { version: Some(1) });
    assert!(receipt.bindings.is_empty() && receipt.contact.is_none());
    assert!(engine.list(&EventFilter::tenant("acme"), None, 10).unwrap().is_empty());

    let capture = engine.capture(source.id()).unwrap();
    assert_eq!(capture.version(), 1);
    assert_eq!(capture.samples(), [body("wexio", "1")]);
    assert_eq!(capture.ends(), None);
    let names: Vec<String> =
        capture.schema().unwrap().fields().iter().map(|field| format!("{field:?}")).collect();
    assert!(names.iter().any(|name| name.contains("email")), "{names:?}");

    // It claimed no key: the same delivery is staged now.
    let after = genuine("wexio", "1").with("X-Idempotency-Key", "b");
    assert!(matches!(receive(&engine, &source, &after).outcome, Outcome::Staged(_)));

    // The next sample replaces it.
    let _ = engine.open_capture(&source).unwrap();
    let _ = receive(&engine, &source, &genuine("wexio", "2"));
    let capture = engine.capture(source.id()).unwrap();
    assert_eq!((capture.version(), capture.samples()), (2, &[body("wexio", "2")][..]));
}

#[test]
fn r_sy_28_a_sample_counts_when_it_was_confirmed() {
    let engine = engine();
    let source = source("synerise");
    let _ = engine.open_capture(&source).unwrap();
    let receipt = receive(&engine, &source, &genuine("synerise", "1"));
    assert_eq!(receipt.outcome, Outcome::Captured { version: None });

    let waiting = engine.capture(source.id()).unwrap();
    assert_eq!(waiting.version(), 0);
    assert_eq!(waiting.waiting(), Some(body("synerise", "1").as_str()));
    assert!(engine.confirm_capture(source.id(), waiting.session() + 1).unwrap().is_none());
    let confirmed = engine.confirm_capture(source.id(), waiting.session()).unwrap().unwrap();
    assert_eq!((confirmed.version(), confirmed.waiting()), (1, None));
    assert!(engine.confirm_capture(source.id(), waiting.session()).unwrap().is_none());

    // One that is dropped leaves what counted before.
    let _ = engine.open_capture(&source).unwrap();
    let _ = receive(&engine, &source, &genuine("synerise", "2"));
    engine.discard_capture(source.id()).unwrap();
    let kept = engine.capture(source.id()).unwrap();
    assert_eq!((kept.version(), kept.waiting()), (1, None));
    assert_eq!(kept.samples(), [body("synerise", "1")]);
}

/// A sample was judged when it came, by what its source lets through, and counts for good.
#[test]
fn a_sample_that_its_source_lets_through_is_learnt_whatever_others_refuse() {
    let json = ReadOptions {
        duplicate_keys: DuplicateKeys::KeepFirst,
        lone_surrogates: LoneSurrogates::Replace,
        max_number_length: 4096,
        max_string_length: 64 * 1024,
        ..ReadOptions::default()
    };
    let long = |text: &str, over: usize| text.repeat(over + 1);
    let defaults = ReadOptions::default();
    for sample in [
        r#"{"a":1,"a":2}"#.to_owned(),
        r#"{"a":"\ud800"}"#.to_owned(),
        format!(r#"{{"a":{}}}"#, long("1", defaults.max_number_length.min(4000))),
    ] {
        assert!(Document::read(sample.as_bytes(), &defaults).is_err(), "{sample}");
        let engine = engine();
        let mut config = config("wexio");
        config.json = json;
        let source = Source::new(config).unwrap();
        let learnt = engine.inject_sample(&source, sample.as_bytes()).unwrap().unwrap();
        assert!(learnt.schema().is_some(), "{sample}");
        let by_event = learnt.schemas(SchemaOptions::default(), Path::parse("event").unwrap());
        assert!(by_event.is_some(), "{sample}");
    }
}

/// The engine whose calls are awaited learns as the blocking one does.
#[test]
fn a_sample_is_learnt_on_both_faces() {
    let store = MemoryStore::new();
    let here = BlockingEngine::with_clock(store.clone(), ManualClock::at(now()));
    let there = Engine::with_clock(store, ManualClock::at(now()));
    let source = source("synerise");
    let opened = block_on(there.open_capture(&source)).unwrap();
    assert_eq!(here.capture(source.id()).unwrap(), opened);
    assert!(opened.is_open(now()));
    let request = genuine("synerise", "1");
    let receipt = request.deliver(|delivery| block_on(there.receive(&source, delivery)).unwrap());
    assert_eq!(receipt.outcome, Outcome::Captured { version: None });
    let waiting = block_on(there.capture(source.id())).unwrap();
    assert_eq!(waiting.waiting(), Some(body("synerise", "1").as_str()));
    assert!(block_on(there.confirm_capture(source.id(), waiting.session() + 1)).unwrap().is_none());
    let confirmed =
        block_on(there.confirm_capture(source.id(), waiting.session())).unwrap().unwrap();
    assert_eq!((confirmed.version(), confirmed.samples()), (1, &[body("synerise", "1")][..]));

    let _ = block_on(there.open_capture(&source)).unwrap();
    block_on(there.discard_capture(source.id())).unwrap();
    assert!(!here.capture(source.id()).unwrap().is_open(now()));
    let pasted = block_on(there.inject_sample(&source, br#"{"a":1}"#)).unwrap().unwrap();
    assert_eq!(pasted.waiting(), Some(r#"{"a":1}"#));
    assert!(block_on(there.inject_sample(&source, b"{")).unwrap().is_none());
    assert_eq!(here.capture(source.id()).unwrap(), pasted);
}

#[test]
fn r_wx_31_37_a_pasted_sample_is_treated_like_one_that_came() {
    let engine = engine();
    let source = source("wexio");
    let learnt = engine.inject_sample(&source, br#"{"a":1}"#).unwrap().unwrap();
    assert_eq!((learnt.version(), learnt.samples()), (1, &[r#"{"a":1}"#.to_owned()][..]));
    assert_eq!(learnt.ends(), None);
    assert!(engine.inject_sample(&source, b"{").unwrap().is_none());
    assert!(engine.inject_sample(&source, &vec![b' '; 102_401]).unwrap().is_none());
    assert_eq!(engine.capture(source.id()).unwrap().version(), 1);
    assert!(engine.inject_sample(&crate::source("comma"), b"{}").is_err());
    // What the policy refuses when it comes is no sample either.
    let mut policy = Policy::synerise();
    policy.required = Required::Members(vec!["/order/id".into()].into());
    let mut config = config("synerise");
    config.policy = PolicyConfig::Custom(Box::new(policy));
    let source = Source::new(config).unwrap();
    for refused in ["[]", "1", r#"{"order":{}}"#, r#"{"order":{"id":null}}"#] {
        assert!(engine.inject_sample(&source, refused.as_bytes()).unwrap().is_none(), "{refused}");
    }
    assert!(engine.inject_sample(&source, br#"{"order":{"id":1}}"#).unwrap().is_some());
}

#[test]
fn flt_06_a_bad_sample_leaves_the_tunnel_open() {
    let engine = engine();
    let source = source("wexio");
    let _ = engine.open_capture(&source).unwrap();
    for bad in [
        signed_with("wexio", SECRET, "{"),
        signed_with("wexio", "another", body("wexio", "1")),
        genuine("wexio", "1").without("content-type"),
    ] {
        let receipt = receive(&engine, &source, &bad);
        assert!(matches!(receipt.outcome, Outcome::Refused(_)));
    }
    assert!(engine.capture(source.id()).unwrap().is_open(now()));
    assert!(is_captured(&receive(&engine, &source, &genuine("wexio", "1")).outcome));
}

#[test]
fn merging_keeps_the_samples_before() {
    let rule = CaptureRule { seconds: 3600, apply: Apply::AtOnce, update: Update::Merge };
    let engine = engine();
    let source = with_rule(rule);
    for number in 0..10 {
        let _ = engine.open_capture(&source).unwrap();
        let _ = receive(&engine, &source, &genuine("synerise", &number.to_string()));
    }
    let capture = engine.capture(source.id()).unwrap();
    assert_eq!(capture.version(), 10);
    let last: Vec<String> = (2..10).map(|id| body("synerise", &id.to_string())).collect();
    assert_eq!(capture.samples(), last);
}

#[test]
fn r_sy_22_a_draft_takes_samples_and_nothing_else() {
    let clock = ManualClock::at(now());
    let engine = engine_at(&clock);
    let mut config = config("synerise");
    config.lifecycle = Lifecycle::Draft;
    let source = Source::new(config).unwrap();
    let request = genuine("synerise", "1");
    let refused = receive(&engine, &source, &request);
    assert_eq!(refused.outcome, Outcome::Refused(Refusal::Inactive));
    assert_eq!(refused.response.status(), 404);
    let _ = engine.open_capture(&source).unwrap();
    assert!(request.deliver(|delivery| engine.receive_head(&source, delivery.head()).is_ok()));
    assert!(is_captured(&receive(&engine, &source, &request).outcome));
    assert_eq!(receive(&engine, &source, &request).response.status(), 404);
}

#[test]
fn r_wx_33_of_samples_that_arrive_together_one_wins() {
    let store = MemoryStore::new();
    let engine = BlockingEngine::with_clock(store, ManualClock::at(now()));
    let rule = CaptureRule { seconds: 300, apply: Apply::AtOnce, update: Update::Merge };
    let source = with_rule(rule);
    for round in 0..50 {
        let _ = engine.open_capture(&source).unwrap();
        let outcomes: Vec<Outcome> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4)
                .map(|number| {
                    let (engine, source) = (&engine, &source);
                    scope.spawn(move || {
                        let request = genuine("synerise", &format!("{round}-{number}"));
                        receive(engine, source, &request).outcome
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(outcomes.iter().filter(|outcome| is_captured(outcome)).count(), 1);
        let staged = outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Staged(_)));
        assert_eq!(staged.count(), 3);
    }
    assert_eq!(engine.capture(source.id()).unwrap().version(), 50);
}

#[test]
fn what_a_capture_stores_comes_back() {
    let rule = CaptureRule { seconds: 90, apply: Apply::OnConfirmation, update: Update::Replace };
    let capture = Capture::default()
        .open(rule, now())
        .absorb(b" [1] ", &ReadOptions::default(), now())
        .unwrap();
    let text = serde_json::to_string(&capture).unwrap();
    assert_eq!(serde_json::from_str::<Capture>(&text).unwrap(), capture);
    for seconds in [0, 86_401] {
        let mut config = config("synerise");
        let mut policy = Policy::synerise();
        policy.capture = Some(CaptureRule { seconds, ..rule });
        config.policy = PolicyConfig::Custom(Box::new(policy));
        assert!(Source::new(config).is_err());
    }
}
