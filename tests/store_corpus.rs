//! One corpus of 10,000 deliveries through every back end: the outcomes and what is stored are the
//! same to the byte.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

#[cfg(feature = "sqlite")]
#[path = "support/directory.rs"]
mod directory;
#[cfg(feature = "postgres")]
#[path = "support/postgres.rs"]
mod postgres;

use std::collections::BTreeMap;
use std::time::Duration;

use hookstage::conformance::block_on;
use hookstage::store::{Cursor, EventFilter, HistoryFilter, MemoryStore, Staged, Store};
use hookstage::{Claim, DedupeKey, Draft, EventId, SourceId, Timestamp, Window};
use sha2::{Digest as _, Sha256};

const DELIVERIES: u64 = 10_000;
const TENANTS: [&str; 3] = ["acme", "other", "\u{e9}'%"];

#[test]
fn sto_08_every_back_end_makes_the_same_of_one_corpus() {
    let lots = corpus();
    let memory = MemoryStore::new();
    let expected = block_on(through(&memory, &lots));
    let (inserted, duplicates) = expected.tally();
    println!("corpus: {DELIVERIES} deliveries, {inserted} staged, {duplicates} duplicates");
    // A corpus in which nothing happens proves nothing.
    assert!(inserted > 1000 && duplicates > 1000);
    assert!(expected.outcomes.iter().any(|told| told.ends_with("differs")));
    assert!(expected.outcomes.iter().any(|told| told == "superseded"));
    #[cfg(feature = "sqlite")]
    {
        let directory = directory::Directory::new("corpus");
        let options = hookstage::store::SqliteOptions::new().sync_commits(false);
        let store = options.open(directory.file("a.db")).unwrap();
        block_on(through(&store, &lots)).agrees_with(&expected, "sqlite");
    }
    #[cfg(feature = "postgres")]
    if let Some(server) = postgres::Server::find("corpus") {
        use hookstage::conformance::Fixture as _;
        let fixture = postgres::Async::new(&server);
        let store = fixture.fresh();
        fixture.block_on(through(&store, &lots)).agrees_with(&expected, "postgres");
    }
}

/// What a back end made of the corpus. Ids are its own business, so an event is named by the place
/// of its delivery.
#[derive(Debug, PartialEq)]
struct Made {
    outcomes: Vec<String>,
    events: Vec<String>,
    bodies: Vec<(usize, Vec<u8>)>,
    history: Vec<String>,
}

impl Made {
    fn tally(&self) -> (usize, usize) {
        let count =
            |start: &str| self.outcomes.iter().filter(|told| told.starts_with(start)).count();
        (count("new"), count("duplicate"))
    }

    #[cfg(any(feature = "postgres", feature = "sqlite"))]
    fn agrees_with(&self, expected: &Self, name: &str) {
        for (place, (got, wanted)) in self.outcomes.iter().zip(&expected.outcomes).enumerate() {
            assert_eq!(got, wanted, "{name}: the answer to delivery {place}");
        }
        for (got, wanted) in self.events.iter().zip(&expected.events) {
            assert_eq!(got, wanted, "{name}: an event");
        }
        for (got, wanted) in self.history.iter().zip(&expected.history) {
            assert_eq!(got, wanted, "{name}: a row of history");
        }
        assert!(self.bodies == expected.bodies, "{name}: the stored bytes");
        assert_eq!(self.tally(), expected.tally());
        assert_eq!(
            (self.events.len(), self.history.len()),
            (expected.events.len(), expected.history.len()),
            "{name}"
        );
        println!(
            "{name}: {} events and {} rows are the same",
            self.events.len(),
            self.history.len()
        );
    }
}

/// Drafts in batches, each with the moment it is staged at.
type Lots = Vec<(Timestamp, Vec<Draft>)>;

