//! Messages for an archive, their attachments, and what may be fetched for them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test or bench may panic"
)]

use hookstage::json::{Document, Kind, ReadOptions};
use hookstage::payload::{
    Content, FetchFault, FetchPolicy, Message, MessageFaultKind, MessageRules, PathStyle,
};
use serde_json::{Value, json};

fn valid() -> Value {
    json!({
        "external_id": "msg-42", "occurred_at": "2026-05-28T14:30:00Z",
        "from": {"identifier": "alice@example.com", "display_name": "Alice"},
        "to": [{"identifier": "bob@example.com"}], "body": "", "attachments": []
    })
}

fn faults_with(message: &Value, rules: &MessageRules) -> Vec<(String, MessageFaultKind)> {
    let body = message.to_string();
    let document = Document::read(body.as_bytes(), &ReadOptions::default()).unwrap();
    match Message::read(&document, rules) {
        Ok(_) => vec![],
        Err(faults) => {
            faults.faults().iter().map(|fault| (fault.at.clone(), fault.kind.clone())).collect()
        }
    }
}

fn faults(message: &Value) -> Vec<(String, MessageFaultKind)> {
    faults_with(message, &MessageRules::default())
}

fn with(change: impl FnOnce(&mut Value)) -> Value {
    let mut message = valid();
    change(&mut message);
    message
}

#[test]
fn r_cm_18_the_minimum_payload_of_the_documentation() {
    let body = r#"{"external_id":"unique-per-message-id","occurred_at":"2026-05-28T14:30:00Z",
        "from":{"identifier":"alice@example.com","display_name":"Alice"},
        "to":[{"identifier":"bob@example.com","display_name":"Bob"}],
        "body":"message text","attachments":[]}"#;
    let document = Document::read(body.as_bytes(), &ReadOptions::default()).unwrap();
    let message = Message::read(&document, &MessageRules::default()).unwrap();
    assert_eq!(message.external_id, "unique-per-message-id");
    assert_eq!(message.from.display_name.as_deref(), Some("Alice"));
    assert_eq!(message.to[0].identifier, "bob@example.com");
    assert_eq!((message.body.as_ref(), message.extras.len()), ("message text", 0));
}

#[test]
fn r_cm_18_31_everything_that_is_missing_is_listed_at_once() {
    use MessageFaultKind as K;
    let all = ["external_id", "occurred_at", "from", "to", "body", "attachments"];
    let wanted: Vec<_> = all.iter().map(|name| (format!("/{name}"), K::Missing)).collect();
    assert_eq!(faults(&json!({})), wanted);
    let nulls: Value = all
        .iter()
        .map(|name| ((*name).to_owned(), Value::Null))
        .collect::<serde_json::Map<_, _>>()
        .into();
    assert_eq!(faults(&nulls), wanted);
    for root in [json!([]), json!("x"), json!(null)] {
        assert_eq!(faults(&root), [(String::new(), K::Type(Kind::Object))]);
    }
}

