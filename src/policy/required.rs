//! The members that a body must have.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::connectgain::Envelope;
use crate::json::{Document, Found};
use crate::payload::{Message, MessageRules};
use crate::scheme::pointer_path;

/// The members that a body must have. All that are missing are named at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Required {
    /// Those of a ConnectGain [`Envelope`].
    Envelope,
    /// These, as JSON Pointers (RFC 6901). Null counts as missing.
    Members(Cow<'static, [Cow<'static, str>]>),
    /// Those of a [`Message`], under its default [`MessageRules`].
    Message,
    /// None.
    Nothing,
}

impl Required {
    /// What is missing or not what it must be, as JSON Pointers in the order of the rule; at most
    /// [`MAX_NAMED`].
    pub(crate) fn missing(&self, document: &Document<'_>) -> Vec<String> {
        let mut missing: Vec<String> = match self {
            Self::Nothing => Vec::new(),
            Self::Members(pointers) => pointers
                .iter()
                .filter(|pointer| {
                    let found = document.get(&pointer_path(pointer));
                    matches!(found, Found::Missing(_) | Found::Null)
                })
                .map(|pointer| pointer.clone().into_owned())
                .collect(),
            Self::Envelope => match Envelope::read(document) {
                Ok(_) => Vec::new(),
                Err(faults) => faults.faults().iter().map(|fault| fault.at.to_owned()).collect(),
            },
            Self::Message => match Message::read(document, &MessageRules::default()) {
                Ok(_) => Vec::new(),
                Err(faults) => faults.faults().iter().map(|fault| fault.at.clone()).collect(),
            },
        };
        missing.truncate(MAX_NAMED);
        missing
    }
}

/// The missing members that are named at most: a sender mends what is named and comes again.
const MAX_NAMED: usize = 32;
