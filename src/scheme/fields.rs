//! The fields of a form or query as signed bytes: decoded, sorted by name.

use std::borrow::Cow;

use super::description::{FieldSource, FieldStyle, Fields};
use super::locate::Context;
use super::primitive::Sink;

type Field<'a> = (Cow<'a, [u8]>, Cow<'a, [u8]>);

/// Feeds them in the sender's style.
pub(super) fn feed(context: &Context<'_>, rule: &Fields, sink: &mut dyn Sink) {
    let mut fields = Vec::new();
    if rule.of != FieldSource::Form {
        let query = context.head.query_string().unwrap_or_default();
        fields.extend(crate::form::decoded(query.as_bytes()));
    }
    if rule.of != FieldSource::Query {
        fields.extend(crate::form::decoded(context.body));
    }
    fields.retain(|(name, _)| !rule.except.iter().any(|other| other.as_bytes() == name.as_ref()));
    match rule.style {
        FieldStyle::Escaped => feed_escaped(sorted(fields), sink),
        FieldStyle::Joined => feed_joined(fields, sink),
        FieldStyle::Pairs => feed_pairs(sorted(fields), sink),
        FieldStyle::PhpSerialized => feed_php(sorted(fields), sink),
    }
}

/// By name; values of one name stay in the order sent.
fn sorted(mut fields: Vec<Field<'_>>) -> Vec<Field<'_>> {
    fields.sort_by(|(one, _), (other, _)| one.cmp(other));
    fields
}

fn feed_joined(mut fields: Vec<Field<'_>>, sink: &mut dyn Sink) {
    fields.sort();
    fields.dedup();
    for (name, value) in &fields {
        sink.feed(name);
        sink.feed(value);
    }
}

fn feed_pairs(fields: Vec<Field<'_>>, sink: &mut dyn Sink) {
    for (index, (name, value)) in fields.iter().enumerate() {
        if index > 0 {
            sink.feed(b"&");
        }
        sink.feed(name);
        sink.feed(b"=");
        sink.feed(value);
    }
}

fn feed_escaped(fields: Vec<Field<'_>>, sink: &mut dyn Sink) {
    for (name, value) in fields {
        sink.feed(b"&");
        sink.feed(&name);
        sink.feed(b"=");
        for piece in value.split_inclusive(|byte| matches!(byte, b'&' | b'=')) {
            match piece.split_last() {
                Some((b'&' | b'=', before)) => {
                    sink.feed(before);
                    sink.feed(b"_");
                }
                _ => sink.feed(piece),
            }
        }
    }
}

fn feed_php(mut fields: Vec<Field<'_>>, sink: &mut dyn Sink) {
    // In a PHP array the last value of a name stays.
    fields.reverse();
    fields.sort_by(|(one, _), (other, _)| one.cmp(other));
    fields.dedup_by(|(one, _), (other, _)| one == other);
    sink.feed(format!("a:{}:{{", fields.len()).as_bytes());
    for text in fields.iter().flat_map(|(name, value)| [name, value]) {
        sink.feed(format!("s:{}:\"", text.len()).as_bytes());
        sink.feed(text);
        sink.feed(b"\";");
    }
    sink.feed(b"}");
}
