//! Shared commits: drafts that arrive while a commit is under way go together into the next one.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use deadpool_postgres::Pool;
use tokio::sync::{Notify, oneshot};

use super::fault::Fallible;
use super::staging::{self, Item};
use crate::clock::Timestamp;
use crate::event::Draft;
use crate::store::{Staged, StoreError, StoreErrorKind};

/// How many commits may be under way at once: more make batches smaller, fewer leave the server
/// idle between a commit and the next batch.
const FLUSHERS: usize = 2;
/// The most rows that share a commit.
const BATCH_ROWS: usize = 256;
/// The most bytes of bodies that share a commit: from there on bandwidth is the limit.
const BATCH_BYTES: usize = 1 << 20;
/// How often a batch that the server rolled back for another's sake is tried.
const ATTEMPTS: usize = 4;

/// The queue of what waits for a commit.
#[derive(Default)]
pub(super) struct Queue {
    inside: Mutex<Inside>,
    filled: Notify,
    drained: Notify,
}

#[derive(Default)]
struct Inside {
    waiting: VecDeque<Job>,
    working: usize,
    flushers: usize,
    ended: bool,
}

struct Job {
    drafts: Vec<Draft>,
    now: Timestamp,
    reply: oneshot::Sender<Fallible<Vec<Staged>>>,
}

impl Queue {
    /// A queue with its flushers, as tasks of the runtime this is called in. They end with
    /// [`end`](Self::end).
    pub(super) fn start(pool: &Pool) -> Arc<Self> {
        let queue = Arc::new(Self::default());
        queue.lock().flushers = FLUSHERS;
        for _ in 0..FLUSHERS {
            let flusher = Flusher(Arc::clone(&queue));
            tokio::spawn(flusher.flush(pool.clone()));
        }
        queue
    }

    /// Puts drafts into one commit with others. They are in the queue when this returns.
    pub(super) fn submit(
        &self,
        drafts: Vec<Draft>,
        now: Timestamp,
    ) -> oneshot::Receiver<Fallible<Vec<Staged>>> {
        let (reply, answer) = oneshot::channel();
        let mut inside = self.lock();
        if inside.flushers > 0 {
            inside.waiting.push_back(Job { drafts, now, reply });
            drop(inside);
            self.filled.notify_one();
        }
        answer
    }

    /// Waits until nothing waits and no commit is under way.
    pub(super) async fn drain(&self) {
        loop {
            let drained = self.drained.notified();
            {
                let inside = self.lock();
                if inside.waiting.is_empty() && inside.working == 0 {
                    return;
                }
            }
            drained.await;
        }
    }

    /// The last handle is gone: the flushers finish what waits and end.
    pub(super) fn end(&self) {
        self.lock().ended = true;
        self.filled.notify_waiters();
        // For one that is just about to wait.
        self.filled.notify_one();
    }

    fn next_batch(&self) -> Vec<Job> {
        let mut inside = self.lock();
        let (mut rows, mut bytes) = (0_usize, 0_usize);
        let mut batch = Vec::new();
        while let Some(job) = inside.waiting.front() {
            rows = rows.saturating_add(job.drafts.len());
            let more = job.drafts.iter().map(|draft| draft.body.len());
            bytes = more.fold(bytes, usize::saturating_add);
            if !batch.is_empty() && (rows > BATCH_ROWS || bytes > BATCH_BYTES) {
                break;
            }
            batch.extend(inside.waiting.pop_front());
        }
        if !batch.is_empty() {
            inside.working += 1;
            if !inside.waiting.is_empty() {
                self.filled.notify_one();
            }
        }
        batch
    }

    fn lock(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One of the tasks that commit. When it goes, because it was told to or because its runtime ended,
/// it leaves nobody waiting.
struct Flusher(Arc<Queue>);

impl Flusher {
    async fn flush(self, pool: Pool) {
        let queue = &*self.0;
        loop {
            let batch = queue.next_batch();
            if batch.is_empty() {
                if queue.lock().ended {
                    queue.filled.notify_one();
                    return;
                }
                queue.filled.notified().await;
                continue;
            }
            let working = Working(queue);
            let outcome = commit(&pool, &batch).await;
            match outcome {
                Err(error) if batch.len() > 1 && !error.is_retryable() => {
                    // One draft is at fault; the others must not pay for it.
                    for job in batch {
                        let outcome = commit(&pool, std::slice::from_ref(&job)).await;
                        answer(vec![job], outcome);
                    }
                }
                outcome => answer(batch, outcome),
            }
            drop(working);
        }
    }
}

impl Drop for Flusher {
    fn drop(&mut self) {
        let mut inside = self.0.lock();
        inside.flushers = inside.flushers.saturating_sub(1);
        let left = if inside.flushers == 0 {
            std::mem::take(&mut inside.waiting)
        } else {
            VecDeque::new()
        };
        drop(inside);
        // Dropping a job tells whoever waits for it.
        drop(left);
        self.0.drained.notify_waiters();
        self.0.filled.notify_one();
    }
}

/// A batch that is under way.
struct Working<'q>(&'q Queue);

impl Drop for Working<'_> {
    fn drop(&mut self) {
        self.0.lock().working -= 1;
        self.0.drained.notify_waiters();
    }
}

async fn commit(pool: &Pool, batch: &[Job]) -> Fallible<Vec<Staged>> {
    let items: Vec<Item<'_>> =
        batch.iter().flat_map(|job| job.drafts.iter().map(|draft| (draft, job.now))).collect();
    let mut attempt = 1;
    loop {
        let outcome = match pool.get().await {
            Ok(client) => staging::stage(client, &items).await,
            Err(error) => Err(error.into()),
        };
        match outcome {
            Err(error) if error.kind() == StoreErrorKind::Busy && attempt < ATTEMPTS => {
                attempt += 1
            }
            outcome => return outcome,
        }
    }
}

fn answer(batch: Vec<Job>, outcome: Fallible<Vec<Staged>>) {
    match outcome {
        Ok(answers) => {
            let mut answers = answers.into_iter();
            for job in batch {
                let own = answers.by_ref().take(job.drafts.len()).collect();
                // Whoever dropped the future finds a duplicate when the sender tries again.
                let _ = job.reply.send(Ok(own));
            }
        }
        Err(error) => {
            for job in batch {
                let _ = job.reply.send(Err(error.clone()));
            }
        }
    }
}

/// The answer of a flusher, or what it means that it is gone.
pub(super) fn lost() -> StoreError {
    StoreError::new(
        StoreErrorKind::Unavailable,
        "the task that commits ended with its runtime; open the store in a runtime that runs",
    )
}
