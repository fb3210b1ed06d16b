//! A secret that must not turn up: searched for in every form in what the library says.
#![cfg(feature = "test-util")]

mod common;

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use common::*;
use hookstage::store::HistoryFilter;
use hookstage::{Capture, HealthRequest, Lifecycle, ManualClock, Source, Timestamp};

/// The forms in which a secret could leak, by name.
fn forms(secret: &str) -> Vec<(&'static str, Vec<u8>)> {
    let base64_inside = |engine: &dyn Fn(&[u8]) -> String| -> Vec<Vec<u8>> {
        // Of a secret in the middle of something, the characters that hold nothing else.
        (0..3_usize)
            .map(|before| {
                let text = engine(&[vec![0; before], secret.as_bytes().to_vec()].concat());
                let first = (before * 8).div_ceil(6);
                text.as_bytes()[first..(before + secret.len()) * 8 / 6].to_vec()
            })
            .collect()
    };
    let mut forms: Vec<(&'static str, Vec<u8>)> = vec![
        ("raw", secret.into()),
        ("hexadecimal", hex::encode(secret).into()),
        ("hexadecimal in capitals", hex::encode_upper(secret).into()),
        ("reversed", secret.bytes().rev().collect()),
        (
            "URL-escaped",
            secret.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>().into(),
        ),
        ("URL-escaped where it must be", secret.replace('/', "%2F").replace('+', "%2B").into()),
        ("JSON-escaped", secret.replace('/', "\\/").into()),
        (
            "JSON-escaped throughout",
            secret.bytes().map(|byte| format!("\\u{byte:04x}")).collect::<String>().into(),
        ),
        ("as a list of bytes", format!("{:?}", secret.as_bytes()).trim_matches(['[', ']']).into()),
    ];
    for text in base64_inside(&|bytes| STANDARD_NO_PAD.encode(bytes)) {
        forms.push(("base64", text));
    }
    for text in base64_inside(&|bytes| URL_SAFE_NO_PAD.encode(bytes)) {
        forms.push(("base64 for URLs", text));
    }
    forms
}

fn leaks(secret: &str, text: &[u8]) -> Vec<&'static str> {
    let is_in = |form: &[u8]| text.windows(form.len()).any(|window| window == form);
    forms(secret).iter().filter(|(_, form)| is_in(form)).map(|(name, _)| *name).collect()
}

#[test]
fn log_01_the_search_finds_what_was_planted_in_every_form() {
    for secret in [SECRET, "canary/with+signs~0123456789abcdef"] {
        for (name, form) in forms(secret) {
            let text = [b"before ".as_slice(), &form, b" behind"].concat();
            assert!(leaks(secret, &text).contains(&name), "{name}");
        }
        for before in 0..4 {
            let text =
                STANDARD_NO_PAD.encode([&vec![b'x'; before], secret.as_bytes(), b"yz"].concat());
            assert!(leaks(secret, text.as_bytes()).contains(&"base64"), "{before}");
        }
        assert!(leaks(secret, b"nothing of that").is_empty());
        assert!(leaks(secret, &secret.as_bytes()[1..]).is_empty());
    }
}

/// Everything that five sources say of one delivery of each kind.
#[test]
fn log_01_log_05_log_08_no_word_of_the_library_holds_the_secret() {
    let mut said: Vec<String> = Vec::new();
    for profile in PROFILES {
        let clock = ManualClock::at(now());
        let engine = engine_at(&clock);
        let source = source(profile);
        let mut paused = config(profile);
        paused.lifecycle = Lifecycle::Paused;
        said.push(format!("{paused:?}{}", serde_json::to_string(&paused).unwrap()));
        let paused = Source::new(paused).unwrap();
        // What is read back after it was made: fingerprints, never the secret.
        said.push(serde_json::to_string(&source.config()).unwrap());
        said.push(format!("{source:?}{:?}{:#?}", source.config(), source.verifier()));
        said.extend(source.verifier().fingerprints().map(|print| format!("{print} {print:?}")));
        said.extend(source.warnings().iter().map(ToString::to_string));
        engine.open_diagnosis(source.id(), now() + Duration::from_secs(600)).unwrap();

        let genuine = genuine(profile, "1");
        let (name, value) = genuine.headers.last().unwrap().clone();
        let mut too_large = genuine.clone();
        too_large.body = None;
        let requests = [
            genuine.clone().with("X-Request-Id", SECRET).with("X-Unlisted", hex::encode(SECRET)),
            genuine.clone(),
            genuine.clone().without(&name),
            genuine.clone().with(&name, value),
            genuine.clone().by("PUT"),
            genuine.clone().with("X-Idempotency-Key", SECRET),
            signed_with(profile, "another secret", body(profile, "2")),
            signed_with(profile, &format!("{SECRET}\n"), body(profile, "3")),
            signed_at(profile, SECRET, NOW - 4000, body(profile, "4")),
            signed_with(profile, SECRET, "{"),
            too_large,
        ];
        let unknown = unknown(profile);
        for request in &requests {
            request.deliver(|delivery| {
                said.push(format!("{delivery:?}{:#?}", delivery.head()));
                let head = engine.receive_head(&source, delivery.head());
                said.push(format!("{head:?}"));
                for receipt in [
                    engine.receive(&source, delivery).unwrap(),
                    engine.receive(&paused, delivery).unwrap(),
                    engine.receive(&unknown, delivery).unwrap(),
                ] {
                    said.push(format!("{receipt:?}{:?}", seen(&receipt)));
                }
                let judged = source.verifier().verify(delivery, now());
                said.push(format!("{judged:?}"));
                let draft = hookstage::admit(&source, delivery, now());
                said.push(format!("{:?}", draft.map(|draft| draft.history)));
            });
        }
        for tenant in ["acme", "unknown"] {
            let rows = engine.history(&HistoryFilter::tenant(tenant), None, 1000).unwrap();
            assert!(!rows.is_empty());
            said.push(format!("{rows:?}"));
            said.extend(rows.iter().map(|(_, row)| serde_json::to_string(row).unwrap()));
        }
        let request = HealthRequest::new(source.id().clone(), Timestamp::UNIX_EPOCH);
        let health = engine.health(&request).unwrap();
        said.push(format!("{health:?}{}", serde_json::to_string(&health).unwrap()));
        let capture: Capture = engine.capture(source.id()).unwrap();
        said.push(format!("{capture:?}{engine:?}"));
    }
    assert!(said.len() > 300, "{}", said.len());
    for text in said {
        let found = leaks(SECRET, text.as_bytes());
        assert!(found.is_empty(), "{found:?} in {}", text.replace(SECRET, "(the secret)"));
    }
}
