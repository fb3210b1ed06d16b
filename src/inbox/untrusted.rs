//! Text that a sender wrote.

use std::fmt;

use serde::Serialize;

/// Text that a sender wrote: a value, a key, an event type, a header.
///
/// It has no `Display`, so it cannot end up in markup unseen. [`html`](Self::html) escapes it,
/// [`visible`](Self::visible) shows what hides in it, and [`raw`](Self::raw) says in the host's
/// code that the text is taken as it came.
///
/// ```
/// use hookstage::inbox::Untrusted;
///
/// let text = Untrusted::new("\"><img src=x onerror=alert(1)>");
/// assert_eq!(text.html().to_string(), "&quot;&gt;&lt;img src=x onerror=alert(1)&gt;");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Untrusted(String);

impl Untrusted {
    /// Marks a text as a sender's.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text as it came: for JSON, for text nodes of a DOM, for comparisons. Never for markup.
    #[must_use]
    pub fn raw(&self) -> &str {
        &self.0
    }

    /// The text escaped for element content and for quoted attribute values of HTML.
    ///
    /// It is no protection where HTML means more than text: in an `href`, a `style`, a script or an
    /// attribute without quotes, a sender's text has no place at all.
    #[must_use]
    pub fn html(&self) -> Html<'_> {
        Html(&self.0)
    }

    /// The text with everything written out that hides or reorders others on a screen: control
    /// characters, bidirectional controls (CVE-2021-42574) and zero-width marks.
    #[must_use]
    pub fn visible(&self) -> String {
        let mut visible = String::with_capacity(self.0.len());
        for character in self.0.chars() {
            if character.is_control() || hides(character) {
                visible.extend(character.escape_unicode());
            } else {
                visible.push(character);
            }
        }
        visible
    }

    /// Whether there is no text.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

const fn hides(character: char) -> bool {
    matches!(
        character,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

/// [`Untrusted`] text, escaped while it is printed.
#[derive(Clone, Copy, Debug)]
pub struct Html<'a>(&'a str);

impl fmt::Display for Html<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0;
        while let Some(at) = rest.find(['&', '<', '>', '"', '\'', '`', '\0']) {
            f.write_str(&rest[..at])?;
            f.write_str(match rest.as_bytes()[at] {
                b'&' => "&amp;",
                b'<' => "&lt;",
                b'>' => "&gt;",
                b'"' => "&quot;",
                b'\'' => "&#39;",
                b'`' => "&#96;",
                // NUL is no character of HTML; parsers put this in its place.
                _ => "\u{fffd}",
            })?;
            rest = &rest[at + 1..];
        }
        f.write_str(rest)
    }
}
