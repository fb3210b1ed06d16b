//! From staged to promoted: once, under races, failures and crashes.
#![cfg(feature = "test-util")]

#[path = "support/faulty_store.rs"]
mod faulty_store;

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use faulty_store::{Fault, FaultyStore};
use hookstage::promotion::{Automatic, Order, Promoter, PromotionError, Runner, Sink, SinkError};
use hookstage::store::{BlockingStore, MemoryStore, PutState, StoreErrorKind};
use hookstage::workflow::{SystemFields, Workflow};
use hookstage::{
    Delivery, Engine, EventId, Head, ManualClock, Outcome, Secret, Source, SourceConfig, Status,
    Timestamp, Transition, providers,
};

fn block_on<F: Future>(future: F) -> F::Output {
    struct Unpark(std::thread::Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut context = Context::from_waker(&waker);
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(value) => return value,
            Poll::Pending => std::thread::park_timeout(Duration::from_millis(50)),
        }
    }
}

/// A host's records: it keeps the token of each, and can be told to fail.
#[derive(Debug, Default)]
struct Records {
    created: Mutex<BTreeMap<String, Record>>,
    calls: AtomicUsize,
    /// The call, counted from 1, at which something happens.
    trouble: Mutex<Option<(usize, Trouble)>>,
    /// How long each record takes, and by which clock.
    pace: Mutex<Option<(Duration, ManualClock)>>,
}

/// The id of a record, and its fields.
type Record = (String, Vec<(String, String)>);

#[derive(Clone, Copy, Debug, PartialEq)]
enum Trouble {
    /// The process ends before anything is created: the call never returns.
    CrashBefore,
    /// The process ends when it is created and nobody has learnt of it.
    CrashBehind,
    /// Nothing is created.
    Before,
    /// It is created, and nobody learns of it: a crash behind the commit.
    Behind,
    /// Nothing is created, now or ever.
    Refuse,
}

impl Records {
    fn trouble_at(&self, call: usize, trouble: Trouble) {
        *self.trouble.lock().unwrap() = Some((self.calls.load(Ordering::SeqCst) + call, trouble));
    }

    fn keep(&self, order: &Order<'_>) -> String {
        let mut created = self.created.lock().unwrap();
        let id = format!("{}-{}", order.entity, created.len() + 1);
        let fields = order.fields.iter().map(|(name, json)| ((*name).to_owned(), json.clone()));
        let before = created.insert(order.token.to_owned(), (id.clone(), fields.collect()));
        assert!(before.is_none(), "the token {} was ordered twice", order.token);
        id
    }

    fn entities(&self) -> Vec<String> {
        let created = self.created.lock().unwrap();
        let mut entities: Vec<String> =
            created.values().map(|(id, _)| id.rsplit_once('-').unwrap().0.to_owned()).collect();
        entities.sort();
        entities
    }
}

impl Sink for Records {
    async fn find(&self, token: &str) -> Result<Option<String>, SinkError> {
        Ok(self.created.lock().unwrap().get(token).map(|(id, _)| id.clone()))
    }

    async fn create(&self, order: &Order<'_>) -> Result<String, SinkError> {
        let call = self.calls.fetch_add(1, Ordering::SeqCst) + 1;
        let trouble = *self.trouble.lock().unwrap();
        let trouble = trouble.filter(|(at, _)| *at == call).map(|(_, trouble)| trouble);
        match trouble {
            Some(Trouble::Before) => return Err(SinkError::retryable("the database is away")),
            Some(Trouble::Refuse) => return Err(SinkError::permanent("no such currency")),
            Some(Trouble::CrashBefore) => std::future::pending().await,
            Some(Trouble::Behind | Trouble::CrashBehind) | None => {}
        }
        assert_eq!(order.tenant, "acme");
        if let Some((pace, clock)) = &*self.pace.lock().unwrap() {
            clock.advance(*pace);
        }
        let id = self.keep(order);
        match trouble {
            Some(Trouble::Behind) => Err(SinkError::retryable("the answer was lost")),
            Some(Trouble::CrashBehind) => std::future::pending().await,
            _ => Ok(id),
        }
    }
}

const PURCHASE: &[u8] = br#"{"id":"evt_1","customer":{"email":"ada@acme.com","company":"Acme"}}"#;

fn workflow() -> Workflow {
    let config = serde_json::json!({"version": 1, "name": "purchase", "steps": [
        {"entity": "company", "store_as": "company", "fields": {"name": "$event.customer.company"}},
        {"entity": "contact", "store_as": "contact", "fields": {
            "email": "$event.customer.email", "company_id": "$company.id"}},
        {"entity": "lead", "fields": {"contact_id": "$contact.id", "company_id": "$company.id"}},
    ]});
    let config = serde_json::from_value(config).unwrap();
    Workflow::new(config, &SystemFields::standard()).unwrap()
}

struct Setting {
    clock: ManualClock,
    store: MemoryStore,
    records: Arc<Records>,
    promoter: Arc<Promoter<Arc<Records>>>,
    source: Source,
}

impl Setting {
    fn new() -> Self {
        let clock = ManualClock::at(Timestamp::from_unix_seconds(1_700_000_000));
        let store = MemoryStore::new();
        let engine = Engine::with_clock(store.clone(), clock.clone());
        let records = Arc::new(Records::default());
        let promoter = Arc::new(Promoter::new(engine, records.clone()));
        let secret = Secret::new("hookstage-test-secret").unwrap();
        let config = SourceConfig::preset("acme", "shop", &providers::COMMA_HMAC);
        let source = Source::new(config.with_secret(secret)).unwrap();
        Self { clock, store, records, promoter, source }
    }

