//! Answers kept under a key that the sender chooses, so that a repeated request gets the first
//! one's answer.

use std::borrow::Cow;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::clock::Timestamp;
use crate::error::ConfigFault;
use crate::outcome::Response;
use crate::refusal::{Malformation, Refusal};
use crate::scheme::Proof;
use crate::source::SourceId;
use crate::store::{PutState, State};

/// Where the key stands and how long an answer is kept under it.
///
/// The key is looked at once the sender is established, and belongs to one source. An answer is
/// kept if asking again could give no other: staged, captured, an unknown contact, a body that is no
/// JSON. Everything else may be mended, so the key stays free.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdempotencyRule {
    /// The header, in lower case.
    pub header: Cow<'static, str>,
    /// How long an answer is kept, in hours: 1 to 8760.
    pub hours: u16,
    /// What becomes of a key that comes again with another body.
    pub on_reuse: OnKeyReuse,
}

/// What becomes of a key that comes again with another body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnKeyReuse {
    /// It is refused: the sender uses one key for two things.
    Refuse,
    /// It gets the first one's answer, and the outcome says that the body differs.
    SameAnswer,
}

impl IdempotencyRule {
    pub(crate) fn faults(&self, faults: &mut Vec<ConfigFault>) {
        if !(1..=8760).contains(&self.hours) {
            faults.push(ConfigFault::new("policy.idempotency.hours", "give 1 to 8760 hours"));
        }
        if self.header.is_empty() || self.header.bytes().any(|byte| byte.is_ascii_uppercase()) {
            faults.push(ConfigFault::new("policy.idempotency.header", "give a name in lower case"));
        }
    }

    /// The slot of the sender's key, if it sent one.
    pub(crate) fn slot(
        &self,
        source: &SourceId,
        proof: &Proof<'_>,
    ) -> Result<Option<Slot>, Refusal> {
        let mut values = proof.head().header(&self.header);
        let Some(value) = values.next() else { return Ok(None) };
        let fault = if values.next().is_some() {
            Some(Malformation::Repeated)
        } else if value.is_empty() {
            Some(Malformation::Empty)
        } else if value.len() > MAX_KEY {
            Some(Malformation::TooLong)
        } else if !value.iter().all(|byte| (b' '..=b'~').contains(byte)) {
            Some(Malformation::Encoding)
        } else {
            None
        };
        if let Some(fault) = fault {
            return Err(Refusal::IdempotencyKey { fault });
        }
        let mut hasher = Sha256::new_with_prefix(b"hookstage idempotency key v1\0");
        for part in [source.tenant().as_bytes(), source.source().as_bytes(), value] {
            hasher.update((part.len() as u64).to_be_bytes());
            hasher.update(part);
        }
        Ok(Some(Slot {
            key: hex::encode(hasher.finalize()),
            body: hex::encode(Sha256::digest(proof.body())),
        }))
    }
}

/// The longest key taken, in bytes, as most systems that have such keys take them.
const MAX_KEY: usize = 255;

/// How long a first request may be under way before its key is free again.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) const NAMESPACE: &str = "idempotency";

/// The place of one sender's key in small state. The key itself is not kept.
#[derive(Clone, Debug)]
pub(crate) struct Slot {
    key: String,
    body: String,
}

/// What stands in a slot.
#[derive(Serialize, Deserialize)]
struct Kept {
    v: u8,
    body: String,
    answer: Option<KeptAnswer>,
}

#[derive(Serialize, Deserialize)]
struct KeptAnswer {
    status: u16,
    body: String,
}

/// What a slot says to a request.
#[derive(Debug)]
pub(crate) enum Said {
    /// The first is still under way.
    InFlight,
    /// The key was used before.
    Answered { response: Response, payload_differs: bool },
    /// What stands there cannot be understood.
    Unreadable,
}

impl Slot {
    /// Takes the slot.
    pub(crate) fn begin(&self, now: Timestamp) -> PutState {
        self.put(None, Some(self.kept(None)), Some(now + PATIENCE))
    }

    /// Leaves the answer in the slot that was taken under this version.
    pub(crate) fn finish(
        &self,
        version: u64,
        rule: &IdempotencyRule,
        response: &Response,
        now: Timestamp,
    ) -> PutState {
        let answer = KeptAnswer { status: response.status(), body: response.body().to_owned() };
        let kept_for = Duration::from_secs(u64::from(rule.hours) * 3600);
        self.put(Some(version), Some(self.kept(Some(answer))), Some(now + kept_for))
    }

    /// Gives the slot back that was taken under this version.
    pub(crate) fn abort(&self, version: u64) -> PutState {
        self.put(Some(version), None, None)
    }

    /// What a taken slot says.
    pub(crate) fn said(&self, state: &State) -> Said {
        match serde_json::from_slice::<Kept>(&state.bytes) {
            Ok(Kept { v: 1, body, answer: Some(answer) }) => Said::Answered {
                response: Response::new(answer.status, Cow::Owned(answer.body)),
                payload_differs: body != self.body,
            },
            Ok(Kept { v: 1, answer: None, .. }) => Said::InFlight,
            _ => Said::Unreadable,
        }
    }

    fn kept(&self, answer: Option<KeptAnswer>) -> Vec<u8> {
        let kept = Kept { v: 1, body: self.body.clone(), answer };
        serde_json::to_vec(&kept).unwrap_or_default()
    }

    fn put(
        &self,
        expected: Option<u64>,
        bytes: Option<Vec<u8>>,
        expires: Option<Timestamp>,
    ) -> PutState {
        PutState {
            namespace: NAMESPACE.to_owned(),
            key: self.key.clone(),
            expected,
            bytes,
            expires,
        }
    }
}
