//! What the page asks for, as JSON. Everything that a sender wrote stands in it as text, cut and
//! with invisible characters shown; the page puts it in as text too.

use std::time::Duration;

use axum::Extension;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use hookstage::inbox::{Csv, Formulas, Row, Search, View};
use hookstage::store::{Cursor, EventFilter, HistoryFilter, MAX_PAGE};
use hookstage::{Event, EventId, HistoryRow, SourceId, Status, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::answer::{Problem, ok};
use crate::app::App;
use crate::shutdown::Stop;
use crate::{diagnosis, view};

/// Events and deliveries on one page.
const PAGE: usize = 50;

/// Characters of a cell on the page.
const CELL: usize = 80;

/// Rows of an exported file.
const MAX_EXPORTED: usize = 10_000;

/// How long a question for news waits before it is answered that there is none.
const NEWS_PATIENCE: Duration = Duration::from_secs(25);

/// Which rows a page wants.
#[derive(Debug, Deserialize)]
pub(crate) struct Wanted {
    tenant: String,
    #[serde(default)]
    source: Option<String>,
    #[serde(default)]
    status: Option<String>,
    /// Of one event type only.
    #[serde(default)]
    r#type: Option<String>,
    #[serde(default)]
    outcome: Option<String>,
    /// Words that an event must hold.
    #[serde(default)]
    search: Option<String>,
    /// What the page before gave as `next`.
    #[serde(default)]
    after: Option<String>,
    /// `keep`: formulas stay in a file that no spreadsheet opens.
    #[serde(default)]
    formulas: Option<String>,
}

fn given(text: &Option<String>) -> Option<&str> {
    text.as_deref().filter(|text| !text.is_empty())
}

impl Wanted {
    fn source(&self) -> Result<Option<SourceId>, Problem> {
        given(&self.source)
            .map(|name| SourceId::new(&self.tenant, name))
            .transpose()
            .map_err(|error| Problem::bad(error.to_string()))
    }

    /// The inbox, with the columns of its source where one is chosen.
    fn view(&self, app: &App) -> Result<View, Problem> {
        let mut filter = EventFilter::tenant(&self.tenant);
        filter.source = self.source()?;
        filter.status = given(&self.status)
            .map(str::parse::<Status>)
            .transpose()
            .map_err(|error| Problem::bad(error.to_string()))?;
        filter.event_type = given(&self.r#type).map(str::to_owned);
        let source =
            filter.source.as_ref().and_then(|id| app.sources.get(id.tenant(), id.source()));
        let mut view = View::new(filter);
        view.search = self.search.as_deref().and_then(Search::new);
        view.columns = source.map(|source| source.columns().to_vec()).unwrap_or_default();
        (view.rows, view.cell) = (PAGE, CELL);
        Ok(view)
    }
}

/// `GET /api/events`: one page of the inbox, newest first, each with what it would become.
pub(crate) async fn events(
    State(app): State<App>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Problem> {
    let view = wanted.view(&app)?;
    let page = app.engine().inbox(&view, given(&wanted.after)).await?;
    let mut events = Vec::with_capacity(page.rows.len());
    for row in &page.rows {
        let event = app.engine().get(&wanted.tenant, row.id).await?;
        let own = event.as_ref().filter(|_| view.columns.is_empty());
        let own = own.and_then(|event| own_columns(&app, event));
        let mut line = view::row(own.as_ref().unwrap_or(row));
        if let Some(event) = event.filter(|event| event.status == Status::Pending) {
            line["plan"] = view::plan_in_short(&app, &event);
        }
        events.push(line);
    }
    let columns: Vec<String> = view.columns.iter().map(|column| column.path.to_string()).collect();
    let next = page.next.as_ref().map(|token| token.as_str());
    Ok(ok(&json!({
        "events": events, "columns": columns, "next": next, "searched": page.searched,
    })))
}

/// An event by the columns of its own source, where it has any of them.
fn own_columns(app: &App, event: &Event) -> Option<Row> {
    let source = app.sources.get(event.source.tenant(), event.source.source())?;
    let mut row = Row::new(event, source.columns(), CELL);
    row.cells.retain(|cell| cell.kind != "missing");
    (!source.columns().is_empty() && !row.cells.is_empty()).then_some(row)
}

/// `GET /api/events.csv`: what the list shows, whole, as a file for a spreadsheet.
pub(crate) async fn csv(
    State(app): State<App>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Problem> {
    let mut view = wanted.view(&app)?;
    (view.rows, view.cell) = (View::MAX_ROWS, Csv::MAX_CELL);
    let csv = Csv::new(match given(&wanted.formulas) {
        Some("keep") => Formulas::Keep,
        _ => Formulas::Neutralise,
    });
    let mut text = csv.header(&view.columns);
    let (mut after, mut rows) = (None::<String>, 0);
    loop {
        let page = app.engine().inbox(&view, after.as_deref()).await?;
        for row in &page.rows {
            text.push_str(&csv.row(row, &view.columns));
        }
        rows += page.rows.len();
        match page.next {
            Some(token) if rows < MAX_EXPORTED => after = Some(token.to_string()),
            _ => break,
        }
    }
    let mut response = Response::new(Body::from(text));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    let name = HeaderValue::from_static("attachment; filename=\"inbox.csv\"");
    headers.insert(header::CONTENT_DISPOSITION, name);
    Ok(response)
}

/// `GET /api/events/{id}?tenant=`: all that is known of one event.
pub(crate) async fn event(
    State(app): State<App>,
    Path(id): Path<u64>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Problem> {
    let event =
        app.engine().get(&wanted.tenant, EventId::new(id)).await?.ok_or(Problem::Missing)?;
    let deliveries = deliveries_of(&app, &event).await?;
    let records = app.records.list(&wanted.tenant, Some(event.id)).await?;
    let mut detail = view::detail(&event, &deliveries);
    detail["plan"] = view::plan(&app, &event);
    detail["records"] = records.iter().map(view::record).collect();
    Ok(ok(&detail))
}

/// The deliveries that name an event: the one that staged it, and its duplicates.
async fn deliveries_of(app: &App, event: &Event) -> Result<Vec<HistoryRow>, hookstage::Error> {
    let mut filter = HistoryFilter::tenant(event.source.tenant());
    filter.source = Some(event.source.clone());
    filter.since = Some(event.received_at);
    let rows = app.engine().history(&filter, None, MAX_PAGE).await?;
    Ok(rows.into_iter().map(|(_, row)| row).filter(|row| row.event == Some(event.id)).collect())
}

/// `GET /api/deliveries`: one page of the history, refusals included, newest first.
pub(crate) async fn deliveries(
    State(app): State<App>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Problem> {
    let mut filter = HistoryFilter::tenant(&wanted.tenant);
    filter.source = wanted.source()?;
    filter.outcome = given(&wanted.outcome).map(str::to_owned);
    let after = given(&wanted.after).map(place).transpose()?;
    let rows = app.engine().history(&filter, after, PAGE).await?;
    let last = rows.last().filter(|_| rows.len() == PAGE);
    let next = last.map(|(place, _)| format!("{}.{}", place.at.as_unix_millis(), place.number));
    let rows: Vec<Value> = rows.iter().map(|(_, row)| view::delivery(row)).collect();
    let diagnosed = diagnosis::open(&app, &wanted.tenant).await?;
    Ok(ok(&json!({ "deliveries": rows, "next": next, "diagnosed": diagnosed })))
}

/// The last row of the page before, as `milliseconds.number`.
fn place(text: &str) -> Result<Cursor, Problem> {
    let parsed = text.split_once('.').and_then(|(at, number)| {
        let at = Timestamp::from_unix_millis(at.parse().ok()?);
        Some(Cursor { at, number: number.parse().ok()? })
    });
    parsed.ok_or_else(|| Problem::bad("after: milliseconds, a dot, a number"))
}

/// `GET /api/records?tenant=`: what promotion created, newest first.
pub(crate) async fn records(
    State(app): State<App>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Problem> {
    let records = app.records.list(&wanted.tenant, None).await?;
    let records: Vec<Value> = records.iter().map(view::record).collect();
    Ok(ok(&json!({ "records": records })))
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
