//! JSON web signatures and tokens (RFC 7515, RFC 7519): parsed and judged here, so that no header
//! of a token ever chooses how it is verified.
//!
//! The key decides the algorithm. `jwk`, `jku`, `x5u` and `x5c` in a header are never followed, and
//! `x5c` is looked at only by a scheme that pins the root it must lead to.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::asymmetric::PublicKey;
use super::claims::{check_times, claims, member};
use super::content::Content;
use super::description::{
    Algorithm, Curve, EcdsaForm, Hash, Jose, JoseAlgorithm, JoseKey, JosePayload, KeyForm, Place,
    Token,
};
use super::fetch::FetchedKey;
use super::key::{Material, key_bytes};
use super::locate::{Context, Opened, malformed, optional, value};
use super::primitive::Keyed;
use super::public_key::{self, KeyData};
use super::shown::shown_text;
use super::verify::Verifier;
use crate::clock::Timestamp;
use crate::json::{Document, Kind, Node, ReadOptions};
use crate::refusal::{Malformation, Refusal, Site};

/// The longest token, in characters: one that carries three certificates and a payload of its own
/// takes 20 KB.
const MAX_TOKEN: usize = 256 * 1024;

/// The longest id of a key in a token.
const MAX_KEY_ID: usize = 256;

/// What a token is verified with.
pub(super) enum JoseMaterial {
    Secret(Vec<(JoseAlgorithm, Keyed)>),
    Public(Vec<(JoseAlgorithm, PublicKey)>),
    /// The certificate that a token's own chain must lead to, in DER.
    #[cfg(feature = "x509")]
    Root(Vec<u8>),
}

/// A token taken apart, its three parts still as they were written.
struct Parsed<'a> {
    signed: &'a str,
    payload: &'a str,
    header: Vec<u8>,
    signature: Vec<u8>,
    algorithm: JoseAlgorithm,
    key_id: Option<String>,
    #[cfg_attr(not(feature = "x509"), allow(dead_code))]
    chain: Vec<Vec<u8>>,
}

/// What a token that was believed says of itself.
pub(super) struct Verified {
    pub(super) key: Option<u8>,
    pub(super) issued: Option<Timestamp>,
}

impl Verifier {
    pub(super) fn verify_jose(
        &self,
        context: Context<'_>,
        jose: &Jose,
        fetched: Option<&FetchedKey>,
        now: Timestamp,
    ) -> Result<Verified, Refusal> {
        let text = token_text(context, jose)?;
        let parsed = parse(jose, &text)?;
        let message = signed_bytes(context, jose, &parsed)?;
        if let JoseKey::Fetched(rule) = &jose.key {
            let opened = Opened { header: &parsed.header, claims: b"{}" };
            let within = Context { token: Some(opened), ..context };
            let name = match optional(within, &rule.named_at)? {
                // A host that holds the key itself need not be told where it could be fetched.
                None if fetched.is_none() && self.keys().live(now).next().is_some() => None,
                None => return Err(Refusal::Absent(Site::from(&rule.named_at))),
                Some(name) => Some(name),
            };
            if let Some(name) = name {
                rule.check_name(&name)?;
                if fetched.is_some_and(|fetched| fetched.name() != name.as_ref()) {
                    return Err(Refusal::KeyUnknown(Site::from(&rule.named_at)));
                }
            }
        }
        let key = self.holder(jose, &parsed, &message, fetched, now)?;

        let claims = match jose.payload {
            JosePayload::Claims => claims(&jose.at, parsed.payload)?,
            _ => b"{}".to_vec(),
        };
        let issued = check_times(&jose.at, jose.times, &claims, now)?;
        let token = Some(Opened { header: &parsed.header, claims: &claims });
        self.check_equalities(Context { token, ..context }, &self.scheme().description().require)?;
        Ok(Verified { key, issued })
    }

    /// The name of the key that a token needs fetched.
    pub(super) fn jose_key_name(
        &self,
        context: Context<'_>,
        jose: &Jose,
        named_at: &Place,
    ) -> Result<Vec<u8>, Refusal> {
        let text = token_text(context, jose)?;
        let parsed = parse(jose, &text)?;
        let opened = Opened { header: &parsed.header, claims: b"{}" };
        Ok(value(Context { token: Some(opened), ..context }, named_at)?.into_owned())
    }

