//! Snippets that senders paste: those that can run here send a delivery, and it is believed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "support/directory.rs"]
mod directory;

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command};
use std::time::Duration;

use directory::Directory;
use hookstage::providers::{self, Generic};
use hookstage::scheme::{Encoding, Hash, Language, snippet};
use hookstage::{Clock as _, Delivery, Head, Scheme, Secret, SystemClock, Verifier};

const SECRET: &str = "hookstage-test-secret";
const BODY: &[u8] = b"{\"id\": \"evt_1\", \"note\": \"\xc3\xa9 '$x'\"}\n";

/// One request: its header lines and its body.
fn receive(mut stream: TcpStream) -> (Vec<(String, String)>, Vec<u8>) {
    let mut bytes = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        let read = stream.read(&mut chunk).unwrap();
        assert!(read > 0, "the sender hung up within its request");
        bytes.extend_from_slice(&chunk[..read]);
        let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        let headers: Vec<(String, String)> = head
            .lines()
            .skip(1)
            .map(|line| line.split_once(':').unwrap())
            .map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
            .collect();
        let length = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
        let length: usize = length.unwrap().1.parse().unwrap();
        if bytes.len() >= end + 4 + length {
            stream
                .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
                .unwrap();
            return (headers, bytes[end + 4..].to_vec());
        }
    }
}

/// The connection of a sender, who may end without making one.
fn accept(listener: &TcpListener, sender: &mut Child) -> TcpStream {
    listener.set_nonblocking(true).unwrap();
    loop {
        let ended = sender.try_wait().unwrap();
        match listener.accept() {
            Ok((stream, _)) => {
                stream.set_nonblocking(false).unwrap();
                return stream;
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(error) => panic!("{error}"),
        }
        assert!(ended.is_none(), "the sender ended and sent nothing: {ended:?}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn run(scheme: &Scheme, language: Language) {
    let (program, before, ending) = match language {
        Language::Curl => ("sh", None, "sh"),
        Language::Go => ("go", Some("run"), "go"),
        Language::Node => ("node", None, "js"),
        Language::Php => ("php", None, "php"),
        Language::Python => ("python3", None, "py"),
        // It takes crates that this one does not.
        _ => return,
    };
    // PHP sends with its curl extension, which some installations leave out.
    let check = match language {
        Language::Go => vec!["version"],
        Language::Php => vec!["-r", "exit(function_exists('curl_init') ? 0 : 1);"],
        Language::Curl => vec!["-c", "curl --version && openssl version"],
        _ => vec!["--version"],
    };
    let checked = Command::new(program).args(check).output();
    if !checked.is_ok_and(|output| output.status.success()) {
        println!("NOT RUN: there is no {program} here that can send");
        return;
    }
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/in", listener.local_addr().unwrap());
    let folder = Directory::new("snippet");
    let (code, body) = (folder.file(format!("send.{ending}")), folder.file("body.json"));
    std::fs::write(&code, snippet(scheme, language, &url).unwrap()).unwrap();
    std::fs::write(&body, BODY).unwrap();
    let mut command = Command::new(program);
    command.args(before).arg(&code).arg(&body).env("WEBHOOK_SECRET", SECRET);
    command.env("no_proxy", "127.0.0.1").env_remove("HTTP_PROXY");
    let mut child = command.spawn().unwrap();
    let (headers, received) = receive(accept(&listener, &mut child));
    assert!(child.wait().unwrap().success(), "{language:?}");
    let verifier = Verifier::new(scheme.clone(), [Secret::new(SECRET).unwrap()]).unwrap();
    let lines: Vec<(&str, &[u8])> =
        headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    let delivery = Delivery::new(Head::post(&url, &lines), &received);
    let judged = verifier.verify(&delivery, SystemClock.now());
    assert!(judged.is_ok(), "{language:?}: {judged:?}");
    assert_eq!(received, BODY);
}

fn schemes() -> Vec<Scheme> {
    let generic = Generic::new("x-signature");
    vec![
        providers::COEFFECTION.scheme(),
        providers::SLACK.scheme(),
        generic.scheme().unwrap(),
        generic
            .clone()
            .prefix("sha512=")
            .hash(Hash::Sha512)
            .encoding(Encoding::Base64)
            .scheme()
            .unwrap(),
    ]
}

#[test]
fn r_co_22_what_a_sender_pastes_is_believed() {
    for scheme in schemes() {
        for language in Language::ALL {
            run(&scheme, language);
        }
    }
}

#[test]
fn every_language_has_a_snippet_and_none_holds_a_secret() {
    for scheme in schemes() {
        for language in Language::ALL {
            let text = snippet(&scheme, language, "https://hooks.example.com/in").unwrap();
            assert!(
                text.contains("WEBHOOK_SECRET") && text.contains("https://hooks.example.com/in")
            );
            assert!(!text.contains(SECRET));
        }
    }
    let scheme = providers::COEFFECTION.scheme();
    for url in ["https://a/'; rm -rf /", "https://a/$(id)", "https://a/\"", "https://a/`id`"] {
        assert_eq!(snippet(&scheme, Language::Curl, url), None, "{url}");
    }
    assert_eq!(snippet(&providers::SVIX.scheme(), Language::Node, ""), None);
}
