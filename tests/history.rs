//! What the history keeps of deliveries, how it is read, and what it never holds.
#![cfg(feature = "test-util")]

#[path = "support/around.rs"]
mod around;
mod common;

use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use around::{Around, Surrounded};
use common::*;
use hookstage::store::{HistoryFilter, MemoryStore, PurgeRequest, StoreError, StoreErrorKind};
use hookstage::{
    BlockingEngine, Clock, Delivery, Head, HealthRequest, HistoryRow, KeyConfig, Lifecycle,
    ManualClock, Outcome, Policy, PolicyConfig, Resolution, Secret, Source, SourceConfig,
    Timestamp, providers,
};

fn rows(engine: &BlockingEngine) -> Vec<HistoryRow> {
    let rows = engine.history(&HistoryFilter::tenant("acme"), None, 1000).unwrap();
    rows.into_iter().map(|(_, row)| row).collect()
}

fn forged(profile: &str, id: &str) -> Request {
    signed_with(profile, "another secret", body(profile, id))
}

#[test]
fn r_cg_21_30_every_attempt_leaves_a_row_with_what_came_of_it() {
    let clock = ManualClock::at(now());
    let engine = engine_at(&clock);
    let mut config = config("connectgain");
    config.stored_headers.push("x-tenant".into());
    let source = Source::new(config).unwrap();
    let text = body("connectgain", "1");
    let request = genuine("connectgain", "1")
        .with("X-Tenant", "north")
        .with("X-Other", "not on the list")
        .with("X-Request-Id", "req-7")
        .from("198.51.100.7");
    assert!(matches!(receive(&engine, &source, &request).outcome, Outcome::Staged(_)));
    assert!(matches!(receive(&engine, &source, &request).outcome, Outcome::Duplicate { .. }));
    assert_eq!(receive(&engine, &source, &forged("connectgain", "2")).response.status(), 401);
    let no_json = signed_with("connectgain", SECRET, "{");
    assert_eq!(receive(&engine, &source, &no_json).response.status(), 400);

    let mut rows = rows(&engine);
    rows.sort_by_key(|row| (row.outcome != "staged", row.outcome != "duplicate", row.status));
    let seen: Vec<(&str, Option<&str>, u16)> =
        rows.iter().map(|row| (&*row.outcome, row.reason.as_deref(), row.status)).collect();
    assert_eq!(
        seen,
        [
            ("staged", None, 200),
            ("duplicate", None, 200),
            ("refused", Some("not_json"), 400),
            ("refused", Some("mismatch"), 401),
        ]
    );
    let staged = &rows[0];
    let kept: Vec<(&str, &str)> =
        staged.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(
        kept,
        [("content-type", "application/json"), ("x-tenant", "north"), ("x-request-id", "req-7")]
    );
    assert_eq!(staged.body_length, Some(text.len() as u64));
    assert_eq!(staged.body_sha256.map(hex::encode), Some(sha256_hex(text.as_bytes())));
    assert_eq!(staged.correlation_id.as_deref(), Some("req-7"));
    assert_eq!(staged.remote, Some("198.51.100.7".parse().unwrap()));
    assert_eq!(staged.key_index, Some(0));
    assert_eq!(staged.at, now());
    assert_eq!(rows[1].event, staged.event);
    // Of a sender that is known the hash says which body it was; of a stranger nothing is hashed.
    assert_eq!(rows[2].body_sha256.map(hex::encode), Some(sha256_hex(b"{")));
    assert_eq!(rows[3].body_sha256, None);
    assert!(rows[3].headers.is_empty());
    assert!(rows.iter().all(|row| row.count == 1 && row.took_millis == Some(0)));
    // A sentence says what would be right.
    assert!(rows[3].detail.as_deref().unwrap().contains("is it the secret of this endpoint"));
}

fn sha256_hex(bytes: &[u8]) -> String {
    use sha2::Digest as _;
    hex::encode(sha2::Sha256::digest(bytes))
}

#[test]
fn r_cg_22_the_log_is_read_by_source_outcome_and_time_and_in_pages() {
    let clock = ManualClock::at(now());
    let engine = engine_at(&clock);
    let (first, second) = (source("connectgain"), source("comma"));
    for number in 0..20 {
        let id = number.to_string();
        let _ = receive(&engine, &first, &genuine("connectgain", &id));
        let _ = receive(&engine, &second, &forged("comma", &id));
        clock.advance(Duration::from_secs(10));
    }
    let mut filter = HistoryFilter::tenant("acme");
    filter.source = Some(first.id().clone());
    filter.outcome = Some("staged".into());
    filter.since = Some(now() + Duration::from_secs(50));
    filter.until = Some(now() + Duration::from_secs(150));
    let mut seen = Vec::new();
    let mut after = None;
    loop {
        let page = engine.history(&filter, after, 3).unwrap();
        let Some((last, _)) = page.last() else { break };
        after = Some(*last);
        assert!(page.len() <= 3);
        seen.extend(page.into_iter().map(|(_, row)| row.at));
    }
    let expected: Vec<Timestamp> =
        (5..15).rev().map(|number| now() + Duration::from_secs(number * 10)).collect();
    assert_eq!(seen, expected);
    filter.outcome = Some("refused".into());
    assert!(engine.history(&filter, None, 3).unwrap().is_empty());
    filter.source = Some(second.id().clone());
    assert_eq!(engine.history(&filter, None, 100).unwrap().len(), 10);
    let other = HistoryFilter::tenant("other");
    assert!(engine.history(&other, None, 100).unwrap().is_empty());
}

