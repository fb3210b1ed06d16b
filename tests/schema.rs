//! Schemas learned from samples, their output, and drift.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test or bench may panic"
)]

use hookstage::Update;
use hookstage::json::{Document, Path, ReadOptions};
use hookstage::payload::{
    Bump, Change, ChangeKind, FieldType, Format, LearnedSchema, Schema, SchemaOptions, SchemaSet,
    Severity,
};
use proptest::prelude::*;
use serde_json::{Value, json};

fn read(body: &str) -> Document<'_> {
    Document::read(body.as_bytes(), &ReadOptions::default()).unwrap()
}

fn learn_with(samples: &[&str], options: SchemaOptions) -> Schema {
    let mut schema = Schema::new(options);
    for sample in samples {
        schema.learn(&read(sample));
    }
    schema
}

fn learn(samples: &[&str]) -> Schema {
    learn_with(samples, SchemaOptions::default())
}

fn json_schema(samples: &[&str]) -> Value {
    serde_json::from_str(&learn(samples).to_json_schema()).unwrap()
}

/// The JSON Schema of member `a`.
fn of_a(samples: &[&str]) -> Value {
    json_schema(samples)["properties"]["a"].clone()
}

fn drift(samples: &[&str], payload: &str) -> Vec<(String, ChangeKind)> {
    let drift = learn(samples).drift(&read(payload));
    drift.map_or(vec![], |drift| drift.changes.into_iter().map(|c| (c.at, c.kind)).collect())
}

// ---- formats

#[test]
fn corner_069_to_071_dates_and_times() {
    for (text, wanted) in [
        ("2024-02-29", Some(Format::Date)),
        ("2024-02-30", None),
        ("2023-02-29", None),
        ("2024-13-01", None),
        ("2024-00-10", None),
        ("2024-1-1", None),
        ("24:00", None),
        ("24:00:00Z", None),
        ("10:30:00Z", Some(Format::Time)),
        ("10:30:00.123+05:30", Some(Format::Time)),
        ("10:30:00", None),
        ("2024-01-15T10:30", None),
        ("2024-01-15T10:30:00", None),
        ("2024-01-15T10:30:00Z", Some(Format::DateTime)),
        ("2024-01-15T10:30:00.5-05:00", Some(Format::DateTime)),
        ("2024-01-15T10:30:00.Z", None),
        ("2024-01-15T10:30:00,5Z", None),
        ("2024-01-15T10:30:00+0530", None),
        ("2024-01-15 10:30:00Z", None),
        ("2024-01-15t10:30:00z", None),
        ("2016-12-31T23:59:60Z", Some(Format::DateTime)),
        ("2016-12-31T15:59:60-08:00", Some(Format::DateTime)),
        ("2017-01-01T08:59:60+09:00", Some(Format::DateTime)),
        ("2024-01-15T10:30:60Z", None),
        ("2016-12-30T23:59:60Z", None),
        ("2024-01-15T10:30:61Z", None),
        ("2024-01-15T24:30:00Z", None),
        (" 2024-01-15", None),
    ] {
        assert_eq!(Format::of(text), wanted, "{text}");
    }
}

#[test]
fn corner_068_and_072_numeric_texts_have_no_format() {
    for text in ["null", "true", "123", "1705314600", "00", "20240115", "1e3", ""] {
        assert_eq!(Format::of(text), None, "{text}");
    }
}

#[test]
fn corner_073_and_074_addresses() {
    for (text, wanted) in [
        ("192.168.1.1", Some(Format::Ipv4)),
        ("192.168.001.1", None),
        ("256.1.1.1", None),
        ("1.2.3", None),
        ("1.2.3.4.5", None),
        ("::ffff:1.2.3.4", Some(Format::Ipv6)),
        ("::", Some(Format::Ipv6)),
        ("2001:db8::1", Some(Format::Ipv6)),
        ("2001:DB8::1", Some(Format::Ipv6)),
        ("fe80::1%eth0", None),
        ("12:34", None),
    ] {
        assert_eq!(Format::of(text), wanted, "{text}");
    }
}

