//! The record of what a promotion has created so far.

use serde::{Deserialize, Serialize};

use super::{corrupt, expiry};
use crate::clock::Timestamp;
use crate::error::Error;
use crate::event::Event;
use crate::promotion::PromotionError;
use crate::store::{ErasedStore, Put, PutState};
use crate::workflow::Plan;

/// The name under which records of promotions are kept in small state.
const NAMESPACE: &str = "promotion";

/// The version of their stored form.
const VERSION: u16 = 1;

/// What a promotion has created so far, and of which plan.
#[derive(Clone, Debug)]
pub(super) struct Progress {
    key: String,
    version: Option<u64>,
    stored: Stored,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Stored {
    version: u16,
    /// Which run of the event this is: an event that is replayed creates new records.
    run: u64,
    /// The plan of this run, once it was begun.
    plan: Option<Plan>,
    ids: Vec<String>,
}

impl Progress {
    /// The record of an event that was never promoted.
    pub(super) fn new(event: &Event) -> Self {
        let stored = Stored { version: VERSION, run: 0, plan: None, ids: Vec::new() };
        Self { key: key(event), version: None, stored }
    }

    /// The record of the event's current run.
    pub(super) async fn load(
        store: &dyn ErasedStore,
        event: &Event,
        now: Timestamp,
    ) -> Result<Self, PromotionError> {
        let key = key(event);
        let state = store.state(NAMESPACE, &key, now).await.map_err(Error::from)?;
        let Some(state) = state else { return Ok(Self::new(event)) };
        let stored: Stored = serde_json::from_slice(&state.bytes).map_err(|_| corrupt())?;
        if stored.version != VERSION {
            return Err(corrupt().into());
        }
        Ok(Self { key, version: Some(state.version), stored })
    }

    pub(super) const fn plan(&self) -> Option<&Plan> {
        self.stored.plan.as_ref()
    }

    /// Sets the plan of this run, as long as nothing was created of another.
    pub(super) fn set_plan(&mut self, plan: Plan) {
        self.stored.plan = Some(plan);
    }

    /// Begins another run, which creates new records.
    pub(super) fn begin_again(&mut self) {
        self.stored.run = self.stored.run.saturating_add(1);
        self.stored.plan = None;
        self.stored.ids.clear();
    }

    pub(super) const fn run(&self) -> u64 {
        self.stored.run
    }

    pub(super) fn ids(&self) -> &[String] {
        &self.stored.ids
    }

    pub(super) fn into_ids(self) -> Vec<String> {
        self.stored.ids
    }

    pub(super) fn push(&mut self, id: String) {
        self.stored.ids.push(id);
    }

    /// Writes it, unless another has written since: then that other holds the event now.
    pub(super) async fn save(
        &mut self,
        store: &dyn ErasedStore,
        now: Timestamp,
    ) -> Result<(), PromotionError> {
        let bytes = serde_json::to_vec(&self.stored).map_err(|_| corrupt())?;
        let put = PutState {
            namespace: NAMESPACE.to_owned(),
            key: self.key.clone(),
            expected: self.version,
            bytes: Some(bytes),
            expires: Some(expiry(now)),
        };
        match store.put_if(put, now).await.map_err(Error::from)? {
            Put::Done { version } => {
                self.version = Some(version);
                Ok(())
            }
            Put::Conflict(_) => Err(PromotionError::LeaseLost),
        }
    }
}

fn key(event: &Event) -> String {
    format!("{}/{}", event.source, event.id)
}
