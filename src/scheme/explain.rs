//! Why a delivery was refused: a bounded search for what would have matched, for the operator
//! alone. It knows the secret, so nothing of it may reach the sender.

use std::borrow::Cow;
use std::fmt;

use super::canonical::feed_minified;
use super::description::{
    Algorithm, Authentication, Description, Encoding, Grammar, Hash, KeyForm, List, Part, Place,
    Signature, Template, TimeUnit, Tolerance, text,
};
use super::key::SigningKey;
use super::parameters::Parameters;
use super::verify::Verifier;
use super::{Scheme, list};
use crate::clock::Timestamp;
use crate::delivery::{Body, Delivery, Head};
use crate::refusal::Refusal;
use crate::secret::Secret;

/// The most combinations that are tried for one delivery. Each hashes the body once.
const MAX_TRIALS: u16 = 512;

/// A body longer than this is not altered and tried again.
const MAX_BODY: usize = 1024 * 1024;

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

    /// The stable code: `body`, `clock`, `encoding`, `hash`, `header`, `key`, `key_form`,
    /// `other_key`, `other_scheme`, `prefix`, `signed_parts`, `time_unit` or `url`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.code
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
/// per minute holds; never for every forged delivery. Keep the hints alone.
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
    let mut search =
        Search { subject, head: *delivery.head(), body, now, trials: 0, hints: Vec::new() };
    search.run();
    search.hints
}

struct Search<'a> {
    subject: &'a Subject<'a>,
    head: Head<'a>,
    body: &'a [u8],
    now: Timestamp,
    trials: u16,
    hints: Vec<Hint>,
}

