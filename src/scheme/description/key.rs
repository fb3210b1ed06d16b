//! How the text of a secret becomes key bytes, and how a public key comes to be known.

use serde::{Deserialize, Serialize};

use super::place::Place;
use super::signature::Hash;
use super::{List, Text};

/// How the text of a secret becomes key bytes.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum KeyForm {
    /// The text itself, which must be ASCII: the sender normalises other text (Unicode NFKD) before
    /// it signs, and ASCII is what stays the same.
    Ascii,
    /// Standard base64, with or without padding, behind the first of these prefixes that is there,
    /// or none.
    Base64 {
        /// Prefixes to take off, longest first.
        prefixes: List<Text>,
    },
    /// A public key that the delivery names and the host fetches. A key in the ring is taken as
    /// well, in any form of [`Public`](Self::Public).
    Fetched(KeyFetch),
    /// Hexadecimal digits.
    Hex,
    /// The hash of the text.
    Hashed(Hash),
    /// The text with the entities `&amp; &lt; &gt; &quot; &#39; &#039;` decoded, for senders that
    /// keep their secrets escaped for HTML.
    HtmlUnescaped,
    /// A public key: PEM (a key or a certificate), base64 or hexadecimal digits of a
    /// SubjectPublicKeyInfo, a JWK or a set of them, and for Ed25519 also the bare 32 bytes in
    /// base64 or hexadecimal digits, with or without `whpk_`.
    Public,
    /// The text itself, in UTF-8, prefixes and all.
    Text,
    /// The text between two fixed texts.
    Wrapped {
        /// Before it.
        before: Text,
        /// After it.
        after: Text,
    },
}

/// A public key that the delivery names. The library never fetches: it judges the name, and the
/// host answers it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyFetch {
    /// Where its name stands.
    pub named_at: Place,
    /// What the name must look like before the host is asked.
    pub name: KeyName,
}

/// What names a public key.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum KeyName {
    /// An id that the host asks its provider's interface about, or looks up in a key set: 1 to 256
    /// visible ASCII characters.
    Id,
    /// An address that must be https, without user, port, query or fragment, in lower case.
    Url {
        /// The hosts it may be on. A label `*` stands for one label of letters, digits and hyphens.
        hosts: List<Text>,
        /// How the path must begin.
        path_prefix: Text,
        /// How the path must end.
        path_suffix: Text,
    },
}
