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

/// Standard base64 with its padding, as credentials are written (RFC 7617, section 2).
pub(super) fn decode_base64_credentials(text: &[u8]) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
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

// Without branches or tables: no path depends on a digit. The lengths are those of the hashes, and
// known when it is compiled, so that the compiler makes vectors of it: as a loop over pairs it takes
// eight times as long, which is a fifth of verifying a small delivery.
fn decode_hex<'b>(text: &[u8], out: &'b mut [u8]) -> Option<&'b [u8]> {
    let all_digits = match out.len() {
        16 => decode_hex_exactly::<32, 16>(text, out)?,
        20 => decode_hex_exactly::<40, 20>(text, out)?,
        32 => decode_hex_exactly::<64, 32>(text, out)?,
        48 => decode_hex_exactly::<96, 48>(text, out)?,
        64 => decode_hex_exactly::<128, 64>(text, out)?,
        _ => false,
    };
    all_digits.then_some(out)
}

fn decode_hex_exactly<const DIGITS: usize, const BYTES: usize>(
    text: &[u8],
    out: &mut [u8],
) -> Option<bool> {
    let text: &[u8; DIGITS] = text.try_into().ok()?;
    let out: &mut [u8; BYTES] = out.try_into().ok()?;
    let mut values = [0; DIGITS];
    let mut bad = [0; DIGITS];
    for at in 0..DIGITS {
        (values[at], bad[at]) = nibble(text[at]);
    }
    for at in 0..BYTES {
        out[at] = values[2 * at] << 4 | values[2 * at + 1];
    }
    Some(bad.iter().fold(0, |any, bad| any | bad) == 0)
}

/// The value of a hex digit, and zero if it is one.
const fn nibble(digit: u8) -> (u8, u8) {
    let is_number = digit.wrapping_sub(b'0') < 10;
    let is_letter = (digit | 0x20).wrapping_sub(b'a') < 6;
    let beyond_numbers = ((digit >> 6) & 1).wrapping_neg();
    ((digit & 0x0f).wrapping_add(beyond_numbers & 9), (is_number | is_letter) as u8 ^ 1)
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
