//! A query over a document, under its budget.

use std::borrow::Cow;

use super::{BudgetExceeded, Logic, Operand, Operator, QueryBudget, Segment, Selector, Sub};
use crate::json::{Decimal, Document, Kind, Node, says};

/// What a comparison compares.
enum Value<'v, 'd, 'a> {
    Nothing,
    Null,
    Bool(bool),
    Number(Cow<'v, str>),
    Text(Cow<'v, str>),
    Container(Node<'d, 'a>),
}

/// One run over one document.
pub(super) struct Run<'d, 'a> {
    root: Node<'d, 'a>,
    visits: u32,
    results: usize,
}

type Found<T> = Result<T, BudgetExceeded>;

/// Recursion is bounded by the nesting of the query and the depth of the document.
impl<'d, 'a> Run<'d, 'a> {
    pub(super) fn new(document: &'d Document<'a>, budget: &QueryBudget) -> Self {
        Self { root: document.root(), visits: budget.max_visits, results: budget.max_results }
    }

    pub(super) fn select(
        &mut self,
        segments: &[Segment],
        from: Node<'d, 'a>,
    ) -> Found<Vec<Node<'d, 'a>>> {
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
                        if self.is_called(child, name)? {
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
                [only] => self.value_of(*only)?,
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
                if !self.equal_nodes(left, right)? {
                    return Ok(false);
                }
            }
            return Ok(true);
        }
        for left in left.children() {
            self.read(left.raw_key().unwrap_or_default().0)?;
            let key = left.key().unwrap_or_default();
            let mut same = None;
            for right in right.children() {
                if self.is_called(right, &key)? {
                    same = Some(right);
                    break;
                }
            }
            let Some(right) = same else { return Ok(false) };
            if !self.equal_nodes(left, right)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn equal_nodes(&mut self, left: Node<'d, 'a>, right: Node<'d, 'a>) -> Found<bool> {
        let (left, right) = (self.value_of(left)?, self.value_of(right)?);
        self.equal(&left, &right)
    }

    /// Whether a member of an object has this key.
    fn is_called(&mut self, member: Node<'d, 'a>, key: &str) -> Found<bool> {
        let (raw, escaped) = member.raw_key().unwrap_or_default();
        self.visit()?;
        self.read(raw)?;
        Ok(says(raw, escaped, key))
    }

    fn value_of<'v>(&mut self, node: Node<'d, 'a>) -> Found<Value<'v, 'd, 'a>>
    where
        'a: 'v,
    {
        Ok(match node.kind() {
            Kind::Null => Value::Null,
            Kind::Bool => Value::Bool(node.raw() == "true"),
            Kind::Number => {
                self.read(node.raw())?;
                Value::Number(Cow::Borrowed(node.raw()))
            }
            Kind::String => {
                self.read(node.raw())?;
                Value::Text(node.text().unwrap_or_default())
            }
            Kind::Array | Kind::Object => Value::Container(node),
        })
    }

    fn visit(&mut self) -> Found<()> {
        self.spend(1)
    }

    /// A long text takes as long to compare as many nodes take to look at, and a query can compare
    /// the same one with every item of an array.
    fn read(&mut self, text: &str) -> Found<()> {
        self.spend(text.len() / 64)
    }

    fn spend(&mut self, visits: usize) -> Found<()> {
        let visits = u32::try_from(visits).unwrap_or(u32::MAX);
        self.visits = self.visits.checked_sub(visits).ok_or(BudgetExceeded)?;
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
