//! The interpreter that judges deliveries: the only place where a signature becomes a proof.

use super::Scheme;
use super::description::{Authentication, Slot, Tolerance};
use super::fetch::FetchedKey;
use super::key::{Fingerprint, KeyRing, SigningKey};
use super::locate::{Context, Located, value};
use super::message;
use super::parameters::Parameters;
use super::proof::{Means, Proof};
use super::registry::{Registry, TokenCheck};
use crate::clock::Timestamp;
use crate::delivery::{Body, Delivery, Head};
use crate::error::{ConfigError, ConfigFault};
use crate::refusal::Refusal;

/// A scheme with the keys of one source: what a delivery is judged by.
///
/// ```
/// use hookstage::{Delivery, Head, Secret, Timestamp, Verifier, providers};
///
/// let secret = Secret::new("hookstage-test-secret").unwrap();
/// let verifier = Verifier::new(providers::COEFFECTION.scheme(), [secret]).unwrap();
///
/// let headers = [(
///     "X-Webhook-Signature",
///     b"t=1700000000,v1=0f12218de9ee66f1944a4203a06c172a103ed8f2ec42efd858415848eefbaefb"
///         .as_slice(),
/// )];
/// let body = br#"{"id":"evt_123","email":"ada@acme.com"}"#;
/// let delivery = Delivery::new(Head::post("", &headers), body);
///
/// let proof = verifier.verify(&delivery, Timestamp::from_unix_seconds(1_700_000_300)).unwrap();
/// assert!(proof.coverage().binds_body());
/// ```
#[derive(Debug)]
pub struct Verifier {
    scheme: Scheme,
    keys: KeyRing,
    parameters: Parameters,
    token_check: Option<TokenCheck>,
}

impl Verifier {
    /// Prepares the keys for the scheme, newest first. Decoding and key schedule happen here, never
    /// per delivery.
    ///
    /// # Errors
    ///
    /// No key, more than four, a secret that the scheme cannot use, a parameter that the scheme
    /// needs and nobody gave: all of them at once.
    pub fn new<K: Into<SigningKey>>(
        scheme: Scheme,
        keys: impl IntoIterator<Item = K>,
    ) -> Result<Self, ConfigError> {
        Self::with_parameters(scheme, keys, Parameters::new())
    }

    /// As [`new`](Self::new), with what the operator configured beside the secret.
    ///
    /// # Errors
    ///
    /// As for [`new`](Self::new), and a tolerance that is zero or longer than a day.
    pub fn with_parameters<K: Into<SigningKey>>(
        scheme: Scheme,
        keys: impl IntoIterator<Item = K>,
        parameters: Parameters,
    ) -> Result<Self, ConfigError> {
        Self::with_registry(scheme, keys, parameters, &Registry::new())
    }

    /// As [`with_parameters`](Self::with_parameters), with the checks that are the host's own.
    ///
    /// # Errors
    ///
    /// As for [`with_parameters`](Self::with_parameters), and a check that the registry lacks.
    pub fn with_registry<K: Into<SigningKey>>(
        scheme: Scheme,
        keys: impl IntoIterator<Item = K>,
        parameters: Parameters,
        registry: &Registry,
    ) -> Result<Self, ConfigError> {
        if let Some(feature) = scheme.missing_feature() {
            return Err(ConfigError::one(
                "feature",
                format!("this scheme needs the feature `{feature}`, which this build lacks"),
            ));
        }
        let mut faults = parameter_faults(&scheme, &parameters);
        let mut token_check = None;
        if let Authentication::HostChecked(rule) = &scheme.description().authentication {
            token_check = registry.token_check(&rule.check);
            if token_check.is_none() {
                faults.push(ConfigFault::new(
                    "host_checked.check",
                    "the registry has no check of this name; register it when the host starts",
                ));
            }
        }
        let keys = keys.into_iter().map(Into::into).collect();
        match KeyRing::prepare(&scheme, keys) {
            Ok(keys) => {
                ConfigError::unless_empty(faults)?;
                Ok(Self { scheme, keys, parameters, token_check })
            }
            Err(error) => {
                faults.extend(error.into_faults());
                ConfigError::unless_empty(faults)?;
                Err(ConfigError::one("keys", "the keys cannot be used"))
            }
        }
    }

    /// The scheme.
    #[must_use]
    pub const fn scheme(&self) -> &Scheme {
        &self.scheme
    }

    /// What the operator configured beside the secret.
    #[must_use]
    pub const fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    /// How far a signed time may be off, if the scheme has one that is the moment of signing.
    pub(crate) fn tolerance(&self) -> Option<Tolerance> {
        let rule = self.scheme.description().timestamp.as_ref()?;
        Some(self.parameters.tolerance().unwrap_or(rule.tolerance))
    }

