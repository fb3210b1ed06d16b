//! The PostgreSQL store under the suite and against the specification, racing handles, what it checks
//! when it is opened, promotion inside the host's own transaction, and its blocking face.
//!
//! Runs against `DATABASE_URL` if it is set, else against a throwaway server if one is installed;
//! otherwise it says visibly that it did not run.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

#[path = "support/postgres.rs"]
mod postgres;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use hookstage::conformance::{self, Fixture, Synchronous, agrees_with_memory};
use hookstage::store::{
    Blocking, BlockingStore, ClaimRequest, Durability, MemoryStore, PgStore, Settled, Staged,
    Store, StoreErrorKind,
};
use hookstage::{
    BlockingEngine, Claim, Delivery, EventId, Head, ManualClock, Outcome, Secret, Settlement,
    Source, SourceConfig, SourceId, Status, Transition, Window, providers,
};
use postgres::{Async, NOW, Server, draft, number_from};

#[test]
fn ded_12_14_sto_09_11_12_13_the_suite_passes() {
    let Some(server) = Server::find("suite") else { return };
    let report = conformance::run(&Async::new(&server));
    println!("postgres: {} checks", report.ran().len());
    assert!(report.passed(), "{report}");
}

#[test]
fn the_suite_passes_through_the_blocking_adapter() {
    let Some(server) = Server::find("blocking") else { return };
    let report = conformance::run(&Sync(Async::new(&server)));
    println!("postgres, blocking: {} checks", report.ran().len());
    assert!(report.passed(), "{report}");
}

#[test]
fn random_operations_agree_with_memory() {
    let Some(server) = Server::find("model") else { return };
    let seeds = number_from("HOOKSTAGE_MODEL_SEEDS", 30);
    let fixture = Async::new(&server);
    for seed in 0..seeds {
        let outcome = agrees_with_memory(&fixture, seed, 80);
        assert!(outcome.is_ok(), "{}", outcome.unwrap_err());
    }
    println!("postgres against memory: {seeds} seeds of 80 operations agree");
}

/// Also where the sessions begin every transaction at a stricter level, under which a race would be an
/// error and not a duplicate.
#[test]
fn ded_12_two_pools_stage_each_key_once() {
    let Some(server) = Server::find("race") else { return };
    let fixture = Async::new(&server);
    for options in ["", "-c default_transaction_isolation=serializable"] {
        let schema = fixture.schema();
        let stores = [fixture.open(&schema, options), fixture.open(&schema, options)];
        let inserted = fixture.runtime.block_on(async {
            let mut tasks = tokio::task::JoinSet::new();
            for sender in 0..64_u64 {
                let store = stores[sender as usize % 2].clone();
                tasks.spawn(async move {
                    let mut inserted = 0;
                    for attempt in 0..125_u64 {
                        let number = (sender * 31 + attempt * 7) % 200;
                        match store.stage(draft(number), NOW).await.unwrap() {
                            Staged::Inserted(_) => inserted += 1,
                            Staged::Duplicate { .. } => {}
                            Staged::Superseded => panic!("nothing was superseded"),
                        }
                    }
                    inserted
                });
            }
            tasks.join_all().await.into_iter().sum::<u64>()
        });
        println!(
            "postgres {options}: 8,000 attempts over 200 keys by two pools: {inserted} staged"
        );
        assert_eq!(inserted, 200, "{options}");
    }
}

