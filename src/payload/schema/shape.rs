//! What was seen at one place of the documents so far.

use super::format::Format;
use super::names::Name;
use crate::json::{Decimal, Kind, Node};

/// No shape: an array that was never filled, an object that is no map.
pub(super) const NONE: u32 = u32::MAX;

/// Distinct texts that are remembered before a place counts as having any text.
const MAX_VALUES: usize = 32;
const MAX_VALUE_LENGTH: usize = 64;
const MAX_EXAMPLE_LENGTH: usize = 64;

/// The types a place can hold, as JSON Schema names them.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum FieldType {
    /// `array`
    Array,
    /// `boolean`
    Boolean,
    /// `integer`: a number written without fraction and exponent.
    Integer,
    /// `number`
    Number,
    /// `object`
    Object,
    /// `string`
    String,
    /// `null`
    Null,
}

/// What was seen at one place.
#[derive(Clone, Debug, Default)]
pub(super) struct Shape {
    /// How often each type was there, indexed by [`FieldType`].
    pub(super) counts: [u32; 7],
    pub(super) empty_strings: u32,
    /// Formats that every text that is not empty had.
    pub(super) format: Vote,
    pub(super) integers: Integers,
    pub(super) values: Values,
    pub(super) example: Option<Box<str>>,
    /// Named members, sorted by name.
    pub(super) members: Vec<Member>,
    /// Members in the order of the last document: where to look first. No part of what was learned.
    pub(super) order: Vec<u16>,
    /// All members of a map.
    pub(super) others: Link,
    /// Too many members to have names: every one goes to `others`.
    pub(super) is_map: bool,
    /// All items of an array.
    pub(super) items: Link,
}

/// A named member of an object.
#[derive(Clone, Copy, Debug)]
pub(super) struct Member {
    pub(super) name: Name,
    pub(super) at: u32,
}

/// A shape that may not be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Link(pub(super) u32);

impl Default for Link {
    fn default() -> Self {
        Self(NONE)
    }
}

/// The format that every text had so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Vote {
    /// No text was there.
    #[default]
    Open,
    All(Format),
    Split,
}

/// The range of whole numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Integers {
    /// Smallest and largest of those that fit 64 bits with a sign.
    pub(super) range: Option<(i64, i64)>,
    /// Some only fit 64 bits without a sign.
    pub(super) unsigned: bool,
    /// Some do not fit 64 bits.
    pub(super) big: bool,
}

/// The distinct texts of a place, if they are few and short.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Values {
    /// Not asked for.
    #[default]
    Off,
    /// Sorted.
    Few(Vec<Box<str>>),
    Many,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) max_fields: usize,
    pub(super) max_depth: usize,
    pub(super) max_members: usize,
    pub(super) enums: bool,
    pub(super) examples: bool,
}

impl Shape {
    pub(super) fn count(&self, kind: FieldType) -> u32 {
        self.counts[kind as usize]
    }

    /// How often anything was there.
    pub(super) fn seen(&self) -> u32 {
        self.counts.iter().fold(0, |sum, count| sum.saturating_add(*count))
    }

    /// Whether every object that could hold it did, and never as null.
    pub(super) fn is_required(&self, objects: u32) -> bool {
        objects > 0 && self.count(FieldType::Null) == 0 && self.seen() >= objects
    }

    /// The types seen, null last; a whole number counts as a number where others have fractions.
    pub(super) fn types(&self) -> Vec<FieldType> {
        use FieldType::{Array, Boolean, Integer, Null, Number, Object, String};
        [Array, Boolean, Integer, Number, Object, String, Null]
            .into_iter()
            .filter(|kind| self.count(*kind) > 0)
            .filter(|kind| *kind != Integer || self.count(Number) == 0)
            .collect()
    }

    /// The format that every text had, if any was there.
    pub(super) fn format(&self) -> Option<Format> {
        match self.format {
            Vote::All(format) => Some(format),
            Vote::Open | Vote::Split => None,
        }
    }

    /// The few texts that this place holds, if it was seen often enough to say so.
    pub(super) fn enumeration(&self) -> Option<&[Box<str>]> {
        let Values::Few(values) = &self.values else { return None };
        let strings = self.count(FieldType::String);
        let texts_only = self.seen() == strings + self.count(FieldType::Null);
        let numeric = |value: &str| Decimal::parse(value).is_some();
        let few = values.len() <= 12 && values.len() * values.len() <= strings as usize;
        (texts_only
            && strings >= 20
            && few
            && self.format().is_none()
            && !values.iter().all(|value| numeric(value)))
        .then_some(values)
    }

