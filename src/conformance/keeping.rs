//! What is kept and what may go: purge and small state.

use super::subject::{
    Failure, Subject, T0, at, draft, draft_within, holds, ms, purge_before, put, same, source,
};
use super::working::way_to;
use super::{Check, Fixture};
use crate::dedupe::Window;
use crate::event::Status;
use crate::history::HistoryRow;
use crate::store::{
    EventFilter, HistoryFilter, Purged, Put, PutState, Staged, State, Store as _, StoreErrorKind,
};

pub(super) fn checks<F: Fixture>() -> Vec<Check<F>> {
    vec![
        Check {
            name: "purge_keeps_what_is_needed",
            promise: "purge removes settled events from before the cut and nothing else, and never a pending one",
            run: purge_keeps_what_is_needed,
        },
        Check {
            name: "purge_keeps_open_keys",
            promise: "the key of a purged event stays held until its window ends",
            run: purge_keeps_open_keys,
        },
        Check {
            name: "settled_keys_stay_held",
            promise: "a replay of what was promoted, rejected or given up is a duplicate and changes nothing",
            run: settled_keys_stay_held,
        },
        Check {
            name: "purge_cuts_history",
            promise: "purge removes history rows from before their cut, with a cut of their own",
            run: purge_cuts_history,
        },
        Check {
            name: "purge_is_bounded",
            promise: "purge removes at most the limit of each kind per call, and everything in enough calls",
            run: purge_is_bounded,
        },
        Check {
            name: "state_is_compare_and_set",
            promise: "a value is written only over the expected version, and a conflict shows what stands there",
            run: state_is_compare_and_set,
        },
        Check {
            name: "versions_only_grow",
            promise: "the versions of a key grow over removals, ends and purges",
            run: versions_only_grow,
        },
        Check {
            name: "state_ends_exactly",
            promise: "a value is there until its end and not at it, and is then purged",
            run: state_ends_exactly,
        },
        Check {
            name: "state_places_are_apart",
            promise: "namespaces and keys are matched whole and exactly",
            run: state_places_are_apart,
        },
        Check {
            name: "state_places_are_bounded",
            promise: "a namespace and key of 1,024 bytes are taken, of 1,025 refused with nothing written",
            run: state_places_are_bounded,
        },
    ]
}

fn purge_keeps_what_is_needed<F: Fixture>(fixture: &F) -> Result<(), Failure> {
    let store = Subject::fresh(fixture);
    let mut kept = Vec::new();
    let mut number = 0;
    for tenant in ["acme", "b", "other"] {
        for status in Status::ALL {
            for after in [0, 99, 100] {
                let id = store.insert(draft(&source(tenant, "in")?, number, at(after)), T0)?;
                number += 1;
                if let Some(way) = way_to(status) {
                    let _ = store.settle(tenant, id, way, at(500), None)?;
                }
                kept.push((tenant, id, status == Status::Pending || after == 100));
            }
        }
    }
    let purged = store.purge(&purge_before(at(100), 1000), at(1000))?;
    same("purged events", &purged.events, &18)?;
    same("purged keys", &purged.keys, &0)?;
    for (tenant, id, stays) in kept {
        same("whether it stays", &store.get(tenant, id)?.is_some(), &stays)?;
    }
    same("a second time", &store.purge(&purge_before(at(100), 1000), at(1000))?, &Purged::default())
}

fn purge_keeps_open_keys<F: Fixture>(fixture: &F) -> Result<(), Failure> {
    let store = Subject::fresh(fixture);
    let here = source("acme", "in")?;
    let forever = store.insert(draft(&here, 1, T0), T0)?;
    let window = Window::FromFirst(ms(1000));
    let for_now = store.insert(draft_within(&here, 2, window, T0), T0)?;
    let pending = store.insert(draft_within(&here, 3, window, T0), T0)?;
    for id in [forever, for_now] {
        let _ = store.settle("acme", id, crate::event::Transition::Reject, T0, None)?;
    }
    let purged = store.purge_all(at(999), at(999))?;
    same("purged before the window ends", &(purged.events, purged.keys), &(2, 0))?;
    let duplicate = |id| Staged::Duplicate { id, payload_differs: false };
    same("for ever", &store.stage(draft(&here, 1, at(999)), at(999))?, &duplicate(forever))?;
    let again = store.stage(draft_within(&here, 2, window, at(999)), at(999))?;
    same("while its window is open", &again, &duplicate(for_now))?;
    same("the event itself", &store.get("acme", for_now)?.is_none(), &true)?;
    let purged = store.purge_all(at(1000), at(1000))?;
    same("purged at the end of the window", &(purged.events, purged.keys), &(0, 2))?;
    holds("the pending event stays", store.get("acme", pending)?.is_some())?;
    store.insert(draft_within(&here, 2, window, at(1000)), at(1000))?;
    same("for ever, still", &store.stage(draft(&here, 1, at(1000)), at(1000))?, &duplicate(forever))
}

