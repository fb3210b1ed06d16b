//! What the events of each source become: workflows, as data.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use hookstage::Event;
use hookstage::workflow::{SystemFields, Workflow, WorkflowConfig};

use crate::failure::Failure;

/// The workflows of the demo sources, in the form that `--workflows` takes.
const DEMO: &str = include_str!("workflows.json");

#[derive(Debug)]
pub(crate) struct Workflows(Vec<Arc<Workflow>>);

impl Workflows {
    pub(crate) fn demo() -> Result<Self, Failure> {
        Self::parse(DEMO, "the demo workflows")
    }

    pub(crate) fn read(file: &Path) -> Result<Self, Failure> {
        let shown = file.display().to_string();
        let text = fs::read_to_string(file).map_err(|error| {
            Failure::of(format!("the workflows in {shown} cannot be read: {error}"))
        })?;
        Self::parse(&text, &shown)
    }

    /// None: events are looked at and settled, and nothing is created.
    pub(crate) const fn none() -> Self {
        Self(Vec::new())
    }

    fn parse(text: &str, shown: &str) -> Result<Self, Failure> {
        let configs: Vec<WorkflowConfig> =
            serde_json::from_str(text).map_err(|error| Failure::of(format!("{shown}: {error}")))?;
        let mut workflows = Vec::new();
        let mut faults = Vec::new();
        for (place, config) in configs.into_iter().enumerate() {
            let name = format!("workflow {} ({})", place + 1, config.name);
            match Workflow::new(config, &SystemFields::standard()) {
                Ok(workflow) => workflows.push(Arc::new(workflow)),
                Err(error) => faults.push(format!("{name}: {error}")),
            }
        }
        if faults.is_empty() {
            Ok(Self(workflows))
        } else {
            Err(Failure::of(format!("{shown}:\n{}", faults.join("\n"))))
        }
    }

    /// The first workflow that takes an event.
    pub(crate) fn of(&self, event: &Event) -> Option<&Arc<Workflow>> {
        self.0.iter().find(|workflow| workflow.takes(event))
    }

    /// Those that take events of a source, or of any.
    pub(crate) fn of_source<'w>(
        &'w self,
        source: &'w hookstage::SourceId,
    ) -> impl Iterator<Item = &'w Arc<Workflow>> {
        self.0.iter().filter(move |workflow| {
            workflow.config().trigger.source.as_ref().is_none_or(|bound| bound == source)
        })
    }
}
