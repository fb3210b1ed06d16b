//! Where values stand: from a place in the vocabulary to the bytes in a delivery.

use std::borrow::Cow;
use std::ops::ControlFlow;

use super::description::{Grammar, KeyChoice, Place, Repeat, Slot};
use super::message;
use super::parameters::Parameters;
use crate::delivery::Head;
use crate::refusal::{Malformation, Refusal, Site};

/// The most signatures of one delivery that are looked at. Providers send two while a secret is
/// rotated; a header of thousands is an attack on the processor.
pub(super) const MAX_SIGNATURES: u8 = 16;

/// The longest value of a security header, in bytes: 16 base64 SHA-512 MACs take 1.6 KB, a detached
/// JWS with its certificate chain 6 KB.
pub(super) const MAX_VALUE: usize = 16 * 1024;

/// What values are looked up in.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    pub(super) head: &'a Head<'a>,
    pub(super) body: &'a [u8],
    pub(super) parameters: &'a Parameters,
    /// The value whose items [`Place::Item`] and [`Place::Position`] name.
    pub(super) list: Option<(&'a [u8], &'a Grammar)>,
    /// The token whose content [`Place::Claim`] and [`Place::JoseHeader`] name.
    pub(super) token: Option<Opened<'a>>,
    /// The parameters of a message signature, which [`Place::Item`] names too.
    pub(super) message: Option<&'a message::Parameters>,
}

/// The JSON texts of a token.
#[derive(Clone, Copy)]
pub(super) struct Opened<'a> {
    pub(super) header: &'a [u8],
    pub(super) claims: &'a [u8],
}

impl<'a> Context<'a> {
    pub(super) const fn new(
        head: &'a Head<'a>,
        body: &'a [u8],
        parameters: &'a Parameters,
    ) -> Self {
        Self { head, body, parameters, list: None, token: None, message: None }
    }
}

/// The one value at a place.
///
/// # Errors
///
/// Absent, there more than once, empty, or too long.
#[inline(always)]
pub(super) fn value<'a>(context: Context<'a>, place: &Place) -> Result<Cow<'a, [u8]>, Refusal> {
    optional(context, place)?.ok_or_else(|| Refusal::Absent(Site::from(place)))
}

/// The one value at a place, if there is one.
//
// Headers are where nearly all values stand. They are looked up in line: to hand the result on
// through memory takes longer than the search.
#[inline(always)]
pub(super) fn optional<'a>(
    context: Context<'a>,
    place: &Place,
) -> Result<Option<Cow<'a, [u8]>>, Refusal> {
    let Place::Header(name) = place else { return elsewhere(context, place) };
    match once(context.head.header(name), place)? {
        Some(value) => judged(value, place).map(|()| Some(Cow::Borrowed(value))),
        None => Ok(None),
    }
}

#[inline(always)]
fn judged(value: &[u8], place: &Place) -> Result<(), Refusal> {
    if value.is_empty() {
        return malformed(place, Malformation::Empty);
    }
    if value.len() > MAX_VALUE && !place.is_in_body() {
        return malformed(place, Malformation::TooLong);
    }
    Ok(())
}

