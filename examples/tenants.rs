//! A platform and two of its tenants: endpoints are created, their secrets shown once and kept
//! sealed, rotated with an overlap, and paused.
//!
//! `cargo run --features sqlite --example tenants` tells it as a story and ends by itself. The
//! senders are played by the same program: they know nothing but the URL and the secret that their
//! operator copied.

use std::error::Error;
use std::time::Duration;

use hookstage::scheme::Unsigned;
use hookstage::sources::{BlockingSources, KeyUse, Seal, SealError, StoredSource};
use hookstage::store::{HistoryFilter, SqliteStore};
use hookstage::{
    Address, AddressKind, BlockingEngine, Clock, Delivery, Endpoint, EndpointToken, Entropy, Head,
    Outcome, Policy, PolicyConfig, Rotation, Secret, SecretFormat, SourceConfig, Timestamp,
    UnknownSource, Verifier, providers,
};
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

type Failure = Box<dyn Error>;

/// The route of a platform whose endpoints are known by their token alone.
const ROUTE: &str = "https://hooks.example.com/webhooks/incoming/in/";

fn main() -> Result<(), Failure> {
    let file = std::env::temp_dir().join(format!("hookstage-tenants-{}.db", std::process::id()));
    let result = tell(&file);
    for end in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{end}", file.display()));
    }
    result
}

fn tell(file: &std::path::Path) -> Result<(), Failure> {
    let clock = Hand::new();
    let engine = BlockingEngine::with_clock(SqliteStore::open(file)?, clock.clone());
    let sources = BlockingSources::of(&engine).with_seal(KeyFile::new()?);
    let platform = Platform { engine, sources, unknown: unknown()? };

    println!("1. Two tenants each get an endpoint. URL and secret are shown this once.");
    let mut acme = platform.create("acme")?;
    let globex = platform.create("globex")?;

    println!("\n2. Their systems deliver.");
    platform.deliver("acme, its own secret", &acme, "evt_1", &clock)?;
    platform.deliver("the same again", &acme, "evt_1", &clock)?;
    platform.deliver("globex, the same event id", &globex, "evt_1", &clock)?;
    let crossed = Sender { url: acme.url.clone(), ..globex.clone() };
    platform.deliver("globex' secret at acme's URL", &crossed, "evt_2", &clock)?;

    clock.pass(Duration::from_secs(60));
    println!("\n3. acme rotates. The policy gives the old secret another day.");
    let old = acme.clone();
    let id = hookstage::SourceId::new("acme", "orders")?;
    let (secret, shown) = SecretFormat::text("sk_live_")?.generate(chance()?);
    let stored = platform.sources.rotate(&id, secret)?;
    acme.secret = shown.reveal(str::to_owned);
    println!("   the new secret, shown this once: {}", acme.secret);
    print_keys(&stored);
    clock.pass(Duration::from_secs(60));
    platform.deliver("acme, old secret", &old, "evt_3", &clock)?;
    platform.deliver("acme, new secret", &acme, "evt_4", &clock)?;
    platform.print_use(&acme)?;

    println!("\n4. A day later the overlap is over.");
    clock.pass(Duration::from_secs(24 * 60 * 60));
    platform.deliver("acme, old secret", &old, "evt_5", &clock)?;
    platform.deliver("acme, new secret", &acme, "evt_5", &clock)?;

    println!("\n5. acme pauses its endpoint, and resumes it.");
    let stored = platform.sources.pause(&id)?;
    println!("   {:?}, generation {}", stored.lifecycle(), stored.generation());
    platform.deliver("acme, new secret", &acme, "evt_6", &clock)?;
    let nobody = Sender { url: format!("{ROUTE}{}", "x".repeat(43)), ..acme.clone() };
    platform.deliver("a URL that nobody has", &nobody, "evt_6", &clock)?;
    platform.sources.resume(&id)?;
    platform.deliver("acme, new secret", &acme, "evt_6", &clock)?;

    println!("\n6. What is kept of them, for the platform's own page:");
    for tenant in ["acme", "globex"] {
        for source in platform.sources.list(tenant, None, 10)?.sources {
            println!("   {tenant}/{}, {:?}", source.config().source, source.lifecycle());
            print_keys(&source);
        }
    }
    // What was committed lately stands in the log beside the database.
    let mut stored = std::fs::read(file)?;
    stored.extend(std::fs::read(format!("{}-wal", file.display())).unwrap_or_default());
    let found = [&acme.secret, &old.secret, &globex.secret]
        .iter()
        .filter(|secret| stored.windows(secret.len()).any(|window| window == secret.as_bytes()))
        .count();
    println!(
        "   of 3 secrets, {found} can be read in the {} bytes of the database and its log",
        stored.len()
    );
    platform.engine.close()?;
    Ok(())
}

