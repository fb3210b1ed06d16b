//! What is kept of a source: its settings, its keys sealed or hashed, and what of it outlives it.

use serde::{Deserialize, Serialize};

use super::SourcesError;
use crate::clock::Timestamp;
use crate::policy::Rotation;
use crate::scheme::Fingerprint;
use crate::source::{Lifecycle, SourceConfig, SourceId};
use crate::store::{PutState, State};

pub(super) const NAMESPACE: &str = "source";

/// What may be shown of a key after it was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct KeyView {
    /// Its number within its source, given once: a secret that was taken away and comes back gets
    /// another.
    pub number: u32,
    /// Which secret it is, for whoever has it.
    pub fingerprint: Fingerprint,
    /// When it was put in.
    pub created: Timestamp,
    /// The moment from which it no longer counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends: Option<Timestamp>,
    /// The id by which deliveries name it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
}

impl KeyView {
    /// Whether it counts at a moment.
    #[must_use]
    pub fn counts_at(&self, now: Timestamp) -> bool {
        self.ends.is_none_or(|ends| now < ends)
    }
}

/// A key as it is kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KeptKey {
    pub(super) shown: KeyView,
    pub(super) kept: Kept,
}

/// What is kept of a secret.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kept {
    /// What the host's seal made of it, in base64.
    Sealed(String),
    /// Its SHA-256, in hexadecimal digits.
    Sha256(String),
}

/// What is kept of a source.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Record {
    /// Without its keys, and with its generation.
    pub(super) config: SourceConfig,
    /// Newest first.
    pub(super) keys: Vec<KeptKey>,
    pub(super) next_number: u32,
    /// When a key was last put in or taken away.
    pub(super) keys_since: Timestamp,
    pub(super) created: Timestamp,
    pub(super) updated: Timestamp,
}

/// What outlives a source: a later one of the same name must not begin below its generation, or
/// everything it stages would count as superseded.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Deleted {
    pub(super) at: Timestamp,
    pub(super) generation: u64,
    pub(super) next_number: u32,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Entry {
    Live(Box<Record>),
    Deleted(Deleted),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Form<E> {
    v: u16,
    source: E,
}

impl Entry {
    pub(super) fn read(state: &State) -> Result<Self, SourcesError> {
        let corrupt = || SourcesError::corrupt("a source cannot be understood");
        let form: Form<Self> = serde_json::from_slice(&state.bytes).map_err(|_| corrupt())?;
        if form.v == 1 { Ok(form.source) } else { Err(corrupt()) }
    }

    pub(super) fn put(
        &self,
        id: &SourceId,
        expected: Option<u64>,
    ) -> Result<PutState, SourcesError> {
        let bytes = serde_json::to_vec(&Form { v: 1, source: self })
            .map_err(|_| SourcesError::corrupt("a source cannot be written"))?;
        Ok(PutState {
            namespace: NAMESPACE.to_owned(),
            key: key(id),
            expected,
            bytes: Some(bytes),
            expires: None,
        })
    }
}

/// No name holds a control character, so none runs into the other.
pub(super) fn key(id: &SourceId) -> String {
    format!("{}\u{1f}{}", id.tenant(), id.source())
}

/// The most keys that count at once, as the verifier has it.
const MAX_KEYS: usize = 4;

impl Record {
    /// Whatever was judged before this is not staged any more.
    pub(super) fn raise(&mut self) {
        self.config.generation = self.config.generation.saturating_add(1);
    }

    /// Puts a key in front, and lets the others end as the rotation says.
    pub(super) fn rotate(
        &mut self,
        key: KeptKey,
        rotation: Rotation,
        now: Timestamp,
    ) -> Result<(), SourcesError> {
        self.keys.retain(|key| key.shown.counts_at(now));
        match rotation {
            Rotation::AtOnce => {
                self.keys.clear();
                self.raise();
            }
            Rotation::Overlap { seconds } => {
                let ends = now + std::time::Duration::from_secs(u64::from(seconds));
                for key in &mut self.keys {
                    key.shown.ends = Some(key.shown.ends.map_or(ends, |own| own.min(ends)));
                }
            }
        }
        if self.keys.len() >= MAX_KEYS {
            return Err(SourcesError::TooManyKeys);
        }
        self.next_number = key.shown.number.saturating_add(1);
        self.keys.insert(0, key);
        self.keys_since = now;
        Ok(())
    }

    /// Takes the keys away that are about to end. Says whether there was any.
    pub(super) fn end_overlap(&mut self, now: Timestamp) -> Result<bool, SourcesError> {
        let leaves = |key: &KeptKey| key.shown.ends.is_none();
        if self.keys.iter().all(leaves) {
            return Ok(false);
        }
        if !self.keys.iter().any(leaves) {
            return Err(SourcesError::LastKey);
        }
        self.keys.retain(leaves);
        self.keys_since = now;
        self.raise();
        Ok(true)
    }

    /// Takes a key away, whether it counts or not.
    pub(super) fn revoke(&mut self, number: u32, now: Timestamp) -> Result<(), SourcesError> {
        if !self.keys.iter().any(|key| key.shown.number == number) {
            return Err(SourcesError::NoSuchKey);
        }
        self.keys.retain(|key| key.shown.number != number);
        if !self.keys.iter().any(|key| key.shown.counts_at(now)) {
            return Err(SourcesError::LastKey);
        }
        self.keys_since = now;
        self.raise();
        Ok(())
    }

    /// Moves it from one state to another. Says whether anything was to be done.
    pub(super) fn move_to(&mut self, from: Lifecycle, to: Lifecycle) -> Result<bool, SourcesError> {
        let is = self.config.lifecycle;
        if is == to {
            return Ok(false);
        }
        if is != from {
            return Err(SourcesError::Lifecycle { from: is, to });
        }
        self.enter(to);
        Ok(true)
    }

    pub(super) fn enter(&mut self, lifecycle: Lifecycle) {
        if self.config.lifecycle == Lifecycle::Active && lifecycle != Lifecycle::Active {
            self.raise();
        }
        self.config.lifecycle = lifecycle;
    }
}
