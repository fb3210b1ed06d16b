//! The proof that a delivery is its sender's: the only way past verification.

use std::fmt;

use super::coverage::Coverage;
use crate::clock::Timestamp;
use crate::delivery::{Delivery, Head};

/// A delivery whose sender was established, and what that is worth.
///
/// Only [`Verifier::verify`](super::Verifier::verify) and the one door named
/// [`dangerous`](crate::dangerous) make one, and everything that reads a payload takes one: leaving
/// verification out does not compile.
#[derive(Clone, Copy)]
pub struct Proof<'a> {
    head: Head<'a>,
    body: &'a [u8],
    coverage: &'a Coverage,
    means: Means,
    key_index: Option<u8>,
    signed_at: Option<Timestamp>,
}

/// By what means a sender was established.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Means {
    /// The sender showed a shared secret.
    Token,
    /// A signature over parts of the delivery.
    Signature,
    /// Not at all: the source says so.
    Unsigned,
    /// The host vouched for it.
    Vouched,
}

impl<'a> Proof<'a> {
    pub(crate) const fn new(
        delivery: &Delivery<'a>,
        body: &'a [u8],
        coverage: &'a Coverage,
        means: Means,
    ) -> Self {
        Self { head: *delivery.head(), body, coverage, means, key_index: None, signed_at: None }
    }

    pub(super) const fn with_key(self, index: Option<u8>) -> Self {
        Self { key_index: index, ..self }
    }

    pub(super) const fn signed_at_time(self, at: Option<Timestamp>) -> Self {
        Self { signed_at: at, ..self }
    }

    /// The head of the delivery. A header in it is the sender's word only if
    /// [`coverage`](Self::coverage) names it.
    #[must_use]
    pub const fn head(&self) -> &Head<'a> {
        &self.head
    }

    /// The body, byte for byte as it was judged.
    #[must_use]
    pub const fn body(&self) -> &'a [u8] {
        self.body
    }

    /// What the signature covered.
    #[must_use]
    pub const fn coverage(&self) -> &'a Coverage {
        self.coverage
    }

    /// By what means the sender was established.
    #[must_use]
    pub const fn means(&self) -> Means {
        self.means
    }

    /// Which key matched: its place among the verifier's, 0 being the newest, those that have ended
    /// included. Each key of a key set has a place of its own, which
    /// [`Verifier::given_key`](super::Verifier::given_key) leads back to the set. Nothing for a key
    /// that was fetched. When an old key has been quiet for long enough, retire it.
    #[must_use]
    pub const fn key_index(&self) -> Option<u8> {
        self.key_index
    }

    /// The signed time, if the scheme has one.
    #[must_use]
    pub const fn signed_at(&self) -> Option<Timestamp> {
        self.signed_at
    }
}

/// Shows what was proven, and nothing that was sent.
impl fmt::Debug for Proof<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proof")
            .field("coverage", self.coverage)
            .field("means", &self.means)
            .field("key_index", &self.key_index)
            .field("signed_at", &self.signed_at)
            .field("body_length", &self.body.len())
            .finish_non_exhaustive()
    }
}
