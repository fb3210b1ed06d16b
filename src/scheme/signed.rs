//! Signatures over a delivery: which key made one of those that stand in it, and when.

use std::cmp::Ordering;
use std::ops::ControlFlow;

use super::content::Content;
use super::description::{Algorithm, KeyForm, Part, Signature, SignedTime, Tolerance};
use super::encoding::Buffer;
use super::fetch::FetchedKey;
use super::key::{Key, Material};
use super::locate::{Context, Located, MAX_SIGNATURES, Maker, malformed, optional, value};
use super::primitive::{Hasher, Tag};
use super::verify::Verifier;
use crate::clock::Timestamp;
use crate::refusal::{Malformation, Refusal, Site};

impl Verifier {
    /// One signature rule with all that must hold beside it.
    pub(super) fn verify_rule(
        &self,
        context: Context<'_>,
        rule: usize,
        signature: &Signature,
        fetched: Option<&FetchedKey>,
        now: Timestamp,
    ) -> Result<(Option<u8>, Option<Timestamp>), Refusal> {
        let mut located = Located::nothing();
        located.find(context, &signature.at, &signature.grammar)?;
        let context = Context { list: Some((located.list(), &signature.grammar)), ..context };
        let verified = self.verify_signature(context, rule, signature, &located, fetched, now)?;
        self.check_equalities(context, &self.scheme().description().require)?;
        Ok(verified)
    }

