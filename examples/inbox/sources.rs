//! The endpoints, and what stands in for all that do not exist.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use hookstage::{
    Apply, CaptureRule, Endpoint, Policy, PolicyConfig, Source, SourceConfig, SourceId,
    UnknownSource, Update, providers,
};

use crate::demo_keys::DemoKeys;
use crate::failure::Failure;
use crate::settings::{Choice, Settings};

/// How a source learns from a sample if its policy does not say: five minutes, and a person looks
/// at the sample before it counts.
const CAPTURE: CaptureRule =
    CaptureRule { seconds: 300, apply: Apply::OnConfirmation, update: Update::Replace };

/// Where the settings of the sources come from. They are read again where secrets are needed: a
/// built source gives none back.
#[derive(Debug)]
pub(crate) enum Origin {
    Demo(DemoKeys),
    File(PathBuf),
}

impl Origin {
    pub(crate) fn configs(&self) -> Result<Vec<SourceConfig>, Failure> {
        match self {
            Self::Demo(keys) => keys.configs(),
            Self::File(file) => read(file),
        }
    }
}

#[derive(Debug)]
pub(crate) struct Sources {
    known: RwLock<BTreeMap<SourceId, Arc<Source>>>,
    unknown: UnknownSource,
    origin: Origin,
    settings: Mutex<Settings>,
}

/// What a request is addressed to.
pub(crate) enum Addressed<'a> {
    Source(Arc<Source>),
    Unknown(&'a UnknownSource),
}

impl Addressed<'_> {
    pub(crate) fn endpoint(&self) -> Endpoint<'_> {
        match self {
            Self::Source(source) => Endpoint::Source(source),
            Self::Unknown(unknown) => Endpoint::Unknown(unknown),
        }
    }

    pub(crate) fn source(&self) -> Option<&Source> {
        match self {
            Self::Source(source) => Some(source),
            Self::Unknown(_) => None,
        }
    }

    /// For the operator's eyes; what a stranger wrote into a URL stays out of the log.
    pub(crate) fn name(&self) -> &str {
        self.source().map_or("unknown source", Source::name)
    }
}

impl Sources {
    /// Judges the settings of all sources; every fault of every source is in the sentence.
    pub(crate) fn new(origin: Origin, settings: Settings) -> Result<Self, Failure> {
        let mut known = BTreeMap::new();
        let mut faults = Vec::new();
        for (place, config) in origin.configs()?.into_iter().enumerate() {
            let name = format!("source {} ({}/{})", place + 1, config.tenant, config.source);
            match build(config, &settings) {
                Ok(source) => {
                    if known.insert(source.id().clone(), Arc::new(source)).is_some() {
                        faults.push(format!("{name} stands twice"));
                    }
                }
                Err(fault) => faults.push(format!("{name}: {fault}")),
            }
        }
        if !faults.is_empty() {
            let faults = faults.join("\n");
            return Err(Failure::of(match &origin {
                Origin::Demo(_) => faults,
                Origin::File(file) => format!("{}:\n{faults}", file.display()),
            }));
        }
        // Under the policy that most sources have, and as costly as they are: nobody finds out
        // which tenants and sources exist.
        let unknown = UnknownSource::like(providers::COEFFECTION.scheme(), Policy::standard())
            .map_err(|error| Failure::of(format!("the stand-in for unknown sources: {error}")))?;
        let (known, settings) = (RwLock::new(known), Mutex::new(settings));
        Ok(Self { known, unknown, origin, settings })
    }

    pub(crate) fn find(&self, tenant: &str, source: &str) -> Addressed<'_> {
        match self.get(tenant, source) {
            Some(source) => Addressed::Source(source),
            None => Addressed::Unknown(&self.unknown),
        }
    }

    pub(crate) fn get(&self, tenant: &str, source: &str) -> Option<Arc<Source>> {
        let id = SourceId::new(tenant, source).ok()?;
        self.known.read().unwrap_or_else(PoisonError::into_inner).get(&id).cloned()
    }

    pub(crate) fn all(&self) -> Vec<Arc<Source>> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    /// Where the engine books what was addressed to nothing.
    pub(crate) const fn unknown(&self) -> &SourceId {
        self.unknown.id()
    }

    pub(crate) const fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Changes the columns or the dedupe key of a source: from the next delivery on, and after a
    /// restart too.
    pub(crate) fn choose(&self, source: &SourceId, change: Choice) -> Result<(), String> {
        let mut settings = self.settings.lock().unwrap_or_else(PoisonError::into_inner);
        let mut choice = settings.of(source.tenant(), source.source());
        if let Some(columns) = change.columns {
            choice.columns = Some(columns);
        }
        if let Some(dedupe) = change.dedupe {
            // An empty path: the provider's rule again.
            choice.dedupe = Some(dedupe).filter(|path| !path.is_empty());
        }
        let config = self.config(source)?;
        let built = build_with(config, &choice)?;
        settings
            .keep(source.tenant(), source.source(), choice)
            .map_err(|error| format!("the choice could not be kept: {error}"))?;
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.insert(source.clone(), Arc::new(built));
        Ok(())
    }

    /// The settings of a source with its secrets, as they stand where they are kept.
    pub(crate) fn config(&self, source: &SourceId) -> Result<SourceConfig, String> {
        let configs = self.origin.configs().map_err(|failure| failure.to_string())?;
        configs
            .into_iter()
            .find(|config| config.tenant == source.tenant() && config.source == source.source())
            .ok_or_else(|| "the source is no longer in its file".to_owned())
    }
}

fn build(config: SourceConfig, settings: &Settings) -> Result<Source, String> {
    let choice = settings.of(&config.tenant, &config.source);
    build_with(config, &choice)
}

fn build_with(mut config: SourceConfig, choice: &Choice) -> Result<Source, String> {
    choice.apply(&mut config)?;
    let mut policy = config.policy.policy();
    if policy.capture.is_none() {
        policy.capture = Some(CAPTURE);
        config.policy = PolicyConfig::Custom(Box::new(policy));
    }
    Source::new(config).map_err(|error| error.to_string())
}

/// Reads a JSON array of source settings.
fn read(file: &Path) -> Result<Vec<SourceConfig>, Failure> {
    let shown = file.display();
    let text = fs::read_to_string(file)
        .map_err(|error| Failure::of(format!("the sources in {shown} cannot be read: {error}")))?;
    let configs: Vec<SourceConfig> = serde_json::from_str(&text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        let fault = harmless(&error);
        Failure::of(format!("{shown}, line {line}, column {column}: {fault}"))
    })?;
    if configs.is_empty() {
        return Err(Failure::of(format!("{shown} holds no source; --help shows one")));
    }
    Ok(configs)
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
