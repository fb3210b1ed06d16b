//! What JSON allows and readers behind the host stumble over.

use crate::json::{Decimal, Document, Kind, Node, Path};

/// Something in a payload that is valid JSON, kept and hashed exactly, and that a reader behind the
/// host may lose, refuse or be misled by.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Hazard {
    /// What it is.
    pub kind: HazardKind,
    /// Where it stands first.
    pub first: Path,
    /// At how many places it stands.
    pub places: usize,
}

/// What a reader may stumble over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum HazardKind {
    /// A number that another one becomes where numbers are doubles, as in JavaScript, or that none
    /// does: `9007199254740993`, `1e400`.
    BeyondDouble,
    /// A number of more than 1,000 digits without its exponent. PostgreSQL's `jsonb` writes it out
    /// in full, or refuses it.
    HugeNumber,
    /// U+0000 in a key or text. PostgreSQL refuses it in `text` and `jsonb`.
    Nul,
    /// A key that JavaScript's objects have already: `__proto__`, `constructor`, `toString`. Copied
    /// member by member, it changes more than one object.
    PrototypeKey,
    /// A character that changes the direction of the text after it, so that a page shows something
    /// else than what stands there.
    Reordering,
}

impl HazardKind {
    /// A stable name for logs and pages.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BeyondDouble => "beyond_double",
            Self::HugeNumber => "huge_number",
            Self::Nul => "nul",
            Self::PrototypeKey => "prototype_key",
            Self::Reordering => "reordering",
        }
    }
}

/// What a reader behind the host may stumble over in a payload: one entry for each kind, in the
/// order of the kinds. Advisory; nothing is refused or changed because of it.
///
/// Raw bodies are stored as bytes, so none of this touches what hookstage keeps. It is for hosts that
/// copy payloads into a `jsonb` column, hand them to JavaScript, or show them to people.
///
/// ```
/// use hookstage::json::{Document, ReadOptions};
/// use hookstage::payload::{HazardKind, hazards};
///
/// let body = br#"{"id": 9007199254740993, "name": "a\u0000b", "note": "x\u0000"}"#;
/// let found = hazards(&Document::read(body, &ReadOptions::default())?);
/// assert_eq!(found.len(), 2);
/// assert_eq!((found[0].kind, found[0].first.to_string()), (HazardKind::BeyondDouble, "id".into()));
/// assert_eq!((found[1].kind, found[1].places), (HazardKind::Nul, 2));
/// # Ok::<(), hookstage::json::Error>(())
/// ```
#[must_use]
pub fn hazards(document: &Document<'_>) -> Vec<Hazard> {
    let mut found: Vec<Hazard> = Vec::new();
    for node in document.nodes() {
        for kind in of_node(node).into_iter().flatten() {
            match found.iter_mut().find(|hazard| hazard.kind == kind) {
                Some(hazard) => hazard.places += 1,
                None => found.push(Hazard { kind, first: node.path(), places: 1 }),
            }
        }
    }
    found.sort_unstable_by_key(|hazard| hazard.kind);
    found
}

fn of_node(node: Node<'_, '_>) -> [Option<HazardKind>; 5] {
    let mut kinds = [None; 5];
    let key = node.key();
    let text = node.text();
    let texts = || key.iter().chain(&text);
    if node.kind() == Kind::Number
        && let Some(number) = Decimal::parse(node.raw())
    {
        kinds[0] = (!number.survives_f64()).then_some(HazardKind::BeyondDouble);
        kinds[1] = number.plain(MAX_DIGITS).is_none().then_some(HazardKind::HugeNumber);
    }
    kinds[2] = texts().any(|text| text.contains('\0')).then_some(HazardKind::Nul);
    kinds[3] = key.as_deref().is_some_and(is_prototype_key).then_some(HazardKind::PrototypeKey);
    kinds[4] = texts().any(|text| text.contains(reorders)).then_some(HazardKind::Reordering);
    kinds
}

const MAX_DIGITS: usize = 1_000;

/// The members of `Object.prototype` (ECMAScript 2026, section 20.1.3) and `prototype`.
fn is_prototype_key(key: &str) -> bool {
    matches!(
        key,
        "__defineGetter__"
            | "__defineSetter__"
            | "__lookupGetter__"
            | "__lookupSetter__"
            | "__proto__"
            | "constructor"
            | "hasOwnProperty"
            | "isPrototypeOf"
            | "propertyIsEnumerable"
            | "prototype"
            | "toLocaleString"
            | "toString"
            | "valueOf"
    )
}

/// Explicit directional formatting (Unicode Standard Annex 9, section 2).
const fn reorders(character: char) -> bool {
    matches!(
        character,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    )
}
