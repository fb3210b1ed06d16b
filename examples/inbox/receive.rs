//! The path of a delivery: head, body, verdict, answer.

use axum::Extension;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use hookstage::{Delivery, Head, Outcome, Receipt};

use crate::app::App;
use crate::body::{self, Received};
use crate::output::{say, warn};
use crate::server::Peer;

/// `POST /in/{tenant}/{source}`. Other methods come here too: what they are answered is the
/// source's to say.
pub(crate) async fn receive(
    State(app): State<App>,
    Extension(Peer(peer)): Extension<Peer>,
    Path((tenant, name)): Path<(String, String)>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    // Every line in the order received: a security header that stands twice must be seen twice.
    let headers: Vec<(&str, &[u8])> =
        parts.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    // The configured public address, never one that the sender chose with `Host`.
    let url = format!("{}{}", app.public_url, parts.uri);
    let head = Head::new(parts.method.as_str(), &url, &headers).with_remote(peer);
    let addressed = app.sources.find(&tenant, &name);
    let endpoint = addressed.endpoint();

    let limit = match app.engine().receive_head(endpoint, &head) {
        Ok(limit) => limit,
        Err(receipt) => {
            finish(body, &parts.headers);
            return conclude(&app, addressed.name(), &receipt);
        }
    };
    let bytes;
    let delivery = match body::read(body, limit, app.body_timeout).await {
        Received::Whole(whole) => {
            bytes = whole;
            Delivery::new(head, &bytes)
        }
        Received::TooLarge(rest) => {
            finish(rest, &parts.headers);
            Delivery::too_large(head)
        }
        // There is no delivery to judge.
        Received::Broken => return empty(StatusCode::BAD_REQUEST),
        Received::Late => return empty(StatusCode::REQUEST_TIMEOUT),
    };
    match app.engine().receive(endpoint, &delivery).await {
        Ok(receipt) => conclude(&app, addressed.name(), &receipt),
        Err(fault) => {
            warn(format_args!("{}: {fault}", addressed.name()));
            answer(&fault.response)
        }
    }
}

/// Reads the rest of a body that nobody wants, unless the sender waits for leave to send it.
fn finish(body: Body, headers: &HeaderMap) {
    if !headers.contains_key(header::EXPECT) {
        body::drain(body);
    }
}

fn conclude(app: &App, source: &str, receipt: &Receipt) -> Response {
    match &receipt.outcome {
        Outcome::Staged(id) => say(format_args!("{source}: staged as event {id}")),
        Outcome::Duplicate { id, payload_differs: false } => {
            say(format_args!("{source}: duplicate of event {id}"));
        }
        Outcome::Duplicate { id, payload_differs: true } => {
            say(format_args!("{source}: duplicate of event {id}, with another body"));
        }
        Outcome::Refused(refusal) => {
            say(format_args!("{source}: refused ({}): {refusal}", refusal.code()));
        }
        _ => {}
    }
    app.news.publish();
    answer(&receipt.response)
}

/// Sends what the library answers, as it stands.
fn answer(response: &hookstage::Response) -> Response {
    let mut answer = empty(StatusCode::from_u16(response.status()).unwrap_or(StatusCode::OK));
    for (name, value) in response.headers() {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_str(value)) {
            answer.headers_mut().insert(name, value);
        }
    }
    *answer.body_mut() = Body::from(response.body().to_owned());
    answer
}

fn empty(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}
