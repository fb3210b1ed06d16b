//! Signatures and headers under attack: the rows SIG of the threat model, over every preset that
//! signs and over schemes made of the vocabulary alone.
//!
//! Of SIG-09, the time that a comparison takes is measured by `benches/constant_time.rs`, with a
//! naive loop as its control; what is asserted here is that nothing else tells where a signature
//! goes wrong.

mod support;

use std::borrow::Cow;
use std::ops::Range;

use hookstage::json::ReadOptions;
use hookstage::providers;
use hookstage::scheme::{
    Authentication, BodyCoverage, Encoding, Grammar, Hash, Means, Part, Place, Repeat,
    TokenGrammar, UrlPart,
};
use hookstage::{
    DedupePart, DedupeRule, Deduped, Malformation, OnMissingKey, Refusal, Secret, Verifier,
};
use support::*;

/// The subjects that sign something.
fn signed() -> Vec<Subject> {
    subjects().into_iter().filter(|subject| subject.signature().is_some()).collect()
}

fn refusal(subject: &Subject, request: &Request, what: &str) -> Refusal {
    match request.verify(&subject.verifier(), NOW) {
        Ok(_) => panic!("{}: accepted with {what}: {request:?}", subject.name),
        Err(refusal) => {
            assert!(refusal.is_authentication(), "{}: {what}: {refusal:?}", subject.name);
            refusal
        }
    }
}

fn accepted(subject: &Subject, request: &Request, what: &str) -> Accepted {
    match request.verify(&subject.verifier(), NOW) {
        Ok(accepted) => accepted,
        Err(refusal) => {
            panic!("{}: refused with {what}: {refusal:?}: {request:?}", subject.name)
        }
    }
}

#[test]
fn every_genuine_request_is_believed_by_its_own_scheme_alone() {
    let subjects = subjects();
    for subject in &subjects {
        let genuine = subject.genuine().unwrap();
        accepted(subject, &genuine, "nothing changed");
        let other = Verifier::with_parameters(
            subject.scheme.clone(),
            [subject.secret(1)],
            parameters(subject),
        );
        let refusal = genuine.verify(&other.unwrap(), NOW).unwrap_err();
        assert!(
            matches!(refusal, Refusal::Mismatch { keys: 1, .. }),
            "{}: {refusal:?}",
            subject.name
        );
    }
    println!("{} schemes", subjects.len());
}

#[test]
fn sig_01_empty_mac() {
    for subject in subjects() {
        let nothing: &dyn Fn(&str) -> String = &|_| String::new();
        let forged = send(&subject, &Plan { signature: nothing, ..Plan::default() }).unwrap();
        let refusal = refusal(&subject, &forged, "an empty signature");
        assert!(matches!(refusal, Refusal::Malformed { .. }), "{}: {refusal:?}", subject.name);
    }
}

#[test]
fn sig_02_every_prefix_and_extension_of_the_mac() {
    let mut tried = 0;
    for subject in subjects() {
        let mut texts = Vec::new();
        let whole = std::cell::RefCell::new(String::new());
        let keep: &dyn Fn(&str) -> String = &|text| {
            *whole.borrow_mut() = text.to_owned();
            text.to_owned()
        };
        send(&subject, &Plan { signature: keep, ..Plan::default() }).unwrap();
        let whole = whole.into_inner();
        texts.extend((0..whole.len()).map(|length| whole[..length].to_owned()));
        for length in 1..=8 {
            texts.push(format!("{whole}{}", &"0a0a0a0a"[..length]));
            texts.push(format!("{whole}{}", "=".repeat(length)));
            texts.push(format!("{}{whole}", &"0a0a0a0a"[..length]));
        }
        if let Some(Encoding::Hex) = subject.signature().map(|signature| signature.encoding) {
            texts.push(format!("{whole}00"));
            texts.push(format!("0x{whole}"));
        }
        for text in texts {
            let forged =
                send(&subject, &Plan { signature: &|_| text.clone(), ..Plan::default() }).unwrap();
            refusal(&subject, &forged, "a signature of another length");
            tried += 1;
        }
    }
    println!("{tried} lengths");
}

/// A request with one bit of it flipped.
struct Flip {
    what: String,
    request: Request,
    /// The text that the bit stood in, and the byte of it.
    text: Vec<u8>,
    at: usize,
    after: u8,
}

impl Flip {
    /// The stated exceptions: the case of hexadecimal digits of a signature or of a percent escape,
    /// and that of an authentication scheme's name, which RFC 9110 declares to mean nothing.
    fn is_case_that_means_nothing(&self, subject: &Subject) -> bool {
        let before = self.text[self.at];
        if before ^ self.after != 0x20 || !before.is_ascii_alphabetic() {
            return false;
        }
        if self.what == "body" || self.what == "method" {
            return false;
        }
        let escape = self.text[..self.at].iter().rev().take(2).any(|byte| *byte == b'%');
        let word = match &subject.scheme.description().authentication {
            Authentication::Signature(signature) => match &signature.grammar {
                Grammar::Word { word } => word.len(),
                _ => 0,
            },
            Authentication::Token(token) => match &token.grammar {
                TokenGrammar::Word { word } => word.len(),
                TokenGrammar::Basic => "Basic".len(),
                _ => 0,
            },
            _ => 0,
        };
        let is_digit = before.is_ascii_hexdigit()
            && subject.signature().is_some_and(|signature| signature.encoding == Encoding::Hex)
            // The signature is the long run of digits in its text.
            && self.text.split(|byte| !byte.is_ascii_hexdigit()).any(|run| run.len() >= 40);
        escape || self.at < word || is_digit
    }
}

