//! The vocabulary: everything a signature scheme can be made of, as closed, serialisable data.
//!
//! Nothing here is a closure, a trait object or a provider's name. What one provider needs and no
//! word expresses is not supported until the vocabulary has a word for it, so every rule about
//! security is decided once, in the interpreter.
//!
//! All types can be written in `const` rows as well as read from a database: texts and lists are
//! [`Cow`]s that borrow in the first case and own in the second.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// Text of a description.
pub type Text = Cow<'static, str>;

/// An ordered list in a description.
pub type List<T> = Cow<'static, [T]>;

/// How a sender authenticates its deliveries: plain data, sound only once
/// [`Scheme::new`](super::Scheme::new) took it.
///
/// Every field is mandatory, so nothing falls through to a default that verifies less.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Description {
    /// What must match.
    pub authentication: Authentication,
    /// The signed time, if there is one.
    pub timestamp: Option<SignedTime>,
    /// Where the sender's message id stands, if the signed content has one.
    pub id: Option<Place>,
    /// What else must hold before a delivery is believed.
    pub require: List<Equality>,
}

/// What must match before a delivery is believed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Authentication {
    /// One of several whole signature rules, for a sender that lets its customers or its headers
    /// choose: two hashes told apart by their prefix or length, an old form beside a new one. Any
    /// of them may match, so each is as strong as the weakest.
    AnyOf(List<Signature>),
    /// A secret that the sender shows and the host judges by a check of its own, such as bcrypt.
    HostChecked(HostChecked),
    /// A JSON web token or signature (RFC 7515, RFC 7519).
    Jose(Jose),
    /// A signature over parts of the delivery.
    Signature(Signature),
    /// The secret itself, shown by the sender. It proves who sent the delivery to whoever trusts
    /// the transport, and covers nothing of what was sent.
    Token(Token),
    /// Nothing. Only a source that says so in words gets this, and everything it stages stays
    /// marked as unauthenticated.
    Unsigned,
}

/// A signature over parts of the delivery.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// Where signatures stand; all places that are present count.
    pub at: List<Slot>,
    /// How the value found there divides into signatures and other items.
    pub grammar: Grammar,
    /// How the bytes of a signature are written.
    pub encoding: Encoding,
    /// What computes it.
    pub algorithm: Algorithm,
    /// The signed bytes, as an ordered list of parts; where a sender is known to build them in more
    /// than one way, each way. Any of them may match.
    pub content: List<Template>,
    /// How the secret becomes key bytes.
    pub key: KeyForm,
}

/// One place where a signature may stand, and the key it is made with.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Slot {
    /// The place.
    pub place: Place,
    /// Whether the place may be given several times, each with a signature of its own.
    pub repeat: Repeat,
    /// Which keys of the ring may have made it.
    pub key: KeyChoice,
}

/// What a repeated place means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Repeat {
    /// Each instance holds a signature; any may match.
    Each,
    /// The delivery is refused: whoever stands between may have added one.
    Refuse,
}

/// Which keys of a ring may have made a signature.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum KeyChoice {
    /// Any live key.
    Any,
    /// The keys of the id that stands here. A key that was registered without an id is tried for
    /// every id.
    Named(Place),
    /// Only the key at this place in the ring, counted from 0.
    Nth(u8),
    /// The keys of the id that [`Grammar::Records`] has beside each signature.
    Record,
}

/// Where a value stands in a delivery.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Place {
    /// A JSON member of the body, as a JSON Pointer (RFC 6901). A number is its own text.
    Body(Text),
    /// A claim of the token, for [`Authentication::Jose`]: its name, or a JSON Pointer (RFC 6901) to
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
    /// The item of this key in the list that [`Grammar::Items`] describes.
    Item(Text),
    /// A parameter of the token's protected header, for [`Authentication::Jose`].
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
    /// The item at this place, counted from 0, in the list that [`Grammar::Positions`] describes.
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

