//! Who sent it: signature schemes as data, and the one interpreter that verifies, signs and
//! describes them.

mod body_member;
mod canonical;
mod check;
mod content;
mod coverage;
mod description;
mod draft;
mod encoding;
mod fields;
mod key;
mod locate;
mod moment;
mod parameters;
mod primitive;
mod proof;
mod registry;
mod scheme;
mod sign;
mod verify;

pub(crate) use self::body_member::path as pointer_path;
pub(crate) use self::check::check as check_description;
pub use self::coverage::{BodyCoverage, Coverage};
pub use self::description::*;
pub use self::key::{Fingerprint, SigningKey};
pub use self::parameters::Parameters;
pub use self::proof::{Means, Proof};
pub use self::registry::Registry;
pub use self::scheme::Scheme;
pub use self::sign::{SignError, SignedRequest, Unsigned};
pub use self::verify::Verifier;
