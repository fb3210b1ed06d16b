//! Every word of the vocabulary that no common provider uses, each in a scheme of its own.
//!
//! Expected signatures were computed with Python's `hmac`, `hashlib` and `zlib` over the bytes that
//! the comment beside them shows.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use hookstage::scheme::{BodyCoverage, Coverage, Parameter, Parameters, Registry, SigningKey};
use hookstage::{Delivery, Head, Refusal, Scheme, Secret, Timestamp, Verifier};
use serde_json::{Value, json};

const SECRET: &str = "hookstage-test-secret";
const NOW: i64 = 1_700_000_000;

/// HMAC-SHA256 in hex over the body, in `x-sig`, with some fields of the rule set otherwise.
fn rule(changes: Value) -> Value {
    let mut rule = json!({
        "at": [{"place": {"header": "x-sig"}, "repeat": "refuse", "key": "any"}],
        "grammar": {"plain": {"prefix": ""}},
        "encoding": "hex",
        "algorithm": {"hmac": "sha256"},
        "content": [["body"]],
        "key": "text",
    });
    for (name, value) in changes.as_object().unwrap() {
        rule[name] = value.clone();
    }
    rule
}

fn stored(authentication: Value) -> Value {
    json!({"version": 1, "authentication": authentication})
}

fn signed(changes: Value) -> Value {
    stored(json!({"signature": rule(changes)}))
}

fn with(mut stored: Value, name: &str, value: Value) -> Value {
    stored[name] = value;
    stored
}

/// A scheme as a host would have stored it; it must survive being written and read again.
fn scheme(stored: &Value) -> Scheme {
    let scheme: Scheme = serde_json::from_value(stored.clone()).unwrap();
    let again: Scheme = serde_json::from_str(&serde_json::to_string(&scheme).unwrap()).unwrap();
    assert_eq!(scheme, again);
    scheme
}

fn faults(stored: &Value) -> String {
    serde_json::from_value::<Scheme>(stored.clone()).unwrap_err().to_string()
}

fn verifier(stored: &Value) -> Verifier {
    keyed(stored, [SigningKey::new(Secret::new(SECRET).unwrap())])
}

fn keyed(stored: &Value, keys: impl IntoIterator<Item = SigningKey>) -> Verifier {
    let parameters = Parameters::new().with(Parameter::WebhookId, "hook-7");
    Verifier::with_parameters(scheme(stored), keys, parameters).unwrap()
}

struct Request<'a> {
    method: &'a str,
    url: &'a str,
    headers: &'a [(&'a str, &'a str)],
    body: &'a str,
}

const REQUEST: Request<'static> =
    Request { method: "POST", url: "https://a.example/p", headers: &[], body: "body" };

fn judge(verifier: &Verifier, request: &Request<'_>) -> Result<Coverage, Refusal> {
    let headers: Vec<(&str, &[u8])> =
        request.headers.iter().map(|(name, value)| (*name, value.as_bytes())).collect();
    let head = Head::new(request.method, request.url, &headers);
    let delivery = Delivery::new(head, request.body.as_bytes());
    verifier
        .verify(&delivery, Timestamp::from_unix_seconds(NOW))
        .map(|proof| proof.coverage().clone())
}

fn code(result: Result<Coverage, Refusal>) -> &'static str {
    result.map_or_else(|refusal| refusal.code(), |_| "verified")
}

/// HMAC-SHA256 of `body` in hex.
const BODY: &str = "617e1a6b457cbc6469fad9c9e6d4967ecce195ae965541d18f350f5ac4617f7a";

#[test]
fn the_first_of_several_headers_counts_and_the_others_do_not() {
    let scheme = signed(json!({"at": [{
        "place": {"first_header": ["svix-sig", "webhook-sig"]}, "repeat": "refuse", "key": "any",
    }]}));
    let verifier = verifier(&scheme);
    let judged = |headers: &[(&str, &str)]| code(judge(&verifier, &Request { headers, ..REQUEST }));
    let wrong = "0".repeat(64);
    assert_eq!(judged(&[("Svix-Sig", BODY)]), "verified");
    assert_eq!(judged(&[("webhook-sig", BODY)]), "verified");
    assert_eq!(judged(&[("webhook-sig", &wrong), ("svix-sig", BODY)]), "verified");
    assert_eq!(judged(&[("svix-sig", &wrong), ("webhook-sig", BODY)]), "mismatch");
    assert_eq!(judged(&[("svix-sig", BODY), ("svix-sig", BODY)]), "malformed");
    assert_eq!(judged(&[]), "absent");
}

#[test]
fn a_record_is_tried_with_the_key_it_names() {
    let scheme = signed(json!({
        "at": [{"place": {"header": "x-sig"}, "repeat": "refuse", "key": "record"}],
        "grammar": {"records": {"item": ",", "field": "/", "fields": 3, "key": 0}},
    }));
    let key = |secret: &str, id: &str| SigningKey::new(Secret::new(secret).unwrap()).with_id(id);
    let verifier = keyed(&scheme, [key("another-secret", "k2"), key(SECRET, "k1")]);
    let judged = |value: String| {
        code(judge(&verifier, &Request { headers: &[("x-sig", &value)], ..REQUEST }))
    };
    let wrong = "0".repeat(64);
    assert_eq!(judged(format!("k2/SHA256/{wrong}, k1/SHA256/{BODY}")), "verified");
    assert_eq!(judged(format!("k2/SHA256/{BODY}")), "mismatch");
    assert_eq!(judged(format!("k1/{BODY}")), "malformed");
    assert_eq!(judged(format!("k1/SHA256/{BODY}/more")), "malformed");
    // The key stands between others: the signature is the last field, however many there are.
    for (fields, key, record) in [
        (2, 0, format!("k1/{BODY}")),
        (3, 1, format!("SHA256/k1/{BODY}")),
        (4, 0, format!("k1/a/b/{BODY}")),
        (4, 1, format!("a/k1/b/{BODY}")),
        (4, 2, format!("a/b/k1/{BODY}")),
    ] {
        let scheme = signed(json!({
            "at": [{"place": {"header": "x-sig"}, "repeat": "refuse", "key": "record"}],
            "grammar": {"records": {"item": ",", "field": "/", "fields": fields, "key": key}},
        }));
        let named = |id: &str| SigningKey::new(Secret::new(SECRET).unwrap()).with_id(id);
        let headers: &[_] = &[("x-sig", record.as_str())];
        let request = Request { headers, ..REQUEST };
        assert_eq!(code(judge(&keyed(&scheme, [named("k1")]), &request)), "verified", "{record}");
        assert_eq!(code(judge(&keyed(&scheme, [named("a")]), &request)), "mismatch", "{record}");
    }
}

