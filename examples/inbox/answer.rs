//! Answers to the page: JSON, or what went wrong.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::output::warn;

/// Why the page does not get what it asked for.
#[derive(Debug)]
pub(crate) enum Problem {
    /// The question makes no sense; the sentence says why.
    Bad(String),
    /// A fault of ours.
    Fault(hookstage::Error),
    /// There is nothing of that kind.
    Missing,
}

impl Problem {
    pub(crate) fn bad(sentence: impl Into<String>) -> Self {
        Self::Bad(sentence.into())
    }
}

impl From<hookstage::Error> for Problem {
    fn from(error: hookstage::Error) -> Self {
        Self::Fault(error)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, sentence) = match self {
            Self::Bad(sentence) => (StatusCode::BAD_REQUEST, sentence),
            Self::Fault(error) => {
                warn(format_args!("the page could not be served: {error}"));
                (StatusCode::SERVICE_UNAVAILABLE, "the inbox cannot read its file".to_owned())
            }
            Self::Missing => (StatusCode::NOT_FOUND, "there is no such thing here".to_owned()),
        };
        let mut response = ok(&json!({ "error": sentence }));
        *response.status_mut() = status;
        response
    }
}

pub(crate) fn ok(value: &Value) -> Response {
    let mut response = Response::new(Body::from(value.to_string()));
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}
