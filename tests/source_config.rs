//! The settings of a source: addresses, stored form, and every fault at once.
#![cfg(feature = "test-util")]

mod common;

use common::lost;
use hookstage::json::Path;
use hookstage::scheme::Parameters;
use hookstage::{
    Address, AddressError, AddressKind, AddressList, Binding, Column, ContactRule, DedupeConfig,
    DedupePart, DedupeRule, Delivery, EndpointId, EndpointToken, Entropy, EventTypeAt,
    HandshakeConfig, Head, IdentifierType, KeyConfig, Lifecycle, Mode, OnMissingKey, Policy,
    PolicyConfig, Rotation, Secret, Source, SourceConfig, SourceId, Subscription, Timestamp,
    Warning, Window, authenticate, providers,
};
use proptest::prelude::*;
use serde_json::Value;

const SECRET: &str = "hookstage-test-secret";

fn entropy(seed: u8) -> Entropy {
    let bytes: Vec<u8> = (0..32).map(|byte: u8| byte.wrapping_mul(7).wrapping_add(seed)).collect();
    Entropy::new(bytes).unwrap()
}

fn secret() -> Secret {
    Secret::new(SECRET).unwrap()
}

// Addresses.

#[test]
fn r_co_24_41_an_address_is_a_tenant_and_a_name_in_the_path() {
    let read = |path: &str| Address::parse(AddressKind::Named, path);
    let named = |tenant: &str, source: &str| Address::from(SourceId::new(tenant, source).unwrap());
    assert_eq!(read("acme/orders").unwrap(), named("acme", "orders"));
    assert_eq!(read("acme/web%20forms").unwrap(), named("acme", "web forms"));
    assert_eq!(read("acme/a%2Fb").unwrap(), named("acme", "a/b"));
    assert_eq!(read("%C3%A9/x+y").unwrap(), named("é", "x+y"), "a plus is no space in a path");
    let spelt = SourceId::new("acme", "a b~-._c/\u{e9}").unwrap().to_path();
    assert_eq!(spelt, "acme/a%20b~-._c%2F%C3%A9", "RFC 3986, section 2.3");
    // The same name under another tenant is another source.
    assert_ne!(read("acme/orders").unwrap(), read("other/orders").unwrap());
    let refused = [
        ("", AddressError::Segments),
        ("acme", AddressError::Segments),
        ("acme/orders/", AddressError::Segments),
        ("acme/orders/more", AddressError::Segments),
        ("/acme/orders", AddressError::Segments),
        ("acme/orders?tenant=other", AddressError::Segments),
        ("acme/orders#x", AddressError::Segments),
        ("/orders", AddressError::Name),
        ("acme/", AddressError::Name),
        ("acme/..", AddressError::Name),
        ("%2e%2E/orders", AddressError::Name),
        ("acme/a%00b", AddressError::Name),
        ("acme/a%1fb", AddressError::Name),
        ("acme/%", AddressError::Escape),
        ("acme/%4", AddressError::Escape),
        ("acme/%zz", AddressError::Escape),
        ("acme/%+1", AddressError::Escape),
        ("acme/%ff", AddressError::Escape),
    ];
    for (path, error) in refused {
        assert_eq!(read(path).unwrap_err(), error, "{path}");
    }
    assert_eq!(read(&format!("acme/{}", "x".repeat(201))).unwrap_err(), AddressError::Name);
}

proptest! {
    #[test]
    fn r_co_24_a_path_that_is_written_is_read_back(tenant in "\\PC{1,40}", source in "\\PC{1,40}") {
        prop_assume!(![".", ".."].contains(&&*tenant) && ![".", ".."].contains(&&*source));
        let Ok(id) = SourceId::new(&tenant, &source) else { return Ok(()) };
        let path = id.to_path();
        prop_assert!(path.bytes().all(|byte| byte.is_ascii_graphic()), "{path}");
        prop_assert_eq!(Address::parse(AddressKind::Named, &path).unwrap(), Address::from(id));
    }

    /// No path makes anything panic, and two addresses are equal only when their parts are.
    #[test]
    fn r_co_24_r_cm_5_r_sy_5_any_path_is_read_or_refused(path in "\\PC{0,80}") {
        for kind in [AddressKind::Id, AddressKind::Named, AddressKind::Token] {
            if let Ok(address) = Address::parse(kind, &path) {
                prop_assert_eq!(address.kind(), kind);
            }
        }
    }
}

