//! A webhook inbox: an axum server over an embedded SQLite file.
//!
//! `cargo run --features sqlite --example inbox` needs no argument; `-- --help` lists what it takes.
//! The path of a delivery is in `receive.rs`; the rest is what a host has around it.
#![forbid(unsafe_code)]

mod advice;
mod answer;
mod app;
mod automatic;
mod body;
mod commands;
mod decide;
mod demo;
mod demo_keys;
mod demo_sources;
mod diagnosis;
mod failure;
mod guard;
mod health;
mod learn;
mod options;
mod output;
mod page;
mod receive;
mod records;
mod review;
mod server;
mod settings;
mod shutdown;
mod sources;
mod view;
mod workflows;

use std::process::ExitCode;

use crate::app::App;
use crate::demo_keys::DemoKeys;
use crate::failure::Failure;
use crate::options::{HELP, Options};
use crate::records::Records;
use crate::settings::Settings;
use crate::sources::{Origin, Sources};
use crate::workflows::Workflows;

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
    let origin = match &options.sources {
        Some(file) => Origin::File(file.clone()),
        None => Origin::Demo(DemoKeys::load_or_make(&options.database)?),
    };
    let workflows = match (&options.workflows, &origin) {
        (Some(file), _) => Workflows::read(file)?,
        (None, Origin::Demo(_)) => Workflows::demo()?,
        (None, Origin::File(_)) => Workflows::none(),
    };
    let sources = Sources::new(origin, Settings::open(&options.database)?)?;
    let records = Records::open(&options.database)?;
    let app = App::new(engine, records, sources, workflows, bound, options)?;
    // Before anyone is told that we are here: whoever knows can send a signal.
    let stop = shutdown::Stop::on_signals()?;
    app.greet(&options.database);
    if let (Origin::Demo(keys), false) = (app.sources.origin(), options.demo) {
        commands::print(keys, address);
    }

    let server = tokio::spawn(server::run(listener, app.clone(), stop.clone()));
    let automatic = tokio::spawn(automatic::run(app.clone(), stop.clone()));
    if options.demo {
        demo::run(&app, address).await?;
        if options.exit {
            stop.now();
        } else {
            output::say(format_args!("\nThe page shows them: http://{address}/   (Ctrl-C stops)"));
        }
    }
    server.await.map_err(|error| Failure::of(format!("the server stopped: {error}")))?;
    automatic
        .await
        .map_err(|error| Failure::of(format!("automatic promotion stopped: {error}")))?;
    app.engine()
        .close()
        .await
        .map_err(|error| Failure::of(format!("what was staged could not be closed: {error}")))
}
