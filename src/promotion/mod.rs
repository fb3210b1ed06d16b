//! From a staged event to records: once, whatever happens on the way.
//!
//! A promotion claims the event, runs its plan against the host's [`Sink`], keeps a record of what
//! was created, and settles the event. When the process stops half way, the lease ends, the next
//! promotion of that event finds the record and goes on where it stopped, with the very plan that
//! was begun.

mod progress;
mod runner;
mod sink;

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use self::progress::Progress;
pub use self::runner::{Automatic, RunReport, Runner, Uncovered};
pub use self::sink::{Order, Sink, SinkError};
use crate::clock::Timestamp;
use crate::engine::Engine;
use crate::error::Error;
use crate::event::{Event, EventId, Settlement, Status, Transition};
use crate::store::{ClaimRequest, Settled, StoreError, StoreErrorKind};
use crate::workflow::{Plan, PlanDigest, PlanError, PlannedValue, Workflow};

/// Promotes events of an engine into a host's records.
///
/// ```
/// # fn block_on<F: std::future::Future>(future: F) -> F::Output {
/// #     let mut future = std::pin::pin!(future);
/// #     let mut context = std::task::Context::from_waker(std::task::Waker::noop());
/// #     loop {
/// #         if let std::task::Poll::Ready(value) = future.as_mut().poll(&mut context) {
/// #             return value;
/// #         }
/// #     }
/// # }
/// use std::collections::BTreeMap;
/// use std::sync::Mutex;
///
/// use hookstage::promotion::{Order, Promoter, Sink, SinkError};
/// use hookstage::store::MemoryStore;
/// use hookstage::workflow::{SystemFields, Workflow};
/// use hookstage::{Delivery, Engine, Head, Outcome, Source, SourceConfig, providers};
///
/// /// Keeps what it created by the order's token, so that an order is carried out once.
/// #[derive(Default)]
/// struct Records(Mutex<BTreeMap<String, String>>);
///
/// impl Sink for Records {
///     async fn find(&self, token: &str) -> Result<Option<String>, SinkError> {
///         Ok(self.0.lock().unwrap().get(token).cloned())
///     }
///
///     async fn create(&self, order: &Order<'_>) -> Result<String, SinkError> {
///         let mut records = self.0.lock().unwrap();
///         let id = format!("{}-{}", order.entity, records.len() + 1);
///         records.insert(order.token.to_owned(), id.clone());
///         Ok(id)
///     }
/// }
///
/// # block_on(async {
/// let source = Source::new(SourceConfig::preset("acme", "forms", &providers::UNSIGNED)).unwrap();
/// let workflow = Workflow::new(
///     serde_json::from_str(
///         r#"{"version": 1, "name": "form", "steps": [
///             {"entity": "contact", "fields": {"email": "$event.email"}}]}"#,
///     )
///     .unwrap(),
///     &SystemFields::standard(),
/// )
/// .unwrap();
/// let engine = Engine::new(MemoryStore::new());
/// let delivery = Delivery::new(Head::post("/in/forms", &[]), br#"{"email":"ada@acme.com"}"#);
/// let receipt = engine.receive(&source, &delivery).await.unwrap();
/// let Outcome::Staged(id) = receipt.outcome else { panic!("it is new") };
///
/// let promoter = Promoter::new(engine, Records::default());
/// let created = promoter.promote(&workflow, "acme", id, None, "ada").await.unwrap();
/// assert_eq!(created.ids, ["contact-1"]);
/// assert!(promoter.promote(&workflow, "acme", id, None, "bob").await.is_err());
/// # });
/// ```
#[derive(Debug)]
pub struct Promoter<S> {
    engine: Engine,
    sink: S,
    lease: Duration,
    claims: AtomicU64,
}

/// What a promotion created.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Promoted {
    /// The ids that the sink gave, in the order of the plan.
    pub ids: Vec<String>,
    /// How many of them an earlier, interrupted promotion had created.
    pub resumed: usize,
}

/// Why a promotion did not happen, or stopped.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PromotionError {
    /// Another reviewer or worker is promoting it.
    #[error("the event is being promoted by another")]
    Busy,
    /// The lease ended while the plan ran; another may have gone on with it.
    #[error("the lease ended before the promotion did; it goes on with the next one")]
    LeaseLost,
    /// This tenant has no such event.
    #[error("there is no such event")]
    Missing,
    /// The event has no plan.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// The plan is not the one that was reviewed: the workflow was changed since.
    #[error("the plan changed since it was reviewed; review it again")]
    PlanChanged,
    /// Another decided first.
    #[error("the event is {} already", .0.as_str())]
    Settled(Status),
    /// The host's sink refused.
    #[error(transparent)]
    Sink(#[from] SinkError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] Error),
}

