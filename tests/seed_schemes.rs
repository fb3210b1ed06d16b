//! How the five systems that hookstage reproduces know their senders: Wexio's seven modes, its
//! presets as the providers really sign, the rows that it could not take, Synerise's tokens,
//! secrets of which only a hash is kept.
//!
//! MACs are computed here by the crates themselves; tokens were made with PyJWT 2.15.1 and the test
//! keys that stand beside the mutations.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hookstage::providers::{self, Generic};
use hookstage::scheme::{
    Authentication, BodyCoverage, Description, Encoding, Hash, HostChecked, Means, Parameter,
    Parameters, Place, Registry, SigningKey, Token, TokenGrammar,
};
use hookstage::{Scheme, Secret, Verifier};
use support::{NOW, Request, hash, hex, hmac};

const SECRET: &str = "hookstage-test-secret";
const BODY: &[u8] = br#"{"id":"evt_1","customer":{"email":"ada@acme.com"}}"#;

fn request(headers: &[(&str, &str)], body: &[u8]) -> Request {
    Request {
        method: "POST".to_owned(),
        url: "https://api.wexio.io/webhooks/in/con_1".to_owned(),
        headers: headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec()))
            .collect(),
        body: body.to_vec(),
    }
}

fn preset(name: &str, secret: &str) -> Verifier {
    let preset = providers::find(name).unwrap_or_else(|| panic!("no preset {name}"));
    Verifier::new(preset.scheme(), [Secret::new(secret).unwrap()])
        .unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn sha256(secret: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    hmac(Hash::Sha256, secret, &parts.concat())
}

fn code(verifier: &Verifier, request: &Request, now: i64) -> &'static str {
    match request.verify(verifier, now) {
        Ok(_) => "verified",
        Err(refusal) => refusal.code(),
    }
}

/// One delivery in each of the five provider modes, dated as the sender's clock says.
fn dated(mode: &str, secret: &str, at: i64) -> Request {
    let seconds = at.to_string();
    let millis = (at * 1000).to_string();
    let key = secret.as_bytes();
    let time = seconds.as_bytes();
    match mode {
        "stripe" => {
            let mac = hex(&sha256(key, &[time, b".", BODY]));
            request(&[("Stripe-Signature", &format!("t={at},v1={mac}"))], BODY)
        }
        "slack" => {
            let mac = hex(&sha256(key, &[b"v0:", time, b":", BODY]));
            request(
                &[
                    ("X-Slack-Signature", &format!("v0={mac}")),
                    ("X-Slack-Request-Timestamp", &seconds),
                ],
                BODY,
            )
        }
        "svix" => {
            let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
            let mac = STANDARD.encode(sha256(&key, &[b"msg_1.", time, b".", BODY]));
            request(
                &[
                    ("svix-id", "msg_1"),
                    ("svix-timestamp", &seconds),
                    ("svix-signature", &format!("v1,{mac}")),
                ],
                BODY,
            )
        }
        "paddle" => {
            let mac = hex(&sha256(key, &[time, b":", BODY]));
            request(&[("Paddle-Signature", &format!("ts={at};h1={mac}"))], BODY)
        }
        "revolut" => {
            let mac = hex(&sha256(key, &[b"v1.", millis.as_bytes(), b".", BODY]));
            request(
                &[
                    ("Revolut-Signature", &format!("v1={mac}")),
                    ("Revolut-Request-Timestamp", &millis),
                ],
                BODY,
            )
        }
        other => panic!("{other} is no mode with a time"),
    }
}

/// The five modes with the secret as each dashboard shows it.
const MODES: [(&str, &str); 5] = [
    ("stripe", "whsec_aG9va3N0YWdlLXRlc3Qtc2VjcmV0"),
    ("slack", "8f742231b10e8888abcd99yyyzzz85a5"),
    ("svix", "whsec_aG9va3N0YWdlLXRlc3Qtc2VjcmV0LTE="),
    ("paddle", "pdl_ntfset_01gkdqa8v9k1h2+/c3"),
    ("revolut", "wsk_r59a4HfWVAKycbCaNO1RvgCJec02gRd8"),
];

#[test]
fn r_wx_7_8_all_seven_modes_take_the_secret_as_the_dashboard_shows_it() {
    for (mode, secret) in MODES {
        assert_eq!(
            code(&preset(mode, secret), &dated(mode, secret, NOW), NOW),
            "verified",
            "{mode}"
        );
    }
    let shown = request(&[("x-webhook-secret", SECRET)], BODY);
    assert_eq!(code(&preset("shared-secret", SECRET), &shown, NOW), "verified");
    let own = Generic::new("X-Own-Signature");
    let own = Verifier::new(own.scheme().unwrap(), [own.secret(SECRET).unwrap()]).unwrap();
    let mac = hex(&sha256(SECRET.as_bytes(), &[BODY]));
    assert_eq!(code(&own, &request(&[("x-own-signature", &mac)], BODY), NOW), "verified");
}

