//! The order of checks, told by deliveries that break several of them at once.
#![cfg(feature = "test-util")]

mod common;

use common::*;
use hookstage::json::{DuplicateKeys, Path};
use hookstage::store::HistoryFilter;
use hookstage::{
    AddressList, BodyRule, DedupeConfig, DedupePart, DedupeRule, EventTypeAt, Gate, Lifecycle,
    ManualClock, OnMissingKey, Order, Outcome, Policy, PolicyConfig, Refusal, Required, Source,
    SourceConfig, UnknownSource, Window, admit, admit_head, authenticate, providers,
};

fn with(profile: &str, change: impl FnOnce(&mut SourceConfig)) -> Source {
    let mut config = config(profile);
    change(&mut config);
    Source::new(config).unwrap()
}

fn code(source: &Source, request: &Request) -> &'static str {
    match receive(&engine(), source, request).outcome {
        Outcome::Refused(refusal) | Outcome::Ignored(refusal) => refusal.code(),
        outcome => outcome.as_str(),
    }
}

/// Each row breaks everything from one check on; the first check in the order of the system must be
/// the one that is told.
#[test]
fn r_wx_2_the_first_broken_check_of_each_system_is_the_one_told() {
    // What breaks a delivery, and the code it is told by.
    let breakers = |name: &str| match name {
        "method" => "method_not_allowed",
        "lookup" => "inactive",
        "address" => "address_not_allowed",
        "auth" => "mismatch",
        "size" => "body_too_large",
        "type" => "content_type",
        "json" => "not_json",
        "incomplete" => "incomplete",
        "subscription" => "not_subscribed",
        "contact" => "contact_not_found",
        "binding" => "unbound",
        other => panic!("{other}"),
    };
    // The stage order of each system. Under coeffection the lookup is judged with authentication.
    for (profile, order) in [
        ("coeffection", &["method", "lookup", "auth", "size", "json"][..]),
        (
            "connectgain",
            &["method", "lookup", "auth", "size", "json", "incomplete", "subscription"],
        ),
        ("comma", &["method", "lookup", "address", "size", "auth", "json", "incomplete"]),
        ("synerise", &["method", "lookup", "auth", "type", "size", "json"]),
        ("wexio", &["lookup", "method", "auth", "size", "type", "json", "contact", "binding"]),
    ] {
        for (at, first) in order.iter().enumerate() {
            let broken = &order[at..];
            let breaks = |name: &str| broken.contains(&name);
            let source = with(profile, |config| {
                if breaks("lookup") {
                    config.lifecycle = Lifecycle::Paused;
                }
                if breaks("address") {
                    config.addresses = Some(AddressList::new(["203.0.113.0/24"]).unwrap());
                }
                if breaks("subscription") {
                    config.events = hookstage::Subscription::only(["deal.*"]);
                }
                if breaks("binding") {
                    config.bindings.clear();
                }
                config.limits.body = Some(200);
            });
            let mut text = if breaks("json") {
                "{".to_owned()
            } else if breaks("incomplete") {
                r#"{"event":"contact.created"}"#.to_owned()
            } else if breaks("contact") {
                r#"{"customer":{}}"#.to_owned()
            } else {
                body(profile, "1")
            };
            if breaks("size") {
                text.push_str(&" ".repeat(1500));
            }
            let secret = if breaks("auth") { "another secret" } else { SECRET };
            let mut request = signed_with(profile, secret, text).from("198.51.100.7");
            if breaks("type") {
                request = request.without("content-type").with("content-type", "text/plain");
            }
            if breaks("method") {
                request = request.by("PUT");
            }
            assert_eq!(code(&source, &request), breakers(first), "{profile}: {broken:?}");
        }
    }
}

