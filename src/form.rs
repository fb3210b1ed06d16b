//! `application/x-www-form-urlencoded`, as bodies and query strings have it.

use std::borrow::Cow;

/// The decoded values of every field of this name, in order.
pub(crate) fn values<'a>(form: &'a [u8], name: &str) -> impl Iterator<Item = Cow<'a, [u8]>> {
    fields(form)
        .filter(move |(key, _)| decode(key).as_ref() == name.as_bytes())
        .map(|(_, value)| decode(value))
}

/// A form as JSON: the value of its field `payload` if it has one, an object of texts otherwise. A
/// field that stands twice makes a key that stands twice, which the strict reader refuses; bytes
/// that are no UTF-8 stay as they are, and are refused there too.
pub(crate) fn to_json(form: &[u8]) -> Vec<u8> {
    if let Some(payload) = values(form, "payload").next() {
        return payload.into_owned();
    }
    let mut json = vec![b'{'];
    for (key, value) in fields(form) {
        if json.len() > 1 {
            json.push(b',');
        }
        quote(&decode(key), &mut json);
        json.push(b':');
        quote(&decode(value), &mut json);
    }
    json.push(b'}');
    json
}

/// A JSON string (RFC 8259, section 7).
fn quote(text: &[u8], json: &mut Vec<u8>) {
    json.push(b'"');
    for byte in text {
        match byte {
            b'"' | b'\\' => json.extend([b'\\', *byte]),
            0..=0x1f => json.extend(format!("\\u{byte:04x}").bytes()),
            _ => json.push(*byte),
        }
    }
    json.push(b'"');
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
