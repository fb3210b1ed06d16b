//! ECDSA on the curves and with the hashes that ring does not have: P-521, the curve of Bitcoin,
//! and SHA-1 on P-256 for a sender that still signs with it.

use super::description::{Curve, EcdsaForm, Hash};
use super::primitive::{Hasher, Sink as _};

/// The verification of one curve, whose crates have the same shape and no type in common.
macro_rules! verifying {
    ($name:ident, $curve:ident, $normalize:expr) => {
        mod $name {
            use $curve::ecdsa::signature::hazmat::PrehashVerifier as _;
            use $curve::ecdsa::{Signature, VerifyingKey};

            use super::EcdsaForm;

            pub(super) fn is_on_curve(point: &[u8]) -> bool {
                VerifyingKey::from_sec1_bytes(point).is_ok()
            }

            pub(super) fn verifies(
                point: &[u8],
                form: EcdsaForm,
                digest: &[u8],
                signature: &[u8],
            ) -> bool {
                let signature = match form {
                    EcdsaForm::Der => Signature::from_der(signature),
                    EcdsaForm::Fixed => Signature::from_slice(signature),
                };
                let (Ok(key), Ok(signature)) = (VerifyingKey::from_sec1_bytes(point), signature)
                else {
                    return false;
                };
                let normalize: fn(Signature) -> Signature = $normalize;
                key.verify_prehash(digest, &normalize(signature)).is_ok()
            }
        }
    };
}

/// What signs on one curve.
macro_rules! signing {
    ($name:ident, $curve:ident) => {
        mod $name {
            use $curve::ecdsa::signature::hazmat::PrehashSigner as _;
            use $curve::ecdsa::{Signature, SigningKey};
            use $curve::pkcs8::DecodePrivateKey as _;

            use super::EcdsaForm;

            pub(super) fn public_point(pkcs8: &[u8]) -> Option<Vec<u8>> {
                let secret = $curve::SecretKey::from_pkcs8_der(pkcs8).ok()?;
                let public = SigningKey::from(&secret).verifying_key().to_sec1_point(false);
                Some(public.as_bytes().to_vec())
            }

            pub(super) fn sign(pkcs8: &[u8], form: EcdsaForm, digest: &[u8]) -> Option<Vec<u8>> {
                let secret = $curve::SecretKey::from_pkcs8_der(pkcs8).ok()?;
                let made: Signature = SigningKey::from(&secret).sign_prehash(digest).ok()?;
                Some(match form {
                    EcdsaForm::Der => made.to_der().as_bytes().to_vec(),
                    EcdsaForm::Fixed => made.to_bytes().to_vec(),
                })
            }
        }
    };
}

verifying!(p256_verifying, p256, |signature| signature);
verifying!(p521_verifying, p521, |signature| signature);
// Of the two forms of a signature Bitcoin takes the one with the smaller number; other senders make
// either, and both are right (FIPS 186-5).
verifying!(secp256k1_verifying, k256, |signature| signature.normalize_s());
signing!(p521_signing, p521);
signing!(secp256k1_signing, k256);

/// Whether a point lies on its curve.
pub(super) fn is_on_curve(curve: Curve, point: &[u8]) -> bool {
    match curve {
        Curve::P256 => p256_verifying::is_on_curve(point),
        Curve::P521 => p521_verifying::is_on_curve(point),
        Curve::Secp256k1 => secp256k1_verifying::is_on_curve(point),
        Curve::P384 => false,
    }
}

/// Whether these bytes are a signature of the message.
pub(super) fn verifies(
    (curve, hash, form): (Curve, Hash, EcdsaForm),
    point: &[u8],
    message: &[u8],
    signature: &[u8],
) -> bool {
    let Some(digest) = digest(hash, message) else { return false };
    match curve {
        Curve::P256 => p256_verifying::verifies(point, form, &digest, signature),
        Curve::P521 => p521_verifying::verifies(point, form, &digest, signature),
        Curve::Secp256k1 => secp256k1_verifying::verifies(point, form, &digest, signature),
        Curve::P384 => false,
    }
}

/// The public point of a private key (PKCS #8).
pub(super) fn public_point(curve: Curve, pkcs8: &[u8]) -> Option<Vec<u8>> {
    match curve {
        Curve::P521 => p521_signing::public_point(pkcs8),
        Curve::Secp256k1 => secp256k1_signing::public_point(pkcs8),
        // SHA-1 is verified for the sender that still uses it, and never signed with.
        Curve::P256 | Curve::P384 => None,
    }
}

/// A signature of the message, whose random number is made from the key and the message (RFC 6979).
pub(super) fn sign(
    (curve, hash, form): (Curve, Hash, EcdsaForm),
    pkcs8: &[u8],
    message: &[u8],
) -> Option<Vec<u8>> {
    let digest = digest(hash, message)?;
    match curve {
        Curve::P521 => p521_signing::sign(pkcs8, form, &digest),
        Curve::Secp256k1 => secp256k1_signing::sign(pkcs8, form, &digest),
        Curve::P256 | Curve::P384 => None,
    }
}

fn digest(hash: Hash, message: &[u8]) -> Option<Vec<u8>> {
    let mut hasher = Hasher::new(hash)?;
    hasher.feed(message);
    Some(hasher.finish().to_bytes())
}
