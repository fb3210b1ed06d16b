//! One delivery, five systems: what each of the five policies answers to it.
//!
//! `cargo run --example profiles` sends genuine, repeated, forged, late, misaddressed and broken
//! deliveries to a source of each system and prints what their senders are answered. With `--json`
//! it prints one object for each answer: status, headers, body, and what only the operator learns.

use std::error::Error;
use std::io::{self, Write};
use std::time::Duration;

use hookstage::json::Path;
use hookstage::scheme::Unsigned;
use hookstage::store::MemoryStore;
use hookstage::{
    AddressList, Binding, BlockingEngine, ContactRule, DedupeConfig, DedupePart, DedupeRule,
    Delivery, Endpoint, Head, IdentifierType, Lifecycle, OnMissingKey, Outcome, Policy,
    PolicyConfig, Receipt, Resolution, Secret, Source, SourceConfig, Subscription, Timestamp,
    UnknownSource, Verifier, Window, providers,
};
use serde_json::json;

const PROFILES: [&str; 5] = ["coeffection", "connectgain", "comma", "synerise", "wexio"];

const SECRET: &str = "a-secret-of-this-example-only";

type Fallible<T> = Result<T, Box<dyn Error>>;

/// What is done to a delivery, and what it is called.
const SCENES: [(&str, &str); 23] = [
    ("genuine", "signed, new, and everything it must be"),
    ("again", "the same once more"),
    ("again, with a key", "the same once more, both with an idempotency key"),
    ("sample", "the first delivery while a sample is captured"),
    ("test event", "a test that its sender marked as one"),
    ("forged", "signed with another secret"),
    ("unsigned", "without its signature"),
    ("late", "signed an hour ago"),
    ("unknown source", "to a source that does not exist"),
    ("paused source", "to a source that is switched off"),
    ("draft", "to a source that was not published yet"),
    ("foreign address", "from an address that the source does not list"),
    ("GET", "by another method"),
    ("text/plain", "said to be something else than JSON"),
    ("too large", "one byte more than the source takes"),
    ("not JSON", "signed, and no JSON"),
    ("no object", "signed, and JSON, but no object"),
    ("members missing", "an object without what the source requires"),
    ("not subscribed", "of an event type that nobody subscribed to"),
    ("unknown contact", "about somebody who is not known"),
    ("no workflow", "genuine, and nothing is bound to the source"),
    ("too many", "more at once than are absorbed"),
    ("store down", "genuine, while nothing can be stored"),
];

fn main() -> Fallible<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let answers = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => print_table(&all_answers()?),
        ["--json"] => print_json(&all_answers()?),
        _ => {
            eprintln!("usage: profiles [--json]");
            std::process::exit(2);
        }
    };
    match answers {
        // Whoever reads has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => Ok(other?),
    }
}

/// What one profile answers in one scene.
struct Answer {
    scene: &'static str,
    profile: &'static str,
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
    /// The word of the history, where the system has one.
    tag: String,
    outcome: &'static str,
    /// The reason of a refusal, which only the operator learns.
    reason: Option<String>,
}

fn all_answers() -> Fallible<Vec<Answer>> {
    let mut answers = Vec::new();
    for (scene, _) in SCENES {
        for profile in PROFILES {
            answers.extend(play(scene, profile)?);
        }
    }
    Ok(answers)
}

fn print_table(answers: &[Answer]) -> io::Result<()> {
    let cell = |scene: &str, profile: &str| {
        answers
            .iter()
            .find(|answer| (answer.scene, answer.profile) == (scene, profile))
            .map_or_else(|| "-".to_owned(), |answer| format!("{} {}", answer.status, word(answer)))
    };
    let widths = PROFILES.map(|profile| {
        let cells = SCENES.iter().map(|(scene, _)| cell(scene, profile).trim_end().len());
        cells.chain([profile.len()]).max().unwrap_or_default()
    });
    let first = SCENES.iter().map(|(scene, _)| scene.len()).max().unwrap_or_default();

    let mut out = io::stdout().lock();
    let line = |name: &str, cells: [String; 5]| {
        let cells = cells.iter().zip(widths).map(|(cell, width)| format!("  {cell:width$}"));
        format!("{name:first$}{}", cells.collect::<String>()).trim_end().to_owned()
    };
    writeln!(out, "{}", line("", PROFILES.map(str::to_owned)))?;
    for (scene, _) in SCENES {
        let cells = PROFILES.map(|profile| cell(scene, profile).trim_end().to_owned());
        writeln!(out, "{}", line(scene, cells))?;
    }
    writeln!(out)?;
    for (scene, what) in SCENES {
        writeln!(out, "{scene:first$}  {what}")?;
    }
    writeln!(
        out,
        "\nA status, and what the body says: the text, or the value of its one JSON member. A minus\n\
         marks what a system does not have. --json shows headers, bodies and reasons whole."
    )
}