#[test]
fn r_cm_5_a_token_is_url_safe_unguessable_and_known_by_its_hash() {
    let (hash, shown) = EndpointToken::generate(entropy(0));
    let text = shown.reveal(str::to_owned);
    assert_eq!(text.len(), 43, "32 bytes in base64 without padding");
    assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)));
    assert_eq!(EndpointToken::parse(&text).unwrap().hash(), hash);
    assert_ne!(EndpointToken::generate(entropy(1)).0, hash);

    // SHA-256 over a domain and the text, by an independent computation.
    use sha2::{Digest, Sha256};
    let expected = Sha256::digest(format!("hookstage endpoint token v1\0{text}"));
    assert_eq!(hash.to_hex(), hex::encode(expected));

    let other = if text.starts_with('A') { "B" } else { "A" };
    let changed = format!("{other}{}", &text[1..]);
    assert_ne!(EndpointToken::parse(&changed).unwrap().hash(), hash);
    // 21 characters of six bits hold fewer than 128 bits.
    for bad in
        ["", &text[..21], &"x".repeat(129), "aaaaaaaaaaaaaaaaaaaaaaa=", "a/aaaaaaaaaaaaaaaaaaaaaaa"]
    {
        assert_eq!(EndpointToken::parse(bad).unwrap_err(), AddressError::Token, "{bad}");
    }
    assert!(EndpointToken::parse(&text[..22]).is_ok());

    // Nothing that is printed or stored shows the token.
    let mut config = SourceConfig::preset("acme", "in", &providers::GITHUB).with_secret(secret());
    config.token = Some(hash);
    let address = Address::parse(AddressKind::Token, &text).unwrap();
    let source = Source::new(config).unwrap();
    assert!(source.answers_to(&address));
    assert!(!source.answers_to(&Address::parse(AddressKind::Token, &changed).unwrap()));
    let outputs = [
        format!("{address:?} {source:?} {hash:?}"),
        serde_json::to_string(&source.config()).unwrap(),
        AddressError::Token.to_string(),
    ];
    for output in outputs {
        assert!(!output.contains(&text), "{output}");
    }
    // What is stored is the hash, and a token in its place is refused without being repeated.
    let stored = serde_json::to_value(source.config()).unwrap();
    assert_eq!(stored["token"], hash.to_hex());
    let mut wrong = stored;
    wrong["token"] = text.clone().into();
    let error = serde_json::from_value::<SourceConfig>(wrong).unwrap_err().to_string();
    assert!(error.contains("64 hexadecimal digits") && !error.contains(&text), "{error}");
}

#[test]
fn r_sy_5_r_wx_3_5_an_id_is_a_uuid_of_version_4() {
    let id = EndpointId::generate(entropy(3));
    let text = id.to_string();
    let parts: Vec<usize> = text.split('-').map(str::len).collect();
    assert_eq!(parts, [8, 4, 4, 4, 12]);
    assert_eq!(text.as_bytes()[14], b'4', "version (RFC 9562, section 5.4)");
    assert!(b"89ab".contains(&text.as_bytes()[19]), "variant");
    assert_eq!(text.parse::<EndpointId>().unwrap(), id);
    assert_eq!(text.to_uppercase().parse::<EndpointId>().unwrap(), id);
    assert_ne!(EndpointId::generate(entropy(4)), id);
    for bad in [
        "",
        "6fa459ea-ee8a-4ca4-894e-db77e160355",
        "6fa459ea-ee8a-4ca4-894e-db77e160355ef",
        "6fa459eaee8a4ca4894edb77e160355e",
        "{6fa459ea-ee8a-4ca4-894e-db77e160355e}",
        "urn:uuid:6fa459ea-ee8a-4ca4-894e-db77e160355e",
        "6fa459ea-ee8a-4ca4-894e-db77e160355g",
        "6fa459ea-ee8a-4ca4-894e_db77e160355e",
        "6fa459e-aee8a-4ca4-894e-db77e160355e",
    ] {
        assert_eq!(bad.parse::<EndpointId>().unwrap_err(), AddressError::Id, "{bad}");
        assert_eq!(Address::parse(AddressKind::Id, bad).unwrap_err(), AddressError::Id, "{bad}");
    }
    let mut config = SourceConfig::new("acme", "in");
    config.scheme = Some(providers::UNSIGNED.scheme());
    config.endpoint = Some(id);
    let source = Source::new(config).unwrap();
    assert!(source.answers_to(&id.into()));
    assert!(source.answers_to(&source.id().clone().into()));
    assert!(!source.answers_to(&EndpointId::generate(entropy(4)).into()));
}