#[test]
fn a_host_promotes_in_its_own_transaction() {
    let Some(server) = Server::find("settle-in") else { return };
    let fixture = Async::new(&server);
    let store = fixture.fresh();
    fixture.runtime.block_on(async {
        let Staged::Inserted(id) = store.stage(draft(1), NOW).await.unwrap() else { panic!() };
        let mut client = store.pool().get().await.unwrap();
        client.batch_execute("CREATE TABLE contact (name text)").await.unwrap();
        for commit in [false, true] {
            let transaction = client.transaction().await.unwrap();
            transaction.execute("INSERT INTO contact VALUES ('Ada')", &[]).await.unwrap();
            let settlement = Settlement::new("workflow".into(), NOW, None);
            let settled = PgStore::settle_in(
                &transaction,
                "acme",
                id,
                Transition::Promote,
                &settlement,
                None,
            );
            assert_eq!(settled.await.unwrap(), Settled::Done);
            if commit {
                transaction.commit().await.unwrap();
            } else {
                transaction.rollback().await.unwrap();
            }
            let status = store.get("acme", id).await.unwrap().unwrap().status;
            assert_eq!(status, if commit { Status::Promoted } else { Status::Pending });
        }
        let rows = client.query_one("SELECT count(*) FROM contact", &[]).await.unwrap();
        assert_eq!(rows.get::<_, i64>(0), 1);
    });
}

#[test]
fn jsn_07_jsn_08_a_body_takes_the_room_of_its_bytes() {
    let Some(server) = Server::find("exponent") else { return };
    let fixture = Async::new(&server);
    let store = fixture.fresh();
    // As `jsonb`, the first would be a number of 131,072 digits and the second be refused.
    let bodies = [r#"{"n":1e131071}"#, r#"{"n":"\u0000"}"#, r#"{"n":-1e-999999999}"#, "{}"];
    fixture.runtime.block_on(async {
        for (number, body) in bodies.iter().enumerate() {
            let mut draft = draft(number as u64);
            draft.body = body.as_bytes().into();
            let Staged::Inserted(id) = store.stage(draft, NOW).await.unwrap() else { panic!() };
            let kept = store.get("acme", id).await.unwrap().unwrap();
            assert_eq!(&*kept.body, body.as_bytes());
        }
        let client = store.pool().get().await.unwrap();
        let sizes = "SELECT octet_length(body), pg_column_size(body), pg_column_size(event.*)
                     FROM hookstage_event AS event ORDER BY received_at, id";
        let rows = client.query(sizes, &[]).await.unwrap();
        assert_eq!(rows.len(), bodies.len());
        for row in rows {
            let [length, stored, whole] = [0, 1, 2].map(|column| row.get::<_, i32>(column));
            assert!(stored <= length + 4, "{length} bytes take {stored}");
            assert!(whole <= length + 512, "a row of {length} bytes takes {whole}");
        }
    });
}

#[test]
fn sto_04_it_says_how_durable_it_is() {
    let Some(server) = Server::find("durability") else { return };
    let fixture = Async::new(&server);
    assert_eq!(fixture.fresh().durability(), Durability::Synced);
    let schema = fixture.schema();
    let relaxed = fixture.open(&schema, "-c synchronous_commit=off");
    assert_eq!(relaxed.durability(), Durability::Machine);
}

#[test]
fn sto_10_many_may_make_the_tables_at_once() {
    let Some(server) = Server::find("migrate") else { return };
    let fixture = Async::new(&server);
    for _ in 0..5 {
        let schema = fixture.schema();
        std::thread::scope(|scope| {
            let opened: Vec<_> =
                (0..6).map(|_| scope.spawn(|| fixture.open(&schema, ""))).collect();
            for store in opened {
                drop(store.join().unwrap());
            }
        });
    }
}

#[test]
fn a_pool_that_the_host_closed_is_unavailable() {
    let Some(server) = Server::find("closed-pool") else { return };
    let fixture = Async::new(&server);
    let store = fixture.fresh();
    store.pool().close();
    let error = fixture.block_on(store.stage(draft(1), NOW)).unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Unavailable);
    assert!(error.is_retryable());
}

