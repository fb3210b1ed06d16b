//! `Signature-Input` and `Signature`: the one signature that is judged, with what it says it covers.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{SIGNATURE, SIGNATURE_INPUT, combined, text_of};
use crate::delivery::{Head, is_header_name};
use crate::refusal::{Malformation, Refusal, Site};
use crate::scheme::description::{
    Component, MessageAlgorithm, MessageLabel, MessageSignature, Place,
};
use crate::scheme::locate::malformed;
use crate::scheme::structured::{self, Bare, Fault, Member, Value};

/// The longest signature: RSA with 8192 bits makes 1024 bytes.
const MAX_SIGNATURE: usize = 1024;

/// A signature of a message, taken apart.
pub(super) struct Input {
    pub(super) components: Vec<Component>,
    pub(super) parameters: Parameters,
    /// The algorithm that it says it was made with.
    pub(super) algorithm: Option<MessageAlgorithm>,
    /// Components and parameters, as they are written and signed.
    pub(super) written: String,
    pub(super) signature: Vec<u8>,
}

/// The parameters of a signature by their names: texts without their quotes, all else as written.
#[derive(Debug)]
pub(in crate::scheme) struct Parameters(Vec<(String, String)>);

impl Parameters {
    pub(in crate::scheme) fn get(&self, name: &str) -> Option<&[u8]> {
        self.0.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_bytes())
    }
}

/// The labels of the signatures that a message has; none if they cannot be read.
pub(in crate::scheme) fn labels(head: &Head<'_>) -> Vec<String> {
    let Ok(inputs) = text(head, &SIGNATURE_INPUT) else { return Vec::new() };
    let Ok(members) = structured::dictionary(&inputs) else { return Vec::new() };
    members.iter().map(|member| member.name.to_owned()).collect()
}

/// What the signature covers that a description asks for, however little it is.
pub(in crate::scheme) fn covered(head: &Head<'_>, rule: &MessageSignature) -> Vec<Component> {
    let any = MessageSignature { covered: Cow::Borrowed(&[]), ..rule.clone() };
    Input::read(head, &any).map_or_else(|_| Vec::new(), |input| input.components)
}

impl Input {
    /// The signature that a description asks for.
    ///
    /// # Errors
    ///
    /// It is not there, is not written as the RFCs have it, or covers less than it must.
    pub(super) fn read(head: &Head<'_>, rule: &MessageSignature) -> Result<Self, Refusal> {
        let inputs = text(head, &SIGNATURE_INPUT)?;
        let signatures = text(head, &SIGNATURE)?;
        let inputs = dictionary(&inputs, &SIGNATURE_INPUT)?;
        let signatures = dictionary(&signatures, &SIGNATURE)?;
        let (input, signature) = choose(rule, &inputs, &signatures)?;

        let Value::List(items) = &input.value else {
            return malformed(&SIGNATURE_INPUT, Malformation::Structure);
        };
        let mut components = Vec::with_capacity(items.len());
        for (name, parameters) in items {
            let component = component(name, parameters)?;
            if components.contains(&component) {
                return malformed(&SIGNATURE_INPUT, Malformation::Repeated);
            }
            components.push(component);
        }
        if let Some(missing) = rule.covered.iter().find(|asked| !components.contains(asked)) {
            return Err(Refusal::Absent(Site::Component(text_of(missing))));
        }
        let Value::Item(Bare::Bytes(base64)) = &signature.value else {
            return malformed(&SIGNATURE, Malformation::Structure);
        };
        let Ok(signature) = STANDARD.decode(base64) else {
            return malformed(&SIGNATURE, Malformation::Encoding);
        };
        if signature.is_empty() {
            return malformed(&SIGNATURE, Malformation::Empty);
        }
        if signature.len() > MAX_SIGNATURE {
            return malformed(&SIGNATURE, Malformation::TooLong);
        }
        let parameters = parameters(input)?;
        let algorithm = match parameters.get("alg") {
            Some(name) => Some(algorithm(rule, name)?),
            None => None,
        };
        Ok(Self { components, parameters, algorithm, written: input.written.to_owned(), signature })
    }
}

fn text(head: &Head<'_>, place: &Place) -> Result<String, Refusal> {
    let Place::Header(name) = place else { return malformed(place, Malformation::Structure) };
    let bytes = combined(head, name, &Site::from(place))?;
    if bytes.is_empty() {
        return malformed(place, Malformation::Empty);
    }
    String::from_utf8(bytes)
        .map_err(|_| Refusal::Malformed { at: Site::from(place), fault: Malformation::Structure })
}

