//! Prose: how hookstage is built, what it promises, and how to run it.
//!
//! It is versioned with the code and checked by the documentation build.

#[doc = include_str!("architecture.md")]
pub mod architecture {}

#[doc = include_str!("profiles.md")]
pub mod profiles {}

#[doc = include_str!("security.md")]
pub mod security {}

#[doc = include_str!("storage.md")]
pub mod storage {}

#[doc = include_str!("sources.md")]
pub mod sources {}

#[doc = include_str!("payloads.md")]
pub mod payloads {}

#[doc = include_str!("operations.md")]
pub mod operations {}

#[doc = include_str!("guide.md")]
pub mod guide {}

#[doc = include_str!("providers.md")]
pub mod providers {}
