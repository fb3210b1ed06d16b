//! What must hold beside the signature.

use subtle::ConstantTimeEq;

use super::claims::claim_is;
use super::content::feed_url;
use super::description::{Equality, Expected, ExpectedDigest, Place};
use super::key::shown;
use super::locate::{Context, optional, value};
use super::primitive::{Hasher, Sink};
use super::verify::Verifier;
use crate::refusal::{Malformation, Refusal, Site};

impl Verifier {
    pub(super) fn check_equalities(
        &self,
        context: Context<'_>,
        require: &[Equality],
    ) -> Result<(), Refusal> {
        for equality in require {
            let Equality { at, equals } = equality;
            if let (Place::Claim(name), Some(token)) = (at, context.token)
                && let Some(holds) = self.array_holds(token.claims, name, equals)
            {
                if !holds {
                    return Err(Refusal::Different(Site::from(at)));
                }
                continue;
            }
            let holds = match equals {
                Expected::Absent => !is_there(context, at)?,
                Expected::AnyText(texts) => {
                    let found = value(context, at)?;
                    texts.iter().any(|text| same(text.as_bytes(), &found))
                }
                Expected::BodyDigest(digest) => body_digest_holds(context, at, digest)?,
                Expected::Parameter(parameter) => match self.parameters().get(*parameter) {
                    Some(text) => same(text.as_bytes(), &value(context, at)?),
                    None => false,
                },
                Expected::ParameterIfGiven(parameter) => match self.parameters().get(*parameter) {
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
                    let digest = hex::encode(hasher.finish().to_bytes());
                    same(digest.as_bytes(), &value(context, at)?)
                }
            };
            if !holds {
                return Err(Refusal::Different(Site::from(at)));
            }
        }
        Ok(())
    }

    /// Whether a claim that is an array holds what is expected; nothing if it is no array.
    fn array_holds(&self, claims: &[u8], name: &str, expected: &Expected) -> Option<bool> {
        let texts: Vec<&str> = match expected {
            Expected::AnyText(texts) => texts.iter().map(AsRef::as_ref).collect(),
            Expected::Text(text) => vec![text],
            Expected::Parameter(parameter) => vec![self.parameters().get(*parameter)?],
            Expected::ParameterIfGiven(parameter) => match self.parameters().get(*parameter) {
                Some(text) => vec![text],
                None => return Some(true),
            },
            _ => return None,
        };
        claim_is(claims, name, |item| texts.iter().any(|text| text.as_bytes() == item))
    }
}

/// Some of these values are passcodes, so all are compared as such.
pub(super) fn same(expected: &[u8], found: &[u8]) -> bool {
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
    let digest = rule.encoding.encode(&hasher.finish().to_bytes());
    let text = [rule.before.as_bytes(), digest.as_bytes(), rule.after.as_bytes()].concat();
    Ok(same(&text, &found))
}
