//! What a reviewer sees: untrusted, bounded, in a stable order.
#![cfg(feature = "test-util")]

use hookstage::inbox::{Csv, Formulas, InboxError, Row, Search, Untrusted, View};
use hookstage::json::Path;
use hookstage::store::{BlockingStore, EventFilter, MemoryStore};
use hookstage::{
    BlockingEngine, Column, Draft, Event, EventId, SourceId, Status, Timestamp, Transition,
};
use proptest::prelude::*;

const ATTACKS: [&str; 7] = [
    "<script>window.hit=1</script>",
    "\"><img src=x onerror=alert(1)>",
    "'><svg onload=alert(1)>",
    "javascript:alert(1)",
    "`onmouseover=alert(1)`",
    "</textarea><!--",
    "&lt;already&gt;",
];

fn column(path: &str) -> Column {
    Column { path: Path::parse(path).unwrap(), label: String::new() }
}

fn draft(tenant: &str, at: i64, body: &str) -> Draft {
    let source = SourceId::new(tenant, "shop").unwrap();
    Draft::for_tests(source, Timestamp::from_unix_seconds(at), body.as_bytes().to_vec(), None)
}

fn event(body: &str) -> Event {
    Event::staged(EventId::new(7), draft("acme", 1_700_000_000, body))
}

fn texts(row: &Row) -> Vec<&str> {
    row.cells.iter().map(|cell| cell.text.raw()).collect()
}

#[test]
fn inb_01_what_a_sender_wrote_is_escaped_in_html_and_whole_in_json() {
    for attack in ATTACKS {
        let body = serde_json::json!({ "name": attack, attack: 1 }).to_string();
        let mut draft = draft("acme", 1, &body);
        draft.event_type = Some(attack.to_owned());
        let event = Event::staged(EventId::new(1), draft);
        for columns in [vec![], vec![column("name")]] {
            let row = Row::new(&event, &columns, 200);
            let mut shown = vec![row.event_type.clone().unwrap()];
            for cell in &row.cells {
                shown.extend([cell.label.clone(), cell.text.clone()]);
            }
            assert!(shown.iter().any(|text| text.raw() == attack), "{attack}");
            for text in shown {
                let html = text.html().to_string();
                assert!(!html.contains(['<', '>', '"', '\'', '`']), "{html}");
                // What a browser makes of it is what the sender wrote.
                let back = html.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
                let back = back.replace("&#39;", "'").replace("&#96;", "`").replace("&amp;", "&");
                assert_eq!(back, text.raw());
            }
            let json = serde_json::to_value(&row).unwrap();
            assert_eq!(json["event_type"], attack);
        }
    }
}

#[test]
fn inb_01_text_that_hides_or_reorders_is_written_out() {
    for (hidden, visible) in [
        ("safe\u{202e}gpj.exe", "safe\\u{202e}gpj.exe"),
        ("a\u{200b}b", "a\\u{200b}b"),
        ("\u{feff}x\u{0}", "\\u{feff}x\\u{0}"),
        ("tag\u{e0041}", "tag\\u{e0041}"),
        ("Zoë 日本 🦀", "Zoë 日本 🦀"),
    ] {
        assert_eq!(Untrusted::new(hidden).visible(), visible);
    }
}

#[test]
fn inb_02_a_cell_that_a_spreadsheet_would_run_is_neutralised_and_can_be_restored() {
    let csv = Csv::default();
    for attack in [
        "=HYPERLINK(\"http://evil\")",
        "+1+cmd|' /C calc'!A0",
        "-2+3",
        "@SUM(1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "\u{ff1d}1",
        "'=1",
        "''@x",
    ] {
        let line = csv.line([attack]);
        assert!(line.starts_with("\"'"), "{line}");
        let field = line.trim_end().trim_matches('"').replace("\"\"", "\"");
        if !attack.contains(['\r', '\n']) {
            assert_eq!(Csv::restore(&field), attack);
        }
        assert!(!Csv::new(Formulas::Keep).line([attack]).starts_with("\"''="), "{attack}");
    }
    for harmless in ["ada", "1-2", "'tis", "", "a=b"] {
        assert_eq!(csv.line([harmless]), format!("\"{harmless}\"\r\n"));
        assert_eq!(Csv::restore(harmless), harmless);
    }
}

