//! `receive` from the first byte to the commit: verify, read, key, stage.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use hmac::{Hmac, KeyInit as _, Mac as _};
use hookstage::store::SqliteStore;
use hookstage::{
    BlockingEngine, DedupeConfig, DedupePart, DedupeRule, Delivery, Head, ManualClock,
    OnMissingKey, Outcome, Secret, Source, SourceConfig, Window, providers,
};
use sha2::Sha256;

use super::{NOW, Run};

const SECRET: &str = "hookstage-bench-secret";

/// Signed deliveries of this size. Signing them is the sender's work and is not measured.
pub(crate) fn contender<'a>(
    numbers: &'a AtomicU64,
    size: usize,
    senders: u64,
    count: u64,
) -> Run<'a> {
    let source = source();
    Box::new(move |path| {
        let engine =
            BlockingEngine::with_clock(SqliteStore::open(path).unwrap(), ManualClock::at(NOW));
        let first = numbers.fetch_add(count, Ordering::SeqCst);
        let each = count / senders;
        let lots: Vec<Vec<(String, Vec<u8>)>> = (0..senders)
            .map(|sender| (0..each).map(|n| signed(first + sender * each + n, size)).collect())
            .collect();
        let start = Instant::now();
        if let [lot] = &lots[..] {
            receive(&engine, &source, lot);
        } else {
            std::thread::scope(|scope| {
                for lot in &lots {
                    let (engine, source) = (&engine, &source);
                    scope.spawn(move || receive(engine, source, lot));
                }
            });
        }
        (count, start.elapsed())
    })
}

fn receive(engine: &BlockingEngine, source: &Source, lot: &[(String, Vec<u8>)]) {
    for (signature, body) in lot {
        let headers = [
            ("content-type", &b"application/json"[..]),
            ("x-webhook-signature", signature.as_bytes()),
        ];
        let delivery = Delivery::new(Head::post("https://hooks.example.com/in", &headers), body);
        let outcome = engine.receive(source, &delivery).unwrap().outcome;
        assert!(matches!(outcome, Outcome::Staged(_)), "{outcome:?}");
    }
}

fn source() -> Source {
    let mut config = SourceConfig::preset("acme", "in", &providers::COEFFECTION)
        .with_secret(Secret::new(SECRET).unwrap());
    let rule = DedupeRule::new([DedupePart::body("id").unwrap()], OnMissingKey::Refuse).unwrap();
    config.dedupe = DedupeConfig::Rule { rule, window: Window::Unlimited };
    Source::new(config).unwrap()
}

fn signed(number: u64, size: usize) -> (String, Vec<u8>) {
    let start = format!("{{\"id\":\"evt_{number}\",\"email\":\"ada@acme.com\",\"note\":\"");
    let fill = size.saturating_sub(start.len() + 2);
    let body = format!("{start}{}\"}}", "x".repeat(fill));
    let now = NOW.as_unix_millis() / 1000;
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(format!("{now}.{body}").as_bytes());
    (format!("t={now},v1={}", hex::encode(mac.finalize().into_bytes())), body.into_bytes())
}