impl Search<'_> {
    fn run(&mut self) {
        let scheme = self.subject.scheme.clone();
        match self.judge(&scheme, None, self.head, self.body) {
            None => return,
            Some(Ok(())) => return,
            Some(Err(refusal)) => self.plain(&refusal),
        }
        let timeless = unbounded(scheme.description());
        if matches!(self.tried(&timeless, None, self.head, self.body), Some(true)) {
            self.hint("clock", "The signature is right and only the time is not: a replay, a late retry, or clocks that differ; widen the tolerance only if the sender says so.");
        } else {
            self.secrets(&timeless);
            self.forms(&timeless);
            self.bodies(&timeless);
            self.urls(&timeless);
        }
        self.others(&timeless);
        if self.hints.iter().all(|hint| hint.code == "header") {
            self.encodings();
        }
    }

    /// What the refusal alone says.
    fn plain(&mut self, refusal: &Refusal) {
        if let Refusal::Absent(site) | Refusal::Malformed { at: site, .. } = refusal {
            self.hint("header", format!("{refusal}; check that {site} is sent, and that no proxy removes, repeats or rewrites it."));
        }
        if self.body.starts_with(&[0x1f, 0x8b]) {
            self.hint("body", "The body is gzip-compressed; most senders sign the text before compression, so let the server in front pass it on as the sender signed it.");
        }
    }

    fn secrets(&mut self, scheme: &Description) {
        for (index, key) in self.subject.keys.iter().enumerate() {
            let Ok(text) = std::str::from_utf8(key.expose()) else { continue };
            let candidates = [
                (text.trim().to_owned(), "the white space around it"),
                (text.trim_matches(['"', '\'']).to_owned(), "the quotes around it"),
                (
                    text.split_once('=').map_or("", |(_, rest)| rest).to_owned(),
                    "what stands before the equals sign",
                ),
                (
                    text.to_lowercase(),
                    "its capital letters (it is stored with others than the sender has)",
                ),
            ];
            for (candidate, what) in candidates {
                if candidate != text && self.matches_with(scheme, &candidate) {
                    self.hint("key", format!("keys[{index}] would match without {what}; store the secret exactly as the dashboard shows it."));
                }
            }
            for (before, after, what) in [
                ("", "\n", "a newline at its end"),
                ("", "\r\n", "a line break at its end"),
                ("", " ", "a space at its end"),
                (" ", "", "a space before it"),
            ] {
                let form = KeyForm::Wrapped { before: text_of(before), after: text_of(after) };
                if self.matches(&with_key(scheme, &form)) {
                    self.hint("key", format!("keys[{index}] would match with {what}: the sender's own copy has it; save the secret there again."));
                }
            }
        }
        let forms = [
            (KeyForm::Text, "the text itself, prefix and all"),
            (
                KeyForm::Base64 { prefixes: list![text("v1,whsec_"), text("whsec_")] },
                "base64 behind whsec_",
            ),
            (KeyForm::Hex, "hexadecimal digits"),
            (KeyForm::Hashed(Hash::Sha256), "its SHA-256 hash"),
        ];
        for (form, what) in forms {
            if own_key(scheme) != Some(&form) && self.matches(&with_key(scheme, &form)) {
                self.hint("key_form", format!("The secret would match if it were taken as {what}; choose the scheme that takes it so, or the sender's other secret."));
            }
        }
        for (name, key) in self.subject.other_keys {
            let key = Secret::from_bytes(key.expose().to_vec()).ok();
            if matches!(self.tried(scheme, key, self.head, self.body), Some(true)) {
                self.hint("other_key", format!("The delivery is signed with the secret of {name}; configure that secret here, or send it there."));
            }
        }
    }

    /// Another hash, another spelling, other parts.
    fn forms(&mut self, scheme: &Description) {
        for hash in [Hash::Sha256, Hash::Sha1Legacy, Hash::Sha512, Hash::Sha384] {
            if self.matches(&changed(scheme, |rule| rule.algorithm = Algorithm::Hmac(hash))) {
                self.hint(
                    "hash",
                    format!(
                        "The signature is an HMAC with {hash:?}; choose a scheme with that hash."
                    ),
                );
            }
        }
        for encoding in [Encoding::Hex, Encoding::Base64, Encoding::Base64Url] {
            if self.matches(&changed(scheme, |rule| rule.encoding = encoding)) {
                self.hint(
                    "encoding",
                    format!(
                        "The signature is right and written in {encoding:?}; choose that encoding."
                    ),
                );
            }
        }
        let prefixes = ["", "sha256=", "sha1=", "sha512=", "v1=", "v0=", "hmac-sha256="];
        for prefix in prefixes {
            let grammar = Grammar::Plain { prefix: text(prefix) };
            if self.matches(&changed(scheme, |rule| rule.grammar = grammar.clone())) {
                self.hint(
                    "prefix",
                    format!(
                        "The signature would match behind the prefix \"{prefix}\"; set that prefix."
                    ),
                );
            }
        }
        let templates = [
            (vec![Part::Body], "the body alone, without the time or id"),
            (vec![Part::Timestamp, Part::literal("."), Part::Body], "time, dot and body"),
            (vec![Part::Timestamp, Part::literal(":"), Part::Body], "time, colon and body"),
            (vec![Part::Timestamp, Part::Body], "time and body with nothing between"),
            (vec![Part::Body, Part::Timestamp], "body and time"),
            (vec![Part::Url(super::UrlPart::Full), Part::Body], "URL and body"),
        ];
        for (template, what) in templates {
            let mut scheme = changed(scheme, |rule| rule.content = one_template(&template));
            if !template.contains(&Part::Timestamp) {
                scheme.timestamp = None;
            }
            if !template.contains(&Part::Id) {
                scheme.id = None;
            }
            if self.matches(&scheme) {
                self.hint("signed_parts", format!("The sender signs {what}; choose a scheme that does, or change what it signs."));
            }
        }
        if let Some(time) = &scheme.timestamp {
            for unit in [
                TimeUnit::Seconds,
                TimeUnit::Milliseconds,
                TimeUnit::Rfc3339,
                TimeUnit::IsoUtc,
                TimeUnit::HttpDate,
            ] {
                let mut scheme = scheme.clone();
                if unit != time.unit
                    && let Some(time) = &mut scheme.timestamp
                {
                    time.unit = unit;
                    if self.matches(&scheme) {
                        self.hint("time_unit", format!("The signature is right, but its time is written as {unit:?}; choose that unit."));
                    }
                }
            }
        }
    }

    /// What lies between the sender's bytes and ours.
    fn bodies(&mut self, scheme: &Description) {
        if self.body.len() > MAX_BODY {
            return;
        }
        let mut compact = Vec::new();
        feed_minified(self.body, &mut compact);
        let spaced = spaced(&compact);
        let trimmed = self.body.trim_ascii_end();
        let text = String::from_utf8_lossy(self.body);
        let candidates: Vec<(Vec<u8>, &str)> = vec![
            (
                compact,
                "without the white space between its JSON tokens: it was parsed and written again on the way; pass the raw bytes on",
            ),
            (
                spaced,
                "with a space behind each comma and colon: it was parsed and written again on the way; pass the raw bytes on",
            ),
            (trimmed.to_vec(), "without the white space at its end: something added a newline"),
            ([self.body, b"\n"].concat(), "with a newline at its end: something trimmed it"),
            ([self.body, b"\r\n"].concat(), "with a line break at its end: something trimmed it"),
            (
                self.body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(self.body).to_vec(),
                "without the byte order mark before it",
            ),
            (
                [b"\xef\xbb\xbf", self.body].concat(),
                "with a byte order mark before it: something removed it",
            ),
            (
                text.replace("\r\n", "\n").into_bytes(),
                "with single newlines: something turned them into CR LF",
            ),
            (
                text.replace("\r\n", "\n").replace('\n', "\r\n").into_bytes(),
                "with CR LF line breaks: something turned them into single newlines",
            ),
            (
                text.replace("\\/", "/").into_bytes(),
                "with its slashes not escaped: it was written again by another JSON library",
            ),
            (
                text.replace('/', "\\/").into_bytes(),
                "with its slashes escaped, as PHP writes them: it was written again on the way",
            ),
            (
                Vec::new(),
                "if it were empty: the body was read before it was verified, or the sender signs none",
            ),
        ];
        for (body, what) in candidates {
            if body != self.body && matches!(self.tried(scheme, None, self.head, &body), Some(true))
            {
                self.hint("body", format!("The body would match {what}."));
            }
        }
    }

    fn urls(&mut self, scheme: &Description) {
        let url = self.head.url();
        let Some((protocol, rest)) = url.split_once("://") else { return };
        let (authority, tail) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        let host =
            authority.rsplit_once(':').filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()));
        let bare = host.map_or(authority, |(host, _)| host);
        let swapped = if protocol == "https" { "http" } else { "https" };
        let (path, query) = tail
            .split_once('?')
            .map_or((tail, String::new()), |(path, query)| (path, format!("?{query}")));
        let slashed = match path.strip_suffix('/') {
            Some(path) => path.to_owned(),
            None => format!("{path}/"),
        };
        let mut candidates = vec![
            (
                format!("{swapped}://{rest}"),
                format!("{swapped} in its address; configure the public URL as the sender has it"),
            ),
            (format!("{protocol}://{bare}{tail}"), "no port in its address".to_owned()),
            (format!("{protocol}://{bare}:443{tail}"), "the port 443 in its address".to_owned()),
            (format!("{protocol}://{bare}:80{tail}"), "the port 80 in its address".to_owned()),
            (
                format!("{protocol}://{authority}{slashed}{query}"),
                "the slash at the end of the path the other way round".to_owned(),
            ),
            (format!("{protocol}://{authority}{path}"), "no query in its address".to_owned()),
        ];
        for name in ["x-forwarded-host", "x-original-host", "host"] {
            if let Some(Ok(host)) = self.head.header(name).next().map(std::str::from_utf8)
                && host != authority
            {
                for protocol in ["https", "http"] {
                    candidates.push((format!("{protocol}://{host}{tail}"), format!("the host that the header {name} names, over {protocol}; configure that as the public URL")));
                }
            }
        }
        for (candidate, what) in candidates {
            if candidate == url {
                continue;
            }
            let head = Head::new(self.head.method(), &candidate, self.head.headers());
            if matches!(self.tried(scheme, None, head, self.body), Some(true)) {
                self.hint("url", format!("The delivery is signed with {what}."));
            }
        }
    }

    fn others(&mut self, own: &Description) {
        let mut named: Vec<&str> = Vec::new();
        for (name, other) in self.subject.other_schemes {
            let description = unbounded(other.description());
            let same = description == *own || other.signatures().is_empty();
            if !same && matches!(self.tried(&description, None, self.head, self.body), Some(true)) {
                named.push(name);
                if named.len() == 5 {
                    break;
                }
            }
        }
        if !named.is_empty() {
            self.hint(
                "other_scheme",
                format!(
                    "The delivery would be verified as {}; choose that provider for this source.",
                    named.join(", ")
                ),
            );
        }
    }

    /// Whether a signature stands in a header under another name.
    fn encodings(&mut self) {
        let scheme = self.subject.scheme.description();
        let slots = self.subject.scheme.signatures().iter().flat_map(|rule| rule.at.iter());
        let expected: Vec<&Place> = slots.map(|slot| &slot.place).collect();
        let names: Vec<&str> = self.head.headers().iter().map(|(name, _)| *name).collect();
        for name in names {
            let lower = name.to_ascii_lowercase();
            let like = ["signature", "hmac", "digest"].iter().any(|word| lower.contains(word));
            let known =
                expected.iter().any(|place| matches!(place, Place::Header(own) if *own == lower));
            if like && !known {
                let moved = changed(&unbounded(scheme), |rule| {
                    rule.at = Cow::Owned(vec![super::Slot {
                        place: Place::Header(lower.clone().into()),
                        repeat: super::Repeat::Refuse,
                        key: super::KeyChoice::Any,
                    }]);
                });
                if self.matches(&moved) {
                    self.hint(
                        "header",
                        format!("The signature stands in the header {lower}; set that name."),
                    );
                }
            }
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
        matches!(self.tried(scheme, None, self.head, self.body), Some(true))
    }

    fn matches_with(&mut self, scheme: &Description, secret: &str) -> bool {
        let secret = Secret::new(secret).ok();
        secret.is_some() && matches!(self.tried(scheme, secret, self.head, self.body), Some(true))
    }

    /// Whether the delivery is believed under a scheme that may be unsound; nothing if it cannot be
    /// tried.
    fn tried(
        &mut self,
        description: &Description,
        key: Option<Secret>,
        head: Head<'_>,
        body: &[u8],
    ) -> Option<bool> {
        let scheme = Scheme::new(description.clone()).ok()?;
        self.judge(&scheme, key, head, body).map(|judged| judged.is_ok())
    }

    fn judge(
        &mut self,
        scheme: &Scheme,
        key: Option<Secret>,
        head: Head<'_>,
        body: &[u8],
    ) -> Option<Result<(), Refusal>> {
        if self.trials == MAX_TRIALS {
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
        let mut parameters = self.subject.parameters.clone();
        if scheme.description().timestamp.is_none() || *scheme != *self.subject.scheme {
            parameters = parameters.without_tolerance();
        }
        let verifier = Verifier::with_parameters(scheme.clone(), keys, parameters).ok()?;
        Some(verifier.verify(&Delivery::new(head, body), self.now).map(|_| ()))
    }
}

/// The scheme as if every time were fresh, so that a stale delivery does not hide what else is
/// wrong.
fn unbounded(description: &Description) -> Description {
    let mut description = description.clone();
    if let Some(time) = &mut description.timestamp {
        time.tolerance = Tolerance::Unbounded;
    }
    description
}

fn changed(description: &Description, change: impl FnOnce(&mut Signature)) -> Description {
    let mut description = description.clone();
    if let Authentication::Signature(signature) = &mut description.authentication {
        change(signature);
    }
    description
}

fn with_key(description: &Description, form: &KeyForm) -> Description {
    changed(description, |rule| rule.key = form.clone())
}

fn own_key(description: &Description) -> Option<&KeyForm> {
    match &description.authentication {
        Authentication::Signature(signature) => Some(&signature.key),
        _ => None,
    }
}

fn one_template(parts: &[Part]) -> List<Template> {
    Cow::Owned(vec![Cow::Owned(parts.to_vec())])
}

fn text_of(text: &'static str) -> super::Text {
    text.into()
}

/// Compact JSON with a space behind each comma and colon, as Python's `json.dumps` writes it.
fn spaced(compact: &[u8]) -> Vec<u8> {
    let mut spaced = Vec::with_capacity(compact.len() + compact.len() / 8);
    let (mut in_string, mut escaped) = (false, false);
    for byte in compact {
        spaced.push(*byte);
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b',' | b':' if !in_string => spaced.push(b' '),
            _ => {}
        }
    }
    spaced
}

