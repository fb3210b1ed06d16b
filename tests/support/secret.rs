//! The secret of the sources that tests make, for which `.ci/canary` searches all that a run of the
//! tests prints, is answered and writes.
#![allow(dead_code, reason = "every test file has its own copy and uses some of it")]

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::OnceLock;

/// Under it, other implementations signed what tests expect. Deliveries that providers published
/// have their own.
pub(crate) const SECRET: &str = "hookstage-test-secret";

/// Where `.ci/canary` wants to find what tests see and write.
const KEPT: &str = "HOOKSTAGE_KEPT";

/// Has what a test sees, but does not print, searched with the rest.
pub(crate) fn searched(seen: &dyn std::fmt::Debug) {
    static FILE: OnceLock<Option<File>> = OnceLock::new();
    let file = FILE.get_or_init(|| {
        let name = format!("seen-{}", std::process::id());
        let path = PathBuf::from(std::env::var_os(KEPT)?).join(name);
        Some(OpenOptions::new().create(true).append(true).open(path).unwrap())
    });
    if let Some(mut file) = file.as_ref() {
        file.write_all(format!("{seen:?}\n").as_bytes()).unwrap();
    }
}
