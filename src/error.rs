//! The faults that are found when something is configured, and those of ours while it runs.

use std::borrow::Cow;
use std::fmt;

use crate::store::{StoreError, StoreErrorKind};

/// Everything that is wrong with a configuration, all at once. It never repeats a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    faults: Vec<ConfigFault>,
}

impl ConfigError {
    pub(crate) fn one(
        at: impl Into<Cow<'static, str>>,
        what: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self { faults: vec![ConfigFault::new(at, what)] }
    }

    /// The faults, or nothing if there are none.
    pub(crate) fn unless_empty(faults: Vec<ConfigFault>) -> Result<(), Self> {
        if faults.is_empty() { Ok(()) } else { Err(Self { faults }) }
    }

    pub(crate) fn into_faults(self) -> Vec<ConfigFault> {
        self.faults
    }

    /// The faults, at least one, in the order found.
    #[must_use]
    pub fn faults(&self) -> &[ConfigFault] {
        &self.faults
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.faults.iter().enumerate() {
            if index > 0 {
                f.write_str("; ")?;
            }
            fault.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigError {}

/// One thing that is wrong with a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigFault {
    at: Cow<'static, str>,
    what: Cow<'static, str>,
}

impl ConfigFault {
    pub(crate) fn new(
        at: impl Into<Cow<'static, str>>,
        what: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self { at: at.into(), what: what.into() }
    }

    /// The field it concerns, such as `signature.content`.
    #[must_use]
    pub fn at(&self) -> &str {
        &self.at
    }

    /// What is wrong and what would be right.
    #[must_use]
    pub fn what(&self) -> &str {
        &self.what
    }
}

impl fmt::Display for ConfigFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.at, self.what)
    }
}

/// A fault of ours while a delivery was handled. The sender is answered with a 5xx status, no
/// dedupe key is left behind, and its retry is staged.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct Error(#[from] StoreError);

impl Error {
    /// Whether the same call may succeed later without anyone changing anything.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        self.0.is_retryable()
    }

    /// What kind of fault.
    #[must_use]
    pub const fn kind(&self) -> StoreErrorKind {
        self.0.kind()
    }
}
