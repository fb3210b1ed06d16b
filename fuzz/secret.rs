//! Any bytes as a secret, in the key form of any preset: nothing panics, and no error or `Debug`
//! repeats the secret.

#![no_main]

mod common;

use std::sync::OnceLock;

use hookstage::{Scheme, Secret, Verifier, providers};
use libfuzzer_sys::fuzz_target;

/// What is shorter occurs in ordinary words.
const TELLING: usize = 8;

static SCHEMES: OnceLock<Vec<Scheme>> = OnceLock::new();

fuzz_target!(|data: &[u8]| {
    let schemes =
        SCHEMES.get_or_init(|| providers::all().iter().map(|preset| preset.scheme()).collect());
    let Some((chosen, bytes)) = data.split_first_chunk::<2>() else { return };
    let scheme = &schemes[usize::from(u16::from_le_bytes(*chosen)) % schemes.len()];

    let secret = match Secret::from_bytes(bytes) {
        Ok(secret) => secret,
        Err(error) => return check(&error.to_string(), bytes),
    };
    check(&format!("{secret:?}"), bytes);
    if let Ok(text) = std::str::from_utf8(bytes) {
        assert!(Secret::new(text).is_ok(), "text is judged as its bytes are");
    }
    match Verifier::with_parameters(scheme.clone(), [secret], common::parameters()) {
        Ok(verifier) => check(&format!("{verifier:?}"), bytes),
        Err(error) => check(&format!("{error} {error:?}"), bytes),
    }
});

/// Fails if what is shown repeats the secret. What stands in every text shown is no repetition.
fn check(shown: &str, secret: &[u8]) {
    let Ok(secret) = std::str::from_utf8(secret) else { return };
    if secret.len() < TELLING || secret.bytes().all(|byte| !byte.is_ascii_digit()) {
        return;
    }
    let of_a_scheme = |text: &str| {
        providers::all().iter().any(|preset| format!("{:?}", preset.scheme()).contains(text))
    };
    assert!(!shown.contains(secret) || of_a_scheme(secret), "a secret is shown");
}
