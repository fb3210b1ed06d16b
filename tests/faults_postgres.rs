//! PostgreSQL under faults: a server that is killed, connections cut on either side of the commit,
//! statements that fail, backends that are ended, and syncs counted against acknowledgements.
//!
//! What harms a server runs on a throwaway one only.
//! `HOOKSTAGE_KILL_CYCLES_POSTGRES=100 cargo test --features postgres,conformance --test faults_postgres`
//! is the long run.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

#[path = "support/postgres.rs"]
mod postgres;
#[path = "support/wire.rs"]
mod wire;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use hookstage::conformance::Fixture;
use hookstage::store::{EventFilter, HistoryFilter, PurgeRequest, Staged, Store, StoreErrorKind};
use hookstage::{Draft, EventId};
use postgres::{Async, NOW, Server, body, draft, number_from};
use wire::{Cut, Wire};

#[test]
fn sto_02_nothing_acknowledged_is_lost_when_the_server_is_killed() {
    let Some(server) = Server::throwaway("kill") else { return };
    let cycles = number_from("HOOKSTAGE_KILL_CYCLES_POSTGRES", 3);
    let fixture = Async::new(&server);
    let store = fixture.fresh();
    let next = AtomicUsize::new(0);
    let mut acknowledged: Vec<(EventId, u64)> = Vec::new();
    for cycle in 0..cycles {
        let answers = std::thread::scope(|scope| {
            let senders: Vec<_> = (0..16)
                .map(|_| {
                    scope.spawn(|| {
                        let mut mine = Vec::new();
                        loop {
                            let number = next.fetch_add(1, Ordering::SeqCst) as u64;
                            match fixture.block_on(store.stage(draft(number), NOW)) {
                                Ok(Staged::Inserted(id)) => mine.push((id, number)),
                                Ok(other) => panic!("{other:?}"),
                                Err(error) => {
                                    assert!(error.is_retryable(), "{error:?}");
                                    return mine;
                                }
                            }
                        }
                    })
                })
                .collect();
            std::thread::sleep(Duration::from_millis(300 + cycle % 7 * 40));
            server.crash();
            senders.into_iter().flat_map(|sender| sender.join().unwrap()).collect::<Vec<_>>()
        });
        acknowledged.extend(answers);
        server.start();
    }
    // What was acknowledged is there under its id; what was not may be retried and is then there
    // once: as a duplicate if its commit went through before the answer was lost.
    let mut recovered = 0;
    let numbers: Vec<u64> = (0..next.load(Ordering::SeqCst) as u64).collect();
    for lot in numbers.chunks(256) {
        let drafts = lot.iter().map(|number| draft(*number)).collect();
        let retries = fixture.block_on(store.stage_all(drafts, NOW)).unwrap();
        recovered += retries.iter().filter(|told| matches!(told, Staged::Duplicate { .. })).count();
    }
    let answered = acknowledged.len();
    for (id, number) in acknowledged {
        let event = fixture.block_on(store.get("acme", id)).unwrap().unwrap();
        assert_eq!(*event.body, *body(number), "another event under an acknowledged id");
    }
    let total = fixture.block_on(store.counts("acme", None)).unwrap().pending;
    assert_eq!(total as usize, next.load(Ordering::SeqCst), "one event for each key");
    let history = HistoryFilter::tenant("acme");
    assert!(!fixture.block_on(store.history(&history, None, 1)).unwrap().is_empty());
    assert_eq!(
        fixture.block_on(store.list(&EventFilter::tenant("acme"), None, 5)).unwrap().len(),
        5
    );
    println!(
        "postgres: {cycles} kills, {answered} acknowledged, 0 lost, 0 twice; {} commits whose answer was lost were duplicates on retry",
        recovered - answered
    );
}

