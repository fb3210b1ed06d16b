//! Sources that are kept: what is stored of them, their life, and revocation in force for what is
//! under way. Over memory and, with its feature, SQLite; PostgreSQL has a file of its own.
#![cfg(feature = "test-util")]

#[path = "support/around.rs"]
mod around;
mod common;
#[cfg(feature = "sqlite")]
#[path = "support/directory.rs"]
mod directory;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Barrier, Mutex};
use std::time::Duration;

use around::{Around, Surrounded};
use common::{body, lost, now, signed_with};
use hookstage::sources::{
    BlockingSources, KeyUse, LoadedSource, Seal, SealError, Sources, SourcesError, StoredSource,
};
use hookstage::store::{
    BlockingStore, EventFilter, HistoryFilter, MemoryStore, Put, PutState, StoreError,
    StoreErrorKind,
};
use hookstage::{
    Address, AddressKind, BlockingEngine, ContactRule, EndpointId, EndpointToken, Engine, Entropy,
    IdentifierType, KeyConfig, Lifecycle, ManualClock, Outcome, Policy, PolicyConfig, Receipt,
    Refusal, Resolution, Rotation, Secret, SecretFormat, SourceConfig, SourceId, json::Path,
    providers,
};

/// Not encryption: it only makes bytes unlike what went in, and remembers for which place.
#[derive(Clone)]
struct Mask;

impl Mask {
    fn stream(place: &[u8]) -> impl Iterator<Item = u8> {
        use sha2::{Digest, Sha256};
        let block: [u8; 32] = Sha256::digest(place).into();
        block.into_iter().cycle()
    }
}

impl Seal for Mask {
    fn seal(&self, place: &[u8], plain: &[u8]) -> Result<Vec<u8>, SealError> {
        let mut sealed = vec![plain.len() as u8];
        sealed.extend(plain.iter().zip(Self::stream(place)).map(|(byte, mask)| byte ^ mask));
        sealed.extend(Self::stream(place).take(4));
        Ok(sealed)
    }

    fn open(&self, place: &[u8], sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let (plain, tag) = sealed[1..].split_at(usize::from(sealed[0]));
        if !tag.iter().copied().eq(Self::stream(place).take(4)) {
            return Err(SealError::new("sealed for another place"));
        }
        Ok(plain.iter().zip(Self::stream(place)).map(|(byte, mask)| byte ^ mask).collect())
    }
}

fn entropy() -> Entropy {
    static NEXT: AtomicU8 = AtomicU8::new(0);
    let seed = NEXT.fetch_add(1, Ordering::Relaxed);
    Entropy::new((0..32).map(|byte: u8| byte.wrapping_mul(7) ^ seed).collect::<Vec<u8>>()).unwrap()
}

fn secret(text: &str) -> Secret {
    Secret::new(text).unwrap()
}

const OLD: &str = "the-old-secret-of-this-source";
const NEW: &str = "the-new-secret-of-this-source";
const NEWER: &str = "the-newer-secret-of-this-source";

fn id() -> SourceId {
    SourceId::new("acme", "in").unwrap()
}

/// Coeffection-like: signed, with a secret of the old kind.
fn config() -> SourceConfig {
    let mut config =
        SourceConfig::preset("acme", "in", &providers::COEFFECTION).with_secret(secret(OLD));
    config.policy = PolicyConfig::Coeffection;
    config
}

fn with_overlap(seconds: u32) -> SourceConfig {
    let mut config = config();
    let mut policy = Policy::coeffection();
    policy.rotation = Rotation::Overlap { seconds };
    config.policy = PolicyConfig::Custom(Box::new(policy));
    config
}

struct World {
    engine: BlockingEngine,
    sources: BlockingSources,
    clock: ManualClock,
}

impl World {
    fn over(store: impl BlockingStore) -> Self {
        let clock = ManualClock::at(now());
        let engine = BlockingEngine::with_clock(store, clock.clone());
        let sources = BlockingSources::of(&engine).with_seal(Mask);
        Self { engine, sources, clock }
    }

    fn new() -> Self {
        Self::over(MemoryStore::new())
    }

    fn load(&self) -> LoadedSource {
        self.sources.load(&id().into()).unwrap().unwrap()
    }

    /// What becomes of a delivery that is signed with a secret, for the source as it is now.
    fn receive(&self, secret: &str, number: &str) -> Receipt {
        let time = self.clock_seconds();
        let request = common::signed_at("coeffection", secret, time, body("coeffection", number));
        common::receive(&self.engine, &self.load().source, &request)
    }

    fn accepts(&self, secret: &str, number: &str) -> bool {
        matches!(self.receive(secret, number).outcome, Outcome::Staged(_))
    }

    fn clock_seconds(&self) -> i64 {
        self.engine.now().as_unix_seconds()
    }
}

/// Runs a test over every store that this build has.
fn everywhere(test: impl Fn(World)) {
    test(World::new());
    #[cfg(feature = "sqlite")]
    {
        let file = File::new();
        test(World::over(file.open()));
    }
}

/// A database file that is gone when it is dropped.
#[cfg(feature = "sqlite")]
struct File(directory::Directory);

#[cfg(feature = "sqlite")]
impl File {
    fn new() -> Self {
        Self(directory::Directory::new("sources"))
    }

    fn open(&self) -> hookstage::store::SqliteStore {
        hookstage::store::SqliteStore::open(self.0.file("a.db")).unwrap()
    }

    fn all(&self) -> Vec<std::path::PathBuf> {
        ["a.db", "a.db-wal", "a.db-shm"].map(|name| self.0.file(name)).into()
    }
}

fn numbers(stored: &StoredSource) -> Vec<u32> {
    stored.keys().iter().map(|key| key.number).collect()
}

// Keeping.

#[test]
fn r_co_13_r_wx_6_log_08_after_creation_only_fingerprint_and_times_are_told() {
    everywhere(|world| {
        let (secret, shown) = SecretFormat::text("sk_live_").unwrap().generate(entropy());
        let mut config = SourceConfig::preset("acme", "in", &providers::COEFFECTION);
        config = config.with_secret(secret);
        let created = world.sources.create(config).unwrap();
        let text = shown.reveal(str::to_owned);

        assert_eq!(created.keys().len(), 1);
        let key = &created.keys()[0];
        assert_eq!((key.number, key.created, key.ends), (1, now(), None));
        assert_eq!(
            key.fingerprint,
            hookstage::scheme::Fingerprint::of(&Secret::new(text.clone()).unwrap())
        );
        // The text works, and nothing that is read back holds it.
        assert!(world.accepts(&text, "1"));
        let loaded = world.load();
        let got = world.sources.get(&id().into()).unwrap().unwrap();
        let listed = world.sources.list("acme", None, 10).unwrap();
        let outputs = [
            format!("{created:?} {created:#?} {loaded:?} {got:?} {listed:?} {:?}", world.sources),
            serde_json::to_string(&got).unwrap(),
            serde_json::to_string(got.config()).unwrap(),
        ];
        for output in outputs {
            for form in [text.clone(), hex::encode(&text), text["sk_live_".len()..].to_owned()] {
                assert!(!output.contains(&form), "{output}");
            }
        }
    });
}

