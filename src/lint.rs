//! What is not wrong enough to refuse and still worth a word when a source is saved.
//!
//! A preset takes every secret that its provider could have issued, and a source may be as weak as
//! its sender is, so none of these is a refusal.

use std::fmt;
use std::time::Duration;

use crate::dedupe::{DedupeRule, Window};
use crate::providers::Preset;
use crate::scheme::{
    Algorithm, Authentication, Jose, JoseAlgorithm, KeyForm, MessageAlgorithm, MessageSignature,
    Presence, Scheme, Signature, Tolerance, Verifier,
};
use crate::secret::Secret;

/// Something about a source that an operator should look at. It never repeats a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Warning {
    /// The secret looks like an API key, which signs nothing.
    ApiKey,
    /// The signature is a bare hash over the secret and the content, not an HMAC.
    BareHash,
    /// The scheme rests on a hash that is kept only because the provider still uses it.
    LegacyHash,
    /// The source has no dedupe key: every retry is staged as a new event.
    NoDedupeKey,
    /// The secret looks like one from an example.
    Placeholder,
    /// A captured delivery stays valid for ever, and nothing keeps its replay out for as long: the
    /// scheme bounds no signed time, and the dedupe window ends or there is none.
    ReplayAfterWindow,
    /// The sender shows the secret itself: whoever sees one delivery can send any other.
    SharedSecret,
    /// The secret is shorter than any that a provider issues.
    ShortSecret,
    /// The signature does not cover the whole body, or there is none.
    UncoveredBody,
    /// A part of the dedupe key is not covered by the signature: whoever replays a delivery can
    /// change it and have it staged again.
    UncoveredDedupeKey,
    /// The secret does not begin as this provider's do.
    UnexpectedPrefix,
    /// The secret is written in another way than the scheme takes it: with white space, quotes or a
    /// variable's name, a PEM key where text is meant, hexadecimal digits where base64 is.
    UnexpectedShape,
    /// Nothing authenticates its deliveries.
    Unsigned,
    /// The secret begins with `whsec_` and this scheme takes it as text; other schemes decode it.
    WhsecAsText,
    /// The dedupe window is shorter than the provider goes on retrying: a late retry is staged a
    /// second time.
    WindowShorterThanRetries,
    /// The dedupe window is shorter than twice the tolerance: a replay can outlive its key.
    WindowShorterThanTolerance,
}

impl Warning {
    /// All warnings.
    pub const ALL: [Self; 16] = [
        Self::ApiKey,
        Self::BareHash,
        Self::LegacyHash,
        Self::NoDedupeKey,
        Self::Placeholder,
        Self::ReplayAfterWindow,
        Self::SharedSecret,
        Self::ShortSecret,
        Self::UncoveredBody,
        Self::UncoveredDedupeKey,
        Self::UnexpectedPrefix,
        Self::UnexpectedShape,
        Self::Unsigned,
        Self::WhsecAsText,
        Self::WindowShorterThanRetries,
        Self::WindowShorterThanTolerance,
    ];

    /// The stable name.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::ApiKey => "api_key",
            Self::BareHash => "bare_hash",
            Self::LegacyHash => "legacy_hash",
            Self::NoDedupeKey => "no_dedupe_key",
            Self::Placeholder => "placeholder",
            Self::ReplayAfterWindow => "replay_after_window",
            Self::SharedSecret => "shared_secret",
            Self::ShortSecret => "short_secret",
            Self::UncoveredBody => "uncovered_body",
            Self::UncoveredDedupeKey => "uncovered_dedupe_key",
            Self::UnexpectedPrefix => "unexpected_prefix",
            Self::UnexpectedShape => "unexpected_shape",
            Self::Unsigned => "unsigned",
            Self::WhsecAsText => "whsec_as_text",
            Self::WindowShorterThanRetries => "window_shorter_than_retries",
            Self::WindowShorterThanTolerance => "window_shorter_than_tolerance",
        }
    }
}

