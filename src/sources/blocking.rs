//! The face for hosts without an async runtime.

use std::fmt;
use std::sync::Arc;

use super::SourcesError;
use super::seal::Seal;
use super::shelf::AtOnce;
use super::view::{LoadedSource, SourceCursor, SourcePage, StoredSource};
use super::work::Room;
use crate::clock::Clock;
use crate::engine::BlockingEngine;
use crate::policy::Rotation;
use crate::scheme::Registry;
use crate::source::{Address, KeyConfig, Lifecycle, SourceConfig, SourceId, TokenHash};
use crate::store::{BlockingStore, block_on};

/// [`Sources`](super::Sources) for hosts without an async runtime: each method returns when its work
/// is done.
///
/// ```
/// use hookstage::sources::BlockingSources;
/// use hookstage::store::MemoryStore;
/// use hookstage::{BlockingEngine, SourceConfig, providers};
///
/// let engine = BlockingEngine::new(MemoryStore::new());
/// let sources = BlockingSources::of(&engine);
/// sources.create(SourceConfig::preset("acme", "forms", &providers::UNSIGNED)).unwrap();
/// assert_eq!(sources.list("acme", None, 10).unwrap().sources.len(), 1);
/// ```
#[derive(Clone)]
pub struct BlockingSources {
    store: Arc<dyn BlockingStore>,
    clock: Arc<dyn Clock>,
    seal: Option<Arc<dyn Seal>>,
    registry: Arc<Registry>,
}

impl BlockingSources {
    /// The sources that are kept in the store of an engine, which is where a revocation must hold.
    /// Without a seal, those that have secrets can be looked at, paused and deleted, not created
    /// and not loaded.
    #[must_use]
    pub fn of(engine: &BlockingEngine) -> Self {
        let (store, clock) = engine.parts();
        Self { store, clock, seal: None, registry: Arc::default() }
    }

    /// With the host's encryption of secrets.
    #[must_use]
    pub fn with_seal(self, seal: impl Seal) -> Self {
        Self { seal: Some(Arc::new(seal)), ..self }
    }

    /// With the checks that are the host's own, for schemes that name one.
    #[must_use]
    pub fn with_registry(self, registry: Registry) -> Self {
        Self { registry: Arc::new(registry), ..self }
    }

    /// See [`Sources::create`](super::Sources::create).
    ///
    /// # Errors
    ///
    /// As there.
    pub fn create(&self, config: SourceConfig) -> Result<StoredSource, SourcesError> {
        block_on(self.room().create(config))
    }

    /// See [`Sources::get`](super::Sources::get).
    ///
    /// # Errors
    ///
    /// As there.
    pub fn get(&self, address: &Address) -> Result<Option<StoredSource>, SourcesError> {
        block_on(self.room().get(address))
    }

    /// See [`Sources::load`](super::Sources::load).
    ///
    /// # Errors
    ///
    /// As there.
    pub fn load(&self, address: &Address) -> Result<Option<LoadedSource>, SourcesError> {
        block_on(self.room().load(address))
    }

    /// See [`Sources::list`](super::Sources::list).
    ///
    /// # Errors
    ///
    /// As there.
    pub fn list(
        &self,
        tenant: &str,
        after: Option<SourceCursor>,
        limit: usize,
    ) -> Result<SourcePage, SourcesError> {
        block_on(self.room().list(tenant, after, limit))
    }

    /// See [`Sources::update`](super::Sources::update).
    ///
    /// # Errors
    ///
    /// As there.
    pub fn update(
        &self,
        id: &SourceId,
        revision: u64,
        config: SourceConfig,
    ) -> Result<StoredSource, SourcesError> {
        block_on(self.room().update(id, revision, config))
    }

    /// See [`Sources::publish`](super::Sources::publish).
    ///
    /// # Errors
    ///
    /// As there.
    pub fn publish(&self, id: &SourceId) -> Result<StoredSource, SourcesError> {
        block_on(self.room().move_to(id, Lifecycle::Draft, Lifecycle::Active))
    }

    /// See [`Sources::pause`](super::Sources::pause).
    ///
    /// # Errors
    ///
    /// As there.
    pub fn pause(&self, id: &SourceId) -> Result<StoredSource, SourcesError> {
        block_on(self.room().move_to(id, Lifecycle::Active, Lifecycle::Paused))
    }

    /// See [`Sources::resume`](super::Sources::resume).
    ///
    /// # Errors
    ///
    /// As there.
    pub fn resume(&self, id: &SourceId) -> Result<StoredSource, SourcesError> {
        block_on(self.room().move_to(id, Lifecycle::Paused, Lifecycle::Active))
    }

    /// See [`Sources::rotate`](super::Sources::rotate).
    ///
    /// # Errors
    ///
    /// As there.
    pub fn rotate(
        &self,
        id: &SourceId,
        key: impl Into<KeyConfig>,
    ) -> Result<StoredSource, SourcesError> {
        block_on(self.room().rotate(id, key.into(), None))
    }

    /// See [`Sources::rotate_as`](super::Sources::rotate_as).
    ///
    /// # Errors
    ///
    /// As there.
    pub fn rotate_as(
        &self,
        id: &SourceId,
        key: impl Into<KeyConfig>,
        rotation: Rotation,
    ) -> Result<StoredSource, SourcesError> {
        block_on(self.room().rotate(id, key.into(), Some(rotation)))
    }

    /// See [`Sources::end_overlap`](super::Sources::end_overlap).
    ///
    /// # Errors
    ///
    /// As there.
    pub fn end_overlap(&self, id: &SourceId) -> Result<StoredSource, SourcesError> {
        block_on(self.room().end_overlap(id))
    }

    /// See [`Sources::revoke`](super::Sources::revoke).
    ///
    /// # Errors
    ///
    /// As there.
    pub fn revoke(&self, id: &SourceId, number: u32) -> Result<StoredSource, SourcesError> {
        block_on(self.room().revoke(id, number))
    }

    /// See [`Sources::set_token`](super::Sources::set_token).
    ///
    /// # Errors
    ///
    /// As there.
    pub fn set_token(
        &self,
        id: &SourceId,
        token: Option<TokenHash>,
    ) -> Result<StoredSource, SourcesError> {
        block_on(self.room().set_token(id, token))
    }

    /// See [`Sources::delete`](super::Sources::delete).
    ///
    /// # Errors
    ///
    /// As there.
    pub fn delete(&self, id: &SourceId) -> Result<(), SourcesError> {
        block_on(self.room().delete(id))
    }

    /// See [`Sources::enforce`](super::Sources::enforce).
    ///
    /// # Errors
    ///
    /// As there.
    pub fn enforce(&self, id: &SourceId) -> Result<(), SourcesError> {
        block_on(self.room().enforce(id))
    }

    fn room(&self) -> Room<'_, AtOnce<'_>> {
        Room {
            shelf: AtOnce { store: &*self.store, now: self.clock.now() },
            seal: self.seal.as_deref(),
            registry: &self.registry,
        }
    }
}

impl fmt::Debug for BlockingSources {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BlockingSources").finish_non_exhaustive()
    }
}
