//! One inbound endpoint, validated when it is built.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::dedupe::{DedupePart, DedupeRule, OnMissingKey, Window};
use crate::error::{ConfigError, ConfigFault};
use crate::json::{Path, ReadOptions};
use crate::lint::Warning;
use crate::policy::Policy;
use crate::providers::{self, Preset};
use crate::scheme::{
    Authentication, Parameters, Place, Scheme, SigningKey, Tolerance, Verifier, pointer_path,
};
use crate::secret::Secret;

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

/// The settings of a source, as hosts store them. [`Source::new`] judges them.
///
/// Secrets are read and never written: a stored form that holds them is the host's to seal.
///
/// ```
/// use hookstage::{Source, SourceConfig};
///
/// let config: SourceConfig = serde_json::from_str(
///     r#"{
///         "version": 1,
///         "tenant": "acme",
///         "source": "stripe-live",
///         "provider": "stripe",
///         "keys": [{"secret": "whsec_example-of-a-signing-secret"}]
///     }"#,
/// )
/// .unwrap();
/// let source = Source::new(config).unwrap();
/// assert_eq!(source.id().source(), "stripe-live");
/// ```
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct SourceConfig {
    /// The version of this form: 1.
    pub version: u16,
    /// The tenant.
    pub tenant: String,
    /// The source's name within its tenant.
    pub source: String,
    /// What people call it; the source's name if empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Whether it takes deliveries.
    #[serde(default)]
    pub lifecycle: Lifecycle,
    /// The name of a preset, whose scheme, dedupe key and event type it takes where they are not
    /// given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// The scheme, if it is no preset's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scheme: Option<Scheme>,
    /// The secrets, newest first, at most 4.
    #[serde(default, skip_serializing)]
    pub keys: Vec<KeyConfig>,
    /// What the operator configured beside the secret.
    #[serde(default)]
    pub parameters: Parameters,
    /// The generation of the keys; raised whenever one is revoked.
    #[serde(default)]
    pub generation: u64,
    /// What is answered.
    #[serde(default)]
    pub policy: PolicyConfig,
    /// What makes two deliveries the same.
    #[serde(default)]
    pub dedupe: DedupeConfig,
    /// Where the event type stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_type: Option<EventTypeAt>,
    /// How much it takes.
    #[serde(default)]
    pub limits: Limits,
    /// The headers that are kept with an event and in the history.
    #[serde(default = "default_stored_headers")]
    pub stored_headers: Vec<String>,
    /// Who decides what becomes of its events.
    #[serde(default)]
    pub mode: Mode,
}

impl SourceConfig {
    /// The settings of a source with everything but its scheme and secrets at its default.
    #[must_use]
    pub fn new(tenant: impl Into<String>, source: impl Into<String>) -> Self {
        Self {
            version: 1,
            tenant: tenant.into(),
            source: source.into(),
            name: String::new(),
            lifecycle: Lifecycle::Active,
            provider: None,
            scheme: None,
            keys: Vec::new(),
            parameters: Parameters::new(),
            generation: 0,
            policy: PolicyConfig::default(),
            dedupe: DedupeConfig::default(),
            event_type: None,
            limits: Limits::default(),
            stored_headers: default_stored_headers(),
            mode: Mode::Review,
        }
    }

    /// The settings of a source of a provider.
    #[must_use]
    pub fn preset(tenant: impl Into<String>, source: impl Into<String>, preset: &Preset) -> Self {
        Self { provider: Some(preset.name.to_owned()), ..Self::new(tenant, source) }
    }

    /// With one more secret, older than those given before.
    #[must_use]
    pub fn with_secret(mut self, secret: Secret) -> Self {
        self.keys.push(KeyConfig { secret, ends: None });
        self
    }
}

/// A secret in the settings of a source.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyConfig {
    /// The secret.
    pub secret: Secret,
    /// When it no longer counts, in milliseconds since 1970; for the old one of a rotation.
    #[serde(default)]
    pub ends: Option<Timestamp>,
}

/// Whether a source takes deliveries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lifecycle {
    /// It takes deliveries.
    #[default]
    Active,
    /// It was not published yet.
    Draft,
    /// It is switched off for now.
    Paused,
}

/// Who decides what becomes of a staged event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// The host's workflow, as soon as a worker takes it.
    Auto,
    /// A person.
    #[default]
    Review,
}

/// What a source answers: a named policy, or one of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PolicyConfig {
    /// [`Policy::coeffection`].
    Coeffection,
    /// [`Policy::comma`].
    Comma,
    /// [`Policy::connectgain`].
    Connectgain,
    /// One of its own.
    Custom(Box<Policy>),
    /// [`Policy::standard`].
    Standard,
    /// [`Policy::synerise`].
    Synerise,
    /// [`Policy::wexio`].
    Wexio,
}