fn dictionary<'a>(text: &'a str, place: &Place) -> Result<Vec<Member<'a>>, Refusal> {
    structured::dictionary(text).map_err(|fault| Refusal::Malformed {
        at: Site::from(place),
        fault: match fault {
            Fault::Syntax => Malformation::Structure,
            Fault::Repeated => Malformation::Repeated,
            Fault::TooManyMembers => Malformation::TooManySignatures,
            Fault::TooLong => Malformation::TooLong,
        },
    })
}

/// The signature that the description's label picks, in both headers.
fn choose<'m, 'a>(
    rule: &MessageSignature,
    inputs: &'m [Member<'a>],
    signatures: &'m [Member<'a>],
) -> Result<(&'m Member<'a>, &'m Member<'a>), Refusal> {
    match &rule.label {
        MessageLabel::Only => match (inputs, signatures) {
            ([input], [signature]) if input.name == signature.name => Ok((input, signature)),
            _ => malformed(&SIGNATURE_INPUT, Malformation::Label),
        },
        MessageLabel::FirstOf(labels) => {
            let absent = |label: &Cow<'static, str>| Refusal::Absent(Site::Label(label.clone()));
            for label in labels.iter() {
                if let Some(input) = inputs.iter().find(|input| input.name == label) {
                    let signature = signatures.iter().find(|other| other.name == label);
                    return Ok((input, signature.ok_or_else(|| absent(label))?));
                }
            }
            Err(labels.first().map_or(Refusal::UnknownSource, absent))
        }
    }
}

/// What a component identifier names (RFC 9421, sections 2.1 and 2.2).
fn component(
    identifier: &Bare<'_>,
    parameters: &structured::Parameters<'_>,
) -> Result<Component, Refusal> {
    let bad = |fault| Refusal::Malformed { at: Site::from(&SIGNATURE_INPUT), fault };
    let Bare::Text(name) = identifier else { return Err(bad(Malformation::Structure)) };
    if name == "@query-param" {
        return match parameters.as_slice() {
            [("name", Bare::Text(name))] if super::base::is_encoded(name) => {
                Ok(Component::QueryParam(Cow::Owned(name.clone().into_owned())))
            }
            _ => Err(bad(Malformation::Component)),
        };
    }
    if let Some((name, _)) = parameters.first() {
        const KNOWN: [&str; 6] = ["bs", "key", "name", "req", "sf", "tr"];
        let known = KNOWN.into_iter().find(|known| known == name);
        return Err(bad(Malformation::ComponentParameter(known.unwrap_or("of another kind"))));
    }
    const DERIVED: [Component; 7] = [
        Component::Authority,
        Component::Method,
        Component::Path,
        Component::Query,
        Component::RequestTarget,
        Component::Scheme,
        Component::TargetUri,
    ];
    if name.starts_with('@') {
        let derived = DERIVED.into_iter().find(|derived| derived.name() == name);
        return derived.ok_or_else(|| bad(Malformation::Component));
    }
    let is_name = is_header_name(name) && !name.bytes().any(|byte| byte.is_ascii_uppercase());
    // A signature cannot cover the headers that it stands in.
    if !is_name || matches!(name.as_ref(), "signature" | "signature-input") {
        return Err(bad(Malformation::Component));
    }
    Ok(Component::Field(Cow::Owned(name.clone().into_owned())))
}

/// The parameters, of which those that the RFC defines have the types that it gives them
/// (section 2.3). Others are signed as they stand.
fn parameters(input: &Member<'_>) -> Result<Parameters, Refusal> {
    let mut parameters = Vec::with_capacity(input.parameters.len());
    for (name, value) in &input.parameters {
        let is_of_type = match *name {
            "created" | "expires" => matches!(value, Bare::Number(_)),
            "alg" | "keyid" | "nonce" | "tag" => matches!(value, Bare::Text(_)),
            _ => true,
        };
        if !is_of_type {
            return malformed(&SIGNATURE_INPUT, Malformation::Structure);
        }
        let text = match value {
            Bare::Boolean(true) => "?1",
            Bare::Boolean(false) => "?0",
            Bare::Bytes(text) | Bare::Number(text) | Bare::Token(text) => text,
            Bare::Text(text) => text,
        };
        parameters.push(((*name).to_owned(), text.to_owned()));
    }
    Ok(Parameters(parameters))
}

fn algorithm(rule: &MessageSignature, name: &[u8]) -> Result<MessageAlgorithm, Refusal> {
    let named = rule.algorithms.iter().find(|algorithm| algorithm.as_str().as_bytes() == name);
    match named {
        Some(algorithm) => Ok(*algorithm),
        None => malformed(&Place::item("alg"), Malformation::Algorithm),
    }
}
