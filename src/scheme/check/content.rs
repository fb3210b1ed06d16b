//! The signed bytes.

use super::place::{check_header_name, check_item_exists, check_no_claim, check_place};
use super::{Faults, as_str, is_separator, items, same};
use crate::scheme::description::{
    Algorithm, Description, FieldSource, Fields, Grammar, List, NamedHeaders, Part, Place,
    Signature, UrlPart,
};

/// The most parts of one template.
pub(super) const MAX_PARTS: usize = 32;

/// How deep parts nest: a digest in an optional part, and one to spare.
const MAX_DEPTH: u8 = 3;

pub(super) const fn check_template(
    description: &Description,
    signature: &Signature,
    parts: &[Part],
    faults: &mut Faults,
) {
    let mut found =
        Found { anything: false, timestamp: false, id: false, secret: 0, body: false, depth: 0 };
    if parts.len() > MAX_PARTS {
        faults.add("signature.content", "a template has at most 32 parts");
    }
    check_parts(description, signature, parts, false, &mut found, faults);
    if !found.anything {
        faults.add("signature.content", "the signed bytes hold nothing of the delivery");
    }
    match signature.algorithm {
        Algorithm::Digest(_) if found.secret != 1 => {
            faults.add("signature.content", "a bare digest needs the secret once among its parts");
        }
        Algorithm::Digest(_) => {}
        _ if found.secret != 0 => {
            faults.add("signature.content", "the secret is the key here, not a part");
        }
        _ => {}
    }
    if let Some(timestamp) = &description.timestamp {
        let within_body = timestamp.at.is_in_body() && found.body;
        if !found.timestamp && !within_body {
            faults
                .add("timestamp", "it is judged but not signed, so a replay only needs a new one");
        }
    }
    if description.id.is_some() && !found.id {
        faults.add("id", "it is not among the signed parts, so it proves nothing; remove it");
    }
}

/// What a template was seen to hold.
struct Found {
    anything: bool,
    timestamp: bool,
    id: bool,
    secret: usize,
    body: bool,
    depth: u8,
}

const fn check_parts(
    description: &Description,
    signature: &Signature,
    parts: &[Part],
    optional: bool,
    found: &mut Found,
    faults: &mut Faults,
) {
    let mut index = 0;
    while index < parts.len() {
        match &parts[index] {
            Part::Body | Part::BodyDigest { .. } | Part::BodyJsonString | Part::BodyMinified => {
                found.anything = true;
                found.body = true;
            }
            Part::BodyCrc32 => found.anything = true,
            Part::Digest { of, .. } => {
                check_inner(description, signature, of, optional, found, faults);
            }
            Part::Fields(fields) => {
                found.anything = true;
                check_fields(fields, faults);
                // Every field but those left out is signed, and a time can be one of them.
                found.body = found.body
                    || !matches!(fields.of, FieldSource::Query)
                        && !leaves_time_out(description, fields);
            }
            Part::Headers(headers) => {
                found.anything = true;
                check_named_headers(headers, &signature.grammar, faults);
            }
            Part::Id => {
                found.anything = true;
                found.id = true;
                if description.id.is_none() {
                    faults.add("id", "it is signed, but its place is not given");
                }
            }
            Part::Literal(literal) => {
                if as_str(literal).is_empty() {
                    faults.add("signature.content", "a literal must not be empty");
                }
            }
            Part::Method | Part::MethodLowercase | Part::Url(_) => found.anything = true,
            Part::UrlWithBodyDigest { url, parameter, .. } => {
                found.anything = true;
                found.body = true;
                if as_str(parameter).is_empty() {
                    faults.add("signature.content", "name the parameter that holds the hash");
                }
                if matches!(url, UrlPart::Path | UrlPart::PathOtherSlash | UrlPart::WithoutQuery) {
                    faults
                        .add("signature.content", "the hash stands in the query, so sign that too");
                }
            }
            Part::Optional(inner) | Part::UnlessBodyEmpty(inner) => {
                if optional {
                    faults.add("signature.content", "optional parts do not nest");
                } else {
                    check_inner(description, signature, inner, true, found, faults);
                }
            }
            Part::Secret => found.secret += 1,
            Part::Timestamp => {
                found.anything = true;
                if optional {
                    faults.add("signature.content", "a timestamp must not be optional");
                }
                found.timestamp = true;
                if description.timestamp.is_none() {
                    faults.add("timestamp", "it is signed, but its place and unit are not given");
                }
            }
            Part::Lowercase(place) | Part::Value(place) | Part::ValueOrEmpty(place) => {
                found.anything = true;
                check_place(place, "signature.content", faults);
                check_item_exists(place, &signature.grammar, "signature.content", faults);
                check_no_claim(place, "signature.content", faults);
            }
        }
        index += 1;
    }
}

const fn check_inner(
    description: &Description,
    signature: &Signature,
    inner: &List<Part>,
    optional: bool,
    found: &mut Found,
    faults: &mut Faults,
) {
    if items(inner).is_empty() {
        faults.add("signature.content", "inner parts must not be empty");
    }
    if items(inner).len() > MAX_PARTS {
        faults.add("signature.content", "a template has at most 32 parts");
        return;
    }
    if found.depth == MAX_DEPTH {
        faults.add("signature.content", "parts nest at most three deep");
        return;
    }
    found.depth += 1;
    check_parts(description, signature, items(inner), optional, found, faults);
    found.depth -= 1;
}

const fn leaves_time_out(description: &Description, fields: &Fields) -> bool {
    let Some(timestamp) = &description.timestamp else { return false };
    let (Place::Form(field) | Place::FormMember { field, .. }) = &timestamp.at else {
        return false;
    };
    let except = items(&fields.except);
    let mut index = 0;
    while index < except.len() {
        if same(as_str(&except[index]).as_bytes(), as_str(field).as_bytes()) {
            return true;
        }
        index += 1;
    }
    false
}

const fn check_fields(fields: &Fields, faults: &mut Faults) {
    let except = items(&fields.except);
    if except.len() > MAX_PARTS {
        faults.add("signature.content", "at most 32 fields may be left out");
    }
    let mut index = 0;
    while index < except.len() {
        if as_str(&except[index]).is_empty() {
            faults.add("signature.content", "a name must not be empty");
        }
        index += 1;
    }
}

const fn check_named_headers(headers: &NamedHeaders, grammar: &Grammar, faults: &mut Faults) {
    check_place(&headers.named_at, "signature.content", faults);
    check_item_exists(&headers.named_at, grammar, "signature.content", faults);
    if !is_separator(headers.separator) && headers.separator != ' ' {
        faults.add("signature.content", "a separator must be ASCII and not a letter or digit");
    }
    let always = items(&headers.always);
    if always.len() > MAX_PARTS {
        faults.add("signature.content", "at most 32 headers may be asked for");
    }
    let mut index = 0;
    while index < always.len() {
        check_header_name(&always[index], "signature.content", faults);
        index += 1;
    }
}
