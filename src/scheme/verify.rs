//! The interpreter that judges deliveries: the only place where a signature becomes a proof.

use std::borrow::Cow;
use std::ops::ControlFlow;

use super::Scheme;
use super::content::{Content, feed_url};
use super::description::{
    Algorithm, Authentication, Equality, Expected, ExpectedDigest, Part, Place, Signature,
    SignedTime, Slot, Token, TokenGrammar, Tolerance,
};
use super::encoding::Buffer;
use super::key::{Fingerprint, Key, KeyRing, Material, SigningKey, shown};
use super::locate::{
    Context, Located, MAX_SIGNATURES, Maker, malformed, optional, strip_word, value,
};
use super::parameters::Parameters;
use super::primitive::{Hasher, Sink, Tag};
use super::proof::{Means, Proof};
use super::registry::{Registry, TokenCheck};
use crate::clock::Timestamp;
use crate::delivery::{Body, Delivery, Head};
use crate::error::{ConfigError, ConfigFault};
use crate::refusal::{Malformation, Refusal, Site};
use subtle::ConstantTimeEq;

/// A scheme with the keys of one source: what a delivery is judged by.
///
/// ```
/// use hookstage::{Delivery, Head, Secret, Timestamp, Verifier, providers};
///
/// let secret = Secret::new("hookstage-test-secret").unwrap();
/// let verifier = Verifier::new(providers::COEFFECTION.scheme(), [secret]).unwrap();
///
/// let headers = [(
///     "X-Webhook-Signature",
///     b"t=1700000000,v1=0f12218de9ee66f1944a4203a06c172a103ed8f2ec42efd858415848eefbaefb"
///         .as_slice(),
/// )];
/// let body = br#"{"id":"evt_123","email":"ada@acme.com"}"#;
/// let delivery = Delivery::new(Head::post("", &headers), body);
///
/// let proof = verifier.verify(&delivery, Timestamp::from_unix_seconds(1_700_000_300)).unwrap();
/// assert!(proof.coverage().binds_body());
/// ```
#[derive(Debug)]
pub struct Verifier {
    scheme: Scheme,
    keys: KeyRing,
    parameters: Parameters,
    token_check: Option<TokenCheck>,
}

impl Verifier {
    /// Prepares the keys for the scheme, newest first. Decoding and key schedule happen here, never
    /// per delivery.
    ///
    /// # Errors
    ///
    /// No key, more than four, a secret that the scheme cannot use, a parameter that the scheme
    /// needs and nobody gave: all of them at once.
    pub fn new<K: Into<SigningKey>>(
        scheme: Scheme,
        keys: impl IntoIterator<Item = K>,
    ) -> Result<Self, ConfigError> {
        Self::with_parameters(scheme, keys, Parameters::new())
    }

    /// As [`new`](Self::new), with what the operator configured beside the secret.
    ///
    /// # Errors
    ///
    /// As for [`new`](Self::new), and a tolerance that is zero or longer than a day.
    pub fn with_parameters<K: Into<SigningKey>>(
        scheme: Scheme,
        keys: impl IntoIterator<Item = K>,
        parameters: Parameters,
    ) -> Result<Self, ConfigError> {
        Self::with_registry(scheme, keys, parameters, &Registry::new())
    }

    /// As [`with_parameters`](Self::with_parameters), with the checks that are the host's own.
    ///
    /// # Errors
    ///
    /// As for [`with_parameters`](Self::with_parameters), and a check that the registry lacks.
    pub fn with_registry<K: Into<SigningKey>>(
        scheme: Scheme,
        keys: impl IntoIterator<Item = K>,
        parameters: Parameters,
        registry: &Registry,
    ) -> Result<Self, ConfigError> {
        if let Some(feature) = scheme.missing_feature() {
            return Err(ConfigError::one(
                "feature",
                format!("this scheme needs the feature `{feature}`, which this build lacks"),
            ));
        }
        let mut faults = parameter_faults(&scheme, &parameters);
        let mut token_check = None;
        if let Authentication::HostChecked(rule) = &scheme.description().authentication {
            token_check = registry.token_check(&rule.check);
            if token_check.is_none() {
                faults.push(ConfigFault::new(
                    "host_checked.check",
                    "the registry has no check of this name; register it when the host starts",
                ));
            }
        }
        let keys = keys.into_iter().map(Into::into).collect();
        match KeyRing::prepare(&scheme, keys) {
            Ok(keys) => {
                ConfigError::unless_empty(faults)?;
                Ok(Self { scheme, keys, parameters, token_check })
            }
            Err(error) => {
                faults.extend(error.into_faults());
                ConfigError::unless_empty(faults)?;
                Err(ConfigError::one("keys", "the keys cannot be used"))
            }
        }
    }

