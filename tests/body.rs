//! What a body is said to be, and what it is: judged after its sender, kept as it came.
#![cfg(feature = "test-util")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may panic")]

mod common;

use common::*;
use hookstage::store::{BlockingStore, MemoryStore};
use hookstage::{BlockingEngine, ManualClock, Outcome};

/// The code and the status.
fn judged(profile: &str, request: &Request) -> (&'static str, u16) {
    let receipt = receive(&engine(), &source(profile), request);
    let code = match &receipt.outcome {
        Outcome::Refused(refusal) | Outcome::Ignored(refusal) => refusal.code(),
        outcome => outcome.as_str(),
    };
    (code, receipt.response.status())
}

/// What is wrong with a head, once in the request of the genuine sender and once in a forgery.
fn genuine_and_forged(change: impl Fn(Request) -> Request) -> [(&'static str, u16); 2] {
    let body = body("synerise", "1");
    [SECRET, "another"]
        .map(|secret| judged("synerise", &change(signed_with("synerise", secret, body.clone()))))
}

#[test]
fn jsn_10_what_the_body_is_said_to_be_is_judged_after_the_signature() {
    let typed = |value: &'static str| {
        move |request: Request| request.without("content-type").with("content-type", value)
    };
    for value in [
        "application/x-www-form-urlencoded",
        "application/json; charset=utf-16",
        "application/json;charset=\"iso-8859-1\"",
        "application/json; charset=utf-8; charset=latin1",
        "text/plain",
    ] {
        let [genuine, forged] = genuine_and_forged(typed(value));
        assert_eq!((genuine, forged), (("content_type", 415), ("mismatch", 401)), "{value}");
    }
    for value in ["application/json;charset=utf8", "application/json; x=y; CHARSET=\"UTF-8\""] {
        assert_eq!(genuine_and_forged(typed(value))[0].0, "staged", "{value}");
    }
    let absent = genuine_and_forged(|request| request.without("content-type"));
    assert_eq!(absent, [("content_type", 415), ("mismatch", 401)]);
    let twice = genuine_and_forged(|request| request.with("content-type", "application/json"));
    assert_eq!(twice, [("content_type", 415), ("mismatch", 401)]);
}

#[test]
fn jsn_11_a_compressed_body_is_never_expanded() {
    // The beginning of a gzip stream, and of what it could expand to nothing is ever computed.
    let gzip = b"\x1F\x8B\x08\x00\x00\x00\x00\x00\x00\x03".as_slice();
    for coding in ["gzip", "br", "deflate", "identity, gzip", ""] {
        let request =
            |secret| signed_with("synerise", secret, gzip).with("Content-Encoding", coding);
        assert_eq!(judged("synerise", &request(SECRET)), ("content_encoding", 415), "{coding}");
        assert_eq!(judged("synerise", &request("another")), ("mismatch", 401));
    }
    // Without the header it is what it is.
    assert_eq!(judged("synerise", &signed_with("synerise", SECRET, gzip)), ("not_json", 400));
    // A proxy that expanded it may have left the header.
    let plain = genuine("synerise", "1").with("Content-Encoding", "gzip");
    assert_eq!(judged("synerise", &plain).0, "staged");
}

/// Texts and numbers that databases refuse, change or write out.
const HARD: [&str; 4] = [
    r#"{"id":"1","a\u0000b":"\u0000"}"#,
    r#"{"id":"2","n":1e131071}"#,
    r#"{"id":"3","n":-1e-999999,"s":"\ud83d\ude00 \uFFFF"}"#,
    "{\"id\":\"4\", \"n\" : 1.00 , \"s\":\"\u{e9}e\u{301}\"}\r\n",
];

fn come_back(store: impl BlockingStore) {
    let engine = BlockingEngine::with_clock(store, ManualClock::at(now()));
    let source = source("coeffection");
    for body in HARD {
        let receipt = receive(&engine, &source, &signed_with("coeffection", SECRET, body));
        let Outcome::Staged(id) = receipt.outcome else { panic!("{receipt:?}") };
        let event = engine.get("acme", id).unwrap().unwrap();
        assert_eq!(&*event.body, body.as_bytes());
    }
}

#[test]
fn jsn_07_jsn_08_hard_bodies_come_back_byte_for_byte() {
    come_back(MemoryStore::new());
    #[cfg(feature = "sqlite")]
    {
        let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("hard-bodies.db");
        for end in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{end}", path.display()));
        }
        come_back(hookstage::store::SqliteStore::open(&path).unwrap());
        // A number of 131,072 digits takes the room of its text.
        let size: u64 = ["", "-wal"]
            .iter()
            .filter_map(|end| std::fs::metadata(format!("{}{end}", path.display())).ok())
            .map(|file| file.len())
            .sum();
        assert!(size < 512 * 1024, "{size}");
    }
}