// The stored form.

/// Settings that use everything.
fn full() -> SourceConfig {
    let mut config = SourceConfig::preset("acme", "crm", &providers::COEFFECTION)
        .with_key(KeyConfig::new(secret()).with_id("key-2"));
    let mut policy = Policy::coeffection();
    policy.rotation = Rotation::Overlap { seconds: 86_400 };
    config.name = "Customers".into();
    config.lifecycle = Lifecycle::Draft;
    config.endpoint = Some("6fa459ea-ee8a-4ca4-894e-db77e160355e".parse().unwrap());
    config.token = Some(EndpointToken::parse(&"t".repeat(43)).unwrap().hash());
    config.generation = 7;
    config.policy = PolicyConfig::Custom(Box::new(policy));
    config.dedupe = DedupeConfig::Rule {
        rule: DedupeRule::new(
            [DedupePart::body("complaint.id").unwrap()],
            OnMissingKey::AcceptWithoutKey,
        )
        .unwrap(),
        window: Window::FromLast(std::time::Duration::from_secs(7 * 24 * 3600)),
    };
    config.event_type = Some(EventTypeAt::Body(Path::parse("$.type").unwrap()));
    config.events = Subscription::only(["deal.*", "contact.created"]);
    config.addresses = Some(AddressList::new(["203.0.113.0/24"]).unwrap());
    config.contact = Some(
        ContactRule::new(IdentifierType::PhoneNumber, Path::parse("$.phone").unwrap())
            .with_channel("whatsapp-berlin"),
    );
    let filter = serde_json::json!({"all": [
        {"payload": "$.kind", "eq": "new"},
        {"not": {"header": "x-test", "exists": true}},
    ]});
    let filter = serde_json::from_value(filter).unwrap();
    config.bindings = vec![Binding::new("all"), Binding::filtered("new ones", filter)];
    config.columns = vec![Column { path: Path::parse("$.email").unwrap(), label: "Email".into() }];
    config.limits.body = Some(65_536);
    config.stored_headers = vec!["content-type".into(), "X-Request-Id".into()];
    config.mode = Mode::Auto;
    config.metadata = [("icon".to_owned(), "inbox".to_owned())].into();
    config
}

/// What is pinned and written is read back as the same source, for ever.
#[test]
fn golden_settings_load_and_are_written_alike() {
    let golden = [
        ("full", include_str!("golden/source-1-full.json"), full()),
        (
            "github",
            include_str!("golden/source-1-github.json"),
            SourceConfig::preset("acme", "github", &providers::GITHUB).with_secret(secret()),
        ),
    ];
    for (name, text, config) in golden {
        let written = serde_json::to_value(Source::new(config).unwrap().config()).unwrap();
        let expected: Value = serde_json::from_str(text).unwrap();
        if std::env::var_os("HOOKSTAGE_SHOW_GOLDEN").is_some() {
            println!("{name}: {}", serde_json::to_string_pretty(&written).unwrap());
        }
        assert_eq!(lost(&expected, &written, name), Vec::<String>::new());
        // Read back with its secret, it is the same source in all that the file says.
        let read: SourceConfig = serde_json::from_str(text).unwrap();
        let source = Source::new(read.with_secret(secret())).unwrap();
        let again = serde_json::to_value(source.config()).unwrap();
        assert_eq!(lost(&expected, &again, name), Vec::<String>::new());
    }
}

