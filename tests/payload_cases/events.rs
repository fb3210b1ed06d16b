//! Cases 116 to 140: dedupe keys, samples, schemas.

use std::time::Duration;

use hookstage::json::Path;
use hookstage::payload::{Schema, SchemaOptions, SchemaSet, Severity};
use hookstage::store::{MemoryLimits, MemoryStore, PurgeRequest};
use hookstage::{
    BlockingEngine, DedupeConfig, DedupePart, DedupeRule, ManualClock, OnMissingKey, Outcome,
    Source, Transition, Window,
};

use super::common::{
    NOW, Request, SECRET, body, config, engine, engine_at, genuine, now, receive, signed_at,
    signed_with, source,
};
use super::tools::*;
use super::{Row, row};

const DAY: Duration = Duration::from_secs(24 * 3600);

/// A source whose key is the member `id`.
fn keyed(window: Window) -> Source {
    let mut config = config("coeffection");
    config.dedupe = DedupeConfig::Rule { rule: rule(&["id"]), window };
    Source::new(config).unwrap()
}

/// A delivery of coeffection signed now, whatever `now` is.
fn signed(clock: &ManualClock, body: &str) -> Request {
    use hookstage::Clock as _;
    let seconds = clock.now().as_unix_millis().div_euclid(1_000);
    signed_at("coeffection", SECRET, seconds, body)
}