/// A name in the schema that the last statement of the step wants for itself makes the step fail:
/// nothing of it may be left, and when the name is free the store opens.
#[test]
fn sto_10_a_schema_step_is_done_whole_or_not_at_all() {
    let Some(server) = Server::find("step") else { return };
    let fixture = Async::new(&server);
    let schema = fixture.schema();
    fixture.sql(&schema, "CREATE TABLE hookstage_state_end (x int)");
    let pool = server.pool(2, &format!("-c search_path={schema}"));
    assert!(fixture.runtime.block_on(PgStore::open(pool)).is_err());
    let ours = format!(
        "SELECT count(*) FROM pg_class JOIN pg_namespace ON relnamespace = pg_namespace.oid
         WHERE nspname = '{schema}' AND relname <> 'hookstage_state_end'"
    );
    assert_eq!(fixture.count(&schema, &ours), 0, "half a schema step is left");
    fixture.sql(&schema, "DROP TABLE hookstage_state_end");
    let store = fixture.open(&schema, "");
    assert!(matches!(fixture.block_on(store.stage(draft(1), NOW)), Ok(Staged::Inserted(_))));
}

#[test]
fn sto_10_tables_of_a_newer_version_are_refused_and_those_of_this_one_opened_again() {
    let Some(server) = Server::find("newer") else { return };
    let fixture = Async::new(&server);
    let schema = fixture.schema();
    let store = fixture.open(&schema, "");
    let _ = fixture.block_on(store.stage(draft(1), NOW)).unwrap();
    let again = fixture.open(&schema, "");
    let staged = fixture.block_on(again.stage(draft(1), NOW)).unwrap();
    assert!(matches!(staged, Staged::Duplicate { .. }), "{staged:?}");
    fixture.sql(&schema, "UPDATE hookstage_schema SET version = version + 1");
    let pool = server.pool(2, &format!("-c search_path={schema}"));
    let error = fixture.runtime.block_on(PgStore::open(pool)).unwrap_err();
    assert!(error.to_string().contains("newer version"), "{error}");
}

/// Events in partitions by time, as a host makes them who purges by the day: the suite passes over
/// them, and a partition that is dropped takes its events along while their keys stay held.
#[test]
fn events_may_be_partitioned_by_time() {
    let Some(server) = Server::find("partitions") else { return };
    let fixture = Partitioned(Async::new(&server));
    let report = conformance::run(&fixture);
    println!("postgres, partitioned by time: {} checks", report.ran().len());
    assert!(report.passed(), "{report}");
    let store = fixture.fresh();
    let day = Duration::from_secs(86_400);
    for (number, now) in [(1, NOW), (2, NOW + day)] {
        let mut draft = draft(number);
        draft.received_at = now;
        let _ = fixture.block_on(store.stage(draft, now)).unwrap();
    }
    let client = fixture.block_on(store.pool().get()).unwrap();
    fixture.block_on(client.batch_execute("DROP TABLE event_of_one_day")).unwrap();
    assert_eq!(fixture.block_on(store.counts("acme", None)).unwrap().pending, 1);
    for number in [1, 2] {
        let again = fixture.block_on(store.stage(draft(number), NOW + day)).unwrap();
        assert!(matches!(again, Staged::Duplicate { .. }), "{again:?}");
    }
}

/// Stores whose table of events is replaced by a partitioned one before it is used.
struct Partitioned<'s>(Async<'s>);

impl Fixture for Partitioned<'_> {
    type Store = PgStore;

    fn fresh(&self) -> PgStore {
        let store = self.0.fresh();
        self.0.block_on(async {
            let (start, end) = (NOW.as_unix_millis(), NOW.as_unix_millis() + 86_400_000);
            // In the midst of the times that the suite uses, so that it crosses the borders.
            let middle = start + 500;
            store
                .pool()
                .get()
                .await
                .unwrap()
                .batch_execute(&format!(
                    "ALTER TABLE hookstage_event RENAME TO plain;
                     CREATE TABLE hookstage_event (LIKE plain INCLUDING ALL)
                       PARTITION BY RANGE (received_at);
                     CREATE TABLE event_before PARTITION OF hookstage_event
                       FOR VALUES FROM (MINVALUE) TO ({start});
                     CREATE TABLE event_of_one_day PARTITION OF hookstage_event
                       FOR VALUES FROM ({start}) TO ({middle});
                     CREATE TABLE event_of_the_rest PARTITION OF hookstage_event
                       FOR VALUES FROM ({middle}) TO ({end});
                     CREATE TABLE event_after PARTITION OF hookstage_event DEFAULT;
                     DROP TABLE plain"
                ))
                .await
                .unwrap();
        });
        store
    }

    fn reopen(&self, store: &PgStore) -> Option<PgStore> {
        self.0.reopen(store)
    }

    fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        self.0.block_on(future)
    }
}

