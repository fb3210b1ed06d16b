//! Signing from the same description that verifies: what a host's "send a test event" sends.

use std::fmt;

use super::content::{Content, feed_url};
use super::description::{
    Authentication, Expected, Grammar, Jose, JoseKey, JosePayload, KeyChoice, KeyForm, KeyName,
    NamedHeaders, Part, Place, Presence, Signature, TimeUnit, Token, TokenGrammar,
};
use super::draft::Draft;
use super::key::{Key, Material};
use super::locate::Context;
use super::primitive::{Hasher, Sink, Tag};
use super::signed::compute;
use super::verify::Verifier;
use crate::clock::Timestamp;
use crate::refusal::Refusal;

/// A delivery that is to be signed.
#[derive(Clone, Copy, Debug)]
pub struct Unsigned<'a> {
    /// The HTTP method.
    pub method: &'a str,
    /// The address it will be sent to, as the receiver knows it.
    pub url: &'a str,
    /// Headers it already has.
    pub headers: &'a [(&'a str, &'a [u8])],
    /// The body.
    pub body: &'a [u8],
    /// The message id, which also stands in wherever the scheme signs a value that is not given.
    pub id: &'a str,
}

/// A delivery ready to be sent, with everything that its scheme asks for.
///
/// Its `Debug` shows no header value, because one of them may be a secret.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedRequest {
    /// The HTTP method.
    pub method: String,
    /// The address, with the query parameters that the scheme adds.
    pub url: String,
    /// All headers.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The body. It is the one given, unless the scheme keeps a time or a signature in it.
    pub body: Vec<u8>,
}

impl SignedRequest {
    /// The headers as [`Head`](crate::Head) takes them.
    #[must_use]
    pub fn header_lines(&self) -> Vec<(&str, &[u8])> {
        self.headers.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect()
    }
}

