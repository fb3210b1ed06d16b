//! Promotion in processes that are killed while they create: whoever comes next goes on, and no
//! record is lost or made twice.
//!
//! This test is its own helper: started with `HOOKSTAGE_PROMOTE` it promotes until nothing waits.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

#[allow(dead_code, reason = "shared with other tests")]
#[path = "support/process.rs"]
mod process;

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hookstage::promotion::{Automatic, Order, Promoter, Runner, Sink, SinkError};
use hookstage::store::{EventFilter, SqliteStore};
use hookstage::workflow::{SystemFields, Workflow};
use hookstage::{
    BlockingEngine, Delivery, Engine, Head, Source, SourceConfig, SourceId, Status, providers,
};
use process::Directory;
use rusqlite::{Connection, OptionalExtension as _, params};

const FOLDER: &str = "HOOKSTAGE_PROMOTE";
const MOST: &str = "HOOKSTAGE_PROMOTE_MOST";
const EVENTS: usize = 60;

fn source() -> Source {
    Source::new(SourceConfig::preset("acme", "shop", &providers::UNSIGNED)).unwrap()
}

fn workflow() -> Workflow {
    let config = serde_json::json!({"version": 1, "name": "purchase", "steps": [
        {"entity": "company", "store_as": "company", "fields": {"name": "$event.company"}},
        {"entity": "contact", "store_as": "contact", "fields": {"company_id": "$company.id"}},
        {"entity": "lead", "fields": {"contact_id": "$contact.id", "company_id": "$company.id"}},
    ]});
    Workflow::new(serde_json::from_value(config).unwrap(), &SystemFields::standard()).unwrap()
}

/// The host's table, in a file of its own, with the process that made each record.
struct Records {
    connection: Mutex<Connection>,
    /// How many records this process may still make before it hangs.
    left: AtomicU64,
}

impl Records {
    fn open(path: &Path, most: u64) -> Self {
        let connection = Connection::open(path).unwrap();
        let table = "CREATE TABLE IF NOT EXISTS records (number INTEGER PRIMARY KEY,
             token TEXT NOT NULL UNIQUE, event INTEGER, entity TEXT, fields TEXT, process INTEGER)";
        connection.execute_batch(table).unwrap();
        Self { connection: Mutex::new(connection), left: AtomicU64::new(most) }
    }
}

impl Sink for Records {
    async fn find(&self, token: &str) -> Result<Option<String>, SinkError> {
        let connection = self.connection.lock().unwrap();
        let query = "SELECT entity || '-' || number FROM records WHERE token = ?1";
        Ok(connection.query_row(query, [token], |row| row.get(0)).optional().unwrap())
    }

    async fn create(&self, order: &Order<'_>) -> Result<String, SinkError> {
        if self.left.fetch_sub(1, Ordering::Relaxed) == 0 {
            // However fast the machine is, no process comes further; it is killed here.
            std::thread::sleep(Duration::from_secs(60));
            std::process::abort();
        }
        let connection = self.connection.lock().unwrap();
        let fields: BTreeMap<&str, &str> =
            order.fields.iter().map(|(name, json)| (*name, json.as_str())).collect();
        let insert = "INSERT INTO records (token, event, entity, fields, process)
                      VALUES (?1, ?2, ?3, ?4, ?5)";
        let event = order.event.get().cast_signed();
        let fields = serde_json::to_string(&fields).unwrap();
        let row = params![order.token, event, order.entity, fields, std::process::id()];
        connection.execute(insert, row).unwrap();
        let id = format!("{}-{}", order.entity, connection.last_insert_rowid());
        std::io::stderr().write_all(format!("created {id}\n").as_bytes()).unwrap();
        Ok(id)
    }
}

