//! What came of a delivery, and what the sender is answered.

use std::borrow::Cow;
use std::time::Duration;

use crate::event::EventId;
use crate::refusal::Refusal;
use crate::secret::Secret;
use crate::source::Source;

/// What came of a delivery: exactly one for each.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
#[non_exhaustive]
pub enum Outcome {
    /// It was taken as the sample of an open capture: not staged, and no key was claimed.
    Captured {
        /// The version of what was learnt, if the sample counts already.
        version: Option<u64>,
    },
    /// Its dedupe key is held by an earlier event. A success for the sender, who must stop trying.
    Duplicate {
        /// The earlier event.
        id: EventId,
        /// Whether the earlier body was another one.
        payload_differs: bool,
    },
    /// It was no delivery but a question that the provider asks an endpoint, and was answered.
    /// Nothing was staged.
    Handshake,
    /// It is genuine and nobody wants it, for this reason. A success for the sender.
    Ignored(Refusal),
    /// It was turned away, for this reason, which only the operator learns.
    Refused(Refusal),
    /// Its idempotency key was used before: the first one's answer is given again.
    Replayed {
        /// Whether the first body was another one.
        payload_differs: bool,
    },
    /// It is staged, durably.
    Staged(EventId),
}

impl Outcome {
    /// What a refusal is: a genuine delivery that is only unwanted is a success for its sender.
    pub(crate) const fn of(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotSubscribed | Refusal::TestEvent => Self::Ignored(refusal),
            _ => Self::Refused(refusal),
        }
    }

    /// The stable word for history rows and metrics: `captured`, `duplicate`, `handshake`,
    /// `ignored`, `refused`, `replayed` or `staged`.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Captured { .. } => "captured",
            Self::Duplicate { .. } => "duplicate",
            Self::Handshake => "handshake",
            Self::Ignored(_) => "ignored",
            Self::Refused(_) => "refused",
            Self::Replayed { .. } => "replayed",
            Self::Staged(_) => "staged",
        }
    }
}

/// What the host answers, as a value.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Response {
    status: u16,
    body: Cow<'static, str>,
    media: Media,
    extra: Vec<(Cow<'static, str>, Cow<'static, str>)>,
}

/// What a body is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Media {
    Json,
    Nothing,
    Text,
}

impl Response {
    /// With a body of our own: JSON if it begins with a brace, plain text otherwise. A bracket makes
    /// no JSON: `[accepted]` is what one provider reads.
    pub(crate) fn new(status: u16, body: Cow<'static, str>) -> Self {
        let media = match body.as_bytes().first() {
            None => Media::Nothing,
            Some(b'{') => Media::Json,
            Some(_) => Media::Text,
        };
        Self { status, body, media, extra: Vec::new() }
    }

    /// A status and no body.
    pub(crate) const fn empty(status: u16) -> Self {
        Self { status, body: Cow::Borrowed(""), media: Media::Nothing, extra: Vec::new() }
    }

    /// A success whose body is JSON, whatever is echoed in it.
    pub(crate) fn json(body: String) -> Self {
        Self { body: Cow::Owned(body), media: Media::Json, ..Self::empty(200) }
    }

    /// A success whose body is plain text, whatever is echoed in it.
    pub(crate) fn text(body: String) -> Self {
        Self { body: Cow::Owned(body), media: Media::Text, ..Self::empty(200) }
    }

    /// With a header, its name in lower case.
    pub(crate) fn with_header(
        mut self,
        name: impl Into<Cow<'static, str>>,
        value: impl Into<Cow<'static, str>>,
    ) -> Self {
        self.extra.push((name.into(), value.into()));
        self
    }

    /// With the methods that the source takes (RFC 9110, section 10.2.1).
    pub(crate) fn allowing(self, methods: &'static str) -> Self {
        self.with_header("allow", methods)
    }

    /// With the time after which another attempt makes sense, in whole seconds and never none
    /// (RFC 9110, section 10.2.3).
    pub(crate) fn retrying_after(self, wait: Duration) -> Self {
        let part = u64::from(wait.subsec_nanos() > 0);
        let seconds = wait.as_secs().saturating_add(part).max(1);
        self.with_header("retry-after", seconds.to_string())
    }

    /// The HTTP status.
    #[must_use]
    pub const fn status(&self) -> u16 {
        self.status
    }

    /// The headers to send with it. What a browser would make of the body is never left to it.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        const NONE: &[(&str, &str)] = &[("cache-control", "no-store")];
        const JSON: &[(&str, &str)] = &[
            ("cache-control", "no-store"),
            ("content-type", "application/json"),
            ("x-content-type-options", "nosniff"),
        ];
        const TEXT: &[(&str, &str)] = &[
            ("cache-control", "no-store"),
            ("content-type", "text/plain; charset=utf-8"),
            ("x-content-type-options", "nosniff"),
        ];
        let fixed = match self.media {
            Media::Nothing => NONE,
            Media::Json => JSON,
            Media::Text => TEXT,
        };
        let extra = self.extra.iter().map(|(name, value)| (&**name, &**value));
        fixed.iter().copied().chain(extra)
    }

    /// The value of one of the headers, by its name in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers().find(|(other, _)| *other == name).map(|(_, value)| value)
    }

    /// The body.
    #[must_use]
    pub fn body(&self) -> &str {
        &self.body
    }
}

/// What came of a delivery, and what the sender is answered.
#[derive(Debug)]
#[must_use]
#[non_exhaustive]
pub struct Receipt {
    /// What came of it.
    pub outcome: Outcome,
    /// What the sender is answered.
    pub response: Response,
    /// The workflows that want the event, in the order in which they run; empty for what was not
    /// staged, and where a source has no bindings.
    pub bindings: Vec<String>,
    /// The contact that the event is about, if the source asks for one.
    pub contact: Option<String>,
    /// How long the host should wait before it answers, if the sender is over its rate and its
    /// burst is being absorbed. The event is staged already.
    pub delay: Option<Duration>,
    /// The secret that the provider brought by a handshake, for an
    /// [`AwaitingSource`](crate::AwaitingSource). Keep it, sealed; it is handed over once.
    pub captured: Option<Secret>,
    /// The address that the provider asks to be visited to confirm a subscription. It is on a host
    /// that the handshake pins; visit it without following redirects.
    pub visit: Option<String>,
}

impl Receipt {
    pub(crate) const fn new(outcome: Outcome, response: Response) -> Self {
        Self {
            outcome,
            response,
            bindings: Vec::new(),
            contact: None,
            delay: None,
            captured: None,
            visit: None,
        }
    }
}

/// A delivery that was turned away before anything was staged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{refusal}")]
#[must_use]
#[non_exhaustive]
pub struct Refused {
    /// Why; for the operator.
    pub refusal: Refusal,
    /// What the sender is answered.
    pub response: Response,
}

impl Refused {
    /// A refusal with the answer that the source's policy has for it.
    pub(crate) fn by(source: &Source, refusal: Refusal) -> Self {
        let response = source.policy().response_to(&refusal);
        Self { refusal, response }
    }
}

impl From<Refused> for Receipt {
    fn from(Refused { refusal, response }: Refused) -> Self {
        Self::new(Outcome::of(refusal), response)
    }
}
