//! Comma's inbound webhooks: what its pages promise, by messages as its producers push them.
#![cfg(feature = "test-util")]

mod common;

use std::time::Duration;

use common::*;
use hookstage::scheme::Tolerance;
use hookstage::store::EventFilter;
use hookstage::{
    AddressList, BlockingEngine, Lifecycle, ManualClock, Outcome, Refusal, Source, SourceConfig,
    Warning, providers,
};

/// The message of 176 bytes, and its HMAC-SHA256 under `hookstage-test-secret` by Python's hmac.
const MAC: &str = "23db899958db4ff3b219ae1253a3629640d36234d2ee8f3233451d4a524086ca";

fn with(change: impl FnOnce(&mut SourceConfig)) -> Source {
    let mut config = config("comma");
    change(&mut config);
    Source::new(config).unwrap()
}

fn bearer() -> Source {
    let mut config = config("comma");
    config.provider = Some(providers::COMMA_BEARER.name.to_owned());
    Source::new(config).unwrap()
}

fn outcome_of(engine: &BlockingEngine, source: &Source, request: &Request) -> &'static str {
    match receive(engine, source, request).outcome {
        Outcome::Refused(refusal) | Outcome::Ignored(refusal) => refusal.code(),
        outcome => outcome.as_str(),
    }
}

fn signed(body: impl Into<Vec<u8>>) -> Request {
    signed_with("comma", SECRET, body)
}

#[test]
fn r_cm_1_3_messages_of_any_platform_are_archived_with_what_they_bring() {
    let engine = engine();
    let source = source("comma");
    for (number, extra) in [
        r#""channel":"sms""#,
        r#""crm":{"deal":9007199254740993,"tags":["a",null,true]}"#,
        r#""ticket":[{"id":1},{"id":2}],"score":1.50"#,
        r#""a.b":{"":0},"thread":"\u0000""#,
    ]
    .iter()
    .enumerate()
    {
        let text = body("comma", &number.to_string());
        let text = format!("{},{extra}}}", &text[..text.len() - 1]);
        let Outcome::Staged(id) = receive(&engine, &source, &signed(text.clone())).outcome else {
            panic!("{text}")
        };
        assert_eq!(&*engine.get("acme", id).unwrap().unwrap().body, text.as_bytes());
    }
}

#[test]
fn r_cm_2_the_messages_of_each_tenant_are_its_own_in_one_store() {
    let engine = engine();
    for tenant in ["acme", "globex"] {
        let source = with(|config| config.tenant = tenant.into());
        assert_eq!(outcome_of(&engine, &source, &genuine("comma", "msg-42")), "staged");
        assert_eq!(outcome_of(&engine, &source, &genuine("comma", "msg-42")), "duplicate");
    }
    for tenant in ["acme", "globex"] {
        let events = engine.list(&EventFilter::tenant(tenant), None, 10).unwrap();
        assert_eq!(events.len(), 1);
        assert_eq!(events[0].source.tenant(), tenant);
    }
}

#[test]
fn r_cm_4_20_a_message_may_be_decades_old_or_ahead_and_its_time_must_be_one() {
    let engine = engine();
    let source = source("comma");
    for (number, (time, wanted)) in [
        ("1970-01-01T00:00:00Z", "staged"),
        ("1993-05-28T14:30:00.5+02:00", "staged"),
        ("2099-12-31T23:59:59Z", "staged"),
        ("2026-05-28 14:30:00Z", "incomplete"),
        ("2026-02-30T00:00:00Z", "incomplete"),
        ("28.05.2026", "incomplete"),
        ("", "incomplete"),
    ]
    .iter()
    .enumerate()
    {
        let text = body("comma", &number.to_string()).replace("2026-05-28T14:30:00Z", time);
        assert_eq!(outcome_of(&engine, &source, &signed(text)), *wanted, "{time}");
    }
}

#[test]
fn r_cm_6_an_endpoint_takes_bearer_or_hmac_and_not_the_other() {
    let text = body("comma", "1");
    let shown = Request::new(text.clone()).with("Authorization", format!("Bearer {SECRET}"));
    assert_eq!(outcome_of(&engine(), &bearer(), &shown), "staged");
    assert_eq!(outcome_of(&engine(), &source("comma"), &shown), "absent");
    assert_eq!(outcome_of(&engine(), &source("comma"), &signed(text.clone())), "staged");
    assert_eq!(outcome_of(&engine(), &bearer(), &signed(text)), "absent");
}

