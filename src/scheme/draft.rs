//! A delivery under construction: values put wherever a scheme says they stand.

use serde_json::{Map, Value};

use super::description::{Encoding, Grammar, Place};

use super::locate::{Context, optional};
use super::parameters::Parameters;
use super::sign::{SignError, SignedRequest, Unsigned};
use crate::delivery::Head;

/// The request so far, with the items that stand beside a signature.
pub(super) struct Draft {
    request: SignedRequest,
    items: Vec<(String, String)>,
    positions: Vec<(u8, String)>,
}

impl Draft {
    pub(super) fn new(request: &Unsigned<'_>) -> Self {
        let headers = request
            .headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.to_vec()))
            .collect();
        Self {
            request: SignedRequest {
                method: request.method.to_owned(),
                url: request.url.to_owned(),
                headers,
                body: request.body.to_vec(),
            },
            items: Vec::new(),
            positions: Vec::new(),
        }
    }

    pub(super) fn finish(self) -> SignedRequest {
        self.request
    }

    pub(super) fn body(&self) -> &[u8] {
        &self.request.body
    }

    pub(super) fn header_lines(&self) -> Vec<(&str, &[u8])> {
        self.request.header_lines()
    }

    pub(super) fn head<'a>(&'a self, lines: &'a [(&'a str, &'a [u8])]) -> Head<'a> {
        Head::new(&self.request.method, &self.request.url, lines)
    }

    /// Puts a value at its place, over what stands there.
    pub(super) fn put(&mut self, place: &Place, text: &str, number: bool) -> Result<(), SignError> {
        match place {
            Place::Header(name) => self.put_header(name, text)?,
            Place::FirstHeader(names) => {
                self.put_header(names.first().map_or("", AsRef::as_ref), text)?;
            }
            Place::NumberedHeader { prefix, .. } => self.put_header(&format!("{prefix}1"), text)?,
            Place::Query(name) => {
                let (address, fragment) = match self.request.url.split_once('#') {
                    Some((address, fragment)) => (address, format!("#{fragment}")),
                    None => (self.request.url.as_str(), String::new()),
                };
                let (base, query) = address.split_once('?').unwrap_or((address, ""));
                let query = with_field(query.as_bytes(), name, text);
                self.request.url = format!("{base}?{query}{fragment}");
            }
            Place::Form(name) => {
                self.request.body = with_field(&self.request.body, name, text).into_bytes();
            }
            Place::FormMember { field, pointer } => {
                let old = crate::form::values(&self.request.body, field).next();
                let json = with_member(&old.unwrap_or_default(), pointer, text, number)?;
                let json = String::from_utf8(json).map_err(|_| SignError::Body)?;
                self.request.body = with_field(&self.request.body, field, &json).into_bytes();
            }
            Place::Body(pointer) => {
                self.request.body = with_member(&self.request.body, pointer, text, number)?;
            }
            Place::WholeBody => self.request.body = text.as_bytes().to_vec(),
            Place::Item(key) => {
                self.items.retain(|(other, _)| other != key.as_ref());
                self.items.push((key.to_string(), text.to_owned()));
            }
            Place::Position(position) => self.positions.push((*position, text.to_owned())),
            Place::Parameter(_) => {}
            Place::Claim(_) | Place::JoseHeader(_) => return Err(SignError::Place("a claim")),
        }
        Ok(())
    }

    /// Puts a value where none stands.
    pub(super) fn put_if_absent(
        &mut self,
        place: &Place,
        text: &str,
        parameters: &Parameters,
    ) -> Result<(), SignError> {
        let there = match place {
            Place::Item(key) => self.items.iter().any(|(other, _)| other == key.as_ref()),
            Place::Position(position) => self.positions.iter().any(|(other, _)| other == position),
            _ => {
                let lines = self.header_lines();
                let head = self.head(&lines);
                let context = Context::new(&head, self.body(), parameters);
                matches!(optional(context, place), Ok(Some(_)))
            }
        };
        if there { Ok(()) } else { self.put(place, text, false) }
    }

    /// The value that the signature stands in, with what stands beside it.
    pub(super) fn list(&self, grammar: &Grammar, signature: &str, key_id: &str) -> String {
        match grammar {
            Grammar::Plain { prefix } => format!("{prefix}{signature}"),
            Grammar::Word { word } => format!("{word} {signature}"),
            Grammar::Items { item, pair, signatures } => {
                let key = signatures.first().map_or("", AsRef::as_ref);
                self.pairs(key, signature)
                    .map(|(key, value)| format!("{key}{pair}{value}"))
                    .collect::<Vec<_>>()
                    .join(item.encode_utf8(&mut [0; 4]))
            }
            Grammar::Quoted { signature: key } => self
                .pairs(key, signature)
                .map(|(key, value)| format!("{key}=\"{value}\""))
                .collect::<Vec<_>>()
                .join(","),
            Grammar::JsonObject { signature: key } => {
                let object: Map<String, Value> = self
                    .pairs(key, signature)
                    .map(|(key, value)| (key.to_owned(), Value::from(value)))
                    .collect();
                Encoding::Base64.encode(Value::Object(object).to_string().as_bytes())
            }
            Grammar::Positions { item, first } => {
                let mut fields: Vec<&str> = (0..*first)
                    .map(|position| {
                        let known = self.positions.iter().find(|(other, _)| *other == position);
                        known.map_or("", |(_, text)| text.as_str())
                    })
                    .collect();
                fields.push(signature);
                fields.join(item.encode_utf8(&mut [0; 4]))
            }
            Grammar::Records { field, fields, key, .. } => {
                let record: Vec<&str> = (0..*fields)
                    .map(|position| match position {
                        last if last + 1 == *fields => signature,
                        id if id == *key => key_id,
                        _ => "1",
                    })
                    .collect();
                record.join(field.encode_utf8(&mut [0; 4]))
            }
        }
    }

    fn pairs<'s>(
        &'s self,
        key: &'s str,
        signature: &'s str,
    ) -> impl Iterator<Item = (&'s str, &'s str)> {
        self.items
            .iter()
            .map(|(key, value)| (key.as_str(), value.as_str()))
            .chain(std::iter::once((key, signature)))
    }

    fn put_header(&mut self, name: &str, text: &str) -> Result<(), SignError> {
        if text.bytes().any(|byte| byte.is_ascii_control()) {
            return Err(SignError::Header);
        }
        self.request.headers.retain(|(other, _)| !other.eq_ignore_ascii_case(name));
        self.request.headers.push((name.to_owned(), text.as_bytes().to_vec()));
        Ok(())
    }
}