#[test]
fn r_cm_18_20_22_what_is_wrong_is_named_with_its_pointer() {
    use MessageFaultKind as K;
    let at = |at: &str, kind| vec![(at.to_owned(), kind)];
    for (message, wanted) in [
        (with(|m| m["external_id"] = json!("")), at("/external_id", K::Empty)),
        (with(|m| m["external_id"] = json!(42)), at("/external_id", K::Type(Kind::String))),
        (
            with(|m| m["occurred_at"] = json!("2026-05-28 14:30:00Z")),
            at("/occurred_at", K::NotDateTime),
        ),
        (
            with(|m| m["occurred_at"] = json!(1_779_978_600)),
            at("/occurred_at", K::Type(Kind::String)),
        ),
        (with(|m| m["to"] = json!([])), at("/to", K::Empty)),
        (with(|m| m["to"] = json!({})), at("/to", K::Type(Kind::Array))),
        (
            with(|m| m["to"] = json!([{"identifier": "b"}, {"display_name": "B"}, 5])),
            [at("/to/1/identifier", K::Missing), at("/to/2", K::Type(Kind::Object))].concat(),
        ),
        (with(|m| m["from"]["identifier"] = json!("")), at("/from/identifier", K::Empty)),
        (
            with(|m| m["from"]["display_name"] = json!(1)),
            at("/from/display_name", K::Type(Kind::String)),
        ),
        (with(|m| m["body"] = json!({})), at("/body", K::Type(Kind::String))),
        (with(|m| m["attachments"] = json!("")), at("/attachments", K::Type(Kind::Array))),
        (with(|m| m["attachments"] = json!([{}])), at("/attachments/0", K::DataOrUrl)),
        (
            with(|m| m["attachments"] = json!([{"data": "", "url": "https://a.example/"}])),
            at("/attachments/0", K::DataOrUrl),
        ),
        (
            with(|m| m["attachments"] = json!([{"data": "a"}])),
            at("/attachments/0/data", K::NotBase64),
        ),
        (
            with(|m| m["attachments"] = json!([{"data": "aGk"}])),
            at("/attachments/0/data", K::NotBase64),
        ),
        (
            with(|m| m["attachments"] = json!([{"data": "aG k="}])),
            at("/attachments/0/data", K::NotBase64),
        ),
        (
            with(|m| m["attachments"] = json!([{"data": "_-8="}])),
            at("/attachments/0/data", K::NotBase64),
        ),
        (
            with(|m| m["attachments"] = json!([{"url": "http://a.example/"}])),
            at("/attachments/0/url", K::Fetch(FetchFault::NotHttps)),
        ),
    ] {
        assert_eq!(faults(&message), wanted, "{message}");
    }
}

#[test]
fn r_cm_19_a_text_can_stand_for_an_identifier() {
    let message = with(|m| {
        m["from"] = json!("alice@example.com");
        m["to"] = json!(["bob@example.com"]);
    });
    assert_eq!(faults(&message), []);
    let strict = MessageRules { bare_identifiers: false, ..MessageRules::default() };
    let at: Vec<_> = faults_with(&message, &strict).into_iter().map(|(at, _)| at).collect();
    assert_eq!(at, ["/from", "/to/0"]);
    assert_eq!(faults(&with(|m| m["from"] = json!("")))[0].1, MessageFaultKind::Empty);
}

#[test]
fn r_cm_22_23_24_attachments_are_decoded_or_become_tasks_under_the_names_they_came_with() {
    let body = with(|m| {
        m["attachments"] = json!([
            {"filename": "a.txt", "content_type": "text/plain", "data": "aGVsbG8="},
            {"filename": "../b", "url": "https://files.example.com/b?x=1"},
            {"data": ""},
        ]);
    })
    .to_string();
    let document = Document::read(body.as_bytes(), &ReadOptions::default()).unwrap();
    let message = Message::read(&document, &MessageRules::default()).unwrap();
    assert_eq!(message.attachments[0].content, Content::Inline(b"hello".to_vec()));
    assert_eq!(
        message.attachments[1].content,
        Content::Fetch("https://files.example.com/b?x=1".into())
    );
    assert_eq!(message.attachments[1].filename.as_deref(), Some("../b"), "kept as it came");
    assert_eq!(message.attachments[2].content, Content::Inline(vec![]));
}

