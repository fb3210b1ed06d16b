//! Claims, leases and settlements.

use super::subject::{Failure, Subject, T0, at, draft, holds, same, source};
use super::{Check, Fixture};
use crate::event::{EventId, Lease, Status, Transition};
use crate::store::{ClaimRequest, Settled};

pub(super) fn checks<F: Fixture>() -> Vec<Check<F>> {
    vec![
        Check {
            name: "settle_is_compare_and_set",
            promise: "from each state only its own moves are done; every other says the state and changes nothing",
            run: settle_is_compare_and_set,
        },
        Check {
            name: "settlement_is_kept",
            promise: "who decided, when and why is kept, the last decision only",
            run: settlement_is_kept,
        },
        Check {
            name: "owner_settles_under_open_lease_only",
            promise: "an owner settles only while its lease is open; a person only while none is",
            run: owner_settles_under_open_lease_only,
        },
        Check {
            name: "one_event_is_claimed_by_its_id",
            promise: "a claim by id takes that event of that tenant alone, also before its not_before",
            run: one_event_is_claimed_by_its_id,
        },
        Check {
            name: "claim_is_oldest_first_and_once",
            promise: "pending events are claimed oldest first, at most the limit, and none that is leased",
            run: claim_is_oldest_first_and_once,
        },
        Check {
            name: "claim_filters",
            promise: "a claim for a tenant or a source takes nothing else, and settled events are never claimed",
            run: claim_filters,
        },
        Check {
            name: "lease_ends_exactly",
            promise: "at the end of its lease, and not a millisecond before, an event goes to the next worker, and attempts are counted",
            run: lease_ends_exactly,
        },
        Check {
            name: "extend_only_prolongs",
            promise: "the owner of an open lease prolongs it; nobody else does, and never to shorter",
            run: extend_only_prolongs,
        },
        Check {
            name: "release_gives_back",
            promise: "the owner of an open lease gives it back, and the event is claimed from not_before on",
            run: release_gives_back,
        },
        Check {
            name: "pending_again_starts_anew",
            promise: "an event that becomes pending again has no lease, no attempts and can be claimed at once",
            run: pending_again_starts_anew,
        },
    ]
}

/// The moves that lead from pending to a state.
pub(super) const fn way_to(status: Status) -> Option<Transition> {
    match status {
        Status::Pending => None,
        Status::Promoted => Some(Transition::Promote),
        Status::Rejected => Some(Transition::Reject),
        Status::Dead => Some(Transition::GiveUp),
    }
}

fn settle_is_compare_and_set<F: Fixture>(fixture: &F) -> Result<(), Failure> {
    let store = Subject::fresh(fixture);
    let here = source("acme", "in")?;
    let mut number = 0;
    for status in Status::ALL {
        for transition in Transition::ALL {
            let id = store.insert(draft(&here, number, T0), T0)?;
            number += 1;
            if let Some(way) = way_to(status) {
                same("the way there", &store.settle("acme", id, way, T0, None)?, &Settled::Done)?;
            }
            let (answer, then) = if transition.from() == status {
                (Settled::Done, transition.to())
            } else {
                (Settled::Stale(status), status)
            };
            let what = format!("{transition:?} from {status:?}");
            same(&what, &store.settle("acme", id, transition, at(1), None)?, &answer)?;
            same(&what, &store.event("acme", id)?.status, &then)?;
        }
    }
    let nothing = store.settle("acme", EventId::new(u64::MAX), Transition::Promote, T0, None)?;
    same("an id that no event has", &nothing, &Settled::Missing)
}

