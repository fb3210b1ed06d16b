//! Bytes to a flat view, against `serde_json` building a `Value` of the same bytes.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test or bench may panic"
)]

mod measure;
mod payloads;

use hookstage::json::{Document, ReadOptions};
use hookstage::payload::{FlatView, FlattenOptions, PathStyle};
use measure::Table;
use serde_json::Value;

fn main() {
    let mut missed = 0;
    let options = ReadOptions::default();
    let flat = FlattenOptions::default();
    let goals = [0.60, 0.50, 0.45, 0.40, 0.30];
    for ((name, payload), goal) in payloads::all().into_iter().zip(goals) {
        let body = payload.as_bytes();
        missed += Table::new(format!("bytes to flat view: {name} ({} bytes)", body.len()))
            .add("serde_json Value", || serde_json::from_slice::<Value>(body).unwrap())
            .add("serde_json IgnoredAny", || {
                serde_json::from_slice::<serde::de::IgnoredAny>(body).unwrap()
            })
            .add("hookstage check only", || hookstage::json::pick(body, &options, &[]).unwrap())
            .add("hookstage document", || Document::read(body, &options).unwrap())
            .add_with_goal("hookstage flat view", goal, || {
                let document = Document::read(body, &options).unwrap();
                FlatView::new(&document, &flat).total_leaves()
            })
            .add("hookstage flat view as JSON text", || {
                let document = Document::read(body, &options).unwrap();
                FlatView::new(&document, &flat).to_json(PathStyle::Bracket)
            })
            .print();
    }
    for (name, payload, goal) in [
        ("100,000 keys in one object", payloads::many_keys(100_000), Some(0.80)),
        ("5,000 leaves under 1,500-byte keys", payloads::amplification(), None),
    ] {
        let body = payload.as_bytes();
        let view = || {
            let document = Document::read(body, &options).unwrap();
            FlatView::new(&document, &flat).total_leaves()
        };
        let table = Table::new(format!("bytes to flat view: {name} ({} bytes)", body.len()))
            .add("serde_json Value", || serde_json::from_slice::<Value>(body).unwrap());
        missed += match goal {
            Some(goal) => table.add_with_goal("hookstage flat view", goal, view).print(),
            None => table.add("hookstage flat view", view).print(),
        };
    }
    measure::finish(missed);
}
