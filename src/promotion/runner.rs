//! Auto mode: a worker that claims, plans and promotes without a person.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::{Promoter, PromotionError, Sink};
use crate::error::Error;
use crate::event::{Event, Settlement, Transition};
use crate::source::SourceId;
use crate::store::{ClaimRequest, StoreErrorKind};
use crate::workflow::Workflow;

/// What a runner does with events of one source.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Automatic {
    /// The workflows: an event is promoted by the first that takes it. One that none takes waits
    /// for a person.
    pub workflows: Vec<Arc<Workflow>>,
    /// What becomes of an event whose signature does not cover its whole body.
    pub uncovered: Uncovered,
}

impl Automatic {
    /// Promotes by this workflow; leaves what is not wholly covered to a person.
    #[must_use]
    pub fn new(workflow: Arc<Workflow>) -> Self {
        Self { workflows: vec![workflow], uncovered: Uncovered::Review }
    }

    /// With one more workflow, for the events that those before it do not take.
    #[must_use]
    pub fn or(mut self, workflow: Arc<Workflow>) -> Self {
        self.workflows.push(workflow);
        self
    }

    /// Promotes what is not wholly covered as well. Whoever can replay a delivery of such a source
    /// with another body then decides what is created.
    #[must_use]
    pub fn promoting_uncovered(self) -> Self {
        Self { uncovered: Uncovered::Promote, ..self }
    }
}

/// What becomes of an event whose signature does not cover its whole body.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Uncovered {
    /// It is promoted like any other.
    Promote,
    /// It waits for a person.
    #[default]
    Review,
}

/// Promotes events of automatic sources, one pass at a time. The host decides how often, on how many
/// threads and in how many processes.
#[derive(Debug)]
pub struct Runner<S> {
    promoter: Arc<Promoter<S>>,
    sources: BTreeMap<SourceId, Automatic>,
    worker: String,
    attempts: u32,
    backoff: Duration,
}

/// What one pass did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[must_use]
#[non_exhaustive]
pub struct RunReport {
    /// Promoted.
    pub promoted: u64,
    /// Failed and to be tried again later.
    pub delayed: u64,
    /// Given up on: they wait for a person as dead events.
    pub dead: u64,
    /// Left to a person, because the signature does not cover the whole body or no workflow takes
    /// the event.
    pub left: u64,
}

impl RunReport {
    /// Whether there was nothing to do.
    #[must_use]
    pub const fn is_idle(&self) -> bool {
        self.promoted == 0 && self.delayed == 0 && self.dead == 0
    }
}

impl<S: Sink> Runner<S> {
    /// A runner under this worker's name, which tells it from others in history and leases.
    pub fn new(promoter: Arc<Promoter<S>>, worker: impl Into<String>) -> Self {
        Self {
            promoter,
            sources: BTreeMap::new(),
            worker: worker.into(),
            attempts: 8,
            backoff: Duration::from_secs(5),
        }
    }

    /// With a source whose events it promotes.
    #[must_use]
    pub fn with_source(mut self, source: SourceId, automatic: Automatic) -> Self {
        self.sources.insert(source, automatic);
        self
    }

    /// With another number of attempts than 8 before an event is given up on, and another wait than
    /// 5 seconds after the first failure. The wait doubles with each failure, up to an hour.
    #[must_use]
    pub const fn with_attempts(mut self, attempts: u32, backoff: Duration) -> Self {
        self.attempts = if attempts == 0 { 1 } else { attempts };
        self.backoff = backoff;
        self
    }

    /// One pass: up to `limit` events of each source, oldest first.
    ///
    /// # Errors
    ///
    /// The store failed. What the sink refuses, and a damaged record of what was created, is no
    /// error of the pass: it delays or kills that one event.
    pub async fn run_once(&self, limit: usize) -> Result<RunReport, Error> {
        let mut report = RunReport::default();
        for (source, automatic) in &self.sources {
            let owner = self.promoter.owner(&self.worker);
            let until = self.promoter.engine().now() + self.promoter.lease;
            let mut request = ClaimRequest::new(owner.clone(), until, limit);
            request.tenant = Some(source.tenant().to_owned());
            request.source = Some(source.clone());
            for event in self.promoter.engine().claim(&request).await? {
                self.promote(&event, automatic, &owner, &mut report).await?;
            }
        }
        Ok(report)
    }

    async fn promote(
        &self,
        event: &Event,
        automatic: &Automatic,
        owner: &str,
        report: &mut RunReport,
    ) -> Result<(), Error> {
        let may_run = automatic.uncovered == Uncovered::Promote || event.coverage.binds_body();
        let workflow = automatic.workflows.iter().find(|workflow| workflow.takes(event));
        let Some(workflow) = workflow.filter(|_| may_run) else {
            report.left += 1;
            return self.release(event, owner, LEFT).await;
        };
        match self.promoter.run(workflow, event, None, owner, &self.worker).await {
            Ok(_) => report.promoted += 1,
            // Another holds it, or a person decided: nothing is left to do here.
            Err(
                PromotionError::LeaseLost | PromotionError::Settled(_) | PromotionError::Missing,
            ) => {
                report.delayed += 1;
            }
            // A store that is away is away for every event. A record that nobody can read is this
            // event's alone, and must not keep those behind it from ever being reached.
            Err(PromotionError::Store(error)) if error.kind() != StoreErrorKind::Corrupt => {
                return Err(error);
            }
            Err(error) if error.is_retryable() && event.attempts < self.attempts => {
                report.delayed += 1;
                self.release(event, owner, self.wait(event.attempts)).await?;
            }
            Err(error) => {
                report.dead += 1;
                self.give_up(event, owner, &error).await?;
            }
        }
        Ok(())
    }

    fn wait(&self, attempts: u32) -> Duration {
        let doubled = self.backoff.saturating_mul(1 << attempts.saturating_sub(1).min(20));
        doubled.min(LONGEST_WAIT)
    }

    async fn release(&self, event: &Event, owner: &str, wait: Duration) -> Result<(), Error> {
        let engine = self.promoter.engine();
        let now = engine.now();
        let tenant = event.source.tenant();
        let not_before = Some(now + wait);
        engine.store().release(tenant, event.id, owner, not_before, now).await?;
        Ok(())
    }

    async fn give_up(
        &self,
        event: &Event,
        owner: &str,
        error: &PromotionError,
    ) -> Result<(), Error> {
        let engine = self.promoter.engine();
        let reason = Some(error.to_string());
        let settlement = Settlement::new(self.worker.clone(), engine.now(), reason);
        let tenant = event.source.tenant();
        let transition = Transition::GiveUp;
        let settled =
            engine.store().settle(tenant, event.id, transition, settlement, Some(owner)).await?;
        // Whoever was faster has decided; the event is in good hands either way.
        let _ = settled;
        Ok(())
    }
}

/// The longest wait between two attempts.
const LONGEST_WAIT: Duration = Duration::from_secs(60 * 60);

/// How long an event that is left to a person is not looked at again.
const LEFT: Duration = Duration::from_secs(24 * 60 * 60);
