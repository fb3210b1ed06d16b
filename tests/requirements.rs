//! What must hold, counted: each requirement of the five documents and each attack is carried by a
//! test whose name holds its id, or listed with the reason why it is not.
//!
//! A name carries ids as `r_co_12_...`, several as `r_sy_9_r_wx_40_...` or `r_wx_2_54_...`, and
//! attacks with both their digits, as `sig_04_...`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may panic")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

const DOCUMENTS: [&str; 5] = ["CO", "CG", "CM", "SY", "WX"];

const ATTACKS: [&str; 17] = [
    "SIG", "TIM", "KEY", "ROT", "JOS", "ASY", "CRT", "DED", "JSN", "FLT", "IPA", "RAT", "PRO",
    "LOG", "INB", "API", "STO",
];

#[test]
fn every_requirement_is_tested_or_is_the_hosts() {
    let ids = listed(include_str!("requirements/five_documents.txt"));
    assert_eq!(ids.len(), 207);
    let counts = DOCUMENTS.map(|document| {
        let prefix = format!("R-{document}-");
        ids.keys().filter(|id| id.starts_with(&prefix)).count()
    });
    assert_eq!(counts, [44, 35, 35, 36, 57]);
    let covered = Covered::of(&ids, |id| id.starts_with("R-"));
    covered.print("requirements");
    covered.check();
}

#[test]
fn every_attack_is_tried_or_says_why_not() {
    let ids = listed(include_str!("requirements/attacks.txt"));
    assert_eq!(ids.len(), 173);
    let covered = Covered::of(&ids, |id| !id.starts_with("R-"));
    covered.print("attacks");
    covered.check();
}

#[test]
fn names_carry_ids_as_described() {
    let of = |name: &str| ids_of(name).into_iter().collect::<Vec<_>>();
    assert_eq!(of("r_co_12_a_replay"), ["R-CO-12"]);
    assert_eq!(of("r_sy_9_r_wx_40_media_type"), ["R-SY-9", "R-WX-40"]);
    assert_eq!(of("r_wx_2_54_a_body_of_2_parts"), ["R-WX-2", "R-WX-54"]);
    assert_eq!(of("tim_14_ded_09_10_rat_05_none"), ["DED-09", "DED-10", "RAT-05", "TIM-14"]);
    assert_eq!(of("r_cm_7_ipa_05_08_lists"), ["IPA-05", "IPA-08", "R-CM-7"]);
    assert_eq!(of("r_co_999_no_such_thing"), ["R-CO-999"]);
    assert!(of("two_keys_key_4_bytes_or_sig_nothing_12").is_empty());
    let source = "
        #[test]
        #[cfg(unix)]
        fn sig_01_counted() {}
        fn sig_02_a_helper_is_no_test() {}
        #[tokio::test(flavor = \"multi_thread\")]
        async fn sig_03_counted() {}
        #[test]
        #[ignore = \"slow\"]
        fn sig_04_never_runs_by_itself() {}
    ";
    assert_eq!(tests_of(source), ["sig_01_counted", "sig_03_counted"]);
}

/// Where each id of one list is covered.
struct Covered {
    by_test: BTreeMap<String, Vec<String>>,
    hosts: BTreeMap<String, String>,
    open: Vec<String>,
    faults: Vec<String>,
}

impl Covered {
    fn of(ids: &BTreeMap<String, String>, is_mine: impl Fn(&str) -> bool) -> Self {
        let mut by_test = BTreeMap::<String, Vec<String>>::new();
        for (place, name) in all_tests() {
            for id in ids_of(&name).into_iter().filter(|id| is_mine(id)) {
                by_test.entry(id).or_default().push(format!("{place}: {name}"));
            }
        }
        let hosts: BTreeMap<String, String> = listed(include_str!("requirements/host.txt"))
            .into_iter()
            .filter(|(id, _)| is_mine(id))
            .collect();
        let mut faults = Vec::new();
        for (id, tests) in &by_test {
            if !ids.contains_key(id) {
                faults.push(format!("there is no {id}, which {} carries", tests.join(", ")));
            }
            if hosts.contains_key(id) {
                faults.push(format!("{id} is the host's and tested by {}", tests.join(", ")));
            }
        }
        let unknown = hosts.keys().filter(|id| !ids.contains_key(*id));
        faults
            .extend(unknown.map(|id| format!("there is no {id}, which is said to be the host's")));
        let open = ids
            .iter()
            .filter(|(id, _)| !by_test.contains_key(*id) && !hosts.contains_key(*id))
            .map(|(id, what)| format!("open: {id} {what}"))
            .collect();
        Self { by_test, hosts, open, faults }
    }

