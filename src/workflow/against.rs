//! Whether a workflow speaks of what its source really sends.

use super::{StepConfig, Workflow};
use crate::error::{ConfigError, ConfigFault};
use crate::json::Segment;
use crate::payload::Schema;
use crate::template::{Root, Template};

impl Workflow {
    /// Compares what the workflow reads with what a source was seen to send: the places that no
    /// sample had, usually misspelt.
    ///
    /// A reference with a default is left out: it says that the value may be missing. A host shows
    /// these as warnings, because the next event may be the first to have the value.
    ///
    /// ```
    /// use hookstage::json::{Document, ReadOptions};
    /// use hookstage::payload::{Schema, SchemaOptions};
    /// use hookstage::workflow::{SystemFields, Workflow};
    ///
    /// let mut schema = Schema::new(SchemaOptions::default());
    /// schema.learn(&Document::read(br#"{"email":"ada@acme.com"}"#, &ReadOptions::default())?);
    /// let config = serde_json::from_str(
    ///     r#"{"version": 1, "name": "form", "steps": [
    ///         {"entity": "contact", "fields": {"email": "$event.emial"}}]}"#,
    /// )
    /// .unwrap();
    /// let workflow = Workflow::new(config, &SystemFields::standard()).unwrap();
    /// let error = workflow.check_against(&schema).unwrap_err();
    /// assert_eq!(error.faults()[0].at(), "steps[0].fields.email");
    /// # Ok::<(), hookstage::json::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Every such place, all at once.
    pub fn check_against(&self, schema: &Schema) -> Result<(), ConfigError> {
        let mut faults = Vec::new();
        for (index, assertion) in self.config().assertions.iter().enumerate() {
            if !schema.knows(&assertion.path) {
                faults.push(unknown(format!("assertions[{index}].path"), &assertion.path));
            }
        }
        for (index, step) in self.steps().iter().enumerate() {
            let at = format!("steps[{index}]");
            if let Some(array) = &step.for_each
                && !schema.knows(array)
            {
                faults.push(unknown(format!("{at}.for_each"), array));
            }
            let templates = step
                .fields
                .iter()
                .filter_map(|(field, value)| value.template().map(|template| (field, template)));
            for (field, template) in templates {
                references(step, template, schema, &format!("{at}.fields.{field}"), &mut faults);
            }
        }
        ConfigError::unless_empty(faults)
    }
}

fn references(
    step: &StepConfig,
    template: &Template,
    schema: &Schema,
    at: &str,
    faults: &mut Vec<ConfigFault>,
) {
    for reference in template.references().filter(|reference| reference.default.is_none()) {
        let path = reference.path.segments();
        let is_known = match (&reference.root, &step.for_each) {
            (Root::Event, _) => schema.knows_at(path),
            (Root::Item, Some(array)) => {
                let mut whole = array.segments().to_vec();
                whole.push(Segment::Index(0));
                whole.extend(path.iter().cloned());
                schema.knows_at(&whole)
            }
            (Root::Item, None) | (Root::Step(_), _) => true,
        };
        if !is_known {
            faults.push(unknown(at.to_owned(), reference));
        }
    }
}

fn unknown(at: String, what: &impl std::fmt::Display) -> ConfigFault {
    ConfigFault::new(at, format!("no sample of the source has {what}"))
}
