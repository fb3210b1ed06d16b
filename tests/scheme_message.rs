//! HTTP Message Signatures (RFC 9421): the standard's own messages, what must be refused of them,
//! hostile headers, and what is told of mistakes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::time::Duration;

use hookstage::providers::SignedMessages;
use hookstage::scheme::{
    BodyCoverage, Component, KeyForm, MessageAlgorithm, Parameters, Subject, Tolerance, explain,
};
use hookstage::scheme::{SigningKey, Unsigned};
use hookstage::{Refusal, Scheme, Secret, Timestamp, Verifier};
use mutations::{Coverages, Request, mutate_scheme};
use proptest::prelude::*;
use serde_json::{Value, json};

mod mutations;

const NOW: Timestamp = Timestamp::from_unix_seconds(1_700_000_000);
const SECRET: &str = "hookstage-test-secret";
const URL: &str = "https://hooks.example.com/in/orders?from=acme";
const BODY: &[u8] = br#"{"order": 1}"#;

fn messages() -> Value {
    serde_json::from_str(include_str!("keys/messages.json")).unwrap()
}

/// The scheme of a message of the standard. What it says when it ends is judged; it was made half a
/// minute ago at most.
fn scheme_of(vector: &Value) -> Scheme {
    let require = match vector["tag"].as_str() {
        Some(tag) => json!([{"at": {"item": "tag"}, "equals": {"text": tag}}]),
        None => json!([]),
    };
    let key = match vector["algorithm"].as_str() {
        Some("hmac-sha256") => json!({"base64": {"prefixes": []}}),
        _ => json!("public"),
    };
    let stored = json!({
        "version": 1,
        "authentication": {"message_signature": {
            "label": {"first_of": [vector["label"]]},
            "covered": vector["covered"],
            "algorithms": [vector["algorithm"]],
            "key": key,
            "expires": "if_present",
            "leeway": 0,
        }},
        "timestamp": {
            "at": {"item": "created"}, "unit": "seconds",
            "tolerance": {"within": {"past": 30, "future": 30}},
        },
        "id": null,
        "require": require,
    });
    serde_json::from_value(stored).unwrap()
}

fn request_of(vector: &Value) -> Request {
    let text = |name: &str| vector[name].as_str().unwrap().to_owned();
    let headers = vector["headers"].as_array().unwrap().iter().map(|line| {
        (line[0].as_str().unwrap().to_owned(), line[1].as_str().unwrap().as_bytes().to_vec())
    });
    Request {
        method: text("method"),
        url: text("url"),
        headers: headers.collect(),
        body: text("body").into_bytes(),
    }
}

fn created(vector: &Value) -> Timestamp {
    Timestamp::from_unix_seconds(vector["created"].as_i64().unwrap())
}

fn verifier_of(scheme: &Scheme, vector: &Value, file: &Value) -> Verifier {
    let id = vector["key"].as_str().unwrap();
    let key = Secret::new(file["keys"][id].as_str().unwrap()).unwrap();
    Verifier::new(scheme.clone(), [SigningKey::new(key).with_id(id)]).unwrap()
}

#[test]
fn sig_04_messages_of_the_standard_are_believed_and_no_mutation_of_them() {
    let file = messages();
    let mut coverages = Coverages::default();
    let (mut believed, mut failures) = (0, Vec::new());
    for vector in file["accepted"].as_array().unwrap() {
        let scheme = scheme_of(vector);
        if let Some(feature) = scheme.missing_feature() {
            println!("NOT RUN: {} needs the feature {feature}", vector["source"]);
            continue;
        }
        let verifier = verifier_of(&scheme, vector, &file);
        let (request, now) = (request_of(vector), created(vector));
        match request.judge(&verifier, now) {
            Ok(()) => believed += 1,
            Err(refusal) => {
                failures.push(format!("{}: {refusal}", vector["source"]));
                continue;
            }
        }
        let passed = mutate_scheme(&scheme, &verifier, &request, now, &mut coverages);
        failures.extend(passed.into_iter().map(|what| format!("{}: {what}", vector["source"])));
        // Whatever `keyid` says, it is another key's signature.
        let id = vector["key"].as_str().unwrap();
        for other in ["other", "", "test-key"] {
            let changed = altered(&request, "signature-input", &[(id, other)]);
            if changed.judge(&verifier, now).is_ok() {
                failures.push(format!("{}: keyid {other:?}", vector["source"]));
            }
        }
    }
    println!("{believed} messages believed; {coverages}");
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
    assert!(believed >= if cfg!(feature = "asymmetric") { 8 } else { 1 }, "{believed}");
}

#[test]
fn messages_of_the_standard_that_say_too_little_are_refused() {
    let file = messages();
    for vector in file["refused"].as_array().unwrap() {
        let scheme = scheme_of(vector);
        if scheme.missing_feature().is_some() {
            continue;
        }
        let verifier = verifier_of(&scheme, vector, &file);
        let refusal = request_of(vector).judge(&verifier, created(vector)).unwrap_err();
        assert_eq!(refusal.to_string(), vector["refusal"], "{}", vector["source"]);
    }
}

/// HMAC and Ed25519 have one signature for one message, so the standard's are made again, to the
/// letter.
#[test]
fn what_is_signed_is_what_the_standard_prints() {
    let file = messages();
    let mut made = 0;
    for vector in file["accepted"].as_array().unwrap() {
        let id = vector["key"].as_str().unwrap();
        let key = match vector["label"].as_str().unwrap() {
            "sig-b25" => &file["keys"][id],
            "sig-b26" => &file["private"][id],
            _ => continue,
        };
        let scheme = scheme_of(vector);
        if scheme.missing_feature().is_some() {
            continue;
        }
        let key = SigningKey::new(Secret::new(key.as_str().unwrap()).unwrap()).with_id(id);
        let verifier = Verifier::new(scheme, [key]).unwrap();
        let genuine = request_of(vector);
        let headers: Vec<(&str, &[u8])> = genuine
            .headers
            .iter()
            .filter(|(name, _)| !name.starts_with("signature"))
            .map(|(name, value)| (name.as_str(), value.as_slice()))
            .collect();
        let request = Unsigned {
            method: &genuine.method,
            url: &genuine.url,
            headers: &headers,
            body: &genuine.body,
            id: "1",
        };
        let signed = verifier.sign(&request, created(vector)).unwrap();
        assert_eq!(signed.headers, genuine.headers, "{}", vector["source"]);
        made += 1;
    }
    assert!(made > 0);
}