/// Two hosts promote one event, each in a transaction of its own: the second waits for the first and
/// then learns what became of it. Under a stricter level it is an error from which one tries again.
#[test]
fn racing_transactions_of_hosts_promote_once() {
    let Some(server) = Server::find("two-hosts") else { return };
    let fixture = Async::new(&server);
    let store = fixture.fresh();
    let settlement = Settlement::new("workflow".into(), NOW, None);
    fixture.runtime.block_on(async {
        for (number, strict) in [(1, false), (2, true)] {
            let Staged::Inserted(id) = store.stage(draft(number), NOW).await.unwrap() else {
                panic!("it is new")
            };
            let (mut one, mut two) =
                (store.pool().get().await.unwrap(), store.pool().get().await.unwrap());
            let first = one.transaction().await.unwrap();
            let settle = Transition::Promote;
            let done = PgStore::settle_in(&first, "acme", id, settle, &settlement, None).await;
            assert_eq!(done.unwrap(), Settled::Done);
            let (begun, begin) = tokio::sync::oneshot::channel();
            let copy = settlement.clone();
            let second = tokio::spawn(async move {
                let second = if strict {
                    let level = tokio_postgres::IsolationLevel::RepeatableRead;
                    two.build_transaction().isolation_level(level).start().await.unwrap()
                } else {
                    two.transaction().await.unwrap()
                };
                // Its snapshot is taken before the first commits.
                second.execute("SELECT count(*) FROM hookstage_event", &[]).await.unwrap();
                begun.send(()).unwrap();
                PgStore::settle_in(&second, "acme", id, Transition::Reject, &copy, None).await
            });
            begin.await.unwrap();
            first.commit().await.unwrap();
            match second.await.unwrap() {
                Ok(settled) => {
                    assert!(!strict);
                    assert_eq!(settled, Settled::Stale(Status::Promoted));
                }
                Err(error) => {
                    assert!(strict, "{error:?}");
                    assert_eq!(error.kind(), StoreErrorKind::Busy);
                }
            }
            let status = store.get("acme", id).await.unwrap().unwrap().status;
            assert_eq!(status, Status::Promoted);
        }
    });
}

/// A worker that lost its lease cannot promote inside its transaction, whatever it wrote there.
#[test]
fn a_lost_lease_is_seen_inside_the_transaction() {
    let Some(server) = Server::find("lost-lease") else { return };
    let fixture = Async::new(&server);
    let store = fixture.fresh();
    fixture.runtime.block_on(async {
        let Staged::Inserted(id) = store.stage(draft(1), NOW).await.unwrap() else { panic!() };
        let ms = Duration::from_millis;
        let claim = |owner: &'static str, now| {
            let store = store.clone();
            async move { store.claim(&ClaimRequest::new(owner, now + ms(100), 1), now).await }
        };
        assert_eq!(claim("w1", NOW).await.unwrap().len(), 1);
        assert_eq!(claim("w2", NOW + ms(100)).await.unwrap().len(), 1);
        let mut client = store.pool().get().await.unwrap();
        let transaction = client.transaction().await.unwrap();
        let settle = async |tenant, owner, after| {
            let settlement = Settlement::new("w".into(), NOW + ms(after), None);
            let promote = Transition::Promote;
            PgStore::settle_in(&transaction, tenant, id, promote, &settlement, owner).await.unwrap()
        };
        assert_eq!(settle("acme", Some("w1"), 101).await, Settled::LeaseLost);
        assert_eq!(settle("other", Some("w2"), 101).await, Settled::Missing);
        let held = Settled::Leased { until: NOW + ms(200) };
        assert_eq!(settle("acme", None, 101).await, held);
        assert_eq!(settle("acme", Some("w2"), 101).await, Settled::Done);
        transaction.commit().await.unwrap();
        let status = store.get("acme", id).await.unwrap().unwrap().status;
        assert_eq!(status, Status::Promoted);
    });
}