/// How a signature's value is written.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Grammar {
    /// Items of a key and a value: `t=1,v1=ab` with `,` and `=`; `v1,ab v1,cd` with a space and a
    /// comma. Only the first `pair` of an item divides it, so that base64 padding stays whole.
    /// White space around an item is not part of it. Items of other keys are ignored.
    Items {
        /// Stands between items.
        item: char,
        /// Stands between a key and its value.
        pair: char,
        /// The keys whose values are signatures. An older version that the provider keeps sending
        /// is not among them, or it would be a downgrade.
        signatures: List<Text>,
    },
    /// One signature behind a prefix that must be there; `""` for none.
    Plain {
        /// The prefix, compared exactly.
        prefix: Text,
    },
    /// Standard base64 of a JSON object: `eyJraWQiOiI…`. Its members are what [`Place::Item`] names.
    JsonObject {
        /// The member that is the signature.
        signature: Text,
    },
    /// Items by place: those from `first` on are signatures.
    Positions {
        /// Stands between items.
        item: char,
        /// The place of the first signature, counted from 0.
        first: u8,
    },
    /// Parameters with quoted values: `keyid="a",signature="b"`; the value without its quotes.
    Quoted {
        /// The parameter that is the signature.
        signature: Text,
    },
    /// Records of several fields, of which the last is a signature: `id/SHA256/ab,id/SHA256/cd`.
    Records {
        /// Stands between records.
        item: char,
        /// Stands between the fields of a record.
        field: char,
        /// How many fields a record has; another record is ignored.
        fields: u8,
        /// The field that names the key, counted from 0.
        key: u8,
    },
    /// One signature behind a word and spaces, as in `Authorization`; the word is compared
    /// without regard to ASCII case (RFC 9110).
    Word {
        /// The word, such as `Bearer`.
        word: Text,
    },
}

/// How bytes are written as text. All are strict: one value, one spelling, but for the case of
/// hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Encoding {
    /// Standard base64 with its padding (RFC 4648, section 4).
    Base64,
    /// The URL-safe alphabet without padding (RFC 4648, section 5).
    Base64Url,
    /// Hexadecimal digits of either case.
    Hex,
}

/// What computes a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Algorithm {
    /// A bare hash over content that holds the secret. Weaker than HMAC; some senders use it.
    Digest(Hash),
    /// ECDSA (FIPS 186-5).
    Ecdsa {
        /// The curve.
        curve: Curve,
        /// What the content is hashed with.
        hash: Hash,
        /// How the two numbers of a signature are written.
        form: EcdsaForm,
    },
    /// Ed25519 (RFC 8032).
    Ed25519,
    /// HMAC (RFC 2104).
    Hmac(Hash),
    /// RSA, PKCS #1 version 1.5 padding (RFC 8017, section 8.2).
    RsaPkcs1(Hash),
    /// RSA, PSS padding with a salt as long as the hash (RFC 8017, section 8.1).
    RsaPss(Hash),
}

/// An elliptic curve.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Curve {
    /// NIST P-256, also called secp256r1 and prime256v1.
    P256,
    /// NIST P-384.
    P384,
    /// NIST P-521.
    P521,
    /// The curve of Bitcoin.
    Secp256k1,
}

/// How the two numbers of an ECDSA signature are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EcdsaForm {
    /// As an ASN.1 sequence in DER (RFC 3279, section 2.2.3).
    Der,
    /// One behind the other, each as long as the curve's order (RFC 7518, section 3.4).
    Fixed,
}

impl Algorithm {
    /// Whether it rests on a hash that is kept only because senders still use it.
    #[must_use]
    pub const fn is_legacy(self) -> bool {
        match self {
            Self::Digest(hash)
            | Self::Ecdsa { hash, .. }
            | Self::Hmac(hash)
            | Self::RsaPkcs1(hash)
            | Self::RsaPss(hash) => hash.is_legacy(),
            Self::Ed25519 => false,
        }
    }
}

impl Authentication {
    /// The places where it looks for signatures, tokens and secrets.
    pub(crate) fn places(&self) -> Vec<&Place> {
        match self {
            Self::AnyOf(rules) => {
                rules.iter().flat_map(|rule| rule.at.iter()).map(|slot| &slot.place).collect()
            }
            Self::HostChecked(checked) => vec![&checked.token.at],
            Self::Jose(jose) => vec![&jose.at],
            Self::Signature(signature) => signature.at.iter().map(|slot| &slot.place).collect(),
            Self::Token(token) => vec![&token.at],
            Self::Unsigned => Vec::new(),
        }
    }

