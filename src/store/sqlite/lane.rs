//! One connection and the work that waits for it.
//!
//! Whoever leads the lane does the work of all who wait, in shared commits: that is where the speed
//! of many senders comes from, because a commit costs one sync however much it holds. On the
//! blocking face the first to wait leads and hands over when its own work is done, so a sender that
//! is alone never changes threads. Async work is led by the lane's own thread, so that no sync
//! blocks a host's runtime. Both faces share one queue, and there is one leader at a time.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;

use super::fault::Fallible;
use super::reply::{Answer, Reply, Woken};
use super::work::{Run, Work};
use crate::store::{StoreError, StoreErrorKind};

/// The most rows that share a commit: beyond it the gain is small and everyone waits for the last.
const BATCH_ROWS: usize = 256;
/// The most bytes of bodies that share a commit: from there on the disk's bandwidth is the limit,
/// not its syncs.
const BATCH_BYTES: usize = 1 << 20;

/// How a lane runs its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Each batch in one write transaction.
    Write,
    /// Each piece by itself, without one.
    Read,
}

pub(super) struct Lane {
    kind: Kind,
    queue: Mutex<Queue>,
    wake_thread: Condvar,
    /// Only the leader touches it. Empty once closed.
    connection: Mutex<Option<Connection>>,
}

struct Queue {
    waiting: VecDeque<Box<dyn Job>>,
    led: bool,
    thread_leads: bool,
    closed: bool,
    abandoned: bool,
}

