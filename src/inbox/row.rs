//! One event as a line: its chosen columns, cut to a bounded size.

use serde::Serialize;

use super::Untrusted;
use crate::clock::Timestamp;
use crate::event::{Event, EventId, Status};
use crate::json::{Document, Kind, Node, ReadOptions};
use crate::payload::{FlatView, FlattenOptions, PathStyle, cell};
use crate::source::{Column, SourceId};

/// The leaves that stand for an event where no columns are chosen.
const PREVIEW: usize = 4;

/// The longest name of a column that is made from a payload's keys, in characters.
const MAX_LABEL: usize = 120;

/// One event as a line of an inbox. It is bounded, whatever the event holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Row {
    /// The event.
    pub id: EventId,
    /// Whose endpoint took it.
    pub source: SourceId,
    /// When it was received.
    pub received_at: Timestamp,
    /// Its event type, if known.
    pub event_type: Option<Untrusted>,
    /// Where it stands.
    pub status: Status,
    /// Whether the signature covered the whole body. A cell of an event where it did not may hold
    /// anything.
    pub binds_body: bool,
    /// How many bytes its body has.
    pub bytes: usize,
    /// One for each chosen column, in order; the first few leaves where none is chosen. Empty if
    /// none is chosen and the body is no JSON.
    pub cells: Vec<Cell>,
    /// How many values have no cell: the columns beyond [`Row::MAX_COLUMNS`], or the leaves beyond
    /// the first few.
    pub more: usize,
}

/// One value of a [`Row`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Cell {
    /// The column's label, or the path of the leaf.
    pub label: Untrusted,
    /// The value as one line; empty if it is missing.
    pub text: Untrusted,
    /// What kind of value it is: `missing`, `null`, `boolean`, `number`, `string`, `array` or
    /// `object`.
    pub kind: &'static str,
    /// Whether the text ends in an ellipsis because the value is longer.
    pub is_cut: bool,
}

impl Row {
    /// The most columns that a line has.
    pub const MAX_COLUMNS: usize = 64;

    /// The line of an event, with cells of at most `max_characters` each.
    #[must_use]
    pub fn new(event: &Event, columns: &[Column], max_characters: usize) -> Self {
        let document = Document::read(&event.body, &ReadOptions::default()).ok();
        let (cells, more) = match &document {
            Some(document) if columns.is_empty() => preview(document, max_characters),
            document => {
                let shown = columns.iter().take(Self::MAX_COLUMNS);
                let cells = shown
                    .map(|column| Cell::chosen(column, document.as_ref(), max_characters))
                    .collect();
                (cells, columns.len().saturating_sub(Self::MAX_COLUMNS))
            }
        };
        Self {
            id: event.id,
            source: event.source.clone(),
            received_at: event.received_at,
            event_type: event
                .event_type
                .as_deref()
                .map(|text| Untrusted::new(shortened(text, max_characters))),
            status: event.status,
            binds_body: event.coverage.binds_body(),
            bytes: event.body.len(),
            cells,
            more,
        }
    }
}

impl Cell {
    fn chosen(column: &Column, document: Option<&Document<'_>>, max_characters: usize) -> Self {
        let label = Untrusted::new(label(column));
        // An event without the value, or without JSON, still has its line.
        match document.map(|document| document.root().walk(column.path.segments())) {
            Some(Ok(node)) => Self::of(label, node, max_characters),
            Some(Err(_)) | None => {
                Self { label, text: Untrusted::default(), kind: "missing", is_cut: false }
            }
        }
    }

    fn of(label: Untrusted, node: Node<'_, '_>, max_characters: usize) -> Self {
        let is_cut = match node.text() {
            Some(text) => text.chars().nth(max_characters).is_some(),
            None if node.raw().len() > max_characters.saturating_mul(8) => true,
            None => node.compact().chars().nth(max_characters).is_some(),
        };
        let text = Untrusted::new(cell(node, max_characters));
        Self { label, text, kind: node.kind().as_str(), is_cut }
    }

    /// Whether the value is a number as JSON writes it.
    pub(super) fn is_number(&self) -> bool {
        self.kind == Kind::Number.as_str()
    }
}

/// What stands above a column.
pub(super) fn label(column: &Column) -> String {
    if column.label.is_empty() { column.path.to_string() } else { column.label.clone() }
}

fn preview(document: &Document<'_>, max_characters: usize) -> (Vec<Cell>, usize) {
    let few = FlattenOptions { max_leaves: PREVIEW, ..FlattenOptions::default() };
    let view = FlatView::new(document, &few);
    let cells: Vec<Cell> = view
        .leaves()
        .map(|leaf| {
            let path = leaf.path(PathStyle::Bracket);
            Cell::of(Untrusted::new(shortened(&path, MAX_LABEL)), leaf.node(), max_characters)
        })
        .collect();
    let more = view.total_leaves().saturating_sub(cells.len());
    (cells, more)
}

fn shortened(text: &str, max_characters: usize) -> String {
    match text.char_indices().nth(max_characters) {
        None => text.to_owned(),
        Some(_) => {
            let kept = text.chars().take(max_characters.saturating_sub(1));
            kept.chain(std::iter::once('…')).collect()
        }
    }
}
