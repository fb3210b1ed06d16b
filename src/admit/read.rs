//! What the body of an established sender is: JSON, required members, event type, dedupe key.

use std::borrow::Cow;

use super::gate::{FORM, is_media_type};
use super::{Admitted, Authentic};
use crate::filter::Subject;
use crate::json::{self, Document, Found, Kind, Path, Scalar};
use crate::payload::{BodyDecoder, Forms, is_coded};
use crate::policy::{BodyRule, Policy, Required};
use crate::refusal::Refusal;
use crate::scheme::{Proof, pointer_path};
use crate::source::{EventTypeAt, Source};

pub(super) fn read(
    Authentic { source, proof, now, .. }: Authentic<'_>,
) -> Result<Admitted<'_>, Refusal> {
    let policy = source.policy();
    let content = content(policy, &proof)?;
    let options = source.read_options();

    let root = Path::default();
    let key_paths: Vec<&Path> =
        source.dedupe().into_iter().flat_map(|(rule, _)| rule.paths()).collect();
    let type_path = match source.event_type() {
        Some(EventTypeAt::Body(path)) => Some(path),
        _ => None,
    };
    let contact_path = source.contact().map(|contact| &contact.path);
    let test_path = policy.test_marker.as_deref().map(pointer_path);
    let mut paths = key_paths.clone();
    paths.extend(type_path);
    paths.extend(contact_path);
    paths.extend(test_path.as_ref());
    paths.push(&root);

    let is_read = policy.body != BodyRule::Any || paths.len() > 1;
    let picked = match is_read.then(|| json::pick(&content, options, &paths)) {
        Some(Ok(picked)) => Some(picked),
        // Bytes that are no JSON have no member that a rule could name.
        Some(Err(_)) if policy.body == BodyRule::Any => None,
        Some(Err(_)) if is_coded(proof.head()) => return Err(Refusal::ContentEncoding),
        Some(Err(fault)) => return Err(Refusal::NotJson { fault }),
        None => None,
    };
    let is_json = picked.is_some();
    let (found, notes) = picked.map(|picked| (picked.found, picked.notes)).unwrap_or_default();
    let mut found = found.into_iter();
    let of_key: Vec<Found<'_>> = found.by_ref().take(key_paths.len()).collect();
    let of_type = type_path.and_then(|_| found.next());
    let of_contact = contact_path.and_then(|_| found.next());
    let of_test = test_path.as_ref().and_then(|_| found.next());
    shape(source, &content, found.next().as_ref())?;

    if of_test == Some(Found::Value(Scalar::Bool(true))) {
        return Err(Refusal::TestEvent);
    }
    let event_type = match source.event_type() {
        Some(EventTypeAt::Header(name)) => {
            let value = proof.head().header(name).next();
            value.and_then(|value| std::str::from_utf8(value).ok()).map(bounded_type)
        }
        Some(EventTypeAt::Body(_)) => match &of_type {
            Some(Found::Value(Scalar::String(text))) => Some(bounded_type(text)),
            _ => None,
        },
        None => None,
    }
    .map(|event_type| source.scrubber().text(event_type));
    if !source.events().takes(event_type.as_deref()) {
        return Err(Refusal::NotSubscribed);
    }
    let identifier = source.contact().map(|rule| rule.identifier(of_contact.as_ref()));
    let is_filtered = source.bindings().iter().any(|binding| binding.filter.is_some());
    let document = is_filtered.then(|| Document::read(&content, options).ok()).flatten();
    let bindings = bindings(source, &proof, document.as_ref());
    let deduped = match source.dedupe() {
        Some((rule, _)) => {
            rule.key_of(&proof, &content, options, is_json.then_some(&*of_key)).map(Some)
        }
        None => Ok(None),
    };
    drop((of_key, of_type, of_contact, of_test, found, document));
    Ok(Admitted { source, proof, now, content, event_type, identifier, bindings, deduped, notes })
}

/// Whether a source takes a JSON body, whoever sent it: for samples that a person pastes.
pub(crate) fn takes_body(source: &Source, body: &[u8]) -> bool {
    json::pick(body, source.read_options(), &[&Path::default()])
        .is_ok_and(|picked| shape(source, body, picked.found.first()).is_ok())
}

/// What the policy of a source asks of a body with this root: that it is an object, and has the
/// required members.
fn shape(source: &Source, body: &[u8], root: Option<&Found<'_>>) -> Result<(), Refusal> {
    let policy = source.policy();
    let is_object = matches!(root, Some(Found::Container(root)) if root.kind == Kind::Object);
    if policy.body == BodyRule::JsonObject && !is_object {
        return Err(Refusal::NotAnObject);
    }
    if policy.required == Required::Nothing {
        return Ok(());
    }
    let document =
        Document::read(body, source.read_options()).map_err(|fault| Refusal::NotJson { fault })?;
    let missing = policy.required.missing(&document);
    if missing.is_empty() { Ok(()) } else { Err(Refusal::Incomplete { missing }) }
}

/// The body as it is read.
fn content<'a>(policy: &Policy, proof: &Proof<'a>) -> Result<Cow<'a, [u8]>, Refusal> {
    let is_form = || {
        proof.head().header("content-type").next().is_some_and(|value| is_media_type(value, FORM))
    };
    if policy.forms == Forms::Refuse || !is_form() {
        return Ok(Cow::Borrowed(proof.body()));
    }
    let decoder = BodyDecoder { forms: policy.forms.clone(), ..BodyDecoder::default() };
    decoder.decode(proof.head(), proof.body()).map_err(|_| Refusal::ContentType)
}

/// The bindings whose filters match, in their order.
fn bindings(source: &Source, proof: &Proof<'_>, document: Option<&Document<'_>>) -> Vec<String> {
    let subject = match document {
        Some(document) => Subject::payload(document).with_head(proof.head()),
        None => Subject::head(proof.head()),
    };
    source
        .bindings()
        .iter()
        .filter(|binding| binding.filter.as_ref().is_none_or(|filter| filter.matches(&subject)))
        .map(|binding| binding.name.clone())
        .collect()
}

/// The longest event type kept, in bytes: it stands in indexes and lists.
const MAX_EVENT_TYPE: usize = 200;

fn bounded_type(text: &str) -> String {
    text.chars()
        .filter(|character| !character.is_control())
        .scan(0, |length, character| {
            *length += character.len_utf8();
            (*length <= MAX_EVENT_TYPE).then_some(character)
        })
        .collect()
}
