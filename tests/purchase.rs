//! The example of the documentation of Coeffection, word for word: a purchase becomes records that
//! are linked through the ids of those before them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test")]

#[allow(dead_code, reason = "its main runs by itself")]
#[path = "../examples/purchase.rs"]
mod purchase;

#[test]
fn r_co_31_r_co_7_the_purchase_is_told_as_before() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let story = runtime.block_on(purchase::purchase()).unwrap();
    assert_eq!(story, include_str!("golden/purchase.txt"));
    assert!(!story.contains("someone-else"), "the payload chose a tenant");
}
