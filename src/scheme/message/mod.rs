//! HTTP Message Signatures (RFC 9421): which signature of a message is judged, what it covers, and
//! whose it is.
//!
//! The text of `Signature-Input` is signed as it stands and never written again, so the reader takes
//! one spelling alone. The key decides the algorithm; the message can only agree.

mod base;
mod digest;
mod input;
mod sign;

use self::input::Input;
use super::description::{
    Component, KeyForm, MessageAlgorithm, MessageSignature, Place, Presence, text,
};
use super::fetch::FetchedKey;
use super::jose::JoseMaterial;
use super::key::Material;
use super::locate::{Context, malformed, optional, value};
use super::signed::{MAX_PUBLIC_CHECKS, check_freshness, read_time};
use super::verify::Verifier;
use super::{JoseAlgorithm, TimeUnit};
use crate::clock::Timestamp;
use crate::delivery::Head;
use crate::refusal::{Malformation, Refusal, Site};

pub(super) use self::input::{Parameters, covered, labels};

/// The headers that message signatures stand in.
pub(super) static SIGNATURE: Place = Place::header("signature");
pub(super) static SIGNATURE_INPUT: Place = Place::header("signature-input");

/// Where a message signature says when it ends.
static EXPIRES: Place = Place::item("expires");

impl Verifier {
    pub(super) fn verify_message(
        &self,
        context: Context<'_>,
        rule: &MessageSignature,
        fetched: Option<&FetchedKey>,
        now: Timestamp,
    ) -> Result<(Option<u8>, Option<Timestamp>), Refusal> {
        let description = self.scheme().description();
        let input = Input::read(context.head, rule)?;
        let context = Context { message: Some(&input.parameters), ..context };
        let signed_at = match &description.timestamp {
            Some(time) => Some((time.tolerance, read_time(time, &value(context, &time.at)?)?)),
            None => None,
        };
        let ends_at = end(context, rule)?;
        let base = base::of(context, rule, &input)?;
        let key = self.message_holder(context, rule, &input, &base, fetched, now)?;

        if input.components.contains(&Component::CONTENT_DIGEST) {
            digest::check(context)?;
        }
        if let Some(ends_at) = ends_at {
            let last = ends_at + std::time::Duration::from_secs(rule.leeway.into());
            if now >= last {
                return Err(Refusal::Stale { by: now.since(last), age: None });
            }
        }
        if let Some((tolerance, signed_at)) = signed_at {
            check_freshness(self.parameters().tolerance().unwrap_or(tolerance), signed_at, now)?;
        }
        self.check_equalities(context, &description.require)?;
        Ok((key, signed_at.map(|(_, at)| at)))
    }

    /// Which key made the signature.
    fn message_holder(
        &self,
        context: Context<'_>,
        rule: &MessageSignature,
        input: &Input,
        base: &[u8],
        fetched: Option<&FetchedKey>,
        now: Timestamp,
    ) -> Result<Option<u8>, Refusal> {
        let key_id = optional(context, &Place::item("keyid"))?;
        if let KeyForm::Fetched(fetch) = &rule.key {
            let name = value(context, &fetch.named_at)?;
            fetch.check_name(&name)?;
        }
        let fetched = fetched.filter(|key| key_id.as_deref() == Some(key.name()));
        let own = self.keys().live(now).map(|(index, key)| (Some(index), key));
        let other = fetched.into_iter().flat_map(FetchedKey::keys).map(|key| (None, key));
        let (mut keys, mut tried) = (0_u8, 0_u8);
        for (index, key) in own.chain(other) {
            if key_id.as_ref().is_some_and(|id| !key.answers_to(id)) {
                continue;
            }
            let Some(Material::Jose(material)) = key.material(0) else { continue };
            keys = keys.saturating_add(1);
            let agrees =
                |own: &JoseAlgorithm| input.algorithm.is_none_or(|named| named.as_jose() == *own);
            let Some(algorithm) = material.algorithm().filter(agrees) else { continue };
            if tried == MAX_PUBLIC_CHECKS {
                break;
            }
            tried += 1;
            if material.made(algorithm, base, &input.signature) {
                return Ok(index);
            }
        }
        if let (0, KeyForm::Fetched(fetch)) = (keys, &rule.key) {
            return Err(Refusal::KeyUnknown(Site::from(&fetch.named_at)));
        }
        if keys > 0 && tried == 0 {
            return malformed(&Place::item("alg"), Malformation::Algorithm);
        }
        Err(Refusal::Mismatch { at: Site::from(&SIGNATURE), signatures: 1, keys })
    }
}

/// When the signature ends, if that is asked for and said.
fn end(context: Context<'_>, rule: &MessageSignature) -> Result<Option<Timestamp>, Refusal> {
    if rule.expires == Presence::Ignored {
        return Ok(None);
    }
    let Some(text) = optional(context, &EXPIRES)? else {
        return match rule.expires {
            Presence::Required => Err(Refusal::Absent(Site::from(&EXPIRES))),
            _ => Ok(None),
        };
    };
    match TimeUnit::Seconds.read(&text) {
        Some(ends_at) => Ok(Some(ends_at)),
        None => malformed(&EXPIRES, Malformation::Time),
    }
}

