//! Futures that are dropped, handles that are closed, and what is there afterwards.

use std::pin::pin;
use std::task::{Context, Waker};

use super::subject::{Failure, Subject, T0, at, draft, holds, put, same, source};
use super::{Check, Fixture};
use crate::event::{EventId, Settlement, Transition};
use crate::history::HistoryRow;
use crate::store::{
    ClaimRequest, Durability, EventFilter, HistoryFilter, PurgeRequest, Staged, Store,
    StoreErrorKind,
};

pub(super) fn checks<F: Fixture>() -> Vec<Check<F>> {
    vec![
        Check {
            name: "dropped_future_leaves_no_half",
            promise: "a future that is dropped after its first poll did all of its work or none",
            run: dropped_future_leaves_no_half,
        },
        Check {
            name: "closed_store_refuses",
            promise: "after close every method answers Closed, and closing again is no fault",
            run: closed_store_refuses,
        },
        Check {
            name: "close_finishes_what_was_begun",
            promise: "what was answered before or during close is there afterwards, and nothing half",
            run: close_finishes_what_was_begun,
        },
        Check {
            name: "another_handle_sees_what_was_answered",
            promise: "what a method returned Ok for is seen by every other handle at once, and after reopening",
            run: another_handle_sees_what_was_answered,
        },
    ]
}

fn dropped_future_leaves_no_half<F: Fixture>(fixture: &F) -> Result<(), Failure> {
    let store = Subject::fresh(fixture);
    let here = source("acme", "in")?;
    let mut dropped = 0;
    for number in 0..20 {
        let handle = &store.store;
        let draft = || draft(&here, number, T0);
        // Polled on the fixture's own executor, so that a store may need its runtime.
        dropped += fixture.block_on(async {
            let mut future = pin!(handle.stage(draft(), T0));
            let mut context = Context::from_waker(Waker::noop());
            usize::from(future.as_mut().poll(&mut context).is_pending())
        });
        let _ = store.stage(draft(), T0)?;
    }
    let events = store.list(&EventFilter::tenant("acme"), None, 100)?;
    same(&format!("events, {dropped} futures dropped"), &events.len(), &20)?;
    let rows = store.history(&HistoryFilter::tenant("acme"), None, 100)?;
    let staged = rows.iter().filter(|(_, row)| row.outcome == "staged").count();
    same("rows of events", &staged, &20)?;
    for event in events {
        let again = store.stage(
            draft_like(
                &here,
                &event.body,
                event
                    .key
                    .map(|key| crate::event::Claim::new(key, crate::dedupe::Window::Unlimited)),
            ),
            T0,
        )?;
        let expected = Staged::Duplicate { id: event.id, payload_differs: false };
        same("the key of each event", &again, &expected)?;
    }
    Ok(())
}

fn draft_like(
    here: &crate::source::SourceId,
    body: &[u8],
    claim: Option<crate::event::Claim>,
) -> crate::event::Draft {
    crate::event::Draft::for_tests(here.clone(), T0, body, claim)
}

fn closed_store_refuses<F: Fixture>(fixture: &F) -> Result<(), Failure> {
    let store = Subject::fresh(fixture);
    let here = source("acme", "in")?;
    let id = store.insert(draft(&here, 1, T0), T0)?;
    store.close()?;
    store.close()?;
    let handle = &*store.store;
    let settlement = Settlement::new("a".to_owned(), T0, None);
    let request = ClaimRequest::new("w", at(1), 1);
    let purge = PurgeRequest::older_than(std::time::Duration::ZERO, T0);
    let row = HistoryRow::new(here.clone(), T0, "refused".into(), 401);
    let faults = fixture.block_on(async {
        [
            ("stage", handle.stage(draft(&here, 2, T0), T0).await.err()),
            ("stage_all", handle.stage_all(vec![draft(&here, 3, T0)], T0).await.err()),
            ("supersede", handle.supersede(&here, 1).await.err()),
            ("get", handle.get("acme", id).await.err()),
            ("list", handle.list(&EventFilter::tenant("acme"), None, 1).await.err()),
            (
                "settle",
                handle.settle("acme", id, Transition::Promote, settlement, None).await.err(),
            ),
            ("claim", handle.claim(&request, T0).await.err()),
            ("extend", handle.extend("acme", id, "w", at(1), T0).await.err()),
            ("release", handle.release("acme", id, "w", None, T0).await.err()),
            ("record", handle.record(vec![row]).await.err()),
            ("history", handle.history(&HistoryFilter::tenant("acme"), None, 1).await.err()),
            ("purge", handle.purge(&purge, T0).await.err()),
            ("counts", handle.counts("acme", None).await.err()),
            ("state", handle.state("check", "k", T0).await.err()),
            ("put_if", handle.put_if(put("k", None, Some(b"v")), T0).await.err()),
        ]
    });
    for (method, fault) in faults {
        same(method, &fault.map(|fault| fault.kind()), &Some(StoreErrorKind::Closed))?;
    }
    Ok(())
}