fn settlement_is_kept<F: Fixture>(fixture: &F) -> Result<(), Failure> {
    let store = Subject::fresh(fixture);
    let id = store.insert(draft(&source("acme", "in")?, 1, T0), T0)?;
    let _ = store.settle("acme", id, Transition::Reject, at(1), None)?;
    let kept = store.event("acme", id)?.settlement;
    let Some(kept) = kept else { return Err(Failure::new("the settlement is not kept")) };
    same("actor", &kept.actor.as_str(), &"reviewer")?;
    same("reason", &kept.reason.as_deref(), &Some("because"))?;
    same("when", &kept.at, &at(1))?;
    let _ = store.settle("acme", id, Transition::Promote, at(2), None)?;
    let still = store.event("acme", id)?.settlement.map(|settlement| settlement.at);
    same("after a move that was not done", &still, &Some(at(1)))?;
    let _ = store.settle("acme", id, Transition::Reopen, at(3), None)?;
    let last = store.event("acme", id)?.settlement.map(|settlement| settlement.at);
    same("after the next", &last, &Some(at(3)))
}

fn owner_settles_under_open_lease_only<F: Fixture>(fixture: &F) -> Result<(), Failure> {
    let store = Subject::fresh(fixture);
    let here = source("acme", "in")?;
    let id = store.insert(draft(&here, 1, T0), T0)?;
    let promote = |owner, now| store.settle("acme", id, Transition::Promote, now, owner);
    same("without a lease", &promote(Some("w1"), T0)?, &Settled::LeaseLost)?;
    same("claimed", &store.claim(&ClaimRequest::new("w1", at(100), 1), T0)?.len(), &1)?;
    same("another owner", &promote(Some("w2"), at(50))?, &Settled::LeaseLost)?;
    same("at its end", &promote(Some("w1"), at(100))?, &Settled::LeaseLost)?;
    same("still", &store.event("acme", id)?.status, &Status::Pending)?;
    same("before its end", &promote(Some("w1"), at(99))?, &Settled::Done)?;
    same("settled events have no lease", &store.event("acme", id)?.lease, &None)?;
    same("again", &promote(Some("w1"), at(99))?, &Settled::Stale(Status::Promoted))?;
    let id = store.insert(draft(&here, 2, T0), T0)?;
    same("claimed", &store.claim(&ClaimRequest::new("w1", at(100), 1), T0)?.len(), &1)?;
    let person = |now| store.settle("acme", id, Transition::Reject, now, None);
    let held = Settled::Leased { until: at(100) };
    same("a person, over the worker's head", &person(at(50))?, &held)?;
    same("a moment before the end", &person(at(99))?, &held)?;
    same("still", &store.event("acme", id)?.status, &Status::Pending)?;
    same("a person, at the end", &person(at(100))?, &Settled::Done)?;
    let worker = store.settle("acme", id, Transition::Promote, at(101), Some("w1"))?;
    same("the worker then", &worker, &Settled::Stale(Status::Rejected))
}

fn one_event_is_claimed_by_its_id<F: Fixture>(fixture: &F) -> Result<(), Failure> {
    let store = Subject::fresh(fixture);
    let here = source("acme", "in")?;
    let _older = store.insert(draft(&here, 1, T0), T0)?;
    let id = store.insert(draft(&here, 2, at(1)), at(1))?;
    let claim = |tenant: &str, owner: &str, now| {
        store.claim(&ClaimRequest::event(tenant, id, owner, at(100)), now)
    };
    same("another tenant", &claim("other", "w0", at(2))?.len(), &0)?;
    let claimed = claim("acme", "w1", at(2))?;
    same("that one", &claimed.iter().map(|event| event.id).collect::<Vec<_>>(), &vec![id])?;
    same("while it is held", &claim("acme", "w2", at(99))?.len(), &0)?;
    same("let go until later", &store.release("acme", id, "w1", Some(at(9000)), at(3))?, &true)?;
    let any = store.claim(&ClaimRequest::new("w3", at(100), 10), at(4))?;
    same("any, before that moment", &any.iter().any(|event| event.id == id), &false)?;
    same("by its id, before that moment", &claim("acme", "w4", at(4))?.len(), &1)?;
    let gone = ClaimRequest::event("acme", EventId::new(u64::MAX), "w5", at(100));
    same("an id that no event has", &store.claim(&gone, at(5))?.len(), &0)
}