/// A value of a header, and a header with signatures, are at most 16 KiB.
#[test]
fn a_value_of_16_kib_is_taken_and_one_byte_more_is_not() {
    const LIMIT: usize = 16 * 1024;
    let listed = signed(json!({"grammar": {"items": {
        "item": ",", "pair": "=", "signatures": ["v1"],
    }}}));
    let named = signed(json!({"at": [{
        "place": {"header": "x-sig"}, "repeat": "refuse", "key": {"named": {"header": "x-key"}},
    }]}));
    for (length, expected) in [(LIMIT, "verified"), (LIMIT + 1, "malformed")] {
        let signature = format!("v1={BODY},v0=");
        let list = format!("{signature}{}", "a".repeat(length - signature.len()));
        let headers: &[_] = &[("x-sig", list.as_str())];
        assert_eq!(code(judge(&verifier(&listed), &Request { headers, ..REQUEST })), expected);
        let mut repeated = listed.clone();
        repeated["authentication"]["signature"]["at"][0]["repeat"] = json!("each");
        assert_eq!(code(judge(&verifier(&repeated), &Request { headers, ..REQUEST })), expected);
        // A key without an id answers to any.
        let id = "a".repeat(length);
        let headers: &[_] = &[("x-sig", BODY), ("x-key", id.as_str())];
        assert_eq!(code(judge(&verifier(&named), &Request { headers, ..REQUEST })), expected);
    }
}

/// Lines that hold no signature of the scheme count as well.
#[test]
fn sig_08_of_a_header_that_may_repeat_sixteen_lines_are_taken() {
    let scheme = signed(json!({
        "at": [{"place": {"header": "x-sig"}, "repeat": "each", "key": "any"}],
        "grammar": {"plain": {"prefix": "v1="}},
    }));
    let verifier = verifier(&scheme);
    let genuine = format!("v1={BODY}");
    for (others, expected) in [(15, "verified"), (16, "malformed"), (17, "malformed")] {
        for other in ["v0=00", "v1=00"] {
            let mut headers = vec![("x-sig", genuine.as_str())];
            headers.resize(1 + others, ("x-sig", other));
            let judged = judge(&verifier, &Request { headers: &headers, ..REQUEST });
            assert_eq!(code(judged), expected, "{others} times {other}");
        }
    }
}

#[test]
fn a_header_names_the_key() {
    let scheme = signed(json!({"at": [{
        "place": {"header": "x-sig"}, "repeat": "refuse", "key": {"named": {"header": "x-key"}},
    }]}));
    let named = keyed(&scheme, [SigningKey::new(Secret::new(SECRET).unwrap()).with_id("k1")]);
    let nameless = verifier(&scheme);
    let judged = |verifier: &Verifier, id| {
        let headers: &[_] = &[("x-sig", BODY), ("x-key", id)];
        code(judge(verifier, &Request { headers, ..REQUEST }))
    };
    assert_eq!(judged(&named, "k1"), "verified");
    assert_eq!(judged(&named, "k2"), "mismatch");
    assert_eq!(judged(&nameless, "k2"), "verified");
    let headers: &[_] = &[("x-sig", BODY)];
    assert_eq!(code(judge(&named, &Request { headers, ..REQUEST })), "absent");
}

#[test]
fn a_signature_stands_in_base64_of_json_or_in_quotes() {
    let object = signed(json!({
        "grammar": {"json_object": {"signature": "signature"}}, "encoding": "base64",
        "at": [{
            "place": {"header": "x-sig"}, "repeat": "refuse", "key": {"named": {"item": "kid"}},
        }],
    }));
    let key = SigningKey::new(Secret::new(SECRET).unwrap()).with_id("k1");
    let object = keyed(&object, [key]);
    // {"kid":"k1","signature":"…"}, and the same with the kid k2.
    let genuine = "eyJraWQiOiJrMSIsInNpZ25hdHVyZSI6IllYNGFhMFY4dkdScCt0bko1dFNXZnN6aGxhNldWVUhSanpVUFdzUmhmM289In0=";
    let other = "eyJraWQiOiJrMiIsInNpZ25hdHVyZSI6IllYNGFhMFY4dkdScCt0bko1dFNXZnN6aGxhNldWVUhSanpVUFdzUmhmM289In0=";
    for (value, expected) in [(genuine, "verified"), (other, "mismatch"), ("e30=", "absent")] {
        let headers: &[_] = &[("x-sig", value)];
        assert_eq!(code(judge(&object, &Request { headers, ..REQUEST })), expected);
    }

    let quoted = signed(json!({
        "grammar": {"quoted": {"signature": "signature"}}, "encoding": "base64",
        "content": [[
            {"literal": "(request-target): "}, "method_lowercase", {"literal": " "},
            {"url": "path_and_query"}, {"literal": "\nhost: "}, {"value": {"header": "host"}},
            {"literal": "\ndigest: sha-256="}, {"body_digest": {"hash": "sha256", "encoding": "base64"}},
        ]],
    }));
    let quoted = verifier(&quoted);
    let value = "keyid=\"a\", algorithm=\"hmac\", signature=\"UfmzXevK9+EncA/FWm+Yqw/0Ezw/Dz/JHXHSJTdTQbM=\"";
    let headers: &[_] = &[("host", "a.example"), ("x-sig", value)];
    let request = Request { url: "https://a.example/p?q=1", headers, ..REQUEST };
    let coverage = judge(&quoted, &request).unwrap();
    assert_eq!(coverage.body, BodyCoverage::Digest);
    assert!(coverage.method && coverage.url);
    assert_eq!(code(judge(&quoted, &Request { method: "PUT", ..request })), "mismatch");
}

#[test]
fn any_of_several_rules_may_match_and_the_refusal_tells_how_far_it_came() {
    let scheme = stored(json!({"any_of": [
        rule(json!({"grammar": {"plain": {"prefix": "sha256="}}})),
        rule(json!({"grammar": {"plain": {"prefix": "sha512="}}, "algorithm": {"hmac": "sha512"}})),
    ]}));
    let verifier = verifier(&scheme);
    let judged =
        |value: &str| code(judge(&verifier, &Request { headers: &[("x-sig", value)], ..REQUEST }));
    // HMAC-SHA512 of `body`.
    let long = "b845539a53aab822731891ab2cd0d799dbaafff36d6b3b7efe86593615e14263\
                a97ba1fa8257bfed8790d2ec4876f25aebbd58c6bc03fcb07ed0bc49c01f05c2";
    assert_eq!(judged(&format!("sha256={BODY}")), "verified");
    assert_eq!(judged(&format!("sha512={long}")), "verified");
    assert_eq!(judged(&format!("sha512={BODY}")), "malformed");
    assert_eq!(judged(&format!("sha256={}", "0".repeat(64))), "mismatch");
    assert_eq!(judged("sha1=ab"), "malformed");
    assert!(faults(&stored(json!({"any_of": [rule(json!({}))]}))).contains("two to four"));

    // In whichever order the rules stand: what is absent says less than what does not match.
    let at = |name: &str| json!([{"place": {"header": name}, "repeat": "refuse", "key": "any"}]);
    let (new, old) = (rule(json!({"at": at("x-new")})), rule(json!({"at": at("x-old")})));
    for order in [json!([new.clone(), old.clone()]), json!([old, new])] {
        let verifier = keyed(
            &stored(json!({"any_of": order})),
            [SigningKey::new(Secret::new(SECRET).unwrap())],
        );
        let judged =
            |headers: &[(&str, &str)]| code(judge(&verifier, &Request { headers, ..REQUEST }));
        let wrong = "0".repeat(64);
        for name in ["x-new", "x-old"] {
            assert_eq!(judged(&[(name, BODY)]), "verified", "{order} {name}");
            assert_eq!(judged(&[(name, &wrong)]), "mismatch", "{order} {name}");
            assert_eq!(judged(&[(name, "not hex")]), "malformed", "{order} {name}");
        }
        assert_eq!(judged(&[("x-new", "not hex"), ("x-old", &wrong)]), "mismatch", "{order}");
        assert_eq!(judged(&[]), "absent", "{order}");
    }

    // A delivery that is too old was signed by who has the key, which says the most.
    // 1600000000.body
    let late = "d39350c970d238d4a5dfcfc30802635deecbb0b0741234a5cb5a01dc05f54df2";
    let time = json!({"at": {"header": "x-time"}, "unit": "seconds",
        "tolerance": {"within": {"past": 300, "future": 300}}});
    let timed = |name: &str| {
        rule(json!({"at": at(name), "content": [["timestamp", {"literal": "."}, "body"]]}))
    };
    for order in [json!([timed("x-new"), timed("x-old")]), json!([timed("x-old"), timed("x-new")])]
    {
        let stored = with(stored(json!({"any_of": order})), "timestamp", time.clone());
        let verifier = keyed(&stored, [SigningKey::new(Secret::new(SECRET).unwrap())]);
        let wrong = "0".repeat(64);
        let headers: &[_] = &[("x-new", late), ("x-old", wrong.as_str()), ("x-time", "1600000000")];
        assert_eq!(code(judge(&verifier, &Request { headers, ..REQUEST })), "stale", "{order}");
    }
}

