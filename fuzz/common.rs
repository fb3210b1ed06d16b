//! What the targets share: keys and parameters for any preset, and the header names of a scheme.

#![allow(dead_code, reason = "each target uses its part")]

use hookstage::scheme::{Parameter, Parameters};
use hookstage::{Scheme, Secret, Verifier};
use serde_json::Value;

/// Texts that are some kind of secret: one of them suits nearly every scheme.
pub const SECRETS: [&str; 3] = [
    "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz",
    "30313233343536373839303132333435363738393031323334353637383930",
    "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
];

/// A verifier of the scheme, if one of the secrets suits it.
pub fn verifier(scheme: &Scheme) -> Option<Verifier> {
    let unsigned = Verifier::with_parameters(scheme.clone(), no_keys(), parameters());
    unsigned.ok().or_else(|| SECRETS.iter().find_map(|text| with_key(scheme, text)))
}

fn with_key(scheme: &Scheme, text: &str) -> Option<Verifier> {
    let secret = Secret::new(text).ok()?;
    Verifier::with_parameters(scheme.clone(), [secret], parameters()).ok()
}

fn no_keys() -> [Secret; 0] {
    []
}

pub fn parameters() -> Parameters {
    Parameter::ALL
        .into_iter()
        .fold(Parameters::new(), |all, parameter| all.with(parameter, parameter.as_str()))
}

/// The names of the headers that a scheme looks at, as its stored form has them.
pub fn header_names(scheme: &Scheme) -> Vec<String> {
    let mut names = Vec::new();
    collect(&serde_json::to_value(scheme).unwrap_or_default(), &mut names);
    names.sort();
    names.dedup();
    names
}

fn collect(value: &Value, names: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                match (key.as_str(), member) {
                    ("header", Value::String(name)) => names.push(name.clone()),
                    ("message_signature", Value::Object(_)) => {
                        let three = ["signature-input", "signature", "content-digest"];
                        names.extend(three.map(str::to_owned));
                    }
                    ("first_header", Value::Array(list)) => {
                        names.extend(list.iter().filter_map(Value::as_str).map(str::to_owned));
                    }
                    ("numbered_header", Value::Object(rule)) => {
                        let prefix = rule.get("prefix").and_then(Value::as_str);
                        names.extend(prefix.map(|prefix| format!("{prefix}1")));
                    }
                    _ => {}
                }
                collect(member, names);
            }
        }
        Value::Array(list) => list.iter().for_each(|member| collect(member, names)),
        _ => {}
    }
}