/// An engine without a runtime of its own over a store that needs one: the runtime runs elsewhere.
#[test]
fn the_blocking_engine_works_over_it() {
    let Some(server) = Server::find("blocking-engine") else { return };
    let fixture = Async::new(&server);
    let store = fixture.fresh();
    let secret = Secret::new("hookstage-test-secret").unwrap();
    let config = SourceConfig::preset("acme", "crm", &providers::CONNECTGAIN).with_secret(secret);
    let source = Source::new(config).unwrap();
    let body =
        br#"{"event":"contact.created","timestamp":"2024-01-15T10:30:00Z","data":{"id":"c-1"}}"#;
    let headers = [(
        "x-webhook-signature",
        b"cbab26ae288b46b794c80420757b169e1538354f2f8686479f4cd3f95490f351".as_slice(),
    )];
    // Threads of the host, none of them of the runtime.
    let engine = BlockingEngine::with_clock(Blocking(store.clone()), ManualClock::at(NOW));
    let outcomes: Vec<Outcome> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..16)
            .map(|_| {
                scope.spawn(|| {
                    let delivery = Delivery::new(Head::post("/in/crm", &headers), body);
                    engine.receive(&source, &delivery).unwrap().outcome
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let staged = outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Staged(_))).count();
    let duplicates =
        outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Duplicate { .. })).count();
    assert_eq!((staged, duplicates), (1, 15), "{outcomes:?}");
    let forged = [("x-webhook-signature", [b'0'; 64].as_slice())];
    let refused = engine.receive(&source, &Delivery::new(Head::post("/in/crm", &forged), body));
    assert!(matches!(refused.unwrap().outcome, Outcome::Refused(_)));
    let rows = hookstage::store::HistoryFilter::tenant("acme");
    assert_eq!(engine.history(&rows, None, 100).unwrap().len(), 17);
    assert_eq!(engine.durability(), Durability::Synced);
    engine.close().unwrap();
    let late = engine.receive(&source, &Delivery::new(Head::post("/in/crm", &headers), body));
    assert!(late.unwrap_err().response.status() >= 500);
    assert_eq!(Blocking(store).counts("acme", None).unwrap_err().kind(), StoreErrorKind::Closed);
}

/// The tasks that commit live in the runtime the store was opened in. Without it nothing can be
/// staged, and that is said at once instead of never.
#[test]
fn a_store_whose_runtime_ended_is_unavailable() {
    let Some(server) = Server::find("runtime") else { return };
    let fixture = Async::new(&server);
    let schema = fixture.schema();
    let short = tokio::runtime::Runtime::new().unwrap();
    let pool = server.pool(2, &format!("-c search_path={schema}"));
    let store = short.block_on(PgStore::open(pool)).unwrap();
    let begun: Vec<_> = (0..4)
        .map(|number| {
            let store = store.clone();
            fixture.runtime.spawn(async move { store.stage(draft(number), NOW).await })
        })
        .collect();
    drop(short);
    for staging in begun {
        if let Err(error) = fixture.runtime.block_on(staging).unwrap() {
            assert_eq!(error.kind(), StoreErrorKind::Unavailable, "{error:?}");
        }
    }
    let error = fixture.block_on(store.stage(draft(9), NOW)).unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Unavailable);
    assert!(error.is_retryable());
    fixture.block_on(store.close()).unwrap();
    // Whatever became of those that were begun, their senders' retries find one event each.
    let again = fixture.open(&schema, "");
    for number in 0..4 {
        let _ = fixture.block_on(again.stage(draft(number), NOW)).unwrap();
    }
    assert_eq!(fixture.block_on(again.counts("acme", None)).unwrap().pending, 4);
}

