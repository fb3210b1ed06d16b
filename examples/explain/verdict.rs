//! What is answered to one line.

use std::borrow::Cow;
use std::io::{self, Write};

use hookstage::scheme::Coverage;
use serde::Serialize;

/// One line out.
pub(crate) struct Answer {
    /// The JSON text of the request's id, as it was written.
    id: String,
    verdict: Verdict,
}

/// The verdict on one request: about authentication, and about nothing else.
#[derive(Debug, Serialize)]
pub(crate) struct Verdict {
    verdict: Word,
    reason: Cow<'static, str>,
    covers: Option<Coverage>,
    key_index: Option<u8>,
    dedupe: Option<String>,
    event_type: Option<String>,
    hints: Vec<String>,
}

/// What was found out beside the verdict itself.
#[derive(Debug)]
pub(crate) struct Findings {
    pub(crate) covers: Coverage,
    pub(crate) key_index: Option<u8>,
    pub(crate) dedupe: Option<String>,
    pub(crate) event_type: Option<String>,
}

#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
enum Word {
    Verified,
    Refused,
    Unusable,
}

/// Why a line cannot be judged.
#[derive(Debug)]
pub(crate) struct Unusable {
    reason: Cow<'static, str>,
    hints: Vec<String>,
}

impl Unusable {
    /// `unknown_provider`, `bad_key`, `missing_param:NAME`, `bad_input`, `bad_scheme` or
    /// `feature_off`, and a sentence on what would be right.
    pub(crate) fn new(reason: impl Into<Cow<'static, str>>, hint: impl Into<String>) -> Self {
        Self { reason: reason.into(), hints: vec![hint.into()] }
    }

    pub(crate) fn bad_input(hint: impl Into<String>) -> Self {
        Self::new("bad_input", hint)
    }

    pub(crate) fn with_hints(mut self, hints: impl IntoIterator<Item = String>) -> Self {
        self.hints.extend(hints);
        self
    }
}

impl Verdict {
    pub(crate) fn verified(reason: &'static str, findings: Findings, hints: Vec<String>) -> Self {
        Self {
            verdict: Word::Verified,
            reason: reason.into(),
            covers: Some(findings.covers),
            key_index: findings.key_index,
            dedupe: findings.dedupe,
            event_type: findings.event_type,
            hints,
        }
    }

    pub(crate) fn refused(reason: &'static str, hints: Vec<String>) -> Self {
        Self::without_findings(Word::Refused, reason.into(), hints)
    }

    fn without_findings(verdict: Word, reason: Cow<'static, str>, hints: Vec<String>) -> Self {
        Self {
            verdict,
            reason,
            covers: None,
            key_index: None,
            dedupe: None,
            event_type: None,
            hints,
        }
    }
}

impl From<Unusable> for Verdict {
    fn from(unusable: Unusable) -> Self {
        Self::without_findings(Word::Unusable, unusable.reason, unusable.hints)
    }
}

impl Answer {
    /// The answer to a request whose id has this JSON text; `None` if it could not be read.
    pub(crate) fn new(id: Option<&str>, verdict: impl Into<Verdict>) -> Self {
        Self { id: id.unwrap_or("null").to_owned(), verdict: verdict.into() }
    }

    /// Writes it as one line.
    ///
    /// # Errors
    ///
    /// The output cannot be written.
    pub(crate) fn write(&self, output: &mut impl Write) -> io::Result<()> {
        let rest = serde_json::to_string(&self.verdict)?;
        // The id is put in as it was written: a number of forty digits comes back as one.
        writeln!(output, "{{\"id\":{},{}", self.id, rest.strip_prefix('{').unwrap_or_default())
    }
}
