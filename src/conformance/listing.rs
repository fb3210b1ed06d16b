//! Lists: order, filters, pages that stand still, counts.

use super::subject::{Failure, Subject, T0, at, draft, holds, same, source};
use super::{Check, Fixture};
use crate::event::{Event, EventId, Status, Transition};
use crate::history::HistoryRow;
use crate::store::{Counts, Cursor, EventFilter, HistoryFilter, MAX_PAGE};

pub(super) fn checks<F: Fixture>() -> Vec<Check<F>> {
    vec![
        Check {
            name: "list_is_newest_first",
            promise: "events are listed newest first by when they were received and then by id",
            run: list_is_newest_first,
        },
        Check {
            name: "list_filters",
            promise: "each filter, and all together, leave exactly the events that fit",
            run: list_filters,
        },
        Check {
            name: "pages_stand_still",
            promise: "pages show every old event once while new ones are inserted",
            run: pages_stand_still,
        },
        Check {
            name: "pages_are_bounded",
            promise: "a page is at most MAX_PAGE long, and a limit of nothing gives nothing",
            run: pages_are_bounded,
        },
        Check {
            name: "history_pages_and_filters",
            promise: "history is listed newest first, in pages, by source, outcome and time",
            run: history_pages_and_filters,
        },
        Check {
            name: "counts_follow",
            promise: "counts say how many events of a tenant or a source stand in each state",
            run: counts_follow,
        },
    ]
}

fn ids(events: &[Event]) -> Vec<EventId> {
    events.iter().map(|event| event.id).collect()
}

fn place(event: &Event) -> Cursor {
    Cursor { at: event.received_at, number: event.id.get() }
}

fn list_is_newest_first<F: Fixture>(fixture: &F) -> Result<(), Failure> {
    let store = Subject::fresh(fixture);
    let here = source("acme", "in")?;
    let mut places = Vec::new();
    for (number, after) in [5, 3, 5, 9, 0, 3].into_iter().enumerate() {
        let id = store.insert(draft(&here, number as u64, at(after)), at(after))?;
        places.push((at(after), id));
        if number % 2 == 0 {
            let _ = store.settle("acme", id, Transition::Reject, T0, None)?;
        }
    }
    places.sort_unstable();
    places.reverse();
    let expected: Vec<EventId> = places.into_iter().map(|(_, id)| id).collect();
    same("order", &ids(&store.list(&EventFilter::tenant("acme"), None, 10)?), &expected)
}

fn list_filters<F: Fixture>(fixture: &F) -> Result<(), Failure> {
    let store = Subject::fresh(fixture);
    let mut all = Vec::new();
    let mut number = 0;
    for name in ["a", "b"] {
        for event_type in [None, Some("x"), Some("y")] {
            for status in Status::ALL {
                let mut draft = draft(&source("acme", name)?, number, at(number));
                draft.event_type = event_type.map(str::to_owned);
                let id = store.insert(draft, T0)?;
                let there = match status {
                    Status::Pending => None,
                    Status::Promoted => Some(Transition::Promote),
                    Status::Rejected => Some(Transition::Reject),
                    Status::Dead => Some(Transition::GiveUp),
                };
                if let Some(transition) = there {
                    let _ = store.settle("acme", id, transition, T0, None)?;
                }
                all.push((id, name, event_type, status));
                number += 1;
            }
        }
    }
    all.reverse();
    for name in [None, Some("a"), Some("b"), Some("c")] {
        for event_type in [None, Some("x"), Some("y"), Some("X")] {
            for status in std::iter::once(None).chain(Status::ALL.map(Some)) {
                let filter = EventFilter {
                    source: name.map(|name| source("acme", name)).transpose()?,
                    status,
                    event_type: event_type.map(str::to_owned),
                    ..EventFilter::tenant("acme")
                };
                let expected: Vec<EventId> = all
                    .iter()
                    .filter(|(_, of, kind, state)| {
                        name.is_none_or(|name| name == *of)
                            && (event_type.is_none() || event_type == *kind)
                            && status.is_none_or(|status| status == *state)
                    })
                    .map(|(id, ..)| *id)
                    .collect();
                same(&format!("{filter:?}"), &ids(&store.list(&filter, None, 100)?), &expected)?;
            }
        }
    }
    let other = EventFilter { source: Some(source("other", "a")?), ..EventFilter::tenant("acme") };
    same("another tenant's source", &store.list(&other, None, 100)?.len(), &0)
}

