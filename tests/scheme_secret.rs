//! Secrets under attack: the rows KEY of the threat model, over every preset and over schemes made
//! of the vocabulary alone; and that no output ever shows one.
//!
//! Of KEY-05 only the secrets are here that decode to nothing; placeholders such as `changeme` are
//! a lint and no part of a verifier. Of KEY-06 the refusal of automatic promotion needs a source.

mod support;
#[path = "support/traits.rs"]
mod traits;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hookstage::providers::{self, Generic, GenericError};
use hookstage::scheme::{BodyCoverage, Coverage, Hash, KeyForm, Means, Signature, SigningKey};
use hookstage::{ConfigError, Scheme, Secret, SecretError, Timestamp, Verifier};
use support::*;
use traits::has;

#[test]
fn key_01_an_empty_secret_is_none() {
    assert_eq!(Secret::new("").unwrap_err(), SecretError::Empty);
    assert_eq!(Secret::from_bytes(Vec::new()).unwrap_err(), SecretError::Empty);
    assert_eq!("".parse::<Secret>().unwrap_err(), SecretError::Empty);
    assert!(serde_json::from_str::<Secret>(r#""""#).is_err());
    assert_eq!(
        Generic::new("x-signature").secret("").unwrap_err(),
        GenericError::Secret(SecretError::Empty)
    );
}

/// Anyone can sign with the empty key, and with every key that HMAC pads to it.
#[test]
fn key_01_a_request_signed_with_the_empty_key_is_refused() {
    for preset in [&providers::GITHUB, &providers::META] {
        let verifier =
            Verifier::new(preset.scheme(), [Secret::new("a real secret").unwrap()]).unwrap();
        for key in [b"".as_slice(), b"\0", &[0; 64]] {
            let request = Request {
                method: "POST".to_owned(),
                url: String::new(),
                headers: vec![(
                    "X-Hub-Signature-256".to_owned(),
                    format!("sha256={}", hex(&hmac(Hash::Sha256, key, b"{}"))).into_bytes(),
                )],
                body: b"{}".to_vec(),
            };
            assert_eq!(request.verify(&verifier, NOW).unwrap_err().code(), "mismatch");
        }
    }
}

#[test]
fn key_02_blank_and_badly_ended_secrets_are_refused() {
    let cases = [
        (" ", SecretError::Blank),
        ("   ", SecretError::Blank),
        ("\t", SecretError::Blank),
        ("\r\n", SecretError::Blank),
        ("\0", SecretError::Blank),
        (" \0 ", SecretError::Blank),
        ("abc\n", SecretError::EndsInNewline),
        ("abc\r\n", SecretError::EndsInNewline),
        ("abc\r", SecretError::EndsInNewline),
        ("abc\0", SecretError::EndsInNul),
        ("abc\0\0", SecretError::EndsInNul),
        ("abc ", SecretError::EndsInSpace),
        ("abc\t", SecretError::EndsInSpace),
    ];
    for (text, expected) in cases {
        assert_eq!(Secret::new(text).unwrap_err(), expected, "{text:?}");
        assert_eq!(Secret::from_bytes(text.as_bytes()).unwrap_err(), expected, "{text:?}");
        let stored = serde_json::to_string(text).unwrap();
        assert!(serde_json::from_str::<Secret>(&stored).is_err(), "{text:?}");
    }
    let longest = "x".repeat(Secret::MAX_LENGTH);
    assert!(Secret::new(longest.clone()).is_ok());
    assert_eq!(Secret::new(longest + "x").unwrap_err(), SecretError::TooLong);
    // What a provider could have issued stays a secret, however odd.
    for text in [
        "a",
        " leading",
        "in side",
        "\u{1f511}",
        "-----BEGIN PUBLIC KEY-----\nAA\n-----END PUBLIC KEY-----\n",
    ] {
        assert!(Secret::new(text).is_ok(), "{text:?}");
    }
}

#[test]
fn key_03_a_floor_binds_only_where_the_host_chooses() {
    let generic = Generic::new("x-signature");
    for length in [1, 8, 15] {
        assert_eq!(generic.secret("s".repeat(length)).unwrap_err(), GenericError::TooShort);
    }
    for length in [16, 32] {
        assert!(generic.secret("s".repeat(length)).is_ok());
    }
    for preset in providers::all() {
        if preset.scheme().missing_feature().is_some() {
            continue;
        }
        let text_key = match &preset.scheme().description().authentication {
            hookstage::scheme::Authentication::Signature(signature) => {
                matches!(signature.key, KeyForm::Text)
                    && matches!(
                        signature.algorithm,
                        hookstage::scheme::Algorithm::Hmac(_)
                            | hookstage::scheme::Algorithm::Digest(_)
                    )
            }
            hookstage::scheme::Authentication::Token(_) => true,
            _ => false,
        };
        if text_key {
            let parameters = preset
                .scheme()
                .parameters()
                .into_iter()
                .fold(hookstage::scheme::Parameters::new(), |all, one| all.with(one, "x"));
            let secret = Secret::new("s").unwrap();
            let verifier = Verifier::with_parameters(preset.scheme(), [secret], parameters);
            assert!(verifier.is_ok(), "{}: {verifier:?}", preset.name);
        }
    }
}

#[test]
fn key_04_a_secret_that_is_no_base64_is_refused_and_never_repeated() {
    let mut schemes = 0;
    for subject in subjects() {
        let Some(Signature { key: KeyForm::Base64 { prefixes }, .. }) = subject.signature() else {
            continue;
        };
        schemes += 1;
        for prefix in prefixes.iter().map(AsRef::as_ref).chain([""]) {
            for rest in ["canary!canary", "canar", "=", "", "can ary=", "canary_-"] {
                let text = format!("{prefix}{rest}");
                let Ok(secret) = Secret::new(text.clone()) else { continue };
                let error = Verifier::new(subject.scheme.clone(), [secret]).unwrap_err();
                assert_eq!(error.faults()[0].at(), "keys[0]", "{}: {text}", subject.name);
                assert!(!format!("{error} {error:?}").contains("canary"), "{error:?}");
            }
            // With padding or without: dashboards show both.
            for bare in ["c2VjcmV0LXNlY3JldA==", "c2VjcmV0LXNlY3JldA"] {
                let secret = Secret::new(format!("{prefix}{bare}")).unwrap();
                assert!(
                    Verifier::new(subject.scheme.clone(), [secret]).is_ok(),
                    "{}",
                    subject.name
                );
            }
        }
    }
    assert!(schemes >= 2, "{schemes}");
}

/// HMAC pads a key with zeros: one of nothing but zeros is the empty key.
#[test]
fn key_05_a_secret_that_decodes_to_zeros_is_the_empty_key() {
    for subject in subjects() {
        let Some(signature) = subject.signature() else { continue };
        let text = match &signature.key {
            KeyForm::Base64 { .. } => STANDARD.encode([0; 24]),
            KeyForm::Hex => "0".repeat(64),
            _ => continue,
        };
        let secret = Secret::new(text).unwrap();
        let error = Verifier::new(subject.scheme.clone(), [secret]).unwrap_err();
        assert_eq!(error.faults()[0].at(), "keys[0]", "{}", subject.name);
    }
}

#[test]
fn key_06_no_authentication_is_said_in_words() {
    let unsigned = providers::UNSIGNED.scheme();
    let verifier = Verifier::new(unsigned.clone(), Vec::<Secret>::new()).unwrap();
    let request = Request {
        method: "POST".to_owned(),
        url: String::new(),
        headers: Vec::new(),
        body: b"anything".to_vec(),
    };
    let accepted = request.verify(&verifier, NOW).unwrap();
    assert_eq!(accepted.means, Means::Unsigned);
    assert_eq!(accepted.coverage, Coverage::nothing());
    assert_eq!(accepted.coverage.body, BodyCoverage::Nothing);
    assert_eq!((accepted.key_index, accepted.signed_at), (None, None));
    // A secret beside it is a misunderstanding: whoever gave it believes that it counts.
    let error = Verifier::new(unsigned, [Secret::new("believed").unwrap()]).unwrap_err();
    assert_eq!(error.faults()[0].at(), "keys");
}

#[test]
fn key_07_no_keys_at_all() {
    for subject in subjects() {
        let error = Verifier::with_parameters(
            subject.scheme.clone(),
            Vec::<Secret>::new(),
            parameters(&subject),
        )
        .unwrap_err();
        assert_eq!(error.faults()[0].at(), "keys", "{}", subject.name);
    }
}

#[test]
fn key_10_one_text_is_two_secrets() {
    // `whsec_` is text to Stripe and a prefix before base64 to Standard Webhooks.
    let text = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    let stripe = subjects().into_iter().find(|subject| subject.name == "stripe").unwrap();
    let body = br#"{"id":"evt_1"}"#;
    let header = |key: &[u8]| {
        let mac = hmac(Hash::Sha256, key, &[format!("{NOW}.").as_bytes(), body].concat());
        format!("t={NOW},v1={}", hex(&mac))
    };
    let verifier = Verifier::new(stripe.scheme, [Secret::new(text).unwrap()]).unwrap();
    let request = |value: String| Request {
        method: "POST".to_owned(),
        url: String::new(),
        headers: vec![("Stripe-Signature".to_owned(), value.into_bytes())],
        body: body.to_vec(),
    };
    assert!(request(header(text.as_bytes())).verify(&verifier, NOW).is_ok());
    let decoded = STANDARD.decode(&text["whsec_".len()..]).unwrap();
    assert!(request(header(&decoded)).verify(&verifier, NOW).is_err());
}

/// A missing parameter, told by its name; all faults at once.
#[test]
fn every_fault_of_a_configuration_is_told_at_once() {
    for subject in subjects() {
        let needed = subject.scheme.parameters();
        let error: ConfigError =
            Verifier::new(subject.scheme.clone(), Vec::<Secret>::new()).unwrap_err();
        let at: Vec<&str> = error.faults().iter().map(|fault| fault.at()).collect();
        for parameter in &needed {
            let expected = format!("parameters.{}", parameter.as_str());
            assert!(at.contains(&expected.as_str()), "{}: {at:?}", subject.name);
        }
        assert!(at.contains(&"keys"), "{}: {at:?}", subject.name);
        assert_eq!(at.len(), needed.len() + 1, "{}: {at:?}", subject.name);
    }
}

/// What is printed of everything that has seen the secret.
fn outputs(subject: &Subject, canary: &str) -> Vec<String> {
    let secret = Secret::new(canary).unwrap();
    let mut outputs = vec![format!("{secret:?} {secret:#?}")];
    let key = SigningKey::until(secret, Timestamp::from_unix_seconds(NOW + 1));
    outputs.push(format!("{key:?} {key:#?}"));
    match Verifier::with_parameters(subject.scheme.clone(), [key], parameters(subject)) {
        Err(error) => outputs.push(format!("{error} {error:?} {error:#?}")),
        Ok(verifier) => {
            outputs.push(format!("{verifier:?} {verifier:#?}"));
            outputs.extend(verifier.fingerprints().map(|print| format!("{print} {print:?}")));
            outputs.push(serde_json::to_string(verifier.scheme()).unwrap());
            outputs.push(serde_json::to_string(verifier.parameters()).unwrap());
            let genuine = subject.genuine().unwrap();
            // The canary itself among what was sent: a refusal repeats nothing of it.
            for request in [
                genuine.clone(),
                genuine.clone().and("x-signature", canary),
                genuine.clone().set(subject.header().unwrap_or("x-none"), canary),
                Request { body: canary.as_bytes().to_vec(), ..genuine.clone() },
                Request { url: format!("https://h.example/?sig={canary}"), ..genuine },
            ] {
                request.with_delivery(|delivery| {
                    match verifier.verify(delivery, Timestamp::from_unix_seconds(NOW)) {
                        Ok(proof) => outputs.push(format!("{proof:?} {proof:#?}")),
                        Err(refusal) => outputs.push(format!("{refusal} {refusal:?}")),
                    }
                });
            }
        }
    }
    outputs
}

#[test]
fn log_05_nothing_that_is_printed_holds_a_secret() {
    let mut searched = 0;
    for subject in subjects() {
        for canary in [
            "canary-3f9Kq7Zt-secret",
            "whsec_Y2FuYXJ5LTNmOUtxN1p0LXNlY3JldA==",
            "63616e6172792d3366394b71375a742d736563726574",
        ] {
            let forms = [
                canary.to_owned(),
                hex(canary.as_bytes()),
                STANDARD.encode(canary).trim_end_matches('=').to_owned(),
                format!("{:?}", canary.as_bytes()).trim_matches(['[', ']']).to_owned(),
                "3f9Kq7Zt".to_owned(),
                "Y2FuYXJ5".to_owned(),
            ];
            for output in outputs(&subject, canary) {
                searched += output.len();
                for form in &forms {
                    assert!(!output.contains(form.as_str()), "{}: {output}", subject.name);
                }
            }
        }
    }
    println!("{searched} bytes searched");
}

/// Their exact texts, so that a derived `Debug` cannot slip in.
#[test]
fn what_debug_shows_is_pinned() {
    let secret = || Secret::new("hookstage-test-secret").unwrap();
    assert_eq!(format!("{:?}", secret()), "Secret(..)");
    assert_eq!(format!("{:#?}", secret()), "Secret(..)");
    assert_eq!(
        format!("{:?}", SigningKey::from(secret())),
        "SigningKey { known: Known(..), ends: None, id: None }"
    );
    assert_eq!(
        format!("{:?}", SigningKey::until(secret(), Timestamp::UNIX_EPOCH)),
        "SigningKey { known: Known(..), ends: Some(Timestamp(0)), id: None }"
    );
    let verifier = Verifier::new(providers::UNSIGNED.scheme(), Vec::<Secret>::new()).unwrap();
    let shown = format!("{verifier:?}");
    assert!(shown.starts_with("Verifier { scheme: ") && shown.contains("keys: [], "), "{shown}");

    // The first four bytes of SHA-256 over a domain and the text, by an independent computation.
    let digest = hash(Hash::Sha256, b"hookstage key fingerprint v1\0hookstage-test-secret");
    let expected = hex(&digest[..4]);
    let verifier = Verifier::new(providers::GITHUB.scheme(), [secret()]).unwrap();
    let prints: Vec<String> = verifier.fingerprints().map(|print| print.to_string()).collect();
    assert_eq!(prints, std::slice::from_ref(&expected));
    assert!(format!("{verifier:?}").contains(&format!("keys: [Fingerprint({expected})], ")));
}

#[test]
fn log_09_a_secret_cannot_be_copied_compared_printed_or_stored() {
    assert!(has!(String: Clone) && has!(String: serde::Serialize), "the probe works");
    assert!(!has!(Secret: Clone));
    assert!(!has!(Secret: PartialEq));
    assert!(!has!(Secret: std::fmt::Display));
    assert!(!has!(Secret: serde::Serialize));
    assert!(!has!(Secret: AsRef<[u8]>));
    assert!(!has!(Secret: std::ops::Deref));
    assert!(!has!(SigningKey: Clone));
    assert!(!has!(SigningKey: serde::Serialize));
    assert!(!has!(Verifier: serde::Serialize));
    assert!(has!(Secret: serde::Deserialize<'static>));
    assert!(has!(Scheme: serde::Serialize));
}
