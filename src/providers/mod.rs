//! Other people's formats: one row for each provider's scheme, as pure data.
//!
//! A row says how a provider signs, where that was read and how strong that evidence is. The
//! interpreter never sees a row or its name: it gets the [`Scheme`] alone. A row that is not sound
//! does not compile.
//!
//! Rows stand by trade, one file for each: `payments`, `regional_payments`, `app_stores`, `billing`,
//! `banking`, `commerce`, `code_hosting`, `developer_tools`, `event_platforms`, `operations`,
//! `messaging`, `telephony`, `mail`, `marketing`, `customers`, `work`, `documents_and_people`,
//! `identity`, `media`, `social`, `ai`, `blockchain`, `devices`, what others build on in
//! `standard_webhooks`, and the house schemes in `seeds`. All of them are found by name with
//! [`find`], and listed in `src/manual/providers.md`.
//!
//! ```
//! use hookstage::providers;
//!
//! let stripe = providers::find("stripe").unwrap();
//! assert_eq!(stripe.name, "stripe");
//! assert!(stripe.documentation.starts_with("https://"));
//! ```

mod ai;
mod app_stores;
mod banking;
mod billing;
mod blockchain;
mod blocks;
mod code_hosting;
mod commerce;
mod customers;
mod developer_tools;
mod devices;
mod documents_and_people;
mod event_platforms;
mod generic;
mod handshakes;
mod identity;
mod mail;
mod marketing;
mod media;
mod messages;
mod messaging;
mod operations;
mod payments;
mod regional_payments;
mod retries;
mod seeds;
mod social;
mod standard_webhooks;
mod table;
mod telephony;
mod work;

pub use self::ai::*;
pub use self::app_stores::*;
pub use self::banking::*;
pub use self::billing::*;
pub use self::blockchain::*;
pub use self::code_hosting::*;
pub use self::commerce::*;
pub use self::customers::*;
pub use self::developer_tools::*;
pub use self::devices::*;
pub use self::documents_and_people::*;
pub use self::event_platforms::*;
pub use self::generic::{Generic, GenericError};
pub use self::handshakes::DROPBOX_HANDSHAKES;
pub use self::identity::*;
pub use self::mail::*;
pub use self::marketing::*;
pub use self::media::*;
pub use self::messages::SignedMessages;
pub use self::messaging::*;
pub use self::operations::*;
pub use self::payments::*;
pub use self::regional_payments::*;
pub use self::seeds::*;
pub use self::social::*;
pub use self::standard_webhooks::*;
pub use self::telephony::*;
pub use self::work::*;
use std::time::Duration;

use crate::dedupe::{DedupePart, DedupeRule, OnMissingKey};
use crate::delivery::Delivery;
use crate::scheme::{Description, Handshake, Likeness, Place, Scheme};

/// One scheme of one provider.
#[derive(Debug)]
#[non_exhaustive]
pub struct Preset {
    /// The name in configuration: `vendor` or `vendor-variant`, in lower case.
    pub name: &'static str,
    /// Other names it is found under.
    pub aliases: &'static [&'static str],
    /// The provider's own name for itself and the variant.
    pub title: &'static str,
    /// Where the provider describes it, or the software that the facts were read in.
    pub documentation: &'static str,
    /// The day the evidence was read, as `2026-11-22`.
    pub checked: &'static str,
    /// How strong that evidence is.
    pub evidence: Evidence,
    /// What the dashboard shows as the secret.
    pub secret: SecretShape,
    /// Where the value stands that stays the same when the provider delivers an event again.
    pub dedupe: &'static [Place],
    /// Where the event type stands.
    pub event_type: Option<Place>,
    /// What is known of the provider's retries, for people: how often, when, and what changes from
    /// one to the next. Empty if nothing is. What can be reckoned with is
    /// [`retries_for`](Self::retries_for).
    pub retries: &'static str,
    pub(crate) description: Description,
}