    /// Which key made the signature.
    fn holder(
        &self,
        jose: &Jose,
        parsed: &Parsed<'_>,
        message: &[u8],
        fetched: Option<&FetchedKey>,
        now: Timestamp,
    ) -> Result<Option<u8>, Refusal> {
        let mut keys = 0_u8;
        let own = self.keys().live(now).map(|(index, key)| (Some(index), key));
        let other = fetched.into_iter().flat_map(FetchedKey::keys).map(|key| (None, key));
        for (index, key) in own.chain(other) {
            if parsed.key_id.as_ref().is_some_and(|id| !key.answers_to(id.as_bytes())) {
                continue;
            }
            keys = keys.saturating_add(1);
            let Some(Material::Jose(material)) = key.material(0) else { continue };
            if material.verifies(jose, parsed, message, now) {
                return Ok(index);
            }
        }
        if keys == 0
            && let JoseKey::Fetched(rule) = &jose.key
        {
            return Err(Refusal::KeyUnknown(Site::from(&rule.named_at)));
        }
        Err(Refusal::Mismatch { at: Site::from(&jose.at), signatures: 1, keys })
    }

    /// A token over claims, or over the delivery, made with the newest key that can.
    pub(super) fn make_token(
        &self,
        context: Context<'_>,
        jose: &Jose,
        claims: &[u8],
        extra: &[(String, String)],
        now: Timestamp,
    ) -> Option<String> {
        let (algorithm, maker, key) = self.keys().live(now).find_map(|(_, key)| {
            let Some(Material::Jose(material)) = key.material(0) else { return None };
            material.maker().map(|(algorithm, maker)| (algorithm, maker, key))
        })?;
        let mut header = serde_json::Map::new();
        header.insert("alg".to_owned(), algorithm.as_str().into());
        if let Some(id) = key.id() {
            header.insert("kid".to_owned(), id.into());
        }
        for (name, text) in extra {
            header.insert(name.clone(), text.as_str().into());
        }
        if matches!(jose.payload, JosePayload::DetachedUnencoded(_)) {
            header.insert("b64".to_owned(), false.into());
            header.insert("crit".to_owned(), vec!["b64"].into());
        }
        let header = serde_json::Value::Object(header).to_string();
        let head = URL_SAFE_NO_PAD.encode(&header);
        let opened = Opened { header: header.as_bytes(), claims: b"{}" };
        let context = Context { token: Some(opened), ..context };
        let payload = match &jose.payload {
            JosePayload::Claims | JosePayload::Opaque => {
                URL_SAFE_NO_PAD.encode(claims).into_bytes()
            }
            JosePayload::Detached(template) => {
                URL_SAFE_NO_PAD.encode(template_bytes(context, template).ok()?).into_bytes()
            }
            JosePayload::DetachedUnencoded(template) => template_bytes(context, template).ok()?,
        };
        let message = [head.as_bytes(), b".", &payload].concat();
        let signature = URL_SAFE_NO_PAD.encode(maker.sign(algorithm, &message)?);
        match jose.payload {
            JosePayload::Claims | JosePayload::Opaque => {
                Some(format!("{}.{signature}", String::from_utf8(message).ok()?))
            }
            _ => Some(format!("{head}..{signature}")),
        }
    }
}

enum Maker<'a> {
    Secret(&'a Keyed),
    Private(&'a PublicKey),
}

impl Maker<'_> {
    fn sign(&self, algorithm: JoseAlgorithm, message: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::Secret(keyed) => Some(keyed.mac_of(message)),
            Self::Private(key) => key.sign(algorithm.primitive()?, message),
        }
    }
}

