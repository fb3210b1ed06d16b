//! What a store can do, for stores of tests that stand before another.

/// Hands the operations to a macro that writes each of them.
macro_rules! operations {
    ($write:ident) => {
        const _: () = {
            use hookstage::store::{
                ClaimRequest, Counts, Cursor, EventFilter, HistoryFilter, PurgeRequest, Purged,
                Put, PutState, Settled, Staged, State,
            };
            use hookstage::{
                Draft, Event, EventId, HistoryRow, Settlement, SourceId, Timestamp, Transition,
            };

            $write! {
                fn stage(&self, draft: Draft, now: Timestamp) -> Staged;
                fn stage_all(&self, drafts: Vec<Draft>, now: Timestamp) -> Vec<Staged>;
                fn supersede(&self, source: &SourceId, generation: u64) -> ();
                fn get(&self, tenant: &str, id: EventId) -> Option<Event>;
                fn list(
                    &self, filter: &EventFilter, after: Option<Cursor>, limit: usize
                ) -> Vec<Event>;
                fn settle(
                    &self, tenant: &str, id: EventId, transition: Transition,
                    settlement: Settlement, owner: Option<&str>
                ) -> Settled;
                fn claim(&self, request: &ClaimRequest, now: Timestamp) -> Vec<Event>;
                fn extend(
                    &self, tenant: &str, id: EventId, owner: &str, until: Timestamp, now: Timestamp
                ) -> bool;
                fn release(
                    &self, tenant: &str, id: EventId, owner: &str, not_before: Option<Timestamp>,
                    now: Timestamp
                ) -> bool;
                fn record(&self, rows: Vec<HistoryRow>) -> ();
                fn history(
                    &self, filter: &HistoryFilter, after: Option<Cursor>, limit: usize
                ) -> Vec<(Cursor, HistoryRow)>;
                fn purge(&self, request: &PurgeRequest, now: Timestamp) -> Purged;
                fn counts(&self, tenant: &str, source: Option<&SourceId>) -> Counts;
                fn state(&self, namespace: &str, key: &str, now: Timestamp) -> Option<State>;
                fn put_if(&self, put: PutState, now: Timestamp) -> Put;
                fn close(&self) -> ();
            }
        };
    };
}
