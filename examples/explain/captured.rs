//! One captured request, read from one line.

use hookstage::Timestamp;
use hookstage::json::{Document, DuplicateKeys, Kind, LoneSurrogates, Node, ReadOptions};
use hookstage::scheme::{Parameter, Parameters, Tolerance};

use crate::values::{base64, name_of, text_of};
use crate::verdict::Unusable;

/// A request and what it is to be judged by.
pub(crate) struct Captured {
    pub(crate) keys: Vec<String>,
    pub(crate) parameters: Parameters,
    /// A tolerance for the signed time other than the scheme's.
    pub(crate) tolerance: Option<Tolerance>,
    /// The text of a JSON Web Key Set.
    pub(crate) jwks: Option<String>,
    pub(crate) method: String,
    pub(crate) url: String,
    pub(crate) headers: Vec<(String, Vec<u8>)>,
    pub(crate) body: Vec<u8>,
    pub(crate) now: Timestamp,
    /// What was ignored.
    pub(crate) hints: Vec<String>,
}

/// By what scheme it is judged.
pub(crate) enum SchemeChoice {
    /// The preset of this name or alias.
    Provider(String),
    /// The stored form of a scheme.
    Inline(String),
}

const MEMBERS: [&str; 10] = [
    "id",
    "provider",
    "scheme",
    "keys",
    "params",
    "method",
    "url",
    "headers",
    "body_base64",
    "now",
];

/// Reads a line as JSON, so far that its id is known.
///
/// # Errors
///
/// It is no JSON object.
pub(crate) fn read(line: &[u8]) -> Result<Document<'_>, Unusable> {
    let options = ReadOptions {
        // The id of an ambiguous request is still worth echoing: see `refuse_ambiguous`.
        duplicate_keys: DuplicateKeys::KeepFirst,
        lone_surrogates: LoneSurrogates::Replace,
        max_string_length: crate::lines::MAX_LINE,
        ..ReadOptions::default()
    };
    let document = Document::read(line, &options).map_err(|error| {
        Unusable::bad_input(format!("the line is not acceptable JSON: {error}"))
    })?;
    if document.root().kind() != Kind::Object {
        return Err(Unusable::bad_input("a line is one JSON object; see --help"));
    }
    Ok(document)
}

/// The JSON text of the id.
pub(crate) fn id<'a>(document: &Document<'a>) -> Option<&'a str> {
    Some(member(document.root(), "id")?.raw())
}

impl SchemeChoice {
    /// Reads the choice.
    ///
    /// # Errors
    ///
    /// There is none, there are two, or the line means two things at once.
    pub(crate) fn read(document: &Document<'_>) -> Result<Self, Unusable> {
        refuse_ambiguous(document)?;
        let root = document.root();
        match (optional_text(root, "provider")?, member(root, "scheme")) {
            (Some(name), None) => Ok(Self::Provider(name)),
            (None, Some(scheme)) => Ok(Self::Inline(scheme.raw().to_owned())),
            (Some(_), Some(_)) => Err(Unusable::bad_input("give provider or scheme, not both")),
            (None, None) => Err(Unusable::bad_input(
                "name a provider (--presets lists them) or describe a scheme",
            )),
        }
    }
}

impl Captured {
    /// Reads the rest of the request.
    ///
    /// # Errors
    ///
    /// A member that is needed is missing, or one is not what it should be.
    pub(crate) fn read(document: &Document<'_>) -> Result<Self, Unusable> {
        let root = document.root();
        let mut hints = Vec::new();
        for node in root.children() {
            let key = node.key().unwrap_or_default();
            if !MEMBERS.contains(&key.as_ref()) {
                hints.push(format!("the member {} is not known and was ignored", name_of(&key)));
            }
        }
        let mut captured = Self {
            keys: keys(root)?,
            parameters: Parameters::new(),
            tolerance: None,
            jwks: None,
            method: optional_text(root, "method")?.unwrap_or_else(|| "POST".to_owned()),
            url: optional_text(root, "url")?.unwrap_or_default(),
            headers: headers(root)?,
            body: body(root)?,
            now: now(root)?,
            hints,
        };
        captured.read_parameters(root)?;
        Ok(captured)
    }

    fn read_parameters(&mut self, root: Node<'_, '_>) -> Result<(), Unusable> {
        let Some(params) = member(root, "params") else { return Ok(()) };
        if params.kind() != Kind::Object {
            return Err(Unusable::bad_input("params is an object of names and values"));
        }
        for node in params.children().filter(|node| node.kind() != Kind::Null) {
            let name = node.key().unwrap_or_default();
            let known = Parameter::ALL.into_iter().find(|parameter| parameter.as_str() == name);
            match (known, name.as_ref()) {
                (Some(parameter), _) => {
                    let value = text_of(node).ok_or_else(|| {
                        Unusable::bad_input(format!("params.{} is a text", name_of(&name)))
                    })?;
                    let parameters = std::mem::take(&mut self.parameters);
                    self.parameters = parameters.with(parameter, value);
                }
                (None, "tolerance_seconds") => self.tolerance = Some(tolerance(node)?),
                (None, "jwks") => self.jwks = Some(jwks(node)?),
                (None, _) => self
                    .hints
                    .push(format!("the parameter {} is not known and was ignored", name_of(&name))),
            }
        }
        Ok(())
    }
}

