//! The face for hosts with an async runtime, or any executor of their own.

use std::fmt;
use std::sync::Arc;

use super::seal::Seal;
use super::shelf::Awaited;
use super::view::{LoadedSource, SourceCursor, SourcePage, StoredSource};
use super::work::Room;
#[allow(unused_imports, reason = "named in the documentation")]
use super::{KeyUse, SourcesError};
use crate::clock::Clock;
use crate::engine::Engine;
use crate::policy::Rotation;
use crate::scheme::Registry;
use crate::source::{Address, KeyConfig, Lifecycle, SourceConfig, SourceId, TokenHash};
use crate::store::ErasedStore;

/// Sources kept in the store of an [`Engine`]: see the [module page](super). It is cheap to clone.
///
/// ```
/// use hookstage::sources::Sources;
/// use hookstage::store::MemoryStore;
/// use hookstage::{Engine, Lifecycle, SourceConfig, SourceId, providers};
///
/// # fn block_on<F: std::future::Future>(future: F) -> F::Output {
/// #     let mut future = std::pin::pin!(future);
/// #     let mut context = std::task::Context::from_waker(std::task::Waker::noop());
/// #     loop {
/// #         if let std::task::Poll::Ready(value) = future.as_mut().poll(&mut context) {
/// #             return value;
/// #         }
/// #     }
/// # }
/// # block_on(async {
/// let engine = Engine::new(MemoryStore::new());
/// let sources = Sources::of(&engine);
/// sources.create(SourceConfig::preset("acme", "forms", &providers::UNSIGNED)).await.unwrap();
///
/// let id = SourceId::new("acme", "forms").unwrap();
/// assert_eq!(sources.pause(&id).await.unwrap().lifecycle(), Lifecycle::Paused);
/// # });
/// ```
#[derive(Clone)]
pub struct Sources {
    store: Arc<dyn ErasedStore>,
    clock: Arc<dyn Clock>,
    seal: Option<Arc<dyn Seal>>,
    registry: Arc<Registry>,
}

