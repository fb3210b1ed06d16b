//! HTTP Message Signatures (RFC 9421), for senders without a row.

use std::borrow::Cow;

use crate::error::ConfigError;
use crate::scheme::{
    Authentication, Component, Description, Equality, Expected, KeyFetch, KeyForm, KeyName,
    MessageAlgorithm, MessageLabel, MessageSignature, Place, Presence, Scheme, SignedTime, Text,
    TimeUnit, Tolerance,
};

/// Messages signed by RFC 9421: what their signatures must cover, and by which algorithm.
///
/// At first they cover `@method`, `@target-uri` and `content-digest`, were made at most five minutes
/// ago and one minute ahead, and have one signature, whatever its label. The address is the one that
/// the host gives with the delivery: behind a proxy its public one.
///
/// ```
/// use hookstage::providers::SignedMessages;
/// use hookstage::scheme::{Component, MessageAlgorithm, SigningKey, Unsigned};
/// use hookstage::{Delivery, Head, Secret, Timestamp, Verifier};
///
/// let scheme = SignedMessages::new(MessageAlgorithm::HmacSha256)
///     .covering([Component::Method, Component::Path, Component::CONTENT_DIGEST])
///     .label("sig1")
///     .tag("orders")
///     .scheme()
///     .unwrap();
/// assert!(scheme.coverage().binds_body());
///
/// let secret = Secret::new("a secret that both sides know").unwrap();
/// let verifier = Verifier::new(scheme, [SigningKey::new(secret).with_id("key-1")]).unwrap();
/// let now = Timestamp::from_unix_seconds(1_700_000_000);
/// let request = Unsigned {
///     method: "POST",
///     url: "https://hooks.example.com/in/orders",
///     headers: &[],
///     body: br#"{"order":1}"#,
///     id: "1",
/// };
/// let signed = verifier.sign(&request, now).unwrap();
/// let headers = signed.header_lines();
/// let head = Head::new(&signed.method, &signed.url, &headers);
/// assert!(verifier.verify(&Delivery::new(head, &signed.body), now).is_ok());
///
/// // The signature is of another path, and its digest of another body.
/// let other = Head::new(&signed.method, "https://hooks.example.com/in/refunds", &headers);
/// assert!(verifier.verify(&Delivery::new(other, &signed.body), now).is_err());
/// assert!(verifier.verify(&Delivery::new(head, b"{}"), now).is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedMessages {
    algorithms: Vec<MessageAlgorithm>,
    covered: Vec<Component>,
    labels: Vec<Text>,
    tag: Option<Text>,
    key: Option<KeyForm>,
    tolerance: Tolerance,
}

impl SignedMessages {
    /// Signed by this algorithm.
    #[must_use]
    pub fn new(algorithm: MessageAlgorithm) -> Self {
        Self {
            algorithms: vec![algorithm],
            covered: vec![Component::Method, Component::TargetUri, Component::CONTENT_DIGEST],
            labels: Vec::new(),
            tag: None,
            key: None,
            tolerance: Tolerance::Within { past: 300, future: 60 },
        }
    }

    /// Or by another one, which takes keys of another kind.
    #[must_use]
    pub fn or(mut self, algorithm: MessageAlgorithm) -> Self {
        self.algorithms.push(algorithm);
        self
    }

    /// What a signature must cover, instead. Without [`Component::CONTENT_DIGEST`] anyone on the way
    /// can change the body, and its coverage says so.
    #[must_use]
    pub fn covering(mut self, components: impl IntoIterator<Item = Component>) -> Self {
        self.covered = components.into_iter().collect();
        self
    }

    /// Under this label. Signatures under other labels, such as a proxy's, are then passed over.
    /// Of several labels the first one that the message has counts.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.labels.push(Cow::Owned(label.into()));
        self
    }

    /// With this `tag`, by which a sender tells what its signature is for.
    #[must_use]
    pub fn tag(mut self, tag: impl Into<String>) -> Self {
        self.tag = Some(Cow::Owned(tag.into()));
        self
    }

    /// With keys in this form: the text of a secret for an HMAC, and public keys otherwise, unless
    /// told.
    #[must_use]
    pub fn key(mut self, form: KeyForm) -> Self {
        self.key = Some(form);
        self
    }

    /// With public keys that the message names by an id in `keyid`, and the host's
    /// [`KeyFetcher`](crate::KeyFetcher) knows.
    #[must_use]
    pub fn fetched(self) -> Self {
        self.key(KeyForm::Fetched(KeyFetch { named_at: Place::item("keyid"), name: KeyName::Id }))
    }

    /// How far `created` may lie from the clock, instead.
    #[must_use]
    pub const fn tolerance(mut self, tolerance: Tolerance) -> Self {
        self.tolerance = tolerance;
        self
    }

    /// The scheme.
    ///
    /// # Errors
    ///
    /// Nothing that must be covered, a component twice, a header or label that cannot be one, two
    /// algorithms for one kind of key, a key form that does not fit them, a tolerance that is zero or
    /// longer than a day.
    pub fn scheme(&self) -> Result<Scheme, ConfigError> {
        let label = match self.labels.as_slice() {
            [] => MessageLabel::Only,
            labels => MessageLabel::FirstOf(Cow::Owned(labels.to_vec())),
        };
        let has_secret = self.algorithms.contains(&MessageAlgorithm::HmacSha256);
        let own = if has_secret { KeyForm::Text } else { KeyForm::Public };
        let tag = self
            .tag
            .iter()
            .map(|tag| Equality { at: Place::item("tag"), equals: Expected::Text(tag.clone()) });
        Scheme::new(Description {
            authentication: Authentication::MessageSignature(MessageSignature {
                label,
                covered: Cow::Owned(self.covered.clone()),
                algorithms: Cow::Owned(self.algorithms.clone()),
                key: self.key.clone().unwrap_or(own),
                expires: Presence::IfPresent,
                leeway: 0,
            }),
            timestamp: Some(SignedTime {
                at: Place::item("created"),
                unit: TimeUnit::Seconds,
                tolerance: self.tolerance,
            }),
            id: None,
            require: tag.collect(),
        })
    }
}