/// What becomes of deliveries of the same event, each so long after the one before.
fn repeated(window: Window, waits: &[Duration]) -> String {
    let clock = ManualClock::at(now());
    let engine = engine_at(&clock);
    let source = keyed(window);
    let mut outcomes = vec![];
    for wait in [Duration::ZERO].iter().chain(waits) {
        clock.advance(*wait);
        let receipt = receive(&engine, &source, &signed(&clock, r#"{"id":1}"#));
        outcomes.push(receipt.outcome.as_str());
    }
    outcomes.join(", ")
}

/// The word for what became of a delivery, and whether the tunnel is open after it.
fn in_the_tunnel(profile: &str, request: &Request) -> String {
    let engine = engine();
    let source = source(profile);
    let _ = engine.open_capture(&source).unwrap();
    let receipt = receive(&engine, &source, request);
    let open = engine.capture(source.id()).unwrap().is_open(now());
    let status = receipt.response.status();
    format!("{} {status}, {}", receipt.outcome.as_str(), if open { "open" } else { "closed" })
}

fn after(profile: &str, wait: Duration) -> String {
    let clock = ManualClock::at(now());
    let engine = engine_at(&clock);
    let source = source(profile);
    let _ = engine.open_capture(&source).unwrap();
    clock.advance(wait);
    receive(&engine, &source, &genuine(profile, "1")).outcome.as_str().to_owned()
}

fn with_parts(parts: &[&str]) -> DedupeRule {
    rule(parts)
}

pub(crate) const ROWS: &[Row] = &[
    row(116, "parts that run into each other", "all differ", || {
        let bodies = [r#"{"a":"ab","b":"c"}"#, r#"{"a":"a","b":"bc"}"#, r#"{"a":"abc","b":""}"#];
        keys_by(&with_parts(&["a", "b"]), &bodies)
    }),
    row(117, "one, its text, and true", "all differ", || {
        keys_of(&[r#"{"id":1}"#, r#"{"id":"1"}"#, r#"{"id":true}"#])
    }),
    row(
        118,
        "missing, null, empty, a container",
        "is missing / is null / a key / is an object / is an array",
        || {
            ["{}", r#"{"id":null}"#, r#"{"id":""}"#, r#"{"id":{}}"#, r#"{"id":[]}"#]
                .map(|body| why_no_key(&with_parts(&["id"]), body))
                .join(" / ")
        },
    ),
    row(119, "five parts that are missing", "is missing, staged, staged", || {
        let rule = with_parts(&["a", "b", "c", "d", "e"]);
        let why = why_no_key(&rule, r#"{"x":1}"#);
        let mut config = config("coeffection");
        config.dedupe = DedupeConfig::Rule { rule, window: Window::Unlimited };
        let (engine, source) = (engine(), Source::new(config).unwrap());
        let twice = ["{\"x\":1}", "{\"x\":1}"].map(|body| {
            receive(&engine, &source, &signed_with("coeffection", SECRET, body)).outcome.as_str()
        });
        format!("{why}, {}", twice.join(", "))
    }),
    row(120, "a header of the key twice", "the header x-id stands more than once", || {
        let parts = [DedupePart::header("X-Id").unwrap()];
        let rule = DedupeRule::new(parts, OnMissingKey::AcceptWithoutKey).unwrap();
        let twice = Request::new("{}").with("X-Id", "1").with("x-id", "1");
        deduped(&rule, &twice).unwrap_err()
    })
    .otherwise("of two lines a proxy and a host could each take another, so neither counts"),
    row(121, "the same key with another body", "duplicate, the body differs", || {
        let (engine, source) = (engine(), keyed(Window::Unlimited));
        let send = |body: &str| {
            receive(&engine, &source, &signed_with("coeffection", SECRET, body)).outcome
        };
        let _ = send(r#"{"id":1}"#);
        match send(r#"{"id":1,"more":2}"#) {
            Outcome::Duplicate { payload_differs: true, .. } => "duplicate, the body differs",
            other => other.as_str(),
        }
        .to_owned()
    }),
    row(122, "eight at the same instant", "1 staged, 7 duplicates", || {
        let (engine, source) = (engine(), keyed(Window::Unlimited));
        let request = signed_with("coeffection", SECRET, r#"{"id":1}"#);
        let outcomes: Vec<&str> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8)
                .map(|_| scope.spawn(|| receive(&engine, &source, &request).outcome.as_str()))
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let count = |word: &str| outcomes.iter().filter(|outcome| **outcome == word).count();
        format!("{} staged, {} duplicates", count("staged"), count("duplicate"))
    }),
    row(123, "a store that fails, then the retry", "a fault of ours 500, staged", || {
        let mut limits = MemoryLimits::default();
        limits.events = 1;
        let clock = ManualClock::at(now());
        let engine = BlockingEngine::with_clock(MemoryStore::with_limits(limits), clock.clone());
        let source = keyed(Window::Unlimited);
        let first = receive(&engine, &source, &signed(&clock, r#"{"id":1}"#));
        let Outcome::Staged(id) = first.outcome else { return first.outcome.as_str().to_owned() };
        let second = signed(&clock, r#"{"id":2}"#);
        let fault = second.deliver(|delivery| engine.receive(&source, delivery)).unwrap_err();
        let rejected = engine.settle("acme", id, Transition::Reject, "ada@acme.com", None);
        assert!(rejected.is_ok());
        clock.advance(Duration::from_millis(1));
        use hookstage::Clock as _;
        let purge = PurgeRequest::older_than(Duration::ZERO, clock.now());
        assert_eq!(engine.purge(&purge).unwrap().events, 1);
        let retry = receive(&engine, &source, &second);
        format!("a fault of ours {}, {}", fault.response.status(), retry.outcome.as_str())
    }),
    row(124, "just inside a window, and at its end", "staged, duplicate / staged, staged", || {
        let inside = repeated(Window::FromFirst(DAY), &[DAY - Duration::from_millis(1)]);
        let at_its_end = repeated(Window::FromFirst(DAY), &[DAY]);
        format!("{inside} / {at_its_end}")
    })
    .otherwise("time is counted in milliseconds, as the databases do"),
    row(125, "every six days in a sliding window of seven", "staged, then only duplicates", || {
        let outcomes = repeated(Window::FromLast(7 * DAY), &[6 * DAY; 30]);
        let rest = outcomes.strip_prefix("staged, ").unwrap_or("");
        let only = rest.split(", ").all(|outcome| outcome == "duplicate");
        if only { "staged, then only duplicates".to_owned() } else { outcomes }
    }),
    row(126, "a clock that steps back", "duplicate, duplicate, staged", || {
        let clock = ManualClock::at(now());
        let engine = engine_at(&clock);
        let source = keyed(Window::FromFirst(DAY));
        let send = |at: i64| {
            clock.set(hookstage::Timestamp::from_unix_seconds(at));
            receive(&engine, &source, &signed(&clock, r#"{"id":1}"#)).outcome.as_str()
        };
        let _ = send(NOW);
        let day = 24 * 3600;
        [send(NOW - 3600), send(NOW + day - 1), send(NOW + day)].join(", ")
    }),
    row(127, "a rule that was changed", "all differ", || {
        let body = r#"{"a":1,"b":1}"#;
        let keys = [&["a"][..], &["b"], &["a", "b"]].map(|parts| key(&with_parts(parts), body));
        let distinct: std::collections::BTreeSet<_> = keys.iter().flatten().collect();
        if distinct.len() == keys.len() { "all differ" } else { "equal" }.to_owned()
    }),
    row(128, "a sample that is no JSON", "refused 400, open", || {
        in_the_tunnel("wexio", &signed_with("wexio", SECRET, "{"))
    }),
    row(129, "a sample that is not genuine", "refused 401, open", || {
        in_the_tunnel("wexio", &signed_with("wexio", "another", body("wexio", "1")))
    }),
    row(130, "two samples at once", "1 captured, 1 staged", || {
        let (engine, source) = (engine(), source("synerise"));
        let _ = engine.open_capture(&source).unwrap();
        let outcomes: Vec<&str> = std::thread::scope(|scope| {
            let threads: Vec<_> = ["1", "2"]
                .into_iter()
                .map(|id| {
                    let (engine, source) = (&engine, &source);
                    scope.spawn(move || {
                        receive(engine, source, &genuine("synerise", id)).outcome.as_str()
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let count = |word: &str| outcomes.iter().filter(|outcome| **outcome == word).count();
        format!("{} captured, {} staged", count("captured"), count("staged"))
    }),
    row(131, "just before the end, and at it", "captured, staged / captured, staged", || {
        let millisecond = Duration::from_millis(1);
        [("synerise", 90), ("wexio", 300)]
            .map(|(profile, seconds)| {
                let end = Duration::from_secs(seconds);
                format!("{}, {}", after(profile, end - millisecond), after(profile, end))
            })
            .join(" / ")
    }),
    row(132, "a pasted sample of 100 KB, and of one byte more", "captured, refused", || {
        let (engine, source) = (engine(), source("wexio"));
        let limit = usize::try_from(source.body_limit()).unwrap();
        let paste = |length: usize| {
            let text = format!("{{\"a\":\"{}\"}}", "x".repeat(length - 8));
            assert_eq!(text.len(), length);
            let taken = engine.inject_sample(&source, text.as_bytes()).unwrap().is_some();
            if taken { "captured" } else { "refused" }
        };
        [paste(limit), paste(limit + 1)].join(", ")
    }),
    row(133, "the same sample again", "version 1, version 2", || {
        let (engine, source) = (engine(), source("wexio"));
        let paste = || {
            let learnt = engine.inject_sample(&source, br#"{"a":1}"#).unwrap().unwrap();
            format!("version {}", learnt.version())
        };
        [paste(), paste()].join(", ")
    }),
    row(
        134,
        "5,000 keys that are data",
        "at most 1000 places, known whole; at most 1000, said so",
        || {
            let ids: Vec<String> =
                (0..5_000).map(|id| format!("\"{}\":{{\"n\":1}}", 10_000 + id)).collect();
            let names: Vec<String> =
                (0..5_000).map(|n| format!("\"name_{n}\":{{\"n\":1}}")).collect();
            let learn = |members: &[String], options: SchemaOptions| {
                let mut schema = Schema::new(options);
                schema.learn(&read(&format!("{{{}}}", members.join(","))));
                assert!(schema.fields().len() <= 1_000);
                schema.is_truncated()
            };
            let map =
                learn(&ids, SchemaOptions::default()) || learn(&names, SchemaOptions::default());
            let named =
                learn(&names, SchemaOptions { max_members: 10_000, ..SchemaOptions::default() });
            assert!(named);
            let known = if map { "cut" } else { "known whole" };
            format!("at most 1000 places, {known}; at most 1000, said so")
        },
    ),
    row(135, "a whole number, then 1.5", "a has a fraction, and was whole", || {
        drift(&[r#"{"a":1}"#], r#"{"a":1.5}"#)
    }),
    row(136, "a text, then null", "a is null, and never was", || {
        drift(&[r#"{"a":"x"}"#], r#"{"a":null}"#)
    }),
    row(137, "an object, then a text", "a is string and was object", || {
        drift(&[r#"{"a":{"b":1,"c":{"d":2}}}"#], r#"{"a":"x"}"#)
    }),
    row(138, "1.0 where whole numbers were", "none", || drift(&[r#"{"a":1}"#], r#"{"a":1.0}"#)),
    row(139, "event types of one endpoint", "apart: 2 schemas, 1 breaking; together: none", || {
        let samples = [r#"{"type":"paid","amount":1}"#, r#"{"type":"refused","reason":"x"}"#];
        let learn = |discriminator: Option<Path>| {
            let mut set = SchemaSet::new(SchemaOptions::default(), discriminator);
            samples.iter().for_each(|sample| set.learn(&read(sample)));
            set
        };
        let apart = learn(Some(Path::parse("type").unwrap()));
        let together = learn(None);
        let poor = r#"{"type":"paid"}"#;
        let breaking = apart.drift(&read(poor)).filter(|it| it.severity() == Severity::Breaking);
        let calm = together.drift(&read(poor)).is_none();
        format!(
            "apart: {} schemas, {} breaking; together: {}",
            apart.event_types().count(),
            breaking.map_or(0, |drift| drift.changes.len()),
            if calm { "none" } else { "some" }
        )
    }),
    row(140, "what a stored schema keeps of a sample", "nothing", || {
        let body = r#"{"card":"4242424242424242","name":"Ada","at":"2024-01-15"}"#;
        let stored = serde_json::to_string(&schema(&[body])).unwrap();
        let kept = ["4242424242424242", "Ada", "2024-01-15"].map(|text| stored.contains(text));
        if kept.contains(&true) { stored } else { "nothing".to_owned() }
    }),
];
