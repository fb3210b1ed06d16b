//! The shape of payloads, learned from samples. Advisory: a schema never refuses an event.

mod drift;
mod emit;
mod format;
mod names;
mod set;
mod shape;
mod shapes;
mod stored;

use serde::{Deserialize, Serialize};

pub use drift::{Change, ChangeKind, Drift, Severity};
pub use emit::Field;
pub use format::Format;
pub use set::{Bump, LearnedSchema, SchemaSet};
pub use shape::FieldType;

use crate::json::{Document, Path, Segment};
use shape::Limits;
use shapes::Shapes;

/// Deeper schemas have a JSON Schema that plain JSON readers refuse.
const MAX_DEPTH: usize = 60;

/// The limits of a schema, and what it keeps of the payloads themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SchemaOptions {
    /// Places that are told apart: 1,000 by default, 10,000 at most.
    pub max_fields: usize,
    /// Levels of containers: 32 by default, 60 at most.
    pub max_depth: usize,
    /// Members of one object that have names of their own: 200 by default. An object with more
    /// is a map whose values share one shape.
    pub max_members: usize,
    /// Keep the distinct texts of places that hold few, to offer an `enum`. Off by default: they
    /// are parts of payloads, and a stored schema outlives those.
    pub enums: bool,
    /// Keep one example for each place. Off by default, for the same reason.
    pub examples: bool,
}

/// What the samples of one kind of event have in common.
///
/// Schemas learned apart merge to the same schema in any order and grouping, as long as none of
/// them had to leave something out ([`is_truncated`](Self::is_truncated)).
///
/// ```
/// use hookstage::json::{Document, ReadOptions};
/// use hookstage::payload::{Schema, SchemaOptions};
///
/// let sample = br#"{"id": 7, "customer": {"email": "ada@acme.com"}}"#;
/// let document = Document::read(sample, &ReadOptions::default())?;
/// let mut schema = Schema::new(SchemaOptions::default());
/// schema.learn(&document);
/// let fields: Vec<String> = schema.fields().iter().map(|field| field.path.clone()).collect();
/// assert_eq!(fields, ["$", "customer", "customer.email", "id"]);
/// assert!(schema.drift(&document).is_none());
/// # Ok::<(), hookstage::json::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Schema {
    options: SchemaOptions,
    samples: u64,
    shapes: Shapes,
}

impl Default for SchemaOptions {
    fn default() -> Self {
        Self { max_fields: 1_000, max_depth: 32, max_members: 200, enums: false, examples: false }
    }
}

impl SchemaOptions {
    fn limits(&self) -> Limits {
        Limits {
            max_fields: self.max_fields.clamp(1, 10_000),
            max_depth: self.max_depth.min(MAX_DEPTH),
            max_members: self.max_members.min(10_000),
            enums: self.enums,
            examples: self.examples,
        }
    }
}

impl Schema {
    /// A schema that has seen nothing.
    #[must_use]
    pub fn new(options: SchemaOptions) -> Self {
        Self { options, samples: 0, shapes: Shapes::new() }
    }

    /// Adds what one sample shows.
    pub fn learn(&mut self, sample: &Document<'_>) {
        self.samples = self.samples.saturating_add(1);
        self.shapes.learn(sample, &self.options.limits());
    }

    /// Adds everything that another schema has learned. The limits of this one hold.
    pub fn merge(&mut self, other: &Self) {
        self.samples = self.samples.saturating_add(other.samples);
        self.shapes.merge(&other.shapes, &self.options.limits());
    }

    /// How many samples it has seen.
    #[must_use]
    pub fn samples(&self) -> u64 {
        self.samples
    }

    /// Whether some sample had something at this path, be it null. A schema that had to leave
    /// something out says yes where it cannot know.
    ///
    /// A choice of paths (for a dedupe rule, a column, an identifier) can be checked with it; what
    /// it does not know may still come.
    ///
    /// ```
    /// use hookstage::json::{Document, Path, ReadOptions};
    /// use hookstage::payload::{Schema, SchemaOptions};
    ///
    /// let mut schema = Schema::new(SchemaOptions::default());
    /// schema.learn(&Document::read(br#"{"items":[{"sku":"x"}]}"#, &ReadOptions::default())?);
    /// assert!(schema.knows(&Path::parse("items[3].sku")?));
    /// assert!(!schema.knows(&Path::parse("items[3].price")?));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn knows(&self, path: &Path) -> bool {
        self.knows_at(path.segments())
    }

    pub(crate) fn knows_at(&self, segments: &[Segment]) -> bool {
        self.shapes.knows(segments)
    }

    /// Whether a limit left something out.
    #[must_use]
    pub fn is_truncated(&self) -> bool {
        self.shapes.truncated
    }

    /// The limits.
    #[must_use]
    pub fn options(&self) -> &SchemaOptions {
        &self.options
    }
}