impl Default for PolicyConfig {
    fn default() -> Self {
        Self::Standard
    }
}

impl PolicyConfig {
    fn policy(&self) -> Policy {
        match self {
            Self::Coeffection => Policy::coeffection(),
            Self::Comma => Policy::comma(),
            Self::Connectgain => Policy::connectgain(),
            Self::Custom(policy) => Policy::clone(policy),
            Self::Standard => Policy::standard(),
            Self::Synerise => Policy::synerise(),
            Self::Wexio => Policy::wexio(),
        }
    }
}

/// What makes two deliveries of a source the same.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DedupeConfig {
    /// Nothing: every delivery is new.
    Off,
    /// What the provider repeats when it delivers an event again; for ever.
    #[default]
    Provider,
    /// This rule, pinned.
    Rule {
        /// The parts.
        rule: DedupeRule,
        /// How long a key is held.
        window: Window,
    },
}

/// Where the event type stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum EventTypeAt {
    /// In the JSON body.
    Body(Path),
    /// In a header.
    Header(String),
}

impl EventTypeAt {
    fn of_place(place: &Place) -> Option<Self> {
        match place {
            Place::Body(pointer) => Some(Self::Body(pointer_path(pointer))),
            Place::Header(name) => Some(Self::Header(name.clone().into_owned())),
            _ => None,
        }
    }
}

/// How much a source takes. There is no "unlimited": everything before verification is bounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct Limits {
    /// The largest body, in bytes, inclusive; at most 64 MiB.
    pub body: u64,
    /// The most header lines; common servers stop at 100.
    pub headers: u16,
    /// The longest URL, in bytes; common servers stop at 8 KiB.
    pub url: u32,
}

impl Limits {
    /// The largest body that a source can be set to take: 64 MiB, more than any provider sends
    /// (GitHub stops at 25 MB).
    pub const MAX_BODY: u64 = 64 * 1024 * 1024;
}

impl Default for Limits {
    fn default() -> Self {
        Self { body: 1024 * 1024, headers: 100, url: 8 * 1024 }
    }
}

fn default_stored_headers() -> Vec<String> {
    ["content-type", "user-agent", "x-request-id"].map(String::from).to_vec()
}

/// One inbound endpoint: whose it is, by what its deliveries are judged, and what is answered.
///
/// It is immutable and meant to be shared behind an `Arc`. A rotation or a pause builds a new one,
/// so that each delivery is judged by one state of it.
#[derive(Debug)]
pub struct Source {
    id: SourceId,
    name: String,
    lifecycle: Lifecycle,
    verifier: Verifier,
    generation: u64,
    policy: Policy,
    dedupe: Option<(DedupeRule, Window)>,
    event_type: Option<EventTypeAt>,
    limits: Limits,
    stored_headers: Vec<String>,
    mode: Mode,
    read_options: ReadOptions,
    preset: Option<&'static Preset>,
    warnings: Vec<Warning>,
}

impl Source {
    /// Judges the settings of a source and prepares it.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with them, at once.
    pub fn new(config: SourceConfig) -> Result<Self, ConfigError> {
        let mut faults = Vec::new();
        if config.version != 1 {
            faults.push(ConfigFault::new("version", "this release reads sources of version 1"));
        }
        let id = SourceId::new(&config.tenant, &config.source)
            .map_err(|error| faults.push(ConfigFault::new("source", error.to_string())))
            .ok();
        let preset = preset_of(&config, &mut faults);
        let scheme = match (&config.scheme, preset) {
            (Some(scheme), _) => Some(scheme.clone()),
            (None, Some(preset)) => Some(preset.scheme()),
            (None, None) => {
                if config.provider.is_none() {
                    faults.push(ConfigFault::new("scheme", "name a provider or give a scheme"));
                }
                None
            }
        };
        let stored_headers = stored_headers(&config, scheme.as_ref(), &mut faults);
        check_limits(config.limits, &mut faults);
        let policy = config.policy.policy();
        check_policy(&policy, &mut faults);

        let mut warnings: Vec<Warning> = match preset {
            Some(preset) => config.keys.iter().flat_map(|key| preset.lint(&key.secret)).collect(),
            None => Vec::new(),
        };
        let dedupe = dedupe_of(&config.dedupe, preset, &mut faults);
        let keys = config.keys.into_iter().map(|key| match key.ends {
            Some(ends) => SigningKey::until(key.secret, ends),
            None => SigningKey::new(key.secret),
        });
        let verifier = scheme.and_then(|scheme| {
            Verifier::with_parameters(scheme, keys, config.parameters)
                .map_err(|error| faults.extend(error.into_faults()))
                .ok()
        });
        let (Some(id), Some(verifier), true) = (id, verifier, faults.is_empty()) else {
            ConfigError::unless_empty(faults)?;
            return Err(ConfigError::one("source", "the source cannot be built"));
        };
        warnings.extend(judge(&verifier, dedupe.as_ref()));
        warnings.sort_unstable_by_key(|warning| warning.code());
        warnings.dedup();
        let event_type = config.event_type.or_else(|| {
            preset.and_then(|preset| preset.event_type.as_ref()).and_then(EventTypeAt::of_place)
        });
        let name = if config.name.is_empty() { id.source().to_owned() } else { config.name };
        Ok(Self {
            id,
            name,
            lifecycle: config.lifecycle,
            verifier,
            generation: config.generation,
            policy,
            dedupe,
            event_type,
            limits: config.limits,
            stored_headers,
            mode: config.mode,
            read_options: ReadOptions::default(),
            preset,
            warnings,
        })
    }

