//! What went in comes out: bytes, texts, times and numbers.

use super::subject::{
    Failure, Subject, T0, at, draft, draft_within, holds, key, ms, put, same, source,
};
use super::{Check, Fixture};
use crate::clock::Timestamp;
use crate::dedupe::{DedupeKey, Window};
use crate::event::{Claim, Draft, EventId, Settlement, Status, Transition};
use crate::history::HistoryRow;
use crate::scheme::{BodyCoverage, Coverage};
use crate::store::{ClaimRequest, EventFilter, HistoryFilter, Staged, Store};

pub(super) fn checks<F: Fixture>() -> Vec<Check<F>> {
    vec![
        Check {
            name: "bodies_come_back",
            promise: "a body of any bytes, empty or of 1 MB, comes back as it went in",
            run: bodies_come_back,
        },
        Check {
            name: "fields_of_an_event_come_back",
            promise: "headers, event type, coverage, key and hash come back as they went in",
            run: fields_of_an_event_come_back,
        },
        Check {
            name: "rows_of_history_come_back",
            promise: "every field of a history row comes back as it went in",
            run: rows_of_history_come_back,
        },
        Check {
            name: "times_come_back",
            promise: "times come back to the millisecond, from before 1970 to beyond 9999",
            run: times_come_back,
        },
        Check {
            name: "time_is_the_callers",
            promise: "windows and leases follow the time that is passed, however far from any clock",
            run: time_is_the_callers,
        },
        Check {
            name: "texts_are_data",
            promise: "no text is pattern, statement or end of string, and none is folded into another",
            run: texts_are_data,
        },
        Check {
            name: "keys_are_all_their_bytes",
            promise: "keys differ if one bit does, whatever their bytes are",
            run: keys_are_all_their_bytes,
        },
    ]
}

/// What databases stumble over: quotes, patterns, ends of strings, other scripts, other forms.
const TEXTS: [&str; 12] = [
    "plain",
    "Plain",
    "plain ",
    "%",
    "_lain",
    "'; DROP TABLE event; --",
    "\"quoted\" \\ $1 ?1 :a @b",
    "\u{e9}",
    "e\u{301}",
    "\u{1F980}\u{200D}",
    "\u{430}",
    "null",
];

fn bodies_come_back<F: Fixture>(fixture: &F) -> Result<(), Failure> {
    let store = Subject::fresh(fixture);
    let here = source("acme", "in")?;
    let every_byte: Vec<u8> = (0..=255).collect();
    let bodies: [Vec<u8>; 7] = [
        Vec::new(),
        vec![0],
        b"{\"a\":9007199254740993,\"a\":1.0}\n".to_vec(),
        b"\xff\xfe\xed\xa0\x80".to_vec(),
        every_byte.clone(),
        b"'); DELETE FROM ledger; --".to_vec(),
        every_byte.repeat(4096),
    ];
    for body in bodies {
        let id = store.insert(Draft::for_tests(here.clone(), T0, body.clone(), None), T0)?;
        let event = store.event("acme", id)?;
        holds("the body is the same", *event.body == *body)?;
        let listed = store.list(&EventFilter::tenant("acme"), None, 1)?;
        holds("the body is the same in a list", listed.iter().any(|event| *event.body == *body))?;
    }
    Ok(())
}

