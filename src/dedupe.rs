//! Whether it is new: the rule that makes a dedupe key of a verified delivery.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::clock::Timestamp;
use crate::error::{ConfigError, ConfigFault};
use crate::json::{self, Absence, Found, Path, Scalar};
use crate::payload::canonical_hash;
use crate::refusal::{Malformation, Refusal, Site};
use crate::scheme::{Coverage, Place, Proof, pointer_path};

/// What makes two deliveries the same: 32 bytes, made by a rule from a verified delivery.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DedupeKey([u8; 32]);

impl DedupeKey {
    /// The key with these bytes; for stores that read one back.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for DedupeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DedupeKey({self})")
    }
}

/// Lower-case hexadecimal.
impl fmt::Display for DedupeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

/// How long a dedupe key keeps later deliveries with the same key out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Window {
    /// For ever.
    Unlimited,
    /// For this long after the first delivery.
    FromFirst(Duration),
    /// For this long after the last delivery, duplicates included: something that is repeated more
    /// often than this never passes again.
    FromLast(Duration),
}

impl Window {
    /// How long it is, if it ends.
    #[must_use]
    pub const fn length(self) -> Option<Duration> {
        match self {
            Self::Unlimited => None,
            Self::FromFirst(length) | Self::FromLast(length) => Some(length),
        }
    }

    /// When a claim made (or, for [`FromLast`](Self::FromLast), renewed) at `now` ends. At that
    /// moment the key is free.
    #[must_use]
    pub const fn end(self, now: Timestamp) -> Option<Timestamp> {
        match self {
            Self::Unlimited => None,
            Self::FromFirst(length) | Self::FromLast(length) => Some(now.saturating_add(length)),
        }
    }
}

/// Which parts of a delivery make its dedupe key.
///
/// A key is SHA-256 over a typed, length-prefixed encoding of the parts, with the rule itself in
/// it: `1` and `"1"`, `"ab","c"` and `"a","bc"`, and the same value under another rule are all
/// different keys, while `1`, `1.0` and `10e-1` are one number.
///
/// ```
/// use hookstage::{DedupePart, DedupeRule, OnMissingKey};
///
/// let rule = DedupeRule::new(
///     [DedupePart::body("complaint.id").unwrap(), DedupePart::header("x-shop").unwrap()],
///     OnMissingKey::AcceptWithoutKey,
/// )
/// .unwrap();
/// let stored = serde_json::to_string(&rule).unwrap();
/// assert_eq!(serde_json::from_str::<DedupeRule>(&stored).unwrap(), rule);
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "StoredRule", into = "StoredRule")]
pub struct DedupeRule {
    parts: Vec<DedupePart>,
    on_missing: OnMissingKey,
    /// What every key of this rule begins with; the rule never changes, so it is hashed once.
    prefix: Sha256,
}

/// One part of a dedupe key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum DedupePart {
    /// A scalar of the JSON body.
    Body(Path),
    /// SHA-256 of the meaning of the JSON body: the order of members and the white space do not
    /// count. Members at these paths are left out.
    CanonicalBody {
        /// What changes between attempts, such as a time of sending.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        exclude: Vec<Path>,
    },
    /// The first of these headers that is there, by their names in lower case.
    FirstHeader(Vec<String>),
    /// A field of a form-encoded body, decoded.
    Form(String),
    /// A header, by its name in lower case.
    Header(String),
    /// A query parameter, as it stands.
    Query(String),
    /// SHA-256 of the raw body.
    RawBody,
}

impl DedupePart {
    /// The scalar at a path of the body.
    ///
    /// # Errors
    ///
    /// The path is malformed or could match several values.
    pub fn body(path: &str) -> Result<Self, ConfigError> {
        Path::parse(path)
            .map(Self::Body)
            .map_err(|error| ConfigError::one("dedupe.parts", error.to_string()))
    }

