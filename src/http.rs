//! Deliveries and answers in the types of the crate `http`, which hyper, axum, warp and poem share.

use std::fmt;
use std::str::FromStr;

use ::http::request::Parts;
use ::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri};

use crate::delivery::Head;
use crate::error::ConfigError;
use crate::outcome::Response;

/// The address under which senders reach this host: `https://hooks.example.com`, with the path that
/// a proxy takes away, if one does.
///
/// It is configured. The address in a request, its `Host` and its `X-Forwarded-Host` are the
/// sender's to choose, and whoever chose the address of a scheme that signs it could present a
/// delivery to one endpoint at another.
///
/// ```
/// use hookstage::PublicAddress;
///
/// assert!(PublicAddress::new("https://hooks.example.com").is_ok());
/// assert!(PublicAddress::new("https://example.com:8443/webhooks").is_ok());
/// assert!(PublicAddress::new("hooks.example.com").is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicAddress(String);

impl PublicAddress {
    /// Takes an absolute `http` or `https` address without user, query and fragment. A slash at its
    /// end means nothing.
    ///
    /// # Errors
    ///
    /// It is no such address.
    pub fn new(address: &str) -> Result<Self, ConfigError> {
        let fault = |what: &'static str| Err(ConfigError::one("public_address", what));
        let Some((protocol, rest)) = address.split_once("://") else {
            return fault("give the whole address, such as https://hooks.example.com");
        };
        if protocol != "https" && protocol != "http" {
            return fault("it begins with https:// or http://, in lower case");
        }
        if rest.contains(['?', '#', '@']) {
            return fault("leave out user, query and fragment");
        }
        if address.bytes().any(|byte| !byte.is_ascii_graphic()) {
            return fault("write it in visible ASCII, as senders do");
        }
        let host = rest.split('/').next().unwrap_or_default();
        if host.is_empty() || host.starts_with(':') || Uri::from_str(address).is_err() {
            return fault("it names no host");
        }
        Ok(Self(address.trim_end_matches('/').to_owned()))
    }

    /// The address of a request as its sender has it: this one, and path and query of the request
    /// as they stand. Its own scheme and host are not looked at.
    fn of(&self, uri: &Uri) -> String {
        // `*` and an authority are no path; a query may stand without one.
        let tail = uri.path_and_query().map_or("", |tail| tail.as_str());
        let slash = if tail.starts_with('/') { "" } else { "/" };
        format!("{}{slash}{tail}", self.0)
    }
}

impl fmt::Display for PublicAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for PublicAddress {
    type Err = ConfigError;

    fn from_str(text: &str) -> Result<Self, ConfigError> {
        Self::new(text)
    }
}

/// The head of a request of the crate `http`: collected once, it lends a [`Head`].
///
/// Every value of a repeated header is there, in the order received, whatever bytes it has; a
/// security header that stands twice is refused, and only so can that be seen. The crate keeps
/// names in an order of its own, which nothing here rests on.
///
/// ```
/// use hookstage::store::MemoryStore;
/// use hookstage::{
///     BlockingEngine, Delivery, HttpHead, PublicAddress, Secret, Source, SourceConfig, providers,
/// };
///
/// fn hook(
///     engine: &BlockingEngine,
///     source: &Source,
///     address: &PublicAddress,
///     request: http::Request<Vec<u8>>,
/// ) -> http::Response<String> {
///     let (parts, body) = request.into_parts();
///     let head = HttpHead::new(&parts, address);
///     match engine.receive(source, &Delivery::new(head.head(), &body)) {
///         Ok(receipt) => receipt.response.into(),
///         Err(fault) => fault.response.into(),
///     }
/// }
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let secret = Secret::new("It's a Secret to Everybody")?;
/// let config = SourceConfig::preset("acme", "github", &providers::GITHUB).with_secret(secret);
/// let request = http::Request::post("/in/github")
///     .header(
///         "X-Hub-Signature-256",
///         "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
///     )
///     .body(b"Hello, World!".to_vec())?;
/// let response = hook(
///     &BlockingEngine::new(MemoryStore::new()),
///     &Source::new(config)?,
///     &PublicAddress::new("https://hooks.example.com")?,
///     request,
/// );
/// assert_eq!(response.status(), 200);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct HttpHead<'r> {
    method: &'r str,
    url: String,
    lines: Vec<(&'r str, &'r [u8])>,
}

impl<'r> HttpHead<'r> {
    /// The head of a request that was taken apart.
    #[must_use]
    pub fn new(parts: &'r Parts, address: &PublicAddress) -> Self {
        Self::of(parts.method.as_str(), &parts.uri, &parts.headers, address)
    }

    /// The same from its pieces, for routers that hand these out.
    #[must_use]
    pub fn of(
        method: &'r str,
        uri: &Uri,
        headers: &'r HeaderMap<HeaderValue>,
        address: &PublicAddress,
    ) -> Self {
        let lines = headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
        Self { method, url: address.of(uri), lines }
    }

    /// What is judged. Add the peer's address and whether it came over TLS, as far as the host
    /// knows.
    #[must_use]
    pub fn head(&self) -> Head<'_> {
        Head::new(self.method, &self.url, &self.lines)
    }
}

/// Shows what a [`Head`] shows.
impl fmt::Debug for HttpHead<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.head().fmt(f)
    }
}

/// The answer, with a body that the host's router takes: `String`, axum's `Body`, http-body-util's
/// `Full<Bytes>`.
impl<B: From<String>> From<Response> for ::http::Response<B> {
    fn from(answer: Response) -> Self {
        let mut response = Self::new(B::from(answer.body().to_owned()));
        // Answers are checked when their policy is built, so neither of these is ever needed.
        *response.status_mut() =
            StatusCode::from_u16(answer.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        for (name, value) in answer.headers() {
            if let (Ok(name), Ok(value)) =
                (HeaderName::from_str(name), HeaderValue::from_str(value))
            {
                response.headers_mut().append(name, value);
            }
        }
        response
    }
}
