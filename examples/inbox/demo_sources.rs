//! The sources that a newcomer starts with, and their secrets in a file of their own.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hookstage::providers::{self, Preset};
use hookstage::{
    Binding, Column, DedupeConfig, DedupePart, DedupeRule, Mode, OnMissingKey, PolicyConfig,
    Secret, SourceConfig, Window, json,
};
use zeroize::Zeroizing;

use crate::failure::Failure;

/// The tenant of the demo sources.
pub(crate) const TENANT: &str = "demo";

/// A demo source: its provider, its policy, and what is worth keeping and showing of it.
pub(crate) struct DemoSource {
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    preset: &'static Preset,
    policy: PolicyConfig,
    secret: SecretForm,
    headers: &'static [&'static str],
    columns: &'static [&'static str],
    mode: Mode,
}

/// How a provider's dashboard writes a secret.
enum SecretForm {
    Hex,
    /// `whsec_` and text.
    Stripe,
    /// `whsec_` and base64.
    Standard,
}

/// One of each of the systems whose policies the library has, and the three schemes that most
/// senders speak.
pub(crate) static DEMO_SOURCES: [DemoSource; 8] = [
    DemoSource {
        name: "coeffection",
        title: "Coeffection",
        preset: &providers::COEFFECTION,
        policy: PolicyConfig::Coeffection,
        secret: SecretForm::Hex,
        headers: &[],
        columns: &["email", "plan"],
        mode: Mode::Review,
    },
    DemoSource {
        name: "stripe",
        title: "Stripe",
        preset: &providers::STRIPE,
        policy: PolicyConfig::Standard,
        secret: SecretForm::Stripe,
        headers: &[],
        columns: &["data.object.customer_details.email", "data.object.amount_total"],
        mode: Mode::Review,
    },
    DemoSource {
        name: "github",
        title: "GitHub",
        preset: &providers::GITHUB,
        policy: PolicyConfig::Standard,
        secret: SecretForm::Hex,
        headers: &["x-github-delivery", "x-github-event"],
        columns: &["repository.full_name", "pusher.name"],
        mode: Mode::Review,
    },
    DemoSource {
        name: "standard",
        title: "Standard Webhooks",
        preset: &providers::STANDARD_WEBHOOKS,
        policy: PolicyConfig::Standard,
        secret: SecretForm::Standard,
        headers: &["webhook-id", "webhook-timestamp"],
        columns: &["data.invoice", "data.amount"],
        mode: Mode::Review,
    },
    DemoSource {
        name: "connectgain",
        title: "ConnectGain",
        preset: &providers::CONNECTGAIN,
        policy: PolicyConfig::Connectgain,
        secret: SecretForm::Hex,
        headers: &[],
        columns: &["data.email", "data.id"],
        mode: Mode::Auto,
    },
    DemoSource {
        name: "comma",
        title: "Comma",
        preset: &providers::COMMA_HMAC,
        policy: PolicyConfig::Comma,
        secret: SecretForm::Hex,
        headers: &[],
        columns: &["from.identifier", "body"],
        mode: Mode::Review,
    },
    DemoSource {
        name: "synerise",
        title: "Synerise",
        preset: &providers::META,
        policy: PolicyConfig::Synerise,
        secret: SecretForm::Hex,
        headers: &[],
        columns: &["complaint.id"],
        mode: Mode::Review,
    },
    DemoSource {
        name: "wexio",
        title: "Wexio",
        preset: &providers::WEXIO_SHARED_SECRET,
        policy: PolicyConfig::Wexio,
        secret: SecretForm::Hex,
        headers: &["x-idempotency-key"],
        columns: &["name", "phone"],
        mode: Mode::Review,
    },
];

/// The secrets of the demo sources, and where they are kept.
pub(crate) struct DemoKeys {
    pub(crate) file: PathBuf,
    text: Zeroizing<String>,
}

/// Secrets stay out of every log.
impl fmt::Debug for DemoKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DemoKeys").field("file", &self.file).finish_non_exhaustive()
    }
}

impl DemoKeys {
    /// The settings of all demo sources, with their secrets.
    pub(crate) fn configs(&self) -> Result<Vec<SourceConfig>, Failure> {
        DEMO_SOURCES.iter().map(|demo| self.config(demo)).collect()
    }

