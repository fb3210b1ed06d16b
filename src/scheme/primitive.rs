//! The hashes and MACs, with the key schedule done once and the comparison left to the MAC crate.

use hmac::digest::{CtOutput, Output};
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};

use super::description::Hash;

#[cfg(feature = "rare-hashes")]
use md5::Md5;
#[cfg(feature = "rare-hashes")]
use sha3::Keccak256;

/// Takes the signed bytes part by part; nothing is joined or copied.
pub(super) trait Sink {
    fn feed(&mut self, bytes: &[u8]);
}

/// For signing and for primitives that need the bytes in one piece.
impl Sink for Vec<u8> {
    fn feed(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }
}

/// An HMAC keyed and ready for the first byte.
pub(super) enum Keyed {
    #[cfg(feature = "rare-hashes")]
    Md5(Hmac<Md5>),
    Sha1(Hmac<Sha1>),
    Sha256(Hmac<Sha256>),
    Sha384(Hmac<Sha384>),
    Sha512(Hmac<Sha512>),
}

impl Keyed {
    pub(super) fn new(hash: Hash, key: &[u8]) -> Option<Self> {
        Some(match hash {
            #[cfg(feature = "rare-hashes")]
            Hash::Md5Legacy => Self::Md5(Hmac::new_from_slice(key).ok()?),
            #[cfg(not(feature = "rare-hashes"))]
            Hash::Md5Legacy => return None,
            Hash::Keccak256 => return None,
            Hash::Sha1Legacy => Self::Sha1(Hmac::new_from_slice(key).ok()?),
            Hash::Sha256 => Self::Sha256(Hmac::new_from_slice(key).ok()?),
            Hash::Sha384 => Self::Sha384(Hmac::new_from_slice(key).ok()?),
            Hash::Sha512 => Self::Sha512(Hmac::new_from_slice(key).ok()?),
        })
    }

    /// The MAC of what `feed` feeds. The keyed state is copied where its type is known: moved about
    /// as the enum it is as long as the longest of them, which costs a tenth of a small delivery.
    pub(super) fn mac<E>(
        &self,
        feed: impl FnOnce(&mut dyn Sink) -> Result<(), E>,
    ) -> Result<Tag, E> {
        Ok(match self {
            #[cfg(feature = "rare-hashes")]
            Self::Md5(mac) => Tag::Short(fed(mac, feed)?.into_bytes().into()),
            Self::Sha1(mac) => Tag::Sha1(fed(mac, feed)?),
            Self::Sha256(mac) => Tag::Sha256(fed(mac, feed)?),
            Self::Sha384(mac) => Tag::Sha384(fed(mac, feed)?),
            Self::Sha512(mac) => Tag::Sha512(fed(mac, feed)?),
        })
    }
}

fn fed<M: Mac + Clone, E>(
    keyed: &M,
    feed: impl FnOnce(&mut dyn Sink) -> Result<(), E>,
) -> Result<CtOutput<M>, E> {
    let mut feeding = Feeding(keyed.clone());
    feed(&mut feeding)?;
    Ok(feeding.0.finalize())
}

struct Feeding<M>(M);

impl<M: Mac> Sink for Feeding<M> {
    fn feed(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }
}

/// A hash under way.
pub(super) enum Hasher {
    #[cfg(feature = "rare-hashes")]
    Md5(Md5),
    #[cfg(feature = "rare-hashes")]
    Keccak(Keccak256),
    Sha1(Sha1),
    Sha256(Sha256),
    Sha384(Sha384),
    Sha512(Sha512),
}

impl Hasher {
    /// Nothing if the hash is not part of this build; a scheme that needs it was refused.
    pub(super) fn new(hash: Hash) -> Option<Self> {
        Some(match hash {
            #[cfg(feature = "rare-hashes")]
            Hash::Md5Legacy => Self::Md5(Md5::new()),
            #[cfg(feature = "rare-hashes")]
            Hash::Keccak256 => Self::Keccak(Keccak256::new()),
            #[cfg(not(feature = "rare-hashes"))]
            Hash::Md5Legacy | Hash::Keccak256 => return None,
            Hash::Sha1Legacy => Self::Sha1(Sha1::new()),
            Hash::Sha256 => Self::Sha256(Sha256::new()),
            Hash::Sha384 => Self::Sha384(Sha384::new()),
            Hash::Sha512 => Self::Sha512(Sha512::new()),
        })
    }

