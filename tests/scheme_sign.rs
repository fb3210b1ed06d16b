//! Every preset signs what it verifies, and nothing that was changed afterwards is believed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use hookstage::scheme::{
    Algorithm, Authentication, Curve, Hash, Jose, JoseAlgorithm, JoseKey, KeyForm,
    MessageAlgorithm, Parameter, Parameters, Scheme, SignError, SigningKey, Unsigned,
};
use hookstage::{Delivery, Head, Secret, Timestamp, Verifier, providers};
use proptest::prelude::*;

const NOW: Timestamp = Timestamp::from_unix_seconds(1_700_000_000);

/// A secret in the form that the scheme takes, or a private key, made for these tests alone.
fn secret(scheme: &Scheme) -> Option<&'static str> {
    let (form, algorithm) = match &scheme.description().authentication {
        Authentication::Signature(signature) => (&signature.key, signature.algorithm),
        Authentication::AnyOf(signatures) => (&signatures[0].key, signatures[0].algorithm),
        Authentication::Token(_) => return Some("user:hookstage-test-secret"),
        Authentication::Jose(jose) => return token_key(jose),
        Authentication::MessageSignature(rule) => return message_key(rule.algorithms[0]),
        _ => return None,
    };
    match form {
        KeyForm::Base64 { .. } => Some("aG9va3N0YWdlLXRlc3Qtc2VjcmV0"),
        KeyForm::Hex => Some("686f6f6b73746167652d746573742d736563726574"),
        KeyForm::Public | KeyForm::Fetched(_) => private_key(algorithm),
        _ => Some("hookstage-test-secret"),
    }
}

fn private_key(algorithm: Algorithm) -> Option<&'static str> {
    match algorithm {
        Algorithm::Ed25519 => Some(include_str!("keys/ed25519.pem")),
        Algorithm::Ecdsa { curve: Curve::P256, hash: Hash::Sha256, .. } => {
            Some(include_str!("keys/p256.pem"))
        }
        // SHA-1 is verified for senders that still use it, and never signed with.
        Algorithm::RsaPkcs1(Hash::Sha1Legacy) => None,
        Algorithm::RsaPkcs1(_) | Algorithm::RsaPss(_) => Some(include_str!("keys/rsa2048.pem")),
        _ => None,
    }
}

fn message_key(algorithm: MessageAlgorithm) -> Option<&'static str> {
    match algorithm {
        MessageAlgorithm::Ed25519 => Some(include_str!("keys/ed25519.pem")),
        MessageAlgorithm::EcdsaP256Sha256 => Some(include_str!("keys/p256.pem")),
        _ => None,
    }
}

fn token_key(jose: &Jose) -> Option<&'static str> {
    if matches!(jose.key, JoseKey::Chain { .. }) {
        return None;
    }
    match jose.algorithms[0] {
        JoseAlgorithm::Hs256 | JoseAlgorithm::Hs384 | JoseAlgorithm::Hs512 => {
            Some("hookstage-test-secret-of-32-bytes")
        }
        JoseAlgorithm::EdDsa => Some(include_str!("keys/ed25519.pem")),
        JoseAlgorithm::Es256 => Some(include_str!("keys/p256.pem")),
        JoseAlgorithm::Rs256 => Some(include_str!("keys/rsa2048.pem")),
        _ => None,
    }
}

