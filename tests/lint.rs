//! What a host is told when a source is saved that is sound and still weak.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeSet;
use std::time::Duration;

use hookstage::providers::{self, Generic, Preset};
use hookstage::scheme::{Parameters, Tolerance};
use hookstage::{
    DedupeConfig, DedupePart, DedupeRule, OnMissingKey, Scheme, Secret, Source, SourceConfig,
    Warning, Window,
};

const SECRET: &str = "hookstage-test-secret";
const HOUR: Duration = Duration::from_secs(3600);

fn by(part: DedupePart, window: Window) -> DedupeConfig {
    let rule = DedupeRule::new([part], OnMissingKey::AcceptWithoutKey).unwrap();
    DedupeConfig::Rule { rule, window }
}

fn by_body(window: Window) -> DedupeConfig {
    by(DedupePart::body("id").unwrap(), window)
}

fn config(preset: &Preset, secret: &str, dedupe: DedupeConfig) -> SourceConfig {
    let mut config = SourceConfig::preset("acme", "hooks", preset);
    if !secret.is_empty() {
        config = config.with_secret(Secret::new(secret).unwrap());
    }
    config.dedupe = dedupe;
    config
}

fn warnings(config: SourceConfig) -> Vec<Warning> {
    Source::new(config).unwrap().warnings().to_vec()
}

fn of_preset(preset: &Preset, secret: &str, dedupe: DedupeConfig) -> Vec<Warning> {
    warnings(config(preset, secret, dedupe))
}

fn of_scheme(scheme: Scheme, secret: &str) -> Vec<Warning> {
    let mut config = SourceConfig::new("acme", "hooks").with_secret(Secret::new(secret).unwrap());
    config.scheme = Some(scheme);
    config.dedupe = by_body(Window::Unlimited);
    warnings(config)
}