impl Sources {
    /// The sources that are kept in the store of an engine, which is where a revocation must hold.
    /// Without a seal, those that have secrets can be looked at, paused and deleted, not created
    /// and not loaded.
    #[must_use]
    pub fn of(engine: &Engine) -> Self {
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

    /// Keeps a new source, its secrets sealed. A source that was deleted and comes back under its
    /// name begins with a higher generation; the dedupe keys and the history under its name are
    /// still there.
    ///
    /// # Errors
    ///
    /// All that is wrong with its settings, at once; [`SourcesError::Exists`],
    /// [`AddressTaken`](SourcesError::AddressTaken), [`NoSeal`](SourcesError::NoSeal); a fault of
    /// the store or the seal.
    pub async fn create(&self, config: SourceConfig) -> Result<StoredSource, SourcesError> {
        self.room().create(config).await
    }

    /// What may be shown of the source at an address. No seal is needed.
    ///
    /// # Errors
    ///
    /// A fault of the store.
    pub async fn get(&self, address: &Address) -> Result<Option<StoredSource>, SourcesError> {
        self.room().get(address).await
    }

    /// The source at an address, ready to judge deliveries. Its secrets are opened and its keys
    /// prepared each time, so keep it for a while where many deliveries come: one that was revoked
    /// meanwhile stages nothing ([`Refusal::Superseded`](crate::Refusal::Superseded) says so; load
    /// it again then), but a key that was put in meanwhile is not known to it.
    ///
    /// # Errors
    ///
    /// A fault of the store or the seal.
    pub async fn load(&self, address: &Address) -> Result<Option<LoadedSource>, SourcesError> {
        self.room().load(address).await
    }

    /// The sources of a tenant, at most 100 a page. One that is there all the while is listed once,
    /// whatever comes and goes beside it.
    ///
    /// # Errors
    ///
    /// A fault of the store.
    pub async fn list(
        &self,
        tenant: &str,
        after: Option<SourceCursor>,
        limit: usize,
    ) -> Result<SourcePage, SourcesError> {
        self.room().list(tenant, after, limit).await
    }

    /// Replaces the settings of a source, if it is still at this
    /// [revision](StoredSource::revision). Keys, addresses and generation stay as they are, whatever
    /// the settings say of them. A change of scheme, parameters or networks, and one that
    /// deactivates the source, holds for what is under way, too.
    ///
    /// # Errors
    ///
    /// All that is wrong with the settings; [`SourcesError::Changed`],
    /// [`KeysInUpdate`](SourcesError::KeysInUpdate), [`Renamed`](SourcesError::Renamed),
    /// [`Missing`](SourcesError::Missing), [`Unenforced`](SourcesError::Unenforced); a fault of the
    /// store or the seal.
    pub async fn update(
        &self,
        id: &SourceId,
        revision: u64,
        config: SourceConfig,
    ) -> Result<StoredSource, SourcesError> {
        self.room().update(id, revision, config).await
    }

    /// Makes a draft take deliveries. Nothing changes for a source that does.
    ///
    /// # Errors
    ///
    /// [`SourcesError::Lifecycle`] for one that is paused, [`Missing`](SourcesError::Missing); a
    /// fault of the store.
    pub async fn publish(&self, id: &SourceId) -> Result<StoredSource, SourcesError> {
        self.room().move_to(id, Lifecycle::Draft, Lifecycle::Active).await
    }

    /// Makes a source take nothing for now: when this has returned, nothing is staged any more, not
    /// even what is under way.
    ///
    /// # Errors
    ///
    /// [`SourcesError::Lifecycle`] for a draft, [`Missing`](SourcesError::Missing),
    /// [`Unenforced`](SourcesError::Unenforced); a fault of the store.
    pub async fn pause(&self, id: &SourceId) -> Result<StoredSource, SourcesError> {
        self.room().move_to(id, Lifecycle::Active, Lifecycle::Paused).await
    }

    /// Makes a paused source take deliveries again.
    ///
    /// # Errors
    ///
    /// [`SourcesError::Lifecycle`] for a draft, [`Missing`](SourcesError::Missing); a fault of the
    /// store.
    pub async fn resume(&self, id: &SourceId) -> Result<StoredSource, SourcesError> {
        self.room().move_to(id, Lifecycle::Paused, Lifecycle::Active).await
    }

    /// Puts a new key in front. What becomes of the others is said by
    /// [`Policy::rotation`](crate::Policy::rotation): they count for some time, or no longer, not
    /// even for what is under way.
    ///
    /// # Errors
    ///
    /// What the scheme does not take; [`SourcesError::SameSecret`],
    /// [`TooManyKeys`](SourcesError::TooManyKeys), [`NoSeal`](SourcesError::NoSeal),
    /// [`Missing`](SourcesError::Missing), [`Unenforced`](SourcesError::Unenforced); a fault of the
    /// store or the seal.
    pub async fn rotate(
        &self,
        id: &SourceId,
        key: impl Into<KeyConfig>,
    ) -> Result<StoredSource, SourcesError> {
        self.room().rotate(id, key.into(), None).await
    }

    /// As [`rotate`](Self::rotate), whatever the policy says: at once when a secret has leaked.
    ///
    /// # Errors
    ///
    /// As for [`rotate`](Self::rotate).
    pub async fn rotate_as(
        &self,
        id: &SourceId,
        key: impl Into<KeyConfig>,
        rotation: Rotation,
    ) -> Result<StoredSource, SourcesError> {
        self.room().rotate(id, key.into(), Some(rotation)).await
    }

    /// Ends the overlap of a rotation early: the keys that were about to end count no longer, not
    /// even for what is under way. [`KeyUse`] says whether anyone still uses them.
    ///
    /// # Errors
    ///
    /// [`SourcesError::LastKey`] if every key is about to end, [`Missing`](SourcesError::Missing),
    /// [`Unenforced`](SourcesError::Unenforced); a fault of the store.
    pub async fn end_overlap(&self, id: &SourceId) -> Result<StoredSource, SourcesError> {
        self.room().end_overlap(id).await
    }

    /// Takes the key of a number away, also for what is under way.
    ///
    /// # Errors
    ///
    /// [`SourcesError::NoSuchKey`], [`LastKey`](SourcesError::LastKey) if no other counts now,
    /// [`Missing`](SourcesError::Missing), [`Unenforced`](SourcesError::Unenforced); a fault of the
    /// store.
    pub async fn revoke(&self, id: &SourceId, number: u32) -> Result<StoredSource, SourcesError> {
        self.room().revoke(id, number).await
    }

    /// Gives a source another token, or none. The old one leads nowhere from then on, also for what
    /// is under way.
    ///
    /// # Errors
    ///
    /// [`SourcesError::AddressTaken`], [`Missing`](SourcesError::Missing),
    /// [`Unenforced`](SourcesError::Unenforced); a fault of the store.
    pub async fn set_token(
        &self,
        id: &SourceId,
        token: Option<TokenHash>,
    ) -> Result<StoredSource, SourcesError> {
        self.room().set_token(id, token).await
    }

    /// Deletes a source with its secrets. Its events, its history and its dedupe keys stay until
    /// they are purged; what is under way is not staged. About a hundred bytes of it stay for ever:
    /// its name and generation.
    ///
    /// # Errors
    ///
    /// [`SourcesError::Missing`], [`Unenforced`](SourcesError::Unenforced); a fault of the store.
    pub async fn delete(&self, id: &SourceId) -> Result<(), SourcesError> {
        self.room().delete(id).await
    }

    /// Puts the generation of a source in force once more: what to call after
    /// [`SourcesError::Unenforced`], and harmless at any time.
    ///
    /// # Errors
    ///
    /// [`SourcesError::Missing`], [`Unenforced`](SourcesError::Unenforced); a fault of the store.
    pub async fn enforce(&self, id: &SourceId) -> Result<(), SourcesError> {
        self.room().enforce(id).await
    }

    fn room(&self) -> Room<'_, Awaited<'_>> {
        Room {
            shelf: Awaited { store: &*self.store, now: self.clock.now() },
            seal: self.seal.as_deref(),
            registry: &self.registry,
        }
    }
}

impl fmt::Debug for Sources {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sources").finish_non_exhaustive()
    }
}
