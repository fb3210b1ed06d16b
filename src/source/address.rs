//! What a URL says: which endpoint is meant.

use std::fmt::Write as _;

use super::endpoint_id::EndpointId;
use super::id::SourceId;
use super::token::EndpointToken;

/// What a URL says of the endpoint that is meant. Nothing else of a delivery does: no body and no
/// header moves it to another tenant.
///
/// ```
/// use hookstage::{Address, AddressKind, SourceId};
///
/// // The route is `/api/ingest/{tenant}/{slug}`: what follows its fixed part is the address.
/// let path = "/api/ingest/acme/web%20forms".strip_prefix("/api/ingest/").unwrap();
/// let address = Address::parse(AddressKind::Named, path).unwrap();
/// assert_eq!(address, SourceId::new("acme", "web forms").unwrap().into());
/// ```
#[derive(Debug)]
pub enum Address {
    /// An id, unique among all tenants.
    Id(EndpointId),
    /// A tenant and a name within it.
    Named(SourceId),
    /// A token, unique among all tenants and known to the sender alone.
    Token(EndpointToken),
}

/// Which kind of address a route of the host has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AddressKind {
    /// [`Address::Id`].
    Id,
    /// [`Address::Named`].
    Named,
    /// [`Address::Token`].
    Token,
}

impl Address {
    /// Reads the part of a URL's path that holds the address, as it stands there: percent-encoded,
    /// without the slash before it.
    ///
    /// # Errors
    ///
    /// Anything but one segment, or two for [`AddressKind::Named`]; a broken escape, a segment `.`
    /// or `..`, which URL parsers take away, or what the parts themselves refuse. Answer it as an
    /// unknown source is answered.
    pub fn parse(kind: AddressKind, path: &str) -> Result<Self, AddressError> {
        match kind {
            AddressKind::Id => path.parse().map(Self::Id),
            AddressKind::Named => {
                let (tenant, source) = path.split_once('/').ok_or(AddressError::Segments)?;
                if source.contains('/') {
                    return Err(AddressError::Segments);
                }
                let (tenant, source) = (segment(tenant)?, segment(source)?);
                let id = SourceId::new(&tenant, &source).map_err(|_| AddressError::Name)?;
                Ok(Self::Named(id))
            }
            AddressKind::Token => EndpointToken::parse(path).map(Self::Token),
        }
    }

    /// Which kind it is.
    #[must_use]
    pub const fn kind(&self) -> AddressKind {
        match self {
            Self::Id(_) => AddressKind::Id,
            Self::Named(_) => AddressKind::Named,
            Self::Token(_) => AddressKind::Token,
        }
    }
}

/// Tokens are compared by their hashes, in constant time.
impl PartialEq for Address {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Id(one), Self::Id(other)) => one == other,
            (Self::Named(one), Self::Named(other)) => one == other,
            (Self::Token(one), Self::Token(other)) => one.hash() == other.hash(),
            _ => false,
        }
    }
}

impl Eq for Address {}

impl From<EndpointId> for Address {
    fn from(id: EndpointId) -> Self {
        Self::Id(id)
    }
}

impl From<EndpointToken> for Address {
    fn from(token: EndpointToken) -> Self {
        Self::Token(token)
    }
}

impl From<SourceId> for Address {
    fn from(id: SourceId) -> Self {
        Self::Named(id)
    }
}

impl SourceId {
    /// The two segments of a URL's path that [`Address::parse`] reads as this id.
    ///
    /// ```
    /// use hookstage::SourceId;
    ///
    /// assert_eq!(SourceId::new("acme", "50% off/on").unwrap().to_path(), "acme/50%25%20off%2Fon");
    /// ```
    #[must_use]
    pub fn to_path(&self) -> String {
        let mut path = String::new();
        escape(self.tenant(), &mut path);
        path.push('/');
        escape(self.source(), &mut path);
        path
    }
}

/// All but the unreserved characters of RFC 3986, section 2.3.
fn escape(name: &str, path: &mut String) {
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            path.push(char::from(byte));
        } else {
            // Writing to a string does not fail.
            let _ = write!(path, "%{byte:02X}");
        }
    }
}

fn segment(text: &str) -> Result<String, AddressError> {
    if text.contains(['?', '#']) {
        return Err(AddressError::Segments);
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let mut digit = || rest.next().and_then(|digit| char::from(digit).to_digit(16));
                match (digit(), digit()) {
                    (Some(high), Some(low)) => (high << 4 | low) as u8,
                    _ => return Err(AddressError::Escape),
                }
            }
            other => other,
        });
    }
    let decoded = String::from_utf8(bytes).map_err(|_| AddressError::Escape)?;
    if matches!(&*decoded, "." | "..") { Err(AddressError::Name) } else { Ok(decoded) }
}

/// Why a part of a URL is no address. It never repeats it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AddressError {
    /// A `%` without two hexadecimal digits, or bytes that are not UTF-8.
    #[error("the path holds an escape that is none")]
    Escape,
    /// Not a UUID.
    #[error("the path holds no UUID of 36 characters")]
    Id,
    /// A name that no tenant and no source can have.
    #[error("the path holds a name that no tenant or source can have")]
    Name,
    /// Another number of segments.
    #[error("the path holds another number of segments than the address has")]
    Segments,
    /// Not a token.
    #[error("the path holds no token of 22 to 128 letters, digits, `-` and `_`")]
    Token,
}