// ---- made messages ------------------------------------------------------------------------------

fn rule() -> SignedMessages {
    SignedMessages::new(MessageAlgorithm::HmacSha256)
}

fn keyed(scheme: Scheme, secret: &str) -> Verifier {
    Verifier::new(scheme, [Secret::new(secret).unwrap()]).unwrap()
}

fn verifier(rule: &SignedMessages) -> Verifier {
    keyed(rule.scheme().unwrap(), SECRET)
}

fn signed(verifier: &Verifier, headers: &[(&str, &[u8])], body: &[u8], now: Timestamp) -> Request {
    let request = Unsigned { method: "POST", url: URL, headers, body, id: "msg_1" };
    let signed = verifier.sign(&request, now).unwrap();
    Request { method: signed.method, url: signed.url, headers: signed.headers, body: signed.body }
}

fn genuine(rule: &SignedMessages) -> Request {
    signed(&verifier(rule), &[], BODY, NOW)
}

/// With texts of a header replaced.
fn altered(request: &Request, header: &str, texts: &[(&str, &str)]) -> Request {
    let mut changed = request.clone();
    for (name, value) in &mut changed.headers {
        if name == header {
            let mut text = String::from_utf8(value.clone()).unwrap();
            for (from, to) in texts {
                text = text.replace(from, to);
            }
            *value = text.into_bytes();
        }
    }
    changed
}

fn refusal(request: &Request, verifier: &Verifier) -> String {
    match request.judge(verifier, NOW) {
        Ok(()) => "believed".to_owned(),
        Err(refusal) => refusal.to_string(),
    }
}

/// A message with an input of our own, signed with the secret of these tests.
fn with_input(input: &str, covered: &[&str]) -> Request {
    with_input_by(SECRET, input, covered)
}

