//! The page of the inbox example in headless Chromium: what reviewers do, and what senders and
//! foreign pages must not be able to do.

mod driver;
#[allow(dead_code, reason = "shared with other tests")]
#[path = "../../../support/http.rs"]
mod http;
#[allow(dead_code, reason = "shared with other tests")]
#[path = "../../../support/process.rs"]
mod process;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::time::{SystemTime, UNIX_EPOCH};

use driver::Browser;
use hmac::{Hmac, KeyInit, Mac};
use process::{Directory, Inbox, secret};
use sha2::Sha256;

/// A browser, or a line that says that the test did not run.
macro_rules! browser {
    () => {
        match Browser::start() {
            Some(browser) => browser,
            None if std::env::var_os("HOOKSTAGE_BROWSER").is_some() => panic!("no chromedriver"),
            None => {
                println!("NOT RUN: chromedriver is not installed");
                return;
            }
        }
    };
}

/// Sends an event of a source that signs time, dot and body.
fn deliver(inbox: &Inbox, directory: &Directory, source: &str, body: &str) {
    let header = if source == "stripe" { "stripe-signature" } else { "x-webhook-signature" };
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let secret = secret(directory, source);
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("{now}.{body}").as_bytes());
    let signature = format!("t={now},v1={}", hex::encode(mac.finalize().into_bytes()));
    let headers = [(header, signature.as_str()), ("content-type", "application/json")];
    let path = format!("/in/demo/{source}");
    let answer = http::request(inbox.address, "POST", &path, &headers, body.as_bytes());
    assert!([200, 202].contains(&answer.status), "{answer:?}");
}

fn status(inbox: &Inbox, id: u64) -> String {
    let path = format!("/api/events/{id}?tenant=demo");
    let answer = http::request(inbox.address, "GET", &path, &[], b"").json();
    answer["status"].as_str().unwrap_or_default().to_owned()
}

const ROWS: &str = "return document.querySelectorAll('#list tr[data-id]').length";
const NOTICE: &str = "return document.getElementById('notice').textContent";

