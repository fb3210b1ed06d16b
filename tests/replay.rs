//! Replays and rotations as an engine meets them: the rows TIM-08, TIM-10, TIM-12, ROT-03, ROT-04,
//! ROT-05 and CRT-06 of the threat model.
#![cfg(feature = "test-util")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::sync::{Arc, Barrier, RwLock};
use std::time::Duration;

use common::{
    NOW, Request, SECRET, block_on, engine_at, genuine, now, receive, seen, signed_at, source,
};
use hookstage::store::{EventFilter, MemoryStore};
use hookstage::{
    BlockingEngine, DedupeConfig, DedupePart, DedupeRule, Engine, ManualClock, OnMissingKey,
    Outcome, Refusal, Secret, Source, SourceConfig, Timestamp, Window, providers,
};

mod common;

const OLD: &str = "the old signing secret";
const NEW: &str = "the new signing secret";

/// How many events of the tenant there are.
fn staged(engine: &BlockingEngine) -> usize {
    engine.list(&EventFilter::tenant("acme"), None, 100).unwrap().len()
}

/// A source of GitHub's scheme, which signs no time, with a dedupe key from the body.
fn timeless(secrets: &[&str], generation: u64, window: Window) -> Source {
    let mut config = SourceConfig::preset("acme", "hooks", &providers::GITHUB);
    for secret in secrets {
        config = config.with_secret(Secret::new(*secret).unwrap());
    }
    config.generation = generation;
    config.dedupe = DedupeConfig::Rule {
        rule: DedupeRule::new([DedupePart::body("id").unwrap()], OnMissingKey::AcceptWithoutKey)
            .unwrap(),
        window,
    };
    Source::new(config).unwrap()
}

