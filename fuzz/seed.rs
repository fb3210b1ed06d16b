//! Writes seeds for every target into `corpus/`, beside this file: the stored form of each preset,
//! the shapes of their headers, secrets of each kind, the requests of the published vectors in
//! `tests/vectors`, and payloads, paths, templates and filters around the corner cases of each.
//!
//! `cargo run --manifest-path fuzz/Cargo.toml --example seed`

mod common;
#[path = "../benches/payloads/mod.rs"]
mod payloads;

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
    write_payloads(&corpus)?;
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
const HEADERS: [&str; 7] = [
    "1790000000",
    "Bearer 0123456789abcdef",
    "t=1790000000,v1=0000000000000000000000000000000000000000000000000000000000000000",
    "v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= v1,AAAA",
    "sha256=0000000000000000000000000000000000000000000000000000000000000000",
    r#"sig1=("content-digest" "@query-param";name="x");created=1790000000;keyid="k";tag=a/b"#,
    "sig1=:AAAAAAAAAAAAAAAAAAAAAA==:, sha-256=:AAAA:;a=?0, b=(1 -0.5 \"\\\"\")",
];

/// Documents, alone and in pairs, and what is asked of them.
fn write_payloads(corpus: &Path) -> io::Result<()> {
    let mut documents: Vec<String> = DOCUMENTS.iter().map(|text| (*text).to_owned()).collect();
    documents.extend([payloads::crm_event(), payloads::stripe_invoice(), payloads::github_push()]);
    documents.push(format!("{}1{}", "[".repeat(127), "]".repeat(127)));
    documents.push(format!("{{\"{}\":[0,1]}}", "k".repeat(2_000)));
    for (number, document) in documents.iter().enumerate() {
        let next = &documents[(number + 1) % documents.len()];
        for target in ["json", "flatten"] {
            write(corpus, target, &format!("document-{number}"), document.as_bytes())?;
        }
        let pair = [document.as_str(), next].join("\n");
        write(corpus, "schema", &format!("pair-{number}"), pair.as_bytes())?;
        write(corpus, "schema", &format!("twice-{number}"), [document.as_str(); 2].join("\n").as_bytes())?;
        for rule in [1, 3, 5, 32, 65] {
            for (kind, bodies) in [("pair", &pair), ("twice", &[document.as_str(); 2].join("\n"))] {
                let bytes = [&[rule], bodies.as_bytes()].concat();
                write(corpus, "dedupe", &format!("{kind}-{number}-{rule}"), &bytes)?;
            }
        }
    }
    for (number, path) in PATHS.iter().enumerate() {
        write(corpus, "paths", &format!("path-{number}"), path.as_bytes())?;
    }
    let event = r#"{"a":{"b":[1,"x",null]},"id":9007199254740993,"items":[{"sku":"x"}]}"#;
    for (number, template) in TEMPLATES.iter().enumerate() {
        let bytes = [*template, event].join("\n");
        write(corpus, "templates", &format!("template-{number}"), bytes.as_bytes())?;
    }
    for (number, filter) in FILTERS.iter().enumerate() {
        let bytes = [*filter, event].join("\n");
        write(corpus, "filters", &format!("filter-{number}"), bytes.as_bytes())?;
    }
    Ok(())
}

const DOCUMENTS: &[&str] = &[
    "{}", "[]", "null", "5", "\"x\"", " {\"a\" : [ 1 , 2 ] }\r\n", "\u{feff}{}", r#"{"a":1,"a":2}"#,
    r#"{"a":1,"\u0061":2}"#, r#"{"":{"":{"a":1}}}"#, r#"{"a.b":1,"a":{"b":2}}"#,
    r#"{"a":{"0":1},"b":[1]}"#, r#"{"\"'\\":1,"\n\t\u0000":2," a ":3,".":4,"x[0]":5,"$":6,"*":7}"#,
    "[1,1.0,1e0,10e-1,-0,-0.0,0.0,1E+5]", "[9007199254740993,18446744073709551616,1e400,1e-400]",
    "[1e999999999,-1e-999999999,123456789012345678901234567890]",
    r#"["\ud83d\ude00","\ud83d","\u0000","\/\b\f"]"#, "[[1,2],[3]]",
    r#"[{"a":1},{"b":2},3,null,[],{}]"#, r#"{"a":"2024-01-15","b":"ada@acme.com","c":["1.2.3.4","::1"]}"#,
    r#"{"550e8400-e29b-41d4-a716-446655440000":{"n":1},"42":{"n":2.5}}"#, r#"{"a":{},"b":[],"c":null}"#,
    r#"{"__proto__":{"a":1},"constructor":2}"#, r#"{"$serde_json::private::Number":"abc"}"#,
    r#"{"a":"ab","b":"c"}"#, r#"{"a":"a","b":"bc"}"#, r#"{"a":1,"b":"1","c":[true]}"#,
];

const PATHS: &[&str] = &[
    "$", "customer.email", "$.contacts[0].wa_id", "$.contacts[-1]", "$['a']['b']", "items.0.sku",
    r#"["a.b"].c"#, r#"a["0"]"#, r#"[""]"#, "$..a", "$.*", "$['a','b']", "a[1:2]", "a[?@.b]", "$.a ",
    "/items/0/sku", "/a~1b/~0", r"a\.b.c", r"a.\0", "$['it\\'s']", "a[4294967295]", "a[-0]", "é.日本",
];

const TEMPLATES: &[&str] = &[
    "$event.id", "$event.a.b[0]", "$item.sku", "$company.id", "{{webhook.id}}", "id-{{event.id}}",
    r#"{{event.missing ?? "none"}}"#, "{{event.id | text}}", "{{event.m | required}}", "{{{{x}}",
    r"\$event.a", r#"{{webhook["a.b"]}}"#, "{{", "{{}}", "{{webhook.}}", "$5", "[\"1.0\"]",
];

const FILTERS: &[&str] = &[
    r#"{"payload":"id","eq":1}"#, r#"{"payload":"id","eq":{"number":"9007199254740993"}}"#,
    r#"{"payload":"a","lt":10,"items":"any"}"#, r#"{"payload":"a.b","in":[1,"x",null],"items":"all"}"#,
    r#"{"all":[{"payload":"id","exists":true},{"not":{"header":"x","exists":true}}]}"#,
    r#"{"any":[{"payload":"a","type":"object"},{"query":"q","ne":"1","or_absent":true}]}"#,
    r#"{"element_of":"items","where":{"payload":"sku","glob":"*x?"}}"#,
    r#"{"payload":"ip","cidr":["10.0.0.0/8","::1/128"]}"#,
    r#"{"payload":"at","gte":{"time":"2024-01-15T10:30:00Z"},"version":1}"#,
    r#"{"payload":"a","prefix":"x"}"#, r#"{"payload":"a","null":true}"#, r#"{"payload":"a","less":1}"#,
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
