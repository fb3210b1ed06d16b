//! Addresses that are secrets: a token in the URL.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::address::AddressError;
use crate::secret::{Entropy, Reveal};

/// The token in the URL of an endpoint, as a sender presented it. It names the endpoint among those
/// of all tenants, so whoever has it knows where to post.
///
/// Only its hash is kept. It is wiped when dropped and its `Debug` shows nothing.
///
/// ```
/// use hookstage::{EndpointToken, Entropy};
///
/// # let bytes: Vec<u8> = (0..32).map(|byte| byte * 7).collect();
/// let (hash, shown) = EndpointToken::generate(Entropy::new(bytes).unwrap());
/// // `hash` goes into the settings of the source; the operator copies the URL this once.
/// let url = shown.reveal(|token| format!("https://hooks.example.com/webhooks/incoming/in/{token}"));
///
/// let (_, token) = url.rsplit_once('/').unwrap();
/// assert_eq!(EndpointToken::parse(token).unwrap().hash(), hash);
/// ```
pub struct EndpointToken(Zeroizing<String>);

impl EndpointToken {
    /// The fewest characters: 22 of the URL-safe alphabet hold 128 bits and more.
    pub const MIN_LENGTH: usize = 22;

    /// The most characters.
    pub const MAX_LENGTH: usize = 128;

    /// Makes a token: what is kept of it, and its text to be shown once. It has the URL-safe
    /// alphabet (RFC 4648, section 5), 32 characters and more.
    pub fn generate(entropy: Entropy) -> (TokenHash, Reveal) {
        let mut text = Zeroizing::new(String::with_capacity(Self::MAX_LENGTH));
        URL_SAFE_NO_PAD.encode_string(entropy.bytes(), &mut text);
        (TokenHash::of(&text), Reveal::new(text))
    }

    /// Takes the token of a URL. No other spelling of the same token is taken: its characters never
    /// need an escape.
    ///
    /// # Errors
    ///
    /// Fewer than [`MIN_LENGTH`](Self::MIN_LENGTH) or more than [`MAX_LENGTH`](Self::MAX_LENGTH)
    /// characters, or another character than ASCII letters, digits, `-` and `_`.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let is_of_alphabet = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        if !(Self::MIN_LENGTH..=Self::MAX_LENGTH).contains(&text.len())
            || !text.bytes().all(is_of_alphabet)
        {
            return Err(AddressError::Token);
        }
        Ok(Self(Zeroizing::new(text.to_owned())))
    }

    /// What is kept and looked up: a table of these that leaks gives no URL.
    #[must_use]
    pub fn hash(&self) -> TokenHash {
        TokenHash::of(&self.0)
    }
}

impl fmt::Debug for EndpointToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EndpointToken(..)")
    }
}

/// What is kept of an [`EndpointToken`]: SHA-256 over `hookstage endpoint token v1`, a zero byte and
/// the text. Compared in constant time; stored as 64 hexadecimal digits.
///
/// No salt: a token has 128 bits and more, so that nobody computes hashes of all in advance, and it
/// is looked up by its hash.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TokenHash([u8; 32]);

impl TokenHash {
    fn of(text: &str) -> Self {
        let hasher = Sha256::new_with_prefix(b"hookstage endpoint token v1\0");
        Self(hasher.chain_update(text).finalize().into())
    }

    /// The hash as 64 hexadecimal digits, to be looked up.
    #[must_use]
    pub fn to_hex(self) -> String {
        hex::encode(self.0)
    }
}

impl PartialEq for TokenHash {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for TokenHash {}

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenHash(..)")
    }
}

impl TryFrom<String> for TokenHash {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let mut bytes = [0; 32];
        match hex::decode_to_slice(&text, &mut bytes) {
            Ok(()) => Ok(Self(bytes)),
            Err(_) => Err("the hash of a token is 64 hexadecimal digits; is it the token itself?"),
        }
    }
}

impl From<TokenHash> for String {
    fn from(hash: TokenHash) -> Self {
        hash.to_hex()
    }
}
