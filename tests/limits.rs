//! Client addresses and rates.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may panic")]
#![cfg(feature = "test-util")]

mod common;

use std::net::IpAddr;
use std::time::Duration;

use common::*;
use hookstage::{
    AddressList, ManualClock, Outcome, Policy, PolicyConfig, Rate, RateRule, Refusal, Source,
    client_address,
};

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn list(entries: &[&str]) -> AddressList {
    AddressList::new(entries).unwrap()
}

#[test]
fn r_cm_7_ipa_01_mapped_addresses_are_ipv4_on_both_sides() {
    for entries in ["203.0.113.0/24", "::ffff:203.0.113.0/120"] {
        let list = list(&[entries]);
        for peer in ["203.0.113.7", "::ffff:203.0.113.7", "::ffff:cb00:7107"] {
            assert!(list.contains(ip(peer)), "{entries} {peer}");
        }
        assert!(!list.contains(ip("::ffff:203.0.114.7")));
    }
}

#[test]
fn ipa_02_an_address_is_no_prefix_of_a_text() {
    let list = list(&["1.2.3.4"]);
    assert!(list.contains(ip("1.2.3.4")));
    for peer in ["1.2.3.45", "11.2.3.4", "1.2.3.40", "1.2.3.5"] {
        assert!(!list.contains(ip(peer)), "{peer}");
    }
}

#[test]
fn r_cm_7_ipa_03_other_spellings_and_networks_that_restrict_nothing_are_refused() {
    for entry in [
        "010.0.0.1",
        "0x7f.1",
        "127.1",
        "1.2.3.4/33",
        "1.2.3.4/-1",
        "/-1",
        "1.2.3.4/24",
        "::/0",
        "0.0.0.0/0",
        "",
        " ",
        "1.2.3.4 ",
        " 1.2.3.4",
        "fe80::1%eth0",
        "fe80::1%eth0/64",
        "1.2.3.4/08",
        "1.2.3.0/24/24",
        "1.2.3",
        "localhost",
        "2001:db8::1/64",
        "::1/129",
        "1.2.3.4/",
        "::ffff:1.2.3.4/95",
    ] {
        assert!(AddressList::new([entry]).is_err(), "{entry}");
    }
    let all = AddressList::new(["1.2.3.4/24", "good", "10.0.0.0/8"]).unwrap_err();
    assert_eq!(all.faults().len(), 2, "every fault at once");
}

#[test]
fn ipa_04_the_client_is_found_from_the_right_and_past_trusted_proxies_only() {
    let trusted = list(&["10.0.0.0/8", "fd00::/8"]);
    let client = |peer: &str, lines: &[&str]| {
        let lines: Vec<&[u8]> = lines.iter().map(|line| line.as_bytes()).collect();
        client_address(ip(peer), &trusted, lines)
    };
    let evil = "198.51.100.66";
    let allowed = "203.0.113.7";
    // Whoever connects directly is the client, whatever the header says.
    assert_eq!(client(evil, &[allowed]), Some(ip(evil)));
    assert_eq!(client("10.0.0.1", &[]), Some(ip("10.0.0.1")));
    assert_eq!(client("10.0.0.1", &["203.0.113.7, 198.51.100.66"]), Some(ip(evil)));
    assert_eq!(client("10.0.0.1", &["198.51.100.66, 203.0.113.7"]), Some(ip(allowed)));
    assert_eq!(client("10.0.0.1", &[evil, allowed]), Some(ip(allowed)), "lines in their order");
    assert_eq!(client("10.0.0.1", &["203.0.113.7, 10.9.9.9"]), Some(ip(allowed)));
    assert_eq!(client("10.0.0.1", &["10.7.7.7,10.9.9.9"]), Some(ip("10.7.7.7")));
    assert_eq!(client("::ffff:10.0.0.1", &[allowed]), Some(ip(allowed)));
    assert_eq!(client("fd00::1", &["[2001:db8::7]:443"]), Some(ip("2001:db8::7")));
    assert_eq!(client("10.0.0.1", &["[2001:db8::7]"]), Some(ip("2001:db8::7")));
    assert_eq!(client("10.0.0.1", &["203.0.113.7:5060"]), Some(ip(allowed)));
    for garbage in ["unknown", "", "203.0.113.7, ", "203.0.113.7, _hidden", "203.0.113", "\u{ff11}"]
    {
        assert_eq!(client("10.0.0.1", &[garbage]), None, "{garbage}");
    }
    // What stands left of the client is never read.
    assert_eq!(client("10.0.0.1", &["unknown, 203.0.113.7"]), Some(ip(allowed)));
    let long = vec!["10.0.0.2"; 1000].join(",");
    assert_eq!(client("10.0.0.1", &[&long]), None);
}

