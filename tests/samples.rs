//! From a sample to fields, columns and references: what a host's pages offer.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may panic")]

use hookstage::json::{Document, Path, ReadOptions};
use hookstage::payload::{
    FieldType, FlatView, FlattenOptions, PathStyle, Schema, SchemaOptions, hazards,
};
use hookstage::template::{MissingText, Rendered, Scope, Template};
use hookstage::{Column, Secret, Source, SourceConfig, providers};

const SAMPLE: &str = r#"{
    "id": "evt_1", "amount": 1999, "paid": true, "note": null, "tags": [], "meta": {},
    "customer": {"email": "ada@acme.com", "address": {"city": "Berlin"}},
    "items": [{"sku": "a", "qty": 1}, {"sku": "b", "qty": 2, "gift": true}]
}"#;

fn read(body: &str) -> Document<'_> {
    Document::read(body.as_bytes(), &ReadOptions::default()).unwrap()
}

fn learnt(sample: &str) -> Schema {
    let mut schema = Schema::new(SchemaOptions::default());
    schema.learn(&read(sample));
    schema
}

#[test]
fn r_co_14_15_fields_are_detected_in_a_pasted_sample_without_source_or_signature() {
    let document = read(SAMPLE);
    let view = FlatView::new(&document, &FlattenOptions::default());
    let paths: Vec<String> = view.leaves().map(|leaf| leaf.path(PathStyle::Bracket)).collect();
    assert_eq!(
        paths,
        [
            "id",
            "amount",
            "paid",
            "note",
            "tags",
            "meta",
            "customer.email",
            "customer.address.city",
            "items[0].sku",
            "items[0].qty",
            "items[1].sku",
            "items[1].qty",
            "items[1].gift",
        ]
    );
    // Each can be chosen: it leads back to its value.
    for leaf in view.leaves() {
        let path = Path::parse(&leaf.path(PathStyle::Bracket)).unwrap();
        assert_eq!(document.get(&path), leaf.node().found());
    }
}

#[test]
fn r_wx_32_35_every_leaf_is_a_variable_with_its_type_and_whether_it_is_required() {
    let fields = learnt(SAMPLE).fields();
    let field = |path: &str| fields.iter().find(|field| field.path == path).unwrap();
    for (path, kind, required) in [
        ("id", FieldType::String, true),
        ("amount", FieldType::Integer, true),
        ("paid", FieldType::Boolean, true),
        ("note", FieldType::Null, false),
        ("customer.address.city", FieldType::String, true),
        ("items[*].sku", FieldType::String, true),
        ("items[*].gift", FieldType::Boolean, false),
    ] {
        assert_eq!((&*field(path).types, field(path).required), (&[kind][..], required), "{path}");
    }
    assert_eq!(field("customer.email").format.unwrap().as_str(), "email");
    // Containers are shapes, and nothing is below the empty ones.
    assert_eq!(field("meta").types, [FieldType::Object]);
    assert!(!fields.iter().any(|field| field.path.starts_with("meta.")));
    assert!(!fields.iter().any(|field| field.path.starts_with("tags[")));
}

#[test]
fn r_wx_36_a_missing_field_is_null_and_refuses_nothing() {
    let schema = learnt(SAMPLE);
    let poor = read(r#"{"id":"evt_2"}"#);
    let drift = schema.drift(&poor).unwrap();
    assert!(drift.changes.iter().any(|change| change.at == "customer"));
    let render = |text: &str| {
        let scope = Scope::event(poor.root()).with_missing(MissingText::Null);
        Template::parse(text).unwrap().render(&scope).unwrap()
    };
    assert_eq!(render("{{webhook.customer.email}}"), Rendered::Json("null".into()));
    let text = Rendered::Json("\"to null\"".into());
    assert_eq!(render("to {{webhook.customer.email}}"), text);
}

#[test]
fn r_co_16_columns_are_shown_in_their_order_and_empty_where_nothing_stands() {
    let column = |path: &str, label: &str| Column {
        path: Path::parse(path).unwrap(),
        label: label.to_owned(),
    };
    let secret = Secret::new("whsec_example-of-a-signing-secret").unwrap();
    let mut config = SourceConfig::preset("acme", "stripe", &providers::STRIPE).with_secret(secret);
    config.columns = vec![
        column("customer.email", "Customer"),
        column("amount", ""),
        column("items[-1].sku", "Last item"),
        column("customer", ""),
        column("note", "Note"),
    ];
    let source = Source::new(config).unwrap();
    let shown = |body: &str| -> Vec<String> {
        let event = read(body);
        source.columns().iter().map(|column| column.cell(&event, 24)).collect()
    };
    let titles: Vec<String> = source.columns().iter().map(Column::title).collect();
    assert_eq!(titles, ["Customer", "amount", "Last item", "customer", "Note"]);
    assert_eq!(
        shown(SAMPLE),
        ["ada@acme.com", "1999", "b", "{\"email\":\"ada@acme.com\"…", "null"]
    );
    for other in ["{}", "[]", "5", r#"{"customer":"x"}"#] {
        let cells = shown(other);
        assert_eq!(cells.len(), 5, "an event is shown whatever it lacks");
        assert!(cells[..3].iter().all(String::is_empty), "{other}: {cells:?}");
    }
}

#[test]
fn hazards_are_told_by_kind_place_and_number() {
    let found = |body: &str| -> Vec<(String, String, usize)> {
        let hazards = hazards(&read(body)).into_iter();
        hazards
            .map(|hazard| {
                (hazard.kind.as_str().to_owned(), hazard.first.to_string(), hazard.places)
            })
            .collect()
    };
    let one = |kind: &str, at: &str, places| vec![(kind.to_owned(), at.to_owned(), places)];
    assert_eq!(found(SAMPLE), []);
    assert_eq!(found(r#"{"a":0.1,"b":1e300,"c":-0,"d":9007199254740992}"#), []);
    assert_eq!(found("[1, 9007199254740993, 1e-400]"), one("beyond_double", "[1]", 2));
    assert_eq!(found(r#"{"n":1e300,"m":1e1000}"#).len(), 2);
    assert_eq!(found(r#"{"n":1e1000}"#)[1], ("huge_number".into(), "n".into(), 1));
    assert_eq!(found(r#"{"a\u0000":"\u0000","b":["\u0000"]}"#), one("nul", r#"["a\u0000"]"#, 2));
    assert_eq!(
        found(r#"{"a":[{"__proto__":{}}],"toString":1}"#),
        one("prototype_key", "a[0].__proto__", 2)
    );
    assert_eq!(found("{\"a\":\"\u{202e}fdp.exe\"}"), one("reordering", "a", 1));
}
