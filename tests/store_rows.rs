//! Attacks on a store, one test for each: the check of the suite that answers it, on the memory store
//! and on SQLite. PostgreSQL runs the same checks with the whole suite.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

#[cfg(feature = "sqlite")]
#[path = "support/directory.rs"]
mod directory;

use hookstage::conformance::{self, Fixture};
use hookstage::store::MemoryStore;

macro_rules! rows {
    ($($row:ident: $($check:literal),+;)+) => {$(
        #[test]
        fn $row() {
            for check in [$($check),+] {
                holds(&Memory, check);
                #[cfg(feature = "sqlite")]
                holds(&sqlite::Files::new(stringify!($row)), check);
            }
        }
    )+};
}

rows! {
    ded_11_an_error_or_a_dropped_future_leaves_both_rows_or_none:
        "dropped_future_leaves_no_half", "every_draft_has_its_history_row";
    ded_12_of_many_who_stage_one_event_one_wins:
        "race_has_one_winner", "racing_replays_stage_each_key_once";
    ded_14_another_source_or_tenant_has_keys_of_its_own:
        "keys_belong_to_their_source", "names_do_not_run_together";
    ded_15_another_body_under_the_key_is_told_and_the_first_kept:
        "other_payload_is_told";
    ded_18_what_was_rejected_or_purged_stays_a_duplicate:
        "purge_keeps_open_keys", "settled_keys_stay_held";
    sto_09_texts_and_keys_are_data_and_matched_whole:
        "texts_are_data", "keys_are_all_their_bytes", "bodies_come_back", "state_places_are_apart",
        "state_places_are_bounded";
    sto_11_purge_against_replay:
        "purge_races_replay", "purge_keeps_open_keys", "purge_keeps_what_is_needed";
    sto_12_no_method_crosses_tenants:
        "tenants_are_apart", "claim_filters", "list_filters", "counts_follow";
    sto_13_no_clock_but_the_callers:
        "time_is_the_callers", "times_come_back", "window_ends_exactly", "lease_ends_exactly";
    i2_one_staged_row_for_a_key_while_its_window_is_open:
        "race_has_one_winner", "window_ends_exactly", "duplicates_renew_from_last";
    i5_one_settlement_wins:
        "race_to_settle_has_one_winner", "owner_settles_under_open_lease_only",
        "race_to_claim_shares_out";
    i8_nothing_of_a_revoked_generation_is_staged:
        "superseded_stages_nothing", "supersede_races_stage";
}

fn holds<F: Fixture>(fixture: &F, name: &str) {
    let checks = conformance::checks::<F>();
    let check = checks.iter().find(|check| check.name() == name);
    let check = check.unwrap_or_else(|| panic!("there is no check {name}"));
    if let Err(failure) = check.run(fixture) {
        panic!("{name}: {}: {failure}", check.promise());
    }
}

struct Memory;

impl Fixture for Memory {
    type Store = MemoryStore;

    fn fresh(&self) -> MemoryStore {
        MemoryStore::new()
    }

    fn reopen(&self, _: &MemoryStore) -> Option<MemoryStore> {
        None
    }

    fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        conformance::block_on(future)
    }
}

#[cfg(feature = "sqlite")]
mod sqlite {
    use std::path::Path;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use crate::directory::Directory;
    use hookstage::conformance::{self, Fixture};
    use hookstage::store::{SqliteOptions, SqliteStore};

    pub(crate) struct Files(Directory, AtomicUsize);

    impl Files {
        pub(crate) fn new(name: &str) -> Self {
            Self(Directory::new(&format!("rows-{name}")), AtomicUsize::new(0))
        }
    }

    fn open(path: &Path) -> SqliteStore {
        // Two handles on one file do not queue; on a slow machine one can be unlucky for long.
        let patience = Duration::from_secs(120);
        SqliteOptions::new().sync_commits(false).busy_timeout(patience).open(path).unwrap()
    }

    impl Fixture for Files {
        type Store = SqliteStore;

        fn fresh(&self) -> SqliteStore {
            let number = self.1.fetch_add(1, Ordering::SeqCst);
            open(&self.0.file(format!("{number}.db")))
        }

        fn reopen(&self, store: &SqliteStore) -> Option<SqliteStore> {
            Some(open(store.path()))
        }

        fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
            conformance::block_on(future)
        }
    }
}
