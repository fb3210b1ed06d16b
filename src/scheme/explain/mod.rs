//! Why a delivery was refused: a bounded search for what would have matched, for the operator
//! alone. It knows the secret, so nothing of it may reach the sender.
//!
//! One thing is changed at a time, and only what then verifies becomes a hint: [`keys`] changes the
//! secret, [`forms`] and [`messages`] how it is signed and written, [`bodies`] and [`addresses`] what
//! lies between the sender's bytes and ours. A forgery verifies under none of them.

mod addresses;
mod bodies;
mod forms;
mod keys;
mod messages;

use std::fmt;

use super::Scheme;
use super::description::{
    Authentication, Description, JoseTimes, Place, Presence, Signature, TimeUnit, Tolerance,
};
use super::identify::identify;
use super::key::SigningKey;
use super::parameters::Parameters;
use super::verify::Verifier;
use crate::clock::Timestamp;
use crate::delivery::{Body, Delivery, Head};
use crate::refusal::Refusal;
use crate::secret::Secret;

/// The most changes that are tried for one delivery.
const MAX_TRIALS: u32 = 1024;

/// The most MAC passes over one delivery. Each key and each template of a scheme takes one.
const MAX_PASSES: u64 = 4096;

/// The most bytes that all passes together hash: about half a second's work.
const MAX_HASHED: u64 = 256 * 1024 * 1024;

/// A body longer than this is not altered and tried again.
const MAX_BODY: usize = 1024 * 1024;

/// The most providers that one sentence names.
const MAX_NAMED: usize = 5;

/// What is explained: a refused delivery, and what it may be compared with.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The scheme of the source.
    pub scheme: &'a Scheme,
    /// Its secrets.
    pub keys: &'a [Secret],
    /// What is configured beside them.
    pub parameters: &'a Parameters,
    /// Secrets of the tenant's other sources, by a name that may be shown.
    pub other_keys: &'a [(&'a str, &'a Secret)],
    /// Other schemes, by a name that may be shown.
    pub other_schemes: &'a [(&'a str, &'a Scheme)],
}

/// One thing that would have made a delivery match, as a sentence that says what to change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    code: &'static str,
    sentence: String,
}

impl Hint {
    fn new(code: &'static str, sentence: impl Into<String>) -> Self {
        Self { code, sentence: sentence.into() }
    }

    /// The stable code. Proven, because the delivery verifies with that one change: `body`,
    /// `clock`, `encoding`, `hash`, `header`, `key`, `key_form`, `label`, `other_key`, `other_scheme`,
    /// `prefix`, `signed_parts`, `time_unit`, `url` and `value`. Seen and not proven, and told only
    /// where nothing was proven: `absent`, `compression`, `key_id`, `looks_like`, `malformed` and
    /// `no_url`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.code
    }

    /// Whether the delivery was seen to verify with what the sentence says to change.
    #[must_use]
    pub const fn is_proven(&self) -> bool {
        !matches!(
            self.code.as_bytes(),
            b"absent" | b"compression" | b"key_id" | b"looks_like" | b"malformed" | b"no_url"
        )
    }
}

/// The sentence. It holds no secret and nothing that was sent.
impl fmt::Display for Hint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

/// Looks for what would have matched, one change at a time.
///
/// Run it on a captured request, or at receipt while an operator waits for the answer and a bound
/// per minute holds; never for every forged delivery. Keep the hints alone. At most 1,024 changes
/// are tried, and 256 MiB are hashed.
///
/// Where the body begins as gzip does, or a header says that it was, that is told without a proof:
/// to decompress what a stranger sent, only to be able to explain it, is not worth a decompressor
/// in every host's build.
///
/// ```
/// use hookstage::scheme::{Parameters, Subject, explain};
/// use hookstage::{Delivery, Head, Secret, Timestamp, providers};
///
/// // The endpoint was given the secret of another one.
/// let keys = [Secret::new("the secret of the production endpoint").unwrap()];
/// let other = Secret::new("It's a Secret to Everybody").unwrap();
/// let scheme = providers::GITHUB.scheme();
/// let subject = Subject {
///     scheme: &scheme,
///     keys: &keys,
///     parameters: &Parameters::new(),
///     other_keys: &[("staging", &other)],
///     other_schemes: &[],
/// };
/// let headers = [(
///     "X-Hub-Signature-256",
///     b"sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17".as_slice(),
/// )];
/// let delivery = Delivery::new(Head::post("", &headers), b"Hello, World!");
/// let hints = explain(&subject, &delivery, Timestamp::from_unix_seconds(1_700_000_000));
/// assert_eq!(hints[0].code(), "other_key");
/// ```
#[must_use]
pub fn explain(subject: &Subject<'_>, delivery: &Delivery<'_>, now: Timestamp) -> Vec<Hint> {
    let Body::Whole(body) = delivery.body() else {
        return vec![Hint::new(
            "body",
            "The body was larger than the source takes, so it was not read whole; raise the limit.",
        )];
    };
    let mut search = Search::new(subject, *delivery.head(), body, now);
    search.run();
    search.hints
}