    /// Whether it rests, in one of its ways, on a hash that is kept only because senders still use
    /// it.
    #[must_use]
    pub fn is_legacy(&self) -> bool {
        match self {
            Self::AnyOf(rules) => rules.iter().any(|rule| rule.algorithm.is_legacy()),
            Self::Signature(signature) => signature.algorithm.is_legacy(),
            Self::HostChecked(_) | Self::Jose(_) | Self::Token(_) | Self::Unsigned => false,
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

/// A hash function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Hash {
    /// Keccak-256 as it was before SHA-3 was standardised. Needs the feature `rare-hashes`.
    Keccak256,
    /// MD5. Broken for signatures; some senders have nothing better. Needs the feature
    /// `rare-hashes`.
    Md5Legacy,
    /// SHA-1. Broken for signatures, still sound inside HMAC, and what some senders have.
    Sha1Legacy,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

impl Hash {
    /// How many bytes it yields.
    #[must_use]
    pub const fn length(self) -> usize {
        match self {
            Self::Md5Legacy => 16,
            Self::Sha1Legacy => 20,
            Self::Keccak256 | Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }
}

/// An ordered list of parts whose bytes, joined with nothing between, are what is signed.
pub type Template = List<Part>;

/// One part of the signed bytes.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Part {
    /// The raw body.
    Body,
    /// The CRC-32 of the raw body (ISO 3309), as a decimal number. It binds nothing: another body
    /// with the same checksum is made in milliseconds.
    BodyCrc32,
    /// A hash of the raw body, written as text.
    BodyDigest {
        /// The hash.
        hash: Hash,
        /// How it is written; hexadecimal digits in lower case.
        encoding: Encoding,
    },
    /// The raw body as a JSON string in its quotes, escaped as `JSON.stringify` does (ECMA-262,
    /// QuoteJSONString).
    BodyJsonString,
    /// The raw body without the white space between its JSON tokens.
    BodyMinified,
    /// A hash of other parts, written as text.
    Digest {
        /// The parts.
        of: List<Part>,
        /// The hash.
        hash: Hash,
        /// How it is written; hexadecimal digits in lower case.
        encoding: Encoding,
    },
    /// The fields of a form or query, sorted by name.
    Fields(Fields),
    /// Headers that the delivery itself names.
    Headers(NamedHeaders),
    /// The message id, as it stands.
    Id,
    /// Fixed text.
    Literal(Text),
    /// A value that stands somewhere in the delivery, its ASCII letters in lower case; refused if
    /// it is absent.
    Lowercase(Place),
    /// The method, as it stands.
    Method,
    /// The method in lower case.
    MethodLowercase,
    /// Parts that are left out together when a value in them is absent.
    Optional(List<Part>),
    /// The secret's key bytes, for [`Algorithm::Digest`].
    Secret,
    /// The timestamp's text, as it stands: never the number printed again.
    Timestamp,
    /// Parts that are left out together when the body is empty.
    UnlessBodyEmpty(List<Part>),
    /// The URL, or a part of it.
    Url(UrlPart),
    /// A value that stands somewhere in the delivery; refused if it is absent.
    Value(Place),
    /// A value that stands somewhere in the delivery; nothing if it is absent or empty.
    ValueOrEmpty(Place),
}

/// The fields of a form or query as signed bytes, names and values decoded.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fields {
    /// Where they stand.
    pub of: FieldSource,
    /// Fields that are left out, as the signature itself.
    pub except: List<Text>,
    /// How they are written.
    pub style: FieldStyle,
}

/// Where the fields stand that are signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FieldSource {
    /// In the form-encoded body.
    Form,
    /// In the query string.
    Query,
    /// In both.
    QueryAndForm,
}

/// How sorted fields are written as signed bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FieldStyle {
    /// `&name=value`, each behind the other; `&` and `=` inside a value become `_`.
    Escaped,
    /// `namevalue` with nothing between. Values of a repeated name are sorted, each once.
    Joined,
    /// `name=value` with `&` between.
    Pairs,
    /// The array of strings that PHP's `serialize` writes.
    PhpSerialized,
}

/// Headers that the delivery itself names as signed, in the order named.
///
/// Every named header must be there, and once.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedHeaders {
    /// Where their names stand.
    pub named_at: Place,
    /// Stands between the names.
    pub separator: char,
    /// Headers that must be among them, in lower case: without this, whoever sends the list could
    /// leave one out.
    pub always: List<Text>,
    /// What is signed of each.
    pub style: HeaderStyle,
    /// What stands between two of them in the signed bytes.
    pub between: Text,
    /// What stands behind the last one; nothing if none is named.
    pub last: Text,
}

/// What is signed of a named header.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum HeaderStyle {
    /// The name as the list has it, this text, and the value.
    NameAndValue(Text),
    /// The value alone.
    Value,
}