fn with_input_by(secret: &str, input: &str, covered: &[&str]) -> Request {
    use hmac::{KeyInit as _, Mac as _};
    let mut base = String::new();
    for line in covered {
        base.push_str(line);
        base.push('\n');
    }
    base.push_str("\"@signature-params\": ");
    base.push_str(input.split_once('=').map_or("", |(_, written)| written));
    let mut mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(base.as_bytes());
    let mac = base64(&mac.finalize().into_bytes());
    let label = input.split('=').next().unwrap();
    Request {
        method: "POST".into(),
        url: URL.into(),
        headers: vec![
            ("signature-input".into(), input.as_bytes().to_vec()),
            ("signature".into(), format!("{label}=:{mac}:").into_bytes()),
        ],
        body: BODY.to_vec(),
    }
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

#[test]
fn every_derived_component_is_what_the_standard_says() {
    // Section 2.2, with the address as hosts give it.
    let url = "HTTPS://Hooks.Example.COM:443/In/a?x=1&b%2Fc=d+e%0Af&x2=#top";
    for (component, line) in [
        (Component::Method, "\"@method\": POST"),
        (Component::Authority, "\"@authority\": hooks.example.com"),
        (Component::Scheme, "\"@scheme\": https"),
        (Component::Path, "\"@path\": /In/a"),
        (Component::Query, "\"@query\": ?x=1&b%2Fc=d+e%0Af&x2="),
        (Component::RequestTarget, "\"@request-target\": /In/a?x=1&b%2Fc=d+e%0Af&x2="),
        (
            Component::TargetUri,
            "\"@target-uri\": HTTPS://Hooks.Example.COM:443/In/a?x=1&b%2Fc=d+e%0Af&x2=",
        ),
        (Component::QueryParam("x".into()), "\"@query-param\";name=\"x\": 1"),
        (Component::QueryParam("b%2Fc".into()), "\"@query-param\";name=\"b%2Fc\": d%20e%0Af"),
        (Component::QueryParam("x2".into()), "\"@query-param\";name=\"x2\": "),
    ] {
        let identifier = line.split(": ").next().unwrap();
        let input = format!("sig1=({identifier});created=1700000000");
        let request = Request { url: url.into(), ..with_input(&input, &[line]) };
        let verifier = verifier(&rule().covering([component]));
        assert_eq!(refusal(&request, &verifier), "believed", "{line}");
    }
    // Of a parameter that stands twice one could be taken for the other.
    let of_param = verifier(&rule().covering([Component::QueryParam("x".into())]));
    let line = "\"@query-param\";name=\"x\": 1";
    let input = "sig1=(\"@query-param\";name=\"x\");created=1700000000";
    for (query, expected) in [
        ("x=1", "believed"),
        ("x=1&x=2", "the covered component @query-param;name=\"x\" stands more than once"),
        ("x=1&%78=1", "the covered component @query-param;name=\"x\" stands more than once"),
        ("y=1", "the covered component @query-param;name=\"x\" is missing"),
    ] {
        let url = format!("https://hooks.example.com/in?{query}");
        let request = Request { url, ..with_input(input, &[line]) };
        assert_eq!(refusal(&request, &of_param), expected, "{query}");
    }
    // Section 2.2.3: the port that the protocol has anyway is left out, and no other.
    for (address, line) in [
        ("http://hooks.example.com:80/in", "\"@authority\": hooks.example.com"),
        ("https://hooks.example.com:443/in", "\"@authority\": hooks.example.com"),
        ("http://hooks.example.com:443/in", "\"@authority\": hooks.example.com:443"),
        ("https://hooks.example.com:80/in", "\"@authority\": hooks.example.com:80"),
        ("https://ada@hooks.example.com:8443/in", "\"@authority\": hooks.example.com:8443"),
    ] {
        let input = "sig1=(\"@authority\");created=1700000000";
        let request = Request { url: address.into(), ..with_input(input, &[line]) };
        let verifier = verifier(&rule().covering([Component::Authority]));
        assert_eq!(refusal(&request, &verifier), "believed", "{address}");
    }
    // Without a query it is the mark alone; a port of one's own stays; without a path it is a slash.
    let bare = "http://hooks.example.com:8080";
    for (component, line) in [
        (Component::Query, "\"@query\": ?"),
        (Component::Authority, "\"@authority\": hooks.example.com:8080"),
        (Component::Path, "\"@path\": /"),
    ] {
        let identifier = line.split(": ").next().unwrap();
        let input = format!("sig1=({identifier});created=1700000000");
        let request = Request { url: bare.into(), ..with_input(&input, &[line]) };
        let verifier = verifier(&rule().covering([component]));
        assert_eq!(refusal(&request, &verifier), "believed", "{line}");
    }
}

#[test]
fn sig_06_hostile_inputs_are_refused_each_for_its_reason() {
    const STRUCTURE: &str =
        "the header signature-input is not written as a canonical structured field (RFC 8941)";
    const COMPONENT: &str = "the header signature-input covers a component that requests do not \
                             have, or that cannot be covered";
    const PARAMETER: &str =
        "the header signature-input covers a component with a parameter that is not supported: ";
    let tests: Vec<(&str, String)> = vec![
        ("sig1=(\"@method\");created=1700000000", "believed".into()),
        (
            "sig1=(\"@method\");created=1700000000;nonce=\"n\";x=1.5;y=t;z=:AA==:;w;v=?0",
            "believed".into(),
        ),
        ("sig1=(\"@method\" );created=1700000000", STRUCTURE.into()),
        ("sig1=( \"@method\");created=1700000000", STRUCTURE.into()),
        ("sig1=(\"@method\"); created=1700000000", STRUCTURE.into()),
        ("sig1=(\"@method\");created=+1700000000", STRUCTURE.into()),
        ("sig1=(\"@method\");created=01700000000", STRUCTURE.into()),
        ("sig1=(\"@method\");created=\"1700000000\"", STRUCTURE.into()),
        ("sig1=(\"@method\");created=1700000000;keyid=k", STRUCTURE.into()),
        ("sig1=(\"@method\");created=1700000000;alg=hmac-sha256", STRUCTURE.into()),
        ("sig1=(@method);created=1700000000", STRUCTURE.into()),
        ("sig1=(method);created=1700000000", STRUCTURE.into()),
        ("sig1=\"@method\";created=1700000000", STRUCTURE.into()),
        ("sig1=(\"@method\");created=1700000000,", STRUCTURE.into()),
        ("sig1=(\"@method\" \"é\");created=1700000000", STRUCTURE.into()),
        (
            "sig1=(\"@method\" \"@method\");created=1700000000",
            "the header signature-input stands more than once".into(),
        ),
        (
            "sig1=(\"@method\");created=1700000000;created=1700000000",
            "the header signature-input stands more than once".into(),
        ),
        (
            "sig1=(\"@method\");created=1700000000, sig1=(\"@method\")",
            "the header signature-input stands more than once".into(),
        ),
        (
            "sig1=(\"@method\");created=1700000000, sig2=(\"@method\")",
            "the header signature-input does not hold exactly one signature, under one label"
                .into(),
        ),
        ("sig1=(\"@method\" \"@status\");created=1700000000", COMPONENT.into()),
        ("sig1=(\"@method\" \"@signature-params\");created=1700000000", COMPONENT.into()),
        ("sig1=(\"@method\" \"@query-param\");created=1700000000", COMPONENT.into()),
        ("sig1=(\"@method\" \"@query-param\";name=\"a b\");created=1700000000", COMPONENT.into()),
        (
            "sig1=(\"@method\" \"@query-param\";name=\"from\";req);created=1700000000",
            COMPONENT.into(),
        ),
        ("sig1=(\"@method\" \"\");created=1700000000", COMPONENT.into()),
        ("sig1=(\"@method\" \"@\");created=1700000000", COMPONENT.into()),
        ("sig1=(\"@method\" \"Host\");created=1700000000", COMPONENT.into()),
        ("sig1=(\"@method\" \"ho st\");created=1700000000", COMPONENT.into()),
        ("sig1=(\"@method\" \"signature\");created=1700000000", COMPONENT.into()),
        ("sig1=(\"@method\" \"signature-input\");created=1700000000", COMPONENT.into()),
        ("sig1=(\"@method\";req);created=1700000000", format!("{PARAMETER}req")),
        ("sig1=(\"@method\" \"x\";sf);created=1700000000", format!("{PARAMETER}sf")),
        ("sig1=(\"@method\" \"x\";bs);created=1700000000", format!("{PARAMETER}bs")),
        ("sig1=(\"@method\" \"x\";tr);created=1700000000", format!("{PARAMETER}tr")),
        ("sig1=(\"@method\" \"x\";key=\"a\");created=1700000000", format!("{PARAMETER}key")),
        ("sig1=(\"@method\" \"x\";name=\"a\");created=1700000000", format!("{PARAMETER}name")),
        (
            "sig1=(\"@method\" \"x\";evil=\"a\");created=1700000000",
            format!("{PARAMETER}of another kind"),
        ),
        ("sig1=();created=1700000000", "the covered component @method is missing".into()),
        ("sig1=(\"@path\");created=1700000000", "the covered component @method is missing".into()),
        ("sig1=(\"@method\")", "the item created of the signature is missing".into()),
        (
            "sig1=(\"@method\");created=-1",
            "the item created of the signature is not a time in the scheme's unit and canonical \
             spelling"
                .into(),
        ),
        (
            "sig1=(\"@method\");created=1700000000.5",
            "the item created of the signature is not a time in the scheme's unit and canonical \
             spelling"
                .into(),
        ),
        (
            "sig1=(\"@method\");created=1700000000;alg=\"ed25519\"",
            "the item alg of the signature names no algorithm that the scheme and the key have"
                .into(),
        ),
        ("sig1=(\"@method\" \"x-gone\");created=1700000000", COMPONENT.into()),
        ("sig1=(\"@method\" \"X-Gone\");created=1700000000", COMPONENT.into()),
        ("sig1=(\"@method\" \"@query-param\";name=\"gone\");created=1700000000", COMPONENT.into()),
        // Section 2.2.8: names are written as forms encode them, and in no other way.
        ("sig1=(\"@method\" \"@query-param\";name=\"a b\");created=1700000000", COMPONENT.into()),
        ("sig1=(\"@method\" \"@query-param\";name=\"a+b\");created=1700000000", COMPONENT.into()),
        ("sig1=(\"@method\" \"@query-param\";name=\"a%2fb\");created=1700000000", COMPONENT.into()),
        ("sig1=(\"@method\" \"@query-param\";name=\"%61\");created=1700000000", COMPONENT.into()),
    ];
    let verifier = verifier(&rule().covering([Component::Method]));
    for (input, expected) in &tests {
        let request = with_input(input, &["\"@method\": POST"]);
        assert_eq!(refusal(&request, &verifier), *expected, "{input}");
        // Before the body is read, as much is told as can be.
        let lines: Vec<(&str, &[u8])> =
            request.headers.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
        let early = verifier.check_head(&hookstage::Head::post(URL, &lines));
        assert!(early.is_ok() || early.unwrap_err().to_string() == *expected, "{input}");
    }
    // Names are written in lower case (section 2.1), though the header is there.
    let covered = ["\"@method\": POST", "\"X-A\": 1"];
    let mut upper = with_input("sig1=(\"@method\" \"X-A\");created=1700000000", &covered);
    upper.headers.push(("X-A".to_owned(), b"1".to_vec()));
    assert_eq!(refusal(&upper, &verifier), COMPONENT);
    let bare = verifier.check_head(&hookstage::Head::post(URL, &[]));
    assert_eq!(bare.unwrap_err().code(), "absent");
    let many: Vec<String> = (0..17).map(|n| format!("s{n}=(\"@method\")")).collect();
    let request = with_input(&many.join(", "), &[]);
    assert_eq!(
        refusal(&request, &verifier),
        "the header signature-input holds more than 16 signatures"
    );
    let long = format!("sig1=(\"@method\");nonce=\"{}\"", "a".repeat(17_000));
    let request = with_input(&long, &[]);
    assert_eq!(refusal(&request, &verifier), "the header signature-input is too long");
    for (header, value, expected) in [
        (
            "signature",
            "sig1=:AAAA:, sig2=:AAAA:",
            "the header signature-input does not hold exactly one signature, under one label",
        ),
        (
            "signature",
            "sig2=:AAAA:",
            "the header signature-input does not hold exactly one signature, under one label",
        ),
        (
            "signature",
            "sig1=AAAA",
            "the header signature is not written as a canonical structured field (RFC 8941)",
        ),
        ("signature", "sig1=::", "the header signature is empty"),
        (
            "signature",
            "sig1=:AAA:",
            "the header signature is not written in the scheme's encoding at its exact length",
        ),
        ("signature", "", "the header signature is empty"),
        ("signature-input", " ", "the header signature-input is empty"),
    ] {
        let mut request = genuine(&rule().covering([Component::Method]));
        for (name, old) in &mut request.headers {
            if name == header {
                *old = value.as_bytes().to_vec();
            }
        }
        assert_eq!(refusal(&request, &verifier), expected, "{header}: {value}");
    }
    // No key that we take makes more than 1024 bytes.
    for (length, expected) in [
        (1024, "the header signature does not match"),
        (1025, "the header signature is too long"),
        (1026, "the header signature is too long"),
    ] {
        let mut request = with_input("sig1=(\"@method\");created=1700000000", &[]);
        let signature = format!("sig1=:{}:", base64(&vec![0; length]));
        request.headers[1] = ("signature".to_owned(), signature.into_bytes());
        let refused = refusal(&request, &verifier);
        assert!(refused.starts_with(expected), "{length}: {refused}");
    }
}

/// RFC 8941, sections 3.3.1 and 3.3.2, and the one spelling that section 4.1 writes.
#[test]
fn sig_06_a_number_has_one_spelling_and_at_most_fifteen_digits() {
    let verifier = verifier(&rule().covering([Component::Method]));
    let judged = |number: &str| {
        let input = format!("sig1=(\"@method\");created=1700000000;x={number}");
        refusal(&with_input(&input, &["\"@method\": POST"]), &verifier)
    };
    for number in [
        "0",
        "-1",
        "999999999999999",
        "-999999999999999",
        "0.0",
        "1.0",
        "-0.5",
        "0.25",
        "1.125",
        "10.5",
        "999999999999.999",
    ] {
        assert_eq!(judged(number), "believed", "{number}");
    }
    for number in [
        "-0",
        "00",
        "01",
        "1000000000000000",
        "1.",
        ".5",
        "1.50",
        "1.00",
        "1.1250",
        "1.0625",
        "-0.0",
        "01.5",
        "1000000000000.5",
        "1e3",
        "--1",
        "+1",
        "-",
    ] {
        let refusal = judged(number);
        assert!(
            refusal.contains("not written as a canonical structured field"),
            "{number}: {refusal}"
        );
    }
}

/// All lines of a header together are at most 16 KiB.
#[test]
fn sig_06_a_header_is_joined_whole_or_not_at_all() {
    const LIMIT: usize = 16 * 1024;
    let verifier = verifier(&rule().covering([Component::Method, Component::field("via")]));
    let judged = |lines: &[String]| {
        let covered = format!("\"via\": {}", lines.join(", "));
        let input = "sig1=(\"@method\" \"via\");created=1700000000";
        let mut request = with_input(input, &["\"@method\": POST", &covered]);
        request
            .headers
            .extend(lines.iter().map(|line| ("via".to_owned(), line.clone().into_bytes())));
        refusal(&request, &verifier)
    };
    let short = |text: &str| text.to_owned();
    let long = |length: usize| "a".repeat(length);
    assert_eq!(judged(&[short("one"), short("two"), short("three"), short("four")]), "believed");
    for (lines, expected) in [
        (vec![long(LIMIT)], "believed"),
        (vec![long(LIMIT + 1)], "the header via is too long"),
        (vec![long(LIMIT - 5), short("one")], "believed"),
        (vec![long(LIMIT - 4), short("one")], "the header via is too long"),
        (vec![long(LIMIT - 5), short("one"), short("two")], "the header via is too long"),
    ] {
        assert_eq!(judged(&lines), expected, "{} lines", lines.len());
    }
}

#[test]
fn what_must_be_covered_and_is_not_there_is_put_there_to_be_signed() {
    let rule = rule().tag("orders").covering([
        Component::Method,
        Component::field("x-event-id"),
        Component::QueryParam("event%20id".into()),
    ]);
    let key = SigningKey::new(Secret::new(SECRET).unwrap()).with_id("k1");
    let verifier = Verifier::new(rule.scheme().unwrap(), [key]).unwrap();
    let request = signed(&verifier, &[], BODY, NOW);
    assert_eq!(refusal(&request, &verifier), "believed");
    assert_eq!(request.url, format!("{URL}&event%20id=msg_1"));
    let value = |name: &str| {
        let (_, value) = request.headers.iter().find(|(other, _)| other == name).unwrap();
        String::from_utf8(value.clone()).unwrap()
    };
    assert_eq!(value("x-event-id"), "msg_1");
    let input = value("signature-input");
    assert!(input.contains(";keyid=\"k1\"") && input.contains(";tag=\"orders\""), "{input}");
    // What is there stays.
    let request = signed(&verifier, &[("x-event-id", b"own")], BODY, NOW);
    assert_eq!(refusal(&request, &verifier), "believed");
    assert!(request.headers.contains(&("x-event-id".to_owned(), b"own".to_vec())));
}

#[test]
fn sig_10_a_repeated_header_is_joined_only_where_http_has_a_list() {
    let covering = |name: &'static str| {
        verifier(&rule().covering([Component::Method, Component::field(name)]))
    };
    let split = |name: &str, lines: &[&str]| {
        let line = format!("\"{name}\": one, two");
        let input = format!("sig1=(\"@method\" \"{name}\");created=1700000000");
        let mut request = with_input(&input, &["\"@method\": POST", &line]);
        let lines = lines.iter().map(|value| (name.to_owned(), value.as_bytes().to_vec()));
        request.headers.extend(lines);
        request
    };
    for name in ["accept", "via", "x-forwarded-for", "tracestate"] {
        let verifier = covering(name);
        for lines in [&["one, two"][..], &["one", "two"], &[" one\t", "  two "]] {
            assert_eq!(refusal(&split(name, lines), &verifier), "believed", "{name}: {lines:?}");
        }
        let mismatch = refusal(&split(name, &["two", "one"]), &verifier);
        assert!(mismatch.contains("does not match"), "{mismatch}");
    }
    // Whoever reads these takes the first line for the whole.
    for name in ["x-event-id", "content-type", "host", "date", "authorization", "cookie"] {
        let verifier = covering(name);
        assert_eq!(refusal(&split(name, &["one, two"]), &verifier), "believed", "{name}");
        assert_eq!(
            refusal(&split(name, &["one", "two"]), &verifier),
            format!("the header {name} stands more than once")
        );
        assert_eq!(refusal(&split(name, &[]), &verifier), format!("the header {name} is missing"));
        let ambiguous = refusal(&split(name, &["one, two\n\"@method\": GET"]), &verifier);
        assert!(ambiguous.contains("separates it"), "{ambiguous}");
        let beyond = refusal(&split(name, &["one, t\u{e9}"]), &verifier);
        assert!(beyond.contains("is not written in"), "{beyond}");
    }
}

