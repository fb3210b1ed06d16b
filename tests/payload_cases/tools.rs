//! What a row asks, as a text.

use hookstage::filter::{Filter, Subject};
use hookstage::json::{
    self, Absence, Document, Error, ErrorKind, Found, Kind, Path, ReadOptions, Scalar,
};
use hookstage::payload::{
    BodyDecoder, FlatView, FlattenOptions, Format, PathStyle, Schema, SchemaOptions,
    canonical_hash, hazards,
};
use hookstage::scheme::Coverage;
use hookstage::template::{MissingText, Rendered, Scope, Template};
use hookstage::{
    DedupeKey, DedupePart, DedupeRule, Deduped, Head, OnMissingKey, Outcome, Source, dangerous,
};

use super::common::{Request, engine, receive};

pub(crate) fn read(body: &str) -> Document<'_> {
    Document::read(body.as_bytes(), &ReadOptions::default())
        .unwrap_or_else(|error| panic!("{body}: {error}"))
}

/// Both ways to read must say the same.
fn reading(body: &[u8], options: &ReadOptions) -> Result<(), Error> {
    let document = Document::read(body, options).map(drop);
    assert_eq!(json::pick(body, options, &[]).map(drop), document);
    document
}

pub(crate) fn judged_with(body: &[u8], options: &ReadOptions) -> String {
    match reading(body, options) {
        Ok(()) => "accepted".to_owned(),
        Err(error) => error.kind.as_str().to_owned(),
    }
}

pub(crate) fn judged(body: impl AsRef<[u8]>) -> String {
    judged_with(body.as_ref(), &ReadOptions::default())
}

/// With the place.
pub(crate) fn judged_at(body: impl AsRef<[u8]>) -> String {
    match reading(body.as_ref(), &ReadOptions::default()) {
        Ok(()) => "accepted".to_owned(),
        Err(Error { kind, offset, line, column, .. }) => {
            let first = match kind {
                ErrorKind::DuplicateKey { first } => format!(", first at {first}"),
                _ => String::new(),
            };
            format!("{} at byte {offset}, line {line}, column {column}{first}", kind.as_str())
        }
    }
}

/// How many of these are accepted.
pub(crate) fn accepted_of(bodies: &[&str]) -> String {
    let accepted = bodies.iter().filter(|body| judged(body) == "accepted").count();
    format!("{accepted} of {}", bodies.len())
}

pub(crate) fn flat_with(body: &str, options: &FlattenOptions, style: PathStyle) -> String {
    let document = read(body);
    let view = FlatView::new(&document, options);
    let leaves: Vec<String> =
        view.leaves().map(|leaf| format!("{} = {}", leaf.path(style), leaf.raw())).collect();
    leaves.join(" | ")
}

pub(crate) fn flat(body: &str) -> String {
    flat_with(body, &FlattenOptions::default(), PathStyle::Bracket)
}

/// How much of a view is shown.
pub(crate) fn shown(body: &str, options: &FlattenOptions) -> String {
    let document = read(body);
    let view = FlatView::new(&document, options);
    let cut = if view.is_cut() { "cut" } else { "whole" };
    format!("{} of {}, {cut}", view.len(), view.total_leaves())
}

pub(crate) fn flagged(body: &str) -> String {
    let found = hazards(&read(body));
    let found: Vec<String> = found
        .iter()
        .map(|hazard| format!("{} at {}", hazard.kind.as_str(), hazard.first))
        .collect();
    if found.is_empty() { "nothing".to_owned() } else { found.join(", ") }
}