    /// A header.
    ///
    /// # Errors
    ///
    /// The name is empty or not a name that HTTP allows.
    pub fn header(name: &str) -> Result<Self, ConfigError> {
        let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        if name.is_empty() || !name.bytes().all(token) {
            return Err(ConfigError::one("dedupe.parts", "a header name is an RFC 9110 token"));
        }
        Ok(Self::Header(name.to_ascii_lowercase()))
    }

    /// The part that a preset names.
    pub(crate) fn of_place(place: &Place) -> Option<Self> {
        match place {
            Place::Body(pointer) => Some(Self::Body(pointer_path(pointer))),
            Place::FirstHeader(names) => Some(Self::FirstHeader(
                names.iter().map(|name| name.clone().into_owned()).collect(),
            )),
            Place::Form(name) => Some(Self::Form(name.clone().into_owned())),
            Place::Header(name) => Some(Self::Header(name.clone().into_owned())),
            Place::Query(name) => Some(Self::Query(name.clone().into_owned())),
            _ => None,
        }
    }

    fn name(&self) -> String {
        match self {
            Self::Body(path) => format!("body {path}"),
            Self::CanonicalBody { exclude } => {
                let mut exclude: Vec<String> = exclude.iter().map(Path::to_string).collect();
                exclude.sort();
                format!("canonical body without {exclude:?}")
            }
            Self::FirstHeader(names) => format!("first header {names:?}"),
            Self::Form(name) => format!("form {name}"),
            Self::Header(name) => format!("header {name}"),
            Self::Query(name) => format!("query {name}"),
            Self::RawBody => "raw body".to_owned(),
        }
    }

    fn site(&self) -> Site {
        match self {
            Self::Body(path) => Site::Body(Cow::Owned(path.to_string())),
            Self::CanonicalBody { .. } | Self::RawBody => Site::Body(Cow::Borrowed("$")),
            Self::FirstHeader(names) => {
                Site::Header(Cow::Owned(names.first().cloned().unwrap_or_default()))
            }
            Self::Form(name) => Site::Form(Cow::Owned(name.clone())),
            Self::Header(name) => Site::Header(Cow::Owned(name.clone())),
            Self::Query(name) => Site::Query(Cow::Owned(name.clone())),
        }
    }

    /// Whether the signature covered it. A part that it did not cover can be changed by whoever
    /// replays the delivery.
    pub(crate) fn is_covered(&self, coverage: &Coverage) -> bool {
        match self {
            Self::Body(_) | Self::CanonicalBody { .. } | Self::Form(_) | Self::RawBody => {
                coverage.binds_body()
            }
            Self::FirstHeader(names) => {
                names.iter().all(|name| coverage.headers.iter().any(|covered| covered == name))
            }
            Self::Header(name) => coverage.headers.iter().any(|covered| covered == name),
            Self::Query(_) => coverage.url,
        }
    }
}

/// What becomes of a delivery that lacks a part of its dedupe key. Deliveries without a key never
/// share one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnMissingKey {
    /// It is staged, and a repetition of it is staged again.
    #[default]
    AcceptWithoutKey,
    /// The hash of its raw body is its key.
    HashBody,
    /// It is refused.
    Refuse,
}

/// What a rule made of a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Deduped {
    /// A key.
    Key {
        /// The key.
        key: DedupeKey,
        /// Whether the signature covered every part of it.
        covered: bool,
    },
    /// No key, and the policy says that this is acceptable.
    WithoutKey {
        /// The part that is missing.
        at: Site,
        /// In which way.
        why: NoKey,
    },
}

/// Why a part gives no key. Each is another thing for an operator to look into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NoKey {
    /// It is an array or an object.
    Container,
    /// It is not there.
    Missing,
    /// It is JSON's `null`.
    Null,
}

impl PartialEq for DedupeRule {
    fn eq(&self, other: &Self) -> bool {
        self.parts == other.parts && self.on_missing == other.on_missing
    }
}

impl Eq for DedupeRule {}

impl DedupeRule {
    /// The most parts of a rule.
    pub const MAX_PARTS: usize = 5;