impl Flip {
    /// Whether it stands in an item of a list that the description does not read, such as a key's
    /// public name: nothing covers it.
    fn stands_in_filler(&self) -> bool {
        let filler = FILLER.as_bytes();
        let mut windows = self.text.windows(filler.len()).enumerate();
        windows.any(|(start, window)| {
            window == filler && (start..start + filler.len()).contains(&self.at)
        })
    }
}

/// Where a flipped bit must be noticed.
fn flips(subject: &Subject, genuine: &Request) -> Vec<Flip> {
    let coverage = subject.scheme.coverage();
    let description = subject.scheme.description();
    let mut places: Vec<&Place> = Vec::new();
    match &description.authentication {
        Authentication::Signature(_) | Authentication::AnyOf(_) => {
            let signature = subject.signature().unwrap();
            places.extend(signature.at.iter().map(|slot| &slot.place));
            for part in signature.content.iter().flat_map(|parts| parts.iter()) {
                match part {
                    Part::Value(place) => places.push(place),
                    Part::Optional(parts) => places.extend(parts.iter().filter_map(|part| {
                        if let Part::Value(place) = part { Some(place) } else { None }
                    })),
                    _ => {}
                }
            }
        }
        Authentication::Token(token) => places.push(&token.at),
        _ => {}
    }
    places.extend(description.timestamp.iter().map(|time| &time.at));
    places.extend(&description.id);
    places.extend(description.require.iter().map(|equality| &equality.at));

    let mut flips = Vec::new();
    for (index, (name, value)) in genuine.headers.iter().enumerate() {
        let matters = places.iter().any(|place| match place {
            Place::Header(at) => at == name,
            Place::NumberedHeader { prefix, .. } => name.starts_with(prefix.as_ref()),
            _ => false,
        });
        if matters {
            for (flipped, at) in each_flip(value) {
                let after = flipped[at];
                let mut request = genuine.clone();
                request.headers[index].1 = flipped;
                let what = format!("header {name}");
                flips.push(Flip { what, request, text: value.clone(), at, after });
            }
        }
    }
    if coverage.binds_body() {
        for (body, at) in each_flip(&genuine.body) {
            let (what, text, after) = ("body".to_owned(), genuine.body.clone(), body[at]);
            let request = Request { body, ..genuine.clone() };
            flips.push(Flip { what, request, text, at, after });
        }
    } else {
        for place in &places {
            let range = match place {
                Place::Body(pointer) => value_in_json(genuine, pointer),
                Place::Form(name) => value_in_form(&genuine.body, name),
                _ => continue,
            };
            let text = genuine.body[range.clone()].to_vec();
            for (part, at) in each_flip(&text) {
                let after = part[at];
                let mut request = genuine.clone();
                request.body.splice(range.clone(), part);
                let what = format!("{place:?}");
                flips.push(Flip { what, request, text: text.clone(), at, after });
            }
        }
    }
    if coverage.method {
        for (method, at) in text_flips(genuine.method.as_str(), 0..4) {
            let (what, text) = ("method".to_owned(), genuine.method.clone().into_bytes());
            let after = method.as_bytes()[at];
            let request = Request { method, ..genuine.clone() };
            flips.push(Flip { what, request, text, at, after });
        }
    }
    let url = genuine.url.as_str();
    let mut ranges = Vec::new();
    if coverage.url {
        let path = "https://hooks.example.com".len();
        let query = url.find('?').unwrap();
        let parts = subject.signature().unwrap().content.iter().flat_map(|parts| parts.iter());
        ranges.extend(parts.filter_map(|part| match part {
            Part::Url(UrlPart::Full) => Some(0..url.len()),
            Part::Url(UrlPart::PathAndQuery) => Some(path..url.len()),
            Part::Url(UrlPart::Path) => Some(path..query),
            Part::Url(UrlPart::WithoutQuery) => Some(0..query),
            _ => None,
        }));
    }
    for place in &places {
        if let Place::Query(name) = place {
            let start = url.find(&format!("&{name}=")).unwrap() + name.len() + 2;
            let length = url[start..].find('&').unwrap_or(url.len() - start);
            ranges.push(start..start + length);
        }
    }
    for range in ranges {
        for (flipped, at) in text_flips(url, range) {
            let (what, text) = ("url".to_owned(), url.as_bytes().to_vec());
            let after = flipped.as_bytes()[at];
            let request = Request { url: flipped, ..genuine.clone() };
            flips.push(Flip { what, request, text, at, after });
        }
    }
    flips
}

fn each_flip(bytes: &[u8]) -> impl Iterator<Item = (Vec<u8>, usize)> {
    (0..bytes.len() * 8).map(move |bit| {
        let mut flipped = bytes.to_vec();
        flipped[bit / 8] ^= 1 << (bit % 8);
        (flipped, bit / 8)
    })
}

