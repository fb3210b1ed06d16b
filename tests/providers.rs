//! The table of presets: each row complete, found by its names, and alive: it signs what it
//! verifies, and believes nothing that was changed afterwards.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeSet;

use hookstage::providers::{self, Evidence, Preset};
use hookstage::scheme::{
    Algorithm, Authentication, BodyCoverage, Curve, Description, FieldSource, Hash, Jose,
    JoseAlgorithm, KeyForm, MessageAlgorithm, MessageSignature, Parameters, Part, Place, Signature,
    SigningKey, TokenGrammar, Unsigned,
};
use hookstage::{DedupePart, DedupeRule, OnMissingKey, Scheme, Secret, Timestamp, Verifier};
use mutations::{Coverages, Request, mutate, waits_for};

mod mutations;

const SECRET: &str = "hookstage-test-secret";
const NOW: Timestamp = Timestamp::from_unix_seconds(1_700_000_000);

#[test]
fn there_are_at_least_250_presets() {
    let count =
        |evidence| providers::all().iter().filter(|preset| preset.evidence == evidence).count();
    println!(
        "{} presets: {} from SDKs, {} from documentation, {} from third parties",
        providers::all().len(),
        count(Evidence::Sdk),
        count(Evidence::Documentation),
        count(Evidence::ThirdParty),
    );
    assert!(providers::all().len() >= 250);
}

#[test]
fn every_row_is_complete() {
    for preset in providers::all() {
        let name = preset.name;
        assert!(preset.documentation.starts_with("https://"), "{name}: no documentation");
        assert!(!preset.documentation.contains(' '), "{name}: no documentation");
        assert!(is_day(preset.checked), "{name}: no date");
        assert!(!preset.title.is_empty(), "{name}: no title");
        assert!(!preset.secret.hint.is_empty(), "{name}: no word on the secret");
        for place in preset.dedupe.iter().chain(&preset.event_type) {
            if let Place::Body(pointer) = place {
                assert!(pointer.starts_with('/'), "{name}: {pointer}");
            }
            if let Place::Header(header) = place {
                assert_eq!(header.to_ascii_lowercase(), *header, "{name}");
            }
        }
    }
}

#[test]
fn every_name_and_alias_finds_one_preset() {
    let mut names = BTreeSet::new();
    for preset in providers::all() {
        for name in std::iter::once(&preset.name).chain(preset.aliases) {
            assert!(names.insert(*name), "{name} stands twice");
            assert!(is_kebab_case(name), "{name}");
            assert_eq!(providers::find(name).unwrap().name, preset.name);
        }
    }
    assert!(providers::find("Stripe").is_none());
    assert!(providers::find("").is_none());
}

#[test]
fn the_table_is_sorted_by_name() {
    assert!(providers::all().is_sorted_by(|one, two| one.name < two.name));
}

/// Names that people meet in documents, each by the name they know.
#[test]
fn what_people_ask_for_is_found() {
    for name in [
        "apple-iap",
        "aws-sns",
        "azure-event-grid",
        "beam",
        "bitbucket",
        "clerk",
        "discord",
        "dub",
        "github",
        "google-play",
        "hubspot-v3",
        "humanloop",
        "intercom",
        "knock",
        "linear",
        "mailgun",
        "meta",
        "n8n",
        "netlify",
        "none",
        "orb",
        "paddle",
        "paddle-classic",
        "pagerduty",
        "paypal",
        "paystack",
        "razorpay",
        "resend",
        "revolut",
        "sendgrid",
        "shared-secret",
        "shopify",
        "slack",
        "stripe",
        "svix",
        "synerise-jwt",
        "synerise-meta",
        "synerise-none",
        "twilio",
        "vercel",
        "wise",
        "zapier",
        "zendesk",
    ] {
        // Nothing was found that says how these two sign.
        let known = !matches!(name, "beam" | "humanloop");
        assert_eq!(providers::find(name).is_some(), known, "{name}");
    }
}

/// The table that people read says what the rows say.
#[test]
fn the_manual_lists_every_preset() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/manual/providers.md");
    let written = std::fs::read_to_string(path).unwrap_or_default();
    let expected = manual();
    assert!(written == expected, "{path} should be:\n{expected}");
}

