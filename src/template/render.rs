//! What a template becomes for one event.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::{Piece, Reference, Root, Template, literal};
use crate::json::{Absence, Found, Kind, Node, Path, Scalar, quoted};

/// What a missing or null value is in text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MissingText {
    /// Nothing.
    #[default]
    Empty,
    /// The word `null`.
    Null,
}

/// What references are looked up in.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'s, 'a> {
    event: Node<'s, 'a>,
    item: Option<Node<'s, 'a>>,
    missing: MissingText,
}

impl<'s, 'a> Scope<'s, 'a> {
    /// The payload of an event.
    #[must_use]
    pub const fn event(event: Node<'s, 'a>) -> Self {
        Self { event, item: None, missing: MissingText::Empty }
    }

    /// With an item that is iterated over.
    #[must_use]
    pub const fn with_item(self, item: Node<'s, 'a>) -> Self {
        Self { item: Some(item), ..self }
    }

    /// With what a missing value is in text.
    #[must_use]
    pub const fn with_missing(self, missing: MissingText) -> Self {
        Self { missing, ..self }
    }

    fn find(&self, reference: &Reference) -> Result<Node<'s, 'a>, Absence> {
        self.root(&reference.root).ok_or(Absence::NotThere)?.walk(reference.path.segments())
    }

    /// What stands there, if it is not null.
    fn value(&self, reference: &Reference) -> Option<Node<'s, 'a>> {
        self.find(reference).ok().filter(|node| node.kind() != Kind::Null)
    }

    const fn root(&self, root: &Root) -> Option<Node<'s, 'a>> {
        match root {
            Root::Event => Some(self.event),
            Root::Item => self.item,
            Root::Step(_) => None,
        }
    }
}

/// What a template became.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rendered {
    /// The id that an earlier step will have; known only while the plan runs.
    IdOf(String),
    /// A JSON value, as its text: numbers keep their digits.
    Json(String),
    /// Text with ids of earlier steps in it.
    Text(Vec<TextPiece>),
}

/// A piece of text that waits for ids.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TextPiece {
    /// The id that an earlier step will have.
    IdOf(String),
    /// Known text.
    Text(String),
}

/// What became of one reference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Trace {
    /// The reference, as it displays.
    pub reference: String,
    /// Whether something stood there.
    pub found: Resolution,
}

/// Whether something stood where a reference points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Resolution {
    /// A value.
    Found,
    /// The id of an earlier step, known while the plan runs.
    Later,
    /// Nothing.
    Missing,
    /// JSON's `null`.
    Null,
    /// Nothing, because something on the way is neither object nor array.
    WrongType,
}

impl Template {
    /// What it becomes for one event.
    ///
    /// # Errors
    ///
    /// A reference that is required stands for nothing.
    pub fn render(&self, scope: &Scope<'_, '_>) -> Result<Rendered, RenderError> {
        match self.pieces.as_slice() {
            [Piece::Reference(reference)] if !reference.as_text => alone(reference, scope),
            pieces => text_of(pieces, scope),
        }
    }

    /// What becomes of each reference, for people who review a plan.
    #[must_use]
    pub fn trace(&self, scope: &Scope<'_, '_>) -> Vec<Trace> {
        self.references()
            .map(|reference| Trace {
                reference: reference.to_string(),
                found: match (&reference.root, scope.find(reference)) {
                    (Root::Step(_), _) => Resolution::Later,
                    (_, Err(Absence::WrongParent)) => Resolution::WrongType,
                    (_, Err(Absence::NotThere)) => Resolution::Missing,
                    (_, Ok(node)) if node.kind() == Kind::Null => Resolution::Null,
                    (_, Ok(_)) => Resolution::Found,
                },
            })
            .collect()
    }
}

impl Reference {
    /// What stands in for a value that is missing or null.
    fn stand_in(&self) -> Result<Option<&str>, RenderError> {
        match &self.default {
            None if self.required => Err(RenderError { reference: self.to_string() }),
            default => Ok(default.as_deref()),
        }
    }
}

fn alone(reference: &Reference, scope: &Scope<'_, '_>) -> Result<Rendered, RenderError> {
    if let Root::Step(name) = &reference.root {
        return Ok(Rendered::IdOf(name.clone()));
    }
    Ok(Rendered::Json(match scope.value(reference) {
        Some(node) => match node.text() {
            Some(text) => quoted(&text),
            None => node.unambiguous().into_owned(),
        },
        None => reference.stand_in()?.unwrap_or("null").to_owned(),
    }))
}

fn text_of(pieces: &[Piece], scope: &Scope<'_, '_>) -> Result<Rendered, RenderError> {
    let mut known = String::new();
    let mut waiting = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Text(text) => known.push_str(text),
            Piece::Reference(reference) => match &reference.root {
                Root::Step(name) => {
                    waiting.push(TextPiece::Text(std::mem::take(&mut known)));
                    waiting.push(TextPiece::IdOf(name.clone()));
                }
                Root::Event | Root::Item => known.push_str(&text_value(reference, scope)?),
            },
        }
    }
    if waiting.is_empty() {
        return Ok(Rendered::Json(quoted(&known)));
    }
    waiting.push(TextPiece::Text(known));
    waiting.retain(|piece| !matches!(piece, TextPiece::Text(text) if text.is_empty()));
    Ok(Rendered::Text(waiting))
}

fn text_value<'a>(
    reference: &Reference,
    scope: &Scope<'_, 'a>,
) -> Result<Cow<'a, str>, RenderError> {
    if let Some(node) = scope.value(reference) {
        return Ok(match (node.text(), node.kind()) {
            (Some(text), _) => text,
            (None, Kind::Array | Kind::Object) => Cow::Owned(node.compact()),
            (None, _) => Cow::Borrowed(node.raw()),
        });
    }
    Ok(match reference.stand_in()? {
        Some(default) => Cow::Owned(unquoted(default)),
        None => Cow::Borrowed(match scope.missing {
            MissingText::Empty => "",
            MissingText::Null => "null",
        }),
    })
}

/// What a default is in text: a string without its quotes, anything else as it is written.
fn unquoted(json: &str) -> String {
    match literal(json).map(|document| document.get(&Path::default())) {
        Some(Found::Value(Scalar::String(text))) => text.into_owned(),
        _ => json.to_owned(),
    }
}

/// A required value that is missing or null.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reference} is required and stands for nothing")]
#[non_exhaustive]
pub struct RenderError {
    /// The reference.
    pub reference: String,
}