impl JoseMaterial {
    /// The keys that a text holds, each for the algorithms of the scheme that it fits.
    pub(super) fn read(
        jose: &Jose,
        text: &[u8],
    ) -> Result<Vec<(Option<String>, Self)>, &'static str> {
        let form = match &jose.key {
            JoseKey::Ring(form) => form,
            JoseKey::Fetched(_) => &KeyForm::Public,
            #[cfg(feature = "x509")]
            JoseKey::Chain { .. } => {
                return Ok(vec![(None, Self::Root(public_key::certificate(text)?))]);
            }
            #[cfg(not(feature = "x509"))]
            JoseKey::Chain { .. } => return Err("certificates need the feature `x509`"),
        };
        Self::of_text(&jose.algorithms, form, text)
    }

    /// The keys that a text holds, each for those of the algorithms that it fits.
    pub(super) fn of_text(
        algorithms: &[JoseAlgorithm],
        form: &KeyForm,
        text: &[u8],
    ) -> Result<Vec<(Option<String>, Self)>, &'static str> {
        if !matches!(form, KeyForm::Public) && !public_key::is_key_text(text) {
            let bytes = key_bytes(form, text)?;
            return Ok(vec![(None, Self::secret(algorithms, &bytes, None)?)]);
        }
        let mut found = Vec::new();
        let mut fault = "the key fits none of the scheme's algorithms";
        for key in public_key::read(text)? {
            let made = match &key.data {
                KeyData::Secret(bytes) => Self::secret(algorithms, bytes, key.algorithm),
                data => Self::public(algorithms, data, key.algorithm),
            };
            match made {
                Ok(material) => found.push((key.id, material)),
                Err(what) => fault = what,
            }
        }
        if found.is_empty() { Err(fault) } else { Ok(found) }
    }

    fn secret(
        algorithms: &[JoseAlgorithm],
        bytes: &[u8],
        pinned: Option<JoseAlgorithm>,
    ) -> Result<Self, &'static str> {
        let keyed: Vec<_> = algorithms
            .iter()
            .filter(|algorithm| pinned.is_none_or(|pinned| pinned == **algorithm))
            .filter(|algorithm| algorithm.fits(&KeyData::Secret(Vec::new())))
            .filter_map(|algorithm| Some((*algorithm, Keyed::new(algorithm.hash()?, bytes)?)))
            .collect();
        if keyed.is_empty() {
            return Err("this scheme takes a public key, not a secret");
        }
        Ok(Self::Secret(keyed))
    }

    fn public(
        algorithms: &[JoseAlgorithm],
        data: &KeyData,
        pinned: Option<JoseAlgorithm>,
    ) -> Result<Self, &'static str> {
        let private = matches!(data, KeyData::Private(_));
        let mut fault = "the key fits none of the scheme's algorithms";
        let mut keys = Vec::new();
        for algorithm in algorithms {
            let wanted = pinned.is_none_or(|pinned| pinned == *algorithm);
            let Some(primitive) = algorithm.primitive().filter(|_| wanted) else { continue };
            if private || algorithm.fits(data) {
                match PublicKey::new(data.clone(), primitive) {
                    Ok(key) => keys.push((*algorithm, key)),
                    Err(what) => fault = what,
                }
            }
        }
        if keys.is_empty() { Err(fault) } else { Ok(Self::Public(keys)) }
    }

    fn verifies(&self, jose: &Jose, parsed: &Parsed<'_>, message: &[u8], now: Timestamp) -> bool {
        let _ = (jose, now);
        match self {
            #[cfg(feature = "x509")]
            Self::Root(root) => super::chain::leaf_key(jose, root, &parsed.chain, now)
                .and_then(|data| {
                    let primitive = parsed.algorithm.primitive()?;
                    PublicKey::new(data, primitive).ok().map(|key| (primitive, key))
                })
                .is_some_and(|(primitive, key)| {
                    key.verifies(primitive, message, &parsed.signature)
                }),
            _ => self.made(parsed.algorithm, message, &parsed.signature),
        }
    }

    /// Whether a key made these bytes of the message by this algorithm, which must be its own.
    pub(super) fn made(&self, algorithm: JoseAlgorithm, message: &[u8], bytes: &[u8]) -> bool {
        match self {
            Self::Secret(keys) => keys
                .iter()
                .find(|(own, _)| *own == algorithm)
                .is_some_and(|(_, keyed)| keyed.is_mac_of(message, bytes)),
            Self::Public(keys) => {
                keys.iter().find(|(own, _)| *own == algorithm).is_some_and(|(own, key)| {
                    own.primitive().is_some_and(|primitive| key.verifies(primitive, message, bytes))
                })
            }
            #[cfg(feature = "x509")]
            Self::Root(_) => false,
        }
    }

    /// The first of the algorithms that the key fits.
    pub(super) fn algorithm(&self) -> Option<JoseAlgorithm> {
        self.maker().map(|(algorithm, _)| algorithm)
    }

    /// A signature of a message, by the first of the algorithms that the key fits.
    pub(super) fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        let (algorithm, maker) = self.maker()?;
        maker.sign(algorithm, message)
    }

    fn maker(&self) -> Option<(JoseAlgorithm, Maker<'_>)> {
        match self {
            Self::Secret(keys) => {
                keys.first().map(|(algorithm, keyed)| (*algorithm, Maker::Secret(keyed)))
            }
            Self::Public(keys) => {
                keys.first().map(|(algorithm, key)| (*algorithm, Maker::Private(key)))
            }
            #[cfg(feature = "x509")]
            Self::Root(_) => None,
        }
    }
}

