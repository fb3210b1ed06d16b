//! Shared commits: drafts that arrive while a commit is under way go together into the next one.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use deadpool_postgres::{Client, Pool};
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
/// So few rows are not divided between two commits.
const UNDIVIDED_ROWS: usize = 8;
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
    /// The rows of those that wait.
    waiting_rows: usize,
    /// The rows that are in commits now.
    rows_under_way: usize,
    working: usize,
    flushers: usize,
    ended: bool,
}

impl Inside {
    /// The rows of the next batch: its share of all that is here, so that the server works at two
    /// batches at a time and never at one large one alone, with the others waiting for its commit.
    fn share(&self) -> usize {
        let all = self.waiting_rows.saturating_add(self.rows_under_way);
        all.div_ceil(FLUSHERS).clamp(UNDIVIDED_ROWS, BATCH_ROWS)
    }
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
            inside.waiting_rows = inside.waiting_rows.saturating_add(drafts.len());
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

    /// Lets everybody join who is about to: the senders that the last commit has answered are ready
    /// to run, and would each find a commit of its own otherwise. Nobody is waited for.
    async fn gather(&self) {
        let mut before = 0;
        loop {
            tokio::task::yield_now().await;
            let rows = self.lock().waiting_rows;
            if rows <= before || rows >= BATCH_ROWS {
                return;
            }
            before = rows;
        }
    }

    fn next_batch(&self) -> Option<Batch<'_>> {
        let mut inside = self.lock();
        let share = inside.share();
        let (mut rows, mut bytes) = (0_usize, 0_usize);
        let mut jobs = Vec::new();
        while let Some(job) = inside.waiting.front() {
            let more = rows.saturating_add(job.drafts.len());
            let bodies = job.drafts.iter().map(|draft| draft.body.len());
            bytes = bodies.fold(bytes, usize::saturating_add);
            if !jobs.is_empty() && (more > share || bytes > BATCH_BYTES) {
                break;
            }
            rows = more;
            jobs.extend(inside.waiting.pop_front());
        }
        if jobs.is_empty() {
            return None;
        }
        inside.working += 1;
        inside.waiting_rows = inside.waiting_rows.saturating_sub(rows);
        inside.rows_under_way = inside.rows_under_way.saturating_add(rows);
        if !inside.waiting.is_empty() {
            self.filled.notify_one();
        }
        Some(Batch { jobs, working: Working { queue: self, rows } })
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
        let mut connection = Connection { pool, kept: None };
        loop {
            queue.gather().await;
            let Some(Batch { jobs, working }) = queue.next_batch() else {
                if queue.lock().ended {
                    queue.filled.notify_one();
                    return;
                }
                connection.kept = None;
                queue.filled.notified().await;
                continue;
            };
            match connection.commit(&jobs).await {
                Err(error) if jobs.len() > 1 && !error.is_retryable() => {
                    // One draft is at fault; the others must not pay for it.
                    for job in jobs {
                        let outcome = connection.commit(std::slice::from_ref(&job)).await;
                        answer(vec![job], outcome);
                    }
                }
                outcome => answer(jobs, outcome),
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
            inside.waiting_rows = 0;
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

struct Batch<'q> {
    jobs: Vec<Job>,
    working: Working<'q>,
}

/// A batch that is under way.
struct Working<'q> {
    queue: &'q Queue,
    rows: usize,
}

impl Drop for Working<'_> {
    fn drop(&mut self) {
        let mut inside = self.queue.lock();
        inside.working = inside.working.saturating_sub(1);
        inside.rows_under_way = inside.rows_under_way.saturating_sub(self.rows);
        drop(inside);
        self.queue.drained.notify_waiters();
    }
}

/// What a flusher commits over. It keeps its connection from one batch to the next, because a pool
/// hands out the one that rested longest, with everything cold at the server; but not while others
/// wait for the pool, nor when there is nothing to do.
struct Connection {
    pool: Pool,
    kept: Option<Client>,
}

impl Connection {
    async fn commit(&mut self, batch: &[Job]) -> Fallible<Vec<Staged>> {
        let items: Vec<Item<'_>> =
            batch.iter().flat_map(|job| job.drafts.iter().map(|draft| (draft, job.now))).collect();
        let mut attempt = 1;
        loop {
            match self.stage(&items).await {
                Err(error) if error.kind() == StoreErrorKind::Busy && attempt < ATTEMPTS => {
                    attempt += 1
                }
                outcome => return outcome,
            }
        }
    }

    async fn stage(&mut self, items: &[Item<'_>]) -> Fallible<Vec<Staged>> {
        let others_wait = self.pool.status().waiting > 0;
        let kept = self.kept.take().filter(|client| !others_wait && !client.is_closed());
        let client = match kept {
            Some(client) => client,
            None => self.pool.get().await?,
        };
        let (client, staged) = staging::stage(client, items).await;
        self.kept = client;
        staged
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
