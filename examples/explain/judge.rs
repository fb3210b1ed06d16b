//! The judgement on one line.

use std::sync::OnceLock;

use hookstage::json::{Document, ReadOptions};
use hookstage::providers::{self, Preset};
use hookstage::scheme::{
    Authentication, Expected, KeyForm, Means, Parameter, Parameters, Signature, Subject, Tolerance,
    explain,
};
use hookstage::{
    ConfigError, Deduped, Delivery, Head, Proof, Refusal, Scheme, Secret, Timestamp, Verifier,
};

use crate::captured::{self, Captured, SchemeChoice};
use crate::lines::Line;
use crate::presets::near;
use crate::values::text_at;
use crate::verdict::{Answer, Findings, Unusable, Verdict};

/// Judges a line. Every line gets an answer, whatever stands in it.
pub(crate) fn judge(line: Line<'_>) -> Answer {
    let Line::Whole(line) = line else {
        return Answer::new(None, Unusable::bad_input("the line is longer than 256 MiB"));
    };
    let document = match captured::read(line) {
        Ok(document) => document,
        Err(unusable) => return Answer::new(None, unusable),
    };
    let id = captured::id(&document);
    match judge_request(&document) {
        Ok(verdict) => Answer::new(id, verdict),
        Err(unusable) => Answer::new(id, unusable),
    }
}

fn judge_request(document: &Document<'_>) -> Result<Verdict, Unusable> {
    let choice = SchemeChoice::read(document)?;
    let (scheme, preset) = match scheme_of(&choice) {
        Ok(found) => found,
        Err(unusable) => return Err(unusable.with_hints(looks_like(document))),
    };
    if let Some(feature) = scheme.missing_feature() {
        let hint = format!("this scheme needs the feature {feature}, which this build lacks");
        return Err(Unusable::new("feature_off", hint));
    }
    let captured = Captured::read(document)?;
    let Captured { keys, parameters, tolerance, jwks, method, url, headers, body, now, mut hints } =
        captured;
    let parameters = fitting(&scheme, parameters, tolerance, &mut hints);
    let prefix_hint = preset.and_then(|preset| strange_prefix(preset, &keys));
    let texts = keys.clone();
    let verifier = verifier(scheme, keys, parameters, jwks, &mut hints)?;

    let headers: Vec<(&str, &[u8])> =
        headers.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
    let delivery = Delivery::new(Head::new(&method, &url, &headers), &body);
    match verifier.verify(&delivery, now) {
        Ok(proof) => {
            hints.extend(worth(&proof));
            Ok(Verdict::verified(means(&proof), findings(&proof, preset), hints))
        }
        Err(refusal) => {
            let mut reasons = vec![refusal.to_string()];
            reasons.extend(would_match(&verifier, &texts, &delivery, now));
            if matches!(refusal, Refusal::Mismatch { .. }) {
                reasons.extend(prefix_hint);
            }
            reasons.extend(hints);
            Ok(Verdict::refused(refusal.code(), reasons))
        }
    }
}

/// What would have made a refused request match, as sentences.
fn would_match(
    verifier: &Verifier,
    keys: &[String],
    delivery: &Delivery<'_>,
    now: Timestamp,
) -> Vec<String> {
    static SCHEMES: OnceLock<Vec<(&str, Scheme)>> = OnceLock::new();
    let presets = SCHEMES.get_or_init(|| {
        let all = providers::all().iter();
        all.map(|preset| (preset.name, preset.scheme()))
            .filter(|(_, scheme)| scheme.missing_feature().is_none())
            .collect()
    });
    let others: Vec<(&str, &Scheme)> =
        presets.iter().map(|(name, scheme)| (*name, scheme)).collect();
    let keys: Vec<Secret> = keys.iter().filter_map(|key| Secret::new(key.as_str()).ok()).collect();
    let subject = Subject {
        scheme: verifier.scheme(),
        keys: &keys,
        parameters: verifier.parameters(),
        other_keys: &[],
        other_schemes: &others,
    };
    explain(&subject, delivery, now).iter().map(ToString::to_string).collect()
}

/// Which presets a request of nobody known looks like.
fn looks_like(document: &Document<'_>) -> Option<String> {
    let captured = Captured::read(document).ok()?;
    let headers: Vec<(&str, &[u8])> =
        captured.headers.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
    let head = Head::new(&captured.method, &captured.url, &headers);
    let found = providers::identify(&Delivery::new(head, &captured.body));
    let names: Vec<&str> = found.iter().take(5).map(|like| like.name()).collect();
    (!names.is_empty()).then(|| format!("the request looks like {}", names.join(" or ")))
}

fn scheme_of(choice: &SchemeChoice) -> Result<(Scheme, Option<&'static Preset>), Unusable> {
    match choice {
        SchemeChoice::Provider(name) => {
            let preset = providers::find(name).ok_or_else(|| unknown(name))?;
            Ok((preset.scheme(), Some(preset)))
        }
        SchemeChoice::Inline(text) => {
            let scheme = serde_json::from_str(text)
                .map_err(|error| Unusable::new("bad_scheme", error.to_string()))?;
            Ok((scheme, None))
        }
    }
}

/// No preset has this name; those that look like it are named.
fn unknown(name: &str) -> Unusable {
    let unusable =
        Unusable::new("unknown_provider", "no preset has this name; --presets lists them");
    let near = near(name);
    if near.is_empty() {
        return unusable;
    }
    unusable.with_hints([format!("names like it: {}", near.join(", "))])
}

