//! A sender: reads a scheme's description and makes the requests that such a provider would make,
//! and every forged cousin of them. It shares no code with the interpreter that it tests.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hookstage::Secret;
use hookstage::scheme::{
    Algorithm, Authentication, Description, Encoding, Expected, Grammar, Hash, KeyChoice, KeyForm,
    Parameters, Part, Place, Signature, TimeUnit, TokenGrammar, UrlPart,
};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;

use super::crypto;
use super::request::Request;
use super::subjects::Subject;

/// What to send, and what to forge in it. The default is genuine.
#[derive(Clone)]
pub(crate) struct Plan<'p> {
    /// When it is sent, in seconds since 1970.
    pub(crate) at: i64,
    /// The body, where the scheme leaves it to the sender.
    pub(crate) body: Cow<'p, [u8]>,
    pub(crate) id: Cow<'p, str>,
    /// Which key of [`key_text`] signs.
    pub(crate) key: usize,
    /// Where that key stands in the receiver's ring, for providers that sign with each key in a
    /// header of its own.
    pub(crate) ring: usize,
    /// What is made of the text of the signature before it is sent.
    pub(crate) signature: &'p dyn Fn(&str) -> String,
    /// What is made of the whole value that holds the signature.
    pub(crate) value: &'p dyn Fn(&str) -> String,
    /// What is shown instead of what was signed.
    pub(crate) shown_time: Option<Cow<'p, str>>,
    pub(crate) shown_id: Option<Cow<'p, str>>,
    pub(crate) shown_body: Option<Cow<'p, [u8]>>,
    /// The text that is signed and shown as the time, whatever `at` is.
    pub(crate) time_text: Option<Cow<'p, str>>,
}

impl Default for Plan<'_> {
    fn default() -> Self {
        Self {
            at: super::NOW,
            body: Cow::Borrowed(br#"{"id":"evt_1","n":1.0}"#),
            id: Cow::Borrowed("msg_2KWPBgLlAfxdpx2AI54pPJ85f4W"),
            key: 0,
            ring: 0,
            signature: &|text| text.to_owned(),
            value: &|text| text.to_owned(),
            shown_time: None,
            shown_id: None,
            shown_body: None,
            time_text: None,
        }
    }
}

/// What is sent as an item of a list that the description does not read.
pub(crate) const FILLER: &str = "filler";

/// The text of the secret that this scheme's dashboard would show; each number another.
pub(crate) fn key_text(description: &Description, number: usize) -> String {
    let Some(signature) = first_rule(description) else {
        return format!("shown-test:secret-{number:04}");
    };
    match &signature.key {
        KeyForm::Base64 { prefixes } => {
            let prefix = prefixes.last().map_or("", |prefix| prefix.as_ref());
            format!("{prefix}{}", STANDARD.encode(format!("base64-test-secret-{number:05}")))
        }
        KeyForm::Hex => crypto::hex(format!("hex-test-secret-{number:08}").as_bytes()),
        _ => format!("signing-test-secret-{number:04}"),
    }
}

/// What the operator configured beside the secret.
pub(crate) fn parameters(subject: &Subject) -> Parameters {
    subject
        .scheme
        .parameters()
        .into_iter()
        .fold(Parameters::new(), |all, one| all.with(one, parameter_text(one)))
}

fn parameter_text(parameter: hookstage::scheme::Parameter) -> String {
    format!("test-{}", parameter.as_str())
}

/// The signature that is sent; of several rules the first.
pub(crate) fn first_rule(description: &Description) -> Option<&Signature> {
    match &description.authentication {
        Authentication::Signature(signature) => Some(signature),
        Authentication::AnyOf(rules) => rules.first(),
        _ => None,
    }
}

impl Subject {
    pub(crate) fn secret(&self, number: usize) -> Secret {
        Secret::new(key_text(self.scheme.description(), number)).unwrap()
    }
}

/// The request of a plan; nothing for a scheme that this sender cannot speak.
pub(crate) fn send(subject: &Subject, plan: &Plan<'_>) -> Option<Request> {
    Draft::new(subject.scheme.description(), plan)?.finish()
}

