//! Where hosts may keep their sources that have no place of their own for them: in the store that
//! keeps the events, as small state under compare-and-set.
//!
//! One implementation serves every store. It keeps no secret that can be read: what the host's
//! [`Seal`] made of it, or where the sender shows the secret its hash; of a token in a URL only the
//! hash. A secret is shown when it is made ([`Reveal`](crate::Reveal)), and afterwards a
//! [`KeyView`] says which it is, since when and until when.
//!
//! Each change that takes a credential away or deactivates a source raises the source's generation
//! and puts it in force before it returns. A delivery that was judged before, and is just under way,
//! is then refused when it should be staged.
//!
//! [The manual](crate::manual::sources) tells it in prose.

mod awaited;
mod blocking;
mod error;
mod index;
mod key_use;
mod pointer;
mod record;
mod seal;
mod shelf;
mod view;
mod work;

pub use self::awaited::Sources;
pub use self::blocking::BlockingSources;
pub use self::error::SourcesError;
pub use self::key_use::{KeyUse, UsedKey};
pub use self::record::KeyView;
pub use self::seal::{Seal, SealError};
pub use self::view::{LoadedSource, SourceCursor, SourcePage, StoredSource};