#[test]
fn the_digest_of_the_body_is_that_of_the_raw_body() {
    // RFC 9530, appendix B.1, and its section on empty content.
    let hello = b"{\"hello\": \"world\"}\n";
    let sha256 = "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:";
    let sha512 = "sha-512=:YMAam51Jz/jOATT6/zvHrLVgOYTGFy1d6GJiOHTohq4yP+pgk4vf2aCsyRZOtw8MjkM7iw7yZ/WkppmM44T3qg==:";
    let empty = "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:";
    let other = "the header content-digest is not what this source expects";
    let structure =
        "the header content-digest is not written as a canonical structured field (RFC 8941)";
    let unknown = "the header content-digest names no algorithm that the scheme and the key have";
    let verifier = verifier(&rule().covering([Component::CONTENT_DIGEST]));
    for (digest, body, expected) in [
        (sha256.to_owned(), &hello[..], "believed"),
        (sha512.to_owned(), hello, "believed"),
        (format!("{sha256}, {sha512}"), hello, "believed"),
        (format!("md5=:AAAA:, {sha256}, id-sha-256=:AAAA:"), hello, "believed"),
        (empty.to_owned(), b"", "believed"),
        (sha256.to_owned(), b"{\"hello\": \"world\"}", other),
        (sha256.to_owned(), b"", other),
        (empty.to_owned(), hello, other),
        // Every hash that is known must be right, and so must its length be.
        (format!("{empty}, {sha512}"), hello, other),
        (format!("{sha256}, sha-512=:AAAA:"), hello, other),
        ("sha-256=:RK/0qy18MlBSVnWgjwz6:".to_owned(), hello, other),
        ("sha-256=::".to_owned(), hello, other),
        ("md5=:AAAA:".to_owned(), hello, unknown),
        ("sha=:AAAA:, unixsum=1".to_owned(), hello, unknown),
        (format!("{sha256}, {sha256}"), hello, "the header content-digest stands more than once"),
        (sha256.replace(':', ""), hello, structure),
        (format!("{sha256};a=1"), hello, structure),
        (sha256.replace("sha-256", "SHA-256"), hello, structure),
        (
            sha256.replace("=:", "==:").replacen("==:", "=:", 1),
            hello,
            "the header content-digest is not written in the scheme's encoding at its exact length",
        ),
    ] {
        let line = format!("\"content-digest\": {digest}");
        let input = "sig1=(\"content-digest\");created=1700000000";
        let mut request = with_input(input, &[&line]);
        request.headers.push(("content-digest".into(), digest.clone().into_bytes()));
        request.body = body.to_vec();
        assert_eq!(refusal(&request, &verifier), expected, "{digest}");
    }
}

