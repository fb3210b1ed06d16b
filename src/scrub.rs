//! What keeps a configured secret out of everything that is stored beside a body.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use zeroize::Zeroizing;

use crate::secret::Secret;

/// Finds the secrets of one source in what a sender sent: as they are, in hexadecimal, in base64 of
/// either alphabet and at any offset, URL-escaped, or without the word in front of them.
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

impl Scrubber {
    pub(crate) fn new<'a>(secrets: impl IntoIterator<Item = &'a Secret>) -> Self {
        let mut patterns = Vec::new();
        for secret in secrets {
            let text = secret.expose();
            add(text, &mut patterns);
            // `whsec_…` and `sk_live_…` are secrets without the word in front, too.
            let bare = text.iter().rposition(|byte| *byte == b'_').map(|at| &text[at + 1..]);
            if let Some(bare) = bare
                && bare.len() >= 16
            {
                add(bare, &mut patterns);
            }
        }
        Self(patterns)
    }

    /// Whether a secret stands in these bytes.
    pub(crate) fn finds(&self, bytes: &[u8]) -> bool {
        if self.0.iter().any(|pattern| pattern.is_in(bytes)) {
            return true;
        }
        // Escapes can stand anywhere, so the value is unescaped and not the secret escaped.
        bytes.contains(&b'%') && {
            let plain = Zeroizing::new(unescape(bytes));
            self.0.iter().any(|pattern| pattern.is_in(&plain))
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

fn unescape(bytes: &[u8]) -> Vec<u8> {
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
        for value in ["", "whsec_", "application/json", "canary", &text[..text.len() - 2]] {
            assert!(!scrubber.finds(value.as_bytes()), "{value}");
        }
        assert!(!format!("{scrubber:?}").contains("canary"));
    }
}
