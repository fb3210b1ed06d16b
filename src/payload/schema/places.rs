//! Whether a schema knows a place.

use super::Schema;
use super::shape::NONE;
use crate::json::{Path, Segment};

impl Schema {
    /// Whether some sample held something there, null included. A schema that was cut at its limits
    /// cannot tell, and says yes.
    ///
    /// ```
    /// use hookstage::json::{Document, Path, ReadOptions};
    /// use hookstage::payload::{Schema, SchemaOptions};
    ///
    /// let mut schema = Schema::new(SchemaOptions::default());
    /// let sample = br#"{"items":[{"sku":"x"}]}"#;
    /// schema.learn(&Document::read(sample, &ReadOptions::default())?);
    /// assert!(schema.has(&Path::parse("items[3].sku").unwrap()));
    /// assert!(!schema.has(&Path::parse("items[3].price").unwrap()));
    /// # Ok::<(), hookstage::json::Error>(())
    /// ```
    #[must_use]
    pub fn has(&self, path: &Path) -> bool {
        self.has_at(path.segments())
    }

    pub(crate) fn has_at(&self, segments: &[Segment]) -> bool {
        self.is_truncated() || (self.samples > 0 && self.is_below(0, segments))
    }

    /// Recursion is bounded by the length of the path.
    fn is_below(&self, at: u32, segments: &[Segment]) -> bool {
        let Some((segment, rest)) = segments.split_first() else { return true };
        let Some(shape) = self.shapes.all.get(at as usize) else { return false };
        let item = || shape.items.0 != NONE && self.is_below(shape.items.0, rest);
        let member = |key: &str| {
            let named = self.shapes.members(shape).find(|(name, _)| &**name == key);
            named.is_some_and(|(_, member)| self.is_below(member, rest))
                || (shape.others.0 != NONE && self.is_below(shape.others.0, rest))
        };
        match segment {
            Segment::Key(key) => member(key),
            Segment::Index(_) => item(),
            Segment::KeyOrIndex(number) => item() || member(&number.to_string()),
        }
    }
}