/// A request under construction: values by place, until the signature is known.
struct Draft<'d> {
    description: &'d Description,
    plan: &'d Plan<'d>,
    /// Everything that is signed or required: the signed text, and the text shown.
    values: Vec<(&'d Place, String, String)>,
}

impl<'d> Draft<'d> {
    fn new(description: &'d Description, plan: &'d Plan<'d>) -> Option<Self> {
        let mut draft = Self { description, plan, values: Vec::new() };
        if let Some(time) = &description.timestamp {
            let text = match &plan.time_text {
                Some(text) => text.to_string(),
                None => time_text(time.unit, plan.at)?,
            };
            let shown = plan.shown_time.as_deref().unwrap_or(&text).to_owned();
            draft.values.push((&time.at, text, shown));
        }
        if let Some(place) = &description.id {
            let shown = plan.shown_id.as_ref().unwrap_or(&plan.id).to_string();
            draft.values.push((place, plan.id.to_string(), shown));
        }
        for equality in description.require.iter() {
            draft.put(
                &equality.at,
                match &equality.equals {
                    Expected::Text(text) => text.to_string(),
                    Expected::Parameter(parameter) => parameter_text(*parameter),
                    _ => return None,
                },
            );
        }
        if let Some(signature) = first_rule(description) {
            draft.put_parts(signature.content.first()?);
            for slot in signature.at.iter() {
                if let KeyChoice::Named(place) = &slot.key {
                    draft.put(place, "named-key".to_owned());
                }
            }
        }
        Some(draft)
    }

    fn put_parts(&mut self, parts: &'d [Part]) {
        for part in parts {
            match part {
                Part::Optional(parts)
                | Part::UnlessBodyEmpty(parts)
                | Part::Digest { of: parts, .. } => self.put_parts(parts),
                Part::Value(Place::Parameter(_)) => {}
                Part::Value(place) | Part::ValueOrEmpty(place) | Part::Lowercase(place) => {
                    let text = format!("value{}", self.values.len());
                    self.put(place, text);
                }
                _ => {}
            }
        }
    }

    fn put(&mut self, place: &'d Place, text: String) {
        if !self.values.iter().any(|(other, ..)| *other == place) {
            self.values.push((place, text.clone(), text));
        }
    }

    fn signed_value(&self, place: &Place) -> Option<&str> {
        self.values.iter().find(|(other, ..)| *other == place).map(|(_, text, _)| text.as_str())
    }

    fn finish(self) -> Option<Request> {
        match &self.description.authentication {
            Authentication::Unsigned => self.request(None, self.values_shown()),
            Authentication::Token(token) => {
                let secret = (self.plan.signature)(&key_text(self.description, self.plan.key));
                let value = match &token.grammar {
                    TokenGrammar::Plain { prefix } => format!("{prefix}{secret}"),
                    TokenGrammar::Word { word } => format!("{word} {secret}"),
                    TokenGrammar::Basic => format!("Basic {}", STANDARD.encode(secret)),
                    _ => return None,
                };
                self.request(Some((&token.at, (self.plan.value)(&value))), self.values_shown())
            }
            _ => self.signed(first_rule(self.description)?),
        }
    }

