//! How a source learns the shape of its payloads: a tunnel that takes the next genuine delivery,
//! or a sample that is pasted; then a person chooses columns and a dedupe key.

use axum::extract::{Query, Request, State};
use axum::response::Response;
use hookstage::Capture;
use hookstage::json::{Document, ReadOptions};
use hookstage::payload::{FlatView, FlattenOptions, PathStyle};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::answer::{Problem, change, ok};
use crate::app::App;
use crate::settings::Choice;
use crate::view;

/// Fields that the picker shows.
const MAX_FIELDS: usize = 500;

/// Columns that can be chosen.
const MAX_COLUMNS: usize = 8;

#[derive(Debug, Deserialize)]
pub(crate) struct Wanted {
    tenant: String,
    source: String,
}

/// `GET /api/capture?tenant=&source=`: the tunnel and the fields of what it took.
pub(crate) async fn state(
    State(app): State<App>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Problem> {
    let source = app.sources.get(&wanted.tenant, &wanted.source).ok_or(Problem::Missing)?;
    let capture = app.engine().capture(source.id()).await?;
    Ok(ok(&shown(&app, &capture)))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Action {
    /// Opens the tunnel.
    Open,
    /// Closes it, and drops a sample that waits.
    Close,
    /// Takes a pasted text as the sample.
    Paste,
    /// Lets the sample count, with what was chosen of it.
    Confirm,
    /// Changes what was chosen, without a sample.
    Choose,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    tenant: String,
    source: String,
    action: Action,
    #[serde(default)]
    sample: Option<String>,
    #[serde(default)]
    session: Option<u64>,
    #[serde(default)]
    columns: Option<Vec<String>>,
    /// The path of the dedupe key; empty for the provider's own rule.
    #[serde(default)]
    dedupe: Option<String>,
}

/// `POST /api/capture`
pub(crate) async fn act(State(app): State<App>, request: Request) -> Result<Response, Problem> {
    let change: Change = change(&app, request, "tenant, source and action").await?;
    let source = app.sources.get(&change.tenant, &change.source).ok_or(Problem::Missing)?;
    if change.columns.as_ref().is_some_and(|columns| columns.len() > MAX_COLUMNS) {
        return Err(Problem::bad(format!("at most {MAX_COLUMNS} columns")));
    }
    let choice = Choice { columns: change.columns, dedupe: change.dedupe };
    match change.action {
        Action::Open => {
            app.engine().open_capture(&source).await?;
        }
        Action::Close => app.engine().discard_capture(source.id()).await?,
        Action::Paste => {
            let sample = change.sample.unwrap_or_default();
            // What is wrong with it is worth a sentence; the engine only says that it is nothing.
            Document::read(sample.as_bytes(), &ReadOptions::default()).map_err(|error| {
                Problem::bad(format!("the sample is not acceptable JSON: {error}"))
            })?;
            if app.engine().inject_sample(&source, sample.as_bytes()).await?.is_none() {
                return Err(Problem::bad("the sample is larger than this source takes"));
            }
        }
        Action::Confirm => {
            // What cannot be chosen is refused before the sample counts.
            app.sources.choose(source.id(), choice).map_err(Problem::Bad)?;
            if let Some(session) = change.session {
                app.engine().confirm_capture(source.id(), session).await?;
            }
        }
        Action::Choose => app.sources.choose(source.id(), choice).map_err(Problem::Bad)?,
    }
    app.news.publish();
    let capture = app.engine().capture(source.id()).await?;
    Ok(ok(&shown(&app, &capture)))
}

fn shown(app: &App, capture: &Capture) -> Value {
    let now = app.engine().now();
    let sample = capture.waiting().or(capture.samples().last().map(String::as_str));
    json!({
        "open": capture.is_open(now),
        "ends": capture.ends().filter(|_| capture.is_open(now)).map(|end| end.as_unix_millis()),
        "session": capture.session(),
        "waits": capture.waiting().is_some(),
        "version": capture.version(),
        "sample": sample.map(view::raw),
        "fields": sample.map(fields),
    })
}

/// The fields of a sample: where each stands, its type, and its value.
fn fields(sample: &str) -> Value {
    let Ok(document) = Document::read(sample.as_bytes(), &ReadOptions::default()) else {
        return Value::Null;
    };
    let options = FlattenOptions { max_leaves: MAX_FIELDS, ..FlattenOptions::default() };
    FlatView::new(&document, &options)
        .leaves()
        .map(|leaf| {
            json!({
                "path": view::shown(&leaf.path(PathStyle::Bracket)),
                "kind": leaf.node().kind().as_str(),
                "text": view::shown(&leaf.cell(120)),
            })
        })
        .collect()
}
