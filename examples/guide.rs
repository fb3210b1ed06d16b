//! The application of the guide: Stripe events are received, looked at by a person, and become
//! contacts. `cargo run --features sqlite --example guide` with `STRIPE_WEBHOOK_SECRET` set.
//!
//! The guide shows parts of this file, so what it shows compiles.

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use hookstage::inbox::View;
use hookstage::promotion::{Order, Promoter, PromotionError, Sink, SinkError};
use hookstage::store::{EventFilter, PurgeRequest, SqliteStore};
use hookstage::workflow::{PlanDigest, SystemFields, Workflow};
use hookstage::{Delivery, Engine, EventId, Head, Secret, Source, SourceConfig, Status, providers};

/// The address that Stripe was given, as it was given.
const PUBLIC_URL: &str = "https://hooks.example.com/webhooks/stripe";

/// What every request reaches.
#[derive(Clone)]
pub(crate) struct App {
    source: Arc<Source>,
    workflow: Arc<Workflow>,
    promoter: Arc<Promoter<Contacts>>,
}

/// Describes the endpoint and opens the store, once.
pub(crate) fn start(secret: &str, database: &str) -> Result<App, Box<dyn Error>> {
    let secret = Secret::new(secret)?;
    let config = SourceConfig::preset("acme", "stripe", &providers::STRIPE).with_secret(secret);
    let source = Source::new(config)?;
    for warning in source.warnings() {
        eprintln!("stripe: {warning}");
    }
    let engine = Engine::new(SqliteStore::open(database)?);

    let workflow = Workflow::new(
        serde_json::from_str(WORKFLOW)?,
        &SystemFields::standard().with("workspace_id"),
    )?;
    let promoter = Promoter::new(engine, Contacts::default());
    Ok(App { source: Arc::new(source), workflow: Arc::new(workflow), promoter: Arc::new(promoter) })
}

/// What a paid invoice becomes.
const WORKFLOW: &str = r#"{
    "version": 1,
    "name": "A paid invoice becomes a contact",
    "trigger": {"event_types": ["invoice.paid"]},
    "steps": [{
        "entity": "contact",
        "fields": {"email": "$event.data.object.customer_email", "is_customer": {"literal": true}},
        "required": ["email"]
    }]
}"#;

/// `POST /webhooks/stripe`
async fn hook(State(app): State<App>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let headers: Vec<(&str, &[u8])> =
        parts.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    let head = Head::new(parts.method.as_str(), PUBLIC_URL, &headers);
    let engine = app.promoter.engine();

    // Before a byte of the body is read: is the signature header there, and how much may come?
    let limit = match engine.receive_head(&*app.source, &head) {
        Ok(limit) => usize::try_from(limit).unwrap_or(usize::MAX),
        Err(receipt) => return answer(&receipt.response),
    };
    // A sender that stops half way is not waited for.
    let reading = tokio::time::timeout(Duration::from_secs(10), axum::body::to_bytes(body, limit));
    let bytes;
    let delivery = match reading.await {
        Ok(Ok(body)) => {
            bytes = body;
            Delivery::new(head, &bytes)
        }
        Ok(Err(_)) => Delivery::too_large(head),
        Err(_) => return StatusCode::REQUEST_TIMEOUT.into_response(),
    };
    match engine.receive(&*app.source, &delivery).await {
        Ok(receipt) => answer(&receipt.response),
        // Ours: a 5xx, and Stripe tries again.
        Err(fault) => answer(&fault.response),
    }
}

/// Sends what the library answers, as it stands.
fn answer(response: &hookstage::Response) -> Response {
    let mut answer = Response::builder().status(response.status());
    for (name, value) in response.headers() {
        answer = answer.header(name, value);
    }
    answer
        .body(Body::from(response.body().to_owned()))
        .unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}