impl Preset {
    /// What the provider asks an endpoint beside its deliveries; empty if nothing is known.
    #[must_use]
    pub fn handshakes(&self) -> &'static [Handshake] {
        handshakes::of(self.name)
    }

    /// How long after the first attempt the provider may still retry, in whole hours rounded up,
    /// where [`retries`](Self::retries) says it: a dedupe key must be kept for longer, and a source
    /// that keeps it for less has a [warning](crate::Warning::WindowShorterThanRetries).
    #[must_use]
    pub fn retries_for(&self) -> Option<Duration> {
        retries::of(self.name)
    }

    /// The body with which the provider wants each delivery acknowledged; nothing if the status is
    /// enough. Without it the provider takes the delivery for lost and sends it again. A source of
    /// this preset answers with it unless it has chosen a policy: then it belongs into the policy's
    /// answers.
    ///
    /// ```
    /// use hookstage::providers;
    ///
    /// assert_eq!(providers::ADYEN_PAYMENTS.acknowledgement(), Some("[accepted]"));
    /// assert_eq!(providers::STRIPE.acknowledgement(), None);
    /// ```
    #[must_use]
    pub fn acknowledgement(&self) -> Option<&'static str> {
        handshakes::acknowledgement_of(self.name)
    }

    /// The scheme.
    #[must_use]
    pub fn scheme(&self) -> Scheme {
        Scheme::sound(self.description.clone())
    }

    /// The rule that makes a dedupe key of the places in [`dedupe`](Self::dedupe), all of them
    /// together; a delivery that lacks one has no key. Nothing for a provider that names no such
    /// place, or one that no rule can read.
    ///
    /// ```
    /// use hookstage::providers;
    ///
    /// assert_eq!(providers::STRIPE.dedupe_rule().unwrap().parts().len(), 1);
    /// assert!(providers::META.dedupe_rule().is_none());
    /// ```
    #[must_use]
    pub fn dedupe_rule(&self) -> Option<DedupeRule> {
        let parts: Option<Vec<_>> = self.dedupe.iter().map(DedupePart::of_place).collect();
        DedupeRule::new(parts?, OnMissingKey::AcceptWithoutKey).ok()
    }
}

/// Where a row's facts were read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Evidence {
    /// In the provider's own software: an official SDK, or the server that signs.
    Sdk,
    /// In the provider's own documentation.
    Documentation,
    /// In independent verifiers that run against the provider.
    ThirdParty,
}

/// What the text of a secret looks like, for those who paste one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SecretShape {
    /// What the dashboard calls it and how it begins.
    pub hint: &'static str,
    /// How every secret that the provider issued begins, where that is known. Another beginning is
    /// a warning, never a refusal.
    pub prefixes: &'static [&'static str],
}

/// Every preset, sorted by name.
#[must_use]
pub fn all() -> &'static [&'static Preset] {
    &table::PRESETS
}

/// The preset of this name or alias.
#[must_use]
pub fn find(name: &str) -> Option<&'static Preset> {
    match all().binary_search_by(|preset| preset.name.cmp(name)) {
        Ok(index) => all().get(index).copied(),
        Err(_) => all().iter().copied().find(|preset| preset.aliases.contains(&name)),
    }
}

/// Which presets a delivery looks like, the best first: from the names and shapes of its headers
/// and, where the signature stands there, of its body. It proves nothing; only
/// [`Verifier::verify`](crate::Verifier::verify) does.
///
/// Providers that sign alike in headers of the same name cannot be told apart, and stand side by
/// side.
///
/// ```
/// use hookstage::{Delivery, Head, providers};
///
/// let headers = [
///     ("X-GitHub-Event", b"push".as_slice()),
///     ("X-Hub-Signature-256",
///      b"sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"),
/// ];
/// let found = providers::identify(&Delivery::new(Head::post("", &headers), b"{}"));
/// assert_eq!(found[0].name(), "github");
/// ```
#[must_use]
pub fn identify(delivery: &Delivery<'_>) -> Vec<Likeness<'static>> {
    crate::scheme::rank(
        delivery,
        all().iter().map(|preset| {
            let beside = preset.dedupe.iter().chain(&preset.event_type);
            let headers = beside.filter(|place| matches!(place, Place::Header(_))).cloned();
            (preset.name, preset.scheme(), headers.collect())
        }),
    )
}
