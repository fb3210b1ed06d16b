//! What was seen at each place of the documents so far.

use super::format::{self, Format};
use crate::json::{Decimal, Document, Kind, Node, Segment};

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
    order: Vec<u16>,
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
    name: Name,
    pub(super) at: u32,
}

/// A name among all names: one text for all of them, so that a name costs no allocation.
#[derive(Clone, Copy, Debug)]
struct Name {
    start: u32,
    length: u32,
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

/// All shapes; the first is that of the documents themselves.
#[derive(Clone, Debug)]
pub(super) struct Shapes {
    pub(super) all: Vec<Shape>,
    names: Names,
    free: Vec<u32>,
    /// Something was left out because of a limit.
    pub(super) truncated: bool,
    /// A place was left out because there were too many. None is added from then on: what is
    /// known of a place is all of it or nothing.
    pub(super) full: bool,
}

/// The names of all members, one after the other.
#[derive(Clone, Debug, Default)]
struct Names(String);

/// A container on the way of a walk.
pub(super) struct Level {
    pub(super) after: u32,
    pub(super) shape: u32,
    /// How many members were looked at, for `order`.
    cursor: usize,
    array: bool,
}

impl Shapes {
    pub(super) fn new() -> Self {
        let all = vec![Shape::default()];
        Self { all, names: Names::default(), free: Vec::new(), truncated: false, full: false }
    }

    /// The members of a shape with their names, in the order of the names.
    pub(super) fn members<'s>(
        &'s self,
        shape: &'s Shape,
    ) -> impl ExactSizeIterator<Item = (&'s str, u32)> {
        shape.members.iter().map(|member| (self.names.get(member.name), member.at))
    }

    pub(super) fn name(&self, member: &Member) -> &str {
        self.names.get(member.name)
    }

    /// The member of this name, or where it would stand.
    pub(super) fn find(&self, shape: &Shape, name: &str) -> Result<usize, usize> {
        shape.members.binary_search_by(|member| self.names.bytes(member.name).cmp(name.as_bytes()))
    }

    /// Hangs shape `at` on shape `parent`; says whether the name was free.
    pub(super) fn hang(&mut self, parent: u32, name: &str, at: u32) -> bool {
        let Some(shape) = self.all.get(parent as usize) else { return false };
        let Err(place) = self.find(shape, name) else { return false };
        let name = self.names.add(name);
        self.all[parent as usize].members.insert(place, Member { name, at });
        true
    }

    /// The member that stood at this place in the last document, if it is this one.
    #[inline]
    pub(super) fn expected(
        &self,
        shape: &Shape,
        cursor: usize,
        raw: &str,
        escaped: bool,
    ) -> Option<u32> {
        let place = *shape.order.get(cursor)?;
        let member = shape.members.get(usize::from(place))?;
        (!escaped && self.names.bytes(member.name) == raw.as_bytes()).then_some(member.at)
    }

    /// Whether something stood at a path.
    pub(super) fn knows(&self, path: &[Segment]) -> bool {
        let mut at = 0;
        for segment in path {
            let shape = &self.all[at as usize];
            let is_array = shape.count(FieldType::Array) > 0;
            let member = |key: &str| match self.find(shape, key) {
                Ok(place) => shape.members[place].at,
                Err(_) if shape.is_map || format::key_is_data(key) => shape.others.0,
                Err(_) => NONE,
            };
            at = match segment {
                Segment::Key(key) => member(key),
                Segment::Index(_) => shape.items.0,
                Segment::KeyOrIndex(_) if is_array && shape.items.0 != NONE => shape.items.0,
                Segment::KeyOrIndex(number) => member(&number.to_string()),
            };
            if at == NONE {
                return self.truncated;
            }
        }
        self.all[at as usize].seen() > 0
    }

    pub(super) fn live(&self) -> usize {
        self.all.len() - self.free.len()
    }

