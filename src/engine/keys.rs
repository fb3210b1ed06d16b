//! Public keys that deliveries name, fetched by the host.

use std::future::Future;
use std::pin::Pin;

use crate::scheme::KeyRequest;
use crate::source::SourceId;

/// Where the host gets the public keys that deliveries name: the provider's key set, a certificate
/// at a pinned address.
///
/// It is asked for a delivery that passed the gates before authentication, and only for a name or
/// address that the scheme allows. A forged delivery can name any of those, so remember what was
/// answered, failures too, and bound how often the provider is asked. The sender is waiting.
pub trait KeyFetcher: Send + Sync + 'static {
    /// Fetches a key, over TLS and without following redirects, or remembers it.
    ///
    /// # Errors
    ///
    /// The provider cannot be asked. That is a fault of ours: the sender is answered with a 5xx and
    /// tries again.
    fn fetch(
        &self,
        source: &SourceId,
        request: &KeyRequest,
    ) -> impl Future<Output = Result<KeyAnswer, KeyFetchError>> + Send;
}

/// What the provider knows of a key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum KeyAnswer {
    /// The key, as it came: PEM, a certificate, a JWK or key set, base64.
    Key(String),
    /// There is no such key. The delivery is refused.
    Unknown,
}

/// The provider could not be asked for a key.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the key could not be fetched: {0}")]
pub struct KeyFetchError(String);

impl KeyFetchError {
    /// With a message that says what could not be done.
    pub fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}

pub(super) type Fetching<'f> =
    Pin<Box<dyn Future<Output = Result<KeyAnswer, KeyFetchError>> + Send + 'f>>;

/// [`KeyFetcher`] with a boxed future.
pub(super) trait ErasedFetcher: Send + Sync + 'static {
    fn fetch<'f>(&'f self, source: &'f SourceId, request: &'f KeyRequest) -> Fetching<'f>;
}

impl<F: KeyFetcher> ErasedFetcher for F {
    fn fetch<'f>(&'f self, source: &'f SourceId, request: &'f KeyRequest) -> Fetching<'f> {
        Box::pin(KeyFetcher::fetch(self, source, request))
    }
}