#[test]
fn r_wx_43_c_35_a_correlation_id_is_kept_if_it_can_be_one() {
    let long = "a".repeat(128);
    let cases: [(&[&str], Option<&str>, Option<&str>); 12] = [
        (&["req-7"], None, Some("req-7")),
        (&["req-7"], Some("host-1"), Some("req-7")),
        (&[], Some("host-1"), Some("host-1")),
        (&[], None, None),
        (&[""], None, None),
        (&["two words"], Some("host-1"), Some("host-1")),
        (&["new\nline"], Some("host-1"), Some("host-1")),
        (&["h\u{e9}llo"], None, None),
        (&[&long], None, Some(&long)),
        (&["a", "a"], Some("host-1"), Some("host-1")),
        (&["Bearer-", SECRET], None, None),
        (&[], Some("host 1"), None),
    ];
    for (sent, host, kept) in cases {
        let engine = engine();
        let mut request = genuine("wexio", "1");
        for value in sent {
            request = request.with("X-Request-ID", *value);
        }
        let source = source("wexio");
        request.deliver(|delivery| {
            let mut head = *delivery.head();
            if let Some(host) = host {
                head = head.with_correlation_id(host);
            }
            let hookstage::Body::Whole(body) = delivery.body() else { panic!() };
            let _ = engine.receive(&source, &Delivery::new(head, body)).unwrap();
        });
        assert_eq!(rows(&engine)[0].correlation_id.as_deref(), kept, "{sent:?} {host:?}");
    }
    let too_long = "a".repeat(129);
    for bad in [too_long.as_str(), SECRET, &hex::encode(SECRET)] {
        let engine = engine();
        let request = genuine("wexio", "1").with("x-request-id", bad);
        let _ = receive(&engine, &source("wexio"), &request);
        let row = &rows(&engine)[0];
        assert_eq!(row.correlation_id, None);
        assert!(!row.headers.iter().any(|(name, _)| name == "x-request-id"));
    }
}

/// A clock that moves on by a millisecond each time it is asked.
#[derive(Clone)]
struct Ticking(Arc<AtomicI64>);

impl Clock for Ticking {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix_millis(self.0.fetch_add(1, Ordering::SeqCst))
    }
}

#[test]
fn r_cg_21_a_row_says_how_long_the_judgement_took_by_the_clock_that_was_passed() {
    let clock = Ticking(Arc::new(AtomicI64::new(NOW * 1000)));
    let waiting = clock.0.clone();
    let engine =
        BlockingEngine::with_clock(MemoryStore::new(), clock).with_contacts(move |_, _| {
            // A directory that takes its time.
            waiting.fetch_add(250, Ordering::SeqCst);
            Ok(Resolution::Found { contact: "ada".into() })
        });
    let source = source("wexio");
    let _ = receive(&engine, &source, &genuine("wexio", "1"));
    let _ = receive(&engine, &source, &forged("wexio", "2"));
    let took: Vec<(bool, Option<u64>)> =
        rows(&engine).iter().map(|row| (row.outcome == "staged", row.took_millis)).collect();
    assert!(took.contains(&(true, Some(251))), "{took:?}");
    assert!(took.contains(&(false, Some(1))), "{took:?}");
}

#[test]
fn r_wx_57_c_34_history_goes_after_thirty_days_and_failures_were_in_it() {
    for profile in PROFILES {
        assert_eq!(policy(profile).policy().retention(), Duration::from_secs(30 * 24 * 3600));
    }
    let clock = ManualClock::at(now());
    let engine = engine_at(&clock);
    let source = source("wexio");
    let _ = receive(&engine, &source, &genuine("wexio", "1"));
    let _ = receive(&engine, &source, &forged("wexio", "1"));
    let unknown = unknown("wexio");
    let _ = genuine("wexio", "1").deliver(|delivery| engine.receive(&unknown, delivery).unwrap());
    assert_eq!(rows(&engine).len(), 2);
    // What was addressed to nothing is in the log of the host, not of a tenant.
    let host = engine.history(&HistoryFilter::tenant("unknown"), None, 10).unwrap();
    assert_eq!(host.len(), 1);
    let retention = source.policy().retention();
    for (after, left) in [(retention, 2), (retention + Duration::from_millis(1), 0)] {
        clock.set(now() + after);
        let request = PurgeRequest::older_than(retention, engine.now());
        let _ = engine.purge(&request).unwrap();
        assert_eq!(rows(&engine).len(), left);
    }
}

