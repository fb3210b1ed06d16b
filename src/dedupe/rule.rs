//! A rule: its parts, and the key that they make.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::part::DedupePart;
use super::{DedupeKey, Deduped, NoKey, OnMissingKey};
use crate::error::{ConfigError, ConfigFault};
use crate::json::{self, Absence, Found, Kind, Path, ReadOptions, Scalar};
use crate::payload::{Schema, canonical_hash};
use crate::refusal::{Malformation, Refusal, Site};
use crate::scheme::{Coverage, Proof};

/// Which parts of a delivery make its dedupe key.
///
/// A key is SHA-256 over a typed, length-prefixed encoding of the parts, with the rule itself in
/// it: `1` and `"1"`, `"ab","c"` and `"a","bc"`, and the same value under another rule are all
/// different keys, while `1`, `1.0` and `10e-1` are one number. An empty text, `0` and `false` are
/// values and have keys; what is missing, null, an array or an object has none.
///
/// The encoding never changes, because stores hold its hashes: `hookstage dedupe key v1` and a
/// zero byte; the name of each part under the tag `p`; then each part under the tag of its type
/// (`s` text, `n` number by its [`decimal_key`](json::decimal_key), `b` truth value, `h` header,
/// `q` query parameter, `f` form field, `r` hash of the raw body, `c` hash of its meaning, `m` the
/// raw body for a missing part). A tag is one byte; the length of what follows it is eight bytes,
/// the highest first.
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
    covered_only: bool,
    /// What every key of this rule begins with; the rule never changes, so it is hashed once.
    prefix: Sha256,
}

