//! Paths: any text is compiled or refused within it, and what is compiled prints and reads back.
#![no_main]

use hookstage::json::{Document, Path, ReadOptions};
use hookstage::payload::PathStyle;
use libfuzzer_sys::fuzz_target;

const BODY: &str = r#"{"a":{"b":[1,{"c":null},"x"]},"0":{"":1},"":[[]],"a.b":2,"$":3}"#;

fuzz_target!(|text: &str| {
    let document = Document::read(BODY.as_bytes(), &ReadOptions::default()).expect("valid");
    for style in [PathStyle::Bracket, PathStyle::Dot, PathStyle::Pointer, PathStyle::JsonPath] {
        let path = match style.parse(text) {
            Ok(path) => path,
            Err(error) => {
                assert!(error.column >= 1 && error.column <= text.chars().count() + 1);
                continue;
            }
        };
        let found = document.get(&path);
        if let Some(printed) = style.print(&path) {
            // Quoting can make a path longer than the limit for texts.
            if let Ok(again) = style.parse(&printed) {
                assert_eq!(again, path, "{printed}");
            } else {
                assert!(printed.len() > 8_192);
            }
        }
        let picked = hookstage::json::pick(BODY.as_bytes(), &ReadOptions::default(), &[&path]);
        assert_eq!(picked.expect("valid").found[0], found);
    }
    if let Ok(path) = Path::parse(text) {
        let stored = serde_json::to_string(&path).expect("text");
        if stored.len() < 4_096 {
            assert_eq!(serde_json::from_str::<Path>(&stored).expect("own text"), path);
        }
    }
});