fn close_finishes_what_was_begun<F: Fixture>(fixture: &F) -> Result<(), Failure> {
    let store = Subject::fresh(fixture);
    let here = source("acme", "in")?;
    let other = store.reopen();
    let mut acknowledged: Vec<EventId> = Vec::new();
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..4_u64)
            .map(|worker| {
                let (store, here) = (&store, &here);
                scope.spawn(move || {
                    let mut mine = Vec::new();
                    for number in 0..10_000 {
                        let draft = draft(here, worker * 100_000 + number, T0);
                        match fixture.block_on(store.store.stage(draft, T0)) {
                            Ok(Staged::Inserted(id)) => mine.push(id),
                            Ok(other) => return Err(Failure::new(format!("{other:?}"))),
                            Err(error) if error.kind() == StoreErrorKind::Closed => break,
                            Err(error) => return Err(error.into()),
                        }
                        if number == 9_999 {
                            return Err(Failure::new("the store took 10,000 events while closing"));
                        }
                    }
                    Ok(mine)
                })
            })
            .collect();
        std::thread::sleep(std::time::Duration::from_millis(20));
        store.close()?;
        for worker in workers {
            let mine = worker.join().unwrap_or_else(|_| Err(Failure::new("a worker panicked")))?;
            acknowledged.extend(mine);
        }
        Ok::<(), Failure>(())
    })?;
    let Some(other) = other else { return Ok(()) };
    for id in &acknowledged {
        holds("what was acknowledged is there", other.get("acme", *id)?.is_some())?;
    }
    let pending = other.counts("acme", None)?.pending;
    holds("no more is there than was begun", pending <= acknowledged.len() as u64 + 4)
}

fn another_handle_sees_what_was_answered<F: Fixture>(fixture: &F) -> Result<(), Failure> {
    let store = Subject::fresh(fixture);
    let here = source("acme", "in")?;
    let Some(other) = store.reopen() else {
        return same(
            "durability of what cannot be reopened",
            &store.durability(),
            &Durability::Process,
        );
    };
    let id = store.insert(draft(&here, 1, T0), T0)?;
    holds("at once", other.get("acme", id)?.is_some())?;
    let duplicate = Staged::Duplicate { id, payload_differs: false };
    same("its key", &other.stage(draft(&here, 1, T0), T0)?, &duplicate)?;
    let version = store.put(put("k", None, Some(b"v")), T0)?;
    let seen = other.state("check", "k", T0)?.map(|state| state.version);
    same("its state", &seen, &Some(version))?;
    store.supersede(&here, 5)?;
    same("its generation", &other.stage(draft(&here, 2, T0), T0)?, &Staged::Superseded)?;
    let _ = other.settle("acme", id, Transition::Promote, T0, None)?;
    same("its settlement", &store.event("acme", id)?.status, &Transition::Promote.to())?;
    store.close()?;
    holds("the other handle lives on", other.get("acme", id)?.is_some())?;
    other.close()?;
    let Some(again) = other.reopen() else {
        return Err(Failure::new("the store cannot be reopened"));
    };
    same("after reopening", &again.event("acme", id)?.status, &Transition::Promote.to())?;
    same("its rows", &again.history(&HistoryFilter::tenant("acme"), None, 10)?.len(), &3)
}