    fn config(&self, demo: &DemoSource) -> Result<SourceConfig, Failure> {
        let fault = |what: &dyn fmt::Display| {
            let file = self.file.display();
            Failure::of(format!("{file}, {}: {what}; remove the file for a new one", demo.name))
        };
        let secret = self.secret(demo.name).ok_or_else(|| fault(&"there is no secret"))?;
        let secret = Secret::new(secret).map_err(|error| fault(&error))?;
        let mut config = SourceConfig::preset(TENANT, demo.name, demo.preset).with_secret(secret);
        config.name = demo.title.into();
        config.policy = demo.policy.clone();
        config.mode = demo.mode;
        config.stored_headers.extend(demo.headers.iter().map(|name| (*name).to_owned()));
        config.columns = columns(demo.columns).map_err(|error| fault(&error))?;
        match demo.name {
            // Meta names no id; what one complaint is, the operator of Synerise says. A key lives
            // for seven days after the last delivery.
            "synerise" => {
                let part = DedupePart::body("complaint.id").map_err(|error| fault(&error))?;
                let rule = DedupeRule::new([part], OnMissingKey::AcceptWithoutKey)
                    .map_err(|error| fault(&error))?;
                let window = Window::FromLast(Duration::from_secs(7 * 24 * 60 * 60));
                config.dedupe = DedupeConfig::Rule { rule, window };
            }
            // Wexio takes nothing that no trigger wants.
            "wexio" => config.bindings = vec![Binding::new("inbox")],
            _ => {}
        }
        config.metadata = BTreeMap::new();
        Ok(config)
    }

    /// The text of a source's secret.
    pub(crate) fn secret(&self, name: &str) -> Option<&str> {
        secret_of(&self.text, name)
    }
}

fn secret_of<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='))
}

fn columns(paths: &[&str]) -> Result<Vec<Column>, json::PathError> {
    let column = |path: &&str| Ok(Column { path: json::Path::parse(path)?, label: String::new() });
    paths.iter().map(column).collect()
}

/// The keys of an earlier start, or new ones. A source that is new since then gets one too.
pub(crate) fn load_or_make(database: &Path) -> Result<DemoKeys, Failure> {
    let file = database.with_extension("secrets");
    let fault = |error: &dyn fmt::Display| {
        Failure::of(format!("the demo secrets in {} cannot be kept: {error}", file.display()))
    };
    let mut text = Zeroizing::new(String::new());
    let mut kept = match create(&file) {
        Ok(made) => made,
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let mut kept = File::options()
                .read(true)
                .append(true)
                .open(&file)
                .map_err(|error| fault(&error))?;
            check_mode(&kept).map_err(|error| fault(&error))?;
            kept.seek(SeekFrom::Start(0)).map_err(|error| fault(&error))?;
            kept.read_to_string(&mut text).map_err(|error| fault(&error))?;
            kept
        }
        Err(error) => return Err(fault(&error)),
    };
    let new = generate(&text).map_err(|error| fault(&error))?;
    if !new.is_empty() {
        kept.write_all(new.as_bytes()).map_err(|error| fault(&error))?;
        kept.sync_all().map_err(|error| fault(&error))?;
        text.push_str(&new);
    }
    // The printed commands are pasted in other directories too.
    let file = fs::canonicalize(&file).unwrap_or(file);
    Ok(DemoKeys { file, text })
}

/// Lines for the sources that have none.
fn generate(known: &str) -> Result<Zeroizing<String>, getrandom::Error> {
    let mut text = Zeroizing::new(String::new());
    for demo in DEMO_SOURCES.iter().filter(|demo| secret_of(known, demo.name).is_none()) {
        let mut bytes = Zeroizing::new([0; 32]);
        getrandom::fill(bytes.as_mut())?;
        let secret = Zeroizing::new(match demo.secret {
            SecretForm::Hex => hex::encode(bytes.as_ref()),
            SecretForm::Stripe => format!("whsec_{}", hex::encode(bytes.as_ref())),
            SecretForm::Standard => format!("whsec_{}", STANDARD.encode(bytes.as_ref())),
        });
        text.push_str(demo.name);
        text.push('=');
        text.push_str(&secret);
        text.push('\n');
    }
    Ok(text)
}

/// Makes a file that only its owner can read, if there is none.
fn create(file: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file)
}

#[cfg(unix)]
fn check_mode(file: &File) -> Result<(), String> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = file.metadata().map_err(|error| error.to_string())?.permissions().mode();
    if mode & 0o077 == 0 { Ok(()) } else { Err("others can read it; chmod 600 it".into()) }
}

#[cfg(not(unix))]
const fn check_mode(_file: &File) -> Result<(), String> {
    Ok(())
}
