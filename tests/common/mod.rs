//! Deliveries as senders make them, signed here and not by the library.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may panic")]
#![allow(
    dead_code,
    unreachable_pub,
    reason = "every test file has its own copy and uses some of it"
)]

#[path = "../support/secret.rs"]
mod secret;

use hmac::{Hmac, KeyInit as _, Mac as _};
use hookstage::store::MemoryStore;
use hookstage::{
    Binding, BlockingEngine, ContactRule, DedupeConfig, DedupePart, DedupeRule, Delivery, Head,
    IdentifierType, ManualClock, OnMissingKey, Policy, PolicyConfig, Receipt, Resolution, Secret,
    Source, SourceConfig, Timestamp, UnknownSource, Window, json::Path, providers,
};

pub(crate) use secret::{SECRET, searched};

pub const NOW: i64 = 1_700_000_000;

pub const PROFILES: [&str; 5] = ["coeffection", "connectgain", "comma", "synerise", "wexio"];

pub fn now() -> Timestamp {
    Timestamp::from_unix_seconds(NOW)
}

pub fn hmac_hex(secret: &str, content: &[u8]) -> String {
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(content);
    hex::encode(mac.finalize().into_bytes())
}

/// A request that owns what a delivery borrows.
#[derive(Clone, Debug)]
pub struct Request {
    pub method: &'static str,
    pub url: String,
    pub headers: Vec<(String, Vec<u8>)>,
    pub body: Option<Vec<u8>>,
    pub remote: Option<std::net::IpAddr>,
    pub tls: Option<bool>,
}

impl Request {
    pub fn new(body: impl Into<Vec<u8>>) -> Self {
        Self {
            method: "POST",
            url: "https://hooks.example.com/in".into(),
            headers: vec![("Content-Type".into(), b"application/json".to_vec())],
            body: Some(body.into()),
            remote: None,
            tls: None,
        }
    }

    pub fn with(mut self, name: &str, value: impl Into<Vec<u8>>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(other, _)| !other.eq_ignore_ascii_case(name));
        self
    }

    pub fn from(mut self, peer: &str) -> Self {
        self.remote = Some(peer.parse().unwrap());
        self
    }

    pub fn by(mut self, method: &'static str) -> Self {
        self.method = method;
        self
    }

    /// Hands the delivery to whoever judges it.
    pub fn deliver<T: std::fmt::Debug>(&self, judge: impl FnOnce(&Delivery<'_>) -> T) -> T {
        let headers: Vec<(&str, &[u8])> =
            self.headers.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
        let mut head = Head::new(self.method, &self.url, &headers);
        if let Some(remote) = self.remote {
            head = head.with_remote(remote);
        }
        if let Some(tls) = self.tls {
            head = head.with_tls(tls);
        }
        let delivery = match &self.body {
            Some(body) => Delivery::new(head, body),
            None => Delivery::too_large(head),
        };
        let judged = judge(&delivery);
        searched(&judged);
        judged
    }
}

pub fn policy(profile: &str) -> PolicyConfig {
    match profile {
        "coeffection" => PolicyConfig::Coeffection,
        "connectgain" => PolicyConfig::Connectgain,
        "comma" => PolicyConfig::Comma,
        "synerise" => PolicyConfig::Synerise,
        "wexio" => PolicyConfig::Wexio,
        _ => PolicyConfig::Standard,
    }
}

/// A source of each system, as its own pages describe one.
pub fn config(profile: &str) -> SourceConfig {
    let preset = match profile {
        "coeffection" => &providers::COEFFECTION,
        "connectgain" => &providers::CONNECTGAIN,
        "comma" => &providers::COMMA_HMAC,
        "synerise" => &providers::META,
        _ => &providers::WEXIO_SHARED_SECRET,
    };
    let mut config =
        SourceConfig::preset("acme", profile, preset).with_secret(Secret::new(SECRET).unwrap());
    config.policy = policy(profile);
    if profile == "synerise" {
        config.dedupe = DedupeConfig::Rule {
            rule: DedupeRule::new(
                [DedupePart::body("complaint.id").unwrap()],
                OnMissingKey::AcceptWithoutKey,
            )
            .unwrap(),
            window: Window::FromLast(std::time::Duration::from_secs(7 * 24 * 3600)),
        };
    }
    if profile == "wexio" {
        config.bindings = vec![Binding::new("flow")];
        config.contact =
            Some(ContactRule::new(IdentifierType::Email, Path::parse("$.customer.email").unwrap()));
    }
    config
}

