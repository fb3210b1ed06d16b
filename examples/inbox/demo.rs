//! `--demo`: what a sender, a retry and a forger do, over real connections, and what comes of it.

use std::net::SocketAddr;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use hookstage::HistoryRow;
use hookstage::store::{Cursor, HistoryFilter};
use sha2::Sha256;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::app::App;
use crate::demo_sources::{DEMO_SOURCES, DemoKeys, DemoSource, TENANT};
use crate::failure::Failure;
use crate::output::say;

/// A signed delivery, ready to be sent.
struct Signed {
    headers: Vec<(&'static str, String)>,
    body: String,
}

pub(crate) async fn run(keys: &DemoKeys, app: &App, address: SocketAddr) -> Result<(), Failure> {
    // Each run sends events of its own, so that what it says is true every time.
    let run = app.engine.now().as_unix_millis();
    // What an earlier start left is not what comes of these.
    let rows = app.engine.history(&HistoryFilter::tenant(TENANT), None, 1).await;
    let mut last = rows.ok().and_then(|rows| rows.first().map(|(place, _)| *place));
    let mut lines = Vec::new();
    let mut kept = None;
    for demo in &DEMO_SOURCES {
        let signed = sign(demo, keys, app, run)?;
        lines.push(send(demo, "signed", &signed, app, address, &mut last).await?);
        if demo.name == "stripe" {
            kept = Some((demo, signed));
        }
    }
    if let Some((demo, mut signed)) = kept {
        lines.push(send(demo, "the same again", &signed, app, address, &mut last).await?);
        signed.body = signed.body.replace("4200", "1");
        lines.push(send(demo, "forged amount", &signed, app, address, &mut last).await?);
    }
    say("\n  sender             what was sent    answer   what came of it");
    lines.iter().for_each(say);
    Ok(())
}

async fn send(
    demo: &DemoSource,
    what: &str,
    signed: &Signed,
    app: &App,
    address: SocketAddr,
    last: &mut Option<Cursor>,
) -> Result<String, Failure> {
    let status = post(demo, signed, address)
        .await
        .map_err(|error| Failure::of(format!("the demo delivery could not be sent: {error}")))?;
    let row = newest(app, last).await?;
    let outcome = match (&*row.outcome, row.event, &row.reason) {
        ("staged", Some(id), _) => format!("staged as event {id}"),
        ("duplicate", Some(id), _) => format!("duplicate of event {id}"),
        (outcome, _, Some(reason)) => format!("{outcome}: {reason}"),
        (outcome, ..) => outcome.to_owned(),
    };
    Ok(format!("  {:<18} {what:<16} {status:<8} {outcome}", demo.title))
}

/// What the history says of the delivery after `last`; the sender learns only the status.
async fn newest(app: &App, last: &mut Option<Cursor>) -> Result<HistoryRow, Failure> {
    // Rows of refusals are written together, so they may come a little later.
    for _ in 0..200 {
        let rows = app.engine.history(&HistoryFilter::tenant(TENANT), None, 1).await;
        let rows =
            rows.map_err(|error| Failure::of(format!("the history cannot be read: {error}")))?;
        if let Some((place, row)) = rows.into_iter().next()
            && Some(place) != *last
        {
            *last = Some(place);
            return Ok(row);
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Err(Failure::of("the delivery left no row in the history".into()))
}

/// Sends one request and gives the status of its answer.
async fn post(demo: &DemoSource, signed: &Signed, address: SocketAddr) -> std::io::Result<u16> {
    let mut request = format!(
        "POST /in/{TENANT}/{} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n",
        demo.name,
        signed.body.len()
    );
    for (name, value) in &signed.headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    request.push_str("\r\n");
    request.push_str(&signed.body);
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    // `HTTP/1.1 200 OK`
    let status =
        answer.get(9..12).and_then(|digits| std::str::from_utf8(digits).ok()?.parse().ok());
    status.ok_or_else(|| std::io::Error::other("the answer is no HTTP"))
}

/// Signs as the provider does.
fn sign(demo: &DemoSource, keys: &DemoKeys, app: &App, run: i64) -> Result<Signed, Failure> {
    let secret = keys
        .secret(demo)
        .ok_or_else(|| Failure::of(format!("there is no secret for {}", demo.name)))?;
    let now = app.engine.now().as_unix_seconds();
    Ok(match demo.name {
        "stripe" => {
            let body = format!(
                r#"{{"id":"evt_{run}","type":"checkout.session.completed","data":{{"object":{{"amount_total":4200,"currency":"eur","customer_details":{{"email":"ada@example.com","name":"Ada Lovelace"}}}}}}}}"#
            );
            let mac = hex::encode(mac(secret.as_bytes(), &format!("{now}.{body}"))?);
            Signed { headers: vec![("Stripe-Signature", format!("t={now},v1={mac}"))], body }
        }
        "github" => {
            let body = r#"{"ref":"refs/heads/main","repository":{"full_name":"ada/engine"},"pusher":{"name":"ada"}}"#;
            let mac = hex::encode(mac(secret.as_bytes(), body)?);
            let headers = vec![
                ("X-Hub-Signature-256", format!("sha256={mac}")),
                ("X-GitHub-Event", "push".to_owned()),
                ("X-GitHub-Delivery", format!("delivery-{run}")),
            ];
            Signed { headers, body: body.to_owned() }
        }
        "standard" => {
            let body = format!(
                r#"{{"type":"invoice.paid","data":{{"invoice":"in_{run}","amount":4200}}}}"#
            );
            let key = STANDARD.decode(secret.trim_start_matches("whsec_")).map_err(|_| {
                Failure::of("the secret of the standard source is no base64".into())
            })?;
            let mac = STANDARD.encode(mac(&key, &format!("msg_{run}.{now}.{body}"))?);
            let headers = vec![
                ("webhook-id", format!("msg_{run}")),
                ("webhook-timestamp", now.to_string()),
                ("webhook-signature", format!("v1,{mac}")),
            ];
            Signed { headers, body }
        }
        _ => {
            let body = format!(r#"{{"id":"evt_{run}","email":"ada@acme.com","plan":"starter"}}"#);
            let mac = hex::encode(mac(secret.as_bytes(), &format!("{now}.{body}"))?);
            Signed { headers: vec![("x-webhook-signature", format!("t={now},v1={mac}"))], body }
        }
    })
}

fn mac(key: &[u8], content: &str) -> Result<Vec<u8>, Failure> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key)
        .map_err(|_| Failure::of("the secret cannot be a key".into()))?;
    mac.update(content.as_bytes());
    Ok(mac.finalize().into_bytes().to_vec())
}
