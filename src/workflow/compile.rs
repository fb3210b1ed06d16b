//! Whether a workflow is sound: every fault at once, each with its place.

use std::collections::BTreeSet;

use super::{FieldValue, Literal, StepConfig, SystemFields, Workflow, WorkflowConfig};
use crate::error::ConfigFault;
use crate::template::{Root, Template};

/// The names that a step cannot be stored as, because they begin references of their own.
const RESERVED: [&str; 3] = ["event", "item", "webhook"];

/// The longest name of an entity, field or step.
const MAX_NAME: usize = 64;

pub(super) fn faults(config: &WorkflowConfig, system: &SystemFields) -> Vec<ConfigFault> {
    let mut faults = Vec::new();
    if config.version != 1 {
        faults.push(ConfigFault::new("version", "this release reads workflows of version 1"));
    }
    if config.steps.is_empty() || config.steps.len() > Workflow::MAX_STEPS {
        faults.push(ConfigFault::new("steps", "give one to 100 steps"));
    }
    if config.cap == 0 || config.cap > Workflow::MAX_CAP {
        faults.push(ConfigFault::new("cap", "one event may create 1 to 10000 records"));
    }
    for (index, assertion) in config.assertions.iter().enumerate() {
        check_literal(&assertion.equals, format!("assertions[{index}].equals"), &mut faults);
    }
    let mut stored = BTreeSet::new();
    let mut iterated = BTreeSet::new();
    for (index, step) in config.steps.iter().enumerate() {
        let at = format!("steps[{index}]");
        check_step(step, &at, &stored, &iterated, system, &mut faults);
        if let Some(name) = &step.store_as {
            if RESERVED.contains(&name.as_str()) || !is_identifier(name) {
                faults.push(ConfigFault::new(
                    format!("{at}.store_as"),
                    "a name is an identifier other than event, item and webhook",
                ));
            }
            if !stored.insert(name.clone()) {
                faults.push(ConfigFault::new(format!("{at}.store_as"), "the name is taken"));
            }
            if step.for_each.is_some() {
                iterated.insert(name.clone());
            }
        }
    }
    faults
}

fn check_step(
    step: &StepConfig,
    at: &str,
    stored: &BTreeSet<String>,
    iterated: &BTreeSet<String>,
    system: &SystemFields,
    faults: &mut Vec<ConfigFault>,
) {
    if !is_identifier(&step.entity) {
        faults.push(ConfigFault::new(format!("{at}.entity"), "an entity is an identifier"));
    }
    if step.fields.is_empty() {
        faults.push(ConfigFault::new(format!("{at}.fields"), "give at least one field"));
    }
    let mut folded = BTreeSet::new();
    for (field, value) in &step.fields {
        let at = format!("{at}.fields.{}", field.escape_debug());
        if !is_identifier(field) {
            faults.push(ConfigFault::new(
                at.clone(),
                "a field is an ASCII identifier, without paths or brackets",
            ));
        } else if system.contains(field) {
            faults.push(ConfigFault::new(at.clone(), "a system field is never set by a payload"));
        }
        let spelling: String = field
            .chars()
            .filter(|character| !matches!(character, '_' | '-'))
            .map(|character| character.to_ascii_lowercase())
            .collect();
        if !folded.insert(spelling) {
            faults.push(ConfigFault::new(at.clone(), "the field is set twice in other spellings"));
        }
        match value {
            FieldValue::Literal(Literal::Null) if step.required.contains(field) => {
                faults.push(ConfigFault::new(at, "the field is required and always null"));
            }
            FieldValue::Literal(literal) => check_literal(literal, at, faults),
            FieldValue::Template(template) => {
                check_references(template, &at, step.for_each.is_some(), stored, iterated, faults);
            }
        }
    }
    for field in &step.required {
        if !step.fields.contains_key(field) {
            faults.push(ConfigFault::new(
                format!("{at}.required"),
                format!("{} is no field of this step", field.escape_debug()),
            ));
        }
    }
}

fn check_literal(literal: &Literal, at: String, faults: &mut Vec<ConfigFault>) {
    if !literal.is_json() {
        faults.push(ConfigFault::new(at, "a number is written as in JSON"));
    }
}

fn check_references(
    value: &Template,
    at: &str,
    iterates: bool,
    stored: &BTreeSet<String>,
    iterated: &BTreeSet<String>,
    faults: &mut Vec<ConfigFault>,
) {
    for reference in value.references() {
        match &reference.root {
            Root::Event | Root::Item if reference.path.segments().is_empty() => {
                faults.push(ConfigFault::new(
                    at.to_owned(),
                    "a whole event or item is never assigned; name a value of it",
                ));
            }
            Root::Event => {}
            Root::Item => {
                if !iterates {
                    faults
                        .push(ConfigFault::new(at.to_owned(), "there is no item without for_each"));
                }
            }
            Root::Step(name) if iterated.contains(name) => faults.push(ConfigFault::new(
                at.to_owned(),
                format!("{name} is created once for each item, so it has no one id"),
            )),
            Root::Step(name) if !stored.contains(name) => faults.push(ConfigFault::new(
                at.to_owned(),
                format!("no earlier step is stored as {name}"),
            )),
            Root::Step(_) => {}
        }
    }
}

fn is_identifier(name: &str) -> bool {
    name.len() <= MAX_NAME
        && name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}