    /// The scheme.
    #[must_use]
    pub const fn scheme(&self) -> &Scheme {
        &self.scheme
    }

    /// What the operator configured beside the secret.
    #[must_use]
    pub const fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    /// The keys, newest first, by what may be shown of them.
    pub fn fingerprints(&self) -> impl Iterator<Item = Fingerprint> + '_ {
        self.keys.fingerprints().map(Fingerprint)
    }

    pub(super) const fn keys(&self) -> &KeyRing {
        &self.keys
    }

    /// Judges what can be judged before the body is read: whether the header that carries the
    /// signature, token or time is there, and there once.
    ///
    /// # Errors
    ///
    /// It is absent, empty, repeated or too long.
    pub fn check_head(&self, head: &Head<'_>) -> Result<(), Refusal> {
        let context = Context::new(head, &[], &self.parameters);
        let description = self.scheme.description();
        match &description.authentication {
            Authentication::Signature(signature) if signature.at.iter().all(Slot::is_in_head) => {
                Located::find(context, &signature.at, &signature.grammar)?;
            }
            Authentication::HostChecked(rule) if rule.token.at.is_in_head() => {
                value(context, &rule.token.at)?;
            }
            Authentication::Jose(jose) if jose.at.is_in_head() => {
                value(context, &jose.at)?;
            }
            Authentication::Token(token) if token.at.is_in_head() => {
                value(context, &token.at)?;
            }
            _ => {}
        }
        let timestamp = description.timestamp.as_ref().map(|timestamp| &timestamp.at);
        for place in timestamp.into_iter().chain(&description.id) {
            if place.is_in_head() {
                value(context, place)?;
            }
        }
        Ok(())
    }

    /// Judges a delivery at `now`: that exactly these bytes were sent by someone who has a live
    /// key, and lately enough.
    ///
    /// The order is fixed: what is missing or malformed, then the signature, then the time, then
    /// whatever else must be equal. So `stale` always means that the signature was right.
    ///
    /// # Errors
    ///
    /// Why it is refused. Nothing was staged, counted or remembered.
    pub fn verify<'a>(
        &'a self,
        delivery: &Delivery<'a>,
        now: Timestamp,
    ) -> Result<Proof<'a>, Refusal> {
        let Body::Whole(body) = delivery.body() else {
            return Err(Refusal::BodyTooLarge { limit: 0 });
        };
        let context = Context::new(delivery.head(), body, &self.parameters);
        let description = self.scheme.description();
        match &description.authentication {
            Authentication::Signature(signature) => {
                let (key, signed_at) = self.verify_rule(context, 0, signature, now)?;
                let proof = Proof::new(delivery, body, self.scheme.coverage(), Means::Signature);
                Ok(proof.with_key(key).signed_at_time(signed_at))
            }
            Authentication::AnyOf(signatures) => {
                let (key, signed_at) = self.verify_any(context, signatures, now)?;
                let proof = Proof::new(delivery, body, self.scheme.coverage(), Means::Signature);
                Ok(proof.with_key(key).signed_at_time(signed_at))
            }
            Authentication::HostChecked(rule) => {
                let key = self.verify_by_host(context, &rule.token, now)?;
                self.check_equalities(context, &description.require)?;
                let proof = Proof::new(delivery, body, self.scheme.coverage(), Means::Token);
                Ok(proof.with_key(key))
            }
            Authentication::Jose(_) => Err(Refusal::UnknownSource),
            Authentication::Token(token) => {
                let key = self.verify_token(context, token, now)?;
                self.check_equalities(context, &description.require)?;
                let proof = Proof::new(delivery, body, self.scheme.coverage(), Means::Token);
                Ok(proof.with_key(key))
            }
            Authentication::Unsigned => {
                self.check_equalities(context, &description.require)?;
                Ok(Proof::new(delivery, body, self.scheme.coverage(), Means::Unsigned))
            }
        }
    }

    /// One signature rule with all that must hold beside it.
    fn verify_rule(
        &self,
        context: Context<'_>,
        rule: usize,
        signature: &Signature,
        now: Timestamp,
    ) -> Result<(u8, Option<Timestamp>), Refusal> {
        let located = Located::find(context, &signature.at, &signature.grammar)?;
        let context = Context { list: Some((located.list(), &signature.grammar)), ..context };
        let verified = self.verify_signature(context, rule, signature, &located, now)?;
        self.check_equalities(context, &self.scheme.description().require)?;
        Ok(verified)
    }

    /// The first rule that holds; if none does, the refusal that came furthest.
    fn verify_any(
        &self,
        context: Context<'_>,
        signatures: &[Signature],
        now: Timestamp,
    ) -> Result<(u8, Option<Timestamp>), Refusal> {
        let mut furthest = None;
        for (rule, signature) in signatures.iter().enumerate() {
            match self.verify_rule(context, rule, signature, now) {
                Ok(verified) => return Ok(verified),
                Err(refusal) => match &furthest {
                    Some(other) if distance(other) >= distance(&refusal) => {}
                    _ => furthest = Some(refusal),
                },
            }
        }
        Err(furthest.unwrap_or(Refusal::UnknownSource))
    }

    fn verify_signature(
        &self,
        context: Context<'_>,
        rule: usize,
        signature: &Signature,
        located: &Located<'_>,
        now: Timestamp,
    ) -> Result<(u8, Option<Timestamp>), Refusal> {
        let description = self.scheme.description();
        let signatures = well_formed(signature, located)?;

        let time = match &description.timestamp {
            Some(rule) => Some((rule, value(context, &rule.at)?)),
            None => None,
        };
        let signed_at = match &time {
            Some((rule, text)) => Some(read_time(rule, text)?),
            None => None,
        };
        let id = match &description.id {
            Some(place) => optional(context, place)?,
            None => None,
        };
        let content = Content {
            context,
            timestamp: time.as_ref().map(|(_, text)| text.as_ref()),
            id: id.as_deref(),
            id_place: description.id.as_ref(),
        };

        let mut keys_tried = 0;
        let mut matched = None;
        // A template may need what only some of the sender's requests have. It is the reason of a
        // refusal if no other template could be fed.
        let mut unfed = None;
        let mut fed = false;
        'ring: for (index, key) in self.keys.live(now) {
            keys_tried += 1;
            for template in signature.content.iter() {
                match compute(signature.algorithm, key.material(rule), &content, template) {
                    Ok(tag) if any_matches(&tag, signature, located, index, key) => {
                        matched = Some(index);
                        break 'ring;
                    }
                    Ok(_) => fed = true,
                    Err(refusal) => unfed = unfed.or(Some(refusal)),
                }
            }
        }
        if let (None, false, Some(refusal)) = (matched, fed, unfed) {
            return Err(refusal);
        }
        let Some(key) = matched else {
            let at = signature.at.first().map_or(Site::Position(0), |slot| Site::from(&slot.place));
            return Err(Refusal::Mismatch { at, signatures, keys: keys_tried });
        };
        if let (Some((rule, _)), Some(signed_at)) = (&time, signed_at) {
            let tolerance = self.parameters.tolerance().unwrap_or(rule.tolerance);
            check_freshness(tolerance, signed_at, now)?;
        }
        Ok((key, signed_at))
    }

    fn verify_token(
        &self,
        context: Context<'_>,
        token: &Token,
        now: Timestamp,
    ) -> Result<u8, Refusal> {
        let found = value(context, &token.at)?;
        let text = shown_text(token, &found)?;
        let shown = shown(&text);
        let mut keys = 0;
        let mut matched = None;
        for (index, key) in self.keys.live(now) {
            keys += 1;
            if let Some(Material::Shown { hash: expected, .. }) = key.material(0)
                && bool::from(expected.ct_eq(&shown))
                && matched.is_none()
            {
                matched = Some(index);
            }
        }
        matched.ok_or_else(|| Refusal::Mismatch { at: Site::from(&token.at), signatures: 1, keys })
    }

    fn verify_by_host(
        &self,
        context: Context<'_>,
        token: &Token,
        now: Timestamp,
    ) -> Result<u8, Refusal> {
        let found = value(context, &token.at)?;
        let text = shown_text(token, &found)?;
        let mut keys = 0;
        for (index, key) in self.keys.live(now) {
            keys += 1;
            if let (Some(Material::Stored(stored)), Some(check)) =
                (key.material(0), &self.token_check)
                && check.accepts(&text, stored)
            {
                return Ok(index);
            }
        }
        Err(Refusal::Mismatch { at: Site::from(&token.at), signatures: 1, keys })
    }

    fn check_equalities(&self, context: Context<'_>, require: &[Equality]) -> Result<(), Refusal> {
        for equality in require {
            let Equality { at, equals } = equality;
            let holds = match equals {
                Expected::Absent => !is_there(context, at)?,
                Expected::AnyText(texts) => {
                    let found = value(context, at)?;
                    texts.iter().any(|text| same(text.as_bytes(), &found))
                }
                Expected::BodyDigest(digest) => body_digest_holds(context, at, digest)?,
                Expected::Parameter(parameter) => match self.parameters.get(*parameter) {
                    Some(text) => same(text.as_bytes(), &value(context, at)?),
                    None => false,
                },
                Expected::ParameterIfGiven(parameter) => match self.parameters.get(*parameter) {
                    Some(text) => same(text.as_bytes(), &value(context, at)?),
                    None => true,
                },
                Expected::Text(text) => same(text.as_bytes(), &value(context, at)?),
                Expected::Url(part) => {
                    let mut url = Vec::new();
                    feed_url(context.head, *part, &mut url);
                    same(&url, &value(context, at)?)
                }
                Expected::UrlDigest(part, hash) => {
                    let mut hasher = Hasher::new(*hash).ok_or(Refusal::UnknownSource)?;
                    feed_url(context.head, *part, &mut hasher);
                    let digest = hex::encode(hasher.finish().into_bytes());
                    same(digest.as_bytes(), &value(context, at)?)
                }
            };
            if !holds {
                return Err(Refusal::Different(Site::from(at)));
            }
        }
        Ok(())
    }
}