#[test]
fn r_co_24_r_cm_5_r_sy_5_r_wx_3_a_source_is_found_by_each_of_its_addresses() {
    everywhere(|world| {
        let mut config = config();
        let (hash, shown) = EndpointToken::generate(entropy());
        let endpoint = EndpointId::generate(entropy());
        config.token = Some(hash);
        config.endpoint = Some(endpoint);
        world.sources.create(config).unwrap();
        let token = shown.reveal(str::to_owned);
        let addresses = [
            Address::parse(AddressKind::Named, "acme/in").unwrap(),
            Address::parse(AddressKind::Token, &token).unwrap(),
            Address::parse(AddressKind::Id, &endpoint.to_string()).unwrap(),
        ];
        for address in &addresses {
            let loaded = world.sources.load(address).unwrap().unwrap();
            assert_eq!(loaded.source.id(), &id(), "{address:?}");
            assert!(loaded.source.answers_to(address));
        }
        for unknown in [
            SourceId::new("other", "in").unwrap().into(),
            SourceId::new("acme", "out").unwrap().into(),
            EndpointId::generate(entropy()).into(),
            EndpointToken::parse(&"t".repeat(43)).unwrap().into(),
            // The hash is no token.
            EndpointToken::parse(&hash.to_hex()).unwrap().into(),
        ] {
            assert!(world.sources.get(&unknown).unwrap().is_none(), "{unknown:?}");
        }

        // Another tenant cannot take a token or id that is in use.
        let mut thief = SourceConfig::preset("other", "in", &providers::UNSIGNED);
        thief.token = Some(hash);
        let error = world.sources.create(thief).unwrap_err();
        assert!(matches!(error, SourcesError::AddressTaken), "{error}");
        let mut thief = SourceConfig::preset("other", "in", &providers::UNSIGNED);
        thief.endpoint = Some(endpoint);
        assert!(matches!(world.sources.create(thief).unwrap_err(), SourcesError::AddressTaken));
        world.clock.advance(Duration::from_secs(3600));
        let mut thief = SourceConfig::preset("other", "in", &providers::UNSIGNED);
        thief.token = Some(hash);
        assert!(matches!(world.sources.create(thief).unwrap_err(), SourcesError::AddressTaken));
        for address in &addresses {
            assert!(world.sources.get(address).unwrap().is_some(), "{address:?}");
        }

        // A new token: the old URL leads nowhere.
        let (next, shown) = EndpointToken::generate(entropy());
        let stored = world.sources.set_token(&id(), Some(next)).unwrap();
        assert_eq!(stored.generation(), 1, "the old URL counts for nothing under way either");
        assert!(world.sources.get(&addresses[1]).unwrap().is_none());
        let address = shown.reveal(|text| Address::parse(AddressKind::Token, text).unwrap());
        assert!(world.sources.get(&address).unwrap().is_some());
        world.sources.set_token(&id(), None).unwrap();
        assert!(world.sources.get(&address).unwrap().is_none());
        assert!(world.sources.get(&addresses[0]).unwrap().is_some());
    });
}

#[test]
fn a_name_is_taken_once_and_every_fault_of_settings_is_told() {
    everywhere(|world| {
        world.sources.create(config()).unwrap();
        assert!(matches!(world.sources.create(config()).unwrap_err(), SourcesError::Exists));
        let mut bad = SourceConfig::preset("acme", "other", &providers::GITHUB);
        bad.limits.headers = 0;
        bad.name = "\n".into();
        let error = world.sources.create(bad).unwrap_err();
        let SourcesError::Config(error) = error else { panic!("{error}") };
        let at: Vec<&str> = error.faults().iter().map(|fault| fault.at()).collect();
        assert_eq!(at, ["limits.headers", "name", "keys"]);
        // Nothing of it is kept.
        let other = SourceId::new("acme", "other").unwrap();
        assert!(world.sources.get(&other.into()).unwrap().is_none());
        assert_eq!(world.sources.list("acme", None, 10).unwrap().sources.len(), 1);
        let mut nameless = SourceConfig::preset("acme", "", &providers::GITHUB);
        nameless.keys = vec![secret(OLD).into()];
        let SourcesError::Config(error) = world.sources.create(nameless).unwrap_err() else {
            panic!()
        };
        assert_eq!(error.faults()[0].at(), "source");
    });
}

#[test]
fn secrets_are_kept_sealed_or_not_at_all() {
    everywhere(|world| {
        let unsealed = BlockingSources::of(&world.engine);
        assert!(matches!(unsealed.create(config()).unwrap_err(), SourcesError::NoSeal));
        assert!(unsealed.get(&id().into()).unwrap().is_none());

        // A seal that is none.
        struct Open;
        impl Seal for Open {
            fn seal(&self, _: &[u8], plain: &[u8]) -> Result<Vec<u8>, SealError> {
                Ok([b"v1:".as_slice(), plain].concat())
            }
            fn open(&self, _: &[u8], sealed: &[u8]) -> Result<Vec<u8>, SealError> {
                Ok(sealed[3..].to_vec())
            }
        }
        struct Base64;
        impl Seal for Base64 {
            fn seal(&self, _: &[u8], plain: &[u8]) -> Result<Vec<u8>, SealError> {
                use base64::Engine as _;
                Ok(base64::engine::general_purpose::STANDARD.encode(plain).into_bytes())
            }
            fn open(&self, _: &[u8], _: &[u8]) -> Result<Vec<u8>, SealError> {
                Err(SealError::new("never asked"))
            }
        }
        let open = BlockingSources::of(&world.engine).with_seal(Open);
        assert!(matches!(open.create(config()).unwrap_err(), SourcesError::NotSealed));
        let coded = BlockingSources::of(&world.engine).with_seal(Base64);
        assert!(matches!(coded.create(config()).unwrap_err(), SourcesError::NotSealed));

        // A seal that fails, and says why without the secret.
        struct Broken;
        impl Seal for Broken {
            fn seal(&self, _: &[u8], _: &[u8]) -> Result<Vec<u8>, SealError> {
                Err(SealError::new("the key management system is away"))
            }
            fn open(&self, _: &[u8], _: &[u8]) -> Result<Vec<u8>, SealError> {
                Err(SealError::new("the key management system is away"))
            }
        }
        let broken = BlockingSources::of(&world.engine).with_seal(Broken);
        let error = broken.create(config()).unwrap_err();
        assert!(matches!(error, SourcesError::Seal(_)) && !error.to_string().contains(OLD));

        // With one: read without it, it can be looked at and paused, and not loaded.
        world.sources.create(config()).unwrap();
        assert!(unsealed.get(&id().into()).unwrap().is_some());
        assert!(matches!(unsealed.load(&id().into()).unwrap_err(), SourcesError::NoSeal));
        assert!(matches!(broken.load(&id().into()).unwrap_err(), SourcesError::Seal(_)));
        assert_eq!(unsealed.pause(&id()).unwrap().lifecycle(), Lifecycle::Paused);

        // No secret, no seal.
        let forms = SourceConfig::preset("acme", "forms", &providers::UNSIGNED);
        unsealed.create(forms).unwrap();
        let forms = SourceId::new("acme", "forms").unwrap();
        assert!(unsealed.load(&forms.into()).unwrap().is_some());
    });
}