/// What is covered beyond what must be is held to as well, and not counted on.
#[test]
fn a_digest_that_need_not_be_covered_must_still_be_right() {
    let asked = rule().covering([Component::Method]);
    let covering = verifier(&rule().covering([Component::Method, Component::CONTENT_DIGEST]));
    let request = signed(&covering, &[], BODY, NOW);
    assert_eq!(refusal(&request, &verifier(&asked)), "believed");
    let changed = Request { body: b"{}".to_vec(), ..request };
    assert!(refusal(&changed, &verifier(&asked)).contains("content-digest"));
    let coverage = asked.scheme().unwrap().coverage().clone();
    assert_eq!(coverage.body, BodyCoverage::Nothing);
    assert!(coverage.method && !coverage.url && coverage.timestamp && !coverage.binds_body());
    let coverage = rule().scheme().unwrap().coverage().clone();
    assert!(coverage.method && coverage.url && coverage.binds_body());
    assert_eq!(coverage.headers, ["content-digest"]);
}

#[test]
fn tim_03_both_ends_and_the_end_of_a_signature_are_held_to() {
    let timed = rule().tolerance(Tolerance::Within { past: 100, future: 10 });
    let verifier = verifier(&timed);
    let request = genuine(&timed);
    let at = |seconds: i64| {
        let now = Timestamp::from_unix_seconds(1_700_000_000 + seconds);
        request.judge(&verifier, now).map_err(|refusal| refusal.code())
    };
    assert_eq!([at(-11), at(-10), at(100), at(101)], [Err("future"), Ok(()), Ok(()), Err("stale")]);

    let mut stored = serde_json::to_value(timed.scheme().unwrap()).unwrap();
    stored["authentication"]["message_signature"]["expires"] = json!("required");
    stored["authentication"]["message_signature"]["leeway"] = json!(5);
    let ending = keyed(serde_json::from_value(stored).unwrap(), SECRET);
    assert_eq!(
        refusal(&request, &ending),
        "the item expires of the signature is missing",
        "it must say when it ends"
    );
    let request = signed(&ending, &[], BODY, NOW);
    let at = |after: Duration| request.judge(&ending, NOW.saturating_add(after));
    // A minute, and what the clocks may differ by.
    assert!(at(Duration::from_millis(64_999)).is_ok());
    match at(Duration::from_millis(65_001)).unwrap_err() {
        Refusal::Stale { by, age } => {
            assert_eq!((by, age), (Duration::from_millis(1), None));
        }
        other => panic!("{other}"),
    }
    let odd = altered(&request, "signature-input", &[("expires=1700000060", "expires=soon")]);
    assert!(refusal(&odd, &ending).contains("canonical structured field"));
}

