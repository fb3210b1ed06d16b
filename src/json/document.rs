//! A whole document as a flat record of its nodes.

use std::borrow::Cow;

use super::error::Error;
use super::found::{Absence, Container, Found, Kind, Scalar};
use super::options::{Notes, ReadOptions};
use super::path::{Path, Segment};
use super::scan::{self, Sink};
use super::text;

/// A checked document: every node in document order, borrowing from the bytes it was read from.
///
/// One allocation of 32 bytes a node, no tree: dropping it, walking it and comparing it never
/// recurse. Members that a duplicate key leaves out are not shown.
///
/// ```
/// use hookstage::json::{Document, Found, Path, ReadOptions, Scalar};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let body = br#"{"contacts": [{"wa_id": "1"}, {"wa_id": "2"}]}"#;
/// let document = Document::read(body, &ReadOptions::default())?;
/// let last = document.get(&Path::parse("contacts[-1].wa_id")?);
/// assert_eq!(last, Found::Value(Scalar::String("2".into())));
/// assert_eq!(document.nodes().count(), 6);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Document<'a> {
    text: &'a str,
    records: Vec<Record>,
    notes: Notes,
}

/// One value of a [`Document`], with its place.
#[derive(Clone, Copy, Debug)]
pub struct Node<'d, 'a> {
    document: &'d Document<'a>,
    position: u32,
}

/// The nodes of a [`Document`] in document order, a container before what it holds.
#[derive(Clone, Debug)]
pub struct Nodes<'d, 'a> {
    document: &'d Document<'a>,
    next: u32,
    end: u32,
}

/// The members or items of one [`Node`], in document order.
#[derive(Clone, Debug)]
pub struct Children<'d, 'a> {
    document: &'d Document<'a>,
    next: u32,
    end: u32,
}

/// What a document knows of a node; spans are byte offsets in its text.
#[derive(Clone, Copy, Debug)]
struct Record {
    start: u32,
    end: u32,
    /// Inside of the key; for an array item, its index.
    key_start: u32,
    /// Length of the key; [`NO_KEY`] for an array item and the root.
    key_length: u32,
    parent: u32,
    /// The first position after this node and all below it.
    after: u32,
    /// Members or items that count.
    count: u32,
    kind: Kind,
    flags: u8,
}

const NO_KEY: u32 = u32::MAX;
const KEY_ESCAPED: u8 = 1;
const TEXT_ESCAPED: u8 = 2;
const SHADOWED: u8 = 4;
const HOLDS_CONTAINER: u8 = 8;

impl<'a> Document<'a> {
    /// Reads and checks a whole document.
    ///
    /// # Errors
    ///
    /// When the body is not one JSON document of RFC 8259 within the limits.
    pub fn read(body: &'a [u8], options: &ReadOptions) -> Result<Self, Error> {
        let (text, mut notes) = scan::prepare(body, options)?;
        let mut builder = Builder {
            records: Vec::with_capacity((text.len() / 16).clamp(8, 4096)),
            parent: 0,
            key: (0, NO_KEY, 0),
        };
        scan::scan(body, text, options, &mut notes, &mut builder)?;
        Ok(Self { text, records: builder.records, notes })
    }

    /// The document itself, as a node.
    #[must_use]
    pub fn root(&self) -> Node<'_, 'a> {
        Node { document: self, position: 0 }
    }

    /// What stands at a path.
    #[must_use]
    pub fn get(&self, path: &Path) -> Found<'a> {
        self.root().get(path)
    }

    /// Every node that counts, in document order.
    #[must_use]
    pub fn nodes(&self) -> Nodes<'_, 'a> {
        Nodes { document: self, next: 0, end: self.records.len() as u32 }
    }

    /// What the reader noticed.
    #[must_use]
    pub fn notes(&self) -> Notes {
        self.notes
    }

    /// The text of the document, without a byte order mark.
    #[must_use]
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// How many nodes the document has, members left out as duplicates included.
    #[must_use]
    pub fn node_count(&self) -> usize {
        self.records.len()
    }

    /// The node at a position below that of the root's [`Node::after`].
    #[inline]
    pub(crate) fn node(&self, position: u32) -> Node<'_, 'a> {
        Node { document: self, position }
    }

    #[inline]
    fn slice(&self, start: u32, end: u32) -> &'a str {
        self.text.get(start as usize..end as usize).unwrap_or_default()
    }
}

impl<'d, 'a> Node<'d, 'a> {
    /// The JSON type.
    #[must_use]
    pub fn kind(self) -> Kind {
        self.record().kind
    }

