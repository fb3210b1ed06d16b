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
            &format!(
                r#"{{"id":"order-{number}","total":{number},"email":"ada{number}@acme.com"}}"#
            ),
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
    browser.expect("return document.querySelector('#list td .code')?.textContent", "malformed");
    let advice = "return document.querySelector('#list td div.why')?.textContent.includes('proxy')";
    browser.expect(advice, true);

    // A field becomes a column of its source.
    browser.click("[data-tab=pending]");
    browser.click("tr[data-id='1'] .open-event");
    browser.click("#detail button[aria-label='Column total']");
    browser.expect(
        "return [...document.querySelectorAll('#list th')].map((th) => th.textContent).join()",
        "Select,Received,Event,email,plan,total,Becomes,Status,Size",
    );
    browser.expect(
        "return [...document.querySelectorAll('td.cell')].map((cell) => cell.textContent).join()",
        "ada1@acme.com,,1",
    );
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
    let attack = r#"<script>window.hit=1</script><img src=x onerror=window.hit=2>"#;
    let body = serde_json::json!({
        "id": attack, "type": attack, attack: { "x": attack },
        "link": "javascript:window.hit=4", "vector": "<svg onload=window.hit=3>", "html": "\"><iframe srcdoc='<script>parent.hit=5</script>'>",
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
            let (Ok(mut stream), page) = (stream, page.clone()) else { continue };
            // Browsers open connections that they may never use.
            std::thread::spawn(move || {
                let _ = stream.read(&mut [0; 4096]);
                let head = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close\r\n";
                let _ = write!(stream, "{head}content-length: {}\r\n\r\n{page}", page.len());
            });
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
    // The page that comes back is empty again.
    browser.expect("return document.getElementById('token')?.value", "");
    browser.click("#token");
    browser.press(token);
    browser.click("button");
    browser.expect("return document.getElementById('live')?.textContent", "live");
}

#[test]
fn the_page_can_be_used_narrow_dark_and_without_eyes() {
    let browser = browser!();
    let directory = Directory::new("browser-looks");
    let inbox = Inbox::start(&directory, &["--demo"]);
    inbox.wait_for("The page shows them");
    show(&inbox, &directory);
    browser.size(1280, 760);
    browser.dark(false);
    browser.open(&format!("http://{}/", inbox.address));
    browser.expect(ROWS, 15);
    keep(&browser, "inbox.png");
    browser.click("[data-focus='source stripe']");
    browser.click("#list tr[data-id]:nth-child(2) .open-event");
    browser.expect("return document.querySelectorAll('#detail table').length > 2", true);
    keep(&browser, "inbox-detail.png");
    browser.dark(true);
    keep(&browser, "inbox-detail-dark.png");
    browser.press("\u{e00c}");
    browser.expect("return document.getElementById('detail').hidden", true);
    browser.click("[data-focus=source]");
    browser.click("[data-tab=deliveries]");
    browser.expect("return document.querySelectorAll('#list .badge.refused').length > 2", true);
    keep(&browser, "inbox-deliveries-dark.png");
    browser.dark(false);
    browser.size(390, 760);
    browser.click("[data-tab=pending]");
    browser.expect("return document.querySelectorAll('#list tr[data-id]').length > 3", true);
    keep(&browser, "inbox-narrow.png");
    // Nothing is wider than the window.
    let wide = "return document.documentElement.scrollWidth <= window.innerWidth";
    assert_eq!(browser.run(wide), true);

    browser.run("document.querySelector('[data-focus=source]').click()");
}

#[test]
fn every_view_fits_every_window_and_everything_has_a_name_and_can_be_read() {
    let browser = browser!();
    let directory = Directory::new("browser-fits");
    let inbox = Inbox::start(&directory, &[]);
    show(&inbox, &directory);
    let url = format!("http://{}/", inbox.address);
    for (width, height) in [(320, 640), (390, 844), (768, 1024), (1280, 800), (1920, 1080)] {
        browser.size(width, height);
        for dark in [false, true] {
            browser.dark(dark);
            for place in [
                "",
                "#source=stripe",
                "#show=all&event=1",
                "#show=deliveries",
                "#show=records",
                "#search=nothing+has+it",
            ] {
                browser.open("about:blank");
                browser.open(&format!("{url}{place}"));
                browser.expect("return document.getElementById('live').textContent", "live");
                browser.expect(
                    "return !document.getElementById('list').textContent.includes('Looking')",
                    true,
                );
                if place.contains("event") {
                    browser.expect(
                        "return document.querySelectorAll('#detail section').length > 3",
                        true,
                    );
                }
                let at = format!("{width} wide, dark {dark}, {place}");
                let fits = "return document.documentElement.scrollWidth <= window.innerWidth";
                assert_eq!(browser.run(fits), true, "{at}");
                assert_eq!(browser.nameless(), Vec::<String>::new(), "{at}");
                assert_eq!(browser.run(UNREADABLE), serde_json::json!([]), "{at}");
            }
        }
    }
}

/// Texts whose contrast with what is behind them is below 4.5 to 1 (WCAG 2.2, 1.4.3). Controls that
/// are switched off need none.
const UNREADABLE: &str = r#"
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    const colour = (text) => {
        canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = text; canvas.fillRect(0, 0, 1, 1);
        const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data; return [r, g, b, a / 255];
    };
    const over = ([r, g, b, a], [x, y, z]) => [r * a + x * (1 - a), g * a + y * (1 - a), b * a + z * (1 - a), 1];
    const behind = (element) => {
        if (!element) return [255, 255, 255, 1];
        const own = colour(getComputedStyle(element).backgroundColor);
        return own[3] === 1 ? own : over(own, behind(element.parentElement));
    };
    const light = (rgb) => {
        const [r, g, b] = rgb.slice(0, 3).map((part) => { const c = part / 255; return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const found = [];
    for (const element of document.querySelectorAll('body *')) {
        const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
        if (!own || element.closest('[hidden], :disabled, .unseen, .skip, kbd, noscript, dialog:not([open])') || !element.getClientRects().length) continue;
        const back = behind(element);
        const text = over(colour(getComputedStyle(element).color), back);
        const [high, low] = [light(text), light(back)].sort((one, other) => other - one);
        const ratio = (high + 0.05) / (low + 0.05);
        if (ratio < 4.5) found.push(`${element.tagName}.${element.className} ${element.textContent.slice(0, 30)} ${ratio.toFixed(2)}`);
    }
    return [...new Set(found)].slice(0, 5);
"#;

#[test]
fn the_plan_is_shown_before_promotion_and_its_records_after() {
    let browser = browser!();
    let directory = Directory::new("browser-plan");
    let inbox = Inbox::start(&directory, &[]);
    deliver(
        &inbox,
        &directory,
        "coeffection",
        r#"{"id":"1","email":"ada@acme.com","plan":"team"}"#,
    );
    deliver(&inbox, &directory, "coeffection", r#"{"id":"2"}"#);
    browser.open(&format!("http://{}/", inbox.address));
    browser.click("tr[data-id='1'] .open-event");
    browser.expect(
        "return [...document.querySelectorAll('#detail .plan .entity')].map((entity) => entity.textContent).join()",
        "contact,lead",
    );
    browser.expect(
        "return document.querySelector('#detail .plan .link')?.textContent",
        "→ id of the contact",
    );
    browser.press("p");
    browser.expect(NOTICE, "1 event promoted, 2 records created. Undo with u.");
    browser.click("[data-tab=records]");
    browser.expect("return document.querySelectorAll('#list tbody tr').length", 2);
    browser.click("#list tbody .open-event");
    browser.expect("return document.querySelector('#detail .decided')?.textContent.startsWith('Promoted by reviewer')", true);
    // Once more beside them: the old records stay, and the plan is shown again.
    browser.click("#detail [data-focus=replay]");
    browser.expect(NOTICE, "1 event back to pending beside what was created.");
    browser.expect("return document.querySelectorAll('#detail .plan .entity').length", 2);
    browser.click("#detail .actions .go");
    browser.expect(NOTICE, "1 event promoted, 2 records created. Undo with u.");
    browser.expect("return document.querySelectorAll('#list tbody tr').length", 4);
    browser.press("b");
    browser.expect(NOTICE, "1 event back to pending, 4 records taken back.");
    browser.expect(
        "return document.querySelector('#list .lead')?.textContent",
        "Nothing was created yet.",
    );

    // What has no plan says why, and stays.
    browser.click("[data-tab=pending]");
    browser.click("tr[data-id='2'] .open-event");
    browser.expect(
        "return document.querySelector('#detail .fault')?.textContent.includes('email')",
        true,
    );
    browser.press("p");
    browser.expect(
        "return document.getElementById('notice').textContent.startsWith('Event 2 stays pending')",
        true,
    );
    assert_eq!(status(&inbox, 2), "pending");
}

#[test]
fn a_source_learns_from_a_delivery_and_from_a_pasted_sample() {
    let browser = browser!();
    let directory = Directory::new("browser-learn");
    let inbox = Inbox::start(&directory, &[]);
    browser.size(1280, 800);
    browser.open(&format!("http://{}/", inbox.address));
    browser.click("[data-focus='source coeffection']");
    // Nothing has come yet: the page says how to send something.
    browser.expect(
        "return document.querySelector('#list .command pre')?.textContent.includes('openssl dgst')",
        true,
    );
    browser.click("[data-focus=learn]");
    browser.click("#learn [data-focus=open]");
    browser.expect("return document.querySelector('#learn [role=status]')?.textContent.includes('Waiting for a delivery')", true);
    deliver(
        &inbox,
        &directory,
        "coeffection",
        r#"{"id":"1","order":{"number":7},"customer":{"email":"ada@acme.com"}}"#,
    );
    browser.click("#learn [data-focus='column order.number']");
    browser.click("#learn [data-focus='column customer.email']");
    browser.click("#learn [data-focus='key order.number']");
    browser.expect(
        "return document.querySelector('#learn .warn')?.textContent.includes('not recognised')",
        true,
    );
    assert_eq!(browser.nameless(), Vec::<String>::new());
    keep(&browser, "inbox-capture.png");
    browser.click("#learn [data-focus=use]");
    browser.expect("return document.getElementById('learn').open", false);
    browser.expect("return document.querySelector('.source-facts')?.textContent.includes('order.number is the same')", true);
    deliver(&inbox, &directory, "coeffection", r#"{"id":"2","order":{"number":8}}"#);
    deliver(&inbox, &directory, "coeffection", r#"{"id":"3","order":{"number":8}}"#);
    browser.expect(ROWS, 1);
    browser.expect(
        "return [...document.querySelectorAll('#list th')].map((th) => th.textContent).join()",
        "Select,Received,Event,email,plan,number,email,Becomes,Status,Size",
    );

    browser.click("[data-focus=learn]");
    browser.click("#sample");
    browser.press("{\"a\":1,\"a\":2}");
    browser.click("#learn [data-focus=detect]");
    browser.expect("return document.querySelector('#learn .problem')?.textContent.includes('not acceptable JSON')", true);
    browser.run("const text = document.getElementById('sample'); text.value = '{\"b\":{\"c\":true}}'; text.dispatchEvent(new Event('input'))");
    browser.click("#learn [data-focus=detect]");
    browser.expect(
        "return Boolean(document.querySelector(\"#learn [data-focus='column b.c']\"))",
        true,
    );
}

#[test]
fn the_list_is_searched_and_exported_without_formulas() {
    let browser = browser!();
    let directory = Directory::new("browser-csv");
    let inbox = Inbox::start(&directory, &[]);
    for (id, plan) in [("1", "=HYPERLINK(1)"), ("2", "team"), ("3", "team")] {
        let body = format!(r#"{{"id":"{id}","email":"ada{id}@acme.com","plan":"{plan}"}}"#);
        deliver(&inbox, &directory, "coeffection", &body);
    }
    browser.open(&format!("http://{}/#source=coeffection", inbox.address));
    browser.expect(ROWS, 3);
    browser.press("/TEAM");
    browser.expect(ROWS, 2);
    browser.expect("return new URLSearchParams(location.hash.slice(1)).get('search')", "TEAM");
    let export = "const link = document.getElementById('export'); const text = new XMLHttpRequest(); text.open('GET', link.href, false); text.send(); return [link.download, text.responseText.split('\\r\\n').length, text.responseText.includes(\"\\\"'=HYPERLINK(1)\\\"\")]";
    assert_eq!(browser.run(export), serde_json::json!(["inbox.csv", 4, false]));
    browser.press("\u{e00c}");
    browser.run("const search = document.getElementById('search'); search.value = ''; search.dispatchEvent(new Event('input'))");
    browser.expect(ROWS, 3);
    assert_eq!(browser.run(export), serde_json::json!(["inbox.csv", 5, true]));
}

#[test]
fn everything_can_be_done_without_a_mouse() {
    let browser = browser!();
    let directory = Directory::new("browser-keys");
    let inbox = Inbox::start(&directory, &[]);
    orders(&inbox, &directory, 4);
    browser.open(&format!("http://{}/", inbox.address));
    browser.expect(ROWS, 4);
    // The order of the focus: to the list first, then what stands in the bar, each visible.
    let tab = '\u{e004}';
    browser.press(&tab.to_string());
    browser.expect("return document.activeElement.className", "skip");
    browser.press(&format!("{tab}{tab}{tab}"));
    browser.expect("return document.activeElement.dataset.focus", "source");
    browser.expect("return getComputedStyle(document.activeElement).outlineStyle !== 'none'", true);
    browser.press("?");
    browser.expect("return document.getElementById('help').open", true);
    browser.expect("return document.querySelectorAll('#help-keys dt').length", 13);
    browser.press("\u{e00c}");
    browser.expect("return document.getElementById('help').open", false);
    // Move, select two, reject both, undo.
    browser.press("jxjx");
    browser.expect("return document.getElementById('selected').textContent", "2 selected");
    browser.press("r");
    browser.expect(ROWS, 2);
    browser.expect(NOTICE, "2 events rejected. Undo with u.");
    browser.press("u");
    browser.expect(ROWS, 4);
    // From the top: promote two, and take back what they became.
    browser.press("kkkkxjx");
    browser.press("p");
    browser.expect(ROWS, 2);
    browser.expect(NOTICE, "2 events promoted, 4 records created. Undo with u.");
    browser.press("u");
    browser.expect(ROWS, 4);
    browser.expect(NOTICE, "2 events pending again, 4 records taken back.");
    // Open with Enter, on to the one before with the arrow, close, and the focus is back in the list.
    browser.press("j\u{e007}");
    browser.expect("return document.getElementById('detail').hidden", false);
    let first = browser.run("return document.getElementById('detail').dataset.event");
    browser.press("\u{e013}");
    browser.expect(
        &format!("return document.getElementById('detail').dataset.event !== {first}"),
        true,
    );
    browser.press("\u{e00c}");
    browser.expect("return document.getElementById('detail').hidden", true);
    browser.expect("return document.activeElement.className", "open-event");
    // The tabs with their arrows.
    browser.run("document.querySelector('[data-tab=pending]').focus()");
    browser.press("\u{e014}");
    browser.expect("return document.activeElement.dataset.tab", "promoted");
    browser.expect("return document.querySelector('[aria-selected=true]').dataset.tab", "promoted");
}

#[test]
fn a_refused_delivery_is_diagnosed_on_the_page() {
    let browser = browser!();
    let directory = Directory::new("browser-diagnosis");
    let inbox = Inbox::start(&directory, &[]);
    let forge = || {
        let wrong = secret(&directory, "comma");
        let mut mac = Hmac::<Sha256>::new_from_slice(wrong.as_bytes()).unwrap();
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        mac.update(format!("{now}.{{}}").as_bytes());
        let signature = format!("t={now},v1={}", hex::encode(mac.finalize().into_bytes()));
        let headers = [("x-webhook-signature", signature.as_str())];
        let answer = http::request(inbox.address, "POST", "/in/demo/coeffection", &headers, b"{}");
        assert_eq!(answer.status, 401);
    };
    forge();
    browser.open(&format!("http://{}/#show=deliveries", inbox.address));
    browser.click("[data-focus='diagnose coeffection']");
    browser.expect(
        "return document.querySelector('.diagnosis')?.textContent.includes('Looking into')",
        true,
    );
    forge();
    browser.expect(
        "return document.querySelector('#list .hints li')?.textContent.includes('comma')",
        true,
    );
    assert_eq!(browser.run("return document.querySelectorAll('#list .hints').length"), 1);
    browser.click("[data-focus='close coeffection']");
    browser.click("[data-focus='diagnose coeffection']");
}

#[test]
fn a_click_counts_though_news_come_while_the_button_is_held() {
    let browser = browser!();
    let directory = Directory::new("browser-held");
    let inbox = Inbox::start(&directory, &[]);
    orders(&inbox, &directory, 1);
    browser.open(&format!("http://{}/", inbox.address));
    browser.expect(ROWS, 1);
    let place = browser.run(
        "const box = document.querySelector('#list .open-event').getBoundingClientRect();
         return { x: box.x + box.width / 2, y: box.y + box.height / 2 };",
    );
    let mouse = |kind: &str| {
        let (x, y) = (&place["x"], &place["y"]);
        browser.developer(
            "Input.dispatchMouseEvent",
            serde_json::json!({ "type": kind, "x": x, "y": y, "button": "left", "clickCount": 1 }),
        );
    };
    let looks = "return performance.getEntriesByType('resource')
        .filter((entry) => entry.name.includes('/api/events?')).length";
    mouse("mousePressed");
    let before = browser.run(looks).as_u64().unwrap();
    deliver(&inbox, &directory, "coeffection", r#"{"id":"order-2"}"#);
    browser.expect(&format!("{looks} > {before}"), true);
    assert_eq!(browser.run(ROWS), 1);
    mouse("mouseReleased");
    browser.expect(ROWS, 2);
    browser.expect("return document.getElementById('detail').hidden", false);
    browser.expect("return document.querySelector('#list tr.here')?.dataset.id", "1");
}

#[test]
fn a_clock_that_is_wrong_and_a_secret_that_is_old_are_told() {
    let browser = browser!();
    let directory = Directory::new("browser-health");
    let file = directory.file("sources.json");
    std::fs::write(
        &file,
        r#"[{"version": 1, "tenant": "acme", "source": "crm", "provider": "coeffection",
             "keys": [{"secret": "the new secret of the CRM"}, {"secret": "the old secret of the CRM"}]}]"#,
    )
    .unwrap();
    let inbox = Inbox::start(&directory, &["--sources", file.to_str().unwrap()]);
    let deliver = |key: &str, body: &str| {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let time = now - 100;
        let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap();
        mac.update(format!("{time}.{body}").as_bytes());
        let signature = format!("t={time},v1={}", hex::encode(mac.finalize().into_bytes()));
        let headers = [("x-webhook-signature", signature.as_str())];
        http::request(inbox.address, "POST", "/in/acme/crm", &headers, body.as_bytes()).status
    };
    for (number, key) in ["new", "old", "old", "old"].into_iter().enumerate() {
        let key = format!("the {key} secret of the CRM");
        assert!([200, 202].contains(&deliver(&key, &format!(r#"{{"id":"{number}"}}"#))));
    }
    browser.open(&format!("http://{}/", inbox.address));
    browser.click("[data-focus='source crm']");
    let facts = |text: &str| {
        format!("return document.querySelector('.source-facts')?.textContent.includes('{text}')")
    };
    browser.expect(&facts("s behind this one: synchronise both with NTP"), true);
    browser.expect(&facts("75 % of the deliveries are signed with one"), true);
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
