//! Sources that are kept in PostgreSQL, and revocation in force there for what is under way.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod common;
#[path = "support/postgres.rs"]
mod postgres;

use std::sync::Arc;
use std::time::Duration;

use common::{body, now, signed_with};
use hookstage::sources::{Seal, SealError, Sources, SourcesError};
use hookstage::store::{EventFilter, PgStore};
use hookstage::{
    Address, AddressKind, ContactResolver, ContactRule, EndpointToken, Engine, Entropy, Identifier,
    IdentifierType, Lifecycle, ManualClock, Outcome, PolicyConfig, Refusal, Resolution,
    ResolveError, Rotation, Secret, SourceConfig, SourceId, json::Path, providers,
};
use postgres::{Async, Server};
use tokio::sync::Barrier;

const OLD: &str = "the-old-secret-of-this-source";
const NEW: &str = "the-new-secret-of-this-source";
const UNDER_WAY: usize = 16;

/// Not encryption: it makes bytes unlike what went in.
struct Mask;

impl Seal for Mask {
    fn seal(&self, place: &[u8], plain: &[u8]) -> Result<Vec<u8>, SealError> {
        Ok(plain.iter().zip(place.iter().cycle()).map(|(byte, mask)| byte ^ mask ^ 0x5a).collect())
    }

    fn open(&self, place: &[u8], sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        self.seal(place, sealed)
    }
}

/// A directory of contacts that holds everyone up between judgement and commit.
struct Waiting {
    judged: Arc<Barrier>,
    revoked: Arc<Barrier>,
}

impl ContactResolver for Waiting {
    async fn resolve(&self, _: &SourceId, _: &Identifier) -> Result<Resolution, ResolveError> {
        self.judged.wait().await;
        self.revoked.wait().await;
        Ok(Resolution::Found { contact: "ada".into() })
    }
}

fn id(name: &str) -> SourceId {
    SourceId::new("acme", name).unwrap()
}

fn config(name: &str) -> SourceConfig {
    let mut config = SourceConfig::preset("acme", name, &providers::COEFFECTION)
        .with_secret(Secret::new(OLD).unwrap());
    config.policy = PolicyConfig::Coeffection;
    config
}

#[test]
fn r_co_24_43_rot_03_sources_in_postgres_and_revocation_of_what_is_under_way() {
    let Some(server) = Server::find("sources") else { return };
    let stores = Async::new(&server);
    let store = stores.open(&stores.schema(), "");
    stores.runtime.block_on(async {
        kept(&store).await;
        raced(&store).await;
    });
}

async fn kept(store: &PgStore) {
    let clock = ManualClock::at(now());
    let engine = Engine::with_clock(store.clone(), clock.clone());
    let sources = Sources::of(&engine).with_seal(Mask);
    let chance: Vec<u8> = (0..32).map(|byte: u8| byte.wrapping_mul(7)).collect();
    let (hash, shown) = EndpointToken::generate(Entropy::new(chance).unwrap());
    let address = shown.reveal(|text| Address::parse(AddressKind::Token, text).unwrap());
    let mut first = config("kept");
    first.token = Some(hash);
    sources.create(first).await.unwrap();
    assert!(matches!(sources.create(config("kept")).await.unwrap_err(), SourcesError::Exists));
    for number in 0..120 {
        let name = format!("more-{number}");
        let config = SourceConfig::preset("acme", name, &providers::UNSIGNED);
        sources.create(config).await.unwrap();
    }
    let page = sources.list("acme", None, 100).await.unwrap();
    let rest = sources.list("acme", page.next, 100).await.unwrap();
    assert_eq!((page.sources.len(), rest.sources.len()), (100, 21));

    // Another process, by the token.
    let other = Sources::of(&Engine::with_clock(store.clone(), clock.clone())).with_seal(Mask);
    let loaded = other.load(&address).await.unwrap().unwrap();
    let hour = Rotation::Overlap { seconds: 3600 };
    sources.rotate_as(&id("kept"), Secret::new(NEW).unwrap(), hour).await.unwrap();
    let revision = loaded.stored.revision();
    let stale = other.update(&id("kept"), revision, loaded.stored.into_config()).await;
    assert!(matches!(stale.unwrap_err(), SourcesError::Changed));
    let loaded = other.load(&address).await.unwrap().unwrap();
    for (number, secret) in [OLD, NEW].into_iter().enumerate() {
        let request =
            signed_with("coeffection", secret, body("coeffection", &format!("kept-{number}")));
        let outcome = receive(&engine, &loaded.source, &request).await;
        assert!(matches!(outcome, Outcome::Staged(_)), "{outcome:?}");
    }
    clock.advance(Duration::from_secs(1));
    assert_eq!(sources.pause(&id("kept")).await.unwrap().lifecycle(), Lifecycle::Paused);
    sources.delete(&id("kept")).await.unwrap();
    assert!(other.get(&address).await.unwrap().is_none());
    let again = sources.create(config("kept")).await.unwrap();
    assert_eq!(again.generation(), 2);
}

async fn raced(store: &PgStore) {
    let clock = ManualClock::at(now());
    let outside = Engine::with_clock(store.clone(), clock.clone());
    let sources = Sources::of(&outside).with_seal(Mask);
    for (round, pauses) in [("rotated", false), ("paused", true)] {
        let mut asking = config(round);
        let path = Path::parse("$.email").unwrap();
        asking.contact = Some(ContactRule::new(IdentifierType::Email, path));
        sources.create(asking).await.unwrap();
        let source = sources.load(&id(round).into()).await.unwrap().unwrap().source;
        let judged = Arc::new(Barrier::new(UNDER_WAY + 1));
        let revoked = Arc::new(Barrier::new(UNDER_WAY + 1));
        let contacts = Waiting { judged: Arc::clone(&judged), revoked: Arc::clone(&revoked) };
        let engine = Engine::with_clock(store.clone(), clock.clone()).with_contacts(contacts);
        let deliveries: Vec<_> = (0..UNDER_WAY)
            .map(|number| {
                let (engine, source) = (engine.clone(), Arc::clone(&source));
                tokio::spawn(async move {
                    let text = body("coeffection", &format!("under-way-{number}"));
                    receive(&engine, &source, &signed_with("coeffection", OLD, text)).await
                })
            })
            .collect();
        judged.wait().await;
        if pauses {
            sources.pause(&id(round)).await.unwrap();
        } else {
            sources.rotate(&id(round), Secret::new(NEW).unwrap()).await.unwrap();
        }
        revoked.wait().await;
        for delivery in deliveries {
            let outcome = delivery.await.unwrap();
            assert_eq!(outcome, Outcome::Refused(Refusal::Superseded), "{round}");
        }
        let mut of_source = EventFilter::tenant("acme");
        of_source.source = Some(id(round));
        assert!(outside.list(&of_source, None, 10).await.unwrap().is_empty(), "{round}");
    }
    println!("postgres: 2 x {UNDER_WAY} deliveries under way, 0 staged");
}

async fn receive(
    engine: &Engine,
    source: &hookstage::Source,
    request: &common::Request,
) -> Outcome {
    let lines: Vec<(&str, &[u8])> =
        request.headers.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
    let head = hookstage::Head::new(request.method, &request.url, &lines);
    let body = request.body.as_deref().unwrap();
    engine.receive(source, &hookstage::Delivery::new(head, body)).await.unwrap().outcome
}