#[test]
fn r_cm_8_a_disabled_endpoint_is_there_and_can_be_enabled_again() {
    let engine = engine();
    let request = genuine("comma", "1");
    assert_eq!(outcome_of(&engine, &source("comma"), &request), "staged");
    let disabled = with(|config| config.lifecycle = Lifecycle::Paused);
    let receipt = receive(&engine, &disabled, &genuine("comma", "2"));
    assert_eq!(receipt.outcome, Outcome::Refused(Refusal::Inactive));
    assert_eq!(receipt.response.status(), 401);
    // Nothing was forgotten, and what was refused meanwhile is taken when it comes again.
    assert_eq!(outcome_of(&engine, &source("comma"), &request), "duplicate");
    assert_eq!(outcome_of(&engine, &source("comma"), &genuine("comma", "2")), "staged");
}

#[test]
fn r_cm_9_a_name_is_shown_and_means_nothing() {
    let named = with(|config| config.name = "Slack → archive (EU)".into());
    assert_eq!(named.name(), "Slack → archive (EU)");
    assert_eq!(source("comma").name(), "comma", "the source's own name where none is given");
    let engine = engine();
    assert_eq!(outcome_of(&engine, &named, &genuine("comma", "1")), "staged");
    assert_eq!(outcome_of(&engine, &source("comma"), &genuine("comma", "1")), "duplicate");
}

#[test]
fn r_cm_10_29_jos_16_a_bearer_secret_has_one_header_one_word_and_nothing_behind_it() {
    let base = Request::new(body("comma", "1"));
    for (value, wanted) in [
        (format!("Bearer {SECRET}"), 200),
        (format!("bearer {SECRET}"), 200),
        (format!("BEARER {SECRET}"), 200),
        (format!("Bearer {SECRET} "), 401),
        (format!("Bearer {SECRET} x"), 401),
        (format!("Bearer {SECRET},"), 401),
        (format!("Bearer {}", &SECRET[1..]), 401),
        (format!("Bearer {SECRET}{SECRET}"), 401),
        (format!("Basic {SECRET}"), 401),
        (format!("Bearer{SECRET}"), 401),
        (SECRET.to_owned(), 401),
        ("Bearer ".to_owned(), 401),
        (String::new(), 401),
    ] {
        let request = base.clone().with("Authorization", value.clone());
        assert_eq!(receive(&engine(), &bearer(), &request).response.status(), wanted, "{value}");
    }
    let once = base.clone().with("authorization", format!("Bearer {SECRET}"));
    let twice = once.with("Authorization", format!("Bearer {SECRET}"));
    assert_eq!(receive(&engine(), &bearer(), &twice).response.status(), 401);
    assert_eq!(receive(&engine(), &bearer(), &base).response.status(), 401);
}

#[test]
fn r_cm_12_the_mac_is_that_of_another_implementation_over_utf_8() {
    let text = body("comma", "msg-42");
    assert_eq!(text.len(), 176);
    let shown = |mac: &str| Request::new(text.clone()).with("X-Comma-Signature", mac);
    assert_eq!(outcome_of(&engine(), &source("comma"), &shown(MAC)), "staged");
    assert_eq!(
        outcome_of(&engine(), &source("comma"), &shown(&format!("sha256={MAC}"))),
        "malformed"
    );
    let latin = text.replace('é', "e");
    let request = Request::new(latin).with("X-Comma-Signature", MAC);
    assert_eq!(outcome_of(&engine(), &source("comma"), &request), "mismatch");
}

#[test]
fn r_cm_12_r_cg_13_r_sy_8_sig_11_the_mac_of_an_empty_body_is_the_one_of_no_bytes() {
    // HMAC-SHA256 of nothing under `hookstage-test-secret`, made with Python's hmac.
    let mac = "c382926c75de45b772ffde748121dbd5d04a3ea2451f4d93858ab40e8725403b";
    for (profile, header, value) in [
        ("comma", "X-Comma-Signature", mac.to_owned()),
        ("connectgain", "X-Webhook-Signature", mac.to_owned()),
        ("synerise", "X-Hub-Signature-256", format!("sha256={mac}")),
    ] {
        // The sender is established; that nothing is no JSON is told afterwards.
        let request = Request::new("").with(header, value.clone());
        assert_eq!(outcome_of(&engine(), &source(profile), &request), "not_json");
        let request = Request::new(" ").with(header, value);
        assert_eq!(outcome_of(&engine(), &source(profile), &request), "mismatch");
    }
}

