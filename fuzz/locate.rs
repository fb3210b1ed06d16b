//! Any bytes in the headers, URL and body of any preset's deliveries: nothing panics, and nothing is
//! believed that no key signed.

#![no_main]

mod common;

use std::sync::OnceLock;

use hookstage::scheme::Means;
use hookstage::{Delivery, Head, Timestamp, Verifier, providers};
use libfuzzer_sys::fuzz_target;

/// Ends one header value and begins the next.
const SEPARATOR: u8 = b'\n';

static VERIFIERS: OnceLock<Vec<(Verifier, Vec<String>)>> = OnceLock::new();

fuzz_target!(|data: &[u8]| {
    let verifiers = VERIFIERS.get_or_init(|| {
        let schemes = providers::all().iter().map(|preset| preset.scheme());
        schemes
            .filter_map(|scheme| {
                let names = common::header_names(&scheme);
                Some((common::verifier(&scheme)?, names))
            })
            .collect()
    });
    let Some((chosen, rest)) = data.split_first_chunk::<2>() else { return };
    let chosen = usize::from(u16::from_le_bytes(*chosen)) % verifiers.len();
    let (verifier, names) = &verifiers[chosen];

    let mut parts = rest.split(|byte| *byte == SEPARATOR);
    let url = parts.next().map(String::from_utf8_lossy).unwrap_or_default();
    let mut headers: Vec<(&str, &[u8])> = Vec::new();
    for name in names {
        headers.extend(parts.next().map(|value| (name.as_str(), value)));
    }
    let body = parts.next().unwrap_or_default();
    // One more line of the first name, so that repeated headers are met too.
    if let (Some(name), Some(value)) = (names.first(), parts.next()) {
        headers.push((name, value));
    }

    let head = Head::post(&url, &headers);
    let early = verifier.check_head(&head);
    let now = Timestamp::from_unix_seconds(1_790_000_000);
    match verifier.verify(&Delivery::new(head, body), now) {
        Ok(proof) => {
            assert_eq!(proof.means(), Means::Unsigned);
            assert!(early.is_ok(), "the head of an accepted delivery is acceptable");
        }
        Err(refusal) => drop(refusal.to_string()),
    }
});
