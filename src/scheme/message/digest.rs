//! `Content-Digest` (RFC 9530): by what hash a signature of headers covers the body.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::combined;
use crate::refusal::{Malformation, Refusal, Site};
use crate::scheme::description::{Hash, text};
use crate::scheme::locate::Context;
use crate::scheme::primitive::{Hasher, Sink};
use crate::scheme::structured::{self, Bare, Fault, Value};

/// The hashes of RFC 9530 that still resist attacks (section 5). Every other one is passed over.
const HASHES: [(&str, Hash); 2] = [("sha-256", Hash::Sha256), ("sha-512", Hash::Sha512)];

/// Compares the digests of the header with the raw body: every hash that is known must be right, and
/// one of them must be there.
pub(super) fn check(context: Context<'_>) -> Result<(), Refusal> {
    let site = Site::Header(text("content-digest"));
    let bad = |fault| Refusal::Malformed { at: site.clone(), fault };
    let value = combined(context.head, "content-digest", &site)?;
    let value = std::str::from_utf8(&value).map_err(|_| bad(Malformation::Structure))?;
    let members = structured::dictionary(value).map_err(|fault| {
        bad(match fault {
            Fault::Repeated => Malformation::Repeated,
            Fault::Syntax => Malformation::Structure,
            Fault::TooLong | Fault::TooManyMembers => Malformation::TooLong,
        })
    })?;
    let mut known = false;
    for member in &members {
        let Some((_, hash)) = HASHES.iter().find(|(name, _)| *name == member.name) else {
            continue;
        };
        let (Value::Item(Bare::Bytes(base64)), true) =
            (&member.value, member.parameters.is_empty())
        else {
            return Err(bad(Malformation::Structure));
        };
        let told = STANDARD.decode(base64).map_err(|_| bad(Malformation::Encoding))?;
        let mut hasher = Hasher::new(*hash).ok_or(Refusal::UnknownSource)?;
        hasher.feed(context.body);
        if !hasher.finish().matches(&told) {
            return Err(Refusal::Different(site));
        }
        known = true;
    }
    if known { Ok(()) } else { Err(bad(Malformation::Algorithm)) }
}

/// The header for a body.
pub(super) fn of(body: &[u8]) -> Option<String> {
    let mut hasher = Hasher::new(Hash::Sha256)?;
    hasher.feed(body);
    Some(format!("sha-256=:{}:", STANDARD.encode(hasher.finish().to_bytes())))
}