#[test]
fn log_02_a_header_that_carries_the_secret_is_not_kept_even_if_it_is_on_the_list() {
    use base64::Engine as _;
    let base64 = base64::engine::general_purpose::STANDARD.encode(SECRET);
    let json = SECRET.chars().map(|c| format!("\\u{:04x}", u32::from(c))).collect::<String>();
    let url: String = SECRET.bytes().map(|byte| format!("%{byte:02x}")).collect();
    let mut config = config("synerise");
    config.stored_headers.push("x-github-encoded".into());
    config.stored_headers.push("x-plain".into());
    let source = Source::new(config).unwrap();
    for (number, value) in [
        SECRET.to_owned(),
        hex::encode(SECRET),
        hex::encode_upper(SECRET),
        base64.clone(),
        format!("Basic {base64}"),
        url,
        json,
        SECRET.chars().rev().collect(),
    ]
    .into_iter()
    .enumerate()
    {
        let engine = engine();
        let request = genuine("synerise", &number.to_string())
            .with("X-GitHub-Encoded", value.as_str())
            .with("X-Unlisted", value.as_str())
            .with("X-Plain", "kept");
        let receipt = receive(&engine, &source, &request);
        let Outcome::Staged(id) = receipt.outcome else { panic!("{value}") };
        let row = &rows(&engine)[0];
        let kept = |name: &str| row.headers.iter().find(|(other, _)| other == name).cloned();
        assert_eq!(kept("x-github-encoded").unwrap().1, "[removed]", "{value}");
        assert_eq!(kept("x-plain").unwrap().1, "kept");
        assert_eq!(kept("x-unlisted"), None);
        let event = engine.get("acme", id).unwrap().unwrap();
        let all = format!("{:?}{row:?}", event.headers);
        assert!(!all.contains(&value), "{value}");
    }
}

#[test]
fn log_03_r_wx_56_headers_that_carry_credentials_cannot_be_put_on_the_list() {
    // Not by the operator's list, in whichever case, and not by what a sender repeats.
    for profile in PROFILES {
        for name in [
            "authorization",
            "Cookie",
            "PROXY-Authorization",
            "x-api-key",
            "ApiKey",
            "x-webhook-secret",
            "X-Github-Encoded-Secret",
            "Stripe-Signature",
            "x-auth-token",
        ] {
            let mut config = config(profile);
            config.stored_headers.push(name.into());
            let error = Source::new(config).unwrap_err();
            let fault = &error.faults()[0];
            assert!(fault.at().starts_with("stored_headers"), "{error}");
            assert!(fault.what().contains(&name.to_ascii_lowercase()), "{error}");
        }
        let engine = engine();
        let request = genuine(profile, "1")
            .with("AUTHORIZATION", "Bearer abc-canary")
            .with("authorization", "Bearer abc-canary")
            .with("Cookie", "session=abc-canary")
            .with("X-Api-Key", "abc-canary");
        let _ = receive(&engine, &source(profile), &request);
        let all = serde_json::to_string(&rows(&engine)).unwrap();
        assert!(!all.contains("abc-canary"), "{profile}: {all}");
        assert!(!all.contains(SECRET), "{profile}: {all}");
    }
}

#[test]
fn log_04_no_url_is_kept_and_none_is_told() {
    let engine = engine();
    let source = source("coeffection");
    for request in [genuine("coeffection", "1"), forged("coeffection", "2")] {
        let mut request = request;
        request.url =
            "https://user:pass-canary@hooks.example.com/in/path-canary?token=query-canary".into();
        let receipt = receive(&engine, &source, &request);
        let told = format!("{receipt:?}{}", request.deliver(|delivery| format!("{delivery:?}")));
        assert!(!told.contains("canary"), "{told}");
    }
    let mut long = genuine("coeffection", "3");
    long.url = format!("https://hooks.example.com/?token=canary{}", "a".repeat(9000));
    let receipt = receive(&engine, &source, &long);
    assert!(
        matches!(&receipt.outcome, Outcome::Refused(refusal) if refusal.code() == "url_too_long")
    );
    let all = format!("{receipt:?}{}", serde_json::to_string(&rows(&engine)).unwrap());
    assert!(!all.contains("canary"), "{all}");
}

