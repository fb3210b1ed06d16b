//! The interpreter that judges deliveries: the only place where a signature becomes a proof.

use std::cmp::Ordering;
use std::ops::ControlFlow;

use super::Scheme;
use super::content::Content;
use super::description::{
    Algorithm, Authentication, Equality, Expected, KeyChoice, Signature, SignedTime, Slot,
    Template, TimeUnit, Token, TokenGrammar, Tolerance,
};
use super::encoding::Buffer;
use super::key::{Fingerprint, Key, KeyRing, Material, SigningKey, shown};
use super::locate::{Context, Located, MAX_SIGNATURES, malformed, optional, strip_word, value};
use super::parameters::Parameters;
use super::primitive::{Hasher, Tag};
use super::proof::{Means, Proof};
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
        let mut faults = parameter_faults(&scheme, &parameters);
        let keys = keys.into_iter().map(Into::into).collect();
        match KeyRing::prepare(scheme.description(), keys) {
            Ok(keys) => {
                ConfigError::unless_empty(faults)?;
                Ok(Self { scheme, keys, parameters })
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
        let context = Context { head, body: &[], parameters: &self.parameters, list: None };
        let description = self.scheme.description();
        match &description.authentication {
            Authentication::Signature(signature) if signature.at.iter().all(Slot::is_in_head) => {
                Located::nothing().find(context, &signature.at)?;
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
        let context =
            Context { head: delivery.head(), body, parameters: &self.parameters, list: None };
        let description = self.scheme.description();
        match &description.authentication {
            Authentication::Signature(signature) => {
                let mut located = Located::nothing();
                located.find(context, &signature.at)?;
                let context =
                    Context { list: Some((&located, &signature.grammar)), ..context };
                let (key, signed_at) = self.verify_signature(context, signature, &located, now)?;
                self.check_equalities(context, &description.require)?;
                let proof = Proof::new(delivery, body, self.scheme.coverage(), Means::Signature);
                Ok(proof.with_key(key).signed_at_time(signed_at))
            }
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

    fn verify_signature(
        &self,
        context: Context<'_>,
        signature: &Signature,
        located: &Located<'_>,
        now: Timestamp,
    ) -> Result<(u8, Option<Timestamp>), Refusal> {
        let description = self.scheme.description();
        let mut decoded = Decoded { at: 0, bytes: [0; 64] };
        let signatures = well_formed(signature, located, &mut decoded)?;

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
        for (index, key) in self.keys.live(now) {
            keys_tried += 1;
            for template in signature.content.iter() {
                let mut matches = false;
                compute(signature.algorithm, key, &content, template, &mut |tag| {
                    matches = any_matches(tag, signature, located, &decoded, index);
                })?;
                if matches {
                    matched = Some(index);
                    break;
                }
            }
            if matched.is_some() {
                break;
            }
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
        let text = match &token.grammar {
            TokenGrammar::Plain { prefix } => found.strip_prefix(prefix.as_bytes()),
            TokenGrammar::Word { word } => strip_word(&found, word),
        };
        let Some(text) = text else {
            return malformed(&token.at, Malformation::Prefix);
        };
        if text.is_empty() {
            return malformed(&token.at, Malformation::Empty);
        }
        let shown = shown(text);
        let mut keys = 0;
        let mut matched = None;
        for (index, key) in self.keys.live(now) {
            keys += 1;
            if let Material::Shown(expected) = key.material()
                && bool::from(expected.ct_eq(&shown))
                && matched.is_none()
            {
                matched = Some(index);
            }
        }
        matched.ok_or_else(|| Refusal::Mismatch { at: Site::from(&token.at), signatures: 1, keys })
    }

    fn check_equalities(&self, context: Context<'_>, require: &[Equality]) -> Result<(), Refusal> {
        for equality in require {
            let found = value(context, &equality.at)?;
            let expected = match &equality.equals {
                Expected::Text(text) => Some(text.as_bytes()),
                Expected::Parameter(parameter) => {
                    self.parameters.get(*parameter).map(str::as_bytes)
                }
            };
            // Some of these are passcodes, so all are compared as such.
            let same =
                expected.is_some_and(|expected| shown(expected).ct_eq(&shown(&found)).into());
            if !same {
                return Err(Refusal::Different(Site::from(&equality.at)));
            }
        }
        Ok(())
    }
}

/// The first signature that is written as the scheme writes them. Nearly every delivery has one
/// alone, and so it is decoded once.
struct Decoded {
    // Its place among the candidates, counted from 0.
    at: u8,
    bytes: Buffer,
}

/// How many signatures there are, if at least one is written as the scheme writes them. Nothing is
/// hashed for a delivery that has none.
fn well_formed(
    signature: &Signature,
    located: &Located<'_>,
    decoded: &mut Decoded,
) -> Result<u8, Refusal> {
    let length = signature.algorithm.length();
    let mut signatures = 0_u8;
    let mut any = false;
    let flow = located.candidates(&signature.grammar, |text, _| {
        if signatures == MAX_SIGNATURES {
            return ControlFlow::Break(());
        }
        if !any && signature.encoding.decode(text, length, &mut decoded.bytes).is_some() {
            any = true;
            decoded.at = signatures;
        }
        signatures += 1;
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
fn compute(
    algorithm: Algorithm,
    key: &Key,
    content: &Content<'_>,
    template: &Template,
    judge: &mut dyn FnMut(&Tag),
) -> Result<(), Refusal> {
    match (algorithm, key.material()) {
        (Algorithm::Hmac(_), Material::Keyed(keyed)) => {
            keyed.mac(|sink| content.feed(template, &[], sink), judge)
        }
        (Algorithm::Digest(hash), Material::Bytes(secret)) => {
            let mut hasher = Hasher::new(hash);
            content.feed(template, secret, &mut hasher)?;
            judge(&hasher.finish());
            Ok(())
        }
        // A ring is prepared for its scheme's algorithm, so no other pair exists.
        _ => Err(Refusal::UnknownSource),
    }
}

fn any_matches(
    tag: &Tag,
    signature: &Signature,
    located: &Located<'_>,
    decoded: &Decoded,
    index: u8,
) -> bool {
    let length = signature.algorithm.length();
    let mut buffer: Buffer = [0; 64];
    let mut at = 0_u8;
    located
        .candidates(&signature.grammar, |text, choice| {
            let allowed = match choice {
                KeyChoice::Any => true,
                KeyChoice::Nth(nth) => nth == index,
            };
            // Those before the first well-formed one are not well-formed.
            let bytes = match at.cmp(&decoded.at) {
                Ordering::Less => None,
                Ordering::Equal => decoded.bytes.get(..length),
                Ordering::Greater => signature.encoding.decode(text, length, &mut buffer),
            };
            at = at.saturating_add(1);
            match bytes {
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
        }
    }
}

impl TimeUnit {
    /// Whether the unit is a whole number, so that a digit more or less is a thousandfold.
    #[must_use]
    pub const fn is_number(self) -> bool {
        matches!(self, Self::Milliseconds | Self::Seconds)
    }
}