/// A part of the URL as the sender saw it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum UrlPart {
    /// All of it, as the host gave it.
    Full,
    /// All of it, with the port 443 or 80 written where none is.
    FullWithPort,
    /// All of it, without a port.
    FullWithoutPort,
    /// All of it, with the escapes `%21 %24 %27 %28 %29 %2A %2C %2F %3A %3B %3F %40` decoded: the
    /// characters that a query may hold unescaped (RFC 3986, section 3.4).
    FullReadable,
    /// The path.
    Path,
    /// The path with a slash at its end taken off if one is there, and put on if none is.
    PathOtherSlash,
    /// The path and, behind a question mark, the query if there is one.
    PathAndQuery,
    /// The path and, behind a question mark, the whole query percent-encoded as one component; all of
    /// it encoded once more, as ECMA-262's `encodeURI` does.
    PathAndQueryEncoded,
    /// The query without its question mark; nothing if there is none.
    Query,
    /// All before the question mark.
    WithoutQuery,
}

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

/// A shown secret that a check of the host judges, by its name in the
/// [`Registry`](super::Registry).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HostChecked {
    /// Where it is shown, and how.
    pub token: Token,
    /// The name of the check.
    pub check: Text,
}

/// A JSON web token or signature: where it stands and what must hold.
///
/// What it claims is judged by [`Description::require`], at [`Place::Claim`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Jose {
    /// Where it stands.
    pub at: Place,
    /// How it is written there.
    pub grammar: TokenGrammar,
    /// What it signs.
    pub payload: JosePayload,
    /// The algorithms it may be made with. The key decides which of them, never the token.
    pub algorithms: List<JoseAlgorithm>,
    /// How keys come to be known.
    pub key: JoseKey,
    /// The times it claims.
    pub times: JoseTimes,
}

/// What a JSON web signature signs.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum JosePayload {
    /// The claims that it carries.
    Claims,
    /// Parts of the delivery; the token's own payload must be empty (RFC 7515, appendix F).
    Detached(Template),
    /// Parts of the delivery, not encoded; the token must say `"b64":false` and `"crit":["b64"]`
    /// (RFC 7797).
    DetachedUnencoded(Template),
    /// What it carries, whatever that is; it is not looked at.
    Opaque,
}

/// An algorithm of JSON web signatures (RFC 7518, RFC 8037).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum JoseAlgorithm {
    /// Ed25519.
    #[serde(rename = "EdDSA")]
    EdDsa,
    /// ECDSA on P-256 with SHA-256.
    #[serde(rename = "ES256")]
    Es256,
    /// ECDSA on P-384 with SHA-384.
    #[serde(rename = "ES384")]
    Es384,
    /// ECDSA on P-521 with SHA-512.
    #[serde(rename = "ES512")]
    Es512,
    /// HMAC with SHA-256.
    #[serde(rename = "HS256")]
    Hs256,
    /// HMAC with SHA-384.
    #[serde(rename = "HS384")]
    Hs384,
    /// HMAC with SHA-512.
    #[serde(rename = "HS512")]
    Hs512,
    /// RSA PSS with SHA-256.
    #[serde(rename = "PS256")]
    Ps256,
    /// RSA PSS with SHA-384.
    #[serde(rename = "PS384")]
    Ps384,
    /// RSA PSS with SHA-512.
    #[serde(rename = "PS512")]
    Ps512,
    /// RSA PKCS #1 version 1.5 with SHA-256.
    #[serde(rename = "RS256")]
    Rs256,
    /// RSA PKCS #1 version 1.5 with SHA-384.
    #[serde(rename = "RS384")]
    Rs384,
    /// RSA PKCS #1 version 1.5 with SHA-512.
    #[serde(rename = "RS512")]
    Rs512,
}

/// How the keys of a JSON web signature come to be known.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum JoseKey {
    /// The token carries its certificates (`x5c`), and the ring holds the certificate of the root
    /// they must lead to.
    Chain {
        /// How many certificates it carries, the root included.
        length: u8,
        /// What the first certificate must be marked with, as an object identifier; `""` for
        /// nothing.
        leaf_marker: Text,
        /// What the second certificate must be marked with; `""` for nothing.
        intermediate_marker: Text,
    },
    /// A key in the ring, or one that the token's `kid` (or another name) leads the host to.
    Fetched(KeyFetch),
    /// A key in the ring: a secret in this form for an HMAC, a public key otherwise. Text that is a
    /// public key is never taken as a secret. A `kid` picks among the keys that have an id.
    Ring(KeyForm),
}

/// What is asked of the times that a token claims, all in whole seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JoseTimes {
    /// `exp`, the moment at which it ends.
    pub expires: Presence,
    /// `nbf`, the moment at which it begins.
    pub not_before: Presence,
    /// `iat`, the moment at which it was made; never in the future.
    pub issued: Presence,
    /// By how many seconds the clocks may differ; 0 to 300.
    pub leeway: u16,
    /// How many seconds after `iat` it counts at most.
    pub max_age: Option<u32>,
}