    /// Its settings without its secrets, with everything that came from its preset pinned: a later
    /// release that corrects the preset changes nothing of a source that is read back from this.
    #[must_use]
    pub fn config(&self) -> SourceConfig {
        SourceConfig {
            version: 1,
            tenant: self.id.tenant().to_owned(),
            source: self.id.source().to_owned(),
            name: self.name.clone(),
            lifecycle: self.lifecycle,
            provider: self.preset.map(|preset| preset.name.to_owned()),
            scheme: Some(self.verifier.scheme().clone()),
            keys: Vec::new(),
            parameters: self.verifier.parameters().clone(),
            generation: self.generation,
            policy: PolicyConfig::Custom(Box::new(self.policy.clone())),
            dedupe: match &self.dedupe {
                Some((rule, window)) => DedupeConfig::Rule { rule: rule.clone(), window: *window },
                None => DedupeConfig::Off,
            },
            event_type: self.event_type.clone(),
            limits: self.limits,
            stored_headers: self.stored_headers.clone(),
            mode: self.mode,
        }
    }

    /// Whose endpoint it is.
    #[must_use]
    pub const fn id(&self) -> &SourceId {
        &self.id
    }

    /// What people call it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it takes deliveries.
    #[must_use]
    pub const fn lifecycle(&self) -> Lifecycle {
        self.lifecycle
    }

    /// By what its deliveries are judged.
    #[must_use]
    pub const fn verifier(&self) -> &Verifier {
        &self.verifier
    }

    /// The generation of its keys.
    #[must_use]
    pub const fn generation(&self) -> u64 {
        self.generation
    }

    /// What is answered.
    #[must_use]
    pub const fn policy(&self) -> &Policy {
        &self.policy
    }

    /// What makes two deliveries the same, and for how long.
    #[must_use]
    pub const fn dedupe(&self) -> Option<&(DedupeRule, Window)> {
        self.dedupe.as_ref()
    }

    /// Where the event type stands.
    #[must_use]
    pub const fn event_type(&self) -> Option<&EventTypeAt> {
        self.event_type.as_ref()
    }

    /// How much it takes.
    #[must_use]
    pub const fn limits(&self) -> Limits {
        self.limits
    }

    /// The headers that are kept, in lower case.
    #[must_use]
    pub fn stored_headers(&self) -> &[String] {
        &self.stored_headers
    }

    /// Who decides what becomes of its events.
    #[must_use]
    pub const fn mode(&self) -> Mode {
        self.mode
    }

    /// The preset it was made of, if any.
    #[must_use]
    pub const fn preset(&self) -> Option<&'static Preset> {
        self.preset
    }

    /// What an operator should look at.
    #[must_use]
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// Whether its events may be promoted without a person having looked, as far as the signature
    /// goes: it covers the whole body.
    #[must_use]
    pub fn binds_body(&self) -> bool {
        self.verifier.scheme().coverage().binds_body()
    }

    pub(crate) const fn read_options(&self) -> &ReadOptions {
        &self.read_options
    }
}

fn preset_of(config: &SourceConfig, faults: &mut Vec<ConfigFault>) -> Option<&'static Preset> {
    let name = config.provider.as_deref()?;
    let preset = providers::find(name);
    if preset.is_none() {
        faults.push(ConfigFault::new(
            "provider",
            "there is no preset of this name; see the table of providers, or give a scheme",
        ));
    }
    preset
}

