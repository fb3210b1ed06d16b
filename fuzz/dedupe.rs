//! Dedupe keys: two deliveries have one key exactly when the parts of the rule say the same of both,
//! and one without a part has none. The first byte chooses the rule, the two lines after it are the
//! bodies.
#![no_main]

use hookstage::json::{Document, Found, Path, ReadOptions, Scalar, decimal_key};
use hookstage::payload::canonical_hash;
use hookstage::scheme::Coverage;
use hookstage::{DedupeKey, DedupePart, DedupeRule, Deduped, Delivery, Head, OnMissingKey, dangerous};
use libfuzzer_sys::fuzz_target;

const PATHS: [&str; 5] = ["a", "b", "a.b", "[0]", "c[-1]"];

/// A part as it is understood, with its type.
#[derive(PartialEq, Eq, Debug)]
enum Said {
    Text(String),
    Number(String),
    Bool(bool),
    Meaning([u8; 32]),
    Raw(Vec<u8>),
}

fuzz_target!(|data: &[u8]| {
    let Some((chosen, bodies)) = data.split_first() else { return };
    let mut bodies = bodies.splitn(2, |byte| *byte == b'\n');
    let (Some(left), Some(right)) = (bodies.next(), bodies.next()) else { return };
    let mut parts: Vec<DedupePart> = PATHS
        .iter()
        .enumerate()
        .filter(|(place, _)| chosen & (1 << place) != 0)
        .map(|(_, path)| DedupePart::body(path).expect("a path"))
        .collect();
    if chosen & 32 != 0 {
        let exclude = vec![Path::parse("b").expect("a path")];
        parts.push(DedupePart::CanonicalBody { exclude });
    }
    if chosen & 64 != 0 {
        parts.push(DedupePart::RawBody);
    }
    let Ok(rule) = DedupeRule::new(parts, OnMissingKey::AcceptWithoutKey) else { return };
    let stored = serde_json::to_string(&rule).expect("stored");
    assert_eq!(serde_json::from_str::<DedupeRule>(&stored).expect("own form"), rule);
    let (Some(left), Some(right)) = (judge(&rule, left), judge(&rule, right)) else { return };
    match (left, right) {
        ((Some(left), left_said), (Some(right), right_said)) => {
            assert_eq!(left == right, left_said == right_said);
        }
        ((left, left_said), (right, right_said)) => {
            assert_eq!(left.is_some(), left_said.is_some());
            assert_eq!(right.is_some(), right_said.is_some());
        }
    }
});

/// The key, and what the parts say, if all of them say something; nothing for a body that the reader
/// refuses.
fn judge(rule: &DedupeRule, body: &[u8]) -> Option<(Option<DedupeKey>, Option<Vec<Said>>)> {
    let coverage = Coverage::nothing();
    let delivery = Delivery::new(Head::post("", &[]), body);
    let proof = dangerous::assume_verified(&delivery, &coverage)?;
    let key = match rule.key(&proof, &ReadOptions::default()) {
        Ok(deduped) => {
            let without = matches!(deduped, Deduped::WithoutKey { .. });
            assert_eq!(deduped.key().is_none(), without);
            deduped.key()
        }
        Err(_) => {
            assert!(Document::read(body, &ReadOptions::default()).is_err());
            return None;
        }
    };
    let said = rule.parts().iter().map(|part| says(part, body)).collect();
    Some((key, said))
}

fn says(part: &DedupePart, body: &[u8]) -> Option<Said> {
    if let DedupePart::RawBody = part {
        return Some(Said::Raw(body.to_vec()));
    }
    let document = Document::read(body, &ReadOptions::default()).ok()?;
    match part {
        DedupePart::Body(path) => match document.get(path) {
            Found::Value(Scalar::String(text)) => Some(Said::Text(text.into_owned())),
            Found::Value(Scalar::Number(lexeme)) => Some(Said::Number(decimal_key(lexeme)?)),
            Found::Value(Scalar::Bool(value)) => Some(Said::Bool(value)),
            _ => None,
        },
        DedupePart::CanonicalBody { exclude } => {
            let exclude: Vec<&Path> = exclude.iter().collect();
            Some(Said::Meaning(canonical_hash(&document, &exclude)))
        }
        _ => None,
    }
}
