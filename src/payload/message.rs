//! Messages for an archive: who wrote what to whom and when, with attachments.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::fetch::{FetchFault, FetchPolicy};
use super::flatten::{FlatView, FlattenOptions, Leaf};
use super::schema::Format;
use crate::json::{Document, Kind, Node};

/// What a message must be like.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MessageRules {
    /// Take a text for `{"identifier": text}`. On by default: senders' own examples do it.
    pub bare_identifiers: bool,
    /// Attachments of one message: 50 by default.
    pub max_attachments: usize,
    /// Bytes of one decoded inline attachment: 10 MiB by default.
    pub max_inline_length: usize,
    /// Recipients of one message: 1,000 by default.
    pub max_recipients: usize,
    /// Which addresses attachments may be fetched from.
    pub fetch: FetchPolicy,
    /// The limits of the flat view of further members.
    pub extras: FlattenOptions,
}

/// A message, borrowed from its document.
///
/// It is an object with `external_id`, `occurred_at` (RFC 3339), `from`, `to`, `body` and
/// `attachments`; all further members are [extras](Self::extras).
///
/// ```
/// use hookstage::json::{Document, ReadOptions};
/// use hookstage::payload::{Message, MessageRules};
///
/// let body = br#"{"external_id": "msg-42", "occurred_at": "2026-05-28T14:30:00Z",
///     "from": {"identifier": "alice@example.com"}, "to": [{"identifier": "bob@example.com"}],
///     "body": "hello", "attachments": [], "thread": {"id": 7}}"#;
/// let document = Document::read(body, &ReadOptions::default())?;
/// let message = Message::read(&document, &MessageRules::default())?;
/// assert_eq!(message.external_id, "msg-42");
/// assert_eq!(message.extras[0].raw(), "7");
///
/// let incomplete = Document::read(br#"{"to": [{}], "body": ""}"#, &ReadOptions::default())?;
/// let faults = Message::read(&incomplete, &MessageRules::default()).unwrap_err();
/// let missing: Vec<&str> = faults.faults().iter().map(|fault| fault.at.as_str()).collect();
/// assert_eq!(missing, ["/external_id", "/occurred_at", "/from", "/to/0/identifier", "/attachments"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Message<'d, 'a> {
    /// What the sender calls the message; the key that makes its repetition a duplicate.
    pub external_id: Cow<'a, str>,
    /// When it was written, as RFC 3339 text.
    pub occurred_at: Cow<'a, str>,
    /// Who wrote it.
    pub from: Person<'a>,
    /// Who got it; at least one.
    pub to: Vec<Person<'a>>,
    /// The text; it can be empty.
    pub body: Cow<'a, str>,
    /// What came with it.
    pub attachments: Vec<Attachment<'a>>,
    /// The leaves of all further members, for a search index. They are stored as they came in
    /// the raw event.
    pub extras: Vec<Leaf<'d, 'a>>,
    /// A limit left some of the extras out.
    pub extras_cut: bool,
}

/// One end of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person<'a> {
    /// An address, a number, a handle.
    pub identifier: Cow<'a, str>,
    /// The name to show.
    pub display_name: Option<Cow<'a, str>>,
}

/// Something that came with a message. Name and type are kept as the sender wrote them; a host
/// that writes files makes names of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Attachment<'a> {
    /// `filename`
    pub filename: Option<Cow<'a, str>>,
    /// `content_type`
    pub content_type: Option<Cow<'a, str>>,
    /// Where the bytes are.
    pub content: Content<'a>,
}

