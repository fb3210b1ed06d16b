//! One request, owned, so that tests can change every part of it.

use hookstage::scheme::{Coverage, Means};
use hookstage::{Delivery, Head, Refusal, Timestamp, Verifier};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) url: String,
    pub(crate) headers: Vec<(String, Vec<u8>)>,
    pub(crate) body: Vec<u8>,
}

/// What is kept of a proof.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Accepted {
    pub(crate) key_index: Option<u8>,
    pub(crate) signed_at: Option<Timestamp>,
    pub(crate) means: Means,
    pub(crate) coverage: Coverage,
}

impl Request {
    /// Judges it at a moment in seconds since 1970.
    pub(crate) fn verify(&self, verifier: &Verifier, now: i64) -> Result<Accepted, Refusal> {
        self.verify_at(verifier, Timestamp::from_unix_seconds(now))
    }

    pub(crate) fn verify_at(
        &self,
        verifier: &Verifier,
        now: Timestamp,
    ) -> Result<Accepted, Refusal> {
        self.with_delivery(|delivery| {
            let proof = verifier.verify(delivery, now)?;
            Ok(Accepted {
                key_index: proof.key_index(),
                signed_at: proof.signed_at(),
                means: proof.means(),
                coverage: proof.coverage().clone(),
            })
        })
    }

    pub(crate) fn with_delivery<T>(&self, judge: impl FnOnce(&Delivery<'_>) -> T) -> T {
        let headers: Vec<(&str, &[u8])> =
            self.headers.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
        judge(&Delivery::new(Head::new(&self.method, &self.url, &headers), &self.body))
    }

    /// With one more header line.
    pub(crate) fn and(mut self, name: &str, value: impl Into<Vec<u8>>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(other, _)| !other.eq_ignore_ascii_case(name));
        self
    }

    pub(crate) fn header(&self, name: &str) -> Option<&[u8]> {
        self.headers
            .iter()
            .find(|(other, _)| other.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_slice())
    }

    /// With another value for a header.
    pub(crate) fn set(self, name: &str, value: impl Into<Vec<u8>>) -> Self {
        self.without(name).and(name, value)
    }
}
