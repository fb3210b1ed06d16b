//! The engine behind hyper alone: `SECRET=... cargo run`, then POST to any path of port 8080.
//!
//! `PUBLIC_ADDRESS` is where senders reach it, `http://127.0.0.1:8080` unless told: some sign it.
#![forbid(unsafe_code)]

use std::convert::Infallible;
use std::sync::Arc;

use hookstage::store::MemoryStore;
use hookstage::{Delivery, Engine, Head, Secret, Source, SourceConfig, providers};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let secret = Secret::new(std::env::var("SECRET")?)?;
    let config = SourceConfig::preset("acme", "stripe", &providers::STRIPE).with_secret(secret);
    let source = Arc::new(Source::new(config)?);
    let engine = Engine::new(MemoryStore::new());
    let address = std::env::var("PUBLIC_ADDRESS");
    let address: Arc<str> = address.as_deref().unwrap_or("http://127.0.0.1:8080").into();
    let listener = TcpListener::bind("127.0.0.1:8080").await?;
    loop {
        let (stream, _) = listener.accept().await?;
        let (engine, source) = (engine.clone(), Arc::clone(&source));
        let address = Arc::clone(&address);
        let service = service_fn(move |request| {
            let (engine, source) = (engine.clone(), Arc::clone(&source));
            let address = Arc::clone(&address);
            async move { Ok::<_, Infallible>(receive(&engine, &source, &address, request).await) }
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .serve_connection(TokioIo::new(stream), service);
        tokio::spawn(async move {
            // A sender that hangs up is no fault of ours.
            let _ = connection.await;
        });
    }
}

async fn receive(
    engine: &Engine,
    source: &Source,
    public_address: &str,
    request: Request<Incoming>,
) -> Response<Full<Bytes>> {
    let (parts, body) = request.into_parts();
    // Every header line, in order: one that stands twice must be seen twice.
    let headers: Vec<(&str, &[u8])> =
        parts.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    // The configured address, never one that the sender chose with `Host`.
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    let url = format!("{public_address}{path}");
    let head = Head::new(parts.method.as_str(), &url, &headers);
    let limit = match engine.receive_head(source, &head) {
        Ok(limit) => usize::try_from(limit).unwrap_or(usize::MAX),
        Err(receipt) => return answer(&receipt.response),
    };
    let read = Limited::new(body, limit).collect();
    let whole = match tokio::time::timeout(std::time::Duration::from_secs(10), read).await {
        Ok(Ok(body)) => Some(body.to_bytes()),
        // Over the limit, which the engine answers; or broken off, where nobody reads an answer.
        Ok(Err(_)) | Err(_) => None,
    };
    let delivery = match &whole {
        Some(body) => Delivery::new(head, body),
        None => Delivery::too_large(head),
    };
    match engine.receive(source, &delivery).await {
        Ok(receipt) => answer(&receipt.response),
        Err(fault) => answer(&fault.response),
    }
}

fn answer(response: &hookstage::Response) -> Response<Full<Bytes>> {
    let mut builder = Response::builder().status(response.status());
    for (name, value) in response.headers() {
        builder = builder.header(name, value);
    }
    builder.body(Full::from(response.body().to_owned())).unwrap_or_default()
}
