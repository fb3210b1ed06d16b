//! Public-key primitives behind one function that verifies and one that signs: from ring, and what
//! ring does not have from [`curves`](super::curves).

use super::description::{Algorithm, Curve, EcdsaForm, Hash};
use super::public_key::KeyData;

/// A public key that was checked for one algorithm, with its private half if the host has it.
pub(super) struct PublicKey {
    data: KeyData,
    #[cfg(feature = "asymmetric")]
    private: Option<ring_backed::PrivateKey>,
}

impl PublicKey {
    /// Takes a key for an algorithm.
    pub(super) fn new(data: KeyData, algorithm: Algorithm) -> Result<Self, &'static str> {
        #[cfg(feature = "asymmetric")]
        let (data, private) = match data {
            KeyData::Private(pkcs8) => {
                let (data, private) = ring_backed::PrivateKey::read(&pkcs8, algorithm)?;
                (data, Some(private))
            }
            data => (data, None),
        };
        let fits = match (&data, algorithm) {
            (KeyData::Ed25519(_), Algorithm::Ed25519) => true,
            (KeyData::Ec { curve, .. }, Algorithm::Ecdsa { curve: wanted, .. }) => *curve == wanted,
            (KeyData::Rsa { .. }, Algorithm::RsaPkcs1(_) | Algorithm::RsaPss(_)) => true,
            _ => false,
        };
        if !fits {
            return Err("the key is not one of the kind that this scheme verifies with");
        }
        if missing_feature(algorithm).is_some() {
            return Err("this build lacks the feature that verifies with such a key");
        }
        data.check()?;
        #[cfg(feature = "asymmetric")]
        {
            ring_backed::check_point(&data)?;
            Ok(Self { data, private })
        }
        #[cfg(not(feature = "asymmetric"))]
        Ok(Self { data })
    }

    /// How many bytes a signature has, if that is fixed.
    pub(super) const fn signature_length(&self, algorithm: Algorithm) -> Option<usize> {
        match (algorithm, &self.data) {
            (Algorithm::Ecdsa { curve, form: EcdsaForm::Fixed, .. }, _) => Some(match curve {
                Curve::P256 | Curve::Secp256k1 => 64,
                Curve::P384 => 96,
                Curve::P521 => 132,
            }),
            (Algorithm::Ed25519, _) => Some(64),
            (_, KeyData::Rsa { n, .. }) => Some(n.len()),
            _ => None,
        }
    }

    /// Whether these bytes are a signature of the message.
    pub(super) fn verifies(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        if self.signature_length(algorithm).is_some_and(|length| length != signature.len()) {
            return false;
        }
        #[cfg(feature = "asymmetric")]
        return ring_backed::verifies(&self.data, algorithm, message, signature);
        #[cfg(not(feature = "asymmetric"))]
        {
            let _ = message;
            false
        }
    }

    /// A signature of the message, if the private key is known and its algorithm can sign.
    pub(super) fn sign(&self, algorithm: Algorithm, message: &[u8]) -> Option<Vec<u8>> {
        #[cfg(feature = "asymmetric")]
        return self.private.as_ref()?.sign(algorithm, message);
        #[cfg(not(feature = "asymmetric"))]
        {
            let _ = (algorithm, message);
            None
        }
    }
}

/// The feature that verifying with this algorithm needs and this build lacks.
pub(super) const fn missing_feature(algorithm: Algorithm) -> Option<&'static str> {
    match algorithm {
        Algorithm::Digest(_) | Algorithm::Hmac(_) => None,
        _ if cfg!(not(feature = "asymmetric")) => Some("asymmetric"),
        Algorithm::Ecdsa { curve, hash, .. }
            if is_beyond_ring(curve, hash) && cfg!(not(feature = "more-curves")) =>
        {
            Some("more-curves")
        }
        _ => None,
    }
}

/// Whether ring has neither the curve nor this hash on it.
const fn is_beyond_ring(curve: Curve, hash: Hash) -> bool {
    matches!(curve, Curve::P521 | Curve::Secp256k1) || matches!(hash, Hash::Sha1Legacy)
}

#[cfg(feature = "asymmetric")]
mod ring_backed {
    use ::ring::rand::SystemRandom;
    use ::ring::signature::{self as ring, KeyPair as _, RsaKeyPair, RsaPublicKeyComponents};

    use super::{Algorithm, Curve, EcdsaForm, Hash, KeyData};
    #[cfg(feature = "more-curves")]
    use crate::scheme::curves;

