//! Synerise's incoming integrations: what its pages promise, by requests as its examples make them.
#![cfg(feature = "test-util")]

mod common;

use std::time::Duration;

use common::*;
use hookstage::filter::Filter;
use hookstage::json::{Document, ReadOptions};
use hookstage::payload::{FlatView, FlattenOptions, PathStyle};
use hookstage::scheme::{Parameter, Parameters};
use hookstage::store::EventFilter;
use hookstage::{
    Binding, BlockingEngine, DedupeConfig, DedupePart, DedupeRule, Lifecycle, ManualClock,
    OnMissingKey, Outcome, Secret, Source, SourceConfig, Window, admit, providers,
};

/// The request body of its page.
const COMPLAINT: &str = r#"{
"complaint": {
"id": "cmp-20240610-001",
"customer": {
"id": "c123456789",
"firstName": "Jane",
"lastName": "Smith",
"email": "jane.smith@example.com",
"phone": "+1234567890"
},
"dateReceived": "2024-06-10T09:15:30Z",
"orderId": "o987654321",
"issueType": "product_defect",
"description": "The wireless headphones stopped working after two days of use.",
"priority": "high",
"status": "new",
"attachments": [
{
"fileName": "photo_of_defect.jpg",
"fileUrl": "https://example.com/uploads/photo_of_defect.jpg"
}
]
},
"source": "customer_support_portal"
}"#;

/// HMAC-SHA256 of `{"source":"customer_support_portal"}` under `hookstage-test-secret`, by Python.
const MAC: &str = "a5d6aff9ee563b675bf8a6c50c1891a7d51f06f3d804a110230b5c5e96193007";

const WEEK: Duration = Duration::from_secs(7 * 24 * 3600);

fn with(change: impl FnOnce(&mut SourceConfig)) -> Source {
    let mut config = config("synerise");
    change(&mut config);
    Source::new(config).unwrap()
}

fn rule(parts: impl IntoIterator<Item = DedupePart>) -> DedupeConfig {
    DedupeConfig::Rule {
        rule: DedupeRule::new(parts, OnMissingKey::AcceptWithoutKey).unwrap(),
        window: Window::FromLast(WEEK),
    }
}

fn outcome_of(engine: &BlockingEngine, source: &Source, request: &Request) -> &'static str {
    match receive(engine, source, request).outcome {
        Outcome::Refused(refusal) | Outcome::Ignored(refusal) => refusal.code(),
        outcome => outcome.as_str(),
    }
}

fn signed(body: &str) -> Request {
    signed_with("synerise", SECRET, body)
}

fn unsigned() -> SourceConfig {
    let mut config = config("synerise");
    config.provider = Some(providers::UNSIGNED.name.to_owned());
    config.keys.clear();
    config
}

#[test]
fn r_sy_1_17_34_a_custom_endpoint_takes_the_request_of_its_page() {
    let engine = engine();
    let receipt = receive(&engine, &source("synerise"), &signed(COMPLAINT));
    assert!(matches!(receipt.outcome, Outcome::Staged(_)));
    assert_eq!((receipt.response.status(), receipt.response.body()), (200, "OK"));
}

