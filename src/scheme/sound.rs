//! A sound description, with what follows from it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::check;
use super::coverage::{BodyCoverage, Coverage};
use super::description::{
    Algorithm, Authentication, Component, Description, Equality, Expected, FieldSource, Fields,
    Hash, Jose, JosePayload, KeyForm, List, MessageSignature, Parameter, Part, Place, Presence,
    Signature, SignedTime, Slot, Template, Text,
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
        for signature in self.signatures() {
            for template in signature.content.iter() {
                parameters_of(template, &mut needed);
            }
        }
        if let Authentication::Jose(Jose {
            payload: JosePayload::Detached(template) | JosePayload::DetachedUnencoded(template),
            ..
        }) = &self.description().authentication
        {
            parameters_of(template, &mut needed);
        }
        needed.sort_unstable();
        needed.dedup();
        needed
    }
}

impl Scheme {
    /// The feature of this crate that the scheme needs and this build lacks.
    #[must_use]
    pub fn missing_feature(&self) -> Option<&'static str> {
        if let Authentication::Jose(jose) = &self.description().authentication {
            return super::jose::missing_feature(jose);
        }
        if let Authentication::MessageSignature(rule) = &self.description().authentication {
            return super::message::missing_feature(rule);
        }
        let of_algorithm =
            |signature: &Signature| super::asymmetric::missing_feature(signature.algorithm);
        // With several rules, a key that fits one of them is enough.
        let missing = self.signatures().iter().map(of_algorithm).collect::<Option<Vec<_>>>();
        if let Some(feature) = missing.and_then(|missing| missing.first().copied()) {
            return Some(feature);
        }
        if cfg!(feature = "rare-hashes") {
            return None;
        }
        let rare = |hash: Hash| matches!(hash, Hash::Keccak256 | Hash::Md5Legacy);
        let in_algorithm = |signature: &Signature| match signature.algorithm {
            Algorithm::Digest(hash) | Algorithm::Hmac(hash) => rare(hash),
            _ => false,
        };
        let in_key = |signature: &Signature| match signature.key {
            KeyForm::Hashed(hash) => rare(hash),
            _ => false,
        };
        let in_value = |equality: &Equality| match &equality.equals {
            Expected::BodyDigest(digest) => rare(digest.hash),
            Expected::UrlDigest(_, hash) => rare(*hash),
            _ => false,
        };
        let lacking = self.signatures().iter().any(|signature| {
            in_algorithm(signature)
                || in_key(signature)
                || signature.content.iter().any(|template| holds_hash(template, &rare))
        }) || self.description().require.iter().any(in_value);
        lacking.then_some("rare-hashes")
    }

    /// The signature rules, of which any may match; none for a token.
    pub(super) fn signatures(&self) -> &[Signature] {
        match &self.description().authentication {
            Authentication::Signature(signature) => std::slice::from_ref(signature),
            Authentication::AnyOf(signatures) => signatures,
            _ => &[],
        }
    }
}

fn holds_hash(parts: &[Part], wanted: &impl Fn(Hash) -> bool) -> bool {
    parts.iter().any(|part| match part {
        Part::BodyDigest { hash, .. } | Part::UrlWithBodyDigest { hash, .. } => wanted(*hash),
        Part::Digest { of, hash, .. } => wanted(*hash) || holds_hash(of, wanted),
        Part::Optional(parts) | Part::UnlessBodyEmpty(parts) => holds_hash(parts, wanted),
        _ => false,
    })
}

fn parameters_of(parts: &[Part], needed: &mut Vec<Parameter>) {
    for part in parts {
        match part {
            Part::Value(Place::Parameter(parameter)) => needed.push(*parameter),
            Part::Optional(parts)
            | Part::UnlessBodyEmpty(parts)
            | Part::Digest { of: parts, .. } => {
                parameters_of(parts, needed);
            }
            _ => {}
        }
    }
}

/// What every template covers: with several, only what all of them do.
fn coverage(description: &Description) -> Coverage {
    let signatures = match &description.authentication {
        Authentication::Signature(signature) => std::slice::from_ref(signature),
        Authentication::AnyOf(signatures) => signatures,
        Authentication::Jose(jose) => return coverage_of_jose(description, jose),
        Authentication::MessageSignature(rule) => return coverage_of_message(description, rule),
        Authentication::HostChecked(_) | Authentication::Token(_) | Authentication::Unsigned => {
            return Coverage::nothing();
        }
    };
    signatures
        .iter()
        .flat_map(|signature| signature.content.iter().map(move |template| (signature, template)))
        .map(|(signature, template)| coverage_of(description, signature, template))
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
    cover_digests(description, &mut coverage);
    let time = description.timestamp.as_ref().map(|time| &time.at);
    if (coverage.binds_body() || coverage.body == BodyCoverage::FormFields)
        && time.is_some_and(Place::is_in_body)
    {
        coverage.timestamp = true;
    }
    // A signature never covers the header that it stands in.
    coverage.headers.retain(|name| {
        !signature.at.iter().any(|slot| matches!(&slot.place, Place::Header(at) if at == name))
    });
    coverage
}

fn coverage_of_jose(description: &Description, jose: &Jose) -> Coverage {
    let mut coverage = Coverage::nothing();
    match &jose.payload {
        JosePayload::Claims | JosePayload::Opaque => {
            coverage.timestamp = jose.times.issued == Presence::Required;
            match &jose.at {
                Place::WholeBody => coverage.body = BodyCoverage::Whole,
                Place::Body(name) | Place::Form(name) => {
                    coverage.body = BodyCoverage::Fields(vec![name.clone()]);
                }
                _ => {}
            }
        }
        JosePayload::Detached(template) | JosePayload::DetachedUnencoded(template) => {
            let mut fields = Vec::new();
            cover(template, &mut coverage, &mut fields);
            if coverage.body == BodyCoverage::Nothing && !fields.is_empty() {
                coverage.body = BodyCoverage::Fields(fields);
            }
        }
    }
    for equality in description.require.iter() {
        let claimed = matches!(equality.at, Place::Claim(_) | Place::JoseHeader(_));
        if claimed && matches!(equality.equals, Expected::Url(_) | Expected::UrlDigest(..)) {
            coverage.url = true;
        }
    }
    cover_digests(description, &mut coverage);
    coverage
}