fn verifier(scheme: Scheme) -> Option<Verifier> {
    let parameters = Parameter::ALL
        .iter()
        .fold(Parameters::new(), |all, parameter| all.with(*parameter, "configured"));
    if scheme.missing_feature().is_some() {
        return None;
    }
    let keys: Vec<SigningKey> = match &scheme.description().authentication {
        Authentication::Unsigned => Vec::new(),
        _ => vec![SigningKey::new(Secret::new(secret(&scheme)?).unwrap())],
    };
    Some(Verifier::with_parameters(scheme, keys, parameters).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_a_preset_signs_it_verifies(
        id in "[a-z0-9]{1,20}",
        note in "[^\u{0}]{0,40}",
        seconds in 1_500_000_000_i64..1_900_000_000,
    ) {
        let now = Timestamp::from_unix_seconds(seconds);
        let body = serde_json::json!({"id": id, "note": note}).to_string();
        for preset in providers::all() {
            let Some(verifier) = verifier(preset.scheme()) else { continue };
            let request = Unsigned {
                method: "POST",
                url: "https://hooks.example.com/in/acme",
                headers: &[("content-type", b"application/json")],
                body: body.as_bytes(),
                id: &id,
            };
            let signed = verifier.sign(&request, now);
            let signed = signed.map_err(|error| {
                TestCaseError::fail(format!("{}: {error}", preset.name))
            })?;
            let lines = signed.header_lines();
            let head = Head::new(&signed.method, &signed.url, &lines);
            let judged = verifier.verify(&Delivery::new(head, &signed.body), now);
            prop_assert!(judged.is_ok(), "{}: {:?}", preset.name, judged);
            if judged.is_ok_and(|proof| proof.coverage().binds_body()) {
                let mut altered = signed.body.clone();
                altered.push(b'x');
                let judged = verifier.verify(&Delivery::new(head, &altered), now);
                prop_assert!(judged.is_err(), "{}: an altered body was believed", preset.name);
            }
        }
    }
}

#[test]
fn a_key_of_which_only_the_hash_is_known_signs_nothing() {
    let scheme = providers::WEXIO_SHARED_SECRET.scheme();
    let verifier = Verifier::new(scheme, [SigningKey::from_sha256([7; 32])]).unwrap();
    let request = Unsigned { method: "POST", url: "", headers: &[], body: b"{}", id: "evt_1" };
    assert_eq!(verifier.sign(&request, NOW), Err(SignError::NoSecret));
}

#[test]
fn a_key_that_has_ended_signs_nothing() {
    let scheme = providers::GITHUB.scheme();
    let key = SigningKey::until(Secret::new("hookstage-test-secret").unwrap(), NOW);
    let verifier = Verifier::new(scheme, [key]).unwrap();
    let request = Unsigned { method: "POST", url: "", headers: &[], body: b"{}", id: "evt_1" };
    assert_eq!(verifier.sign(&request, NOW), Err(SignError::NoSecret));
}

#[test]
fn a_signature_is_the_one_that_the_provider_documents() {
    // GitHub's documentation: this secret and this body.
    let scheme = providers::GITHUB.scheme();
    let secret = Secret::new("It's a Secret to Everybody").unwrap();
    let verifier = Verifier::new(scheme, [secret]).unwrap();
    let request =
        Unsigned { method: "POST", url: "", headers: &[], body: b"Hello, World!", id: "1" };
    let signed = verifier.sign(&request, NOW).unwrap();
    assert_eq!(
        signed.headers,
        [(
            "x-hub-signature-256".to_owned(),
            b"sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17".to_vec()
        )]
    );
}

/// Grammars that no preset signs in: what stands beside the signature is made with it.
#[test]
fn what_stands_beside_a_signature_is_made_with_it() {
    let time = serde_json::json!({"at": {"position": 0}, "unit": "seconds",
        "tolerance": {"within": {"past": 300, "future": 300}}});
    let rule = |at: &str, key: &str, grammar: serde_json::Value, content: serde_json::Value| {
        serde_json::json!({"version": 1, "authentication": {"signature": {
            "at": [{"place": {"header": at}, "repeat": "refuse", "key": key}],
            "grammar": grammar, "encoding": "hex", "algorithm": {"hmac": "sha256"},
            "content": [content], "key": "text",
        }}})
    };
    let positions = serde_json::json!({"positions": {"item": ",", "first": 2}});
    let content = serde_json::json!(["timestamp", {"value": {"position": 1}}, "body"]);
    let mut timed = rule("x-sig", "any", positions, content);
    timed["timestamp"] = time;
    let records = |key: u8| {
        let grammar = serde_json::json!({
            "records": {"item": ",", "field": "/", "fields": 4, "key": key}});
        rule("x-sig", "record", grammar, serde_json::json!(["body"]))
    };
    for (stored, before) in [
        (timed, "1700000000,evt_1,"),
        (records(0), "k1/1/1/"),
        (records(1), "1/k1/1/"),
        (records(2), "1/1/k1/"),
    ] {
        let scheme: Scheme = serde_json::from_value(stored).unwrap();
        let key = SigningKey::new(Secret::new("hookstage-test-secret").unwrap()).with_id("k1");
        let verifier = Verifier::new(scheme, [key]).unwrap();
        let request = Unsigned { method: "POST", url: "", headers: &[], body: b"{}", id: "evt_1" };
        let signed = verifier.sign(&request, NOW).unwrap();
        let value = String::from_utf8(signed.headers[0].1.clone()).unwrap();
        let signature = value.strip_prefix(before).unwrap();
        assert!(signature.len() == 64 && !signature.contains('/'), "{value}");
        let lines = signed.header_lines();
        let head = Head::new(&signed.method, &signed.url, &lines);
        let proof = verifier.verify(&Delivery::new(head, &signed.body), NOW);
        assert!(proof.is_ok(), "{value}: {proof:?}");
    }
}

/// A field of the form, of which an older one is taken out whichever way it was written.
#[test]
fn a_signature_replaces_the_field_that_it_stands_in() {
    let scheme: Scheme = serde_json::from_value(serde_json::json!({
        "version": 1, "authentication": {"signature": {
            "at": [{"place": {"form": "sig[a]"}, "repeat": "refuse", "key": "any"}],
            "grammar": {"plain": {"prefix": "~v1=/"}}, "encoding": "hex",
            "algorithm": {"hmac": "sha256"}, "content": [[{"value": {"form": "name"}}]],
            "key": "text",
        }},
    }))
    .unwrap();
    let verifier = Verifier::new(scheme, [Secret::new("hookstage-test-secret").unwrap()]).unwrap();
    // HMAC-SHA256 of `ada`, by Python's hmac.
    let signature = "02e8aa536c55a3979db6afd11af6f4c45b29abd4955b0ac97b50d67cc081be56";
    for body in [
        "name=ada",
        "name=ada&sig%5Ba%5D=old",
        "sig[a]=old&name=ada",
        "sig%5Ba%5D=old&name=ada&sig[a]=older&",
    ] {
        let request = Unsigned {
            method: "POST",
            url: "",
            headers: &[("content-type", b"application/x-www-form-urlencoded")],
            body: body.as_bytes(),
            id: "evt_1",
        };
        let signed = verifier.sign(&request, NOW).unwrap();
        let wanted = format!("name=ada&sig%5Ba%5D=~v1%3D%2F{signature}");
        assert_eq!(String::from_utf8(signed.body.to_vec()).unwrap(), wanted, "{body}");
    }
}

/// What a digest is made of must be there, as what is signed itself must be.
#[test]
fn a_value_within_a_digest_is_put_there_to_be_signed() {
    let scheme: Scheme = serde_json::from_value(serde_json::json!({
        "version": 1, "authentication": {"signature": {
            "at": [{"place": {"header": "x-sig"}, "repeat": "refuse", "key": "any"}],
            "grammar": {"plain": {"prefix": ""}}, "encoding": "hex",
            "algorithm": {"hmac": "sha256"}, "key": "text",
            "content": [[{"digest": {"of": [{"value": {"header": "x-event-id"}}, {"literal": "."}, "body"],
                "hash": "sha256", "encoding": "hex"}}]],
        }},
    }))
    .unwrap();
    let verifier = Verifier::new(scheme, [Secret::new("hookstage-test-secret").unwrap()]).unwrap();
    let request = Unsigned { method: "POST", url: "", headers: &[], body: b"{}", id: "evt_1" };
    let signed = verifier.sign(&request, NOW).unwrap();
    assert!(signed.headers.contains(&("x-event-id".to_owned(), b"evt_1".to_vec())));
    let lines = signed.header_lines();
    let head = Head::new(&signed.method, &signed.url, &lines);
    assert!(verifier.verify(&Delivery::new(head, &signed.body), NOW).is_ok());
}

/// It may be logged, and shows no body, no signature and no address.
#[test]
fn a_signed_request_shows_how_much_it_is_and_not_what() {
    let verifier =
        Verifier::new(providers::GITHUB.scheme(), [Secret::new("hookstage-test-secret").unwrap()]);
    let request =
        Unsigned { method: "POST", url: "/p?token=1", headers: &[], body: b"{}", id: "1" };
    let shown = format!("{:?}", verifier.unwrap().sign(&request, NOW).unwrap());
    assert!(shown.starts_with("SignedRequest {"), "{shown}");
    assert!(!shown.contains("sha256=") && !shown.contains("token"), "{shown}");
}

/// What a source must find in a token's header, and beside a message, is put there.
#[test]
fn what_must_be_equal_is_put_there_by_whoever_signs() {
    let token = serde_json::json!({"version": 1,
        "authentication": {"jose": {
            "at": {"header": "authorization"}, "grammar": {"word": {"word": "Bearer"}},
            "payload": "claims", "algorithms": ["HS256"], "key": {"ring": "text"},
            "times": {"expires": "if_present", "not_before": "ignored", "issued": "ignored",
                "leeway": 0, "max_age": null},
        }},
        "require": [
            {"at": {"jose_header": "typ"}, "equals": {"text": "webhook+jwt"}},
            {"at": {"claim": "sub"}, "equals": {"text": "orders"}},
            {"at": {"header": "x-kind"}, "equals": {"text": "event"}},
        ],
    });
    let message = serde_json::json!({"version": 1,
        "authentication": {"message_signature": {
            "label": "only", "covered": ["method"], "algorithms": ["hmac-sha256"], "key": "text",
            "expires": "ignored", "leeway": 0,
        }},
        "timestamp": {"at": {"item": "created"}, "unit": "seconds",
            "tolerance": {"within": {"past": 300, "future": 300}}},
        "require": [
            {"at": {"item": "tag"}, "equals": {"text": "orders"}},
            {"at": {"header": "x-kind"}, "equals": {"text": "event"}},
        ],
    });
    for stored in [token, message] {
        let scheme: Scheme = serde_json::from_value(stored).unwrap();
        let secret = Secret::new("hookstage-test-secret-of-32-bytes").unwrap();
        let verifier = Verifier::new(scheme, [secret]).unwrap();
        let request = Unsigned {
            method: "POST",
            url: "https://hooks.example.com/in",
            headers: &[],
            body: b"{}",
            id: "evt_1",
        };
        let signed = verifier.sign(&request, NOW).unwrap();
        assert!(signed.headers.contains(&("x-kind".to_owned(), b"event".to_vec())));
        let lines = signed.header_lines();
        let head = Head::new(&signed.method, &signed.url, &lines);
        let proof = verifier.verify(&Delivery::new(head, &signed.body), NOW);
        assert!(proof.is_ok(), "{proof:?}");
    }
}