/// A batch that has seen the generation in force, and waits for a key: until it has committed, no other
/// generation is in force, or a revoked secret would still stage.
#[test]
fn a_newer_generation_waits_for_the_batches_of_the_one_before() {
    let Some(server) = Server::find("fence") else { return };
    let fixture = Async::new(&server);
    let schema = fixture.schema();
    let open = |what: &str| fixture.open(&schema, &format!("-c application_name={schema}_{what}"));
    let (batch, fence) = (open("batch"), open("fence"));
    let waits = |what: &str| {
        let waiting = format!(
            "SELECT count(*) FROM pg_stat_activity
             WHERE application_name = '{schema}_{what}' AND cardinality(pg_blocking_pids(pid)) > 0"
        );
        fixture.count(&schema, &waiting) > 0
    };
    // The source has a generation that is committed: to read it is not yet to hold it.
    let _ = fixture.block_on(batch.stage(draft(0), NOW)).unwrap();
    let pool = server.pool(1, &format!("-c search_path={schema}"));
    let blocker = fixture.runtime.block_on(pool.get()).unwrap();
    let key = hex::encode(draft(1).claim.unwrap().key.as_bytes());
    let take_its_key = format!(
        "BEGIN; INSERT INTO hookstage_ledger (tenant, source, key, claimed_at, event, body_sha256)
         VALUES ('acme', 'in', '\\x{key}', 0, 0, '')"
    );
    fixture.runtime.block_on(blocker.batch_execute(&take_its_key)).unwrap();
    let staging = fixture.runtime.spawn({
        let batch = batch.clone();
        async move { batch.stage(draft(1), NOW).await }
    });
    while !waits("batch") {
        assert!(!staging.is_finished(), "it was to wait for its key");
    }
    let superseding = fixture.runtime.spawn(async move {
        let source = draft(1).source;
        fence.supersede(&source, 1).await
    });
    while !waits("fence") {
        assert!(!superseding.is_finished(), "in force while an older batch is under way");
    }
    fixture.runtime.block_on(blocker.batch_execute("ROLLBACK")).unwrap();
    let staged = fixture.runtime.block_on(staging).unwrap().unwrap();
    assert!(matches!(staged, Staged::Inserted(_)), "{staged:?}");
    fixture.runtime.block_on(superseding).unwrap().unwrap();
    assert_eq!(fixture.block_on(batch.stage(draft(2), NOW)).unwrap(), Staged::Superseded);
}

/// The other way round: a generation that is about to be in force holds the batch up, and the batch
/// does not stage under the one it would have seen when it began.
#[test]
fn a_batch_waits_for_the_generation_that_is_coming() {
    let Some(server) = Server::find("coming") else { return };
    let fixture = Async::new(&server);
    for (end, expected) in [("COMMIT", false), ("ROLLBACK", true)] {
        let schema = fixture.schema();
        let store = fixture.open(&schema, &format!("-c application_name={schema}_batch"));
        let _ = fixture.block_on(store.stage(draft(0), NOW)).unwrap();
        let pool = server.pool(1, &format!("-c search_path={schema}"));
        let coming = fixture.runtime.block_on(pool.get()).unwrap();
        let raise = "BEGIN; UPDATE hookstage_generation SET generation = generation + 1";
        fixture.runtime.block_on(coming.batch_execute(raise)).unwrap();
        let staging = fixture.runtime.spawn({
            let store = store.clone();
            async move { store.stage(draft(1), NOW).await }
        });
        let waiting = format!(
            "SELECT count(*) FROM pg_stat_activity
             WHERE application_name = '{schema}_batch' AND cardinality(pg_blocking_pids(pid)) > 0"
        );
        while fixture.count(&schema, &waiting) == 0 {
            assert!(!staging.is_finished(), "staged under a generation that was to be looked at");
        }
        fixture.runtime.block_on(coming.batch_execute(end)).unwrap();
        let staged = fixture.runtime.block_on(staging).unwrap().unwrap();
        assert_eq!(matches!(staged, Staged::Inserted(_)), expected, "{end}: {staged:?}");
        assert_eq!(staged == Staged::Superseded, !expected, "{end}: {staged:?}");
    }
}

