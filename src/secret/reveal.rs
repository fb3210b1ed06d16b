//! What is shown once.

use std::fmt;

use zeroize::Zeroizing;

/// The text of a secret or token that was just made, to be shown once: showing it uses it up, and
/// it is wiped either way.
///
/// It has no `Clone`, `Display` or `Serialize`, and its `Debug` shows nothing.
///
/// ```compile_fail
/// # use hookstage::{Entropy, SecretFormat};
/// # let bytes: Vec<u8> = (0..32).map(|byte| byte * 7).collect();
/// # let entropy = Entropy::new(bytes).unwrap();
/// let (secret, shown) = SecretFormat::standard_webhooks().generate(entropy);
/// shown.reveal(|text| println!("{text}"));
/// shown.reveal(|text| println!("{text}")); // it is gone
/// ```
#[must_use = "what nobody was shown, nobody can configure"]
pub struct Reveal(Zeroizing<String>);

impl Reveal {
    pub(crate) const fn new(text: Zeroizing<String>) -> Self {
        Self(text)
    }

    /// Hands the text to whoever shows it, and wipes it when they are done.
    pub fn reveal<T>(self, show: impl FnOnce(&str) -> T) -> T {
        show(&self.0)
    }
}

impl fmt::Debug for Reveal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reveal(..)")
    }
}
