//! A delivery in the hand, and everything that is done to an accepted one to see it refused.
#![allow(dead_code, reason = "each test binary takes what it needs")]

use std::fmt;
use std::time::Duration;

use hookstage::providers::Preset;
use hookstage::scheme::{
    Authentication, BodyCoverage, Expected, Grammar, Place, Repeat, Signature, TimeUnit,
    TokenGrammar, Tolerance,
};
use hookstage::{Delivery, Head, Refusal, Scheme, Timestamp, Verifier};

/// A delivery that owns its parts, so that they can be changed.
#[derive(Clone)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) url: String,
    pub(crate) headers: Vec<(String, Vec<u8>)>,
    pub(crate) body: Vec<u8>,
}

impl Request {
    pub(crate) fn judge(&self, verifier: &Verifier, now: Timestamp) -> Result<(), Refusal> {
        let headers: Vec<(&str, &[u8])> =
            self.headers.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
        let head = Head::new(&self.method, &self.url, &headers);
        verifier.verify(&Delivery::new(head, &self.body), now).map(|_| ())
    }

    fn with_header(&self, name: &str, value: &[u8]) -> Self {
        let mut changed = self.clone();
        for (other, old) in &mut changed.headers {
            if other == name {
                *old = value.to_vec();
            }
        }
        changed
    }

    fn without_header(&self, name: &str) -> Self {
        let mut changed = self.clone();
        changed.headers.retain(|(other, _)| other != name);
        changed
    }

    fn with_another(&self, name: &str, value: &[u8]) -> Self {
        let mut changed = self.clone();
        changed.headers.push((name.to_owned(), value.to_vec()));
        changed
    }

    fn with_body(&self, body: &[u8]) -> Self {
        Self { body: body.to_vec(), ..self.clone() }
    }

    /// With a text replaced wherever it stands: in the URL, a header or the body.
    fn with_text_replaced(&self, from: &str, to: &str) -> Self {
        let replaced = |bytes: &[u8]| match std::str::from_utf8(bytes) {
            Ok(text) => text.replace(from, to).into_bytes(),
            Err(_) => bytes.to_vec(),
        };
        let headers = self.headers.iter();
        Self {
            method: self.method.clone(),
            url: self.url.replace(from, to),
            headers: headers.map(|(name, value)| (name.clone(), replaced(value))).collect(),
            body: replaced(&self.body),
        }
    }

    fn header(&self, name: &str) -> Option<&[u8]> {
        let mut values = self.headers.iter().filter(|(other, _)| other == name);
        let first = values.next()?;
        if values.next().is_some() { None } else { Some(&first.1) }
    }
}

/// What this build lacks to judge a preset's deliveries.
pub(crate) fn waits_for(preset: &Preset) -> Option<&'static str> {
    preset.scheme().missing_feature()
}

/// What was tried, and what could not be.
#[derive(Default)]
pub(crate) struct Coverages {
    pub(crate) flips: u64,
    pub(crate) mutations: u64,
    pub(crate) same_meaning: u64,
    pub(crate) excused: u64,
    /// Presets or vectors whose signed time was written in every hostile way.
    pub(crate) timed: u64,
}

impl fmt::Display for Coverages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} single-bit flips and {} other mutations tried, of {} deliveries the time in every \
             spelling; {} flips passed over that spell the same or stand in an item that nobody \
             reads; {} kinds excused by what a scheme covers",
            self.flips, self.mutations, self.timed, self.same_meaning, self.excused
        )
    }
}

/// Every mutation of an accepted delivery that must be refused and is not.
pub(crate) fn mutate(
    preset: &Preset,
    verifier: &Verifier,
    genuine: &Request,
    now: Timestamp,
    coverages: &mut Coverages,
) -> Vec<String> {
    mutate_scheme(&preset.scheme(), verifier, genuine, now, coverages)
}

