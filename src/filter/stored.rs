//! The stored form of a filter, checked in full when it is read.

use std::fmt;

use ipnet::IpNet;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::{Map, Value};

use super::condition::{
    Condition, Items, Limit, Operand, Order, Place, Test, TypeName, parse_time,
};
use super::glob::Glob;
use super::{Filter, Node};
use crate::delivery::is_header_name;
use crate::json::{Decimal, Kind, Path, PathError};
use crate::stored::Tree;

const VERSION: u64 = 1;
const MAX_DEPTH: usize = 32;
const MAX_PARTS: usize = 1_000;
const MAX_OPERANDS: usize = 1_000;
const MAX_TEXT: usize = 4 * 1024;
const MAX_GLOB: usize = 256;
/// A double keeps every decimal number of so many digits.
const MAX_DIGITS: usize = 15;

/// Why a filter is refused when it is built, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("filter{at}: {kind}")]
pub struct FilterError {
    /// The part, as a JSON Pointer into the filter.
    pub at: String,
    /// What is wrong with it.
    pub kind: FilterErrorKind,
}

/// What is wrong with a part of a filter.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FilterErrorKind {
    /// The version of the stored form is not known.
    Version,
    /// It is no JSON object.
    NotAnObject,
    /// It is none of `all`, `any`, `not`, `element_of` and a condition, or more than one of them.
    NotOnePart,
    /// A condition names no place, or more than one.
    NotOnePlace,
    /// A condition has no test, or more than one.
    NotOneTest,
    /// There is no such member or test.
    Unknown,
    /// `all` or `any` has no parts, or a list no values: it would hold always or never.
    EmptyList,
    /// The path is malformed or could lead to several values.
    Path(PathError),
    /// The name of a header or query parameter is empty, or no token of RFC 9110.
    Name,
    /// The value of the test is of the wrong type.
    Operand,
    /// A number that is none, or one of more than 15 digits that a JSON reader could have rounded:
    /// write it as `{"number": "…"}`.
    Number,
    /// A time that is none of RFC 3339.
    Time,
    /// A network that is none.
    Network,
    /// A pattern that ends in a backslash or has more than 256 bytes.
    Glob,
    /// `items` without a payload path, or `or_absent` without `ne` or `not_in`.
    DoesNotApply,
    /// More than 32 levels, 1,000 parts, 1,000 values in a list, or 4 KiB of text.
    TooLarge,
}

impl Filter {
    /// Builds a filter from its JSON form; see [`Filter`].
    ///
    /// # Errors
    ///
    /// The first thing that is wrong with it, and where.
    pub fn from_value(value: &Value) -> Result<Self, FilterError> {
        let mut builder = Builder { at: String::new(), parts: 0 };
        let built = match value.as_object() {
            Some(object) => builder.root(object),
            None => Err(FilterErrorKind::NotAnObject),
        };
        match built {
            Ok(root) => Ok(Self { root }),
            Err(kind) => Err(FilterError { at: builder.at, kind }),
        }
    }

    /// The JSON form, with its version.
    #[must_use]
    pub fn to_value(&self) -> Value {
        let mut value = self.root.to_value();
        if let Value::Object(object) = &mut value {
            object.insert("version".into(), VERSION.into());
        }
        value
    }
}

impl Serialize for Filter {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_value().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Filter {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Tree(value) = Tree::deserialize(deserializer)?;
        Self::from_value(&value).map_err(de::Error::custom)
    }
}

impl fmt::Display for FilterErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Version => "this version of the stored form is not known",
            Self::NotAnObject => "must be a JSON object",
            Self::NotOnePart => "must be exactly one of all, any, not, element_of or a condition",
            Self::NotOnePlace => "needs exactly one of payload, header and query",
            Self::NotOneTest => "needs exactly one test",
            Self::Unknown => "there is no such member",
            Self::EmptyList => "must not be empty",
            Self::Path(error) => return write!(f, "the path is wrong: {error}"),
            Self::Name => "must be the name of a header or query parameter",
            Self::Operand => "is of the wrong type for this test",
            Self::Number => {
                "must be a JSON number; one of more than 15 digits is written {\"number\": \"…\"}"
            }
            Self::Time => "must be a date and time of RFC 3339",
            Self::Network => "must be a network such as 10.0.0.0/8",
            Self::Glob => "must have at most 256 bytes and not end in a backslash",
            Self::DoesNotApply => "does not apply to this condition",
            Self::TooLarge => {
                "a filter has at most 32 levels, 1000 parts, 1000 values in a list and 4 KiB of text"
            }
        })
    }
}

