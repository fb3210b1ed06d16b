//! Secrets that were stored wrongly, taken in another form, or are those of another source.

use std::borrow::Cow;

use super::{Search, changed, rules};
use crate::scheme::description::{Description, Hash, KeyForm, text};
use crate::scheme::list;
use crate::secret::Secret;

/// What dashboards write before a secret, and people keep or drop.
const PREFIXES: [&str; 3] = ["v1,whsec_", "whsec_", "Bearer "];

impl Search<'_> {
    pub(super) fn keys(&mut self, scheme: &Description) {
        for index in 0..self.subject.keys.len() {
            self.stored_text(scheme, index);
        }
        self.key_forms(scheme);
        for (name, key) in self.subject.other_keys {
            let Ok(key) = Secret::from_bytes(key.expose().to_vec()) else { continue };
            if self.matches_with(scheme, key) {
                self.hint("other_key", format!("The delivery is signed with the secret of {name}; configure that secret here, or send it there."));
            }
        }
    }

    /// What is stored, less or more than what the sender has.
    fn stored_text(&mut self, scheme: &Description, index: usize) {
        let subject = self.subject;
        let Some(key) = subject.keys.get(index) else { return };
        let Ok(stored) = std::str::from_utf8(key.expose()) else { return };
        if stored.starts_with("-----BEGIN ") {
            return;
        }
        let without = [
            (Cow::Borrowed(stored.trim()), "the white space around it"),
            (
                Cow::Owned(stored.split_whitespace().collect::<String>()),
                "the white space inside it",
            ),
            (Cow::Borrowed(stored.trim_matches(['"', '\'', '`'])), "the quotes around it"),
            (
                Cow::Borrowed(stored.split_once('=').map_or("", |(_, rest)| rest)),
                "what stands before the equals sign",
            ),
            (Cow::Borrowed(stored.trim_start_matches('\u{feff}')), "the byte order mark before it"),
            (
                Cow::Owned(stored.to_lowercase()),
                "its capital letters (it is stored with others than the sender has)",
            ),
        ];
        for (candidate, what) in without {
            if self.is_other_key(scheme, stored, &candidate) {
                self.hint("key", format!("keys[{index}] would match without {what}; store the secret exactly as the dashboard shows it."));
                return;
            }
        }
        for prefix in PREFIXES {
            let bare = stored.strip_prefix(prefix).unwrap_or_default();
            if self.is_other_key(scheme, stored, bare) {
                self.hint("key", format!("keys[{index}] would match without \"{prefix}\" before it; store it without."));
                return;
            }
            if self.is_other_key(scheme, stored, &format!("{prefix}{stored}")) {
                self.hint("key", format!("keys[{index}] would match with \"{prefix}\" before it; store the whole text that the dashboard shows."));
                return;
            }
        }
        // A `Secret` cannot end in white space, the sender's copy can.
        for (before, after, what) in [
            ("", "\n", "a newline at its end"),
            ("", "\r\n", "a line break at its end"),
            ("", " ", "a space at its end"),
            (" ", "", "a space before it"),
        ] {
            let form = KeyForm::Wrapped { before: text(before), after: text(after) };
            if rules(scheme).iter().all(|rule| rule.key == KeyForm::Text)
                && self.matches(&with_key(scheme, &form))
            {
                self.hint("key", format!("keys[{index}] would match with {what}: the sender's own copy has it; save the secret there again."));
                return;
            }
        }
    }

    fn is_other_key(&mut self, scheme: &Description, stored: &str, candidate: &str) -> bool {
        candidate != stored
            && Secret::new(candidate).is_ok_and(|secret| self.matches_with(scheme, secret))
    }

    /// The same text, taken as other bytes.
    fn key_forms(&mut self, scheme: &Description) {
        let forms = [
            (KeyForm::Text, "the text itself, prefix and all"),
            (
                KeyForm::Base64 { prefixes: list![text("v1,whsec_"), text("whsec_")] },
                "base64, behind whsec_ if that is there",
            ),
            (KeyForm::Hex, "hexadecimal digits"),
            (KeyForm::Hashed(Hash::Sha256), "its SHA-256 hash"),
        ];
        for (form, what) in forms {
            let is_own = rules(scheme).iter().any(|rule| rule.key == form);
            if !is_own && self.matches(&with_key(scheme, &form)) {
                self.hint("key_form", format!("The secret would match if it were taken as {what}; choose the scheme that takes it so, or the sender's other secret."));
            }
        }
    }
}

fn with_key(description: &Description, form: &KeyForm) -> Description {
    changed(description, |rule| rule.key = form.clone())
}