fn signed(secret: &str, id: &str) -> Request {
    let body = format!(r#"{{"id":"{id}"}}"#);
    let mac = common::hmac_hex(secret, body.as_bytes());
    Request::new(body).with("x-hub-signature-256", format!("sha256={mac}"))
}

#[test]
fn tim_08_an_exact_replay_is_staged_once_and_answered_the_same() {
    for profile in ["coeffection", "comma", "synerise"] {
        let engine = engine_at(&ManualClock::at(now()));
        let source = source(profile);
        let request = genuine(profile, "evt_replayed");
        let first = receive(&engine, &source, &request);
        let Outcome::Staged(id) = first.outcome else { panic!("{profile}: {first:?}") };
        for _ in 0..3 {
            let again = receive(&engine, &source, &request);
            match again.outcome {
                Outcome::Duplicate { id: same, payload_differs } => {
                    assert_eq!((same, payload_differs), (id, false), "{profile}");
                }
                // Comma repeats its first answer to who repeats an idempotency key.
                Outcome::Replayed { .. } => assert_eq!(profile, "comma"),
                other => panic!("{profile}: {other:?}"),
            }
            let (first_status, ..) = seen(&first);
            let (status, ..) = seen(&again);
            assert_eq!(status / 100, first_status / 100, "{profile}");
        }
        assert_eq!(staged(&engine), 1, "{profile}");
    }
}

/// A scheme without a time leaves a captured delivery valid for ever, so only the dedupe key keeps
/// its replay out, for as long as it is kept. Where that ends, the source says so when it is saved.
#[test]
fn tim_10_a_replay_after_the_window_is_said_when_the_source_is_saved() {
    use hookstage::Warning::ReplayAfterWindow;
    let day = Duration::from_secs(24 * 3600);
    let clock = ManualClock::at(now());
    let request = signed(OLD, "evt_1");

    let for_ever = timeless(&[OLD], 0, Window::Unlimited);
    assert!(!for_ever.warnings().contains(&ReplayAfterWindow));
    let engine = engine_at(&clock);
    assert!(matches!(receive(&engine, &for_ever, &request).outcome, Outcome::Staged(_)));
    clock.advance(day * 3650);
    assert!(matches!(receive(&engine, &for_ever, &request).outcome, Outcome::Duplicate { .. }));
    assert_eq!(staged(&engine), 1);

    let for_a_week = timeless(&[OLD], 0, Window::FromFirst(day * 7));
    assert!(for_a_week.warnings().contains(&ReplayAfterWindow));
    let engine = engine_at(&clock);
    assert!(matches!(receive(&engine, &for_a_week, &request).outcome, Outcome::Staged(_)));
    clock.advance(day * 7 - Duration::from_millis(1));
    assert!(matches!(receive(&engine, &for_a_week, &request).outcome, Outcome::Duplicate { .. }));
    clock.advance(Duration::from_millis(1));
    assert!(matches!(receive(&engine, &for_a_week, &request).outcome, Outcome::Staged(_)));

    // A signed time bounds it by itself.
    let mut timed = SourceConfig::preset("acme", "timed", &providers::COEFFECTION)
        .with_secret(Secret::new(SECRET).unwrap());
    timed.dedupe = DedupeConfig::Rule {
        rule: DedupeRule::new([DedupePart::body("id").unwrap()], OnMissingKey::AcceptWithoutKey)
            .unwrap(),
        window: Window::FromFirst(day),
    };
    let timed = Source::new(timed).unwrap();
    assert!(!timed.warnings().contains(&ReplayAfterWindow), "{:?}", timed.warnings());
}

#[test]
fn tim_12_a_clock_that_steps_back_frees_no_key() {
    let clock = ManualClock::at(now());
    let engine = engine_at(&clock);
    let source = timeless(&[OLD], 0, Window::FromFirst(Duration::from_secs(600)));
    let request = signed(OLD, "evt_1");
    assert!(matches!(receive(&engine, &source, &request).outcome, Outcome::Staged(_)));
    for at in [NOW - 3600, 0, -1, -4_000_000_000, NOW + 599] {
        clock.set(Timestamp::from_unix_seconds(at));
        let outcome = receive(&engine, &source, &request).outcome;
        assert!(matches!(outcome, Outcome::Duplicate { .. }), "{at}: {outcome:?}");
    }
    clock.set(Timestamp::from_unix_seconds(NOW + 600));
    assert!(matches!(receive(&engine, &source, &request).outcome, Outcome::Staged(_)));
}

/// What is under way is judged by one state of the source, and once the new state is in force
/// nothing is staged by the old secret, however the threads fall.
#[test]
fn rot_03_nothing_is_staged_by_a_revoked_secret_once_the_new_one_is_in_force() {
    let senders = 64;
    let engine = Arc::new(BlockingEngine::with_clock(MemoryStore::new(), ManualClock::at(now())));
    let current = RwLock::new(Arc::new(timeless(&[OLD], 0, Window::Unlimited)));
    let barrier = Barrier::new(senders + 1);
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..senders)
            .map(|number| {
                let (engine, current, barrier) = (&engine, &current, &barrier);
                scope.spawn(move || {
                    barrier.wait();
                    let source = Arc::clone(&current.read().unwrap());
                    let request = signed(OLD, &format!("evt_{number}"));
                    let outcome = receive(engine, &source, &request).outcome;
                    match outcome {
                        Outcome::Staged(_) => assert_eq!(source.generation(), 0),
                        Outcome::Refused(Refusal::Superseded) => assert_eq!(source.generation(), 0),
                        Outcome::Refused(Refusal::Mismatch { .. }) => {
                            assert_eq!(source.generation(), 1);
                        }
                        other => panic!("{other:?}"),
                    }
                })
            })
            .collect();
        let next = Arc::new(timeless(&[NEW], 1, Window::Unlimited));
        barrier.wait();
        engine.supersede(&next).unwrap();
        *current.write().unwrap() = Arc::clone(&next);
        let before = staged(&engine);
        // Even a thread that still holds the old state stages nothing any more.
        let held = timeless(&[OLD], 0, Window::Unlimited);
        let late = receive(&engine, &held, &signed(OLD, "late")).outcome;
        assert!(matches!(late, Outcome::Refused(Refusal::Superseded)), "{late:?}");
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        assert_eq!(staged(&engine), before, "nothing was staged after the change");
        let new = receive(&engine, &next, &signed(NEW, "new")).outcome;
        assert!(matches!(new, Outcome::Staged(_)), "{new:?}");
    });
}

