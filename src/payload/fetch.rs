//! Which addresses a host may fetch for a sender, as data.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::{Deserialize, Serialize};

/// Which URLs of a sender a host may fetch, against requests forged in the server's name (SSRF).
///
/// The library checks what the URL alone shows and fetches nothing. A name can still lead to an
/// address inside, so the host must resolve the name once, ask
/// [`allows_address`](Self::allows_address) for every address it gets, connect to that very
/// address, and follow no redirect; the other fields say when to stop.
///
/// ```
/// use hookstage::payload::{FetchFault, FetchPolicy};
///
/// let policy = FetchPolicy::default();
/// assert_eq!(policy.check("https://files.example.com/a.pdf"), Ok(()));
/// assert_eq!(policy.check("http://files.example.com/a.pdf"), Err(FetchFault::NotHttps));
/// assert_eq!(policy.check("https://169.254.169.254/latest"), Err(FetchFault::Address));
/// assert!(!policy.allows_address("10.0.0.7".parse().unwrap()));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FetchPolicy {
    /// Ports that may be used: 443 alone by default.
    pub ports: Vec<u16>,
    /// Redirects that may be followed, each checked like the first URL: none by default.
    pub max_redirects: u8,
    /// Bytes that may be read: 25 MiB by default.
    pub max_length: u64,
    /// Seconds that a fetch may take: 30 by default.
    pub timeout_seconds: u32,
}

/// Why a URL or an address may not be fetched from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum FetchFault {
    /// It is no URL with a host, or longer than 2,048 bytes.
    #[error("must be a URL with a host, of at most 2048 bytes")]
    NotAUrl,
    /// The scheme is not `https`.
    #[error("must be an https URL")]
    NotHttps,
    /// A user name or password stands before the host.
    #[error("must not hold a user name or password")]
    UserInfo,
    /// The port is none of those allowed.
    #[error("must use an allowed port")]
    Port,
    /// The host is an address that is not on the public Internet, or a number that some clients
    /// read as one.
    #[error("must not lead to an address that is not public")]
    Address,
    /// The host is a name for something local.
    #[error("must not lead to a local name")]
    LocalName,
}

impl Default for FetchPolicy {
    fn default() -> Self {
        Self { ports: vec![443], max_redirects: 0, max_length: 25 << 20, timeout_seconds: 30 }
    }
}

impl FetchPolicy {
    /// Whether the URL itself may be fetched.
    ///
    /// # Errors
    ///
    /// What is wrong with it. The URL is not repeated.
    pub fn check(&self, url: &str) -> Result<(), FetchFault> {
        // Clients disagree about what these mean: a backslash, a blank, a control character.
        let odd = |c: char| c == '\\' || c <= ' ' || c == '\u{7f}' || !c.is_ascii();
        if url.len() > 2_048 || url.contains(odd) {
            return Err(FetchFault::NotAUrl);
        }
        let (scheme, rest) = url.split_once("://").ok_or(FetchFault::NotAUrl)?;
        if !scheme.eq_ignore_ascii_case("https") {
            return Err(FetchFault::NotHttps);
        }
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        if authority.contains('@') {
            return Err(FetchFault::UserInfo);
        }
        let (host, port) = split_port(authority)?;
        if !self.ports.contains(&port) {
            return Err(FetchFault::Port);
        }
        if let Some(inside) = host.strip_prefix('[') {
            let address = inside.strip_suffix(']').and_then(|text| text.parse::<Ipv6Addr>().ok());
            let address = address.ok_or(FetchFault::NotAUrl)?;
            return self.allows_address(address.into()).then_some(()).ok_or(FetchFault::Address);
        }
        check_host_name(host)
    }

    /// Whether an address that a name led to may be connected to: it must be on the public
    /// Internet (IANA special-purpose registries, RFC 6890).
    #[must_use]
    pub fn allows_address(&self, address: IpAddr) -> bool {
        match address.to_canonical() {
            IpAddr::V4(address) => is_public_v4(address),
            IpAddr::V6(address) => is_public_v6(address),
        }
    }
}

fn split_port(authority: &str) -> Result<(&str, u16), FetchFault> {
    let host_end = match authority.find(']') {
        Some(bracket) => bracket + 1,
        None => authority.find(':').unwrap_or(authority.len()),
    };
    let (host, port) = authority.split_at_checked(host_end).unwrap_or((authority, ""));
    if host.is_empty() {
        return Err(FetchFault::NotAUrl);
    }
    match port.strip_prefix(':') {
        None if port.is_empty() => Ok((host, 443)),
        Some(digits) if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            Ok((host, digits.parse().map_err(|_| FetchFault::Port)?))
        }
        _ => Err(FetchFault::NotAUrl),
    }
}

fn check_host_name(host: &str) -> Result<(), FetchFault> {
    let name = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    if name.len() > 253 || !name.split('.').all(label) {
        return Err(FetchFault::NotAUrl);
    }
    // URL standard, "ends in a number": 127.1, 0x7f000001 and 2130706433 are addresses too.
    let last = name.rsplit('.').next().unwrap_or_default();
    let number = last.bytes().all(|byte| byte.is_ascii_digit())
        || last.strip_prefix("0x").is_some_and(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()));
    if number {
        return match name.parse::<Ipv4Addr>() {
            Ok(address) if is_public_v4(address) => Ok(()),
            _ => Err(FetchFault::Address),
        };
    }
    let local = ["localhost", "local", "internal", "intranet", "lan", "home", "corp", "arpa"];
    if !name.contains('.') || local.contains(&last) {
        return Err(FetchFault::LocalName);
    }
    Ok(())
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !(address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_broadcast()
        || address.is_documentation()
        || address.is_multicast()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (18..20).contains(&b)))
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, c, ..] = address.segments();
    // Only 2000::/3 is handed out, less what is for documentation or carries IPv4 addresses.
    a & 0xE000 == 0x2000
        && !(a == 0x2001 && b < 0x0200)
        && !(a == 0x2001 && b == 0x0DB8)
        && !(a == 0x3FFF && b < 0x1000)
        && (a != 0x2002 || is_public_v4(Ipv4Addr::from((u32::from(b) << 16) | u32::from(c))))
}
