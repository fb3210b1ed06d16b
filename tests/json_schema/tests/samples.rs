//! Every sample is valid against the schema that learned it, says a validator of other people that
//! asserts formats.

use hookstage::json::{Document, ReadOptions};
use hookstage::payload::{Schema, SchemaOptions};
use jsonschema::{Draft, Validator};
use proptest::prelude::*;
use serde_json::{Value, json};

#[path = "../../../benches/payloads/mod.rs"]
mod payloads;

fn learn(samples: &[String], options: SchemaOptions) -> Schema {
    let mut schema = Schema::new(options);
    for sample in samples {
        schema.learn(&Document::read(sample.as_bytes(), &ReadOptions::default()).unwrap());
    }
    schema
}

fn validator(schema: &Schema) -> Validator {
    let value: Value = serde_json::from_str(&schema.to_json_schema()).unwrap();
    assert!(jsonschema::meta::is_valid(&value), "no JSON Schema: {value}");
    let mut options = jsonschema::options().with_draft(Draft::Draft202012);
    options = options.should_validate_formats(true);
    options.build(&value).unwrap_or_else(|error| panic!("{error}: {value}"))
}

fn judge(samples: &[String], options: SchemaOptions) {
    let schema = learn(samples, options);
    let validator = validator(&schema);
    for sample in samples {
        let value: Value = serde_json::from_str(sample).unwrap();
        if let Some(error) = validator.iter_errors(&value).next() {
            panic!("{error} at {}: {sample}\nagainst {}", error.instance_path(), schema.to_json_schema());
        }
    }
}

#[test]
fn payloads_of_real_shapes_are_valid_against_their_schemas() {
    for (_, payload) in payloads::all() {
        judge(&[payload], SchemaOptions::default());
    }
    let both = [payloads::crm_event(), payloads::stripe_invoice()];
    judge(&both, SchemaOptions { enums: true, ..SchemaOptions::default() });
}

#[test]
fn the_validator_refuses_what_no_sample_is_like() {
    let samples = [json!({"id": 1, "at": "2024-01-15", "who": {"email": "ada@acme.com"}}).to_string()];
    let validator = validator(&learn(&samples, SchemaOptions::default()));
    for other in [
        json!({"at": "2024-01-15", "who": {"email": "ada@acme.com"}}),
        json!({"id": "1", "at": "2024-01-15", "who": {"email": "ada@acme.com"}}),
        json!({"id": 1.5, "at": "2024-01-15", "who": {"email": "ada@acme.com"}}),
        json!({"id": 1, "at": "2024-02-30", "who": {"email": "ada@acme.com"}}),
        json!({"id": 1, "at": "2024-01-15", "who": {"email": "ada"}}),
        json!({"id": 1, "at": "2024-01-15", "who": null}),
        json!([]),
    ] {
        assert!(!validator.is_valid(&other), "{other}");
    }
    // Objects stay open, and a whole number may be written with a point.
    let open = json!({"id": 1.0, "at": "2024-01-15", "who": {"email": "a@b.c", "more": []}, "x": 1});
    assert!(validator.is_valid(&open));
}

/// Texts around each format: what has it, what nearly has.
const TEXTS: &[&str] = &[
    "", "x", "2024-01-15", "2024-02-30", "2024-01-15T10:30:00Z", "2024-01-15T10:30:00.5+05:30",
    "2016-12-31T23:59:60Z", "10:30:00Z", "23:59:60Z", "10:30:00-23:59",
    "f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6",
    "ada@acme.com", "a.b+c@x-y.example", "!#$%@a.b", "https://example.com/a?b#c", "ftp://[::1]/x",
    "http://a/%41", "custom+scheme://host", "1.2.3.4", "::1", "::ffff:1.2.3.4", "1::", "+15555550134",
    "é", "1705314600",
];

fn value() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-1.0e6..1.0e6).prop_map(Value::from),
        prop::sample::select(TEXTS).prop_map(Value::from),
        Just(json!([])),
        Just(json!({})),
    ];
    scalar.prop_recursive(4, 32, 6, |inner| {
        let key = prop_oneof!["[a-f]", Just("7".to_owned()), Just("2024-01-15".to_owned()), Just("a\"/~".to_owned())];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((key, inner), 0..6)
                .prop_map(|members| members.into_iter().collect()),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn every_sample_is_valid_against_the_schema_that_learned_it(
        samples in prop::collection::vec(value(), 1..6),
        max_members in prop::sample::select(vec![2_usize, 200]),
        max_fields in prop::sample::select(vec![5_usize, 1_000]),
        max_depth in prop::sample::select(vec![1_usize, 32]),
    ) {
        let samples: Vec<String> = samples.iter().map(Value::to_string).collect();
        let options =
            SchemaOptions { enums: true, max_members, max_fields, max_depth, ..SchemaOptions::default() };
        judge(&samples, options);
    }

    /// Twenty texts and more of few kinds make an `enum`.
    #[test]
    fn enums_accept_what_they_were_made_of(
        kinds in prop::collection::vec("[a-d]{1,3}", 1..5), count in 20_usize..60, nulls in 0_usize..3,
    ) {
        let mut samples: Vec<String> = (0..count)
            .map(|n| json!({"s": kinds[n % kinds.len()]}).to_string())
            .collect();
        samples.extend((0..nulls).map(|_| json!({"s": null}).to_string()));
        judge(&samples, SchemaOptions { enums: true, ..SchemaOptions::default() });
    }
}
