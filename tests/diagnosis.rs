//! Diagnosis at receipt: what an operator learns while it is open, and what a sender never does.
#![cfg(feature = "test-util")]

mod common;

use std::time::Duration;

use common::*;
use hookstage::store::{HistoryFilter, MemoryStore};
use hookstage::{
    BlockingEngine, Clock, Engine, Head, HistoryRow, KeyConfig, Lifecycle, ManualClock, Secret,
    Source, Timestamp,
};

const HOUR: Duration = Duration::from_secs(3600);

fn rows(engine: &BlockingEngine) -> Vec<HistoryRow> {
    let rows = engine.history(&HistoryFilter::tenant("acme"), None, 1000).unwrap();
    rows.into_iter().map(|(_, row)| row).collect()
}

fn explained(rows: &[HistoryRow]) -> usize {
    rows.iter().filter(|row| !row.hints.is_empty()).count()
}

/// A sender that signs the body alone, where time, dot and body are signed.
fn without_time(id: &str) -> Request {
    let text = body("coeffection", id);
    let value = format!("t={NOW},v1={}", hmac_hex(SECRET, text.as_bytes()));
    Request::new(text).with("x-webhook-signature", value)
}

#[test]
fn while_it_is_open_a_row_says_what_would_have_matched_and_the_sender_sees_nothing_of_it() {
    let clock = ManualClock::at(now());
    let engine = engine_at(&clock);
    let source = source("coeffection");
    let closed = receive(&engine, &source, &without_time("1"));
    assert_eq!(explained(&rows(&engine)), 0);

    let ends = engine.open_diagnosis(source.id(), now() + HOUR).unwrap();
    assert_eq!(ends, now() + HOUR);
    assert_eq!(engine.diagnosis(source.id()).unwrap(), Some(ends));
    let open = receive(&engine, &source, &without_time("1"));
    assert_eq!(seen(&closed), seen(&open));
    assert_eq!(closed.outcome, open.outcome, "not even the host's own answer differs");

    let rows = rows(&engine);
    assert_eq!(rows.len(), 2);
    let hints: Vec<&str> = rows.iter().flat_map(|row| &row.hints).map(String::as_str).collect();
    assert!(hints[0].contains("the body alone"), "{hints:?}");
    assert!(!serde_json::to_string(&rows).unwrap().contains(SECRET));

    // It closes at its moment, and when it is told to.
    clock.set(ends);
    let _ = receive(&engine, &source, &without_time("2"));
    assert_eq!(engine.diagnosis(source.id()).unwrap(), None);
    engine.open_diagnosis(source.id(), ends + HOUR).unwrap();
    engine.close_diagnosis(source.id()).unwrap();
    let _ = receive(&engine, &source, &without_time("3"));
    let rows = engine.history(&HistoryFilter::tenant("acme"), None, 1000).unwrap();
    assert_eq!((rows.len(), rows.iter().filter(|(_, row)| !row.hints.is_empty()).count()), (4, 1));
}

#[test]
fn each_mistake_of_an_operator_or_a_sender_is_told() {
    let mistakes: [(&str, Request); 5] = [
        (
            "The signature is right and only the time is not",
            signed_at("coeffection", SECRET, NOW - 4000, "{}"),
        ),
        ("keys[1], which has ended", signed_with("coeffection", "the old secret", "{}")),
        ("he header x-webhook-signature is", Request::new("{}")),
        ("The body would match", {
            let mut request = signed_with("coeffection", SECRET, "{}");
            request.body = Some(b"{}\n".to_vec());
            request
        }),
        ("The body was larger than the source takes", {
            let mut request = signed_with("coeffection", SECRET, "{}");
            request.body = None;
            request
        }),
    ];
    for (sentence, request) in mistakes {
        let mut config = config("coeffection");
        config.keys.push(KeyConfig::new(Secret::new("the old secret").unwrap()).until(now()));
        let source = Source::new(config).unwrap();
        let engine = engine();
        engine.open_diagnosis(source.id(), now() + HOUR).unwrap();
        assert_eq!(receive(&engine, &source, &request).response.status(), 401);
        let rows = rows(&engine);
        assert!(rows[0].hints.iter().any(|hint| hint.contains(sentence)), "{sentence}: {rows:?}");
    }
}

