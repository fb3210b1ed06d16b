//! A PostgreSQL server for tests: that of `DATABASE_URL`, or a throwaway one; and stores on it.
#![allow(dead_code, reason = "every test file has its own copy and uses some of it")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use deadpool_postgres::{Manager, Pool, Runtime as PoolRuntime};
use hookstage::conformance::Fixture;
use hookstage::store::PgStore;
use hookstage::{Claim, DedupeKey, Draft, SourceId, Timestamp, Window};
use tokio::runtime::Runtime;

pub(crate) const NOW: Timestamp = Timestamp::from_unix_seconds(1_700_000_000);

pub(crate) fn body(number: u64) -> Vec<u8> {
    format!("{{\"number\":{number}}}").into_bytes()
}

pub(crate) fn draft(number: u64) -> Draft {
    let mut key = [0; 32];
    key[..8].copy_from_slice(&number.to_be_bytes());
    let claim = Claim::new(DedupeKey::from_bytes(key), Window::Unlimited);
    Draft::for_tests(SourceId::new("acme", "in").unwrap(), NOW, body(number), Some(claim))
}

pub(crate) fn number_from(variable: &str, default: u64) -> u64 {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// A running server; a throwaway one is gone when this is dropped.
pub(crate) struct Server {
    name: String,
    url: Mutex<String>,
    directory: Option<PathBuf>,
}

impl Server {
    /// The server of `DATABASE_URL`, else a throwaway one. Without either it says that the test did
    /// not run.
    pub(crate) fn find(name: &str) -> Option<Self> {
        if let Ok(url) = std::env::var("DATABASE_URL") {
            return Some(Self { name: name.to_owned(), url: url.into(), directory: None });
        }
        Self::throwaway(name)
    }

    /// A throwaway server, for what must not be done to anybody's own.
    pub(crate) fn throwaway(name: &str) -> Option<Self> {
        let directory =
            std::env::temp_dir().join(format!("hookstage-pg-{name}-{}", std::process::id()));
        // Of another process that had this number and was killed.
        let _ = std::fs::remove_dir_all(&directory);
        let server =
            Self { name: name.to_owned(), url: String::new().into(), directory: Some(directory) };
        match server.script("start") {
            Some(url) => {
                *server.url.lock().unwrap() = url;
                Some(server)
            }
            None => {
                println!("DID NOT RUN: no PostgreSQL server could be started");
                None
            }
        }
    }

    pub(crate) fn url(&self) -> String {
        self.url.lock().unwrap().clone()
    }

    /// The unix socket of a throwaway server.
    pub(crate) fn socket(&self) -> Option<PathBuf> {
        self.directory.as_ref().map(|directory| directory.join(".s.PGSQL.5432"))
    }

    pub(crate) fn start(&self) {
        self.script("start").unwrap();
    }

    pub(crate) fn crash(&self) {
        self.script("crash").unwrap();
    }

    pub(crate) fn pool(&self, size: usize, options: &str) -> Pool {
        pool(&self.url(), size, options)
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
}

impl Drop for Server {
    fn drop(&mut self) {
        self.script("stop");
    }
}

pub(crate) fn pool(url: &str, size: usize, options: &str) -> Pool {
    let mut config: tokio_postgres::Config = url.parse().unwrap();
    config.options(options);
    let manager = Manager::new(config, tokio_postgres::NoTls);
    Pool::builder(manager).max_size(size).runtime(PoolRuntime::Tokio1).build().unwrap()
}

/// Makes stores, each in a schema of its own.
pub(crate) struct Async<'s> {
    pub(crate) server: &'s Server,
    pub(crate) runtime: Runtime,
    schemas: AtomicUsize,
}

impl<'s> Async<'s> {
    pub(crate) fn new(server: &'s Server) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        Self { server, runtime, schemas: AtomicUsize::new(0) }
    }

    pub(crate) fn schema(&self) -> String {
        static RUN: std::sync::OnceLock<u128> = std::sync::OnceLock::new();
        let run = RUN.get_or_init(|| {
            std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_nanos()
        });
        let number = self.schemas.fetch_add(1, Ordering::SeqCst);
        let name = format!("t{run}_{}_{number}", self.server.name.replace('-', "_"));
        self.sql("public", &format!("CREATE SCHEMA {name}"));
        name
    }

    pub(crate) fn open(&self, schema: &str, options: &str) -> PgStore {
        self.open_over(&self.server.url(), schema, options)
    }

    pub(crate) fn open_over(&self, url: &str, schema: &str, options: &str) -> PgStore {
        let pool = pool(url, 8, &format!("-c search_path={schema} {options}"));
        self.runtime.handle().block_on(PgStore::open(pool)).unwrap()
    }

    /// Runs statements in a schema, as somebody else.
    pub(crate) fn sql(&self, schema: &str, statements: &str) {
        let pool = self.server.pool(1, &format!("-c search_path={schema}"));
        self.runtime.handle().block_on(async {
            pool.get().await.unwrap().batch_execute(statements).await.unwrap();
        });
    }

    /// The one number that a query returns.
    pub(crate) fn count(&self, schema: &str, query: &str) -> i64 {
        let pool = self.server.pool(1, &format!("-c search_path={schema}"));
        self.runtime.handle().block_on(async {
            pool.get().await.unwrap().query_one(query, &[]).await.unwrap().get(0)
        })
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