#[test]
fn r_wx_55_log_08_no_key_is_written() {
    let source = Source::new(full()).unwrap();
    let written = serde_json::to_string(&source.config()).unwrap();
    for form in [SECRET.to_owned(), hex::encode(SECRET), "keys".to_owned(), "key-2".to_owned()] {
        assert!(!written.contains(&form), "{form}");
    }
    assert!(!format!("{source:?}").contains(SECRET));
}

/// Every object of the stored form in turn, with a member that there is none of and with each
/// member twice: a setting that is not understood may be a check that is left out.
#[test]
fn unknown_and_repeated_members_are_refused_wherever_they_stand() {
    let mut whole: Value = serde_json::from_str(include_str!("golden/source-1-full.json")).unwrap();
    whole["keys"] = serde_json::json!([{ "secret": SECRET, "ends": 1, "id": "a" }]);
    let text = serde_json::to_string(&whole).unwrap();
    assert!(serde_json::from_str::<SourceConfig>(&text).is_ok());

    let mut pointers = Vec::new();
    objects(&whole, String::new(), &mut pointers);
    assert!(pointers.len() > 40, "{}", pointers.len());
    let (mut checked, mut wrong) = (0, Vec::new());
    for pointer in &pointers {
        // The names of these are the host's.
        let is_free = pointer == "/metadata";
        let mut changed = whole.clone();
        let object = changed.pointer_mut(pointer).unwrap().as_object_mut().unwrap();
        object.insert("strict_in_a_later_release".into(), Value::String("x".into()));
        if serde_json::from_value::<SourceConfig>(changed).is_ok() != is_free {
            wrong.push(format!("{pointer}: an unknown member"));
        }

        let members: Vec<String> =
            whole.pointer(pointer).unwrap().as_object().unwrap().keys().cloned().collect();
        for member in members {
            let twice = repeated(&whole, pointer, &member);
            if serde_json::from_str::<SourceConfig>(&twice).is_ok() {
                wrong.push(format!("{pointer}: {member} twice"));
            }
            checked += 1;
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    println!("{} objects, {checked} members", pointers.len());
}

fn objects(value: &Value, at: String, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            found.push(at.clone());
            for (name, value) in members {
                objects(
                    value,
                    format!("{at}/{}", name.replace('~', "~0").replace('/', "~1")),
                    found,
                );
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                objects(value, format!("{at}/{index}"), found);
            }
        }
        _ => {}
    }
}

/// The text of a tree with one member of one object written twice.
fn repeated(whole: &Value, pointer: &str, member: &str) -> String {
    const MARK: &str = "written-twice";
    let mut marked = whole.clone();
    let object = marked.pointer_mut(pointer).unwrap().as_object_mut().unwrap();
    let value = object[member].clone();
    object.insert(MARK.into(), value);
    let text = serde_json::to_string(&marked).unwrap();
    let name = serde_json::to_string(member).unwrap();
    text.replace(&format!("\"{MARK}\""), &name)
}

#[test]
fn a_later_version_is_not_guessed_at() {
    for version in [0, 2, 65_535] {
        let mut config =
            SourceConfig::preset("acme", "github", &providers::GITHUB).with_secret(secret());
        config.version = version;
        let error = Source::new(config).unwrap_err();
        assert_eq!(error.faults()[0].at(), "version");
    }
    let text = r#"{"tenant":"acme","source":"in","provider":"unsigned"}"#;
    assert!(serde_json::from_str::<SourceConfig>(text).is_err(), "the version is not optional");
}

// Faults.

