//! References to values of an event, and text with such references in it.
//!
//! Two ways of writing, one evaluator: a value that is nothing but a reference keeps its JSON type
//! and its digits; everything else is text. What is inserted is data and is never read again.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::json::{Absence, Document, Found, Node, Path, PathError, ReadOptions, Scalar};

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

    fn find(&self, reference: &Reference) -> Found<'a> {
        self.root(&reference.root)
            .map_or(Found::Missing(Absence::NotThere), |root| root.get(&reference.path))
    }

    fn node(&self, reference: &Reference) -> Option<Node<'s, 'a>> {
        self.root(&reference.root)?.walk(reference.path.segments()).ok()
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
                    (_, Found::Missing(Absence::WrongParent)) => Resolution::WrongType,
                    (_, Found::Missing(_)) => Resolution::Missing,
                    (_, Found::Null) => Resolution::Null,
                    (_, Found::Value(_) | Found::Container(_)) => Resolution::Found,
                },
            })
            .collect()
    }
}

fn alone(reference: &Reference, scope: &Scope<'_, '_>) -> Result<Rendered, RenderError> {
    if let Root::Step(name) = &reference.root {
        return Ok(Rendered::IdOf(name.clone()));
    }
    let json = match scope.find(reference) {
        Found::Value(Scalar::Number(lexeme)) => lexeme.to_owned(),
        Found::Value(Scalar::Bool(value)) => value.to_string(),
        Found::Value(Scalar::String(text)) => quoted(&text),
        Found::Container(container) => container.raw.to_owned(),
        Found::Missing(_) | Found::Null => match (&reference.default, reference.required) {
            (Some(default), _) => default.clone(),
            (None, true) => return Err(RenderError { reference: reference.to_string() }),
            (None, false) => "null".to_owned(),
        },
    };
    Ok(Rendered::Json(json))
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
    Ok(match scope.find(reference) {
        Found::Value(Scalar::String(text)) => text,
        Found::Value(Scalar::Number(lexeme)) => Cow::Borrowed(lexeme),
        Found::Value(Scalar::Bool(value)) => Cow::Borrowed(if value { "true" } else { "false" }),
        Found::Container(container) => match scope.node(reference) {
            Some(node) => Cow::Owned(node.compact()),
            None => Cow::Borrowed(container.raw),
        },
        Found::Missing(_) | Found::Null => match (&reference.default, reference.required) {
            (Some(default), _) => Cow::Owned(unquoted(default)),
            (None, true) => return Err(RenderError { reference: reference.to_string() }),
            (None, false) => match scope.missing {
                MissingText::Empty => Cow::Borrowed(""),
                MissingText::Null => Cow::Borrowed("null"),
            },
        },
    })
}

pub(crate) fn quoted(text: &str) -> String {
    let mut json = String::with_capacity(text.len() + 2);
    json.push('"');
    for character in text.chars() {
        match character {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            '\n' => json.push_str("\\n"),
            '\r' => json.push_str("\\r"),
            '\t' => json.push_str("\\t"),
            control if u32::from(control) < 0x20 => {
                json.push_str(&format!("\\u{:04x}", u32::from(control)));
            }
            other => json.push(other),
        }
    }
    json.push('"');
    json
}

/// What a default is in text: a string without its quotes, anything else as it is written.
fn unquoted(json: &str) -> String {
    match literal(json).map(|document| document.get(&Path::default())) {
        Some(Found::Value(Scalar::String(text))) => text.into_owned(),
        _ => json.to_owned(),
    }
}

