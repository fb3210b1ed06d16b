//! One inbound endpoint: its settings, and what it is once they were judged.

mod binding;
mod built;
mod check;
mod config;
mod endpoint;
mod id;

pub use self::binding::{Binding, Column, Subscription};
pub use self::built::Source;
pub use self::config::{
    DedupeConfig, EventTypeAt, HandshakeConfig, KeyConfig, Lifecycle, Limits, Mode, PolicyConfig,
    SourceConfig,
};
pub use self::endpoint::{AwaitingSource, Endpoint, UnknownSource};
pub use self::id::{SourceId, SourceIdError};
