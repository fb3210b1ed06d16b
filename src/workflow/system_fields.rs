//! The fields that a payload can never set, in any spelling.

use std::collections::BTreeSet;

/// The fields of a host that say whose a record is and which it is. No workflow can set them.
///
/// A name is compared without its case, underscores and hyphens, so `Tenant_ID`, `tenantId` and
/// `tenant-id` are one. A target is an ASCII identifier, so no look-alike letter, path or bracket
/// can stand in one.
///
/// ```
/// use hookstage::workflow::SystemFields;
///
/// let fields = SystemFields::standard().with("workspace_id");
/// assert!(fields.contains("Tenant_ID"));
/// assert!(fields.contains("workspaceId"));
/// assert!(!fields.contains("email"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SystemFields(BTreeSet<String>);

impl SystemFields {
    /// Tenant, owner, account, status and record id, with and without `id`.
    #[must_use]
    pub fn standard() -> Self {
        let names = [
            "tenant",
            "tenant_id",
            "owner",
            "owner_id",
            "account",
            "account_id",
            "status",
            "id",
            "record_id",
        ];
        names.into_iter().fold(Self(BTreeSet::new()), Self::with)
    }

    /// With one more.
    #[must_use]
    pub fn with(mut self, name: &str) -> Self {
        self.0.insert(folded(name));
        self
    }

    /// Whether this is one of them, in any spelling.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.0.contains(&folded(name))
    }
}

fn folded(name: &str) -> String {
    name.chars()
        .filter(|character| !matches!(character, '_' | '-' | ' '))
        .map(|character| character.to_ascii_lowercase())
        .collect()
}