/// The same prefix means two things: Stripe's whole text is the key, Svix's is base64 behind it. A
/// secret of the one that is pasted for the other is refused or told apart by its shape.
#[test]
fn r_wx_8_a_secret_of_another_mode_does_not_verify() {
    let (_, stripe) = MODES[0];
    assert_eq!(code(&preset("svix", stripe), &dated("stripe", stripe, NOW), NOW), "absent");
    let scheme = providers::find("svix").unwrap().scheme();
    let text = Secret::new("whsec_not base64").unwrap();
    let error = Verifier::new(scheme, [text]).unwrap_err();
    assert!(error.to_string().contains("base64"), "{error}");
    assert_eq!(providers::find("slack").unwrap().secret.prefixes, [""; 0]);
    assert_eq!(providers::find("stripe").unwrap().secret.prefixes, ["whsec_"]);
}

#[test]
fn r_wx_9_slack_signs_events_commands_and_interactions_alike() {
    let (_, secret) = MODES[1];
    let verifier = preset("slack", secret);
    for body in [
        br#"{"type":"event_callback","event_id":"Ev1"}"#.as_slice(),
        b"token=x&team_id=T1&command=%2Fweather&text=94070",
        b"payload=%7B%22type%22%3A%22block_actions%22%7D",
    ] {
        let mac =
            hex(&sha256(secret.as_bytes(), &[b"v0:", NOW.to_string().as_bytes(), b":", body]));
        let headers = [
            ("X-Slack-Signature", format!("v0={mac}")),
            ("X-Slack-Request-Timestamp", NOW.to_string()),
        ];
        let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
        assert_eq!(code(&verifier, &request(&headers, body), NOW), "verified");
    }
}

/// Clerk and Resend sign as Svix does. Orb, Knock and Dub have schemes of their own, though a secret
/// of Dub begins as Svix's do; of Humanloop and Beam nothing is known.
#[test]
fn r_wx_10_those_who_are_said_to_be_svix_and_those_who_are() {
    let (_, secret) = MODES[2];
    for name in ["svix", "clerk", "resend"] {
        assert_eq!(
            code(&preset(name, secret), &dated("svix", secret, NOW), NOW),
            "verified",
            "{name}"
        );
    }
    let time = "2023-11-14T22:13:20.123";
    let orb = hex(&sha256(SECRET.as_bytes(), &[b"v1:", time.as_bytes(), b":", BODY]));
    let orb =
        request(&[("X-Orb-Signature", &format!("v1={orb}")), ("X-Orb-Timestamp", time)], BODY);
    assert_eq!(code(&preset("orb", SECRET), &orb, NOW), "verified");
    let millis = (NOW * 1000).to_string();
    let knock = STANDARD.encode(sha256(SECRET.as_bytes(), &[millis.as_bytes(), b".", BODY]));
    let knock = request(&[("x-knock-signature", &format!("t={millis},s={knock}"))], BODY);
    assert_eq!(code(&preset("knock", SECRET), &knock, NOW), "verified");
    let dub = "whsec_0123456789abcdef0123456789abcdef";
    let mac = hex(&sha256(dub.as_bytes(), &[BODY]));
    assert_eq!(
        code(&preset("dub", dub), &request(&[("Dub-Signature", &mac)], BODY), NOW),
        "verified"
    );
    for (name, request) in [("svix", orb), ("svix", knock)] {
        assert_eq!(code(&preset(name, secret), &request, NOW), "absent");
    }
    assert!(providers::find("humanloop").is_none() && providers::find("beam").is_none());
}

#[test]
fn r_wx_11_13_the_shared_secret_is_shown_and_covers_nothing() {
    let verifier = preset("shared-secret", SECRET);
    let shown = request(&[("X-Webhook-Secret", SECRET)], BODY);
    let accepted = shown.verify(&verifier, NOW).unwrap();
    assert_eq!(accepted.means, Means::Token);
    assert_eq!(accepted.coverage.body, BodyCoverage::Nothing);
    let other_body = Request { body: b"{}".to_vec(), ..shown.clone() };
    assert_eq!(code(&verifier, &other_body, NOW), "verified", "nothing binds the body");
    assert_eq!(code(&verifier, &request(&[], BODY), NOW), "absent");
    assert_eq!(code(&verifier, &request(&[("X-Webhook-Secret", "other")], BODY), NOW), "mismatch");
    let twice = shown.and("x-webhook-secret", SECRET);
    assert_eq!(code(&verifier, &twice, NOW), "malformed");
}

