//! Lines for the operator. A closed pipe is no reason to stop receiving.

use std::fmt::Display;
use std::io::Write;

pub(crate) fn say(line: impl Display) {
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}

pub(crate) fn warn(line: impl Display) {
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}
