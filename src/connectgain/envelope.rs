//! The envelope that every delivery has.

use std::fmt;

use super::catalogue::EventName;
use super::test_event::TEST_MEMBER;
use crate::clock::Timestamp;
use crate::delivery::Head;
use crate::json::{Document, Kind, Node, Scalar};
use crate::scheme::{TimeUnit, pointer_path};

/// What a delivery says: which event, when it happened, and what it is about.
///
/// ```
/// use hookstage::connectgain::{Envelope, EventName};
/// use hookstage::json::{Document, ReadOptions};
///
/// let body = br#"{"event":"deal.created","timestamp":"2024-01-15T10:30:00Z","data":{"id":"d-1"}}"#;
/// let document = Document::read(body, &ReadOptions::default()).unwrap();
/// let envelope = Envelope::read(&document).unwrap();
/// assert_eq!(envelope.event, EventName::DealCreated);
/// assert_eq!(envelope.occurred_at.as_unix_seconds(), 1_705_314_600);
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Envelope<'d, 'a> {
    /// Which event.
    pub event: EventName,
    /// When it happened, as the body says. The header `X-Webhook-Timestamp` is not signed and
    /// proves nothing.
    pub occurred_at: Timestamp,
    /// What it is about, in whatever shape the event has.
    pub data: Node<'d, 'a>,
    root: Node<'d, 'a>,
}

impl<'d, 'a> Envelope<'d, 'a> {
    /// Reads the envelope of a document.
    ///
    /// # Errors
    ///
    /// Everything that is missing or not what it must be, at once, each with its JSON Pointer.
    pub fn read(document: &'d Document<'a>) -> Result<Self, EnvelopeFaults> {
        use EnvelopeFaultKind::{Missing, NotAnObject, NotName, NotTime};
        let root = document.root();
        if root.kind() != Kind::Object {
            return Err(EnvelopeFaults(vec![EnvelopeFault { at: "", kind: NotAnObject }]));
        }
        let member = |name: &str| {
            root.children()
                .find(|child| child.key().as_deref() == Some(name))
                .filter(|child| child.kind() != Kind::Null)
        };
        let mut faults = Vec::new();
        let mut fault = |at, kind| faults.push(EnvelopeFault { at, kind });
        let event = match member("event").map(Node::text) {
            Some(Some(name)) if !name.is_empty() => Some(EventName::from(&*name)),
            Some(_) => {
                fault("/event", NotName);
                None
            }
            None => {
                fault("/event", Missing);
                None
            }
        };
        let occurred_at = match member("timestamp") {
            Some(node) => {
                let text = node.text();
                let moment = text.and_then(|text| TimeUnit::Rfc3339.read(text.as_bytes()));
                if moment.is_none() {
                    fault("/timestamp", NotTime);
                }
                moment
            }
            None => {
                fault("/timestamp", Missing);
                None
            }
        };
        let data = member("data");
        if data.is_none() {
            fault("/data", Missing);
        }
        match (event, occurred_at, data) {
            (Some(event), Some(occurred_at), Some(data)) => {
                Ok(Self { event, occurred_at, data, root })
            }
            _ => Err(EnvelopeFaults(faults)),
        }
    }

    /// The members beside the three.
    pub fn extras(&self) -> impl Iterator<Item = Node<'d, 'a>> {
        self.root.children().filter(|child| {
            !matches!(child.key().as_deref(), Some("event" | "timestamp" | "data") | None)
        })
    }

    /// Whether it is a [test event](super::test_event()).
    #[must_use]
    pub fn is_test(&self) -> bool {
        let marker = self.root.get(&pointer_path(TEST_MEMBER));
        marker.scalar() == Some(&Scalar::Bool(true))
    }

    /// Whether the header `X-Webhook-Event` names this event, or is absent. It is not signed: where
    /// it differs, either the sender is confused or someone stands between.
    #[must_use]
    pub fn agrees_with(&self, head: &Head<'_>) -> bool {
        head.header(super::EVENT_HEADER).all(|value| value == self.event.as_str().as_bytes())
    }
}

/// Everything that is wrong with an envelope, at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvelopeFaults(Vec<EnvelopeFault>);

impl EnvelopeFaults {
    /// The faults, at least one.
    #[must_use]
    pub fn faults(&self) -> &[EnvelopeFault] {
        &self.0
    }
}

impl fmt::Display for EnvelopeFaults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, EnvelopeFault { at, kind }) in self.0.iter().enumerate() {
            let at = if at.is_empty() { "the body" } else { at };
            write!(f, "{}{at} {kind}", if position > 0 { "; " } else { "" })?;
        }
        Ok(())
    }
}

impl std::error::Error for EnvelopeFaults {}

/// One thing that is wrong with an envelope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EnvelopeFault {
    /// Where, as a JSON Pointer (RFC 6901).
    pub at: &'static str,
    /// In which way.
    pub kind: EnvelopeFaultKind,
}

/// In which way something is wrong with an envelope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum EnvelopeFaultKind {
    /// It is not there, or null.
    #[error("is missing")]
    Missing,
    /// The body is no object.
    #[error("must be an object")]
    NotAnObject,
    /// It names no event.
    #[error("must be the name of an event")]
    NotName,
    /// It is no time as RFC 3339 writes them.
    #[error("must be a time such as 2024-01-15T10:30:00Z")]
    NotTime,
}