#[test]
fn limits_of_messages() {
    use MessageFaultKind as K;
    let rules = MessageRules {
        max_inline_length: 5,
        max_attachments: 1,
        max_recipients: 1,
        ..MessageRules::default()
    };
    let with_data = |data: &str| with(|m| m["attachments"] = json!([{"data": data}]));
    assert_eq!(faults_with(&with_data("aGVsbG8="), &rules), []);
    assert_eq!(faults_with(&with_data("aGVsbG8h"), &rules)[0].1, K::TooLong(5));
    assert_eq!(faults_with(&with_data(&"=".repeat(10 << 20)), &rules)[0].1, K::TooLong(5));
    let two = with(|m| m["attachments"] = json!([{"data": ""}, {"data": ""}]));
    assert_eq!(faults_with(&two, &rules), [("/attachments".to_owned(), K::TooMany(1))]);
    let many = with(|m| m["to"] = json!(vec![json!({}); 500]));
    let body = many.to_string();
    let document = Document::read(body.as_bytes(), &ReadOptions::default()).unwrap();
    let faults = Message::read(&document, &MessageRules::default()).unwrap_err();
    assert_eq!((faults.faults().len(), faults.more()), (100, 400));
    assert!(faults.to_string().ends_with("; and 400 more"));
}

#[test]
fn r_cm_21_extras_are_offered_flat_with_their_numbers_as_written() {
    let body = r#"{"external_id":"m","occurred_at":"2026-05-28T14:30:00Z","from":"a","to":["b"],
        "body":"","attachments":[],"thread":{"id":9007199254740993,"from":"x"},"tags":["a"],"n":1.50}"#;
    let document = Document::read(body.as_bytes(), &ReadOptions::default()).unwrap();
    let message = Message::read(&document, &MessageRules::default()).unwrap();
    let extras: Vec<_> =
        message.extras.iter().map(|leaf| (leaf.path(PathStyle::Dot), leaf.raw())).collect();
    let wanted = [
        ("thread.id", "9007199254740993"),
        ("thread.from", "\"x\""),
        ("tags.0", "\"a\""),
        ("n", "1.50"),
    ];
    assert_eq!(extras, wanted.map(|(path, raw)| (path.to_owned(), raw)));
    assert!(!message.extras_cut);
}

#[test]
fn faults_hold_nothing_of_the_message() {
    let message = with(|m| {
        m["occurred_at"] = json!("canary");
        m["attachments"] = json!([{"url": "https://canary@a.example"}, {"data": "canary"}]);
        m["canary"] = json!(1);
    });
    let body = message.to_string();
    let document = Document::read(body.as_bytes(), &ReadOptions::default()).unwrap();
    let faults = Message::read(&document, &MessageRules::default()).unwrap_err();
    assert_eq!(faults.faults().len(), 3);
    assert!(!format!("{faults}{faults:?}").contains("canary"));
}

