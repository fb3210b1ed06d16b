//! A secret's life before it is kept: made of the host's chance, shown once, wiped.

#[path = "support/traits.rs"]
mod traits;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hookstage::scheme::{Fingerprint, Scheme};
use hookstage::{
    Delivery, EndpointToken, Entropy, EntropyError, Head, Reveal, Secret, SecretEncoding,
    SecretFormat, SecretFormatError, Timestamp, Verifier, providers,
};
use traits::has;

const NOW: i64 = 1_700_000_000;

fn bytes(length: usize) -> Vec<u8> {
    (0..length).map(|byte| (byte * 37 + 11) as u8).collect()
}

fn entropy() -> Entropy {
    Entropy::new(bytes(32)).unwrap()
}

#[test]
fn chance_that_is_none_is_refused() {
    for length in [0, 1, 8, 23] {
        assert_eq!(Entropy::new(bytes(length)).unwrap_err(), EntropyError::TooShort, "{length}");
    }
    for length in [24, 32, 64] {
        assert!(Entropy::new(bytes(length)).is_ok(), "{length}");
    }
    assert_eq!(Entropy::new(bytes(65)).unwrap_err(), EntropyError::TooLong);
    // A buffer that was never filled, a text of few letters, a repeated pattern.
    for regular in [vec![0; 32], vec![0xff; 64], b"abababababababababababababababab".to_vec()] {
        assert_eq!(Entropy::new(regular).unwrap_err(), EntropyError::Regular);
    }
    let seven: Vec<u8> = (0..32).map(|index| index % 7).collect();
    let eight: Vec<u8> = (0..32).map(|index| index % 8).collect();
    assert_eq!(Entropy::new(seven).unwrap_err(), EntropyError::Regular);
    assert!(Entropy::new(eight).is_ok());
    assert_eq!(format!("{:?}", entropy()), "Entropy(..)");
}

#[test]
fn r_cm_11_a_secret_is_generated_behind_a_prefix_of_choice() {
    let made = |format: &SecretFormat| format.generate(entropy()).1.reveal(str::to_owned);
    let text = made(&SecretFormat::text("sk_live_").unwrap());
    assert_eq!(text, format!("sk_live_{}", URL_SAFE_NO_PAD.encode(bytes(32))));
    let text = made(&SecretFormat::standard_webhooks());
    assert_eq!(text, format!("whsec_{}", STANDARD.encode(bytes(32))));
    let text = made(&SecretFormat::new("", SecretEncoding::Hex).unwrap());
    assert_eq!(text, hex::encode(bytes(32)));
    for prefix in ["", "x", "pdl_ntfset_", "user:", &"p".repeat(32)] {
        assert!(SecretFormat::text(prefix.to_owned()).is_ok(), "{prefix}");
    }
    for prefix in ["a b", "a\n", "ä", "a=", "a/", &"p".repeat(33)] {
        assert_eq!(
            SecretFormat::text(prefix.to_owned()).unwrap_err(),
            SecretFormatError::Prefix,
            "{prefix}"
        );
    }
}

/// For every preset: what is generated for it is a secret that it takes, and that recognises what
/// was signed with it.
#[test]
fn r_co_13_r_cm_11_r_wx_5_8_every_scheme_takes_what_is_generated_for_it() {
    let (mut made, mut signed, mut refused) = (0, 0, 0);
    for preset in providers::all() {
        let scheme = preset.scheme();
        if scheme.missing_feature().is_some() {
            continue;
        }
        let prefix = preset.secret.prefixes.first().copied().unwrap_or("");
        let formats = [scheme.secret_format(""), scheme.secret_format(prefix)];
        let Some(format) = formats.iter().flatten().next() else {
            let error = formats[0].as_ref().unwrap_err();
            assert!(
                matches!(
                    error,
                    SecretFormatError::PublicKey
                        | SecretFormatError::HostChecked
                        | SecretFormatError::Unsigned
                        | SecretFormatError::UserName
                ),
                "{}: {error}",
                preset.name
            );
            refused += 1;
            continue;
        };
        let (secret, shown) = format.generate(entropy());
        let text = shown.reveal(str::to_owned);
        let parameters = || {
            let mut parameters = hookstage::scheme::Parameters::new();
            for one in scheme.parameters() {
                parameters = parameters.with(one, "x");
            }
            parameters
        };
        let ours = Verifier::with_parameters(scheme.clone(), [secret], parameters())
            .unwrap_or_else(|error| panic!("{}: {error}", preset.name));
        let theirs = Verifier::with_parameters(
            scheme.clone(),
            [Secret::new(text.clone()).unwrap()],
            parameters(),
        )
        .unwrap();
        let prints = |verifier: &Verifier| verifier.fingerprints().collect::<Vec<_>>();
        assert_eq!(prints(&ours), prints(&theirs), "{}", preset.name);
        assert_eq!(prints(&ours)[0], Fingerprint::of(&Secret::new(text).unwrap()));
        made += 1;
        signed += usize::from(round_trip(&scheme, &ours, &theirs));
    }
    println!("{made} presets take a generated secret, {signed} of them sign and verify with it");
    println!("{refused} have none that could be generated");
    assert!(made > 200 && signed > 100, "{made} {signed}");
}