impl PromotionError {
    /// Whether the same promotion may succeed later without anyone changing anything.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        match self {
            Self::Busy | Self::LeaseLost => true,
            Self::Sink(error) => error.is_retryable(),
            Self::Store(error) => error.is_retryable(),
            Self::Missing | Self::Plan(_) | Self::PlanChanged | Self::Settled(_) => false,
        }
    }
}

impl<S: Sink> Promoter<S> {
    /// A promoter for the events of this engine.
    pub const fn new(engine: Engine, sink: S) -> Self {
        Self { engine, sink, lease: Duration::from_secs(60), claims: AtomicU64::new(0) }
    }

    /// With another length of the lease than a minute. It must be longer than twice what the
    /// sink takes for one record; it is prolonged before each that begins in its second half.
    #[must_use]
    pub const fn with_lease(mut self, lease: Duration) -> Self {
        self.lease = lease;
        self
    }

    /// The engine.
    #[must_use]
    pub const fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The host's sink.
    #[must_use]
    pub const fn sink(&self) -> &S {
        &self.sink
    }

    /// Promotes one pending event. Of any number of reviewers and workers, one does it.
    ///
    /// `reviewed` is the digest of the plan that the reviewer looked at: if the workflow makes
    /// another one by now, nothing is created.
    ///
    /// # Errors
    ///
    /// Why nothing was created, or why it stopped half way; what was created until then is
    /// remembered, and the next promotion goes on behind it.
    pub async fn promote(
        &self,
        workflow: &Workflow,
        tenant: &str,
        id: EventId,
        reviewed: Option<PlanDigest>,
        actor: &str,
    ) -> Result<Promoted, PromotionError> {
        let owner = self.owner(actor);
        let until = self.engine.now() + self.lease;
        let request = ClaimRequest::event(tenant, id, owner.clone(), until);
        let Some(event) = self.engine.claim(&request).await?.pop() else {
            return Err(self.why_not(tenant, id).await?);
        };
        let result = self.run(workflow, &event, reviewed, &owner, actor).await;
        if result.is_err() {
            // Given back at once, so that a reviewer who corrects something need not wait. If this
            // fails too, the lease ends by itself.
            let now = self.engine.now();
            let _ = self.engine.store().release(tenant, id, &owner, None, now).await;
        }
        result
    }

    /// Makes a promoted event pending again, to be promoted once more: by a newer revision of the
    /// workflow, or because what was created was lost. What is created then is new.
    ///
    /// # Errors
    ///
    /// The event is not promoted, or the store failed.
    pub async fn replay(
        &self,
        tenant: &str,
        id: EventId,
        actor: &str,
        reason: Option<String>,
    ) -> Result<(), PromotionError> {
        let Some(event) = self.engine.get(tenant, id).await? else {
            return Err(PromotionError::Missing);
        };
        let now = self.engine.now();
        let mut progress = Progress::load(self.engine.store(), &event, now).await?;
        // Looked at behind the record: if another replay came first and its promotion has begun, the
        // event is pending by now, and to begin again would forget what that one is creating.
        match self.engine.get(tenant, id).await? {
            Some(event) if event.status == Status::Promoted => {}
            Some(event) => return Err(PromotionError::Settled(event.status)),
            None => return Err(PromotionError::Missing),
        }
        // First the record, then the event: stopped between the two, the event is still promoted.
        progress.begin_again();
        progress.save(self.engine.store(), now).await?;
        match self.engine.settle(tenant, id, Transition::Replay, actor, reason).await? {
            Settled::Done => Ok(()),
            Settled::Missing => Err(PromotionError::Missing),
            Settled::Stale(status) => Err(PromotionError::Settled(status)),
            Settled::LeaseLost | Settled::Leased { .. } => Err(PromotionError::Busy),
        }
    }

