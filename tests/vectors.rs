//! Deliveries that were signed elsewhere, judged by the presets: what the providers' documents,
//! SDKs and servers accept is accepted, and nothing that differs from it by a bit.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeSet;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hookstage::providers::{self, Preset};
use hookstage::scheme::Parameters;
use hookstage::{ConfigError, Secret, Timestamp, Verifier};
use mutations::{Coverages, Request, mutate, waits_for};
use serde::Deserialize;

mod mutations;

#[test]
fn every_vector_is_judged_as_its_provider_does_and_no_mutation_passes() {
    let disagreements = disagreements();
    let mut seen = BTreeSet::new();
    let mut failures = Vec::new();
    let (mut accepted, mut refused) = (0, 0);
    let mut coverages = Coverages::default();
    let mut waiting = 0;
    for file in files() {
        let preset = providers::find(&file.preset).unwrap_or_else(|| {
            panic!("vectors for {}, which is no preset", file.preset);
        });
        if let Some(feature) = waits_for(preset) {
            waiting += file.tests.len();
            println!("{}: not run, needs {feature}", preset.name);
            continue;
        }
        for test in &file.tests {
            let at = format!("{} {}", file.preset, test.id);
            let verifier = match verifier(preset, test) {
                Ok(verifier) => verifier,
                Err(error) => {
                    failures.push(format!("{at}: {error}"));
                    continue;
                }
            };
            let now = Timestamp::from_unix_seconds(test.now);
            let verdict = test.request().judge(&verifier, now);
            let expected = if disagreements.contains(&(file.preset.clone(), test.id)) {
                seen.insert((file.preset.clone(), test.id));
                !test.accepts()
            } else {
                test.accepts()
            };
            match (&verdict, expected) {
                (Ok(()), true) => accepted += 1,
                (Err(refusal), false) => {
                    refused += 1;
                    let listed = disagreements.contains(&(file.preset.clone(), test.id));
                    if !listed && test.reason.as_deref() != Some(refusal.code()) {
                        failures.push(format!("{at}: {} ({})", refusal.code(), test.comment));
                    }
                }
                (Ok(()), false) => failures.push(format!("{at}: accepted ({})", test.comment)),
                (Err(refusal), true) => {
                    failures.push(format!("{at}: {refusal} ({})", test.comment));
                }
            }
            if verdict.is_ok() {
                failures.extend(
                    mutate(preset, &verifier, &test.request(), now, &mut coverages)
                        .into_iter()
                        .map(|what| format!("{at}: {what}")),
                );
            }
        }
    }
    println!(
        "{accepted} deliveries accepted and {refused} refused, as their providers do; {waiting} not run"
    );
    println!("{coverages}");
    let unseen: Vec<_> = disagreements
        .difference(&seen)
        .filter(|(name, _)| waits_for(providers::find(name).unwrap()).is_none())
        .collect();
    assert!(unseen.is_empty(), "listed disagreements without a vector: {unseen:?}");
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
}

fn verifier(preset: &Preset, test: &Test) -> Result<Verifier, ConfigError> {
    let keys = test.keys.iter().map(|key| Secret::new(key.as_str()).unwrap());
    let mut parameters = Parameters::new();
    for (name, value) in &test.params {
        let parameter = hookstage::scheme::Parameter::ALL
            .into_iter()
            .find(|parameter| parameter.as_str() == name)
            .unwrap_or_else(|| panic!("no parameter {name}"));
        parameters = parameters.with(parameter, value.as_str().unwrap());
    }
    Verifier::with_parameters(preset.scheme(), keys, parameters)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    preset: String,
    #[allow(dead_code, reason = "for people who read the file")]
    notes: serde_json::Map<String, serde_json::Value>,
    tests: Vec<Test>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Test {
    id: u32,
    comment: String,
    source: String,
    flags: Vec<String>,
    request: Written,
    keys: Vec<String>,
    params: serde_json::Map<String, serde_json::Value>,
    now: i64,
    result: String,
    reason: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    method: String,
    url: String,
    headers: std::collections::BTreeMap<String, Vec<String>>,
    body_base64: String,
}

impl Test {
    fn accepts(&self) -> bool {
        self.result == "accept"
    }

    fn request(&self) -> Request {
        let headers = self.request.headers.iter().flat_map(|(name, values)| {
            values.iter().map(|value| (name.to_ascii_lowercase(), value.clone().into_bytes()))
        });
        Request {
            method: self.request.method.clone(),
            url: self.request.url.clone(),
            headers: headers.collect(),
            body: BASE64.decode(&self.request.body_base64).unwrap(),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Disagreement {
    preset: String,
    id: u32,
    reason: String,
}

fn disagreements() -> BTreeSet<(String, u32)> {
    let path = directory().join("disagreements.json");
    let list: Vec<Disagreement> = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    for disagreement in &list {
        assert!(disagreement.reason.len() > 20, "say why: {}", disagreement.preset);
    }
    list.into_iter().map(|item| (item.preset, item.id)).collect()
}

fn files() -> Vec<File> {
    let mut paths: Vec<_> = std::fs::read_dir(directory())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        // The deliveries of public_keys.json belong to no preset alone, and have a runner of their own.
        .filter(|path| !path.ends_with("disagreements.json") && !path.ends_with("public_keys.json"))
        .collect();
    paths.sort();
    paths
        .into_iter()
        .map(|path| {
            let file: File = serde_json::from_slice(&std::fs::read(&path).unwrap())
                .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            assert_eq!(path.file_stem().unwrap().to_str(), Some(file.preset.as_str()));
            let mut ids = BTreeSet::new();
            for test in &file.tests {
                assert!(ids.insert(test.id), "{} {} stands twice", file.preset, test.id);
                assert!(matches!(test.result.as_str(), "accept" | "refuse"));
                assert_eq!(test.reason.is_some(), !test.accepts(), "{} {}", file.preset, test.id);
                assert!(!test.source.is_empty() && !test.flags.is_empty());
            }
            file
        })
        .collect()
}

fn directory() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/vectors")
}
