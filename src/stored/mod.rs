//! How settings that a host stored are read: what stands twice is a fault, not the end of the first.

mod once;
mod tree;

pub(crate) use self::once::each_name_once;
pub(crate) use self::tree::Tree;
