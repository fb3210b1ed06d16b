//! Code that a sender pastes: it signs deliveries as a scheme wants them.

use std::fmt::Write as _;

use super::Scheme;
use super::description::{
    Algorithm, Authentication, Encoding, Grammar, Hash, KeyForm, Part, Place, Signature, TimeUnit,
};

/// A language that a sender writes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Language {
    /// A POSIX shell with curl, openssl and date.
    Curl,
    /// Go, with its standard library alone.
    Go,
    /// JavaScript on Node, with its standard library alone.
    Node,
    /// PHP with its curl extension.
    Php,
    /// Python 3, with its standard library alone.
    Python,
    /// Rust, with the crates hmac, sha2, hex, base64 and ureq.
    Rust,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Curl, Self::Go, Self::Node, Self::Php, Self::Python, Self::Rust];
}

/// A program that sends one signed delivery to `url`. It reads the secret from the environment
/// variable `WEBHOOK_SECRET`, and the body from the file that its first argument names.
///
/// Nothing for a scheme that it cannot be written for: it knows an HMAC with a text secret over
/// time, body and fixed texts, in one header.
///
/// ```
/// use hookstage::providers;
/// use hookstage::scheme::{Language, snippet};
///
/// let scheme = providers::COEFFECTION.scheme();
/// let python = snippet(&scheme, Language::Python, "https://hooks.example.com/in").unwrap();
/// assert!(python.contains("x-webhook-signature"));
/// assert!(snippet(&providers::STANDARD_WEBHOOKS.scheme(), Language::Go, "").is_none());
/// ```
#[must_use]
pub fn snippet(scheme: &Scheme, language: Language, url: &str) -> Option<String> {
    let recipe = Recipe::of(scheme, url)?;
    Some(match language {
        Language::Curl => recipe.curl(),
        Language::Go => recipe.go(),
        Language::Node => recipe.node(),
        Language::Php => recipe.php(),
        Language::Python => recipe.python(),
        Language::Rust => recipe.rust(),
    })
}

/// What all languages say in their own words.
struct Recipe<'a> {
    url: &'a str,
    header: &'a str,
    /// What stands before the signature in its header, with the time in it or not.
    before: Before<'a>,
    /// Fixed texts, time and body, in their order.
    signed: Vec<Signed<'a>>,
    time_header: Option<&'a str>,
    milliseconds: bool,
    hash: &'static str,
    encoding: Encoding,
}

enum Before<'a> {
    Text(&'a str),
    Items { time: &'a str, pair: char, item: char, signature: &'a str },
}

enum Signed<'a> {
    Body,
    Text(&'a str),
    Time,
}

impl<'a> Recipe<'a> {
    fn of(scheme: &'a Scheme, url: &'a str) -> Option<Self> {
        let description = scheme.description();
        let Authentication::Signature(Signature { at, grammar, encoding, algorithm, content, key }) =
            &description.authentication
        else {
            return None;
        };
        // What is pasted into a shell and five languages must need no escaping in any.
        let plain =
            |text: &str| text.bytes().all(|b| b.is_ascii_graphic() && !b"'\"\\`$".contains(&b));
        let hash = match algorithm {
            Algorithm::Hmac(Hash::Sha256) => "sha256",
            Algorithm::Hmac(Hash::Sha512) => "sha512",
            _ => return None,
        };
        let ([slot], [template], KeyForm::Text) = (at.as_ref(), content.as_ref(), key) else {
            return None;
        };
        let Place::Header(header) = &slot.place else { return None };
        let time = description.timestamp.as_ref();
        let (time_header, before) = match (grammar, time.map(|time| &time.at)) {
            (Grammar::Plain { prefix }, None) => (None, Before::Text(prefix)),
            (Grammar::Plain { prefix }, Some(Place::Header(name))) => {
                (Some(name.as_ref()), Before::Text(prefix))
            }
            (Grammar::Items { item, pair, signatures }, Some(Place::Item(key))) => {
                let signature = signatures.first()?;
                (None, Before::Items { time: key, pair: *pair, item: *item, signature })
            }
            _ => return None,
        };
        let milliseconds = match time.map(|time| time.unit) {
            None | Some(TimeUnit::Seconds) => false,
            Some(TimeUnit::Milliseconds) => true,
            _ => return None,
        };
        let mut signed = Vec::new();
        for part in template.iter() {
            signed.push(match part {
                Part::Body => Signed::Body,
                Part::Literal(text) if plain(text) => Signed::Text(text),
                Part::Timestamp => Signed::Time,
                _ => return None,
            });
        }
        let safe = plain(url) && plain(header) && !matches!(encoding, Encoding::Base64Url);
        (safe && description.id.is_none() && description.require.is_empty()).then_some(Self {
            url,
            header,
            before,
            signed,
            time_header,
            milliseconds,
            hash,
            encoding: *encoding,
        })
    }

