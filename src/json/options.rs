//! What a reader accepts, and what it noticed.

use serde::{Deserialize, Serialize};

/// The deepest nesting that any [`ReadOptions`] allows.
///
/// Plain `serde_json` refuses the 128th level, so every document accepted here can be read again
/// by the consumers behind a host.
pub const MAX_DEPTH: usize = 127;

/// The limits and choices of a strict reader. Nothing in it can be unlimited.
///
/// A limit is inclusive: a document exactly at it is accepted. A value beyond what the reader can
/// hold (127 levels, 2³¹ − 1 for the others) counts as that maximum.
///
/// ```
/// use hookstage::json::{Document, DuplicateKeys, ReadOptions};
///
/// let body = br#"{"a": 1, "\u0061": 2}"#;
/// assert!(Document::read(body, &ReadOptions::default()).is_err());
///
/// let lenient =
///     ReadOptions { duplicate_keys: DuplicateKeys::KeepFirst, ..ReadOptions::default() };
/// let document = Document::read(body, &lenient)?;
/// assert_eq!(document.notes().duplicate_keys, 1);
/// # Ok::<(), hookstage::json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReadOptions {
    /// Open containers at once: 127 by default and at most.
    pub max_depth: usize,
    /// Values in the document, containers included: 2²¹ by default.
    pub max_nodes: usize,
    /// Bytes of one number as written: 1024 by default.
    pub max_number_length: usize,
    /// Bytes of one string or key as written, without its quotes: 16 MiB by default.
    pub max_string_length: usize,
    /// What to do with a key that an object holds twice: refused by default.
    pub duplicate_keys: DuplicateKeys,
    /// What to do with a UTF-8 byte order mark in front: stripped by default.
    pub byte_order_mark: ByteOrderMark,
    /// What to do with half a surrogate pair in an escape: refused by default.
    pub lone_surrogates: LoneSurrogates,
}

/// What a reader does with a key that one object holds twice.
///
/// Keys are compared decoded: `"a"` and `"\u0061"` are the same key. Two consumers that keep
/// different ones read different things out of the same signed bytes, hence the default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DuplicateKeys {
    /// The document is refused.
    #[default]
    Refuse,
    /// The first one counts; the others are read as if they were not there.
    KeepFirst,
    /// The last one counts; the others are read as if they were not there.
    KeepLast,
}

/// What a reader does with a UTF-8 byte order mark in front of the document.
///
/// RFC 8259, section 8.1 forbids senders to write it and allows parsers to ignore it. A signature
/// covers it in any case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ByteOrderMark {
    /// It is skipped and noted.
    #[default]
    Strip,
    /// The document is refused.
    Refuse,
}

/// What a reader does with an escape that is half of a surrogate pair (`"\ud83d"` alone).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LoneSurrogates {
    /// The document is refused: such text has no UTF-8 form.
    #[default]
    Refuse,
    /// It decodes to U+FFFD and is noted; the raw text keeps the escape.
    Replace,
}

/// What a reader noticed in a document that it accepted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Notes {
    /// A byte order mark stood in front of the document.
    pub byte_order_mark: bool,
    /// How many members were left out because their key was already or again there.
    pub duplicate_keys: u32,
    /// How many lone surrogate escapes decode to U+FFFD.
    pub replaced_surrogates: u32,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self {
            max_depth: MAX_DEPTH,
            max_nodes: 1 << 21,
            max_number_length: 1024,
            max_string_length: 16 << 20,
            duplicate_keys: DuplicateKeys::default(),
            byte_order_mark: ByteOrderMark::default(),
            lone_surrogates: LoneSurrogates::default(),
        }
    }
}
