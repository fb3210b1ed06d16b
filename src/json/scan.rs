//! The one scanner: bytes in, events out, no recursion, no tree.

use super::error::{Error, ErrorKind};
use super::found::Kind;
use super::keys::{self, Mark};
use super::options::{ByteOrderMark, DuplicateKeys, LoneSurrogates, MAX_DEPTH, Notes, ReadOptions};
use super::text;

/// What a scan reports, in document order. Offsets count from the first byte of the text (after
/// a byte order mark).
pub(crate) trait Sink {
    /// A member begins; the inside of its key is `start..end`.
    fn key(&mut self, text: &str, start: usize, end: usize, escaped: bool);
    /// An array item begins.
    fn item(&mut self, index: u32);
    /// A scalar is `start..end`, quotes included.
    fn scalar(&mut self, kind: Kind, start: usize, end: usize, escaped: bool);
    /// A container begins at `start`.
    fn open(&mut self, kind: Kind, start: usize);
    /// The innermost container ends before `end` and held `count` members or items.
    fn close(&mut self, end: usize, count: u32);
    /// The member whose key begins at `key_start` (already reported) does not count.
    fn shadow(&mut self, key_start: u32);
}

/// Takes the text of a document out of its bytes: not empty, UTF-8, without its byte order mark.
pub(crate) fn prepare<'a>(
    body: &'a [u8],
    options: &ReadOptions,
) -> Result<(&'a str, Notes), Error> {
    let fail = |kind, offset| Err(Error::at(kind, body, offset));
    if body.is_empty() {
        return fail(ErrorKind::EmptyBody, 0);
    }
    if body.len() >= 1 << 31 {
        return fail(ErrorKind::TooLarge, 0);
    }
    // RFC 4627, section 3 tells UTF-16 from the zero bytes around the first ASCII character.
    if let [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] | [0, 1..=0xFF, ..] | [1..=0xFF, 0, ..] = body {
        return fail(ErrorKind::LooksLikeUtf16, 0);
    }
    let text = match std::str::from_utf8(body) {
        Ok(text) => text,
        Err(error) => return fail(ErrorKind::InvalidUtf8, error.valid_up_to()),
    };
    match (text.strip_prefix('\u{feff}'), options.byte_order_mark) {
        (None, _) => Ok((text, Notes::default())),
        (Some(rest), ByteOrderMark::Strip) => {
            Ok((rest, Notes { byte_order_mark: true, ..Notes::default() }))
        }
        (Some(_), ByteOrderMark::Refuse) => fail(ErrorKind::ByteOrderMark, 0),
    }
}

/// Scans one document that [`prepare`] took out of `body`, adding to its notes.
pub(crate) fn scan<S: Sink>(
    body: &[u8],
    text: &str,
    options: &ReadOptions,
    notes: &mut Notes,
    sink: &mut S,
) -> Result<(), Error> {
    let scanner = Scanner {
        text,
        bytes: text.as_bytes(),
        max_depth: options.max_depth.min(MAX_DEPTH),
        options,
        keys: Vec::with_capacity(64),
        frames: Vec::with_capacity(16),
        nodes_left: options.max_nodes.min(1 << 31),
        notes,
        sink,
    };
    scanner.document().map_err(|stop| {
        let base = body.len() - text.len();
        let kind = match stop.kind {
            ErrorKind::DuplicateKey { first } => ErrorKind::DuplicateKey { first: first + base },
            kind => kind,
        };
        Error::at(kind, body, stop.at + base)
    })
}

/// Why and where a scan stopped, before line and column are counted.
struct Stop {
    kind: ErrorKind,
    at: usize,
}

#[derive(Clone, Copy)]
struct Frame {
    object: bool,
    /// Members or items that are complete or under way, less one.
    count: u32,
    /// Where the keys of this object begin among the marks of all open objects.
    first_key: usize,
}

struct Scanner<'s, S> {
    text: &'s str,
    bytes: &'s [u8],
    max_depth: usize,
    options: &'s ReadOptions,
    keys: Vec<Mark>,
    frames: Vec<Frame>,
    nodes_left: usize,
    notes: &'s mut Notes,
    sink: &'s mut S,
}