#[test]
fn another_label_and_another_tag_are_other_signatures() {
    let labelled = rule().label("orders").label("sig1").tag("app");
    let request = genuine(&labelled);
    let verifier = verifier(&labelled);
    assert_eq!(refusal(&request, &verifier), "believed");
    // A proxy's own signature beside it is passed over, in both headers or in one.
    let mut beside =
        altered(&request, "signature-input", &[("orders=", "proxy=(\"via\";sf), orders=")]);
    assert_eq!(refusal(&beside, &verifier), "believed");
    beside = altered(&beside, "signature", &[("orders=", "proxy=:AAAA:, orders=")]);
    assert_eq!(refusal(&beside, &verifier), "believed");
    let only = self::verifier(&rule().tag("app"));
    assert!(refusal(&beside, &only).contains("exactly one signature"));
    // The one that is named first counts, and the other is no way around it.
    let forged = altered(
        &request,
        "signature-input",
        &[(
            "orders=",
            "orders=(\"@method\" \"@target-uri\" \"content-digest\");created=1700000000;tag=\"app\", sig1=",
        )],
    );
    let forged = altered(&forged, "signature", &[("orders=", "orders=:AAAA:, sig1=")]);
    assert!(refusal(&forged, &verifier).contains("does not match"));
    let renamed = altered(
        &altered(&request, "signature-input", &[("orders=", "x=")]),
        "signature",
        &[("orders=", "x=")],
    );
    assert_eq!(refusal(&renamed, &verifier), "the signature labelled orders is missing");
    let half = altered(&request, "signature", &[("orders=", "x=")]);
    assert_eq!(refusal(&half, &verifier), "the signature labelled orders is missing");

    let tagged = genuine(&rule().tag("refunds"));
    assert_eq!(
        refusal(&tagged, &only),
        "the item tag of the signature is not what this source expects"
    );
    assert_eq!(refusal(&genuine(&rule()), &only), "the item tag of the signature is missing");
}