impl JoseAlgorithm {
    /// The primitive, for a public key.
    pub(super) fn primitive(self) -> Option<Algorithm> {
        let ecdsa = |curve, hash| Algorithm::Ecdsa { curve, hash, form: EcdsaForm::Fixed };
        Some(match self {
            Self::EdDsa => Algorithm::Ed25519,
            Self::Es256 => ecdsa(Curve::P256, Hash::Sha256),
            Self::Es384 => ecdsa(Curve::P384, Hash::Sha384),
            Self::Es512 => ecdsa(Curve::P521, Hash::Sha512),
            Self::Hs256 | Self::Hs384 | Self::Hs512 => return None,
            Self::Ps256 | Self::Ps384 | Self::Ps512 => Algorithm::RsaPss(self.hash()?),
            Self::Rs256 | Self::Rs384 | Self::Rs512 => Algorithm::RsaPkcs1(self.hash()?),
        })
    }
}

/// The feature that a token scheme needs and this build lacks. A scheme with several algorithms
/// needs what its keys use, which is found out when they are registered.
pub(super) fn missing_feature(jose: &Jose) -> Option<&'static str> {
    if matches!(jose.key, JoseKey::Chain { .. }) && cfg!(not(feature = "x509")) {
        return Some("x509");
    }
    missing_of(&jose.algorithms)
}

/// The feature without which none of these algorithms can be verified.
pub(super) fn missing_of(algorithms: &[JoseAlgorithm]) -> Option<&'static str> {
    let needs = |algorithm: &JoseAlgorithm| {
        algorithm.primitive().and_then(super::asymmetric::missing_feature)
    };
    let all = algorithms.iter().map(needs).collect::<Option<Vec<_>>>();
    all.and_then(|missing| missing.first().copied())
}

fn token_text<'a>(context: Context<'a>, jose: &Jose) -> Result<Cow<'a, str>, Refusal> {
    let found = value(context, &jose.at)?;
    let token = Token { at: jose.at.clone(), grammar: jose.grammar.clone() };
    let text = shown_text(&token, &found)?;
    if text.len() > MAX_TOKEN {
        return malformed(&jose.at, Malformation::TooLong);
    }
    match std::str::from_utf8(&text) {
        Ok(text) => Ok(Cow::Owned(text.to_owned())),
        Err(_) => malformed(&jose.at, Malformation::Encoding),
    }
}

