//! Lets the history of a source say what would have matched: the engine looks into its refused
//! deliveries while a diagnosis is open, and the sender is answered as always.

use std::time::Duration;

use axum::extract::{Request, State};
use axum::response::Response;
use hookstage::{KeyConfig, Secret, SourceId};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::answer::{Problem, change, ok};
use crate::app::App;

/// How long it stays open unless it is closed or opened again.
const OPEN: Duration = Duration::from_secs(5 * 60);

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Action {
    Open,
    Close,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    tenant: String,
    source: String,
    action: Action,
}

/// `POST /api/diagnose`
pub(crate) async fn act(State(app): State<App>, request: Request) -> Result<Response, Problem> {
    let change: Change = change(&app, request, "tenant, source and action").await?;
    let source = app.sources.get(&change.tenant, &change.source).ok_or(Problem::Missing)?;
    let id = source.id();
    match change.action {
        Action::Open => {
            let until = app.engine().now() + OPEN;
            app.engine().open_diagnosis_with(id, until, others(&app, id)).await?;
        }
        Action::Close => app.engine().close_diagnosis(id).await?,
    }
    app.news.publish();
    Ok(ok(&json!({ "open": open(&app, id.tenant()).await? })))
}

/// The sources of a tenant that are diagnosed, each with the moment at which that ends.
pub(crate) async fn open(app: &App, tenant: &str) -> Result<Vec<Value>, hookstage::Error> {
    let mut open = Vec::new();
    for source in app.sources.all().iter().filter(|source| source.id().tenant() == tenant) {
        if let Some(until) = app.engine().diagnosis(source.id()).await? {
            let until = until.as_unix_millis();
            open.push(json!({ "source": source.id().source(), "until": until }));
        }
    }
    Ok(open)
}

/// The secrets of the tenant's other sources, each under the name of its source.
fn others(app: &App, id: &SourceId) -> Vec<(String, Secret)> {
    // Where they cannot be read, the diagnosis does without them.
    let configs = app.sources.origin().configs().unwrap_or_default();
    configs
        .into_iter()
        .filter(|config| config.tenant == id.tenant() && config.source != id.source())
        .flat_map(|config| {
            let name = config.source;
            let secrets = config.keys.into_iter().filter_map(KeyConfig::into_secret);
            secrets.map(move |secret| (name.clone(), secret))
        })
        .collect()
}