/// What is explained at receipt is copied, and so has bounds: 64 KiB of body, 32 KiB of head.
#[test]
fn a_delivery_is_explained_up_to_the_bounds_of_what_is_copied() {
    let hints = |request: &Request| {
        let engine = engine();
        let source = source("coeffection");
        engine.open_diagnosis(source.id(), now() + HOUR).unwrap();
        let _ = receive(&engine, &source, request);
        rows(&engine).remove(0).hints
    };
    let padded = |length: usize| {
        let mut text = body("coeffection", "1");
        text.push_str(&" ".repeat(length - text.len()));
        signed_at("coeffection", SECRET, NOW - 4000, text)
    };
    let is_explained = |hints: &[String]| hints.iter().any(|hint| hint.contains("only the time"));
    let found = hints(&padded(64 * 1024));
    assert!(is_explained(&found), "{found:?}");
    for length in [64 * 1024 + 1, 64 * 1024 + 2] {
        let found = hints(&padded(length));
        assert!(!is_explained(&found), "{found:?}");
        assert!(found[0].starts_with("The body is longer than the 65536 bytes"), "{found:?}");
    }
    let with_head = |length: usize| {
        let request = padded(1000);
        let taken: usize = request.url.len()
            + request.headers.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>();
        request.with("x-pad", "a".repeat(length - taken - "x-pad".len()))
    };
    assert!(is_explained(&hints(&with_head(32 * 1024))));
    for length in [32 * 1024 + 1, 32 * 1024 + 2] {
        assert!(hints(&with_head(length)).is_empty());
    }
}

/// A key that will end, and has not, is one of the live ones.
#[test]
fn a_key_with_an_end_is_called_ended_only_when_it_has() {
    for (after, is_live) in [(1, true), (0, false)] {
        let mut config = config("coeffection");
        let old = KeyConfig::new(Secret::new("the old secret").unwrap());
        config.keys.push(old.until(now() + Duration::from_millis(after)));
        let source = Source::new(config).unwrap();
        let engine = engine();
        engine.open_diagnosis(source.id(), now() + HOUR).unwrap();
        let late = signed_at("coeffection", "the old secret", NOW - 4000, "{}");
        let _ = receive(&engine, &source, &late);
        let hints = rows(&engine).remove(0).hints;
        let says = |text: &str| hints.iter().any(|hint| hint.contains(text));
        assert_eq!(
            (says("only the time"), says("which has ended")),
            (is_live, !is_live),
            "{hints:?}"
        );
    }
}

#[test]
fn another_providers_delivery_is_named() {
    let engine = engine();
    let source = source("coeffection");
    engine.open_diagnosis(source.id(), now() + HOUR).unwrap();
    let text = "{\"zen\":\"Anything added dilutes everything else.\"}";
    let request = Request::new(text)
        .with("X-GitHub-Event", "ping")
        .with("X-Hub-Signature-256", format!("sha256={}", hmac_hex(SECRET, text.as_bytes())));
    let _ = receive(&engine, &source, &request);
    let rows = rows(&engine);
    assert!(rows[0].hints.iter().any(|hint| hint.contains("github")), "{rows:?}");
}