fn settled_keys_stay_held<F: Fixture>(fixture: &F) -> Result<(), Failure> {
    let store = Subject::fresh(fixture);
    let here = source("acme", "in")?;
    for (number, status) in (0..).zip(Status::ALL) {
        let id = store.insert(draft(&here, number, T0), T0)?;
        if let Some(way) = way_to(status) {
            let _ = store.settle("acme", id, way, at(1), None)?;
        }
        let before = format!("{:?}", store.event("acme", id)?);
        let again = store.stage(draft(&here, number, at(2)), at(2))?;
        same("a replay", &again, &Staged::Duplicate { id, payload_differs: false })?;
        same("the event then", &format!("{:?}", store.event("acme", id)?), &before)?;
    }
    Ok(())
}

fn purge_cuts_history<F: Fixture>(fixture: &F) -> Result<(), Failure> {
    let store = Subject::fresh(fixture);
    let mut rows = Vec::new();
    for tenant in ["acme", "b"] {
        for after in [0, 10, 11] {
            rows.push(HistoryRow::new(source(tenant, "in")?, at(after), "refused".into(), 401));
        }
    }
    store.record(rows)?;
    let mut request = purge_before(T0, 1000);
    request.history_before = at(11);
    same("rows", &store.purge(&request, at(1000))?.history, &4)?;
    let left = store.history(&HistoryFilter::tenant("b"), None, 10)?;
    same("left", &left.iter().map(|(_, row)| row.at).collect::<Vec<_>>(), &vec![at(11)])
}

fn purge_is_bounded<F: Fixture>(fixture: &F) -> Result<(), Failure> {
    let store = Subject::fresh(fixture);
    let here = source("acme", "in")?;
    for number in 0..7 {
        let window = Window::FromFirst(ms(1));
        let id = store.insert(draft_within(&here, number, window, T0), T0)?;
        let _ = store.settle("acme", id, crate::event::Transition::Reject, T0, None)?;
        let ends = PutState { expires: Some(at(1)), ..put(&number.to_string(), None, Some(b"v")) };
        store.put(ends, T0)?;
    }
    let request = purge_before(at(1), 3);
    same(
        "nothing at a limit of 0",
        &store.purge(&purge_before(at(1), 0), at(1))?,
        &Purged::default(),
    )?;
    for expected in [3, 3, 1, 0] {
        let purged = store.purge(&request, at(1))?;
        let got = [purged.events, purged.keys, purged.history, purged.state];
        same("events, keys, history, state", &got, &[expected; 4])?;
    }
    same("events", &store.list(&EventFilter::tenant("acme"), None, 10)?.len(), &0)
}

fn state_is_compare_and_set<F: Fixture>(fixture: &F) -> Result<(), Failure> {
    let store = Subject::fresh(fixture);
    same("nothing there", &store.state("check", "k", T0)?, &None)?;
    let none = store.put_if(put("k", Some(1), Some(b"x")), T0)?;
    same("a version of nothing", &none, &Put::Conflict(None))?;
    let first = store.put(put("k", None, Some(b"\0\xffone")), T0)?;
    let there = Some(State { version: first, bytes: b"\0\xffone".to_vec() });
    same("the value", &store.state("check", "k", T0)?, &there)?;
    for expected in [None, Some(first.wrapping_add(1)), Some(u64::MAX)] {
        let got = store.put_if(put("k", expected, Some(b"x")), T0)?;
        same("another version", &got, &Put::Conflict(there.clone()))?;
        let got = store.put_if(put("k", expected, None), T0)?;
        same("removing another version", &got, &Put::Conflict(there.clone()))?;
    }
    let second = store.put(put("k", Some(first), Some(b"")), T0)?;
    holds("the version grows", second > first)?;
    let there = Some(State { version: second, bytes: Vec::new() });
    same("an empty value is a value", &store.state("check", "k", T0)?, &there)?;
    let got = store.put_if(put("k", Some(first), Some(b"x")), T0)?;
    same("the version before", &got, &Put::Conflict(there))?;
    store.put(put("k", Some(second), None), T0)?;
    same("removed", &store.state("check", "k", T0)?, &None)?;
    store.put(put("k", None, None), T0)?;
    same("removing nothing", &store.state("check", "k", T0)?, &None)
}

