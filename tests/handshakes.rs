//! What providers ask an endpoint beside their deliveries: for each preset with a handshake the
//! request that its documentation shows, and the answer that it waits for.
//!
//! Digests were computed with Python's `hmac` and `hashlib`; Braintree's is of its own SDK's tests,
//! Smartcar's and X's are what theirs compute, and the SHA-1 signature of Amazon SNS was made with
//! OpenSSL and the test key that stands beside the mutations.
#![cfg(all(feature = "asymmetric", feature = "x509"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeSet;

use hookstage::scheme::{
    HandshakeAnswer, Parameter, Parameters, Unsigned, answer_handshake as answer,
};
use hookstage::{
    Answer, Delivery, Head, PolicyConfig, Secret, Source, SourceConfig, Timestamp, Verifier,
    providers,
};

const NOW: Timestamp = Timestamp::from_unix_seconds(1_700_000_000);
const URL: &str = "https://hooks.example.com/in";
const SECRET: &str = "hookstage-test-secret";
const NONE: &[(&str, &str)] = &[("cache-control", "no-store")];
const JSON: &[(&str, &str)] = &[
    ("cache-control", "no-store"),
    ("content-type", "application/json"),
    ("x-content-type-options", "nosniff"),
];
const TEXT: &[(&str, &str)] = &[
    ("cache-control", "no-store"),
    ("content-type", "text/plain; charset=utf-8"),
    ("x-content-type-options", "nosniff"),
];

/// One request of a provider, and what it must be answered.
struct Row {
    preset: &'static str,
    method: &'static str,
    query: &'static str,
    headers: &'static [(&'static str, &'static str)],
    body: &'static str,
    /// Whether it comes signed as the provider signs deliveries.
    signed: bool,
    answer: Wanted,
}

