//! A schema as JSON Schema 2020-12 and as a table of fields.

use std::fmt::Write;

use super::Schema;
use super::format::Format;
use super::shape::{FieldType, NONE, Shape};
use crate::json::write_quoted;
use crate::payload::style::{PathStyle, Step};

/// One row of the field table: a place of the payload, for pickers and inbox columns.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Field {
    /// The place in brackets style; `[*]` stands for every item of an array and `{*}` for every
    /// member of a map.
    pub path: String,
    /// The types seen, `null` last.
    pub types: Vec<FieldType>,
    /// The format that every text had.
    pub format: Option<Format>,
    /// Every object that could hold it did, and never as null.
    pub required: bool,
    /// Some whole numbers do not survive in 64 bits with a sign.
    pub beyond_64_bits: bool,
    /// How often something was there.
    pub seen: u32,
    /// The JSON text of one value, if the options keep examples.
    pub example: Option<String>,
}

impl Schema {
    /// The field table: every place, parents before what they hold, names in order.
    #[must_use]
    pub fn fields(&self) -> Vec<Field> {
        let mut fields = Vec::new();
        self.add_fields(&mut fields, 0, String::new(), true, false);
        fields
    }

    /// The schema as JSON Schema 2020-12 text.
    ///
    /// It accepts every sample that it was learned from, also under a validator that asserts
    /// formats. Objects stay open for further members. Its names are sorted, so equal schemas
    /// have equal texts.
    #[must_use]
    pub fn to_json_schema(&self) -> String {
        let mut text =
            String::from("{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\"");
        let _ = write!(text, ",\"x-hookstage-samples\":{}", self.samples);
        if self.is_truncated() {
            text.push_str(",\"x-hookstage-truncated\":true");
        }
        self.write_keywords(&mut text, 0, false);
        text.push('}');
        text
    }

    /// What the JSON Schema says, without how many samples said so.
    pub(super) fn keywords(&self) -> String {
        let mut text = String::new();
        self.write_keywords(&mut text, 0, true);
        text
    }

    /// Recursion is bounded by the depth limit of schemas.
    fn add_fields(
        &self,
        fields: &mut Vec<Field>,
        at: u32,
        path: String,
        first: bool,
        required: bool,
    ) {
        let shape = &self.shapes.all[at as usize];
        fields.push(Field {
            path: if path.is_empty() { "$".to_owned() } else { path.clone() },
            types: shape.types(),
            format: shape.format(),
            required,
            beyond_64_bits: shape.integers.unsigned || shape.integers.big,
            seen: shape.seen(),
            example: shape.example.as_deref().map(str::to_owned),
        });
        for (name, member) in self.shapes.members(shape) {
            let mut below = path.clone();
            // Writing to a string does not fail.
            let _ = PathStyle::Bracket.write_step(&mut below, first, Step::Key(name));
            let required = self.member_is_required(shape, member);
            self.add_fields(fields, member, below, false, required);
        }
        for (link, mark) in [(shape.others, "{*}"), (shape.items, "[*]")] {
            if link.0 != NONE {
                self.add_fields(fields, link.0, format!("{path}{mark}"), false, false);
            }
        }
    }

    fn member_is_required(&self, parent: &Shape, member: u32) -> bool {
        self.shapes.all[member as usize].is_required(parent.count(FieldType::Object))
    }

    /// Writes the keywords of one place, each with a comma in front if something stands before.
    /// Recursion is bounded by the depth limit of schemas.
    fn write_keywords(&self, text: &mut String, at: u32, first: bool) {
        let shape = &self.shapes.all[at as usize];
        let mut keywords = Keywords { text, first };
        // What was left out for want of room would be judged as one of the others.
        if shape.others.0 != NONE && !self.shapes.full {
            let text = keywords.next("additionalProperties");
            self.write_schema(text, shape.others.0);
        }
        if let Some(values) = shape.enumeration() {
            let text = keywords.next("enum");
            write_list(text, values.iter(), |text, value| {
                let _ = write_quoted(text, value);
            });
            if shape.count(FieldType::Null) > 0 {
                text.pop();
                text.push_str(",null]");
            }
        }
        match shape.format() {
            // An empty text has no format, but it was accepted.
            Some(format) if format != Format::Phone && shape.empty_strings == 0 => {
                let _ = write!(keywords.next("format"), "\"{}\"", format.as_str());
            }
            _ => {}
        }
        if shape.items.0 != NONE {
            let text = keywords.next("items");
            self.write_schema(text, shape.items.0);
        }
        if !shape.members.is_empty() {
            let text = keywords.next("properties");
            let mut separator = '{';
            for (name, member) in self.shapes.members(shape) {
                text.push(separator);
                separator = ',';
                let _ = write_quoted(text, name);
                text.push(':');
                self.write_schema(text, member);
            }
            text.push('}');
        }
        let required: Vec<_> = self
            .shapes
            .members(shape)
            .filter(|(_, member)| self.member_is_required(shape, *member))
            .collect();
        if !required.is_empty() {
            write_list(keywords.next("required"), required.into_iter(), |text, (name, _)| {
                let _ = write_quoted(text, name);
            });
        }
        match shape.types().as_slice() {
            [] => {}
            [only] => {
                let _ = write!(keywords.next("type"), "\"{}\"", only.as_str());
            }
            several => write_list(keywords.next("type"), several.iter(), |text, kind| {
                let _ = write!(text, "\"{}\"", kind.as_str());
            }),
        }
        if let Some(format) = shape.format()
            && (format == Format::Phone || shape.empty_strings > 0)
        {
            let _ = write!(keywords.next("x-hookstage-format"), "\"{}\"", format.as_str());
        }
    }

    fn write_schema(&self, text: &mut String, at: u32) {
        text.push('{');
        self.write_keywords(text, at, true);
        text.push('}');
    }
}

impl FieldType {
    /// The name in JSON Schema.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Array => "array",
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Object => "object",
            Self::String => "string",
            Self::Null => "null",
        }
    }
}

struct Keywords<'t> {
    text: &'t mut String,
    first: bool,
}

impl Keywords<'_> {
    fn next(&mut self, name: &str) -> &mut String {
        if !self.first {
            self.text.push(',');
        }
        self.first = false;
        let _ = write!(self.text, "\"{name}\":");
        self.text
    }
}

fn write_list<T>(
    text: &mut String,
    items: impl Iterator<Item = T>,
    mut write: impl FnMut(&mut String, T),
) {
    text.push('[');
    for (position, item) in items.enumerate() {
        if position > 0 {
            text.push(',');
        }
        write(text, item);
    }
    text.push(']');
}