/// A form with one field set, at its end.
fn with_field(form: &[u8], name: &str, text: &str) -> String {
    let mut fields: Vec<String> = form
        .split(|byte| *byte == b'&')
        .filter(|pair| !pair.is_empty())
        .filter(|pair| {
            let key = pair.split(|byte| *byte == b'=').next().unwrap_or_default();
            key != escaped(name).as_bytes() && key != name.as_bytes()
        })
        .map(|pair| String::from_utf8_lossy(pair).into_owned())
        .collect();
    fields.push(format!("{}={}", escaped(name), escaped(text)));
    fields.join("&")
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            escaped.push(char::from(byte));
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
    }
    escaped
}

/// A JSON document with one member set; what is missing on the way is made.
fn with_member(json: &[u8], pointer: &str, text: &str, number: bool) -> Result<Vec<u8>, SignError> {
    let mut document = if json.trim_ascii().is_empty() {
        Value::Object(Map::new())
    } else {
        serde_json::from_slice(json).map_err(|_| SignError::Body)?
    };
    let mut at = &mut document;
    for token in pointer.split('/').skip(1) {
        let key = token.replace("~1", "/").replace("~0", "~");
        if at.is_null() {
            *at = if key == "0" { Value::Array(Vec::new()) } else { Value::Object(Map::new()) };
        }
        at = match at {
            Value::Object(members) => members.entry(key).or_insert(Value::Null),
            Value::Array(items) => {
                let index: usize = key.parse().map_err(|_| SignError::Body)?;
                if index == items.len() {
                    items.push(Value::Null);
                }
                items.get_mut(index).ok_or(SignError::Body)?
            }
            _ => return Err(SignError::Body),
        };
    }
    *at = match text.parse::<i64>() {
        Ok(whole) if number => Value::from(whole),
        _ => Value::from(text),
    };
    serde_json::to_vec(&document).map_err(|_| SignError::Body)
}
