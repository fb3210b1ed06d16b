//! Builds, deployment and what developers use.

use super::blocks::*;

pub(super) static ROWS: &[&Preset] = &[
    &BUILDKITE,
    &BUILDKITE_TOKEN,
    &CIRCLECI,
    &DOPPLER,
    &DUB,
    &EXPO,
    &HCP_VAULT_RADAR,
    &HEROKU,
    &INFISICAL,
    &KEYGEN,
    &LAUNCHDARKLY,
    &NETLIFY,
    &NPM,
    &PLANETSCALE,
    &RENDER,
    &SENTRY,
    &SONARQUBE,
    &SONATYPE_NEXUS,
    &TAILSCALE,
    &TERRAFORM_CLOUD,
    &TRAVIS_CI,
    &VERCEL,
];

/// Buildkite, signature: HMAC-SHA256 over time, dot and body as `signature=<hex>` items in
/// `x-buildkite-signature`.
///
/// Buildkite leaves the window to the receiver.
pub static BUILDKITE: Preset = Preset {
    name: "buildkite",
    aliases: &[],
    title: "Buildkite, signature",
    documentation: "https://buildkite.com/docs/apis/webhooks",
    checked: "2026-11-22",
    evidence: Evidence::Documentation,
    secret: SecretShape { hint: "the webhook's token", prefixes: &[] },
    dedupe: &[],
    event_type: Some(Place::header("x-buildkite-event")),
    retries: "",
    description: dated_list(
        list![Slot::header("x-buildkite-signature")],
        list![text("signature")],
        time(Place::item("timestamp"), TimeUnit::Seconds, Tolerance::Unbounded),
    ),
};

/// Buildkite, token: the secret itself in `x-buildkite-token`. It covers nothing of what was
/// sent.
pub static BUILDKITE_TOKEN: Preset = Preset {
    name: "buildkite-token",
    aliases: &[],
    title: "Buildkite, token",
    documentation: "https://buildkite.com/docs/apis/webhooks",
    checked: "2026-11-22",
    evidence: Evidence::Documentation,
    secret: SecretShape { hint: "the webhook's token", prefixes: &[] },
    dedupe: &[],
    event_type: Some(Place::header("x-buildkite-event")),
    retries: "",
    description: shown(
        Place::header("x-buildkite-token"),
        TokenGrammar::Plain { prefix: text("") },
    ),
};

/// CircleCI: HMAC-SHA256 over the body as `v1=<hex>` items in `circleci-signature`.
///
/// Only `v1` counts: an older version beside a newer one would be a downgrade.
pub static CIRCLECI: Preset = Preset {
    name: "circleci",
    aliases: &[],
    title: "CircleCI",
    documentation: "https://circleci.com/docs/outbound-webhooks/",
    checked: "2026-11-22",
    evidence: Evidence::Documentation,
    secret: SecretShape { hint: "the webhook's secret token", prefixes: &[] },
    dedupe: &[Place::body("/id")],
    event_type: Some(Place::body("/type")),
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![Slot::header("circleci-signature")],
            grammar: items(',', '=', list![text("v1")]),
            encoding: Encoding::Hex,
            algorithm: Algorithm::Hmac(Hash::Sha256),
            content: BODY,
            key: KeyForm::Text,
        }),
        timestamp: None,
        id: None,
        require: list![],
    },
};

/// Doppler: HMAC-SHA256 over the body as hex behind `sha256=` in `x-doppler-signature`.
pub static DOPPLER: Preset = Preset {
    name: "doppler",
    aliases: &[],
    title: "Doppler",
    documentation: "https://docs.doppler.com/docs/webhooks",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the webhook's signing secret", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: body_hmac(
        list![Slot::header("x-doppler-signature")],
        "sha256=",
        Encoding::Hex,
        Hash::Sha256,
    ),
};

/// Dub: HMAC-SHA256 over the body as hex in `dub-signature`.
///
/// The secret looks like one of Standard Webhooks and is not: it is text.
pub static DUB: Preset = Preset {
    name: "dub",
    aliases: &["dub-co"],
    title: "Dub",
    documentation: "https://dub.co/docs/api-reference/webhooks/introduction",
    checked: "2026-11-22",
    evidence: Evidence::Sdk,
    secret: SecretShape {
        hint: "the webhook's secret, whsec_…, used whole",
        prefixes: &["whsec_"],
    },
    dedupe: &[Place::body("/id")],
    event_type: Some(Place::body("/event")),
    retries: "",
    description: body_hmac(list![Slot::header("dub-signature")], "", Encoding::Hex, Hash::Sha256),
};