fn manual() -> String {
    let mut text = String::from(
        "# Providers\n\n\
         One row for each preset, by the name it has in configuration. *Covers* is what a right\n\
         signature proves beside the sender; everything else in a delivery is unproven. *Evidence* is\n\
         where the rule was read: the provider's own software (SDK), its documentation, or independent\n\
         verifiers that run against it (third party), on the day beside it. Other names that find a\n\
         preset stand in brackets. *Asks* marks those that ask an endpoint something beside their\n\
         deliveries, which `Preset::handshakes` answers.\n\n\
         | name | provider | covers | asks | evidence | documentation |\n\
         | --- | --- | --- | --- | --- | --- |\n",
    );
    for preset in providers::all() {
        let aliases = match preset.aliases {
            [] => String::new(),
            aliases => format!(" ({})", aliases.join(", ")),
        };
        text += &format!(
            "| {}{aliases} | {} | {} | {} | {}, {} | <{}> |\n",
            preset.name,
            preset.title,
            covers(preset),
            asks(preset),
            match preset.evidence {
                Evidence::Sdk => "SDK",
                Evidence::Documentation => "documentation",
                _ => "third party",
            },
            preset.checked,
            preset.documentation,
        );
    }
    text
}

/// The methods of its handshakes.
fn asks(preset: &Preset) -> String {
    let mut methods: Vec<&str> =
        preset.handshakes().iter().map(|handshake| handshake.method.as_ref()).collect();
    methods.sort_unstable();
    methods.dedup();
    methods.join(", ")
}

/// The README names every preset, by its first letter.
#[test]
fn the_readme_names_every_preset() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    let readme = std::fs::read_to_string(path).unwrap();
    let expected = by_letter();
    assert!(readme.contains(&expected), "{path} should hold:\n{expected}");
}

fn by_letter() -> String {
    let mut lines: Vec<(char, Vec<&str>)> = Vec::new();
    for preset in providers::all() {
        let first = preset.name.chars().next().unwrap().to_ascii_uppercase();
        match lines.last_mut() {
            Some((letter, names)) if *letter == first => names.push(preset.name),
            _ => lines.push((first, vec![preset.name])),
        }
    }
    let mut text = format!("{} presets, by name:\n\n| | |\n|---|---|\n", providers::all().len());
    for (letter, names) in lines {
        text += &format!("| {letter} | {} |\n", names.join(", "));
    }
    text
}

fn covers(preset: &Preset) -> String {
    let scheme = preset.scheme();
    match &scheme.description().authentication {
        Authentication::Token(_) => return "nothing: a shared secret".into(),
        Authentication::Unsigned => return "nothing: no authentication".into(),
        _ => {}
    }
    let coverage = scheme.coverage();
    let mut covered: Vec<String> = Vec::new();
    match &coverage.body {
        BodyCoverage::Whole => covered.push("body".into()),
        BodyCoverage::Digest => covered.push("body (by its hash)".into()),
        BodyCoverage::Checksum => covered.push("a checksum of the body".into()),
        BodyCoverage::Tokens => covered.push("body but for white space".into()),
        BodyCoverage::FormFields => covered.push("form fields".into()),
        BodyCoverage::Fields(fields) => {
            let fields: Vec<String> = fields.iter().map(|field| format!("`{field}`")).collect();
            covered.push(format!("of the body only {}", fields.join(" ")));
        }
        _ => {}
    }
    for (is_covered, what) in [
        (coverage.timestamp, "time"),
        (coverage.id, "id"),
        (coverage.method, "method"),
        (coverage.url, "URL"),
    ] {
        if is_covered {
            covered.push(what.into());
        }
    }
    let times: Vec<&str> = places_of_head(scheme.description());
    covered.extend(
        coverage
            .headers
            .iter()
            .filter(|name| !times.contains(&name.as_ref()))
            .map(|name| format!("`{name}`")),
    );
    if covered.is_empty() { "the sender alone".into() } else { covered.join(", ") }
}