async fn through(store: &impl Store, lots: &Lots) -> Made {
    let mut named: BTreeMap<EventId, usize> = BTreeMap::new();
    let mut outcomes = Vec::new();
    for (number, (now, drafts)) in lots.iter().enumerate() {
        if number == lots.len() / 2 {
            store.supersede(&source(0), 1).await.unwrap();
        }
        let answers = if let [draft] = &drafts[..] {
            vec![store.stage(draft.clone(), *now).await.unwrap()]
        } else {
            store.stage_all(drafts.clone(), *now).await.unwrap()
        };
        for staged in answers {
            outcomes.push(match staged {
                Staged::Inserted(id) => {
                    assert_eq!(named.insert(id, outcomes.len()), None, "an id was given twice");
                    "new".to_owned()
                }
                Staged::Duplicate { id, payload_differs } => {
                    let differs = if payload_differs { "differs" } else { "same" };
                    format!("duplicate of {} {differs}", named[&id])
                }
                Staged::Superseded => "superseded".to_owned(),
            });
        }
    }
    let (mut events, mut bodies, mut history) = (Vec::new(), Vec::new(), Vec::new());
    for tenant in TENANTS {
        let mut after = None;
        loop {
            let page = store.list(&EventFilter::tenant(tenant), after, 997).await.unwrap();
            let Some(last) = page.last() else { break };
            after = Some(Cursor { at: last.received_at, number: last.id.get() });
            for mut event in page {
                let place = named[&event.id];
                bodies.push((place, event.body.to_vec()));
                event.body = [].into();
                event.id = EventId::new(place as u64);
                events.push(format!("{event:?}"));
            }
        }
        let mut after = None;
        loop {
            let page = store.history(&HistoryFilter::tenant(tenant), after, 997).await.unwrap();
            let Some((last, _)) = page.last() else { break };
            after = Some(*last);
            for (_, mut row) in page {
                row.event = row.event.map(|id| EventId::new(named[&id] as u64));
                history.push(format!("{row:?}"));
            }
        }
    }
    Made { outcomes, events, bodies, history }
}

fn source(number: u64) -> SourceId {
    SourceId::new(TENANTS[number as usize % 3], ["in", "out/\u{1F980}"][number as usize / 3 % 2])
        .unwrap()
}

/// Bodies of any bytes from 0 to 8 KB, few keys, windows of every kind, times that go back now and
/// then. All of it follows from the number of the delivery.
fn corpus() -> Lots {
    let mut lots = Lots::new();
    let mut number = 0;
    let mut now = Timestamp::from_unix_seconds(1_700_000_000);
    while number < DELIVERIES {
        let batch = (1 + dice(number, 0, 3) * dice(number, 1, 20)).min(DELIVERIES - number);
        let drafts = (number..number + batch).map(|number| draft(number, now)).collect();
        lots.push((now, drafts));
        number += batch;
        now = match dice(number, 2, 20) {
            0 => now.saturating_sub(Duration::from_millis(700)),
            step => now + Duration::from_millis(step * 37),
        };
    }
    lots
}

fn draft(number: u64, now: Timestamp) -> Draft {
    let source = source(dice(number, 3, 6));
    let key = dice(number, 4, 2500);
    // Most bodies follow from their key, so that a duplicate is one; some are another's.
    let seed = if dice(number, 5, 5) == 0 { number } else { key };
    let length = if dice(seed, 6, 50) == 0 { 8192 } else { dice(seed, 6, 400) };
    let body: Vec<u8> = (0..length).map(|place| dice(seed, 100 + place, 256) as u8).collect();
    let window = match dice(key, 7, 4) {
        0 => Window::Unlimited,
        1 => Window::FromFirst(Duration::from_millis(dice(key, 8, 40_000))),
        2 => Window::FromLast(Duration::from_millis(dice(key, 8, 40_000))),
        _ => Window::FromFirst(Duration::from_secs(3600)),
    };
    let claim = (dice(number, 9, 20) > 0).then(|| {
        let bytes: [u8; 32] = Sha256::digest(key.to_be_bytes()).into();
        Claim::new(DedupeKey::from_bytes(bytes), window)
    });
    let mut draft = Draft::for_tests(source, now, body, claim);
    draft.event_type = match dice(number, 10, 3) {
        0 => None,
        kind => Some(format!("made.up\0\u{e9}{kind}")),
    };
    draft.headers = (0..dice(number, 11, 4))
        .map(|line| {
            let value = (0..dice(number, 12 + line, 30)).map(|b| dice(number, 200 + b, 256) as u8);
            (format!("X-Header-{line}"), value.collect())
        })
        .collect();
    draft
}

/// A number below a bound that follows from two others: SplitMix64's finisher.
fn dice(number: u64, which: u64, bound: u64) -> u64 {
    let mut mixed = number
        .wrapping_mul(0x9e37_79b9_7f4a_7c15)
        .wrapping_add(which.wrapping_mul(0xd1b5_4a32_d192_ed03))
        .wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (mixed ^ (mixed >> 31)) % bound
}
