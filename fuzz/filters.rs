//! Filters: any JSON is built or refused, what is built stores and loads, and negation negates.
//! The first line is the filter, the rest is the payload.
#![no_main]

use hookstage::filter::{Filter, Reason, Subject};
use hookstage::json::{Document, ReadOptions};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut parts = data.splitn(2, |byte| *byte == b'\n');
    let Ok(value) = serde_json::from_slice(parts.next().unwrap_or_default()) else { return };
    let Ok(filter) = Filter::from_value(&value) else { return };
    let stored = filter.to_value();
    assert_eq!(Filter::from_value(&stored).expect("own form"), filter);
    let body = parts.next().unwrap_or(b"{}");
    let Ok(document) = Document::read(body, &ReadOptions::default()) else { return };
    let subject = Subject::payload(&document);
    let explanation = filter.explain(&subject);
    let exhausted = explanation.steps.iter().any(|step| step.reason == Reason::TooMuchWork);
    if !exhausted {
        assert_eq!(filter.matches(&subject), explanation.matched);
        let inner = {
            let mut inner = stored;
            inner.as_object_mut().expect("an object").remove("version");
            inner
        };
        // One level more can be one too many.
        if let Ok(not) = Filter::from_value(&serde_json::json!({ "not": inner })) {
            assert_eq!(not.matches(&subject), !explanation.matched);
        }
    }
});
