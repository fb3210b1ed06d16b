//! Bytes to a flat view, against `serde_json` building a `Value` of the same bytes.

mod support;

use hookstage::json::{Document, ReadOptions};
use serde_json::Value;
use support::{Table, payloads};

fn main() {
    let options = ReadOptions::default();
    let goals = [0.60, 0.50, 0.45, 0.40, 0.30];
    for ((name, payload), goal) in payloads::all().into_iter().zip(goals) {
        let body = payload.as_bytes();
        Table::new(format!("bytes to flat view: {name} ({} bytes)", body.len()))
            .add("serde_json Value", || serde_json::from_slice::<Value>(body).unwrap())
            .add("serde_json IgnoredAny", || {
                serde_json::from_slice::<serde::de::IgnoredAny>(body).unwrap()
            })
            .add("hookstage check only", || hookstage::json::pick(body, &options, &[]).unwrap())
            .add_with_goal("hookstage document", goal, || Document::read(body, &options).unwrap())
            .print();
    }
}