#[test]
fn r_cm_7_ipa_05_08_an_empty_list_and_an_unknown_peer_let_nobody_in() {
    assert!(!AddressList::default().contains(ip("127.0.0.1")));
    let mut config = config("comma");
    config.addresses = Some(AddressList::default());
    let source = Source::new(config).unwrap();
    let request = genuine("comma", "1");
    let outcome = receive(&engine(), &source, &request.clone().from("127.0.0.1")).outcome;
    assert_eq!(outcome, Outcome::Refused(Refusal::AddressNotAllowed));
    let unknown = receive(&engine(), &source, &request);
    assert_eq!(unknown.outcome, Outcome::Refused(Refusal::AddressUnknown));
    assert_eq!(unknown.response.status(), 403);
}

#[test]
fn ipa_06_no_other_ipv6_address_stands_for_an_ipv4_one() {
    let list = list(&["1.2.3.0/24"]);
    for peer in ["::1.2.3.4", "64:ff9b::1.2.3.4", "2002:102:304::1", "::ffff:0:1.2.3.4"] {
        assert!(!list.contains(ip(peer)), "{peer}");
    }
}

#[test]
fn ipa_07_edges_of_blocks_are_exact() {
    for (entry, inside, outside) in [
        ("203.0.113.8/31", ["203.0.113.8", "203.0.113.9"], ["203.0.113.7", "203.0.113.10"]),
        ("203.0.113.8/32", ["203.0.113.8", "203.0.113.8"], ["203.0.113.7", "203.0.113.9"]),
        ("10.0.0.0/8", ["10.0.0.0", "10.255.255.255"], ["9.255.255.255", "11.0.0.0"]),
        ("128.0.0.0/1", ["128.0.0.0", "255.255.255.255"], ["127.255.255.255", "0.0.0.0"]),
        ("2001:db8::2/127", ["2001:db8::2", "2001:db8::3"], ["2001:db8::1", "2001:db8::4"]),
        ("2001:db8::2/128", ["2001:db8::2", "2001:db8::2"], ["2001:db8::1", "2001:db8::3"]),
        (
            "2001:db8::/32",
            ["2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"],
            ["2001:db7:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db9::"],
        ),
    ] {
        let list = list(&[entry]);
        for peer in inside {
            assert!(list.contains(ip(peer)), "{entry} {peer}");
        }
        for peer in outside {
            assert!(!list.contains(ip(peer)), "{entry} {peer}");
        }
    }
    // Every prefix length, against arithmetic of our own.
    let base = u32::from_be_bytes([203, 0, 113, 77]);
    for length in 1..=32_u32 {
        let first = base & (u32::MAX << (32 - length));
        let last = first | (u32::MAX.checked_shr(length).unwrap_or(0));
        let text = format!("{}/{length}", std::net::Ipv4Addr::from(first));
        let list = AddressList::new([&text]).unwrap();
        let holds = |number: u32| list.contains(std::net::Ipv4Addr::from(number).into());
        assert!(holds(first) && holds(last), "{text}");
        assert!(first == 0 || !holds(first - 1), "{text}");
        assert!(last == u32::MAX || !holds(last + 1), "{text}");
    }
}

fn limited(authenticated: Option<Rate>, unauthenticated: Option<Rate>) -> Source {
    let mut config = config("comma");
    let mut policy = Policy::comma();
    policy.rate = RateRule { authenticated, unauthenticated };
    config.policy = PolicyConfig::Custom(Box::new(policy));
    Source::new(config).unwrap()
}