/// The parameters that mean something to the scheme.
fn fitting(
    scheme: &Scheme,
    parameters: Parameters,
    tolerance: Option<Tolerance>,
    hints: &mut Vec<String>,
) -> Parameters {
    let (needed, optional) = (scheme.parameters(), optional_parameters(scheme));
    for parameter in Parameter::ALL {
        let used = needed.contains(&parameter) || optional.contains(&parameter);
        if parameters.get(parameter).is_some() && !used {
            let name = parameter.as_str();
            hints.push(format!("the parameter {name} means nothing to this scheme"));
        }
    }
    match tolerance {
        Some(tolerance) if scheme.description().timestamp.is_some() => {
            parameters.with_tolerance(tolerance)
        }
        Some(_) => {
            hints.push("tolerance_seconds was ignored: this scheme signs no time".to_owned());
            parameters
        }
        None => parameters,
    }
}

/// The parameters that it judges by only if they are given.
pub(crate) fn optional_parameters(scheme: &Scheme) -> Vec<Parameter> {
    let require = scheme.description().require.iter();
    require
        .filter_map(|equality| match equality.equals {
            Expected::ParameterIfGiven(parameter) => Some(parameter),
            _ => None,
        })
        .collect()
}

fn verifier(
    scheme: Scheme,
    keys: Vec<String>,
    parameters: Parameters,
    jwks: Option<String>,
    hints: &mut Vec<String>,
) -> Result<Verifier, Unusable> {
    let mut secrets = Vec::with_capacity(keys.len());
    if matches!(scheme.description().authentication, Authentication::Unsigned) {
        if !keys.is_empty() {
            hints.push("keys were ignored: this scheme uses none".to_owned());
        }
    } else {
        for (index, key) in keys.into_iter().enumerate() {
            let secret = Secret::new(key)
                .map_err(|error| Unusable::new("bad_key", format!("keys[{index}]: {error}")))?;
            secrets.push(secret);
        }
    }
    match jwks {
        // A set is taken where a public key is: to a scheme with a secret its text is none.
        Some(set) if takes_public_keys(&scheme) => {
            let set = Secret::new(set)
                .map_err(|error| Unusable::new("bad_key", format!("params.jwks: {error}")))?;
            secrets.push(set);
        }
        Some(_) => hints.push("jwks was ignored: this scheme takes no key set".to_owned()),
        None => {}
    }
    Verifier::with_parameters(scheme, secrets, parameters).map_err(|error| unusable(&error))
}

/// Whether what it verifies with are public keys, or the keys of tokens.
pub(crate) fn takes_public_keys(scheme: &Scheme) -> bool {
    let public =
        |signature: &Signature| matches!(signature.key, KeyForm::Public | KeyForm::Fetched(_));
    match &scheme.description().authentication {
        Authentication::Jose(_) => true,
        Authentication::Signature(signature) => public(signature),
        Authentication::AnyOf(signatures) => signatures.iter().any(public),
        _ => false,
    }
}

/// The reason code of a configuration that cannot be judged by: of its first fault.
fn unusable(error: &ConfigError) -> Unusable {
    let is_at = |start: &str| error.faults().iter().any(|fault| fault.at().starts_with(start));
    let missing = error.faults().iter().find_map(|fault| {
        let name = fault.at().strip_prefix("parameters.")?;
        Parameter::ALL.into_iter().find(|parameter| parameter.as_str() == name)
    });
    let mut faults = error.faults().iter().map(ToString::to_string);
    let first = faults.next().unwrap_or_default();
    match missing {
        Some(parameter) => Unusable::new(format!("missing_param:{}", parameter.as_str()), first),
        // What the host would have to bring is, to this program, not there.
        None if is_at("feature") || is_at("host_checked") => Unusable::new("feature_off", first),
        None if is_at("keys") => Unusable::new("bad_key", first),
        None => Unusable::bad_input(first),
    }
    .with_hints(faults)
}

fn findings(proof: &Proof<'_>, preset: Option<&'static Preset>) -> Findings {
    Findings {
        covers: proof.coverage().clone(),
        key_index: proof.key_index(),
        dedupe: preset.and_then(|preset| dedupe(proof, preset)),
        event_type: preset
            .and_then(|preset| preset.event_type.as_ref())
            .and_then(|place| text_at(proof, place)),
    }
}

/// The key by the preset's own rule; nothing where the request does not hold its parts.
fn dedupe(proof: &Proof<'_>, preset: &Preset) -> Option<String> {
    match preset.dedupe_rule()?.key(proof, &ReadOptions::default()).ok()? {
        Deduped::Key { key, .. } => Some(key.to_string()),
        _ => None,
    }
}

const fn means(proof: &Proof<'_>) -> &'static str {
    match proof.means() {
        Means::Signature => "signature",
        Means::Token => "token",
        Means::Unsigned => "unsigned",
        _ => "vouched",
    }
}

/// What a verified request does not prove.
fn worth(proof: &Proof<'_>) -> Option<String> {
    let text = match proof.means() {
        Means::Unsigned => "nothing was verified: anyone who knows the address can send this",
        Means::Token => "the sender showed its secret; nothing of the message is covered by it",
        _ if !proof.coverage().binds_body() => {
            "the signature does not bind the whole body: what it leaves out can be changed"
        }
        _ => return None,
    };
    Some(text.to_owned())
}

fn strange_prefix(preset: &Preset, keys: &[String]) -> Option<String> {
    let prefixes = preset.secret.prefixes;
    let strange = |key: &String| !prefixes.iter().any(|prefix| key.starts_with(prefix));
    (!prefixes.is_empty() && keys.iter().any(strange)).then(|| {
        format!("a key does not begin as those of this provider do: {}", prefixes.join(" or "))
    })
}