/// Builds nodes; after a fault, `at` points to it.
struct Builder {
    at: String,
    parts: usize,
}

type Built<T> = Result<T, FilterErrorKind>;

impl Builder {
    fn root(&mut self, object: &Map<String, Value>) -> Built<Node> {
        if let Some(version) = object.get("version") {
            self.below("version", |_| match version.as_u64() {
                Some(VERSION) => Ok(()),
                _ => Err(FilterErrorKind::Version),
            })?;
        }
        self.node(object, 0)
    }

    /// Recursion ends at the depth limit.
    fn node(&mut self, object: &Map<String, Value>, depth: usize) -> Built<Node> {
        self.parts += 1;
        if depth >= MAX_DEPTH || self.parts > MAX_PARTS {
            return Err(FilterErrorKind::TooLarge);
        }
        let members = object.keys().filter(|name| depth > 0 || *name != "version").count();
        let only = |name: &str, count: usize| match object.get(name) {
            Some(value) if members == count => Ok(Some(value)),
            Some(_) => Err(FilterErrorKind::NotOnePart),
            None => Ok(None),
        };
        if let Some(parts) = only("all", 1)? {
            return Ok(Node::All(self.below("all", |this| this.nodes(parts, depth))?));
        }
        if let Some(parts) = only("any", 1)? {
            return Ok(Node::Any(self.below("any", |this| this.nodes(parts, depth))?));
        }
        if let Some(part) = only("not", 1)? {
            let part = self.below("not", |this| this.value(part, depth))?;
            return Ok(Node::Not(Box::new(part)));
        }
        if let Some(array) = only("element_of", 2)? {
            let array = self.below("element_of", |_| path(array))?;
            let filter = object.get("where").ok_or(FilterErrorKind::NotOnePart)?;
            let filter = Box::new(self.below("where", |this| this.value(filter, depth))?);
            return Ok(Node::ElementOf { array, filter });
        }
        self.condition(object, depth).map(Node::Condition)
    }

    fn value(&mut self, value: &Value, depth: usize) -> Built<Node> {
        let object = value.as_object().ok_or(FilterErrorKind::NotAnObject)?;
        self.node(object, depth + 1)
    }

    fn nodes(&mut self, value: &Value, depth: usize) -> Built<Vec<Node>> {
        let parts = value.as_array().ok_or(FilterErrorKind::Operand)?;
        if parts.is_empty() {
            return Err(FilterErrorKind::EmptyList);
        }
        let mut nodes = Vec::new();
        for (position, part) in parts.iter().enumerate() {
            nodes.push(self.below(&position.to_string(), |this| this.value(part, depth))?);
        }
        Ok(nodes)
    }

    fn condition(&mut self, object: &Map<String, Value>, depth: usize) -> Built<Condition> {
        let mut place = None;
        let mut test = None;
        let mut items = None;
        let mut or_absent = false;
        // In the order of the names: another crate in the build can make serde_json keep its own.
        let mut members: Vec<_> = object.iter().collect();
        members.sort_unstable_by_key(|(name, _)| *name);
        for (name, value) in members {
            self.below(name, |_| {
                let found_place = match name.as_str() {
                    "version" if depth == 0 => return Ok(()),
                    "payload" => Some(Place::Payload(path(value)?)),
                    "header" => Some(Place::Header(token(value)?)),
                    "query" => Some(Place::Query(text(value)?)),
                    "items" => {
                        items = Some(match value.as_str() {
                            Some("any") => Items::Any,
                            Some("all") => Items::All,
                            _ => return Err(FilterErrorKind::Operand),
                        });
                        return Ok(());
                    }
                    "or_absent" => {
                        or_absent = value.as_bool().ok_or(FilterErrorKind::Operand)?;
                        return Ok(());
                    }
                    _ => None,
                };
                if found_place.is_some() {
                    return match std::mem::replace(&mut place, found_place) {
                        None => Ok(()),
                        Some(_) => Err(FilterErrorKind::NotOnePlace),
                    };
                }
                match test.replace(build_test(name, value)?) {
                    None => Ok(()),
                    Some(_) => Err(FilterErrorKind::NotOneTest),
                }
            })?;
        }
        let place = place.ok_or(FilterErrorKind::NotOnePlace)?;
        let test = test.ok_or(FilterErrorKind::NotOneTest)?;
        let items_apply = matches!(place, Place::Payload(_)) && !matches!(test, Test::Exists(_));
        let absent_applies = matches!(test, Test::Ne(_) | Test::NotIn(_));
        if (items.is_some() && !items_apply) || (or_absent && !absent_applies) {
            return Err(FilterErrorKind::DoesNotApply);
        }
        Ok(Condition { place, test, items, or_absent })
    }