#[test]
fn rat_01_a_peer_that_fails_too_often_is_refused_before_its_signature_is_looked_at() {
    let engine = engine();
    let source = limited(None, Some(Rate::new(1, 20)));
    let forged = signed_with("comma", "another", "{}").from("198.51.100.1");
    let mut codes = std::collections::BTreeMap::<&str, u32>::new();
    for _ in 0..10_000 {
        match receive(&engine, &source, &forged).outcome {
            Outcome::Refused(refusal) => *codes.entry(refusal.code()).or_default() += 1,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(codes, [("mismatch", 20), ("rate_limited", 9980)].into());
    // Even a right secret does not come through from there: nothing is hashed.
    let genuine = genuine("comma", "1").from("198.51.100.1");
    let outcome = receive(&engine, &source, &genuine).outcome;
    assert!(matches!(outcome, Outcome::Refused(Refusal::RateLimited { .. })));
}

#[test]
fn r_cm_26_rat_02_strangers_do_not_spend_the_budget_of_the_genuine_sender() {
    let engine = engine();
    let source = limited(Some(Rate::new(1, 5)), Some(Rate::new(1, 20)));
    for number in 0..1000 {
        let forged =
            signed_with("comma", "another", "{}").from(&format!("198.51.100.{}", number % 250));
        let _ = receive(&engine, &source, &forged);
        let _ = receive(&engine, &source, &forged.by("GET"));
    }
    for id in 0..5 {
        let request = genuine("comma", &id.to_string()).from("203.0.113.7");
        let outcome = receive(&engine, &source, &request).outcome;
        assert!(matches!(outcome, Outcome::Staged(_)), "{outcome:?}");
    }
    let sixth = receive(&engine, &source, &genuine("comma", "6").from("203.0.113.7"));
    assert!(matches!(sixth.outcome, Outcome::Refused(Refusal::RateLimited { .. })));
}

#[test]
fn rat_02_a_genuine_sender_is_not_held_to_what_strangers_may_fail_at() {
    let engine = engine();
    let source = limited(None, Some(Rate::new(1, 5)));
    for id in 0..100 {
        let request = genuine("comma", &id.to_string()).from("203.0.113.7");
        assert!(matches!(receive(&engine, &source, &request).outcome, Outcome::Staged(_)));
    }
}

#[test]
fn r_cm_26_28_32_comma_takes_a_hundred_a_second_absorbs_two_hundred_and_refuses_the_rest() {
    let clock = ManualClock::at(now());
    let engine = engine_at(&clock);
    let source = source("comma");
    let (mut at_once, mut held_back, mut refused) = (0, 0, 0);
    for id in 0..500 {
        let receipt = receive(&engine, &source, &genuine("comma", &id.to_string()));
        match (receipt.outcome, receipt.delay) {
            (Outcome::Staged(_), None) => at_once += 1,
            (Outcome::Staged(_), Some(delay)) => {
                assert!(delay <= Duration::from_secs(2));
                held_back += 1;
            }
            (Outcome::Refused(Refusal::RateLimited { .. }), _) => {
                assert_eq!(receipt.response.status(), 429);
                assert_eq!(receipt.response.header("retry-after"), Some("1"));
                refused += 1;
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((at_once, held_back, refused), (200, 200, 100));
    // What was refused is staged when it comes again: no key was claimed.
    clock.advance(Duration::from_secs(10));
    let receipt = receive(&engine, &source, &genuine("comma", "499"));
    assert!(matches!(receipt.outcome, Outcome::Staged(_)));
}

#[test]
fn rat_03_rates_of_nothing_are_refused_when_configured() {
    for rate in [
        Rate::new(0, 1),
        Rate::new(1, 0),
        Rate::new(2_000_000, 1),
        Rate::new(1, 1).with_patience(60_001),
    ] {
        let mut config = config("comma");
        let mut policy = Policy::comma();
        policy.rate.authenticated = Some(rate);
        config.policy = PolicyConfig::Custom(Box::new(policy));
        assert!(Source::new(config).is_err(), "{rate:?}");
    }
}