/// The connection breaks just before the server sees the COMMIT, or just after it has committed and
/// before it said so. Either way the sender is told to try again, and there is one event.
#[test]
fn sto_06_a_connection_cut_on_either_side_of_the_commit() {
    let Some(server) = Server::throwaway("cut") else { return };
    let fixture = Async::new(&server);
    let wire = Wire::to(server.socket().unwrap());
    let schema = fixture.schema();
    let store = fixture.open_over(&wire.url(), &schema, "");
    let mut next = 0;
    let mut cuts = 0;
    for cut in [Cut::BeforeCommit, Cut::AfterCommit] {
        for batch in [1, 3, 7] {
            let drafts: Vec<Draft> = (next..next + batch).map(draft).collect();
            next += batch;
            wire.cut(cut);
            let error = fixture.block_on(store.stage_all(drafts.clone(), NOW)).unwrap_err();
            assert_eq!(error.kind(), StoreErrorKind::Unavailable, "{error:?}");
            assert!(error.is_retryable());
            assert!(wire.has_cut(), "the connection was not cut where it should be");
            cuts += 1;
            let retry = fixture.block_on(store.stage_all(drafts, NOW)).unwrap();
            let new = retry.iter().filter(|staged| matches!(staged, Staged::Inserted(_))).count();
            let expected = if cut == Cut::BeforeCommit { batch } else { 0 };
            assert_eq!(new as u64, expected, "{cut:?}: {retry:?}");
        }
    }
    // Purge removes nothing twice and claims to have removed nothing that is there.
    let ids: Vec<EventId> = fixture
        .block_on(store.list(&EventFilter::tenant("acme"), None, 1000))
        .unwrap()
        .into_iter()
        .map(|event| event.id)
        .collect();
    assert_eq!(ids.len() as u64, next);
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len() as u64, next);
    let rows = fixture.block_on(store.history(&HistoryFilter::tenant("acme"), None, 1000)).unwrap();
    let staged = rows.iter().filter(|(_, row)| row.outcome == "staged").count();
    assert_eq!(staged as u64, next, "one row for each event");
    let later = NOW + Duration::from_secs(1);
    wire.cut(Cut::AfterCommit);
    let purge = PurgeRequest::older_than(Duration::ZERO, later);
    assert!(fixture.block_on(store.purge(&purge, later)).unwrap_err().is_retryable());
    assert!(wire.has_cut());
    assert_eq!(fixture.block_on(store.purge(&purge, later)).unwrap().history, 0);
    assert_eq!(fixture.block_on(store.counts("acme", None)).unwrap().pending, next);
    println!("postgres: {cuts} connections cut at the commit: 0 lost, 0 twice");
}

/// Backends are ended at any moment while senders stage, each of which tries again until answered.
/// Whoever ends them waits for progress in between, so that senders get on however slow connecting
/// is.
#[test]
fn sto_06_backends_ended_at_any_moment() {
    disturbed_at_any_moment("ended", "pg_terminate_backend", "true");
}

/// Of statements that travel together any may be the one that is cancelled.
#[test]
fn sto_06_statements_cancelled_at_any_moment() {
    disturbed_at_any_moment("cancelled", "pg_cancel_backend", "state = 'active'");
}

fn disturbed_at_any_moment(name: &str, by: &str, which: &str) {
    const SENDERS: u64 = 8;
    const EACH: u64 = 60;
    const MOST: u64 = 100 * EACH;
    let Some(server) = Server::throwaway(name) else { return };
    let fixture = Async::new(&server);
    let schema = fixture.schema();
    let store = fixture.open(&schema, "-c application_name=sender");
    let (faults, ended) = (AtomicU64::new(0), AtomicU64::new(0));
    let answered = AtomicU64::new(0);
    let done = AtomicBool::new(false);
    let all = std::thread::scope(|scope| {
        let (store, fixture, faults) = (&store, &fixture, &faults);
        let (schema, ended, done, answered) = (&schema, &ended, &done, &answered);
        let senders: Vec<_> = (0..SENDERS)
            .map(|sender| {
                scope.spawn(move || {
                    let enough = |sent| sent >= EACH && ended.load(Ordering::SeqCst) > 0;
                    let mut sent = 0;
                    while sent < MOST && !enough(sent) {
                        let number = sender * MOST + sent;
                        loop {
                            match fixture.block_on(store.stage(draft(number), NOW)) {
                                Ok(_) => {
                                    answered.fetch_add(1, Ordering::SeqCst);
                                    break;
                                }
                                Err(error) => {
                                    assert!(error.is_retryable(), "{error:?}");
                                    faults.fetch_add(1, Ordering::SeqCst);
                                }
                            }
                        }
                        sent += 1;
                    }
                    sent
                })
            })
            .collect();
        scope.spawn(move || {
            let mut seen = 0;
            while !done.load(Ordering::SeqCst) {
                let now = answered.load(Ordering::SeqCst);
                if std::mem::replace(&mut seen, now) == now && ended.load(Ordering::SeqCst) > 0 {
                    std::thread::sleep(Duration::from_millis(1));
                    continue;
                }
                let backends = fixture.count(
                    schema,
                    &format!(
                        "SELECT count({by}(pid)) FROM pg_stat_activity
                         WHERE application_name = 'sender' AND {which}"
                    ),
                );
                ended.fetch_add(backends.unsigned_abs(), Ordering::SeqCst);
                std::thread::sleep(Duration::from_millis(3));
            }
        });
        let sent: Vec<_> = senders.into_iter().map(|sender| sender.join()).collect();
        done.store(true, Ordering::SeqCst);
        sent.into_iter().map(|sent| sent.unwrap().cast_signed()).sum::<i64>()
    });
    let events = fixture.count(&schema, "SELECT count(*) FROM hookstage_event");
    let different = fixture.count(&schema, "SELECT count(DISTINCT body) FROM hookstage_event");
    let keys = fixture.count(&schema, "SELECT count(*) FROM hookstage_ledger");
    let rows = "SELECT count(*) FROM hookstage_history WHERE outcome = 'staged'";
    let rows = fixture.count(&schema, rows);
    assert_eq!((events, different, keys, rows), (all, all, all, all));
    let ended = ended.load(Ordering::SeqCst);
    println!(
        "postgres: {ended} backends {name} under {all} deliveries, {} attempts failed: 0 lost, 0 twice",
        faults.load(Ordering::SeqCst)
    );
    assert!(ended > 0, "nothing was {name}, so nothing was proved");
}