#[test]
fn r_sy_2_12_filters_over_members_decide_which_workflows_are_triggered() {
    let filter = |text: &str| serde_json::from_str::<Filter>(text).unwrap();
    let source = with(|config| {
        config.bindings = vec![
            Binding::new("every complaint"),
            Binding::filtered("urgent", filter(r#"{"payload":"complaint.priority","eq":"high"}"#)),
            Binding::filtered(
                "returns",
                filter(r#"{"payload":"complaint.issueType","eq":"wrong_item"}"#),
            ),
        ];
    });
    let receipt = receive(&engine(), &source, &signed(COMPLAINT));
    assert_eq!(receipt.bindings, ["every complaint", "urgent"]);
    let calm = COMPLAINT.replace("\"high\"", "\"low\"");
    assert_eq!(receive(&engine(), &source, &signed(&calm)).bindings, ["every complaint"]);
    // What no filter wants is taken all the same, and triggers nothing.
    let picky = with(|config| {
        config.bindings =
            vec![Binding::filtered("never", filter(r#"{"payload":"x","exists":true}"#))];
    });
    let receipt = receive(&engine(), &picky, &signed(COMPLAINT));
    assert!(matches!(receipt.outcome, Outcome::Staged(_)) && receipt.bindings.is_empty());
    assert_eq!((receipt.response.status(), receipt.response.body()), (200, "OK"));
}

/// A token of the workspace, as the log-in call gives one.
fn token(claims: &str, secret: &str) -> String {
    use base64::Engine as _;
    use hmac::{KeyInit as _, Mac as _};
    let engine = base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let content =
        format!("{}.{}", engine.encode(r#"{"alg":"HS256","typ":"JWT"}"#), engine.encode(claims));
    let mut mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(content.as_bytes());
    format!("{content}.{}", engine.encode(mac.finalize().into_bytes()))
}

const WORKSPACE: &str = "the key of this workspace, 32 bytes";

fn with_tokens() -> Source {
    let mut config = config("synerise");
    config.provider = Some(providers::SYNERISE_JWT.name.to_owned());
    config.keys.clear();
    config.parameters = Parameters::new()
        .with(Parameter::Issuer, "workspace-7")
        .with(Parameter::Permission, "INCOMING_WEBHOOK_EXECUTE");
    Source::new(config.with_secret(Secret::new(WORKSPACE).unwrap())).unwrap()
}

#[test]
fn r_sy_4_7_24_a_token_must_be_of_the_chosen_key_live_and_carry_the_permission() {
    let source = with_tokens();
    let claims = |permissions: &str, expires: i64, issuer: &str| {
        format!(r#"{{"iss":"{issuer}","exp":{expires},"permissions":{permissions}}}"#)
    };
    let granted = r#"["CLIENT_READ","INCOMING_WEBHOOK_EXECUTE"]"#;
    let later = NOW + 3600;
    for (claims, secret, wanted) in [
        (claims(granted, later, "workspace-7"), WORKSPACE, "staged"),
        (claims(granted, later, "workspace-7"), "the key of another workspace, 32", "mismatch"),
        (claims(granted, later, "workspace-8"), WORKSPACE, "different"),
        (claims(r#"["CLIENT_READ"]"#, later, "workspace-7"), WORKSPACE, "different"),
        (claims("[]", later, "workspace-7"), WORKSPACE, "different"),
        (claims(r#""incoming_webhook_execute""#, later, "workspace-7"), WORKSPACE, "different"),
        (claims(granted, NOW - 61, "workspace-7"), WORKSPACE, "stale"),
    ] {
        let value = format!("Bearer {}", token(&claims, secret));
        let request = Request::new(COMPLAINT).with("Authorization", value);
        let got = outcome_of(&engine(), &source, &request);
        assert_eq!(got, wanted, "{claims}");
        if wanted != "staged" {
            assert_eq!(receive(&engine(), &source, &request).response.status(), 401);
        }
    }
    let unending = r#"{"iss":"workspace-7","permissions":["INCOMING_WEBHOOK_EXECUTE"]}"#;
    let request = Request::new(COMPLAINT)
        .with("Authorization", format!("Bearer {}", token(unending, WORKSPACE)));
    assert_ne!(outcome_of(&engine(), &source, &request), "staged");
    assert_eq!(outcome_of(&engine(), &source, &Request::new(COMPLAINT)), "absent");
}

#[test]
fn r_sy_6_without_authorization_everybody_is_taken_and_every_event_says_so() {
    let source = Source::new(unsigned()).unwrap();
    assert!(source.warnings().contains(&hookstage::Warning::UncoveredBody));
    let draft =
        Request::new(COMPLAINT).deliver(|delivery| admit(&source, delivery, now()).unwrap());
    assert!(!draft.coverage.binds_body());
    let signed = signed(COMPLAINT)
        .deliver(|delivery| admit(&crate::source("synerise"), delivery, now()).unwrap());
    assert!(signed.coverage.binds_body());
}

#[test]
fn r_sy_8_the_meta_signature_is_that_of_another_implementation_and_has_its_prefix() {
    let body = r#"{"source":"customer_support_portal"}"#;
    let shown = |value: String| Request::new(body).with("X-Hub-Signature-256", value);
    let source = source("synerise");
    assert_eq!(outcome_of(&engine(), &source, &shown(format!("sha256={MAC}"))), "staged");
    for value in [MAC.to_owned(), format!("sha1={MAC}"), format!("SHA256 {MAC}"), "sha256=".into()]
    {
        assert_eq!(outcome_of(&engine(), &source, &shown(value)), "malformed");
    }
    let flipped = format!("sha256=b{}", &MAC[1..]);
    assert_eq!(outcome_of(&engine(), &source, &shown(flipped)), "mismatch");
}

#[test]
fn r_sy_10_29_a_hash_of_the_sender_counts_where_it_is_the_one_part_chosen() {
    let own =
        with(|config| config.dedupe = rule([DedupePart::header("X-Deduplication-Hash").unwrap()]));
    let engine = engine();
    let sent = |source: &Source, hash: &str, body: &str| {
        let request = signed(body).with("x-deduplication-hash", hash);
        receive(&engine, source, &request).response.status()
    };
    assert_eq!(sent(&own, "a", COMPLAINT), 200);
    assert_eq!(sent(&own, "a", r#"{"another":"body"}"#), 204, "the hash alone decides");
    assert_eq!(sent(&own, "b", COMPLAINT), 200);
    // Where other parts were chosen the header means nothing.
    let parts = with(|config| {
        config.source = "parts".into();
        config.dedupe = rule([DedupePart::body("complaint.id").unwrap()]);
    });
    assert_eq!(sent(&parts, "a", COMPLAINT), 200);
    assert_eq!(sent(&parts, "z", COMPLAINT), 204);
    // It is not signed, and the operator is told.
    assert!(own.warnings().contains(&hookstage::Warning::UncoveredDedupeKey));
}

#[test]
fn r_sy_11_any_object_is_taken_and_nothing_else() {
    let source = source("synerise");
    for (body, wanted) in [
        ("{}", "staged"),
        (r#"{"":null}"#, "staged"),
        (r#"{"a":{"b":[{"c":[[]]}]}}"#, "staged"),
        ("[]", "not_an_object"),
        ("\"text\"", "not_an_object"),
        ("null", "not_an_object"),
        ("", "not_json"),
    ] {
        assert_eq!(outcome_of(&engine(), &source, &signed(body)), wanted, "{body}");
    }
}

#[test]
fn r_sy_13_15_the_complaint_is_flat_in_either_style() {
    let document = Document::read(COMPLAINT.as_bytes(), &ReadOptions::default()).unwrap();
    let options = FlattenOptions::default();
    let view = FlatView::new(&document, &options);
    let names = |style: PathStyle| view.leaves().map(|leaf| leaf.path(style)).collect::<Vec<_>>();
    let shown = names(PathStyle::default());
    assert_eq!(shown.len(), 15);
    assert!(shown.contains(&"complaint.attachments[0].fileName".to_owned()), "{shown:?}");
    let dotted = names(PathStyle::Dot);
    assert!(dotted.contains(&"complaint.attachments.0.fileName".to_owned()), "{dotted:?}");
    assert!(dotted.contains(&"complaint.customer.email".to_owned()));
    let phone = view.leaves().find(|leaf| leaf.path(PathStyle::Dot) == "complaint.customer.phone");
    assert_eq!(phone.unwrap().raw(), "\"+1234567890\"", "a text of digits stays a text");
}

#[test]
fn r_sy_14_31_ded_19_one_to_five_parts_of_body_and_headers_in_any_order() {
    let part = |number: usize| DedupePart::body(&format!("p{number}")).unwrap();
    let build = |parts: Vec<DedupePart>| DedupeRule::new(parts, OnMissingKey::AcceptWithoutKey);
    assert!(build(Vec::new()).is_err());
    for count in 1..=5 {
        assert!(build((0..count).map(part).collect()).is_ok(), "{count}");
    }
    assert!(build((0..6).map(part).collect()).is_err());
    assert!(build(vec![part(1), part(1)]).is_err(), "a part counts once");

    // The order in which they were chosen changes nothing, and no name of a header has a case.
    let parts = || {
        vec![
            DedupePart::body("complaint.id").unwrap(),
            DedupePart::header("X-Shop").unwrap(),
            DedupePart::body("source").unwrap(),
        ]
    };
    let engine = engine();
    let source = with(|config| config.dedupe = rule(parts()));
    let turned = with(|config| config.dedupe = rule(parts().into_iter().rev()));
    let request = signed(COMPLAINT).with("x-shop", "berlin");
    assert_eq!(outcome_of(&engine, &source, &request), "staged");
    assert_eq!(outcome_of(&engine, &turned, &request), "duplicate");
    let upper = signed(COMPLAINT).with("X-SHOP", "berlin");
    assert_eq!(outcome_of(&engine, &source, &upper), "duplicate");
    let other = signed(COMPLAINT).with("x-shop", "paris");
    assert_eq!(outcome_of(&engine, &source, &other), "staged");
}

#[test]
fn r_sy_16_18_authorization_belongs_to_the_endpoint() {
    // The three choices, at one address with one body.
    let meta = source("synerise");
    let none = Source::new(unsigned()).unwrap();
    let jwt = with_tokens();
    let claims = format!(
        r#"{{"iss":"workspace-7","exp":{},"permissions":["INCOMING_WEBHOOK_EXECUTE"]}}"#,
        NOW + 60
    );
    let with_jwt = Request::new(COMPLAINT)
        .with("Authorization", format!("Bearer {}", token(&claims, WORKSPACE)));
    let plain = Request::new(COMPLAINT);
    let with_meta = signed(COMPLAINT);
    for (source, taken) in
        [(&meta, [false, false, true]), (&none, [true, true, true]), (&jwt, [false, true, false])]
    {
        for (request, taken) in [&plain, &with_jwt, &with_meta].into_iter().zip(taken) {
            let staged = outcome_of(&engine(), source, request) == "staged";
            assert_eq!(staged, taken, "{:?}", source.preset().map(|preset| preset.name));
        }
    }
}

#[test]
fn r_sy_21_without_a_rule_everything_is_new() {
    let engine = engine();
    let source = with(|config| config.dedupe = DedupeConfig::Off);
    for _ in 0..3 {
        assert_eq!(outcome_of(&engine, &source, &signed(COMPLAINT)), "staged");
    }
    assert_eq!(engine.list(&EventFilter::tenant("acme"), None, 10).unwrap().len(), 3);
}

#[test]
fn r_sy_32_33_a_key_is_kept_for_seven_days_from_the_last_request() {
    let clock = ManualClock::at(now());
    let engine = engine_at(&clock);
    let source = source("synerise");
    let request = genuine("synerise", "cmp-1");
    let status = || receive(&engine, &source, &request).response.status();
    assert_eq!(status(), 200);
    // Each duplicate begins the seven days anew.
    for _ in 0..5 {
        clock.advance(WEEK - Duration::from_millis(1));
        assert_eq!(status(), 204);
    }
    clock.advance(WEEK);
    assert_eq!(status(), 200, "seven days after the last one it is new");
    let duplicate = receive(&engine, &source, &request);
    assert_eq!((duplicate.response.status(), duplicate.response.body()), (204, ""));
    // A host that counts from the first says so.
    let fixed = with(|config| {
        config.source = "fixed".into();
        config.dedupe = DedupeConfig::Rule {
            rule: DedupeRule::new(
                [DedupePart::body("complaint.id").unwrap()],
                OnMissingKey::AcceptWithoutKey,
            )
            .unwrap(),
            window: Window::FromFirst(WEEK),
        };
    });
    assert_eq!(outcome_of(&engine, &fixed, &request), "staged");
    clock.advance(WEEK - Duration::from_millis(1));
    assert_eq!(outcome_of(&engine, &fixed, &request), "duplicate");
    clock.advance(Duration::from_millis(1));
    assert_eq!(outcome_of(&engine, &fixed, &request), "staged");
}

#[test]
fn r_sy_20_27_a_sample_is_seen_flat_and_as_it_came() {
    let engine = engine();
    let source = source("synerise");
    let _ = engine.open_capture(&source).unwrap();
    assert_eq!(outcome_of(&engine, &source, &signed(COMPLAINT)), "captured");
    let capture = engine.capture(source.id()).unwrap();
    assert_eq!(capture.waiting(), Some(COMPLAINT), "the raw JSON");
    let confirmed = engine.confirm_capture(source.id(), capture.session()).unwrap().unwrap();
    let names: Vec<String> =
        confirmed.schema().unwrap().fields().iter().map(|field| format!("{field:?}")).collect();
    for name in ["priority", "fileUrl", "firstName", "source"] {
        assert!(names.iter().any(|field| field.contains(name)), "{name}: {names:?}");
    }
}

#[test]
fn r_sy_23_two_integrations_share_nothing() {
    let engine = engine();
    let one = with(|config| config.source = "3f2a8c1e-one".into());
    let other = with(|config| config.source = "3f2a8c1e-other".into());
    assert_eq!(outcome_of(&engine, &one, &signed(COMPLAINT)), "staged");
    assert_eq!(outcome_of(&engine, &other, &signed(COMPLAINT)), "staged", "keys of its own");
    let _ = engine.open_capture(&one).unwrap();
    let next = COMPLAINT.replace("cmp-20240610-001", "cmp-2");
    assert_eq!(outcome_of(&engine, &other, &signed(&next)), "staged", "samples of its own");
    assert_eq!(outcome_of(&engine, &one, &signed(&next)), "captured");
    let mut filter = EventFilter::tenant("acme");
    filter.source = Some(other.id().clone());
    assert_eq!(engine.list(&filter, None, 10).unwrap().len(), 2);
}

#[test]
fn r_sy_25_what_the_host_keeps_with_an_endpoint_comes_back_and_is_never_looked_at() {
    let source = with(|config| {
        config.metadata.insert("icon".into(), "chat-bubble".into());
    });
    assert_eq!(source.metadata().get("icon").map(String::as_str), Some("chat-bubble"));
    let stored = serde_json::to_string(&source.config()).unwrap();
    let read: SourceConfig = serde_json::from_str(&stored).unwrap();
    assert_eq!(read.metadata.get("icon").map(String::as_str), Some("chat-bubble"));
}

#[test]
fn r_sy_22_35_saved_is_a_draft_and_published_is_public() {
    for (lifecycle, word, status) in
        [(Lifecycle::Draft, "\"draft\"", 404), (Lifecycle::Active, "\"active\"", 200)]
    {
        assert_eq!(serde_json::to_string(&lifecycle).unwrap(), word);
        let source = with(|config| config.lifecycle = lifecycle);
        assert_eq!(receive(&engine(), &source, &signed(COMPLAINT)).response.status(), status);
    }
}
