//! What is told to whoever traces: names, sizes, outcomes, and nothing that was sent.
#![cfg(all(feature = "tracing", feature = "test-util"))]

mod common;

use std::fmt::Debug;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use common::*;
use hookstage::store::{HistoryFilter, MemoryLimits, MemoryStore};
use hookstage::{BlockingEngine, Engine, Head, ManualClock, Resolution};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

/// One span or event: its level, its name, its fields.
type Told = (Level, String, Vec<(String, String)>);

#[derive(Clone, Default)]
struct Collector(Arc<Mutex<Vec<Told>>>, Arc<AtomicU64>);

#[derive(Default)]
struct Fields(Vec<(String, String)>);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.push((field.name().to_owned(), format!("{value:?}")));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.push((field.name().to_owned(), value.to_owned()));
    }
}

impl Subscriber for Collector {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut fields = Fields::default();
        span.record(&mut fields);
        let metadata = span.metadata();
        assert_eq!(metadata.target(), "hookstage");
        self.0.lock().unwrap().push((*metadata.level(), metadata.name().to_owned(), fields.0));
        Id::from_u64(self.1.fetch_add(1, Ordering::SeqCst) + 1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        let mut fields = Fields::default();
        values.record(&mut fields);
        self.0.lock().unwrap().push((Level::TRACE, "recorded later".to_owned(), fields.0));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        assert_eq!(event.metadata().target(), "hookstage");
        self.0.lock().unwrap().push((*event.metadata().level(), "event".to_owned(), fields.0));
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// What is told while this runs.
fn told(work: impl FnOnce()) -> Vec<Told> {
    let collector = Collector::default();
    tracing::subscriber::with_default(collector.clone(), work);
    let told = collector.0.lock().unwrap();
    told.clone()
}

fn span(level: Level, fields: &[(&str, &str)]) -> Told {
    named(level, "receive", fields)
}

fn event(level: Level, fields: &[(&str, &str)]) -> Told {
    named(level, "event", fields)
}

fn named(level: Level, name: &str, fields: &[(&str, &str)]) -> Told {
    let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    (level, name.to_owned(), fields.collect())
}

#[test]
fn a_delivery_is_one_span_and_one_event_with_exactly_these_fields() {
    let engine = engine();
    let source = source("coeffection");
    let length = body("coeffection", "1").len().to_string();
    let of_span = [
        ("tenant", "acme"),
        ("source", "coeffection"),
        ("header_lines", "2"),
        ("body_length", &length),
    ];
    let told = told(|| {
        let _ = receive(&engine, &source, &genuine("coeffection", "1"));
        let _ = receive(&engine, &source, &genuine("coeffection", "1"));
        let forged = signed_with("coeffection", "another", body("coeffection", "1"));
        let _ = receive(&engine, &source, &forged);
        let _ = engine.receive_head(&source, &Head::post("/in", &[]));
        engine.flush().unwrap();
    });
    let staged = |outcome| {
        [
            ("message", "received"),
            ("tenant", "acme"),
            ("source", "coeffection"),
            ("outcome", outcome),
            ("event", "1"),
            ("status", "202"),
            ("took_millis", "0"),
        ]
    };
    let refused = |reason| {
        [
            ("message", "received"),
            ("tenant", "acme"),
            ("source", "coeffection"),
            ("outcome", "refused"),
            ("reason", reason),
            ("status", "401"),
            ("took_millis", "0"),
        ]
    };
    assert_eq!(
        told,
        [
            span(Level::DEBUG, &of_span),
            event(Level::INFO, &staged("staged")),
            span(Level::DEBUG, &of_span),
            event(Level::INFO, &staged("duplicate")),
            span(Level::DEBUG, &of_span),
            event(Level::DEBUG, &refused("mismatch")),
            event(Level::DEBUG, &refused("absent")),
            // The forged delivery's row was written when it was refused; the head's waited.
            event(Level::DEBUG, &[("message", "recorded"), ("rows", "1")]),
        ]
    );
}

#[test]
fn a_fault_is_told_by_its_kind_and_not_by_what_a_hosts_store_says() {
    let mut limits = MemoryLimits::default();
    limits.events = 0;
    let store = MemoryStore::with_limits(limits);
    let engine = BlockingEngine::with_clock(store, ManualClock::at(now()));
    let source = source("coeffection");
    let told = told(|| {
        let request = genuine("coeffection", "1");
        assert!(request.deliver(|delivery| engine.receive(&source, delivery)).is_err());
    });
    assert_eq!(
        told[1],
        event(
            Level::ERROR,
            &[
                ("message", "failed"),
                ("tenant", "acme"),
                ("source", "coeffection"),
                ("kind", "the store is full"),
                ("status", "500"),
            ]
        )
    );
    assert_eq!(told.len(), 2);
}

#[test]
fn the_async_face_tells_the_same() {
    let source = source("coeffection");
    let request = genuine("coeffection", "1");
    let blocking = told(|| {
        let _ = receive(&engine(), &source, &request);
    });
    let engine = Engine::with_clock(MemoryStore::new(), ManualClock::at(now()));
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let awaited = told(|| {
        let _ = request
            .deliver(|delivery| runtime.block_on(engine.receive(&source, delivery)))
            .unwrap();
    });
    assert_eq!(awaited, blocking);
    assert_eq!(awaited.len(), 2);
}

#[test]
fn log_01_nothing_that_was_sent_and_no_secret_is_ever_told() {
    let told = told(|| {
        for profile in PROFILES {
            let engine = BlockingEngine::with_clock(MemoryStore::new(), ManualClock::at(now()))
                .with_contacts(|_, _| Ok(Resolution::Found { contact: "canary-contact".into() }));
            let source = source(profile);
            engine.open_diagnosis(source.id(), now() + std::time::Duration::from_secs(60)).unwrap();
            let genuine = genuine(profile, "canary-id");
            let (name, value) = genuine.headers.last().unwrap().clone();
            let mut with_url = genuine.clone();
            with_url.url = "https://canary:canary@hooks.example.com/canary?canary=1".into();
            let mut too_large = genuine.clone();
            too_large.body = None;
            for request in [
                with_url.with("X-Request-Id", "canary").with("X-Webhook-Event", "canary"),
                genuine.clone(),
                genuine.clone().without(&name),
                genuine.clone().with(&name, value),
                genuine.clone().with("X-Idempotency-Key", "canary"),
                genuine.clone().by("CANARY"),
                signed_with(profile, "canary", "canary"),
                signed_with(profile, SECRET, "canary"),
                signed_with(profile, SECRET, r#"{"canary":"canary"}"#),
                signed_at(profile, SECRET, NOW - 9999, "{}"),
                too_large,
            ] {
                let _ = request.deliver(|delivery| engine.receive_head(&source, delivery.head()));
                let _ = receive(&engine, &source, &request);
                let unknown = unknown(profile);
                let _ = request.deliver(|delivery| engine.receive(&unknown, delivery));
            }
            engine.history(&HistoryFilter::tenant("acme"), None, 10).unwrap();
            engine.close().unwrap();
        }
    });
    assert!(told.len() > 150, "{}", told.len());
    let names = [
        "message",
        "tenant",
        "source",
        "header_lines",
        "body_length",
        "outcome",
        "reason",
        "event",
        "status",
        "took_millis",
        "rows",
        "kind",
    ];
    for (_, _, fields) in &told {
        for (name, value) in fields {
            assert!(names.contains(&name.as_str()), "{name}");
            assert!(!value.to_lowercase().contains("canary"), "{name}: {value}");
            assert!(!value.contains(SECRET), "{name}: {value}");
        }
    }
    // The search finds what is there.
    assert!(told.iter().any(|(_, _, fields)| fields.iter().any(|(_, value)| value == "acme")));
}