/// Expo EAS: HMAC-SHA1 over the body as hex behind `sha1=` in `expo-signature`.
///
/// Legacy SHA-1, inside HMAC.
pub static EXPO: Preset = Preset {
    name: "expo",
    aliases: &["expo-eas"],
    title: "Expo EAS",
    documentation: "https://docs.expo.dev/eas/webhooks/",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the secret given to eas webhook:create", prefixes: &[] },
    dedupe: &[Place::body("/id")],
    event_type: None,
    retries: "",
    description: body_hmac(
        list![Slot::header("expo-signature")],
        "sha1=",
        Encoding::Hex,
        Hash::Sha1Legacy,
    ),
};

/// HCP Vault Radar: HMAC-SHA512 over the body as hex behind `sha512=` in
/// `x-hcp-radar-signature`.
///
/// The time and message id headers are not signed.
pub static HCP_VAULT_RADAR: Preset = Preset {
    name: "hcp-vault-radar",
    aliases: &["vault-radar"],
    title: "HCP Vault Radar",
    documentation: "https://developer.hashicorp.com/hcp/docs/vault-radar",
    checked: "2026-11-22",
    evidence: Evidence::Documentation,
    secret: SecretShape { hint: "the webhook's signing secret", prefixes: &[] },
    dedupe: &[Place::body("/event_id")],
    event_type: Some(Place::body("/event_type")),
    retries: "",
    description: body_hmac(
        list![Slot::header("x-hcp-radar-signature")],
        "sha512=",
        Encoding::Hex,
        Hash::Sha512,
    ),
};

/// Heroku: HMAC-SHA256 over the body as base64 in `heroku-webhook-hmac-sha256`.
pub static HEROKU: Preset = Preset {
    name: "heroku",
    aliases: &[],
    title: "Heroku",
    documentation: "https://devcenter.heroku.com/articles/app-webhooks",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the secret of the webhook subscription", prefixes: &[] },
    dedupe: &[Place::body("/id")],
    event_type: None,
    retries: "",
    description: body_hmac(
        list![Slot::header("heroku-webhook-hmac-sha256")],
        "",
        Encoding::Base64,
        Hash::Sha256,
    ),
};

/// Infisical: HMAC-SHA256 over the body as a list of hex values in `x-infisical-signature`.
///
/// The time beside the signature is not signed.
pub static INFISICAL: Preset = Preset {
    name: "infisical",
    aliases: &[],
    title: "Infisical",
    documentation: "https://infisical.com/docs/documentation/platform/webhooks",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the webhook's secret key", prefixes: &[] },
    dedupe: &[],
    event_type: Some(Place::body("/event")),
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![Slot::header("x-infisical-signature")],
            grammar: Grammar::Positions { item: ';', first: 1 },
            encoding: Encoding::Hex,
            algorithm: Algorithm::Hmac(Hash::Sha256),
            content: BODY,
            key: KeyForm::Text,
        }),
        timestamp: None,
        id: None,
        require: list![],
    },
};

/// Keygen: Ed25519 over request target, host, date and the digest of the body, base64 in
/// `keygen-signature`.
///
/// Needs the feature `asymmetric`.
pub static KEYGEN: Preset = Preset {
    name: "keygen",
    aliases: &[],
    title: "Keygen",
    documentation: "https://keygen.sh/docs/api/webhooks/",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape {
        hint: "the account's Ed25519 public key, hexadecimal digits",
        prefixes: &[],
    },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![Slot::header("keygen-signature")],
            grammar: Grammar::Quoted { signature: text("signature") },
            encoding: Encoding::Base64,
            algorithm: Algorithm::Ed25519,
            content: list![list![
                Part::literal("(request-target): "),
                Part::MethodLowercase,
                Part::literal(" "),
                Part::Url(UrlPart::PathAndQuery),
                Part::literal("\nhost: "),
                Part::header("host"),
                Part::literal("\ndate: "),
                Part::Timestamp,
                Part::literal("\ndigest: "),
                Part::header("digest")
            ]],
            key: KeyForm::Public,
        }),
        timestamp: Some(time(Place::header("date"), TimeUnit::HttpDate, Tolerance::Unbounded)),
        id: None,
        require: list![
            equals_text(Place::item("algorithm"), "ed25519"),
            equals_text(Place::item("headers"), "(request-target) host date digest"),
            Equality {
                at: Place::header("digest"),
                equals: Expected::BodyDigest(ExpectedDigest {
                    hash: Hash::Sha256,
                    encoding: Encoding::Base64,
                    before: text("sha-256="),
                    after: text(""),
                    absent_when_empty: false
                })
            }
        ],
    },
};

