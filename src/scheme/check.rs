//! Whether a description is sound. One function judges the rows of the preset table while they are
//! compiled and the descriptions that hosts load while they run.

use super::description::{
    Algorithm, Authentication, Description, Encoding, Equality, Expected, Grammar, KeyForm, List,
    Part, Place, Signature, SignedTime, Slot, Text, Token, TokenGrammar, Tolerance,
};
use std::borrow::Cow;

/// The longest tolerance: a day. A longer one is a window for replay, not for clocks that differ.
pub(crate) const MAX_TOLERANCE: u32 = 86_400;

/// The most slots or templates of a scheme: each multiplies what a forged delivery makes us do.
pub(crate) const MAX_ALTERNATIVES: usize = 4;

/// The most parts of one template.
const MAX_PARTS: usize = 32;

/// The most faults reported for one description.
const MAX_FAULTS: usize = 24;

/// What makes a description unsound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) at: &'static str,
    pub(crate) what: &'static str,
}

/// The faults of one description, in the order found.
pub(crate) struct Faults {
    list: [Option<Fault>; MAX_FAULTS],
    length: usize,
}

impl Faults {
    const fn add(&mut self, at: &'static str, what: &'static str) {
        if self.length < MAX_FAULTS {
            self.list[self.length] = Some(Fault { at, what });
            self.length += 1;
        }
    }

    pub(crate) const fn first(&self) -> Option<Fault> {
        self.list[0]
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = Fault> + '_ {
        self.list.iter().flatten().copied()
    }
}

/// All that is wrong with a description.
pub(crate) const fn check(description: &Description) -> Faults {
    let mut faults = Faults { list: [None; MAX_FAULTS], length: 0 };
    match &description.authentication {
        Authentication::Signature(signature) => {
            check_signature(description, signature, &mut faults)
        }
        Authentication::Token(token) => {
            check_token(token, &mut faults);
            check_nothing_signed(description, &mut faults);
        }
        Authentication::Unsigned => check_nothing_signed(description, &mut faults),
    }
    let require = items(&description.require);
    let mut index = 0;
    while index < require.len() {
        check_equality(description, &require[index], &mut faults);
        index += 1;
    }
    faults
}

const fn check_signature(description: &Description, signature: &Signature, faults: &mut Faults) {
    let slots = items(&signature.at);
    if slots.is_empty() || slots.len() > MAX_ALTERNATIVES {
        faults.add("signature.at", "name one to four places where a signature may stand");
    }
    let mut index = 0;
    while index < slots.len() {
        check_slot(&slots[index], faults);
        index += 1;
    }
    check_grammar(&signature.grammar, signature.encoding, faults);
    check_key_form(&signature.key, faults);

    let templates = items(&signature.content);
    if templates.is_empty() || templates.len() > MAX_ALTERNATIVES {
        faults.add("signature.content", "give one to four templates of the signed bytes");
    }
    let mut index = 0;
    while index < templates.len() {
        check_template(description, signature, items(&templates[index]), faults);
        index += 1;
    }
    if let Some(timestamp) = &description.timestamp {
        check_timestamp(timestamp, &signature.grammar, faults);
    }
    if let Some(place) = &description.id {
        check_place(place, "id", faults);
        check_item_exists(place, &signature.grammar, "id", faults);
    }
}

const fn check_nothing_signed(description: &Description, faults: &mut Faults) {
    if description.timestamp.is_some() {
        faults.add("timestamp", "nothing is signed here, so a time proves nothing; remove it");
    }
    if description.id.is_some() {
        faults.add("id", "nothing is signed here, so an id proves nothing; remove it");
    }
}

const fn check_slot(slot: &Slot, faults: &mut Faults) {
    check_place(&slot.place, "signature.at", faults);
    match &slot.place {
        Place::Item(_) | Place::Position(_) => {
            faults.add(
                "signature.at",
                "an item stands in a signature value, not the other way round",
            );
        }
        Place::Parameter(_) => {
            faults.add("signature.at", "a signature must come from the delivery");
        }
        _ => {}
    }
}

