//! Which provider a delivery looks like: from names and shapes alone, so it proves nothing.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use super::description::{Authentication, Description, Jose, Place, Signature, Token};
use super::locate::{Context, Located, optional, value};
use super::message;
use super::parameters::Parameters;
use super::shown::shown_text;
use super::signed::is_well_formed;
use super::{HostChecked, Scheme};
use crate::delivery::{Body, Delivery};
use crate::refusal::Site;

/// What a header that only one candidate uses is worth; the others share it.
const OWN_HEADER: u32 = 24;

/// A scheme that a delivery looks like, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Likeness<'n> {
    name: &'n str,
    score: u32,
    found: Vec<Site>,
}

impl<'n> Likeness<'n> {
    /// The name that the candidate was given with.
    #[must_use]
    pub const fn name(&self) -> &'n str {
        self.name
    }

    /// How much of it was found: comparable within one answer and nowhere else.
    #[must_use]
    pub const fn score(&self) -> u32 {
        self.score
    }
}

/// Why, as a sentence of names alone: `stripe: the header stripe-signature holds a signature of its
/// form; the item t of the signature is there`.
impl fmt::Display for Likeness<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.name)?;
        for (index, site) in self.found.iter().enumerate() {
            match index {
                0 => write!(f, "{site} holds what it must")?,
                _ => write!(f, "; {site} is there")?,
            }
        }
        Ok(())
    }
}

/// The candidates that a delivery looks like, the best first, equal ones by name.
///
/// A candidate counts if a signature, token or secret of its form stands where it must, and its
/// signed time and id are there. What few candidates use says more than what many do.
///
/// ```
/// use hookstage::scheme::identify;
/// use hookstage::{Delivery, Head, providers};
///
/// let headers = [
///     ("webhook-id", b"msg_1".as_slice()),
///     ("webhook-timestamp", b"1700000000"),
///     ("webhook-signature", b"v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4="),
/// ];
/// let delivery = Delivery::new(Head::post("", &headers), b"{}");
/// let (standard, github) = (providers::STANDARD_WEBHOOKS.scheme(), providers::GITHUB.scheme());
/// let found = identify(&delivery, [("standard", standard), ("github", github)]);
/// assert_eq!(found.len(), 1);
/// assert_eq!(
///     found[0].to_string(),
///     "standard: the header webhook-signature holds what it must; the header webhook-timestamp \
///      is there; the header webhook-id is there"
/// );
/// ```
pub fn identify<'n>(
    delivery: &Delivery<'_>,
    candidates: impl IntoIterator<Item = (&'n str, Scheme)>,
) -> Vec<Likeness<'n>> {
    rank(delivery, candidates.into_iter().map(|(name, scheme)| (name, scheme, Vec::new())))
}

/// As [`identify`], with the headers beside the scheme that each candidate is known to send.
pub(crate) fn rank<'n>(
    delivery: &Delivery<'_>,
    candidates: impl IntoIterator<Item = (&'n str, Scheme, Vec<Place>)>,
) -> Vec<Likeness<'n>> {
    let candidates: Vec<(&str, Scheme, Vec<Place>)> = candidates.into_iter().collect();
    let mut users: BTreeMap<String, u32> = BTreeMap::new();
    for (_, scheme, beside) in &candidates {
        let mut names: Vec<&str> =
            places(scheme.description()).into_iter().chain(beside).flat_map(headers).collect();
        names.sort_unstable();
        names.dedup();
        for name in names {
            *users.entry(name.to_owned()).or_default() += 1;
        }
    }
    let is_there = |name: &&str| delivery.head().header(name).next().is_some();
    let worth = |place: &Place| match (
        headers(place).as_slice(),
        headers(place).into_iter().find(is_there),
    ) {
        ([], _) => 2,
        ([first, ..], found) => {
            let name = found.unwrap_or(first);
            1 + OWN_HEADER / users.get(name).copied().unwrap_or(1).max(1)
        }
    };
    let mut found: Vec<Likeness<'_>> = candidates
        .iter()
        .filter_map(|(name, scheme, beside)| {
            let mut there = found_of(delivery, scheme)?;
            there.extend(beside.iter().filter(|place| headers(place).iter().any(is_there)));
            Some(Likeness {
                name,
                score: there.iter().map(|place| worth(place)).sum(),
                found: there.into_iter().map(Site::from).collect(),
            })
        })
        .collect();
    found.sort_by(|one, two| two.score.cmp(&one.score).then(one.name.cmp(two.name)));
    found
}

