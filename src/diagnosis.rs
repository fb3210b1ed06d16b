//! Which sources an operator is diagnosing just now: one value in small state, so that every
//! process of a host learns it with one look.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::source::SourceId;
use crate::store::{PutState, State};

/// The longest that a diagnosis stays open: whoever forgot to close it should not pay for ever.
pub(crate) const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// The sources that can be diagnosed at the same time, over all tenants.
const MAX_OPEN: usize = 64;

pub(crate) const NAMESPACE: &str = "diagnosis";
pub(crate) const KEY: &str = "open";

/// The diagnoses that are open, and until when.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Diagnoses(Vec<Window>);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Window {
    source: SourceId,
    until: Timestamp,
}

impl Diagnoses {
    /// With the window of a source, instead of the one that it had. Nothing, if as many are open
    /// as there can be.
    pub(crate) fn open(
        mut self,
        source: &SourceId,
        until: Timestamp,
        now: Timestamp,
    ) -> Option<Self> {
        self.0.retain(|window| window.source != *source && now < window.until);
        if self.0.len() >= MAX_OPEN {
            return None;
        }
        self.0.push(Window { source: source.clone(), until });
        Some(self)
    }

    /// Without the window of a source.
    pub(crate) fn close(mut self, source: &SourceId) -> Self {
        self.0.retain(|window| window.source != *source);
        self
    }

    /// When the window of a source ends, if it is open at `now`.
    pub(crate) fn until(&self, source: &SourceId, now: Timestamp) -> Option<Timestamp> {
        let window = self.0.iter().find(|window| window.source == *source)?;
        (now < window.until).then_some(window.until)
    }

    /// What is kept in small state; nothing if it cannot be understood.
    pub(crate) fn read(state: Option<&State>) -> Option<Self> {
        let Some(state) = state else { return Some(Self::default()) };
        let kept: Kept = serde_json::from_slice(&state.bytes).ok()?;
        (kept.v == 1).then_some(Self(kept.windows))
    }

    pub(crate) fn put(&self, expected: Option<u64>) -> PutState {
        let kept = Kept { v: 1, windows: self.0.clone() };
        PutState {
            namespace: NAMESPACE.to_owned(),
            key: KEY.to_owned(),
            expected,
            bytes: serde_json::to_vec(&kept).ok(),
            expires: self.0.iter().map(|window| window.until).max(),
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Kept {
    v: u8,
    windows: Vec<Window>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(number: usize) -> SourceId {
        SourceId::new("acme", &format!("s-{number}")).unwrap()
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_unix_seconds(seconds)
    }

    #[test]
    fn windows_end_by_themselves_and_make_room() {
        let mut open = Diagnoses::default();
        for number in 0..MAX_OPEN {
            open = open.open(&source(number), at(10), at(0)).unwrap();
        }
        assert!(open.clone().open(&source(64), at(10), at(9)).is_none(), "all are open");
        assert!(open.clone().open(&source(3), at(99), at(9)).is_some(), "one of them goes on");
        let later = open.clone().open(&source(64), at(20), at(10)).unwrap();
        assert_eq!(later.0.len(), 1);
        assert_eq!(open.until(&source(3), at(9)), Some(at(10)));
        assert_eq!(open.until(&source(3), at(10)), None);
        assert_eq!(open.close(&source(3)).until(&source(3), at(9)), None);
    }

    /// The form that running hosts have kept; it is read for ever.
    #[test]
    fn the_stored_form_is_version_1() {
        let open = Diagnoses::default().open(&source(1), at(10), at(0)).unwrap();
        let text =
            br#"{"v":1,"windows":[{"source":{"tenant":"acme","source":"s-1"},"until":10000}]}"#;
        let put = open.put(Some(7));
        assert_eq!(put.bytes.as_deref(), Some(text.as_slice()));
        assert_eq!((put.expected, put.expires), (Some(7), Some(at(10))));
        let state = |bytes: &[u8]| State { version: 7, bytes: bytes.to_vec() };
        assert_eq!(Diagnoses::read(Some(&state(text))), Some(open));
        assert_eq!(Diagnoses::read(Some(&state(br#"{"v":2,"windows":[]}"#))), None);
        assert_eq!(Diagnoses::read(None), Some(Diagnoses::default()));
    }
}