/// Judges what can be judged before the body is read: that there is a signature as it is described.
pub(super) fn check_head(head: &Head<'_>, rule: &MessageSignature) -> Result<(), Refusal> {
    Input::read(head, rule).map(|_| ())
}

/// The parameters of the signature that is judged.
pub(super) fn parameters(head: &Head<'_>, rule: &MessageSignature) -> Result<Parameters, Refusal> {
    Input::read(head, rule).map(|input| input.parameters)
}

/// The feature that a scheme needs and this build lacks. One with several algorithms needs what its
/// keys use, which is found out when they are registered.
pub(super) fn missing_feature(rule: &MessageSignature) -> Option<&'static str> {
    super::jose::missing_of(&algorithms(rule))
}

/// The keys that a text holds, each for the algorithm of the scheme that it fits.
pub(super) fn read_keys(
    rule: &MessageSignature,
    text: &[u8],
) -> Result<Vec<(Option<String>, JoseMaterial)>, &'static str> {
    let form = match &rule.key {
        KeyForm::Fetched(_) => &KeyForm::Public,
        form => form,
    };
    JoseMaterial::of_text(&algorithms(rule), form, text)
}

fn algorithms(rule: &MessageSignature) -> Vec<JoseAlgorithm> {
    rule.algorithms.iter().map(|algorithm| algorithm.as_jose()).collect()
}

impl MessageAlgorithm {
    /// The same computation by its name in JSON web signatures, which is also what a key in a JWK
    /// may be bound to.
    const fn as_jose(self) -> JoseAlgorithm {
        match self {
            Self::EcdsaP256Sha256 => JoseAlgorithm::Es256,
            Self::EcdsaP384Sha384 => JoseAlgorithm::Es384,
            Self::Ed25519 => JoseAlgorithm::EdDsa,
            Self::HmacSha256 => JoseAlgorithm::Hs256,
            Self::RsaPssSha512 => JoseAlgorithm::Ps512,
            Self::RsaV15Sha256 => JoseAlgorithm::Rs256,
        }
    }
}

/// A header as one value: its lines without the white space around them, with commas between
/// (RFC 9421, section 2.1). Only a header that HTTP defines as a list may have several lines: what
/// reads another one would take the first.
fn combined(head: &Head<'_>, name: &str, site: &Site) -> Result<Vec<u8>, Refusal> {
    let malformed = |fault| Refusal::Malformed { at: site.clone(), fault };
    let mut lines = head.header(name);
    let first = lines.next().ok_or_else(|| Refusal::Absent(site.clone()))?;
    let mut value = first.trim_ascii().to_vec();
    for line in lines {
        if !is_list(name) {
            return Err(malformed(Malformation::Repeated));
        }
        value.extend_from_slice(b", ");
        value.extend_from_slice(line.trim_ascii());
        if value.len() > super::locate::MAX_VALUE {
            break;
        }
    }
    if value.len() > super::locate::MAX_VALUE {
        return Err(malformed(Malformation::TooLong));
    }
    Ok(value)
}

/// Whether a header of requests is a list, so that its lines mean the same as one (RFC 9110, section
/// 5.3): those of RFC 9110, RFC 7239, RFC 8288, RFC 9421, RFC 9530 and W3C Trace Context.
fn is_list(name: &str) -> bool {
    const LISTS: [&str; 29] = [
        "accept",
        "accept-charset",
        "accept-encoding",
        "accept-language",
        "allow",
        "baggage",
        "cache-control",
        "connection",
        "content-digest",
        "content-encoding",
        "content-language",
        "forwarded",
        "if-match",
        "if-none-match",
        "link",
        "prefer",
        "repr-digest",
        "signature",
        "signature-input",
        "te",
        "tracestate",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "vary",
        "via",
        "want-content-digest",
        "want-repr-digest",
        "x-forwarded-for",
    ];
    LISTS.binary_search(&name).is_ok()
}

/// Where a component is named in a refusal. What only the message names is not repeated.
fn site_of(rule: &MessageSignature, component: &Component) -> Site {
    match component {
        Component::Field(name) if rule.covered.contains(component) => Site::Header(name.clone()),
        Component::QueryParam(_) if rule.covered.contains(component) => {
            Site::Component(text_of(component))
        }
        Component::Field(_) | Component::QueryParam(_) => Site::from(&SIGNATURE_INPUT),
        derived => Site::Component(text_of(derived)),
    }
}

/// A component as people write it.
pub(super) fn text_of(component: &Component) -> super::Text {
    match component {
        Component::Field(name) => name.clone(),
        Component::QueryParam(name) => format!("@query-param;name=\"{name}\"").into(),
        derived => text(derived.name()),
    }
}