/// A secret that is put back is a new state of the source: what was held from before stays out.
#[test]
fn rot_04_a_secret_that_is_added_again_revives_no_older_state() {
    let engine = engine_at(&ManualClock::at(now()));
    let first = timeless(&[OLD], 0, Window::Unlimited);
    let again = timeless(&[OLD], 2, Window::Unlimited);
    engine.supersede(&timeless(&[NEW], 1, Window::Unlimited)).unwrap();
    engine.supersede(&again).unwrap();
    // An older state that arrives late changes nothing.
    engine.supersede(&first).unwrap();
    let request = signed(OLD, "evt_1");
    let outcome = receive(&engine, &first, &request).outcome;
    assert!(matches!(outcome, Outcome::Refused(Refusal::Superseded)), "{outcome:?}");
    assert!(matches!(receive(&engine, &again, &request).outcome, Outcome::Staged(_)));
}

/// What one face of the engine puts in force holds for the other.
#[test]
fn rot_03_the_engine_that_is_awaited_supersedes_too() {
    let store = MemoryStore::new();
    let here = BlockingEngine::with_clock(store.clone(), ManualClock::at(now()));
    let there = Engine::with_clock(store, ManualClock::at(now()));
    let old = timeless(&[OLD], 0, Window::Unlimited);
    assert!(matches!(receive(&here, &old, &signed(OLD, "evt_1")).outcome, Outcome::Staged(_)));
    block_on(there.supersede(&timeless(&[NEW], 1, Window::Unlimited))).unwrap();
    let late = receive(&here, &old, &signed(OLD, "evt_2")).outcome;
    assert!(matches!(late, Outcome::Refused(Refusal::Superseded)), "{late:?}");
    assert_eq!(staged(&here), 1);
}

#[test]
fn rot_05_a_replay_under_a_revoked_secret_is_refused_and_its_key_stays_taken() {
    let engine = engine_at(&ManualClock::at(now()));
    let old = timeless(&[OLD], 0, Window::Unlimited);
    let accepted = signed(OLD, "evt_1");
    assert!(matches!(receive(&engine, &old, &accepted).outcome, Outcome::Staged(_)));
    let new = timeless(&[NEW], 1, Window::Unlimited);
    engine.supersede(&new).unwrap();
    let outcome = receive(&engine, &new, &accepted).outcome;
    assert!(matches!(outcome, Outcome::Refused(Refusal::Mismatch { .. })), "{outcome:?}");
    // The sender's retry under the new secret is the same event.
    let outcome = receive(&engine, &new, &signed(NEW, "evt_1")).outcome;
    assert!(matches!(outcome, Outcome::Duplicate { .. }), "{outcome:?}");
    assert_eq!(staged(&engine), 1);
}

/// No threshold of signatures is offered, so two of one key prove what one does: one event.
#[test]
fn crt_06_two_signatures_of_one_key_prove_no_more_than_one() {
    let engine = engine_at(&ManualClock::at(now()));
    let source = source("coeffection");
    let once = signed_at("coeffection", SECRET, NOW, common::body("coeffection", "evt_1"));
    let (name, value) = once
        .headers
        .iter()
        .find(|(_, value)| value.starts_with(b"t="))
        .map(|(name, value)| (name.clone(), String::from_utf8(value.clone()).unwrap()))
        .unwrap();
    let (_, mac) = value.split_once(",v1=").unwrap();
    let twice = once.clone().without(&name).with(&name, format!("{value},v1={mac}"));
    assert!(matches!(receive(&engine, &source, &twice).outcome, Outcome::Staged(_)));
    assert!(matches!(receive(&engine, &source, &once).outcome, Outcome::Duplicate { .. }));
    assert_eq!(staged(&engine), 1);
}
