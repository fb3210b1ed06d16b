//! Who wants the events of a source: subscription and bindings.

use serde::{Deserialize, Serialize};

use super::check::{LABEL, is_label};
use crate::error::ConfigFault;
use crate::filter::Filter;
use crate::json::{Document, Path};
use crate::payload::cell;

/// Which event types a source takes.
///
/// ```
/// use hookstage::Subscription;
///
/// let some = Subscription::only(["deal.*", "contact.created"]);
/// assert!(some.takes(Some("deal.stage.changed")));
/// assert!(!some.takes(Some("contact.updated")));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subscription {
    /// All.
    #[default]
    All,
    /// These, and those that begin as a name that ends in `.*` does.
    Only(Vec<String>),
}

impl Subscription {
    /// Only these event types.
    #[must_use]
    pub fn only<T: Into<String>>(names: impl IntoIterator<Item = T>) -> Self {
        Self::Only(names.into_iter().map(Into::into).collect())
    }

    /// Whether an event of this type is taken. One without a type is taken only by
    /// [`All`](Self::All).
    #[must_use]
    pub fn takes(&self, event_type: Option<&str>) -> bool {
        match (self, event_type) {
            (Self::All, _) => true,
            (Self::Only(_), None) => false,
            (Self::Only(names), Some(event_type)) => {
                names.iter().any(|name| match name.strip_suffix('*') {
                    Some(prefix) => event_type.starts_with(prefix),
                    None => name == event_type,
                })
            }
        }
    }

    pub(crate) fn faults(&self, faults: &mut Vec<ConfigFault>) {
        let Self::Only(names) = self else { return };
        if names.is_empty() {
            faults.push(ConfigFault::new(
                "events",
                "an empty list takes nothing; name event types, or say all",
            ));
        }
        for (index, name) in names.iter().enumerate() {
            let bare = name.strip_suffix(".*").unwrap_or(name);
            if bare.is_empty() || bare.contains('*') {
                faults.push(ConfigFault::new(
                    format!("events[{index}]"),
                    "give whole names such as deal.created, or groups such as deal.*",
                ));
            } else if names[..index].contains(name) {
                faults.push(ConfigFault::new(format!("events[{index}]"), "it stands twice"));
            }
        }
    }
}

/// A workflow of the host that wants the events of a source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Binding {
    /// The host's name of the workflow.
    pub name: String,
    /// Which events it wants; all, if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<Filter>,
}

impl Binding {
    /// A workflow that wants all events.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), filter: None }
    }

    /// A workflow that wants the events that a filter matches.
    #[must_use]
    pub fn filtered(name: impl Into<String>, filter: Filter) -> Self {
        Self { name: name.into(), filter: Some(filter) }
    }
}

pub(super) fn binding_faults(bindings: &[Binding], faults: &mut Vec<ConfigFault>) {
    if bindings.len() > MAX_BINDINGS {
        faults.push(ConfigFault::new("bindings", "a source has at most 256 bindings"));
    }
    for (index, binding) in bindings.iter().enumerate() {
        let at = || format!("bindings[{index}].name");
        if binding.name.is_empty() || !is_label(&binding.name) {
            faults.push(ConfigFault::new(at(), format!("a binding needs a name; {LABEL}")));
        } else if bindings[..index].iter().any(|other| other.name == binding.name) {
            faults.push(ConfigFault::new(
                at(),
                "this workflow is bound already; it would run twice for each event",
            ));
        }
    }
}

pub(super) fn column_faults(columns: &[Column], faults: &mut Vec<ConfigFault>) {
    if columns.len() > MAX_COLUMNS {
        faults.push(ConfigFault::new("columns", "an inbox shows at most 32 columns"));
    }
    for (index, column) in columns.iter().enumerate() {
        if !is_label(&column.label) {
            faults.push(ConfigFault::new(format!("columns[{index}].label"), LABEL));
        }
        if columns[..index].iter().any(|other| other.path == column.path) {
            faults.push(ConfigFault::new(
                format!("columns[{index}].path"),
                "this value has a column already",
            ));
        }
    }
}

/// More columns than fit beside each other.
const MAX_COLUMNS: usize = 32;

/// Each binding is judged for each delivery.
const MAX_BINDINGS: usize = 256;

/// What the inbox shows of an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// Where it stands in the JSON body. An event without it shows an empty cell.
    pub path: Path,
    /// What stands above it; the path if empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub label: String,
}

impl Column {
    /// The label, or the path where none was given.
    #[must_use]
    pub fn title(&self) -> String {
        if self.label.is_empty() { self.path.to_string() } else { self.label.clone() }
    }

    /// What it shows of one event, on one line of at most `max_characters`: empty where nothing
    /// stands at its path.
    ///
    /// ```
    /// use hookstage::Column;
    /// use hookstage::json::{Document, Path, ReadOptions};
    ///
    /// let column = Column { path: Path::parse("customer.email").unwrap(), label: String::new() };
    /// let event = Document::read(br#"{"customer": {"email": "ada@acme.com"}}"#, &ReadOptions::default());
    /// assert_eq!(column.cell(&event.unwrap(), 512), "ada@acme.com");
    /// let other = Document::read(b"[1]", &ReadOptions::default()).unwrap();
    /// assert_eq!(column.cell(&other, 512), "");
    /// ```
    #[must_use]
    pub fn cell(&self, event: &Document<'_>, max_characters: usize) -> String {
        match event.root().walk(self.path.segments()) {
            Ok(node) => cell(node, max_characters),
            Err(_) => String::new(),
        }
    }
}