/// Some of these values are passcodes, so all are compared as such.
fn same(expected: &[u8], found: &[u8]) -> bool {
    bool::from(shown(expected).ct_eq(&shown(found)))
}

fn is_there(context: Context<'_>, place: &Place) -> Result<bool, Refusal> {
    if let Place::Body(pointer) = place {
        return super::body_member::is_there(context.body, pointer).map_err(|()| {
            Refusal::Malformed { at: Site::from(place), fault: Malformation::Unreadable }
        });
    }
    match optional(context, place) {
        Ok(found) => Ok(found.is_some()),
        Err(Refusal::Malformed { .. }) => Ok(true),
        Err(refusal) => Err(refusal),
    }
}

fn body_digest_holds(
    context: Context<'_>,
    place: &Place,
    rule: &ExpectedDigest,
) -> Result<bool, Refusal> {
    if rule.absent_when_empty && context.body.is_empty() {
        return Ok(!is_there(context, place)?);
    }
    let found = value(context, place)?;
    let mut hasher = Hasher::new(rule.hash).ok_or(Refusal::UnknownSource)?;
    hasher.feed(context.body);
    let digest = rule.encoding.encode(&hasher.finish().into_bytes());
    let text = [rule.before.as_bytes(), digest.as_bytes(), rule.after.as_bytes()].concat();
    Ok(same(&text, &found))
}