    fn below<T>(&mut self, name: &str, build: impl FnOnce(&mut Self) -> Built<T>) -> Built<T> {
        let length = self.at.len();
        self.at.push('/');
        self.at.push_str(&name.replace('~', "~0").replace('/', "~1"));
        let built = build(self)?;
        self.at.truncate(length);
        Ok(built)
    }
}

fn build_test(name: &str, value: &Value) -> Built<Test> {
    Ok(match name {
        "eq" => Test::Eq(operand(value)?),
        "ne" => Test::Ne(operand(value)?),
        "in" => Test::In(list(value, operand)?),
        "not_in" => Test::NotIn(list(value, operand)?),
        "lt" => Test::Order(Order::Lt, limit(value)?),
        "lte" => Test::Order(Order::Lte, limit(value)?),
        "gt" => Test::Order(Order::Gt, limit(value)?),
        "gte" => Test::Order(Order::Gte, limit(value)?),
        "prefix" => Test::Prefix(text(value)?),
        "suffix" => Test::Suffix(text(value)?),
        "contains" => Test::Contains(text(value)?),
        "glob" => {
            let written = text(value)?;
            let glob = if written.len() <= MAX_GLOB { Glob::compile(&written) } else { None };
            Test::Glob(glob.ok_or(FilterErrorKind::Glob)?)
        }
        "cidr" if value.is_array() => Test::Cidr(list(value, network)?),
        "cidr" => Test::Cidr(vec![network(value)?]),
        "type" => Test::Type(type_name(value)?),
        "null" => Test::Null(value.as_bool().ok_or(FilterErrorKind::Operand)?),
        "exists" => Test::Exists(value.as_bool().ok_or(FilterErrorKind::Operand)?),
        _ => return Err(FilterErrorKind::Unknown),
    })
}

fn operand(value: &Value) -> Built<Operand> {
    Ok(match value {
        Value::Null => Operand::Null,
        Value::Bool(value) => Operand::Bool(*value),
        Value::String(_) => Operand::String(text(value)?),
        Value::Number(_) | Value::Object(_) => Operand::Number(number(value)?),
        Value::Array(_) => return Err(FilterErrorKind::Operand),
    })
}

fn limit(value: &Value) -> Built<Limit> {
    let time = value.as_object().filter(|object| object.len() == 1).and_then(|it| it.get("time"));
    match time {
        Some(written) => {
            let written = text(written)?;
            let time = parse_time(&written).ok_or(FilterErrorKind::Time)?;
            Ok(Limit::Time { written, time })
        }
        None => Ok(Limit::Number(number(value)?)),
    }
}

/// A JSON number, or `{"number": "its text"}`.
pub(crate) fn number(value: &Value) -> Built<Box<str>> {
    let lexeme = match value {
        Value::Number(number) => {
            let lexeme = number.to_string();
            let is_exact = number.is_i64() || number.is_u64();
            // What serde_json has read as a double is exact up to 15 digits, and shown so.
            if !is_exact && lexeme.bytes().filter(u8::is_ascii_digit).count() > MAX_DIGITS {
                return Err(FilterErrorKind::Number);
            }
            lexeme
        }
        Value::Object(object) if object.len() == 1 => match object.get("number") {
            Some(Value::String(lexeme)) => lexeme.clone(),
            _ => return Err(FilterErrorKind::Operand),
        },
        _ => return Err(FilterErrorKind::Operand),
    };
    if lexeme.len() > MAX_TEXT || Decimal::parse(&lexeme).is_none() {
        return Err(FilterErrorKind::Number);
    }
    Ok(lexeme.into())
}

fn list<T>(value: &Value, build: impl Fn(&Value) -> Built<T>) -> Built<Vec<T>> {
    let values = value.as_array().ok_or(FilterErrorKind::Operand)?;
    match values.len() {
        0 => Err(FilterErrorKind::EmptyList),
        1..=MAX_OPERANDS => values.iter().map(build).collect(),
        _ => Err(FilterErrorKind::TooLarge),
    }
}

