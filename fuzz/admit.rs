//! Genuine requests, damaged: whatever is still believed has every covered byte as it was signed.

#![no_main]

#[path = "../benches/samples/mod.rs"]
mod samples;

use std::sync::OnceLock;

use hookstage::providers::{self, Preset};
use hookstage::{Delivery, Head, Secret, Source, SourceConfig, Timestamp, admit, admit_head};
use libfuzzer_sys::fuzz_target;
use samples::{SECRET, SIGNED_AT, Sample};

/// A source, a genuine request to it, and the headers whose values are signed as they stand.
type Case = (Source, Sample, &'static [&'static str]);

static CASES: OnceLock<Vec<Case>> = OnceLock::new();

fuzz_target!(|data: &[u8]| {
    let cases = CASES.get_or_init(|| {
        vec![
            case(&providers::GITHUB, samples::github(120), &[]),
            case(&providers::STRIPE, samples::stripe(120), &[]),
            case(&providers::SLACK, samples::slack(120), &["X-Slack-Request-Timestamp"]),
            case(
                &providers::STANDARD_WEBHOOKS,
                samples::standard_webhooks(120),
                &["webhook-id", "webhook-timestamp"],
            ),
        ]
    });
    let Some((chosen, edits)) = data.split_first() else { return };
    let (source, genuine, covered) = &cases[usize::from(*chosen) % cases.len()];
    let genuine_lines = genuine.lines();
    let mut lines: Vec<(String, Vec<u8>)> =
        genuine_lines.iter().map(|(name, value)| ((*name).to_owned(), value.to_vec())).collect();
    let mut body = genuine.body.clone();
    for edit in edits.chunks_exact(5) {
        apply(edit, &mut lines, &mut body);
    }

    let headers: Vec<(&str, &[u8])> =
        lines.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
    let head = Head::post("https://hooks.example.com/in/acme", &headers);
    let early = admit_head(source, &head);
    let delivery = Delivery::new(head, &body);
    let now = Timestamp::from_unix_seconds(SIGNED_AT);
    let admitted = admit(source, &delivery, now);
    let verified = source.verifier().verify(&delivery, now);
    if admitted.is_ok() {
        assert!(verified.is_ok() && early.is_ok(), "nothing is admitted that was not verified");
    }
    if verified.is_ok() {
        assert_eq!(body, genuine.body, "the body is signed");
        for name in *covered {
            let values: Vec<_> = head.header(name).collect();
            let signed: Vec<_> = values_of(&genuine_lines, name);
            assert_eq!(values, signed, "{name} is signed");
        }
    }
});

/// Five bytes: what to do, where (two bytes each for which line and which place), and with what.
fn apply(edit: &[u8], lines: &mut Vec<(String, Vec<u8>)>, body: &mut Vec<u8>) {
    let [action, target, high, low, byte] = edit else { return };
    let line = usize::from(*target) % (lines.len() + 1);
    if *action % 8 == 6 {
        if let Some(line) = lines.get(line).cloned() {
            lines.push(line);
        }
        return;
    }
    if *action % 8 == 7 {
        if line < lines.len() {
            lines.remove(line);
        }
        return;
    }
    let bytes = match lines.get_mut(line) {
        Some((_, value)) => value,
        None => body,
    };
    let at = usize::from(u16::from_be_bytes([*high, *low])) % (bytes.len() + 1);
    match action % 8 {
        0 | 1 if at < bytes.len() => bytes[at] ^= 1 << (byte % 8),
        2 if at < bytes.len() => bytes[at] = *byte,
        3 => bytes.insert(at, *byte),
        4 if at < bytes.len() => drop(bytes.remove(at)),
        _ => bytes.truncate(at),
    }
}

fn values_of<'a>(lines: &[(&str, &'a [u8])], name: &str) -> Vec<&'a [u8]> {
    let of_name = lines.iter().filter(|(other, _)| other.eq_ignore_ascii_case(name));
    of_name.map(|(_, value)| *value).collect()
}

fn case(preset: &Preset, genuine: Sample, covered: &'static [&'static str]) -> Case {
    let config = SourceConfig::preset("acme", preset.name, preset)
        .with_secret(Secret::new(SECRET).expect("the sample's secret is one"));
    (Source::new(config).expect("the preset is sound"), genuine, covered)
}
