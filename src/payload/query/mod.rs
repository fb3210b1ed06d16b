//! JSONPath where several matches make sense, under a budget.

mod compile;
mod run;

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::json::{Document, Node};
use run::Run;

/// A compiled JSONPath query of [RFC 9535], for roles where several matches make sense: the items
/// of a batch, a column with many values.
///
/// Names, indices, wildcards, slices, unions, descendants, filters and the functions `length`,
/// `count` and `value` work as the standard says, on the document's own tokens: numbers compare
/// by their exact value. `match` and `search` are refused, because a regular expression in a
/// configuration is a cost that no budget sees.
///
/// Queries come from configurations of tenants and run over payloads of strangers, so a run has a
/// [budget](QueryBudget); what goes beyond it ends with an error instead of an answer.
///
/// ```
/// use hookstage::json::{Document, ReadOptions};
/// use hookstage::payload::{Query, QueryBudget};
///
/// let query = Query::parse("$.items[?@.amount > 10].sku")?;
/// let body = br#"{"items": [{"sku": "a", "amount": 10}, {"sku": "b", "amount": 10.5}]}"#;
/// let document = Document::read(body, &ReadOptions::default())?;
/// let found = query.select(&document, &QueryBudget::default())?;
/// assert_eq!(found.iter().map(|node| node.raw()).collect::<Vec<_>>(), ["\"b\""]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// [RFC 9535]: https://www.rfc-editor.org/rfc/rfc9535
#[derive(Clone, Debug)]
pub struct Query {
    text: Box<str>,
    segments: Vec<Segment>,
}

/// What one run of a query may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct QueryBudget {
    /// Nodes that may be looked at, each time they are, and once more for every 64 bytes of a key or
    /// text that is compared: 1,000,000 by default.
    pub max_visits: u32,
    /// Nodes that may be found: 10,000 by default.
    pub max_results: usize,
}

/// Why a text is no query that can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum QueryError {
    /// It is no JSONPath of RFC 9535.
    #[error("this is no JSONPath of RFC 9535{}", Column(*.column))]
    Malformed {
        /// The column in characters, counted from 1, if the parser knows it.
        column: Option<usize>,
    },
    /// It uses `match`, `search` or a function that the standard does not have.
    #[error("only the functions length, count and value can be used")]
    Function,
    /// It has more than 4 KiB of text or 200 selectors.
    #[error("a query has at most 4096 bytes and 200 selectors")]
    TooLarge,
}

/// A query looked at or found more nodes than its budget allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[error("the query looks at or finds more of this payload than its budget allows")]
pub struct BudgetExceeded;

struct Column(Option<usize>);

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(column) => write!(f, " (column {column})"),
            None => Ok(()),
        }
    }
}

impl Default for QueryBudget {
    fn default() -> Self {
        Self { max_visits: 1_000_000, max_results: 10_000 }
    }
}

impl Query {
    /// Compiles a query.
    ///
    /// # Errors
    ///
    /// When the text is no JSONPath of RFC 9535, or one that is not offered.
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        Ok(Self { text: text.into(), segments: compile::compile(text)? })
    }

    /// The nodes that the query finds, in its order. A node can be found more than once.
    ///
    /// # Errors
    ///
    /// When that takes more than the budget.
    pub fn select<'d, 'a>(
        &self,
        document: &'d Document<'a>,
        budget: &QueryBudget,
    ) -> Result<Vec<Node<'d, 'a>>, BudgetExceeded> {
        Run::new(document, budget).select(&self.segments, document.root())
    }

    /// The text that was compiled.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl FromStr for Query {
    type Err = QueryError;

    fn from_str(text: &str) -> Result<Self, QueryError> {
        Self::parse(text)
    }
}

impl PartialEq for Query {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Query {}

impl Serialize for Query {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for Query {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&text).map_err(de::Error::custom)
    }
}

#[derive(Clone, Debug)]
struct Segment {
    descendants: bool,
    selectors: Vec<Selector>,
}

#[derive(Clone, Debug)]
enum Selector {
    Name(Box<str>),
    Index(i64),
    Wildcard,
    Slice { start: Option<i64>, end: Option<i64>, step: i64 },
    Filter(Logic),
}

#[derive(Clone, Debug)]
enum Logic {
    All(Vec<Logic>),
    Any(Vec<Logic>),
    Not(Box<Logic>),
    Exists(Sub),
    Compare(Operator, Operand, Operand),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Eq,
    Ne,
    Lt,
    Lte,
    Gt,
    Gte,
}

/// A query inside a filter.
#[derive(Clone, Debug)]
struct Sub {
    from_root: bool,
    segments: Vec<Segment>,
}

#[derive(Clone, Debug)]
enum Operand {
    Null,
    Bool(bool),
    Number(Box<str>),
    Text(Box<str>),
    /// A query that finds one node at most.
    One(Sub),
    Length(Box<Operand>),
    Count(Sub),
    /// The value, if the query finds exactly one node.
    Value(Sub),
}

impl Segment {
    fn is_singular(&self) -> bool {
        !self.descendants
            && matches!(self.selectors.as_slice(), [Selector::Name(_) | Selector::Index(_)])
    }
}