/// A key that stands many times in one batch: the answers are those of one draft after the other, as
/// the memory store gives them, and it is not tried again for each.
#[test]
fn ded_12_a_key_that_comes_many_times_at_once_is_tried_twice_at_most() {
    let Some(server) = Server::find("many") else { return };
    let fixture = Async::new(&server);
    let schema = fixture.schema();
    let store = fixture.open(&schema, "");
    let memory = MemoryStore::new();
    fixture.sql(
        &schema,
        "CREATE SEQUENCE attempts;
         CREATE FUNCTION attempt() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
           PERFORM nextval('attempts'); RETURN NEW; END $$;
         CREATE TRIGGER attempt BEFORE INSERT ON hookstage_ledger
           FOR EACH ROW EXECUTE FUNCTION attempt()",
    );
    let hour = Duration::from_secs(3600);
    let under = |number: u64, window: Window| {
        let mut draft = draft(number);
        draft.claim = draft.claim.map(|claim| Claim::new(claim.key, window));
        draft
    };
    let other = |number: u64| {
        let mut other = draft(number);
        other.source = SourceId::new("acme", "out").unwrap();
        other
    };
    let zero = Window::FromFirst(Duration::ZERO);
    let (last, longer) = (Window::FromLast(hour), Window::FromLast(2 * hour));
    let shape = |staged: &[Staged]| {
        // Numbers of duplicates are gaps, so only the order of those that are there is compared.
        let ids: BTreeSet<u64> =
            staged.iter().filter_map(Staged::event).map(EventId::get).collect();
        let place = |id: EventId| ids.iter().position(|other| *other == id.get());
        let of = |one: &Staged| (one.outcome(), one.event().and_then(place));
        staged.iter().map(of).collect::<Vec<_>>()
    };
    for (what, most, batch) in [
        ("one key", 1, vec![draft(1); 200]),
        ("one key, held", 1, vec![draft(1); 200]),
        ("two keys", 2, (0..100).map(|number| draft(2 + number % 2)).collect()),
        ("two sources, one of them new", 3, vec![draft(4), other(4), draft(4), other(4)]),
        ("a window that ends at once", 4, vec![under(5, zero); 4]),
        ("windows that move", 1, vec![under(6, last), under(6, longer), under(6, last)]),
    ] {
        fixture.sql(&schema, "ALTER SEQUENCE attempts RESTART");
        let expected = BlockingStore::stage_all(&memory, batch.clone(), NOW).unwrap();
        let staged = fixture.block_on(store.stage_all(batch, NOW)).unwrap();
        assert_eq!(shape(&staged), shape(&expected), "{what}");
        let attempts = fixture.count(&schema, "SELECT last_value FROM attempts");
        assert!(attempts <= most, "{what}: {attempts} attempts");
    }
    let until = fixture
        .count(&schema, "SELECT until - claimed_at FROM hookstage_ledger WHERE until > claimed_at");
    assert_eq!(until, 2 * 3_600_000, "the later of the ends counts");
}