fn elsewhere<'a>(context: Context<'a>, place: &Place) -> Result<Option<Cow<'a, [u8]>>, Refusal> {
    let value = match place {
        Place::Header(_) => None,
        Place::Item(key) => match context.list {
            Some((list, Grammar::Items { item, pair, .. })) => {
                let values = pairs(list, *item, *pair)
                    .filter(|(other, _)| *other == key.as_bytes())
                    .map(|(_, value)| value);
                once(values, place)?.map(Cow::Borrowed)
            }
            Some((list, Grammar::Quoted { .. })) => {
                let values = quoted(list)
                    .filter(|(other, _)| *other == key.as_bytes())
                    .map(|(_, value)| value);
                once(values, place)?.map(Cow::Borrowed)
            }
            Some((list, Grammar::JsonObject { .. })) => json_member(list, key, place)?,
            Some(_) => None,
            None => context.message.and_then(|message| message.get(key)).map(Cow::Borrowed),
        },
        Place::Claim(name) => token_member(context.token.map(|token| token.claims), name, place)?,
        Place::JoseHeader(name) => {
            token_member(context.token.map(|token| token.header), name, place)?
        }
        Place::FirstHeader(names) => {
            let mut found = None;
            for name in names.iter() {
                found = once(context.head.header(name), place)?.map(Cow::Borrowed);
                if found.is_some() {
                    break;
                }
            }
            found
        }
        Place::FormMember { field, pointer } => {
            match once(crate::form::values(context.body, field), place)? {
                Some(text) => super::body_member::read(&text, pointer)
                    .map_err(|()| unreadable(place))?
                    .map(|value| Cow::Owned(value.into_owned())),
                None => None,
            }
        }
        Place::WholeBody => Some(Cow::Borrowed(context.body)),
        Place::Position(position) => match context.list {
            Some((list, Grammar::Positions { item, .. })) => {
                separated(list, *item).nth(usize::from(*position)).map(Cow::Borrowed)
            }
            _ => None,
        },
        Place::Query(name) => {
            let query = context.head.query_string().unwrap_or_default();
            once(crate::form::values(query.as_bytes(), name), place)?
        }
        Place::Form(name) => once(crate::form::values(context.body, name), place)?,
        Place::Body(pointer) => {
            super::body_member::read(context.body, pointer).map_err(|()| unreadable(place))?
        }
        Place::Parameter(parameter) => {
            context.parameters.get(*parameter).map(|value| Cow::Borrowed(value.as_bytes()))
        }
        Place::NumberedHeader { prefix, up_to } => {
            let mut found = None;
            for number in 1..=*up_to {
                let name = format!("{prefix}{number}");
                found = once(context.head.header(&name), place)?.map(Cow::Borrowed);
                if found.is_some() {
                    break;
                }
            }
            found
        }
    };
    if let Some(value) = &value {
        judged(value, place)?;
    }
    Ok(value)
}

/// The values at the places where signatures may stand, with the keys that may have made them.
pub(super) struct Located<'a> {
    first: (Cow<'a, [u8]>, Choice<'a>),
    // Empty, and so without an allocation, for every scheme with one place.
    more: Vec<(Cow<'a, [u8]>, Choice<'a>)>,
}

/// Which keys may have made the signatures of one value.
enum Choice<'a> {
    Any,
    Named(Cow<'a, [u8]>),
    Nth(u8),
    Record,
}

/// Which keys may have made one signature.
#[derive(Clone, Copy)]
pub(super) enum Maker<'a> {
    Any,
    Named(&'a [u8]),
    Nth(u8),
}

impl<'a> Located<'a> {
    /// None yet.
    pub(super) const fn nothing() -> Self {
        Self { first: (Cow::Borrowed(&[]), Choice::Any), more: Vec::new() }
    }

    /// Finds them, in place: what is handed on by value is read in other pieces than it was written
    /// in, which holds the processor up for as long as the search takes.
    ///
    /// # Errors
    ///
    /// None is there, or one is there more often than its slot allows.
    #[inline]
    pub(super) fn find(
        &mut self,
        context: Context<'a>,
        slots: &[Slot],
        grammar: &Grammar,
    ) -> Result<(), Refusal> {
        // One header, once, for any key: what nearly every scheme has.
        if let [Slot { place: place @ Place::Header(_), repeat: Repeat::Refuse, key }] = slots
            && matches!(key, KeyChoice::Any)
        {
            self.first = (value(context, place)?, Choice::Any);
            return Ok(());
        }
        self.find_all(context, slots, grammar)
    }

    fn find_all(
        &mut self,
        context: Context<'a>,
        slots: &[Slot],
        grammar: &Grammar,
    ) -> Result<(), Refusal> {
        for slot in slots {
            match (&slot.place, slot.repeat) {
                (Place::Header(name), Repeat::Each) => {
                    for line in context.head.header(name) {
                        self.add(context, Cow::Borrowed(line), slot, grammar)?;
                    }
                }
                (Place::NumberedHeader { prefix, up_to }, repeat) => {
                    for number in 1..=*up_to {
                        let name = format!("{prefix}{number}");
                        let mut lines = context.head.header(&name);
                        for line in lines.by_ref().take(1) {
                            self.add(context, Cow::Borrowed(line), slot, grammar)?;
                        }
                        for line in lines {
                            if repeat == Repeat::Refuse {
                                return malformed(&slot.place, Malformation::Repeated);
                            }
                            self.add(context, Cow::Borrowed(line), slot, grammar)?;
                        }
                    }
                }
                (place, _) => {
                    if let Some(value) = optional(context, place)? {
                        self.add(context, value, slot, grammar)?;
                    }
                }
            }
        }
        match slots.first() {
            Some(_) if !self.first.0.is_empty() => Ok(()),
            Some(slot) => Err(Refusal::Absent(Site::from(&slot.place))),
            None => Err(Refusal::UnknownSource),
        }
    }

