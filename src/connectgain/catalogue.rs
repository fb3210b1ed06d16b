//! The catalogue of events.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A name, its group and what it tells stand in one row, so none of them can be left out.
macro_rules! catalogue {
    ($($variant:ident, $name:literal, $group:ident, $meaning:literal;)*) => {
        /// The name of an event. There are 17, and a name that is none of them is kept: a sender may
        /// be newer than its receiver.
        ///
        /// ```
        /// use hookstage::connectgain::{EventName, Group};
        ///
        /// let event = EventName::from("zoom.recording.completed");
        /// assert_eq!(event.group(), Some(Group::Meeting));
        /// assert_eq!(EventName::from("deal.won").as_str(), "deal.won");
        /// ```
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(from = "String", into = "String")]
        #[non_exhaustive]
        pub enum EventName {
            $(#[doc = $meaning] $variant,)*
            /// One that the catalogue does not have.
            Other(String),
        }

        impl EventName {
            /// The catalogue, in the order of its groups.
            pub const ALL: [Self; 17] = [$(Self::$variant),*];

            /// The name.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $name,)*
                    Self::Other(name) => name,
                }
            }

            /// The group, of a name that the catalogue has. It is no part of the name: what
            /// [`Meeting`](Group::Meeting) holds begins with `zoom.`.
            #[must_use]
            pub const fn group(&self) -> Option<Group> {
                match self {
                    $(Self::$variant => Some(Group::$group),)*
                    Self::Other(_) => None,
                }
            }

            /// When it is sent, of a name that the catalogue has.
            #[must_use]
            pub const fn meaning(&self) -> Option<&'static str> {
                match self {
                    $(Self::$variant => Some($meaning),)*
                    Self::Other(_) => None,
                }
            }
        }

        impl From<&str> for EventName {
            fn from(name: &str) -> Self {
                match name {
                    $($name => Self::$variant,)*
                    other => Self::Other(other.to_owned()),
                }
            }
        }
    };
}

catalogue! {
    ContactCreated, "contact.created", Contact, "A contact was created.";
    ContactUpdated, "contact.updated", Contact, "A contact was changed.";
    ContactAssigned, "contact.assigned", Contact, "A contact was assigned to somebody.";
    DealCreated, "deal.created", Deal, "A deal or lead was created.";
    DealUpdated, "deal.updated", Deal, "A deal was changed.";
    DealStageChanged, "deal.stage.changed", Deal, "A deal moved to another stage of its pipeline.";
    DealAssigned, "deal.assigned", Deal, "A deal was assigned to somebody.";
    ConversationCreated, "conversation.created", Conversation, "A conversation began.";
    ConversationAssigned, "conversation.assigned", Conversation,
        "A conversation was assigned to somebody.";
    ConversationStatusChanged, "conversation.status.changed", Conversation,
        "A conversation was opened or closed.";
    MessageReceived, "message.received", Message, "A message came in.";
    MessageSent, "message.sent", Message, "A message went out.";
    MessageDelivered, "message.delivered", Message, "A message that went out arrived.";
    MessageRead, "message.read", Message, "A message that went out was read.";
    MessageFailed, "message.failed", Message, "A message could not be sent.";
    BroadcastResponse, "broadcast.response", Broadcast, "A contact replied to a broadcast.";
    ZoomRecordingCompleted, "zoom.recording.completed", Meeting,
        "The recording of a Zoom meeting is ready.";
}

impl EventName {
    /// Whether the catalogue has it.
    #[must_use]
    pub const fn is_known(&self) -> bool {
        self.group().is_some()
    }
}

impl From<String> for EventName {
    fn from(name: String) -> Self {
        match Self::from(&*name) {
            Self::Other(_) => Self::Other(name),
            known => known,
        }
    }
}

impl From<EventName> for String {
    fn from(name: EventName) -> Self {
        match name {
            EventName::Other(name) => name,
            known => known.as_str().to_owned(),
        }
    }
}

impl FromStr for EventName {
    type Err = Infallible;

    fn from_str(name: &str) -> Result<Self, Infallible> {
        Ok(Self::from(name))
    }
}

impl fmt::Display for EventName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A group of events, as people choose from them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// Contacts.
    Contact,
    /// Deals and leads.
    Deal,
    /// Conversations.
    Conversation,
    /// Messages.
    Message,
    /// Broadcasts.
    Broadcast,
    /// Meetings.
    Meeting,
}

impl Group {
    /// All of them, in the order of the catalogue.
    pub const ALL: [Self; 6] = [
        Self::Contact,
        Self::Deal,
        Self::Conversation,
        Self::Message,
        Self::Broadcast,
        Self::Meeting,
    ];

    /// Its events. To subscribe to a group, subscribe to these: a pattern such as `deal.*` goes by
    /// the name, and there is none for a group whose events begin otherwise.
    ///
    /// ```
    /// use hookstage::Subscription;
    /// use hookstage::connectgain::Group;
    ///
    /// let names = Group::Meeting.events().map(|event| event.as_str().to_owned());
    /// assert!(Subscription::only(names).takes(Some("zoom.recording.completed")));
    /// ```
    pub fn events(self) -> impl Iterator<Item = EventName> {
        EventName::ALL.into_iter().filter(move |event| event.group() == Some(self))
    }
}
