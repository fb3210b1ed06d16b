//! The certificates that a token carries, judged against the one root that the operator pinned.

use std::time::Duration;

use rustls_pki_types::{CertificateDer, UnixTime};
use webpki::{EndEntityCert, KeyUsage, anchor_from_trusted_cert, ring};

use super::der::{Der, OBJECT_ID, SEQUENCE};
use super::description::{Jose, JoseKey};
use super::public_key::{KeyData, of_certificate};
use crate::clock::Timestamp;

/// The key of the first certificate, if the chain leads to the root and is marked as it must be.
/// The root in the chain, if any, counts for nothing.
pub(super) fn leaf_key(
    jose: &Jose,
    root: &[u8],
    chain: &[Vec<u8>],
    now: Timestamp,
) -> Option<KeyData> {
    let JoseKey::Chain { leaf_marker, intermediate_marker, .. } = &jose.key else { return None };
    let root = CertificateDer::from(root);
    let anchors = [anchor_from_trusted_cert(&root).ok()?];
    let (leaf, others) = chain.split_first()?;
    // The last one is the sender's copy of the root.
    let between = others.split_last().map_or(others, |(_, between)| between);
    let intermediates: Vec<CertificateDer<'_>> =
        between.iter().map(|der| CertificateDer::from(der.as_slice())).collect();
    let leaf_der = CertificateDer::from(leaf.as_slice());
    let leaf_certificate = EndEntityCert::try_from(&leaf_der).ok()?;
    let seconds = u64::try_from(now.as_unix_seconds()).ok()?;
    leaf_certificate
        .verify_for_usage(
            &[
                ring::ECDSA_P256_SHA256,
                ring::ECDSA_P256_SHA384,
                ring::ECDSA_P384_SHA256,
                ring::ECDSA_P384_SHA384,
                ring::RSA_PKCS1_2048_8192_SHA256,
                ring::RSA_PKCS1_2048_8192_SHA384,
            ],
            &anchors,
            &intermediates,
            UnixTime::since_unix_epoch(Duration::from_secs(seconds)),
            // No usage is registered for signing notifications; the markers say what it is for.
            KeyUsage::required_if_present(&[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x03]),
            None,
            None,
        )
        .ok()?;
    let marked = |der: &[u8], marker: &str| marker.is_empty() || has_extension(der, marker);
    let first_between = between.first().map_or(&[][..], Vec::as_slice);
    (marked(leaf, leaf_marker) && marked(first_between, intermediate_marker))
        .then(|| of_certificate(leaf))
        .flatten()
}

/// Whether a certificate has an extension of this object identifier (RFC 5280, section 4.2).
fn has_extension(certificate: &[u8], marker: &str) -> bool {
    let Some(wanted) = object_id(marker) else { return false };
    extensions(certificate).is_some_and(|mut list| {
        while let Some(content) = list.expect(SEQUENCE) {
            if Der::new(content).expect(OBJECT_ID) == Some(wanted.as_slice()) {
                return true;
            }
        }
        false
    })
}

fn extensions(certificate: &[u8]) -> Option<Der<'_>> {
    let mut outer = Der::new(certificate);
    let mut whole = Der::new(outer.expect(SEQUENCE)?);
    let mut body = Der::new(whole.expect(SEQUENCE)?);
    while let Some((tag, content)) = body.next() {
        if tag == 0xa3 {
            return Some(Der::new(Der::new(content).expect(SEQUENCE)?));
        }
    }
    None
}

/// The content octets of an object identifier (X.690, section 8.19).
fn object_id(dotted: &str) -> Option<Vec<u8>> {
    let mut arcs = dotted.split('.').map(|arc| arc.parse::<u32>().ok());
    let first = arcs.next()??.checked_mul(40)?.checked_add(arcs.next()??)?;
    let mut bytes = Vec::new();
    for arc in std::iter::once(Some(first)).chain(arcs) {
        let arc = arc?;
        let groups = (32 - arc.leading_zeros()).max(1).div_ceil(7);
        for group in (0..groups).rev() {
            let more = if group > 0 { 0x80 } else { 0 };
            bytes.push((arc >> (7 * group) & 0x7f) as u8 | more);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_identifier_is_written_as_x690_says() {
        // The example of X.690, section 8.19.5, and RSA Data Security's arc.
        assert_eq!(object_id("2.100.3").unwrap(), [0x81, 0x34, 0x03]);
        assert_eq!(object_id("1.2.840.113549").unwrap(), [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d]);
        assert_eq!(object_id("1.x"), None);
    }
}
