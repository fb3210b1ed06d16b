//! How the answer to one piece of work reaches whoever waits for it: a future for async code, a
//! parked thread for blocking code. No runtime is involved.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use super::fault::Fallible;
use crate::store::blocking::unparker;

/// The place where an answer is left and picked up.
#[derive(Debug)]
pub(super) struct Reply<T>(Mutex<Inside<T>>);

#[derive(Debug)]
struct Inside<T> {
    answer: Option<Fallible<T>>,
    answered: bool,
    asked_to_lead: bool,
    waker: Option<Waker>,
}

/// Why a parked thread was woken.
pub(super) enum Woken<T> {
    /// The answer is there.
    Answered(Fallible<T>),
    /// It shall do the work of the lane from here on, its own included.
    Lead,
}

impl<T> Reply<T> {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self(Mutex::new(Inside {
            answer: None,
            answered: false,
            asked_to_lead: false,
            waker: None,
        })))
    }

    /// Leaves the answer. The first one counts.
    pub(super) fn put(&self, answer: Fallible<T>) {
        let mut inside = self.lock();
        if inside.answered {
            return;
        }
        inside.answered = true;
        inside.answer = Some(answer);
        wake(inside);
    }

    /// Asks the waiting thread to lead.
    pub(super) fn ask_to_lead(&self) {
        let mut inside = self.lock();
        inside.asked_to_lead = true;
        wake(inside);
    }

    pub(super) fn is_answered(&self) -> bool {
        self.lock().answered
    }

    /// Parks this thread until there is an answer or it shall lead.
    pub(super) fn wait(&self) -> Woken<T> {
        loop {
            {
                let mut inside = self.lock();
                if let Some(answer) = inside.answer.take() {
                    return Woken::Answered(answer);
                }
                if std::mem::take(&mut inside.asked_to_lead) {
                    return Woken::Lead;
                }
                inside.waker.get_or_insert_with(unparker);
            }
            std::thread::park();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inside<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn wake<T>(mut inside: MutexGuard<'_, Inside<T>>) {
    let waker = inside.waker.take();
    drop(inside);
    if let Some(waker) = waker {
        // A waker is code of the host's runtime and runs on the thread that commits for everyone:
        // if it panics, that is told by its own hook and must not reach anybody else.
        let _ = catch_unwind(AssertUnwindSafe(|| waker.wake()));
    }
}

/// The future of an answer. Dropping it drops the answer, not the work.
pub(super) struct Answer<T>(pub(super) Arc<Reply<T>>);

impl<T> Future for Answer<T> {
    type Output = Fallible<T>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut inside = self.0.lock();
        if let Some(answer) = inside.answer.take() {
            return Poll::Ready(answer);
        }
        match &mut inside.waker {
            Some(waker) => waker.clone_from(context.waker()),
            none => *none = Some(context.waker().clone()),
        }
        Poll::Pending
    }
}
