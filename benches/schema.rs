//! Bytes to a schema, and a sample against a schema that knows it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test or bench may panic"
)]

mod measure;
mod payloads;

use hookstage::json::{Document, ReadOptions};
use hookstage::payload::{Schema, SchemaOptions};
use measure::Table;
use serde_json::Value;

fn main() {
    let mut missed = 0;
    let options = ReadOptions::default();
    for (name, payload) in payloads::all() {
        let body = payload.as_bytes();
        let learn = || {
            let document = Document::read(body, &options).unwrap();
            let mut schema = Schema::new(SchemaOptions::default());
            schema.learn(&document);
            schema
        };
        let known = learn();
        let mut growing = learn();
        missed += Table::new(format!("schema: {name} ({} bytes)", body.len()))
            .add("serde_json Value", || serde_json::from_slice::<Value>(body).unwrap())
            .add_with_goal("hookstage, bytes to a new schema", 0.90, learn)
            .add_with_goal("hookstage, bytes against a schema that knows them", 0.40, || {
                known.drift(&Document::read(body, &options).unwrap()).is_some()
            })
            .add_with_goal("hookstage, bytes into a schema that knows them", 0.40, || {
                growing.learn(&Document::read(body, &options).unwrap());
            })
            .add("hookstage, bytes to JSON Schema text", || learn().to_json_schema())
            .print();
    }
    measure::finish(missed);
}
