//! Public keys that a delivery names: judged here, fetched by the host.

use super::Scheme;
use super::description::{Authentication, JoseKey, KeyFetch, KeyForm, KeyName};
use super::key::{Key, SigningKey};
use super::locate::{Context, Located, malformed, value};
use super::proof::Proof;
use super::verify::Verifier;
use crate::clock::Timestamp;
use crate::delivery::{Body, Delivery};
use crate::error::ConfigError;
use crate::refusal::{Malformation, Refusal, Site};
use crate::secret::Secret;

/// What the host is asked for: the key that a delivery claims to be signed with. The claim is not
/// proven yet, but it is one that the scheme allows.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyRequest {
    /// The key of this id, from the provider's interface or key set.
    Id(String),
    /// The key or certificate at this address, which is on a pinned host. Fetch it over TLS
    /// without following redirects, and keep it: a sender can name it in every delivery.
    Url(String),
}

impl KeyRequest {
    /// The id or address.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Id(name) | Self::Url(name) => name,
        }
    }
}

/// The answer to a [`KeyRequest`], read and checked; keep it as long as the provider says.
pub struct FetchedKey {
    name: Box<str>,
    keys: Vec<Key>,
}

impl FetchedKey {
    pub(super) fn name(&self) -> &[u8] {
        self.name.as_bytes()
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = &Key> {
        self.keys.iter()
    }
}

impl std::fmt::Debug for FetchedKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FetchedKey").field("keys", &self.keys.len()).finish_non_exhaustive()
    }
}

impl Verifier {
    /// What must be fetched before a delivery can be judged; nothing if no key must.
    ///
    /// It costs no signature check. A forged delivery can name any key that the scheme allows, so
    /// remember answers, failures too, and bound how often the provider is asked.
    ///
    /// # Errors
    ///
    /// The delivery names no key, or one that the scheme does not allow.
    pub fn key_request(
        &self,
        delivery: &Delivery<'_>,
        now: Timestamp,
    ) -> Result<Option<KeyRequest>, Refusal> {
        let Body::Whole(body) = delivery.body() else {
            return Err(Refusal::BodyTooLarge { limit: 0 });
        };
        let Some(rule) = self.scheme().key_fetch() else { return Ok(None) };
        let context = Context::new(delivery.head(), body, self.parameters());
        let name = match &self.scheme().description().authentication {
            Authentication::Jose(jose) => self.jose_key_name(context, jose, &rule.named_at)?,
            Authentication::MessageSignature(message) => {
                let parameters = super::message::parameters(context.head, message)?;
                let context = Context { message: Some(&parameters), ..context };
                value(context, &rule.named_at)?.into_owned()
            }
            _ => {
                let Some(signature) = self.scheme().signatures().first() else { return Ok(None) };
                let mut located = Located::nothing();
                located.find(context, &signature.at, &signature.grammar)?;
                let list = Some((located.list(), &signature.grammar));
                value(Context { list, ..context }, &rule.named_at)?.into_owned()
            }
        };
        let text = rule.check_name(&name)?;
        if self.keys().live(now).any(|(_, key)| key.answers_to(&name)) {
            return Ok(None);
        }
        Ok(Some(match &rule.name {
            KeyName::Id => KeyRequest::Id(text.to_owned()),
            KeyName::Url { .. } => KeyRequest::Url(text.to_owned()),
        }))
    }

    /// Verifies with a fetched key, or says that one must be fetched.
    pub(crate) fn verify_or_ask<'a>(
        &'a self,
        delivery: &Delivery<'a>,
        fetched: Option<&FetchedKey>,
        now: Timestamp,
    ) -> Result<Proof<'a>, Refusal> {
        match fetched {
            Some(key) => self.verify_with(delivery, key, now),
            None if self.key_request(delivery, now)?.is_some() => Err(Refusal::Unanswered),
            None => self.verify(delivery, now),
        }
    }

    /// Where a delivery names the key that must be fetched.
    pub(crate) fn key_site(&self) -> Site {
        self.scheme().key_fetch().map_or(Site::WholeBody, |rule| Site::from(&rule.named_at))
    }

    /// Reads what the host fetched: PEM, a certificate, a JWK or key set, base64.
    ///
    /// # Errors
    ///
    /// It holds no key that this scheme verifies with. The provider may have had a bad moment:
    /// treat it as a failure of ours, which the sender retries, not as a forgery.
    pub fn fetched_key(
        &self,
        request: &KeyRequest,
        text: impl Into<String>,
    ) -> Result<FetchedKey, ConfigError> {
        let secret = Secret::new(text.into().trim())
            .map_err(|error| ConfigError::one("fetched_key", error.to_string()))?;
        let keys = Key::prepare(self.scheme(), SigningKey::new(secret))
            .map_err(|what| ConfigError::one("fetched_key", what))?;
        Ok(FetchedKey { name: request.name().into(), keys })
    }
}