/// Only a hash is kept: SHA-256 of a secret that was generated, or whatever the host's own check,
/// found by its name, takes. Where a MAC must be computed the hash is not enough, and is refused.
#[test]
fn r_wx_12_a_hash_of_the_secret_is_enough_where_it_is_shown() {
    let stored: [u8; 32] = hash(Hash::Sha256, SECRET.as_bytes()).try_into().unwrap();
    let scheme = providers::find("shared-secret").unwrap().scheme();
    let verifier = Verifier::new(scheme, [SigningKey::from_sha256(stored)]).unwrap();
    let shown = |secret: &str| request(&[("x-webhook-secret", secret)], BODY);
    assert_eq!(code(&verifier, &shown(SECRET), NOW), "verified");
    assert_eq!(code(&verifier, &shown("hookstage-test-secreT"), NOW), "mismatch");
    assert_eq!(code(&verifier, &shown(&hex(&stored)), NOW), "mismatch", "the hash is no secret");
    let stripe = providers::find("stripe").unwrap().scheme();
    assert!(Verifier::new(stripe, [SigningKey::from_sha256(stored)]).is_err());

    let scheme = Scheme::new(Description {
        authentication: Authentication::HostChecked(HostChecked {
            token: Token {
                at: Place::header("x-webhook-secret"),
                grammar: TokenGrammar::Plain { prefix: "".into() },
            },
            check: "bcrypt".into(),
        }),
        timestamp: None,
        id: None,
        require: Vec::new().into(),
    })
    .unwrap();
    // It stands for bcrypt: what is stored is not the secret, and only the host can compare them.
    let registry = Registry::new().with_token_check("bcrypt", |shown, stored| {
        format!("$2b${}", hex(&hash(Hash::Sha256, shown))).as_bytes() == stored
    });
    let keys = || [Secret::new(format!("$2b${}", hex(&stored))).unwrap()];
    let without = Verifier::new(scheme.clone(), keys()).unwrap_err();
    assert!(without.to_string().contains("registry"), "{without}");
    let verifier = Verifier::with_registry(scheme, keys(), Parameters::new(), &registry).unwrap();
    assert_eq!(code(&verifier, &shown(SECRET), NOW), "verified");
    assert_eq!(code(&verifier, &shown("other"), NOW), "mismatch");
}

#[test]
fn r_wx_14_every_dated_mode_allows_five_minutes_either_way_and_no_more() {
    for (mode, secret) in MODES {
        let verifier = preset(mode, secret);
        for (at, expected) in [
            (NOW - 300, "verified"),
            (NOW + 300, "verified"),
            (NOW - 301, "stale"),
            (NOW + 301, "future"),
        ] {
            assert_eq!(code(&verifier, &dated(mode, secret, at), NOW), expected, "{mode} {at}");
        }
    }
}

#[test]
fn r_wx_15_of_several_signatures_in_one_header_any_may_match() {
    let wrong = "0".repeat(64);
    for (mode, secret) in MODES {
        let genuine = dated(mode, secret, NOW);
        let (name, old_first, new_first) = match mode {
            "stripe" => ("Stripe-Signature", ",v1=", format!(",v1={wrong},v1=")),
            "paddle" => ("Paddle-Signature", ";h1=", format!(";h1={wrong};h1=")),
            "revolut" => ("Revolut-Signature", "v1=", format!("v1={wrong},v1=")),
            "svix" => ("svix-signature", "v1,", format!("v1,{} v1,", STANDARD.encode([0; 32]))),
            // Slack sends one signature, and says nothing of more.
            _ => continue,
        };
        let value = String::from_utf8(genuine.header(name).unwrap().to_vec()).unwrap();
        let two = genuine.clone().set(name, value.replacen(old_first, &new_first, 1));
        assert_eq!(code(&preset(mode, secret), &two, NOW), "verified", "{mode}");
    }
    // `v0` beside it is what Stripe sends in test mode; it must never count.
    let (mode, secret) = MODES[0];
    let value =
        String::from_utf8(dated(mode, secret, NOW).header("Stripe-Signature").unwrap().to_vec());
    let downgraded = value.unwrap().replace("v1=", "v0=");
    let request = request(&[("Stripe-Signature", &downgraded)], BODY);
    assert_ne!(code(&preset(mode, secret), &request, NOW), "verified");
}

