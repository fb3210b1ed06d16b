//! Public keys in the forms in which dashboards and key sets show them.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use super::der::{Der, OBJECT_ID, SEQUENCE};
use super::description::{Curve, JoseAlgorithm};
use crate::json::{Document, Kind, Node, ReadOptions};

/// The most keys that one key set may hold.
const MAX_SET: usize = 32;

/// A public key, as numbers.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum KeyData {
    Ed25519([u8; 32]),
    /// An uncompressed point (SEC 1, section 2.3.3).
    Ec {
        curve: Curve,
        point: Vec<u8>,
    },
    /// Modulus and exponent without leading zeros.
    Rsa {
        n: Vec<u8>,
        e: Vec<u8>,
    },
    /// The secret of an HMAC in a JWK.
    Secret(Vec<u8>),
    /// A private key (PKCS #8), which verifies as its public half and signs.
    Private(Vec<u8>),
}

/// A key as it was found, with what was said about it.
pub(super) struct FoundKey {
    pub(super) data: KeyData,
    pub(super) id: Option<String>,
    pub(super) algorithm: Option<JoseAlgorithm>,
}

/// Whether text can only be a public key or a key set, so that it must never become a secret.
pub(super) fn is_key_text(text: &[u8]) -> bool {
    let text = text.trim_ascii();
    if text.starts_with(b"-----BEGIN ") || text.starts_with(b"ssh-rsa ") || text.starts_with(b"{") {
        return true;
    }
    decoded(text).is_some_and(|bytes| of_spki(&bytes).is_some() || of_certificate(&bytes).is_some())
}

/// The keys that a text holds.
pub(super) fn read(text: &[u8]) -> Result<Vec<FoundKey>, &'static str> {
    let text = text.trim_ascii();
    if text.starts_with(b"{") {
        return of_json(text);
    }
    let data = if text.starts_with(b"-----BEGIN ") {
        of_pem(text)?
    } else {
        let bare = text.strip_prefix(b"whpk_").unwrap_or(text);
        let bytes = decoded(bare)
            .ok_or("the key is neither PEM, base64, hexadecimal digits nor a JWK; copy it whole")?;
        of_bytes(&bytes)?
    };
    Ok(vec![FoundKey { data, id: None, algorithm: None }])
}

/// The certificate that a text holds, in DER.
#[cfg(feature = "x509")]
pub(super) fn certificate(text: &[u8]) -> Result<Vec<u8>, &'static str> {
    let text = text.trim_ascii();
    let bytes = match pem(text) {
        Some((label, bytes)) if label == b"CERTIFICATE" => Some(bytes),
        Some(_) => None,
        None => decoded(text),
    };
    bytes
        .filter(|bytes| of_certificate(bytes).is_some())
        .ok_or("this is no certificate; give the root's, in PEM or base64")
}

fn of_bytes(bytes: &[u8]) -> Result<KeyData, &'static str> {
    if let Ok(key) = <[u8; 32]>::try_from(bytes) {
        return Ok(KeyData::Ed25519(key));
    }
    of_spki(bytes)
        .or_else(|| of_certificate(bytes))
        .ok_or("the key is neither 32 bytes nor a SubjectPublicKeyInfo of a kind that is verified")
}

fn decoded(text: &[u8]) -> Option<Vec<u8>> {
    let compact: Vec<u8> =
        text.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
    if compact.is_empty() {
        return None;
    }
    // 64 characters are 32 bytes in hexadecimal digits and 48 in base64; no key has 48.
    hex::decode(&compact)
        .ok()
        .or_else(|| STANDARD.decode(&compact).ok())
        .or_else(|| URL_SAFE_NO_PAD.decode(&compact).ok())
}

/// The label and content of the first PEM block (RFC 7468). White space may be missing altogether.
fn pem(text: &[u8]) -> Option<(&[u8], Vec<u8>)> {
    let rest = text.strip_prefix(b"-----BEGIN ")?;
    let end = rest.windows(5).position(|window| window == b"-----")?;
    let (label, rest) = (&rest[..end], &rest[end + 5..]);
    let close = rest.windows(9).position(|window| window == b"-----END ")?;
    let body: Vec<u8> =
        rest[..close].iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
    Some((label, STANDARD.decode(body).ok()?))
}