/// The flips of a text that leave it a text: a host cannot give another.
fn text_flips(text: &str, range: Range<usize>) -> impl Iterator<Item = (String, usize)> {
    let bytes = text.as_bytes().to_vec();
    range.flat_map(|at| (0..8).map(move |bit| (at, bit))).filter_map(move |(at, bit)| {
        let mut flipped = bytes.clone();
        flipped[at] ^= 1 << bit;
        String::from_utf8(flipped).ok().map(|text| (text, at))
    })
}

fn value_in_json(request: &Request, pointer: &str) -> Range<usize> {
    let body: serde_json::Value = serde_json::from_slice(&request.body).unwrap();
    let value = body.pointer(pointer).unwrap().as_str().unwrap().to_owned();
    let text = std::str::from_utf8(&request.body).unwrap();
    let start = text.find(&format!("\"{value}\"")).unwrap() + 1;
    start..start + value.len()
}

fn value_in_form(body: &[u8], name: &str) -> Range<usize> {
    let text = std::str::from_utf8(body).unwrap();
    let start = text.find(&format!("{name}=")).unwrap() + name.len() + 1;
    let length = text[start..].find('&').unwrap_or(text.len() - start);
    start..start + length
}

#[test]
fn sig_03_every_single_bit_flip() {
    let (mut tried, mut case) = (0, 0);
    for subject in subjects() {
        let genuine = subject.genuine().unwrap();
        let verifier = subject.verifier();
        for flip in flips(&subject, &genuine) {
            if flip.stands_in_filler() {
                continue;
            }
            tried += 1;
            if flip.request.verify(&verifier, NOW).is_err() {
                continue;
            }
            assert!(
                flip.is_case_that_means_nothing(&subject),
                "{}: {}: {:#x} -> {:#x} is accepted: {:?}",
                subject.name,
                flip.what,
                flip.text[flip.at],
                flip.after,
                flip.request
            );
            case += 1;
        }
    }
    println!("{tried} flips, 0 accepted but for {case} changes of letter case");
    assert!(tried > 10_000);
}

#[test]
fn sig_04_absent_empty_twice_and_joined() {
    for subject in subjects() {
        let genuine = subject.genuine().unwrap();
        let Some(name) = subject.header() else { continue };
        let value = genuine.header(name).unwrap().to_vec();

        let absent = refusal(&subject, &genuine.clone().without(name), "no signature header");
        assert!(matches!(absent, Refusal::Absent(_)), "{}: {absent:?}", subject.name);

        let empty = refusal(&subject, &genuine.clone().set(name, ""), "an empty header");
        assert!(
            matches!(empty, Refusal::Malformed { fault: Malformation::Empty, .. }),
            "{}: {empty:?}",
            subject.name
        );

        let may_repeat = subject
            .signature()
            .is_some_and(|signature| signature.at.iter().any(|slot| slot.repeat == Repeat::Each));
        for second in [value.clone(), b"something else".to_vec()] {
            for twice in [
                genuine.clone().and(&name.to_ascii_uppercase(), second.clone()),
                genuine.clone().without(name).and(name, second.clone()).and(name, value.clone()),
            ] {
                if may_repeat {
                    accepted(&subject, &twice, "a repeated header that may be");
                } else {
                    let refusal = refusal(&subject, &twice, "two lines");
                    assert!(
                        matches!(refusal, Refusal::Malformed { fault: Malformation::Repeated, .. }),
                        "{}: {refusal:?}",
                        subject.name
                    );
                }
            }
        }

        let joined = [value.as_slice(), b", ", &value].concat();
        let joined = genuine.clone().set(name, joined);
        // What is a list of signatures stays one when it is joined with itself: the junk between is
        // ignored (SIG-07), and a time that stands twice is refused (TIM-05).
        let time = subject.scheme.description().timestamp.as_ref();
        let is_list = match subject.signature().map(|signature| &signature.grammar) {
            Some(Grammar::Items { item: ',', .. }) => {
                !time.is_some_and(|time| matches!(time.at, Place::Item(_)))
            }
            Some(
                Grammar::Items { .. }
                | Grammar::Positions { .. }
                | Grammar::Records { item: ',', .. },
            ) => true,
            _ => false,
        };
        if !is_list {
            refusal(&subject, &joined, "two values joined by a comma");
        }
    }
}

#[test]
fn sig_05_values_shorter_than_the_prefix_they_need() {
    for subject in subjects() {
        let whole = std::cell::RefCell::new(String::new());
        let keep: &dyn Fn(&str) -> String = &|text| {
            *whole.borrow_mut() = text.to_owned();
            text.to_owned()
        };
        send(&subject, &Plan { value: keep, ..Plan::default() }).unwrap();
        let whole = whole.into_inner();
        for length in 1..whole.len() {
            let cut: &dyn Fn(&str) -> String = &|text| text[..length].to_owned();
            let forged = send(&subject, &Plan { value: cut, ..Plan::default() }).unwrap();
            refusal(&subject, &forged, "a value that is cut off");
        }
    }
}