#[test]
fn log_06_what_a_terminal_or_page_would_act_on_is_escaped() {
    let mut config = config("synerise");
    config.stored_headers.push("x-note".into());
    let source = Source::new(config).unwrap();
    let engine = engine();
    let hostile = "a\u{1b}[31m\r\nX: y\u{202e}\u{2028}\u{200b}\u{feff}\u{7f}\0\u{85}";
    let mut note = hostile.as_bytes().to_vec();
    note.push(0xff);
    let text = format!(
        r#"{{"complaint":{{"id":"1"}},"type":{}}}"#,
        serde_json::to_string(hostile).unwrap()
    );
    let request = signed_with("synerise", SECRET, text).with("x-note", note);
    let _ = receive(&engine, &source, &request);
    let row = &rows(&engine)[0];
    let kept = &row.headers.iter().find(|(name, _)| name == "x-note").unwrap().1;
    assert_eq!(
        kept,
        "a\\u{1b}[31m\\u{d}\\u{a}X: y\\u{202e}\\u{2028}\\u{200b}\\u{feff}\\u{7f}\\u{0}\\u{85}\\xff"
    );
    for character in format!("{row:?}").chars() {
        assert!(!character.is_control() && !('\u{200b}'..='\u{202e}').contains(&character));
    }
}

/// Counts what a store is asked for, and can make its writes fail.
#[derive(Clone, Default)]
struct Counting {
    inner: MemoryStore,
    calls: Arc<Calls>,
}

#[derive(Clone, Copy, Default)]
enum Fault {
    #[default]
    None,
    Error,
    Panic,
}

#[derive(Default)]
struct Calls {
    writes: AtomicUsize,
    states_read: AtomicUsize,
    fault: Mutex<Fault>,
}

impl Counting {
    fn new() -> (Surrounded<Self>, Arc<Calls>) {
        let counting = Self::default();
        let calls = Arc::clone(&counting.calls);
        (Surrounded(counting), calls)
    }
}

impl Around for Counting {
    fn store(&self) -> &MemoryStore {
        &self.inner
    }

    fn call<T>(
        &self,
        operation: &'static str,
        work: impl FnOnce() -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        match operation {
            "state" => {
                self.calls.states_read.fetch_add(1, Ordering::SeqCst);
                return work();
            }
            "get" | "list" | "history" | "counts" | "close" => return work(),
            _ => {}
        }
        self.calls.writes.fetch_add(1, Ordering::SeqCst);
        let fault = *self.calls.fault.lock().unwrap();
        match fault {
            Fault::None => work(),
            Fault::Error => Err(StoreError::new(StoreErrorKind::Unavailable, "it is down")),
            Fault::Panic => panic!("a fault of the host's store"),
        }
    }
}

#[test]
fn log_07_ten_thousand_forgeries_leave_a_few_rows_and_hide_nothing() {
    let (store, calls) = Counting::new();
    let clock = ManualClock::at(now());
    let engine = BlockingEngine::with_clock(store, clock.clone());
    let source = source("coeffection");
    for number in 0..10_000_u64 {
        // Two kinds of forgery, over ten seconds.
        let request = match number % 10 {
            0 => Request::new("{}"),
            _ => forged("coeffection", &number.to_string()),
        };
        let receipt = receive(&engine, &source, &request);
        assert_eq!(receipt.response.status(), 401);
        if number == 5_000 {
            // A genuine sender whose body is at fault, in the middle of the flood.
            let _ = receive(&engine, &source, &signed_with("coeffection", SECRET, "{"));
        }
        if number % 1_000 == 999 {
            clock.advance(Duration::from_secs(1));
        }
    }
    let (writes, reads) =
        (calls.writes.load(Ordering::SeqCst), calls.states_read.load(Ordering::SeqCst));
    assert!(writes <= 11, "{writes} writes: one a second at most");
    assert!(reads <= 3, "{reads} reads: whether a diagnosis is open, once in five seconds");

    let rows = rows(&engine);
    let of = |reason: &str| -> Vec<&HistoryRow> {
        rows.iter().filter(|row| row.reason.as_deref() == Some(reason)).collect()
    };
    assert_eq!(of("not_json").len(), 1, "the genuine sender's own refusal is there");
    let strangers: Vec<&HistoryRow> = [of("mismatch"), of("absent")].concat();
    assert_eq!(strangers.iter().map(|row| row.count).sum::<u64>(), 10_000);
    assert_eq!(of("absent").iter().map(|row| row.count).sum::<u64>(), 1_000);
    // Thirty with all that is known of them, and one count for each of the two reasons.
    assert_eq!(rows.len(), 30 + 2 + 1);
    assert_eq!(rows.iter().filter(|row| row.count == 1 && row.at == now()).count(), 30);
    let bytes = serde_json::to_string(&rows).unwrap().len();
    assert!(bytes < 40_000, "{bytes}");
    assert_eq!(engine.unrecorded_refusals(), 0);
}

