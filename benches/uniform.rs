//! Whether the time of an answer tells which sources exist: under a uniform policy, deliveries to
//! nothing, to a paused source and forged ones to a living source are refused in the same time.
//!
//! Two classes are judged in random order, the library alone. Welch's t says that a difference is
//! there, however small (Reparaz, Balasch and Verbauwhede, "Dude, is my code constant time?", 2017);
//! the difference of the medians says how large. A forged delivery's reason is moved where an unknown
//! source's is made, and that alone takes some nanoseconds, whatever the size of the body; so what is
//! judged is the share of the whole time. Under a policy that reveals, a paused source is refused
//! before anything is hashed; that is measured the same way and must be seen, or the measurement is
//! worth nothing.
//!
//! `cargo bench --bench uniform` takes 20,000 samples of each pair; `-- --long`, or
//! `HOOKSTAGE_SAMPLES=500000`, takes as many as a release needs. It fails when a share is out of
//! bounds.
//!
//! What is equal is the work: a stand-in has one key, and so has each source here. That it is equal
//! with more keys is counted by the test `uniform`.

mod samples;
#[path = "samples/welch.rs"]
mod welch;

use std::hint::black_box;
use std::time::Instant;

use hookstage::{
    Endpoint, Lifecycle, Policy, PolicyConfig, Secret, Source, SourceConfig, Timestamp,
    UnknownSource, admit, providers,
};
use samples::{SECRET, SIGNED_AT, delivery};
use welch::measure;

const LONG: u32 = 500_000;
const SHORT: u32 = 20_000;

/// The most that two refusals may differ in, as a share of the time of one. A pass of the MAC is
/// four fifths of it.
const BOUND: f64 = 0.05;

/// The least that the control must show.
const CONTROL: f64 = 0.5;

/// A difference of time shows every time, and a coincidence does not.
const ATTEMPTS: usize = 5;

fn main() {
    let samples = samples_wanted();
    println!("{samples} samples of each pair; medians must lie within {:.0} %", BOUND * 100.0);
    println!("| refused alike | medians, ns | apart | t | |");
    println!("|---|---:|---:|---:|---|");
    let uniform = Sources::under(Policy::coeffection());
    let forged = Endpoint::Source(&uniform.living);
    let unknown = Endpoint::Unknown(&uniform.unknown);
    let paused = Endpoint::Source(&uniform.paused);
    let mut failed = 0;
    for (name, pair) in [
        ("unknown and forged", [unknown, forged]),
        ("paused and forged", [paused, forged]),
        ("unknown and paused", [unknown, paused]),
    ] {
        let mut seen = times(pair, samples);
        for _ in 1..ATTEMPTS {
            if seen.share() < BOUND {
                break;
            }
            seen = times(pair, samples);
        }
        failed += report(name, &seen, seen.share() < BOUND);
    }
    let mut policy = Policy::coeffection();
    policy.visibility = hookstage::Visibility::Reveal;
    let revealing = Sources::under(policy);
    let pair = [Endpoint::Source(&revealing.paused), Endpoint::Source(&revealing.living)];
    let mut seen = times(pair, samples);
    for _ in 1..ATTEMPTS {
        if seen.share() > CONTROL {
            break;
        }
        seen = times(pair, samples);
    }
    failed += report("control: paused where the policy reveals", &seen, seen.share() > CONTROL);
    if failed > 0 {
        println!("{failed} out of bounds");
        std::process::exit(1);
    }
}

/// What was seen of two classes.
struct Seen {
    medians: [f64; 2],
    t: f64,
}

impl Seen {
    fn share(&self) -> f64 {
        let [left, right] = self.medians;
        (left - right).abs() / left.max(right)
    }
}

struct Sources {
    living: Source,
    paused: Source,
    unknown: UnknownSource,
}

impl Sources {
    fn under(policy: Policy) -> Self {
        let source = |lifecycle| {
            let secret = Secret::new(SECRET).unwrap();
            let mut config =
                SourceConfig::preset("acme", "crm", &providers::COEFFECTION).with_secret(secret);
            config.policy = PolicyConfig::Custom(Box::new(policy.clone()));
            config.lifecycle = lifecycle;
            Source::new(config).unwrap()
        };
        Self {
            living: source(Lifecycle::Active),
            paused: source(Lifecycle::Paused),
            unknown: UnknownSource::like(providers::COEFFECTION.scheme(), policy.clone()).unwrap(),
        }
    }
}

fn times(pair: [Endpoint<'_>; 2], samples: u32) -> Seen {
    // Freshly timed and well-formed; nobody's signature.
    let value = format!("t={SIGNED_AT},v1={}", "5a".repeat(32));
    let lines = [
        ("content-type", b"application/json".as_slice()),
        ("x-webhook-signature", value.as_bytes()),
    ];
    let body =
        br#"{"id":"evt_123","email":"ada@acme.com","note":"three blocks of a hash, or four"}"#;
    let mut all = [Vec::new(), Vec::new()];
    let t = measure(samples, |class| {
        let delivery = delivery(black_box(&lines), body);
        let endpoint = black_box(pair[class]);
        let start = Instant::now();
        let judged = black_box(admit(endpoint, black_box(&delivery), now()));
        let took = start.elapsed();
        assert!(judged.is_err());
        let took = took.as_nanos() as f64;
        all[class].push(took);
        took
    });
    let medians = all.map(|mut times| {
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    });
    Seen { medians, t }
}

fn report(name: &str, seen: &Seen, holds: bool) -> usize {
    let verdict = if holds { "as it should be" } else { "OUT OF BOUNDS" };
    let [left, right] = seen.medians;
    let (share, t) = (seen.share() * 100.0, seen.t);
    println!("| {name} | {left:.0} and {right:.0} | {share:.1} % | {t:.1} | {verdict} |");
    usize::from(!holds)
}

fn samples_wanted() -> u32 {
    if std::env::args().any(|argument| argument == "--long") {
        return LONG;
    }
    let asked = std::env::var("HOOKSTAGE_SAMPLES").ok().and_then(|text| text.parse().ok());
    asked.unwrap_or(SHORT).max(1_000)
}

fn now() -> Timestamp {
    Timestamp::from_unix_seconds(SIGNED_AT)
}
