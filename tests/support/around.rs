//! Stores that stand before another and do something of a test's own at every call.

#[macro_use]
#[path = "operations.rs"]
mod operations;

use hookstage::store::{BlockingStore, Durability, MemoryStore, StoreError};

/// What a test does at every call of a store.
pub(crate) trait Around: Send + Sync + 'static {
    /// The store behind it.
    fn store(&self) -> &MemoryStore;

    /// Does the work of the operation of this name, or not, or more.
    fn call<T>(
        &self,
        operation: &'static str,
        work: impl FnOnce() -> Result<T, StoreError>,
    ) -> Result<T, StoreError>;
}

/// The store that hosts are given.
#[derive(Clone)]
pub(crate) struct Surrounded<A>(pub(crate) A);

macro_rules! surround {
    ($(fn $name:ident(&self $(, $argument:ident: $type:ty)*) -> $result:ty;)*) => {
        impl<A: Around> BlockingStore for Surrounded<A> {
            fn durability(&self) -> Durability {
                BlockingStore::durability(self.0.store())
            }

            $(fn $name(&self $(, $argument: $type)*) -> Result<$result, StoreError> {
                let work = || BlockingStore::$name(self.0.store() $(, $argument)*);
                self.0.call(stringify!($name), work)
            })*
        }
    };
}

operations!(surround);