/// A search under way, with what it has cost.
struct Search<'a> {
    subject: &'a Subject<'a>,
    head: Head<'a>,
    body: &'a [u8],
    now: Timestamp,
    trials: u32,
    passes: u64,
    hashed: u64,
    hints: Vec<Hint>,
}

impl<'a> Search<'a> {
    const fn new(subject: &'a Subject<'a>, head: Head<'a>, body: &'a [u8], now: Timestamp) -> Self {
        Self { subject, head, body, now, trials: 0, passes: 0, hashed: 0, hints: Vec::new() }
    }

    fn run(&mut self) {
        let own = self.subject.scheme.clone();
        let Some(Err(refusal)) = self.judge(&own, None, self.head, self.body) else { return };
        // A stale delivery does not hide what else is wrong.
        let scheme = timeless(own.description());
        match &refusal {
            _ if messages::is_other_body(&scheme, &refusal) => self.digests(&scheme),
            Refusal::Different(site) => self.hint("value", format!("The signature is right and {site} is not what this source expects: configure what the sender uses, or the delivery is meant for another endpoint.")),
            _ if self.tried(&scheme, None, self.head, self.body) => self.times(own.description(), &refusal),
            _ => {
                self.keys(&scheme);
                if messages::rule_of(&scheme).is_some() {
                    self.messages(&scheme, &refusal);
                } else {
                    self.forms(&scheme);
                    self.bodies(&scheme);
                }
                self.addresses(&scheme);
                if self.hints.is_empty() {
                    self.other_places(&scheme);
                }
                if self.hints.is_empty() {
                    self.other_schemes(&scheme);
                }
            }
        }
        if self.hints.is_empty() {
            self.seen(&scheme, &refusal);
        }
    }

    /// What is wrong with the time of a delivery whose signature is right.
    fn times(&mut self, own: &Description, refusal: &Refusal) {
        if let Some(unit) = self.unit_that_fits(own) {
            self.hint("time_unit", format!("The signature is right and its time is written as {unit}; choose a scheme that reads it so."));
            return;
        }
        let what = match refusal {
            Refusal::Future { .. } => {
                "its time lies in the future: set the clocks of both sides by a time server"
            }
            Refusal::Stale { age: None, .. } => {
                "the moment at which the sender lets it end is past: a replay, a late retry, or a clock that is wrong"
            }
            _ => {
                "it is too old: a replay, a late retry, or a clock that is wrong; widen the tolerance only if the sender says that it sends so late"
            }
        };
        self.hint("clock", format!("The signature is right and only the time is not: {what}."));
    }

