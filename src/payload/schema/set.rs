//! Schemas by event type, and their versions.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, de};

use super::drift::{Change, ChangeKind, Drift};
use super::{Schema, SchemaOptions};
use crate::capture::Update;
use crate::json::{Document, Found, Path, Scalar};

/// Event types with a schema of their own; further ones share the rest.
const MAX_TYPES: usize = 200;
const MAX_TYPE_LENGTH: usize = 128;

/// Schemas by event type, where a discriminator is named; one schema for all otherwise.
///
/// An endpoint that gets many types of event has no one shape: learned together they make fields
/// that come and go.
///
/// ```
/// use hookstage::json::{Document, Path, ReadOptions};
/// use hookstage::payload::{SchemaOptions, SchemaSet};
///
/// let mut schemas = SchemaSet::new(SchemaOptions::default(), Some(Path::parse("type")?));
/// for sample in [r#"{"type": "paid", "amount": 1}"#, r#"{"type": "refused", "reason": "x"}"#] {
///     schemas.learn(&Document::read(sample.as_bytes(), &ReadOptions::default())?);
/// }
/// assert_eq!(schemas.event_types().collect::<Vec<_>>(), ["paid", "refused"]);
/// assert_eq!(schemas.of("paid").unwrap().fields().len(), 3);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SchemaSet {
    options: SchemaOptions,
    discriminator: Option<Path>,
    types: BTreeMap<String, Schema>,
    /// Payloads without a known event type.
    rest: Schema,
}

/// A set of schemas with the number of its version, for a host that keeps what it learns and not the
/// payloads it learned from: a set that grows with every event, or outlives the retention of samples.
///
/// What a source learns in its sample tunnel is a [`Capture`](crate::Capture), which counts its own
/// versions and keeps the samples; [`Capture::schemas`](crate::Capture::schemas) gives the set to
/// begin with.
///
/// ```
/// use hookstage::json::{Document, ReadOptions};
/// use hookstage::payload::{Bump, LearnedSchema, SchemaOptions, SchemaSet};
/// use hookstage::Update;
///
/// let learn = |sample: &str| {
///     let mut set = SchemaSet::new(SchemaOptions::default(), None);
///     set.learn(&Document::read(sample.as_bytes(), &ReadOptions::default()).unwrap());
///     set
/// };
/// let first = LearnedSchema::first(learn(r#"{"id":1}"#));
/// let same = first.next(&learn(r#"{"id":2}"#), Update::Merge, Bump::OnChange);
/// let wider = same.next(&learn(r#"{"id":3,"note":"x"}"#), Update::Merge, Bump::OnChange);
/// assert_eq!([first.number(), same.number(), wider.number()], [1, 1, 2]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LearnedSchema {
    /// The version of this stored form.
    version: u32,
    number: u32,
    schemas: SchemaSet,
}

/// When a sample makes a new version.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bump {
    /// With every sample.
    #[default]
    Always,
    /// Only when the JSON Schema of some event type differs by more than the number of samples.
    OnChange,
}

impl SchemaSet {
    /// A set that has seen nothing. The discriminator leads to the text that names the event
    /// type.
    #[must_use]
    pub fn new(options: SchemaOptions, discriminator: Option<Path>) -> Self {
        Self { options, discriminator, types: BTreeMap::new(), rest: Schema::new(options) }
    }

    /// Adds what one sample shows, to the schema of its event type.
    pub fn learn(&mut self, sample: &Document<'_>) {
        match self.event_type(sample) {
            Some(name) if self.types.contains_key(&name) || self.types.len() < MAX_TYPES => {
                let schema = self.types.entry(name).or_insert_with(|| Schema::new(self.options));
                schema.learn(sample);
            }
            _ => self.rest.learn(sample),
        }
    }

    /// Adds everything that another set has learned.
    pub fn merge(&mut self, other: &Self) {
        for (name, schema) in &other.types {
            if self.types.contains_key(name) || self.types.len() < MAX_TYPES {
                let known =
                    self.types.entry(name.clone()).or_insert_with(|| Schema::new(self.options));
                known.merge(schema);
            } else {
                self.rest.merge(schema);
            }
        }
        self.rest.merge(&other.rest);
    }

    /// What in a payload is not as the schema of its event type knows it.
    #[must_use]
    pub fn drift(&self, payload: &Document<'_>) -> Option<Drift> {
        match (self.event_type(payload), &self.discriminator) {
            (Some(name), Some(discriminator)) => match self.types.get(&name) {
                Some(schema) => schema.drift(payload),
                None if self.types.is_empty() || self.types.len() >= MAX_TYPES => {
                    self.rest.drift(payload)
                }
                None => {
                    let at = discriminator.to_string();
                    Drift::of(vec![Change { at, kind: ChangeKind::UnknownEventType }], 0)
                }
            },
            _ => self.rest.drift(payload),
        }
    }

    /// The event types that have a schema of their own.
    pub fn event_types(&self) -> impl Iterator<Item = &str> {
        self.types.keys().map(String::as_str)
    }

    /// The schema of an event type.
    #[must_use]
    pub fn of(&self, event_type: &str) -> Option<&Schema> {
        self.types.get(event_type)
    }

    /// The schema of payloads without an event type, or of all where no discriminator is named.
    #[must_use]
    pub fn rest(&self) -> &Schema {
        &self.rest
    }

    fn event_type(&self, payload: &Document<'_>) -> Option<String> {
        match payload.get(self.discriminator.as_ref()?) {
            Found::Value(Scalar::String(name)) if name.len() <= MAX_TYPE_LENGTH => {
                Some(name.into_owned())
            }
            _ => None,
        }
    }

    fn says_the_same(&self, other: &Self) -> bool {
        let says = |a: &Schema, b: &Schema| {
            a.is_truncated() == b.is_truncated() && a.keywords() == b.keywords()
        };
        self.discriminator == other.discriminator
            && says(&self.rest, &other.rest)
            && self.types.len() == other.types.len()
            && self
                .types
                .iter()
                .zip(&other.types)
                .all(|((a_name, a), (b_name, b))| a_name == b_name && says(a, b))
    }
}

impl LearnedSchema {
    /// Version 1.
    #[must_use]
    pub fn first(schemas: SchemaSet) -> Self {
        Self { version: 1, number: 1, schemas }
    }

    /// What it becomes with what a sample shows: in its place, or added to it.
    #[must_use]
    pub fn next(&self, sample: &SchemaSet, update: Update, bump: Bump) -> Self {
        let schemas = match update {
            Update::Replace => sample.clone(),
            Update::Merge => {
                let mut merged = self.schemas.clone();
                merged.merge(sample);
                merged
            }
        };
        let same = bump == Bump::OnChange && schemas.says_the_same(&self.schemas);
        let number = if same { self.number } else { self.number.saturating_add(1) };
        Self { version: 1, number, schemas }
    }

    /// The number of the version, counted from 1.
    #[must_use]
    pub fn number(&self) -> u32 {
        self.number
    }

    /// The schemas of this version.
    #[must_use]
    pub fn schemas(&self) -> &SchemaSet {
        &self.schemas
    }
}

impl<'de> Deserialize<'de> for LearnedSchema {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Stored {
            version: u32,
            number: u32,
            schemas: SchemaSet,
        }
        let stored = Stored::deserialize(deserializer)?;
        if stored.version != 1 {
            return Err(de::Error::custom("this version of a learned schema is not known"));
        }
        Ok(Self { version: 1, number: stored.number, schemas: stored.schemas })
    }
}
