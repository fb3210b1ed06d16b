//! One inbound endpoint: its settings, and what it is once they were judged.

mod address;
mod binding;
mod built;
mod check;
mod config;
mod endpoint;
mod endpoint_id;
mod id;
mod keys;
mod token;

pub use self::address::{Address, AddressError, AddressKind};
pub use self::binding::{Binding, Column, Subscription};
pub use self::built::Source;
pub use self::config::{
    DedupeConfig, EventTypeAt, HandshakeConfig, Lifecycle, Limits, Mode, PolicyConfig, SourceConfig,
};
pub use self::endpoint::{AwaitingSource, Endpoint, UnknownSource};
pub use self::endpoint_id::EndpointId;
pub use self::id::{SourceId, SourceIdError};
pub use self::keys::KeyConfig;
pub(crate) use self::keys::KnownKey;
pub use self::token::{EndpointToken, TokenHash};
