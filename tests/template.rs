//! References and templates: what stands alone keeps its type, what is inserted is data.

use hookstage::json::{Document, DuplicateKeys, ReadOptions};
use hookstage::template::{MissingText, Rendered, Resolution, Scope, Template, TextPiece};

const EVENT: &str = r#"{
    "a": 5, "big": 9007199254740993, "name": "Ada", "nothing": null, "yes": true,
    "items": [ {"sku": "x", "n": 1.0} , 2 ],
    "a.b": "dotted key", "hostile": "{{webhook.secret}} $event.secret", "secret": "s3cret"
}"#;

fn render(template: &str) -> String {
    render_as(template, MissingText::Empty)
}

fn render_as(template: &str, missing: MissingText) -> String {
    let document = Document::read(EVENT.as_bytes(), &ReadOptions::default()).unwrap();
    let scope = Scope::event(document.root()).with_missing(missing);
    match Template::parse(template).unwrap().render(&scope).unwrap() {
        Rendered::Json(json) => json,
        other => panic!("{template} waits for an id: {other:?}"),
    }
}

#[test]
fn r_co_29_a_reference_alone_keeps_the_json_type() {
    for (template, json) in [
        ("$event.a", "5"),
        ("$event.big", "9007199254740993"),
        ("$event.name", r#""Ada""#),
        ("$event.yes", "true"),
        ("$event.nothing", "null"),
        ("$event.items[0].n", "1.0"),
        ("$event.items[-1]", "2"),
        ("{{webhook.a}}", "5"),
        ("{{ event.a }}", "5"),
        ("{{$event.a}}", "5"),
    ] {
        assert_eq!(render(template), json, "{template}");
    }
}

#[test]
fn corner_099_a_placeholder_alone_is_a_number() {
    assert_eq!(render("{{webhook.a}}"), "5");
}

#[test]
fn corner_100_text_takes_a_number_with_all_its_digits() {
    assert_eq!(render("id-{{webhook.big}}"), r#""id-9007199254740993""#);
}

#[test]
fn corner_101_white_space_outside_the_braces_makes_text() {
    assert_eq!(render(" {{webhook.a}}"), r#"" 5""#);
    assert_eq!(render("{{webhook.a}}\n"), r#""5\n""#);
}

#[test]
fn corner_102_missing_is_null_alone_and_by_choice_in_text() {
    assert_eq!(render("{{webhook.gone}}"), "null");
    assert_eq!(render("<{{webhook.gone}}>"), r#""<>""#);
    assert_eq!(render_as("<{{webhook.gone}}>", MissingText::Null), r#""<null>""#);
    assert_eq!(render_as("<{{webhook.nothing}}>", MissingText::Null), r#""<null>""#);
}

#[test]
fn corner_103_pro_13_what_is_inserted_is_never_read_again() {
    assert_eq!(render("{{webhook.hostile}}!"), r#""{{webhook.secret}} $event.secret!""#);
    assert_eq!(render("$event.hostile"), r#""{{webhook.secret}} $event.secret""#);
}

#[test]
fn corner_104_containers_in_text_are_compact_with_their_digits() {
    assert_eq!(render("[{{webhook.items}}]"), r#""[[{\"sku\":\"x\",\"n\":1.0},2]]""#);
    // Alone, the value is the document's own text.
    assert_eq!(render("$event.items"), r#"[ {"sku": "x", "n": 1.0} , 2 ]"#);
}

#[test]
fn a_container_alone_holds_only_the_members_that_count() {
    // Whoever reads the value next may take the other of two members.
    let body = br#"{"a": {"to": "ada", "cc": [1 ], "to": "eve"}, "b": { "n": 1.0 }}"#;
    for (duplicate_keys, a) in [
        (DuplicateKeys::KeepFirst, r#"{"to":"ada","cc":[1]}"#),
        (DuplicateKeys::KeepLast, r#"{"cc":[1],"to":"eve"}"#),
    ] {
        let options = ReadOptions { duplicate_keys, ..ReadOptions::default() };
        let document = Document::read(body, &options).unwrap();
        let scope = Scope::event(document.root());
        let render = |text: &str| Template::parse(text).unwrap().render(&scope).unwrap();
        assert_eq!(render("$event.a"), Rendered::Json(a.to_owned()));
        assert_eq!(render("{{event.b}}"), Rendered::Json(r#"{"n":1.0}"#.to_owned()));
    }
}

#[test]
fn corner_105_faults_have_a_column() {
    for (template, column) in [
        ("{{ webhook.a ", 1),
        ("ab {{}}", 6),
        ("{{webhook.}}", 11),
        ("$event.", 8),
        ("$event.items[*]", 14),
        ("x {{event..a}}", 11),
        ("{{event.a ?? nope}}", 11),
        ("{{event.a | loud}}", 11),
        ("$company.name", 9),
    ] {
        let error = Template::parse(template).expect_err(template);
        assert_eq!(error.column, column, "{template}: {error}");
    }
}

#[test]
fn corner_106_a_dotted_key_is_not_a_path() {
    assert_eq!(render(r#"{{webhook["a.b"]}}"#), r#""dotted key""#);
    assert_eq!(render("{{webhook.a.b}}"), "null");
}

#[test]
fn corner_108_text_without_references_stays_as_it_is() {
    for text in ["[\"1.0\"]", "", "$5", "$", "$foo", "costs $5.00 today", "}}", "{ {a} }", "a\\b"] {
        let expected = serde_json::to_string(text).unwrap();
        assert_eq!(render(text), expected, "{text}");
    }
}

#[test]
fn the_characters_themselves_can_be_written() {
    assert_eq!(render("{{{{webhook.a}}"), r#""{{webhook.a}}""#);
    assert_eq!(render("\\$event.a"), r#""$event.a""#);
}

#[test]
fn a_default_stands_in_for_missing_and_null_alone_and_in_text() {
    assert_eq!(render(r#"{{event.gone ?? "none"}}"#), r#""none""#);
    assert_eq!(render(r#"{{event.nothing ?? [1, 2]}}"#), "[1, 2]");
    assert_eq!(render(r#"({{event.gone ?? "}} | x"}})"#), r#""(}} | x)""#);
    assert_eq!(render(r#"{{event.a ?? 7}}"#), "5");
    assert_eq!(render("{{event.a | text}}"), r#""5""#);
}

#[test]
fn a_required_reference_that_stands_for_nothing_is_an_error() {
    let document = Document::read(EVENT.as_bytes(), &ReadOptions::default()).unwrap();
    let scope = Scope::event(document.root());
    for template in ["{{event.gone | required}}", "x{{event.nothing|required}}"] {
        let error = Template::parse(template).unwrap().render(&scope).unwrap_err();
        assert!(error.to_string().contains("is required"), "{error}");
    }
    let present = Template::parse("{{event.a | required}}").unwrap();
    assert_eq!(present.render(&scope).unwrap(), Rendered::Json("5".to_owned()));
}

#[test]
fn an_id_of_an_earlier_step_waits_until_the_plan_runs() {
    let document = Document::read(EVENT.as_bytes(), &ReadOptions::default()).unwrap();
    let scope = Scope::event(document.root());
    let alone = Template::parse("$company.id").unwrap();
    assert_eq!(alone.render(&scope).unwrap(), Rendered::IdOf("company".to_owned()));
    let text = Template::parse("{{event.name}} of {{company.id}}").unwrap();
    assert_eq!(
        text.render(&scope).unwrap(),
        Rendered::Text(vec![
            TextPiece::Text("Ada of ".to_owned()),
            TextPiece::IdOf("company".to_owned())
        ])
    );
}

#[test]
fn the_trace_tells_found_missing_null_and_wrong_type_apart() {
    let document = Document::read(EVENT.as_bytes(), &ReadOptions::default()).unwrap();
    let scope = Scope::event(document.root());
    let template = "{{event.a}}{{event.gone}}{{event.nothing}}{{event.name.first}}{{company.id}}";
    let trace = Template::parse(template).unwrap().trace(&scope);
    let found: Vec<Resolution> = trace.iter().map(|entry| entry.found).collect();
    assert_eq!(
        found,
        [
            Resolution::Found,
            Resolution::Missing,
            Resolution::Null,
            Resolution::WrongType,
            Resolution::Later
        ]
    );
    assert_eq!(trace[3].reference, "$event.name.first");
}

#[test]
fn a_template_is_stored_as_its_text() {
    let template = Template::parse("{{event.a ?? 1}} and $5").unwrap();
    let stored = serde_json::to_string(&template).unwrap();
    assert_eq!(stored, r#""{{event.a ?? 1}} and $5""#);
    assert_eq!(serde_json::from_str::<Template>(&stored).unwrap(), template);
    let error = serde_json::from_str::<Template>(r#""{{event.a""#).unwrap_err().to_string();
    assert!(error.contains("column 1"), "{error}");
}

#[test]
fn a_template_of_too_many_references_is_refused_at_once() {
    assert!(Template::parse(&"{{event.a}}".repeat(256)).is_ok());
    assert!(Template::parse(&"{{event.a}}".repeat(257)).is_err());
    assert!(Template::parse(&"x".repeat(64 * 1024 + 1)).is_err());
}

proptest::proptest! {
    #[test]
    fn any_text_is_a_template_or_an_error_with_a_column_within_it(text in ".{0,200}") {
        if let Err(error) = Template::parse(&text) {
            proptest::prop_assert!(error.column >= 1);
            proptest::prop_assert!(error.column <= text.chars().count() + 1);
        }
    }

    #[test]
    fn text_without_dollar_and_braces_is_itself(text in "[^${}]{0,100}") {
        let expected: String = serde_json::from_str(&render(&text)).unwrap();
        proptest::prop_assert_eq!(expected, text);
    }
}
