//! Which key senders use: whether a rotation can be ended.

use super::record::KeyView;
use super::view::LoadedSource;
use crate::clock::Timestamp;
use crate::history::HistoryRow;

/// How many deliveries each key of a source matched since its keys last changed: the way to see
/// whether a sender has taken up its new secret, before the old one ends.
///
/// ```
/// use hookstage::store::{HistoryFilter, MemoryStore};
/// use hookstage::{BlockingEngine, SourceConfig, SourceId, providers};
/// use hookstage::sources::{BlockingSources, KeyUse};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let engine = BlockingEngine::new(MemoryStore::new());
/// let sources = BlockingSources::of(&engine);
/// sources.create(SourceConfig::preset("acme", "forms", &providers::UNSIGNED))?;
///
/// let loaded = sources.load(&SourceId::new("acme", "forms")?.into())?.unwrap();
/// let mut filter = HistoryFilter::tenant("acme");
/// filter.source = Some(loaded.source.id().clone());
/// filter.since = Some(loaded.stored.keys_since());
/// let rows = engine.history(&filter, None, 1000)?;
/// let usage = KeyUse::of(&loaded, rows.iter().map(|(_, row)| row));
/// assert_eq!(usage.share_on_old_keys(), None, "nothing has come yet");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeyUse {
    /// Since when deliveries are counted: when a key was last put in or taken away.
    pub since: Timestamp,
    /// The keys, newest first.
    pub keys: Vec<UsedKey>,
    /// Deliveries that matched a key which the source does not have: rows of another process that
    /// had not read the change yet.
    pub others: u64,
}

/// A key and how it is used.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UsedKey {
    /// The key.
    pub key: KeyView,
    /// How many deliveries matched it, duplicates included.
    pub deliveries: u64,
    /// When the last of them was judged.
    pub last: Option<Timestamp>,
}

impl KeyUse {
    /// Counts over history rows in any order. Rows of other sources, rows from before the keys last
    /// changed or from that millisecond, and rows of deliveries that matched no key are passed over.
    pub fn of<'r>(loaded: &LoadedSource, rows: impl IntoIterator<Item = &'r HistoryRow>) -> Self {
        let since = loaded.stored.keys_since();
        let mut keys: Vec<UsedKey> = loaded
            .stored
            .keys()
            .iter()
            .map(|key| UsedKey { key: key.clone(), deliveries: 0, last: None })
            .collect();
        let mut others = 0_u64;
        for row in rows {
            let Some(index) = row.key_index else { continue };
            // At that very moment, the place of a key could still be that of before.
            if row.at <= since || row.source != *loaded.source.id() {
                continue;
            }
            let given = loaded.source.verifier().given_key(index);
            match given.and_then(|given| keys.get_mut(given)) {
                Some(used) => {
                    used.deliveries = used.deliveries.saturating_add(row.count);
                    used.last = used.last.max(Some(row.at));
                }
                None => others = others.saturating_add(row.count),
            }
        }
        Self { since, keys, others }
    }

    /// The part of all counted deliveries, 0 to 1, that matched another key than the newest;
    /// nothing if nothing was counted.
    #[must_use]
    pub fn share_on_old_keys(&self) -> Option<f64> {
        let old: u64 = self.keys.iter().skip(1).map(|used| used.deliveries).sum();
        let all = old + self.keys.first().map_or(0, |used| used.deliveries);
        (all > 0).then(|| old as f64 / all as f64)
    }
}
