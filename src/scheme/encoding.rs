//! Strict decoding of signatures: one value, one spelling, but for the case of hex digits.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use super::description::Encoding;

/// Room for the longest MAC there is: HMAC-SHA512.
pub(super) type Buffer = [u8; 64];

impl Encoding {
    /// Decodes text whose value must be exactly `length` bytes.
    pub(super) fn decode<'b>(
        self,
        text: &[u8],
        length: usize,
        buffer: &'b mut Buffer,
    ) -> Option<&'b [u8]> {
        if text.len() != self.length_of(length) {
            return None;
        }
        match self {
            Self::Base64 => decode_base64(&STANDARD, text, length, buffer),
            Self::Base64Url => decode_base64(&URL_SAFE_NO_PAD, text, length, buffer),
            Self::Hex => decode_hex(text, buffer.get_mut(..length)?),
        }
    }

    /// Decodes text of any length that a signature has: RSA with 8192 bits makes 1024 bytes.
    pub(super) fn decode_any(self, text: &[u8]) -> Option<Vec<u8>> {
        if text.is_empty() || text.len() > 2048 {
            return None;
        }
        match self {
            Self::Base64 => STANDARD.decode(text).ok(),
            Self::Base64Url => URL_SAFE_NO_PAD.decode(text).ok(),
            Self::Hex => hex::decode(text).ok(),
        }
    }

    /// How many characters this many bytes take.
    pub(super) const fn length_of(self, bytes: usize) -> usize {
        match self {
            Self::Base64 => bytes.div_ceil(3) * 4,
            Self::Base64Url => (bytes * 4).div_ceil(3),
            Self::Hex => bytes * 2,
        }
    }

    /// The text of these bytes; hex in lower case.
    pub(super) fn encode(self, bytes: &[u8]) -> String {
        match self {
            Self::Base64 => STANDARD.encode(bytes),
            Self::Base64Url => URL_SAFE_NO_PAD.encode(bytes),
            Self::Hex => hex::encode(bytes),
        }
    }
}

/// Standard base64 as dashboards show secrets: with padding or without.
pub(super) fn decode_base64_secret(text: &[u8]) -> Option<Vec<u8>> {
    STANDARD.decode(text).or_else(|_| STANDARD_NO_PAD.decode(text)).ok()
}

// The engines refuse foreign characters, missing padding and trailing bits that are not zero.
fn decode_base64<'b>(
    engine: &impl base64::Engine,
    text: &[u8],
    length: usize,
    buffer: &'b mut Buffer,
) -> Option<&'b [u8]> {
    let written = engine.decode_slice_unchecked_or_none(text, buffer)?;
    (written == length).then(|| &buffer[..length])
}

trait DecodeInto {
    fn decode_slice_unchecked_or_none(&self, text: &[u8], buffer: &mut Buffer) -> Option<usize>;
}

impl<E: base64::Engine> DecodeInto for E {
    // The library wants room for the padding's worth as well; 66 bytes hold any MAC.
    fn decode_slice_unchecked_or_none(&self, text: &[u8], buffer: &mut Buffer) -> Option<usize> {
        let mut room = [0_u8; 66];
        let written = self.decode_slice(text, &mut room).ok()?;
        buffer.get_mut(..written)?.copy_from_slice(room.get(..written)?);
        Some(written)
    }
}

// Without branches or tables: no path depends on a digit, and the compiler makes vectors of it. The
// hex crate takes ten times as long, which is a sixth of verifying a small delivery.
fn decode_hex<'b>(text: &[u8], out: &'b mut [u8]) -> Option<&'b [u8]> {
    let mut bad = 0;
    for (pair, byte) in text.chunks_exact(2).zip(out.iter_mut()) {
        let (high, high_bad) = nibble(pair[0]);
        let (low, low_bad) = nibble(pair[1]);
        *byte = high << 4 | low;
        bad |= high_bad | low_bad;
    }
    (bad == 0).then_some(out)
}

/// The value of a hex digit, and zero if it is one.
const fn nibble(digit: u8) -> (u8, u8) {
    let number = digit.wrapping_sub(b'0');
    let letter = (digit | 0x20).wrapping_sub(b'a');
    let is_number = ((number < 10) as u8).wrapping_neg();
    let is_letter = ((letter < 6) as u8).wrapping_neg();
    ((number & is_number) | (letter.wrapping_add(10) & is_letter), !(is_number | is_letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_a_hex_digit_or_not_as_the_standard_library_says() {
        for byte in 0..=u8::MAX {
            let (value, bad) = nibble(byte);
            let expected = char::from(byte).to_digit(16);
            assert_eq!((bad == 0).then_some(u32::from(value)), expected, "byte {byte}");
        }
    }
}