    /// Another unit in which the delivery is fresh.
    fn unit_that_fits(&mut self, own: &Description) -> Option<&'static str> {
        let time = own.timestamp.as_ref()?;
        for (unit, name) in UNITS {
            let mut description = own.clone();
            if let (Some(changed), true) = (&mut description.timestamp, unit != time.unit) {
                changed.unit = unit;
                if self.tried(&description, None, self.head, self.body) {
                    return Some(name);
                }
            }
        }
        None
    }

    /// Whether another provider's scheme verifies it.
    fn other_schemes(&mut self, own: &Description) {
        let mut named: Vec<&str> = Vec::new();
        for (name, other) in self.subject.other_schemes {
            let description = timeless(other.description());
            // A shown secret proves nothing about the provider: many show one in the same place.
            let tells = !other.signatures().is_empty() && description != *own;
            if tells && self.tried(&description, None, self.head, self.body) {
                named.push(name);
                if named.len() == MAX_NAMED {
                    break;
                }
            }
        }
        if !named.is_empty() {
            let names = named.join(", ");
            self.hint("other_scheme", format!("The delivery would be verified as {names}; choose that provider for this source."));
        }
    }

    /// What can be seen without a proof.
    fn seen(&mut self, scheme: &Description, refusal: &Refusal) {
        match refusal {
            Refusal::Absent(site) => {
                self.hint("absent", format!("{site} is not there; check that the sender sends it, and that no proxy removes it."));
                self.look_alikes();
            }
            Refusal::Malformed { at, .. } => {
                self.hint("malformed", format!("{refusal}; check that no proxy repeats or rewrites {at}, and that the sender's scheme is this one."));
                self.look_alikes();
            }
            Refusal::KeyUnknown(site) => {
                self.hint("key_id", format!("{site} names a key that is not configured here; add that key, or take the id off the configured one."));
            }
            _ => {}
        }
        let says_gzip = self
            .head
            .header("content-encoding")
            .any(|value| value.eq_ignore_ascii_case(b"gzip") || value.eq_ignore_ascii_case(b"br"));
        if self.body.starts_with(&[0x1f, 0x8b]) {
            self.hint("compression", "The body is gzip-compressed. Most senders sign the text before compression: find what compresses it on the way.");
        } else if says_gzip {
            self.hint("compression", "The body was compressed when it was sent and is not any more. If the sender signs what is on the wire, pass that on as it came.");
        }
        if addresses::signs(scheme) && !self.head.url().contains("://") {
            self.hint("no_url", "This scheme signs the URL, and none was given with the delivery; configure the public URL as the sender has it.");
        }
    }

    fn look_alikes(&mut self) {
        let own = self.subject.scheme;
        let others = self.subject.other_schemes.iter();
        let candidates = others
            .filter(|(_, scheme)| *scheme != own)
            .map(|(name, scheme)| (*name, (*scheme).clone()));
        let found = identify(&Delivery::new(self.head, self.body), candidates);
        let names: Vec<&str> = found.iter().take(MAX_NAMED).map(|like| like.name()).collect();
        if !names.is_empty() {
            let names = names.join(", ");
            self.hint("looks_like", format!("The delivery looks like {names}; choose that provider if it is meant for this source."));
        }
    }

    fn hint(&mut self, code: &'static str, sentence: impl Into<String>) {
        let mut sentence = sentence.into();
        if let Some(first) = sentence.get_mut(0..1) {
            first.make_ascii_uppercase();
        }
        let hint = Hint::new(code, sentence);
        if !self.hints.contains(&hint) {
            self.hints.push(hint);
        }
    }

    fn matches(&mut self, scheme: &Description) -> bool {
        self.tried(scheme, None, self.head, self.body)
    }

    fn matches_with(&mut self, scheme: &Description, secret: Secret) -> bool {
        self.tried(scheme, Some(secret), self.head, self.body)
    }

    /// Whether the delivery is believed under a description, which may be unsound.
    fn tried(
        &mut self,
        description: &Description,
        key: Option<Secret>,
        head: Head<'_>,
        body: &[u8],
    ) -> bool {
        let Ok(scheme) = Scheme::new(description.clone()) else { return false };
        matches!(self.judge(&scheme, key, head, body), Some(Ok(())))
    }

    /// The verdict; nothing if the secret does not fit the scheme, or enough was tried.
    fn judge(
        &mut self,
        scheme: &Scheme,
        key: Option<Secret>,
        head: Head<'_>,
        body: &[u8],
    ) -> Option<Result<(), Refusal>> {
        if self.trials >= MAX_TRIALS || self.passes >= MAX_PASSES || self.hashed >= MAX_HASHED {
            return None;
        }
        self.trials += 1;
        let keys: Vec<SigningKey> = match key {
            Some(key) => vec![key.into()],
            None => self
                .subject
                .keys
                .iter()
                .filter_map(|key| Secret::from_bytes(key.expose().to_vec()).ok())
                .map(SigningKey::new)
                .collect(),
        };
        let most = most_passes(scheme, keys.len());
        let mut parameters = self.subject.parameters.clone();
        let own = self.subject.scheme.description();
        let keeps_tolerance = scheme.description().timestamp.as_ref().is_some_and(|time| {
            own.timestamp.as_ref().is_some_and(|own| own.tolerance == time.tolerance)
        });
        if !keeps_tolerance {
            parameters = parameters.without_tolerance();
        }
        let verifier = Verifier::with_parameters(scheme.clone(), keys, parameters).ok()?;
        let verdict = verifier.verify(&Delivery::new(head, body), self.now).map(|_| ());
        // Nothing is hashed for a delivery that has no signature to compare with.
        if !matches!(verdict, Err(Refusal::Absent(_) | Refusal::Malformed { .. })) {
            self.passes += most;
            self.hashed += most * (body.len() as u64 + 64);
        }
        Some(verdict)
    }
}