impl Lane {
    /// A lane over a connection, with a thread of its own that lives until [`abandon`](Self::abandon).
    pub(super) fn start(name: &str, kind: Kind, connection: Connection) -> Fallible<Arc<Self>> {
        let lane = Arc::new(Self {
            kind,
            queue: Mutex::new(Queue {
                waiting: VecDeque::new(),
                led: false,
                thread_leads: false,
                closed: false,
                abandoned: false,
            }),
            wake_thread: Condvar::new(),
            connection: Mutex::new(Some(connection)),
        });
        let threads = Arc::clone(&lane);
        std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || threads.run_thread())
            .map_err(|error| {
                StoreError::new(
                    StoreErrorKind::Unavailable,
                    "no thread could be started for the database; check the limit on threads",
                )
                .with_source(error)
            })?;
        Ok(lane)
    }

    /// Does a piece of work for async code. The work is in the queue when this returns, whether or
    /// not the future is ever polled.
    pub(super) fn submit<T: Send + 'static>(&self, work: Work<impl Run<T>>) -> Answer<T> {
        let reply = Reply::new();
        self.enqueue(Task::boxed(&reply, false, work));
        Answer(reply)
    }

    /// Does a piece of work for this thread.
    pub(super) fn call<T: Send + 'static>(&self, work: Work<impl Run<T>>) -> Fallible<T> {
        let reply = Reply::new();
        if self.enqueue(Task::boxed(&reply, true, work)) {
            self.lead(|| reply.is_answered());
        }
        loop {
            match reply.wait() {
                Woken::Answered(answer) => return answer,
                Woken::Lead => self.lead(|| reply.is_answered()),
            }
        }
    }

    /// Takes nothing new, finishes what waits and lets go of the connection.
    pub(super) fn close(&self) -> Answer<()> {
        let reply = Reply::new();
        self.enqueue(Box::new(Close { reply: Arc::clone(&reply) }));
        Answer(reply)
    }

    /// The last handle is gone: the thread finishes what waits and ends.
    pub(super) fn abandon(&self) {
        let mut queue = self.lock();
        queue.closed = true;
        queue.abandoned = true;
        self.wake_thread.notify_one();
    }

    /// Puts a job into the queue; true if the caller must lead. Only a job whose thread waits for
    /// it is ever asked to.
    fn enqueue(&self, job: Box<dyn Job>) -> bool {
        let mut queue = self.lock();
        if queue.closed && !job.closes() {
            drop(queue);
            job.finish(Err(StoreError::new(
                StoreErrorKind::Closed,
                "this handle of the database was closed; open the store again",
            )));
            return false;
        }
        if queue.abandoned {
            drop(queue);
            job.finish(Ok(()));
            return false;
        }
        queue.closed |= job.closes();
        let waits = job.waits();
        queue.waiting.push_back(job);
        if queue.led {
            return false;
        }
        queue.led = true;
        if !waits {
            queue.thread_leads = true;
            self.wake_thread.notify_one();
        }
        waits
    }

    fn run_thread(&self) {
        loop {
            {
                let mut queue = self.lock();
                while !queue.thread_leads {
                    if queue.abandoned && !queue.led {
                        drop(queue);
                        self.disconnect();
                        return;
                    }
                    queue = self.wake_thread.wait(queue).unwrap_or_else(PoisonError::into_inner);
                }
                queue.thread_leads = false;
            }
            // Whoever waited for what panicked was told when it was dropped; the others need this
            // thread.
            let _ = catch_unwind(AssertUnwindSafe(|| self.lead(|| false)));
        }
    }

    /// Works until `done`, or until nothing waits, then hands over.
    fn lead(&self, done: impl Fn() -> bool) {
        let _hand_over = HandOver(self);
        loop {
            let batch = self.next_batch();
            if batch.is_empty() {
                return;
            }
            self.run(batch);
            if done() {
                return;
            }
        }
    }

    fn next_batch(&self) -> Vec<Box<dyn Job>> {
        let mut queue = self.lock();
        let (mut rows, mut bytes) = (0_usize, 0_usize);
        let mut batch = Vec::new();
        while let Some(job) = queue.waiting.front() {
            let (more_rows, more_bytes) = job.weight();
            rows = rows.saturating_add(more_rows);
            bytes = bytes.saturating_add(more_bytes);
            if !batch.is_empty() && (rows > BATCH_ROWS || bytes > BATCH_BYTES) {
                break;
            }
            batch.extend(queue.waiting.pop_front());
        }
        batch
    }

    fn run(&self, mut batch: Vec<Box<dyn Job>>) {
        let mut guard = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(connection) = guard.as_ref() {
            match self.kind {
                Kind::Write => commit(connection, &mut batch),
                Kind::Read => {
                    for job in batch.extract_if(.., |job| !job.closes()) {
                        run_alone(connection, job);
                    }
                }
            }
        }
        // What is left waits for the end of the connection, or came after it.
        if batch.iter().any(|job| job.closes()) {
            *guard = None;
        }
        drop(guard);
        for job in batch {
            job.finish(Ok(()));
        }
    }

    fn hand_over(&self) {
        let mut queue = self.lock();
        match queue.waiting.front() {
            None => {
                queue.led = false;
                if queue.abandoned {
                    self.wake_thread.notify_one();
                }
            }
            Some(job) if job.waits() => job.ask_to_lead(),
            Some(_) => {
                queue.thread_leads = true;
                self.wake_thread.notify_one();
            }
        }
    }

    fn disconnect(&self) {
        *self.connection.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Hands the lead over also when the leader unwinds, so that nobody waits for ever.
struct HandOver<'a>(&'a Lane);

impl Drop for HandOver<'_> {
    fn drop(&mut self) {
        self.0.hand_over();
    }
}

/// Runs all of a batch but its closing jobs in one transaction. If one piece of it is at fault,
/// the others must not pay for it: then each gets a transaction of its own.
fn commit(connection: &Connection, batch: &mut Vec<Box<dyn Job>>) {
    let mut jobs: Vec<Box<dyn Job>> = batch.extract_if(.., |job| !job.closes()).collect();
    if jobs.is_empty() {
        return;
    }
    match transact(connection, &mut jobs) {
        Ok(()) => {
            for job in jobs {
                job.finish(Ok(()));
            }
        }
        Err(error) if jobs.len() > 1 && !error.is_retryable() => {
            for job in jobs {
                let mut alone = vec![job];
                let outcome = transact(connection, &mut alone);
                for job in alone {
                    job.finish(outcome.clone());
                }
            }
        }
        Err(error) => {
            for job in jobs {
                job.finish(Err(error.clone()));
            }
        }
    }
}

