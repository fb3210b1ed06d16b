//! Answers to the page: JSON, or what went wrong. And how a change is read.

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use hookstage::inbox::InboxError;
use hookstage::promotion::SinkError;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::app::App;
use crate::body::{self, Received};
use crate::output::warn;

/// The largest change that a page sends, in bytes: a thousand ids with their plans, or a sample.
const MAX_CHANGE: u64 = 1024 * 1024;

/// Why the page does not get what it asked for.
#[derive(Debug)]
pub(crate) enum Problem {
    /// The question makes no sense; the sentence says why.
    Bad(String),
    /// A fault of ours.
    Fault(String),
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
        Self::Fault(error.to_string())
    }
}

impl From<SinkError> for Problem {
    fn from(error: SinkError) -> Self {
        Self::Fault(error.to_string())
    }
}

impl From<InboxError> for Problem {
    fn from(error: InboxError) -> Self {
        match error {
            InboxError::Store(error) => Self::from(error),
            foreign => Self::Bad(foreign.to_string()),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, sentence) = match self {
            Self::Bad(sentence) => (StatusCode::BAD_REQUEST, sentence),
            Self::Fault(fault) => {
                warn(format_args!("the page could not be served: {fault}"));
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

/// Reads what a page wants to change; `members` are what it has to say.
pub(crate) async fn change<T: DeserializeOwned>(
    app: &App,
    request: Request,
    members: &str,
) -> Result<T, Problem> {
    let received = body::read(request.into_body(), MAX_CHANGE, app.body_timeout).await;
    let Received::Whole(bytes) = received else {
        return Err(Problem::bad("the change is too large, or did not arrive"));
    };
    serde_json::from_slice(&bytes).map_err(|_| Problem::bad(format!("a change says {members}")))
}
