//! Message signatures (RFC 9421) that would hold under another label or algorithm, or with less
//! covered; and bodies that are not the one whose digest was signed.

use std::borrow::Cow;

use super::Search;
use crate::refusal::{Malformation, Refusal, Site};
use crate::scheme::description::{
    Authentication, Component, Description, List, MessageAlgorithm, MessageLabel, MessageSignature,
    Text,
};
use crate::scheme::message;

impl Search<'_> {
    pub(super) fn messages(&mut self, scheme: &Description, refusal: &Refusal) {
        let Some(rule) = rule_of(scheme) else { return };
        match refusal {
            Refusal::Absent(Site::Label(_))
            | Refusal::Malformed { fault: Malformation::Label, .. } => self.labels(scheme, rule),
            Refusal::Absent(Site::Component(_)) => self.covered(scheme, rule),
            _ => self.algorithms(scheme, rule),
        }
    }

    fn labels(&mut self, scheme: &Description, rule: &MessageSignature) {
        let only = changed(scheme, |rule| rule.label = MessageLabel::Only);
        if rule.label != MessageLabel::Only && self.matches(&only) {
            self.hint("label", "The signature is right under another label: name the label that the sender uses, or take the only one whatever its label.");
            return;
        }
        let labels = message::labels(&self.head);
        for (index, label) in labels.iter().enumerate() {
            let named: List<Text> = Cow::Owned(vec![label.clone().into()]);
            let other = changed(scheme, |rule| rule.label = MessageLabel::FirstOf(named.clone()));
            if self.matches(&other) {
                let (nth, all) = (index + 1, labels.len());
                self.hint("label", format!("Signature {nth} of the {all} that the message has is right: name the label that it has."));
                return;
            }
        }
    }

    /// Whether the signature is right and covers less than it must.
    fn covered(&mut self, scheme: &Description, rule: &MessageSignature) {
        let covered = message::covered(&self.head, rule);
        let (kept, missing): (Vec<&Component>, Vec<&Component>) =
            rule.covered.iter().partition(|component| covered.contains(component));
        let kept: List<Component> = kept.into_iter().cloned().collect();
        let less = changed(scheme, |rule| rule.covered = kept.clone());
        if self.matches(&less) {
            let names: Vec<Text> = missing.into_iter().map(message::text_of).collect();
            let names = names.join(", ");
            self.hint("signed_parts", format!("The signature is right and does not cover {names}: let the sender cover it; what is not covered anyone on the way can change."));
        }
    }

    fn algorithms(&mut self, scheme: &Description, rule: &MessageSignature) {
        for algorithm in MessageAlgorithm::ALL {
            if rule.algorithms.contains(&algorithm) {
                continue;
            }
            let name = algorithm.as_str();
            let other = changed(scheme, |rule| rule.algorithms = Cow::Owned(vec![algorithm]));
            if self.matches(&other) {
                self.hint("hash", format!("The signature would match as {name}; allow that algorithm if the sender uses it."));
                return;
            }
        }
    }

    /// The signature is right, and the body is not the one whose digest it covers.
    pub(super) fn digests(&mut self, scheme: &Description) {
        self.bodies(scheme);
        if self.hints.is_empty() {
            self.hint("body", "The signature is right and its content-digest is that of another body: pass the raw bytes on as they came, before anything decodes, decompresses or parses them.");
        }
    }
}

/// Whether a refusal says that the signature of a message is right and the digest of its body wrong.
pub(super) fn is_other_body(scheme: &Description, refusal: &Refusal) -> bool {
    let Refusal::Different(Site::Header(name)) = refusal else { return false };
    rule_of(scheme).is_some() && name == "content-digest"
}

pub(super) const fn rule_of(scheme: &Description) -> Option<&MessageSignature> {
    match &scheme.authentication {
        Authentication::MessageSignature(rule) => Some(rule),
        _ => None,
    }
}

fn changed(scheme: &Description, change: impl Fn(&mut MessageSignature)) -> Description {
    let mut other = scheme.clone();
    if let Authentication::MessageSignature(rule) = &mut other.authentication {
        change(rule);
    }
    other
}
