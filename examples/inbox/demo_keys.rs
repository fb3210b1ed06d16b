//! The secrets of the demo sources, in a file of their own that only its owner can read.

use std::error::Error;
use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use hookstage::SourceConfig;
use zeroize::Zeroizing;

use crate::demo_sources::{DEMO_SOURCES, DemoSource};
use crate::failure::Failure;

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
    /// The keys of an earlier start, or new ones. A source that is new since then gets one too.
    pub(crate) fn load_or_make(database: &Path) -> Result<Self, Failure> {
        let file = database.with_extension("secrets");
        let text = load_or_make(&file).map_err(|error| {
            let file = file.display();
            Failure::of(format!("the demo secrets in {file} cannot be kept: {error}"))
        })?;
        // The printed commands are pasted in other directories too.
        let file = fs::canonicalize(&file).unwrap_or(file);
        Ok(Self { file, text })
    }

    /// The settings of all demo sources, with their secrets.
    pub(crate) fn configs(&self) -> Result<Vec<SourceConfig>, Failure> {
        DEMO_SOURCES.iter().map(|demo| self.config(demo)).collect()
    }

    fn config(&self, demo: &DemoSource) -> Result<SourceConfig, Failure> {
        let config = match secret_of(&self.text, demo.name) {
            Some(secret) => demo.config(secret),
            None => Err("there is no secret".into()),
        };
        config.map_err(|what| {
            let file = self.file.display();
            Failure::of(format!("{file}, {}: {what}; remove the file for a new one", demo.name))
        })
    }
}

fn load_or_make(file: &Path) -> Result<Zeroizing<String>, Box<dyn Error>> {
    let mut text = Zeroizing::new(String::new());
    let mut kept = match create(file) {
        Ok(made) => made,
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let mut kept = File::options().read(true).append(true).open(file)?;
            check_mode(&kept)?;
            kept.seek(SeekFrom::Start(0))?;
            kept.read_to_string(&mut text)?;
            kept
        }
        Err(error) => return Err(error.into()),
    };
    let new = generate(&text)?;
    if !new.is_empty() {
        kept.write_all(new.as_bytes())?;
        kept.sync_all()?;
        text.push_str(&new);
    }
    Ok(text)
}

/// Lines for the sources that have none.
fn generate(known: &str) -> Result<Zeroizing<String>, Box<dyn Error>> {
    let mut text = Zeroizing::new(String::new());
    for demo in DEMO_SOURCES.iter().filter(|demo| secret_of(known, demo.name).is_none()) {
        demo.new_secret()?.reveal(|secret| {
            for part in [demo.name, "=", secret, "\n"] {
                text.push_str(part);
            }
        });
    }
    Ok(text)
}

fn secret_of<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='))
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
fn check_mode(file: &File) -> Result<(), Box<dyn Error>> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = file.metadata()?.permissions().mode();
    if mode & 0o077 == 0 { Ok(()) } else { Err("others can read it; chmod 600 it".into()) }
}

#[cfg(not(unix))]
const fn check_mode(_file: &File) -> Result<(), Box<dyn Error>> {
    Ok(())
}
