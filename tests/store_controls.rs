//! Positive controls: stores that are broken in one way each, which the suite must catch by name.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use hookstage::conformance::{self, Fixture, agrees_with_memory};
use hookstage::store::{
    ClaimRequest, Counts, Cursor, Durability, EventFilter, HistoryFilter, MemoryStore,
    PurgeRequest, Purged, Put, PutState, Settled, Staged, State, Store, StoreError,
};
use hookstage::{
    Claim, Draft, Event, EventId, HistoryRow, Settlement, SourceId, Timestamp, Transition, Window,
};

#[test]
fn each_broken_store_is_caught() {
    for (fault, check) in [
        (Fault::CheckThenInsert, "race_has_one_winner"),
        (Fault::CheckThenInsert, "racing_replays_stage_each_key_once"),
        (Fault::WindowIsShort, "window_ends_exactly"),
        (Fault::WindowIsLong, "window_ends_exactly"),
        (Fault::KeysAcrossSources, "keys_belong_to_their_source"),
        (Fault::IgnoresGenerations, "superseded_stages_nothing"),
        (Fault::EndsBodyAtNul, "bodies_come_back"),
        (Fault::NeverRenews, "duplicates_renew_from_last"),
        (Fault::IgnoresPayload, "other_payload_is_told"),
        (Fault::LeaksTenants, "tenants_are_apart"),
        (Fault::PagesByTimeAlone, "pages_stand_still"),
        (Fault::IgnoresOwners, "owner_settles_under_open_lease_only"),
        (Fault::LeaseIsShort, "lease_ends_exactly"),
        (Fault::ClaimsTwice, "claim_is_oldest_first_and_once"),
        (Fault::ClaimsTwice, "race_to_claim_shares_out"),
        (Fault::PurgesKeys, "purge_keeps_open_keys"),
        (Fault::PurgesKeys, "purge_races_replay"),
        (Fault::LooksThenWrites, "race_on_state_loses_no_write"),
        (Fault::NeverCloses, "closed_store_refuses"),
    ] {
        let fixture = Control(fault);
        let checks = conformance::checks::<Control>();
        let check = checks.iter().find(|known| known.name() == check).unwrap();
        let outcome = check.run(&fixture);
        assert!(outcome.is_err(), "{fault:?} passes {}", check.name());
        println!("{fault:?} is caught by {}", check.name());
    }
}

#[test]
fn the_comparison_with_memory_catches_what_differs() {
    for fault in [Fault::WindowIsShort, Fault::NeverRenews, Fault::IgnoresOwners, Fault::PurgesKeys]
    {
        let caught = (0..200).any(|seed| agrees_with_memory(&Control(fault), seed, 60).is_err());
        assert!(caught, "{fault:?} agrees with memory");
    }
    for seed in 0..50 {
        agrees_with_memory(&Control(Fault::None), seed, 60).unwrap();
    }
}

#[test]
fn the_wrapper_itself_is_not_what_is_caught() {
    let report = conformance::run(&Control(Fault::None));
    assert!(report.passed(), "{report}");
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    None,
    CheckThenInsert,
    WindowIsShort,
    WindowIsLong,
    KeysAcrossSources,
    IgnoresGenerations,
    EndsBodyAtNul,
    NeverRenews,
    IgnoresPayload,
    LeaksTenants,
    PagesByTimeAlone,
    IgnoresOwners,
    LeaseIsShort,
    ClaimsTwice,
    PurgesKeys,
    LooksThenWrites,
    NeverCloses,
}

struct Control(Fault);

impl Fixture for Control {
    type Store = Broken;

    fn fresh(&self) -> Broken {
        Broken { inner: MemoryStore::new(), fault: self.0, seen: Mutex::default() }
    }

    fn reopen(&self, _: &Broken) -> Option<Broken> {
        None
    }

    fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        conformance::block_on(future)
    }
}

struct Broken {
    inner: MemoryStore,
    fault: Fault,
    seen: Mutex<HashMap<Vec<u8>, EventId>>,
}

impl Broken {
    /// What a host writes that asks whether a key is there before it inserts.
    fn check_then_insert(&self, mut draft: Draft, now: Timestamp) -> Result<Staged, StoreError> {
        let Some(claim) = draft.claim.take() else {
            return conformance::block_on(Store::stage(&self.inner, draft, now));
        };
        let mut place = draft.source.to_string().into_bytes();
        place.extend(claim.key.as_bytes());
        let seen = self.seen.lock().unwrap().get(&place).copied();
        if let Some(id) = seen {
            return Ok(Staged::Duplicate { id, payload_differs: false });
        }
        std::thread::sleep(Duration::from_micros(50));
        let staged = conformance::block_on(Store::stage(&self.inner, draft, now))?;
        if let Staged::Inserted(id) = staged {
            self.seen.lock().unwrap().insert(place, id);
        }
        Ok(staged)
    }
}

const MS: Duration = Duration::from_millis(1);

fn stretch(draft: &mut Draft, change: impl Fn(Duration) -> Duration) {
    if let Some(claim) = &mut draft.claim {
        let window = match claim.window {
            Window::Unlimited => Window::Unlimited,
            Window::FromFirst(length) => Window::FromFirst(change(length)),
            Window::FromLast(length) => Window::FromLast(change(length)),
        };
        *claim = Claim::new(claim.key, window);
    }
}

