//! A small HTTP/1.1 client over a plain socket: a test decides about every byte, and when it goes.

#[allow(clippy::duplicate_mod, reason = "a test may use several of these files")]
#[path = "secret.rs"]
mod secret;

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// One connection, kept open.
pub(crate) struct Connection {
    stream: TcpStream,
    rest: Vec<u8>,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(other, _)| other.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }
}

impl Connection {
    pub(crate) fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).expect("the inbox listens");
        // So that a test fails, rather than hangs, where an answer never comes.
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, rest: Vec::new() }
    }

    /// Sends bytes as they stand.
    pub(crate) fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.try_send(bytes).expect("the connection is open");
    }

    pub(crate) fn try_send(&mut self, bytes: impl AsRef<[u8]>) -> std::io::Result<()> {
        self.stream.write_all(bytes.as_ref())
    }

    /// Sends a whole request.
    pub(crate) fn request(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Answer {
        let mut head = self.head(method, path, headers);
        head.push_str(&format!("content-length: {}\r\n\r\n", body.len()));
        let mut bytes = head.into_bytes();
        bytes.extend_from_slice(body);
        match self.try_send(bytes) {
            Ok(()) => {}
            // A server may answer what it will not read and close (RFC 9112, 9.3); what it said is
            // still there to be read.
            Err(error)
                if matches!(error.kind(), ErrorKind::BrokenPipe | ErrorKind::ConnectionReset) => {}
            Err(error) => panic!("the request cannot be sent: {error}"),
        }
        self.answer()
    }

    /// The head of a request without its last, empty line.
    pub(crate) fn head(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> String {
        let mut head = format!("{method} {path} HTTP/1.1\r\n");
        if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
            let host = self.stream.peer_addr().expect("connected");
            head.push_str(&format!("host: {host}\r\n"));
        }
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head
    }

    /// Waits for the leave to send a body, after which the request is in flight for certain.
    pub(crate) fn leave(&mut self) {
        const LEAVE: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";
        while self.rest.len() < LEAVE.len() {
            assert!(self.read() > 0, "closed before its leave");
        }
        let leave: Vec<u8> = self.rest.drain(..LEAVE.len()).collect();
        assert_eq!(leave, LEAVE);
    }

    /// Reads one answer.
    pub(crate) fn answer(&mut self) -> Answer {
        let end = loop {
            if let Some(at) = find(&self.rest, b"\r\n\r\n") {
                break at;
            }
            assert!(self.read() > 0, "closed before an answer: {:?}", self.rest);
        };
        let head = String::from_utf8(self.rest.drain(..end + 4).collect()).expect("an ASCII head");
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.get(9..12)?.parse().ok()).expect("a status");
        let headers: Vec<(String, String)> = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
            .collect();
        let mut answer = Answer { status, headers, body: String::new() };
        let length: usize =
            answer.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        while self.rest.len() < length {
            assert!(self.read() > 0, "closed within an answer");
        }
        answer.body = String::from_utf8(self.rest.drain(..length).collect()).expect("UTF-8");
        secret::searched(&answer);
        answer
    }

    fn read(&mut self) -> usize {
        let mut buffer = [0; 16 * 1024];
        let count = self.stream.read(&mut buffer).expect("an answer in time");
        self.rest.extend_from_slice(&buffer[..count]);
        count
    }
}

/// One request over a connection of its own.
pub(crate) fn request(
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Answer {
    Connection::open(address).request(method, path, headers, body)
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}
