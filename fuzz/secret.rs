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
        Err(error) => return check(&error.to_string(), bytes, scheme),
    };
    check(&format!("{secret:?}"), bytes, scheme);
    if let Ok(text) = std::str::from_utf8(bytes) {
        assert!(Secret::new(text).is_ok(), "text is judged as its bytes are");
    }
    check(&shown(scheme, secret), bytes, scheme);
});

/// What is shown of a verifier with this secret, but for fingerprints, or of why there is none. The
/// zeros of a short secret's fingerprint may be the secret by chance.
fn shown(scheme: &Scheme, secret: Secret) -> String {
    match Verifier::with_parameters(scheme.clone(), [secret], common::parameters()) {
        Ok(verifier) => verifier
            .fingerprints()
            .fold(format!("{verifier:?}"), |text, print| text.replace(&format!("{print:?}"), "")),
        Err(error) => format!("{error} {error:?}"),
    }
}

/// Fails if what is shown repeats the secret. What is shown of the scheme and of other secrets, too,
/// is no repetition.
fn check(text: &str, secret: &[u8], scheme: &Scheme) {
    let Ok(secret) = std::str::from_utf8(secret) else { return };
    if secret.len() < TELLING || secret.bytes().all(|byte| !byte.is_ascii_digit()) {
        return;
    }
    let of_others = || {
        let others = common::SECRETS.into_iter().filter_map(|other| Secret::new(other).ok());
        others.map(|other| shown(scheme, other)).chain([format!("{scheme:?}")])
    };
    let stands_anyway = || of_others().any(|other| other.contains(secret));
    assert!(!text.contains(secret) || stands_anyway(), "a secret is shown");
}
