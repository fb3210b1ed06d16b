//! What an operator chose on the page for each source: its columns and its dedupe key. Kept in a
//! file beside the database, so that a restart changes nothing.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use hookstage::json;
use hookstage::{Column, DedupeConfig, DedupePart, DedupeRule, OnMissingKey, SourceConfig};
use serde::{Deserialize, Serialize};

use crate::failure::Failure;

/// What was chosen for one source.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Choice {
    /// The paths of its columns, in order.
    pub(crate) columns: Option<Vec<String>>,
    /// The path of its dedupe key, in place of the provider's rule.
    pub(crate) dedupe: Option<String>,
}

impl Choice {
    /// The settings of a source with this choice.
    pub(crate) fn apply(&self, config: &mut SourceConfig) -> Result<(), String> {
        if let Some(columns) = &self.columns {
            let column = |path: &String| {
                let path = json::Path::parse(path)
                    .map_err(|error| format!("the column {}: {error}", path.escape_debug()))?;
                Ok(Column { path, label: String::new() })
            };
            config.columns = columns.iter().map(column).collect::<Result<_, String>>()?;
        }
        if let Some(path) = &self.dedupe {
            let rule = DedupePart::body(path)
                .and_then(|part| DedupeRule::new([part], OnMissingKey::AcceptWithoutKey))
                .map_err(|error| error.to_string())?;
            let window = config.policy.policy().window;
            config.dedupe = DedupeConfig::Rule { rule, window };
        }
        Ok(())
    }
}

/// The choices for all sources, by `tenant/source`.
#[derive(Debug)]
pub(crate) struct Settings {
    file: PathBuf,
    choices: BTreeMap<String, Choice>,
}

impl Settings {
    pub(crate) fn open(database: &Path) -> Result<Self, Failure> {
        let file = database.with_extension("settings.json");
        let shown = file.display();
        let choices = match fs::read_to_string(&file) {
            Ok(text) => serde_json::from_str(&text).map_err(|error| {
                Failure::of(format!("the choices in {shown} cannot be understood: {error}"))
            })?,
            Err(error) if error.kind() == ErrorKind::NotFound => BTreeMap::new(),
            Err(error) => {
                return Err(Failure::of(format!("the choices in {shown} cannot be read: {error}")));
            }
        };
        Ok(Self { file, choices })
    }

    pub(crate) fn of(&self, tenant: &str, source: &str) -> Choice {
        self.choices.get(&key(tenant, source)).cloned().unwrap_or_default()
    }

    /// Keeps a choice: the new file stands beside the old one until it is whole.
    pub(crate) fn keep(
        &mut self,
        tenant: &str,
        source: &str,
        choice: Choice,
    ) -> std::io::Result<()> {
        self.choices.insert(key(tenant, source), choice);
        let text = serde_json::to_string_pretty(&self.choices)?;
        let whole = self.file.with_extension("json.new");
        fs::write(&whole, text)?;
        fs::rename(whole, &self.file)
    }
}

fn key(tenant: &str, source: &str) -> String {
    format!("{tenant}/{source}")
}
