//! The page and its parts, compiled in: nothing is loaded from elsewhere.

use axum::extract::Path;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};

/// On everything but the answers to senders. A sender's text that slipped through as markup could
/// run nothing, load nothing and send nothing; and the page has no way to make markup of text.
pub(crate) const HEADERS: [(HeaderName, &str); 6] = [
    (CACHE_CONTROL, "no-store"),
    (
        CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
         connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; \
         require-trusted-types-for 'script'; trusted-types 'none'",
    ),
    // Not `no-referrer`, under which browsers send `Origin: null` with our own form.
    (REFERRER_POLICY, "same-origin"),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";

/// Name, type and text of each part.
static ASSETS: [(&str, &str, &str); 22] = [
    ("api.js", JS, include_str!("page/api.js")),
    ("copy.js", JS, include_str!("page/copy.js")),
    ("decide.js", JS, include_str!("page/decide.js")),
    ("deliveries.js", JS, include_str!("page/deliveries.js")),
    ("detail.js", JS, include_str!("page/detail.js")),
    ("dom.js", JS, include_str!("page/dom.js")),
    ("empty.js", JS, include_str!("page/empty.js")),
    ("events.js", JS, include_str!("page/events.js")),
    ("icon.svg", "image/svg+xml", include_str!("page/icon.svg")),
    ("json.js", JS, include_str!("page/json.js")),
    ("keys.js", JS, include_str!("page/keys.js")),
    ("learn.js", JS, include_str!("page/learn.js")),
    ("notice.js", JS, include_str!("page/notice.js")),
    ("page.css", CSS, include_str!("page/page.css")),
    ("page.js", JS, include_str!("page/page.js")),
    ("place.js", JS, include_str!("page/place.js")),
    ("plan.js", JS, include_str!("page/plan.js")),
    ("press.js", JS, include_str!("page/press.js")),
    ("records.js", JS, include_str!("page/records.js")),
    ("source.js", JS, include_str!("page/source.js")),
    ("sources.js", JS, include_str!("page/sources.js")),
    ("state.js", JS, include_str!("page/state.js")),
];

/// `GET /`
pub(crate) async fn html() -> Response {
    part(HTML, include_str!("page/page.html"))
}

/// `GET /assets/{name}`
pub(crate) async fn asset(Path(name): Path<String>) -> Response {
    match ASSETS.iter().find(|(known, ..)| *known == name) {
        Some((_, kind, text)) => part(kind, text),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// The question for the token.
pub(crate) fn login() -> Response {
    part(HTML, include_str!("page/login.html"))
}

fn part(kind: &'static str, text: &'static str) -> Response {
    ([(CONTENT_TYPE, kind)], text).into_response()
}
