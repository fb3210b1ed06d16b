//! Deliveries as genuine senders make them, signed here with the bare MAC and not by the library,
//! and the header lines that stand around a signature in practice.

#![allow(dead_code, reason = "each bench and test uses its part")]

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use hookstage::{Delivery, Head};
use sha2::Sha256;

/// When every sample was signed.
pub(crate) const SIGNED_AT: i64 = 1_790_000_000;

/// The text of the secret that every sample is signed with: 24 bytes in base64 behind the prefix of
/// Standard Webhooks, and a text like any other to the rest.
pub(crate) const SECRET: &str = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz";

/// What stands in base64 behind that prefix.
pub(crate) const STANDARD_KEY: &[u8] = b"012345678901234567890123";

/// A delivery that owns its bytes.
#[derive(Clone)]
pub(crate) struct Sample {
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
    /// What the signature covers, in one piece.
    pub(crate) signed: Vec<u8>,
    pub(crate) key: Vec<u8>,
}

impl Sample {
    pub(crate) fn lines(&self) -> Vec<(&str, &[u8])> {
        self.headers.iter().map(|(name, value)| (*name, value.as_bytes())).collect()
    }

    pub(crate) fn with_header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.retain(|(other, _)| *other != name);
        self.headers.push((name, value.into()));
        self
    }

    /// The MAC keyed and ready, as a verifier keeps it.
    pub(crate) fn keyed(&self) -> Hmac<Sha256> {
        keyed(&self.key)
    }
}

/// The delivery of some header lines and a body.
pub(crate) fn delivery<'a>(lines: &'a [(&'a str, &'a [u8])], body: &'a [u8]) -> Delivery<'a> {
    Delivery::new(Head::post("https://hooks.example.com/in/acme", lines), body)
}

pub(crate) fn keyed(key: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).unwrap()
}

pub(crate) fn mac(key: &[u8], message: &[u8]) -> [u8; 32] {
    keyed(key).chain_update(message).finalize().into_bytes().into()
}

/// A JSON body of about this many bytes.
pub(crate) fn body(length: usize) -> Vec<u8> {
    let mut text = r#"{"id":"evt_1Qk8","type":"invoice.paid","lines":["#.to_owned();
    let mut number = 0_u32;
    while text.len() + 2 < length {
        let _ = write!(text, r#"{{"line":{number},"amount":1999}},"#);
        number += 1;
    }
    text.truncate(length.saturating_sub(4));
    text.push_str("0]}\n");
    text.into_bytes()
}

/// `sha256=<hex>` over the body.
pub(crate) fn github(length: usize) -> Sample {
    let body = body(length);
    let signature = format!("sha256={}", hex::encode(mac(SECRET.as_bytes(), &body)));
    let mut headers = around("GitHub-Hookshot/5df23b6");
    headers.extend([
        ("X-GitHub-Delivery", "6c1b8b30-95c7-11f0-8f2c-0242ac120002".into()),
        ("X-GitHub-Event", "push".into()),
        ("X-GitHub-Hook-ID", "512345678".into()),
        ("X-GitHub-Hook-Installation-Target-ID", "98765432".into()),
        ("X-GitHub-Hook-Installation-Target-Type", "repository".into()),
        ("X-Hub-Signature", "sha1=da39a3ee5e6b4b0d3255bfef95601890afd80709".into()),
        ("X-Hub-Signature-256", signature),
    ]);
    Sample { headers, signed: body.clone(), body, key: SECRET.into() }
}

/// `t=<seconds>,v1=<hex>,v0=<hex>` over time, dot and body.
pub(crate) fn stripe(length: usize) -> Sample {
    let body = body(length);
    let signed = [format!("{SIGNED_AT}.").as_bytes(), &body].concat();
    let signature = hex::encode(mac(SECRET.as_bytes(), &signed));
    let mut headers = around("Stripe/1.0 (+https://stripe.com/docs/webhooks)");
    let other = "0".repeat(64);
    headers.push(("Stripe-Signature", format!("t={SIGNED_AT},v1={signature},v0={other}")));
    Sample { headers, body, signed, key: SECRET.into() }
}

/// `v0=<hex>` over `v0:<seconds>:<body>`.
pub(crate) fn slack(length: usize) -> Sample {
    let body = body(length);
    let signed = [format!("v0:{SIGNED_AT}:").as_bytes(), &body].concat();
    let signature = hex::encode(mac(SECRET.as_bytes(), &signed));
    let mut headers = around("Slackbot 1.0 (+https://api.slack.com/robots)");
    headers.push(("X-Slack-Request-Timestamp", SIGNED_AT.to_string()));
    headers.push(("X-Slack-Signature", format!("v0={signature}")));
    Sample { headers, body, signed, key: SECRET.into() }
}

/// `v1,<base64>` over id, time and body.
pub(crate) fn standard_webhooks(length: usize) -> Sample {
    const ID: &str = "msg_2mZ7kWfQxG0b1c2d3e4f5g6h7i8";
    let body = body(length);
    let signed = [format!("{ID}.{SIGNED_AT}.").as_bytes(), &body].concat();
    let signature = STANDARD.encode(mac(STANDARD_KEY, &signed));
    let mut headers =
        around("Svix-Webhooks/1.62.0 (sender-9YMgn; +https://www.svix.com/http-sender/)");
    headers.extend([
        ("webhook-id", ID.into()),
        ("webhook-timestamp", SIGNED_AT.to_string()),
        ("webhook-signature", format!("v1,{signature}")),
    ]);
    Sample { headers, body, signed, key: STANDARD_KEY.into() }
}

/// The header lines that every delivery has beside those of its scheme.
fn around(agent: &str) -> Vec<(&'static str, String)> {
    vec![
        ("Host", "hooks.example.com".into()),
        ("User-Agent", agent.into()),
        ("Content-Length", "1024".into()),
        ("Accept", "*/*".into()),
        ("Content-Type", "application/json".into()),
    ]
}
