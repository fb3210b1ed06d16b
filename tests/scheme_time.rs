//! Time and replay: the rows TIM of the threat model, as far as a verifier decides them, over every
//! preset that signs a time and over schemes made of the vocabulary alone.
//!
//! These rows need a store or an engine and stand in `tests/replay.rs`, TIM-14 in `tests/admit.rs`:
//! TIM-08 (an exact replay is staged once and answered the same), TIM-10 (a replay after the dedupe
//! window), TIM-14 (nothing is issued before the decision). Of TIM-09, TIM-11 and TIM-12 the part is
//! here that makes the store's decision right: the same dedupe key.

mod support;

use hookstage::json::ReadOptions;
use hookstage::scheme::{Description, Grammar, Parameters, Place, SignedTime, TimeUnit, Tolerance};
use hookstage::{DedupeKey, Deduped, Malformation, Refusal, Scheme, Timestamp, Verifier};
use support::*;

/// The subjects that sign a time and judge it, with that rule.
fn timed() -> Vec<(Subject, SignedTime)> {
    subjects()
        .into_iter()
        .filter_map(|subject| {
            let time = subject.scheme.description().timestamp.clone()?;
            Some((subject, time))
        })
        .collect()
}

fn window(time: &SignedTime) -> Option<(i64, i64)> {
    match time.tolerance {
        Tolerance::Within { past, future } => Some((past.into(), future.into())),
        Tolerance::Unbounded => None,
    }
}

fn sent_at(subject: &Subject, at: i64) -> Request {
    send(subject, &Plan { at, ..Plan::default() }).unwrap()
}

#[test]
fn tim_01_both_edges_are_inclusive() {
    let mut schemes = 0;
    for (subject, time) in timed() {
        let Some((past, future)) = window(&time) else { continue };
        schemes += 1;
        let verifier = subject.verifier();
        let cases = [
            (NOW - past - 1, Some("stale")),
            (NOW - past, None),
            (NOW, None),
            (NOW + future, None),
            (NOW + future + 1, Some("future")),
        ];
        for (at, expected) in cases {
            let judged = sent_at(&subject, at).verify(&verifier, NOW);
            let code = judged.as_ref().err().map(Refusal::code);
            assert_eq!(code, expected, "{} at {}", subject.name, at - NOW);
            if let Ok(accepted) = judged {
                assert_eq!(accepted.signed_at, Some(Timestamp::from_unix_seconds(at)));
            }
        }
        // The receiver's own clock is finer than a second; the edge is not.
        let late = Timestamp::from_unix_millis((NOW + past) * 1000 + 1);
        let refusal = sent_at(&subject, NOW).verify_at(&verifier, late).unwrap_err();
        assert!(matches!(refusal, Refusal::Stale { by, .. } if by.as_millis() == 1), "{refusal:?}");
    }
    assert!(schemes >= 12, "{schemes}");
}

#[test]
fn tim_02_a_time_years_ahead_is_not_fresh() {
    for (subject, time) in timed() {
        if window(&time).is_none() {
            continue;
        }
        for years in [1, 10, 70] {
            let at = NOW + years * 31_556_952;
            let refusal = sent_at(&subject, at).verify(&subject.verifier(), NOW).unwrap_err();
            assert_eq!(refusal.code(), "future", "{}", subject.name);
        }
    }
}

