//! What the operator configures beside the secret.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::description::{Parameter, Tolerance};

/// Values that the operator takes from the provider's dashboard beside the secret, and a tolerance
/// other than the scheme's.
///
/// ```
/// use hookstage::scheme::{Parameter, Parameters};
///
/// let parameters = Parameters::new().with(Parameter::WebhookId, "1JE4291016473214C");
/// assert_eq!(parameters.get(Parameter::WebhookId), Some("1JE4291016473214C"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    values: BTreeMap<Parameter, String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tolerance: Option<Tolerance>,
}

impl Parameters {
    /// None.
    #[must_use]
    pub const fn new() -> Self {
        Self { values: BTreeMap::new(), tolerance: None }
    }

    /// With one more.
    #[must_use]
    pub fn with(mut self, parameter: Parameter, value: impl Into<String>) -> Self {
        self.values.insert(parameter, value.into());
        self
    }

    /// With another tolerance than the scheme's.
    #[must_use]
    pub const fn with_tolerance(mut self, tolerance: Tolerance) -> Self {
        self.tolerance = Some(tolerance);
        self
    }

    pub(super) const fn without_tolerance(mut self) -> Self {
        self.tolerance = None;
        self
    }

    /// The value of a parameter.
    #[must_use]
    pub fn get(&self, parameter: Parameter) -> Option<&str> {
        self.values.get(&parameter).map(String::as_str)
    }

    /// The tolerance, if it is another than the scheme's.
    #[must_use]
    pub const fn tolerance(&self) -> Option<Tolerance> {
        self.tolerance
    }
}
