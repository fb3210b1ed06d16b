//! The handshakes of the presets, and what some of them must be answered, by the name of the preset.

use crate::scheme::{
    Answer, Encoding, Handshake, Hash, Is, KeyName, List, Member, Parameter, Piece, Place, Sign,
    UrlPart, list, text,
};

/// The handshakes that a preset's provider has; empty if none is known.
pub(super) fn of(name: &str) -> &'static [Handshake] {
    let found = TABLE.iter().find(|(names, _)| names.contains(&name));
    found.map_or(&[], |(_, handshakes)| handshakes)
}

/// The body without which a provider takes a delivery for lost; nothing for those that look at the
/// status alone.
pub(super) fn acknowledgement_of(name: &str) -> Option<&'static str> {
    let found = ACKNOWLEDGEMENTS.iter().find(|(names, _)| names.contains(&name));
    found.map(|(_, text)| *text)
}

static ACKNOWLEDGEMENTS: &[(&[&str], &str)] = &[
    (&["adyen-payments"], "[accepted]"),
    (&["alipay", "alipay-rsa"], "success"),
    (&["dropbox-sign"], HELLO),
];

const HELLO: &str = "Hello API Event Received";

/// Dropbox and others that want a query parameter back.
pub const DROPBOX_HANDSHAKES: &[Handshake] = &[ECHO_CHALLENGE];

