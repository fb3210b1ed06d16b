//! `POST /api/settle`: what a reviewer decides about some events.
//!
//! Each event moves only from the state that the move leaves, so of two windows one wins, and the
//! other is told what became of the event. What runs is the plan that was looked at.

use std::collections::BTreeMap;

use axum::extract::{Request, State};
use axum::response::Response;
use hookstage::promotion::PromotionError;
use hookstage::store::Settled;
use hookstage::workflow::PlanDigest;
use hookstage::{EventId, Status, Transition};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::answer::{Problem, change, ok};
use crate::app::App;

/// Events that one change decides about.
const MAX_EVENTS: usize = 1000;

/// The longest name and the longest reason that are kept, in characters.
const MAX_TEXT: usize = 500;

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Action {
    /// The plan runs.
    Promote,
    /// It is decided against.
    Reject,
    /// Rejected, and pending again.
    Reopen,
    /// Given up on, and pending again.
    Retry,
    /// Promoted, and pending again beside what it became.
    Replay,
    /// Promoted, and pending again after what it became was taken back.
    Withdraw,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    tenant: String,
    ids: Vec<u64>,
    action: Action,
    #[serde(default)]
    reason: Option<String>,
    /// The person; a host with accounts takes it from the session and not from the page.
    #[serde(default)]
    actor: Option<String>,
    /// The digest of the plan of each event that was looked at.
    #[serde(default)]
    plans: BTreeMap<u64, String>,
}

pub(crate) async fn settle(State(app): State<App>, request: Request) -> Result<Response, Problem> {
    let change: Change =
        change(&app, request, "tenant, ids, action and perhaps reason, actor, plans").await?;
    if change.ids.len() > MAX_EVENTS {
        return Err(Problem::bad(format!("at most {MAX_EVENTS} events at a time")));
    }
    let bounded = |text: &Option<String>| {
        let text: String = text.as_deref()?.trim().chars().take(MAX_TEXT).collect();
        (!text.is_empty()).then_some(text)
    };
    let reason = bounded(&change.reason);
    let actor = bounded(&change.actor).unwrap_or_else(|| "reviewer".to_owned());
    let mut results = Vec::with_capacity(change.ids.len());
    for id in &change.ids {
        let decision = Decision {
            app: &app,
            tenant: &change.tenant,
            id: EventId::new(*id),
            actor: &actor,
            reason: reason.clone(),
        };
        let reviewed = change.plans.get(id).map(|text| text.parse::<PlanDigest>());
        let mut result = match (change.action, reviewed) {
            (Action::Promote, Some(Err(_))) => {
                return Err(Problem::bad("plans: the digests that the page was given"));
            }
            (Action::Promote, reviewed) => decision.promote(reviewed.and_then(Result::ok)).await?,
            (Action::Withdraw, _) => decision.withdraw().await?,
            (Action::Replay, _) => decision.replay().await?,
            (Action::Reject, _) => decision.settle(Transition::Reject).await?,
            (Action::Reopen, _) => decision.settle(Transition::Reopen).await?,
            (Action::Retry, _) => decision.settle(Transition::Retry).await?,
        };
        result["id"] = (*id).into();
        results.push(result);
    }
    app.news.publish();
    Ok(ok(&json!({ "results": results })))
}

/// What a person decides about one event.
struct Decision<'a> {
    app: &'a App,
    tenant: &'a str,
    id: EventId,
    actor: &'a str,
    reason: Option<String>,
}

impl Decision<'_> {
    async fn promote(self, reviewed: Option<PlanDigest>) -> Result<Value, Problem> {
        let Some(event) = self.app.engine().get(self.tenant, self.id).await? else {
            return Ok(missing());
        };
        // Without a workflow there is nothing to create; the decision stands all the same.
        let Some(workflow) = self.app.workflows.of(&event) else {
            return self.settle(Transition::Promote).await;
        };
        let promoter = &self.app.promoter;
        match promoter.promote(workflow, self.tenant, self.id, reviewed, self.actor).await {
            Ok(promoted) => Ok(json!({
                "done": true, "status": Status::Promoted, "records": promoted.ids,
            })),
            Err(error) => refused(error),
        }
    }

    /// First the records, then the event: stopped between the two, it is still promoted, and the
    /// page shows that nothing is left of it.
    async fn withdraw(self) -> Result<Value, Problem> {
        match self.app.engine().get(self.tenant, self.id).await? {
            None => return Ok(missing()),
            Some(event) if event.status != Status::Promoted => return Ok(stale(event.status)),
            Some(_) => {}
        }
        let records = self.app.records.withdraw(self.tenant, self.id).await?;
        let mut result = self.replay().await?;
        result["withdrawn"] = records.into();
        Ok(result)
    }

    async fn replay(self) -> Result<Value, Problem> {
        let promoter = &self.app.promoter;
        match promoter.replay(self.tenant, self.id, self.actor, self.reason).await {
            Ok(()) => Ok(json!({ "done": true, "status": Status::Pending })),
            Err(error) => refused(error),
        }
    }

    async fn settle(self, transition: Transition) -> Result<Value, Problem> {
        let engine = self.app.engine();
        let settled =
            engine.settle(self.tenant, self.id, transition, self.actor, self.reason).await?;
        Ok(match settled {
            Settled::Done => json!({ "done": true, "status": transition.to() }),
            Settled::Stale(status) => stale(status),
            Settled::LeaseLost | Settled::Leased { .. } => held(),
            Settled::Missing => missing(),
        })
    }
}

/// Why a promotion did not happen, for the person who wanted it.
fn refused(error: PromotionError) -> Result<Value, Problem> {
    Ok(match error {
        PromotionError::Settled(status) => stale(status),
        PromotionError::Busy | PromotionError::LeaseLost => held(),
        PromotionError::Missing => missing(),
        PromotionError::Store(error) => return Err(error.into()),
        other => json!({ "done": false, "status": Status::Pending, "error": other.to_string() }),
    })
}

fn stale(status: Status) -> Value {
    json!({ "done": false, "status": status })
}

fn held() -> Value {
    json!({ "done": false, "status": "held" })
}

fn missing() -> Value {
    json!({ "done": false, "status": Value::Null })
}