#[test]
fn r_wx_16_svix_signs_id_time_and_body() {
    let (mode, secret) = MODES[2];
    let verifier = preset(mode, secret);
    let genuine = dated(mode, secret, NOW);
    let accepted = genuine.verify(&verifier, NOW).unwrap();
    assert!(accepted.coverage.id && accepted.coverage.timestamp && accepted.coverage.binds_body());
    for (name, value) in
        [("svix-id", "msg_2".to_owned()), ("svix-timestamp", (NOW + 1).to_string())]
    {
        assert_eq!(code(&verifier, &genuine.clone().set(name, value), NOW), "mismatch", "{name}");
    }
}

#[test]
fn r_wx_17_19_the_generic_mode_takes_header_encoding_prefix_and_hash() {
    let key = SECRET.as_bytes();
    for (hash, encoding, prefix) in [
        (Hash::Sha256, Encoding::Hex, "sha256="),
        (Hash::Sha256, Encoding::Base64, ""),
        (Hash::Sha256, Encoding::Base64Url, "v1 "),
        (Hash::Sha1Legacy, Encoding::Hex, "sha1="),
        (Hash::Sha384, Encoding::Base64, ""),
        (Hash::Sha512, Encoding::Hex, ""),
    ] {
        let own = Generic::new("X-Any").prefix(prefix).encoding(encoding).hash(hash);
        let verifier = Verifier::new(own.scheme().unwrap(), [own.secret(SECRET).unwrap()]).unwrap();
        let mac = hmac(hash, key, BODY);
        let text = match encoding {
            Encoding::Hex => hex(&mac),
            Encoding::Base64 => STANDARD.encode(&mac),
            _ => URL_SAFE_NO_PAD.encode(&mac),
        };
        let with = |value: &str| code(&verifier, &request(&[("x-any", value)], BODY), NOW);
        assert_eq!(with(&format!("{prefix}{text}")), "verified", "{hash:?} {encoding:?}");
        if !prefix.is_empty() {
            assert_ne!(with(&text), "verified", "the prefix must be there");
        }
        assert_ne!(with(&format!("x{prefix}{text}")), "verified");
    }
}

/// The twelve presets as the providers really sign, each by a delivery that is computed here from
/// their documents.
#[test]
fn r_wx_18_the_twelve_presets_verify_what_their_providers_send() {
    let key = SECRET.as_bytes();
    let mac = |parts: &[&[u8]]| sha256(key, parts);
    let seconds = NOW.to_string();
    let millis = (NOW * 1000).to_string();
    let rfc3339 = "2023-11-14T22:13:20Z";
    let url = "https://api.wexio.io/webhooks/in/con_1";
    let mailgun = format!(
        r#"{{"signature":{{"timestamp":"{seconds}","token":"a-token","signature":"{}"}},"event-data":{{"id":"1","event":"opened"}}}}"#,
        hex(&mac(&[seconds.as_bytes(), b"a-token"]))
    );
    let claims = format!(r#"{{"iss":"netlify","sha256":"{}"}}"#, hex(&hash(Hash::Sha256, BODY)));
    let signed = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256","typ":"JWT"}"#),
        URL_SAFE_NO_PAD.encode(claims)
    );
    let netlify = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(mac(&[signed.as_bytes()])));
    let body_hex = hex(&mac(&[BODY]));
    let hubspot = STANDARD.encode(mac(&[b"POST", url.as_bytes(), BODY, millis.as_bytes()]));
    let zendesk = STANDARD.encode(mac(&[rfc3339.as_bytes(), BODY]));
    let linear_body = format!(r#"{{"action":"create","webhookTimestamp":{millis}}}"#);
    let cases: Vec<(&str, Request)> = vec![
        ("github", request(&[("X-Hub-Signature-256", &format!("sha256={body_hex}"))], BODY)),
        ("shopify", request(&[("X-Shopify-Hmac-Sha256", &STANDARD.encode(mac(&[BODY])))], BODY)),
        ("mailgun", request(&[], mailgun.as_bytes())),
        (
            "paystack",
            request(&[("x-paystack-signature", &hex(&hmac(Hash::Sha512, key, BODY)))], BODY),
        ),
        ("razorpay", request(&[("X-Razorpay-Signature", &body_hex)], BODY)),
        (
            "pagerduty",
            request(
                &[("X-PagerDuty-Signature", &format!("v1={},v1={body_hex}", "0".repeat(64)))],
                BODY,
            ),
        ),
        (
            "zendesk",
            request(
                &[
                    ("X-Zendesk-Webhook-Signature", &zendesk),
                    ("X-Zendesk-Webhook-Signature-Timestamp", rfc3339),
                ],
                BODY,
            ),
        ),
        (
            "hubspot-v3",
            request(
                &[("X-HubSpot-Signature-v3", &hubspot), ("X-HubSpot-Request-Timestamp", &millis)],
                BODY,
            ),
        ),
        (
            "linear",
            request(
                &[("Linear-Signature", &hex(&mac(&[linear_body.as_bytes()])))],
                linear_body.as_bytes(),
            ),
        ),
        (
            "vercel",
            request(&[("x-vercel-signature", &hex(&hmac(Hash::Sha1Legacy, key, BODY)))], BODY),
        ),
        ("netlify", request(&[("X-Webhook-Signature", &netlify)], BODY)),
        ("bitbucket-cloud", request(&[("X-Hub-Signature", &format!("sha256={body_hex}"))], BODY)),
    ];
    assert_eq!(cases.len(), 12);
    for (name, request) in cases {
        let verifier = preset(name, SECRET);
        assert_eq!(code(&verifier, &request, NOW), "verified", "{name}");
        let binds = request.verify(&verifier, NOW).unwrap().coverage.binds_body();
        let changed = Request { body: [&request.body[..], b" "].concat(), ..request };
        // Mailgun signs a time and a token that stand in the body, and nothing else of it.
        let expected = if name == "mailgun" { "verified" } else { "refused" };
        let judged =
            if code(&verifier, &changed, NOW) == "verified" { "verified" } else { "refused" };
        assert_eq!((judged, binds), (expected, name != "mailgun"), "{name}");
    }
}

