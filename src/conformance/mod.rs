//! The suite that every store passes: run it on your own.
//!
//! A [`Fixture`] makes fresh stores and says how a future is run; [`checks`] is the list of named
//! checks, [`run`] runs them all and reports every failure by name. It needs no runtime and asks no
//! clock. [`agrees_with_memory`] goes further: it drives random operations on a store and on
//! [`MemoryStore`](crate::store::MemoryStore), the specification, and compares every answer.
//!
//! This module is not covered by semantic versioning: a release may add checks.
//!
//! ```
//! use hookstage::conformance::{self, Fixture};
//! use hookstage::store::MemoryStore;
//!
//! struct Memory;
//!
//! impl Fixture for Memory {
//!     type Store = MemoryStore;
//!
//!     fn fresh(&self) -> MemoryStore {
//!         MemoryStore::new()
//!     }
//!
//!     fn reopen(&self, _: &MemoryStore) -> Option<MemoryStore> {
//!         None // nothing survives it
//!     }
//!
//!     fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
//!         conformance::block_on(future)
//!     }
//! }
//!
//! let report = conformance::run(&Memory);
//! assert!(report.passed(), "{report}");
//! ```

mod apart;
mod content;
mod ending;
mod keeping;
mod listing;
mod model;
mod races;
mod staging;
mod subject;
mod synchronous;
mod working;

use std::fmt;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};

pub use self::model::agrees_with_memory;
pub use self::subject::Failure;
pub use self::synchronous::Synchronous;
use crate::store::Store;

/// Makes the stores that are checked.
pub trait Fixture: Sync {
    /// The store.
    type Store: Store;

    /// A new and empty store that shares nothing with any other.
    fn fresh(&self) -> Self::Store;

    /// Another handle on what this store holds, as another process would have one; `None` if there
    /// can be none, because nothing survives the handle.
    fn reopen(&self, store: &Self::Store) -> Option<Self::Store>;

    /// Runs a future to its end on the calling thread. It is called from several threads at once.
    /// [`block_on`] does where the store needs no runtime.
    fn block_on<T>(&self, future: impl Future<Output = T>) -> T;
}

/// Runs a future on this thread, parked while there is nothing to do.
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    crate::store::block_on(future)
}

/// One promise of the contract.
pub struct Check<F: Fixture> {
    name: &'static str,
    promise: &'static str,
    run: fn(&F) -> Result<(), Failure>,
}

impl<F: Fixture> Check<F> {
    /// Its name, stable enough to be skipped by.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// What a store promises here.
    #[must_use]
    pub const fn promise(&self) -> &'static str {
        self.promise
    }

    /// Runs it; a panic of the store is a failure like any other.
    ///
    /// # Errors
    ///
    /// What the store did instead.
    pub fn run(&self, fixture: &F) -> Result<(), Failure> {
        catch_unwind(AssertUnwindSafe(|| (self.run)(fixture)))
            .unwrap_or_else(|_| Err(Failure::new("the store panicked")))
    }
}

impl<F: Fixture> fmt::Debug for Check<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Check").field("name", &self.name).finish_non_exhaustive()
    }
}

/// Every check.
#[must_use]
pub fn checks<F: Fixture>() -> Vec<Check<F>> {
    [
        staging::checks(),
        content::checks(),
        listing::checks(),
        working::checks(),
        keeping::checks(),
        apart::checks(),
        races::checks(),
        ending::checks(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Runs every check, also after one failed.
pub fn run<F: Fixture>(fixture: &F) -> Report {
    let mut report = Report { ran: Vec::new(), failed: Vec::new() };
    for check in checks::<F>() {
        report.ran.push(check.name);
        if let Err(failure) = check.run(fixture) {
            report.failed.push((check.name, check.promise, failure));
        }
    }
    report
}

/// What became of a run.
#[derive(Debug)]
#[must_use]
pub struct Report {
    ran: Vec<&'static str>,
    failed: Vec<(&'static str, &'static str, Failure)>,
}

impl Report {
    /// Whether nothing failed.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.failed.is_empty()
    }

    /// The names of all checks that ran.
    #[must_use]
    pub fn ran(&self) -> &[&'static str] {
        &self.ran
    }

    /// The names of those that failed.
    #[must_use]
    pub fn failed(&self) -> Vec<&'static str> {
        self.failed.iter().map(|(name, ..)| *name).collect()
    }
}

/// A line per failure: its name, what was promised, what happened.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} of {} checks failed", self.failed.len(), self.ran.len())?;
        for (name, promise, failure) in &self.failed {
            writeln!(f, "  {name}: {promise}\n    {failure}")?;
        }
        Ok(())
    }
}