    /// A rule of one to five parts. Their order does not matter.
    ///
    /// # Errors
    ///
    /// No part, more than five, or one that is given twice.
    pub fn new(
        parts: impl IntoIterator<Item = DedupePart>,
        on_missing: OnMissingKey,
    ) -> Result<Self, ConfigError> {
        let mut parts: Vec<DedupePart> = parts.into_iter().collect();
        let mut faults = Vec::new();
        if parts.is_empty() {
            faults.push(ConfigFault::new("dedupe.parts", "a rule needs at least one part"));
        }
        if parts.len() > Self::MAX_PARTS {
            faults.push(ConfigFault::new("dedupe.parts", "a rule has at most five parts"));
        }
        parts.sort();
        if parts.windows(2).any(|pair| pair[0] == pair[1]) {
            faults.push(ConfigFault::new("dedupe.parts", "a part is given twice"));
        }
        ConfigError::unless_empty(faults)?;
        let mut prefix = Sha256::new_with_prefix(b"hookstage dedupe key v1\0");
        for part in &parts {
            frame(&mut prefix, b'p', part.name().as_bytes());
        }
        Ok(Self { parts, on_missing, prefix })
    }

    /// The parts.
    #[must_use]
    pub fn parts(&self) -> &[DedupePart] {
        &self.parts
    }

    /// What becomes of a delivery that lacks a part.
    #[must_use]
    pub const fn on_missing(&self) -> OnMissingKey {
        self.on_missing
    }

    /// The key of a verified delivery.
    ///
    /// # Errors
    ///
    /// The body is no acceptable JSON, a header of the rule stands twice, or a part is missing and
    /// the rule refuses that.
    pub fn key(&self, proof: &Proof<'_>, options: &json::ReadOptions) -> Result<Deduped, Refusal> {
        let paths: Vec<&Path> = self.paths().collect();
        let found = if paths.is_empty() {
            Vec::new()
        } else {
            let picked = json::pick(proof.body(), options, &paths);
            picked.map_err(|fault| Refusal::NotJson { fault })?.found
        };
        self.key_of(proof, options, &found)
    }

    pub(crate) fn paths(&self) -> impl Iterator<Item = &Path> {
        self.parts.iter().filter_map(|part| match part {
            DedupePart::Body(path) => Some(path),
            _ => None,
        })
    }

