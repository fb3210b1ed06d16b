//! What keeps a configured secret out of everything that is stored beside a body.

use std::fmt;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use zeroize::Zeroizing;

use crate::secret::Secret;

/// Finds the secrets of one source in what a sender sent: as they are, in hexadecimal of either
/// case, in base64 of either alphabet and at any offset, without the word in front of them, as the
/// bytes that their text stands for; all of that also URL-escaped, JSON-escaped and reversed.
///
/// Senders put secrets where nobody looks for them: GitHub once sent the secret of a webhook,
/// base64-encoded, in a header of its own. An allowlist of header names alone does not help when the
/// name is on it.
pub(crate) struct Scrubber(Vec<Pattern>);

struct Pattern {
    text: Zeroizing<Vec<u8>>,
    /// Hexadecimal is found in either case.
    any_case: bool,
}

/// What stands where a secret stood.
pub(crate) const REMOVED: &str = "[removed]";

/// A shorter text is no secret that a sender could have sent by accident, and would be found
/// everywhere.
const SHORTEST: usize = 6;

/// A part of a secret that is as long as this is a secret by itself.
const LONG_ENOUGH: usize = 16;

impl Scrubber {
    pub(crate) fn new<'a>(secrets: impl IntoIterator<Item = &'a Secret>) -> Self {
        let mut patterns = Vec::new();
        for secret in secrets {
            let text = secret.expose();
            add(text, &mut patterns);
            // `whsec_…` and `sk_live_…` are secrets without the word in front, too, and so is the
            // key that the text spells. A word has few parts; what follows is the key's own.
            let bare = text
                .iter()
                .enumerate()
                .filter(|(_, byte)| **byte == b'_')
                .filter_map(|(at, _)| text.get(at + 1..))
                .filter(|bare| bare.len() >= LONG_ENOUGH)
                .take(MAX_WORDS);
            for bare in bare.clone() {
                add(bare, &mut patterns);
            }
            for decoded in std::iter::once(text).chain(bare).flat_map(decodings) {
                add(&decoded, &mut patterns);
            }
        }
        Self(patterns)
    }

    /// Whether a secret stands in these bytes.
    pub(crate) fn finds(&self, bytes: &[u8]) -> bool {
        // Escapes can stand anywhere, so the value is unescaped and not the secret escaped.
        self.finds_either_way(bytes)
            || bytes.contains(&b'%') && self.finds_either_way(&Zeroizing::new(unescape_url(bytes)))
            || bytes.contains(&b'\\')
                && self.finds_either_way(&Zeroizing::new(unescape_json(bytes)))
    }

    fn finds_either_way(&self, bytes: &[u8]) -> bool {
        let is_in = |bytes: &[u8]| self.0.iter().any(|pattern| pattern.is_in(bytes));
        is_in(bytes)
            || {
                let reversed = Zeroizing::new(bytes.iter().rev().copied().collect::<Vec<u8>>());
                is_in(&reversed)
            }
            || !bytes.is_ascii() && {
                let text = String::from_utf8_lossy(bytes);
                let reversed = Zeroizing::new(text.chars().rev().collect::<String>());
                is_in(reversed.as_bytes())
            }
    }

    /// The text, or a word in its place if a secret stands in it.
    pub(crate) fn text(&self, text: String) -> String {
        if self.finds(text.as_bytes()) { REMOVED.to_owned() } else { text }
    }
}

impl Pattern {
    fn is_in(&self, bytes: &[u8]) -> bool {
        let length = self.text.len();
        bytes.len() >= length
            && bytes.windows(length).any(|window| {
                if self.any_case {
                    window.eq_ignore_ascii_case(&self.text)
                } else {
                    window == self.text.as_slice()
                }
            })
    }
}

/// Nothing of a secret is shown.
impl fmt::Debug for Scrubber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Scrubber(..)")
    }
}

fn add(secret: &[u8], patterns: &mut Vec<Pattern>) {
    if secret.len() < SHORTEST {
        return;
    }
    let mut push = |text: Vec<u8>, any_case| {
        patterns.push(Pattern { text: Zeroizing::new(text), any_case });
    };
    push(secret.to_vec(), false);
    push(hex::encode(secret).into_bytes(), true);
    for offset in 0..3 {
        let (standard, url) = base64_at(secret, offset);
        if standard.len() >= SHORTEST {
            if url != standard {
                push(url, false);
            }
            push(standard, false);
        }
    }
}

/// The characters of a base64 text that depend on nothing but the secret, when so many bytes stand
/// before it: those on the edges hold bits of their neighbours.
fn base64_at(secret: &[u8], offset: usize) -> (Vec<u8>, Vec<u8>) {
    let padded = Zeroizing::new([&[0_u8; 2][..offset.min(2)], secret].concat());
    let text = Zeroizing::new(STANDARD_NO_PAD.encode(padded.as_slice()));
    let first = (offset * 8).div_ceil(6);
    let last = padded.len() * 8 / 6;
    let kept = text.as_bytes().get(first..last).unwrap_or_default().to_vec();
    let url = kept
        .iter()
        .map(|byte| match byte {
            b'+' => b'-',
            b'/' => b'_',
            other => *other,
        })
        .collect();
    (kept, url)
}

/// The words that stand in front of a secret at most, such as `sk_live_`.
const MAX_WORDS: usize = 4;

