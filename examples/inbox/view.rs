//! Events, plans, records and deliveries as the page shows them: untrusted text, bounded.

use hookstage::inbox::{Row, Untrusted};
use hookstage::json::{Document, ReadOptions};
use hookstage::payload::{FlatView, FlattenOptions, PathStyle};
use hookstage::template::{Rendered, TextPiece};
use hookstage::workflow::{Plan, PlannedValue};
use hookstage::{Event, HistoryRow};
use serde_json::{Value, json};

use crate::advice::advice;
use crate::app::App;
use crate::records::Record;

/// Leaves and characters of a body that a page shows; the event keeps all of them.
const MAX_FIELDS: usize = 500;
const MAX_FIELD: usize = 500;
const MAX_RAW: usize = 256 * 1024;

/// Records of a plan that a page shows; all of them run.
const MAX_CREATIONS: usize = 50;

/// One line of the inbox.
pub(crate) fn row(row: &Row) -> Value {
    let cells: Vec<Value> = row
        .cells
        .iter()
        .map(|cell| {
            json!({
                "label": cell.label.visible(),
                "text": cell.text.visible(),
                "kind": cell.kind,
                "cut": cell.is_cut,
            })
        })
        .collect();
    json!({
        "id": row.id.get(),
        "source": row.source.source(),
        "at": row.received_at.as_unix_millis(),
        "type": row.event_type.as_ref().map(Untrusted::visible),
        "status": row.status,
        "bytes": row.bytes,
        "authenticated": row.binds_body,
        "cells": cells,
        "more": row.more,
    })
}

/// All that is known of one event.
pub(crate) fn detail(event: &Event, deliveries: &[HistoryRow]) -> Value {
    let mut value = row(&Row::new(event, &[], 80));
    let (fields, more) = fields(&event.body);
    let headers: Vec<Value> = event
        .headers
        .iter()
        .map(|(name, value)| json!([name, shown(&String::from_utf8_lossy(value))]))
        .collect();
    let deliveries: Vec<Value> = deliveries.iter().map(delivery).collect();
    value["fields"] = fields;
    value["more_fields"] = more.into();
    value["raw"] =
        raw(&String::from_utf8_lossy(&event.body[..event.body.len().min(MAX_RAW)])).into();
    value["raw_cut"] = (event.body.len() > MAX_RAW).into();
    value["headers"] = headers.into();
    value["sha256"] = hex::encode(event.body_sha256).into();
    value["coverage"] = json!(event.coverage);
    value["attempts"] = event.attempts.into();
    value["deliveries"] = deliveries.into();
    value["settlement"] = match &event.settlement {
        Some(settlement) => json!({
            "actor": shown(&settlement.actor),
            "at": settlement.at.as_unix_millis(),
            "reason": settlement.reason.as_deref().map(shown),
        }),
        None => Value::Null,
    };
    value
}

/// What an event would become, for a line: which plan, how many records, or why none.
pub(crate) fn plan_in_short(app: &App, event: &Event) -> Value {
    match app.workflows.of(event).map(|workflow| workflow.plan(event)) {
        None => Value::Null,
        Some(Ok(plan)) => {
            json!({ "digest": plan.digest().to_string(), "records": plan.creations.len() })
        }
        Some(Err(error)) => json!({ "error": error.to_string() }),
    }
}

/// What an event would become, whole: what a reviewer looks at before promotion.
pub(crate) fn plan(app: &App, event: &Event) -> Value {
    let Some(workflow) = app.workflows.of(event) else { return Value::Null };
    let name = &workflow.config().name;
    match workflow.plan(event) {
        Err(error) => json!({ "workflow": name, "error": error.to_string() }),
        Ok(plan) => json!({
            "workflow": name,
            "revision": plan.revision,
            "digest": plan.digest().to_string(),
            "records": plan.creations.len(),
            "creations": creations(&plan),
            "absent": absent(&plan),
        }),
    }
}

fn creations(plan: &Plan) -> Vec<Value> {
    plan.creations
        .iter()
        .take(MAX_CREATIONS)
        .map(|creation| {
            let fields: Vec<Value> = creation
                .fields
                .iter()
                .map(|(field, value)| json!([field, shown(&cut(&planned(value)))]))
                .collect();
            json!({ "entity": creation.entity, "as": creation.store_as, "fields": fields })
        })
        .collect()
}

fn planned(value: &PlannedValue) -> String {
    match value.rendered() {
        Rendered::Json(json) => json.clone(),
        Rendered::IdOf(name) => format!("→ id of the {name}"),
        Rendered::Text(pieces) => pieces
            .iter()
            .map(|piece| match piece {
                TextPiece::Text(text) => text.clone(),
                TextPiece::IdOf(name) => format!("→ id of the {name}"),
            })
            .collect(),
    }
}

/// The references that stood for nothing.
fn absent(plan: &Plan) -> Vec<String> {
    use hookstage::template::Resolution::{Missing, Null, WrongType};
    let mut absent: Vec<String> = plan
        .trace
        .iter()
        .filter(|trace| matches!(trace.found, Missing | Null | WrongType))
        .map(|trace| trace.reference.clone())
        .collect();
    absent.dedup();
    absent.truncate(MAX_CREATIONS);
    absent
}

/// One record of the host.
pub(crate) fn record(record: &Record) -> Value {
    let fields: Vec<Value> =
        record.fields.iter().map(|(field, value)| json!([field, shown(&cut(value))])).collect();
    json!({ "id": record.id, "event": record.event, "entity": record.entity, "fields": fields })
}

/// The leaves of a body, and whether there are more than are shown.
fn fields(body: &[u8]) -> (Value, bool) {
    let Ok(document) = Document::read(body, &ReadOptions::default()) else {
        return (Value::Null, false);
    };
    let options = FlattenOptions { max_leaves: MAX_FIELDS, ..FlattenOptions::default() };
    let view = FlatView::new(&document, &options);
    let fields: Vec<Value> = view
        .leaves()
        .map(|leaf| {
            let (path, text) = (leaf.path(PathStyle::Bracket), leaf.cell(MAX_FIELD));
            json!([shown(&path), shown(&text), leaf.node().kind().as_str()])
        })
        .collect();
    (fields.into(), view.is_cut() || view.total_leaves() > view.len())
}

/// One line of the history.
pub(crate) fn delivery(row: &HistoryRow) -> Value {
    json!({
        "source": row.source.source(),
        "at": row.at.as_unix_millis(),
        "outcome": row.outcome,
        "reason": row.reason,
        "detail": row.detail.as_deref().map(shown),
        "advice": row.reason.as_deref().and_then(advice),
        "hints": row.hints.iter().map(|hint| shown(hint)).collect::<Vec<_>>(),
        "status": row.status,
        "event": row.event.map(hookstage::EventId::get),
        "bytes": row.body_length,
        "remote": row.remote.map(|address| address.to_string()),
        "correlation": row.correlation_id.as_deref().map(shown),
        "key": row.key_index,
        "count": row.count,
        "headers": row.headers,
    })
}

/// Text with everything made visible that could hide or reorder it on a page.
pub(crate) fn shown(text: &str) -> String {
    Untrusted::new(text).visible()
}

/// The same, with its lines.
pub(crate) fn raw(text: &str) -> String {
    let line = |line: &str| line.split('\t').map(shown).collect::<Vec<_>>().join("\t");
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(MAX_FIELD) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