/// The headers that hold the time and the id, which are named as such.
fn places_of_head(description: &Description) -> Vec<&str> {
    let mut names = Vec::new();
    for place in description.timestamp.iter().map(|time| &time.at).chain(&description.id) {
        match place {
            Place::Header(name) => names.push(name.as_ref()),
            Place::FirstHeader(list) => names.extend(list.iter().map(AsRef::as_ref)),
            _ => {}
        }
    }
    names
}

#[test]
fn every_description_survives_its_stored_form() {
    for preset in providers::all() {
        let stored = serde_json::to_string(&preset.scheme()).unwrap();
        let scheme: Scheme = serde_json::from_str(&stored)
            .unwrap_or_else(|error| panic!("{}: {error}", preset.name));
        assert_eq!(scheme, preset.scheme(), "{}", preset.name);
    }
}

/// Whether this library can also sign: new signatures are not made with SHA-1 and a private key, a
/// chain of certificates and an id in a provider's key set are its owner's, and what names its own
/// headers leaves nothing to choose by.
fn can_sign(preset: &Preset) -> bool {
    let scheme = preset.scheme();
    let of_rule = |signature: &&Signature| {
        !matches!(
            signature.algorithm,
            Algorithm::RsaPkcs1(Hash::Sha1Legacy) | Algorithm::Ecdsa { hash: Hash::Sha1Legacy, .. }
        )
    };
    signatures(scheme.description()).iter().all(of_rule)
        && !matches!(
            preset.name,
            "apple-assn-v2" | "google-pubsub-push" | "hook0" | "kinde" | "plaid"
        )
}

#[test]
fn tim_03_04_sig_03_04_06_10_every_preset_believes_what_it_signs_and_nothing_else() {
    let mut coverages = Coverages::default();
    let mut failures = Vec::new();
    let (mut signed, mut waiting, mut verifying) = (0, Vec::new(), Vec::new());
    for preset in providers::all() {
        if waits_for(preset).is_some() {
            waiting.push(preset.name);
            continue;
        }
        if !can_sign(preset) {
            verifying.push(preset.name);
            continue;
        }
        let scheme = preset.scheme();
        let verifier = verifier(preset, &scheme, SECRET);
        let request = match sign(preset, &verifier) {
            Ok(request) => request,
            Err(error) => {
                failures.push(format!("{}: {error}", preset.name));
                continue;
            }
        };
        if let Err(refusal) = request.judge(&verifier, NOW) {
            failures.push(format!("{}: {refusal}", preset.name));
            continue;
        }
        signed += 1;
        let missed = mutate(preset, &verifier, &request, NOW, &mut coverages);
        failures.extend(missed.into_iter().map(|what| format!("{}: {what}", preset.name)));
        if !matches!(scheme.description().authentication, Authentication::Unsigned) {
            let stranger = self::verifier(preset, &scheme, "hookstage-other-secret");
            if request.judge(&stranger, NOW).is_ok() {
                failures.push(format!("{}: another secret", preset.name));
            }
        }
    }
    println!("{signed} presets sign what they verify; {coverages}; accepted: {}", failures.len());
    println!("they verify and cannot sign: {}", verifying.join(" "));
    println!("not run, because this build cannot judge them: {}", waiting.join(" "));
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
}