    // What was added is never empty, so an empty value is one that is not there yet.
    fn add(
        &mut self,
        context: Context<'a>,
        value: Cow<'a, [u8]>,
        slot: &Slot,
        grammar: &Grammar,
    ) -> Result<(), Refusal> {
        if value.is_empty() {
            return malformed(&slot.place, Malformation::Empty);
        }
        if value.len() > MAX_VALUE {
            return malformed(&slot.place, Malformation::TooLong);
        }
        let choice = match &slot.key {
            KeyChoice::Any => Choice::Any,
            KeyChoice::Nth(nth) => Choice::Nth(*nth),
            KeyChoice::Record => Choice::Record,
            KeyChoice::Named(place) => {
                let within = Context { list: Some((&value, grammar)), ..context };
                Choice::Named(Cow::Owned(self::value(within, place)?.into_owned()))
            }
        };
        if self.first.0.is_empty() {
            self.first = (value, choice);
        } else if self.more.len() + 1 < usize::from(MAX_SIGNATURES) {
            self.more.push((value, choice));
        } else {
            return malformed(&slot.place, Malformation::TooManySignatures);
        }
        Ok(())
    }

    /// The value that [`Place::Item`] and [`Place::Position`] look into.
    pub(super) fn list(&self) -> &[u8] {
        &self.first.0
    }

    /// Every signature, in the order written, until one breaks off.
    pub(super) fn candidates<B>(
        &self,
        grammar: &Grammar,
        mut visit: impl FnMut(&[u8], Maker<'_>) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        candidates_of(&self.first.0, grammar, |text, id| visit(text, self.first.1.maker(id)))?;
        for (value, choice) in &self.more {
            candidates_of(value, grammar, |text, id| visit(text, choice.maker(id)))?;
        }
        ControlFlow::Continue(())
    }
}

impl Choice<'_> {
    fn maker<'s>(&'s self, record: &'s [u8]) -> Maker<'s> {
        match self {
            Self::Any => Maker::Any,
            Self::Named(id) => Maker::Named(id),
            Self::Nth(nth) => Maker::Nth(*nth),
            Self::Record => Maker::Named(record),
        }
    }
}

fn candidates_of<B>(
    value: &[u8],
    grammar: &Grammar,
    mut visit: impl FnMut(&[u8], &[u8]) -> ControlFlow<B>,
) -> ControlFlow<B> {
    match grammar {
        Grammar::Plain { prefix } => match value.strip_prefix(prefix.as_bytes()) {
            Some(text) => visit(text, b""),
            None => ControlFlow::Continue(()),
        },
        Grammar::Word { word } => match strip_word(value, word) {
            Some(text) => visit(text, b""),
            None => ControlFlow::Continue(()),
        },
        Grammar::Items { item, pair, signatures } => {
            for (key, text) in pairs(value, *item, *pair) {
                if signatures.iter().any(|name| name.as_bytes() == key) {
                    visit(text, b"")?;
                }
            }
            ControlFlow::Continue(())
        }
        Grammar::Positions { item, first } => {
            for text in separated(value, *item).skip(usize::from(*first)) {
                visit(text, b"")?;
            }
            ControlFlow::Continue(())
        }
        Grammar::Records { item, field, fields, key } => {
            for record in separated(value, *item) {
                let mut parts = record.splitn(usize::from(*fields), |byte| *byte == ascii(*field));
                let id = parts.nth(usize::from(*key));
                let text = parts.nth((*fields - *key).saturating_sub(2).into());
                if let (Some(id), Some(text)) = (id, text) {
                    visit(text, id)?;
                }
            }
            ControlFlow::Continue(())
        }
        Grammar::Quoted { signature } => {
            for (key, text) in quoted(value) {
                if signature.as_bytes() == key {
                    visit(text, b"")?;
                }
            }
            ControlFlow::Continue(())
        }
        Grammar::JsonObject { signature } => match decoded_object(value) {
            Some(object) => match super::body_member::read_member(&object, signature) {
                Ok(Some(text)) => visit(&text, b""),
                _ => ControlFlow::Continue(()),
            },
            None => ControlFlow::Continue(()),
        },
    }
}

fn decoded_object(value: &[u8]) -> Option<Vec<u8>> {
    super::encoding::decode_base64_secret(value)
}