/// Senders that never pause keep the connections of the pool busy, and those who read still get one.
#[test]
fn staging_without_end_leaves_others_their_turn() {
    const ENOUGH: u64 = 20_000;
    let Some(server) = Server::find("turns") else { return };
    let fixture = Async::new(&server);
    let schema = fixture.schema();
    for size in [1, 2] {
        let pool = server.pool(size, &format!("-c search_path={schema}"));
        let store = fixture.runtime.block_on(PgStore::open(pool)).unwrap();
        let staged = Arc::new(AtomicU64::new(0));
        let read = Arc::new(AtomicBool::new(false));
        let senders: Vec<_> = (0..16)
            .map(|sender| {
                let (store, staged, read) = (store.clone(), staged.clone(), read.clone());
                fixture.runtime.spawn(async move {
                    let first = (size as u64 * 16 + sender) * ENOUGH;
                    for number in first..first + ENOUGH / 16 {
                        if read.load(Ordering::SeqCst) {
                            break;
                        }
                        let _ = store.stage(draft(number), NOW).await.unwrap();
                        staged.fetch_add(1, Ordering::SeqCst);
                    }
                })
            })
            .collect();
        fixture.runtime.block_on(async {
            while staged.load(Ordering::SeqCst) < 100 {
                tokio::task::yield_now().await;
            }
            for _ in 0..20 {
                store.counts("acme", None).await.unwrap();
            }
            read.store(true, Ordering::SeqCst);
            for sender in senders {
                sender.await.unwrap();
            }
        });
        let staged = staged.load(Ordering::SeqCst);
        assert!(
            staged < ENOUGH,
            "a pool of {size} was there for others only after {staged} events"
        );
    }
}

/// The task that commits ends half way, and the connection lives in another runtime that goes on: the
/// pool does not get it back with what was begun on it.
#[test]
fn a_dropped_batch_gives_no_open_transaction_back() {
    let Some(server) = Server::find("dropped") else { return };
    let fixture = Async::new(&server);
    let schema = fixture.schema();
    let pool = server.pool(1, &format!("-c search_path={schema}"));
    let other = server.pool(1, &format!("-c search_path={schema}"));
    let backend: i32 = fixture.runtime.block_on(async {
        let client = pool.get().await.unwrap();
        client.query_one("SELECT pg_backend_pid()", &[]).await.unwrap().get(0)
    });
    let short = tokio::runtime::Runtime::new().unwrap();
    let store = short.block_on(PgStore::open(pool.clone())).unwrap();
    let _ = fixture.block_on(store.stage(draft(0), NOW)).unwrap();
    let blocker = fixture.runtime.block_on(other.get()).unwrap();
    let lock = "BEGIN; SELECT FROM hookstage_generation FOR UPDATE";
    fixture.runtime.block_on(blocker.batch_execute(lock)).unwrap();
    let waiting = fixture.runtime.spawn({
        let store = store.clone();
        async move { store.stage(draft(1), NOW).await }
    });
    fixture.runtime.block_on(async {
        let blocked = "SELECT cardinality(pg_blocking_pids($1))";
        while blocker.query_one(blocked, &[&backend]).await.unwrap().get::<_, i32>(0) == 0 {
            assert!(!waiting.is_finished(), "it was to be dropped half way");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
    drop(short);
    let error = fixture.runtime.block_on(waiting).unwrap().unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Unavailable, "{error:?}");
    fixture.runtime.block_on(async {
        blocker.batch_execute("ROLLBACK").await.unwrap();
        let next = pool.get().await.unwrap();
        let begun = "SELECT pg_current_xact_id_if_assigned() IS NOT NULL";
        let begun: bool = next.query_one(begun, &[]).await.unwrap().get(0);
        assert!(!begun, "the next one works inside the transaction of a batch that is gone");
    });
    let again = fixture.open(&schema, "");
    let retry = fixture.block_on(again.stage(draft(1), NOW)).unwrap();
    assert!(matches!(retry, Staged::Inserted(_)), "{retry:?}");
}

/// The blocking adapter parks its thread, so the runtime must run elsewhere: it does.
struct Sync<'s>(Async<'s>);

impl Fixture for Sync<'_> {
    type Store = Synchronous<Blocking<PgStore>>;

    fn fresh(&self) -> Self::Store {
        Synchronous(Blocking(self.0.fresh()))
    }

    fn reopen(&self, store: &Self::Store) -> Option<Self::Store> {
        self.0.reopen(&store.0.0).map(|store| Synchronous(Blocking(store)))
    }

    fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        let _context = self.0.runtime.enter();
        conformance::block_on(future)
    }
}
