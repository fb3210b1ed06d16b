//! Many at once. A race that did not happen proves nothing, so each says whether its contenders
//! were ever inside the store together.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::subject::{
    Failure, Subject, T0, at, draft, draft_within, holds, ms, purge_before, put, same, source,
};
use super::{Check, Fixture};
use crate::clock::Timestamp;
use crate::dedupe::Window;
use crate::event::{EventId, Transition};
use crate::store::{ClaimRequest, EventFilter, Put, Settled, Staged};

pub(super) fn checks<F: Fixture>() -> Vec<Check<F>> {
    vec![
        Check {
            name: "race_has_one_winner",
            promise: "of many who stage one key at once exactly one inserts, and all others are duplicates of that event",
            run: race_has_one_winner,
        },
        Check {
            name: "racing_replays_stage_each_key_once",
            promise: "8,000 attempts over 200 keys from 8 threads, alone and in batches, over two handles where there are two, stage 200 events",
            run: racing_replays_stage_each_key_once,
        },
        Check {
            name: "race_to_settle_has_one_winner",
            promise: "of many who settle one event at once, in different ways, exactly one does",
            run: race_to_settle_has_one_winner,
        },
        Check {
            name: "race_to_claim_shares_out",
            promise: "workers that claim at once never get the same event, and get all",
            run: race_to_claim_shares_out,
        },
        Check {
            name: "race_on_state_loses_no_write",
            promise: "a counter kept by compare-and-set counts every success of every thread",
            run: race_on_state_loses_no_write,
        },
        Check {
            name: "purge_races_replay",
            promise: "while purge runs, a key whose window is open is never staged a second time",
            run: purge_races_replay,
        },
        Check {
            name: "supersede_races_stage",
            promise: "once a generation is in force, nothing of an older one is staged any more",
            run: supersede_races_stage,
        },
    ]
}

const CONTENDERS: usize = 8;

/// Runs contenders from one starting shot and returns their results and how many were inside at
/// once at most.
fn race<T: Send>(
    contenders: usize,
    run: impl Fn(usize) -> Result<T, Failure> + Sync,
) -> Result<(Vec<T>, usize), Failure> {
    // A barrier that sleeps wakes its threads one by one; this one lets them go together.
    let ready = AtomicUsize::new(0);
    let (inside, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let results = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for contender in 0..contenders {
            let (ready, inside, most) = (&ready, &inside, &most);
            let (results, run) = (&results, &run);
            scope.spawn(move || {
                ready.fetch_add(1, Ordering::SeqCst);
                let mut spins = 0_u32;
                while ready.load(Ordering::SeqCst) < contenders {
                    spins = spins.saturating_add(1);
                    if spins < 1000 {
                        std::hint::spin_loop();
                    } else {
                        std::thread::yield_now();
                    }
                }
                most.fetch_max(inside.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                let result = run(contender);
                inside.fetch_sub(1, Ordering::SeqCst);
                results.lock().unwrap_or_else(PoisonError::into_inner).push(result);
            });
        }
    });
    let results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    if results.len() != contenders {
        return Err(Failure::new("a contender panicked"));
    }
    Ok((results.into_iter().collect::<Result<_, _>>()?, most.into_inner()))
}

/// Repeats a race as often as told at least, and until its contenders met. On a busy machine, or one
/// with a single processor, they seldom meet in a store that answers in a microsecond: so each round
/// gives them four times as much to do as the last one in which they did not, up to several times
/// what a processor does before it turns to another thread. Each round gets numbers of its own, as many as it has to do.
fn until_raced(
    least: u64,
    mut round: impl FnMut(Range<u64>) -> Result<usize, Failure>,
) -> Result<(), Failure> {
    const MOST: u64 = 1 << 14;
    const AT_MOST: u64 = 10;
    let (mut rounds, mut unmet, mut start) = (0, 0, 0);
    while unmet < AT_MOST {
        let end = start + (1 << (2 * unmet)).min(MOST);
        if round(start..end)? < 2 {
            unmet += 1;
        } else if rounds + 1 >= least {
            return Ok(());
        }
        rounds += 1;
        start = end;
    }
    Err(Failure::new(format!(
        "the contenders met in {} of {rounds} rounds: nothing was proved",
        rounds - unmet
    )))
}

/// What each contender was answered for the same one thing, in the order of the things.
fn each<T: Copy>(answers: &[Vec<T>], at: usize) -> Vec<T> {
    answers.iter().filter_map(|mine| mine.get(at).copied()).collect()
}

