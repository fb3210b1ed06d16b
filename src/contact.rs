//! Whom a delivery is about: the identifier in its body, and the host's answer to it.

use std::future::Future;

use serde::{Deserialize, Serialize};

use crate::error::ConfigFault;
use crate::json::{Decimal, Found, Path, Scalar};
use crate::source::SourceId;

/// Where the identifier of a contact stands, and what kind it is.
///
/// ```
/// use hookstage::{ContactRule, IdentifierType, json::Path};
///
/// let path = Path::parse("$.contacts[0].wa_id").unwrap();
/// let rule = ContactRule::new(IdentifierType::PhoneNumber, path).with_channel("whatsapp-berlin");
/// assert_eq!(rule.identifier.as_str(), "phone_number");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ContactRule {
    /// What kind of identifier it is.
    pub identifier: IdentifierType,
    /// Where it stands in the JSON body.
    pub path: Path,
    /// The bot, number or page that the lookup is limited to. A
    /// [`ChannelUser`](IdentifierType::ChannelUser) is unique only within one, so there it must be
    /// given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
}

impl ContactRule {
    /// An identifier of this kind at this path, looked up everywhere.
    #[must_use]
    pub const fn new(identifier: IdentifierType, path: Path) -> Self {
        Self { identifier, path, channel: None }
    }

    /// Looked up in one channel only.
    #[must_use]
    pub fn with_channel(mut self, channel: impl Into<String>) -> Self {
        self.channel = Some(channel.into());
        self
    }

    pub(crate) fn faults(&self, faults: &mut Vec<ConfigFault>) {
        if self.identifier == IdentifierType::ChannelUser && self.channel.is_none() {
            faults.push(ConfigFault::new(
                "contact.channel",
                "a channel user is unique only within one bot, number or page; name it",
            ));
        }
        if self.channel.as_deref().is_some_and(str::is_empty) {
            faults.push(ConfigFault::new("contact.channel", "the name is empty"));
        }
    }

    /// What stands at the path, as the host is asked for it.
    pub(crate) fn identifier(&self, found: Option<&Found<'_>>) -> Result<Identifier, NoContact> {
        let value = match found {
            Some(Found::Value(Scalar::String(text))) if text.trim().is_empty() => {
                return Err(NoContact::Empty);
            }
            Some(Found::Value(Scalar::String(text))) => text.clone().into_owned(),
            // An id of all digits, however a serializer writes it: 7e9 is 7000000000.
            Some(Found::Value(Scalar::Number(lexeme))) => Decimal::parse(lexeme)
                .and_then(|number| number.plain(MAX_IDENTIFIER))
                .ok_or(NoContact::NoText)?,
            Some(Found::Null) => return Err(NoContact::Null),
            Some(Found::Value(Scalar::Bool(_)) | Found::Container(_)) => {
                return Err(NoContact::NoText);
            }
            Some(Found::Missing(_)) | None => return Err(NoContact::Missing),
        };
        if value.len() > MAX_IDENTIFIER {
            return Err(NoContact::NoText);
        }
        Ok(Identifier { kind: self.identifier, value, channel: self.channel.clone() })
    }
}

/// No system has longer identifiers: an email address ends at 254 bytes (RFC 5321).
const MAX_IDENTIFIER: usize = 1024;

/// What kind of identifier it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdentifierType {
    /// The user's id within a channel, such as a Telegram user of one bot.
    ChannelUser,
    /// The host's own id of a conversation.
    Chat,
    /// An email address.
    Email,
    /// A telephone number.
    PhoneNumber,
}

impl IdentifierType {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::ChannelUser, Self::Chat, Self::Email, Self::PhoneNumber];

    /// The name in configuration.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ChannelUser => "channel_user",
            Self::Chat => "chat",
            Self::Email => "email",
            Self::PhoneNumber => "phone_number",
        }
    }
}

/// Whom the host is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Identifier {
    /// What kind of identifier it is.
    pub kind: IdentifierType,
    /// The text as it stood in the body, not trimmed, and a telephone number with or without its
    /// `+`: normalising it is the host's. Of a JSON number its exact decimal digits, without an
    /// exponent and never rounded.
    pub value: String,
    /// The channel that the lookup is limited to.
    pub channel: Option<String>,
}

/// What the host knows about an identifier.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Resolution {
    /// Exactly this contact.
    Found {
        /// The host's id of the contact.
        contact: String,
    },
    /// Nobody, or several.
    NotFound,
}

/// Why there is no contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum NoContact {
    /// An empty text.
    #[error("the identifier is empty")]
    Empty,
    /// Nothing stands at the path.
    #[error("nothing stands where the identifier should")]
    Missing,
    /// JSON's null.
    #[error("null stands where the identifier should")]
    Null,
    /// Neither text nor a number, or longer than any identifier.
    #[error("what stands where the identifier should is neither text nor a number")]
    NoText,
    /// The host knows nobody by it.
    #[error("nobody has this identifier")]
    Unknown,
}

impl NoContact {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Missing => "missing",
            Self::Null => "null",
            Self::NoText => "no_text",
            Self::Unknown => "unknown",
        }
    }
}

/// The host's directory of people.
///
/// It is asked after the sender was established and before anything is staged. It should answer
/// from its own data and soon: the sender is waiting.
pub trait ContactResolver: Send + Sync + 'static {
    /// Looks an identifier up for a source.
    ///
    /// # Errors
    ///
    /// The directory cannot be reached. That is a fault of ours: the sender is answered with a 5xx
    /// and tries again.
    fn resolve(
        &self,
        source: &SourceId,
        identifier: &Identifier,
    ) -> impl Future<Output = Result<Resolution, ResolveError>> + Send;
}

/// The host's directory could not be asked.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the contact could not be looked up: {0}")]
pub struct ResolveError(String);

impl ResolveError {
    /// With a message that says what could not be done, and holds no identifier.
    pub fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}