fn pages_stand_still<F: Fixture>(fixture: &F) -> Result<(), Failure> {
    let store = Subject::fresh(fixture);
    let here = source("acme", "in")?;
    let mut old = Vec::new();
    for number in 0..20 {
        // Pairs with the same time, so that only the id tells them apart.
        old.push(store.insert(draft(&here, number, at(number / 2)), T0)?);
    }
    old.reverse();
    let mut seen = Vec::new();
    let mut after = None;
    let mut number = 100;
    loop {
        let page = store.list(&EventFilter::tenant("acme"), after, 3)?;
        let Some(last) = page.last() else { break };
        after = Some(place(last));
        seen.extend(ids(&page));
        store.insert(draft(&here, number, at(number)), T0)?;
        number += 1;
    }
    same("pages", &seen, &old)
}

fn pages_are_bounded<F: Fixture>(fixture: &F) -> Result<(), Failure> {
    let store = Subject::fresh(fixture);
    let here = source("acme", "in")?;
    let drafts = (0..=MAX_PAGE as u64).map(|number| draft(&here, number, at(number))).collect();
    let _ = store.stage_all(drafts, T0)?;
    let events = EventFilter::tenant("acme");
    let rows = HistoryFilter::tenant("acme");
    for limit in [MAX_PAGE, usize::MAX] {
        same("events", &store.list(&events, None, limit)?.len(), &MAX_PAGE)?;
        same("rows", &store.history(&rows, None, limit)?.len(), &MAX_PAGE)?;
    }
    same("no events", &store.list(&events, None, 0)?.len(), &0)?;
    same("no rows", &store.history(&rows, None, 0)?.len(), &0)
}

fn history_pages_and_filters<F: Fixture>(fixture: &F) -> Result<(), Failure> {
    let store = Subject::fresh(fixture);
    let mut rows = Vec::new();
    for number in 0_u16..24 {
        let here = source("acme", if number % 2 == 0 { "a" } else { "b" })?;
        let outcome = if number % 3 == 0 { "refused" } else { "paused" };
        rows.push(HistoryRow::new(here, at(u64::from(number / 4)), outcome.into(), number));
    }
    store.record(rows.clone())?;
    let mut seen = Vec::new();
    let mut after = None;
    loop {
        let page = store.history(&HistoryFilter::tenant("acme"), after, 5)?;
        let Some((last, _)) = page.last() else { break };
        after = Some(*last);
        seen.extend(page.into_iter().map(|(_, row)| row));
        // What comes later, and what is newer, stays out of the pages that follow.
        store.record(vec![HistoryRow::new(source("acme", "a")?, at(9), "late".into(), 0)])?;
    }
    rows.reverse();
    same("pages", &seen, &rows)?;
    for name in [None, Some("a"), Some("c")] {
        for outcome in [None, Some("refused"), Some("Refused")] {
            for (since, until) in
                [(None, None), (Some(2), None), (None, Some(2)), (Some(1), Some(3))]
            {
                let filter = HistoryFilter {
                    source: name.map(|name| source("acme", name)).transpose()?,
                    outcome: outcome.map(str::to_owned),
                    since: since.map(at),
                    until: Some(until.map_or(at(9), at)),
                    ..HistoryFilter::tenant("acme")
                };
                let expected: Vec<HistoryRow> = rows
                    .iter()
                    .filter(|row| {
                        name.is_none_or(|name| name == row.source.source())
                            && outcome.is_none_or(|outcome| outcome == row.outcome)
                            && since.is_none_or(|since| row.at >= at(since))
                            && until.is_none_or(|until| row.at < at(until))
                    })
                    .cloned()
                    .collect();
                let got = store.history(&filter, None, 100)?;
                let got: Vec<HistoryRow> = got.into_iter().map(|(_, row)| row).collect();
                same(&format!("{filter:?}"), &got, &expected)?;
            }
        }
    }
    Ok(())
}

fn counts_follow<F: Fixture>(fixture: &F) -> Result<(), Failure> {
    let store = Subject::fresh(fixture);
    let (a, b) = (source("acme", "a")?, source("acme", "b")?);
    same("nothing", &store.counts("acme", None)?, &Counts::default())?;
    let mut staged = Vec::new();
    for number in 0..6 {
        staged.push(store.insert(draft(if number < 4 { &a } else { &b }, number, T0), T0)?);
    }
    for (id, transition) in
        staged.iter().zip([Transition::Promote, Transition::Reject, Transition::GiveUp])
    {
        let _ = store.settle("acme", *id, transition, T0, None)?;
    }
    let all = Counts { dead: 1, pending: 3, promoted: 1, rejected: 1 };
    same("of the tenant", &store.counts("acme", None)?, &all)?;
    let first = Counts { pending: 1, ..all };
    same("of one source", &store.counts("acme", Some(&a))?, &first)?;
    let second = Counts { pending: 2, ..Counts::default() };
    same("of the other", &store.counts("acme", Some(&b))?, &second)?;
    holds(
        "another tenant's source counts nothing",
        store.counts("acme", Some(&source("other", "a")?))? == Counts::default(),
    )
}