fn orders(inbox: &Inbox, directory: &Directory, count: u64) {
    for number in 1..=count {
        deliver(
            inbox,
            directory,
            "coeffection",
            &format!(r#"{{"id":"order-{number}","total":{number}}}"#),
        );
    }
}

#[test]
fn events_are_promoted_and_rejected_by_mouse_and_by_keyboard() {
    let browser = browser!();
    let directory = Directory::new("browser-review");
    let inbox = Inbox::start(&directory, &[]);
    orders(&inbox, &directory, 5);
    browser.open(&format!("http://{}/", inbox.address));
    browser.expect(ROWS, 5);

    // The mouse: open one, promote it, take it back.
    browser.click("tr[data-id='1'] .open-event");
    browser.click("#detail .actions .go");
    browser.expect(ROWS, 4);
    assert_eq!(status(&inbox, 1), "promoted");
    browser.click("#undo");
    browser.expect(ROWS, 5);
    assert_eq!(status(&inbox, 1), "pending");

    // A reason stays with the decision.
    browser.click("tr[data-id='1'] .open-event");
    browser.click("#detail .reason");
    browser.press("test order");
    browser.click("#detail .actions .stop");
    browser.expect(ROWS, 4);
    let detail = http::request(inbox.address, "GET", "/api/events/1?tenant=demo", &[], b"").json();
    assert_eq!(detail["settlement"]["reason"], "test order");

    // The keyboard: the first, then the next, each decided.
    browser.open(&format!("http://{}/", inbox.address));
    browser.expect(ROWS, 4);
    browser.press("jp");
    browser.expect(ROWS, 3);
    assert_eq!(status(&inbox, 5), "promoted");
    browser.press("r");
    browser.expect(ROWS, 2);
    assert_eq!(status(&inbox, 4), "rejected");
    browser.press("u");
    browser.expect(ROWS, 3);
    assert_eq!(status(&inbox, 4), "pending");

    // Several at once.
    browser.click("#select-all");
    browser.click("#reject");
    browser.expect(ROWS, 0);
    for id in [1, 2, 3, 4] {
        assert_eq!(status(&inbox, id), "rejected");
    }
    browser.click("[data-tab=rejected]");
    browser.expect(ROWS, 4);
    browser.press("jb");
    browser.expect(ROWS, 3);
    assert_eq!(status(&inbox, 4), "pending");
}

#[test]
fn deliveries_appear_as_they_come_and_refusals_say_why() {
    let browser = browser!();
    let directory = Directory::new("browser-live");
    let inbox = Inbox::start(&directory, &[]);
    browser.open(&format!("http://{}/", inbox.address));
    browser.expect("return document.getElementById('live').textContent", "live");
    browser.expect(ROWS, 0);
    orders(&inbox, &directory, 1);
    browser.expect(ROWS, 1);
    let forged = [("x-webhook-signature", "t=1,v1=00")];
    http::request(inbox.address, "POST", "/in/demo/coeffection", &forged, b"{}");
    browser.expect(
        "return document.querySelector('#sources .bad')?.textContent",
        "refused: 1 malformed",
    );
    browser.click("[data-tab=deliveries]");
    browser.expect("return document.querySelector('#list .badge')?.textContent", "refused");
    browser.expect("return document.querySelector('#list td b')?.textContent", "malformed");

    // A field becomes a column of its source.
    browser.click("[data-tab=pending]");
    browser.click("tr[data-id='1'] .open-event");
    browser.click("#detail button[aria-label='Column total']");
    browser.expect(
        "return [...document.querySelectorAll('#list th')].map((th) => th.textContent).join()",
        ",Received,Event,total,Status,Size",
    );
    browser.expect("return document.querySelector('td.cell')?.textContent", "1");
}

#[test]
fn of_two_windows_one_decides_and_the_other_is_told() {
    let browser = browser!();
    let directory = Directory::new("browser-race");
    let inbox = Inbox::start(&directory, &[]);
    orders(&inbox, &directory, 1);
    let url = format!("http://{}/", inbox.address);
    browser.open(&url);
    browser.expect(ROWS, 1);
    let first = browser.window();

    // The second window hears no news, so that it still shows what the first one changes.
    let second = browser.new_window();
    browser.open(&url);
    browser.expect(ROWS, 1);
    browser.run("window.fetch = ((real) => (path, ...rest) => String(path).startsWith('/api/news') ? new Promise(() => {}) : real(path, ...rest))(window.fetch)");

    browser.switch(&first);
    browser.press("jp");
    browser.expect(ROWS, 0);
    browser.switch(&second);
    // The question that was already asked may have been answered; then the row is gone, which is
    // the other right way to be told.
    let late = browser.run("const row = document.querySelector('#list tr[data-id] input'); if (row) { row.click(); document.getElementById('reject').click(); } return Boolean(row)");
    if late == true {
        browser.expect(NOTICE, "Event 1 was promoted by someone else meanwhile.");
    }
    browser.expect(ROWS, 0);
    assert_eq!(status(&inbox, 1), "promoted");
}

#[test]
fn a_script_in_a_payload_does_nothing() {
    let browser = browser!();
    let directory = Directory::new("browser-script");
    let inbox = Inbox::start(&directory, &[]);
    let attack =
        r#"<script>window.hit=1</script><img src=x onerror=window.hit=2><svg onload=window.hit=3>"#;
    let body = serde_json::json!({
        "id": attack, "type": attack, attack: { "x": attack },
        "link": "javascript:window.hit=4", "html": "\"><iframe srcdoc='<script>parent.hit=5</script>'>",
    });
    deliver(&inbox, &directory, "stripe", &body.to_string());
    browser.open(&format!("http://{}/", inbox.address));
    browser.click("tr[data-id='1'] .open-event");
    browser.expect("return document.querySelector('#detail h2')?.textContent", attack);
    let columns =
        "document.querySelectorAll('#detail .column').forEach((button) => button.click())";
    browser.run(columns);
    browser.click("[data-tab=deliveries]");
    browser.click("[data-tab=all]");
    browser.expect(ROWS, 1);
    assert!(browser.run("return window.hit").is_null());
    let foreign = "return document.querySelectorAll('img[src=x], svg, iframe, #list script, #detail script').length";
    assert_eq!(browser.run(foreign), 0);
    // And if it had become markup, the policy of the page would have stopped it.
    let slipped = "try { document.body.innerHTML = '<img src=x onerror=window.hit=6>'; return 'made' } catch (error) { return error.name }";
    assert_eq!(browser.run(slipped), "TypeError");
}

#[test]
fn a_foreign_page_cannot_decide() {
    let browser = browser!();
    let directory = Directory::new("browser-foreign");
    let inbox = Inbox::start(&directory, &[]);
    orders(&inbox, &directory, 1);
    let foreign = foreign_page(inbox.address);
    browser.open(&format!("http://{foreign}/"));
    browser.expect("return document.title", "sent");
    assert_eq!(status(&inbox, 1), "pending");
    // A form needs no leave to be sent anywhere; it is refused where it arrives.
    browser.run("document.querySelector('form').submit()");
    browser.expect("return location.pathname", "/api/settle");
    assert_eq!(status(&inbox, 1), "pending");
    // The same from the page itself works, so that it is the origin that made the difference.
    browser.open(&format!("http://{}/", inbox.address));
    browser.expect(ROWS, 1);
    browser.press("jp");
    browser.expect(ROWS, 0);
    assert_eq!(status(&inbox, 1), "promoted");
}

/// A page of somebody else, on a port of its own, that tries what a browser lets it try.
fn foreign_page(inbox: SocketAddr) -> SocketAddr {
    let change = r#"{"tenant":"demo","ids":[1],"action":"promote"}"#;
    // Everything that is sent without asking first, and one that asks.
    let page = format!(
        "<!doctype html><title>trying</title>\
         <form method=post enctype=text/plain action=http://{inbox}/api/settle>\
         <input name='{}' value='\"}}'></form><script>\
         const send = (how) => fetch('http://{inbox}/api/settle', {{ method: 'POST', body: '{change}', ...how }}).catch(() => null);\
         Promise.all([send({{ mode: 'no-cors' }}), send({{ mode: 'no-cors', credentials: 'include' }}), \
         send({{ headers: {{ 'content-type': 'application/json' }} }})]).then(() => {{ document.title = 'sent' }});\
         </script>",
        r#"{"tenant":"demo","ids":[1],"action":"promote","reason":""#
    );
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { continue };
            let _ = stream.read(&mut [0; 4096]);
            let head = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close\r\n";
            let _ = write!(stream, "{head}content-length: {}\r\n\r\n{page}", page.len());
        }
    });
    address
}

