//! What a delivery is addressed to: a source, or nothing that exists.

use std::sync::Arc;

use super::built::Source;
use super::config::{PolicyConfig, SourceConfig};
use super::id::SourceId;
use crate::error::ConfigError;
use crate::policy::Policy;
use crate::scheme::{Authentication, Handshake, Registry, Scheme};
use crate::secret::Secret;

/// What a delivery is addressed to, as the host looked it up.
#[derive(Clone, Copy, Debug)]
pub enum Endpoint<'a> {
    /// A source.
    Source(&'a Source),
    /// A source whose provider has yet to bring its secret.
    Awaiting(&'a AwaitingSource),
    /// Nothing that exists.
    Unknown(&'a UnknownSource),
}

impl<'a> From<&'a Source> for Endpoint<'a> {
    fn from(source: &'a Source) -> Self {
        Self::Source(source)
    }
}

impl<'a> From<&'a Arc<Source>> for Endpoint<'a> {
    fn from(source: &'a Arc<Source>) -> Self {
        Self::Source(source)
    }
}

impl<'a> From<&'a AwaitingSource> for Endpoint<'a> {
    fn from(awaiting: &'a AwaitingSource) -> Self {
        Self::Awaiting(awaiting)
    }
}

impl<'a> From<&'a UnknownSource> for Endpoint<'a> {
    fn from(unknown: &'a UnknownSource) -> Self {
        Self::Unknown(unknown)
    }
}

/// What stands in for a source that does not exist, so that under a uniform policy it is answered
/// like any other and costs as much.
///
/// A forgery is judged under every key of its source, so a source that has two while its secret is
/// rotated takes twice as long over one as a stand-in with one key, by an amount that grows with the
/// body. To whom that says too much gives all sources of a kind as many keys, a random secret that
/// nobody has where there is none to be kept, and the stand-in too: see
/// [`with_registry`](Self::with_registry).
#[derive(Debug)]
pub struct UnknownSource {
    decoy: Source,
}

/// Under which tenant and name deliveries to nothing are counted and recorded.
const UNKNOWN: &str = "unknown";

impl UnknownSource {
    /// A stand-in that behaves like sources with one key of this scheme under this policy. Give it
    /// the scheme that most sources of the host have.
    ///
    /// # Errors
    ///
    /// A policy that is not sound, or a scheme that needs a parameter or a check of the host.
    pub fn like(scheme: Scheme, policy: Policy) -> Result<Self, ConfigError> {
        let mut config = SourceConfig::new(UNKNOWN, UNKNOWN);
        if !matches!(scheme.description().authentication, Authentication::Unsigned) {
            config = config.with_secret(decoy_secret()?);
        }
        config.scheme = Some(scheme);
        config.policy = PolicyConfig::Custom(Box::new(policy));
        Self::with_registry(config, &Registry::new())
    }

    /// A stand-in that behaves like a source with these settings: with as many keys, the same
    /// parameters and limits, and the host's own check. Whoever signs with its keys is refused all
    /// the same; give it some that nobody has.
    ///
    /// Its tenant and its name are `unknown` whatever the settings say, and it has no other address.
    ///
    /// ```
    /// use hookstage::scheme::Registry;
    /// use hookstage::{PolicyConfig, Secret, SourceConfig, UnknownSource, providers};
    ///
    /// # fn random(n: u8) -> Secret { Secret::new(format!("sixteen random bytes {n}")).unwrap() }
    /// // Sources of this host always have two keys, so that a rotation does not show.
    /// let mut config = SourceConfig::preset("", "", &providers::COEFFECTION)
    ///     .with_secret(random(1))
    ///     .with_secret(random(2));
    /// config.policy = PolicyConfig::Coeffection;
    /// let unknown = UnknownSource::with_registry(config, &Registry::new()).unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// All that is wrong with the settings.
    pub fn with_registry(
        mut config: SourceConfig,
        registry: &Registry,
    ) -> Result<Self, ConfigError> {
        UNKNOWN.clone_into(&mut config.tenant);
        UNKNOWN.clone_into(&mut config.source);
        config.endpoint = None;
        config.token = None;
        Ok(Self { decoy: Source::with_registry(config, registry)? })
    }

    /// Under which history and health book what was addressed to nothing.
    #[must_use]
    pub const fn id(&self) -> &SourceId {
        self.decoy.id()
    }
}

/// Valid as text, hexadecimal and base64. Whoever signs with it is refused all the same.
fn decoy_secret() -> Result<Secret, ConfigError> {
    Secret::new("6465636f793a206e6f626f64792068617320746869732020206b657921212121")
        .map_err(|error| ConfigError::one("keys", error.to_string()))
}

/// A source whose secret its provider brings by a handshake, as Asana does: until then every
/// delivery is refused, and the handshake alone is answered.
///
/// Keep the secret that [`Receipt::captured`](crate::Receipt::captured) hands over, build the
/// [`Source`] with it, and serve no `AwaitingSource` for it again: whoever asks it next would bring
/// another secret.
///
/// ```
/// use hookstage::store::MemoryStore;
/// use hookstage::{
///     AwaitingSource, BlockingEngine, Delivery, Head, Outcome, Source, SourceConfig, providers,
/// };
///
/// let settings = || SourceConfig::preset("acme", "asana", &providers::ASANA);
/// let awaiting = AwaitingSource::new(settings()).unwrap();
/// let engine = BlockingEngine::new(MemoryStore::new());
///
/// let headers = [("X-Hook-Secret", b"the-secret-of-this-webhook".as_slice())];
/// let asked = Delivery::new(Head::post("/in/asana", &headers), b"");
/// let receipt = engine.receive(&awaiting, &asked).unwrap();
/// assert_eq!(receipt.outcome, Outcome::Handshake);
/// assert_eq!(receipt.response.header("x-hook-secret"), Some("the-secret-of-this-webhook"));
///
/// let source = Source::new(settings().with_secret(receipt.captured.unwrap())).unwrap();
/// assert_eq!(source.id().source(), "asana");
/// ```
#[derive(Debug)]
pub struct AwaitingSource {
    decoy: Source,
}

impl AwaitingSource {
    /// Judges the settings of a source that has no secret yet.
    ///
    /// # Errors
    ///
    /// All that is wrong with them; that they hold a secret already; that no handshake of theirs
    /// brings one.
    pub fn new(config: SourceConfig) -> Result<Self, ConfigError> {
        if !config.keys.is_empty() {
            return Err(ConfigError::one("keys", "the source has its secret; build a `Source`"));
        }
        let decoy = Source::new(config.with_secret(decoy_secret()?))?;
        if !decoy.handshakes().iter().any(Handshake::brings_secret) {
            return Err(ConfigError::one(
                "handshakes",
                "no handshake of this source brings a secret; configure one",
            ));
        }
        Ok(Self { decoy })
    }

    /// Whose endpoint it is.
    #[must_use]
    pub const fn id(&self) -> &SourceId {
        self.decoy.id()
    }
}

impl<'a> Endpoint<'a> {
    /// The source that it is, or that stands in for it.
    pub(crate) const fn source(self) -> &'a Source {
        match self {
            Self::Source(source) => source,
            Self::Awaiting(awaiting) => &awaiting.decoy,
            Self::Unknown(unknown) => &unknown.decoy,
        }
    }
}
