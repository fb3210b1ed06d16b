//! Small readings: base64, texts, names fit to be repeated, and what stands at a preset's places.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hookstage::Proof;
use hookstage::json::{Found, Kind, Node, Path, ReadOptions, Scalar, Segment, pick};
use hookstage::scheme::Place;

/// Standard base64 with its padding and nothing around it.
pub(crate) fn base64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// A string, or the text of a number or boolean: ids are often given as numbers.
pub(crate) fn text_of(node: Node<'_, '_>) -> Option<String> {
    match node.kind() {
        Kind::String => node.text().map(Cow::into_owned),
        Kind::Number | Kind::Bool => Some(node.raw().to_owned()),
        _ => None,
    }
}

/// A name that a stranger chose, quoted and cut so that it fits into a sentence.
pub(crate) fn name_of(name: &str) -> String {
    const LONGEST: usize = 60;
    let cut: String = name.chars().take(LONGEST).collect();
    let dots = if cut.len() < name.len() { "…" } else { "" };
    format!("{cut:?}{dots}")
}

/// The text at a place of a verified request, if the place is one that can be read as it stands.
pub(crate) fn text_at(proof: &Proof<'_>, place: &Place) -> Option<String> {
    match place {
        Place::Header(name) => {
            let mut values = proof.head().header(name);
            let value = values.next()?;
            // Of two event types neither can be believed.
            if values.next().is_some() {
                return None;
            }
            String::from_utf8(value.to_vec()).ok()
        }
        Place::FirstHeader(names) => {
            let name = names.iter().find(|name| proof.head().header(name).next().is_some())?;
            text_at(proof, &Place::Header(name.clone()))
        }
        Place::Form(name) => {
            let mut values = fields(proof.body()).filter(|(other, _)| other == name.as_bytes());
            let (_, value) = values.next()?;
            if values.next().is_some() {
                return None;
            }
            String::from_utf8(value).ok()
        }
        Place::Query(name) => proof.head().query(name).map(str::to_owned),
        Place::Body(pointer) => {
            let options = ReadOptions::default();
            let picked = pick(proof.body(), &options, &[&path(pointer)]).ok()?;
            match picked.found.into_iter().next()? {
                Found::Value(Scalar::String(text)) => Some(text.into_owned()),
                Found::Value(Scalar::Number(number)) => Some(number.to_owned()),
                _ => None,
            }
        }
        _ => None,
    }
}

/// The fields of a form, decoded (URL standard, section 5.1).
fn fields(form: &[u8]) -> impl Iterator<Item = (Vec<u8>, Vec<u8>)> {
    form.split(|byte| *byte == b'&').filter(|field| !field.is_empty()).map(|field| {
        let at = field.iter().position(|byte| *byte == b'=').unwrap_or(field.len());
        let value = field.get(at + 1..).unwrap_or_default();
        (decoded(&field[..at]), decoded(value))
    })
}

fn decoded(text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, tail)) = rest.split_first() {
        let escape = tail.get(..2).and_then(|digits| {
            let digits = std::str::from_utf8(digits).ok()?;
            // A sign is no digit, though the parser takes one.
            digits.bytes().all(|digit| digit.is_ascii_hexdigit()).then_some(())?;
            u8::from_str_radix(digits, 16).ok()
        });
        let (byte, escaped) = match (first, escape) {
            (b'%', Some(byte)) => (byte, 2),
            (b'+', _) => (b' ', 0),
            (other, _) => (*other, 0),
        };
        bytes.push(byte);
        rest = tail.get(escaped..).unwrap_or_default();
    }
    bytes
}

/// The path of a JSON Pointer (RFC 6901).
fn path(pointer: &str) -> Path {
    let segments = pointer.split('/').skip(1).map(|token| {
        let is_index = token == "0" || (!token.starts_with(['0', '+']) && !token.is_empty());
        match token.parse::<u32>() {
            Ok(number) if is_index => Segment::KeyOrIndex(number),
            _ => Segment::Key(token.replace("~1", "/").replace("~0", "~").into()),
        }
    });
    Path::from_segments(segments.collect())
}