/// As [`mutate`], for a scheme that belongs to no preset.
pub(crate) fn mutate_scheme(
    scheme: &Scheme,
    verifier: &Verifier,
    genuine: &Request,
    now: Timestamp,
    coverages: &mut Coverages,
) -> Vec<String> {
    let mut trial = Trial { verifier, genuine, now, coverages, passed: Vec::new() };
    let description = scheme.description();
    let coverage = scheme.coverage();
    match &description.authentication {
        Authentication::Signature(signature) => {
            let written = format!("{description:?}");
            let reads = |key: &str| written.contains(&format!("Item({key:?})"));
            trial.signature(signature, &reads);
        }
        Authentication::AnyOf(signatures) => {
            // Whichever rule made it, none may take what was changed.
            let written = format!("{description:?}");
            let reads = |key: &str| written.contains(&format!("Item({key:?})"));
            match signatures.iter().find(|rule| trial.present(rule) == 1) {
                Some(signature) => trial.signature(signature, &reads),
                None => trial.coverages.excused += 1,
            }
        }
        Authentication::Token(token) => {
            let word = match &token.grammar {
                TokenGrammar::Basic => "Basic".len(),
                TokenGrammar::Word { word } => word.len(),
                _ => 0,
            };
            trial.value(&token.at, |index| index < word);
        }
        Authentication::Jose(jose) => {
            let word = match &jose.grammar {
                TokenGrammar::Word { word } => word.len(),
                _ => 0,
            };
            trial.value(&jose.at, |index| index < word);
        }
        Authentication::MessageSignature(_) => {
            for name in ["signature-input", "signature"] {
                trial.value(&Place::header(name), |_| false);
            }
        }
        _ => trial.coverages.excused += 1,
    }
    match &coverage.body {
        BodyCoverage::Whole | BodyCoverage::Digest => trial.body(),
        _ => trial.coverages.excused += 1,
    }
    if coverage.url {
        trial.url();
    }
    if coverage.method {
        trial.method();
    }
    for name in &coverage.headers {
        trial.value(&Place::Header(name.clone()), |_| false);
    }
    if let (Some(time), true) = (&description.timestamp, coverage.timestamp) {
        trial.clock(time.tolerance);
        trial.times(&time.at, time.unit);
    }
    for equality in description.require.iter() {
        match equality.equals {
            Expected::ParameterIfGiven(_) => trial.coverages.excused += 1,
            _ => trial.value(&equality.at, |_| false),
        }
    }
    trial.odd_headers();
    trial.passed
}

struct Trial<'a> {
    verifier: &'a Verifier,
    genuine: &'a Request,
    now: Timestamp,
    coverages: &'a mut Coverages,
    passed: Vec<String>,
}