    fn has_time(&self) -> bool {
        self.signed.iter().any(|part| matches!(part, Signed::Time))
    }

    fn is_hex(&self) -> bool {
        matches!(self.encoding, Encoding::Hex)
    }

    /// The header's value, with these words for time and signature.
    fn value(&self, time: &str, signature: &str) -> String {
        match &self.before {
            Before::Text(text) => format!("{text}{signature}"),
            Before::Items { time: key, pair, item, signature: own } => {
                format!("{key}{pair}{time}{item}{own}{pair}{signature}")
            }
        }
    }

    /// The signed parts, each as one expression.
    fn parts(&self, text: impl Fn(&str) -> String, time: &str, body: &str) -> Vec<String> {
        self.signed
            .iter()
            .map(|part| match part {
                Signed::Body => body.to_owned(),
                Signed::Text(literal) => text(literal),
                Signed::Time => time.to_owned(),
            })
            .collect()
    }

    fn curl(&self) -> String {
        let feed = self.parts(
            |text| format!("printf '%s' '{text}'"),
            "printf '%s' \"$time\"",
            "cat \"$1\"",
        );
        let time = match (self.has_time(), self.milliseconds) {
            (false, _) => "",
            (true, false) => "time=$(date +%s)\n",
            (true, true) => "time=$(date +%s)000\n",
        };
        let encode =
            if self.is_hex() { "od -An -v -tx1 | tr -d ' \\n'" } else { "openssl base64 -A" };
        let mut text = format!(
            "#!/bin/sh\nset -eu\n{time}signature=$({{ {}; }} | openssl dgst -{} -hmac \"$WEBHOOK_SECRET\" -binary | {encode})\ncurl --fail-with-body -X POST '{}' \\\n  -H 'content-type: application/json' \\\n",
            feed.join("; "),
            self.hash,
            self.url
        );
        if let Some(name) = self.time_header {
            let _ = writeln!(text, "  -H \"{name}: $time\" \\");
        }
        let _ = writeln!(
            text,
            "  -H \"{}: {}\" \\\n  --data-binary @\"$1\"",
            self.header,
            self.value("$time", "$signature")
        );
        text
    }

    fn node(&self) -> String {
        let updates: String = self
            .parts(|text| format!("'{text}'"), "time", "body")
            .iter()
            .map(|part| format!(".update({part})"))
            .collect();
        let encoding = if self.is_hex() { "hex" } else { "base64" };
        let time = match (self.has_time(), self.milliseconds) {
            (false, _) => "",
            (true, false) => "const time = Math.floor(Date.now() / 1000).toString();\n",
            (true, true) => "const time = Date.now().toString();\n",
        };
        let time_header =
            self.time_header.map_or_else(String::new, |name| format!("    '{name}': time,\n"));
        format!(
            "const {{ createHmac }} = require('node:crypto');\nconst {{ readFileSync }} = require('node:fs');\n\nconst body = readFileSync(process.argv[2]);\n{time}const signature = createHmac('{}', process.env.WEBHOOK_SECRET){updates}.digest('{encoding}');\n\nfetch('{}', {{\n  method: 'POST',\n  headers: {{\n    'content-type': 'application/json',\n{time_header}    '{}': `{}`,\n  }},\n  body,\n}}).then((answer) => {{\n  console.log(answer.status);\n  process.exitCode = answer.ok ? 0 : 1;\n}});\n",
            self.hash,
            self.url,
            self.header,
            self.value("${time}", "${signature}")
        )
    }