impl fmt::Debug for SignedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("SignedRequest")
            .field("method", &self.method)
            .field("headers", &names)
            .field("body_length", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// Why a delivery cannot be signed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignError {
    /// The body is not the JSON object that the scheme keeps its signature in.
    #[error("this scheme writes into the body, which must be a JSON object")]
    Body,
    /// A header value that is needed cannot stand in a header.
    #[error("a value that is needed holds a control character")]
    Header,
    /// The scheme writes a value where signing cannot put one.
    #[error("this scheme keeps {0} where a sender of ours cannot write it")]
    Place(&'static str),
    /// What is known verifies and cannot sign: a hash of the secret, a public key, no live key.
    #[error("no live key can sign: what is known of it can only verify")]
    NoSecret,
    /// The delivery lacks or contradicts something that is signed.
    #[error("the delivery cannot be signed: {0}")]
    Content(Refusal),
    /// The moment cannot be written in the scheme's unit.
    #[error("the moment lies outside the years that the scheme's unit can write")]
    Time,
}

impl Verifier {
    /// Signs a delivery with the newest live key, as the sender would have at `now`.
    ///
    /// Values that the scheme asks for and the delivery lacks are put there: the time, the id,
    /// fixed texts, configured values. With several templates or rules it is the first one.
    /// Private keys sign with fresh randomness where their algorithm needs it.
    ///
    /// ```
    /// use hookstage::scheme::Unsigned;
    /// use hookstage::{Delivery, Head, Secret, Timestamp, Verifier, providers};
    ///
    /// let secret = Secret::new("hookstage-test-secret").unwrap();
    /// let verifier = Verifier::new(providers::COEFFECTION.scheme(), [secret]).unwrap();
    /// let now = Timestamp::from_unix_seconds(1_700_000_000);
    /// let request = Unsigned {
    ///     method: "POST",
    ///     url: "https://hooks.example.com/in",
    ///     headers: &[],
    ///     body: br#"{"id":"evt_1"}"#,
    ///     id: "evt_1",
    /// };
    ///
    /// let signed = verifier.sign(&request, now).unwrap();
    /// let headers = signed.header_lines();
    /// let head = Head::new(&signed.method, &signed.url, &headers);
    /// assert!(verifier.verify(&Delivery::new(head, &signed.body), now).is_ok());
    /// ```
    ///
    /// # Errors
    ///
    /// No live key that can sign, a body that the scheme cannot write into, or a value that would
    /// make the signed bytes ambiguous.
    pub fn sign(&self, request: &Unsigned<'_>, now: Timestamp) -> Result<SignedRequest, SignError> {
        let mut draft = Draft::new(request);
        let description = self.scheme().description();
        match &description.authentication {
            Authentication::Signature(signature) => {
                self.sign_by_rule(&mut draft, signature, request.id, now)?;
            }
            Authentication::AnyOf(signatures) => {
                let first = signatures.first().ok_or(SignError::NoSecret)?;
                self.sign_by_rule(&mut draft, first, request.id, now)?;
            }
            Authentication::Token(token) => {
                let (_, key) = self.keys().live(now).next().ok_or(SignError::NoSecret)?;
                self.put_required(&mut draft, None)?;
                show(&mut draft, token, key)?;
            }
            Authentication::Unsigned => self.put_required(&mut draft, None)?,
            Authentication::HostChecked(_) => return Err(SignError::NoSecret),
            Authentication::Jose(jose) => self.sign_by_token(&mut draft, jose, request.id, now)?,
            Authentication::MessageSignature(rule) => {
                self.sign_by_message(&mut draft, rule, request.id, now)?;
            }
        }
        Ok(draft.finish())
    }

    fn sign_by_rule(
        &self,
        draft: &mut Draft,
        signature: &Signature,
        id: &str,
        now: Timestamp,
    ) -> Result<(), SignError> {
        let description = self.scheme().description();
        let slot = signature.at.first().ok_or(SignError::NoSecret)?;
        let template = signature.content.first().ok_or(SignError::NoSecret)?;
        let nth = if let KeyChoice::Nth(nth) = &slot.key { Some(*nth) } else { None };
        let (_, key) = self
            .keys()
            .live(now)
            .find(|(index, _)| nth.is_none_or(|nth| nth == *index))
            .ok_or(SignError::NoSecret)?;

        // What the delivery itself must hold comes first: digests of the body are made of it.
        if let Some(time) = &description.timestamp {
            let text = time.unit.write(now).ok_or(SignError::Time)?;
            draft.put(&time.at, &text, time.unit.is_number())?;
        }
        if let Some(place) = &description.id {
            draft.put_if_absent(place, id, self.parameters())?;
        }
        let key_id = key.id().unwrap_or(id).to_owned();
        if let KeyChoice::Named(place) = &slot.key {
            draft.put(place, &key_id, false)?;
        }
        if let KeyForm::Fetched(fetch) = &signature.key {
            draft.put_if_absent(
                &fetch.named_at,
                &key_name(&fetch.name, &key_id),
                self.parameters(),
            )?;
        }
        self.put_values(draft, template, id)?;
        self.put_required(draft, Some(&signature.grammar))?;

        let text = {
            let lines = draft.header_lines();
            let head = draft.head(&lines);
            let list = draft.list(&signature.grammar, "", &key_id);
            let context = Context {
                list: Some((list.as_bytes(), &signature.grammar)),
                ..Context::new(&head, draft.body(), self.parameters())
            };
            let timestamp = match &description.timestamp {
                Some(time) => Some(super::locate::value(context, &time.at)?),
                None => None,
            };
            let own_id = match &description.id {
                Some(place) => super::locate::optional(context, place)?,
                None => None,
            };
            let content = Content {
                context,
                timestamp: timestamp.as_deref(),
                id: own_id.as_deref(),
                id_place: description.id.as_ref(),
            };
            let material = key.material(0).ok_or(SignError::NoSecret)?;
            signature.encoding.encode(&made(signature, material, &content, template)?)
        };
        let value = draft.list(&signature.grammar, &text, &key_id);
        draft.put(&slot.place, &value, false)
    }

    fn sign_by_token(
        &self,
        draft: &mut Draft,
        jose: &Jose,
        id: &str,
        now: Timestamp,
    ) -> Result<(), SignError> {
        let mut extra = Vec::new();
        if let JosePayload::Detached(template) | JosePayload::DetachedUnencoded(template) =
            &jose.payload
        {
            self.put_values(draft, template, id)?;
            for part in template.iter() {
                if let Part::Headers(headers) = part
                    && let Place::JoseHeader(name) = &headers.named_at
                {
                    extra.push((name.to_string(), self.named_headers(draft, headers, id)?));
                }
            }
        }
        if let JoseKey::Fetched(fetch) = &jose.key {
            let own = self.keys().live(now).find_map(|(_, key)| key.id().map(str::to_owned));
            let name = key_name(&fetch.name, own.as_deref().unwrap_or(id));
            match &fetch.named_at {
                Place::JoseHeader(parameter) => extra.push((parameter.to_string(), name)),
                place => draft.put_if_absent(place, &name, self.parameters())?,
            }
        }
        self.put_required(draft, None)?;
        let mut claims = serde_json::Map::new();
        let seconds = now.as_unix_seconds();
        for (name, presence, moment) in [
            ("exp", jose.times.expires, seconds.saturating_add(60)),
            ("nbf", jose.times.not_before, seconds),
            ("iat", jose.times.issued, seconds),
        ] {
            if presence != Presence::Ignored {
                claims.insert(name.to_owned(), moment.into());
            }
        }
        for equality in self.scheme().description().require.iter() {
            let Some(text) = self.required_text(draft, &equality.equals)? else { continue };
            match &equality.at {
                Place::Claim(name) => {
                    claims.insert(name.to_string(), text.into());
                }
                Place::JoseHeader(name) => extra.push((name.to_string(), text)),
                _ => {}
            }
        }
        if matches!(jose.payload, JosePayload::Claims | JosePayload::Opaque) {
            claims.entry("jti").or_insert_with(|| id.into());
        }
        let claims = serde_json::Value::Object(claims).to_string();
        let token = {
            let lines = draft.header_lines();
            let head = draft.head(&lines);
            let context = Context::new(&head, draft.body(), self.parameters());
            self.make_token(context, jose, claims.as_bytes(), &extra, now)
        };
        let token = token.ok_or(SignError::NoSecret)?;
        let value = match &jose.grammar {
            TokenGrammar::Plain { prefix } => format!("{prefix}{token}"),
            TokenGrammar::Word { word } => format!("{word} {token}"),
            TokenGrammar::Basic => return Err(SignError::Place("a token")),
        };
        draft.put(&jose.at, &value, false)
    }

    /// What a template signs and the delivery lacks.
    fn put_values(&self, draft: &mut Draft, parts: &[Part], id: &str) -> Result<(), SignError> {
        // A list of headers may be signed beside them, and must stand there as a list.
        for part in parts {
            if let Part::Headers(headers) = part {
                self.put_named_headers(draft, headers, id)?;
            }
        }
        for part in parts {
            match part {
                Part::Value(place) | Part::Lowercase(place) => {
                    draft.put_if_absent(place, id, self.parameters())?;
                }
                Part::Digest { of, .. } => self.put_values(draft, of, id)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn put_named_headers(
        &self,
        draft: &mut Draft,
        headers: &NamedHeaders,
        id: &str,
    ) -> Result<(), SignError> {
        if matches!(headers.named_at, Place::JoseHeader(_)) {
            return Ok(());
        }
        // The list may name its own header, so it stands there before the others are put.
        draft.put_if_absent(&headers.named_at, &name_list(headers), self.parameters())?;
        self.named_headers(draft, headers, id)?;
        Ok(())
    }

    /// The list of headers to be signed, each of which is there.
    fn named_headers(
        &self,
        draft: &mut Draft,
        headers: &NamedHeaders,
        id: &str,
    ) -> Result<String, SignError> {
        for name in named(headers) {
            draft.put_if_absent(&Place::Header(name.to_owned().into()), id, self.parameters())?;
        }
        Ok(name_list(headers))
    }

    /// What must be equal beside the signature.
    pub(super) fn put_required(
        &self,
        draft: &mut Draft,
        grammar: Option<&Grammar>,
    ) -> Result<(), SignError> {
        for equality in self.scheme().description().require.iter() {
            if matches!(equality.at, Place::Claim(_) | Place::JoseHeader(_)) {
                continue;
            }
            let text = self.required_text(draft, &equality.equals)?;
            if let Some(text) = text
                && (grammar.is_some() || !matches!(equality.at, Place::Item(_)))
            {
                draft.put(&equality.at, &text, false)?;
            }
        }
        Ok(())
    }
}

impl Verifier {
    /// What a value must be, if it must be anything.
    pub(super) fn required_text(
        &self,
        draft: &Draft,
        expected: &Expected,
    ) -> Result<Option<String>, SignError> {
        Ok(match expected {
            Expected::Absent => None,
            Expected::AnyText(texts) => texts.first().map(|text| text.to_string()),
            Expected::Parameter(parameter) | Expected::ParameterIfGiven(parameter) => {
                self.parameters().get(*parameter).map(str::to_owned)
            }
            Expected::Text(text) => Some(text.to_string()),
            Expected::BodyDigest(rule) if rule.absent_when_empty && draft.body().is_empty() => None,
            Expected::BodyDigest(rule) => {
                let mut hasher = Hasher::new(rule.hash).ok_or(SignError::NoSecret)?;
                hasher.feed(draft.body());
                let digest = rule.encoding.encode(&hasher.finish().to_bytes());
                Some([rule.before.as_ref(), &digest, rule.after.as_ref()].concat())
            }
            Expected::Url(part) => {
                let lines = draft.header_lines();
                let mut url = Vec::new();
                feed_url(&draft.head(&lines), *part, &mut url);
                String::from_utf8(url).ok()
            }
            Expected::UrlDigest(part, hash) => {
                let lines = draft.header_lines();
                let mut hasher = Hasher::new(*hash).ok_or(SignError::NoSecret)?;
                feed_url(&draft.head(&lines), *part, &mut hasher);
                Some(hex::encode(hasher.finish().to_bytes()))
            }
        })
    }
}

/// The headers that are signed: those that must be, or one that every delivery has.
fn named(headers: &NamedHeaders) -> impl Iterator<Item = &str> {
    let other = headers.always.is_empty().then_some("content-type");
    headers.always.iter().map(AsRef::as_ref).chain(other)
}

fn name_list(headers: &NamedHeaders) -> String {
    let names: Vec<&str> = named(headers).collect();
    names.join(headers.separator.encode_utf8(&mut [0; 4]))
}

/// A name under which a key could be fetched; a key in the ring without an id answers to any.
fn key_name(name: &KeyName, id: &str) -> String {
    match name {
        KeyName::Id => id.to_owned(),
        KeyName::Url { hosts, path_prefix, path_suffix } => {
            let host = hosts.first().map_or_else(String::new, |host| host.replace('*', "region"));
            format!("https://{host}{path_prefix}{path_suffix}")
        }
    }
}

fn made(
    signature: &Signature,
    material: &Material,
    content: &Content<'_>,
    template: &[Part],
) -> Result<Vec<u8>, SignError> {
    if let Material::Public(key) = material {
        let mut message = Vec::new();
        content.feed(template, &[], &mut message)?;
        return key.sign(signature.algorithm, &message).ok_or(SignError::NoSecret);
    }
    let mut bytes = Vec::new();
    let mut keep = |tag: &Tag| bytes = tag.to_bytes();
    compute(signature.algorithm, material, content, template, &mut keep)?;
    Ok(bytes)
}

fn show(draft: &mut Draft, token: &Token, key: &Key) -> Result<(), SignError> {
    let Some(Material::Shown { text, .. }) = key.material(0) else {
        return Err(SignError::NoSecret);
    };
    let text = std::str::from_utf8(text).ok().filter(|text| !text.is_empty());
    let text = text.ok_or(SignError::NoSecret)?;
    let value = match &token.grammar {
        TokenGrammar::Basic => {
            format!("Basic {}", super::description::Encoding::Base64.encode(text.as_bytes()))
        }
        TokenGrammar::Plain { prefix } => format!("{prefix}{text}"),
        TokenGrammar::Word { word } => format!("{word} {text}"),
    };
    draft.put(&token.at, &value, false)
}

impl From<Refusal> for SignError {
    fn from(refusal: Refusal) -> Self {
        Self::Content(refusal)
    }
}

impl TimeUnit {
    /// Whether the unit is a whole number, so that a digit more or less is a thousandfold.
    #[must_use]
    pub const fn is_number(self) -> bool {
        matches!(self, Self::Milliseconds | Self::Seconds)
    }
}