/// A source that nothing is said about, and every way to weaken it, with what is said then.
fn cases() -> Vec<(&'static str, Vec<Warning>, Vec<Warning>)> {
    use Warning::*;
    let (stripe, github) = (&providers::STRIPE, &providers::GITHUB);
    let whsec = "whsec_hookstage-test-secret";
    let kept = || by_body(Window::Unlimited);
    let tolerant = |seconds| {
        let within = Tolerance::Within { past: seconds, future: 60 };
        let mut config = config(&providers::COEFFECTION, SECRET, by_body(Window::FromFirst(HOUR)));
        config.parameters = Parameters::new().with_tolerance(within);
        warnings(config)
    };
    let named = |name: &str| providers::find(name).unwrap();
    let generic = || Generic::new("x-sig").scheme().unwrap();
    vec![
        ("nothing to say", of_preset(stripe, whsec, kept()), vec![]),
        (
            "a header that is not signed",
            of_preset(
                github,
                SECRET,
                by(DedupePart::header("x-github-delivery").unwrap(), Window::Unlimited),
            ),
            vec![UncoveredDedupeKey],
        ),
        ("no dedupe key", of_preset(stripe, whsec, DedupeConfig::Off), vec![NoDedupeKey]),
        (
            "neither time nor dedupe key",
            of_preset(github, SECRET, DedupeConfig::Off),
            vec![NoDedupeKey, ReplayAfterWindow],
        ),
        (
            "no time, and a window that ends",
            of_preset(github, SECRET, by_body(Window::FromFirst(HOUR * 24))),
            vec![ReplayAfterWindow],
        ),
        (
            "a window shorter than the retries",
            of_preset(stripe, whsec, by_body(Window::FromFirst(HOUR * 71))),
            vec![WindowShorterThanRetries],
        ),
        (
            "a window as long as the retries",
            of_preset(stripe, whsec, by_body(Window::FromLast(HOUR * 72))),
            vec![],
        ),
        ("a window of twice the tolerance", tolerant(1800), vec![]),
        ("a window shorter than that", tolerant(1801), vec![WindowShorterThanTolerance]),
        ("SHA-1", of_preset(named("github-sha1"), SECRET, kept()), vec![LegacyHash]),
        (
            "a shown secret",
            of_preset(
                &providers::COMMA_BEARER,
                SECRET,
                by(DedupePart::body("id").unwrap(), Window::Unlimited),
            ),
            vec![SharedSecret, UncoveredBody, UncoveredDedupeKey],
        ),
        (
            "nothing at all",
            of_preset(&providers::UNSIGNED, "", kept()),
            vec![UncoveredBody, UncoveredDedupeKey, Unsigned],
        ),
        ("another prefix", of_preset(stripe, SECRET, kept()), vec![UnexpectedPrefix]),
        ("an API key", of_preset(github, "sk_live_0123456789abcdef", kept()), vec![ApiKey]),
        (
            "an API key with another prefix",
            of_preset(stripe, "sk_test_0123456789abcdef", kept()),
            vec![ApiKey, UnexpectedPrefix],
        ),
        ("whsec_ where text is meant", of_preset(github, whsec, kept()), vec![WhsecAsText]),
        ("a placeholder", of_preset(github, "your-webhook-secret", kept()), vec![Placeholder]),
        ("one letter", of_preset(github, "aaaaaaaaaaaaaaaaaaaaaaaa", kept()), vec![Placeholder]),
        ("a short secret", of_preset(github, "0123456789abcde", kept()), vec![ShortSecret]),
        ("a secret of sixteen bytes", of_preset(github, "0123456789abcdef", kept()), vec![]),
        (
            "a space before",
            of_preset(github, " hookstage-test-secret", kept()),
            vec![UnexpectedShape],
        ),
        ("quotes", of_preset(github, "\"hookstage-test-secret\"", kept()), vec![UnexpectedShape]),
        (
            "a variable's name",
            of_preset(github, "GITHUB_SECRET=hookstage-test-secret", kept()),
            vec![UnexpectedShape],
        ),
        (
            "padding is no variable's name",
            of_preset(github, "QUJDREVGR0hJSktMTU5PUA==", kept()),
            vec![],
        ),
        (
            "a key in PEM",
            of_preset(
                github,
                "-----BEGIN PUBLIC KEY-----\nMCowBQ==\n-----END PUBLIC KEY-----\n",
                kept(),
            ),
            vec![UnexpectedShape],
        ),
        (
            "hexadecimal digits",
            of_preset(&providers::STANDARD_WEBHOOKS, "0123456789abcdef0123456789abcdef", kept()),
            vec![UnexpectedPrefix, UnexpectedShape],
        ),
        // A scheme of the host's own is judged as a preset is.
        ("a scheme of one's own", of_scheme(generic(), SECRET), vec![]),
        ("and an API key", of_scheme(generic(), "ghp_0123456789abcdef"), vec![ApiKey]),
        ("a bare hash", of_scheme(bare_hash(), SECRET), vec![BareHash]),
    ]
}

fn bare_hash() -> Scheme {
    serde_json::from_str(
        r#"{"version":1,"authentication":{"signature":{
            "at":[{"place":{"header":"x-sig"},"repeat":"refuse","key":"any"}],
            "grammar":{"plain":{"prefix":""}},"encoding":"hex","algorithm":{"digest":"sha256"},
            "content":[["secret","body"]],"key":"text"}}}"#,
    )
    .unwrap()
}

#[test]
fn every_weakness_is_named_and_nothing_else() {
    let mut said = BTreeSet::new();
    for (name, warnings, mut expected) in cases() {
        // The order is that of the names.
        expected.sort_by_key(|warning| warning.code());
        assert_eq!(warnings, expected, "{name}");
        said.extend(expected);
    }
    let never: Vec<Warning> = Warning::ALL.into_iter().filter(|one| !said.contains(one)).collect();
    assert!(never.is_empty(), "no case for {never:?}");
}

#[test]
fn a_warning_says_what_to_do_and_repeats_no_secret() {
    let mut codes = BTreeSet::new();
    for warning in Warning::ALL {
        let (code, sentence) = (warning.code(), warning.to_string());
        assert!(codes.insert(code), "{code}");
        assert!(code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{code}");
        assert!(sentence.len() > 30 && !sentence.contains("test-secret"), "{sentence}");
    }
    let preset = providers::GITHUB.lint(&Secret::new("ghp_test-secret").unwrap());
    assert_eq!(preset, [Warning::ApiKey, Warning::ShortSecret]);
}
