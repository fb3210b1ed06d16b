//! Which events a reviewer looks for.

use crate::event::Event;
use crate::json::{Document, ReadOptions};

/// Words that an event must all hold, anywhere that a reviewer could read them: in its number, its
/// event type, its kept headers, and the keys and values of its body. Case does not count.
///
/// ```
/// use hookstage::inbox::Search;
///
/// assert!(Search::new("  ").is_none());
/// assert_eq!(Search::new("Ada  INVOICE").unwrap().words(), ["ada", "invoice"]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Search(Vec<String>);

impl Search {
    /// The longest text that is searched for, in characters; what is beyond is not looked at.
    pub const MAX_CHARACTERS: usize = 200;

    /// What a person typed; nothing if it holds no word.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let text: String = text.chars().take(Self::MAX_CHARACTERS).collect();
        let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
        (!words.is_empty()).then_some(Self(words))
    }

    /// The words, in lower case.
    #[must_use]
    pub fn words(&self) -> &[String] {
        &self.0
    }

    /// Whether an event holds all of them.
    #[must_use]
    pub fn matches(&self, event: &Event) -> bool {
        let mut missing: Vec<&str> = self.0.iter().map(String::as_str).collect();
        let mut see = |text: &str| {
            let text = text.to_lowercase();
            missing.retain(|word| !text.contains(word));
            missing.is_empty()
        };
        if see(&event.id.to_string()) || see(event.source.source()) {
            return true;
        }
        if event.event_type.as_deref().is_some_and(&mut see) {
            return true;
        }
        for (name, value) in &event.headers {
            if see(name) || see(&String::from_utf8_lossy(value)) {
                return true;
            }
        }
        // The texts that the body means, not the bytes that spell them: "é" may stand as \u00e9.
        match Document::read(&event.body, &ReadOptions::default()) {
            Ok(document) => document.nodes().any(|node| {
                node.key().is_some_and(|key| see(&key))
                    || match node.text() {
                        Some(text) => see(&text),
                        None => node.is_empty() && see(node.raw()),
                    }
            }),
            Err(_) => see(&String::from_utf8_lossy(&event.body)),
        }
    }
}
