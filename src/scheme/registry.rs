//! What only the host can do, by the names that schemes call it.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// The host's own checks of shown secrets, by name.
///
/// A scheme is data and holds only the name. Prefer [`SigningKey::from_sha256`](super::SigningKey)
/// for secrets that were generated: bcrypt and its kind are made to be slow, so a flood of forged
/// deliveries costs a host its processor, and bcrypt looks at no more than 72 bytes. They are right
/// only for secrets that people chose, where deliveries are limited before they are judged.
///
/// ```
/// use hookstage::scheme::Registry;
///
/// let registry = Registry::new().with_token_check("reversed", |shown, stored| {
///     shown.iter().rev().eq(stored)
/// });
/// assert_eq!(registry.names().collect::<Vec<_>>(), ["reversed"]);
/// ```
#[derive(Clone, Default)]
pub struct Registry {
    token_checks: BTreeMap<String, TokenCheck>,
}

/// One check: whether a shown secret is the one behind what is stored.
#[derive(Clone)]
pub(super) struct TokenCheck(Arc<Accepts>);

type Accepts = dyn Fn(&[u8], &[u8]) -> bool + Send + Sync;

impl Registry {
    /// None.
    #[must_use]
    pub const fn new() -> Self {
        Self { token_checks: BTreeMap::new() }
    }

    /// With one more check. It is given the secret that the sender showed and what is stored of the
    /// right one, and must take as long for every wrong secret.
    #[must_use]
    pub fn with_token_check(
        mut self,
        name: impl Into<String>,
        check: impl Fn(&[u8], &[u8]) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.token_checks.insert(name.into(), TokenCheck(Arc::new(check)));
        self
    }

    /// The names of the checks.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.token_checks.keys().map(String::as_str)
    }

    pub(super) fn token_check(&self, name: &str) -> Option<TokenCheck> {
        self.token_checks.get(name).cloned()
    }
}

impl TokenCheck {
    pub(super) fn accepts(&self, shown: &[u8], stored: &[u8]) -> bool {
        (self.0)(shown, stored)
    }
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.names()).finish()
    }
}

impl fmt::Debug for TokenCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenCheck(..)")
    }
}
