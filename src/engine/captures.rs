//! Opening, confirming and closing the sample tunnels of sources.

use super::path::Backend;
use super::{BlockingEngine, Engine};
use crate::admit::takes_body;
use crate::capture::{self, Capture, CaptureRule};
use crate::clock::Timestamp;
use crate::error::Error;
use crate::source::{Source, SourceId};
use crate::store::{Put, StoreError, StoreErrorKind, block_on};

impl Engine {
    /// What a source has learnt, and its tunnel.
    ///
    /// # Errors
    ///
    /// A fault of the store.
    pub async fn capture(&self, source: &SourceId) -> Result<Capture, Error> {
        Ok(read(&self.at(self.now()), source).await?.0)
    }

    /// Opens the tunnel of a source: the next genuine delivery with a body of JSON is its sample,
    /// and nothing else. If it is open, its time starts again.
    ///
    /// # Errors
    ///
    /// A fault of the store, and a source whose policy captures no samples.
    pub async fn open_capture(&self, source: &Source) -> Result<Capture, Error> {
        let now = self.now();
        Ok(open(&self.at(now), source, now).await?)
    }

    /// Takes a body that a person pasted as the sample, as if it had come through the tunnel.
    /// Nothing, if the source would refuse it: it is no JSON, larger than the source takes, or lacks
    /// what the policy asks of a body.
    ///
    /// # Errors
    ///
    /// A fault of the store, and a source whose policy captures no samples.
    pub async fn inject_sample(
        &self,
        source: &Source,
        body: &[u8],
    ) -> Result<Option<Capture>, Error> {
        let now = self.now();
        Ok(inject(&self.at(now), source, body, now).await?)
    }

    /// Makes the sample of a session count that waits. Nothing, if another session has begun or no
    /// sample waits.
    ///
    /// # Errors
    ///
    /// A fault of the store.
    pub async fn confirm_capture(
        &self,
        source: &SourceId,
        session: u64,
    ) -> Result<Option<Capture>, Error> {
        Ok(change(&self.at(self.now()), source, |capture| capture.confirm(session)).await?)
    }

    /// Closes the tunnel and drops the sample that waits.
    ///
    /// # Errors
    ///
    /// A fault of the store.
    pub async fn discard_capture(&self, source: &SourceId) -> Result<(), Error> {
        change(&self.at(self.now()), source, |capture| Some(capture.close().discard())).await?;
        Ok(())
    }
}

impl BlockingEngine {
    /// See [`Engine::capture`].
    ///
    /// # Errors
    ///
    /// A fault of the store.
    pub fn capture(&self, source: &SourceId) -> Result<Capture, Error> {
        Ok(block_on(read(&self.at(self.now()), source))?.0)
    }

    /// See [`Engine::open_capture`].
    ///
    /// # Errors
    ///
    /// A fault of the store, and a source whose policy captures no samples.
    pub fn open_capture(&self, source: &Source) -> Result<Capture, Error> {
        let now = self.now();
        Ok(block_on(open(&self.at(now), source, now))?)
    }

    /// See [`Engine::inject_sample`].
    ///
    /// # Errors
    ///
    /// A fault of the store, and a source whose policy captures no samples.
    pub fn inject_sample(&self, source: &Source, body: &[u8]) -> Result<Option<Capture>, Error> {
        let now = self.now();
        Ok(block_on(inject(&self.at(now), source, body, now))?)
    }

    /// See [`Engine::confirm_capture`].
    ///
    /// # Errors
    ///
    /// A fault of the store.
    pub fn confirm_capture(
        &self,
        source: &SourceId,
        session: u64,
    ) -> Result<Option<Capture>, Error> {
        Ok(block_on(change(&self.at(self.now()), source, |capture| capture.confirm(session)))?)
    }

    /// See [`Engine::discard_capture`].
    ///
    /// # Errors
    ///
    /// A fault of the store.
    pub fn discard_capture(&self, source: &SourceId) -> Result<(), Error> {
        let discard = |capture: Capture| Some(capture.close().discard());
        block_on(change(&self.at(self.now()), source, discard))?;
        Ok(())
    }
}

async fn open(
    backend: &impl Backend,
    source: &Source,
    now: Timestamp,
) -> Result<Capture, StoreError> {
    let rule = rule(source)?;
    let opened = change(backend, source.id(), |capture| Some(capture.open(rule, now))).await?;
    Ok(opened.unwrap_or_default())
}

async fn inject(
    backend: &impl Backend,
    source: &Source,
    body: &[u8],
    now: Timestamp,
) -> Result<Option<Capture>, StoreError> {
    let rule = rule(source)?;
    if body.len() as u64 > source.body_limit() || !takes_body(source, body) {
        return Ok(None);
    }
    let options = source.read_options();
    change(backend, source.id(), |capture| capture.open(rule, now).absorb(body, options, now)).await
}

fn rule(source: &Source) -> Result<CaptureRule, StoreError> {
    source.policy().capture.ok_or_else(|| {
        StoreError::new(StoreErrorKind::Other, "the policy of this source captures no samples")
    })
}

/// Changes the capture of a source as a whole, again if another was faster.
async fn change(
    backend: &impl Backend,
    source: &SourceId,
    change: impl Fn(Capture) -> Option<Capture> + Send,
) -> Result<Option<Capture>, StoreError> {
    loop {
        let (capture, version) = read(backend, source).await?;
        let Some(changed) = change(capture) else { return Ok(None) };
        if let Put::Done { .. } = backend.put_if(changed.put(source, version)).await? {
            return Ok(Some(changed));
        }
    }
}

async fn read(
    backend: &impl Backend,
    source: &SourceId,
) -> Result<(Capture, Option<u64>), StoreError> {
    let state = backend.state(capture::NAMESPACE, &capture::key(source)).await?;
    let capture = Capture::read(state.as_ref()).ok_or_else(|| {
        StoreError::new(StoreErrorKind::Corrupt, "the capture of a source cannot be understood")
    })?;
    Ok((capture, state.map(|state| state.version)))
}
