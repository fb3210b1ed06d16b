//! Key rings: what a secret becomes for one scheme, once, when it is registered.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::Scheme;
use super::asymmetric::PublicKey;
use super::check;
use super::description::Authentication;
use super::description::{Algorithm, Hash, KeyForm, Signature};
use super::encoding::decode_base64_secret;
use super::jose::JoseMaterial;
use super::primitive::{Hasher, Keyed, Sink};
use super::public_key;
use crate::clock::Timestamp;
use crate::error::{ConfigError, ConfigFault};
use crate::secret::Secret;

/// A secret or public key, how long it counts, and by which id deliveries name it.
#[derive(Debug)]
pub struct SigningKey {
    known: Known,
    ends: Option<Timestamp>,
    id: Option<String>,
}

/// What is known of a secret.
enum Known {
    Text(Secret),
    /// SHA-256 of a secret that the sender shows.
    Hash([u8; 32]),
}

impl SigningKey {
    /// A secret that counts until it is taken away.
    #[must_use]
    pub const fn new(secret: Secret) -> Self {
        Self { known: Known::Text(secret), ends: None, id: None }
    }

    /// A secret that counts until, and no longer at, a moment: the old one of a rotation.
    #[must_use]
    pub const fn until(secret: Secret, ends: Timestamp) -> Self {
        Self { known: Known::Text(secret), ends: Some(ends), id: None }
    }

    /// A secret of which only SHA-256 is kept, for a scheme in which the sender shows it.
    ///
    /// Keep it this way for secrets that were generated, 128 bits of chance at least: one that a
    /// person chose is guessed from its hash. Signing with it is impossible.
    #[must_use]
    pub const fn from_sha256(hash: [u8; 32]) -> Self {
        Self { known: Known::Hash(hash), ends: None, id: None }
    }

    /// With the id by which deliveries name it. Without one it is tried for every id.
    #[must_use]
    pub fn with_id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// With the moment from which it no longer counts.
    #[must_use]
    pub fn ending_at(mut self, ends: Timestamp) -> Self {
        self.ends = Some(ends);
        self
    }
}

impl fmt::Debug for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Known(..)")
    }
}

impl From<Secret> for SigningKey {
    fn from(secret: Secret) -> Self {
        Self::new(secret)
    }
}

/// The keys of one source, newest first, prepared for its scheme.
pub(super) struct KeyRing(Vec<Key>);

/// One prepared key.
pub(super) struct Key {
    material: Material,
    /// For the other rules of a scheme with several; empty, and so without an allocation, for all
    /// others.
    more: Vec<Material>,
    id: Option<Box<[u8]>>,
    ends: Option<Timestamp>,
    fingerprint: [u8; 4],
    /// Its place among the keys that were given: a key set is given as one and makes several.
    given: u8,
}

/// What the algorithm needs of a secret.
pub(super) enum Material {
    /// An HMAC with its key schedule done.
    Keyed(Box<Keyed>),
    /// The key bytes, for a digest over content that holds them.
    Bytes(Zeroizing<Vec<u8>>),
    /// A secret that the sender shows. It is compared by its hash; the text, empty where only the
    /// hash is known, is for signing.
    Shown { hash: [u8; 32], text: Zeroizing<Vec<u8>> },
    /// A public key.
    Public(Box<PublicKey>),
    /// What a token or a message is verified with.
    Jose(Box<JoseMaterial>),
    /// Nothing: the key is for another rule of the scheme.
    Unfit,
    /// What the host's own check judges a shown secret by.
    Stored(Zeroizing<Vec<u8>>),
}

impl KeyRing {
    /// The most keys that are live at once: a newest, an old one, and room for a rotation begun
    /// before the last one ended. Each multiplies what a forged delivery makes us compute.
    pub(super) const MAX: usize = 4;