#[test]
fn r_wx_12_a_hash_is_kept_where_the_sender_shows_the_secret() {
    everywhere(|world| {
        let unsealed = BlockingSources::of(&world.engine);
        let (secret, shown) = SecretFormat::text("").unwrap().generate(entropy());
        let mut config = SourceConfig::preset("acme", "in", &providers::WEXIO_SHARED_SECRET)
            .with_key(KeyConfig::hashed(secret.sha256()));
        config.policy = PolicyConfig::Standard;
        unsealed.create(config).unwrap();
        let loaded = unsealed.load(&id().into()).unwrap().unwrap();
        let text = shown.reveal(str::to_owned);
        let request = |shown: &str| signed_with("wexio", shown, body("wexio", "1"));
        let receipt = common::receive(&world.engine, &loaded.source, &request("another"));
        assert!(matches!(receipt.outcome, Outcome::Refused(Refusal::Mismatch { .. })));
        let receipt = common::receive(&world.engine, &loaded.source, &request(&text));
        assert!(matches!(receipt.outcome, Outcome::Staged(_)), "{receipt:?}");
    });
}

/// A secret that is copied to another row of the table does not open there.
#[test]
fn a_sealed_secret_belongs_to_its_source() {
    let store = MemoryStore::new();
    let world = World::over(store.clone());
    world.sources.create(config()).unwrap();
    let mut other = config();
    other.source = "other".into();
    other.keys = vec![secret(NEW).into()];
    world.sources.create(other).unwrap();
    let read = |name: &str| {
        BlockingStore::state(&store, "source", &format!("acme\u{1f}{name}"), now())
            .unwrap()
            .unwrap()
    };
    let mine = String::from_utf8(read("in").bytes).unwrap();
    let theirs = read("other");
    let sealed = |text: &str| {
        let record: serde_json::Value = serde_json::from_str(text).unwrap();
        record["source"]["live"]["keys"][0]["kept"]["sealed"].as_str().unwrap().to_owned()
    };
    let theirs_text = String::from_utf8(theirs.bytes).unwrap();
    let mixed = theirs_text.replace(&sealed(&theirs_text), &sealed(&mine));
    let put = PutState {
        namespace: "source".into(),
        key: "acme\u{1f}other".into(),
        expected: Some(theirs.version),
        bytes: Some(mixed.into_bytes()),
        expires: None,
    };
    assert!(matches!(BlockingStore::put_if(&store, put, now()).unwrap(), Put::Done { .. }));
    let other = SourceId::new("acme", "other").unwrap();
    assert!(matches!(world.sources.load(&other.into()).unwrap_err(), SourcesError::Seal(_)));
}

/// The file and its log, byte for byte, hold the secret in no form.
#[cfg(feature = "sqlite")]
#[test]
fn r_cm_5_log_08_the_database_never_holds_a_secret_or_a_token() {
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
    let file = File::new();
    let world = World::over(file.open());
    let mut canaries: Vec<String> = vec![OLD.into(), NEW.into()];
    let mut config = with_overlap(3600);
    let (hash, shown) = EndpointToken::generate(entropy());
    config.token = Some(hash);
    config.stored_headers.push("x-debug".into());
    world.sources.create(config).unwrap();
    let token = shown.reveal(str::to_owned);
    let (generated, shown) = SecretFormat::text("sk_live_").unwrap().generate(entropy());
    world.sources.rotate(&id(), secret(NEW)).unwrap();
    world.sources.rotate(&id(), generated).unwrap();
    canaries.push(shown.reveal(str::to_owned));
    // Deliveries under each, refused and genuine, with a secret where it does not belong.
    for canary in &canaries.clone() {
        for value in [canary.clone(), STANDARD.encode(canary), hex::encode(canary)] {
            let request = signed_with("coeffection", canary, body("coeffection", &value[..8]))
                .with("X-Debug", value)
                .with("X-Request-Id", canary.as_str());
            let _ = common::receive(&world.engine, &world.load().source, &request);
        }
    }
    canaries.push(token);
    world.engine.flush().unwrap();
    let stored: Vec<u8> = file.all().iter().flat_map(|file| std::fs::read(file).unwrap()).collect();
    assert!(stored.len() > 20_000, "{}", stored.len());
    let finds = |needle: &[u8]| stored.windows(needle.len()).any(|window| window == needle);
    assert!(finds(b"x-webhook-signature") && finds(b"acme"), "the search works");
    assert!(finds(hash.to_hex().as_bytes()), "what is kept of the token is there");
    for canary in &canaries {
        let bare = canary.trim_start_matches("sk_live_");
        for text in [canary.as_str(), bare] {
            let middle = &STANDARD.encode(text)[..text.len() / 3 * 4];
            for form in [
                text.to_owned(),
                hex::encode(text),
                hex::encode_upper(text),
                middle.to_owned(),
                URL_SAFE_NO_PAD.encode(text),
            ] {
                assert!(!finds(form.as_bytes()), "{form} stands in the file");
            }
        }
    }
    println!("{} bytes searched for {} canaries in 5 forms", stored.len(), canaries.len());
}

/// What this release writes, every later one reads.
#[test]
fn golden_records_load_and_are_written_alike() {
    let record = include_str!("golden/source-record-1.json");
    let deleted = include_str!("golden/source-record-1-deleted.json");
    let store = MemoryStore::new();
    let world = World::over(store.clone());
    let read = || {
        let state = BlockingStore::state(&store, "source", "acme\u{1f}in", now()).unwrap().unwrap();
        (state.version, serde_json::from_slice::<serde_json::Value>(&state.bytes).unwrap())
    };
    let parsed = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();

    // Written.
    let mut config = with_overlap(3600);
    config.token = Some(EndpointToken::parse(&"t".repeat(43)).unwrap().hash());
    config.endpoint = Some("6fa459ea-ee8a-4ca4-894e-db77e160355e".parse().unwrap());
    world.sources.create(config).unwrap();
    world.clock.advance(Duration::from_secs(60));
    world.sources.rotate(&id(), KeyConfig::new(secret(NEW)).with_id("key-2")).unwrap();
    let (version, written) = read();
    if std::env::var_os("HOOKSTAGE_SHOW_GOLDEN").is_some() {
        println!("record: {}", serde_json::to_string_pretty(&written).unwrap());
    }
    assert_eq!(lost(&parsed(record), &written, ""), Vec::<String>::new());
    world.sources.delete(&id()).unwrap();
    let (_, written) = read();
    if std::env::var_os("HOOKSTAGE_SHOW_GOLDEN").is_some() {
        println!("deleted: {}", serde_json::to_string_pretty(&written).unwrap());
    }
    assert_eq!(written, parsed(deleted));

    // Read, by another process.
    let put = |bytes: &str, expected: Option<u64>| {
        let put = PutState {
            namespace: "source".into(),
            key: "acme\u{1f}in".into(),
            expected,
            bytes: Some(bytes.as_bytes().to_vec()),
            expires: None,
        };
        assert!(matches!(BlockingStore::put_if(&store, put, now()).unwrap(), Put::Done { .. }));
    };
    put(record, Some(version + 1));
    let loaded = world.load();
    assert_eq!(numbers(&loaded.stored), [2, 1]);
    assert_eq!(loaded.stored.keys()[0].id.as_deref(), Some("key-2"));
    assert_eq!(loaded.source.verifier().fingerprints().count(), 2);

    // What is not of this version is not guessed at.
    let (version, _) = read();
    put(&record.replacen("\"v\": 1", "\"v\": 2", 1), Some(version));
    let SourcesError::Store(error) = world.sources.get(&id().into()).unwrap_err() else { panic!() };
    assert_eq!(error.kind(), StoreErrorKind::Corrupt);
    for text in ["", "{}", "null", r#"{"v":1,"source":{}}"#, r#"{"v":1,"source":{"live":{}}}"#] {
        let (version, _) = (
            BlockingStore::state(&store, "source", "acme\u{1f}in", now()).unwrap().unwrap().version,
            (),
        );
        put(text, Some(version));
        assert!(world.sources.get(&id().into()).is_err(), "{text}");
    }
}

