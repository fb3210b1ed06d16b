//! A few values out of a document, in the one pass that checks it.

use super::document::Document;
use super::error::Error;
use super::found::{Absence, Container, Found, Kind, Scalar};
use super::options::{DuplicateKeys, Notes, ReadOptions};
use super::path::{Path, Segment};
use super::scan::{self, Sink};
use super::text;

/// What [`pick`] took out of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picked<'a> {
    /// One result for each path, in the order of the paths.
    pub found: Vec<Found<'a>>,
    /// What the reader noticed.
    pub notes: Notes,
}

/// Checks a whole document and takes out what stands at a few paths, in one pass and without
/// building a tree.
///
/// The result is the same as reading a [`Document`] and asking it for each path.
///
/// ```
/// use hookstage::json::{self, Absence, Found, Path, ReadOptions};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let picked = json::pick(
///     br#"{"id": null, "data": {}}"#,
///     &ReadOptions::default(),
///     &[&Path::parse("id")?, &Path::parse("data.id")?],
/// )?;
/// assert_eq!(picked.found, [Found::Null, Found::Missing(Absence::NotThere)]);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// When the body is not one JSON document of RFC 8259 within the limits, wherever the fault
/// stands: what was found before it is not returned.
pub fn pick<'a>(
    body: &'a [u8],
    options: &ReadOptions,
    paths: &[&Path],
) -> Result<Picked<'a>, Error> {
    let (text, mut notes) = scan::prepare(body, options)?;
    let mut picker = Picker {
        searches: paths.iter().map(|path| Search::new(path.segments())).collect(),
        level: 0,
        wanted: !paths.is_empty(),
        live: false,
        closing: 0,
        keep_first: options.duplicate_keys == DuplicateKeys::KeepFirst,
    };
    scan::scan(body, text, options, &mut notes, &mut picker)?;
    let found = picker.searches.iter().map(|search| search.found(text, options)).collect();
    Ok(Picked { found, notes })
}

struct Picker<'p> {
    searches: Vec<Search<'p>>,
    /// Containers that are open.
    level: usize,
    /// Whether some search wants the next value.
    wanted: bool,
    /// Whether the innermost container is on the way of some search.
    live: bool,
    /// How many hits wait for the end of their container.
    closing: usize,
    keep_first: bool,
}

/// One path on its way through the document.
struct Search<'p> {
    segments: &'p [Segment],
    /// The level of the deepest open container on the way. It answered `segments[..on - 1]`, and
    /// what it holds is asked for `segments[on - 1]`. Level 0 holds the document itself.
    on: usize,
    /// The next value answers `segments[..on]`.
    wants: bool,
    /// The deepest level where a key was taken: with the first of duplicate keys, it stays.
    taken: usize,
    hit: Hit,
}

#[derive(Clone, Copy)]
enum Hit {
    Missing(Absence),
    Scalar {
        kind: Kind,
        start: usize,
        end: usize,
        escaped: bool,
    },
    /// A container at `level` that has not ended yet.
    Open {
        kind: Kind,
        start: usize,
        level: usize,
    },
    Container {
        kind: Kind,
        start: usize,
        end: usize,
        len: u32,
    },
    /// An array at `level`, asked for an index from its end, that has not ended yet.
    OpenFromEnd {
        start: usize,
        level: usize,
    },
    /// An array that answers the segments from `rest` on.
    FromEnd {
        start: usize,
        end: usize,
        rest: usize,
    },
}

impl Sink for Picker<'_> {
    #[inline(always)]
    fn key(&mut self, text: &str, start: usize, end: usize, escaped: bool) {
        if self.live {
            let raw = text.get(start..end).unwrap_or_default();
            self.look(|segment| segment.is_key(raw, escaped));
        }
    }

    #[inline(always)]
    fn item(&mut self, index: u32) {
        if self.live {
            self.look(|segment| segment.as_index() == Some(i64::from(index)));
        }
    }

    #[inline(always)]
    fn scalar(&mut self, kind: Kind, start: usize, end: usize, escaped: bool) {
        if self.wanted {
            self.take(|search| {
                search.hit = if search.on == search.segments.len() {
                    Hit::Scalar { kind, start, end, escaped }
                } else if kind == Kind::Null {
                    Hit::Missing(Absence::NotThere)
                } else {
                    Hit::Missing(Absence::WrongParent)
                };
            });
        }
    }

    #[inline(always)]
    fn open(&mut self, kind: Kind, start: usize) {
        self.level += 1;
        if self.wanted {
            let (level, mut closing) = (self.level, self.closing);
            self.take(|search| closing += usize::from(search.enter(kind, start, level)));
            self.closing = closing;
        }
        self.live = self.searches.iter().any(|search| search.on == self.level);
    }

    #[inline(always)]
    fn close(&mut self, end: usize, count: u32) {
        if self.closing > 0 {
            for search in &mut self.searches {
                if search.finish(end, count, self.level) {
                    self.closing -= 1;
                }
            }
        }
        let level = self.level;
        self.level = level.saturating_sub(1);
        self.live = false;
        for search in &mut self.searches {
            if search.on == level {
                search.on = self.level;
            }
            self.live |= search.on == self.level;
        }
    }

    fn shadow(&mut self, _key_start: u32) {
        // Which of several equal keys counts is settled when they are read: see `look`.
    }
}

