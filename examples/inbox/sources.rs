//! The endpoints, and what stands in for all that do not exist.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use hookstage::{Endpoint, Policy, Source, SourceConfig, SourceId, UnknownSource, providers};

use crate::failure::Failure;

#[derive(Debug)]
pub(crate) struct Sources {
    known: BTreeMap<SourceId, Arc<Source>>,
    unknown: UnknownSource,
}

/// What a request is addressed to.
pub(crate) enum Addressed<'a> {
    Source(&'a Source),
    Unknown(&'a UnknownSource),
}

impl<'a> Addressed<'a> {
    pub(crate) const fn endpoint(&self) -> Endpoint<'a> {
        match self {
            Self::Source(source) => Endpoint::Source(source),
            Self::Unknown(unknown) => Endpoint::Unknown(unknown),
        }
    }

    /// For the operator's eyes; what a stranger wrote into a URL stays out of the log.
    pub(crate) fn name(&self) -> &'a str {
        match self {
            Self::Source(source) => source.name(),
            Self::Unknown(_) => "unknown source",
        }
    }
}

impl Sources {
    /// Judges the settings of all sources; every fault of every source is in the sentence.
    pub(crate) fn new(configs: Vec<SourceConfig>) -> Result<Self, Failure> {
        let mut known = BTreeMap::new();
        let mut faults = Vec::new();
        for (place, config) in configs.into_iter().enumerate() {
            let name = format!("source {} ({}/{})", place + 1, config.tenant, config.source);
            match Source::new(config) {
                Ok(source) => {
                    if known.insert(source.id().clone(), Arc::new(source)).is_some() {
                        faults.push(format!("{name} stands twice"));
                    }
                }
                Err(error) => faults.push(format!("{name}: {error}")),
            }
        }
        if !faults.is_empty() {
            return Err(Failure::of(faults.join("\n")));
        }
        // Under the policy that most sources have, and as costly as they are: nobody finds out
        // which tenants and sources exist.
        let unknown = UnknownSource::like(providers::COEFFECTION.scheme(), Policy::standard())
            .map_err(|error| Failure::of(format!("the stand-in for unknown sources: {error}")))?;
        Ok(Self { known, unknown })
    }

    /// Reads a JSON array of source settings.
    pub(crate) fn read(file: &Path) -> Result<Self, Failure> {
        let shown = file.display();
        let text = fs::read_to_string(file).map_err(|error| {
            Failure::of(format!("the sources in {shown} cannot be read: {error}"))
        })?;
        let configs: Vec<SourceConfig> = serde_json::from_str(&text).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            let fault = harmless(&error);
            Failure::of(format!("{shown}, line {line}, column {column}: {fault}"))
        })?;
        if configs.is_empty() {
            return Err(Failure::of(format!("{shown} holds no source; --help shows one")));
        }
        Self::new(configs).map_err(|failure| Failure::of(format!("{shown}:\n{failure}")))
    }

    pub(crate) fn find(&self, tenant: &str, source: &str) -> Addressed<'_> {
        let id = SourceId::new(tenant, source).ok();
        match id.and_then(|id| self.known.get(&id)) {
            Some(source) => Addressed::Source(source),
            None => Addressed::Unknown(&self.unknown),
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Source> {
        self.known.values().map(Arc::as_ref)
    }
}

/// What is wrong with the form of a file, without a word of what stands in it: a secret in the
/// wrong place would be quoted by messages about types and values.
fn harmless(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let safe = ["missing field", "duplicate field", "expected", "EOF", "trailing"];
    if safe.iter().any(|start| message.starts_with(start)) {
        message.split(" at line ").next().unwrap_or_default().to_owned()
    } else {
        "a field that there is none of, or a value of the wrong kind".into()
    }
}
