//! From the text of a template to its pieces.

use super::{Piece, Reference, Root, TemplateFault, literal};
use crate::json::Path;

/// Reads one text; after a fault, `at` is where it stands.
pub(super) struct Parser<'t> {
    pub(super) text: &'t str,
    pub(super) at: usize,
}

impl<'t> Parser<'t> {
    pub(super) fn template(&mut self) -> Result<Vec<Piece>, TemplateFault> {
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
