//! Client addresses: lists of networks, and the one way to take an address from a header.

use std::net::IpAddr;

use ipnet::{IpNet, Ipv4Net};
use serde::{Deserialize, Serialize};

use crate::error::{ConfigError, ConfigFault};

/// The networks that a source takes deliveries from.
///
/// An IPv4 address in its IPv6-mapped spelling (`::ffff:203.0.113.7`) is that IPv4 address, on
/// both sides. No other IPv6 address stands for an IPv4 one: not `::1.2.3.4`, not `64:ff9b::/96`
/// and not 6to4, whose last bits a sender chooses.
///
/// A list that is empty lets nobody in. "No restriction" is the absence of a list.
///
/// ```
/// use hookstage::AddressList;
///
/// let list = AddressList::new(["203.0.113.0/24", "2001:db8::7"]).unwrap();
/// assert!(list.contains("::ffff:203.0.113.7".parse().unwrap()));
/// assert!(!list.contains("203.0.114.7".parse().unwrap()));
/// assert!(AddressList::new(["203.0.113.7/24"]).is_err());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<String>", into = "Vec<String>")]
pub struct AddressList(Vec<IpNet>);

impl AddressList {
    /// A list of addresses and networks in CIDR notation (RFC 4632, RFC 4291).
    ///
    /// # Errors
    ///
    /// Every entry that is no address and no network: other spellings of IPv4 (leading zeros,
    /// hexadecimal, fewer than four parts), a zone, white space, a prefix length out of range. Also
    /// a network whose host bits are set, because it is likely another network than the one meant,
    /// and a network of prefix length 0, which restricts nothing; leave the list out for that.
    pub fn new<T: AsRef<str>>(entries: impl IntoIterator<Item = T>) -> Result<Self, ConfigError> {
        let mut networks = Vec::new();
        let mut faults = Vec::new();
        for (index, entry) in entries.into_iter().enumerate() {
            match network(entry.as_ref()) {
                Ok(network) => networks.push(network),
                Err(what) => faults.push(ConfigFault::new(format!("addresses[{index}]"), what)),
            }
        }
        ConfigError::unless_empty(faults)?;
        Ok(Self(networks))
    }

    /// Whether an address lies in one of the networks.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }

    /// Whether there is no network, so that nobody is let in.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl TryFrom<Vec<String>> for AddressList {
    type Error = ConfigError;

    fn try_from(entries: Vec<String>) -> Result<Self, ConfigError> {
        Self::new(entries)
    }
}

impl From<AddressList> for Vec<String> {
    fn from(list: AddressList) -> Self {
        list.0.iter().map(IpNet::to_string).collect()
    }
}

/// The address of the client behind proxies that the host trusts.
///
/// `peer` is the address of the connection, `trusted` the networks of the host's own proxies, and
/// `forwarded` every value of the one header that those proxies append to (`X-Forwarded-For`), in
/// the order received. The entries are read from the last to the first, past trusted proxies only:
/// what stands further left is the word of whoever sent it. Without a trusted peer the header counts
/// for nothing and the peer is the client.
///
/// Nothing is returned if an entry that has to be believed is no address: then nobody knows who the
/// client is, and an address list refuses.
///
/// ```
/// use hookstage::{AddressList, client_address};
///
/// let trusted = AddressList::new(["10.0.0.0/8"]).unwrap();
/// let forwarded = [b"198.51.100.1, 203.0.113.7".as_slice()];
/// let client = client_address("10.1.2.3".parse().unwrap(), &trusted, forwarded);
/// assert_eq!(client, Some("203.0.113.7".parse().unwrap()));
/// ```
#[must_use]
pub fn client_address<'a>(
    peer: IpAddr,
    trusted: &AddressList,
    forwarded: impl IntoIterator<Item = &'a [u8], IntoIter: DoubleEndedIterator>,
) -> Option<IpAddr> {
    let mut client = peer.to_canonical();
    if !trusted.contains(client) {
        return Some(client);
    }
    for (read, entry) in
        forwarded.into_iter().rev().flat_map(|line| line.rsplit(|byte| *byte == b',')).enumerate()
    {
        if read == MAX_HOPS {
            return None;
        }
        client = hop(entry)?;
        if !trusted.contains(client) {
            return Some(client);
        }
    }
    // Every hop is one of the host's own.
    Some(client)
}

/// The entries that are read at most. No chain of a host's own proxies is longer, so whoever makes
/// us read more has no good reason to.
const MAX_HOPS: usize = 32;

/// An address as proxies write it: alone, or with a port, IPv6 then in brackets.
fn hop(entry: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(entry).ok()?.trim_matches([' ', '\t']);
    let address = match text.parse::<IpAddr>() {
        Ok(address) => address,
        Err(_) => match text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            Some(bare) => bare.parse::<std::net::Ipv6Addr>().ok()?.into(),
            None => text.parse::<std::net::SocketAddr>().ok()?.ip(),
        },
    };
    Some(address.to_canonical())
}

fn network(entry: &str) -> Result<IpNet, &'static str> {
    let network = match entry.parse::<IpNet>() {
        Ok(network) => network,
        Err(_) => IpNet::from(entry.parse::<IpAddr>().map_err(
            |_| "write an address such as 203.0.113.7 or a network such as 203.0.113.0/24",
        )?),
    };
    if network.network() != network.addr() {
        return Err("the network has host bits set; write its first address, or a longer prefix");
    }
    if network.prefix_len() == 0 {
        return Err(
            "this network holds every address; leave the list out if nothing is restricted",
        );
    }
    Ok(unmapped(network))
}

/// A network of IPv6-mapped addresses is one of IPv4 addresses.
fn unmapped(network: IpNet) -> IpNet {
    let IpNet::V6(six) = network else { return network };
    six.addr()
        .to_ipv4_mapped()
        .zip(six.prefix_len().checked_sub(96))
        .and_then(|(address, length)| Ipv4Net::new(address, length).ok())
        .map_or(network, IpNet::V4)
}
