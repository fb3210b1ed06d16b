//! Which endpoint of which tenant.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// Which endpoint of which tenant: the address under which everything about a source is kept.
///
/// A host without tenants uses one constant name for all.
///
/// ```
/// use hookstage::SourceId;
///
/// let id = SourceId::new("acme", "stripe-live").unwrap();
/// assert_eq!(id.tenant(), "acme");
/// assert!(SourceId::new("", "stripe-live").is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "SourceIdForm", into = "SourceIdForm")]
pub struct SourceId {
    tenant: Arc<str>,
    source: Arc<str>,
}

impl SourceId {
    /// The longest tenant or source name, in bytes: both stand in every key of a store, and the
    /// index entries of common databases end near 2,700 bytes.
    pub const MAX_NAME: usize = 200;

    /// An id of a tenant's name and a source's name.
    ///
    /// # Errors
    ///
    /// A name that is empty, longer than [`MAX_NAME`](Self::MAX_NAME) bytes or holds a control
    /// character.
    pub fn new(tenant: &str, source: &str) -> Result<Self, SourceIdError> {
        for (what, name) in [("tenant", tenant), ("source", source)] {
            if name.is_empty() {
                return Err(SourceIdError { what, fault: "is empty" });
            }
            if name.len() > Self::MAX_NAME {
                return Err(SourceIdError { what, fault: "is longer than 200 bytes" });
            }
            if name.chars().any(char::is_control) {
                return Err(SourceIdError { what, fault: "holds a control character" });
            }
        }
        Ok(Self { tenant: tenant.into(), source: source.into() })
    }

    /// The tenant.
    #[must_use]
    pub fn tenant(&self) -> &str {
        &self.tenant
    }

    /// The source's name within its tenant.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }
}

impl fmt::Display for SourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.tenant, self.source)
    }
}

/// A name that cannot stand in a [`SourceId`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the {what} name {fault}")]
pub struct SourceIdError {
    what: &'static str,
    fault: &'static str,
}

#[derive(Serialize, Deserialize)]
struct SourceIdForm {
    tenant: String,
    source: String,
}

impl TryFrom<SourceIdForm> for SourceId {
    type Error = SourceIdError;

    fn try_from(form: SourceIdForm) -> Result<Self, SourceIdError> {
        Self::new(&form.tenant, &form.source)
    }
}

impl From<SourceId> for SourceIdForm {
    fn from(id: SourceId) -> Self {
        Self { tenant: id.tenant().to_owned(), source: id.source().to_owned() }
    }
}
