//! `application/x-www-form-urlencoded`, as bodies and query strings have it.

use std::borrow::Cow;

/// The decoded values of every field of this name, in order.
pub(crate) fn values<'a>(form: &'a [u8], name: &str) -> impl Iterator<Item = Cow<'a, [u8]>> {
    fields(form)
        .filter(move |(key, _)| decode(key).as_ref() == name.as_bytes())
        .map(|(_, value)| decode(value))
}

/// The decoded names and values of every field, in order.
pub(crate) fn decoded(form: &[u8]) -> impl Iterator<Item = (Cow<'_, [u8]>, Cow<'_, [u8]>)> {
    fields(form).map(|(name, value)| (decode(name), decode(value)))
}

/// The fields in order, not decoded.
fn fields(form: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    form.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()).map(|pair| {
        match pair.iter().position(|byte| *byte == b'=') {
            Some(at) => (&pair[..at], &pair[at + 1..]),
            None => (pair, b"".as_slice()),
        }
    })
}

/// Plus signs to spaces and `%xx` to bytes; what is no escape stays as it is (URL standard,
/// section 1.3).
fn decode(text: &[u8]) -> Cow<'_, [u8]> {
    if !text.iter().any(|byte| matches!(byte, b'+' | b'%')) {
        return Cow::Borrowed(text);
    }
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [first, tail @ ..] = rest {
        rest = tail;
        decoded.push(match first {
            b'+' => b' ',
            b'%' => match escaped(tail) {
                Some(byte) => {
                    rest = &tail[2..];
                    byte
                }
                None => b'%',
            },
            other => *other,
        });
    }
    Cow::Owned(decoded)
}

fn escaped(tail: &[u8]) -> Option<u8> {
    let digit = |at: usize| char::from(*tail.get(at)?).to_digit(16);
    u8::try_from(digit(0)? << 4 | digit(1)?).ok()
}
