//! Rotation of secrets: the rows ROT of the threat model, as far as a verifier decides them.
//!
//! These rows need an engine and stand in `tests/replay.rs`: ROT-03 (a rotation while requests are in flight),
//! ROT-04 (the same secret added again), ROT-05 (a replay accepted under the old secret, after the
//! rotation, keeps its dedupe key occupied).

mod support;

use hookstage::scheme::{
    Description, Grammar, KeyChoice, Part, Place, Repeat, Signature, SigningKey, Slot,
};
use hookstage::{Malformation, Refusal, Scheme, Secret, Timestamp, Verifier};
use support::*;

const NEW: usize = 0;
const OLD: usize = 1;
const FOREIGN: usize = 9;

/// What a sender with this key sends; nothing where the provider has no place for another key.
fn signed_by(subject: &Subject, key: usize) -> Option<Request> {
    send(subject, &Plan { key, ring: if key == FOREIGN { NEW } else { key }, ..Plan::default() })
}

#[test]
fn rot_01_either_live_key_will_do() {
    for subject in subjects() {
        let verifier = subject.verifier_of(&[NEW, OLD]);
        for (key, expected) in [(NEW, Some(0)), (OLD, Some(1)), (FOREIGN, None)] {
            let Some(request) = signed_by(&subject, key) else { continue };
            let judged = request.verify(&verifier, NOW);
            match (judged, expected) {
                (Ok(accepted), Some(index)) => {
                    assert_eq!(accepted.key_index, Some(index), "{}", subject.name);
                }
                (Err(Refusal::Mismatch { keys: 2, .. }), None) => {}
                (other, _) => panic!("{}: {other:?}", subject.name),
            }
        }
    }
}

/// The text of the signature that a key makes.
fn signature_by(subject: &Subject, key: usize) -> String {
    let kept = std::cell::RefCell::new(String::new());
    let keep: &dyn Fn(&str) -> String = &|text| {
        *kept.borrow_mut() = text.to_owned();
        text.to_owned()
    };
    send(subject, &Plan { key, signature: keep, ..Plan::default() }).unwrap();
    kept.into_inner()
}

#[test]
fn rot_01_any_signature_in_the_list_will_do() {
    let mut schemes = 0;
    for subject in subjects() {
        let Some(signature) = subject.signature() else { continue };
        let (item, lead) = match &signature.grammar {
            Grammar::Items { item, pair, signatures } => {
                (*item, format!("{}{pair}", signatures[0]))
            }
            Grammar::Positions { item, .. } => (*item, String::new()),
            _ => continue,
        };
        schemes += 1;
        let [new, old, foreign] = [NEW, OLD, FOREIGN].map(|key| signature_by(&subject, key));
        let verifier = subject.verifier_of(&[NEW, OLD]);
        let cases: [(&[&String], Option<u8>); 9] = [
            (&[&new, &foreign, &foreign], Some(0)),
            (&[&foreign, &new, &foreign], Some(0)),
            (&[&foreign, &foreign, &new], Some(0)),
            (&[&old, &foreign, &foreign], Some(1)),
            (&[&foreign, &old, &foreign], Some(1)),
            (&[&foreign, &foreign, &old], Some(1)),
            // Both: the newest key is the one that is told.
            (&[&new, &old], Some(0)),
            (&[&old, &new], Some(0)),
            (&[&foreign, &foreign], None),
        ];
        for (list, expected) in cases {
            let texts: Vec<&str> = list.iter().map(|text| text.as_str()).collect();
            let joined = texts.join(&format!("{item}{lead}"));
            let all: &dyn Fn(&str) -> String = &|_| joined.clone();
            let request = send(&subject, &Plan { signature: all, ..Plan::default() }).unwrap();
            let judged = request.verify(&verifier, NOW);
            let index = judged.as_ref().ok().map(|accepted| accepted.key_index.unwrap());
            assert_eq!(index, expected, "{}: {judged:?}", subject.name);
        }
    }
    assert!(schemes >= 5, "{schemes}");
}

