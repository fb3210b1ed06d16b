//! Whether it is new: keys, windows, batches, generations, and the history row of each.

use std::time::Duration;

use super::subject::{Failure, Subject, T0, at, draft, draft_within, holds, ms, same, source};
use super::{Check, Fixture};
use crate::dedupe::Window;
use crate::event::{Draft, EventId};
use crate::store::{EventFilter, HistoryFilter, Staged};

pub(super) fn checks<F: Fixture>() -> Vec<Check<F>> {
    vec![
        Check {
            name: "second_is_duplicate_of_first",
            promise: "a key that is held makes a later delivery a duplicate of the event that holds it, which is kept as it was",
            run: second_is_duplicate_of_first,
        },
        Check {
            name: "no_claim_is_always_new",
            promise: "drafts without a claim are all inserted",
            run: no_claim_is_always_new,
        },
        Check {
            name: "other_payload_is_told",
            promise: "a duplicate says whether its body was another one than the first",
            run: other_payload_is_told,
        },
        Check {
            name: "window_ends_exactly",
            promise: "one millisecond before its end a window holds, at its end the key is free",
            run: window_ends_exactly,
        },
        Check {
            name: "duplicates_renew_from_last",
            promise: "a duplicate renews a window from the last delivery and no other, and never shortens one",
            run: duplicates_renew_from_last,
        },
        Check {
            name: "unlimited_never_ends",
            promise: "an unlimited window holds at any later time",
            run: unlimited_never_ends,
        },
        Check {
            name: "windows_of_any_length",
            promise: "a window of no length holds nobody out, one longer than time does not overflow",
            run: windows_of_any_length,
        },
        Check {
            name: "batch_is_judged_in_order",
            promise: "stage_all answers each draft by itself and in order, and the first of two with one key wins",
            run: batch_is_judged_in_order,
        },
        Check {
            name: "superseded_stages_nothing",
            promise: "a draft of an older generation stages nothing and takes no key; generations only rise, each source's by itself",
            run: superseded_stages_nothing,
        },
        Check {
            name: "every_draft_has_its_history_row",
            promise: "the history row of a draft is written with the outcome, the event and the status of what came of it",
            run: every_draft_has_its_history_row,
        },
        Check {
            name: "ids_grow",
            promise: "ids of events grow and are never given out again, also after the newest was purged",
            run: ids_grow,
        },
    ]
}

fn second_is_duplicate_of_first<F: Fixture>(fixture: &F) -> Result<(), Failure> {
    let store = Subject::fresh(fixture);
    let here = source("acme", "in")?;
    let id = store.insert(draft(&here, 1, T0), T0)?;
    let expected = Staged::Duplicate { id, payload_differs: false };
    same("the same delivery again", &store.stage(draft(&here, 1, at(5)), at(5))?, &expected)?;
    same("when the first was received", &store.event("acme", id)?.received_at, &T0)?;
    let other = store.insert(draft(&here, 2, T0), T0)?;
    holds("another key is another event", other != id)?;
    same("events", &store.list(&EventFilter::tenant("acme"), None, 10)?.len(), &2)
}

fn no_claim_is_always_new<F: Fixture>(fixture: &F) -> Result<(), Failure> {
    let store = Subject::fresh(fixture);
    let here = source("acme", "in")?;
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(store.insert(Draft::for_tests(here.clone(), T0, *b"same", None), T0)?);
    }
    ids.dedup();
    same("different events", &ids.len(), &3)
}

fn other_payload_is_told<F: Fixture>(fixture: &F) -> Result<(), Failure> {
    let store = Subject::fresh(fixture);
    let here = source("acme", "in")?;
    let first = draft(&here, 1, T0);
    let claim = first.claim;
    let id = store.insert(first, T0)?;
    let other = Draft::for_tests(here.clone(), T0, *b"{\"number\":1} ", claim);
    let expected = Staged::Duplicate { id, payload_differs: true };
    same("the key with another body", &store.stage(other, T0)?, &expected)?;
    let expected = Staged::Duplicate { id, payload_differs: false };
    same("the first body again", &store.stage(draft(&here, 1, T0), T0)?, &expected)
}