/// LaunchDarkly: HMAC-SHA256 over the body as hex in `x-ld-signature`.
pub static LAUNCHDARKLY: Preset = Preset {
    name: "launchdarkly",
    aliases: &["launch-darkly"],
    title: "LaunchDarkly",
    documentation: "https://launchdarkly.com/docs/home/infrastructure/webhooks",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the webhook's signing secret", prefixes: &[] },
    dedupe: &[Place::body("/_id")],
    event_type: Some(Place::body("/kind")),
    retries: "",
    description: body_hmac(list![Slot::header("x-ld-signature")], "", Encoding::Hex, Hash::Sha256),
};

/// Netlify: a JSON web token (HS256) in `x-webhook-signature` whose claim `sha256` is the hex
/// SHA-256 of the body.
pub static NETLIFY: Preset = Preset {
    name: "netlify",
    aliases: &[],
    title: "Netlify",
    documentation: "https://docs.netlify.com/deploy/deploy-notifications/",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the JWS secret token", prefixes: &[] },
    dedupe: &[Place::body("/id"), Place::body("/state"), Place::body("/updated_at")],
    event_type: Some(Place::body("/state")),
    retries: "",
    description: Description {
        authentication: Authentication::Jose(Jose {
            at: Place::header("x-webhook-signature"),
            grammar: TokenGrammar::Plain { prefix: text("") },
            payload: JosePayload::Claims,
            algorithms: list![JoseAlgorithm::Hs256],
            key: JoseKey::Ring(KeyForm::Text),
            times: JoseTimes {
                expires: Presence::IfPresent,
                not_before: Presence::IfPresent,
                issued: Presence::IfPresent,
                leeway: 0,
                max_age: None,
            },
        }),
        timestamp: None,
        id: None,
        require: list![
            equals_text(Place::claim("iss"), "netlify"),
            body_digest(Place::claim("sha256"), Hash::Sha256, Encoding::Hex)
        ],
    },
};

/// npm registry hooks: HMAC-SHA256 over the body as hex behind `sha256=` in `x-npm-signature`.
pub static NPM: Preset = Preset {
    name: "npm",
    aliases: &["npm-hooks", "npm-registry", "npm-registry-hooks"],
    title: "npm registry hooks",
    documentation: "https://docs.npmjs.com/cli/commands/npm-hook",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the webhook's signing secret", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: body_hmac(
        list![Slot::header("x-npm-signature")],
        "sha256=",
        Encoding::Hex,
        Hash::Sha256,
    ),
};

/// PlanetScale: HMAC-SHA256 over the body as hex in `x-planetscale-signature`.
pub static PLANETSCALE: Preset = Preset {
    name: "planetscale",
    aliases: &[],
    title: "PlanetScale",
    documentation: "https://planetscale.com/docs/api/webhooks",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the webhook's secret", prefixes: &[] },
    dedupe: &[],
    event_type: Some(Place::body("/event")),
    retries: "",
    description: body_hmac(
        list![Slot::header("x-planetscale-signature")],
        "",
        Encoding::Hex,
        Hash::Sha256,
    ),
};

/// Render: Standard Webhooks (`v1`, base64 HMAC-SHA256 over id, time and body) in the
/// `webhook-*` headers.
pub static RENDER: Preset = Preset {
    name: "render",
    aliases: &[],
    title: "Render",
    documentation: "https://render.com/docs/webhooks",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "whsec_ and base64", prefixes: &["whsec_"] },
    dedupe: &[Place::header("webhook-id")],
    event_type: None,
    retries: "",
    description: standard(
        list![Slot::header("webhook-signature")],
        Place::header("webhook-id"),
        Place::header("webhook-timestamp"),
    ),
};

/// Sentry integration platform: HMAC-SHA256 over the body as hex in `sentry-hook-signature`.
///
/// The time, id and resource headers are not signed.
pub static SENTRY: Preset = Preset {
    name: "sentry",
    aliases: &[],
    title: "Sentry integration platform",
    documentation: "https://docs.sentry.io/organization/integrations/integration-platform/webhooks/",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the integration's client secret", prefixes: &[] },
    dedupe: &[Place::header("request-id")],
    event_type: Some(Place::header("sentry-hook-resource")),
    retries: "",
    description: body_hmac(
        list![Slot::header("sentry-hook-signature")],
        "",
        Encoding::Hex,
        Hash::Sha256,
    ),
};

