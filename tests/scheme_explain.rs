//! What the operator is told about a delivery that was refused.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use hookstage::scheme::{Parameters, Scheme, Subject, Unsigned, explain, identify};
use hookstage::{Delivery, Head, Secret, Timestamp, Verifier, providers};

const NOW: Timestamp = Timestamp::from_unix_seconds(1_700_000_000);
const SECRET: &str = "hookstage-test-secret";
const BODY: &[u8] = b"{\"id\": \"evt_1\", \"path\": \"a/b\"}";

struct Sent {
    headers: Vec<(String, Vec<u8>)>,
    url: String,
    body: Vec<u8>,
}

fn sent(scheme: &Scheme, secret: &str, body: &[u8], now: Timestamp) -> Sent {
    let verifier = Verifier::new(scheme.clone(), [Secret::new(secret).unwrap()]).unwrap();
    let request = Unsigned {
        method: "POST",
        url: "https://hooks.example.com/in",
        headers: &[],
        body,
        id: "evt_1",
    };
    let signed = verifier.sign(&request, now).unwrap();
    Sent { headers: signed.headers, url: signed.url, body: signed.body }
}

fn codes(scheme: &Scheme, secret: &str, sent: &Sent) -> Vec<&'static str> {
    told(scheme, secret, sent).into_iter().map(|(code, _)| code).collect()
}

fn told(scheme: &Scheme, secret: &str, sent: &Sent) -> Vec<(&'static str, String)> {
    let keys = [Secret::new(secret).unwrap()];
    let other = Secret::new("the-secret-of-another-source").unwrap();
    let (stripe, slack) = (providers::STRIPE.scheme(), providers::SLACK.scheme());
    let subject = Subject {
        scheme,
        keys: &keys,
        parameters: &Parameters::new(),
        other_keys: &[("acme/billing", &other)],
        other_schemes: &[("stripe", &stripe), ("slack", &slack)],
    };
    let lines: Vec<(&str, &[u8])> =
        sent.headers.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
    let delivery = Delivery::new(Head::post(&sent.url, &lines), &sent.body);
    explain(&subject, &delivery, NOW)
        .iter()
        .map(|hint| {
            let sentence = hint.to_string();
            for hidden in [secret, SECRET, "evt_1", "the-secret"] {
                assert!(!sentence.contains(hidden), "{sentence}");
            }
            (hint.code(), sentence)
        })
        .collect()
}

#[test]
fn a_delivery_that_is_right_needs_no_hint() {
    let scheme = providers::COEFFECTION.scheme();
    assert!(codes(&scheme, SECRET, &sent(&scheme, SECRET, BODY, NOW)).is_empty());
}

#[test]
fn a_late_delivery_is_told_from_a_forged_one() {
    let scheme = providers::COEFFECTION.scheme();
    let late = Timestamp::from_unix_seconds(1_699_999_000);
    assert_eq!(codes(&scheme, SECRET, &sent(&scheme, SECRET, BODY, late)), ["clock"]);
    let forged = codes(&scheme, SECRET, &sent(&scheme, "something-else-altogether", BODY, NOW));
    assert!(forged.is_empty(), "{forged:?}");
}

#[test]
fn a_secret_that_was_stored_wrongly_is_recognised() {
    let scheme = providers::GITHUB.scheme();
    let genuine = sent(&scheme, SECRET, BODY, NOW);
    for stored in [
        " hookstage-test-secret",
        "\"hookstage-test-secret\"",
        "GITHUB_SECRET=hookstage-test-secret",
    ] {
        assert_eq!(codes(&scheme, stored, &genuine), ["key"], "{stored}");
    }
    let other = sent(&scheme, "the-secret-of-another-source", BODY, NOW);
    assert_eq!(codes(&scheme, SECRET, &other), ["other_key"]);
    // whsec_ as text, where the scheme takes it as base64.
    let standard = providers::STANDARD_WEBHOOKS.scheme();
    let text = serde_json::to_string(&standard).unwrap();
    let start = text.find("\"key\":{\"base64\"").unwrap();
    let end = start + text[start..].find("]}}").unwrap() + 3;
    let as_text: Scheme =
        serde_json::from_str(&format!("{}\"key\":\"text\"{}", &text[..start], &text[end..]))
            .unwrap();
    let secret = "whsec_aG9va3N0YWdlLXRlc3Qtc2VjcmV0";
    let hints = codes(&standard, secret, &sent(&as_text, secret, BODY, NOW));
    assert_eq!(hints, ["key_form"]);
}

