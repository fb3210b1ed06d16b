//! Signing secrets: taken or made, shown once, kept out of everything that is printed.

mod entropy;
mod format;
mod reveal;
mod text;

pub use self::entropy::{Entropy, EntropyError};
pub use self::format::{SecretEncoding, SecretFormat, SecretFormatError};
pub use self::reveal::Reveal;
pub use self::text::{Secret, SecretError};
