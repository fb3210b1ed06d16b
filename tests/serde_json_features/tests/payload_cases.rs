//! The tests of the crate, under the features of serde_json that this crate switches on.

#[path = "../../payload_cases/main.rs"]
mod tests;
