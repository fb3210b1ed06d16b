//! The sample tunnel: how a source learns the shape of its payloads from one that really came.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::error::ConfigFault;
use crate::json::{self, Document, DuplicateKeys, LoneSurrogates, Path, ReadOptions};
use crate::payload::{Schema, SchemaOptions, SchemaSet};
use crate::source::SourceId;
use crate::store::{PutState, State};

/// How a source captures samples.
///
/// ```
/// use hookstage::{Apply, CaptureRule, Update};
///
/// let rule = CaptureRule { seconds: 90, apply: Apply::OnConfirmation, update: Update::Replace };
/// assert_eq!(rule.window().as_secs(), 90);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaptureRule {
    /// How long the tunnel stays open, in seconds: 1 to 86,400. At that moment it is closed.
    pub seconds: u32,
    /// When a sample counts.
    pub apply: Apply,
    /// What becomes of the samples that counted before.
    pub update: Update,
}

/// When a sample counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Apply {
    /// As soon as it has come.
    AtOnce,
    /// When a person has looked at it.
    OnConfirmation,
}

/// What becomes of the samples that counted before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Update {
    /// They count on, up to [`Capture::MAX_SAMPLES`].
    Merge,
    /// They count no longer.
    Replace,
}

impl CaptureRule {
    /// How long the tunnel stays open.
    #[must_use]
    pub const fn window(&self) -> Duration {
        Duration::from_secs(self.seconds as u64)
    }

    pub(crate) fn faults(&self, faults: &mut Vec<ConfigFault>) {
        if !(1..=86_400).contains(&self.seconds) {
            faults.push(ConfigFault::new("policy.capture.seconds", "give 1 second to a day"));
        }
    }
}

