//! The members that a body must have.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::json::{Document, Found, Kind, Node, Scalar};
use crate::scheme::pointer_path;

/// The members that a body must have. All that are missing are named at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Required {
    /// These, as JSON Pointers (RFC 6901). Null counts as missing.
    Members(Cow<'static, [Cow<'static, str>]>),
    /// Those of a message: `external_id`, `occurred_at` in RFC 3339, `from` and at least one `to`,
    /// each an `identifier` or an object with one, `body`, which may be empty, and `attachments`,
    /// each with either `data` or `url`. Null counts as missing.
    Message,
    /// None.
    Nothing,
}

impl Required {
    /// What is missing or not what it must be, as JSON Pointers in the order of the rule; at most
    /// [`MAX_NAMED`].
    pub(crate) fn missing(&self, document: &Document<'_>) -> Vec<String> {
        let mut missing = Vec::new();
        match self {
            Self::Nothing => {}
            Self::Members(pointers) => {
                for pointer in pointers.iter() {
                    if is_missing(&document.get(&pointer_path(pointer))) {
                        missing.push(pointer.clone().into_owned());
                    }
                }
            }
            Self::Message => message(document.root(), &mut missing),
        }
        missing.truncate(MAX_NAMED);
        missing
    }
}

/// The missing members that are named at most: a sender mends what is named and comes again.
const MAX_NAMED: usize = 32;

fn is_missing(found: &Found<'_>) -> bool {
    matches!(found, Found::Missing(_) | Found::Null)
}

fn message(root: Node<'_, '_>, missing: &mut Vec<String>) {
    let mut require = |pointer: &str, holds: bool| {
        if !holds {
            missing.push(pointer.to_owned());
        }
    };
    require("/external_id", member(root, "external_id").is_some_and(is_text_or_number));
    require("/occurred_at", member(root, "occurred_at").is_some_and(is_moment));
    match member(root, "from") {
        Some(from) => require(identifier_at("/from", from).as_str(), has_identifier(from)),
        None => require("/from", false),
    }
    match member(root, "to").filter(|to| to.kind() == Kind::Array && !to.is_empty()) {
        Some(to) => {
            for (index, person) in to.children().enumerate() {
                let at = format!("/to/{index}");
                require(identifier_at(&at, person).as_str(), has_identifier(person));
            }
        }
        None => require("/to", false),
    }
    require("/body", member(root, "body").is_some_and(|body| body.kind() == Kind::String));
    match member(root, "attachments").filter(|list| list.kind() == Kind::Array) {
        Some(list) => {
            for (index, attachment) in list.children().enumerate() {
                let has =
                    |name| member(attachment, name).is_some_and(|at| at.kind() == Kind::String);
                // Both at once would be two files under one name.
                require(&format!("/attachments/{index}"), has("data") != has("url"));
            }
        }
        None => require("/attachments", false),
    }
}

fn member<'d, 'a>(of: Node<'d, 'a>, name: &str) -> Option<Node<'d, 'a>> {
    if of.kind() != Kind::Object {
        return None;
    }
    of.children()
        .find(|child| child.key().is_some_and(|key| key == name))
        .filter(|child| child.kind() != Kind::Null)
}

/// A person is an object with an identifier, or the identifier alone.
fn has_identifier(person: Node<'_, '_>) -> bool {
    match person.kind() {
        Kind::Object => member(person, "identifier").is_some_and(is_text_or_number),
        _ => is_text_or_number(person),
    }
}

fn identifier_at(at: &str, person: Node<'_, '_>) -> String {
    if person.kind() == Kind::Object { format!("{at}/identifier") } else { at.to_owned() }
}

fn is_text_or_number(node: Node<'_, '_>) -> bool {
    match node.scalar() {
        Some(Scalar::String(text)) => !text.is_empty(),
        Some(Scalar::Number(_)) => true,
        _ => false,
    }
}

fn is_moment(node: Node<'_, '_>) -> bool {
    use time::format_description::well_known::Rfc3339;
    node.text().is_some_and(|text| time::OffsetDateTime::parse(&text, &Rfc3339).is_ok())
}