enum Wanted {
    /// 200 with this body.
    Text(&'static str),
    /// 200 with this JSON.
    Json(&'static str),
    /// A status without a body.
    Status(u16),
    /// 200 with these headers and no body.
    Headers(&'static [(&'static str, &'static str)]),
    /// 200, and the host is handed a secret, which a header repeats or nothing does.
    Captured(Option<&'static str>),
    /// 200, and the host is handed this address.
    Visit(&'static str),
}

const fn get(preset: &'static str, query: &'static str, answer: Wanted) -> Row {
    Row { preset, method: "GET", query, headers: &[], body: "", signed: false, answer }
}

const fn post(preset: &'static str, body: &'static str, answer: Wanted) -> Row {
    Row { preset, method: "POST", query: "", headers: &[], body, signed: false, answer }
}

const fn signed(preset: &'static str, body: &'static str, answer: Wanted) -> Row {
    Row { preset, method: "POST", query: "", headers: &[], body, signed: true, answer }
}

const fn head(preset: &'static str) -> Row {
    Row {
        preset,
        method: "HEAD",
        query: "",
        headers: &[],
        body: "",
        signed: false,
        answer: Wanted::Status(200),
    }
}

impl Row {
    const fn with(mut self, headers: &'static [(&'static str, &'static str)]) -> Self {
        self.headers = headers;
        self
    }
}

const HUB: &str = "hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=token";
const WEBSUB: &str = "hub.mode=subscribe&hub.topic=https%3A%2F%2Fexample.com%2Ffeed&hub.challenge=c4f9&hub.lease_seconds=864000";
const SNS: &str = r#"{"Type":"SubscriptionConfirmation","MessageId":"165545c9-2a5c-472c-8df2-7ff2be2b3b1b","Token":"2336412f37","TopicArn":"https://example.com/feed","Message":"You have chosen to subscribe","SubscribeURL":"https://sns.us-west-2.amazonaws.com/?Action=ConfirmSubscription&TopicArn=arn:aws:sns:us-west-2:123456789012:MyTopic&Token=2336412f37"}"#;
const SNS_V1: &str = r#"{"Type":"SubscriptionConfirmation","MessageId":"165545c9-2a5c-472c-8df2-7ff2be2b3b1b","Token":"2336412f37","TopicArn":"arn:aws:sns:us-west-2:123456789012:MyTopic","Message":"You have chosen to subscribe","SubscribeURL":"https://sns.us-west-2.amazonaws.com/?Action=ConfirmSubscription&TopicArn=arn:aws:sns:us-west-2:123456789012:MyTopic&Token=2336412f37","Timestamp":"2023-11-14T22:13:20.000Z","SignatureVersion":"1","SigningCertURL":"https://sns.us-west-2.amazonaws.com/SimpleNotificationService-f3ecfb7224c7233fe7bb5f59f96de52f.pem","Signature":"@SNS1@"}"#;
const SUBSCRIBE: &str = "https://sns.us-west-2.amazonaws.com/?Action=ConfirmSubscription&TopicArn=arn:aws:sns:us-west-2:123456789012:MyTopic&Token=2336412f37";

#[rustfmt::skip]
const ROWS: &[Row] = &[
    get("dropbox", "challenge=TG3wSOUBxyTDb0o%2F", Wanted::Text("TG3wSOUBxyTDb0o/")),
    get("nylas", "challenge=bc609b38-c81f-47fb-a275-1d9bd61be968", Wanted::Text("bc609b38-c81f-47fb-a275-1d9bd61be968")),
    get("adobe-io", "challenge=8ec8d794-e0ab-42df-9017-e3dada8e84f7", Wanted::Text("8ec8d794-e0ab-42df-9017-e3dada8e84f7")),
    get("onfleet", "check=8bb2ed88", Wanted::Text("8bb2ed88")),
    get("meta", HUB, Wanted::Text("1158201444")),
    get("meta-sha1", HUB, Wanted::Text("1158201444")),
    get("strava", HUB, Wanted::Json(r#"{"hub.challenge":"1158201444"}"#)),
    get("websub", WEBSUB, Wanted::Text("c4f9")),
    get("websub-sha1", WEBSUB, Wanted::Text("c4f9")),
    get("websub-sha384", WEBSUB, Wanted::Text("c4f9")),
    get("websub-sha512", WEBSUB, Wanted::Text("c4f9")),
    get("x", "crc_token=abc123", Wanted::Json(r#"{"response_token":"sha256=ESnLgmANZFFkK46ODOrETzQd8CzCLO77b+2fq1qgaRk="}"#)),
    get("linkedin", "challengeCode=890e4665-4dfe-4ab1-b689-ed553bceeed0&applicationId=7", Wanted::Json(r#"{"challengeCode":"890e4665-4dfe-4ab1-b689-ed553bceeed0","challengeResponse":"df8ed47e064d85565afe0f8d9cfb8287d62aa1925a3834c230ebfd7f3244f640"}"#)),
    get("ebay", "challenge_code=code", Wanted::Json(r#"{"challengeResponse":"a642e1ff59a316480837f92956ee3a0d61ed5e45d24bd11fbcbd69c6cab86dcd"}"#)),
    get("braintree", "bt_challenge=20f9f8ed05f77439fe955c977e4c8a53", Wanted::Text("integration_public_key|d9b899556c966b3f06945ec21311865d35df3ce4")),
    get("fitbit", "verify=token", Wanted::Status(204)),
    get("fitbit", "verify=another", Wanted::Status(404)),
    get("okta", "", Wanted::Json(r#"{"verification":"wZ8bOlm2"}"#)).with(&[("X-Okta-Verification-Challenge", "wZ8bOlm2")]),
    get("pandadoc", "", Wanted::Status(200)),
    get("mailchimp", "", Wanted::Status(200)),
    get("mailgun-optimize", "", Wanted::Status(200)),
    head("trello"),
    head("surveymonkey"),
    head("mandrill"),
    head("circle"),
    Row { method: "OPTIONS", ..get("azure-event-grid", "", Wanted::Headers(&[("webhook-allowed-origin", "eventgrid.azure.net"), ("webhook-allowed-rate", "*")])) }.with(&[("WebHook-Request-Origin", "eventgrid.azure.net"), ("WebHook-Request-Rate", "120")]),
    post("azure-event-grid", r#"[{"id":"1","eventType":"Microsoft.EventGrid.SubscriptionValidationEvent","data":{"validationCode":"512d38b6-c7b8-40c8-89fe-f46f9e9622b6"}}]"#, Wanted::Json(r#"{"validationResponse":"512d38b6-c7b8-40c8-89fe-f46f9e9622b6"}"#)).with(&[("aeg-event-type", "SubscriptionValidation")]),
    post("asana", "{}", Wanted::Captured(Some("x-hook-secret"))).with(&[("X-Hook-Secret", "b537207f20cbfa02357cf448134da559")]),
    post("zoho-mail", "{}", Wanted::Captured(None)).with(&[("X-Hook-Secret", "b537207f20cbfa02357cf448134da559")]),
    post("notion", r#"{"verification_token":"secret_tMrlL1qK5vuQAh1b6cZGhFChZTSYJlce98V0pYn7yBl"}"#, Wanted::Captured(None)),
    post("smartsheet", r#"{"challenge":"d78dd1d3-01ce-4481-81de-92b4f3aa5ab1"}"#, Wanted::Headers(&[("smartsheet-hook-response", "d78dd1d3-01ce-4481-81de-92b4f3aa5ab1")])).with(&[("Smartsheet-Hook-Challenge", "d78dd1d3-01ce-4481-81de-92b4f3aa5ab1")]),
    post("ringcentral", "", Wanted::Headers(&[("validation-token", "36a2a8b9-14a8")])).with(&[("Validation-Token", "36a2a8b9-14a8")]),
    post("monday", r#"{"challenge":"3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P"}"#, Wanted::Json(r#"{"challenge":"3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P"}"#)),
    post("smartcar", r#"{"eventName":"verify","payload":{"challenge":"3ffda91f-aa8c-4ff2-9de6-3d4a8d4b6a52"}}"#, Wanted::Json(r#"{"challenge":"eca6d51683e9001f6800b0a6e4cab3b0b2c773bebf168cc80293e946024f8d97"}"#)),
    post("feishu", r#"{"challenge":"ajls384kdjx98XX","token":"token","type":"url_verification"}"#, Wanted::Json(r#"{"challenge":"ajls384kdjx98XX"}"#)),
    post("feishu-card", r#"{"challenge":"ajls384kdjx98XX","token":"token","type":"url_verification"}"#, Wanted::Json(r#"{"challenge":"ajls384kdjx98XX"}"#)),
    Row { method: "POST", ..get("microsoft-graph", "validationToken=Validation%3A%20Testing%20client", Wanted::Text("Validation: Testing client")) },
    post("woocommerce", "webhook_id=4", Wanted::Status(200)),
    post("slack", "ssl_check=1&token=x", Wanted::Status(200)),
    signed("slack", r#"{"token":"x","challenge":"3eZbrw1aBm2rZgRN","type":"url_verification"}"#, Wanted::Json(r#"{"challenge":"3eZbrw1aBm2rZgRN"}"#)),
    signed("zoom", r#"{"payload":{"plainToken":"qgg8vlvZRS6UYooatFL8Aw"},"event_ts":1654503849680,"event":"endpoint.url_validation"}"#, Wanted::Json(r#"{"encryptedToken":"202048ac0e2b48fca627f3f9339866876941941af8c71fbec19d395e6f1f22f8","plainToken":"qgg8vlvZRS6UYooatFL8Aw"}"#)),
    signed("twitch", r#"{"challenge":"pogchamp-kappa-360noscope-vohiyo","subscription":{"id":"f1c2a387"}}"#, Wanted::Text("pogchamp-kappa-360noscope-vohiyo")).with(&[("Twitch-Eventsub-Message-Type", "webhook_callback_verification")]),
    signed("discord", r#"{"version":1,"application_id":"1234560123453231555","type":0}"#, Wanted::Status(204)),
    signed("discord", r#"{"id":"1","application_id":"2","type":1,"version":1}"#, Wanted::Json(r#"{"type":1}"#)),
    signed("xero", r#"{"events":[],"firstEventSequence":0,"lastEventSequence":0,"entropy":"S0m3r4Nd0mt3xt"}"#, Wanted::Status(200)),
    signed("figma", r#"{"event_type":"PING","webhook_id":"22","timestamp":"2023-11-14T22:13:20Z"}"#, Wanted::Status(200)),
    signed("viber", r#"{"event":"webhook","timestamp":1457764197627,"message_token":241256543215}"#, Wanted::Status(200)),
    signed("line", r#"{"destination":"xxxxxxxxxx","events":[]}"#, Wanted::Status(200)),
    signed("dropbox-sign", r#"{"event":{"event_time":"1700000000","event_type":"callback_test","event_hash":"d3bbdce8074a900a1fee12d664060156a332f69af1656e527c35a37ebb101dc7"}}"#, Wanted::Text("Hello API Event Received")),
    signed("amazon-sns", SNS, Wanted::Visit(SUBSCRIBE)),
    post("amazon-sns-v1", SNS_V1, Wanted::Visit(SUBSCRIBE)),
];

/// The secret, or the private key, that the preset's scheme takes.
fn key(preset: &str) -> String {
    let file = |name: &str| {
        let path = format!("{}/tests/mutations/keys/{name}.pem", env!("CARGO_MANIFEST_DIR"));
        std::fs::read_to_string(path).unwrap()
    };
    match preset {
        "amazon-sns" | "amazon-sns-v1" | "adobe-io" | "alipay" | "alipay-rsa" => file("rsa-one"),
        "discord" => file("ed25519-one"),
        "circle" | "ebay" => file("p256-one"),
        "braintree" => "integration_private_key".to_owned(),
        "adyen-payments" | "onfleet" => "00ff".repeat(16),
        _ => SECRET.to_owned(),
    }
}

fn parameters(preset: &str) -> Parameters {
    let topic = match preset {
        "amazon-sns-v1" => "arn:aws:sns:us-west-2:123456789012:MyTopic",
        _ => "https://example.com/feed",
    };
    Parameters::new()
        .with(Parameter::VerifyToken, "token")
        .with(Parameter::KeyId, "integration_public_key")
        .with(Parameter::TopicArn, topic)
        .with(Parameter::Audience, "audience")
        .with(Parameter::ClientId, "client")
}

/// A verifier where the preset has a secret, and this build what it needs.
fn verifier(name: &str) -> Option<Verifier> {
    let scheme = providers::find(name).unwrap().scheme();
    let secret = Secret::new(key(name)).unwrap();
    Verifier::with_parameters(scheme, [secret], parameters(name)).ok()
}

struct Request {
    url: String,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
}

fn request(row: &Row, verifier: Option<&Verifier>) -> Request {
    let url = if row.query.is_empty() { URL.to_owned() } else { format!("{URL}?{}", row.query) };
    let body = row.body.replace("@SNS1@", SNS_SHA1);
    let headers: Vec<(&str, &[u8])> =
        row.headers.iter().map(|(name, value)| (*name, value.as_bytes())).collect();
    // Dropbox Sign's signature stands in the JSON itself, where it already is.
    if !row.signed || row.preset == "dropbox-sign" {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), value.to_vec()));
        return Request { url, headers: headers.collect(), body: body.into_bytes() };
    }
    let unsigned = Unsigned {
        method: row.method,
        url: &url,
        headers: &headers,
        body: body.as_bytes(),
        id: "id_1",
    };
    let signed = verifier.unwrap().sign(&unsigned, NOW).unwrap();
    Request {
        url: signed.url,
        headers: signed
            .headers
            .into_iter()
            .map(|(name, value)| (name.to_string(), value))
            .collect(),
        body: signed.body,
    }
}

fn ask(
    row: &Row,
    request: &Request,
    verifier: Option<&Verifier>,
    only: Option<usize>,
) -> Option<HandshakeAnswer> {
    let all = providers::find(row.preset).unwrap().handshakes();
    let handshakes = only.map_or(all, |index| &all[index..=index]);
    let headers: Vec<(&str, &[u8])> =
        request.headers.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
    let delivery = Delivery::new(Head::new(row.method, &request.url, &headers), &request.body);
    answer(handshakes, verifier, &parameters(row.preset), &delivery, NOW)
        .unwrap_or_else(|refusal| panic!("{} {}: {refusal}", row.preset, row.query))
}

fn check(row: &Row, answer: &HandshakeAnswer) {
    let at = row.preset;
    let body = answer.response.body();
    let lines: Vec<(&str, &str)> = answer.response.headers().collect();
    let captured = matches!(row.answer, Wanted::Captured(_));
    let visited = matches!(row.answer, Wanted::Visit(_));
    assert_eq!(answer.captured.is_some(), captured, "{at}");
    assert_eq!(answer.visit.is_some(), visited, "{at}");
    let status = if let Wanted::Status(status) = row.answer { status } else { 200 };
    assert_eq!(answer.response.status(), status, "{at}");
    match row.answer {
        Wanted::Text(text) => assert_eq!((body, lines.as_slice()), (text, TEXT), "{at}"),
        Wanted::Json(json) => assert_eq!((body, lines.as_slice()), (json, JSON), "{at}"),
        Wanted::Headers(own) => assert_eq!((body, lines), ("", [NONE, own].concat()), "{at}"),
        Wanted::Status(_) => assert_eq!((body, lines.as_slice()), ("", NONE), "{at}"),
        Wanted::Captured(echo) => {
            let names: Vec<&str> = lines.iter().map(|(name, _)| *name).skip(NONE.len()).collect();
            assert_eq!((body, names), ("", echo.into_iter().collect()), "{at}");
        }
        Wanted::Visit(address) => {
            assert_eq!(answer.visit.as_deref(), Some(address), "{at}");
            assert_eq!((body, lines.as_slice()), ("", NONE), "{at}");
        }
    }
}

#[test]
fn every_handshake_of_every_preset_is_answered_as_its_provider_wants() {
    let mut answered = BTreeSet::new();
    for row in ROWS {
        let verifier = verifier(row.preset);
        let request = request(row, verifier.as_ref());
        let handshakes = providers::find(row.preset).unwrap().handshakes();
        for index in 0..handshakes.len() {
            if ask(row, &request, verifier.as_ref(), Some(index)).is_some() {
                answered.insert((row.preset, index));
            }
        }
        let given = ask(row, &request, verifier.as_ref(), None);
        check(row, &given.unwrap_or_else(|| panic!("{} {}: no handshake", row.preset, row.query)));
    }
    let mut presets = 0;
    let mut missing = Vec::new();
    for preset in providers::all() {
        presets += usize::from(!preset.handshakes().is_empty());
        for index in 0..preset.handshakes().len() {
            if !answered.contains(&(preset.name, index)) {
                missing.push((preset.name, index));
            }
        }
    }
    println!("{} handshakes of {presets} presets, {} requests", answered.len(), ROWS.len());
    assert!(missing.is_empty(), "no request shows that these are answered: {missing:?}");
}

#[test]
fn a_signed_handshake_is_verified_before_it_is_answered() {
    for row in ROWS.iter().filter(|row| row.signed) {
        let verifier = verifier(row.preset);
        let mut request = request(row, verifier.as_ref());
        request.body.push(b' ');
        if row.preset == "figma" || row.preset == "dropbox-sign" || row.preset == "amazon-sns" {
            // Their signatures do not cover the bytes of the body, so another key must do.
            request.body.pop();
            let other = Secret::new(match row.preset {
                "amazon-sns" => std::fs::read_to_string(format!(
                    "{}/tests/mutations/keys/rsa-other.pem",
                    env!("CARGO_MANIFEST_DIR")
                ))
                .unwrap(),
                _ => "another-secret".to_owned(),
            });
            let scheme = providers::find(row.preset).unwrap().scheme();
            let other = Verifier::with_parameters(scheme, [other.unwrap()], parameters(row.preset));
            refused(row, &request, Some(&other.unwrap()));
            continue;
        }
        refused(row, &request, verifier.as_ref());
        // A source without a secret cannot tell, and answers nobody.
        refused(row, &request, None);
    }
}

fn refused(row: &Row, request: &Request, verifier: Option<&Verifier>) {
    let handshakes = providers::find(row.preset).unwrap().handshakes();
    let headers: Vec<(&str, &[u8])> =
        request.headers.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
    let delivery = Delivery::new(Head::new(row.method, &request.url, &headers), &request.body);
    let judged = answer(handshakes, verifier, &parameters(row.preset), &delivery, NOW);
    match judged {
        // Xero sends wrong ones on purpose, and wants to be told so.
        Ok(Some(answer)) => assert_eq!((row.preset, answer.response.status()), ("xero", 401)),
        Ok(None) => panic!("{}: it is no longer a handshake", row.preset),
        Err(_) => {}
    }
}

/// What these providers read before they believe that a delivery has come.
const ACKNOWLEDGEMENTS: [(&str, &str); 4] = [
    ("adyen-payments", "[accepted]"),
    ("alipay", "success"),
    ("alipay-rsa", "success"),
    ("dropbox-sign", "Hello API Event Received"),
];

#[test]
fn an_acknowledgement_is_the_text_that_the_provider_reads() {
    let wanted: Vec<(&str, &str)> = providers::all()
        .iter()
        .filter_map(|preset| Some((preset.name, preset.acknowledgement()?)))
        .collect();
    assert_eq!(wanted, ACKNOWLEDGEMENTS);
}

#[test]
fn a_source_acknowledges_in_the_words_that_its_provider_waits_for() {
    let successes = |source: &Source| {
        let answers = &source.policy().answers;
        [&answers.accepted, &answers.duplicate, &answers.captured, &answers.not_subscribed]
            .map(Answer::response)
    };
    for (name, words) in ACKNOWLEDGEMENTS {
        let config = || {
            let preset = providers::find(name).unwrap();
            let mut config = SourceConfig::preset("acme", "hooks", preset)
                .with_secret(Secret::new(key(name)).unwrap());
            config.parameters = parameters(name);
            config
        };
        let source = Source::new(config()).unwrap();
        for response in successes(&source) {
            assert_eq!((response.status(), response.body()), (200, words), "{name}");
            assert_eq!(response.header("content-type"), Some(TEXT[1].1), "{name}");
        }
        let refused = &source.policy().answers.unauthenticated;
        assert!(!refused.body.contains(words), "{name}: a refusal is no acknowledgement");
        // What was pinned stays, and what was chosen is not overruled.
        let mut pinned = source.config();
        pinned.keys = config().keys;
        assert_eq!(Source::new(pinned).unwrap().policy(), source.policy(), "{name}");
        for chosen in [PolicyConfig::Custom(Box::default()), PolicyConfig::Comma] {
            let mut own = config();
            own.policy = chosen.clone();
            assert_eq!(*Source::new(own).unwrap().policy(), chosen.policy(), "{name}");
        }
    }
}

/// SHA-1 with RSA over the members of `SNS_V1`, made with `openssl dgst -sha1 -sign`.
const SNS_SHA1: &str = "XC7GCmykGYWrt3Sd6pYGoXf6bKUIPUCF4w7kotxXHBuCrj1u/Tiz9XqmpH2UN3XcaV6Awj7jcuRIEwvOkbp783zio1VSjJgfz/zlYy+CX5CkBAGQ0WhVlgTythbLgqaY1efHUJKkMyLen9Wb9dn3oFWbodzbGcTmoKHCdWJ29XDhIy4cHVUR3+NBlkvn8wc7+KWMNZ7adHbTx1je/T6cystjWUwvekCQpJ6W91lSF0WPdFEWbZ1mn6CGdjVAHDgHjV6fwW0JUhQSGpmutEZRE8ghnjz8dp9gZAmVmYfHt/PVWxvblJv2FkuLtjjChKbO0zyXX323vAOKR1yf8xYm9A==";
