//! From the body of a delivery to the JSON document in it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::delivery::Head;
use crate::form;
use crate::json::write_quoted;

/// Fields of one form that are read.
const MAX_FIELDS: usize = 1_000;

/// Which bodies hold a JSON document, and where in them.
///
/// Decoding comes after verification: a signature covers the body as it was sent.
///
/// ```
/// use hookstage::Head;
/// use hookstage::payload::{BodyDecoder, Forms};
///
/// let headers = [("content-type", b"application/x-www-form-urlencoded".as_slice())];
/// let head = Head::post("", &headers);
/// let decoder = BodyDecoder { forms: Forms::Auto, ..BodyDecoder::default() };
/// let json = decoder.decode(&head, b"payload=%7B%22type%22%3A%22block_actions%22%7D")?;
/// assert_eq!(json, br#"{"type":"block_actions"}"#.as_slice());
/// let json = decoder.decode(&head, b"a=1&a=2&b=")?;
/// assert_eq!(json, br#"{"a":["1","2"],"b":""}"#.as_slice());
/// # Ok::<(), hookstage::payload::DecodeError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BodyDecoder {
    /// What becomes of form bodies: refused by default.
    pub forms: Forms,
    /// Also take `text/json` and types that end in `+json` (RFC 6839) for JSON. Off by default.
    pub json_suffix: bool,
    /// Take a body without a content type for JSON. Off by default.
    pub without_content_type: bool,
}

/// What becomes of `application/x-www-form-urlencoded` bodies.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Forms {
    /// They are refused.
    #[default]
    Refuse,
    /// The document is the value of the field with this name, which must stand there once.
    JsonIn(String),
    /// The document is an object of texts, one for each field; repeated fields are arrays.
    Fields,
    /// The value of the field `payload` if that is the only one and begins like a container, as
    /// with Slack's interactive messages; an object of texts otherwise.
    Auto,
}

/// Why a body holds no document that can be read. It never repeats what was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// The body is compressed or coded otherwise (`Content-Encoding`).
    #[error("the body is coded; send it without a content-encoding")]
    Encoded,
    /// There is no `Content-Type`.
    #[error("there is no content-type")]
    NoContentType,
    /// There are several `Content-Type` or `Content-Encoding` lines.
    #[error("the content type or coding stands there more than once")]
    Repeated,
    /// The content type is none that the source takes.
    #[error("this content type is not taken")]
    ContentType,
    /// A charset other than UTF-8: JSON between systems is UTF-8 (RFC 8259, section 8.1).
    #[error("the charset must be utf-8")]
    Charset,
    /// The form does not hold the field with the document exactly once.
    #[error("the form must hold the field with the document exactly once")]
    Field,
    /// A form holds a name or value that is not UTF-8.
    #[error("the form holds bytes that are not UTF-8")]
    NotUtf8,
    /// A form has more than 1,000 fields.
    #[error("the form has more than 1000 fields")]
    TooManyFields,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Json,
    Form,
}

