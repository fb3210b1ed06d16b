//! The settings of one webhook.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::catalogue::EventName;
use crate::error::{ConfigError, ConfigFault};
use crate::providers;
use crate::secret::Secret;
use crate::source::{Lifecycle, PolicyConfig, SourceConfig, SourceId, Subscription};

/// The settings of one webhook, under the names that its API gives them.
///
/// The secret is read and never written.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebhookConfig {
    /// What people call it.
    pub name: String,
    /// Where deliveries are sent.
    pub url: String,
    /// The events it wants: names, patterns such as `deal.*`, or `*` alone for all. An empty list is
    /// a fault, because it could mean none as well as all.
    pub events: Vec<String>,
    /// What deliveries are signed with; without one they are not signed.
    #[serde(default, skip_serializing)]
    pub secret: Option<Secret>,
    /// Whether anything is sent, and taken.
    pub is_active: bool,
}

/// How deliveries may travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Transport {
    /// Over TLS only.
    Https,
    /// Without TLS as well: for a machine of one's own.
    HttpToo,
}

/// A name in a subscription that no event of the catalogue has, or a pattern that fits none. It is
/// no fault: the catalogue of the sender may be newer.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct UnknownEvent {
    /// Its place in the list.
    pub index: usize,
    /// The name.
    pub name: String,
}

impl fmt::Display for UnknownEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "events[{}]: no event of the catalogue is called {:?}", self.index, self.name)
    }
}

impl WebhookConfig {
    /// Judges the settings, and returns what is worth a word.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with them, at once: no name, a URL that is not absolute or not of
    /// the transport, no events, names that are none. The URL is not repeated.
    pub fn check(&self, transport: Transport) -> Result<Vec<UnknownEvent>, ConfigError> {
        let mut faults = Vec::new();
        if self.name.trim().is_empty() || self.name.len() > SourceId::MAX_NAME {
            faults.push(ConfigFault::new("name", "give a name of at most 200 bytes"));
        }
        if let Err(what) = check_url(&self.url, transport) {
            faults.push(ConfigFault::new("url", what));
        }
        self.subscription().faults(&mut faults);
        ConfigError::unless_empty(faults)?;
        let unknown = |name: &str| {
            let known = Subscription::only([name]);
            name != ALL && !EventName::ALL.iter().any(|event| known.takes(Some(event.as_str())))
        };
        let events = self.events.iter().enumerate();
        Ok(events
            .filter(|(_, name)| unknown(name))
            .map(|(index, name)| UnknownEvent { index, name: name.clone() })
            .collect())
    }

    /// The source that takes its deliveries.
    ///
    /// # Errors
    ///
    /// As for [`check`](Self::check).
    pub fn into_source(
        self,
        tenant: impl Into<String>,
        source: impl Into<String>,
        transport: Transport,
    ) -> Result<SourceConfig, ConfigError> {
        self.check(transport)?;
        let events = self.subscription();
        let preset = match self.secret {
            Some(_) => &providers::CONNECTGAIN,
            None => &providers::CONNECTGAIN_UNSIGNED,
        };
        let mut config = SourceConfig::preset(tenant, source, preset);
        config.name = self.name;
        config.events = events;
        config.policy = PolicyConfig::Connectgain;
        config.lifecycle = if self.is_active { Lifecycle::Active } else { Lifecycle::Paused };
        Ok(match self.secret {
            Some(secret) => config.with_secret(secret),
            None => config,
        })
    }

    fn subscription(&self) -> Subscription {
        match &*self.events {
            [all] if all == ALL => Subscription::All,
            names => Subscription::only(names.iter().cloned()),
        }
    }
}

/// What says all.
const ALL: &str = "*";

/// An absolute URL with a host, and nothing in it that clients read differently.
fn check_url(url: &str, transport: Transport) -> Result<(), &'static str> {
    const WHAT: &str = "give an absolute URL such as https://example.com/webhooks";
    let is_odd = |c: char| c == '\\' || c <= ' ' || c == '\u{7f}' || !c.is_ascii();
    if url.len() > 2_048 || url.contains(is_odd) {
        return Err(WHAT);
    }
    let (scheme, rest) = url.split_once("://").ok_or(WHAT)?;
    match (scheme.to_ascii_lowercase().as_str(), transport) {
        ("https", _) | ("http", Transport::HttpToo) => {}
        ("http", Transport::Https) => {
            return Err("deliveries without TLS can be read and changed on their way; use https");
        }
        _ => return Err(WHAT),
    }
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.contains('@') {
        return Err("a user name or password in the URL is sent to whoever reads its logs");
    }
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    };
    let is_port = port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0));
    if host.is_empty() || !is_port || url.contains('#') {
        return Err(WHAT);
    }
    Ok(())
}
