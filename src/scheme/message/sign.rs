//! Signing a message as a sender would.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{SIGNATURE, SIGNATURE_INPUT, base, digest};
use crate::clock::Timestamp;
use crate::scheme::TimeUnit;
use crate::scheme::description::{
    Component, KeyForm, MessageLabel, MessageSignature, Place, Presence,
};
use crate::scheme::draft::Draft;
use crate::scheme::key::Material;
use crate::scheme::locate::Context;
use crate::scheme::sign::SignError;
use crate::scheme::structured::quoted;
use crate::scheme::verify::Verifier;

/// How long a signature lasts that must say when it ends, in seconds.
const LASTS: i64 = 60;

impl Verifier {
    /// Covers what must be covered and nothing else, under the first label, with the newest key that
    /// can sign. It names no algorithm: the receiver knows the key's.
    pub(in crate::scheme) fn sign_by_message(
        &self,
        draft: &mut Draft,
        rule: &MessageSignature,
        id: &str,
        now: Timestamp,
    ) -> Result<(), SignError> {
        self.put_required(draft, None)?;
        for component in rule.covered.iter() {
            match component {
                digest if *digest == Component::CONTENT_DIGEST => {
                    let text = digest::of(draft.body()).ok_or(SignError::NoSecret)?;
                    draft.put(&Place::header("content-digest"), &text, false)?;
                }
                Component::Field(name) => {
                    draft.put_if_absent(&Place::Header(name.clone()), id, self.parameters())?;
                }
                Component::QueryParam(name) => {
                    let name = base::decoded_text(name).into();
                    draft.put_if_absent(&Place::Query(name), id, self.parameters())?;
                }
                _ => {}
            }
        }
        let (material, key) = self
            .keys()
            .live(now)
            .find_map(|(_, key)| match key.material(0) {
                Some(Material::Jose(material)) => Some((material, key)),
                _ => None,
            })
            .ok_or(SignError::NoSecret)?;
        let key_id = match &rule.key {
            KeyForm::Fetched(_) => Some(key.id().unwrap_or(id)),
            _ => key.id(),
        };
        let written = self.message_parameters(draft, rule, key_id, now)?;
        let signature = {
            let lines = draft.header_lines();
            let head = draft.head(&lines);
            let context = Context::new(&head, draft.body(), self.parameters());
            let base = base::build(context, rule, &rule.covered, &written)?;
            material.sign(&base).ok_or(SignError::NoSecret)?
        };
        let label = match &rule.label {
            MessageLabel::FirstOf(labels) => labels.first().map_or("", AsRef::as_ref),
            MessageLabel::Only => "sig1",
        };
        draft.put(&SIGNATURE_INPUT, &format!("{label}={written}"), false)?;
        draft.put(&SIGNATURE, &format!("{label}=:{}:", STANDARD.encode(signature)), false)
    }

    fn message_parameters(
        &self,
        draft: &Draft,
        rule: &MessageSignature,
        key_id: Option<&str>,
        now: Timestamp,
    ) -> Result<String, SignError> {
        let description = self.scheme().description();
        let identifiers: Vec<String> = rule.covered.iter().map(Component::identifier).collect();
        let mut written = format!("({})", identifiers.join(" "));
        if let Some(time) = &description.timestamp {
            let created = time.unit.write(now).ok_or(SignError::Time)?;
            written.push_str(&format!(";created={created}"));
        }
        if rule.expires == Presence::Required {
            let ends_at = Timestamp::from_unix_seconds(now.as_unix_seconds().saturating_add(LASTS));
            let expires = TimeUnit::Seconds.write(ends_at).ok_or(SignError::Time)?;
            written.push_str(&format!(";expires={expires}"));
        }
        let mut texts: Vec<(&str, String)> =
            key_id.into_iter().map(|id| ("keyid", id.to_owned())).collect();
        for equality in description.require.iter() {
            if let Place::Item(name) = &equality.at
                && let Some(text) = self.required_text(draft, &equality.equals)?
            {
                texts.retain(|(other, _)| other != name);
                texts.push((name, text));
            }
        }
        for (name, text) in texts {
            let text = quoted(&text).ok_or(SignError::Header)?;
            written.push_str(&format!(";{name}={text}"));
        }
        Ok(written)
    }
}