#[test]
fn rot_01_several_headers_each_with_a_key_of_its_own() {
    let at = |name: &'static str, key| Slot { key, ..slot(Place::header(name)) };
    let scheme = Scheme::new(described(Signature {
        at: vec![at("x-new", KeyChoice::Nth(0)), at("x-old", KeyChoice::Nth(1))].into(),
        ..signature(vec![Part::Body])
    }))
    .unwrap();
    let keys = ["the newer secret", "the older secret"];
    let verifier = Verifier::new(scheme, keys.map(|text| Secret::new(text).unwrap())).unwrap();
    let mac = |key: &str| hex(&hmac(hookstage::scheme::Hash::Sha256, key.as_bytes(), b"{}"));
    let request = |new: &str, old: &str| Request {
        method: "POST".to_owned(),
        url: String::new(),
        headers: vec![
            ("X-New".to_owned(), new.to_owned().into_bytes()),
            ("X-Old".to_owned(), old.to_owned().into_bytes()),
        ],
        body: b"{}".to_vec(),
    };
    let [new, old] = keys.map(mac);
    let foreign = mac("another secret");
    let judged = |new: &str, old: &str| {
        request(new, old).verify(&verifier, NOW).map(|accepted| accepted.key_index.unwrap())
    };
    assert_eq!(judged(&new, &old).unwrap(), 0);
    assert_eq!(judged(&new, &foreign).unwrap(), 0);
    assert_eq!(judged(&foreign, &old).unwrap(), 1);
    // Each stands in the other's header.
    assert_eq!(judged(&old, &new).unwrap_err().code(), "mismatch");
    let one = request(&new, &old).without("x-new").verify(&verifier, NOW);
    assert_eq!(one.unwrap().key_index, Some(1));
}

#[test]
fn rot_01_a_header_that_may_repeat_holds_one_signature_a_line() {
    let scheme = Scheme::new(described(Signature {
        at: vec![Slot { repeat: Repeat::Each, ..slot(Place::header("x-signature")) }].into(),
        ..signature(vec![Part::Body])
    }))
    .unwrap();
    let verifier = Verifier::new(scheme, [Secret::new("the only secret").unwrap()]).unwrap();
    let mac = |key: &str| hex(&hmac(hookstage::scheme::Hash::Sha256, key.as_bytes(), b"{}"));
    let lines = |values: &[String]| Request {
        method: "POST".to_owned(),
        url: String::new(),
        headers: values
            .iter()
            .map(|value| ("X-Signature".to_owned(), value.clone().into_bytes()))
            .collect(),
        body: b"{}".to_vec(),
    };
    let (good, bad) = (mac("the only secret"), mac("another secret"));
    for position in 0..3 {
        let mut values = vec![bad.clone(); 3];
        values[position] = good.clone();
        assert!(lines(&values).verify(&verifier, NOW).is_ok(), "{position}");
    }
    assert_eq!(lines(&vec![bad.clone(); 3]).verify(&verifier, NOW).unwrap_err().code(), "mismatch");
    let mut many = vec![bad; 16];
    many.push(good);
    let refusal = lines(&many).verify(&verifier, NOW).unwrap_err();
    assert!(matches!(refusal, Refusal::Malformed { fault: Malformation::TooManySignatures, .. }));
}