    pub(super) fn expect(&mut self, cursor: usize, place: usize) {
        let Ok(place) = u16::try_from(place) else { return };
        if cursor == self.order.len() {
            self.order.push(place);
        } else if let Some(known) = self.order.get_mut(cursor) {
            *known = place;
        }
    }

    #[inline]
    pub(super) fn see(&mut self, node: Node<'_, '_>, limits: &Limits) {
        let kind = match node.kind() {
            Kind::Null => FieldType::Null,
            Kind::Bool => FieldType::Boolean,
            Kind::Array => FieldType::Array,
            Kind::Object => FieldType::Object,
            Kind::Number if self.integers.see(node.raw()) => FieldType::Integer,
            Kind::Number => FieldType::Number,
            Kind::String => {
                self.see_text(node, limits);
                FieldType::String
            }
        };
        let count = &mut self.counts[kind as usize];
        *count = count.saturating_add(1);
        if limits.examples && node.raw().len() <= MAX_EXAMPLE_LENGTH && node.is_empty() {
            self.offer_example(node.raw());
        }
    }

    #[inline]
    fn see_text(&mut self, node: Node<'_, '_>, limits: &Limits) {
        if node.raw().len() == 2 {
            self.empty_strings = self.empty_strings.saturating_add(1);
        } else if self.format != Vote::Split {
            let text = node.text().unwrap_or_default();
            self.format = self.format.and(match Format::of(&text) {
                Some(format) => Vote::All(format),
                None => Vote::Split,
            });
        }
        if limits.enums && self.values != Values::Many {
            self.values.add(&node.text().unwrap_or_default());
        }
    }

    /// The smallest example stays, so that the order of samples does not matter.
    fn offer_example(&mut self, raw: &str) {
        if self.example.as_deref().is_none_or(|known| raw < known) {
            self.example = Some(raw.into());
        }
    }

    pub(super) fn combine(&mut self, other: &Self) {
        for (count, more) in self.counts.iter_mut().zip(other.counts) {
            *count = count.saturating_add(more);
        }
        self.empty_strings = self.empty_strings.saturating_add(other.empty_strings);
        self.format = self.format.and(other.format);
        self.integers.combine(other.integers);
        match &other.values {
            Values::Off => {}
            Values::Few(values) => values.iter().for_each(|value| self.values.add(value)),
            Values::Many => self.values = Values::Many,
        }
        if let Some(example) = &other.example {
            self.offer_example(example);
        }
    }
}

impl Vote {
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Open, vote) | (vote, Self::Open) => vote,
            (a, b) if a == b => a,
            _ => Self::Split,
        }
    }
}

impl Integers {
    /// Takes a number in if it is written as a whole one; says whether it is.
    #[inline]
    fn see(&mut self, lexeme: &str) -> bool {
        let (negative, digits) = match lexeme.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, lexeme),
        };
        if digits.len() <= 18 {
            let mut value = 0_i64;
            for byte in digits.bytes() {
                if !byte.is_ascii_digit() {
                    return false;
                }
                value = value * 10 + i64::from(byte - b'0');
            }
            self.widen(if negative { -value } else { value });
            return true;
        }
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return false;
        }
        match (lexeme.parse::<i64>(), lexeme.parse::<u64>()) {
            (Ok(value), _) => self.widen(value),
            (Err(_), Ok(_)) => self.unsigned = true,
            (Err(_), Err(_)) => self.big = true,
        }
        true
    }

    fn widen(&mut self, value: i64) {
        self.range = Some(match self.range {
            Some((low, high)) => (low.min(value), high.max(value)),
            None => (value, value),
        });
    }

    fn combine(&mut self, other: Self) {
        if let Some((low, high)) = other.range {
            self.widen(low);
            self.widen(high);
        }
        self.unsigned |= other.unsigned;
        self.big |= other.big;
    }
}

impl Values {
    fn add(&mut self, text: &str) {
        if *self == Self::Off {
            *self = Self::Few(Vec::new());
        }
        let Self::Few(values) = self else { return };
        let Err(place) = values.binary_search_by(|value| (**value).cmp(text)) else { return };
        if values.len() >= MAX_VALUES || text.len() > MAX_VALUE_LENGTH {
            *self = Self::Many;
        } else {
            values.insert(place, text.into());
        }
    }
}