impl Trial<'_> {
    fn must_refuse(&mut self, what: impl FnOnce() -> String, changed: &Request) {
        self.coverages.mutations += 1;
        if changed.judge(self.verifier, self.now).is_ok() {
            self.passed.push(what());
        }
    }

    fn must_accept(&mut self, what: &str, changed: &Request, now: Timestamp) {
        if let Err(refusal) = changed.judge(self.verifier, now) {
            self.passed.push(format!("{what} is refused: {refusal}"));
        }
    }

    fn signature(&mut self, signature: &Signature, reads: &dyn Fn(&str) -> bool) {
        for slot in signature.at.iter() {
            let Some(name) = self.name_of(&slot.place) else {
                self.coverages.excused += 1;
                continue;
            };
            let Some(value) = self.genuine.header(&name).map(<[u8]>::to_vec) else { continue };
            self.signature_header(&name, &value, signature, slot.repeat, reads);
        }
    }

    fn signature_header(
        &mut self,
        name: &str,
        value: &[u8],
        signature: &Signature,
        repeat: Repeat,
        reads: &dyn Fn(&str) -> bool,
    ) {
        let alone = count(value, &signature.grammar) == 1 && self.present(signature) == 1;
        if !alone {
            // With a second signature that is right, a wrong first one changes nothing.
            self.coverages.excused += 1;
            return;
        }
        let word = match &signature.grammar {
            Grammar::Word { word } => word.len(),
            _ => 0,
        };
        self.flips(name, value, |index, old, flipped| {
            let case = flipped.eq_ignore_ascii_case(&old);
            let hex = signature.encoding == hookstage::scheme::Encoding::Hex
                && flipped.is_ascii_hexdigit()
                && is_inside_signature(value, index, signature);
            case && (index < word || hex) || is_ignored(value, index, &signature.grammar, reads)
        });
        self.must_refuse(|| format!("{name} absent"), &self.genuine.without_header(name));
        self.must_refuse(|| format!("{name} empty"), &self.genuine.with_header(name, b""));
        if is_ignored(value, value.len() - 1, &signature.grammar, reads) {
            return;
        }
        let cut = &value[..value.len() - 1];
        self.must_refuse(
            || format!("{name} without its last byte"),
            &self.genuine.with_header(name, cut),
        );
        if matches!(signature.grammar, Grammar::Quoted { .. }) {
            // What stands behind the last parameter is no parameter.
            self.coverages.excused += 1;
            return;
        }
        let longer = [value, value.last().map_or(&[][..], std::slice::from_ref)].concat();
        self.must_refuse(
            || format!("{name} with a byte more"),
            &self.genuine.with_header(name, &longer),
        );
        if repeat == Repeat::Refuse {
            let twice = self.genuine.with_another(name, value);
            self.must_refuse(|| format!("{name} twice"), &twice);
        }
    }

    /// How many of a scheme's places the delivery has.
    fn present(&self, signature: &Signature) -> usize {
        let mut present = 0;
        for slot in signature.at.iter() {
            match self.name_of(&slot.place) {
                Some(name) => {
                    present +=
                        self.genuine.headers.iter().filter(|(other, _)| *other == name).count();
                }
                None => present += 1,
            }
        }
        present
    }

    /// The header that a place stands for in this delivery.
    fn name_of(&self, place: &Place) -> Option<String> {
        match place {
            Place::Header(name) => Some(name.to_string()),
            Place::NumberedHeader { prefix, .. } => Some(format!("{prefix}1")),
            Place::FirstHeader(names) => names
                .iter()
                .find(|name| self.genuine.headers.iter().any(|(other, _)| other == *name))
                .map(ToString::to_string),
            _ => None,
        }
    }

    /// Every single-bit flip of a value, its absence and its emptiness.
    fn value(&mut self, place: &Place, same_meaning: impl Fn(usize) -> bool) {
        let name = self.name_of(place);
        let value = name.as_ref().and_then(|name| self.genuine.header(name)).map(<[u8]>::to_vec);
        let (Some(name), Some(value)) = (name, value) else {
            self.coverages.excused += 1;
            return;
        };
        let name = name.as_str();
        self.flips(name, &value, |index, old, flipped| {
            flipped.eq_ignore_ascii_case(&old) && same_meaning(index)
        });
        self.must_refuse(|| format!("{name} absent"), &self.genuine.without_header(name));
        self.must_refuse(|| format!("{name} empty"), &self.genuine.with_header(name, b""));
    }

    /// Every single-bit flip of a header's value but for those that spell the same.
    fn flips(&mut self, name: &str, value: &[u8], same_meaning: impl Fn(usize, u8, u8) -> bool) {
        for index in 0..value.len() {
            for bit in 0..8 {
                let mut flipped = value.to_vec();
                flipped[index] ^= 1 << bit;
                if same_meaning(index, value[index], flipped[index]) {
                    self.coverages.same_meaning += 1;
                    continue;
                }
                self.coverages.flips += 1;
                let changed = self.genuine.with_header(name, &flipped);
                if changed.judge(self.verifier, self.now).is_ok() {
                    self.passed.push(format!("{name} with bit {bit} of byte {index} flipped"));
                }
            }
        }
    }

    fn body(&mut self) {
        let body = &self.genuine.body;
        for index in 0..body.len() {
            for bit in 0..8 {
                let mut flipped = body.clone();
                flipped[index] ^= 1 << bit;
                self.coverages.flips += 1;
                if self.genuine.with_body(&flipped).judge(self.verifier, self.now).is_ok() {
                    self.passed.push(format!("the body with bit {bit} of byte {index} flipped"));
                }
            }
        }
        let marked = [b"\xef\xbb\xbf", body.as_slice()].concat();
        self.must_refuse(
            || "a body with a byte order mark".into(),
            &self.genuine.with_body(&marked),
        );
        self.rewritten_body();
        let ended = [body.as_slice(), b"\n"].concat();
        self.must_refuse(|| "a body with a line end".into(), &self.genuine.with_body(&ended));
        if !body.is_empty() {
            self.must_refuse(|| "no body".into(), &self.genuine.with_body(b""));
            let cut = &body[..body.len() - 1];
            self.must_refuse(|| "a body cut short".into(), &self.genuine.with_body(cut));
        }
    }

    /// A scheme may sign the path, the query or both; at least one of them must count.
    fn url(&mut self) {
        let url = &self.genuine.url;
        let at = url.find('?').unwrap_or(url.len());
        let path = format!("{}x{}", &url[..at], &url[at..]);
        let query = format!("{url}x");
        let changed = |url| Request { url, ..self.genuine.clone() };
        let passed = [changed(path), changed(query)]
            .iter()
            .all(|request| request.judge(self.verifier, self.now).is_ok());
        self.coverages.mutations += 2;
        if passed {
            self.passed.push("another URL".into());
        }
    }

    fn method(&mut self) {
        let method = if self.genuine.method == "PUT" { "POST" } else { "PUT" };
        let changed = Request { method: method.into(), ..self.genuine.clone() };
        self.must_refuse(|| "another method".into(), &changed);
    }

    /// Both ends of the tolerance, to the millisecond. The delivery itself may lie anywhere within.
    fn clock(&mut self, tolerance: Tolerance) {
        let Tolerance::Within { past, future } = tolerance else {
            self.coverages.excused += 1;
            return;
        };
        let signed_at = self.signed_at();
        let millisecond = Duration::from_millis(1);
        let last = signed_at.saturating_add(Duration::from_secs(past.into()));
        let first = signed_at.saturating_sub(Duration::from_secs(future.into()));
        let genuine = self.genuine.clone();
        self.must_accept("the last moment", &genuine, last);
        self.must_accept("the first moment", &genuine, first);
        self.coverages.mutations += 2;
        for (moment, what) in [
            (last.saturating_add(millisecond), "a millisecond after the last moment"),
            (first.saturating_sub(millisecond), "a millisecond before the first moment"),
        ] {
            match genuine.judge(self.verifier, moment) {
                Err(Refusal::Stale { .. } | Refusal::Future { .. }) => {}
                other => self.passed.push(format!("{what}: {other:?}")),
            }
        }
    }

    fn signed_at(&self) -> Timestamp {
        let headers: Vec<(&str, &[u8])> = self
            .genuine
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_slice()))
            .collect();
        let head = Head::new(&self.genuine.method, &self.genuine.url, &headers);
        let delivery = Delivery::new(head, &self.genuine.body);
        let proof = self.verifier.verify(&delivery, self.now).unwrap();
        proof.signed_at().unwrap()
    }

    /// The signed time in every spelling that some verifier took: in its header, or wherever its
    /// text stands.
    fn times(&mut self, at: &Place, unit: TimeUnit) {
        let signed_at = self.signed_at();
        let text = match unit {
            TimeUnit::Seconds => signed_at.as_unix_seconds().to_string(),
            TimeUnit::Milliseconds => signed_at.as_unix_millis().to_string(),
            _ => String::new(),
        };
        self.coverages.timed += 1;
        let mut hostile: Vec<String> = HOSTILE_TIMES.map(str::to_owned).to_vec();
        if !text.is_empty() {
            hostile.extend(
                [format!("+{text}"), format!("0{text}"), format!("00{text}"), format!("-{text}")]
                    .into_iter()
                    .chain([format!("{text}.0"), format!("{text}.9"), format!("{text}e0")])
                    .chain([format!("{text}abc"), format!("{text}\0"), format!("0x{text}")])
                    .chain([text.replace('1', "\u{ff11}"), text.replace('0', "\u{0660}")]),
            );
        }
        // A text without the digit that was to be replaced.
        hostile.retain(|other| *other != text);
        let name = self.name_of(at);
        for hostile in hostile {
            let changed = match &name {
                Some(name) => self.genuine.with_header(name, hostile.as_bytes()),
                None if text.is_empty() => return,
                None => self.genuine.with_text_replaced(&text, &hostile),
            };
            self.must_refuse(|| format!("{at:?}: {hostile}"), &changed);
        }
    }

    /// Whatever stands in a header, or does not, is answered and never a crash.
    fn odd_headers(&mut self) {
        let long = vec![b'a'; 100_000];
        let odd: [&[u8]; 8] = [
            b"",
            b" ",
            b"\0",
            b"\xff\xfe",
            b"\xc3\x28",
            "\u{e9}\u{1f600}".as_bytes(),
            b"=,.:;|",
            &long,
        ];
        let names: Vec<String> =
            self.genuine.headers.iter().map(|(name, _)| name.clone()).collect();
        for name in &names {
            for value in odd {
                let _ = self.genuine.with_header(name, value).judge(self.verifier, self.now);
                let twice = self.genuine.with_another(name, value);
                let _ = twice.judge(self.verifier, self.now);
                self.coverages.mutations += 2;
            }
            let _ = self.genuine.without_header(name).judge(self.verifier, self.now);
        }
        let none = Request { headers: Vec::new(), ..self.genuine.clone() };
        let nothing = Request { url: String::new(), body: Vec::new(), ..none.clone() };
        let _ = none.judge(self.verifier, self.now);
        let _ = nothing.judge(self.verifier, self.now);
        self.coverages.mutations += 2;
    }

    /// The same JSON in other bytes is another body.
    fn rewritten_body(&mut self) {
        let Ok(value) = serde_json::from_slice::<serde_json::Value>(&self.genuine.body) else {
            return;
        };
        let compact = serde_json::to_vec(&value).unwrap();
        let pretty = serde_json::to_vec_pretty(&value).unwrap();
        let spaced = [b" ", compact.as_slice()].concat();
        let tabbed = [compact.as_slice(), b"\t"].concat();
        for (what, body) in
            [("compact", compact), ("indented", pretty), ("spaced", spaced), ("tabbed", tabbed)]
        {
            if body != self.genuine.body {
                let changed = self.genuine.with_body(&body);
                self.must_refuse(|| format!("the body written again, {what}"), &changed);
            }
        }
    }
}

