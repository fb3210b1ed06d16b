//! A sound description, with what follows from it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::check;
use super::coverage::{BodyCoverage, Coverage};
use super::description::{
    Authentication, Description, Equality, Expected, List, Parameter, Part, Place, Signature,
    SignedTime, Slot, Template, Text,
};
use crate::error::{ConfigError, ConfigFault};

/// A description that was found sound; cheap to clone.
///
/// It is stored as its [`Description`] with a version, and checked again whenever it is read back.
///
/// ```
/// use hookstage::{Scheme, providers};
///
/// let stored = serde_json::to_string(&providers::STRIPE.scheme()).unwrap();
/// let scheme: Scheme = serde_json::from_str(&stored).unwrap();
/// assert_eq!(scheme, providers::STRIPE.scheme());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "StoredScheme", into = "StoredScheme")]
pub struct Scheme(Arc<Sound>);

#[derive(Debug, PartialEq, Eq)]
struct Sound {
    description: Description,
    coverage: Coverage,
}

impl Scheme {
    /// Judges a description.
    ///
    /// # Errors
    ///
    /// Everything that makes it unsound, at once.
    pub fn new(description: Description) -> Result<Self, ConfigError> {
        let faults = check::check(&description);
        ConfigError::unless_empty(
            faults.iter().map(|fault| ConfigFault::new(fault.at, fault.what)).collect(),
        )?;
        Ok(Self::sound(description))
    }

    /// A description that was judged while it was compiled.
    pub(crate) fn sound(description: Description) -> Self {
        let coverage = coverage(&description);
        Self(Arc::new(Sound { description, coverage }))
    }

    /// The description.
    #[must_use]
    pub fn description(&self) -> &Description {
        &self.0.description
    }

    /// What a proof under this scheme covers.
    #[must_use]
    pub fn coverage(&self) -> &Coverage {
        &self.0.coverage
    }

    /// The values that the operator must configure beside the secret.
    #[must_use]
    pub fn parameters(&self) -> Vec<Parameter> {
        let mut needed = Vec::new();
        for equality in self.description().require.iter() {
            if let Expected::Parameter(parameter) = &equality.equals {
                needed.push(*parameter);
            }
        }
        if let Authentication::Signature(signature) = &self.description().authentication {
            for template in signature.content.iter() {
                parameters_of(template, &mut needed);
            }
        }
        needed.sort_unstable();
        needed.dedup();
        needed
    }
}

fn parameters_of(parts: &[Part], needed: &mut Vec<Parameter>) {
    for part in parts {
        match part {
            Part::Value(Place::Parameter(parameter)) => needed.push(*parameter),
            Part::Optional(parts) => parameters_of(parts, needed),
            _ => {}
        }
    }
}

/// What every template covers: with several, only what all of them do.
fn coverage(description: &Description) -> Coverage {
    let Authentication::Signature(signature) = &description.authentication else {
        return Coverage::nothing();
    };
    signature
        .content
        .iter()
        .map(|template| coverage_of(description, signature, template))
        .reduce(Coverage::weaker)
        .unwrap_or_else(Coverage::nothing)
}

fn coverage_of(description: &Description, signature: &Signature, template: &Template) -> Coverage {
    let mut coverage = Coverage::nothing();
    let mut fields = Vec::new();
    cover(template, &mut coverage, &mut fields);
    if coverage.timestamp {
        cover_place(
            description.timestamp.as_ref().map(|time| &time.at),
            &mut coverage,
            &mut fields,
        );
    }
    if coverage.id {
        cover_place(description.id.as_ref(), &mut coverage, &mut fields);
    }
    if coverage.body == BodyCoverage::Nothing && !fields.is_empty() {
        coverage.body = BodyCoverage::Fields(fields);
    }
    if coverage.binds_body()
        && description
            .timestamp
            .as_ref()
            .is_some_and(|time| matches!(time.at, Place::Body(_) | Place::Form(_)))
    {
        coverage.timestamp = true;
    }
    // A signature never covers the header that it stands in.
    coverage.headers.retain(|name| {
        !signature.at.iter().any(|slot| matches!(&slot.place, Place::Header(at) if at == name))
    });
    coverage
}

fn cover(parts: &[Part], coverage: &mut Coverage, fields: &mut Vec<Text>) {
    for part in parts {
        match part {
            Part::Body => coverage.body = BodyCoverage::Whole,
            Part::BodyDigest { .. } => {
                if coverage.body != BodyCoverage::Whole {
                    coverage.body = BodyCoverage::Digest;
                }
            }
            Part::Id => coverage.id = true,
            Part::Method => coverage.method = true,
            Part::Optional(parts) => cover(parts, coverage, fields),
            Part::Timestamp => coverage.timestamp = true,
            Part::Url(_) => coverage.url = true,
            Part::Value(place) => cover_place(Some(place), coverage, fields),
            Part::Literal(_) | Part::Secret => {}
        }
    }
}

fn cover_place(place: Option<&Place>, coverage: &mut Coverage, fields: &mut Vec<Text>) {
    match place {
        Some(Place::Header(name)) if !coverage.headers.contains(name) => {
            coverage.headers.push(name.clone());
        }
        Some(Place::Body(name) | Place::Form(name)) => fields.push(name.clone()),
        _ => {}
    }
}

impl Place {
    /// Whether it can be read before the body is.
    pub(super) const fn is_in_head(&self) -> bool {
        matches!(self, Self::Header(_) | Self::NumberedHeader { .. } | Self::Query(_))
    }
}

impl Slot {
    pub(super) const fn is_in_head(&self) -> bool {
        self.place.is_in_head()
    }
}

/// The stored form of a scheme. Version 1 is the only one so far.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredScheme {
    version: u16,
    authentication: Authentication,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    timestamp: Option<SignedTime>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    id: Option<Place>,
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    require: List<Equality>,
}

const VERSION: u16 = 1;

impl From<Scheme> for StoredScheme {
    fn from(scheme: Scheme) -> Self {
        let Description { authentication, timestamp, id, require } = scheme.description().clone();
        Self { version: VERSION, authentication, timestamp, id, require }
    }
}

impl TryFrom<StoredScheme> for Scheme {
    type Error = ConfigError;

    fn try_from(stored: StoredScheme) -> Result<Self, ConfigError> {
        if stored.version != VERSION {
            return Err(ConfigError::one(
                "version",
                "this release reads schemes of version 1; a newer release wrote this one",
            ));
        }
        let StoredScheme { authentication, timestamp, id, require, .. } = stored;
        Self::new(Description { authentication, timestamp, id, require })
    }
}