fn refuse_ambiguous(document: &Document<'_>) -> Result<(), Unusable> {
    if document.notes().duplicate_keys > 0 {
        return Err(Unusable::bad_input(
            "a key stands twice in one object; give a repeated header as a list of its values",
        ));
    }
    if document.notes().replaced_surrogates > 0 {
        return Err(Unusable::bad_input(
            "half a surrogate pair stands in a text; give raw bytes as {\"base64\": …}",
        ));
    }
    Ok(())
}

fn keys(root: Node<'_, '_>) -> Result<Vec<String>, Unusable> {
    let Some(keys) = member(root, "keys") else { return Ok(Vec::new()) };
    let wrong = || Unusable::bad_input("keys is a list of texts as the dashboard shows them");
    if keys.kind() != Kind::Array {
        return Err(wrong());
    }
    keys.children().map(|key| Ok(key.text().ok_or_else(wrong)?.into_owned())).collect()
}

fn headers(root: Node<'_, '_>) -> Result<Vec<(String, Vec<u8>)>, Unusable> {
    let headers = member(root, "headers")
        .filter(|headers| headers.kind() == Kind::Object)
        .ok_or_else(|| Unusable::bad_input("headers is an object of names and values"))?;
    let mut lines = Vec::new();
    for node in headers.children() {
        let name = node.key().unwrap_or_default().into_owned();
        if name.is_empty() {
            return Err(Unusable::bad_input("a header has no name"));
        }
        if node.kind() == Kind::Array {
            for value in node.children() {
                lines.push((name.clone(), header_value(value)?));
            }
        } else {
            lines.push((name, header_value(node)?));
        }
    }
    Ok(lines)
}

fn header_value(node: Node<'_, '_>) -> Result<Vec<u8>, Unusable> {
    if let Some(text) = node.text() {
        return Ok(text.into_owned().into_bytes());
    }
    let bytes = match node.kind() {
        Kind::Object if node.len() == 1 => {
            member(node, "base64").and_then(Node::text).and_then(|text| base64(&text))
        }
        _ => None,
    };
    bytes.ok_or_else(|| {
        Unusable::bad_input("a header value is a text, {\"base64\": TEXT}, or a list of these")
    })
}

fn body(root: Node<'_, '_>) -> Result<Vec<u8>, Unusable> {
    member(root, "body_base64").and_then(Node::text).and_then(|text| base64(&text)).ok_or_else(|| {
        Unusable::bad_input(
            "body_base64 is the raw body in standard base64 with its padding; \"\" for an empty one",
        )
    })
}

fn now(root: Node<'_, '_>) -> Result<Timestamp, Unusable> {
    let wrong = || {
        Unusable::bad_input(
            "now is the moment to judge at, in seconds since 1970; the clock is never asked",
        )
    };
    let node = member(root, "now").filter(|node| node.kind() == Kind::Number).ok_or_else(wrong)?;
    if let Ok(seconds) = node.raw().parse::<i64>() {
        return Ok(Timestamp::from_unix_seconds(seconds));
    }
    let seconds = node.raw().parse::<f64>().map_err(|_| wrong())?;
    // Beyond this a double no longer holds whole milliseconds.
    if seconds.abs() > 9e12 {
        return Err(wrong());
    }
    Ok(Timestamp::from_unix_millis((seconds * 1000.0).floor() as i64))
}

fn tolerance(node: Node<'_, '_>) -> Result<Tolerance, Unusable> {
    let seconds = text_of(node)
        .and_then(|text| text.parse::<u32>().ok())
        .filter(|seconds| (1..=86_400).contains(seconds))
        .ok_or_else(|| {
            Unusable::bad_input("params.tolerance_seconds is a whole number of 1 to 86400")
        })?;
    Ok(Tolerance::Within { past: seconds, future: seconds })
}

fn jwks(node: Node<'_, '_>) -> Result<String, Unusable> {
    match node.kind() {
        Kind::Object => Ok(node.raw().to_owned()),
        Kind::String => Ok(node.text().unwrap_or_default().into_owned()),
        _ => {
            Err(Unusable::bad_input("params.jwks is a JSON Web Key Set, as an object or its text"))
        }
    }
}

fn optional_text(root: Node<'_, '_>, name: &'static str) -> Result<Option<String>, Unusable> {
    match member(root, name) {
        None => Ok(None),
        Some(node) => match node.text() {
            Some(text) => Ok(Some(text.into_owned())),
            None => Err(Unusable::bad_input(format!("{name} is a text"))),
        },
    }
}

/// The member of this name, unless it is null.
fn member<'d, 'a>(node: Node<'d, 'a>, name: &str) -> Option<Node<'d, 'a>> {
    node.children()
        .find(|child| child.key().is_some_and(|key| key == name))
        .filter(|child| child.kind() != Kind::Null)
}