    /// Runs the plan of an event that this owner has claimed.
    async fn run(
        &self,
        workflow: &Workflow,
        event: &Event,
        reviewed: Option<PlanDigest>,
        owner: &str,
        actor: &str,
    ) -> Result<Promoted, PromotionError> {
        let (plan, mut progress) = self.begin(workflow, event, reviewed).await?;
        let resumed = progress.ids().len();
        let mut held_until = event.lease.as_ref().map(|lease| lease.until);
        for index in resumed..plan.creations.len() {
            // A lease that has most of its time left is not written again: that would be a sync for
            // each record.
            let now = self.engine.now();
            if held_until.is_none_or(|until| until.since(now) < self.lease / 2) {
                self.prolong(event, owner).await?;
                held_until = Some(now + self.lease);
            }
            let id = self.create(event, &plan, &progress, index == resumed).await?;
            progress.push(id);
            progress.save(self.engine.store(), self.engine.now()).await?;
        }
        let settlement = Settlement::new(actor.to_owned(), self.engine.now(), None);
        let tenant = event.source.tenant();
        let settled = self
            .engine
            .store()
            .settle(tenant, event.id, Transition::Promote, settlement, Some(owner))
            .await
            .map_err(Error::from)?;
        match settled {
            Settled::Done => Ok(Promoted { ids: progress.into_ids(), resumed }),
            Settled::LeaseLost | Settled::Leased { .. } => Err(PromotionError::LeaseLost),
            Settled::Stale(status) => Err(PromotionError::Settled(status)),
            Settled::Missing => Err(PromotionError::Missing),
        }
    }

    /// The plan to run and how far it ran already.
    async fn begin(
        &self,
        workflow: &Workflow,
        event: &Event,
        reviewed: Option<PlanDigest>,
    ) -> Result<(Plan, Progress), PromotionError> {
        let store = self.engine.store();
        let now = self.engine.now();
        let mut progress = Progress::load(store, event, now).await?;
        if let Some(plan) = progress.plan()
            && !progress.ids().is_empty()
        {
            // Something exists already: only the plan that made it may go on.
            return Ok((plan.clone(), progress));
        }
        let plan = workflow.plan(event)?;
        if reviewed.is_some_and(|reviewed| reviewed != plan.digest()) {
            return Err(PromotionError::PlanChanged);
        }
        progress.set_plan(plan.clone());
        progress.save(store, now).await?;
        Ok((plan, progress))
    }

    async fn create(
        &self,
        event: &Event,
        plan: &Plan,
        progress: &Progress,
        first: bool,
    ) -> Result<String, PromotionError> {
        let index = progress.ids().len();
        let creation = plan.creations.get(index).ok_or_else(corrupt)?;
        let token = format!("{}/{}/{}/{index}", event.source, event.id, progress.run());
        // The one record that may exist without our knowing: the one under way when it stopped.
        if first && let Some(id) = self.sink.find(&token).await? {
            return Ok(id);
        }
        let id_of = |name: &str| id_of(plan, progress.ids(), name);
        let mut fields = Vec::with_capacity(creation.fields.len());
        for (field, value) in &creation.fields {
            let json = PlannedValue::json(value, id_of).ok_or_else(corrupt)?;
            fields.push((field.as_str(), json));
        }
        let order = Order {
            token: &token,
            tenant: event.source.tenant(),
            event: event.id,
            entity: &creation.entity,
            fields: &fields,
        };
        Ok(self.sink.create(&order).await?)
    }

    async fn prolong(&self, event: &Event, owner: &str) -> Result<(), PromotionError> {
        let now = self.engine.now();
        let until = now + self.lease;
        let tenant = event.source.tenant();
        let held = self.engine.store().extend(tenant, event.id, owner, until, now).await;
        if held.map_err(Error::from)? { Ok(()) } else { Err(PromotionError::LeaseLost) }
    }

    async fn why_not(&self, tenant: &str, id: EventId) -> Result<PromotionError, PromotionError> {
        Ok(match self.engine.get(tenant, id).await? {
            None => PromotionError::Missing,
            Some(event) if event.status == Status::Pending => PromotionError::Busy,
            Some(event) => PromotionError::Settled(event.status),
        })
    }

    /// A token that no other claim of this or any other process has, as long as actors that claim
    /// at the same moment have different names.
    fn owner(&self, actor: &str) -> String {
        let claim = self.claims.fetch_add(1, Ordering::Relaxed);
        format!("{actor}#{}#{}#{claim}", std::process::id(), self.engine.now().as_unix_millis())
    }
}

fn id_of(plan: &Plan, ids: &[String], name: &str) -> Option<String> {
    plan.creations
        .iter()
        .zip(ids)
        .find(|(creation, _)| creation.store_as.as_deref() == Some(name))
        .map(|(_, id)| id.clone())
}

fn corrupt() -> Error {
    Error::from(StoreError::new(
        StoreErrorKind::Corrupt,
        "the record of what a promotion created is damaged, or of a later release",
    ))
}

/// How long the record of a promotion is kept: longer than any lease, and than a reviewer's
/// holidays.
const KEPT: Duration = Duration::from_secs(90 * 24 * 60 * 60);

fn expiry(now: Timestamp) -> Timestamp {
    now + KEPT
}
