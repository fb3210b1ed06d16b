//! A wire between a client and a PostgreSQL server on which a commit can get lost, in either direction.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::thread;

/// Where the next COMMIT is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    /// The server never sees it.
    BeforeCommit,
    /// The server has committed, and its answer gets lost.
    AfterCommit,
}

const NEVER: u8 = 0;
const BEFORE: u8 = 1;
const AFTER: u8 = 2;

/// Listens on loopback until the test ends and speaks to the server's unix socket.
pub(crate) struct Wire {
    port: u16,
    cut: Arc<AtomicU8>,
}

impl Wire {
    pub(crate) fn to(socket: PathBuf) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let cut = Arc::new(AtomicU8::new(NEVER));
        let order = Arc::clone(&cut);
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let Ok(server) = UnixStream::connect(&socket) else { continue };
                carry(client, server, &order);
            }
        });
        Self { port, cut }
    }

    pub(crate) fn url(&self) -> String {
        format!("postgresql://hookstage@127.0.0.1:{}/postgres", self.port)
    }

    /// The next COMMIT on any connection is lost, with its connection.
    pub(crate) fn cut(&self, cut: Cut) {
        self.cut.store(
            match cut {
                Cut::BeforeCommit => BEFORE,
                Cut::AfterCommit => AFTER,
            },
            Ordering::SeqCst,
        );
    }

    /// Whether the last order was carried out.
    pub(crate) fn has_cut(&self) -> bool {
        self.cut.load(Ordering::SeqCst) == NEVER
    }
}

fn carry(client: TcpStream, server: UnixStream, order: &Arc<AtomicU8>) {
    let order = Arc::clone(order);
    let lose_answer = Arc::new(AtomicBool::new(false));
    let (mut from_client, mut to_client) = (client.try_clone().unwrap(), client);
    let (mut from_server, mut to_server) = (server.try_clone().unwrap(), server);
    let losing = Arc::clone(&lose_answer);
    thread::spawn(move || {
        let mut first = true;
        while let Some(message) = next_message(&mut from_client, first) {
            first = false;
            if message.starts_with(b"Q") && message.ends_with(b"COMMIT\0") {
                if take(&order, BEFORE) {
                    break;
                }
                if take(&order, AFTER) {
                    losing.store(true, Ordering::SeqCst);
                }
            }
            if to_server.write_all(&message).is_err() {
                break;
            }
        }
        let _ = to_server.shutdown(Shutdown::Both);
        let _ = from_client.shutdown(Shutdown::Both);
    });
    thread::spawn(move || {
        while let Some(message) = next_message(&mut from_server, false) {
            let says_so = message.starts_with(b"C") && message.ends_with(b"COMMIT\0");
            if says_so && lose_answer.load(Ordering::SeqCst) {
                break;
            }
            if to_client.write_all(&message).is_err() {
                break;
            }
        }
        let _ = to_client.shutdown(Shutdown::Both);
        let _ = from_server.shutdown(Shutdown::Both);
    });
}

fn take(order: &AtomicU8, wanted: u8) -> bool {
    order.compare_exchange(wanted, NEVER, Ordering::SeqCst, Ordering::SeqCst).is_ok()
}

/// A message of the frontend/backend protocol, version 3: a letter, which the very first has not, and
/// a length that counts itself.
fn next_message(from: &mut impl Read, first: bool) -> Option<Vec<u8>> {
    let letter = usize::from(!first);
    let mut message = vec![0; letter + 4];
    from.read_exact(&mut message).ok()?;
    let length = u32::from_be_bytes(message[letter..].try_into().ok()?) as usize;
    message.resize(letter + length, 0);
    from.read_exact(&mut message[letter + 4..]).ok()?;
    Some(message)
}
