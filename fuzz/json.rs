//! The reader against `serde_json`, picking against reading, and output read again.
#![no_main]

use hookstage::json::{
    self, ByteOrderMark, Document, DuplicateKeys, Kind, Path, ReadOptions, Segment, decimal_key,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    let options = ReadOptions {
        duplicate_keys: DuplicateKeys::KeepLast,
        byte_order_mark: ByteOrderMark::Refuse,
        ..ReadOptions::default()
    };
    let ours = Document::read(body, &options);
    let checked = json::pick(body, &options, &[]);
    assert_eq!(ours.as_ref().err(), checked.as_ref().err());
    let theirs = serde_json::from_slice::<serde_json::Value>(body);
    let document = match (ours, theirs) {
        (Ok(document), Ok(theirs)) => {
            assert_eq!(json::to_value(&document), theirs);
            document
        }
        (Ok(document), Err(_)) => {
            // Only a number that no double holds is refused there and kept here. It can stand
            // in a member that a duplicate leaves out.
            let hidden = document.notes().duplicate_keys > 0;
            let beyond = |lexeme: &str| lexeme.parse().is_ok_and(f64::is_infinite);
            let number = |n: json::Node<'_, '_>| n.kind() == Kind::Number && beyond(n.raw());
            assert!(hidden || document.nodes().any(number));
            document
        }
        (Err(error), Ok(_)) => {
            // A limit that serde_json does not have.
            assert!(matches!(error.kind.as_str(), "number_too_long" | "string_too_long"));
            return;
        }
        (Err(error), Err(_)) => {
            assert!(error.offset <= body.len() && error.line >= 1 && error.column >= 1);
            let first = Document::read(body, &ReadOptions::default());
            assert!(first.is_err() || body.starts_with(b"\xEF\xBB\xBF"));
            return;
        }
    };
    let compact = document.root().compact();
    let again = Document::read(compact.as_bytes(), &ReadOptions::default()).expect("own output");
    assert_eq!(json::to_value(&again), json::to_value(&document));
    if document.node_count() > 200 {
        return;
    }
    let mut paths: Vec<Path> = document.nodes().map(|node| node.path()).collect();
    for node in document.nodes().filter(|node| node.kind() == Kind::Array) {
        let mut segments = node.path().segments().to_vec();
        segments.push(Segment::Index(-1));
        paths.push(Path::from_segments(segments));
    }
    let wanted: Vec<&Path> = paths.iter().collect();
    let picked = json::pick(body, &options, &wanted).expect("read before");
    for (path, found) in paths.iter().zip(&picked.found) {
        assert_eq!(&document.get(path), found);
        assert_eq!(&Path::parse(&path.to_string()).expect("own text"), path);
    }
    for node in document.nodes().filter(|node| node.kind() == Kind::Number) {
        assert!(decimal_key(node.raw()).is_some());
    }
});