/// What each text is refused as: all spellings of a moment but one.
#[test]
fn tim_03_a_moment_has_one_spelling() {
    for (subject, time) in timed() {
        let texts: Vec<String> = match time.unit {
            TimeUnit::Seconds | TimeUnit::Milliseconds => {
                let plain =
                    if time.unit == TimeUnit::Seconds { NOW } else { NOW * 1000 }.to_string();
                vec![
                    format!("+{plain}"),
                    format!("0{plain}"),
                    format!("00{plain}"),
                    format!("{plain}.0"),
                    format!("{plain}.9"),
                    "1.7e9".to_owned(),
                    "1.7e12".to_owned(),
                    format!("{plain}abc"),
                    format!("0x{:x}", NOW),
                    plain.replace('1', "\u{ff11}"),
                    plain.replace('0', "\u{0660}"),
                    format!("{plain}_0"),
                ]
            }
            TimeUnit::Rfc3339 | TimeUnit::IsoUtc => vec![
                "2023-11-14 22:13:20Z".to_owned(),
                "2023-11-14t22:13:20z".to_owned(),
                "2023-11-14T22:13:20z".to_owned(),
                "20231114T221320Z".to_owned(),
                "2023-11-14T22:13Z".to_owned(),
                "2023-11-14T24:13:20Z".to_owned(),
                "2023-13-14T22:13:20Z".to_owned(),
                "+2023-11-14T22:13:20Z".to_owned(),
                "2023-11-14T22:13:20 Z".to_owned(),
                "1700000000".to_owned(),
            ],
            TimeUnit::HttpDate => vec![
                "tue, 14 Nov 2023 22:13:20 GMT".to_owned(),
                "Wed, 14 Nov 2023 22:13:20 GMT".to_owned(),
                "Tue, 14 Nov 2023 22:13:20 UTC".to_owned(),
                "Tue, 14 Nov 2023 22:13:20 +0000".to_owned(),
                "Tuesday, 14-Nov-23 22:13:20 GMT".to_owned(),
                "Tue Nov 14 22:13:20 2023".to_owned(),
                "Tue,  14 Nov 2023 22:13:20 GMT".to_owned(),
                "1700000000".to_owned(),
            ],
            _ => continue,
        };
        let verifier = subject.verifier();
        for text in texts {
            // Shown over the signature of the plain value, and signed just so.
            let shown = Plan { shown_time: Some(text.as_str().into()), ..Plan::default() };
            let signed = Plan { time_text: Some(text.as_str().into()), ..Plan::default() };
            for plan in [shown, signed] {
                let request = send(&subject, &plan).unwrap();
                let refusal = request.verify(&verifier, NOW).unwrap_err();
                assert_eq!(refusal.code(), "malformed", "{}: {text}: {refusal:?}", subject.name);
            }
        }
        // White space around it: no part of an item, and no part of a number elsewhere.
        let spaced = Plan { shown_time: Some(format!(" {NOW}").into()), ..Plan::default() };
        if time.unit == TimeUnit::Seconds && !matches!(time.at, Place::Item(_) | Place::Position(_))
        {
            let request = send(&subject, &spaced).unwrap();
            let refusal = request.verify(&verifier, NOW).unwrap_err();
            assert_eq!(refusal.code(), "malformed", "{}: {refusal:?}", subject.name);
        }
    }
}

/// Python's `isoformat` writes no zone, or the offset of UTC; others write `Z`.
#[test]
fn tim_03_a_moment_in_utc_may_say_so_and_no_other_zone() {
    for (subject, time) in timed() {
        if time.unit != TimeUnit::IsoUtc {
            continue;
        }
        for (text, expected) in [
            ("2023-11-14T22:13:20", None),
            ("2023-11-14T22:13:20.000000", None),
            ("2023-11-14T22:13:20Z", None),
            ("2023-11-14T22:13:20+00:00", None),
            ("2023-11-14T22:13:20ZZ", Some("malformed")),
            ("2023-11-14T22:13:20+00:00Z", Some("malformed")),
            ("2023-11-14T23:13:20+01:00", Some("malformed")),
            ("2023-11-14T22:13:20-00:00", Some("malformed")),
            ("2023-11-14T22:13:20.0000000000000000000000", Some("malformed")),
        ] {
            let plan = Plan { time_text: Some(text.into()), ..Plan::default() };
            let judged = send(&subject, &plan).unwrap().verify(&subject.verifier(), NOW);
            assert_eq!(judged.as_ref().err().map(Refusal::code), expected, "{text}");
        }
    }
}

#[test]
fn tim_04_numbers_that_overflow_are_refused() {
    let digits = "9".repeat(400);
    let texts = [
        "-9223372036854775808",
        "9223372036854775807",
        "9223372036854775808",
        "18446744073709551616",
        "99999999999999999",
        "-1",
        "-0",
        "0",
        "00",
        "",
        " ",
        "\u{221e}",
        "NaN",
        digits.as_str(),
    ];
    for (subject, _) in timed() {
        let verifier = subject.verifier();
        for text in texts {
            for at in [NOW, i64::MIN, i64::MIN / 1000, i64::MAX, 0, -1] {
                let plan = Plan { time_text: Some(text.into()), ..Plan::default() };
                let request = send(&subject, &plan).unwrap();
                let refusal = request.verify(&verifier, at).unwrap_err();
                assert_eq!(refusal.code(), "malformed", "{}: {text}: {refusal:?}", subject.name);
            }
        }
    }
}

