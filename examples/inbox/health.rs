//! `GET /api/sources`: each source with what it is, what waits, and what went wrong of late.

use axum::extract::State;
use axum::response::Response;
use hookstage::{DedupePart, HealthRequest, Source, SourceId, Timestamp, Window};
use serde_json::{Value, json};

use crate::answer::{Problem, ok};
use crate::app::App;
use crate::commands;

/// Rows of the history that the health of a source is judged by.
const ROWS: usize = 500;

pub(crate) async fn sources(State(app): State<App>) -> Result<Response, Problem> {
    let mut list = Vec::new();
    for source in app.sources.all() {
        list.push(source_of(&app, &source).await?);
    }
    let strangers = app.engine().health(&of_late(app.sources.unknown())).await?;
    Ok(ok(&json!({ "sources": list, "unknown": strangers.refusals() })))
}

fn of_late(id: &SourceId) -> HealthRequest {
    let mut request = HealthRequest::new(id.clone(), Timestamp::from_unix_millis(0));
    request.max_rows = ROWS;
    request
}

async fn source_of(app: &App, source: &Source) -> Result<Value, hookstage::Error> {
    let id = source.id();
    let counts = app.engine().counts(id.tenant(), Some(id)).await?;
    let health = app.engine().health(&of_late(id)).await?;
    let warnings: Vec<String> = source.warnings().iter().map(ToString::to_string).collect();
    let workflows: Vec<&str> =
        app.workflows.of_source(id).map(|workflow| workflow.config().name.as_str()).collect();
    let columns: Vec<String> =
        source.columns().iter().map(|column| column.path.to_string()).collect();
    Ok(json!({
        "tenant": id.tenant(),
        "source": id.source(),
        "name": source.name(),
        "provider": source.preset().map(|preset| preset.title),
        "url": format!("{}/in/{}/{}", app.public_url, id.tenant(), id.source()),
        "lifecycle": source.lifecycle(),
        "mode": source.mode(),
        "binds_body": source.binds_body(),
        "warnings": warnings,
        "workflows": workflows,
        "columns": columns,
        "dedupe": dedupe(source),
        "command": commands::of(source, app.sources.origin(), &app.public_url),
        "counts": {
            "pending": counts.pending,
            "promoted": counts.promoted,
            "rejected": counts.rejected,
            "dead": counts.dead,
        },
        "accepted": health.accepted,
        "duplicates": health.duplicates,
        "refused": health.refused,
        "last_accepted": health.last_accepted.map(Timestamp::as_unix_millis),
        "clock_skew": health.clock_skew.map(|skew| skew.millis),
        "old_keys": health.share_on_old_keys(),
    }))
}

/// What makes two deliveries of a source the same, in words.
fn dedupe(source: &Source) -> Value {
    let Some((rule, window)) = source.dedupe() else { return Value::Null };
    let parts: Vec<String> = rule.parts().iter().map(part).collect();
    let window = match window {
        Window::Unlimited => "for ever".to_owned(),
        Window::FromFirst(length) => format!("for {} from the first delivery", days(*length)),
        Window::FromLast(length) => format!("for {} from the last delivery", days(*length)),
    };
    json!({ "parts": parts, "window": window })
}

fn part(part: &DedupePart) -> String {
    match part {
        DedupePart::Body(path) => path.to_string(),
        DedupePart::CanonicalBody { .. } => "the meaning of the body".to_owned(),
        DedupePart::FirstHeader(names) => format!("header {}", names.join(" or ")),
        DedupePart::Form(name) => format!("form field {name}"),
        DedupePart::Header(name) => format!("header {name}"),
        DedupePart::Query(name) => format!("query parameter {name}"),
        DedupePart::RawBody => "the bytes of the body".to_owned(),
        _ => "another part".to_owned(),
    }
}

fn days(length: std::time::Duration) -> String {
    match length.as_secs() {
        seconds if seconds % 86_400 == 0 => format!("{} days", seconds / 86_400),
        seconds => format!("{seconds} seconds"),
    }
}