fn race_has_one_winner<F: Fixture>(fixture: &F) -> Result<(), Failure> {
    let store = Subject::fresh(fixture);
    let here = source("acme", "in")?;
    until_raced(10, |numbers| {
        let (answers, met) = race(CONTENDERS, |_| {
            let stage = |number| store.stage(draft(&here, number, T0), T0);
            numbers.clone().map(stage).collect::<Result<Vec<_>, _>>()
        })?;
        for (at, _) in numbers.enumerate() {
            let answers = each(&answers, at);
            let winners: Vec<EventId> = answers
                .iter()
                .filter_map(|staged| match staged {
                    Staged::Inserted(id) => Some(*id),
                    _ => None,
                })
                .collect();
            let [winner] = winners[..] else {
                return Err(Failure::new(format!("{} of {CONTENDERS} inserted", winners.len())));
            };
            let duplicate = Staged::Duplicate { id: winner, payload_differs: false };
            let losers = answers.iter().filter(|staged| **staged == duplicate).count();
            same("duplicates of the winner", &losers, &(CONTENDERS - 1))?;
        }
        Ok(met)
    })
}

fn racing_replays_stage_each_key_once<F: Fixture>(fixture: &F) -> Result<(), Failure> {
    const KEYS: u64 = 200;
    const ROUNDS: u64 = 5;
    until_raced(1, |_| {
        let first = Subject::fresh(fixture);
        let second = first.reopen().unwrap_or_else(|| first.clone());
        let here = source("acme", "in")?;
        let (winners, met) = race(CONTENDERS, |contender| {
            let store = if contender % 2 == 0 { &first } else { &second };
            let mut inserted = 0;
            for round in 0..ROUNDS {
                let order = (0..KEYS).map(|number| (number * 7 + contender as u64 + round) % KEYS);
                let drafts: Vec<_> = order.map(|number| draft(&here, number, T0)).collect();
                let answers = if contender / 2 % 2 == 0 {
                    drafts
                        .into_iter()
                        .map(|draft| store.stage(draft, T0))
                        .collect::<Result<_, _>>()?
                } else {
                    let mut answers = Vec::new();
                    for batch in drafts.chunks(10) {
                        answers.extend(store.stage_all(batch.to_vec(), T0)?);
                    }
                    answers
                };
                inserted +=
                    answers.iter().filter(|staged| matches!(staged, Staged::Inserted(_))).count();
            }
            Ok(inserted)
        })?;
        same("staged of 8,000 attempts", &winners.iter().sum::<usize>(), &(KEYS as usize))?;
        same(
            "events",
            &first.list(&EventFilter::tenant("acme"), None, 1000)?.len(),
            &(KEYS as usize),
        )?;
        Ok(met)
    })
}

fn race_to_settle_has_one_winner<F: Fixture>(fixture: &F) -> Result<(), Failure> {
    let store = Subject::fresh(fixture);
    let here = source("acme", "in")?;
    until_raced(10, |numbers| {
        let insert = |number| store.insert(draft(&here, number, T0), T0);
        let ids = numbers.map(insert).collect::<Result<Vec<_>, _>>()?;
        let (answers, met) = race(4, |contender| {
            let way = if contender % 2 == 0 { Transition::Promote } else { Transition::Reject };
            let settle = |id: &EventId| Ok((way, store.settle("acme", *id, way, T0, None)?));
            ids.iter().map(settle).collect::<Result<Vec<_>, Failure>>()
        })?;
        for (at, id) in ids.iter().enumerate() {
            let answers = each(&answers, at);
            let done: Vec<Transition> = answers
                .iter()
                .filter(|(_, settled)| *settled == Settled::Done)
                .map(|(way, _)| *way)
                .collect();
            let [way] = done[..] else {
                return Err(Failure::new(format!("{} of 4 settled the event", done.len())));
            };
            let stale = Settled::Stale(way.to());
            let told = answers.iter().filter(|(_, settled)| *settled == stale).count();
            same("told who won", &told, &3)?;
            same("the state", &store.event("acme", *id)?.status, &way.to())?;
        }
        Ok(met)
    })
}