#[test]
fn rot_02_an_old_secret_ends_at_its_moment() {
    for subject in subjects() {
        let ends = Timestamp::from_unix_seconds(NOW + 10);
        let verifier = Verifier::with_parameters(
            subject.scheme.clone(),
            [SigningKey::new(subject.secret(NEW)), SigningKey::until(subject.secret(OLD), ends)],
            parameters(&subject),
        )
        .unwrap();
        let Some(old_request) = signed_by(&subject, OLD) else { continue };
        let new_request = signed_by(&subject, NEW).unwrap();
        let millis = ends.as_unix_millis();
        for (now, is_live) in [(millis - 1, true), (millis, false), (millis + 1, false)] {
            let now = Timestamp::from_unix_millis(now);
            let old = old_request.verify_at(&verifier, now);
            match old {
                Ok(accepted) => {
                    assert!(is_live, "{}", subject.name);
                    assert_eq!(accepted.key_index, Some(1), "{}", subject.name);
                }
                Err(Refusal::Mismatch { keys, .. }) => {
                    assert!(!is_live, "{}", subject.name);
                    assert_eq!(keys, 1, "{}: only the live key counts", subject.name);
                }
                Err(other) => panic!("{}: {other:?}", subject.name),
            }
            assert!(new_request.verify_at(&verifier, now).is_ok(), "{}", subject.name);
        }
    }
}

#[test]
fn rot_02_when_every_secret_has_ended_nothing_is_believed() {
    for subject in subjects() {
        let ended = SigningKey::until(subject.secret(NEW), Timestamp::from_unix_seconds(NOW));
        let verifier =
            Verifier::with_parameters(subject.scheme.clone(), [ended], parameters(&subject))
                .unwrap();
        let refusal = signed_by(&subject, NEW).unwrap().verify(&verifier, NOW).unwrap_err();
        assert!(
            matches!(refusal, Refusal::Mismatch { keys: 0, .. }),
            "{}: {refusal:?}",
            subject.name
        );
    }
}

#[test]
fn rot_06_at_most_four_live_keys() {
    for subject in subjects() {
        let verifier = subject.verifier_of(&[0, 1, 2, 3]);
        for key in 0..4 {
            let Some(request) = signed_by(&subject, key) else { continue };
            let accepted = request.verify(&verifier, NOW).unwrap();
            assert_eq!(accepted.key_index, Some(key as u8), "{}", subject.name);
        }
        for count in [5, 100] {
            let secrets = (0..count).map(|number| subject.secret(number));
            let error =
                Verifier::with_parameters(subject.scheme.clone(), secrets, parameters(&subject))
                    .unwrap_err();
            assert_eq!(error.faults()[0].at(), "keys", "{}", subject.name);
        }
    }
}

/// One template that fails must not keep another key or template from being tried.
#[test]
fn several_ways_to_build_the_signed_bytes() {
    let scheme = Scheme::new(Description {
        ..described(Signature {
            content: vec![
                vec![Part::header("x-version"), Part::literal("."), Part::Body].into(),
                vec![Part::Body].into(),
            ]
            .into(),
            ..signature(vec![Part::Body])
        })
    })
    .unwrap();
    let verifier = Verifier::new(scheme, [Secret::new("the only secret").unwrap()]).unwrap();
    let mac = |message: &[u8]| {
        hex(&hmac(hookstage::scheme::Hash::Sha256, b"the only secret", message)).into_bytes()
    };
    let request = |value: Vec<u8>| Request {
        method: "POST".to_owned(),
        url: String::new(),
        headers: vec![("X-Signature".to_owned(), value)],
        body: b"{}".to_vec(),
    };
    let versioned = request(mac(b"2.{}")).and("X-Version", "2");
    assert!(versioned.verify(&verifier, NOW).is_ok());
    let plain = request(mac(b"{}")).and("X-Version", "2");
    assert!(plain.verify(&verifier, NOW).is_ok());
    let without = request(mac(b"{}"));
    let judged = without.verify(&verifier, NOW);
    assert!(judged.is_ok(), "the second way needs no header: {judged:?}");
    // One way could be followed, so the signature is what is wrong, and not the header.
    let wrong = request(mac(b"another body")).verify(&verifier, NOW).unwrap_err();
    assert!(matches!(wrong, Refusal::Mismatch { signatures: 1, keys: 1, .. }), "{wrong:?}");
    // Coverage is what all ways cover.
    let coverage = verifier.scheme().coverage();
    assert!(coverage.binds_body() && coverage.headers.is_empty(), "{coverage:?}");
}