impl BodyDecoder {
    /// The JSON document in a body: the body itself, or what its form says. Whether it is valid
    /// JSON is for the reader to tell.
    ///
    /// # Errors
    ///
    /// When the head says that the body is something else.
    pub fn decode<'a>(
        &self,
        head: &Head<'_>,
        body: &'a [u8],
    ) -> Result<Cow<'a, [u8]>, DecodeError> {
        if let Some(coding) = only(head, "content-encoding")?
            && !coding.trim_ascii().eq_ignore_ascii_case(b"identity")
        {
            return Err(DecodeError::Encoded);
        }
        match (self.kind(only(head, "content-type")?)?, &self.forms) {
            (Kind::Json, _) => Ok(Cow::Borrowed(body)),
            (Kind::Form, Forms::Refuse) => Err(DecodeError::ContentType),
            (Kind::Form, Forms::JsonIn(name)) => {
                let mut values = form::values(body, name);
                match (values.next(), values.next()) {
                    (Some(value), None) => Ok(value),
                    _ => Err(DecodeError::Field),
                }
            }
            (Kind::Form, Forms::Fields) => object_of_fields(body),
            (Kind::Form, Forms::Auto) => {
                let mut fields = form::decoded(body);
                match (fields.next(), fields.next()) {
                    (Some((name, value)), None)
                        if *name == *b"payload" && matches!(value.first(), Some(b'{' | b'[')) =>
                    {
                        Ok(value)
                    }
                    _ => object_of_fields(body),
                }
            }
        }
    }

    fn kind(&self, content_type: Option<&[u8]>) -> Result<Kind, DecodeError> {
        let Some(content_type) = content_type else {
            return if self.without_content_type {
                Ok(Kind::Json)
            } else {
                Err(DecodeError::NoContentType)
            };
        };
        let text = std::str::from_utf8(content_type).map_err(|_| DecodeError::ContentType)?;
        let media = text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let kind = match media.as_str() {
            "application/json" => Kind::Json,
            "application/x-www-form-urlencoded" => Kind::Form,
            "text/json" if self.json_suffix => Kind::Json,
            other if self.json_suffix && other.contains('/') && other.ends_with("+json") => {
                Kind::Json
            }
            _ => return Err(DecodeError::ContentType),
        };
        if is_charset_utf8(content_type) { Ok(kind) } else { Err(DecodeError::Charset) }
    }
}

/// Whether a content type names no charset but UTF-8.
pub(crate) fn is_charset_utf8(content_type: &[u8]) -> bool {
    content_type.split(|byte| *byte == b';').skip(1).all(|parameter| {
        let equals = parameter.iter().position(|byte| *byte == b'=').unwrap_or(parameter.len());
        let (name, value) = parameter.split_at(equals);
        let value = value.get(1..).unwrap_or_default().trim_ascii();
        let value = value.strip_prefix(b"\"").unwrap_or(value);
        let value = value.strip_suffix(b"\"").unwrap_or(value);
        !name.trim_ascii().eq_ignore_ascii_case(b"charset")
            || value.eq_ignore_ascii_case(b"utf-8")
            || value.eq_ignore_ascii_case(b"utf8")
    })
}

/// Whether the head says that the body is compressed or coded otherwise.
pub(crate) fn is_coded(head: &Head<'_>) -> bool {
    head.header("content-encoding")
        .any(|coding| !coding.trim_ascii().eq_ignore_ascii_case(b"identity"))
}

fn only<'a>(head: &Head<'a>, name: &str) -> Result<Option<&'a [u8]>, DecodeError> {
    let mut values = head.header(name);
    match (values.next(), values.next()) {
        (_, Some(_)) => Err(DecodeError::Repeated),
        (value, None) => Ok(value),
    }
}

/// Fields in the order of their first line.
fn object_of_fields(form: &[u8]) -> Result<Cow<'_, [u8]>, DecodeError> {
    let mut order: Vec<(String, Vec<String>)> = Vec::new();
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    for (count, (name, value)) in form::decoded(form).enumerate() {
        if count >= MAX_FIELDS {
            return Err(DecodeError::TooManyFields);
        }
        let text = |bytes: Cow<'_, [u8]>| {
            String::from_utf8(bytes.into_owned()).map_err(|_| DecodeError::NotUtf8)
        };
        let (name, value) = (text(name)?, text(value)?);
        let at = *known.entry(name.clone()).or_insert(order.len());
        match order.get_mut(at) {
            Some((_, values)) => values.push(value),
            None => order.push((name, vec![value])),
        }
    }
    let mut json = String::from("{");
    for (position, (name, values)) in order.iter().enumerate() {
        if position > 0 {
            json.push(',');
        }
        // Writing to a string does not fail.
        let _ = write_quoted(&mut json, name);
        json.push_str(if values.len() > 1 { ":[" } else { ":" });
        for (position, value) in values.iter().enumerate() {
            if position > 0 {
                json.push(',');
            }
            let _ = write_quoted(&mut json, value);
        }
        if values.len() > 1 {
            json.push(']');
        }
    }
    json.push('}');
    Ok(Cow::Owned(json.into_bytes()))
}
