//! Pages of the inbox, on both faces.

use super::{BlockingEngine, Engine};
use crate::inbox::{InboxError, Page, Pager, View};

impl Engine {
    /// One page of an inbox, newest first, behind the page that `after` is the token of. What comes
    /// in meanwhile moves nothing: it stands on the first page.
    ///
    /// # Errors
    ///
    /// A token of another list, and a fault of the store.
    pub async fn inbox(&self, view: &View, after: Option<&str>) -> Result<Page, InboxError> {
        let mut pager = Pager::new(view, after)?;
        while let Some((place, limit)) = pager.wants() {
            pager.take(&self.list(&view.filter, place, limit).await?);
        }
        Ok(pager.finish())
    }
}

impl BlockingEngine {
    /// See [`Engine::inbox`].
    ///
    /// # Errors
    ///
    /// A token of another list, and a fault of the store.
    pub fn inbox(&self, view: &View, after: Option<&str>) -> Result<Page, InboxError> {
        let mut pager = Pager::new(view, after)?;
        while let Some((place, limit)) = pager.wants() {
            pager.take(&self.list(&view.filter, place, limit)?);
        }
        Ok(pager.finish())
    }
}
