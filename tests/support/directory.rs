//! Directories for what tests leave behind.
#![allow(dead_code, reason = "every test file has its own copy and uses some of it")]

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

/// Where `.ci/canary` wants to find what tests see and write.
const KEPT: &str = "HOOKSTAGE_KEPT";

/// A directory that nobody else has, and that is gone with everything in it when it is dropped.
pub(crate) struct Directory(PathBuf);

impl Directory {
    pub(crate) fn new(name: &str) -> Self {
        let place = std::env::var_os(KEPT).map_or_else(std::env::temp_dir, PathBuf::from);
        loop {
            // Never a name that was free once: a store that is still being closed takes files away by
            // their path, and that must not be another's by then.
            let moment = UNIX_EPOCH.elapsed().map_or(0, |since| since.as_nanos());
            let path = place.join(format!("hookstage-{name}-{}-{moment}", std::process::id()));
            // Whoever makes it has it: another test or another copy of this code may be as fast.
            match std::fs::create_dir(&path) {
                Ok(()) => return Self(path),
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => panic!("{} cannot be made: {error}", path.display()),
            }
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn file(&self, name: impl AsRef<Path>) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        if std::env::var_os(KEPT).is_none() {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }
}
