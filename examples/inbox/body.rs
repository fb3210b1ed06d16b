//! Reads a body no further than the source allows, and no longer than the operator allows.

use std::pin::Pin;
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};

/// What became of a body.
pub(crate) enum Received {
    Whole(Vec<u8>),
    /// It ran over the limit; nothing beyond it was kept.
    TooLarge(Body),
    /// The sender hung up, or what it sent is no HTTP.
    Broken,
    /// It took too long.
    Late,
}

/// Reads at most `limit` bytes within `patience`.
pub(crate) async fn read(mut body: Body, limit: u64, patience: Duration) -> Received {
    // The length that the sender announced, if it did.
    if body.size_hint().lower() > limit {
        return Received::TooLarge(body);
    }
    match tokio::time::timeout(patience, collect(&mut body, limit)).await {
        Ok(Ok(Some(bytes))) => Received::Whole(bytes),
        Ok(Ok(None)) => Received::TooLarge(body),
        Ok(Err(_)) => Received::Broken,
        Err(_) => Received::Late,
    }
}

/// Reads on for a little, so that a sender that is still writing gets to read its answer: closing a
/// socket with unread bytes makes the system discard the answer with them.
pub(crate) fn drain(mut body: Body) {
    const MOST: u64 = 4 * 1024 * 1024;
    const PATIENCE: Duration = Duration::from_secs(2);
    tokio::spawn(async move {
        let mut left = MOST;
        let reading = async {
            while let Some(Ok(data)) = next(&mut body).await {
                left = left.saturating_sub(data.len() as u64);
                if left == 0 {
                    break;
                }
            }
        };
        let _ = tokio::time::timeout(PATIENCE, reading).await;
    });
}

/// The bytes, or nothing if there are more than `limit`.
async fn collect(body: &mut Body, limit: u64) -> Result<Option<Vec<u8>>, axum::Error> {
    let announced = body.size_hint().lower();
    let mut bytes = Vec::with_capacity(usize::try_from(announced).unwrap_or_default());
    while let Some(data) = next(body).await {
        let data = data?;
        if (bytes.len() as u64).saturating_add(data.len() as u64) > limit {
            return Ok(None);
        }
        bytes.extend_from_slice(&data);
    }
    Ok(Some(bytes))
}

/// The next bytes; trailers are no part of a body.
async fn next(body: &mut Body) -> Option<Result<Bytes, axum::Error>> {
    loop {
        let frame =
            std::future::poll_fn(|context| Pin::new(&mut *body).poll_frame(context)).await?;
        match frame.map(hyper::body::Frame::into_data) {
            Ok(Ok(data)) => return Some(Ok(data)),
            Ok(Err(_trailers)) => {}
            Err(error) => return Some(Err(error)),
        }
    }
}
