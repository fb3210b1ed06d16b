//! JSON web tokens and signatures: the rows JOS of the threat model, and CRT-04 and CRT-05.
//!
//! JOS-12 to JOS-14 and JOS-17 are also judged by Wycheproof's vectors, in `tests/wycheproof`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use hookstage::scheme::{BodyCoverage, Parameter, Parameters, SigningKey, Unsigned};
use hookstage::{Delivery, Head, Refusal, Secret, Timestamp, Verifier};
use serde_json::{Value, json};
use stored::{body_digest, scheme, token, with};

mod stored;

const NOW: Timestamp = Timestamp::from_unix_seconds(1_700_000_000);

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
fn jos_01_03_04_05_09_11_a_token_chooses_nothing_about_its_verification() {
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
fn jos_10_12_16_only_a_compact_token_of_three_parts_is_taken() {
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
        // More than any header may hold, whatever it is.
        format!("Bearer {}", ".".repeat(100_000)),
        format!("Bearer {}.e30.AAAA", "A".repeat(1 << 20)),
        format!("Bearer {}", "a.b.c.d.e"),
        format!("Bearer {good}="),
        format!("Bearer {}", good.replace('.', ". ")),
        "Bearer ..".into(),
        "Bearer é".into(),
    ] {
        assert_eq!(judged(value.clone()), "malformed", "{value:.60}");
    }
    // A second line, even the same one, leaves open which of them counts.
    let value = format!("Bearer {good}");
    let lines = [("authorization", value.as_bytes()), ("Authorization", value.as_bytes())];
    let judged = verifier.verify(&Delivery::new(Head::post("", &lines), b""), NOW);
    assert_eq!(judged.unwrap_err().code(), "malformed");
    // With a trailing bit that is not zero.
    let mut twisted = good.clone();
    let last = twisted.pop().unwrap();
    twisted.push(char::from(u32::from(last) as u8 + 1));
    assert!(judge(&verifier, &format!("Bearer {twisted}"), "").is_err());
}