/// What the server may say, and what a host is told: every row as a real error of a real statement.
#[test]
fn sto_06_the_servers_faults_are_told_apart_and_leave_no_key() {
    let Some(server) = Server::find("codes") else { return };
    let fixture = Async::new(&server);
    let schema = fixture.schema();
    let store = fixture.open(&schema, "");
    let codes = [
        ("53100", StoreErrorKind::Full),        // disk_full
        ("53200", StoreErrorKind::Full),        // out_of_memory
        ("40001", StoreErrorKind::Busy),        // serialization_failure
        ("40P01", StoreErrorKind::Busy),        // deadlock_detected
        ("55P03", StoreErrorKind::Busy),        // lock_not_available
        ("57014", StoreErrorKind::Busy),        // query_canceled
        ("25006", StoreErrorKind::ReadOnly),    // read_only_sql_transaction
        ("57P01", StoreErrorKind::Unavailable), // admin_shutdown
        ("58030", StoreErrorKind::Unavailable), // io_error
        ("XX001", StoreErrorKind::Corrupt),     // data_corrupted
        ("22003", StoreErrorKind::Other),       // numeric_value_out_of_range
    ];
    for (number, (code, kind)) in (0..).zip(codes) {
        fixture.sql(
            &schema,
            &format!(
                "CREATE OR REPLACE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS
                   $$ BEGIN RAISE EXCEPTION 'a row of ours' USING ERRCODE = '{code}'; END $$;
                 CREATE TRIGGER fails BEFORE INSERT ON hookstage_history
                   FOR EACH ROW EXECUTE FUNCTION fail()"
            ),
        );
        let error = fixture.block_on(store.stage(draft(number), NOW)).unwrap_err();
        assert_eq!(error.kind(), kind, "{code}: {error:?}");
        let retryable = !matches!(kind, StoreErrorKind::Corrupt | StoreErrorKind::Other);
        assert_eq!(error.is_retryable(), retryable, "{code}");
        // The server's own words may quote a row.
        assert!(!format!("{error} {error:?}").contains("a row of ours"));
        fixture.sql(&schema, "DROP TRIGGER fails ON hookstage_history");
        let retry = fixture.block_on(store.stage(draft(number), NOW)).unwrap();
        assert!(matches!(retry, Staged::Inserted(_)), "{code} left a key behind: {retry:?}");
    }
    let standby = fixture.open(&schema, "-c default_transaction_read_only=on");
    let error = fixture.block_on(standby.stage(draft(999), NOW)).unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::ReadOnly);
    assert!(error.is_retryable());
}

