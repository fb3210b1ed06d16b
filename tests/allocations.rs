//! Nothing is allocated to verify a delivery whose signed parts are slices of it.
//!
//! A forged delivery is verified as often as a genuine one, so what it makes the heap do is what an
//! attacker can make it do. The program has a `main` of its own: the counter sees every thread, and
//! the test harness has one that prints.

#[path = "../benches/samples/mod.rs"]
mod samples;

use std::alloc::System;

use hookstage::providers::{self, Preset};
use hookstage::{Secret, Timestamp, Verifier};
use samples::{SECRET, SIGNED_AT, Sample, delivery};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn main() {
    control();
    for (preset, make) in PRESETS {
        for size in [0, 300, 10_000, 1_000_000] {
            let sample = make(size);
            check(preset, &sample, true);
            check(preset, &with_another_body(sample), false);
        }
    }
    rotation();
    println!("verification allocates nothing: {} schemes, genuine and forged", PRESETS.len());
}

/// A preset, and a genuine delivery of a size.
type Case = (&'static Preset, fn(usize) -> Sample);

const PRESETS: [Case; 4] = [
    (&providers::GITHUB, samples::github),
    (&providers::STRIPE, samples::stripe),
    (&providers::SLACK, samples::slack),
    (&providers::STANDARD_WEBHOOKS, samples::standard_webhooks),
];

/// The counter counts: without this, a broken one would let everything pass.
fn control() {
    let region = Region::new(ALLOCATOR);
    std::hint::black_box(vec![0_u8; 100]);
    assert_eq!(region.change().allocations, 1);
}

fn check(preset: &Preset, sample: &Sample, genuine: bool) {
    let verifier = verifier(preset, &[SECRET]);
    assert_eq!(allocations(&verifier, sample, genuine), 0, "{}, genuine: {genuine}", preset.name);
}

/// Three keys, the right one last, and two signatures in the header.
fn rotation() {
    let verifier = verifier(&providers::STRIPE, &["another secret", "a third secret", SECRET]);
    let sample = samples::stripe(300);
    let (_, value) = sample.headers.last().unwrap();
    let two = value.replace(",v1=", &format!(",v1={},v1=", "0".repeat(64)));
    let sample = sample.with_header("Stripe-Signature", two);
    assert_eq!(allocations(&verifier, &sample, true), 0, "rotation");
}

fn allocations(verifier: &Verifier, sample: &Sample, genuine: bool) -> usize {
    let lines = sample.lines();
    let delivery = delivery(&lines, &sample.body);
    let now = Timestamp::from_unix_seconds(SIGNED_AT + 7);
    let region = Region::new(ALLOCATOR);
    let accepted = std::hint::black_box(verifier.verify(&delivery, now)).is_ok();
    let change = region.change();
    assert_eq!(accepted, genuine);
    change.allocations + change.reallocations
}

fn with_another_body(mut sample: Sample) -> Sample {
    sample.body.push(b' ');
    sample
}

fn verifier(preset: &Preset, secrets: &[&str]) -> Verifier {
    let keys = secrets.iter().map(|text| Secret::new(*text).unwrap());
    Verifier::new(preset.scheme(), keys).unwrap()
}
