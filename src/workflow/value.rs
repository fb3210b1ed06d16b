//! What a workflow is written with: fixed values, and templates for all that an event decides.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Value, json};

use crate::filter::{number, number_to_value};
use crate::json::{decimal_key, quoted};
use crate::stored::Tree;
use crate::template::Template;

/// A scalar that a workflow is written with.
///
/// Its stored form is the JSON scalar that it is. A number that JSON readers might round is written
/// `{"number": "9007199254740993.5"}`, as in a [`Filter`](crate::filter::Filter), and keeps its
/// digits.
///
/// ```
/// use hookstage::workflow::Literal;
///
/// let literal = |json| serde_json::from_str::<Literal>(json).unwrap();
/// assert_eq!(literal("5"), Literal::Number("5".into()));
/// assert_eq!(literal("\"5\""), Literal::String("5".into()));
/// assert_eq!(literal(r#"{"number": "0.10"}"#), Literal::Number("0.10".into()));
/// assert!(serde_json::from_str::<Literal>("[5]").is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Literal {
    /// True or false.
    Bool(bool),
    /// Nothing.
    Null,
    /// A number, as text so that it keeps its digits.
    Number(String),
    /// A string.
    String(String),
}

impl Literal {
    /// The text of the JSON value.
    pub(super) fn json(&self) -> String {
        match self {
            Self::Bool(value) => value.to_string(),
            Self::Null => "null".to_owned(),
            Self::Number(lexeme) => lexeme.clone(),
            Self::String(text) => quoted(text),
        }
    }

    /// Whether it is one: a number that code wrote may be none.
    pub(super) fn is_json(&self) -> bool {
        match self {
            Self::Number(lexeme) => decimal_key(lexeme).is_some(),
            Self::Bool(_) | Self::Null | Self::String(_) => true,
        }
    }

    fn of(value: Value) -> Result<Self, &'static str> {
        match value {
            Value::Null => Ok(Self::Null),
            Value::Bool(value) => Ok(Self::Bool(value)),
            Value::String(text) => Ok(Self::String(text)),
            Value::Number(_) | Value::Object(_) => {
                number(&value).map(|lexeme| Self::Number(lexeme.into())).map_err(|_| NO_LITERAL)
            }
            Value::Array(_) => Err(NO_LITERAL),
        }
    }

    fn to_value(&self) -> Value {
        match self {
            Self::Bool(value) => (*value).into(),
            Self::Null => Value::Null,
            Self::Number(lexeme) => number_to_value(lexeme),
            Self::String(text) => text.as_str().into(),
        }
    }
}

const NO_LITERAL: &str = "a literal is true, false, null, a string or a number; a number of more \
    than 15 digits is written {\"number\": \"…\"}";

/// The value of a field of a step.
///
/// A template is written as the string that it is, a fixed value as `{"literal": 5}`. A string in a
/// literal is never read as a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldValue {
    /// A fixed value.
    Literal(Literal),
    /// A value of the event, the id of an earlier step, or text with such in it.
    Template(Template),
}

impl FieldValue {
    /// The template, if an event has a say in it.
    pub(super) const fn template(&self) -> Option<&Template> {
        match self {
            Self::Literal(_) => None,
            Self::Template(template) => Some(template),
        }
    }
}

impl<'de> Deserialize<'de> for Literal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Tree(value) = Tree::deserialize(deserializer)?;
        Self::of(value).map_err(D::Error::custom)
    }
}

impl Serialize for Literal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_value().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for FieldValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Tree(value) = Tree::deserialize(deserializer)?;
        match value {
            Value::String(text) => {
                Template::parse(&text).map(Self::Template).map_err(D::Error::custom)
            }
            Value::Object(mut object) if object.len() == 1 => match object.remove("literal") {
                Some(value) => Literal::of(value).map(Self::Literal).map_err(D::Error::custom),
                None => Err(D::Error::custom(NO_VALUE)),
            },
            _ => Err(D::Error::custom(NO_VALUE)),
        }
    }
}

impl Serialize for FieldValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Literal(literal) => {
                json!({ "literal": literal.to_value() }).serialize(serializer)
            }
            Self::Template(template) => template.serialize(serializer),
        }
    }
}

const NO_VALUE: &str = "a field is a template in a string, or {\"literal\": …} with a fixed value";