/// What the body says, short enough for a table.
fn word(answer: &Answer) -> String {
    match serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(&answer.body) {
        Ok(object) => object.values().filter_map(|value| value.as_str()).collect(),
        Err(_) => answer.body.clone(),
    }
}

fn print_json(answers: &[Answer]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    for answer in answers {
        let line = json!({
            "delivery": answer.scene,
            "profile": answer.profile,
            "status": answer.status,
            "headers": answer.headers,
            "body": answer.body,
            "tag": answer.tag,
            "outcome": answer.outcome,
            "reason": answer.reason,
        });
        writeln!(out, "{line}")?;
    }
    out.flush()
}

/// Brings a scene about; nothing, if the system does not have it.
fn play(scene: &'static str, profile: &'static str) -> Fallible<Option<Answer>> {
    let has = match scene {
        "again, with a key" | "unknown contact" => profile == "wexio",
        "sample" => matches!(profile, "synerise" | "wexio"),
        "test event" | "not subscribed" => profile == "connectgain",
        "late" => profile == "coeffection",
        "too many" => profile == "comma",
        _ => true,
    };
    if !has {
        return Ok(None);
    }
    let now = hookstage::Clock::now(&hookstage::SystemClock);
    let engine = BlockingEngine::new(MemoryStore::new()).with_contacts(|_, identifier| {
        Ok(match identifier.value.as_str() {
            "ada@acme.com" => Resolution::Found { contact: "ada".into() },
            _ => Resolution::NotFound,
        })
    });
    let mut config = config(profile)?;
    let mut request = Request::new(profile, &body(profile));
    match scene {
        "paused source" => config.lifecycle = Lifecycle::Paused,
        "draft" => config.lifecycle = Lifecycle::Draft,
        "foreign address" => config.addresses = Some(AddressList::new(["203.0.113.0/24"])?),
        "not subscribed" => config.events = Subscription::only(["deal.*"]),
        "no workflow" => config.bindings.clear(),
        _ => {}
    }
    let source = Source::new(config)?;
    match scene {
        "again, with a key" => request.extra = Some(("x-idempotency-key", "key-1")),
        "test event" => {
            request.body = request.body.replace("\"data\":{", "\"data\":{\"test\":true,")
        }
        "forged" => request.secret = "another secret than this one",
        "unsigned" => request.is_signed = false,
        "late" => request.age = Duration::from_secs(3600),
        "GET" => request.method = "GET",
        "text/plain" => request.content_type = "text/plain",
        "too large" => {
            let missing = source.body_limit() + 1 - request.body.len() as u64;
            request.body.push_str(&" ".repeat(usize::try_from(missing)?));
        }
        "not JSON" => request.body = "{\"id\":1,}".into(),
        "no object" => request.body = "[1]".into(),
        "members missing" => request.body = "{\"x\":1}".into(),
        "unknown contact" => request.body = request.body.replace("ada@", "nobody@"),
        _ => {}
    }
    let times = match scene {
        "again" | "again, with a key" => 2,
        "too many" => 1000,
        _ => 1,
    };
    if scene == "sample" {
        let _ = engine.open_capture(&source)?;
    }
    if scene == "store down" {
        engine.close()?;
    }
    let unknown = UnknownSource::like(source.verifier().scheme().clone(), source.policy().clone())?;
    let endpoint =
        if scene == "unknown source" { Endpoint::from(&unknown) } else { Endpoint::from(&source) };

    let mut answer = None;
    for _ in 0..times {
        let receipt = request.deliver(now, |delivery| engine.receive(endpoint, delivery))?;
        let is_refused = matches!(&receipt, Ok(receipt) if receipt.outcome.as_str() == "refused");
        answer = Some(match receipt {
            Ok(receipt) => told(scene, profile, source.policy(), &receipt),
            Err(fault) => Answer {
                scene,
                profile,
                status: fault.response.status(),
                headers: pairs(&fault.response),
                body: fault.response.body().to_owned(),
                tag: source.policy().answers.fault.tag.to_string(),
                outcome: "fault",
                reason: Some(fault.error.to_string()),
            },
        });
        if is_refused {
            break;
        }
    }
    Ok(answer)
}

