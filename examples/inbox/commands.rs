//! A command for each source that signs itself when it is pasted into bash or zsh: printed at the
//! start, and shown on the page where nothing has come yet.

use std::net::SocketAddr;

use hookstage::Source;
use hookstage::scheme::{Language, snippet};

use crate::demo_keys::DemoKeys;
use crate::demo_sources::{DEMO_SOURCES, TENANT};
use crate::output::say;
use crate::sources::Origin;

pub(crate) fn print(keys: &DemoKeys, address: SocketAddr) {
    say("\nPaste any of these into another terminal; each signs what it sends:");
    let base = format!("http://{address}");
    for demo in &DEMO_SOURCES {
        say(format_args!("\n{}:", demo.title));
        say(demo_command(demo.name, &keys.file.display().to_string(), &base));
    }
    say("\nAdd `-- --demo` to see duplicates and forgeries too. Ctrl-C stops.\n");
}

/// What a person pastes to send something to a source. Nothing for schemes that a shell cannot
/// speak.
pub(crate) fn of(source: &Source, origin: &Origin, base: &str) -> Option<String> {
    let id = source.id();
    match origin {
        Origin::Demo(keys) => {
            Some(demo_command(id.source(), &keys.file.display().to_string(), base))
        }
        Origin::File(_) => {
            let url = format!("{base}/in/{}/{}", id.tenant(), id.source());
            snippet(source.verifier().scheme(), Language::Curl, &url)
        }
    }
}

/// The command reads the secret from its file, so that none stays in the terminal or its history.
/// It runs in a subshell, so that none stays in the environment.
fn demo_command(name: &str, file: &str, base: &str) -> String {
    let file = quoted(file);
    let url = format!("{base}/in/{TENANT}/{name}");
    let (body, sign, headers) = match name {
        "stripe" => (
            r#"'{"id":"evt_'$t'","type":"checkout.session.completed","data":{"object":{"amount_total":4200,"currency":"eur","customer_details":{"email":"ada@example.com","name":"Ada Lovelace"}}}}'"#,
            hex_of("$t.$body"),
            r#"-H "Stripe-Signature: t=$t,v1=$signature""#,
        ),
        "github" => (
            r#"'{"ref":"refs/heads/main","repository":{"full_name":"ada/engine"},"pusher":{"name":"ada"}}'"#,
            hex_of("$body"),
            r#"-H "X-Hub-Signature-256: sha256=$signature" -H 'X-GitHub-Event: push' -H "X-GitHub-Delivery: delivery-$t""#,
        ),
        "standard" => (
            r#"'{"type":"invoice.paid","data":{"invoice":"in_'$t'","amount":4200}}'"#,
            concat!(
                r#"key=$(printf '%s' "${secret#whsec_}" | openssl base64 -d -A | od -An -v -tx1 | tr -d ' \n')"#,
                "\n  ",
                r#"signature=$(printf '%s' "msg_$t.$t.$body" | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | openssl base64 -A)"#
            )
            .into(),
            r#"-H "webhook-id: msg_$t" -H "webhook-timestamp: $t" -H "webhook-signature: v1,$signature""#,
        ),
        "connectgain" => (
            r#"'{"event":"contact.created","timestamp":"'$(date -u +%Y-%m-%dT%H:%M:%SZ)'","data":{"id":"c_'$t'","email":"ada@acme.com"}}'"#,
            hex_of("$body"),
            r#"-H "X-Webhook-Signature: $signature" -H "X-Webhook-Timestamp: $t""#,
        ),
        "comma" => (
            r#"'{"external_id":"msg_'$t'","occurred_at":"2026-05-28T14:30:00Z","from":{"identifier":"alice@example.com"},"to":[{"identifier":"bob@example.com"}],"body":"hello","attachments":[]}'"#,
            hex_of("$body"),
            r#"-H "X-Comma-Signature: $signature""#,
        ),
        "synerise" => (
            r#"'{"complaint":{"id":"'$t'","items":[{"sku":"A-1"},{"sku":"B-2"}]}}'"#,
            hex_of("$body"),
            r#"-H "X-Hub-Signature-256: sha256=$signature""#,
        ),
        "wexio" => (
            r#"'{"phone":"+48123456789","name":"Ada","form":"'$t'"}'"#,
            // A secret that is shown: it proves who sends, and covers nothing of what is sent.
            "signature=$secret".into(),
            r#"-H "X-Webhook-Secret: $signature" -H "X-Idempotency-Key: form-$t""#,
        ),
        _ => (
            r#"'{"id":"evt_'$t'","email":"ada@acme.com","plan":"starter"}'"#,
            hex_of("$t.$body"),
            r#"-H "x-webhook-signature: t=$t,v1=$signature""#,
        ),
    };
    format!(
        "( secret=$(sed -n 's/^{name}=//p' {file}); t=$(date +%s)\n  body={body}\n  {sign}\n  curl -sS {url} -w ' %{{http_code}}\\n' -H 'Content-Type: application/json' \\\n    {headers} --data-binary \"$body\" )",
    )
}

fn hex_of(content: &str) -> String {
    format!(
        r#"signature=$(printf '%s' "{content}" | openssl dgst -sha256 -hmac "$secret" -r | cut -d ' ' -f 1)"#
    )
}

/// One word of a shell, whatever stands in it.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}