/// A genuine request looks first like the presets that believe it too, and like no other before
/// its own.
#[test]
fn every_preset_is_recognised_by_its_request() {
    let (mut first, mut among, mut unseen, mut failures) = (0, 0, Vec::new(), Vec::new());
    for preset in providers::all() {
        if waits_for(preset).is_some() || !can_sign(preset) {
            continue;
        }
        let scheme = preset.scheme();
        let own = verifier(preset, &scheme, SECRET);
        let Ok(mut request) = sign(preset, &own) else { continue };
        // What the provider sends beside its signature.
        for place in preset.dedupe.iter().chain(&preset.event_type) {
            if let Place::Header(name) = place
                && !request.headers.iter().any(|(other, _)| other == name)
            {
                request.headers.push((name.to_string(), b"ping".to_vec()));
            }
        }
        let lines: Vec<(&str, &[u8])> =
            request.headers.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
        let head = hookstage::Head::new(&request.method, &request.url, &lines);
        let found = providers::identify(&hookstage::Delivery::new(head, &request.body));
        let Some(mine) = found.iter().find(|like| like.name() == preset.name) else {
            unseen.push(preset.name);
            continue;
        };
        let before: Vec<&str> = found
            .iter()
            .take_while(|like| like.score() > mine.score())
            .map(|like| like.name())
            .collect();
        match before.len() {
            0 => first += 1,
            1..=3 => among += 1,
            _ => failures.push(format!("{}: after {before:?}", preset.name)),
        }
        assert!(mine.to_string().starts_with(preset.name) && mine.to_string().contains("holds"));
    }
    println!("{first} presets stand first and {among} among the first four; never: {unseen:?}");
    // Nothing tells whose token stands in `Authorization`, or who sends a request without one.
    for name in &unseen {
        let scheme = providers::find(name).unwrap().scheme();
        let alike = match &scheme.description().authentication {
            Authentication::Jose(jose) => jose.at == Place::header("authorization"),
            Authentication::Token(token) => token.at == Place::header("authorization"),
            Authentication::Unsigned => true,
            _ => false,
        };
        assert!(alike, "{name}");
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    let nobody = hookstage::Head::post("", &[("accept", b"*/*")]);
    assert!(providers::identify(&hookstage::Delivery::new(nobody, b"{}")).is_empty());
}

fn sign(preset: &Preset, verifier: &Verifier) -> Result<Request, String> {
    let scheme = preset.scheme();
    let form = b"alert=1&timestamp=1700000000&token=abc&event=ping&payload=%7B%7D&bt_payload=YQ";
    let json = br#"{"id":"evt_1","type":"ping","token":"abc","triggeredAt":1700000000000}"#;
    let wants_form =
        places(scheme.description()).iter().any(|place| matches!(place, Place::Form(_)))
            || parts(scheme.description()).iter().any(
                |part| matches!(part, Part::Fields(fields) if fields.of != FieldSource::Query),
            );
    let body: &[u8] = if wants_form { form } else { json };
    let request = Unsigned {
        method: "POST",
        url: "https://hooks.example.com/in?source=1",
        headers: &[
            ("content-type", b"application/json"),
            ("host", b"hooks.example.com"),
            ("x-contentful-signed-headers", b"x-contentful-signed-headers,x-contentful-timestamp"),
            ("x-contentful-timestamp", b"1700000000000"),
        ],
        body,
        id: "msg_1",
    };
    let signed = verifier.sign(&request, NOW).map_err(|error| error.to_string())?;
    Ok(Request {
        method: signed.method,
        url: signed.url,
        headers: signed
            .headers
            .into_iter()
            .map(|(name, value)| (name.to_ascii_lowercase(), value))
            .collect(),
        body: signed.body,
    })
}

fn verifier(preset: &Preset, scheme: &Scheme, seed: &str) -> Verifier {
    let parameters = scheme
        .parameters()
        .into_iter()
        .fold(Parameters::new(), |all, parameter| all.with(parameter, "configured"));
    let keys: Vec<SigningKey> = match &scheme.description().authentication {
        Authentication::Unsigned => Vec::new(),
        Authentication::Signature(signature) => vec![key(signature, seed)],
        Authentication::AnyOf(signatures) => vec![key(&signatures[0], seed)],
        Authentication::Token(token) if matches!(token.grammar, TokenGrammar::Basic) => {
            vec![SigningKey::new(Secret::new(format!("user:{seed}")).unwrap())]
        }
        Authentication::Jose(jose) => vec![token_key(jose, seed)],
        Authentication::MessageSignature(rule) => vec![message_key(rule, seed)],
        _ => vec![SigningKey::new(Secret::new(seed).unwrap())],
    };
    Verifier::with_parameters(scheme.clone(), keys, parameters)
        .unwrap_or_else(|error| panic!("{}: {error}", preset.name))
}

fn key(signature: &Signature, seed: &str) -> SigningKey {
    use base64::Engine as _;
    let text = match (&signature.key, signature.algorithm) {
        (KeyForm::Base64 { .. }, _) => base64::engine::general_purpose::STANDARD.encode(seed),
        (KeyForm::Hex, _) => hex::encode(seed),
        (KeyForm::Public | KeyForm::Fetched(_), algorithm) => private_key(
            match algorithm {
                Algorithm::Ed25519 => "ed25519",
                Algorithm::Ecdsa { curve: Curve::Secp256k1, .. } => "secp256k1",
                Algorithm::Ecdsa { .. } => "p256",
                _ => "rsa",
            },
            seed,
        ),
        _ => seed.to_owned(),
    };
    SigningKey::new(Secret::new(text).unwrap())
}

fn token_key(jose: &Jose, seed: &str) -> SigningKey {
    let text = match jose.algorithms.first() {
        Some(JoseAlgorithm::Hs256) => seed.to_owned(),
        Some(JoseAlgorithm::Rs256) => private_key("rsa", seed),
        Some(JoseAlgorithm::Es512) => private_key("p521", seed),
        _ => private_key("p256", seed),
    };
    SigningKey::new(Secret::new(text).unwrap())
}

fn message_key(rule: &MessageSignature, seed: &str) -> SigningKey {
    let kind = match rule.algorithms.first() {
        Some(MessageAlgorithm::Ed25519) => "ed25519",
        Some(MessageAlgorithm::EcdsaP256Sha256) => "p256",
        _ => "rsa",
    };
    SigningKey::new(Secret::new(private_key(kind, seed)).unwrap())
}

/// A key made for these tests and used for nothing else.
fn private_key(kind: &str, seed: &str) -> String {
    let which = if seed == SECRET { "one" } else { "other" };
    let path = format!("{}/tests/mutations/keys/{kind}-{which}.pem", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).unwrap()
}

fn signatures(description: &Description) -> Vec<&Signature> {
    match &description.authentication {
        Authentication::Signature(signature) => vec![signature],
        Authentication::AnyOf(signatures) => signatures.iter().collect(),
        _ => Vec::new(),
    }
}

fn parts(description: &Description) -> Vec<&Part> {
    signatures(description)
        .into_iter()
        .flat_map(|signature| signature.content.iter().flat_map(|template| template.iter()))
        .collect()
}

fn places(description: &Description) -> Vec<&Place> {
    let mut places: Vec<&Place> = signatures(description)
        .into_iter()
        .flat_map(|signature| signature.at.iter().map(|slot| &slot.place))
        .collect();
    for part in parts(description) {
        if let Part::Value(place) = part {
            places.push(place);
        }
    }
    places
}

fn is_day(text: &str) -> bool {
    let bytes = text.as_bytes();
    let digits = |range: std::ops::Range<usize>| bytes[range].iter().all(u8::is_ascii_digit);
    bytes.len() == 10
        && (digits(0..4) && bytes[4] == b'-' && digits(5..7) && bytes[7] == b'-' && digits(8..10))
        && ("01"..="12").contains(&&text[5..7])
        && ("01"..="31").contains(&&text[8..10])
}

fn is_kebab_case(text: &str) -> bool {
    text.split('-').all(|word| {
        !word.is_empty()
            && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    })
}

/// Svix names its id in one of two headers, Paddle Classic its alert in a field of the form.
#[test]
fn what_a_provider_repeats_becomes_the_rule_that_dedupes() {
    for (preset, parts) in [
        (
            &providers::SVIX,
            vec![DedupePart::FirstHeader(vec!["svix-id".into(), "webhook-id".into()])],
        ),
        (&providers::PADDLE_CLASSIC, vec![DedupePart::Form("alert_id".into())]),
        (&providers::STRIPE, vec![DedupePart::body("id").unwrap()]),
        (&providers::GITHUB, vec![DedupePart::header("x-github-delivery").unwrap()]),
    ] {
        let rule = DedupeRule::new(parts, OnMissingKey::AcceptWithoutKey).unwrap();
        assert_eq!(preset.dedupe_rule(), Some(rule), "{}", preset.name);
    }
}
