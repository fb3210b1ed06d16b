//! Under a uniform policy a forgery costs as much wherever it is addressed to: counted, in the calls
//! of a check that the host wrote itself. The bench `uniform` takes the time of the built-in ones.
#![cfg(feature = "test-util")]

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use common::*;
use hookstage::scheme::{
    Authentication, Description, HostChecked, Place, Registry, Token, TokenGrammar,
};
use hookstage::{
    Endpoint, Lifecycle, Outcome, Policy, PolicyConfig, Scheme, Secret, Source, SourceConfig,
    UnknownSource, Visibility, admit,
};

const HEADER: &str = "x-webhook-secret";

/// Status, body and headers of an answer.
type Seen = (u16, String, Vec<(String, String)>);

/// A host with a check of its own, which counts how often it is asked.
struct Host {
    asked: Arc<AtomicUsize>,
    registry: Registry,
    policy: Policy,
}

impl Host {
    fn new(visibility: Visibility) -> Self {
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        let registry = Registry::new().with_token_check("own", move |shown, stored| {
            count.fetch_add(1, Ordering::SeqCst);
            shown == stored
        });
        let mut policy = Policy::coeffection();
        policy.visibility = visibility;
        Self { asked, registry, policy }
    }

    fn settings(&self, keys: usize, lifecycle: Lifecycle) -> SourceConfig {
        let at = Place::header(HEADER);
        let token = Token { at, grammar: TokenGrammar::Plain { prefix: "".into() } };
        let scheme = Scheme::new(Description {
            authentication: Authentication::HostChecked(HostChecked { token, check: "own".into() }),
            timestamp: None,
            id: None,
            require: Vec::new().into(),
        });
        let mut config = SourceConfig::new("acme", "crm");
        for key in 0..keys {
            config = config.with_secret(Secret::new(key_text(key)).unwrap());
        }
        config.scheme = Some(scheme.unwrap());
        config.policy = PolicyConfig::Custom(Box::new(self.policy.clone()));
        config.lifecycle = lifecycle;
        config
    }

    fn source(&self, keys: usize, lifecycle: Lifecycle) -> Source {
        Source::with_registry(self.settings(keys, lifecycle), &self.registry).unwrap()
    }

    fn unknown(&self, keys: usize) -> UnknownSource {
        let settings = self.settings(keys, Lifecycle::Paused);
        UnknownSource::with_registry(settings, &self.registry).unwrap()
    }

    /// How often the check is asked for a delivery that is refused, and what is answered.
    fn asked<'a>(&self, endpoint: impl Into<Endpoint<'a>>, shown: &str) -> (usize, Seen) {
        self.asked.store(0, Ordering::SeqCst);
        let endpoint = endpoint.into();
        let request = Request::new(r#"{"id":"1"}"#).with(HEADER, shown);
        let receipt = request.deliver(|delivery| engine().receive(endpoint, delivery).unwrap());
        assert!(matches!(receipt.outcome, Outcome::Refused(_)), "{receipt:?}");
        let by_engine = self.asked.swap(0, Ordering::SeqCst);
        assert!(request.deliver(|delivery| admit(endpoint, delivery, now()).is_err()));
        assert_eq!(self.asked.load(Ordering::SeqCst), by_engine, "in parts or at once");
        (by_engine, seen(&receipt))
    }
}

fn key_text(key: usize) -> String {
    format!("the secret number {key} of a source")
}

#[test]
fn r_co_44_api_01_a_forgery_costs_as_much_at_nothing_as_at_a_source_with_as_many_keys() {
    let host = Host::new(Visibility::Uniform);
    let mut answers = Vec::new();
    for keys in 1..=4 {
        let living = host.source(keys, Lifecycle::Active);
        let paused = host.source(keys, Lifecycle::Paused);
        let draft = host.source(keys, Lifecycle::Draft);
        let unknown = host.unknown(keys);
        for endpoint in [
            Endpoint::Source(&living),
            Endpoint::Source(&paused),
            Endpoint::Source(&draft),
            Endpoint::Unknown(&unknown),
        ] {
            let (asked, answer) = host.asked(endpoint, "a guess");
            assert_eq!(asked, keys, "{endpoint:?}");
            answers.push(answer);
        }
        // Who knows a secret of a stand-in, or of a source that takes nothing, gains nothing.
        for key in 0..keys {
            let shown = key_text(key);
            let known = [host.asked(&unknown, &shown), host.asked(&paused, &shown)];
            assert_eq!(known[0].0, known[1].0);
            answers.extend(known.map(|(_, answer)| answer));
        }
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    // What the manual says of a rotation: a second key shows beside a stand-in that has one.
    let rotating = host.source(2, Lifecycle::Active);
    assert_ne!(host.asked(&rotating, "a guess").0, host.asked(&host.unknown(1), "a guess").0);
}

/// The control: where the policy reveals, nothing is asked for what is not there.
#[test]
fn where_a_policy_reveals_a_forgery_costs_nothing_at_nothing() {
    let host = Host::new(Visibility::Reveal);
    assert_eq!(host.asked(&host.source(2, Lifecycle::Active), "a guess").0, 2);
    assert_eq!(host.asked(&host.source(2, Lifecycle::Paused), "a guess").0, 0);
    assert_eq!(host.asked(&host.unknown(2), "a guess").0, 0);
}

#[test]
fn a_stand_in_is_nobody_whatever_its_settings_say() {
    let host = Host::new(Visibility::Uniform);
    let engine = engine();
    let unknown = host.unknown(1);
    let request = Request::new("{}").with(HEADER, key_text(0));
    let _ = request.deliver(|delivery| engine.receive(&unknown, delivery).unwrap());
    engine.flush().unwrap();
    let rows = |tenant: &str| {
        let filter = hookstage::store::HistoryFilter::tenant(tenant);
        engine.history(&filter, None, 10).unwrap()
    };
    assert_eq!((rows("acme").len(), rows("unknown").len()), (0, 1));
    assert_eq!(rows("unknown")[0].1.reason.as_deref(), Some("unknown_source"));
    let missing =
        UnknownSource::with_registry(host.settings(1, Lifecycle::Active), &Registry::new());
    assert!(missing.unwrap_err().to_string().contains("registry"));
}
