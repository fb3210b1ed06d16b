//! The `explain` example, driven as the process that people run: one line out for each line in,
//! whatever stands in it.

mod support;

use std::io::{BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hookstage::scheme::Hash;
use serde_json::{Value, json};
use support::{hex, hmac};

const NOW: i64 = 1_700_000_000;
const SECRET: &str = "hookstage-test-secret";

/// The compiled example. `cargo test` builds it before any test; a run of this test alone may not.
fn program() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let profile = test.parent().and_then(|deps| deps.parent()).unwrap();
    let program = profile.join("examples").join(format!("explain{}", std::env::consts::EXE_SUFFIX));
    if !program.exists() {
        let mut build = Command::new(env!("CARGO"));
        build.args(["build", "--quiet", "--example", "explain", "--target-dir"]);
        build.arg(profile.parent().unwrap()).current_dir(env!("CARGO_MANIFEST_DIR"));
        assert!(build.status().unwrap().success(), "the example does not build");
    }
    program
}

fn start(arguments: &[&str]) -> Child {
    Command::new(program())
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// What the process answers to an input, line by line. It must end well and say nothing else.
fn answers(input: Vec<u8>) -> Vec<Value> {
    let mut process = start(&[]);
    let mut stdin = process.stdin.take().unwrap();
    let writer = std::thread::spawn(move || stdin.write_all(&input));
    let output = process.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(output.status.success(), "{:?}", output.status);
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.is_empty() || text.ends_with('\n'));
    text.lines().map(read_answer).collect()
}

/// An answer has these members and no others.
fn read_answer(line: &str) -> Value {
    let answer: Value =
        serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    let mut members: Vec<&str> = answer.as_object().unwrap().keys().map(String::as_str).collect();
    members.sort_unstable();
    assert_eq!(
        members,
        ["covers", "dedupe", "event_type", "hints", "id", "key_index", "reason", "verdict"]
    );
    let verified = answer["verdict"] == "verified";
    assert!(verified || ["refused", "unusable"].contains(&answer["verdict"].as_str().unwrap()));
    assert_eq!(answer["covers"].is_object(), verified, "{line}");
    assert!(verified || answer["key_index"].is_null() && answer["dedupe"].is_null(), "{line}");
    assert!(answer["hints"].as_array().unwrap().iter().all(Value::is_string), "{line}");
    answer
}

fn lines(lines: &[Vec<u8>]) -> Vec<u8> {
    lines.iter().flat_map(|line| [line.as_slice(), b"\n"].concat()).collect()
}

fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

const BODY: &[u8] = br#"{"id":"evt_123","type":"order.created","email":"ada@acme.com"}"#;

fn stripe_value(secret: &str, at: i64, body: &[u8]) -> String {
    let signed = [format!("{at}.").as_bytes(), body].concat();
    format!("t={at},v1={}", hex(&hmac(Hash::Sha256, secret.as_bytes(), &signed)))
}

/// A genuine request of Stripe's scheme.
fn genuine() -> Value {
    json!({
        "id": "genuine",
        "provider": "stripe",
        "keys": [SECRET],
        "params": {},
        "method": "POST",
        "url": "",
        "headers": {"Stripe-Signature": stripe_value(SECRET, NOW, BODY)},
        "body_base64": base64(BODY),
        "now": NOW,
    })
}

/// The genuine request with one member changed; `null` takes it away.
fn with(member: &str, value: Value) -> Value {
    let mut request = genuine();
    if value.is_null() {
        request.as_object_mut().unwrap().remove(member);
    } else {
        request[member] = value;
    }
    request
}

fn github(headers: Value) -> Value {
    let mut request = with("headers", headers);
    request["provider"] = "github".into();
    request
}

fn github_value() -> String {
    format!("sha256={}", hex(&hmac(Hash::Sha256, SECRET.as_bytes(), BODY)))
}

