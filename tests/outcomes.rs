//! The outcome tables of five systems: for every outcome that a system has, its status and body.
#![cfg(feature = "test-util")]

mod common;

use common::*;
use hookstage::{AddressList, Lifecycle, ManualClock, Outcome, Receipt, Source, SourceConfig};

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
            let receipt = produce(outcome, profile);
            let (got_status, got_body, _) = seen(&receipt);
            assert_eq!(
                (got_status.to_string().as_str(), got_body.as_str()),
                (status, wanted.as_str()),
                "{outcome} under {profile}: {:?}",
                receipt.outcome
            );
            checked += 1;
        }
    }
    assert_eq!(checked, 68);
}

/// Brings an outcome about, by a delivery as a sender would send it.
fn produce(outcome: &str, profile: &str) -> Receipt {
    let clock = ManualClock::at(now());
    let engine = engine_at(&clock);
    let with = |change: &dyn Fn(&mut SourceConfig)| {
        let mut changed = config(profile);
        change(&mut changed);
        Source::new(changed).unwrap()
    };
    let plain = source(profile);
    let request = genuine(profile, "evt_1");
    match outcome {
        "accepted" => receive(&engine, &plain, &request),
        "duplicate" => {
            let first = receive(&engine, &plain, &request);
            assert!(matches!(first.outcome, Outcome::Staged(_)));
            let second = receive(&engine, &plain, &request);
            assert!(matches!(second.outcome, Outcome::Duplicate { .. }), "{profile}");
            second
        }
        "replayed" => {
            let request = request.with("X-Idempotency-Key", "key-1");
            assert!(matches!(receive(&engine, &plain, &request).outcome, Outcome::Staged(_)));
            let again = receive(&engine, &plain, &request);
            assert!(matches!(again.outcome, Outcome::Replayed { payload_differs: false }));
            again
        }
        "captured" => {
            let _ = engine.open_capture(&plain).unwrap();
            receive(&engine, &plain, &request)
        }
        "unauthenticated" => {
            receive(&engine, &plain, &signed_with(profile, "another", body(profile, "evt_1")))
        }
        "address" => {
            let source = with(&|config| {
                config.addresses = Some(AddressList::new(["203.0.113.0/24"]).unwrap());
            });
            receive(&engine, &source, &request.from("198.51.100.1"))
        }
        "unknown" => {
            let unknown = unknown(profile);
            request.deliver(|delivery| engine.receive(&unknown, delivery).unwrap())
        }
        "paused" => {
            receive(&engine, &with(&|config| config.lifecycle = Lifecycle::Paused), &request)
        }
        "draft" => receive(&engine, &with(&|config| config.lifecycle = Lifecycle::Draft), &request),
        "method" => receive(&engine, &plain, &request.by("GET")),
        "content_type" => {
            let request = request.without("content-type").with("content-type", "text/plain");
            receive(&engine, &plain, &request)
        }
        "too_large" => {
            let limit = usize::try_from(plain.body_limit()).unwrap();
            let body = format!("{{\"x\":\"{}\"}}", "a".repeat(limit));
            receive(&engine, &plain, &signed_with(profile, SECRET, body))
        }
        "invalid_json" => receive(&engine, &plain, &signed_with(profile, SECRET, "{\"id\":1,}")),
        "no_object" => receive(&engine, &plain, &signed_with(profile, SECRET, "[1]")),
        "incomplete" => receive(&engine, &plain, &signed_with(profile, SECRET, "{\"x\":1}")),
        "no_contact" => {
            let body = br#"{"customer":{"email":"nobody@acme.com"}}"#.to_vec();
            receive(&engine, &plain, &signed_with(profile, SECRET, body))
        }
        "no_binding" => receive(&engine, &with(&|config| config.bindings.clear()), &request),
        "not_subscribed" => {
            let source = with(&|config| config.events = hookstage::Subscription::only(["deal.*"]));
            let receipt = receive(&engine, &source, &request);
            assert!(matches!(receipt.outcome, Outcome::Ignored(_)));
            receipt
        }
        "rate_limited" => {
            let mut last = receive(&engine, &plain, &request);
            for _ in 0..1000 {
                last = receive(&engine, &plain, &request);
            }
            assert_eq!(last.response.header("retry-after"), Some("1"));
            last
        }
        "in_flight" => in_flight(profile),
        "fault" => {
            let engine = engine_at(&clock);
            engine.close().unwrap();
            request.deliver(|delivery| {
                let fault = engine.receive(&plain, delivery).unwrap_err();
                let mut receipt = produce("accepted", profile);
                receipt.response = fault.response;
                receipt
            })
        }
        other => panic!("{other}"),
    }
}

/// While the directory is asked about the first, the second arrives with the same key.
fn in_flight(profile: &str) -> Receipt {
    use hookstage::store::MemoryStore;
    use hookstage::{BlockingEngine, Resolution};
    use std::sync::{Arc, Mutex};

    let store = MemoryStore::new();
    let inner = BlockingEngine::with_clock(store.clone(), ManualClock::at(now()));
    let seen: Arc<Mutex<Option<Receipt>>> = Arc::default();
    let request = genuine(profile, "evt_1").with("X-Idempotency-Key", "key-1");
    let (kept, second, profile_name) = (seen.clone(), request.clone(), profile.to_owned());
    let outer =
        BlockingEngine::with_clock(store, ManualClock::at(now())).with_contacts(move |_, _| {
            let receipt = receive(&inner, &source(&profile_name), &second);
            *kept.lock().unwrap() = Some(receipt);
            Ok(Resolution::Found { contact: "ada".into() })
        });
    let first = receive(&outer, &source(profile), &request);
    assert!(matches!(first.outcome, Outcome::Staged(_)));
    let second = seen.lock().unwrap().take().unwrap();
    assert_eq!(second.response.header("retry-after"), Some("1"));
    second
}

#[test]
fn r_wx_45_the_history_shows_the_eight_words() {
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
        let receipt = produce(outcome, "wexio");
        assert!(receipt.response.body().contains(tag), "{outcome}");
    }
}

#[test]
fn r_cg_5_a_405_says_what_is_allowed() {
    for profile in PROFILES {
        let receipt = produce("method", profile);
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
        assert_eq!(serde_json::from_str::<hookstage::Policy>(&text).unwrap(), policy);
    }
}
