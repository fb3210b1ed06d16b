//! HTTP message signatures.

use super::content::MAX_PARTS;
use super::key::check_key_form;
use super::place::check_header_name;
use super::{Faults, MAX_ALTERNATIVES, as_str, items, same};
use crate::scheme::description::{
    Component, Description, Equality, KeyForm, MessageAlgorithm, MessageLabel, MessageSignature,
    Place, TimeUnit,
};
use crate::scheme::structured::is_name;

pub(super) const fn check_message(
    description: &Description,
    rule: &MessageSignature,
    faults: &mut Faults,
) {
    if let MessageLabel::FirstOf(labels) = &rule.label {
        let labels = items(labels);
        if labels.is_empty() || labels.len() > MAX_ALTERNATIVES {
            faults.add("message_signature.label", "name one to four labels");
        }
        let mut index = 0;
        while index < labels.len() {
            if !is_name(as_str(&labels[index]).as_bytes()) {
                faults.add(
                    "message_signature.label",
                    "a label is lower-case letters, digits and _ - . *, and begins with a letter",
                );
            }
            index += 1;
        }
    }
    check_covered(items(&rule.covered), faults);
    check_algorithms(rule, faults);
    if rule.leeway > 300 {
        faults.add("message_signature.leeway", "clocks may differ by 0 to 300 seconds");
    }
    if let Some(time) = &description.timestamp {
        if !is_parameter(&time.at, b"created") || !matches!(time.unit, TimeUnit::Seconds) {
            faults.add("timestamp", "a message says in `created` when it was signed, in seconds");
        }
        super::check_tolerance(time.tolerance, faults);
    }
    if description.id.is_some() {
        faults.add("id", "cover the header that holds the id, and dedupe by it");
    }
}

const fn check_covered(covered: &[Component], faults: &mut Faults) {
    if covered.is_empty() || covered.len() > MAX_PARTS {
        faults.add(
            "message_signature.covered",
            "name one to 32 components; a signature that may cover nothing proves nothing",
        );
    }
    let mut index = 0;
    while index < covered.len() {
        match &covered[index] {
            Component::Field(name) => {
                check_header_name(name, "message_signature.covered", faults);
                let name = as_str(name).as_bytes();
                if same(name, b"signature") || same(name, b"signature-input") {
                    faults.add(
                        "message_signature.covered",
                        "a signature does not cover the header that it stands in",
                    );
                }
            }
            Component::QueryParam(name) if !is_encoded(as_str(name).as_bytes()) => {
                faults.add(
                    "message_signature.covered",
                    "write the name of a query parameter percent-encoded, as it is signed",
                );
            }
            _ => {}
        }
        let mut other = 0;
        while other < index {
            if is_same(&covered[other], &covered[index]) {
                faults.add("message_signature.covered", "name each component once");
            }
            other += 1;
        }
        index += 1;
    }
}

/// At most one algorithm for each kind of key, so that a message has nothing to choose.
const fn check_algorithms(rule: &MessageSignature, faults: &mut Faults) {
    let algorithms = items(&rule.algorithms);
    if algorithms.is_empty() || algorithms.len() > MessageAlgorithm::ALL.len() {
        faults.add("message_signature.algorithms", "name one to five algorithms");
    }
    let mut secret = false;
    let mut public = false;
    let mut index = 0;
    while index < algorithms.len() {
        match algorithms[index] {
            MessageAlgorithm::HmacSha256 => secret = true,
            _ => public = true,
        }
        let mut other = 0;
        while other < index {
            if kind(algorithms[other]) == kind(algorithms[index]) {
                faults.add(
                    "message_signature.algorithms",
                    "one algorithm at most for each kind of key, so that the key decides",
                );
            }
            other += 1;
        }
        index += 1;
    }
    check_key_form(&rule.key, faults);
    match &rule.key {
        KeyForm::Fetched(fetch) => {
            if secret {
                faults.add(
                    "message_signature.algorithms",
                    "a secret cannot be fetched by what a message says",
                );
            }
            if !is_parameter(&fetch.named_at, b"keyid") {
                faults.add("message_signature.key", "a message names its key in `keyid`");
            }
        }
        KeyForm::Public => {
            if secret && !public {
                faults.add(
                    "message_signature.key",
                    "an HMAC takes a secret; a public key is known to anyone",
                );
            }
        }
        _ => {
            if public && !secret {
                faults.add("message_signature.key", "these algorithms verify with a public key");
            }
        }
    }
}

/// What must hold beside a message signature: of its list only parameters have names.
pub(super) const fn check_message_equality(equality: &Equality, faults: &mut Faults) {
    match &equality.at {
        Place::Item(name) if !is_name(as_str(name).as_bytes()) => {
            faults.add("require.at", "the parameters of a signature have lower-case names");
        }
        Place::Position(_) => faults.add("require.at", "there is no list of items here"),
        _ => {}
    }
}

/// The kind of key that an algorithm takes.
const fn kind(algorithm: MessageAlgorithm) -> u8 {
    match algorithm {
        MessageAlgorithm::EcdsaP256Sha256 => 0,
        MessageAlgorithm::EcdsaP384Sha384 => 1,
        MessageAlgorithm::Ed25519 => 2,
        MessageAlgorithm::HmacSha256 => 3,
        MessageAlgorithm::RsaPssSha512 | MessageAlgorithm::RsaV15Sha256 => 4,
    }
}

const fn is_parameter(place: &Place, name: &[u8]) -> bool {
    match place {
        Place::Item(own) => same(as_str(own).as_bytes(), name),
        _ => false,
    }
}

/// Whether text holds nothing but what is percent-encoded or need not be.
const fn is_encoded(text: &[u8]) -> bool {
    if text.is_empty() {
        return false;
    }
    let mut index = 0;
    while index < text.len() {
        let byte = text[index];
        if byte == b'%' {
            if index + 2 >= text.len() || !is_digit(text[index + 1]) || !is_digit(text[index + 2]) {
                return false;
            }
            index += 2;
        } else if !byte.is_ascii_alphanumeric() && !matches!(byte, b'*' | b'-' | b'.' | b'_') {
            return false;
        }
        index += 1;
    }
    true
}

const fn is_digit(byte: u8) -> bool {
    byte.is_ascii_digit() || matches!(byte, b'A'..=b'F')
}

const fn is_same(one: &Component, other: &Component) -> bool {
    match (one, other) {
        (Component::Field(one), Component::Field(other))
        | (Component::QueryParam(one), Component::QueryParam(other)) => {
            same(as_str(one).as_bytes(), as_str(other).as_bytes())
        }
        (Component::Authority, Component::Authority)
        | (Component::Method, Component::Method)
        | (Component::Path, Component::Path)
        | (Component::Query, Component::Query)
        | (Component::RequestTarget, Component::RequestTarget)
        | (Component::Scheme, Component::Scheme)
        | (Component::TargetUri, Component::TargetUri) => true,
        _ => false,
    }
}