#[test]
fn ten_faults_are_ten_faults_with_their_places() {
    let mut config = SourceConfig::preset("", "x", &providers::GITHUB);
    config.name = "two\nlines".into();
    config.provider = Some("no-such-provider".into());
    config.scheme = Some(providers::GITHUB.scheme());
    config.events = Subscription::only(["deal.*", "*", "deal.*"]);
    config.bindings = vec![Binding::new("flow"), Binding::new(""), Binding::new("flow")];
    config.stored_headers = vec!["cookie".into(), "x y".into()];
    config.limits.headers = 0;
    let mut policy = Policy::standard();
    policy.retention_days = 0;
    config.policy = PolicyConfig::Custom(Box::new(policy));
    let error = Source::new(config).unwrap_err();
    let mut at: Vec<&str> = error.faults().iter().map(|fault| fault.at()).collect();
    at.sort_unstable();
    assert_eq!(
        at,
        [
            "bindings[1].name",
            "bindings[2].name",
            "events[1]",
            "events[2]",
            "keys",
            "limits.headers",
            "name",
            "policy.retention_days",
            "provider",
            "source",
            "stored_headers[0]",
            "stored_headers[1]",
        ]
    );
    // One sentence holds them all.
    assert_eq!(error.to_string().matches(": ").count(), at.len(), "{error}");
}

