//! Receive webhooks: verify who sent a delivery, tell whether it is new, and stage the raw
//! event durably before anyone answers 200.
#![forbid(unsafe_code)]

pub mod json;
