//! What is wrong with the settings of a source, and what is only worth a word.

use super::config::{DedupeConfig, HandshakeConfig, Limits, SourceConfig};
use super::keys::KeyConfig;
use crate::dedupe::{DedupePart, DedupeRule, OnMissingKey, Window};
use crate::delivery::is_header_name;
use crate::error::ConfigFault;
use crate::policy::Policy;
use crate::providers::{self, Preset};
use crate::scheme::{Authentication, Handshake, Scheme, Verifier};

pub(super) fn preset_of(
    config: &SourceConfig,
    faults: &mut Vec<ConfigFault>,
) -> Option<&'static Preset> {
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

/// The names in lower case.
pub(super) fn stored_headers(
    config: &SourceConfig,
    scheme: Option<&Scheme>,
    faults: &mut Vec<ConfigFault>,
) -> Vec<String> {
    let names: Vec<String> =
        config.stored_headers.iter().map(|name| name.to_ascii_lowercase()).collect();
    if names.len() > MAX_STORED_HEADERS {
        faults.push(ConfigFault::new("stored_headers", "at most 64 headers are kept"));
    }
    for (index, name) in names.iter().enumerate() {
        let mut add = |what: String| {
            faults.push(ConfigFault::new(format!("stored_headers[{index}]"), what));
        };
        if name.len() > 200 || !is_header_name(name) {
            add("this is not the name of a header".to_owned());
        } else if is_credential(name) || scheme.is_some_and(|it| carries_credential(it, name)) {
            add(format!("{name} carries a credential and is never kept"));
        } else if names[..index].contains(name) {
            add(format!("{name} stands twice"));
        }
    }
    names
}

/// More than any provider sends.
const MAX_STORED_HEADERS: usize = 64;

pub(super) fn check_keys(keys: &[KeyConfig], faults: &mut Vec<ConfigFault>) {
    for (index, key) in keys.iter().enumerate() {
        if let Some(first) = keys[..index].iter().position(|other| other.is_same(key)) {
            faults.push(ConfigFault::new(
                format!("keys[{index}]"),
                format!("the same secret as keys[{first}]"),
            ));
        }
        if key.id().is_some_and(|id| id.is_empty() || id.len() > 256) {
            faults.push(ConfigFault::new(
                format!("keys[{index}].id"),
                "an id has 1 to 256 bytes; leave it out if deliveries name no key",
            ));
        }
    }
}

/// What people read and the library never looks at.
pub(super) fn check_labels(config: &SourceConfig, faults: &mut Vec<ConfigFault>) {
    if !is_label(&config.name) {
        faults.push(ConfigFault::new("name", LABEL));
    }
    if config.metadata.len() > MAX_METADATA {
        faults.push(ConfigFault::new("metadata", "at most 64 entries are kept with a source"));
    }
    for (name, value) in &config.metadata {
        if name.is_empty() || name.len() > 64 || name.chars().any(char::is_control) {
            faults.push(ConfigFault::new(
                "metadata",
                "a name has 1 to 64 bytes and no control character",
            ));
        } else if value.len() > 4096 {
            faults.push(ConfigFault::new(
                format!("metadata.{name}"),
                "at most 4 KiB are kept under a name",
            ));
        }
    }
}

const MAX_METADATA: usize = 64;

pub(super) const LABEL: &str = "give at most 200 bytes without control characters";

/// Whether it fits on a line that a person reads. Empty is no label, which some places allow.
pub(super) fn is_label(text: &str) -> bool {
    text.len() <= 200 && !text.chars().any(char::is_control)
}

/// Headers that carry credentials wherever they stand, by what senders call such headers.
fn is_credential(name: &str) -> bool {
    ["api-key", "apikey", "authorization", "cookie", "password", "secret", "signature", "token"]
        .iter()
        .any(|word| name.contains(word))
}

fn carries_credential(scheme: &Scheme, name: &str) -> bool {
    scheme.description().authentication.places().into_iter().any(|place| place.is_header(name))
}

/// A policy that takes nothing unsigned cannot be had by a source that is.
pub(super) fn check_signed(
    policy: &Policy,
    scheme: Option<&Scheme>,
    faults: &mut Vec<ConfigFault>,
) {
    let is_unsigned = scheme
        .is_some_and(|scheme| scheme.description().authentication == Authentication::Unsigned);
    if is_unsigned && !policy.allow_unsigned {
        faults.push(ConfigFault::new(
            "scheme",
            "the policy takes nothing unsigned; choose a scheme, or set policy.allow_unsigned",
        ));
    }
}

pub(super) fn check_limits(limits: Limits, body: u64, faults: &mut Vec<ConfigFault>) {
    if body == 0 || body > Limits::MAX_BODY {
        faults.push(ConfigFault::new("limits.body", "give 1 byte to 64 MiB"));
    }
    if limits.headers == 0 || limits.headers > 1000 {
        faults.push(ConfigFault::new("limits.headers", "give 1 to 1000 header lines"));
    }
    if limits.url == 0 || limits.url > 64 * 1024 {
        faults.push(ConfigFault::new("limits.url", "give 1 byte to 64 KiB"));
    }
}

/// More questions than any provider asks.
const MAX_HANDSHAKES: usize = 16;

pub(super) fn handshakes_of(
    config: &HandshakeConfig,
    preset: Option<&'static Preset>,
    faults: &mut Vec<ConfigFault>,
) -> Vec<Handshake> {
    match config {
        HandshakeConfig::Off => Vec::new(),
        HandshakeConfig::Provider => preset.map_or(&[][..], Preset::handshakes).to_vec(),
        HandshakeConfig::List(handshakes) => {
            if handshakes.len() > MAX_HANDSHAKES {
                faults.push(ConfigFault::new("handshakes", "give at most 16"));
            }
            for (index, handshake) in handshakes.iter().enumerate() {
                // Without a sign each delivery would be taken for it, and lost.
                if handshake.when.is_empty() {
                    faults.push(ConfigFault::new(
                        format!("handshakes[{index}].when"),
                        "it needs a sign that tells it from a delivery",
                    ));
                }
                if !handshake.method.bytes().all(|byte| byte.is_ascii_uppercase())
                    || handshake.method.is_empty()
                {
                    faults.push(ConfigFault::new(
                        format!("handshakes[{index}].method"),
                        "give a method in upper case, as `GET`",
                    ));
                }
            }
            handshakes.clone()
        }
    }
}

pub(super) fn dedupe_of(
    config: &DedupeConfig,
    preset: Option<&'static Preset>,
    window: Window,
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
            Some((rule, window))
        }
    }
}

/// A rule that asks for it is refused where the signature leaves a part of it open.
pub(super) fn covered_faults(
    rule: &DedupeRule,
    verifier: &Verifier,
    faults: &mut Vec<ConfigFault>,
) {
    if !rule.is_covered_only() {
        return;
    }
    for part in rule.uncovered(verifier.scheme().coverage()) {
        faults.push(ConfigFault::new(
            "dedupe.parts",
            format!("the signature does not cover {part}, and the rule takes covered parts only"),
        ));
    }
}
