//! Any JSON as a stored scheme: one that loads is sound, stores and loads as the same, and judges
//! any delivery without a panic.

#![no_main]

mod common;

use hookstage::{Delivery, Head, Scheme, Timestamp};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(scheme) = serde_json::from_slice::<Scheme>(data) else { return };
    let description = scheme.description().clone();
    assert!(Scheme::new(description).is_ok(), "what was loaded is sound");
    let stored = serde_json::to_string(&scheme).expect("a scheme can be stored");
    let loaded: Scheme = serde_json::from_str(&stored).expect("what was stored can be loaded");
    assert_eq!(scheme, loaded);
    let _ = (scheme.coverage(), scheme.parameters(), scheme.missing_feature());

    let Some(verifier) = common::verifier(&scheme) else { return };
    let names = common::header_names(&scheme);
    let values: [&[u8]; 4] = [b"t=1790000000,v1=00", b"1790000000", b"", data];
    let now = Timestamp::from_unix_seconds(1_790_000_000);
    for value in values {
        let headers: Vec<(&str, &[u8])> =
            names.iter().map(|name| (name.as_str(), value)).collect();
        let head = Head::post("https://hooks.example.com/in?a=b&a=c", &headers);
        let _ = verifier.check_head(&head);
        let _ = verifier.verify(&Delivery::new(head, data), now);
        let _ = verifier.verify(&Delivery::too_large(head), now);
    }
});