    /// The key, from what stands at [`paths`](Self::paths).
    pub(crate) fn key_of(
        &self,
        proof: &Proof<'_>,
        options: &json::ReadOptions,
        found: &[Found<'_>],
    ) -> Result<Deduped, Refusal> {
        let mut hasher = self.prefix.clone();
        let mut covered = true;
        let mut found = found.iter();
        for part in &self.parts {
            let fed = match part {
                DedupePart::Body(_) => feed_found(&mut hasher, found.next()),
                DedupePart::CanonicalBody { exclude } => {
                    let digest = canonical(proof.body(), options, exclude)?;
                    frame(&mut hasher, b'c', &digest);
                    Ok(())
                }
                DedupePart::FirstHeader(names) => {
                    let mut fed = Err(NoKey::Missing);
                    for name in names {
                        fed = feed_header(&mut hasher, proof, name, part)?;
                        if fed.is_ok() {
                            break;
                        }
                    }
                    fed
                }
                DedupePart::Form(name) => feed_form(&mut hasher, proof, name, part)?,
                DedupePart::Header(name) => feed_header(&mut hasher, proof, name, part)?,
                DedupePart::Query(name) => match proof.head().query(name) {
                    Some(value) => {
                        frame(&mut hasher, b'q', value.as_bytes());
                        Ok(())
                    }
                    None => Err(NoKey::Missing),
                },
                DedupePart::RawBody => {
                    frame(&mut hasher, b'r', &Sha256::digest(proof.body()));
                    Ok(())
                }
            };
            if let Err(why) = fed {
                return self.without(proof, part, why);
            }
            covered &= part.is_covered(proof.coverage());
        }
        Ok(Deduped::Key { key: DedupeKey(hasher.finalize().into()), covered })
    }

    fn without(
        &self,
        proof: &Proof<'_>,
        part: &DedupePart,
        why: NoKey,
    ) -> Result<Deduped, Refusal> {
        match self.on_missing {
            OnMissingKey::AcceptWithoutKey => Ok(Deduped::WithoutKey { at: part.site(), why }),
            OnMissingKey::HashBody => {
                let mut hasher = self.prefix.clone();
                frame(&mut hasher, b'm', &Sha256::digest(proof.body()));
                let covered = proof.coverage().binds_body();
                Ok(Deduped::Key { key: DedupeKey(hasher.finalize().into()), covered })
            }
            OnMissingKey::Refuse => Err(Refusal::DedupeKeyMissing(part.site())),
        }
    }
}

fn feed_found(hasher: &mut Sha256, found: Option<&Found<'_>>) -> Result<(), NoKey> {
    match found {
        Some(Found::Value(Scalar::String(text))) => frame(hasher, b's', text.as_bytes()),
        Some(Found::Value(Scalar::Number(lexeme))) => match json::decimal_key(lexeme) {
            Some(value) => frame(hasher, b'n', value.as_bytes()),
            None => frame(hasher, b'x', lexeme.as_bytes()),
        },
        Some(Found::Value(Scalar::Bool(value))) => frame(hasher, b'b', &[u8::from(*value)]),
        Some(Found::Null) => return Err(NoKey::Null),
        Some(Found::Container(_) | Found::Missing(Absence::WrongParent)) => {
            return Err(NoKey::Container);
        }
        Some(Found::Missing(_)) | None => return Err(NoKey::Missing),
    }
    Ok(())
}

fn feed_header(
    hasher: &mut Sha256,
    proof: &Proof<'_>,
    name: &str,
    part: &DedupePart,
) -> Result<Result<(), NoKey>, Refusal> {
    let mut values = proof.head().header(name);
    let Some(value) = values.next() else { return Ok(Err(NoKey::Missing)) };
    if values.next().is_some() {
        return Err(Refusal::Malformed { at: part.site(), fault: Malformation::Repeated });
    }
    frame(hasher, b'h', value);
    Ok(Ok(()))
}

fn feed_form(
    hasher: &mut Sha256,
    proof: &Proof<'_>,
    name: &str,
    part: &DedupePart,
) -> Result<Result<(), NoKey>, Refusal> {
    let mut values = crate::form::values(proof.body(), name);
    let Some(value) = values.next() else { return Ok(Err(NoKey::Missing)) };
    if values.next().is_some() {
        return Err(Refusal::Malformed { at: part.site(), fault: Malformation::Repeated });
    }
    frame(hasher, b'f', &value);
    Ok(Ok(()))
}

// A tag, a length and the bytes: no value can run into the next, and none can look like another
// type.
fn frame(hasher: &mut Sha256, tag: u8, bytes: &[u8]) {
    hasher.update([tag]);
    hasher.update((bytes.len() as u64).to_be_bytes());
    hasher.update(bytes);
}

fn canonical(
    body: &[u8],
    options: &json::ReadOptions,
    exclude: &[Path],
) -> Result<[u8; 32], Refusal> {
    let document =
        json::Document::read(body, options).map_err(|fault| Refusal::NotJson { fault })?;
    let exclude: Vec<&Path> = exclude.iter().collect();
    Ok(canonical_hash(&document, &exclude))
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredRule {
    version: u16,
    parts: Vec<DedupePart>,
    #[serde(default)]
    on_missing: OnMissingKey,
}

impl From<DedupeRule> for StoredRule {
    fn from(rule: DedupeRule) -> Self {
        Self { version: 1, parts: rule.parts, on_missing: rule.on_missing }
    }
}

impl TryFrom<StoredRule> for DedupeRule {
    type Error = ConfigError;

    fn try_from(stored: StoredRule) -> Result<Self, ConfigError> {
        if stored.version != 1 {
            return Err(ConfigError::one(
                "dedupe.version",
                "this release reads rules of version 1",
            ));
        }
        Self::new(stored.parts, stored.on_missing)
    }
}