    fn signed(&self, signature: &'d Signature) -> Option<Request> {
        let slot = signature.at.iter().find(|slot| match slot.key {
            KeyChoice::Any | KeyChoice::Named(_) | KeyChoice::Record => true,
            KeyChoice::Nth(index) => usize::from(index) == self.plan.ring,
            _ => false,
        })?;
        // What is signed is the request without its signature: a value that stands in what it
        // signs would have to sign itself.
        let unsigned = self.request(None, self.values_signed())?;
        let bytes = self.mac(signature, &unsigned)?;
        let encoded = encoded(signature.encoding, &bytes)?;
        let encoded = (self.plan.signature)(&encoded);
        let value = self.composed(&signature.grammar, &encoded)?;
        let value = (self.plan.value)(&value);
        let signs = |part: &dyn Fn(&Part) -> bool| {
            signature.content.iter().any(|parts| any_part(parts, part))
        };
        let signs_body = signs(&|part| {
            matches!(
                part,
                Part::Body
                    | Part::BodyCrc32
                    | Part::BodyDigest { .. }
                    | Part::BodyJsonString
                    | Part::BodyMinified
            )
        });
        let signs_query = signs(
            &|part| matches!(part, Part::Url(url) if !matches!(url, UrlPart::Path | UrlPart::WithoutQuery)),
        );
        match &slot.place {
            Place::Body(_) | Place::Form(_) if signs_body => None,
            Place::Query(_) if signs_query => None,
            place => self.request(Some((place, value)), self.values_shown()),
        }
    }