/// The bytes that a text spells in hexadecimal or base64, where it does.
fn decodings(text: &[u8]) -> Vec<Zeroizing<Vec<u8>>> {
    const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    if text.len() < LONG_ENOUGH {
        return Vec::new();
    }
    let in_base64 = [&alphabet::STANDARD, &alphabet::URL_SAFE]
        .into_iter()
        .find_map(|alphabet| GeneralPurpose::new(alphabet, LENIENT).decode(text).ok());
    [hex::decode(text).ok(), in_base64].into_iter().flatten().map(Zeroizing::new).collect()
}

/// JSON's escapes (RFC 8259, section 7). What is no escape stays as it is: nothing is judged here.
fn unescape_json(bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    let mut high = None;
    while let [first, tail @ ..] = rest {
        rest = tail;
        let (b'\\', [kind, after @ ..]) = (*first, tail) else {
            plain.push(*first);
            continue;
        };
        rest = after;
        let unit = || {
            let digits = std::str::from_utf8(after.get(..4)?).ok()?;
            u16::from_str_radix(digits, 16).ok()
        };
        match (kind, unit()) {
            (b'b', _) => plain.push(8),
            (b'f', _) => plain.push(12),
            (b'n', _) => plain.push(b'\n'),
            (b'r', _) => plain.push(b'\r'),
            (b't', _) => plain.push(b'\t'),
            (b'u', Some(unit)) => {
                rest = &after[4..];
                // Characters beyond the first 65,536 are written as two.
                for character in char::decode_utf16(high.take().into_iter().chain([unit])) {
                    match character {
                        Ok(character) => {
                            plain.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                        }
                        Err(lone) => {
                            high = Some(lone.unpaired_surrogate()).filter(|lone| *lone == unit);
                        }
                    }
                }
            }
            (other, _) => plain.push(*other),
        }
    }
    plain
}

fn unescape_url(bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let [first, tail @ ..] = rest {
        rest = tail;
        let escaped = (*first == b'%')
            .then(|| tail.get(..2))
            .flatten()
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match escaped {
            Some(byte) => {
                plain.push(byte);
                rest = &tail[2..];
            }
            None => plain.push(*first),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE};

    #[test]
    fn log_02_a_secret_is_found_in_every_encoding() {
        let text = "whsec_Caf\u{e9}/canary+0123456789~?>";
        let secret = Secret::new(text).unwrap();
        let scrubber = Scrubber::new([&secret]);
        let escaped: String = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let mut found = vec![
            format!("Bearer {text}"),
            format!("x{}y", hex::encode(text)),
            hex::encode_upper(text),
            format!("a={escaped}&b"),
            text.replace('/', "%2f").replace('+', "%2B"),
            text.trim_start_matches("whsec_").to_owned(),
            serde_json::to_string(text).unwrap(),
            text.chars().map(|character| format!("\\u{:04x}", u32::from(character))).collect(),
            text.replace('/', "\\/"),
            text.chars().rev().collect(),
            hex::encode(text).chars().rev().collect(),
            STANDARD.encode(text).replace('/', "%2F").replace('=', "%3D"),
        ];
        for before in ["", "a", "ab", "abc", "user:"] {
            for after in ["", "1", "22"] {
                found.push(STANDARD.encode(format!("{before}{text}{after}")));
                found.push(URL_SAFE.encode(format!("{before}{text}{after}")));
            }
        }
        for value in &found {
            assert!(scrubber.finds(value.as_bytes()), "{value}");
            assert_eq!(scrubber.text(value.clone()), REMOVED);
        }
        // Reversed byte by byte, a text that is not ASCII is no text.
        let reversed: Vec<u8> = text.bytes().rev().collect();
        assert!(scrubber.finds(&reversed));
        for value in ["", "whsec_", "application/json", "canary", &text[..text.len() - 2]] {
            assert!(!scrubber.finds(value.as_bytes()), "{value}");
        }
        assert!(!format!("{scrubber:?}").contains("canary"));
    }

    #[test]
    fn log_02_a_key_is_found_whichever_way_its_bytes_are_written() {
        let key: Vec<u8> = (0_u8..32).map(|byte| byte.wrapping_mul(37).wrapping_add(11)).collect();
        for text in [
            hex::encode(&key),
            hex::encode_upper(&key),
            STANDARD.encode(&key),
            format!("whsec_{}", STANDARD.encode(&key)),
            format!("v1,whsec_{}", URL_SAFE.encode(&key).trim_end_matches('=')),
        ] {
            let secret = Secret::new(text.as_str()).unwrap();
            let scrubber = Scrubber::new([&secret]);
            for value in [
                key.clone(),
                hex::encode(&key).into_bytes(),
                STANDARD.encode(&key).into_bytes(),
                STANDARD.encode([b"id:", key.as_slice()].concat()).into_bytes(),
            ] {
                assert!(scrubber.finds(&value), "{text}: {value:?}");
            }
            assert!(!scrubber.finds(&key[..31]));
        }
    }

    #[test]
    fn log_02_escapes_that_end_early_are_no_escapes() {
        for value in
            ["\\", "\\u", "\\u12", "\\ud800", "\\ud83e\\udd80", "%", "%4", "%zz", "\\ud800x"]
        {
            let _ = unescape_json(value.as_bytes());
            let _ = unescape_url(value.as_bytes());
        }
        assert_eq!(unescape_json(b"\\ud83e\\udd80"), "\u{1f980}".as_bytes());
        assert_eq!(unescape_json(br#"a\/b\"c\u0041"#), br#"a/b"cA"#);
    }
}