    pub(super) fn prepare(scheme: &Scheme, keys: Vec<SigningKey>) -> Result<Self, ConfigError> {
        let unsigned = matches!(scheme.description().authentication, Authentication::Unsigned);
        if unsigned && !keys.is_empty() {
            return Err(ConfigError::one(
                "keys",
                "this scheme uses no secret; remove it, or choose a scheme that does",
            ));
        }
        if !unsigned && keys.is_empty() && scheme.key_fetch().is_none() {
            return Err(ConfigError::one(
                "keys",
                "give at least one secret; without one nothing could be verified",
            ));
        }
        if keys.len() > Self::MAX {
            return Err(ConfigError::one(
                "keys",
                "at most 4 keys may be live at once; retire the oldest",
            ));
        }
        let mut ring = Vec::with_capacity(keys.len());
        let mut faults = Vec::new();
        for (index, key) in keys.into_iter().enumerate() {
            match Key::prepare(scheme, key) {
                Ok(keys) => {
                    // At most four were given.
                    let given = u8::try_from(index).unwrap_or(u8::MAX);
                    ring.extend(keys.into_iter().map(|key| Key { given, ..key }));
                }
                Err(what) => faults.push(ConfigFault::new(format!("keys[{index}]"), what)),
            }
        }
        ConfigError::unless_empty(faults)?;
        Ok(Self(ring))
    }

    /// The keys that are live at `now`, with their places in the ring.
    pub(super) fn live(&self, now: Timestamp) -> impl Iterator<Item = (u8, &Key)> {
        (0_u8..).zip(&self.0).filter(move |(_, key)| key.ends.is_none_or(|ends| now < ends))
    }

    /// The place among the given keys of the one at this place of the ring.
    pub(super) fn origin(&self, index: u8) -> Option<usize> {
        self.0.get(usize::from(index)).map(|key| usize::from(key.given))
    }

    pub(super) fn fingerprints(&self) -> impl Iterator<Item = [u8; 4]> + '_ {
        self.0.iter().map(|key| key.fingerprint)
    }
}

impl Key {
    /// The keys that one secret, public key or key set makes: one, or those of the set.
    pub(super) fn prepare(scheme: &Scheme, key: SigningKey) -> Result<Vec<Self>, &'static str> {
        let SigningKey { known, ends, id } = key;
        let authentication = &scheme.description().authentication;
        let id = id.map(|id| id.into_bytes().into_boxed_slice());
        let secret = match (&known, authentication) {
            (Known::Hash(hash), Authentication::Token(_)) => {
                let material = Material::Shown { hash: *hash, text: Zeroizing::new(Vec::new()) };
                let fingerprint = fingerprint(hash);
                return Ok(vec![Self {
                    material,
                    more: Vec::new(),
                    id,
                    ends,
                    fingerprint,
                    given: 0,
                }]);
            }
            (Known::Hash(_), _) => {
                return Err(
                    "a hash of the secret is enough only where the sender shows the secret",
                );
            }
            (Known::Text(secret), _) => secret.expose(),
        };
        let fingerprint = fingerprint(secret);
        let keys = Material::prepare(authentication, secret)?;
        let named = |own: Option<String>| id.clone().or(own.map(|own| own.into_bytes().into()));
        Ok(keys
            .into_iter()
            .map(|(own, material, more)| {
                let id = named(own);
                Self { material, more, id, ends, fingerprint, given: 0 }
            })
            .collect())
    }

    /// What the signature rule at this place of the scheme needs.
    pub(super) fn material(&self, rule: usize) -> Option<&Material> {
        match rule {
            0 => Some(&self.material),
            other => self.more.get(other - 1),
        }
    }

    /// The id by which deliveries name it.
    pub(super) fn id(&self) -> Option<&str> {
        std::str::from_utf8(self.id.as_deref()?).ok()
    }

    /// Whether it may have made a signature that names this id.
    pub(super) fn answers_to(&self, id: &[u8]) -> bool {
        self.id.as_deref().is_none_or(|own| own == id)
    }
}

/// The id that a key set gives a key, what the first rule needs of it, and what the others do.
type Prepared = (Option<String>, Material, Vec<Material>);

