//! Public keys and tokens: vectors that providers published or that their own libraries accept,
//! and the attacks on tokens and keys that verifiers have fallen for.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use hookstage::scheme::{BodyCoverage, Parameter, Parameters, SigningKey, Unsigned};
#[cfg(feature = "asymmetric")]
use hookstage::scheme::{FetchedKey, KeyRequest};
use hookstage::{Delivery, Head, Refusal, Scheme, Secret, Timestamp, Verifier};
use serde_json::{Value, json};

const NOW: Timestamp = Timestamp::from_unix_seconds(1_700_000_000);

fn signature(changes: Value) -> Value {
    let mut rule = json!({
        "at": [{"place": {"header": "x-sig"}, "repeat": "refuse", "key": "any"}],
        "grammar": {"plain": {"prefix": ""}},
        "encoding": "base64",
        "algorithm": {"rsa_pkcs1": "sha256"},
        "content": [["body"]],
        "key": "public",
    });
    for (name, value) in changes.as_object().unwrap() {
        rule[name] = value.clone();
    }
    json!({"version": 1, "authentication": {"signature": rule}})
}

fn token(changes: Value) -> Value {
    let mut jose = json!({
        "at": {"header": "authorization"},
        "grammar": {"word": {"word": "Bearer"}},
        "payload": "claims",
        "algorithms": ["HS256"],
        "key": {"ring": "text"},
        "times": {
            "expires": "if_present", "not_before": "if_present", "issued": "if_present",
            "leeway": 0, "max_age": null,
        },
    });
    for (name, value) in changes.as_object().unwrap() {
        jose[name] = value.clone();
    }
    json!({"version": 1, "authentication": {"jose": jose}})
}

fn with(mut stored: Value, name: &str, value: Value) -> Value {
    stored[name] = value;
    stored
}

fn at(header: &str) -> Value {
    json!([{"place": {"header": header}, "repeat": "refuse", "key": "any"}])
}

fn time(at: Value, unit: &str) -> Value {
    json!({"at": at, "unit": unit, "tolerance": {"within": {"past": 300, "future": 300}}})
}

fn body_digest(claim: &str, encoding: &str, absent_when_empty: bool) -> Value {
    json!({"at": {"claim": claim}, "equals": {"body_digest": {
        "hash": "sha256", "encoding": encoding, "before": "", "after": "",
        "absent_when_empty": absent_when_empty,
    }}})
}

