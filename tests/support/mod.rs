//! What the tests of schemes share: a sender that is no part of the crate, and what it sends.
#![allow(dead_code, unused_imports, reason = "each test binary takes what it needs")]

mod crypto;
mod request;
mod sender;
mod subjects;

pub(crate) use self::crypto::{crc32, hash, hex, hmac};
pub(crate) use self::request::{Accepted, Request};
pub(crate) use self::sender::{FILLER, Plan, first_rule, key_text, parameters, send};
pub(crate) use self::subjects::{Subject, described, signature, slot, subjects, text};

/// The moment at which deliveries are sent, unless a test says otherwise: 2023-11-14T22:13:20Z.
pub(crate) const NOW: i64 = 1_700_000_000;
