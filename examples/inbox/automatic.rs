//! Auto mode: promotes the events of automatic sources as they come, without a person.

use std::sync::Arc;
use std::time::Duration;

use hookstage::Mode;
use hookstage::promotion::{Automatic, Runner};

use crate::app::App;
use crate::output::{say, warn};
use crate::shutdown::Stop;

/// How long it waits for news before it looks all the same: for what comes back after a failure.
const PATIENCE: Duration = Duration::from_secs(1);

/// Events of each source at a time.
const BATCH: usize = 50;

/// Works until it shall stop, and finishes the pass that it is in.
pub(crate) async fn run(app: App, stop: Stop) {
    let mut runner = Runner::new(Arc::clone(&app.promoter), "automatic");
    let mut any = false;
    for source in app.sources.all() {
        if source.mode() != Mode::Auto {
            continue;
        }
        let mut workflows = app.workflows.of_source(source.id()).map(Arc::clone);
        if let Some(first) = workflows.next() {
            let automatic = workflows.fold(Automatic::new(first), Automatic::or);
            runner = runner.with_source(source.id().clone(), automatic);
            any = true;
        }
    }
    if !any {
        return;
    }
    let mut seen = 0;
    loop {
        match runner.run_once(BATCH).await {
            Ok(report) => {
                if !report.is_idle() {
                    say(format_args!(
                        "automatic: {} promoted, {} to be tried again, {} given up on",
                        report.promoted, report.delayed, report.dead
                    ));
                    app.news.publish();
                }
            }
            Err(error) => warn(format_args!("automatic promotion: {error}")),
        }
        tokio::select! {
            news = app.news.after(seen) => seen = news,
            () = tokio::time::sleep(PATIENCE) => {}
            () = stop.wait() => return,
        }
    }
}