/// What Wexio's page lists as not supported is. Vectors of each stand under `tests/vectors`; here is
/// that the names are found and what each proves.
#[test]
fn r_wx_20_each_row_of_the_table_of_what_is_not_supported() {
    for (name, binds_body) in [
        ("paypal", false),
        ("wise", true),
        ("paddle-classic", false),
        ("discord", true),
        ("sendgrid", true),
        ("apple-iap", false),
        ("google-play", false),
        ("intercom", true),
    ] {
        let preset = providers::find(name).unwrap_or_else(|| panic!("no preset {name}"));
        assert_eq!(preset.scheme().coverage().binds_body(), binds_body, "{name}");
    }
    // PayPal's CRC-32 binds nothing, Google's token says who and not what, and Apple's and Paddle
    // Classic's bodies are signed by their parts.
    let coverage = |name: &str| providers::find(name).unwrap().scheme().coverage().body.clone();
    assert_eq!(coverage("paypal"), BodyCoverage::Checksum);
    assert_eq!(coverage("google-play"), BodyCoverage::Nothing);
    let intercom = preset("intercom", SECRET);
    let mac = hex(&hmac(Hash::Sha1Legacy, SECRET.as_bytes(), BODY));
    let delivery = request(&[("X-Hub-Signature", &format!("sha1={mac}"))], BODY);
    assert_eq!(code(&intercom, &delivery, NOW), "verified");
    assert!(intercom.scheme().description().authentication.is_legacy());
}

const TOKEN_SECRET: &str = "hookstage-test-secret-of-32-bytes-or-more";

fn synerise(key: &str, parameters: Parameters) -> Verifier {
    let scheme = providers::find("synerise-jwt").unwrap().scheme();
    Verifier::with_parameters(scheme, [Secret::new(key).unwrap()], parameters).unwrap()
}

fn bearer(token: &str) -> Request {
    request(&[("Authorization", &format!("Bearer {token}"))], BODY)
}

fn as_synerise() -> Parameters {
    Parameters::new()
        .with(Parameter::Issuer, "https://api.synerise.com")
        .with(Parameter::Audience, "workspace-7")
        .with(Parameter::Permission, "INCOMING_WEBHOOK_EXECUTE")
}

#[test]
fn r_sy_4_the_token_must_hold_the_permission() {
    let verifier = synerise(TOKEN_SECRET, as_synerise());
    assert_eq!(code(&verifier, &bearer(HS256), NOW), "verified");
    assert_eq!(code(&verifier, &bearer(NO_PERMISSION), NOW), "different");
    let other = as_synerise().with(Parameter::Permission, "INCOMING_WEBHOOK");
    assert_eq!(code(&synerise(TOKEN_SECRET, other), &bearer(HS256), NOW), "different", "no prefix");
    assert_eq!(
        code(&synerise(TOKEN_SECRET, Parameters::new()), &bearer(NO_PERMISSION), NOW),
        "verified"
    );
}

