//! Whether it is new: the rule that makes a dedupe key of a verified delivery.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;

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
