//! The engine behind hyper alone: `SECRET=... cargo run`, then POST to any path of port 8080.
//!
//! `PUBLIC_ADDRESS` is where senders reach it, `http://127.0.0.1:8080` unless told: some sign it.
#![forbid(unsafe_code)]

use std::convert::Infallible;
use std::sync::Arc;

use hookstage::store::MemoryStore;
use hookstage::{
    Delivery, Engine, HttpHead, PublicAddress, Secret, Source, SourceConfig, providers,
};
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
    let address = address.as_deref().unwrap_or("http://127.0.0.1:8080");
    let address = Arc::new(PublicAddress::new(address)?);
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
    public_address: &PublicAddress,
    request: Request<Incoming>,
) -> Response<Full<Bytes>> {
    let (parts, body) = request.into_parts();
    let head = HttpHead::new(&parts, public_address);
    let head = head.head();
    let limit = match engine.receive_head(source, &head) {
        Ok(limit) => usize::try_from(limit).unwrap_or(usize::MAX),
        Err(receipt) => return receipt.response.into(),
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
        Ok(receipt) => receipt.response.into(),
        Err(fault) => fault.response.into(),
    }
}
