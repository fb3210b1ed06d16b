//! Several processes on one PostgreSQL: receivers stage, workers claim, and a killed worker's
//! events return after its lease.
//!
//! ```text
//! DATABASE_URL=postgresql://localhost/hooks cargo run --features postgres,test-util --example worker
//! ```
//!
//! starts two receivers and three workers as processes of their own, kills a worker with `kill -9`
//! while it holds events, starts another in its place, and shows on the terminal how the counts move.
//! In the end it says how many events there were, how many were worked on, how many twice, which
//! must be none, and how many of the killed worker's were done by another, which must be all. `--receivers N --workers N --events N` change the numbers.
//! `worker receive N` and `worker work` are the single processes, to be started by hand anywhere.
//!
//! The deliveries are made up, so that no sender is needed: that is why it takes `test-util`.
#![allow(clippy::print_stdout, reason = "progress is shown on the terminal")]

use std::error::Error;
use std::io::Write as _;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use deadpool_postgres::{Config, Pool, Runtime};
use hookstage::store::{ClaimRequest, Cursor, EventFilter, PgStore, Settled, Staged, Store};
use hookstage::{
    Claim, Clock as _, DedupeKey, Draft, Event, EventId, Settlement, SourceId, Status, SystemClock,
    Transition, Window,
};

type Fallible<T> = Result<T, Box<dyn Error>>;

const LEASE: Duration = Duration::from_secs(2);
const TENANT: &str = "worker-example";

#[tokio::main]
async fn main() -> Fallible<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["receive", first, count] => receive(first.parse()?, count.parse()?).await,
        ["work"] => work().await,
        ["--help" | "-h"] => {
            println!(
                "worker [--receivers N] [--workers N] [--events N] | receive FIRST COUNT | work"
            );
            Ok(())
        }
        _ => orchestrate(&arguments).await,
    }
}

fn pool() -> Fallible<Pool> {
    let mut config = Config::new();
    config.url = Some(std::env::var("DATABASE_URL").map_err(
        |_| "set DATABASE_URL, for example postgresql://localhost/hooks, and start again",
    )?);
    Ok(config.create_pool(Some(Runtime::Tokio1), tokio_postgres::NoTls)?)
}

/// A receiver: every delivery arrives twice, as from a sender that lost our answer.
async fn receive(first: u64, count: u64) -> Fallible<()> {
    let store = PgStore::open(pool()?).await?;
    let source = SourceId::new(TENANT, "made-up")?;
    let mut tasks = tokio::task::JoinSet::new();
    for sender in 0..8 {
        let (store, source) = (store.clone(), source.clone());
        tasks.spawn(async move {
            for number in (first..first + count).filter(|number| number % 8 == sender) {
                for _ in 0..2 {
                    let now = SystemClock.now();
                    let mut key = [0; 32];
                    key[..8].copy_from_slice(&number.to_be_bytes());
                    let claim = Claim::new(DedupeKey::from_bytes(key), Window::Unlimited);
                    let body = format!("{{\"number\":{number}}}").into_bytes();
                    let draft = Draft::for_tests(source.clone(), now, body, Some(claim));
                    let _: Staged = store.stage(draft, now).await?;
                }
            }
            Ok::<(), hookstage::store::StoreError>(())
        });
    }
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    Ok(store.close().await?)
}

