//! `GET /api/sources`: each source with what it is, what waits, and what went wrong of late.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::response::Response;
use hookstage::store::HistoryFilter;
use hookstage::{DedupePart, Source, Window};
use serde_json::{Value, json};

use crate::answer::{Problem, ok};
use crate::app::App;
use crate::commands;

/// Deliveries that the health of a source is judged by.
const ROWS: usize = 500;

pub(crate) async fn sources(State(app): State<App>) -> Result<Response, Problem> {
    let mut list = Vec::new();
    for source in app.sources.all() {
        list.push(source_of(&app, &source).await?);
    }
    // Where the engine books what was addressed to nothing.
    let strangers = HistoryFilter::tenant("unknown");
    let rows = app.engine().history(&strangers, None, ROWS).await?;
    let unknown = rows.iter().fold(0_u64, |sum, (_, row)| sum.saturating_add(row.count));
    Ok(ok(&json!({ "sources": list, "unknown": unknown })))
}

async fn source_of(app: &App, source: &Source) -> Result<Value, hookstage::Error> {
    let id = source.id();
    let counts = app.engine().counts(id.tenant(), Some(id)).await?;
    let mut filter = HistoryFilter::tenant(id.tenant());
    filter.source = Some(id.clone());
    let rows = app.engine().history(&filter, None, ROWS).await?;
    let mut refused: BTreeMap<&str, u64> = BTreeMap::new();
    let (mut accepted, mut duplicates) = (0_u64, 0_u64);
    let mut last_accepted = None;
    for (_, row) in &rows {
        match (&*row.outcome, &row.reason) {
            ("refused", reason) => {
                let count = refused.entry(reason.as_deref().unwrap_or("unknown")).or_default();
                *count = count.saturating_add(row.count);
            }
            ("duplicate" | "replayed", _) => duplicates = duplicates.saturating_add(1),
            ("staged", _) => accepted = accepted.saturating_add(1),
            _ => {}
        }
        if row.outcome != "refused" && last_accepted.is_none() {
            last_accepted = Some(row.at.as_unix_millis());
        }
    }
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
        "accepted": accepted,
        "duplicates": duplicates,
        "refused": refused,
        "last_accepted": last_accepted,
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
