//! From an event to a plan: what a payload may decide, and what it never may.
#![cfg(feature = "test-util")]

use hookstage::template::Resolution;
use hookstage::workflow::{Plan, PlanDigest, PlanError, SystemFields, Workflow, WorkflowConfig};
use hookstage::{Draft, Event, EventId, SourceId, Timestamp};

fn event(body: &str) -> Event {
    let source = SourceId::new("acme", "shop").unwrap();
    let now = Timestamp::from_unix_seconds(1_700_000_000);
    Event::staged(EventId::new(7), Draft::for_tests(source, now, body.as_bytes().to_vec(), None))
}

fn config(json: serde_json::Value) -> WorkflowConfig {
    serde_json::from_value(json).unwrap()
}

fn workflow(steps: serde_json::Value) -> Workflow {
    let config = config(serde_json::json!({"version": 1, "name": "test", "steps": steps}));
    Workflow::new(config, &SystemFields::standard()).unwrap()
}

fn faults(steps: serde_json::Value) -> Vec<String> {
    let config = config(serde_json::json!({"version": 1, "name": "test", "steps": steps}));
    match Workflow::new(config, &SystemFields::standard()) {
        Ok(_) => Vec::new(),
        Err(error) => error.faults().iter().map(ToString::to_string).collect(),
    }
}

fn json_of(plan: &Plan) -> Vec<(String, Vec<(String, String)>)> {
    let ids = |name: &str| Some(format!("id-of-{name}"));
    plan.creations
        .iter()
        .map(|creation| {
            let fields = creation.fields.iter();
            let fields = fields.map(|(field, value)| (field.clone(), value.json(ids).unwrap()));
            (creation.entity.clone(), fields.collect())
        })
        .collect()
}

fn field(name: &str, json: &str) -> (String, String) {
    (name.to_owned(), json.to_owned())
}