/// The Nth row that is written fails, for every N until a run succeeds: after each failure nothing of
/// the drafts is there, and the retry is staged.
#[test]
fn sto_07_ded_11_whichever_row_fails_leaves_nothing_half() {
    let Some(server) = Server::find("nth") else { return };
    let fixture = Async::new(&server);
    let schema = fixture.schema();
    let store = fixture.open(&schema, "");
    fixture.sql(
        &schema,
        "CREATE SEQUENCE calls; CREATE TABLE fails_at (nth bigint); INSERT INTO fails_at VALUES (0);
         CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
           IF nextval('calls') = (SELECT nth FROM fails_at) THEN
             RAISE EXCEPTION 'the disk failed' USING ERRCODE = '58030';
           END IF;
           RETURN NEW; END $$",
    );
    for table in ["ledger", "event", "history", "generation"] {
        fixture.sql(
            &schema,
            &format!(
                "CREATE TRIGGER fails BEFORE INSERT OR UPDATE ON hookstage_{table}
                   FOR EACH ROW EXECUTE FUNCTION fail()"
            ),
        );
    }
    let (mut next, mut points) = (0_u64, 0);
    for batch in [1, 3, 8] {
        for nth in 1.. {
            fixture.sql(
                &schema,
                &format!("ALTER SEQUENCE calls RESTART; UPDATE fails_at SET nth = {nth}"),
            );
            let drafts: Vec<Draft> = (next..next + batch).map(draft).collect();
            next += batch;
            let there = fixture.block_on(store.counts("acme", None)).unwrap().pending;
            let outcome = fixture.block_on(store.stage_all(drafts.clone(), NOW));
            fixture.sql(&schema, "UPDATE fails_at SET nth = 0");
            let Err(error) = outcome else { break };
            points += 1;
            assert!(error.is_retryable());
            let events = fixture.block_on(store.counts("acme", None)).unwrap().pending;
            assert_eq!(events, there, "an event is there");
            for table in ["ledger", "history"] {
                let rows = format!("SELECT count(*) FROM hookstage_{table}");
                assert_eq!(fixture.count(&schema, &rows), there.cast_signed(), "{table}");
            }
            let retry = fixture.block_on(store.stage_all(drafts, NOW)).unwrap();
            assert!(retry.iter().all(|staged| matches!(staged, Staged::Inserted(_))), "{retry:?}");
        }
    }
    println!("postgres: {points} points of failure, nothing half at any of them");
    assert!(points >= 3 * (1 + 3 + 8));
}

/// The server counts the syncs of its log itself.
#[test]
fn sto_03_syncs_are_shared_by_many_senders() {
    const SENDERS: u64 = 64;
    const EACH: u64 = 40;
    let Some(server) = Server::throwaway("syncs") else { return };
    let fixture = Async::new(&server);
    let schema = fixture.schema();
    let version = fixture.count(&schema, "SELECT current_setting('server_version_num')::bigint");
    if version < 140_000 {
        println!("DID NOT RUN: this server does not count its syncs");
        return;
    }
    // What is not synced at once is synced by and by: seldom enough to be told apart on a machine
    // on which everything is slow.
    fixture.sql(&schema, "ALTER SYSTEM SET wal_writer_delay = '10s'");
    fixture.sql(&schema, "SELECT pg_reload_conf()");
    let syncs = |senders: u64, first: u64, options: &str| {
        let store = fixture.open(&schema, &format!("-c application_name=counted {options}"));
        let _ = fixture.block_on(store.stage(draft(first), NOW)).unwrap();
        fixture.sql(&schema, "SELECT pg_stat_reset_shared('wal')");
        fixture.runtime.block_on(async {
            let mut tasks = tokio::task::JoinSet::new();
            for sender in 0..senders {
                let store = store.clone();
                tasks.spawn(async move {
                    for number in 0..EACH {
                        let draft = draft(first + 1 + sender * EACH + number);
                        let staged = store.stage(draft, NOW).await.unwrap();
                        assert!(matches!(staged, Staged::Inserted(_)));
                    }
                });
            }
            tasks.join_all().await;
            store.close().await.unwrap();
            store.pool().close();
        });
        // A backend hands in its counts before it has ended.
        let backends = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'counted'";
        while fixture.count(&schema, backends) > 0 {
            std::thread::sleep(Duration::from_millis(20));
        }
        if version < 150_000 {
            // The process that collects them comes to it later.
            std::thread::sleep(Duration::from_millis(1500));
        }
        fixture.count(&schema, "SELECT wal_sync FROM pg_stat_wal").unsigned_abs()
    };
    let one = syncs(1, 0, "");
    let shared = syncs(SENDERS, 1_000_000, "");
    let relaxed = syncs(1, 2_000_000, "-c synchronous_commit=off");
    let all = SENDERS * EACH;
    println!(
        "postgres: 1 sender: {EACH} acknowledged, {one} syncs; {SENDERS} senders: {all} acknowledged, {shared} syncs, {:.3} each; without synchronous_commit: {relaxed}",
        shared as f64 / all as f64
    );
    assert!(one >= EACH, "acknowledged without a sync");
    assert!(relaxed < EACH / 2, "the counter does not show what is not synced");
    assert!(shared > 0 && shared * 10 < all, "{shared} syncs for {all} acknowledged events");
}
