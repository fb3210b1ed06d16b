//! Which generated secret a scheme can use.

use super::description::{Authentication, JoseKey, KeyForm, TokenGrammar};
use super::{Scheme, check};
use crate::secret::{SecretEncoding, SecretFormat, SecretFormatError};

impl Scheme {
    /// How a secret for this scheme is generated: in the encoding that it decodes, behind a prefix.
    ///
    /// ```
    /// use hookstage::{SecretFormat, providers};
    ///
    /// let scheme = providers::STANDARD_WEBHOOKS.scheme();
    /// assert_eq!(scheme.secret_format("whsec_"), Ok(SecretFormat::standard_webhooks()));
    /// assert!(scheme.secret_format("sk_live_").is_err(), "it would be decoded as base64");
    /// ```
    ///
    /// # Errors
    ///
    /// A scheme with no secret of its own, or whose sender or host makes it; and a prefix that the
    /// scheme would take for a part of an encoded key.
    pub fn secret_format(&self, prefix: &str) -> Result<SecretFormat, SecretFormatError> {
        let text = || SecretFormat::text(prefix.to_owned());
        match &self.description().authentication {
            Authentication::Signature(signature) => of_form(&signature.key, prefix),
            // A secret that serves several rules is decoded by each in its way; the first one that
            // takes a secret at all says how it is written.
            Authentication::AnyOf(signatures) => signatures
                .iter()
                .map(|signature| of_form(&signature.key, prefix))
                .find(|format| *format != Err(SecretFormatError::PublicKey))
                .unwrap_or(Err(SecretFormatError::PublicKey)),
            Authentication::Jose(jose) => match &jose.key {
                JoseKey::Ring(form) => of_form(form, prefix),
                JoseKey::Chain { .. } | JoseKey::Fetched(_) => Err(SecretFormatError::PublicKey),
            },
            Authentication::MessageSignature(rule) => of_form(&rule.key, prefix),
            Authentication::Token(token) => match &token.grammar {
                TokenGrammar::Basic if !prefix.ends_with(':') => Err(SecretFormatError::UserName),
                _ => text(),
            },
            Authentication::HostChecked(_) => Err(SecretFormatError::HostChecked),
            Authentication::Unsigned => Err(SecretFormatError::Unsigned),
        }
    }
}

fn of_form(form: &KeyForm, prefix: &str) -> Result<SecretFormat, SecretFormatError> {
    let encoding = match form {
        KeyForm::Ascii
        | KeyForm::Hashed(_)
        | KeyForm::HtmlUnescaped
        | KeyForm::Text
        | KeyForm::Wrapped { .. } => SecretEncoding::Base64Url,
        KeyForm::Base64 { prefixes } => {
            let is_taken_off = prefixes.iter().any(|known| check::as_str(known) == prefix);
            if !prefix.is_empty() && !is_taken_off {
                return Err(SecretFormatError::UndecodablePrefix);
            }
            SecretEncoding::Base64
        }
        KeyForm::Hex if prefix.is_empty() => SecretEncoding::Hex,
        KeyForm::Hex => return Err(SecretFormatError::UndecodablePrefix),
        KeyForm::Public | KeyForm::Fetched(_) => return Err(SecretFormatError::PublicKey),
    };
    SecretFormat::new(prefix.to_owned(), encoding)
}
