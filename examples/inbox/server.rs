//! The listener and its connections, with everything bounded that a stranger decides.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

use crate::app::App;
use crate::failure::Failure;
use crate::output::warn;
use crate::shutdown::Stop;

/// Connections at a time; each holds at most one body.
const MAX_CONNECTIONS: usize = 256;

/// How long a head may take to arrive, also on a connection that is kept open.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);

/// The largest head, in bytes.
const MAX_HEAD: usize = 64 * 1024;

/// How long what is in flight may take after the signal to stop.
const PATIENCE: Duration = Duration::from_secs(20);

/// The peer of a connection; behind a proxy, the proxy.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) IpAddr);

pub(crate) async fn bind(address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|error| {
        Failure::of(match error.kind() {
            std::io::ErrorKind::AddrInUse => format!(
                "{address} is in use by another program; stop it, or give --listen {}:{}",
                address.ip(),
                address.port().wrapping_add(1).max(1024)
            ),
            _ => format!("cannot listen on {address}: {error}"),
        })
    })
}

/// An address to connect to: listening on "any" is no place to go.
pub(crate) fn reachable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(match address {
            SocketAddr::V4(_) => std::net::Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(_) => std::net::Ipv6Addr::LOCALHOST.into(),
        });
    }
    address
}

/// Serves until it shall stop, then finishes what is in flight.
pub(crate) async fn run(listener: TcpListener, app: App, stop: Stop) {
    let router = app.clone().router(stop.clone());
    let connections = GracefulShutdown::new();
    let room = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listener, &room) => accepted,
            () = stop.wait() => break,
        };
        let Some((stream, peer, permit)) = accepted else { continue };
        // Small answers go out at once; a failure only makes them later.
        let _ = stream.set_nodelay(true);
        let service = TowerToHyperService::new(router.clone());
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_TIMEOUT)
            .max_buf_size(MAX_HEAD)
            .serve_connection(
                TokioIo::new(stream),
                service_fn(move |mut request: hyper::Request<_>| {
                    request.extensions_mut().insert(Peer(peer.ip()));
                    service.call(request)
                }),
            );
        let connection = connections.watch(connection);
        tokio::spawn(async move {
            // A sender that hangs up or speaks no HTTP is answered or dropped; it is no fault of ours.
            let _ = connection.await;
            drop(permit);
        });
    }
    drop(listener);
    if tokio::time::timeout(PATIENCE, connections.shutdown()).await.is_err() {
        warn(format_args!(
            "Some connections did not finish in {} s and were cut.",
            PATIENCE.as_secs()
        ));
    }
}

async fn accept(
    listener: &TcpListener,
    room: &Arc<Semaphore>,
) -> Option<(TcpStream, SocketAddr, tokio::sync::OwnedSemaphorePermit)> {
    let permit = Arc::clone(room).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, peer)) => Some((stream, peer, permit)),
        Err(_) => {
            // Out of descriptors, usually: give others time to close theirs.
            tokio::time::sleep(Duration::from_millis(50)).await;
            None
        }
    }
}
