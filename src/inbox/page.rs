//! One page of an inbox: by keyset, so that what comes in meanwhile moves nothing.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use super::{Row, Search};
use crate::clock::Timestamp;
use crate::error::Error;
use crate::event::Event;
use crate::source::Column;
use crate::store::{Cursor, EventFilter};

/// What a reviewer looks at.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct View {
    /// Whose events, of which source, status and type.
    pub filter: EventFilter,
    /// The words that they must hold.
    pub search: Option<Search>,
    /// The columns; the first few leaves if there are none.
    pub columns: Vec<Column>,
    /// Rows on a page: 1 to [`View::MAX_ROWS`].
    pub rows: usize,
    /// The longest cell, in characters.
    pub cell: usize,
}

impl View {
    /// The most rows on a page.
    pub const MAX_ROWS: usize = 500;

    /// The most events that are looked at for one page of a search. A page of a rare word may hold
    /// fewer rows than it could, or none, and still have a next one.
    pub const MAX_SEARCHED: usize = 2_000;

    /// The events that a filter lets through, 50 to a page, cells of 80 characters.
    #[must_use]
    pub const fn new(filter: EventFilter) -> Self {
        Self { filter, search: None, columns: Vec::new(), rows: 50, cell: 80 }
    }
}

/// One page of rows, newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Page {
    /// The rows.
    pub rows: Vec<Row>,
    /// Where the next page begins, if there may be one.
    pub next: Option<PageToken>,
    /// How many events were looked at.
    pub searched: usize,
}

/// Where a page ends, as a text that a browser carries back.
///
/// It fits the list that it came from: the same tenant, source, status, type and search. A token
/// that was edited, cut, or taken from another list is refused, so that a mistake is an error and
/// not a wrong page. It is no permission: whatever it says, the store is asked for the events of the
/// view's tenant and no others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageToken(String);

impl PageToken {
    fn new(view: &View, place: Cursor) -> Self {
        let mut bytes = Vec::with_capacity(33);
        bytes.push(VERSION);
        bytes.extend(place.at.as_unix_millis().to_be_bytes());
        bytes.extend(place.number.to_be_bytes());
        let check = check(view, &bytes);
        bytes.extend(check);
        Self(URL_SAFE_NO_PAD.encode(bytes))
    }

    fn read(view: &View, text: &str) -> Option<Cursor> {
        // Longer than any that was made is not even decoded.
        let bytes = URL_SAFE_NO_PAD.decode(text.get(..44).filter(|all| all.len() == text.len())?);
        let bytes: [u8; 33] = bytes.ok()?.try_into().ok()?;
        let (place, found) = bytes.split_at(17);
        if place[0] != VERSION || check(view, place) != found {
            return None;
        }
        let at = i64::from_be_bytes(place[1..9].try_into().ok()?);
        let number = u64::from_be_bytes(place[9..].try_into().ok()?);
        Some(Cursor { at: Timestamp::from_unix_millis(at), number })
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PageToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

const VERSION: u8 = 1;

/// What binds a place to its list. Columns and widths are left out: they change no order.
fn check(view: &View, place: &[u8]) -> [u8; 16] {
    let mut hasher = Sha256::new_with_prefix(b"hookstage page v1\0");
    let mut feed = |bytes: &[u8]| {
        hasher.update((bytes.len() as u64).to_be_bytes());
        hasher.update(bytes);
    };
    feed(place);
    feed(view.filter.tenant.as_bytes());
    for given in [
        view.filter.source.as_ref().map(|source| source.source()),
        view.filter.status.map(|status| status.as_str()),
        view.filter.event_type.as_deref(),
    ] {
        feed(if given.is_some() { b"1" } else { b"0" });
        feed(given.unwrap_or_default().as_bytes());
    }
    for word in view.search.iter().flat_map(Search::words) {
        feed(word.as_bytes());
    }
    let digest: [u8; 32] = hasher.finalize().into();
    let mut check = [0; 16];
    check.copy_from_slice(&digest[..16]);
    check
}

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InboxError {
    /// The token is not one of this list.
    #[error("the page belongs to another list, or its token was changed; begin at the first page")]
    ForeignToken,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] Error),
}

/// Fills a page from lists of events: it says what to ask the store for, and takes what came.
pub(crate) struct Pager<'v> {
    view: &'v View,
    rows: usize,
    after: Option<Cursor>,
    page: Vec<Row>,
    searched: usize,
    is_done: bool,
    more: bool,
}

impl<'v> Pager<'v> {
    pub(crate) fn new(view: &'v View, token: Option<&str>) -> Result<Self, InboxError> {
        let after = match token {
            None => None,
            Some(text) => Some(PageToken::read(view, text).ok_or(InboxError::ForeignToken)?),
        };
        let rows = view.rows.clamp(1, View::MAX_ROWS);
        let page = Vec::new();
        Ok(Self { view, rows, after, page, searched: 0, is_done: false, more: false })
    }

    /// After which place, and how many, the store is to be asked for; nothing when the page is full.
    pub(crate) fn wants(&self) -> Option<(Option<Cursor>, usize)> {
        // One more than fits, so that a last page knows that it is.
        (!self.is_done).then_some((self.after, self.rows + 1))
    }

    pub(crate) fn take(&mut self, events: &[Event]) {
        let asked = self.rows + 1;
        for event in events {
            if self.page.len() == self.rows || self.searched == View::MAX_SEARCHED {
                self.more = true;
                self.is_done = true;
                return;
            }
            self.searched += 1;
            self.after = Some(Cursor { at: event.received_at, number: event.id.get() });
            if self.view.search.as_ref().is_none_or(|search| search.matches(event)) {
                self.page.push(Row::new(event, &self.view.columns, self.view.cell));
            }
        }
        self.is_done = events.len() < asked;
    }

    pub(crate) fn finish(self) -> Page {
        let next = self.after.filter(|_| self.more).map(|place| PageToken::new(self.view, place));
        Page { rows: self.page, next, searched: self.searched }
    }
}
