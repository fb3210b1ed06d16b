//! What the crate makes its users compile: asserted, so that a new package is a decision.

use std::collections::BTreeSet;
use std::process::Command;

/// The packages of a build, without this one; nothing where cargo or its index is not at hand.
fn packages(features: &[&str]) -> Option<BTreeSet<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "-e", "normal,build", "--prefix", "none", "--no-dedupe", "--format", "{p}"])
        .args(features)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output();
    match output {
        Ok(output) if output.status.success() => {
            let text = String::from_utf8(output.stdout).unwrap();
            let names = text.lines().filter_map(|line| line.split(' ').next());
            Some(names.filter(|name| *name != "hookstage").map(str::to_owned).collect())
        }
        _ => {
            eprintln!("NOT RUN: cargo tree does not work here");
            None
        }
    }
}

fn set<'n>(names: impl IntoIterator<Item = &'n str>) -> BTreeSet<String> {
    names.into_iter().map(str::to_owned).collect()
}

/// What is asked for in the manifest without any feature.
const DIRECT: [&str; 12] = [
    "base64",
    "hex",
    "hmac",
    "ipnet",
    "serde",
    "serde_json",
    "sha1",
    "sha2",
    "subtle",
    "thiserror",
    "time",
    "zeroize",
];

/// What those need.
const BEHIND: [&str; 25] = [
    // Of the hashes.
    "block-buffer",
    "cfg-if",
    "cmov",
    "const-oid",
    "cpufeatures",
    "crypto-common",
    "ctutils",
    "digest",
    "hybrid-array",
    "typenum",
    // Of serde and serde_json.
    "itoa",
    "memchr",
    "serde_core",
    "serde_derive",
    "zmij",
    // Of everything that derives.
    "proc-macro2",
    "quote",
    "syn",
    "thiserror-impl",
    "unicode-ident",
    // Of time.
    "deranged",
    "num-conv",
    "powerfmt",
    "time-core",
    "time-macros",
];

/// What jsonpath-rust brings: a parser generator, regular expressions and a stack guard, which is
/// compiled from C.
const JSONPATH: [&str; 19] = [
    "aho-corasick",
    "ar_archive_writer",
    "cc",
    "find-msvc-tools",
    "jsonpath-rust",
    "libc",
    "object",
    "pest",
    "pest_derive",
    "pest_generator",
    "pest_meta",
    "pest_stack_guard",
    "psm",
    "regex",
    "regex-automata",
    "regex-syntax",
    "shlex",
    "stacker",
    "ucd-trie",
];

/// What the types of requests bring.
const HTTP: [&str; 2] = ["bytes", "http"];

/// What tracing brings without its attributes.
const TRACING: [&str; 3] = ["pin-project-lite", "tracing", "tracing-core"];

/// Asserts that a build holds exactly these packages. Some are needed on some targets only.
fn assert_holds(features: &[&str], expected: BTreeSet<String>) {
    let Some(found) = packages(features) else { return };
    let foreign: Vec<&String> = found.difference(&expected).collect();
    assert!(foreign.is_empty(), "{features:?} brings {foreign:?}: is it worth it?");
    let on_some_targets =
        set(["cpufeatures", "libc", "psm", "stacker", "ar_archive_writer", "object"]);
    let gone: Vec<&String> =
        expected.difference(&found).filter(|name| !on_some_targets.contains(*name)).collect();
    assert!(gone.is_empty(), "{features:?} no longer brings {gone:?}: take it off the list");
    println!("{features:?}: {} packages", found.len());
}

#[test]
fn without_features_it_brings_exactly_these() {
    assert_holds(&["--no-default-features"], set(DIRECT.into_iter().chain(BEHIND)));
}

#[test]
fn by_default_it_brings_jsonpath_too() {
    assert_holds(&[], set(DIRECT.into_iter().chain(BEHIND).chain(JSONPATH)));
}

#[test]
fn the_glue_for_hosts_brings_exactly_what_it_is_named_after() {
    let core = || DIRECT.into_iter().chain(BEHIND);
    assert_holds(&["--no-default-features", "--features", "http"], set(core().chain(HTTP)));
    assert_holds(&["--no-default-features", "--features", "tracing"], set(core().chain(TRACING)));
}

#[test]
fn without_features_nothing_is_compiled_from_c_and_nothing_opens_a_socket() {
    let Some(found) = packages(&["--no-default-features"]) else { return };
    for name in
        ["cc", "cmake", "bindgen", "libc", "ring", "tokio", "mio", "socket2", "getrandom", "rand"]
    {
        assert!(!found.contains(name), "{name}");
    }
}

#[test]
fn no_feature_brings_a_package_with_an_unpatched_advisory() {
    // RUSTSEC-2023-0071 (the timing of RSA decryption) has no patched version of `rsa`.
    let Some(found) = packages(&["--all-features"]) else { return };
    for name in ["rsa", "openssl", "openssl-sys", "native-tls", "serde_yaml"] {
        assert!(!found.contains(name), "{name}");
    }
}