static TABLE: &[(&[&str], &[Handshake])] = &[
    (&["dropbox", "nylas", "adobe-io"], DROPBOX_HANDSHAKES),
    (
        &["onfleet"],
        &[Handshake::new(
            "GET",
            list![query("check")],
            list![],
            Answer::Text(list![Piece::Echo(Place::query("check"))]),
        )],
    ),
    (
        &["meta", "meta-sha1"],
        &[Handshake::new(
            "GET",
            list![query_is("hub.mode", "subscribe"), query("hub.challenge")],
            list![Sign {
                at: Place::query("hub.verify_token"),
                is: Is::Parameter(Parameter::VerifyToken)
            }],
            Answer::Text(list![Piece::Echo(Place::query("hub.challenge"))]),
        )],
    ),
    (
        &["strava"],
        &[Handshake::new(
            "GET",
            list![query_is("hub.mode", "subscribe"), query("hub.challenge")],
            list![Sign {
                at: Place::query("hub.verify_token"),
                is: Is::Parameter(Parameter::VerifyToken)
            }],
            Answer::Json(list![Member {
                name: text("hub.challenge"),
                is: list![Piece::Echo(Place::query("hub.challenge"))],
            }]),
        )],
    ),
    (
        &["azure-event-grid"],
        &[
            Handshake::new(
                "POST",
                list![
                    Sign {
                        at: Place::header("aeg-event-type"),
                        is: Is::Text(text("SubscriptionValidation"))
                    },
                    body("/0/data/validationCode")
                ],
                list![],
                Answer::Json(list![Member {
                    name: text("validationResponse"),
                    is: list![Piece::Echo(Place::body("/0/data/validationCode"))],
                }]),
            ),
            // CloudEvents, HTTP webhook, section 4.
            Handshake::new(
                "OPTIONS",
                list![header("webhook-request-origin")],
                list![],
                Answer::Headers(list![
                    Member {
                        name: text("webhook-allowed-origin"),
                        is: list![Piece::Echo(Place::header("webhook-request-origin"))],
                    },
                    Member {
                        name: text("webhook-allowed-rate"),
                        is: list![Piece::Literal(text("*"))],
                    },
                ]),
            ),
        ],
    ),
    (
        &["dropbox-sign"],
        &[Handshake {
            method: text("POST"),
            when: list![body_is("/event/event_type", "callback_test")],
            require: list![],
            signed: true,
            answer: Answer::Text(list![Piece::Literal(text(HELLO))]),
        }],
    ),
    (
        &["line"],
        &[Handshake {
            method: text("POST"),
            when: list![
                body("/destination"),
                Sign { at: Place::body("/events/0/type"), is: Is::Absent }
            ],
            require: list![],
            signed: true,
            answer: Answer::Status(200),
        }],
    ),
    (
        &["websub", "websub-sha1", "websub-sha384", "websub-sha512"],
        &[Handshake::new(
            "GET",
            list![query("hub.mode"), query("hub.challenge")],
            list![Sign { at: Place::query("hub.topic"), is: Is::Parameter(Parameter::TopicArn) }],
            Answer::Text(list![Piece::Echo(Place::query("hub.challenge"))]),
        )],
    ),
    (
        &["x"],
        &[Handshake::new(
            "GET",
            list![query("crc_token")],
            list![],
            Answer::Json(list![Member {
                name: text("response_token"),
                is: list![
                    Piece::Literal(text("sha256=")),
                    Piece::Signed {
                        of: list![Piece::Echo(Place::query("crc_token"))],
                        encoding: Encoding::Base64
                    },
                ],
            }]),
        )],
    ),
    (
        &["linkedin"],
        &[Handshake::new(
            "GET",
            list![query("challengeCode")],
            list![],
            Answer::Json(list![
                Member {
                    name: text("challengeCode"),
                    is: list![Piece::Echo(Place::query("challengeCode"))]
                },
                Member {
                    name: text("challengeResponse"),
                    is: list![Piece::Signed {
                        of: list![Piece::Echo(Place::query("challengeCode"))],
                        encoding: Encoding::Hex,
                    }],
                },
            ]),
        )],
    ),
    (
        &["ebay"],
        &[Handshake::new(
            "GET",
            list![query("challenge_code")],
            list![],
            Answer::Json(list![Member {
                name: text("challengeResponse"),
                is: list![Piece::Digest {
                    of: list![
                        Piece::Echo(Place::query("challenge_code")),
                        Piece::Parameter(Parameter::VerifyToken),
                        Piece::Url(UrlPart::WithoutQuery),
                    ],
                    hash: Hash::Sha256,
                    encoding: Encoding::Hex,
                }],
            }]),
        )],
    ),
    (
        &["braintree"],
        &[Handshake::new(
            "GET",
            list![query("bt_challenge")],
            list![],
            Answer::Text(list![
                Piece::Parameter(Parameter::KeyId),
                Piece::Literal(text("|")),
                Piece::Signed {
                    of: list![Piece::Echo(Place::query("bt_challenge"))],
                    encoding: Encoding::Hex
                },
            ]),
        )],
    ),
    (
        &["asana"],
        &[Handshake::new(
            "POST",
            list![header("x-hook-secret")],
            list![],
            Answer::Capture {
                at: Place::header("x-hook-secret"),
                echo: Some(text("x-hook-secret")),
            },
        )],
    ),
    (
        &["zoho-mail"],
        &[Handshake::new(
            "POST",
            list![header("x-hook-secret")],
            list![],
            Answer::Capture { at: Place::header("x-hook-secret"), echo: None },
        )],
    ),
    (
        &["notion"],
        &[Handshake::new(
            "POST",
            list![
                body("/verification_token"),
                Sign { at: Place::header("x-notion-signature"), is: Is::Absent }
            ],
            list![],
            Answer::Capture { at: Place::body("/verification_token"), echo: None },
        )],
    ),
    (
        &["smartsheet"],
        &[Handshake::new(
            "POST",
            list![header("smartsheet-hook-challenge")],
            list![],
            Answer::Headers(list![Member {
                name: text("smartsheet-hook-response"),
                is: list![Piece::Echo(Place::header("smartsheet-hook-challenge"))],
            }]),
        )],
    ),
    (
        &["ringcentral"],
        &[Handshake::new(
            "POST",
            list![header("validation-token")],
            list![],
            Answer::Headers(list![Member {
                name: text("validation-token"),
                is: list![Piece::Echo(Place::header("validation-token"))],
            }]),
        )],
    ),
    (
        &["okta"],
        &[Handshake::new(
            "GET",
            list![header("x-okta-verification-challenge")],
            list![],
            Answer::Json(list![Member {
                name: text("verification"),
                is: list![Piece::Echo(Place::header("x-okta-verification-challenge"))],
            }]),
        )],
    ),
    (&["monday"], &[MONDAY]),
    (
        &["slack"],
        &[
            Handshake {
                method: text("POST"),
                when: list![body_is("/type", "url_verification"), body("/challenge")],
                require: list![],
                signed: true,
                answer: Answer::Json(CHALLENGE),
            },
            // The certificate probe of slash commands is not signed, and nothing in it is read.
            Handshake::new(
                "POST",
                list![Sign { at: Place::form("ssl_check"), is: Is::Text(text("1")) }],
                list![],
                Answer::Status(200),
            ),
        ],
    ),
    (
        &["zoom"],
        &[Handshake {
            method: text("POST"),
            when: list![body_is("/event", "endpoint.url_validation"), body("/payload/plainToken")],
            require: list![],
            signed: true,
            answer: Answer::Json(list![
                Member {
                    name: text("plainToken"),
                    is: list![Piece::Echo(Place::body("/payload/plainToken"))]
                },
                Member {
                    name: text("encryptedToken"),
                    is: list![Piece::Signed {
                        of: list![Piece::Echo(Place::body("/payload/plainToken"))],
                        encoding: Encoding::Hex,
                    }],
                },
            ]),
        }],
    ),
    (
        &["smartcar"],
        &[Handshake::new(
            "POST",
            list![body_is("/eventName", "verify"), body("/payload/challenge")],
            list![],
            Answer::Json(list![Member {
                name: text("challenge"),
                is: list![Piece::Signed {
                    of: list![Piece::Echo(Place::body("/payload/challenge"))],
                    encoding: Encoding::Hex,
                }],
            }]),
        )],
    ),
    (
        &["feishu", "feishu-card"],
        &[Handshake::new(
            "POST",
            list![body_is("/type", "url_verification"), body("/challenge")],
            list![Sign { at: Place::body("/token"), is: Is::Parameter(Parameter::VerifyToken) }],
            Answer::Json(CHALLENGE),
        )],
    ),
    (
        &["twitch"],
        &[Handshake {
            method: text("POST"),
            when: list![
                Sign {
                    at: Place::header("twitch-eventsub-message-type"),
                    is: Is::Text(text("webhook_callback_verification")),
                },
                body("/challenge"),
            ],
            require: list![],
            signed: true,
            answer: Answer::Text(list![Piece::Echo(Place::body("/challenge"))]),
        }],
    ),
    (
        &["discord"],
        &[
            Handshake {
                method: text("POST"),
                when: list![body_is("/type", "0")],
                require: list![],
                signed: true,
                answer: Answer::Status(204),
            },
            // An interaction has an id, and a webhook event has none.
            Handshake {
                method: text("POST"),
                when: list![body_is("/type", "1"), body("/id")],
                require: list![],
                signed: true,
                answer: Answer::Json(list![Member {
                    name: text("type"),
                    is: list![Piece::Number(1)]
                }]),
            },
        ],
    ),
    (
        &["xero"],
        &[Handshake {
            method: text("POST"),
            when: list![
                body("/entropy"),
                Sign { at: Place::body("/events/0/resourceId"), is: Is::Absent }
            ],
            require: list![],
            signed: true,
            answer: Answer::Verdict { right: 200, wrong: 401 },
        }],
    ),
    (
        &["fitbit"],
        &[Handshake::new(
            "GET",
            list![query("verify")],
            list![Sign { at: Place::query("verify"), is: Is::Parameter(Parameter::VerifyToken) }],
            Answer::Verdict { right: 204, wrong: 404 },
        )],
    ),
    (
        &["amazon-sns", "amazon-sns-v1"],
        &[Handshake {
            method: text("POST"),
            when: list![body_is("/Type", "SubscriptionConfirmation")],
            require: list![],
            signed: true,
            answer: Answer::Visit { at: Place::body("/SubscribeURL"), name: SNS },
        }],
    ),
    (
        &["microsoft-graph"],
        &[Handshake::new(
            "POST",
            list![query("validationToken")],
            list![],
            Answer::Text(list![Piece::Echo(Place::query("validationToken"))]),
        )],
    ),
    (
        &["figma"],
        &[Handshake {
            method: text("POST"),
            when: list![body_is("/event_type", "PING")],
            require: list![],
            signed: true,
            answer: Answer::Status(200),
        }],
    ),
    (
        &["woocommerce"],
        &[Handshake::new(
            "POST",
            list![
                Sign { at: Place::form("webhook_id"), is: Is::Present },
                Sign { at: Place::header("x-wc-webhook-signature"), is: Is::Absent },
            ],
            list![],
            Answer::Status(200),
        )],
    ),
    (
        &["trello", "surveymonkey", "mandrill", "circle"],
        &[Handshake::new("HEAD", list![], list![], Answer::Status(200))],
    ),
    (
        &["viber"],
        &[Handshake {
            method: text("POST"),
            when: list![body_is("/event", "webhook")],
            require: list![],
            signed: true,
            answer: Answer::Status(200),
        }],
    ),
    (
        &["pandadoc", "mailchimp", "mailgun-optimize"],
        &[Handshake::new("GET", list![], list![], Answer::Status(200))],
    ),
];

