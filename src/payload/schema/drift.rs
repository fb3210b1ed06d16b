//! What in a payload is not as its schema knows it.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Schema;
use super::format::{self, Format};
use super::shape::{FieldType, NONE, Shape, Values, Vote};
use crate::json::{Decimal, Document, Kind, Node};
use crate::payload::style::{PathStyle, Step};

/// Changes that one report lists; the rest is counted.
const MAX_CHANGES: usize = 100;

/// What in a payload is not as the schema knows it. Advisory: nothing is refused because of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Drift {
    /// What changed, in document order, at most 100.
    pub changes: Vec<Change>,
    /// How many more changes there are.
    pub more: usize,
    /// The same for every payload that drifts in the same way, whatever its values: alert once
    /// for each. Hexadecimal.
    pub fingerprint: String,
}

/// One way in which a payload is not as the schema knows it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Change {
    /// The place, as in [`Field::path`](super::Field::path).
    pub at: String,
    /// What changed there.
    pub kind: ChangeKind,
}

/// What changed at a place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ChangeKind {
    /// Nothing was ever there.
    FieldAdded,
    /// It was always there and never null.
    FieldMissing,
    /// Another type than ever before; what is below it is not compared.
    TypeChanged {
        /// The types it had.
        from: Vec<FieldType>,
        /// The type it has.
        to: FieldType,
    },
    /// A number with a fraction where all were whole.
    Widened,
    /// Null where it never was.
    BecameNull,
    /// A text without the format that every text had.
    FormatBroken {
        /// The format.
        format: Format,
    },
    /// A text other than the few that were ever there.
    NewValue,
    /// An event type without a schema.
    UnknownEventType,
}

/// How much a change can hurt those who read the payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Nobody who reads only what they know can notice.
    Info,
    /// Somebody who relied on a habit of the sender can.
    Warning,
    /// What was always there is not there as it was.
    Breaking,
}

impl ChangeKind {
    /// How much the change can hurt.
    #[must_use]
    pub fn severity(&self) -> Severity {
        match self {
            Self::FieldAdded | Self::UnknownEventType => Severity::Info,
            Self::Widened | Self::FormatBroken { .. } | Self::NewValue => Severity::Warning,
            Self::FieldMissing | Self::TypeChanged { .. } | Self::BecameNull => Severity::Breaking,
        }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = &self.at;
        match &self.kind {
            ChangeKind::FieldAdded => write!(f, "{at} is new"),
            ChangeKind::FieldMissing => write!(f, "{at} is missing, and never was"),
            ChangeKind::TypeChanged { from, to } => {
                let from: Vec<&str> = from.iter().map(|kind| kind.as_str()).collect();
                write!(f, "{at} is {} and was {}", to.as_str(), from.join(" or "))
            }
            ChangeKind::Widened => write!(f, "{at} has a fraction, and was whole"),
            ChangeKind::BecameNull => write!(f, "{at} is null, and never was"),
            ChangeKind::FormatBroken { format } => write!(f, "{at} is no {}", format.as_str()),
            ChangeKind::NewValue => write!(f, "{at} has a value that is not among the few known"),
            ChangeKind::UnknownEventType => write!(f, "{at} names an event type without a schema"),
        }
    }
}

impl Drift {
    /// The worst of the changes.
    #[must_use]
    pub fn severity(&self) -> Severity {
        let severities = self.changes.iter().map(|change| change.kind.severity());
        severities.max().unwrap_or(Severity::Info)
    }

    pub(super) fn of(mut changes: Vec<Change>, more: usize) -> Option<Self> {
        if changes.is_empty() {
            return None;
        }
        let listed = changes.clone();
        changes.sort_unstable();
        let mut hash = Sha256::new();
        for change in &changes {
            let line = change.to_string();
            hash.update((line.len() as u64).to_be_bytes());
            hash.update(line.as_bytes());
        }
        let fingerprint = hex::encode(&hash.finalize()[..16]);
        Some(Self { changes: listed, more, fingerprint })
    }
}

