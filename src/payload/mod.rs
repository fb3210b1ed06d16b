//! What is in a payload: its leaves, its shape, its meaning.

mod canonical;
mod flatten;
mod style;
mod unflatten;

pub use canonical::canonical_hash;
pub use flatten::{ArrayMode, CutReason, FlatView, FlattenOptions, Leaf, LeafKind, cell};
pub use style::PathStyle;
pub use unflatten::{Conflict, UnflattenError, unflatten};
