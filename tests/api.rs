//! What the public interface promises as a whole: its types go between threads, and none of them
//! belongs to somebody else.

use hookstage::scheme::{
    BodyCoverage, Coverage, Description, Fingerprint, Means, Parameters, Signature, SigningKey,
};
use hookstage::store::{BlockingStore, MemoryStore};
use hookstage::{
    ConfigError, DedupeKey, DedupeRule, Delivery, Draft, Engine, Error, Event, EventId, Head,
    HistoryRow, Outcome, Policy, Proof, Receipt, Refusal, Scheme, Secret, SecretError, Source,
    SourceId, Status, Timestamp, Verifier, json, providers,
};

const fn goes_between_threads<T: Send + Sync>() {}
const fn is_static<T: 'static>() {}
const fn survives_a_panic<T: std::panic::UnwindSafe + std::panic::RefUnwindSafe>() {}
const fn is_an_error<T: std::error::Error + Send + Sync + 'static>() {}
const fn can_be_debugged<T: std::fmt::Debug>() {}

#[test]
fn public_types_go_between_threads() {
    goes_between_threads::<ConfigError>();
    goes_between_threads::<Coverage>();
    goes_between_threads::<BodyCoverage>();
    goes_between_threads::<DedupeKey>();
    goes_between_threads::<DedupeRule>();
    goes_between_threads::<Delivery<'_>>();
    goes_between_threads::<Description>();
    goes_between_threads::<Draft>();
    goes_between_threads::<Engine>();
    goes_between_threads::<Error>();
    goes_between_threads::<Event>();
    goes_between_threads::<EventId>();
    goes_between_threads::<Fingerprint>();
    goes_between_threads::<Head<'_>>();
    goes_between_threads::<HistoryRow>();
    goes_between_threads::<MemoryStore>();
    goes_between_threads::<Means>();
    goes_between_threads::<Outcome>();
    goes_between_threads::<Parameters>();
    goes_between_threads::<Policy>();
    goes_between_threads::<Proof<'_>>();
    goes_between_threads::<Receipt>();
    goes_between_threads::<Refusal>();
    goes_between_threads::<Scheme>();
    goes_between_threads::<Secret>();
    goes_between_threads::<Signature>();
    goes_between_threads::<SigningKey>();
    goes_between_threads::<Source>();
    goes_between_threads::<SourceId>();
    goes_between_threads::<Timestamp>();
    goes_between_threads::<Verifier>();
    goes_between_threads::<json::Document<'_>>();
    goes_between_threads::<json::Path>();
    goes_between_threads::<providers::Preset>();
    goes_between_threads::<hookstage::Address>();
    goes_between_threads::<hookstage::Entropy>();
    goes_between_threads::<hookstage::KeyConfig>();
    goes_between_threads::<hookstage::Reveal>();
    goes_between_threads::<hookstage::SourceConfig>();
    goes_between_threads::<hookstage::sources::BlockingSources>();
    goes_between_threads::<hookstage::sources::KeyUse>();
    goes_between_threads::<hookstage::sources::LoadedSource>();
    goes_between_threads::<hookstage::sources::Sources>();
    goes_between_threads::<hookstage::sources::StoredSource>();
    is_static::<Verifier>();
    is_static::<Source>();
    survives_a_panic::<Scheme>();
    survives_a_panic::<Refusal>();
    can_be_debugged::<Verifier>();
    can_be_debugged::<Secret>();
    can_be_debugged::<Source>();
}

#[test]
fn errors_are_errors() {
    is_an_error::<ConfigError>();
    is_an_error::<Error>();
    is_an_error::<SecretError>();
    is_an_error::<hookstage::AddressError>();
    is_an_error::<hookstage::EntropyError>();
    is_an_error::<hookstage::SecretFormatError>();
    is_an_error::<hookstage::sources::SealError>();
    is_an_error::<hookstage::sources::SourcesError>();
    is_an_error::<json::Error>();
    is_an_error::<json::PathError>();
    is_an_error::<hookstage::SourceIdError>();
}

/// A store stays behind a pointer, whichever one it is.
#[test]
fn a_store_can_be_chosen_while_the_program_runs() {
    fn shared(_: std::sync::Arc<dyn BlockingStore>) {}
    shared(std::sync::Arc::new(MemoryStore::new()));
}

/// Crates whose types would make their next version a new version of this one.
const FOREIGN: [&str; 12] = [
    "base64",
    "deadpool_postgres",
    "hex",
    "hmac",
    "ipnet",
    "jsonpath_rust",
    "ring",
    "rusqlite",
    "sha2",
    "subtle",
    "time",
    "tokio_postgres",
];

/// A simple reading of the sources: no line that declares something public names a foreign crate.
/// The constructors of drivers are the exception that the design makes.
#[test]
fn no_public_item_is_made_of_foreign_types() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let mut files = 0;
    let mut folders = vec![root];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            if path.extension().is_none_or(|extension| extension != "rs") {
                continue;
            }
            files += 1;
            let text = std::fs::read_to_string(&path).unwrap();
            // What follows is not compiled into what hosts see.
            let text = text.split("#[cfg(test)]").next().unwrap();
            let driver = ["sqlite", "postgres"]
                .iter()
                .any(|driver| path.components().any(|part| part.as_os_str() == *driver));
            for (number, line) in text.lines().enumerate() {
                let line = line.trim_start();
                if !line.starts_with("pub ") || driver {
                    continue;
                }
                let foreign = FOREIGN.iter().any(|name| line.contains(&format!("{name}::")));
                if foreign || line.contains("serde_json::Value") {
                    found.push(format!("{}:{}: {line}", path.display(), number + 1));
                }
            }
        }
    }
    assert!(files > 50, "{files}");
    // The one view that is asked for by its name: the payload as the tree that everyone knows.
    found.retain(|line| !line.contains("to_value"));
    assert!(found.is_empty(), "{found:#?}");
}

/// Stores, pages and addresses hold these words.
#[test]
fn a_status_is_the_same_word_wherever_it_is_written() {
    let words = [
        (Status::Dead, "dead"),
        (Status::Pending, "pending"),
        (Status::Promoted, "promoted"),
        (Status::Rejected, "rejected"),
    ];
    assert_eq!(words.map(|(status, _)| status), Status::ALL);
    for (status, word) in words {
        assert_eq!(status.as_str(), word);
        assert_eq!(word.parse(), Ok(status));
        assert_eq!(serde_json::to_value(status).unwrap(), word);
    }
    for strange in ["", "Dead", "pending ", "open"] {
        let error = strange.parse::<Status>().unwrap_err();
        assert_eq!(error.to_string(), "a status is one of dead, pending, promoted, rejected");
    }
}
