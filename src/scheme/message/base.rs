//! The signature base: what is signed of a message (RFC 9421, section 2.5).

use super::{combined, site_of};
use crate::delivery::Head;
use crate::refusal::{Malformation, Refusal, Site};
use crate::scheme::content::feed_url;
use crate::scheme::description::{Component, MessageSignature, UrlPart};
use crate::scheme::locate::Context;

use super::input::Input;

/// The base of a signature that was read.
pub(super) fn of(
    context: Context<'_>,
    rule: &MessageSignature,
    input: &Input,
) -> Result<Vec<u8>, Refusal> {
    build(context, rule, &input.components, &input.written)
}

/// One line for each component, and one for the signature's own parameters.
pub(super) fn build(
    context: Context<'_>,
    rule: &MessageSignature,
    components: &[Component],
    written: &str,
) -> Result<Vec<u8>, Refusal> {
    let mut base = Vec::with_capacity(256);
    for component in components {
        let site = site_of(rule, component);
        let value = value(context.head, component, &site).map_err(|refusal| match refusal {
            // Only the message says that it should be there.
            Refusal::Absent(_) if !rule.covered.contains(component) => {
                Refusal::Malformed { at: site.clone(), fault: Malformation::Component }
            }
            other => other,
        })?;
        // A line end in a value would let one component pose as several.
        if value.iter().any(|byte| byte.is_ascii_control() && *byte != b'\t') {
            return Err(Refusal::Malformed { at: site, fault: Malformation::Ambiguous });
        }
        if !value.is_ascii() {
            return Err(Refusal::Malformed { at: site, fault: Malformation::Encoding });
        }
        base.extend_from_slice(component.identifier().as_bytes());
        base.extend_from_slice(b": ");
        base.extend_from_slice(&value);
        base.push(b'\n');
    }
    base.extend_from_slice(b"\"@signature-params\": ");
    base.extend_from_slice(written.as_bytes());
    Ok(base)
}

fn value(head: &Head<'_>, component: &Component, site: &Site) -> Result<Vec<u8>, Refusal> {
    let mut value = Vec::new();
    match component {
        Component::Authority => {
            let address = absolute(head, site)?;
            feed_authority(address, &mut value);
        }
        Component::Field(name) => return combined(head, name, site),
        Component::Method => value.extend_from_slice(head.method().as_bytes()),
        Component::Path => feed_url(head, UrlPart::Path, &mut value),
        Component::Query => {
            value.push(b'?');
            feed_url(head, UrlPart::Query, &mut value);
        }
        Component::QueryParam(name) => return query_param(head, name, site),
        Component::RequestTarget => feed_url(head, UrlPart::PathAndQuery, &mut value),
        Component::Scheme => {
            let (scheme, _) = absolute(head, site)?;
            value.extend_from_slice(scheme.to_ascii_lowercase().as_bytes());
        }
        Component::TargetUri => {
            absolute(head, site)?;
            let address = head.url().split('#').next().unwrap_or_default();
            value.extend_from_slice(address.as_bytes());
        }
    }
    Ok(value)
}

/// The protocol of the address and what stands behind it.
fn absolute<'a>(head: &Head<'a>, site: &Site) -> Result<(&'a str, &'a str), Refusal> {
    head.url()
        .split_once("://")
        .ok_or_else(|| Refusal::Malformed { at: site.clone(), fault: Malformation::Address })
}

/// Host and port in lower case, without a port that its protocol has anyway (section 2.2.3).
fn feed_authority((scheme, rest): (&str, &str), sink: &mut Vec<u8>) {
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let default = match scheme.to_ascii_lowercase().as_str() {
        "https" => ":443",
        "http" => ":80",
        _ => "",
    };
    let bare = host.strip_suffix(default).unwrap_or(host);
    sink.extend_from_slice(bare.to_ascii_lowercase().as_bytes());
}

/// The value of a parameter that the query holds once, decoded and encoded again (section 2.2.8).
fn query_param(head: &Head<'_>, name: &str, site: &Site) -> Result<Vec<u8>, Refusal> {
    let query = head.query_string().unwrap_or_default();
    let mut values = crate::form::decoded(query.as_bytes())
        .filter(|(other, _)| encoded(other) == name)
        .map(|(_, value)| encoded(&value));
    let value = values.next().ok_or_else(|| Refusal::Absent(site.clone()))?;
    if values.next().is_some() {
        return Err(Refusal::Malformed { at: site.clone(), fault: Malformation::Repeated });
    }
    Ok(value.into_bytes())
}

/// Percent-encoded as the URL standard encodes forms, but for the space, which is `%20`.
fn encoded(text: &[u8]) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text {
        if stands_for_itself(*byte) {
            encoded.push(char::from(*byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

const fn stands_for_itself(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'*' | b'-' | b'.' | b'_')
}

/// Whether text is a name as [`encoded`] writes them.
pub(super) fn is_encoded(name: &str) -> bool {
    encoded(&decoded(name)) == name
}

fn decoded(name: &str) -> Vec<u8> {
    // An equals sign or ampersand would end the name in a query, and is never in an encoded one.
    crate::form::decoded(name.as_bytes())
        .next()
        .map_or_else(Vec::new, |(name, _)| name.into_owned())
}

/// The name of a parameter as it stands for itself.
pub(super) fn decoded_text(name: &str) -> String {
    String::from_utf8_lossy(&decoded(name)).into_owned()
}

impl Component {
    /// The name of a derived component.
    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::Authority => "@authority",
            Self::Field(_) => "",
            Self::Method => "@method",
            Self::Path => "@path",
            Self::Query => "@query",
            Self::QueryParam(_) => "@query-param",
            Self::RequestTarget => "@request-target",
            Self::Scheme => "@scheme",
            Self::TargetUri => "@target-uri",
        }
    }

    /// The identifier as it stands in a signature (section 2.5).
    pub(super) fn identifier(&self) -> String {
        match self {
            Self::Field(name) => format!("\"{name}\""),
            Self::QueryParam(name) => format!("\"@query-param\";name=\"{name}\""),
            derived => format!("\"{}\"", derived.name()),
        }
    }
}
