//! Schemes in their stored form, with as little said as a test needs.
#![allow(dead_code, reason = "every test file has its own copy and uses some of it")]

use hookstage::Scheme;
use serde_json::{Value, json};

pub(crate) fn signature(changes: Value) -> Value {
    let mut rule = json!({
        "at": [{"place": {"header": "x-sig"}, "repeat": "refuse", "key": "any"}],
        "grammar": {"plain": {"prefix": ""}},
        "encoding": "base64",
        "algorithm": {"rsa_pkcs1": "sha256"},
        "content": [["body"]],
        "key": "public",
    });
    for (name, value) in changes.as_object().unwrap() {
        rule[name] = value.clone();
    }
    json!({"version": 1, "authentication": {"signature": rule}})
}

pub(crate) fn token(changes: Value) -> Value {
    let mut jose = json!({
        "at": {"header": "authorization"},
        "grammar": {"word": {"word": "Bearer"}},
        "payload": "claims",
        "algorithms": ["HS256"],
        "key": {"ring": "text"},
        "times": {
            "expires": "if_present", "not_before": "if_present", "issued": "if_present",
            "leeway": 0, "max_age": null,
        },
    });
    for (name, value) in changes.as_object().unwrap() {
        jose[name] = value.clone();
    }
    json!({"version": 1, "authentication": {"jose": jose}})
}

pub(crate) fn with(mut stored: Value, name: &str, value: Value) -> Value {
    stored[name] = value;
    stored
}

pub(crate) fn at(header: &str) -> Value {
    json!([{"place": {"header": header}, "repeat": "refuse", "key": "any"}])
}

pub(crate) fn time(at: Value, unit: &str) -> Value {
    json!({"at": at, "unit": unit, "tolerance": {"within": {"past": 300, "future": 300}}})
}

pub(crate) fn body_digest(claim: &str, encoding: &str, absent_when_empty: bool) -> Value {
    json!({"at": {"claim": claim}, "equals": {"body_digest": {
        "hash": "sha256", "encoding": encoding, "before": "", "after": "",
        "absent_when_empty": absent_when_empty,
    }}})
}

pub(crate) fn scheme(stored: &Value) -> Scheme {
    let scheme: Scheme = serde_json::from_value(stored.clone()).unwrap();
    let again: Scheme = serde_json::from_str(&serde_json::to_string(&scheme).unwrap()).unwrap();
    assert_eq!(scheme, again);
    scheme
}