/// What stands at a path; picking and reading the whole document must agree.
pub(crate) fn at(path: &str, body: &str) -> String {
    let path = Path::parse(path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let found =
        json::pick(body.as_bytes(), &ReadOptions::default(), &[&path]).unwrap().found.remove(0);
    assert_eq!(read(body).get(&path), found);
    match found {
        Found::Missing(Absence::NotThere) => "missing".to_owned(),
        Found::Missing(_) => "missing, another type on the way".to_owned(),
        Found::Null => "null".to_owned(),
        Found::Value(Scalar::String(text)) => format!("text {text}"),
        Found::Value(Scalar::Number(lexeme)) => format!("number {lexeme}"),
        Found::Value(Scalar::Bool(value)) => value.to_string(),
        Found::Container(container) if container.kind == Kind::Array => "an array".to_owned(),
        Found::Container(_) => "an object".to_owned(),
    }
}

pub(crate) fn path(text: &str) -> String {
    match Path::parse(text) {
        Ok(path) => path.to_string(),
        Err(error) => format!("refused at column {}", error.column),
    }
}

/// Each text with its format.
pub(crate) fn formats(texts: &[&str]) -> String {
    let formats = texts.iter().map(|text| Format::of(text).map_or("none", Format::as_str));
    formats.collect::<Vec<_>>().join(", ")
}

pub(crate) fn schema(samples: &[&str]) -> Schema {
    let mut schema = Schema::new(SchemaOptions::default());
    samples.iter().for_each(|sample| schema.learn(&read(sample)));
    schema
}

/// The places of a schema but its root: types, `!` for required, `>64` for beyond 64 bits.
pub(crate) fn fields(samples: &[&str]) -> String {
    let fields = schema(samples).fields().into_iter().skip(1).map(|field| {
        let types: Vec<&str> = field.types.iter().map(|kind| kind.as_str()).collect();
        let required = if field.required { "!" } else { "" };
        let size = if field.beyond_64_bits { " >64" } else { "" };
        format!("{}: {}{required}{size}", field.path, types.join("|"))
    });
    fields.collect::<Vec<_>>().join(", ")
}

pub(crate) fn drift(samples: &[&str], payload: &str) -> String {
    match schema(samples).drift(&read(payload)) {
        None => "none".to_owned(),
        Some(drift) => {
            let changes = drift.changes.iter().map(ToString::to_string);
            changes.collect::<Vec<_>>().join("; ")
        }
    }
}

pub(crate) fn rule(paths: &[&str]) -> DedupeRule {
    let parts = paths.iter().map(|path| DedupePart::body(path).unwrap());
    DedupeRule::new(parts, OnMissingKey::AcceptWithoutKey).unwrap()
}

/// What a rule makes of a request.
pub(crate) fn deduped(rule: &DedupeRule, request: &Request) -> Result<Deduped, String> {
    let coverage = Coverage::nothing();
    request.deliver(|delivery| {
        let proof = dangerous::assume_verified(delivery, &coverage).unwrap();
        rule.key(&proof, &ReadOptions::default()).map_err(|refusal| refusal.to_string())
    })
}

pub(crate) fn key(rule: &DedupeRule, body: &str) -> Option<DedupeKey> {
    deduped(rule, &Request::new(body)).unwrap().key()
}

/// Whether the values at `id` of these bodies make one key, keys that all differ, or none.
pub(crate) fn keys_of(bodies: &[&str]) -> String {
    keys_by(&rule(&["id"]), bodies)
}

pub(crate) fn keys_by(rule: &DedupeRule, bodies: &[&str]) -> String {
    let keys: Option<Vec<DedupeKey>> = bodies.iter().map(|body| key(rule, body)).collect();
    let Some(mut keys) = keys else { return "no key".to_owned() };
    keys.sort_unstable();
    keys.dedup();
    match keys.len() {
        1 => "one key".to_owned(),
        distinct if distinct == bodies.len() => "all differ".to_owned(),
        distinct => format!("{distinct} keys"),
    }
}

/// Why there is no key, or that there is one.
pub(crate) fn why_no_key(rule: &DedupeRule, body: &str) -> String {
    match deduped(rule, &Request::new(body)) {
        Ok(Deduped::Key { .. }) => "a key".to_owned(),
        Ok(Deduped::WithoutKey { why, .. }) => why.to_string(),
        Ok(_) => "something new".to_owned(),
        Err(refusal) => refusal,
    }
}

pub(crate) fn canonical(bodies: &[&str]) -> String {
    let mut hashes: Vec<_> = bodies.iter().map(|body| canonical_hash(&read(body), &[])).collect();
    hashes.sort_unstable();
    hashes.dedup();
    if hashes.len() == 1 { "one hash".to_owned() } else { format!("{} hashes", hashes.len()) }
}

pub(crate) fn filter(filter: &str, payload: &str) -> String {
    let filter: Filter = match serde_json::from_str(filter) {
        Ok(filter) => filter,
        Err(error) => return format!("refused: {error}"),
    };
    filter.matches(&Subject::payload(&read(payload))).to_string()
}

/// The answers of several filters.
pub(crate) fn filters(rows: &[(&str, &str)]) -> String {
    let answers = rows.iter().map(|(wanted, payload)| filter(wanted, payload));
    answers.collect::<Vec<_>>().join(", ")
}

pub(crate) fn render_as(template: &str, payload: &str, missing: MissingText) -> String {
    let template = match Template::parse(template) {
        Ok(template) => template,
        Err(error) => return format!("refused at column {}", error.column),
    };
    let document = read(payload);
    match template.render(&Scope::event(document.root()).with_missing(missing)) {
        Ok(Rendered::Json(json)) => json,
        other => format!("{other:?}"),
    }
}

pub(crate) fn render(template: &str, payload: &str) -> String {
    render_as(template, payload, MissingText::Empty)
}

/// The document in a body, or why there is none.
pub(crate) fn decoded(decoder: &BodyDecoder, headers: &[(&str, &str)], body: &str) -> String {
    let headers: Vec<(&str, &[u8])> =
        headers.iter().map(|(name, value)| (*name, value.as_bytes())).collect();
    match decoder.decode(&Head::post("", &headers), body.as_bytes()) {
        Ok(json) => String::from_utf8(json.into_owned()).unwrap(),
        Err(error) => format!("{error:?}"),
    }
}

/// What becomes of a request, and the status that it is answered with.
pub(crate) fn received(source: &Source, request: &Request) -> String {
    let receipt = receive(&engine(), source, request);
    let word = match &receipt.outcome {
        Outcome::Refused(refusal) | Outcome::Ignored(refusal) => refusal.code(),
        outcome => outcome.as_str(),
    };
    format!("{word} {}", receipt.response.status())
}
