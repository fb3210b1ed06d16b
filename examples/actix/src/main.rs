//! The engine behind actix-web: `SECRET=... cargo run`, then POST to any path of port 8080.
//!
//! `PUBLIC_ADDRESS` is where senders reach it, `http://127.0.0.1:8080` unless told: some sign it.
#![forbid(unsafe_code)]

use std::sync::Arc;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::rt::time::timeout;
use actix_web::web::{self, Data, Payload};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use hookstage::store::MemoryStore;
use hookstage::{Delivery, Engine, Head, Secret, Source, SourceConfig, providers};

#[actix_web::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let secret = Secret::new(std::env::var("SECRET")?)?;
    let config = SourceConfig::preset("acme", "stripe", &providers::STRIPE).with_secret(secret);
    let source = Data::from(Arc::new(Source::new(config)?));
    let engine = Data::new(Engine::new(MemoryStore::new()));
    let address = std::env::var("PUBLIC_ADDRESS");
    let address = Data::new(PublicAddress(address.unwrap_or("http://127.0.0.1:8080".to_owned())));
    HttpServer::new(move || {
        App::new()
            .app_data(source.clone())
            .app_data(engine.clone())
            .app_data(address.clone())
            .default_service(web::to(receive))
    })
    .bind("127.0.0.1:8080")?
    .run()
    .await?;
    Ok(())
}

struct PublicAddress(String);

async fn receive(
    engine: Data<Engine>,
    source: Data<Source>,
    address: Data<PublicAddress>,
    request: HttpRequest,
    payload: Payload,
) -> HttpResponse {
    // Every header line, in order: one that stands twice must be seen twice.
    let headers: Vec<(&str, &[u8])> =
        request.headers().iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    // The configured address, never one that the sender chose with `Host`.
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    let url = format!("{}{path}", address.0);
    let head = Head::new(request.method().as_str(), &url, &headers);
    let limit = match engine.receive_head(&**source, &head) {
        Ok(limit) => usize::try_from(limit).unwrap_or(usize::MAX),
        Err(receipt) => return answer(&receipt.response),
    };
    let whole = timeout(Duration::from_secs(10), payload.to_bytes_limited(limit)).await;
    let delivery = match &whole {
        Ok(Ok(Ok(body))) => Delivery::new(head, body),
        // Over the limit, which the engine answers; too slow; or broken off, where nobody reads an
        // answer.
        Ok(Err(_) | Ok(Err(_))) | Err(_) => Delivery::too_large(head),
    };
    match engine.receive(&**source, &delivery).await {
        Ok(receipt) => answer(&receipt.response),
        Err(fault) => answer(&fault.response),
    }
}

fn answer(response: &hookstage::Response) -> HttpResponse {
    let status = StatusCode::from_u16(response.status()).unwrap_or(StatusCode::OK);
    let mut builder = HttpResponse::build(status);
    for (name, value) in response.headers() {
        builder.insert_header((name, value));
    }
    builder.body(response.body().to_owned())
}