#[test]
fn jos_06_07_11_times_that_cannot_be_read_are_not_absent_times() {
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
    // However far off the token's own end is, its age is bounded.
    assert_eq!(judged(&required, r#"{"exp":9999999999,"nbf":1,"iat":1699999699}"#), "stale");
    assert_eq!(judged(&required, r#"{"nbf":1,"iat":1699999700}"#), "absent");
    for claims in ["[]", "1", "{", r#"{"exp":1700000100,"exp":1800000000}"#] {
        assert_eq!(judged(&optional, claims), "malformed", "{claims}");
    }
}

/// RFC 7519 leaves the leeway to whoever judges; a refusal counts from its end.
#[test]
fn how_far_off_a_token_is_counts_from_the_end_of_the_leeway() {
    let stored = token(json!({"times": {
        "expires": "if_present", "not_before": "if_present", "issued": "required",
        "leeway": 5, "max_age": 300,
    }}));
    let verifier = token_verifier(&stored);
    let by = |seconds| std::time::Duration::from_secs(seconds);
    for (claims, wanted) in [
        (r#"{"iat":1700000000,"exp":1699999990}"#, Refusal::Stale { by: by(5), age: None }),
        (r#"{"iat":1700000000,"nbf":1700000010}"#, Refusal::Future { by: by(5), ahead: None }),
        (r#"{"iat":1700000020}"#, Refusal::Future { by: by(15), ahead: None }),
        (r#"{"iat":1699999690}"#, Refusal::Stale { by: by(10), age: None }),
    ] {
        let token = made(r#"{"alg":"HS256"}"#, claims, SECRET.as_bytes());
        let refused = judge(&verifier, &format!("Bearer {token}"), "").unwrap_err();
        assert_eq!(refused, wanted, "{claims}");
    }
}

#[test]
fn jos_08_11_15_claims_are_exact_and_a_body_digest_binds_the_body() {
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
        // Said twice, in either order.
        ("\"us\",\"aud\":\"others\"", "them", "body"),
        ("\"others\",\"aud\":\"us\"", "them", "body"),
        ("\"us \"", "them", "body"),
        ("\"US\"", "them", "body"),
        ("\"us\"", "", "body"),
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

/// RFC 7519, section 4.1.3: an audience is a text or an array of texts, and one that fits is enough.
#[test]
fn jos_08_an_array_of_audiences_holds_the_expected_one_however_that_is_said() {
    for (equals, given) in [
        (json!({"text": "us"}), true),
        (json!({"any_text": ["you", "us"]}), true),
        (json!({"parameter": "audience"}), true),
        (json!({"parameter_if_given": "audience"}), true),
        (json!({"parameter_if_given": "audience"}), false),
    ] {
        let stored =
            with(token(json!({})), "require", json!([{"at": {"claim": "aud"}, "equals": equals}]));
        let key = SigningKey::new(Secret::new(SECRET).unwrap());
        let parameters = match given {
            true => Parameters::new().with(Parameter::Audience, "us"),
            false => Parameters::new(),
        };
        let verifier = Verifier::with_parameters(scheme(&stored), [key], parameters).unwrap();
        for (audience, fits) in [
            (r#""us""#, true),
            (r#"["us"]"#, true),
            (r#"["others","us"]"#, true),
            (r#"["others"]"#, false),
            (r#"["us "]"#, false),
            ("[]", false),
            (r#""others""#, false),
        ] {
            let claims = format!(r#"{{"aud":{audience}}}"#);
            let token = made(r#"{"alg":"HS256"}"#, &claims, SECRET.as_bytes());
            let judged = code(judge(&verifier, &format!("Bearer {token}"), ""));
            let wanted = if fits || !given { "verified" } else { "different" };
            assert_eq!(judged, wanted, "{equals} {audience}");
        }
    }
}

/// A token covers itself, and of the body what it is or what it is made over.
#[test]
fn jos_15_a_token_covers_the_body_as_far_as_it_is_the_body() {
    let plain = json!({"plain": {"prefix": ""}});
    let fields = |name: &'static str| BodyCoverage::Fields(vec![name.into()]);
    let at = |place: Value| token(json!({"at": place, "grammar": plain}));
    let over = |content: Value| {
        token(json!({"payload": {"detached": content}, "times": {
            "expires": "ignored", "not_before": "ignored", "issued": "ignored", "leeway": 0,
            "max_age": null,
        }}))
    };
    for (stored, body) in [
        (at(json!("whole_body")), BodyCoverage::Whole),
        (at(json!({"body": "/signedPayload"})), fields("/signedPayload")),
        (at(json!({"form": "token"})), fields("token")),
        (at(json!({"header": "x-token"})), BodyCoverage::Nothing),
        (over(json!(["body"])), BodyCoverage::Whole),
        (over(json!([{"value": {"body": "/a"}}])), fields("/a")),
        (over(json!([{"value": {"body": "/a"}}, "body"])), BodyCoverage::Whole),
        (over(json!(["method"])), BodyCoverage::Nothing),
    ] {
        assert_eq!(scheme(&stored).coverage().body, body, "{stored}");
    }
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

/// The algorithm and the key that a token brings are its sender's wish.
#[test]
fn jos_03_04_a_key_that_comes_with_the_token_is_an_attackers() {
    let stored = token(json!({"algorithms": ["HS256", "HS384", "HS512"]}));
    let key = |changes: &str| {
        format!(r#"{{"kty":"oct","k":"aG9va3N0YWdlLXRlc3Qtc2VjcmV0LW9mLTMyLWJ5dGVz"{changes}}}"#)
    };
    let verifier = |text: String| Verifier::new(scheme(&stored), [Secret::new(text).unwrap()]);
    let attacker = b"the attacker's own secret of 32 bytes";
    for member in [
        r#""jwk":{"kty":"oct","k":"dGhlIGF0dGFja2VyJ3Mgb3duIHNlY3JldCBvZiAzMiBieXRlcw"}"#,
        r#""jku":"https://evil.example/keys.json""#,
        r#""x5u":"https://evil.example/chain.pem""#,
        r#""x5c":["AAAA"]"#,
        r#""x5t":"AAAA""#,
    ] {
        let made = made(&format!(r#"{{"alg":"HS256",{member}}}"#), "{}", attacker);
        let judged = judge(&verifier(key("")).unwrap(), &format!("Bearer {made}"), "");
        assert_eq!(code(judged), "mismatch", "{member}");
    }
    // A key that is pinned to one algorithm is for no other.
    let secret = "k".repeat(64);
    let genuine = made(r#"{"alg":"HS256"}"#, "{}", secret.as_bytes());
    let long = "a2tr".repeat(21) + "aw";
    for (pin, expected) in [
        ("", "verified"),
        (r#","alg":"HS256""#, "verified"),
        (r#","alg":"HS384""#, "mismatch"),
        (r#","alg":"HS512""#, "mismatch"),
    ] {
        let text = format!(r#"{{"kty":"oct","k":"{long}"{pin}}}"#);
        let judged = judge(&verifier(text).unwrap(), &format!("Bearer {genuine}"), "");
        assert_eq!(code(judged), expected, "{pin}");
    }
}

#[test]
fn jos_05_17_keys_that_are_for_something_else_or_named_twice_are_refused_when_configured() {
    let stored = token(json!({}));
    let secret = "aG9va3N0YWdlLXRlc3Qtc2VjcmV0LW9mLTMyLWJ5dGVz";
    let judge = |text: String| {
        let judged = Verifier::new(scheme(&stored), [Secret::new(text).unwrap()]);
        judged.map(drop).map_err(|error| error.to_string())
    };
    let key = |changes: &str| format!(r#"{{"kty":"oct","k":"{secret}"{changes}}}"#);
    assert_eq!(judge(key("")), Ok(()));
    assert_eq!(judge(key(r#","use":"sig","key_ops":["verify","sign"]"#)), Ok(()));
    for (changes, what) in [
        (r#","use":"enc""#, "use"),
        (r#","key_ops":["encrypt"]"#, "key_ops"),
        (r#","key_ops":[]"#, "key_ops"),
    ] {
        let error = judge(key(changes)).unwrap_err();
        assert!(error.contains(what) && !error.contains(secret), "{error}");
    }
    let set = |one: &str, two: &str| format!(r#"{{"keys":[{},{}]}}"#, key(one), key(two));
    assert_eq!(judge(set(r#","kid":"a""#, r#","kid":"b""#)), Ok(()));
    let error = judge(set(r#","kid":"a""#, r#","kid":"a""#)).unwrap_err();
    assert!(error.contains("same `kid`"), "{error}");
}

/// Keys of a set are told apart, and all of them are the one that was given.
#[test]
fn each_key_of_a_set_has_a_place_and_leads_back_to_the_set() {
    use base64::Engine as _;
    let engine = base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let secret = |id: &str| format!("the secret of the key with the id {id}");
    let set = |ids: &[&str]| {
        let keys: Vec<Value> = ids
            .iter()
            .map(|id| json!({"kty": "oct", "kid": id, "k": engine.encode(secret(id))}))
            .collect();
        Secret::new(json!({ "keys": keys }).to_string()).unwrap()
    };
    let sets = [set(&["a", "b", "c"]), set(&["d"]), set(&["e", "f"])];
    let verifier = Verifier::new(scheme(&token(json!({}))), sets).unwrap();
    for (place, id, given) in
        [(0, "a", 0), (1, "b", 0), (2, "c", 0), (3, "d", 1), (4, "e", 2), (5, "f", 2)]
    {
        let made =
            made(&json!({"alg": "HS256", "kid": id}).to_string(), "{}", secret(id).as_bytes());
        let value = format!("Bearer {made}");
        let headers = [("authorization", value.as_bytes())];
        let delivery = Delivery::new(Head::post("https://a.example/p", &headers), b"");
        let proof = verifier.verify(&delivery, NOW).unwrap();
        assert_eq!(proof.key_index(), Some(place), "{id}");
        assert_eq!(verifier.given_key(place), Some(given), "{id}");
    }
    assert_eq!(verifier.given_key(6), None);
}

/// A token is a bearer credential: without a digest of the body it vouches for none.
#[test]
fn jos_15_a_token_alone_leaves_the_body_open_and_says_so() {
    let stored = token(json!({}));
    let verifier = token_verifier(&stored);
    let made = made(r#"{"alg":"HS256"}"#, r#"{"id":"evt_1"}"#, SECRET.as_bytes());
    for body in ["{}", r#"{"amount":1}"#, r#"{"amount":1000000}"#] {
        let judged = judge(&verifier, &format!("Bearer {made}"), body);
        assert_eq!(judged, Ok(BodyCoverage::Nothing), "{body}");
    }
    assert!(!verifier.scheme().coverage().binds_body());
    // It vouches for the moment of issue only where it cannot do without one.
    for (issued, is_covered) in [("required", true), ("if_present", false), ("ignored", false)] {
        let times = json!({
            "expires": "if_present", "not_before": "if_present", "issued": issued,
            "leeway": 0, "max_age": null,
        });
        let coverage = scheme(&token(json!({ "times": times }))).coverage().clone();
        assert_eq!(coverage.timestamp, is_covered, "{issued}");
    }
}

#[cfg(feature = "asymmetric")]
mod asymmetric {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;

    const P256: &str = include_str!("mutations/keys/p256-one.pem");
    const RSA: &str = include_str!("mutations/keys/rsa-one.pem");

    fn verifier(algorithms: &[&str], pem: &str) -> Verifier {
        let stored = token(json!({"algorithms": algorithms, "key": {"ring": "public"}}));
        Verifier::new(scheme(&stored), [Secret::new(pem).unwrap()]).unwrap()
    }

    /// A token of the scheme's own, without the word before it.
    fn signed(verifier: &Verifier) -> String {
        let request = Unsigned { method: "POST", url: "", headers: &[], body: b"{}", id: "evt_1" };
        let signed = verifier.sign(&request, NOW).unwrap();
        let (_, value) = signed.headers.iter().find(|(name, _)| name == "authorization").unwrap();
        String::from_utf8(value.clone()).unwrap().strip_prefix("Bearer ").unwrap().to_owned()
    }

    fn judged(verifier: &Verifier, token: &str) -> &'static str {
        code(judge(verifier, &format!("Bearer {token}"), "{}"))
    }

    fn with_signature(token: &str, signature: &[u8]) -> String {
        let (signed, _) = token.rsplit_once('.').unwrap();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    #[test]
    fn jos_02_a_public_key_is_never_the_secret_of_an_hmac() {
        // The public key of RFC 8032, section 7.1, test 1, in each of its spellings.
        let raw = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
        let pem = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n-----END PUBLIC KEY-----\n";
        let jwk =
            r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
        let spki = "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
        let der = base64::engine::general_purpose::STANDARD.decode(spki).unwrap();
        let stored = token(json!({"algorithms": ["HS256", "EdDSA"]}));
        for configured in [pem, jwk] {
            let secret = Secret::new(configured).unwrap();
            let verifier = Verifier::new(scheme(&stored), [secret]).unwrap();
            for secret in [
                pem.as_bytes(),
                pem.trim().as_bytes(),
                jwk.as_bytes(),
                spki.as_bytes(),
                &der,
                raw.as_bytes(),
                &hex::decode(raw).unwrap(),
                b"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
            ] {
                let made = made(r#"{"alg":"HS256"}"#, "{}", secret);
                assert_eq!(judged(&verifier, &made), "mismatch");
            }
        }
    }

    #[test]
    fn jos_13_an_ecdsa_signature_of_a_token_has_one_form() {
        let verifier = verifier(&["ES256"], P256);
        let token = signed(&verifier);
        assert_eq!(judged(&verifier, &token), "verified");
        let (_, text) = token.rsplit_once('.').unwrap();
        let raw = URL_SAFE_NO_PAD.decode(text).unwrap();
        let (r, s) = raw.split_at(32);
        let number = |bytes: &[u8]| {
            let mut bytes = bytes.to_vec();
            if bytes[0] & 0x80 != 0 {
                bytes.insert(0, 0);
            }
            [&[2, bytes.len() as u8], bytes.as_slice()].concat()
        };
        let numbers = [number(r), number(s)].concat();
        let der = [&[0x30, numbers.len() as u8], numbers.as_slice()].concat();
        // The order of P-256 (FIPS 186-5).
        let order = hex::decode("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
        let order = order.unwrap();
        let zero = [0; 32];
        let one = {
            let mut one = [0; 32];
            one[31] = 1;
            one
        };
        for (what, forged) in [
            ("DER", der),
            ("r and s zero", [zero, zero].concat()),
            ("r zero", [&zero, s].concat()),
            ("s zero", [r, &zero].concat()),
            ("r of the order", [&order, s].concat()),
            ("s of the order", [r, order.as_slice()].concat()),
            ("r and s one", [one, one].concat()),
            ("all ones", vec![0xff; 64]),
            ("a byte short", raw[..63].to_vec()),
            ("a byte long", [raw.as_slice(), &[0]].concat()),
            ("a zero before", [&[0], raw.as_slice()].concat()),
            ("r alone", r.to_vec()),
            ("the numbers swapped", [s, r].concat()),
        ] {
            assert_eq!(judged(&verifier, &with_signature(&token, &forged)), "mismatch", "{what}");
        }
    }

    #[test]
    fn jos_14_the_two_rsa_paddings_are_two_algorithms() {
        let (pkcs1, pss) = (verifier(&["RS256"], RSA), verifier(&["PS256"], RSA));
        let (rs256, ps256) = (signed(&pkcs1), signed(&pss));
        assert_eq!(judged(&pkcs1, &rs256), "verified");
        assert_eq!(judged(&pss, &ps256), "verified");
        assert_eq!(judged(&pkcs1, &ps256), "malformed");
        assert_eq!(judged(&pss, &rs256), "malformed");
        // Even where the scheme takes both, the header's word alone makes neither of the other.
        let both = verifier(&["RS256", "PS256"], RSA);
        assert_eq!(judged(&both, &rs256), "verified");
        let header = |name: &str| URL_SAFE_NO_PAD.encode(format!(r#"{{"alg":"{name}"}}"#));
        for (token, other) in [(&rs256, "PS256"), (&ps256, "RS256")] {
            let (_, rest) = token.split_once('.').unwrap();
            let renamed = format!("{}.{rest}", header(other));
            assert_eq!(judged(&both, &renamed), "mismatch", "{other}");
        }
        // And a key that is pinned stays so.
        let (header_of, _) = rs256.split_once('.').unwrap();
        assert_eq!(header_of, header("RS256"));
    }
}

#[cfg(feature = "x509")]
mod chains {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    fn chains() -> Value {
        serde_json::from_str(include_str!("keys/chains.json")).unwrap()
    }

    fn pem(der: &str) -> String {
        format!("-----BEGIN CERTIFICATE-----\n{der}\n-----END CERTIFICATE-----\n")
    }

    fn verifier(root: &str) -> Verifier {
        let stored = token(json!({
            "grammar": {"plain": {"prefix": ""}},
            "at": {"body": "/signedPayload"},
            "algorithms": ["ES256"],
            "key": {"chain": {
                "length": 3,
                "leaf_marker": "1.2.840.113635.100.6.11.1",
                "intermediate_marker": "1.2.840.113635.100.6.2.1",
            }},
        }));
        Verifier::new(scheme(&stored), [Secret::new(root).unwrap()]).unwrap()
    }

    fn judged(verifier: &Verifier, token: &str) -> &'static str {
        let body = json!({"signedPayload": token}).to_string();
        let judged = verifier.verify(&Delivery::new(Head::post("", &[]), body.as_bytes()), NOW);
        judged.map_or_else(|refusal| refusal.code(), |_| "accept")
    }

    #[test]
    fn crt_04_a_chain_leads_to_the_pinned_root_and_is_marked_all_the_way() {
        let chains = chains();
        let verifier = verifier(&pem(chains["root"].as_str().unwrap()));
        let mut judged_rows = 0;
        for row in chains["tests"].as_array().unwrap() {
            let judged = judged(&verifier, row["token"].as_str().unwrap());
            assert_eq!(judged, row["result"].as_str().unwrap(), "{}", row["comment"]);
            judged_rows += 1;
        }
        assert!(judged_rows >= 17, "{judged_rows}");
    }

    /// The certificate that the sender brings as its root counts for nothing.
    #[test]
    fn crt_04_a_root_that_is_not_pinned_proves_nothing() {
        let chains = chains();
        let row = |id: &str| {
            let rows = chains["tests"].as_array().unwrap();
            rows.iter().find(|row| row["id"] == id).unwrap()["token"].as_str().unwrap().to_owned()
        };
        let header = row("self-made").split('.').next().unwrap().to_owned();
        let header = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(header).unwrap();
        let header: Value = serde_json::from_slice(&header).unwrap();
        let other_root = verifier(&pem(header["x5c"][2].as_str().unwrap()));
        assert_eq!(judged(&other_root, &row("self-made")), "accept");
        assert_eq!(judged(&other_root, &row("genuine")), "mismatch");
    }

    /// The number of certificates is counted before any of them is read.
    #[test]
    fn crt_05_a_chain_that_is_made_to_be_slow_is_counted_and_refused() {
        let verifier = verifier(&pem(chains()["root"].as_str().unwrap()));
        let encode = |text: String| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text);
        for count in [0, 1, 2, 4, 100, 1000] {
            let certificates = vec![STANDARD.encode([0x30; 600]); count];
            let header = encode(json!({"alg": "ES256", "x5c": certificates}).to_string());
            let token = format!("{header}.{}.{}", encode("{}".into()), "A".repeat(86));
            assert_eq!(judged(&verifier, &token), "malformed", "{count}");
        }
        for odd in [json!("AAAA"), json!({}), json!([1, 2, 3]), json!(["!", "!", "!"]), Value::Null]
        {
            let header = encode(json!({"alg": "ES256", "x5c": odd}).to_string());
            let token = format!("{header}.{}.{}", encode("{}".into()), "A".repeat(86));
            assert_eq!(judged(&verifier, &token), "malformed", "{odd}");
        }
        let three = json!({"alg": "ES256", "x5c": ["MAA=", "MAA=", "MAA="]}).to_string();
        let token = format!("{}.{}.{}", encode(three), encode("{}".into()), "A".repeat(86));
        assert_eq!(judged(&verifier, &token), "mismatch");
    }
}
