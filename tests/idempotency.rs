//! Answers kept under a key that the sender chooses.
#![cfg(feature = "test-util")]

mod common;

use std::time::Duration;

use common::*;
use hookstage::store::{EventFilter, HistoryFilter};
use hookstage::{ManualClock, OnKeyReuse, Outcome, Policy, PolicyConfig, Refusal, Source};
use sha2::{Digest, Sha256};

fn keyed(id: &str, key: &str) -> Request {
    genuine("wexio", id).with("X-Idempotency-Key", key)
}

#[test]
fn r_wx_44_a_replay_gets_the_first_answer_for_a_day() {
    let clock = ManualClock::at(now());
    let engine = engine_at(&clock);
    // Without a dedupe rule the kept answer is all that holds a repetition back.
    let mut config = config("wexio");
    config.dedupe = hookstage::DedupeConfig::Off;
    let source = Source::new(config).unwrap();
    let first = receive(&engine, &source, &keyed("1", "k"));
    assert!(matches!(first.outcome, Outcome::Staged(_)));
    clock.advance(Duration::from_millis(24 * 3_600_000 - 1));
    let again = receive(&engine, &source, &keyed("1", "k"));
    assert_eq!(again.outcome, Outcome::Replayed { payload_differs: false });
    assert_eq!(seen(&again), seen(&first));
    let other = receive(&engine, &source, &keyed("2", "k"));
    assert_eq!(other.outcome, Outcome::Replayed { payload_differs: true });
    clock.advance(Duration::from_millis(1));
    assert!(matches!(receive(&engine, &source, &keyed("1", "k")).outcome, Outcome::Staged(_)));
    assert_eq!(engine.list(&EventFilter::tenant("acme"), None, 10).unwrap().len(), 2);

    // Every request has left a row.
    let rows = engine.history(&HistoryFilter::tenant("acme"), None, 10).unwrap();
    let words: Vec<&str> = rows.iter().map(|(_, row)| &*row.outcome).collect();
    assert_eq!(words, ["staged", "replayed", "replayed", "staged"]);
    // With the body that it came with, although another one was answered; the newest first.
    let bodies = ["1", "2", "1", "1"].map(|id| Some(Sha256::digest(body("wexio", id)).into()));
    assert!(rows.iter().map(|(_, row)| row.body_sha256).eq(bodies));
}

#[test]
fn a_rule_names_a_header_in_lower_case_and_an_hour_to_a_year() {
    let faults = |header: &'static str, hours: u16| {
        let mut policy = Policy::wexio();
        let rule = policy.idempotency.as_mut().unwrap();
        rule.header = header.into();
        rule.hours = hours;
        let mut config = config("wexio");
        config.policy = PolicyConfig::Custom(Box::new(policy));
        let error = Source::new(config).map(drop).err();
        error.map_or_else(Vec::new, |error| {
            error.faults().iter().map(|fault| fault.at().to_owned()).collect()
        })
    };
    for hours in [1, 24, 8760] {
        assert!(faults("x-key", hours).is_empty(), "{hours}");
    }
    for hours in [0, 8761, u16::MAX] {
        assert_eq!(faults("x-key", hours), ["policy.idempotency.hours"], "{hours}");
    }
    for header in ["", "X-Key", "x-Key"] {
        assert_eq!(faults(header, 24), ["policy.idempotency.header"], "{header}");
    }
}

#[test]
fn r_wx_44_what_may_be_mended_is_not_kept() {
    let engine = engine();
    let source = source("wexio");
    // Not authenticated: the key is not even looked at.
    let forged = signed_with("wexio", "another", "{}").with("X-Idempotency-Key", "k");
    assert_eq!(receive(&engine, &source, &forged).response.status(), 401);
    let mut unbound = config("wexio");
    unbound.bindings.clear();
    let unbound = Source::new(unbound).unwrap();
    assert_eq!(receive(&engine, &unbound, &keyed("1", "k")).response.status(), 404);
    let mut cut = keyed("1", "k");
    cut.body = None;
    assert_eq!(receive(&engine, &source, &cut).response.status(), 413);
    assert!(matches!(receive(&engine, &source, &keyed("1", "k")).outcome, Outcome::Staged(_)));
}