impl Schema {
    /// What in a payload is not as this schema knows it; `None` if all of it is.
    ///
    /// A payload never drifts from a schema that has learned it. A schema that has seen nothing
    /// knows nothing that could change.
    #[must_use]
    pub fn drift(&self, payload: &Document<'_>) -> Option<Drift> {
        if self.samples == 0 {
            return None;
        }
        let mut walk = Walk {
            schema: self,
            levels: Vec::with_capacity(16),
            seen: vec![0; self.shapes.all.len()],
            serial: 0,
            changes: Vec::new(),
            more: 0,
        };
        walk.document(payload);
        Drift::of(walk.changes, walk.more)
    }
}

struct Walk<'s, 'd, 'a> {
    schema: &'s Schema,
    levels: Vec<Level<'d, 'a>>,
    /// For each shape, the serial of the object that it was last seen in.
    seen: Vec<u32>,
    serial: u32,
    changes: Vec<Change>,
    more: usize,
}

/// An open container that the schema knows.
struct Level<'d, 'a> {
    after: u32,
    shape: u32,
    serial: u32,
    cursor: usize,
    node: Node<'d, 'a>,
    /// The shape was found among the others of its parent, not by its name.
    among_others: bool,
}

/// Where in its parent a node is found.
#[derive(Clone, Copy)]
enum Place {
    Known {
        shape: u32,
        among_others: bool,
    },
    New,
    /// The schema left something out here, so nothing can be said.
    Unknowable,
}

impl<'d, 'a> Walk<'_, 'd, 'a> {
    fn document(&mut self, document: &'d Document<'a>) {
        let end = document.root().after();
        let mut next = 0;
        loop {
            while self.levels.last().is_some_and(|level| next >= level.after) {
                self.leave();
            }
            if next >= end {
                return;
            }
            let node = document.node(next);
            next = if !node.is_shadowed() && self.enter(node) { next + 1 } else { node.after() };
        }
    }

    /// Compares one node; says whether what is below it can be compared.
    #[inline]
    fn enter(&mut self, node: Node<'d, 'a>) -> bool {
        let (shape, among_others) = match self.place(node) {
            Place::Known { shape, among_others } => (shape, among_others),
            Place::Unknowable => return false,
            Place::New => {
                self.report(node, false, ChangeKind::FieldAdded);
                return false;
            }
        };
        if let (Some(level), Some(seen)) = (self.levels.last(), self.seen.get_mut(shape as usize)) {
            *seen = level.serial;
        }
        let known = &self.schema.shapes.all[shape as usize];
        if let Some(kind) = compare(known, node) {
            let below = !matches!(kind, ChangeKind::TypeChanged { .. });
            self.report(node, among_others, kind);
            if !below {
                return false;
            }
        }
        if matches!(node.kind(), Kind::Array | Kind::Object) {
            self.serial += 1;
            let (serial, after) = (self.serial, node.after());
            self.levels.push(Level { after, shape, serial, cursor: 0, node, among_others });
        }
        true
    }

    #[inline]
    fn place(&mut self, node: Node<'d, 'a>) -> Place {
        let truncated = self.schema.shapes.truncated;
        let Some(level) = self.levels.last_mut() else {
            return Place::Known { shape: 0, among_others: false };
        };
        let parent = &self.schema.shapes.all[level.shape as usize];
        let (shape, among_others) = match node.raw_key() {
            None => (parent.items.0, false),
            Some((raw, escaped)) => {
                let cursor = level.cursor;
                level.cursor += 1;
                match self.schema.shapes.expected(parent, cursor, raw, escaped) {
                    Some(shape) => (shape, false),
                    None => by_name(self.schema, parent, &crate::json::decode(raw, escaped)),
                }
            }
        };
        match shape {
            NONE if truncated => Place::Unknowable,
            // What is among the others can have lost some of them.
            _ if among_others && self.schema.shapes.full => Place::Unknowable,
            NONE => Place::New,
            shape => Place::Known { shape, among_others },
        }
    }

    /// A container ends: what it always held must have been there.
    fn leave(&mut self) {
        let Some(level) = self.levels.pop() else { return };
        let shape = &self.schema.shapes.all[level.shape as usize];
        if level.node.kind() != Kind::Object {
            return;
        }
        let objects = shape.count(FieldType::Object);
        for member in &shape.members {
            let missing = self.seen[member.at as usize] != level.serial;
            if missing && self.schema.shapes.all[member.at as usize].is_required(objects) {
                let name = self.schema.shapes.name(member);
                let mut at = self.path_of_levels();
                write_place(&mut at, level.node, level.among_others);
                let first = at.is_empty();
                let _ = PathStyle::Bracket.write_step(&mut at, first, Step::Key(name));
                self.add(Change { at, kind: ChangeKind::FieldMissing });
            }
        }
    }

    #[cold]
    fn report(&mut self, node: Node<'d, 'a>, among_others: bool, kind: ChangeKind) {
        let mut at = self.path_of_levels();
        write_place(&mut at, node, among_others);
        if at.is_empty() {
            at.push('$');
        }
        self.add(Change { at, kind });
    }

    fn add(&mut self, change: Change) {
        // Many items of an array can change in the same way.
        if self.changes.contains(&change) {
            return;
        }
        if self.changes.len() < MAX_CHANGES {
            self.changes.push(change);
        } else {
            self.more += 1;
        }
    }

    fn path_of_levels(&self) -> String {
        let mut path = String::new();
        for level in &self.levels {
            write_place(&mut path, level.node, level.among_others);
        }
        path
    }
}