fn text(value: &Value) -> Built<Box<str>> {
    match value.as_str() {
        Some(text) if text.len() <= MAX_TEXT => Ok(text.into()),
        Some(_) => Err(FilterErrorKind::TooLarge),
        None => Err(FilterErrorKind::Operand),
    }
}

/// What a header can be called.
fn token(value: &Value) -> Built<Box<str>> {
    let name = text(value)?;
    if is_header_name(&name) { Ok(name) } else { Err(FilterErrorKind::Name) }
}

fn path(value: &Value) -> Built<Path> {
    Path::parse(&text(value)?).map_err(FilterErrorKind::Path)
}

fn network(value: &Value) -> Built<IpNet> {
    text(value)?.parse().map_err(|_| FilterErrorKind::Network)
}

fn type_name(value: &Value) -> Built<TypeName> {
    Ok(TypeName::Kind(match value.as_str() {
        Some("integer") => return Ok(TypeName::Integer),
        Some("null") => Kind::Null,
        Some("boolean") => Kind::Bool,
        Some("number") => Kind::Number,
        Some("string") => Kind::String,
        Some("array") => Kind::Array,
        Some("object") => Kind::Object,
        _ => return Err(FilterErrorKind::Operand),
    }))
}

impl Node {
    fn to_value(&self) -> Value {
        let list = |nodes: &[Self]| nodes.iter().map(Self::to_value).collect::<Value>();
        let members: Vec<(&str, Value)> = match self {
            Self::All(parts) => vec![("all", list(parts))],
            Self::Any(parts) => vec![("any", list(parts))],
            Self::Not(part) => vec![("not", part.to_value())],
            Self::ElementOf { array, filter } => {
                vec![("element_of", array.to_string().into()), ("where", filter.to_value())]
            }
            Self::Condition(condition) => condition.members(),
        };
        object(members)
    }
}

impl Condition {
    fn members(&self) -> Vec<(&'static str, Value)> {
        let mut members = vec![match &self.place {
            Place::Payload(path) => ("payload", path.to_string().into()),
            Place::Header(name) => ("header", (**name).into()),
            Place::Query(name) => ("query", (**name).into()),
        }];
        let list = |operands: &[Operand]| operands.iter().map(Operand::to_value).collect::<Value>();
        members.push(match &self.test {
            Test::Eq(operand) => ("eq", operand.to_value()),
            Test::Ne(operand) => ("ne", operand.to_value()),
            Test::In(operands) => ("in", list(operands)),
            Test::NotIn(operands) => ("not_in", list(operands)),
            Test::Order(order, limit) => (order.name(), limit.to_value()),
            Test::Prefix(part) => ("prefix", (**part).into()),
            Test::Suffix(part) => ("suffix", (**part).into()),
            Test::Contains(part) => ("contains", (**part).into()),
            Test::Glob(glob) => ("glob", glob.written().into()),
            Test::Cidr(networks) => {
                ("cidr", networks.iter().map(IpNet::to_string).collect::<Value>())
            }
            Test::Type(TypeName::Integer) => ("type", "integer".into()),
            Test::Type(TypeName::Kind(kind)) => ("type", kind.as_str().into()),
            Test::Null(wanted) => ("null", (*wanted).into()),
            Test::Exists(wanted) => ("exists", (*wanted).into()),
        });
        match self.items {
            Some(Items::Any) => members.push(("items", "any".into())),
            Some(Items::All) => members.push(("items", "all".into())),
            None => {}
        }
        if self.or_absent {
            members.push(("or_absent", true.into()));
        }
        members
    }
}

impl Operand {
    fn to_value(&self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Bool(value) => (*value).into(),
            Self::Number(lexeme) => number_to_value(lexeme),
            Self::String(text) => (**text).into(),
        }
    }
}

impl Limit {
    fn to_value(&self) -> Value {
        match self {
            Self::Number(lexeme) => number_to_value(lexeme),
            Self::Time { written, .. } => object(vec![("time", (**written).into())]),
        }
    }
}

impl Order {
    fn name(self) -> &'static str {
        match self {
            Self::Lt => "lt",
            Self::Lte => "lte",
            Self::Gt => "gt",
            Self::Gte => "gte",
        }
    }
}

/// A plain number where every reader keeps it, its text otherwise.
pub(crate) fn number_to_value(lexeme: &str) -> Value {
    match lexeme.parse::<i64>() {
        Ok(integer) if integer.to_string() == lexeme => integer.into(),
        _ => object(vec![("number", lexeme.into())]),
    }
}

fn object(members: Vec<(&str, Value)>) -> Value {
    Value::Object(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}