#[test]
fn what_must_hold_beside_the_signature_holds_for_each_kind() {
    let judged = |equals: Value, values: &[&str]| {
        let require = json!([{"at": {"header": "x-beside"}, "equals": equals}]);
        let verifier = verifier(&with(signed(json!({})), "require", require));
        let headers: Vec<(&str, &str)> =
            values.iter().map(|value| ("x-beside", *value)).chain([("x-sig", BODY)]).collect();
        code(judge(&verifier, &Request { headers: &headers, ..REQUEST }))
    };
    let kinds: [(Value, &[&str], &[&str]); 4] = [
        (json!({"text": "one"}), &["one"], &["two", "One", "one ", "on"]),
        (json!({"any_text": ["one", "two"]}), &["one", "two"], &["three", "onetwo"]),
        (json!({"parameter": "webhook_id"}), &["hook-7"], &["hook-8", "hook"]),
        (json!({"parameter_if_given": "webhook_id"}), &["hook-7"], &["hook-8", "hook"]),
    ];
    for (equals, right, wrong) in kinds {
        for value in right {
            assert_eq!(judged(equals.clone(), &[value]), "verified", "{equals} {value}");
            assert_eq!(judged(equals.clone(), &[value, value]), "malformed", "{equals} {value}");
        }
        for value in wrong {
            assert_eq!(judged(equals.clone(), &[value]), "different", "{equals} {value}");
        }
        assert_eq!(judged(equals.clone(), &[]), "absent", "{equals}");
    }
    // Nobody gave an audience, so nothing is asked.
    for values in [&[][..], &["anything"], &["one", "two"]] {
        assert_eq!(judged(json!({"parameter_if_given": "audience"}), values), "verified");
    }
    // An empty text is nothing that an operator configured.
    let stored = with(
        signed(json!({})),
        "require",
        json!([{"at": {"header": "x-beside"}, "equals": {"parameter": "webhook_id"}}]),
    );
    let empty = Parameters::new().with(Parameter::WebhookId, "");
    let error = Verifier::with_parameters(scheme(&stored), [Secret::new(SECRET).unwrap()], empty);
    assert_eq!(error.unwrap_err().faults()[0].at(), "parameters.webhook_id");
    // What must not be there is not there in any form.
    assert_eq!(judged(json!("absent"), &[]), "verified");
    for values in [&["anything"][..], &[""], &["one", "two"]] {
        assert_eq!(judged(json!("absent"), values), "different", "{values:?}");
    }
}

#[test]
fn what_must_hold_beside_holds_whatever_else_is_shown() {
    let require = json!([{"at": {"header": "x-beside"}, "equals": {"text": "one"}}]);
    let token = json!({"at": {"header": "x-token"}, "grammar": {"plain": {"prefix": ""}}});
    let registry = Registry::new().with_token_check("same", |shown, stored| shown == stored);
    for (authentication, is_keyed) in [
        (json!({"token": token.clone()}), true),
        (json!({"host_checked": {"check": "same", "token": token}}), true),
        (json!("unsigned"), false),
        (json!({"any_of": [rule(json!({})), rule(json!({"encoding": "base64"}))]}), true),
    ] {
        let stored = with(stored(authentication.clone()), "require", require.clone());
        let keys = is_keyed.then(|| Secret::new(SECRET).unwrap());
        let parameters = Parameters::new();
        let verifier =
            Verifier::with_registry(scheme(&stored), keys, parameters, &registry).unwrap();
        let judged = |beside: &str| {
            let headers: &[_] = &[("x-sig", BODY), ("x-token", SECRET), ("x-beside", beside)];
            code(judge(&verifier, &Request { headers, ..REQUEST }))
        };
        assert_eq!(judged("one"), "verified", "{authentication}");
        assert_eq!(judged("two"), "different", "{authentication}");
    }
}

#[test]
fn what_stands_in_the_head_is_missed_before_the_body_is_read() {
    let rule = json!({
        "at": {"header": "x-time"}, "unit": "seconds",
        "tolerance": {"within": {"past": 300, "future": 300}},
    });
    let content = json!([["timestamp", {"literal": "."}, "id", {"literal": "."}, "body"]]);
    let stored = with(signed(json!({"content": content})), "timestamp", rule);
    let verifier = verifier(&with(stored, "id", json!({"header": "x-id"})));
    let all: [(&str, &[u8]); 3] = [("x-sig", b"ab"), ("x-time", b"1700000000"), ("x-id", b"1")];
    assert!(verifier.check_head(&Head::post("", &all)).is_ok());
    for left_out in 0..all.len() {
        let mut headers = all.to_vec();
        headers.remove(left_out);
        let refusal = verifier.check_head(&Head::post("", &headers)).unwrap_err();
        assert_eq!(refusal.code(), "absent", "{}", all[left_out].0);
    }
}

/// However a sender is established.
#[test]
fn the_head_is_asked_for_what_stands_in_it_and_for_nothing_else() {
    let registry = Registry::new().with_token_check("same", |shown, stored| shown == stored);
    let plain = json!({"plain": {"prefix": ""}});
    let token = |at: &Value| json!({"at": at, "grammar": plain});
    let jose = |at: &Value| {
        json!({
            "at": at, "grammar": plain, "payload": "claims", "algorithms": ["HS256"],
            "key": {"ring": "text"}, "times": {"expires": "if_present", "not_before": "if_present",
                "issued": "if_present", "leeway": 0, "max_age": null},
        })
    };
    let signature = |at: &Value| {
        rule(json!({
            "at": [{"place": at, "repeat": "refuse", "key": "any"}],
            "content": [[{"value": {"body": "/id"}}]],
        }))
    };
    let kinds: [&dyn Fn(&Value) -> Value; 4] = [
        &|at| json!({"token": token(at)}),
        &|at| json!({"host_checked": {"check": "same", "token": token(at)}}),
        &|at| json!({"jose": jose(at)}),
        &|at| json!({"signature": signature(at)}),
    ];
    for kind in kinds {
        for (at, is_in_head) in [
            (json!({"header": "x-shown"}), true),
            (json!({"query": "shown"}), true),
            (json!({"body": "/shown"}), false),
            (json!({"form": "shown"}), false),
        ] {
            let authentication = kind(&at);
            let key = [Secret::new("hookstage-test-secret-of-32-bytes").unwrap()];
            let scheme = scheme(&stored(authentication.clone()));
            let verifier =
                Verifier::with_registry(scheme, key, Parameters::new(), &registry).unwrap();
            let refused = |url: &str, headers: &[(&str, &[u8])]| {
                verifier.check_head(&Head::post(url, headers)).err().map(|refusal| refusal.code())
            };
            let absent = is_in_head.then_some("absent");
            assert_eq!(refused("https://a.example/p", &[]), absent, "{authentication}");
            let shown = [("x-shown", b"ab".as_slice())];
            assert_eq!(refused("https://a.example/p?shown=ab", &shown), None, "{authentication}");
        }
    }
}