impl<S: Sink> Scanner<'_, S> {
    fn document(mut self) -> Result<(), Stop> {
        let mut at = self.skip_blank(0);
        if at == self.bytes.len() {
            return Err(Stop { kind: ErrorKind::OnlyWhitespace, at });
        }
        'value: loop {
            at = match self.peek(at) {
                b'"' => {
                    let (end, escaped) = self.string(at)?;
                    self.scalar(Kind::String, at, end, escaped)?
                }
                b'{' => {
                    self.open(Kind::Object, at)?;
                    let first = self.skip_blank(at + 1);
                    if self.peek(first) == b'}' {
                        self.sink.close(first + 1, 0);
                        first + 1
                    } else {
                        self.push(true);
                        at = self.member(first)?;
                        continue 'value;
                    }
                }
                b'[' => {
                    self.open(Kind::Array, at)?;
                    let first = self.skip_blank(at + 1);
                    if self.peek(first) == b']' {
                        self.sink.close(first + 1, 0);
                        first + 1
                    } else {
                        self.push(false);
                        self.sink.item(0);
                        at = first;
                        continue 'value;
                    }
                }
                b'-' | b'0'..=b'9' => {
                    let end = self.number(at)?;
                    self.scalar(Kind::Number, at, end, false)?
                }
                b't' => self.literal(b"true", Kind::Bool, at)?,
                b'f' => self.literal(b"false", Kind::Bool, at)?,
                b'n' => self.literal(b"null", Kind::Null, at)?,
                _ => return Err(self.unexpected(ErrorKind::ExpectedValue, at)),
            };
            // A value ended at `at`: go on in its container, or close containers.
            loop {
                at = self.skip_blank(at);
                let Some(frame) = self.frames.last_mut() else { break 'value };
                match (self.bytes.get(at), frame.object) {
                    (Some(b','), true) => {
                        frame.count += 1;
                        let next = self.skip_blank(at + 1);
                        if self.peek(next) == b'}' {
                            return Err(Stop { kind: ErrorKind::TrailingComma, at });
                        }
                        at = self.member(next)?;
                        continue 'value;
                    }
                    (Some(b','), false) => {
                        frame.count += 1;
                        let index = frame.count;
                        let next = self.skip_blank(at + 1);
                        if self.peek(next) == b']' {
                            return Err(Stop { kind: ErrorKind::TrailingComma, at });
                        }
                        self.sink.item(index);
                        at = next;
                        continue 'value;
                    }
                    (Some(b'}'), true) => {
                        let count = frame.count + 1;
                        let first_key = frame.first_key;
                        let shadowed = self.check_keys(first_key)?;
                        self.frames.pop();
                        at += 1;
                        self.sink.close(at, count - shadowed);
                    }
                    (Some(b']'), false) => {
                        let count = frame.count + 1;
                        self.frames.pop();
                        at += 1;
                        self.sink.close(at, count);
                    }
                    (_, true) => {
                        return Err(self.unexpected(ErrorKind::ExpectedCommaOrBrace, at));
                    }
                    (_, false) => {
                        return Err(self.unexpected(ErrorKind::ExpectedCommaOrBracket, at));
                    }
                }
            }
        }
        if at < self.bytes.len() {
            return Err(Stop { kind: ErrorKind::TrailingData, at });
        }
        Ok(())
    }

    #[inline(always)]
    fn peek(&self, at: usize) -> u8 {
        // No grammar accepts a NUL outside a string, so it can stand for the end.
        self.bytes.get(at).copied().unwrap_or(0)
    }

    #[cold]
    fn unexpected(&self, kind: ErrorKind, at: usize) -> Stop {
        let ended = at >= self.bytes.len();
        Stop { kind: if ended { ErrorKind::UnexpectedEnd } else { kind }, at }
    }

    #[inline(always)]
    fn skip_blank(&self, at: usize) -> usize {
        if self.peek(at) > b' ' { at } else { self.skip_blanks(at) }
    }

    #[inline]
    fn skip_blanks(&self, mut at: usize) -> usize {
        const SPACES: u64 = u64::from_le_bytes([b' '; 8]);
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.bytes.get(at) {
            at += 1;
            // Indentation: how many of the next eight bytes are spaces, in one comparison.
            while let Some(chunk) = self.bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
                let others = u64::from_le_bytes(*chunk) ^ SPACES;
                at += (others.trailing_zeros() / 8) as usize;
                if others != 0 {
                    break;
                }
            }
        }
        at
    }

    #[inline(always)]
    fn count_node(&mut self, at: usize) -> Result<(), Stop> {
        match self.nodes_left.checked_sub(1) {
            Some(left) => {
                self.nodes_left = left;
                Ok(())
            }
            None => {
                let limit = self.options.max_nodes;
                Err(Stop { kind: ErrorKind::TooManyNodes { limit }, at })
            }
        }
    }

    #[inline(always)]
    fn open(&mut self, kind: Kind, at: usize) -> Result<(), Stop> {
        self.count_node(at)?;
        if self.frames.len() >= self.max_depth {
            let limit = self.max_depth;
            return Err(Stop { kind: ErrorKind::TooDeep { limit }, at });
        }
        self.sink.open(kind, at);
        Ok(())
    }

    #[inline(always)]
    fn push(&mut self, object: bool) {
        self.frames.push(Frame { object, count: 0, first_key: self.keys.len() });
    }

    #[inline(always)]
    fn scalar(
        &mut self,
        kind: Kind,
        start: usize,
        end: usize,
        escaped: bool,
    ) -> Result<usize, Stop> {
        self.count_node(start)?;
        self.sink.scalar(kind, start, end, escaped);
        Ok(end)
    }

    fn literal(&mut self, word: &[u8], kind: Kind, at: usize) -> Result<usize, Stop> {
        let end = at + word.len();
        if self.bytes.get(at..end) == Some(word) {
            return self.scalar(kind, at, end, false);
        }
        let rest = self.bytes.get(at..).unwrap_or_default();
        if word.starts_with(rest) {
            return Err(Stop { kind: ErrorKind::UnexpectedEnd, at: self.bytes.len() });
        }
        Err(Stop { kind: ErrorKind::ExpectedValue, at })
    }

    /// Reads a key and its colon; returns where the value begins.
    #[inline(always)]
    fn member(&mut self, at: usize) -> Result<usize, Stop> {
        if self.peek(at) != b'"' {
            return Err(self.unexpected(ErrorKind::ExpectedKey, at));
        }
        let (end, escaped) = self.string(at)?;
        self.keys.push(Mark::new(self.text, at + 1, end - 1, escaped));
        self.sink.key(self.text, at + 1, end - 1, escaped);
        let colon = self.skip_blank(end);
        if self.peek(colon) != b':' {
            return Err(self.unexpected(ErrorKind::ExpectedColon, colon));
        }
        Ok(self.skip_blank(colon + 1))
    }

    /// Looks for keys that the closing object holds twice; returns how many do not count.
    #[inline(always)]
    fn check_keys(&mut self, first_key: usize) -> Result<u32, Stop> {
        let mut twins = 0;
        let mut nearest: Option<keys::Twin> = None;
        let marks = self.keys.get_mut(first_key..).unwrap_or_default();
        keys::find_twins(marks, self.text, |twin| {
            twins += 1;
            match self.options.duplicate_keys {
                DuplicateKeys::Refuse => {
                    if nearest.is_none_or(|known| twin.second < known.second) {
                        nearest = Some(twin);
                    }
                }
                DuplicateKeys::KeepFirst => self.sink.shadow(twin.second),
                DuplicateKeys::KeepLast => self.sink.shadow(twin.first),
            }
        });
        self.keys.truncate(first_key);
        if let Some(twin) = nearest {
            // Both offsets at the quote, where a reader of the error will look.
            let first = (twin.first as usize).saturating_sub(1);
            let kind = ErrorKind::DuplicateKey { first };
            return Err(Stop { kind, at: (twin.second as usize).saturating_sub(1) });
        }
        self.notes.duplicate_keys = self.notes.duplicate_keys.saturating_add(twins);
        Ok(twins)
    }

    /// Reads the string whose opening quote stands at `at`; returns the place after its closing
    /// quote and whether it holds an escape.
    #[inline(always)]
    fn string(&mut self, at: usize) -> Result<(usize, bool), Stop> {
        let mut escaped = false;
        let mut here = at + 1;
        loop {
            here = plain_end(self.bytes, here);
            match self.bytes.get(here) {
                Some(b'"') => break,
                Some(b'\\') => {
                    escaped = true;
                    here = self.escape(here)?;
                }
                Some(_) => return Err(Stop { kind: ErrorKind::ControlCharacter, at: here }),
                None => return Err(Stop { kind: ErrorKind::UnexpectedEnd, at: here }),
            }
        }
        if here - at - 1 > self.options.max_string_length {
            let limit = self.options.max_string_length;
            return Err(Stop { kind: ErrorKind::StringTooLong { limit }, at });
        }
        Ok((here + 1, escaped))
    }

    /// Reads the escape whose backslash stands at `at`; returns the place after it.
    fn escape(&mut self, at: usize) -> Result<usize, Stop> {
        match self.bytes.get(at + 1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(at + 2),
            Some(b'u') => self.unicode_escape(at),
            _ => Err(self.unexpected_in_escape(at, at + 1)),
        }
    }

    fn unicode_escape(&mut self, at: usize) -> Result<usize, Stop> {
        let Some(first) = text::hex4(self.bytes, at + 2) else {
            return Err(self.unexpected_in_escape(at, at + 5));
        };
        if !matches!(first, 0xD800..=0xDFFF) {
            return Ok(at + 6);
        }
        let paired = first < 0xDC00
            && self.bytes.get(at + 6..at + 8) == Some(b"\\u")
            && matches!(text::hex4(self.bytes, at + 8), Some(0xDC00..=0xDFFF));
        match (paired, self.options.lone_surrogates) {
            (true, _) => Ok(at + 12),
            (false, LoneSurrogates::Refuse) => Err(Stop { kind: ErrorKind::LoneSurrogate, at }),
            (false, LoneSurrogates::Replace) => {
                self.notes.replaced_surrogates = self.notes.replaced_surrogates.saturating_add(1);
                Ok(at + 6)
            }
        }
    }

    #[cold]
    fn unexpected_in_escape(&self, at: usize, last: usize) -> Stop {
        let ended = last >= self.bytes.len();
        let kind = if ended { ErrorKind::UnexpectedEnd } else { ErrorKind::InvalidEscape };
        Stop { kind, at: if ended { self.bytes.len() } else { at } }
    }

    /// Reads the number that begins at `at`; returns the place after it.
    #[inline]
    fn number(&mut self, at: usize) -> Result<usize, Stop> {
        let mut here = at + usize::from(self.peek(at) == b'-');
        match self.peek(here) {
            b'0' => {
                here += 1;
                if self.peek(here).is_ascii_digit() {
                    return Err(Stop { kind: ErrorKind::LeadingZero, at: at.max(here - 1) });
                }
            }
            _ => here = self.digits(here)?,
        }
        if self.peek(here) == b'.' {
            here = self.digits(here + 1)?;
        }
        if matches!(self.peek(here), b'e' | b'E') {
            here += 1;
            here += usize::from(matches!(self.peek(here), b'+' | b'-'));
            here = self.digits(here)?;
        }
        if here - at > self.options.max_number_length {
            let limit = self.options.max_number_length;
            return Err(Stop { kind: ErrorKind::NumberTooLong { limit }, at });
        }
        Ok(here)
    }

    /// Reads one or more digits.
    #[inline(always)]
    fn digits(&self, start: usize) -> Result<usize, Stop> {
        let mut here = start;
        while self.peek(here).is_ascii_digit() {
            here += 1;
        }
        if here == start {
            return Err(self.unexpected(ErrorKind::MissingDigit, here));
        }
        Ok(here)
    }
}

/// The first place from `at` on that holds a quote, a backslash or a control character, or the
/// end. Eight bytes at a time: a word with such a byte has a bit set in `special`, and the lowest
/// set bit is exact (borrows of the subtractions only reach upwards).
#[inline(always)]
fn plain_end(bytes: &[u8], mut at: usize) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const TOPS: u64 = ONES << 7;
    while let Some(chunk) = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        let word = u64::from_le_bytes(*chunk);
        let quote = word ^ (ONES * b'"' as u64);
        let backslash = word ^ (ONES * b'\\' as u64);
        let control = word.wrapping_sub(ONES * 0x20) & !word;
        let quote = quote.wrapping_sub(ONES) & !quote;
        let backslash = backslash.wrapping_sub(ONES) & !backslash;
        let special = (control | quote | backslash) & TOPS;
        if special != 0 {
            return at + (special.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    while bytes.get(at).is_some_and(|byte| !matches!(byte, 0..=0x1F | b'"' | b'\\')) {
        at += 1;
    }
    at
}
