//! The same against PostgreSQL, by another writer of the same rows.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use deadpool_postgres::{Manager, Pool, Runtime};
use hookstage::Draft;
use hookstage::store::{PgStore, Staged, Store as _};

use super::{NOW, claims, growth, median};

pub(crate) fn run() {
    in_a_schema_of_its_own("", async |pool, store| {
        let (mut one, mut shared) = (Vec::new(), Vec::new());
        let (mut batches, mut as_many) = (Vec::new(), Vec::new());
        let mut number = 0;
        for _ in 0..9 {
            batches.push(bare(&pool, drafts(&mut number, 6400), 32, 4).await);
            as_many.push(bare(&pool, drafts(&mut number, 6400), 32, 2).await);
            one.push(bare(&pool, drafts(&mut number, 800), 1, 1).await);
            shared.push(senders(&store, drafts(&mut number, 6400), 64).await);
        }
        let client = pool.get().await.unwrap();
        let version = client.query_one("SHOW server_version", &[]).await.unwrap();
        println!("\nPostgreSQL {}, 1 KB bodies", version.get::<_, &str>(0));
        for (name, rates) in [
            ("bare, one connection, own transactions", &one),
            ("bare, UNNEST of 32, 4 connections", &batches),
            // 64 senders that wait for their answers have no more than that under way.
            ("bare, UNNEST of 32, 2 connections", &as_many),
            ("64 senders through the store", &shared),
        ] {
            let ratio = median(rates.iter().zip(&batches).map(|(rate, unit)| rate / unit));
            println!("  {name:<40} {:>8.0}/s  {ratio:.2}", median(rates.iter().copied()));
        }
    });
}

/// Workers that claim at once, over a million events that wait.
pub(crate) fn claims() {
    in_a_schema_of_its_own("", async |pool, store| {
        // One event as the store writes it, copied.
        let _ = senders(&store, drafts(&mut 0, 64), 64).await;
        let client = pool.get().await.unwrap();
        client
            .batch_execute(&format!(
                "INSERT INTO hookstage_event (id, tenant, source, received_at, status, attempts,
                   key, body_sha256, coverage, headers, body)
                 SELECT nextval('hookstage_event_id'), tenant, source, received_at, 0, 0, key,
                   body_sha256, coverage, headers, substr(body, 1, 200)
                 FROM (SELECT * FROM hookstage_event LIMIT 1) AS one, generate_series(1, {});
                 ANALYZE hookstage_event",
                claims::pending()
            ))
            .await
            .unwrap();
        let mut claimed = Vec::new();
        println!(
            "\nclaims: PostgreSQL, {} pending, {} events a claim",
            claims::pending(),
            claims::EVENTS
        );
        for workers in [1, 8] {
            let start = Instant::now();
            let mut tasks = tokio::task::JoinSet::new();
            for worker in 0..workers {
                let store = store.clone();
                tasks.spawn(async move {
                    let (mut mine, mut times) = (Vec::new(), Vec::new());
                    for _ in 0..claims::CLAIMS {
                        let start = Instant::now();
                        let events =
                            store.claim(&claims::request(workers, worker), NOW).await.unwrap();
                        times.push(start.elapsed().as_secs_f64() * 1e3);
                        mine.extend(events.into_iter().map(|event| event.id));
                    }
                    (mine, times)
                });
            }
            let each = tasks.join_all().await;
            claims::report(workers, each, start.elapsed(), &mut claimed);
        }
        claims::twice(&claimed);
    });
}

/// The cost of staging 10,000 more when so many keys are held, in batches of 250 without syncs, so
/// that the disk's sync does not hide it.
pub(crate) fn growth() {
    in_a_schema_of_its_own("-c synchronous_commit=off", async |pool, store| {
        println!("\ngrowth: PostgreSQL, events of 200 bytes, random keys, batches of 250");
        let client = pool.get().await.unwrap();
        let (mut copied, mut staged, mut unit) = (0_u64, 0, None);
        for size in growth::sizes() {
            let last = size - staged;
            client
                .execute(
                    "INSERT INTO hookstage_ledger
                       (tenant, source, key, claimed_at, event, body_sha256)
                     SELECT 'acme', 'in', sha256(int8send(n)), 0, n, sha256(int8send(n))
                     FROM generate_series($1::bigint, $2::bigint) AS n",
                    &[&(copied + 1).cast_signed(), &last.cast_signed()],
                )
                .await
                .unwrap();
            client.batch_execute("VACUUM ANALYZE hookstage_ledger").await.unwrap();
            copied = last;
            let lots: Vec<Vec<Draft>> = (0..40)
                .map(|_| {
                    staged += 250;
                    (staged - 250..staged).map(|number| super::draft(number, 200)).collect()
                })
                .collect();
            let start = Instant::now();
            for lot in lots {
                let _ = store.stage_all(lot, NOW).await.unwrap();
            }
            let each = start.elapsed().as_secs_f64() / 10_000.0;
            let unit = *unit.get_or_insert(each);
            println!("  {size:>9} keys  {:>6.1} us each  {:.2}", each * 1e6, each / unit);
        }
    });
}