/// SonarQube Server and Cloud: HMAC-SHA256 over the body as hex in `x-sonar-webhook-hmac-sha256`.
pub static SONARQUBE: Preset = Preset {
    name: "sonarqube",
    aliases: &["sonar", "sonarcloud"],
    title: "SonarQube",
    documentation: "https://docs.sonarsource.com/sonarqube-server/project-administration/integrations/webhooks",
    checked: "2026-11-29",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the webhook's secret", prefixes: &[] },
    dedupe: &[Place::body("/taskId")],
    event_type: None,
    retries: "",
    description: body_hmac(
        list![Slot::header("x-sonar-webhook-hmac-sha256")],
        "",
        Encoding::Hex,
        Hash::Sha256,
    ),
};

/// Sonatype Nexus Repository: HMAC-SHA1 over the body as hex in `x-nexus-webhook-signature`.
///
/// Legacy SHA-1, inside HMAC.
pub static SONATYPE_NEXUS: Preset = Preset {
    name: "sonatype-nexus",
    aliases: &["nexus", "sonatype"],
    title: "Sonatype Nexus Repository",
    documentation: "https://help.sonatype.com/repomanager3/integrations/webhooks/working-with-hmac-payloads",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the secret key of the webhook capability", prefixes: &[] },
    dedupe: &[Place::header("x-nexus-webhook-delivery")],
    event_type: Some(Place::header("x-nexus-webhook-id")),
    retries: "",
    description: body_hmac(
        list![Slot::header("x-nexus-webhook-signature")],
        "",
        Encoding::Hex,
        Hash::Sha1Legacy,
    ),
};

/// Tailscale: HMAC-SHA256 over time, dot and body as `v1=<hex>` items in
/// `tailscale-webhook-signature`.
///
/// One delivery holds many events.
pub static TAILSCALE: Preset = Preset {
    name: "tailscale",
    aliases: &[],
    title: "Tailscale",
    documentation: "https://tailscale.com/kb/1213/webhooks",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the webhook's secret", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: dated_list(
        list![Slot::header("tailscale-webhook-signature")],
        list![text("v1")],
        time(Place::item("t"), TimeUnit::Seconds, FIVE_MINUTES),
    ),
};

/// HCP Terraform: HMAC-SHA512 over the body as hex in `x-tfe-notification-signature`.
pub static TERRAFORM_CLOUD: Preset = Preset {
    name: "terraform-cloud",
    aliases: &["hcp-terraform", "terraform"],
    title: "HCP Terraform",
    documentation: "https://developer.hashicorp.com/terraform/cloud-docs/api-docs/notification-configurations",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "the notification's token", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: body_hmac(
        list![Slot::header("x-tfe-notification-signature")],
        "",
        Encoding::Hex,
        Hash::Sha512,
    ),
};

/// Travis CI: RSA-SHA1 over the form field `payload`, base64 in `signature`.
///
/// Legacy SHA-1. Needs the feature `asymmetric`.
pub static TRAVIS_CI: Preset = Preset {
    name: "travis-ci",
    aliases: &[],
    title: "Travis CI",
    documentation: "https://docs.travis-ci.com/user/notifications/#verifying-webhook-requests",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape { hint: "Travis CI's public key, PEM", prefixes: &[] },
    dedupe: &[],
    event_type: None,
    retries: "",
    description: Description {
        authentication: Authentication::Signature(Signature {
            at: list![Slot::header("signature")],
            grammar: plain(""),
            encoding: Encoding::Base64,
            algorithm: Algorithm::RsaPkcs1(Hash::Sha1Legacy),
            content: list![list![Part::Value(form("payload"))]],
            key: KeyForm::Public,
        }),
        timestamp: None,
        id: None,
        require: list![],
    },
};

/// Vercel: HMAC-SHA1 over the body as hex in `x-vercel-signature`.
///
/// Legacy SHA-1, inside HMAC.
pub static VERCEL: Preset = Preset {
    name: "vercel",
    aliases: &["vercel-drains", "vercel-log-drains"],
    title: "Vercel",
    documentation: "https://vercel.com/docs/webhooks/webhooks-api",
    checked: "2026-11-22",
    evidence: Evidence::ThirdParty,
    secret: SecretShape {
        hint: "the webhook's secret, or the integration's client secret",
        prefixes: &[],
    },
    dedupe: &[Place::body("/id")],
    event_type: Some(Place::body("/type")),
    retries: "",
    description: body_hmac(
        list![Slot::header("x-vercel-signature")],
        "",
        Encoding::Hex,
        Hash::Sha1Legacy,
    ),
};
