//! Another hash, another spelling, other signed parts, another place: what the sender does and the
//! configured scheme does not.

use std::borrow::Cow;

use super::messages::rule_of;
use super::{Search, UNITS, changed, header_of, rules};
use crate::scheme::description::{
    Algorithm, Authentication, Description, EcdsaForm, Encoding, Grammar, Hash, KeyChoice, Part,
    Place, Repeat, Slot, TokenGrammar, UrlPart, text,
};

/// The prefixes that senders write before one signature, and the hash that each names.
const PREFIXES: [(&str, Option<Hash>); 9] = [
    ("", None),
    ("sha1=", Some(Hash::Sha1Legacy)),
    ("sha256=", Some(Hash::Sha256)),
    ("sha384=", Some(Hash::Sha384)),
    ("sha512=", Some(Hash::Sha512)),
    ("v1=", None),
    ("v0=", None),
    ("hmac-sha256=", Some(Hash::Sha256)),
    ("HMAC ", None),
];

const HASHES: [(Hash, &str); 4] = [
    (Hash::Sha256, "SHA-256"),
    (Hash::Sha1Legacy, "SHA-1"),
    (Hash::Sha512, "SHA-512"),
    (Hash::Sha384, "SHA-384"),
];

const ENCODINGS: [(Encoding, &str); 3] = [
    (Encoding::Hex, "hexadecimal digits"),
    (Encoding::Base64, "base64"),
    (Encoding::Base64Url, "base64url"),
];

