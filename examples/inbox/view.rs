//! Events and deliveries as the page shows them: untrusted text, bounded.

use hookstage::json::{Document, Path, ReadOptions};
use hookstage::payload::{FlatView, FlattenOptions, PathStyle, cell};
use hookstage::{Event, HistoryRow};
use serde_json::{Value, json};

/// Characters of a cell.
const CELL: usize = 80;

/// Leaves that stand for an event while no columns are chosen.
const PREVIEW: usize = 4;

/// Columns at a time.
const MAX_COLUMNS: usize = 8;

/// Leaves and characters of a body that a page shows; the event keeps all of them.
const MAX_FIELDS: usize = 500;
const MAX_FIELD: usize = 500;
const MAX_RAW: usize = 256 * 1024;

/// The paths of the columns, from a JSON array of strings.
pub(crate) fn columns(text: Option<&str>) -> Result<Vec<Path>, String> {
    let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(Vec::new()) };
    let names: Vec<String> =
        serde_json::from_str(text).map_err(|_| "columns: a JSON array of strings".to_owned())?;
    if names.len() > MAX_COLUMNS {
        return Err(format!("at most {MAX_COLUMNS} columns"));
    }
    names
        .iter()
        .map(|name| Path::parse(name).map_err(|error| format!("a column: {error}")))
        .collect()
}

/// One line of the inbox.
pub(crate) fn row(event: &Event, columns: &[Path]) -> Value {
    let options = ReadOptions::default();
    let cells: Vec<Value> = match Document::read(&event.body, &options) {
        Err(_) => Vec::new(),
        Ok(document) if columns.is_empty() => {
            let few = FlattenOptions { max_leaves: PREVIEW, ..FlattenOptions::default() };
            FlatView::new(&document, &few)
                .leaves()
                .map(|leaf| json!([shown(&leaf.path(PathStyle::Bracket)), shown(&leaf.cell(CELL))]))
                .collect()
        }
        Ok(document) => columns
            .iter()
            .map(|path| match document.root().walk(path.segments()) {
                Ok(node) => json!([path.to_string(), shown(&cell(node, CELL))]),
                Err(_) => json!([path.to_string(), Value::Null]),
            })
            .collect(),
    };
    json!({
        "id": event.id.get(),
        "source": event.source.source(),
        "at": event.received_at.as_unix_millis(),
        "type": event.event_type.as_deref().map(shown),
        "status": event.status,
        "bytes": event.body.len(),
        "authenticated": event.coverage.binds_body(),
        "cells": cells,
    })
}

/// All that is known of one event.
pub(crate) fn detail(event: &Event, deliveries: &[HistoryRow]) -> Value {
    let mut value = row(event, &[]);
    let (fields, more) = fields(&event.body);
    let raw = String::from_utf8_lossy(&event.body[..event.body.len().min(MAX_RAW)]);
    let headers: Vec<Value> = event
        .headers
        .iter()
        .map(|(name, value)| json!([name, shown(&String::from_utf8_lossy(value))]))
        .collect();
    let deliveries: Vec<Value> = deliveries.iter().map(delivery).collect();
    value["fields"] = fields;
    value["more_fields"] = more.into();
    value["raw"] = shown_lines(&raw).into();
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

/// The leaves of a body, and whether there are more than are shown.
fn fields(body: &[u8]) -> (Value, bool) {
    let Ok(document) = Document::read(body, &ReadOptions::default()) else {
        return (Value::Null, false);
    };
    let options = FlattenOptions { max_leaves: MAX_FIELDS, ..FlattenOptions::default() };
    let view = FlatView::new(&document, &options);
    let fields: Vec<Value> = view
        .leaves()
        .map(|leaf| json!([shown(&leaf.path(PathStyle::Bracket)), shown(&leaf.cell(MAX_FIELD))]))
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
fn shown(text: &str) -> String {
    reveal(text, |_| false)
}

fn shown_lines(text: &str) -> String {
    reveal(text, |character| matches!(character, '\n' | '\r' | '\t'))
}

fn reveal(text: &str, stays: impl Fn(char) -> bool) -> String {
    let mut revealed = String::with_capacity(text.len());
    for character in text.chars() {
        if !stays(character) && (character.is_control() || is_invisible(character)) {
            revealed.extend(character.escape_unicode());
        } else {
            revealed.push(character);
        }
    }
    revealed
}

/// Bidirectional controls, zero-width marks and separators: they make text look like other text.
const fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}'
            | '\u{feff}'
    )
}