fn of_pem(text: &[u8]) -> Result<KeyData, &'static str> {
    let (label, bytes) = pem(text).ok_or("the PEM text is cut off or not base64; copy it whole")?;
    let data = match label {
        b"PUBLIC KEY" => of_spki(&bytes),
        b"CERTIFICATE" => of_certificate(&bytes),
        b"RSA PUBLIC KEY" => of_pkcs1(&bytes),
        b"PRIVATE KEY" => Some(KeyData::Private(bytes)),
        _ => return Err("this PEM text is neither a public key nor a certificate"),
    };
    data.ok_or("the PEM text holds no key of a kind that is verified")
}

/// SubjectPublicKeyInfo (RFC 5280, section 4.1).
fn of_spki(bytes: &[u8]) -> Option<KeyData> {
    const ED25519: &[u8] = &[0x2b, 0x65, 0x70];
    const EC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
    const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
    const RSA_PSS: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a];
    const P256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
    const P384: &[u8] = &[0x2b, 0x81, 0x04, 0x00, 0x22];
    const P521: &[u8] = &[0x2b, 0x81, 0x04, 0x00, 0x23];
    const SECP256K1: &[u8] = &[0x2b, 0x81, 0x04, 0x00, 0x0a];

    let mut outer = Der::new(bytes);
    let mut info = Der::new(outer.expect(SEQUENCE)?);
    if !outer.is_empty() {
        return None;
    }
    let mut algorithm = Der::new(info.expect(SEQUENCE)?);
    let key = info.bytes_of_bits()?;
    match algorithm.expect(OBJECT_ID)? {
        ED25519 => Some(KeyData::Ed25519(key.try_into().ok()?)),
        EC => {
            let curve = match algorithm.expect(OBJECT_ID)? {
                P256 => Curve::P256,
                P384 => Curve::P384,
                P521 => Curve::P521,
                SECP256K1 => Curve::Secp256k1,
                _ => return None,
            };
            Some(KeyData::Ec { curve, point: key.to_vec() })
        }
        RSA | RSA_PSS => of_pkcs1(key),
        _ => None,
    }
}

/// RSAPublicKey (RFC 8017, appendix A.1.1).
fn of_pkcs1(bytes: &[u8]) -> Option<KeyData> {
    let mut outer = Der::new(bytes);
    let mut key = Der::new(outer.expect(SEQUENCE)?);
    let (n, e) = (key.unsigned()?.to_vec(), key.unsigned()?.to_vec());
    (outer.is_empty() && key.is_empty()).then_some(KeyData::Rsa { n, e })
}

/// The key of a certificate (RFC 5280, section 4.1). Whether anyone vouches for it is not judged.
pub(super) fn of_certificate(bytes: &[u8]) -> Option<KeyData> {
    let mut outer = Der::new(bytes);
    let mut certificate = Der::new(outer.expect(SEQUENCE)?);
    let mut body = Der::new(certificate.expect(SEQUENCE)?);
    let (first, _) = body.next()?;
    if first == 0xa0 {
        body.next()?; // serial number
    }
    for _ in ["signature", "issuer", "validity", "subject"] {
        body.next()?;
    }
    let info = body.expect(SEQUENCE)?;
    of_spki(&wrapped(info))
}

/// The content of a sequence as a sequence again.
fn wrapped(content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).unwrap_or(u32::MAX).to_be_bytes();
    let mut sequence = vec![SEQUENCE, 0x83, length[1], length[2], length[3]];
    sequence.extend_from_slice(content);
    sequence
}

/// A JWK or a set of them (RFC 7517).
fn of_json(text: &[u8]) -> Result<Vec<FoundKey>, &'static str> {
    let document = Document::read(text, &ReadOptions::default())
        .map_err(|_| "the key set is not strict JSON, or says something twice")?;
    let root = document.root();
    let Some(keys) = member(root, "keys") else {
        return Ok(vec![of_jwk(root)?]);
    };
    if keys.kind() != Kind::Array || keys.len() > MAX_SET {
        return Err("`keys` of a key set is an array of at most 32 keys");
    }
    // An id that two keys share names neither, whatever the second is for.
    let ids: Vec<_> = keys.children().filter_map(|key| member(key, "kid")?.text()).collect();
    if ids.iter().enumerate().any(|(at, id)| ids[..at].contains(id)) {
        return Err("two keys of the set have the same `kid`");
    }
    let mut found: Vec<FoundKey> = Vec::new();
    for key in keys.children() {
        // A set may hold keys for other purposes and of other kinds beside the ones we want.
        match of_jwk(key) {
            Ok(key) => found.push(key),
            Err(what) if keys.len() == 1 => return Err(what),
            Err(_) => {}
        }
    }
    let is_secret = |key: &FoundKey| matches!(key.data, KeyData::Secret(_));
    if found.iter().any(is_secret) && !found.iter().all(is_secret) {
        return Err("a key set holds either secrets or public keys; split it");
    }
    if found.is_empty() { Err("the key set holds no key that could verify") } else { Ok(found) }
}