    fn mac(&self, signature: &Signature, unsigned: &Request) -> Option<Vec<u8>> {
        let text = key_text(self.description, self.plan.key);
        let key = match &signature.key {
            KeyForm::Text | KeyForm::Ascii | KeyForm::HtmlUnescaped => text.into_bytes(),
            KeyForm::Base64 { prefixes } => {
                let bare = prefixes.iter().find_map(|prefix| text.strip_prefix(prefix.as_ref()));
                STANDARD.decode(bare.unwrap_or(&text)).ok()?
            }
            KeyForm::Hex => (0..text.len() / 2)
                .map(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).unwrap())
                .collect(),
            KeyForm::Hashed(hash) => digest(*hash, text.as_bytes())?,
            KeyForm::Wrapped { before, after } => format!("{before}{text}{after}").into_bytes(),
            _ => return None,
        };
        let mut content = Vec::new();
        self.content(signature.content.first()?, &key, unsigned, &mut content)?;
        Some(match signature.algorithm {
            Algorithm::Hmac(hash) if is_common(hash) => crypto::hmac(hash, &key, &content),
            Algorithm::Digest(hash) => digest(hash, &content)?,
            _ => return None,
        })
    }

    fn content(
        &self,
        parts: &[Part],
        key: &[u8],
        request: &Request,
        out: &mut Vec<u8>,
    ) -> Option<()> {
        for part in parts {
            match part {
                Part::Body => out.extend(&request.body),
                Part::BodyCrc32 => out.extend(crypto::crc32(&request.body).to_string().as_bytes()),
                Part::BodyDigest { hash, encoding } => {
                    out.extend(encoded(*encoding, &digest(*hash, &request.body)?)?.as_bytes());
                }
                Part::BodyJsonString => {
                    let text = std::str::from_utf8(&request.body).ok()?;
                    out.extend(serde_json::to_string(text).ok()?.as_bytes());
                }
                // The bodies sent hold no white space outside of their texts.
                Part::BodyMinified if !request.body.contains(&b' ') => out.extend(&request.body),
                Part::Digest { of, hash, encoding } => {
                    let mut inner = Vec::new();
                    self.content(of, key, request, &mut inner)?;
                    out.extend(encoded(*encoding, &digest(*hash, &inner)?)?.as_bytes());
                }
                Part::Lowercase(place) => {
                    out.extend(self.signed_value(place)?.to_ascii_lowercase().as_bytes());
                }
                Part::MethodLowercase => out.extend(request.method.to_ascii_lowercase().as_bytes()),
                Part::UnlessBodyEmpty(parts) => {
                    if !request.body.is_empty() {
                        self.content(parts, key, request, out)?;
                    }
                }
                Part::ValueOrEmpty(place) => out.extend(self.signed_value(place)?.as_bytes()),
                Part::Id => out.extend(self.plan.id.as_bytes()),
                Part::Literal(literal) => out.extend(literal.as_bytes()),
                Part::Method => out.extend(request.method.as_bytes()),
                Part::Optional(parts) => self.content(parts, key, request, out)?,
                Part::Secret => out.extend(key),
                Part::Timestamp => {
                    let time = self.description.timestamp.as_ref()?;
                    out.extend(self.signed_value(&time.at)?.as_bytes());
                }
                Part::Url(part) => {
                    let url = request.url.as_str();
                    let path = &url["https://hooks.example.com".len()..];
                    let without_query = |text: &str| text.split('?').next().unwrap().to_owned();
                    out.extend(match part {
                        UrlPart::Full | UrlPart::FullReadable | UrlPart::FullWithoutPort => {
                            url.as_bytes().to_vec()
                        }
                        UrlPart::FullWithPort => url.replacen(".com/", ".com:443/", 1).into_bytes(),
                        UrlPart::PathOtherSlash => format!("{}/", without_query(path)).into_bytes(),
                        UrlPart::Query => path.split('?').nth(1)?.as_bytes().to_vec(),
                        UrlPart::PathAndQuery => path.as_bytes().to_vec(),
                        UrlPart::Path => without_query(path).into_bytes(),
                        UrlPart::WithoutQuery => without_query(url).into_bytes(),
                        _ => return None,
                    });
                }
                Part::Value(Place::Parameter(parameter)) => {
                    out.extend(parameter_text(*parameter).as_bytes());
                }
                Part::Value(place) => out.extend(self.signed_value(place)?.as_bytes()),
                _ => return None,
            }
        }
        Some(())
    }

    /// The value that holds the signature, with the items that stand beside it.
    fn composed(&self, grammar: &Grammar, encoded: &str) -> Option<String> {
        Some(match grammar {
            Grammar::Plain { prefix } => format!("{prefix}{encoded}"),
            Grammar::Word { word } => format!("{word} {encoded}"),
            Grammar::Items { item, pair, signatures } => {
                let mut items = Vec::new();
                for (place, _, shown) in &self.values {
                    if let Place::Item(key) = place {
                        items.push(format!("{key}{pair}{shown}"));
                    }
                }
                items.push(format!("{}{pair}{encoded}", signatures.first()?));
                items.join(&item.to_string())
            }
            Grammar::JsonObject { signature } => {
                let mut object = serde_json::Map::new();
                for (key, shown) in self.items_shown() {
                    object.insert(key.to_owned(), shown.into());
                }
                object.insert(signature.to_string(), encoded.into());
                STANDARD.encode(serde_json::to_vec(&object).unwrap())
            }
            Grammar::Quoted { signature } => {
                let mut items: Vec<String> =
                    self.items_shown().map(|(key, shown)| format!("{key}=\"{shown}\"")).collect();
                items.push(format!("{signature}=\"{encoded}\""));
                items.join(",")
            }
            Grammar::Records { field, fields, .. } => {
                let mut record = vec![FILLER; usize::from(*fields) - 1];
                record.push(encoded);
                record.join(&field.to_string())
            }
            Grammar::Positions { item, first } => {
                let mut items = Vec::new();
                for position in 0..*first {
                    let found = self.values.iter().find_map(|(place, _, shown)| match place {
                        Place::Position(at) if *at == position => Some(shown.clone()),
                        _ => None,
                    });
                    items.push(found.unwrap_or_else(|| FILLER.to_owned()));
                }
                items.push(encoded.to_owned());
                items.join(&item.to_string())
            }
            _ => return None,
        })
    }

    fn items_shown(&self) -> impl Iterator<Item = (&str, &str)> {
        self.values.iter().filter_map(|(place, _, shown)| match place {
            Place::Item(key) => Some((key.as_ref(), shown.as_str())),
            _ => None,
        })
    }

    fn values_shown(&self) -> Vec<(&'d Place, String)> {
        self.values.iter().map(|(place, _, shown)| (*place, shown.clone())).collect()
    }

    fn values_signed(&self) -> Vec<(&'d Place, String)> {
        self.values.iter().map(|(place, signed, _)| (*place, signed.clone())).collect()
    }

    fn request(
        &self,
        signature: Option<(&Place, String)>,
        values: Vec<(&'d Place, String)>,
    ) -> Option<Request> {
        let is_final = signature.is_some();
        let mut request = Request {
            method: "POST".to_owned(),
            url: "https://hooks.example.com/in/acme%20corp?x=1&y=2".to_owned(),
            headers: vec![("Content-Type".to_owned(), b"application/json".to_vec())],
            body: match &self.plan.shown_body {
                Some(body) if is_final => body.to_vec(),
                _ => self.plan.body.to_vec(),
            },
        };
        let mut members = serde_json::Map::new();
        let mut fields = Vec::new();
        let all = values.iter().map(|(place, value)| (*place, value));
        for (place, value) in all.chain(signature.as_ref().map(|(place, value)| (*place, value))) {
            match place {
                Place::Header(name) => {
                    request.headers.push((name.to_string(), value.clone().into_bytes()));
                }
                Place::FirstHeader(names) => {
                    request.headers.push((names.first()?.to_string(), value.clone().into_bytes()));
                }
                Place::NumberedHeader { prefix, .. } => {
                    request.headers.push((format!("{prefix}1"), value.clone().into_bytes()));
                }
                Place::Query(name) => {
                    request.url = format!("{}&{name}={}", request.url, escaped(value));
                }
                Place::Form(name) => fields.push(format!("{}={}", escaped(name), escaped(value))),
                Place::Body(pointer) => put_member(&mut members, pointer, value),
                Place::Item(_) | Place::Position(_) | Place::Parameter(_) => {}
                _ => return None,
            }
        }
        match (members.is_empty(), fields.is_empty()) {
            (true, true) => {}
            (false, true) => request.body = serde_json::to_vec(&members).unwrap(),
            (true, false) => request.body = fields.join("&").into_bytes(),
            (false, false) => return None,
        }
        Some(request)
    }
}