    fn python(&self) -> String {
        let parts = self.parts(|text| format!("b'{text}'"), "time.encode()", "body").join(" + ");
        let (import, time) = match (self.has_time(), self.milliseconds) {
            (false, _) => ("", ""),
            (true, false) => ("import time as clock\n", "time = str(int(clock.time()))\n"),
            (true, true) => ("import time as clock\n", "time = str(int(clock.time() * 1000))\n"),
        };
        let encode = if self.is_hex() {
            "mac.hexdigest()"
        } else {
            "base64.b64encode(mac.digest()).decode()"
        };
        let base64 = if self.is_hex() { "" } else { "import base64\n" };
        let time_header =
            self.time_header.map_or_else(String::new, |name| format!("    '{name}': time,\n"));
        format!(
            "{base64}import hashlib\nimport hmac\nimport os\nimport sys\n{import}import urllib.request\n\nwith open(sys.argv[1], 'rb') as file:\n    body = file.read()\n{time}mac = hmac.new(os.environ['WEBHOOK_SECRET'].encode(), {parts}, hashlib.{})\nsignature = {encode}\nrequest = urllib.request.Request('{}', data=body, method='POST', headers={{\n    'content-type': 'application/json',\n{time_header}    '{}': f'{}',\n}})\nprint(urllib.request.urlopen(request).status)\n",
            self.hash,
            self.url,
            self.header,
            self.value("{time}", "{signature}")
        )
    }

    fn php(&self) -> String {
        let parts = self.parts(|text| format!("'{text}'"), "$time", "$body").join(" . ");
        let time = match (self.has_time(), self.milliseconds) {
            (false, _) => "",
            (true, false) => "$time = (string) time();\n",
            (true, true) => "$time = (string) (int) (microtime(true) * 1000);\n",
        };
        let signature = if self.is_hex() {
            format!("hash_hmac('{}', {parts}, getenv('WEBHOOK_SECRET'))", self.hash)
        } else {
            format!(
                "base64_encode(hash_hmac('{}', {parts}, getenv('WEBHOOK_SECRET'), true))",
                self.hash
            )
        };
        let time_header = self
            .time_header
            .map_or_else(String::new, |name| format!("    \"{name}: {{$time}}\",\n"));
        format!(
            "<?php\n$body = file_get_contents($argv[1]);\n{time}$signature = {signature};\n$request = curl_init('{}');\ncurl_setopt($request, CURLOPT_POSTFIELDS, $body);\ncurl_setopt($request, CURLOPT_HTTPHEADER, [\n    'content-type: application/json',\n{time_header}    \"{}: {}\",\n]);\ncurl_exec($request);\nexit(curl_getinfo($request, CURLINFO_RESPONSE_CODE) < 300 ? 0 : 1);\n",
            self.url,
            self.header,
            self.value("{$time}", "{$signature}")
        )
    }

