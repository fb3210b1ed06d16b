//! Verification by this crate and by others of the same deliveries, side by side in one run:
//! `cargo run --release --manifest-path benches/peers/Cargo.toml`.
//!
//! The others ask the clock of the machine, so the deliveries are signed now.

#[path = "../measure/mod.rs"]
mod measure;
#[path = "../samples/mod.rs"]
mod samples;

use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::Mac;
use hookstage::providers::{self, Preset};
use hookstage::{Clock, SystemClock, Verifier};
use http::{HeaderMap, HeaderName, HeaderValue};
use measure::Table;
use samples::{SECRET, SIGNED_AT, STANDARD_KEY, Sample, delivery, mac};
use webhook_verify::Provider;

fn main() {
    for size in [300, 1_000, 10_000, 100_000] {
        table("GitHub", &providers::GITHUB, Provider::GitHub, samples::github(size), size);
        table("Stripe", &providers::STRIPE, Provider::Stripe, stripe_now(size), size);
        table(
            "Standard Webhooks",
            &providers::STANDARD_WEBHOOKS,
            Provider::StandardWebhooks,
            standard_webhooks_now(size),
            size,
        );
    }
}

fn table(name: &str, preset: &Preset, provider: Provider, sample: Sample, size: usize) {
    let ours = Verifier::new(preset.scheme(), [hookstage::Secret::new(SECRET).unwrap()]).unwrap();
    let lines = sample.lines();
    let delivery = delivery(&lines, &sample.body);
    let headers = header_map(&sample);
    let secret = webhook_verify::Secret::new(SECRET);
    let keyed = sample.keyed();
    let theirs = || {
        webhook_verify::verify(
            provider.clone(),
            &headers,
            &sample.body,
            &secret,
            Default::default(),
        )
    };
    assert!(ours.verify(&delivery, SystemClock.now()).is_ok());
    assert!(theirs().is_ok());
    let mut table = Table::new(format!("{name}, {size} bytes"))
        .add("keyed HMAC alone", || {
            keyed.clone().chain_update(std::hint::black_box(&sample.signed)).finalize().into_bytes()
        })
        .add("hookstage, clock asked", || ours.verify(&delivery, SystemClock.now()))
        .add("webhook-verify", theirs);
    if preset.name == providers::STANDARD_WEBHOOKS.name {
        let svix = svix::webhooks::Webhook::new(SECRET).unwrap();
        let standard = standardwebhooks::Webhook::new(SECRET).unwrap();
        assert!(svix.verify(&sample.body, &headers).is_ok());
        assert!(standard.verify(&sample.body, &headers).is_ok());
        let (headers, body) = (&headers, &sample.body);
        table = table
            .add("svix", move || svix.verify(body, headers))
            .add("standardwebhooks", move || standard.verify(body, headers));
        table.print();
    } else {
        table.print();
    }
}

fn stripe_now(size: usize) -> Sample {
    let sample = samples::stripe(size);
    let now = now();
    let signed = [format!("{now}.").as_bytes(), &sample.body].concat();
    let signature = hex::encode(mac(SECRET.as_bytes(), &signed));
    let sample = Sample { signed, ..sample };
    sample.with_header("Stripe-Signature", format!("t={now},v1={signature}"))
}

fn standard_webhooks_now(size: usize) -> Sample {
    let sample = samples::standard_webhooks(size);
    let now = now();
    let text = String::from_utf8(sample.signed.clone()).unwrap();
    let signed = text.replacen(&format!(".{SIGNED_AT}."), &format!(".{now}."), 1).into_bytes();
    let signature = STANDARD.encode(mac(STANDARD_KEY, &signed));
    let sample = Sample { signed, ..sample };
    sample
        .with_header("webhook-timestamp", now.to_string())
        .with_header("webhook-signature", format!("v1,{signature}"))
}

fn header_map(sample: &Sample) -> HeaderMap {
    let lines = sample.headers.iter().map(|(name, value)| {
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        (name, HeaderValue::from_str(value).unwrap())
    });
    lines.collect()
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}