const fn check_grammar(grammar: &Grammar, encoding: Encoding, faults: &mut Faults) {
    match grammar {
        Grammar::Items { item, pair, signatures } => {
            let keys = items(signatures);
            if *item == *pair {
                faults.add("signature.grammar", "the separators of items and of pairs must differ");
            }
            if !is_separator(*item) || !is_separator(*pair) {
                faults.add(
                    "signature.grammar",
                    "a separator must be ASCII and not a letter or digit",
                );
            }
            if stands_in(*item, encoding) {
                faults
                    .add("signature.grammar", "the separator of items occurs inside the encoding");
            }
            if keys.is_empty() || keys.len() > MAX_ALTERNATIVES {
                faults
                    .add("signature.grammar", "name one to four keys whose values are signatures");
            }
            let mut index = 0;
            while index < keys.len() {
                if as_str(&keys[index]).is_empty() {
                    faults.add("signature.grammar", "a key must not be empty");
                }
                index += 1;
            }
        }
        Grammar::Plain { .. } => {}
        Grammar::Positions { item, .. } => {
            if !is_separator(*item) || stands_in(*item, encoding) {
                faults.add("signature.grammar", "the separator must not occur inside the encoding");
            }
        }
        Grammar::Word { word } => check_word(word, "signature.grammar", faults),
    }
}