    fn print(&self, what: &str) {
        println!(
            "{what}: {} by a test, {} by the host, {} open",
            self.by_test.len(),
            self.hosts.len(),
            self.open.len()
        );
        for (id, why) in &self.hosts {
            println!("  {id}: {why}");
        }
    }

    fn check(&self) {
        let wrong: Vec<&str> = self.faults.iter().chain(&self.open).map(String::as_str).collect();
        assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
    }
}

/// Lines of an id and a sentence: what it says, or why it is the host's.
fn listed(text: &str) -> BTreeMap<String, String> {
    let mut ids = BTreeMap::new();
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (id, what) = line.split_once(' ').expect(line);
        let what = what.trim_start_matches(['|', ' ']);
        assert!(what.len() > 10, "{id} says nothing");
        assert!(ids.insert(id.to_owned(), what.to_owned()).is_none(), "{id} twice");
    }
    ids
}

/// Every test of the repository, with its file.
fn all_tests() -> Vec<(String, String)> {
    let mut files = Vec::new();
    for folder in ["src", "tests", "examples"] {
        rust_files(&root().join(folder), &mut files);
    }
    files.sort();
    let mut tests = Vec::new();
    for file in files {
        let place = file.strip_prefix(root()).unwrap().display().to_string();
        let text = fs::read_to_string(&file).unwrap();
        tests.extend(tests_of(&text).into_iter().map(|name| (place.clone(), name)));
    }
    assert!(tests.len() > 400, "only {} tests were found", tests.len());
    tests
}

fn rust_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            if !path.ends_with("target") {
                rust_files(&path, files);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// The functions that run as tests by themselves.
fn tests_of(source: &str) -> Vec<String> {
    let mut names = Vec::new();
    let (mut is_test, mut is_ignored) = (false, false);
    for line in source.lines().map(str::trim_start) {
        if line.starts_with("#[") {
            is_test |= line.starts_with("#[test]") || line.starts_with("#[tokio::test");
            is_ignored |= line.starts_with("#[ignore");
        } else if let Some((_, rest)) =
            line.split_once("fn ").filter(|(before, _)| is_qualifiers(before))
        {
            let name: String =
                rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
            if is_test && !is_ignored {
                names.push(name);
            }
            (is_test, is_ignored) = (false, false);
        }
    }
    names
}

fn is_qualifiers(before: &str) -> bool {
    before.split_whitespace().all(|word| matches!(word, "async" | "pub"))
}

/// The ids that a name carries.
fn ids_of(name: &str) -> BTreeSet<String> {
    let words: Vec<&str> = name.split('_').collect();
    let mut ids = BTreeSet::new();
    let mut prefix: Option<String> = None;
    let mut digits = 1..=3;
    for (at, word) in words.iter().enumerate() {
        let upper = word.to_ascii_uppercase();
        if is_number(word) {
            if let Some(prefix) = prefix.as_ref().filter(|_| digits.contains(&word.len())) {
                ids.insert(format!("{prefix}-{word}"));
            }
        } else if at > 0 && words[at - 1] == "r" && DOCUMENTS.contains(&&*upper) {
            prefix = Some(format!("R-{upper}"));
            digits = 1..=3;
        } else if ATTACKS.contains(&&*upper) {
            prefix = Some(upper);
            digits = 2..=2;
        } else {
            prefix = None;
        }
    }
    ids
}

fn is_number(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit())
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}
