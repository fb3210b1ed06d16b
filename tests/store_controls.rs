//! Positive controls: stores that are broken in one way each, which the suite must catch by name.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::collections::HashMap;
use std::sync::Mutex;
use std::task::Poll;
use std::time::Duration;

use hookstage::conformance::{self, Fixture, agrees_with_memory};
use hookstage::store::{
    ClaimRequest, Counts, Cursor, Durability, EventFilter, HistoryFilter, MemoryStore,
    PurgeRequest, Purged, Put, PutState, Settled, Staged, State, Store, StoreError,
};
use hookstage::{
    Claim, Clock as _, DedupeKey, Draft, Event, EventId, HistoryRow, Settlement, SourceId, Status,
    SystemClock, Timestamp, Transition, Window,
};

/// The fault of a store, and the check that must catch it. Each check has a fault, so none of them is
/// one that cannot fail.
const CONTROLS: &[(Fault, &str)] = &[
    (Fault::AlwaysSettles, "race_to_settle_has_one_winner"),
    (Fault::AlwaysSettles, "settle_is_compare_and_set"),
    (Fault::CheckThenInsert, "race_has_one_winner"),
    (Fault::CheckThenInsert, "racing_replays_stage_each_key_once"),
    (Fault::ClaimsOneByNoId, "one_event_is_claimed_by_its_id"),
    (Fault::ClaimsOfEverySource, "claim_filters"),
    (Fault::ClaimsTwice, "claim_is_oldest_first_and_once"),
    (Fault::ClaimsTwice, "race_to_claim_shares_out"),
    (Fault::CountsAttemptsForEver, "pending_again_starts_anew"),
    (Fault::CutsHistoryWithEvents, "purge_cuts_history"),
    (Fault::EndsBodyAtNul, "bodies_come_back"),
    (Fault::EndsUnlimited, "unlimited_never_ends"),
    (Fault::ExtendsForAnyone, "extend_only_prolongs"),
    (Fault::FoldsCase, "state_places_are_apart"),
    (Fault::FoldsCase, "texts_are_data"),
    (Fault::ForgetsNotBefore, "release_gives_back"),
    (Fault::ForgetsSettled, "settled_keys_stay_held"),
    (Fault::ForgetsWhy, "settlement_is_kept"),
    (Fault::HalfWhenDropped, "dropped_future_leaves_no_half"),
    (Fault::IdsShrink, "ids_grow"),
    (Fault::IgnoresGenerations, "superseded_stages_nothing"),
    (Fault::IgnoresGenerations, "supersede_races_stage"),
    (Fault::IgnoresOutcomes, "history_pages_and_filters"),
    (Fault::IgnoresOwners, "owner_settles_under_open_lease_only"),
    (Fault::IgnoresPayload, "other_payload_is_told"),
    (Fault::IgnoresStatuses, "list_filters"),
    (Fault::IgnoresVersions, "state_is_compare_and_set"),
    (Fault::JoinsNames, "names_do_not_run_together"),
    (Fault::KeysAcrossSources, "keys_belong_to_their_source"),
    (Fault::LeaksTenants, "tenants_are_apart"),
    (Fault::LeaseIsShort, "lease_ends_exactly"),
    (Fault::LooksThenWrites, "race_on_state_loses_no_write"),
    (Fault::LosesAHeader, "fields_of_an_event_come_back"),
    (Fault::LosesDetails, "rows_of_history_come_back"),
    (Fault::MiscountsStates, "counts_follow"),
    (Fault::NeverCloses, "close_finishes_what_was_begun"),
    (Fault::NeverCloses, "closed_store_refuses"),
    (Fault::NeverDeduplicates, "second_is_duplicate_of_first"),
    (Fault::NeverRenews, "duplicates_renew_from_last"),
    (Fault::NoKeyIsAKey, "no_claim_is_always_new"),
    (Fault::OldestFirst, "list_is_newest_first"),
    (Fault::OneStatusForAll, "every_draft_has_its_history_row"),
    (Fault::OwnClock, "time_is_the_callers"),
    (Fault::PagesAreNeverEmpty, "pages_are_bounded"),
    (Fault::PagesByTimeAlone, "pages_stand_still"),
    (Fault::PromisesDurability, "another_handle_sees_what_was_answered"),
    (Fault::PurgesEverything, "purge_keeps_what_is_needed"),
    (Fault::PurgesKeys, "purge_keeps_open_keys"),
    (Fault::PurgesKeys, "purge_races_replay"),
    (Fault::PurgesWithoutLimit, "purge_is_bounded"),
    (Fault::RoundsTimes, "times_come_back"),
    (Fault::ShortKeys, "keys_are_all_their_bytes"),
    (Fault::ShortWindows, "windows_of_any_length"),
    (Fault::StateIsShort, "state_ends_exactly"),
    (Fault::TakesLongPlaces, "state_places_are_bounded"),
    (Fault::TurnsBatches, "batch_is_judged_in_order"),
    (Fault::VersionsStartAnew, "versions_only_grow"),
    (Fault::WindowIsLong, "window_ends_exactly"),
    (Fault::WindowIsShort, "window_ends_exactly"),
];