/// A sentence that says what to look at.
impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ApiKey => "the secret looks like an API key; a signing secret stands elsewhere",
            Self::BareHash => {
                "the signature is a bare hash over the secret, weaker than an HMAC; use a newer scheme if the provider has one"
            }
            Self::LegacyHash => {
                "the provider signs with SHA-1 or MD5; use a newer scheme if it has one"
            }
            Self::NoDedupeKey => {
                "there is no dedupe key, so every retry is staged as a new event; name one if the sender has an id"
            }
            Self::Placeholder => "the secret looks like one from an example; generate one",
            Self::ReplayAfterWindow => {
                "a captured delivery can be replayed once its dedupe key has ended, for the scheme bounds no signed time; keep keys for ever"
            }
            Self::SharedSecret => {
                "the sender shows the secret itself, so whoever sees one delivery can send any other; use a signature if the sender can sign"
            }
            Self::ShortSecret => "the secret is shorter than 16 bytes; generate a longer one",
            Self::UncoveredBody => {
                "the signature does not cover the whole body; events wait for a person unless the source says otherwise"
            }
            Self::UncoveredDedupeKey => {
                "the dedupe key rests on a value that the signature does not cover; take an id from the body"
            }
            Self::UnexpectedPrefix => "the secret does not begin as this provider's do; is it another one's?",
            Self::UnexpectedShape => {
                "the secret is written in another way than this scheme takes it; copy it alone, exactly as the dashboard shows it"
            }
            Self::Unsigned => "nothing authenticates its deliveries; anyone who knows the URL can send them",
            Self::WhsecAsText => {
                "the secret begins with whsec_ and is taken as text; is it one of another provider?"
            }
            Self::WindowShorterThanRetries => {
                "the dedupe window is shorter than the provider goes on retrying; keep keys for longer"
            }
            Self::WindowShorterThanTolerance => {
                "the dedupe window is shorter than twice the tolerance; keep keys for longer"
            }
        })
    }
}

impl Preset {
    /// What is suspicious about a secret for this provider. A preset takes every secret that its
    /// provider could have issued, so none of these is a refusal.
    #[must_use]
    pub fn lint(&self, secret: &Secret) -> Vec<Warning> {
        of_secret(&self.scheme(), self.secret.prefixes, secret)
    }
}

/// What is suspicious about a secret for a scheme whose secrets are known to begin in one of these
/// ways.
pub(crate) fn of_secret(scheme: &Scheme, prefixes: &[&str], secret: &Secret) -> Vec<Warning> {
    let bytes = secret.expose();
    let authentication = &scheme.description().authentication;
    let mut warnings = Vec::new();
    let expected = prefixes.iter().any(|prefix| bytes.starts_with(prefix.as_bytes()));
    if !prefixes.is_empty() && !expected {
        warnings.push(Warning::UnexpectedPrefix);
    }
    if !expected && API_KEYS.iter().any(|prefix| bytes.starts_with(prefix)) {
        warnings.push(Warning::ApiKey);
    }
    let takes_text = takes(authentication, |form| *form == KeyForm::Text);
    if takes_text && bytes.starts_with(b"whsec_") && !prefixes.contains(&"whsec_") {
        warnings.push(Warning::WhsecAsText);
    }
    let takes_base64 = takes(authentication, |form| matches!(form, KeyForm::Base64 { .. }));
    if is_wrapped(bytes)
        || (takes_text && bytes.starts_with(b"-----BEGIN "))
        || (takes_base64 && is_hex_key(bytes))
    {
        warnings.push(Warning::UnexpectedShape);
    }
    if is_placeholder(bytes) {
        warnings.push(Warning::Placeholder);
    }
    if bytes.len() < 16 {
        warnings.push(Warning::ShortSecret);
    }
    warnings
}