fn fields_of_an_event_come_back<F: Fixture>(fixture: &F) -> Result<(), Failure> {
    let store = Subject::fresh(fixture);
    let here = source("t\u{e9}nant '%'", "in/\u{1F980}")?;
    let coverages = [
        Coverage::nothing(),
        Coverage {
            body: BodyCoverage::Fields(vec!["/a".into(), "".into(), "\u{e9}'\"".into()]),
            method: true,
            url: true,
            timestamp: true,
            id: true,
            headers: vec!["x-a".into(), "x-b".into()],
        },
    ];
    let headers: Vec<(String, Vec<u8>)> = vec![
        ("x-id".to_owned(), b"1".to_vec()),
        ("X-Id".to_owned(), Vec::new()),
        ("x-id".to_owned(), b"\0\xff\xc3".to_vec()),
        (String::new(), vec![b'a'; 8192]),
    ];
    for (number, coverage) in coverages.into_iter().enumerate() {
        for event_type in [None, Some(""), Some("invoice.paid"), Some("nul\0\u{e9}")] {
            let mut draft = draft(&here, 0, at(number as u64));
            draft.claim = None;
            draft.headers = headers.clone();
            draft.event_type = event_type.map(str::to_owned);
            draft.coverage = coverage.clone();
            let expected = draft.clone();
            let id = store.insert(draft, T0)?;
            let event = store.event(here.tenant(), id)?;
            same("id", &event.id, &id)?;
            same("source", &event.source, &expected.source)?;
            same("received", &event.received_at, &expected.received_at)?;
            same("headers", &event.headers, &expected.headers)?;
            same("event type", &event.event_type, &expected.event_type)?;
            same("coverage", &event.coverage, &expected.coverage)?;
            same("hash", &event.body_sha256, &expected.body_sha256)?;
            same("key", &event.key, &None)?;
            same("status", &event.status, &Status::Pending)?;
            same("attempts", &event.attempts, &0)?;
            same("settlement", &event.settlement, &None)?;
            same("lease", &event.lease, &None)?;
            same("not before", &event.not_before, &None)?;
        }
    }
    let claim = Claim::new(key(9), Window::Unlimited);
    let id = store.insert(Draft::for_tests(here.clone(), T0, *b"", Some(claim)), T0)?;
    same("key", &store.event(here.tenant(), id)?.key, &Some(key(9)))
}

fn rows_of_history_come_back<F: Fixture>(fixture: &F) -> Result<(), Failure> {
    let store = Subject::fresh(fixture);
    let here = source("acme", "in")?;
    let bare = HistoryRow::new(here.clone(), T0, "refused".into(), 401);
    let mut full = HistoryRow::new(here, at(1), "refused".into(), u16::MAX);
    full.reason = Some("mismatch".into());
    full.detail = Some("nul \0, quote ' and \u{1F980}".to_owned());
    full.event = Some(EventId::new(u64::MAX));
    full.headers = vec![("x".to_owned(), "\\x00'".to_owned()), (String::new(), String::new())];
    full.body_length = Some(u64::MAX);
    full.body_sha256 = Some([0xff; 32]);
    full.remote = Some([0x2001, 0xdb8, 0, 0, 0, 0, 0, 1].into());
    full.correlation_id = Some("nul \0".to_owned());
    full.key_index = Some(3);
    full.count = u64::MAX;
    full.took_millis = Some(u64::MAX);
    full.skew_millis = Some(i64::MIN);
    full.hints = vec!["nul \0, quote ' and \u{1F980}".to_owned(), String::new()];
    let mut mapped = full.clone();
    mapped.at = at(2);
    mapped.remote = Some([203, 0, 113, 9].into());
    mapped.reason = Some("".into());
    let rows = vec![bare, full, mapped];
    store.record(rows.clone())?;
    store.record(Vec::new())?;
    let got = store.history(&HistoryFilter::tenant("acme"), None, 10)?;
    let got: Vec<HistoryRow> = got.into_iter().rev().map(|(_, row)| row).collect();
    same("rows", &got, &rows)
}

fn times_come_back<F: Fixture>(fixture: &F) -> Result<(), Failure> {
    let store = Subject::fresh(fixture);
    let here = source("acme", "in")?;
    let times = [
        i64::MIN,
        -1,
        0,
        1,
        999,
        1_700_000_000_123,
        253_402_300_799_999, // 9999-12-31T23:59:59.999Z
        253_402_300_800_000,
        i64::MAX,
    ]
    .map(Timestamp::from_unix_millis);
    for now in times {
        let id = store.insert(Draft::for_tests(here.clone(), now, *b"", None), now)?;
        same("received", &store.event("acme", id)?.received_at, &now)?;
        let claimed = store.claim(&ClaimRequest::new("w", now, 1), now)?;
        same("claimed", &claimed.len(), &1)?;
        let lease = store.event("acme", id)?.lease.map(|lease| lease.until);
        same("lease", &lease, &Some(now))?;
        let _ = store.settle("acme", id, Transition::Promote, now, None)?;
        let settled = store.event("acme", id)?.settlement.map(|settlement| settlement.at);
        same("settled", &settled, &Some(now))?;
    }
    let listed = store.list(&EventFilter::tenant("acme"), None, 100)?;
    let mut listed: Vec<Timestamp> = listed.into_iter().map(|event| event.received_at).collect();
    listed.reverse();
    same("all times in order", &listed, &times.to_vec())?;
    let rows = store.history(&HistoryFilter::tenant("acme"), None, 100)?;
    same("rows", &rows.len(), &times.len())
}

