//! Bytes to the value of a dedupe key: the whole document checked, duplicate keys seen.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test or bench may panic"
)]

mod measure;
mod payloads;

use hookstage::json::{self, Path, ReadOptions};
use measure::Table;
use serde_json::Value;

fn main() {
    let mut missed = 0;
    let options = ReadOptions::default();
    for ((name, payload), at) in payloads::all().into_iter().zip(payloads::id_paths()) {
        let body = payload.as_bytes();
        let path = Path::parse(at).unwrap();
        let pointer = format!("/{}", at.replace('.', "/"));
        missed +=
            Table::new(format!("bytes to dedupe value at {at}: {name} ({} bytes)", body.len()))
                .add("serde_json Value", || serde_json::from_slice::<Value>(body).unwrap())
                .add("serde_json Value and pointer", || {
                    let value: Value = serde_json::from_slice(body).unwrap();
                    value.pointer(&pointer).cloned()
                })
                .add_with_goal("hookstage pick", 0.30, || {
                    json::pick(body, &options, &[&path]).unwrap()
                })
                .print();
    }
    let many = payloads::many_keys(100_000);
    let body = many.as_bytes();
    let path = Path::parse("field_099999").unwrap();
    missed += Table::new(format!("100,000 keys in one object ({} bytes)", body.len()))
        .add("serde_json Value", || serde_json::from_slice::<Value>(body).unwrap())
        .add_with_goal("hookstage pick", 0.80, || json::pick(body, &options, &[&path]).unwrap())
        .print();
    measure::finish(missed);
}
