//! What verification costs beside the one thing it cannot do without: the keyed MAC over the
//! signed bytes.
//!
//! `cargo bench --bench verify` prints a table for each kind of scheme and size. The floor is the
//! bare HMAC with its key schedule done, over the same signed bytes in one piece. With `--check`
//! the run fails when a goal is missed.

mod measure;
mod samples;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::Mac;
use hookstage::providers::{self, Preset};
use hookstage::{Refusal, Secret, Timestamp, Verifier};
use measure::Table;
use samples::{SECRET, SIGNED_AT, Sample, delivery};

const SIZES: [usize; 4] = [300, 1_000, 10_000, 100_000];

fn main() {
    let mut missed = 0;
    missed += scheme("GitHub", &providers::GITHUB, samples::github, [1.15, 1.06, 1.02, 1.02]);
    missed += scheme("Stripe", &providers::STRIPE, samples::stripe, [1.45, 1.20, 1.03, 1.03]);
    missed += scheme(
        "Standard Webhooks",
        &providers::STANDARD_WEBHOOKS,
        samples::standard_webhooks,
        [1.6, 1.25, 1.04, 1.04],
    );
    missed += many_signatures();
    missed += many_keys();
    missed += malformed();
    missed += tokens();
    println!("\ngoals missed: {missed}");
    if missed > 0 && std::env::args().any(|argument| argument == "--check") {
        std::process::exit(1);
    }
}

fn scheme(name: &str, preset: &Preset, make: fn(usize) -> Sample, goals: [f64; 4]) -> usize {
    let verifier = verifier(preset, [SECRET]);
    let mut missed = 0;
    for (size, goal) in SIZES.into_iter().zip(goals) {
        let sample = make(size);
        let lines = sample.lines();
        let delivery = delivery(&lines, &sample.body);
        assert!(verifier.verify(&delivery, now()).is_ok());
        missed += floor(format!("{name}, {size} bytes"), &sample)
            .add_with_goal("hookstage", goal, || verifier.verify(&delivery, now()))
            .print();
    }
    missed
}

/// Wrong signatures in one header. The body is hashed once for each key, however many there are.
fn many_signatures() -> usize {
    let mut missed = 0;
    for count in [1, 10, 16] {
        let stripe = samples::stripe(10_000);
        let wrong: String = (0..count).map(|digit| format!(",v1={digit:064x}")).collect();
        let stripe = stripe.with_header("Stripe-Signature", format!("t={SIGNED_AT}{wrong}"));

        let standard = samples::standard_webhooks(10_000);
        let wrong: Vec<String> =
            (0..count).map(|byte| format!("v1,{}", STANDARD.encode([byte; 32]))).collect();
        let standard = standard.with_header("webhook-signature", wrong.join(" "));

        for (name, preset, sample) in [
            ("Stripe", &providers::STRIPE, stripe),
            ("Standard Webhooks", &providers::STANDARD_WEBHOOKS, standard),
        ] {
            let verifier = verifier(preset, [SECRET]);
            let lines = sample.lines();
            let delivery = delivery(&lines, &sample.body);
            let refusal = verifier.verify(&delivery, now()).unwrap_err();
            assert!(
                matches!(refusal, Refusal::Mismatch { signatures, keys: 1, .. } if signatures == count),
                "{refusal:?}"
            );
            missed += floor(format!("{name}, {count} wrong signatures, 10 KB"), &sample)
                .add_with_goal("hookstage", 1.10, || verifier.verify(&delivery, now()))
                .print();
        }
    }
    missed
}

/// Three live keys: nothing is computed under those behind the right one.
fn many_keys() -> usize {
    let sample = samples::github(10_000);
    let lines = sample.lines();
    let delivery = delivery(&lines, &sample.body);
    let one = verifier(&providers::GITHUB, [SECRET]);
    let first = verifier(&providers::GITHUB, [SECRET, "another secret", "a third secret"]);
    let last = verifier(&providers::GITHUB, ["another secret", "a third secret", SECRET]);
    for (verifier, index) in [(&first, 0), (&last, 2)] {
        assert_eq!(verifier.verify(&delivery, now()).unwrap().key_index(), Some(index));
    }
    floor("GitHub, 3 live keys, 10 KB".to_owned(), &sample)
        .add("hookstage, 1 key", || one.verify(&delivery, now()))
        .add_with_goal("hookstage, the right key first", 1.02, || first.verify(&delivery, now()))
        .add_with_goal("hookstage, the right key last", 3.05, || last.verify(&delivery, now()))
        .print()
}

/// Headers that cannot hold a signature: nothing is hashed for them.
fn malformed() -> usize {
    let github = samples::github(300);
    let stripe = samples::stripe(300);
    let cases = [
        (&providers::GITHUB, github.clone().with_header("X-Hub-Signature-256", "sha256=abc")),
        (
            &providers::GITHUB,
            github.clone().with_header("X-Hub-Signature-256", format!("sha256={}", "z".repeat(64))),
        ),
        (&providers::STRIPE, stripe.with_header("Stripe-Signature", "t=1790000000,v2=abc")),
    ];
    let judged: Vec<_> = cases
        .iter()
        .map(|(preset, sample)| (verifier(preset, [SECRET]), sample.lines(), sample))
        .collect();
    let mut table = floor("malformed headers, 300 bytes".to_owned(), &github);
    let names = ["GitHub, too short", "GitHub, no hex digits", "Stripe, no signature"];
    for ((verifier, lines, sample), name) in judged.iter().zip(names) {
        let delivery = delivery(lines, &sample.body);
        assert_eq!(verifier.verify(&delivery, now()).unwrap_err().code(), "malformed");
        table = table.add_with_goal(name, 0.30, move || verifier.verify(&delivery, now()));
    }
    table.print()
}

/// Shown secrets. The floor is the hash that hides the length of what was shown.
fn tokens() -> usize {
    let bearer = [("Authorization", b"Bearer sk_live_0123456789abcdef0123456789".as_slice())];
    let verifier = verifier(&providers::COMMA_BEARER, ["sk_live_0123456789abcdef0123456789"]);
    let delivery = delivery(&bearer, b"{}");
    assert!(verifier.verify(&delivery, now()).is_ok());
    Table::new("bearer token")
        .add("SHA-256 of the token", || {
            <sha2::Sha256 as sha2::Digest>::digest(std::hint::black_box(
                b"sk_live_0123456789abcdef0123456789",
            ))
        })
        .add("hookstage", || verifier.verify(&delivery, now()))
        .print()
}

fn floor<'c>(title: String, sample: &'c Sample) -> Table<'c> {
    let keyed = sample.keyed();
    Table::new(title).add("keyed HMAC alone", move || {
        keyed.clone().chain_update(std::hint::black_box(&sample.signed)).finalize().into_bytes()
    })
}

fn verifier<'s>(preset: &Preset, secrets: impl IntoIterator<Item = &'s str>) -> Verifier {
    let keys = secrets.into_iter().map(|text| Secret::new(text).unwrap());
    Verifier::new(preset.scheme(), keys).unwrap()
}

fn now() -> Timestamp {
    Timestamp::from_unix_seconds(std::hint::black_box(SIGNED_AT + 7))
}
