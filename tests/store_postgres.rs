//! The PostgreSQL store under the suite and against the specification, racing handles, a crashing
//! server, and promotion inside the host's own transaction.
//!
//! Runs against `DATABASE_URL` if it is set, else against a throwaway server if one is installed;
//! otherwise it says visibly that it did not run.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use deadpool_postgres::{Manager, Pool, Runtime as PoolRuntime};
use hookstage::conformance::{self, Fixture, Synchronous, agrees_with_memory};
use hookstage::store::{
    Blocking, Durability, EventFilter, HistoryFilter, PgStore, Settled, Staged, Store,
    StoreErrorKind,
};
use hookstage::{
    Claim, DedupeKey, Draft, EventId, Settlement, SourceId, Status, Timestamp, Transition, Window,
};
use tokio::runtime::Runtime;

const NOW: Timestamp = Timestamp::from_unix_seconds(1_700_000_000);

#[test]
fn the_suite_passes() {
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

#[test]
fn two_processes_worth_of_pools_stage_each_key_once() {
    let Some(server) = Server::find("race") else { return };
    let fixture = Async::new(&server);
    let first = fixture.fresh();
    let stores = [first.clone(), fixture.reopen(&first).unwrap()];
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
    println!("postgres: 8,000 attempts over 200 keys by two pools: {inserted} staged");
    assert_eq!(inserted, 200);
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
fn it_says_how_durable_it_is() {
    let Some(server) = Server::find("durability") else { return };
    let fixture = Async::new(&server);
    assert_eq!(fixture.fresh().durability(), Durability::Synced);
    let schema = fixture.schema();
    let relaxed = fixture.open(&schema, "-c synchronous_commit=off");
    assert_eq!(relaxed.durability(), Durability::Machine);
}

#[test]
fn many_may_make_the_tables_at_once() {
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

#[test]
fn nothing_acknowledged_is_lost_when_the_server_is_killed() {
    let Some(server) = Server::find("kill") else { return };
    if server.directory.is_none() {
        println!("DID NOT RUN: only a throwaway server is killed, not that of DATABASE_URL");
        return;
    }
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
    for number in 0..next.load(Ordering::SeqCst) as u64 {
        if let Staged::Duplicate { .. } = fixture.block_on(store.stage(draft(number), NOW)).unwrap()
        {
            recovered += 1;
        }
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

fn body(number: u64) -> Vec<u8> {
    format!("{{\"number\":{number}}}").into_bytes()
}

fn draft(number: u64) -> Draft {
    let mut key = [0; 32];
    key[..8].copy_from_slice(&number.to_be_bytes());
    let claim = Claim::new(DedupeKey::from_bytes(key), Window::Unlimited);
    Draft::for_tests(SourceId::new("acme", "in").unwrap(), NOW, body(number), Some(claim))
}

fn number_from(variable: &str, default: u64) -> u64 {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// A schema of its own for every fresh store.
struct Async<'s> {
    server: &'s Server,
    runtime: Runtime,
    schemas: AtomicUsize,
}

impl<'s> Async<'s> {
    fn new(server: &'s Server) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        Self { server, runtime, schemas: AtomicUsize::new(0) }
    }

    fn schema(&self) -> String {
        static RUN: std::sync::OnceLock<u128> = std::sync::OnceLock::new();
        let run = RUN.get_or_init(|| {
            std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_nanos()
        });
        let number = self.schemas.fetch_add(1, Ordering::SeqCst);
        let name = format!("t{run}_{}_{number}", self.server.name.replace('-', "_"));
        let pool = self.server.pool(1, "");
        self.runtime.block_on(async {
            let client = pool.get().await.unwrap();
            client.batch_execute(&format!("CREATE SCHEMA {name}")).await.unwrap();
        });
        name
    }

    fn open(&self, schema: &str, options: &str) -> PgStore {
        let pool = self.server.pool(8, &format!("-c search_path={schema} {options}"));
        self.runtime.handle().block_on(PgStore::open(pool)).unwrap()
    }
}

impl Fixture for Async<'_> {
    type Store = PgStore;

    fn fresh(&self) -> PgStore {
        self.open(&self.schema(), "")
    }

    fn reopen(&self, store: &PgStore) -> Option<PgStore> {
        let schema: String = self.runtime.handle().block_on(async {
            let client = store.pool().get().await.unwrap();
            client.query_one("SELECT current_schema()::text", &[]).await.unwrap().get(0)
        });
        Some(self.open(&schema, ""))
    }

    fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.handle().block_on(future)
    }
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

struct Server {
    name: String,
    url: std::sync::Mutex<String>,
    directory: Option<PathBuf>,
}

impl Server {
    fn find(name: &str) -> Option<Self> {
        if let Ok(url) = std::env::var("DATABASE_URL") {
            return Some(Self { name: name.to_owned(), url: url.into(), directory: None });
        }
        let directory =
            std::env::temp_dir().join(format!("hookstage-pg-{name}-{}", std::process::id()));
        let server =
            Self { name: name.to_owned(), url: String::new().into(), directory: Some(directory) };
        match server.script("start") {
            Some(url) => {
                *server.url.lock().unwrap() = url;
                Some(server)
            }
            None => {
                println!("DID NOT RUN: no DATABASE_URL, and no PostgreSQL server to start");
                None
            }
        }
    }

    fn script(&self, command: &str) -> Option<String> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join(".ci/postgres.sh");
        let output = Command::new("sh")
            .arg(script)
            .arg(command)
            .arg(self.directory.as_ref()?)
            .output()
            .ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    fn start(&self) {
        self.script("start").unwrap();
    }

    fn crash(&self) {
        self.script("crash").unwrap();
    }

    fn pool(&self, size: usize, options: &str) -> Pool {
        let mut config: tokio_postgres::Config = self.url.lock().unwrap().parse().unwrap();
        config.options(options);
        let manager = Manager::new(config, tokio_postgres::NoTls);
        Pool::builder(manager).max_size(size).runtime(PoolRuntime::Tokio1).build().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.script("stop");
    }
}
