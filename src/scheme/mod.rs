//! Who sent it: signature schemes as data, and the one interpreter that verifies, signs and
//! describes them.

mod asymmetric;
mod body_member;
mod canonical;
#[cfg(feature = "x509")]
mod chain;
mod check;
mod claims;
mod content;
mod coverage;
#[cfg(feature = "more-curves")]
mod curves;
mod der;
mod description;
mod draft;
mod encoding;
mod equality;
mod explain;
mod fetch;
mod fields;
mod handshake;
mod identify;
mod jose;
mod key;
mod locate;
mod message;
mod moment;
mod parameters;
mod primitive;
mod proof;
mod public_key;
mod registry;
mod secret_format;
mod shown;
mod sign;
mod signed;
mod snippet;
mod sound;
mod structured;
mod verify;

pub(crate) use self::body_member::path as pointer_path;
pub(crate) use self::check::check as check_description;
pub use self::coverage::{BodyCoverage, Coverage};
pub use self::description::*;
pub use self::explain::{Hint, Subject, explain};
pub use self::fetch::{FetchedKey, KeyRequest};
pub use self::handshake::{
    Answer, Handshake, HandshakeAnswer, Is, Member, Piece, Sign, answer_handshake,
};
pub(crate) use self::identify::rank;
pub use self::identify::{Likeness, identify};
pub use self::key::{Fingerprint, SigningKey};
pub use self::parameters::Parameters;
pub use self::proof::{Means, Proof};
pub use self::registry::Registry;
pub use self::sign::{SignError, SignedRequest, Unsigned};
pub use self::snippet::{Language, snippet};
pub use self::sound::Scheme;
pub use self::verify::Verifier;