impl Picker<'_> {
    fn look(&mut self, matches: impl Fn(&Segment) -> bool) {
        for search in &mut self.searches {
            if search.on != self.level {
                continue;
            }
            let asked = self.level.checked_sub(1).and_then(|at| search.segments.get(at));
            if !asked.is_some_and(&matches) || (self.keep_first && search.taken >= self.level) {
                continue;
            }
            search.taken = search.taken.max(self.level);
            search.wants = true;
            self.wanted = true;
        }
    }

    fn take(&mut self, mut settle: impl FnMut(&mut Search<'_>)) {
        for search in self.searches.iter_mut().filter(|search| search.wants) {
            search.wants = false;
            settle(search);
        }
        self.wanted = false;
    }
}

impl<'p> Search<'p> {
    fn new(segments: &'p [Segment]) -> Self {
        let hit = Hit::Missing(Absence::NotThere);
        Self { segments, on: 0, wants: true, taken: 0, hit }
    }

    /// The wanted value is a container that opens at `level`. Returns whether its end matters.
    fn enter(&mut self, kind: Kind, start: usize, level: usize) -> bool {
        let Some(next) = self.segments.get(self.on) else {
            self.hit = Hit::Open { kind, start, level };
            return true;
        };
        self.hit = Hit::Missing(match (kind, next) {
            (Kind::Array, Segment::Key(_)) | (Kind::Object, Segment::Index(_)) => {
                Absence::WrongParent
            }
            _ => Absence::NotThere,
        });
        self.on = level;
        if kind == Kind::Array && next.as_index().is_some_and(i64::is_negative) {
            self.hit = Hit::OpenFromEnd { start, level };
            return true;
        }
        false
    }

    /// The container at `level` ends. Returns whether this search waited for it.
    fn finish(&mut self, end: usize, len: u32, level: usize) -> bool {
        self.hit = match self.hit {
            Hit::Open { kind, start, level: at } if at == level => {
                Hit::Container { kind, start, end, len }
            }
            Hit::OpenFromEnd { start, level: at } if at == level => {
                Hit::FromEnd { start, end, rest: level - 1 }
            }
            _ => return false,
        };
        true
    }

    fn found<'a>(&self, text: &'a str, options: &ReadOptions) -> Found<'a> {
        let slice = |start, end| text.get(start..end).unwrap_or_default();
        match self.hit {
            Hit::Missing(absence) => Found::Missing(absence),
            Hit::Scalar { kind: Kind::Null, .. } => Found::Null,
            Hit::Scalar { kind: Kind::Bool, start, end, .. } => {
                Found::Value(Scalar::Bool(slice(start, end) == "true"))
            }
            Hit::Scalar { kind: Kind::Number, start, end, .. } => {
                Found::Value(Scalar::Number(slice(start, end)))
            }
            Hit::Scalar { start, end, escaped, .. } => {
                let inside = slice(start + 1, end.saturating_sub(1));
                Found::Value(Scalar::String(text::decode(inside, escaped)))
            }
            Hit::Container { kind, start, end, len } => {
                let (len, raw) = (len as usize, slice(start, end));
                Found::Container(Container { kind, len, raw })
            }
            // Only the array in question is read again, and only for such a path.
            Hit::FromEnd { start, end, rest } => {
                let array = slice(start, end).as_bytes();
                match Document::read(array, options) {
                    Ok(array) => {
                        let rest = self.segments.get(rest..).unwrap_or_default();
                        array.root().walk(rest).map_or_else(Found::Missing, |node| node.found())
                    }
                    Err(_) => Found::Missing(Absence::NotThere),
                }
            }
            Hit::Open { .. } | Hit::OpenFromEnd { .. } => Found::Missing(Absence::NotThere),
        }
    }
}