fn race_to_claim_shares_out<F: Fixture>(fixture: &F) -> Result<(), Failure> {
    const EVENTS: u64 = 200;
    until_raced(1, |_| {
        let store = Subject::fresh(fixture);
        let here = source("acme", "in")?;
        let drafts = (0..EVENTS).map(|number| draft(&here, number, at(number))).collect();
        let _ = store.stage_all(drafts, T0)?;
        let (shares, met) = race(CONTENDERS, |contender| {
            let request = ClaimRequest::new(format!("w{contender}"), at(10_000), 3);
            let (mut mine, mut empty) = (Vec::new(), 0);
            // Another's claim may be under way and leave nothing for a moment.
            while empty < 20 {
                let events = store.claim(&request, at(1000))?;
                empty = if events.is_empty() { empty + 1 } else { 0 };
                mine.extend(events.into_iter().map(|event| event.id));
                if mine.len() > EVENTS as usize {
                    return Err(Failure::new("one worker got more events than there are"));
                }
            }
            Ok(mine)
        })?;
        let all: Vec<EventId> = shares.into_iter().flatten().collect();
        same("handed out", &all.len(), &(EVENTS as usize))?;
        same("different", &all.into_iter().collect::<BTreeSet<_>>().len(), &(EVENTS as usize))?;
        Ok(met)
    })
}

fn race_on_state_loses_no_write<F: Fixture>(fixture: &F) -> Result<(), Failure> {
    until_raced(1, |numbers| {
        let writes = 25 * numbers.count();
        let store = Subject::fresh(fixture);
        let (conflicts, met) = race(4, |_| {
            let (mut done, mut conflicts) = (0, 0);
            while done < writes {
                let current = store.state("check", "counter", T0)?;
                let value = current.as_ref().map_or(0, |state| state.bytes.len());
                let write =
                    put("counter", current.map(|state| state.version), Some(&vec![1; value + 1]));
                match store.put_if(write, T0)? {
                    Put::Done { .. } => done += 1,
                    Put::Conflict(_) => conflicts += 1,
                }
            }
            Ok(conflicts)
        })?;
        let value = store.state("check", "counter", T0)?.map_or(0, |state| state.bytes.len());
        same(&format!("the counter, with {conflicts:?} conflicts"), &value, &(4 * writes))?;
        Ok(met)
    })
}

fn purge_races_replay<F: Fixture>(fixture: &F) -> Result<(), Failure> {
    let store = Subject::fresh(fixture);
    let here = source("acme", "in")?;
    let window = Window::FromFirst(ms(100));
    until_raced(10, |numbers| {
        // Old windows end at 100; replays come at 99, when they are open, and at 100.
        let base = at(numbers.start * 1000);
        let mut ids = Vec::new();
        for number in numbers.clone() {
            let id = store.insert(draft_within(&here, number, window, base), base)?;
            let _ = store.settle("acme", id, Transition::Promote, base, None)?;
            ids.push(id);
        }
        let replays = |now: Timestamp| {
            race(4, |contender| {
                let mut answers = Vec::new();
                for number in numbers.clone() {
                    if contender == 0 {
                        let _ = store.purge(&purge_before(now, 100), now)?;
                    } else {
                        answers.push(store.stage(draft_within(&here, number, window, now), now)?);
                    }
                }
                Ok(answers)
            })
        };
        let (answers, met) = replays(base + ms(99))?;
        for (at, id) in ids.iter().enumerate() {
            let duplicate = Staged::Duplicate { id: *id, payload_differs: false };
            holds(
                "every replay within the window is a duplicate",
                each(&answers, at) == [duplicate; 3],
            )?;
        }
        let (answers, _) = replays(base + ms(100))?;
        for (at, _) in ids.iter().enumerate() {
            let answers = each(&answers, at);
            let new = answers.iter().filter(|staged| matches!(staged, Staged::Inserted(_)));
            same("staged again when the window had ended", &new.count(), &1)?;
        }
        Ok(met)
    })
}

fn supersede_races_stage<F: Fixture>(fixture: &F) -> Result<(), Failure> {
    let store = Subject::fresh(fixture);
    let here = source("acme", "in")?;
    let in_force = AtomicU64::new(0);
    until_raced(10, |numbers| {
        let current = in_force.load(Ordering::SeqCst);
        let next = current + 1;
        let (late, met) = race(4, |contender| {
            if contender == 0 {
                store.supersede(&here, next)?;
                in_force.store(next, Ordering::SeqCst);
                return Ok(0);
            }
            let mut late = 0;
            for step in numbers.start * 4..numbers.end * 4 {
                let after = in_force.load(Ordering::SeqCst) == next;
                let mut draft = draft(&here, step * 10 + contender as u64, T0);
                draft.generation = current;
                let staged = store.stage(draft, T0)?;
                late += usize::from(after && staged != Staged::Superseded);
            }
            Ok(late)
        })?;
        same("staged after their generation had ended", &late.iter().sum::<usize>(), &0)?;
        Ok(met)
    })
}