#[test]
fn jos_01_the_message_never_chooses_the_algorithm_or_the_key() {
    // A public key is no secret, whatever the message says.
    let both = SignedMessages::new(MessageAlgorithm::HmacSha256)
        .or(MessageAlgorithm::Ed25519)
        .covering([Component::Method]);
    let public = messages()["keys"]["test-key-ed25519"].as_str().unwrap().trim().to_owned();
    let made = Verifier::new(both.scheme().unwrap(), [Secret::new(public.as_str()).unwrap()]);
    if cfg!(feature = "asymmetric") {
        let verifier = made.unwrap();
        let forged = |parameters: &str| {
            let input = format!("sig1=(\"@method\");created=1700000000{parameters}");
            refusal(&with_input_by(&public, &input, &["\"@method\": POST"]), &verifier)
        };
        assert!(forged("").contains("does not match"));
        assert!(forged(";alg=\"ed25519\"").contains("does not match"));
        let told =
            "the item alg of the signature names no algorithm that the scheme and the key have";
        assert_eq!(forged(";alg=\"hmac-sha256\""), told);
        assert_eq!(forged(";alg=\"rsa-pss-sha512\""), told);
    } else {
        assert!(made.is_err());
    }
    // The id in the message picks among keys that have one.
    let scheme = rule().scheme().unwrap();
    let named = |id: &str, secret: &str| SigningKey::new(Secret::new(secret).unwrap()).with_id(id);
    let sender = Verifier::new(scheme.clone(), [named("new", SECRET)]).unwrap();
    let request = signed(&sender, &[], BODY, NOW);
    let ring = |keys: [SigningKey; 2]| Verifier::new(scheme.clone(), keys).unwrap();
    let right = ring([named("old", "another-secret"), named("new", SECRET)]);
    assert_eq!(refusal(&request, &right), "believed");
    let swapped = ring([named("old", SECRET), named("new", "another-secret")]);
    assert!(refusal(&request, &swapped).contains("1 tried against 1 live keys"));
    let strangers = ring([named("a", SECRET), named("b", SECRET)]);
    assert!(refusal(&request, &strangers).contains("0 live keys"));
}

#[cfg(feature = "asymmetric")]
#[test]
fn crt_03_a_key_that_a_message_names_is_asked_of_the_host() {
    use hookstage::scheme::KeyRequest;
    use hookstage::{Delivery, Head};

    let file = messages();
    let none: [SigningKey; 0] = [];
    let scheme = hookstage::providers::MAILCHANNELS.scheme();
    let verifier = Verifier::new(scheme.clone(), none).unwrap();
    let private = file["private"]["test-key-ed25519"].as_str().unwrap();
    let key = SigningKey::new(Secret::new(private.trim()).unwrap()).with_id("mckey");
    let sender = Verifier::new(scheme, [key]).unwrap();
    let request = signed(&sender, &[], b"[{\"event\":\"delivered\"}]", NOW);
    let judge = |request: &Request, judge: &dyn Fn(&Delivery<'_>)| {
        let lines: Vec<(&str, &[u8])> =
            request.headers.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
        judge(&Delivery::new(Head::post(&request.url, &lines), &request.body));
    };
    judge(&request, &|delivery| {
        let asked = verifier.key_request(delivery, NOW).unwrap().unwrap();
        assert_eq!(asked, KeyRequest::Id("mckey".into()));
        assert_eq!(verifier.verify(delivery, NOW).unwrap_err().code(), "key_unknown");
        // As the provider's interface answers: a SubjectPublicKeyInfo in base64.
        let public = "MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=";
        let key = verifier.fetched_key(&asked, public).unwrap();
        let proof = verifier.verify_with(delivery, &key, NOW).unwrap();
        assert!(proof.coverage().binds_body() && proof.key_index().is_none());
        assert_eq!(proof.signed_at(), Some(NOW));
        let other = verifier.fetched_key(&KeyRequest::Id("other".into()), public).unwrap();
        assert_eq!(verifier.verify_with(delivery, &other, NOW).unwrap_err().code(), "key_unknown");
    });
    for (from, to, code) in [
        (";keyid=\"mckey\"", "", "absent"),
        ("mckey", "a b", "malformed"),
        ("mckey", "", "malformed"),
    ] {
        judge(&altered(&request, "signature-input", &[(from, to)]), &|delivery| {
            assert_eq!(verifier.key_request(delivery, NOW).unwrap_err().code(), code);
        });
    }
}

#[test]
fn what_cannot_be_signed_by_is_refused_by_the_builder() {
    for (rule, at) in [
        (rule().covering([]), "message_signature.covered"),
        (rule().covering([Component::Method, Component::Method]), "message_signature.covered"),
        (rule().covering([Component::field("Host")]), "message_signature.covered"),
        (rule().label("Sig"), "message_signature.label"),
        (rule().or(MessageAlgorithm::HmacSha256), "message_signature.algorithms"),
        (rule().fetched(), "message_signature.algorithms"),
        (rule().key(KeyForm::Public), "message_signature.key"),
        (rule().tolerance(Tolerance::Within { past: 0, future: 0 }), "timestamp.tolerance"),
        (rule().tag(""), "require.equals"),
    ] {
        let error = rule.scheme().unwrap_err();
        assert!(error.faults().iter().any(|fault| fault.at() == at), "{at}: {error}");
    }
}

// ---- what the operator is told ------------------------------------------------------------------

fn hints(
    scheme: &Scheme,
    secret: &str,
    request: &Request,
    now: Timestamp,
) -> Vec<(&'static str, String)> {
    let keys = [Secret::new(secret).unwrap()];
    let other = Secret::new("the-secret-of-another-source").unwrap();
    let parameters = Parameters::new();
    let subject = Subject {
        scheme,
        keys: &keys,
        parameters: &parameters,
        other_keys: &[("acme/billing", &other)],
        other_schemes: &[],
    };
    let lines: Vec<(&str, &[u8])> =
        request.headers.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
    let head = hookstage::Head::new(&request.method, &request.url, &lines);
    let hints = explain(&subject, &hookstage::Delivery::new(head, &request.body), now);
    hints.iter().map(|hint| (hint.code(), hint.to_string())).collect()
}