    pub(super) fn finish(self) -> Tag {
        match self {
            #[cfg(feature = "rare-hashes")]
            Self::Md5(hasher) => Tag::Short(hasher.finalize().into()),
            #[cfg(feature = "rare-hashes")]
            Self::Keccak(hasher) => Tag::Long(hasher.finalize().into()),
            Self::Sha1(hasher) => Tag::Sha1(CtOutput::new(hasher.finalize())),
            Self::Sha256(hasher) => Tag::Sha256(CtOutput::new(hasher.finalize())),
            Self::Sha384(hasher) => Tag::Sha384(CtOutput::new(hasher.finalize())),
            Self::Sha512(hasher) => Tag::Sha512(CtOutput::new(hasher.finalize())),
        }
    }
}

impl Sink for Hasher {
    fn feed(&mut self, bytes: &[u8]) {
        match self {
            #[cfg(feature = "rare-hashes")]
            Self::Md5(hasher) => hasher.update(bytes),
            #[cfg(feature = "rare-hashes")]
            Self::Keccak(hasher) => hasher.update(bytes),
            Self::Sha1(hasher) => hasher.update(bytes),
            Self::Sha256(hasher) => hasher.update(bytes),
            Self::Sha384(hasher) => hasher.update(bytes),
            Self::Sha512(hasher) => hasher.update(bytes),
        }
    }
}

/// What was computed. It can be compared only in constant time.
pub(super) enum Tag {
    #[cfg(feature = "rare-hashes")]
    Short([u8; 16]),
    #[cfg(feature = "rare-hashes")]
    Long([u8; 32]),
    Sha1(CtOutput<Hmac<Sha1>>),
    Sha256(CtOutput<Hmac<Sha256>>),
    Sha384(CtOutput<Hmac<Sha384>>),
    Sha512(CtOutput<Hmac<Sha512>>),
}

impl Tag {
    /// Whether these are the same bytes, all of them: a shorter text matches nothing.
    pub(super) fn matches(&self, candidate: &[u8]) -> bool {
        fn same<M: hmac::digest::OutputSizeUser>(tag: &CtOutput<M>, candidate: &[u8]) -> bool
        where
            CtOutput<M>: PartialEq,
        {
            Output::<M>::try_from(candidate).is_ok_and(|bytes| CtOutput::new(bytes) == *tag)
        }
        match self {
            #[cfg(feature = "rare-hashes")]
            Self::Short(tag) => subtle::ConstantTimeEq::ct_eq(tag.as_slice(), candidate).into(),
            #[cfg(feature = "rare-hashes")]
            Self::Long(tag) => subtle::ConstantTimeEq::ct_eq(tag.as_slice(), candidate).into(),
            Self::Sha1(tag) => same(tag, candidate),
            Self::Sha256(tag) => same(tag, candidate),
            Self::Sha384(tag) => same(tag, candidate),
            Self::Sha512(tag) => same(tag, candidate),
        }
    }

    /// The bytes, for a sender.
    pub(super) fn into_bytes(self) -> Vec<u8> {
        match self {
            #[cfg(feature = "rare-hashes")]
            Self::Short(tag) => tag.to_vec(),
            #[cfg(feature = "rare-hashes")]
            Self::Long(tag) => tag.to_vec(),
            Self::Sha1(tag) => tag.into_bytes().to_vec(),
            Self::Sha256(tag) => tag.into_bytes().to_vec(),
            Self::Sha384(tag) => tag.into_bytes().to_vec(),
            Self::Sha512(tag) => tag.into_bytes().to_vec(),
        }
    }
}
