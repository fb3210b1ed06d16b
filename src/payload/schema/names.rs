//! The names of members, kept together.

/// The names of all members, one after the other.
#[derive(Clone, Debug, Default)]
pub(super) struct Names(String);

/// A name among all names: one text for all of them, so that a name costs no allocation.
#[derive(Clone, Copy, Debug)]
pub(super) struct Name {
    start: u32,
    length: u32,
}

impl Names {
    /// For comparisons: names are in the order of their bytes.
    #[inline]
    pub(super) fn bytes(&self, name: Name) -> &[u8] {
        let start = name.start as usize;
        self.0.as_bytes().get(start..start + name.length as usize).unwrap_or_default()
    }

    pub(super) fn get(&self, name: Name) -> &str {
        let start = name.start as usize;
        self.0.get(start..start + name.length as usize).unwrap_or_default()
    }

    pub(super) fn add(&mut self, name: &str) -> Name {
        // Fewer than 2^31 bytes of keys come from one document, and schemas are small.
        let added = Name { start: self.0.len() as u32, length: name.len() as u32 };
        self.0.push_str(name);
        added
    }

    /// Room for so many bytes more.
    pub(super) fn reserve(&mut self, bytes: usize) {
        self.0.reserve(bytes);
    }

    /// Takes in the names of another set, and returns how far they move.
    pub(super) fn append(&mut self, other: &Self) -> u32 {
        let moved = self.0.len() as u32;
        self.0.push_str(&other.0);
        moved
    }
}

impl Name {
    /// The same name after its set was appended to another.
    pub(super) fn moved(self, by: u32) -> Self {
        Self { start: self.start + by, ..self }
    }
}