fn transact(connection: &Connection, jobs: &mut [Box<dyn Job>]) -> Fallible<()> {
    if !connection.is_autocommit() {
        // A transaction that was left open: its rollback failed, or its leader unwound.
        connection.execute_batch("ROLLBACK")?;
    }
    // A deferred transaction could fail to upgrade its lock half way, without the busy timeout.
    connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
    let outcome = jobs.iter_mut().try_for_each(|job| job.run(connection)).and_then(|()| {
        connection.prepare_cached("COMMIT")?.execute([])?;
        Ok(())
    });
    if outcome.is_err() && !connection.is_autocommit() {
        // If even this fails, the next batch tries again.
        let _ = connection.execute_batch("ROLLBACK");
    }
    outcome
}

fn run_alone(connection: &Connection, mut job: Box<dyn Job>) {
    let outcome = job.run(connection);
    job.finish(outcome);
}

/// A piece of work whose answer somebody waits for.
trait Job: Send {
    /// Rows and bytes of bodies.
    fn weight(&self) -> (usize, usize);
    /// Does the work inside the transaction of its batch; again, if that was rolled back.
    fn run(&mut self, connection: &Connection) -> Fallible<()>;
    /// Tells who waits. `Ok`: what was done is committed.
    fn finish(self: Box<Self>, outcome: Fallible<()>);
    /// Whether a thread waits for it, which can lead.
    fn waits(&self) -> bool;
    fn ask_to_lead(&self);
    fn closes(&self) -> bool;
}

struct Task<T, W> {
    reply: Arc<Reply<T>>,
    made: Option<T>,
    waits: bool,
    weight: (usize, usize),
    run: W,
}

impl<T: Send + 'static, W: Run<T>> Task<T, W> {
    fn boxed(reply: &Arc<Reply<T>>, waits: bool, Work(weight, run): Work<W>) -> Box<dyn Job> {
        Box::new(Self { reply: Arc::clone(reply), made: None, waits, weight, run })
    }
}

impl<T: Send, W: Run<T>> Job for Task<T, W> {
    fn weight(&self) -> (usize, usize) {
        self.weight
    }

    fn run(&mut self, connection: &Connection) -> Fallible<()> {
        self.made = Some((self.run)(connection)?);
        Ok(())
    }

    fn finish(mut self: Box<Self>, outcome: Fallible<()>) {
        let made = self.made.take();
        match outcome {
            Ok(()) => {
                if let Some(made) = made {
                    self.reply.put(Ok(made));
                }
            }
            Err(error) => self.reply.put(Err(error)),
        }
    }

    fn waits(&self) -> bool {
        self.waits
    }

    fn ask_to_lead(&self) {
        self.reply.ask_to_lead();
    }

    fn closes(&self) -> bool {
        false
    }
}

/// A job that goes down with its leader must not leave anyone waiting. Its work may have been
/// committed; the retry then finds a duplicate.
impl<T, W> Drop for Task<T, W> {
    fn drop(&mut self) {
        self.reply.put(Err(StoreError::new(
            StoreErrorKind::Unavailable,
            "the thread that worked for this call ended; try again",
        )));
    }
}

struct Close {
    reply: Arc<Reply<()>>,
}

impl Job for Close {
    fn weight(&self) -> (usize, usize) {
        (0, 0)
    }

    fn run(&mut self, _: &Connection) -> Fallible<()> {
        Ok(())
    }

    fn finish(self: Box<Self>, outcome: Fallible<()>) {
        self.reply.put(outcome);
    }

    fn waits(&self) -> bool {
        false
    }

    fn ask_to_lead(&self) {}

    fn closes(&self) -> bool {
        true
    }
}
