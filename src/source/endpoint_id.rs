//! Addresses that are public and say nothing: an id.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::address::AddressError;
use crate::secret::Entropy;

/// The generated id of an endpoint: a UUID of version 4 (RFC 9562), unique among all tenants.
///
/// It is no secret, and nothing but the signature keeps strangers out.
///
/// ```
/// use hookstage::EndpointId;
///
/// let id: EndpointId = "6FA459EA-EE8A-4CA4-894E-DB77E160355E".parse().unwrap();
/// assert_eq!(id.to_string(), "6fa459ea-ee8a-4ca4-894e-db77e160355e");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EndpointId([u8; 16]);

impl EndpointId {
    /// Makes an id.
    #[must_use]
    pub fn generate(entropy: Entropy) -> Self {
        let mut bytes = [0; 16];
        for (byte, chance) in bytes.iter_mut().zip(entropy.bytes()) {
            *byte = *chance;
        }
        // Version and variant (RFC 9562, section 5.4).
        bytes[6] = bytes[6] & 0x0f | 0x40;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        Self(bytes)
    }
}

/// The text form of RFC 9562, section 4, in lower case.
impl fmt::Display for EndpointId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, byte) in self.0.iter().enumerate() {
            if matches!(index, 4 | 6 | 8 | 10) {
                f.write_str("-")?;
            }
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

/// Hexadecimal digits of either case with four hyphens; no braces, no `urn:uuid:`. Other versions of
/// UUIDs are taken, for hosts that have ids already.
impl FromStr for EndpointId {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let bytes = text.as_bytes();
        let is_hyphen = |index: usize| matches!(index, 8 | 13 | 18 | 23);
        let has_form = bytes.len() == 36
            && bytes.iter().enumerate().all(|(index, byte)| is_hyphen(index) == (*byte == b'-'));
        if !has_form {
            return Err(AddressError::Id);
        }
        let digits: Vec<u8> = bytes.iter().copied().filter(|byte| *byte != b'-').collect();
        let mut id = [0; 16];
        hex::decode_to_slice(&digits, &mut id).map_err(|_| AddressError::Id)?;
        Ok(Self(id))
    }
}

impl TryFrom<String> for EndpointId {
    type Error = AddressError;

    fn try_from(text: String) -> Result<Self, AddressError> {
        text.parse()
    }
}

impl From<EndpointId> for String {
    fn from(id: EndpointId) -> Self {
        id.to_string()
    }
}