#[test]
fn corner_075_to_077_email_uri_uuid() {
    for (text, wanted) in [
        ("a@b", None),
        ("a b@c.d", None),
        ("a@b.c", Some(Format::Email)),
        ("@b.c", None),
        ("a@b@c.d", None),
        ("a.@b.c", None),
        ("a@-b.c", None),
        ("jane.doe+tag@mail.example.com", Some(Format::Email)),
        ("12345678901234567890@mail.example.com", Some(Format::Email)),
        ("1234-567890123456789@mail.example.com", Some(Format::Email)),
        ("http://", None),
        ("mailto:a@b.c", None),
        ("//x", None),
        ("C:\\x", None),
        ("https://example.com/a?b=c#d", Some(Format::Uri)),
        ("ftp://example.com", Some(Format::Uri)),
        ("https://example.com/%zz", None),
        ("https://example.com/a b", None),
        ("https://example.com/{id}", None),
        ("550e8400-e29b-41d4-a716-446655440000", Some(Format::Uuid)),
        ("550E8400-E29B-41D4-A716-446655440000", Some(Format::Uuid)),
        ("{550e8400-e29b-41d4-a716-446655440000}", None),
        ("00000000-0000-0000-0000-000000000000", Some(Format::Uuid)),
        ("550e8400-e29b-41d4-a716-44665544000g", None),
        ("+15555550134", Some(Format::Phone)),
        ("+0155555501", None),
        ("+1 555 555 0134", None),
        ("15555550134", None),
    ] {
        assert_eq!(Format::of(text), wanted, "{text}");
    }
}