impl Attachment<'_> {
    /// The name without what makes a file name dangerous, for a host that writes files under the
    /// sender's names: no folder, no control or reserved character, no leading or trailing dot or
    /// blank, no device name of Windows, at most 200 bytes. Nothing if nothing is left of it; the
    /// stored name is never changed.
    ///
    /// ```
    /// use hookstage::json::{Document, ReadOptions};
    /// use hookstage::payload::{Message, MessageRules};
    ///
    /// let body = br#"{"external_id": "1", "occurred_at": "2026-05-28T14:30:00Z", "from": "a",
    ///     "to": ["b"], "body": "", "attachments": [{"filename": "..\\..\\a/b: c.pdf", "data": ""}]}"#;
    /// let document = Document::read(body, &ReadOptions::default())?;
    /// let message = Message::read(&document, &MessageRules::default())?;
    /// assert_eq!(message.attachments[0].safe_filename().as_deref(), Some("b_ c.pdf"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn safe_filename(&self) -> Option<String> {
        let name = self.filename.as_deref()?.rsplit(['/', '\\']).next()?;
        let reserved = |c: char| matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*');
        let hidden = |c: char| {
            c.is_control()
                || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
                || matches!(c, '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{61c}')
        };
        let shown = name.chars().filter(|c| !hidden(*c));
        let shown: String = shown.map(|c| if reserved(c) { '_' } else { c }).collect();
        let trimmed = shown.trim_matches([' ', '.']);
        let end = (0..=MAX_FILENAME.min(trimmed.len()))
            .rev()
            .find(|at| trimmed.is_char_boundary(*at))
            .unwrap_or(0);
        let name = trimmed.get(..end).unwrap_or_default().trim_end_matches([' ', '.']);
        let stem = name.split('.').next().unwrap_or_default().to_ascii_uppercase();
        let is_device = matches!(&*stem, "AUX" | "CON" | "NUL" | "PRN")
            || (stem.len() == 4 && (stem.starts_with("COM") || stem.starts_with("LPT")));
        (!name.is_empty() && !is_device).then(|| name.to_owned())
    }
}

/// File systems take 255 bytes; hosts put something of their own before or behind.
const MAX_FILENAME: usize = 200;

/// Where the bytes of an attachment are.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Content<'a> {
    /// In the message, in standard base64 (RFC 4648, section 4), decoded.
    Inline(Vec<u8>),
    /// At this URL, which passed the fetch policy. Nothing was fetched: this is a task for the
    /// host, who must follow the rest of the [policy](FetchPolicy) when it resolves the name.
    Fetch(Cow<'a, str>),
}

/// Everything that keeps a document from being a message, at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageFaults {
    faults: Vec<MessageFault>,
    more: usize,
}

/// One thing that is missing or wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{at}: {kind}")]
pub struct MessageFault {
    /// The member, as a JSON Pointer (RFC 6901). It holds only names that this page names, and
    /// positions.
    pub at: String,
    /// What is wrong with it.
    pub kind: MessageFaultKind,
}

/// What is wrong with a member of a message.
#[derive(Clone, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum MessageFaultKind {
    /// It is missing or null.
    #[error("is missing")]
    Missing,
    /// It is of another type.
    #[error("must be of type {}", .0.as_str())]
    Type(Kind),
    /// An identifier or the recipients are empty.
    #[error("must not be empty")]
    Empty,
    /// It is not an RFC 3339 date and time.
    #[error("must be a date and time of RFC 3339")]
    NotDateTime,
    /// There are more than the limit.
    #[error("has more than {0} items")]
    TooMany(usize),
    /// An attachment has both `data` and `url`, or neither.
    #[error("must have exactly one of data and url")]
    DataOrUrl,
    /// `data` is not standard base64.
    #[error("must be standard base64 with its padding")]
    NotBase64,
    /// The decoded data is longer than the limit.
    #[error("holds more than {0} bytes")]
    TooLong(usize),
    /// The URL may not be fetched.
    #[error("{0}")]
    Fetch(FetchFault),
}

/// Faults that are listed; the rest is counted.
const MAX_FAULTS: usize = 100;

const MEMBERS: [&str; 6] = ["external_id", "occurred_at", "from", "to", "body", "attachments"];

impl Default for MessageRules {
    fn default() -> Self {
        Self {
            bare_identifiers: true,
            max_attachments: 50,
            max_inline_length: 10 << 20,
            max_recipients: 1_000,
            fetch: FetchPolicy::default(),
            extras: FlattenOptions::default(),
        }
    }
}

