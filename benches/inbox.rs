//! Deliveries per second of the inbox example, over real connections, with every answer checked,
//! against the bare insert of the same rows.
//!
//! `cargo bench --features sqlite --bench inbox`; `HOOKSTAGE_DELIVERIES` and
//! `HOOKSTAGE_CONNECTIONS` change how many.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    dead_code,
    reason = "a measurement stops at the first surprise"
)]

#[path = "../tests/support/http.rs"]
mod http;
#[path = "../tests/support/process.rs"]
mod process;

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use hmac::{Hmac, KeyInit, Mac};
use http::{Connection, request};
use process::{Directory, Inbox, secret};
use sha2::Sha256;

fn main() {
    let number = |name: &str, otherwise| {
        std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
    };
    let deliveries: usize = number("HOOKSTAGE_DELIVERIES", 4000);
    let connections: usize = number("HOOKSTAGE_CONNECTIONS", 32);
    let bodies: Vec<String> = (0..deliveries).map(body).collect();

    let inbox = received(&bodies, connections);
    let one = inserted(&bodies, 1);
    let shared = inserted(&bodies, connections);
    let rate = |time: Duration| deliveries as f64 / time.as_secs_f64();
    println!("{deliveries} signed deliveries of {} bytes, each answered 202", bodies[0].len());
    println!("inbox, {connections} connections        {:>9.0} deliveries/s", rate(inbox));
    println!("bare insert, a commit per row  {:>9.0} rows/s", rate(one));
    println!("bare insert, {connections} rows a commit  {:>9.0} rows/s", rate(shared));
    let ratio = |time: Duration| rate(inbox) / rate(time);
    println!("inbox / bare insert            {:>9.2} and {:.2}", ratio(one), ratio(shared));
}

/// An event of about 1 KB.
fn body(number: usize) -> String {
    let note = "x".repeat(900);
    format!(
        r#"{{"id":"evt_{number}","email":"ada@example.com","amount":{number},"note":"{note}"}}"#
    )
}

/// How long the inbox takes for all of them.
fn received(bodies: &[String], connections: usize) -> Duration {
    let directory = Directory::new("bench");
    let inbox = Inbox::start(&directory, &[]);
    let secret = secret(&directory, "coeffection");
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    // Signed beforehand: the sender's work is not measured.
    let requests: Vec<Vec<u8>> = bodies
        .iter()
        .map(|body| {
            let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
            mac.update(format!("{now}.{body}").as_bytes());
            let signature = hex::encode(mac.finalize().into_bytes());
            format!(
                "POST /in/demo/coeffection HTTP/1.1\r\nhost: {}\r\n\
                 x-webhook-signature: t={now},v1={signature}\r\ncontent-length: {}\r\n\r\n{body}",
                inbox.address,
                body.len()
            )
            .into_bytes()
        })
        .collect();
    let share = requests.len().div_ceil(connections);
    let address = inbox.address;
    let start = Instant::now();
    std::thread::scope(|scope| {
        for requests in requests.chunks(share) {
            scope.spawn(move || {
                let mut connection = Connection::open(address);
                for request in requests {
                    connection.send(request);
                    let answer = connection.answer();
                    assert_eq!((answer.status, &*answer.body), (202, "{\"status\":\"accepted\"}"));
                }
            });
        }
    });
    let time = start.elapsed();
    let sources = request(inbox.address, "GET", "/api/sources", &[], b"").json();
    assert_eq!(sources["sources"][0]["counts"]["pending"], bodies.len(), "all of them are there");
    inbox.stop();
    time
}

/// How long SQLite takes for the same rows in a table with a unique key, as durably.
fn inserted(bodies: &[String], rows: usize) -> Duration {
    let directory = Directory::new("bench-bare");
    let mut database = rusqlite::Connection::open(directory.file("bare.db")).unwrap();
    database.pragma_update(None, "journal_mode", "wal").unwrap();
    database.pragma_update(None, "synchronous", "full").unwrap();
    database
        .execute_batch("CREATE TABLE event (id INTEGER PRIMARY KEY, key BLOB UNIQUE, body BLOB)")
        .unwrap();
    let start = Instant::now();
    let mut number = 0_i64;
    for chunk in bodies.chunks(rows) {
        let transaction = database.transaction().unwrap();
        {
            let insert = "INSERT INTO event (key, body) VALUES (?1, ?2)";
            let mut statement = transaction.prepare_cached(insert).unwrap();
            for body in chunk {
                number += 1;
                statement.execute((number.to_be_bytes(), body.as_bytes())).unwrap();
            }
        }
        transaction.commit().unwrap();
    }
    start.elapsed()
}
