//! One inbound endpoint, validated when it is built.

use std::collections::BTreeMap;

use super::address::Address;
use super::binding::{Binding, Column, Subscription, binding_faults, column_faults};
use super::check::{
    check_keys, check_labels, check_limits, check_signed, covered_faults, dedupe_of, handshakes_of,
    preset_of, stored_headers,
};
use super::config::{
    DedupeConfig, EventTypeAt, HandshakeConfig, Lifecycle, Limits, Mode, PolicyConfig, SourceConfig,
};
use super::endpoint_id::EndpointId;
use super::id::SourceId;
use super::keys::KeyConfig;
use super::token::TokenHash;
use crate::clock::Timestamp;
use crate::contact::ContactRule;
use crate::dedupe::{DedupeRule, Window};
use crate::error::{ConfigError, ConfigFault};
use crate::json::ReadOptions;
use crate::limit::AddressList;
use crate::lint::{self, Warning};
use crate::policy::Policy;
use crate::providers::Preset;
use crate::scheme::{Handshake, Registry, Verifier};
use crate::scrub::Scrubber;
use crate::secret::Secret;

/// One inbound endpoint: whose it is, by what its deliveries are judged, and what is answered.
///
/// It is immutable and meant to be shared behind an `Arc`. A rotation or a pause builds a new one,
/// so that each delivery is judged by one state of it.
#[derive(Debug)]
pub struct Source {
    id: SourceId,
    endpoint: Option<EndpointId>,
    token: Option<TokenHash>,
    name: String,
    lifecycle: Lifecycle,
    verifier: Verifier,
    generation: u64,
    policy: Policy,
    handshakes: Vec<Handshake>,
    dedupe: Option<(DedupeRule, Window)>,
    event_type: Option<EventTypeAt>,
    events: Subscription,
    addresses: Option<AddressList>,
    contact: Option<ContactRule>,
    bindings: Vec<Binding>,
    columns: Vec<Column>,
    limits: Limits,
    body_limit: u64,
    stored_headers: Vec<String>,
    mode: Mode,
    read_options: ReadOptions,
    preset: Option<&'static Preset>,
    warnings: Vec<Warning>,
    metadata: BTreeMap<String, String>,
    scrubber: Scrubber,
    secrets: Vec<(Secret, Option<Timestamp>)>,
}

impl Source {
    /// Judges the settings of a source and prepares it.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with them, at once.
    pub fn new(config: SourceConfig) -> Result<Self, ConfigError> {
        Self::with_registry(config, &Registry::new())
    }

