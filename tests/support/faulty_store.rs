//! A store whose n-th call goes wrong, in each of the ways in which a call can.

#[macro_use]
#[path = "operations.rs"]
mod operations;

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;

use hookstage::store::{Durability, MemoryStore, Store, StoreError, StoreErrorKind};

/// What becomes of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It fails, and nothing was changed.
    Refused,
    /// It fails, and what it was to change is changed: the answer was lost.
    Unanswered,
    /// The process ends before it.
    EndsBefore,
    /// The process ends behind it.
    EndsBehind,
    /// It is late: it waits until its future is polled again, and is done then.
    Late,
}

impl Fault {
    /// Those after which somebody else has to go on.
    pub(crate) const ALL: [Self; 4] =
        [Self::Refused, Self::Unanswered, Self::EndsBefore, Self::EndsBehind];

    /// Whether whoever called never goes on.
    pub(crate) const fn ends(self) -> bool {
        matches!(self, Self::EndsBefore | Self::EndsBehind)
    }
}

/// A store in memory with a fault at one call. Clones are handles on the same events, each with the
/// fault of its own.
#[derive(Clone, Debug)]
pub(crate) struct FaultyStore {
    inner: MemoryStore,
    calls: Arc<AtomicUsize>,
    fault: Option<(usize, Fault)>,
}

impl FaultyStore {
    /// Over these events, with a fault at this call, counted from 1.
    pub(crate) fn new(inner: MemoryStore, call: usize, fault: Fault) -> Self {
        Self { inner, calls: Arc::default(), fault: Some((call, fault)) }
    }

    /// How many calls were made.
    pub(crate) fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }

    async fn call<T: Send>(
        &self,
        work: impl Future<Output = Result<T, StoreError>> + Send,
    ) -> Result<T, StoreError> {
        let call = self.calls.fetch_add(1, Ordering::SeqCst) + 1;
        let away = StoreError::new(StoreErrorKind::Unavailable, "the store is away");
        match self.fault.filter(|(at, _)| *at == call).map(|(_, fault)| fault) {
            None => work.await,
            Some(Fault::Refused) => Err(away),
            Some(Fault::Unanswered) => {
                let _ = work.await?;
                Err(away)
            }
            Some(Fault::EndsBefore) => std::future::pending().await,
            Some(Fault::Late) => {
                let mut is_due = false;
                std::future::poll_fn(|_| {
                    let due = std::mem::replace(&mut is_due, true);
                    if due { Poll::Ready(()) } else { Poll::Pending }
                })
                .await;
                work.await
            }
            Some(Fault::EndsBehind) => {
                let _ = work.await?;
                std::future::pending().await
            }
        }
    }
}

macro_rules! count {
    ($(fn $name:ident(&self $(, $argument:ident: $type:ty)*) -> $result:ty;)*) => {
        impl Store for FaultyStore {
            fn durability(&self) -> Durability {
                Store::durability(&self.inner)
            }

            $(async fn $name(&self $(, $argument: $type)*) -> Result<$result, StoreError> {
                self.call(Store::$name(&self.inner $(, $argument)*)).await
            })*
        }
    };
}

operations!(count);
