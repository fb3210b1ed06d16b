//! Real senders: the snippets of Coeffection's own page, run by Node and Python as they stand there
//! but for the sending, and `openssl` in a shell. What they sign is verified.
//!
//! Where one of these programs is not installed, its test says so and does not count.

mod support;

use std::io::Write;
use std::process::{Command, Stdio};

use hookstage::providers::{self, Generic, Preset};
use hookstage::scheme::{Encoding, Hash};
use hookstage::{Secret, Verifier};
use support::{NOW, Request};

const SECRET: &str = "hookstage-test-secret";

/// The lines that a program prints for a script on its standard input.
fn run(program: &str, arguments: &[&str], script: &str) -> Option<Vec<String>> {
    let started = Command::new(program)
        .args(arguments)
        .env("COEFFECTION_SIGNING_SECRET", SECRET)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut process) = started else {
        eprintln!("NOT RUN: {program} is not installed");
        return None;
    };
    process.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
    let output = process.wait_with_output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program}: {error}");
    Some(String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect())
}

fn verifier(preset: &Preset) -> Verifier {
    Verifier::new(preset.scheme(), [Secret::new(SECRET).unwrap()]).unwrap()
}

/// A request with the body in the first line and a header in each other one.
fn request(lines: &[String]) -> Request {
    let (body, headers) = lines.split_first().unwrap();
    Request {
        method: "POST".to_owned(),
        url: String::new(),
        headers: headers
            .iter()
            .map(|line| {
                let (name, value) = line.split_once(": ").unwrap();
                (name.to_owned(), value.as_bytes().to_vec())
            })
            .collect(),
        body: body.clone().into_bytes(),
    }
}

/// The time in `t=…,v1=…`, which is the sender's own clock.
fn signed_time(request: &Request) -> i64 {
    let value = String::from_utf8(request.header("x-webhook-signature").unwrap().to_vec()).unwrap();
    value.strip_prefix("t=").unwrap().split(',').next().unwrap().parse().unwrap()
}

/// It is believed, and a byte more is not.
fn believed(verifier: &Verifier, request: &Request, now: i64) {
    let judged = request.verify(verifier, now);
    assert!(judged.is_ok(), "{judged:?}: {request:?}");
    let mut longer = request.clone();
    longer.body.push(b' ');
    assert_eq!(longer.verify(verifier, now).unwrap_err().code(), "mismatch");
}

#[test]
fn coeffections_node_snippet() {
    let script = r#"
import crypto from "node:crypto";
const SECRET = process.env.COEFFECTION_SIGNING_SECRET; // shown once on create
const body = JSON.stringify({ id: "evt_123", email: "ada@acme.com" });
const t = Math.floor(Date.now() / 1000); // unix seconds
const v1 = crypto
  .createHmac("sha256", SECRET)
  .update(`${t}.${body}`) // sign "<timestamp>.<raw body>"
  .digest("hex");
console.log(body);
console.log(`x-webhook-signature: t=${t},v1=${v1}`);
"#;
    let Some(lines) = run("node", &["--input-type=module", "-"], script) else { return };
    let request = request(&lines);
    let now = signed_time(&request);
    assert!(now > NOW, "the clock of the sender");
    believed(&verifier(&providers::COEFFECTION), &request, now + 1);
}

#[test]
fn coeffections_python_snippet() {
    let script = r#"
import hashlib, hmac, json, os, time
SECRET = os.environ["COEFFECTION_SIGNING_SECRET"]
body = json.dumps({"id": "evt_123", "email": "ada@acme.com"})
t = int(time.time())
v1 = hmac.new(SECRET.encode(), f"{t}.{body}".encode(), hashlib.sha256).hexdigest()
print(body)
print(f"x-webhook-signature: t={t},v1={v1}")
"#;
    let Some(lines) = run("python3", &["-"], script) else { return };
    let request = request(&lines);
    let now = signed_time(&request);
    assert!(now > NOW, "the clock of the sender");
    believed(&verifier(&providers::COEFFECTION), &request, now + 1);
}

/// What is pasted into a terminal: `date` and `openssl`.
#[test]
fn openssl_in_a_shell() {
    if run("openssl", &["version"], "").is_none() {
        return;
    }
    let script = r#"
body='{"id":"evt_1","note":"it'"'"'s"}'
t=$(date +%s)
v1=$(printf '%s.%s' "$t" "$body" | openssl dgst -sha256 -hmac "$COEFFECTION_SIGNING_SECRET" -r | cut -d' ' -f1)
sha256=$(printf '%s' "$body" | openssl dgst -sha256 -hmac "$COEFFECTION_SIGNING_SECRET" -r | cut -d' ' -f1)
shopify=$(printf '%s' "$body" | openssl dgst -sha256 -hmac "$COEFFECTION_SIGNING_SECRET" -binary | openssl base64 -A)
sha512=$(printf '%s' "$body" | openssl dgst -sha512 -hmac "$COEFFECTION_SIGNING_SECRET" -binary | openssl base64 -A)
slack=$(printf 'v0:%s:%s' "$t" "$body" | openssl dgst -sha256 -hmac "$COEFFECTION_SIGNING_SECRET" -r | cut -d' ' -f1)
printf '%s\n' "$body"
printf 'x-webhook-signature: t=%s,v1=%s\n' "$t" "$v1"
printf 'stripe-signature: t=%s,v1=%s\n' "$t" "$v1"
printf 'x-hub-signature-256: sha256=%s\n' "$sha256"
printf 'x-comma-signature: %s\n' "$sha256"
printf 'x-shopify-hmac-sha256: %s\n' "$shopify"
printf 'x-slack-request-timestamp: %s\n' "$t"
printf 'x-slack-signature: v0=%s\n' "$slack"
printf 'x-own: %s\n' "$sha512"
"#;
    let Some(lines) = run("sh", &["-s"], script) else { return };
    let request = request(&lines);
    let now = signed_time(&request);
    for preset in [
        &providers::COEFFECTION,
        &providers::STRIPE,
        &providers::GITHUB,
        &providers::META,
        &providers::COMMA_HMAC,
        &providers::SHOPIFY,
        &providers::SLACK,
    ] {
        believed(&verifier(preset), &request, now);
    }
    let own = Generic::new("X-Own").hash(Hash::Sha512).encoding(Encoding::Base64);
    let own = Verifier::new(own.scheme().unwrap(), [own.secret(SECRET).unwrap()]).unwrap();
    believed(&own, &request, now);
}

/// ConnectGain's page verifies over `JSON.stringify(JSON.parse(body))`. What it signs is the body,
/// and a body that its own check would have taken for the same is another one.
#[test]
fn connectgains_node_snippet() {
    let script = r#"
import crypto from "node:crypto";
const SECRET = process.env.COEFFECTION_SIGNING_SECRET;
const body = JSON.stringify({ event: "sale.created", timestamp: "2026-01-15T10:30:00Z", data: { id: 7, amount: 12.5 } });
const signature = crypto.createHmac("sha256", SECRET).update(body).digest("hex");
console.log(body);
console.log(`X-Webhook-Signature: ${signature}`);
"#;
    let Some(lines) = run("node", &["--input-type=module", "-"], script) else { return };
    let request = request(&lines);
    let verifier = verifier(&providers::CONNECTGAIN);
    believed(&verifier, &request, NOW);
    let text = String::from_utf8(request.body.clone()).unwrap();
    let same_meaning = Request { body: text.replace("12.5", "12.50").into_bytes(), ..request };
    assert_eq!(same_meaning.verify(&verifier, NOW).unwrap_err().code(), "mismatch");
}