impl PartialEq for DedupeRule {
    fn eq(&self, other: &Self) -> bool {
        self.parts == other.parts
            && self.on_missing == other.on_missing
            && self.covered_only == other.covered_only
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
    /// No part, more than five, one that is given twice, or a name that cannot be one.
    pub fn new(
        parts: impl IntoIterator<Item = DedupePart>,
        on_missing: OnMissingKey,
    ) -> Result<Self, ConfigError> {
        let mut parts: Vec<DedupePart> = parts.into_iter().map(DedupePart::normal).collect();
        let mut faults = Vec::new();
        if parts.is_empty() {
            faults.push(ConfigFault::new("dedupe.parts", "a rule needs at least one part"));
        }
        if parts.len() > Self::MAX_PARTS {
            faults.push(ConfigFault::new("dedupe.parts", "a rule has at most five parts"));
        }
        parts.iter().for_each(|part| part.faults(&mut faults));
        parts.sort();
        if parts.windows(2).any(|pair| pair[0] == pair[1]) {
            faults.push(ConfigFault::new("dedupe.parts", "a part is given twice"));
        }
        ConfigError::unless_empty(faults)?;
        let mut prefix = Sha256::new_with_prefix(b"hookstage dedupe key v1\0");
        for part in &parts {
            frame(&mut prefix, b'p', part.name().as_bytes());
        }
        Ok(Self { parts, on_missing, covered_only: false, prefix })
    }

    /// The same rule for sources whose signature covers every part of it: a source of any other
    /// scheme refuses it when it is built, instead of warning. The keys are the same.
    #[must_use]
    pub fn covered_only(self) -> Self {
        Self { covered_only: true, ..self }
    }

    /// Whether a source whose signature does not cover every part refuses the rule.
    #[must_use]
    pub const fn is_covered_only(&self) -> bool {
        self.covered_only
    }

    /// The parts, in their one order.
    #[must_use]
    pub fn parts(&self) -> &[DedupePart] {
        &self.parts
    }

    /// What becomes of a delivery that lacks a part.
    #[must_use]
    pub const fn on_missing(&self) -> OnMissingKey {
        self.on_missing
    }

    /// The parts of the body at which no sample of a schema ever had anything, for a word of
    /// warning when a rule is chosen.
    #[must_use]
    pub fn unknown_to(&self, schema: &Schema) -> Vec<&Path> {
        self.paths().filter(|path| !schema.knows(path)).collect()
    }

    /// The key of a verified delivery whose body is JSON, if a part of the rule stands in it.
    ///
    /// # Errors
    ///
    /// The body is no acceptable JSON, a header, query parameter or form field of the rule stands
    /// there twice, or a part is missing and the rule refuses that.
    pub fn key(&self, proof: &Proof<'_>, options: &ReadOptions) -> Result<Deduped, Refusal> {
        let paths: Vec<&Path> = self.paths().collect();
        let reads_json = |part: &DedupePart| {
            matches!(part, DedupePart::Body(_) | DedupePart::CanonicalBody { .. })
        };
        let found = if self.parts.iter().any(reads_json) {
            let picked = json::pick(proof.body(), options, &paths);
            picked.map_err(|fault| Refusal::NotJson { fault })?.found
        } else {
            Vec::new()
        };
        self.key_of(proof, proof.body(), options, Some(&found))
    }

    pub(crate) fn paths(&self) -> impl Iterator<Item = &Path> {
        self.parts.iter().filter_map(|part| match part {
            DedupePart::Body(path) => Some(path),
            _ => None,
        })
    }

    /// The parts that a signature with this coverage leaves open.
    pub(crate) fn uncovered(&self, coverage: &Coverage) -> Vec<Site> {
        let open = self.parts.iter().filter(|part| !part.is_covered(coverage));
        open.map(DedupePart::site).collect()
    }

    /// The key, from what stands at [`paths`](Self::paths) of the body as it is read (`content`),
    /// or nothing if that is not JSON.
    pub(crate) fn key_of(
        &self,
        proof: &Proof<'_>,
        content: &[u8],
        options: &ReadOptions,
        found: Option<&[Found<'_>]>,
    ) -> Result<Deduped, Refusal> {
        let mut hasher = self.prefix.clone();
        let mut found = found.map(<[Found<'_>]>::iter);
        for part in &self.parts {
            let fed = match part {
                DedupePart::Body(_) => match &mut found {
                    Some(found) => feed_found(&mut hasher, found.next()),
                    None => Err(NoKey::NotJson),
                },
                DedupePart::CanonicalBody { exclude } => {
                    feed_canonical(&mut hasher, content, options, exclude)
                }
                DedupePart::FirstHeader(names) => {
                    let mut fed = Err(NoKey::Missing);
                    for name in names {
                        fed = feed_one(&mut hasher, b'h', proof.head().header(name), part)?;
                        if fed.is_ok() {
                            break;
                        }
                    }
                    fed
                }
                DedupePart::Form(name) => {
                    feed_one(&mut hasher, b'f', crate::form::values(proof.body(), name), part)?
                }
                DedupePart::Header(name) => {
                    feed_one(&mut hasher, b'h', proof.head().header(name), part)?
                }
                DedupePart::Query(name) => {
                    feed_one(&mut hasher, b'q', proof.head().queries(name), part)?
                }
                DedupePart::RawBody => {
                    frame(&mut hasher, b'r', &Sha256::digest(proof.body()));
                    Ok(())
                }
            };
            if let Err(why) = fed {
                return self.without(proof, part, why);
            }
        }
        let key = DedupeKey::from_bytes(hasher.finalize().into());
        Ok(Deduped::Key { key, uncovered: self.uncovered(proof.coverage()) })
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
                let key = DedupeKey::from_bytes(hasher.finalize().into());
                let uncovered = match proof.coverage().binds_body() {
                    true => Vec::new(),
                    false => vec![Site::WholeBody],
                };
                Ok(Deduped::Key { key, uncovered })
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
        Some(Found::Container(container)) if container.kind == Kind::Array => {
            return Err(NoKey::Array);
        }
        Some(Found::Container(_)) => return Err(NoKey::Object),
        Some(Found::Missing(Absence::WrongParent)) => return Err(NoKey::WrongParent),
        Some(Found::Missing(_)) | None => return Err(NoKey::Missing),
    }
    Ok(())
}

/// A value that must stand there once: of two, a proxy and a host could each take another.
fn feed_one(
    hasher: &mut Sha256,
    tag: u8,
    mut values: impl Iterator<Item: AsRef<[u8]>>,
    part: &DedupePart,
) -> Result<Result<(), NoKey>, Refusal> {
    let Some(value) = values.next() else { return Ok(Err(NoKey::Missing)) };
    if values.next().is_some() {
        return Err(Refusal::Malformed { at: part.site(), fault: Malformation::Repeated });
    }
    frame(hasher, tag, value.as_ref());
    Ok(Ok(()))
}

fn feed_canonical(
    hasher: &mut Sha256,
    content: &[u8],
    options: &ReadOptions,
    exclude: &[Path],
) -> Result<(), NoKey> {
    let document = json::Document::read(content, options).map_err(|_| NoKey::NotJson)?;
    let exclude: Vec<&Path> = exclude.iter().collect();
    frame(hasher, b'c', &canonical_hash(&document, &exclude));
    Ok(())
}

// A tag, a length and the bytes: no value can run into the next, and none can look like another
// type.
fn frame(hasher: &mut Sha256, tag: u8, bytes: &[u8]) {
    hasher.update([tag]);
    hasher.update((bytes.len() as u64).to_be_bytes());
    hasher.update(bytes);
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredRule {
    version: u16,
    parts: Vec<DedupePart>,
    #[serde(default)]
    on_missing: OnMissingKey,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    covered_only: bool,
}

impl From<DedupeRule> for StoredRule {
    fn from(rule: DedupeRule) -> Self {
        let DedupeRule { parts, on_missing, covered_only, .. } = rule;
        Self { version: 1, parts, on_missing, covered_only }
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
        let rule = Self::new(stored.parts, stored.on_missing)?;
        Ok(Self { covered_only: stored.covered_only, ..rule })
    }
}
