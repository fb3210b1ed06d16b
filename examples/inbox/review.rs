//! What the page asks for and changes, as JSON. Everything that a sender wrote stands in it as
//! text, cut and with invisible characters shown; the page puts it in as text too.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::Extension;
use axum::extract::{Path, Query, Request, State};
use axum::response::Response;
use hookstage::store::{Cursor, EventFilter, HistoryFilter, Settled};
use hookstage::{Event, EventId, HistoryRow, Source, SourceId, Status, Timestamp, Transition};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::answer::{Problem, ok};
use crate::app::App;
use crate::body::{self, Received};
use crate::shutdown::Stop;
use crate::view;

/// Events and deliveries on one page.
const PAGE: usize = 50;

/// How long a question for news waits before it is answered that there is none.
const NEWS_PATIENCE: Duration = Duration::from_secs(25);

/// Deliveries that the health of a source is judged by.
const HEALTH_ROWS: usize = 500;

/// Who decided, as the history says; a host with accounts gives the person.
const REVIEWER: &str = "reviewer";

/// The largest change that a page sends, in bytes: a thousand ids and a reason.
const MAX_CHANGE: u64 = 32 * 1024;

/// `GET /api/sources`: each source with its counts and what went wrong of late.
pub(crate) async fn sources(State(app): State<App>) -> Result<Response, Problem> {
    let mut list = Vec::new();
    for source in app.sources.iter() {
        list.push(health(&app, source).await?);
    }
    // Where the engine books what was addressed to nothing.
    let strangers = HistoryFilter::tenant("unknown");
    let rows = app.engine.history(&strangers, None, HEALTH_ROWS).await?;
    let unknown = rows.iter().fold(0_u64, |sum, (_, row)| sum.saturating_add(row.count));
    Ok(ok(&json!({ "sources": list, "unknown": unknown })))
}

async fn health(app: &App, source: &Source) -> Result<Value, hookstage::Error> {
    let id = source.id();
    let counts = app.engine.counts(id.tenant(), Some(id)).await?;
    let mut filter = HistoryFilter::tenant(id.tenant());
    filter.source = Some(id.clone());
    let rows = app.engine.history(&filter, None, HEALTH_ROWS).await?;
    let mut refused: BTreeMap<&str, u64> = BTreeMap::new();
    let mut duplicates = 0_u64;
    let mut last_accepted = None;
    for (_, row) in &rows {
        match (&*row.outcome, &row.reason) {
            ("refused", reason) => {
                let count = refused.entry(reason.as_deref().unwrap_or("unknown")).or_default();
                *count = count.saturating_add(row.count);
            }
            ("duplicate", _) => duplicates = duplicates.saturating_add(1),
            _ => {}
        }
        if row.outcome != "refused" && last_accepted.is_none() {
            last_accepted = Some(row.at.as_unix_millis());
        }
    }
    let warnings: Vec<String> = source.warnings().iter().map(ToString::to_string).collect();
    Ok(json!({
        "tenant": id.tenant(),
        "source": id.source(),
        "name": source.name(),
        "provider": source.preset().map(|preset| preset.title),
        "lifecycle": source.lifecycle(),
        "mode": source.mode(),
        "binds_body": source.binds_body(),
        "warnings": warnings,
        "counts": {
            "pending": counts.pending,
            "promoted": counts.promoted,
            "rejected": counts.rejected,
            "dead": counts.dead,
        },
        "duplicates": duplicates,
        "refused": refused,
        "last_accepted": last_accepted,
    }))
}

/// Which rows a page wants.
#[derive(Debug, Deserialize)]
pub(crate) struct Wanted {
    tenant: String,
    #[serde(default)]
    source: Option<String>,
    #[serde(default)]
    status: Option<String>,
    #[serde(default)]
    outcome: Option<String>,
    /// The last row of the page before, as `milliseconds.number`.
    #[serde(default)]
    after: Option<String>,
    /// The paths of the columns, as a JSON array of strings.
    #[serde(default)]
    columns: Option<String>,
}

impl Wanted {
    fn source(&self) -> Result<Option<SourceId>, Problem> {
        let name = self.source.as_deref().filter(|name| !name.is_empty());
        name.map(|name| SourceId::new(&self.tenant, name))
            .transpose()
            .map_err(|error| Problem::bad(error.to_string()))
    }

    fn status(&self) -> Result<Option<Status>, Problem> {
        let status = self.status.as_deref().filter(|status| !status.is_empty());
        status
            .map(str::parse::<Status>)
            .transpose()
            .map_err(|error| Problem::bad(error.to_string()))
    }

    fn after(&self) -> Result<Option<Cursor>, Problem> {
        let Some(text) = &self.after else { return Ok(None) };
        let parsed = text.split_once('.').and_then(|(at, number)| {
            let at = Timestamp::from_unix_millis(at.parse().ok()?);
            Some(Cursor { at, number: number.parse().ok()? })
        });
        parsed.map(Some).ok_or_else(|| Problem::bad("after: milliseconds, a dot, a number"))
    }
}

