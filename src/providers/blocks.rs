//! Shapes that many providers share, so that a row says only what is its own.

use crate::scheme::{
    Algorithm, Authentication, Description, Encoding, Grammar, Hash, KeyForm, List, Part, Place,
    Signature, SignedTime, Slot, Template, Text, TimeUnit, Token, TokenGrammar, Tolerance, list,
    text,
};

/// HMAC over the raw body alone, in one header behind a prefix.
pub(super) const fn body_hmac(
    at: List<Slot>,
    prefix: &'static str,
    encoding: Encoding,
    hash: Hash,
) -> Description {
    signed(Signature {
        at,
        grammar: plain(prefix),
        encoding,
        algorithm: Algorithm::Hmac(hash),
        content: BODY,
        key: KeyForm::Text,
    })
}

/// The raw body alone.
pub(super) const BODY: List<Template> = list![list![Part::Body]];

/// Time, a dot and the body.
pub(super) const TIME_DOT_BODY: List<Template> =
    list![list![Part::Timestamp, Part::literal("."), Part::Body]];

/// A signature and nothing else.
pub(super) const fn signed(signature: Signature) -> Description {
    Description {
        authentication: Authentication::Signature(signature),
        timestamp: None,
        id: None,
        require: list![],
    }
}

/// A secret that the sender shows.
pub(super) const fn shown(at: Place, grammar: TokenGrammar) -> Description {
    Description {
        authentication: Authentication::Token(Token { at, grammar }),
        timestamp: None,
        id: None,
        require: list![],
    }
}

/// One signature behind a prefix.
pub(super) const fn plain(prefix: &'static str) -> Grammar {
    Grammar::Plain { prefix: text(prefix) }
}

/// `t=…,v1=…` and its cousins.
pub(super) const fn items(item: char, pair: char, signatures: List<Text>) -> Grammar {
    Grammar::Items { item, pair, signatures }
}

/// A signed time in this unit, as far from now as five minutes on both sides.
pub(super) const fn five_minutes(at: Place, unit: TimeUnit) -> Option<SignedTime> {
    Some(SignedTime { at, unit, tolerance: Tolerance::Within { past: 300, future: 300 } })
}

/// Base64 key material behind the prefixes of Standard Webhooks.
pub(super) const STANDARD_KEY: KeyForm = KeyForm::Base64 { prefixes: STANDARD_PREFIXES };

const STANDARD_PREFIXES: List<Text> = list![text("v1,whsec_"), text("whsec_")];