impl Scheme {
    /// How the key is fetched, if it is.
    #[must_use]
    pub fn key_fetch(&self) -> Option<&KeyFetch> {
        match &self.description().authentication {
            Authentication::Jose(jose) => match &jose.key {
                JoseKey::Fetched(rule) => Some(rule),
                _ => None,
            },
            Authentication::MessageSignature(message) => match &message.key {
                KeyForm::Fetched(rule) => Some(rule),
                _ => None,
            },
            _ => self.signatures().iter().find_map(|signature| match &signature.key {
                KeyForm::Fetched(rule) => Some(rule),
                _ => None,
            }),
        }
    }
}

impl KeyFetch {
    /// Refuses a name that no genuine delivery has, before anyone is asked, and also where the key
    /// is configured: the address is part of what the provider promises.
    pub(super) fn check_name<'n>(&self, name: &'n [u8]) -> Result<&'n str, Refusal> {
        match std::str::from_utf8(name).ok().filter(|name| self.name.allows(name)) {
            Some(name) => Ok(name),
            None => malformed(&self.named_at, Malformation::KeyName),
        }
    }
}

impl KeyName {
    /// Whether an address may be visited to confirm a subscription: as for a key, but with a query.
    pub(super) fn allows_visit(&self, address: &str) -> bool {
        let (bare, query) = address.split_once('?').unwrap_or((address, ""));
        let plain = query.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.~=&%+:/".contains(&b));
        plain && matches!(self, Self::Url { .. }) && self.allows(bare)
    }

    /// Whether a host may be asked for the key of this name.
    pub(super) fn allows(&self, name: &str) -> bool {
        match self {
            Self::Id => {
                (1..=256).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_graphic())
            }
            Self::Url { hosts, path_prefix, path_suffix } => {
                let Some((host, path)) = https_parts(name) else { return false };
                path.len() >= path_prefix.len() + path_suffix.len()
                    && path.starts_with(path_prefix.as_ref())
                    && path.ends_with(path_suffix.as_ref())
                    && hosts.iter().any(|pinned| is_host(host, pinned))
            }
        }
    }
}

/// The host and path of an address that is https and nothing else: no user, port, query, fragment
/// or escape, no upper case in its host, no dots that walk.
fn https_parts(address: &str) -> Option<(&str, &str)> {
    let rest = address.strip_prefix("https://")?;
    let (host, _) = rest.split_at(rest.find('/')?);
    let path = rest.get(host.len()..)?;
    let plain_host = host
        .bytes()
        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'.');
    let plain_path = path.bytes().all(|b| b.is_ascii_alphanumeric() || b"/-_.~=+:".contains(&b));
    let walks = path.split('/').any(|segment| segment == ".." || segment == ".");
    (plain_host && plain_path && !walks && address.len() <= 2048).then_some((host, path))
}

fn is_host(host: &str, pinned: &str) -> bool {
    let mut labels = host.split('.');
    let mut wanted = pinned.split('.');
    loop {
        match (labels.next(), wanted.next()) {
            (None, None) => return true,
            (Some(label), Some("*")) if !label.is_empty() => {}
            (Some(label), Some(own)) if label == own => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::{list, text};

    #[test]
    fn crt_01_only_the_pinned_address_is_asked_for() {
        let sns = KeyName::Url {
            hosts: list![text("sns.*.amazonaws.com"), text("sns.*.amazonaws.com.cn")],
            path_prefix: text("/"),
            path_suffix: text(".pem"),
        };
        // The bypasses that were found in AWS's own validators, and their relatives.
        for (address, allowed) in [
            ("https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0123.pem", true),
            ("https://sns.cn-north-1.amazonaws.com.cn/x.pem", true),
            ("http://sns.us-east-1.amazonaws.com/x.pem", false),
            ("https://sns.us-east-1.amazonaws.com.evil.com/x.pem", false),
            ("https://evil.com/sns.us-east-1.amazonaws.com/x.pem", false),
            ("https://sns.us-east-1.amazonaws.com@evil.com/x.pem", false),
            ("https://x.s3.amazonaws.com/sns.pem", false),
            ("https://sns.x.s3.amazonaws.com/sns.pem", false),
            ("https://sns.us-east-1.amazonaws.com:8443/x.pem", false),
            ("https://sns.us-east-1.amazonaws.com/x.pem?y=.pem", false),
            ("https://sns.us-east-1.amazonaws.com/x#.pem", false),
            ("https://sns.us-east-1.amazonaws.com/%2e%2e/x.pem", false),
            ("https://sns.us-east-1.amazonaws.com/../x.pem", false),
            ("https://sns.us-east-1.amazonaws.com./x.pem", false),
            ("https://SNS.us-east-1.amazonaws.com/x.pem", false),
            ("https://xn--sns.us-east-1.amazonaws.com/x.pem", false),
            ("https://sns..amazonaws.com/x.pem", false),
            ("https://sns.us-east-1.amazonaws.com", false),
            ("https://sns.us-east-1.amazonaws.com/x.pem\n", false),
            ("", false),
        ] {
            assert_eq!(sns.allows(address), allowed, "{address}");
        }
    }

    #[test]
    fn an_id_is_short_and_visible() {
        for (id, allowed) in [("a/../b", true), ("", false), ("a b", false), ("é", false)] {
            assert_eq!(KeyName::Id.allows(id), allowed, "{id}");
        }
        assert!(!KeyName::Id.allows(&"a".repeat(257)));
    }
}