/// How often a delivery is hashed at most to judge it.
fn most_passes(scheme: &Scheme, keys: usize) -> u64 {
    let templates: usize = scheme.signatures().iter().map(|rule| rule.content.len()).sum();
    (templates.max(1) * keys.max(1)) as u64
}

/// The units of signed times, as people call them.
const UNITS: [(TimeUnit, &str); 5] = [
    (TimeUnit::Seconds, "whole seconds since 1970"),
    (TimeUnit::Milliseconds, "milliseconds since 1970"),
    (TimeUnit::Rfc3339, "RFC 3339 text"),
    (TimeUnit::IsoUtc, "ISO 8601 text in UTC"),
    (TimeUnit::HttpDate, "an HTTP date"),
];

/// The scheme as if every time were fresh.
fn timeless(description: &Description) -> Description {
    let mut description = description.clone();
    if let Some(time) = &mut description.timestamp {
        time.tolerance = Tolerance::Unbounded;
    }
    if let Authentication::Jose(jose) = &mut description.authentication {
        jose.times = JoseTimes {
            expires: Presence::Ignored,
            not_before: Presence::Ignored,
            issued: Presence::Ignored,
            leeway: 0,
            max_age: None,
        };
    }
    if let Authentication::MessageSignature(rule) = &mut description.authentication {
        rule.expires = Presence::Ignored;
    }
    description
}

/// The description with a change to each of its signature rules.
fn changed(description: &Description, mut change: impl FnMut(&mut Signature)) -> Description {
    let mut description = description.clone();
    match &mut description.authentication {
        Authentication::Signature(rule) => change(rule),
        Authentication::AnyOf(rules) => rules.to_mut().iter_mut().for_each(change),
        _ => {}
    }
    description
}

fn rules(description: &Description) -> &[Signature] {
    match &description.authentication {
        Authentication::Signature(rule) => std::slice::from_ref(rule),
        Authentication::AnyOf(rules) => rules,
        _ => &[],
    }
}

/// The header in which a description looks for what it verifies, if it looks in one alone.
fn header_of(description: &Description) -> Option<&str> {
    match description.authentication.places().as_slice() {
        [Place::Header(name)] => Some(name),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::providers;
    use crate::scheme::primitive::counted;

    /// The dearest delivery: a body that can be written in every way, four keys that are all wrong,
    /// and every preset to compare with.
    #[test]
    fn what_a_search_costs_is_bounded_and_counted() {
        let scheme = providers::STRIPE.scheme();
        let keys: Vec<Secret> =
            (0..4).map(|n| Secret::new(format!("a secret of the ring {n}")).unwrap()).collect();
        let others: Vec<(&str, Scheme)> =
            providers::all().iter().map(|preset| (preset.name, preset.scheme())).collect();
        let other_schemes: Vec<(&str, &Scheme)> =
            others.iter().map(|(name, scheme)| (*name, scheme)).collect();
        let parameters = Parameters::new();
        let subject = Subject {
            scheme: &scheme,
            keys: &keys,
            parameters: &parameters,
            other_keys: &[("one", &keys[0]), ("two", &keys[1])],
            other_schemes: &other_schemes,
        };
        let value = format!("t=1700000000,v1={}", "ab".repeat(32));
        let headers = [("stripe-signature", value.as_bytes())];
        let body = [b"[\"".as_slice(), &[b'/'; 2000], b"\"]"].concat();
        let head = Head::post("https://hooks.example.com/in", &headers);
        let now = Timestamp::from_unix_seconds(1_700_000_000);
        let cost = |hashed_before: u64| {
            let before = counted::passes();
            let mut search = Search::new(&subject, head, &body, now);
            search.hashed = hashed_before;
            search.run();
            assert!(search.hints.is_empty(), "{:?}", search.hints);
            let passes = counted::passes() - before;
            assert!(passes <= search.passes && search.passes <= MAX_PASSES, "{passes}");
            assert!(search.trials <= MAX_TRIALS, "{}", search.trials);
            let all = body.len() as u64 * passes;
            assert!(all <= search.hashed && search.hashed < MAX_HASHED + 100_000);
            passes
        };
        let passes = cost(0);
        assert!((200..MAX_PASSES).contains(&passes), "{passes}");
        // With nothing left to spend, the first judgement is the last.
        assert_eq!(cost(MAX_HASHED - 1), 4);
        assert_eq!(cost(MAX_HASHED), 0);
    }
}