fn any_part(parts: &[Part], wanted: &dyn Fn(&Part) -> bool) -> bool {
    parts.iter().any(|part| match part {
        Part::Optional(parts) | Part::UnlessBodyEmpty(parts) | Part::Digest { of: parts, .. } => {
            any_part(parts, wanted)
        }
        part => wanted(part),
    })
}

fn encoded(encoding: Encoding, bytes: &[u8]) -> Option<String> {
    Some(match encoding {
        Encoding::Base64 => STANDARD.encode(bytes),
        Encoding::Base64Url => URL_SAFE_NO_PAD.encode(bytes),
        Encoding::Hex => crypto::hex(bytes),
        _ => return None,
    })
}

fn is_common(hash: Hash) -> bool {
    matches!(hash, Hash::Sha1Legacy | Hash::Sha256 | Hash::Sha384 | Hash::Sha512)
}

/// The rare hashes are behind a feature, and judged by published vectors.
fn digest(hash: Hash, message: &[u8]) -> Option<Vec<u8>> {
    is_common(hash).then(|| crypto::hash(hash, message))
}

fn time_text(unit: TimeUnit, at: i64) -> Option<String> {
    let moment = OffsetDateTime::from_unix_timestamp(at).ok()?;
    Some(match unit {
        TimeUnit::Seconds => at.to_string(),
        TimeUnit::Milliseconds => (at * 1000).to_string(),
        TimeUnit::Rfc3339 => moment.format(&Rfc3339).ok()?,
        TimeUnit::IsoUtc => moment
            .format(format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]"))
            .ok()?,
        TimeUnit::HttpDate => moment
            .format(format_description!(
                "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
            ))
            .ok()?,
        _ => return None,
    })
}

fn put_member(
    members: &mut serde_json::Map<String, serde_json::Value>,
    pointer: &str,
    value: &str,
) {
    let names: Vec<&str> = pointer.split('/').skip(1).collect();
    let Some((last, parents)) = names.split_last() else { return };
    let mut at = members;
    for name in parents {
        let child = at
            .entry(name.to_string())
            .or_insert_with(|| serde_json::Value::Object(serde_json::Map::new()));
        at = child.as_object_mut().unwrap();
    }
    at.insert(last.to_string(), value.into());
}

fn escaped(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}
