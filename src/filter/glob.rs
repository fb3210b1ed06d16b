//! Wildcards without backtracking over more than one piece at a time.

/// A text that a `?` pattern is compared with must not be longer: such pieces are compared at
/// every place.
const MAX_TEXT_WITH_SINGLES: usize = 64 * 1024;

/// A compiled pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Glob {
    written: Box<str>,
    /// What stands between the stars.
    pieces: Vec<Piece>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Piece {
    text: String,
    /// The characters, `None` for any one, if there is such.
    singles: Option<Vec<Option<char>>>,
}

impl Glob {
    /// `None` if a backslash stands at the end.
    pub(super) fn compile(written: &str) -> Option<Self> {
        let mut pieces = Vec::new();
        let mut piece: Vec<Option<char>> = Vec::new();
        let mut characters = written.chars();
        while let Some(character) = characters.next() {
            match character {
                '*' => pieces.push(Piece::new(std::mem::take(&mut piece))),
                '?' => piece.push(None),
                '\\' => piece.push(Some(characters.next()?)),
                other => piece.push(Some(other)),
            }
        }
        pieces.push(Piece::new(piece));
        Some(Self { written: written.into(), pieces })
    }

    pub(super) fn written(&self) -> &str {
        &self.written
    }

    /// Whether the whole text fits. Every piece takes the first place it can have, which is the
    /// best for the pieces after it.
    pub(super) fn fits(&self, text: &str) -> bool {
        let singles = self.pieces.iter().any(|piece| piece.singles.is_some());
        if singles && text.len() > MAX_TEXT_WITH_SINGLES {
            return false;
        }
        let Some((first, rest)) = self.pieces.split_first() else { return text.is_empty() };
        let Some(mut text) = first.strip_from_start(text) else { return false };
        let Some((last, middle)) = rest.split_last() else { return text.is_empty() };
        for piece in middle {
            match piece.find(text) {
                Some(rest) => text = rest,
                None => return false,
            }
        }
        last.ends(text)
    }
}

impl Piece {
    fn new(characters: Vec<Option<char>>) -> Self {
        let text = characters.iter().flatten().collect();
        let singles = characters.contains(&None).then_some(characters);
        Self { text, singles }
    }

    fn strip_from_start<'t>(&self, text: &'t str) -> Option<&'t str> {
        let Some(singles) = &self.singles else { return text.strip_prefix(self.text.as_str()) };
        let mut characters = text.chars();
        for wanted in singles {
            let found = characters.next()?;
            if wanted.is_some_and(|wanted| wanted != found) {
                return None;
            }
        }
        Some(characters.as_str())
    }

    /// What follows the first place where the piece stands.
    fn find<'t>(&self, text: &'t str) -> Option<&'t str> {
        if self.singles.is_none() {
            let at = text.find(self.text.as_str())?;
            return text.get(at + self.text.len()..);
        }
        // A piece with a `?` in it is not empty, so it does not stand at the end.
        let mut starts = text.char_indices().filter_map(|(at, _)| text.get(at..));
        starts.find_map(|rest| self.strip_from_start(rest))
    }

    fn ends(&self, text: &str) -> bool {
        let Some(singles) = &self.singles else { return text.ends_with(self.text.as_str()) };
        let mut characters = text.chars().rev();
        singles.iter().rev().all(|wanted| {
            characters.next().is_some_and(|found| wanted.is_none_or(|wanted| wanted == found))
        })
    }
}
