//! SIG-09: whether the time of a comparison tells where a forged signature goes wrong, after dudect
//! (Reparaz, Balasch and Verbauwhede, "Dude, is my code constant time?", 2017).
//!
//! Two classes of forgeries, wrong in their first byte or in their last, are judged in random order;
//! Welch's t-test says whether their times differ. Above 4.5 they do. A loop that stops at the first
//! difference is judged the same way and must be caught, or the measurement is worth nothing.
//!
//! `cargo bench --bench constant_time` takes 50,000 samples of each; `-- --long`, or
//! `HOOKSTAGE_SAMPLES=500000`, takes as many as a release needs. It fails when a figure is out of
//! bounds.

mod samples;
#[path = "samples/welch.rs"]
mod welch;

use std::hint::black_box;
use std::time::Instant;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hookstage::providers::{self, Preset};
use hookstage::{Secret, Timestamp, Verifier};
use samples::{SECRET, SIGNED_AT, Sample, delivery, mac};
use welch::measure;

/// The samples of a long run, by which the bounds are set.
const LONG: u32 = 500_000;
const SHORT: u32 = 50_000;

/// The most that chance explains.
const BOUND: f64 = 4.5;

/// The least that the loop must show in a long run; it grows with the root of the samples.
const CONTROL: f64 = 100.0;

/// A difference of time shows every time, and a coincidence does not: a figure out of bounds is
/// taken again, at most this often.
const ATTEMPTS: usize = 3;

type Forge = fn(&Sample, [u8; 32]) -> Sample;

fn main() {
    let samples = samples_wanted();
    println!("{samples} samples each; |t| must stay under {BOUND}");
    println!("| comparison | max t | bound | |");
    println!("|---|---:|---:|---|");
    let control = CONTROL * (f64::from(samples) / f64::from(LONG)).sqrt();
    let mut failed = 0;

    // The other way round: a busy machine can hide what is there.
    let mut figure = 0.0_f64;
    for _ in 0..ATTEMPTS {
        figure = figure.max(naive(samples));
        if figure > control {
            break;
        }
    }
    failed +=
        report("a loop that stops at the first difference", figure, figure > control, control);
    for (name, preset, make, forge) in CASES {
        let mut figure = f64::INFINITY;
        for _ in 0..ATTEMPTS {
            figure = figure.min(signature(preset, make, forge, samples));
            if figure < BOUND {
                break;
            }
        }
        failed += report(name, figure, figure < BOUND, BOUND);
    }
    let mut figure = f64::INFINITY;
    for _ in 0..ATTEMPTS {
        figure = figure.min(token(samples));
        if figure < BOUND {
            break;
        }
    }
    failed += report("shown secret", figure, figure < BOUND, BOUND);
    if failed > 0 {
        println!("{failed} out of bounds");
        std::process::exit(1);
    }
}

/// A name, the preset, a genuine delivery of a size, and one with another MAC.
type Case = (&'static str, &'static Preset, fn(usize) -> Sample, Forge);

const CASES: [Case; 3] = [
    ("hexadecimal MAC", &providers::GITHUB, samples::github, |sample, mac| {
        sample.clone().with_header("X-Hub-Signature-256", format!("sha256={}", hex::encode(mac)))
    }),
    ("hexadecimal MAC among items", &providers::STRIPE, samples::stripe, |sample, mac| {
        let value = format!("t={SIGNED_AT},v1={}", hex::encode(mac));
        sample.clone().with_header("Stripe-Signature", value)
    }),
    ("base64 MAC", &providers::STANDARD_WEBHOOKS, samples::standard_webhooks, |sample, mac| {
        let value = format!("v1,{}", STANDARD.encode(mac));
        sample.clone().with_header("webhook-signature", value)
    }),
];

fn signature(preset: &Preset, make: fn(usize) -> Sample, forge: Forge, samples: u32) -> f64 {
    let verifier = verifier(preset, SECRET);
    let genuine = make(100);
    let right = mac(&genuine.key, &genuine.signed);
    let forgeries = [0, 31].map(|at| {
        let mut wrong = right;
        wrong[at] ^= 0x01;
        let forged = forge(&genuine, wrong);
        forged.headers.last().unwrap().1.clone().into_bytes()
    });
    // Both classes are judged in the same place in memory, so that only their content differs.
    let mut value = forgeries[0].clone();
    let mut headers = forge(&genuine, right).headers;
    let (name, _) = headers.pop().unwrap();
    measure(samples, |class| {
        value.copy_from_slice(&forgeries[class]);
        let mut lines: Vec<(&str, &[u8])> =
            headers.iter().map(|(name, value)| (*name, value.as_bytes())).collect();
        lines.push((name, &value));
        let delivery = delivery(black_box(&lines), &genuine.body);
        let start = Instant::now();
        let verdict = black_box(verifier.verify(black_box(&delivery), now()));
        let took = start.elapsed();
        assert_eq!(verdict.unwrap_err().code(), "mismatch");
        took.as_nanos() as f64
    })
}

fn token(samples: u32) -> f64 {
    const RIGHT: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    let verifier = verifier(&providers::COMMA_BEARER, RIGHT);
    let forgeries = [0, RIGHT.len() - 1].map(|at| {
        let mut wrong = RIGHT.as_bytes().to_vec();
        wrong[at] ^= 0x01;
        [b"Bearer ".as_slice(), &wrong].concat()
    });
    let mut value = forgeries[0].clone();
    measure(samples, |class| {
        value.copy_from_slice(&forgeries[class]);
        let lines = [("Authorization", value.as_slice())];
        let delivery = delivery(black_box(&lines), b"{}");
        let start = Instant::now();
        let verdict = black_box(verifier.verify(black_box(&delivery), now()));
        let took = start.elapsed();
        assert_eq!(verdict.unwrap_err().code(), "mismatch");
        took.as_nanos() as f64
    })
}

fn naive(samples: u32) -> f64 {
    let right = [b'a'; 64];
    let forgeries = [0, 63].map(|at| {
        let mut wrong = right;
        wrong[at] = b'b';
        wrong
    });
    let mut value = right;
    measure(samples, |class| {
        value.copy_from_slice(&forgeries[class]);
        let start = Instant::now();
        let same = black_box(same_until_different(black_box(&right), black_box(&value)));
        let took = start.elapsed();
        assert!(!same);
        took.as_nanos() as f64
    })
}

fn same_until_different(left: &[u8], right: &[u8]) -> bool {
    for (left, right) in left.iter().zip(right) {
        // Hidden from the optimiser, which would compare the two as wide words.
        if black_box(left) != black_box(right) {
            return false;
        }
    }
    true
}

fn report(name: &str, figure: f64, holds: bool, bound: f64) -> usize {
    let verdict = if holds { "as it should be" } else { "OUT OF BOUNDS" };
    println!("| {name} | {figure:.2} | {bound:.1} | {verdict} |");
    usize::from(!holds)
}

fn samples_wanted() -> u32 {
    if std::env::args().any(|argument| argument == "--long") {
        return LONG;
    }
    let asked = std::env::var("HOOKSTAGE_SAMPLES").ok().and_then(|text| text.parse().ok());
    asked.unwrap_or(SHORT).max(1_000)
}

fn verifier(preset: &Preset, secret: &str) -> Verifier {
    Verifier::new(preset.scheme(), [Secret::new(secret).unwrap()]).unwrap()
}

fn now() -> Timestamp {
    Timestamp::from_unix_seconds(SIGNED_AT)
}