fn literal(json: &str) -> Option<Document<'_>> {
    Document::read(json.as_bytes(), &ReadOptions::default()).ok()
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Parser<'t> {
    fn template(&mut self) -> Result<Vec<Piece>, TemplateFault> {
        if let Some(reference) = self.bare_reference()? {
            return Ok(vec![Piece::Reference(reference)]);
        }
        let mut pieces = Vec::new();
        let mut text = String::new();
        // Only what stands first could be taken for a reference.
        if self.text.starts_with("\\$") {
            self.at = 1;
        }
        while let Some(rest) = self.text.get(self.at..).filter(|rest| !rest.is_empty()) {
            if let Some(after) = rest.strip_prefix("{{{{") {
                text.push_str("{{");
                self.at = self.text.len() - after.len();
            } else if rest.starts_with("{{") {
                if !text.is_empty() {
                    pieces.push(Piece::Text(std::mem::take(&mut text)));
                }
                pieces.push(Piece::Reference(self.braced(rest)?));
            } else {
                let end = rest.find("{{").unwrap_or(rest.len());
                text.push_str(&rest[..end]);
                self.at += end;
            }
        }
        if !text.is_empty() || pieces.is_empty() {
            pieces.push(Piece::Text(text));
        }
        Ok(pieces)
    }

    /// `$root.path` as the whole text. Text such as `$5` or `$foo` names no root and is text.
    fn bare_reference(&mut self) -> Result<Option<Reference>, TemplateFault> {
        let Some(expression) = self.text.strip_prefix('$') else { return Ok(None) };
        let name_end = expression
            .find(|character: char| !is_name_character(character))
            .unwrap_or(expression.len());
        let follows = expression.as_bytes().get(name_end);
        let is_name = expression.starts_with(|first: char| first.is_ascii_alphabetic());
        if !is_name || !matches!(follows, Some(b'.' | b'[')) {
            return Ok(None);
        }
        // A sentence may begin like a reference; a reference holds no unquoted white space.
        self.at = 1;
        self.expression(expression).map(Some)
    }

    fn braced(&mut self, rest: &'t str) -> Result<Reference, TemplateFault> {
        let inner_start = self.at + 2;
        let Some(end) = closing(&rest[2..]) else { return Err(TemplateFault::Unclosed) };
        let inner = &rest[2..2 + end];
        let (expression, options) = split_options(inner);
        let trimmed = expression.trim();
        let leading = expression.len() - expression.trim_start().len();
        self.at = inner_start + leading;
        if trimmed.is_empty() {
            return Err(TemplateFault::Empty);
        }
        let mut reference = self.expression(trimmed.strip_prefix('$').unwrap_or(trimmed))?;
        self.at = inner_start + expression.len();
        self.options(&mut reference, options)?;
        self.at = inner_start + end + 2;
        Ok(reference)
    }

    fn expression(&mut self, expression: &str) -> Result<Reference, TemplateFault> {
        let start = self.at;
        let name_end = expression
            .find(|character: char| !is_name_character(character))
            .unwrap_or(expression.len());
        let (name, path) = expression.split_at(name_end);
        if name.is_empty() {
            return Err(TemplateFault::NoRoot);
        }
        self.at = start + name_end;
        let root = match name {
            "event" | "webhook" => Root::Event,
            "item" => Root::Item,
            step => Root::Step(step.to_owned()),
        };
        if let Root::Step(_) = root {
            if path != ".id" {
                return Err(TemplateFault::OnlyIds);
            }
            return Ok(Reference::new(root, Path::default()));
        }
        let dollar = usize::from(path.starts_with('.'));
        if path == "." {
            self.at += 1;
            return Err(TemplateFault::NoPath);
        }
        if path.is_empty() {
            return Ok(Reference::new(root, Path::default()));
        }
        let path = path.get(dollar..).unwrap_or_default();
        let path = Path::parse(path).map_err(|error| {
            self.at += dollar + error.column.saturating_sub(1);
            TemplateFault::Path(error)
        })?;
        Ok(Reference::new(root, path))
    }

    fn options(&self, reference: &mut Reference, options: &str) -> Result<(), TemplateFault> {
        let mut rest = options.trim();
        while !rest.is_empty() {
            if let Some(after) = rest.strip_prefix("??") {
                let (value, tail) = split_pipe(after);
                let value = value.trim();
                if literal(value).is_none() || reference.default.is_some() {
                    return Err(TemplateFault::Default);
                }
                reference.default = Some(value.to_owned());
                rest = tail.trim();
            } else if let Some(after) = rest.strip_prefix('|') {
                let (word, tail) = split_pipe(after);
                match word.trim() {
                    "required" => reference.required = true,
                    "text" => reference.as_text = true,
                    _ => return Err(TemplateFault::Option),
                }
                rest = tail.trim();
            } else {
                return Err(TemplateFault::Option);
            }
        }
        Ok(())
    }
}

impl Reference {
    const fn new(root: Root, path: Path) -> Self {
        Self { root, path, default: None, required: false, as_text: false }
    }
}

const fn is_name_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '_' | '-')
}

/// Where the braces close, quoted keys and defaults not counted.
fn closing(text: &str) -> Option<usize> {
    outside_quotes(text, |rest| rest.starts_with("}}"))
}

/// The reference, and what follows it.
fn split_options(inner: &str) -> (&str, &str) {
    let at = outside_quotes(inner, |rest| rest.starts_with("??") || rest.starts_with('|'));
    inner.split_at(at.unwrap_or(inner.len()))
}

/// Up to the next `|`, and from there.
fn split_pipe(text: &str) -> (&str, &str) {
    let at = outside_quotes(text, |rest| rest.starts_with('|'));
    text.split_at(at.unwrap_or(text.len()))
}

fn outside_quotes(text: &str, ends: impl Fn(&str) -> bool) -> Option<usize> {
    let mut quote = None;
    let mut escaped = false;
    for (at, character) in text.char_indices() {
        match quote {
            Some(open) => {
                if !escaped && character == open {
                    quote = None;
                }
                escaped = !escaped && character == '\\';
            }
            None if ends(&text[at..]) => return Some(at),
            None if matches!(character, '"' | '\'') => quote = Some(character),
            None => {}
        }
    }
    None
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

/// A required value that is missing or null.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reference} is required and stands for nothing")]
#[non_exhaustive]
pub struct RenderError {
    /// The reference.
    pub reference: String,
}
