//! A single member of a JSON body that has not been verified yet, as few schemes need it.

use std::borrow::Cow;

use crate::json::{Found, Path, ReadOptions, Scalar, Segment, pick};

/// The text of the scalar at a JSON Pointer, if there is one. The whole body is read by the strict
/// reader: a member that stands twice would be one thing to us and another to the host.
pub(super) fn read<'a>(body: &'a [u8], pointer: &str) -> Result<Option<Cow<'a, [u8]>>, ()> {
    scalar(body, &path(pointer))
}

/// The text of the scalar that is the member of this name in a JSON object, or that a JSON Pointer
/// leads to.
pub(super) fn read_member<'a>(object: &'a [u8], name: &str) -> Result<Option<Cow<'a, [u8]>>, ()> {
    let at = if name.starts_with('/') { path(name) } else { member(name) };
    scalar(object, &at)
}

/// Whether anything at all, even `null`, stands at a JSON Pointer.
pub(super) fn is_there(body: &[u8], pointer: &str) -> Result<bool, ()> {
    let picked = pick(body, &ReadOptions::default(), &[&path(pointer)]).map_err(|_| ())?;
    Ok(!matches!(picked.found.first(), Some(Found::Missing(_)) | None))
}

fn member(name: &str) -> Path {
    Path::from_segments([Segment::Key(name.into())].into())
}

fn scalar<'a>(document: &'a [u8], path: &Path) -> Result<Option<Cow<'a, [u8]>>, ()> {
    let picked = pick(document, &ReadOptions::default(), &[path]).map_err(|_| ())?;
    match picked.found.into_iter().next() {
        Some(Found::Value(Scalar::String(text))) => Ok(Some(match text {
            Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
            Cow::Owned(text) => Cow::Owned(text.into_bytes()),
        })),
        Some(Found::Value(Scalar::Number(lexeme))) => Ok(Some(Cow::Borrowed(lexeme.as_bytes()))),
        Some(Found::Value(Scalar::Bool(value))) => {
            Ok(Some(Cow::Borrowed(if value { b"true" } else { b"false" })))
        }
        _ => Ok(None),
    }
}

/// The path that a JSON Pointer (RFC 6901) names. A number is an index or a key, as the document
/// has it.
pub(crate) fn path(pointer: &str) -> Path {
    let segments = pointer.split('/').skip(1).map(|token| {
        let canonical = token == "0" || !token.starts_with('0');
        match token.parse::<u32>() {
            Ok(number) if canonical && !token.starts_with('+') => Segment::KeyOrIndex(number),
            _ => Segment::Key(token.replace("~1", "/").replace("~0", "~").into()),
        }
    });
    Path::from_segments(segments.collect())
}
