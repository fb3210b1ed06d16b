//! JSONPath where several matches make sense, under a budget.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use jsonpath_rust::parser::model as parsed;
use jsonpath_rust::parser::parse_json_path;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::json::{Decimal, Document, Kind, Node};

/// Longer texts are no query that anyone wrote.
const MAX_TEXT: usize = 4 * 1024;
/// Selectors of one query, filters included.
const MAX_SELECTORS: usize = 200;

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
    /// Nodes that may be looked at, each time they are: 1,000,000 by default.
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
        if text.len() > MAX_TEXT {
            return Err(QueryError::TooLarge);
        }
        if let Some(column) = misplaced_blank(text) {
            return Err(QueryError::Malformed { column: Some(column) });
        }
        let query = parse_json_path(text).map_err(|error| malformed(&error))?;
        let mut compiler = Compiler { selectors: 0 };
        let segments = compiler.segments(&query.segments)?;
        Ok(Self { text: text.into(), segments })
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
        let mut run =
            Run { root: document.root(), visits: budget.max_visits, results: budget.max_results };
        run.select(&self.segments, document.root())
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

/// The column of a blank inside a name without quotes, or at the end: the parser takes `$.a b`
/// for a member called "a b", which the standard does not allow.
fn misplaced_blank(text: &str) -> Option<usize> {
    let is_blank = |c: char| matches!(c, ' ' | '\t' | '\n' | '\r');
    let is_name = |c: char| c.is_alphanumeric() || c == '_' || !c.is_ascii();
    let mut quote = None;
    let mut in_name = false;
    let mut characters = text.chars().enumerate().peekable();
    while let Some((at, character)) = characters.next() {
        let next = characters.peek().map(|(_, next)| *next);
        match (quote, character) {
            (Some(_), '\\') => drop(characters.next()),
            (Some(open), close) if open == close => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => (quote, in_name) = (Some(character), false),
            (None, '.') => in_name = next.is_some_and(is_name),
            (None, blank) if is_blank(blank) => {
                let mut rest = text.chars().skip(at + 1).skip_while(|c| is_blank(*c));
                match rest.next() {
                    None => return Some(at + 1),
                    Some(next) if in_name && is_name(next) => return Some(at + 1),
                    Some(_) => in_name = false,
                }
            }
            (None, other) => in_name &= is_name(other),
        }
    }
    None
}