#[test]
fn r_wx_44_what_would_come_out_the_same_is_kept() {
    let engine = engine();
    let source = source("wexio");
    for (key, body, status) in
        [("json", "{", 400), ("contact", r#"{"customer":{"email":"nobody@acme.com"}}"#, 422)]
    {
        let request = signed_with("wexio", SECRET, body).with("X-Idempotency-Key", key);
        assert_eq!(receive(&engine, &source, &request).response.status(), status);
        // Even with a body that would be taken now.
        let again = receive(&engine, &source, &keyed("1", key));
        assert_eq!(again.outcome, Outcome::Replayed { payload_differs: true });
        assert_eq!(again.response.status(), status);
    }
}

#[test]
fn r_wx_44_reuse_with_another_body_can_be_refused() {
    let mut config = config("wexio");
    let mut policy = Policy::wexio();
    policy.idempotency.as_mut().unwrap().on_reuse = OnKeyReuse::Refuse;
    config.policy = PolicyConfig::Custom(Box::new(policy));
    let source = Source::new(config).unwrap();
    let engine = engine();
    let _ = receive(&engine, &source, &keyed("1", "k"));
    let reused = receive(&engine, &source, &keyed("2", "k"));
    assert_eq!(reused.outcome, Outcome::Refused(Refusal::KeyReused));
    assert_eq!(reused.response.status(), 422);
    let again = receive(&engine, &source, &keyed("1", "k"));
    assert_eq!(again.outcome, Outcome::Replayed { payload_differs: false });
}

#[test]
fn r_wx_44_keys_belong_to_one_source_and_must_be_keys() {
    let engine = engine();
    let mut other = config("wexio");
    other.source = "other".into();
    let other = Source::new(other).unwrap();
    let source = source("wexio");
    for source in [&source, &other] {
        let receipt = receive(&engine, source, &keyed("1", "k"));
        assert!(matches!(receipt.outcome, Outcome::Staged(_)));
    }
    for request in [
        keyed("1", ""),
        keyed("1", &"k".repeat(256)),
        keyed("1", "k\u{e9}"),
        keyed("1", "a").with("x-idempotency-key", "a"),
    ] {
        let receipt = receive(&engine, &source, &request);
        assert!(matches!(receipt.outcome, Outcome::Refused(Refusal::IdempotencyKey { .. })));
        assert_eq!(receipt.response.status(), 400);
    }
    assert!(matches!(
        receive(&engine, &source, &keyed("1", &"k".repeat(255))).outcome,
        Outcome::Staged(_)
    ));
}

#[test]
fn r_wx_44_a_crash_half_way_frees_the_key_after_a_minute_and_the_dedupe_key_holds() {
    use hookstage::store::MemoryStore;
    use hookstage::{BlockingEngine, Resolution};
    let clock = ManualClock::at(now());
    let store = MemoryStore::new();
    let dying = BlockingEngine::with_clock(store.clone(), clock.clone())
        .with_contacts(|_, _| -> Result<Resolution, _> { panic!("the process dies here") });
    let source = source("wexio");
    let died = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        receive(&dying, &source, &keyed("1", "k"))
    }));
    assert!(died.is_err());
    let engine = BlockingEngine::with_clock(store, clock.clone())
        .with_contacts(|_, _| Ok(Resolution::Found { contact: "ada".into() }));
    assert_eq!(
        receive(&engine, &source, &keyed("1", "k")).outcome,
        Outcome::Refused(Refusal::InFlight)
    );
    clock.advance(Duration::from_secs(60));
    assert!(matches!(receive(&engine, &source, &keyed("1", "k")).outcome, Outcome::Staged(_)));
}