#[test]
fn each_broken_store_is_caught() {
    let checks = conformance::checks::<Control>();
    for (fault, name) in CONTROLS {
        let check = checks.iter().find(|known| known.name() == *name);
        let check = check.unwrap_or_else(|| panic!("there is no check {name}"));
        match check.run(&Control(*fault)) {
            Ok(()) => panic!("{fault:?} passes {name}"),
            Err(failure) => println!("{fault:?} is caught by {name}: {failure:.100}"),
        }
    }
    for check in &checks {
        let caught = CONTROLS.iter().any(|(_, name)| *name == check.name());
        assert!(caught, "nothing shows that {} can fail", check.name());
    }
    println!("{} checks, {} controls", checks.len(), CONTROLS.len());
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
    AlwaysSettles,
    CheckThenInsert,
    ClaimsOfEverySource,
    ClaimsOneByNoId,
    ClaimsTwice,
    CountsAttemptsForEver,
    CutsHistoryWithEvents,
    EndsBodyAtNul,
    EndsUnlimited,
    ExtendsForAnyone,
    FoldsCase,
    ForgetsNotBefore,
    ForgetsSettled,
    ForgetsWhy,
    HalfWhenDropped,
    IdsShrink,
    IgnoresGenerations,
    IgnoresOutcomes,
    IgnoresOwners,
    IgnoresPayload,
    IgnoresStatuses,
    IgnoresVersions,
    JoinsNames,
    KeysAcrossSources,
    LeaksTenants,
    LeaseIsShort,
    LooksThenWrites,
    LosesAHeader,
    LosesDetails,
    MiscountsStates,
    NeverCloses,
    NeverDeduplicates,
    NeverRenews,
    NoKeyIsAKey,
    OldestFirst,
    OneStatusForAll,
    OwnClock,
    PagesAreNeverEmpty,
    PagesByTimeAlone,
    PromisesDurability,
    PurgesEverything,
    PurgesKeys,
    PurgesWithoutLimit,
    RoundsTimes,
    ShortKeys,
    ShortWindows,
    StateIsShort,
    TakesLongPlaces,
    TurnsBatches,
    VersionsStartAnew,
    WindowIsLong,
    WindowIsShort,
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

impl Broken {
    /// The event first and its key in a second step, with a pause between that a caller may not
    /// survive.
    async fn insert_then_claim(&self, draft: Draft, now: Timestamp) -> Result<Staged, StoreError> {
        let mut place = draft.source.to_string().into_bytes();
        place.extend(draft.claim.iter().flat_map(|claim| *claim.key.as_bytes()));
        if let Some(id) = self.seen.lock().unwrap().get(&place).copied() {
            return Ok(Staged::Duplicate { id, payload_differs: false });
        }
        let staged = self.inner.stage(without_claim(draft), now).await?;
        let mut paused = false;
        std::future::poll_fn(|context| {
            if std::mem::replace(&mut paused, true) {
                return Poll::Ready(());
            }
            context.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
        if let Staged::Inserted(id) = staged {
            self.seen.lock().unwrap().insert(place, id);
        }
        Ok(staged)
    }

    fn place(&self, key: &str) -> String {
        match self.fault {
            Fault::FoldsCase => key.to_lowercase(),
            // As a column of limited width does.
            Fault::TakesLongPlaces => key.chars().take(1000).collect(),
            _ => key.to_owned(),
        }
    }
}

fn without_claim(draft: Draft) -> Draft {
    let mut draft = draft;
    draft.claim = None;
    draft
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
        match self.fault {
            Fault::PromisesDurability => Durability::Synced,
            _ => self.inner.durability(),
        }
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
            Fault::EndsUnlimited => {
                if let Some(claim) = &mut draft.claim
                    && claim.window == Window::Unlimited
                {
                    *claim = Claim::new(claim.key, Window::FromFirst(MS * 1_000_000));
                }
            }
            Fault::HalfWhenDropped => return self.insert_then_claim(draft, now).await,
            Fault::JoinsNames => {
                let joined = draft.source.to_string().replace('/', "");
                draft.source = SourceId::new(&joined, "in").unwrap();
            }
            Fault::LosesAHeader => {
                draft.headers.pop();
            }
            Fault::NeverDeduplicates => draft.claim = None,
            Fault::NoKeyIsAKey => {
                let none = Claim::new(DedupeKey::from_bytes([0; 32]), Window::Unlimited);
                draft.claim.get_or_insert(none);
            }
            Fault::OneStatusForAll => draft.duplicate_status = draft.history.status,
            Fault::RoundsTimes => {
                let seconds = draft.received_at.as_unix_millis().div_euclid(1000);
                draft.received_at = Timestamp::from_unix_millis(seconds.saturating_mul(1000));
            }
            Fault::ShortKeys => {
                if let Some(claim) = &mut draft.claim {
                    let mut bytes = *claim.key.as_bytes();
                    bytes[31] = 0;
                    *claim = Claim::new(DedupeKey::from_bytes(bytes), claim.window);
                }
            }
            Fault::ShortWindows => stretch(&mut draft, |length| length.min(MS * 1000)),
            _ => {}
        }
        let (source, again) = (draft.source.clone(), draft.clone());
        let staged = self.inner.stage(draft, now).await?;
        match (self.fault, staged) {
            (Fault::IdsShrink, Staged::Inserted(id)) => {
                Ok(Staged::Inserted(EventId::new(1_000_000 - id.get())))
            }
            (Fault::ForgetsSettled, Staged::Duplicate { id, .. }) => {
                let event = self.inner.get(source.tenant(), id).await?;
                if event.is_some_and(|event| event.status == Status::Pending) {
                    return Ok(staged);
                }
                self.inner.stage(without_claim(again), now).await
            }
            _ => Ok(staged),
        }
    }

    async fn stage_all(
        &self,
        drafts: Vec<Draft>,
        now: Timestamp,
    ) -> Result<Vec<Staged>, StoreError> {
        let mut drafts = drafts;
        if self.fault == Fault::TurnsBatches {
            drafts.reverse();
        }
        self.inner.stage_all(drafts, now).await
    }

    async fn supersede(&self, source: &SourceId, generation: u64) -> Result<(), StoreError> {
        self.inner.supersede(source, generation).await
    }

    async fn get(&self, tenant: &str, id: EventId) -> Result<Option<Event>, StoreError> {
        if self.fault == Fault::LeaksTenants {
            return self.inner.get("acme", id).await;
        }
        let mut event = self.inner.get(tenant, id).await?;
        if self.fault == Fault::CountsAttemptsForEver
            && let Some(event) = &mut event
        {
            event.attempts = event.attempts.max(1);
        }
        Ok(event)
    }

    async fn list(
        &self,
        filter: &EventFilter,
        after: Option<Cursor>,
        limit: usize,
    ) -> Result<Vec<Event>, StoreError> {
        let (mut after, mut filter, mut limit) = (after, filter.clone(), limit);
        match (self.fault, &mut after) {
            (Fault::PagesByTimeAlone, Some(cursor)) => cursor.number = 0,
            (Fault::IgnoresStatuses, _) => filter.status = None,
            (Fault::PagesAreNeverEmpty, _) => limit = limit.max(1),
            _ => {}
        }
        let mut events = self.inner.list(&filter, after, limit).await?;
        if self.fault == Fault::OldestFirst {
            events.reverse();
        }
        Ok(events)
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
        let mut settlement = settlement;
        if self.fault == Fault::ForgetsWhy {
            settlement.reason = None;
        }
        let settled = self.inner.settle(tenant, id, transition, settlement, owner).await?;
        Ok(if self.fault == Fault::AlwaysSettles { Settled::Done } else { settled })
    }

    async fn claim(
        &self,
        request: &ClaimRequest,
        now: Timestamp,
    ) -> Result<Vec<Event>, StoreError> {
        let now = match self.fault {
            Fault::LeaseIsShort => now + Duration::from_millis(1),
            Fault::ClaimsTwice => now + Duration::from_secs(1_000_000),
            Fault::OwnClock => SystemClock.now(),
            _ => now,
        };
        let mut request = request.clone();
        match self.fault {
            Fault::ClaimsOneByNoId => request.event = None,
            Fault::ClaimsOfEverySource => request.source = None,
            _ => {}
        }
        self.inner.claim(&request, now).await
    }

    async fn extend(
        &self,
        tenant: &str,
        id: EventId,
        owner: &str,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let extended = self.inner.extend(tenant, id, owner, until, now).await?;
        Ok(extended || self.fault == Fault::ExtendsForAnyone)
    }

    async fn release(
        &self,
        tenant: &str,
        id: EventId,
        owner: &str,
        not_before: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let not_before = not_before.filter(|_| self.fault != Fault::ForgetsNotBefore);
        self.inner.release(tenant, id, owner, not_before, now).await
    }

    async fn record(&self, rows: Vec<HistoryRow>) -> Result<(), StoreError> {
        let mut rows = rows;
        if self.fault == Fault::LosesDetails {
            rows.iter_mut().for_each(|row| row.detail = None);
        }
        self.inner.record(rows).await
    }

    async fn history(
        &self,
        filter: &HistoryFilter,
        after: Option<Cursor>,
        limit: usize,
    ) -> Result<Vec<(Cursor, HistoryRow)>, StoreError> {
        let mut filter = filter.clone();
        if self.fault == Fault::IgnoresOutcomes {
            filter.outcome = None;
        }
        self.inner.history(&filter, after, limit).await
    }

    async fn purge(&self, request: &PurgeRequest, now: Timestamp) -> Result<Purged, StoreError> {
        let ends = now + Duration::from_secs(1_000_000);
        let mut request = *request;
        match self.fault {
            Fault::CutsHistoryWithEvents => request.history_before = request.events_before,
            Fault::PurgesEverything => request.events_before = ends,
            Fault::PurgesWithoutLimit => request.limit = usize::MAX,
            _ => {}
        }
        self.inner.purge(&request, if self.fault == Fault::PurgesKeys { ends } else { now }).await
    }

    async fn counts(&self, tenant: &str, source: Option<&SourceId>) -> Result<Counts, StoreError> {
        let mut counts = self.inner.counts(tenant, source).await?;
        if self.fault == Fault::MiscountsStates {
            std::mem::swap(&mut counts.promoted, &mut counts.pending);
        }
        Ok(counts)
    }

    async fn state(
        &self,
        namespace: &str,
        key: &str,
        now: Timestamp,
    ) -> Result<Option<State>, StoreError> {
        let key = self.place(key);
        let now = if self.fault == Fault::StateIsShort { now + MS } else { now };
        self.inner.state(namespace, &key, now).await
    }

    async fn put_if(&self, put: PutState, now: Timestamp) -> Result<Put, StoreError> {
        let mut put = put;
        put.key = self.place(&put.key);
        if self.fault == Fault::IgnoresVersions {
            let current = self.inner.state(&put.namespace, &put.key, now).await?;
            put.expected = current.map(|state| state.version);
        }
        if self.fault == Fault::LooksThenWrites {
            let current = self.inner.state(&put.namespace, &put.key, now).await?;
            if current.as_ref().map(|state| state.version) != put.expected {
                return Ok(Put::Conflict(current));
            }
            std::thread::sleep(Duration::from_micros(50));
            let current = self.inner.state(&put.namespace, &put.key, now).await?;
            put.expected = current.map(|state| state.version);
        }
        let done = self.inner.put_if(put, now).await?;
        Ok(match done {
            Put::Done { .. } if self.fault == Fault::VersionsStartAnew => Put::Done { version: 1 },
            done => done,
        })
    }

    async fn close(&self) -> Result<(), StoreError> {
        if self.fault == Fault::NeverCloses {
            return Ok(());
        }
        self.inner.close().await
    }
}
