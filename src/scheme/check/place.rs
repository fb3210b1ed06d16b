//! Where values stand.

use super::{Faults, MAX_ALTERNATIVES, as_str, items};
use crate::delivery::is_header_name;
use crate::scheme::description::{Grammar, Place, Text};

pub(super) const fn check_no_claim(place: &Place, at: &'static str, faults: &mut Faults) {
    if matches!(place, Place::Claim(_) | Place::JoseHeader(_)) {
        faults.add(at, "there is no token here that could hold it");
    }
}

pub(super) const fn check_place(place: &Place, at: &'static str, faults: &mut Faults) {
    match place {
        Place::Header(name) => check_header_name(name, at, faults),
        Place::NumberedHeader { prefix, up_to } => {
            check_header_name(prefix, at, faults);
            if *up_to == 0 || *up_to > 16 {
                faults.add(at, "numbered headers go up to 1 to 16");
            }
        }
        Place::FirstHeader(names) => {
            let names = items(names);
            if names.len() < 2 || names.len() > MAX_ALTERNATIVES {
                faults.add(at, "name two to four headers, of which the first that is there counts");
            }
            let mut index = 0;
            while index < names.len() {
                check_header_name(&names[index], at, faults);
                index += 1;
            }
        }
        Place::Body(pointer) => check_pointer(pointer, at, faults),
        Place::FormMember { field, pointer } => {
            check_pointer(pointer, at, faults);
            if as_str(field).is_empty() {
                faults.add(at, "a name must not be empty");
            }
        }
        Place::Claim(name)
        | Place::Form(name)
        | Place::Item(name)
        | Place::JoseHeader(name)
        | Place::Query(name) => {
            if as_str(name).is_empty() {
                faults.add(at, "a name must not be empty");
            }
        }
        Place::Parameter(_) | Place::Position(_) | Place::WholeBody => {}
    }
}

const fn check_pointer(pointer: &Text, at: &'static str, faults: &mut Faults) {
    let bytes = as_str(pointer).as_bytes();
    if bytes.is_empty() || bytes[0] != b'/' {
        faults.add(at, "a JSON Pointer to a member begins with /");
    }
}

pub(super) const fn check_item_exists(
    place: &Place,
    grammar: &Grammar,
    at: &'static str,
    faults: &mut Faults,
) {
    match place {
        Place::Item(_) => match grammar {
            Grammar::Items { .. } | Grammar::JsonObject { .. } | Grammar::Quoted { .. } => {}
            _ => faults.add(at, "there is no list of keys and values in this grammar"),
        },
        Place::Position(position) => match grammar {
            Grammar::Positions { first, .. } if *position < *first => {}
            _ => faults.add(at, "no such position stands before the first signature"),
        },
        _ => {}
    }
}

pub(super) const fn check_header_name(name: &Text, at: &'static str, faults: &mut Faults) {
    let bytes = as_str(name).as_bytes();
    if bytes.is_empty() {
        faults.add(at, "a header name must not be empty");
        return;
    }
    let mut index = 0;
    let mut is_lower_case = true;
    while index < bytes.len() {
        is_lower_case = is_lower_case && !bytes[index].is_ascii_uppercase();
        index += 1;
    }
    if !is_lower_case || !is_header_name(as_str(name)) {
        faults.add(at, "write header names in lower case, as RFC 9110 tokens");
    }
}