    /// A private key with its public half.
    pub(super) enum PrivateKey {
        Ed25519(ring::Ed25519KeyPair),
        Ecdsa(ring::EcdsaKeyPair),
        Rsa(RsaKeyPair),
        /// On a curve that ring does not have.
        #[cfg(feature = "more-curves")]
        Other(zeroize::Zeroizing<Vec<u8>>),
    }

    impl PrivateKey {
        pub(super) fn read(
            pkcs8: &[u8],
            algorithm: Algorithm,
        ) -> Result<(KeyData, Self), &'static str> {
            const WHAT: &str = "the private key is not one that this scheme signs with";
            match algorithm {
                Algorithm::Ed25519 => {
                    let pair = ring::Ed25519KeyPair::from_pkcs8_maybe_unchecked(pkcs8)
                        .map_err(|_| WHAT)?;
                    let public = pair.public_key().as_ref().try_into().map_err(|_| WHAT)?;
                    Ok((KeyData::Ed25519(public), Self::Ed25519(pair)))
                }
                #[cfg(feature = "more-curves")]
                Algorithm::Ecdsa { curve: curve @ (Curve::P521 | Curve::Secp256k1), .. } => {
                    let point = curves::public_point(curve, pkcs8).ok_or(WHAT)?;
                    let pair = Self::Other(pkcs8.to_vec().into());
                    Ok((KeyData::Ec { curve, point }, pair))
                }
                Algorithm::Ecdsa { curve, hash, form } => {
                    let signing = match (curve, hash, form) {
                        (Curve::P256, Hash::Sha256, EcdsaForm::Der) => {
                            &ring::ECDSA_P256_SHA256_ASN1_SIGNING
                        }
                        (Curve::P256, Hash::Sha256, EcdsaForm::Fixed) => {
                            &ring::ECDSA_P256_SHA256_FIXED_SIGNING
                        }
                        (Curve::P384, Hash::Sha384, EcdsaForm::Der) => {
                            &ring::ECDSA_P384_SHA384_ASN1_SIGNING
                        }
                        (Curve::P384, Hash::Sha384, EcdsaForm::Fixed) => {
                            &ring::ECDSA_P384_SHA384_FIXED_SIGNING
                        }
                        _ => return Err("this library cannot sign with this curve and hash"),
                    };
                    let pair = ring::EcdsaKeyPair::from_pkcs8(signing, pkcs8, &SystemRandom::new())
                        .map_err(|_| WHAT)?;
                    let point = pair.public_key().as_ref().to_vec();
                    Ok((KeyData::Ec { curve, point }, Self::Ecdsa(pair)))
                }
                Algorithm::RsaPkcs1(_) | Algorithm::RsaPss(_) => {
                    let pair = RsaKeyPair::from_pkcs8(pkcs8).map_err(|_| WHAT)?;
                    let parts = RsaPublicKeyComponents::<Vec<u8>>::from(pair.public());
                    Ok((KeyData::Rsa { n: parts.n, e: parts.e }, Self::Rsa(pair)))
                }
                Algorithm::Digest(_) | Algorithm::Hmac(_) => Err(WHAT),
            }
        }

