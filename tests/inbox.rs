//! The inbox example as its senders, its operator and its reviewers meet it: a process, a socket,
//! and nothing of the library.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test")]

#[path = "support/http.rs"]
mod http;
#[path = "support/process.rs"]
mod process;

use std::fs;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use hmac::{Hmac, KeyInit, Mac};
use http::{Answer, Connection, request};
use process::{Directory, Inbox, run, secret};
use sha2::Sha256;

const COEFFECTION: &str = "/in/demo/coeffection";
const STRIPE: &str = "/in/demo/stripe";

/// How often something is looked for, 20 ms apart; a bound for what never comes.
const PATIENCE: usize = 3000;

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

/// The header that the documentation of Coeffection and that of Stripe describe: HMAC-SHA256 over time, dot and body.
fn signature(secret: &str, body: &str) -> String {
    let now = now();
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("{now}.{body}").as_bytes());
    format!("t={now},v1={}", hex::encode(mac.finalize().into_bytes()))
}

fn deliver(inbox: &Inbox, secret: &str, body: &str) -> Answer {
    let signature = signature(secret, body);
    let headers = [("x-webhook-signature", signature.as_str())];
    request(inbox.address, "POST", COEFFECTION, &headers, body.as_bytes())
}

fn get(address: SocketAddr, path: &str) -> Answer {
    request(address, "GET", path, &[], b"")
}

fn events(inbox: &Inbox) -> Vec<serde_json::Value> {
    let answer = get(inbox.address, "/api/events?tenant=demo");
    answer.json()["events"].as_array().unwrap().clone()
}

