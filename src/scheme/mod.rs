//! Who sent it: signature schemes as data, and the one interpreter that verifies, signs and
//! describes them.

mod coverage;

pub use self::coverage::{BodyCoverage, Coverage};