/// What a message signature must cover; what it covers beside that is not counted on.
fn coverage_of_message(description: &Description, rule: &MessageSignature) -> Coverage {
    let mut coverage = Coverage::nothing();
    coverage.timestamp = description.timestamp.is_some();
    for component in rule.covered.iter() {
        match component {
            Component::Method => coverage.method = true,
            Component::Path
            | Component::Query
            | Component::RequestTarget
            | Component::TargetUri => coverage.url = true,
            Component::Field(name) => coverage.headers.push(name.clone()),
            Component::Authority | Component::QueryParam(_) | Component::Scheme => {}
        }
    }
    if rule.covered.contains(&Component::CONTENT_DIGEST) {
        coverage.body = BodyCoverage::Digest;
    }
    cover_digests(description, &mut coverage);
    coverage
}

/// A hash of the body that the signature covers, and that is required to be the body's.
fn cover_digests(description: &Description, coverage: &mut Coverage) {
    for equality in description.require.iter() {
        let Expected::BodyDigest(digest) = &equality.equals else { continue };
        let signed = match &equality.at {
            Place::Claim(_) | Place::JoseHeader(_) => true,
            Place::Header(name) => coverage.headers.contains(name),
            Place::Query(_) => coverage.url,
            _ => false,
        };
        if signed && !digest.hash.is_legacy() && !coverage.binds_body() {
            coverage.body = BodyCoverage::Digest;
        }
    }
}

fn cover(parts: &[Part], coverage: &mut Coverage, fields: &mut Vec<Text>) {
    for part in parts {
        match part {
            Part::Body | Part::BodyJsonString => coverage.body = BodyCoverage::Whole,
            Part::BodyCrc32 => cover_body(BodyCoverage::Checksum, coverage),
            Part::BodyDigest { hash, .. } => cover_body(digest_of(*hash), coverage),
            Part::BodyMinified => cover_body(BodyCoverage::Tokens, coverage),
            Part::Digest { of, hash, .. } => {
                let mut inner = Coverage::nothing();
                cover(of, &mut inner, fields);
                let digest = digest_of(*hash);
                if inner.body.rank() > digest.rank() {
                    inner.body = digest;
                }
                cover_body(inner.body, coverage);
                coverage.method |= inner.method;
                coverage.url |= inner.url;
                coverage.timestamp |= inner.timestamp;
                coverage.id |= inner.id;
                coverage.headers.extend(inner.headers);
            }
            Part::Fields(Fields { of, .. }) => match of {
                FieldSource::Form => cover_body(BodyCoverage::FormFields, coverage),
                FieldSource::Query => coverage.url = true,
                FieldSource::QueryAndForm => {
                    coverage.url = true;
                    cover_body(BodyCoverage::FormFields, coverage);
                }
            },
            Part::Headers(headers) => coverage.headers.extend(headers.always.iter().cloned()),
            Part::Id => coverage.id = true,
            Part::Method | Part::MethodLowercase => coverage.method = true,
            // An empty body is covered by being left out.
            Part::Optional(parts) | Part::UnlessBodyEmpty(parts) => cover(parts, coverage, fields),
            Part::Timestamp => coverage.timestamp = true,
            Part::Url(_) => coverage.url = true,
            Part::UrlWithBodyDigest { hash, .. } => {
                coverage.url = true;
                cover_body(digest_of(*hash), coverage);
            }
            Part::Lowercase(place) | Part::Value(place) | Part::ValueOrEmpty(place) => {
                cover_place(Some(place), coverage, fields);
            }
            Part::Literal(_) | Part::Secret => {}
        }
    }
}

/// A digest that collides at will is a checksum.
const fn digest_of(hash: Hash) -> BodyCoverage {
    if matches!(hash, Hash::Md5Legacy) { BodyCoverage::Checksum } else { BodyCoverage::Digest }
}

fn cover_body(body: BodyCoverage, coverage: &mut Coverage) {
    if body.rank() > coverage.body.rank() {
        coverage.body = body;
    }
}

fn cover_place(place: Option<&Place>, coverage: &mut Coverage, fields: &mut Vec<Text>) {
    match place {
        Some(Place::Header(name)) if !coverage.headers.contains(name) => {
            coverage.headers.push(name.clone());
        }
        // Where the first is absent the second is covered; where both are there, it is not.
        Some(Place::FirstHeader(names)) => {
            coverage.headers.extend(names.first().cloned());
        }
        Some(Place::Body(name) | Place::Form(name) | Place::FormMember { field: name, .. }) => {
            fields.push(name.clone());
        }
        Some(Place::WholeBody) => coverage.body = BodyCoverage::Whole,
        _ => {}
    }
}

impl Place {
    /// Whether it can be read before the body is.
    pub(crate) const fn is_in_head(&self) -> bool {
        matches!(
            self,
            Self::FirstHeader(_) | Self::Header(_) | Self::NumberedHeader { .. } | Self::Query(_)
        )
    }

    /// Whether it stands in the body.
    pub(super) const fn is_in_body(&self) -> bool {
        matches!(self, Self::Body(_) | Self::Form(_) | Self::FormMember { .. } | Self::WholeBody)
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
