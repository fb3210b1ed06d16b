//! What the operator is told about a delivery that was refused.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::borrow::Cow;

use hookstage::providers::{self, Generic};
use hookstage::scheme::{
    Authentication, Description, Encoding, Grammar, Hash, KeyForm, Parameters, Part, Scheme,
    Subject, TimeUnit, Tolerance, Unsigned, UrlPart, explain,
};
use hookstage::{Delivery, Head, Secret, Timestamp, Verifier};

const NOW: Timestamp = Timestamp::from_unix_seconds(1_700_000_000);
const SECRET: &str = "hookstage-test-secret";
const OTHER: &str = "the-secret-of-another-source";
const BODY: &[u8] = b"{\"id\": \"evt_1\", \"path\": \"a/b\"}";

#[derive(Clone)]
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

/// What is told of a delivery to a source of this scheme and secret, with a second source of the
/// tenant and every preset to compare with.
fn told(scheme: &Scheme, secret: &str, sent: &Sent) -> Vec<(&'static str, String)> {
    let keys = [Secret::new(secret).unwrap()];
    let other = Secret::new(OTHER).unwrap();
    let presets: Vec<(&str, Scheme)> = providers::all()
        .iter()
        .map(|preset| (preset.name, preset.scheme()))
        .filter(|(_, scheme)| scheme.missing_feature().is_none())
        .collect();
    let others: Vec<(&str, &Scheme)> =
        presets.iter().map(|(name, scheme)| (*name, scheme)).collect();
    let subject = Subject {
        scheme,
        keys: &keys,
        parameters: &Parameters::new(),
        other_keys: &[("acme/billing", &other)],
        other_schemes: &others,
    };
    let lines: Vec<(&str, &[u8])> =
        sent.headers.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
    let delivery = Delivery::new(Head::post(&sent.url, &lines), &sent.body);
    explain(&subject, &delivery, NOW)
        .iter()
        .map(|hint| {
            let sentence = hint.to_string();
            for hidden in [secret, SECRET, OTHER, "evt_1", "hooks.example"] {
                assert!(!sentence.contains(hidden), "{sentence}");
            }
            assert!(sentence.ends_with('.') && sentence.len() > 40, "{sentence}");
            (hint.code(), sentence)
        })
        .collect()
}

fn codes(scheme: &Scheme, secret: &str, sent: &Sent) -> Vec<&'static str> {
    told(scheme, secret, sent).into_iter().map(|(code, _)| code).collect()
}

/// A scheme that signs as described, in `x-sig`.
fn described(
    algorithm: Hash,
    encoding: Encoding,
    prefix: &'static str,
    content: Vec<Part>,
    key: KeyForm,
) -> Description {
    let generic = Generic::new("x-sig").scheme().unwrap();
    let mut description = generic.description().clone();
    if let Authentication::Signature(rule) = &mut description.authentication {
        rule.algorithm = hookstage::scheme::Algorithm::Hmac(algorithm);
        rule.encoding = encoding;
        rule.grammar = Grammar::Plain { prefix: Cow::Borrowed(prefix) };
        rule.content = Cow::Owned(vec![Cow::Owned(content)]);
        rule.key = key;
    }
    description
}

fn plain(key: KeyForm) -> Scheme {
    let content = vec![Part::Body];
    Scheme::new(described(Hash::Sha256, Encoding::Hex, "", content, key)).unwrap()
}

fn timed(unit: TimeUnit, content: Vec<Part>) -> Scheme {
    let signs_time = content.contains(&Part::Timestamp);
    let mut description = described(Hash::Sha256, Encoding::Hex, "", content, KeyForm::Text);
    description.timestamp = signs_time.then(|| hookstage::scheme::SignedTime {
        at: hookstage::scheme::Place::header("x-time"),
        unit,
        tolerance: Tolerance::Within { past: 300, future: 60 },
    });
    Scheme::new(description).unwrap()
}

fn dotted() -> Vec<Part> {
    vec![Part::Timestamp, Part::literal("."), Part::Body]
}

