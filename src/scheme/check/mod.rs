//! Whether a description is sound. One function judges the rows of the preset table while they are
//! compiled and the descriptions that hosts load while they run.

mod content;
mod key;
mod message;
mod place;
mod token;

use std::borrow::Cow;

use self::content::{MAX_PARTS, check_template};
use self::key::check_key_form;
use self::message::{check_message, check_message_equality};
use self::place::{check_item_exists, check_no_claim, check_place};
use self::token::{check_jose, check_token};
use super::description::{
    Algorithm, Authentication, Description, Encoding, Equality, Expected, Grammar, Hash,
    HostChecked, KeyChoice, KeyForm, List, Place, Signature, SignedTime, Slot, Text, Tolerance,
};

/// The longest tolerance: a day. A longer one is a window for replay, not for clocks that differ.
pub(crate) const MAX_TOLERANCE: u32 = 86_400;

/// The most slots or templates of a scheme: each multiplies what a forged delivery makes us do.
pub(crate) const MAX_ALTERNATIVES: usize = 4;

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
        Authentication::AnyOf(signatures) => {
            let signatures = items(signatures);
            if signatures.len() < 2 || signatures.len() > MAX_ALTERNATIVES {
                faults.add("any_of", "give two to four signature rules");
            }
            let mut index = 0;
            while index < signatures.len() {
                check_signature(description, &signatures[index], &mut faults);
                index += 1;
            }
        }
        Authentication::Token(token) => {
            check_token(token, &mut faults);
            check_nothing_signed(description, &mut faults);
        }
        Authentication::HostChecked(HostChecked { token, check }) => {
            check_token(token, &mut faults);
            check_word(check, "host_checked.check", &mut faults);
            check_nothing_signed(description, &mut faults);
        }
        Authentication::Jose(jose) => check_jose(description, jose, &mut faults),
        Authentication::MessageSignature(rule) => check_message(description, rule, &mut faults),
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
        check_slot(&slots[index], &signature.grammar, faults);
        index += 1;
    }
    check_algorithm(signature, faults);
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

/// Public keys verify what private keys signed, and nothing else does.
const fn check_algorithm(signature: &Signature, faults: &mut Faults) {
    let public_key = matches!(signature.key, KeyForm::Public | KeyForm::Fetched(_));
    let public_algorithm = match signature.algorithm {
        Algorithm::Digest(_) => false,
        Algorithm::Hmac(hash) => {
            if matches!(hash, Hash::Keccak256) {
                faults
                    .add("signature.algorithm", "Keccak is used as a bare digest, not in an HMAC");
            }
            false
        }
        Algorithm::Ed25519 => true,
        Algorithm::Ecdsa { hash, .. } | Algorithm::RsaPkcs1(hash) | Algorithm::RsaPss(hash) => {
            if matches!(hash, Hash::Keccak256 | Hash::Md5Legacy) {
                faults.add(
                    "signature.algorithm",
                    "a public-key signature takes a hash of the SHA family",
                );
            }
            true
        }
    };
    if public_algorithm && !public_key {
        faults.add("signature.key", "this algorithm verifies with a public key");
    }
    if !public_algorithm && public_key {
        faults
            .add("signature.key", "this algorithm takes a secret; a public key is known to anyone");
    }
}

const fn check_slot(slot: &Slot, grammar: &Grammar, faults: &mut Faults) {
    check_place(&slot.place, "signature.at", faults);
    match &slot.key {
        KeyChoice::Named(place) => {
            check_place(place, "signature.at.key", faults);
            check_item_exists(place, grammar, "signature.at.key", faults);
        }
        KeyChoice::Record => {
            if !matches!(grammar, Grammar::Records { .. }) {
                faults.add(
                    "signature.at.key",
                    "only a grammar of records names a key for each signature",
                );
            }
        }
        KeyChoice::Any | KeyChoice::Nth(_) => {}
    }
    match &slot.place {
        Place::Claim(_) | Place::JoseHeader(_) | Place::WholeBody => {
            faults.add("signature.at", "a signature cannot stand there");
        }
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
        Grammar::JsonObject { signature } | Grammar::Quoted { signature } => {
            if as_str(signature).is_empty() {
                faults.add("signature.grammar", "a key must not be empty");
            }
        }
        Grammar::Plain { .. } => {}
        Grammar::Records { item, field, fields, key } => {
            if *item == *field || !is_separator(*item) || !is_separator(*field) {
                faults.add(
                    "signature.grammar",
                    "the separators must differ, and be neither letters nor digits",
                );
            }
            if stands_in(*item, encoding) || stands_in(*field, encoding) {
                faults.add("signature.grammar", "a separator occurs inside the encoding");
            }
            if *fields < 2 || *fields > 8 || *key >= *fields - 1 {
                faults.add(
                    "signature.grammar",
                    "a record has two to eight fields; the key stands before the last",
                );
            }
        }
        Grammar::Positions { item, .. } => {
            if !is_separator(*item) || stands_in(*item, encoding) {
                faults.add("signature.grammar", "the separator must not occur inside the encoding");
            }
        }
        Grammar::Word { word } => check_word(word, "signature.grammar", faults),
    }
}

const fn check_timestamp(timestamp: &SignedTime, grammar: &Grammar, faults: &mut Faults) {
    check_place(&timestamp.at, "timestamp.at", faults);
    check_item_exists(&timestamp.at, grammar, "timestamp.at", faults);
    if matches!(timestamp.at, Place::Parameter(_) | Place::WholeBody) {
        faults.add("timestamp.at", "a time must come from the delivery");
    }
    check_no_claim(&timestamp.at, "timestamp.at", faults);
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

const fn check_equality(description: &Description, equality: &Equality, faults: &mut Faults) {
    check_place(&equality.at, "require.at", faults);
    match &description.authentication {
        Authentication::Signature(signature) => {
            check_item_exists(&equality.at, &signature.grammar, "require.at", faults);
        }
        Authentication::MessageSignature(_) => check_message_equality(equality, faults),
        _ => {
            if matches!(equality.at, Place::Item(_) | Place::Position(_)) {
                faults.add("require.at", "there is no list of items here");
            }
        }
    }
    match &description.authentication {
        Authentication::Jose(_) => {}
        _ => check_no_claim(&equality.at, "require.at", faults),
    }
    match &equality.equals {
        Expected::Text(expected) => check_expected_text(expected, faults),
        Expected::AnyText(texts) => {
            let texts = items(texts);
            if texts.is_empty() || texts.len() > MAX_PARTS {
                faults.add("require.equals", "name one to 32 texts");
            }
            let mut index = 0;
            while index < texts.len() {
                check_expected_text(&texts[index], faults);
                index += 1;
            }
        }
        _ => {}
    }
    if matches!(equality.at, Place::WholeBody) {
        faults.add("require.at", "name the value in the body");
    }
    if matches!(equality.at, Place::Parameter(_)) {
        faults.add("require.at", "the value must come from the delivery");
    }
}

const fn check_expected_text(expected: &Text, faults: &mut Faults) {
    if as_str(expected).is_empty() {
        faults.add("require.equals", "an empty text is what an absent value looks like");
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

/// Whether two names are one: `==` is no constant expression for them.
const fn same(one: &[u8], other: &[u8]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    let mut index = 0;
    while index < one.len() {
        if one[index] != other[index] {
            return false;
        }
        index += 1;
    }
    true
}