impl Store for Broken {
    fn durability(&self) -> Durability {
        self.inner.durability()
    }

    async fn stage(&self, draft: Draft, now: Timestamp) -> Result<Staged, StoreError> {
        let mut draft = draft;
        match self.fault {
            Fault::CheckThenInsert => return self.check_then_insert(draft, now),
            Fault::WindowIsShort => stretch(&mut draft, |length| length.saturating_sub(MS)),
            Fault::WindowIsLong => stretch(&mut draft, |length| length.saturating_add(MS)),
            Fault::KeysAcrossSources => draft.source = SourceId::new("acme", "in").unwrap(),
            Fault::IgnoresGenerations => draft.generation = u64::MAX,
            Fault::EndsBodyAtNul => {
                let end = draft.body.iter().position(|byte| *byte == 0);
                draft.body = draft.body[..end.unwrap_or(draft.body.len())].into();
            }
            Fault::NeverRenews => {
                if let Some(claim) = &mut draft.claim
                    && let Window::FromLast(length) = claim.window
                {
                    *claim = Claim::new(claim.key, Window::FromFirst(length));
                }
            }
            Fault::IgnoresPayload => draft.body_sha256 = [0; 32],
            _ => {}
        }
        self.inner.stage(draft, now).await
    }

    async fn stage_all(
        &self,
        drafts: Vec<Draft>,
        now: Timestamp,
    ) -> Result<Vec<Staged>, StoreError> {
        self.inner.stage_all(drafts, now).await
    }

    async fn supersede(&self, source: &SourceId, generation: u64) -> Result<(), StoreError> {
        self.inner.supersede(source, generation).await
    }

    async fn get(&self, tenant: &str, id: EventId) -> Result<Option<Event>, StoreError> {
        if self.fault == Fault::LeaksTenants {
            return self.inner.get("acme", id).await;
        }
        self.inner.get(tenant, id).await
    }

    async fn list(
        &self,
        filter: &EventFilter,
        after: Option<Cursor>,
        limit: usize,
    ) -> Result<Vec<Event>, StoreError> {
        let mut after = after;
        if self.fault == Fault::PagesByTimeAlone
            && let Some(cursor) = &mut after
        {
            cursor.number = 0;
        }
        self.inner.list(filter, after, limit).await
    }

    async fn settle(
        &self,
        tenant: &str,
        id: EventId,
        transition: Transition,
        settlement: Settlement,
        owner: Option<&str>,
    ) -> Result<Settled, StoreError> {
        let owner = if self.fault == Fault::IgnoresOwners { None } else { owner };
        self.inner.settle(tenant, id, transition, settlement, owner).await
    }

    async fn claim(
        &self,
        request: &ClaimRequest,
        now: Timestamp,
    ) -> Result<Vec<Event>, StoreError> {
        let now = match self.fault {
            Fault::LeaseIsShort => now + Duration::from_millis(1),
            Fault::ClaimsTwice => now + Duration::from_secs(1_000_000),
            _ => now,
        };
        self.inner.claim(request, now).await
    }

    async fn extend(
        &self,
        tenant: &str,
        id: EventId,
        owner: &str,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.inner.extend(tenant, id, owner, until, now).await
    }

    async fn release(
        &self,
        tenant: &str,
        id: EventId,
        owner: &str,
        not_before: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.inner.release(tenant, id, owner, not_before, now).await
    }

    async fn record(&self, rows: Vec<HistoryRow>) -> Result<(), StoreError> {
        self.inner.record(rows).await
    }

    async fn history(
        &self,
        filter: &HistoryFilter,
        after: Option<Cursor>,
        limit: usize,
    ) -> Result<Vec<(Cursor, HistoryRow)>, StoreError> {
        self.inner.history(filter, after, limit).await
    }

    async fn purge(&self, request: &PurgeRequest, now: Timestamp) -> Result<Purged, StoreError> {
        let ends = now + Duration::from_secs(1_000_000);
        self.inner.purge(request, if self.fault == Fault::PurgesKeys { ends } else { now }).await
    }

    async fn counts(&self, tenant: &str, source: Option<&SourceId>) -> Result<Counts, StoreError> {
        self.inner.counts(tenant, source).await
    }

    async fn state(
        &self,
        namespace: &str,
        key: &str,
        now: Timestamp,
    ) -> Result<Option<State>, StoreError> {
        self.inner.state(namespace, key, now).await
    }

    async fn put_if(&self, put: PutState, now: Timestamp) -> Result<Put, StoreError> {
        let mut put = put;
        if self.fault == Fault::LooksThenWrites {
            let current = self.inner.state(&put.namespace, &put.key, now).await?;
            if current.as_ref().map(|state| state.version) != put.expected {
                return Ok(Put::Conflict(current));
            }
            std::thread::sleep(Duration::from_micros(50));
            let current = self.inner.state(&put.namespace, &put.key, now).await?;
            put.expected = current.map(|state| state.version);
        }
        self.inner.put_if(put, now).await
    }

    async fn close(&self) -> Result<(), StoreError> {
        if self.fault == Fault::NeverCloses {
            return Ok(());
        }
        self.inner.close().await
    }
}
