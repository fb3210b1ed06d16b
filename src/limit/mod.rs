//! How often, and from where: rate limits and client addresses.

mod address;
mod rate;

pub use self::address::{AddressList, client_address};
pub(crate) use self::rate::Limiter;
pub use self::rate::{Rate, RateRule, Verdict};