#[test]
fn sig_06_values_that_are_no_text() {
    // A fixed sequence (Knuth's MMIX constants), so that a failure repeats.
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = move || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize
    };
    let mut tried = 0;
    for subject in subjects() {
        let genuine = subject.genuine().unwrap();
        let Some(name) = subject.header() else { continue };
        let value = genuine.header(name).unwrap().to_vec();
        for _ in 0..400 {
            let mut garbage = value.clone();
            for _ in 0..1 + random() % 8 {
                let at = random() % garbage.len();
                match random() % 4 {
                    0 => garbage[at] = 0,
                    1 => garbage[at] = 0x80 | (random() % 128) as u8,
                    2 => garbage.truncate(at.max(1)),
                    _ => garbage.insert(at, (random() % 256) as u8),
                }
            }
            if garbage == value {
                continue;
            }
            // What chance makes of it may still hold a genuine signature among junk, and the case
            // of a digit may have changed; what matters is that it is judged at all.
            let _ = genuine.clone().set(name, garbage).verify(&subject.verifier(), NOW);
            let noise: Vec<u8> = (0..1 + random() % 90).map(|_| (random() % 256) as u8).collect();
            refusal(&subject, &genuine.clone().set(name, noise), "noise");
            tried += 2;
        }
        let huge = [value.as_slice(), &vec![b' '; 1 << 20]].concat();
        let refusal = refusal(&subject, &genuine.clone().set(name, huge), "a megabyte");
        assert!(
            matches!(refusal, Refusal::Malformed { fault: Malformation::TooLong, .. }),
            "{}: {refusal:?}",
            subject.name
        );
    }
    println!("{tried} values");
}

#[test]
fn sig_07_junk_in_a_list_is_ignored_and_proves_nothing() {
    for subject in signed() {
        let Some(Grammar::Items { item, pair, .. }) =
            subject.signature().map(|signature| &signature.grammar)
        else {
            continue;
        };
        let (item, pair) = (item.to_string(), pair.to_string());
        let junk = [
            "abc".to_owned(),
            format!("{pair}{pair}"),
            pair.clone(),
            item.clone(),
            format!("{item}{item}{item}"),
            "   ".to_owned(),
            format!("v9{pair}junk"),
            format!("v1{pair}"),
            format!("v1{pair}zz"),
            "\u{fffd}".to_owned(),
        ];
        for junk in &junk {
            let before: &dyn Fn(&str) -> String = &|value| format!("{junk}{item}{value}");
            let after: &dyn Fn(&str) -> String = &|value| format!("{value}{item}{junk}");
            for value in [before, after] {
                let request = send(&subject, &Plan { value, ..Plan::default() }).unwrap();
                accepted(&subject, &request, junk);
            }
            let alone: &dyn Fn(&str) -> String = &|_| junk.clone();
            let request = send(&subject, &Plan { value: alone, ..Plan::default() }).unwrap();
            refusal(&subject, &request, junk);
        }
    }
}

#[test]
fn sig_08_no_more_than_sixteen_signatures_are_tried() {
    for subject in signed() {
        let Some(Grammar::Items { item, pair, signatures }) =
            subject.signature().map(|signature| &signature.grammar)
        else {
            continue;
        };
        let key = &signatures[0];
        for (wrong, is_ok) in [(15, true), (16, false), (40, false)] {
            let full: &dyn Fn(&str) -> String = &|text| {
                let first = if text.starts_with('A') { 'B' } else { 'A' };
                let other = format!("{first}{}", &text[1..]);
                let mut items = vec![other.clone()];
                items.extend((1..wrong).map(|_| format!("{key}{pair}{other}")));
                items.push(format!("{key}{pair}{text}"));
                items.join(&item.to_string())
            };
            let request = send(&subject, &Plan { signature: full, ..Plan::default() }).unwrap();
            if is_ok {
                accepted(&subject, &request, "fifteen wrong ones before the right one");
            } else {
                let refusal = refusal(&subject, &request, "more than sixteen");
                assert!(
                    matches!(
                        refusal,
                        Refusal::Malformed { fault: Malformation::TooManySignatures, .. }
                    ),
                    "{}: {refusal:?}",
                    subject.name
                );
            }
        }
        let flood: &dyn Fn(&str) -> String = &|text| {
            let wrong = format!("{key}{pair}00{item}").repeat(10_000);
            format!("{text}{item}{wrong}{key}{pair}{text}")
        };
        let request = send(&subject, &Plan { signature: flood, ..Plan::default() }).unwrap();
        refusal(&subject, &request, "ten thousand");
    }
}

/// Wherever the first wrong byte stands, the refusal is the same to the last field.
#[test]
fn sig_09_nothing_in_a_refusal_tells_where_a_signature_goes_wrong() {
    for subject in signed() {
        let wrong_at = |place: fn(usize) -> usize| {
            let change: &dyn Fn(&str) -> String = &|text| {
                let at = place(text.trim_end_matches('=').len());
                let other = if text.as_bytes()[at] == b'a' { "e" } else { "a" };
                format!("{}{other}{}", &text[..at], &text[at + 1..])
            };
            let forged = send(&subject, &Plan { signature: change, ..Plan::default() }).unwrap();
            refusal(&subject, &forged, "wrong")
        };
        let early = wrong_at(|_| 0);
        assert_eq!(early.code(), "mismatch", "{}: {early:?}", subject.name);
        for place in [|_| 1, |length| length / 2, |length| length - 2] {
            assert_eq!(wrong_at(place), early, "{}", subject.name);
        }
    }
}

