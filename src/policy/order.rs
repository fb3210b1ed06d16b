//! The order in which a source looks at a delivery, as data.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::error::ConfigFault;

/// One look at a delivery that comes before its body is read as JSON. What comes after has one
/// order for all: idempotency key, JSON, required members, subscription, capture, contact,
/// bindings, dedupe key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Gate {
    /// The peer's address is in one of the source's networks.
    Address,
    /// Who sent it, and lately enough.
    Authentication,
    /// The body is said to be what the source takes.
    ContentType,
    /// There is such a source, and it is active. Under
    /// [`Visibility::Uniform`](super::Visibility::Uniform) this is judged together with
    /// [`Authentication`](Self::Authentication), wherever it stands.
    Lookup,
    /// The method is POST.
    Method,
    /// The peer has not failed too often. (What a genuine sender may take is judged right after
    /// [`Authentication`](Self::Authentication).)
    Rate,
    /// The body is no larger than the source takes. After
    /// [`Authentication`](Self::Authentication) a stranger does not learn the limit; a body that is
    /// signed and was not read whole cannot be verified, so it is judged by its size all the same.
    Size,
    /// It came over TLS.
    Tls,
}

/// The order in which a source looks at a delivery.
///
/// ```
/// use hookstage::{Gate, Order, Policy};
///
/// let mut policy = Policy::comma();
/// policy.order = Order::new([Gate::Lookup, Gate::Method, Gate::Authentication, Gate::Size]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Order(Cow<'static, [Gate]>);

impl Order {
    /// An order. [`Source::new`](crate::Source::new) refuses one that leaves out
    /// [`Authentication`](Gate::Authentication), [`Lookup`](Gate::Lookup), [`Method`](Gate::Method)
    /// or [`Size`](Gate::Size), names one twice, looks at the peer's address before it knows the
    /// source, or at the content type of a sender who was not established.
    #[must_use]
    pub fn new(gates: impl IntoIterator<Item = Gate>) -> Self {
        Self(Cow::Owned(gates.into_iter().collect()))
    }

    pub(super) const fn of(gates: &'static [Gate]) -> Self {
        Self(Cow::Borrowed(gates))
    }

    /// The gates, first to last.
    #[must_use]
    pub fn gates(&self) -> &[Gate] {
        &self.0
    }

    pub(crate) fn comes_before(&self, first: Gate, second: Gate) -> bool {
        let place = |gate| self.0.iter().position(|other| *other == gate);
        match (place(first), place(second)) {
            (Some(first), Some(second)) => first < second,
            _ => false,
        }
    }

    pub(crate) fn faults(&self, faults: &mut Vec<ConfigFault>) {
        let count = |gate| self.0.iter().filter(|other| **other == gate).count();
        for gate in [Gate::Authentication, Gate::Lookup, Gate::Method, Gate::Size] {
            if count(gate) == 0 {
                faults.push(ConfigFault::new("policy.order", format!("{gate:?} is missing")));
            }
        }
        let mut twice: Vec<String> = self
            .0
            .iter()
            .filter(|gate| count(**gate) > 1)
            .map(|gate| format!("{gate:?} stands twice"))
            .collect();
        twice.dedup();
        faults.extend(twice.into_iter().map(|what| ConfigFault::new("policy.order", what)));
        for (first, second) in [
            (Gate::Lookup, Gate::Address),
            (Gate::Lookup, Gate::Authentication),
            (Gate::Authentication, Gate::ContentType),
        ] {
            if self.comes_before(second, first) {
                faults.push(ConfigFault::new(
                    "policy.order",
                    format!("{first:?} must come before {second:?}"),
                ));
            }
        }
    }
}
