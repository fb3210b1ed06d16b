//! A webhook inbox: an axum server over an embedded SQLite file.
//!
//! `cargo run --features sqlite --example inbox` needs no argument; `-- --help` lists what it takes.
//! The path of a delivery is in `receive.rs`; the rest is what a host has around it.
#![forbid(unsafe_code)]

mod answer;
mod app;
mod body;
mod commands;
mod demo;
mod demo_sources;
mod failure;
mod guard;
mod options;
mod output;
mod page;
mod receive;
mod review;
mod server;
mod shutdown;
mod sources;
mod view;

use std::process::ExitCode;

use crate::app::App;
use crate::failure::Failure;
use crate::options::{HELP, Options};
use crate::sources::Sources;

fn main() -> ExitCode {
    let outcome = match Options::read(std::env::args().skip(1)) {
        Ok(Some(options)) => run(&options),
        Ok(None) => {
            output::say(HELP);
            Ok(())
        }
        Err(failure) => Err(failure),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            output::warn(format_args!("inbox: {failure}"));
            failure.exit_code()
        }
    }
}

fn run(options: &Options) -> Result<(), Failure> {
    let runtime = tokio::runtime::Runtime::new()
        .map_err(|error| Failure::of(format!("no threads could be started: {error}")))?;
    runtime.block_on(serve(options))
}

async fn serve(options: &Options) -> Result<(), Failure> {
    // The port first: whoever finds it taken has changed nothing.
    let listener = server::bind(options.listen).await?;
    let bound = listener.local_addr().unwrap_or(options.listen);
    let address = server::reachable(bound);
    let engine = app::open(&options.database)?;
    let (sources, demo_keys) = match &options.sources {
        Some(file) => (Sources::read(file)?, None),
        None => {
            let keys = demo_sources::load_or_make(&options.database)?;
            (keys.sources()?, Some(keys))
        }
    };
    let app = App::new(engine, sources, bound, options)?;
    // Before anyone is told that we are here: whoever knows can send a signal.
    let stop = shutdown::Stop::on_signals()?;
    app.greet(&options.database);
    if let (Some(keys), false) = (&demo_keys, options.demo) {
        commands::print(keys, address);
    }

    let server = tokio::spawn(server::run(listener, app.clone(), stop.clone()));
    if let (Some(keys), true) = (demo_keys, options.demo) {
        demo::run(&keys, &app, address).await?;
        if options.exit {
            stop.now();
        } else {
            output::say(format_args!("\nThe page shows them: http://{address}/   (Ctrl-C stops)"));
        }
    }
    server.await.map_err(|error| Failure::of(format!("the server stopped: {error}")))?;
    app.engine
        .close()
        .await
        .map_err(|error| Failure::of(format!("what was staged could not be closed: {error}")))
}