#[test]
fn r_cm_23_urls_that_may_not_be_fetched() {
    use FetchFault as F;
    let policy = FetchPolicy::default();
    for (url, wanted) in [
        ("https://files.example.com/a", Ok(())),
        ("HTTPS://files.example.com", Ok(())),
        ("https://files.example.com:443/", Ok(())),
        ("https://8.8.8.8/", Ok(())),
        ("https://[2606:4700::1111]/", Ok(())),
        ("https://xn--bcher-kva.example/", Ok(())),
        ("http://files.example.com/", Err(F::NotHttps)),
        ("ftp://files.example.com/", Err(F::NotHttps)),
        ("file:///etc/passwd", Err(F::NotHttps)),
        ("//files.example.com", Err(F::NotAUrl)),
        ("files.example.com", Err(F::NotAUrl)),
        ("https://", Err(F::NotAUrl)),
        ("https:///path", Err(F::NotAUrl)),
        ("https://a b.example/", Err(F::NotAUrl)),
        ("https://files.example.com\\@10.0.0.1/", Err(F::NotAUrl)),
        ("https://files.example.com\r\nHost: x/", Err(F::NotAUrl)),
        ("https://ex\u{ff41}mple.com/", Err(F::NotAUrl)),
        ("https://user@files.example.com/", Err(F::UserInfo)),
        ("https://files.example.com:443@10.0.0.1/", Err(F::UserInfo)),
        ("https://files.example.com:8443/", Err(F::Port)),
        ("https://files.example.com:99999/", Err(F::Port)),
        ("https://files.example.com:/", Err(F::NotAUrl)),
        ("https://files.example.com:+443/", Err(F::NotAUrl)),
        ("https://127.0.0.1/", Err(F::Address)),
        ("https://127.1/", Err(F::Address)),
        ("https://0x7f000001/", Err(F::Address)),
        ("https://2130706433/", Err(F::Address)),
        ("https://0177.0.0.1/", Err(F::Address)),
        ("https://10.0.0.1/", Err(F::Address)),
        ("https://172.16.0.1/", Err(F::Address)),
        ("https://192.168.0.1./", Err(F::Address)),
        ("https://169.254.169.254/latest/meta-data/", Err(F::Address)),
        ("https://100.64.0.1/", Err(F::Address)),
        ("https://0.0.0.0/", Err(F::Address)),
        ("https://255.255.255.255/", Err(F::Address)),
        ("https://[::1]/", Err(F::Address)),
        ("https://[::]/", Err(F::Address)),
        ("https://[fd00::1]/", Err(F::Address)),
        ("https://[fe80::1]/", Err(F::Address)),
        ("https://[::ffff:10.0.0.1]/", Err(F::Address)),
        ("https://[64:ff9b::a00:1]/", Err(F::Address)),
        ("https://[2002:a00:1::]/", Err(F::Address)),
        ("https://[2001:db8::1]/", Err(F::Address)),
        ("https://[::1", Err(F::NotAUrl)),
        ("https://localhost/", Err(F::LocalName)),
        ("https://LOCALHOST./", Err(F::LocalName)),
        ("https://metadata.google.internal/", Err(F::LocalName)),
        ("https://printer.local/", Err(F::LocalName)),
        ("https://intranet/", Err(F::LocalName)),
    ] {
        assert_eq!(policy.check(url), wanted, "{url}");
    }
    let wide = FetchPolicy { ports: vec![443, 8443], ..policy };
    assert_eq!(wide.check("https://files.example.com:8443/"), Ok(()));
    assert!(wide.allows_address("1.1.1.1".parse().unwrap()));
    assert!(!wide.allows_address("::ffff:127.0.0.1".parse().unwrap()));
    assert!(wide.check(&format!("https://a.example/{}", "x".repeat(2_048))).is_err());
}

#[test]
fn r_cm_24_names_are_kept_as_written_and_made_safe_on_demand() {
    for (name, safe) in [
        ("report.pdf", Some("report.pdf")),
        ("../../etc/passwd", Some("passwd")),
        (r"C:\Users\ada\a.txt", Some("a.txt")),
        ("a:b*c?.txt", Some("a_b_c_.txt")),
        (" .hidden. ", Some("hidden")),
        ("a\u{0}b\n.txt", Some("ab.txt")),
        ("invoice\u{202e}fdp.exe", Some("invoicefdp.exe")),
        ("été.pdf", Some("été.pdf")),
        ("NUL", None),
        ("con.txt", None),
        ("LPT1.doc", None),
        ("..", None),
        ("/", None),
        ("", None),
    ] {
        let message = with(|message| {
            message["attachments"] = json!([{"filename": name, "content_type": "x/y", "data": ""}]);
        });
        let body = message.to_string();
        let document = Document::read(body.as_bytes(), &ReadOptions::default()).unwrap();
        let message = Message::read(&document, &MessageRules::default()).unwrap();
        let attachment = &message.attachments[0];
        assert_eq!(attachment.filename.as_deref(), Some(name));
        assert_eq!(attachment.content_type.as_deref(), Some("x/y"));
        assert_eq!(attachment.safe_filename().as_deref(), safe, "{name:?}");
    }
    let long = with(|message| {
        message["attachments"] = json!([{"filename": "é".repeat(400), "data": ""}, {"data": ""}]);
    });
    let body = long.to_string();
    let document = Document::read(body.as_bytes(), &ReadOptions::default()).unwrap();
    let message = Message::read(&document, &MessageRules::default()).unwrap();
    assert_eq!(message.attachments[0].safe_filename().unwrap(), "é".repeat(100));
    assert_eq!(message.attachments[1].safe_filename(), None);
}