#[test]
fn r_co_31_a_purchase_becomes_a_company_a_contact_and_a_lead() {
    let workflow = workflow(serde_json::json!([
        {"entity": "company", "store_as": "company", "fields": {"name": "$event.customer.company"}},
        {"entity": "contact", "store_as": "contact", "fields": {
            "email": "$event.customer.email", "company_id": "$company.id"}},
        {"entity": "lead", "fields": {
            "title": "Purchase {{event.id}}", "amount": "$event.amount",
            "contact_id": "$contact.id", "company_id": "$company.id"}},
    ]));
    let plan = workflow
        .plan(&event(
            r#"{"id":"evt_123","amount":19.90,"customer":{"email":"ada@acme.com","company":"Acme"}}"#,
        ))
        .unwrap();
    assert_eq!(
        json_of(&plan),
        [
            ("company".to_owned(), vec![field("name", r#""Acme""#)]),
            (
                "contact".to_owned(),
                vec![
                    field("company_id", r#""id-of-company""#),
                    field("email", r#""ada@acme.com""#),
                ]
            ),
            (
                "lead".to_owned(),
                vec![
                    field("amount", "19.90"),
                    field("company_id", r#""id-of-company""#),
                    field("contact_id", r#""id-of-contact""#),
                    field("title", r#""Purchase evt_123""#),
                ]
            ),
        ]
    );
    assert!(plan.trace.iter().any(|entry| entry.found == Resolution::Later));
}

#[test]
fn r_co_40_pro_01_system_fields_in_a_payload_touch_nothing() {
    let workflow = workflow(serde_json::json!([
        {"entity": "contact", "fields": {"email": "$event.email"}},
    ]));
    let plan = workflow
        .plan(&event(
            r#"{"email":"a@b.c","tenant":"evil","tenant_id":1,"owner":2,"account":3,"status":4,
                "id":5,"nested":{"tenant_id":6}}"#,
        ))
        .unwrap();
    assert_eq!(plan.source.tenant(), "acme");
    assert_eq!(json_of(&plan), [("contact".to_owned(), vec![field("email", r#""a@b.c""#)])]);
}

#[test]
fn pro_02_no_spelling_of_a_system_field_is_a_target() {
    for target in [
        "tenant",
        "Tenant",
        "tenant_id",
        "Tenant_ID",
        "tenantId",
        "tenant-id",
        "TENANT__ID",
        "tenant_id ",
        " tenant_id",
        "ten\u{430}nt_id",
        "tenant.id",
        "record[\"id\"]",
        "/tenant_id",
        "tenant_id[0]",
        "id",
        "ID",
        "recordId",
        "record_id",
        "owner",
        "ownerId",
        "account_id",
        "status",
        "Status",
        "$tenant",
        "a/b",
        "",
        "a\u{200b}",
        "\u{ff54}enant",
    ] {
        let found = faults(serde_json::json!([{"entity": "contact", "fields": {target: "x"}}]));
        assert!(!found.is_empty(), "{target:?} was taken as a target");
    }
    for target in ["email", "statusText", "idea", "tenants", "first_name", "x-1"] {
        let found = faults(serde_json::json!([{"entity": "contact", "fields": {target: "x"}}]));
        assert_eq!(found, Vec::<String>::new(), "{target:?}");
    }
}

#[test]
fn pro_02_a_host_adds_system_fields_of_its_own() {
    let config = config(serde_json::json!({"version": 1, "name": "t", "steps": [
        {"entity": "contact", "fields": {"Work_Space": "x"}}]}));
    assert!(Workflow::new(config.clone(), &SystemFields::standard()).is_ok());
    assert!(Workflow::new(config, &SystemFields::standard().with("workspace")).is_err());
}

#[test]
fn pro_03_a_whole_event_is_never_assigned() {
    let found = faults(serde_json::json!([
        {"entity": "a", "fields": {"x": "{{event}}"}},
        {"entity": "b", "for_each": "items", "fields": {"x": "{{item}}"}},
    ]));
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found.iter().all(|fault| fault.contains("never assigned")), "{found:?}");
}

#[test]
fn a_field_set_twice_in_other_spellings_is_refused() {
    let found = faults(serde_json::json!([
        {"entity": "a", "fields": {"first_name": "x", "firstName": "y"}},
    ]));
    assert_eq!(found.len(), 1, "{found:?}");
}

#[test]
fn r_co_42_pro_04_the_cap_counts_every_record_before_anything_is_rendered() {
    let steps = serde_json::json!([
        {"entity": "order", "store_as": "order", "fields": {"number": "$event.number"}},
        {"entity": "line", "for_each": "lines", "fields": {
            "sku": "{{item.sku | required}}", "order_id": "$order.id"}},
    ]);
    let limited = |cap: u32| {
        let config = config(
            serde_json::json!({"version": 1, "name": "t", "cap": cap, "steps": steps.clone()}),
        );
        Workflow::new(config, &SystemFields::standard()).unwrap()
    };
    let lines = |count: usize| {
        let lines = vec![r#"{"sku":"x"}"#; count].join(",");
        event(&format!(r#"{{"number":1,"lines":[{lines}]}}"#))
    };
    assert_eq!(limited(4).plan(&lines(3)).unwrap().creations.len(), 4);
    assert_eq!(
        limited(4).plan(&lines(4)).unwrap_err(),
        PlanError::TooManyRecords { records: 5, cap: 4 }
    );
    // The items would not even render: the count comes first.
    let bare = format!(r#"{{"number":1,"lines":[{}]}}"#, vec!["0"; 100_000].join(","));
    assert_eq!(
        limited(100).plan(&event(&bare)).unwrap_err(),
        PlanError::TooManyRecords { records: 100_001, cap: 100 }
    );
    assert!(limited(100).plan(&lines(0)).is_ok());
    assert!(limited(100).plan(&event(r#"{"number":1}"#)).is_ok());
    assert!(matches!(
        limited(100).plan(&event(r#"{"number":1,"lines":{"sku":"x"}}"#)).unwrap_err(),
        PlanError::NotAnArray { .. }
    ));
}

#[test]
fn items_are_iterated_in_order_with_their_digits() {
    let workflow = workflow(serde_json::json!([
        {"entity": "line", "for_each": "$.lines", "fields": {"n": "$item.n", "of": "$event.id"}},
    ]));
    let plan = workflow.plan(&event(r#"{"id":1e2,"lines":[{"n":1.0},{"n":9007199254740993},{}]}"#));
    assert_eq!(
        json_of(&plan.unwrap()),
        [
            ("line".to_owned(), vec![field("n", "1.0"), field("of", "1e2")]),
            ("line".to_owned(), vec![field("n", "9007199254740993"), field("of", "1e2")]),
            ("line".to_owned(), vec![field("n", "null"), field("of", "1e2")]),
        ]
    );
}

#[test]
fn r_co_30_corner_107_pro_08_names_are_known_before_they_are_used() {
    let stored =
        |name: &str| serde_json::json!({"entity": "a", "store_as": name, "fields": {"x": "y"}});
    for (steps, expected) in [
        (
            serde_json::json!([{"entity": "a", "store_as": "me", "fields": {"x": "$me.id"}}]),
            "no earlier step is stored as me",
        ),
        (
            serde_json::json!([{"entity": "a", "fields": {"x": "$later.id"}}, stored("later")]),
            "no earlier step is stored as later",
        ),
        (serde_json::json!([stored("twice"), stored("twice")]), "the name is taken"),
        (serde_json::json!([stored("event")]), "other than event"),
        (serde_json::json!([stored("item")]), "other than event"),
        (serde_json::json!([stored("a b")]), "identifier"),
        (
            serde_json::json!([
                {"entity": "a", "store_as": "each", "for_each": "items", "fields": {"x": "$item.x"}},
                {"entity": "b", "fields": {"x": "$each.id"}}]),
            "no one id",
        ),
        (serde_json::json!([{"entity": "a", "fields": {"x": "$item.x"}}]), "without for_each"),
        (serde_json::json!([{"entity": "a", "fields": {}}]), "at least one field"),
        (serde_json::json!([]), "one to 100 steps"),
    ] {
        let found = faults(steps.clone());
        assert!(found.iter().any(|fault| fault.contains(expected)), "{steps}: {found:?}");
    }
}

#[test]
fn every_fault_is_reported_at_once_with_its_place() {
    let found = faults(serde_json::json!([
        {"entity": "1", "store_as": "webhook", "fields": {"tenant_id": "$nobody.id"},
         "required": ["gone"]},
    ]));
    for at in
        ["steps[0].entity", "steps[0].store_as", "steps[0].fields.tenant_id", "steps[0].required"]
    {
        assert!(found.iter().any(|fault| fault.starts_with(at)), "{at}: {found:?}");
    }
}

#[test]
fn a_cap_of_zero_is_refused() {
    let config = config(serde_json::json!({"version": 1, "name": "t", "cap": 0, "steps": [
        {"entity": "a", "fields": {"x": "y"}}]}));
    assert!(Workflow::new(config, &SystemFields::standard()).is_err());
}

#[test]
fn pro_09_an_assertion_compares_values_and_never_types() {
    let asserting = |equals: serde_json::Value| {
        let config = config(serde_json::json!({"version": 1, "name": "t",
            "assertions": [{"path": "amount", "equals": equals}],
            "steps": [{"entity": "a", "fields": {"x": "$event.amount"}}]}));
        Workflow::new(config, &SystemFields::standard()).unwrap()
    };
    let number = asserting(serde_json::json!({"number": "1990"}));
    assert!(number.plan(&event(r#"{"amount":1990}"#)).is_ok());
    assert!(number.plan(&event(r#"{"amount":1.99e3}"#)).is_ok());
    for amount in ["1991", "\"1990\"", "null", "[1990]", "1990.0000000000000000000001"] {
        let plan = number.plan(&event(&format!(r#"{{"amount":{amount}}}"#)));
        assert!(matches!(plan, Err(PlanError::Assertion { .. })), "{amount}");
    }
    assert!(number.plan(&event("{}")).is_err());
    let text = asserting(serde_json::json!("EUR"));
    assert!(text.plan(&event(r#"{"amount":"EUR"}"#)).is_ok());
    assert!(text.plan(&event(r#"{"amount":"eur"}"#)).is_err());
}

#[test]
fn pro_10_a_workflow_of_one_source_takes_no_event_of_another() {
    let bound = |tenant: &str, source: &str| {
        let config = config(serde_json::json!({"version": 1, "name": "t",
            "trigger": {"source": {"tenant": tenant, "source": source}},
            "steps": [{"entity": "a", "fields": {"x": "y"}}]}));
        Workflow::new(config, &SystemFields::standard()).unwrap()
    };
    assert!(bound("acme", "shop").plan(&event("{}")).is_ok());
    assert_eq!(bound("acme", "other").plan(&event("{}")).unwrap_err(), PlanError::NotTaken);
    assert_eq!(bound("evil", "shop").plan(&event("{}")).unwrap_err(), PlanError::NotTaken);
}

#[test]
fn a_required_field_that_is_null_stops_the_whole_plan() {
    let workflow = workflow(serde_json::json!([
        {"entity": "a", "fields": {"email": "$event.email"}, "required": ["email"]},
    ]));
    assert!(workflow.plan(&event(r#"{"email":"a@b.c"}"#)).is_ok());
    for body in [r#"{"email":null}"#, "{}"] {
        let refused = workflow.plan(&event(body)).unwrap_err();
        assert!(matches!(refused, PlanError::RequiredField { .. }), "{refused}");
    }
}

#[test]
fn r_co_28_a_trigger_filters_by_payload_and_kept_headers() {
    let filtered = |filter: serde_json::Value| {
        let config = config(serde_json::json!({"version": 1, "name": "t",
            "trigger": {"filter": filter},
            "steps": [{"entity": "a", "fields": {"x": "$event.amount"}}]}));
        let stored = serde_json::to_value(&config).unwrap();
        assert_eq!(serde_json::from_value::<WorkflowConfig>(stored).unwrap(), config);
        Workflow::new(config, &SystemFields::standard()).unwrap()
    };
    let large = filtered(serde_json::json!({"payload": "amount", "gte": 100}));
    assert!(large.takes(&event(r#"{"amount":100}"#)));
    assert!(large.plan(&event(r#"{"amount":100}"#)).is_ok());
    for body in [r#"{"amount":99}"#, r#"{"amount":"100"}"#, "{}"] {
        assert!(!large.takes(&event(body)), "{body}");
        assert_eq!(large.plan(&event(body)).unwrap_err(), PlanError::NotTaken, "{body}");
    }
    assert!(!large.takes(&event("no json")));
    let live = filtered(serde_json::json!({"not": {"header": "x-test-mode", "exists": true}}));
    let mut test = event(r#"{"amount":1}"#);
    assert!(live.takes(&test));
    test.headers.push(("x-test-mode".into(), b"1".to_vec()));
    assert!(!live.takes(&test));
}

#[test]
fn r_co_29_what_no_sample_had_is_reported_with_its_place() {
    use hookstage::json::{Document, ReadOptions};
    use hookstage::payload::{Schema, SchemaOptions};
    let mut schema = Schema::new(SchemaOptions::default());
    for sample in [r#"{"id":1,"customer":{"email":"a"},"items":[{"sku":"x"}]}"#, r#"{"note":null}"#]
    {
        schema.learn(&Document::read(sample.as_bytes(), &ReadOptions::default()).unwrap());
    }
    let workflow = workflow(serde_json::json!([
        {"entity": "contact", "store_as": "contact", "fields": {
            "email": "$event.customer.email", "name": "$event.customer.nmae",
            "note": "$event.note", "plan": "{{event.plan ?? \"none\"}}"}},
        {"entity": "line", "for_each": "items", "fields": {
            "sku": "$item.sku", "price": "$item.price", "contact_id": "$contact.id"}},
        {"entity": "other", "for_each": "lines", "fields": {"x": "text {{event.id}} {{event.gone}}"}},
    ]));
    let error = workflow.check_against(&schema).unwrap_err();
    let places: Vec<&str> = error.faults().iter().map(|fault| fault.at()).collect();
    assert_eq!(
        places,
        ["steps[0].fields.name", "steps[1].fields.price", "steps[2].for_each", "steps[2].fields.x"]
    );
}

#[test]
fn r_co_7_a_plan_is_data_and_evaluating_it_twice_gives_the_same() {
    let workflow = workflow(serde_json::json!([
        {"entity": "a", "store_as": "a", "fields": {"x": "$event.x"}},
        {"entity": "b", "fields": {"a_id": "$a.id"}},
    ]));
    let event = event(r#"{"x":1}"#);
    let plan = workflow.plan(&event).unwrap();
    assert_eq!(workflow.plan(&event).unwrap(), plan);
    let stored = serde_json::to_vec(&plan).unwrap();
    assert_eq!(serde_json::from_slice::<Plan>(&stored).unwrap().digest(), plan.digest());
    // The id of a record is unknown until the host has made it.
    assert_eq!(plan.creations[1].fields[0].1.json(|_| None), None);
}

#[test]
fn pro_08_ten_thousand_steps_are_refused_at_once() {
    let step = serde_json::json!({"entity": "a", "fields": {"x": "y"}});
    let found = faults(serde_json::Value::Array(vec![step; 10_000]));
    assert!(found.iter().any(|fault| fault.contains("one to 100 steps")), "{}", found.len());
}

#[test]
fn pro_13_a_value_that_looks_like_a_reference_stays_data() {
    let workflow = workflow(serde_json::json!([
        {"entity": "a", "store_as": "a", "fields": {
            "alone": "$event.x", "text": "see {{event.x}}", "name": "{{event.y}}"}},
        {"entity": "b", "fields": {"text": "{{a.id}}: {{event.x}}"}},
    ]));
    let body = serde_json::json!({"x": "$event.secret {{event.secret}} {{a.id}} ${7*7}", "y": "$a.id", "secret": "canary"});
    let plan = workflow.plan(&event(&body.to_string())).unwrap();
    let created = format!("{:?}", json_of(&plan));
    assert!(!created.contains("canary") && !created.contains("49"), "{created}");
    assert!(created.contains("{{event.secret}} {{a.id}}"), "{created}");
    assert!(created.contains("id-of-a: $event.secret"), "{created}");
}

#[test]
fn pro_12_a_plan_is_told_from_every_other_by_its_digest() {
    let plan_of = |value: &str, body: &str| {
        let workflow = workflow(serde_json::json!([{"entity": "a", "fields": {"x": value}}]));
        workflow.plan(&event(body)).unwrap()
    };
    let plan = plan_of("$event.a", r#"{"a":1}"#);
    assert_eq!(plan.digest(), plan_of("{{event.a}}", r#"{ "a": 1 }"#).digest());
    for other in [
        plan_of("$event.a", r#"{"a":"1"}"#),
        plan_of("$event.a", r#"{"a":1.0}"#),
        plan_of("$event.b", r#"{"a":1}"#),
        plan_of("text", r#"{"a":1}"#),
    ] {
        assert_ne!(plan.digest(), other.digest());
    }
    let shown = plan.digest().to_string();
    assert_eq!(shown.parse::<PlanDigest>().unwrap(), plan.digest());
    let stored = serde_json::to_string(&plan).unwrap();
    assert_eq!(serde_json::from_str::<Plan>(&stored).unwrap(), plan);
}

/// What is written in version 1 is read by every later release, and written alike.
#[test]
fn the_golden_workflow_loads_and_is_written_alike() {
    let text = include_str!("golden/workflow-1.json");
    let golden: serde_json::Value = serde_json::from_str(text).unwrap();
    let config: WorkflowConfig = serde_json::from_str(text).unwrap();
    assert_eq!(serde_json::to_value(&config).unwrap(), golden);
    assert_eq!(serde_json::from_value::<WorkflowConfig>(golden).unwrap(), config);
    let workflow = Workflow::new(config, &SystemFields::standard()).unwrap();

    let mut event = event(
        r#"{"total":100,"currency":"EUR","live":true,"refund":null,"schema":3.0,
            "rate":9007199254740993.5,"note":"null","customer":{"email":"ada@acme.com"},"lines":[{"sku":"a"}]}"#,
    );
    event.event_type = Some("order.paid".to_owned());
    let plan = workflow.plan(&event).unwrap();
    assert_eq!(
        json_of(&plan),
        [
            (
                "contact".to_owned(),
                vec![
                    field("email", r#""ada@acme.com""#),
                    field("greeting", r#""Dear customer""#),
                    field("is_customer", "true"),
                ]
            ),
            (
                "order".to_owned(),
                vec![
                    field("contact_id", r#""id-of-contact""#),
                    field("margin", "0.10"),
                    field("note", "null"),
                    field("rating", "-5"),
                    field("template", r#""{{event.customer.email}}""#),
                ]
            ),
            (
                "line".to_owned(),
                vec![field("order_id", r#""id-of-order""#), field("sku", r#""a""#)]
            ),
        ]
    );
    // Each assertion holds by itself.
    for (was, is) in [
        (r#""EUR""#, r#""eur""#),
        (r#""live":true"#, r#""live":"true""#),
        (r#""refund":null"#, r#""refund":"null""#),
        (r#""schema":3.0"#, r#""schema":3.1"#),
        (r#""schema":3.0"#, r#""schema":"3""#),
        (r#""note":"null""#, r#""note":null"#),
        (r#""EUR""#, r#"{"string":"EUR"}"#),
        ("9007199254740993.5", "9007199254740993.6"),
    ] {
        let body = String::from_utf8(event.body.to_vec()).unwrap();
        let mut other = event.clone();
        other.body = body.replace(was, is).into_bytes().into();
        assert!(matches!(workflow.plan(&other), Err(PlanError::Assertion { .. })), "{is}");
    }
}

#[test]
fn a_literal_keeps_its_type_and_its_digits_and_is_never_read_as_a_template() {
    let workflow = workflow(serde_json::json!([{"entity": "a", "store_as": "a", "fields": {
        "bool": {"literal": false},
        "integer": {"literal": 9_007_199_254_740_993_i64},
        "decimal": {"literal": 19.5},
        "long": {"literal": {"number": "1.00000000000000000001e2"}},
        "nothing": {"literal": null},
        "null": {"literal": "null"},
        "text": {"literal": "$event.secret {{event.secret}} \"\\\n"},
    }}]));
    let plan = workflow.plan(&event(r#"{"secret":"canary"}"#)).unwrap();
    assert_eq!(
        json_of(&plan)[0].1,
        [
            field("bool", "false"),
            field("decimal", "19.5"),
            field("integer", "9007199254740993"),
            field("long", "1.00000000000000000001e2"),
            field("nothing", "null"),
            field("null", r#""null""#),
            field("text", r#""$event.secret {{event.secret}} \"\\\n""#),
        ]
    );
    // Nothing of the event was looked at.
    assert!(plan.trace.is_empty());
}

#[test]
fn what_is_no_field_value_is_refused_when_it_is_read() {
    for (value, why) in [
        ("5", "template in a string"),
        ("true", "template in a string"),
        ("null", "template in a string"),
        ("[]", "template in a string"),
        ("{}", "template in a string"),
        (r#"{"lit": 5}"#, "template in a string"),
        (r#"{"literal": 5, "as": "x"}"#, "template in a string"),
        (r#"{"literal": 5, "literal": 6}"#, "twice"),
        (r#"{"literal": [5]}"#, "a literal is"),
        (r#"{"literal": {"tenant_id": "x"}}"#, "a literal is"),
        (r#"{"literal": {"number": "five"}}"#, "a literal is"),
        (r#"{"literal": {"number": 5}}"#, "a literal is"),
        (r#"{"literal": {"string": "x"}}"#, "a literal is"),
        (r#"{"literal": {"string": "x", "bool": true}}"#, "a literal is"),
        (r#"{"literal": {"bool": true}}"#, "a literal is"),
        (r#"{"literal": 0.12345678901234567890}"#, "a literal is"),
        (r#"{"literal": 1e999}"#, "number out of range"),
        (r#""{{event.""#, "not closed"),
    ] {
        let text = format!(
            r#"{{"version": 1, "name": "w", "steps": [{{"entity": "a", "fields": {{"x": {value}}}}}]}}"#
        );
        let error = serde_json::from_str::<WorkflowConfig>(&text).unwrap_err().to_string();
        assert!(error.contains(why), "{value}: {error}");
    }
    // Of two values for one field, either could have been meant.
    let twice = r#"{"version": 1, "name": "w", "steps": [{"entity": "a", "fields": {"x": "1", "x": "2"}}]}"#;
    let error = serde_json::from_str::<WorkflowConfig>(twice).unwrap_err().to_string();
    assert!(error.contains("twice"), "{error}");
}

#[test]
fn a_literal_that_code_wrote_is_judged_too() {
    use hookstage::workflow::{FieldValue, Literal};
    let steps = serde_json::json!([{"entity": "a", "fields": {"x": "y"}, "required": ["x"]}]);
    let mut config = config(serde_json::json!({"version": 1, "name": "t", "steps": steps,
        "assertions": [{"path": "p", "equals": 1}]}));
    let mut judged = |literal: Literal| {
        config.assertions[0].equals = literal.clone();
        config.steps[0].fields.insert("x".into(), FieldValue::Literal(literal));
        let workflow = Workflow::new(config.clone(), &SystemFields::standard());
        let error = workflow.err();
        error.map_or(vec![], |error| error.faults().iter().map(ToString::to_string).collect())
    };
    assert_eq!(judged(Literal::Number("1e2".into())), Vec::<String>::new());
    let found = judged(Literal::Number("0x5, \"tenant_id\": 1".into()));
    let at = ["assertions[0].equals", "steps[0].fields.x"];
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(at.iter().zip(&found).all(|(at, fault)| fault.starts_with(at)), "{found:?}");
    // A field that is required can never be null, so no event would ever have a plan.
    let found = judged(Literal::Null);
    assert!(found.len() == 1 && found[0].contains("always null"), "{found:?}");
}