/// A proof may be printed: it shows what was proven, and nothing that was sent.
#[test]
fn a_proof_shows_what_was_proven_and_nothing_that_was_sent() {
    let verifier = verifier(&signed(json!({})));
    let headers = [("x-sig", BODY.as_bytes())];
    let delivery = Delivery::new(Head::post("https://a.example/p?secret", &headers), b"body");
    let proof = verifier.verify(&delivery, Timestamp::from_unix_seconds(NOW)).unwrap();
    let shown = format!("{proof:?}");
    for part in
        ["Proof {", "body: Whole", "means: Signature", "key_index: Some(0)", "body_length: 4"]
    {
        assert!(shown.contains(part), "{shown}");
    }
    for part in ["a.example", "secret", "x-sig", BODY, "\"body\"", "98, 111"] {
        assert!(!shown.contains(part), "{shown}");
    }
}

/// What is said to be covered is what every way to sign covers.
#[test]
fn sig_18_coverage_is_what_every_way_covers() {
    let covered = |content: Value| scheme_coverage(&signed(json!({ "content": content })));
    let digest = json!({"digest": {"of": ["body"], "hash": "sha256", "encoding": "hex"}});
    let whole = json!(["method", {"url": "path"}, {"value": {"header": "x-id"}}, "body"]);
    for ways in [json!([whole.clone(), [digest.clone()]]), json!([[digest], whole])] {
        let both = covered(ways.clone());
        assert_eq!(both.body, BodyCoverage::Digest, "{ways}");
        assert!(!both.method && !both.url && both.headers.is_empty(), "{ways}: {both:?}");
    }
    assert_eq!(covered(json!([[{"value": "whole_body"}]])).body, BodyCoverage::Whole);
    // Of several headers, the first; of the header that the signature stands in, nothing.
    let first = covered(json!([["body", {"value": {"first_header": ["x-one", "x-two"]}}]]));
    assert_eq!(first.headers, ["x-one"]);
    let own = covered(json!([["body", {"value": {"header": "x-sig"}}]]));
    assert!(own.headers.is_empty(), "{own:?}");
    // A time within the body is covered where the body is, and by a hash that collides it is not.
    let within = |ways: Value| {
        let time = json!({"at": {"body": "/time"}, "unit": "seconds",
            "tolerance": {"within": {"past": 300, "future": 300}}});
        scheme_coverage(&with(signed(json!({ "content": ways })), "timestamp", time)).timestamp
    };
    let digest = |hash: &str| json!({"body_digest": {"hash": hash, "encoding": "hex"}});
    assert!(within(json!([["body"]])));
    assert!(within(json!([["body"], [digest("sha256")]])));
    for ways in
        [json!([["body"], [digest("md5_legacy")]]), json!([[digest("md5_legacy")], ["body"]])]
    {
        assert!(!within(ways.clone()), "{ways}");
    }
    // A digest of the body is worth what covers it, and what its hash is worth.
    let beside = |at: Value, hash: &str| {
        let content = json!([["method", {"value": {"header": "x-digest"}}]]);
        let digest = json!({"hash": hash, "encoding": "hex", "before": "", "after": "",
            "absent_when_empty": false});
        let require = json!([{"at": at, "equals": {"body_digest": digest}}]);
        scheme_coverage(&with(signed(json!({ "content": content })), "require", require)).body
    };
    assert_eq!(beside(json!({"header": "x-digest"}), "sha256"), BodyCoverage::Digest);
    assert_eq!(beside(json!({"header": "x-digest"}), "sha1_legacy"), BodyCoverage::Nothing);
    assert_eq!(beside(json!({"header": "x-other"}), "sha256"), BodyCoverage::Nothing);
    assert_eq!(beside(json!({"query": "digest"}), "sha256"), BodyCoverage::Nothing);
    assert_eq!(beside(json!({"first_header": ["x-a", "x-b"]}), "sha256"), BodyCoverage::Nothing);
}

/// A time of another width than those of our days, where a digit could move into what follows.
#[test]
fn tim_03_a_time_within_a_digest_has_the_width_of_our_days_too() {
    let digest = |of: Value| json!([[{"digest": {"of": of, "hash": "sha256", "encoding": "hex"}}]]);
    let judged = |of: Value, time: &str| {
        let rule = json!({
            "at": {"header": "x-time"}, "unit": "seconds",
            "tolerance": {"within": {"past": 300, "future": 300}},
        });
        let verifier = verifier(&with(signed(json!({"content": digest(of)})), "timestamp", rule));
        let headers: &[_] = &[("x-sig", BODY), ("x-time", time)];
        code(judge(&verifier, &Request { headers, ..REQUEST }))
    };
    for time in ["170000000", "17000000000"] {
        assert_eq!(judged(json!(["timestamp", "body"]), time), "malformed");
        assert_eq!(judged(json!(["timestamp", {"literal": "."}, "body"]), time), "mismatch");
    }
    assert_eq!(judged(json!(["timestamp", "body"]), "1700000000"), "mismatch");
}

#[test]
fn sorted_fields_are_signed_in_each_style() {
    let cases = [
        // https://a.example/x?y=1aZb1b2, HMAC-SHA1; b is repeated, one value of it twice.
        (
            json!([[{"url": "full"}, {"fields": {"of": "form", "except": [], "style": "joined"}}]]),
            "sha1_legacy",
            "base64",
            "https://a.example/x?y=1",
            "b=2&b=1&a=Z&b=2",
            "pu5so0F8XaZKJa2lVE6MyuVJNPk=",
        ),
        // &a=1_2_3&b=x
        (
            json!([[{"fields": {"of": "query", "except": ["sig"], "style": "escaped"}}]]),
            "sha256",
            "hex",
            "https://a.example/x?b=x&sig=1&a=1%262%3D3",
            "",
            "ea6819f196af4bc9548a902abf6120408780f9a0bfdb642ff9af4c353329c792",
        ),
        // a=1&b=x y
        (
            json!([[{"fields": {"of": "query_and_form", "except": ["sig"], "style": "pairs"}}]]),
            "sha256",
            "hex",
            "https://a.example/x?b=x+y",
            "sig=q&a=1",
            "895345617e1a2ae112db1ae13d446463e03fb8fc288db74250f7ee0d1f5d1e98",
        ),
        // a:3:{s:1:"a";s:2:"é";s:1:"b";s:3:"1 2";s:1:"c";s:0:"";}, HMAC-SHA1
        (
            json!([[{"fields": {"of": "form", "except": ["sig"], "style": "php_serialized"}}]]),
            "sha1_legacy",
            "base64",
            "https://a.example/x",
            "c=&b=1+2&a=%C3%A9&sig=1",
            "/d5yZcdVKCHw+itOwPZHEfLz6JA=",
        ),
    ];
    for (content, hash, encoding, url, body, signature) in cases {
        let scheme = signed(json!({
            "content": content, "algorithm": {"hmac": hash}, "encoding": encoding,
        }));
        let verifier = verifier(&scheme);
        let headers: &[_] = &[("x-sig", signature)];
        let request = Request { url, headers, body, ..REQUEST };
        let coverage = judge(&verifier, &request).unwrap();
        assert!(!coverage.binds_body(), "fields are not the bytes: {content}");
        let body = format!("{body}&a=4");
        assert!(
            judge(&verifier, &Request { body: &body, url: &format!("{url}&a=4"), ..request })
                .is_err()
        );
    }
}

