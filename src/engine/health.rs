//! The health of a source, read page by page.

use super::{BlockingEngine, Engine};
use crate::clock::Timestamp;
use crate::error::Error;
use crate::history::{Health, HealthRequest, HistoryRow, Sum};
use crate::store::{Cursor, HistoryFilter, MAX_PAGE};

impl Engine {
    /// How a source is doing, by its history. It reads at most as many rows as the request says,
    /// newest first, and [`Health::cut_at`] says where it stopped.
    ///
    /// # Errors
    ///
    /// A fault of the store.
    pub async fn health(&self, request: &HealthRequest) -> Result<Health, Error> {
        let mut reading = Reading::new(request);
        while let Some((filter, after, limit)) = reading.next_page() {
            let page = self.history(filter, after, limit).await?;
            reading.take(&page);
        }
        Ok(reading.health())
    }
}

impl BlockingEngine {
    /// See [`Engine::health`].
    ///
    /// # Errors
    ///
    /// A fault of the store.
    pub fn health(&self, request: &HealthRequest) -> Result<Health, Error> {
        let mut reading = Reading::new(request);
        while let Some((filter, after, limit)) = reading.next_page() {
            let page = self.history(filter, after, limit)?;
            reading.take(&page);
        }
        Ok(reading.health())
    }
}

/// A health that is being read.
struct Reading {
    filter: HistoryFilter,
    sum: Sum,
    left: usize,
    asked: usize,
    after: Option<Cursor>,
    oldest: Option<Timestamp>,
    is_done: bool,
}

impl Reading {
    fn new(request: &HealthRequest) -> Self {
        let mut filter = HistoryFilter::tenant(request.source.tenant());
        filter.source = Some(request.source.clone());
        filter.since = Some(request.since);
        filter.until = request.until;
        Self {
            filter,
            sum: Sum::default(),
            left: request.max_rows.max(1),
            asked: 0,
            after: None,
            oldest: None,
            is_done: false,
        }
    }

    /// What to read next. One row beyond the bound is asked for: only so is it known whether there
    /// are more.
    fn next_page(&mut self) -> Option<(&HistoryFilter, Option<Cursor>, usize)> {
        if self.is_done {
            return None;
        }
        self.asked = self.left.saturating_add(1).min(MAX_PAGE);
        Some((&self.filter, self.after, self.asked))
    }

    fn take(&mut self, page: &[(Cursor, HistoryRow)]) {
        for (place, row) in page {
            if self.left == 0 {
                self.is_done = true;
                return;
            }
            self.left -= 1;
            self.sum.add(row);
            self.after = Some(*place);
            self.oldest = Some(row.at);
        }
        if page.len() < self.asked {
            self.is_done = true;
            self.oldest = None;
        }
    }

    /// What was read; cut off where the bound was passed.
    fn health(self) -> Health {
        self.sum.cut(self.oldest)
    }
}