#[test]
fn the_secret_of_another_source_is_named_and_a_search_in_vain_says_so() {
    let engine = engine();
    let source = source("coeffection");
    let mixed_up = signed_with("coeffection", "the secret of another source", "{}");
    let other = |name: &str, secret: &str| (name.to_owned(), Secret::new(secret).unwrap());
    let named = || other("the source wexio", "the secret of another source");
    let hints_with = |others: Vec<(String, Secret)>| {
        engine.open_diagnosis_with(source.id(), now() + HOUR, others).unwrap();
        let _ = receive(&engine, &source, &mixed_up);
        let rows = rows(&engine);
        assert!(!serde_json::to_string(&rows).unwrap().contains("the secret of another"));
        rows[0].hints.clone()
    };
    let found = hints_with(vec![other("shop", "yet another secret"), named()]);
    assert!(found.iter().any(|hint| hint.contains("the source wexio")), "{found:?}");
    // As many as are tried, and one more.
    let mut many: Vec<_> = (0..32).map(|n| other("shop", &format!("yet another {n}"))).collect();
    many.push(named());
    for others in [many, Vec::new()] {
        let vain = hints_with(others);
        assert_eq!(vain.len(), 1, "{vain:?}");
        assert!(vain[0].starts_with("Nothing that was tried"), "{vain:?}");
    }
    // What was closed has forgotten them.
    let _ = hints_with(vec![named()]);
    engine.close_diagnosis(source.id()).unwrap();
    let forgotten = hints_with(Vec::new());
    assert!(forgotten[0].starts_with("Nothing that was tried"), "{forgotten:?}");
}

#[test]
fn a_refused_head_is_explained_too() {
    let engine = engine();
    let source = source("coeffection");
    engine.open_diagnosis(source.id(), now() + HOUR).unwrap();
    assert!(engine.receive_head(&source, &Head::post("/in", &[])).is_err());
    let rows = rows(&engine);
    assert_eq!((rows.len(), explained(&rows)), (1, 1));
}

#[test]
fn strangers_make_it_run_a_few_times_a_minute_and_every_refusal_still_counts() {
    let clock = ManualClock::at(now());
    let engine = engine_at(&clock);
    let source = source("coeffection");
    engine.open_diagnosis(source.id(), now() + HOUR).unwrap();
    for minute in 1..=3_u64 {
        for _ in 0..500 {
            let _ = receive(&engine, &source, &without_time("1"));
        }
        let rows = rows(&engine);
        assert_eq!(explained(&rows) as u64, 6 * minute);
        assert_eq!(rows.iter().map(|row| row.count).sum::<u64>(), 500 * minute);
        clock.advance(Duration::from_secs(60));
    }
}

#[test]
fn what_waits_to_be_explained_is_bounded() {
    let engine = engine();
    let mut sources = Vec::new();
    for number in 0..20 {
        let mut config = config("coeffection");
        config.source = format!("s-{number}");
        let source = Source::new(config).unwrap();
        engine.open_diagnosis(source.id(), now() + HOUR).unwrap();
        sources.push(source);
    }
    for source in &sources {
        for _ in 0..6 {
            let _ = receive(&engine, source, &without_time("1"));
        }
    }
    let rows = rows(&engine);
    assert_eq!((rows.len(), explained(&rows)), (120, 32));

    // A body that would take long to search is not kept, and the row says so.
    let mut large = without_time("1");
    large.body = Some(vec![b' '; 64 * 1024 + 1]);
    let engine = self::engine();
    engine.open_diagnosis(sources[0].id(), now() + HOUR).unwrap();
    let _ = receive(&engine, &sources[0], &large);
    let mut long = without_time("1");
    long.headers.push(("x-long".into(), vec![b'a'; 33 * 1024]));
    let _ = receive(&engine, &sources[0], &long);
    let rows = self::rows(&engine);
    assert_eq!(rows.len(), 2);
    assert!(rows.iter().any(|row| row.hints.iter().any(|hint| hint.contains("65536 bytes"))));
}