impl Search<'_> {
    pub(super) fn forms(&mut self, scheme: &Description) {
        self.hashes(scheme);
        self.encodings(scheme);
        self.prefixes(scheme);
        self.signed_parts(scheme);
        self.units(scheme);
        self.token_grammars(scheme);
    }

    fn hashes(&mut self, scheme: &Description) {
        for (hash, name) in HASHES {
            let other = changed(scheme, |rule| rule.algorithm = rule.algorithm.with(hash));
            if other != *scheme && self.matches(&other) {
                self.hint(
                    "hash",
                    format!(
                        "The signature would match with {name}; choose a scheme with that hash."
                    ),
                );
            }
        }
        let hmac = changed(scheme, |rule| {
            if let Algorithm::Digest(hash) = rule.algorithm {
                rule.algorithm = Algorithm::Hmac(hash);
                rule.content = rule.content.iter().map(|parts| without_secret(parts)).collect();
            }
        });
        if hmac != *scheme && self.matches(&hmac) {
            self.hint("hash", "The signature is an HMAC, not a bare hash over the secret; choose a scheme that says so.");
        }
        let padding = changed(scheme, |rule| {
            rule.algorithm = match rule.algorithm {
                Algorithm::RsaPkcs1(hash) => Algorithm::RsaPss(hash),
                Algorithm::RsaPss(hash) => Algorithm::RsaPkcs1(hash),
                other => other,
            };
        });
        if padding != *scheme && self.matches(&padding) {
            self.hint("hash", "The signature is right with the other RSA padding (PKCS #1 and PSS are two schemes); choose that one.");
        }
    }

    fn encodings(&mut self, scheme: &Description) {
        for (encoding, name) in ENCODINGS {
            let other = changed(scheme, |rule| rule.encoding = encoding);
            if other != *scheme && self.matches(&other) {
                self.hint(
                    "encoding",
                    format!("The signature is right and written in {name}; choose that encoding."),
                );
            }
        }
        let form = changed(scheme, |rule| {
            if let Algorithm::Ecdsa { form, .. } = &mut rule.algorithm {
                *form = match form {
                    EcdsaForm::Der => EcdsaForm::Fixed,
                    EcdsaForm::Fixed => EcdsaForm::Der,
                };
            }
        });
        if form != *scheme && self.matches(&form) {
            self.hint("encoding", "The ECDSA signature is right in its other form (DER, or two numbers of fixed length); choose that form.");
        }
    }

    fn prefixes(&mut self, scheme: &Description) {
        for (prefix, hash) in PREFIXES {
            let grammar = Grammar::Plain { prefix: text(prefix) };
            let other = changed(scheme, |rule| rule.grammar = grammar.clone());
            if other == *scheme {
                continue;
            }
            if self.matches(&other) {
                let what = match prefix {
                    "" => "The signature would match without any prefix; set none.".to_owned(),
                    prefix => format!(
                        "The signature would match behind the prefix \"{prefix}\"; set that prefix."
                    ),
                };
                self.hint("prefix", what);
                return;
            }
            // A prefix that names a hash comes with it.
            let Some(hash) = hash else { continue };
            let both = changed(&other, |rule| rule.algorithm = rule.algorithm.with(hash));
            if both != other && self.matches(&both) {
                self.hint("hash", format!("The signature would match behind the prefix \"{prefix}\" and with the hash that it names; set both."));
                return;
            }
        }
    }

    fn signed_parts(&mut self, scheme: &Description) {
        let time = || Part::Timestamp;
        let templates = [
            (vec![Part::Body], "the body alone, without a time or id"),
            (vec![time(), Part::literal("."), Part::Body], "time, dot and body"),
            (vec![time(), Part::literal(":"), Part::Body], "time, colon and body"),
            (vec![time(), Part::literal("\n"), Part::Body], "time, newline and body"),
            (vec![time(), Part::Body], "time and body with nothing between"),
            (vec![Part::Body, time()], "body and time with nothing between"),
            (
                vec![Part::literal("v0:"), time(), Part::literal(":"), Part::Body],
                "v0, time and body with colons between",
            ),
            (
                vec![Part::Id, Part::literal("."), time(), Part::literal("."), Part::Body],
                "id, time and body with dots between",
            ),
            (vec![Part::Url(UrlPart::Full), Part::Body], "URL and body"),
        ];
        for (template, what) in templates {
            let mut other = changed(scheme, |rule| {
                rule.content = Cow::Owned(vec![Cow::Owned(template.clone())])
            });
            // A time or id that is not signed makes a description unsound.
            if !template.contains(&Part::Timestamp) {
                other.timestamp = None;
            }
            if !template.contains(&Part::Id) {
                other.id = None;
            }
            if other != *scheme && self.matches(&other) {
                self.hint("signed_parts", format!("The sender signs {what}; choose a scheme that does, or change what it signs."));
                return;
            }
        }
    }

    /// Only for a time that could not be read at all: in another unit the signature is right too.
    fn units(&mut self, scheme: &Description) {
        let Some(time) = &scheme.timestamp else { return };
        for (unit, name) in UNITS {
            let mut other = scheme.clone();
            if let (Some(changed), true) = (&mut other.timestamp, unit != time.unit) {
                changed.unit = unit;
                if self.matches(&other) {
                    self.hint("time_unit", format!("The signature is right and its time is written as {name}; choose a scheme that reads it so."));
                    return;
                }
            }
        }
    }

    fn token_grammars(&mut self, scheme: &Description) {
        let word = |word: &'static str| TokenGrammar::Word { word: text(word) };
        let grammars = [
            (TokenGrammar::Plain { prefix: text("") }, "without any word before it"),
            (word("Bearer"), "behind the word Bearer"),
            (word("Token"), "behind the word Token"),
            (TokenGrammar::Basic, "as user and password (HTTP Basic)"),
        ];
        for (grammar, what) in grammars {
            let mut other = scheme.clone();
            match &mut other.authentication {
                Authentication::Token(token) => token.grammar = grammar,
                Authentication::Jose(jose) => jose.grammar = grammar,
                _ => return,
            }
            if other != *scheme && self.matches(&other) {
                self.hint(
                    "prefix",
                    format!("What the sender shows is right and stands {what}; choose that form."),
                );
                return;
            }
        }
    }

    /// Whether what is verified stands in a header under another name.
    pub(super) fn other_places(&mut self, scheme: &Description) {
        if rule_of(scheme).is_some() {
            return;
        }
        const LIKE: [&str; 7] = ["signature", "hmac", "digest", "token", "secret", "key", "auth"];
        let own = header_of(scheme).map(str::to_owned);
        let mut names: Vec<String> =
            self.head.headers().iter().map(|(name, _)| name.to_ascii_lowercase()).collect();
        names.sort_unstable();
        names.dedup();
        for name in names {
            if own.as_deref() == Some(&name) || !LIKE.iter().any(|word| name.contains(word)) {
                continue;
            }
            let place = Place::Header(Cow::Owned(name.clone()));
            let mut moved = changed(scheme, |rule| {
                rule.at = Cow::Owned(vec![Slot {
                    place: place.clone(),
                    repeat: Repeat::Refuse,
                    key: KeyChoice::Any,
                }]);
            });
            match &mut moved.authentication {
                Authentication::Token(token) => token.at = place,
                Authentication::Jose(jose) => jose.at = place,
                _ => {}
            }
            if self.matches(&moved) {
                let what = if rules(scheme).is_empty() {
                    "What the sender shows"
                } else {
                    "The signature"
                };
                self.hint("header", format!("{what} stands in the header {name}; set that name."));
                return;
            }
        }
    }
}

impl Algorithm {
    /// The same computation with another hash.
    const fn with(self, hash: Hash) -> Self {
        match self {
            Self::Digest(_) => Self::Digest(hash),
            Self::Ecdsa { curve, form, .. } => Self::Ecdsa { curve, hash, form },
            Self::Ed25519 => Self::Ed25519,
            Self::Hmac(_) => Self::Hmac(hash),
            Self::RsaPkcs1(_) => Self::RsaPkcs1(hash),
            Self::RsaPss(_) => Self::RsaPss(hash),
        }
    }
}

fn without_secret(parts: &[Part]) -> Cow<'static, [Part]> {
    parts.iter().filter(|part| **part != Part::Secret).cloned().collect()
}
