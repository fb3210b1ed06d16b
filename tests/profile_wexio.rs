//! Wexio's inbound webhooks: what its pages promise, by deliveries as partner systems make them.
#![cfg(feature = "test-util")]

mod common;

use std::sync::{Arc, Mutex};

use common::*;
use hookstage::filter::Filter;
use hookstage::json::Path;
use hookstage::store::{EventFilter, HistoryFilter, MemoryStore};
use hookstage::{
    Binding, BlockingEngine, ContactRule, DedupeConfig, Identifier, IdentifierType, Lifecycle,
    ManualClock, NoContact, Outcome, Policy, Refusal, Resolution, ResolveError, Secret, Source,
    SourceConfig, Verifier, providers,
};

fn with(change: impl FnOnce(&mut SourceConfig)) -> Source {
    let mut config = config("wexio");
    change(&mut config);
    Source::new(config).unwrap()
}

fn outcome_of(engine: &BlockingEngine, source: &Source, request: &Request) -> &'static str {
    match receive(engine, source, request).outcome {
        Outcome::Refused(refusal) | Outcome::Ignored(refusal) => refusal.code(),
        outcome => outcome.as_str(),
    }
}

fn sent(body: impl Into<Vec<u8>>) -> Request {
    signed_with("wexio", SECRET, body)
}

/// The words of the history, newest first, as the operator reads them.
fn tags(engine: &BlockingEngine) -> Vec<String> {
    let policy = Policy::wexio();
    let rows = engine.history(&HistoryFilter::tenant("acme"), None, 100).unwrap();
    rows.iter().map(|(_, row)| policy.tag(row).to_owned()).collect()
}

#[test]
fn r_wx_1_3_whatever_posts_json_to_the_address_of_a_connection_triggers_its_flow() {
    let engine = engine();
    // The address of the host names a connection by its id, and the id names one source.
    let connections: Vec<Source> = ["8a6e0804-2bd0-4672-b79d-d97027f9071a", "conn_2"]
        .iter()
        .map(|id| with(|config| config.source = (*id).to_owned()))
        .collect();
    for connection in &connections {
        let receipt = receive(&engine, connection, &genuine("wexio", "1"));
        assert_eq!(receipt.response.status(), 202);
        assert_eq!(receipt.bindings, ["flow"]);
    }
    let events = engine.list(&EventFilter::tenant("acme"), None, 10).unwrap();
    assert_eq!(events.len(), 2, "each connection has events of its own");
}

#[test]
fn r_wx_4_22_a_name_changes_nothing_but_what_is_shown() {
    let plain = source("wexio");
    let named = with(|config| config.name = "Stripe Payments".into());
    assert_eq!((plain.name(), named.name()), ("wexio", "Stripe Payments"));
    for request in [genuine("wexio", "1"), sent("{"), signed_with("wexio", "another", "{}")] {
        let (a, b) = (receive(&engine(), &plain, &request), receive(&engine(), &named, &request));
        assert_eq!(seen(&a), seen(&b));
        assert_eq!((a.bindings, a.contact), (b.bindings, b.contact));
    }
}

#[test]
fn r_wx_11_41_the_shared_secret_stands_in_its_header_on_every_request() {
    let base = Request::new(body("wexio", "1"));
    for (name, value, wanted) in [
        ("x-webhook-secret", SECRET, 202),
        ("X-Webhook-Secret", SECRET, 202),
        ("x-webhook-secret", "another", 401),
        ("x-webhook-secret", "", 401),
        ("x_webhook_secret", SECRET, 401),
        ("authorization", SECRET, 401),
    ] {
        let receipt = receive(&engine(), &source("wexio"), &base.clone().with(name, value));
        assert_eq!(receipt.response.status(), wanted, "{name}: {value}");
    }
    assert_eq!(receive(&engine(), &source("wexio"), &base).response.status(), 401);
    let twice = base.with("x-webhook-secret", SECRET).with("x-webhook-secret", SECRET);
    assert_eq!(receive(&engine(), &source("wexio"), &twice).response.status(), 401);
}

