//! A document as a list of its leaves, each with its path.

use std::borrow::Cow;
use std::fmt::{self, Write};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::style::{PathStyle, Step};
use crate::json::{Document, Kind, Node, Path};

/// The limits of a flat view. They cut the view, never the event: what was received is stored
/// whole whatever a view shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FlattenOptions {
    /// What becomes of arrays: every item its own leaf, by default.
    pub arrays: ArrayMode,
    /// Levels of containers that are opened: 64 by default.
    pub max_depth: usize,
    /// Leaves shown: 10,000 by default.
    pub max_leaves: usize,
    /// Items of one array that are shown: 1,000 by default.
    pub max_items: usize,
    /// Bytes of a key, as written, that is shown whole: 1 KiB by default.
    pub max_key_length: usize,
    /// Bytes of one path, as its keys are written: 4 KiB by default.
    pub max_path_length: usize,
    /// Bytes of all paths together: 1 MiB by default. A small document with long keys around many
    /// leaves would otherwise make paths of a hundred times its size.
    pub max_path_bytes: usize,
}

/// What a flat view makes of arrays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ArrayMode {
    /// Every item has its own path.
    #[default]
    Index,
    /// An array without objects or arrays in it stays one leaf.
    KeepScalars,
    /// Every array stays one leaf.
    Keep,
}

/// The leaves of a document in document order.
///
/// Paths are not joined strings: they are rendered when asked for, in the style asked for.
///
/// ```
/// use hookstage::json::{Document, ReadOptions};
/// use hookstage::payload::{FlatView, FlattenOptions, PathStyle};
///
/// let body = br#"{"a.b": 1, "a": {"b": 2, "c": []}, "items": [{"sku": "x"}]}"#;
/// let document = Document::read(body, &ReadOptions::default())?;
/// let view = FlatView::new(&document, &FlattenOptions::default());
/// let leaves: Vec<String> = view
///     .leaves()
///     .map(|leaf| format!("{} = {}", leaf.path(PathStyle::Bracket), leaf.raw()))
///     .collect();
/// assert_eq!(leaves, [r#"["a.b"] = 1"#, "a.b = 2", "a.c = []", r#"items[0].sku = "x""#]);
/// # Ok::<(), hookstage::json::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct FlatView<'d, 'a> {
    document: &'d Document<'a>,
    leaves: Vec<Entry>,
    total: usize,
    cut: bool,
}

/// One leaf of a [`FlatView`].
#[derive(Clone, Copy, Debug)]
pub struct Leaf<'d, 'a> {
    node: Node<'d, 'a>,
    kind: LeafKind,
}

/// What a leaf is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LeafKind {
    /// A scalar, null, or an empty container.
    Value,
    /// An array that the mode keeps in one piece.
    KeptArray,
    /// A container that is not opened because of a limit.
    Cut(CutReason),
    /// What an array holds beyond the items that are shown. The leaf stands for the array.
    MoreItems,
}

/// The limit that cut a leaf.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CutReason {
    /// [`FlattenOptions::max_depth`]
    Depth,
    /// [`FlattenOptions::max_key_length`]; the path shows the beginning of the key and a hash.
    KeyLength,
    /// [`FlattenOptions::max_path_length`]; the path shows a hash of the key.
    PathLength,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    position: u32,
    kind: LeafKind,
}

impl Default for FlattenOptions {
    fn default() -> Self {
        Self {
            arrays: ArrayMode::default(),
            max_depth: 64,
            max_leaves: 10_000,
            max_items: 1_000,
            max_key_length: 1 << 10,
            max_path_length: 4 << 10,
            max_path_bytes: 1 << 20,
        }
    }
}

impl<'d, 'a> FlatView<'d, 'a> {
    /// Flattens a document.
    #[must_use]
    pub fn new(document: &'d Document<'a>, options: &FlattenOptions) -> Self {
        Walk { document, options, leaves: Vec::new(), total: 0, path_bytes: 0, full: false }.view()
    }

