//! Judges captured requests: JSON lines in on standard input, JSON lines out on standard output.
//!
//! ```text
//! cargo run --example explain < requests.jsonl
//! cargo run --example explain -- --presets
//! ```
//!
//! One line in is one request as it was captured, with the keys to judge it by; one line out, in
//! order and flushed, is the verdict: `verified`, `refused` or `unusable`. The members of both and
//! every reason code are listed by `--help`, in [`help`]. The clock of the machine is never asked
//! and nothing is fetched: the same line gets the same verdict for ever.
#![forbid(unsafe_code)]

mod captured;
mod help;
mod judge;
mod lines;
mod presets;
mod values;
mod verdict;

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args_os()
        .skip(1)
        .map(|argument| argument.to_string_lossy().into_owned())
        .collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let output = BufWriter::new(io::stdout().lock());
    let done = match arguments.as_slice() {
        [] => judge_lines(output),
        ["--help" | "-h"] => say(output, help::TEXT),
        ["--presets"] => presets::list(output),
        ["--presets", "--json"] => presets::list_as_json(output),
        _ => {
            eprint!("explain: no such arguments\n\n{}", help::TEXT);
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever read the output has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("explain: {error}");
            ExitCode::FAILURE
        }
    }
}

fn judge_lines(mut output: impl Write) -> io::Result<()> {
    let mut lines = lines::Lines::new(io::stdin().lock());
    while let Some(line) = lines.next()? {
        judge::judge(line).write(&mut output)?;
        // A pipe on the other side may wait for this verdict before it sends the next request.
        output.flush()?;
    }
    Ok(())
}

fn say(mut output: impl Write, text: &str) -> io::Result<()> {
    output.write_all(text.as_bytes())?;
    output.flush()
}
