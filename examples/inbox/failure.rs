//! Why the inbox cannot start or go on: one sentence, and an exit code.

use std::fmt;
use std::process::ExitCode;

#[derive(Debug)]
pub(crate) struct Failure {
    sentence: String,
    code: u8,
}

impl Failure {
    /// The command line is wrong.
    pub(crate) const fn usage(sentence: String) -> Self {
        Self { sentence, code: 2 }
    }

    /// The machine does not let us: a port, a file, a lock.
    pub(crate) const fn of(sentence: String) -> Self {
        Self { sentence, code: 1 }
    }

    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(self.code)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}
