//! What a delivery is addressed to: a source, or nothing that exists.

use std::sync::Arc;

use super::built::Source;
use super::config::{PolicyConfig, SourceConfig};
use crate::error::ConfigError;
use crate::policy::Policy;
use crate::scheme::{Authentication, Scheme};
use crate::secret::Secret;

/// What a delivery is addressed to, as the host looked it up.
#[derive(Clone, Copy, Debug)]
pub enum Endpoint<'a> {
    /// A source.
    Source(&'a Source),
    /// Nothing that exists.
    Unknown(&'a UnknownSource),
}

impl<'a> From<&'a Source> for Endpoint<'a> {
    fn from(source: &'a Source) -> Self {
        Self::Source(source)
    }
}

impl<'a> From<&'a Arc<Source>> for Endpoint<'a> {
    fn from(source: &'a Arc<Source>) -> Self {
        Self::Source(source)
    }
}

impl<'a> From<&'a UnknownSource> for Endpoint<'a> {
    fn from(unknown: &'a UnknownSource) -> Self {
        Self::Unknown(unknown)
    }
}

/// What stands in for a source that does not exist, so that under a uniform policy it is answered
/// like any other and costs as much.
#[derive(Debug)]
pub struct UnknownSource {
    decoy: Source,
}

impl UnknownSource {
    /// A stand-in that behaves like sources of this scheme under this policy. Give it the scheme
    /// that most sources of the host have.
    ///
    /// # Errors
    ///
    /// A policy that is not sound, or a scheme that needs a parameter.
    pub fn like(scheme: Scheme, policy: Policy) -> Result<Self, ConfigError> {
        let mut config = SourceConfig::new("unknown", "unknown");
        if !matches!(scheme.description().authentication, Authentication::Unsigned) {
            // Valid as text, hexadecimal and base64. Whoever signs with it is refused all the same.
            let decoy =
                Secret::new("6465636f793a206e6f626f64792068617320746869732020206b657921212121")
                    .map_err(|error| ConfigError::one("keys", error.to_string()))?;
            config = config.with_secret(decoy);
        }
        config.scheme = Some(scheme);
        config.policy = PolicyConfig::Custom(Box::new(policy));
        Ok(Self { decoy: Source::new(config)? })
    }
}

impl<'a> Endpoint<'a> {
    /// The source that it is, or that stands in for it.
    pub(crate) const fn source(self) -> &'a Source {
        match self {
            Self::Source(source) => source,
            Self::Unknown(unknown) => &unknown.decoy,
        }
    }
}
