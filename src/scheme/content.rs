//! The signed bytes, fed part by part into whatever takes them.

use super::canonical::{crc32, feed_json_string, feed_minified, feed_readable, feed_with_port};
use super::description::{Encoding, HeaderStyle, NamedHeaders, Part, Place, UrlPart};
use super::fields;
use super::locate::{Context, find, malformed, optional, value};
use super::primitive::{Hasher, Sink};
use crate::delivery::Head;
use crate::refusal::{Malformation, Refusal, Site};

/// The most headers that a delivery may name as signed.
const MAX_NAMED_HEADERS: usize = 64;

/// What the parts of a template stand for in one delivery.
#[derive(Clone, Copy)]
pub(super) struct Content<'a> {
    pub(super) context: Context<'a>,
    pub(super) timestamp: Option<&'a [u8]>,
    pub(super) id: Option<&'a [u8]>,
    pub(super) id_place: Option<&'a Place>,
}

impl Content<'_> {
    /// Feeds a template. `secret` stands in where the content holds the secret itself.
    ///
    /// # Errors
    ///
    /// A value that the template needs is absent, or would make the signed bytes ambiguous.
    pub(super) fn feed(
        &self,
        parts: &[Part],
        secret: &[u8],
        sink: &mut dyn Sink,
    ) -> Result<(), Refusal> {
        for (index, part) in parts.iter().enumerate() {
            self.feed_part(part, parts.get(index + 1), secret, sink)?;
        }
        Ok(())
    }

    fn feed_part(
        &self,
        part: &Part,
        next: Option<&Part>,
        secret: &[u8],
        sink: &mut dyn Sink,
    ) -> Result<(), Refusal> {
        match part {
            Part::Body => sink.feed(self.context.body),
            Part::BodyCrc32 => sink.feed(crc32(self.context.body).to_string().as_bytes()),
            Part::BodyDigest { hash, encoding } => {
                let mut hasher = Hasher::new(*hash).ok_or(Refusal::UnknownSource)?;
                hasher.feed(self.context.body);
                sink.feed(encoding.encode(&hasher.finish().to_bytes()).as_bytes());
            }
            Part::BodyJsonString => feed_json_string(self.context.body, sink),
            Part::BodyMinified => feed_minified(self.context.body, sink),
            Part::Digest { of, hash, encoding } => {
                let mut hasher = Hasher::new(*hash).ok_or(Refusal::UnknownSource)?;
                self.feed(of, secret, &mut hasher)?;
                sink.feed(encoding.encode(&hasher.finish().to_bytes()).as_bytes());
            }
            Part::Fields(rule) => fields::feed(&self.context, rule, sink),
            Part::Headers(headers) => self.feed_headers(headers, sink)?,
            Part::Id => {
                let (Some(id), Some(place)) = (self.id, self.id_place) else {
                    return Err(Refusal::Absent(Site::Header("id".into())));
                };
                unambiguous(id, next, place)?;
                sink.feed(id);
            }
            Part::Literal(literal) => sink.feed(literal.as_bytes()),
            Part::Lowercase(place) => {
                let value = value(self.context, place)?.to_ascii_lowercase();
                unambiguous(&value, next, place)?;
                sink.feed(&value);
            }
            Part::Method => sink.feed(self.context.head.method().as_bytes()),
            Part::MethodLowercase => {
                sink.feed(self.context.head.method().to_ascii_lowercase().as_bytes());
            }
            Part::Optional(parts) => self.feed_optional(parts, secret, sink)?,
            Part::Secret => sink.feed(secret),
            Part::Timestamp => sink.feed(self.timestamp.unwrap_or_default()),
            Part::UnlessBodyEmpty(parts) => {
                if !self.context.body.is_empty() {
                    self.feed(parts, secret, sink)?;
                }
            }
            Part::Url(part) => feed_url(self.context.head, *part, sink),
            Part::UrlWithBodyDigest { url, parameter, hash } => {
                let at = Place::Query(parameter.clone());
                let told = value(self.context, &at)?;
                let mut hasher = Hasher::new(*hash).ok_or(Refusal::UnknownSource)?;
                hasher.feed(self.context.body);
                // Everyone knows the body, so there is nothing to find out by the time it takes.
                if Encoding::Hex.encode(&hasher.finish().to_bytes()).as_bytes() != told.as_ref() {
                    return Err(Refusal::Different(Site::from(&at)));
                }
                feed_url(self.context.head, *url, sink);
            }
            Part::Value(place) => {
                let value = value(self.context, place)?;
                // What stands in the body may hold anything; it is covered as fields, no more.
                if !place.is_in_body() {
                    unambiguous(&value, next, place)?;
                }
                sink.feed(&value);
            }
            Part::ValueOrEmpty(place) => match optional(self.context, place) {
                Ok(Some(value)) => sink.feed(&value),
                Ok(None) | Err(Refusal::Malformed { fault: Malformation::Empty, .. }) => {}
                Err(refusal) => return Err(refusal),
            },
        }
        Ok(())
    }

    fn feed_headers(&self, rule: &NamedHeaders, sink: &mut dyn Sink) -> Result<(), Refusal> {
        let list = optional(self.context, &rule.named_at)?.unwrap_or_default();
        let names = || {
            list.split(|byte| char::from(*byte) == rule.separator).filter(|name| !name.is_empty())
        };
        for asked in rule.always.iter() {
            if !names().any(|name| name.eq_ignore_ascii_case(asked.as_bytes())) {
                return Err(Refusal::Absent(Site::Header(asked.clone())));
            }
        }
        if names().count() > MAX_NAMED_HEADERS {
            return malformed(&rule.named_at, Malformation::TooLong);
        }
        for (index, name) in names().enumerate() {
            if index > 0 {
                sink.feed(rule.between.as_bytes());
            }
            let text = std::str::from_utf8(name).unwrap_or_default();
            let mut values = self.context.head.header(text);
            let (Some(value), None) = (values.next(), values.next()) else {
                return malformed(&rule.named_at, Malformation::Unreadable);
            };
            if let HeaderStyle::NameAndValue(between) = &rule.style {
                sink.feed(name);
                sink.feed(between.as_bytes());
            }
            sink.feed(value);
        }
        if names().next().is_some() {
            sink.feed(rule.last.as_bytes());
        }
        Ok(())
    }

    fn feed_optional(
        &self,
        parts: &[Part],
        secret: &[u8],
        sink: &mut dyn Sink,
    ) -> Result<(), Refusal> {
        for part in parts {
            let present = match part {
                Part::Lowercase(place) | Part::Value(place) => {
                    optional(self.context, place)?.is_some()
                }
                Part::Id => self.id.is_some(),
                _ => true,
            };
            if !present {
                return Ok(());
            }
        }
        for (index, part) in parts.iter().enumerate() {
            if !matches!(part, Part::Optional(_)) {
                self.feed_part(part, parts.get(index + 1), secret, sink)?;
            }
        }
        Ok(())
    }
}

