//! One part of a dedupe key: where it stands, and whether the signature covers it.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::delivery::is_header_name;
use crate::error::{ConfigError, ConfigFault};
use crate::json::Path;
use crate::refusal::Site;
use crate::scheme::{Coverage, Place, pointer_path};

/// One part of a dedupe key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum DedupePart {
    /// A scalar of the JSON body.
    Body(Path),
    /// SHA-256 of the meaning of the JSON body: the order of members and the white space do not
    /// count. Members at these paths are left out.
    CanonicalBody {
        /// What changes between attempts, such as a time of sending.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        exclude: Vec<Path>,
    },
    /// The first of these headers that is there, by their names in lower case.
    FirstHeader(Vec<String>),
    /// A field of a form-encoded body, decoded.
    Form(String),
    /// A header, by its name in lower case.
    Header(String),
    /// A query parameter, as it stands.
    Query(String),
    /// SHA-256 of the raw body.
    RawBody,
}

impl DedupePart {
    /// The scalar at a path of the body.
    ///
    /// # Errors
    ///
    /// The path is malformed or could match several values.
    pub fn body(path: &str) -> Result<Self, ConfigError> {
        Path::parse(path)
            .map(Self::Body)
            .map_err(|error| ConfigError::one("dedupe.parts", error.to_string()))
    }

    /// A header.
    ///
    /// # Errors
    ///
    /// The name is empty or not a name that HTTP allows.
    pub fn header(name: &str) -> Result<Self, ConfigError> {
        let part = Self::Header(name.to_ascii_lowercase());
        let mut faults = Vec::new();
        part.faults(&mut faults);
        ConfigError::unless_empty(faults)?;
        Ok(part)
    }

    /// The same part in its one form: names of headers in lower case, excluded paths in order.
    pub(super) fn normal(self) -> Self {
        match self {
            Self::CanonicalBody { mut exclude } => {
                exclude.sort_unstable();
                exclude.dedup();
                Self::CanonicalBody { exclude }
            }
            Self::FirstHeader(names) => {
                Self::FirstHeader(names.iter().map(|name| name.to_ascii_lowercase()).collect())
            }
            Self::Header(name) => Self::Header(name.to_ascii_lowercase()),
            part @ (Self::Body(_) | Self::Form(_) | Self::Query(_) | Self::RawBody) => part,
        }
    }

    pub(super) fn faults(&self, faults: &mut Vec<ConfigFault>) {
        let mut fault = |problem| faults.push(ConfigFault::new("dedupe.parts", problem));
        match self {
            Self::FirstHeader(names) if names.is_empty() => {
                fault("a list of headers names at least one");
            }
            Self::FirstHeader(names) if !names.iter().all(|name| is_header_name(name)) => {
                fault("a header name is an RFC 9110 token");
            }
            Self::Header(name) if !is_header_name(name) => {
                fault("a header name is an RFC 9110 token")
            }
            Self::Form(name) | Self::Query(name) if name.is_empty() => {
                fault("a field or parameter has a name");
            }
            Self::CanonicalBody { exclude }
                if exclude.iter().any(|path| path.segments().is_empty()) =>
            {
                fault("leaving out the whole document leaves nothing to tell deliveries by");
            }
            _ => {}
        }
    }

    /// The part that a preset names.
    pub(crate) fn of_place(place: &Place) -> Option<Self> {
        match place {
            Place::Body(pointer) => Some(Self::Body(pointer_path(pointer))),
            Place::FirstHeader(names) => Some(Self::FirstHeader(
                names.iter().map(|name| name.clone().into_owned()).collect(),
            )),
            Place::Form(name) => Some(Self::Form(name.clone().into_owned())),
            Place::Header(name) => Some(Self::Header(name.clone().into_owned())),
            Place::Query(name) => Some(Self::Query(name.clone().into_owned())),
            _ => None,
        }
    }

    /// What the rule hashes of the part itself. Pinned: another text is another key.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Body(path) => format!("body {path}"),
            Self::CanonicalBody { exclude } => {
                let mut exclude: Vec<String> = exclude.iter().map(Path::to_string).collect();
                exclude.sort();
                format!("canonical body without {exclude:?}")
            }
            Self::FirstHeader(names) => format!("first header {names:?}"),
            Self::Form(name) => format!("form {name}"),
            Self::Header(name) => format!("header {name}"),
            Self::Query(name) => format!("query {name}"),
            Self::RawBody => "raw body".to_owned(),
        }
    }

    pub(super) fn site(&self) -> Site {
        match self {
            Self::Body(path) => Site::Body(Cow::Owned(path.to_string())),
            Self::CanonicalBody { .. } | Self::RawBody => Site::Body(Cow::Borrowed("$")),
            Self::FirstHeader(names) => {
                Site::Header(Cow::Owned(names.first().cloned().unwrap_or_default()))
            }
            Self::Form(name) => Site::Form(Cow::Owned(name.clone())),
            Self::Header(name) => Site::Header(Cow::Owned(name.clone())),
            Self::Query(name) => Site::Query(Cow::Owned(name.clone())),
        }
    }

    /// Whether the signature covered it. A part that it did not cover can be changed by whoever
    /// replays the delivery.
    pub(crate) fn is_covered(&self, coverage: &Coverage) -> bool {
        match self {
            Self::Body(_) | Self::CanonicalBody { .. } | Self::Form(_) | Self::RawBody => {
                coverage.binds_body()
            }
            Self::FirstHeader(names) => {
                names.iter().all(|name| coverage.headers.iter().any(|covered| covered == name))
            }
            Self::Header(name) => coverage.headers.iter().any(|covered| covered == name),
            Self::Query(_) => coverage.url,
        }
    }
}