    /// The leaves, in document order.
    pub fn leaves(&self) -> impl ExactSizeIterator<Item = Leaf<'d, 'a>> + '_ {
        self.leaves
            .iter()
            .map(|entry| Leaf { node: self.document.node(entry.position), kind: entry.kind })
    }

    /// How many leaves the view shows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.leaves.len()
    }

    /// Whether the view shows no leaf; only limits of zero do that.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.leaves.is_empty()
    }

    /// How many leaves a view of this document without limits has.
    #[must_use]
    pub fn total_leaves(&self) -> usize {
        self.total
    }

    /// Whether a limit cut the view.
    #[must_use]
    pub fn is_cut(&self) -> bool {
        self.cut
    }

    /// The view as one JSON object, path to value, in document order.
    #[must_use]
    pub fn to_json(&self, style: PathStyle) -> String {
        let mut text = String::from("{");
        for leaf in self.leaves() {
            if text.len() > 1 {
                text.push(',');
            }
            // Writing to a string does not fail.
            let _ = crate::json::write_quoted(&mut text, &leaf.path(style));
            text.push(':');
            leaf.node.write_compact(&mut text);
        }
        text.push('}');
        text
    }
}

impl<'d, 'a> Leaf<'d, 'a> {
    /// The node of the document.
    #[must_use]
    pub fn node(self) -> Node<'d, 'a> {
        self.node
    }

    /// What the leaf is.
    #[must_use]
    pub fn kind(self) -> LeafKind {
        self.kind
    }

    /// The text of the value in the document.
    #[must_use]
    pub fn raw(self) -> &'a str {
        self.node.raw()
    }

    /// The path, written in a style.
    #[must_use]
    pub fn path(self, style: PathStyle) -> String {
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = self.write_path(&mut text, style);
        text
    }

    /// The path as segments.
    #[must_use]
    pub fn segments(self) -> Path {
        self.node.path()
    }

    /// Writes the path in a style.
    ///
    /// # Errors
    ///
    /// When the writer fails.
    pub fn write_path(self, out: &mut impl Write, style: PathStyle) -> fmt::Result {
        let mut way = [self.node; crate::json::MAX_DEPTH + 1];
        let mut depth = 0;
        let mut node = self.node;
        while let (Some(parent), Some(slot)) = (node.parent(), way.get_mut(depth)) {
            *slot = node;
            depth += 1;
            node = parent;
        }
        out.write_str(style.prefix(depth == 0))?;
        for (position, node) in way[..depth].iter().rev().enumerate() {
            let last = position + 1 == depth;
            match (node.index(), node.key()) {
                (Some(index), _) => {
                    style.write_step(out, position == 0, Step::Index(i64::from(index)))?;
                }
                (None, key) => {
                    let key = key.unwrap_or_default();
                    let key = if last { self.shown_key(key) } else { key };
                    style.write_step(out, position == 0, Step::Key(&key))?;
                }
            }
        }
        Ok(())
    }

    /// The value as one line of at most `max_characters` for an inbox column: strings without
    /// quotes, everything else as compact JSON, an ellipsis where it was cut.
    #[must_use]
    pub fn cell(self, max_characters: usize) -> String {
        cell(self.node, max_characters)
    }

    fn shown_key(self, key: Cow<'a, str>) -> Cow<'a, str> {
        let shown = match self.kind {
            LeafKind::Cut(CutReason::KeyLength) => 64,
            LeafKind::Cut(CutReason::PathLength) => 0,
            _ => return key,
        };
        let start: String = key.chars().take(shown).collect();
        let hash = hex::encode(&Sha256::digest(key.as_bytes())[..8]);
        Cow::Owned(format!("{start}…#{hash}"))
    }
}

/// A value as one line of at most `max_characters` for an inbox column; see [`Leaf::cell`].
#[must_use]
pub fn cell(node: Node<'_, '_>, max_characters: usize) -> String {
    let text = match node.text() {
        Some(text) => text,
        // What is far beyond the limit is not compacted first.
        None if node.raw().len() > max_characters.saturating_mul(8) => {
            let raw = node.raw();
            let end = (0..=max_characters.saturating_mul(4).min(raw.len()))
                .rev()
                .find(|at| raw.is_char_boundary(*at))
                .unwrap_or(0);
            Cow::Borrowed(raw.get(..end).unwrap_or_default())
        }
        None => Cow::Owned(node.compact()),
    };
    let mut cell = String::new();
    for (count, character) in text.chars().enumerate() {
        if count == max_characters {
            // The ellipsis takes the place of the last character.
            cell.pop();
            cell.push('…');
            break;
        }
        cell.push(if character.is_control() { ' ' } else { character });
    }
    cell
}

struct Walk<'w, 'd, 'a> {
    document: &'d Document<'a>,
    options: &'w FlattenOptions,
    leaves: Vec<Entry>,
    total: usize,
    path_bytes: usize,
    /// No more leaves fit; the rest is only counted.
    full: bool,
}

