//! Writes seeds for every target into `corpus/`, beside this file: the stored form of each preset,
//! the shapes of their headers, secrets of each kind, and the requests of the published vectors in
//! `tests/vectors`.
//!
//! `cargo run --manifest-path fuzz/Cargo.toml --example seed`

mod common;

use std::io;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hookstage::providers;
use serde_json::Value;

fn main() -> io::Result<()> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    for (index, preset) in providers::all().iter().enumerate() {
        let scheme = preset.scheme();
        let chosen = u16::try_from(index).unwrap_or(u16::MAX).to_le_bytes();

        let stored = serde_json::to_vec(&scheme)?;
        write(&corpus, "scheme_serde", preset.name, &stored)?;

        for (kind, secret) in common::SECRETS.iter().enumerate() {
            let name = format!("{}-{kind}", preset.name);
            write(&corpus, "secret", &name, &[&chosen, secret.as_bytes()].concat())?;
        }

        let names = common::header_names(&scheme);
        for (kind, value) in HEADERS.iter().enumerate() {
            let mut lines = vec!["https://hooks.example.com/in/acme?x=1"];
            lines.extend(names.iter().map(|_| *value));
            lines.push(r#"{"id":"evt_1"}"#);
            let name = format!("{}-{kind}", preset.name);
            write(&corpus, "locate", &name, &[&chosen, lines.join("\n").as_bytes()].concat())?;
        }
    }
    write_vectors(&corpus)?;
    for case in 0..4 {
        write(&corpus, "admit", &format!("genuine-{case}"), &[case])?;
        for action in 0..8 {
            let edit = [case, action, 5, 0, 20, b'0'];
            write(&corpus, "admit", &format!("edited-{case}-{action}"), &edit)?;
        }
    }
    Ok(())
}

/// Values as they stand in the headers of senders: times, tokens, lists and signatures.
const HEADERS: [&str; 5] = [
    "1790000000",
    "Bearer 0123456789abcdef",
    "t=1790000000,v1=0000000000000000000000000000000000000000000000000000000000000000",
    "v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= v1,AAAA",
    "sha256=0000000000000000000000000000000000000000000000000000000000000000",
];

/// The header values and body of each published request, laid out as the target `locate` reads them.
fn write_vectors(corpus: &Path) -> io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors");
    for entry in std::fs::read_dir(folder)? {
        let document: Value = serde_json::from_slice(&std::fs::read(entry?.path())?)?;
        let Some(name) = document["preset"].as_str() else { continue };
        let position = providers::all().iter().position(|preset| preset.name == name);
        let Some((index, preset)) = position.zip(providers::find(name)) else { continue };
        let chosen = u16::try_from(index).unwrap_or(u16::MAX).to_le_bytes();
        for test in document["tests"].as_array().into_iter().flatten() {
            let request = &test["request"];
            let mut lines = vec![request["url"].as_str().unwrap_or_default().as_bytes().to_vec()];
            for wanted in common::header_names(&preset.scheme()) {
                lines.push(header(&request["headers"], &wanted).into_bytes());
            }
            let body = request["body_base64"].as_str().unwrap_or_default();
            lines.push(STANDARD.decode(body).unwrap_or_default());
            let bytes = [chosen.as_slice(), &lines.join(&b'\n')].concat();
            write(corpus, "locate", &format!("{name}-vector-{}", test["id"]), &bytes)?;
        }
    }
    Ok(())
}

fn header(headers: &Value, wanted: &str) -> String {
    let mut members = headers.as_object().into_iter().flatten();
    let found = members.find(|(name, _)| name.eq_ignore_ascii_case(wanted));
    match found.map(|(_, value)| value) {
        Some(Value::Array(values)) => values.first().and_then(Value::as_str).unwrap_or_default(),
        Some(Value::String(value)) => value,
        _ => "",
    }
    .to_owned()
}

fn write(corpus: &Path, target: &str, name: &str, bytes: &[u8]) -> io::Result<()> {
    let folder: PathBuf = corpus.join(target);
    std::fs::create_dir_all(&folder)?;
    std::fs::write(folder.join(name), bytes)
}