/// A day of settled events is purged, a thousand a call, while eight senders stage, with syncs.
pub(crate) fn purge() {
    in_a_schema_of_its_own("", async |pool, store| {
        let day = growth::day();
        // One event and its row as the store writes them, settled and copied.
        let _ = store.stage(super::draft(0, 1024), NOW).await.unwrap();
        let client = pool.get().await.unwrap();
        client
            .batch_execute(&format!(
                "UPDATE hookstage_event SET status = 1, settled_by = '', settled_at = received_at;
                 INSERT INTO hookstage_event (id, tenant, source, received_at, status, attempts,
                   settled_by, settled_at, key, body_sha256, coverage, headers, body)
                 SELECT nextval('hookstage_event_id'), tenant, source, received_at, status, attempts,
                   settled_by, settled_at, key, body_sha256, coverage, headers, substr(body, 1, 200)
                 FROM hookstage_event, generate_series(2, {day});
                 INSERT INTO hookstage_history (tenant, source, at, outcome, status, event, headers,
                   body_length, body_sha256, count)
                 SELECT tenant, source, at, outcome, status, event, headers, body_length,
                   body_sha256, count
                 FROM hookstage_history, generate_series(2, {day});
                 ANALYZE"
            ))
            .await
            .unwrap();
        drop(client);
        println!(
            "\npurge: PostgreSQL, {day} settled events of yesterday, 8 senders meanwhile, 1 KB"
        );
        let mut first = 10_000_000;
        let alone = waits(&store, &mut first, Arc::new(AtomicBool::new(true))).await;
        let done = Arc::new(AtomicBool::new(false));
        let purging = tokio::spawn({
            let (store, done) = (store.clone(), Arc::clone(&done));
            async move {
                let (start, mut purged) = (Instant::now(), 0);
                loop {
                    let events = store.purge(&growth::yesterday(), NOW).await.unwrap().events;
                    purged += events;
                    if events == 0 {
                        done.store(true, Ordering::SeqCst);
                        return (purged, start.elapsed());
                    }
                }
            }
        });
        let with = waits(&store, &mut first, done).await;
        let (purged, took) = purging.await.unwrap();
        growth::report(&alone, &with, purged, took);
    });
}

/// Eight senders, 250 events each and then until it is done.
async fn waits(store: &PgStore, first: &mut u64, done: Arc<AtomicBool>) -> growth::Rate {
    let base = *first;
    *first += 8_000_000;
    let start = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for sender in 0..8 {
        let (store, done) = (store.clone(), Arc::clone(&done));
        tasks.spawn(async move {
            let mut waits = Vec::new();
            while waits.len() < 250 || !done.load(Ordering::SeqCst) {
                let draft = growth::of_today(base + sender * 1_000_000 + waits.len() as u64);
                let start = Instant::now();
                let staged = store.stage(draft, NOW).await.unwrap();
                waits.push(start.elapsed().as_secs_f64() * 1e3);
                assert!(matches!(staged, Staged::Inserted(_)));
            }
            waits
        });
    }
    let waits = tasks.join_all().await.into_iter().flatten().collect();
    growth::Rate::of(waits, start.elapsed())
}

fn in_a_schema_of_its_own(options: &str, run: impl AsyncFnOnce(Pool, PgStore)) {
    let Ok(url) = std::env::var("DATABASE_URL") else {
        println!("\nPostgreSQL: DID NOT RUN: DATABASE_URL is not set");
        return;
    };
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let mut config: tokio_postgres::Config = url.parse().unwrap();
        let schema = format!("bench{}", std::process::id());
        config.options(format!("-c search_path={schema} {options}"));
        let pool = Pool::builder(Manager::new(config, tokio_postgres::NoTls))
            .max_size(16)
            .runtime(Runtime::Tokio1)
            .build()
            .unwrap();
        let client = pool.get().await.unwrap();
        client.batch_execute(&format!("CREATE SCHEMA {schema}")).await.unwrap();
        let store = PgStore::open(pool.clone()).await.unwrap();
        run(pool.clone(), store).await;
        client.batch_execute(&format!("DROP SCHEMA {schema} CASCADE")).await.unwrap();
    });
}