// Listing.

#[test]
fn the_sources_of_a_tenant_are_listed_once_each_over_any_pages() {
    everywhere(|world| {
        let unsigned =
            |tenant: &str, name: &str| SourceConfig::preset(tenant, name, &providers::UNSIGNED);
        let mut expected = BTreeSet::new();
        for number in 0..230 {
            // Out of order, so that pages are filled in the middle.
            let name = format!("source-{:03}", (number * 77) % 230);
            world.sources.create(unsigned("acme", &name)).unwrap();
            expected.insert(name);
        }
        world.sources.create(unsigned("other", "theirs")).unwrap();
        for gone in ["source-000", "source-111", "source-229"] {
            world.sources.delete(&SourceId::new("acme", gone).unwrap()).unwrap();
            expected.remove(gone);
        }
        for limit in [1, 7, 100, 1000] {
            let (mut seen, mut after, mut pages) = (Vec::new(), None, 0);
            loop {
                let page = world.sources.list("acme", after, limit).unwrap();
                assert!(page.sources.len() <= limit.min(100));
                seen.extend(page.sources.iter().map(|one| one.config().source.clone()));
                pages += 1;
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
            assert_eq!(seen.len(), expected.len(), "limit {limit}, {pages} pages");
            assert_eq!(seen.iter().cloned().collect::<BTreeSet<_>>(), expected);
        }
        let other = world.sources.list("other", None, 10).unwrap();
        assert_eq!(other.sources.len(), 1);
        for nobody in ["", "nobody", "acme\u{1f}0"] {
            assert!(world.sources.list(nobody, None, 10).unwrap().sources.is_empty());
        }
        // A name that is free again is taken again, and listed again.
        world.sources.create(unsigned("acme", "source-111")).unwrap();
        let page = world.sources.list("acme", None, 1000).unwrap();
        assert!(page.next.is_some());
    });
}

#[test]
fn of_many_who_create_the_same_source_one_does_and_all_others_are_listed() {
    everywhere(|world| {
        let barrier = Barrier::new(8);
        let created = Mutex::new(0);
        std::thread::scope(|scope| {
            for thread in 0..8 {
                let (world, barrier, created) = (&world, &barrier, &created);
                scope.spawn(move || {
                    barrier.wait();
                    if world.sources.create(config()).is_ok() {
                        *created.lock().unwrap() += 1;
                    }
                    for number in 0..5 {
                        let name = format!("{thread}-{number}");
                        let config = SourceConfig::preset("acme", name, &providers::UNSIGNED);
                        world.sources.create(config).unwrap();
                    }
                });
            }
        });
        assert_eq!(*created.lock().unwrap(), 1);
        let page = world.sources.list("acme", None, 100).unwrap();
        let names: BTreeSet<&str> =
            page.sources.iter().map(|one| one.config().source.as_str()).collect();
        assert_eq!((page.sources.len(), names.len()), (41, 41));
    });
}

// Changing.

#[test]
fn an_update_overwrites_nothing_that_its_author_has_not_seen() {
    everywhere(|world| {
        let first = world.sources.create(config()).unwrap();
        let revision = first.revision();
        let mut changed = first.into_config();
        changed.name = "Renamed".into();
        let second = world.sources.update(&id(), revision, changed).unwrap();
        assert_eq!((second.config().name.as_str(), second.generation()), ("Renamed", 0));
        assert_ne!(second.revision(), revision);

        let late = world.sources.get(&id().into()).unwrap().unwrap().into_config();
        let error = world.sources.update(&id(), revision, late).unwrap_err();
        assert!(matches!(error, SourcesError::Changed), "{error}");

        let current = |world: &World| world.sources.get(&id().into()).unwrap().unwrap();
        let mut with_key = current(&world).into_config();
        with_key.keys.push(secret(NEW).into());
        let revision = current(&world).revision();
        let error = world.sources.update(&id(), revision, with_key).unwrap_err();
        assert!(matches!(error, SourcesError::KeysInUpdate), "{error}");
        let mut moved = current(&world).into_config();
        moved.source = "elsewhere".into();
        let error = world.sources.update(&id(), revision, moved).unwrap_err();
        assert!(matches!(error, SourcesError::Renamed), "{error}");
        let mut bad = current(&world).into_config();
        bad.limits.url = 0;
        let error = world.sources.update(&id(), revision, bad).unwrap_err();
        assert!(matches!(error, SourcesError::Config(_)), "{error}");
        assert_eq!(current(&world).revision(), revision, "nothing was changed");
        assert!(world.accepts(OLD, "1"), "and its secret is still there");

        // A generation that is not ours, and addresses, are not taken from settings.
        let mut raised = current(&world).into_config();
        raised.generation = 99;
        raised.token = Some(EndpointToken::generate(entropy()).0);
        let stored = world.sources.update(&id(), revision, raised).unwrap();
        assert_eq!((stored.generation(), stored.config().token), (0, None));

        // What admits less holds for what is under way.
        let mut narrowed = current(&world).into_config();
        narrowed.addresses = Some(hookstage::AddressList::new(["203.0.113.0/24"]).unwrap());
        let revision = current(&world).revision();
        assert_eq!(world.sources.update(&id(), revision, narrowed).unwrap().generation(), 1);
        let mut paused = current(&world).into_config();
        paused.lifecycle = Lifecycle::Paused;
        paused.addresses = None;
        let revision = current(&world).revision();
        let paused = world.sources.update(&id(), revision, paused).unwrap();
        assert_eq!(paused.generation(), 2, "two reasons are one step");
    });
}

#[test]
fn r_sy_22_35_r_wx_52_r_co_43_a_source_is_drafted_published_paused_and_resumed() {
    everywhere(|world| {
        let mut draft = config();
        draft.lifecycle = Lifecycle::Draft;
        assert_eq!(world.sources.create(draft).unwrap().lifecycle(), Lifecycle::Draft);
        assert!(!world.accepts(OLD, "1"));
        let error = world.sources.pause(&id()).unwrap_err();
        assert!(matches!(
            error,
            SourcesError::Lifecycle { from: Lifecycle::Draft, to: Lifecycle::Paused }
        ));
        assert!(world.sources.resume(&id()).is_err());

        let published = world.sources.publish(&id()).unwrap();
        assert_eq!((published.lifecycle(), published.generation()), (Lifecycle::Active, 0));
        assert!(world.accepts(OLD, "1"));
        let again = world.sources.publish(&id()).unwrap();
        assert_eq!(again.revision(), published.revision(), "nothing to be done, nothing written");

        let paused = world.sources.pause(&id()).unwrap();
        assert_eq!((paused.lifecycle(), paused.generation()), (Lifecycle::Paused, 1));
        assert!(!world.accepts(OLD, "2"));
        assert_eq!(world.sources.pause(&id()).unwrap().generation(), 1);
        let error = world.sources.publish(&id()).unwrap_err();
        assert!(matches!(error, SourcesError::Lifecycle { .. }), "a paused source is resumed");

        let resumed = world.sources.resume(&id()).unwrap();
        assert_eq!((resumed.lifecycle(), resumed.generation()), (Lifecycle::Active, 1));
        assert!(world.accepts(OLD, "2"));

        // Saved as a draft again.
        let mut draft = resumed.into_config();
        draft.lifecycle = Lifecycle::Draft;
        let revision = world.sources.get(&id().into()).unwrap().unwrap().revision();
        assert_eq!(world.sources.update(&id(), revision, draft).unwrap().generation(), 2);
        assert!(!world.accepts(OLD, "3"));

        let nobody = SourceId::new("acme", "nobody").unwrap();
        assert!(matches!(world.sources.pause(&nobody).unwrap_err(), SourcesError::Missing));
    });
}

#[test]
fn a_deleted_source_is_gone_and_one_that_comes_back_stages_again() {
    everywhere(|world| {
        let mut config_with_token = config();
        let (hash, shown) = EndpointToken::generate(entropy());
        config_with_token.token = Some(hash);
        world.sources.create(config_with_token).unwrap();
        assert!(world.accepts(OLD, "1"));
        let cached = world.load().source;
        world.sources.delete(&id()).unwrap();
        assert!(world.sources.get(&id().into()).unwrap().is_none());
        let address = shown.reveal(|text| Address::parse(AddressKind::Token, text).unwrap());
        assert!(world.sources.get(&address).unwrap().is_none());
        assert!(world.sources.list("acme", None, 10).unwrap().sources.is_empty());
        assert!(matches!(world.sources.delete(&id()).unwrap_err(), SourcesError::Missing));
        // Whoever still has it in memory stages nothing.
        let request = signed_with("coeffection", OLD, body("coeffection", "2"));
        let receipt = common::receive(&world.engine, &cached, &request);
        assert_eq!(receipt.outcome, Outcome::Refused(Refusal::Superseded));

        let again = world.sources.create(config()).unwrap();
        assert_eq!((again.generation(), numbers(&again)), (1, vec![2]));
        assert!(world.accepts(OLD, "2"), "what it stages is not taken for a leftover");
        let receipt = common::receive(&world.engine, &cached, &request);
        assert_eq!(receipt.outcome, Outcome::Refused(Refusal::Superseded));
        // The dedupe key of before is still held: nothing is staged twice.
        assert!(matches!(world.receive(OLD, "1").outcome, Outcome::Duplicate { .. }));
    });
}

// Rotation.

#[test]
fn r_co_43_r_cm_35_r_wx_50_rotated_at_once_the_old_secret_is_refused_from_then_on() {
    everywhere(|world| {
        let created = world.sources.create(config()).unwrap();
        assert_eq!(Policy::coeffection().rotation, Rotation::AtOnce);
        assert!(world.accepts(OLD, "1"));
        let rotated = world.sources.rotate(&id(), secret(NEW)).unwrap();
        assert_eq!((rotated.generation(), numbers(&rotated)), (1, vec![2]));
        assert!(rotated.revision() > created.revision());
        assert!(!world.accepts(OLD, "2"));
        assert!(world.accepts(NEW, "2"));
    });
}

#[test]
fn rot_02_rotated_with_an_overlap_the_old_secret_counts_to_the_millisecond() {
    everywhere(|world| {
        world.sources.create(with_overlap(3600)).unwrap();
        let rotated = world.sources.rotate(&id(), secret(NEW)).unwrap();
        assert_eq!(rotated.generation(), 0, "nothing was taken away");
        let ends = now() + Duration::from_secs(3600);
        let told: Vec<_> = rotated.keys().iter().map(|key| (key.number, key.ends)).collect();
        assert_eq!(told, [(2, None), (1, Some(ends))]);
        assert!(world.accepts(OLD, "1") && world.accepts(NEW, "2"));
        world.clock.set(ends - Duration::from_millis(1));
        assert!(world.accepts(OLD, "3") && world.accepts(NEW, "4"));
        for (after, number) in [(0, "5"), (1, "6")] {
            world.clock.set(ends + Duration::from_millis(after));
            assert!(!world.accepts(OLD, number), "{after} ms after the end");
            assert!(world.accepts(NEW, number));
        }
    });
}

#[test]
fn the_end_that_a_key_is_given_is_kept_with_it() {
    everywhere(|world| {
        let ends = now() + Duration::from_secs(3600);
        let key = || KeyConfig::new(secret(OLD)).until(ends).with_id("old");
        assert_eq!((key().ends(), key().id()), (Some(ends), Some("old")));
        let config = SourceConfig::preset("acme", "in", &providers::COEFFECTION);
        let created =
            world.sources.create(config.with_key(key()).with_secret(secret(NEW))).unwrap();
        let told: Vec<_> = created.keys().iter().map(|key| key.ends).collect();
        assert_eq!(told.iter().flatten().collect::<Vec<_>>(), [&ends]);
        assert!(world.accepts(OLD, "1") && world.accepts(NEW, "2"));
        world.clock.set(ends);
        assert!(!world.accepts(OLD, "3") && world.accepts(NEW, "4"));
    });
}

#[test]
fn a_key_gives_its_secret_back_if_it_is_known() {
    let given = KeyConfig::new(secret(OLD)).into_secret().unwrap();
    assert_eq!(given.sha256(), secret(OLD).sha256());
    assert!(KeyConfig::hashed(secret(OLD).sha256()).into_secret().is_none());
}

#[test]
fn an_overlap_is_ended_early_and_a_leak_overrides_the_policy() {
    everywhere(|world| {
        world.sources.create(with_overlap(3600)).unwrap();
        world.sources.rotate(&id(), secret(NEW)).unwrap();
        let ended = world.sources.end_overlap(&id()).unwrap();
        assert_eq!((ended.generation(), numbers(&ended)), (1, vec![2]));
        assert!(!world.accepts(OLD, "1") && world.accepts(NEW, "1"));
        let again = world.sources.end_overlap(&id()).unwrap();
        assert_eq!(again.revision(), ended.revision(), "there is nothing to end");

        let leaked = world.sources.rotate_as(&id(), secret(NEWER), Rotation::AtOnce).unwrap();
        assert_eq!((leaked.generation(), numbers(&leaked)), (2, vec![3]));
        assert!(!world.accepts(NEW, "2") && world.accepts(NEWER, "2"));
    });
}

#[test]
fn a_key_is_revoked_by_its_number_and_never_the_last_one() {
    everywhere(|world| {
        world.sources.create(with_overlap(3600)).unwrap();
        let error = world.sources.revoke(&id(), 1).unwrap_err();
        assert!(matches!(error, SourcesError::LastKey), "{error}");
        assert!(matches!(world.sources.revoke(&id(), 9).unwrap_err(), SourcesError::NoSuchKey));
        world.sources.rotate(&id(), secret(NEW)).unwrap();
        let revoked = world.sources.revoke(&id(), 2).unwrap();
        assert_eq!((revoked.generation(), numbers(&revoked)), (1, vec![1]));
        assert!(world.accepts(OLD, "1") && !world.accepts(NEW, "2"));
        // What is left is about to end: nothing would count after it.
        let error = world.sources.end_overlap(&id()).unwrap_err();
        assert!(matches!(error, SourcesError::LastKey), "{error}");
    });
}

#[test]
fn rot_04_a_secret_that_comes_back_is_another_key() {
    everywhere(|world| {
        world.sources.create(with_overlap(3600)).unwrap();
        let error = world.sources.rotate(&id(), secret(OLD)).unwrap_err();
        assert!(matches!(error, SourcesError::SameSecret), "{error}");
        let hashed = KeyConfig::hashed(secret(OLD).sha256());
        assert!(matches!(
            world.sources.rotate(&id(), hashed).unwrap_err(),
            SourcesError::SameSecret
        ));
        world.sources.rotate(&id(), secret(NEW)).unwrap();
        assert!(matches!(
            world.sources.rotate(&id(), secret(OLD)).unwrap_err(),
            SourcesError::SameSecret
        ));
        world.sources.end_overlap(&id()).unwrap();
        let back = world.sources.rotate(&id(), secret(OLD)).unwrap();
        assert_eq!(numbers(&back), [3, 2], "a new number, never that of before");
        assert!(world.accepts(OLD, "1"));
    });
}

#[test]
fn rot_05_a_replay_after_the_rotation_is_refused_and_staged_once() {
    everywhere(|world| {
        world.sources.create(config()).unwrap();
        let request = signed_with("coeffection", OLD, body("coeffection", "1"));
        let first = common::receive(&world.engine, &world.load().source, &request);
        assert!(matches!(first.outcome, Outcome::Staged(_)));
        world.sources.rotate(&id(), secret(NEW)).unwrap();
        let replay = common::receive(&world.engine, &world.load().source, &request);
        assert!(matches!(replay.outcome, Outcome::Refused(Refusal::Mismatch { .. })));
        // The sender's own repetition under the new secret finds the key held.
        assert!(matches!(world.receive(NEW, "1").outcome, Outcome::Duplicate { .. }));
        assert_eq!(world.engine.counts("acme", None).unwrap().pending, 1);
    });
}

#[test]
fn rot_06_four_keys_count_at_once_and_ended_ones_make_room() {
    everywhere(|world| {
        world.sources.create(with_overlap(60)).unwrap();
        for number in 0..3 {
            world.sources.rotate(&id(), secret(&format!("generation number {number}"))).unwrap();
        }
        let error = world.sources.rotate(&id(), secret("one too many of them")).unwrap_err();
        assert!(matches!(error, SourcesError::TooManyKeys), "{error}");
        assert_eq!(numbers(&world.load().stored), [4, 3, 2, 1], "nothing was lost");
        world.clock.advance(Duration::from_secs(60));
        let stored = world.sources.rotate(&id(), secret("one too many of them")).unwrap();
        assert_eq!(numbers(&stored), [5, 4]);
        // And what the scheme does not take is not kept.
        let forms = SourceConfig::preset("acme", "forms", &providers::UNSIGNED);
        world.sources.create(forms).unwrap();
        let forms = SourceId::new("acme", "forms").unwrap();
        let error = world.sources.rotate(&forms, secret(NEW)).unwrap_err();
        assert!(matches!(error, SourcesError::Config(_)), "{error}");
        assert!(world.sources.load(&forms.into()).unwrap().unwrap().stored.keys().is_empty());
    });
}

#[test]
fn r_wx_51_the_share_that_still_signs_with_the_old_secret_is_counted() {
    everywhere(|world| {
        world.sources.create(with_overlap(86_400)).unwrap();
        for number in 0..5 {
            assert!(world.accepts(OLD, &format!("before-{number}")));
        }
        world.clock.advance(Duration::from_secs(60));
        world.sources.rotate(&id(), secret(NEW)).unwrap();
        let usage = || {
            let loaded = world.load();
            let rows = world.engine.history(&HistoryFilter::tenant("acme"), None, 1000).unwrap();
            KeyUse::of(&loaded, rows.iter().map(|(_, row)| row))
        };
        let counted = |usage: &KeyUse| {
            usage.keys.iter().map(|used| (used.key.number, used.deliveries)).collect::<Vec<_>>()
        };
        // In the millisecond of the rotation, a row could name the places of before it.
        assert!(world.accepts(NEW, "at-that-moment"));
        assert_eq!((counted(&usage()), usage().others), (vec![(2, 0), (1, 0)], 0));
        assert_eq!(usage().share_on_old_keys(), None);
        world.clock.advance(Duration::from_secs(1));
        for number in 0..3 {
            assert!(world.accepts(OLD, &format!("old-{number}")));
        }
        assert!(world.accepts(NEW, "new"));
        let _ = world.receive(NEW, "new");
        let _ = world.receive("a stranger's secret", "forged");
        let seen = usage();
        assert_eq!(seen.since, now() + Duration::from_secs(60));
        // A duplicate counts: its sender has the key. What matched none does not.
        assert_eq!((counted(&seen), seen.others), (vec![(2, 2), (1, 3)], 0));
        assert_eq!(seen.share_on_old_keys(), Some(0.6));
        assert_eq!(seen.keys[1].last, Some(now() + Duration::from_secs(61)));

        world.clock.advance(Duration::from_secs(1));
        world.sources.end_overlap(&id()).unwrap();
        assert_eq!(counted(&usage()), [(2, 0)], "counted anew");
    });
}

// What is under way.

/// An engine whose directory of contacts, which is asked between judgement and commit, does
/// something else first.
fn engine_that_pauses(
    store: impl BlockingStore,
    clock: &ManualClock,
    meanwhile: impl Fn() + Send + Sync + 'static,
) -> BlockingEngine {
    BlockingEngine::with_clock(store, clock.clone()).with_contacts(move |_, _| {
        meanwhile();
        Ok(Resolution::Found { contact: "ada".into() })
    })
}

fn asking(mut config: SourceConfig) -> SourceConfig {
    config.contact = Some(ContactRule::new(IdentifierType::Email, Path::parse("$.email").unwrap()));
    config
}

/// One way to take a credential or a source away.
type Revocation = (&'static str, fn(&BlockingSources));

const REVOCATIONS: &[Revocation] = &[
    ("rotated at once", |sources| {
        sources.rotate_as(&id(), secret(NEW), Rotation::AtOnce).unwrap();
    }),
    ("paused", |sources| {
        sources.pause(&id()).unwrap();
    }),
    ("deleted", |sources| sources.delete(&id()).unwrap()),
    ("an overlap ended", |sources| {
        let hour = Rotation::Overlap { seconds: 3600 };
        sources.rotate_as(&id(), secret(NEW), hour).unwrap();
        sources.end_overlap(&id()).unwrap();
    }),
    ("a key revoked", |sources| {
        let hour = Rotation::Overlap { seconds: 3600 };
        sources.rotate_as(&id(), secret(NEW), hour).unwrap();
        sources.revoke(&id(), 1).unwrap();
    }),
    ("saved as a draft", |sources| {
        let stored = sources.get(&id().into()).unwrap().unwrap();
        let revision = stored.revision();
        let mut config = stored.into_config();
        config.lifecycle = Lifecycle::Draft;
        sources.update(&id(), revision, config).unwrap();
    }),
    ("the address list narrowed", |sources| {
        let stored = sources.get(&id().into()).unwrap().unwrap();
        let revision = stored.revision();
        let mut config = stored.into_config();
        config.addresses = Some(hookstage::AddressList::new(["203.0.113.0/24"]).unwrap());
        sources.update(&id(), revision, config).unwrap();
    }),
    ("paused and resumed", |sources| {
        sources.pause(&id()).unwrap();
        sources.resume(&id()).unwrap();
    }),
];

fn not_staged(store: impl BlockingStore + Clone, what: &str, revoke: fn(&BlockingSources)) {
    let clock = ManualClock::at(now());
    let outside = BlockingEngine::with_clock(store.clone(), clock.clone());
    let sources = BlockingSources::of(&outside).with_seal(Mask);
    sources.create(asking(config())).unwrap();
    let source = sources.load(&id().into()).unwrap().unwrap().source;
    let inside = sources.clone();
    let engine = engine_that_pauses(store, &clock, move || revoke(&inside));
    let request = signed_with("coeffection", OLD, body("coeffection", "1"));
    let receipt = common::receive(&engine, &source, &request);
    assert_eq!(receipt.outcome, Outcome::Refused(Refusal::Superseded), "{what}");
    assert_eq!(receipt.response.status(), 401, "{what}");
    assert!(engine.list(&EventFilter::tenant("acme"), None, 10).unwrap().is_empty(), "{what}");
}

#[test]
fn r_co_43_what_is_under_way_when_a_credential_is_taken_away_is_not_staged() {
    for (what, revoke) in REVOCATIONS {
        not_staged(MemoryStore::new(), what, *revoke);
        #[cfg(feature = "sqlite")]
        {
            let file = File::new();
            not_staged(file.open(), what, *revoke);
        }
    }
}

/// A control: what takes nothing away does not disturb what is under way.
#[test]
fn what_takes_nothing_away_lets_deliveries_under_way_be() {
    let harmless: &[Revocation] = &[
        ("nothing", |_| {}),
        ("rotated with an overlap", |sources| {
            sources.rotate_as(&id(), secret(NEW), Rotation::Overlap { seconds: 60 }).unwrap();
        }),
        ("renamed", |sources| {
            let stored = sources.get(&id().into()).unwrap().unwrap();
            let revision = stored.revision();
            let mut config = stored.into_config();
            config.name = "Another".into();
            sources.update(&id(), revision, config).unwrap();
        }),
        ("enforced again", |sources| sources.enforce(&id()).unwrap()),
    ];
    for (what, change) in harmless {
        let store = MemoryStore::new();
        let clock = ManualClock::at(now());
        let outside = BlockingEngine::with_clock(store.clone(), clock.clone());
        let sources = BlockingSources::of(&outside).with_seal(Mask);
        sources.create(asking(config())).unwrap();
        let source = sources.load(&id().into()).unwrap().unwrap().source;
        let inside = sources.clone();
        let engine = engine_that_pauses(store, &clock, move || change(&inside));
        let request = signed_with("coeffection", OLD, body("coeffection", "1"));
        let receipt = common::receive(&engine, &source, &request);
        assert!(matches!(receipt.outcome, Outcome::Staged(_)), "{what}: {receipt:?}");
    }
}

/// 64 deliveries stand between judgement and commit when the secret is rotated; more arrive while
/// it happens. Each is decided by one state of the source, and once the rotation has returned
/// nothing under the old secret is staged.
fn race(store: impl BlockingStore + Clone) {
    const UNDER_WAY: usize = 64;
    let clock = ManualClock::at(now());
    let outside = BlockingEngine::with_clock(store.clone(), clock.clone());
    let sources = BlockingSources::of(&outside).with_seal(Mask);
    sources.create(asking(config())).unwrap();
    let source = sources.load(&id().into()).unwrap().unwrap().source;
    let judged = Arc::new(Barrier::new(UNDER_WAY + 1));
    let rotated = Arc::new(Barrier::new(UNDER_WAY + 1));
    let (first, second) = (Arc::clone(&judged), Arc::clone(&rotated));
    let engine = engine_that_pauses(store.clone(), &clock, move || {
        first.wait();
        second.wait();
    });
    let outcomes: Vec<Outcome> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..UNDER_WAY)
            .map(|number| {
                let (engine, source) = (&engine, &source);
                scope.spawn(move || {
                    let number = format!("under-way-{number}");
                    let request = signed_with("coeffection", OLD, body("coeffection", &number));
                    common::receive(engine, source, &request).outcome
                })
            })
            .collect();
        judged.wait();
        sources.rotate(&id(), secret(NEW)).unwrap();
        rotated.wait();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let superseded = Outcome::Refused(Refusal::Superseded);
    assert!(outcomes.iter().all(|outcome| *outcome == superseded), "{outcomes:?}");

    // Without a barrier: deliveries under either secret while secrets are rotated over and over.
    let engine = engine_that_pauses(store, &clock, || {});
    let stop = std::sync::atomic::AtomicBool::new(false);
    let (staged, refused) = (Mutex::new(Vec::new()), Mutex::new(0));
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let (engine, sources, stop) = (&engine, &sources, &stop);
            let (staged, refused) = (&staged, &refused);
            scope.spawn(move || {
                for number in 0.. {
                    if stop.load(Ordering::SeqCst) {
                        break;
                    }
                    let loaded = sources.load(&id().into()).unwrap().unwrap();
                    let name = format!("{thread}-{number}");
                    let key = loaded.stored.keys()[0].number;
                    let text = format!("the secret of the key number {key}");
                    let text = if key == 2 { NEW.to_owned() } else { text };
                    let request = signed_with("coeffection", &text, body("coeffection", &name));
                    match common::receive(engine, &loaded.source, &request).outcome {
                        Outcome::Staged(id) => {
                            staged.lock().unwrap().push((id, loaded.stored.generation()));
                        }
                        Outcome::Refused(Refusal::Superseded) => *refused.lock().unwrap() += 1,
                        other => panic!("{other:?}"),
                    }
                }
            });
        }
        for number in 3..23 {
            let before = staged.lock().unwrap().len();
            let text = format!("the secret of the key number {number}");
            let generation = sources.rotate(&id(), secret(&text)).unwrap().generation();
            // From here on nothing of an older generation is staged.
            let at_return = staged.lock().unwrap().len();
            std::thread::sleep(Duration::from_millis(2));
            let after = staged.lock().unwrap();
            let late = after[at_return..].iter().filter(|(_, it)| *it < generation).count();
            // Answers that were committed before the rotation returned may arrive here after it;
            // there is at most one for each thread.
            assert!(late <= 4, "{before} {at_return} {late}");
        }
        stop.store(true, Ordering::SeqCst);
    });
    let staged = staged.into_inner().unwrap().len();
    let counted = engine.counts("acme", None).unwrap().pending;
    assert_eq!(counted, staged as u64, "what was answered is what is there");
    println!("{staged} staged, {} superseded", refused.into_inner().unwrap());
}

