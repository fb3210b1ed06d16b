//! Flat views: the way back, every style read again, limits that only cut.
#![no_main]

use hookstage::json::{Document, ReadOptions};
use hookstage::payload::{
    FlatView, FlattenOptions, LeafKind, PathStyle, canonical_hash, unflatten,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    let Ok(document) = Document::read(body, &ReadOptions::default()) else { return };
    let wide = FlattenOptions {
        max_depth: usize::MAX,
        max_leaves: usize::MAX,
        max_items: usize::MAX,
        max_key_length: usize::MAX,
        max_path_length: usize::MAX,
        max_path_bytes: usize::MAX,
        ..FlattenOptions::default()
    };
    let view = FlatView::new(&document, &wide);
    assert!(!view.is_cut());
    assert_eq!(view.len(), view.total_leaves());
    if body.len() < 4_096 {
        let leaves: Vec<_> = view.leaves().map(|leaf| (leaf.segments(), leaf.raw())).collect();
        let text = unflatten(leaves.iter().map(|(path, raw)| (path, *raw))).expect("own leaves");
        let again = Document::read(text.as_bytes(), &ReadOptions::default()).expect("own output");
        // All that can differ is how the keys are escaped.
        let view_again = FlatView::new(&again, &wide);
        let leaves_again = view_again.leaves().map(|leaf| (leaf.segments(), leaf.raw()));
        assert!(leaves_again.eq(leaves));
        assert_eq!(canonical_hash(&again, &[]), canonical_hash(&document, &[]));
        for style in [PathStyle::Bracket, PathStyle::Dot, PathStyle::Pointer, PathStyle::JsonPath] {
            for leaf in view.leaves() {
                // A path of more than 8 KiB of text is refused as none that anyone wrote.
                let Ok(path) = style.parse(&leaf.path(style)) else { continue };
                assert_eq!(document.get(&path), leaf.node().found());
            }
        }
    }
    for small in [1, 3] {
        for options in [
            FlattenOptions { max_depth: small, ..wide },
            FlattenOptions { max_leaves: small, ..wide },
            FlattenOptions { max_items: small, ..wide },
            FlattenOptions { max_key_length: small, ..wide },
            FlattenOptions { max_path_length: small * 8, ..wide },
            FlattenOptions { max_path_bytes: small * 64, ..wide },
        ] {
            let cut = FlatView::new(&document, &options);
            assert_eq!(cut.total_leaves(), view.total_leaves());
            assert!(cut.is_cut() || cut.leaves().all(|leaf| leaf.kind() == LeafKind::Value));
        }
    }
});