impl<'d, 'a> Message<'d, 'a> {
    /// Reads the message in a document.
    ///
    /// # Errors
    ///
    /// Everything that is missing or wrong, at once, each with its JSON Pointer.
    pub fn read(document: &'d Document<'a>, rules: &MessageRules) -> Result<Self, MessageFaults> {
        let mut reader = Reader { rules, faults: Vec::new(), more: 0 };
        let message = reader.message(document);
        match message {
            Some(message) if reader.faults.is_empty() => Ok(message),
            _ => Err(MessageFaults { faults: reader.faults, more: reader.more }),
        }
    }
}

impl MessageFaults {
    /// The faults in the order of the document's rules, at most 100.
    #[must_use]
    pub fn faults(&self) -> &[MessageFault] {
        &self.faults
    }

    /// How many more there are.
    #[must_use]
    pub fn more(&self) -> usize {
        self.more
    }
}

impl std::fmt::Display for MessageFaults {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (position, fault) in self.faults.iter().enumerate() {
            write!(f, "{}{fault}", if position > 0 { "; " } else { "" })?;
        }
        if self.more > 0 {
            write!(f, "; and {} more", self.more)?;
        }
        Ok(())
    }
}

impl std::error::Error for MessageFaults {}

struct Reader<'r> {
    rules: &'r MessageRules,
    faults: Vec<MessageFault>,
    more: usize,
}

