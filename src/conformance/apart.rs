//! Tenants and sources: every method, called with another's name, finds nothing and changes
//! nothing.

use super::subject::{Failure, Subject, T0, at, draft, holds, same, source};
use super::{Check, Fixture};
use crate::event::Transition;
use crate::store::{ClaimRequest, Counts, EventFilter, HistoryFilter, Settled, Staged};

pub(super) fn checks<F: Fixture>() -> Vec<Check<F>> {
    vec![
        Check {
            name: "keys_belong_to_their_source",
            promise: "tenants and sources do not share keys",
            run: keys_belong_to_their_source,
        },
        Check {
            name: "tenants_are_apart",
            promise: "every method with a tenant, given another's, finds nothing and changes nothing",
            run: tenants_are_apart,
        },
        Check {
            name: "names_do_not_run_together",
            promise: "tenant ab with source c is not tenant a with source bc",
            run: names_do_not_run_together,
        },
    ]
}

fn keys_belong_to_their_source<F: Fixture>(fixture: &F) -> Result<(), Failure> {
    let store = Subject::fresh(fixture);
    let sources = [source("acme", "in")?, source("acme", "out")?, source("other", "in")?];
    let mut ids = Vec::new();
    for here in &sources {
        ids.push(store.insert(draft(here, 1, T0), T0)?);
    }
    for (here, id) in sources.iter().zip(ids) {
        let expected = Staged::Duplicate { id, payload_differs: false };
        same("again", &store.stage(draft(here, 1, T0), T0)?, &expected)?;
    }
    Ok(())
}

fn tenants_are_apart<F: Fixture>(fixture: &F) -> Result<(), Failure> {
    let store = Subject::fresh(fixture);
    let here = source("acme", "in")?;
    let id = store.insert(draft(&here, 1, T0), T0)?;
    let leased = store.insert(draft(&here, 2, T0), T0)?;
    let settled = store.insert(draft(&here, 3, T0), T0)?;
    let _ = store.settle("acme", settled, Transition::Reject, T0, None)?;
    let request =
        ClaimRequest { tenant: Some("acme".into()), ..ClaimRequest::new("w", at(100), 2) };
    same("claimed", &store.claim(&request, T0)?.len(), &2)?;
    holds("released", store.release("acme", id, "w", None, T0)?)?;
    let everything = || {
        let events = store.list(&EventFilter::tenant("acme"), None, 10)?;
        let history = store.history(&HistoryFilter::tenant("acme"), None, 10)?;
        Ok::<_, Failure>(format!("{events:?} {history:?} {:?}", store.counts("acme", None)?))
    };
    let before = everything()?;

    for tenant in ["other", "", "ACME", "acme ", "acm", "%", "acme\0"] {
        for event in [id, leased, settled] {
            same("get", &store.get(tenant, event)?.is_none(), &true)?;
            for transition in Transition::ALL {
                for owner in [None, Some("w")] {
                    let answer = store.settle(tenant, event, transition, at(1), owner)?;
                    same("settle", &answer, &Settled::Missing)?;
                }
            }
            holds("extend is refused", !store.extend(tenant, event, "w", at(900), at(1))?)?;
            holds("release is refused", !store.release(tenant, event, "w", None, at(1))?)?;
        }
        same("list", &store.list(&EventFilter::tenant(tenant), None, 10)?.len(), &0)?;
        let mixed = EventFilter { source: Some(here.clone()), ..EventFilter::tenant(tenant) };
        same("list of our source", &store.list(&mixed, None, 10)?.len(), &0)?;
        same("history", &store.history(&HistoryFilter::tenant(tenant), None, 10)?.len(), &0)?;
        let mixed = HistoryFilter { source: Some(here.clone()), ..HistoryFilter::tenant(tenant) };
        same("history of our source", &store.history(&mixed, None, 10)?.len(), &0)?;
        same("counts", &store.counts(tenant, None)?, &Counts::default())?;
        same("counts of our source", &store.counts(tenant, Some(&here))?, &Counts::default())?;
        let theirs =
            ClaimRequest { tenant: Some(tenant.to_owned()), ..ClaimRequest::new("v", at(900), 9) };
        same("claim", &store.claim(&theirs, at(1))?.len(), &0)?;
        let mixed = ClaimRequest { source: Some(here.clone()), ..theirs };
        same("claim of our source", &store.claim(&mixed, at(1))?.len(), &0)?;
    }
    store.supersede(&source("other", "in")?, 9)?;
    same("what we have", &everything()?, &before)?;
    store.insert(draft(&here, 4, T0), T0)?;
    Ok(())
}

fn names_do_not_run_together<F: Fixture>(fixture: &F) -> Result<(), Failure> {
    let store = Subject::fresh(fixture);
    for (tenant, name) in [("a", "bc"), ("ab", "c"), ("a/b", "c"), ("a", "b/c")] {
        store.insert(draft(&source(tenant, name)?, 1, T0), T0)?;
    }
    store.supersede(&source("a", "bc")?, 1)?;
    store.insert(draft(&source("ab", "c")?, 2, T0), T0)?;
    same("of a", &store.counts("a", None)?.pending, &2)?;
    same("of ab", &store.counts("ab", None)?.pending, &2)
}