/// The schemes whose headers a request has, the best first: which provider it looks like.
///
/// It looks at names and shapes alone, and proves nothing.
pub fn identify<'n>(
    head: &Head<'_>,
    candidates: impl IntoIterator<Item = (&'n str, Scheme)>,
) -> Vec<&'n str> {
    let mut found: Vec<(u8, &str)> = candidates
        .into_iter()
        .filter_map(|(name, scheme)| likeness(head, &scheme).map(|score| (score, name)))
        .collect();
    found.sort_by(|(one, name), (two, other)| two.cmp(one).then(name.cmp(other)));
    found.into_iter().map(|(_, name)| name).collect()
}

/// How many of a scheme's places are there; nothing if its signature is not, or is of another
/// shape.
fn likeness(head: &Head<'_>, scheme: &Scheme) -> Option<u8> {
    let parameters = Parameters::new();
    let context = super::locate::Context::new(head, b"", &parameters);
    let mut best = None;
    for signature in scheme.signatures() {
        if !signature.at.iter().any(|slot| slot.is_in_head()) {
            continue;
        }
        let mut located = super::locate::Located::nothing();
        if located.find(context, &signature.at, &signature.grammar).is_err() {
            continue;
        }
        if super::verify::is_well_formed(signature, &located) {
            // A name that only one vendor uses says more than one that many do.
            let generic = [
                "x-signature",
                "signature",
                "x-hub-signature",
                "x-hub-signature-256",
                "x-webhook-signature",
            ];
            let own = signature.at.iter().any(|slot| match &slot.place {
                Place::Header(name) => {
                    !generic.contains(&name.as_ref()) && head.header(name).next().is_some()
                }
                _ => true,
            });
            let list = Some((located.list(), &signature.grammar));
            let context = super::locate::Context { list, ..context };
            let description = scheme.description();
            let asked = description.timestamp.iter().map(|time| &time.at).chain(&description.id);
            let mut score = 1 + 2 * u8::from(own);
            for place in asked {
                match super::locate::optional(context, place) {
                    Ok(Some(_)) => score += 1,
                    _ => return best,
                }
            }
            best = best.max(Some(score));
        }
    }
    match &scheme.description().authentication {
        Authentication::Token(token)
        | Authentication::HostChecked(super::HostChecked { token, .. }) => {
            let own = matches!(&token.at, Place::Header(name) if *name != "authorization");
            (own && super::locate::value(context, &token.at).is_ok()).then_some(2)
        }
        Authentication::Jose(jose) if jose.at.is_in_head() => {
            let own = matches!(&jose.at, Place::Header(name) if *name != "authorization");
            super::locate::value(context, &jose.at)
                .ok()
                .filter(|text| text.windows(3).any(|window| window == b"eyJ"))
                .map(|_| if own { 3 } else { 1 })
        }
        _ => best,
    }
}
