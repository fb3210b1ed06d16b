//! What a signature covered, as a record: everything else in the delivery is the sender's word, or
//! that of whoever stood between.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// What the signature of a delivery covered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Coverage {
    /// How the body is bound.
    pub body: BodyCoverage,
    /// The method is signed.
    pub method: bool,
    /// The URL, or the part of it that matters, is signed.
    pub url: bool,
    /// The timestamp is signed.
    pub timestamp: bool,
    /// The message id is signed.
    pub id: bool,
    /// The signed headers, in lower case.
    pub headers: Vec<Cow<'static, str>>,
}

impl Coverage {
    /// Nothing is signed.
    #[must_use]
    pub const fn nothing() -> Self {
        Self {
            body: BodyCoverage::Nothing,
            method: false,
            url: false,
            timestamp: false,
            id: false,
            headers: Vec::new(),
        }
    }

    /// Whether every byte of the body is bound, directly or through a cryptographic digest. Only
    /// such an event may be promoted without a person having looked, unless its source says so.
    #[must_use]
    pub const fn binds_body(&self) -> bool {
        matches!(self.body, BodyCoverage::Whole | BodyCoverage::Digest | BodyCoverage::Tokens)
    }
}

/// How a signature binds the body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum BodyCoverage {
    /// Every byte is signed.
    Whole,
    /// A cryptographic digest of every byte is signed.
    Digest,
    /// Every token of the JSON is signed, and only the white space between them is free.
    Tokens,
    /// The names and values of the form's fields are signed, in a form in which the end of one may
    /// be moved into the next.
    FormFields,
    /// Only a checksum is signed: another body with the same one is made in milliseconds.
    Checksum,
    /// Only these fields are signed, as JSON Pointers or form field names.
    Fields(Vec<Cow<'static, str>>),
    /// Nothing of it is signed.
    Nothing,
}

impl Coverage {
    /// What both cover.
    pub(super) fn weaker(self, other: Self) -> Self {
        let body = match (self.body, other.body) {
            (BodyCoverage::Fields(one), BodyCoverage::Fields(two)) => {
                BodyCoverage::Fields(one.into_iter().filter(|field| two.contains(field)).collect())
            }
            (one, two) if one.rank() <= two.rank() => one,
            (_, two) => two,
        };
        Self {
            body,
            method: self.method && other.method,
            url: self.url && other.url,
            timestamp: self.timestamp && other.timestamp,
            id: self.id && other.id,
            headers: self.headers.into_iter().filter(|name| other.headers.contains(name)).collect(),
        }
    }
}

impl BodyCoverage {
    pub(super) const fn rank(&self) -> u8 {
        match self {
            Self::Nothing => 0,
            Self::Fields(_) => 1,
            Self::Checksum => 2,
            Self::FormFields => 3,
            Self::Tokens => 4,
            Self::Digest => 5,
            Self::Whole => 6,
        }
    }
}