#[test]
fn headers_that_the_signature_names_are_signed() {
    let headers_part = |style: Value, between: &str, last: &str| {
        json!({"headers": {
            "named_at": {"item": "h"}, "separator": " ", "always": ["x-a"], "style": style,
            "between": between, "last": last,
        }})
    };
    let items = json!({"items": {"item": ",", "pair": "=", "signatures": ["v1"]}});
    // 1700000000.x-a x-b.1.2.body
    let values = json!([[
        {"value": {"item": "t"}}, {"literal": "."}, {"value": {"item": "h"}}, {"literal": "."},
        headers_part(json!("value"), ".", ""), {"literal": "."}, "body",
    ]]);
    // POST /p\nx-a: 1\nx-b: 2\nbody would be with the names; here the list is written as X-A X-B.
    let named = json!([[
        "method", {"literal": " "}, {"url": "path"}, {"literal": "\n"},
        headers_part(json!({"name_and_value": ": "}), "\n", "\n"), "body",
    ]]);
    let cases = [
        (
            values,
            "t=1700000000,h=x-a x-b,v1=c878effa8eb76c9174e1765737283e7e27ee97975d452981e5f255a352e5698d",
        ),
        (
            named,
            "t=1700000000,h=X-A X-B,v1=cf091417c89651a8840d11ff372024202db9096f1b90c720ec3490f32b2fd332",
        ),
    ];
    for (content, value) in cases {
        let verifier = verifier(&signed(json!({"grammar": items, "content": content})));
        let genuine: &[_] = &[("X-B", "2"), ("X-A", "1"), ("x-sig", value)];
        let coverage = judge(&verifier, &Request { headers: genuine, ..REQUEST }).unwrap();
        assert_eq!(coverage.headers, ["x-a"]);
        assert!(coverage.binds_body());
        let cases: [&[(&str, &str)]; 4] = [
            &[("X-B", "2"), ("X-A", "3"), ("x-sig", value)],
            &[("X-A", "1"), ("x-sig", value)],
            &[("X-B", "2"), ("X-A", "1"), ("X-A", "1"), ("x-sig", value)],
            &[
                ("X-B", "2"),
                ("X-A", "1"),
                ("x-sig", &value.replace("x-a ", "").replace("X-A ", "")),
            ],
        ];
        for headers in cases {
            assert!(judge(&verifier, &Request { headers, ..REQUEST }).is_err(), "{headers:?}");
        }
    }
}

/// The list of the signed headers comes from whoever signs.
#[test]
fn no_more_than_64_named_headers_are_signed() {
    let named = json!({"headers": {
        "named_at": {"header": "x-list"}, "separator": ";", "always": [], "style": "value",
        "between": ";", "last": ";",
    }});
    let verifier = verifier(&signed(json!({"content": [[named, "body"]]})));
    for (count, signature, expected) in [
        // v0;v1; and so on, and the body
        (63, "0aca722f10348685ccdba392148df4c585844f0fd56c236904b79186e0263af0", "verified"),
        (64, "7e80922c1e38677f060aa6f5df9d387000210bd4aaccea8ec67fb5b430315bd5", "verified"),
        (65, "b7eb8f30bf052f0506bedad491e2814ed339268778a1e8b6f8bf9f6c96b75446", "malformed"),
        (66, "402bd501bedac7e61c100815c025064912130cd6f54a800e371c94f468c8280d", "malformed"),
    ] {
        let names: Vec<String> = (0..count).map(|n| format!("x-{n}")).collect();
        let values: Vec<String> = (0..count).map(|n| format!("v{n}")).collect();
        let list = names.join(";");
        let mut headers = vec![("x-sig", signature), ("x-list", list.as_str())];
        headers.extend(names.iter().map(String::as_str).zip(values.iter().map(String::as_str)));
        let judged = judge(&verifier, &Request { headers: &headers, ..REQUEST });
        assert_eq!(code(judged), expected, "{count}");
    }
}

#[test]
fn a_body_is_signed_as_a_json_string_in_an_envelope() {
    // {"Body":"{\"a\":\"é\n\"}","EnvironmentName":"main","TimeStamp":1700000000000}
    let scheme = with(
        signed(json!({
            "grammar": {"items": {"item": ",", "pair": "=", "signatures": ["sign"]}},
            "encoding": "base64",
            "content": [[
                {"literal": "{\"Body\":"}, "body_json_string", {"literal": ",\"EnvironmentName\":\""},
                {"value": {"item": "env"}}, {"literal": "\",\"TimeStamp\":"}, "timestamp", {"literal": "}"},
            ]],
        })),
        "timestamp",
        json!({"at": {"item": "t"}, "unit": "milliseconds", "tolerance": {"within": {"past": 300, "future": 300}}}),
    );
    let verifier = verifier(&scheme);
    let value = "sign=2QEiFopO/nJDPfp4j5On+PUy7o56i+ZWl9ZTZPKhWrA=, env=main, t=1700000000000";
    let headers: &[_] = &[("x-sig", value)];
    let request = Request { headers, body: "{\"a\":\"é\n\"}", ..REQUEST };
    assert_eq!(judge(&verifier, &request).unwrap().body, BodyCoverage::Whole);
    assert_eq!(
        code(judge(&verifier, &Request { body: "{\"a\":\"é\\n\"}", ..request })),
        "mismatch"
    );
}

/// Expected is what Node.js makes of `JSON.stringify(body)`.
#[test]
fn a_body_is_signed_as_javascript_writes_strings() {
    let verifier = verifier(&signed(json!({"content": [["body_json_string"]]})));
    let body = "a b\"\\/\n\t\u{1}\u{1f}\u{7f}\u{e9} \u{8}\u{c}\r";
    let signature = "38eaf8cf988b6a166cbc0f8098cda6534c7e6d9a6fa68182e0fbdccfceb0aec1";
    let headers: &[_] = &[("x-sig", signature)];
    assert_eq!(code(judge(&verifier, &Request { headers, body, ..REQUEST })), "verified");
}

