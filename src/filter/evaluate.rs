//! Whether a filter matches, and why.

use std::borrow::Cow;

use super::condition::{Condition, Got, Items, Place};
use super::{Filter, Node};
use crate::delivery::Head;
use crate::form;
use crate::json::{Document, Kind, Node as JsonNode, Path};

/// Values that one question may look at. A filter over an array of a million items must end.
const MAX_WORK: u32 = 1_000_000;

/// What a filter is asked about.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'s, 'a> {
    payload: Option<&'s Document<'a>>,
    head: Option<&'s Head<'s>>,
}

/// The answer of a filter and how it came about. It holds no value of the event.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Explanation {
    /// Whether the filter matches.
    pub matched: bool,
    /// Every part of the filter that was asked, innermost first.
    pub steps: Vec<Step>,
}

/// One part of a filter that was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Step {
    /// The part, as a JSON Pointer into the filter.
    pub at: String,
    /// Why it holds or does not.
    pub reason: Reason,
}

/// Why a part of a filter holds or does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// It holds.
    Holds,
    /// The value is another one.
    Differs,
    /// Nothing stands there.
    Absent,
    /// Something stands there.
    Present,
    /// The value is of a type that the test is not about.
    WrongType,
    /// The header or query parameter stands there more than once.
    Repeated,
    /// Some part of it does not hold.
    Parts,
    /// The payload is so large that the question was given up; the whole filter does not match.
    TooMuchWork,
}

impl<'s, 'a> Subject<'s, 'a> {
    /// A payload without its head: headers and query parameters are absent.
    #[must_use]
    pub fn payload(payload: &'s Document<'a>) -> Self {
        Self { payload: Some(payload), head: None }
    }

    /// A head without a payload, whose values are absent.
    #[must_use]
    pub fn head(head: &'s Head<'s>) -> Self {
        Self { payload: None, head: Some(head) }
    }

    /// With the head of the delivery.
    #[must_use]
    pub fn with_head(self, head: &'s Head<'s>) -> Self {
        Self { head: Some(head), ..self }
    }
}

impl Filter {
    /// Whether the filter matches.
    #[must_use]
    pub fn matches(&self, subject: &Subject<'_, '_>) -> bool {
        Question::new(subject, None).ask_root(&self.root)
    }

    /// Whether the filter matches, and why. It asks every part, so it takes longer than
    /// [`matches`](Self::matches).
    #[must_use]
    pub fn explain(&self, subject: &Subject<'_, '_>) -> Explanation {
        let mut question = Question::new(subject, Some(Vec::new()));
        let matched = question.ask_root(&self.root);
        Explanation { matched, steps: question.steps.unwrap_or_default() }
    }
}

impl Reason {
    pub(super) fn exists(exists: bool) -> Self {
        if exists { Self::Present } else { Self::Absent }
    }
}

/// The question was given up.
struct Exhausted;

struct Question<'q, 's, 'a> {
    subject: &'q Subject<'s, 'a>,
    /// Where paths begin.
    payload: Option<JsonNode<'s, 'a>>,
    work: u32,
    steps: Option<Vec<Step>>,
    at: String,
}

impl<'q, 's, 'a> Question<'q, 's, 'a> {
    fn new(subject: &'q Subject<'s, 'a>, steps: Option<Vec<Step>>) -> Self {
        let payload = subject.payload.map(Document::root);
        Self { subject, payload, work: 0, steps, at: String::new() }
    }

    fn ask_root(&mut self, node: &Node) -> bool {
        match self.ask(node) {
            Ok(matched) => matched,
            Err(Exhausted) => {
                self.note(Reason::TooMuchWork);
                false
            }
        }
    }

    /// Recursion is bounded by the depth limit of filters.
    fn ask(&mut self, node: &Node) -> Result<bool, Exhausted> {
        let reason = match node {
            Node::All(parts) => self.ask_parts("all", parts, true)?,
            Node::Any(parts) => self.ask_parts("any", parts, false)?,
            Node::Not(part) => {
                let holds = self.below("not", None, |this| this.ask(part))?;
                if holds { Reason::Parts } else { Reason::Holds }
            }
            Node::ElementOf { array, filter } => self.ask_elements(array, filter)?,
            Node::Condition(condition) => match self.ask_condition(condition)? {
                Ok(()) => Reason::Holds,
                Err(reason) => reason,
            },
        };
        self.note(reason);
        Ok(reason == Reason::Holds)
    }

