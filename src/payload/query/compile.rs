//! From the text of a query to its segments: the grammar is the parser's, the choice of it is ours.

use jsonpath_rust::parser::errors::JsonPathError;
use jsonpath_rust::parser::model as parsed;
use jsonpath_rust::parser::parse_json_path;

use super::{Logic, Operand, Operator, QueryError, Segment, Selector, Sub};

/// Longer texts are no query that anyone wrote.
const MAX_TEXT: usize = 4 * 1024;
/// Selectors of one query, filters included.
const MAX_SELECTORS: usize = 200;

pub(super) fn compile(text: &str) -> Result<Vec<Segment>, QueryError> {
    if text.len() > MAX_TEXT {
        return Err(QueryError::TooLarge);
    }
    if let Some(column) = misplaced_blank(text) {
        return Err(QueryError::Malformed { column: Some(column) });
    }
    let query = parse_json_path(text).map_err(|error| malformed(&error))?;
    Compiler { selectors: 0 }.segments(&query.segments)
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

fn malformed(error: &JsonPathError) -> QueryError {
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
