//! References to values of an event, and text with such references in it.
//!
//! Two ways of writing, one evaluator: a value that is nothing but a reference keeps its JSON type
//! and its digits; everything else is text. What is inserted is data and is never read again.

mod parse;
mod render;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use self::render::{MissingText, RenderError, Rendered, Resolution, Scope, TextPiece, Trace};
use crate::json::{Document, Path, PathError, ReadOptions};
use parse::Parser;

/// The longest text of a template, in bytes.
const MAX_LENGTH: usize = 64 * 1024;

/// The most references of one template: each is a walk through the document.
const MAX_REFERENCES: usize = 256;

/// A value of a workflow: a reference, text with references in it, or fixed text.
///
/// | written | means |
/// |---|---|
/// | `$event.customer.email` | the value at that path of the event, with its JSON type |
/// | `$item.sku` | the value at that path of the item that is iterated over |
/// | `$company.id` | the id of what an earlier step stored as `company` |
/// | `{{webhook.a}}`, `{{event.a}}` | `$event.a`; also within text |
/// | `{{item.a}}`, `{{company.id}}` | the same for the other two |
/// | `{{event.a ?? "none"}}` | a default, in JSON, for a value that is missing or null |
/// | `{{event.a \| required}}` | an error if the value is missing or null |
/// | `{{event.a \| text}}` | the value as text, even alone |
/// | `order {{event.id}}` | text |
/// | `{{{{`, `\$event.a` | the characters `{{` and `$event.a` themselves |
///
/// White space inside the braces does not count; white space outside makes the whole thing text. A
/// missing value is JSON's `null` when it stands alone, and nothing or the word `null` in text, as
/// [`MissingText`] says.
///
/// ```
/// use hookstage::json::{Document, ReadOptions};
/// use hookstage::template::{MissingText, Rendered, Scope, Template};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let body = br#"{"id": 9007199254740993, "customer": {"email": "ada@acme.com"}}"#;
/// let document = Document::read(body, &ReadOptions::default())?;
/// let scope = Scope::event(document.root());
///
/// let alone = Template::parse("$event.id")?;
/// assert_eq!(alone.render(&scope)?, Rendered::Json("9007199254740993".to_owned()));
/// let text = Template::parse("{{event.customer.email}} ordered {{event.id}}")?;
/// assert_eq!(
///     text.render(&scope)?,
///     Rendered::Json(r#""ada@acme.com ordered 9007199254740993""#.to_owned()),
/// );
/// assert_eq!(Template::parse("$event.").unwrap_err().column, 8);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Template {
    text: String,
    pieces: Vec<Piece>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Reference(Reference),
}

/// One reference of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reference {
    /// Where it begins.
    pub root: Root,
    /// What follows; empty for the id of a step.
    pub path: Path,
    /// What stands in for a value that is missing or null, as JSON.
    pub(crate) default: Option<String>,
    required: bool,
    as_text: bool,
}

/// Where a reference begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Root {
    /// At the event's payload.
    Event,
    /// At the item that is iterated over.
    Item,
    /// At the id of what an earlier step created.
    Step(String),
}

impl Template {
    /// Compiles a template.
    ///
    /// # Errors
    ///
    /// With the column: a reference that is not closed, has no path, names no root, or could match
    /// several values.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        if text.len() > MAX_LENGTH {
            return Err(TemplateError { fault: TemplateFault::TooLong, column: 1 });
        }
        let mut parser = Parser { text, at: 0 };
        let pieces = parser.template().map_err(|fault| TemplateError {
            fault,
            column: text.get(..parser.at).unwrap_or(text).chars().count() + 1,
        })?;
        let references = pieces.iter().filter(|piece| matches!(piece, Piece::Reference(_))).count();
        if references > MAX_REFERENCES {
            return Err(TemplateError { fault: TemplateFault::TooManyReferences, column: 1 });
        }
        Ok(Self { text: text.to_owned(), pieces })
    }

    /// The references, in order.
    pub fn references(&self) -> impl Iterator<Item = &Reference> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Reference(reference) => Some(reference),
            Piece::Text(_) => None,
        })
    }
}

impl Reference {
    const fn new(root: Root, path: Path) -> Self {
        Self { root, path, default: None, required: false, as_text: false }
    }
}

/// A default as the JSON document that it is.
fn literal(json: &str) -> Option<Document<'_>> {
    Document::read(json.as_bytes(), &ReadOptions::default()).ok()
}

impl TryFrom<String> for Template {
    type Error = TemplateError;

    fn try_from(text: String) -> Result<Self, TemplateError> {
        Self::parse(&text)
    }
}

impl From<Template> for String {
    fn from(template: Template) -> Self {
        template.text
    }
}

/// The text it was compiled from.
impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match &self.root {
            Root::Event => "event",
            Root::Item => "item",
            Root::Step(name) => return write!(f, "${name}.id"),
        };
        let path = self.path.to_string();
        match path.as_str() {
            "$" => write!(f, "${name}"),
            path if path.starts_with('[') => write!(f, "${name}{path}"),
            path => write!(f, "${name}.{path}"),
        }
    }
}

/// Why a text is no template, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{fault} (column {column})")]
#[non_exhaustive]
pub struct TemplateError {
    /// What is wrong.
    pub fault: TemplateFault,
    /// The column in characters, counted from 1.
    pub column: usize,
}

/// What is wrong with the text of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TemplateFault {
    /// What follows `??` is no JSON value, or a second default.
    #[error("a default is one JSON value, such as \"none\" or 0")]
    Default,
    /// Braces with nothing between them.
    #[error("a reference is missing between the braces")]
    Empty,
    /// A root and a dot without a path.
    #[error("a path is missing after the dot")]
    NoPath,
    /// Something that names no root.
    #[error("a reference begins with event, webhook, item or the name of an earlier step")]
    NoRoot,
    /// A step gives nothing but its id.
    #[error("an earlier step has an id and nothing else: write its name and .id")]
    OnlyIds,
    /// What follows `|` is neither `required` nor `text`.
    #[error("after | stands required or text")]
    Option,
    /// The path is no singular path.
    #[error("{}", .0.kind)]
    Path(PathError),
    /// More than 64 KiB.
    #[error("the template is longer than 64 KiB")]
    TooLong,
    /// More than 256 references.
    #[error("the template has more than 256 references")]
    TooManyReferences,
    /// Braces that do not close.
    #[error("the braces are not closed; write {{{{{{{{ for the characters themselves")]
    Unclosed,
}