struct Platform {
    engine: BlockingEngine,
    sources: BlockingSources,
    unknown: UnknownSource,
}

/// What the operator of a sending system copied.
#[derive(Clone)]
struct Sender {
    url: String,
    secret: String,
}

impl Platform {
    fn create(&self, tenant: &str) -> Result<Sender, Failure> {
        let (token, url) = EndpointToken::generate(chance()?);
        let (secret, shown) = SecretFormat::text("sk_live_")?.generate(chance()?);
        let mut policy = Policy::coeffection();
        policy.rotation = Rotation::Overlap { seconds: 24 * 60 * 60 };
        let mut config = SourceConfig::preset(tenant, "orders", &providers::COEFFECTION);
        config.token = Some(token);
        config.policy = PolicyConfig::Custom(Box::new(policy));
        self.sources.create(config.with_secret(secret))?;
        let sender = Sender {
            url: url.reveal(|token| format!("{ROUTE}{token}")),
            secret: shown.reveal(str::to_owned),
        };
        println!(
            "   {tenant}: {}\n   {:width$}  {}",
            sender.url,
            "",
            sender.secret,
            width = tenant.len()
        );
        Ok(sender)
    }

    /// What a route handler does: from the URL to the source, and from the source to the answer.
    fn receive(&self, url: &str, lines: &[(&str, &[u8])], body: &[u8]) -> Result<String, Failure> {
        let path = url.strip_prefix(ROUTE).unwrap_or_default();
        let loaded = match Address::parse(AddressKind::Token, path) {
            Ok(address) => self.sources.load(&address)?,
            Err(_) => None,
        };
        // What nobody has is answered like a forgery, and costs as much.
        let endpoint = match &loaded {
            Some(loaded) => Endpoint::from(&loaded.source),
            None => Endpoint::from(&self.unknown),
        };
        let receipt =
            self.engine.receive(endpoint, &Delivery::new(Head::post(url, lines), body))?;
        let told = match &receipt.outcome {
            Outcome::Staged(id) => format!("staged as event {id}"),
            Outcome::Duplicate { id, .. } => format!("a duplicate of event {id}"),
            Outcome::Refused(why) => {
                format!("refused; only the platform learns why: {}", why.code())
            }
            other => other.as_str().to_owned(),
        };
        Ok(format!("{} ({told})", receipt.response.status()))
    }