/// No text of more than 16 digits, or of more than 40 characters, is a time.
#[test]
fn tim_04_the_longest_times_are_read_and_none_that_is_longer() {
    let fraction = |digits: usize| format!("2023-11-14T22:13:20.{}+00:00", "0".repeat(digits));
    let (mut numbers, mut texts) = (0, 0);
    for (subject, time) in timed() {
        let (longest, longer) = match time.unit {
            TimeUnit::Seconds => ("9000000000000000".to_owned(), "90000000000000000".to_owned()),
            TimeUnit::IsoUtc | TimeUnit::Rfc3339 => (fraction(14), fraction(15)),
            _ => continue,
        };
        let judged = |text: &str| {
            let plan = Plan { time_text: Some(text.into()), ..Plan::default() };
            let judged = send(&subject, &plan).unwrap().verify(&subject.verifier(), NOW);
            judged.map_or_else(|refusal| refusal.code(), |_| "verified")
        };
        // Where a digit could move into what follows, only the width of our days is taken.
        match judged(&longest) {
            "future" => numbers += 1,
            "verified" => texts += 1,
            code => assert_eq!((code, time.unit), ("malformed", TimeUnit::Seconds)),
        }
        assert_eq!(judged(&longer), "malformed", "{}", subject.name);
        assert_eq!(judged(&format!("{longer}0")), "malformed", "{}", subject.name);
    }
    assert!(numbers > 0 && texts > 0, "{numbers} {texts}");
}

#[test]
fn tim_04_the_ends_of_time_neither_wrap_nor_panic() {
    for (subject, time) in timed() {
        if window(&time).is_none() {
            continue;
        }
        let verifier = subject.verifier();
        let genuine = subject.genuine().unwrap();
        let ends =
            [i64::MIN, i64::MIN + 1, i64::MIN / 2, -1, 0, i64::MAX / 2, i64::MAX - 1, i64::MAX];
        for now in ends {
            let refusal =
                genuine.verify_at(&verifier, Timestamp::from_unix_millis(now)).unwrap_err();
            let expected = if now > NOW * 1000 { "stale" } else { "future" };
            assert_eq!(refusal.code(), expected, "{} at {now}", subject.name);
        }
        if time.unit == TimeUnit::Milliseconds || time.unit == TimeUnit::Seconds {
            // Sixteen digits are the most that are read as a number.
            let plan = Plan { time_text: Some("9000000000000000".into()), ..Plan::default() };
            let request = send(&subject, &plan).unwrap();
            let refusal = request.verify(&verifier, NOW).unwrap_err();
            assert_eq!(refusal.code(), or_of_odd_width(&refusal, "future"), "{}", subject.name);
        }
    }
}

#[test]
fn tim_05_a_second_time_is_refused() {
    let mut schemes = 0;
    for (subject, time) in timed() {
        let name = match &time.at {
            Place::Item(key) => key.to_string(),
            Place::Header(name) => {
                let twice = subject.genuine().unwrap().and(name, NOW.to_string());
                let refusal = twice.verify(&subject.verifier(), NOW).unwrap_err();
                assert!(
                    matches!(refusal, Refusal::Malformed { fault: Malformation::Repeated, .. }),
                    "{}: {refusal:?}",
                    subject.name
                );
                continue;
            }
            _ => continue,
        };
        let Some(Grammar::Items { item, pair, .. }) = subject.signature().map(|it| &it.grammar)
        else {
            continue;
        };
        schemes += 1;
        // Signed long ago; a fresh time put behind or before must not make it fresh.
        let fresh = format!("{name}{pair}{NOW}");
        let last: &dyn Fn(&str) -> String = &|value| format!("{value}{item}{fresh}");
        let first: &dyn Fn(&str) -> String = &|value| format!("{fresh}{item}{value}");
        for value in [last, first] {
            for at in [NOW - 86_400 * 365, NOW] {
                let request = send(&subject, &Plan { at, value, ..Plan::default() }).unwrap();
                let refusal = request.verify(&subject.verifier(), NOW).unwrap_err();
                assert!(
                    matches!(refusal, Refusal::Malformed { fault: Malformation::Repeated, .. }),
                    "{}: {refusal:?}",
                    subject.name
                );
            }
        }
    }
    assert!(schemes >= 2, "{schemes}");
}