/// What a source has learnt, and its tunnel: one value, changed as a whole, so that of two samples
/// that arrive together one wins.
///
/// The samples are kept as the texts they were; a schema is a view of them.
///
/// ```
/// use hookstage::{Apply, Capture, CaptureRule, Timestamp, Update, json::ReadOptions};
///
/// let rule = CaptureRule { seconds: 300, apply: Apply::AtOnce, update: Update::Replace };
/// let opened = Timestamp::from_unix_seconds(1_700_000_000);
/// let capture = Capture::default().open(rule, opened);
/// assert!(capture.is_open(opened));
///
/// let learnt = capture.absorb(br#"{"id":1}"#, &ReadOptions::default(), opened).unwrap();
/// assert_eq!(learnt.version(), 1);
/// assert!(!learnt.is_open(opened));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Capture {
    version: u64,
    session: u64,
    samples: Vec<String>,
    tunnel: Option<Tunnel>,
    waiting: Option<Waiting>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Tunnel {
    rule: CaptureRule,
    ends: Timestamp,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Waiting {
    sample: String,
    update: Update,
}

impl Capture {
    /// The samples that count at most. The oldest make room.
    pub const MAX_SAMPLES: usize = 8;

    /// The version of what was learnt: 0 if nothing was, and one more with each sample that counts.
    #[must_use]
    pub const fn version(&self) -> u64 {
        self.version
    }

    /// The number of the tunnel: one more each time it is opened.
    #[must_use]
    pub const fn session(&self) -> u64 {
        self.session
    }

    /// The samples that count, oldest first, as the JSON texts they were.
    #[must_use]
    pub fn samples(&self) -> &[String] {
        &self.samples
    }

    /// The shape of the samples that count; nothing if there is none.
    #[must_use]
    pub fn schema(&self) -> Option<Schema> {
        let mut schema = Schema::new(SchemaOptions::default());
        self.show(|sample| schema.learn(sample)).then_some(schema)
    }

    /// The shapes of the samples that count, one for each event type that stands at `discriminator`;
    /// nothing if there is none. A [`LearnedSchema`](crate::payload::LearnedSchema) can go on from
    /// them when the samples are gone.
    ///
    /// ```
    /// use hookstage::json::{Path, ReadOptions};
    /// use hookstage::payload::SchemaOptions;
    /// use hookstage::{Apply, Capture, CaptureRule, Timestamp, Update};
    ///
    /// let rule = CaptureRule { seconds: 90, apply: Apply::AtOnce, update: Update::Merge };
    /// let now = Timestamp::from_unix_seconds(1_700_000_000);
    /// let mut capture = Capture::default();
    /// for sample in [r#"{"type":"paid","amount":1}"#, r#"{"type":"refused"}"#] {
    ///     let open = capture.open(rule, now);
    ///     capture = open.absorb(sample.as_bytes(), &ReadOptions::default(), now).unwrap();
    /// }
    /// let by_type = Path::parse("type").unwrap();
    /// let set = capture.schemas(SchemaOptions::default(), by_type).unwrap();
    /// assert_eq!(set.event_types().collect::<Vec<_>>(), ["paid", "refused"]);
    /// ```
    #[must_use]
    pub fn schemas(&self, options: SchemaOptions, discriminator: Path) -> Option<SchemaSet> {
        let mut set = SchemaSet::new(options, Some(discriminator));
        self.show(|sample| set.learn(sample)).then_some(set)
    }

    /// Shows every sample that counts; says whether there was one and all could be read.
    fn show(&self, mut learn: impl FnMut(&Document<'_>)) -> bool {
        // Each was judged when it came; what its source let through then is let through now.
        let options = ReadOptions {
            duplicate_keys: DuplicateKeys::KeepLast,
            lone_surrogates: LoneSurrogates::Replace,
            max_number_length: usize::MAX,
            max_string_length: usize::MAX,
            max_nodes: usize::MAX,
            ..ReadOptions::default()
        };
        let mut read =
            |sample: &String| Document::read(sample.as_bytes(), &options).map(|it| learn(&it));
        !self.samples.is_empty() && self.samples.iter().all(|sample| read(sample).is_ok())
    }

    /// The sample that waits for a person.
    #[must_use]
    pub fn waiting(&self) -> Option<&str> {
        self.waiting.as_ref().map(|waiting| &*waiting.sample)
    }

    /// Whether a delivery at `now` would be taken as a sample.
    #[must_use]
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.tunnel.is_some_and(|tunnel| now < tunnel.ends)
    }

    /// When the tunnel closes, if it was opened and nothing has come.
    #[must_use]
    pub fn ends(&self) -> Option<Timestamp> {
        self.tunnel.map(|tunnel| tunnel.ends)
    }

    /// Opens the tunnel; if it is open, its time starts again. A sample that waited is dropped.
    #[must_use]
    pub fn open(mut self, rule: CaptureRule, now: Timestamp) -> Self {
        self.session = self.session.saturating_add(1);
        self.tunnel = Some(Tunnel { rule, ends: now + rule.window() });
        self.waiting = None;
        self
    }

    /// Closes the tunnel without a sample.
    #[must_use]
    pub fn close(mut self) -> Self {
        self.tunnel = None;
        self
    }

    /// Takes a body as the sample and closes the tunnel. Nothing, if it is not open at `now` or the
    /// body is no JSON by the options of its source: then it stays open for a better one.
    #[must_use]
    pub fn absorb(mut self, body: &[u8], options: &ReadOptions, now: Timestamp) -> Option<Self> {
        let Tunnel { rule, .. } = self.tunnel.filter(|tunnel| now < tunnel.ends)?;
        json::pick(body, options, &[]).ok()?;
        let sample = String::from_utf8(body.to_vec()).ok()?;
        self.tunnel = None;
        let waiting = Waiting { sample, update: rule.update };
        match rule.apply {
            Apply::AtOnce => self.learn(waiting),
            Apply::OnConfirmation => self.waiting = Some(waiting),
        }
        Some(self)
    }

    /// Makes the sample of this session count that waits. Nothing, if there is none or another
    /// session has begun: then it is another sample than the one that was looked at.
    #[must_use]
    pub fn confirm(mut self, session: u64) -> Option<Self> {
        if self.session != session {
            return None;
        }
        let waiting = self.waiting.take()?;
        self.learn(waiting);
        Some(self)
    }

    /// Drops the sample that waits.
    #[must_use]
    pub fn discard(mut self) -> Self {
        self.waiting = None;
        self
    }

    fn learn(&mut self, Waiting { sample, update }: Waiting) {
        if update == Update::Replace {
            self.samples.clear();
        }
        let surplus = (self.samples.len() + 1).saturating_sub(Self::MAX_SAMPLES);
        self.samples.drain(..surplus);
        self.samples.push(sample);
        self.version = self.version.saturating_add(1);
    }

    /// What is kept in small state; nothing if there is none, or it cannot be understood.
    pub(crate) fn read(state: Option<&State>) -> Option<Self> {
        let Some(state) = state else { return Some(Self::default()) };
        let kept: Kept = serde_json::from_slice(&state.bytes).ok()?;
        (kept.v == 1).then_some(kept.capture)
    }

    pub(crate) fn put(&self, source: &SourceId, expected: Option<u64>) -> PutState {
        let kept = Kept { v: 1, capture: self.clone() };
        PutState {
            namespace: NAMESPACE.to_owned(),
            key: key(source),
            expected,
            bytes: serde_json::to_vec(&kept).ok(),
            expires: None,
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Kept {
    v: u8,
    capture: Capture,
}

pub(crate) const NAMESPACE: &str = "capture";

/// The key of a source in small state. No name holds a control character, so none runs into the
/// other.
pub(crate) fn key(source: &SourceId) -> String {
    format!("{}\u{1f}{}", source.tenant(), source.source())
}