    /// The keys, newest first, by what may be shown of them.
    pub fn fingerprints(&self) -> impl Iterator<Item = Fingerprint> + '_ {
        self.keys.fingerprints().map(Fingerprint)
    }

    /// Which of the given keys the one at this place of the ring is, or is a part of:
    /// [`Proof::key_index`] counts the keys of a key set one by one.
    #[must_use]
    pub fn given_key(&self, index: u8) -> Option<usize> {
        self.keys.origin(index)
    }

    pub(super) const fn keys(&self) -> &KeyRing {
        &self.keys
    }

    pub(super) const fn token_check(&self) -> Option<&TokenCheck> {
        self.token_check.as_ref()
    }

    /// Judges what can be judged before the body is read: whether the header that carries the
    /// signature, token or time is there, and there once.
    ///
    /// # Errors
    ///
    /// It is absent, empty, repeated or too long.
    pub fn check_head(&self, head: &Head<'_>) -> Result<(), Refusal> {
        let context = Context::new(head, &[], &self.parameters);
        let description = self.scheme.description();
        match &description.authentication {
            Authentication::Signature(signature) if signature.at.iter().all(Slot::is_in_head) => {
                Located::nothing().find(context, &signature.at, &signature.grammar)?;
            }
            Authentication::HostChecked(rule) if rule.token.at.is_in_head() => {
                value(context, &rule.token.at)?;
            }
            Authentication::Jose(jose) if jose.at.is_in_head() => {
                value(context, &jose.at)?;
            }
            Authentication::MessageSignature(rule) => message::check_head(head, rule)?,
            Authentication::Token(token) if token.at.is_in_head() => {
                value(context, &token.at)?;
            }
            _ => {}
        }
        let timestamp = description.timestamp.as_ref().map(|timestamp| &timestamp.at);
        for place in timestamp.into_iter().chain(&description.id) {
            if place.is_in_head() {
                value(context, place)?;
            }
        }
        Ok(())
    }

    /// Judges a delivery at `now`: that exactly these bytes were sent by someone who has a live
    /// key, and lately enough.
    ///
    /// The order is fixed: what is missing or malformed, then the signature, then the time, then
    /// whatever else must be equal. So `stale` always means that the signature was right.
    ///
    /// # Errors
    ///
    /// Why it is refused. Nothing was staged, counted or remembered.
    pub fn verify<'a>(
        &'a self,
        delivery: &Delivery<'a>,
        now: Timestamp,
    ) -> Result<Proof<'a>, Refusal> {
        self.judge(delivery, None, now)
    }

    /// As [`verify`](Self::verify), with the key that
    /// [`key_request`](Self::key_request) asked for.
    ///
    /// # Errors
    ///
    /// As for [`verify`](Self::verify), and a delivery that names another key.
    pub fn verify_with<'a>(
        &'a self,
        delivery: &Delivery<'a>,
        fetched: &FetchedKey,
        now: Timestamp,
    ) -> Result<Proof<'a>, Refusal> {
        self.judge(delivery, Some(fetched), now)
    }

    fn judge<'a>(
        &'a self,
        delivery: &Delivery<'a>,
        fetched: Option<&FetchedKey>,
        now: Timestamp,
    ) -> Result<Proof<'a>, Refusal> {
        let Body::Whole(body) = delivery.body() else {
            return Err(Refusal::BodyTooLarge { limit: 0 });
        };
        let context = Context::new(delivery.head(), body, &self.parameters);
        let description = self.scheme.description();
        match &description.authentication {
            Authentication::Signature(signature) => {
                let (key, signed_at) = self.verify_rule(context, 0, signature, fetched, now)?;
                let proof = Proof::new(delivery, body, self.scheme.coverage(), Means::Signature);
                Ok(proof.with_key(key).signed_at_time(signed_at))
            }
            Authentication::AnyOf(signatures) => {
                let (key, signed_at) = self.verify_any(context, signatures, fetched, now)?;
                let proof = Proof::new(delivery, body, self.scheme.coverage(), Means::Signature);
                Ok(proof.with_key(key).signed_at_time(signed_at))
            }
            Authentication::HostChecked(rule) => {
                let key = self.verify_by_host(context, &rule.token, now)?;
                self.check_equalities(context, &description.require)?;
                let proof = Proof::new(delivery, body, self.scheme.coverage(), Means::Token);
                Ok(proof.with_key(Some(key)))
            }
            Authentication::Jose(jose) => {
                let verified = self.verify_jose(context, jose, fetched, now)?;
                let proof = Proof::new(delivery, body, self.scheme.coverage(), Means::Signature);
                Ok(proof.with_key(verified.key).signed_at_time(verified.issued))
            }
            Authentication::MessageSignature(rule) => {
                let (key, signed_at) = self.verify_message(context, rule, fetched, now)?;
                let proof = Proof::new(delivery, body, self.scheme.coverage(), Means::Signature);
                Ok(proof.with_key(key).signed_at_time(signed_at))
            }
            Authentication::Token(token) => {
                let key = self.verify_token(context, token, now)?;
                self.check_equalities(context, &description.require)?;
                let proof = Proof::new(delivery, body, self.scheme.coverage(), Means::Token);
                Ok(proof.with_key(Some(key)))
            }
            Authentication::Unsigned => {
                self.check_equalities(context, &description.require)?;
                Ok(Proof::new(delivery, body, self.scheme.coverage(), Means::Unsigned))
            }
        }
    }
}

fn parameter_faults(scheme: &Scheme, parameters: &Parameters) -> Vec<ConfigFault> {
    let mut faults = Vec::new();
    for parameter in scheme.parameters() {
        match parameters.get(parameter) {
            Some("") | None => faults.push(ConfigFault::new(
                format!("parameters.{}", parameter.as_str()),
                "this scheme needs it; take it from the provider's dashboard",
            )),
            Some(_) => {}
        }
    }
    if let Some(tolerance) = parameters.tolerance() {
        let judged = super::check::tolerance_faults(tolerance);
        faults.extend(judged.iter().map(|fault| ConfigFault::new(fault.at, fault.what)));
        if scheme.description().timestamp.is_none() {
            faults.push(ConfigFault::new(
                "parameters.tolerance",
                "this scheme signs no time, so there is nothing to tolerate; remove it",
            ));
        }
    }
    faults
}
