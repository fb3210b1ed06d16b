//! The sources that a newcomer starts with, and their secrets in a file of their own.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hookstage::providers::{self, Preset};
use hookstage::{PolicyConfig, Secret, SourceConfig};
use zeroize::Zeroizing;

use crate::failure::Failure;
use crate::sources::Sources;

/// The tenant of the demo sources.
pub(crate) const TENANT: &str = "demo";

/// A demo source: its provider, and the headers of it that are worth keeping.
pub(crate) struct DemoSource {
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    preset: &'static Preset,
    secret: SecretForm,
    headers: &'static [&'static str],
}

/// How a provider's dashboard writes a secret.
enum SecretForm {
    Hex,
    /// `whsec_` and text.
    Stripe,
    /// `whsec_` and base64.
    Standard,
}

pub(crate) static DEMO_SOURCES: [DemoSource; 4] = [
    DemoSource {
        name: "coeffection",
        title: "Coeffection",
        preset: &providers::COEFFECTION,
        secret: SecretForm::Hex,
        headers: &[],
    },
    DemoSource {
        name: "stripe",
        title: "Stripe",
        preset: &providers::STRIPE,
        secret: SecretForm::Stripe,
        headers: &[],
    },
    DemoSource {
        name: "github",
        title: "GitHub",
        preset: &providers::GITHUB,
        secret: SecretForm::Hex,
        headers: &["x-github-delivery", "x-github-event"],
    },
    DemoSource {
        name: "standard",
        title: "Standard Webhooks",
        preset: &providers::STANDARD_WEBHOOKS,
        secret: SecretForm::Standard,
        headers: &["webhook-id", "webhook-timestamp"],
    },
];

/// The secrets of the demo sources, and where they are kept.
pub(crate) struct DemoKeys {
    pub(crate) file: PathBuf,
    text: Zeroizing<String>,
}

impl DemoKeys {
    pub(crate) fn sources(&self) -> Result<Sources, Failure> {
        let mut configs = Vec::new();
        for demo in &DEMO_SOURCES {
            let fault = |what: &dyn std::fmt::Display| {
                let file = self.file.display();
                Failure::of(format!("{file}, {}: {what}; remove the file for a new one", demo.name))
            };
            let secret = self.secret(demo).ok_or_else(|| fault(&"there is no secret"))?;
            let secret = Secret::new(secret).map_err(|error| fault(&error))?;
            let mut config =
                SourceConfig::preset(TENANT, demo.name, demo.preset).with_secret(secret);
            config.name = demo.title.into();
            if demo.name == "coeffection" {
                // 202, and 401 to everything before the sender is known.
                config.policy = PolicyConfig::Coeffection;
            }
            config.stored_headers.extend(demo.headers.iter().map(|name| (*name).to_owned()));
            configs.push(config);
        }
        Sources::new(configs)
    }

    /// The text of a source's secret.
    pub(crate) fn secret(&self, demo: &DemoSource) -> Option<&str> {
        self.text.lines().find_map(|line| line.strip_prefix(demo.name)?.strip_prefix('='))
    }
}

/// The keys of an earlier start, or new ones.
pub(crate) fn load_or_make(database: &Path) -> Result<DemoKeys, Failure> {
    let file = database.with_extension("secrets");
    let fault = |error: &dyn std::fmt::Display| {
        Failure::of(format!("the demo secrets in {} cannot be kept: {error}", file.display()))
    };
    let text = match create(&file) {
        Ok(mut made) => {
            let text = generate().map_err(|error| fault(&error))?;
            made.write_all(text.as_bytes()).map_err(|error| fault(&error))?;
            made.sync_all().map_err(|error| fault(&error))?;
            text
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let mut kept = File::open(&file).map_err(|error| fault(&error))?;
            check_mode(&kept).map_err(|error| fault(&error))?;
            let mut text = Zeroizing::new(String::new());
            kept.read_to_string(&mut text).map_err(|error| fault(&error))?;
            text
        }
        Err(error) => return Err(fault(&error)),
    };
    // The printed commands are pasted in other directories too.
    let file = fs::canonicalize(&file).unwrap_or(file);
    Ok(DemoKeys { file, text })
}

fn generate() -> Result<Zeroizing<String>, getrandom::Error> {
    let mut text = Zeroizing::new(String::new());
    for demo in &DEMO_SOURCES {
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
