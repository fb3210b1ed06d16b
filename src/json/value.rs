//! A `serde_json` view for hosts that want one.

use serde_json::{Map, Number, Value};

use super::document::{Document, Node};
use super::found::Kind;

/// The document as a `serde_json::Value`, for output only.
///
/// It is built directly, never by parsing again, so a key such as
/// `$serde_json::private::Number` stays a plain key. What a `Value` cannot hold is rounded as
/// `serde_json` rounds it: unless a crate in the build has switched on its `arbitrary_precision`,
/// an integer beyond 64 bits becomes the nearest double. A number beyond the range of a double
/// becomes its text. Decisions (keys, filters, templates) rest on the document, never on this.
///
/// ```
/// use hookstage::json::{self, Document, ReadOptions};
///
/// let document = Document::read(br#"{"a": [1, null, "x"]}"#, &ReadOptions::default())?;
/// assert_eq!(json::to_value(&document), serde_json::json!({"a": [1, null, "x"]}));
/// # Ok::<(), hookstage::json::Error>(())
/// ```
#[must_use]
pub fn to_value(document: &Document<'_>) -> Value {
    node_to_value(document.root())
}

/// The subtree of one node as a `serde_json::Value`; see [`to_value`]. Recursion is bounded by
/// the reader's depth limit.
pub(crate) fn node_to_value(node: Node<'_, '_>) -> Value {
    match node.kind() {
        Kind::Null => Value::Null,
        Kind::Bool => Value::Bool(node.raw() == "true"),
        Kind::Number => number(node.raw()),
        Kind::String => Value::String(node.text().unwrap_or_default().into_owned()),
        Kind::Array => Value::Array(node.children().map(node_to_value).collect()),
        Kind::Object => {
            let mut map = Map::new();
            for child in node.children() {
                map.insert(child.key().unwrap_or_default().into_owned(), node_to_value(child));
            }
            Value::Object(map)
        }
    }
}

fn number(lexeme: &str) -> Value {
    match lexeme.parse::<Number>() {
        Ok(number) => Value::Number(number),
        Err(_) => Value::String(lexeme.to_owned()),
    }
}
