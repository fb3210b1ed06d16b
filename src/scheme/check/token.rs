//! Shown secrets and tokens.

use super::content::MAX_PARTS;
use super::key::{check_fetch, check_key_form};
use super::place::{check_no_claim, check_place};
use super::{Faults, MAX_TOLERANCE, check_word, items};
use crate::scheme::description::{
    Description, Jose, JoseAlgorithm, JoseKey, JosePayload, KeyForm, Part, Place, Presence, Token,
    TokenGrammar,
};

/// A token or signature in JOSE form.
pub(super) const fn check_jose(description: &Description, jose: &Jose, faults: &mut Faults) {
    check_place(&jose.at, "jose.at", faults);
    check_no_claim(&jose.at, "jose.at", faults);
    if matches!(jose.at, Place::Item(_) | Place::Position(_) | Place::Parameter(_)) {
        faults
            .add("jose.at", "a token stands in a header, query parameter, body field or the body");
    }
    if matches!(jose.grammar, TokenGrammar::Basic) {
        faults.add("jose.grammar", "a token is not a user and a password");
    }
    if let TokenGrammar::Word { word } = &jose.grammar {
        check_word(word, "jose.grammar", faults);
    }
    if description.timestamp.is_some() {
        faults.add("timestamp", "a token has its own times; name them there");
    }
    if description.id.is_some() {
        faults.add("id", "a token has its own id, a claim; remove it");
    }
    if jose.times.leeway > 300 {
        faults.add("jose.times.leeway", "clocks may differ by 0 to 300 seconds");
    }
    if let Some(max_age) = jose.times.max_age {
        if max_age == 0 || max_age > MAX_TOLERANCE {
            faults.add("jose.times.max_age", "the greatest age must be 1 to 86400 seconds");
        }
        if !matches!(jose.times.issued, Presence::Required) {
            faults.add("jose.times.issued", "without iat there is no age; require it");
        }
    }
    check_jose_algorithms(jose, faults);
    match &jose.payload {
        JosePayload::Claims => {}
        JosePayload::Opaque => check_no_times(jose, faults),
        JosePayload::Detached(template) | JosePayload::DetachedUnencoded(template) => {
            check_no_times(jose, faults);
            check_detached(items(template), faults);
        }
    }
}

const fn check_no_times(jose: &Jose, faults: &mut Faults) {
    let times = &jose.times;
    if !matches!(
        (times.expires, times.not_before, times.issued),
        (Presence::Ignored, Presence::Ignored, Presence::Ignored)
    ) {
        faults.add("jose.times", "this signature carries no claims that are looked at");
    }
}

const fn check_jose_algorithms(jose: &Jose, faults: &mut Faults) {
    let algorithms = items(&jose.algorithms);
    let mut twice = false;
    let mut secret = false;
    let mut public = false;
    let mut index = 0;
    while index < algorithms.len() {
        let mut before = 0;
        while before < index {
            twice = twice || algorithms[before] as u8 == algorithms[index] as u8;
            before += 1;
        }
        match algorithms[index] {
            JoseAlgorithm::Hs256 | JoseAlgorithm::Hs384 | JoseAlgorithm::Hs512 => secret = true,
            _ => public = true,
        }
        index += 1;
    }
    if algorithms.is_empty() || twice {
        faults.add("jose.algorithms", "name at least one algorithm, each once");
    }
    match &jose.key {
        JoseKey::Chain { length, .. } => {
            if *length < 2 || *length > 5 {
                faults.add("jose.key", "a chain has two to five certificates");
            }
            if secret {
                faults.add("jose.algorithms", "a certificate cannot verify an HMAC");
            }
        }
        JoseKey::Fetched(fetch) => {
            check_fetch(fetch, faults);
            if secret {
                faults.add("jose.algorithms", "a secret cannot be fetched by what a token says");
            }
        }
        JoseKey::Ring(form) => {
            check_key_form(form, faults);
            if matches!(form, KeyForm::Fetched(_)) {
                faults.add("jose.key", "say that the token's key is fetched");
            }
            if secret && !public && matches!(form, KeyForm::Public) {
                faults.add("jose.key", "an HMAC takes a secret; a public key is known to anyone");
            }
        }
    }
}

/// A detached template holds parts of the delivery alone: there is no list and no secret.
const fn check_detached(parts: &[Part], faults: &mut Faults) {
    if parts.is_empty() || parts.len() > MAX_PARTS {
        faults.add("jose.payload", "a template has 1 to 32 parts");
    }
    let mut index = 0;
    while index < parts.len() {
        match &parts[index] {
            Part::Id | Part::Secret | Part::Timestamp => {
                faults.add(
                    "jose.payload",
                    "name the header that is signed; a token has no such part",
                );
            }
            Part::Value(place) | Part::ValueOrEmpty(place) | Part::Lowercase(place) => {
                check_place(place, "jose.payload", faults);
                check_no_list(place, faults);
            }
            Part::Headers(headers) => {
                check_place(&headers.named_at, "jose.payload", faults);
                check_no_list(&headers.named_at, faults);
            }
            Part::Optional(_) | Part::Digest { .. } | Part::UnlessBodyEmpty(_) => {
                faults.add("jose.payload", "parts of a detached payload do not nest");
            }
            _ => {}
        }
        index += 1;
    }
}

const fn check_no_list(place: &Place, faults: &mut Faults) {
    if matches!(place, Place::Item(_) | Place::Position(_)) {
        faults.add("jose.payload", "there is no list here that could hold it");
    }
}

pub(super) const fn check_token(token: &Token, faults: &mut Faults) {
    check_place(&token.at, "token.at", faults);
    if matches!(
        token.at,
        Place::Item(_)
            | Place::Position(_)
            | Place::Parameter(_)
            | Place::NumberedHeader { .. }
            | Place::Claim(_)
            | Place::JoseHeader(_)
            | Place::WholeBody
    ) {
        faults.add("token.at", "a token stands in one header, query parameter or body field");
    }
    if let TokenGrammar::Word { word } = &token.grammar {
        check_word(word, "token.grammar", faults);
    }
}