/// The schemes of the vectors, in words of the vocabulary.
fn schemes() -> Vec<(&'static str, Value)> {
    let fields = |except: Value, style: &str| json!([{"fields": {"of": "form", "except": except, "style": style}}]);
    vec![
        (
            "discord",
            with(
                signature(json!({
                    "at": at("x-signature-ed25519"), "encoding": "hex", "algorithm": "ed25519",
                    "content": [["timestamp", "body"]],
                })),
                "timestamp",
                time(json!({"header": "x-signature-timestamp"}), "seconds"),
            ),
        ),
        (
            "standard-webhooks-v1a",
            with(
                with(
                    signature(json!({
                        "at": at("webhook-signature"), "algorithm": "ed25519",
                        "grammar": {"items": {"item": " ", "pair": ",", "signatures": ["v1a"]}},
                        "content": [["id", {"literal": "."}, "timestamp", {"literal": "."}, "body"]],
                    })),
                    "timestamp",
                    time(json!({"header": "webhook-timestamp"}), "seconds"),
                ),
                "id",
                json!({"header": "webhook-id"}),
            ),
        ),
        (
            "sendgrid",
            with(
                signature(json!({
                    "at": at("x-twilio-email-event-webhook-signature"),
                    "algorithm": {"ecdsa": {"curve": "p256", "hash": "sha256", "form": "der"}},
                    "content": [["timestamp", "body"]],
                })),
                "timestamp",
                json!({
                    "at": {"header": "x-twilio-email-event-webhook-timestamp"}, "unit": "seconds",
                    "tolerance": "unbounded",
                }),
            ),
        ),
        (
            "paypal-v2",
            signature(json!({
                "at": at("paypal-transmission-sig"),
                "content": [[
                    {"value": {"header": "paypal-transmission-id"}}, {"literal": "|"},
                    {"value": {"header": "paypal-transmission-time"}}, {"literal": "|"},
                    {"value": {"parameter": "webhook_id"}}, {"literal": "|"}, "body_crc32",
                ]],
                "key": {"fetched": {"named_at": {"header": "paypal-cert-url"}, "name": {"url": {
                    "hosts": ["api.paypal.com", "api.sandbox.paypal.com"],
                    "path_prefix": "/v1/notifications/certs/", "path_suffix": "",
                }}}},
            })),
        ),
        (
            "paddle-classic",
            signature(json!({
                "at": [{"place": {"form": "p_signature"}, "repeat": "refuse", "key": "any"}],
                "algorithm": {"rsa_pkcs1": "sha1_legacy"},
                "content": [fields(json!(["p_signature"]), "php_serialized")],
            })),
        ),
        (
            "alipay",
            signature(json!({
                "at": [{"place": {"form": "sign"}, "repeat": "refuse", "key": "any"}],
                "content": [
                    fields(json!(["sign", "sign_type"]), "pairs"),
                    fields(json!(["sign"]), "pairs"),
                ],
            })),
        ),
        (
            "wechatpay-v3",
            with(
                signature(json!({
                    "at": at("wechatpay-signature"),
                    "content": [[
                        "timestamp", {"literal": "\n"}, {"value": {"header": "wechatpay-nonce"}},
                        {"literal": "\n"}, "body", {"literal": "\n"},
                    ]],
                })),
                "timestamp",
                time(json!({"header": "wechatpay-timestamp"}), "seconds"),
            ),
        ),
        (
            "google-pubsub-push",
            with(
                token(json!({"algorithms": ["RS256"], "key": {"ring": "public"}, "times": {
                    "expires": "required", "not_before": "if_present", "issued": "required",
                    "leeway": 0, "max_age": null,
                }})),
                "require",
                json!([
                    {"at": {"claim": "iss"}, "equals": {"any_text": ["https://accounts.google.com", "accounts.google.com"]}},
                    {"at": {"claim": "aud"}, "equals": {"parameter": "audience"}},
                    {"at": {"claim": "email"}, "equals": {"parameter": "service_account"}},
                    {"at": {"claim": "email_verified"}, "equals": {"text": "true"}},
                ]),
            ),
        ),
        (
            "messagebird",
            with(
                token(json!({
                    "at": {"header": "messagebird-signature-jwt"}, "grammar": {"plain": {"prefix": ""}},
                    "algorithms": ["HS256", "HS384", "HS512"],
                    "times": {
                        "expires": "required", "not_before": "required", "issued": "if_present",
                        "leeway": 0, "max_age": null,
                    },
                })),
                "require",
                json!([
                    {"at": {"claim": "iss"}, "equals": {"text": "MessageBird"}},
                    {"at": {"claim": "url_hash"}, "equals": {"url_digest": ["full", "sha256"]}},
                    body_digest("payload_hash", "hex", true),
                ]),
            ),
        ),
        ("vonage-jwt", token(json!({}))),
        (
            "livekit",
            with(
                token(json!({"grammar": {"plain": {"prefix": ""}}})),
                "require",
                json!([body_digest("sha256", "base64", false)]),
            ),
        ),
        (
            "apple-assn-v2",
            token(json!({
                "at": {"body": "/signedPayload"}, "grammar": {"plain": {"prefix": ""}},
                "algorithms": ["ES256"],
                "key": {"chain": {
                    "length": 3, "leaf_marker": "1.2.840.113635.100.6.11.1",
                    "intermediate_marker": "1.2.840.113635.100.6.2.1",
                }},
            })),
        ),
    ]
}

