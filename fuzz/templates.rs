//! Templates: any text is compiled or refused within it, and what is rendered is JSON. The first
//! line is the template, the rest is the payload.
#![no_main]

use hookstage::json::{Document, ReadOptions};
use hookstage::template::{MissingText, Rendered, Scope, Template};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut parts = data.splitn(2, |byte| *byte == b'\n');
    let Ok(text) = std::str::from_utf8(parts.next().unwrap_or_default()) else { return };
    let template = match Template::parse(text) {
        Ok(template) => template,
        Err(error) => {
            assert!(error.column >= 1 && error.column <= text.chars().count() + 1);
            return;
        }
    };
    let body = parts.next().unwrap_or(br#"{"a":{"b":[1,"x",null]},"id":"1"}"#);
    let Ok(document) = Document::read(body, &ReadOptions::default()) else { return };
    for missing in [MissingText::Empty, MissingText::Null] {
        let scope = Scope::event(document.root()).with_missing(missing);
        assert_eq!(template.trace(&scope).len(), template.references().count());
        if let Ok(Rendered::Json(json)) = template.render(&scope) {
            assert!(Document::read(json.as_bytes(), &ReadOptions::default()).is_ok());
        }
    }
});