/// What is weak about a source's scheme, dedupe key and window.
pub(crate) fn of_source(
    verifier: &Verifier,
    dedupe: Option<&(DedupeRule, Window)>,
    preset: Option<&Preset>,
) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let description = verifier.scheme().description();
    let coverage = verifier.scheme().coverage();
    let authentication = &description.authentication;
    match authentication {
        Authentication::Unsigned => warnings.push(Warning::Unsigned),
        Authentication::Token(_) | Authentication::HostChecked(_) => {
            warnings.push(Warning::SharedSecret);
        }
        _ => {}
    }
    if rules(authentication).iter().any(|rule| matches!(rule.algorithm, Algorithm::Digest(_))) {
        warnings.push(Warning::BareHash);
    }
    if authentication.is_legacy() {
        warnings.push(Warning::LegacyHash);
    }
    if !coverage.binds_body() {
        warnings.push(Warning::UncoveredBody);
    }
    let tolerance = verifier
        .parameters()
        .tolerance()
        .or_else(|| description.timestamp.as_ref().map(|time| time.tolerance));
    let ends = match authentication {
        Authentication::Jose(jose) => ends(jose),
        Authentication::MessageSignature(rule) if rule.expires == Presence::Required => true,
        _ => matches!(tolerance, Some(Tolerance::Within { .. })),
    };
    let kept = dedupe.map(|(_, window)| window.length());
    // Nothing is replayed where nothing is proven.
    if !ends && kept != Some(None) && *authentication != Authentication::Unsigned {
        warnings.push(Warning::ReplayAfterWindow);
    }
    let Some((rule, window)) = dedupe else {
        warnings.push(Warning::NoDedupeKey);
        return warnings;
    };
    if !rule.uncovered(coverage).is_empty() {
        warnings.push(Warning::UncoveredDedupeKey);
    }
    let Some(length) = window.length() else { return warnings };
    if let Some(Tolerance::Within { past, future }) = tolerance
        && length < Duration::from_secs(2 * u64::from(past.max(future)))
    {
        warnings.push(Warning::WindowShorterThanTolerance);
    }
    if preset.and_then(Preset::retries_for).is_some_and(|retries| length < retries) {
        warnings.push(Warning::WindowShorterThanRetries);
    }
    warnings
}

/// Whether a token is bound to end.
fn ends(jose: &Jose) -> bool {
    use crate::scheme::Presence::Required;
    jose.times.expires == Required
        || (jose.times.issued == Required && jose.times.max_age.is_some())
}

fn rules(authentication: &Authentication) -> &[Signature] {
    match authentication {
        Authentication::Signature(rule) => std::slice::from_ref(rule),
        Authentication::AnyOf(rules) => rules,
        _ => &[],
    }
}

/// Whether a secret of a form is taken.
fn takes(authentication: &Authentication, wanted: impl Fn(&KeyForm) -> bool) -> bool {
    use crate::scheme::JoseKey;
    match authentication {
        Authentication::Jose(Jose { key: JoseKey::Ring(form), algorithms, .. }) => {
            let only_secrets = algorithms.iter().all(|algorithm| {
                matches!(
                    algorithm,
                    JoseAlgorithm::Hs256 | JoseAlgorithm::Hs384 | JoseAlgorithm::Hs512
                )
            });
            only_secrets && wanted(form)
        }
        Authentication::MessageSignature(MessageSignature { key, algorithms, .. }) => {
            algorithms.iter().all(|one| *one == MessageAlgorithm::HmacSha256) && wanted(key)
        }
        other => rules(other).iter().any(|rule| wanted(&rule.key)),
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

/// Whether more was copied than the secret: white space before it, quotes, `NAME=`.
fn is_wrapped(secret: &[u8]) -> bool {
    let (Some(first), Some(last)) = (secret.first(), secret.last()) else { return false };
    let quoted = secret.len() > 1 && first == last && matches!(first, b'"' | b'\'' | b'`');
    let named = secret.iter().position(|byte| *byte == b'=').is_some_and(|at| {
        at > 0
            && at + 1 < secret.len()
            && secret[..at].iter().all(|b| b.is_ascii_uppercase() || *b == b'_')
    });
    first.is_ascii_whitespace() || quoted || named
}

/// 32, 40, 64 or 128 hexadecimal digits are a key written in them, and valid base64 of another.
fn is_hex_key(secret: &[u8]) -> bool {
    matches!(secret.len(), 32 | 40 | 64 | 128) && secret.iter().all(u8::is_ascii_hexdigit)
}