fn scheme(stored: &Value) -> Scheme {
    let scheme: Scheme = serde_json::from_value(stored.clone()).unwrap();
    let again: Scheme = serde_json::from_str(&serde_json::to_string(&scheme).unwrap()).unwrap();
    assert_eq!(scheme, again);
    scheme
}

fn parameters(vector: &Value) -> Parameters {
    let mut parameters = Parameters::new();
    for parameter in Parameter::ALL {
        if let Some(text) = vector[parameter.as_str()].as_str() {
            parameters = parameters.with(parameter, text);
        }
    }
    parameters
}

#[test]
fn published_deliveries_are_judged_as_their_providers_do() {
    let vectors: Vec<Value> = serde_json::from_str(include_str!("keys/published.json")).unwrap();
    let mut judged = 0;
    for (name, stored) in schemes() {
        let scheme = scheme(&stored);
        if let Some(feature) = scheme.missing_feature() {
            println!("NOT RUN: {name} needs the feature {feature}");
            continue;
        }
        for vector in vectors.iter().filter(|vector| vector["provider"] == name) {
            let note = vector["note"].as_str().unwrap_or_default();
            let key = vector["public_key"].as_str().or(vector["secret"].as_str()).unwrap();
            let key = key.strip_prefix("MII-DER-base64:").unwrap_or(key);
            let secret = Secret::new(key).unwrap();
            let verifier =
                Verifier::with_parameters(scheme.clone(), [secret], parameters(vector)).unwrap();
            let headers: Vec<(String, String)> = vector["headers"]
                .as_object()
                .unwrap()
                .iter()
                .map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()))
                .collect();
            let lines: Vec<(&str, &[u8])> =
                headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
            let head = Head::new(
                vector["method"].as_str().unwrap_or("POST"),
                vector["url"].as_str().unwrap_or_default(),
                &lines,
            );
            let body = vector["body"].as_str().unwrap_or_default().as_bytes();
            let now = vector["timestamp"].as_i64().unwrap_or(1_700_000_000);
            let verdict =
                verifier.verify(&Delivery::new(head, body), Timestamp::from_unix_seconds(now));
            // The bundle id stands in the payload of the token, which is the host's to read.
            let beyond = note.contains("bundle id");
            let wanted = vector["expect"] == "valid" || beyond;
            assert_eq!(verdict.is_ok(), wanted, "{name}: {note}: {verdict:?}");
            judged += 1;
        }
    }
    assert!(judged >= 47, "{judged}");
}

// ---- tokens -------------------------------------------------------------------------------------

const SECRET: &str = "hookstage-test-secret-of-32-bytes";

fn made(header: &str, claims: &str, secret: &[u8]) -> String {
    use base64::Engine as _;
    use hmac::{KeyInit as _, Mac as _};
    let engine = base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let signed = format!("{}.{}", engine.encode(header), engine.encode(claims));
    let mut mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(secret).unwrap();
    mac.update(signed.as_bytes());
    format!("{signed}.{}", engine.encode(mac.finalize().into_bytes()))
}

fn judge(verifier: &Verifier, authorization: &str, body: &str) -> Result<BodyCoverage, Refusal> {
    let headers = [("authorization", authorization.as_bytes())];
    let delivery = Delivery::new(Head::post("https://a.example/p", &headers), body.as_bytes());
    verifier.verify(&delivery, NOW).map(|proof| proof.coverage().body.clone())
}

fn code(result: Result<BodyCoverage, Refusal>) -> &'static str {
    result.map_or_else(|refusal| refusal.code(), |_| "verified")
}

fn token_verifier(stored: &Value) -> Verifier {
    let key = SigningKey::new(Secret::new(SECRET).unwrap()).with_id("k1");
    let parameters = Parameters::new().with(Parameter::Audience, "us");
    Verifier::with_parameters(scheme(stored), [key], parameters).unwrap()
}

