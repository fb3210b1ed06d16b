//! The list of presets: for people, and as JSON lines.

use std::io::{self, Write};

use hookstage::providers::{self, Preset};
use hookstage::scheme::{BodyCoverage, Coverage, Tolerance};
use serde_json::json;

use crate::judge::{optional_parameters, takes_public_keys};

/// Writes the list for people.
///
/// # Errors
///
/// The output cannot be written.
pub(crate) fn list(mut output: impl Write) -> io::Result<()> {
    for preset in providers::all() {
        let scheme = preset.scheme();
        writeln!(output, "{}  {}", preset.name, preset.title)?;
        if !preset.aliases.is_empty() {
            writeln!(output, "  aliases  {}", preset.aliases.join(", "))?;
        }
        writeln!(output, "  key      {}", preset.secret.hint)?;
        let params = params(preset);
        if !params.is_empty() {
            writeln!(output, "  params   {}", params.join(", "))?;
        }
        writeln!(output, "  covers   {}", covers(scheme.coverage()))?;
        if let Some(timestamp) = &scheme.description().timestamp {
            writeln!(output, "  window   {}", window(timestamp.tolerance))?;
        }
        if let Some(feature) = scheme.missing_feature() {
            writeln!(output, "  lacks    the feature {feature}, so that it is feature_off here")?;
        }
        writeln!(output, "  docs     {}", preset.documentation)?;
    }
    output.flush()
}

/// Writes the list as JSON lines.
///
/// # Errors
///
/// The output cannot be written.
pub(crate) fn list_as_json(mut output: impl Write) -> io::Result<()> {
    for preset in providers::all() {
        let scheme = preset.scheme();
        let tolerance = scheme.description().timestamp.as_ref().map(|time| time.tolerance);
        let line = json!({
            "name": preset.name,
            "aliases": preset.aliases,
            "title": preset.title,
            "key": preset.secret.hint,
            "params": params(preset),
            "covers": scheme.coverage(),
            "tolerance": tolerance,
            "dedupe": preset.dedupe,
            "event_type": preset.event_type,
            "missing_feature": scheme.missing_feature(),
            "documentation": preset.documentation,
        });
        writeln!(output, "{line}")?;
    }
    output.flush()
}

/// The names that look like one that no preset has, at most five.
pub(crate) fn near(name: &str) -> Vec<&'static str> {
    let wanted: String = name
        .chars()
        .take(64)
        .map(
            |letter| if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '-' },
        )
        .collect();
    let mut found: Vec<(usize, &str)> = providers::all()
        .iter()
        .flat_map(|preset| std::iter::once(&preset.name).chain(preset.aliases))
        .filter_map(|other| {
            let distance = match distance(&wanted, other) {
                _ if wanted.len() > 2 && other.starts_with(wanted.as_str()) => 1,
                distance if distance <= 2 && wanted.len() > 3 => distance,
                _ => return None,
            };
            Some((distance, *other))
        })
        .collect();
    found.sort_unstable();
    found.into_iter().map(|(_, other)| other).take(5).collect()
}

/// How many letters must be put in, taken out or changed (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (line, left) in one.bytes().enumerate() {
        let mut corner = line;
        row[0] = line + 1;
        for (column, right) in other.bytes().enumerate() {
            let changed = corner + usize::from(left != right);
            corner = row[column + 1];
            row[column + 1] = changed.min(corner + 1).min(row[column] + 1);
        }
    }
    row[other.len()]
}

/// The parameters that it needs, and those that it can take.
fn params(preset: &Preset) -> Vec<String> {
    let scheme = preset.scheme();
    let mut params: Vec<String> =
        scheme.parameters().into_iter().map(|needed| needed.as_str().to_owned()).collect();
    for optional in optional_parameters(&scheme) {
        params.push(format!("{} (optional)", optional.as_str()));
    }
    if scheme.description().timestamp.is_some() {
        params.push("tolerance_seconds (optional)".to_owned());
    }
    if takes_public_keys(&scheme) {
        params.push("jwks (optional)".to_owned());
    }
    params
}

fn covers(coverage: &Coverage) -> String {
    let mut parts = Vec::new();
    match &coverage.body {
        BodyCoverage::Whole => parts.push("the body".to_owned()),
        BodyCoverage::Digest => parts.push("the body, by its digest".to_owned()),
        BodyCoverage::Tokens => {
            parts.push("the body but for white space between tokens".to_owned())
        }
        BodyCoverage::FormFields => parts.push("the fields of the form".to_owned()),
        BodyCoverage::Checksum => parts.push("a checksum of the body".to_owned()),
        BodyCoverage::Fields(names) => parts.push(format!("of the body only {}", names.join(" "))),
        _ => {}
    }
    let flags = [
        (coverage.method, "the method"),
        (coverage.url, "the URL"),
        (coverage.timestamp, "the time"),
        (coverage.id, "the id"),
    ];
    parts.extend(flags.into_iter().filter(|(on, _)| *on).map(|(_, what)| what.to_owned()));
    parts.extend(coverage.headers.iter().map(|name| format!("the header {name}")));
    if parts.is_empty() { "nothing of the message".to_owned() } else { parts.join(", ") }
}

fn window(tolerance: Tolerance) -> String {
    match tolerance {
        Tolerance::Unbounded => "the provider gives none".to_owned(),
        Tolerance::Within { past, future } => format!("{past} s past, {future} s future"),
    }
}