    /// Adds what one document shows.
    pub(super) fn learn(&mut self, document: &Document<'_>, limits: &Limits) {
        let mut levels: Vec<Level> = Vec::with_capacity(16);
        let end = document.root().after();
        if self.all.len() == 1 {
            self.all.reserve((end as usize).min(limits.max_fields).min(256));
            self.names.0.reserve((document.text().len() / 8).min(4_096));
        }
        let mut next = 0;
        while next < end {
            while levels.last().is_some_and(|level| next >= level.after) {
                levels.pop();
            }
            let node = document.node(next);
            if node.is_shadowed() {
                next = node.after();
                continue;
            }
            let shape = match levels.last_mut() {
                None => 0,
                Some(level) if level.array => self.item(level.shape, limits),
                Some(level) => self.member(level, node, limits),
            };
            if shape == NONE {
                self.truncated = true;
                next = node.after();
                continue;
            }
            if let Some(shape) = self.all.get_mut(shape as usize) {
                shape.see(node, limits);
            }
            next += 1;
            if !node.is_empty() {
                if levels.len() >= limits.max_depth {
                    self.truncated = true;
                    next = node.after();
                    continue;
                }
                let array = node.kind() == Kind::Array;
                levels.push(Level { after: node.after(), shape, cursor: 0, array });
            }
        }
    }

    /// Adds everything that `other` has learned.
    pub(super) fn merge(&mut self, other: &Self, limits: &Limits) {
        let base = self.all.len() as u32;
        let moved = |at: u32| if at == NONE { NONE } else { at + base };
        let names = self.names.0.len() as u32;
        self.names.0.push_str(&other.names.0);
        self.all.extend(other.all.iter().cloned().map(|mut shape| {
            shape.items = Link(moved(shape.items.0));
            shape.others = Link(moved(shape.others.0));
            for member in &mut shape.members {
                member.at = moved(member.at);
                member.name.start += names;
            }
            shape.order.clear();
            shape
        }));
        self.free.extend(other.free.iter().map(|at| at + base));
        self.truncated |= other.truncated;
        self.full |= other.full;
        self.absorb(0, base, limits);
        self.compact(limits.max_fields);
    }

    /// Shapes in the order of their depth, then of their names: the order that decides which
    /// stay when there are too many, whatever order they were learned in.
    pub(super) fn in_order(&self) -> Vec<u32> {
        let mut order = vec![0];
        let mut next = 0;
        while let Some(at) = order.get(next).copied() {
            next += 1;
            let shape = &self.all[at as usize];
            let links = [shape.others.0, shape.items.0];
            order.extend(links.into_iter().filter(|at| *at != NONE));
            order.extend(shape.members.iter().map(|member| member.at));
        }
        order
    }

    /// Drops what is free, and what is beyond the limit.
    fn compact(&mut self, max_fields: usize) {
        let mut order = self.in_order();
        if order.len() > max_fields {
            (self.truncated, self.full) = (true, true);
            order.truncate(max_fields.max(1));
        }
        let mut moved = vec![NONE; self.all.len()];
        for (to, from) in order.iter().enumerate() {
            moved[*from as usize] = to as u32;
        }
        let new_place = |at: u32| moved.get(at as usize).copied().unwrap_or(NONE);
        let mut all: Vec<Shape> =
            order.iter().map(|at| std::mem::take(&mut self.all[*at as usize])).collect();
        let mut names = Names::default();
        for shape in &mut all {
            shape.order.clear();
            for member in &mut shape.members {
                member.at = new_place(member.at);
            }
            shape.members.retain(|member| member.at != NONE);
            for member in &mut shape.members {
                member.name = names.add(self.names.get(member.name));
            }
            shape.items = Link(new_place(shape.items.0));
            shape.others = Link(new_place(shape.others.0));
        }
        self.all = all;
        self.names = names;
        self.free.clear();
    }

    /// The shape of the items of an array, made if it is new.
    fn item(&mut self, array: u32, limits: &Limits) -> u32 {
        let known = self.all[array as usize].items.0;
        if known != NONE {
            return known;
        }
        let at = self.add(limits);
        self.all[array as usize].items = Link(at);
        at
    }

    /// The shape of a member of the object of a level, made if it is new.
    #[inline]
    fn member(&mut self, level: &mut Level, node: Node<'_, '_>, limits: &Limits) -> u32 {
        let (raw, escaped) = node.raw_key().unwrap_or_default();
        let cursor = level.cursor;
        level.cursor += 1;
        let shape = &self.all[level.shape as usize];
        // Senders write members in the same order every time.
        if let Some(at) = self.expected(shape, cursor, raw, escaped) {
            return at;
        }
        let key = crate::json::decode(raw, escaped);
        let siblings = node.parent().map_or(0, Node::len);
        self.member_by_name(level.shape, &key, cursor, siblings, limits)
    }