fn write_place(path: &mut String, node: Node<'_, '_>, among_others: bool) {
    // Writing to a string does not fail.
    let _ = match node.key() {
        _ if among_others => fmt::Write::write_str(path, "{*}"),
        Some(key) if key.len() > 256 => fmt::Write::write_str(path, "{*}"),
        Some(key) => {
            let first = path.is_empty();
            PathStyle::Bracket.write_step(path, first, Step::Key(&key))
        }
        None if node.parent().is_some() => fmt::Write::write_str(path, "[*]"),
        None => Ok(()),
    };
}

fn by_name(schema: &Schema, parent: &Shape, key: &str) -> (u32, bool) {
    match schema.shapes.find(parent, key) {
        Ok(place) => (parent.members[place].at, false),
        Err(_) if parent.is_map || format::key_is_data(key) => (parent.others.0, true),
        Err(_) => (NONE, false),
    }
}

/// What is not as the shape knows it at this very node.
#[inline]
fn compare(known: &Shape, node: Node<'_, '_>) -> Option<ChangeKind> {
    let changed = |to| Some(ChangeKind::TypeChanged { from: known.types(), to });
    match node.kind() {
        Kind::Null if known.count(FieldType::Null) == 0 => Some(ChangeKind::BecameNull),
        Kind::Bool if known.count(FieldType::Boolean) == 0 => changed(FieldType::Boolean),
        Kind::Array if known.count(FieldType::Array) == 0 => changed(FieldType::Array),
        Kind::Object if known.count(FieldType::Object) == 0 => changed(FieldType::Object),
        Kind::Number if known.count(FieldType::Number) > 0 => None,
        Kind::Number => {
            let whole = node.raw().bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'-'))
                || Decimal::parse(node.raw()).is_some_and(|number| number.is_integer());
            match (known.count(FieldType::Integer) > 0, whole) {
                (true, true) => None,
                (true, false) => Some(ChangeKind::Widened),
                (false, true) => changed(FieldType::Integer),
                (false, false) => changed(FieldType::Number),
            }
        }
        Kind::String if known.count(FieldType::String) == 0 => changed(FieldType::String),
        Kind::String if node.raw().len() > 2 => compare_text(known, node),
        Kind::String | Kind::Null | Kind::Bool | Kind::Array | Kind::Object => None,
    }
}

#[inline]
fn compare_text(known: &Shape, node: Node<'_, '_>) -> Option<ChangeKind> {
    if let Vote::All(format) = known.format
        && Format::of(&node.text()?) != Some(format)
    {
        return Some(ChangeKind::FormatBroken { format });
    }
    if known.values != Values::Off
        && let Some(values) = known.enumeration()
    {
        let text = node.text()?;
        if values.binary_search_by(|value| (**value).cmp(&text)).is_err() {
            return Some(ChangeKind::NewValue);
        }
    }
    None
}