/// The secret that a token shows.
fn shown_text<'a>(token: &Token, found: &'a [u8]) -> Result<Cow<'a, [u8]>, Refusal> {
    let text = match &token.grammar {
        TokenGrammar::Plain { prefix } => found.strip_prefix(prefix.as_bytes()).map(Cow::Borrowed),
        TokenGrammar::Word { word } => strip_word(found, word).map(Cow::Borrowed),
        TokenGrammar::Basic => match strip_word(found, "Basic") {
            Some(text) => match super::encoding::decode_base64_secret(text) {
                Some(decoded) => Some(Cow::Owned(decoded)),
                None => return malformed(&token.at, Malformation::Encoding),
            },
            None => None,
        },
    };
    match text {
        Some(text) if text.is_empty() => malformed(&token.at, Malformation::Empty),
        Some(text) => Ok(text),
        None => malformed(&token.at, Malformation::Prefix),
    }
}

/// How far a delivery came before it was refused: a stale one had the right signature, and one
/// without any signature tells the operator the least.
const fn distance(refusal: &Refusal) -> u8 {
    match refusal {
        Refusal::Absent(_) => 0,
        Refusal::Malformed { .. } => 1,
        Refusal::Mismatch { .. } => 2,
        _ => 3,
    }
}

/// How many signatures there are, if at least one is written as the scheme writes them. Nothing is
/// hashed for a delivery that has none.
fn well_formed(signature: &Signature, located: &Located<'_>) -> Result<u8, Refusal> {
    let length = signature.algorithm.length();
    let mut signatures = 0_u8;
    let mut any = false;
    let mut buffer: Buffer = [0; 64];
    let flow = located.candidates(&signature.grammar, |text, _| {
        if signatures == MAX_SIGNATURES {
            return ControlFlow::Break(());
        }
        signatures += 1;
        any = any || signature.encoding.decode(text, length, &mut buffer).is_some();
        ControlFlow::Continue(())
    });
    let Some(slot) = signature.at.first() else { return Err(Refusal::UnknownSource) };
    if flow.is_break() {
        return malformed(&slot.place, Malformation::TooManySignatures);
    }
    if signatures == 0 {
        return malformed(&slot.place, Malformation::Prefix);
    }
    if !any {
        return malformed(&slot.place, Malformation::Encoding);
    }
    Ok(signatures)
}