#[test]
fn a_format_needs_every_text() {
    let date = r#"{"a":"2024-01-15"}"#;
    assert_eq!(of_a(&[date, date])["format"], "date");
    assert_eq!(of_a(&[date, r#"{"a":"soon"}"#])["format"], Value::Null);
    assert_eq!(of_a(&[r#"{"a":"a@b.c"}"#, date])["format"], Value::Null);
    // An empty text does not vote, but a validator that asserts formats would refuse it.
    let with_empty = of_a(&[date, r#"{"a":""}"#]);
    assert_eq!(
        (&with_empty["format"], &with_empty["x-hookstage-format"]),
        (&Value::Null, &json!("date"))
    );
    assert_eq!(of_a(&[r#"{"a":"+15555550134"}"#])["x-hookstage-format"], "phone");
}

// ---- types

#[test]
fn corner_045_to_048_integers_and_numbers() {
    for (lexeme, wanted) in [
        ("1", "integer"),
        ("-0", "integer"),
        ("18446744073709551615", "integer"),
        ("18446744073709551616", "integer"),
        ("-9223372036854775809", "integer"),
        ("123456789012345678901234567890", "integer"),
        ("1.0", "number"),
        ("1e0", "number"),
        ("10e-1", "number"),
    ] {
        assert_eq!(of_a(&[&format!("{{\"a\":{lexeme}}}")])["type"], wanted, "{lexeme}");
    }
    let beyond = |lexeme: &str| {
        let body = format!("{{\"a\":{lexeme}}}");
        learn(&[&body]).fields()[1].beyond_64_bits
    };
    assert!(!beyond("9223372036854775807") && beyond("9223372036854775808"));
    assert!(!beyond("-9223372036854775808") && beyond("-9223372036854775809"));
}

#[test]
fn types_seen_together() {
    assert_eq!(of_a(&[r#"{"a":1}"#, r#"{"a":1.5}"#])["type"], "number");
    assert_eq!(of_a(&[r#"{"a":1}"#, r#"{"a":"x"}"#])["type"], json!(["integer", "string"]));
    assert_eq!(of_a(&[r#"{"a":null}"#, r#"{"a":"x"}"#])["type"], json!(["string", "null"]));
    let mixed = of_a(&[r#"{"a":{"b":1}}"#, r#"{"a":[true]}"#, r#"{"a":"x"}"#]);
    assert_eq!(mixed["type"], json!(["array", "object", "string"]));
    assert_eq!(mixed["properties"]["b"]["type"], "integer");
    assert_eq!(mixed["items"]["type"], "boolean");
}

#[test]
fn required_and_nullable() {
    let schema = json_schema(&[r#"{"a":1,"b":null,"c":{}}"#]);
    assert_eq!(schema["required"], json!(["a", "c"]));
    let schema = json_schema(&[r#"{"a":1,"b":2}"#, r#"{"a":1}"#]);
    assert_eq!(schema["required"], json!(["a"]));
    // Required is meant where the parent is there.
    let schema = json_schema(&[r#"{"o":{"x":1}}"#, "{}", r#"{"o":{"x":2}}"#]);
    assert_eq!(schema["required"], Value::Null);
    assert_eq!(schema["properties"]["o"]["required"], json!(["x"]));
}

#[test]
fn corner_083_items_of_different_shapes() {
    let schema = json_schema(&[r#"[{"a":1},{"b":2},3,null,[]]"#]);
    assert_eq!(schema["items"]["type"], json!(["array", "integer", "object", "null"]));
    assert_eq!(schema["items"]["required"], Value::Null);
    assert_eq!(schema["items"]["properties"]["b"]["type"], "integer");
    assert_eq!(schema["items"]["items"], Value::Null, "never filled, nothing known");
    let paths: Vec<String> =
        learn(&[r#"{"items":[{"a":1},{"b":2}]}"#]).fields().into_iter().map(|f| f.path).collect();
    assert_eq!(paths, ["$", "items", "items[*]", "items[*].a", "items[*].b"]);
}

#[test]
fn the_field_table_of_a_sample() {
    let options = SchemaOptions { examples: true, ..SchemaOptions::default() };
    let schema = learn_with(&[r#"{"customer":{"e mail":"ada@acme.com"},"n":1}"#], options);
    let field = &schema.fields()[2];
    assert_eq!(field.path, r#"customer["e mail"]"#);
    assert_eq!(
        (field.types.as_slice(), field.format),
        (&[FieldType::String][..], Some(Format::Email))
    );
    assert_eq!((field.required, field.example.as_deref()), (true, Some(r#""ada@acme.com""#)));
}

#[test]
fn corner_140_examples_and_values_are_off_by_default() {
    let schema = learn(&[r#"{"a":"canary","b":["canary"]}"#; 30]);
    assert!(!serde_json::to_string(&schema).unwrap().contains("canary"));
    assert!(!schema.to_json_schema().contains("canary"));
}

#[test]
fn enums_need_many_samples_of_few_texts() {
    let options = SchemaOptions { enums: true, ..SchemaOptions::default() };
    let sample = |text: &str| format!("{{\"a\":{text}}}");
    let learn = |texts: Vec<String>| {
        let mut schema = Schema::new(options);
        texts.iter().for_each(|text| schema.learn(&read(&sample(text))));
        let schema: Value = serde_json::from_str(&schema.to_json_schema()).unwrap();
        schema["properties"]["a"]["enum"].clone()
    };
    let repeat = |texts: &[&str], times: usize| -> Vec<String> {
        (0..times).map(|n| texts[n % texts.len()].to_owned()).collect()
    };
    assert_eq!(learn(repeat(&["\"new\"", "\"old\""], 20)), json!(["new", "old"]));
    assert_eq!(learn(repeat(&["\"new\"", "\"old\"", "null"], 40)), json!(["new", "old", null]));
    assert_eq!(learn(repeat(&["\"new\"", "\"old\""], 19)), Value::Null);
    assert_eq!(learn(repeat(&["\"1\"", "\"2\""], 40)), Value::Null, "numeric texts");
    assert_eq!(learn(repeat(&["\"2024-01-15\""], 40)), Value::Null, "a format says more");
    assert_eq!(learn(repeat(&["\"a\"", "\"b\"", "\"c\"", "\"d\"", "\"e\""], 24)), Value::Null);
    assert_eq!(learn(repeat(&["\"a\"", "1"], 40)), Value::Null);
    assert_eq!(learn((0..2_000).map(|n| format!("\"v{n}\"")).collect()), Value::Null);
}

#[test]
fn corner_134_dynamic_keys_make_a_map() {
    let by_id =
        r#"{"a":{"550e8400-e29b-41d4-a716-446655440000":{"n":1},"42":{"n":2.5},"total":3}}"#;
    let schema = of_a(&[by_id]);
    assert_eq!(schema["additionalProperties"]["properties"]["n"]["type"], "number");
    assert_eq!(schema["properties"], json!({"total": {"type": "integer"}}));
    let paths: Vec<String> = learn(&[by_id]).fields().into_iter().map(|f| f.path).collect();
    assert_eq!(paths, ["$", "a", "a.total", "a{*}", "a{*}.n"]);

    let members: Vec<String> = (0..5_000).map(|n| format!("\"key{n}\":{{\"x\":{n}}}")).collect();
    let many = format!("{{\"a\":{{{}}}}}", members.join(","));
    let schema = learn(&[&many]);
    assert!(schema.fields().len() <= 1_000 && !schema.is_truncated());
    assert_eq!(schema.fields()[2].path, "a{*}");
    assert!(schema.drift(&read(r#"{"a":{"never_seen":{"x":1}}}"#)).is_none());
}

#[test]
fn a_schema_that_was_full_once_reports_no_drift_of_what_it_left_out() {
    // The second sample meets the limit of three places with its key "7"; its key "c" then makes
    // the object a map, which frees places again.
    let options = SchemaOptions { max_members: 2, max_fields: 3, ..SchemaOptions::default() };
    for samples in [
        [r#"{"a":null,"b":null}"#, r#"{"7":false,"c":0}"#],
        [r#"{"a":0,"b":0}"#, r#"{"7":false,"c":null}"#],
    ] {
        let schema = learn_with(&samples, options);
        assert!(schema.is_truncated());
        assert!(samples.iter().all(|sample| schema.drift(&read(sample)).is_none()));
        let stored = serde_json::to_string(&schema).unwrap();
        let loaded: Schema = serde_json::from_str(&stored).unwrap();
        assert!(samples.iter().all(|sample| loaded.drift(&read(sample)).is_none()));
    }
}

#[test]
fn a_full_schema_says_nothing_of_members_that_it_left_out() {
    // The places are the object, the others of it, and no more: "b" is left out, and not an integer.
    let sample = r#"{"7":1,"b":null}"#;
    let options = SchemaOptions { max_fields: 2, ..SchemaOptions::default() };
    let schema: Value =
        serde_json::from_str(&learn_with(&[sample], options).to_json_schema()).unwrap();
    assert_eq!(schema["x-hookstage-truncated"], true);
    assert_eq!(schema.get("additionalProperties"), None);
    assert_eq!(json_schema(&[sample])["additionalProperties"]["type"], "integer");
}

#[test]
fn what_a_schema_left_out_may_have_been_there() {
    let options = SchemaOptions { max_fields: 2, ..SchemaOptions::default() };
    let full = learn_with(&[r#"{"a":1,"b":{"c":1}}"#], options);
    let knows = |path: &str| full.knows(&Path::parse(path).unwrap());
    assert!(["a", "b", "b.c", "other"].into_iter().all(knows));
    // Merged into one that has room, it is as full as it was.
    let mut merged = Schema::new(options);
    merged.merge(&full);
    assert_eq!(serde_json::to_string(&merged).unwrap(), serde_json::to_string(&full).unwrap());
}

#[test]
fn numbers_beyond_64_bits_with_a_sign_are_told_after_a_merge_too() {
    for number in ["18446744073709551615", "123456789012345678901"] {
        let mut merged = learn(&["1"]);
        assert!(!merged.fields()[0].beyond_64_bits);
        merged.merge(&learn(&[number]));
        assert!(merged.fields()[0].beyond_64_bits, "{number}");
    }
}

#[test]
fn flt_04_hostile_samples_are_bounded() {
    // 5,000 arrays of objects with a name of their own each.
    let members: Vec<String> =
        (0..5_000).map(|n| format!("\"o{}\":{{\"a{n}\":[{{\"b{n}\":1}}]}}", n % 150)).collect();
    let body = format!("[{{{}}}]", members.join("},{"));
    let schema = learn(&[&body]);
    assert!(schema.is_truncated());
    assert!(schema.fields().len() <= 1_000, "{}", schema.fields().len());
    assert!(schema.drift(&read(&body)).is_none(), "what was left out cannot be missed");
    let deep = format!("{}1{}", "[".repeat(127), "]".repeat(127));
    let options = SchemaOptions { max_depth: usize::MAX, ..SchemaOptions::default() };
    let schema = learn_with(&[&deep], options);
    assert_eq!(schema.fields().len(), 61);
    assert!(serde_json::from_str::<Value>(&schema.to_json_schema()).is_ok());
    let stored = serde_json::to_string(&schema).unwrap();
    assert_eq!(serde_json::from_str::<Schema>(&stored).unwrap(), schema);
}

// ---- drift

#[test]
fn corner_135_to_138_what_changed() {
    let at = |at: &str, kind| vec![(at.to_owned(), kind)];
    assert_eq!(drift(&[r#"{"a":1}"#], r#"{"a":1.5}"#), at("a", ChangeKind::Widened));
    assert_eq!(drift(&[r#"{"a":"x"}"#], r#"{"a":null}"#), at("a", ChangeKind::BecameNull));
    let to_string =
        ChangeKind::TypeChanged { from: vec![FieldType::Object], to: FieldType::String };
    assert_eq!(drift(&[r#"{"a":{"b":1,"c":{"d":2}}}"#], r#"{"a":"x"}"#), at("a", to_string));
    assert_eq!(drift(&[r#"{"a":1}"#], r#"{"a":1.0}"#), []);
    assert_eq!(drift(&[r#"{"a":1}"#], r#"{"a":10e-1}"#), []);
    assert_eq!(drift(&[r#"{"a":1.5}"#], r#"{"a":1}"#), []);
    assert_eq!(drift(&[r#"{"a":{"b":1}}"#], r#"{"a":{}}"#), at("a.b", ChangeKind::FieldMissing));
    assert_eq!(drift(&[r#"{"a":1}"#, "{}"], "{}"), []);
    assert_eq!(drift(&["{}"], r#"{"a":{"b":1}}"#), at("a", ChangeKind::FieldAdded));
    let format = Format::Email;
    assert_eq!(
        drift(&[r#"{"a":"a@b.c"}"#], r#"{"a":"x"}"#),
        at("a", ChangeKind::FormatBroken { format })
    );
    assert_eq!(
        drift(&[r#"{"a":[1,2]}"#], r#"{"a":[1,"x","y"]}"#),
        at(
            "a[*]",
            ChangeKind::TypeChanged { from: vec![FieldType::Integer], to: FieldType::String }
        )
    );
    assert_eq!(drift(&[r#"{"a":[]}"#], r#"{"a":[1]}"#), at("a[*]", ChangeKind::FieldAdded));
    let both = drift(&[r#"[{"a":1,"b":{"c":1}},{"a":1,"b":{"c":2}}]"#], r#"[{"b":{}},{"a":null}]"#);
    assert_eq!(
        both,
        [
            ("[*].b.c".to_owned(), ChangeKind::FieldMissing),
            ("[*].a".to_owned(), ChangeKind::FieldMissing),
            ("[*].a".to_owned(), ChangeKind::BecameNull),
            ("[*].b".to_owned(), ChangeKind::FieldMissing),
        ],
    );
    assert_eq!(drift(&[], r#"{"a":1}"#), []);
    assert_eq!(
        drift(&["{}"], "[]"),
        at("$", ChangeKind::TypeChanged { from: vec![FieldType::Object], to: FieldType::Array })
    );
}

#[test]
fn a_text_that_is_not_among_the_few() {
    let options = SchemaOptions { enums: true, ..SchemaOptions::default() };
    let schema = learn_with(&[r#"{"a":"new"}"#; 20], options);
    assert!(schema.drift(&read(r#"{"a":"new"}"#)).is_none());
    let drift = schema.drift(&read(r#"{"a":"canary"}"#)).unwrap();
    assert_eq!(drift.changes, [Change { at: "a".into(), kind: ChangeKind::NewValue }]);
    assert_eq!(drift.severity(), Severity::Warning);
    assert!(!format!("{drift:?}{}", drift.changes[0]).contains("canary"));
}

#[test]
fn drift_is_capped_and_has_a_fingerprint_of_its_kind() {
    let schema = learn(&[r#"{"a":1}"#]);
    let fingerprint = |body: &str| schema.drift(&read(body)).unwrap().fingerprint;
    assert_eq!(fingerprint(r#"{"a":"x"}"#), fingerprint(r#"{ "a": "y" }"#));
    assert_ne!(fingerprint(r#"{"a":"x"}"#), fingerprint(r#"{"a":true}"#));
    let many: Vec<String> = (0..150).map(|n| format!("\"k{n}\":1")).collect();
    let drift = schema.drift(&read(&format!("{{{}}}", many.join(",")))).unwrap();
    assert_eq!((drift.changes.len(), drift.more), (100, 51));
    assert_eq!(drift.severity(), Severity::Info);
}

// ---- sets and versions

#[test]
fn event_types_beyond_the_limit_share_one_schema() {
    let mut set = SchemaSet::new(SchemaOptions::default(), Some(Path::parse("type").unwrap()));
    let sample = |number: u32| format!(r#"{{"type":"t{number}","n":1}}"#);
    for number in 0..201 {
        set.learn(&read(&sample(number)));
    }
    assert_eq!((set.event_types().count(), set.rest().samples()), (200, 1));
    // None of them is unknown for want of a schema of its own.
    assert!(set.drift(&read(&sample(201))).is_none());
    let drift = set.drift(&read(r#"{"type":"t201","n":"x"}"#)).unwrap();
    assert!(matches!(&drift.changes[..], [Change { at, .. }] if at == "n"));
}

#[test]
fn corner_139_one_schema_for_each_event_type() {
    let samples =
        [r#"{"type":"paid","amount":1}"#, r#"{"type":"refused","reason":"x"}"#, r#"{"ping":1}"#];
    let mut set = SchemaSet::new(SchemaOptions::default(), Some(Path::parse("type").unwrap()));
    samples.iter().for_each(|sample| set.learn(&read(sample)));
    assert_eq!(set.event_types().collect::<Vec<_>>(), ["paid", "refused"]);
    assert_eq!(set.rest().samples(), 1);
    for sample in samples {
        assert!(set.drift(&read(sample)).is_none());
    }
    let drift = set.drift(&read(r#"{"type":"paid"}"#)).unwrap();
    assert_eq!(drift.changes, [Change { at: "amount".into(), kind: ChangeKind::FieldMissing }]);
    let drift = set.drift(&read(r#"{"type":"new one"}"#)).unwrap();
    assert_eq!(drift.changes, [Change { at: "type".into(), kind: ChangeKind::UnknownEventType }]);
    // Without a discriminator: one union, and no flapping between the two.
    let mut union = SchemaSet::new(SchemaOptions::default(), None);
    samples.iter().for_each(|sample| union.learn(&read(sample)));
    assert!(samples.iter().all(|sample| union.drift(&read(sample)).is_none()));
}

#[test]
fn corner_133_versions() {
    let set = |sample: &str| {
        let mut set = SchemaSet::new(SchemaOptions::default(), None);
        set.learn(&read(sample));
        set
    };
    let first = LearnedSchema::first(set(r#"{"a":1}"#));
    let same = set(r#"{"a":2}"#);
    let other = set(r#"{"b":1}"#);
    assert_eq!(first.next(&same, Update::Replace, Bump::Always).number(), 2);
    assert_eq!(first.next(&same, Update::Replace, Bump::OnChange).number(), 1);
    assert_eq!(first.next(&same, Update::Merge, Bump::OnChange).number(), 1);
    let replaced = first.next(&other, Update::Replace, Bump::OnChange);
    assert_eq!((replaced.number(), replaced.schemas()), (2, &other));
    let merged = first.next(&other, Update::Merge, Bump::OnChange);
    assert_eq!(merged.schemas().rest().samples(), 2);
    assert_eq!(merged.schemas().rest().fields().len(), 3);
    // What the JSON Schema says counts, whatever it is: here that texts can be empty.
    let date = LearnedSchema::first(set(r#"{"a":"2024-01-15"}"#));
    let and_empty = date.next(&set(r#"{"a":""}"#), Update::Merge, Bump::OnChange);
    assert_eq!(and_empty.number(), 2);
    // So does that something was left out.
    let narrow = |sample| {
        let mut set =
            SchemaSet::new(SchemaOptions { max_fields: 2, ..SchemaOptions::default() }, None);
        set.learn(&read(sample));
        set
    };
    let whole = LearnedSchema::first(narrow(r#"{"a":1}"#));
    let cut = whole.next(&narrow(r#"{"a":1,"b":2}"#), Update::Replace, Bump::OnChange);
    assert_eq!((cut.number(), whole.schemas().rest().is_truncated()), (2, false));
    let stored = serde_json::to_string(&merged).unwrap();
    assert!(stored.starts_with(r#"{"version":1,"#));
    assert_eq!(serde_json::from_str::<LearnedSchema>(&stored).unwrap(), merged);
    let later = stored.replacen("\"version\":1", "\"version\":2", 1);
    assert!(serde_json::from_str::<LearnedSchema>(&later).is_err());
}

/// What the first release stored: every later one loads it, and it says the same.
#[test]
fn the_stored_form_of_the_first_version_loads_and_is_what_is_stored() {
    let golden = include_str!("golden/learned-schema-1.json");
    let options = SchemaOptions {
        enums: true,
        examples: true,
        max_members: 3,
        max_fields: 6,
        ..SchemaOptions::default()
    };
    let mut set = SchemaSet::new(options, Some(Path::parse("type").unwrap()));
    for sample in [
        r#"{"type":"paid","n":[1,-2.5,18446744073709551615],"at":"2024-01-15T10:30:00Z"}"#,
        r#"{"type":"paid","n":[123456789012345678901234567890,null],"at":""}"#,
        r#"{"type":"refused","by":{"2024-01-15":true},"why":"a@b.c"}"#,
        r#"{"type":"refused","by":{"2024-01-16":false},"why":"soon"}"#,
        // More members than have names, then more places than fit.
        r#"{"a":1,"b":{"c":{}},"d":[],"e":"x"}"#,
        r#"{"a":{"x":1,"y":2,"z":{"p":1,"q":2,"r":{"s":3}}}}"#,
    ] {
        set.learn(&read(sample));
    }
    let learned = LearnedSchema::first(set);
    assert_eq!(serde_json::from_str::<LearnedSchema>(golden).unwrap(), learned);
    assert_eq!(serde_json::to_string_pretty(&learned).unwrap(), golden.trim_end());
}

#[test]
fn stored_schemas_are_checked_when_loaded() {
    let schema = learn(&[r#"{"a":[{"b":1}],"c":"x"}"#]);
    let stored = serde_json::to_value(&schema).unwrap();
    let broken = |change: &dyn Fn(&mut Value)| {
        let mut stored = stored.clone();
        change(&mut stored);
        serde_json::from_value::<Schema>(stored).is_err()
    };
    assert!(!broken(&|_| {}));
    assert!(broken(&|stored| stored["version"] = json!(9)));
    assert!(broken(&|stored| stored["places"] = json!([])));
    assert!(broken(&|stored| stored["places"][1]["parent"] = json!(7)));
    assert!(broken(&|stored| stored["places"][1]["at"] = json!("root")));
    assert!(broken(&|stored| {
        let twice = stored["places"][1].clone();
        stored["places"].as_array_mut().unwrap().push(twice);
    }));
}

// ---- properties

fn json_value() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        (-1.0e6..1.0e6).prop_map(Value::from),
        prop::sample::select(vec!["", "x", "2024-01-15", "a@b.c", "1.2.3.4", "é"])
            .prop_map(Value::from),
        Just(json!([])),
        Just(json!({})),
    ];
    scalar.prop_recursive(4, 32, 6, |inner| {
        let key = prop_oneof!["[a-f]", Just("7".to_owned()), Just("2024-01-15".to_owned())];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((key, inner), 0..6)
                .prop_map(|members| members.into_iter().collect()),
        ]
    })
}

fn schema_of(samples: &[Value], options: SchemaOptions) -> Schema {
    let texts: Vec<String> = samples.iter().map(Value::to_string).collect();
    learn_with(&texts.iter().map(String::as_str).collect::<Vec<_>>(), options)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn flt_04_merging_is_commutative_associative_and_the_same_as_learning_together(
        a in prop::collection::vec(json_value(), 0..3),
        b in prop::collection::vec(json_value(), 0..3),
        c in prop::collection::vec(json_value(), 0..3),
        max_members in prop::sample::select(vec![2_usize, 4, 200]),
    ) {
        let options =
            SchemaOptions { enums: true, examples: true, max_members, ..SchemaOptions::default() };
        let merge = |left: &Schema, right: &Schema| {
            let mut merged = left.clone();
            merged.merge(right);
            merged
        };
        let [sa, sb, sc] = [&a, &b, &c].map(|samples| schema_of(samples, options));
        prop_assert_eq!(merge(&sa, &sb), merge(&sb, &sa));
        prop_assert_eq!(merge(&merge(&sa, &sb), &sc), merge(&sa, &merge(&sb, &sc)));
        let together = schema_of(&[a, b, c].concat(), options);
        prop_assert_eq!(&merge(&merge(&sa, &sb), &sc), &together);
        let stored = serde_json::to_string(&together).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Schema>(&stored).unwrap(), &together);
    }

    #[test]
    fn no_sample_drifts_from_the_schema_that_learned_it(
        samples in prop::collection::vec(json_value(), 1..5),
        max_members in prop::sample::select(vec![2_usize, 200]),
        max_fields in prop::sample::select(vec![3_usize, 1_000]),
        max_depth in prop::sample::select(vec![2_usize, 32]),
    ) {
        let options =
            SchemaOptions { enums: true, max_members, max_fields, max_depth, ..SchemaOptions::default() };
        let schema = schema_of(&samples, options);
        for sample in &samples {
            prop_assert_eq!(schema.drift(&read(&sample.to_string())), None);
        }
        prop_assert!(schema.fields().len() <= max_fields);
    }

    #[test]
    fn drift_says_what_learning_would_change(known in json_value(), new in json_value()) {
        let schema = schema_of(std::slice::from_ref(&known), SchemaOptions::default());
        let mut widened = schema.clone();
        widened.learn(&read(&new.to_string()));
        let shape = |schema: &Schema| -> Vec<_> {
            schema.fields().into_iter().map(|f| (f.path, f.types, f.required)).collect()
        };
        let broken = schema.fields().iter().any(|field| {
            let now = widened.fields().into_iter().find(|now| now.path == field.path);
            field.format.is_some() && now.is_some_and(|now| now.format != field.format)
        });
        if shape(&schema) != shape(&widened) || broken {
            // Emptying an optional array or a number written with a point is no drift.
            let drift = schema.drift(&read(&new.to_string()));
            let mild = new.to_string().contains(".0") ;
            prop_assert!(drift.is_some() || mild, "{} then {}", known, new);
        }
    }
}
