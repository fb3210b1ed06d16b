//! Chance, as the host gives it: this crate has none of its own.

use std::fmt;

use zeroize::Zeroizing;

/// Bytes of chance for one secret, token or id, from the host's cryptographic random number
/// generator.
///
/// It is used up by what is made of it, so that nothing is ever made twice of the same bytes, and
/// wiped when dropped. Hand over a `Vec`: its memory is taken, and no copy stays behind.
///
/// ```
/// use hookstage::{Entropy, EntropyError};
///
/// // With the crate `getrandom`: `getrandom::fill(&mut bytes)?`.
/// let bytes: Vec<u8> = (0..32).map(|byte| byte * 7).collect();
/// assert!(Entropy::new(bytes).is_ok());
///
/// assert_eq!(Entropy::new(vec![1, 2, 3]).unwrap_err(), EntropyError::TooShort);
/// // A buffer that nobody filled.
/// assert_eq!(Entropy::new(vec![0; 32]).unwrap_err(), EntropyError::Regular);
/// ```
pub struct Entropy(Zeroizing<Vec<u8>>);

impl Entropy {
    /// The fewest bytes taken: 192 bits, so that a token keeps more than the 128 that are out of
    /// reach of guessing however it is written.
    pub const MIN: usize = 24;

    /// The most bytes taken: an HMAC key longer than the block of its hash (64 bytes for SHA-256)
    /// gains nothing (RFC 2104, section 3).
    pub const MAX: usize = 64;

    /// Takes bytes of chance.
    ///
    /// # Errors
    ///
    /// Fewer than [`MIN`](Self::MIN) or more than [`MAX`](Self::MAX) bytes, or fewer than eight
    /// different ones: a buffer that was never filled, or a text of one letter. Of 24 random bytes
    /// that happens less than once in 10^23 times.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Result<Self, EntropyError> {
        let bytes = Zeroizing::new(bytes.into());
        if bytes.len() < Self::MIN {
            return Err(EntropyError::TooShort);
        }
        if bytes.len() > Self::MAX {
            return Err(EntropyError::TooLong);
        }
        let mut seen = [false; 256];
        for byte in bytes.iter() {
            seen[usize::from(*byte)] = true;
        }
        if seen.iter().filter(|seen| **seen).count() < 8 {
            return Err(EntropyError::Regular);
        }
        Ok(Self(bytes))
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Entropy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Entropy(..)")
    }
}

/// Why bytes are not taken as chance. It never repeats them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EntropyError {
    /// Fewer than eight different bytes.
    #[error("the bytes are too regular to be random; was the buffer filled?")]
    Regular,
    /// More than [`Entropy::MAX`].
    #[error("more than 64 bytes gain nothing; give 32")]
    TooLong,
    /// Fewer than [`Entropy::MIN`].
    #[error("fewer than 24 bytes can be guessed; give 32")]
    TooShort,
}