    /// The first rule that holds; if none does, the refusal that came furthest.
    pub(super) fn verify_any(
        &self,
        context: Context<'_>,
        signatures: &[Signature],
        fetched: Option<&FetchedKey>,
        now: Timestamp,
    ) -> Result<(Option<u8>, Option<Timestamp>), Refusal> {
        let mut furthest = None;
        for (rule, signature) in signatures.iter().enumerate() {
            match self.verify_rule(context, rule, signature, fetched, now) {
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
        fetched: Option<&FetchedKey>,
        now: Timestamp,
    ) -> Result<(Option<u8>, Option<Timestamp>), Refusal> {
        let description = self.scheme().description();
        let mut decoded = Decoded { at: 0, count: 0, bytes: [0; 64] };
        well_formed(signature, located, &mut decoded)?;

        let time = match &description.timestamp {
            Some(rule) => Some((rule, value(context, &rule.at)?)),
            None => None,
        };
        let signed_at = match &time {
            Some((rule, text)) => {
                // Under one signature, a digit could move between a time and what follows it with
                // nothing between. Where it stands so, its width is that of our days.
                let is_odd = rule.unit.width().is_some_and(|width| width != text.len());
                if is_odd && signature.content.iter().any(|parts| follows_time(parts)) {
                    return malformed(&rule.at, Malformation::Time);
                }
                Some(read_time(rule, text)?)
            }
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

        let key = if signature.algorithm.is_public() {
            self.public_holder(&content, rule, signature, located, fetched, now)?
        } else {
            Some(self.secret_holder(&content, rule, signature, located, &decoded, now)?)
        };
        if let (Some((rule, _)), Some(signed_at)) = (&time, signed_at) {
            let tolerance = self.parameters().tolerance().unwrap_or(rule.tolerance);
            check_freshness(tolerance, signed_at, now)?;
        }
        Ok((key, signed_at))
    }

    /// The key whose MAC stands in the delivery. The body is hashed once for each key.
    fn secret_holder(
        &self,
        content: &Content<'_>,
        rule: usize,
        signature: &Signature,
        located: &Located<'_>,
        decoded: &Decoded,
        now: Timestamp,
    ) -> Result<u8, Refusal> {
        let mut keys = 0;
        // A template may need what only some of the sender's requests have. It is the reason of a
        // refusal if no other template could be fed.
        let mut unfed = None;
        let mut fed = false;
        for (index, key) in self.keys().live(now) {
            let Some(material) = key.material(rule) else { continue };
            if matches!(material, Material::Unfit) {
                continue;
            }
            keys += 1;
            for template in signature.content.iter() {
                let mut matches = false;
                let mut judge = |tag: &Tag| {
                    matches = any_matches(tag, signature, located, decoded, index, key);
                };
                match compute(signature.algorithm, material, content, template, &mut judge) {
                    Ok(()) if matches => return Ok(index),
                    Ok(()) => fed = true,
                    Err(refusal) => unfed = unfed.or(Some(refusal)),
                }
            }
        }
        if let (false, Some(refusal)) = (fed, unfed) {
            return Err(refusal);
        }
        let at = signature.at.first().map_or(Site::Position(0), |slot| Site::from(&slot.place));
        Err(Refusal::Mismatch { at, signatures: decoded.count, keys })
    }

    /// The public key under which a signature of the delivery holds, and its place in the ring.
    fn public_holder(
        &self,
        content: &Content<'_>,
        rule: usize,
        signature: &Signature,
        located: &Located<'_>,
        fetched: Option<&FetchedKey>,
        now: Timestamp,
    ) -> Result<Option<u8>, Refusal> {
        let fetch = if let KeyForm::Fetched(fetch) = &signature.key { Some(fetch) } else { None };
        let name = match fetch {
            Some(fetch) => {
                let name = value(content.context, &fetch.named_at)?;
                fetch.check_name(&name)?;
                Some(name)
            }
            None => None,
        };
        let fetched = fetched.filter(|key| name.as_deref() == Some(key.name()));
        let own = self.keys().live(now).map(|(index, key)| (Some(index), key));
        let other = fetched.into_iter().flat_map(FetchedKey::keys).map(|key| (None, key));
        let mut messages: Vec<Vec<u8>> = Vec::with_capacity(1);
        let (mut keys, mut tried) = (0_u8, 0_u8);
        for (index, key) in own.chain(other) {
            if index.is_some() && name.as_ref().is_some_and(|name| !key.answers_to(name)) {
                continue;
            }
            let Some(Material::Public(public)) = key.material(rule) else { continue };
            keys = keys.saturating_add(1);
            for (nth, template) in signature.content.iter().enumerate() {
                if messages.len() == nth {
                    let mut message = Vec::with_capacity(content.context.body.len() + 256);
                    content.feed(template, &[], &mut message)?;
                    messages.push(message);
                }
                let Some(message) = messages.get(nth) else { continue };
                let flow = located.candidates(&signature.grammar, |text, maker| {
                    let named = match maker {
                        Maker::Any => true,
                        Maker::Named(id) => key.answers_to(id),
                        Maker::Nth(nth) => index == Some(nth),
                    };
                    let Some(bytes) = signature.encoding.decode_any(text).filter(|_| named) else {
                        return ControlFlow::Continue(());
                    };
                    if tried == MAX_PUBLIC_CHECKS {
                        return ControlFlow::Break(false);
                    }
                    tried += 1;
                    match public.verifies(signature.algorithm, message, &bytes) {
                        true => ControlFlow::Break(true),
                        false => ControlFlow::Continue(()),
                    }
                });
                match flow {
                    ControlFlow::Break(true) => return Ok(index),
                    ControlFlow::Break(false) => break,
                    ControlFlow::Continue(()) => {}
                }
            }
        }
        if let (0, Some(fetch)) = (keys, fetch) {
            return Err(Refusal::KeyUnknown(Site::from(&fetch.named_at)));
        }
        let at = signature.at.first().map_or(Site::Position(0), |slot| Site::from(&slot.place));
        Err(Refusal::Mismatch { at, signatures: tried, keys })
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

/// The first signature that is written as the scheme writes them. Nearly every delivery has one
/// alone, and so it is decoded once.
struct Decoded {
    // Its place among the candidates, counted from 0.
    at: u8,
    // How many candidates there are.
    count: u8,
    bytes: Buffer,
}

/// Counts the signatures, if at least one is written as the scheme writes them. Nothing is
/// hashed for a delivery that has none.
fn well_formed(
    signature: &Signature,
    located: &Located<'_>,
    decoded: &mut Decoded,
) -> Result<(), Refusal> {
    let length = signature.algorithm.length();
    let public = signature.algorithm.is_public();
    let mut signatures = 0_u8;
    let mut any = false;
    let flow = located.candidates(&signature.grammar, |text, _| {
        if signatures == MAX_SIGNATURES {
            return ControlFlow::Break(());
        }
        if public {
            any = any || signature.encoding.decode_any(text).is_some_and(|bytes| bytes.len() >= 8);
        } else if !any && signature.encoding.decode(text, length, &mut decoded.bytes).is_some() {
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
    decoded.count = signatures;
    Ok(())
}

/// Whether a signature is written as the scheme writes them.
pub(super) fn is_well_formed(signature: &Signature, located: &Located<'_>) -> bool {
    let mut decoded = Decoded { at: 0, count: 0, bytes: [0; 64] };
    well_formed(signature, located, &mut decoded).is_ok()
}

/// The MAC of one template under one key. The body goes through it once, however many signatures
/// the header holds.
pub(super) fn compute(
    algorithm: Algorithm,
    material: &Material,
    content: &Content<'_>,
    template: &[Part],
    judge: &mut dyn FnMut(&Tag),
) -> Result<(), Refusal> {
    match (algorithm, material) {
        (Algorithm::Hmac(_), Material::Keyed(keyed)) => {
            keyed.mac(|sink| content.feed(template, &[], sink), judge)
        }
        (Algorithm::Digest(hash), Material::Bytes(secret)) => {
            let mut hasher = Hasher::new(hash).ok_or(Refusal::UnknownSource)?;
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
    key: &Key,
) -> bool {
    let length = signature.algorithm.length();
    let mut buffer: Buffer = [0; 64];
    let mut at = 0_u8;
    located
        .candidates(&signature.grammar, |text, maker| {
            let allowed = match maker {
                Maker::Any => true,
                Maker::Named(id) => key.answers_to(id),
                Maker::Nth(nth) => nth == index,
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

/// Whether another value follows the time with no fixed text between. One that stands before it is
/// no matter: JSON ends in no digit but where it is nothing but a number.
fn follows_time(parts: &[Part]) -> bool {
    let nested = |part: &Part| match part {
        Part::Optional(parts) | Part::UnlessBodyEmpty(parts) | Part::Digest { of: parts, .. } => {
            follows_time(parts)
        }
        _ => false,
    };
    let open = |pair: &[Part]| matches!(pair, [Part::Timestamp, next] if !matches!(next, Part::Literal(_) | Part::Secret));
    parts.iter().any(nested) || parts.windows(2).any(open)
}

pub(super) fn read_time(rule: &SignedTime, text: &[u8]) -> Result<Timestamp, Refusal> {
    match rule.unit.read(text) {
        Some(at) => Ok(at),
        None => malformed(&rule.at, Malformation::Time),
    }
}

pub(super) fn check_freshness(
    tolerance: Tolerance,
    signed_at: Timestamp,
    now: Timestamp,
) -> Result<(), Refusal> {
    let Tolerance::Within { past, future } = tolerance else { return Ok(()) };
    let past = std::time::Duration::from_secs(past.into());
    let future = std::time::Duration::from_secs(future.into());
    let age = now.since(signed_at);
    if age > past {
        return Err(Refusal::Stale { by: age.saturating_sub(past), age: Some(age) });
    }
    let ahead = signed_at.since(now);
    if ahead > future {
        return Err(Refusal::Future { by: ahead.saturating_sub(future), ahead: Some(ahead) });
    }
    Ok(())
}

/// The most public-key checks of one delivery: each takes 20 to 60 microseconds.
pub(super) const MAX_PUBLIC_CHECKS: u8 = 16;

impl Algorithm {
    /// Whether a public key verifies it.
    pub(super) const fn is_public(self) -> bool {
        !matches!(self, Self::Digest(_) | Self::Hmac(_))
    }

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
