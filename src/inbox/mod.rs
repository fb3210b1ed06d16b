//! What a reviewer sees: rows of the chosen columns, searched, paged and exported.
//!
//! Everything that a sender wrote comes out as [`Untrusted`], which no template can print by
//! accident. The full event is always kept; what stands here is a bounded view of it.
//!
//! ```
//! # fn block_on<F: std::future::Future>(future: F) -> F::Output {
//! #     let mut future = std::pin::pin!(future);
//! #     let mut context = std::task::Context::from_waker(std::task::Waker::noop());
//! #     loop {
//! #         if let std::task::Poll::Ready(value) = future.as_mut().poll(&mut context) {
//! #             return value;
//! #         }
//! #     }
//! # }
//! use hookstage::inbox::{Search, View};
//! use hookstage::json::Path;
//! use hookstage::store::{EventFilter, MemoryStore};
//! use hookstage::{Column, Delivery, Engine, Head, Source, SourceConfig, providers};
//!
//! # block_on(async {
//! let source = Source::new(SourceConfig::preset("acme", "forms", &providers::UNSIGNED)).unwrap();
//! let engine = Engine::new(MemoryStore::new());
//! for body in [r#"{"email":"ada@acme.com"}"#, r#"{"email":"<b>grace</b>@acme.com"}"#] {
//!     let delivery = Delivery::new(Head::post("/in/forms", &[]), body.as_bytes());
//!     engine.receive(&source, &delivery).await.unwrap();
//! }
//!
//! let mut view = View::new(EventFilter::tenant("acme"));
//! view.columns = vec![Column { path: Path::parse("email").unwrap(), label: String::new() }];
//! view.search = Search::new("grace");
//! let page = engine.inbox(&view, None).await.unwrap();
//! let cell = &page.rows[0].cells[0].text;
//! assert_eq!(cell.html().to_string(), "&lt;b&gt;grace&lt;/b&gt;@acme.com");
//! assert!(page.next.is_none());
//! # });
//! ```

mod csv;
mod page;
mod row;
mod search;
mod untrusted;

pub use self::csv::{Csv, Formulas};
pub(crate) use self::page::Pager;
pub use self::page::{InboxError, Page, PageToken, View};
pub use self::row::{Cell, Row};
pub use self::search::Search;
pub use self::untrusted::{Html, Untrusted};
