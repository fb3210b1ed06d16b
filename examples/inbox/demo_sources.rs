//! The sources that a newcomer starts with: one of each of the systems whose policies the library
//! has, and the three schemes that most senders speak.

use std::error::Error;
use std::time::Duration;

use hookstage::providers::{self, Preset};
use hookstage::{
    Binding, Column, DedupeConfig, DedupePart, DedupeRule, Entropy, Mode, OnMissingKey,
    PolicyConfig, Reveal, Secret, SourceConfig, Window, json,
};

/// The tenant of the demo sources.
pub(crate) const TENANT: &str = "demo";

/// A demo source: its provider, its policy, and what is worth keeping and showing of it.
pub(crate) struct DemoSource {
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    preset: &'static Preset,
    policy: PolicyConfig,
    /// What its secrets begin with.
    prefix: &'static str,
    headers: &'static [&'static str],
    columns: &'static [&'static str],
    mode: Mode,
}

pub(crate) static DEMO_SOURCES: [DemoSource; 8] = {
    use PolicyConfig::{Coeffection, Comma, Connectgain, Standard, Synerise, Wexio};
    [
        DemoSource::new("coeffection", "Coeffection", &providers::COEFFECTION, Coeffection)
            .showing(&["email", "plan"]),
        DemoSource::new("stripe", "Stripe", &providers::STRIPE, Standard)
            .with_secrets("whsec_")
            .showing(&["data.object.customer_details.email", "data.object.amount_total"]),
        DemoSource::new("github", "GitHub", &providers::GITHUB, Standard)
            .keeping(&["x-github-delivery", "x-github-event"])
            .showing(&["repository.full_name", "pusher.name"]),
        DemoSource::new("standard", "Standard Webhooks", &providers::STANDARD_WEBHOOKS, Standard)
            .with_secrets("whsec_")
            .keeping(&["webhook-id", "webhook-timestamp"])
            .showing(&["data.invoice", "data.amount"]),
        DemoSource::new("connectgain", "ConnectGain", &providers::CONNECTGAIN, Connectgain)
            .showing(&["data.email", "data.id"])
            .automatic(),
        DemoSource::new("comma", "Comma", &providers::COMMA_HMAC, Comma)
            .showing(&["from.identifier", "body"]),
        DemoSource::new("synerise", "Synerise", &providers::META, Synerise)
            .showing(&["complaint.id"]),
        DemoSource::new("wexio", "Wexio", &providers::WEXIO_SHARED_SECRET, Wexio)
            .keeping(&["x-idempotency-key"])
            .showing(&["name", "phone"]),
    ]
};

impl DemoSource {
    const fn new(
        name: &'static str,
        title: &'static str,
        preset: &'static Preset,
        policy: PolicyConfig,
    ) -> Self {
        let (headers, columns): (&[_], &[_]) = (&[], &[]);
        let (prefix, mode) = ("demo_", Mode::Review);
        Self { name, title, preset, policy, prefix, headers, columns, mode }
    }

    const fn with_secrets(mut self, prefix: &'static str) -> Self {
        self.prefix = prefix;
        self
    }

    const fn keeping(mut self, headers: &'static [&'static str]) -> Self {
        self.headers = headers;
        self
    }

    const fn showing(mut self, columns: &'static [&'static str]) -> Self {
        self.columns = columns;
        self
    }

    const fn automatic(mut self) -> Self {
        self.mode = Mode::Auto;
        self
    }

    /// A new secret, as the provider would write it.
    pub(crate) fn new_secret(&self) -> Result<Reveal, Box<dyn Error>> {
        let mut bytes = vec![0; 32];
        getrandom::fill(&mut bytes)?;
        let format = self.preset.scheme().secret_format(self.prefix)?;
        let (_, shown) = format.generate(Entropy::new(bytes)?);
        Ok(shown)
    }

    /// Its settings, with this secret.
    pub(crate) fn config(&self, secret: &str) -> Result<SourceConfig, Box<dyn Error>> {
        let secret = Secret::new(secret)?;
        let mut config = SourceConfig::preset(TENANT, self.name, self.preset).with_secret(secret);
        config.name = self.title.into();
        config.policy = self.policy.clone();
        config.mode = self.mode;
        config.stored_headers.extend(self.headers.iter().map(|name| (*name).to_owned()));
        config.columns = columns(self.columns)?;
        match self.name {
            // Meta names no id; what one complaint is, the operator of Synerise says. A key lives
            // for seven days after the last delivery.
            "synerise" => {
                let part = DedupePart::body("complaint.id")?;
                let rule = DedupeRule::new([part], OnMissingKey::AcceptWithoutKey)?;
                let window = Window::FromLast(Duration::from_secs(7 * 24 * 60 * 60));
                config.dedupe = DedupeConfig::Rule { rule, window };
            }
            // Wexio takes nothing that no trigger wants.
            "wexio" => config.bindings = vec![Binding::new("inbox")],
            _ => {}
        }
        Ok(config)
    }
}

fn columns(paths: &[&str]) -> Result<Vec<Column>, json::PathError> {
    let column = |path: &&str| Ok(Column { path: json::Path::parse(path)?, label: String::new() });
    paths.iter().map(column).collect()
}