fn stored_headers(
    config: &SourceConfig,
    scheme: Option<&Scheme>,
    faults: &mut Vec<ConfigFault>,
) -> Vec<String> {
    let names: Vec<String> =
        config.stored_headers.iter().map(|name| name.to_ascii_lowercase()).collect();
    for name in &names {
        if is_credential(name) || scheme.is_some_and(|scheme| carries_credential(scheme, name)) {
            faults.push(ConfigFault::new(
                "stored_headers",
                format!("{name} carries a credential and is never kept"),
            ));
        }
    }
    names
}

/// Headers that carry credentials wherever they stand.
fn is_credential(name: &str) -> bool {
    matches!(name, "authorization" | "cookie" | "proxy-authorization" | "set-cookie" | "x-api-key")
}

fn carries_credential(scheme: &Scheme, name: &str) -> bool {
    scheme.description().authentication.places().into_iter().any(|place| place.is_header(name))
}

fn check_limits(limits: Limits, faults: &mut Vec<ConfigFault>) {
    if limits.body == 0 || limits.body > Limits::MAX_BODY {
        faults.push(ConfigFault::new("limits.body", "give 1 byte to 64 MiB"));
    }
    if limits.headers == 0 || limits.headers > 1000 {
        faults.push(ConfigFault::new("limits.headers", "give 1 to 1000 header lines"));
    }
    if limits.url == 0 || limits.url > 64 * 1024 {
        faults.push(ConfigFault::new("limits.url", "give 1 byte to 64 KiB"));
    }
}

fn check_policy(policy: &Policy, faults: &mut Vec<ConfigFault>) {
    let answers = &policy.answers;
    for (at, answer, allowed) in [
        ("policy.answers.accepted", &answers.accepted, 200..300),
        ("policy.answers.duplicate", &answers.duplicate, 200..300),
        ("policy.answers.unauthenticated", &answers.unauthenticated, 200..500),
        ("policy.answers.unknown", &answers.unknown, 200..500),
        ("policy.answers.inactive", &answers.inactive, 200..500),
        ("policy.answers.method", &answers.method, 200..500),
        ("policy.answers.too_large", &answers.too_large, 200..500),
        ("policy.answers.not_json", &answers.not_json, 200..500),
        ("policy.answers.incomplete", &answers.incomplete, 200..500),
        ("policy.answers.fault", &answers.fault, 500..600),
    ] {
        if !allowed.contains(&answer.status) {
            faults.push(ConfigFault::new(
                at,
                format!("the status must be {} to {}", allowed.start, allowed.end - 1),
            ));
        }
        if matches!(answer.status, 204 | 304) && !answer.body.is_empty() {
            faults.push(ConfigFault::new(at, "a 204 or 304 has no body"));
        }
    }
}

fn dedupe_of(
    config: &DedupeConfig,
    preset: Option<&'static Preset>,
    faults: &mut Vec<ConfigFault>,
) -> Option<(DedupeRule, Window)> {
    match config {
        DedupeConfig::Off => None,
        DedupeConfig::Rule { rule, window } => {
            if let Window::FromFirst(length) | Window::FromLast(length) = window
                && length.is_zero()
            {
                faults.push(ConfigFault::new(
                    "dedupe.window",
                    "a window of nothing keeps nothing out",
                ));
            }
            Some((rule.clone(), *window))
        }
        DedupeConfig::Provider => {
            let parts: Vec<DedupePart> =
                preset?.dedupe.iter().filter_map(DedupePart::of_place).collect();
            if parts.is_empty() {
                return None;
            }
            let rule = DedupeRule::new(parts, OnMissingKey::AcceptWithoutKey)
                .map_err(|error| faults.extend(error.into_faults()))
                .ok()?;
            Some((rule, Window::Unlimited))
        }
    }
}

fn judge(verifier: &Verifier, dedupe: Option<&(DedupeRule, Window)>) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let description = verifier.scheme().description();
    let coverage = verifier.scheme().coverage();
    if !coverage.binds_body() {
        warnings.push(Warning::UncoveredBody);
    }
    if description.authentication.is_legacy() {
        warnings.push(Warning::LegacyHash);
    }
    if let Some((rule, window)) = dedupe {
        if !rule.parts().iter().all(|part| part.is_covered(coverage)) {
            warnings.push(Warning::UncoveredDedupeKey);
        }
        let tolerance = verifier
            .parameters()
            .tolerance()
            .or_else(|| description.timestamp.as_ref().map(|time| time.tolerance));
        if let (Some(Tolerance::Within { past, future }), Some(length)) =
            (tolerance, window.length())
        {
            let twice = Duration::from_secs(2 * u64::from(past.max(future)));
            if length < twice {
                warnings.push(Warning::WindowShorterThanTolerance);
            }
        }
    }
    warnings
}

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
