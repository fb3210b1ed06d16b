//! What a token says: its claims, read once and strictly, and until when it holds.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::description::{JoseTimes, Place, Presence};
use super::locate::malformed;
use crate::clock::Timestamp;
use crate::json::{Document, Kind, Node, ReadOptions};
use crate::refusal::{Malformation, Refusal, Site};

/// The claims as JSON text, which is an object and says nothing twice.
pub(super) fn claims(at: &Place, payload: &str) -> Result<Vec<u8>, Refusal> {
    let Ok(bytes) = URL_SAFE_NO_PAD.decode(payload.as_bytes()) else {
        return malformed(at, Malformation::Encoding);
    };
    let is_object = Document::read(&bytes, &ReadOptions::default())
        .is_ok_and(|document| document.root().kind() == Kind::Object);
    if is_object { Ok(bytes) } else { malformed(at, Malformation::TokenClaims) }
}

/// Judges `exp`, `nbf` and `iat`. A claim that is there and cannot be read is not the same as one
/// that is absent: treating it so let tokens live for ever (CVE-2026-25537).
pub(super) fn check_times(
    at: &Place,
    rule: JoseTimes,
    claims: &[u8],
    now: Timestamp,
) -> Result<Option<Timestamp>, Refusal> {
    let Ok(document) = Document::read(claims, &ReadOptions::default()) else {
        return malformed(at, Malformation::TokenClaims);
    };
    let moment = |name: &'static str, presence| match (presence, member(document.root(), name)) {
        (Presence::Ignored, _) | (Presence::IfPresent, None) => Ok(None),
        (Presence::Required, None) => Err(Refusal::Absent(Site::Claim(name.into()))),
        (_, Some(node)) => whole_seconds(node)
            .map(Some)
            .ok_or(Refusal::Malformed { at: Site::Claim(name.into()), fault: Malformation::Time }),
    };
    let leeway = std::time::Duration::from_secs(rule.leeway.into());
    let expires = moment("exp", rule.expires)?;
    let not_before = moment("nbf", rule.not_before)?;
    let issued = moment("iat", rule.issued)?;
    if let Some(expires) = expires
        && now >= expires + leeway
    {
        return Err(Refusal::Stale { by: now.since(expires + leeway), age: None });
    }
    for earliest in [not_before, issued].into_iter().flatten() {
        if earliest > now + leeway {
            return Err(Refusal::Future { by: earliest.since(now + leeway), ahead: None });
        }
    }
    if let (Some(issued), Some(max_age)) = (issued, rule.max_age) {
        let oldest = issued + std::time::Duration::from_secs(max_age.into());
        if now > oldest {
            return Err(Refusal::Stale { by: now.since(oldest), age: None });
        }
    }
    Ok(issued)
}

/// A number of whole seconds, written as digits.
fn whole_seconds(node: Node<'_, '_>) -> Option<Timestamp> {
    let digits = node.raw();
    let is_whole = node.kind() == Kind::Number
        && digits.len() <= 12
        && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_whole.then(|| digits.parse().ok().map(Timestamp::from_unix_seconds)).flatten()
}

pub(super) fn member<'d, 'a>(node: Node<'d, 'a>, name: &str) -> Option<Node<'d, 'a>> {
    if node.kind() != Kind::Object {
        return None;
    }
    node.children().find(|child| child.key().as_deref() == Some(name))
}

/// Whether a claim is this text, or an array that holds it (RFC 7519, section 4.1.3).
pub(super) fn claim_is(claims: &[u8], name: &str, accepts: impl Fn(&[u8]) -> bool) -> Option<bool> {
    let document = Document::read(claims, &ReadOptions::default()).ok()?;
    let node = member(document.root(), name)?;
    if node.kind() != Kind::Array {
        return None;
    }
    Some(
        node.children().any(|item| {
            item.text().is_some_and(|text| !text.is_empty() && accepts(text.as_bytes()))
        }),
    )
}