/// What number parsers take for a number, and what overflows them.
const HOSTILE_TIMES: [&str; 17] = [
    "+1",
    "-1",
    "0",
    "00",
    "-0",
    "NaN",
    "1e9",
    "1.7e9",
    "Infinity",
    "1700000000.0",
    " ",
    "9223372036854775807",
    "-9223372036854775808",
    "18446744073709551616",
    "99999999999999999999",
    "١٧٠٠٠٠٠٠٠٠",
    "１７００００００００",
];

/// How many signatures a value holds under a grammar, as the sender wrote it.
fn count(value: &[u8], grammar: &Grammar) -> usize {
    let text = String::from_utf8_lossy(value);
    match grammar {
        Grammar::Items { item, pair, signatures } => text
            .split(*item)
            .filter(|item| {
                item.trim().split_once(*pair).is_some_and(|(key, value)| {
                    signatures.iter().any(|name| name == key) && !value.is_empty()
                })
            })
            .count(),
        Grammar::Positions { item, first } => {
            text.split(*item).count().saturating_sub(usize::from(*first))
        }
        _ => 1,
    }
}

/// Whether the byte at this index belongs to the signature rather than to a key, prefix or time.
fn is_inside_signature(value: &[u8], index: usize, signature: &Signature) -> bool {
    let text = String::from_utf8_lossy(value);
    match &signature.grammar {
        Grammar::Plain { prefix } => index >= prefix.len(),
        Grammar::Word { word } => index > word.len(),
        Grammar::Items { item, pair, signatures } => {
            let start = text[..index].rfind(*item).map_or(0, |at| at + 1);
            let entry = &text[start..];
            let trimmed = entry.trim_start();
            let skipped = entry.len() - trimmed.len();
            trimmed.find(*pair).is_some_and(|at| {
                signatures.iter().any(|name| name == &trimmed[..at]) && index > start + skipped + at
            })
        }
        Grammar::Positions { item, first } => {
            text[..index].matches(*item).count() >= usize::from(*first)
        }
        Grammar::Records { field, .. } => text.rfind(*field).is_some_and(|at| index > at),
        _ => false,
    }
}