#[test]
fn every_mistake_has_its_hint() {
    let body = Request { body: b"{\"order\":1}".to_vec(), ..genuine(&rule()) };
    let other_body = Request { body: b"{\"order\": 2}".to_vec(), ..genuine(&rule()) };
    let proxied = Request {
        url: URL.replace("hooks.example.com", "10.0.0.7:8080"),
        headers: [
            genuine(&rule()).headers,
            vec![("x-forwarded-host".into(), b"hooks.example.com".to_vec())],
        ]
        .concat(),
        ..genuine(&rule())
    };
    let less = genuine(&rule().covering([Component::Method, Component::TargetUri]));
    let labelled = genuine(&rule().label("other"));
    let mut two = genuine(&rule().label("mine"));
    two = altered(&two, "signature-input", &[("mine=", "first=(\"@method\"), mine=")]);
    two = altered(&two, "signature", &[("mine=", "first=:AAAA:, mine=")]);
    let later = NOW.saturating_add(Duration::from_secs(400));
    let mut stored = serde_json::to_value(rule().scheme().unwrap()).unwrap();
    stored["authentication"]["message_signature"]["expires"] = json!("required");
    let ending: Scheme = serde_json::from_value(stored).unwrap();
    let ended = signed(&keyed(ending.clone(), SECRET), &[], BODY, NOW);
    let scheme = |rule: &SignedMessages| rule.scheme().unwrap();
    let cases: Vec<(&str, Scheme, &str, Request, Timestamp, &str, &str)> = vec![
        (
            "parsed and written again",
            scheme(&rule()),
            SECRET,
            body,
            NOW,
            "body",
            "space behind each comma",
        ),
        ("another body", scheme(&rule()), SECRET, other_body, NOW, "body", "another body"),
        ("a proxy's address", scheme(&rule()), SECRET, proxied, NOW, "url", "x-forwarded-host"),
        ("too little", scheme(&rule()), SECRET, less, NOW, "signed_parts", "content-digest"),
        (
            "another label",
            scheme(&rule().label("sig1")),
            SECRET,
            labelled,
            NOW,
            "label",
            "another label",
        ),
        ("two signatures", scheme(&rule()), SECRET, two, NOW, "label", "Signature 2 of the 2"),
        ("too late", scheme(&rule()), SECRET, genuine(&rule()), later, "clock", "too old"),
        (
            "ended",
            ending,
            SECRET,
            ended,
            NOW.saturating_add(Duration::from_secs(61)),
            "clock",
            "lets it end",
        ),
        (
            "another key",
            scheme(&rule()),
            SECRET,
            signed(&keyed(scheme(&rule()), "the-secret-of-another-source"), &[], BODY, NOW),
            NOW,
            "other_key",
            "acme/billing",
        ),
    ];
    for (name, scheme, secret, request, now, code, word) in cases {
        let told = hints(&scheme, secret, &request, now);
        assert_eq!(told.len(), 1, "{name}: {told:?}");
        assert_eq!(told[0].0, code, "{name}: {told:?}");
        assert!(told[0].1.contains(word), "{name}: {told:?}");
    }
    // A forgery is explained by nothing.
    let forged = Request { method: "PUT".into(), ..genuine(&rule()) };
    assert_eq!(hints(&scheme(&rule()), SECRET, &forged, NOW), []);
}

/// The standard's own RSA key fits two algorithms, and its message is signed by the other one.
#[cfg(feature = "asymmetric")]
#[test]
fn another_algorithm_for_the_same_key_is_told() {
    let file = messages();
    let mut vector = file["accepted"].as_array().unwrap()[1].clone();
    assert_eq!(vector["algorithm"], "rsa-pss-sha512");
    vector["algorithm"] = json!("rsa-v1_5-sha256");
    let key = file["keys"]["test-key-rsa-pss"].as_str().unwrap();
    let told = hints(&scheme_of(&vector), key, &request_of(&vector), created(&vector));
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].0 == "hash" && told[0].1.contains("rsa-pss-sha512"), "{told:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_signed_is_verified_and_nothing_else(
        path in "(/[a-zA-Z0-9%._~-]{0,12}){1,3}",
        query in "[a-z0-9=&+%.-]{0,24}",
        value in "[ -~]{1,40}",
        id in "[ -~]{1,40}",
        body in proptest::collection::vec(any::<u8>(), 0..200),
        at in 0_usize..10_000,
    ) {
        let scheme = SignedMessages::new(MessageAlgorithm::HmacSha256)
            .covering([
                Component::Method, Component::Authority, Component::Path, Component::Query,
                Component::TargetUri, Component::field("x-value"), Component::CONTENT_DIGEST,
            ])
            .tag("a \"quoted\" \\ tag")
            .scheme()
            .unwrap();
        let key = SigningKey::new(Secret::new(SECRET).unwrap()).with_id(id);
        let verifier = Verifier::new(scheme, [key]).unwrap();
        let url = format!("https://hooks.example.com{path}?{query}");
        let request = Unsigned {
            method: "POST", url: &url, headers: &[("x-value", value.as_bytes())], body: &body, id: "1",
        };
        let signed = verifier.sign(&request, NOW).unwrap();
        let genuine = Request {
            method: signed.method, url: signed.url, headers: signed.headers, body: signed.body,
        };
        prop_assert!(genuine.judge(&verifier, NOW).is_ok());
        // One byte of anything that is covered.
        let mut changed = genuine.clone();
        changed.body.push(0);
        prop_assert!(changed.judge(&verifier, NOW).is_err());
        let mut changed = genuine.clone();
        let line = at % changed.headers.len();
        let bytes = &mut changed.headers[line].1;
        let byte = at % bytes.len();
        bytes[byte] ^= 1;
        let differs = changed.headers[line].1.trim_ascii() != genuine.headers[line].1.trim_ascii();
        prop_assert_eq!(changed.judge(&verifier, NOW).is_err(), differs);
        let other = Request { url: format!("{}x", genuine.url), ..genuine };
        prop_assert!(other.judge(&verifier, NOW).is_err());
    }

    #[test]
    fn no_header_makes_it_panic(input in "\\PC{0,60}", signature in "\\PC{0,40}", noise in "[a-z0-9=(\"@;:, ?.)-]{0,60}") {
        let verifier = verifier(&rule().covering([Component::Method]));
        for input in [input.as_str(), noise.as_str()] {
            let request = Request {
                method: "POST".into(),
                url: URL.into(),
                headers: vec![
                    ("signature-input".into(), input.as_bytes().to_vec()),
                    ("signature".into(), signature.as_bytes().to_vec()),
                ],
                body: BODY.to_vec(),
            };
            prop_assert!(request.judge(&verifier, NOW).is_err());
        }
    }
}
