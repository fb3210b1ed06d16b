//! `--demo`: what senders, a retry and a forger do, over real connections, and what comes of it.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use hookstage::scheme::{SignedRequest, Unsigned};
use hookstage::store::{Cursor, HistoryFilter};
use hookstage::{EventId, HistoryRow, Mode, Status};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::app::App;
use crate::demo_sources::{DEMO_SOURCES, DemoSource, TENANT};
use crate::failure::Failure;
use crate::output::say;

pub(crate) async fn run(app: &App, address: SocketAddr) -> Result<(), Failure> {
    let mut demo = Demo { app, address, last: None, lines: Vec::new() };
    // What an earlier start left is not what comes of these.
    let rows = app.engine().history(&HistoryFilter::tenant(TENANT), None, 1).await;
    demo.last = rows.ok().and_then(|rows| rows.first().map(|(place, _)| *place));
    // Each run sends events of its own, so that what it says is true every time.
    let run = app.engine().now().as_unix_millis();
    for source in &DEMO_SOURCES {
        let (body, id) = event(source.name, run);
        let signed = sign(source, app, &body, &id)?;
        demo.send(source, "signed", &signed).await?;
        if matches!(source.name, "stripe" | "synerise") {
            demo.send(source, "the same again", &signed).await?;
        }
        if matches!(source.name, "stripe" | "comma") {
            let mut forged = signed;
            forged.body = body.replace("4200", "1").replace("hello", "pay me").into_bytes();
            demo.send(source, "forged", &forged).await?;
        }
    }
    say("\n  sender                  what was sent    answer   what came of it");
    demo.lines.iter().for_each(say);
    Ok(())
}

struct Demo<'a> {
    app: &'a App,
    address: SocketAddr,
    last: Option<Cursor>,
    lines: Vec<String>,
}

impl Demo<'_> {
    async fn send(
        &mut self,
        source: &DemoSource,
        what: &str,
        signed: &SignedRequest,
    ) -> Result<(), Failure> {
        let status = post(source, signed, self.address).await.map_err(|error| {
            Failure::of(format!("the demo delivery could not be sent: {error}"))
        })?;
        let answered = Instant::now();
        let row = self.newest().await?;
        let mut outcome = match (&*row.outcome, row.event, &row.reason) {
            ("staged", Some(id), _) => format!("staged as event {id}"),
            ("duplicate", Some(id), _) => format!("duplicate of event {id}"),
            (outcome, _, Some(reason)) => format!("{outcome}: {reason}"),
            (outcome, ..) => outcome.to_owned(),
        };
        let is_automatic = self
            .app
            .sources
            .get(TENANT, source.name)
            .is_some_and(|source| source.mode() == Mode::Auto);
        if let (true, "staged", Some(id)) = (is_automatic, &*row.outcome, row.event)
            && self.is_promoted(id).await
        {
            outcome.push_str(&format!(
                ", promoted by itself within {} ms",
                answered.elapsed().as_millis().max(1)
            ));
        }
        self.lines.push(format!("  {:<23} {what:<16} {status:<8} {outcome}", source.title));
        Ok(())
    }

    /// What the history says of the delivery after `last`; the sender learns only the status.
    async fn newest(&mut self) -> Result<HistoryRow, Failure> {
        for _ in 0..200 {
            let rows = self.app.engine().history(&HistoryFilter::tenant(TENANT), None, 1).await;
            let rows =
                rows.map_err(|error| Failure::of(format!("the history cannot be read: {error}")))?;
            if let Some((place, row)) = rows.into_iter().next()
                && Some(place) != self.last
            {
                self.last = Some(place);
                return Ok(row);
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Err(Failure::of("the delivery left no row in the history".into()))
    }

    async fn is_promoted(&self, id: EventId) -> bool {
        for _ in 0..1000 {
            let event = self.app.engine().get(TENANT, id).await;
            if event.is_ok_and(|event| event.is_some_and(|event| event.status == Status::Promoted))
            {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        false
    }
}

/// Sends one request and gives the status of its answer.
async fn post(
    source: &DemoSource,
    signed: &SignedRequest,
    address: SocketAddr,
) -> std::io::Result<u16> {
    let mut request = format!(
        "POST /in/{TENANT}/{} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\
         Content-Length: {}\r\n",
        source.name,
        signed.body.len()
    )
    .into_bytes();
    for (name, value) in &signed.headers {
        request.extend_from_slice(name.as_bytes());
        request.extend_from_slice(b": ");
        request.extend_from_slice(value);
        request.extend_from_slice(b"\r\n");
    }
    request.extend_from_slice(b"\r\n");
    request.extend_from_slice(&signed.body);
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(&request).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    // `HTTP/1.1 200 OK`
    let status =
        answer.get(9..12).and_then(|digits| std::str::from_utf8(digits).ok()?.parse().ok());
    status.ok_or_else(|| std::io::Error::other("the answer is no HTTP"))
}

/// An event as the sender writes one, and its id.
fn event(name: &str, run: i64) -> (String, String) {
    let body = match name {
        "stripe" => format!(
            r#"{{"id":"evt_{run}","type":"checkout.session.completed","data":{{"object":{{"amount_total":4200,"currency":"eur","customer_details":{{"email":"ada@example.com","name":"Ada Lovelace"}}}}}}}}"#
        ),
        "github" => r#"{"ref":"refs/heads/main","repository":{"full_name":"ada/engine"},"pusher":{"name":"ada"}}"#.to_owned(),
        "standard" => format!(
            r#"{{"type":"invoice.paid","data":{{"invoice":"in_{run}","amount":4200}}}}"#
        ),
        "connectgain" => format!(
            r#"{{"event":"contact.created","timestamp":"2026-05-28T14:30:00Z","data":{{"id":"c_{run}","email":"ada@acme.com"}}}}"#
        ),
        "comma" => format!(
            r#"{{"external_id":"msg_{run}","occurred_at":"2026-05-28T14:30:00Z","from":{{"identifier":"alice@example.com"}},"to":[{{"identifier":"bob@example.com"}}],"body":"hello","attachments":[]}}"#
        ),
        "synerise" => format!(
            r#"{{"complaint":{{"id":"{run}","items":[{{"sku":"A-1"}},{{"sku":"B-2"}}]}}}}"#
        ),
        "wexio" => format!(r#"{{"phone":"+48123456789","name":"Ada","form":"{run}"}}"#),
        _ => format!(r#"{{"id":"evt_{run}","email":"ada@acme.com","plan":"starter"}}"#),
    };
    (body, format!("msg_{run}"))
}

/// Signs as the provider does: the description that verifies also signs.
fn sign(source: &DemoSource, app: &App, body: &str, id: &str) -> Result<SignedRequest, Failure> {
    let built = app
        .sources
        .get(TENANT, source.name)
        .ok_or_else(|| Failure::of(format!("there is no source {}", source.name)))?;
    let given: &[(&str, &[u8])] = match source.name {
        "github" => &[("X-GitHub-Event", b"push"), ("X-GitHub-Delivery", id.as_bytes())],
        "wexio" => &[("X-Idempotency-Key", id.as_bytes())],
        _ => &[],
    };
    let mut headers: Vec<(&str, &[u8])> = vec![("Content-Type", b"application/json")];
    headers.extend_from_slice(given);
    let url = format!("{}/in/{TENANT}/{}", app.public_url, source.name);
    let request =
        Unsigned { method: "POST", url: &url, headers: &headers, body: body.as_bytes(), id };
    built.verifier().sign(&request, app.engine().now()).map_err(|error| {
        Failure::of(format!("the demo delivery of {} cannot be signed: {error}", source.name))
    })
}