/// Not a test: what the other starts as a process of its own.
#[test]
fn helper() {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else { return };
    let engine = Engine::new(SqliteStore::open(folder.join("events.db")).unwrap());
    let most = std::env::var(MOST).unwrap().parse().unwrap();
    let records = Records::open(&folder.join("records.db"), most);
    let promoter = Promoter::new(engine.clone(), records).with_lease(Duration::from_millis(500));
    let automatic = Automatic::new(Arc::new(workflow())).promoting_uncovered();
    let runner = Runner::new(Arc::new(promoter), "worker")
        .with_attempts(1000, Duration::from_millis(1))
        .with_source(SourceId::new("acme", "shop").unwrap(), automatic);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        while engine.counts("acme", None).await.unwrap().pending > 0 {
            if runner.run_once(2).await.unwrap().is_idle() {
                // The rest is leased to processes that are gone.
                std::thread::sleep(Duration::from_millis(20));
            }
        }
        engine.close().await.unwrap();
    });
}

#[test]
fn pro_06_r_co_35_killed_processes_create_each_record_once() {
    let directory = Directory::new("promotion-killed");
    let events = directory.file("events.db");
    let engine = BlockingEngine::new(SqliteStore::open(&events).unwrap());
    for number in 0..EVENTS {
        let body = format!(r#"{{"company":"{number}"}}"#);
        let delivery = Delivery::new(Head::post("/in/shop", &[]), body.as_bytes());
        let _ = engine.receive(&source(), &delivery).unwrap();
    }
    engine.close().unwrap();

    let (mut kills, mut random) = (0, 0x2545_f491_4f6c_dd1d_u64);
    loop {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let wanted = 1 + random % 9;
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "helper", "--nocapture", "--test-threads", "1"])
            .env(FOLDER, events.parent().unwrap())
            .env(MOST, (wanted + 2).to_string())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut created = BufReader::new(child.stderr.take().unwrap()).lines();
        let seen = created.by_ref().take(wanted as usize).filter(|line| line.is_ok()).count();
        if seen < wanted as usize {
            assert!(child.wait().unwrap().success(), "it ended by itself, and not well");
            break;
        }
        // Anywhere between a record and the next: in the sink, in the store, or on the way.
        std::thread::sleep(Duration::from_micros(random % 4000));
        child.kill().unwrap();
        child.wait().unwrap();
        kills += 1;
        assert!(kills < 3 * EVENTS, "each makes at least one record");
    }

    let engine = BlockingEngine::new(SqliteStore::open(&events).unwrap());
    let listed = engine.list(&EventFilter::tenant("acme"), None, 2 * EVENTS).unwrap();
    assert_eq!(listed.len(), EVENTS);
    assert!(listed.iter().all(|event| event.status == Status::Promoted));
    let records = Records::open(&directory.file("records.db"), 0);
    let connection = records.connection.lock().unwrap();
    let mut shared = 0;
    for event in &listed {
        let query = "SELECT entity || '-' || number, entity, fields, process FROM records
                     WHERE event = ?1 ORDER BY number";
        let mut statement = connection.prepare(query).unwrap();
        let rows = statement.query_map([event.id.get().cast_signed()], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        });
        let rows: Vec<(String, String, String, u32)> =
            rows.unwrap().collect::<Result<_, _>>().unwrap();
        let entities: Vec<&str> = rows.iter().map(|row| row.1.as_str()).collect();
        assert_eq!(entities, ["company", "contact", "lead"], "{rows:?}");
        let fields: serde_json::Value = serde_json::from_str(&rows[2].2).unwrap();
        assert_eq!(fields["company_id"], format!("\"{}\"", rows[0].0), "{rows:?}");
        assert_eq!(fields["contact_id"], format!("\"{}\"", rows[1].0), "{rows:?}");
        shared += usize::from(rows.iter().any(|row| row.3 != rows[0].3));
    }
    println!("{kills} processes killed, {shared} of {EVENTS} events were made by several");
    // None makes more than eleven records.
    assert!(kills >= 3 * EVENTS / 11 && shared > 0, "{kills} kills, {shared} events");
}