#[test]
fn tim_06_a_missing_time_is_not_a_skipped_check() {
    for (subject, time) in timed() {
        let genuine = subject.genuine().unwrap();
        let request = match &time.at {
            Place::Header(name) => genuine.without(name),
            Place::Item(key) => {
                let item = format!("{key}=");
                let other: &dyn Fn(&str) -> String = &|value| value.replacen(&item, "zz=", 1);
                send(&subject, &Plan { value: other, ..Plan::default() }).unwrap()
            }
            _ => continue,
        };
        let refusal = request.verify(&subject.verifier(), NOW).unwrap_err();
        // Of several rules, the refusal of the one that came furthest is told.
        let several = matches!(
            subject.scheme.description().authentication,
            hookstage::scheme::Authentication::AnyOf(_)
        );
        let is_other = several && matches!(refusal, Refusal::Malformed { .. });
        assert!(refusal.code() == "absent" || is_other, "{}: {refusal:?}", subject.name);
    }
}

#[test]
fn tim_07_a_unit_is_never_guessed() {
    for (subject, time) in timed() {
        if window(&time).is_none() {
            continue;
        }
        let (text, expected) = match time.unit {
            TimeUnit::Seconds => ((NOW * 1000).to_string(), "future"),
            TimeUnit::Milliseconds => (NOW.to_string(), "stale"),
            _ => continue,
        };
        let plan = Plan { time_text: Some(text.into()), ..Plan::default() };
        let request = send(&subject, &plan).unwrap();
        let refusal = request.verify(&subject.verifier(), NOW).unwrap_err();
        let expected = or_of_odd_width(&refusal, expected);
        assert_eq!(refusal.code(), expected, "{}: {refusal:?}", subject.name);
    }
}

