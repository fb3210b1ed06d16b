//! Who may look at the page and change what it shows. Deliveries do not pass here: their sources
//! judge them.
//!
//! Three attacks meet this door. A foreign page that posts to us: changes need an `Origin` that is
//! ours. A foreign name that resolves to this machine (DNS rebinding), under which a foreign page
//! counts as ours: on loopback, `Host` must be a loopback name. A stranger on the network: beyond
//! loopback, a token is asked for.

use std::net::SocketAddr;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use subtle::ConstantTimeEq;

use crate::app::App;
use crate::body::{self, Received};
use crate::failure::Failure;
use crate::page;

const COOKIE: &str = "hookstage-inbox";

#[derive(Debug)]
pub(crate) struct Guard {
    address: SocketAddr,
    token: Option<String>,
}

impl Guard {
    pub(crate) fn new(address: SocketAddr) -> Result<Self, Failure> {
        let token = if address.ip().is_loopback() {
            None
        } else {
            let mut bytes = [0; 32];
            getrandom::fill(&mut bytes)
                .map_err(|error| Failure::of(format!("no token could be generated: {error}")))?;
            Some(hex::encode(bytes))
        };
        Ok(Self { address, token })
    }

    /// The token of this start, if one is asked for.
    pub(crate) fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// The answer to a request that may not pass.
    fn refusal(&self, request: &Request) -> Option<Response> {
        let headers = request.headers();
        let Some(host) = only(headers, header::HOST) else {
            return Some(refused(StatusCode::BAD_REQUEST, "one Host header is needed"));
        };
        if self.token.is_none() && !self.is_ours(host) {
            return Some(refused(
                StatusCode::MISDIRECTED_REQUEST,
                "this inbox is not served under that name",
            ));
        }
        let changes = !matches!(*request.method(), Method::GET | Method::HEAD);
        if changes && !is_same_origin(headers, host) {
            return Some(refused(
                StatusCode::FORBIDDEN,
                "only the inbox's own page changes anything",
            ));
        }
        // What is shown before the token is known: the question, and what it looks like.
        let path = request.uri().path();
        if path == "/login" || path.starts_with("/assets/") || self.is_known(headers) {
            return None;
        }
        Some(if path == "/" {
            page::login()
        } else {
            refused(StatusCode::UNAUTHORIZED, "open the page and give the token")
        })
    }

    /// Whether this is a name under which only this machine reaches us.
    fn is_ours(&self, host: &str) -> bool {
        let port = self.address.port();
        let (name, given) = match host.rsplit_once(':') {
            Some((name, digits)) if !digits.ends_with(']') => (name, digits.parse().ok()),
            _ => (host, Some(80)),
        };
        given == Some(port)
            && (["127.0.0.1", "localhost", "[::1]"].contains(&name)
                || name == self.address.ip().to_string())
    }

    fn is_known(&self, headers: &HeaderMap) -> bool {
        let Some(token) = &self.token else { return true };
        headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .any(|(name, value)| name == COOKIE && is_equal(value, token))
    }
}

/// Lets through what may pass, and says to the browser what a page of ours may do.
pub(crate) async fn watch(State(app): State<App>, request: Request, next: Next) -> Response {
    let mut response = match app.guard.refusal(&request) {
        None => next.run(request).await,
        Some(refusal) => refusal,
    };
    for (name, value) in page::HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// `POST /login`: the token, as a form sends it.
pub(crate) async fn login(State(app): State<App>, request: Request) -> Response {
    let Received::Whole(form) = body::read(request.into_body(), 1024, app.body_timeout).await
    else {
        return refused(StatusCode::BAD_REQUEST, "the form is too large, or did not arrive");
    };
    let given = form.strip_prefix(b"token=").and_then(|text| std::str::from_utf8(text).ok());
    let right = match (app.guard.token(), given) {
        (Some(token), Some(given)) => is_equal(given.trim(), token),
        _ => false,
    };
    if !right {
        return (StatusCode::UNAUTHORIZED, page::login()).into_response();
    }
    let cookie = format!(
        "{COOKIE}={}; HttpOnly; SameSite=Strict; Path=/",
        app.guard.token().unwrap_or_default()
    );
    let mut response = refused(StatusCode::SEE_OTHER, "");
    response.headers_mut().insert(header::LOCATION, HeaderValue::from_static("/"));
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

/// Browsers send `Origin` with every request that changes something, and no page can choose it.
fn is_same_origin(headers: &HeaderMap, host: &str) -> bool {
    let Some(origin) = only(headers, header::ORIGIN) else { return false };
    // Over TLS where a proxy ends it.
    ["http://", "https://"]
        .iter()
        .any(|scheme| origin.strip_prefix(scheme).is_some_and(|rest| rest == host))
}

/// The value of a header that stands exactly once.
fn only(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().ok(),
        _ => None,
    }
}

fn is_equal(left: &str, right: &str) -> bool {
    left.as_bytes().ct_eq(right.as_bytes()).into()
}

fn refused(status: StatusCode, sentence: &'static str) -> Response {
    (status, sentence).into_response()
}
