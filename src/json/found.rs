//! What stands at a path: missing, null, a value, or a container.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// What a path leads to. The four results are never mixed up: an absent key, a `null`, a scalar
/// and a container each mean something else to a dedupe key or an identifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found<'a> {
    /// Nothing stands there.
    Missing(Absence),
    /// A JSON `null` stands there.
    Null,
    /// A scalar stands there.
    Value(Scalar<'a>),
    /// An object or array stands there: the wrong type for a role that needs one value.
    Container(Container<'a>),
}

/// Why nothing stands at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Absence {
    /// The parent has no such member or item, or a parent is missing or null.
    NotThere,
    /// A parent is of the wrong type: a scalar, an array asked for a key, or an object asked for
    /// an index. Often a sign that the sender's format has changed.
    WrongParent,
}

/// A JSON value that is neither null nor a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scalar<'a> {
    /// `true` or `false`.
    Bool(bool),
    /// A number, exactly as it was written. Compare it with [`Decimal`](super::Decimal).
    Number(&'a str),
    /// A string with its escapes decoded; borrowed when it had none.
    String(Cow<'a, str>),
}

/// An object or array, as its own bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Container<'a> {
    /// [`Kind::Object`] or [`Kind::Array`].
    pub kind: Kind,
    /// How many members or items it holds (members left out as duplicates are not counted).
    pub len: usize,
    /// Its text in the document, from brace to brace.
    pub raw: &'a str,
}

/// The JSON type of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// `null`
    Null,
    /// `true` or `false`
    Bool,
    /// a number
    Number,
    /// a string
    String,
    /// an array
    Array,
    /// an object
    Object,
}

impl<'a> Found<'a> {
    /// The scalar that stands there, if one does.
    #[must_use]
    pub fn scalar(&self) -> Option<&Scalar<'a>> {
        match self {
            Self::Value(scalar) => Some(scalar),
            _ => None,
        }
    }

    /// The type of what stands there; `None` if nothing does.
    #[must_use]
    pub fn kind(&self) -> Option<Kind> {
        Some(match self {
            Self::Missing(_) => return None,
            Self::Null => Kind::Null,
            Self::Value(scalar) => scalar.kind(),
            Self::Container(container) => container.kind,
        })
    }

    /// Whether nothing stands there.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Missing(_))
    }
}

impl Scalar<'_> {
    /// The type of the scalar.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::Bool(_) => Kind::Bool,
            Self::Number(_) => Kind::Number,
            Self::String(_) => Kind::String,
        }
    }
}

impl Kind {
    /// The name JSON Schema gives the type.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool => "boolean",
            Self::Number => "number",
            Self::String => "string",
            Self::Array => "array",
            Self::Object => "object",
        }
    }
}