impl Material {
    fn prepare(
        authentication: &Authentication,
        secret: &[u8],
    ) -> Result<Vec<Prepared>, &'static str> {
        let one = match authentication {
            Authentication::Signature(signature) => {
                return Self::of_rules(std::slice::from_ref(signature), secret);
            }
            Authentication::AnyOf(signatures) => return Self::of_rules(signatures, secret),
            Authentication::HostChecked(_) => Self::Stored(Zeroizing::new(secret.to_vec())),
            Authentication::Token(_) => {
                Self::Shown { hash: shown(secret), text: Zeroizing::new(secret.to_vec()) }
            }
            Authentication::Jose(jose) => {
                let keys = JoseMaterial::read(jose, secret)?.into_iter();
                return Ok(keys
                    .map(|(id, material)| (id, Self::Jose(Box::new(material)), Vec::new()))
                    .collect());
            }
            Authentication::MessageSignature(rule) => {
                let keys = super::message::read_keys(rule, secret)?.into_iter();
                return Ok(keys
                    .map(|(id, material)| (id, Self::Jose(Box::new(material)), Vec::new()))
                    .collect());
            }
            Authentication::Unsigned => return Err("this scheme uses no secret"),
        };
        Ok(vec![(None, one, Vec::new())])
    }

    /// What each rule needs of a secret. One that cannot be used by a rule is passed over there, as
    /// long as another rule can use it.
    fn of_rules(rules: &[Signature], secret: &[u8]) -> Result<Vec<Prepared>, &'static str> {
        let is_public =
            |rule: &Signature| matches!(rule.key, KeyForm::Public | KeyForm::Fetched(_));
        let any_public = rules.iter().any(is_public);
        if !any_public {
            let mut materials = Vec::with_capacity(rules.len());
            for rule in rules {
                materials.push(Self::of_secret(rule, secret)?);
            }
            let first = if materials.is_empty() { Self::Unfit } else { materials.remove(0) };
            return Ok(vec![(None, first, materials)]);
        }
        let found = match public_key::read(secret) {
            Ok(found) => found,
            Err(what) if rules.iter().all(is_public) => return Err(what),
            Err(_) => Vec::new(),
        };
        let mut fault = "the key fits no rule of this scheme";
        let mut prepared = Vec::new();
        let is_key_text = public_key::is_key_text(secret);
        let mut add = |id, of: &dyn Fn(&Signature) -> Result<Self, &'static str>| {
            let mut materials = Vec::with_capacity(rules.len());
            for rule in rules {
                materials.push(of(rule).unwrap_or_else(|what| {
                    fault = what;
                    Self::Unfit
                }));
            }
            if materials.iter().any(|material| !matches!(material, Self::Unfit)) {
                let first = materials.remove(0);
                prepared.push((id, first, materials));
            }
        };
        for key in found {
            add(key.id, &|rule| {
                if !is_public(rule) {
                    return Err("a public key is no secret that a sender signs with");
                }
                PublicKey::new(key.data.clone(), rule.algorithm)
                    .map(|key| Self::Public(Box::new(key)))
            });
        }
        if !is_key_text && !rules.iter().all(is_public) {
            add(None, &|rule| match is_public(rule) {
                true => Err("this rule verifies with a public key"),
                false => Self::of_secret(rule, secret),
            });
        }
        if prepared.is_empty() { Err(fault) } else { Ok(prepared) }
    }

    fn of_secret(signature: &Signature, secret: &[u8]) -> Result<Self, &'static str> {
        let bytes = key_bytes(&signature.key, secret)?;
        match signature.algorithm {
            Algorithm::Hmac(hash) => Keyed::new(hash, &bytes)
                .map(|keyed| Self::Keyed(Box::new(keyed)))
                .ok_or("the key cannot be used with this algorithm"),
            Algorithm::Digest(_) => Ok(Self::Bytes(bytes)),
            _ => Err("this algorithm takes a public key"),
        }
    }
}

/// The hash under which a shown secret is compared, so that neither its length nor a common prefix
/// can be measured.
pub(super) fn shown(secret: &[u8]) -> [u8; 32] {
    Sha256::digest(secret).into()
}

