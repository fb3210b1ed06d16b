//! One HTTP attempt of a sender, as the host received it: borrowed, framework-neutral, not trusted.

use std::fmt;
use std::net::IpAddr;

/// What is known of a delivery before its body is read.
///
/// Give every header line in the order received, repeated ones repeatedly: a security header that
/// stands twice is refused, and only the host can see that it did.
///
/// ```
/// use hookstage::Head;
///
/// let headers = [("Content-Type", b"application/json".as_slice()), ("X-Signature", b"abc")];
/// let head = Head::post("https://hooks.example.com/in/acme?x=1", &headers);
/// assert_eq!(head.header("x-signature").count(), 1);
/// assert_eq!(head.query("x"), Some("1"));
/// assert_eq!(head.path(), "/in/acme");
/// ```
#[derive(Clone, Copy)]
pub struct Head<'a> {
    method: &'a str,
    url: &'a str,
    headers: &'a [(&'a str, &'a [u8])],
    remote: Option<IpAddr>,
    tls: Option<bool>,
    correlation_id: Option<&'a str>,
}

impl<'a> Head<'a> {
    /// A head with any method. `url` is the address as the sender saw it, scheme and host included:
    /// behind a proxy that is the configured public address, never one rebuilt from `Host` or
    /// `X-Forwarded-*`, which the sender chooses. It may be empty where no scheme signs the URL.
    #[must_use]
    pub const fn new(method: &'a str, url: &'a str, headers: &'a [(&'a str, &'a [u8])]) -> Self {
        Self { method, url, headers, remote: None, tls: None, correlation_id: None }
    }

    /// A head of a POST request.
    #[must_use]
    pub const fn post(url: &'a str, headers: &'a [(&'a str, &'a [u8])]) -> Self {
        Self::new("POST", url, headers)
    }

    /// With the address of the peer, after the host resolved its own trusted proxies.
    #[must_use]
    pub const fn with_remote(self, remote: IpAddr) -> Self {
        Self { remote: Some(remote), ..self }
    }

    /// With the host's knowledge of whether the delivery came over TLS.
    #[must_use]
    pub const fn with_tls(self, tls: bool) -> Self {
        Self { tls: Some(tls), ..self }
    }

    /// With the host's own correlation id, for the history of deliveries whose sender gave none
    /// that can be kept: 1 to 128 visible ASCII characters.
    #[must_use]
    pub const fn with_correlation_id(self, id: &'a str) -> Self {
        Self { correlation_id: Some(id), ..self }
    }

    /// The HTTP method as received.
    #[must_use]
    pub const fn method(&self) -> &'a str {
        self.method
    }

    /// The URL as the host gave it.
    #[must_use]
    pub const fn url(&self) -> &'a str {
        self.url
    }

    /// All header lines in the order received.
    #[must_use]
    pub const fn headers(&self) -> &'a [(&'a str, &'a [u8])] {
        self.headers
    }

    /// The address of the peer, if the host gave it.
    #[must_use]
    pub const fn remote(&self) -> Option<IpAddr> {
        self.remote
    }

    /// Whether the delivery came over TLS, if the host said.
    #[must_use]
    pub const fn tls(&self) -> Option<bool> {
        self.tls
    }

    /// The host's own correlation id, if it gave one.
    #[must_use]
    pub const fn correlation_id(&self) -> Option<&'a str> {
        self.correlation_id
    }

    /// Every value of a header, in the order received. Names are compared without regard to ASCII
    /// case and to nothing else: `x_signature` is not `x-signature`.
    pub fn header(&self, name: &str) -> impl Iterator<Item = &'a [u8]> {
        let mut lines = self.headers.iter();
        // Written out, because a chain of adapters is not inlined where the lines are looked through
        // twice, and lengths first, which tells most names apart.
        std::iter::from_fn(move || {
            loop {
                let (other, value) = lines.next()?;
                if other.len() == name.len() && other.eq_ignore_ascii_case(name) {
                    return Some(*value);
                }
            }
        })
    }

    /// The path of the URL, `/` if it has none, as it stands: not decoded, not normalised.
    #[must_use]
    pub fn path(&self) -> &'a str {
        let (path, _) = self.path_and_query();
        if path.is_empty() { "/" } else { path }
    }

    /// The query string without its question mark, as it stands.
    #[must_use]
    pub fn query_string(&self) -> Option<&'a str> {
        self.path_and_query().1
    }

    /// The raw value of the first query parameter of this name, not decoded.
    #[must_use]
    pub fn query(&self, name: &str) -> Option<&'a str> {
        self.queries(name).next()
    }

    /// The raw values of every query parameter of this name, in order, not decoded.
    pub fn queries<'n>(&self, name: &'n str) -> impl Iterator<Item = &'a str> + use<'a, 'n> {
        self.query_string()
            .unwrap_or_default()
            .split('&')
            .filter_map(|pair| {
                let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
                (!key.is_empty()).then_some((key, value))
            })
            .filter(move |(key, _)| *key == name)
            .map(|(_, value)| value)
    }

    fn path_and_query(&self) -> (&'a str, Option<&'a str>) {
        let address = self.url.split('#').next().unwrap_or_default();
        let after_host = match address.split_once("://") {
            Some((_, rest)) => match rest.find(['/', '?']) {
                Some(at) => &rest[at..],
                None => "",
            },
            None => address,
        };
        match after_host.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (after_host, None),
        }
    }
}