fn malformed(error: &jsonpath_rust::parser::errors::JsonPathError) -> QueryError {
    use jsonpath_rust::parser::errors::JsonPathError;
    let column = match error {
        JsonPathError::PestError(error) => {
            // The parser's own position type is not among our dependencies; its text is stable.
            let text = error.to_string();
            let place = text.split("--> ").nth(1).and_then(|rest| rest.lines().next());
            place.and_then(|place| place.split(':').nth(1)?.trim().parse().ok())
        }
        _ => None,
    };
    QueryError::Malformed { column }
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

struct Compiler {
    selectors: usize,
}

/// Recursion is bounded by the parser's own limit of nesting.
impl Compiler {
    fn segments(&mut self, segments: &[parsed::Segment]) -> Result<Vec<Segment>, QueryError> {
        segments.iter().map(|segment| self.segment(segment)).collect()
    }

    fn segment(&mut self, segment: &parsed::Segment) -> Result<Segment, QueryError> {
        match segment {
            parsed::Segment::Descendant(inner) => {
                Ok(Segment { descendants: true, ..self.segment(inner)? })
            }
            parsed::Segment::Selector(selector) => {
                let selectors = vec![self.selector(selector)?];
                Ok(Segment { descendants: false, selectors })
            }
            parsed::Segment::Selectors(selectors) => {
                let selectors: Result<_, _> =
                    selectors.iter().map(|selector| self.selector(selector)).collect();
                Ok(Segment { descendants: false, selectors: selectors? })
            }
        }
    }

    fn selector(&mut self, selector: &parsed::Selector) -> Result<Selector, QueryError> {
        self.selectors += 1;
        if self.selectors > MAX_SELECTORS {
            return Err(QueryError::TooLarge);
        }
        Ok(match selector {
            parsed::Selector::Name(name) => Selector::Name(name.as_str().into()),
            parsed::Selector::Wildcard => Selector::Wildcard,
            parsed::Selector::Index(index) => Selector::Index(*index),
            parsed::Selector::Slice(start, end, step) => {
                Selector::Slice { start: *start, end: *end, step: step.unwrap_or(1) }
            }
            parsed::Selector::Filter(filter) => Selector::Filter(self.logic(filter)?),
        })
    }

    fn logic(&mut self, filter: &parsed::Filter) -> Result<Logic, QueryError> {
        Ok(match filter {
            parsed::Filter::Or(parts) => Logic::Any(self.all_logic(parts)?),
            parsed::Filter::And(parts) => Logic::All(self.all_logic(parts)?),
            parsed::Filter::Atom(atom) => match atom {
                parsed::FilterAtom::Filter { expr, not } => negate(*not, self.logic(expr)?),
                parsed::FilterAtom::Test { expr, not } => {
                    negate(*not, Logic::Exists(self.sub(expr)?))
                }
                parsed::FilterAtom::Comparison(comparison) => self.comparison(comparison)?,
            },
        })
    }

    fn all_logic(&mut self, parts: &[parsed::Filter]) -> Result<Vec<Logic>, QueryError> {
        parts.iter().map(|part| self.logic(part)).collect()
    }

    fn comparison(&mut self, comparison: &parsed::Comparison) -> Result<Logic, QueryError> {
        use parsed::Comparison as C;
        let operator = match comparison {
            C::Eq(..) => Operator::Eq,
            C::Ne(..) => Operator::Ne,
            C::Gt(..) => Operator::Gt,
            C::Gte(..) => Operator::Gte,
            C::Lt(..) => Operator::Lt,
            C::Lte(..) => Operator::Lte,
        };
        let (left, right) = comparison.vals();
        Ok(Logic::Compare(operator, self.operand(left)?, self.operand(right)?))
    }

    fn operand(&mut self, operand: &parsed::Comparable) -> Result<Operand, QueryError> {
        match operand {
            parsed::Comparable::Literal(literal) => Ok(literal_operand(literal)),
            parsed::Comparable::Function(function) => self.function(function),
            parsed::Comparable::SingularQuery(query) => {
                let (from_root, segments) = match query {
                    parsed::SingularQuery::Current(segments) => (false, segments),
                    parsed::SingularQuery::Root(segments) => (true, segments),
                };
                let segments: Vec<Segment> = segments.iter().map(singular_segment).collect();
                self.selectors += segments.len();
                Ok(Operand::One(Sub { from_root, segments }))
            }
        }
    }

    fn function(&mut self, function: &parsed::TestFunction) -> Result<Operand, QueryError> {
        match function {
            parsed::TestFunction::Count(parsed::FnArg::Test(test)) => {
                Ok(Operand::Count(self.sub(test)?))
            }
            parsed::TestFunction::Value(parsed::FnArg::Test(test)) => {
                Ok(Operand::Value(self.sub(test)?))
            }
            parsed::TestFunction::Length(argument) => {
                let argument = match &**argument {
                    parsed::FnArg::Literal(literal) => literal_operand(literal),
                    // The argument is a value (RFC 9535, section 2.4.4): one node at most.
                    parsed::FnArg::Test(test) => match &**test {
                        parsed::Test::Function(function) => self.function(function)?,
                        query => {
                            let sub = self.sub(query)?;
                            if !sub.segments.iter().all(Segment::is_singular) {
                                return Err(QueryError::Malformed { column: None });
                            }
                            Operand::One(sub)
                        }
                    },
                    parsed::FnArg::Filter(_) => return Err(QueryError::Function),
                };
                Ok(Operand::Length(Box::new(argument)))
            }
            _ => Err(QueryError::Function),
        }
    }

    fn sub(&mut self, test: &parsed::Test) -> Result<Sub, QueryError> {
        match test {
            parsed::Test::RelQuery(segments) => {
                Ok(Sub { from_root: false, segments: self.segments(segments)? })
            }
            parsed::Test::AbsQuery(query) => {
                Ok(Sub { from_root: true, segments: self.segments(&query.segments)? })
            }
            parsed::Test::Function(_) => Err(QueryError::Function),
        }
    }
}

impl Segment {
    fn is_singular(&self) -> bool {
        !self.descendants
            && matches!(self.selectors.as_slice(), [Selector::Name(_) | Selector::Index(_)])
    }
}

fn negate(not: bool, logic: Logic) -> Logic {
    if not { Logic::Not(Box::new(logic)) } else { logic }
}

fn literal_operand(literal: &parsed::Literal) -> Operand {
    match literal {
        parsed::Literal::Int(value) => Operand::Number(value.to_string().into()),
        // The shortest text that reads back: what was written, up to 15 digits.
        parsed::Literal::Float(value) => Operand::Number(format!("{value:e}").into()),
        parsed::Literal::String(text) => Operand::Text(text.as_str().into()),
        parsed::Literal::Bool(value) => Operand::Bool(*value),
        parsed::Literal::Null => Operand::Null,
    }
}

fn singular_segment(segment: &parsed::SingularQuerySegment) -> Segment {
    let selector = match segment {
        parsed::SingularQuerySegment::Index(index) => Selector::Index(*index),
        parsed::SingularQuerySegment::Name(name) => Selector::Name(name.as_str().into()),
    };
    Segment { descendants: false, selectors: vec![selector] }
}

/// What a comparison compares.
enum Value<'v, 'd, 'a> {
    Nothing,
    Null,
    Bool(bool),
    Number(Cow<'v, str>),
    Text(Cow<'v, str>),
    Container(Node<'d, 'a>),
}

struct Run<'d, 'a> {
    root: Node<'d, 'a>,
    visits: u32,
    results: usize,
}

type Found<T> = Result<T, BudgetExceeded>;

/// Recursion is bounded by the nesting of the query and the depth of the document.
impl<'d, 'a> Run<'d, 'a> {
    fn select(&mut self, segments: &[Segment], from: Node<'d, 'a>) -> Found<Vec<Node<'d, 'a>>> {
        let mut nodes = vec![from];
        for segment in segments {
            let mut found = Vec::new();
            for node in nodes {
                if segment.descendants {
                    for node in node.descendants() {
                        self.visit()?;
                        self.apply(&segment.selectors, node, &mut found)?;
                    }
                } else {
                    self.apply(&segment.selectors, node, &mut found)?;
                }
            }
            nodes = found;
        }
        Ok(nodes)
    }

    fn apply(
        &mut self,
        selectors: &[Selector],
        node: Node<'d, 'a>,
        found: &mut Vec<Node<'d, 'a>>,
    ) -> Found<()> {
        for selector in selectors {
            match (selector, node.kind()) {
                (Selector::Name(name), Kind::Object) => {
                    for child in node.children() {
                        self.visit()?;
                        if child.key().is_some_and(|key| *key == **name) {
                            self.push(child, found)?;
                            break;
                        }
                    }
                }
                (Selector::Index(index), Kind::Array) => {
                    let length = node.len() as i64;
                    let index = if *index < 0 { index.saturating_add(length) } else { *index };
                    if (0..length).contains(&index) {
                        self.slice(node, index, index + 1, 1, found)?;
                    }
                }
                (Selector::Wildcard, Kind::Array | Kind::Object) => {
                    for child in node.children() {
                        self.visit()?;
                        self.push(child, found)?;
                    }
                }
                (Selector::Slice { start, end, step }, Kind::Array) => {
                    let (lower, upper) = bounds(node.len() as i64, *start, *end, *step);
                    self.slice(node, lower, upper, *step, found)?;
                }
                (Selector::Filter(logic), Kind::Array | Kind::Object) => {
                    for child in node.children() {
                        self.visit()?;
                        if self.holds(logic, child)? {
                            self.push(child, found)?;
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// The items from `lower` up to `upper`, backwards for a negative step.
    fn slice(
        &mut self,
        array: Node<'d, 'a>,
        lower: i64,
        upper: i64,
        step: i64,
        found: &mut Vec<Node<'d, 'a>>,
    ) -> Found<()> {
        let first = found.len();
        let every = step.unsigned_abs();
        if every == 0 {
            return Ok(());
        }
        // Backwards, the steps are counted from the upper end.
        let phase = if step > 0 { lower } else { upper - 1 };
        for (index, child) in array.children().enumerate() {
            let index = index as i64;
            if index >= upper {
                break;
            }
            self.visit()?;
            if index >= lower && index.abs_diff(phase) % every == 0 {
                self.push(child, found)?;
            }
        }
        if step < 0 {
            found.get_mut(first..).unwrap_or_default().reverse();
        }
        Ok(())
    }

    fn holds(&mut self, logic: &Logic, node: Node<'d, 'a>) -> Found<bool> {
        match logic {
            Logic::All(parts) => {
                for part in parts {
                    if !self.holds(part, node)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Logic::Any(parts) => {
                for part in parts {
                    if self.holds(part, node)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Logic::Not(part) => Ok(!self.holds(part, node)?),
            Logic::Exists(sub) => Ok(!self.sub(sub, node)?.is_empty()),
            Logic::Compare(operator, left, right) => {
                let (left, right) = (self.value(left, node)?, self.value(right, node)?);
                self.compare(*operator, &left, &right)
            }
        }
    }

    fn sub(&mut self, sub: &Sub, node: Node<'d, 'a>) -> Found<Vec<Node<'d, 'a>>> {
        let from = if sub.from_root { self.root } else { node };
        self.visit()?;
        // Nodes that only a filter sees are no results.
        let results = std::mem::replace(&mut self.results, usize::MAX);
        let found = self.select(&sub.segments, from);
        self.results = results;
        found
    }

    fn value<'v>(&mut self, operand: &'v Operand, node: Node<'d, 'a>) -> Found<Value<'v, 'd, 'a>>
    where
        'a: 'v,
    {
        Ok(match operand {
            Operand::Null => Value::Null,
            Operand::Bool(value) => Value::Bool(*value),
            Operand::Number(lexeme) => Value::Number(Cow::Borrowed(lexeme)),
            Operand::Text(text) => Value::Text(Cow::Borrowed(text)),
            Operand::One(sub) | Operand::Value(sub) => match self.sub(sub, node)?.as_slice() {
                [only] => value_of(*only),
                _ => Value::Nothing,
            },
            Operand::Count(sub) => {
                let count = self.sub(sub, node)?.len();
                Value::Number(Cow::Owned(count.to_string()))
            }
            Operand::Length(operand) => {
                let length = match self.value(operand, node)? {
                    Value::Text(text) => text.chars().count(),
                    Value::Container(node) => node.len(),
                    _ => return Ok(Value::Nothing),
                };
                Value::Number(Cow::Owned(length.to_string()))
            }
        })
    }

    /// RFC 9535, section 2.3.5.2.2.
    fn compare(
        &mut self,
        operator: Operator,
        left: &Value<'_, 'd, 'a>,
        right: &Value<'_, 'd, 'a>,
    ) -> Found<bool> {
        Ok(match operator {
            Operator::Eq => self.equal(left, right)?,
            Operator::Ne => !self.equal(left, right)?,
            Operator::Lt => below(left, right),
            Operator::Gt => below(right, left),
            Operator::Lte => below(left, right) || self.equal(left, right)?,
            Operator::Gte => below(right, left) || self.equal(left, right)?,
        })
    }

    fn equal(&mut self, left: &Value<'_, 'd, 'a>, right: &Value<'_, 'd, 'a>) -> Found<bool> {
        self.visit()?;
        Ok(match (left, right) {
            (Value::Nothing, Value::Nothing) | (Value::Null, Value::Null) => true,
            (Value::Bool(left), Value::Bool(right)) => left == right,
            (Value::Number(left), Value::Number(right)) => {
                Decimal::parse(left) == Decimal::parse(right)
            }
            (Value::Text(left), Value::Text(right)) => left == right,
            (Value::Container(left), Value::Container(right)) => {
                self.equal_containers(*left, *right)?
            }
            _ => false,
        })
    }

    fn equal_containers(&mut self, left: Node<'d, 'a>, right: Node<'d, 'a>) -> Found<bool> {
        if left.kind() != right.kind() || left.len() != right.len() {
            return Ok(false);
        }
        if left.kind() == Kind::Array {
            for (left, right) in left.children().zip(right.children()) {
                if !self.equal(&value_of(left), &value_of(right))? {
                    return Ok(false);
                }
            }
            return Ok(true);
        }
        for left in left.children() {
            let mut same = None;
            for right in right.children() {
                self.visit()?;
                if right.key() == left.key() {
                    same = Some(right);
                    break;
                }
            }
            let Some(right) = same else { return Ok(false) };
            if !self.equal(&value_of(left), &value_of(right))? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn visit(&mut self) -> Found<()> {
        self.visits = self.visits.checked_sub(1).ok_or(BudgetExceeded)?;
        Ok(())
    }

    fn push(&mut self, node: Node<'d, 'a>, found: &mut Vec<Node<'d, 'a>>) -> Found<()> {
        if found.len() >= self.results {
            return Err(BudgetExceeded);
        }
        found.push(node);
        Ok(())
    }
}

fn value_of<'v, 'd, 'a: 'v>(node: Node<'d, 'a>) -> Value<'v, 'd, 'a> {
    match node.kind() {
        Kind::Null => Value::Null,
        Kind::Bool => Value::Bool(node.raw() == "true"),
        Kind::Number => Value::Number(Cow::Borrowed(node.raw())),
        Kind::String => Value::Text(node.text().unwrap_or_default()),
        Kind::Array | Kind::Object => Value::Container(node),
    }
}

fn below(left: &Value<'_, '_, '_>, right: &Value<'_, '_, '_>) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => {
            match (Decimal::parse(left), Decimal::parse(right)) {
                (Some(left), Some(right)) => left < right,
                _ => false,
            }
        }
        // By Unicode scalar values, which is the order of UTF-8.
        (Value::Text(left), Value::Text(right)) => left < right,
        _ => false,
    }
}

/// RFC 9535, section 2.3.4.2.2: the first index and the one after the last, whatever the
/// direction.
fn bounds(length: i64, start: Option<i64>, end: Option<i64>, step: i64) -> (i64, i64) {
    let normal = |index: i64| if index >= 0 { index } else { index.saturating_add(length) };
    if step >= 0 {
        let start = normal(start.unwrap_or(0)).clamp(0, length);
        let end = normal(end.unwrap_or(length)).clamp(0, length);
        (start, end)
    } else {
        let start = start.map_or(length - 1, normal).clamp(-1, length - 1);
        let end = end.map_or(-1, normal).clamp(-1, length - 1);
        (end + 1, start + 1)
    }
}