#[test]
fn r_sy_6_18_without_authentication_everything_is_taken_and_marked() {
    for name in ["synerise-none", "none", "unsigned"] {
        let scheme = providers::find(name).unwrap().scheme();
        let verifier = Verifier::new::<Secret>(scheme, []).unwrap();
        let accepted = request(&[], BODY).verify(&verifier, NOW).unwrap();
        assert_eq!((accepted.means, accepted.key_index), (Means::Unsigned, None));
    }
    let names = ["synerise-jwt", "synerise-none", "synerise-meta"];
    assert!(names.iter().all(|name| providers::find(name).is_some()));
}

#[test]
fn r_sy_7_a_token_is_judged_by_signature_issuer_audience_and_times() {
    let verifier = synerise(TOKEN_SECRET, as_synerise());
    for (token, now, expected) in [
        (HS256, NOW, "verified"),
        // 60 seconds of leeway on both ends: `exp` is the first moment at which it has ended.
        (HS256, NOW + 659, "verified"),
        (HS256, NOW + 660, "stale"),
        (HS256, NOW - 60, "verified"),
        (HS256, NOW - 61, "future"),
        (EXPIRED, NOW, "stale"),
        (EARLY, NOW, "future"),
        (NO_EXPIRY, NOW, "absent"),
        (OTHER_AUDIENCE, NOW, "different"),
        (OTHER_ISSUER, NOW, "different"),
    ] {
        assert_eq!(code(&verifier, &bearer(token), now), expected);
    }
    let word = request(&[("Authorization", &format!("bearer {HS256}"))], BODY);
    assert_eq!(code(&verifier, &word, NOW), "verified", "the word's case says nothing");
    assert_eq!(code(&verifier, &request(&[("Authorization", HS256)], BODY), NOW), "malformed");
    assert_eq!(code(&verifier, &request(&[], BODY), NOW), "absent");
    let unsigned = format!(
        "{}.{}.",
        URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#),
        HS256.split('.').nth(1).unwrap()
    );
    assert_eq!(code(&verifier, &bearer(&unsigned), NOW), "malformed");
    let accepted = bearer(HS256).verify(&verifier, NOW).unwrap();
    assert_eq!(accepted.coverage.body, BodyCoverage::Nothing, "it says who, not what");
}

/// The token is tied to the key that was picked: another key's tokens are refused, and so is a token
/// whose algorithm is not that of the key, whatever its header says.
#[test]
fn r_sy_24_only_the_picked_key_counts() {
    assert_eq!(
        code(&synerise("another-secret-of-32-bytes-or-more", as_synerise()), &bearer(HS256), NOW),
        "mismatch"
    );
    #[cfg(feature = "asymmetric")]
    {
        for (key, token) in [(RSA, RS256), (P256, ES256), (ED25519, EDDSA)] {
            let verifier = synerise(key, as_synerise());
            assert_eq!(code(&verifier, &bearer(token), NOW), "verified");
            for other in [HS256, RS256, ES256, EDDSA].into_iter().filter(|other| *other != token) {
                assert_eq!(code(&verifier, &bearer(other), NOW), "mismatch");
            }
            // The text of a public key, which everyone knows, must never be a secret (CVE-2015-9235).
            let (head, claims) =
                (r#"{"alg":"HS256","typ":"JWT"}"#, token.split('.').nth(1).unwrap());
            let signed = format!("{}.{claims}", URL_SAFE_NO_PAD.encode(head));
            let mac = hmac(Hash::Sha256, key.as_bytes(), signed.as_bytes());
            let forged = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(mac));
            assert_eq!(code(&verifier, &bearer(&forged), NOW), "mismatch");
        }
    }
}

#[test]
fn r_sy_8_meta_signs_with_the_apps_secret_behind_a_prefix_that_must_be_there() {
    let verifier = preset("synerise-meta", SECRET);
    let mac = hex(&sha256(SECRET.as_bytes(), &[BODY]));
    let with =
        |value: &str| code(&verifier, &request(&[("X-Hub-Signature-256", value)], BODY), NOW);
    assert_eq!(with(&format!("sha256={mac}")), "verified");
    assert_eq!(with(&mac), "malformed");
    assert_eq!(with(&format!("sha1={mac}")), "malformed");
}

#[test]
fn r_cm_commas_bearer_and_its_hmac() {
    let shown = |value: &str| {
        code(&preset("comma-bearer", SECRET), &request(&[("Authorization", value)], BODY), NOW)
    };
    assert_eq!(shown(&format!("Bearer {SECRET}")), "verified");
    assert_eq!(shown(SECRET), "malformed");
    assert_eq!(shown("Bearer other"), "mismatch");
    let mac = hex(&sha256(SECRET.as_bytes(), &[BODY]));
    let signed = request(&[("X-Comma-Signature", &mac)], BODY);
    assert_eq!(code(&preset("comma", SECRET), &signed, NOW), "verified");
}

