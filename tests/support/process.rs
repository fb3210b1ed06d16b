//! The compiled inbox example as a process of its own, in a directory of its own.

#[path = "directory.rs"]
mod directory;
#[allow(clippy::duplicate_mod, reason = "a test may use several of these files")]
#[path = "secret.rs"]
mod secret;

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

pub(crate) use self::directory::Directory;
use self::secret::searched;

/// A running inbox.
pub(crate) struct Inbox {
    child: Child,
    pub(crate) address: SocketAddr,
    printed: Arc<Mutex<String>>,
    complaints: Receiver<String>,
}

impl Inbox {
    /// Starts it on a free port of loopback.
    pub(crate) fn start(directory: &Directory, arguments: &[&str]) -> Self {
        Self::start_on(directory, "127.0.0.1:0", arguments)
    }

    pub(crate) fn start_on(directory: &Directory, listen: &str, arguments: &[&str]) -> Self {
        let mut child = command(directory, listen, arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the example starts");
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut first = String::new();
        output.read_line(&mut first).unwrap();
        let Some(address) = first.split("http://").nth(1).and_then(|rest| rest.split('/').next())
        else {
            let mut complaint = String::new();
            let _ = child.stderr.take().unwrap().read_to_string(&mut complaint);
            panic!("the inbox did not start: {first}{complaint}");
        };
        let address = address.parse().unwrap();
        let printed = Arc::new(Mutex::new(first.clone()));
        let kept = Arc::clone(&printed);
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                let mut kept = kept.lock().unwrap();
                kept.push_str(&line);
                kept.push('\n');
            }
        });
        let errors = BufReader::new(child.stderr.take().unwrap());
        let (sender, complaints) = channel();
        std::thread::spawn(move || {
            for line in errors.lines().map_while(Result::ok) {
                searched(&line);
                let _ = sender.send(line);
            }
        });
        Self { child, address, printed, complaints }
    }

    /// What it printed so far.
    pub(crate) fn printed(&self) -> String {
        self.printed.lock().unwrap().clone()
    }

    /// Waits until it has printed this.
    pub(crate) fn wait_for(&self, text: &str) -> String {
        for _ in 0..3000 {
            let printed = self.printed();
            if printed.contains(text) {
                return printed;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("it never printed {text:?}, but: {}", self.printed());
    }

    /// Waits until it has said this on standard error.
    pub(crate) fn wait_for_complaint(&self, text: &str) {
        while let Ok(line) = self.complaints.recv_timeout(Duration::from_secs(60)) {
            if line.contains(text) {
                return;
            }
        }
        panic!("it never said {text:?}");
    }

    /// Sends a signal such as `INT`.
    pub(crate) fn signal(&self, name: &str) {
        let process = self.child.id().to_string();
        let sent = Command::new("kill").arg(format!("-{name}")).arg(process).status().unwrap();
        assert!(sent.success());
    }

    /// Waits until it has ended.
    pub(crate) fn end(mut self) -> ExitStatus {
        for _ in 0..3000 {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("it did not end");
    }

    /// Stops it as an operator does.
    pub(crate) fn stop(self) {
        self.signal("INT");
        assert!(self.end().success());
    }
}

impl Drop for Inbox {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        searched(&self.printed());
    }
}

/// Runs it where it ends by itself.
pub(crate) fn run(directory: &Directory, listen: &str, arguments: &[&str]) -> Output {
    let output = command(directory, listen, arguments).output().expect("the example starts");
    searched(&[&output.stdout, &output.stderr].map(|said| String::from_utf8_lossy(said)));
    output
}

/// The secret of a demo source.
pub(crate) fn secret(directory: &Directory, source: &str) -> String {
    let text = std::fs::read_to_string(directory.file("inbox.secrets")).unwrap();
    let mut lines = text.lines();
    let line = lines.find_map(|line| line.strip_prefix(source)?.strip_prefix('='));
    line.expect("a secret for the source").to_owned()
}

fn command(directory: &Directory, listen: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(example());
    command.arg("--listen").arg(listen).arg("--db").arg(directory.file("inbox.db")).args(arguments);
    command
}

/// The example, built: `cargo test --test inbox` alone does not build examples.
fn example() -> &'static Path {
    static EXAMPLE: OnceLock<PathBuf> = OnceLock::new();
    EXAMPLE.get_or_init(|| {
        // `<target>/<profile>/deps/<this test>`
        let test = std::env::current_exe().unwrap();
        let mut above = test.ancestors().skip(2);
        let (profile, target) = (above.next().unwrap(), above.next().unwrap());
        let name = match profile.file_name().and_then(|name| name.to_str()) {
            Some("debug") | None => "dev",
            Some(name) => name,
        };
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = here.ancestors().find(|path| path.join("examples/inbox/main.rs").is_file());
        let built = Command::new(env!("CARGO"))
            .args(["build", "--quiet", "--features", "sqlite", "--example", "inbox"])
            .args(["--profile", name, "--target-dir"])
            .arg(target)
            .current_dir(root.expect("the sources of the example"))
            .status()
            .expect("cargo runs");
        assert!(built.success(), "the example does not build");
        profile.join("examples").join("inbox")
    })
}