#[test]
fn every_line_gets_its_verdict() {
    let value = stripe_value(SECRET, NOW, BODY);
    let raw = |bytes: &[u8]| json!({"base64": base64(bytes)});
    let inline = json!({
        "version": 1,
        "authentication": {"signature": {
            "at": [{"place": {"header": "x-sig"}, "repeat": "refuse", "key": "any"}],
            "grammar": {"plain": {"prefix": ""}},
            "encoding": "hex",
            "algorithm": {"hmac": "sha256"},
            "content": [[{"url": "full"}, "method", "body"]],
            "key": "text",
        }},
    });
    let by_scheme = |scheme: Value, url: &str| {
        let signed = ["https://a.example/x?y=1PUT".as_bytes(), BODY].concat();
        let mut request = with("provider", Value::Null);
        request["scheme"] = scheme;
        request["method"] = "PUT".into();
        request["url"] = url.into();
        request["headers"] = json!({"X-Sig": hex(&hmac(Hash::Sha256, SECRET.as_bytes(), &signed))});
        request
    };
    let mut unsound = inline.clone();
    unsound["authentication"]["signature"]["content"] = json!([]);
    let mut two_schemes = genuine();
    two_schemes["scheme"] = inline.clone();
    let cases: Vec<(&str, Value, &str, &str)> = vec![
        ("as it was sent", genuine(), "verified", "signature"),
        (
            "raw bytes",
            with("headers", json!({"stripe-signature": raw(value.as_bytes())})),
            "verified",
            "signature",
        ),
        (
            "a list of one",
            with("headers", json!({"stripe-signature": [value]})),
            "verified",
            "signature",
        ),
        (
            "other headers",
            with("headers", json!({"Stripe-Signature": value, "X": [], "Y": ["a", raw(b"\xff")]})),
            "verified",
            "signature",
        ),
        (
            "a second of two keys",
            with("keys", json!(["whsec_other", SECRET])),
            "verified",
            "signature",
        ),
        ("no method", with("method", Value::Null), "verified", "signature"),
        ("another method", with("method", json!("GET")), "verified", "signature"),
        ("no url", with("url", Value::Null), "verified", "signature"),
        ("a url of its own", with("url", json!("not a url \u{0}")), "verified", "signature"),
        ("no params", with("params", Value::Null), "verified", "signature"),
        (
            "an unknown param",
            with("params", json!({"colour": 3, "key_id": "x"})),
            "verified",
            "signature",
        ),
        ("an unknown member", with("note", json!("x")), "verified", "signature"),
        ("the last second", with("now", json!(NOW + 300)), "verified", "signature"),
        ("a fraction", with("now", json!(NOW as f64 + 299.5)), "verified", "signature"),
        (
            "a header of GitHub",
            github(json!({"X-Hub-Signature-256": github_value()})),
            "verified",
            "signature",
        ),
        (
            "a scheme of its own",
            by_scheme(inline.clone(), "https://a.example/x?y=1"),
            "verified",
            "signature",
        ),
        (
            "no authentication",
            json!({"id": 1, "provider": "unsigned", "keys": [], "headers": {}, "body_base64": "", "now": NOW}),
            "verified",
            "unsigned",
        ),
        (
            "a bearer token",
            json!({"id": 1, "provider": "comma-bearer", "keys": [SECRET], "headers": {"Authorization": format!("Bearer {SECRET}")}, "body_base64": "", "now": NOW}),
            "verified",
            "token",
        ),
        ("another secret", with("keys", json!(["whsec_other"])), "refused", "mismatch"),
        ("another body", with("body_base64", json!(base64(b"{}"))), "refused", "mismatch"),
        ("an empty body", with("body_base64", json!("")), "refused", "mismatch"),
        ("another url", by_scheme(inline.clone(), ""), "refused", "mismatch"),
        (
            "another token",
            json!({"id": 1, "provider": "comma-bearer", "keys": [SECRET], "headers": {"Authorization": "Bearer x"}, "body_base64": "", "now": NOW}),
            "refused",
            "mismatch",
        ),
        ("no header", with("headers", json!({})), "refused", "absent"),
        ("an empty list", with("headers", json!({"stripe-signature": []})), "refused", "absent"),
        ("an underscore", with("headers", json!({"stripe_signature": value})), "refused", "absent"),
        (
            "two lines",
            with("headers", json!({"stripe-signature": [value, value]})),
            "refused",
            "malformed",
        ),
        (
            "two spellings",
            with("headers", json!({"stripe-signature": value, "Stripe-Signature": value})),
            "refused",
            "malformed",
        ),
        (
            "an empty header",
            with("headers", json!({"stripe-signature": ""})),
            "refused",
            "malformed",
        ),
        (
            "bytes that are no text",
            with("headers", json!({"stripe-signature": raw(b"\xff\xfe\0")})),
            "refused",
            "malformed",
        ),
        (
            "a megabyte",
            with("headers", json!({"stripe-signature": "v1=0,".repeat(200_000)})),
            "refused",
            "malformed",
        ),
        ("a second too late", with("now", json!(NOW + 301)), "refused", "stale"),
        ("a second too early", with("now", json!(NOW - 301)), "refused", "future"),
        ("before 1970", with("now", json!(-1)), "refused", "future"),
        ("the end of time", with("now", json!(i64::MAX)), "refused", "stale"),
        ("its beginning", with("now", json!(i64::MIN)), "refused", "future"),
        (
            "a narrow tolerance",
            {
                let mut request = with("now", json!(NOW + 11));
                request["params"] = json!({"tolerance_seconds": 10});
                request
            },
            "refused",
            "stale",
        ),
        ("no such provider", with("provider", json!("strype")), "unusable", "unknown_provider"),
        ("a name in capitals", with("provider", json!("Stripe")), "unusable", "unknown_provider"),
        ("no name at all", with("provider", json!("")), "unusable", "unknown_provider"),
        ("neither provider nor scheme", with("provider", Value::Null), "unusable", "bad_input"),
        ("provider and scheme", two_schemes, "unusable", "bad_input"),
        ("a provider that is a number", with("provider", json!(1)), "unusable", "bad_input"),
        ("an unsound scheme", by_scheme(unsound, ""), "unusable", "bad_scheme"),
        ("a scheme that is a text", by_scheme(json!("stripe"), ""), "unusable", "bad_scheme"),
        (
            "a later version",
            by_scheme(json!({"version": 2, "authentication": "unsigned"}), ""),
            "unusable",
            "bad_scheme",
        ),
        ("no keys", with("keys", json!([])), "unusable", "bad_key"),
        ("keys left out", with("keys", Value::Null), "unusable", "bad_key"),
        ("an empty key", with("keys", json!([""])), "unusable", "bad_key"),
        ("a blank key", with("keys", json!(["  "])), "unusable", "bad_key"),
        (
            "a newline behind the key",
            with("keys", json!([format!("{SECRET}\n")])),
            "unusable",
            "bad_key",
        ),
        ("five keys", with("keys", json!(["a1", "b2", "c3", "d4", "e5"])), "unusable", "bad_key"),
        (
            "a key that is no base64",
            {
                let mut request = with("keys", json!(["whsec_not base64!"]));
                request["provider"] = "standard-webhooks".into();
                request
            },
            "unusable",
            "bad_key",
        ),
        ("a key that is a number", with("keys", json!([1])), "unusable", "bad_input"),
        ("keys that are a text", with("keys", json!(SECRET)), "unusable", "bad_input"),
        ("no now", with("now", Value::Null), "unusable", "bad_input"),
        ("a now that is a text", with("now", json!("1700000000")), "unusable", "bad_input"),
        ("a now beyond counting", with("now", json!(1e300)), "unusable", "bad_input"),
        ("no headers", with("headers", Value::Null), "unusable", "bad_input"),
        ("headers that are a list", with("headers", json!([])), "unusable", "bad_input"),
        ("a header that is a number", with("headers", json!({"a": 1})), "unusable", "bad_input"),
        (
            "a header that is no base64",
            with("headers", json!({"a": {"base64": "*"}})),
            "unusable",
            "bad_input",
        ),
        (
            "a header of two kinds",
            with("headers", json!({"a": {"base64": "", "x": 1}})),
            "unusable",
            "bad_input",
        ),
        ("a header without a name", with("headers", json!({"": "x"})), "unusable", "bad_input"),
        ("no body", with("body_base64", Value::Null), "unusable", "bad_input"),
        ("a body that is no base64", with("body_base64", json!("*")), "unusable", "bad_input"),
        ("a body without its padding", with("body_base64", json!("YQ")), "unusable", "bad_input"),
        ("params that are a list", with("params", json!([])), "unusable", "bad_input"),
        ("a param that is a list", with("params", json!({"key_id": []})), "unusable", "bad_input"),
        ("no tolerance", with("params", json!({"tolerance_seconds": 0})), "unusable", "bad_input"),
        (
            "a negative tolerance",
            with("params", json!({"tolerance_seconds": -1})),
            "unusable",
            "bad_input",
        ),
        (
            "two days of tolerance",
            with("params", json!({"tolerance_seconds": 172_800})),
            "unusable",
            "bad_input",
        ),
        ("a method that is a number", with("method", json!(1)), "unusable", "bad_input"),
    ];
    let input: Vec<Vec<u8>> = cases
        .iter()
        .enumerate()
        .map(|(number, (_, request, ..))| {
            let mut request = request.clone();
            request["id"] = number.into();
            request.to_string().into_bytes()
        })
        .collect();
    let answers = answers(lines(&input));
    assert_eq!(answers.len(), cases.len());
    for (number, ((what, _, verdict, reason), answer)) in cases.iter().zip(&answers).enumerate() {
        assert_eq!(answer["id"], number, "{what}");
        assert_eq!(
            (answer["verdict"].as_str().unwrap(), answer["reason"].as_str().unwrap()),
            (*verdict, *reason),
            "{what}: {answer}"
        );
        let is_plain = *verdict == "verified" && *reason == "signature";
        let has_hints = !answer["hints"].as_array().unwrap().is_empty();
        assert!(is_plain || has_hints, "{what}: nothing is said: {answer}");
        assert!(!answer.to_string().contains(SECRET), "{what}: {answer}");
    }
    println!("{} lines", cases.len());
}