fn told(scene: &'static str, profile: &'static str, policy: &Policy, receipt: &Receipt) -> Answer {
    let (tag, reason) = match &receipt.outcome {
        Outcome::Refused(refusal) | Outcome::Ignored(refusal) => {
            (policy.answer_to(refusal).tag.to_string(), Some(refusal.code().to_owned()))
        }
        Outcome::Captured { .. } => (policy.answers.captured.tag.to_string(), None),
        _ => (policy.answers.accepted.tag.to_string(), None),
    };
    Answer {
        scene,
        profile,
        status: receipt.response.status(),
        headers: pairs(&receipt.response),
        body: receipt.response.body().to_owned(),
        tag,
        outcome: receipt.outcome.as_str(),
        reason,
    }
}

fn pairs(response: &hookstage::Response) -> Vec<(String, String)> {
    response.headers().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// A source of each system, as its own pages describe one.
fn config(profile: &str) -> Fallible<SourceConfig> {
    let mut config =
        SourceConfig::preset("acme", profile, preset(profile)).with_secret(Secret::new(SECRET)?);
    config.policy = match profile {
        "coeffection" => PolicyConfig::Coeffection,
        "connectgain" => PolicyConfig::Connectgain,
        "comma" => PolicyConfig::Comma,
        "synerise" => PolicyConfig::Synerise,
        _ => PolicyConfig::Wexio,
    };
    config.bindings = vec![Binding::new("the workflow")];
    if profile == "synerise" {
        let parts = [DedupePart::body("complaint.id")?];
        config.dedupe = DedupeConfig::Rule {
            rule: DedupeRule::new(parts, OnMissingKey::AcceptWithoutKey)?,
            window: Window::FromLast(Duration::from_secs(7 * 24 * 60 * 60)),
        };
    }
    if profile == "wexio" {
        let path = Path::parse("$.customer.email")?;
        config.contact = Some(ContactRule::new(IdentifierType::Email, path));
    }
    Ok(config)
}

fn preset(profile: &str) -> &'static providers::Preset {
    match profile {
        "coeffection" => &providers::COEFFECTION,
        "connectgain" => &providers::CONNECTGAIN,
        "comma" => &providers::COMMA_HMAC,
        "synerise" => &providers::META,
        _ => &providers::WEXIO_SHARED_SECRET,
    }
}

/// A body that the system takes.
fn body(profile: &str) -> String {
    match profile {
        "coeffection" => json!({"id": "evt_123", "email": "ada@acme.com"}).to_string(),
        "connectgain" => json!({
            "event": "contact.created",
            "timestamp": "2024-01-15T10:30:00Z",
            "data": {"id": "c-1", "first_name": "Ada"},
        })
        .to_string(),
        "comma" => json!({
            "external_id": "msg-42",
            "occurred_at": "2026-05-28T14:30:00Z",
            "from": {"identifier": "alice@example.com"},
            "to": [{"identifier": "bob@example.com"}],
            "body": "message text",
            "attachments": [],
        })
        .to_string(),
        "synerise" => json!({"complaint": {"id": "cmp-1"}, "source": "portal"}).to_string(),
        _ => json!({"id": "1", "customer": {"email": "ada@acme.com"}}).to_string(),
    }
}

/// What a sender is about to send.
struct Request {
    profile: &'static str,
    method: &'static str,
    content_type: &'static str,
    extra: Option<(&'static str, &'static str)>,
    body: String,
    secret: &'static str,
    is_signed: bool,
    /// How long ago it was signed.
    age: Duration,
}

impl Request {
    fn new(profile: &'static str, body: &str) -> Self {
        Self {
            profile,
            method: "POST",
            content_type: "application/json",
            extra: None,
            body: body.to_owned(),
            secret: SECRET,
            is_signed: true,
            age: Duration::ZERO,
        }
    }

    /// Signs it as the sender of the system does, and hands it over.
    fn deliver<T>(&self, now: Timestamp, receive: impl FnOnce(&Delivery<'_>) -> T) -> Fallible<T> {
        let mut headers = vec![("content-type", self.content_type.as_bytes())];
        headers.extend(self.extra.map(|(name, value)| (name, value.as_bytes())));
        let url = "https://hooks.example.com/in";
        let unsigned = Unsigned {
            method: self.method,
            url,
            headers: &headers,
            body: self.body.as_bytes(),
            id: "msg_1",
        };
        let verifier = Verifier::new(preset(self.profile).scheme(), [Secret::new(self.secret)?])?;
        let signed = verifier.sign(&unsigned, now - self.age)?;
        let lines = if self.is_signed { signed.header_lines() } else { headers };
        let head = Head::new(self.method, url, &lines).with_remote("198.51.100.7".parse()?);
        Ok(receive(&Delivery::new(head, self.body.as_bytes())))
    }
}