const HS256: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL2FwaS5zeW5lcmlzZS5jb20iLCJhdWQiOiJ3b3Jrc3BhY2UtNyIsInN1YiI6InByb2ZpbGUiLCJpYXQiOjE3MDAwMDAwMDAsIm5iZiI6MTcwMDAwMDAwMCwiZXhwIjoxNzAwMDAwNjAwLCJwZXJtaXNzaW9ucyI6WyJDTElFTlRTX1JFQUQiLCJJTkNPTUlOR19XRUJIT09LX0VYRUNVVEUiXX0.80w5vilMQb6kvj-GaTyFTm55ZyvqhP0HTyPvQ6k2Dh0";
const NO_EXPIRY: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL2FwaS5zeW5lcmlzZS5jb20iLCJhdWQiOiJ3b3Jrc3BhY2UtNyIsInN1YiI6InByb2ZpbGUiLCJpYXQiOjE3MDAwMDAwMDAsIm5iZiI6MTcwMDAwMDAwMCwicGVybWlzc2lvbnMiOlsiQ0xJRU5UU19SRUFEIiwiSU5DT01JTkdfV0VCSE9PS19FWEVDVVRFIl19.wwpnzytNxHmxmvzfBDA2XlLM2AEVtOsaFsMQlOYbCYQ";
const NO_PERMISSION: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL2FwaS5zeW5lcmlzZS5jb20iLCJhdWQiOiJ3b3Jrc3BhY2UtNyIsInN1YiI6InByb2ZpbGUiLCJpYXQiOjE3MDAwMDAwMDAsIm5iZiI6MTcwMDAwMDAwMCwiZXhwIjoxNzAwMDAwNjAwLCJwZXJtaXNzaW9ucyI6WyJDTElFTlRTX1JFQUQiXX0.pkflRkICO-abxLbix7H5YuJ9tdUXBFZmfDp5cez1NWc";
const OTHER_AUDIENCE: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL2FwaS5zeW5lcmlzZS5jb20iLCJhdWQiOiJ3b3Jrc3BhY2UtOCIsInN1YiI6InByb2ZpbGUiLCJpYXQiOjE3MDAwMDAwMDAsIm5iZiI6MTcwMDAwMDAwMCwiZXhwIjoxNzAwMDAwNjAwLCJwZXJtaXNzaW9ucyI6WyJDTElFTlRTX1JFQUQiLCJJTkNPTUlOR19XRUJIT09LX0VYRUNVVEUiXX0.m2XmM3XETGkVFKP6jwi7zmaQS1xGzoyHe1sSFg33F-k";
const OTHER_ISSUER: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL2V2aWwuZXhhbXBsZSIsImF1ZCI6IndvcmtzcGFjZS03Iiwic3ViIjoicHJvZmlsZSIsImlhdCI6MTcwMDAwMDAwMCwibmJmIjoxNzAwMDAwMDAwLCJleHAiOjE3MDAwMDA2MDAsInBlcm1pc3Npb25zIjpbIkNMSUVOVFNfUkVBRCIsIklOQ09NSU5HX1dFQkhPT0tfRVhFQ1VURSJdfQ.MBSK2Fyld5ORx3P08VEWt5TK1F41xT8Z-ihos_qtwYU";
const EXPIRED: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL2FwaS5zeW5lcmlzZS5jb20iLCJhdWQiOiJ3b3Jrc3BhY2UtNyIsInN1YiI6InByb2ZpbGUiLCJpYXQiOjE3MDAwMDAwMDAsIm5iZiI6MTcwMDAwMDAwMCwiZXhwIjoxNjk5OTk5OTM5LCJwZXJtaXNzaW9ucyI6WyJDTElFTlRTX1JFQUQiLCJJTkNPTUlOR19XRUJIT09LX0VYRUNVVEUiXX0.-eZ00ZbxqPPgYN9SrjV3IL0Hxf7IajIzxwGJI2121bk";
const EARLY: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL2FwaS5zeW5lcmlzZS5jb20iLCJhdWQiOiJ3b3Jrc3BhY2UtNyIsInN1YiI6InByb2ZpbGUiLCJpYXQiOjE3MDAwMDAwMDAsIm5iZiI6MTcwMDAwMDA2MSwiZXhwIjoxNzAwMDAwNjAwLCJwZXJtaXNzaW9ucyI6WyJDTElFTlRTX1JFQUQiLCJJTkNPTUlOR19XRUJIT09LX0VYRUNVVEUiXX0.PYb8NrApBCmRkpkqBcLAGxiZ2VV2cK4LRCgcU38pnpM";
#[cfg(feature = "asymmetric")]
const RS256: &str = "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL2FwaS5zeW5lcmlzZS5jb20iLCJhdWQiOiJ3b3Jrc3BhY2UtNyIsInN1YiI6InByb2ZpbGUiLCJpYXQiOjE3MDAwMDAwMDAsIm5iZiI6MTcwMDAwMDAwMCwiZXhwIjoxNzAwMDAwNjAwLCJwZXJtaXNzaW9ucyI6WyJDTElFTlRTX1JFQUQiLCJJTkNPTUlOR19XRUJIT09LX0VYRUNVVEUiXX0.ZzQxDEYBVX_FQcyRA9qyaPmGCD-H23SAUVIpxfwZH79v6YoPW1utdOm4vcndi5ljm_4djn230xgwIwMXz1DseL9k13isqhIHfoAR4UICn1thisD8uShdPjqHrt0To6M2s1fT0z1Js6JfDTjZsCCHgpIRsaQFD4xE-uht6wvDAgbqjwAdMliQhbL1h1hKK3p5K0ULPAWMetsL-irlHo7kXUYT8uuFWC8qS7VauzNlcTmD8JRG9Cys3qJIJIUKJnD7dicAe1Fe1tk7Fd_6M8JmZ6OjipeCqmS7Ucfhblc-QlMrQvvfTymkYEodx3T6Jb1fQc61Ivt2qAUj4fSLvlo0Ug";
#[cfg(feature = "asymmetric")]
const ES256: &str = "eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL2FwaS5zeW5lcmlzZS5jb20iLCJhdWQiOiJ3b3Jrc3BhY2UtNyIsInN1YiI6InByb2ZpbGUiLCJpYXQiOjE3MDAwMDAwMDAsIm5iZiI6MTcwMDAwMDAwMCwiZXhwIjoxNzAwMDAwNjAwLCJwZXJtaXNzaW9ucyI6WyJDTElFTlRTX1JFQUQiLCJJTkNPTUlOR19XRUJIT09LX0VYRUNVVEUiXX0.vW1aLbKwcJqUmCaNDvme9pXSgjaYvLHZ876L9rMLD6WyhYYHZOou-8pD_R8BRbmPURwwpNVQi7O6uzOsHZQXew";
#[cfg(feature = "asymmetric")]
const EDDSA: &str = "eyJhbGciOiJFZERTQSIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL2FwaS5zeW5lcmlzZS5jb20iLCJhdWQiOiJ3b3Jrc3BhY2UtNyIsInN1YiI6InByb2ZpbGUiLCJpYXQiOjE3MDAwMDAwMDAsIm5iZiI6MTcwMDAwMDAwMCwiZXhwIjoxNzAwMDAwNjAwLCJwZXJtaXNzaW9ucyI6WyJDTElFTlRTX1JFQUQiLCJJTkNPTUlOR19XRUJIT09LX0VYRUNVVEUiXX0.XspD9Y0hVWQY-1GyJ43R_A-1y1qX-i2nDPx_dbO5H9HpNTNHTMPFDYiw8JbkQ2Pz1Y0_QsH8jXYXmppdvImiAg";
#[cfg(feature = "asymmetric")]
const RSA: &str = "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAqQK15OyHILWujDUOuyUm\nlleLX8i7+fba4qZVJJYfkNjCCe2fi3Z9qhjBX42G0WCSTfUMpnF1+4Z5tcy5QddU\nPTUOu6ujQTWMqS9RUcRYdZl7J+EjwCuXA0DcccXyYfp2aMkfVmOU1hVWWb2CX4cm\nE+Jza+iGjQQ8q0HI/hhNtcAtEg7hPxBLLGJlPl3yrPhh/WiYnfqJgOvg6xgODKQp\nQULqpkFCBg16qbvZkvEHhJGKUiBZdY2gtkuqddxYujN+4YPCChoMc885b1HX9UaS\nUa0MqvA4pc1RPSEyme5I4X3FfrXmYknxqmJVQnN9J2W3YsxH01qd9O1jOA49cmvk\noQIDAQAB\n-----END PUBLIC KEY-----\n";
#[cfg(feature = "asymmetric")]
const P256: &str = "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEAE2lANKF3vEpw7lyICTOSqHZwgQw\nm9Emp0RJPCWn/6PUZrCPmzQG9zVAgUHB3k1UwTw4n3sdPx3DQ9WkyCLo8Q==\n-----END PUBLIC KEY-----\n";
#[cfg(feature = "asymmetric")]
const ED25519: &str = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAsxczIpKPqkd6hYXWcn+Nd5tmGdyVFY9dweNeCDbLlzQ=\n-----END PUBLIC KEY-----\n";
