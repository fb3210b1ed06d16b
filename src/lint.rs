//! What is not wrong enough to refuse and still worth a word when a source is saved.

use std::fmt;

use crate::providers::Preset;
use crate::scheme::{Authentication, KeyForm};
use crate::secret::Secret;

/// Something about a source that an operator should look at. It never repeats a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Warning {
    /// The secret looks like an API key, which signs nothing.
    ApiKey,
    /// The scheme rests on a hash that is kept only because the provider still uses it.
    LegacyHash,
    /// The secret looks like one from an example.
    Placeholder,
    /// No time is signed and the dedupe window ends: what was captured once is new again after it.
    ReplayAfterWindow,
    /// The secret is shorter than any that a provider issues.
    ShortSecret,
    /// The signature does not cover the whole body, or there is none.
    UncoveredBody,
    /// A part of the dedupe key is not covered by the signature: whoever replays a delivery can
    /// change it and have it staged again.
    UncoveredDedupeKey,
    /// The secret does not begin as this provider's do.
    UnexpectedPrefix,
    /// The secret begins with `whsec_` and this scheme takes it as text; other schemes decode it.
    WhsecAsText,
    /// The dedupe window is shorter than twice the tolerance: a replay can outlive its key.
    WindowShorterThanTolerance,
}

impl Warning {
    /// The stable name.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::ApiKey => "api_key",
            Self::LegacyHash => "legacy_hash",
            Self::Placeholder => "placeholder",
            Self::ReplayAfterWindow => "replay_after_window",
            Self::ShortSecret => "short_secret",
            Self::UncoveredBody => "uncovered_body",
            Self::UncoveredDedupeKey => "uncovered_dedupe_key",
            Self::UnexpectedPrefix => "unexpected_prefix",
            Self::WhsecAsText => "whsec_as_text",
            Self::WindowShorterThanTolerance => "window_shorter_than_tolerance",
        }
    }
}

/// A sentence that says what to look at.
impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ApiKey => "the secret looks like an API key; a signing secret stands elsewhere",
            Self::LegacyHash => "the provider signs with SHA-1; use a newer scheme if it has one",
            Self::Placeholder => "the secret looks like one from an example",
            Self::ReplayAfterWindow => {
                "no time is signed, so a delivery that was captured is new again once the dedupe \
                 window has ended"
            }
            Self::ShortSecret => "the secret is shorter than 16 bytes",
            Self::UncoveredBody => "the signature does not cover the whole body",
            Self::UncoveredDedupeKey => {
                "the dedupe key rests on a value that the signature does not cover"
            }
            Self::UnexpectedPrefix => "the secret does not begin as this provider's do",
            Self::WhsecAsText => {
                "the secret begins with whsec_ and is taken as text; is it one of another provider?"
            }
            Self::WindowShorterThanTolerance => {
                "the dedupe window is shorter than twice the tolerance"
            }
        })
    }
}

impl Preset {
    /// What is suspicious about a secret for this provider. A preset takes every secret that its
    /// provider could have issued, so none of these is a refusal.
    #[must_use]
    pub fn lint(&self, secret: &Secret) -> Vec<Warning> {
        let bytes = secret.expose();
        let mut warnings = Vec::new();
        let prefixes = self.secret.prefixes;
        let expected = prefixes.iter().any(|prefix| bytes.starts_with(prefix.as_bytes()));
        if !prefixes.is_empty() && !expected {
            warnings.push(Warning::UnexpectedPrefix);
        }
        if !expected && API_KEYS.iter().any(|prefix| bytes.starts_with(prefix)) {
            warnings.push(Warning::ApiKey);
        }
        if let Authentication::Signature(signature) = &self.description.authentication
            && signature.key == KeyForm::Text
            && bytes.starts_with(b"whsec_")
            && !prefixes.contains(&"whsec_")
        {
            warnings.push(Warning::WhsecAsText);
        }
        if is_placeholder(bytes) {
            warnings.push(Warning::Placeholder);
        }
        if bytes.len() < 16 {
            warnings.push(Warning::ShortSecret);
        }
        warnings
    }
}

/// How API keys that are often pasted in the wrong field begin.
const API_KEYS: [&[u8]; 9] = [
    b"sk_live_",
    b"sk_test_",
    b"pk_live_",
    b"pk_test_",
    b"rk_live_",
    b"rk_test_",
    b"AKIA",
    b"xoxb-",
    b"ghp_",
];

fn is_placeholder(secret: &[u8]) -> bool {
    const WORDS: [&[u8]; 8] = [
        b"changeme",
        b"change-me",
        b"your-webhook-secret",
        b"your-secret-here",
        b"your_webhook_secret",
        b"secret",
        b"password",
        b"example",
    ];
    WORDS.iter().any(|word| secret.eq_ignore_ascii_case(word))
        || secret.first().is_some_and(|first| secret.iter().all(|byte| byte == first))
}