#[test]
fn a_token_chooses_nothing_about_its_verification() {
    let verifier = token_verifier(&token(json!({})));
    let with_header = |header: &str| {
        let token = made(header, "{}", SECRET.as_bytes());
        code(judge(&verifier, &format!("Bearer {token}"), ""))
    };
    assert_eq!(with_header(r#"{"alg":"HS256"}"#), "verified");
    assert_eq!(with_header(r#"{"alg":"HS256","kid":"k1","typ":"JWT"}"#), "verified");
    // A key that comes with the token is not looked at.
    assert_eq!(
        with_header(r#"{"alg":"HS256","jku":"https://evil/","x5u":"https://evil/"}"#),
        "verified"
    );
    for header in [
        r#"{"alg":"none"}"#,
        r#"{"alg":"None"}"#,
        r#"{"alg":"nOnE"}"#,
        r#"{}"#,
        r#"{"alg":null}"#,
        r#"{"alg":1}"#,
        r#"{"alg":"HS512"}"#,
        r#"{"alg":"RS256"}"#,
        r#"{"alg":"hs256"}"#,
        r#"{"alg":"HS256","alg":"HS256"}"#,
        r#"{"alg":"HS256","kid":["k1"]}"#,
        r#"{"alg":"HS256","kid":""}"#,
        r#"{"alg":"HS256","crit":["exp"]}"#,
        r#"{"alg":"HS256","crit":[]}"#,
        r#"{"alg":"HS256","b64":false}"#,
        r#"{"alg":"HS256","b64":true}"#,
        r#"{"alg":"HS256","zip":"DEF"}"#,
        r#"["HS256"]"#,
        "not json",
    ] {
        assert_eq!(with_header(header), "malformed", "{header}");
    }
    let long = format!(r#"{{"alg":"HS256","kid":"{}"}}"#, "a".repeat(257));
    assert_eq!(with_header(&long), "malformed");
    for kid in ["../../dev/null", "' OR 1=1", "k2"] {
        assert_eq!(with_header(&format!(r#"{{"alg":"HS256","kid":"{kid}"}}"#)), "mismatch");
    }
}

#[test]
fn only_a_compact_token_of_three_parts_is_taken() {
    let verifier = token_verifier(&token(json!({})));
    let good = made(r#"{"alg":"HS256"}"#, "{}", SECRET.as_bytes());
    let judged = |value: String| code(judge(&verifier, &value, ""));
    assert_eq!(judged(format!("bearer {good}")), "verified");
    assert_eq!(judged(format!("Bearer   {good}")), "verified");
    let (signed, _) = good.rsplit_once('.').unwrap();
    for value in [
        good.clone(),
        format!("Basic {good}"),
        format!("Bearer {signed}."),
        format!("Bearer {signed}"),
        format!("Bearer {good}.x.y"),
        format!("Bearer {}", ".".repeat(10_000)),
        format!("Bearer {good}="),
        format!("Bearer {}", good.replace('.', ". ")),
        "Bearer ..".into(),
        "Bearer é".into(),
    ] {
        assert_eq!(judged(value.clone()), "malformed", "{value:.60}");
    }
    // With a trailing bit that is not zero.
    let mut twisted = good.clone();
    let last = twisted.pop().unwrap();
    twisted.push(char::from(u32::from(last) as u8 + 1));
    assert!(judge(&verifier, &format!("Bearer {twisted}"), "").is_err());
}

#[test]
fn times_that_cannot_be_read_are_not_absent_times() {
    let times = |rule: &str, max_age: Value| {
        token(json!({"times": {
            "expires": rule, "not_before": rule, "issued": rule, "leeway": 5, "max_age": max_age,
        }}))
    };
    let judged = |stored: &Value, claims: &str| {
        let token = made(r#"{"alg":"HS256"}"#, claims, SECRET.as_bytes());
        code(judge(&token_verifier(stored), &format!("Bearer {token}"), ""))
    };
    let optional = times("if_present", Value::Null);
    let ignored = times("ignored", Value::Null);
    assert_eq!(judged(&optional, "{}"), "verified");
    for (claims, expected) in [
        (r#"{"exp":1700000000}"#, "verified"),
        (r#"{"exp":1699999996}"#, "verified"),
        (r#"{"exp":1699999995}"#, "stale"),
        (r#"{"nbf":1700000005}"#, "verified"),
        (r#"{"nbf":1700000006}"#, "future"),
        (r#"{"iat":1700000006}"#, "future"),
    ] {
        assert_eq!(judged(&optional, claims), expected, "{claims}");
        assert_eq!(judged(&ignored, claims), "verified", "{claims}");
    }
    for name in ["exp", "nbf", "iat"] {
        for value in [
            "\"99999999999\"",
            "1.7e9",
            "1700000000.5",
            "-1",
            "1e400",
            "[1700000000]",
            "null",
            "99999999999999",
            "true",
            "{}",
        ] {
            let claims = format!("{{\"{name}\":{value}}}");
            assert_eq!(judged(&optional, &claims), "malformed", "{claims}");
        }
    }
    let required = times("required", json!(300));
    assert_eq!(judged(&required, r#"{"exp":1700000100,"nbf":1,"iat":1699999700}"#), "verified");
    assert_eq!(judged(&required, r#"{"exp":1700000100,"nbf":1,"iat":1699999699}"#), "stale");
    assert_eq!(judged(&required, r#"{"nbf":1,"iat":1699999700}"#), "absent");
    for claims in ["[]", "1", "{", r#"{"exp":1700000100,"exp":1800000000}"#] {
        assert_eq!(judged(&optional, claims), "malformed", "{claims}");
    }
}

#[test]
fn claims_are_exact_and_a_body_digest_binds_the_body() {
    let stored = with(
        token(json!({})),
        "require",
        json!([
            {"at": {"claim": "aud"}, "equals": {"parameter": "audience"}},
            {"at": {"claim": "iss"}, "equals": {"text": "them"}},
            body_digest("body", "hex", false),
        ]),
    );
    let verifier = token_verifier(&stored);
    // SHA-256 of `body`.
    let digest = "230d8358dc8e8890b4c58deeb62912ee2f20357ae92a5cc861b98e68fe31acb5";
    let judged = |audience: &str, issuer: &str, body: &str| {
        let claims = format!(r#"{{"aud":{audience},"iss":"{issuer}","body":"{digest}"}}"#);
        let token = made(r#"{"alg":"HS256"}"#, &claims, SECRET.as_bytes());
        judge(&verifier, &format!("Bearer {token}"), body)
    };
    assert_eq!(judged("\"us\"", "them", "body"), Ok(BodyCoverage::Digest));
    assert_eq!(judged("[\"others\",\"us\"]", "them", "body"), Ok(BodyCoverage::Digest));
    for (audience, issuer, body) in [
        ("\"us\"", "them", "Body"),
        ("\"us\"", "other", "body"),
        ("\"others\"", "them", "body"),
        ("[\"others\"]", "them", "body"),
        ("[]", "them", "body"),
        ("[\"\"]", "them", "body"),
        ("null", "them", "body"),
        ("[[\"us\"]]", "them", "body"),
        ("\"\"", "them", "body"),
    ] {
        let judged = judged(audience, issuer, body);
        assert!(judged.is_err(), "{audience} {issuer} {body}");
    }
    assert_eq!(
        scheme(&token(json!({}))).coverage().body,
        BodyCoverage::Nothing,
        "a token alone says nothing of the body"
    );
}

#[test]
fn a_detached_signature_is_over_the_delivery() {
    let stored = token(json!({
        "payload": {"detached": ["method", {"literal": " "}, {"url": "path"}, {"literal": "\n"}, "body"]},
        "times": {"expires": "ignored", "not_before": "ignored", "issued": "ignored", "leeway": 0, "max_age": null},
    }));
    let verifier = token_verifier(&stored);
    let whole = made(r#"{"alg":"HS256"}"#, "POST /p\nbody", SECRET.as_bytes());
    let parts: Vec<&str> = whole.split('.').collect();
    let detached = format!("Bearer {}..{}", parts[0], parts[2]);
    assert_eq!(judge(&verifier, &detached, "body"), Ok(BodyCoverage::Whole));
    assert_eq!(code(judge(&verifier, &detached, "Body")), "mismatch");
    assert_eq!(code(judge(&verifier, &format!("Bearer {whole}"), "body")), "malformed");
}

#[test]
fn what_the_scheme_signs_it_verifies() {
    for stored in [
        token(json!({})),
        with(token(json!({})), "require", json!([body_digest("body", "base64", false)])),
        token(json!({
            "payload": {"detached_unencoded": ["body"]},
            "times": {"expires": "ignored", "not_before": "ignored", "issued": "ignored", "leeway": 0, "max_age": null},
        })),
    ] {
        let verifier = token_verifier(&stored);
        let request = Unsigned {
            method: "POST",
            url: "https://a.example/p",
            headers: &[],
            body: b"{}",
            id: "evt_1",
        };
        let signed = verifier.sign(&request, NOW).unwrap();
        let lines = signed.header_lines();
        let head = Head::new(&signed.method, &signed.url, &lines);
        let judged = verifier.verify(&Delivery::new(head, &signed.body), NOW);
        assert!(judged.is_ok(), "{judged:?}");
    }
}

// ---- keys ---------------------------------------------------------------------------------------

#[cfg(feature = "asymmetric")]
mod keys {
    use super::*;

    /// The public key of RFC 8032, section 7.1, test 1.
    const ED25519: &str = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

    fn fault(stored: &Value, key: &str) -> Option<String> {
        let verifier = Verifier::new(scheme(stored), [Secret::new(key).unwrap()]);
        verifier.err().map(|error| error.to_string())
    }

    #[test]
    fn the_fourteen_ed25519_keys_of_small_order_are_refused() {
        let stored = signature(json!({"algorithm": "ed25519"}));
        assert_eq!(fault(&stored, ED25519), None);
        // The encodings of the points of order 1, 2, 4 and 8, canonical and not, as libsodium
        // lists them, each with both signs.
        for y in [
            "0000000000000000000000000000000000000000000000000000000000000000",
            "0100000000000000000000000000000000000000000000000000000000000000",
            "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
            "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
            "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        ] {
            let mut bytes = hex::decode(y).unwrap();
            for sign in [0, 0x80] {
                bytes[31] = bytes[31] & 0x7f | sign;
                let fault = fault(&stored, &hex::encode(&bytes)).unwrap();
                assert!(fault.contains("small order"), "{fault}");
            }
        }
        for key in ["d75a", "whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo", "not a key at all"]
        {
            assert!(fault(&stored, key).is_some(), "{key}");
        }
        assert_eq!(fault(&stored, "whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="), None);
    }

    #[test]
    fn weak_rsa_keys_and_points_off_their_curve_are_refused() {
        let rsa = signature(json!({}));
        let jwk = |n: &[u8], e: &str| {
            use base64::Engine as _;
            let n = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(n);
            json!({"kty": "RSA", "n": n, "e": e}).to_string()
        };
        let odd = [0xd3; 256];
        assert_eq!(fault(&rsa, &jwk(&odd, "AQAB")), None);
        for (n, e, expected) in [
            (&odd[..128], "AQAB", "shorter than 2048"),
            (&[0xd2; 256][..], "AQAB", "even"),
            (&odd[..], "AQ", "exponent"),
            (&odd[..], "Ag", "exponent"),
            (&[0xd3; 1025][..], "AQAB", "longer"),
        ] {
            let fault = fault(&rsa, &jwk(n, e)).unwrap();
            assert!(fault.contains(expected), "{fault}");
        }
        let p256 = signature(
            json!({"algorithm": {"ecdsa": {"curve": "p256", "hash": "sha256", "form": "der"}}}),
        );
        let point = |y: &str| {
            json!({"kty": "EC", "crv": "P-256", "x": "04N0xi21hshyvBp7I167sbE_bXqyqkAPfefdklMO7wY", "y": y}).to_string()
        };
        assert_eq!(fault(&p256, &point("UI8exy-C06a7DUnjIdENkxeFtHM4-l_41LqEw9nVgmw")), None);
        let fault = fault(&p256, &point("UI8exy-C06a7DUnjIdENkxeFtHM4-l_41LqEw9nVgnw")).unwrap();
        assert!(fault.contains("curve"), "{fault}");
    }

    #[test]
    fn a_public_key_is_never_the_secret_of_an_hmac() {
        let stored = token(json!({"algorithms": ["HS256", "EdDSA"]}));
        let pem = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n-----END PUBLIC KEY-----\n";
        let verifier = Verifier::new(scheme(&stored), [Secret::new(pem).unwrap()]).unwrap();
        for secret in [pem.as_bytes(), pem.trim().as_bytes(), &hex::decode(ED25519).unwrap()] {
            let token = made(r#"{"alg":"HS256"}"#, "{}", secret);
            assert_eq!(code(judge(&verifier, &format!("Bearer {token}"), "")), "mismatch");
        }
    }

    #[test]
    fn a_named_key_is_asked_for_once_and_only_from_its_pinned_host() {
        let (_, paypal) = schemes().into_iter().find(|(name, _)| *name == "paypal-v2").unwrap();
        let vectors: Vec<Value> =
            serde_json::from_str(include_str!("keys/published.json")).unwrap();
        let vector = vectors.iter().find(|vector| vector["provider"] == "paypal-v2").unwrap();
        let none: [SigningKey; 0] = [];
        let verifier =
            Verifier::with_parameters(scheme(&paypal), none, parameters(vector)).unwrap();
        let now = Timestamp::from_unix_seconds(vector["timestamp"].as_i64().unwrap());
        let body = vector["body"].as_str().unwrap().as_bytes();
        let deliver = |address: &str, judge: &dyn Fn(&Delivery<'_>)| {
            let lines: Vec<(&str, &[u8])> = vector["headers"]
                .as_object()
                .unwrap()
                .iter()
                .map(|(name, value)| match name.eq_ignore_ascii_case("paypal-cert-url") {
                    true => (name.as_str(), address.as_bytes()),
                    false => (name.as_str(), value.as_str().unwrap().as_bytes()),
                })
                .collect();
            judge(&Delivery::new(Head::post("", &lines), body));
        };
        let genuine = "https://api.sandbox.paypal.com/v1/notifications/certs/CERT-360caa42";
        let certificate = vector["public_key"].as_str().unwrap();
        let fetched = |address: &str| -> FetchedKey {
            let mut request = None;
            let slot = std::cell::RefCell::new(&mut request);
            deliver(address, &|delivery| {
                **slot.borrow_mut() = verifier.key_request(delivery, now).unwrap();
            });
            let request = request.unwrap();
            assert_eq!(request, KeyRequest::Url(address.to_owned()));
            assert!(verifier.fetched_key(&request, "<html>try later</html>").is_err());
            verifier.fetched_key(&request, certificate).unwrap()
        };
        let key = fetched(genuine);
        deliver(genuine, &|delivery| {
            assert_eq!(verifier.verify(delivery, now).unwrap_err().code(), "key_unknown");
            assert!(verifier.verify_with(delivery, &key, now).is_ok());
        });
        let other = fetched("https://api.paypal.com/v1/notifications/certs/CERT-other");
        deliver(genuine, &|delivery| {
            assert_eq!(
                verifier.verify_with(delivery, &other, now).unwrap_err().code(),
                "key_unknown"
            );
        });
        for address in [
            "http://api.paypal.com/v1/notifications/certs/x",
            "https://evil.com/v1/notifications/certs/x",
            "https://api.paypal.com.evil.com/v1/notifications/certs/x",
            "https://api.paypal.com@evil.com/v1/notifications/certs/x",
            "https://api.paypal.com/other/x",
            "https://api.paypal.com:444/v1/notifications/certs/x",
        ] {
            deliver(address, &|delivery| {
                assert_eq!(verifier.key_request(delivery, now).unwrap_err().code(), "malformed");
            });
        }
    }
}
