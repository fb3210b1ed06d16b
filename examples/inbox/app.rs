//! What every request reaches: the engine, the sources, the workflows, and who waits for news.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{any, get, post};
use hookstage::Engine;
use hookstage::promotion::Promoter;
use hookstage::store::{SqliteStore, StoreErrorKind};
use tokio::sync::watch;

use crate::failure::Failure;
use crate::guard::{self, Guard};
use crate::options::Options;
use crate::output::{say, warn};
use crate::records::Records;
use crate::server::reachable;
use crate::shutdown::Stop;
use crate::sources::Sources;
use crate::workflows::Workflows;
use crate::{decide, diagnosis, health, learn, page, receive, review};

/// Shared by all requests; cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct App {
    pub(crate) promoter: Arc<Promoter<Records>>,
    pub(crate) records: Records,
    pub(crate) sources: Arc<Sources>,
    pub(crate) workflows: Arc<Workflows>,
    pub(crate) guard: Arc<Guard>,
    pub(crate) public_url: Arc<str>,
    pub(crate) body_timeout: Duration,
    pub(crate) news: News,
    address: SocketAddr,
}

impl App {
    pub(crate) fn new(
        engine: Engine,
        records: Records,
        sources: Sources,
        workflows: Workflows,
        address: SocketAddr,
        options: &Options,
    ) -> Result<Self, Failure> {
        let public_url = match &options.public_url {
            Some(url) => url.trim_end_matches('/').to_owned(),
            None => format!("http://{}", reachable(address)),
        };
        Ok(Self {
            promoter: Arc::new(Promoter::new(engine, records.clone())),
            records,
            sources: Arc::new(sources),
            workflows: Arc::new(workflows),
            guard: Arc::new(Guard::new(address)?),
            public_url: public_url.into(),
            body_timeout: options.body_timeout,
            news: News::new(),
            address,
        })
    }

    pub(crate) fn engine(&self) -> &Engine {
        self.promoter.engine()
    }

    /// Every route. Deliveries are judged by their sources; everything else by the guard.
    pub(crate) fn router(self, stop: Stop) -> Router {
        let guarded = Router::new()
            .route("/", get(page::html))
            .route("/assets/{name}", get(page::asset))
            .route("/login", post(guard::login))
            .route("/api/sources", get(health::sources))
            .route("/api/events", get(review::events))
            .route("/api/events.csv", get(review::csv))
            .route("/api/events/{id}", get(review::event))
            .route("/api/deliveries", get(review::deliveries))
            .route("/api/news", get(review::news))
            .route("/api/records", get(review::records))
            .route("/api/capture", get(learn::state).post(learn::act))
            .route("/api/diagnose", post(diagnosis::act))
            .route("/api/settle", post(decide::settle))
            .layer(axum::Extension(stop))
            .layer(from_fn_with_state(self.clone(), guard::watch));
        Router::new()
            .route("/in/{tenant}/{source}", any(receive::receive))
            .merge(guarded)
            .with_state(self)
    }

    /// Where everything is, for the operator.
    pub(crate) fn greet(&self, database: &Path) {
        say(format_args!(
            "Inbox on http://{}/   events in {}",
            reachable(self.address),
            database.display()
        ));
        if let Some(token) = self.guard.token() {
            say(format_args!(
                "Others reach {}, so the page asks for this token: {token}",
                self.address
            ));
        }
        for source in self.sources.all() {
            for warning in source.warnings() {
                warn(format_args!("Note: {}: {warning} ({})", source.name(), warning.code()));
            }
        }
    }
}

/// Opens the file and keeps the rows of refusals flowing into it.
pub(crate) fn open(database: &Path) -> Result<Engine, Failure> {
    let store = SqliteStore::open(database).map_err(|error| {
        let advice = match error.kind() {
            StoreErrorKind::Busy => {
                "; another program has it locked: stop it, or give another --db"
            }
            StoreErrorKind::Unavailable => "; does its directory exist, and may you write there?",
            _ => "",
        };
        Failure::of(format!("{} cannot be opened: {error}{advice}", database.display()))
    })?;
    let engine = Engine::new(store);
    let flushing = engine.clone();
    tokio::spawn(async move {
        let mut every = tokio::time::interval(Duration::from_secs(2));
        loop {
            every.tick().await;
            // What could not be written stays for the next round; `close` reports what remains.
            let _ = flushing.flush().await;
        }
    });
    Ok(engine)
}

/// Counts what happened, so that pages know when to look again.
#[derive(Clone, Debug)]
pub(crate) struct News(watch::Sender<u64>);

impl News {
    fn new() -> Self {
        Self(watch::channel(1).0)
    }

    pub(crate) fn publish(&self) {
        self.0.send_modify(|count| *count = count.wrapping_add(1));
    }

    /// The count, as soon as it is another than `seen`.
    pub(crate) async fn after(&self, seen: u64) -> u64 {
        let mut receiver = self.0.subscribe();
        receiver.wait_for(|count| *count != seen).await.map_or(seen, |count| *count)
    }
}