#[test]
fn beyond_loopback_the_page_asks_for_its_token() {
    let browser = browser!();
    let directory = Directory::new("browser-token");
    let inbox = Inbox::start_on(&directory, "0.0.0.0:0", &[]);
    let printed = inbox.wait_for("this token: ");
    let token = printed.lines().find_map(|line| line.split("this token: ").nth(1)).unwrap();
    browser.open(&format!("http://127.0.0.1:{}/", inbox.address.port()));
    browser.click("#token");
    browser.press("a guess");
    browser.click("button");
    browser.click("#token");
    browser.press(token);
    browser.click("button");
    browser.expect("return document.getElementById('live')?.textContent", "live");
}

#[test]
fn the_page_can_be_used_narrow_dark_and_without_eyes() {
    let browser = browser!();
    let directory = Directory::new("browser-looks");
    let inbox = Inbox::start(&directory, &[]);
    show(&inbox, &directory);
    browser.size(1280, 760);
    browser.dark(false);
    browser.open(&format!("http://{}/", inbox.address));
    browser.click("#list tr[data-id]:nth-child(2) .open-event");
    browser.expect("return document.querySelectorAll('#detail table').length > 2", true);
    keep(&browser, "inbox.png");
    browser.dark(true);
    browser.click("[data-tab=deliveries]");
    browser.press("\u{e00c}");
    browser.expect("return document.getElementById('detail').hidden", true);
    keep(&browser, "inbox-deliveries-dark.png");
    browser.dark(false);
    browser.size(390, 760);
    browser.click("[data-tab=pending]");
    browser.expect("return document.querySelectorAll('#list tr[data-id]').length > 3", true);
    keep(&browser, "inbox-narrow.png");
    // Nothing is wider than the window.
    let wide = "return document.documentElement.scrollWidth <= window.innerWidth";
    assert_eq!(browser.run(wide), true);

    // Every control has a name that can be read out.
    let nameless = "return [...document.querySelectorAll('button, input, select')]\
        .filter((control) => !control.closest('[hidden], dialog:not([open])'))\
        .filter((control) => !(control.getAttribute('aria-label') || control.textContent.trim()\
            || control.closest('label')?.textContent.trim() || document.querySelector(`label[for='${control.id}']`)))\
        .map((control) => control.outerHTML)";
    assert_eq!(browser.run(nameless), serde_json::json!([]));
}

/// Deliveries that look like a morning.
fn show(inbox: &Inbox, directory: &Directory) {
    let people = [
        ("Ada Lovelace", "ada@example.com", 4200, "starter"),
        ("Grace Hopper", "grace@example.com", 12900, "team"),
        ("Katherine Johnson", "katherine@example.com", 990, "starter"),
        ("Mary Jackson", "mary@example.com", 45000, "enterprise"),
    ];
    for (number, (name, email, amount, plan)) in people.into_iter().enumerate() {
        let lead = serde_json::json!({ "id": format!("lead-{number}"), "email": email, "plan": plan, "note": format!("{name} asked for a demo") });
        deliver(inbox, directory, "coeffection", &lead.to_string());
        let payment = serde_json::json!({
            "id": format!("evt_{number}"), "type": "checkout.session.completed",
            "data": { "object": { "amount_total": amount, "currency": "eur", "customer_details": { "email": email, "name": name }, "line_items": [{ "price": plan, "quantity": 1 }] } },
        });
        deliver(inbox, directory, "stripe", &payment.to_string());
    }
    deliver(inbox, directory, "stripe", r#"{"id":"evt_0","type":"checkout.session.completed"}"#);
    let post = |path: &str, headers: &[(&str, &str)]| {
        http::request(inbox.address, "POST", path, headers, b"{}").status
    };
    assert_eq!(
        post("/in/demo/github", &[("x-hub-signature-256", &format!("sha256={}", "0".repeat(64)))]),
        401
    );
    assert_eq!(
        post(
            "/in/demo/stripe",
            &[("stripe-signature", &format!("t=1700000000,v1={}", "0".repeat(64)))]
        ),
        401
    );
    assert_eq!(post("/in/demo/github", &[]), 401);
    assert_eq!(post("/in/demo/typo", &[]), 401);
}

/// Keeps a picture for the README where somebody asks for it.
fn keep(browser: &Browser, name: &str) {
    let Some(directory) = std::env::var_os("HOOKSTAGE_SCREENSHOTS") else { return };
    // The row that just came has lost its colour by then.
    std::thread::sleep(std::time::Duration::from_millis(300));
    std::fs::write(std::path::Path::new(&directory).join(name), browser.screenshot()).unwrap();
}
