//! Schemas: no sample drifts from the schema that learned it, merging is learning, and what is
//! stored loads. Each line is a sample.
#![no_main]

use hookstage::json::{Document, ReadOptions};
use hookstage::payload::{Schema, SchemaOptions};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let options = SchemaOptions {
        enums: true,
        examples: true,
        max_members: 4,
        max_fields: 30,
        ..SchemaOptions::default()
    };
    let documents: Vec<Document<'_>> = data
        .split(|byte| *byte == b'\n')
        .take(8)
        .filter_map(|line| Document::read(line, &ReadOptions::default()).ok())
        .collect();
    let mut together = Schema::new(options);
    let mut merged = Schema::new(options);
    for document in &documents {
        together.learn(document);
        let mut alone = Schema::new(options);
        alone.learn(document);
        merged.merge(&alone);
    }
    if !together.is_truncated() && !merged.is_truncated() {
        assert_eq!(together, merged);
    }
    for document in &documents {
        assert_eq!(together.drift(document), None);
    }
    assert!(together.fields().len() <= 30);
    let stored = serde_json::to_string(&together).expect("stored");
    assert_eq!(serde_json::from_str::<Schema>(&stored).expect("own form"), together);
    let text = together.to_json_schema();
    assert!(Document::read(text.as_bytes(), &ReadOptions::default()).is_ok());
});
