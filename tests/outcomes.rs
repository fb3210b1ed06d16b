//! The outcome tables of five systems: for every outcome that a system has, its status and body.
#![cfg(feature = "test-util")]

mod common;

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use common::*;
use hookstage::store::{EventFilter, HistoryFilter, MemoryLimits, MemoryStore, PurgeRequest};
use hookstage::{
    AddressList, Answer, BlockingEngine, Clock, Lifecycle, ManualClock, Outcome, Policy,
    PolicyConfig, Receipt, Resolution, Source, SourceConfig, Timestamp, Transition,
};

/// What each system answers, from its own pages where they say so. A minus marks an outcome that
/// the system does not have.
const TABLE: &str = "
outcome            coeffection          connectgain             comma  synerise  wexio
accepted           202:accepted         200:OK                  200:   200:OK    202:ACCEPTED
duplicate          202:accepted         200:OK                  200:   204:      -
replayed           -                    -                       -      -         202:ACCEPTED
captured           -                    -                       -      200:OK    202:SAMPLE_CAPTURED
unauthenticated    401:unauthorized     401:Invalid signature   401:   401:      401:UNAUTHORIZED
address            -                    -                       403:   -         -
unknown            401:unauthorized     404:Not found           401:   404:      404:TRIGGER_NOT_FOUND
paused             401:unauthorized     404:Not found           401:   404:      404:TRIGGER_NOT_FOUND
draft              401:unauthorized     404:Not found           401:   404:      404:TRIGGER_NOT_FOUND
method             401:unauthorized     405:Method not allowed  405:   405:      405:ERROR
content_type       -                    -                       -      415:      400:INVALID_JSON
too_large          401:unauthorized     413:Payload too large   413:   413:      413:PAYLOAD_TOO_LARGE
invalid_json       400:invalid_json     400:Invalid JSON        400:   400:      400:INVALID_JSON
no_object          -                    400:Invalid JSON        400:   400:      -
incomplete         -                    400:Incomplete event    422:   -         -
no_contact         -                    -                       -      -         422:IDENTIFIER_NOT_FOUND
no_binding         202:accepted         200:OK                  -      200:OK    404:TRIGGER_NOT_FOUND
not_subscribed     -                    200:OK                  -      -         -
test_event         -                    200:OK                  -      -         -
rate_limited       -                    -                       429:   -         -
in_flight          -                    -                       -      -         409:ERROR
fault              500:try_again        500:Try again           503:   500:      500:ERROR
";