/// Feeds the URL, or a part of it.
pub(super) fn feed_url(head: &Head<'_>, part: UrlPart, sink: &mut dyn Sink) {
    match part {
        UrlPart::Full => sink.feed(head.url().as_bytes()),
        UrlPart::FullReadable => feed_readable(head.url(), sink),
        UrlPart::FullWithPort => feed_with_port(head.url(), true, sink),
        UrlPart::FullWithoutPort => feed_with_port(head.url(), false, sink),
        UrlPart::Path => sink.feed(head.path().as_bytes()),
        UrlPart::PathAndQuery => {
            sink.feed(head.path().as_bytes());
            if let Some(query) = head.query_string() {
                sink.feed(b"?");
                sink.feed(query.as_bytes());
            }
        }
        UrlPart::PathAndQueryEncoded => feed_encoded(head, sink),
        UrlPart::PathOtherSlash => match head.path().strip_suffix('/') {
            Some(path) => sink.feed(path.as_bytes()),
            None => {
                sink.feed(head.path().as_bytes());
                sink.feed(b"/");
            }
        },
        UrlPart::Query => sink.feed(head.query_string().unwrap_or_default().as_bytes()),
        UrlPart::WithoutQuery => {
            sink.feed(head.url().split(['?', '#']).next().unwrap_or_default().as_bytes());
        }
    }
}

/// Path and query as JavaScript's `encodeURI(path + "?" + escape(query))` has them: every percent sign
/// of the inner encoding is encoded by the outer one.
fn feed_encoded(head: &Head<'_>, sink: &mut dyn Sink) {
    const MARKS: &[u8] = b"-_.!~*'()";
    const RESERVED: &[u8] = b";,/?:@&=+$#";
    for byte in head.path().bytes() {
        if byte.is_ascii_alphanumeric() || MARKS.contains(&byte) || RESERVED.contains(&byte) {
            sink.feed(&[byte]);
        } else {
            sink.feed(b"%");
            feed_hex(byte, sink);
        }
    }
    let query = head.query_string().unwrap_or_default();
    for (index, byte) in query.bytes().enumerate() {
        if index == 0 {
            sink.feed(b"?");
        }
        if byte.is_ascii_alphanumeric() || MARKS.contains(&byte) {
            sink.feed(&[byte]);
        } else {
            sink.feed(b"%25");
            feed_hex(byte, sink);
        }
    }
}

fn feed_hex(byte: u8, sink: &mut dyn Sink) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    sink.feed(&[DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
}

// With `id.time.body`, an id that holds the dot lets one signature be presented as another id, time
// and body.
fn unambiguous(value: &[u8], next: Option<&Part>, place: &Place) -> Result<(), Refusal> {
    if let Some(Part::Literal(literal)) = next {
        let contains = match literal.as_bytes() {
            // The separator of nearly every scheme is one character.
            [separator] => find(*separator, value).is_some(),
            literal => value.windows(literal.len().max(1)).any(|window| window == literal),
        };
        if contains {
            return malformed(place, Malformation::Ambiguous);
        }
    }
    Ok(())
}
