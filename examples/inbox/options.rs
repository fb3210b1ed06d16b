//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use crate::failure::Failure;

pub(crate) const HELP: &str = "\
A webhook inbox: verifies deliveries, recognises duplicates, stages the raw events in SQLite,
and serves a page to review them.

Usage: inbox [OPTIONS]

  --listen ADDRESS       where to listen                       [127.0.0.1:8080]
  --db FILE              the SQLite file, made if need be      [hookstage-inbox.db]
  --sources FILE         your own sources in place of the demo sources: a JSON array, see below
  --workflows FILE       what their events become: a JSON array of workflows
  --public-url URL       the address senders use, for schemes that sign it  [http://ADDRESS]
  --body-timeout SECONDS how long a body may take to arrive    [10]
  --demo                 send signed deliveries, duplicates and forgeries, and say what came of them
  --exit                 with --demo: stop afterwards
  --help                 this text

Deliveries go to POST /in/{tenant}/{source}; the page is at /. Beyond this machine (a --listen
address that is not loopback) the page asks for a token that is printed at the start.

A source in FILE, with the fields that have no default:

  [{\"version\": 1, \"tenant\": \"acme\", \"source\": \"stripe-live\", \"provider\": \"stripe\",
    \"keys\": [{\"secret\": \"whsec_...\"}]}]
";

/// What the command line asks for.
#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) listen: SocketAddr,
    pub(crate) database: PathBuf,
    pub(crate) sources: Option<PathBuf>,
    pub(crate) workflows: Option<PathBuf>,
    pub(crate) public_url: Option<String>,
    pub(crate) body_timeout: Duration,
    pub(crate) demo: bool,
    pub(crate) exit: bool,
}

impl Options {
    /// Reads the command line; nothing if help was asked for.
    pub(crate) fn read(
        arguments: impl IntoIterator<Item = String>,
    ) -> Result<Option<Self>, Failure> {
        let mut options = Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            database: PathBuf::from("hookstage-inbox.db"),
            sources: None,
            workflows: None,
            public_url: None,
            body_timeout: Duration::from_secs(10),
            demo: false,
            exit: false,
        };
        let mut arguments = arguments.into_iter();
        while let Some(argument) = arguments.next() {
            // Both `--listen ADDRESS` and `--listen=ADDRESS`.
            let (name, given) = match argument.split_once('=') {
                Some((name, value)) => (name, Some(value.to_owned())),
                None => (argument.as_str(), None),
            };
            let mut value = || {
                given
                    .clone()
                    .or_else(|| arguments.next())
                    .ok_or_else(|| Failure::usage(format!("{name} wants a value")))
            };
            match name {
                "--listen" => options.listen = address(&value()?)?,
                "--db" => options.database = value()?.into(),
                "--sources" => options.sources = Some(value()?.into()),
                "--workflows" => options.workflows = Some(value()?.into()),
                "--public-url" => options.public_url = Some(value()?),
                "--body-timeout" => options.body_timeout = seconds(&value()?)?,
                "--demo" if given.is_none() => options.demo = true,
                "--exit" if given.is_none() => options.exit = true,
                "--help" | "-h" => return Ok(None),
                _ => {
                    let sentence = format!("{argument} is no option; --help lists them");
                    return Err(Failure::usage(sentence));
                }
            }
        }
        if options.exit && !options.demo {
            return Err(Failure::usage("--exit goes with --demo".into()));
        }
        if options.demo && options.sources.is_some() {
            let sentence = "--demo sends to the demo sources; leave out --sources";
            return Err(Failure::usage(sentence.into()));
        }
        Ok(Some(options))
    }
}

fn address(text: &str) -> Result<SocketAddr, Failure> {
    text.parse().map_err(|_| {
        Failure::usage("--listen wants an IP address and a port, such as 127.0.0.1:8080".into())
    })
}

fn seconds(text: &str) -> Result<Duration, Failure> {
    match text.parse::<u32>() {
        Ok(seconds @ 1..=600) => Ok(Duration::from_secs(seconds.into())),
        _ => Err(Failure::usage("--body-timeout wants 1 to 600 seconds".into())),
    }
}