fn window_ends_exactly<F: Fixture>(fixture: &F) -> Result<(), Failure> {
    let store = Subject::fresh(fixture);
    let here = source("acme", "in")?;
    let window = Window::FromFirst(ms(90_000));
    let deliver = |after| store.stage(draft_within(&here, 1, window, at(after)), at(after));
    let Staged::Inserted(first) = deliver(0)? else {
        return Err(Failure::new("the first delivery is not new"));
    };
    let duplicate = Staged::Duplicate { id: first, payload_differs: false };
    same("in the middle", &deliver(45_000)?, &duplicate)?;
    same("1 ms before the end", &deliver(89_999)?, &duplicate)?;
    let Staged::Inserted(second) = deliver(90_000)? else {
        return Err(Failure::new("at the end of the window the key is not free"));
    };
    holds("the second event is another", first != second)?;
    let duplicate = Staged::Duplicate { id: second, payload_differs: false };
    same("1 ms before the end of the second window", &deliver(179_999)?, &duplicate)?;
    holds("the second window ends too", matches!(deliver(180_000)?, Staged::Inserted(_)))
}

fn duplicates_renew_from_last<F: Fixture>(fixture: &F) -> Result<(), Failure> {
    let store = Subject::fresh(fixture);
    let here = source("acme", "in")?;
    let last = Window::FromLast(ms(1000));
    let id = store.insert(draft_within(&here, 1, last, T0), T0)?;
    let duplicate = Staged::Duplicate { id, payload_differs: false };
    for after in [999, 1998, 2997] {
        let now = at(after);
        same(
            "within the renewed window",
            &store.stage(draft_within(&here, 1, last, now), now)?,
            &duplicate,
        )?;
    }
    // A clock that went back, and a shorter rule, must not end the window earlier.
    same("earlier again", &store.stage(draft_within(&here, 1, last, at(10)), at(10))?, &duplicate)?;
    let shorter = Window::FromLast(ms(1));
    same(
        "a shorter rule",
        &store.stage(draft_within(&here, 1, shorter, at(3000)), at(3000))?,
        &duplicate,
    )?;
    // A duplicate under another kind of window renews nothing.
    let first = Window::FromFirst(ms(1_000_000));
    same(
        "from first",
        &store.stage(draft_within(&here, 1, first, at(3996)), at(3996))?,
        &duplicate,
    )?;
    let again = store.insert(draft_within(&here, 1, last, at(3997)), at(3997))?;
    holds("1000 ms after the last renewal the key was free", again != id)?;
    // Nor does a renewal put an end to a window that has none.
    let id = store.insert(draft(&here, 2, T0), T0)?;
    let duplicate = Staged::Duplicate { id, payload_differs: false };
    same(
        "from last on unlimited",
        &store.stage(draft_within(&here, 2, last, at(1)), at(1))?,
        &duplicate,
    )?;
    same("long after", &store.stage(draft(&here, 2, at(1_000_000)), at(1_000_000))?, &duplicate)
}

fn unlimited_never_ends<F: Fixture>(fixture: &F) -> Result<(), Failure> {
    let store = Subject::fresh(fixture);
    let here = source("acme", "in")?;
    let id = store.insert(draft(&here, 1, T0), T0)?;
    let late = T0 + Duration::from_secs(1000 * 365 * 86_400);
    let duplicate = Staged::Duplicate { id, payload_differs: false };
    same("after 1,000 years", &store.stage(draft(&here, 1, late), late)?, &duplicate)
}

fn windows_of_any_length<F: Fixture>(fixture: &F) -> Result<(), Failure> {
    let store = Subject::fresh(fixture);
    let here = source("acme", "in")?;
    for _ in 0..2 {
        store.insert(draft_within(&here, 1, Window::FromFirst(Duration::ZERO), T0), T0)?;
    }
    for window in [Window::FromFirst(Duration::MAX), Window::FromLast(Duration::MAX)] {
        let number = if matches!(window, Window::FromFirst(_)) { 2 } else { 3 };
        let id = store.insert(draft_within(&here, number, window, T0), T0)?;
        for now in [T0, at(1_000_000_000_000)] {
            let expected = Staged::Duplicate { id, payload_differs: false };
            let got = store.stage(draft_within(&here, number, window, now), now)?;
            same("a window longer than time", &got, &expected)?;
        }
    }
    Ok(())
}

