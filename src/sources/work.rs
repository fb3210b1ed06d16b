//! What is done with sources that are kept: once, for both faces.

use std::sync::Arc;

use super::record::{Deleted, Entry, Record};
use super::seal::{self, Seal};
use super::shelf::Shelf;
use super::view::{LoadedSource, SourceCursor, SourcePage, StoredSource};
use super::{SourcesError, index, pointer, record};
use crate::error::ConfigError;
use crate::policy::Rotation;
use crate::scheme::Registry;
use crate::source::{Address, KeyConfig, Lifecycle, Source, SourceConfig, SourceId, TokenHash};
use crate::store::{Put, State};

/// A store at one moment, with what the host gave beside it.
pub(super) struct Room<'s, S> {
    pub(super) shelf: S,
    pub(super) seal: Option<&'s dyn Seal>,
    pub(super) registry: &'s Registry,
}

/// The longest page.
const MAX_PAGE: usize = 100;

impl<S: Shelf> Room<'_, S> {
    pub(super) async fn create(
        &self,
        mut config: SourceConfig,
    ) -> Result<StoredSource, SourcesError> {
        let now = self.shelf.now();
        // A name that is none is a fault among others, told by the source.
        let id = SourceId::new(&config.tenant, &config.source).ok();
        let (before, version) = match &id {
            Some(id) => self.read(id).await?,
            None => (None, None),
        };
        let (generation, first) = match before {
            Some(Entry::Live(_)) => return Err(SourcesError::Exists),
            Some(Entry::Deleted(before)) => (before.generation, before.next_number),
            None => (0, 1),
        };
        config.generation = config.generation.max(generation);
        let count = u32::try_from(config.keys.len()).unwrap_or(u32::MAX);
        let newest = first.saturating_add(count.saturating_sub(1));
        let keys = id.as_ref().map(|id| {
            let numbers = (first..=newest).rev();
            let numbered = config.keys.iter().zip(numbers);
            numbered.map(|(key, number)| seal::keep(self.seal, id, key, number, now)).collect()
        });
        let source = Source::with_registry(config, self.registry)?;
        let keys = keys
            .unwrap_or_else(|| Err(ConfigError::one("source", "the source has no name").into()))?;
        let record = Record {
            config: source.config(),
            keys,
            next_number: first.saturating_add(count),
            keys_since: now,
            created: now,
            updated: now,
        };
        let id = source.id();
        index::ensure(&self.shelf, id).await?;
        for key in pointer::keys(&record.config) {
            pointer::claim(&self.shelf, &key, id).await?;
        }
        let entry = Entry::Live(Box::new(record));
        let version = match self.shelf.put_if(entry.put(id, version)?).await? {
            Put::Done { version } => version,
            Put::Conflict(Some(state)) => {
                return Err(match Entry::read(&state)? {
                    Entry::Live(_) => SourcesError::Exists,
                    Entry::Deleted(_) => SourcesError::Changed,
                });
            }
            Put::Conflict(None) => return Err(SourcesError::Changed),
        };
        self.find_again(id).await?;
        let Entry::Live(record) = entry else { return Err(SourcesError::Missing) };
        if record.config.generation > 0 {
            self.put_in_force(id, record.config.generation).await?;
        }
        Ok(StoredSource::new(&record, version))
    }

    pub(super) async fn get(
        &self,
        address: &Address,
    ) -> Result<Option<StoredSource>, SourcesError> {
        let found = self.find(address).await?;
        Ok(found.map(|(_, record, version)| StoredSource::new(&record, version)))
    }

    pub(super) async fn load(
        &self,
        address: &Address,
    ) -> Result<Option<LoadedSource>, SourcesError> {
        let Some((id, record, version)) = self.find(address).await? else { return Ok(None) };
        let source = Arc::new(self.build(&id, &record, record.config.settings())?);
        Ok(Some(LoadedSource { source, stored: StoredSource::new(&record, version) }))
    }

    pub(super) async fn list(
        &self,
        tenant: &str,
        after: Option<SourceCursor>,
        limit: usize,
    ) -> Result<SourcePage, SourcesError> {
        let limit = limit.clamp(1, MAX_PAGE);
        let (mut number, mut after) = match after {
            Some(cursor) => (cursor.page, Some(cursor.after)),
            None => (0, None),
        };
        let mut sources = Vec::new();
        while let Some((names, _)) = index::page(&self.shelf, tenant, number).await? {
            for name in names {
                if after.as_ref().is_some_and(|after| name <= *after) {
                    continue;
                }
                let Ok(id) = SourceId::new(tenant, &name) else { continue };
                let (Some(Entry::Live(record)), Some(version)) = self.read(&id).await? else {
                    continue;
                };
                sources.push(StoredSource::new(&record, version));
                if sources.len() == limit {
                    let next = Some(SourceCursor { page: number, after: name });
                    return Ok(SourcePage { sources, next });
                }
            }
            number += 1;
            after = None;
        }
        Ok(SourcePage { sources, next: None })
    }

    pub(super) async fn update(
        &self,
        id: &SourceId,
        revision: u64,
        mut config: SourceConfig,
    ) -> Result<StoredSource, SourcesError> {
        if !config.keys.is_empty() {
            return Err(SourcesError::KeysInUpdate);
        }
        if config.tenant != id.tenant() || config.source != id.source() {
            return Err(SourcesError::Renamed);
        }
        let (mut record, version) = self.read_live(id).await?;
        if version != revision {
            return Err(SourcesError::Changed);
        }
        let before = record.config.generation;
        config.endpoint = record.config.endpoint;
        config.token = record.config.token;
        config.generation = before;
        let lifecycle = config.lifecycle;
        let changed = self.build(id, &record, config)?.config();
        let admits_alike = changed.scheme == record.config.scheme
            && changed.parameters == record.config.parameters
            && changed.addresses == record.config.addresses;
        if !admits_alike {
            record.raise();
        }
        record.enter(lifecycle);
        let generation = record.config.generation.min(before.saturating_add(1));
        record.config = SourceConfig { generation, ..changed };
        record.updated = self.shelf.now();
        match self.write(id, record, version, before).await? {
            Some(stored) => Ok(stored),
            None => Err(SourcesError::Changed),
        }
    }

    pub(super) async fn move_to(
        &self,
        id: &SourceId,
        from: Lifecycle,
        to: Lifecycle,
    ) -> Result<StoredSource, SourcesError> {
        self.change(id, |record| record.move_to(from, to)).await
    }

    pub(super) async fn rotate(
        &self,
        id: &SourceId,
        key: KeyConfig,
        rotation: Option<Rotation>,
    ) -> Result<StoredSource, SourcesError> {
        let now = self.shelf.now();
        self.change(id, |record| {
            let rotation = rotation.unwrap_or_else(|| record.config.policy.policy().rotation);
            for old in record.keys.iter().filter(|old| old.shown.counts_at(now)) {
                if seal::open(self.seal, id, old)?.is_same(&key) {
                    return Err(SourcesError::SameSecret);
                }
            }
            let kept = seal::keep(self.seal, id, &key, record.next_number, now)?;
            record.rotate(kept, rotation, now)?;
            // What the scheme refuses, and what does not come out of the seal again, is not kept.
            self.build(id, record, record.config.settings())?;
            Ok(true)
        })
        .await
    }

    pub(super) async fn end_overlap(&self, id: &SourceId) -> Result<StoredSource, SourcesError> {
        self.change(id, |record| record.end_overlap(self.shelf.now())).await
    }

    pub(super) async fn revoke(
        &self,
        id: &SourceId,
        number: u32,
    ) -> Result<StoredSource, SourcesError> {
        self.change(id, |record| record.revoke(number, self.shelf.now()).map(|()| true)).await
    }

    pub(super) async fn set_token(
        &self,
        id: &SourceId,
        token: Option<TokenHash>,
    ) -> Result<StoredSource, SourcesError> {
        let (record, _) = self.read_live(id).await?;
        let mut config = record.config.settings();
        config.token = token;
        let kept: Vec<String> = pointer::keys(&config).collect();
        for key in &kept {
            pointer::claim(&self.shelf, key, id).await?;
        }
        let stored = self
            .change(id, |record| {
                if record.config.token == token {
                    return Ok(false);
                }
                record.config.token = token;
                record.raise();
                Ok(true)
            })
            .await?;
        for key in pointer::keys(&record.config).filter(|key| !kept.contains(key)) {
            pointer::release(&self.shelf, &key, id).await?;
        }
        self.find_again(id).await?;
        Ok(stored)
    }

    pub(super) async fn delete(&self, id: &SourceId) -> Result<(), SourcesError> {
        let record = loop {
            let (record, version) = self.read_live(id).await?;
            let entry = Entry::Deleted(Deleted {
                at: self.shelf.now(),
                generation: record.config.generation.saturating_add(1),
                next_number: record.next_number,
            });
            if let Put::Done { .. } = self.shelf.put_if(entry.put(id, Some(version))?).await? {
                break record;
            }
        };
        self.put_in_force(id, record.config.generation.saturating_add(1)).await?;
        for key in pointer::keys(&record.config) {
            pointer::release(&self.shelf, &key, id).await?;
        }
        index::remove(&self.shelf, id).await?;
        self.find_again(id).await
    }

    pub(super) async fn enforce(&self, id: &SourceId) -> Result<(), SourcesError> {
        match self.read(id).await?.0 {
            Some(Entry::Live(record)) => self.put_in_force(id, record.config.generation).await,
            Some(Entry::Deleted(deleted)) => self.put_in_force(id, deleted.generation).await,
            None => Err(SourcesError::Missing),
        }
    }

    /// Changes a source as a whole, again if another was faster.
    async fn change(
        &self,
        id: &SourceId,
        change: impl Fn(&mut Record) -> Result<bool, SourcesError> + Send + Sync,
    ) -> Result<StoredSource, SourcesError> {
        loop {
            let (mut record, version) = self.read_live(id).await?;
            let generation = record.config.generation;
            if !change(&mut record)? {
                return Ok(StoredSource::new(&record, version));
            }
            record.updated = self.shelf.now();
            if let Some(stored) = self.write(id, record, version, generation).await? {
                return Ok(stored);
            }
        }
    }

    /// Nothing, if another was faster.
    async fn write(
        &self,
        id: &SourceId,
        record: Box<Record>,
        version: u64,
        before: u64,
    ) -> Result<Option<StoredSource>, SourcesError> {
        let entry = Entry::Live(record);
        let put = self.shelf.put_if(entry.put(id, Some(version))?).await?;
        let (Put::Done { version }, Entry::Live(record)) = (put, entry) else { return Ok(None) };
        if record.config.generation != before {
            self.put_in_force(id, record.config.generation).await?;
        }
        Ok(Some(StoredSource::new(&record, version)))
    }

    async fn put_in_force(&self, id: &SourceId, generation: u64) -> Result<(), SourcesError> {
        let done = self.shelf.supersede(id, generation).await;
        done.map_err(|error| SourcesError::Unenforced(error.into()))
    }

    /// Looks after the names and addresses of a source that is there, in case someone who deleted
    /// one of the same name was just taking them away.
    async fn find_again(&self, id: &SourceId) -> Result<(), SourcesError> {
        let (Some(Entry::Live(record)), _) = self.read(id).await? else { return Ok(()) };
        index::ensure(&self.shelf, id).await?;
        for key in pointer::keys(&record.config) {
            pointer::claim(&self.shelf, &key, id).await?;
        }
        Ok(())
    }

    async fn find(
        &self,
        address: &Address,
    ) -> Result<Option<(SourceId, Box<Record>, u64)>, SourcesError> {
        let Some(id) = pointer::follow(&self.shelf, address).await? else { return Ok(None) };
        let (Some(Entry::Live(record)), Some(version)) = self.read(&id).await? else {
            return Ok(None);
        };
        let has_it = match address {
            Address::Id(own) => record.config.endpoint == Some(*own),
            Address::Named(_) => true,
            Address::Token(token) => record.config.token == Some(token.hash()),
        };
        Ok(has_it.then_some((id, record, version)))
    }

    async fn read(&self, id: &SourceId) -> Result<(Option<Entry>, Option<u64>), SourcesError> {
        let state: Option<State> = self.shelf.state(record::NAMESPACE, &record::key(id)).await?;
        Ok(match state {
            Some(state) => (Some(Entry::read(&state)?), Some(state.version)),
            None => (None, None),
        })
    }

    async fn read_live(&self, id: &SourceId) -> Result<(Box<Record>, u64), SourcesError> {
        match self.read(id).await? {
            (Some(Entry::Live(record)), Some(version)) => Ok((record, version)),
            _ => Err(SourcesError::Missing),
        }
    }

    /// The source that these settings make with the keys of the record.
    fn build(
        &self,
        id: &SourceId,
        record: &Record,
        config: SourceConfig,
    ) -> Result<Source, SourcesError> {
        let keys: Result<Vec<KeyConfig>, SourcesError> =
            record.keys.iter().map(|key| seal::open(self.seal, id, key)).collect();
        Ok(Source::with_registry(SourceConfig { keys: keys?, ..config }, self.registry)?)
    }
}
