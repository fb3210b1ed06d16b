//! What lies between the URL that the sender has and the one that the host gave.

use super::messages::rule_of;
use super::{Search, rules};
use crate::delivery::Head;
use crate::scheme::description::{Component, Description, FieldSource, Part};

impl Search<'_> {
    pub(super) fn addresses(&mut self, scheme: &Description) {
        // A message signature may cover more of the address than it must.
        if !signs(scheme) && rule_of(scheme).is_none() {
            return;
        }
        let url = self.head.url();
        let candidates = match url.split_once("://") {
            Some((protocol, rest)) => variants(protocol, rest),
            None => Vec::new(),
        };
        let forwarded = self.forwarded(url);
        for (candidate, what) in candidates.into_iter().chain(forwarded) {
            if candidate == url {
                continue;
            }
            let head = Head::new(self.head.method(), &candidate, self.head.headers());
            if self.tried(scheme, None, head, self.body) {
                self.hint("url", format!("The delivery is signed with {what}; configure the public URL as the sender has it."));
                return;
            }
        }
    }

    /// The address under the host that a proxy's headers name. It is only told: whoever sends can
    /// write these headers.
    fn forwarded(&self, url: &str) -> Vec<(String, String)> {
        let tail = match url.split_once("://") {
            Some((_, rest)) => rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len())).1,
            None => url,
        };
        let mut found = Vec::new();
        for name in ["x-forwarded-host", "x-original-host", "host"] {
            let Some(Ok(value)) = self.head.header(name).next().map(std::str::from_utf8) else {
                continue;
            };
            // The first of several is what the client asked for.
            let host = value.split(',').next().unwrap_or_default().trim();
            for protocol in ["https", "http"] {
                found.push((
                    format!("{protocol}://{host}{tail}"),
                    format!("the host that the header {name} names, over {protocol}"),
                ));
            }
        }
        found
    }
}

/// The addresses that differ in one thing.
fn variants(protocol: &str, rest: &str) -> Vec<(String, String)> {
    let (authority, tail) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    let port =
        authority.rsplit_once(':').filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()));
    let bare = port.map_or(authority, |(host, _)| host);
    let swapped = if protocol == "https" { "http" } else { "https" };
    let (path, query) = match tail.find('?') {
        Some(at) => tail.split_at(at),
        None => (tail, ""),
    };
    let slashed = match path.strip_suffix('/') {
        Some(path) => path.to_owned(),
        None => format!("{path}/"),
    };
    vec![
        (format!("{swapped}://{rest}"), format!("{swapped} in its address")),
        (format!("{protocol}://{bare}{tail}"), "no port in its address".to_owned()),
        (format!("{swapped}://{bare}{tail}"), format!("{swapped} and no port in its address")),
        (format!("{protocol}://{bare}:443{tail}"), "the port 443 in its address".to_owned()),
        (format!("{protocol}://{bare}:80{tail}"), "the port 80 in its address".to_owned()),
        (
            format!("{protocol}://{authority}{slashed}{query}"),
            "the slash at the end of the path the other way round".to_owned(),
        ),
        (format!("{protocol}://{authority}{path}"), "no query in its address".to_owned()),
        (
            format!("{protocol}://{}{tail}", authority.to_ascii_lowercase()),
            "its host in lower case".to_owned(),
        ),
    ]
}

/// Whether a description signs the URL or a part of it.
pub(super) fn signs(description: &Description) -> bool {
    if let Some(rule) = rule_of(description) {
        return rule
            .covered
            .iter()
            .any(|component| !matches!(component, Component::Field(_) | Component::Method));
    }
    rules(description)
        .iter()
        .flat_map(|rule| rule.content.iter())
        .any(|template| template.iter().any(is_of_url))
}

fn is_of_url(part: &Part) -> bool {
    match part {
        Part::Url(_) | Part::UrlWithBodyDigest { .. } => true,
        Part::Fields(fields) => fields.of != FieldSource::Form,
        Part::Optional(parts) | Part::UnlessBodyEmpty(parts) | Part::Digest { of: parts, .. } => {
            parts.iter().any(is_of_url)
        }
        _ => false,
    }
}
