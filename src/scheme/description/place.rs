//! Where a value stands in a delivery.

use serde::{Deserialize, Serialize};

use super::{List, Text, text};

/// Where a value stands in a delivery.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Place {
    /// A JSON member of the body, as a JSON Pointer (RFC 6901). A number is its own text.
    Body(Text),
    /// A claim of the token, for [`Authentication::Jose`](super::Authentication::Jose): its name, or a JSON Pointer (RFC 6901) to
    /// one that stands inside another.
    Claim(Text),
    /// The first of these headers that is there, by their names in lower case.
    FirstHeader(List<Text>),
    /// A field of a form-encoded body, decoded.
    Form(Text),
    /// A JSON member of the text in a form field.
    FormMember {
        /// The field.
        field: Text,
        /// The member, as a JSON Pointer (RFC 6901).
        pointer: Text,
    },
    /// A header, by its name in lower case.
    Header(Text),
    /// The item of this key in the list that
    /// [`Grammar::Items`](super::Grammar::Items) describes, or the parameter of this name of a
    /// [`MessageSignature`](super::MessageSignature).
    Item(Text),
    /// A parameter of the token's protected header, for
    /// [`Authentication::Jose`](super::Authentication::Jose).
    JoseHeader(Text),
    /// Headers named by a prefix and a number, counted from 1 up to this many.
    NumberedHeader {
        /// The part of the name before the number, in lower case.
        prefix: Text,
        /// The highest number looked for.
        up_to: u8,
    },
    /// A value that the operator configured for the source.
    Parameter(Parameter),
    /// The item at this place, counted from 0, in the list that
    /// [`Grammar::Positions`](super::Grammar::Positions) describes.
    Position(u8),
    /// A parameter of the query string, decoded.
    Query(Text),
    /// The whole body, for a body that is a token.
    WholeBody,
}

/// A value that the operator takes from the provider's dashboard beside the secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Parameter {
    /// Whom a token must be meant for.
    Audience,
    /// The application an event must be about.
    BundleId,
    /// The client or application id.
    ClientId,
    /// Sandbox or production.
    Environment,
    /// Who must have made a token.
    Issuer,
    /// The id of the key that must have signed.
    KeyId,
    /// What a token must permit.
    Permission,
    /// The account that must have sent a token.
    ServiceAccount,
    /// The topic that a message must come from.
    TopicArn,
    /// The token that a handshake must show.
    VerifyToken,
    /// The id of the webhook at the provider.
    WebhookId,
}

impl Parameter {
    /// All parameters.
    pub const ALL: [Self; 11] = [
        Self::Audience,
        Self::BundleId,
        Self::ClientId,
        Self::Environment,
        Self::Issuer,
        Self::KeyId,
        Self::Permission,
        Self::ServiceAccount,
        Self::TopicArn,
        Self::VerifyToken,
        Self::WebhookId,
    ];

    /// The name in configuration files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Audience => "audience",
            Self::BundleId => "bundle_id",
            Self::ClientId => "client_id",
            Self::Environment => "environment",
            Self::Issuer => "issuer",
            Self::KeyId => "key_id",
            Self::Permission => "permission",
            Self::ServiceAccount => "service_account",
            Self::TopicArn => "topic_arn",
            Self::VerifyToken => "verify_token",
            Self::WebhookId => "webhook_id",
        }
    }
}

impl Place {
    /// Whether it is this header, named in lower case.
    pub(crate) fn is_header(&self, name: &str) -> bool {
        match self {
            Self::Header(at) => at == name,
            Self::FirstHeader(names) => names.iter().any(|at| at == name),
            Self::NumberedHeader { prefix, .. } => name.starts_with(&**prefix),
            _ => false,
        }
    }
}

impl Place {
    /// A header of this lower-case name.
    #[must_use]
    pub const fn header(name: &'static str) -> Self {
        Self::Header(text(name))
    }

    /// An item of this key.
    #[must_use]
    pub const fn item(key: &'static str) -> Self {
        Self::Item(text(key))
    }

    /// A claim of the token.
    #[must_use]
    pub const fn claim(name: &'static str) -> Self {
        Self::Claim(text(name))
    }

    /// A field of the form.
    #[must_use]
    pub const fn form(name: &'static str) -> Self {
        Self::Form(text(name))
    }

    /// A parameter of the query.
    #[must_use]
    pub const fn query(name: &'static str) -> Self {
        Self::Query(text(name))
    }

    /// A JSON member of the body.
    #[must_use]
    pub const fn body(pointer: &'static str) -> Self {
        Self::Body(text(pointer))
    }
}