        pub(super) fn sign(&self, algorithm: Algorithm, message: &[u8]) -> Option<Vec<u8>> {
            let random = SystemRandom::new();
            match self {
                Self::Ed25519(pair) => Some(pair.sign(message).as_ref().to_vec()),
                #[cfg(feature = "more-curves")]
                Self::Other(pkcs8) => match algorithm {
                    Algorithm::Ecdsa { curve, hash, form } => {
                        curves::sign((curve, hash, form), pkcs8, message)
                    }
                    _ => None,
                },
                Self::Ecdsa(pair) => {
                    pair.sign(&random, message).ok().map(|made| made.as_ref().to_vec())
                }
                Self::Rsa(pair) => {
                    let padding: &dyn ring::RsaEncoding = match algorithm {
                        Algorithm::RsaPkcs1(Hash::Sha256) => &ring::RSA_PKCS1_SHA256,
                        Algorithm::RsaPkcs1(Hash::Sha384) => &ring::RSA_PKCS1_SHA384,
                        Algorithm::RsaPkcs1(Hash::Sha512) => &ring::RSA_PKCS1_SHA512,
                        Algorithm::RsaPss(Hash::Sha256) => &ring::RSA_PSS_SHA256,
                        Algorithm::RsaPss(Hash::Sha384) => &ring::RSA_PSS_SHA384,
                        Algorithm::RsaPss(Hash::Sha512) => &ring::RSA_PSS_SHA512,
                        // SHA-1 is verified for senders that still use it, and never signed with.
                        _ => return None,
                    };
                    let mut made = vec![0; pair.public().modulus_len()];
                    pair.sign(padding, &random, message, &mut made).ok()?;
                    Some(made)
                }
            }
        }
    }

    const OFF_CURVE: &str = "the point of the key is not on its curve; copy the key whole";

    /// Refuses a point that is not on its curve: a key agreement with it fails, and a signature
    /// only would not verify, as long as the key is configured.
    pub(super) fn check_point(data: &KeyData) -> Result<(), &'static str> {
        use ::ring::agreement::{
            ECDH_P256, ECDH_P384, EphemeralPrivateKey, UnparsedPublicKey, agree_ephemeral,
        };
        let KeyData::Ec { curve, point } = data else { return Ok(()) };
        let agreement = match curve {
            Curve::P256 => &ECDH_P256,
            Curve::P384 => &ECDH_P384,
            #[cfg(feature = "more-curves")]
            Curve::P521 | Curve::Secp256k1 => {
                return if curves::is_on_curve(*curve, point) { Ok(()) } else { Err(OFF_CURVE) };
            }
            #[cfg(not(feature = "more-curves"))]
            Curve::P521 | Curve::Secp256k1 => return Ok(()),
        };
        EphemeralPrivateKey::generate(agreement, &SystemRandom::new())
            .and_then(|own| agree_ephemeral(own, &UnparsedPublicKey::new(agreement, point), |_| ()))
            .map_err(|_| OFF_CURVE)
    }

    pub(super) fn verifies(
        data: &KeyData,
        algorithm: Algorithm,
        message: &[u8],
        signature: &[u8],
    ) -> bool {
        match (data, algorithm) {
            (KeyData::Rsa { n, e }, _) => {
                let parameters = match algorithm {
                    Algorithm::RsaPkcs1(Hash::Sha1Legacy) => {
                        &ring::RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY
                    }
                    Algorithm::RsaPkcs1(Hash::Sha256) => &ring::RSA_PKCS1_2048_8192_SHA256,
                    Algorithm::RsaPkcs1(Hash::Sha384) => &ring::RSA_PKCS1_2048_8192_SHA384,
                    Algorithm::RsaPkcs1(Hash::Sha512) => &ring::RSA_PKCS1_2048_8192_SHA512,
                    Algorithm::RsaPss(Hash::Sha256) => &ring::RSA_PSS_2048_8192_SHA256,
                    Algorithm::RsaPss(Hash::Sha384) => &ring::RSA_PSS_2048_8192_SHA384,
                    Algorithm::RsaPss(Hash::Sha512) => &ring::RSA_PSS_2048_8192_SHA512,
                    _ => return false,
                };
                RsaPublicKeyComponents { n, e }.verify(parameters, message, signature).is_ok()
            }
            (KeyData::Ed25519(key), Algorithm::Ed25519) => {
                ring::UnparsedPublicKey::new(&ring::ED25519, key).verify(message, signature).is_ok()
            }
            #[cfg(feature = "more-curves")]
            (KeyData::Ec { point, .. }, Algorithm::Ecdsa { curve, hash, form })
                if super::is_beyond_ring(curve, hash) =>
            {
                curves::verifies((curve, hash, form), point, message, signature)
            }
            (KeyData::Ec { point, .. }, Algorithm::Ecdsa { curve, hash, form }) => {
                let verification: &dyn ring::VerificationAlgorithm = match (curve, hash, form) {
                    (Curve::P256, Hash::Sha256, EcdsaForm::Der) => &ring::ECDSA_P256_SHA256_ASN1,
                    (Curve::P256, Hash::Sha256, EcdsaForm::Fixed) => &ring::ECDSA_P256_SHA256_FIXED,
                    (Curve::P256, Hash::Sha384, EcdsaForm::Der) => &ring::ECDSA_P256_SHA384_ASN1,
                    (Curve::P384, Hash::Sha256, EcdsaForm::Der) => &ring::ECDSA_P384_SHA256_ASN1,
                    (Curve::P384, Hash::Sha384, EcdsaForm::Der) => &ring::ECDSA_P384_SHA384_ASN1,
                    (Curve::P384, Hash::Sha384, EcdsaForm::Fixed) => &ring::ECDSA_P384_SHA384_FIXED,
                    _ => return false,
                };
                let key = ring::UnparsedPublicKey::new(verification, point);
                key.verify(message, signature).is_ok()
            }
            _ => false,
        }
    }
}