/// What is signed on one side, and what the other side makes of it.
struct Mistake {
    name: &'static str,
    /// How the sender signs, and with what.
    sender: (Scheme, &'static str),
    /// What the receiver has.
    receiver: (Scheme, &'static str),
    /// What the sender signs.
    body: &'static [u8],
    /// What happens on the way.
    on_the_way: fn(&mut Sent),
    /// The one hint, and a word of it.
    hint: (&'static str, &'static str),
}

/// Each mistake alone, and the one hint that it must get.
fn mistakes() -> Vec<Mistake> {
    let github = || providers::GITHUB.scheme();
    let text = || plain(KeyForm::Text);
    let base64 = || plain(KeyForm::Base64 { prefixes: Cow::Owned(vec!["whsec_".into()]) });
    let at_url = || {
        Scheme::new(described(
            Hash::Sha256,
            Encoding::Hex,
            "",
            vec![Part::Url(UrlPart::Full), Part::Body],
            KeyForm::Text,
        ))
        .unwrap()
    };
    let spelled = |hash, encoding, prefix| {
        Scheme::new(described(hash, encoding, prefix, vec![Part::Body], KeyForm::Text)).unwrap()
    };
    let same = |_: &mut Sent| {};
    let mistake = |name, sender, receiver, hint| Mistake {
        name,
        sender,
        receiver,
        body: BODY,
        on_the_way: same,
        hint,
    };
    let body = |name, body, received: fn(&mut Sent), word| Mistake {
        name,
        sender: (providers::GITHUB.scheme(), SECRET),
        receiver: (providers::GITHUB.scheme(), SECRET),
        body,
        on_the_way: received,
        hint: ("body", word),
    };
    let address = |name, received: fn(&mut Sent), word| Mistake {
        name,
        sender: (at_url(), SECRET),
        receiver: (at_url(), SECRET),
        body: BODY,
        on_the_way: received,
        hint: ("url", word),
    };
    let whsec = "whsec_aG9va3N0YWdlLXRlc3Qtc2VjcmV0";
    let hex = "0123456789abcdef0123456789abcdef";
    vec![
        // The secret.
        mistake(
            "space before",
            (github(), SECRET),
            (github(), " hookstage-test-secret"),
            ("key", "white space around"),
        ),
        mistake(
            "space inside",
            (github(), SECRET),
            (github(), "hookstage- test-secret"),
            ("key", "white space inside"),
        ),
        mistake(
            "quotes",
            (github(), SECRET),
            (github(), "\"hookstage-test-secret\""),
            ("key", "quotes"),
        ),
        mistake(
            "a variable's name",
            (github(), SECRET),
            (github(), "GITHUB_SECRET=hookstage-test-secret"),
            ("key", "equals"),
        ),
        mistake(
            "a byte order mark",
            (github(), SECRET),
            (github(), "\u{feff}hookstage-test-secret"),
            ("key", "byte order mark"),
        ),
        mistake(
            "capital letters",
            (github(), SECRET),
            (github(), "Hookstage-Test-Secret"),
            ("key", "capital"),
        ),
        mistake(
            "a prefix kept",
            (github(), SECRET),
            (github(), "whsec_hookstage-test-secret"),
            ("key", "without \"whsec_\""),
        ),
        mistake(
            "a prefix lost",
            (github(), whsec),
            (github(), "aG9va3N0YWdlLXRlc3Qtc2VjcmV0"),
            ("key", "with \"whsec_\""),
        ),
        mistake(
            "a newline in the sender's copy",
            (plain(KeyForm::Wrapped { before: "".into(), after: "\n".into() }), SECRET),
            (text(), SECRET),
            ("key", "newline"),
        ),
        mistake(
            "whsec_ as text",
            (text(), whsec),
            (base64(), whsec),
            ("key_form", "the text itself"),
        ),
        mistake("whsec_ as base64", (base64(), whsec), (text(), whsec), ("key_form", "base64")),
        mistake(
            "hexadecimal digits",
            (plain(KeyForm::Hex), hex),
            (text(), hex),
            ("key_form", "hexadecimal"),
        ),
        mistake(
            "hexadecimal digits as text",
            (text(), hex),
            (plain(KeyForm::Hex), hex),
            ("key_form", "the text itself"),
        ),
        mistake(
            "a hash of the secret",
            (plain(KeyForm::Hashed(Hash::Sha256)), SECRET),
            (text(), SECRET),
            ("key_form", "SHA-256 hash"),
        ),
        mistake(
            "another source's",
            (github(), OTHER),
            (github(), SECRET),
            ("other_key", "acme/billing"),
        ),
        // The form.
        mistake(
            "SHA-512",
            (spelled(Hash::Sha512, Encoding::Base64, ""), SECRET),
            (spelled(Hash::Sha256, Encoding::Base64, ""), SECRET),
            ("hash", "SHA-512"),
        ),
        mistake(
            "SHA-1",
            (spelled(Hash::Sha1Legacy, Encoding::Hex, ""), SECRET),
            (text(), SECRET),
            ("hash", "SHA-1"),
        ),
        mistake(
            "SHA-1 and its prefix",
            (spelled(Hash::Sha1Legacy, Encoding::Hex, "sha1="), SECRET),
            (text(), SECRET),
            ("hash", "sha1="),
        ),
        mistake(
            "base64",
            (spelled(Hash::Sha256, Encoding::Base64, ""), SECRET),
            (text(), SECRET),
            ("encoding", "base64"),
        ),
        mistake(
            "hexadecimal",
            (text(), SECRET),
            (spelled(Hash::Sha256, Encoding::Base64, ""), SECRET),
            ("encoding", "hexadecimal"),
        ),
        mistake(
            "a prefix",
            (spelled(Hash::Sha256, Encoding::Hex, "sha256="), SECRET),
            (text(), SECRET),
            ("prefix", "sha256="),
        ),
        mistake(
            "no prefix",
            (text(), SECRET),
            (spelled(Hash::Sha256, Encoding::Hex, "sha256="), SECRET),
            ("prefix", "without any prefix"),
        ),
        mistake(
            "signed without its time",
            (text(), SECRET),
            (timed(TimeUnit::Seconds, dotted()), SECRET),
            ("signed_parts", "body alone"),
        )
        .with(|sent| sent.headers.push(("x-time".into(), b"1700000000".to_vec()))),
        mistake(
            "another separator",
            (
                timed(TimeUnit::Seconds, vec![Part::Timestamp, Part::literal(":"), Part::Body]),
                SECRET,
            ),
            (timed(TimeUnit::Seconds, dotted()), SECRET),
            ("signed_parts", "colon"),
        ),
        // The time.
        mistake(
            "milliseconds",
            (timed(TimeUnit::Milliseconds, dotted()), SECRET),
            (timed(TimeUnit::Seconds, dotted()), SECRET),
            ("time_unit", "milliseconds"),
        ),
        mistake(
            "seconds",
            (timed(TimeUnit::Seconds, dotted()), SECRET),
            (timed(TimeUnit::Milliseconds, dotted()), SECRET),
            ("time_unit", "whole seconds"),
        ),
        mistake(
            "RFC 3339",
            (timed(TimeUnit::Rfc3339, dotted()), SECRET),
            (timed(TimeUnit::Seconds, dotted()), SECRET),
            ("time_unit", "RFC 3339"),
        ),
        // The body.
        body(
            "compacted",
            b"{\"id\": \"evt_1\", \"a\": [1, 2]}",
            |sent| sent.body = b"{\"id\":\"evt_1\",\"a\":[1,2]}".to_vec(),
            "space behind",
        ),
        body(
            "spaced",
            b"{\"id\":\"evt_1\",\"a\":[1,2]}",
            |sent| sent.body = b"{\"id\": \"evt_1\", \"a\": [1, 2]}".to_vec(),
            "without the white space between",
        ),
        body(
            "indented",
            b"{\n  \"id\": \"evt_1\"\n}",
            |sent| sent.body = b"{\"id\":\"evt_1\"}".to_vec(),
            "two spaces",
        ),
        body(
            "escaped and spaced",
            b"{\"id\": \"evt_1\", \"a\": \"\\u00e9\"}",
            |sent| sent.body = "{\"id\":\"evt_1\",\"a\":\"\u{e9}\"}".into(),
            "as Python writes",
        ),
        body(
            "slashes escaped",
            b"{\"a\":\"b\\/c\"}",
            |sent| sent.body = b"{\"a\":\"b/c\"}".to_vec(),
            "slashes escaped",
        ),
        body(
            "slashes not escaped",
            b"{\"a\":\"b/c\"}",
            |sent| sent.body = b"{\"a\":\"b\\/c\"}".to_vec(),
            "slashes not escaped",
        ),
        body("a newline added", BODY, |sent| sent.body.push(b'\n'), "something added a newline"),
        body(
            "a newline lost",
            b"{}\n",
            |sent| sent.body = b"{}".to_vec(),
            "with a newline at its end",
        ),
        body(
            "a line break lost",
            b"{}\r\n",
            |sent| sent.body = b"{}".to_vec(),
            "with a line break",
        ),
        body(
            "a byte order mark added",
            BODY,
            |sent| sent.body.splice(0..0, *b"\xef\xbb\xbf").for_each(drop),
            "something added one",
        ),
        body(
            "a byte order mark lost",
            b"\xef\xbb\xbf{}",
            |sent| sent.body = b"{}".to_vec(),
            "something removed it",
        ),
        body("CR LF", b"a=1\nb=2", |sent| sent.body = b"a=1\r\nb=2".to_vec(), "single newlines"),
        body("base64", BODY, |sent| sent.body = base64_of(&sent.body), "base64"),
        body("nothing signed", b"", |sent| sent.body = b"{\"a\":1}".to_vec(), "empty"),
        // The address.
        address(
            "http",
            |sent| sent.url = sent.url.replace("https:", "http:"),
            "https in its address",
        ),
        address("a port", |sent| sent.url = "https://hooks.example.com:8443/in".into(), "no port"),
        address(
            "another port and protocol",
            |sent| sent.url = "http://hooks.example.com:8080/in".into(),
            "https and no port",
        ),
        address("a slash", |sent| sent.url.push('/'), "slash"),
        address("a query", |sent| sent.url.push_str("?debug=1"), "no query"),
        address(
            "capital letters in the host",
            |sent| sent.url = "https://Hooks.Example.com/in".into(),
            "lower case",
        ),
        address(
            "a host behind the proxy",
            |sent| {
                sent.url = "http://10.0.0.1/in".into();
                sent.headers
                    .push(("X-Forwarded-Host".into(), b"hooks.example.com, inner".to_vec()));
            },
            "x-forwarded-host",
        ),
        // The place and the provider.
        Mistake {
            on_the_way: |sent| {
                sent.headers.iter_mut().for_each(|(name, _)| *name = "x-other-signature".into())
            },
            ..mistake(
                "another header",
                (text(), SECRET),
                (text(), SECRET),
                ("header", "x-other-signature"),
            )
        },
        mistake(
            "another provider",
            (providers::SLACK.scheme(), SECRET),
            (providers::COEFFECTION.scheme(), SECRET),
            ("other_scheme", "slack"),
        ),
        // What is shown.
        mistake(
            "no word before a shown secret",
            (providers::COMMA_BEARER.scheme(), SECRET),
            (providers::COMMA_BEARER.scheme(), SECRET),
            ("prefix", "without any word"),
        )
        .with(|sent| {
            for (_, value) in &mut sent.headers {
                *value = SECRET.into();
            }
        }),
        mistake(
            "a shown secret in another header",
            (providers::COMMA_BEARER.scheme(), SECRET),
            (providers::COMMA_BEARER.scheme(), SECRET),
            ("header", "x-api-key"),
        )
        .with(|sent| sent.headers.iter_mut().for_each(|(name, _)| *name = "X-Api-Key".into())),
    ]
}

impl Mistake {
    fn with(self, on_the_way: fn(&mut Sent)) -> Self {
        Self { on_the_way, ..self }
    }
}

fn base64_of(bytes: &[u8]) -> Vec<u8> {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes).into_bytes()
}

#[test]
fn each_mistake_gets_its_own_hint_and_no_other() {
    let mut wrong = Vec::new();
    let mistakes = mistakes();
    for Mistake { name, sender, receiver, body, on_the_way, hint } in &mistakes {
        let mut sent = sent(&sender.0, sender.1, body, NOW);
        on_the_way(&mut sent);
        let told = told(&receiver.0, receiver.1, &sent);
        match told.as_slice() {
            [(code, sentence)] if *code == hint.0 && sentence.contains(hint.1) => {}
            other => wrong.push(format!("{name}: {other:?}")),
        }
    }
    println!("{} mistakes", mistakes.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_delivery_that_is_right_needs_no_hint() {
    for Mistake { sender, body, .. } in mistakes() {
        assert!(codes(&sender.0, sender.1, &sent(&sender.0, sender.1, body, NOW)).is_empty());
    }
}

/// Whoever has no key is told nothing, whatever the scheme, and nothing is told of them.
#[test]
fn a_forgery_gets_no_hint() {
    for Mistake { name, sender, body, .. } in mistakes() {
        let forger = match sender.1.strip_prefix("whsec_") {
            Some(_) => "whsec_c29tZXRoaW5nIGVsc2U=",
            None if sender.1.starts_with("0123") => "fedcba98765432100123456789abcdef",
            None => "something-else-altogether",
        };
        let forged = sent(&sender.0, forger, body, NOW);
        let told = told(&sender.0, sender.1, &forged);
        assert!(told.is_empty(), "{name}: {told:?}");
    }
}

#[test]
fn a_late_delivery_is_told_from_one_of_the_future() {
    let scheme = providers::COEFFECTION.scheme();
    for (at, word) in [(1_699_999_000, "too old"), (1_700_001_000, "future")] {
        let at = Timestamp::from_unix_seconds(at);
        let told = told(&scheme, SECRET, &sent(&scheme, SECRET, BODY, at));
        assert!(matches!(told.as_slice(), [("clock", text)] if text.contains(word)), "{told:?}");
    }
}

/// What is seen without a proof is told only where nothing was proven.
#[test]
fn what_is_absent_or_compressed_is_said() {
    let scheme = providers::GITHUB.scheme();
    let genuine = sent(&scheme, SECRET, BODY, NOW);
    let mut without = genuine.clone();
    without.headers.clear();
    assert_eq!(codes(&scheme, SECRET, &without), ["absent"]);
    let mut twice = genuine.clone();
    twice.headers.extend(genuine.headers.clone());
    assert_eq!(codes(&scheme, SECRET, &twice)[0], "malformed");
    let compressed = Sent { body: b"\x1f\x8b\x08\x00".to_vec(), ..genuine.clone() };
    assert_eq!(codes(&scheme, SECRET, &compressed), ["compression"]);
    let mut inflated = Sent { body: b"{}".to_vec(), ..genuine.clone() };
    inflated.headers.push(("Content-Encoding".to_owned(), b"gzip".to_vec()));
    assert_eq!(codes(&scheme, SECRET, &inflated), ["compression"]);
    // Another provider's delivery, signed with a secret that is not here.
    let stripe = sent(&providers::STRIPE.scheme(), "another secret altogether", BODY, NOW);
    let told = told(&scheme, SECRET, &stripe);
    assert_eq!(told[0].0, "absent");
    assert!(told[1].0 == "looks_like" && told[1].1.contains("stripe"), "{told:?}");
}

#[test]
fn a_value_that_differs_is_named() {
    let description = Description {
        require: Cow::Owned(vec![hookstage::scheme::Equality {
            at: hookstage::scheme::Place::header("x-kind"),
            equals: hookstage::scheme::Expected::Text("event".into()),
        }]),
        ..described(Hash::Sha256, Encoding::Hex, "", vec![Part::Body], KeyForm::Text)
    };
    let scheme = Scheme::new(description).unwrap();
    let mut other = sent(&scheme, SECRET, BODY, NOW);
    for (name, value) in &mut other.headers {
        if name.eq_ignore_ascii_case("x-kind") {
            *value = b"test".to_vec();
        }
    }
    let told = told(&scheme, SECRET, &other);
    assert!(matches!(told.as_slice(), [("value", text)] if text.contains("x-kind")), "{told:?}");
}

#[test]
fn an_address_that_nobody_gave_is_missed() {
    let content = vec![Part::Url(UrlPart::Full), Part::Body];
    let scheme =
        Scheme::new(described(Hash::Sha256, Encoding::Hex, "", content, KeyForm::Text)).unwrap();
    let mut sent = sent(&scheme, SECRET, BODY, NOW);
    sent.url = String::new();
    assert_eq!(codes(&scheme, SECRET, &sent), ["no_url"]);
}
