//! What reading and flattening a payload takes from the heap, in all and for a document that is
//! made to make paths explode. The program has a `main` of its own: the counter sees every
//! thread, and the test harness has one that prints.

#![allow(clippy::expect_used, clippy::panic, reason = "a test")]

#[path = "../benches/payloads/mod.rs"]
mod payloads;

use std::alloc::System;

use hookstage::json::{self, Document, Path, ReadOptions};
use hookstage::payload::{FlatView, FlattenOptions, PathStyle};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn main() {
    let control = allocated(|| vec![0_u8; 100]);
    assert_eq!(control, 100, "the counter counts");
    for (name, payload) in payloads::all() {
        let pick = allocated(|| pick(&payload));
        let view = allocated(|| flat_view(&payload, &FlattenOptions::default()));
        println!("{name}: {} bytes; to pick a value {pick}, to a flat view {view}", payload.len());
        // Per key that is open at once, and per level: a few kilobytes whatever the size.
        assert!(pick < 8 << 10, "{name}: {pick}");
        assert!(view < payload.len() * 8 + (16 << 10), "{name}: {view}");
    }
    let bomb = payloads::amplification();
    // Every path of the view rendered and kept at once, in every style.
    for limits in [
        FlattenOptions::default(),
        FlattenOptions { max_key_length: usize::MAX, ..FlattenOptions::default() },
        FlattenOptions {
            max_key_length: usize::MAX,
            max_path_length: usize::MAX,
            ..FlattenOptions::default()
        },
    ] {
        for style in [PathStyle::Bracket, PathStyle::Dot, PathStyle::Pointer, PathStyle::JsonPath] {
            let bytes = allocated(|| paths(&bomb, &limits, style));
            println!("{} bytes of long keys, {style:?}: {bytes}", bomb.len());
            assert!(bytes < 8 << 20, "{bytes}");
        }
    }
    let million = format!("[{}0]", "0,".repeat(999_999));
    let bytes = allocated(|| flat_view(&million, &FlattenOptions::default()));
    println!("a million items in {} bytes: {bytes}", million.len());
    assert!(bytes < 72 << 20, "{bytes}");
}

/// Bytes taken from the heap in all, freed ones included: never less than the most at once.
fn allocated<T>(run: impl FnOnce() -> T) -> usize {
    let region = Region::new(ALLOCATOR);
    std::hint::black_box(run());
    let change = region.change();
    change.bytes_allocated + usize::try_from(change.bytes_reallocated.max(0)).unwrap_or(0)
}

fn pick(payload: &str) -> usize {
    let path = Path::parse("id").expect("a path");
    let picked = json::pick(payload.as_bytes(), &ReadOptions::default(), &[&path]);
    picked.expect("a document").found.len()
}

fn flat_view(payload: &str, options: &FlattenOptions) -> usize {
    let document = Document::read(payload.as_bytes(), &ReadOptions::default()).expect("a document");
    FlatView::new(&document, options).len()
}

fn paths(payload: &str, options: &FlattenOptions, style: PathStyle) -> usize {
    let document = Document::read(payload.as_bytes(), &ReadOptions::default()).expect("a document");
    let view = FlatView::new(&document, options);
    let paths: Vec<String> = view.leaves().map(|leaf| leaf.path(style)).collect();
    paths.len()
}