struct Directory;

impl hookstage::ContactResolver for Directory {
    async fn resolve(
        &self,
        _: &hookstage::SourceId,
        identifier: &hookstage::Identifier,
    ) -> Result<Resolution, hookstage::ResolveError> {
        Ok(Resolution::Found { contact: format!("contact of {}", identifier.value) })
    }
}

/// The engine whose calls are awaited asks, records, counts and forgets as the blocking one does.
#[test]
fn log_07_rows_and_counts_are_the_same_on_both_faces() {
    let (clock, store) = (ManualClock::at(now()), MemoryStore::new());
    let here = BlockingEngine::with_clock(store.clone(), clock.clone());
    let there = hookstage::Engine::with_clock(store, clock.clone()).with_contacts(Directory);
    let source = source("wexio");
    let receive_there = |request: &Request| {
        request.deliver(|delivery| block_on(there.receive(&source, delivery)).unwrap())
    };
    let staged = receive_there(&genuine("wexio", "1"));
    assert_eq!(staged.contact.as_deref(), Some("contact of ada@acme.com"));
    for _ in 0..40 {
        let _ = receive_there(&forged("wexio", "1"));
    }
    let filter = HistoryFilter::tenant("acme");
    let rows_there = block_on(there.history(&filter, None, 1000)).unwrap();
    assert_eq!(rows_there.iter().map(|(_, row)| row.count).sum::<u64>(), 41);
    assert_eq!(rows_there, here.history(&filter, None, 1000).unwrap());
    assert_eq!(there.unrecorded_refusals(), 0);
    let request = HealthRequest::new(source.id().clone(), now());
    let health = block_on(there.health(&request)).unwrap();
    assert_eq!(health, here.health(&request).unwrap());
    assert_ne!(health, hookstage::Health::default());

    clock.advance(Duration::from_secs(31 * 24 * 60 * 60));
    let purge = PurgeRequest::older_than(Duration::from_secs(30 * 24 * 60 * 60), clock.now());
    let purged = block_on(there.purge(&purge)).unwrap();
    assert_ne!(purged, hookstage::store::Purged::default());
    assert!(here.history(&filter, None, 1000).unwrap().is_empty());
}

/// What one delivery alone said would pass for the truth of all that are counted.
#[test]
fn log_07_a_count_says_only_what_holds_for_all_that_it_counts() {
    let engine = engine();
    let source = source("coeffection");
    for number in 0..40 {
        let late = signed_at("coeffection", SECRET, NOW - 400, body("coeffection", "1"));
        let request = late.with("X-Request-Id", format!("request-{number}")).from("198.51.100.7");
        let receipt = receive(&engine, &source, &request);
        assert!(matches!(receipt.outcome, Outcome::Refused(_)), "{receipt:?}");
    }
    let rows = rows(&engine);
    let (single, counts): (Vec<_>, Vec<_>) = rows.iter().partition(|row| row.count == 1);
    assert_eq!((single.len(), counts.len(), counts[0].count), (30, 1, 10));
    for row in single {
        assert!(row.detail.is_some() && row.remote.is_some() && row.correlation_id.is_some());
        assert!(row.body_length.is_some() && row.took_millis.is_some());
        assert_eq!(row.skew_millis, Some(-400_000));
    }
    let count = counts[0];
    assert_eq!((&count.detail, count.remote, &count.correlation_id), (&None, None, &None));
    assert_eq!((count.body_length, count.took_millis, count.skew_millis), (None, None, None));
    assert_eq!((&count.headers, count.body_sha256, count.key_index), (&vec![], None, None));
}

#[test]
fn log_07_refused_heads_are_counted_like_the_rest_and_ask_no_store() {
    let (store, calls) = Counting::new();
    let engine = BlockingEngine::with_clock(store, ManualClock::at(now()));
    let source = source("coeffection");
    for _ in 0..10_000 {
        assert!(engine.receive_head(&source, &Head::post("/in", &[])).is_err());
    }
    assert_eq!(calls.writes.load(Ordering::SeqCst), 0);
    assert_eq!(calls.states_read.load(Ordering::SeqCst), 0);
    let rows = rows(&engine);
    assert_eq!(rows.len(), 31);
    assert_eq!(rows.iter().map(|row| row.count).sum::<u64>(), 10_000);
}

#[test]
fn log_07_rows_survive_a_store_that_is_down_for_a_while() {
    let (store, calls) = Counting::new();
    let clock = ManualClock::at(now());
    let engine = BlockingEngine::with_clock(store, clock.clone());
    let source = source("coeffection");
    *calls.fault.lock().unwrap() = Fault::Error;
    for number in 0..10 {
        let receipt = receive(&engine, &source, &forged("coeffection", &number.to_string()));
        assert_eq!(
            receipt.response.status(),
            401,
            "a stranger is answered whatever the store does"
        );
        clock.advance(Duration::from_secs(2));
    }
    assert!(engine.flush().is_err());
    *calls.fault.lock().unwrap() = Fault::None;
    assert_eq!(rows(&engine).len(), 10);
}

