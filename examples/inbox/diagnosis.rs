//! Looks into refused deliveries while an operator asks for it: what would have matched.
//!
//! It is open for five minutes and twenty deliveries of one source, because each costs up to some
//! hundred hashes of a body that anyone may have sent. The sender is answered as always.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::extract::{Request, State};
use axum::response::Response;
use hookstage::scheme::{Subject, explain};
use hookstage::{Delivery, Head, KeyConfig, Refusal, Secret, Source, SourceId, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::answer::{Problem, change, ok};
use crate::app::App;

const OPEN: Duration = Duration::from_secs(5 * 60);
const DELIVERIES: u32 = 20;
const KEPT: usize = 50;

/// What was found about one refused delivery. It holds no value that was sent.
#[derive(Clone, Debug)]
struct Finding {
    source: SourceId,
    at: Timestamp,
    code: &'static str,
    reason: String,
    hints: Vec<String>,
}

#[derive(Debug, Default)]
struct Inner {
    open: BTreeMap<SourceId, (Timestamp, u32)>,
    findings: VecDeque<Finding>,
}

#[derive(Debug, Default)]
pub(crate) struct Diagnosis(Mutex<Inner>);

/// A refused delivery, kept while it is looked into.
pub(crate) struct Case {
    pub(crate) method: String,
    pub(crate) url: String,
    pub(crate) headers: Vec<(String, Vec<u8>)>,
    pub(crate) body: Vec<u8>,
    pub(crate) code: &'static str,
    pub(crate) reason: String,
}

impl Diagnosis {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether this refusal is to be looked into; it counts against the bound.
    pub(crate) fn wants(&self, source: &SourceId, refusal: &Refusal, now: Timestamp) -> bool {
        let about_authentication = matches!(
            refusal.code(),
            "absent" | "different" | "future" | "key_unknown" | "malformed" | "mismatch" | "stale"
        );
        let mut inner = self.inner();
        match inner.open.get_mut(source) {
            Some((until, left)) if about_authentication && now < *until && *left > 0 => {
                *left -= 1;
                true
            }
            _ => false,
        }
    }

    /// Where it is open and what was found, for the page.
    pub(crate) fn shown(&self, tenant: &str, now: Timestamp) -> Value {
        let inner = self.inner();
        let open: Vec<Value> = inner
            .open
            .iter()
            .filter(|(source, (until, left))| {
                source.tenant() == tenant && now < *until && *left > 0
            })
            .map(|(source, (until, left))| {
                json!({ "source": source.source(), "until": until.as_unix_millis(), "left": left })
            })
            .collect();
        let findings: Vec<Value> = inner
            .findings
            .iter()
            .rev()
            .filter(|finding| finding.source.tenant() == tenant)
            .map(|finding| {
                json!({
                    "source": finding.source.source(),
                    "at": finding.at.as_unix_millis(),
                    "code": finding.code,
                    "reason": finding.reason,
                    "hints": finding.hints,
                })
            })
            .collect();
        json!({ "open": open, "findings": findings })
    }
}

/// Looks into a case on a thread that may take its time, and tells the page.
pub(crate) fn examine(app: &App, source: &Source, case: Case, now: Timestamp) {
    let (app, id) = (app.clone(), source.id().clone());
    tokio::task::spawn_blocking(move || {
        let hints = hints(&app, &id, &case, now);
        let mut inner = app.diagnosis.inner();
        if inner.findings.len() == KEPT {
            inner.findings.pop_front();
        }
        let Case { code, reason, .. } = case;
        inner.findings.push_back(Finding { source: id, at: now, code, reason, hints });
        drop(inner);
        app.news.publish();
    });
}

fn hints(app: &App, id: &SourceId, case: &Case, now: Timestamp) -> Vec<String> {
    let Some(source) = app.sources.get(id.tenant(), id.source()) else { return Vec::new() };
    let Ok(configs) = app.sources.origin().configs() else { return Vec::new() };
    let mut keys: Vec<Secret> = Vec::new();
    let mut others: Vec<(String, Secret)> = Vec::new();
    for config in configs.into_iter().filter(|config| config.tenant == id.tenant()) {
        for secret in config.keys.into_iter().filter_map(KeyConfig::into_secret) {
            if config.source == id.source() {
                keys.push(secret);
            } else {
                others.push((config.source.clone(), secret));
            }
        }
    }
    let others: Vec<(&str, &Secret)> =
        others.iter().map(|(name, secret)| (name.as_str(), secret)).collect();
    let subject = Subject {
        scheme: source.verifier().scheme(),
        keys: &keys,
        parameters: source.verifier().parameters(),
        other_keys: &others,
        other_schemes: &[],
    };
    let headers: Vec<(&str, &[u8])> =
        case.headers.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
    let delivery = Delivery::new(Head::new(&case.method, &case.url, &headers), &case.body);
    explain(&subject, &delivery, now).iter().map(ToString::to_string).collect()
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    tenant: String,
    source: String,
}

/// `POST /api/diagnose`: opens the diagnosis of a source, or lets it begin again.
pub(crate) async fn open(State(app): State<App>, request: Request) -> Result<Response, Problem> {
    let wanted: Wanted = change(&app, request, "tenant and source").await?;
    let source = app.sources.get(&wanted.tenant, &wanted.source).ok_or(Problem::Missing)?;
    let until = app.engine().now() + OPEN;
    app.diagnosis.inner().open.insert(source.id().clone(), (until, DELIVERIES));
    app.news.publish();
    Ok(ok(&json!({ "until": until.as_unix_millis(), "left": DELIVERIES })))
}