/// Whether the byte at this index stands in an item that the scheme passes over, such as an older
/// version beside the signature.
fn is_ignored(value: &[u8], index: usize, grammar: &Grammar, reads: &dyn Fn(&str) -> bool) -> bool {
    let text = String::from_utf8_lossy(value);
    if let Grammar::Records { item, field, fields, .. } = grammar {
        let start = text[..index].rfind(*item).map_or(0, |at| at + 1);
        let end = text[index..].find(*item).map_or(text.len(), |at| index + at);
        let record = &text[start..end.max(start)];
        let is_other = record.split(*field).count() != usize::from(*fields);
        // A key that was registered without an id is tried for every id.
        let names_key = record.rfind(*field).is_some_and(|at| index < start + at)
            && !text[index..].starts_with(*field);
        return !record.is_empty() && (is_other || names_key) && !text[index..].starts_with(*item);
    }
    let Grammar::Items { item, pair, signatures } = grammar else { return false };
    let start = text[..index].rfind(*item).map_or(0, |at| at + 1);
    let end = text[index..].find(*item).map_or(text.len(), |at| index + at);
    // The separator itself belongs to the item behind it.
    let entry = text[start..end.max(start)].trim();
    let Some((key, _)) = entry.split_once(*pair) else { return false };
    !signatures.iter().any(|name| name == key) && !reads(key) && !text[index..].starts_with(*item)
}