    /// Plays the sending system: it signs with the secret that it has.
    fn deliver(&self, who: &str, sender: &Sender, id: &str, clock: &Hand) -> Result<(), Failure> {
        let body = format!(r#"{{"id":"{id}","email":"ada@acme.com"}}"#);
        let secret = Secret::new(sender.secret.clone())?;
        let signer = Verifier::new(providers::COEFFECTION.scheme(), [secret])?;
        let unsigned = Unsigned {
            method: "POST",
            url: &sender.url,
            headers: &[("content-type", b"application/json")],
            body: body.as_bytes(),
            id,
        };
        let signed = signer.sign(&unsigned, clock.now())?;
        let answer = self.receive(&signed.url, &signed.header_lines(), &signed.body)?;
        println!("   {who:<30} {id}  ->  {answer}");
        Ok(())
    }

    /// Whether the rotation could be ended: who still signs with which key.
    fn print_use(&self, sender: &Sender) -> Result<(), Failure> {
        let path = sender.url.strip_prefix(ROUTE).unwrap_or_default();
        let address = Address::parse(AddressKind::Token, path)?;
        let Some(loaded) = self.sources.load(&address)? else { return Ok(()) };
        let mut filter = HistoryFilter::tenant(loaded.source.id().tenant());
        filter.source = Some(loaded.source.id().clone());
        filter.since = Some(loaded.stored.keys_since());
        let rows = self.engine.history(&filter, None, 1000)?;
        let usage = KeyUse::of(&loaded, rows.iter().map(|(_, row)| row));
        if let Some(share) = usage.share_on_old_keys() {
            println!("   since the rotation, {:.0} % came under the old secret", share * 100.0);
        }
        Ok(())
    }
}

fn print_keys(source: &StoredSource) {
    for key in source.keys() {
        let ends = key.ends.map(|ends| format!(", counts until {ends}")).unwrap_or_default();
        println!(
            "   key {} with fingerprint {}, since {}{ends}",
            key.number, key.fingerprint, key.created
        );
    }
}

fn unknown() -> Result<UnknownSource, Failure> {
    Ok(UnknownSource::like(providers::COEFFECTION.scheme(), Policy::coeffection())?)
}

fn chance() -> Result<Entropy, Failure> {
    let mut bytes = vec![0; 32];
    getrandom::fill(&mut bytes)?;
    Ok(Entropy::new(bytes)?)
}

/// ChaCha20-Poly1305 (RFC 8439) under one key, with a random nonce in front of each sealed secret.
/// A platform takes the key from its key management system; this example throws it away at its end.
struct KeyFile(LessSafeKey);

impl KeyFile {
    fn new() -> Result<Self, Failure> {
        let mut key = [0; 32];
        getrandom::fill(&mut key)?;
        let key = UnboundKey::new(&CHACHA20_POLY1305, &key).map_err(|_| "the key has 32 bytes")?;
        Ok(Self(LessSafeKey::new(key)))
    }
}

impl Seal for KeyFile {
    fn seal(&self, place: &[u8], plain: &[u8]) -> Result<Vec<u8>, SealError> {
        let mut nonce = [0; NONCE_LEN];
        getrandom::fill(&mut nonce).map_err(|error| SealError::new(error.to_string()))?;
        let mut sealed = plain.to_vec();
        let unique = Nonce::assume_unique_for_key(nonce);
        self.0
            .seal_in_place_append_tag(unique, Aad::from(place), &mut sealed)
            .map_err(|_| SealError::new("the cipher failed"))?;
        Ok([&nonce[..], &sealed].concat())
    }

    fn open(&self, place: &[u8], sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let refuse = || SealError::new("not sealed by this key for this source");
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_LEN>().ok_or_else(refuse)?;
        let mut opened = sealed.to_vec();
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let plain = self.0.open_in_place(nonce, Aad::from(place), &mut opened);
        let length = plain.map_err(|_| refuse())?.len();
        opened.truncate(length);
        Ok(opened)
    }
}

/// The clock of this story, moved by hand so that a day does not take one.
#[derive(Clone)]
struct Hand(std::sync::Arc<std::sync::atomic::AtomicI64>);

impl Hand {
    fn new() -> Self {
        // 22 November 2026, noon.
        Self(std::sync::Arc::new(1_795_348_800_000.into()))
    }

    fn pass(&self, time: Duration) {
        let millis = i64::try_from(time.as_millis()).unwrap_or_default();
        self.0.fetch_add(millis, std::sync::atomic::Ordering::SeqCst);
    }
}

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix_millis(self.0.load(std::sync::atomic::Ordering::SeqCst))
    }
}
