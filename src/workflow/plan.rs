//! The plan: what would be created of one event, as data.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Assertion, FieldValue, Literal, StepConfig, Workflow};
use crate::event::{Event, EventId};
use crate::json::{self, Document, Found, Kind, Node, Path, ReadOptions, Scalar, decimal_key};
use crate::source::SourceId;
use crate::template::{RenderError, Rendered, Scope, TextPiece, Trace};

/// What would be created of one event, in order. It is what a reviewer sees and what runs: nothing
/// is evaluated again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Plan {
    /// The event.
    pub event: EventId,
    /// Its source; its tenant is the only one that records can be created for.
    pub source: SourceId,
    /// The revision of the workflow that made the plan.
    pub revision: u64,
    /// What is created.
    pub creations: Vec<Creation>,
    /// What became of each reference.
    pub trace: Vec<Trace>,
}

impl Plan {
    /// What tells this plan from any other: a reviewer's page sends it back with the decision, and
    /// only the plan that was looked at runs.
    #[must_use]
    pub fn digest(&self) -> PlanDigest {
        let mut hasher = Sha256::new_with_prefix(b"hookstage plan v1\0");
        let mut feed = |bytes: &[u8]| {
            hasher.update((bytes.len() as u64).to_be_bytes());
            hasher.update(bytes);
        };
        feed(&self.event.get().to_be_bytes());
        feed(self.source.tenant().as_bytes());
        feed(self.source.source().as_bytes());
        feed(&self.revision.to_be_bytes());
        for creation in &self.creations {
            feed(b"creation");
            feed(creation.entity.as_bytes());
            feed(creation.store_as.as_deref().unwrap_or_default().as_bytes());
            for (field, value) in &creation.fields {
                feed(field.as_bytes());
                match value.rendered() {
                    Rendered::Json(json) => feed(json.as_bytes()),
                    Rendered::IdOf(name) => {
                        feed(b"id of");
                        feed(name.as_bytes());
                    }
                    Rendered::Text(pieces) => {
                        feed(&(pieces.len() as u64).to_be_bytes());
                        for piece in pieces {
                            match piece {
                                TextPiece::IdOf(name) => {
                                    feed(b"id of");
                                    feed(name.as_bytes());
                                }
                                TextPiece::Text(text) => {
                                    feed(b"text");
                                    feed(text.as_bytes());
                                }
                            }
                        }
                    }
                }
            }
        }
        PlanDigest(hasher.finalize().into())
    }
}

/// What tells a plan from any other; displays as hexadecimal digits and parses back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PlanDigest([u8; 32]);

impl fmt::Display for PlanDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl FromStr for PlanDigest {
    type Err = hex::FromHexError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut digest = [0; 32];
        hex::decode_to_slice(text, &mut digest)?;
        Ok(Self(digest))
    }
}

/// One record to create.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Creation {
    /// The kind of record.
    pub entity: String,
    /// The name under which later records find its id.
    pub store_as: Option<String>,
    /// The fields and their values, sorted by name. None is a system field.
    pub fields: Vec<(String, PlannedValue)>,
}

/// A value of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PlannedValue(Rendered);

impl PlannedValue {
    /// The value as JSON, once the ids of earlier records are known.
    ///
    /// `id_of` is asked for the id of what was stored under a name. Returns nothing if it does not
    /// know one.
    pub fn json(&self, id_of: impl Fn(&str) -> Option<String>) -> Option<String> {
        match &self.0 {
            Rendered::Json(json) => Some(json.clone()),
            Rendered::IdOf(name) => id_of(name).map(|id| json::quoted(&id)),
            Rendered::Text(pieces) => {
                let mut text = String::new();
                for piece in pieces {
                    match piece {
                        TextPiece::Text(piece) => text.push_str(piece),
                        TextPiece::IdOf(name) => text.push_str(&id_of(name)?),
                    }
                }
                Some(json::quoted(&text))
            }
        }
    }

    /// The value before anything runs: a JSON value, an id that is not known yet, or text with such
    /// ids in it.
    #[must_use]
    pub const fn rendered(&self) -> &Rendered {
        &self.0
    }
}