/// `GET /review`: what waits, with what it would become.
async fn review(State(app): State<App>) -> Result<Html<String>, StatusCode> {
    let mut view = View::new(EventFilter::tenant("acme"));
    view.filter.status = Some(Status::Pending);
    let engine = app.promoter.engine();
    let page = engine.inbox(&view, None).await.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
    let mut html = String::new();
    for row in &page.rows {
        for cell in &row.cells {
            // A sender wrote this: `html` escapes it, and nothing prints it by accident.
            html.push_str(&format!("<p>{}: {}</p>", cell.label.html(), cell.text.html()));
        }
        let event = engine.get("acme", row.id).await.ok().flatten();
        match event.map(|event| app.workflow.plan(&event)) {
            Some(Ok(plan)) => html.push_str(&format!(
                "<form method=post action=/review/{}/{}><button>Create {} records</button></form>",
                row.id,
                plan.digest(),
                plan.creations.len()
            )),
            Some(Err(error)) => html.push_str(&format!("<p>No plan: {error}</p>")),
            None => {}
        }
    }
    Ok(Html(html))
}

/// `POST /review/{id}/{plan}`: the plan that was looked at runs, and no other.
async fn promote(
    State(app): State<App>,
    Path((id, plan)): Path<(u64, String)>,
) -> Result<String, (StatusCode, String)> {
    let reviewed: PlanDigest =
        plan.parse().map_err(|_| (StatusCode::BAD_REQUEST, "no plan".to_owned()))?;
    let promoted =
        app.promoter.promote(&app.workflow, "acme", EventId::new(id), Some(reviewed), "ada").await;
    match promoted {
        Ok(promoted) => Ok(format!("created {}", promoted.ids.join(", "))),
        // Another reviewer was faster, or the workflow was changed meanwhile.
        Err(error @ (PromotionError::Busy | PromotionError::Settled(_))) => {
            Err((StatusCode::CONFLICT, error.to_string()))
        }
        Err(error) => Err((StatusCode::UNPROCESSABLE_ENTITY, error.to_string())),
    }
}

/// Your own table of contacts; here, a map. The token is its unique column.
#[derive(Default)]
struct Contacts(Mutex<BTreeMap<String, (String, String)>>);

impl Sink for Contacts {
    async fn find(&self, token: &str) -> Result<Option<String>, SinkError> {
        let contacts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(contacts.get(token).map(|(id, _)| id.clone()))
    }

    async fn create(&self, order: &Order<'_>) -> Result<String, SinkError> {
        let mut contacts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let id = format!("{}-{}", order.entity, contacts.len() + 1);
        let fields: Vec<String> =
            order.fields.iter().map(|(name, json)| format!("{name} = {json}")).collect();
        let record = format!("tenant = {}, {}", order.tenant, fields.join(", "));
        contacts.insert(order.token.to_owned(), (id.clone(), record));
        Ok(id)
    }
}

pub(crate) fn router(app: App) -> Router {
    Router::new()
        .route("/webhooks/stripe", post(hook))
        // Behind your own login, and with your protection against forged requests.
        .route("/review", get(review))
        .route("/review/{id}/{plan}", post(promote))
        .with_state(app)
}

/// Once an hour: what is older than 30 days and was decided goes.
async fn keep_small(engine: &Engine) -> Result<(), hookstage::Error> {
    let month = Duration::from_secs(30 * 24 * 60 * 60);
    while !engine.purge(&PurgeRequest::older_than(month, engine.now())).await?.is_empty() {}
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let secret = std::env::var("STRIPE_WEBHOOK_SECRET")
        .map_err(|_| "set STRIPE_WEBHOOK_SECRET to the signing secret of the endpoint")?;
    let app = start(&secret, "webhooks.db")?;
    let engine = app.promoter.engine().clone();
    let keeping = engine.clone();
    tokio::spawn(async move {
        loop {
            if let Err(error) = keep_small(&keeping).await {
                eprintln!("old events stay for now: {error}");
            }
            tokio::time::sleep(Duration::from_secs(60 * 60)).await;
        }
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
    println!("listening on http://{}", listener.local_addr()?);
    axum::serve(listener, router(app))
        .with_graceful_shutdown(async {
            let _ = tokio::signal::ctrl_c().await;
        })
        .await?;
    // What waits in memory is written, and what was begun is finished.
    engine.close().await?;
    Ok(())
}
