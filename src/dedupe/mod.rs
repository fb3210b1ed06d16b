//! Whether it is new: the rule that makes a dedupe key of a verified delivery.

mod part;
mod rule;

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use self::part::DedupePart;
pub use self::rule::DedupeRule;
use crate::clock::Timestamp;
use crate::refusal::Site;

/// What makes two deliveries the same: 32 bytes, made by a rule from a verified delivery.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DedupeKey([u8; 32]);

impl DedupeKey {
    /// The key with these bytes; for stores that read one back.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for DedupeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DedupeKey({self})")
    }
}

/// Lower-case hexadecimal.
impl fmt::Display for DedupeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

/// How long a dedupe key keeps later deliveries with the same key out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Window {
    /// For ever.
    Unlimited,
    /// For this long after the first delivery.
    FromFirst(Duration),
    /// For this long after the last delivery, duplicates included: something that is repeated more
    /// often than this never passes again.
    FromLast(Duration),
}

impl Window {
    /// How long it is, if it ends.
    #[must_use]
    pub const fn length(self) -> Option<Duration> {
        match self {
            Self::Unlimited => None,
            Self::FromFirst(length) | Self::FromLast(length) => Some(length),
        }
    }

    /// When a claim made (or, for [`FromLast`](Self::FromLast), renewed) at `now` ends. At that
    /// moment the key is free.
    #[must_use]
    pub const fn end(self, now: Timestamp) -> Option<Timestamp> {
        match self {
            Self::Unlimited => None,
            Self::FromFirst(length) | Self::FromLast(length) => Some(now.saturating_add(length)),
        }
    }
}

/// What becomes of a delivery that lacks a part of its dedupe key. Deliveries without a key never
/// share one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnMissingKey {
    /// It is staged, and a repetition of it is staged again.
    #[default]
    AcceptWithoutKey,
    /// The hash of its raw body is its key.
    HashBody,
    /// It is refused.
    Refuse,
}

/// What a rule made of a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Deduped {
    /// A key.
    Key {
        /// The key.
        key: DedupeKey,
        /// The parts that the signature did not cover: whoever replays the delivery can change them,
        /// and with them the key. Empty if it covered every part.
        uncovered: Vec<Site>,
    },
    /// No key, and the policy says that this is acceptable.
    WithoutKey {
        /// The part that is missing.
        at: Site,
        /// In which way.
        why: NoKey,
    },
}

impl Deduped {
    /// The key, if there is one.
    #[must_use]
    pub const fn key(&self) -> Option<DedupeKey> {
        match self {
            Self::Key { key, .. } => Some(*key),
            Self::WithoutKey { .. } => None,
        }
    }

    /// Whether there is a key, and the signature covered every part of it.
    #[must_use]
    pub const fn is_covered(&self) -> bool {
        matches!(self, Self::Key { uncovered, .. } if uncovered.is_empty())
    }
}

/// Why a part gives no key. Each is another thing for an operator to look into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum NoKey {
    /// It is an array.
    #[error("is an array")]
    Array,
    /// It is not there.
    #[error("is missing")]
    Missing,
    /// The body is no JSON, so nothing stands at a place in it.
    #[error("is nowhere, because the body is not JSON")]
    NotJson,
    /// It is JSON's `null`.
    #[error("is null")]
    Null,
    /// It is an object.
    #[error("is an object")]
    Object,
    /// Something on the way to it is a scalar, or an array where an object should be.
    #[error("is out of reach, because something on the way to it is of another type")]
    WrongParent,
}
