//! Flat views, dedupe values and schemas of other crates, on the payloads of hookstage's own
//! benches: `cargo run --release` here.

#[path = "../../measure/mod.rs"]
mod measure;
#[path = "../../payloads/mod.rs"]
mod payloads;

use hookstage::json::{self, Document, Path, ReadOptions};
use hookstage::payload::{FlatView, FlattenOptions, Schema, SchemaOptions};
use measure::Table;
use serde_json::Value;

fn main() {
    let options = ReadOptions::default();
    for ((name, payload), at) in payloads::all().into_iter().zip(payloads::id_paths()) {
        let body = payload.as_bytes();
        let value = || serde_json::from_slice::<Value>(body).unwrap();
        Table::new(format!("bytes to flat view: {name} ({} bytes)", body.len()))
            .add("serde_json Value", value)
            .add("Value + smooth-json", || smooth_json::Flattener::new().flatten(&value()))
            .add("Value + flatten-json-object", || {
                flatten_json_object::Flattener::new().flatten(&value()).unwrap()
            })
            .add("hookstage flat view", || {
                let document = Document::read(body, &options).unwrap();
                FlatView::new(&document, &FlattenOptions::default()).len()
            })
            .print();
        let path = Path::parse(at).unwrap();
        let pointer = format!("/{}", at.replace('.', "/"));
        Table::new(format!("bytes to dedupe value: {name}"))
            .add("serde_json Value", value)
            .add("Value + pointer", || value().pointer(&pointer).cloned())
            .add("hookstage pick", || json::pick(body, &options, &[&path]).unwrap())
            .print();
        Table::new(format!("bytes to schema: {name}"))
            .add("serde_json Value", value)
            .add("schema_analysis", || {
                serde_json::from_slice::<schema_analysis::InferredSchema>(body).unwrap()
            })
            .add("Value + infers-jsonschema", || infers_jsonschema::infer(&value()))
            .add("hookstage schema", || {
                let mut schema = Schema::new(SchemaOptions::default());
                schema.learn(&Document::read(body, &options).unwrap());
                schema
            })
            .print();
    }
}