#[test]
fn inb_02_rows_become_csv_with_quotes_and_numbers_as_they_are() {
    let columns = [column("name"), column("total"), column("gone")];
    let row = Row::new(&event(r#"{"name":"=1+\"1\"","total":-9007199254740993.50}"#), &columns, 80);
    let csv = Csv::default();
    assert_eq!(
        csv.header(&columns),
        "\"id\",\"received\",\"source\",\"type\",\"status\",\"name\",\"total\",\"gone\"\r\n"
    );
    assert_eq!(
        csv.row(&row, &columns),
        "\"7\",\"2023-11-14T22:13:20.000Z\",\"shop\",\"\",\"pending\",\"'=1+\"\"1\"\"\",\
         \"-9007199254740993.50\",\"\"\r\n"
    );
    let bare = Row::new(&event(r#"{"a":1,"b":"x"}"#), &[], 80);
    assert!(csv.row(&bare, &[]).ends_with("\"a: 1; b: x\"\r\n"));
}

#[test]
fn r_co_16_r_co_34_chosen_columns_in_their_order_and_missing_as_empty() {
    let columns = [
        column("customer.email"),
        Column { path: Path::parse("total").unwrap(), label: "Total".into() },
        column("note"),
        column("tags"),
    ];
    let row = Row::new(
        &event(r#"{"total":19.90,"customer":{"email":"ada@acme.com"},"note":null,"tags":["a"]}"#),
        &columns,
        80,
    );
    assert_eq!(texts(&row), ["ada@acme.com", "19.90", "null", "[\"a\"]"]);
    let kinds: Vec<&str> = row.cells.iter().map(|cell| cell.kind).collect();
    assert_eq!(kinds, ["string", "number", "null", "array"]);
    assert_eq!(row.cells[1].label.raw(), "Total");
    // Missing never drops the event, and neither does a body that is no JSON.
    for body in ["{}", "[1,2]", "no json", ""] {
        let row = Row::new(&event(body), &columns, 80);
        assert_eq!(texts(&row), ["", "", "", ""], "{body}");
        assert!(row.cells.iter().all(|cell| cell.kind == "missing"));
    }
}

#[test]
fn inb_03_long_values_and_many_columns_are_cut_with_a_mark() {
    let long = "x".repeat(10 * 1024 * 1024);
    let body = format!(r#"{{"text":"{long}","array":["{long}"],"short":"xx"}}"#);
    let row = Row::new(&event(&body), &[column("text"), column("array"), column("short")], 80);
    for cell in &row.cells[..2] {
        assert_eq!(cell.text.raw().chars().count(), 80);
        assert!(cell.text.raw().ends_with('…') && cell.is_cut);
    }
    assert!(!row.cells[2].is_cut);
    // An ellipsis of the sender's own is no mark.
    let own = Row::new(&event(r#"{"text":"wait…"}"#), &[column("text")], 80);
    assert!(!own.cells[0].is_cut);

    let many: Vec<Column> = (0..10_000).map(|number| column(&format!("c{number}"))).collect();
    let row = Row::new(&event("{}"), &many, 80);
    assert_eq!((row.cells.len(), row.more), (Row::MAX_COLUMNS, 10_000 - Row::MAX_COLUMNS));
    let members: Vec<String> = (0..10_000).map(|number| format!(r#""k{number}":1"#)).collect();
    let row = Row::new(&event(&format!("{{{}}}", members.join(","))), &[], 80);
    assert!(row.cells.len() < 10 && row.more > 9_000, "{}", row.more);
}

fn engine(tenant: &str, bodies: impl IntoIterator<Item = String>) -> (BlockingEngine, MemoryStore) {
    let store = MemoryStore::new();
    for (number, body) in bodies.into_iter().enumerate() {
        // Several in the same moment: the id decides then.
        let at = 1_700_000_000 + (number / 3) as i64;
        let _ = BlockingStore::stage(
            &store,
            draft(tenant, at, &body),
            Timestamp::from_unix_seconds(at),
        );
    }
    (BlockingEngine::new(store.clone()), store)
}

fn numbers(count: u32) -> impl Iterator<Item = String> {
    (0..count).map(|number| format!(r#"{{"number":{number},"even":{}}}"#, number % 2 == 0))
}

#[test]
fn inb_04_pages_are_stable_while_events_come_in() {
    let (engine, store) = engine("acme", numbers(25));
    let mut view = View::new(EventFilter::tenant("acme"));
    view.columns = vec![column("number")];
    view.rows = 4;
    let (mut seen, mut after) = (Vec::new(), None::<String>);
    loop {
        let page = engine.inbox(&view, after.as_deref()).unwrap();
        seen.extend(page.rows.iter().map(|row| row.cells[0].text.raw().to_owned()));
        let late = draft("acme", 1_800_000_000, r#"{"number":"late"}"#);
        let _ = BlockingStore::stage(&store, late, Timestamp::from_unix_seconds(1_800_000_000));
        match page.next {
            Some(token) => after = Some(token.to_string()),
            None => break,
        }
    }
    let wanted: Vec<String> = (0..25).rev().map(|number: u32| number.to_string()).collect();
    assert_eq!(seen, wanted);
}

#[test]
fn inb_04_a_token_that_was_changed_or_is_of_another_list_is_refused() {
    let (engine, store) = engine("acme", numbers(9));
    let other = draft("evil", 1_700_000_000, "{}");
    let _ = BlockingStore::stage(&store, other, Timestamp::from_unix_seconds(1_700_000_000));
    let mut view = View::new(EventFilter::tenant("acme"));
    view.rows = 3;
    let token = engine.inbox(&view, None).unwrap().next.unwrap().to_string();
    assert_eq!(engine.inbox(&view, Some(&token)).unwrap().rows.len(), 3);
    assert!(!token.contains("17000"), "the token can be read: {token}");

    let refused = |view: &View, token: &str| {
        matches!(engine.inbox(view, Some(token)), Err(InboxError::ForeignToken))
    };
    for (place, _) in token.char_indices() {
        let mut changed = token.clone().into_bytes();
        changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        assert!(refused(&view, &changed), "changed at {place}");
        assert!(refused(&view, &token[..place]), "cut at {place}");
    }
    for text in ["", "x", "é", &"A".repeat(10_000), &format!("{token}A"), "1700000002000.3"] {
        assert!(refused(&view, text), "{text:.40}");
    }
    let others: [fn(&mut View); 4] = [
        |view| view.filter.tenant = "evil".into(),
        |view| view.filter.status = Some(Status::Pending),
        |view| view.filter.event_type = Some(String::new()),
        |view| view.search = Search::new("even"),
    ];
    for change in others {
        let mut foreign = view.clone();
        change(&mut foreign);
        assert!(refused(&foreign, &token), "{foreign:?}");
    }
}

#[test]
fn a_search_finds_what_a_reviewer_can_read() {
    let mut draft =
        draft("acme", 1, r#"{"customer":{"na\u006de":"Zo\u00eb LOVELACE"},"total":42.5}"#);
    draft.event_type = Some("invoice.paid".into());
    draft.headers = vec![("user-agent".into(), b"Stripe/1.0".to_vec())];
    let event = Event::staged(EventId::new(1234), draft);
    for text in
        ["zoë", "LOVE", "42.5", "Name", "invoice", "stripe", "1234", "shop", "love  paid 42"]
    {
        assert!(Search::new(text).unwrap().matches(&event), "{text}");
    }
    for text in ["\\u00eb", "grace", "love grace", "43"] {
        assert!(!Search::new(text).unwrap().matches(&event), "{text}");
    }
    assert!(Search::new("half").unwrap().matches(&self::event("half a {json")));
}

#[test]
fn a_search_pages_over_what_does_not_match_and_filters_hold() {
    let (engine, _store) = engine("acme", numbers(40));
    let mut view = View::new(EventFilter::tenant("acme"));
    view.columns = vec![column("number")];
    view.rows = 5;
    view.search = Search::new("true");
    let (mut seen, mut after) = (Vec::new(), None::<String>);
    loop {
        let page = engine.inbox(&view, after.as_deref()).unwrap();
        seen.extend(page.rows.iter().map(|row| row.cells[0].text.raw().to_owned()));
        match page.next {
            Some(token) => after = Some(token.to_string()),
            None => break,
        }
    }
    let wanted: Vec<String> = (0..40).rev().step_by(2).map(|n: u32| (n - 1).to_string()).collect();
    assert_eq!(seen, wanted);

    let id = engine.list(&EventFilter::tenant("acme"), None, 1).unwrap()[0].id;
    let _ = engine.settle("acme", id, Transition::Reject, "ada", None).unwrap();
    let mut rejected = View::new(EventFilter::tenant("acme"));
    rejected.filter.status = Some(Status::Rejected);
    let page = engine.inbox(&rejected, None).unwrap();
    assert_eq!((page.rows.len(), page.rows[0].id), (1, id));
    assert!(page.next.is_none());
    assert!(engine.inbox(&View::new(EventFilter::tenant("nobody")), None).unwrap().rows.is_empty());
}

proptest! {
    #[test]
    fn inb_02_every_field_comes_back(value in "['=+@\\-\t a-z]{0,6}") {
        let line = Csv::default().line([&value]);
        let field = line.strip_prefix('"').unwrap().strip_suffix("\"\r\n").unwrap();
        prop_assert!(!field.starts_with(['=', '+', '-', '@', '\t']));
        prop_assert_eq!(Csv::restore(field), value.as_str());
    }

    #[test]
    fn inb_01_no_text_leaves_markup(text in "\\PC{0,40}") {
        prop_assert!(!Untrusted::new(text).html().to_string().contains(['<', '>', '"', '\'']));
    }

    #[test]
    fn inb_03_no_cell_is_longer_than_asked_for(body in "[\\[\\]{}\",:a-z0-9 é]{0,60}", width in 1_usize..20) {
        for cell in Row::new(&event(&body), &[], width).cells {
            prop_assert!(cell.text.raw().chars().count() <= width);
        }
    }
}
