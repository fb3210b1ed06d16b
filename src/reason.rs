//! The reasons of refusals, each with its stable code: one table, from which a refusal's code and
//! answer are taken, and the answer to what stands in a history row.

use crate::refusal::Refusal;

macro_rules! reasons {
    ($($name:ident $code:literal,)+) => {
        /// Why a delivery was turned away, without the particulars.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Reason {
            $($name),+
        }

        impl Reason {
            const ALL: &[Self] = &[$(Self::$name),+];

            /// The stable code.
            pub(crate) const fn code(self) -> &'static str {
                match self {
                    $(Self::$name => $code),+
                }
            }
        }

        impl Refusal {
            pub(crate) const fn reason(&self) -> Reason {
                match self {
                    $(Self::$name { .. } => Reason::$name),+
                }
            }
        }
    };
}

reasons! {
    Absent "absent",
    AddressNotAllowed "address_not_allowed",
    AddressUnknown "address_unknown",
    BodyTooLarge "body_too_large",
    ContactNotFound "contact_not_found",
    ContentEncoding "content_encoding",
    ContentType "content_type",
    DedupeKeyMissing "dedupe_key_missing",
    Different "different",
    Future "future",
    IdempotencyKey "idempotency_key",
    InFlight "in_flight",
    Inactive "inactive",
    Incomplete "incomplete",
    KeyReused "key_reused",
    KeyUnknown "key_unknown",
    Malformed "malformed",
    MethodNotAllowed "method_not_allowed",
    Mismatch "mismatch",
    NotAnObject "not_an_object",
    NotJson "not_json",
    NotSubscribed "not_subscribed",
    RateLimited "rate_limited",
    Stale "stale",
    Superseded "superseded",
    TestEvent "test_event",
    TlsRequired "tls_required",
    TooManyHeaders "too_many_headers",
    Unanswered "unanswered",
    Unbound "unbound",
    UnknownSource "unknown_source",
    UrlTooLong "url_too_long",
}

impl Reason {
    /// The reason in a history row; nothing if this release has none of this code.
    pub(crate) fn of_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|reason| reason.code() == code)
    }

    /// Whether a stranger would learn from it that a source exists, or in which state it is.
    pub(crate) const fn tells_of_the_source(self) -> bool {
        matches!(
            self,
            Self::AddressNotAllowed
                | Self::AddressUnknown
                | Self::Inactive
                | Self::MethodNotAllowed
                | Self::TlsRequired
                | Self::UnknownSource
        )
    }
}