#[test]
fn r_cg_16_17_r_cm_16_29_30_31_32_33_r_sy_17_33_34_r_wx_45_outcome_tables() {
    let mut rows = TABLE.lines().filter(|line| !line.is_empty());
    let header = rows.next().unwrap();
    let starts: Vec<usize> = PROFILES.iter().map(|name| header.find(name).unwrap()).collect();
    let mut checked = 0;
    for row in rows {
        let outcome = row.split(' ').next().unwrap();
        for (index, profile) in PROFILES.iter().enumerate() {
            let end = starts.get(index + 1).copied().unwrap_or(row.len()).min(row.len());
            let cell = row[starts[index].min(row.len())..end].trim();
            if cell == "-" {
                continue;
            }
            let (status, text) = cell.split_once(':').unwrap();
            let wanted = match (*profile, text) {
                ("coeffection", "accepted") => r#"{"status":"accepted"}"#.to_owned(),
                ("coeffection", text) => format!(r#"{{"error":"{text}"}}"#),
                ("wexio", text) => format!(r#"{{"outcome":"{text}"}}"#),
                (_, text) => text.to_owned(),
            };
            let scene = Scene::new(profile);
            let receipt = scene.produce(outcome);
            let context = format!("{outcome} under {profile}: {:?}", receipt.outcome);
            let (got_status, got_body, headers) = seen(&receipt);
            assert_eq!(
                (got_status.to_string().as_str(), got_body.as_str()),
                (status, wanted.as_str()),
                "{context}"
            );
            assert_eq!(headers, headers_of(outcome, got_status, &got_body), "{context}");
            let tag = if *profile == "wexio" { text } else { "" };
            scene.has_one_row_for_each_delivery(&receipt, tag, &context);
            checked += 1;
        }
    }
    assert_eq!(checked, 69);
}

/// The headers that go with a status and a body.
fn headers_of(outcome: &str, status: u16, body: &str) -> Vec<(String, String)> {
    let mut headers = vec![("cache-control", "no-store")];
    if !body.is_empty() {
        headers.push(if body.starts_with('{') {
            ("content-type", "application/json")
        } else {
            ("content-type", "text/plain; charset=utf-8")
        });
        headers.push(("x-content-type-options", "nosniff"));
    }
    if status == 405 {
        headers.push(("allow", "POST"));
    }
    if matches!(outcome, "rate_limited" | "in_flight") {
        headers.push(("retry-after", "1"));
    }
    headers.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// One engine, and how many deliveries it was given.
struct Scene {
    profile: &'static str,
    engine: BlockingEngine,
    sent: Cell<u64>,
    /// What the store is asked under; nothing where the store is down.
    tenant: Cell<Option<&'static str>>,
}

impl Scene {
    fn new(profile: &'static str) -> Self {
        Self { profile, engine: engine(), sent: Cell::new(0), tenant: Cell::new(Some("acme")) }
    }

    fn receive(&self, source: &Source, request: &Request) -> Receipt {
        self.sent.set(self.sent.get() + 1);
        receive(&self.engine, source, request)
    }

    /// Each delivery has left one row or is counted in one, and the last is the one answered.
    fn has_one_row_for_each_delivery(&self, receipt: &Receipt, tag: &str, context: &str) {
        let Some(tenant) = self.tenant.get() else { return };
        let mut rows = Vec::new();
        let mut after = None;
        loop {
            let page = self.engine.history(&HistoryFilter::tenant(tenant), after, 100).unwrap();
            let Some((cursor, _)) = page.last() else { break };
            after = Some(*cursor);
            rows.extend(page.into_iter().map(|(_, row)| row));
        }
        assert_eq!(rows.iter().map(|row| row.count).sum::<u64>(), self.sent.get(), "{context}");
        let last = &rows[0];
        assert_eq!(last.status, receipt.response.status(), "{context}");
        assert_eq!(last.outcome, receipt.outcome.as_str(), "{context}");
        if !matches!(receipt.outcome, Outcome::Replayed { .. }) {
            assert_eq!(policy(self.profile).policy().tag(last), tag, "{context}");
        }
    }

    /// Brings an outcome about, by a delivery as a sender would send it.
    fn produce(&self, outcome: &str) -> Receipt {
        let profile = self.profile;
        let with = |change: &dyn Fn(&mut SourceConfig)| {
            let mut changed = config(profile);
            change(&mut changed);
            Source::new(changed).unwrap()
        };
        let plain = source(profile);
        let request = genuine(profile, "evt_1");
        match outcome {
            "accepted" => self.receive(&plain, &request),
            "duplicate" => {
                let first = self.receive(&plain, &request);
                assert!(matches!(first.outcome, Outcome::Staged(_)));
                let second = self.receive(&plain, &request);
                assert!(matches!(second.outcome, Outcome::Duplicate { .. }), "{profile}");
                second
            }
            "replayed" => {
                let request = request.with("X-Idempotency-Key", "key-1");
                assert!(matches!(self.receive(&plain, &request).outcome, Outcome::Staged(_)));
                let again = self.receive(&plain, &request);
                assert!(matches!(again.outcome, Outcome::Replayed { payload_differs: false }));
                again
            }
            "captured" => {
                let _ = self.engine.open_capture(&plain).unwrap();
                self.receive(&plain, &request)
            }
            "unauthenticated" => {
                self.receive(&plain, &signed_with(profile, "another", body(profile, "evt_1")))
            }
            "address" => {
                let source = with(&|config| {
                    config.addresses = Some(AddressList::new(["203.0.113.0/24"]).unwrap());
                });
                self.receive(&source, &request.from("198.51.100.1"))
            }
            "unknown" => {
                // Its row belongs to no tenant.
                self.tenant.set(Some("unknown"));
                self.sent.set(1);
                let unknown = unknown(profile);
                request.deliver(|delivery| self.engine.receive(&unknown, delivery).unwrap())
            }
            "paused" => {
                self.receive(&with(&|config| config.lifecycle = Lifecycle::Paused), &request)
            }
            "draft" => self.receive(&with(&|config| config.lifecycle = Lifecycle::Draft), &request),
            "method" => self.receive(&plain, &request.by("GET")),
            "content_type" => {
                let request = request.without("content-type").with("content-type", "text/plain");
                self.receive(&plain, &request)
            }
            "too_large" => {
                let limit = usize::try_from(plain.body_limit()).unwrap();
                let body = format!("{{\"x\":\"{}\"}}", "a".repeat(limit));
                self.receive(&plain, &signed_with(profile, SECRET, body))
            }
            "invalid_json" => self.receive(&plain, &signed_with(profile, SECRET, "{\"id\":1,}")),
            "no_object" => self.receive(&plain, &signed_with(profile, SECRET, "[1]")),
            "incomplete" => self.receive(&plain, &signed_with(profile, SECRET, "{\"x\":1}")),
            "no_contact" => {
                let body = br#"{"customer":{"email":"nobody@acme.com"}}"#.to_vec();
                self.receive(&plain, &signed_with(profile, SECRET, body))
            }
            "no_binding" => self.receive(&with(&|config| config.bindings.clear()), &request),
            "not_subscribed" => {
                let source =
                    with(&|config| config.events = hookstage::Subscription::only(["deal.*"]));
                let receipt = self.receive(&source, &request);
                assert!(matches!(receipt.outcome, Outcome::Ignored(_)));
                receipt
            }
            "test_event" => {
                let body = body(profile, "t").replace("{\"id\"", "{\"test\":true,\"id\"");
                let receipt = self.receive(&plain, &signed_with(profile, SECRET, body));
                assert_eq!(receipt.outcome, Outcome::Ignored(hookstage::Refusal::TestEvent));
                receipt
            }
            "rate_limited" => {
                let mut last = self.receive(&plain, &request);
                for _ in 0..1000 {
                    last = self.receive(&plain, &request);
                }
                last
            }
            "in_flight" => self.in_flight(),
            "fault" => {
                let accepted = self.receive(&plain, &request);
                self.tenant.set(None);
                self.engine.close().unwrap();
                let fault =
                    request.deliver(|delivery| self.engine.receive(&plain, delivery).unwrap_err());
                assert!((500..600).contains(&fault.response.status()));
                let mut receipt = accepted;
                receipt.response = fault.response;
                receipt
            }
            other => panic!("{other}"),
        }
    }

    /// While the directory is asked about the first, the second arrives with the same key.
    fn in_flight(&self) -> Receipt {
        let profile = self.profile;
        let store = MemoryStore::new();
        let inner = BlockingEngine::with_clock(store.clone(), ManualClock::at(now()));
        let seen: Arc<Mutex<Option<Receipt>>> = Arc::default();
        let request = genuine(profile, "evt_1").with("X-Idempotency-Key", "key-1");
        let (kept, second) = (seen.clone(), request.clone());
        let outer =
            BlockingEngine::with_clock(store, ManualClock::at(now())).with_contacts(move |_, _| {
                let receipt = receive(&inner, &source(profile), &second);
                *kept.lock().unwrap() = Some(receipt);
                inner.flush().unwrap();
                Ok(Resolution::Found { contact: "ada".into() })
            });
        let first = receive(&outer, &source(profile), &request);
        assert!(matches!(first.outcome, Outcome::Staged(_)));
        let rows = outer.history(&HistoryFilter::tenant("acme"), None, 10).unwrap();
        let words: Vec<&str> = rows.iter().map(|(_, row)| &*row.outcome).collect();
        assert_eq!(words, ["staged", "refused"]);
        self.tenant.set(None);
        seen.lock().unwrap().take().unwrap()
    }
}

#[test]
fn r_cm_33_a_fault_of_ours_is_a_5xx_that_keeps_no_repetition_out() {
    for profile in PROFILES {
        let clock = ManualClock::at(now());
        let mut limits = MemoryLimits::default();
        limits.events = 1;
        let store = MemoryStore::with_limits(limits);
        let engine = BlockingEngine::with_clock(store, clock.clone())
            .with_contacts(|_, _| Ok(Resolution::Found { contact: "ada".into() }));
        let source = source(profile);
        let first = receive(&engine, &source, &genuine(profile, "evt_1"));
        let Outcome::Staged(filler) = first.outcome else { panic!("{profile}: {first:?}") };
        // The store is full, so nothing of the second can be kept, its key neither.
        let request = genuine(profile, "evt_2").with("X-Idempotency-Key", "key-2");
        for _ in 0..3 {
            let fault = request.deliver(|delivery| engine.receive(&source, delivery).unwrap_err());
            assert!((500..600).contains(&fault.response.status()), "{profile}");
            assert_eq!(fault.response.header("cache-control"), Some("no-store"));
        }
        let _ = engine.settle("acme", filler, Transition::Reject, "ada", None).unwrap();
        clock.advance(Duration::from_millis(1));
        let purge = PurgeRequest::older_than(Duration::ZERO, now() + Duration::from_millis(1));
        assert_eq!(engine.purge(&purge).unwrap().events, 1);
        let receipt = receive(&engine, &source, &request);
        assert!(matches!(receipt.outcome, Outcome::Staged(_)), "{profile}: {receipt:?}");
    }
}

#[test]
fn api_03_a_panic_in_code_of_the_host_leaves_nothing_locked_and_nothing_half_done() {
    struct Trips(AtomicBool);
    impl Clock for Trips {
        fn now(&self) -> Timestamp {
            assert!(!self.0.swap(false, Ordering::Relaxed), "the host's clock");
            now()
        }
    }
    for clock_panics in [true, false] {
        let trip = Arc::new(AtomicBool::new(!clock_panics));
        let armed = trip.clone();
        let engine =
            BlockingEngine::with_clock(MemoryStore::new(), Trips(AtomicBool::new(clock_panics)))
                .with_contacts(move |_, _| {
                    assert!(!armed.swap(false, Ordering::Relaxed), "the host's directory");
                    Ok(Resolution::Found { contact: "ada".into() })
                });
        let source = source("wexio");
        let request = genuine("wexio", "evt_1");
        let died = catch_unwind(AssertUnwindSafe(|| receive(&engine, &source, &request)));
        assert!(died.is_err());
        assert!(engine.list(&EventFilter::tenant("acme"), None, 1).unwrap().is_empty());
        let receipt = receive(&engine, &source, &request);
        assert!(matches!(receipt.outcome, Outcome::Staged(_)), "{receipt:?}");
        let forged = signed_with("wexio", "another", "{}");
        assert_eq!(receive(&engine, &source, &forged).response.status(), 401);
    }
}

#[test]
fn r_wx_45_the_history_shows_the_eight_words() {
    let mut shown = std::collections::BTreeSet::new();
    for (outcome, tag) in [
        ("accepted", "ACCEPTED"),
        ("captured", "SAMPLE_CAPTURED"),
        ("unauthenticated", "UNAUTHORIZED"),
        ("invalid_json", "INVALID_JSON"),
        ("too_large", "PAYLOAD_TOO_LARGE"),
        ("no_contact", "IDENTIFIER_NOT_FOUND"),
        ("no_binding", "TRIGGER_NOT_FOUND"),
        ("method", "ERROR"),
    ] {
        let scene = Scene::new("wexio");
        let receipt = scene.produce(outcome);
        scene.has_one_row_for_each_delivery(&receipt, tag, outcome);
        assert!(receipt.response.body().contains(tag), "{outcome}");
        shown.insert(tag);
    }
    assert_eq!(shown.len(), 8);
}

#[test]
fn statuses_that_a_sender_needs_are_set_for_one_source() {
    // A sender that gives up on everything but a 200, and one that is told nothing at all.
    for profile in PROFILES {
        let mut policy = policy(profile).policy();
        policy.answers.accepted = Answer::text(200, "ok");
        policy.answers.duplicate = Answer::text(200, "ok");
        policy.answers.not_json = Answer::empty(200);
        policy.answers.fault = Answer::empty(599);
        let mut config = config(profile);
        config.policy = PolicyConfig::Custom(Box::new(policy.clone()));
        let set = Source::new(config).unwrap();
        let engine = engine();
        let request = genuine(profile, "evt_1").with("X-Idempotency-Key", "key-1");
        let again = if profile == "wexio" { "replayed" } else { "duplicate" };
        for wanted in ["staged", again] {
            let receipt = receive(&engine, &set, &request);
            assert_eq!(receipt.outcome.as_str(), wanted);
            assert_eq!((receipt.response.status(), receipt.response.body()), (200, "ok"));
        }
        let receipt = receive(&engine, &set, &signed_with(profile, SECRET, "{"));
        assert_eq!(receipt.response.status(), 200, "a refusal may be hidden from its sender");
        assert_eq!(receipt.outcome.as_str(), "refused", "and never from its operator");
        // What would lose events cannot be set: a fault of ours as a success, a body with a 204.
        for (at, change) in [
            (
                "policy.answers.fault",
                &(|p: &mut Policy| p.answers.fault = Answer::empty(200)) as &dyn Fn(&mut Policy),
            ),
            ("policy.answers.fault", &|p| p.answers.fault = Answer::empty(404)),
            ("policy.answers.accepted", &|p| p.answers.accepted = Answer::empty(500)),
            ("policy.answers.duplicate", &|p| p.answers.duplicate = Answer::empty(409)),
            ("policy.answers.duplicate", &|p| p.answers.duplicate = Answer::text(204, "x")),
            ("policy.answers.rate_limited", &|p| p.answers.rate_limited = Answer::empty(200)),
            ("policy.answers.unknown", &|p| p.answers.unknown = Answer::empty(99)),
            ("policy.event_header", &|p| p.event_header = Some("X Event".into())),
            ("policy.event_header", &|p| p.event_header = Some("".into())),
        ] {
            let mut wrong = policy.clone();
            change(&mut wrong);
            let mut config = crate::config(profile);
            config.policy = PolicyConfig::Custom(Box::new(wrong));
            assert_eq!(Source::new(config).unwrap_err().faults()[0].at(), at);
        }
    }
}

#[test]
fn r_cg_5_a_405_says_what_is_allowed() {
    for profile in PROFILES {
        let receipt = Scene::new(profile).produce("method");
        let allow = receipt.response.header("allow");
        assert_eq!(allow.is_some(), receipt.response.status() == 405, "{profile}");
        assert_ne!(allow, Some("GET"));
    }
}

#[test]
fn every_field_of_every_profile_is_sound() {
    for profile in PROFILES {
        let _ = source(profile);
        let policy = policy(profile).policy();
        let text = serde_json::to_string(&policy).unwrap();
        assert_eq!(serde_json::from_str::<Policy>(&text).unwrap(), policy);
    }
}
