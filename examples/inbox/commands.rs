//! A command for each demo source that signs itself when it is pasted into bash or zsh.

use std::net::SocketAddr;

use crate::demo_sources::{DEMO_SOURCES, DemoKeys, DemoSource, TENANT};
use crate::output::say;

pub(crate) fn print(keys: &DemoKeys, address: SocketAddr) {
    say("\nPaste any of these into another terminal; each signs what it sends:");
    for demo in &DEMO_SOURCES {
        say(format_args!("\n{}:", demo.title));
        say(command(demo, &keys.file.display().to_string(), address));
    }
    say("\nAdd `-- --demo` to see a duplicate and a forgery too. Ctrl-C stops.\n");
}

/// The command reads the secret from its file, so that none stays in the terminal or its history.
/// It runs in a subshell, so that none stays in the environment.
fn command(demo: &DemoSource, file: &str, address: SocketAddr) -> String {
    let file = quoted(file);
    let url = format!("http://{address}/in/{TENANT}/{}", demo.name);
    let (body, sign, headers) = match demo.name {
        "stripe" => (
            r#"'{"id":"evt_'$t'","type":"checkout.session.completed","data":{"object":{"amount_total":4200,"currency":"eur","customer_details":{"email":"ada@example.com"}}}}'"#,
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
        _ => (
            r#"'{"id":"evt_'$t'","email":"ada@acme.com","plan":"starter"}'"#,
            hex_of("$t.$body"),
            r#"-H "x-webhook-signature: t=$t,v1=$signature""#,
        ),
    };
    format!(
        "( secret=$(sed -n 's/^{}=//p' {file}); t=$(date +%s)\n  body={body}\n  {sign}\n  curl -sS {url} -w ' %{{http_code}}\\n' -H 'Content-Type: application/json' \\\n    {headers} --data-binary \"$body\" )",
        demo.name
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