#[test]
fn r_co_43_rot_03_rotation_against_deliveries_under_way() {
    race(MemoryStore::new());
    #[cfg(feature = "sqlite")]
    {
        let file = File::new();
        race(file.open());
    }
}

// The other face, and a store that fails.

#[test]
fn both_faces_do_the_same() {
    fn block_on<F: Future>(future: F) -> F::Output {
        let mut future = std::pin::pin!(future);
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        loop {
            if let std::task::Poll::Ready(value) = future.as_mut().poll(&mut context) {
                return value;
            }
        }
    }
    fn is_send<T: Send>(value: T) -> T {
        value
    }
    let store = MemoryStore::new();
    let clock = ManualClock::at(now());
    let engine = Engine::with_clock(store.clone(), clock.clone());
    let sources = Sources::of(&engine).with_seal(Arc::new(Mask));
    block_on(is_send(sources.create(with_overlap(3600)))).unwrap();
    let world = World::over(store);
    assert_eq!(world.load().stored.keys().len(), 1, "the other face finds it");
    let address = id().into();
    let (hash, _shown) = EndpointToken::generate(entropy());
    block_on(is_send(async {
        sources.rotate(&id(), secret(NEW)).await.unwrap();
        sources.rotate_as(&id(), secret(NEWER), Rotation::Overlap { seconds: 1 }).await.unwrap();
        sources.revoke(&id(), 2).await.unwrap();
        sources.end_overlap(&id()).await.unwrap();
        sources.set_token(&id(), Some(hash)).await.unwrap();
        sources.pause(&id()).await.unwrap();
        sources.resume(&id()).await.unwrap();
        sources.publish(&id()).await.unwrap();
        let stored = sources.get(&address).await.unwrap().unwrap();
        let revision = stored.revision();
        sources.update(&id(), revision, stored.into_config()).await.unwrap();
        assert_eq!(sources.list("acme", None, 5).await.unwrap().sources.len(), 1);
        assert!(sources.load(&address).await.unwrap().is_some());
        sources.enforce(&id()).await.unwrap();
    }));
    assert_eq!(world.load().stored.generation(), 4);
    block_on(sources.delete(&id())).unwrap();
    assert!(world.sources.get(&address).unwrap().is_none());
    assert_eq!(format!("{sources:?}"), "Sources { .. }");
}