fn claim_is_oldest_first_and_once<F: Fixture>(fixture: &F) -> Result<(), Failure> {
    let store = Subject::fresh(fixture);
    let here = source("acme", "in")?;
    let mut places = Vec::new();
    for (number, after) in [4, 2, 2, 9, 0].into_iter().enumerate() {
        places.push((at(after), store.insert(draft(&here, number as u64, at(after)), T0)?));
    }
    places.sort_unstable();
    let claim = |owner: &str, limit| -> Result<Vec<EventId>, Failure> {
        let events = store.claim(&ClaimRequest::new(owner, at(1000), limit), at(10))?;
        for event in &events {
            let lease = Some(Lease::new(owner.to_owned(), at(1000)));
            same("the lease of what was claimed", &event.lease, &lease)?;
            same("its attempts", &event.attempts, &1)?;
            same("as it is stored", &store.event("acme", event.id)?.lease, &lease)?;
        }
        Ok(events.into_iter().map(|event| event.id).collect())
    };
    let expected: Vec<EventId> = places.into_iter().map(|(_, id)| id).collect();
    same("nothing wanted", &claim("w0", 0)?, &Vec::new())?;
    same("the oldest", &claim("w1", 2)?, &expected[..2].to_vec())?;
    same("the next", &claim("w2", 2)?, &expected[2..4].to_vec())?;
    same("the rest", &claim("w1", 10)?, &expected[4..].to_vec())?;
    same("no more", &claim("w3", 10)?, &Vec::new())
}

fn claim_filters<F: Fixture>(fixture: &F) -> Result<(), Failure> {
    let store = Subject::fresh(fixture);
    let (a, b, other) = (source("acme", "a")?, source("acme", "b")?, source("other", "a")?);
    let mut number = 0;
    for here in [&a, &b, &other] {
        for _ in 0..2 {
            store.insert(draft(here, number, T0), T0)?;
            number += 1;
        }
    }
    for transition in [Transition::Promote, Transition::Reject, Transition::GiveUp] {
        let id = store.insert(draft(&a, number, T0), T0)?;
        number += 1;
        let _ = store.settle("acme", id, transition, T0, None)?;
    }
    let claim = |tenant: Option<&str>, source: Option<_>| {
        let request = ClaimRequest {
            tenant: tenant.map(str::to_owned),
            source,
            ..ClaimRequest::new("w", T0, 100)
        };
        // The leases end at once, so each claim sees everything.
        let events = store.claim(&request, at(1))?;
        Ok::<_, Failure>(events.into_iter().map(|event| event.source).collect::<Vec<_>>())
    };
    same("all", &claim(None, None)?.len(), &6)?;
    let ours = vec![a.clone(), a.clone(), b.clone(), b];
    same("of a tenant", &claim(Some("acme"), None)?, &ours)?;
    same("of a source", &claim(None, Some(a.clone()))?, &vec![a.clone(), a.clone()])?;
    same("of both", &claim(Some("acme"), Some(a.clone()))?, &vec![a.clone(), a])?;
    same("of a tenant and another's source", &claim(Some("acme"), Some(other))?.len(), &0)
}

fn lease_ends_exactly<F: Fixture>(fixture: &F) -> Result<(), Failure> {
    let store = Subject::fresh(fixture);
    let id = store.insert(draft(&source("acme", "in")?, 1, T0), T0)?;
    let claim = |owner, until, now| store.claim(&ClaimRequest::new(owner, until, 1), now);
    same("the first", &claim("w1", at(100), T0)?.len(), &1)?;
    same("1 ms before the end", &claim("w2", at(300), at(99))?.len(), &0)?;
    let taken = claim("w2", at(300), at(100))?;
    same("at the end", &taken.len(), &1)?;
    same("attempts", &taken.first().map(|event| event.attempts), &Some(2))?;
    let late = store.settle("acme", id, Transition::Promote, at(101), Some("w1"))?;
    same("the first worker then", &late, &Settled::LeaseLost)?;
    holds("nor extends", !store.extend("acme", id, "w1", at(900), at(101))?)?;
    holds("nor releases", !store.release("acme", id, "w1", None, at(101))?)?;
    let done = store.settle("acme", id, Transition::Promote, at(101), Some("w2"))?;
    same("the second", &done, &Settled::Done)
}

