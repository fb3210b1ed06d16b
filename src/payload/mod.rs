//! What is in a payload: its leaves, its shape, its meaning.

mod canonical;
mod decode;
mod fetch;
mod flatten;
mod hazard;
mod message;
#[cfg(feature = "jsonpath")]
mod query;
mod schema;
mod style;
mod unflatten;

pub use canonical::canonical_hash;
pub use decode::{BodyDecoder, DecodeError, Forms};
pub(crate) use decode::{is_charset_utf8, is_coded};
pub use fetch::{FetchFault, FetchPolicy};
pub use flatten::{ArrayMode, CutReason, FlatView, FlattenOptions, Leaf, LeafKind, cell};
pub use hazard::{Hazard, HazardKind, hazards};
pub use message::{
    Attachment, Content, Message, MessageFault, MessageFaultKind, MessageFaults, MessageRules,
    Person,
};
#[cfg(feature = "jsonpath")]
pub use query::{BudgetExceeded, Query, QueryBudget, QueryError};
pub use schema::{
    Bump, Change, ChangeKind, Drift, Field, FieldType, Format, LearnedSchema, Schema,
    SchemaOptions, SchemaSet, Severity,
};
pub use style::PathStyle;
pub use unflatten::{Conflict, UnflattenError, unflatten};