    /// Another process over the same events and records, one of whose calls of the store goes wrong.
    fn other(&self, call: usize, fault: Fault) -> (Arc<Promoter<Arc<Records>>>, FaultyStore) {
        let store = FaultyStore::new(self.store.clone(), call, fault);
        let engine = Engine::with_clock(store.clone(), self.clock.clone());
        (Arc::new(Promoter::new(engine, self.records.clone())), store)
    }

    /// Stages a delivery whose body is signed as a whole.
    fn stage(&self, body: &[u8]) -> EventId {
        let signature = comma_signature(body);
        let headers = [("x-comma-signature", signature.as_bytes())];
        let delivery = Delivery::new(Head::post("/in/shop", &headers), body);
        let receipt = block_on(self.promoter.engine().receive(&self.source, &delivery)).unwrap();
        match receipt.outcome {
            Outcome::Staged(id) => id,
            other => panic!("{other:?}"),
        }
    }

    fn promote(&self, id: EventId, actor: &str) -> Result<Vec<String>, PromotionError> {
        let workflow = workflow();
        let promoted = self.promoter.promote(&workflow, "acme", id, None, actor);
        block_on(promoted).map(|promoted| promoted.ids)
    }

    fn status(&self, id: EventId) -> Status {
        block_on(self.promoter.engine().get("acme", id)).unwrap().unwrap().status
    }

    fn runner(&self) -> Runner<Arc<Records>> {
        self.runner_of(self.promoter.clone())
    }

    fn runner_of(&self, promoter: Arc<Promoter<Arc<Records>>>) -> Runner<Arc<Records>> {
        Runner::new(promoter, "worker")
            .with_source(self.source.id().clone(), Automatic::new(Arc::new(workflow())))
    }

    /// Replaces what is kept of the promotion of an event.
    fn put_progress(&self, id: EventId, bytes: &[u8]) {
        let key = format!("{}/{id}", self.source.id());
        let now = hookstage::Clock::now(&self.clock);
        let expected = BlockingStore::state(&self.store, "promotion", &key, now).unwrap();
        let put = PutState {
            namespace: "promotion".into(),
            key,
            expected: expected.map(|state| state.version),
            bytes: Some(bytes.to_vec()),
            expires: None,
        };
        let _ = BlockingStore::put_if(&self.store, put, now).unwrap();
    }
}