fn time_is_the_callers<F: Fixture>(fixture: &F) -> Result<(), Failure> {
    let store = Subject::fresh(fixture);
    let here = source("acme", "in")?;
    // 1970, now and an hour beside it as far as the check knows, and 2500.
    for (number, seconds) in (0..).zip([0, 1_700_000_000, 1_700_003_600, 16_725_225_600]) {
        let start = Timestamp::from_unix_seconds(seconds);
        let draft = |now| draft_within(&here, number, Window::FromFirst(ms(1000)), now);
        let id = store.insert(draft(start), start)?;
        let duplicate = Staged::Duplicate { id, payload_differs: false };
        let (last, end) = (start + ms(999), start + ms(1000));
        same("within the window", &store.stage(draft(last), last)?, &duplicate)?;
        let claim = |owner: &str, now: Timestamp| {
            store.claim(&ClaimRequest::event("acme", id, owner, now + ms(10)), now)
        };
        same("claimed", &claim("w1", start)?.len(), &1)?;
        same("while the lease is open", &claim("w2", start + ms(9))?.len(), &0)?;
        same("when it has ended", &claim("w2", start + ms(10))?.len(), &1)?;
        holds("the window has ended", store.insert(draft(end), end)? != id)?;
    }
    Ok(())
}

fn texts_are_data<F: Fixture>(fixture: &F) -> Result<(), Failure> {
    let store = Subject::fresh(fixture);
    let mut ids = Vec::new();
    for text in TEXTS {
        let mut draft = draft(&source(text, text)?, 1, T0);
        draft.event_type = Some(text.to_owned());
        ids.push(store.insert(draft, T0)?);
        store.put(put(text, None, Some(text.as_bytes())), T0)?;
    }
    store.put(put("plain\0", None, Some(b"nul")), T0)?;
    for (text, id) in TEXTS.into_iter().zip(ids) {
        let filter = EventFilter {
            source: Some(source(text, text)?),
            event_type: Some(text.to_owned()),
            ..EventFilter::tenant(text)
        };
        let found: Vec<EventId> =
            store.list(&filter, None, 10)?.into_iter().map(|event| event.id).collect();
        same(text, &found, &vec![id])?;
        same(text, &store.counts(text, None)?.pending, &1)?;
        let state = store.state("check", text, T0)?.map(|state| state.bytes);
        same(text, &state, &Some(text.as_bytes().to_vec()))?;
        same(text, &store.history(&HistoryFilter::tenant(text), None, 10)?.len(), &1)?;
        let request =
            ClaimRequest { tenant: Some(text.to_owned()), ..ClaimRequest::new(text, at(10), 10) };
        same(text, &store.claim(&request, T0)?.len(), &1)?;
        let settlement = Settlement::new(text.to_owned(), T0, Some(format!("{text}\0{text}")));
        let settled = fixture.block_on(store.store.settle(
            text,
            id,
            Transition::Reject,
            settlement.clone(),
            Some(text),
        ))?;
        same(text, &settled, &crate::store::Settled::Done)?;
        same(text, &store.event(text, id)?.settlement, &Some(settlement))?;
    }
    let state = store.state("check", "plain\0", T0)?.map(|state| state.bytes);
    same("a key that ends in NUL", &state, &Some(b"nul".to_vec()))
}

fn keys_are_all_their_bytes<F: Fixture>(fixture: &F) -> Result<(), Failure> {
    let store = Subject::fresh(fixture);
    let here = source("acme", "in")?;
    let mut keys = vec![[0; 32], [0xff; 32], [b'a'; 32]];
    for bit in [0_usize, 7, 128, 255] {
        let mut bytes = [0; 32];
        bytes[bit / 8] |= 1 << (bit % 8);
        keys.push(bytes);
    }
    let claim = |bytes| Some(Claim::new(DedupeKey::from_bytes(bytes), Window::Unlimited));
    let mut ids = Vec::new();
    for bytes in &keys {
        ids.push(store.insert(Draft::for_tests(here.clone(), T0, *b"", claim(*bytes)), T0)?);
    }
    for (bytes, id) in keys.iter().zip(ids) {
        let again = Draft::for_tests(here.clone(), T0, *b"", claim(*bytes));
        let expected = Staged::Duplicate { id, payload_differs: false };
        same("the same key", &store.stage(again, T0)?, &expected)?;
    }
    Ok(())
}