/// A container on the way to the node in question.
#[derive(Clone, Copy)]
struct Level {
    after: u32,
    path_length: usize,
}

impl<'d, 'a> Walk<'_, 'd, 'a> {
    fn view(mut self) -> FlatView<'d, 'a> {
        let mut levels: Vec<Level> = Vec::with_capacity(16);
        let end = self.document.root().after();
        let mut next = 0;
        while next < end {
            while levels.last().is_some_and(|level| next >= level.after) {
                levels.pop();
            }
            let node = self.document.node(next);
            next = match self.visit(node, &mut levels) {
                // Items beyond the limit: go on after their array.
                Some(after) => after,
                None => next + 1,
            };
        }
        let cut = self.full
            || self.total > self.leaves.len()
            || self
                .leaves
                .iter()
                .any(|entry| matches!(entry.kind, LeafKind::Cut(_) | LeafKind::MoreItems));
        FlatView { document: self.document, leaves: self.leaves, total: self.total, cut }
    }

    /// Looks at one node; returns where to go on if not at the next one.
    #[inline]
    fn visit(&mut self, node: Node<'d, 'a>, levels: &mut Vec<Level>) -> Option<u32> {
        if node.is_shadowed() {
            return Some(node.after());
        }
        let above = levels.last().map_or(0, |level| level.path_length);
        let step = match node.raw_key() {
            // Quotes and brackets or a dot.
            Some((raw, _)) => raw.len() + 4,
            None => match node.index() {
                Some(index) if index as usize >= self.options.max_items => {
                    return Some(self.more_items(node));
                }
                Some(_) => 8,
                None => 0,
            },
        };
        let path_length = above + step;
        let too_long = if step > self.options.max_key_length.saturating_add(4) {
            Some(CutReason::KeyLength)
        } else if path_length > self.options.max_path_length {
            Some(CutReason::PathLength)
        } else {
            None
        };
        if let Some(reason) = too_long {
            self.total += count_leaves(node, self.options.arrays);
            self.push(node, LeafKind::Cut(reason), above + 96);
            return Some(node.after());
        }
        if node.is_empty() {
            self.total += 1;
            self.push(node, LeafKind::Value, path_length);
            return None;
        }
        if keeps(node, self.options.arrays) {
            self.total += 1;
            self.push(node, LeafKind::KeptArray, path_length);
            return Some(node.after());
        }
        if levels.len() >= self.options.max_depth {
            self.total += count_leaves(node, self.options.arrays);
            self.push(node, LeafKind::Cut(CutReason::Depth), path_length);
            return Some(node.after());
        }
        levels.push(Level { after: node.after(), path_length });
        None
    }

    /// The first item beyond the limit: one leaf for all that are left.
    fn more_items(&mut self, item: Node<'d, 'a>) -> u32 {
        let Some(array) = item.parent() else { return item.after() };
        let mut rest = item.position();
        while rest < array.after() {
            let node = self.document.node(rest);
            self.total += count_leaves(node, self.options.arrays);
            rest = node.after();
        }
        self.push(array, LeafKind::MoreItems, 0);
        array.after()
    }

    #[inline]
    fn push(&mut self, node: Node<'d, 'a>, kind: LeafKind, path_length: usize) {
        self.path_bytes = self.path_bytes.saturating_add(path_length);
        self.full |= self.leaves.len() >= self.options.max_leaves
            || self.path_bytes > self.options.max_path_bytes;
        if !self.full {
            self.leaves.push(Entry { position: node.position(), kind });
        }
    }
}

fn keeps(node: Node<'_, '_>, arrays: ArrayMode) -> bool {
    node.kind() == Kind::Array
        && match arrays {
            ArrayMode::Index => false,
            ArrayMode::KeepScalars => !node.holds_container(),
            ArrayMode::Keep => true,
        }
}

/// How many leaves a node has below it, itself included if it is one.
fn count_leaves(node: Node<'_, '_>, arrays: ArrayMode) -> usize {
    if arrays == ArrayMode::Index {
        return node.descendants().filter(|node| node.is_empty()).count();
    }
    let mut count = 0;
    let mut skip_until = 0;
    for node in node.descendants() {
        if node.position() < skip_until {
            continue;
        }
        if keeps(node, arrays) && !node.is_empty() {
            count += 1;
            skip_until = node.after();
        } else if node.is_empty() {
            count += 1;
        }
    }
    count
}
