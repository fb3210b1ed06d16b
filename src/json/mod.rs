//! A strict JSON reader over the raw bytes of a delivery.
//!
//! The reader follows [RFC 8259] to the letter and never repairs what it reads: duplicate keys,
//! lone surrogates, invalid UTF-8, trailing commas and comments are refused with a position.
//! Numbers keep the text they were written with, so `9007199254740993` survives everywhere. It
//! does not recurse, and it means the same whatever features of `serde_json` another crate in
//! the build switches on.
//!
//! Two ways to read:
//!
//! * [`pick()`] checks the whole document in one pass and takes a few values out of it, without
//!   building a tree;
//! * [`Document`] keeps a flat record of every node for flattening, schemas and hashes.
//!
//! ```
//! use hookstage::json::{self, Found, Path, ReadOptions, Scalar};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let body = br#"{"id": 9007199254740993, "customer": {"email": "ada@acme.com"}}"#;
//! let id = Path::parse("id")?;
//! let email = Path::parse("$.customer.email")?;
//! let picked = json::pick(body, &ReadOptions::default(), &[&id, &email])?;
//! assert_eq!(picked.found[0], Found::Value(Scalar::Number("9007199254740993")));
//! assert_eq!(picked.found[1], Found::Value(Scalar::String("ada@acme.com".into())));
//! # Ok(())
//! # }
//! ```
//!
//! [RFC 8259]: https://www.rfc-editor.org/rfc/rfc8259

mod decimal;
mod document;
mod error;
mod found;
mod keys;
mod options;
mod path;
mod pick;
mod scan;
mod text;
mod value;

pub use decimal::{Decimal, decimal_key};
pub use document::{Children, Document, Node, Nodes};
pub use error::{Error, ErrorKind};
pub use found::{Absence, Container, Found, Kind, Scalar};
pub use options::{ByteOrderMark, DuplicateKeys, LoneSurrogates, MAX_DEPTH, Notes, ReadOptions};
pub use path::{Path, PathError, PathErrorKind, Segment};
pub use pick::{Picked, pick};
pub use value::to_value;

pub(crate) use path::{canonical_number, is_bare};
#[cfg(feature = "jsonpath")]
pub(crate) use text::says;
pub(crate) use text::{decode, quoted, write_quoted};