/// A store whose Nth call fails, before or after it has done its work.
#[derive(Clone)]
struct Failing {
    store: MemoryStore,
    left: Arc<std::sync::atomic::AtomicI64>,
    behind: bool,
}

impl Around for Failing {
    fn store(&self) -> &MemoryStore {
        &self.store
    }

    fn call<T>(
        &self,
        _: &'static str,
        work: impl FnOnce() -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        if self.left.fetch_sub(1, Ordering::SeqCst) != 1 {
            return work();
        }
        if self.behind {
            work()?;
        }
        Err(StoreError::new(StoreErrorKind::Unavailable, "away for this call"))
    }
}

/// Each call of each operation fails once, before and behind its work. Whatever was answered, the
/// source is there whole or not at all, is found by all its addresses and listed if it is there, no
/// old secret is staged after a revocation that was answered with success, and the operation can be
/// finished by repeating it.
#[test]
fn when_any_call_of_the_store_fails_nothing_is_left_half() {
    let (mut runs, mut failed) = (0, 0);
    for behind in [false, true] {
        for nth in 1.. {
            let mut did_fail = false;
            for operation in 0..5 {
                let store = MemoryStore::new();
                let world = World::over(store.clone());
                let left = Arc::new(std::sync::atomic::AtomicI64::new(i64::MAX));
                let failing = Surrounded(Failing { store, left: Arc::clone(&left), behind });
                let engine = BlockingEngine::with_clock(failing, world.clock.clone());
                let sources = BlockingSources::of(&engine).with_seal(Mask);
                let (hash, shown) = EndpointToken::generate(entropy());
                let address =
                    shown.reveal(|text| Address::parse(AddressKind::Token, text).unwrap());
                let endpoint = EndpointId::generate(entropy());
                let next = EndpointToken::generate(entropy()).0;
                let config = || {
                    let mut config = config();
                    config.token = Some(hash);
                    config.endpoint = Some(endpoint);
                    config
                };
                if operation > 0 {
                    sources.create(config()).unwrap();
                }
                let old = (operation > 0).then(|| world.load().source);
                left.store(nth, Ordering::SeqCst);
                let result = match operation {
                    0 => sources.create(config()).map(drop),
                    1 => sources.rotate(&id(), secret(NEW)).map(drop),
                    2 => sources.pause(&id()).map(drop),
                    3 => sources.delete(&id()),
                    _ => sources.set_token(&id(), Some(next)).map(drop),
                };
                did_fail |= left.load(Ordering::SeqCst) <= 0;
                left.store(i64::MAX, Ordering::SeqCst);
                runs += 1;
                failed += usize::from(result.is_err());

                let found = world.sources.get(&id().into()).unwrap();
                let by_token = world.sources.get(&address).unwrap();
                let listed = world.sources.list("acme", None, 10).unwrap().sources.len();
                let by_id = world.sources.get(&endpoint.into()).unwrap();
                assert_eq!(found.is_some(), by_id.is_some(), "{operation} {nth} {behind}");
                let has_token =
                    found.as_ref().is_some_and(|found| found.config().token == Some(hash));
                assert_eq!(has_token, by_token.is_some(), "{operation} {nth} {behind}");
                assert_eq!(usize::from(found.is_some()), listed, "{operation} {nth} {behind}");
                if found.is_some() {
                    let _ = world.load();
                }
                let request = signed_with("coeffection", OLD, body("coeffection", "1"));
                if let (Some(old), true) = (&old, result.is_ok()) {
                    let receipt = common::receive(&world.engine, old, &request);
                    assert_eq!(receipt.outcome, Outcome::Refused(Refusal::Superseded));
                }
                // Said to be kept and not in force: then saying it again puts it in force.
                if let Err(SourcesError::Unenforced(error)) = &result {
                    assert!(error.is_retryable());
                    sources.enforce(&id()).unwrap();
                    let receipt = common::receive(&world.engine, &old.unwrap(), &request);
                    assert_eq!(receipt.outcome, Outcome::Refused(Refusal::Superseded));
                }
                // The operation is repeated and finished.
                let again = match operation {
                    0 => sources.create(config()).map(drop),
                    1 => sources.rotate(&id(), secret(NEW)).map(drop),
                    2 => sources.pause(&id()).map(drop),
                    3 => sources.delete(&id()),
                    _ => sources.set_token(&id(), Some(next)).map(drop),
                };
                let is_done_already = matches!(
                    (&again, operation),
                    (Err(SourcesError::Exists), 0)
                        | (Err(SourcesError::SameSecret), 1)
                        | (Err(SourcesError::Missing), 3)
                );
                assert!(again.is_ok() || is_done_already, "{operation} {nth}: {again:?}");
                let there = world.sources.get(&id().into()).unwrap();
                assert_eq!(there.is_some(), operation != 3);
                let listed = world.sources.list("acme", None, 10).unwrap().sources.len();
                assert_eq!(listed, usize::from(operation != 3));
            }
            if !did_fail {
                break;
            }
        }
    }
    println!("{runs} runs, {failed} told that they failed");
    assert!(failed > 30, "{failed}");
}
