//! Ctrl-C and SIGTERM: the first one finishes what is in flight, the second one does not wait.

use tokio::sync::watch;

use crate::failure::Failure;
use crate::output::warn;

/// Whether the server shall stop; shared by its clones.
#[derive(Clone, Debug)]
pub(crate) struct Stop(watch::Sender<bool>);

impl Stop {
    /// Listens for the signals from now on.
    pub(crate) fn on_signals() -> Result<Self, Failure> {
        let (sender, _) = watch::channel(false);
        let mut signals = Signals::new()
            .map_err(|error| Failure::of(format!("signals cannot be listened for: {error}")))?;
        let stop = Self(sender);
        let listening = stop.clone();
        tokio::spawn(async move {
            signals.next().await;
            warn("Finishing what is in flight; again to stop at once.");
            listening.now();
            signals.next().await;
            // 128 + SIGINT, as shells report it.
            std::process::exit(130);
        });
        Ok(stop)
    }

    pub(crate) fn now(&self) {
        self.0.send_replace(true);
    }

    /// Returns when the server shall stop.
    pub(crate) async fn wait(&self) {
        // The sender is held by `self`, so the channel cannot close before it says true.
        let _ = self.0.subscribe().wait_for(|stop| *stop).await;
    }
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    const fn new() -> std::io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