/// Waits until the history of a tenant holds these outcomes with their reasons, newest first: rows
/// of refusals are written a little later, together.
fn expect_outcomes(inbox: &Inbox, tenant: &str, wanted: &[&str]) {
    let word = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let mut seen = Vec::new();
    for _ in 0..PATIENCE {
        let answer = get(inbox.address, &format!("/api/deliveries?tenant={tenant}")).json();
        let rows = answer["deliveries"].as_array().unwrap();
        seen = rows
            .iter()
            .map(|row| format!("{} {}", word(&row["outcome"]), word(&row["reason"])))
            .map(|row| row.trim().to_owned())
            .collect();
        if seen.len() >= wanted.len() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    assert_eq!(seen, wanted);
}

/// Posts a change as the page does.
fn settle(address: SocketAddr, origin: Option<&str>, body: &str) -> Answer {
    let mut headers = vec![("content-type", "application/json")];
    headers.extend(origin.map(|origin| ("origin", origin)));
    request(address, "POST", "/api/settle", &headers, body.as_bytes())
}

#[test]
fn r_co_12_r_co_44_each_delivery_has_its_outcome_and_no_stranger_learns_which_sources_exist() {
    let directory = Directory::new("outcomes");
    let inbox = Inbox::start(&directory, &[]);
    let secret = secret(&directory, "coeffection");
    let body = r#"{"id":"evt_1","email":"ada@acme.com"}"#;

    assert_eq!(deliver(&inbox, &secret, body).status, 202);
    assert_eq!(deliver(&inbox, &secret, body).status, 202);
    let forged = deliver(&inbox, "another secret of someone else", body);
    expect_outcomes(&inbox, "demo", &["refused mismatch", "duplicate", "staged"]);
    assert_eq!(events(&inbox).len(), 1);

    // Refused before it is known who sends: all alike.
    let signature = signature(&secret, body);
    let headers = [("x-webhook-signature", signature.as_str())];
    for (method, path) in [
        ("POST", "/in/demo/nothing"),
        ("POST", "/in/nobody/coeffection"),
        ("GET", COEFFECTION),
        ("PUT", COEFFECTION),
    ] {
        let answer = request(inbox.address, method, path, &headers, body.as_bytes());
        assert_eq!((answer.status, &answer.body), (401, &forged.body), "{method} {path}");
        assert_eq!(answer.header("content-type"), forged.header("content-type"));
    }
    let unsigned = request(inbox.address, "POST", COEFFECTION, &[], body.as_bytes());
    assert_eq!((unsigned.status, &unsigned.body), (401, &forged.body));
    expect_outcomes(&inbox, "unknown", &["refused unknown_source"; 2]);
    assert_eq!(events(&inbox).len(), 1);
    inbox.stop();
}

#[test]
fn a_repeated_signature_header_is_seen_twice_and_refused() {
    let directory = Directory::new("repeated");
    let inbox = Inbox::start(&directory, &[]);
    let signature = signature(&secret(&directory, "coeffection"), "{}");
    let headers =
        [("x-webhook-signature", signature.as_str()), ("x-webhook-signature", &signature)];
    assert_eq!(request(inbox.address, "POST", COEFFECTION, &headers, b"{}").status, 401);
    expect_outcomes(&inbox, "demo", &["refused malformed"]);
}

#[test]
fn a_body_over_the_limit_is_refused_while_it_is_still_arriving() {
    let directory = Directory::new("large");
    let inbox = Inbox::start(&directory, &[]);
    let secret = secret(&directory, "stripe");
    let signature = signature(&secret, "");
    let signed = ("stripe-signature", signature.as_str());

    // Announced: not a byte of the body was sent when the answer comes.
    let mut connection = Connection::open(inbox.address);
    let head = connection.head("POST", STRIPE, &[signed, ("content-length", "5000000")]);
    connection.send(format!("{head}\r\n"));
    assert_eq!(connection.answer().status, 413);

    // With a wait for leave to send, which never comes.
    let mut connection = Connection::open(inbox.address);
    let wait = [signed, ("content-length", "5000000"), ("expect", "100-continue")];
    let head = connection.head("POST", STRIPE, &wait);
    connection.send(format!("{head}\r\n"));
    assert_eq!(connection.answer().status, 413);

    // In chunks without an end: the answer comes although the body never does.
    let mut connection = Connection::open(inbox.address);
    let head = connection.head("POST", STRIPE, &[signed, ("transfer-encoding", "chunked")]);
    connection.send(format!("{head}\r\n"));
    let chunk = format!("10000\r\n{}\r\n", "x".repeat(0x10000));
    for _ in 0..17 {
        connection.send(&chunk);
    }
    assert_eq!(connection.answer().status, 413);

    expect_outcomes(&inbox, "demo", &["refused body_too_large"; 3]);
    // Exactly the limit is not over it.
    let body = format!("{{\"id\":\"{}\"}}", "x".repeat(1024 * 1024 - 9));
    assert_eq!(body.len(), 1024 * 1024);
    let signature = crate::signature(&secret, &body);
    let signed = [("stripe-signature", signature.as_str())];
    assert_eq!(request(inbox.address, "POST", STRIPE, &signed, body.as_bytes()).status, 200);
}

#[test]
fn a_head_without_a_signature_is_refused_before_the_body() {
    let directory = Directory::new("head");
    let inbox = Inbox::start(&directory, &[]);
    let mut connection = Connection::open(inbox.address);
    let head = connection.head("POST", COEFFECTION, &[("content-length", "100")]);
    connection.send(format!("{head}\r\n"));
    assert_eq!(connection.answer().status, 401);
    expect_outcomes(&inbox, "demo", &["refused absent"]);
}

#[test]
fn what_is_no_http_or_never_arrives_is_answered_and_harms_nobody() {
    let directory = Directory::new("broken");
    let inbox = Inbox::start(&directory, &["--body-timeout", "1"]);
    let secret = secret(&directory, "coeffection");

    let mut garbage = Connection::open(inbox.address);
    garbage.send("\u{1}\u{2}\u{3} nonsense\r\n\r\n");
    assert_eq!(garbage.answer().status, 400);

    let mut many = Connection::open(inbox.address);
    let lines: Vec<String> = (0..150).map(|number| format!("x-{number}")).collect();
    let headers: Vec<(&str, &str)> = lines.iter().map(|name| (name.as_str(), "1")).collect();
    let head = many.head("POST", COEFFECTION, &headers);
    many.send(format!("{head}content-length: 0\r\n\r\n"));
    assert_eq!(many.answer().status, 431);

    // A body that stops half way.
    let signature = signature(&secret, "{}");
    let mut slow = Connection::open(inbox.address);
    let signed = [("x-webhook-signature", signature.as_str()), ("content-length", "2")];
    let head = slow.head("POST", COEFFECTION, &signed);
    slow.send(format!("{head}\r\n{{"));
    assert_eq!(slow.answer().status, 408);

    assert_eq!(deliver(&inbox, &secret, r#"{"id":"after"}"#).status, 202);
    assert_eq!(events(&inbox).len(), 1);
}

#[test]
fn a_restart_shows_the_same_events_and_a_replay_is_still_a_duplicate() {
    let directory = Directory::new("restart");
    let first = Inbox::start(&directory, &[]);
    let secret = secret(&directory, "coeffection");
    let body = r#"{"id":"evt_1","amount":9007199254740993}"#;
    assert_eq!(deliver(&first, &secret, body).status, 202);
    deliver(&first, "not the secret, but long enough", body);
    let before = events(&first);
    first.stop();

    let second = Inbox::start(&directory, &[]);
    assert_eq!(events(&second), before);
    assert_eq!(deliver(&second, &secret, body).status, 202);
    expect_outcomes(&second, "demo", &["duplicate", "refused mismatch", "staged"]);
    let id = &before[0]["id"];
    let detail = get(second.address, &format!("/api/events/{id}?tenant=demo")).json();
    assert_eq!(detail["raw"], body);
    assert_eq!(detail["fields"][1], serde_json::json!(["amount", "9007199254740993", "number"]));
    assert_eq!(detail["deliveries"].as_array().unwrap().len(), 2);
}

#[test]
fn a_kill_loses_nothing_that_was_acknowledged() {
    let directory = Directory::new("kill");
    let inbox = Inbox::start(&directory, &[]);
    let secret = secret(&directory, "coeffection");
    for number in 0..10 {
        let body = format!(r#"{{"id":"evt_{number}"}}"#);
        assert_eq!(deliver(&inbox, &secret, &body).status, 202);
    }
    inbox.signal("KILL");
    inbox.end();
    assert_eq!(events(&Inbox::start(&directory, &[])).len(), 10);
}

#[test]
fn signals_finish_what_is_in_flight() {
    for name in ["INT", "TERM"] {
        let directory = Directory::new(&format!("signal-{name}"));
        let inbox = Inbox::start(&directory, &["--body-timeout", "60"]);
        let body = r#"{"id":"in flight"}"#;
        let signature = signature(&secret(&directory, "coeffection"), body);
        let length = body.len().to_string();
        let mut connection = Connection::open(inbox.address);
        let headers = [
            ("x-webhook-signature", signature.as_str()),
            ("content-length", length.as_str()),
            ("expect", "100-continue"),
        ];
        let head = connection.head("POST", COEFFECTION, &headers);
        connection.send(format!("{head}\r\n"));
        connection.leave();
        connection.send(&body[..5]);
        // A page that waits for news does not hold it up.
        let mut page = Connection::open(inbox.address);
        let head = page.head("GET", "/api/news?seen=1", &[]);
        page.send(format!("{head}\r\n"));

        inbox.signal(name);
        inbox.wait_for_complaint("Finishing");
        connection.send(&body[5..]);
        assert_eq!(connection.answer().status, 202);
        assert!(inbox.end().success());
        assert_eq!(events(&Inbox::start(&directory, &[])).len(), 1);
    }
}

#[test]
fn what_hinders_the_start_is_said_in_a_sentence() {
    let directory = Directory::new("hindered");
    let fails = |listen: &str, arguments: &[&str], code: i32, words: &[&str]| {
        let output = run(&directory, listen, arguments);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{said}");
        for word in words {
            assert!(said.contains(word), "{word:?} is not in: {said}");
        }
        assert!(!said.contains("panicked"), "{said}");
        said
    };
    let free = "127.0.0.1:0";

    let inbox = Inbox::start(&Directory::new("hindering"), &[]);
    fails(&inbox.address.to_string(), &[], 1, &["is in use", "--listen"]);
    fails("nowhere", &[], 2, &["--listen", "127.0.0.1:8080"]);
    fails(free, &["--frobnicate"], 2, &["--frobnicate", "--help"]);
    fails(free, &["--demo", "--sources", "x"], 2, &["--sources"]);

    let sources = directory.file("sources.json");
    let file = sources.to_str().unwrap();
    fails(free, &["--sources", file], 1, &[file, "cannot be read"]);
    // A secret in the wrong place stays out of the message.
    for text in [
        r#"[{"version":1,"tenant":"a","source":"b","keys":["whsec_canary"]}]"#,
        r#"[{"version":1,"tenant":"a","source":"b","generation":"whsec_canary"}]"#,
        r#"[{"version":1,"tenant":"a","source":"b","whsec_canary":1}]"#,
        r#"[{"version":1,"tenant":"a","source":"b","provider":"stripe",
             "keys":[{"secret":"whsec_canary\n"}]}]"#,
    ] {
        fs::write(&sources, text).unwrap();
        let said = fails(free, &["--sources", file], 1, &[file, "line"]);
        assert!(!said.contains("canary"), "{said}");
    }
    fs::write(
        &sources,
        r#"[{"version":1,"tenant":"a","source":"b","provider":"strype"},
            {"version":2,"tenant":"","source":"c","provider":"unsigned"}]"#,
    )
    .unwrap();
    fails(free, &["--sources", file], 1, &["source 1 (a/b): provider", "source 2", "version"]);

    // A secret that others can read is none.
    run(&directory, free, &["--demo", "--exit"]);
    fs::set_permissions(directory.file("inbox.secrets"), fs::Permissions::from_mode(0o644))
        .unwrap();
    fails(free, &[], 1, &["inbox.secrets", "chmod 600"]);
    fs::remove_file(directory.file("inbox.secrets")).unwrap();

    let lock = rusqlite::Connection::open(directory.file("inbox.db")).unwrap();
    lock.pragma_update(None, "locking_mode", "exclusive").unwrap();
    lock.execute_batch("BEGIN IMMEDIATE; CREATE TABLE held (x)").unwrap();
    fails(free, &[], 1, &["inbox.db", "another program has it locked"]);
    drop(lock);
    fs::write(directory.file("inbox.db"), "no database, but long enough to be taken for one")
        .unwrap();
    fails(free, &[], 1, &["inbox.db"]);
}

#[test]
fn the_demo_shows_all_three_outcomes() {
    let directory = Directory::new("demo");
    for _ in 0..2 {
        let output = run(&directory, "127.0.0.1:0", &["--demo", "--exit"]);
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{said}");
        let table: Vec<&str> = said.lines().filter(|line| line.starts_with("  ")).collect();
        assert_eq!(table.len(), 13, "{said}");
        let with = |words: [&str; 2]| {
            table.iter().filter(|line| words.iter().all(|word| line.contains(word))).count()
        };
        assert_eq!(with([" signed ", "staged as event"]), 8, "{said}");
        assert_eq!(with(["the same again", "duplicate of event"]), 2, "{said}");
        assert_eq!(with(["forged           401", "refused: mismatch"]), 2, "{said}");
        // What each policy answers.
        for (sender, status) in [
            ("Coeffection", " 202 "),
            ("Stripe", " 200 "),
            ("ConnectGain", " 200 "),
            ("Comma", " 200 "),
            ("Synerise", " 200 "),
            ("Wexio", " 202 "),
        ] {
            assert!(with([sender, status]) >= 1, "{sender}: {said}");
        }
        assert_eq!(with(["Synerise", " 204 "]), 1, "{said}");
        assert_eq!(with(["ConnectGain", "promoted by itself"]), 1, "{said}");
    }
    let mode = fs::metadata(directory.file("inbox.secrets")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn no_secret_is_printed_or_served() {
    let directory = Directory::new("canary");
    let inbox = Inbox::start(&directory, &["--demo"]);
    inbox.wait_for("The page shows them");
    let mut seen = inbox.printed();
    for path in ["/", "/api/sources", "/api/events?tenant=demo", "/api/deliveries?tenant=demo"] {
        seen.push_str(&get(inbox.address, path).body);
    }
    for path in ["/api/records?tenant=demo", "/api/events.csv?tenant=demo"] {
        seen.push_str(&get(inbox.address, path).body);
    }
    for id in 1..=8 {
        seen.push_str(&get(inbox.address, &format!("/api/events/{id}?tenant=demo")).body);
    }
    for source in
        ["coeffection", "stripe", "github", "standard", "connectgain", "comma", "synerise", "wexio"]
    {
        let secret = secret(&directory, source);
        assert!(!seen.contains(secret.trim_start_matches("whsec_")), "{source}");
    }
    // Nor what was made with them.
    let signatures = seen.split("v1=").skip(1);
    let kept = signatures.filter(|text| text.starts_with(|first: char| first.is_ascii_hexdigit()));
    assert_eq!(kept.count(), 0, "a signature was kept");
}

#[test]
fn sources_come_from_a_file_too() {
    let directory = Directory::new("sources");
    let file = directory.file("sources.json");
    fs::write(
        &file,
        r#"[{"version":1,"tenant":"acme","source":"crm","provider":"coeffection",
             "policy":"coeffection","limits":{"body":64},
             "keys":[{"secret":"a secret that is long enough"}]}]"#,
    )
    .unwrap();
    let inbox = Inbox::start(&directory, &["--sources", file.to_str().unwrap()]);
    let send = |body: &str| {
        let signature = signature("a secret that is long enough", body);
        let headers = [("x-webhook-signature", signature.as_str())];
        request(inbox.address, "POST", "/in/acme/crm", &headers, body.as_bytes()).status
    };
    // What this policy answers, and not the standard one.
    assert_eq!(send(r#"{"id":"1"}"#), 202);
    assert_eq!(send(r#"{"id":"#), 400);
    assert_eq!(send(&format!(r#"{{"id":"{}"}}"#, "x".repeat(64))), 401);
    assert_eq!(get(inbox.address, "/api/sources").json()["sources"][0]["counts"]["pending"], 1);
}

#[test]
fn of_two_reviewers_one_decides_and_a_decision_can_be_undone() {
    let directory = Directory::new("review");
    let inbox = Inbox::start(&directory, &["--demo"]);
    inbox.wait_for("The page shows them");
    let origin = format!("http://{}", inbox.address);
    let change = |body: &str| settle(inbox.address, Some(&origin), body).json()["results"].clone();

    let promote = r#"{"tenant":"demo","ids":[1],"action":"promote"}"#;
    let address = inbox.address;
    let won: usize = std::thread::scope(|scope| {
        let windows: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| settle(address, Some(&origin), promote).json()))
            .collect();
        let results = windows.into_iter().map(|window| window.join().unwrap());
        results.filter(|answer| answer["results"][0]["done"] == true).count()
    });
    let records = get(address, "/api/events/1?tenant=demo").json()["records"].clone();
    assert_eq!(records.as_array().unwrap().len(), 2, "{records}");
    assert_eq!(won, 1);

    let late = change(r#"{"tenant":"demo","ids":[1,2],"action":"reject","reason":"a test"}"#);
    assert_eq!(late[0], serde_json::json!({"id": 1, "done": false, "status": "promoted"}));
    assert_eq!(late[1]["status"], "rejected");
    let detail = get(inbox.address, "/api/events/2?tenant=demo").json();
    assert_eq!(detail["settlement"]["reason"], "a test");
    assert_eq!(change(r#"{"tenant":"demo","ids":[2],"action":"reopen"}"#)[0]["status"], "pending");
    assert_eq!(
        change(r#"{"tenant":"demo","ids":[1],"action":"withdraw"}"#)[0],
        serde_json::json!({"id": 1, "done": true, "status": "pending", "withdrawn": 2})
    );
    let missing = change(r#"{"tenant":"other","ids":[1],"action":"promote"}"#);
    assert_eq!(missing[0]["status"], serde_json::Value::Null);
}

#[test]
fn no_other_page_can_look_or_decide() {
    let directory = Directory::new("foreign");
    let inbox = Inbox::start(&directory, &["--demo"]);
    inbox.wait_for("The page shows them");
    let promote = r#"{"tenant":"demo","ids":[1],"action":"promote"}"#;
    let port = inbox.address.port();
    for origin in [
        None,
        Some("https://attacker.example"),
        Some("null"),
        Some("http://127.0.0.1"),
        Some(&*format!("http://127.0.0.1.attacker.example:{port}")),
        Some(&*format!("http://localhost:{port}")),
    ] {
        assert_eq!(settle(inbox.address, origin, promote).status, 403, "{origin:?}");
    }
    for path in ["/api/capture", "/api/diagnose", "/login"] {
        let headers = [("origin", "https://attacker.example")];
        let body = br#"{"tenant":"demo","source":"stripe","action":"open"}"#;
        assert_eq!(request(inbox.address, "POST", path, &headers, body).status, 403, "{path}");
    }
    // A foreign name that resolves to this machine.
    let foreign = format!("attacker.example:{port}");
    let origin = format!("http://{foreign}");
    for (method, path) in
        [("GET", "/"), ("GET", "/api/events?tenant=demo"), ("POST", "/api/settle")]
    {
        let headers = [("host", foreign.as_str()), ("origin", origin.as_str())];
        let answer = request(inbox.address, method, path, &headers, promote.as_bytes());
        assert_eq!(answer.status, 421, "{method} {path}");
        assert!(!answer.body.contains("evt_"), "{method} {path}");
    }
    assert_eq!(get(inbox.address, "/api/events/1?tenant=demo").json()["status"], "pending");

    let page = get(inbox.address, "/");
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"));
    assert!(!policy.contains("unsafe"), "{policy}");
    assert!(!page.body.contains("<style") && !page.body.contains("onclick"));
}

#[test]
fn beyond_loopback_a_token_is_asked_for() {
    let directory = Directory::new("token");
    let inbox = Inbox::start_on(&directory, "0.0.0.0:0", &[]);
    let printed = inbox.wait_for("this token: ");
    let token =
        printed.lines().find_map(|line| line.split("this token: ").nth(1)).unwrap().to_owned();
    let address = SocketAddr::from(([127, 0, 0, 1], inbox.address.port()));
    let origin = format!("http://{address}");
    let promote = r#"{"tenant":"demo","ids":[1],"action":"promote"}"#;

    assert!(get(address, "/").body.contains("name=\"token\""));
    assert_eq!(get(address, "/api/events?tenant=demo").status, 401);
    assert_eq!(settle(address, Some(&origin), promote).status, 401);

    let login = |token: &str, origin: &str| {
        let form = format!("token={token}");
        request(address, "POST", "/login", &[("origin", origin)], form.as_bytes())
    };
    assert_eq!(login("guess", &origin).status, 401);
    assert_eq!(login("", &origin).status, 401);
    assert_eq!(login(&token, "https://attacker.example").status, 403);
    let answer = login(&token, &origin);
    assert_eq!(answer.status, 303);
    let cookie = answer.header("set-cookie").unwrap();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    let cookie = cookie.split(';').next().unwrap();
    let known = [("cookie", cookie)];
    assert_eq!(request(address, "GET", "/api/events?tenant=demo", &known, b"").status, 200);
    // Deliveries need no token: their sources judge them.
    let secret = secret(&directory, "coeffection");
    let signature = signature(&secret, "{}");
    let signed = [("x-webhook-signature", signature.as_str())];
    assert_eq!(request(address, "POST", COEFFECTION, &signed, b"{}").status, 202);
}

#[test]
fn text_that_hides_or_reorders_is_shown_as_what_it_is() {
    let directory = Directory::new("hidden");
    let inbox = Inbox::start(&directory, &[]);
    let body =
        "{\"id\":\"a\",\"name\":\"<img src=x onerror=alert(1)>\",\"bidi\":\"safe\u{202e}gpj\"}";
    assert_eq!(deliver(&inbox, &secret(&directory, "coeffection"), body).status, 202);
    let listed = events(&inbox);
    assert_eq!(listed[0]["cells"][1]["text"], "<img src=x onerror=alert(1)>");
    assert_eq!(listed[0]["cells"][2]["text"], "safe\\u{202e}gpj");
}

fn post(address: SocketAddr, path: &str, body: &serde_json::Value) -> Answer {
    let origin = format!("http://{address}");
    let headers = [("content-type", "application/json"), ("origin", origin.as_str())];
    request(address, "POST", path, &headers, body.to_string().as_bytes())
}

#[test]
fn what_runs_is_the_plan_that_was_looked_at() {
    let directory = Directory::new("plans");
    let inbox = Inbox::start(&directory, &[]);
    let secret = secret(&directory, "coeffection");
    deliver(&inbox, &secret, r#"{"id":"1","email":"ada@acme.com","tenant_id":"evil"}"#);
    deliver(&inbox, &secret, r#"{"id":"2","mail":"misspelt"}"#);
    let listed = events(&inbox);
    assert_eq!(listed[1]["plan"]["records"], 2);
    assert!(listed[0]["plan"]["error"].as_str().unwrap().contains("email"), "{}", listed[0]);

    let settle = |ids: &[u64], action: &str, plan: &str| {
        let plans: serde_json::Map<String, serde_json::Value> =
            ids.iter().map(|id| (id.to_string(), plan.into())).collect();
        let plans = if plan.is_empty() { serde_json::Map::new() } else { plans };
        let change = serde_json::json!({
            "tenant": "demo", "ids": ids, "action": action, "plans": plans, "actor": "Ada"});
        post(inbox.address, "/api/settle", &change)
    };
    let digest = listed[1]["plan"]["digest"].as_str().unwrap();
    let other: String = digest.chars().rev().collect();
    let changed = settle(&[1], "promote", &other).json()["results"][0].clone();
    assert_eq!((&changed["done"], &changed["status"]), (&false.into(), &"pending".into()));
    assert!(changed["error"].as_str().unwrap().contains("review it again"), "{changed}");
    assert_eq!(settle(&[1], "promote", "no digest").status, 400);
    assert_eq!(settle(&[1], "give_up", "").status, 400);

    let done = settle(&[1], "promote", digest).json()["results"][0].clone();
    assert_eq!(done["records"], serde_json::json!(["contact-1", "lead-2"]));
    let unplanned = settle(&[2], "promote", "").json()["results"][0].clone();
    assert_eq!(unplanned["done"], false, "{unplanned}");
    let detail = get(inbox.address, "/api/events/1?tenant=demo").json();
    assert_eq!(detail["settlement"]["actor"], "Ada");
    assert_eq!(
        detail["records"][0]["fields"][0],
        serde_json::json!(["contact_id", "\"contact-1\""])
    );
    inbox.stop();

    // Records are still there after a restart, and still one set.
    let again = Inbox::start(&directory, &[]);
    let records = get(again.address, "/api/records?tenant=demo").json()["records"].clone();
    assert_eq!(records.as_array().unwrap().len(), 2, "{records}");

    // Run again, they stand beside the new ones.
    let act = |action: &str| {
        let change = serde_json::json!({"tenant": "demo", "ids": [1], "action": action});
        post(again.address, "/api/settle", &change).json()["results"][0].clone()
    };
    assert_eq!(act("replay"), serde_json::json!({"id": 1, "done": true, "status": "pending"}));
    assert_eq!(act("promote")["records"], serde_json::json!(["contact-3", "lead-4"]));
    let records = get(again.address, "/api/records?tenant=demo").json()["records"].clone();
    assert_eq!(records.as_array().unwrap().len(), 4, "{records}");
}

#[test]
fn r_co_14_r_co_17_a_sample_teaches_columns_and_dedupe_key_and_a_restart_keeps_them() {
    let directory = Directory::new("learn");
    let inbox = Inbox::start(&directory, &[]);
    let secret = secret(&directory, "coeffection");
    let act = |address: SocketAddr, action: &str, more: serde_json::Value| {
        let mut change =
            serde_json::json!({"tenant": "demo", "source": "coeffection", "action": action});
        change.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        post(address, "/api/capture", &change)
    };
    let none = serde_json::json!({});
    // The tunnel takes the next genuine delivery, and nothing that was forged.
    assert_eq!(act(inbox.address, "open", none.clone()).json()["open"], true);
    deliver(&inbox, "another secret of someone else", r#"{"forged":1}"#);
    deliver(&inbox, &secret, r#"{"id":"1","order":{"number":7,"tenant":"x"}}"#);
    let state = get(inbox.address, "/api/capture?tenant=demo&source=coeffection").json();
    assert_eq!((&state["open"], &state["waits"]), (&false.into(), &true.into()), "{state}");
    assert_eq!(
        state["fields"][1],
        serde_json::json!({"path": "order.number", "kind": "number", "text": "7"})
    );
    assert!(events(&inbox).is_empty(), "a sample is no event");
    let choice = |columns: serde_json::Value, key: &str| serde_json::json!({"session": state["session"], "columns": columns, "dedupe": key});
    let bad = act(inbox.address, "confirm", choice(serde_json::json!(["a[*]"]), "order.number"));
    assert_eq!(bad.status, 400, "{bad:?}");
    assert_eq!(
        act(inbox.address, "confirm", choice((0..9).map(|n| n.to_string()).collect(), "")).status,
        400
    );
    let good = act(
        inbox.address,
        "confirm",
        choice(serde_json::json!(["order.number", "gone"]), "order.number"),
    );
    assert_eq!((good.status, &good.json()["waits"]), (200, &false.into()));

    // From the next delivery on: another id with the same number is the same event.
    deliver(&inbox, &secret, r#"{"id":"2","order":{"number":8}}"#);
    deliver(&inbox, &secret, r#"{"id":"3","order":{"number":8.0}}"#);
    let check = |address: SocketAddr| {
        let listed = get(address, "/api/events?tenant=demo&source=coeffection").json();
        assert_eq!(listed["columns"], serde_json::json!(["order.number", "gone"]));
        assert_eq!(listed["events"].as_array().unwrap().len(), 1, "{listed}");
        assert_eq!(listed["events"][0]["cells"][0]["text"], "8");
        assert_eq!(listed["events"][0]["cells"][1]["kind"], "missing");
    };
    check(inbox.address);
    inbox.stop();
    let again = Inbox::start(&directory, &[]);
    check(again.address);
    deliver(&again, &secret, r#"{"id":"4","order":{"number":8}}"#);
    check(again.address);

    // A pasted sample needs no sender; what is wrong with one is said.
    let pasted = act(again.address, "paste", serde_json::json!({"sample": "{\"a\":{\"b\":1}}"}));
    assert_eq!(pasted.json()["fields"][0]["path"], "a.b");
    let broken = act(again.address, "paste", serde_json::json!({"sample": "{\"a\":1,\"a\":2}"}));
    assert_eq!(broken.status, 400);
    assert!(broken.json()["error"].as_str().unwrap().contains("sample"), "{broken:?}");
}

#[test]
fn a_diagnosis_says_what_would_have_matched_and_the_sender_learns_nothing() {
    let directory = Directory::new("diagnosis");
    let inbox = Inbox::start(&directory, &[]);
    let other = secret(&directory, "wexio");
    let body = r#"{"id":"1"}"#;
    let before = deliver(&inbox, &other, body);
    let diagnose = |source: &str, action: &str| {
        let change = serde_json::json!({"tenant": "demo", "source": source, "action": action});
        post(inbox.address, "/api/diagnose", &change)
    };
    let opened = diagnose("coeffection", "open");
    assert_eq!(opened.json()["open"][0]["source"], "coeffection", "{opened:?}");
    let after = deliver(&inbox, &other, body);
    assert_eq!((before.status, &before.body), (after.status, &after.body));
    expect_outcomes(&inbox, "demo", &["refused mismatch", "refused mismatch"]);
    let seen = get(inbox.address, "/api/deliveries?tenant=demo").json();
    assert_eq!(seen["diagnosed"][0]["source"], "coeffection", "{seen}");
    let hints = seen["deliveries"][0]["hints"].to_string();
    assert!(hints.contains("wexio"), "{seen}");
    assert!(!hints.contains(&other), "{seen}");
    assert_eq!(seen["deliveries"][1]["hints"], serde_json::json!([]), "it came before");
    let row = &seen["deliveries"][0];
    assert!(row["advice"].as_str().unwrap().contains("diagnosis"), "{row}");

    assert_eq!(diagnose("coeffection", "close").json()["open"], serde_json::json!([]));
    deliver(&inbox, &other, body);
    expect_outcomes(&inbox, "demo", &["refused mismatch"; 3]);
    let seen = get(inbox.address, "/api/deliveries?tenant=demo").json();
    assert_eq!(seen["deliveries"][0]["hints"], serde_json::json!([]), "it came afterwards");
    assert_eq!(diagnose("gone", "open").status, 404);
}

#[test]
fn inb_02_inb_04_the_list_is_searched_paged_and_exported() {
    let directory = Directory::new("list");
    let inbox = Inbox::start(&directory, &[]);
    let secret = secret(&directory, "coeffection");
    for number in 0..55 {
        let plan = if number % 10 == 0 { "=HYPERLINK(1)" } else { "team" };
        deliver(
            &inbox,
            &secret,
            &format!(r#"{{"id":"{number}","email":"p{number}@acme.com","plan":"{plan}"}}"#),
        );
    }
    let list = |query: &str| {
        get(inbox.address, &format!("/api/events?tenant=demo&source=coeffection{query}")).json()
    };
    let first = list("");
    assert_eq!(first["events"].as_array().unwrap().len(), 50);
    let token = first["next"].as_str().unwrap();
    let second = list(&format!("&after={token}"));
    assert_eq!(
        (second["events"].as_array().unwrap().len(), &second["next"]),
        (5, &serde_json::Value::Null)
    );
    for foreign in
        [format!("&after={token}&status=pending"), "&after=1.2".into(), format!("&after=A{token}")]
    {
        let answer =
            get(inbox.address, &format!("/api/events?tenant=demo&source=coeffection{foreign}"));
        assert_eq!(answer.status, 400, "{foreign}");
        assert!(answer.json()["error"].as_str().unwrap().contains("first page"), "{answer:?}");
    }
    assert_eq!(list("&search=hyperlink")["events"].as_array().unwrap().len(), 6);
    assert_eq!(list("&search=P7@ACME")["events"].as_array().unwrap().len(), 1);
    assert_eq!(list("&search=nobody")["events"].as_array().unwrap().len(), 0);

    let csv = get(inbox.address, "/api/events.csv?tenant=demo&source=coeffection");
    assert!(csv.header("content-type").unwrap().starts_with("text/csv"));
    assert!(csv.header("content-disposition").unwrap().starts_with("attachment"));
    let lines: Vec<&str> = csv.body.lines().collect();
    assert_eq!(lines.len(), 56);
    assert!(lines[0].ends_with("\"email\",\"plan\""), "{}", lines[0]);
    assert!(lines[55].ends_with("\"p0@acme.com\",\"'=HYPERLINK(1)\""), "{}", lines[55]);
    let kept = get(inbox.address, "/api/events.csv?tenant=demo&source=coeffection&formulas=keep");
    assert!(kept.body.contains("\"=HYPERLINK(1)\""));
}

#[test]
fn workflows_come_from_a_file_too_and_what_is_wrong_with_them_is_said() {
    let directory = Directory::new("workflows");
    let file = directory.file("workflows.json");
    let name = file.to_str().unwrap();
    for (text, words) in [
        ("[", "line 1"),
        (
            r#"[{"version":1,"name":"w","steps":[{"entity":"a","fields":{"tenant_id":"$event.x"}}]}]"#,
            "steps[0].fields.tenant_id",
        ),
        (
            r#"[{"version":1,"name":"w","cap":0,"steps":[{"entity":"a","fields":{"x":"y"}}]}]"#,
            "cap",
        ),
    ] {
        fs::write(&file, text).unwrap();
        let output = run(&directory, "127.0.0.1:0", &["--workflows", name]);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains(words) && said.contains(name), "{said}");
    }
    fs::write(
        &file,
        r#"[{"version":1,"name":"w","steps":[{"entity":"note","fields":{"x":"$event.id"}}]}]"#,
    )
    .unwrap();
    let inbox = Inbox::start(&directory, &["--workflows", name]);
    deliver(&inbox, &secret(&directory, "coeffection"), r#"{"id":"1"}"#);
    assert_eq!(events(&inbox)[0]["plan"]["records"], 1);
}

#[test]
fn r_co_8_r_co_9_r_co_32_automatic_sources_need_no_person_and_shutdown_loses_nothing() {
    let directory = Directory::new("automatic");
    let inbox = Inbox::start(&directory, &[]);
    let secret = secret(&directory, "connectgain");
    for number in 0..20 {
        let body = format!(
            r#"{{"event":"contact.created","timestamp":"2026-05-28T14:30:00Z","data":{{"id":"{number}","email":"a@b.c"}}}}"#
        );
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        mac.update(body.as_bytes());
        let signature = hex::encode(mac.finalize().into_bytes());
        let headers = [("x-webhook-signature", signature.as_str())];
        assert_eq!(
            request(inbox.address, "POST", "/in/demo/connectgain", &headers, body.as_bytes())
                .status,
            200
        );
    }
    inbox.stop();
    let again = Inbox::start(&directory, &[]);
    let mut promoted = 0;
    for _ in 0..PATIENCE {
        let sources = get(again.address, "/api/sources").json();
        let source = sources["sources"]
            .as_array()
            .unwrap()
            .iter()
            .find(|source| source["source"] == "connectgain")
            .unwrap()
            .clone();
        promoted = source["counts"]["promoted"].as_u64().unwrap();
        if promoted == 20 {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    assert_eq!(promoted, 20);
    let sources = get(again.address, "/api/sources").json()["sources"].clone();
    for source in sources.as_array().unwrap() {
        let mode = if source["name"] == "ConnectGain" { "auto" } else { "review" };
        assert_eq!(source["mode"], mode, "{source}");
    }
    let records = get(again.address, "/api/records?tenant=demo").json()["records"].clone();
    assert_eq!(records.as_array().unwrap().len(), 20);
}

// What senders really run.

#[test]
fn the_printed_commands_deliver_when_they_are_pasted() {
    for tool in ["curl", "openssl"] {
        if !is_there(tool) {
            println!("NOT RUN: {tool} is not installed");
            return;
        }
    }
    let directory = Directory::new("it's pasted");
    let inbox = Inbox::start(&directory, &[]);
    let printed = inbox.wait_for("Ctrl-C stops");
    let commands: Vec<&str> =
        printed.split("\n( ").skip(1).filter_map(|rest| rest.split(" )\n").next()).collect();
    assert_eq!(commands.len(), 8, "{printed}");
    for (round, shell) in ["bash", "zsh"].into_iter().enumerate() {
        if !is_there(shell) {
            println!("NOT RUN: {shell} is not installed");
            continue;
        }
        for command in &commands {
            let output = Command::new(shell)
                .arg("-c")
                .arg(format!("( {command} )"))
                .env("no_proxy", "127.0.0.1")
                .output()
                .unwrap();
            let answer = String::from_utf8_lossy(&output.stdout);
            let status = answer.trim_end().rsplit(' ').next().unwrap_or_default();
            assert!(["200", "202", "204"].contains(&status), "{command}\n{output:?}");
        }
        if round == 0 {
            assert_eq!(events(&inbox).len(), 8);
        }
    }
}

/// The sender that Coeffection's documentation gives for Node.
const NODE: &str = r#"import crypto from "node:crypto";
const SECRET = process.env.COEFFECTION_SIGNING_SECRET; // shown once on create
const ENDPOINT = process.env.ENDPOINT;
const body = JSON.stringify({ id: "evt_123", email: "ada@acme.com" });
const t = Math.floor(Date.now() / 1000); // unix seconds
const v1 = crypto
.createHmac("sha256", SECRET)
.update(`${t}.${body}`) // sign "<timestamp>.<raw body>"
.digest("hex");
await fetch(ENDPOINT, {
method: "POST",
headers: {
"content-type": "application/json",
"x-webhook-signature": `t=${t},v1=${v1}`,
},
body,
});
"#;

/// The sender that Coeffection's documentation gives for Python.
const PYTHON: &str = r#"import os
import hashlib, hmac, json, time, requests
SECRET = os.environ["COEFFECTION_SIGNING_SECRET"]
ENDPOINT = os.environ["ENDPOINT"]
body = json.dumps({"id": "evt_123", "email": "ada@acme.com"})
t = int(time.time())
v1 = hmac.new(SECRET.encode(), f"{t}.{body}".encode(), hashlib.sha256).hexdigest()
requests.post(
ENDPOINT,
headers={"content-type": "application/json", "x-webhook-signature": f"t={t},v1={v1}"},
data=body,
)
"#;

#[test]
fn the_documented_senders_deliver() {
    for (tool, probe, name, script) in [
        ("node", ["-e", "fetch"], "sender.mjs", NODE),
        ("python3", ["-c", "import requests"], "sender.py", PYTHON),
    ] {
        let works = Command::new(tool).args(probe).output();
        if !works.is_ok_and(|output| output.status.success()) {
            println!("NOT RUN: {tool} with what the documented sender needs is not installed");
            continue;
        }
        let directory = Directory::new(&format!("sender-{tool}"));
        let inbox = Inbox::start(&directory, &[]);
        let file = directory.file(name);
        fs::write(&file, script).unwrap();
        for _ in 0..2 {
            let sent = Command::new(tool)
                .arg(&file)
                .env("COEFFECTION_SIGNING_SECRET", secret(&directory, "coeffection"))
                .env("ENDPOINT", format!("http://{}{COEFFECTION}", inbox.address))
                .env("no_proxy", "127.0.0.1")
                .env_remove("HTTP_PROXY")
                .output()
                .unwrap();
            assert!(sent.status.success(), "{sent:?}");
        }
        expect_outcomes(&inbox, "demo", &["duplicate", "staged"]);
    }
}

fn is_there(tool: &str) -> bool {
    Command::new("sh")
        .args(["-c", &format!("command -v {tool}")])
        .output()
        .unwrap()
        .status
        .success()
}