fn batch_is_judged_in_order<F: Fixture>(fixture: &F) -> Result<(), Failure> {
    let store = Subject::fresh(fixture);
    let here = source("acme", "in")?;
    same("nothing", &store.stage_all(Vec::new(), T0)?, &Vec::new())?;
    let old = store.insert(draft(&here, 1, T0), T0)?;
    store.supersede(&source("acme", "revoked")?, 1)?;
    let drafts = vec![
        draft(&here, 2, T0),
        draft(&here, 1, T0),
        draft(&source("acme", "revoked")?, 3, T0),
        draft(&here, 2, T0),
        Draft::for_tests(here.clone(), T0, *b"", None),
    ];
    let answers = store.stage_all(drafts, T0)?;
    let [Staged::Inserted(new), second, third, fourth, Staged::Inserted(last)] = answers[..] else {
        return Err(Failure::new(format!("the answers of the batch are {answers:?}")));
    };
    same("held before", &second, &Staged::Duplicate { id: old, payload_differs: false })?;
    same("revoked", &third, &Staged::Superseded)?;
    same("held in the batch", &fourth, &Staged::Duplicate { id: new, payload_differs: false })?;
    holds("the events differ", new != last && new != old)?;
    same("events", &store.list(&EventFilter::tenant("acme"), None, 10)?.len(), &3)?;
    same("rows", &store.history(&HistoryFilter::tenant("acme"), None, 10)?.len(), &6)
}

fn superseded_stages_nothing<F: Fixture>(fixture: &F) -> Result<(), Failure> {
    let store = Subject::fresh(fixture);
    let (here, there) = (source("acme", "in")?, source("acme", "other")?);
    let of = |generation| {
        let mut draft = draft(&here, 1, T0);
        draft.generation = generation;
        draft
    };
    store.supersede(&here, 7)?;
    same("an older generation", &store.stage(of(6), T0)?, &Staged::Superseded)?;
    store.supersede(&here, 3)?;
    same("after a lower one was put in force", &store.stage(of(6), T0)?, &Staged::Superseded)?;
    same("events", &store.list(&EventFilter::tenant("acme"), None, 10)?.len(), &0)?;
    store.insert(draft(&there, 1, T0), T0)?;
    let id = store.insert(of(7), T0)?;
    let duplicate = Staged::Duplicate { id, payload_differs: false };
    same("a later generation", &store.stage(of(u64::MAX), T0)?, &duplicate)?;
    store.supersede(&here, u64::MAX)?;
    same("the last but one", &store.stage(of(u64::MAX - 1), T0)?, &Staged::Superseded)?;
    same("the last", &store.stage(of(u64::MAX), T0)?, &duplicate)?;
    let filter =
        HistoryFilter { outcome: Some("refused".to_owned()), ..HistoryFilter::tenant("acme") };
    let rows = store.history(&filter, None, 10)?;
    same("rows of refusals", &rows.len(), &3)?;
    holds("they name no event", rows.iter().all(|(_, row)| row.event.is_none()))
}

fn every_draft_has_its_history_row<F: Fixture>(fixture: &F) -> Result<(), Failure> {
    let store = Subject::fresh(fixture);
    let here = source("acme", "in")?;
    let of = |now, generation| {
        let mut draft = draft(&here, 1, now);
        draft.history.status = 202;
        draft.duplicate_status = 204;
        draft.superseded_status = 404;
        draft.generation = generation;
        draft
    };
    store.supersede(&here, 1)?;
    let mut expected = Vec::new();
    for (now, generation) in [(T0, 1), (at(1), 1), (at(2), 0)] {
        let draft = of(now, generation);
        let staged = store.stage(draft.clone(), now)?;
        expected.push(draft.row(staged));
    }
    expected.reverse();
    let rows = store.history(&HistoryFilter::tenant("acme"), None, 10)?;
    let rows: Vec<_> = rows.into_iter().map(|(_, row)| row).collect();
    same("rows, newest first", &rows, &expected)?;
    let words: Vec<(&str, u16)> = rows.iter().map(|row| (&*row.outcome, row.status)).collect();
    same("what they say", &words, &vec![("refused", 404), ("duplicate", 204), ("staged", 202)])
}

fn ids_grow<F: Fixture>(fixture: &F) -> Result<(), Failure> {
    let store = Subject::fresh(fixture);
    let here = source("acme", "in")?;
    let mut last = EventId::new(0);
    for number in 0..4 {
        let id = store.insert(draft(&here, number, T0), T0)?;
        holds("an id is greater than the one before", id > last)?;
        let _ = store.settle("acme", id, crate::event::Transition::Reject, T0, None)?;
        same("purged", &store.purge_all(at(1), T0)?.events, &1)?;
        last = id;
    }
    Ok(())
}