#[test]
fn nothing_is_explained_for_a_paused_unknown_or_other_source() {
    let engine = engine();
    let mut paused = config("coeffection");
    paused.lifecycle = Lifecycle::Paused;
    let paused = Source::new(paused).unwrap();
    engine.open_diagnosis(paused.id(), now() + HOUR).unwrap();
    let _ = receive(&engine, &paused, &without_time("1"));
    let other = {
        let mut config = config("coeffection");
        config.source = "other".into();
        Source::new(config).unwrap()
    };
    let _ = receive(&engine, &other, &without_time("1"));
    // A tenant may be called as the stand-in of unknown sources is.
    let unknown = hookstage::SourceId::new("unknown", "unknown").unwrap();
    engine.open_diagnosis(&unknown, now() + HOUR).unwrap();
    let stand_in = common::unknown("coeffection");
    let _ = without_time("1").deliver(|delivery| engine.receive(&stand_in, delivery).unwrap());
    assert_eq!(explained(&rows(&engine)), 0);
    let unknown = engine.history(&HistoryFilter::tenant("unknown"), None, 10).unwrap();
    assert!(unknown[0].1.hints.is_empty());
}

#[test]
fn a_hint_holds_no_secret_and_nothing_that_a_terminal_acts_on() {
    let engine = engine();
    let source = source("coeffection");
    engine.open_diagnosis(source.id(), now() + HOUR).unwrap();
    let text = body("coeffection", "1");
    let content = format!("{NOW}.{text}");
    let value = format!("t={NOW},v1={}", hmac_hex(SECRET, content.as_bytes()));
    // The header's name is the sender's choice, and a hint names it.
    let named = format!("x-signature-{SECRET}");
    for name in [named.as_str(), "x-signature-\u{1b}[31m"] {
        let _ = receive(&engine, &source, &Request::new(text.clone()).with(name, value.clone()));
    }
    let rows = rows(&engine);
    let all = serde_json::to_string(&rows).unwrap();
    assert!(explained(&rows) == 2 && all.contains("[removed]"), "{all}");
    assert!(!all.contains(SECRET) && !all.contains('\u{1b}') && !all.contains("\\u001b"), "{all}");
}

/// Two processes over one store: what one opens, the other learns of within five seconds.
#[test]
fn it_is_open_in_every_process_and_on_both_faces() {
    let clock = ManualClock::at(now());
    let store = MemoryStore::new();
    let here = BlockingEngine::with_clock(store.clone(), clock.clone());
    let there = Engine::with_clock(store, clock.clone());
    let source = source("coeffection");
    let receive_there = |id: &str| {
        without_time(id).deliver(|delivery| block_on(there.receive(&source, delivery)).unwrap())
    };
    let _ = receive_there("1");
    here.open_diagnosis(source.id(), now() + HOUR).unwrap();
    let _ = receive_there("2");
    clock.advance(Duration::from_secs(5));
    let _ = receive_there("3");
    block_on(there.flush()).unwrap();
    assert_eq!(explained(&rows(&here)), 1);
    assert_eq!(block_on(there.diagnosis(source.id())).unwrap(), Some(now() + HOUR));

    block_on(there.close_diagnosis(source.id())).unwrap();
    assert_eq!(here.diagnosis(source.id()).unwrap(), None);
    let forever = Timestamp::from_unix_millis(i64::MAX);
    let ends = block_on(there.open_diagnosis(source.id(), forever)).unwrap();
    assert_eq!(ends, clock.now() + 24 * HOUR, "a day at most");
}

#[test]
fn so_many_can_be_open_and_no_more() {
    let clock = ManualClock::at(now());
    let engine = engine_at(&clock);
    let id = |number: usize| hookstage::SourceId::new("acme", &format!("s-{number}")).unwrap();
    for number in 0..64 {
        engine.open_diagnosis(&id(number), now() + HOUR).unwrap();
    }
    let full = engine.open_diagnosis(&id(64), now() + HOUR).unwrap_err();
    assert_eq!(full.kind(), hookstage::store::StoreErrorKind::Full);
    engine.close_diagnosis(&id(3)).unwrap();
    engine.open_diagnosis(&id(64), now() + HOUR).unwrap();
}
