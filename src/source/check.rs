//! What is wrong with the settings of a source, and what is only worth a word.

use super::config::{DedupeConfig, HandshakeConfig, Limits, SourceConfig};
use crate::dedupe::{DedupePart, DedupeRule, OnMissingKey, Window};
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

pub(super) fn stored_headers(
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
                        "handshakes",
                        format!("number {index} needs a sign that tells it from a delivery"),
                    ));
                }
                if !handshake.method.bytes().all(|byte| byte.is_ascii_uppercase())
                    || handshake.method.is_empty()
                {
                    faults.push(ConfigFault::new(
                        "handshakes",
                        format!("the method of number {index} must be in upper case, as `GET`"),
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