const fn check_template(
    description: &Description,
    signature: &Signature,
    parts: &[Part],
    faults: &mut Faults,
) {
    let mut found = Found { anything: false, timestamp: false, id: false, secret: 0, body: false };
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
        Algorithm::Hmac(_) if found.secret != 0 => {
            faults.add("signature.content", "an HMAC takes the secret as its key, not as a part");
        }
        _ => {}
    }
    if let Some(timestamp) = &description.timestamp {
        let within_body = matches!(timestamp.at, Place::Body(_) | Place::Form(_)) && found.body;
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
            Part::Body | Part::BodyDigest { .. } => {
                found.anything = true;
                found.body = true;
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
            Part::Method | Part::Url(_) => found.anything = true,
            Part::Optional(inner) => {
                if optional {
                    faults.add("signature.content", "optional parts do not nest");
                } else {
                    if items(inner).is_empty() {
                        faults.add("signature.content", "optional parts must not be empty");
                    }
                    check_parts(description, signature, items(inner), true, found, faults);
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
            Part::Value(place) => {
                found.anything = true;
                check_place(place, "signature.content", faults);
                check_item_exists(place, &signature.grammar, "signature.content", faults);
            }
        }
        index += 1;
    }
}

const fn check_timestamp(timestamp: &SignedTime, grammar: &Grammar, faults: &mut Faults) {
    check_place(&timestamp.at, "timestamp.at", faults);
    check_item_exists(&timestamp.at, grammar, "timestamp.at", faults);
    if matches!(timestamp.at, Place::Parameter(_)) {
        faults.add("timestamp.at", "a time must come from the delivery");
    }
    check_tolerance(timestamp.tolerance, faults);
}

/// A tolerance of zero means "none" in one library and "any" in another, so it means nothing here.
pub(crate) const fn check_tolerance(tolerance: Tolerance, faults: &mut Faults) {
    if let Tolerance::Within { past, future } = tolerance {
        if past == 0 || past > MAX_TOLERANCE {
            faults.add("timestamp.tolerance", "the past must be 1 to 86400 seconds");
        }
        if future > MAX_TOLERANCE {
            faults.add("timestamp.tolerance", "the future must be 0 to 86400 seconds");
        }
    }
}

/// The faults of a tolerance alone.
pub(crate) const fn tolerance_faults(tolerance: Tolerance) -> Faults {
    let mut faults = Faults { list: [None; MAX_FAULTS], length: 0 };
    check_tolerance(tolerance, &mut faults);
    faults
}

const fn check_token(token: &Token, faults: &mut Faults) {
    check_place(&token.at, "token.at", faults);
    if matches!(
        token.at,
        Place::Item(_) | Place::Position(_) | Place::Parameter(_) | Place::NumberedHeader { .. }
    ) {
        faults.add("token.at", "a token stands in one header, query parameter or body field");
    }
    if let TokenGrammar::Word { word } = &token.grammar {
        check_word(word, "token.grammar", faults);
    }
}

const fn check_equality(description: &Description, equality: &Equality, faults: &mut Faults) {
    check_place(&equality.at, "require.at", faults);
    match &description.authentication {
        Authentication::Signature(signature) => {
            check_item_exists(&equality.at, &signature.grammar, "require.at", faults);
        }
        _ => {
            if matches!(equality.at, Place::Item(_) | Place::Position(_)) {
                faults.add("require.at", "there is no list of items here");
            }
        }
    }
    if let Expected::Text(expected) = &equality.equals
        && as_str(expected).is_empty()
    {
        faults.add("require.equals", "an empty text is what an absent value looks like");
    }
    if matches!(equality.at, Place::Parameter(_)) {
        faults.add("require.at", "the value must come from the delivery");
    }
}

const fn check_key_form(form: &KeyForm, faults: &mut Faults) {
    if let KeyForm::Base64 { prefixes } = form {
        let prefixes = items(prefixes);
        let mut index = 0;
        while index < prefixes.len() {
            if as_str(&prefixes[index]).is_empty() {
                faults.add("signature.key", "a prefix must not be empty");
            }
            index += 1;
        }
    }
}

const fn check_place(place: &Place, at: &'static str, faults: &mut Faults) {
    match place {
        Place::Header(name) => check_header_name(name, at, faults),
        Place::NumberedHeader { prefix, up_to } => {
            check_header_name(prefix, at, faults);
            if *up_to == 0 || *up_to > 16 {
                faults.add(at, "numbered headers go up to 1 to 16");
            }
        }
        Place::Body(pointer) => {
            let bytes = as_str(pointer).as_bytes();
            if bytes.is_empty() || bytes[0] != b'/' {
                faults.add(at, "a JSON Pointer to a member begins with /");
            }
        }
        Place::Form(name) | Place::Item(name) | Place::Query(name) => {
            if as_str(name).is_empty() {
                faults.add(at, "a name must not be empty");
            }
        }
        Place::Parameter(_) | Place::Position(_) => {}
    }
}

const fn check_item_exists(
    place: &Place,
    grammar: &Grammar,
    at: &'static str,
    faults: &mut Faults,
) {
    match place {
        Place::Item(_) => {
            if !matches!(grammar, Grammar::Items { .. }) {
                faults.add(at, "there is no list of keys and values in this grammar");
            }
        }
        Place::Position(position) => match grammar {
            Grammar::Positions { first, .. } if *position < *first => {}
            _ => faults.add(at, "no such position stands before the first signature"),
        },
        _ => {}
    }
}

const fn check_header_name(name: &Text, at: &'static str, faults: &mut Faults) {
    let bytes = as_str(name).as_bytes();
    if bytes.is_empty() {
        faults.add(at, "a header name must not be empty");
    }
    let mut index = 0;
    while index < bytes.len() {
        let byte = bytes[index];
        let token = byte.is_ascii_lowercase()
            || byte.is_ascii_digit()
            || matches!(byte, b'-' | b'_' | b'.' | b'!' | b'#' | b'$' | b'%' | b'&' | b'\'' | b'*')
            || matches!(byte, b'+' | b'^' | b'`' | b'|' | b'~');
        if !token {
            faults.add(at, "write header names in lower case, as RFC 9110 tokens");
            return;
        }
        index += 1;
    }
}

const fn check_word(word: &Text, at: &'static str, faults: &mut Faults) {
    let bytes = as_str(word).as_bytes();
    if bytes.is_empty() {
        faults.add(at, "the word must not be empty");
    }
    let mut index = 0;
    while index < bytes.len() {
        if !bytes[index].is_ascii_graphic() {
            faults.add(at, "the word must be visible ASCII without spaces");
            return;
        }
        index += 1;
    }
}

const fn is_separator(separator: char) -> bool {
    separator.is_ascii() && !separator.is_ascii_alphanumeric() && !separator.is_ascii_control()
}

/// Whether a character can stand inside text of this encoding.
const fn stands_in(character: char, encoding: Encoding) -> bool {
    match encoding {
        Encoding::Base64 => matches!(character, '+' | '/' | '='),
        Encoding::Base64Url => matches!(character, '-' | '_'),
        Encoding::Hex => false,
    }
}

pub(crate) const fn as_str(text: &Text) -> &str {
    match text {
        Cow::Borrowed(text) => text,
        Cow::Owned(text) => text.as_str(),
    }
}

pub(crate) const fn items<T: Clone>(list: &List<T>) -> &[T] {
    match list {
        Cow::Borrowed(items) => items,
        Cow::Owned(items) => items.as_slice(),
    }
}
