//! Four ways to write a path, each with its inverse.

use std::fmt::{self, Write};

use serde::{Deserialize, Serialize};

use crate::json::{Path, PathError, PathErrorKind, Segment, is_bare, write_quoted};

/// How the path of a leaf is written.
///
/// | style | example | what it cannot tell |
/// |---|---|---|
/// | [`Bracket`](Self::Bracket) | `items[0].sku`, `["a.b"].c`, `a["0"]` | - |
/// | [`Dot`](Self::Dot) | `items.0.sku`, `a\.b.c`, `a.\0` | - |
/// | [`Pointer`](Self::Pointer) | `/items/0/sku` (RFC 6901) | an index from a numeric key, without the document |
/// | [`JsonPath`](Self::JsonPath) | `$['items'][0]['sku']` (RFC 9535, section 2.7) | - |
///
/// ```
/// use hookstage::json::Path;
/// use hookstage::payload::PathStyle;
///
/// let path = Path::parse(r#"items[0]["a.b"]"#)?;
/// assert_eq!(PathStyle::Dot.print(&path).as_deref(), Some(r"items.0.a\.b"));
/// assert_eq!(PathStyle::Pointer.print(&path).as_deref(), Some("/items/0/a.b"));
/// assert_eq!(PathStyle::JsonPath.print(&path).as_deref(), Some("$['items'][0]['a.b']"));
/// assert_eq!(PathStyle::Dot.parse(r"items.0.a\.b")?, path);
/// # Ok::<(), hookstage::json::PathError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PathStyle {
    /// The text of [`Path`]: bare keys with dots, everything else in brackets.
    #[default]
    Bracket,
    /// Everything with dots. A backslash stands before a dot or backslash of a key, and before a
    /// key that would read as an index or as the root.
    Dot,
    /// JSON Pointer. A number is read back as [`Segment::KeyOrIndex`].
    Pointer,
    /// The normalized path of JSONPath.
    JsonPath,
}

/// One step of a path, borrowed.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step<'s> {
    Key(&'s str),
    Index(i64),
}

impl PathStyle {
    /// Writes a path. `None` if the style cannot say it: an index from the end has no JSON
    /// Pointer, and a [`Segment::KeyOrIndex`] only has a text in brackets style and as a pointer.
    #[must_use]
    pub fn print(self, path: &Path) -> Option<String> {
        if self == Self::Bracket {
            return Some(path.to_string());
        }
        let mut text = String::from(self.prefix(path.segments().is_empty()));
        for (position, segment) in path.segments().iter().enumerate() {
            let number;
            let step = match segment {
                Segment::Key(key) => Step::Key(key),
                Segment::Index(index) if *index < 0 && self == Self::Pointer => return None,
                Segment::Index(index) => Step::Index(*index),
                Segment::KeyOrIndex(index) if self == Self::Pointer => {
                    number = i64::from(*index);
                    Step::Index(number)
                }
                Segment::KeyOrIndex(_) => return None,
            };
            self.write_step(&mut text, position == 0, step).ok()?;
        }
        Some(text)
    }

    /// Reads what [`print`](Self::print) writes. `Bracket` and `JsonPath` both read everything
    /// that [`Path::parse`] reads.
    ///
    /// # Errors
    ///
    /// With the column, when the text is no path of this style.
    pub fn parse(self, text: &str) -> Result<Path, PathError> {
        match self {
            Self::Bracket | Self::JsonPath => Path::parse(text),
            Self::Dot => parse_dot(text),
            Self::Pointer => parse_pointer(text),
        }
    }

    /// What stands before the steps.
    pub(super) fn prefix(self, root: bool) -> &'static str {
        match self {
            Self::JsonPath => "$",
            Self::Bracket | Self::Dot if root => "$",
            Self::Bracket | Self::Dot | Self::Pointer => "",
        }
    }

    pub(super) fn write_step(
        self,
        out: &mut impl Write,
        first: bool,
        step: Step<'_>,
    ) -> fmt::Result {
        match (self, step) {
            (Self::Bracket | Self::JsonPath, Step::Index(index)) => write!(out, "[{index}]"),
            (Self::Bracket, Step::Key(key)) if is_bare(key) && !reads_as_index(key) => {
                write_dot(out, first)?;
                out.write_str(key)
            }
            (Self::Bracket, Step::Key(key)) => {
                out.write_char('[')?;
                write_quoted(out, key)?;
                out.write_char(']')
            }
            (Self::Dot, Step::Index(index)) => {
                write_dot(out, first)?;
                write!(out, "{index}")
            }
            (Self::Dot, Step::Key(key)) => {
                write_dot(out, first)?;
                if reads_as_index(key) || reads_as_index_from_end(key) || key == "$" {
                    out.write_char('\\')?;
                }
                write_escaped(out, key, |c| match c {
                    '.' => Some("\\."),
                    '\\' => Some("\\\\"),
                    _ => None,
                })
            }
            (Self::Pointer, Step::Index(index)) => write!(out, "/{index}"),
            (Self::Pointer, Step::Key(key)) => {
                out.write_char('/')?;
                write_escaped(out, key, |c| match c {
                    '~' => Some("~0"),
                    '/' => Some("~1"),
                    _ => None,
                })
            }
            (Self::JsonPath, Step::Key(key)) => {
                out.write_str("['")?;
                write_normalized(out, key)?;
                out.write_str("']")
            }
        }
    }
}

