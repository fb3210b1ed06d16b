//! Several processes on one PostgreSQL, as the example `worker` runs them: two receivers, three workers,
//! one of which is killed while it holds events.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

#[path = "support/postgres.rs"]
mod postgres;

use std::path::{Path, PathBuf};
use std::process::Command;

use postgres::{Async, Server, number_from};

#[test]
fn i5_a_killed_workers_events_return_and_nothing_is_done_twice() {
    let Some(server) = Server::find("worker") else { return };
    let fixture = Async::new(&server);
    let schema = fixture.schema();
    let events = number_from("HOOKSTAGE_WORKER_EVENTS", 600);
    let join = if server.url().contains('?') { '&' } else { '?' };
    let url = format!("{}{join}options=-c%20search_path%3D{schema}", server.url());
    let output = Command::new(example())
        .args(["--receivers", "2", "--workers", "3", "--events", &events.to_string()])
        .env("DATABASE_URL", url)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains(&format!("{events} events, {events} worked on, 0 twice")), "{said}");
    assert!(said.contains("promoted of"), "no progress was shown: {said}");
    // The killed worker held some, and others did them: a second attempt under another token.
    let returned = said.lines().find(|line| line.contains("done by another")).unwrap();
    let numbers: Vec<u64> = returned.split(' ').filter_map(|word| word.parse().ok()).collect();
    assert!(numbers[0] > 0 && numbers[0] == numbers[1], "{returned}");
    // As the tables say: every event was delivered twice, staged once and promoted once.
    let count = |query: &str| fixture.count(&schema, query).unsigned_abs();
    let promoted = "SELECT count(*) FROM hookstage_event WHERE status = 1";
    let all = "SELECT count(*) FROM hookstage_event";
    let duplicates = "SELECT count(*) FROM hookstage_history WHERE outcome = 'duplicate'";
    assert_eq!((count(promoted), count(all), count(duplicates)), (events, events, events));
    let again = "SELECT count(*) FROM hookstage_event WHERE attempts > 1";
    assert!(count(again) >= numbers[0]);
    println!("worker: {events} events, 0 twice; {returned}");
}

/// The example, built: `cargo test --test worker` alone does not build examples.
fn example() -> PathBuf {
    // `<target>/<profile>/deps/<this test>`
    let test = std::env::current_exe().unwrap();
    let mut above = test.ancestors().skip(2);
    let (profile, target) = (above.next().unwrap(), above.next().unwrap());
    let name = match profile.file_name().and_then(|name| name.to_str()) {
        Some("debug") | None => "dev",
        Some(name) => name,
    };
    let built = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--features", "postgres,conformance", "--example", "worker"])
        .args(["--profile", name, "--target-dir"])
        .arg(target)
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")))
        .status()
        .unwrap();
    assert!(built.success(), "the example does not build");
    profile.join("examples").join("worker")
}
