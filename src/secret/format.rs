//! How a generated secret is written.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

use super::{Entropy, Reveal, Secret};

/// How a generated secret is written: a word in front, by which people and secret scanners
/// recognise it, and the encoding that its scheme reads.
///
/// [`Scheme::secret_format`](crate::Scheme::secret_format) chooses the one that fits a scheme.
///
/// ```
/// use hookstage::{Entropy, SecretFormat};
///
/// # let bytes: Vec<u8> = (0..32).map(|byte| byte * 7).collect();
/// let (secret, shown) = SecretFormat::text("sk_live_").unwrap().generate(Entropy::new(bytes).unwrap());
/// // `secret` goes into the settings of the source; the operator sees its text this once.
/// let length = shown.reveal(|text| {
///     assert!(text.starts_with("sk_live_"));
///     text.len()
/// });
/// assert_eq!(length, "sk_live_".len() + 43);
/// # drop(secret);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretFormat {
    prefix: Cow<'static, str>,
    encoding: SecretEncoding,
}

/// How the bytes of a generated secret are written behind its prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SecretEncoding {
    /// Base64 with padding (RFC 4648, section 4), as Standard Webhooks reads it.
    Base64,
    /// The URL-safe alphabet without padding (RFC 4648, section 5): one word in every shell, header
    /// and URL.
    Base64Url,
    /// Hexadecimal in lower case.
    Hex,
}

impl SecretFormat {
    /// The longest prefix, in characters.
    pub const MAX_PREFIX: usize = 32;

    /// A prefix and an encoding.
    ///
    /// # Errors
    ///
    /// A prefix that is longer than [`MAX_PREFIX`](Self::MAX_PREFIX), or holds anything but ASCII
    /// letters, digits, `_`, `-` and `:`.
    pub fn new(
        prefix: impl Into<Cow<'static, str>>,
        encoding: SecretEncoding,
    ) -> Result<Self, SecretFormatError> {
        let prefix = prefix.into();
        let is_word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b':');
        if prefix.len() > Self::MAX_PREFIX || !prefix.bytes().all(is_word) {
            return Err(SecretFormatError::Prefix);
        }
        Ok(Self { prefix, encoding })
    }

    /// A secret that is used as the text it is, such as one that begins with `sk_live_`.
    ///
    /// # Errors
    ///
    /// As for [`new`](Self::new).
    pub fn text(prefix: impl Into<Cow<'static, str>>) -> Result<Self, SecretFormatError> {
        Self::new(prefix, SecretEncoding::Base64Url)
    }

    /// `whsec_` and base64: the secrets of Standard Webhooks
    /// (<https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>).
    #[must_use]
    pub const fn standard_webhooks() -> Self {
        Self { prefix: Cow::Borrowed("whsec_"), encoding: SecretEncoding::Base64 }
    }

    /// Makes a secret: once for the source that shall recognise it, and once to be shown to whoever
    /// configures the sender.
    pub fn generate(&self, entropy: Entropy) -> (Secret, Reveal) {
        let bytes = entropy.bytes();
        let length = self.prefix.len() + bytes.len() * 2;
        // Made in one piece of memory, which is wiped: a text that grows would leave its beginnings.
        let mut text = Zeroizing::new(String::with_capacity(length));
        text.push_str(&self.prefix);
        match self.encoding {
            SecretEncoding::Base64 => STANDARD.encode_string(bytes, &mut text),
            SecretEncoding::Base64Url => URL_SAFE_NO_PAD.encode_string(bytes, &mut text),
            SecretEncoding::Hex => {
                for byte in bytes {
                    for digit in [byte >> 4, byte & 15] {
                        text.push(char::from(DIGITS[usize::from(digit)]));
                    }
                }
            }
        }
        (Secret::generated(&text), Reveal::new(text))
    }
}

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// Why no secret can be generated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SecretFormatError {
    /// The host's own check judges what the sender shows; what it keeps is the host's to make.
    #[error("the host's own check judges this scheme; make what it keeps where the check is")]
    HostChecked,
    /// A prefix that is not a word.
    #[error("a prefix is at most 32 letters, digits, `_`, `-` and `:`")]
    Prefix,
    /// The sender signs with a private key of its own.
    #[error("the sender of this scheme has a private key; register its public key instead")]
    PublicKey,
    /// The scheme decodes its secrets and knows another prefix, or none.
    #[error("the scheme decodes its secrets, and this prefix is not one that it takes off first")]
    UndecodablePrefix,
    /// The scheme uses no secret.
    #[error("this scheme uses no secret")]
    Unsigned,
    /// HTTP Basic authentication has a user name, which ends in a colon.
    #[error("the secret is `user:password`; give the user name and its colon as the prefix")]
    UserName,
}
