//! The settings of a source, as hosts store them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::binding::{Binding, Column, Subscription};
use super::endpoint_id::EndpointId;
use super::keys::KeyConfig;
use super::token::TokenHash;
use crate::contact::ContactRule;
use crate::dedupe::{DedupeRule, Window};
use crate::json::{Path, ReadOptions};
use crate::limit::AddressList;
use crate::policy::Policy;
use crate::providers::Preset;
use crate::scheme::{Handshake, Parameters, Place, Scheme, pointer_path};
use crate::secret::Secret;

/// The settings of a source, as hosts store them. [`Source::new`](crate::Source::new) judges them.
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
    /// Its id in URLs, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<EndpointId>,
    /// What is kept of the token in its URL, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<TokenHash>,
    /// What people call it; the source's name if empty. At most 200 bytes without control
    /// characters.
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
    /// What its provider asks beside its deliveries, and what it is answered.
    #[serde(default)]
    pub handshakes: HandshakeConfig,
    /// What makes two deliveries the same.
    #[serde(default)]
    pub dedupe: DedupeConfig,
    /// Where the event type stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_type: Option<EventTypeAt>,
    /// Which event types it takes.
    #[serde(default)]
    pub events: Subscription,
    /// The networks that it takes deliveries from; without a list, all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub addresses: Option<AddressList>,
    /// Whom its events are about, if the host shall be asked before they are staged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<ContactRule>,
    /// The workflows that want its events, in the order in which they run.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bindings: Vec<Binding>,
    /// What the inbox shows of its events.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<Column>,
    /// How much it takes.
    #[serde(default)]
    pub limits: Limits,
    /// The headers that are kept with an event and in the history.
    #[serde(default = "default_stored_headers")]
    pub stored_headers: Vec<String>,
    /// Who decides what becomes of its events.
    #[serde(default)]
    pub mode: Mode,
    /// How strictly its bodies are read as JSON. The default refuses what two readers could
    /// understand in two ways.
    #[serde(default, skip_serializing_if = "is_default")]
    pub json: ReadOptions,
    /// What the host keeps with it: an icon, a team. Never looked at. At most 64 entries of 64 bytes
    /// of name and 4 KiB of value.
    #[serde(
        default,
        skip_serializing_if = "BTreeMap::is_empty",
        deserialize_with = "crate::stored::each_name_once"
    )]
    pub metadata: BTreeMap<String, String>,
}

impl SourceConfig {
    /// The settings of a source with everything but its scheme and secrets at its default.
    #[must_use]
    pub fn new(tenant: impl Into<String>, source: impl Into<String>) -> Self {
        Self {
            version: 1,
            tenant: tenant.into(),
            source: source.into(),
            endpoint: None,
            token: None,
            name: String::new(),
            lifecycle: Lifecycle::Active,
            provider: None,
            scheme: None,
            keys: Vec::new(),
            parameters: Parameters::new(),
            generation: 0,
            policy: PolicyConfig::default(),
            handshakes: HandshakeConfig::default(),
            dedupe: DedupeConfig::default(),
            event_type: None,
            events: Subscription::All,
            addresses: None,
            contact: None,
            bindings: Vec::new(),
            columns: Vec::new(),
            limits: Limits::default(),
            stored_headers: default_stored_headers(),
            mode: Mode::Review,
            json: ReadOptions::default(),
            metadata: BTreeMap::new(),
        }
    }

    /// The settings of a source of a provider.
    #[must_use]
    pub fn preset(tenant: impl Into<String>, source: impl Into<String>, preset: &Preset) -> Self {
        Self { provider: Some(preset.name.to_owned()), ..Self::new(tenant, source) }
    }

    /// The same settings without keys: secrets are not copied.
    pub(crate) fn settings(&self) -> Self {
        Self {
            version: self.version,
            tenant: self.tenant.clone(),
            source: self.source.clone(),
            endpoint: self.endpoint,
            token: self.token,
            name: self.name.clone(),
            lifecycle: self.lifecycle,
            provider: self.provider.clone(),
            scheme: self.scheme.clone(),
            keys: Vec::new(),
            parameters: self.parameters.clone(),
            generation: self.generation,
            policy: self.policy.clone(),
            handshakes: self.handshakes.clone(),
            dedupe: self.dedupe.clone(),
            event_type: self.event_type.clone(),
            events: self.events.clone(),
            addresses: self.addresses.clone(),
            contact: self.contact.clone(),
            bindings: self.bindings.clone(),
            columns: self.columns.clone(),
            limits: self.limits,
            stored_headers: self.stored_headers.clone(),
            mode: self.mode,
            json: self.json,
            metadata: self.metadata.clone(),
        }
    }

    /// With one more secret, older than those given before.
    #[must_use]
    pub fn with_secret(mut self, secret: Secret) -> Self {
        self.keys.push(KeyConfig::new(secret));
        self
    }

    /// With one more key, older than those given before.
    #[must_use]
    pub fn with_key(mut self, key: KeyConfig) -> Self {
        self.keys.push(key);
        self
    }
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
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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
    /// [`Policy::standard`], its successes in the words that the preset's provider
    /// [waits for](Preset::acknowledgement), if it does.
    #[default]
    Standard,
    /// [`Policy::synerise`].
    Synerise,
    /// [`Policy::wexio`].
    Wexio,
}

impl PolicyConfig {
    /// The policy that it names, as it is without a preset.
    #[must_use]
    pub fn policy(&self) -> Policy {
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

    /// The policy of a source of this preset.
    pub(super) fn policy_for(&self, preset: Option<&Preset>) -> Policy {
        let mut policy = self.policy();
        if let (Self::Standard, Some(body)) = (self, preset.and_then(Preset::acknowledgement)) {
            policy.answers = policy.answers.acknowledging(body);
        }
        policy
    }
}

/// What is asked of a source beside deliveries.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum HandshakeConfig {
    /// These.
    List(Vec<Handshake>),
    /// Nothing: whatever is no delivery is refused.
    Off,
    /// What its preset's provider is known to ask.
    #[default]
    Provider,
}

/// What makes two deliveries of a source the same.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
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
    pub(super) fn of_place(place: &Place) -> Option<Self> {
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
    /// The largest body, in bytes, inclusive, if it is another than
    /// [`Policy::body_limit`](crate::Policy::body_limit); at most 64 MiB.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<u64>,
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
        Self { body: None, headers: 100, url: 8 * 1024 }
    }
}

fn default_stored_headers() -> Vec<String> {
    ["content-type", "user-agent", "x-request-id"].map(String::from).to_vec()
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