#[test]
fn a_verified_line_says_what_was_proven() {
    let mut second_key = with("keys", json!(["whsec_other", SECRET]));
    second_key["id"] = json!({"nested": [1, "two"]});
    let no_json = {
        let body = b"\xff no JSON";
        let mut request = with("body_base64", json!(base64(body)));
        request["headers"] = json!({"Stripe-Signature": stripe_value(SECRET, NOW, body)});
        request
    };
    let answers = answers(lines(&[
        genuine().to_string().into_bytes(),
        second_key.to_string().into_bytes(),
        no_json.to_string().into_bytes(),
        github(json!({"X-Hub-Signature-256": github_value(), "X-GitHub-Event": "push",
            "X-GitHub-Delivery": "72d3162e-cc78-11e3-81ab-4c9367dc0958"}))
        .to_string()
        .into_bytes(),
        json!({"id": 5, "provider": "unsigned", "headers": {}, "body_base64": "", "now": NOW})
            .to_string()
            .into_bytes(),
    ]));
    assert_eq!(
        answers[0]["covers"],
        json!({"body": "whole", "method": false, "url": false, "timestamp": true, "id": false, "headers": []})
    );
    assert_eq!(answers[0]["key_index"], 0);
    assert_eq!(answers[0]["event_type"], "order.created");
    let key = answers[0]["dedupe"].as_str().unwrap();
    assert!(key.len() == 64 && key.bytes().all(|digit| digit.is_ascii_hexdigit()), "{key}");

    assert_eq!(answers[1]["key_index"], 1);
    assert_eq!(answers[1]["dedupe"], key, "the key does not depend on who signed");
    assert_eq!(answers[1]["id"], json!({"nested": [1, "two"]}));

    // The body is nobody's JSON; its sender is known all the same.
    assert_eq!((&answers[2]["verdict"], &answers[2]["dedupe"]), (&json!("verified"), &json!(null)));
    assert_eq!(answers[2]["event_type"], json!(null));

    assert_eq!(answers[3]["event_type"], "push");
    assert!(answers[3]["dedupe"].is_string());
    assert_eq!(answers[3]["covers"]["headers"], json!([]));

    assert_eq!(answers[4]["key_index"], json!(null));
    assert_eq!(answers[4]["covers"]["body"], "nothing");
}