/// A worker: claims a few, works on each, and settles it together with what the work wrote, in one
/// transaction, so that a worker that lost its lease wrote nothing.
async fn work() -> Fallible<()> {
    let pool = pool()?;
    let store = PgStore::open(pool.clone()).await?;
    let owner = format!("{}at {}", owner_prefix(std::process::id()), SystemClock.now());
    let mut client = pool.get().await?;
    let mut idle = Instant::now();
    while idle.elapsed() < LEASE * 2 {
        let now = SystemClock.now();
        let mut request = ClaimRequest::new(owner.clone(), now + LEASE, 10);
        request.tenant = Some(TENANT.to_owned());
        for event in store.claim(&request, now).await? {
            idle = Instant::now();
            tokio::time::sleep(Duration::from_millis(3)).await; // the work
            let transaction = client.transaction().await?;
            transaction
                .execute(
                    "INSERT INTO worker_example (event, worker) VALUES ($1, $2)",
                    &[&event.id.get().cast_signed(), &owner],
                )
                .await?;
            let settlement = Settlement::new(owner.clone(), SystemClock.now(), None);
            let settled = PgStore::settle_in(
                &transaction,
                TENANT,
                event.id,
                Transition::Promote,
                &settlement,
                Some(&owner),
            );
            match settled.await? {
                Settled::Done => transaction.commit().await?,
                // Another has it now; what was written here goes with the transaction.
                _ => transaction.rollback().await?,
            }
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(store.close().await?)
}

async fn orchestrate(arguments: &[String]) -> Fallible<()> {
    let number = |name: &str, default: u64| {
        let place = arguments.iter().position(|argument| argument == name);
        place.and_then(|place| arguments.get(place + 1)?.parse().ok()).unwrap_or(default)
    };
    let (receivers, workers) = (number("--receivers", 2).max(1), number("--workers", 3).max(1));
    let each = number("--events", 1500) / receivers;
    let events = each * receivers;
    let pool = pool()?;
    let store = PgStore::open(pool.clone()).await?;
    let client = pool.get().await?;
    client
        .batch_execute(
            "CREATE TABLE IF NOT EXISTS worker_example (event bigint NOT NULL, worker text NOT NULL);
             DELETE FROM worker_example",
        )
        .await?;
    let start = u64::try_from(SystemClock.now().as_unix_millis())? * 1_000_000;
    let before = store.counts(TENANT, None).await?;
    println!("{receivers} receivers, {workers} workers, {events} events, each delivered twice");

    let mut staging = Vec::new();
    for receiver in 0..receivers {
        let first = (start + receiver * each).to_string();
        staging.push(Process::start(&["receive", &first, &each.to_string()])?);
    }
    let mut working = Vec::new();
    for _ in 0..workers {
        working.push(Process::start(&["work"])?);
    }
    let (mut orphans, mut dead): (Vec<EventId>, String) = Default::default();
    loop {
        let counts = store.counts(TENANT, None).await?;
        let promoted = counts.promoted - before.promoted;
        print!("\r{} pending, {promoted} promoted of {events}   ", counts.pending);
        std::io::stdout().flush()?;
        // In the midst of the work, once, and only while it holds more than the one whose commit
        // may be under way and go through without its worker.
        if orphans.is_empty() && promoted > events / 5 && held(&store, &working[0]).await?.len() > 1
        {
            let killed = std::mem::replace(&mut working[0], Process::start(&["work"])?).kill()?;
            let left = held(&store, &killed).await?;
            if left.len() > 1 {
                println!(
                    "\nkilled worker {} while it held {} events; they return after {} s",
                    killed.0.id(),
                    left.len(),
                    LEASE.as_secs()
                );
                orphans = left;
                dead = owner_prefix(killed.0.id());
            }
        }
        if promoted >= events {
            break;
        }
        for process in &mut staging {
            if process.0.try_wait()?.is_some_and(|status| !status.success()) {
                return Err("a receiver failed".into());
            }
        }
        for process in &mut working {
            // One that had nothing to do for a while ended, but there is more to come.
            match process.0.try_wait()? {
                Some(status) if !status.success() => return Err("a worker failed".into()),
                Some(_) => *process = Process::start(&["work"])?,
                None => {}
            }
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    for process in staging.iter_mut().chain(&mut working) {
        if !process.0.wait()?.success() {
            return Err("a process failed".into());
        }
    }
    let row =
        client.query_one("SELECT count(*), count(DISTINCT event) FROM worker_example", &[]).await?;
    let (worked, different): (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
    let (mut left, mut returned) = (0, 0);
    for id in &orphans {
        let Some(event) = store.get(TENANT, *id).await? else { continue };
        let done_by = event.settlement.map(|settlement| settlement.actor).unwrap_or_default();
        if !done_by.starts_with(&dead) {
            left += 1;
            returned += u64::from(event.attempts > 1);
        }
    }
    println!("\n{events} events, {worked} worked on, {} twice", worked - different);
    println!("{left} events of the killed worker, {returned} done by another");
    client.batch_execute("DROP TABLE worker_example").await?;
    if worked == different && u64::try_from(worked)? == events && returned == left {
        Ok(())
    } else {
        Err("an event was lost or worked on twice".into())
    }
}

/// What a worker holds just now.
async fn held(store: &PgStore, worker: &Process) -> Fallible<Vec<EventId>> {
    let mut filter = EventFilter::tenant(TENANT);
    filter.status = Some(Status::Pending);
    let name = owner_prefix(worker.0.id());
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let page = store.list(&filter, after, 1000).await?;
        let Some(last) = page.last() else { return Ok(found) };
        after = Some(Cursor { at: last.received_at, number: last.id.get() });
        let mine = |event: &Event| {
            event.lease.as_ref().is_some_and(|lease| lease.owner.starts_with(&name))
        };
        found.extend(page.iter().filter(|event| mine(event)).map(|event| event.id));
    }
}

fn owner_prefix(process: u32) -> String {
    format!("worker {process} ")
}

/// A process that does not outlive this one.
struct Process(Child);

impl Process {
    fn start(arguments: &[&str]) -> Fallible<Self> {
        Ok(Self(Command::new(std::env::current_exe()?).args(arguments).spawn()?))
    }

    fn kill(mut self) -> Fallible<Self> {
        self.0.kill()?;
        self.0.wait()?;
        Ok(self)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