/// The places of a scheme that are there; nothing if one that must be is not, or what it
/// verifies has another form.
fn found_of<'s>(delivery: &Delivery<'_>, scheme: &'s Scheme) -> Option<Vec<&'s Place>> {
    let parameters = Parameters::new();
    let body = match delivery.body() {
        Body::Whole(body) => body,
        Body::TooLarge => &[],
    };
    let context = Context::new(delivery.head(), body, &parameters);
    let description = scheme.description();
    match &description.authentication {
        Authentication::Signature(rule) => found_of_rule(context, description, rule),
        Authentication::AnyOf(rules) => rules
            .iter()
            .filter_map(|rule| found_of_rule(context, description, rule))
            .max_by_key(Vec::len),
        Authentication::HostChecked(HostChecked { token, .. }) | Authentication::Token(token) => {
            let at = (!token.at.is_header("authorization")).then_some(&token.at)?;
            let shown = value(context, at).ok()?;
            shown_text(token, &shown).is_ok().then(|| vec![at])
        }
        Authentication::Jose(jose) => found_of_token(context, jose),
        Authentication::MessageSignature(rule) => message::check_head(delivery.head(), rule)
            .is_ok()
            .then(|| description.authentication.places()),
        Authentication::Unsigned => None,
    }
}

fn found_of_rule<'s>(
    context: Context<'_>,
    description: &'s Description,
    rule: &'s Signature,
) -> Option<Vec<&'s Place>> {
    let mut located = Located::nothing();
    located.find(context, &rule.at, &rule.grammar).ok()?;
    if !is_well_formed(rule, &located) {
        return None;
    }
    let context = Context { list: Some((located.list(), &rule.grammar)), ..context };
    let is_there = |place: &Place| matches!(optional(context, place), Ok(Some(_)));
    let slots = rule.at.iter().map(|slot| &slot.place);
    let mut found: Vec<&Place> = slots.filter(|place| is_there(place)).collect();
    if found.is_empty() {
        // A header that repeats is no single value, and was found all the same.
        found.extend(rule.at.first().map(|slot| &slot.place));
    }
    let asked = description.timestamp.iter().map(|time| &time.at).chain(&description.id);
    for place in asked {
        is_there(place).then(|| found.push(place))?;
    }
    Some(found)
}

fn found_of_token<'s>(context: Context<'_>, jose: &'s Jose) -> Option<Vec<&'s Place>> {
    if jose.at.is_header("authorization") {
        return None;
    }
    let shown = value(context, &jose.at).ok()?;
    let token = Token { at: jose.at.clone(), grammar: jose.grammar.clone() };
    let text: Cow<'_, [u8]> = shown_text(&token, &shown).ok()?;
    // A token begins with the base64url of `{"`.
    let is_token = text.starts_with(b"ey") && text.iter().filter(|b| **b == b'.').count() == 2;
    is_token.then(|| vec![&jose.at])
}

fn places(description: &Description) -> Vec<&Place> {
    let mut places = description.authentication.places();
    places.extend(description.timestamp.as_ref().map(|time| &time.at));
    places.extend(&description.id);
    places
}

/// The headers that a place may be; of numbered ones, what their names begin with.
fn headers(place: &Place) -> Vec<&str> {
    match place {
        Place::Header(name) => vec![name],
        Place::FirstHeader(names) => names.iter().map(AsRef::as_ref).collect(),
        Place::NumberedHeader { prefix, .. } => vec![prefix],
        _ => Vec::new(),
    }
}