pub fn source(profile: &str) -> Source {
    Source::new(config(profile)).unwrap()
}

/// A stand-in for sources of a system that do not exist.
pub fn unknown(profile: &str) -> UnknownSource {
    let policy: Policy = policy(profile).policy();
    let scheme = source(profile).verifier().scheme().clone();
    UnknownSource::like(scheme, policy).unwrap()
}

/// A body that the system takes.
pub fn body(profile: &str, id: &str) -> String {
    match profile {
        "coeffection" => format!(r#"{{"id":"{id}","email":"ada@acme.com"}}"#),
        "connectgain" => format!(
            r#"{{"event":"contact.created","timestamp":"2024-01-15T10:30:00Z","data":{{"id":"{id}"}}}}"#
        ),
        "comma" => format!(
            r#"{{"external_id":"{id}","occurred_at":"2026-05-28T14:30:00Z","from":{{"identifier":"alice@example.com"}},"to":[{{"identifier":"bob@example.com"}}],"body":"héllo","attachments":[]}}"#
        ),
        "synerise" => format!(r#"{{"complaint":{{"id":"{id}"}},"source":"portal"}}"#),
        _ => format!(r#"{{"id":"{id}","customer":{{"email":"ada@acme.com"}}}}"#),
    }
}

/// A request whose sender has this secret.
pub fn signed_with(profile: &str, secret: &str, body: impl Into<Vec<u8>>) -> Request {
    signed_at(profile, secret, NOW, body)
}

pub fn signed_at(profile: &str, secret: &str, time: i64, body: impl Into<Vec<u8>>) -> Request {
    let body = body.into();
    let request = Request::new(body.clone());
    match profile {
        "coeffection" => {
            let content = [format!("{time}.").as_bytes(), &body].concat();
            let value = format!("t={time},v1={}", hmac_hex(secret, &content));
            request.with("x-webhook-signature", value)
        }
        "connectgain" => request.with("X-Webhook-Signature", hmac_hex(secret, &body)),
        "comma" => request.with("X-Comma-Signature", hmac_hex(secret, &body)),
        "synerise" => {
            request.with("X-Hub-Signature-256", format!("sha256={}", hmac_hex(secret, &body)))
        }
        _ => request.with("x-webhook-secret", secret),
    }
}

/// A genuine request.
pub fn genuine(profile: &str, id: &str) -> Request {
    signed_with(profile, SECRET, body(profile, id))
}

/// An engine with a directory that knows everybody but `nobody@acme.com`.
pub fn engine_at(clock: &ManualClock) -> BlockingEngine {
    BlockingEngine::with_clock(MemoryStore::new(), clock.clone()).with_contacts(|_, identifier| {
        Ok(if identifier.value == "nobody@acme.com" {
            Resolution::NotFound
        } else {
            Resolution::Found { contact: format!("contact of {}", identifier.value) }
        })
    })
}

pub fn engine() -> BlockingEngine {
    engine_at(&ManualClock::at(now()))
}

pub fn receive(engine: &BlockingEngine, source: &Source, request: &Request) -> Receipt {
    request.deliver(|delivery| engine.receive(source, delivery).unwrap())
}

/// All that a sender sees.
pub fn seen(receipt: &Receipt) -> (u16, String, Vec<(String, String)>) {
    let response = &receipt.response;
    let headers =
        response.headers().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    (response.status(), response.body().to_owned(), headers)
}

/// What is no longer written as a golden file has it. A later release may add members; those of
/// before keep their names and values.
pub fn lost(golden: &serde_json::Value, written: &serde_json::Value, at: &str) -> Vec<String> {
    use serde_json::Value;
    match (golden, written) {
        (Value::Object(golden), Value::Object(written)) => golden
            .iter()
            .flat_map(|(name, value)| match written.get(name) {
                Some(written) => lost(value, written, &format!("{at}/{name}")),
                None => vec![format!("{at}/{name} is gone")],
            })
            .collect(),
        (Value::Array(golden), Value::Array(written)) if golden.len() == written.len() => golden
            .iter()
            .zip(written)
            .enumerate()
            .flat_map(|(index, (golden, written))| lost(golden, written, &format!("{at}/{index}")))
            .collect(),
        _ if golden == written => Vec::new(),
        _ => vec![format!("{at}: {golden} became {written}")],
    }
}

/// For the engine whose calls are awaited; nothing here has to wait for anything.
pub fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = std::pin::pin!(future);
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    loop {
        if let std::task::Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
    }
}