/// Why an event has no plan.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PlanError {
    /// It does not hold what the workflow asserts.
    #[error("{at} is not what the workflow asserts")]
    Assertion {
        /// The path.
        at: Path,
    },
    /// It is no JSON.
    #[error("the event is not acceptable JSON: {0}")]
    NotJson(#[from] json::Error),
    /// The workflow does not take it.
    #[error("the workflow does not take this event: another source, another type, or its filter")]
    NotTaken,
    /// What is iterated over is no array.
    #[error("{at} is no array")]
    NotAnArray {
        /// The path.
        at: Path,
    },
    /// A reference that is required stands for nothing.
    #[error(transparent)]
    Required(#[from] RenderError),
    /// A field that is required is null.
    #[error("the field {field} of {entity} is required and null")]
    RequiredField {
        /// The kind of record.
        entity: String,
        /// The field.
        field: String,
    },
    /// It would create more records than the cap allows, so it creates none.
    #[error("the event would create {records} records and may create {cap}")]
    TooManyRecords {
        /// How many.
        records: u64,
        /// The cap.
        cap: u32,
    },
}

pub(super) fn plan(workflow: &Workflow, event: &Event) -> Result<Plan, PlanError> {
    if !workflow.is_addressed(event) {
        return Err(PlanError::NotTaken);
    }
    let config = workflow.config();
    let document = Document::read(&event.body, &ReadOptions::default())?;
    if !workflow.wants(event, &document) {
        return Err(PlanError::NotTaken);
    }
    for assertion in &config.assertions {
        if !holds(assertion, &document) {
            return Err(PlanError::Assertion { at: assertion.path.clone() });
        }
    }
    // Counted before anything is rendered: an array of a million items costs nothing here.
    let records = records(&config.steps, &document)?;
    if records > u64::from(config.cap) {
        return Err(PlanError::TooManyRecords { records, cap: config.cap });
    }
    let mut plan = Plan {
        event: event.id,
        source: event.source.clone(),
        revision: config.revision,
        creations: Vec::new(),
        trace: Vec::new(),
    };
    let scope = Scope::event(document.root()).with_missing(config.missing);
    for step in &config.steps {
        match &step.for_each {
            None => add(step, &scope, &mut plan)?,
            Some(path) => {
                for item in items(&document, path) {
                    add(step, &scope.with_item(item), &mut plan)?;
                }
            }
        }
    }
    Ok(plan)
}

fn add(step: &StepConfig, scope: &Scope<'_, '_>, plan: &mut Plan) -> Result<(), PlanError> {
    let mut fields = Vec::with_capacity(step.fields.len());
    for (field, value) in &step.fields {
        let rendered = match value {
            FieldValue::Literal(literal) => Rendered::Json(literal.json()),
            FieldValue::Template(template) => {
                plan.trace.extend(template.trace(scope));
                template.render(scope)?
            }
        };
        if step.required.contains(field) && rendered == Rendered::Json("null".to_owned()) {
            return Err(PlanError::RequiredField {
                entity: step.entity.clone(),
                field: field.clone(),
            });
        }
        fields.push((field.clone(), PlannedValue(rendered)));
    }
    plan.creations.push(Creation {
        entity: step.entity.clone(),
        store_as: step.store_as.clone(),
        fields,
    });
    Ok(())
}

fn records(steps: &[StepConfig], document: &Document<'_>) -> Result<u64, PlanError> {
    let mut records = 0_u64;
    for step in steps {
        let times = match &step.for_each {
            None => 1,
            Some(path) => match document.get(path) {
                Found::Container(array) if array.kind == Kind::Array => array.len as u64,
                Found::Missing(_) | Found::Null => 0,
                Found::Value(_) | Found::Container(_) => {
                    return Err(PlanError::NotAnArray { at: path.clone() });
                }
            },
        };
        records = records.saturating_add(times);
    }
    Ok(records)
}

fn items<'s, 'a>(document: &'s Document<'a>, path: &Path) -> Vec<Node<'s, 'a>> {
    let array = document.root().walk(path.segments());
    array.map(|array| array.children().collect()).unwrap_or_default()
}

fn holds(assertion: &Assertion, document: &Document<'_>) -> bool {
    match (document.get(&assertion.path), &assertion.equals) {
        (Found::Null, Literal::Null) => true,
        (Found::Value(Scalar::Bool(found)), Literal::Bool(wanted)) => found == *wanted,
        (Found::Value(Scalar::String(found)), Literal::String(wanted)) => found == wanted.as_str(),
        (Found::Value(Scalar::Number(found)), Literal::Number(wanted)) => {
            let wanted = decimal_key(wanted);
            wanted.is_some() && decimal_key(found) == wanted
        }
        _ => false,
    }
}