#[test]
fn sig_10_a_body_with_the_same_meaning_is_another_body() {
    let signed_bodies: [(&[u8], &[&[u8]]); 3] = [
        (
            br#"{"a":1.0,"b":"A"}"#,
            &[
                br#"{"a":1,"b":"A"}"#,
                br#"{"b":"A","a":1.0}"#,
                br#"{"a": 1.0, "b": "A"}"#,
                br#"{"a":1.0,"b":"\u0041"}"#,
                b"{\"a\":1.0,\"b\":\"A\"}\n",
                b"{\"a\":1.0,\"b\":\"A\"}\r\n",
                b"\xef\xbb\xbf{\"a\":1.0,\"b\":\"A\"}",
                br#"{"a":1.0,"b":"A","b":"A"}"#,
                br#"{"a":1.00,"b":"A"}"#,
                br#"{"a":1e0,"b":"A"}"#,
            ],
        ),
        (b"{\r\n\"a\":1\r\n}", &[b"{\n\"a\":1\n}"]),
        (br#"{"a":1,"a":2}"#, &[br#"{"a":2}"#, br#"{"a":1}"#]),
    ];
    for subject in signed() {
        if !subject.scheme.coverage().binds_body() || !subject.has_free_body() {
            continue;
        }
        for (body, others) in signed_bodies {
            let plan = Plan { body: body.into(), ..Plan::default() };
            accepted(&subject, &send(&subject, &plan).unwrap(), "the exact bytes");
            for other in others {
                let plan = Plan { shown_body: Some(Cow::Borrowed(other)), ..plan.clone() };
                refusal(&subject, &send(&subject, &plan).unwrap(), "other bytes");
            }
        }
    }
}

#[test]
fn sig_11_a_body_is_bytes() {
    let mut schemes = 0;
    for subject in signed().into_iter().filter(Subject::has_free_body) {
        schemes += 1;
        let every_byte: Vec<u8> = (0..=u8::MAX).collect();
        for body in [b"".as_slice(), b"x", b"\xff\xfe\x00", b"\0", &every_byte] {
            let plan = Plan { body: body.into(), ..Plan::default() };
            // Nothing is sent where the body is signed as a text that it is not.
            if let Some(request) = send(&subject, &plan) {
                accepted(&subject, &request, "a body that is no text");
            }
        }
    }
    assert!(schemes > 20, "{schemes}");
}

#[test]
fn sig_12_the_case_of_hex_digits_means_nothing_and_makes_no_other_dedupe_key() {
    let upper: &dyn Fn(&str) -> String = &|text| text.to_ascii_uppercase();
    let mixed: &dyn Fn(&str) -> String = &|text| {
        let case = |(at, digit): (usize, char)| {
            if at % 2 == 0 { digit.to_ascii_uppercase() } else { digit }
        };
        text.chars().enumerate().map(case).collect()
    };
    for subject in signed() {
        if subject.signature().unwrap().encoding != Encoding::Hex {
            continue;
        }
        let key = |request: &Request| {
            let rule = subject.preset.and_then(|preset| preset.dedupe_rule())?;
            request.with_delivery(|delivery| {
                let verifier = subject.verifier();
                let proof = verifier.verify(delivery, hookstage::Timestamp::from_unix_seconds(NOW));
                rule.key(&proof.unwrap(), &ReadOptions::default()).ok()
            })
        };
        let genuine = subject.genuine().unwrap();
        for signature in [upper, mixed] {
            let request = send(&subject, &Plan { signature, ..Plan::default() }).unwrap();
            assert_ne!(request, genuine);
            accepted(&subject, &request, "hex digits of another case");
            assert_eq!(key(&request), key(&genuine), "{}", subject.name);
        }
    }
}

#[test]
fn sig_13_base64_has_one_spelling() {
    for subject in signed() {
        let encoding = subject.signature().unwrap().encoding;
        if encoding == Encoding::Hex {
            continue;
        }
        // A key whose signature holds both characters that the two alphabets write differently.
        let kept = std::cell::RefCell::new(String::new());
        let keep: &dyn Fn(&str) -> String = &|text| {
            *kept.borrow_mut() = text.to_owned();
            text.to_owned()
        };
        let key = (0..10_000)
            .find(|key| {
                send(&subject, &Plan { key: *key, signature: keep, ..Plan::default() }).unwrap();
                let text = kept.borrow();
                text.contains(['+', '-']) && text.contains(['/', '_'])
            })
            .unwrap();
        let verifier = subject.verifier_of(&[key]);
        let genuine = send(&subject, &Plan { key, ..Plan::default() }).unwrap();
        assert!(genuine.verify(&verifier, NOW).is_ok(), "{}", subject.name);
        let other_alphabet: &dyn Fn(&str) -> String = &|text| {
            let swap = |character| match character {
                '+' => '-',
                '/' => '_',
                '-' => '+',
                '_' => '/',
                other => other,
            };
            text.chars().map(swap).collect()
        };
        let padding: &dyn Fn(&str) -> String = &|text| match text.trim_end_matches('=') {
            bare if bare.len() < text.len() => bare.to_owned(),
            bare => format!("{bare}="),
        };
        let more_padding: &dyn Fn(&str) -> String = &|text| format!("{text}=");
        let space: &dyn Fn(&str) -> String = &|text| format!("{} {}", &text[..9], &text[9..]);
        let newline: &dyn Fn(&str) -> String = &|text| format!("{}\n{}", &text[..9], &text[9..]);
        let trailing_bits: &dyn Fn(&str) -> String = &|text| {
            let bare = text.trim_end_matches('=');
            let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
            let last = bare.chars().last().unwrap().to_string().replace('-', "+").replace('_', "/");
            let next = alphabet.find(&last).unwrap() + 1;
            let next = &alphabet[next % 64..next % 64 + 1];
            format!("{}{next}{}", &bare[..bare.len() - 1], &text[bare.len()..])
        };
        let bytes_have_spare_bits = !kept.borrow().trim_end_matches('=').len().is_multiple_of(4);
        let mut variants = vec![other_alphabet, padding, more_padding, space, newline];
        if bytes_have_spare_bits {
            variants.push(trailing_bits);
        }
        for signature in variants {
            let forged = send(&subject, &Plan { key, signature, ..Plan::default() }).unwrap();
            let judged = forged.verify(&verifier, NOW);
            assert_eq!(judged.unwrap_err().code(), "malformed", "{}: {forged:?}", subject.name);
        }
    }
}

#[test]
fn sig_14_one_signature_has_one_meaning() {
    let mut schemes = 0;
    for subject in signed() {
        let Some(signature) = subject.signature() else { continue };
        let [Part::Id, Part::Literal(first), Part::Timestamp, Part::Literal(second), Part::Body] =
            signature.content[0].as_ref()
        else {
            continue;
        };
        assert_eq!(first, second);
        schemes += 1;
        // The same bytes read as another id, another time and another body.
        let body = format!("1700000001{second}{{\"a\":1}}");
        let plan = Plan { id: "msg_1".into(), body: body.as_bytes().into(), ..Plan::default() };
        accepted(&subject, &send(&subject, &plan).unwrap(), "what was signed");
        let plan = Plan {
            shown_id: Some(format!("msg_1{first}1700000000").into()),
            shown_time: Some("1700000001".into()),
            shown_body: Some(br#"{"a":1}"#.into()),
            ..plan
        };
        let refusal = refusal(&subject, &send(&subject, &plan).unwrap(), "the other reading");
        assert!(
            matches!(refusal, Refusal::Malformed { fault: Malformation::Ambiguous, .. }),
            "{}: {refusal:?}",
            subject.name
        );
    }
    assert!(schemes >= 3, "{schemes}");
}

#[test]
fn sig_15_another_version_is_no_signature() {
    for subject in signed() {
        let keys: Vec<String> = match &subject.signature().unwrap().grammar {
            Grammar::Items { signatures, pair, .. } => {
                signatures.iter().map(|key| format!("{key}{pair}")).collect()
            }
            Grammar::Plain { prefix } if !prefix.is_empty() => vec![prefix.to_string()],
            _ => continue,
        };
        for key in &keys {
            let end = key.chars().last().unwrap();
            for other in ["v0", "v2", "V1", "V0", "v1a", "sha1", "SHA256", "", " "] {
                let other = format!("{other}{end}");
                if keys.contains(&other) {
                    continue;
                }
                let renamed: &dyn Fn(&str) -> String = &|value| value.replace(key, &other);
                let plan = Plan { value: renamed, ..Plan::default() };
                let request = send(&subject, &plan).unwrap();
                // The sender signs under one of several keys only.
                if request != subject.genuine().unwrap() {
                    refusal(&subject, &request, &other);
                }
            }
        }
    }
}

#[test]
fn sig_16_an_unsigned_header_is_no_ground_for_a_dedupe_key() {
    let github = subjects().into_iter().find(|subject| subject.name == "github").unwrap();
    let genuine = github
        .genuine()
        .unwrap()
        .and("X-GitHub-Delivery", "72d3162e-cc78-11e3-81ab-4c9367dc0958")
        .and("X-GitHub-Event", "push");
    let replayed = genuine.clone().set("X-GitHub-Delivery", "00000000-0000-0000-0000-000000000000");
    for request in [&genuine, &replayed] {
        let accepted = accepted(&github, request, "its own delivery id");
        assert!(accepted.coverage.headers.is_empty(), "{:?}", accepted.coverage);
        let by_header = github.preset.unwrap().dedupe_rule().unwrap();
        let by_body =
            DedupeRule::new([DedupePart::RawBody], OnMissingKey::AcceptWithoutKey).unwrap();
        request.with_delivery(|delivery| {
            let verifier = github.verifier();
            let now = hookstage::Timestamp::from_unix_seconds(NOW);
            let proof = verifier.verify(delivery, now).unwrap();
            let covered = |rule: DedupeRule| match rule.key(&proof, &ReadOptions::default()) {
                Ok(deduped @ Deduped::Key { .. }) => deduped.is_covered(),
                other => panic!("{other:?}"),
            };
            assert!(!covered(by_header));
            assert!(covered(by_body));
        });
    }
}

#[test]
fn sig_17_only_the_given_address_counts() {
    let mut schemes = 0;
    for subject in signed().into_iter().filter(|subject| subject.scheme.coverage().url) {
        schemes += 1;
        let genuine = subject.genuine().unwrap();
        let steered = genuine
            .clone()
            .and("Host", "evil.example")
            .and("X-Forwarded-Host", "evil.example")
            .and("X-Forwarded-Proto", "http")
            .and("X-Forwarded-Port", "8443")
            .and("Forwarded", "host=evil.example");
        accepted(&subject, &steered, "headers that name another host");
        let parts = subject.signature().unwrap().content.iter().flat_map(|parts| parts.iter());
        let signs_host = parts
            .into_iter()
            .any(|part| matches!(part, Part::Url(UrlPart::Full | UrlPart::WithoutQuery)));
        let path = genuine.url.strip_prefix("https://hooks.example.com").unwrap().to_owned();
        for host in
            ["https://evil.example", "https://hooks.example.com:443", "http://hooks.example.com"]
        {
            let moved = Request { url: format!("{host}{path}"), ..genuine.clone() };
            if signs_host {
                refusal(&subject, &moved, host);
            } else {
                accepted(&subject, &moved, host);
            }
        }
        let other_path = Request { url: genuine.url.replace("/in/", "/IN/"), ..genuine.clone() };
        refusal(&subject, &other_path, "another path");
        let decoded = Request { url: genuine.url.replace("%20", " "), ..genuine.clone() };
        refusal(&subject, &decoded, "a decoded path");
    }
    assert!(schemes >= 3, "{schemes}");
}

#[test]
fn sig_18_what_the_signature_leaves_out_is_said() {
    let mut schemes = 0;
    for subject in signed() {
        let coverage = subject.scheme.coverage();
        let BodyCoverage::Fields(fields) = &coverage.body else { continue };
        assert!(!fields.is_empty() && !coverage.binds_body(), "{}", subject.name);
        schemes += 1;
        let genuine = subject.genuine().unwrap();
        let text = String::from_utf8(genuine.body.clone()).unwrap();
        let body = match text.strip_prefix('{') {
            Some(rest) => format!(r#"{{"amount":1000000,{rest}"#),
            None => format!("amount=1000000&{text}"),
        };
        let forged = Request { body: body.into_bytes(), ..genuine };
        let accepted = accepted(&subject, &forged, "another amount");
        assert!(!accepted.coverage.binds_body(), "{}", subject.name);
    }
    assert!(schemes >= 2, "{schemes}");
}

/// Another JSON body with the CRC-32 of this one: the checksum is linear, so forty digits that may
/// be 0 or 1 are more than the thirty-two equations need.
fn with_the_same_checksum(genuine: &[u8]) -> Vec<u8> {
    let head = br#"{"amount":1000000,"note":""#;
    let digits = 40;
    let body = |ones: u64| {
        let digit = |at: u64| if ones >> at & 1 == 1 { b'1' } else { b'0' };
        [head.as_slice(), &(0..digits).map(digit).collect::<Vec<u8>>(), b"\"}"].concat()
    };
    let zero = crc32(&body(0));
    // Each row: what a digit changes in the checksum, and which digits were added up for it.
    let mut rows: Vec<(u32, u64)> =
        (0..digits).map(|at| (crc32(&body(1 << at)) ^ zero, 1 << at)).collect();
    let (mut wanted, mut ones) = (zero ^ crc32(genuine), 0);
    for bit in 0..32 {
        let Some(at) = rows.iter().position(|(change, _)| change >> bit & 1 == 1) else { continue };
        let (change, digits) = rows.swap_remove(at);
        for row in rows.iter_mut().filter(|(other, _)| other >> bit & 1 == 1) {
            *row = (row.0 ^ change, row.1 ^ digits);
        }
        if wanted >> bit & 1 == 1 {
            (wanted, ones) = (wanted ^ change, ones ^ digits);
        }
    }
    assert_eq!(wanted, 0, "the equations have a solution");
    body(ones)
}

#[test]
fn sig_18_a_checksum_binds_nothing_and_is_said_so() {
    let mut schemes = 0;
    for subject in signed() {
        if subject.scheme.coverage().body != BodyCoverage::Checksum || !subject.has_free_body() {
            continue;
        }
        schemes += 1;
        let genuine = subject.genuine().unwrap();
        let forged = Request { body: with_the_same_checksum(&genuine.body), ..genuine.clone() };
        assert_ne!(forged.body, genuine.body);
        let accepted = accepted(&subject, &forged, "a body with the same checksum");
        assert!(!accepted.coverage.binds_body(), "{}", subject.name);
        let other = Request { body: br#"{"amount":1000000}"#.to_vec(), ..genuine };
        refusal(&subject, &other, "a body with another checksum");
    }
    assert!(schemes >= 1, "{schemes}");
}

#[test]
fn sig_19_no_downgrade_to_a_weaker_header() {
    let github = subjects().into_iter().find(|subject| subject.name == "github").unwrap();
    let genuine = github.genuine().unwrap();
    let key = key_text(github.scheme.description(), 0);
    let sha1 = hex(&hmac(Hash::Sha1Legacy, key.as_bytes(), &genuine.body));
    let wrong = hex(&hmac(Hash::Sha256, b"another secret", &genuine.body));
    let legacy =
        genuine.without("x-hub-signature-256").and("X-Hub-Signature", format!("sha1={sha1}"));
    assert!(matches!(refusal(&github, &legacy, "SHA-1 alone"), Refusal::Absent(_)));
    let both = legacy.clone().and("X-Hub-Signature-256", format!("sha256={wrong}"));
    assert!(matches!(refusal(&github, &both, "only SHA-1 right"), Refusal::Mismatch { .. }));
    for value in [format!("sha1={sha1}"), format!("sha256={sha1}"), sha1] {
        let moved = legacy.clone().and("X-Hub-Signature-256", value);
        refusal(&github, &moved, "SHA-1 in the other header");
    }
}

#[test]
fn sig_20_header_names_differ_by_more_than_case() {
    for subject in subjects() {
        let Some(name) = subject.header() else { continue };
        let genuine = subject.genuine().unwrap();
        let value = genuine.header(name).unwrap().to_vec();
        let moved = |to: &str| genuine.clone().without(name).and(to, value.clone());
        accepted(&subject, &moved(&name.to_ascii_uppercase()), "an upper-case name");
        if name.contains('-') {
            let underscored = refusal(&subject, &moved(&name.replace('-', "_")), "underscores");
            assert!(matches!(underscored, Refusal::Absent(_)), "{}", subject.name);
        }
        refusal(&subject, &moved(&format!("{name} ")), "a space behind the name");
        // U+212A folds to k in Unicode and to nothing in HTTP.
        if name.contains('k') {
            refusal(&subject, &moved(&name.replace('k', "\u{212a}")), "a Kelvin sign");
        }
    }
}

#[test]
fn sig_21_the_signature_of_nothing_is_not_that_of_a_body() {
    for subject in signed() {
        if !subject.scheme.coverage().binds_body() || !subject.has_free_body() {
            continue;
        }
        let plan = Plan { body: b"".as_slice().into(), ..Plan::default() };
        accepted(&subject, &send(&subject, &plan).unwrap(), "an empty body");
        let plan = Plan { shown_body: Some(b"{}".as_slice().into()), ..plan };
        refusal(&subject, &send(&subject, &plan).unwrap(), "a body put under it");
    }
}

/// Truncated at every length, for every hash; the sets of Wycheproof run in `scheme_wycheproof`.
#[test]
fn sig_22_truncated_macs() {
    let key = "a secret for truncated tests";
    for hash in [Hash::Sha1Legacy, Hash::Sha256, Hash::Sha384, Hash::Sha512] {
        for encoding in [Encoding::Hex, Encoding::Base64, Encoding::Base64Url] {
            let scheme = providers::Generic::new("x-signature").hash(hash).encoding(encoding);
            let verifier =
                Verifier::new(scheme.scheme().unwrap(), [Secret::new(key).unwrap()]).unwrap();
            let mac = hmac(hash, key.as_bytes(), b"body");
            for length in 0..=mac.len() {
                use base64::Engine as _;
                use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
                let text = match encoding {
                    Encoding::Hex => hex(&mac[..length]),
                    Encoding::Base64 => STANDARD.encode(&mac[..length]),
                    _ => URL_SAFE_NO_PAD.encode(&mac[..length]),
                };
                let request = Request {
                    method: "POST".to_owned(),
                    url: String::new(),
                    headers: vec![("X-Signature".to_owned(), text.into_bytes())],
                    body: b"body".to_vec(),
                };
                let is_ok = request.verify(&verifier, NOW).is_ok();
                assert_eq!(is_ok, length == mac.len(), "{hash:?} {encoding:?} {length}");
            }
        }
    }
}

/// Where the last byte is zero, a reader that fills up with zeros would take what is cut off.
#[test]
fn sig_22_a_mac_that_ends_in_zero_is_not_cut_off_either() {
    let key = "a secret for truncated tests";
    let scheme = providers::Generic::new("x-signature").scheme().unwrap();
    let verifier = Verifier::new(scheme, [Secret::new(key).unwrap()]).unwrap();
    let (body, mac) = (0..)
        .map(|number: u32| number.to_string())
        .map(|body| (body.clone(), hmac(Hash::Sha256, key.as_bytes(), body.as_bytes())))
        .find(|(_, mac)| mac.last() == Some(&0))
        .unwrap();
    let mac = hex(&mac);
    for (length, is_ok) in [(62, false), (63, false), (64, true)] {
        let request = Request {
            method: "POST".to_owned(),
            url: String::new(),
            headers: vec![("X-Signature".to_owned(), mac.as_bytes()[..length].to_vec())],
            body: body.clone().into_bytes(),
        };
        assert_eq!(request.verify(&verifier, NOW).is_ok(), is_ok, "{length}");
    }
}

#[test]
fn a_shown_secret_covers_nothing() {
    for subject in subjects().into_iter().filter(|subject| subject.signature().is_none()) {
        let accepted = accepted(&subject, &subject.genuine().unwrap(), "its token");
        assert_eq!(accepted.means, Means::Token);
        assert_eq!(accepted.coverage.body, BodyCoverage::Nothing, "{}", subject.name);
    }
}