fn drafts(number: &mut u64, count: u64) -> Vec<Draft> {
    *number += count;
    (*number - count..*number).map(|number| super::draft(number, 1024)).collect()
}

async fn senders(store: &PgStore, mut drafts: Vec<Draft>, senders: usize) -> f64 {
    let count = drafts.len();
    let each = count / senders;
    let start = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..senders {
        let lot = drafts.split_off(drafts.len() - each);
        let store = store.clone();
        tasks.spawn(async move {
            for draft in lot {
                let staged = store.stage(draft, NOW).await.unwrap();
                assert!(matches!(staged, Staged::Inserted(_)));
            }
        });
    }
    tasks.join_all().await;
    rate(count, start.elapsed())
}

/// The same rows into the same tables with three statements a batch and nothing else.
async fn bare(pool: &Pool, mut drafts: Vec<Draft>, batch: usize, connections: usize) -> f64 {
    let count = drafts.len();
    let each = count / connections;
    let lots: Vec<Vec<Draft>> =
        (0..connections).map(|_| drafts.split_off(drafts.len() - each)).collect();
    let start = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for lot in lots {
        let pool = pool.clone();
        tasks.spawn(async move {
            let mut client = pool.get().await.unwrap();
            for batch in lot.chunks(batch) {
                insert(&mut client, batch).await;
            }
        });
    }
    tasks.join_all().await;
    rate(count, start.elapsed())
}

async fn insert(client: &mut deadpool_postgres::Client, drafts: &[Draft]) {
    let transaction = client.transaction().await.unwrap();
    let tenants: Vec<&str> = drafts.iter().map(|draft| draft.source.tenant()).collect();
    let sources: Vec<&str> = drafts.iter().map(|draft| draft.source.source()).collect();
    let keys: Vec<&[u8]> =
        drafts.iter().map(|draft| &draft.claim.as_ref().unwrap().key.as_bytes()[..]).collect();
    let times: Vec<i64> = drafts.iter().map(|_| NOW.as_unix_millis()).collect();
    let hashes: Vec<&[u8]> = drafts.iter().map(|draft| &draft.body_sha256[..]).collect();
    let bodies: Vec<&[u8]> = drafts.iter().map(|draft| &draft.body[..]).collect();
    let ledger = transaction
        .prepare_cached(
            "INSERT INTO hookstage_ledger (tenant, source, key, claimed_at, event, body_sha256)
             SELECT t, s, k, a, nextval('hookstage_event_id'), h
             FROM unnest($1::text[], $2::text[], $3::bytea[], $4::bigint[], $5::bytea[])
               AS new (t, s, k, a, h)
             ON CONFLICT DO NOTHING RETURNING event",
        )
        .await
        .unwrap();
    let rows =
        transaction.query(&ledger, &[&tenants, &sources, &keys, &times, &hashes]).await.unwrap();
    let ids: Vec<i64> = rows.iter().map(|row| row.get(0)).collect();
    let event = transaction
        .prepare_cached(
            "INSERT INTO hookstage_event (id, tenant, source, received_at, status, attempts,
               key, body_sha256, coverage, headers, body)
             SELECT i, t, s, a, 0, 0, k, h, '{\"v\":1,\"coverage\":{\"body\":\"nothing\",\"method\":false,\"url\":false,\"timestamp\":false,\"id\":false,\"headers\":[]}}', '\\x01', b
             FROM unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::bytea[],
               $6::bytea[], $7::bytea[]) AS new (i, t, s, a, k, h, b)",
        )
        .await
        .unwrap();
    let history = transaction
        .prepare_cached(
            "INSERT INTO hookstage_history (tenant, source, at, outcome, status, event,
               headers, body_length, body_sha256, count)
             SELECT t, s, a, 'staged', 200, i, '\\x01', 1024, h, 1
             FROM unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::bytea[])
               AS new (i, t, s, a, h)",
        )
        .await
        .unwrap();
    transaction
        .execute(&event, &[&ids, &tenants, &sources, &times, &keys, &hashes, &bodies])
        .await
        .unwrap();
    transaction.execute(&history, &[&ids, &tenants, &sources, &times, &hashes]).await.unwrap();
    transaction.commit().await.unwrap();
}

fn rate(count: usize, time: Duration) -> f64 {
    count as f64 / time.as_secs_f64()
}