    /// The text in the document: quotes, braces and escapes as they were written.
    #[must_use]
    pub fn raw(self) -> &'a str {
        let record = self.record();
        self.document.slice(record.start, record.end)
    }

    /// Where the text begins, in bytes from the start of [`Document::text`].
    #[must_use]
    pub fn offset(self) -> usize {
        self.record().start as usize
    }

    /// The decoded key, if the node is a member of an object.
    #[must_use]
    pub fn key(self) -> Option<Cow<'a, str>> {
        let (raw, escaped) = self.raw_key()?;
        Some(text::decode(raw, escaped))
    }

    /// The index, if the node is an item of an array.
    #[must_use]
    pub fn index(self) -> Option<u32> {
        let record = self.record();
        (record.key_length == NO_KEY && self.position != 0).then_some(record.key_start)
    }

    /// The decoded text, if the node is a string.
    #[must_use]
    pub fn text(self) -> Option<Cow<'a, str>> {
        let record = self.record();
        if record.kind != Kind::String {
            return None;
        }
        let inside = self.document.slice(record.start + 1, record.end.saturating_sub(1));
        Some(text::decode(inside, record.flags & TEXT_ESCAPED != 0))
    }

    /// The scalar, if the node is neither null nor a container.
    #[must_use]
    pub fn scalar(self) -> Option<Scalar<'a>> {
        match self.kind() {
            Kind::Bool => Some(Scalar::Bool(self.raw() == "true")),
            Kind::Number => Some(Scalar::Number(self.raw())),
            Kind::String => self.text().map(Scalar::String),
            Kind::Null | Kind::Array | Kind::Object => None,
        }
    }

    /// How many members or items the node holds; 0 for a scalar.
    #[must_use]
    pub fn len(self) -> usize {
        self.record().count as usize
    }

    /// Whether the node holds no members or items.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The object or array that holds the node; `None` for the document itself.
    #[must_use]
    pub fn parent(self) -> Option<Self> {
        (self.position != 0).then(|| Self { position: self.record().parent, ..self })
    }

    /// The members or items.
    #[must_use]
    pub fn children(self) -> Children<'d, 'a> {
        let end = self.record().after;
        Children { document: self.document, next: self.position + 1, end }
    }

    /// The node and all below it, in document order.
    #[must_use]
    pub fn descendants(self) -> Nodes<'d, 'a> {
        Nodes { document: self.document, next: self.position, end: self.record().after }
    }

    /// What stands at a path that begins at this node.
    #[must_use]
    pub fn get(self, path: &Path) -> Found<'a> {
        match self.walk(path.segments()) {
            Ok(node) => node.found(),
            Err(absence) => Found::Missing(absence),
        }
    }

    /// The node at a path that begins at this node.
    ///
    /// # Errors
    ///
    /// When nothing stands there, with the reason.
    pub fn walk(self, segments: &[Segment]) -> Result<Self, Absence> {
        segments.iter().try_fold(self, Self::step)
    }

    /// The node as the result of a lookup.
    #[must_use]
    pub fn found(self) -> Found<'a> {
        match self.scalar() {
            Some(scalar) => Found::Value(scalar),
            None if self.kind() == Kind::Null => Found::Null,
            None => {
                let (kind, len, raw) = (self.kind(), self.len(), self.raw());
                Found::Container(Container { kind, len, raw })
            }
        }
    }

    /// The place of the node, in the strict form of a path.
    #[must_use]
    pub fn path(self) -> Path {
        let mut segments = Vec::new();
        let mut node = self;
        while let Some(parent) = node.parent() {
            segments.push(match node.index() {
                Some(index) => Segment::Index(i64::from(index)),
                None => Segment::Key(node.key().unwrap_or_default().into()),
            });
            node = parent;
        }
        segments.reverse();
        Path::from_segments(segments)
    }

    /// Where the node stands among the nodes of its document.
    pub(crate) fn position(self) -> u32 {
        self.position
    }

    /// The key as written, without its quotes, and whether it holds escapes.
    #[inline]
    pub(crate) fn raw_key(self) -> Option<(&'a str, bool)> {
        let record = self.record();
        if record.key_length == NO_KEY {
            return None;
        }
        let raw = self.document.slice(record.key_start, record.key_start + record.key_length);
        Some((raw, record.flags & KEY_ESCAPED != 0))
    }

    /// The value as JSON without whitespace between tokens; strings and numbers as written.
    #[must_use]
    pub fn compact(self) -> String {
        let mut text = String::new();
        self.write_compact(&mut text);
        text
    }

    /// Appends [`compact`](Self::compact).
    pub(crate) fn write_compact(self, out: &mut String) {
        // Levels that are open: where they end and what closes them.
        let mut open: Vec<(u32, char)> = Vec::new();
        let mut first = true;
        for node in self.descendants() {
            while let Some((after, close)) = open.last().copied() {
                if node.position < after {
                    break;
                }
                out.push(close);
                open.pop();
                first = false;
            }
            if !first && node.position != self.position {
                out.push(',');
            }
            first = false;
            if let (Some((key, _)), true) = (node.raw_key(), node.position != self.position) {
                out.push('"');
                out.push_str(key);
                out.push_str("\":");
            }
            match node.kind() {
                Kind::Object | Kind::Array if !node.is_empty() => {
                    let object = node.kind() == Kind::Object;
                    out.push(if object { '{' } else { '[' });
                    open.push((node.after(), if object { '}' } else { ']' }));
                    first = true;
                }
                Kind::Object => out.push_str("{}"),
                Kind::Array => out.push_str("[]"),
                _ => out.push_str(node.raw()),
            }
        }
        out.extend(open.into_iter().rev().map(|(_, close)| close));
    }

    /// The value as JSON that every reader understands alike: its own text, or, in a document with
    /// keys that stand twice, what counts of it.
    pub(crate) fn unambiguous(self) -> Cow<'a, str> {
        match self.document.notes.duplicate_keys {
            0 => Cow::Borrowed(self.raw()),
            _ => Cow::Owned(self.compact()),
        }
    }

    /// Whether a duplicate key leaves the node out.
    #[inline]
    pub(crate) fn is_shadowed(self) -> bool {
        self.record().flags & SHADOWED != 0
    }

    /// Whether any member or item is itself a container.
    pub(crate) fn holds_container(self) -> bool {
        self.record().flags & HOLDS_CONTAINER != 0
    }

    /// The first position after this node and all below it.
    pub(crate) fn after(self) -> u32 {
        self.record().after
    }

    fn step(self, segment: &Segment) -> Result<Self, Absence> {
        match (self.kind(), segment) {
            (Kind::Object, Segment::Index(_)) | (Kind::Array, Segment::Key(_)) => {
                Err(Absence::WrongParent)
            }
            (Kind::Object, _) => self
                .children()
                .find(|child| {
                    child.raw_key().is_some_and(|(raw, escaped)| segment.is_key(raw, escaped))
                })
                .ok_or(Absence::NotThere),
            (Kind::Array, _) => {
                let asked = segment.as_index().unwrap_or_default();
                let from_start = if asked < 0 { asked + self.record().count as i64 } else { asked };
                usize::try_from(from_start)
                    .ok()
                    .and_then(|index| self.children().nth(index))
                    .ok_or(Absence::NotThere)
            }
            (Kind::Null, _) => Err(Absence::NotThere),
            (Kind::Bool | Kind::Number | Kind::String, _) => Err(Absence::WrongParent),
        }
    }

    #[inline]
    fn record(self) -> &'d Record {
        &self.document.records[self.position as usize]
    }
}