fn of_jwk(node: Node<'_, '_>) -> Result<FoundKey, &'static str> {
    let text = |name: &str| member(node, name).and_then(Node::text);
    let bytes = |name: &str| {
        let text = text(name)?;
        URL_SAFE_NO_PAD.decode(text.as_bytes()).ok()
    };
    if text("use").is_some_and(|purpose| purpose != "sig") {
        return Err("the key's `use` is not `sig`");
    }
    if let Some(operations) = member(node, "key_ops")
        && !operations.children().any(|operation| operation.text().as_deref() == Some("verify"))
    {
        return Err("the key's `key_ops` do not hold `verify`");
    }
    let algorithm = match member(node, "alg") {
        Some(name) => {
            let name = name.text().ok_or("the key's `alg` is not text")?;
            Some(JoseAlgorithm::named(&name).ok_or("the key's `alg` is none that is verified")?)
        }
        None => None,
    };
    const NUMBERS: &str = "the numbers of the key are missing or not base64url";
    let data = match (text("kty").as_deref(), text("crv").as_deref()) {
        (Some("oct"), _) => {
            let secret = bytes("k").ok_or(NUMBERS)?;
            let least = algorithm.and_then(JoseAlgorithm::hash).map_or(32, super::Hash::length);
            if secret.len() < least {
                return Err(
                    "the secret of the key is shorter than its hash (RFC 7518, section 3.2)",
                );
            }
            KeyData::Secret(secret)
        }
        (Some("OKP"), Some("Ed25519")) => {
            let x = bytes("x").and_then(|x| x.try_into().ok());
            KeyData::Ed25519(x.ok_or(NUMBERS)?)
        }
        (Some("EC"), Some(name)) => {
            let (curve, length) = match name {
                "P-256" => (Curve::P256, 32),
                "P-384" => (Curve::P384, 48),
                "P-521" => (Curve::P521, 66),
                "secp256k1" => (Curve::Secp256k1, 32),
                _ => return Err("the key is on a curve that is not verified"),
            };
            let (x, y) = (bytes("x").ok_or(NUMBERS)?, bytes("y").ok_or(NUMBERS)?);
            if x.len() != length || y.len() != length {
                return Err("the coordinates of the key are not as long as its curve's");
            }
            KeyData::Ec { curve, point: [&[4], x.as_slice(), y.as_slice()].concat() }
        }
        (Some("RSA"), _) => {
            let strip = |number: Vec<u8>| match number.iter().position(|byte| *byte != 0) {
                Some(at) => number[at..].to_vec(),
                None => Vec::new(),
            };
            KeyData::Rsa {
                n: strip(bytes("n").ok_or(NUMBERS)?),
                e: strip(bytes("e").ok_or(NUMBERS)?),
            }
        }
        _ => return Err("the key is of a kind that is not verified"),
    };
    let fits = algorithm.is_none_or(|algorithm| algorithm.fits(&data));
    if !fits {
        return Err("the key's `alg` is not one for its kind");
    }
    Ok(FoundKey { data, id: text("kid").map(String::from), algorithm })
}

fn member<'d, 'a>(node: Node<'d, 'a>, name: &str) -> Option<Node<'d, 'a>> {
    node.children().find(|child| child.key().as_deref() == Some(name))
}

impl KeyData {
    /// Refuses keys under which others than the holder of the private key can sign.
    pub(super) fn check(&self) -> Result<(), &'static str> {
        match self {
            Self::Ed25519(key) if is_small_order(key) => Err(
                "this Ed25519 key has a small order: anyone can sign under it; it is no genuine key",
            ),
            Self::Ec { curve, point } => {
                let length = match curve {
                    Curve::P256 | Curve::Secp256k1 => 65,
                    Curve::P384 => 97,
                    Curve::P521 => 133,
                };
                if point.len() == length && point.first() == Some(&4) {
                    Ok(())
                } else {
                    Err("the point of the key must be written whole (uncompressed)")
                }
            }
            Self::Rsa { n, e } => check_rsa(n, e),
            _ => Ok(()),
        }
    }
}

