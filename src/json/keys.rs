//! Which keys of one object are the same.
//!
//! Every key leaves a fingerprint while the object is open, and the object is checked when it
//! closes. Fingerprints only sort candidates out: equality is always decided on the decoded
//! bytes, and keys that were chosen to share a fingerprint are sorted by those bytes, so a
//! hostile object costs O(bytes × log keys) and there is no hash table to flood.

use std::borrow::Cow;

use super::text;

/// Above this many keys, candidates come from a sort instead of a bitmap with linear probes.
const SORT_ABOVE: usize = 64;

/// One key of an object that is still open.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    fingerprint: u64,
    start: u32,
    /// Length in bytes; the top bit says that the key is written with escapes.
    length: u32,
}

/// Two members of one object with the same key, by the offsets where their keys begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Twin {
    pub(super) first: u32,
    pub(super) second: u32,
}

const ESCAPED: u32 = 1 << 31;

impl Mark {
    /// Marks the key whose inside is `text[start..end]`.
    #[inline]
    pub(super) fn new(text: &str, start: usize, end: usize, escaped: bool) -> Self {
        // The scanner refuses documents whose offsets do not fit 31 bits.
        let length = (end - start) as u32;
        if escaped {
            let decoded = text::decode(text.get(start..end).unwrap_or_default(), true);
            let fingerprint = fingerprint(decoded.as_bytes(), 0, decoded.len());
            return Self { fingerprint, start: start as u32, length: length | ESCAPED };
        }
        let fingerprint = fingerprint(text.as_bytes(), start, end);
        Self { fingerprint, start: start as u32, length }
    }

    fn decoded(self, text: &str) -> Cow<'_, str> {
        let start = self.start as usize;
        let end = start + (self.length & !ESCAPED) as usize;
        text::decode(text.get(start..end).unwrap_or_default(), self.length & ESCAPED != 0)
    }

    fn equals(self, other: Self, text: &str) -> bool {
        self.fingerprint == other.fingerprint && self.decoded(text) == other.decoded(text)
    }
}

/// Calls `twin` for every key of the object that another one before it already spelled. `first`
/// is the nearest earlier spelling; the order of the calls is not that of the document.
#[inline]
pub(super) fn find_twins(marks: &mut [Mark], text: &str, mut twin: impl FnMut(Twin)) {
    match marks {
        [] | [_] => {}
        [one, two] => {
            if one.fingerprint == two.fingerprint {
                probe(&[*one], *two, text, &mut twin);
            }
        }
        _ if marks.len() <= SORT_ABOVE => {
            // One bit per fingerprint bucket: a key whose bit is clear is new for certain.
            let mut seen = [0_u64; 16];
            for (position, mark) in marks.iter().enumerate() {
                let bucket = (mark.fingerprint >> 54) as usize;
                let word = &mut seen[bucket / 64];
                let bit = 1 << (bucket % 64);
                if *word & bit != 0 {
                    probe(&marks[..position], *mark, text, &mut twin);
                }
                *word |= bit;
            }
        }
        _ => sort_and_compare(marks, text, &mut twin),
    }
}

#[cold]
fn probe(earlier: &[Mark], mark: Mark, text: &str, twin: &mut impl FnMut(Twin)) {
    if let Some(first) = earlier.iter().rev().find(|other| other.equals(mark, text)) {
        twin(Twin { first: first.start, second: mark.start });
    }
}

#[cold]
fn sort_and_compare(marks: &mut [Mark], text: &str, twin: &mut impl FnMut(Twin)) {
    marks.sort_unstable_by_key(|mark| mark.fingerprint);
    let same_fingerprint = |a: &Mark, b: &Mark| a.fingerprint == b.fingerprint;
    for group in marks.chunk_by_mut(same_fingerprint).filter(|group| group.len() > 1) {
        group.sort_unstable_by(|a, b| {
            a.decoded(text).cmp(&b.decoded(text)).then_with(|| a.start.cmp(&b.start))
        });
        for pair in group.windows(2) {
            if pair[0].equals(pair[1], text) {
                twin(Twin { first: pair[0].start, second: pair[1].start });
            }
        }
    }
}

/// A value that equal keys share: the first and last eight bytes and the length, mixed. Cheap,
/// not collision-proof, and need not be.
#[inline]
fn fingerprint(bytes: &[u8], start: usize, end: usize) -> u64 {
    const FIRST: u64 = 0x9E37_79B9_7F4A_7C15;
    const LAST: u64 = 0xC2B2_AE3D_27D4_EB4F;
    let length = end - start;
    let head = eight(bytes, start);
    let (head, tail) = if length >= 8 {
        (head, eight(bytes, end - 8))
    } else {
        (head & ((1 << (8 * length)) - 1), 0)
    };
    let mixed = (head ^ (length as u64).rotate_left(56)).wrapping_mul(FIRST);
    (mixed ^ (mixed >> 32) ^ tail).wrapping_mul(LAST)
}

/// Eight bytes from `at`, little-endian, zeros beyond the end.
#[inline]
fn eight(bytes: &[u8], at: usize) -> u64 {
    let rest = bytes.get(at..).unwrap_or_default();
    if let Some(chunk) = rest.first_chunk::<8>() {
        return u64::from_le_bytes(*chunk);
    }
    let mut padded = [0_u8; 8];
    for (into, from) in padded.iter_mut().zip(rest) {
        *into = *from;
    }
    u64::from_le_bytes(padded)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn twins(keys: &[&str]) -> Vec<Twin> {
        let mut text = String::new();
        let mut marks = Vec::new();
        for key in keys {
            let start = text.len();
            text.push_str(key);
            marks.push((start, text.len(), key.contains('\\')));
        }
        let mut marks: Vec<Mark> = marks
            .into_iter()
            .map(|(start, end, escaped)| Mark::new(&text, start, end, escaped))
            .collect();
        let mut found = Vec::new();
        find_twins(&mut marks, &text, |twin| found.push(twin));
        found.sort_by_key(|twin| twin.second);
        found
    }

    #[test]
    fn keys_that_share_a_fingerprint_are_told_apart_by_their_bytes() {
        // The middle of a long key is not in the fingerprint.
        let many: Vec<String> = (0..200).map(|n| format!("begin---{n:05}---end-end")).collect();
        let prints: std::collections::BTreeSet<u64> =
            many.iter().map(|key| fingerprint(key.as_bytes(), 0, key.len())).collect();
        assert_eq!(prints.len(), 1, "the test needs colliding fingerprints");
        let mut keys: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(twins(&keys), []);
        assert_eq!(twins(&keys[..20]), []);
        keys.push("begin---00007---end-end");
        assert_eq!(twins(&keys).len(), 1);
        assert_eq!(twins(&[keys[7], keys[8], "begin---00007---end-end"]).len(), 1);
    }

    #[test]
    fn short_keys_do_not_read_past_their_end() {
        assert_eq!(twins(&["a", "ab", "abc", "a\0"]), []);
        assert_eq!(twins(&["a", "b", "a"]), [Twin { first: 0, second: 2 }]);
        assert_eq!(twins(&["", ""]), [Twin { first: 0, second: 0 }]);
        assert_eq!(twins(&["a", r"\u0061"]), [Twin { first: 0, second: 1 }]);
    }
}