/// Whether a claim must be there. One that is there is always judged, unless it is ignored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// It is not looked at.
    Ignored,
    /// It is judged if it is there.
    IfPresent,
    /// It must be there.
    Required,
}

/// A secret that the sender shows.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Token {
    /// Where.
    pub at: Place,
    /// How it is written there.
    pub grammar: TokenGrammar,
}

/// How a shown secret is written.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum TokenGrammar {
    /// HTTP Basic authentication (RFC 7617): the secret is `user:password`.
    Basic,
    /// The text itself behind a prefix that must be there; `""` for none.
    Plain {
        /// The prefix, compared exactly.
        prefix: Text,
    },
    /// Behind a word and spaces, such as `Bearer` (RFC 6750); the word is compared without regard
    /// to ASCII case.
    Word {
        /// The word.
        word: Text,
    },
}

/// A time that the signature covers.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedTime {
    /// Where it stands.
    pub at: Place,
    /// How it is written. Never guessed from its size.
    pub unit: TimeUnit,
    /// How far from the receiver's clock it may lie.
    pub tolerance: Tolerance,
}

/// How a time is written. All are canonical: one moment, one spelling per precision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum TimeUnit {
    /// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110).
    HttpDate,
    /// ISO 8601 in UTC, with or without its zone.
    IsoUtc,
    /// Whole milliseconds since 1970: digits, no sign, no leading zero.
    Milliseconds,
    /// RFC 3339.
    Rfc3339,
    /// Whole seconds since 1970: digits, no sign, no leading zero.
    Seconds,
}

/// How far a signed time may lie from the receiver's clock. Both ends are inclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Tolerance {
    /// The provider gives no window. A captured delivery stays valid for ever, so only the dedupe
    /// key keeps its replay out.
    Unbounded,
    /// At most this many seconds in the past, and this many in the future.
    Within {
        /// Seconds in the past; 1 to 86,400.
        past: u32,
        /// Seconds in the future, for clocks that differ; 0 to 86,400.
        future: u32,
    },
}

/// Something that must hold beside the signature.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Equality {
    /// The value in the delivery.
    pub at: Place,
    /// What it must be.
    pub equals: Expected,
}

/// What a value must be.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Expected {
    /// Nothing: the value must not be there.
    Absent,
    /// One of these texts.
    AnyText(List<Text>),
    /// A hash of the raw body.
    BodyDigest(ExpectedDigest),
    /// What the operator configured; the source is refused if it did not.
    Parameter(Parameter),
    /// What the operator configured, if anything.
    ParameterIfGiven(Parameter),
    /// This text.
    Text(Text),
    /// The URL, or a part of it.
    Url(UrlPart),
    /// A hash of the URL or a part of it, in hexadecimal digits.
    UrlDigest(UrlPart, Hash),
}

/// A hash of the raw body as a value of the delivery has it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedDigest {
    /// The hash.
    pub hash: Hash,
    /// How it is written.
    pub encoding: Encoding,
    /// What stands before it.
    pub before: Text,
    /// What stands behind it.
    pub after: Text,
    /// Whether it must be absent, rather than the hash of nothing, when the body is empty.
    pub absent_when_empty: bool,
}

impl ExpectedDigest {
    /// The hash and nothing around it.
    #[must_use]
    pub const fn new(hash: Hash, encoding: Encoding) -> Self {
        Self { hash, encoding, before: text(""), after: text(""), absent_when_empty: false }
    }
}

/// A borrowed text of a `const` description.
#[must_use]
pub const fn text(text: &'static str) -> Text {
    Cow::Borrowed(text)
}

/// A borrowed list in a row. The block gives it a place of its own in the program, which a type
/// that can also own its items would not get inside a call.
macro_rules! list {
    ($($item:expr),* $(,)?) => {
        std::borrow::Cow::Borrowed(const { &[$($item),*] })
    };
}
pub(crate) use list;

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

impl Slot {
    /// A signature that stands once in this header, made with any live key.
    #[must_use]
    pub const fn header(name: &'static str) -> Self {
        Self { place: Place::header(name), repeat: Repeat::Refuse, key: KeyChoice::Any }
    }
}

impl Part {
    /// Fixed text.
    #[must_use]
    pub const fn literal(literal: &'static str) -> Self {
        Self::Literal(text(literal))
    }

    /// The value of a header.
    #[must_use]
    pub const fn header(name: &'static str) -> Self {
        Self::Value(Place::header(name))
    }
}