#[test]
fn a_checksum_of_the_body_binds_nothing() {
    // id1|1700000000|hook-7|<CRC-32 of the body, decimal>
    let scheme = signed(json!({"content": [[
        {"value": {"header": "x-id"}}, {"literal": "|"}, {"value": {"header": "x-time"}},
        {"literal": "|"}, {"value": {"parameter": "webhook_id"}}, {"literal": "|"}, "body_crc32",
    ]]}));
    let verifier = verifier(&scheme);
    let signature = "e4d9b351bcc142e4c96a9aa5272caf0c05b21f2fc60f4f0c90815e931384d204";
    let headers: &[_] = &[("x-id", "id1"), ("x-time", "1700000000"), ("x-sig", signature)];
    let request = Request { headers, body: "{\"id\":1}", ..REQUEST };
    let coverage = judge(&verifier, &request).unwrap();
    assert_eq!(coverage.body, BodyCoverage::Checksum);
    assert!(!coverage.binds_body());
    assert_eq!(code(judge(&verifier, &Request { body: "{\"id\":2}", ..request })), "mismatch");
    let headers: &[_] = &[("x-id", "id1|2"), ("x-time", "1700000000"), ("x-sig", signature)];
    assert_eq!(code(judge(&verifier, &Request { headers, ..request })), "malformed");
}

#[test]
fn a_digest_is_made_of_other_parts() {
    // POST:/p:<SHA-256 of {"a":"b c","d":[1,2]}>:1700000000
    let scheme = signed(json!({"content": [[
        "method", {"literal": ":"}, {"url": "path"}, {"literal": ":"},
        {"digest": {"of": ["body_minified"], "hash": "sha256", "encoding": "hex"}}, {"literal": ":"},
        {"value": {"header": "x-time"}},
    ]]}));
    let verifier = verifier(&scheme);
    let signature = "3be4af542b21572a37f01dc38c2193f626dcac14cd1560f704d9507b78922752";
    let headers: &[_] = &[("x-time", "1700000000"), ("x-sig", signature)];
    let body = "{ \"a\" : \"b c\",\n\t\"d\": [1, 2] }\r\n";
    let coverage = judge(&verifier, &Request { headers, body, ..REQUEST }).unwrap();
    assert_eq!(coverage.body, BodyCoverage::Tokens);
    assert!(coverage.binds_body());
    let body = "{\"a\":\"bc\",\"d\":[1,2]}";
    assert_eq!(code(judge(&verifier, &Request { headers, body, ..REQUEST })), "mismatch");
}

/// A digest binds no more than what goes in, and one that collides at will binds nothing.
#[test]
fn sig_18_a_digest_is_worth_no_more_than_its_hash_and_what_it_is_of() {
    let covered = |of: Value, hash: &str| {
        let part = json!({"digest": {"of": of, "hash": hash, "encoding": "hex"}});
        scheme_coverage(&signed(json!({"content": [[part]]}))).body
    };
    let inner = |hash: &str| json!([{"digest": {"of": ["body"], "hash": hash, "encoding": "hex"}}]);
    for (of, sha256, md5) in [
        (json!(["body"]), BodyCoverage::Digest, BodyCoverage::Checksum),
        (json!(["body_minified"]), BodyCoverage::Tokens, BodyCoverage::Checksum),
        (json!(["body_crc32"]), BodyCoverage::Checksum, BodyCoverage::Checksum),
        (inner("sha256"), BodyCoverage::Digest, BodyCoverage::Checksum),
        (inner("md5_legacy"), BodyCoverage::Checksum, BodyCoverage::Checksum),
    ] {
        assert_eq!(covered(of.clone(), "sha256"), sha256, "{of}");
        assert_eq!(covered(of.clone(), "md5_legacy"), md5, "{of}");
    }
}

/// What stands beside a digest is signed as well as what goes into it.
#[test]
fn sig_18_a_digest_adds_to_what_is_signed_and_takes_nothing_away() {
    let digest = |of: Value| json!({"digest": {"of": of, "hash": "sha256", "encoding": "hex"}});
    let all = json!(["method", {"url": "path"}, "timestamp", "id", {"value": {"header": "x-a"}}]);
    let beside: Vec<Value> =
        all.as_array().unwrap().iter().cloned().chain([digest(json!(["body"]))]).collect();
    let within = vec![digest(all.clone()), json!("body")];
    let nested = vec![digest(json!([digest(all)])), json!("body")];
    for content in [beside, within, nested] {
        let time = json!({"at": {"header": "x-time"}, "unit": "seconds",
            "tolerance": {"within": {"past": 300, "future": 300}}});
        let stored = with(signed(json!({"content": [content]})), "timestamp", time);
        let coverage = scheme_coverage(&with(stored, "id", json!({"header": "x-id"})));
        assert!(coverage.method && coverage.url && coverage.timestamp && coverage.id);
        assert_eq!(coverage.headers, ["x-a", "x-time", "x-id"]);
        assert!(coverage.binds_body());
    }
}

#[test]
fn absent_values_are_left_out_or_stand_for_nothing() {
    // id:<lower case of data.id>;request-id:r1;ts:1700000000; and the same without the first part
    let scheme = signed(json!({"content": [[
        {"optional": [{"literal": "id:"}, {"lowercase": {"query": "data.id"}}, {"literal": ";"}]},
        {"literal": "request-id:"}, {"value": {"header": "x-request-id"}},
        {"literal": ";ts:1700000000;"},
    ]]}));
    let verifier_of = &verifier;
    let verifier = verifier_of(&scheme);
    for (url, signature) in [
        (
            "https://a.example/p?data.id=ABC123",
            "d8107bdcf3c5d20f0b7d080d3ee8e2c80d33dbd9a55084d34d9aacdc830aa6cf",
        ),
        ("https://a.example/p", "60bc2b6145e34a487a821c76474b4bfde6b920434776cd1d8845649d4ffe3d31"),
    ] {
        let headers: &[_] = &[("x-request-id", "r1"), ("x-sig", signature)];
        assert_eq!(code(judge(&verifier, &Request { url, headers, ..REQUEST })), "verified");
        let url = "https://a.example/p?data.id=other";
        assert_eq!(code(judge(&verifier, &Request { url, headers, ..REQUEST })), "mismatch");
    }

    // psp:::5, with one member absent and one empty, in a body whose second item is refused.
    let scheme = with(
        signed(json!({
            "at": [{"place": {"body": "/items/0/sig"}, "repeat": "refuse", "key": "any"}],
            "content": [[
                {"value_or_empty": {"body": "/items/0/a"}}, {"literal": ":"},
                {"value_or_empty": {"body": "/items/0/b"}}, {"literal": ":"},
                {"value_or_empty": {"body": "/items/0/c"}}, {"literal": ":"},
                {"value_or_empty": {"body": "/items/0/d"}},
            ]],
        })),
        "require",
        json!([{"at": {"body": "/items/1"}, "equals": "absent"}]),
    );
    let verifier = verifier_of(&scheme);
    let signature = "8017ce92a4ede2d95ee4ceb6f883331f778cf27586f28f558540ea901beea508";
    let item = format!("{{\"a\":\"psp\",\"b\":\"\",\"d\":5,\"sig\":\"{signature}\"}}");
    let one = format!("{{\"items\":[{item}]}}");
    let two = format!("{{\"items\":[{item},{{}}]}}");
    let coverage = judge(&verifier, &Request { body: &one, ..REQUEST }).unwrap();
    assert_eq!(
        coverage.body,
        BodyCoverage::Fields(
            ["/items/0/a", "/items/0/b", "/items/0/c", "/items/0/d"].map(Into::into).to_vec()
        )
    );
    assert_eq!(code(judge(&verifier, &Request { body: &two, ..REQUEST })), "different");
}