/// Where nothing stands between the time and the body, another number of digits is refused before
/// it is compared: they could belong to the other.
fn or_of_odd_width(refusal: &Refusal, expected: &'static str) -> &'static str {
    match refusal {
        Refusal::Malformed { fault: Malformation::Time, .. } => "malformed",
        _ => expected,
    }
}

/// The key by the preset's rule, if the request has one.
fn dedupe_key(subject: &Subject, request: &Request, now: i64) -> Option<DedupeKey> {
    let rule = subject.preset?.dedupe_rule()?;
    request.with_delivery(|delivery| {
        let verifier = subject.verifier();
        let proof = verifier.verify(delivery, Timestamp::from_unix_seconds(now)).unwrap();
        match rule.key(&proof, &ReadOptions::default()) {
            Ok(Deduped::Key { key, .. }) => Some(key),
            _ => None,
        }
    })
}

#[test]
fn tim_09_a_replay_in_other_clothes_has_the_same_dedupe_key() {
    let mut schemes = 0;
    for subject in subjects() {
        let genuine = subject.genuine().unwrap();
        let Some(key) = dedupe_key(&subject, &genuine, NOW) else { continue };
        schemes += 1;
        let case = Request {
            headers: genuine
                .headers
                .iter()
                .map(|(name, value)| (name.to_ascii_uppercase(), value.clone()))
                .collect(),
            ..genuine.clone()
        };
        let order =
            Request { headers: genuine.headers.iter().rev().cloned().collect(), ..genuine.clone() };
        let extra = genuine.clone().and("X-Attempt", "2").and("Via", "1.1 proxy");
        let hex: &dyn Fn(&str) -> String = &|text| text.to_ascii_uppercase();
        let mut variants = vec![case, order, extra];
        if subject.signature().is_some_and(|it| it.encoding == hookstage::scheme::Encoding::Hex) {
            variants.push(send(&subject, &Plan { signature: hex, ..Plan::default() }).unwrap());
        }
        for variant in variants {
            assert_eq!(dedupe_key(&subject, &variant, NOW), Some(key), "{}", subject.name);
        }
    }
    assert!(schemes >= 3, "{schemes}");
}

/// A signature can be written in other ways, so it must never say which event this is.
#[test]
fn tim_09_no_preset_dedupes_by_its_own_signature() {
    for subject in subjects() {
        let Some(preset) = subject.preset else { continue };
        let slots = subject.signature().into_iter().flat_map(|signature| signature.at.iter());
        for slot in slots {
            assert!(!preset.dedupe.contains(&slot.place), "{}", subject.name);
        }
    }
}

#[test]
fn tim_11_a_retry_signed_anew_has_the_same_dedupe_key() {
    let mut schemes = 0;
    for (subject, _) in timed() {
        let Some(first) = dedupe_key(&subject, &subject.genuine().unwrap(), NOW) else { continue };
        schemes += 1;
        let later = NOW + 75 * 3600;
        let retry = sent_at(&subject, later);
        assert_eq!(dedupe_key(&subject, &retry, later), Some(first), "{}", subject.name);
    }
    assert!(schemes >= 3, "{schemes}");
}

#[test]
fn tim_12_a_clock_that_steps_back_revives_nothing() {
    for (subject, time) in timed() {
        let Some((past, future)) = window(&time) else { continue };
        let verifier = subject.verifier();
        let genuine = subject.genuine().unwrap();
        // One hour back the same delivery lies in the future, whatever the verifier saw before.
        for (now, expected) in [
            (NOW, None),
            (NOW + past + 1, Some("stale")),
            (NOW - 3600, (future < 3600).then_some("future")),
            (NOW, None),
        ] {
            let judged = genuine.verify(&verifier, now);
            assert_eq!(judged.as_ref().err().map(Refusal::code), expected, "{}", subject.name);
        }
    }
}

#[test]
fn tim_13_a_tolerance_is_one_second_to_one_day() {
    let wrong = [
        Tolerance::Within { past: 0, future: 0 },
        Tolerance::Within { past: 0, future: 300 },
        Tolerance::Within { past: 86_401, future: 0 },
        Tolerance::Within { past: 300, future: 86_401 },
        Tolerance::Within { past: u32::MAX, future: u32::MAX },
    ];
    let right = [
        Tolerance::Unbounded,
        Tolerance::Within { past: 1, future: 0 },
        Tolerance::Within { past: 86_400, future: 86_400 },
    ];
    for (subject, time) in timed() {
        let with = |tolerance| {
            let configured = Verifier::with_parameters(
                subject.scheme.clone(),
                [subject.secret(0)],
                parameters(&subject).with_tolerance(tolerance),
            );
            let described = Scheme::new(Description {
                timestamp: Some(SignedTime { tolerance, ..time.clone() }),
                ..subject.scheme.description().clone()
            });
            (configured.is_ok(), described.is_ok())
        };
        for tolerance in wrong {
            assert_eq!(with(tolerance), (false, false), "{}: {tolerance:?}", subject.name);
        }
        for tolerance in right {
            assert_eq!(with(tolerance), (true, true), "{}: {tolerance:?}", subject.name);
        }
    }
    for text in ["-1", "1.5", "4294967296", "\"300\"", "null"] {
        let stored = format!(r#"{{"tolerance":{{"within":{{"past":{text},"future":0}}}}}}"#);
        assert!(serde_json::from_str::<Parameters>(&stored).is_err(), "{text}");
    }
}

#[test]
fn tim_13_a_tolerance_of_the_operator_replaces_the_schemes() {
    for (subject, _) in timed() {
        let verifier = Verifier::with_parameters(
            subject.scheme.clone(),
            [subject.secret(0)],
            parameters(&subject).with_tolerance(Tolerance::Within { past: 10, future: 5 }),
        )
        .unwrap();
        for (at, expected) in [
            (NOW - 11, Some("stale")),
            (NOW - 10, None),
            (NOW + 5, None),
            (NOW + 6, Some("future")),
        ] {
            let judged = sent_at(&subject, at).verify(&verifier, NOW);
            assert_eq!(judged.as_ref().err().map(Refusal::code), expected, "{}", subject.name);
        }
    }
}

#[test]
fn a_tolerance_without_a_signed_time_is_a_fault() {
    for subject in subjects() {
        if subject.scheme.description().timestamp.is_some() {
            continue;
        }
        let error = Verifier::with_parameters(
            subject.scheme.clone(),
            [subject.secret(0)],
            parameters(&subject).with_tolerance(Tolerance::Within { past: 300, future: 300 }),
        )
        .unwrap_err();
        assert_eq!(error.faults()[0].at(), "parameters.tolerance", "{}", subject.name);
    }
}

#[test]
fn staleness_is_judged_after_the_signature() {
    for (subject, time) in timed() {
        if window(&time).is_none() {
            continue;
        }
        let wrong = Plan { at: NOW - 1_000_000, key: 1, ..Plan::default() };
        let refusal = send(&subject, &wrong).unwrap().verify(&subject.verifier(), NOW).unwrap_err();
        assert_eq!(refusal.code(), "mismatch", "{}: {refusal:?}", subject.name);
    }
}