/// The MAC of one template under one key. The body goes through it once, however many signatures
/// the header holds.
pub(super) fn compute(
    algorithm: Algorithm,
    material: Option<&Material>,
    content: &Content<'_>,
    template: &[Part],
) -> Result<Tag, Refusal> {
    match (algorithm, material) {
        (Algorithm::Hmac(_), Some(Material::Keyed(keyed))) => {
            keyed.mac(|sink| content.feed(template, &[], sink))
        }
        (Algorithm::Digest(hash), Some(Material::Bytes(secret))) => {
            let mut hasher = Hasher::new(hash).ok_or(Refusal::UnknownSource)?;
            content.feed(template, secret, &mut hasher)?;
            Ok(hasher.finish())
        }
        // A ring is prepared for its scheme's algorithm, so no other pair exists.
        _ => Err(Refusal::UnknownSource),
    }
}

fn any_matches(
    tag: &Tag,
    signature: &Signature,
    located: &Located<'_>,
    index: u8,
    key: &Key,
) -> bool {
    let length = signature.algorithm.length();
    let mut buffer: Buffer = [0; 64];
    located
        .candidates(&signature.grammar, |text, maker| {
            let allowed = match maker {
                Maker::Any => true,
                Maker::Named(id) => key.answers_to(id),
                Maker::Nth(nth) => nth == index,
            };
            match signature.encoding.decode(text, length, &mut buffer) {
                Some(bytes) if allowed && tag.matches(bytes) => ControlFlow::Break(()),
                _ => ControlFlow::Continue(()),
            }
        })
        .is_break()
}

fn read_time(rule: &SignedTime, text: &[u8]) -> Result<Timestamp, Refusal> {
    match rule.unit.read(text) {
        Some(at) => Ok(at),
        None => malformed(&rule.at, Malformation::Time),
    }
}

fn check_freshness(
    tolerance: Tolerance,
    signed_at: Timestamp,
    now: Timestamp,
) -> Result<(), Refusal> {
    let Tolerance::Within { past, future } = tolerance else { return Ok(()) };
    let past = std::time::Duration::from_secs(past.into());
    let future = std::time::Duration::from_secs(future.into());
    let age = now.since(signed_at);
    if age > past {
        return Err(Refusal::Stale { by: age.saturating_sub(past) });
    }
    let ahead = signed_at.since(now);
    if ahead > future {
        return Err(Refusal::Future { by: ahead.saturating_sub(future) });
    }
    Ok(())
}

fn parameter_faults(scheme: &Scheme, parameters: &Parameters) -> Vec<ConfigFault> {
    let mut faults = Vec::new();
    for parameter in scheme.parameters() {
        match parameters.get(parameter) {
            Some("") | None => faults.push(ConfigFault::new(
                format!("parameters.{}", parameter.as_str()),
                "this scheme needs it; take it from the provider's dashboard",
            )),
            Some(_) => {}
        }
    }
    if let Some(tolerance) = parameters.tolerance() {
        let judged = super::check::tolerance_faults(tolerance);
        faults.extend(judged.iter().map(|fault| ConfigFault::new(fault.at, fault.what)));
        if scheme.description().timestamp.is_none() {
            faults.push(ConfigFault::new(
                "parameters.tolerance",
                "this scheme signs no time, so there is nothing to tolerate; remove it",
            ));
        }
    }
    faults
}

impl Algorithm {
    /// How many bytes a signature has.
    pub(super) const fn length(self) -> usize {
        match self {
            Self::Digest(hash) | Self::Hmac(hash) => hash.length(),
            Self::Ed25519 => 64,
            // Of a public-key signature the key decides, or its own length fields.
            Self::Ecdsa { .. } | Self::RsaPkcs1(_) | Self::RsaPss(_) => 0,
        }
    }
}