#[test]
fn a_hash_in_the_signed_address_is_compared_with_the_body() {
    let part = json!({"url_with_body_digest": {"url": "full", "parameter": "h", "hash": "sha256"}});
    let scheme = signed(json!({"content": [[part]]}));
    assert_eq!(scheme_coverage(&scheme).body, BodyCoverage::Digest);
    let verifier = verifier(&scheme);
    // SHA-256 of `body`; the address as it stands is signed.
    let url =
        "https://a.example/p?h=230d8358dc8e8890b4c58deeb62912ee2f20357ae92a5cc861b98e68fe31acb5";
    let signature = "28f35907c5d3d7211967bc16d9efafd34b2f438c574e5997bf5447b8f1c1357b";
    let headers: &[_] = &[("x-sig", signature)];
    let request = Request { url, headers, ..REQUEST };
    assert_eq!(code(judge(&verifier, &request)), "verified");
    assert_eq!(code(judge(&verifier, &Request { body: "Body", ..request })), "different");
    let other = url.replace("?h=", "?g=");
    assert_eq!(code(judge(&verifier, &Request { url: &other, ..request })), "absent");
}

#[test]
fn an_address_is_signed_with_or_without_its_port() {
    let scheme = signed(json!({"content": [
        [{"url": "full_without_port"}, "body"],
        [{"url": "full_with_port"}, "body"],
    ]}));
    let verifier = verifier(&scheme);
    for (url, signature, expected) in [
        (
            "https://a.example/x?y=1",
            "96a5f605f4af1beaceb0a32824c619d685aaaec27d320edfdde6bd737b844ebb",
            "verified",
        ),
        (
            "https://a.example/x?y=1",
            "f75b8ed0985bf4dd27c072506018dc5d578bf389734c6193f8bcd2e5cdc08176",
            "verified",
        ),
        (
            "https://a.example:443/x?y=1",
            "f75b8ed0985bf4dd27c072506018dc5d578bf389734c6193f8bcd2e5cdc08176",
            "verified",
        ),
        (
            "https://b.example/x?y=1",
            "96a5f605f4af1beaceb0a32824c619d685aaaec27d320edfdde6bd737b844ebb",
            "mismatch",
        ),
    ] {
        let headers: &[_] = &[("x-sig", signature)];
        assert_eq!(code(judge(&verifier, &Request { url, headers, ..REQUEST })), expected);
    }
}

/// Addresses whose protocol has no port of its own, or that are none, are signed as they stand.
#[test]
fn an_address_of_another_protocol_is_signed_as_it_is() {
    let scheme = signed(json!({"content": [[{"url": "full_with_port"}, "body"]]}));
    let verifier = verifier(&scheme);
    for (url, signature) in [
        // http://a.example:80/xbody
        ("http://a.example/x", "405f00dda6d83dd6996037691e967c7341370185e9b4a9de07cbc5161015d982"),
        // ws://a.example/xbody
        ("ws://a.example/x", "6e2ea04fb5853d9e1de5ca47b9c624826799ea29d2d357bdcf0bed36b8e8f547"),
        // /xbody
        ("/x", "e759d6ceb508419cf85b8d588b93571938ca2a244e15c175b6e2bb390fa5aa68"),
    ] {
        let headers: &[_] = &[("x-sig", signature)];
        assert_eq!(
            code(judge(&verifier, &Request { url, headers, ..REQUEST })),
            "verified",
            "{url}"
        );
    }
}

/// Expected are what Node.js makes of `encodeURI(path + "?" + encodeURIComponent(query))`.
#[test]
fn an_address_is_signed_as_javascript_encodes_it() {
    let scheme = signed(json!({"content": [[{"url": "path_and_query_encoded"}]]}));
    let verifier = verifier(&scheme);
    let path = "/a b/%2f;,:@&=+$-_.!~*'()\u{e9}\"<";
    for (query, signature) in [
        // /a%20b/%252f;,:@&=+$-_.!~*'()%C3%A9%22%3C
        ("", "d2832b51b9dfc71b0aaeb05182bea699a68a982f620991a967c750966bbb1f67"),
        // /a%20b/%252f;,:@&=+$-_.!~*'()%C3%A9%22%3C?x%253Da%2520b%2526y%253D%252541-_.!~*'()%252F%253A%253B%25C3%25A9%252B%2540
        (
            "?x=a b&y=%41-_.!~*'()/:;\u{e9}+@",
            "bd7793b41ab413cf5b62275cb1e6dc12ccc94bf9989faff1f25d8fdd3ee27db3",
        ),
    ] {
        let url = format!("https://a.example{path}{query}");
        let headers: &[_] = &[("x-sig", signature)];
        let judged = judge(&verifier, &Request { url: &url, headers, ..REQUEST });
        assert_eq!(code(judged), "verified", "{url}");
    }
}

#[test]
fn a_digest_that_the_signature_covers_is_compared_with_the_body() {
    // The URL with its query parameter body256 is signed, and that is SHA-256 of the body.
    let scheme = with(
        signed(json!({"content": [[{"url": "full"}]]})),
        "require",
        json!([{"at": {"query": "body256"}, "equals": {"body_digest": {
            "hash": "sha256", "encoding": "hex", "before": "", "after": "", "absent_when_empty": false,
        }}}]),
    );
    let coverage = scheme_coverage(&scheme);
    assert_eq!(coverage.body, BodyCoverage::Digest);
    let unsigned_digest = with(
        signed(json!({"content": [[{"url": "path"}]]})),
        "require",
        json!([{"at": {"header": "x-digest"}, "equals": {"body_digest": {
            "hash": "sha256", "encoding": "hex", "before": "", "after": "", "absent_when_empty": false,
        }}}]),
    );
    assert_eq!(scheme_coverage(&unsigned_digest).body, BodyCoverage::Nothing);
}

fn scheme_coverage(stored: &Value) -> Coverage {
    scheme(stored).coverage().clone()
}

#[test]
fn secrets_become_keys_in_the_forms_that_few_senders_use() {
    let unescaped = signed(json!({"key": "html_unescaped"}));
    let verifier = keyed(&unescaped, [SigningKey::new(Secret::new("a&amp;b&#039;c").unwrap())]);
    // The key is a&b'c.
    let signature = "6dd8494a4954b2b405295dc257ceb0a9d197904f6dbf1808df7fa099f705f6d9";
    let headers: &[_] = &[("x-sig", signature)];
    assert_eq!(code(judge(&verifier, &Request { headers, ..REQUEST })), "verified");

    let ascii = scheme(&signed(json!({"key": "ascii"})));
    assert!(Verifier::new(ascii.clone(), [Secret::new("plain").unwrap()]).is_ok());
    let fault = Verifier::new(ascii, [Secret::new("naïve").unwrap()]).unwrap_err().to_string();
    assert!(fault.contains("ASCII") && !fault.contains("naïve"));
}