#[test]
fn r_wx_2_54_a_body_that_was_not_read_whole_is_judged_by_its_sender_where_the_head_says_who() {
    let source = source("wexio");
    let mut genuine = genuine("wexio", "1");
    genuine.body = None;
    assert_eq!(code(&source, &genuine), "body_too_large");
    let mut forged = signed_with("wexio", "another", "");
    forged.body = None;
    assert_eq!(code(&source, &forged), "mismatch");
    // A signed body cannot be verified without all of its bytes.
    let mut signed = signed_with("synerise", "another", "{}");
    signed.body = None;
    assert_eq!(code(&crate::source("synerise"), &signed), "body_too_large");
}

#[test]
fn r_co_4_44_r_cm_30_api_01_uniform_answers_are_equal_in_everything_a_sender_sees() {
    let engine = engine();
    let good = source("coeffection");
    let request = genuine("coeffection", "1");
    let paused = with("coeffection", |config| config.lifecycle = Lifecycle::Paused);
    let draft = with("coeffection", |config| config.lifecycle = Lifecycle::Draft);
    let listed = with("coeffection", |config| {
        config.addresses = Some(AddressList::new(["203.0.113.0/24"]).unwrap());
    });
    let tls = with("coeffection", |config| {
        let mut policy = Policy::coeffection();
        policy.require_tls = true;
        config.policy = PolicyConfig::Custom(Box::new(policy));
    });
    let unknown: UnknownSource = unknown("coeffection");
    let mut cut = request.clone();
    cut.body = None;

    let mut answers = vec![
        request.deliver(|delivery| engine.receive(&unknown, delivery).unwrap()),
        receive(&engine, &paused, &request),
        receive(&engine, &draft, &request),
        receive(&engine, &listed, &request.clone().from("198.51.100.1")),
        receive(&engine, &tls, &request),
        receive(&engine, &good, &signed_with("coeffection", "another", "{}")),
        receive(&engine, &good, &signed_at("coeffection", SECRET, NOW - 301, "{}")),
        receive(&engine, &good, &signed_at("coeffection", SECRET, NOW + 301, "{}")),
        receive(&engine, &good, &Request::new("{}")),
        receive(&engine, &good, &Request::new("{}").with("x-webhook-signature", "rubbish")),
        receive(&engine, &good, &request.clone().by("GET")),
        receive(&engine, &good, &cut),
    ];
    let codes: Vec<&str> = answers
        .iter()
        .map(|receipt| match &receipt.outcome {
            Outcome::Refused(refusal) => refusal.code(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(
        codes,
        [
            "unknown_source",
            "inactive",
            "inactive",
            "address_not_allowed",
            "tls_required",
            "mismatch",
            "stale",
            "future",
            "absent",
            "malformed",
            "method_not_allowed",
            "body_too_large"
        ]
    );
    let first = seen(&answers.remove(0));
    assert_eq!(first.0, 401);
    for answer in &answers {
        assert_eq!(seen(answer), first, "{:?}", answer.outcome);
    }
}

#[test]
fn r_co_21_freshness_is_inclusive_on_both_sides() {
    let source = source("coeffection");
    for (offset, wanted) in
        [(-301, "stale"), (-300, "staged"), (0, "staged"), (300, "staged"), (301, "future")]
    {
        let request = signed_at("coeffection", SECRET, NOW + offset, body("coeffection", "1"));
        assert_eq!(code(&source, &request), wanted, "{offset}");
    }
}

#[test]
fn r_wx_53_a_paused_source_answers_404_to_everything() {
    let paused = with("wexio", |config| config.lifecycle = Lifecycle::Paused);
    let mut cut = genuine("wexio", "1");
    cut.body = None;
    for request in [
        genuine("wexio", "1"),
        genuine("wexio", "1").by("GET"),
        Request::new("").without("content-type"),
        signed_with("wexio", "another", "{"),
        cut,
    ] {
        let receipt = receive(&engine(), &paused, &request);
        assert_eq!(receipt.response.status(), 404);
        assert_eq!(receipt.response.body(), r#"{"outcome":"TRIGGER_NOT_FOUND"}"#);
    }
}

#[test]
fn r_wx_54_r_cm_27_limits_are_inclusive_and_to_the_byte() {
    for (profile, limit) in [
        ("wexio", 102_400),
        ("comma", 10 * 1024 * 1024),
        ("synerise", 1024 * 1024),
        ("connectgain", 1024 * 1024),
        ("coeffection", 1024 * 1024),
    ] {
        let source = source(profile);
        assert_eq!(source.body_limit(), limit, "{profile}");
        let padded = |length: u64| {
            let text = body(profile, "1");
            let room = usize::try_from(length).unwrap() - text.len();
            signed_with(profile, SECRET, text + &" ".repeat(room))
        };
        assert_eq!(code(&source, &padded(limit)), "staged", "{profile}");
        assert_eq!(code(&source, &padded(limit + 1)), "body_too_large", "{profile}");
    }
}

#[test]
fn r_cg_25_tls_is_required_where_the_policy_says_so() {
    let source = with("connectgain", |config| {
        let mut policy = Policy::connectgain();
        policy.require_tls = true;
        config.policy = PolicyConfig::Custom(Box::new(policy));
    });
    let mut request = genuine("connectgain", "1");
    for (tls, wanted) in
        [(None, "tls_required"), (Some(false), "tls_required"), (Some(true), "staged")]
    {
        request.tls = tls;
        assert_eq!(code(&source, &request), wanted);
    }
}

#[test]
fn r_sy_9_r_wx_40_the_media_type_counts_and_nothing_else_of_the_line() {
    for profile in ["synerise", "wexio"] {
        let source = source(profile);
        let base = genuine(profile, "1").without("content-type");
        for value in [
            "application/json",
            "Application/JSON",
            "application/json; charset=utf-8",
            "application/json ;x=y",
        ] {
            let request = base.clone().with("content-type", value);
            assert_eq!(code(&source, &request), "staged", "{value}");
        }
        for value in ["", "text/json", "application/jsonx", "application/json, text/plain", "json"]
        {
            let request = base.clone().with("content-type", value);
            assert_eq!(code(&source, &request), "content_type", "{value}");
        }
        assert_eq!(code(&source, &base), "content_type");
        let twice = base
            .clone()
            .with("content-type", "application/json")
            .with("content-type", "application/json");
        assert_eq!(code(&source, &twice), "content_type");
    }
    // The others do not look at it.
    for profile in ["coeffection", "connectgain", "comma"] {
        let request = genuine(profile, "1").without("content-type");
        assert_eq!(code(&source(profile), &request), "staged");
    }
}

#[test]
fn r_wx_9_forms_are_verified_as_bytes_and_read_as_json() {
    let source = source("wexio");
    let form = |body: &str| {
        signed_with("wexio", SECRET, body)
            .without("content-type")
            .with("content-type", "application/x-www-form-urlencoded")
    };
    let interactive =
        form("payload=%7B%22customer%22%3A%7B%22email%22%3A%22ada%40acme.com%22%7D%7D");
    assert_eq!(code(&source, &interactive), "staged");
    assert_eq!(code(&source, &form("command=%2Fhook&text=hi")), "contact_not_found");
    let engine = engine();
    let receipt = receive(&engine, &source, &interactive);
    let Outcome::Staged(id) = receipt.outcome else { panic!() };
    let event = engine.get("acme", id).unwrap().unwrap();
    assert_eq!(&*event.body, interactive.body.as_deref().unwrap());
    assert_eq!(receipt.contact.as_deref(), Some("contact of ada@acme.com"));
}

#[test]
fn r_cm_18_r_cg_7_all_missing_members_are_named_at_once() {
    let missing = |profile: &str, body: &str| {
        let receipt = receive(&engine(), &source(profile), &signed_with(profile, SECRET, body));
        match receipt.outcome {
            Outcome::Refused(Refusal::Incomplete { missing }) => missing,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(
        missing("comma", "{}"),
        ["/external_id", "/occurred_at", "/from", "/to", "/body", "/attachments"]
    );
    assert_eq!(
        missing("connectgain", r#"{"event":"deal.created","data":null}"#),
        ["/timestamp", "/data"]
    );
    let no_recipient = body("comma", "1").replace(r#"[{"identifier":"bob@example.com"}]"#, "[]");
    assert_eq!(missing("comma", &no_recipient), ["/to"]);
    let yesterday = body("comma", "1").replace("2026-05-28T14:30:00Z", "yesterday");
    assert_eq!(missing("comma", &yesterday), ["/occurred_at"]);
}

#[test]
fn r_cm_19_20_a_bare_identifier_is_a_person() {
    let text = body("comma", "1")
        .replace(r#"{"identifier":"alice@example.com"}"#, r#""alice@example.com""#);
    assert_eq!(code(&source("comma"), &signed_with("comma", SECRET, text)), "staged");
}

#[test]
fn r_cg_11_24_an_unsigned_source_is_marked_and_a_signed_one_wants_its_signature() {
    let unsigned = SourceConfig::preset("acme", "open", &providers::CONNECTGAIN_UNSIGNED);
    let unsigned = Source::new(unsigned).unwrap();
    let request = Request::new(body("connectgain", "1"));
    let draft = request.deliver(|delivery| admit(&unsigned, delivery, now()).unwrap());
    assert!(!draft.coverage.binds_body());
    assert!(!unsigned.warnings().is_empty());
    assert_eq!(code(&source("connectgain"), &request), "absent");
}

#[test]
fn api_02_the_head_alone_refuses_what_it_can() {
    let engine = engine();
    let source = source("comma");
    let head = |request: &Request| {
        request.deliver(|delivery| match engine.receive_head(&source, delivery.head()) {
            Ok(limit) => Ok(limit),
            Err(receipt) => match receipt.outcome {
                Outcome::Refused(refusal) => Err(refusal.code()),
                other => panic!("{other:?}"),
            },
        })
    };
    let request = genuine("comma", "1");
    assert_eq!(head(&request), Ok(10 * 1024 * 1024));
    assert_eq!(head(&request.clone().by("GET")), Err("method_not_allowed"));
    assert_eq!(head(&request.clone().with("content-length", "10485761")), Err("body_too_large"));
    assert_eq!(head(&request.clone().with("content-length", "10485760")), Ok(10 * 1024 * 1024));
    let mut long = request.clone();
    long.url = format!("https://h/{}", "a".repeat(9000));
    assert_eq!(head(&long), Err("url_too_long"));
    let many = (0..101).fold(request, |request, _| request.with("x-a", "b"));
    assert_eq!(head(&many), Err("too_many_headers"));
    // A stranger who is told nothing is not told the limit either.
    let uniform = crate::source("coeffection");
    let announced = genuine("coeffection", "1").with("content-length", "99999999");
    assert!(announced.deliver(|delivery| admit_head(&uniform, delivery.head()).is_ok()));
}

#[test]
fn what_the_head_is_refused_for_is_never_admitted() {
    let source = source("comma");
    let request = genuine("comma", "1").with("content-length", "10485761");
    let refused = request.deliver(|delivery| admit(&source, delivery, now()).map(drop));
    assert_eq!(refused.unwrap_err().refusal.code(), "body_too_large");
}

#[test]
fn orders_that_would_let_strangers_in_are_refused() {
    let faults = |gates: &[Gate]| {
        let mut policy = Policy::comma();
        policy.order = Order::new(gates.iter().copied());
        let mut config = config("comma");
        config.policy = PolicyConfig::Custom(Box::new(policy));
        Source::new(config).map(drop).map_err(|error| error.faults().len())
    };
    use Gate::*;
    assert_eq!(faults(&[Lookup, Method, Authentication, Size]), Ok(()));
    assert_eq!(faults(&[]), Err(4));
    assert_eq!(faults(&[Lookup, Method, Size]), Err(1));
    assert_eq!(faults(&[Lookup, Method, Authentication, Size, Size]), Err(1));
    assert_eq!(faults(&[Method, Address, Lookup, Authentication, Size]), Err(1));
    assert_eq!(faults(&[Lookup, Method, ContentType, Authentication, Size]), Err(1));
    assert_eq!(faults(&[Authentication, Lookup, Method, Size]), Err(1));
}

#[test]
fn tim_14_ded_09_ded_10_rat_05_what_is_refused_claims_no_key() {
    let clock = ManualClock::at(now());
    for profile in PROFILES {
        let engine = engine_at(&clock);
        let good = source(profile);
        let request = genuine(profile, "victim");
        let refused: Vec<(Source, Request)> = vec![
            (source(profile), signed_with(profile, "another", body(profile, "victim"))),
            (with(profile, |config| config.lifecycle = Lifecycle::Paused), request.clone()),
            (
                with(profile, |config| {
                    config.addresses = Some(AddressList::new(["203.0.113.0/24"]).unwrap());
                }),
                request.clone().from("198.51.100.1"),
            ),
            (with(profile, |config| config.limits.body = Some(10)), request.clone()),
            (
                source(profile),
                signed_with(profile, SECRET, format!("{}}}", body(profile, "victim"))),
            ),
            (source(profile), request.clone().by("DELETE")),
        ];
        for (source, request) in &refused {
            let receipt = receive(&engine, source, request);
            assert!(matches!(receipt.outcome, Outcome::Refused(_)), "{profile} {receipt:?}");
        }
        if good.policy().capture.is_some() {
            let _ = engine.open_capture(&good).unwrap();
            let receipt = receive(&engine, &good, &request);
            assert!(matches!(receipt.outcome, Outcome::Captured { .. }));
        }
        if good.policy().rate.authenticated.is_some() {
            let filler = genuine(profile, "filler");
            let is_limited = (0..10_000).any(|_| {
                let outcome = receive(&engine, &good, &filler).outcome;
                matches!(outcome, Outcome::Refused(Refusal::RateLimited { .. }))
            });
            assert!(is_limited, "{profile}");
            let limited = receive(&engine, &good, &request);
            assert!(matches!(limited.outcome, Outcome::Refused(Refusal::RateLimited { .. })));
            clock.advance(std::time::Duration::from_secs(60));
        }
        let staged = receive(&engine, &good, &request);
        assert!(matches!(staged.outcome, Outcome::Staged(_)), "{profile} {staged:?}");
        clock.set(now());
    }
}

#[test]
fn what_fills_the_limits_of_a_head_is_taken_and_one_more_is_not() {
    let request = genuine("coeffection", "1");
    let source = with("coeffection", |config| {
        config.limits.headers = request.headers.len().try_into().unwrap();
        config.limits.url = request.url.len().try_into().unwrap();
    });
    assert_eq!(code(&source, &request), "staged");
    assert_eq!(code(&source, &request.clone().with("x-one", "more")), "too_many_headers");
    let mut longer = request;
    longer.url.push('/');
    assert_eq!(code(&source, &longer), "url_too_long");
}

/// Where a stranger is not told the limit, and so is heard first.
#[test]
fn a_body_is_hashed_up_to_eight_times_the_limit() {
    let source = with("coeffection", |config| config.limits.body = Some(100));
    let forged = |length| signed_with("coeffection", "another", vec![b' '; length]);
    assert_eq!(code(&source, &forged(101)), "mismatch");
    assert_eq!(code(&source, &forged(800)), "mismatch");
    assert_eq!(code(&source, &forged(801)), "body_too_large");
}

/// The signature of a delivery to a paused source is asked for first where strangers are not to
/// learn that it is paused, and so the head alone says nothing.
#[test]
fn api_01_the_head_alone_does_not_say_that_a_source_is_paused_where_that_is_hidden() {
    for (profile, wanted) in [
        ("coeffection", Ok(1024 * 1024)),
        ("connectgain", Err("inactive")),
        ("comma", Err("inactive")),
        ("synerise", Err("inactive")),
        ("wexio", Err("inactive")),
    ] {
        let paused = with(profile, |config| config.lifecycle = Lifecycle::Paused);
        let head = genuine(profile, "1").deliver(|delivery| {
            admit_head(&paused, delivery.head()).map_err(|refused| refused.refusal.code())
        });
        assert_eq!(head, wanted, "{profile}");
    }
}

#[test]
fn what_is_no_json_is_refused_though_nothing_of_it_is_read() {
    let bare = |body: BodyRule| {
        with("coeffection", |config| {
            let mut policy = Policy::coeffection();
            policy.body = body;
            policy.required = Required::Nothing;
            config.policy = PolicyConfig::Custom(Box::new(policy));
            config.dedupe = DedupeConfig::Off;
            config.event_type = None;
        })
    };
    for (body, text, wanted) in [
        (BodyRule::Json, "<xml/>", "not_json"),
        (BodyRule::Json, "[]", "staged"),
        (BodyRule::JsonObject, "<xml/>", "not_json"),
        (BodyRule::JsonObject, "[]", "not_an_object"),
        (BodyRule::JsonObject, "{}", "staged"),
        (BodyRule::Any, "<xml/>", "staged"),
    ] {
        let request = signed_with("coeffection", SECRET, text);
        assert_eq!(code(&bare(body), &request), wanted, "{body:?} {text}");
    }
}

/// Nothing is said of members that nobody asked for.
#[test]
fn a_body_of_which_nothing_is_read_is_not_read() {
    let source = |dedupe: DedupeConfig| {
        with("coeffection", |config| {
            let mut policy = Policy::coeffection();
            policy.body = BodyRule::Any;
            config.policy = PolicyConfig::Custom(Box::new(policy));
            config.json.duplicate_keys = DuplicateKeys::KeepLast;
            config.dedupe = dedupe;
            config.event_type = None;
        })
    };
    let detail = |source: &Source| {
        let request = signed_with("coeffection", SECRET, r#"{"a":1,"a":2,"id":"1"}"#);
        let engine = engine();
        assert!(matches!(receive(&engine, source, &request).outcome, Outcome::Staged(_)));
        engine.history(&HistoryFilter::tenant("acme"), None, 1).unwrap().remove(0).1.detail
    };
    let by_id = DedupeRule::new([DedupePart::body("id").unwrap()], OnMissingKey::Refuse).unwrap();
    let by_id = DedupeConfig::Rule { rule: by_id, window: Window::Unlimited };
    let said = detail(&source(by_id)).unwrap();
    assert!(said.contains("keys that stand twice in one object: 1"), "{said}");
    assert_eq!(detail(&source(DedupeConfig::Off)), None);
}

/// The longest event type kept is 200 bytes, cut between characters.
#[test]
fn an_event_type_is_cut_to_200_bytes() {
    let source = with("coeffection", |config| {
        config.event_type = Some(EventTypeAt::Body(Path::parse("type").unwrap()));
    });
    for (sent, kept) in [
        ("a".repeat(200), "a".repeat(200)),
        ("a".repeat(201), "a".repeat(200)),
        ("\u{e9}".repeat(100), "\u{e9}".repeat(100)),
        (format!("a{}", "\u{e9}".repeat(100)), format!("a{}", "\u{e9}".repeat(99))),
        ("order\\u0000.paid\\n".to_owned(), "order.paid".to_owned()),
    ] {
        let request = signed_with("coeffection", SECRET, format!(r#"{{"type":"{sent}"}}"#));
        let (seen, draft) = request.deliver(|delivery| {
            let admitted = authenticate(&source, delivery, now()).unwrap().read().unwrap();
            let seen = admitted.event_type().map(str::to_owned);
            (seen, admitted.finish(None).unwrap().draft.event_type)
        });
        assert_eq!((seen.as_deref(), draft.as_deref()), (Some(&*kept), Some(&*kept)), "{sent}");
    }
}
