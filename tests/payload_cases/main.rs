//! The 140 corner cases of payloads: what each must give, as one table that can be counted.
//!
//! They were collected from the issues of other libraries, where each has lost or changed somebody's
//! data. A row computes a text and says what it must be; a case holds if all its rows do. Where
//! something else could be expected, the row says what, and why it is not so.

#![cfg(feature = "test-util")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test or bench may panic"
)]

#[path = "../common/mod.rs"]
mod common;

mod containers;
mod documents;
mod events;
mod keys;
mod numbers;
mod selection;
mod strings;
mod tools;

use std::collections::BTreeMap;

const CASES: u16 = 140;

/// One thing that a case must give.
pub(crate) struct Row {
    case: u16,
    given: &'static str,
    wanted: &'static str,
    got: fn() -> String,
    /// What else could be expected, and why it is not so.
    otherwise: Option<&'static str>,
}

pub(crate) const fn row(
    case: u16,
    given: &'static str,
    wanted: &'static str,
    got: fn() -> String,
) -> Row {
    Row { case, given, wanted, got, otherwise: None }
}

impl Row {
    pub(crate) const fn otherwise(mut self, why: &'static str) -> Self {
        self.otherwise = Some(why);
        self
    }
}

#[test]
fn all_140_corner_cases_give_what_they_must() {
    let rooms = [
        documents::ROWS,
        keys::ROWS,
        numbers::ROWS,
        strings::ROWS,
        containers::ROWS,
        selection::ROWS,
        events::ROWS,
    ];
    let mut passed: BTreeMap<u16, bool> = BTreeMap::new();
    let mut failures = Vec::new();
    for row in rooms.into_iter().flatten() {
        let got = std::panic::catch_unwind(row.got).unwrap_or_else(|_| "a panic".to_owned());
        *passed.entry(row.case).or_insert(true) &= got == row.wanted;
        if got != row.wanted {
            failures.push(format!(
                "case {}: {}\n  wanted: {}\n  got:    {got}",
                row.case, row.given, row.wanted
            ));
        }
        if let Some(why) = row.otherwise {
            println!("case {}: {}: {why}", row.case, row.given);
        }
    }
    let cases: Vec<u16> = passed.keys().copied().collect();
    assert!(cases.iter().copied().eq(1..=CASES), "every case has a row: {cases:?}");
    let held = passed.values().filter(|passed| **passed).count();
    println!("corner cases of payloads: {held} of {CASES}");
    assert!(failures.is_empty(), "{held} of {CASES} cases hold\n{}", failures.join("\n"));
}
