//! How the back ends that write rows keep what is not a plain column: header lists as bytes, the
//! coverage record as text. Both say which version of their form they are.

use serde::{Deserialize, Serialize};

use crate::scheme::Coverage;

/// Header lines: a version byte, then name and value of each, every one behind its length as four
/// bytes. Values of headers are any bytes, so a text form would have to escape them.
pub(super) fn pack_headers<'a>(
    headers: impl IntoIterator<Item = (&'a str, &'a [u8])>,
) -> Option<Vec<u8>> {
    let mut packed = vec![HEADERS_VERSION];
    for (name, value) in headers {
        for part in [name.as_bytes(), value] {
            packed.extend_from_slice(&u32::try_from(part.len()).ok()?.to_be_bytes());
            packed.extend_from_slice(part);
        }
    }
    Some(packed)
}

/// The header lines again, or nothing if these bytes are not such a list.
pub(super) fn unpack_headers(packed: &[u8]) -> Option<Vec<(String, Vec<u8>)>> {
    let (version, mut rest) = packed.split_first()?;
    if *version != HEADERS_VERSION {
        return None;
    }
    let mut headers = Vec::new();
    while !rest.is_empty() {
        let name = String::from_utf8(take_part(&mut rest)?.to_vec()).ok()?;
        headers.push((name, take_part(&mut rest)?.to_vec()));
    }
    Some(headers)
}

/// The coverage record as JSON with its version.
pub(super) fn pack_coverage(coverage: &Coverage) -> Option<String> {
    serde_json::to_string(&CoverageForm { v: COVERAGE_VERSION, coverage }).ok()
}

/// The coverage record again, or nothing if this text is not one.
pub(super) fn unpack_coverage(text: &str) -> Option<Coverage> {
    let form: CoverageForm<Coverage> = serde_json::from_str(text).ok()?;
    (form.v == COVERAGE_VERSION).then_some(form.coverage)
}

/// The hints of a history row as a JSON array; nothing if there are none.
pub(super) fn pack_hints(hints: &[String]) -> Option<String> {
    if hints.is_empty() { None } else { serde_json::to_string(hints).ok() }
}

/// The hints again, or nothing if this text is no such array.
pub(super) fn unpack_hints(text: &str) -> Option<Vec<String>> {
    serde_json::from_str(text).ok()
}

const HEADERS_VERSION: u8 = 1;
const COVERAGE_VERSION: u8 = 1;

#[derive(Serialize, Deserialize)]
struct CoverageForm<C> {
    v: u8,
    coverage: C,
}

fn take_part<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, after) = rest.split_first_chunk::<4>()?;
    let (part, after) = after.split_at_checked(u32::from_be_bytes(*length) as usize)?;
    *rest = after;
    Some(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_come_back_as_they_went_in() {
        let headers: [(&str, &[u8]); 4] =
            [("x-id", b"a"), ("x-id", b""), ("", b"\0\xff"), ("x-\u{e9}", b"b")];
        let packed = pack_headers(headers).unwrap();
        let expected: Vec<(String, Vec<u8>)> =
            headers.iter().map(|(name, value)| ((*name).to_owned(), value.to_vec())).collect();
        assert_eq!(unpack_headers(&packed).unwrap(), expected);
        for cut in 0..packed.len() {
            // A cut between two headers is a shorter list; nowhere does it invent one.
            if let Some(shorter) = unpack_headers(&packed[..cut]) {
                assert!(expected.starts_with(&shorter));
            }
        }
        assert_eq!(unpack_headers(b"\x02"), None, "another version is not guessed at");
    }

    #[test]
    fn coverage_of_another_version_is_not_guessed_at() {
        let text = pack_coverage(&Coverage::nothing()).unwrap();
        assert_eq!(unpack_coverage(&text), Some(Coverage::nothing()));
        assert_eq!(unpack_coverage(&text.replace("\"v\":1", "\"v\":2")), None);
    }
}
