//! A hash of what a document says, whatever order and spelling it says it in.

use sha2::{Digest, Sha256};

use crate::json::{Document, Kind, Node, Path, decimal_key};

/// The SHA-256 of a document's meaning: equal for two documents exactly when they hold the same
/// values, whatever their order of members, their whitespace, and the spelling of their strings
/// and numbers (`1.0` is `1`, `"\u0061"` is `"a"`).
///
/// It hashes the document's own tokens, each with its type and length, so no two documents run
/// into each other: `1`, `"1"` and `true` differ, and so do `9007199254740992` and
/// `9007199254740993`. Members and items at an excluded path are left out as if they were not
/// there; a path that leads nowhere excludes nothing.
///
/// ```
/// use hookstage::json::{Document, Path, ReadOptions};
/// use hookstage::payload::canonical_hash;
///
/// let read = |body: &'static str| Document::read(body.as_bytes(), &ReadOptions::default());
/// let first = read(r#"{"id": 1, "attempt": 1}"#)?;
/// let again = read(r#"{ "attempt": 2, "id": 1.0 }"#)?;
/// let attempt = Path::parse("attempt")?;
/// assert_ne!(canonical_hash(&first, &[]), canonical_hash(&again, &[]));
/// assert_eq!(canonical_hash(&first, &[&attempt]), canonical_hash(&again, &[&attempt]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn canonical_hash(document: &Document<'_>, exclude: &[&Path]) -> [u8; 32] {
    let mut excluded: Vec<u32> = exclude
        .iter()
        .filter_map(|path| document.root().walk(path.segments()).ok())
        .map(|node| node.position())
        .collect();
    excluded.sort_unstable();
    let mut encoder = Encoder { hash: Sha256::new(), excluded };
    encoder.hash.update(b"hookstage.canonical.v1\0");
    // Leaving out everything leaves an empty document, not the hash of a null.
    if encoder.counts(&document.root()) {
        encoder.node(document.root());
    }
    encoder.hash.finalize().into()
}

struct Encoder {
    hash: Sha256,
    excluded: Vec<u32>,
}

impl Encoder {
    fn counts(&self, node: &Node<'_, '_>) -> bool {
        self.excluded.binary_search(&node.position()).is_err()
    }

    /// Recursion is bounded by the reader's depth limit.
    fn node(&mut self, node: Node<'_, '_>) {
        match node.kind() {
            Kind::Null => self.token(b'n', b""),
            Kind::Bool => self.token(b'b', node.raw().as_bytes()),
            Kind::Number => {
                let key = decimal_key(node.raw()).unwrap_or_default();
                self.token(b'd', key.as_bytes());
            }
            Kind::String => self.token(b's', node.text().unwrap_or_default().as_bytes()),
            Kind::Array => {
                let items: Vec<_> = node.children().filter(|item| self.counts(item)).collect();
                self.head(b'a', items.len());
                for item in items {
                    self.node(item);
                }
            }
            Kind::Object => {
                let mut members: Vec<_> = node
                    .children()
                    .filter(|member| self.counts(member))
                    .map(|member| (member.key().unwrap_or_default(), member))
                    .collect();
                members.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
                self.head(b'o', members.len());
                for (key, member) in members {
                    self.token(b'k', key.as_bytes());
                    self.node(member);
                }
            }
        }
    }

    fn token(&mut self, tag: u8, bytes: &[u8]) {
        self.head(tag, bytes.len());
        self.hash.update(bytes);
    }

    fn head(&mut self, tag: u8, length: usize) {
        let mut head = [tag, 0, 0, 0, 0, 0, 0, 0, 0];
        head[1..].copy_from_slice(&(length as u64).to_be_bytes());
        self.hash.update(head);
    }
}