fn comma_signature(body: &[u8]) -> String {
    use hmac::{KeyInit as _, Mac as _};
    let mut mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(b"hookstage-test-secret").unwrap();
    mac.update(body);
    mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn r_co_35_a_promoted_event_creates_its_records_linked_by_their_ids() {
    let setting = Setting::new();
    let id = setting.stage(PURCHASE);
    assert_eq!(setting.promote(id, "ada").unwrap(), ["company-1", "contact-2", "lead-3"]);
    assert_eq!(setting.status(id), Status::Promoted);
    let created = setting.records.created.lock().unwrap();
    let (_, lead) = created.values().find(|(id, _)| id == "lead-3").unwrap();
    assert_eq!(
        lead,
        &[
            ("company_id".to_owned(), r#""company-1""#.to_owned()),
            ("contact_id".to_owned(), r#""contact-2""#.to_owned()),
        ]
    );
}

#[test]
fn pro_05_of_racing_reviewers_one_promotes() {
    for _ in 0..20 {
        let setting = Setting::new();
        let id = setting.stage(PURCHASE);
        let barrier = Barrier::new(8);
        let won: usize = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8)
                .map(|reviewer| {
                    let (setting, barrier) = (&setting, &barrier);
                    scope.spawn(move || {
                        barrier.wait();
                        match setting.promote(id, &format!("reviewer-{reviewer}")) {
                            Ok(ids) => ids.len() / 3,
                            Err(PromotionError::Busy | PromotionError::Settled(_)) => 0,
                            Err(error) => panic!("{error}"),
                        }
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).sum()
        });
        assert_eq!(won, 1);
        assert_eq!(setting.records.entities(), ["company", "contact", "lead"]);
        assert_eq!(setting.status(id), Status::Promoted);
    }
}

#[test]
fn pro_05_promote_and_reject_have_one_outcome() {
    for _ in 0..20 {
        let setting = Setting::new();
        let id = setting.stage(PURCHASE);
        let barrier = Barrier::new(2);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                barrier.wait();
                let _ = setting.promote(id, "ada");
            });
            scope.spawn(|| {
                barrier.wait();
                let engine = setting.promoter.engine();
                let _ = block_on(engine.settle("acme", id, Transition::Reject, "bob", None));
            });
        });
        match setting.status(id) {
            Status::Promoted => assert_eq!(setting.records.entities().len(), 3),
            Status::Rejected => assert_eq!(setting.records.entities().len(), 0),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn pro_06_a_promotion_that_stops_after_any_record_goes_on_behind_it() {
    for trouble in [Trouble::Before, Trouble::Behind] {
        for call in 1..=3 {
            let setting = Setting::new();
            let id = setting.stage(PURCHASE);
            setting.records.trouble_at(call, trouble);
            let error = setting.promote(id, "ada").unwrap_err();
            assert!(error.is_retryable(), "{error}");
            assert_eq!(setting.status(id), Status::Pending);
            assert_eq!(setting.promote(id, "bob").unwrap().len(), 3, "{trouble:?} at {call}");
            assert_eq!(setting.records.entities(), ["company", "contact", "lead"]);
            assert_eq!(setting.status(id), Status::Promoted);
        }
    }
}

/// Polls a future until it waits for something that never comes, and drops it there, as a process
/// that ends does.
fn crash<F: Future>(future: F) {
    let mut context = Context::from_waker(Waker::noop());
    let mut future = pin!(future);
    for _ in 0..1000 {
        if future.as_mut().poll(&mut context).is_ready() {
            panic!("it did not crash");
        }
    }
}

#[test]
fn pro_06_r_co_35_a_process_that_ends_after_any_record_leaves_all_or_is_resumed() {
    for trouble in [Trouble::CrashBefore, Trouble::CrashBehind] {
        for call in 1..=3 {
            let setting = Setting::new();
            let id = setting.stage(PURCHASE);
            setting.records.trouble_at(call, trouble);
            let workflow = workflow();
            crash(setting.promoter.promote(&workflow, "acme", id, None, "ada"));
            // Until its lease ends, nobody can tell that it is gone.
            assert!(matches!(setting.promote(id, "bob"), Err(PromotionError::Busy)));
            setting.clock.advance(Duration::from_secs(61));
            assert_eq!(setting.promote(id, "bob").unwrap().len(), 3, "{trouble:?} at {call}");
            assert_eq!(setting.records.entities(), ["company", "contact", "lead"]);
            assert_eq!(setting.status(id), Status::Promoted);
        }
    }
}

/// Lets a future get as far as it does: to its end, or to where its process ended.
fn poll_to_its_end<F: Future>(future: F) -> Option<F::Output> {
    let mut context = Context::from_waker(Waker::noop());
    let mut future = pin!(future);
    (0..1000).find_map(|_| match future.as_mut().poll(&mut context) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    })
}

/// Each call that a promotion makes of its store, in each of the ways in which it can go wrong: the
/// next one finds all that was created, and creates the rest.
#[test]
fn pro_06_r_co_35_no_call_of_the_store_can_fail_so_that_a_record_is_lost_or_made_twice() {
    let mut tried = 0;
    for (replays, by_itself) in [(false, false), (false, true), (true, false)] {
        for fault in Fault::ALL {
            for call in 1.. {
                let setting = Setting::new();
                let id = setting.stage(PURCHASE);
                let (promoter, store) = setting.other(call, fault);
                let at =
                    format!("{fault:?} at call {call}, by itself {by_itself}, again {replays}");
                if replays {
                    setting.promote(id, "ada").unwrap();
                    let ended = poll_to_its_end(promoter.replay("acme", id, "ada", None));
                    assert!(ended.is_none() || !fault.ends() || store.calls() < call, "{at}");
                } else if by_itself {
                    let _ = poll_to_its_end(setting.runner_of(promoter).run_once(10));
                } else {
                    let workflow = workflow();
                    let _ = poll_to_its_end(promoter.promote(&workflow, "acme", id, None, "ada"));
                }
                let calls = store.calls();
                // Longer than a lease and the wait after a failure.
                setting.clock.advance(Duration::from_secs(61));
                if replays && setting.status(id) == Status::Promoted {
                    block_on(setting.promoter.replay("acme", id, "ada", None)).expect(&at);
                }
                if setting.status(id) == Status::Pending {
                    let report = block_on(setting.runner().run_once(10)).unwrap();
                    assert_eq!(report.promoted, 1, "{at}");
                }
                assert_eq!(setting.status(id), Status::Promoted, "{at}");
                let mut expected = ["company", "contact", "lead"].repeat(1 + usize::from(replays));
                expected.sort_unstable();
                assert_eq!(setting.records.entities(), expected, "{at}");
                if calls < call {
                    break;
                }
                tried += 1;
            }
        }
    }
    println!("{tried} calls of the store went wrong");
    assert!(tried >= 60, "{tried}");
}

/// Two replay one event, and a promotion begins in between, wherever between that is.
#[test]
fn pro_05_a_replay_that_comes_late_forgets_nothing_that_was_created() {
    for call in 1..=6 {
        let setting = Setting::new();
        let id = setting.stage(PURCHASE);
        setting.promote(id, "ada").unwrap();
        let (late, _store) = setting.other(call, Fault::Late);
        let mut context = Context::from_waker(Waker::noop());
        let mut late = pin!(late.replay("acme", id, "late", None));
        let is_done = late.as_mut().poll(&mut context).is_ready();
        if !is_done {
            block_on(setting.promoter.replay("acme", id, "ada", None)).unwrap();
            setting.records.trouble_at(2, Trouble::Before);
            setting.promote(id, "ada").unwrap_err();
            let _ = block_on(late);
        }
        setting.promote(id, "bob").unwrap();
        let company = ["company", "company", "contact", "contact", "lead", "lead"];
        assert_eq!(setting.records.entities(), company, "late at call {call}");
        assert_eq!(is_done, call == 6);
    }
}

/// What is kept of a promotion is read by every later release.
#[test]
fn what_was_created_is_kept_in_a_form_with_a_version() {
    let golden: serde_json::Value =
        serde_json::from_str(include_str!("golden/promotion-1.json")).unwrap();
    let setting = Setting::new();
    let id = setting.stage(PURCHASE);
    setting.records.trouble_at(2, Trouble::Before);
    setting.promote(id, "ada").unwrap_err();
    let now = hookstage::Clock::now(&setting.clock);
    let kept = BlockingStore::state(&setting.store, "promotion", "acme/shop/1", now).unwrap();
    let kept: serde_json::Value = serde_json::from_slice(&kept.unwrap().bytes).unwrap();
    assert_eq!(kept, golden, "{kept:#}");

    let later = Setting::new();
    let id = later.stage(PURCHASE);
    later.put_progress(id, golden.to_string().as_bytes());
    let workflow = workflow();
    let promoted = block_on(later.promoter.promote(&workflow, "acme", id, None, "ada")).unwrap();
    assert_eq!((promoted.ids[0].as_str(), promoted.resumed), ("company-1", 1));
    assert_eq!(later.records.entities(), ["contact", "lead"]);
}

#[test]
fn a_store_that_is_away_ends_the_pass_and_kills_no_event() {
    for call in 1.. {
        let setting = Setting::new();
        let id = setting.stage(PURCHASE);
        let (promoter, store) = setting.other(call, Fault::Refused);
        let runner = setting.runner_of(promoter).with_attempts(1, Duration::from_secs(5));
        let report = block_on(runner.run_once(10));
        if store.calls() < call {
            assert_eq!((report.unwrap().promoted, call > 6), (1, true));
            break;
        }
        assert_eq!(report.unwrap_err().kind(), StoreErrorKind::Unavailable, "call {call}");
        assert_eq!(setting.status(id), Status::Pending, "call {call}");
    }
}

#[test]
fn a_damaged_record_stops_its_own_event_and_no_other() {
    let golden = include_str!("golden/promotion-1.json");
    let newer = golden.replacen("\"version\": 1", "\"version\": 2", 1);
    assert_ne!(newer, golden);
    for damaged in ["", "{}", "null", &newer] {
        let setting = Setting::new();
        let first = setting.stage(PURCHASE);
        let second = setting.stage(br#"{"id":"evt_2"}"#);
        setting.put_progress(first, damaged.as_bytes());
        let report = block_on(setting.runner().run_once(10)).unwrap();
        assert_eq!((report.dead, report.promoted), (1, 1), "{damaged}");
        assert_eq!(setting.status(first), Status::Dead);
        assert_eq!(setting.status(second), Status::Promoted);
        let event = block_on(setting.promoter.engine().get("acme", first)).unwrap().unwrap();
        let reason = event.settlement.unwrap().reason.unwrap();
        assert!(reason.contains("damaged"), "{reason}");
        let engine = setting.promoter.engine();
        let _ = block_on(engine.settle("acme", first, Transition::Retry, "ada", None)).unwrap();
        assert!(matches!(setting.promote(first, "ada"), Err(PromotionError::Store(_))));
    }
}

#[test]
fn pro_06_one_who_was_thought_dead_creates_nothing_more() {
    let setting = Setting::new();
    let id = setting.stage(PURCHASE);
    let workflow = workflow();
    setting.records.trouble_at(2, Trouble::CrashBefore);
    let mut context = Context::from_waker(Waker::noop());
    let mut slow = pin!(setting.promoter.promote(&workflow, "acme", id, None, "slow"));
    assert!(slow.as_mut().poll(&mut context).is_pending());
    setting.clock.advance(Duration::from_secs(61));
    let other = Promoter::new(setting.promoter.engine().clone(), setting.records.clone());
    let promoted = block_on(other.promote(&workflow, "acme", id, None, "bob")).unwrap();
    assert_eq!((promoted.ids.len(), promoted.resumed), (3, 1));
    assert_eq!(setting.records.entities(), ["company", "contact", "lead"]);
}

/// Each record takes most of a lease, so that it is prolonged in between; one call of the store
/// comes late, whichever that is, and another reviewer went on meanwhile.
#[test]
fn pro_06_one_whose_lease_has_ended_creates_nothing_more() {
    overtaken(false, 9);
}

#[test]
fn pro_06_one_who_was_overtaken_creates_nothing_more_though_its_clock_stands_still() {
    overtaken(true, 7);
}

/// One promotes with a call that comes late, each of so many in turn, and is overtaken meanwhile.
fn overtaken(stands_still: bool, calls: usize) {
    for call in 1.. {
        let setting = Setting::new();
        let own = ManualClock::at(hookstage::Clock::now(&setting.clock));
        let id = setting.stage(PURCHASE);
        *setting.records.pace.lock().unwrap() =
            Some((Duration::from_secs(40), setting.clock.clone()));
        let store = FaultyStore::new(setting.store.clone(), call, Fault::Late);
        let clock = if stands_still { own } else { setting.clock.clone() };
        let slow = Promoter::new(Engine::with_clock(store, clock), setting.records.clone());
        let workflow = workflow();
        let mut context = Context::from_waker(Waker::noop());
        let mut slow = pin!(slow.promote(&workflow, "acme", id, None, "slow"));
        if let Poll::Ready(done) = slow.as_mut().poll(&mut context) {
            // For two minutes, with leases of one.
            assert_eq!(done.unwrap().ids.len(), 3);
            assert_eq!(
                call,
                calls + 1,
                "the lease was not prolonged, or what was created not kept"
            );
            break;
        }
        setting.clock.advance(Duration::from_secs(61));
        setting.promote(id, "bob").unwrap();
        let created = setting.records.calls.load(Ordering::SeqCst);
        assert!(block_on(slow).is_err(), "late at call {call}");
        assert_eq!(setting.records.calls.load(Ordering::SeqCst), created, "late at call {call}");
        assert_eq!(setting.records.entities(), ["company", "contact", "lead"]);
        let event = block_on(setting.promoter.engine().get("acme", id)).unwrap().unwrap();
        assert_eq!(event.settlement.unwrap().actor, "bob", "late at call {call}");
    }
}

/// The other has only begun when the late one goes on: what each claims by must be its own.
#[test]
fn pro_06_one_who_was_overtaken_creates_nothing_while_the_other_is_at_work() {
    for call in 1.. {
        let setting = Setting::new();
        let id = setting.stage(PURCHASE);
        *setting.records.pace.lock().unwrap() =
            Some((Duration::from_secs(40), setting.clock.clone()));
        let (slow, _) = setting.other(call, Fault::Late);
        let workflow = workflow();
        let mut context = Context::from_waker(Waker::noop());
        let mut slow = pin!(slow.promote(&workflow, "acme", id, None, "ada"));
        if slow.as_mut().poll(&mut context).is_ready() {
            assert_eq!(call, 10, "the lease was not prolonged, or what was created not kept");
            break;
        }
        setting.clock.advance(Duration::from_secs(61));
        let calls = setting.records.calls.load(Ordering::SeqCst);
        setting.records.trouble_at(1, Trouble::CrashBefore);
        let mut other = pin!(setting.promoter.promote(&workflow, "acme", id, None, "ada"));
        assert!(other.as_mut().poll(&mut context).is_pending() || calls == 3);
        let created = setting.records.calls.load(Ordering::SeqCst);
        assert!(block_on(slow).is_err(), "late at call {call}");
        assert_eq!(setting.records.calls.load(Ordering::SeqCst), created, "late at call {call}");
    }
}

/// Prolonging a lease is a write of its own, and so is made only when it is needed.
#[test]
fn a_lease_is_prolonged_when_less_than_half_of_its_minute_is_left() {
    let step = |entity: &str| serde_json::json!({"entity": entity, "fields": {"x": "$event.id"}});
    let config = serde_json::json!({"version": 1, "name": "four", "steps": [
        step("a"), step("b"), step("c"), step("d"),
    ]});
    let config = serde_json::from_value(config).unwrap();
    let workflow = Workflow::new(config, &SystemFields::standard()).unwrap();
    let calls = |seconds: u64| {
        let setting = Setting::new();
        let id = setting.stage(PURCHASE);
        *setting.records.pace.lock().unwrap() =
            Some((Duration::from_secs(seconds), setting.clock.clone()));
        let (promoter, store) = setting.other(usize::MAX, Fault::Late);
        let _ = block_on(promoter.promote(&workflow, "acme", id, None, "ada")).unwrap();
        store.calls()
    };
    for (seconds, prolonged) in [(10, 0), (11, 1), (15, 1), (16, 1), (29, 1), (31, 3)] {
        assert_eq!(calls(seconds) - calls(0), prolonged, "{seconds} s for each record");
    }
}

#[test]
fn pro_04_r_co_42_an_event_over_the_cap_creates_nothing() {
    let setting = Setting::new();
    let config = serde_json::json!({"version": 1, "name": "lines", "cap": 3, "steps": [
        {"entity": "order", "store_as": "order", "fields": {"number": "$event.id"}},
        {"entity": "line", "for_each": "lines", "fields": {"sku": "$item.sku", "order_id": "$order.id"}},
    ]});
    let workflow =
        Workflow::new(serde_json::from_value(config).unwrap(), &SystemFields::standard()).unwrap();
    let promote = |lines: usize| {
        let lines = vec![r#"{"sku":"x"}"#; lines].join(",");
        let id = setting.stage(
            format!(r#"{{"external_id":"{}","id":1,"lines":[{lines}]}}"#, lines.len()).as_bytes(),
        );
        (id, block_on(setting.promoter.promote(&workflow, "acme", id, None, "ada")))
    };
    let (id, refused) = promote(3);
    assert!(matches!(refused, Err(PromotionError::Plan(_))), "{refused:?}");
    assert!(setting.records.entities().is_empty());
    assert_eq!(setting.status(id), Status::Pending);
    let (_, taken) = promote(2);
    assert_eq!(taken.unwrap().ids.len(), 3);
}

#[test]
fn pro_07_pro_10_r_co_28_a_workflow_of_another_tenant_or_source_promotes_nothing() {
    let setting = Setting::new();
    let id = setting.stage(PURCHASE);
    for (tenant, source) in [("evil", "shop"), ("acme", "other")] {
        let config = serde_json::json!({"version": 1, "name": "bound",
            "trigger": {"source": {"tenant": tenant, "source": source}},
            "steps": [{"entity": "contact", "fields": {"email": "$event.customer.email"}}]});
        let bound =
            Workflow::new(serde_json::from_value(config).unwrap(), &SystemFields::standard());
        let refused = block_on(setting.promoter.promote(&bound.unwrap(), "acme", id, None, "ada"));
        assert!(matches!(refused, Err(PromotionError::Plan(_))), "{refused:?}");
    }
    assert!(setting.records.entities().is_empty());
    assert_eq!(setting.status(id), Status::Pending);
}

#[test]
fn pro_09_r_co_32_what_does_not_hold_its_assertion_waits_for_a_person() {
    let setting = Setting::new();
    let id = setting.stage(PURCHASE);
    let config = serde_json::json!({"version": 1, "name": "paid", "steps": [
        {"entity": "contact", "fields": {"email": "$event.customer.email"}}],
        "assertions": [{"path": "customer.company", "equals": "Another"}]});
    let workflow =
        Workflow::new(serde_json::from_value(config).unwrap(), &SystemFields::standard()).unwrap();
    let runner = Runner::new(setting.promoter.clone(), "worker")
        .with_source(setting.source.id().clone(), Automatic::new(Arc::new(workflow)));
    assert_eq!(block_on(runner.run_once(10)).unwrap().dead, 1);
    assert_eq!(setting.status(id), Status::Dead);
    let event = block_on(setting.promoter.engine().get("acme", id)).unwrap().unwrap();
    let reason = event.settlement.unwrap().reason.unwrap();
    assert!(reason.contains("customer.company"), "{reason}");
    assert!(setting.records.entities().is_empty());
}

#[test]
fn pro_12_a_replay_under_a_newer_revision_creates_what_that_one_says() {
    let setting = Setting::new();
    let id = setting.stage(PURCHASE);
    setting.promote(id, "ada").unwrap();
    block_on(setting.promoter.replay("acme", id, "ada", Some("revision 2".into()))).unwrap();
    let config = serde_json::json!({"version": 1, "name": "purchase", "revision": 2, "steps": [
        {"entity": "note", "fields": {"text": "{{event.customer.email}} bought"}}]});
    let newer =
        Workflow::new(serde_json::from_value(config).unwrap(), &SystemFields::standard()).unwrap();
    let event = block_on(setting.promoter.engine().get("acme", id)).unwrap().unwrap();
    let old = workflow().plan(&event).unwrap().digest();
    // What was reviewed under the old revision does not run under the new one.
    let stale = block_on(setting.promoter.promote(&newer, "acme", id, Some(old), "ada"));
    assert!(matches!(stale, Err(PromotionError::PlanChanged)));
    let plan = newer.plan(&event).unwrap();
    assert_eq!(plan.revision, 2);
    block_on(setting.promoter.promote(&newer, "acme", id, Some(plan.digest()), "ada")).unwrap();
    assert_eq!(setting.records.entities(), ["company", "contact", "lead", "note"]);
}

#[test]
fn r_co_38_r_co_39_what_receives_creates_nothing() {
    // `Engine::receive` gives an id and an answer; a record needs a promoter, a workflow and a sink.
    let setting = Setting::new();
    for number in 0..5 {
        setting.stage(format!(r#"{{"external_id":"{number}"}}"#).as_bytes());
    }
    assert_eq!(setting.records.calls.load(Ordering::SeqCst), 0);
    assert!(setting.records.entities().is_empty());
}

#[test]
fn r_co_41_records_belong_to_the_tenant_of_the_endpoint() {
    // The sink asserts that every order is for "acme", whatever the payload says.
    let setting = Setting::new();
    let id = setting.stage(
        br#"{"external_id":"1","tenant":"evil","tenant_id":"evil","customer":{"email":"a@b.c"}}"#,
    );
    setting.promote(id, "ada").unwrap();
    assert!(matches!(block_on(setting.promoter.engine().get("evil", id)), Ok(None)));
}

#[test]
fn pro_06_what_was_begun_goes_on_with_its_own_plan() {
    let setting = Setting::new();
    let id = setting.stage(PURCHASE);
    setting.records.trouble_at(2, Trouble::Before);
    setting.promote(id, "ada").unwrap_err();
    let config = serde_json::json!({"version": 1, "name": "other", "revision": 2, "steps": [
        {"entity": "note", "fields": {"text": "x"}}]});
    let other =
        Workflow::new(serde_json::from_value(config).unwrap(), &SystemFields::standard()).unwrap();
    let promoted = block_on(setting.promoter.promote(&other, "acme", id, None, "bob")).unwrap();
    assert_eq!((promoted.ids.len(), promoted.resumed), (3, 1));
    assert_eq!(setting.records.entities(), ["company", "contact", "lead"]);
}

#[test]
fn pro_12_only_the_reviewed_plan_runs() {
    let setting = Setting::new();
    let id = setting.stage(PURCHASE);
    let event = block_on(setting.promoter.engine().get("acme", id)).unwrap().unwrap();
    let reviewed = workflow().plan(&event).unwrap().digest();
    let config = serde_json::json!({"version": 1, "name": "changed", "steps": [
        {"entity": "contact", "fields": {"email": "$event.customer.company"}}]});
    let changed =
        Workflow::new(serde_json::from_value(config).unwrap(), &SystemFields::standard()).unwrap();
    let promoter = &setting.promoter;
    let refused = block_on(promoter.promote(&changed, "acme", id, Some(reviewed), "ada"));
    assert!(matches!(refused, Err(PromotionError::PlanChanged)));
    assert!(setting.records.entities().is_empty());
    block_on(promoter.promote(&workflow(), "acme", id, Some(reviewed), "ada")).unwrap();
}

#[test]
fn pro_07_another_tenant_finds_no_such_event() {
    let setting = Setting::new();
    let id = setting.stage(PURCHASE);
    let refused = block_on(setting.promoter.promote(&workflow(), "evil", id, None, "mallory"));
    assert!(matches!(refused, Err(PromotionError::Missing)));
    assert_eq!(setting.status(id), Status::Pending);
}

#[test]
fn a_replay_creates_new_records_and_only_a_replay_does() {
    let setting = Setting::new();
    let id = setting.stage(PURCHASE);
    setting.promote(id, "ada").unwrap();
    assert!(matches!(setting.promote(id, "ada"), Err(PromotionError::Settled(Status::Promoted))));
    block_on(setting.promoter.replay("acme", id, "ada", Some("again".into()))).unwrap();
    assert_eq!(setting.promote(id, "ada").unwrap().len(), 3);
    assert_eq!(setting.records.entities().len(), 6);
    // Made pending again behind the promoter's back, it settles and creates nothing.
    let engine = setting.promoter.engine();
    let _ = block_on(engine.settle("acme", id, Transition::Replay, "ada", None)).unwrap();
    setting.promote(id, "ada").unwrap();
    assert_eq!(setting.records.entities().len(), 6);
}

#[test]
fn r_co_36_a_rejected_event_is_not_promoted_until_it_is_reopened() {
    let setting = Setting::new();
    let id = setting.stage(PURCHASE);
    let engine = setting.promoter.engine();
    let reason = Some("spam".to_owned());
    let _ = block_on(engine.settle("acme", id, Transition::Reject, "ada", reason)).unwrap();
    assert!(matches!(setting.promote(id, "bob"), Err(PromotionError::Settled(Status::Rejected))));
    assert!(setting.records.entities().is_empty());
    let _ = block_on(engine.settle("acme", id, Transition::Reopen, "ada", None)).unwrap();
    setting.promote(id, "bob").unwrap();
}

#[test]
fn r_co_8_r_co_32_r_co_33_a_runner_promotes_what_waits_and_then_is_idle() {
    let setting = Setting::new();
    let first = setting.stage(PURCHASE);
    let second = setting.stage(br#"{"id":"evt_2"}"#);
    let report = block_on(setting.runner().run_once(10)).unwrap();
    assert_eq!((report.promoted, report.dead, report.delayed), (2, 0, 0));
    assert_eq!(
        (setting.status(first), setting.status(second)),
        (Status::Promoted, Status::Promoted)
    );
    assert!(block_on(setting.runner().run_once(10)).unwrap().is_idle());
}

#[test]
fn a_failure_is_tried_again_later_and_later_until_it_is_given_up_on() {
    let setting = Setting::new();
    let id = setting.stage(PURCHASE);
    let runner = setting.runner().with_attempts(3, Duration::from_secs(10));
    for wait in [10, 20] {
        setting.records.trouble_at(1, Trouble::Before);
        assert_eq!(block_on(runner.run_once(10)).unwrap().delayed, 1);
        setting.clock.advance(Duration::from_secs(wait - 1));
        assert!(block_on(runner.run_once(10)).unwrap().is_idle(), "before {wait} s");
        setting.clock.advance(Duration::from_secs(1));
    }
    setting.records.trouble_at(1, Trouble::Before);
    assert_eq!(block_on(runner.run_once(10)).unwrap().dead, 1);
    assert_eq!(setting.status(id), Status::Dead);
    let event = block_on(setting.promoter.engine().get("acme", id)).unwrap().unwrap();
    assert_eq!(event.settlement.unwrap().reason.as_deref(), Some("the database is away"));
    // A person wants another try.
    let engine = setting.promoter.engine();
    let _ = block_on(engine.settle("acme", id, Transition::Retry, "ada", None)).unwrap();
    assert_eq!(block_on(runner.run_once(10)).unwrap().promoted, 1);
    assert_eq!(setting.records.entities(), ["company", "contact", "lead"]);
}

#[test]
fn no_wait_between_attempts_is_longer_than_an_hour() {
    let setting = Setting::new();
    setting.stage(PURCHASE);
    let runner = setting.runner().with_attempts(3, Duration::from_secs(24 * 60 * 60));
    setting.records.trouble_at(1, Trouble::Before);
    assert_eq!(block_on(runner.run_once(10)).unwrap().delayed, 1);
    setting.clock.advance(Duration::from_secs(60 * 60 - 1));
    assert!(block_on(runner.run_once(10)).unwrap().is_idle());
    setting.clock.advance(Duration::from_secs(1));
    assert_eq!(block_on(runner.run_once(10)).unwrap().promoted, 1);
}

/// What was created before the process ended is known for 90 days, by the token of each record.
#[test]
fn what_was_created_is_known_for_90_days() {
    let setting = Setting::new();
    let id = setting.stage(PURCHASE);
    setting.records.trouble_at(2, Trouble::Before);
    assert!(setting.promote(id, "ada").is_err());
    let key = format!("{}/{id}", setting.source.id());
    let is_known = |after: Duration| {
        let then = hookstage::Clock::now(&setting.clock) + after;
        BlockingStore::state(&setting.store, "promotion", &key, then).unwrap().is_some()
    };
    let days = Duration::from_secs(90 * 24 * 60 * 60);
    assert!(is_known(days - Duration::from_secs(1)));
    assert!(!is_known(days));
}

#[test]
fn what_was_decided_elsewhere_is_neither_promoted_nor_given_up_on() {
    for call in 1.. {
        let setting = Setting::new();
        let id = setting.stage(PURCHASE);
        *setting.records.pace.lock().unwrap() =
            Some((Duration::from_secs(40), setting.clock.clone()));
        let (promoter, _) = setting.other(call, Fault::Late);
        let runner = setting.runner_of(promoter);
        let mut context = Context::from_waker(Waker::noop());
        let mut pass = pin!(runner.run_once(10));
        if let Poll::Ready(report) = pass.as_mut().poll(&mut context) {
            assert_eq!(report.unwrap().promoted, 1);
            assert!(call > 5, "the lease was not prolonged, or what was created not kept");
            break;
        }
        // The lease is over, and a person decides.
        setting.clock.advance(Duration::from_secs(61));
        let engine = setting.promoter.engine();
        let _ = block_on(engine.settle("acme", id, Transition::Reject, "ada", None)).unwrap();
        let report = block_on(pass).unwrap();
        // Late at the first call, there is nothing left to claim.
        let counts = (report.promoted, report.delayed, report.dead, report.left);
        assert_eq!(counts, (0, u64::from(call > 1), 0, 0), "late at call {call}");
        assert_eq!(setting.status(id), Status::Rejected);
    }
}

#[test]
fn a_refusal_that_stays_is_given_up_on_at_once() {
    let setting = Setting::new();
    let id = setting.stage(PURCHASE);
    setting.records.trouble_at(1, Trouble::Refuse);
    assert_eq!(block_on(setting.runner().run_once(10)).unwrap().dead, 1);
    assert_eq!(setting.status(id), Status::Dead);
}

#[test]
fn pro_11_an_event_whose_body_is_not_covered_waits_for_a_person() {
    let setting = Setting::new();
    let config = SourceConfig::preset("acme", "forms", &providers::UNSIGNED);
    let source = Source::new(config).unwrap();
    let engine = setting.promoter.engine();
    let delivery = Delivery::new(Head::post("/in/forms", &[]), PURCHASE);
    let receipt = block_on(engine.receive(&source, &delivery)).unwrap();
    let Outcome::Staged(id) = receipt.outcome else { panic!("{receipt:?}") };
    let automatic = Automatic::new(Arc::new(workflow()));
    let runner = |automatic: Automatic| {
        Runner::new(setting.promoter.clone(), "worker").with_source(source.id().clone(), automatic)
    };
    let report = block_on(runner(automatic.clone()).run_once(10)).unwrap();
    assert_eq!((report.left, report.promoted), (1, 0));
    assert_eq!(setting.status(id), Status::Pending);
    // A person may promote it all the same.
    setting.promote(id, "ada").unwrap();

    let again = Delivery::new(Head::post("/in/forms", &[]), b"{}");
    let receipt = block_on(engine.receive(&source, &again)).unwrap();
    assert!(matches!(receipt.outcome, Outcome::Staged(_)));
    let report = block_on(runner(automatic.promoting_uncovered()).run_once(10)).unwrap();
    assert_eq!(report.promoted, 1);
}

#[test]
fn r_co_10_an_event_that_no_workflow_takes_is_staged_and_waits_for_a_person() {
    let setting = Setting::new();
    let id = setting.stage(PURCHASE);
    let bound = |company: &str| {
        let config = serde_json::json!({"version": 1, "name": company,
            "trigger": {"filter": {"payload": "customer.company", "eq": company}},
            "steps": [{"entity": company.to_lowercase(), "fields": {"x": "$event.id"}}]});
        let config = serde_json::from_value(config).unwrap();
        Arc::new(Workflow::new(config, &SystemFields::standard()).unwrap())
    };
    let runner = |automatic: Automatic| {
        Runner::new(setting.promoter.clone(), "worker")
            .with_source(setting.source.id().clone(), automatic)
    };
    let report = block_on(runner(Automatic::new(bound("Other"))).run_once(10)).unwrap();
    assert_eq!((report.left, report.dead, report.promoted), (1, 0, 0));
    assert_eq!(setting.status(id), Status::Pending);
    // It is looked at again after a day.
    setting.clock.advance(Duration::from_secs(24 * 60 * 60 - 1));
    let report = block_on(runner(Automatic::new(bound("Other"))).run_once(10)).unwrap();
    assert_eq!((report.left, report.promoted), (0, 0));
    setting.clock.advance(Duration::from_secs(1));
    // The first of several that takes it runs, and no other.
    let several = Automatic::new(bound("Other")).or(bound("Acme")).or(Arc::new(workflow()));
    assert_eq!(block_on(runner(several).run_once(10)).unwrap().promoted, 1);
    assert_eq!(setting.records.entities(), ["acme"]);
}

#[test]
fn many_runners_promote_each_event_once() {
    let setting = Setting::new();
    let count = 60;
    for number in 0..count {
        setting.stage(format!(r#"{{"id":{number},"external_id":"{number}"}}"#).as_bytes());
    }
    let barrier = Barrier::new(4);
    let promoted: u64 = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|worker| {
                let (setting, barrier) = (&setting, &barrier);
                scope.spawn(move || {
                    let runner = Runner::new(setting.promoter.clone(), format!("worker-{worker}"))
                        .with_source(
                            setting.source.id().clone(),
                            Automatic::new(Arc::new(workflow())),
                        );
                    barrier.wait();
                    let mut promoted = 0;
                    loop {
                        let report = block_on(runner.run_once(4)).unwrap();
                        if report.is_idle() {
                            return promoted;
                        }
                        promoted += report.promoted;
                    }
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert_eq!(promoted, count);
    assert_eq!(setting.records.entities().len(), 3 * usize::try_from(count).unwrap());
}