#[test]
fn r_cg_15_r_cm_13_where_a_secret_goes_wrong_changes_nothing_that_anybody_sees() {
    // That it takes the same time as well is measured by the bench `constant_time`.
    let text = body("comma", "msg-42");
    let flipped = |good: &str, at: usize| {
        let mut bytes = good.as_bytes().to_vec();
        bytes[at] = if bytes[at] == b'0' { b'1' } else { b'0' };
        String::from_utf8(bytes).unwrap()
    };
    let refused = |source: &Source, header: &str, value: String| {
        let request = Request::new(text.clone()).with(header, value);
        let receipt = receive(&engine(), source, &request);
        let Outcome::Refused(refusal) = &receipt.outcome else { panic!("{receipt:?}") };
        assert_eq!(refusal.code(), "mismatch");
        (seen(&receipt), refusal.clone())
    };
    let hmac = source("comma");
    let all: Vec<_> =
        (0..64).map(|at| refused(&hmac, "X-Comma-Signature", flipped(MAC, at))).collect();
    assert!(all.windows(2).all(|pair| pair[0] == pair[1]), "one refusal for all of them");
    let bearer = bearer();
    let wrong = (0..SECRET.len())
        .map(|at| flipped(SECRET, at))
        .chain([1, SECRET.len() - 1].map(|length| SECRET[..length].to_owned()));
    let all: Vec<_> =
        wrong.map(|secret| refused(&bearer, "Authorization", format!("Bearer {secret}"))).collect();
    assert!(all.windows(2).all(|pair| pair[0] == pair[1]), "whatever its length");
}

#[test]
fn r_cm_14_tim_10_without_a_signed_time_only_the_id_holds_a_replay_back_and_that_is_said() {
    let clock = ManualClock::at(now());
    let engine = engine_at(&clock);
    for source in [source("comma"), bearer()] {
        let scheme = source.verifier().scheme().description();
        let is_bounded = scheme
            .timestamp
            .as_ref()
            .is_some_and(|time| matches!(time.tolerance, Tolerance::Within { .. }));
        assert!(!is_bounded);
        assert!(source.warnings().contains(&Warning::ReplayAfterWindow));
    }
    let source = source("comma");
    let captured = genuine("comma", "1");
    assert_eq!(outcome_of(&engine, &source, &captured), "staged");
    clock.advance(Duration::from_millis(7 * 24 * 3_600_000 - 1));
    assert_eq!(outcome_of(&engine, &source, &captured), "duplicate");
    // Seven days from the first, whatever came in between: then it is new, which the warning says.
    clock.advance(Duration::from_millis(1));
    assert_eq!(outcome_of(&engine, &source, &captured), "staged");
    // A host that wants it never again holds keys for ever, and is warned of nothing.
    let forever = with(|config| {
        let mut policy = hookstage::Policy::comma();
        policy.window = hookstage::Window::Unlimited;
        config.policy = hookstage::PolicyConfig::Custom(Box::new(policy));
        config.source = "for-ever".into();
    });
    assert!(!forever.warnings().contains(&Warning::ReplayAfterWindow));
    assert_eq!(outcome_of(&engine, &forever, &captured), "staged");
    clock.advance(Duration::from_secs(3650 * 24 * 3600));
    assert_eq!(outcome_of(&engine, &forever, &captured), "duplicate");
}

#[test]
fn r_cm_15_a_message_without_its_id_is_refused() {
    for id in ["", "null", "17", "\"\"", "[\"msg\"]"] {
        let member = if id.is_empty() { String::new() } else { format!("\"external_id\":{id},") };
        let text = body("comma", "1").replace("\"external_id\":\"1\",", &member);
        let receipt = receive(&engine(), &source("comma"), &signed(text));
        assert_eq!(receipt.response.status(), 422, "{id}");
        let Outcome::Refused(Refusal::Incomplete { missing }) = receipt.outcome else { panic!() };
        assert_eq!(missing, ["/external_id"]);
    }
}

#[test]
fn r_cm_16_17_25_api_04_ded_14_15_the_first_is_kept_and_both_are_acknowledged() {
    let engine = engine();
    let source = source("comma");
    let first = receive(&engine, &source, &genuine("comma", "msg-42"));
    let Outcome::Staged(id) = first.outcome else { panic!() };
    for _ in 0..10 {
        let again = receive(&engine, &source, &genuine("comma", "msg-42"));
        assert_eq!(again.outcome, Outcome::Duplicate { id, payload_differs: false });
        assert_eq!(seen(&again), seen(&first));
    }
    let edited = body("comma", "msg-42").replace("héllo", "something else");
    let again = receive(&engine, &source, &signed(edited));
    assert_eq!(again.outcome, Outcome::Duplicate { id, payload_differs: true });
    assert_eq!(seen(&again), seen(&first));
    let kept = engine.get("acme", id).unwrap().unwrap();
    assert_eq!(
        &*kept.body,
        body("comma", "msg-42").as_bytes(),
        "what was stored is not overwritten"
    );
    assert_eq!(engine.list(&EventFilter::tenant("acme"), None, 10).unwrap().len(), 1);
    // The id is one of its endpoint: another endpoint of the tenant has ids of its own.
    let other = with(|config| config.source = "another".into());
    assert_eq!(outcome_of(&engine, &other, &genuine("comma", "msg-42")), "staged");
}