#[test]
fn a_missing_parameter_is_named() {
    let mut request = genuine();
    request["provider"] = Value::Null;
    request["scheme"] = json!({
        "version": 1,
        "authentication": {"token": {"at": {"header": "x-token"}, "grammar": {"plain": {"prefix": ""}}}},
        "require": [{"at": {"header": "x-hook"}, "equals": {"parameter": "webhook_id"}}],
    });
    request["headers"] = json!({"x-token": SECRET, "x-hook": "7"});
    let missing = request.clone();
    request["params"] = json!({"webhook_id": 7});
    let given = request.clone();
    request["params"] = json!({"webhook_id": "8"});
    let other = request.clone();
    request["params"] = json!({"webhook_id": ""});
    let empty = request;
    let answers = answers(lines(
        &[missing, given, other, empty].map(|request| request.to_string().into_bytes()),
    ));
    let reasons: Vec<&str> =
        answers.iter().map(|answer| answer["reason"].as_str().unwrap()).collect();
    assert_eq!(
        reasons,
        ["missing_param:webhook_id", "token", "different", "missing_param:webhook_id"]
    );
}

/// A preset whose hash this build may lack says so, and says which feature has it.
#[test]
fn a_feature_that_is_not_compiled_in_is_named() {
    let body = br#"{"streamId":"1"}"#;
    // Keccak-256 over body and secret; no program of this test computes it.
    let request = json!({
        "id": 1,
        "provider": "moralis",
        "keys": [SECRET],
        "headers": {"x-signature": format!("0x{}", "00".repeat(32))},
        "body_base64": base64(body),
        "now": NOW,
    });
    let answer = &answers(lines(&[request.to_string().into_bytes()]))[0];
    let verdict = (answer["verdict"].as_str().unwrap(), answer["reason"].as_str().unwrap());
    let (_, presets, _) = said(&["--presets", "--json"]);
    let listed = presets.lines().find(|line| line.contains(r#""name":"moralis""#)).unwrap();
    let listed: Value = serde_json::from_str(listed).unwrap();
    if listed["missing_feature"].is_null() {
        assert_eq!(verdict, ("refused", "mismatch"), "{answer}");
    } else {
        assert_eq!(verdict, ("unusable", "feature_off"), "{answer}");
        assert!(answer["hints"].to_string().contains("rare-hashes"), "{answer}");
    }
}

#[test]
fn what_is_ignored_is_said() {
    let mut request = with("params", json!({"colour": 3, "key_id": "x", "jwks": {"keys": []}}));
    request["note"] = "x".into();
    let mut unsigned = with("provider", json!("unsigned"));
    unsigned["params"] = json!({"tolerance_seconds": 5});
    let answers = answers(lines(&[request, unsigned].map(|it| it.to_string().into_bytes())));
    for (answer, words) in answers.iter().zip([
        ["colour", "key_id", "jwks", "note"].as_slice(),
        &["keys", "tolerance_seconds", "anyone"],
    ]) {
        assert_eq!(answer["verdict"], "verified", "{answer}");
        for word in words {
            let hints = answer["hints"].as_array().unwrap();
            assert!(hints.iter().any(|hint| hint.as_str().unwrap().contains(word)), "{answer}");
        }
    }
}

/// Whoever mistypes a name is told the one that was meant; whoever has the wrong secret, hash or
/// provider, what to change.
#[test]
fn a_hint_says_what_to_change() {
    let named = |name: &str| with("provider", json!(name));
    let whitespace = with("keys", json!([format!("{SECRET} ")]));
    let newline_added = with("body_base64", json!(base64(&[BODY, b"\n"].concat())));
    let late = with("now", json!(NOW + 3600));
    let mut other_provider = with("provider", json!("shopify"));
    other_provider["headers"] = json!({
        "X-Shopify-Hmac-Sha256": "AAAA",
        "X-Hub-Signature-256": github_value(),
    });
    let cases = [
        (named("strype"), "stripe"),
        (named("GitHub"), "github"),
        (named("hub_spot-v3"), "hubspot-v3"),
        (whitespace, "white space"),
        (newline_added, "without the white space at its end"),
        (late, "only the time is not"),
        (other_provider, "github"),
    ];
    let input: Vec<Vec<u8>> =
        cases.iter().map(|(request, _)| request.to_string().into_bytes()).collect();
    for ((_, words), answer) in cases.iter().zip(answers(lines(&input))) {
        let hints = answer["hints"].as_array().unwrap();
        assert!(
            hints.iter().any(|hint| hint.as_str().unwrap().contains(words)),
            "{words}: {answer}"
        );
        assert!(!answer.to_string().contains(SECRET), "{answer}");
    }
}

/// Each form in which a dashboard shows the same public key, and a set given beside no key.
#[test]
fn a_public_key_is_taken_as_the_dashboard_shows_it() {
    // RFC 8032, section 7.1, test 1: its public key and, over time and body, a signature made with
    // its private key by Python's `cryptography`.
    let hex_key = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
    let raw = hex::decode(hex_key).unwrap();
    let spki = [hex::decode("302a300506032b6570032100").unwrap(), raw.clone()].concat();
    let pem = format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", base64(&spki));
    let jwk = json!({"kty": "OKP", "crv": "Ed25519",
        "x": base64(&raw).replace('+', "-").replace('/', "_").trim_end_matches('=')});
    let set = json!({"keys": [jwk]});
    let request = |keys: Value, params: Value| {
        json!({
            "id": 1, "provider": "discord", "keys": keys, "params": params, "headers": {
                "X-Signature-Ed25519": DISCORD_SIGNATURE,
                "X-Signature-Timestamp": NOW.to_string(),
            },
            "body_base64": base64(b"{\"type\":1}"), "now": NOW,
        })
    };
    let cases = [
        request(json!([hex_key]), json!({})),
        request(json!([hex_key.to_uppercase()]), json!({})),
        request(json!([base64(&raw)]), json!({})),
        request(json!([base64(&spki)]), json!({})),
        request(json!([pem]), json!({})),
        request(json!([pem.replace('\n', "\r\n")]), json!({})),
        request(json!([jwk.to_string()]), json!({})),
        request(json!([]), json!({"jwks": set})),
        request(json!([]), json!({"jwks": set.to_string()})),
        request(json!([]), json!({"jwks": jwk})),
    ];
    let input: Vec<Vec<u8>> = cases.iter().map(|case| case.to_string().into_bytes()).collect();
    for (number, answer) in answers(lines(&input)).iter().enumerate() {
        if answer["reason"] == "feature_off" {
            println!("not judged: this build lacks public keys");
            return;
        }
        assert_eq!(answer["verdict"], "verified", "{number}: {answer}");
        assert_eq!(answer["key_index"], 0, "{number}");
    }
}

const DISCORD_SIGNATURE: &str = "1695961a47c91a1ec033b819b7e87e3dbc583dd0cee6d1fd0216f58ac87b6228ae531ddbf91fb7bc28d7edf7f08604da16f54624f38a6bc0614e4dc13cd47f0f";

#[test]
fn hostile_lines_are_answered_in_their_place() {
    let genuine = genuine().to_string();
    let spaced = genuine.replace("{\"id\"", "  {  \"id\"").replace("\":", "\" : ");
    let huge_number =
        genuine.replace("\"genuine\"", "12345678901234567890123456789012345678901234567890.10");
    let huge_line = format!("{{\"id\":\"{}\",\"provider\":1}}", "x".repeat(50 << 20));
    let duplicate = genuine.replacen('{', "{\"now\":1,", 1);
    let surrogate = genuine.replacen('{', "{\"note\":\"\\ud800\",", 1);
    let deep = format!("{{\"id\":1,\"x\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    let cases: Vec<(&str, Vec<u8>, Value, &str)> = vec![
        ("empty", b"".to_vec(), Value::Null, "bad_input"),
        ("blank", b"   ".to_vec(), Value::Null, "bad_input"),
        ("no JSON", b"garbage".to_vec(), Value::Null, "bad_input"),
        ("cut off", genuine.as_bytes()[..genuine.len() - 1].to_vec(), Value::Null, "bad_input"),
        (
            "two documents",
            [genuine.as_bytes(), genuine.as_bytes()].concat(),
            Value::Null,
            "bad_input",
        ),
        ("a list", b"[]".to_vec(), Value::Null, "bad_input"),
        ("a text", b"\"id\"".to_vec(), Value::Null, "bad_input"),
        ("null", b"null".to_vec(), Value::Null, "bad_input"),
        ("an empty object", b"{}".to_vec(), Value::Null, "bad_input"),
        ("broken UTF-8", b"{\"id\":\"\xff\"}".to_vec(), Value::Null, "bad_input"),
        ("NUL", b"\0".to_vec(), Value::Null, "bad_input"),
        ("every byte", (0..=255).filter(|byte| *byte != b'\n').collect(), Value::Null, "bad_input"),
        ("too deep", deep.into_bytes(), Value::Null, "bad_input"),
        ("a key twice", duplicate.into_bytes(), json!("genuine"), "bad_input"),
        ("half a surrogate pair", surrogate.into_bytes(), json!("genuine"), "bad_input"),
        ("CR LF", [genuine.as_bytes(), b"\r"].concat(), json!("genuine"), "signature"),
        ("white space", spaced.into_bytes(), json!("genuine"), "signature"),
        (
            "a byte order mark",
            [b"\xef\xbb\xbf", genuine.as_bytes()].concat(),
            json!("genuine"),
            "signature",
        ),
        (
            "null as an id",
            genuine.replace("\"genuine\"", "null").into_bytes(),
            Value::Null,
            "signature",
        ),
        ("50 MB", huge_line.into_bytes(), json!("x".repeat(50 << 20)), "bad_input"),
        ("after all that", genuine.clone().into_bytes(), json!("genuine"), "signature"),
    ];
    let input: Vec<Vec<u8>> = cases.iter().map(|(_, line, ..)| line.clone()).collect();
    let answers = answers(lines(&input));
    assert_eq!(answers.len(), cases.len());
    for ((what, _, id, reason), answer) in cases.iter().zip(&answers) {
        assert!(answer["id"] == *id, "{what}");
        assert_eq!(answer["reason"].as_str().unwrap(), *reason, "{what}");
    }

    // A number comes back digit by digit, which a reader of doubles could not tell.
    let output = answer_text(format!("{huge_number}\n").into_bytes());
    assert!(
        output.starts_with("{\"id\":12345678901234567890123456789012345678901234567890.10,"),
        "{output}"
    );
}

fn answer_text(input: Vec<u8>) -> String {
    let mut process = start(&[]);
    process.stdin.take().unwrap().write_all(&input).unwrap();
    String::from_utf8(process.wait_with_output().unwrap().stdout).unwrap()
}

#[test]
fn the_last_line_needs_no_line_end_and_an_end_is_no_line() {
    let genuine = genuine().to_string();
    assert_eq!(answers(Vec::new()).len(), 0);
    assert_eq!(answers(b"\n".to_vec()).len(), 1);
    assert_eq!(answers(genuine.clone().into_bytes()).len(), 1);
    assert_eq!(answers(format!("{genuine}\n").into_bytes()).len(), 1);
    assert_eq!(answers(format!("{genuine}\n\n{genuine}").into_bytes()).len(), 3);
}

#[test]
fn each_answer_is_there_before_the_next_line_is_sent() {
    let mut process = start(&[]);
    let mut stdin = process.stdin.take().unwrap();
    let mut stdout = BufReader::new(process.stdout.take().unwrap());
    for number in 0..20 {
        writeln!(stdin, "{}", with("id", number.into())).unwrap();
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        assert_eq!(read_answer(&line)["id"], number);
    }
    drop(stdin);
    let mut rest = String::new();
    stdout.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "");
    assert!(process.wait().unwrap().success());
}

#[test]
fn a_reader_that_goes_away_ends_it_quietly() {
    let mut process = start(&[]);
    drop(process.stdout.take());
    let mut stdin = process.stdin.take().unwrap();
    let line = format!("{}\n", genuine());
    while stdin.write_all(line.as_bytes()).is_ok() {}
    let output = process.wait_with_output().unwrap();
    assert!(output.status.success(), "{:?}", output.status);
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn said(arguments: &[&str]) -> (bool, String, String) {
    let output = Command::new(program()).args(arguments).stdin(Stdio::null()).output().unwrap();
    (
        output.status.success(),
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

#[test]
fn the_presets_are_listed_for_people_and_for_programs() {
    let (is_ok, text, _) = said(&["--presets"]);
    let (json_ok, lines, _) = said(&["--presets", "--json"]);
    assert!(is_ok && json_ok);
    let listed: Vec<Value> =
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(listed.len(), hookstage::providers::all().len());
    for (preset, listed) in hookstage::providers::all().iter().zip(&listed) {
        assert_eq!(listed["name"], preset.name);
        assert!(!listed["key"].as_str().unwrap().is_empty(), "{}", preset.name);
        assert!(listed["covers"].is_object(), "{}", preset.name);
        assert!(text.contains(&format!("{}  {}\n", preset.name, preset.title)), "{}", preset.name);
        for alias in preset.aliases {
            assert!(text.contains(alias), "{alias}");
        }
    }
}

#[test]
fn help_documents_every_reason() {
    let (is_ok, text, _) = said(&["--help"]);
    assert!(is_ok);
    for reason in [
        "signature",
        "token",
        "unsigned",
        "absent",
        "malformed",
        "mismatch",
        "stale",
        "future",
        "different",
        "unknown_provider",
        "bad_key",
        "missing_param:NAME",
        "bad_scheme",
        "bad_input",
        "feature_off",
    ] {
        assert!(text.lines().any(|line| line.trim_start().starts_with(reason)), "{reason}");
    }
    let (is_ok, out, error) = said(&["--nonsense"]);
    assert!(!is_ok && out.is_empty() && error.contains("--help"));
}

/// The published vectors, as captured requests.
fn vectors(file: &str) -> Option<Vec<Value>> {
    let root = std::env::var_os("HOOKSTAGE_SHARED")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared"), PathBuf::from);
    let text = std::fs::read(root.join("vectors").join(file)).ok()?;
    Some(serde_json::from_slice(&text).unwrap())
}

const PARAMETERS: [&str; 9] = [
    "key_id",
    "webhook_id",
    "client_id",
    "audience",
    "issuer",
    "service_account",
    "bundle_id",
    "environment",
    "topic_arn",
];

/// Where a verdict differs from the publisher's, and why.
const STATED: [(&str, &str, &str); 7] = [
    ("braintree", "CHALLENGE", "a handshake carries no signature; it is answered, not believed"),
    ("meta", "legacy sha1 header", "another preset, because it is a downgrade where both are sent"),
    ("paddle-billing", "5 seconds", "a queue or a retry takes longer; the operator may narrow it"),
    (
        "paystack-timestamped",
        "v1=<key id>",
        "its header is not known: the vector has a placeholder",
    ),
    ("smartcar", "CHALLENGE", "a handshake carries no signature; it is answered, not believed"),
    ("stripe", "in the FUTURE", "a delivery dated ahead would stay fresh for as long as wanted"),
    ("vonage-jwt", "no payload_hash claim", "without that claim the token binds no body"),
];

#[test]
fn the_published_vectors_are_judged_as_their_publishers_do() {
    let (mut agreed, mut stated, mut unusable, mut wrong) = (0, 0, Vec::new(), Vec::new());
    for file in ["public-a.json", "public-b.json"] {
        let Some(vectors) = vectors(file) else {
            eprintln!(
                "NOT RUN: {file} is absent; set HOOKSTAGE_SHARED to the folder that holds it"
            );
            continue;
        };
        let input: Vec<Vec<u8>> = vectors
            .iter()
            .enumerate()
            .map(|(number, vector)| {
                let text = |name: &str| vector[name].as_str();
                let key = text("public_key").or(text("secret")).unwrap_or_default();
                let params: serde_json::Map<String, Value> = PARAMETERS
                    .into_iter()
                    .filter(|name| !vector[*name].is_null())
                    .map(|name| (name.to_owned(), vector[name].clone()))
                    .collect();
                json!({
                    "id": number,
                    "provider": vector["provider"],
                    "keys": [key.strip_prefix("MII-DER-base64:").unwrap_or(key)],
                    "params": params,
                    "method": vector["method"],
                    "url": text("url").unwrap_or_default(),
                    "headers": vector["headers"],
                    "body_base64": base64(text("body").unwrap_or_default().as_bytes()),
                    "now": vector["timestamp"].as_i64().unwrap_or(NOW),
                })
                .to_string()
                .into_bytes()
            })
            .collect();
        for (vector, answer) in vectors.iter().zip(answers(lines(&input))) {
            let name = format!("{}: {}", vector["provider"], vector["note"]);
            let expected = if vector["expect"] == "valid" { "verified" } else { "refused" };
            let is_stated = STATED
                .iter()
                .any(|(provider, note, _)| vector["provider"] == *provider && name.contains(note));
            match answer["verdict"].as_str().unwrap() {
                verdict if verdict == expected => agreed += 1,
                _ if is_stated => stated += 1,
                "unusable" if answer["reason"] == "feature_off" => unusable.push(name),
                verdict => wrong.push(format!("{verdict} {} {name} {answer}", answer["reason"])),
            }
        }
    }
    println!(
        "{agreed} agree, {stated} differ as stated, {} differ otherwise, {} not judged",
        wrong.len(),
        unusable.len()
    );
    for name in &unusable {
        println!("  needs a feature that this build lacks: {name}");
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
