//! A small WebDriver client (W3C WebDriver, level 2): one browser, its windows, and what a person
//! does in them.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::http::{Connection, request};

/// How the standard names an element in JSON.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// How long something may take to become true; a bound for what never does.
const PATIENCE: Duration = Duration::from_secs(60);

pub struct Browser {
    driver: Child,
    address: SocketAddr,
    session: String,
}

impl Browser {
    /// A browser without a screen; nothing where no driver is installed.
    pub fn start() -> Option<Self> {
        // A port that it finds free and then says, so that nobody can take it in between.
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let mut said = BufReader::new(driver.stdout.take()?).lines().map_while(Result::ok);
        let port = said.find_map(|line| {
            line.split_once("successfully on port ")?.1.trim_end_matches('.').parse().ok()
        });
        let address = SocketAddr::from(([127, 0, 0, 1], port.expect("the port of the driver")));
        std::thread::spawn(move || said.for_each(drop));
        let mut browser = Self { driver, address, session: String::new() };
        // No sandbox: containers run as root and cannot make one; every page is ours.
        let arguments = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--hide-scrollbars",
            "--window-size=1280,800",
            "--force-device-scale-factor=1",
            "--lang=en-GB",
        ];
        let wanted = json!({ "capabilities": { "alwaysMatch": {
            "browserName": "chrome",
            "goog:chromeOptions": { "args": arguments },
        } } });
        let made = browser.call("POST", "/session", &wanted).expect("a session");
        browser.session = made["sessionId"].as_str().expect("its id").to_owned();
        Some(browser)
    }

    pub fn open(&self, url: &str) {
        self.command("/url", json!({ "url": url }));
    }

    /// Runs a script in the page, as a person with the developer tools could.
    pub fn run(&self, script: &str) -> Value {
        self.command("/execute/sync", json!({ "script": script, "args": [] }))
    }

    /// Clicks what this CSS selector finds first, once it is there and can be clicked.
    pub fn click(&self, selector: &str) {
        self.eventually(&format!("click {selector}"), || {
            let found = json!({ "using": "css selector", "value": selector });
            let element = self.try_command("/element", &found).ok()?;
            let id = element[ELEMENT].as_str()?;
            self.try_command(&format!("/element/{id}/click"), &json!({})).ok()
        });
    }

    /// Presses keys one after the other, wherever the focus is.
    pub fn press(&self, keys: &str) {
        let actions: Vec<Value> = keys
            .chars()
            .flat_map(|key| {
                ["keyDown", "keyUp"].map(|kind| json!({ "type": kind, "value": key.to_string() }))
            })
            .collect();
        let keyboard = json!({ "type": "key", "id": "keyboard", "actions": actions });
        self.command("/actions", json!({ "actions": [keyboard] }));
    }

    /// Waits until a script returns what it should.
    pub fn expect(&self, script: &str, wanted: impl Into<Value>) {
        let wanted = wanted.into();
        let mut last = Value::Null;
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            last = self.run(script);
            if last == wanted {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("{script}: {last} in place of {wanted}");
    }

    /// Opens another window and goes there; the number leads back.
    pub fn new_window(&self) -> String {
        let made = self.command("/window/new", json!({ "type": "tab" }));
        let handle = made["handle"].as_str().expect("its handle").to_owned();
        self.switch(&handle);
        handle
    }

    pub fn window(&self) -> String {
        let handle = self.call("GET", &self.path("/window"), &Value::Null).expect("a window");
        handle.as_str().expect("its handle").to_owned()
    }

    pub fn switch(&self, handle: &str) {
        self.command("/window", json!({ "handle": handle }));
    }

    pub fn size(&self, width: u32, height: u32) {
        self.developer(
            "Emulation.setDeviceMetricsOverride",
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false }),
        );
    }

    pub fn dark(&self, dark: bool) {
        let value = if dark { "dark" } else { "light" };
        let feature = json!({ "name": "prefers-color-scheme", "value": value });
        self.developer("Emulation.setEmulatedMedia", json!({ "features": [feature] }));
    }

    /// A command of Chromium's own protocol.
    pub fn developer(&self, command: &str, parameters: Value) -> Value {
        self.command("/goog/cdp/execute", json!({ "cmd": command, "params": parameters }))
    }

    /// The controls that a screen reader finds without a name, by their roles.
    pub fn nameless(&self) -> Vec<String> {
        let tree = self.developer("Accessibility.getFullAXTree", json!({}));
        let controls = [
            "button",
            "checkbox",
            "combobox",
            "dialog",
            "link",
            "radio",
            "searchbox",
            "tab",
            "tabpanel",
            "textbox",
            "navigation",
            "table",
        ];
        let nodes = tree["nodes"].as_array().expect("a tree");
        assert!(nodes.len() > 20, "the page is there");
        nodes
            .iter()
            .filter(|node| node["ignored"] != true)
            .filter(|node| controls.contains(&node["role"]["value"].as_str().unwrap_or_default()))
            .filter(|node| node["name"]["value"].as_str().unwrap_or_default().trim().is_empty())
            .map(|node| node["role"]["value"].to_string())
            // Tables of pairs stand under their own heading.
            .filter(|role| role != "\"table\"")
            .collect()
    }

    /// What the window shows, as PNG.
    pub fn screenshot(&self) -> Vec<u8> {
        let shot = self.call("GET", &self.path("/screenshot"), &Value::Null).expect("a picture");
        STANDARD.decode(shot.as_str().expect("its text")).expect("base64")
    }

    fn eventually<T>(&self, what: &str, mut attempt: impl FnMut() -> Option<T>) -> T {
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            if let Some(done) = attempt() {
                return done;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("could not {what}");
    }

    fn command(&self, path: &str, body: Value) -> Value {
        self.try_command(path, &body).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    fn try_command(&self, path: &str, body: &Value) -> Result<Value, String> {
        self.call("POST", &self.path(path), body)
    }

    fn path(&self, path: &str) -> String {
        format!("/session/{}{path}", self.session)
    }

    fn call(&self, method: &str, path: &str, body: &Value) -> Result<Value, String> {
        let host = format!("localhost:{}", self.address.port());
        let headers = [("host", host.as_str()), ("content-type", "application/json")];
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let answer = request(self.address, method, path, &headers, body.as_bytes());
        let value = answer.json()["value"].clone();
        if answer.status == 200 { Ok(value) } else { Err(value["message"].to_string()) }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if !self.session.is_empty() {
            // Ends the browser too; after a failure there may be nobody to tell.
            let host = format!("localhost:{}", self.address.port());
            let mut connection = Connection::open(self.address);
            let head = connection.head("DELETE", &self.path(""), &[("host", &host)]);
            let _ = connection.try_send(format!("{head}\r\n"));
            let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| connection.answer()));
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}