impl Reader<'_> {
    fn message<'d, 'a>(&mut self, document: &'d Document<'a>) -> Option<Message<'d, 'a>> {
        let root = self.of_kind(document.root(), Kind::Object, "")?;
        let external_id = self.text(root, "external_id", "", true);
        let occurred_at = self.text(root, "occurred_at", "", true).filter(|text| {
            let is_date_time = Format::of(text) == Some(Format::DateTime);
            if !is_date_time {
                self.fault("/occurred_at", MessageFaultKind::NotDateTime);
            }
            is_date_time
        });
        let from = self.required(root, "from", "").and_then(|from| self.person(from, "/from"));
        let to = self.list(root, "to", self.rules.max_recipients).map(|people| {
            if people.is_empty() {
                self.fault("/to", MessageFaultKind::Empty);
            }
            let people = people.into_iter().enumerate();
            people.filter_map(|(at, person)| self.person(person, &format!("/to/{at}"))).collect()
        });
        let body = self.text(root, "body", "", false);
        let attachments =
            self.list(root, "attachments", self.rules.max_attachments).map(|attachments| {
                let items = attachments.into_iter().enumerate();
                items
                    .filter_map(|(at, item)| self.attachment(item, &format!("/attachments/{at}")))
                    .collect()
            });
        let view = FlatView::new(document, &self.rules.extras);
        let extras = view.leaves().filter(|leaf| is_extra(leaf.node())).collect();
        Some(Message {
            external_id: external_id?,
            occurred_at: occurred_at?,
            from: from?,
            to: to?,
            body: body?,
            attachments: attachments?,
            extras,
            extras_cut: view.is_cut(),
        })
    }

    fn person<'a>(&mut self, node: Node<'_, 'a>, at: &str) -> Option<Person<'a>> {
        if let (Some(text), true) = (node.text(), self.rules.bare_identifiers) {
            if text.is_empty() {
                self.fault(at, MessageFaultKind::Empty);
                return None;
            }
            return Some(Person { identifier: text, display_name: None });
        }
        let node = self.of_kind(node, Kind::Object, at)?;
        let identifier = self.text(node, "identifier", at, true);
        let display_name = self.optional_text(node, "display_name", at);
        Some(Person { identifier: identifier?, display_name })
    }

    fn attachment<'a>(&mut self, node: Node<'_, 'a>, at: &str) -> Option<Attachment<'a>> {
        let node = self.of_kind(node, Kind::Object, at)?;
        let filename = self.optional_text(node, "filename", at);
        let content_type = self.optional_text(node, "content_type", at);
        let data = self.optional_text(node, "data", at);
        let url = self.optional_text(node, "url", at);
        let content = match (data, url) {
            (Some(data), None) => Content::Inline(self.inline(&data, &format!("{at}/data"))?),
            (None, Some(url)) => match self.rules.fetch.check(&url) {
                Ok(()) => Content::Fetch(url),
                Err(fault) => {
                    self.fault(&format!("{at}/url"), MessageFaultKind::Fetch(fault));
                    return None;
                }
            },
            _ => {
                self.fault(at, MessageFaultKind::DataOrUrl);
                return None;
            }
        };
        Some(Attachment { filename, content_type, content })
    }

    fn inline(&mut self, data: &str, at: &str) -> Option<Vec<u8>> {
        let limit = self.rules.max_inline_length;
        // Four characters make three bytes: what cannot fit is not decoded.
        if data.len() / 4 > limit / 3 + 1 {
            self.fault(at, MessageFaultKind::TooLong(limit));
            return None;
        }
        match STANDARD.decode(data) {
            Ok(bytes) if bytes.len() <= limit => Some(bytes),
            Ok(_) => {
                self.fault(at, MessageFaultKind::TooLong(limit));
                None
            }
            Err(_) => {
                self.fault(at, MessageFaultKind::NotBase64);
                None
            }
        }
    }

    fn list<'d, 'a>(
        &mut self,
        root: Node<'d, 'a>,
        name: &str,
        limit: usize,
    ) -> Option<Vec<Node<'d, 'a>>> {
        let at = format!("/{name}");
        let node = self.required(root, name, "")?;
        let node = self.of_kind(node, Kind::Array, &at)?;
        if node.len() > limit {
            self.fault(&at, MessageFaultKind::TooMany(limit));
            return None;
        }
        Some(node.children().collect())
    }

    fn text<'a>(
        &mut self,
        object: Node<'_, 'a>,
        name: &str,
        at: &str,
        filled: bool,
    ) -> Option<Cow<'a, str>> {
        let node = self.required(object, name, at)?;
        let Some(text) = node.text() else {
            self.fault(&format!("{at}/{name}"), MessageFaultKind::Type(Kind::String));
            return None;
        };
        if filled && text.is_empty() {
            self.fault(&format!("{at}/{name}"), MessageFaultKind::Empty);
            return None;
        }
        Some(text)
    }

    /// Null counts as missing.
    fn optional_text<'a>(
        &mut self,
        object: Node<'_, 'a>,
        name: &str,
        at: &str,
    ) -> Option<Cow<'a, str>> {
        let node = member(object, name).filter(|node| node.kind() != Kind::Null)?;
        let text = node.text();
        if text.is_none() {
            self.fault(&format!("{at}/{name}"), MessageFaultKind::Type(Kind::String));
        }
        text
    }

    fn required<'d, 'a>(
        &mut self,
        object: Node<'d, 'a>,
        name: &str,
        at: &str,
    ) -> Option<Node<'d, 'a>> {
        let node = member(object, name).filter(|node| node.kind() != Kind::Null);
        if node.is_none() {
            self.fault(&format!("{at}/{name}"), MessageFaultKind::Missing);
        }
        node
    }

    fn of_kind<'d, 'a>(
        &mut self,
        node: Node<'d, 'a>,
        kind: Kind,
        at: &str,
    ) -> Option<Node<'d, 'a>> {
        if node.kind() == kind {
            return Some(node);
        }
        self.fault(at, MessageFaultKind::Type(kind));
        None
    }

    fn fault(&mut self, at: &str, kind: MessageFaultKind) {
        if self.faults.len() < MAX_FAULTS {
            self.faults.push(MessageFault { at: at.to_owned(), kind });
        } else {
            self.more += 1;
        }
    }
}

fn member<'d, 'a>(object: Node<'d, 'a>, name: &str) -> Option<Node<'d, 'a>> {
    object.children().find(|child| child.key().is_some_and(|key| key == name))
}

/// Whether a leaf stands below none of the members that the message itself has.
fn is_extra(leaf: Node<'_, '_>) -> bool {
    let mut node = leaf;
    while let Some(parent) = node.parent() {
        if parent.parent().is_none() {
            return node.key().is_some_and(|key| !MEMBERS.contains(&&*key));
        }
        node = parent;
    }
    false
}