fn extend_only_prolongs<F: Fixture>(fixture: &F) -> Result<(), Failure> {
    let store = Subject::fresh(fixture);
    let id = store.insert(draft(&source("acme", "in")?, 1, T0), T0)?;
    let extend = |owner, until, now| store.extend("acme", id, owner, until, now);
    let until = || Ok::<_, Failure>(store.event("acme", id)?.lease.map(|lease| lease.until));
    holds("without a lease it is not", !extend("w1", at(900), T0)?)?;
    let _ = store.claim(&ClaimRequest::new("w1", at(100), 1), T0)?;
    holds("nor by another", !extend("w2", at(900), at(10))?)?;
    same("end", &until()?, &Some(at(100)))?;
    holds("by the owner it is", extend("w1", at(200), at(99))?)?;
    same("end", &until()?, &Some(at(200)))?;
    holds("to shorter it is held still", extend("w1", at(150), at(100))?)?;
    same("end", &until()?, &Some(at(200)))?;
    holds("at its end it is not", !extend("w1", at(900), at(200))?)?;
    let no_event = store.extend("acme", EventId::new(u64::MAX), "w1", at(900), T0)?;
    holds("nor where there is no event", !no_event)
}

fn release_gives_back<F: Fixture>(fixture: &F) -> Result<(), Failure> {
    let store = Subject::fresh(fixture);
    let id = store.insert(draft(&source("acme", "in")?, 1, T0), T0)?;
    let claim = |owner, now| store.claim(&ClaimRequest::new(owner, at(1000), 1), now);
    let release = |owner, from, now| store.release("acme", id, owner, from, now);
    holds("without a lease it is not", !release("w1", None, T0)?)?;
    let _ = claim("w1", T0)?;
    holds("nor by another", !release("w2", None, at(1))?)?;
    holds("nor at its end", !release("w1", None, at(1000))?)?;
    holds("by the owner it is", release("w1", Some(at(50)), at(1))?)?;
    same("lease", &store.event("acme", id)?.lease, &None)?;
    same("not before", &store.event("acme", id)?.not_before, &Some(at(50)))?;
    same("too early", &claim("w2", at(49))?.len(), &0)?;
    let taken = claim("w2", at(50))?;
    same("in time", &taken.len(), &1)?;
    same("attempts", &taken.first().map(|event| event.attempts), &Some(2))?;
    holds("and at once", release("w2", None, at(51))?)?;
    same("claimed", &claim("w3", at(51))?.len(), &1)
}

fn pending_again_starts_anew<F: Fixture>(fixture: &F) -> Result<(), Failure> {
    let store = Subject::fresh(fixture);
    let here = source("acme", "in")?;
    let moves = [
        (Transition::Reject, Transition::Reopen),
        (Transition::GiveUp, Transition::Retry),
        (Transition::Promote, Transition::Replay),
    ];
    for (number, (away, back)) in (0..).zip(moves) {
        let id = store.insert(draft(&here, number, T0), T0)?;
        let _ = store.claim(&ClaimRequest::new("w1", at(1000), 1), T0)?;
        holds("released", store.release("acme", id, "w1", Some(at(900)), at(1))?)?;
        same("away", &store.settle("acme", id, away, at(2), None)?, &Settled::Done)?;
        same("attempts are kept", &store.event("acme", id)?.attempts, &1)?;
        same("back", &store.settle("acme", id, back, at(3), None)?, &Settled::Done)?;
        same("attempts", &store.event("acme", id)?.attempts, &0)?;
        same("not before", &store.event("acme", id)?.not_before, &None)?;
        let claimed = store.claim(&ClaimRequest::new("w2", at(1000), 1), at(3))?;
        same("claimed", &claimed.first().map(|event| event.id), &Some(id))?;
        let _ = store.settle("acme", id, Transition::Reject, at(4), Some("w2"))?;
    }
    Ok(())
}
