//! Where code is kept.

use super::blocks::*;

pub(super) static ROWS: &[&Preset] = &[
    &BITBUCKET_CLOUD,
    &BITBUCKET_SERVER,
    &FORGEJO,
    &GITEA,
    &GITEA_HUB,
    &GITHUB,
    &GITHUB_SHA1,
    &GITLAB,
    &GITLAB_TOKEN,
    &GOGS,
    &JIRA,
    &JIRA_CONNECT,
];

/// Bitbucket Cloud: HMAC-SHA256 over the body as hex behind `sha256=` in `x-hub-signature`.
///
/// The header has the name of GitHub's SHA-1 header. The id and event headers are not signed.
pub static BITBUCKET_CLOUD: Preset = Preset {
    name: "bitbucket-cloud",
    aliases: &["bitbucket"],
    title: "Bitbucket Cloud",
    documentation: "https://support.atlassian.com/bitbucket-cloud/docs/manage-webhooks/",
    checked: "2026-11-22",
    evidence: Evidence::Documentation,
    secret: SecretShape { hint: "the webhook's secret", prefixes: &[] },
    dedupe: &[Place::header("x-request-uuid")],
    event_type: Some(Place::header("x-event-key")),
    retries: "",
    description: body_hmac(
        list![Slot::header("x-hub-signature")],
        "sha256=",
        Encoding::Hex,
        Hash::Sha256,
    ),
};

/// Bitbucket Data Center: HMAC-SHA256 over the body as hex behind `sha256=` in
/// `x-hub-signature`.
pub static BITBUCKET_SERVER: Preset = Preset {
    name: "bitbucket-server",
    aliases: &["bitbucket-data-center", "bitbucket-datacenter"],
    title: "Bitbucket Data Center",
    documentation: "https://confluence.atlassian.com/bitbucketserver/manage-webhooks-938025878.html",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the webhook's secret", prefixes: &[] },
    dedupe: &[Place::header("x-request-id")],
    event_type: Some(Place::header("x-event-key")),
    retries: "",
    description: body_hmac(
        list![Slot::header("x-hub-signature")],
        "sha256=",
        Encoding::Hex,
        Hash::Sha256,
    ),
};

/// Forgejo: HMAC-SHA256 over the body as hex in `x-forgejo-signature`.
///
/// With the form content type Forgejo signs the `payload` field, not the body; choose
/// application/json.
pub static FORGEJO: Preset = Preset {
    name: "forgejo",
    aliases: &["codeberg"],
    title: "Forgejo",
    documentation: "https://forgejo.org/docs/latest/user/webhooks/",
    checked: "2026-11-22",
    evidence: Evidence::Documentation,
    secret: SecretShape { hint: "the webhook's secret", prefixes: &[] },
    dedupe: &[Place::header("x-forgejo-delivery")],
    event_type: Some(Place::header("x-forgejo-event")),
    retries: "",
    description: body_hmac(
        list![Slot::header("x-forgejo-signature")],
        "",
        Encoding::Hex,
        Hash::Sha256,
    ),
};

/// Gitea: HMAC-SHA256 over the body as hex in `x-gitea-signature`.
///
/// With the form content type Gitea signs the `payload` field, not the body; choose
/// application/json.
pub static GITEA: Preset = Preset {
    name: "gitea",
    aliases: &[],
    title: "Gitea",
    documentation: "https://docs.gitea.com/usage/webhooks",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the webhook's secret", prefixes: &[] },
    dedupe: &[Place::header("x-gitea-delivery")],
    event_type: Some(Place::header("x-gitea-event")),
    retries: "",
    description: body_hmac(
        list![Slot::header("x-gitea-signature")],
        "",
        Encoding::Hex,
        Hash::Sha256,
    ),
};

/// Gitea, GitHub's header: HMAC-SHA256 over the body as hex behind `sha256=` in
/// `x-hub-signature-256`.
pub static GITEA_HUB: Preset = Preset {
    name: "gitea-hub",
    aliases: &[],
    title: "Gitea, GitHub's header",
    documentation: "https://docs.gitea.com/usage/webhooks",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the webhook's secret", prefixes: &[] },
    dedupe: &[Place::header("x-gitea-delivery")],
    event_type: Some(Place::header("x-gitea-event")),
    retries: "",
    description: body_hmac(
        list![Slot::header("x-hub-signature-256")],
        "sha256=",
        Encoding::Hex,
        Hash::Sha256,
    ),
};

/// GitHub: HMAC-SHA256 over the body as hex behind `sha256=` in `x-hub-signature-256`.
///
/// The delivery id and event type headers are not signed.
pub static GITHUB: Preset = Preset {
    name: "github",
    aliases: &[],
    title: "GitHub",
    documentation: "https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries",
    checked: "2026-11-29",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the secret entered in the webhook's settings", prefixes: &[] },
    dedupe: &[Place::header("x-github-delivery")],
    event_type: Some(Place::header("x-github-event")),
    retries: "none by itself; a redelivery by hand keeps the delivery id",
    description: body_hmac(
        list![Slot::header("x-hub-signature-256")],
        "sha256=",
        Encoding::Hex,
        Hash::Sha256,
    ),
};