    /// Whether all parts hold, or any of them.
    fn ask_parts(&mut self, name: &str, parts: &[Node], all: bool) -> Result<Reason, Exhausted> {
        let mut result = all;
        for (position, part) in parts.iter().enumerate() {
            let holds = self.below(name, Some(position), |this| this.ask(part))?;
            result = if all { result && holds } else { result || holds };
            if result != all && self.steps.is_none() {
                break;
            }
        }
        Ok(if result { Reason::Holds } else { Reason::Parts })
    }

    fn ask_elements(&mut self, array: &Path, filter: &Node) -> Result<Reason, Exhausted> {
        let Some(node) = self.payload.and_then(|node| node.walk(array.segments()).ok()) else {
            return Ok(Reason::Absent);
        };
        if node.kind() != Kind::Array {
            return Ok(Reason::WrongType);
        }
        // One step for the whole array: a step for each part and item would have no end.
        let (payload, steps) = (self.payload, self.steps.take());
        let mut found = Ok(false);
        for item in node.children() {
            self.payload = Some(item);
            found = self.spend().and_then(|()| self.ask(filter));
            if !matches!(found, Ok(false)) {
                break;
            }
        }
        (self.payload, self.steps) = (payload, steps);
        Ok(if found? { Reason::Holds } else { Reason::Parts })
    }

    fn ask_condition(&mut self, condition: &Condition) -> Result<Result<(), Reason>, Exhausted> {
        self.spend()?;
        let got = match &condition.place {
            Place::Header(name) => self.header(name),
            Place::Query(name) => self.query(name),
            Place::Payload(path) => {
                let node = self.payload.and_then(|node| node.walk(path.segments()).ok());
                match (node, condition.items) {
                    (None, _) => Got::Absent,
                    (Some(node), None) => got(node),
                    (Some(node), Some(items)) => return self.ask_items(condition, node, items),
                }
            }
        };
        Ok(condition.test.holds(&got, condition.or_absent))
    }

    fn ask_items(
        &mut self,
        condition: &Condition,
        node: JsonNode<'s, 'a>,
        items: Items,
    ) -> Result<Result<(), Reason>, Exhausted> {
        if node.kind() != Kind::Array {
            return Ok(Err(Reason::WrongType));
        }
        let mut answer = Err(Reason::Parts);
        for item in node.children() {
            self.spend()?;
            answer = condition.test.holds(&got(item), condition.or_absent);
            if answer.is_ok() == (items == Items::Any) {
                break;
            }
        }
        Ok(answer)
    }

    fn header(&self, name: &str) -> Got<'s> {
        let Some(head) = self.subject.head else { return Got::Absent };
        let mut values = head.header(name);
        match (values.next(), values.next()) {
            (None, _) => Got::Absent,
            (Some(_), Some(_)) => Got::Repeated,
            (Some(value), None) => match std::str::from_utf8(value) {
                Ok(text) => Got::text(Cow::Borrowed(text)),
                Err(_) => Got::NotText,
            },
        }
    }

    fn query(&self, name: &str) -> Got<'s> {
        let Some(query) = self.subject.head.and_then(|head| head.query_string()) else {
            return Got::Absent;
        };
        let mut values = form::values(query.as_bytes(), name);
        match (values.next(), values.next()) {
            (None, _) => Got::Absent,
            (Some(_), Some(_)) => Got::Repeated,
            (Some(value), None) => match String::from_utf8(value.into_owned()) {
                Ok(text) => Got::text(Cow::Owned(text)),
                Err(_) => Got::NotText,
            },
        }
    }

    fn spend(&mut self) -> Result<(), Exhausted> {
        self.work += 1;
        if self.work > MAX_WORK { Err(Exhausted) } else { Ok(()) }
    }

    fn below<T>(
        &mut self,
        name: &str,
        position: Option<usize>,
        ask: impl FnOnce(&mut Self) -> T,
    ) -> T {
        if self.steps.is_none() {
            return ask(self);
        }
        let length = self.at.len();
        self.at.push('/');
        self.at.push_str(name);
        if let Some(position) = position {
            self.at.push('/');
            self.at.push_str(&position.to_string());
        }
        let answer = ask(self);
        self.at.truncate(length);
        answer
    }

    fn note(&mut self, reason: Reason) {
        if let Some(steps) = &mut self.steps {
            steps.push(Step { at: self.at.clone(), reason });
        }
    }
}

fn got<'a>(node: JsonNode<'_, 'a>) -> Got<'a> {
    match node.scalar() {
        Some(scalar) => Got::Scalar(scalar),
        None if node.kind() == Kind::Null => Got::Null,
        None => Got::Container(node.kind()),
    }
}