    /// As [`new`](Self::new), with the checks that are the host's own.
    ///
    /// # Errors
    ///
    /// As for [`new`](Self::new), and a check that the registry lacks.
    pub fn with_registry(config: SourceConfig, registry: &Registry) -> Result<Self, ConfigError> {
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
        let policy = config.policy.policy_for(preset);
        policy.faults(&mut faults);
        check_signed(&policy, scheme.as_ref(), &mut faults);
        let body_limit = config.limits.body.unwrap_or(policy.body_limit);
        check_limits(config.limits, body_limit, &mut faults);
        config.events.faults(&mut faults);
        binding_faults(&config.bindings, &mut faults);
        if let Some(contact) = &config.contact {
            contact.faults(&mut faults);
        }
        column_faults(&config.columns, &mut faults);
        check_labels(&config, &mut faults);

        let prefixes = preset.map_or(&[][..], |preset| preset.secret.prefixes);
        let mut warnings: Vec<Warning> = match &scheme {
            Some(scheme) => {
                let secrets = config.keys.iter().filter_map(KeyConfig::secret);
                secrets.flat_map(|secret| lint::of_secret(scheme, prefixes, secret)).collect()
            }
            None => Vec::new(),
        };
        let dedupe = dedupe_of(&config.dedupe, preset, policy.window, &mut faults);
        let handshakes = handshakes_of(&config.handshakes, preset, &mut faults);
        check_keys(&config.keys, &mut faults);
        let scrubber = Scrubber::new(config.keys.iter().filter_map(KeyConfig::secret));
        // For the operator's search for what would have matched. They are as secret as the keys
        // that are made of them, and as well kept.
        let secrets = config.keys.iter().filter_map(KeyConfig::copy).collect();
        let keys = config.keys.into_iter().map(KeyConfig::into_signing_key);
        let verifier = scheme.and_then(|scheme| {
            Verifier::with_registry(scheme, keys, config.parameters, registry)
                .map_err(|error| faults.extend(error.into_faults()))
                .ok()
        });
        let (Some(id), Some(verifier), true) = (id, verifier, faults.is_empty()) else {
            ConfigError::unless_empty(faults)?;
            return Err(ConfigError::one("source", "the source cannot be built"));
        };
        if let Some((rule, _)) = &dedupe {
            covered_faults(rule, &verifier, &mut faults);
            ConfigError::unless_empty(faults)?;
        }
        warnings.extend(lint::of_source(&verifier, dedupe.as_ref(), preset));
        warnings.sort_unstable_by_key(|warning| warning.code());
        warnings.dedup();
        let event_type = config.event_type.or_else(|| {
            preset.and_then(|preset| preset.event_type.as_ref()).and_then(EventTypeAt::of_place)
        });
        let name = if config.name.is_empty() { id.source().to_owned() } else { config.name };
        Ok(Self {
            id,
            endpoint: config.endpoint,
            token: config.token,
            name,
            lifecycle: config.lifecycle,
            verifier,
            generation: config.generation,
            policy,
            handshakes,
            dedupe,
            event_type,
            events: config.events,
            addresses: config.addresses,
            contact: config.contact,
            bindings: config.bindings,
            columns: config.columns,
            limits: config.limits,
            body_limit,
            stored_headers,
            mode: config.mode,
            read_options: config.json,
            preset,
            warnings,
            metadata: config.metadata,
            scrubber,
            secrets,
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
            endpoint: self.endpoint,
            token: self.token,
            name: self.name.clone(),
            lifecycle: self.lifecycle,
            provider: self.preset.map(|preset| preset.name.to_owned()),
            scheme: Some(self.verifier.scheme().clone()),
            keys: Vec::new(),
            parameters: self.verifier.parameters().clone(),
            generation: self.generation,
            policy: PolicyConfig::Custom(Box::new(self.policy.clone())),
            handshakes: HandshakeConfig::List(self.handshakes.clone()),
            dedupe: match &self.dedupe {
                Some((rule, window)) => DedupeConfig::Rule { rule: rule.clone(), window: *window },
                None => DedupeConfig::Off,
            },
            event_type: self.event_type.clone(),
            events: self.events.clone(),
            addresses: self.addresses.clone(),
            contact: self.contact.clone(),
            bindings: self.bindings.clone(),
            columns: self.columns.clone(),
            limits: self.limits,
            stored_headers: self.stored_headers.clone(),
            mode: self.mode,
            json: self.read_options,
            metadata: self.metadata.clone(),
        }
    }

    /// Whose endpoint it is.
    #[must_use]
    pub const fn id(&self) -> &SourceId {
        &self.id
    }

    /// Its id in URLs, if it has one.
    #[must_use]
    pub const fn endpoint(&self) -> Option<EndpointId> {
        self.endpoint
    }

    /// What is kept of the token in its URL, if it has one.
    #[must_use]
    pub const fn token(&self) -> Option<TokenHash> {
        self.token
    }

    /// Whether an address leads to this source. Tokens are compared by their hashes, in constant
    /// time.
    #[must_use]
    pub fn answers_to(&self, address: &Address) -> bool {
        match address {
            Address::Id(id) => self.endpoint == Some(*id),
            Address::Named(id) => self.id == *id,
            Address::Token(token) => self.token.is_some_and(|own| own == token.hash()),
        }
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

    /// What its provider asks beside its deliveries.
    #[must_use]
    pub fn handshakes(&self) -> &[Handshake] {
        &self.handshakes
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

    /// Which event types it takes.
    #[must_use]
    pub const fn events(&self) -> &Subscription {
        &self.events
    }

    /// The networks that it takes deliveries from, if it is restricted to some.
    #[must_use]
    pub const fn addresses(&self) -> Option<&AddressList> {
        self.addresses.as_ref()
    }

    /// Whom its events are about, if the host is asked.
    #[must_use]
    pub const fn contact(&self) -> Option<&ContactRule> {
        self.contact.as_ref()
    }

    /// The workflows that want its events, in the order in which they run.
    #[must_use]
    pub fn bindings(&self) -> &[Binding] {
        &self.bindings
    }

    /// What the inbox shows of its events.
    #[must_use]
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// What the host keeps with it.
    #[must_use]
    pub const fn metadata(&self) -> &BTreeMap<String, String> {
        &self.metadata
    }

    /// How much it takes.
    #[must_use]
    pub const fn limits(&self) -> Limits {
        self.limits
    }

    /// The largest body that it takes, in bytes, inclusive.
    #[must_use]
    pub const fn body_limit(&self) -> u64 {
        self.body_limit
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

    /// How strictly its bodies are read as JSON.
    #[must_use]
    pub const fn read_options(&self) -> &ReadOptions {
        &self.read_options
    }

    /// Its secrets that are known, newest first, and when each ends.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = (&Secret, Option<Timestamp>)> {
        self.secrets.iter().map(|(secret, ends)| (secret, *ends))
    }

    pub(crate) const fn scrubber(&self) -> &Scrubber {
        &self.scrubber
    }
}