/// `GET /api/events`: one page of the inbox, newest first.
pub(crate) async fn events(
    State(app): State<App>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Problem> {
    let mut filter = EventFilter::tenant(&wanted.tenant);
    filter.source = wanted.source()?;
    filter.status = wanted.status()?;
    let columns = view::columns(wanted.columns.as_deref()).map_err(Problem::Bad)?;
    let events = app.engine.list(&filter, wanted.after()?, PAGE).await?;
    let last = events.last().filter(|_| events.len() == PAGE);
    let next = last.map(|event| cursor(event.received_at, event.id.get()));
    let events: Vec<Value> = events.iter().map(|event| view::row(event, &columns)).collect();
    Ok(ok(&json!({ "events": events, "next": next })))
}

/// `GET /api/events/{id}?tenant=`: all that is known of one event.
pub(crate) async fn event(
    State(app): State<App>,
    Path(id): Path<u64>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Problem> {
    let event = app.engine.get(&wanted.tenant, EventId::new(id)).await?.ok_or(Problem::Missing)?;
    let deliveries = deliveries_of(&app, &event).await?;
    Ok(ok(&view::detail(&event, &deliveries)))
}

/// The deliveries that name an event: the one that staged it, and its duplicates.
async fn deliveries_of(app: &App, event: &Event) -> Result<Vec<HistoryRow>, hookstage::Error> {
    let mut filter = HistoryFilter::tenant(event.source.tenant());
    filter.source = Some(event.source.clone());
    filter.since = Some(event.received_at);
    let rows = app.engine.history(&filter, None, hookstage::store::MAX_PAGE).await?;
    Ok(rows.into_iter().map(|(_, row)| row).filter(|row| row.event == Some(event.id)).collect())
}

/// `GET /api/deliveries`: one page of the history, refusals included, newest first.
pub(crate) async fn deliveries(
    State(app): State<App>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Problem> {
    let mut filter = HistoryFilter::tenant(&wanted.tenant);
    filter.source = wanted.source()?;
    filter.outcome = wanted.outcome.clone().filter(|outcome| !outcome.is_empty());
    let rows = app.engine.history(&filter, wanted.after()?, PAGE).await?;
    let last = rows.last().filter(|_| rows.len() == PAGE);
    let next = last.map(|(place, _)| cursor(place.at, place.number));
    let rows: Vec<Value> = rows.iter().map(|(_, row)| view::delivery(row)).collect();
    Ok(ok(&json!({ "deliveries": rows, "next": next })))
}

#[derive(Debug, Deserialize)]
pub(crate) struct Seen {
    seen: u64,
}

/// `GET /api/news?seen=`: answers as soon as something happened that the page has not seen.
pub(crate) async fn news(
    State(app): State<App>,
    Extension(stop): Extension<Stop>,
    Query(Seen { seen }): Query<Seen>,
) -> Response {
    let count = tokio::select! {
        count = app.news.after(seen) => count,
        () = tokio::time::sleep(NEWS_PATIENCE) => seen,
        () = stop.wait() => seen,
    };
    ok(&json!({ "news": count }))
}

/// A decision about some events.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    tenant: String,
    ids: Vec<u64>,
    action: Transition,
    #[serde(default)]
    reason: Option<String>,
}

/// `POST /api/settle`: promotes, rejects or re-opens. Each event moves only from the state that the
/// move leaves, so of two windows one wins, and the other is told what became of the event.
pub(crate) async fn settle(State(app): State<App>, request: Request) -> Result<Response, Problem> {
    let received = body::read(request.into_body(), MAX_CHANGE, app.body_timeout).await;
    let Received::Whole(bytes) = received else {
        return Err(Problem::bad("the change is too large, or did not arrive"));
    };
    let change: Change = serde_json::from_slice(&bytes)
        .map_err(|_| Problem::bad("tenant, ids, action and perhaps a reason"))?;
    if change.action == Transition::GiveUp {
        return Err(Problem::bad("only workers give up"));
    }
    let reason = change.reason.filter(|reason| !reason.trim().is_empty());
    let mut results = Vec::new();
    for id in change.ids {
        let settled = app
            .engine
            .settle(&change.tenant, EventId::new(id), change.action, REVIEWER, reason.clone())
            .await?;
        results.push(match settled {
            Settled::Done => json!({ "id": id, "done": true, "status": change.action.to() }),
            Settled::Stale(status) => json!({ "id": id, "done": false, "status": status }),
            Settled::LeaseLost | Settled::Leased { .. } => {
                json!({ "id": id, "done": false, "status": "held" })
            }
            Settled::Missing => json!({ "id": id, "done": false, "status": Value::Null }),
        });
    }
    app.news.publish();
    Ok(ok(&json!({ "results": results })))
}

fn cursor(at: Timestamp, number: u64) -> String {
    format!("{}.{number}", at.as_unix_millis())
}