/// Takes a token apart. Its dots are counted before anything is decoded.
fn parse<'a>(jose: &Jose, text: &'a str) -> Result<Parsed<'a>, Refusal> {
    let bad = |fault| Refusal::Malformed { at: Site::from(&jose.at), fault };
    if text.bytes().filter(|byte| *byte == b'.').count() != 2 {
        return Err(bad(Malformation::Token));
    }
    let (signed, signature) = text.rsplit_once('.').ok_or(bad(Malformation::Token))?;
    let (header, payload) = signed.split_once('.').ok_or(bad(Malformation::Token))?;
    let decode = |part: &str| {
        URL_SAFE_NO_PAD.decode(part.as_bytes()).map_err(|_| bad(Malformation::Encoding))
    };
    let (header_bytes, signature) = (decode(header)?, decode(signature)?);
    if matches!(jose.payload, JosePayload::Opaque) {
        decode(payload)?;
    }
    if signature.is_empty() {
        return Err(bad(Malformation::Empty));
    }
    let carried = matches!(jose.payload, JosePayload::Claims | JosePayload::Opaque);
    if !carried && !payload.is_empty() {
        return Err(bad(Malformation::Token));
    }
    let (algorithm, key_id, chain) = read_header(jose, &header_bytes)?;
    Ok(Parsed { signed, payload, header: header_bytes, signature, algorithm, key_id, chain })
}

type HeaderParts = (JoseAlgorithm, Option<String>, Vec<Vec<u8>>);

fn read_header(jose: &Jose, bytes: &[u8]) -> Result<HeaderParts, Refusal> {
    let bad = || Refusal::Malformed { at: Site::from(&jose.at), fault: Malformation::TokenHeader };
    let document = Document::read(bytes, &ReadOptions::default()).map_err(|_| bad())?;
    let root = document.root();
    if root.kind() != Kind::Object {
        return Err(bad());
    }
    let algorithm = member(root, "alg").and_then(Node::text).ok_or_else(bad)?;
    let algorithm = JoseAlgorithm::named(&algorithm)
        .filter(|algorithm| jose.algorithms.contains(algorithm))
        .ok_or_else(bad)?;
    let unencoded = matches!(jose.payload, JosePayload::DetachedUnencoded(_));
    let critical = member(root, "crit");
    let encoded = member(root, "b64");
    let as_asked = if unencoded {
        encoded.is_some_and(|node| node.raw() == "false")
            && critical.is_some_and(|node| {
                node.len() == 1 && node.children().all(|name| name.text().as_deref() == Some("b64"))
            })
    } else {
        encoded.is_none() && critical.is_none()
    };
    if !as_asked || member(root, "zip").is_some() || member(root, "enc").is_some() {
        return Err(bad());
    }
    let key_id = match member(root, "kid") {
        Some(node) => match node.text() {
            Some(text) if !text.is_empty() && text.len() <= MAX_KEY_ID => Some(text.into_owned()),
            _ => return Err(bad()),
        },
        None => None,
    };
    let mut chain = Vec::new();
    if let JoseKey::Chain { length, .. } = &jose.key {
        let certificates = member(root, "x5c").ok_or_else(bad)?;
        if certificates.kind() != Kind::Array || certificates.len() != usize::from(*length) {
            return Err(bad());
        }
        for certificate in certificates.children() {
            let text = certificate.text().ok_or_else(bad)?;
            let engine = base64::engine::general_purpose::STANDARD;
            chain.push(engine.decode(text.as_bytes()).map_err(|_| bad())?);
        }
    }
    Ok((algorithm, key_id, chain))
}

fn signed_bytes<'a>(
    context: Context<'_>,
    jose: &Jose,
    parsed: &Parsed<'a>,
) -> Result<Cow<'a, [u8]>, Refusal> {
    let opened = Opened { header: &parsed.header, claims: b"{}" };
    let context = Context { token: Some(opened), ..context };
    match &jose.payload {
        JosePayload::Claims | JosePayload::Opaque => Ok(Cow::Borrowed(parsed.signed.as_bytes())),
        JosePayload::Detached(template) => {
            let payload = URL_SAFE_NO_PAD.encode(template_bytes(context, template)?);
            Ok(Cow::Owned([parsed.signed.as_bytes(), payload.as_bytes()].concat()))
        }
        JosePayload::DetachedUnencoded(template) => {
            let payload = template_bytes(context, template)?;
            Ok(Cow::Owned([parsed.signed.as_bytes(), &payload].concat()))
        }
    }
}

fn template_bytes(context: Context<'_>, template: &[super::Part]) -> Result<Vec<u8>, Refusal> {
    let content = Content { context, timestamp: None, id: None, id_place: None };
    let mut bytes = Vec::new();
    content.feed(template, &[], &mut bytes)?;
    Ok(bytes)
}