    fn member_by_name(
        &mut self,
        object: u32,
        key: &str,
        cursor: usize,
        siblings: usize,
        limits: &Limits,
    ) -> u32 {
        let found = self.find(&self.all[object as usize], key);
        let shape = &mut self.all[object as usize];
        let place = match found {
            Ok(place) => {
                shape.expect(cursor, place);
                return shape.members[place].at;
            }
            Err(place) => place,
        };
        if shape.is_map || format::key_is_data(key) {
            return self.other(object, limits);
        }
        if shape.members.len() >= limits.max_members {
            self.become_map(object, limits);
            return self.other(object, limits);
        }
        if shape.members.is_empty() {
            shape.members.reserve_exact(siblings.min(limits.max_members));
            shape.order.reserve_exact(siblings.min(limits.max_members));
        }
        let at = self.add(limits);
        if at != NONE {
            let name = self.names.add(key);
            let shape = &mut self.all[object as usize];
            for known in &mut shape.order {
                *known += u16::from(usize::from(*known) >= place);
            }
            shape.members.insert(place, Member { name, at });
            shape.expect(cursor, place);
        }
        at
    }

    /// The shape of all members of a map, made if it is new.
    fn other(&mut self, object: u32, limits: &Limits) -> u32 {
        let known = self.all[object as usize].others.0;
        if known != NONE {
            return known;
        }
        let at = self.add(limits);
        self.all[object as usize].others = Link(at);
        at
    }

    fn become_map(&mut self, object: u32, limits: &Limits) {
        let shape = &mut self.all[object as usize];
        shape.is_map = true;
        shape.order.clear();
        let members = std::mem::take(&mut shape.members);
        for member in members {
            self.add_other(object, member.at, limits);
        }
    }

    fn add_other(&mut self, object: u32, member: u32, limits: &Limits) {
        match self.all[object as usize].others.0 {
            NONE => self.all[object as usize].others = Link(member),
            others => self.absorb(others, member, limits),
        }
    }

    fn add(&mut self, limits: &Limits) -> u32 {
        self.full |= self.live() >= limits.max_fields;
        if self.full {
            return NONE;
        }
        if let Some(at) = self.free.pop() {
            return at;
        }
        self.all.push(Shape::default());
        (self.all.len() - 1) as u32
    }

    /// Moves everything that shape `from` has seen into shape `into`. Recursion is bounded by the
    /// depth limit of schemas.
    fn absorb(&mut self, into: u32, from: u32, limits: &Limits) {
        let taken = std::mem::take(&mut self.all[from as usize]);
        self.free.push(from);
        let shape = &mut self.all[into as usize];
        shape.combine(&taken);
        let was_map = shape.is_map;
        match (shape.items.0, taken.items.0) {
            (_, NONE) => {}
            (NONE, items) => shape.items = Link(items),
            (known, items) => self.absorb(known, items, limits),
        }
        if taken.others.0 != NONE {
            self.add_other(into, taken.others.0, limits);
        }
        if taken.is_map && !was_map {
            self.become_map(into, limits);
        }
        for member in taken.members {
            let shape = &self.all[into as usize];
            if shape.is_map {
                self.add_other(into, member.at, limits);
                continue;
            }
            match self.find(shape, self.names.get(member.name)) {
                Ok(place) => {
                    let known = shape.members[place].at;
                    self.absorb(known, member.at, limits);
                }
                Err(_) if shape.members.len() >= limits.max_members => {
                    self.become_map(into, limits);
                    self.add_other(into, member.at, limits);
                }
                Err(place) => {
                    let shape = &mut self.all[into as usize];
                    shape.order.clear();
                    shape.members.insert(place, member);
                }
            }
        }
    }
}

impl Names {
    /// For comparisons: names are in the order of their bytes.
    #[inline]
    fn bytes(&self, name: Name) -> &[u8] {
        let start = name.start as usize;
        self.0.as_bytes().get(start..start + name.length as usize).unwrap_or_default()
    }

    fn get(&self, name: Name) -> &str {
        let start = name.start as usize;
        self.0.get(start..start + name.length as usize).unwrap_or_default()
    }

    fn add(&mut self, name: &str) -> Name {
        // Fewer than 2^31 bytes of keys come from one document, and schemas are small.
        let added = Name { start: self.0.len() as u32, length: name.len() as u32 };
        self.0.push_str(name);
        added
    }
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

    fn expect(&mut self, cursor: usize, place: usize) {
        let Ok(place) = u16::try_from(place) else { return };
        if cursor == self.order.len() {
            self.order.push(place);
        } else if let Some(known) = self.order.get_mut(cursor) {
            *known = place;
        }
    }

    #[inline]
    fn see(&mut self, node: Node<'_, '_>, limits: &Limits) {
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

    fn combine(&mut self, other: &Self) {
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