#[test]
fn r_wx_13_a_shared_secret_binds_nothing_of_the_body_and_says_so() {
    let source = source("wexio");
    assert!(!source.binds_body());
    assert!(source.warnings().contains(&hookstage::Warning::UncoveredBody));
    let engine = engine();
    let Outcome::Staged(id) = receive(&engine, &source, &genuine("wexio", "1")).outcome else {
        panic!()
    };
    assert!(!engine.get("acme", id).unwrap().unwrap().coverage.binds_body());
}

#[test]
fn r_wx_42_each_mode_reads_the_header_of_its_provider() {
    for (preset, header, secret) in [
        (&providers::STRIPE, "stripe-signature", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
        (&providers::SLACK, "x-slack-signature", "8f742231b10e8888abcd99yyyzzz85a5"),
        (&providers::SVIX, "svix-signature", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
        (&providers::PADDLE_BILLING, "paddle-signature", "pdl_ntfset_01h7zcg_secret_of_paddle"),
        (&providers::REVOLUT, "revolut-signature", "wsk_r59a4HfWVAKycbCaNO1RvgCJec02gRd8"),
    ] {
        let mut config = config("wexio");
        config.provider = Some(preset.name.to_owned());
        config.keys.clear();
        let config = config.with_secret(Secret::new(secret).unwrap());
        let source = Source::new(config).unwrap();
        let verifier = Verifier::new(preset.scheme(), [Secret::new(secret).unwrap()]).unwrap();
        let text = body("wexio", "1");
        let unsigned = hookstage::scheme::Unsigned {
            method: "POST",
            url: "https://hooks.example.com/in",
            headers: &[("content-type", b"application/json")],
            body: text.as_bytes(),
            id: "msg_1",
        };
        let signed = verifier.sign(&unsigned, now()).unwrap();
        let request = |skip: &str| {
            let mut request = Request::new(signed.body.clone()).without("content-type");
            for (name, value) in &signed.headers {
                if !name.eq_ignore_ascii_case(skip) {
                    request = request.with(name, value.clone());
                }
            }
            request
        };
        assert!(signed.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case(header)));
        assert_eq!(outcome_of(&engine(), &source, &request("")), "staged", "{}", preset.name);
        assert_eq!(receive(&engine(), &source, &request(header)).response.status(), 401);
        // Five minutes on either side, and not a second more.
        for (offset, wanted) in [(-301, 401), (-300, 202), (300, 202), (301, 401)] {
            let clock = ManualClock::at(hookstage::Timestamp::from_unix_seconds(NOW + offset));
            let status = receive(&engine_at(&clock), &source, &request("")).response.status();
            assert_eq!(status, wanted, "{} {offset}", preset.name);
        }
    }
}

#[test]
fn r_wx_51_a_provider_that_signs_with_two_secrets_is_believed_with_either() {
    let (old, new) = ("whsec_the-old-secret-of-stripe", "whsec_the-new-secret-of-stripe");
    let text = body("wexio", "1");
    let mac = |secret: &str| hmac_hex(secret, format!("{NOW}.{text}").as_bytes());
    let both = format!("t={NOW},v1={},v1={}", mac(new), mac(old));
    for secret in [old, new] {
        let source = with(|config| {
            config.provider = Some(providers::STRIPE.name.to_owned());
            config.keys =
                serde_json::from_value(serde_json::json!([{ "secret": secret }])).unwrap();
        });
        let request = Request::new(text.clone()).with("Stripe-Signature", both.clone());
        assert_eq!(outcome_of(&engine(), &source, &request), "staged");
        let neither = format!("t={NOW},v1={},v1={}", mac("x"), mac("y"));
        let request = Request::new(text.clone()).with("Stripe-Signature", neither);
        assert_eq!(outcome_of(&engine(), &source, &request), "mismatch");
    }
}

#[test]
fn r_wx_23_identifiers_are_of_four_types() {
    let words = IdentifierType::ALL.map(|kind| serde_json::to_string(&kind).unwrap());
    assert_eq!(words, ["\"channel_user\"", "\"chat\"", "\"email\"", "\"phone_number\""]);
    assert!(serde_json::from_str::<IdentifierType>("\"fax\"").is_err());
}

#[test]
fn r_wx_24_the_path_is_judged_when_it_is_configured_and_leads_to_one_place() {
    for text in
        ["$.customer.email", "$.data.object.email", "$.contacts[0].wa_id", "$['a b'].c", "$"]
    {
        assert!(Path::parse(text).is_ok(), "{text}");
    }
    for text in [
        "$..email",
        "$.contacts[*].wa_id",
        "$.a[?@.b]",
        "$.a[0:2]",
        "$.a['b','c']",
        "$.",
        "$.a[",
        "email..x",
    ] {
        assert!(Path::parse(text).is_err(), "{text}");
    }
}

/// An engine whose directory notes what it was asked for.
fn asked() -> (BlockingEngine, Arc<Mutex<Vec<Identifier>>>) {
    let asked: Arc<Mutex<Vec<Identifier>>> = Arc::default();
    let kept = asked.clone();
    let engine = BlockingEngine::with_clock(MemoryStore::new(), ManualClock::at(now()))
        .with_contacts(move |_, identifier| {
            kept.lock().unwrap().push(identifier.clone());
            Ok(Resolution::Found { contact: "ada".into() })
        });
    (engine, asked)
}

fn about(kind: IdentifierType, path: &str, channel: Option<&str>) -> Source {
    with(|config| {
        let rule = ContactRule::new(kind, Path::parse(path).unwrap());
        config.contact = Some(match channel {
            Some(channel) => rule.with_channel(channel),
            None => rule,
        });
        config.dedupe = DedupeConfig::Off;
    })
}

#[test]
fn r_wx_25_26_the_directory_is_asked_for_the_exact_text_within_its_channel() {
    for (kind, path, channel, body, value) in [
        (
            IdentifierType::Email,
            "$.data.object.email",
            None,
            r#"{"data":{"object":{"email":"Ada@acme.com"}}}"#,
            "Ada@acme.com",
        ),
        (
            IdentifierType::ChannelUser,
            "$.user.id",
            Some("bot-7"),
            r#"{"user":{"id":9007199254740993}}"#,
            "9007199254740993",
        ),
        (
            IdentifierType::ChannelUser,
            "$.user.id",
            Some("bot-7"),
            r#"{"user":{"id":18446744073709551617}}"#,
            "18446744073709551617",
        ),
        (
            IdentifierType::PhoneNumber,
            "$.contacts[0].wa_id",
            Some("whatsapp"),
            r#"{"contacts":[{"wa_id":"4915112345678"}]}"#,
            "4915112345678",
        ),
        (
            IdentifierType::PhoneNumber,
            "$.phone",
            None,
            r#"{"phone":"+49 151 12345678"}"#,
            "+49 151 12345678",
        ),
        (IdentifierType::Chat, "$.wexio_chat_id", None, r#"{"wexio_chat_id":"c_\u0041"}"#, "c_A"),
    ] {
        let (engine, asked) = asked();
        let receipt = receive(&engine, &about(kind, path, channel), &sent(body));
        assert_eq!(receipt.response.status(), 202, "{body}");
        assert_eq!(receipt.contact.as_deref(), Some("ada"));
        let identifiers = asked.lock().unwrap();
        let [identifier] = &identifiers[..] else { panic!("{identifiers:?}") };
        assert_eq!((identifier.kind, &*identifier.value), (kind, value));
        assert_eq!(identifier.channel.as_deref(), channel);
    }
    // A channel user without its channel is a fault of the settings, told when they are saved.
    for channel in [None, Some("")] {
        let mut config = config("wexio");
        let mut rule =
            ContactRule::new(IdentifierType::ChannelUser, Path::parse("$.user.id").unwrap());
        rule.channel = channel.map(str::to_owned);
        config.contact = Some(rule);
        let error = Source::new(config).unwrap_err();
        assert_eq!(error.faults()[0].at(), "contact.channel");
    }
}

#[test]
fn r_wx_27_28_47_without_a_value_or_a_person_nothing_runs_and_the_reason_is_kept_inside() {
    let (engine, asked) = asked();
    let source = source("wexio");
    for (body, why) in [
        (r#"{"customer":{}}"#, NoContact::Missing),
        ("{}", NoContact::Missing),
        ("[]", NoContact::Missing),
        (r#"{"customer":{"email":null}}"#, NoContact::Null),
        (r#"{"customer":{"email":""}}"#, NoContact::Empty),
        (r#"{"customer":{"email":"  "}}"#, NoContact::Empty),
        (r#"{"customer":{"email":true}}"#, NoContact::NoText),
        (r#"{"customer":{"email":{"a":1}}}"#, NoContact::NoText),
        (r#"{"customer":{"email":["a@b.c"]}}"#, NoContact::NoText),
    ] {
        let receipt = receive(&engine, &source, &sent(body));
        assert_eq!(receipt.outcome, Outcome::Refused(Refusal::ContactNotFound { why }), "{body}");
        assert_eq!(receipt.response.status(), 422);
        assert_eq!(receipt.response.body(), r#"{"outcome":"IDENTIFIER_NOT_FOUND"}"#);
        assert!(receipt.bindings.is_empty());
    }
    assert!(asked.lock().unwrap().is_empty(), "nobody is asked for nothing");
    assert!(tags(&engine).iter().all(|tag| tag == "IDENTIFIER_NOT_FOUND"));
    // Somebody whom the directory does not know.
    let engine = crate::engine();
    let receipt = receive(&engine, &source, &sent(r#"{"customer":{"email":"nobody@acme.com"}}"#));
    let why = NoContact::Unknown;
    assert_eq!(receipt.outcome, Outcome::Refused(Refusal::ContactNotFound { why }));
    assert_eq!(receipt.response.status(), 422);
    assert!(engine.list(&EventFilter::tenant("acme"), None, 1).unwrap().is_empty());
}

#[test]
fn r_wx_38_39_46_each_flow_that_wants_it_runs_once_in_the_order_of_the_connection() {
    let filter = |text: &str| serde_json::from_str::<Filter>(text).unwrap();
    let source = with(|config| {
        config.bindings = vec![
            Binding::new("z: everything"),
            Binding::filtered("a: large", filter(r#"{"payload":"amount","gte":1000}"#)),
            Binding::filtered("m: small", filter(r#"{"payload":"amount","lt":1000}"#)),
        ];
    });
    let engine = engine();
    let of = |amount: u32| {
        let body = format!(r#"{{"amount":{amount},"customer":{{"email":"ada@acme.com"}}}}"#);
        let receipt = receive(&engine, &source, &sent(body));
        assert_eq!(receipt.response.body(), r#"{"outcome":"ACCEPTED"}"#);
        receipt.bindings
    };
    assert_eq!(of(1000), ["z: everything", "a: large"]);
    assert_eq!(of(999), ["z: everything", "m: small"]);
    // Accepted means that at least one flow is dispatched.
    let picky = with(|config| {
        config.bindings =
            vec![Binding::filtered("large", filter(r#"{"payload":"amount","gte":1000}"#))];
    });
    let small = sent(r#"{"amount":1,"customer":{"email":"ada@acme.com"}}"#);
    let receipt = receive(&engine, &picky, &small);
    assert_eq!(receipt.outcome, Outcome::Refused(Refusal::Unbound));
    assert_eq!(receipt.response.body(), r#"{"outcome":"TRIGGER_NOT_FOUND"}"#);
    // A flow that is bound twice would run twice.
    let mut twice = config("wexio");
    twice.bindings = vec![Binding::new("flow"), Binding::new("flow")];
    assert!(Source::new(twice).is_err());
}

#[test]
fn r_wx_48_no_trigger_is_a_404_found_after_the_contact_and_before_it_where_nothing_is_there() {
    let unbound = with(|config| config.bindings.clear());
    let receipt = receive(&engine(), &unbound, &genuine("wexio", "1"));
    assert_eq!(receipt.outcome, Outcome::Refused(Refusal::Unbound));
    assert_eq!(receipt.response.status(), 404);
    // The contact is resolved first, so its absence is the one told.
    let receipt = receive(&engine(), &unbound, &sent("{}"));
    assert_eq!(receipt.response.status(), 422);
    // A connection that is paused or missing is looked for first of all.
    let paused = with(|config| config.lifecycle = Lifecycle::Paused);
    let unknown = unknown("wexio");
    let answers = [
        receive(&engine(), &paused, &sent("{}")),
        sent("{}").deliver(|delivery| engine().receive(&unknown, delivery).unwrap()),
    ];
    for answer in answers {
        assert_eq!(answer.response.status(), 404);
        assert_eq!(answer.response.body(), r#"{"outcome":"TRIGGER_NOT_FOUND"}"#);
    }
}

#[test]
fn r_wx_49_what_cannot_be_classified_is_an_error_and_a_fault_of_ours_a_500() {
    let engine = BlockingEngine::with_clock(MemoryStore::new(), ManualClock::at(now()))
        .with_contacts(|_, _| Err(ResolveError::new("the directory is being moved")));
    let fault = genuine("wexio", "1")
        .deliver(|delivery| engine.receive(&source("wexio"), delivery).unwrap_err());
    assert_eq!(fault.response.status(), 500);
    assert_eq!(fault.response.body(), r#"{"outcome":"ERROR"}"#);
    // It left nothing behind that would keep the repetition out.
    assert!(engine.list(&EventFilter::tenant("acme"), None, 1).unwrap().is_empty());
    let again = crate::engine();
    assert_eq!(outcome_of(&again, &source("wexio"), &genuine("wexio", "1")), "staged");
    // A delivery that needs a directory which the host never gave is a fault of ours as well.
    let without = BlockingEngine::with_clock(MemoryStore::new(), ManualClock::at(now()));
    let receipt = receive(&without, &source("wexio"), &genuine("wexio", "1"));
    assert_eq!(receipt.outcome, Outcome::Refused(Refusal::Unanswered));
    assert_eq!(receipt.response.status(), 500);
    // And what the pages have no word for.
    let receipt = receive(&crate::engine(), &source("wexio"), &genuine("wexio", "1").by("PUT"));
    assert_eq!(receipt.response.body(), r#"{"outcome":"ERROR"}"#);
}

#[test]
fn r_wx_52_a_connection_is_resumed_with_everything_it_had() {
    let engine = engine();
    let request = genuine("wexio", "1").with("X-Idempotency-Key", "k");
    assert_eq!(outcome_of(&engine, &source("wexio"), &request), "staged");
    let paused = with(|config| config.lifecycle = Lifecycle::Paused);
    assert_eq!(receive(&engine, &paused, &request).response.status(), 404);
    assert_eq!(outcome_of(&engine, &source("wexio"), &request), "replayed");
    assert_eq!(tags(&engine).len(), 3);
}

#[test]
fn r_wx_29_32_35_every_scalar_leaf_of_a_sample_that_came_is_a_variable_with_type_and_need() {
    let engine = engine();
    let source = source("wexio");
    let _ = engine.open_capture(&source).unwrap();
    let sample = r#"{"customer":{"email":"ada@acme.com","vip":true,"note":null},
        "amount":19.90,"count":3,"items":[{"sku":"a"},{"sku":"b"}],"none":{},"empty":[]}"#;
    // It came through the address with the sender's own secret, so both are known to be right.
    let forged = signed_with("wexio", "another", sample);
    assert_eq!(outcome_of(&engine, &source, &forged), "mismatch");
    assert_eq!(outcome_of(&engine, &source, &sent(sample)), "captured");
    let schema = engine.capture(source.id()).unwrap().schema().unwrap();
    let fields: Vec<(String, String, bool)> = schema
        .fields()
        .into_iter()
        .map(|field| {
            let types: Vec<String> =
                field.types.iter().map(|kind| format!("{kind:?}").to_lowercase()).collect();
            (field.path, types.join(" "), field.required)
        })
        .collect();
    let field = |path: &str| {
        fields
            .iter()
            .find(|(name, ..)| name == path)
            .unwrap_or_else(|| panic!("{path}: {fields:?}"))
    };
    for (path, kind, required) in [
        ("customer.email", "string", true),
        ("customer.vip", "boolean", true),
        ("customer.note", "null", false),
        ("amount", "number", true),
        ("count", "integer", true),
        ("items[*].sku", "string", true),
    ] {
        let (_, types, is_required) = field(path);
        assert_eq!((types.as_str(), *is_required), (kind, required), "{path}");
    }
    // What holds nothing is no variable to fill in.
    for path in ["none", "empty"] {
        let scalar = fields.iter().any(|(name, types, _)| {
            name == path && !types.contains("object") && !types.contains("array")
        });
        assert!(!scalar, "{path}");
    }
}

#[test]
fn r_wx_36_nothing_is_refused_for_a_field_that_was_learnt_and_is_missing() {
    let engine = engine();
    let source = source("wexio");
    let learnt = r#"{"id":"0","amount":1,"customer":{"email":"ada@acme.com"}}"#;
    engine.inject_sample(&source, learnt.as_bytes()).unwrap().unwrap();
    for body in [
        r#"{"customer":{"email":"ada@acme.com"}}"#,
        r#"{"amount":"text","customer":{"email":"ada@acme.com","new":1}}"#,
    ] {
        assert_eq!(outcome_of(&engine, &source, &sent(body)), "staged", "{body}");
    }
    // Rendered it is null: alone as JSON, in text as the word where the flow asks for the word.
    use hookstage::json::{Document, ReadOptions};
    use hookstage::template::{MissingText, Rendered, Scope, Template};
    let document = Document::read(b"{}", &ReadOptions::default()).unwrap();
    for (missing, text) in [(MissingText::Null, "Hello null!"), (MissingText::Empty, "Hello !")] {
        let scope = Scope::event(document.root()).with_missing(missing);
        let render =
            |template: &str| match Template::parse(template).unwrap().render(&scope).unwrap() {
                Rendered::Json(json) => json,
                other => panic!("{other:?}"),
            };
        assert_eq!(render("{{webhook.amount}}"), "null");
        assert_eq!(render("Hello {{webhook.customer.name}}!"), format!("{text:?}"));
    }
}

#[test]
fn r_wx_43_a_correlation_id_is_kept_if_it_is_one() {
    let engine = engine();
    let source = source("wexio");
    for (value, is_kept) in [
        ("7f9c24e5-2f1b-4d0a-9c0e-5b2f0d1a3c4b".to_owned(), true),
        ("req_!~".to_owned(), true),
        ("r".repeat(128), true),
        ("r".repeat(129), false),
        ("with a space".to_owned(), false),
        ("line\u{1b}[31m".to_owned(), false),
        (String::new(), false),
    ] {
        // On what is accepted and on what is refused alike.
        for request in [genuine("wexio", "1"), signed_with("wexio", "another", "{}")] {
            let _ = receive(&engine, &source, &request.with("x-request-id", value.clone()));
            let rows = engine.history(&HistoryFilter::tenant("acme"), None, 1).unwrap();
            let kept = rows[0].1.correlation_id.as_deref();
            assert_eq!(kept == Some(&*value), is_kept, "{value:?}: {kept:?}");
        }
    }
}

#[test]
fn r_wx_56_log_03_06_what_is_kept_of_headers_is_what_was_asked_for_and_no_credential() {
    let source = with(|config| {
        config.stored_headers = vec!["user-agent".into(), "x-shop".into()];
    });
    let request = genuine("wexio", "1")
        .with("User-Agent", "agent\r\n\u{1b}[31mred\u{202e}")
        .with("X-Shop", format!("token {SECRET}"))
        .with("Authorization", "Bearer canary")
        .with("Proxy-Authorization", "canary")
        .with("Cookie", "session=canary")
        .with("X-Api-Key", "canary")
        .with("X-Something-Secret", "canary");
    let engine = engine();
    let Outcome::Staged(id) = receive(&engine, &source, &request).outcome else { panic!() };
    let rows = engine.history(&HistoryFilter::tenant("acme"), None, 10).unwrap();
    let row = &rows[0].1;
    let names: Vec<&str> = row.headers.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["user-agent", "x-shop"]);
    let text = format!("{row:?}{:?}", engine.get("acme", id).unwrap().unwrap().headers);
    assert!(!text.contains("canary") && !text.contains(SECRET), "{text}");
    let (_, agent) = &row.headers[0];
    assert!(agent.contains("red"));
    assert!(!agent.contains(['\r', '\n', '\u{1b}', '\u{202e}']), "{agent:?}");
    // A header that carries a credential cannot be asked for.
    for name in ["authorization", "Cookie", "proxy-authorization", "X-Api-Key", "x-webhook-secret"]
    {
        let mut config = config("wexio");
        config.stored_headers = vec![name.to_owned()];
        assert!(Source::new(config).is_err(), "{name}");
    }
}

#[test]
fn r_wx_57_r_cg_22_history_is_kept_for_thirty_days_refusals_included_and_read_in_pages() {
    use hookstage::store::PurgeRequest;
    use std::time::Duration;
    let clock = ManualClock::at(now());
    let engine = engine_at(&clock);
    let source = source("wexio");
    let day = Duration::from_secs(24 * 3600);
    assert_eq!(source.policy().retention(), day * 30);
    for number in 0..10 {
        let _ = receive(&engine, &source, &genuine("wexio", &number.to_string()));
        let _ = receive(&engine, &source, &signed_with("wexio", "another", "{}"));
        clock.advance(Duration::from_secs(61));
    }
    let mut filter = HistoryFilter::tenant("acme");
    filter.source = Some(source.id().clone());
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = engine.history(&filter, after, 3).unwrap();
        assert!(page.len() <= 3);
        let Some((cursor, _)) = page.last() else { break };
        after = Some(*cursor);
        seen.extend(page.into_iter().map(|(_, row)| (row.at, row.outcome.into_owned())));
    }
    assert_eq!(seen.len(), 20);
    assert!(seen.windows(2).all(|pair| pair[0].0 >= pair[1].0), "newest first");
    for (outcome, count) in [("refused", 10), ("staged", 10), ("duplicate", 0)] {
        filter.outcome = Some(outcome.to_owned());
        assert_eq!(engine.history(&filter, None, 100).unwrap().len(), count);
    }
    filter.outcome = None;
    filter.since = Some(now() + Duration::from_secs(61 * 5));
    assert_eq!(engine.history(&filter, None, 100).unwrap().len(), 10);
    filter.since = None;

    // At thirty days to the millisecond the first minute is kept, and then it goes.
    let retention = source.policy().retention();
    for (at, left) in [(now() + retention, 20), (now() + retention + Duration::from_millis(1), 18)]
    {
        engine.purge(&PurgeRequest::older_than(retention, at)).unwrap();
        assert_eq!(engine.history(&filter, None, 100).unwrap().len(), left);
    }
}

#[test]
fn log_07_ten_thousand_failures_are_few_rows_and_one_count() {
    let engine = engine();
    let source = source("wexio");
    let forged = signed_with("wexio", "another", "{}");
    for _ in 0..10_000 {
        assert_eq!(receive(&engine, &source, &forged).response.status(), 401);
    }
    let rows = engine.history(&HistoryFilter::tenant("acme"), None, 1000).unwrap();
    assert!(rows.len() < 100, "{}", rows.len());
    assert_eq!(rows.iter().map(|(_, row)| row.count).sum::<u64>(), 10_000);
    // They hide nothing of a genuine sender.
    let _ = receive(&engine, &source, &sent("{"));
    let rows = engine.history(&HistoryFilter::tenant("acme"), None, 1000).unwrap();
    assert!(rows.iter().any(|(_, row)| row.reason.as_deref() == Some("not_json")));
}

#[test]
fn r_wx_21_one_table_says_what_is_supported_and_holds_all_that_the_page_names() {
    let table = include_str!("../src/manual/providers.md");
    for preset in providers::all() {
        let begins = [format!("| {} |", preset.name), format!("| {} (", preset.name)];
        let is_row = |line: &&str| begins.iter().any(|begin| line.starts_with(begin));
        let listed = table.lines().filter(is_row).count();
        assert_eq!(listed, 1, "{}", preset.name);
    }
    for name in [
        "stripe",
        "slack",
        "svix",
        "clerk",
        "resend",
        "orb",
        "knock",
        "dub",
        "paddle-billing",
        "revolut",
        "github",
        "shopify",
        "mailgun",
        "paystack",
        "razorpay",
        "pagerduty-v3",
        "zendesk",
        "hubspot-v3",
        "linear",
        "vercel",
        "netlify",
        "bitbucket-cloud",
        "shared-secret",
        "n8n",
        "zapier",
        "make",
        "ifttt",
    ] {
        assert!(providers::find(name).is_some(), "{name}");
    }
}

#[test]
fn r_wx_55_log_05_nothing_that_can_be_read_of_a_connection_holds_its_credentials() {
    let source = source("wexio");
    let engine = engine();
    let mut texts = vec![
        serde_json::to_string(&source.config()).unwrap(),
        format!("{source:?}"),
        format!("{:#?}", source.verifier()),
        format!("{:#?}", config("wexio")),
        serde_json::to_string(&config("wexio")).unwrap(),
        source.verifier().fingerprints().map(|print| print.to_string()).collect(),
        format!("{:?}", Secret::new(SECRET)),
        format!("{engine:?}"),
    ];
    // A sender that puts its secret wherever it can: nothing of it is printed or kept.
    let leaky = Request::new(body("wexio", "1"))
        .with("x-webhook-secret", SECRET)
        .with("x-request-id", SECRET)
        .with("user-agent", format!("agent/{SECRET}"));
    let draft = leaky.deliver(|delivery| {
        let authentic = hookstage::authenticate(&source, delivery, now()).unwrap();
        texts.push(format!("{authentic:?}{:?}", authentic.proof()));
        let known = Resolution::Found { contact: "ada".into() };
        authentic.read().unwrap().finish(Some(known)).unwrap().draft
    });
    texts.push(format!("{:?}", draft.history));
    texts.push(serde_json::to_string(&draft.history).unwrap());
    for request in [
        leaky.clone(),
        leaky.clone().without("x-webhook-secret").with("x-webhook-secret", format!("{SECRET}x")),
        leaky.clone().by("GET"),
        signed_with("wexio", SECRET, format!("{{\"customer\":\"{SECRET}\"")),
    ] {
        let receipt = receive(&engine, &source, &request);
        texts.push(format!("{receipt:?}"));
        if let Outcome::Refused(refusal) = &receipt.outcome {
            texts.push(refusal.to_string());
        }
    }
    for (_, row) in engine.history(&HistoryFilter::tenant("acme"), None, 10).unwrap() {
        texts.push(format!("{row:?}"));
    }
    let faulty =
        SourceConfig::preset("", "", &providers::STRIPE).with_secret(Secret::new(SECRET).unwrap());
    let error = Source::new(faulty).unwrap_err();
    texts.push(format!("{error} {error:?}"));
    for text in texts {
        for spelling in [SECRET.to_owned(), hex::encode(SECRET), SECRET.chars().rev().collect()] {
            assert!(!text.contains(&spelling), "{text}");
        }
    }
}
