//! Rows as the arrays that one statement unnests: a statement for all of them costs the server one
//! plan and one turn, however many there are.

use tokio_postgres::types::ToSql;

use super::fault::{Fallible, too_large};
use crate::history::HistoryRow;
use crate::store::packed::{pack_headers, pack_hints};

/// What a statement takes.
pub(super) type Parameters<'p> = Vec<&'p (dyn ToSql + Sync)>;

/// One value of each item.
pub(super) fn column<'a, T, C>(items: &'a [T], of: impl Fn(&'a T) -> C) -> Vec<C> {
    items.iter().map(of).collect()
}

/// As [`column()`], and no array at all where no item has a value: it need not be sent and read.
pub(super) fn sparse<'a, T, C>(
    items: &'a [T],
    of: impl Fn(&'a T) -> Option<C>,
) -> Option<Vec<Option<C>>> {
    let column = column(items, of);
    column.iter().any(Option::is_some).then_some(column)
}

/// The generation as the column has it: the whole unsigned range, in order, in a signed number.
pub(super) const fn generation_number(generation: u64) -> i64 {
    (generation ^ (1 << 63)).cast_signed()
}

/// The columns of history rows that do not depend on what became of the delivery.
pub(super) struct HistoryColumns<'a> {
    times: Vec<i64>,
    reasons: Option<Vec<Option<&'a [u8]>>>,
    details: Option<Vec<Option<&'a [u8]>>>,
    statuses: Vec<i32>,
    headers: Vec<Vec<u8>>,
    lengths: Option<Vec<Option<i64>>>,
    hashes: Option<Vec<Option<&'a [u8]>>>,
    remotes: Option<Vec<Option<String>>>,
    correlations: Option<Vec<Option<&'a [u8]>>>,
    key_indexes: Option<Vec<Option<i16>>>,
    counts: Vec<i64>,
    durations: Option<Vec<Option<i64>>>,
    skews: Option<Vec<Option<i64>>>,
    hints: Option<Vec<Option<Vec<u8>>>>,
}

impl<'a> HistoryColumns<'a> {
    pub(super) fn of(rows: &[&'a HistoryRow]) -> Fallible<Self> {
        let headers = rows
            .iter()
            .map(|row| {
                let lines =
                    row.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
                pack_headers(lines).ok_or_else(|| too_large("header list of the history row"))
            })
            .collect::<Fallible<_>>()?;
        Ok(Self {
            times: column(rows, |row| row.at.as_unix_millis()),
            reasons: sparse(rows, |row| row.reason.as_deref().map(str::as_bytes)),
            details: sparse(rows, |row| row.detail.as_deref().map(str::as_bytes)),
            statuses: column(rows, |row| i32::from(row.status)),
            headers,
            lengths: sparse(rows, |row| row.body_length.map(u64::cast_signed)),
            hashes: sparse(rows, |row| row.body_sha256.as_ref().map(|hash| &hash[..])),
            remotes: sparse(rows, |row| row.remote.map(|address| address.to_string())),
            correlations: sparse(rows, |row| row.correlation_id.as_deref().map(str::as_bytes)),
            key_indexes: sparse(rows, |row| row.key_index.map(i16::from)),
            counts: column(rows, |row| row.count.cast_signed()),
            durations: sparse(rows, |row| row.took_millis.map(u64::cast_signed)),
            skews: sparse(rows, |row| row.skew_millis),
            hints: sparse(rows, |row| pack_hints(&row.hints).map(String::into_bytes)),
        })
    }

    /// In the order of the fields.
    pub(super) fn parameters(&self) -> Parameters<'_> {
        vec![
            &self.times,
            &self.reasons,
            &self.details,
            &self.statuses,
            &self.headers,
            &self.lengths,
            &self.hashes,
            &self.remotes,
            &self.correlations,
            &self.key_indexes,
            &self.counts,
            &self.durations,
            &self.skews,
            &self.hints,
        ]
    }
}