impl<'d, 'a> Iterator for Nodes<'d, 'a> {
    type Item = Node<'d, 'a>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        while self.next < self.end {
            let position = self.next;
            let record = &self.document.records[position as usize];
            if record.flags & SHADOWED == 0 {
                self.next += 1;
                return Some(Node { document: self.document, position });
            }
            self.next = record.after;
        }
        None
    }
}

impl<'d, 'a> Iterator for Children<'d, 'a> {
    type Item = Node<'d, 'a>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        while self.next < self.end {
            let position = self.next;
            let record = &self.document.records[position as usize];
            self.next = record.after;
            if record.flags & SHADOWED == 0 {
                return Some(Node { document: self.document, position });
            }
        }
        None
    }
}

struct Builder {
    records: Vec<Record>,
    /// The innermost open container.
    parent: u32,
    /// Key start or index, key length, and flags of the value that comes next.
    key: (u32, u32, u8),
}

impl Builder {
    #[inline(always)]
    fn push(&mut self, kind: Kind, start: usize, end: usize, flags: u8) {
        let (key_start, key_length, key_flags) = self.key;
        self.records.push(Record {
            start: start as u32,
            end: end as u32,
            key_start,
            key_length,
            parent: self.parent,
            after: self.records.len() as u32 + 1,
            count: 0,
            kind,
            flags: key_flags | flags,
        });
    }
}

impl Sink for Builder {
    #[inline(always)]
    fn key(&mut self, _text: &str, start: usize, end: usize, escaped: bool) {
        self.key = (start as u32, (end - start) as u32, if escaped { KEY_ESCAPED } else { 0 });
    }

    #[inline(always)]
    fn item(&mut self, index: u32) {
        self.key = (index, NO_KEY, 0);
    }

    #[inline(always)]
    fn scalar(&mut self, kind: Kind, start: usize, end: usize, escaped: bool) {
        self.push(kind, start, end, if escaped { TEXT_ESCAPED } else { 0 });
    }

    #[inline(always)]
    fn open(&mut self, kind: Kind, start: usize) {
        let position = self.records.len() as u32;
        if let Some(parent) = self.records.get_mut(self.parent as usize) {
            parent.flags |= HOLDS_CONTAINER;
        }
        self.push(kind, start, start, 0);
        self.parent = position;
    }

    #[inline(always)]
    fn close(&mut self, end: usize, count: u32) {
        let after = self.records.len() as u32;
        if let Some(record) = self.records.get_mut(self.parent as usize) {
            record.end = end as u32;
            record.after = after;
            record.count = count;
            self.parent = record.parent;
        }
    }

    #[cold]
    fn shadow(&mut self, key_start: u32) {
        // Values stand in document order and each begins after its key.
        let position = self.records.partition_point(|record| record.start <= key_start);
        if let Some(record) = self.records.get_mut(position) {
            record.flags |= SHADOWED;
        }
    }
}
