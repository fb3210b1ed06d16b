//! What it becomes: a workflow maps a staged event to a plan, and a plan is data.
//!
//! Nothing in this room creates anything. A plan is what a reviewer looks at before promotion, and
//! exactly what the host's sink is given afterwards.

mod against;
mod compile;
mod plan;
mod system_fields;
mod value;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use self::plan::{Creation, Plan, PlanDigest, PlanError, PlannedValue};
pub use self::system_fields::SystemFields;
pub use self::value::{FieldValue, Literal};
use crate::delivery::Head;
use crate::error::ConfigError;
use crate::event::Event;
use crate::filter::{Filter, Subject};
use crate::json::{Document, Path, ReadOptions};
use crate::source::SourceId;
use crate::template::MissingText;

/// A workflow as hosts store it. [`Workflow::new`] judges it.
///
/// ```
/// use hookstage::workflow::{SystemFields, Workflow, WorkflowConfig};
///
/// let config: WorkflowConfig = serde_json::from_str(
///     r#"{
///         "version": 1,
///         "name": "A purchase becomes a contact and a lead",
///         "steps": [
///             {"entity": "company", "store_as": "company",
///              "fields": {"name": "$event.customer.company"}},
///             {"entity": "contact", "store_as": "contact",
///              "fields": {"email": "$event.customer.email", "company_id": "$company.id"}},
///             {"entity": "lead",
///              "fields": {"title": "Purchase {{event.id}}", "contact_id": "$contact.id",
///                         "score": {"literal": 10}}}
///         ]
///     }"#,
/// )
/// .unwrap();
/// let workflow = Workflow::new(config, &SystemFields::standard()).unwrap();
/// assert_eq!(workflow.steps().len(), 3);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct WorkflowConfig {
    /// The version of this form: 1.
    pub version: u16,
    /// What people call it.
    pub name: String,
    /// Raised whenever it is changed: a plan says which revision made it, and only that one runs.
    #[serde(default)]
    pub revision: u64,
    /// Which events it takes.
    #[serde(default)]
    pub trigger: Trigger,
    /// What must hold of an event before anything is created.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assertions: Vec<Assertion>,
    /// What it creates, in order.
    pub steps: Vec<StepConfig>,
    /// The most records that one event may create, iteration included.
    #[serde(default = "default_cap")]
    pub cap: u32,
    /// What a missing value is in text.
    #[serde(default)]
    pub missing: MissingText,
}

const fn default_cap() -> u32 {
    Workflow::DEFAULT_CAP
}

/// Which events a workflow takes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Trigger {
    /// Of this source only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<SourceId>,
    /// Of these event types only; of all if empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub event_types: Vec<String>,
    /// Of those only that this filter matches: conditions over the payload and the kept headers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<Filter>,
}

/// Something that must hold of an event before anything is created: an amount, a recipient, a
/// currency that the host expects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Assertion {
    /// The value.
    pub path: Path,
    /// What it must be. Numbers are compared by value, strings byte by byte, and a number is never
    /// a string.
    pub equals: Literal,
}

/// One thing to create.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct StepConfig {
    /// The kind of record.
    pub entity: String,
    /// The name under which later steps find its id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub store_as: Option<String>,
    /// An array of the event: the step runs once for each of its items, which is `$item` then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub for_each: Option<Path>,
    /// The fields and their values.
    #[serde(deserialize_with = "crate::stored::each_name_once")]
    pub fields: BTreeMap<String, FieldValue>,
    /// The fields that must not be null.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub required: Vec<String>,
}

/// A workflow that was found sound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workflow(WorkflowConfig);

impl Workflow {
    /// How many records one event may create unless the workflow says otherwise.
    pub const DEFAULT_CAP: u32 = 100;

    /// The most steps of a workflow.
    pub const MAX_STEPS: usize = 100;

    /// The most records that a workflow can be set to create of one event.
    pub const MAX_CAP: u32 = 10_000;

    /// Judges a workflow.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it, each with its place: a target that is a system field in
    /// any spelling, a reference to a step that comes later or does not exist, the same name twice,
    /// an item without iteration, a cap of zero.
    pub fn new(config: WorkflowConfig, system: &SystemFields) -> Result<Self, ConfigError> {
        ConfigError::unless_empty(compile::faults(&config, system))?;
        Ok(Self(config))
    }

    /// Its stored form.
    #[must_use]
    pub const fn config(&self) -> &WorkflowConfig {
        &self.0
    }

    /// Its steps.
    #[must_use]
    pub fn steps(&self) -> &[StepConfig] {
        &self.0.steps
    }

    /// Whether it takes an event. One that is no JSON is taken by no workflow with a filter.
    #[must_use]
    pub fn takes(&self, event: &Event) -> bool {
        if !self.is_addressed(event) {
            return false;
        }
        self.0.trigger.filter.is_none()
            || Document::read(&event.body, &ReadOptions::default())
                .is_ok_and(|document| self.wants(event, &document))
    }

    /// Source and event type.
    fn is_addressed(&self, event: &Event) -> bool {
        let trigger = &self.0.trigger;
        let source = trigger.source.as_ref().is_none_or(|source| *source == event.source);
        let event_type = trigger.event_types.is_empty()
            || event.event_type.as_ref().is_some_and(|found| trigger.event_types.contains(found));
        source && event_type
    }

    /// The filter.
    fn wants(&self, event: &Event, document: &Document<'_>) -> bool {
        let Some(filter) = &self.0.trigger.filter else { return true };
        let headers: Vec<(&str, &[u8])> =
            event.headers.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
        let head = Head::post("", &headers);
        filter.matches(&Subject::payload(document).with_head(&head))
    }

    /// What it would create of an event: all of it, before anything is created.
    ///
    /// # Errors
    ///
    /// The event is not one that it takes, is no JSON, does not hold what is asserted, lacks what
    /// is required, or would create more records than the cap allows.
    pub fn plan(&self, event: &Event) -> Result<Plan, PlanError> {
        plan::plan(self, event)
    }
}