#[test]
fn r_wx_45_each_delivery_of_each_kind_has_exactly_one_row_or_count() {
    let engine = engine();
    let source = source("wexio");
    let paused = {
        let mut config = config("wexio");
        config.lifecycle = Lifecycle::Paused;
        Source::new(config).unwrap()
    };
    let mut too_large = genuine("wexio", "5");
    too_large.body = None;
    let idempotent = genuine("wexio", "6").with("X-Idempotency-Key", "k");
    let nobody =
        signed_with("wexio", SECRET, r#"{"id":"7","customer":{"email":"nobody@acme.com"}}"#);
    let requests = [
        genuine("wexio", "1"),
        forged("wexio", "2"),
        genuine("wexio", "3").by("PUT"),
        signed_with("wexio", SECRET, "{"),
        too_large,
        idempotent.clone(),
        idempotent,
        nobody,
    ];
    for request in &requests {
        let _ = receive(&engine, &source, request);
    }
    let _ = receive(&engine, &paused, &genuine("wexio", "8"));
    let _ = engine.open_capture(&source).unwrap();
    let _ = receive(&engine, &source, &genuine("wexio", "9"));
    let rows = rows(&engine);
    assert_eq!(rows.iter().map(|row| row.count).sum::<u64>(), requests.len() as u64 + 2);
    let mut tags: Vec<&str> = rows.iter().map(|row| source.policy().tag(row)).collect();
    tags.sort_unstable();
    assert_eq!(
        tags,
        [
            "ACCEPTED",
            "ACCEPTED",
            "ACCEPTED",
            "ERROR",
            "IDENTIFIER_NOT_FOUND",
            "INVALID_JSON",
            "PAYLOAD_TOO_LARGE",
            "SAMPLE_CAPTURED",
            "TRIGGER_NOT_FOUND",
            "UNAUTHORIZED",
        ]
    );
}

#[test]
fn a_row_keeps_the_place_that_its_key_had_when_it_was_judged() {
    let clock = ManualClock::at(now());
    let engine = engine_at(&clock);
    let (first, second, third) = ("the first secret", "the second secret", "the third secret");
    let ended = now() + Duration::from_secs(150);
    let source = |keys: &[&str]| {
        let mut config = config("connectgain");
        config.keys = keys
            .iter()
            .map(|text| {
                let key = KeyConfig::new(Secret::new(*text).unwrap());
                if *text == second { key.until(ended) } else { key }
            })
            .collect();
        Source::new(config).unwrap()
    };
    let sent = |keys: &[&str], secret: &str, id: &str| {
        let request = signed_with("connectgain", secret, body("connectgain", id));
        let staged = receive(&engine, &source(keys), &request).outcome;
        assert!(matches!(staged, Outcome::Staged(_)), "{id}: {staged:?}");
        clock.advance(Duration::from_secs(60));
    };
    sent(&[first], first, "1");
    sent(&[second, first], first, "2");
    sent(&[second, first], second, "3");
    // The second has ended and keeps its place.
    sent(&[third, second, first], first, "4");
    sent(&[third, second, first], third, "5");
    // It is taken away.
    sent(&[third, first], first, "6");
    let mut places: Vec<_> = rows(&engine).iter().map(|row| (row.at, row.key_index)).collect();
    places.sort_unstable();
    let places: Vec<_> = places.into_iter().map(|(_, place)| place).collect();
    assert_eq!(places, [Some(0), Some(1), Some(0), Some(2), Some(0), Some(1)]);

    // So what is asked of a time with several lists of keys adds up places, and not keys.
    let since = |seconds: u64| {
        let since = now() + Duration::from_secs(seconds);
        let source = source(&[first]);
        engine.health(&HealthRequest::new(source.id().clone(), since)).unwrap()
    };
    assert_eq!(since(0).by_key, [3, 2, 1]);
    assert_eq!(since(180).by_key, [1, 1, 1]);
    assert_eq!(since(300).share_on_old_keys(), Some(1.0));
}

fn rotated(mut config: SourceConfig, old: &str) -> Source {
    config.keys.push(Secret::new(old).unwrap().into());
    Source::new(config).unwrap()
}

#[test]
fn health_of_a_source_counts_and_tells_the_old_secret_and_the_clock() {
    let clock = ManualClock::at(now());
    let engine = engine_at(&clock);
    let source = rotated(config("coeffection"), "the old secret");
    let since = clock.now();
    // The sender's clock is two seconds ahead; one delivery is a retry of four minutes ago.
    for number in 0..7 {
        let id = number.to_string();
        let secret = if number < 2 { "the old secret" } else { SECRET };
        let time = if number == 3 { NOW - 240 } else { NOW + 2 };
        let request = signed_at("coeffection", secret, time, body("coeffection", &id));
        assert!(matches!(receive(&engine, &source, &request).outcome, Outcome::Staged(_)));
    }
    let again = signed_at("coeffection", SECRET, NOW + 2, body("coeffection", "6"));
    assert!(matches!(receive(&engine, &source, &again).outcome, Outcome::Duplicate { .. }));
    clock.advance(Duration::from_secs(60));
    let replay = signed_at("coeffection", SECRET, NOW - 5000, body("coeffection", "6"));
    for _ in 0..100 {
        let _ = receive(&engine, &source, &replay);
    }
    let _ = receive(&engine, &source, &forged("coeffection", "x"));
    let _ = receive(&engine, &source, &signed_at("coeffection", SECRET, NOW + 60, "{"));

    let request = HealthRequest::new(source.id().clone(), since);
    let health = engine.health(&request).unwrap();
    assert_eq!((health.accepted, health.duplicates, health.captured, health.ignored), (7, 1, 0, 0));
    let refused: Vec<(&str, u64)> =
        health.refused.iter().map(|(reason, count)| (&**reason, *count)).collect();
    assert_eq!(refused, [("mismatch", 1), ("not_json", 1), ("stale", 100)]);
    assert_eq!(health.refusals(), 102);
    assert_eq!(health.last_accepted, Some(now()));
    assert_eq!(health.last_refused, Some(clock.now()));
    let skew = health.clock_skew.unwrap();
    assert_eq!((skew.millis, skew.samples, skew.is_of_refused), (2000, 8, false));
    assert_eq!(health.by_key, [6, 2]);
    assert_eq!(health.share_on_old_keys(), Some(0.25));
    assert_eq!(health.cut_at, None);

    // A text form for a host's own page, and back.
    let text = serde_json::to_string(&health).unwrap();
    assert_eq!(serde_json::from_str::<hookstage::Health>(&text).unwrap(), health);

    // Of a later time, of another source, of nothing.
    let mut later = request.clone();
    later.since = now() + Duration::from_secs(1);
    let health = engine.health(&later).unwrap();
    assert_eq!((health.accepted, health.refusals()), (0, 102));
    later.until = Some(later.since);
    assert_eq!(engine.health(&later).unwrap(), hookstage::Health::default());
}

#[test]
fn health_tells_a_clock_that_is_so_wrong_that_everything_is_refused() {
    for (offset, millis) in [(-3600, -3_600_000), (3600, 3_600_000)] {
        let engine = engine();
        let source = source("coeffection");
        for number in 0..5 {
            let text = body("coeffection", &number.to_string());
            let request = signed_at("coeffection", SECRET, NOW + offset, text);
            assert_eq!(receive(&engine, &source, &request).response.status(), 401);
        }
        // A forgery's time says nothing.
        let _ = receive(&engine, &source, &signed_at("coeffection", "another", NOW + 9, "{}"));
        let health =
            engine.health(&HealthRequest::new(source.id().clone(), Timestamp::UNIX_EPOCH)).unwrap();
        let skew = health.clock_skew.unwrap();
        assert_eq!((skew.millis, skew.samples, skew.is_of_refused), (millis, 5, true));
        assert_eq!(health.share_on_old_keys(), None);
    }
    // Where no time is signed, nothing is known.
    let engine = engine();
    let source = source("connectgain");
    let _ = receive(&engine, &source, &genuine("connectgain", "1"));
    let request = HealthRequest::new(source.id().clone(), Timestamp::UNIX_EPOCH);
    assert_eq!(engine.health(&request).unwrap().clock_skew, None);
}

#[test]
fn health_reads_so_many_rows_and_says_where_it_stopped() {
    let clock = ManualClock::at(now());
    let engine = engine_at(&clock);
    let source = source("coeffection");
    for number in 0..2_500 {
        let text = body("coeffection", &number.to_string());
        let time = clock.now().as_unix_seconds();
        let request = signed_at("coeffection", SECRET, time, text);
        assert!(matches!(receive(&engine, &source, &request).outcome, Outcome::Staged(_)));
        clock.advance(Duration::from_secs(1));
    }
    let mut request = HealthRequest::new(source.id().clone(), Timestamp::UNIX_EPOCH);
    for (max_rows, rows, cut) in [
        (10_000, 2_500, None),
        (2_500, 2_500, None),
        (2_499, 2_499, Some(1)),
        (1_001, 1_001, Some(1_499)),
        (1_000, 1_000, Some(1_500)),
        (999, 999, Some(1_501)),
        (1, 1, Some(2_499)),
    ] {
        request.max_rows = max_rows;
        let health = engine.health(&request).unwrap();
        assert_eq!((health.rows, health.accepted), (rows, rows), "{max_rows}");
        assert_eq!(health.cut_at, cut.map(|at| now() + Duration::from_secs(at)), "{max_rows}");
    }
}

#[test]
fn api_03_a_panic_of_the_hosts_directory_leaves_nothing_half_done() {
    let clock = ManualClock::at(now());
    let fails = Arc::new(Mutex::new(true));
    let asked = fails.clone();
    let engine =
        BlockingEngine::with_clock(MemoryStore::new(), clock.clone()).with_contacts(move |_, _| {
            let fails = *asked.lock().unwrap();
            assert!(!fails, "a fault of the host");
            Ok(Resolution::Found { contact: "ada".into() })
        });
    let source = source("wexio");
    let request = genuine("wexio", "1").with("X-Idempotency-Key", "k");
    let caught = panics(|| receive(&engine, &source, &request));
    assert!(caught);
    assert!(rows(&engine).is_empty());
    *fails.lock().unwrap() = false;
    // Its key is under way, as far as anyone knows, until the patience with it ends.
    assert_eq!(receive(&engine, &source, &request).response.status(), 409);
    clock.advance(Duration::from_secs(60));
    assert!(matches!(receive(&engine, &source, &request).outcome, Outcome::Staged(_)));
    let without_key = genuine("wexio", "2");
    assert!(matches!(receive(&engine, &source, &without_key).outcome, Outcome::Staged(_)));
}

/// Whether it panics; what it prints is caught as well.
fn panics<T>(work: impl FnOnce() -> T) -> bool {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).is_err()
}