/// What the sender signs with the shown text, the source accepts.
fn round_trip(scheme: &Scheme, ours: &Verifier, theirs: &Verifier) -> bool {
    let body = br#"{"id":"evt_1"}"#;
    let now = Timestamp::from_unix_seconds(NOW);
    let unsigned = hookstage::scheme::Unsigned {
        method: "POST",
        url: "https://h.example/in",
        headers: &[],
        body,
        id: "msg_1",
    };
    let Ok(signed) = theirs.sign(&unsigned, now) else { return false };
    let lines = signed.header_lines();
    let head = Head::new("POST", &signed.url, &lines);
    let proof = ours.verify(&Delivery::new(head, &signed.body), now);
    assert!(proof.is_ok(), "{scheme:?}: {proof:?}");
    true
}

#[test]
fn key_10_a_prefix_that_would_be_decoded_is_refused() {
    let standard = providers::STANDARD_WEBHOOKS.scheme();
    assert_eq!(standard.secret_format("whsec_"), Ok(SecretFormat::standard_webhooks()));
    for prefix in ["sk_live_", "whsec", "pdl_ntfset_"] {
        assert_eq!(standard.secret_format(prefix), Err(SecretFormatError::UndecodablePrefix));
    }
    // Where the whole text is the key, any prefix is a part of it.
    assert!(providers::STRIPE.scheme().secret_format("whsec_").is_ok());
    assert!(providers::COEFFECTION.scheme().secret_format("sk_live_").is_ok());
    // RFC 7617: a user name ends with the colon; a token of another kind has none.
    let stored = |authentication: serde_json::Value| -> Scheme {
        let stored = serde_json::json!({"version": 1, "authentication": authentication});
        serde_json::from_value(stored).unwrap()
    };
    let shown = |grammar: serde_json::Value| {
        stored(serde_json::json!({"token": {"at": {"header": "x-token"}, "grammar": grammar}}))
    };
    let basic = shown("basic".into());
    for prefix in ["", "user", ":user"] {
        assert_eq!(basic.secret_format(prefix), Err(SecretFormatError::UserName), "{prefix}");
    }
    assert!(basic.secret_format("user:").is_ok());
    let plain = shown(serde_json::json!({"plain": {"prefix": ""}}));
    assert!(plain.secret_format("user").is_ok() && plain.secret_format("user:").is_ok());
    // Hexadecimal digits are decoded whole.
    let rule = |algorithm: serde_json::Value, key: &str| {
        serde_json::json!({
            "at": [{"place": {"header": "x-sig"}, "repeat": "refuse", "key": "any"}],
            "grammar": {"plain": {"prefix": ""}}, "encoding": "hex", "algorithm": algorithm,
            "content": [["body"]], "key": key,
        })
    };
    let hmac = || serde_json::json!({"hmac": "sha256"});
    let hex = stored(serde_json::json!({"signature": rule(hmac(), "hex")}));
    assert_eq!(hex.secret_format(""), SecretFormat::new("", SecretEncoding::Hex));
    assert_eq!(hex.secret_format("sk_"), Err(SecretFormatError::UndecodablePrefix));
    // Of several rules, the first that takes a secret says how it is written.
    let any_of = |rules: [serde_json::Value; 2]| stored(serde_json::json!({"any_of": rules}));
    let public = || rule("ed25519".into(), "public");
    for rules in [[public(), rule(hmac(), "hex")], [rule(hmac(), "hex"), public()]] {
        let format = any_of(rules).secret_format("");
        assert_eq!(format, SecretFormat::new("", SecretEncoding::Hex));
    }
    let format = any_of([rule(hmac(), "text"), rule(hmac(), "hex")]).secret_format("sk_");
    assert_eq!(format, SecretFormat::text("sk_"));
    let format = any_of([public(), public()]).secret_format("");
    assert_eq!(format, Err(SecretFormatError::PublicKey));
    assert_eq!(providers::UNSIGNED.scheme().secret_format(""), Err(SecretFormatError::Unsigned));
}

