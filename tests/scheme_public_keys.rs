//! Public keys: vectors that providers published or that their own libraries accept, and the
//! attacks on keys, signatures and the addresses of certificates that verifiers have fallen for.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[cfg(feature = "asymmetric")]
use hookstage::scheme::{FetchedKey, KeyRequest, SigningKey, Unsigned};
use hookstage::scheme::{Parameter, Parameters};
use hookstage::{Delivery, Head, Secret, Timestamp, Verifier};
use serde_json::{Value, json};
use stored::{at, body_digest, scheme, signature, time, token, with};

mod stored;

#[cfg(feature = "asymmetric")]
const NOW: Timestamp = Timestamp::from_unix_seconds(1_700_000_000);

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
    fn key_08_the_fourteen_ed25519_keys_of_small_order_are_refused() {
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
    fn key_08_09_weak_rsa_keys_and_points_off_their_curve_are_refused() {
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

    fn point_of(curve: &str, x: &[u8], y: &[u8]) -> String {
        use base64::Engine as _;
        let text = |number| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(number);
        json!({"kty": "EC", "crv": curve, "x": text(x), "y": text(y)}).to_string()
    }

    /// The keys and the signatures of "sample" in RFC 6979, appendices A.2.5 to A.2.7: x, y, r and s.
    #[test]
    fn key_09_keys_of_each_curve_verify_and_those_off_it_are_refused() {
        let mut curves = vec![
            (
                ("P-256", "p256", "sha256"),
                "60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6\
                 7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299\
                 EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716\
                 F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8",
            ),
            (
                ("P-384", "p384", "sha384"),
                "EC3A4E415B4E19A4568618029F427FA5DA9A8BC4AE92E02E06AAE5286B300C64\
                 DEF8F0EA9055866064A254515480BC13\
                 8015D9B72D7D57244EA8EF9AC0C621896708A59367F9DFB9F54CA84B3F1C9DB1\
                 288B231C3AE0D4FE7344FD2533264720\
                 94EDBB92A5ECB8AAD4736E56C691916B3F88140666CE9FA73D64C4EA95AD133C\
                 81A648152E44ACF96E36DD1E80FABE46\
                 99EF4AEB15F178CEA1FE40DB2603138F130E740A19624526203B6351D0A3A94F\
                 A329C145786E679E7B82C71A38628AC8",
            ),
        ];
        if cfg!(feature = "more-curves") {
            curves.push((
                ("P-521", "p521", "sha512"),
                "01894550D0785932E00EAA23B694F213F8C3121F86DC97A04E5A7167DB4E5BCD37\
                 1123D46E45DB6B5D5370A7F20FB633155D38FFA16D2BD761DCAC474B9A2F5023A4\
                 00493101C962CD4D2FDDF782285E64584139C2F91B47F87FF82354D6630F746A28\
                 A0DB25741B5B34A828008B22ACC23F924FAAFBD4D33F81EA66956DFEAA2BFDFCF5\
                 00C328FAFCBD79DD77850370C46325D987CB525569FB63C5D3BC53950E6D4C5F17\
                 4E25A1EE9017B5D450606ADD152B534931D7D4E8455CC91F9B15BF05EC36E377FA\
                 00617CCE7CF5064806C467F678D3B4080D6F1CC50AF26CA209417308281B68AF28\
                 2623EAA63E5B5C0723D8B8C37FF0777B1A20F8CCB1DCCC43997F1EE0E44DA4A67A",
            ));
        }
        for ((jwk, curve, hash), numbers) in curves {
            let numbers = hex::decode(numbers).unwrap();
            let (point, signed) = numbers.split_at(numbers.len() / 2);
            let (x, y) = point.split_at(point.len() / 2);
            let fixed = json!({"ecdsa": {"curve": curve, "hash": hash, "form": "fixed"}});
            let stored = signature(json!({"algorithm": fixed, "encoding": "hex"}));
            let key = Secret::new(point_of(jwk, x, y)).unwrap();
            let verifier = Verifier::new(scheme(&stored), [key]).unwrap();
            let judge = |signed: &[u8], body: &[u8]| {
                let headers = [("x-sig", hex::encode(signed))];
                let lines = headers.each_ref().map(|(name, value)| (*name, value.as_bytes()));
                verifier
                    .verify(&Delivery::new(Head::post("", &lines), body), NOW)
                    .map_or_else(|refusal| refusal.code(), |_| "verified")
            };
            assert_eq!(judge(signed, b"sample"), "verified", "{jwk}");
            assert_eq!(judge(signed, b"simple"), "mismatch", "{jwk}");
            let mut other = signed.to_vec();
            *other.last_mut().unwrap() ^= 1;
            assert_eq!(judge(&other, b"sample"), "mismatch", "{jwk}");
            let mut off = y.to_vec();
            *off.last_mut().unwrap() ^= 1;
            let off = fault(&stored, &point_of(jwk, x, &off)).unwrap();
            assert!(off.contains("curve"), "{jwk}: {off}");
            for name in ["P-256", "P-384", "P-521", "secp256k1"] {
                let fault = fault(&stored, &point_of(name, x, y));
                assert_eq!(fault.is_none(), name == jwk, "{name} for {jwk}: {fault:?}");
            }
        }
    }

    /// The generator of SEC 2, section 2.4.1, is a point like any other.
    #[test]
    #[cfg(feature = "more-curves")]
    fn key_09_a_key_of_secp256k1_lies_on_its_curve() {
        let x = hex::decode("79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798");
        let y = hex::decode("483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8");
        let (x, mut y) = (x.unwrap(), y.unwrap());
        let stored = signature(
            json!({"algorithm": {"ecdsa": {"curve": "secp256k1", "hash": "sha256", "form": "der"}}}),
        );
        assert_eq!(fault(&stored, &point_of("secp256k1", &x, &y)), None);
        y[31] ^= 1;
        let fault = fault(&stored, &point_of("secp256k1", &x, &y)).unwrap();
        assert!(fault.contains("curve"), "{fault}");
    }

    /// A number of an RSA key whose first bit is set is negative (X.690, section 8.3).
    #[test]
    fn key_08_an_rsa_key_with_a_negative_number_is_refused() {
        use base64::Engine as _;
        let pem = |n: &[u8]| {
            let key = sequence(&[&integer(n), &integer(&[1, 0, 1])]);
            let oid = [0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1, 5, 0];
            let bits = tagged(3, &[&[0], &key[..]].concat());
            let der = sequence(&[&sequence(&[&oid]), &bits]);
            let text = base64::engine::general_purpose::STANDARD.encode(der);
            format!("-----BEGIN PUBLIC KEY-----\n{text}\n-----END PUBLIC KEY-----\n")
        };
        let rsa = signature(json!({}));
        let positive = [&[0][..], &[0xd3; 256]].concat();
        assert_eq!(fault(&rsa, &pem(&positive)), None);
        assert!(fault(&rsa, &pem(&positive[1..])).is_some(), "negative");
        // 0x80 is the smallest first byte of a negative number.
        let least = [&[0x80][..], &[0xd3; 255]].concat();
        assert!(fault(&rsa, &pem(&least)).is_some(), "negative");
    }

    fn tagged(tag: u8, content: &[u8]) -> Vec<u8> {
        let length = u16::try_from(content.len()).unwrap().to_be_bytes();
        [&[tag, 0x82, length[0], length[1]], content].concat()
    }

    fn sequence(members: &[&[u8]]) -> Vec<u8> {
        tagged(0x30, &members.concat())
    }

    fn integer(bytes: &[u8]) -> Vec<u8> {
        match u8::try_from(bytes.len()) {
            Ok(length) if length < 0x80 => [&[2, length], bytes].concat(),
            _ => tagged(2, bytes),
        }
    }

    #[test]
    fn crt_03_a_named_key_is_asked_for_once_and_only_from_its_pinned_host() {
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

    /// A delivery that a scheme signs with a private key of these tests.
    fn delivered(verifier: &Verifier, body: &[u8]) -> (Vec<(String, Vec<u8>)>, Vec<u8>) {
        let request = Unsigned { method: "POST", url: "", headers: &[], body, id: "evt_1" };
        let signed = verifier.sign(&request, NOW).unwrap();
        (signed.headers, signed.body)
    }

    fn judge_parts(
        verifier: &Verifier,
        headers: &[(String, Vec<u8>)],
        body: &[u8],
    ) -> Result<String, &'static str> {
        use hookstage::json::{Path, ReadOptions};
        use hookstage::{DedupePart, DedupeRule, Deduped, OnMissingKey};
        let lines: Vec<(&str, &[u8])> =
            headers.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
        let delivery = Delivery::new(Head::post("", &lines), body);
        let proof = verifier.verify(&delivery, NOW).map_err(|refusal| refusal.code())?;
        let rule = DedupeRule::new(
            [DedupePart::Body(Path::parse("$.id").unwrap())],
            OnMissingKey::AcceptWithoutKey,
        )
        .unwrap();
        match rule.key(&proof, &ReadOptions::default()) {
            Ok(Deduped::Key { key, .. }) => Ok(key.to_string()),
            other => panic!("{other:?}"),
        }
    }

    fn with_signature(
        headers: &[(String, Vec<u8>)],
        change: impl Fn(Vec<u8>) -> Vec<u8>,
    ) -> Vec<(String, Vec<u8>)> {
        let mut headers = headers.to_vec();
        let (_, value) = headers.iter_mut().find(|(name, _)| name == "x-sig").unwrap();
        *value = hex::encode(change(hex::decode(&value).unwrap())).into_bytes();
        headers
    }

    /// One number more or less, in place.
    fn added(number: &mut [u8], other: &[u8]) {
        let mut carry = 0_u16;
        for (digit, more) in number.iter_mut().zip(other) {
            let sum = u16::from(*digit) + u16::from(*more) + carry;
            *digit = sum as u8;
            carry = sum >> 8;
        }
        assert_eq!(carry, 0);
    }

    #[test]
    fn asy_02_an_ed25519_signature_has_one_spelling() {
        let stored = signature(json!({"algorithm": "ed25519", "encoding": "hex"}));
        let key = include_str!("mutations/keys/ed25519-one.pem");
        let verifier = Verifier::new(scheme(&stored), [Secret::new(key).unwrap()]).unwrap();
        let (headers, body) = delivered(&verifier, br#"{"id":"evt_1"}"#);
        assert!(judge_parts(&verifier, &headers, &body).is_ok());
        // The order of the group (RFC 8032, section 5.1), least significant byte first.
        let order = hex::decode("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010")
            .unwrap();
        let twin = with_signature(&headers, |mut bytes| {
            added(&mut bytes[32..], &order);
            bytes
        });
        assert_ne!(twin, headers);
        assert_eq!(judge_parts(&verifier, &twin, &body), Err("mismatch"));
        for (what, change) in [
            ("cut", (|bytes| bytes[..63].to_vec()) as fn(Vec<u8>) -> Vec<u8>),
            ("longer", |bytes| [bytes.as_slice(), &[0]].concat()),
            ("zeros", |_| vec![0; 64]),
            ("the identity and zero", |_| {
                let mut bytes = vec![0; 64];
                bytes[0] = 1;
                bytes
            }),
        ] {
            let judged = judge_parts(&verifier, &with_signature(&headers, change), &body);
            assert!(judged.is_err(), "{what}");
        }
    }

    /// ECDSA allows a second signature to whoever sees one. It makes no second event.
    #[test]
    fn asy_03_the_twin_of_an_ecdsa_signature_has_the_same_dedupe_key() {
        let algorithm = json!({"ecdsa": {"curve": "p256", "hash": "sha256", "form": "fixed"}});
        let stored = signature(json!({"algorithm": algorithm, "encoding": "hex"}));
        let key = include_str!("mutations/keys/p256-one.pem");
        let verifier = Verifier::new(scheme(&stored), [Secret::new(key).unwrap()]).unwrap();
        let (headers, body) = delivered(&verifier, br#"{"id":"evt_1"}"#);
        let genuine = judge_parts(&verifier, &headers, &body);
        let order = hex::decode("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
        let order = order.unwrap();
        let twin = with_signature(&headers, |mut bytes| {
            let mut borrow = 0_i16;
            for at in (0..32).rev() {
                let digit = i16::from(order[at]) - i16::from(bytes[32 + at]) - borrow;
                borrow = i16::from(digit < 0);
                bytes[32 + at] = digit.rem_euclid(256) as u8;
            }
            bytes
        });
        assert_ne!(twin, headers);
        assert!(genuine.is_ok());
        assert_eq!(judge_parts(&verifier, &twin, &body), genuine);
    }

    /// With nothing between time and body, a digit could move from one into the other.
    #[test]
    fn asy_04_a_digit_that_moves_between_time_and_body_makes_another_time() {
        let discord = hookstage::providers::find("discord").unwrap().scheme();
        let key = include_str!("mutations/keys/ed25519-one.pem");
        let verifier = Verifier::new(discord, [Secret::new(key).unwrap()]).unwrap();
        let (headers, body) = delivered(&verifier, b"0000{}");
        let is_time = |name: &str| name == "x-signature-timestamp";
        let time = headers.iter().find(|(name, _)| is_time(name)).unwrap().1.clone();
        let shifted = |time: Vec<u8>| -> Vec<(String, Vec<u8>)> {
            let lines = headers.iter();
            lines
                .map(|(name, value)| match is_time(name) {
                    true => (name.clone(), time.clone()),
                    false => (name.clone(), value.clone()),
                })
                .collect()
        };
        let judge = |headers: &[(String, Vec<u8>)], body: &[u8]| {
            let lines: Vec<(&str, &[u8])> =
                headers.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
            verifier.verify(&Delivery::new(Head::post("", &lines), body), NOW).map(drop)
        };
        assert!(judge(&headers, &body).is_ok());
        for moved in 1..4 {
            let later = [time.as_slice(), &body[..moved]].concat();
            assert!(judge(&shifted(later), &body[moved..]).is_err(), "{moved} to the time");
            let (kept, given) = time.split_at(time.len() - moved);
            let longer = [given, body.as_slice()].concat();
            assert!(judge(&shifted(kept.to_vec()), &longer).is_err(), "{moved} to the body");
        }
    }

    fn key_text(name: &str) -> String {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/mutations/keys");
        std::fs::read_to_string(format!("{folder}/{name}.pem")).unwrap()
    }

    fn key(name: &str) -> Secret {
        Secret::new(key_text(name)).unwrap()
    }

    /// As for a MAC: the signature of a public key is right for ever, and its time is not.
    #[test]
    fn tim_01_what_a_public_key_verifies_must_be_fresh_too() {
        use hookstage::scheme::{Algorithm, Authentication, Tolerance};
        let own = with(
            signature(json!({
                "algorithm": "ed25519",
                "encoding": "hex",
                "content": [["timestamp", {"literal": "."}, "body"]],
            })),
            "timestamp",
            time(json!({"header": "x-time"}), "seconds"),
        );
        let presets = hookstage::providers::all().iter();
        let mut judged = std::collections::BTreeSet::new();
        for (name, scheme) in
            presets.map(|preset| (preset.name, preset.scheme())).chain([("own", scheme(&own))])
        {
            let is_mac = |rule: &hookstage::scheme::Signature| {
                matches!(rule.algorithm, Algorithm::Digest(_) | Algorithm::Hmac(_))
            };
            let Some(rule) = scheme.description().timestamp.clone() else { continue };
            let Tolerance::Within { past, future } = rule.tolerance else { continue };
            let rules = match &scheme.description().authentication {
                Authentication::Signature(rule) => std::slice::from_ref(rule),
                Authentication::AnyOf(rules) => rules,
                _ => continue,
            };
            if rules.iter().any(is_mac) {
                continue;
            }
            let parameters = scheme
                .parameters()
                .into_iter()
                .fold(Parameters::new(), |all, parameter| all.with(parameter, "1234"));
            let verifier = ["ed25519-one", "p256-one", "rsa-one", "secp256k1-one", "p521-one"]
                .iter()
                .find_map(|file| {
                    let keys = [key(file)];
                    Verifier::with_parameters(scheme.clone(), keys, parameters.clone()).ok()
                });
            let Some(verifier) = verifier else { continue };
            let request = Unsigned {
                method: "POST",
                url: "https://a.example/p",
                headers: &[],
                body: b"{}",
                id: "evt_1",
            };
            let Ok(signed) = verifier.sign(&request, NOW) else { continue };
            let at = |seconds: i64| {
                let now = Timestamp::from_unix_seconds(NOW.as_unix_seconds() + seconds);
                let lines = signed.header_lines();
                let delivery = Delivery::new(Head::post(&signed.url, &lines), &signed.body);
                verifier.verify(&delivery, now).map_or_else(|refusal| refusal.code(), |_| "fresh")
            };
            let (past, future) = (i64::from(past), i64::from(future));
            let edges = [at(past), at(past + 1), at(-future), at(-future - 1)];
            assert_eq!(edges, ["fresh", "stale", "fresh", "future"], "{name}");
            judged.insert(name);
        }
        assert!(judged.contains("own") && judged.len() >= 4, "{judged:?}");
    }

    /// Each check of a public key takes as long as a hundred MACs, so keys times signatures is
    /// bounded, and not each of them.
    #[test]
    fn sig_08_no_more_than_sixteen_checks_of_public_keys_are_made() {
        let stored = signature(json!({
            "algorithm": "ed25519",
            "encoding": "hex",
            "grammar": {"items": {"item": ",", "pair": "=", "signatures": ["v1"]}},
        }));
        let [one, other] = ["ed25519-one", "ed25519-other"];
        let signer = Verifier::new(scheme(&stored), [key(other)]).unwrap();
        let (headers, body) = delivered(&signer, b"{}");
        let genuine = String::from_utf8(headers[0].1.clone()).unwrap();
        let verifier = Verifier::new(scheme(&stored), [key(one), key(other)]).unwrap();
        let judged = |place: usize| {
            let mut signatures = vec![format!("v1={}", "00".repeat(64)); 10];
            signatures[place] = genuine.clone();
            let value = signatures.join(",");
            let lines = [(headers[0].0.as_str(), value.as_bytes())];
            let delivery = Delivery::new(Head::post("", &lines), &body);
            verifier.verify(&delivery, NOW).map(|proof| proof.key_index())
        };
        // Ten by the first key, and six are left for the second.
        assert_eq!(judged(5).unwrap(), Some(1));
        let refusal = judged(6).unwrap_err();
        assert!(
            matches!(refusal, hookstage::Refusal::Mismatch { signatures: 16, keys: 2, .. }),
            "{refusal:?}"
        );
    }

    /// A token names its key in its header (RFC 7515, section 4.1.4), and the host fetches that one.
    #[test]
    fn crt_03_the_key_that_a_token_names_is_asked_of_the_host() {
        let stored = |key: Value| scheme(&token(json!({"algorithms": ["EdDSA"], "key": key})));
        let fetching =
            || stored(json!({"fetched": {"named_at": {"jose_header": "kid"}, "name": "id"}}));
        let bearer = |name: &str, id: Option<&str>| {
            let key = SigningKey::new(key(name));
            let key = match id {
                Some(id) => key.with_id(id),
                None => key,
            };
            let signer = Verifier::new(stored(json!({"ring": "public"})), [key]).unwrap();
            delivered(&signer, b"{}").0.remove(0).1
        };
        let [one, other] = ["ed25519-one", "ed25519-other"];
        let host = Verifier::new(fetching(), Vec::<SigningKey>::new()).unwrap();
        let fetched = |name: &str, id: &str| {
            let text = key_text(name);
            host.fetched_key(&KeyRequest::Id(id.to_owned()), text).unwrap()
        };
        let judged = |verifier: &Verifier, token: &[u8], key: Option<&FetchedKey>| {
            let lines = [("authorization", token)];
            let delivery = Delivery::new(Head::post("", &lines), b"{}");
            let proof = match key {
                Some(key) => verifier.verify_with(&delivery, key, NOW),
                None => verifier.verify(&delivery, NOW),
            };
            proof.map(|proof| proof.key_index()).map_err(|refusal| refusal.code())
        };
        let asked = |verifier: &Verifier, token: &[u8]| {
            let lines = [("authorization", token)];
            let delivery = Delivery::new(Head::post("", &lines), b"{}");
            verifier.key_request(&delivery, NOW).map_err(|refusal| refusal.code())
        };
        let named = bearer(one, Some("one"));
        assert_eq!(asked(&host, &named), Ok(Some(KeyRequest::Id("one".to_owned()))));
        assert_eq!(judged(&host, &named, None), Err("key_unknown"));
        assert_eq!(judged(&host, &named, Some(&fetched(one, "one"))), Ok(None));
        // What was fetched for another name, or is another key.
        assert_eq!(judged(&host, &named, Some(&fetched(one, "two"))), Err("key_unknown"));
        assert_eq!(judged(&host, &named, Some(&fetched(other, "one"))), Err("mismatch"));
        // A host that holds the key is not sent for it, named or not.
        let holds = Verifier::new(fetching(), [SigningKey::new(key(one)).with_id("one")]).unwrap();
        assert_eq!(asked(&holds, &named), Ok(None));
        assert_eq!(judged(&holds, &named, None), Ok(Some(0)));
        let nameless = bearer(one, None);
        assert_eq!(judged(&holds, &nameless, None), Ok(Some(0)));
        assert_eq!(judged(&holds, &nameless, Some(&fetched(one, "one"))), Err("absent"));
        assert_eq!(judged(&host, &nameless, None), Err("absent"));
        assert_eq!(asked(&host, &nameless), Err("absent"));
        // What is printed of it is how many keys it has.
        assert_eq!(format!("{:?}", fetched(one, "one")), "FetchedKey { keys: 1, .. }");
    }

    /// Headers that stand for one key each are judged by that key alone.
    #[test]
    fn sig_08_a_header_of_the_nth_key_is_tried_with_no_other() {
        let slot = |header: &str, nth: u8| json!({"place": {"header": header}, "repeat": "refuse", "key": {"nth": nth}});
        let stored = |slots: Value| {
            scheme(&signature(json!({"algorithm": "ed25519", "encoding": "hex", "at": slots})))
        };
        let [one, other] = ["ed25519-one", "ed25519-other"];
        let signed = |name: &str| {
            let signer = Verifier::new(stored(at("x-sig")), [key(name)]).unwrap();
            delivered(&signer, b"{}").0.remove(0).1
        };
        let slots = json!([slot("x-one", 0), slot("x-other", 1)]);
        let verifier = Verifier::new(stored(slots), [key(one), key(other)]).unwrap();
        for (first, second, expected) in [
            (one, other, Ok(Some(0))),
            (one, one, Ok(Some(0))),
            (other, other, Ok(Some(1))),
            (other, one, Err("mismatch")),
        ] {
            let (first, second) = (signed(first), signed(second));
            let lines = [("x-one", &*first), ("x-other", &*second)];
            let delivery = Delivery::new(Head::post("", &lines), b"{}");
            let judged = verifier.verify(&delivery, NOW).map(|proof| proof.key_index());
            assert_eq!(judged.map_err(|refusal| refusal.code()), expected);
        }
    }

    /// A key that is known under an id answers for deliveries that name it, and for no others.
    #[test]
    fn crt_03_a_key_of_another_id_is_not_tried() {
        let stored = signature(json!({
            "algorithm": "ed25519",
            "encoding": "hex",
            "key": {"fetched": {"named_at": {"header": "x-key"}, "name": "id"}},
        }));
        let keys = [SigningKey::new(key("ed25519-one")).with_id("one")];
        let verifier = Verifier::new(scheme(&stored), keys).unwrap();
        let signer = Verifier::new(scheme(&stored), [key("ed25519-one")]).unwrap();
        let (headers, body) = {
            let named = [("x-key", b"one".as_slice())];
            let request =
                Unsigned { method: "POST", url: "", headers: &named, body: b"{}", id: "1" };
            let signed = signer.sign(&request, NOW).unwrap();
            (signed.headers, signed.body)
        };
        let judged = |name: &str| {
            let lines: Vec<(&str, &[u8])> = headers
                .iter()
                .map(|(own, value)| match own.as_str() {
                    "x-key" => ("x-key", name.as_bytes()),
                    own => (own, value.as_slice()),
                })
                .collect();
            let delivery = Delivery::new(Head::post("", &lines), &body);
            verifier.verify(&delivery, NOW).map_or_else(|refusal| refusal.code(), |_| "verified")
        };
        assert_eq!(judged("one"), "verified");
        assert_eq!(judged("two"), "key_unknown");
    }
}