#[test]
fn a_body_that_was_rewritten_is_recognised() {
    let scheme = providers::GITHUB.scheme();
    let rewritten: [&[u8]; 8] = [
        b"{\"id\":\"evt_1\",\"path\":\"a/b\"}",
        b"{\"id\": \"evt_1\", \"path\": \"a/b\"}\n",
        b"\xef\xbb\xbf{\"id\": \"evt_1\", \"path\": \"a/b\"}",
        b"{\"id\": \"evt_1\", \"path\": \"a\\/b\"}",
        b"{ \"id\" : \"evt_1\" , \"path\" : \"a/b\" }",
        b"{\"id\": \"evt_1\", \"path\": \"a/b\"}\r\n",
        b"  ",
        b"\x1f\x8b\x08\x00",
    ];
    for (index, body) in rewritten.into_iter().enumerate() {
        let mut altered = sent(&scheme, SECRET, BODY, NOW);
        altered.body = body.to_vec();
        let hints = codes(&scheme, SECRET, &altered);
        assert_eq!(hints.first().copied(), (index != 6).then_some("body"), "{index}: {hints:?}");
    }
}

#[test]
fn another_form_of_signing_is_recognised() {
    use hookstage::providers::Generic;
    use hookstage::scheme::{Encoding, Hash};
    let base = Generic::new("x-sig");
    let scheme = base.scheme().unwrap();
    for (generic, expected) in [
        (base.clone().hash(Hash::Sha512), "hash"),
        (base.clone().hash(Hash::Sha1Legacy), "hash"),
        (base.clone().encoding(Encoding::Base64), "encoding"),
        (base.clone().prefix("sha256="), "prefix"),
    ] {
        let other = generic.scheme().unwrap();
        assert_eq!(
            codes(&scheme, SECRET, &sent(&other, SECRET, BODY, NOW)).last(),
            Some(&expected)
        );
    }
    let moved = Generic::new("x-other-signature").scheme().unwrap();
    let hints = told(&scheme, SECRET, &sent(&moved, SECRET, BODY, NOW));
    assert!(
        hints.iter().any(|(code, text)| *code == "header" && text.contains("x-other-signature"))
    );
    // As Stripe signs, sent to a Coeffection source.
    let stripe = sent(&providers::STRIPE.scheme(), SECRET, BODY, NOW);
    let hints = told(&providers::COEFFECTION.scheme(), SECRET, &stripe);
    assert!(
        hints.iter().any(|(code, text)| *code == "other_scheme" && text.contains("stripe")),
        "{hints:?}"
    );
}

#[test]
fn an_address_that_the_proxy_changed_is_recognised() {
    let scheme: Scheme = serde_json::from_str(
        r#"{"version":1,"authentication":{"signature":{
            "at":[{"place":{"header":"x-sig"},"repeat":"refuse","key":"any"}],
            "grammar":{"plain":{"prefix":""}},"encoding":"hex","algorithm":{"hmac":"sha256"},
            "content":[[{"url":"full"},"body"]],"key":"text"}}}"#,
    )
    .unwrap();
    for url in [
        "http://hooks.example.com/in",
        "https://hooks.example.com:8443/in",
        "https://hooks.example.com/in/",
        "https://hooks.example.com/in?debug=1",
    ] {
        let mut altered = sent(&scheme, SECRET, BODY, NOW);
        altered.url = url.to_owned();
        let hints = codes(&scheme, SECRET, &altered);
        assert!(hints.contains(&"url"), "{url}: {hints:?}");
    }
    let mut altered = sent(&scheme, SECRET, BODY, NOW);
    altered.url = "https://10.0.0.1/in".to_owned();
    altered.headers.push(("X-Forwarded-Host".to_owned(), b"hooks.example.com".to_vec()));
    assert_eq!(codes(&scheme, SECRET, &altered), ["url"]);
}

#[test]
fn a_request_is_recognised_by_its_headers() {
    for preset in [
        &providers::GITHUB,
        &providers::STRIPE,
        &providers::SLACK,
        &providers::SHOPIFY,
        &providers::SVIX,
    ] {
        let key = "aG9va3N0YWdlLXRlc3Qtc2VjcmV0";
        let sent = sent(&preset.scheme(), key, BODY, NOW);
        let lines: Vec<(&str, &[u8])> =
            sent.headers.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
        let head = Head::post("", &lines);
        let all = providers::all().iter().map(|preset| (preset.name, preset.scheme()));
        let names = identify(&head, all);
        assert!(
            names.iter().take(9).any(|name| *name == preset.name),
            "{}: {names:?}",
            preset.name
        );
    }
    let all = providers::all().iter().map(|preset| (preset.name, preset.scheme()));
    assert!(identify(&Head::post("", &[("accept", b"*/*")]), all).is_empty());
}