    fn go(&self) -> String {
        let writes: String = self
            .parts(|text| format!("[]byte(\"{text}\")"), "[]byte(moment)", "body")
            .iter()
            .fold(String::new(), |all, part| all + &format!("\tmac.Write({part})\n"));
        let (package, function) = if self.hash == "sha256" {
            ("crypto/sha256", "sha256.New")
        } else {
            ("crypto/sha512", "sha512.New")
        };
        let (encoding, encode) = if self.is_hex() {
            ("encoding/hex", "hex.EncodeToString")
        } else {
            ("encoding/base64", "base64.StdEncoding.EncodeToString")
        };
        let (imports, time) = match (self.has_time(), self.milliseconds) {
            (false, _) => ("", ""),
            (true, false) => (
                "\t\"strconv\"\n\t\"time\"\n",
                "\tmoment := strconv.FormatInt(time.Now().Unix(), 10)\n",
            ),
            (true, true) => (
                "\t\"strconv\"\n\t\"time\"\n",
                "\tmoment := strconv.FormatInt(time.Now().UnixMilli(), 10)\n",
            ),
        };
        let time_header = self
            .time_header
            .map_or_else(String::new, |name| format!("\trequest.Header.Set(\"{name}\", moment)\n"));
        let value = self.value("\" + moment + \"", "\" + signature");
        format!(
            "package main\n\nimport (\n\t\"bytes\"\n\t\"crypto/hmac\"\n\t\"{package}\"\n\t\"{encoding}\"\n\t\"net/http\"\n\t\"os\"\n{imports})\n\nfunc main() {{\n\tbody, err := os.ReadFile(os.Args[1])\n\tif err != nil {{\n\t\tpanic(err)\n\t}}\n{time}\tmac := hmac.New({function}, []byte(os.Getenv(\"WEBHOOK_SECRET\")))\n{writes}\tsignature := {encode}(mac.Sum(nil))\n\trequest, err := http.NewRequest(\"POST\", \"{}\", bytes.NewReader(body))\n\tif err != nil {{\n\t\tpanic(err)\n\t}}\n\trequest.Header.Set(\"content-type\", \"application/json\")\n{time_header}\trequest.Header.Set(\"{}\", \"{value})\n\tanswer, err := http.DefaultClient.Do(request)\n\tif err != nil {{\n\t\tpanic(err)\n\t}}\n\tif answer.StatusCode >= 300 {{\n\t\tos.Exit(1)\n\t}}\n}}\n",
            self.url, self.header
        )
    }

    fn rust(&self) -> String {
        let writes: String = self
            .parts(|text| format!("b\"{text}\""), "time.as_bytes()", "&body")
            .iter()
            .fold(String::new(), |all, part| all + &format!("    mac.update({part});\n"));
        let hash = if self.hash == "sha256" { "Sha256" } else { "Sha512" };
        let (import, encode) = if self.is_hex() {
            ("", "hex::encode(tag)")
        } else {
            ("use base64::{engine::general_purpose::STANDARD, Engine};\n", "STANDARD.encode(tag)")
        };
        let time = match (self.has_time(), self.milliseconds) {
            (false, _) => String::new(),
            (true, millis) => format!(
                "    let since = std::time::UNIX_EPOCH.elapsed()?;\n    let time = since.{}().to_string();\n",
                if millis { "as_millis" } else { "as_secs" }
            ),
        };
        let time_header = self
            .time_header
            .map_or_else(String::new, |name| format!("        .header(\"{name}\", &time)\n"));
        format!(
            "{import}use hmac::{{Hmac, KeyInit, Mac}};\nuse sha2::{hash};\n\nfn main() -> Result<(), Box<dyn std::error::Error>> {{\n    let body = std::fs::read(std::env::args().nth(1).ok_or(\"name a file\")?)?;\n{time}    let secret = std::env::var(\"WEBHOOK_SECRET\")?;\n    let mut mac = Hmac::<{hash}>::new_from_slice(secret.as_bytes())?;\n{writes}    let tag = mac.finalize().into_bytes();\n    let signature = {encode};\n    ureq::post(\"{}\")\n        .header(\"content-type\", \"application/json\")\n{time_header}        .header(\"{}\", format!(\"{}\"))\n        .send(&body)?;\n    Ok(())\n}}\n",
            self.url,
            self.header,
            self.value("{time}", "{signature}")
        )
    }
}
