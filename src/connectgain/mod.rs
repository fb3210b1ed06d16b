//! ConnectGain's webhooks, from both ends: the catalogue of its events, the settings of one webhook,
//! the envelope that every delivery has, the test event, and the log of what was attempted.
//!
//! Receiving needs none of it: a [`Source`](crate::Source) of the presets
//! [`CONNECTGAIN`](crate::providers::CONNECTGAIN) or
//! [`CONNECTGAIN_UNSIGNED`](crate::providers::CONNECTGAIN_UNSIGNED) under
//! [`Policy::connectgain`](crate::Policy::connectgain) is all that it takes. This is for hosts that
//! let people configure such webhooks, send test events to them and show what came of it.
//!
//! ```
//! use hookstage::Source;
//! use hookstage::connectgain::{Transport, WebhookConfig};
//!
//! let config: WebhookConfig = serde_json::from_str(
//!     r#"{
//!         "name": "My Integration",
//!         "url": "https://example.com/webhooks",
//!         "events": ["contact.created", "deal.*"],
//!         "secret": "your-hmac-secret",
//!         "is_active": true
//!     }"#,
//! )
//! .unwrap();
//! assert!(config.check(Transport::Https).unwrap().is_empty());
//! let source = Source::new(config.into_source("acme", "crm", Transport::Https).unwrap()).unwrap();
//! assert!(source.events().takes(Some("deal.stage.changed")));
//! ```

mod attempt;
mod catalogue;
mod config;
mod envelope;
mod test_event;

pub use self::attempt::{DeliveryAttempt, RESPOND_WITHIN};
pub use self::catalogue::{EventName, Group};
pub use self::config::{Transport, UnknownEvent, WebhookConfig};
pub use self::envelope::{Envelope, EnvelopeFault, EnvelopeFaultKind, EnvelopeFaults};
pub use self::test_event::{EVENT_HEADER, TEST_MEMBER, TIMESTAMP_HEADER, test_event};