/// One setting changed, and the place of the fault that it is.
type Case = (&'static str, fn(&mut SourceConfig));

#[test]
fn each_fault_has_its_place() {
    let cases: &[Case] = &[
        ("source", |it| it.tenant = "a\u{1f}b".into()),
        ("source", |it| it.source = "x".repeat(201)),
        ("name", |it| it.name = "x".repeat(201)),
        ("keys[1]", |it| it.keys.push(Secret::new(SECRET).unwrap().into())),
        ("keys[0].id", |it| {
            it.keys = vec![KeyConfig::new(Secret::new(SECRET).unwrap()).with_id("")];
        }),
        ("keys[1]", |it| it.keys.push(KeyConfig::hashed([7; 32]))),
        ("keys", |it| {
            for number in 0..4 {
                it.keys
                    .push(Secret::new(format!("another secret, number {number}")).unwrap().into());
            }
        }),
        ("stored_headers[3]", |it| it.stored_headers.push("Authorization".into())),
        ("stored_headers[3]", |it| it.stored_headers.push("X-Hub-Signature-256".into())),
        ("stored_headers[3]", |it| it.stored_headers.push("Content-Type".into())),
        ("stored_headers[3]", |it| it.stored_headers.push("".into())),
        ("stored_headers", |it| {
            it.stored_headers = (0..65).map(|number| format!("x-{number}")).collect();
        }),
        ("events", |it| it.events = Subscription::Only(Vec::new())),
        ("events[0]", |it| it.events = Subscription::only(["a*"])),
        ("bindings", |it| {
            it.bindings = (0..257).map(|number| Binding::new(number.to_string())).collect();
        }),
        ("bindings[0].name", |it| it.bindings = vec![Binding::new("a\u{7}")]),
        ("columns", |it| {
            let column = |number| Column {
                path: Path::parse(&format!("$.a{number}")).unwrap(),
                label: String::new(),
            };
            it.columns = (0..33).map(column).collect();
        }),
        ("columns[1].path", |it| {
            let column =
                |label: &str| Column { path: Path::parse("$.email").unwrap(), label: label.into() };
            it.columns = vec![column("a"), column("b")];
        }),
        ("columns[0].label", |it| {
            it.columns = vec![Column { path: Path::parse("$.a").unwrap(), label: "\n".into() }];
        }),
        ("contact.channel", |it| {
            let path = Path::parse("$.id").unwrap();
            it.contact = Some(ContactRule::new(IdentifierType::ChannelUser, path));
        }),
        ("limits.body", |it| it.limits.body = Some(0)),
        ("limits.body", |it| it.limits.body = Some(64 * 1024 * 1024 + 1)),
        ("limits.headers", |it| it.limits.headers = 1001),
        ("limits.url", |it| it.limits.url = 0),
        ("dedupe.window", |it| {
            let part = DedupePart::body("id").unwrap();
            let rule = DedupeRule::new([part], OnMissingKey::AcceptWithoutKey).unwrap();
            let window = Window::FromFirst(std::time::Duration::ZERO);
            it.dedupe = DedupeConfig::Rule { rule, window };
        }),
        ("policy.rotation", |it| {
            let mut policy = Policy::standard();
            policy.rotation = Rotation::Overlap { seconds: 0 };
            it.policy = PolicyConfig::Custom(Box::new(policy));
        }),
        ("metadata", |it| {
            it.metadata = (0..65).map(|number| (number.to_string(), String::new())).collect();
        }),
        ("metadata", |it| it.metadata = [("a\nb".to_owned(), String::new())].into()),
        ("metadata.icon", |it| it.metadata = [("icon".to_owned(), "x".repeat(4097))].into()),
        ("scheme", |it| it.provider = None),
    ];
    for (index, (expected, change)) in cases.iter().enumerate() {
        let mut config =
            SourceConfig::preset("acme", "in", &providers::GITHUB).with_secret(secret());
        change(&mut config);
        let error = Source::new(config).unwrap_err();
        let at: Vec<&str> = error.faults().iter().map(|fault| fault.at()).collect();
        assert_eq!(at, [*expected], "case {index}: {error}");
        assert!(!error.to_string().contains(SECRET) && !format!("{error:?}").contains(SECRET));
    }
    println!("{} cases", cases.len());
}

#[test]
fn what_fills_a_limit_is_taken_and_one_more_is_not() {
    type Fill = fn(&mut SourceConfig, usize);
    let cases: &[(&str, usize, Fill)] = &[
        ("source", 200, |it, count| it.source = "x".repeat(count)),
        ("name", 200, |it, count| it.name = "x".repeat(count)),
        ("keys[0].id", 256, |it, count| {
            it.keys = vec![KeyConfig::new(secret()).with_id("x".repeat(count))];
        }),
        ("stored_headers", 64, |it, count| {
            it.stored_headers = (0..count).map(|number| format!("x-{number}")).collect();
        }),
        ("stored_headers[0]", 200, |it, count| it.stored_headers = vec!["x".repeat(count)]),
        ("bindings", 256, |it, count| {
            it.bindings = (0..count).map(|number| Binding::new(number.to_string())).collect();
        }),
        ("bindings[0].name", 200, |it, count| it.bindings = vec![Binding::new("x".repeat(count))]),
        ("columns", 32, |it, count| {
            let path = |number| Path::parse(&format!("$.a{number}")).unwrap();
            let column = |number| Column { path: path(number), label: String::new() };
            it.columns = (0..count).map(column).collect();
        }),
        ("limits.body", 64 * 1024 * 1024, |it, count| it.limits.body = Some(count as u64)),
        ("limits.headers", 1000, |it, count| it.limits.headers = count.try_into().unwrap()),
        ("limits.url", 64 * 1024, |it, count| it.limits.url = count.try_into().unwrap()),
        ("metadata", 64, |it, count| {
            it.metadata = (0..count).map(|number| (number.to_string(), String::new())).collect();
        }),
        ("metadata", 64, |it, count| it.metadata = [("x".repeat(count), String::new())].into()),
        ("metadata.icon", 4096, |it, count| {
            it.metadata = [("icon".to_owned(), "x".repeat(count))].into();
        }),
        ("handshakes", 16, |it, count| {
            let one = providers::META.handshakes().first().unwrap();
            it.handshakes = HandshakeConfig::List(vec![one.clone(); count]);
            it.parameters =
                Parameters::new().with(hookstage::scheme::Parameter::VerifyToken, "chosen");
        }),
    ];
    for (at, limit, fill) in cases {
        let built = |count: usize| {
            let mut config =
                SourceConfig::preset("acme", "in", &providers::GITHUB).with_secret(secret());
            fill(&mut config, count);
            Source::new(config).map(drop)
        };
        assert_eq!(built(1), Ok(()), "{at}");
        assert_eq!(built(*limit), Ok(()), "{at}");
        for count in [limit + 1, limit + 2] {
            let error = built(count).unwrap_err();
            let faults: Vec<&str> = error.faults().iter().map(|fault| fault.at()).collect();
            assert_eq!(faults, [*at], "{count}: {error}");
        }
    }
}

/// A header that a scheme reads a signature or a token from is a credential, whatever its name.
#[test]
fn log_03_a_header_that_the_scheme_reads_a_signature_from_is_never_kept() {
    let source = |place: Value, kept: &str| {
        let stored = serde_json::json!({"version": 1, "authentication": {"signature": {
            "at": [{"place": place, "repeat": "refuse", "key": "any"}],
            "grammar": {"plain": {"prefix": ""}}, "encoding": "hex",
            "algorithm": {"hmac": "sha256"}, "content": [["body"]], "key": "text",
        }}});
        let mut config = SourceConfig::new("acme", "in").with_secret(secret());
        config.scheme = Some(serde_json::from_value(stored).unwrap());
        config.stored_headers = vec![kept.to_owned()];
        Source::new(config).map(drop)
    };
    let one = serde_json::json!({"header": "x-check"});
    let first = serde_json::json!({"first_header": ["x-check", "x-sum"]});
    let numbered = serde_json::json!({"numbered_header": {"prefix": "x-check-", "up_to": 3}});
    for (place, kept) in [
        (&one, "x-check"),
        (&one, "X-Check"),
        (&first, "x-check"),
        (&first, "x-sum"),
        (&numbered, "x-check-1"),
        (&numbered, "x-check-3"),
    ] {
        let error = source(place.clone(), kept).unwrap_err();
        assert_eq!(error.faults()[0].at(), "stored_headers[0]", "{place} {kept}");
    }
    for (place, kept) in [(&one, "x-sum"), (&first, "x-che"), (&numbered, "x-check")] {
        assert_eq!(source(place.clone(), kept), Ok(()), "{place} {kept}");
    }
}

fn token_of(seed: u8) -> EndpointToken {
    let (hash, shown) = EndpointToken::generate(entropy(seed));
    let token = EndpointToken::parse(&shown.reveal(str::to_owned)).unwrap();
    assert_eq!(token.hash(), hash);
    token
}

#[test]
fn addresses_are_equal_where_they_lead_to_the_same_source() {
    let id = |seed: u8| Address::from(EndpointId::generate(entropy(seed)));
    let token = |seed: u8| Address::from(token_of(seed));
    let named = |name: &str| Address::from(SourceId::new("acme", name).unwrap());
    for make in [id, token] {
        assert_eq!(make(1), make(1));
        assert_ne!(make(1), make(2));
    }
    assert_eq!(named("a"), named("a"));
    assert_ne!(named("a"), named("b"));
    assert!(id(1) != token(1) && id(1) != named("a") && token(1) != named("a"));
    // What a token is, and its hash, are not printed.
    let token = token_of(1);
    assert_eq!(format!("{token:?} {:?}", token.hash()), "EndpointToken(..) TokenHash(..)");
}

/// RFC 9562, section 5.4: version 4 and variant 10, whatever the random bytes were.
#[test]
fn an_id_says_that_it_is_random() {
    for seed in 0..=255 {
        let id = EndpointId::generate(entropy(seed)).to_string();
        assert_eq!(&id[14..15], "4", "{id}");
        assert!(matches!(&id[19..20], "8" | "9" | "a" | "b"), "{id}");
    }
}

#[test]
fn a_source_tells_how_it_was_made_and_where_it_is_reached() {
    let endpoint = EndpointId::generate(entropy(1));
    let token = token_of(2);
    let mut config = SourceConfig::preset("acme", "in", &providers::GITHUB).with_secret(secret());
    let bare = Source::new(SourceConfig::preset("acme", "x", &providers::UNSIGNED)).unwrap();
    assert_eq!((bare.endpoint(), bare.token(), bare.binds_body()), (None, None, false));
    config.endpoint = Some(endpoint);
    config.token = Some(token.hash());
    let source = Source::new(config).unwrap();
    assert_eq!((source.endpoint(), source.token()), (Some(endpoint), Some(token.hash())));
    assert_eq!(source.preset().map(|preset| preset.name), Some("github"));
    assert!(source.binds_body());
}

// Keys.

#[test]
fn r_wx_12_a_shown_secret_is_recognised_by_its_hash_alone() {
    let of = |key: KeyConfig| {
        let config =
            SourceConfig::preset("acme", "in", &providers::WEXIO_SHARED_SECRET).with_key(key);
        Source::new(config)
    };
    let source = of(KeyConfig::hashed(secret().sha256())).unwrap();
    let now = Timestamp::from_unix_seconds(1_700_000_000);
    for (shown, accepted) in [(SECRET, true), ("hookstage-test-secreT", false), ("", false)] {
        let headers = [
            ("x-webhook-secret", shown.as_bytes()),
            ("content-type", b"application/json".as_slice()),
        ];
        let delivery = Delivery::new(Head::post("/in", &headers), br#"{"id":1}"#);
        assert_eq!(authenticate(&source, &delivery, now).is_ok(), accepted, "{shown}");
    }
    // However it is known, it is the same secret.
    let config = SourceConfig::preset("acme", "in", &providers::WEXIO_SHARED_SECRET)
        .with_secret(secret())
        .with_key(KeyConfig::hashed(secret().sha256()));
    assert_eq!(Source::new(config).unwrap_err().faults()[0].at(), "keys[1]");
    // A sender that signs needs the secret itself on both sides.
    let config = SourceConfig::preset("acme", "in", &providers::GITHUB)
        .with_key(KeyConfig::hashed(secret().sha256()));
    assert_eq!(Source::new(config).unwrap_err().faults()[0].at(), "keys[0]");
}

#[test]
fn keys_are_read_from_settings_in_either_form_and_not_in_both() {
    let read = |key: &str| {
        serde_json::from_str::<SourceConfig>(&format!(
            r#"{{"version":1,"tenant":"a","source":"b","provider":"github","keys":[{key}]}}"#
        ))
    };
    assert!(read(r#"{"secret":"hookstage-test-secret","ends":1700000000000,"id":"k"}"#).is_ok());
    assert!(read(&format!(r#"{{"sha256":"{}"}}"#, "ab".repeat(32))).is_ok());
    for bad in [
        r#"{}"#,
        r#"{"secret":"canary-canary-canary","sha256":"00"}"#,
        r#"{"sha256":"canary"}"#,
        r#"{"secret":"canary-canary-canary","ends":"soon"}"#,
        r#"{"secret":"canary-canary-canary","expires":1}"#,
        r#"{"secret":"canary-canary-canary","secret":"b"}"#,
        r#"{"secret":"canary-canary-canary\n"}"#,
    ] {
        let error = read(bad).unwrap_err().to_string();
        assert!(!error.contains("canary"), "{error}");
    }
}

#[test]
fn r_wx_8_key_10_a_secret_of_another_provider_is_pointed_out() {
    let warnings = |preset, text: &str| {
        let config =
            SourceConfig::preset("acme", "in", preset).with_secret(Secret::new(text).unwrap());
        Source::new(config).unwrap().warnings().to_vec()
    };
    // A secret of Standard Webhooks where the text itself is the key.
    let whsec = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    assert!(warnings(&providers::GITHUB, whsec).contains(&Warning::WhsecAsText));
    assert!(!warnings(&providers::STRIPE, whsec).contains(&Warning::WhsecAsText));
    // An API key where a signing secret belongs.
    let key = "sk_live_0123456789abcdef0123";
    assert!(warnings(&providers::STRIPE, key).contains(&Warning::ApiKey));
    assert!(warnings(&providers::STRIPE, key).contains(&Warning::UnexpectedPrefix));
    // And what cannot be decoded is refused, not warned of.
    let config = SourceConfig::preset("acme", "in", &providers::STANDARD_WEBHOOKS)
        .with_secret(Secret::new("pdl_ntfset_01h8-not-base64!").unwrap());
    let error = Source::new(config).unwrap_err();
    assert_eq!(error.faults()[0].at(), "keys[0]");
    assert!(!error.to_string().contains("pdl_ntfset"));
}

#[test]
fn key_05_placeholders_and_short_secrets_are_pointed_out() {
    for (text, expected) in [
        ("changeme", Warning::Placeholder),
        ("your-webhook-secret", Warning::Placeholder),
        (&"0".repeat(64), Warning::Placeholder),
        ("fifteen-letters", Warning::ShortSecret),
    ] {
        let config = SourceConfig::preset("acme", "in", &providers::GITHUB)
            .with_secret(Secret::new(text).unwrap());
        let source = Source::new(config).unwrap();
        assert!(source.warnings().contains(&expected), "{text}: {:?}", source.warnings());
        assert!(!format!("{:?}", source.warnings()).contains(text));
    }
}