pub(super) fn key_bytes(form: &KeyForm, secret: &[u8]) -> Result<Zeroizing<Vec<u8>>, &'static str> {
    let bytes = match form {
        KeyForm::Text => Zeroizing::new(secret.to_vec()),
        KeyForm::Ascii if secret.is_ascii() => Zeroizing::new(secret.to_vec()),
        KeyForm::Ascii => {
            return Err("the sender normalises this secret; use ASCII characters only");
        }
        KeyForm::HtmlUnescaped => Zeroizing::new(html_unescaped(secret)),
        KeyForm::Public | KeyForm::Fetched(_) => {
            return Err("a public key is no secret that a sender signs with");
        }
        KeyForm::Base64 { prefixes } => {
            let bare = prefixes
                .iter()
                .find_map(|prefix| secret.strip_prefix(check::as_str(prefix).as_bytes()))
                .unwrap_or(secret);
            Zeroizing::new(decode_base64_secret(bare).ok_or(
                "the secret is not base64 behind its prefix; copy it whole from the dashboard",
            )?)
        }
        KeyForm::Hex => Zeroizing::new(
            hex::decode(secret).map_err(|_| "the secret is not an even number of hex digits")?,
        ),
        KeyForm::Hashed(hash) => {
            let mut hasher = Hasher::new(*hash).ok_or("this build lacks the hash")?;
            hasher.feed(secret);
            Zeroizing::new(hasher.finish().to_bytes())
        }
        KeyForm::Wrapped { before, after } => {
            Zeroizing::new([before.as_bytes(), secret, after.as_bytes()].concat())
        }
    };
    if bytes.is_empty() {
        return Err("the secret decodes to no bytes at all");
    }
    if bytes.iter().all(|byte| *byte == 0) {
        return Err(
            "the secret decodes to nothing but zero bytes, which HMAC cannot tell from none",
        );
    }
    Ok(bytes)
}

/// The five entities that HTML escaping writes, decoded in one pass.
fn html_unescaped(text: &[u8]) -> Vec<u8> {
    const ENTITIES: [(&[u8], u8); 6] = [
        (b"&amp;", b'&'),
        (b"&lt;", b'<'),
        (b"&gt;", b'>'),
        (b"&quot;", b'"'),
        (b"&#039;", b'\''),
        (b"&#39;", b'\''),
    ];
    let mut plain = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.first() {
        match ENTITIES.iter().find(|(entity, _)| rest.starts_with(entity)) {
            Some((entity, character)) => {
                plain.push(*character);
                rest = &rest[entity.len()..];
            }
            None => {
                plain.push(*first);
                rest = &rest[1..];
            }
        }
    }
    plain
}

/// Four bytes by which people tell keys apart. Of a secret that was generated they reveal nothing:
/// it is one of 2^96 and more that share them. A short one could be guessed and the guess confirmed
/// by them, so it has none.
fn fingerprint(secret: &[u8]) -> [u8; 4] {
    if secret.len() < SHORTEST_WITH_FINGERPRINT {
        return [0; 4];
    }
    let digest =
        Sha256::new_with_prefix(b"hookstage key fingerprint v1\0").chain_update(secret).finalize();
    [digest[0], digest[1], digest[2], digest[3]]
}

/// 128 bits, if each byte is random.
const SHORTEST_WITH_FINGERPRINT: usize = 16;

/// What is shown of a key: eight hexadecimal digits that tell it from others and reveal nothing.
///
/// They are the first four bytes of SHA-256 over `hookstage key fingerprint v1`, a zero byte and the
/// secret's text, so whoever has the secret can tell that it is this one. All zeros stand for a
/// secret of fewer than 16 bytes, which could be guessed and the guess confirmed by a fingerprint.
///
/// ```
/// use hookstage::Secret;
/// use hookstage::scheme::Fingerprint;
///
/// let secret = Secret::new("hookstage-test-secret").unwrap();
/// assert_eq!(Fingerprint::of(&secret).to_string(), "9f3035e4");
/// assert_eq!(Fingerprint::of(&Secret::new("hunter2").unwrap()).to_string(), "00000000");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Fingerprint(pub(super) [u8; 4]);

impl Fingerprint {
    /// What is shown of this secret.
    #[must_use]
    pub fn of(secret: &Secret) -> Self {
        Self(fingerprint(secret.expose()))
    }

    /// What is shown of a secret of which only SHA-256 is kept.
    #[must_use]
    pub fn of_sha256(hash: &[u8; 32]) -> Self {
        Self(fingerprint(hash))
    }
}

impl TryFrom<String> for Fingerprint {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let mut bytes = [0; 4];
        match hex::decode_to_slice(&text, &mut bytes) {
            Ok(()) => Ok(Self(bytes)),
            Err(_) => Err("a fingerprint is eight hexadecimal digits"),
        }
    }
}

impl From<Fingerprint> for String {
    fn from(fingerprint: Fingerprint) -> Self {
        fingerprint.to_string()
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|key| Fingerprint(key.fingerprint))).finish()
    }
}

impl Hash {
    /// Whether the hash is kept only because senders still use it.
    #[must_use]
    pub const fn is_legacy(self) -> bool {
        matches!(self, Self::Md5Legacy | Self::Sha1Legacy)
    }
}
