//! Conditions over a payload and its head, as data.

mod condition;
mod evaluate;
mod glob;
mod stored;

pub use evaluate::{Explanation, Reason, Step, Subject};
pub use stored::{FilterError, FilterErrorKind};
pub(crate) use stored::{number, number_to_value};

use crate::json::Path;
use condition::Condition;

/// A tree of conditions that a host keeps as JSON and asks about each event.
///
/// ```json
/// {"all": [
///   {"payload": "type", "in": ["order.paid", "order.refunded"]},
///   {"payload": "amount", "gte": 1000},
///   {"not": {"header": "x-test-mode", "exists": true}},
///   {"element_of": "people", "where": {"all": [
///     {"payload": "first", "eq": "Anna"}, {"payload": "last", "eq": "Jones"}]}}
/// ]}
/// ```
///
/// A condition names one place (`payload`, `header` or `query`) and one test:
///
/// | test | holds when |
/// |---|---|
/// | `eq`, `ne` | the value is this one, or another one |
/// | `in`, `not_in` | the value is one of these, or none |
/// | `lt`, `lte`, `gt`, `gte` | the number compares so, by its exact decimal value; with `{"time": "…"}`, the RFC 3339 time |
/// | `prefix`, `suffix`, `contains` | the text has this part |
/// | `glob` | the text fits: `*` any characters, `?` one, `\` takes the next literally |
/// | `cidr` | the text is an address in one of these networks |
/// | `type` | the value is `null`, `boolean`, `integer`, `number`, `string`, `array` or `object` |
/// | `null` | the value is (`true`) or is not (`false`) null |
/// | `exists` | something stands there (`true`), null and empty containers included, or nothing does (`false`) |
///
/// Values are compared with their types: `1` is not `"1"`, not `true`, and `1.0` is `1`. A number
/// that JSON readers might round is written `{"number": "9007199254740993.5"}`.
///
/// **An absent value fails every test** except `"exists": false`; `ne` and `not_in` hold for it
/// when the condition says `"or_absent": true`. An array fails every test but `exists`, `null`
/// and `type` unless the condition says `"items": "any"` or `"items": "all"`, which an empty
/// array fails. Conditions that must hold for the same item of an array stand in `element_of`,
/// where paths begin at the item. A header or query parameter that stands there more than once
/// fails every test but `exists`.
///
/// What is misspelt is refused when the filter is built, never ignored when it is asked.
///
/// ```
/// use hookstage::filter::{Filter, Subject};
/// use hookstage::json::{Document, ReadOptions};
///
/// let filter: Filter = serde_json::from_str(r#"{"payload": "amount", "lt": 10}"#).unwrap();
/// let payload = Document::read(br#"{"amount": "5"}"#, &ReadOptions::default())?;
/// assert!(!filter.matches(&Subject::payload(&payload)), "a text is not below a number");
/// assert!(serde_json::from_str::<Filter>(r#"{"payload": "amount", "less": 10}"#).is_err());
/// # Ok::<(), hookstage::json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    root: Node,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Node {
    All(Vec<Node>),
    Any(Vec<Node>),
    Not(Box<Node>),
    ElementOf { array: Path, filter: Box<Node> },
    Condition(Condition),
}