struct PanickingClock(Arc<Mutex<u32>>);

impl Clock for PanickingClock {
    fn now(&self) -> Timestamp {
        let mut left = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *left = left.checked_sub(1).expect("a fault of the host's clock");
        now()
    }
}

#[test]
fn api_03_a_panic_of_the_hosts_clock_leaves_nothing_half_done() {
    // It panics at the first, second, ... time that it is asked.
    for nth in 0..6 {
        let left = Arc::new(Mutex::new(nth));
        let engine = BlockingEngine::with_clock(MemoryStore::new(), PanickingClock(left.clone()));
        let source = source("coeffection");
        let request = genuine("coeffection", "1");
        let first = panics(|| receive(&engine, &source, &request));
        let second = panics(|| receive(&engine, &source, &forged("coeffection", "1")));
        *left.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = u32::MAX;
        // Whatever became of the first attempt, the retry ends the same way, and nobody waits for
        // a lock that is never let go.
        let retry = receive(&engine, &source, &request);
        assert_eq!(retry.response.status(), 202, "{nth}");
        let mut filter = HistoryFilter::tenant("acme");
        filter.outcome = Some("staged".into());
        let staged = engine.history(&filter, None, 10).unwrap();
        assert_eq!(staged.len(), 1, "{nth}: {first} {second}");
    }
}