fn json_member<'a>(
    list: &[u8],
    key: &str,
    place: &Place,
) -> Result<Option<Cow<'a, [u8]>>, Refusal> {
    let object = decoded_object(list).ok_or_else(|| unreadable(place))?;
    let member = super::body_member::read_member(&object, key).map_err(|()| unreadable(place))?;
    Ok(member.map(|value| Cow::Owned(value.into_owned())))
}

fn token_member<'a>(
    part: Option<&'a [u8]>,
    name: &str,
    place: &Place,
) -> Result<Option<Cow<'a, [u8]>>, Refusal> {
    match part {
        Some(part) => super::body_member::read_member(part, name).map_err(|()| unreadable(place)),
        None => Ok(None),
    }
}

fn unreadable(place: &Place) -> Refusal {
    Refusal::Malformed { at: Site::from(place), fault: Malformation::Unreadable }
}

/// `key="value"` with commas between; what is written otherwise ends the list. A value holds no
/// quote, as the ids, algorithms and signatures of these headers do not.
fn quoted(list: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let mut rest = list;
    std::iter::from_fn(move || {
        let equals = rest.iter().position(|byte| *byte == b'=')?;
        let key = rest[..equals].trim_ascii();
        let text = rest[equals + 1..].strip_prefix(b"\"")?;
        let end = text.iter().position(|byte| *byte == b'"')?;
        let behind = text[end + 1..].trim_ascii_start();
        rest = behind.strip_prefix(b",").unwrap_or(b"");
        Some((key, &text[..end]))
    })
}

/// What stands behind a word and at least one space (RFC 9110, section 11.4).
pub(super) fn strip_word<'a>(value: &'a [u8], word: &str) -> Option<&'a [u8]> {
    let (head, tail) = value.split_at_checked(word.len())?;
    let text = tail.trim_ascii_start();
    (head.eq_ignore_ascii_case(word.as_bytes()) && text.len() < tail.len() && !text.is_empty())
        .then_some(text)
}

#[inline]
fn pairs(list: &[u8], item: char, pair: char) -> impl Iterator<Item = (&[u8], &[u8])> {
    let pair = ascii(pair);
    let mut items = separated(list, item);
    std::iter::from_fn(move || {
        loop {
            let item = items.next()?;
            // Keys are a letter or two, so looking byte by byte is the fastest.
            if let Some(at) = item.iter().position(|byte| *byte == pair) {
                return Some((&item[..at], &item[at + 1..]));
            }
        }
    })
}

#[inline]
fn separated(list: &[u8], item: char) -> impl Iterator<Item = &[u8]> {
    let item = ascii(item);
    let mut rest = Some(list);
    std::iter::from_fn(move || {
        let list = rest?;
        let text = match find(item, list) {
            Some(at) => {
                rest = list.get(at + 1..);
                &list[..at]
            }
            None => {
                rest = None;
                list
            }
        };
        Some(text.trim_ascii())
    })
}

/// Where a byte stands first. Eight at a time: an attacker chooses how long the list is.
#[inline]
pub(super) fn find(byte: u8, text: &[u8]) -> Option<usize> {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    let (words, rest) = text.as_chunks::<8>();
    for (at, word) in words.iter().enumerate() {
        // A byte that is the one sought becomes zero, and only a zero byte borrows into its top bit;
        // the lowest such bit is right, those above it may be the borrow of the lowest.
        let differing = u64::from_le_bytes(*word) ^ (ONES * u64::from(byte));
        let found = differing.wrapping_sub(ONES) & !differing & (ONES << 7);
        if found != 0 {
            return Some(at * 8 + (found.trailing_zeros() / 8) as usize);
        }
    }
    let at = rest.iter().position(|other| *other == byte)?;
    Some(words.len() * 8 + at)
}

// A description with another separator was refused when it was built; this one occurs nowhere.
const fn ascii(separator: char) -> u8 {
    if separator.is_ascii() { separator as u8 } else { 0 }
}

#[inline(always)]
fn once<T>(values: impl Iterator<Item = T>, place: &Place) -> Result<Option<T>, Refusal> {
    let mut values = values;
    let first = values.next();
    if first.is_some() && values.next().is_some() {
        return malformed(place, Malformation::Repeated);
    }
    Ok(first)
}

#[cold]
pub(super) fn malformed<T>(place: &Place, fault: Malformation) -> Result<T, Refusal> {
    Err(Refusal::Malformed { at: Site::from(place), fault })
}