#[test]
fn log_08_a_fingerprint_tells_secrets_apart_and_confirms_no_guess() {
    let print = |text: &str| Fingerprint::of(&Secret::new(text).unwrap()).to_string();
    assert_eq!(print("hookstage-test-secret"), print("hookstage-test-secret"));
    assert_ne!(print("hookstage-test-secret"), print("hookstage-test-secret-2"));
    // Fifteen bytes could be a word and a year: nothing is said of them.
    for weak in ["hunter2", "s", "summer-of-2026!"] {
        assert_eq!(print(weak), "00000000", "{weak}");
    }
    assert_ne!(print("sixteen-letters!"), "00000000");
    // Stored as it is shown, and nothing else is taken.
    let stored = serde_json::to_string(&Fingerprint::of(&Secret::new("x".repeat(16)).unwrap()));
    let stored = stored.unwrap();
    assert_eq!(stored, format!("\"{}\"", print(&"x".repeat(16))));
    assert!(serde_json::from_str::<Fingerprint>(&stored).is_ok());
    for bad in ["\"\"", "\"0011223\"", "\"001122334\"", "\"zz112233\"", "1"] {
        assert!(serde_json::from_str::<Fingerprint>(bad).is_err(), "{bad}");
    }
}

#[test]
fn r_co_13_r_cm_34_r_wx_6_log_09_what_is_shown_once_cannot_be_copied() {
    assert!(has!(String: Clone), "the probe works");
    assert!(!has!(Reveal: Clone) && !has!(Reveal: std::fmt::Display));
    assert!(!has!(Reveal: serde::Serialize) && !has!(Reveal: AsRef<str>));
    assert!(!has!(Reveal: std::ops::Deref) && !has!(Reveal: PartialEq));
    assert!(!has!(Entropy: Clone) && !has!(Entropy: AsRef<[u8]>));
    assert!(!has!(EndpointToken: Clone) && !has!(EndpointToken: serde::Serialize));
    let (_, shown) = SecretFormat::standard_webhooks().generate(entropy());
    assert_eq!(format!("{shown:?} {shown:#?}"), "Reveal(..) Reveal(..)");
}

/// The memory of this process is searched for a secret: it is there while it is in use, and nowhere
/// when everything that held it was dropped.
#[cfg(target_os = "linux")]
#[test]
fn log_09_nothing_of_a_secret_stays_in_memory() {
    // The text to look for is never written down: only its complement is.
    let mut complement: Vec<u8> = Vec::new();
    let chance: Vec<u8> = (0..32).map(|byte: u8| byte.wrapping_mul(53) ^ 0x5a).collect();
    for encoding in [SecretEncoding::Base64, SecretEncoding::Base64Url, SecretEncoding::Hex] {
        complement.clear();
        let format = SecretFormat::new("canary_", encoding).unwrap();
        let (secret, shown) = format.generate(Entropy::new(chance.clone()).unwrap());
        shown.reveal(|text| complement.extend(text.bytes().skip(7).map(|byte| !byte)));
        let Some(found) = occurrences(&complement) else {
            println!("NOT RUN: the memory of this process cannot be read");
            return;
        };
        assert!(found >= 1, "the search works: a secret in use is found");
        let verifier = Verifier::new(providers::COEFFECTION.scheme(), [secret]).unwrap();
        drop(verifier);
        assert_eq!(occurrences(&complement), Some(0), "{encoding:?}");

        // The same for the token of a URL.
        complement.clear();
        let (_, shown) = EndpointToken::generate(Entropy::new(chance.clone()).unwrap());
        shown.reveal(|text| complement.extend(text.bytes().map(|byte| !byte)));
        assert_eq!(occurrences(&complement), Some(0), "token");
    }
}

/// How often the complement of these bytes stands in the writable memory of this process.
#[cfg(target_os = "linux")]
fn occurrences(complement: &[u8]) -> Option<usize> {
    use std::io::{Read, Seek, SeekFrom};
    let maps = std::fs::read_to_string("/proc/self/maps").ok()?;
    let mut memory = std::fs::File::open("/proc/self/mem").ok()?;
    let mut buffer = vec![0_u8; 1 << 16];
    let mut found = 0;
    for line in maps.lines() {
        let mut fields = line.split_whitespace();
        let (range, rights) = (fields.next()?, fields.next()?);
        if !rights.starts_with("rw") {
            continue;
        }
        let (from, to) = range.split_once('-')?;
        let (mut at, to) = (u64::from_str_radix(from, 16).ok()?, u64::from_str_radix(to, 16).ok()?);
        while at < to {
            let length = usize::try_from(to - at).ok()?.min(buffer.len());
            if memory.seek(SeekFrom::Start(at)).is_err()
                || memory.read_exact(&mut buffer[..length]).is_err()
            {
                break;
            }
            let is_it = |window: &&[u8]| {
                window.iter().zip(complement).all(|(byte, complement)| *byte == !*complement)
            };
            found += buffer[..length].windows(complement.len()).filter(is_it).count();
            // What was read is not to be found a second time.
            buffer[..length].fill(0);
            let step = if length == buffer.len() { length - complement.len() } else { length };
            at += step as u64;
        }
    }
    Some(found)
}