#[test]
fn api_03_a_panic_of_the_hosts_store_leaves_nothing_half_done() {
    let (store, calls) = Counting::new();
    let clock = ManualClock::at(now());
    let engine = BlockingEngine::with_clock(store, clock.clone());
    let source = source("coeffection");
    let request = genuine("coeffection", "1");
    *calls.fault.lock().unwrap() = Fault::Panic;
    assert!(panics(|| receive(&engine, &source, &request)));
    assert!(panics(|| receive(&engine, &source, &forged("coeffection", "2"))));
    *calls.fault.lock().unwrap() = Fault::None;
    assert!(matches!(receive(&engine, &source, &request).outcome, Outcome::Staged(_)));
    assert!(matches!(receive(&engine, &source, &request).outcome, Outcome::Duplicate { .. }));
    clock.advance(Duration::from_secs(1));
    let _ = receive(&engine, &source, &forged("coeffection", "3"));
    // The row that was on its way into the store as it panicked is the store's to have or not.
    let kept = rows(&engine);
    assert_eq!(kept.iter().filter(|row| row.outcome == "refused").count(), 1);
    engine.close().unwrap();
}

/// What an operator would have to do to have rows of an unsigned source hold a sender's own words.
#[test]
fn an_unsigned_source_is_scrubbed_like_any_other() {
    let mut config = SourceConfig::preset("acme", "forms", &providers::UNSIGNED);
    config.policy = PolicyConfig::Custom(Box::new(Policy::standard()));
    let source = Source::new(config).unwrap();
    let engine = engine();
    let request = Request::new("{}").with("Authorization", "Bearer canary");
    let _ = receive(&engine, &source, &request);
    assert!(!serde_json::to_string(&rows(&engine)).unwrap().contains("canary"));
}
