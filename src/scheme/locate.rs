//! Where values stand: from a place in the vocabulary to the bytes in a delivery.

use std::borrow::Cow;
use std::ops::ControlFlow;

use super::description::{Grammar, KeyChoice, Place, Repeat, Slot};
use super::parameters::Parameters;
use crate::delivery::Head;
use crate::refusal::{Malformation, Refusal, Site};

/// The most signatures of one delivery that are looked at. Providers send two while a secret is
/// rotated; a header of thousands is an attack on the processor.
pub(super) const MAX_SIGNATURES: u8 = 16;

/// The longest value of a security header, in bytes: 16 base64 SHA-512 MACs take 1.6 KB, a detached
/// JWS with its certificate chain 6 KB.
const MAX_VALUE: usize = 16 * 1024;

/// What values are looked up in.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    pub(super) head: &'a Head<'a>,
    pub(super) body: &'a [u8],
    pub(super) parameters: &'a Parameters,
    /// What holds the value whose items [`Place::Item`] and [`Place::Position`] name.
    pub(super) list: Option<(&'a Located<'a>, &'a Grammar)>,
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
// Headers and items are where nearly all values stand. They are looked up in line: handing the
// result on through memory takes longer than the search.
#[inline(always)]
pub(super) fn optional<'a>(
    context: Context<'a>,
    place: &Place,
) -> Result<Option<Cow<'a, [u8]>>, Refusal> {
    let value = match (place, context.list) {
        (Place::Header(name), _) => once(context.head.header(name), place)?,
        (Place::Item(key), Some((list, Grammar::Items { item, pair, .. }))) => {
            let values = pairs(list.value(), *item, *pair)
                .filter(|(other, _)| *other == key.as_bytes())
                .map(|(_, value)| value);
            once(values, place)?
        }
        _ => return elsewhere(context, place),
    };
    match value {
        Some(value) => judged(value, place).map(|()| Some(Cow::Borrowed(value))),
        None => Ok(None),
    }
}

#[inline(always)]
fn judged(value: &[u8], place: &Place) -> Result<(), Refusal> {
    if value.is_empty() {
        return malformed(place, Malformation::Empty);
    }
    if value.len() > MAX_VALUE && !matches!(place, Place::Body(_)) {
        return malformed(place, Malformation::TooLong);
    }
    Ok(())
}

fn elsewhere<'a>(
    context: Context<'a>,
    place: &Place,
) -> Result<Option<Cow<'a, [u8]>>, Refusal> {
    let value = match place {
        Place::Header(_) | Place::Item(_) => None,
        Place::Position(position) => match context.list {
            Some((list, Grammar::Positions { item, .. })) => {
                separated(list.value(), *item).nth(usize::from(*position)).map(Cow::Borrowed)
            }
            _ => None,
        },
        Place::Query(name) => {
            let query = context.head.query_string().unwrap_or_default();
            once(crate::form::values(query.as_bytes(), name), place)?
        }
        Place::Form(name) => once(crate::form::values(context.body, name), place)?,
        Place::Body(pointer) => super::body_member::read(context.body, pointer).map_err(|()| {
            Refusal::Malformed { at: Site::from(place), fault: Malformation::Unreadable }
        })?,
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
    first: (Cow<'a, [u8]>, KeyChoice),
    // Empty, and so without an allocation, for every scheme with one place.
    more: Vec<(Cow<'a, [u8]>, KeyChoice)>,
}

impl<'a> Located<'a> {
    /// None yet.
    pub(super) const fn nothing() -> Self {
        Self { first: (Cow::Borrowed(&[]), KeyChoice::Any), more: Vec::new() }
    }

    /// Finds them, in place: what is handed on by value is copied in other pieces than it was
    /// written in, which holds the processor up for as long as the search takes.
    ///
    /// # Errors
    ///
    /// None is there, or one is there more often than its slot allows.
    #[inline]
    pub(super) fn find(&mut self, context: Context<'a>, slots: &[Slot]) -> Result<(), Refusal> {
        // One header that must not be repeated is what nearly every scheme has.
        if let [Slot { place: place @ Place::Header(_), repeat: Repeat::Refuse, key }] = slots {
            self.first = (value(context, place)?, *key);
            return Ok(());
        }
        self.find_all(context, slots)
    }

    fn find_all(&mut self, context: Context<'a>, slots: &[Slot]) -> Result<(), Refusal> {
        for slot in slots {
            match (&slot.place, slot.repeat) {
                (Place::Header(name), Repeat::Each) => {
                    for line in context.head.header(name) {
                        self.add(Cow::Borrowed(line), slot)?;
                    }
                }
                (Place::NumberedHeader { prefix, up_to }, repeat) => {
                    for number in 1..=*up_to {
                        let name = format!("{prefix}{number}");
                        let mut lines = context.head.header(&name);
                        for line in lines.by_ref().take(1) {
                            self.add(Cow::Borrowed(line), slot)?;
                        }
                        for line in lines {
                            if repeat == Repeat::Refuse {
                                return malformed(&slot.place, Malformation::Repeated);
                            }
                            self.add(Cow::Borrowed(line), slot)?;
                        }
                    }
                }
                (place, _) => {
                    if let Some(value) = optional(context, place)? {
                        self.add(value, slot)?;
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

    // A value that was added is never empty, so an empty one is the one that is not there yet.
    fn add(&mut self, value: Cow<'a, [u8]>, slot: &Slot) -> Result<(), Refusal> {
        judged(&value, &slot.place)?;
        if value.len() > MAX_VALUE {
            return malformed(&slot.place, Malformation::TooLong);
        }
        if self.first.0.is_empty() {
            self.first = (value, slot.key);
        } else if self.more.len() + 1 < usize::from(MAX_SIGNATURES) {
            self.more.push((value, slot.key));
        } else {
            return malformed(&slot.place, Malformation::TooManySignatures);
        }
        Ok(())
    }

    /// The value that [`Place::Item`] and [`Place::Position`] look into.
    fn value(&self) -> &[u8] {
        &self.first.0
    }

    /// Every signature, in the order written, until one breaks off.
    pub(super) fn candidates<B>(
        &self,
        grammar: &Grammar,
        mut visit: impl FnMut(&[u8], KeyChoice) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        candidates_of(&self.first.0, grammar, |text| visit(text, self.first.1))?;
        for (value, key) in &self.more {
            candidates_of(value, grammar, |text| visit(text, *key))?;
        }
        ControlFlow::Continue(())
    }
}

fn candidates_of<B>(
    value: &[u8],
    grammar: &Grammar,
    mut visit: impl FnMut(&[u8]) -> ControlFlow<B>,
) -> ControlFlow<B> {
    match grammar {
        Grammar::Plain { prefix } => match value.strip_prefix(prefix.as_bytes()) {
            Some(text) => visit(text),
            None => ControlFlow::Continue(()),
        },
        Grammar::Word { word } => match strip_word(value, word) {
            Some(text) => visit(text),
            None => ControlFlow::Continue(()),
        },
        Grammar::Items { item, pair, signatures } => {
            for (key, text) in pairs(value, *item, *pair) {
                if signatures.iter().any(|name| name.as_bytes() == key) {
                    visit(text)?;
                }
            }
            ControlFlow::Continue(())
        }
        Grammar::Positions { item, first } => {
            for text in separated(value, *item).skip(usize::from(*first)) {
                visit(text)?;
            }
            ControlFlow::Continue(())
        }
    }
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