#[test]
fn r_cm_21_additional_members_are_kept_with_every_digit() {
    let text = body("comma", "1");
    let text = format!(
        "{},\"amount\":10.00,\"big\":123456789012345678901234567890}}",
        &text[..text.len() - 1]
    );
    let engine = engine();
    let receipt = receive(&engine, &source("comma"), &signed(text.clone()));
    let Outcome::Staged(id) = receipt.outcome else { panic!() };
    let kept = engine.get("acme", id).unwrap().unwrap();
    assert_eq!(&*kept.body, text.as_bytes());
}

#[test]
fn r_cm_22_attachments_are_inline_or_a_url() {
    for (attachment, wanted) in [
        (r#"{"filename":"a.txt","content_type":"text/plain","data":"aGVsbG8="}"#, "staged"),
        (
            r#"{"filename":"a.txt","content_type":"text/plain","url":"https://files.example.com/a"}"#,
            "staged",
        ),
        (
            r#"{"filename":"a.txt","data":"aGVsbG8=","url":"https://files.example.com/a"}"#,
            "incomplete",
        ),
        (r#"{"filename":"a.txt"}"#, "incomplete"),
        (r#"{"data":"no base64!"}"#, "incomplete"),
        (r#"{"url":"http://files.example.com/a"}"#, "incomplete"),
        (r#"{"url":"https://169.254.169.254/latest/meta-data/"}"#, "incomplete"),
        (r#"{"url":"file:///etc/passwd"}"#, "incomplete"),
    ] {
        let text = body("comma", "1")
            .replace("\"attachments\":[]", &format!("\"attachments\":[{attachment}]"));
        assert_eq!(outcome_of(&engine(), &source("comma"), &signed(text)), wanted, "{attachment}");
    }
}

#[test]
fn r_cm_34_what_is_chosen_at_setup_is_what_counts_and_the_secret_is_not_given_back() {
    let source = with(|config| {
        config.name = "Audit feed".into();
        config.addresses = Some(AddressList::new(["203.0.113.0/24"]).unwrap());
    });
    let request = genuine("comma", "1");
    assert_eq!(outcome_of(&engine(), &source, &request.clone().from("203.0.113.9")), "staged");
    assert_eq!(
        outcome_of(&engine(), &source, &request.clone().from("203.0.114.9")),
        "address_not_allowed"
    );
    let stored = serde_json::to_string(&source.config()).unwrap();
    for text in [stored, format!("{source:?}"), format!("{:?}", config("comma"))] {
        assert!(!text.contains(SECRET));
        assert!(!text.contains(&hex::encode(SECRET)));
    }
    let read: SourceConfig =
        serde_json::from_str(&serde_json::to_string(&source.config()).unwrap()).unwrap();
    assert!(read.keys.is_empty(), "settings that are read back hold no secret");
}

#[test]
fn r_cm_35_ded_09_rot_05_after_a_rotation_the_old_secret_is_worth_nothing() {
    let engine = engine();
    let request = genuine("comma", "1");
    assert_eq!(outcome_of(&engine, &source("comma"), &request), "staged");
    let rotated = with(|config| {
        config.keys = serde_json::from_str(r#"[{"secret":"sk_live_the_new_secret"}]"#).unwrap();
        config.generation = 1;
    });
    engine.supersede(&rotated).unwrap();
    let receipt = receive(&engine, &rotated, &genuine("comma", "2"));
    assert_eq!(receipt.response.status(), 401);
    let new = signed_with("comma", "sk_live_the_new_secret", body("comma", "2"));
    assert_eq!(outcome_of(&engine, &rotated, &new), "staged");
    let repeated = signed_with("comma", "sk_live_the_new_secret", body("comma", "1"));
    assert_eq!(outcome_of(&engine, &rotated, &repeated), "duplicate");
}

#[test]
fn r_cm_30_an_unknown_token_is_a_401_even_from_an_address_that_is_not_listed() {
    let request = genuine("comma", "1").from("198.51.100.1");
    let listed = with(|config| {
        config.addresses = Some(AddressList::new(["203.0.113.0/24"]).unwrap());
    });
    assert_eq!(receive(&engine(), &listed, &request).response.status(), 403);
    let forged = signed_with("comma", "another", body("comma", "1")).from("198.51.100.1");
    assert_eq!(receive(&engine(), &listed, &forged).response.status(), 403, "before the signature");
    let unknown = unknown("comma");
    let receipt = request.deliver(|delivery| engine().receive(&unknown, delivery).unwrap());
    assert_eq!(receipt.response.status(), 401);
}