/// Whether a bare key would be taken for an index from the start.
fn reads_as_index(key: &str) -> bool {
    crate::json::canonical_number(key).is_some()
}

fn reads_as_index_from_end(key: &str) -> bool {
    key.strip_prefix('-').is_some_and(|digits| digits != "0" && reads_as_index(digits))
}

fn write_dot(out: &mut impl Write, first: bool) -> fmt::Result {
    if first { Ok(()) } else { out.write_char('.') }
}

fn write_escaped(
    out: &mut impl Write,
    key: &str,
    escape: impl Fn(char) -> Option<&'static str>,
) -> fmt::Result {
    for character in key.chars() {
        match escape(character) {
            Some(text) => out.write_str(text)?,
            None => out.write_char(character)?,
        }
    }
    Ok(())
}

/// RFC 9535, section 2.7: single quotes, and lower-case hexadecimal for other control characters.
fn write_normalized(out: &mut impl Write, key: &str) -> fmt::Result {
    for character in key.chars() {
        match character {
            '\'' => out.write_str("\\'")?,
            '\\' => out.write_str("\\\\")?,
            '\u{8}' => out.write_str("\\b")?,
            '\u{c}' => out.write_str("\\f")?,
            '\n' => out.write_str("\\n")?,
            '\r' => out.write_str("\\r")?,
            '\t' => out.write_str("\\t")?,
            control if control < ' ' => write!(out, "\\u{:04x}", u32::from(control))?,
            other => out.write_char(other)?,
        }
    }
    Ok(())
}

fn parse_dot(text: &str) -> Result<Path, PathError> {
    if text == "$" {
        return Ok(Path::default());
    }
    let mut segments = Vec::new();
    let mut key = String::new();
    let mut escaped = false;
    let mut characters = text.chars().enumerate();
    loop {
        match characters.next() {
            Some((at, '\\')) => {
                escaped = true;
                match characters.next() {
                    Some((_, character)) => key.push(character),
                    None => {
                        let kind = PathErrorKind::InvalidEscape;
                        return Err(PathError { kind, column: at + 1 });
                    }
                }
            }
            Some((_, character)) if character != '.' => key.push(character),
            end => {
                let index = reads_as_index(&key) || reads_as_index_from_end(&key);
                segments.push(match key.parse::<i64>() {
                    Ok(index_value) if index && !escaped => Segment::Index(index_value),
                    _ => Segment::Key(key.as_str().into()),
                });
                if end.is_none() {
                    return Ok(Path::from_segments(segments));
                }
                key.clear();
                escaped = false;
            }
        }
    }
}

fn parse_pointer(text: &str) -> Result<Path, PathError> {
    let mut segments = Vec::new();
    let mut column = 1;
    let mut tokens = text.split('/');
    if tokens.next() != Some("") {
        return Err(PathError { kind: PathErrorKind::MissingSegment, column });
    }
    for token in tokens {
        column += 1;
        let mut key = String::new();
        let mut characters = token.chars();
        while let Some(character) = characters.next() {
            key.push(match (character, characters.clone().next()) {
                ('~', Some('0')) => '~',
                ('~', Some('1')) => '/',
                ('~', _) => {
                    let kind = PathErrorKind::InvalidEscape;
                    return Err(PathError { kind, column });
                }
                (other, _) => other,
            });
            column += 1;
            if character == '~' {
                characters.next();
                column += 1;
            }
        }
        segments.push(match crate::json::canonical_number(&key) {
            Some(number) => Segment::KeyOrIndex(number),
            None => Segment::Key(key.into()),
        });
    }
    Ok(Path::from_segments(segments))
}
