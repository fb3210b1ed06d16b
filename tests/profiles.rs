//! The `profiles` example, run as people run it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may panic")]

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use serde_json::Value;

/// The statuses of some rows, from the pages of the five systems and the manual.
const ROWS: [(&str, [u16; 5]); 8] = [
    ("genuine", [202, 200, 200, 200, 202]),
    ("forged", [401, 401, 401, 401, 401]),
    ("unknown source", [401, 404, 401, 404, 404]),
    ("paused source", [401, 404, 401, 404, 404]),
    ("GET", [401, 405, 405, 405, 405]),
    ("too large", [401, 413, 413, 413, 413]),
    ("not JSON", [400, 400, 400, 400, 400]),
    ("store down", [500, 500, 503, 500, 500]),
];

const PROFILES: [&str; 5] = ["coeffection", "connectgain", "comma", "synerise", "wexio"];

/// The compiled example. `cargo test` builds it before any test; a run of this test alone may not.
fn program() -> &'static PathBuf {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let test = std::env::current_exe().unwrap();
        let profile = test.parent().unwrap().parent().unwrap();
        let name = format!("profiles{}", std::env::consts::EXE_SUFFIX);
        let program = profile.join("examples").join(name);
        if !program.exists() {
            let mut build = Command::new(env!("CARGO"));
            build.args(["build", "--quiet", "--example", "profiles", "--target-dir"]);
            build.arg(profile.parent().unwrap());
            assert!(build.status().unwrap().success(), "the example does not build");
        }
        program
    })
}

fn run(arguments: &[&str]) -> Output {
    Command::new(program()).args(arguments).stdin(Stdio::null()).output().unwrap()
}

#[test]
fn each_line_of_json_is_one_answer_with_everything_that_was_said() {
    let output = run(&["--json"]);
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    let mut answers = BTreeMap::new();
    for line in text.lines() {
        let answer: Value = serde_json::from_str(line).unwrap();
        let key = |name: &str| answer[name].as_str().unwrap().to_owned();
        assert!(answer["headers"].as_array().is_some_and(|headers| !headers.is_empty()), "{line}");
        let is_turned_away = matches!(&*key("outcome"), "refused" | "ignored" | "fault");
        assert_eq!(is_turned_away, answer["reason"].is_string(), "{line}");
        let before = answers.insert((key("delivery"), key("profile")), answer.clone());
        assert!(before.is_none(), "{line}");
    }
    for (delivery, statuses) in ROWS {
        for (profile, status) in PROFILES.iter().zip(statuses) {
            let answer = &answers[&(delivery.to_owned(), (*profile).to_owned())];
            assert_eq!(answer["status"], status, "{delivery} under {profile}");
        }
    }
    let too_many = &answers[&("too many".to_owned(), "comma".to_owned())];
    assert_eq!(too_many["status"], 429);
    let wexio = &answers[&("unknown contact".to_owned(), "wexio".to_owned())];
    assert_eq!((&wexio["status"], &wexio["tag"]), (&422.into(), &"IDENTIFIER_NOT_FOUND".into()));
    assert!(!text.contains("a-secret-of-this-example-only"));
}

#[test]
fn the_table_has_a_row_for_each_delivery_and_a_column_for_each_system() {
    let output = run(&[]);
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    let mut lines = text.lines();
    let columns: Vec<&str> = lines.next().unwrap().split_whitespace().collect();
    assert_eq!(columns, PROFILES);
    let rows: Vec<&str> = lines.take_while(|line| !line.is_empty()).collect();
    assert!(rows.len() >= 20 && rows.iter().all(|row| row.len() < 120), "it fits a terminal");
    for (delivery, statuses) in ROWS {
        let row = rows.iter().find(|row| row.starts_with(delivery)).unwrap();
        let shown: Vec<u16> = row.split_whitespace().filter_map(|word| word.parse().ok()).collect();
        assert_eq!(shown, statuses, "{row}");
    }
}

#[test]
fn what_it_does_not_know_is_a_complaint() {
    let output = run(&["--nonsense"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
    assert!(String::from_utf8(output.stderr).unwrap().contains("usage"));
}
