//! What to do about a refusal, by its code, for the person who runs the inbox.

/// A sentence, or nothing for a code of a later release.
pub(crate) fn advice(code: &str) -> Option<&'static str> {
    Some(match code {
        "absent" => {
            "Check that the sender signs at all, and that no proxy in between drops the header."
        }
        "address_not_allowed" => {
            "Add the sender's network to the addresses of this source, if it is one of theirs."
        }
        "address_unknown" => {
            "Tell the inbox the peer's address, or take the list of addresses off this source."
        }
        "body_too_large" => "Raise the body limit of this source, or have the sender send less.",
        "contact_not_found" => {
            "Add the person to your directory, or take the contact rule off this source."
        }
        "content_type" => "Have the sender say application/json.",
        "dedupe_key_missing" => {
            "Choose a dedupe key that every delivery has: open the capture and look at a sample."
        }
        "different" => {
            "The sender uses another account, audience or channel than this source expects; compare what is configured."
        }
        "future" => "The sender's clock is ahead of this one; synchronise both with NTP.",
        "idempotency_key" => "Have the sender give one well-formed idempotency key.",
        "in_flight" => {
            "Nothing: the sender sent the same request twice at once, and the first one counts."
        }
        "inactive" => "Activate the source when you want its deliveries.",
        "incomplete" => {
            "Have the sender add the members that are named, or relax what this policy requires."
        }
        "key_reused" => "The sender must use a fresh idempotency key for each new body.",
        "key_unknown" => {
            "The sender signs with a key that is not configured here; add the new one."
        }
        "malformed" => {
            "The header is there but not in the provider's form; compare it with the provider's documentation, and look for a proxy that rewrites headers."
        }
        "method_not_allowed" => "Have the sender POST.",
        "mismatch" => {
            "Another secret, or a body that was parsed and written again on the way. Start the diagnosis and send it once more: it says what would have matched."
        }
        "not_an_object" | "not_json" => {
            "Have the sender send one JSON object, in UTF-8, without repeated keys."
        }
        "not_subscribed" => "Add the event type to the subscription of this source if you want it.",
        "rate_limited" => {
            "The sender may go on after the time that it was told; raise the rate if it is a genuine burst."
        }
        "stale" => {
            "A late retry, a replay, or a clock that is behind; synchronise clocks before you widen the tolerance."
        }
        "superseded" => {
            "The secret was revoked while this was on its way; the sender must use the new one."
        }
        "test_event" => "Nothing: the sender tried the address; tests are verified and not staged.",
        "tls_required" => "Have the sender use https, and tell the inbox that the proxy ended TLS.",
        "too_many_headers" | "url_too_long" => {
            "No provider sends that much; look for a proxy that adds headers or parameters."
        }
        "unanswered" => {
            "Give the inbox what it needs to answer the handshake, and start it again at the provider."
        }
        "unbound" => "Bind a workflow to this source, or correct its filter.",
        "unknown_source" => {
            "Compare the path that the sender uses with the addresses on the left; it may also be a scanner."
        }
        _ => return None,
    })
}
