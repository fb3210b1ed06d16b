//! One condition: a place and a test.

use std::borrow::Cow;
use std::net::IpAddr;

use ipnet::IpNet;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::evaluate::Reason;
use super::glob::Glob;
use crate::json::{Decimal, Kind, Path, Scalar};
use crate::payload::Format;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Condition {
    pub(super) place: Place,
    pub(super) test: Test,
    pub(super) items: Option<Items>,
    /// `ne` and `not_in` hold for what is absent.
    pub(super) or_absent: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Payload(Path),
    Header(Box<str>),
    Query(Box<str>),
}

/// Which items of an array must pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Items {
    Any,
    All,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Test {
    Eq(Operand),
    Ne(Operand),
    In(Vec<Operand>),
    NotIn(Vec<Operand>),
    Order(Order, Limit),
    Prefix(Box<str>),
    Suffix(Box<str>),
    Contains(Box<str>),
    Glob(Glob),
    Cidr(Vec<IpNet>),
    Type(TypeName),
    Null(bool),
    Exists(bool),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Operand {
    Null,
    Bool(bool),
    /// As written.
    Number(Box<str>),
    String(Box<str>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    Lt,
    Lte,
    Gt,
    Gte,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Limit {
    /// As written.
    Number(Box<str>),
    Time {
        written: Box<str>,
        time: OffsetDateTime,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TypeName {
    Kind(Kind),
    Integer,
}

/// What stands at a place.
#[derive(Clone, Debug)]
pub(super) enum Got<'a> {
    Absent,
    /// A header or query parameter that stands there more than once.
    Repeated,
    /// A header that is not text.
    NotText,
    Null,
    Scalar(Scalar<'a>),
    Container(Kind),
}

impl Test {
    /// Whether the test holds for what stands at one place, and why not.
    pub(super) fn holds(&self, got: &Got<'_>, or_absent: bool) -> Result<(), Reason> {
        let exists = !matches!(got, Got::Absent);
        match self {
            Self::Exists(wanted) => return holds(*wanted == exists, Reason::exists(exists)),
            Self::Ne(_) | Self::NotIn(_) if or_absent && !exists => return Ok(()),
            _ => {}
        }
        match (got, self) {
            (Got::Absent, _) => Err(Reason::Absent),
            (Got::Repeated, _) => Err(Reason::Repeated),
            (Got::NotText, _) => Err(Reason::WrongType),
            (_, Self::Null(wanted)) => holds(*wanted == matches!(got, Got::Null), Reason::Differs),
            (_, Self::Type(name)) => holds(name.is_type_of(got), Reason::WrongType),
            (Got::Container(_), _) => Err(Reason::WrongType),
            (Got::Null, _) => self.holds_for(&Operand::Null),
            (Got::Scalar(Scalar::Bool(value)), _) => self.holds_for(&Operand::Bool(*value)),
            (Got::Scalar(Scalar::Number(lexeme)), _) => self.holds_for_number(lexeme),
            (Got::Scalar(Scalar::String(text)), _) => self.holds_for_text(text),
        }
    }

    /// For null and booleans, which are only ever equal or not.
    fn holds_for(&self, value: &Operand) -> Result<(), Reason> {
        match self {
            Self::Eq(operand) => holds(operand == value, Reason::Differs),
            Self::Ne(operand) => holds(operand != value, Reason::Differs),
            Self::In(operands) => holds(operands.contains(value), Reason::Differs),
            Self::NotIn(operands) => holds(!operands.contains(value), Reason::Differs),
            _ => Err(Reason::WrongType),
        }
    }

    fn holds_for_number(&self, lexeme: &str) -> Result<(), Reason> {
        let Some(number) = Decimal::parse(lexeme) else { return Err(Reason::WrongType) };
        let is = |operand: &Operand| match operand {
            Operand::Number(written) => Decimal::parse(written).is_some_and(|it| it == number),
            _ => false,
        };
        match self {
            Self::Eq(operand) => holds(is(operand), Reason::Differs),
            Self::Ne(operand) => holds(!is(operand), Reason::Differs),
            Self::In(operands) => holds(operands.iter().any(is), Reason::Differs),
            Self::NotIn(operands) => holds(!operands.iter().any(is), Reason::Differs),
            Self::Order(order, Limit::Number(written)) => match Decimal::parse(written) {
                Some(limit) => holds(order.holds(number.cmp(&limit)), Reason::Differs),
                None => Err(Reason::WrongType),
            },
            _ => Err(Reason::WrongType),
        }
    }

    fn holds_for_text(&self, text: &str) -> Result<(), Reason> {
        let is =
            |operand: &Operand| matches!(operand, Operand::String(wanted) if **wanted == *text);
        let holding = match self {
            Self::Eq(operand) => is(operand),
            Self::Ne(operand) => !is(operand),
            Self::In(operands) => operands.iter().any(is),
            Self::NotIn(operands) => !operands.iter().any(is),
            Self::Prefix(part) => text.starts_with(&**part),
            Self::Suffix(part) => text.ends_with(&**part),
            Self::Contains(part) => text.contains(&**part),
            Self::Glob(glob) => glob.fits(text),
            Self::Order(order, Limit::Time { time: limit, .. }) => {
                let Some(time) = parse_time(text) else { return Err(Reason::WrongType) };
                order.holds(time.cmp(limit))
            }
            Self::Cidr(networks) => {
                let Ok(address) = text.parse::<IpAddr>() else { return Err(Reason::WrongType) };
                // An IPv4 address in IPv6 clothes is the IPv4 address.
                let address = address.to_canonical();
                networks.iter().any(|network| network.contains(&address))
            }
            _ => return Err(Reason::WrongType),
        };
        holds(holding, Reason::Differs)
    }
}

impl Order {
    fn holds(self, ordering: std::cmp::Ordering) -> bool {
        match self {
            Self::Lt => ordering.is_lt(),
            Self::Lte => ordering.is_le(),
            Self::Gt => ordering.is_gt(),
            Self::Gte => ordering.is_ge(),
        }
    }
}

impl TypeName {
    fn is_type_of(self, got: &Got<'_>) -> bool {
        match (self, got) {
            (Self::Integer, Got::Scalar(Scalar::Number(lexeme))) => {
                Decimal::parse(lexeme).is_some_and(|number| number.is_integer())
            }
            (Self::Kind(kind), Got::Null) => kind == Kind::Null,
            (Self::Kind(kind), Got::Scalar(scalar)) => kind == scalar.kind(),
            (Self::Kind(kind), Got::Container(other)) => kind == *other,
            _ => false,
        }
    }
}

impl<'a> Got<'a> {
    pub(super) fn text(text: Cow<'a, str>) -> Self {
        Self::Scalar(Scalar::String(text))
    }
}

/// A strict RFC 3339 date and time.
pub(super) fn parse_time(text: &str) -> Option<OffsetDateTime> {
    if Format::of(text) != Some(Format::DateTime) {
        return None;
    }
    OffsetDateTime::parse(text, &Rfc3339).ok()
}

fn holds(holding: bool, otherwise: Reason) -> Result<(), Reason> {
    if holding { Ok(()) } else { Err(otherwise) }
}
