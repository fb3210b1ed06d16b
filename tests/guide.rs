//! The guide shows what compiles, and what it builds does what it says.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test")]

#[path = "support/directory.rs"]
mod directory;
#[allow(dead_code, reason = "its main runs by itself")]
#[path = "../examples/guide.rs"]
mod guide;
#[allow(dead_code, reason = "shared with other tests")]
#[path = "support/http.rs"]
mod http;

use std::net::SocketAddr;
use std::time::{SystemTime, UNIX_EPOCH};

use directory::Directory;
use hmac::{Hmac, KeyInit, Mac};
use http::{Answer, request};
use sha2::Sha256;

const SECRET: &str = "whsec_example-of-a-signing-secret";

/// The lines of a text without their indentation, empty ones left out.
fn lines(text: &str) -> Vec<&str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect()
}

#[test]
fn every_block_of_the_guide_stands_in_its_example() {
    let example = lines(include_str!("../examples/guide.rs"));
    let guide = include_str!("../src/manual/guide.md");
    let blocks: Vec<&str> = guide
        .split("```rust,ignore\n")
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap_or_default())
        .collect();
    assert!(blocks.len() >= 6, "{}", blocks.len());
    for block in blocks {
        let wanted = lines(block);
        let found = example.windows(wanted.len()).any(|window| window == wanted);
        assert!(found, "this block is not in examples/guide.rs:\n{block}");
    }
}

fn serve(directory: &Directory) -> SocketAddr {
    let file = directory.file("guide.db");
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let app = guide::start(SECRET, file.to_str().unwrap()).unwrap();
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            sender.send(listener.local_addr().unwrap()).unwrap();
            axum::serve(listener, guide::router(app)).await.unwrap();
        });
    });
    receiver.recv().unwrap()
}

/// As Stripe signs: HMAC-SHA256 over time, dot and body.
fn deliver(address: SocketAddr, secret: &str, body: &str) -> Answer {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("{now}.{body}").as_bytes());
    let signature = format!("t={now},v1={}", hex::encode(mac.finalize().into_bytes()));
    let headers = [("stripe-signature", signature.as_str())];
    request(address, "POST", "/webhooks/stripe", &headers, body.as_bytes())
}

#[test]
fn the_application_of_the_guide_receives_reviews_and_promotes_once() {
    let directory = Directory::new("guide");
    let address = serve(&directory);
    let body = r#"{"id":"evt_1","type":"invoice.paid","data":{"object":{"customer_email":"<b>ada</b>@acme.com"}}}"#;
    assert_eq!(deliver(address, SECRET, body).status, 200);
    assert_eq!(deliver(address, SECRET, body).status, 200);
    assert_eq!(deliver(address, "whsec_of-somebody-else-entirely", body).status, 401);
    assert_eq!(request(address, "POST", "/webhooks/stripe", &[], body.as_bytes()).status, 401);
    let large = "x".repeat(2 * 1024 * 1024);
    assert_eq!(deliver(address, SECRET, &large).status, 413);

    let page = request(address, "GET", "/review", &[], b"").body;
    assert!(page.contains("&lt;b&gt;ada&lt;/b&gt;@acme.com") && !page.contains("<b>"), "{page}");
    assert_eq!(page.matches("<form").count(), 1, "the duplicate is no event: {page}");
    let action = page.split("action=").nth(1).unwrap().split('>').next().unwrap();
    let promote = |path: &str| request(address, "POST", path, &[], b"");
    assert_eq!(promote("/review/1/not-a-plan").status, 400);
    let other = format!("/review/1/{}", "0".repeat(64));
    assert_eq!(promote(&other).status, 422);
    let done = promote(action);
    assert_eq!((done.status, done.body.as_str()), (200, "created contact-1"));
    assert_eq!(promote(action).status, 409);
    assert!(!request(address, "GET", "/review", &[], b"").body.contains("<form"));
}