/// GitHub, legacy SHA-1: HMAC-SHA1 over the body as hex behind `sha1=` in `x-hub-signature`.
///
/// Legacy SHA-1, for GitHub Enterprise Server before 2.23; GitHub sends `github`'s header
/// beside it.
pub static GITHUB_SHA1: Preset = Preset {
    name: "github-sha1",
    aliases: &[],
    title: "GitHub, legacy SHA-1",
    documentation: "https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape { hint: "the secret entered in the webhook's settings", prefixes: &[] },
    dedupe: &[Place::header("x-github-delivery")],
    event_type: Some(Place::header("x-github-event")),
    retries: "",
    description: body_hmac(
        list![Slot::header("x-hub-signature")],
        "sha1=",
        Encoding::Hex,
        Hash::Sha1Legacy,
    ),
};

/// GitLab, signing token: Standard Webhooks (`v1`, base64 HMAC-SHA256 over id, time and body)
/// in the `webhook-*` headers.
///
/// GitLab 19.0 and newer; before that, only `gitlab-token`.
pub static GITLAB: Preset = Preset {
    name: "gitlab",
    aliases: &["gitlab-signing-token"],
    title: "GitLab, signing token",
    documentation: "https://docs.gitlab.com/user/project/integrations/webhooks/",
    checked: "2026-11-22",
    evidence: Evidence::Documentation,
    secret: SecretShape { hint: "the signing token, whsec_ and base64", prefixes: &["whsec_"] },
    dedupe: &[Place::header("webhook-id")],
    event_type: Some(Place::header("x-gitlab-event")),
    retries: "",
    description: standard(
        list![Slot::header("webhook-signature")],
        Place::header("webhook-id"),
        Place::header("webhook-timestamp"),
    ),
};

/// GitLab, secret token: the secret itself in `x-gitlab-token`. It covers nothing of what was
/// sent.
pub static GITLAB_TOKEN: Preset = Preset {
    name: "gitlab-token",
    aliases: &[],
    title: "GitLab, secret token",
    documentation: "https://docs.gitlab.com/user/project/integrations/webhooks/",
    checked: "2026-11-22",
    evidence: Evidence::Documentation,
    secret: SecretShape { hint: "the secret token of the webhook's settings", prefixes: &[] },
    dedupe: &[Place::header("x-gitlab-event-uuid")],
    event_type: Some(Place::header("x-gitlab-event")),
    retries: "",
    description: shown(Place::header("x-gitlab-token"), TokenGrammar::Plain { prefix: text("") }),
};

/// Gogs: HMAC-SHA256 over the body as hex in `x-gogs-signature`.
pub static GOGS: Preset = Preset {
    name: "gogs",
    aliases: &[],
    title: "Gogs",
    documentation: "https://gogs.io",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the webhook's secret", prefixes: &[] },
    dedupe: &[Place::header("x-gogs-delivery")],
    event_type: Some(Place::header("x-gogs-event")),
    retries: "",
    description: body_hmac(
        list![Slot::header("x-gogs-signature")],
        "",
        Encoding::Hex,
        Hash::Sha256,
    ),
};

/// Jira admin webhooks: HMAC-SHA256 over the body as hex behind `sha256=` in `x-hub-signature`.
///
/// The identifier header is not signed.
pub static JIRA: Preset = Preset {
    name: "jira",
    aliases: &["atlassian", "atlassian-jira"],
    title: "Jira admin webhooks",
    documentation: "https://developer.atlassian.com/cloud/jira/platform/webhooks/",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the webhook's secret", prefixes: &[] },
    dedupe: &[Place::header("x-atlassian-webhook-identifier")],
    event_type: Some(Place::body("/webhookEvent")),
    retries: "",
    description: body_hmac(
        list![Slot::header("x-hub-signature")],
        "sha256=",
        Encoding::Hex,
        Hash::Sha256,
    ),
};

/// Jira Connect apps: a JSON web token (HS256) in `authorization` behind `JWT`.
///
/// The token does not cover the body, and its query hash is not compared.
pub static JIRA_CONNECT: Preset = Preset {
    name: "jira-connect",
    aliases: &["atlassian-connect", "jira-connect-apps"],
    title: "Jira Connect apps",
    documentation: "https://developer.atlassian.com/cloud/jira/platform/understanding-jwt-for-connect-apps/",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the sharedSecret of the installation", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: Description {
        authentication: Authentication::Jose(Jose {
            at: Place::header("authorization"),
            grammar: TokenGrammar::Word { word: text("JWT") },
            payload: JosePayload::Claims,
            algorithms: list![JoseAlgorithm::Hs256],
            key: JoseKey::Ring(KeyForm::Text),
            times: JoseTimes {
                expires: Presence::Required,
                not_before: Presence::IfPresent,
                issued: Presence::IfPresent,
                leeway: 0,
                max_age: None,
            },
        }),
        timestamp: None,
        id: None,
        require: list![],
    },
};
