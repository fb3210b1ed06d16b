//! The inverse of a flat view.

use std::collections::BTreeMap;

use crate::json::{Document, Error, MAX_DEPTH, Path, ReadOptions, Segment, write_quoted};

/// Items that one array can have when it is put together from leaves.
const MAX_INDEX: i64 = 1_000_000;

/// Puts a document together from leaves: paths and the JSON text of their values.
///
/// Members come in the order of their first leaf and numbers keep their text, so that
/// `unflatten(flatten(x))` is `x` without its insignificant whitespace.
///
/// ```
/// use hookstage::json::Path;
/// use hookstage::payload::unflatten;
///
/// let (sku, amount) = (Path::parse("items[0].sku")?, Path::parse("items[0].amount")?);
/// let text = unflatten([(&sku, "\"x\""), (&amount, "1.50")])?;
/// assert_eq!(text, r#"{"items":[{"sku":"x","amount":1.50}]}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// When two leaves contradict each other, when an array has holes or more than a million items,
/// or when a value is not JSON.
pub fn unflatten<'p>(
    leaves: impl IntoIterator<Item = (&'p Path, &'p str)>,
) -> Result<String, UnflattenError> {
    let mut builder = Builder { nodes: vec![Node::Unset], children: BTreeMap::new() };
    for (number, (path, raw)) in leaves.into_iter().enumerate() {
        builder.add(number, path, raw)?;
    }
    let mut text = String::new();
    builder.write(&mut text, 0)?;
    Ok(text)
}

/// Why leaves cannot be put together.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UnflattenError {
    /// There is no leaf.
    #[error("there are no leaves to put together")]
    Empty,
    /// Two leaves cannot both be right: one stands where the other needs a container of another
    /// kind, or both say what stands at the same place.
    #[error("leaf {number} at {path} contradicts one before it: {problem}")]
    Conflict {
        /// Which leaf, counted from 0.
        number: usize,
        /// Its path.
        path: Path,
        /// What stands in its way.
        problem: Conflict,
    },
    /// A number that could be a key or an index.
    #[error("leaf {number}: a number between dots does not say whether it is a key or an index")]
    Ambiguous {
        /// Which leaf, counted from 0.
        number: usize,
    },
    /// An index from the end, or beyond a million.
    #[error("leaf {number}: an index must lie between 0 and 1000000")]
    Index {
        /// Which leaf, counted from 0.
        number: usize,
    },
    /// A path of more steps than a document can have levels.
    #[error("leaf {number}: a path has at most {} steps", crate::json::MAX_DEPTH)]
    TooDeep {
        /// Which leaf, counted from 0.
        number: usize,
    },
    /// An array whose indices do not run from 0 without a hole.
    #[error("an array lacks the item at index {index}")]
    Hole {
        /// The first index without a leaf.
        index: usize,
    },
    /// A value is not JSON.
    #[error("leaf {number}: the value is not JSON: {error}")]
    Value {
        /// Which leaf, counted from 0.
        number: usize,
        /// What is wrong with it.
        error: Error,
    },
}

/// What stands in the way of a leaf.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Conflict {
    /// A value already stands at this path, which would have to be a container or free.
    ValueAt(Path),
    /// The path leads to an object that is asked for an index, or the reverse.
    OtherContainerAt(Path),
    /// A container already stands where the value should.
    ContainerAt(Path),
}

impl std::fmt::Display for Conflict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::ValueAt(path) => write!(f, "a value stands at {path}"),
            Self::OtherContainerAt(path) => {
                write!(f, "{path} is an array for one and an object for the other")
            }
            Self::ContainerAt(path) => write!(f, "a container stands at {path}"),
        }
    }
}

enum Node<'p> {
    Unset,
    Value(&'p str),
    /// Keys in the order of their first leaf.
    Object(Vec<(&'p str, usize)>),
    Array,
}

#[derive(PartialEq, Eq, PartialOrd, Ord, Clone, Copy)]
enum Name<'p> {
    Key(&'p str),
    Index(i64),
}

struct Builder<'p> {
    nodes: Vec<Node<'p>>,
    children: BTreeMap<(usize, Name<'p>), usize>,
}

impl<'p> Builder<'p> {
    fn add(&mut self, number: usize, path: &'p Path, raw: &'p str) -> Result<(), UnflattenError> {
        let options = ReadOptions { max_number_length: usize::MAX, ..ReadOptions::default() };
        Document::read(raw.as_bytes(), &options)
            .map_err(|error| UnflattenError::Value { number, error })?;
        if path.segments().len() > MAX_DEPTH {
            return Err(UnflattenError::TooDeep { number });
        }
        let conflict = |depth: usize, problem: fn(Path) -> Conflict| {
            let way = path.segments().get(..depth).unwrap_or_default().to_vec();
            let problem = problem(Path::from_segments(way));
            UnflattenError::Conflict { number, path: path.clone(), problem }
        };
        let mut at = 0;
        for (depth, segment) in path.segments().iter().enumerate() {
            let name = match segment {
                Segment::Key(key) => Name::Key(key),
                Segment::Index(index) if (0..=MAX_INDEX).contains(index) => Name::Index(*index),
                Segment::Index(_) => return Err(UnflattenError::Index { number }),
                Segment::KeyOrIndex(_) => return Err(UnflattenError::Ambiguous { number }),
            };
            match (&mut self.nodes[at], name) {
                (node @ Node::Unset, Name::Key(_)) => *node = Node::Object(Vec::new()),
                (node @ Node::Unset, Name::Index(_)) => *node = Node::Array,
                (Node::Object(_), Name::Key(_)) | (Node::Array, Name::Index(_)) => {}
                (Node::Value(_), _) => return Err(conflict(depth, Conflict::ValueAt)),
                _ => return Err(conflict(depth, Conflict::OtherContainerAt)),
            }
            at = match self.children.get(&(at, name)) {
                Some(child) => *child,
                None => {
                    let child = self.nodes.len();
                    self.nodes.push(Node::Unset);
                    self.children.insert((at, name), child);
                    if let (Node::Object(members), Name::Key(key)) = (&mut self.nodes[at], name) {
                        members.push((key, child));
                    }
                    child
                }
            };
        }
        let depth = path.segments().len();
        match &mut self.nodes[at] {
            node @ Node::Unset => *node = Node::Value(raw.trim()),
            Node::Value(_) => return Err(conflict(depth, Conflict::ValueAt)),
            _ => return Err(conflict(depth, Conflict::ContainerAt)),
        }
        Ok(())
    }

    /// Recursion is bounded by the length of a path: 127 steps.
    fn write(&self, text: &mut String, at: usize) -> Result<(), UnflattenError> {
        match &self.nodes[at] {
            Node::Unset => return Err(UnflattenError::Empty),
            Node::Value(raw) => text.push_str(raw),
            Node::Object(members) => {
                for (position, (key, child)) in members.iter().enumerate() {
                    text.push(if position == 0 { '{' } else { ',' });
                    // Writing to a string does not fail.
                    let _ = write_quoted(text, key);
                    text.push(':');
                    self.write(text, *child)?;
                }
                text.push('}');
            }
            Node::Array => {
                let items = self.children.range((at, Name::Index(0))..=(at, Name::Index(i64::MAX)));
                for (position, ((_, name), child)) in items.enumerate() {
                    if *name != Name::Index(position as i64) {
                        return Err(UnflattenError::Hole { index: position });
                    }
                    text.push(if position == 0 { '[' } else { ',' });
                    self.write(text, *child)?;
                }
                text.push(']');
            }
        }
        Ok(())
    }
}