/// Where an Amazon SNS subscription is confirmed.
const SNS: KeyName = KeyName::Url {
    hosts: list![text("sns.*.amazonaws.com"), text("sns.*.amazonaws.com.cn")],
    path_prefix: text("/"),
    path_suffix: text(""),
};

const ECHO_CHALLENGE: Handshake = Handshake::new(
    "GET",
    list![query("challenge")],
    list![],
    Answer::Text(list![Piece::Echo(Place::query("challenge"))]),
);

const CHALLENGE: List<Member> =
    list![Member { name: text("challenge"), is: list![Piece::Echo(Place::body("/challenge"))] }];

const MONDAY: Handshake = Handshake::new(
    "POST",
    list![body("/challenge"), Sign { at: Place::body("/event"), is: Is::Absent }],
    list![],
    Answer::Json(CHALLENGE),
);

const fn query(name: &'static str) -> Sign {
    Sign { at: Place::query(name), is: Is::Present }
}

const fn query_is(name: &'static str, value: &'static str) -> Sign {
    Sign { at: Place::query(name), is: Is::Text(text(value)) }
}

const fn header(name: &'static str) -> Sign {
    Sign { at: Place::header(name), is: Is::Present }
}

const fn body(pointer: &'static str) -> Sign {
    Sign { at: Place::body(pointer), is: Is::Present }
}

const fn body_is(pointer: &'static str, value: &'static str) -> Sign {
    Sign { at: Place::body(pointer), is: Is::Text(text(value)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_that_of_a_preset_and_stands_once() {
        let names: Vec<&str> = TABLE.iter().flat_map(|(names, _)| names.iter().copied()).collect();
        for (index, name) in names.iter().enumerate() {
            assert!(!names[..index].contains(name), "{name} stands twice");
            let preset = crate::providers::find(name).unwrap_or_else(|| panic!("no preset {name}"));
            assert_eq!(preset.name, *name);
        }
    }
}
