//! The stored form of a schema: one row for each place, so that no depth of a payload becomes a
//! depth of the stored text.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::format::Format;
use super::shape::{FieldType, Integers, Link, NONE, Shape, Values, Vote};
use super::shapes::Shapes;
use super::{MAX_DEPTH, Schema, SchemaOptions};

const VERSION: u32 = 1;

#[derive(Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct StoredSchema {
    version: u32,
    options: SchemaOptions,
    samples: u64,
    #[serde(default, skip_serializing_if = "is_default")]
    truncated: bool,
    #[serde(default, skip_serializing_if = "is_default")]
    full: bool,
    /// Parents before what they hold.
    places: Vec<Place>,
}

#[derive(Default, Serialize, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
struct Place {
    /// The row of the parent; the first row has none.
    parent: u32,
    at: Step,
    #[serde(skip_serializing_if = "is_default")]
    array: u32,
    #[serde(skip_serializing_if = "is_default")]
    boolean: u32,
    #[serde(skip_serializing_if = "is_default")]
    integer: u32,
    #[serde(skip_serializing_if = "is_default")]
    number: u32,
    #[serde(skip_serializing_if = "is_default")]
    object: u32,
    #[serde(skip_serializing_if = "is_default")]
    string: u32,
    #[serde(skip_serializing_if = "is_default")]
    null: u32,
    #[serde(skip_serializing_if = "is_default")]
    empty_strings: u32,
    #[serde(skip_serializing_if = "is_default")]
    format: Option<Format>,
    #[serde(skip_serializing_if = "is_default")]
    mixed_formats: bool,
    #[serde(skip_serializing_if = "is_default")]
    range: Option<(i64, i64)>,
    #[serde(skip_serializing_if = "is_default")]
    unsigned: bool,
    #[serde(skip_serializing_if = "is_default")]
    big: bool,
    #[serde(skip_serializing_if = "is_default")]
    values: Option<Vec<Box<str>>>,
    #[serde(skip_serializing_if = "is_default")]
    many_values: bool,
    #[serde(skip_serializing_if = "is_default")]
    map: bool,
    #[serde(skip_serializing_if = "is_default")]
    example: Option<Box<str>>,
}

/// How a place hangs on its parent.
#[derive(Default, Serialize, Deserialize, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Step {
    #[default]
    Root,
    Member(Box<str>),
    Items,
    Others,
}

impl Serialize for Schema {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.stored().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Schema {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::load(StoredSchema::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

/// Two schemas are equal when they have learned the same, in whatever order.
impl PartialEq for Schema {
    fn eq(&self, other: &Self) -> bool {
        self.stored() == other.stored()
    }
}

impl Eq for Schema {}

impl Schema {
    fn stored(&self) -> StoredSchema {
        let mut places: Vec<Place> = Vec::new();
        let mut queue = vec![(0, Step::Root, 0)];
        let mut next = 0;
        while next < queue.len() {
            let row = next as u32;
            let (parent, step, at) = std::mem::take(&mut queue[next]);
            next += 1;
            let shape = &self.shapes.all[at as usize];
            places.push(Place::of(shape, parent, step));
            for (link, step) in [(shape.others, Step::Others), (shape.items, Step::Items)] {
                if link.0 != NONE {
                    queue.push((row, step, link.0));
                }
            }
            for (name, at) in self.shapes.members(shape) {
                queue.push((row, Step::Member(name.into()), at));
            }
        }
        StoredSchema {
            version: VERSION,
            options: self.options,
            samples: self.samples,
            truncated: self.shapes.truncated,
            full: self.shapes.full,
            places,
        }
    }

    fn load(stored: StoredSchema) -> Result<Self, &'static str> {
        if stored.version != VERSION {
            return Err("this version of a stored schema is not known");
        }
        if stored.places.is_empty() || stored.places.len() > 10_000 {
            return Err("a stored schema has 1 to 10000 places");
        }
        let mut shapes = Shapes::new();
        shapes.all.clear();
        (shapes.truncated, shapes.full) = (stored.truncated, stored.full);
        let mut depths: Vec<usize> = Vec::new();
        for (row, place) in stored.places.into_iter().enumerate() {
            let parent = place.parent;
            let (shape, step) = place.shape();
            if row == 0 {
                depths.push(0);
            } else {
                let depth =
                    depths.get(parent as usize).ok_or("a place stands before its parent")? + 1;
                if depth > MAX_DEPTH {
                    return Err("a stored schema has at most 60 levels");
                }
                depths.push(depth);
                hang(&mut shapes, parent, step, row as u32)?;
            }
            shapes.all.push(shape);
        }
        Ok(Self { options: stored.options, samples: stored.samples, shapes })
    }
}

fn hang(shapes: &mut Shapes, parent: u32, step: Step, row: u32) -> Result<(), &'static str> {
    const TWICE: &str = "a place stands twice";
    if let Step::Member(name) = step {
        return if shapes.hang(parent, &name, row) { Ok(()) } else { Err(TWICE) };
    }
    let parent = shapes.all.get_mut(parent as usize).ok_or("a place has no parent")?;
    let link = match step {
        Step::Items => &mut parent.items,
        Step::Others => &mut parent.others,
        Step::Root | Step::Member(_) => return Err("only the first place is the root"),
    };
    if link.0 != NONE {
        return Err(TWICE);
    }
    *link = Link(row);
    Ok(())
}

impl Place {
    fn of(shape: &Shape, parent: u32, at: Step) -> Self {
        Self {
            parent,
            at,
            array: shape.count(FieldType::Array),
            boolean: shape.count(FieldType::Boolean),
            integer: shape.count(FieldType::Integer),
            number: shape.count(FieldType::Number),
            object: shape.count(FieldType::Object),
            string: shape.count(FieldType::String),
            null: shape.count(FieldType::Null),
            empty_strings: shape.empty_strings,
            format: shape.format(),
            mixed_formats: shape.format == Vote::Split,
            range: shape.integers.range,
            unsigned: shape.integers.unsigned,
            big: shape.integers.big,
            values: match &shape.values {
                Values::Few(values) => Some(values.clone()),
                Values::Off | Values::Many => None,
            },
            many_values: shape.values == Values::Many,
            map: shape.is_map,
            example: shape.example.clone(),
        }
    }

    fn shape(self) -> (Shape, Step) {
        let mut shape = Shape::default();
        for (kind, count) in [
            (FieldType::Array, self.array),
            (FieldType::Boolean, self.boolean),
            (FieldType::Integer, self.integer),
            (FieldType::Number, self.number),
            (FieldType::Object, self.object),
            (FieldType::String, self.string),
            (FieldType::Null, self.null),
        ] {
            shape.counts[kind as usize] = count;
        }
        shape.empty_strings = self.empty_strings;
        shape.format = match (self.format, self.mixed_formats) {
            (Some(format), _) => Vote::All(format),
            (None, true) => Vote::Split,
            (None, false) => Vote::Open,
        };
        shape.integers = Integers { range: self.range, unsigned: self.unsigned, big: self.big };
        shape.values = match (self.values, self.many_values) {
            (Some(mut values), _) => {
                values.sort_unstable();
                values.dedup();
                Values::Few(values)
            }
            (None, true) => Values::Many,
            (None, false) => Values::Off,
        };
        shape.is_map = self.map;
        shape.example = self.example;
        (shape, self.at)
    }
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