/// Whether an encoding is one of the fourteen whose point has order 1, 2, 4 or 8, or is not
/// canonical. Under such a key a fixed signature holds for an eighth of all messages or more.
fn is_small_order(key: &[u8; 32]) -> bool {
    // The y coordinates of the points of order 8, little-endian, without the sign bit.
    const ORDER_8: [[u8; 32]; 2] = [
        [
            0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef,
            0x98, 0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88,
            0x6d, 0x53, 0xfc, 0x05,
        ],
        [
            0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10,
            0x67, 0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77,
            0x92, 0xac, 0x03, 0x7a,
        ],
    ];
    let mut y = *key;
    y[31] &= 0x7f;
    let (low, rest) = (y[0], &y[1..]);
    // 0 and 1; and from p - 1 = 2^255 - 20 on, of which all but p - 1 are not canonical.
    let near_zero = low < 2 && rest.iter().all(|byte| *byte == 0);
    let near_p = low >= 0xec && rest[..30].iter().all(|byte| *byte == 0xff) && rest[30] == 0x7f;
    near_zero || near_p || ORDER_8.contains(&y)
}

fn check_rsa(n: &[u8], e: &[u8]) -> Result<(), &'static str> {
    let bits = n.first().map_or(0, |first| n.len() * 8 - first.leading_zeros() as usize);
    if bits < 2048 {
        return Err("this RSA key is shorter than 2048 bits and can be broken");
    }
    if bits > 8192 {
        return Err("this RSA key is longer than 8192 bits");
    }
    if n.last().is_none_or(|last| last % 2 == 0) {
        return Err("the modulus of this RSA key is even; it is no genuine key");
    }
    let small = e.len() == 1 && e[0] < 3;
    if e.is_empty() || e.len() > 4 || small || e.last().is_none_or(|last| last % 2 == 0) {
        return Err("the exponent of this RSA key is not an odd number from 3 to 2^32");
    }
    if is_roca(n) {
        return Err("this RSA key was made by a faulty library (CVE-2017-15361) and can be broken");
    }
    Ok(())
}

/// Whether a modulus is of the shape of CVE-2017-15361: a power of 65537 modulo every small prime.
/// One genuine key in 2^27 looks like that by chance.
fn is_roca(n: &[u8]) -> bool {
    const PRIMES: [u32; 38] = [
        3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89,
        97, 101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
    ];
    PRIMES.iter().all(|prime| {
        let remainder = n.iter().fold(0_u32, |sum, byte| (sum << 8 | u32::from(*byte)) % prime);
        let mut power = 1;
        for _ in 0..*prime {
            if power == remainder {
                return true;
            }
            power = power * 65537 % prime;
        }
        false
    })
}

impl JoseAlgorithm {
    /// All of them, with their registered names (RFC 7518, section 3.1; RFC 8037).
    const NAMES: [(&'static str, Self); 13] = [
        ("EdDSA", Self::EdDsa),
        ("ES256", Self::Es256),
        ("ES384", Self::Es384),
        ("ES512", Self::Es512),
        ("HS256", Self::Hs256),
        ("HS384", Self::Hs384),
        ("HS512", Self::Hs512),
        ("PS256", Self::Ps256),
        ("PS384", Self::Ps384),
        ("PS512", Self::Ps512),
        ("RS256", Self::Rs256),
        ("RS384", Self::Rs384),
        ("RS512", Self::Rs512),
    ];

    pub(super) fn named(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(own, _)| *own == name).map(|(_, algorithm)| *algorithm)
    }

    /// The registered name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::NAMES.iter().find(|(_, own)| *own == self).map_or("", |(name, _)| name)
    }

    /// The hash, if the name tells.
    pub(super) fn hash(self) -> Option<super::Hash> {
        match self.as_str().get(2..) {
            Some("256") => Some(super::Hash::Sha256),
            Some("384") => Some(super::Hash::Sha384),
            Some("512") => Some(super::Hash::Sha512),
            _ => None,
        }
    }

    /// Whether it verifies with a key of this kind.
    pub(super) const fn fits(self, data: &KeyData) -> bool {
        matches!(
            (self, data),
            (Self::EdDsa, KeyData::Ed25519(_))
                | (Self::Es256, KeyData::Ec { curve: Curve::P256, .. })
                | (Self::Es384, KeyData::Ec { curve: Curve::P384, .. })
                | (Self::Es512, KeyData::Ec { curve: Curve::P521, .. })
                | (Self::Hs256 | Self::Hs384 | Self::Hs512, KeyData::Secret(_))
                | (
                    Self::Ps256
                        | Self::Ps384
                        | Self::Ps512
                        | Self::Rs256
                        | Self::Rs384
                        | Self::Rs512,
                    KeyData::Rsa { .. }
                )
        )
    }
}
