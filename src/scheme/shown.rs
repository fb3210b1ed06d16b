//! Secrets that a sender shows, judged by their hash or by a check of the host's own.

use std::borrow::Cow;

use subtle::ConstantTimeEq;

use super::description::{Token, TokenGrammar};
use super::key::{Material, shown};
use super::locate::{Context, malformed, strip_word, value};
use super::verify::Verifier;
use crate::clock::Timestamp;
use crate::refusal::{Malformation, Refusal, Site};

impl Verifier {
    pub(super) fn verify_token(
        &self,
        context: Context<'_>,
        token: &Token,
        now: Timestamp,
    ) -> Result<u8, Refusal> {
        let found = value(context, &token.at)?;
        let text = shown_text(token, &found)?;
        let shown = shown(&text);
        let mut keys = 0;
        let mut matched = None;
        for (index, key) in self.keys().live(now) {
            keys += 1;
            if let Some(Material::Shown { hash: expected, .. }) = key.material(0)
                && bool::from(expected.ct_eq(&shown))
                && matched.is_none()
            {
                matched = Some(index);
            }
        }
        matched.ok_or_else(|| Refusal::Mismatch { at: Site::from(&token.at), signatures: 1, keys })
    }

    pub(super) fn verify_by_host(
        &self,
        context: Context<'_>,
        token: &Token,
        now: Timestamp,
    ) -> Result<u8, Refusal> {
        let found = value(context, &token.at)?;
        let text = shown_text(token, &found)?;
        let mut keys = 0;
        for (index, key) in self.keys().live(now) {
            keys += 1;
            if let (Some(Material::Stored(stored)), Some(check)) =
                (key.material(0), self.token_check())
                && check.accepts(&text, stored)
            {
                return Ok(index);
            }
        }
        Err(Refusal::Mismatch { at: Site::from(&token.at), signatures: 1, keys })
    }
}

/// The secret that a token shows.
pub(super) fn shown_text<'a>(token: &Token, found: &'a [u8]) -> Result<Cow<'a, [u8]>, Refusal> {
    let text = match &token.grammar {
        TokenGrammar::Plain { prefix } => found.strip_prefix(prefix.as_bytes()).map(Cow::Borrowed),
        TokenGrammar::Word { word } => strip_word(found, word).map(Cow::Borrowed),
        TokenGrammar::Basic => match strip_word(found, "Basic") {
            Some(text) => match super::encoding::decode_base64_credentials(text) {
                Some(decoded) => Some(Cow::Owned(decoded)),
                None => return malformed(&token.at, Malformation::Encoding),
            },
            None => None,
        },
    };
    match text {
        Some(text) if text.is_empty() => malformed(&token.at, Malformation::Empty),
        Some(text) => Ok(text),
        None => malformed(&token.at, Malformation::Prefix),
    }
}
