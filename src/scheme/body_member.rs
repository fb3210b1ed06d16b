//! A single member of a JSON body that has not been verified yet, as few schemes need it.

use std::borrow::Cow;

use crate::json::{Found, Path, ReadOptions, Scalar, pick};

/// The text of the scalar at a JSON Pointer, if there is one. The whole body is read by the strict
/// reader: a member that stands twice would be one thing to us and another to the host.
pub(super) fn read<'a>(body: &'a [u8], pointer: &str) -> Result<Option<Cow<'a, [u8]>>, ()> {
    let path = Path::from_pointer(pointer).map_err(|_| ())?;
    let found = pick(body, &ReadOptions::default(), &[&path]).map_err(|_| ())?;
    match found.into_iter().next() {
        Some(Found::Scalar(Scalar::String(text))) => Ok(Some(match text {
            Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
            Cow::Owned(text) => Cow::Owned(text.into_bytes()),
        })),
        Some(Found::Scalar(Scalar::Number(lexeme))) => Ok(Some(Cow::Borrowed(lexeme.as_bytes()))),
        Some(Found::Scalar(Scalar::Bool(value))) => {
            Ok(Some(Cow::Borrowed(if value { b"true" } else { b"false" })))
        }
        _ => Ok(None),
    }
}
