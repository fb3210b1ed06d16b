//! What is given out of a source that is kept.

use std::sync::Arc;

use serde::Serialize;

use super::record::{KeyView, Record};
use crate::clock::Timestamp;
use crate::source::{Lifecycle, Source, SourceConfig};

/// A source that is kept, as it may be shown to anyone who may administer it: there is no secret in
/// it, and no way from it to one. It serialises for an interface of the host.
#[derive(Debug, Serialize)]
pub struct StoredSource {
    config: SourceConfig,
    keys: Vec<KeyView>,
    keys_since: Timestamp,
    created: Timestamp,
    updated: Timestamp,
    revision: u64,
}

impl StoredSource {
    pub(super) fn new(record: &Record, revision: u64) -> Self {
        Self {
            config: record.config.settings(),
            keys: record.keys.iter().map(|key| key.shown.clone()).collect(),
            keys_since: record.keys_since,
            created: record.created,
            updated: record.updated,
            revision,
        }
    }

    /// Its settings, without keys.
    #[must_use]
    pub const fn config(&self) -> &SourceConfig {
        &self.config
    }

    /// Its settings, without keys, to be changed and given to
    /// [`Sources::update`](super::Sources::update).
    #[must_use]
    pub fn into_config(self) -> SourceConfig {
        self.config
    }

    /// Whether it takes deliveries.
    #[must_use]
    pub const fn lifecycle(&self) -> Lifecycle {
        self.config.lifecycle
    }

    /// The generation of its credentials.
    #[must_use]
    pub const fn generation(&self) -> u64 {
        self.config.generation
    }

    /// Its keys, newest first, also those that have ended and were not taken away yet.
    #[must_use]
    pub fn keys(&self) -> &[KeyView] {
        &self.keys
    }

    /// When a key was last put in or taken away.
    #[must_use]
    pub const fn keys_since(&self) -> Timestamp {
        self.keys_since
    }

    /// When it was created.
    #[must_use]
    pub const fn created(&self) -> Timestamp {
        self.created
    }

    /// When it was last changed.
    #[must_use]
    pub const fn updated(&self) -> Timestamp {
        self.updated
    }

    /// What an [`update`](super::Sources::update) must name, so that it overwrites no change that its
    /// author has not seen.
    #[must_use]
    pub const fn revision(&self) -> u64 {
        self.revision
    }
}

/// A source that is kept, ready to judge deliveries.
#[derive(Debug)]
#[non_exhaustive]
pub struct LoadedSource {
    /// The source.
    pub source: Arc<Source>,
    /// What may be shown of it.
    pub stored: StoredSource,
}

/// A page of the sources of a tenant.
#[derive(Debug)]
#[non_exhaustive]
pub struct SourcePage {
    /// The sources.
    pub sources: Vec<StoredSource>,
    /// Where the next page begins; nothing if there is none.
    pub next: Option<SourceCursor>,
}

/// A place in the list of a tenant's sources.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceCursor {
    pub(super) page: u32,
    pub(super) after: String,
}
