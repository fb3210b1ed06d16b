//! The signed bytes, fed part by part into whatever takes them.

use super::description::{Part, Place, UrlPart};
use super::locate::{Context, find, malformed, optional, value};
use super::primitive::{Hasher, Sink};
use crate::refusal::{Malformation, Refusal, Site};

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
            Part::BodyDigest { hash, encoding } => {
                let mut hasher = Hasher::new(*hash);
                hasher.feed(self.context.body);
                sink.feed(encoding.encode(&hasher.finish().into_bytes()).as_bytes());
            }
            Part::Id => {
                let (Some(id), Some(place)) = (self.id, self.id_place) else {
                    return Err(Refusal::Absent(Site::Header("id".into())));
                };
                unambiguous(id, next, place)?;
                sink.feed(id);
            }
            Part::Literal(literal) => sink.feed(literal.as_bytes()),
            Part::Method => sink.feed(self.context.head.method().as_bytes()),
            Part::Optional(parts) => self.feed_optional(parts, secret, sink)?,
            Part::Secret => sink.feed(secret),
            Part::Timestamp => sink.feed(self.timestamp.unwrap_or_default()),
            Part::Url(part) => self.feed_url(*part, sink),
            Part::Value(place) => {
                let value = value(self.context, place)?;
                if matches!(place, Place::Header(_)) {
                    unambiguous(&value, next, place)?;
                }
                sink.feed(&value);
            }
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
                Part::Value(place) => optional(self.context, place)?.is_some(),
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

    fn feed_url(&self, part: UrlPart, sink: &mut dyn Sink) {
        let head = self.context.head;
        match part {
            UrlPart::Full => sink.feed(head.url().as_bytes()),
            UrlPart::Path => sink.feed(head.path().as_bytes()),
            UrlPart::PathAndQuery => {
                sink.feed(head.path().as_bytes());
                if let Some(query) = head.query_string() {
                    sink.feed(b"?");
                    sink.feed(query.as_bytes());
                }
            }
            UrlPart::WithoutQuery => {
                sink.feed(head.url().split(['?', '#']).next().unwrap_or_default().as_bytes());
            }
        }
    }
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