/// Shows names and lengths: headers, URLs and bodies are where senders put secrets.
impl fmt::Debug for Head<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        struct Lines<'a>(&'a [(&'a str, &'a [u8])]);
        impl fmt::Debug for Lines<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_map()
                    .entries(self.0.iter().map(|(name, value)| (name, value.len())))
                    .finish()
            }
        }
        f.debug_struct("Head")
            .field("method", &self.method)
            .field("url_length", &self.url.len())
            .field("header_lengths", &Lines(self.headers))
            .field("remote", &self.remote)
            .field("tls", &self.tls)
            .finish_non_exhaustive()
    }
}

/// The body of a delivery, or the fact that it ran over its limit while it was still arriving.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub enum Body<'a> {
    /// Exactly the bytes the sender sent: not decoded, not decompressed, not re-serialised.
    Whole(&'a [u8]),
    /// The host stopped reading when the limit that [`admit_head`](crate::admit_head) gave was passed.
    TooLarge,
}

/// Shows how many bytes there are.
impl fmt::Debug for Body<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole(body) => write!(f, "Whole({} bytes)", body.len()),
            Self::TooLarge => f.write_str("TooLarge"),
        }
    }
}

/// A head and its body: all that is judged.
#[derive(Clone, Copy, Debug)]
pub struct Delivery<'a> {
    head: Head<'a>,
    body: Body<'a>,
}

impl<'a> Delivery<'a> {
    /// A delivery whose body was read whole.
    #[must_use]
    pub const fn new(head: Head<'a>, body: &'a [u8]) -> Self {
        Self { head, body: Body::Whole(body) }
    }

    /// A delivery whose body ran over its limit. It is a value like any other, so that it gets the
    /// outcome, the answer and the history row that its source's policy wants.
    #[must_use]
    pub const fn too_large(head: Head<'a>) -> Self {
        Self { head, body: Body::TooLarge }
    }

    /// The head.
    #[must_use]
    pub const fn head(&self) -> &Head<'a> {
        &self.head
    }

    /// The body, or the fact that it was too large.
    #[must_use]
    pub const fn body(&self) -> Body<'a> {
        self.body
    }
}

/// Whether a header can be called this: a token of RFC 9110, section 5.6.2.
pub(crate) const fn is_header_name(name: &str) -> bool {
    let bytes = name.as_bytes();
    let mut index = 0;
    while index < bytes.len() {
        let is_of_tokens = bytes[index].is_ascii_alphanumeric()
            || matches!(
                bytes[index],
                b'!' | b'#'..=b'\'' | b'*' | b'+' | b'-' | b'.' | b'^' | b'_' | b'`' | b'|' | b'~'
            );
        if !is_of_tokens {
            return false;
        }
        index += 1;
    }
    !bytes.is_empty()
}
