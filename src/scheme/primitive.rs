//! The hashes and MACs, with the key schedule done once and the comparison left to the MAC crate.

use hmac::block_api::HmacCore;
use hmac::digest::block_api::{Buffer, FixedOutputCore, UpdateCore};
use hmac::digest::{CtOutput, Output};
use hmac::{EagerHash, Hmac, KeyInit};
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
//
// Held as its core, without the buffer that `Hmac` puts around it: only so can the MAC be finished
// where it stands. Finished by value it is copied once more, a fifteenth of a small delivery.
pub(super) enum Keyed {
    #[cfg(feature = "rare-hashes")]
    Md5(HmacCore<Md5>),
    Sha1(HmacCore<Sha1>),
    Sha256(HmacCore<Sha256>),
    Sha384(HmacCore<Sha384>),
    Sha512(HmacCore<Sha512>),
}

impl Keyed {
    pub(super) fn new(hash: Hash, key: &[u8]) -> Option<Self> {
        Some(match hash {
            #[cfg(feature = "rare-hashes")]
            Hash::Md5Legacy => Self::Md5(HmacCore::new_from_slice(key).ok()?),
            #[cfg(not(feature = "rare-hashes"))]
            Hash::Md5Legacy => return None,
            Hash::Keccak256 => return None,
            Hash::Sha1Legacy => Self::Sha1(HmacCore::new_from_slice(key).ok()?),
            Hash::Sha256 => Self::Sha256(HmacCore::new_from_slice(key).ok()?),
            Hash::Sha384 => Self::Sha384(HmacCore::new_from_slice(key).ok()?),
            Hash::Sha512 => Self::Sha512(HmacCore::new_from_slice(key).ok()?),
        })
    }

    /// The MAC of a message in one piece.
    pub(super) fn mac_of(&self, message: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.judge(message, &mut |tag| bytes = tag.to_bytes());
        bytes
    }

    /// Whether these bytes are the MAC of a message in one piece.
    pub(super) fn is_mac_of(&self, message: &[u8], candidate: &[u8]) -> bool {
        let mut same = false;
        self.judge(message, &mut |tag| same = tag.matches(candidate));
        same
    }

    fn judge(&self, message: &[u8], judge: &mut dyn FnMut(&Tag)) {
        let feed = |sink: &mut dyn Sink| -> Result<(), std::convert::Infallible> {
            sink.feed(message);
            Ok(())
        };
        let Ok(()) = self.mac(feed, judge);
    }

    /// Hands the MAC of what `feed` feeds to `judge`. Everything happens where the type of the MAC
    /// is known: the enum of all is as long as the longest and slow to move about.
    pub(super) fn mac<E>(
        &self,
        feed: impl FnOnce(&mut dyn Sink) -> Result<(), E>,
        judge: &mut dyn FnMut(&Tag),
    ) -> Result<(), E> {
        #[cfg(test)]
        counted::one_more();
        match self {
            #[cfg(feature = "rare-hashes")]
            Self::Md5(core) => judge(&Tag::Short(fed(core, feed)?.into())),
            Self::Sha1(core) => judge(&Tag::Sha1(CtOutput::new(fed(core, feed)?))),
            Self::Sha256(core) => judge(&Tag::Sha256(CtOutput::new(fed(core, feed)?))),
            Self::Sha384(core) => judge(&Tag::Sha384(CtOutput::new(fed(core, feed)?))),
            Self::Sha512(core) => judge(&Tag::Sha512(CtOutput::new(fed(core, feed)?))),
        }
        Ok(())
    }
}

fn fed<D: EagerHash, E>(
    keyed: &HmacCore<D>,
    feed: impl FnOnce(&mut dyn Sink) -> Result<(), E>,
) -> Result<Output<HmacCore<D>>, E> {
    let mut feeding = Feeding { core: keyed.clone(), buffer: Buffer::<HmacCore<D>>::default() };
    feed(&mut feeding)?;
    let mut output = Output::<HmacCore<D>>::default();
    feeding.core.finalize_fixed_core(&mut feeding.buffer, &mut output);
    Ok(output)
}

struct Feeding<D: EagerHash> {
    core: HmacCore<D>,
    buffer: Buffer<HmacCore<D>>,
}

impl<D: EagerHash> Sink for Feeding<D> {
    fn feed(&mut self, bytes: &[u8]) {
        let Self { core, buffer } = self;
        buffer.digest_blocks(bytes, |blocks| core.update_blocks(blocks));
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
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        match self {
            #[cfg(feature = "rare-hashes")]
            Self::Short(tag) => tag.to_vec(),
            #[cfg(feature = "rare-hashes")]
            Self::Long(tag) => tag.to_vec(),
            Self::Sha1(tag) => tag.clone().into_bytes().to_vec(),
            Self::Sha256(tag) => tag.clone().into_bytes().to_vec(),
            Self::Sha384(tag) => tag.clone().into_bytes().to_vec(),
            Self::Sha512(tag) => tag.clone().into_bytes().to_vec(),
        }
    }
}

/// How many MACs this thread has computed.
#[cfg(test)]
pub(super) mod counted {
    use std::cell::Cell;

    thread_local!(static PASSES: Cell<u64> = const { Cell::new(0) });

    pub(super) fn one_more() {
        PASSES.set(PASSES.get() + 1);
    }

    pub(in crate::scheme) fn passes() -> u64 {
        PASSES.get()
    }
}