fn versions_only_grow<F: Fixture>(fixture: &F) -> Result<(), Failure> {
    let store = Subject::fresh(fixture);
    let ends = |expected| PutState { expires: Some(at(10)), ..put("k", expected, Some(b"v")) };
    let first = store.put(ends(None), T0)?;
    let second = store.put(ends(Some(first)), T0)?;
    store.put(put("k", Some(second), None), T0)?;
    let third = store.put(ends(None), T0)?;
    holds("over a removal it grows", third > second && second > first)?;
    let stale = store.put_if(put("k", Some(second), Some(b"x")), T0)?;
    holds("an old version never fits again", matches!(stale, Put::Conflict(Some(_))))?;
    let fourth = store.put(ends(None), at(10))?;
    holds("over an end it grows", fourth > third)?;
    let _ = store.purge_all(T0, at(10))?;
    let fifth = store.put(PutState { expires: None, ..ends(None) }, at(10))?;
    holds("over a purge it grows", fifth > fourth)
}

fn state_ends_exactly<F: Fixture>(fixture: &F) -> Result<(), Failure> {
    let store = Subject::fresh(fixture);
    let ends = |expected| PutState { expires: Some(at(10)), ..put("k", expected, Some(b"v")) };
    let version = store.put(ends(None), T0)?;
    holds("1 ms before", store.state("check", "k", at(9))?.is_some())?;
    same("at its end", &store.state("check", "k", at(10))?, &None)?;
    same("not purged before", &store.purge(&purge_before(T0, 10), at(9))?.state, &0)?;
    let got = store.put_if(put("k", Some(version), Some(b"x")), at(10))?;
    same("its version at its end", &got, &Put::Conflict(None))?;
    let kept = store.put(put("k", Some(version), Some(b"kept")), at(9))?;
    let there = Some(State { version: kept, bytes: b"kept".to_vec() });
    same("written without an end", &store.state("check", "k", at(1_000_000))?, &there)?;
    store.put(PutState { key: "l".to_owned(), ..ends(None) }, T0)?;
    same("purged at its end", &store.purge(&purge_before(T0, 10), at(10))?.state, &1)?;
    holds("and no other", store.state("check", "k", at(10))?.is_some())
}

fn state_places_are_apart<F: Fixture>(fixture: &F) -> Result<(), Failure> {
    let store = Subject::fresh(fixture);
    let places = [("a", "bc"), ("ab", "c"), ("abc", ""), ("", "abc"), ("a", "b\0c"), ("a", "BC")];
    for (namespace, key) in places {
        let value = format!("{namespace}|{key}");
        let write =
            PutState { namespace: namespace.to_owned(), ..put(key, None, Some(value.as_bytes())) };
        store.put(write, T0)?;
    }
    for (namespace, key) in places {
        let value = store.state(namespace, key, T0)?.map(|state| state.bytes);
        same("the value", &value, &Some(format!("{namespace}|{key}").into_bytes()))?;
    }
    Ok(())
}

fn state_places_are_bounded<F: Fixture>(fixture: &F) -> Result<(), Failure> {
    let store = Subject::fresh(fixture);
    // Letters that no compression makes short, so that an index holds all of them.
    let mut letters = (0_u32..).map(|n| {
        let mixed = n.wrapping_mul(2_654_435_761).rotate_left(13) ^ n.wrapping_mul(40_503);
        char::from(b'!' + (mixed % 90) as u8)
    });
    let longest: String = letters.by_ref().take(PutState::MAX_PLACE - "check".len()).collect();
    let version = store.put(put(&longest, None, Some(b"v")), T0)?;
    let there = store.state("check", &longest, T0)?.map(|state| state.version);
    same("the longest key", &there, &Some(version))?;
    for longer in [format!("{longest}x"), "x".repeat(1 << 20)] {
        let handle = &*store.store;
        let refused = fixture.block_on(handle.put_if(put(&longer, None, Some(b"v")), T0));
        let kind = refused.err().map(|error| error.kind());
        same("a longer key", &kind, &Some(StoreErrorKind::Other))?;
        same("what is there then", &store.state("check", &longer, T0)?, &None)?;
    }
    Ok(())
}