#[test]
fn a_shown_secret_is_known_by_its_hash_or_as_user_and_password() {
    let plain = stored(json!({"token": {
        "at": {"header": "authorization"}, "grammar": {"word": {"word": "Bearer"}},
    }}));
    // SHA-256 of the secret.
    let hash = hex::decode("22f0c25bb198da5e1854591d81fb2f4b2058fc42ed4725e886355bef0155103f");
    let hash: [u8; 32] = hash.unwrap().try_into().unwrap();
    let verifier = keyed(&plain, [SigningKey::from_sha256(hash)]);
    for (value, expected) in [
        (format!("Bearer {SECRET}"), "verified"),
        (format!("Bearer {SECRET}x"), "mismatch"),
        (format!("Basic {SECRET}"), "malformed"),
        (
            "Bearer 22f0c25bb198da5e1854591d81fb2f4b2058fc42ed4725e886355bef0155103f".into(),
            "mismatch",
        ),
    ] {
        let headers: &[_] = &[("authorization", value.as_str())];
        assert_eq!(code(judge(&verifier, &Request { headers, ..REQUEST })), expected, "{value}");
    }
    let signing = scheme(&signed(json!({})));
    assert!(Verifier::new(signing, [SigningKey::from_sha256(hash)]).is_err());

    let basic = stored(json!({"token": {"at": {"header": "authorization"}, "grammar": "basic"}}));
    let verifier = keyed(&basic, [SigningKey::new(Secret::new(format!("user:{SECRET}")).unwrap())]);
    for (value, expected) in [
        ("basic dXNlcjpob29rc3RhZ2UtdGVzdC1zZWNyZXQ=", "verified"),
        ("Basic dXNlcjpob29rc3RhZ2UtdGVzdC1zZWNyZXR=", "malformed"),
        ("Basic dXNlcjpvdGhlcg==", "mismatch"),
        ("Basic", "malformed"),
    ] {
        let headers: &[_] = &[("authorization", value)];
        assert_eq!(code(judge(&verifier, &Request { headers, ..REQUEST })), expected, "{value}");
    }
}

#[test]
fn the_host_judges_a_shown_secret_by_a_check_of_its_own() {
    let checked = scheme(&stored(json!({"host_checked": {
        "token": {"at": {"header": "x-token"}, "grammar": {"plain": {"prefix": ""}}},
        "check": "reversed",
    }})));
    let key = || [SigningKey::new(Secret::new("terces").unwrap())];
    let registry =
        Registry::new().with_token_check("reversed", |shown, stored| shown.iter().rev().eq(stored));
    assert_eq!(registry.names().collect::<Vec<_>>(), ["reversed"]);
    assert_eq!(format!("{registry:?}"), r#"["reversed"]"#);
    let verifier =
        Verifier::with_registry(checked.clone(), key(), Parameters::new(), &registry).unwrap();
    for (value, expected) in [("secret", "verified"), ("terces", "mismatch"), ("", "malformed")] {
        let headers: &[_] = &[("x-token", value)];
        assert_eq!(code(judge(&verifier, &Request { headers, ..REQUEST })), expected);
    }
    let two = [key(), key()].into_iter().flatten();
    let verifier = Verifier::with_registry(checked.clone(), two, Parameters::new(), &registry);
    let headers: &[_] = &[("x-token", "terces")];
    let refusal = judge(&verifier.unwrap(), &Request { headers, ..REQUEST }).unwrap_err();
    assert!(matches!(refusal, Refusal::Mismatch { signatures: 1, keys: 2, .. }), "{refusal:?}");
    let fault = Verifier::new(checked, key()).unwrap_err().to_string();
    assert!(fault.contains("registry"), "{fault}");
}

#[test]
fn a_member_of_a_form_field_is_read_strictly() {
    let scheme = signed(json!({
        "at": [{"place": {"form_member": {"field": "json", "pointer": "/sig"}}, "repeat": "refuse", "key": "any"}],
        "content": [[{"value": {"form_member": {"field": "json", "pointer": "/a"}}}]],
    }));
    let verifier = verifier(&scheme);
    // The member `a` is `body`.
    let body = format!("json=%7B%22a%22%3A%22body%22%2C%22sig%22%3A%22{BODY}%22%7D");
    let coverage = judge(&verifier, &Request { body: &body, ..REQUEST }).unwrap();
    assert_eq!(coverage.body, BodyCoverage::Fields(vec!["json".into()]));
    for body in [format!("{body}&json=%7B%7D"), body.replace("%7B", "%7B%22a%22%3A1%2C")] {
        assert_eq!(code(judge(&verifier, &Request { body: &body, ..REQUEST })), "malformed");
    }
}

#[test]
fn a_rare_hash_is_refused_by_name_where_the_build_lacks_it() {
    // POST\n<base64 of MD5 of the body, or nothing>\n/p
    let scheme_value = signed(json!({"content": [[
        "method", {"literal": "\n"},
        {"unless_body_empty": [{"body_digest": {"hash": "md5_legacy", "encoding": "base64"}}]},
        {"literal": "\n"}, {"url": "path"},
    ]]}));
    assert_eq!(scheme(&scheme_value).coverage().body, BodyCoverage::Checksum);
    if !cfg!(feature = "rare-hashes") {
        let error =
            Verifier::new(scheme(&scheme_value), [Secret::new(SECRET).unwrap()]).unwrap_err();
        assert_eq!(error.faults()[0].at(), "feature");
        return;
    }
    let verifier_of = &verifier;
    let verifier = verifier_of(&scheme_value);
    for (body, signature) in [
        ("", "4a8bcde4c9d7f71e4ee446e80aa3596fbcae130438d453f699c30809d83d64a0"),
        ("body", "95cbead4d57c142b821068356500866c0b695f33436311e960e427dca23c56dc"),
    ] {
        let headers: &[_] = &[("x-sig", signature)];
        assert_eq!(code(judge(&verifier, &Request { headers, body, ..REQUEST })), "verified");
        assert_eq!(code(judge(&verifier, &Request { headers, body: "x", ..REQUEST })), "mismatch");
    }
    // Keccak-256 of abc, the value that every Ethereum library tests with.
    let keccak = signed(json!({
        "grammar": {"plain": {"prefix": "0x"}}, "algorithm": {"digest": "keccak256"},
        "content": [["body", "secret"]],
    }));
    let verifier = keyed(&keccak, [SigningKey::new(Secret::new("c").unwrap())]);
    let signature = "0x4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45";
    let headers: &[_] = &[("x-sig", signature)];
    assert_eq!(code(judge(&verifier, &Request { headers, body: "ab", ..REQUEST })), "verified");
}

#[test]
fn what_makes_no_sense_is_refused_when_it_is_built() {
    let records = |fields: u8, key: u8| {
        signed(
            json!({"grammar": {"records": {"item": ",", "field": "/", "fields": fields, "key": key}}}),
        )
    };
    let place =
        |place: Value| signed(json!({"at": [{"place": place, "repeat": "refuse", "key": "any"}]}));
    let content = |part: Value| signed(json!({"content": [["body", part]]}));
    let cases = [
        (records(1, 0), "fields"),
        (records(3, 2), "stands before the last"),
        (place(json!({"first_header": ["x-a"]})), "two to four headers"),
        (place(json!({"first_header": ["x-a", "X-B"]})), "lower case"),
        (place(json!("whole_body")), "cannot stand there"),
        (place(json!({"claim": "sig"})), "cannot stand there"),
        (content(json!({"value": {"claim": "sig"}})), "no token here"),
        (
            content(json!({"digest": {"of": [], "hash": "sha256", "encoding": "hex"}})),
            "must not be empty",
        ),
        (signed(json!({"algorithm": "ed25519"})), "verifies with a public key"),
        (signed(json!({"key": "public"})), "known to anyone"),
        (signed(json!({"algorithm": {"hmac": "keccak256"}})), "bare digest"),
    ];
    for (stored, expected) in cases {
        let faults = faults(&stored);
        assert!(faults.contains(expected), "{stored}: {faults}");
    }
}
